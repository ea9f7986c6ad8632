/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A backup is a folder with journal.db, secrets.db and attachments, as of one moment each, the journal's first: the
 * later copies have the key of every sealed part and the file of every name in it, unless they were erased meanwhile.
 * rows.db follows from them. The keys directory is not in it: a reader needs both.
 *
 * No log of the running server is held for a slow target. The journal, to which rows are only added, is copied page by
 * page. secrets.db changes anywhere and must be of one moment: it is copied within the data directory first, at the
 * speed of that disk, and from there to the target.
 */
#include "base/datetime.h"
#include "base/log.h"
#include "engine/attachments.h"
#include "engine/backup.h"
#include "engine/evidence.h"
#include "engine/mark.h"
#include "engine/replay.h"
#include "engine/writer.h"
#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define STAGE ".backup-"

static bool sync_path(const char *path, GError **error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool well = file >= 0 && fsync(file) == 0;
    if (!well)
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s", path, g_strerror(errno));
    if (file >= 0)
        close(file);
    return well;
}

bool backup_make_dir(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0700) != 0) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s", path, g_strerror(errno));
        return false;
    }
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    if (dir == NULL)
        return false;
    if (g_dir_read_name(dir) == NULL)
        return true;
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s is not empty; name a new folder", path);
    return false;
}

bool backup_copy_pages(struct db *source, struct db *target, const char *path, void *context, GError **error)
{
    sqlite3_backup *backup = sqlite3_backup_init(db_handle(target), "main", db_handle(source), "main");
    int code = backup != NULL ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(db_handle(target));
    if (backup != NULL)
        sqlite3_backup_finish(backup);
    if (code == SQLITE_DONE)
        return true;
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s (%d)", path, sqlite3_errstr(code), code);
    return false;
}

static struct db *open_source(const char *dir, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    return db_open(path, &(struct db_options){.mode = DB_READ}, error);
}

bool backup_copy_database(const char *source_dir, const char *target_dir, const char *name, copier copy, void *context,
                          GError **error)
{
    g_autofree char *target_path = g_build_filename(target_dir, name, NULL);
    AUTO(db) struct db *source = open_source(source_dir, name, error);
    if (source == NULL)
        return false;
    struct db *target = db_open(target_path, &(struct db_options){.mode = DB_REBUILD}, error);
    if (target == NULL)
        return false;
    bool well = copy(source, target, target_path, context, error);
    db_close(target);
    if (well && sync_path(target_path, error) && sync_path(target_dir, error))
        return true;
    rows_remove(target_path, NULL);
    return false;
}

static bool copy_events(struct db *source, struct db *target, const char *path, void *context, GError **error)
{
    return db_copy(source, target, &(struct copy_plan){.last = "event"}, error);
}

/* In the data directory; *out_path is the caller's to remove. */
static struct db *open_stage(const char *dir, char **out_path, GError **error)
{
    g_autofree char *path = g_build_filename(dir, STAGE "XXXXXX", NULL);
    int file = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s", dir, g_strerror(errno));
        return NULL;
    }
    close(file);
    *out_path = g_steal_pointer(&path);
    return db_open(*out_path, &(struct db_options){.mode = DB_REBUILD}, error);
}

/* The first page that was copied says WAL: whoever read it would leave a log beside it. What was read before is why
 * SQLite knows that there is one to leave. */
static bool leave_wal(struct db *target, GError **error)
{
    return db_script(target, "SELECT count(*) FROM sqlite_schema; PRAGMA journal_mode=DELETE;", error);
}

/* It keeps its name until it is read: SQLite opens the log of a copy beside its name. */
static bool copy_secrets(struct db *source, struct db *target, const char *path, void *context, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(sqlite3_db_filename(db_handle(source), "main"));
    g_autofree char *stage_path = NULL;
    AUTO(db) struct db *stage = open_stage(dir, &stage_path, error);
    bool well = stage != NULL && backup_copy_pages(source, stage, dir, NULL, error) &&
                backup_copy_pages(stage, target, path, NULL, error) && leave_wal(target, error);
    if (stage_path != NULL)
        rows_remove(stage_path, NULL);
    return well;
}

