/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the table tally_figure current: before each commit it adds what all that was changed adds now, less what it
 * added before, as whoever reads what was committed last still sees it. So it only has to be told what may count
 * otherwise, never how: triggers of rows/schema.sql do. */
#include "matter/tally.h"

#include "matter/tally/gather.h"
#include "matter/tally/packed.h"

#define MOVED_MOST 5000 /* matters of units that were moved or closed: counted at once in some 100 ms; more are not */

struct source_change {
    int64_t matter, source;
    unsigned what;
};

struct fold {
    struct db *rows, *before;
    struct rulebook *rulebook;
    struct series_cache series;
    struct covering covering, covering_before;
    struct gather gather;
};

/* ---- parts of a matter ---- */

/* One entry or one expectation, as a database has it. */
struct matter_part {
    bool is;
    struct entry_row entry;
    int64_t gone_us;
    struct expectation_row expectation;
};

static void part_clear(struct matter_part *part)
{
    json_decref(part->entry.clear);
}
AUTO_CLEAR_OF(part, matter_part)

static void load_entry(struct db *rows, int64_t matter, int64_t number, struct matter_part *out)
{
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT kind, attempt, at_us, observed_us, corrected, second, participant, clear "
                                   "FROM entry WHERE matter = ?1 AND number = ?2",
                                   "ii", matter, number);
    if (!cursor_next(&found))
        return;
    struct entry_row *entry = &out->entry;
    *entry = (struct entry_row){.matter = matter,
                                .number = number,
                                .at_us = cursor_integer(&found, 2),
                                .observed_us = cursor_integer(&found, 3),
                                .corrected = !cursor_is_null(&found, 4),
                                .confirmation = (enum confirmation)cursor_integer(&found, 5),
                                .participant = cursor_integer(&found, 6)};
    const char *attempt = cursor_text(&found, 1), *clear = cursor_text(&found, 7);
    g_strlcpy(entry->kind, cursor_text(&found, 0), sizeof entry->kind);
    g_strlcpy(entry->attempt, attempt != NULL ? attempt : "", sizeof entry->attempt);
    entry->clear = clear != NULL ? json_loads(clear, 0, NULL) : json_object();
    if (entry->corrected)
        db_integer(rows, &out->gone_us, "SELECT min(at_us) FROM entry WHERE matter = ?1 AND corrects = ?2", "ii",
                   matter, number);
    out->is = true;
}

static void load_expectation(struct db *rows, int64_t matter, int64_t number, struct matter_part *out)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT name, due_us, outcome, 0, participant, post FROM expectation_past WHERE matter "
                 "= ?1 AND number = ?2 UNION ALL SELECT name, due_us, 0, overdue, participant, post "
                 "FROM expectation WHERE matter = ?1 AND number = ?2",
                 "ii", matter, number);
    if (!cursor_next(&found))
        return;
    out->expectation = (struct expectation_row){.matter = matter,
                                                .number = number,
                                                .due_us = cursor_integer(&found, 1),
                                                .outcome = (enum outcome)cursor_integer(&found, 2),
                                                .overdue = cursor_integer(&found, 3) != 0,
                                                .participant = cursor_integer(&found, 4),
                                                .post = cursor_integer(&found, 5)};
    g_strlcpy(out->expectation.name, cursor_text(&found, 0), sizeof out->expectation.name);
    out->is = true;
}

static void load_part(struct db *rows, int64_t matter, int64_t source, struct matter_part *out)
{
    if (source > 0)
        load_entry(rows, matter, source, out);
    else if (source < 0)
        load_expectation(rows, matter, -source, out);
    else
        out->is = true;
}

static void add_part(struct matter_view *view, const struct indicator *indicator, int64_t source,
                     const struct matter_part *part, GArray *all)
{
    if (source > 0)
        tally_add_entry(view, indicator, &part->entry, part->gone_us, all);
    else if (source < 0)
        tally_add_expectation(view, indicator, &part->expectation, all);
    else
        tally_add_matter(view, indicator, all);
}

/* ---- one matter ---- */

struct folding { /* its views, before and after */
    struct fold *fold;
    struct matter_view before, after;
    struct counted_rows rows_before, rows_after;
    bool was, looked;
};

static void folding_clear(struct folding *folding)
{
    if (folding->was)
        view_clear(&folding->before);
    view_clear(&folding->after);
    counted_rows_clear(&folding->rows_before);
    counted_rows_clear(&folding->rows_after);
}
AUTO_CLEAR(folding)

static bool was(struct folding *folding)
{
    struct fold *fold = folding->fold;
    if (!folding->looked)
        folding->was = view_load_bare(&folding->before, fold->before, fold->rulebook, folding->after.matter.id);
    folding->looked = true;
    return folding->was;
}

