/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/gather.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "matter/tally/packed.h"
#include "matter/tally/window.h"

struct figure_key {
    int64_t unit, series, period;
};
struct kept_figure {
    struct figure_key key; /* first: the table finds it by this */
    int64_t top, bottom;
};
struct covered {
    int64_t ancestor, from_us, to_us;
};

/* ---- the table in memory ---- */

static guint key_hash(gconstpointer data)
{
    const struct figure_key *key = data;
    uint64_t mixed = (uint64_t)key->unit * 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (uint64_t)key->series) * 0xff51afd7ed558ccdu;
    mixed = (mixed ^ (mixed >> 32) ^ (uint64_t)key->period) * 0xc4ceb9fe1a85ec53u;
    return (guint)(mixed >> 32);
}

static gboolean key_equal(gconstpointer one, gconstpointer other)
{
    const struct figure_key *a = one, *b = other;
    return a->unit == b->unit && a->series == b->series && a->period == b->period;
}

void gather_init(struct gather *gather)
{
    gather->figures = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
}

void gather_clear(struct gather *gather)
{
    g_clear_pointer(&gather->figures, g_hash_table_unref);
}

guint gather_count(const struct gather *gather)
{
    return g_hash_table_size(gather->figures);
}

static struct kept_figure *figure_of(struct gather *gather, int64_t unit, int64_t series, int64_t period)
{
    const struct figure_key key = {unit, series, period};
    struct kept_figure *figure = g_hash_table_lookup(gather->figures, &key);
    if (figure != NULL)
        return figure;
    figure = g_new0(struct kept_figure, 1);
    figure->key = key;
    g_hash_table_add(gather->figures, figure);
    return figure;
}

/* ---- who covers whom ---- */

static void covered_free(gpointer all)
{
    g_array_unref(all);
}

void covering_init(struct covering *covering, struct db *rows)
{
    *covering = (struct covering){.rows = rows,
                                  .units = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, covered_free)};
}

void covering_clear(struct covering *covering)
{
    g_clear_pointer(&covering->units, g_hash_table_unref);
}

static const GArray *above(struct covering *covering, int64_t unit)
{
    GArray *all = g_hash_table_lookup(covering->units, &unit);
    if (all != NULL)
        return all;
    all = g_array_new(FALSE, FALSE, sizeof(struct covered));
    AUTO(cursor)
    struct cursor found =
        db_query(covering->rows, "SELECT ancestor, from_us, to_us FROM cover WHERE unit = ?1", "i", unit);
    while (cursor_next(&found)) {
        struct covered one = {cursor_integer(&found, 0), cursor_integer(&found, 1), cursor_integer(&found, 2)};
        g_array_append_val(all, one);
    }
    g_hash_table_insert(covering->units, g_memdup2(&unit, sizeof unit), all);
    return all;
}

/* ---- one fact ---- */

struct adding {
    struct gather *gather;
    struct covering *covering;
    const struct series *series;
    const struct contribution *fact; /* and those after it, of its other units */
    size_t units;
    int sign;
};

int64_t period_month_of(int32_t day)
{
    int year, month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    return PERIOD_MONTH(year, month);
}

static bool has_own(const struct adding *adding)
{
    return adding->series->indicator->smallest_cell > 0;
}

static void change_at(const struct adding *adding, int64_t unit, int64_t period, int sign)
{
    struct kept_figure *figure = figure_of(adding->gather, unit, adding->series->id, period);
    if (adding->fact->bottom)
        figure->bottom += sign * adding->fact->amount;
    else
        figure->top += sign * adding->fact->amount;
}

/* As of when its window froze: without what came later, with what was corrected since. */
static bool stands(const struct adding *adding, int32_t day)
{
    const struct contribution *fact = adding->fact;
    const struct indicator *indicator = adding->series->indicator;
    if (indicator->freeze_us == 0)
        return fact->gone_us == 0;
    int32_t end = window_end(indicator->window, window_start(indicator->window, day));
    int64_t until_us = day_time_us(end, 0, adding->series->playbook->zone) + indicator->freeze_us;
    return fact->known_us <= until_us && (fact->gone_us == 0 || fact->gone_us > until_us);
}

static bool was_before(const GArray *units, int64_t unit)
{
    return integers_hold(units, unit);
}

#define LAST_DAY_US (253402300800LL * US_PER_SECOND) /* the year 10000: what never falls due falls into no window */

static void add_event(const struct adding *adding)
{
    int64_t at_us = adding->fact->from_us;
    if (at_us >= LAST_DAY_US)
        return;
    int32_t day = day_of(at_us, adding->series->playbook->zone);
    if (!stands(adding, day))
        return;
    g_autoptr(GArray) seen = adding->units > 1 ? g_array_new(FALSE, FALSE, sizeof(int64_t)) : NULL;
    for (size_t i = 0; i < adding->units; i++) {
        int64_t unit = adding->fact[i].unit, own = -unit;
        const GArray *all = above(adding->covering, unit);
        if (has_own(adding) && (seen == NULL || !was_before(seen, own))) {
            change_at(adding, own, day, adding->sign);
            if (seen != NULL)
                g_array_append_val(seen, own);
        }
        for (guint j = 0; j < all->len; j++) {
            const struct covered *one = &g_array_index(all, struct covered, j);
            if (one->from_us > at_us || one->to_us <= at_us || (seen != NULL && was_before(seen, one->ancestor)))
                continue;
            change_at(adding, one->ancestor, day, adding->sign);
            if (seen != NULL)
                g_array_append_val(seen, one->ancestor);
        }
    }
}

