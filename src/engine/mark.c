/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/mark.h"

#include "engine/attachments.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PURPOSE     "lianfang.backp.1"
#define LIST        "attachments.list"
#define FIRST_LINE  "lianfang-backup "
#define VERSION     2
#define BLOCK_BYTES (1024 * 1024)

static char *path_in(const char *dir, const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static bool fail(const char *path, const char *why, GError **error)
{
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s", path, why);
    return false;
}

static bool hash_file(const char *dir, const char *name, char out[2 * JOURNAL_HASH_BYTES + 1], GError **error)
{
    g_autofree char *path = path_in(dir, name);
    g_autofree uint8_t *block = g_malloc(BLOCK_BYTES);
    uint8_t hash[JOURNAL_HASH_BYTES];
    crypto_generichash_state state;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return fail(path, g_strerror(errno), error);
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    size_t bytes;
    while ((bytes = fread(block, 1, BLOCK_BYTES, file)) > 0)
        crypto_generichash_update(&state, block, bytes);
    bool well = ferror(file) == 0;
    fclose(file);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(out, 2 * sizeof hash + 1, hash, sizeof hash);
    return well || fail(path, "cannot be read", error);
}

static bool read_tip(const char *dir, struct mark_tip *out, GError **error)
{
    g_autofree char *path = path_in(dir, "journal.db");
    AUTO(journal) struct journal *journal = journal_open_reader(path, error);
    if (journal == NULL)
        return false;
    g_autoptr(GError) failure = NULL;
    *out = (struct mark_tip){.pos = journal_last_pos(journal)};
    if (out->pos > 0 && !journal_hash_at(journal, out->pos, out->hash, &failure))
        return fail(path, failure != NULL ? failure->message : "its last event is missing", error);
    return true;
}

/* All lines but the last; NULL with an error. */
static char *describe(const char *dir, struct vault *vault, int version, struct mark_tip *tip, GError **error)
{
    struct vault_state state = {0};
    char id[2 * VAULT_ID_BYTES + 1], hash[2 * JOURNAL_HASH_BYTES + 1];
    char journal[2 * JOURNAL_HASH_BYTES + 1], secrets[2 * JOURNAL_HASH_BYTES + 1], list[2 * JOURNAL_HASH_BYTES + 1];
    if (!vault_state(vault, &state)) {
        fail(dir, "secrets.db does not say which installation it belongs to", error);
        return NULL;
    }
    if (!read_tip(dir, tip, error) || !hash_file(dir, "journal.db", journal, error) ||
        !hash_file(dir, "secrets.db", secrets, error) || (version >= 2 && !hash_file(dir, LIST, list, error)))
        return NULL;
    sodium_bin2hex(id, sizeof id, state.installation, VAULT_ID_BYTES);
    sodium_bin2hex(hash, sizeof hash, tip->hash, JOURNAL_HASH_BYTES);
    g_autofree char *attachments = version >= 2 ? g_strdup_printf("attachments %s\n", list) : g_strdup("");
    return g_strdup_printf(FIRST_LINE "%d\ninstallation %s\npos %" G_GINT64_FORMAT
                                      "\nhash %s\njournal %s\nsecrets %s\n%s",
                           version, id, tip->pos, hash, journal, secrets, attachments);
}

static char *with_mac(const char *lines, struct vault *vault)
{
    uint8_t mac[VAULT_MAC_BYTES];
    char text[2 * VAULT_MAC_BYTES + 1];
    vault_mac(vault, PURPOSE, lines, strlen(lines), mac);
    sodium_bin2hex(text, sizeof text, mac, sizeof mac);
    return g_strdup_printf("%smac %s\n", lines, text);
}

bool mark_is_there(const char *dir)
{
    g_autofree char *path = path_in(dir, "complete");
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* SQLite would read a log beside a file as a part of it, which no hash tells of. Backups of earlier versions have an
 * empty one. */
bool mark_has_no_logs(const char *dir, GError **error)
{
    static const char *const logs[] = {"-wal", "-journal"};
    static const char *const names[] = {"journal.db", "secrets.db", "rows.db"};
    for (size_t i = 0; i < G_N_ELEMENTS(names) * G_N_ELEMENTS(logs) && mark_is_there(dir); i++) {
        struct stat status;
        g_autofree char *name = g_strconcat(names[i / G_N_ELEMENTS(logs)], logs[i % G_N_ELEMENTS(logs)], NULL);
        g_autofree char *path = path_in(dir, name);
        if (lstat(path, &status) == 0 && !(S_ISREG(status.st_mode) && status.st_size == 0))
            return fail(path, "does not belong to a backup: somebody put it there; use another backup", error);
    }
    return true;
}

static bool write_durably(const char *path, const char *text, GError **error)
{
    return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                    error);
}

bool mark_write(const char *dir, struct vault *vault, GError **error)
{
    struct mark_tip tip;
    g_autofree char *path = path_in(dir, "complete"), *list_path = path_in(dir, LIST);
    g_autofree char *names = attachments_names(dir);
    if (!write_durably(list_path, names, error))
        return false;
    g_autofree char *lines = describe(dir, vault, VERSION, &tip, error);
    if (lines == NULL)
        return false;
    g_autofree char *text = with_mac(lines, vault);
    return write_durably(path, text, error);
}

static int version_of(const char *text)
{
    return g_str_has_prefix(text, FIRST_LINE "1\n") ? 1 : VERSION;
}

bool mark_check(const char *dir, struct vault *vault, struct mark_tip *out, GError **error)
{
    struct mark_tip tip;
    g_autofree char *path = path_in(dir, "complete");
    g_autofree char *stored = NULL;
    if (!mark_is_there(dir))
        return fail(dir, "this backup is not complete: it was interrupted; make another one", error);
    if (!mark_has_no_logs(dir, error) || !g_file_get_contents(path, &stored, NULL, error))
        return false;
    g_autofree char *lines = describe(dir, vault, version_of(stored), &tip, error);
    if (lines == NULL)
        return false;
    g_autofree char *text = with_mac(lines, vault);
    if (strcmp(text, stored) != 0)
        return fail(dir, "this backup is not as it was made: a file was changed, exchanged or cut off; use another one",
                    error);
    *out = tip;
    return true;
}

bool mark_missing(const char *dir, GPtrArray *missing, GError **error)
{
    g_autofree char *path = path_in(dir, "complete"), *list_path = path_in(dir, LIST);
    g_autofree char *stored = NULL, *names = NULL;
    if (!g_file_get_contents(path, &stored, NULL, error))
        return false;
    if (version_of(stored) == 1)
        return true;
    if (!g_file_get_contents(list_path, &names, NULL, error))
        return false;
    attachments_missing(dir, names, missing);
    return true;
}
