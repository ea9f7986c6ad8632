/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/kept.h"

#include "base/datetime.h"
#include "matter/tally/gather.h"
#include "matter/tally/packed.h"
#include "matter/tally/window.h"

#include <string.h>

/* ---- whether ---- */

static bool is_one_zone(GTimeZone *one, GTimeZone *other)
{
    return strcmp(g_time_zone_get_identifier(one), g_time_zone_get_identifier(other)) == 0;
}

/* What another version's matters add lies where this one looks for it, and means the same there. */
static bool is_alike(const struct kept_series *kept, const struct playbook *version, const struct indicator *other)
{
    const struct indicator *own = kept->indicator;
    return series_is_kept(other) && is_one_zone(version->zone, kept->playbook->zone) &&
           term_is_stock(&own->top) == term_is_stock(&other->top) && own->ratio == other->ratio &&
           (indicator_bottom_fact(own) == NULL) == (indicator_bottom_fact(other) == NULL) &&
           (own->smallest_cell > 0) == (other->smallest_cell > 0) &&
           (other->freeze_us == 0 || other->window == own->window);
}

bool kept_find(struct db *rows, struct rulebook *rulebook, const struct indicator *indicator, struct kept_series *out)
{
    const struct playbook *current = rulebook_current(rulebook);
    const char *kind_name = indicator->kind->name;
    *out = (struct kept_series){.rows = rows, .indicator = indicator, .playbook = current};
    if (!tally_is_counted(rows))
        return false;
    g_autoptr(GArray) without = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (const struct playbook *version = current; version != NULL; version = rulebook_before(rulebook, version->id)) {
        const struct kind *kind = playbook_find_kind(version, kind_name);
        const struct indicator *other = kind != NULL ? kind_find_indicator(kind, indicator->name) : NULL;
        if (kind != NULL && other == NULL)
            g_array_append_val(without, version->id);
        if (other != NULL && !is_alike(out, version, other))
            return false;
    }
    out->series = series_find(rows, kind_name, indicator->name);
    out->without = g_steal_pointer(&without);
    return true;
}

void kept_clear(struct kept_series *kept)
{
    g_clear_pointer(&kept->without, g_array_unref);
}

/* ---- figures ---- */

static const struct indicator_cell *cell_at(const GArray *cells, guint i)
{
    return &g_array_index(cells, struct indicator_cell, i);
}

/* `row`: its second column. */
static void add_row(const struct kept_series *kept, struct cursor *row, int64_t *top, int64_t *bottom)
{
    size_t bytes;
    const void *data = cursor_blob(row, 1, &bytes);
    int64_t more_top, more_bottom;
    packed_find(data, bytes, SERIES_NUMBER(kept->series), &more_top, &more_bottom);
    *top += more_top;
    *bottom += more_bottom;
}

static void add_flows(const struct kept_series *kept, int64_t unit, const GArray *cells, int64_t *tops,
                      int64_t *bottoms)
{
    guint window = 0;
    AUTO(cursor)
    struct cursor found = db_query(kept->rows,
                                   "SELECT period, figures FROM tally_figure WHERE unit = ?1 AND kind = ?2 AND "
                                   "period >= ?3 AND period < ?4 ORDER BY period",
                                   "iiii", unit, SERIES_KIND(kept->series), (int64_t)cell_at(cells, 0)->from_day,
                                   (int64_t)cell_at(cells, cells->len - 1)->to_day);
    while (cursor_next(&found)) {
        while (cursor_integer(&found, 0) >= cell_at(cells, window)->to_day)
            window++;
        add_row(kept, &found, &tops[window], &bottoms[window]);
    }
}

static void add_stocks(const struct kept_series *kept, int64_t unit, const GArray *cells, int64_t now_us, int64_t *tops,
                       int64_t *bottoms)
{
    int32_t today = day_of(now_us, kept->playbook->zone);
    for (guint i = 0; i < cells->len && cell_at(cells, i)->from_day <= today; i++) {
        int32_t day = MIN(cell_at(cells, i)->to_day - 1, today);
        AUTO(cursor)
        struct cursor found = db_query(
            kept->rows,
            "SELECT period, figures FROM tally_figure WHERE unit = ?1 AND kind = ?2 AND (period < ?3 OR (period >= ?4 "
            "AND period <= ?5))",
            "iiiii", unit, SERIES_KIND(kept->series), period_month_of(day), (int64_t)month_start(day, 1), (int64_t)day);
        while (cursor_next(&found))
            add_row(kept, &found, &tops[i], &bottoms[i]);
    }
}

