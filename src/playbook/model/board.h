/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * board - rows of signals, each an indicator with a colour, by which it is seen how a unit stands.
 *
 * Shape   thresholds are tables of the playbook, in dated editions, whose keys are the names of indicators: `green` and
 *         `amber` say up to where a figure has the colour; beyond both it is red. A signal counts at the unit types of
 *         `at` (none: wherever the indicator is shown). Above the units of `spread` a row is no better than they are:
 *         `spread_rule` says how many have to be green, how many may be red, and for how long.
 */
#ifndef PLAYBOOK_MODEL_BOARD_H
#define PLAYBOOK_MODEL_BOARD_H

#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>

struct indicator;
struct rule;
struct unit_type;

#define BOARD_SIGNALS_MOST 12 /* of a row */

enum board_spread_key { SPREAD_GREEN_SHARE, SPREAD_GREEN_HOURS, SPREAD_RED_SHARE, SPREAD_RED_HOURS, SPREAD_KEY_COUNT };
extern const char *const board_spread_keys[SPREAD_KEY_COUNT];

enum signal_missing { MISSING_BLANK, MISSING_GREY, MISSING_RED };
struct board_signal {
    const struct indicator *indicator;
    const struct unit_type **at;
    size_t at_count;
    bool less;                   /* the less, the better */
    enum signal_missing missing; /* what it is where nothing was asked: a ratio of nothing */
};
struct board_row {
    char *name;
    struct texts title;
    struct board_signal *signals;
    size_t signal_count;
};
struct board {
    char *name;
    struct texts title;
    const struct unit_type **at; /* units that have it */
    size_t at_count;
    const struct unit_type *spread; /* of which units below one the colours are counted; NULL none */
    const struct rule *green, *amber;
    const struct rule *spread_rule; /* a table of numbers, of board_spread_keys; NULL: the spread colours no row */
    struct board_row *rows;
    size_t row_count;
};

#endif