static void add_whole(struct folding *folding, const struct series *series, int sign)
{
    struct fold *fold = folding->fold;
    g_autoptr(GArray) all = tally_contribution(sign < 0 ? &folding->before : &folding->after,
                                               sign < 0 ? &folding->rows_before : &folding->rows_after,
                                               series->indicator, INT64_MIN, INT64_MAX);
    gather_add(&fold->gather, sign < 0 ? &fold->covering_before : &fold->covering, series, all, sign);
}

/* By the rules that it had and by those that it has. */
static void fold_all(struct folding *folding)
{
    struct fold *fold = folding->fold;
    const GArray *all = was(folding) ? series_of(&fold->series, folding->before.playbook, folding->before.kind) : NULL;
    for (guint i = 0; all != NULL && i < all->len; i++)
        add_whole(folding, &g_array_index(all, struct series, i), -1);
    all = series_of(&fold->series, folding->after.playbook, folding->after.kind);
    for (guint i = 0; i < all->len; i++)
        add_whole(folding, &g_array_index(all, struct series, i), 1);
}

static void add_parts(struct folding *folding, const GArray *series, unsigned what, int64_t source, int sign)
{
    struct fold *fold = folding->fold;
    struct matter_view *view = sign < 0 ? &folding->before : &folding->after;
    AUTO(part) struct matter_part part = {0};
    load_part(view->rows, view->matter.id, source, &part);
    g_autoptr(GArray) facts = g_array_new(FALSE, TRUE, sizeof(struct contribution));
    for (guint i = 0; i < series->len && part.is; i++) {
        const struct series *one = &g_array_index(series, struct series, i);
        if ((one->whole_after & what) != 0)
            continue;
        g_array_set_size(facts, 0);
        add_part(view, one->indicator, source, &part, facts);
        gather_add(&fold->gather, sign < 0 ? &fold->covering_before : &fold->covering, one, facts, sign);
    }
}

/* What is not counted anew as a whole: each source once, however often it was written down. */
static void fold_parts(struct folding *folding, const GArray *series, unsigned what,
                       const struct source_change *changes, guint count)
{
    for (guint i = 0, next; i < count; i = next) {
        bool had = false;
        for (next = i; next < count && changes[next].source == changes[i].source; next++)
            had = had || (changes[next].what & CHANGE_HAD) != 0;
        if (had && was(folding))
            add_parts(folding, series, what, changes[i].source, -1);
        add_parts(folding, series, what, changes[i].source, 1);
    }
}

/* Of a proposed matter the expectations alone count. */
static bool is_confirmed_now(struct folding *folding)
{
    return was(folding) && folding->before.state->proposed != folding->after.state->proposed;
}

static void fold_matter(struct fold *fold, const struct source_change *changes, guint count)
{
    AUTO(folding) struct folding folding = {.fold = fold};
    unsigned what = 0;
    for (guint i = 0; i < count; i++)
        what |= changes[i].what | (changes[i].source > 0 ? CHANGE_ENTRIES : 0);
    if (!view_load_bare(&folding.after, fold->rows, fold->rulebook, changes[0].matter))
        return; /* rows of matters are never deleted */
    const GArray *series = series_of(&fold->series, folding.after.playbook, folding.after.kind);
    if ((what & CHANGE_ALL) != 0 || ((what & CHANGE_STATE) != 0 && is_confirmed_now(&folding))) {
        fold_all(&folding);
        return;
    }
    for (guint i = 0; i < series->len; i++) {
        const struct series *one = &g_array_index(series, struct series, i);
        if ((one->whole_after & what) == 0)
            continue;
        if (was(&folding))
            add_whole(&folding, one, -1);
        add_whole(&folding, one, 1);
    }
    fold_parts(&folding, series, what, changes, count);
}

/* ---- all ---- */

static int by_source(const void *one, const void *other)
{
    const struct source_change *a = one, *b = other;
    if (a->matter != b->matter)
        return a->matter < b->matter ? -1 : 1;
    return a->source < b->source ? -1 : a->source > b->source;
}

static GArray *take_changes(struct db *rows)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct source_change));
    AUTO(cursor) struct cursor found = db_query(rows, "SELECT matter, source, what FROM tally_change", "");
    while (cursor_next(&found)) {
        struct source_change one = {.matter = cursor_integer(&found, 0),
                                    .source = cursor_integer(&found, 1),
                                    .what = (unsigned)cursor_integer(&found, 2)};
        g_array_append_val(changes, one);
    }
    return changes;
}

/* Whether the series counts at other units than the matter's own in some version. */
static bool is_elsewhere(struct fold *fold, int64_t id)
{
    AUTO(cursor)
    struct cursor found = db_query(fold->rows, "SELECT kind, name FROM tally_series WHERE id = ?1", "i", id);
    bool is = false;
    if (!cursor_next(&found))
        return false;
    for (const struct playbook *version = rulebook_current(fold->rulebook); version != NULL && !is;
         version = rulebook_before(fold->rulebook, version->id)) {
        const struct kind *kind = playbook_find_kind(version, cursor_text(&found, 0));
        const struct indicator *one = kind != NULL ? kind_find_indicator(kind, cursor_text(&found, 1)) : NULL;
        is = one != NULL && series_is_elsewhere(one);
    }
    return is;
}

