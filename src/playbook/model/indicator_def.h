/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * indicator_def - figures of a report, and indicators.
 *
 * Shape   a flow counts what happened within a window, a stock what there was at its end. A level counts what there is
 *         now, of no kind: units, posts, what is overdue.
 */
#ifndef PLAYBOOK_MODEL_INDICATOR_DEF_H
#define PLAYBOOK_MODEL_INDICATOR_DEF_H

#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clause_expect;
struct entry_def;
struct expect;
struct expr;
struct field;
struct kind;
struct participant_set;
struct role;
struct state;
struct unit_fact;
struct unit_type;

/* Derived figures of a report, only confirmed by people. */
enum figure_what {
    FIGURE_OPENED,
    FIGURE_OPEN,
    FIGURE_IN_STATE,
    FIGURE_ENTERED,
    FIGURE_MET,
    FIGURE_MISSED,
    FIGURE_OVERDUE
};
struct figure {
    char *name;
    struct texts title;
    enum figure_what what;
    const struct kind *kind;
    const struct state *state;     /* IN_STATE */
    const struct entry_def *entry; /* ENTERED */
    const struct expect *expect;   /* MET, MISSED, OVERDUE */
};

/* L13: a count, a sum or a ratio over matters, entries and expectations of a kind, for a unit and a window. A fold over
 * rows: a term says what one matter adds and when, so that it can be kept current by differences as well as counted
 * anew. */
enum term_what {
    TERM_OPENED,   /* flow: matters, when they opened */
    TERM_CLOSED,   /* flow: when they closed */
    TERM_OPEN,     /* stock: open at the end of the window */
    TERM_IN_STATE, /* stock: in the state then */
    TERM_ENTRIES,  /* flow: entries, when they were observed */
    TERM_MET,      /* flow: expectations, when they fell due, as the others */
    TERM_LATE,
    TERM_MISSED,
    TERM_EXCUSED,
    TERM_DUE,  /* met, late, missed, or overdue */
    TERM_SUM,  /* flow: a number of each entry, when it was observed; without entry, of the matter, when it opened */
    TERM_LAST, /* stock: of each matter that is open then, the number of its latest entry that has one, of each
                * participant and line that such entries are about; without entry, of the matter */
    TERM_UNIT_FACT, /* of no matter: a fact about units at the end of the window or now, whatever the top is */
    TERM_COUNT
};
/* Added up by sum() and last(): an integer from 0 to AMOUNT_MOST, so that no sum overflows and none of them hides
 * another. `lines`: the sum of this column of it; NULL the field itself. */
#define AMOUNT_MOST 100000000
struct amount {
    const struct field *field, *lines;
    bool of_matter; /* a field of the matter's form */
};
struct term {
    enum term_what what;
    const struct entry_def *entry;
    const struct state *state;
    const struct expect *expect;
    struct amount amount;         /* SUM, LAST */
    const struct unit_fact *fact; /* UNIT_FACT */
    struct expr *where;           /* NULL: all; in the scope of the entry, else of the matter */
};
enum level_what {
    LEVEL_POSTS_REQUIRED,
    LEVEL_POSTS_HELD,
    LEVEL_POSTS_EMPTY,
    LEVEL_UNITS,
    LEVEL_OVERDUE,
    LEVEL_UNIT_FACT
};
struct indicator_level { /* at a unit and all below it, now */
    enum level_what what;
    const struct unit_type *type;  /* of the units, of those that require the posts; NULL of any */
    const struct role *role;       /* of the posts; NULL of any */
    int64_t longer_us;             /* POSTS_EMPTY: for so long at least */
    struct clause_expect *expects; /* OVERDUE */
    size_t expect_count;
    const struct unit_fact *fact; /* UNIT_FACT: added up; as of any day */
};
struct credit {                        /* the unit at which it counts */
    int field;                         /* of the matter's form; -1 the matter's own unit */
    const struct participant_set *set; /* the units of it: the one that the fact is of or about, else each of them */
    const char *of_entry;              /* a field of the counted entry; NULL none */
    bool answerer;                     /* of what was expected: where the post sits that owes or owed it */
};
enum indicator_on { ON_OWN, ON_OPENED, ON_CLOSED, ON_OBSERVED, ON_ACCEPTED };
enum indicator_window { WINDOW_DAY, WINDOW_WEEK, WINDOW_MONTH, WINDOW_MONTH_19 };
struct indicator {
    char *name; /* unique in the playbook */
    struct texts title;
    const struct kind *kind; /* NULL: of none, and the levels count */
    struct term top, bottom;
    struct indicator_level level_top, level_bottom;
    bool ratio;             /* has a bottom */
    struct credit *credits; /* each fact counts once at each of these units */
    size_t credit_count;
    enum indicator_on on; /* what dates it, instead of the fact itself */
    const struct entry_def *on_entry;
    enum indicator_window window;
    const struct unit_type *floor; /* not available below this type; NULL anywhere */
    int min_bottom;                /* below it nothing is shown */
    const struct role **told_to;   /* also to these roles, where they cover the unit and see none of the matters */
    size_t told_to_count;
    int smallest_cell; /* of personal kinds, or told_to: figures below it are not shown, nor what gives them away */
    const struct unit_type *coverage; /* counts the units of this type with any value; NULL none */
    int64_t freeze_us;                /* what arrives so long after the window's end counts no more; 0 it always does */
};
bool term_is_stock(const struct term *term);
/* The facts about units in it; NULL none. */
const struct unit_fact *indicator_top_fact(const struct indicator *indicator);
const struct unit_fact *indicator_bottom_fact(const struct indicator *indicator);
/* Whether it is a ratio of which both sides are counted: the bottom is no fact about units. */
bool indicator_is_share(const struct indicator *indicator);
/* Whether so much is too little for a share to be told; that a fact is known of no unit is told apart. */
bool indicator_is_thin(const struct indicator *indicator, int64_t bottom);
/* Whether it can be asked of other days than this one. */
bool indicator_is_dated(const struct indicator *indicator);

#endif
