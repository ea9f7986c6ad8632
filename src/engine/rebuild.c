/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/compare.h"
#include "engine/evidence.h"
#include "engine/replay.h"
#include "engine/writer.h"

#define NEW_NAME "rows.db.new"

/* Where rows.db stands: a comparison goes no further. */
static bool position_of(const struct areas *areas, const char *rows_path, int64_t *out_pos, GError **error)
{
    AUTO(db) struct db *rows = db_open(rows_path, &(struct db_options){.mode = DB_ROWS}, error);
    if (rows == NULL)
        return false;
    int64_t stamp = 0;
    if (!db_integer(rows, &stamp, "PRAGMA user_version", "") || stamp != rows_stamp(areas)) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                    "%s was made by another version of the program; run `lianfang rebuild` without --compare",
                    rows_path);
        return false;
    }
    uint8_t hash[JOURNAL_HASH_BYTES];
    *out_pos = position_get(rows, hash);
    return true;
}

static bool build(const char *data_dir, bool compare, struct replay *replay, struct rebuild_report *report,
                  GError **error)
{
    g_autofree char *rows_path = g_build_filename(data_dir, "rows.db", NULL);
    g_autofree char *new_path = g_build_filename(data_dir, NEW_NAME, NULL);
    if (compare && !position_of(replay->areas, rows_path, &replay->last, error))
        return false;
    if (compare && replay->last == 0)
        return true;
    bool well = rows_build(replay, new_path, error);
    if (well && compare)
        well = rows_compare(rows_path, new_path, report->differences, error);
    else if (well)
        return rows_switch(data_dir, NEW_NAME, error);
    return rows_remove(new_path, well ? error : NULL) && well;
}

/* False also where rows.db is ahead of the journal: events are missing, and the operator has to accept that first. */
static bool last_pos_of(const char *data_dir, int64_t *out_pos, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, error);
    if (journal == NULL || !journal_must_be_current(journal, path, error))
        return false;
    *out_pos = journal_last_pos(journal);
    return evidence_rows(data_dir, NULL, journal, NULL, error);
}

bool rows_rebuild(const struct area *const *areas, const char *data_dir, bool compare, bool by_stream,
                  void (*progress)(int64_t done, int64_t all, void *context), void *context, struct rebuild_report *out,
                  GError **error)
{
    AUTO(areas) struct areas *all = areas_new(areas);
    struct replay replay = {.areas = all,
                            .data_dir = data_dir,
                            .first = 1,
                            .by_stream = by_stream,
                            .progress = progress,
                            .context = context};
    struct rebuild_report report = {.differences = g_ptr_array_new_with_free_func(g_free)};
    int lock_file = data_exists(data_dir, error) ? data_lock(data_dir, error) : -1;
    bool well = lock_file >= 0 && last_pos_of(data_dir, &replay.last, error) &&
                build(data_dir, compare, &replay, &report, error);
    if (lock_file >= 0)
        data_unlock(lock_file);
    if (!well) {
        rebuild_report_clear(&report);
        return false;
    }
    report.events = replay.events;
    report.entries = replay.entries;
    *out = report;
    return true;
}

void rebuild_report_clear(struct rebuild_report *report)
{
    g_clear_pointer(&report->differences, g_ptr_array_unref);
}
