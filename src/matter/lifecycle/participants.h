/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * participants - units and persons that take part in a matter, each with a state of its own.
 *
 * Shape   numbered 1, 2, 3 ... within the matter; who leaves keeps the number and the row. `who` is a unit's id, or
 *         minus a person's, as in expectation.post. Changes go into the draft and into P and Q of its event.
 *         An audience has thousands of members; of a kind that has one, each is read when somebody asks for it
 *         (participants_find), with what is expected of it, so that the cost of an entry is that of one of them.
 * Errors  too_few_participants, too_many_participants, unknown_participant, which_participant.
 */
#ifndef MATTER_LIFECYCLE_PARTICIPANTS_H
#define MATTER_LIFECYCLE_PARTICIPANTS_H

#include "matter/draft/draft.h"

struct scope;

struct participant {
    int64_t number, who;
    const struct participant_set *set;
    const char *state; /* code of the set's list, owned by the playbook; NULL none */
    bool left;
};

/* Reads those of the draft's matter; nothing for a kind without, nor the members of audiences. */
void participants_load(struct draft *draft);
/* And these too, with what is expected of all: costs what the whole matter does. */
void participants_load_all(struct draft *draft);
/* All of them again, with the sets of other rules; what is expected stays as it is here. */
void participants_reread(struct draft *draft);
/* NULL none; good until the next that is asked for. */
const struct participant *participants_find(struct draft *draft, int64_t number);
/* The only one of a set, NULL when there is none. */
const struct participant *participants_only(const struct draft *draft, const struct participant_set *set);
bool participants_has(struct draft *draft, const struct participant_set *set, int64_t who);
/* [{"state", "who"}] of all that take part now, for expressions; owned by the draft. */
const json_t *participants_lines(struct draft *draft, const struct participant_set *set);

/* Whoever opens says who takes part: {"lead": ["110105001001"], "volunteer": ["12"]}. Sets `from` a field are filled
 * from the form. */
bool participants_read(struct draft *draft, const json_t *given);
/* One more: its number. */
int64_t participants_add(struct draft *draft, const struct participant_set *set, int64_t who, const char *state);
/* Joins unless they take part already; what is expected of each in the state is made. */
bool participants_join(struct draft *draft, const struct participant_set *set, int64_t who, const char *state,
                       const struct scope *scope);
/* The state of one, or that they leave, for a reason or NULL; what is expected of them is withdrawn then. */
void participants_change(struct draft *draft, int64_t number, const char *state, bool leaves, const char *reason);
bool participants_must_fit(struct draft *draft, const struct participant_set *set, int64_t unit, const char *field);

/* For which one the entry is made, or about which one: by the member `participant` of what was given, else the only one
 * for whom the actor can act. Sets the post of whoever acts for a unit. */
bool participants_at_hand(struct draft *draft, const struct entry_def *entry, const json_t *given, int64_t *out_number);
/* Effects join and participant. */
bool participants_effect(struct draft *draft, const struct scope *scope, const struct effect *effect);

#endif