/* A backup that was killed leaves a copy of wrapped keys: they must not outlive those that are erased. */
void backup_sweep(const char *data_dir)
{
    g_autoptr(GDir) dir = g_dir_open(data_dir, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(data_dir, name, NULL);
        if (g_str_has_prefix(name, STAGE))
            g_unlink(path);
    }
}

static bool does_not_verify(const char *dir, const char *why, GError **error)
{
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s does not verify: %s; `lianfang verify` lists everything",
                dir, why);
    return false;
}

static bool verify_chain(const char *dir, size_t *out_heads, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "journal.db", NULL);
    AUTO(journal_report) struct journal_report report = {0};
    if (!journal_verify(path, NULL, NULL, NULL, &report, error))
        return false;
    *out_heads = report.heads;
    if (report.tables->len > 0)
        return does_not_verify(dir, g_ptr_array_index(report.tables, 0), error);
    if (report.findings->len == 0)
        return true;
    const struct journal_finding *first = &g_array_index(report.findings, struct journal_finding, 0);
    g_autofree char *why = g_strdup_printf("event %" G_GINT64_FORMAT ": %s", first->pos, first->what);
    return does_not_verify(dir, why, error);
}

bool backup_verify(const char *dir, const char *keys_dir, GError **error)
{
    size_t heads;
    struct vault_counts counts;
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    if (!verify_chain(dir, &heads, error) || !data_verify(dir, keys_dir, heads, findings, &counts, error))
        return false;
    return findings->len == 0 || does_not_verify(dir, g_ptr_array_index(findings, 0), error);
}

/* Marked first, since its journal and its keys are of different moments; the mark goes when it does not verify. */
static bool mark_and_verify(const char *target_dir, const char *keys_dir, GError **error)
{
    struct vault_options options = {.data_dir = target_dir, .keys_dir = keys_dir, .read_only = true};
    struct vault *vault = vault_open(&options, error);
    bool marked = vault != NULL && mark_write(target_dir, vault, error);
    if (vault != NULL)
        vault_close(vault);
    if (marked && backup_verify(target_dir, keys_dir, error) && sync_path(target_dir, error))
        return true;
    g_autofree char *path = g_build_filename(target_dir, "complete", NULL);
    g_unlink(path);
    return false;
}

static bool must_be_current(const char *data_dir, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, error);
    return journal != NULL && journal_must_be_current(journal, path, error);
}

bool data_backup_beside(const char *data_dir, const char *keys_dir, const char *older_dir, const char *target_dir,
                        int64_t *out_linked, GError **error)
{
    return data_exists(data_dir, error) && must_be_current(data_dir, error) && backup_make_dir(target_dir, error) &&
           backup_copy_database(data_dir, target_dir, "journal.db", copy_events, NULL, error) &&
           backup_copy_database(data_dir, target_dir, "secrets.db", copy_secrets, NULL, error) &&
           attachments_copy(data_dir, older_dir, target_dir, out_linked, error) &&
           mark_and_verify(target_dir, keys_dir, error);
}

bool data_backup_keyed(const char *data_dir, const char *keys_dir, const char *target_dir, GError **error)
{
    int64_t linked;
    return data_backup_beside(data_dir, keys_dir, NULL, target_dir, &linked, error);
}

bool data_backup(const char *data_dir, const char *target_dir, GError **error)
{
    g_autofree char *keys_dir = keys_dir_beside(data_dir);
    return data_backup_keyed(data_dir, keys_dir, target_dir, error);
}

#define LAST_BACKUP "last-backup"

bool data_note_backup(const char *data_dir, int64_t at_us, GError **error)
{
    char text[DATETIME_TEXT_MAX];
    g_autofree char *path = g_build_filename(data_dir, LAST_BACKUP, NULL);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(at_us / US_PER_SECOND * US_PER_SECOND, utc, text);
    return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

int64_t data_last_backup_us(const char *data_dir)
{
    g_autofree char *path = g_build_filename(data_dir, LAST_BACKUP, NULL);
    g_autofree char *text = NULL;
    int64_t at_us;
    return g_file_get_contents(path, &text, NULL, NULL) && datetime_parse(g_strstrip(text), &at_us) ? at_us : 0;
}