void kept_add(const struct kept_series *kept, int64_t unit, const GArray *cells, int64_t now_us, int64_t *tops,
              int64_t *bottoms)
{
    if (term_is_stock(&kept->indicator->top))
        add_stocks(kept, unit, cells, now_us, tops, bottoms);
    else
        add_flows(kept, unit, cells, tops, bottoms);
}

static void add_periods(const struct kept_series *kept, const GArray *units, int64_t from, int64_t to,
                        struct kept_sum *figures)
{
    guint i = 0;
    AUTO(cursor)
    struct cursor found = db_query(kept->rows,
                                   "SELECT f.unit, f.figures FROM integers(?1) j CROSS JOIN tally_figure f ON f.unit = "
                                   "j.value WHERE f.kind = ?2 AND f.period >= ?3 AND f.period < ?4",
                                   "aiii", units, SERIES_KIND(kept->series), from, to);
    while (cursor_next(&found)) {
        while (g_array_index(units, int64_t, i) != cursor_integer(&found, 0))
            i++;
        add_row(kept, &found, &figures[i].top, &figures[i].bottom);
    }
}

void kept_add_all(const struct kept_series *kept, const GArray *units, const struct indicator_cell *window,
                  int64_t now_us, struct kept_sum *figures)
{
    int32_t today = day_of(now_us, kept->playbook->zone), day = MIN(window->to_day - 1, today);
    if (!term_is_stock(&kept->indicator->top)) {
        add_periods(kept, units, window->from_day, window->to_day, figures);
        return;
    }
    add_periods(kept, units, INT64_MIN, period_month_of(day), figures);
    add_periods(kept, units, month_start(day, 1), (int64_t)day + 1, figures);
}

/* ---- coverage ---- */

/* Came to be below it, or went, otherwise than with its beginning and end. */
static bool was_moved(const struct kept_series *kept, int64_t unit, const struct unit_type *type, int64_t from_us,
                      int64_t to_us)
{
    int64_t found;
    return db_integer(kept->rows, &found,
                      "SELECT 1 FROM cover c JOIN unit u ON u.id = c.unit JOIN cover own ON own.ancestor = c.unit AND "
                      "own.unit = c.unit WHERE c.ancestor = ?1 AND u.type = ?2 AND c.to_us > ?3 AND c.from_us < ?4 AND "
                      "((c.from_us > max(?3, own.from_us) AND c.from_us > (SELECT from_us FROM cover WHERE ancestor = "
                      "?1 AND unit = ?1)) OR (c.to_us < ?4 AND c.to_us < own.to_us)) LIMIT 1",
                      "isii", unit, type->name, from_us, to_us);
}

static bool has_any(const struct kept_series *kept, int64_t unit, const GArray *cells, int64_t now_us)
{
    int64_t tops[INDICATOR_WINDOWS_MOST] = {0}, bottoms[INDICATOR_WINDOWS_MOST] = {0};
    kept_add(kept, unit, cells, now_us, tops, bottoms);
    for (guint i = 0; i < cells->len; i++)
        if (tops[i] != 0 || bottoms[i] != 0)
            return true;
    return false;
}

bool kept_covered(const struct kept_series *kept, int64_t unit, const struct unit_type *type, const GArray *cells,
                  int64_t now_us, int64_t *out_count)
{
    GTimeZone *zone = kept->playbook->zone;
    int64_t from_us = day_time_us(cell_at(cells, 0)->from_day, 0, zone);
    int64_t to_us = day_time_us(cell_at(cells, cells->len - 1)->to_day, 0, zone);
    if (was_moved(kept, unit, type, from_us, to_us))
        return false;
    g_autoptr(GArray) units = cursor_integers(db_query(kept->rows,
                                                       "SELECT DISTINCT c.unit FROM cover c JOIN unit u ON u.id = "
                                                       "c.unit WHERE c.ancestor = ?1 AND u.type = ?2 AND c.to_us > ?3 "
                                                       "AND c.from_us < ?4",
                                                       "isii", unit, type->name, from_us, to_us));
    *out_count = 0;
    for (guint i = 0; i < units->len; i++)
        *out_count += has_any(kept, g_array_index(units, int64_t, i), cells, now_us);
    return true;
}
