/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "matter/tally/contribution.h"
#include "matter/tally/fact.h"
#include "matter/tally/kept.h"
#include "matter/tally/level.h"
#include "matter/tally/series.h"
#include "matter/tally/smallest.h"
#include "matter/tally/window.h"

#include <string.h>

void indicator_count_clear(struct indicator_count *count)
{
    g_clear_pointer(&count->cells, g_array_unref);
}

/* ---- windows ---- */

struct indicator_cell indicator_window_on(const struct indicator *indicator, int32_t day)
{
    int32_t start = window_start(indicator->window, day);
    return (struct indicator_cell){.from_day = start, .to_day = window_end(indicator->window, start)};
}

bool indicator_windows(const struct indicator *indicator, int32_t from, int32_t to, GArray **out_cells)
{
    GArray *cells = g_array_new(FALSE, TRUE, sizeof(struct indicator_cell));
    for (int32_t day = window_start(indicator->window, from); day <= to && cells->len <= INDICATOR_WINDOWS_MOST;) {
        struct indicator_cell cell = indicator_window_on(indicator, day);
        g_array_append_val(cells, cell);
        day = cell.to_day;
    }
    bool fits = cells->len > 0 && cells->len <= INDICATOR_WINDOWS_MOST;
    if (fits)
        *out_cells = cells;
    else
        g_array_unref(cells);
    return fits;
}

/* ---- the tally ---- */

struct indicator_bucket { /* the unit itself or one beside it; 0: what is at the unit above */
    int64_t unit;
    int64_t tops[INDICATOR_WINDOWS_MOST], bottoms[INDICATOR_WINDOWS_MOST];
};

struct indicator_tally {
    struct db *rows;
    struct vault *vault;
    struct rulebook *rulebook;
    int64_t now_us;
    const struct indicator *indicator;
    int64_t unit, above; /* above: 0 the unit is the root */
    GArray *cells;
    GPtrArray *buckets;
    GHashTable *covered; /* units of `coverage` with anything */
    int64_t starts_us[INDICATOR_WINDOWS_MOST], ends_us[INDICATOR_WINDOWS_MOST];
    int64_t uncounted;
};

static struct indicator_bucket *bucket_of(struct indicator_tally *tally, int64_t unit)
{
    for (guint i = 0; i < tally->buckets->len; i++) {
        struct indicator_bucket *bucket = tally->buckets->pdata[i];
        if (bucket->unit == unit)
            return bucket;
    }
    struct indicator_bucket *made = g_new0(struct indicator_bucket, 1);
    made->unit = unit;
    g_ptr_array_add(tally->buckets, made);
    return made;
}

/* In which of the units below `above` it lay then; false: elsewhere. */
static bool place(struct indicator_tally *tally, int64_t unit, int64_t at_us, int64_t *out_below)
{
    struct db *rows = tally->rows;
    *out_below = tally->above == 0 ? tally->unit : 0;
    if (tally->above == 0 || unit == tally->above)
        return unit == tally->above || registry_covers(rows, tally->unit, unit, at_us);
    return db_integer(
        rows, out_below,
        "SELECT c.ancestor FROM cover c JOIN unit u ON u.id = c.ancestor WHERE c.unit = ?1 AND u.parent = "
        "?2 AND c.from_us <= ?3 AND c.to_us > ?3 LIMIT 1",
        "iii", unit, tally->above, at_us);
}

static void note_coverage(struct indicator_tally *tally, int64_t unit, int64_t at_us)
{
    const struct unit_type *type = tally->indicator->coverage;
    if (type == NULL)
        return;
    int64_t of = registry_above(tally->rows, unit, type->name, at_us);
    if (of != 0)
        g_hash_table_add(tally->covered, g_memdup2(&of, sizeof of));
}

