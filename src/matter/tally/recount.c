/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table tally_figure counted anew, out of what every matter adds: into itself, or beside it to be compared. */
#include "matter/tally.h"

#include "base/limits.h"
#include "base/log.h"
#include "matter/tally/gather.h"
#include "matter/tally/packed.h"
#include "registry/staffing.h"

#define PAGE_MATTERS  500
#define FLUSH_FIGURES 200000 /* some 20 MB of memory */

struct recounting {
    struct db *rows, *into;
    struct rulebook *rulebook;
    struct series_cache series;
    struct covering covering;
    struct gather gather;
    const struct tally_progress *progress;
    int64_t done, all;
};

static void count_matter(struct recounting *recounting, int64_t id)
{
    AUTO(view) struct matter_view view = {0};
    if (!view_load_bare(&view, recounting->rows, recounting->rulebook, id))
        return;
    AUTO(counted_rows) struct counted_rows rows = {0};
    const GArray *series = series_of(&recounting->series, view.playbook, view.kind);
    for (guint i = 0; i < series->len; i++) {
        const struct series *one = &g_array_index(series, struct series, i);
        g_autoptr(GArray) all = tally_contribution(&view, &rows, one->indicator, INT64_MIN, INT64_MAX);
        gather_add(&recounting->gather, &recounting->covering, one, all, 1);
    }
}

static bool count_page(struct recounting *recounting, int64_t *after)
{
    g_autoptr(GArray) ids =
        cursor_integers(db_query(recounting->rows, "SELECT id FROM matter WHERE id > ?1 ORDER BY id LIMIT ?2", "ii",
                                 *after, (int64_t)PAGE_MATTERS));
    for (guint i = 0; i < ids->len; i++)
        count_matter(recounting, g_array_index(ids, int64_t, i));
    recounting->done += ids->len;
    if (gather_count(&recounting->gather) > FLUSH_FIGURES || ids->len < PAGE_MATTERS)
        gather_flush(&recounting->gather, recounting->into);
    const struct tally_progress *progress = recounting->progress;
    if (progress != NULL && progress->tell != NULL)
        progress->tell(recounting->done, recounting->all, progress->context);
    if (ids->len < PAGE_MATTERS)
        return false;
    *after = g_array_index(ids, int64_t, ids->len - 1);
    return true;
}

static void count_all(struct db *rows, struct rulebook *rulebook, struct db *into,
                      const struct tally_progress *progress)
{
    struct recounting recounting = {.rows = rows, .into = into, .rulebook = rulebook, .progress = progress};
    int64_t after = 0;
    db_integer(rows, &recounting.all, "SELECT count(*) FROM matter", "");
    series_cache_init(&recounting.series, rows, rows != into);
    covering_init(&recounting.covering, rows);
    gather_init(&recounting.gather);
    while (count_page(&recounting, &after))
        continue;
    series_cache_clear(&recounting.series);
    covering_clear(&recounting.covering);
    gather_clear(&recounting.gather);
}

bool tally_is_counted(struct db *rows)
{
    int64_t counted = 0;
    return db_integer(rows, &counted, "SELECT counted FROM tally_state", "") && counted == TALLY_COUNTED;
}

void tally_recount(struct db *rows, struct rulebook *rulebook, const struct tally_progress *progress)
{
    db_run(rows, "DELETE FROM tally_figure", "");
    count_all(rows, rulebook, rows, progress);
    db_run(rows, "UPDATE tally_state SET counted = ?1", "i", (int64_t)TALLY_COUNTED);
}

bool tally_recount_if_due(struct db *rows, struct rulebook *rulebook, GError **error)
{
    int64_t state = 0, matters = 0;
    const struct playbook *playbook = rulebook_current(rulebook);
    db_integer(rows, &state, "SELECT counted FROM tally_state", "");
    db_integer(rows, &matters, "SELECT count(*) FROM (SELECT 1 FROM matter LIMIT ?1)", "i",
               (int64_t)LIMIT_RECOUNT_MATTERS + 1);
    bool due = state != TALLY_COUNTED;
    if (due && matters > LIMIT_RECOUNT_MATTERS)
        log_write(LOG_INFO, "counting the indicators of all matters", NULL);
    db_begin(rows);
    if (playbook != NULL)
        registry_staffing_settle(rows, playbook, 0, STAFFING_SETTLED_ALL);
    if (due)
        tally_recount(rows, rulebook, NULL);
    return db_commit(rows, error);
}

/* ---- compared ---- */

#define FIGURES "SELECT unit, kind, period, figures FROM tally_figure ORDER BY unit, kind, period"

struct figure_walk {
    struct cursor cursor;
    bool more;
};

