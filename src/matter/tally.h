/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally - what is counted from rows: indicators, figures of a report, records of duty.
 *
 * Shape   an indicator is counted for a unit and some windows. What a matter adds, when and at which units, depends on
 *         the matter alone, so that the same function gives the difference that a change makes. Where that follows from
 *         rows without key and clock (tally/series.h has the rule), figures are kept, for each unit and day, at the
 *         unit and all above it, and read in a handful of rows; any other indicator is counted anew at each call, and
 *         so are all while they wait for a recount: after a unit moved or closed at which matters of other units
 *         count, or that has more than five thousand matters.
 *         An indicator of no kind is what there is now, read at each call out of counts that are kept.
 *         A matter keeps the rules of its opening: `uncounted` matters have none of the indicator. Small numbers are
 *         hidden over the units beside the unit, one level above it, so that no difference reveals them.
 *         A record of duty lists the expectations of a post in a period and their outcomes, for the appraiser and the
 *         holder: {"role", "from", "to": dates, "expectations": [{"kind", "name", "assigned", "met", "late", "missed",
 *         "excused", ... "open", "overdue"}] without zeros, "excused": [{"reason", "count"}], "gaps": [{"unit", "role",
 *         "required", "held"}] at its grounds at the end, "duty_minutes" for a role with duty hours}. Counts only, side
 *         by side with outages and staffing: no score and no ratio.
 * Units   windows are days of the playbook's zone; a record is of the days from `from_day` to the end of `to_day`, cut
 *         to the time for which the post is held and to now.
 * Limits  INDICATOR_WINDOWS_MOST windows, LIMIT_RECOUNT_MATTERS matters where it is counted anew; RECORD_DAYS_MOST
 *         bounds the cost of one record: some 100 ms for a grid with a hundred people under observation.
 */
#ifndef MATTER_TALLY_H
#define MATTER_TALLY_H

#include "matter/matter.h"

/* ---- indicators ---- */
#define INDICATOR_WINDOWS_MOST 62

struct indicator_cell {
    int32_t from_day, to_day; /* to_day is not in it */
    int64_t top, bottom;
    bool hidden; /* too few people, or it would give away a figure about too few */
    bool thin;   /* below min_bottom */
};
struct indicator_count {
    GArray *cells;                     /* of struct indicator_cell */
    int64_t uncounted;                 /* matters whose rules have no such indicator */
    int64_t covered_units, unit_count; /* of `coverage`: with anything in these windows, and of how many; of the fact */
    const struct unit_fact *fact;      /* about units, that is in it: the coverage is of those of which it is known */
    bool kept;                         /* read, not counted anew */
    int64_t since_us; /* of no kind: since when the oldest of the top has been overdue or empty; 0 not known */
};
void indicator_count_clear(struct indicator_count *count);
AUTO_CLEAR(indicator_count)

struct indicator_cell indicator_window_on(const struct indicator *indicator, int32_t day); /* an empty one */
/* The windows that hold the days from `from` to `to`. False when they are too many. */
bool indicator_windows(const struct indicator *indicator, int32_t from, int32_t to, GArray **out_cells);
/* Reads `unit` in the windows of out->cells from what is kept, or counts it anew; false when it has to be counted and
 * there are too many matters. `now_us`: the time of stocks. */
bool indicator_count(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct indicator *indicator,
                     int64_t unit, int64_t now_us, struct indicator_count *out);
/* Counts it anew. */
bool indicator_recount(struct db *rows, struct vault *vault, struct rulebook *rulebook,
                       const struct indicator *indicator, int64_t unit, int64_t now_us, struct indicator_count *out);

/* ---- indicators of many units, now ---- */

/* Units that are read together; what all indicators need is read once. The first five are borrowed. */
struct tally_units {
    struct db *rows;
    struct vault *vault;
    struct rulebook *rulebook;
    const GArray *units; /* of int64_t, by id, each once */
    int64_t now_us;
    GArray *overdue;
    struct tally_beside *beside;
    struct staffing_rows *staffing;
};
void tally_units_init(struct tally_units *all, struct db *rows, struct vault *vault, struct rulebook *rulebook,
                      const GArray *units, int64_t now_us);
void tally_units_clear(struct tally_units *all);
AUTO_CLEAR(tally_units)

struct tally_now {
    struct indicator_cell cell; /* of the window that holds now */
    int64_t since_us;
    bool uncounted; /* there are too many matters to be counted anew */
};
/* Whether it is read out of what is kept. If not, it is counted anew at each of the units, at the cost of their
 * matters. */
bool tally_units_are_kept(const struct tally_units *all, const struct indicator *indicator);
/* What indicator_count() gives at each of them, one of `out` each. */
void tally_units_read(struct tally_units *all, const struct indicator *indicator, struct tally_now *out);

/* ---- kept indicators ---- */

/* Adds to the kept figures what the transaction has changed. The writer calls it before each commit; without rulebook,
 * as while rows are built anew, all is to be counted afterwards. */
