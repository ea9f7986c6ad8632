/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view - one matter as rows have it, with its rules: what expressions, indicators and decisions read.
 *
 * Shape   view_load() reads the row, the rules and, but for audiences, open expectations and participants; the form and
 *         the sealed facts are unsealed by view_form() and view_facts(). Nothing here decides or writes: a draft
 *         (draft/draft.h) changes its view together with its event.
 *         view_init() makes the view of a matter that is not in rows yet.
 * Owner   the caller; view_clear() at the end. db, vault and playbook are borrowed and outlive it.
 * Invariants  `open` is sorted by slot of those read together; `whole` means that `open` and `participants` miss
 *         nothing; `facts` has a member for each fact of the kind once facts_are_open.
 */
#ifndef MATTER_VIEW_VIEW_H
#define MATTER_VIEW_VIEW_H

#include "matter/matter.h"
#include "matter/rows/events.h"
#include "playbook/model/deadline.h"

struct expectation { /* an open one */
    int64_t slot, number, post, since_us;
    int64_t participant; /* number of whom it is expected of, or about whom; 0 none */
    int64_t line;        /* of the field per_line, from 1; 0 none */
    struct occurrence when;
    int64_t claimed_us,
        claim_until_us; /* since when its post has taken it, and until when at the latest; 0 not taken */
    int64_t ours_us;    /* the own due time, where `when` has another system's; 0 none */
    struct progress progress;
    char name[48];
    const struct expect *def;
};

struct matter_view {
    struct db *rows;
    struct vault *vault;
    int64_t now_us;
    const struct playbook *playbook; /* the rules of its opening */
    const struct kind *kind;
    const struct state *state;
    struct matter matter;
    int64_t next_entry, next_expectation, ends_us, retain_us;
    GArray *open; /* of struct expectation */
    /* Of a kind with an audience only those of no participant, and those read on demand. */
    GArray *participants;      /* of struct participant; NULL where the kind has none */
    bool whole;                /* all of both are here */
    json_t *participant_lines; /* of the sets that an expression has read */
    struct expect accepting;   /* of the receiver of a hand-over; the model has no definition of it */
    json_t *facts;             /* array, with the sealed ones merged in once facts_are_open */
    bool facts_are_open;
    bool damaged; /* the row's facts cannot be read: they are all missing, and nothing is entered */
    json_t *form; /* clear and sealed merged, NULL until read */
};

/* A matter that has no row: nothing is expected, there are no facts; the caller fills in `matter` and, where it has
 * one, `state` and `form`. */
void view_init(struct matter_view *view, struct db *rows, struct vault *vault, int64_t now_us,
               const struct playbook *playbook, const struct kind *kind);
/* False: there is no such matter, and nothing to clear. */
bool view_load(struct matter_view *view, struct db *rows, struct vault *vault, struct rulebook *rulebook,
               int64_t now_us, int64_t id);
bool view_load_uuid(struct matter_view *view, struct db *rows, struct vault *vault, struct rulebook *rulebook,
                    int64_t now_us, const struct uuid *uuid);
/* The row and the rules alone, and of a kind with participants these; without vault: nothing sealed is opened, and
 * nobody may ask for open expectations or facts. What is counted is loaded so. False also of a damaged row, under
 * rules, of a kind or in a state that there is not: it counts as nothing. */
bool view_load_bare(struct matter_view *view, struct db *rows, struct rulebook *rulebook, int64_t id);
void view_clear(struct matter_view *view);
AUTO_CLEAR_OF(view, matter_view)

/* The current form, by field name; borrowed. Empty when it has been erased; without vault its clear part. */
const json_t *view_form(struct matter_view *view);
/* Borrowed; only lifecycle/facts.c changes it, of a draft. */
json_t *view_facts(struct matter_view *view);

/* ---- expectations.c ---- */
/* Of `expectation e`, first in a query; all that struct expectation has but `def`. */
#define EXPECTATION_COLUMNS                                                                                            \
    "e.slot, e.number, e.post, e.since_us, e.opens_us, e.due_us, e.warned, e.overdue, e.step, e.name, e.paused_us, "   \
    "e.stood_us, e.extensions, e.attempts, e.ours_us, e.participant, e.line, e.alerts, e.seen_us, e.phone_us, "        \
    "e.claimed_us, e.claim_until_us"
#define EXPECTATION_COLUMN_COUNT 22

void expectation_read(struct cursor *row, struct expectation *out);
/* Loads all open expectations, or those of one participant. */
void view_load_expectations(struct matter_view *view);
void view_load_expectations_of(struct matter_view *view, int64_t participant);

#endif