/* A fact at its units: once in each unit below, however many of them lie in it. */
static void add(struct indicator_tally *tally, const struct contribution *fact, size_t units, size_t window,
                int64_t at_us)
{
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (size_t i = 0; i < units; i++) {
        int64_t below;
        if (!place(tally, fact[i].unit, at_us, &below) || integers_hold(seen, below))
            continue;
        g_array_append_val(seen, below);
        struct indicator_bucket *bucket = bucket_of(tally, below);
        (fact->bottom ? bucket->bottoms : bucket->tops)[window] += fact->amount;
        if (below == tally->unit)
            note_coverage(tally, fact[i].unit, at_us);
    }
}

static int window_of(const struct indicator_tally *tally, int64_t at_us)
{
    for (guint i = 0; i < tally->cells->len; i++)
        if (at_us >= tally->starts_us[i] && at_us < tally->ends_us[i])
            return (int)i;
    return -1;
}

/* As of when the window froze: without later facts, with those corrected since. */
static bool stands(const struct indicator_tally *tally, const struct contribution *fact, int window, int64_t freeze_us)
{
    int64_t until_us = freeze_us > 0 ? tally->ends_us[window] + freeze_us : NEVER_US;
    return fact->known_us <= until_us && (fact->gone_us == 0 || fact->gone_us > until_us);
}

static void add_event(struct indicator_tally *tally, const struct contribution *fact, size_t units, int64_t freeze_us)
{
    int window = window_of(tally, fact->from_us);
    if (window >= 0 && stands(tally, fact, window, freeze_us))
        add(tally, fact, units, (size_t)window, fact->from_us);
}

/* At the end of each window, or now while it lasts. */
static void add_stock(struct indicator_tally *tally, const struct contribution *fact, size_t units)
{
    for (guint i = 0; i < tally->cells->len && tally->starts_us[i] <= tally->now_us; i++) {
        int64_t at_us = MIN(tally->ends_us[i], tally->now_us + 1);
        if (fact->from_us < at_us && (fact->to_us == 0 || fact->to_us >= at_us))
            add(tally, fact, units, i, at_us - 1);
    }
}

static void count_matter(struct indicator_tally *tally, int64_t id)
{
    AUTO(view) struct matter_view view = {0};
    if (!view_load(&view, tally->rows, tally->vault, tally->rulebook, tally->now_us, id))
        return;
    const struct indicator *indicator = kind_find_indicator(view.kind, tally->indicator->name);
    if (indicator == NULL ||
        (indicator_bottom_fact(indicator) == NULL) != (indicator_bottom_fact(tally->indicator) == NULL)) {
        tally->uncounted++;
        return;
    }
    AUTO(counted_rows) struct counted_rows rows = {0};
    g_autoptr(GArray) all =
        tally_contribution(&view, &rows, indicator, tally->starts_us[0], tally->ends_us[tally->cells->len - 1]);
    for (guint i = 0, units; i < all->len; i += units) {
        const struct contribution *fact = &g_array_index(all, struct contribution, i);
        for (units = 1; i + units < all->len && fact[units].fact == fact->fact; units++)
            continue;
        if (fact->is_stock)
            add_stock(tally, fact, units);
        else
            add_event(tally, fact, units, indicator->freeze_us);
    }
}

/* ---- which matters ---- */

/* What has not changed since the first window began adds nothing to it, but for what was met before it fell due; what
 * counts at a unit of a form, or at one that takes part, may lie anywhere. */
static GArray *matters_of(struct indicator_tally *tally, int64_t rules /* 0: any */)
{
    bool anywhere = tally->above == 0 || series_is_elsewhere(tally->indicator);
    int64_t from_us = tally->starts_us[0], to_us = tally->ends_us[tally->cells->len - 1];
    return cursor_integers(
        db_query(tally->rows,
                 "SELECT DISTINCT m.id FROM cover c CROSS JOIN matter m ON m.unit = c.unit WHERE c.ancestor = ?1 AND "
                 "m.kind = ?2 AND m.opened_us < ?3 AND (m.closed_us = 0 OR m.changed_us >= ?4 OR EXISTS (SELECT 1 FROM "
                 "expectation_past p WHERE p.matter = m.id AND p.due_us > ?4)) AND ?6 IN (0, m.rules) "
                 "ORDER BY m.id LIMIT ?5",
                 "isiiii", anywhere ? REGISTRY_ROOT : tally->above, tally->indicator->kind->name, to_us, from_us,
                 (int64_t)LIMIT_RECOUNT_MATTERS + 1, rules));
}

