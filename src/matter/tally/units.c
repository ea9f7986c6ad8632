/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Indicators of many units at once: each query goes through all of them. */
#include "matter/tally.h"

#include "base/datetime.h"
#include "matter/tally/beside.h"
#include "matter/tally/fact.h"
#include "matter/tally/kept.h"
#include "matter/tally/level.h"
#include "matter/tally/smallest.h"

/* ---- figures ---- */

static void hide_small(const struct indicator *indicator, const struct tally_beside *beside, struct siblings siblings,
                       const struct kept_sum *figures, struct tally_now *out)
{
    guint count = siblings.to - siblings.from;
    g_autofree struct smallest_figure *side_by_side = g_new(struct smallest_figure, count);
    for (guint i = 0; i < count; i++) {
        int64_t unit = g_array_index(beside->units, int64_t, siblings.from + i);
        side_by_side[i] = (struct smallest_figure){MAX(unit, 0), figures[siblings.from + i].top,
                                                   figures[siblings.from + i].bottom, false};
    }
    smallest_hide(indicator, side_by_side, count);
    for (guint i = 0; i < count; i++) {
        int own = g_array_index(beside->own, int, siblings.from + i);
        if (own < 0)
            continue;
        out[own].cell.top = side_by_side[i].top;
        out[own].cell.bottom = side_by_side[i].bottom;
        out[own].cell.hidden = side_by_side[i].hidden;
    }
}

static void read_beside(struct tally_units *all, const struct kept_series *kept, const struct indicator_cell *cell,
                        struct tally_now *out)
{
    const struct tally_beside *beside = tally_units_beside(all);
    g_autofree struct kept_sum *figures = g_new0(struct kept_sum, beside->units->len);
    kept_add_all(kept, beside->units, cell, all->now_us, figures);
    for (guint i = 0; i < beside->siblings->len; i++)
        hide_small(kept->indicator, beside, g_array_index(beside->siblings, struct siblings, i), figures, out);
}

static void read_alone(struct tally_units *all, const struct kept_series *kept, const struct indicator_cell *cell,
                       struct tally_now *out)
{
    g_autofree struct kept_sum *figures = g_new0(struct kept_sum, all->units->len);
    kept_add_all(kept, all->units, cell, all->now_us, figures);
    for (guint i = 0; i < all->units->len; i++) {
        out[i].cell.top = figures[i].top;
        out[i].cell.bottom = figures[i].bottom;
    }
}

/* Each by itself, as nothing is kept. */
static void recount_each(struct tally_units *all, const struct indicator *indicator, int32_t today,
                         struct tally_now *out)
{
    for (guint i = 0; i < all->units->len; i++) {
        AUTO(indicator_count) struct indicator_count count = {0};
        out[i].uncounted = !indicator_windows(indicator, today, today, &count.cells) ||
                           !indicator_recount(all->rows, all->vault, all->rulebook, indicator,
                                              g_array_index(all->units, int64_t, i), all->now_us, &count);
        if (!out[i].uncounted)
            out[i].cell = g_array_index(count.cells, struct indicator_cell, 0);
    }
}

bool tally_units_are_kept(const struct tally_units *all, const struct indicator *indicator)
{
    AUTO(kept) struct kept_series kept = {0};
    return indicator->kind == NULL || kept_find(all->rows, all->rulebook, indicator, &kept);
}

static void read_figures(struct tally_units *all, const struct indicator *indicator, int32_t today,
                         const struct indicator_cell *cell, struct tally_now *out)
{
    AUTO(kept) struct kept_series kept = {0};
    if (indicator->kind == NULL)
        level_read(all, indicator, out);
    else if (!kept_find(all->rows, all->rulebook, indicator, &kept))
        recount_each(all, indicator, today, out);
    else if (indicator->smallest_cell > 0)
        read_beside(all, &kept, cell, out);
    else
        read_alone(all, &kept, cell, out);
}

void tally_units_read(struct tally_units *all, const struct indicator *indicator, struct tally_now *out)
{
    int32_t today = day_of(all->now_us, rulebook_current(all->rulebook)->zone);
    const struct indicator_cell window = indicator_window_on(indicator, today);
    for (guint i = 0; i < all->units->len; i++)
        out[i] = (struct tally_now){.cell = window};
    read_figures(all, indicator, today, &window, out);
    for (guint i = 0; i < all->units->len; i++)
        out[i].cell.thin = indicator_is_thin(indicator, out[i].cell.bottom);
    facts_into_units(all, indicator, out);
}
