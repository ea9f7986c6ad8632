/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * indicator_def - figures of a report, and indicators.
 *
 * Shape   a flow counts what happened within a window, a stock what there was at its end.
 */
#ifndef PLAYBOOK_MODEL_INDICATOR_DEF_H
#define PLAYBOOK_MODEL_INDICATOR_DEF_H

#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry_def;
struct expect;
struct expr;
struct kind;
struct participant_set;
struct state;
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

/* L13: a count or a ratio over matters, entries and expectations of a kind, for a unit and a window. A fold over rows:
 * a term says what one matter adds and when, so that it can be kept current by differences as well as counted anew. */
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
    TERM_DUE, /* met, late, missed, or overdue */
    TERM_COUNT
};
struct term {
    enum term_what what;
    const struct entry_def *entry;
    const struct state *state;
    const struct expect *expect;
    struct expr *where; /* NULL: all; in the scope of the entry, else of the matter */
};
struct credit {                        /* the unit at which it counts */
    int field;                         /* of the matter's form; -1 the matter's own unit */
    const struct participant_set *set; /* the units of it: the one that the fact is of or about, else each of them */
};
enum indicator_on { ON_OWN, ON_OPENED, ON_CLOSED, ON_OBSERVED, ON_ACCEPTED };
enum indicator_window { WINDOW_DAY, WINDOW_WEEK, WINDOW_MONTH, WINDOW_MONTH_19 };
struct indicator {
    char *name; /* unique in the playbook */
    struct texts title;
    const struct kind *kind;
    struct term top, bottom;
    bool ratio;             /* has a bottom */
    struct credit *credits; /* each fact counts once at each of these units */
    size_t credit_count;
    enum indicator_on on; /* what dates it, instead of the fact itself */
    const struct entry_def *on_entry;
    enum indicator_window window;
    const struct unit_type *floor; /* not available below this type; NULL anywhere */
    int min_bottom;                /* below it nothing is shown */
    int smallest_cell; /* of personal kinds: figures below it are not shown, nor what would give them away */
    const struct unit_type *coverage; /* counts the units of this type with any value; NULL none */
    int64_t freeze_us;                /* what arrives so long after the window's end counts no more; 0 it always does */
};
bool term_is_stock(const struct term *term);

#endif
