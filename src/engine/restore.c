/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A backup becomes a data directory: see backup.c for what is in one.
 *
 * To a moment of the past: pos is the order in which commands were decided, and their times never go back, so what had
 * been written at a moment is a beginning of the file, in every stream. It ends with a whole command and a head of its
 * own. secrets.db has one state only, that of the backup: it holds keys, accounts and erasures that the journal then
 * knows nothing of, and they are treated as after any restore, all persons compared, besides what is said in
 * settle_vault(). That something was left out stands in the journal: the directory refuses to start until it does.
 */
#include "base/datetime.h"
#include "engine/attachments.h"
#include "engine/backup.h"
#include "engine/evidence.h"
#include "engine/mark.h"
#include "engine/replay.h"
#include "engine/writer.h"
#include "store/copy.h"
#include "vault/link_token.h"

#include <errno.h>
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

/* ---- where the journal ends ---- */

/* `pos` is the last event that is restored; a cut leaves some out. */
struct cut {
    int64_t pos, at_us;
    int64_t last, first_us, last_us; /* of the backup; first_us of the first that is left out */
};

static bool is_cut(const struct cut *cut)
{
    return cut->pos < cut->last;
}

static bool event_at(struct journal *journal, int64_t pos, int64_t *out_at_us, struct uuid *out_command, GError **error)
{
    struct event event;
    g_autoptr(GError) failure = NULL;
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, pos, pos);
    if (!journal_next(cursor, &event, &failure)) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "event %" G_GINT64_FORMAT ": %s", pos,
                    failure != NULL ? failure->message : "it is missing");
        return false;
    }
    *out_at_us = event.at_us;
    *out_command = event.command;
    return true;
}

/* How many events had been written at `until_us`. */
static bool count_until(struct journal *journal, int64_t last, int64_t until_us, int64_t *out, GError **error)
{
    int64_t low = 0, high = last, at_us;
    struct uuid command;
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (!event_at(journal, middle, &at_us, &command, error))
            return false;
        if (at_us <= until_us)
            low = middle;
        else
            high = middle - 1;
    }
    *out = low;
    return true;
}

/* Back to the end of a command; reads the times on both sides. */
static bool settle_cut(struct journal *journal, struct cut *cut, GError **error)
{
    struct uuid before, behind = {0};
    if (cut->last > 0 && !event_at(journal, cut->last, &cut->last_us, &before, error))
        return false;
    if (is_cut(cut) && !event_at(journal, cut->pos + 1, &cut->first_us, &behind, error))
        return false;
    for (; cut->pos > 0; cut->pos--) {
        int64_t at_us;
        if (!event_at(journal, cut->pos, &at_us, &before, error))
            return false;
        cut->at_us = at_us;
        if (!is_cut(cut) || !uuid_equal(&before, &behind))
            return true;
        cut->first_us = at_us;
    }
    return true;
}

static bool refuse_before(struct journal *journal, const char *dir, GError **error)
{
    int64_t at_us;
    struct uuid command;
    char first[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    if (journal_last_pos(journal) == 0) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: this backup has no events", dir);
        return false;
    }
    if (!event_at(journal, 1, &at_us, &command, error))
        return false;
    datetime_format(at_us, utc, first);
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                "%s: nothing had been written by then: its first command is of %s; name a later moment", dir, first);
    return false;
}

static bool find_cut(const struct restoring *restoring, struct cut *out, GError **error)
{
    g_autofree char *path = g_build_filename(restoring->backup_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, error);
    if (journal == NULL || !journal_must_be_current(journal, path, error))
        return false;
    struct cut cut = {.last = journal_last_pos(journal)};
    cut.pos = cut.last;
    if (restoring->until_pos > cut.last) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                    "%s ends with event %" G_GINT64_FORMAT "; name it or an earlier one", restoring->backup_dir,
                    cut.last);
        return false;
    }
    if (restoring->until_pos > 0)
        cut.pos = restoring->until_pos;
    else if (restoring->until_us != 0 && !count_until(journal, cut.last, restoring->until_us, &cut.pos, error))
        return false;
    if (!settle_cut(journal, &cut, error))
        return false;
    if (cut.pos == 0 && (restoring->until_us != 0 || restoring->until_pos != 0))
        return refuse_before(journal, restoring->backup_dir, error);
    *out = cut;
    return true;
}

/* ---- the files ---- */

static bool copy_until(struct db *source, struct db *target, const char *path, void *context, GError **error)
{
    const struct cut *cut = context;
    const struct copy_bound bounds[] = {{"event", cut->pos}, {"head", cut->pos}, {NULL}};
    return db_copy(source, target, &(struct copy_plan){.last = "event", .bounds = bounds}, error);
}

/* A journal without a head over its last events would be refused as one that was cut off. */
static bool sign_end(const char *path, struct vault *vault, GError **error)
{
    struct journal_signer signer = {.sign = vault_sign, .context = vault};
    vault_public_key(vault, signer.public_key);
    AUTO(journal) struct journal *journal = journal_open(path, &signer, NULL, error);
    return journal != NULL && journal_sign_head(journal, MAX(g_get_real_time(), journal_last_at_us(journal)), error);
}