/* What stands after `from_us`, up to and with `to_us`. */
struct standing {
    int64_t unit, from_us, to_us;
};

static int by_unit(const void *one, const void *other)
{
    const struct standing *a = one, *b = other;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    return a->from_us < b->from_us ? -1 : a->from_us > b->from_us;
}

static void note_standing(GArray *all, int64_t unit, int64_t from_us, int64_t to_us)
{
    struct standing one = {unit, from_us, to_us};
    if (from_us < to_us)
        g_array_append_val(all, one);
}

static void turn(const struct adding *adding, int64_t unit, int64_t at_us, int sign)
{
    int32_t day = day_of(at_us, adding->series->playbook->zone);
    change_at(adding, unit, day, sign);
    change_at(adding, unit, period_month_of(day), sign);
}

static void add_stock(const struct adding *adding)
{
    int64_t from_us = adding->fact->from_us, to_us = adding->fact->to_us != 0 ? adding->fact->to_us : NEVER_US;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct standing));
    for (size_t i = 0; i < adding->units; i++) {
        int64_t unit = adding->fact[i].unit;
        const GArray *covered = above(adding->covering, unit);
        if (has_own(adding))
            note_standing(all, -unit, from_us, to_us);
        for (guint j = 0; j < covered->len; j++) {
            const struct covered *one = &g_array_index(covered, struct covered, j);
            note_standing(all, one->ancestor, MAX(from_us, one->from_us), MIN(to_us, one->to_us));
        }
    }
    g_array_sort(all, by_unit);
    for (guint i = 0, next; i < all->len; i = next) {
        struct standing whole = g_array_index(all, struct standing, i);
        for (next = i + 1; next < all->len; next++) {
            const struct standing *more = &g_array_index(all, struct standing, next);
            if (more->unit != whole.unit || more->from_us > whole.to_us)
                break;
            whole.to_us = MAX(whole.to_us, more->to_us);
        }
        turn(adding, whole.unit, whole.from_us, adding->sign);
        if (whole.to_us != NEVER_US)
            turn(adding, whole.unit, whole.to_us, -adding->sign);
    }
}

void gather_add(struct gather *gather, struct covering *covering, const struct series *series, const GArray *facts,
                int sign)
{
    struct adding adding = {.gather = gather, .covering = covering, .series = series, .sign = sign};
    for (guint i = 0; i < facts->len; i += (guint)adding.units) {
        adding.fact = &g_array_index(facts, struct contribution, i);
        for (adding.units = 1; i + adding.units < facts->len && adding.fact[adding.units].fact == adding.fact->fact;
             adding.units++)
            continue;
        if (adding.fact->is_stock)
            add_stock(&adding);
        else
            add_event(&adding);
    }
}

/* ---- into the table on disk ---- */

/* Those of one row follow each other. */
static int by_row(const void *one, const void *other)
{
    const struct figure_key *a = *(const struct figure_key *const *)one, *b = *(const struct figure_key *const *)other;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    if (SERIES_KIND(a->series) != SERIES_KIND(b->series))
        return a->series < b->series ? -1 : 1;
    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    return a->series < b->series ? -1 : a->series > b->series;
}

static bool is_one_row(const struct figure_key *one, const struct figure_key *other)
{
    return one->unit == other->unit && SERIES_KIND(one->series) == SERIES_KIND(other->series) &&
           one->period == other->period;
}

static GArray *row_read(struct db *into, const struct figure_key *key)
{
    size_t bytes = 0;
    AUTO(cursor)
    struct cursor found =
        db_query(into, "SELECT figures FROM tally_figure WHERE unit = ?1 AND kind = ?2 AND period = ?3", "iii",
                 key->unit, SERIES_KIND(key->series), key->period);
    const void *data = cursor_next(&found) ? cursor_blob(&found, 0, &bytes) : NULL;
    return packed_read(data, bytes);
}

static void row_write(struct db *into, const struct figure_key *key, const GArray *figures)
{
    GByteArray *packed = packed_write(figures);
    if (packed == NULL) {
        db_run(into, "DELETE FROM tally_figure WHERE unit = ?1 AND kind = ?2 AND period = ?3", "iii", key->unit,
               SERIES_KIND(key->series), key->period);
        return;
    }
    db_run(into,
           "INSERT INTO tally_figure (unit, kind, period, figures) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET "
           "figures = excluded.figures",
           "iiib", key->unit, SERIES_KIND(key->series), key->period, packed->data, (size_t)packed->len);
    g_byte_array_unref(packed);
}

void gather_flush(struct gather *gather, struct db *into)
{
    guint count;
    g_autofree gpointer *keys = g_hash_table_get_keys_as_array(gather->figures, &count);
    qsort(keys, count, sizeof *keys, by_row);
    for (guint i = 0, next; i < count; i = next) {
        const struct kept_figure *first = keys[i];
        g_autoptr(GArray) figures = row_read(into, &first->key);
        for (next = i; next < count; next++) {
            const struct kept_figure *figure = keys[next];
            if (!is_one_row(&first->key, &figure->key))
                break;
            packed_add(figures, SERIES_NUMBER(figure->key.series), figure->top, figure->bottom);
        }
        row_write(into, &first->key, figures);
    }
    g_hash_table_remove_all(gather->figures);
}
