/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/fact.h"

#include "base/datetime.h"
#include "registry/facts.h"
#include "registry/staffing.h"

static void put(const struct indicator *indicator, const struct fact_sum *sum, bool bottom, struct indicator_cell *cell)
{
    if (bottom)
        cell->bottom = sum->value;
    else
        cell->top = sum->value;
    cell->thin = cell->thin || sum->units == 0 || (bottom && sum->value < indicator->min_bottom);
}

/* ---- one unit ---- */

static int64_t count_units(struct db *rows, const struct playbook *playbook, const struct unit_fact *fact, int64_t unit,
                           int64_t at_us, int64_t now_us)
{
    int64_t all = 0, of = 0;
    for (size_t i = 0; i < fact->at_count; i++, all += of) {
        const struct staffing_question question = {.type = fact->at[i]->name, .before_us = INT64_MAX};
        struct staffing found = {0};
        if (at_us >= now_us) {
            registry_staffing(rows, playbook, unit, &question, now_us, &found);
            of = found.units;
        } else {
            db_integer(rows, &of,
                       "SELECT count(*) FROM cover c JOIN unit u ON u.id = c.unit WHERE c.ancestor = ?1 AND u.type = "
                       "?2 AND c.from_us <= ?3 AND c.to_us > ?3",
                       "isi", unit, fact->at[i]->name, at_us);
        }
    }
    return all;
}

static void put_fact(struct db *rows, const struct playbook *playbook, const struct indicator *indicator, bool bottom,
                     int64_t unit, int64_t now_us, struct indicator_count *out)
{
    const struct unit_fact *fact = bottom ? indicator_bottom_fact(indicator) : indicator_top_fact(indicator);
    int64_t times_us[INDICATOR_WINDOWS_MOST];
    struct fact_sum sums[INDICATOR_WINDOWS_MOST];
    guint count = out->cells->len;
    if (fact == NULL || count == 0)
        return;
    for (guint i = 0; i < count; i++) {
        int32_t end = g_array_index(out->cells, struct indicator_cell, i).to_day;
        times_us[i] = MIN(day_time_us(end, 0, playbook->zone) - 1, now_us);
    }
    registry_fact_sums(rows, unit, fact, times_us, count, sums);
    for (guint i = 0; i < count; i++)
        put(indicator, &sums[i], bottom, &g_array_index(out->cells, struct indicator_cell, i));
    int64_t known = sums[count - 1].units;
    int64_t of = count_units(rows, playbook, fact, unit, times_us[count - 1], now_us);
    if (out->fact != NULL && out->unit_count - out->covered_units >= of - known)
        return;
    out->fact = fact;
    out->covered_units = known;
    out->unit_count = of;
}

void facts_into_count(struct db *rows, const struct playbook *playbook, const struct indicator *indicator, int64_t unit,
                      int64_t now_us, struct indicator_count *out)
{
    put_fact(rows, playbook, indicator, false, unit, now_us, out);
    put_fact(rows, playbook, indicator, true, unit, now_us, out);
}

/* ---- many units, now ---- */

void facts_into_units(const struct tally_units *all, const struct indicator *indicator, struct tally_now *out)
{
    for (int bottom = 0; bottom < 2; bottom++) {
        const struct unit_fact *fact = bottom ? indicator_bottom_fact(indicator) : indicator_top_fact(indicator);
        if (fact == NULL)
            continue;
        g_autofree struct fact_sum *sums = g_new(struct fact_sum, all->units->len);
        registry_fact_sums_of(all->rows, all->units, fact, all->now_us, sums);
        for (guint i = 0; i < all->units->len; i++)
            put(indicator, &sums[i], bottom == 1, &out[i].cell);
    }
}
