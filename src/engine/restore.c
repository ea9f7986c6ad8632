/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A backup becomes a data directory: see backup.c for what is in one. */
#include "engine/attachments.h"
#include "engine/backup.h"
#include "engine/evidence.h"
#include "engine/mark.h"
#include "engine/replay.h"
#include "engine/writer.h"

#include <glib/gstdio.h>
#include <string.h>

static bool has_file(const char *dir, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                "%s is missing; is %s the right folder? name the folder of the backup", path, dir);
    return false;
}

/* An old backup may hold persons who have been erased since, and its vault, copied after the journal, persons whom the
 * journal lacks: the ledger repeats the erasures, and the engine reconciles the rest when it opens. */
static bool erase_again(const char *data_dir, const char *keys_dir, int64_t *out_erased, GError **error)
{
    uint8_t hash[JOURNAL_HASH_BYTES];
    struct vault_options options = {.data_dir = data_dir, .keys_dir = keys_dir};
    g_autofree char *path = g_build_filename(data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, error);
    AUTO(vault) struct vault *vault = journal != NULL ? vault_open(&options, error) : NULL;
    if (vault == NULL || !vault_replay_erasures(vault, out_erased, error))
        return false;
    int64_t last = journal_last_pos(journal);
    memset(hash, 0, sizeof hash);
    if (last > 0 && !journal_hash_at(journal, last, hash, error))
        return false;
    vault_note_tip(vault, last, hash); /* the copied keys may know of later events, which are not in this backup */
    vault_mark_unreconciled(vault, last);
    return vault_commit(vault, error);
}

static bool look_at_backup(const char *backup_dir, const char *keys_dir, GError **error)
{
    struct mark_tip tip;
    struct vault_options options = {.data_dir = backup_dir, .keys_dir = keys_dir, .read_only = true};
    AUTO(vault) struct vault *vault = vault_open(&options, error);
    return vault != NULL && mark_check(backup_dir, vault, &tip, error) && backup_verify(backup_dir, keys_dir, error);
}

static bool restore_into(const struct area *const *areas, const char *backup_dir, const char *data_dir,
                         const char *keys_dir, int64_t *out_erased, GError **error)
{
    AUTO(areas) struct areas *all = areas_new(areas);
    struct replay replay = {.areas = all, .data_dir = data_dir, .first = 1};
    g_autofree char *rows_path = g_build_filename(data_dir, "rows.db", NULL);
    return backup_copy_database(backup_dir, data_dir, "secrets.db", backup_copy_pages, error) &&
           backup_copy_database(backup_dir, data_dir, "journal.db", backup_copy_pages, error) &&
           attachments_copy(backup_dir, data_dir, error) && erase_again(data_dir, keys_dir, out_erased, error) &&
           rows_build(&replay, rows_path, error);
}

bool data_restore(const struct area *const *areas, const char *backup_dir, const char *data_dir, const char *keys_dir,
                  int64_t *out_erased, GError **error)
{
    static const char *const names[] = {"journal.db", "secrets.db", "rows.db"};
    if (!has_file(backup_dir, "journal.db", error) || !has_file(backup_dir, "secrets.db", error) ||
        !look_at_backup(backup_dir, keys_dir, error) || !backup_make_dir(data_dir, error))
        return false;
    int lock_file = data_lock(data_dir, error);
    if (lock_file < 0)
        return false;
    bool well = restore_into(areas, backup_dir, data_dir, keys_dir, out_erased, error);
    if (!well) { /* half a restore must neither be served nor leave erased data on the disk */
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            g_autofree char *path = g_build_filename(data_dir, names[i], NULL);
            rows_remove(path, NULL);
        }
        g_autofree char *lock_path = g_build_filename(data_dir, "lock", NULL);
        g_unlink(lock_path);
    }
    data_unlock(lock_file);
    return well;
}
