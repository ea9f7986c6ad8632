/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally.h"

#include "base/datetime.h"

#include <string.h>

/* ---- where ---- */

static bool is_one_of(const struct unit_type *const *types, size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(types[i]->name, type) == 0)
            return true;
    return false;
}

bool board_is_for(const struct board *board, const char *type)
{
    return is_one_of(board->at, board->at_count, type);
}

bool board_signal_is_for(const struct board_signal *signal, const char *type)
{
    return signal->at_count == 0 || is_one_of(signal->at, signal->at_count, type);
}

/* ---- how it stands ---- */

/* The top against so much of the bottom, without rounding; a count against the number itself. */
static int compare(const struct signal_reading *reading, struct value threshold)
{
    struct decimal wanted = threshold.number, bottom = decimal_from_integer(reading->cell.bottom);
    if (reading->signal->indicator->ratio && !decimal_multiply(threshold.number, bottom, &wanted))
        return 0;
    int order = decimal_compare(decimal_from_integer(reading->cell.top), wanted);
    return reading->signal->less ? -order : order;
}

enum signal_colour board_colour(const struct signal_reading *reading)
{
    static const enum signal_colour missing[] = {
        [MISSING_BLANK] = SIGNAL_BLANK, [MISSING_GREY] = SIGNAL_GREY, [MISSING_RED] = SIGNAL_RED};
    const struct board_signal *signal = reading->signal;
    if (signal->indicator->ratio && !reading->cell.hidden && reading->cell.bottom == 0)
        return missing[signal->missing];
    if (reading->cell.hidden || reading->cell.thin || reading->green.type != VALUE_NUMBER ||
        reading->amber.type != VALUE_NUMBER)
        return SIGNAL_UNKNOWN;
    if (compare(reading, reading->green) >= 0)
        return SIGNAL_GREEN;
    return compare(reading, reading->amber) >= 0 ? SIGNAL_AMBER : SIGNAL_RED;
}

void board_read_signal(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct board *board,
                       const struct board_signal *signal, int64_t unit, int64_t now_us, struct signal_reading *out)
{
    int32_t today = day_of(now_us, rulebook_current(rulebook)->zone);
    AUTO(indicator_count) struct indicator_count count = {0};
    *out = (struct signal_reading){.signal = signal,
                                   .green = rule_value_on(board->green, today, signal->indicator->name),
                                   .amber = rule_value_on(board->amber, today, signal->indicator->name)};
    if (!indicator_windows(signal->indicator, today, today, &count.cells) ||
        !indicator_count(rows, vault, rulebook, signal->indicator, unit, now_us, &count)) {
        out->colour = SIGNAL_UNKNOWN; /* too much to be counted anew */
        out->cell.hidden = true;
        return;
    }
    out->cell = g_array_index(count.cells, struct indicator_cell, 0);
    out->since_us = count.since_us;
    out->colour = board_colour(out);
}

const struct signal_reading *board_worst(const struct signal_reading *readings, size_t count)
{
    const struct signal_reading *worst = NULL;
    for (size_t i = 0; i < count; i++)
        if (readings[i].colour != SIGNAL_ABSENT && (worst == NULL || readings[i].colour > worst->colour))
            worst = &readings[i];
    return worst;
}