/* ---- the smallest cell ---- */

static bool is_hidden(struct indicator_tally *tally, const struct indicator_bucket *own, size_t window)
{
    bool hidden = false;
    g_autofree struct smallest_figure *figures = g_new0(struct smallest_figure, tally->buckets->len);
    for (guint i = 0; i < tally->buckets->len; i++) {
        const struct indicator_bucket *bucket = tally->buckets->pdata[i];
        figures[i] = (struct smallest_figure){bucket->unit, bucket->tops[window], bucket->bottoms[window], false};
    }
    smallest_hide(tally->indicator, figures, tally->buckets->len);
    for (guint i = 0; i < tally->buckets->len; i++)
        hidden = hidden || (tally->buckets->pdata[i] == own && figures[i].hidden);
    return hidden;
}

/* ---- the whole ---- */

static void begin(struct indicator_tally *tally, GTimeZone *zone)
{
    for (guint i = 0; i < tally->cells->len; i++) {
        const struct indicator_cell *cell = &g_array_index(tally->cells, struct indicator_cell, i);
        tally->starts_us[i] = day_time_us(cell->from_day, 0, zone);
        tally->ends_us[i] = day_time_us(cell->to_day, 0, zone);
    }
}

/* Also those with nothing, which may have to be hidden, at whichever of them it is asked. */
static void add_beside(struct indicator_tally *tally)
{
    if (tally->indicator->smallest_cell == 0 || tally->above == 0)
        return;
    g_autoptr(GArray) beside =
        cursor_integers(db_query(tally->rows, "SELECT id FROM unit WHERE parent = ?1", "i", tally->above));
    for (guint i = 0; i < beside->len; i++)
        bucket_of(tally, g_array_index(beside, int64_t, i));
}

static void fill(struct indicator_tally *tally, struct indicator_count *out)
{
    struct indicator_bucket *own = bucket_of(tally, tally->unit);
    add_beside(tally);
    for (guint i = 0; i < out->cells->len; i++) {
        struct indicator_cell *cell = &g_array_index(out->cells, struct indicator_cell, i);
        cell->top = own->tops[i];
        cell->bottom = own->bottoms[i];
        cell->hidden = is_hidden(tally, own, i);
        cell->thin = indicator_is_thin(tally->indicator, cell->bottom);
    }
    out->uncounted = tally->uncounted;
    facts_into_count(tally->rows, rulebook_current(tally->rulebook), tally->indicator, tally->unit, tally->now_us, out);
    if (tally->indicator->coverage == NULL)
        return;
    db_integer(tally->rows, &out->unit_count,
               "SELECT count(*) FROM cover c JOIN unit u ON u.id = c.unit WHERE c.ancestor = ?1 AND u.type = ?2 AND "
               "c.from_us <= ?3 AND c.to_us > ?3",
               "isi", tally->unit, tally->indicator->coverage->name, tally->now_us);
}

static void tally_init(struct indicator_tally *tally, int64_t unit, int64_t now_us, struct indicator_count *out)
{
    struct unit asked;
    tally->cells = out->cells;
    tally->now_us = now_us;
    tally->unit = unit;
    tally->above = registry_unit(tally->rows, unit, &asked) ? asked.parent : 0;
    begin(tally, rulebook_current(tally->rulebook)->zone);
}

