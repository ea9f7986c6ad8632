/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally.h"

#include "base/clock.h"
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
        return signal->missing == MISSING_BLANK && indicator_bottom_fact(signal->indicator) != NULL
                   ? SIGNAL_UNKNOWN /* it was not said, which is not that nothing was asked */
                   : missing[signal->missing];
    if (reading->cell.hidden || reading->cell.thin || reading->green.type != VALUE_NUMBER ||
        reading->amber.type != VALUE_NUMBER)
        return SIGNAL_UNKNOWN;
    if (compare(reading, reading->green) >= 0)
        return SIGNAL_GREEN;
    return compare(reading, reading->amber) >= 0 ? SIGNAL_AMBER : SIGNAL_RED;
}

void board_read_signal(struct tally_units *units, const struct board *board, const struct board_signal *signal,
                       struct signal_reading *out)
{
    int32_t today = day_of(units->now_us, rulebook_current(units->rulebook)->zone);
    const struct signal_reading unread = {.signal = signal,
                                          .green = rule_value_on(board->green, today, signal->indicator->name),
                                          .amber = rule_value_on(board->amber, today, signal->indicator->name)};
    g_autofree struct tally_now *found = g_new(struct tally_now, units->units->len);
    tally_units_read(units, signal->indicator, found);
    for (guint i = 0; i < units->units->len; i++) {
        out[i] = unread;
        out[i].cell = found[i].cell;
        out[i].cell.hidden = found[i].cell.hidden || found[i].uncounted;
        out[i].since_us = found[i].since_us;
        out[i].colour = board_colour(&out[i]);
    }
}

const struct signal_reading *board_worst(const struct signal_reading *readings, size_t count)
{
    const struct signal_reading *worst = NULL;
    for (size_t i = 0; i < count; i++)
        if (readings[i].colour != SIGNAL_ABSENT && (worst == NULL || readings[i].colour > worst->colour))
            worst = &readings[i];
    return worst;
}

/* ---- how the units below it stand ---- */

void board_spread_add(struct board_spread *spread, enum signal_colour colour, int64_t red_since_us)
{
    spread->counts[colour]++;
    spread->of++;
    if (colour == SIGNAL_RED && red_since_us != 0 && (spread->red_since_us == 0 || red_since_us < spread->red_since_us))
        spread->red_since_us = red_since_us;
}

/* As decimal_compare() of `count` and so much of `whole`. */
static int compare_share(int64_t count, struct decimal share, int64_t whole)
{
    struct decimal part;
    return decimal_multiply(share, decimal_from_integer(whole), &part)
               ? decimal_compare(decimal_from_integer(count), part)
               : 0;
}

static bool is_red_for(const struct board_spread *spread, struct decimal hours, int64_t now_us)
{
    return spread->red_since_us != 0 &&
           compare_share((now_us - spread->red_since_us) / US_PER_SECOND, hours, 60 * 60) > 0;
}

enum signal_colour board_spread_colour(const struct board *board, const struct board_spread *spread, int32_t today,
                                       int64_t now_us)
{
    const int64_t *counts = spread->counts;
    struct decimal limits[SPREAD_KEY_COUNT];
    for (size_t i = 0; board->spread_rule != NULL && i < SPREAD_KEY_COUNT; i++) {
        struct value value = rule_value_on(board->spread_rule, today, board_spread_keys[i]);
        if (value.type != VALUE_NUMBER)
            return SIGNAL_ABSENT;
        limits[i] = value.number;
    }
    if (board->spread_rule == NULL || counts[SIGNAL_GREEN] + counts[SIGNAL_AMBER] + counts[SIGNAL_RED] == 0)
        return SIGNAL_ABSENT;
    int64_t asked = spread->of - counts[SIGNAL_BLANK] - counts[SIGNAL_ABSENT];
    if (compare_share(counts[SIGNAL_RED], limits[SPREAD_RED_SHARE], asked) > 0 ||
        is_red_for(spread, limits[SPREAD_RED_HOURS], now_us))
        return SIGNAL_RED;
    return compare_share(counts[SIGNAL_GREEN], limits[SPREAD_GREEN_SHARE], asked) >= 0 &&
                   !is_red_for(spread, limits[SPREAD_GREEN_HOURS], now_us)
               ? SIGNAL_GREEN
               : SIGNAL_AMBER;
}
