/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * entry_def - an entry that can be made: by whom, in which states, with what, and what follows.
 *
 * Shape   effects come first, then the first branch whose condition is true; an attempt has neither.
 */
#ifndef PLAYBOOK_MODEL_ENTRY_DEF_H
#define PLAYBOOK_MODEL_ENTRY_DEF_H

#include "playbook/model/address.h"
#include "playbook/model/effect_def.h"
#include "playbook/model/form_def.h"
#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expect;
struct expr;
struct participant_set;
struct state;

struct branch {                /* `then:` the first branch whose condition is true is taken, and no other */
    struct expr *when;         /* NULL: always */
    const struct state *state; /* NULL: stays */
    struct effect *effects;
    size_t effect_count;
};

struct refusal { /* L7 */
    struct expr *when;
    struct texts say;
    char *field; /* of the entry's form, to which it points; NULL the whole */
};
struct need { /* a precondition */
    struct expr *that;
    char *text;       /* as written: the problem's text, unless there is `say` */
    struct texts say; /* NULL texts: none */
    char *field;
};
/* The two-person rule: the entry takes effect when another person has confirmed it. */
struct confirmation_def {
    bool present;
    struct address *by; /* the first of them answers for the expectation */
    size_t by_count;
    int64_t within_us;
};

struct entry_def {
    char *name;
    struct texts title;
    struct address *by; /* who may make it, besides those who may meet an expectation of it */
    size_t by_count;
    const struct participant_set *as; /* the actor acts for one of them */
    const struct participant_set *of; /* the entry is about one of them, who is named */
    const struct field *line;         /* of the kind's form: the entry is about one line of it; NULL none */
    const struct state **in;          /* NULL: any state that is not final */
    size_t in_count;
    struct code_list *attempts; /* NULL: none */
    bool round_household;       /* L17 */
    struct form form;
    struct refusal *refusals;
    size_t refusal_count;
    struct need *needs;
    size_t need_count;
    struct confirmation_def confirmation;
    const struct expect *sealed_by; /* not shown but to its maker while this is open and not overdue; NULL none */
    const struct entry_def *confirms, *declines; /* made by `second` of that entry */
    int *unless_actor; /* indexes of facts holding an actor: none of them may be who enters (a second person) */
    size_t unless_actor_count;
    bool unless_opener; /* nor by the opener of the matter */
    struct branch *branches;
    size_t branch_count;
    const struct state *state; /* shorthand for one branch */
    struct effect *effects;    /* always, before the branches; attempts have none */
    size_t effect_count;
    bool handover;                        /* L4 in part: see struct handover_def */
    const struct expect *extends;         /* moves the due time of this one */
    bool reviews;                         /* made for the states with `review` */
    bool shows_figures;                   /* the kind's figures are computed, shown and frozen in it */
    struct expr *record_from, *record_to; /* the record of duty of the post between is frozen in it; NULL none */
};

/* May the entry be made in the state? Left out, `in` means every state that is neither final nor proposed. */
bool entry_fits_state(const struct entry_def *entry, const struct state *state);

#endif