bool indicator_recount(struct db *rows, struct vault *vault, struct rulebook *rulebook,
                       const struct indicator *indicator, int64_t unit, int64_t now_us, struct indicator_count *out)
{
    g_autoptr(GPtrArray) buckets = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) covered = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    struct indicator_tally tally = {.rows = rows,
                                    .vault = vault,
                                    .rulebook = rulebook,
                                    .indicator = indicator,
                                    .buckets = buckets,
                                    .covered = covered};
    tally_init(&tally, unit, now_us, out);
    g_autoptr(GArray) ids = matters_of(&tally, 0);
    bool fits = ids->len <= LIMIT_RECOUNT_MATTERS;
    for (guint i = 0; fits && i < ids->len; i++)
        count_matter(&tally, g_array_index(ids, int64_t, i));
    if (!fits)
        return false;
    out->covered_units = g_hash_table_size(covered);
    fill(&tally, out);
    return true;
}

/* ---- the same, kept ---- */

static void read_bucket(struct indicator_tally *tally, const struct kept_series *kept, int64_t unit, int64_t own)
{
    struct indicator_bucket *bucket = bucket_of(tally, unit);
    kept_add(kept, own, tally->cells, tally->now_us, bucket->tops, bucket->bottoms);
}

/* The units beside it only where one of them might be hidden. */
static void read_buckets(struct indicator_tally *tally, const struct kept_series *kept)
{
    if (tally->indicator->smallest_cell == 0 || tally->above == 0) {
        read_bucket(tally, kept, tally->unit, tally->unit);
        return;
    }
    g_autoptr(GArray) beside =
        cursor_integers(db_query(tally->rows, "SELECT id FROM unit WHERE parent = ?1", "i", tally->above));
    for (guint i = 0; i < beside->len; i++) {
        int64_t unit = g_array_index(beside, int64_t, i);
        read_bucket(tally, kept, unit, unit);
    }
    read_bucket(tally, kept, 0, -tally->above);
}

static void count_level(struct db *rows, struct rulebook *rulebook, const struct indicator *indicator, int64_t unit,
                        int64_t now_us, struct indicator_count *out)
{
    AUTO(tally_units) struct tally_units one = {0};
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof unit);
    struct tally_now now = {0};
    g_array_append_val(units, unit);
    tally_units_init(&one, rows, NULL, rulebook, units, now_us);
    level_read(&one, indicator, &now);
    out->since_us = now.since_us;
    for (guint i = 0; i < out->cells->len; i++) {
        struct indicator_cell *cell = &g_array_index(out->cells, struct indicator_cell, i);
        cell->top = now.cell.top;
        cell->bottom = now.cell.bottom;
        cell->thin = indicator_is_thin(indicator, cell->bottom);
    }
    facts_into_count(rows, rulebook_current(rulebook), indicator, unit, now_us, out);
}

bool indicator_count(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct indicator *indicator,
                     int64_t unit, int64_t now_us, struct indicator_count *out)
{
    AUTO(kept) struct kept_series kept = {0};
    g_autoptr(GPtrArray) buckets = g_ptr_array_new_with_free_func(g_free);
    struct indicator_tally tally = {.rows = rows, .rulebook = rulebook, .indicator = indicator, .buckets = buckets};
    if (indicator->kind == NULL) {
        count_level(rows, rulebook, indicator, unit, now_us, out);
        return true;
    }
    tally_init(&tally, unit, now_us, out);
    if (!kept_find(rows, rulebook, indicator, &kept) ||
        (indicator->coverage != NULL &&
         !kept_covered(&kept, unit, indicator->coverage, out->cells, now_us, &out->covered_units)))
        return indicator_recount(rows, vault, rulebook, indicator, unit, now_us, out);
    read_buckets(&tally, &kept);
    for (guint i = 0; i < kept.without->len; i++) {
        g_autoptr(GArray) ids = matters_of(&tally, g_array_index(kept.without, int64_t, i));
        tally.uncounted += ids->len;
    }
    fill(&tally, out);
    out->kept = true;
    return true;
}
