/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decision - one command being decided: what an area may read, and what it gives.
 *
 * Shape   decide functions read rows, vault and rules, put every result into events with decision_emit(), or refuse
 *         with decision_refuse(). An event is applied to rows at once, so what is decided next, in this command or the
 *         next of the batch, sees it. A refused command leaves nothing: the engine rolls rows and vault back to its
 *         mark. `apply` functions are plain upserts out of the event: no clock, no randomness, no playbook, no vault,
 *         no failure.
 * Invariants  `problem` is set exactly when decide has returned false. All events lie in `stream`, and seqs[stream] is
 *         the number of the last one. With `marks`, rows have a mark exactly while `events` is not empty.
 * Errors  struct problem in decision->problem; failures of storage stay in the connection (store/db.h).
 * Owner   the writer thread, for one command.
 */
#ifndef COMMAND_DECISION_H
#define COMMAND_DECISION_H

#include "base/problem.h"
#include "command/area.h"
#include "command/command.h"
#include "command/ids.h"
#include "journal/journal.h"
#include "playbook/model/rulebook.h"
#include "store/db.h"
#include "vault/outer.h"

/* The last matter that one of the actor's posts has shown; the rows of a round are neighbours (access/sight.c). */
struct sighting {
    const struct kind *kind; /* NULL: none yet */
    int64_t unit;
    guint events; /* emitted when it was looked at: each may change rows */
};

struct decision {
    struct db *rows; /* as of all commands before this one */
    struct vault *vault;
    struct rulebook *rulebook;
    const struct playbook *playbook; /* in force; NULL before the first adoption */
    const struct command *command;
    int64_t now_us;          /* accepted time: monotone from command to command */
    struct problem *problem; /* why not */
    GPtrArray *events;       /* of struct decided_event, emitted so far */
    GArray *letters;         /* places (int64) of letters written by this command */
    int64_t *seqs;  /* by stream: the newest event's, those emitted so far included; NULL: nothing is emitted */
    int64_t stream; /* in which all its events lie; -1 before the first */
    bool marks;     /* the engine's: rows are marked before the first event, so that a refusal takes it back */
    int effect_depth;
    int64_t wanted_post;        /* that the command names; 0: the area finds one that fits */
    int64_t post;               /* in which the actor acts: put into every event; decision_act_by() sets it */
    struct sighting *last_seen; /* owned */
    const struct areas *areas;
};

/* A decision by which a door asks, on a reader's snapshot, what the rules of a command say: it may refuse, and nothing
 * is emitted into it. decision_clear() at its end. */
void decision_init_asked(struct decision *decision, const struct command *command, const struct areas *areas,
                         struct db *rows, struct vault *vault, struct rulebook *rulebook, int64_t now_us);
/* Prepares events, letters, problem and what was shown; the caller fills in the rest. clear frees those four. */
void decision_init(struct decision *decision);
void decision_clear(struct decision *decision);
AUTO_CLEAR(decision)

struct matter_name {
    int64_t id;
    struct uuid uuid; /* null: not known here */
};

struct decided_event {
    struct event event; /* body and sealed point below */
    json_t *json;
    char *body;
    GBytes *sealed;
    bool erases;        /* keys are deleted with it */
    struct uuid matter; /* the matter's public id, so that the answer reads no row; null: not known here */
};
void decided_event_free(struct decided_event *decided);

/* What is wrong with a command whatever the rows hold: no area has it, or (from a door or the operator) a member of its
 * body is unknown. NULL: nothing. A door calls it before it queues the command. */
struct problem *command_shape_problem(const struct areas *areas, const struct command *command);

/* The post that the command names; decision_decide() does it. */
void decision_take_post(struct decision *decision);
/* Whether `decide` would accept, asked as a command of another stream is: it gets a decision of its own, and what it
 * writes is taken back. False with its problem. */
bool decision_would(struct decision *decision, bool (*decide)(struct decision *there, void *context), void *context);
/* Refuses what command_shape_problem() finds, else lets the command's area decide. */
bool decision_decide(struct decision *decision);

/* Sets the problem and returns false, so that `return decision_refuse(...)` reads well. Arguments as in
 * problem_new(). */
