/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * board_rows - the rows of a board as the viewer of a request sees them, of many units at once.
 *
 * Shape   each unit is read by itself, and whether the viewer may know a signal's figure there is decided for each.
 * Limits  the spread goes over 20,000 units at most, over 1,000 where an indicator has to be counted anew.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_BOARD_ROWS_H
#define API_BOARD_ROWS_H

#include "api/request.h"
#include "matter/tally.h"

struct board_row_reading {
    struct signal_reading signals[BOARD_SIGNALS_MOST];
    const struct signal_reading *worst; /* NULL: none of them counts there, or may be seen */
    bool left_out;                      /* one that may not be seen */
};
/* Of the units, an array of struct unit by id, all of them right below `above`, or that alone: each row of the board of
 * the first unit, then of the second. */
struct board_row_reading *board_rows_read(struct request *request, const struct board *board, int64_t above,
                                          const GArray *units);

struct board_spreads {
    bool is;                     /* the board tells the spread of this unit, and there are such units below */
    bool counted;                /* false: too many */
    struct board_spread *of_row; /* of each row */
};
void board_rows_spread(struct request *request, const struct board *board, const struct unit *unit,
                       struct board_spreads *out);
void board_spreads_clear(struct board_spreads *spreads);
AUTO_CLEAR(board_spreads)

#endif
