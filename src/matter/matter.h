/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matter - matters: entries, states, expectations, hand-over, and the clock that acts on them.
 *
 * Shape   matter.id = unit at opening << 24 | number within that unit, so that the matters of a unit are neighbours in
 *         every table; only command/ids.h takes it apart. The public id is the UUID of the command that opened it (for
 *         children opened by an effect: uuid_derive() of the command and a running number). expectation = (matter,
 *         number): a row in `expectation` while open (also when overdue), in `expectation_past` after. expectation.post
 *         is the post that answers: 0 none (a gap), negative the subject (minus the person's id), in whose to-do list
 *         it is.
 * Units   times UTC microseconds.
 * Events  matter_opened, entered, matter_changed, matters_linked, person_linked, state_ended, matter_offered,
 *         offer_received, offer_answered, matter_handed_over, matter_returned, matter_rebased,
 *         rebase_advanced, expectations_lapsed, expectations_excused, matter_erased, standing_watched and others:
 *         rows/catalogue.c has them all, docs/events.md is made of it.
 */
#ifndef MATTER_MATTER_H
#define MATTER_MATTER_H

#include "command/decision.h"
#include "registry/registry.h"

extern const struct area matter_area;

/* ---- the clock ---- */
/* The earliest moment at which some expectation, state end or retention needs the clock; INT64_MAX none. */
int64_t matter_next_due_us(struct db *rows);
/* decide of the clock's command `tick` {"now_us"}: lapses, escalates, recurs, ends states and erases what is due at
 * command->observed_us or before, at most LIMIT_LAPSES_PER_EVENT of them, as one command; refuses with already_ended
 * when nothing is due. The engine repeats it while matter_next_due_us() is in the past. */

/* ---- a command whose search is done by a reader ---- */
/* Whether the body is of `excuse` for a whole outage: a reader searches first, and the writer gets the result
 * (command->found). */
bool matter_outage_is_asked(const json_t *body);
/* The reader's search; empty for an actor without the right, whom the writer refuses. The caller frees. */
GArray *matter_outage_look(const struct command *command, const struct areas *areas, struct db *rows,
                           struct vault *vault, struct rulebook *rulebook, int64_t now_us);

/* ---- which entries somebody may make ---- */
struct matter_act {
    const struct entry_def *entry; /* of the matter's rules; owned by the rulebook */
    bool expected;                 /* something is open that it meets */
    int64_t post;                  /* in which the actor would make it; 0 as a person, or refused */
    struct problem *problem;       /* why it would be refused, whatever its fields; owned, NULL it would not */
};
void matter_act_clear(struct matter_act *act);
/* Those that fit the matter's state, without hand-overs, as `asked` names the actor: array of struct matter_act in the
 * order of the kind, which the caller frees. What depends on fields is judged when they are there. */
GArray *matter_acts(const struct command *asked, const struct areas *areas, struct db *rows, struct vault *vault,
                    struct rulebook *rulebook, int64_t now_us, int64_t matter);

/* ---- queries ---- */
/* For doors and exports: rows of one matter or of many, in pages, with what has ended. What reads one matter with its
 * rules, as it stands now, loads a view (view/view.h): decisions, expressions, indicators. */
/* Rows and statements hold the numbers: never change one. */
enum outcome {
    OUTCOME_OPEN,
    OUTCOME_MET,
    OUTCOME_LATE,
    OUTCOME_MISSED,
    OUTCOME_EXCUSED,
    OUTCOME_WITHDRAWN,
    OUTCOME_SUPERSEDED,
    OUTCOME_TRIED,  /* the attempts asked for were made, without success */
    OUTCOME_NO_SHOW /* the person handed over never arrived */
};
extern const char *const outcome_names[]; /* NULL-terminated */

struct matter {
    int64_t id;
    struct uuid uuid;
    int64_t rules; /* playbook version id */
    char kind[48];
    char state[48];
    int64_t version, unit, subject, subject_post, household, parent, opener_person, opener_post;
    int64_t opened_us, changed_us, state_since_us, closed_us /* 0 open */;
    bool erased;
    int64_t merged_into; /* the surviving matter; 0 it was not merged */
    bool named_only;     /* opened by an actor who could not read the subject: shows no more of it to anyone */
    bool caused;         /* by an effect, whose actor gains neither sight nor say by it: nobody is its opener */
};
int64_t matter_opener(const struct matter *matter); /* who has the sight and the say of one; 0 nobody */
bool matter_get_by_uuid(struct db *rows, const struct uuid *uuid, struct matter *out);
bool matter_get(struct db *rows, int64_t id, struct matter *out);
/* Whether a matter of the kind about the same subject is open right below it. */
bool matter_has_open_below(struct db *rows, int64_t parent, const char *kind, int64_t subject);
/* Those right below it that entries of the person have led to without showing them: array of struct matter, by id. */
GArray *matter_caused_below(struct db *rows, int64_t parent, int64_t person, int most);
/* The unit to which a pending hand-over offers it; 0: none is pending. */
int64_t matter_offered_to(struct db *rows, int64_t matter);
bool matter_get_uuid(struct db *rows, int64_t id, struct uuid *out);
GArray *matter_rules(struct db *rows, int64_t matter); /* of int64: ids of the rules it has had, the current first */
/* The stored form: clear part merged with the opened sealed part; *out_erased when the key is gone. New reference. */
json_t *matter_form(struct db *rows, struct vault *vault, const struct matter *matter, bool *out_erased);
/* The same as compact JSON where nothing of it is sealed, put into `out`. False: something is, or there is none. */
bool matter_form_text(struct db *rows, int64_t matter, GString *out);

/* Open expectations of the posts, by due time then matter; a page after the cursor (due_us, matter, number).
 * The to-do list. */
struct todo {
    int64_t matter, number, post, unit, subject, household;
    int64_t participant, line; /* as in struct expectation_row */
    struct uuid uuid;
    char kind[48], entry[48], name[48], state[48];
    int64_t rules, opens_us, due_us, since_us;
    int64_t claimed_us,
        claim_until_us; /* since when the post has taken it, and until when at the latest; 0 not taken */
    bool overdue;
    bool named_only; /* as in struct matter */
    int escalated;
};
GArray *matter_todo(struct db *rows, const int64_t *posts, size_t post_count, int64_t after_due_us,
                    int64_t after_matter, int64_t after_number, int most);
int64_t matter_todo_count(struct db *rows, int64_t post);
/* What is due first in a matter, of what is expected of no participant (or, with `each`, of any) and whose clock runs;
 * false: nothing is. */
struct next_due {
    char name[48], entry[48];
    int64_t opens_us, due_us;
    bool overdue;
    int escalated;
};
bool matter_next_due(struct db *rows, int64_t matter, bool each, struct next_due *out);
/* Whether it is a role that answers, and a colleague in `other` may take it (commands/decide_claim.c). */
bool matter_may_claim(struct db *rows, const struct kind *kind, const struct todo *todo, int64_t other, int64_t at_us);

/* What was raised to these posts, by time shown: digests are groups of equal (post, shown_us). */
struct alert {
    int64_t id, post, matter, number, shown_us, raised_us;
    struct uuid uuid;
    char kind[48], name[48];
    int step;
    bool open;
};
GArray *matter_alerts(struct db *rows, const int64_t *posts, size_t post_count, int64_t until_us, int64_t after_us,
                      int64_t after_id, int most);

/* What presses at a unit and below: open expectations that are overdue, or (`warned`) not yet and warned of; by when
 * the clock acts on them next, which is when they escalate. Of a page the cost is that of its rows, and of the units
 * below where few press there; of groups that of all rows that press there. */
struct pressing_filter {
    int64_t under, at_us;
    bool warned;
    const char *kinds;       /* JSON array: only these */
    const char *kind, *name; /* of the expectation; NULL all */
    const int64_t *post;     /* as struct todo has it, 0 nobody; NULL all */
};
struct pressing {
    int64_t matter, slot, next_us;
    int64_t number, post, due_us, participant, line;
    char name[48], entry[48];
    int escalated;
    bool overdue;
    int64_t claimed_us, claim_until_us; /* as in struct todo */
};
GArray *matter_pressing(struct db *rows, const struct pressing_filter *filter, int64_t after_us, int64_t after_matter,
                        int64_t after_slot, int most);
/* By post, by the unit right below (or the unit itself), or by kind and name of the expectation. */
enum pressing_by { PRESSING_BY_POST, PRESSING_BY_UNIT, PRESSING_BY_NAME };
struct pressing_group {
    int64_t key;                    /* post or unit; of a name some number of it */
    char kind[48], name[48];        /* by name */
    int64_t count, next_us, due_us; /* the first of them */
    int64_t matter;                 /* whose is next */
};
GArray *matter_pressing_groups(struct db *rows, const struct pressing_filter *filter, enum pressing_by by,
                               int64_t after_us, int64_t after_key, int most);

/* An entry that takes effect only when another person has confirmed it. Rows and statements hold the numbers. */
enum confirmation { CONFIRMATION_NONE, CONFIRMATION_PENDING, CONFIRMATION_GIVEN, CONFIRMATION_DECLINED };

struct entry_row {
    int64_t matter, number, place, person, post, at_us, observed_us, corrects /* number, 0 */;
    int64_t proxy; /* person who spoke for the subject, 0 none */
    char kind[48], attempt[48];
    char word_of[16], channel[16]; /* L18, empty when not given */
    json_t *clear;                 /* owned by the array; also `figures` that were frozen in it */
    GBytes *sealed;
    bool corrected;
    enum confirmation confirmation;
    int64_t participant; /* number of for whom, or about whom, it was made; 0 none */
    int64_t line;        /* about which of the form's lines, from 1; 0 none */
};
GArray *matter_entries(struct db *rows, int64_t matter, int64_t after_number, int most);
/* Of one kind, the last observed first; neither corrected nor declined. */
GArray *matter_last_entries(struct db *rows, int64_t matter, const char *kind, int most);
int64_t matter_newest_entry(struct db *rows, int64_t matter); /* its number, 0 none */
/* The person who made it or, of a correction, what it corrects in the end; 0 a program. */
int64_t matter_entry_maker(struct db *rows, const struct entry_row *row);
/* The first entry of a kind that was observed then; 0 none. */
int64_t matter_entry_at(struct db *rows, int64_t matter, const char *kind, int64_t observed_us);
/* L11: entries of both directions are not there yet, and there is time left: only the author may read it. */
bool matter_entry_is_sealed(struct db *rows, const struct kind *kind, const struct entry_row *row, int64_t at_us);
/* A file that was uploaded for a matter. False: there is none, or it has been erased. */
struct attachment {
    char type[40]; /* media type */
    int64_t bytes, at_us, person;
    bool named; /* by an entry */
};
bool matter_attachment(struct db *rows, int64_t matter, const char *hash, struct attachment *out);
/* Whether a person may make some entry with a file field, as far as posts and addresses tell: asked before the first
 * byte. */
bool matter_may_bring_files(struct db *rows, const struct kind *kind, const struct matter *matter, int64_t person,
                            int64_t now_us);
int64_t matter_file_count(struct db *rows, int64_t matter); /* uploaded for it, for decide and doors */
/* Each file that an entry names and that is not erased. `hash` is what the row says: whoever can write rows.db may have
 * written anything there. */
void matter_each_file(struct db *rows, void (*visit)(void *context, int64_t matter, const char *hash), void *context);
/* Whether the bytes of that hash are to be kept at a time, 1 or 0: named by an entry, or uploaded a short time ago. -1:
 * unknown to all matters. */
int matter_keeps_file(struct db *rows, const char *hash, int64_t at_us);
/* Files whose bytes are to be deleted: those erased at `erased_us` or later, and those uploaded from `from_us` to
 * `to_us` that no entry has named. Returns when the newest of all was erased. */
int64_t matter_dead_files(struct db *rows, int64_t erased_us, int64_t from_us, int64_t to_us,
                          void (*each)(void *context, int64_t matter, const char *hash), void *context);
json_t *matter_entry_fields(struct vault *vault, const struct entry_row *row, bool *out_erased);

struct expectation_row {
    int64_t matter, number, post, opens_us, due_us, ended_us, entry_number;
    int64_t participant; /* number of whom it is expected of, or about whom; 0 none */
    int64_t line;        /* of the form's lines, from 1; 0 none */
    char name[48];
    enum outcome outcome;
    bool overdue, warned;
    int64_t paused_us; /* since when its clock is paused, 0 it runs */
    int extensions, attempts;
    int64_t ours_us; /* the own due time, beside another system's; 0 none */
    bool reopened;
    int alerts;                         /* to the post that answers, until it was seen */
    int64_t seen_us, phone_us;          /* 0 not yet; since when it is in the phone list, 0 not */
    int64_t claimed_us, claim_until_us; /* as in struct todo */
    char *reason;
};
GArray *matter_expectations(struct db *rows, struct vault *vault /* NULL: without reasons */,
                            int64_t matter); /* open and past, by number */
struct expectation_filter {
    int64_t after;         /* number */
    int64_t reader;        /* person, 0 all: not what is asked of audiences elsewhere than on the person's grounds */
    int64_t at_us;         /* of the grounds */
    const char *audiences; /* names of their sets, a JSON array; NULL none */
    int most;              /* 0 all */
};
GArray *matter_expectations_page(struct db *rows, struct vault *vault, int64_t matter,
                                 const struct expectation_filter *filter);

/* What will be erased, by when: after (erase_us, matter) and before `to_us`. */
struct retained {
    int64_t erase_us, matter;
    char *holds; /* reasons that hold it up, NULL none; owned by the array */
};
GArray *matter_retained(struct db *rows, struct vault *vault, int64_t after_us, int64_t after_matter, int64_t to_us,
                        int most);
/* Why its erasure is held up now: array of char *; empty: it is not. */
GPtrArray *matter_holds(struct db *rows, struct vault *vault, int64_t matter);

/* The other system's data about the matter; times 0 and an empty state where it sent none. */
struct external {
    char system[48], number[404] /* 100 characters */, state[164] /* 40 characters */;
    int64_t due_us, closed_us, mirrored_us, said_us;
};
/* "closed_there" while the matter is open here, "closed_here" while it is open there and the other system has reported;
 * NULL: none. */
const char *matter_external_conflict(const struct matter *matter, const struct external *external);
bool matter_external(struct db *rows, int64_t matter, struct external *out); /* false: none */
/* The same; where the matter has none, the last of a matter merged into it. */
bool matter_external_of_all(struct db *rows, int64_t matter, struct external *out);
/* The matter with the number, 0 none; if it was merged, the surviving one. */
int64_t matter_by_external(struct db *rows, const char *system, const char *number);
int64_t matter_survivor(struct db *rows, int64_t matter);

/* Who takes part, and who has left. */
struct participant_row {
    int64_t number, who; /* unit; negative: that person; 0 erased */
    char name[48], state[48];
    int64_t joined_us, left_us; /* 0: still takes part */
    int64_t seen_us;            /* 0: not opened there yet */
    char *reason;               /* why they were left out of an audience, NULL; owned by the array */
};
struct participant_filter {
    const char *name, *state; /* of the set, and in it; NULL all */
    const char *open;         /* of whom this expectation is open; NULL all */
    const char *plain, *code; /* units: part of the name in name_index_form(), or how the code begins; NULL all */
    int seen;                 /* 1 who has, 0 who has not, -1 all */
    int64_t reader;           /* a person: only units in their grounds, and themselves; 0 all */
    int64_t at_us;            /* of these grounds */
};
GArray *matter_participants(struct db *rows, struct vault *vault /* NULL: without reasons */, int64_t matter,
                            const struct participant_filter *filter /* NULL all */, int64_t after_number, int most);
/* {"delivered", "seen", "left_out", "states": {code: count}, "entered": {entry: count}, "expectations": {name:
 * {outcome: count}}} of a set; of who has left only `left_out`. */
json_t *matter_participant_counts(struct db *rows, int64_t matter, const char *name);
/* The same without `left_out`, of each unit right below `under` at a time (or of that unit itself) in which some stand:
 * {id of the unit: counts}. The cost is that of the participants. */
json_t *matter_participant_counts_below(struct db *rows, int64_t matter, const char *name, int64_t under,
                                        int64_t at_us);
/* How many units an audience under a place would have. */
int64_t matter_audience_size(struct db *rows, const struct participant_set *set, int64_t under, int64_t at_us);
/* Entries and expectations of the first `count` (at least one) rows of participants:
 * {number: {"entered": {entry: time}, "expectations": {name: outcome}}}, each the last of its name; times are
 * integers. */
json_t *matter_participant_steps(struct db *rows, int64_t matter, const GArray *shown, guint count);
/* Numbers of the participants that a person answers for: by a post that answers for one of their expectations, by a
 * role that acts for the participant with its very unit as a ground, or as the participant itself. `unseen`: only those
 * that have not seen the matter and for which the person's look counts: who answers for a unit from above, since nobody
 * holds a post there, has not seen it for that unit. */
GArray *matter_participants_of(struct db *rows, const struct kind *kind, int64_t matter, int64_t person, int64_t at_us,
                               bool unseen);
/* Whether see_matter would write an event: the person answers for a participant that has not seen it, or has an unseen
 * alert. */
bool matter_is_news(struct db *rows, const struct kind *kind, int64_t matter, int64_t person, int64_t at_us);

/* L15: who has to be rung, since they were alerted in vain; the longest first, after the cursor (since_us, matter,
 * slot). `under`: where the matter or the participant is; 0 anywhere. */
struct ringing {
    int64_t matter, slot, post, since_us, due_us;
    int64_t participant_unit; /* 0 none */
    int alerts;
    char name[48];
};
GArray *matter_ringing(struct db *rows, int64_t under, int64_t at_us, int64_t after_us, int64_t after_matter,
                       int64_t after_slot, int most);

/* Those that were merged into it: array of int64_t, by id. */
GArray *matter_merged(struct db *rows, int64_t matter);
/* How many open matters there are of each kind and state, in their order. */
void matter_count_open(struct db *rows, void (*each)(void *context, const char *kind, const char *state, int64_t count),
                       void *context);
GArray *matter_open_in_state(struct db *rows, const char *kind, const char *state, int most); /* of struct uuid */

/* What a matter is linked with, from either side: another matter, or a person. */
struct link {
    int64_t matter, person; /* one of them is 0 */
    struct uuid uuid;       /* of the matter */
    char kind[48];
    char relation[164]; /* 40 characters; empty when it has been erased */
};
GArray *matter_links(struct db *rows, struct vault *vault, int64_t matter);
/* The matters that are linked with a person, under whichever registration. */
GArray *matter_links_of_person(struct db *rows, struct vault *vault, int64_t person, int most);

/* Open matters of the unit itself, without standing ones: they keep it from being closed. */
bool matter_unit_is_busy(struct db *rows, int64_t unit, int64_t *out_count);

/* A certificate or notice as it was issued: at `place`, 0 last. */
enum issuing { ISSUED_NEVER, ISSUED_READABLE, ISSUED_ERASED };
struct issued {
    int64_t place, at_us, unit; /* also when it has been erased */
    bool frozen;                /* false: an earlier program issued it, the text is of now */
    struct texts title, body;   /* owned */
    uint8_t digest[32];         /* BLAKE2b of both languages */
};
enum issuing matter_document(struct db *rows, struct vault *vault, const struct playbook *playbook,
                             const struct matter *matter, const char *name, int64_t place, struct issued *out);
/* The documents that it has issued, each with its last time, in the order of the kind; none of an erased one. */
struct issued_name {
    const char *name; /* the playbook's */
    int64_t at_us;
};
GArray *matter_documents(struct db *rows, const struct playbook *playbook, const struct matter *matter);
/* Its title with —— for each placeholder, so that it names no person; NULL: the kind has no such document. */
char *matter_document_title(const struct playbook *playbook, const struct matter *matter, const char *name,
                            bool chinese);
/* Whether a document of the kind fills in a field of its form. */
bool matter_document_tells(const struct kind *kind, const char *name, const char *field);
void issued_clear(struct issued *issued);
AUTO_CLEAR(issued)

#endif
