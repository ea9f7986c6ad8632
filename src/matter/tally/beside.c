/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/beside.h"

#include "registry/staffing.h"

#include <stdlib.h>

/* ---- the units ---- */

void tally_units_init(struct tally_units *all, struct db *rows, struct vault *vault, struct rulebook *rulebook,
                      const GArray *units, int64_t now_us)
{
    *all = (struct tally_units){.rows = rows, .vault = vault, .rulebook = rulebook, .units = units, .now_us = now_us};
}

/* ---- what lies beside them ---- */

static int by_id(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return one < other ? -1 : one > other;
}

static void add_beside(struct tally_beside *beside, const GArray *units, int64_t unit)
{
    const int64_t *first = (const int64_t *)units->data;
    const int64_t *found = bsearch(&unit, first, units->len, sizeof unit, by_id);
    int own = found != NULL ? (int)(found - first) : -1;
    g_array_append_val(beside->units, unit);
    g_array_append_val(beside->own, own);
}

static void add_siblings(struct tally_beside *beside, struct tally_units *all, int64_t above)
{
    struct siblings siblings = {.from = beside->units->len};
    g_autoptr(GArray) units =
        cursor_integers(db_query(all->rows, "SELECT id FROM unit WHERE parent = ?1 ORDER BY id", "i", above));
    if (above != 0)
        add_beside(beside, all->units, -above);
    for (guint i = 0; i < units->len; i++)
        add_beside(beside, all->units, g_array_index(units, int64_t, i));
    siblings.to = beside->units->len;
    g_array_append_val(beside->siblings, siblings);
}

static struct tally_beside *find_beside(struct tally_units *all)
{
    struct tally_beside *beside = g_new0(struct tally_beside, 1);
    g_autoptr(GArray) above = cursor_integers(db_query(
        all->rows, "SELECT DISTINCT u.parent FROM integers(?1) j CROSS JOIN unit u ON u.id = j.value ORDER BY u.parent",
        "a", all->units));
    beside->siblings = g_array_new(FALSE, FALSE, sizeof(struct siblings));
    beside->units = g_array_new(FALSE, FALSE, sizeof(int64_t));
    beside->own = g_array_new(FALSE, FALSE, sizeof(int));
    for (guint i = 0; i < above->len; i++)
        add_siblings(beside, all, g_array_index(above, int64_t, i));
    return beside;
}

static void beside_free(struct tally_beside *beside)
{
    if (beside == NULL)
        return;
    g_array_unref(beside->siblings);
    g_array_unref(beside->units);
    g_array_unref(beside->own);
    g_free(beside);
}

const struct tally_beside *tally_units_beside(struct tally_units *all)
{
    if (all->beside == NULL)
        all->beside = find_beside(all);
    return all->beside;
}

void tally_units_clear(struct tally_units *all)
{
    g_clear_pointer(&all->overdue, g_array_unref);
    g_clear_pointer(&all->beside, beside_free);
    if (all->staffing != NULL)
        staffing_rows_clear(all->staffing);
    g_clear_pointer(&all->staffing, g_free);
}