/* Whether figures of a unit that is covered otherwise now may come from matters of others. */
static bool counts_elsewhere(struct fold *fold, int64_t unit)
{
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor)
    struct cursor rows = db_query(fold->rows, "SELECT kind, figures FROM tally_figure WHERE unit = ?1", "i", unit);
    while (cursor_next(&rows)) {
        size_t bytes;
        const void *data = cursor_blob(&rows, 1, &bytes);
        g_autoptr(GArray) figures = packed_read(data, bytes);
        for (guint i = 0; i < figures->len; i++) {
            int64_t id = SERIES_ID(cursor_integer(&rows, 0), g_array_index(figures, struct packed_figure, i).number);
            if (integers_hold(seen, id))
                continue;
            if (is_elsewhere(fold, id))
                return true;
            g_array_append_val(seen, id);
        }
    }
    return false;
}

/* Adds the matters of units that were moved or closed to what has changed; false: they are
 * more than MOVED_MOST, or others' matters count there, and a recount counts them. */
static bool take_moved(struct fold *fold, GArray *changes, guint units)
{
    int64_t before = 0;
    for (guint i = 0; i < units; i++) {
        int64_t unit = g_array_index(changes, struct source_change, i).source;
        if (unit == before)
            continue;
        before = unit;
        if (counts_elsewhere(fold, unit))
            return false;
        g_autoptr(GArray) matters = cursor_integers(db_query(
            fold->rows, "SELECT id FROM matter WHERE unit = ?1 LIMIT ?2", "ii", unit, (int64_t)MOVED_MOST + 1));
        for (guint j = 0; j < matters->len; j++) {
            struct source_change one = {.matter = g_array_index(matters, int64_t, j), .what = CHANGE_HAD | CHANGE_ALL};
            g_array_append_val(changes, one);
        }
        if (changes->len - units > MOVED_MOST + units)
            return false;
    }
    return true;
}

static bool fold_changes(struct fold *fold, GArray *changes)
{
    guint units = 0;
    g_array_sort(changes, by_source);
    while (units < changes->len && g_array_index(changes, struct source_change, units).matter == 0)
        units++;
    if (units > 0 && !take_moved(fold, changes, units))
        return false;
    if (units > 0)
        g_array_remove_range(changes, 0, units);
    g_array_sort(changes, by_source);
    for (guint i = 0, next; i < changes->len; i = next) {
        const struct source_change *first = &g_array_index(changes, struct source_change, i);
        for (next = i + 1;
             next < changes->len && g_array_index(changes, struct source_change, next).matter == first->matter;)
            next++;
        fold_matter(fold, first, next - i);
    }
    gather_flush(&fold->gather, fold->rows);
    return true;
}

/* Nothing was there before: nothing is what a recount of it gives. */
static bool is_counted(struct db *rows, struct db *before)
{
    int64_t counted = 0, some = 1;
    db_integer(rows, &counted, "SELECT counted FROM tally_state", "");
    if (counted == TALLY_NEVER && !db_integer(before, &some, "SELECT id FROM matter LIMIT 1", "") &&
        db_failed(before) == NULL) {
        counted = TALLY_COUNTED;
        db_run(rows, "UPDATE tally_state SET counted = ?1", "i", counted);
    }
    return counted == TALLY_COUNTED;
}

void tally_fold(struct db *rows, struct rulebook *rulebook)
{
    g_autoptr(GArray) changes = take_changes(rows);
    if (changes->len == 0)
        return;
    db_run(rows, "DELETE FROM tally_change", "");
    struct db *before = rulebook != NULL ? db_committed(rows) : NULL;
    struct fold fold = {.rows = rows, .before = before, .rulebook = rulebook};
    bool well = false;
    if (before != NULL) {
        db_begin(before);
        series_cache_init(&fold.series, rows, false);
        covering_init(&fold.covering, rows);
        covering_init(&fold.covering_before, before);
        gather_init(&fold.gather);
        well = (!is_counted(rows, before) || fold_changes(&fold, changes)) && db_failed(before) == NULL;
        series_cache_clear(&fold.series);
        covering_clear(&fold.covering);
        covering_clear(&fold.covering_before);
        gather_clear(&fold.gather);
        db_rollback(before);
    }
    if (!well)
        db_run(rows, "UPDATE tally_state SET counted = ?1 WHERE counted = ?2", "ii", (int64_t)TALLY_BEHIND,
               (int64_t)TALLY_COUNTED);
}