static bool note_end(const char *path, struct vault *vault, GError **error)
{
    uint8_t hash[JOURNAL_HASH_BYTES] = {0};
    AUTO(journal) struct journal *journal = journal_open_reader(path, error);
    int64_t last = journal != NULL ? journal_last_pos(journal) : 0;
    if (journal == NULL || (last > 0 && !journal_hash_at(journal, last, hash, error)))
        return false;
    vault_note_tip(vault, last, hash);
    vault_void_links(vault, journal_last_at_us(journal));
    return true;
}

/* From when on an account is none that the journal knows: one is made within moments of the event that says so. */
static int64_t newer_us(const struct cut *cut)
{
    return cut->at_us + MIN(US_PER_SECOND, (cut->first_us - cut->at_us) / 2);
}

/* An old backup may hold persons who have been erased since, and its vault, copied after the journal, persons whom the
 * journal lacks: the ledger repeats the erasures, and the engine reconciles the rest when it opens. What was made after
 * the moment may have been made by whoever is the reason to go back: such accounts are closed. */
static bool settle_vault(const struct restoring *restoring, const struct cut *cut, struct restored *out, GError **error)
{
    struct vault_options options = {.data_dir = restoring->data_dir, .keys_dir = restoring->keys_dir};
    g_autofree char *path = g_build_filename(restoring->data_dir, "journal.db", NULL);
    AUTO(vault) struct vault *vault = vault_open(&options, error);
    if (vault == NULL || !vault_replay_erasures(vault, &out->erased, error) ||
        (is_cut(cut) && !sign_end(path, vault, error)) || !note_end(path, vault, error))
        return false;
    vault_mark_unreconciled(vault);
    vault_end_sessions(vault);
    if (is_cut(cut))
        out->accounts_closed = vault_close_accounts_since(vault, newer_us(cut));
    return vault_commit(vault, error) && (!is_cut(cut) || vault_loss_pending(vault, error));
}

/* Those that were there when the backup was made. */
static bool look_for_missing(const struct restoring *restoring, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *missing = restoring->missing != NULL ? restoring->missing : found;
    if (!mark_missing(restoring->backup_dir, missing, error))
        return false;
    if (found->len > 0)
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                    "%u attachments of the backup are missing, the first is %s; put them back from another backup, or "
                    "go on with --without-missing",
                    found->len, (const char *)g_ptr_array_index(found, 0));
    return found->len == 0;
}

/* Each is what its name says. */
static bool look_at_attachments(const char *backup_dir, GError **error)
{
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    attachments_verify(backup_dir, findings);
    if (findings->len > 0)
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                    "%s; put this file back from another backup, or use another one",
                    (const char *)g_ptr_array_index(findings, 0));
    return findings->len == 0;
}

static bool look_at_backup(const struct restoring *restoring, GError **error)
{
    struct mark_tip tip;
    const char *backup_dir = restoring->backup_dir, *keys_dir = restoring->keys_dir;
    struct vault_options options = {.data_dir = backup_dir, .keys_dir = keys_dir, .read_only = true};
    AUTO(vault) struct vault *vault = vault_open(&options, error);
    return vault != NULL && mark_check(backup_dir, vault, &tip, error) && backup_verify(backup_dir, keys_dir, error) &&
           look_at_attachments(backup_dir, error) && look_for_missing(restoring, error);
}

static bool restore_into(const struct restoring *restoring, struct cut *cut, struct restored *out, GError **error)
{
    AUTO(areas) struct areas *all = areas_new(restoring->areas);
    const char *from = restoring->backup_dir, *to = restoring->data_dir;
    struct replay replay = {.areas = all, .data_dir = to, .first = 1};
    g_autofree char *rows_path = g_build_filename(to, "rows.db", NULL);
    int64_t linked;
    copier copy_journal = is_cut(cut) ? copy_until : backup_copy_pages;
    return backup_copy_database(from, to, "secrets.db", backup_copy_pages, NULL, error) &&
           backup_copy_database(from, to, "journal.db", copy_journal, cut, error) &&
           attachments_copy(from, NULL, to, &linked, error) && settle_vault(restoring, cut, out, error) &&
           rows_build(&replay, rows_path, error);
}

