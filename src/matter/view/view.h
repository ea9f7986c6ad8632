/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view - one matter as rows have it, with the rules under which it stands: what expressions, indicators and decisions
 * read.
 *
 * Shape   view_load() reads the row, the rules and, but for audiences, what is open and who takes part; the form and
 *         the sealed facts are opened by view_form() and view_facts(). Nothing here decides or writes. A draft
 *         (draft/draft.h) has a view and changes it together with the event that it writes.
 *         view_init() makes one of a matter that is not there yet.
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
    int64_t ours_us; /* our due time, where another system's stands in `when`; 0 none */
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
    /* Of a kind with an audience only what names nobody, and those that were asked for. */
    GArray *participants;      /* of struct participant; NULL where the kind has none */
    bool whole;                /* all of both are here */
    json_t *participant_lines; /* of the sets that an expression has looked at */
    struct expect accepting;   /* of the receiver of a hand-over; the model has no row for it */
    json_t *facts;             /* array, with the sealed ones merged in once facts_are_open */
    bool facts_are_open;
    json_t *form; /* clear and sealed merged, NULL until asked for */
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
void view_clear(struct matter_view *view);
AUTO_CLEAR_OF(view, matter_view)

/* The form as it stands, by field name; borrowed. Empty when it has been erased. */
const json_t *view_form(struct matter_view *view);
/* Borrowed; only lifecycle/facts.c changes it, of a draft. */
json_t *view_facts(struct matter_view *view);

/* ---- expectations.c ---- */
/* Takes in all that is expected, or what is expected of one participant. */
void view_load_expectations(struct matter_view *view);
void view_load_expectations_of(struct matter_view *view, int64_t participant);

#endif