static int compare_key(struct figure_walk *kept, struct figure_walk *counted)
{
    for (int i = 0; i < 3; i++) {
        int64_t a = cursor_integer(&kept->cursor, i), b = cursor_integer(&counted->cursor, i);
        if (a != b)
            return a < b ? -1 : 1;
    }
    return 0;
}

/* Of one row, in which at most one of both has it. */
struct row_difference {
    struct db *rows;
    int64_t unit, kind, period;
    GPtrArray *texts;
};

static void note(const struct row_difference *in, int64_t number, const struct packed_figure *kept,
                 const struct packed_figure *counted)
{
    AUTO(cursor)
    struct cursor name =
        db_query(in->rows, "SELECT name FROM tally_series WHERE id = ?1", "i", SERIES_ID(in->kind, number));
    struct unit found;
    bool known = registry_unit(in->rows, ABS(in->unit), &found);
    g_ptr_array_add(in->texts,
                    g_strdup_printf("%s of %s%s, period %" G_GINT64_FORMAT ": kept %" G_GINT64_FORMAT
                                    "/%" G_GINT64_FORMAT ", counted %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                                    cursor_next(&name) ? cursor_text(&name, 0) : "an indicator that was never kept",
                                    known ? found.code : "an unknown unit", in->unit < 0 ? " alone" : "", in->period,
                                    kept->top, kept->bottom, counted->top, counted->bottom));
}

static GArray *figures_in(struct figure_walk *walk)
{
    size_t bytes = 0;
    const void *data = walk != NULL ? cursor_blob(&walk->cursor, 3, &bytes) : NULL;
    return packed_read(data, bytes);
}

/* NULL: not there. */
static void compare_row(struct db *rows, struct figure_walk *kept, struct figure_walk *counted, GPtrArray *texts)
{
    struct cursor *any = kept != NULL ? &kept->cursor : &counted->cursor;
    const struct row_difference in = {rows, cursor_integer(any, 0), cursor_integer(any, 1), cursor_integer(any, 2),
                                      texts};
    g_autoptr(GArray) a = figures_in(kept);
    g_autoptr(GArray) b = figures_in(counted);
    for (guint i = 0, j = 0; i < a->len || j < b->len;) {
        const struct packed_figure *one = &g_array_index(a, struct packed_figure, i);
        const struct packed_figure *other = &g_array_index(b, struct packed_figure, j);
        bool has = i < a->len && (j == b->len || one->number <= other->number);
        bool other_has = j < b->len && (i == a->len || other->number <= one->number);
        const struct packed_figure none = {.number = has ? one->number : other->number};
        if (!has || !other_has || one->top != other->top || one->bottom != other->bottom)
            note(&in, none.number, has ? one : &none, other_has ? other : &none);
        i += has;
        j += other_has;
    }
}

static void compare(struct db *rows, struct db *counted, int most, GPtrArray *differences)
{
    struct figure_walk a = {.cursor = db_query(rows, FIGURES, "")}, b = {.cursor = db_query(counted, FIGURES, "")};
    a.more = cursor_next(&a.cursor);
    b.more = cursor_next(&b.cursor);
    while ((a.more || b.more) && (int)differences->len < most) {
        int order = !a.more ? 1 : !b.more ? -1 : compare_key(&a, &b);
        compare_row(rows, order <= 0 ? &a : NULL, order >= 0 ? &b : NULL, differences);
        if (order <= 0)
            a.more = cursor_next(&a.cursor);
        if (order >= 0)
            b.more = cursor_next(&b.cursor);
    }
    cursor_clear(&a.cursor);
    cursor_clear(&b.cursor);
}

static bool make_table(struct db *rows, struct db *into, GError **error)
{
    AUTO(cursor)
    struct cursor schema = db_query(rows, "SELECT sql FROM sqlite_schema WHERE name = 'tally_figure'", "");
    if (cursor_next(&schema))
        return db_script(into, cursor_text(&schema, 0), error);
    g_set_error_literal(error, DB_ERROR, DB_ERROR_CORRUPT, "rows.db has no table tally_figure");
    return false;
}

bool tally_compare(struct db *rows, struct rulebook *rulebook, const char *scratch, int most,
                   const struct tally_progress *progress, GPtrArray *differences, GError **error)
{
    const struct db_options options = {.mode = scratch != NULL ? DB_REBUILD : DB_SCRATCH};
    AUTO(db) struct db *into = db_open(scratch != NULL ? scratch : ":memory:", &options, error);
    if (into == NULL || !make_table(rows, into, error))
        return false;
    db_begin(into);
    count_all(rows, rulebook, into, progress);
    compare(rows, into, most, differences);
    const GError *failed = db_failed(rows) != NULL ? db_failed(rows) : db_failed(into);
    if (failed != NULL && error != NULL)
        *error = g_error_copy(failed);
    db_rollback(into);
    return failed == NULL;
}