/* The first event behind the cut says so; persons are reconciled on the way. */
static bool record_cut(const struct restoring *restoring, const struct cut *cut, GError **error)
{
    struct clock clock;
    char first[DATETIME_TEXT_MAX], last[DATETIME_TEXT_MAX], until[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    clock_init_system(&clock);
    datetime_format(cut->first_us, utc, first);
    datetime_format(cut->last_us, utc, last);
    datetime_format(restoring->until_us != 0 ? restoring->until_us : cut->at_us, utc, until);
    g_autofree char *loss =
        g_strdup_printf("%" G_GINT64_FORMAT " events of %s to %s were left out", cut->last - cut->pos, first, last);
    g_autofree char *reason = g_strdup_printf("lianfang restore --until %s", until);
    struct engine_options options = {.areas = restoring->areas,
                                     .data_dir = restoring->data_dir,
                                     .keys_dir = restoring->keys_dir,
                                     .clock = &clock,
                                     .no_clock = true,
                                     .grace_us = -1,
                                     .accept_loss = reason,
                                     .loss = loss};
    struct engine *engine = engine_open(&options, error);
    if (engine == NULL)
        return false;
    engine_close(engine);
    g_autofree char *path = g_build_filename(restoring->data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, error);
    if (journal == NULL || journal_last_pos(journal) > cut->pos)
        return journal != NULL;
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_FAILED, "%s: what was left out could not be written down", path);
    return false;
}

/* ---- begun, and ended ---- */

/* It is there until nothing is missing: whoever opens the folder refuses, see data_exists(). */
static bool note_begun(const char *data_dir, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, DATA_RESTORING, NULL);
    return g_file_set_contents_full(path, "", 0, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                    error);
}

static bool note_ended(const char *data_dir, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, DATA_RESTORING, NULL);
    if (g_unlink(path) == 0)
        return true;
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s", path, g_strerror(errno));
    return false;
}

/* Half a restore must neither be served nor leave erased data on the disk. */
static void remove_half(const char *data_dir)
{
    static const char *const names[] = {"journal.db", "secrets.db", "rows.db"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(data_dir, names[i], NULL);
        rows_remove(path, NULL);
    }
    attachments_remove(data_dir);
}

static void leave_nothing(const char *data_dir)
{
    remove_half(data_dir);
    g_autofree char *lock_path = g_build_filename(data_dir, "lock", NULL);
    note_ended(data_dir, NULL);
    g_unlink(lock_path);
}

/* A new folder, or one that a restore was killed in: what that left is removed. The lock, -1. */
static int begin(const char *data_dir, GError **error)
{
    bool again = data_is_half(data_dir);
    int lock_file = again || backup_make_dir(data_dir, error) ? data_lock(data_dir, error) : -1;
    if (lock_file < 0)
        return -1;
    if (again)
        remove_half(data_dir);
    if (note_begun(data_dir, error))
        return lock_file;
    data_unlock(lock_file);
    return -1;
}

static bool restore(const struct restoring *restoring, struct restored *done, GError **error)
{
    struct cut cut;
    const char *backup_dir = restoring->backup_dir, *data_dir = restoring->data_dir;
    if (!has_file(backup_dir, "journal.db", error) || !has_file(backup_dir, "secrets.db", error) ||
        !mark_has_no_logs(backup_dir, error) || !look_at_backup(restoring, error) || !find_cut(restoring, &cut, error))
        return false;
    int lock_file = begin(data_dir, error);
    if (lock_file < 0)
        return false;
    bool well = restore_into(restoring, &cut, done, error) && note_ended(data_dir, error);
    data_unlock(lock_file);
    well = well && (!is_cut(&cut) || record_cut(restoring, &cut, error));
    if (!well)
        leave_nothing(data_dir);
    done->pos = cut.pos;
    done->at_us = cut.at_us;
    done->left_out = cut.last - cut.pos;
    done->left_first_us = cut.first_us;
    done->left_last_us = is_cut(&cut) ? cut.last_us : 0;
    return well;
}

bool data_restore_until(const struct restoring *restoring, struct restored *out, GError **error)
{
    struct restored done = {0};
    g_assert(restoring->until_us == 0 || restoring->until_pos == 0);
    if (!restore(restoring, &done, error))
        return false;
    *out = done;
    return true;
}

bool data_restore(const struct area *const *areas, const char *backup_dir, const char *data_dir, const char *keys_dir,
                  int64_t *out_erased, GError **error)
{
    struct restored restored;
    struct restoring restoring = {.areas = areas, .backup_dir = backup_dir, .data_dir = data_dir, .keys_dir = keys_dir};
    if (!data_restore_until(&restoring, &restored, error))
        return false;
    *out_erased = restored.erased;
    return true;
}

GTimeZone *backup_zone(const char *backup_dir, GError **error)
{
    g_autofree char *path = g_build_filename(backup_dir, "journal.db", NULL);
    AUTO(journal)
    struct journal *journal = has_file(backup_dir, "journal.db", error) && mark_has_no_logs(backup_dir, error)
                                  ? journal_open_reader(path, error)
                                  : NULL;
    if (journal == NULL || !journal_must_be_current(journal, path, error))
        return NULL;
    int64_t place = 0;
    struct event event;
    GError *failure = NULL;
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk_stream(journal, 0, 1);
    while (journal_next(cursor, &event, &failure))
        if (strcmp(event.kind, "playbook_adopted") == 0)
            place = event_place(&event);
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return NULL;
    }
    AUTO(playbook) struct playbook *playbook = place != 0 ? adopted_load(journal, place, error) : NULL;
    return playbook != NULL ? g_time_zone_ref(playbook->zone) : NULL;
}