void tally_fold(struct db *rows, struct rulebook *rulebook);
/* Whether they hold what a recount gives; if not, every indicator is counted anew each time it is asked for. */
bool tally_is_counted(struct db *rows);
struct tally_progress {
    void (*tell)(int64_t done, int64_t all, void *context); /* in matters */
    void *context;
};
/* Counts all of them anew where they were never counted, as after rows were built anew, or wait for it. */
bool tally_recount_if_due(struct db *rows, struct rulebook *rulebook, GError **error);
/* Counts all of them anew, in a transaction of the caller. */
void tally_recount(struct db *rows, struct rulebook *rulebook, const struct tally_progress *progress /* NULL none */);
/* Counts them beside the kept ones, in a new file `scratch` (NULL: in memory), and tells up to `most` that differ, each
 * a text. Nobody may write meanwhile. */
bool tally_compare(struct db *rows, struct rulebook *rulebook, const char *scratch, int most,
                   const struct tally_progress *progress, GPtrArray *differences, GError **error);

/* ---- counts of now ---- */

/* Adds up what has changed since it was called last. The writer calls it before each commit, and whoever counts inside
 * of its transaction; what a reader sees is settled. */
void matter_counts_settle(struct db *rows);
struct matter_count {
    char kind[48], state[48];
    bool open;
    int64_t count;
};
/* Of a unit and all below it at a time, by kind and state; without erased and merged ones. The cost is that of the
 * units below, not of their matters. */
GArray *matter_counts(struct db *rows, int64_t unit, int64_t at_us);
struct expectation_count {
    char kind[48];
    int64_t open; /* not ended, overdue or not, due now or later */
    int64_t overdue;
    int64_t due; /* due after `from_us`, at `to_us` at the latest, and not overdue; none that is paused */
};
/* Both times are whole quarters of an hour. */
GArray *matter_expectation_counts(struct db *rows, int64_t unit, int64_t at_us, int64_t from_us, int64_t to_us);
struct overdue_count {
    int64_t unit;
    char kind[48], name[48]; /* of the expectation */
    int64_t count;
    int64_t since_us; /* when the first of them fell due, to the end of a quarter of an hour; 0: their clocks stand */
};
/* What is overdue at a unit and below, by kind and name. */
GArray *matter_overdue_counts(struct db *rows, int64_t unit, int64_t at_us);
/* The same of each of many units, an array of int64_t, in its order. */
GArray *matter_overdue_counts_of(struct db *rows, const GArray *units, int64_t at_us);
/* Whether both, and what presses (matter.h), are what a recount of all rows gives: for tests. */
bool matter_counts_are_right(struct db *rows);

/* ---- figures ---- */
struct period {
    int64_t from_us, to_us; /* to_us is not in it; what falls due then is */
};
/* What a report that is made at `at_us` is about: by the week, from the midnight after the time before to the end of
 * its day; where the entry (NULL: whichever shows figures) is not due by day, week or month, the day. */
struct period matter_report_period(const struct playbook *playbook, const struct kind *kind,
                                   const struct entry_def *entry, int64_t at_us);
/* Figures of a kind for a unit (everything it covers) in that time, as {name: count}. */
json_t *matter_figures(struct db *rows, const struct kind *kind, int64_t unit, struct period period, int64_t at_us);

/* ---- boards ---- */

/* By precedence in a row. */
enum signal_colour {
    SIGNAL_ABSENT,  /* it does not count at the unit */
    SIGNAL_BLANK,   /* nothing was asked */
    SIGNAL_UNKNOWN, /* grey, and colours no row that another signal colours: hidden, or of too few */
    SIGNAL_GREEN,
    SIGNAL_GREY, /* missing, by its rule */
    SIGNAL_AMBER,
    SIGNAL_RED,
};
struct signal_reading {
    const struct board_signal *signal;
    struct indicator_cell cell; /* of the window that holds now */
    enum signal_colour colour;
    struct value green, amber; /* VALUE_MISSING: no edition is in force */
    int64_t since_us;          /* 0 not known */
};
/* Whether the board's units are of this type, and the signal counts there. */
bool board_is_for(const struct board *board, const char *type);
bool board_signal_is_for(const struct board_signal *signal, const char *type);
/* Of each of the units. */
void board_read_signal(struct tally_units *units, const struct board *board, const struct board_signal *signal,
                       struct signal_reading *out);
/* By its cell and thresholds. */
enum signal_colour board_colour(const struct signal_reading *reading);
/* The one that colours its row: of the worst the first; NULL none does. */
const struct signal_reading *board_worst(const struct signal_reading *readings, size_t count);

/* How the colours of a row are spread over the units below. */
struct board_spread {
    int64_t counts[SIGNAL_RED + 1], of;
    int64_t red_since_us; /* of the one that has been red for longest; 0 none, or not known */
};
void board_spread_add(struct board_spread *spread, enum signal_colour colour, int64_t red_since_us);
/* By the board's rule: green, amber or red; SIGNAL_ABSENT: it has none, or nothing of them is known. */
enum signal_colour board_spread_colour(const struct board *board, const struct board_spread *spread, int32_t today,
                                       int64_t now_us);

/* ---- records of duty ---- */
#define RECORD_DAYS_MOST 184

/* Owned; NULL: there is no such post. */
json_t *matter_duty_record(struct db *rows, struct vault *vault, const struct playbook *playbook, int64_t post,
                           int32_t from_day, int32_t to_day, int64_t now_us);

#endif