#define decision_refuse(decision, code, ...) decision_refuse_with((decision), problem_new((code), __VA_ARGS__, NULL))
bool decision_refuse_with(struct decision *decision, struct problem *problem /* taken */);

/* Writes and applies one event. `body` (taken) is what apply reads; `sealed` (taken, may be NULL). All events of a
 * command lie in one stream: that of the matter's id, or else that of the command's first event, which its unit says.
 * Returns the event's place: the id of what the event makes. `kind` must stand in some area's table. */
int64_t decision_emit(struct decision *decision, const char *kind, int64_t unit, int64_t matter, json_t *body,
                      GBytes *sealed);
/* The same of a matter whose public id is known: it goes into the answer, and no row is read for it. */
int64_t decision_emit_of(struct decision *decision, const char *kind, int64_t unit, const struct matter_name *matter,
                         json_t *body, GBytes *sealed);
/* In place of decision_emit() in a dry run that has decided everything, where command->discard_writes. */
void decision_would_emit(struct decision *decision);
/* Refuses when the command has written as much as it may. */
bool decision_may_go_on(struct decision *decision);
/* What decision_emit() will return next, for that unit. */
int64_t decision_next_id(const struct decision *decision, int64_t unit);
/* The stream of the command, if it were to begin with that unit. */
int64_t decision_stream(const struct decision *decision, int64_t unit);
/* All its events lie in that stream; false: some lie in another one, or are to. */
bool decision_begin(struct decision *decision, int64_t stream);
/* Forgets the events emitted so far and gives their numbers back; rows stay as they are. */
void decision_take_back(struct decision *decision);

/* The command comes from the operator, who has all rights. */
bool decision_is_operator(const struct decision *decision);

/* What looking for a right came to; where it is not given, the problem is set. */
struct right {
    bool given;
    int64_t post; /* by which it is given; 0 none: the operator's, the clock's, the subject's */
};

/* The events that follow are written in the post of the right. Returns whether it is given. */
bool decision_act_by(struct decision *decision, struct right right);

/*
 * A letter to another stream, that of `to_unit`: an event `letter_sent` here, and there a command `name` with `body`,
 * decided after this one's batch is durable, with an id that derives from the letter, exactly once; it finds to_unit
 * and `sealed` in its command. The receiving decide calls nothing special: the engine marks the letter as arrived in
 * the same transaction (event `letter_arrived`). A refusal there is a fact too: `letter_refused`.
 */
void decision_send_letter(struct decision *decision, int64_t to_unit, const char *name, json_t *body /* taken */,
                          GBytes *sealed /* taken, may be NULL */);

/* Members of the command's body, with their problems: each sets decision->problem and returns false when the member is
 * missing or wrong. Optional ones leave *out alone when it is absent. */
bool decision_text(struct decision *decision, const char *member, const char **out);
bool decision_text_optional(struct decision *decision, const char *member, const char **out);
/* The member `reason`, which is needed; borrowed. False with problem reason_needed or text_too_long. */
bool decision_reason(struct decision *decision, int most_chars, const char **out);
/* The same of one that stands within another member, by the path `field`. */
bool decision_reason_fits(struct decision *decision, const char *reason, const char *field, int most_chars);
/* Persons, households and posts: one that does not open is VAULT_NOBODY, which no row has. */
bool decision_person_id(struct decision *decision, const char *member, int64_t *out);
bool decision_post_id(struct decision *decision, const char *member, int64_t *out);
bool decision_household_id_optional(struct decision *decision, const char *member, int64_t *out);
/* The same where it stands within a member; wrong_type where the value is no text. */
bool decision_read_id(struct decision *decision, enum vault_class class, const json_t *value, const char *field,
                      int64_t *out);
/* Of a text; VAULT_NOBODY where it is none of the class. */
int64_t decision_inner_id(const struct decision *decision, enum vault_class class, const char *text);
/* All others: "123". */
bool decision_id(struct decision *decision, const char *member, int64_t *out);
bool decision_uuid(struct decision *decision, const char *member, struct uuid *out);
bool decision_time_optional(struct decision *decision, const char *member, int64_t *out_us);
bool decision_date_optional(struct decision *decision, const char *member, int32_t *out_day);
bool decision_object(struct decision *decision, const char *member, const json_t **out);
bool decision_array(struct decision *decision, const char *member, size_t most, const json_t **out);

#endif
