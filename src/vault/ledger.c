/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger of what was erased: KEYS/erasures, records of 32 bytes, one after another:
 *   0   1  kind (enum ledger_kind): 1 person, 2 matter; 3, 4: the id of a person, a matter, that was erased was given
 *          to another one, as happens when an older journal was restored and goes on
 *   1   7  zeros
 *   8   8  id, little endian
 *   16  16 authenticator: BLAKE2b keyed with ledger_key over the record's number (8 bytes, from 1), the
 *          authenticator of the record before it (zeros for the first) and bytes 0 to 15
 *
 * Nothing in it is personal data, and no record can be changed, moved or taken out of the middle unseen.
 * Records are synced before the transaction that erases commits; the setting `ledger` (number, authenticator
 * of the last record) is part of that transaction, so a ledger that is missing or cut off shows.
 *
 * KEYS/erasures.end holds number (8 bytes, little endian) and authenticator of a record that was surely there. It is
 * written after each commit, and not synced. By it a ledger that was emptied or cut off shows also beside a backup that
 * knows nothing of it yet.
 *
 * A ledger that is ahead of secrets.db is one of a restored backup, or a crash between sync and commit: what it names
 * is erased again when the vault is opened for writing (erasure.c). A torn append leaves less than a record, or zeros,
 * at the end.
 */
#include "vault/secrets.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD_BYTES 32

static bool fail(struct vault *vault, enum vault_error code, const char *why, GError **error)
{
    g_set_error(error, VAULT_ERROR, code, "%s/erasures: %s", vault->keys_dir, why);
    return false;
}

/* ---- records ---- */

static void authenticate(struct vault *vault, const struct ledger_position *before, const uint8_t record[RECORD_BYTES],
                         struct ledger_position *out)
{
    struct ledger_position next = {.number = before->number + 1};
    uint8_t message[8 + LEDGER_MAC_BYTES + RECORD_BYTES - LEDGER_MAC_BYTES];
    int64_t number_le = GINT64_TO_LE(next.number);
    memcpy(message, &number_le, 8);
    memcpy(message + 8, before->mac, LEDGER_MAC_BYTES);
    memcpy(message + 8 + LEDGER_MAC_BYTES, record, RECORD_BYTES - LEDGER_MAC_BYTES);
    crypto_generichash(next.mac, LEDGER_MAC_BYTES, message, sizeof message, vault->locked->ledger, VAULT_KEY_BYTES);
    *out = next;
}

static void format_record(struct vault *vault, const struct erasure *erasure, struct ledger_position *position,
                          uint8_t out[RECORD_BYTES])
{
    int64_t id_le = GINT64_TO_LE(erasure->id);
    memset(out, 0, RECORD_BYTES);
    out[0] = (uint8_t)erasure->kind;
    memcpy(out + 8, &id_le, 8);
    authenticate(vault, position, out, position);
    memcpy(out + 16, position->mac, LEDGER_MAC_BYTES);
}

static bool parse_record(struct vault *vault, const uint8_t record[RECORD_BYTES], struct ledger_position *position,
                         struct erasure *out)
{
    struct ledger_position next;
    authenticate(vault, position, record, &next);
    if (sodium_memcmp(next.mac, record + 16, LEDGER_MAC_BYTES) != 0)
        return false;
    int64_t id_le;
    memcpy(&id_le, record + 8, 8);
    *out = (struct erasure){.kind = record[0], .id = GINT64_FROM_LE(id_le)};
    *position = next;
    return true;
}

/* ---- reading ---- */

static struct ledger_position known_position(struct vault *vault)
{
    uint8_t stored[8 + LEDGER_MAC_BYTES];
    struct ledger_position position = {0};
    if (!setting_get(vault->db, "ledger", stored, sizeof stored))
        return position;
    memcpy(&position.number, stored, 8);
    position.number = GINT64_FROM_LE(position.number);
    memcpy(position.mac, stored + 8, LEDGER_MAC_BYTES);
    return position;
}

static void put_position(struct vault *vault, const struct ledger_position *position)
{
    uint8_t stored[8 + LEDGER_MAC_BYTES];
    int64_t number_le = GINT64_TO_LE(position->number);
    memcpy(stored, &number_le, 8);
    memcpy(stored + 8, position->mac, LEDGER_MAC_BYTES);
    setting_put(vault->db, "ledger", stored, sizeof stored);
}

/* 1 a record, 0 the end or a torn append, -1 the read failed. */
static int read_record(struct vault *vault, int64_t number, uint8_t out[RECORD_BYTES])
{
    ssize_t bytes = pread(vault->ledger_file, out, RECORD_BYTES, (off_t)(number - 1) * RECORD_BYTES);
    if (bytes < 0)
        return -1;
    return bytes == RECORD_BYTES && !sodium_is_zero(out, RECORD_BYTES);
}

/* Checks the records behind `position` up to number `last` and moves it to the end; counts what `act` says of
 * each. */
static bool walk(struct vault *vault, struct ledger_position *position, int64_t last,
                 int64_t (*act)(struct vault *vault, const struct erasure *erasure, void *context), void *context,
                 GError **error)
{
    uint8_t record[RECORD_BYTES];
    struct erasure erasure;
    int found = 1;
    while (position->number < last && (found = read_record(vault, position->number + 1, record)) == 1) {
        if (!parse_record(vault, record, position, &erasure))
            return fail(vault, VAULT_ERROR_LEDGER,
                        "a record was changed, or belongs to another data directory; restore the newest ledger", error);
        if (act != NULL)
            vault->replayed += act(vault, &erasure, context);
    }
    return found >= 0 || fail(vault, VAULT_ERROR_IO, g_strerror(errno), error);
}

/* ---- its end, as it was seen last ---- */

#define END_BYTES (8 + LEDGER_MAC_BYTES)

static char *end_path(const struct vault *vault)
{
    return g_build_filename(vault->keys_dir, "erasures.end", NULL);
}

void ledger_note_end(struct vault *vault)
{
    char stored[END_BYTES];
    int64_t number_le = GINT64_TO_LE(vault->ledger_end.number);
    memcpy(stored, &number_le, 8);
    memcpy(stored + 8, vault->ledger_end.mac, LEDGER_MAC_BYTES);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = end_path(vault);
    if (!g_file_set_contents_full(path, stored, sizeof stored, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        log_write(LOG_WARNING, "the end of the ledger of erasures was not recorded", "why", error->message, NULL);
}

/* False where there is none: an older program, or nothing was erased yet. */
static bool seen_end(const struct vault *vault, struct ledger_position *out)
{
    g_autofree char *path = end_path(vault), *stored = NULL;
    gsize bytes = 0;
    if (!g_file_get_contents(path, &stored, &bytes, NULL) || bytes != END_BYTES)
        return false;
    memcpy(&out->number, stored, 8);
    out->number = GINT64_FROM_LE(out->number);
    memcpy(out->mac, stored + 8, LEDGER_MAC_BYTES);
    return true;
}

/* From `position`, which is moved, on: the record that was seen as the last one is there, as it was. */
static bool check_end(struct vault *vault, struct ledger_position *position, GError **error)
{
    struct ledger_position end;
    if (!seen_end(vault, &end) || end.number <= position->number)
        return true;
    if (!walk(vault, position, end.number, NULL, NULL, error))
        return false;
    return (position->number == end.number && sodium_memcmp(position->mac, end.mac, LEDGER_MAC_BYTES) == 0) ||
           fail(vault, VAULT_ERROR_LEDGER, "is shorter than it was, or a different one; restore the newest ledger",
                error);
}

/* ---- opening ---- */

/* All records that secrets.db knows of must be there as they were, the last one as it says. */
static bool check_known(struct vault *vault, GError **error)
{
    struct ledger_position position = {0};
    vault->ledger_end = known_position(vault);
    if (!walk(vault, &position, vault->ledger_end.number, NULL, NULL, error))
        return false;
    if (position.number < vault->ledger_end.number)
        return fail(vault, VAULT_ERROR_LEDGER, "older than the data directory; restore the newest ledger", error);
    if (sodium_memcmp(position.mac, vault->ledger_end.mac, LEDGER_MAC_BYTES) != 0)
        return fail(vault, VAULT_ERROR_LEDGER, "is not the ledger of this data directory", error);
    return check_end(vault, &position, error);
}

/* A new vault beside an old ledger would lose what a backup of the old data needs. */
static bool check_empty(struct vault *vault, GError **error)
{
    struct stat status;
    struct ledger_position end;
    if (fstat(vault->ledger_file, &status) != 0)
        return fail(vault, VAULT_ERROR_IO, g_strerror(errno), error);
    return (status.st_size == 0 && !seen_end(vault, &end)) ||
           fail(vault, VAULT_ERROR_LEDGER,
                "belongs to data that is not here; restore it, or move the keys directory away", error);
}

bool ledger_walk_ahead(struct vault *vault,
                       int64_t (*act)(struct vault *vault, const struct erasure *erasure, void *context),
                       bool *out_moved, GError **error)
{
    int64_t known = vault->ledger_end.number;
    if (vault->ledger_file < 0 || !walk(vault, &vault->ledger_end, INT64_MAX, act, NULL, error))
        return vault->ledger_file < 0;
    *out_moved = vault->ledger_end.number != known;
    if (*out_moved) {
        secrets_begin(vault);
        put_position(vault, &vault->ledger_end);
    }
    return true;
}

bool ledger_open(struct vault *vault, bool create, GError **error)
{
    if (vault->read_only)
        return true;
    g_autofree char *path = g_build_filename(vault->keys_dir, "erasures", NULL);
    if (create && g_mkdir_with_parents(vault->keys_dir, 0700) != 0)
        return fail(vault, VAULT_ERROR_IO, g_strerror(errno), error);
    vault->ledger_file = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
    if (vault->ledger_file < 0)
        return fail(vault, errno == ENOENT ? VAULT_ERROR_LEDGER : VAULT_ERROR_IO, g_strerror(errno), error);
    if (create)
        return check_empty(vault, error) && folder_sync(vault->keys_dir, error);
    return check_known(vault, error);
}

void ledger_close(struct vault *vault)
{
    if (vault->ledger_file >= 0)
        close(vault->ledger_file);
}

/* ---- writing ---- */

bool ledger_append(struct vault *vault, GError **error)
{
    guint count = vault->erasures->len;
    if (count == 0)
        return true;
    struct ledger_position end = vault->ledger_end;
    size_t bytes = (size_t)count * RECORD_BYTES;
    off_t at = (off_t)end.number * RECORD_BYTES;
    g_autofree uint8_t *records = g_malloc(bytes);
    for (guint i = 0; i < count; i++)
        format_record(vault, &g_array_index(vault->erasures, struct erasure, i), &end, records + i * RECORD_BYTES);
    if (ftruncate(vault->ledger_file, at) != 0)
        return fail(vault, VAULT_ERROR_IO, g_strerror(errno), error);
    ssize_t written = pwrite(vault->ledger_file, records, bytes, at); /* what stands behind the end is cut next time */
    if (written >= 0 ? written < (ssize_t)bytes : errno_is_about_room(errno))
        return fail(vault, VAULT_ERROR_FULL, g_strerror(ENOSPC), error);
    if (written < 0 || fsync(vault->ledger_file) != 0)
        return fail(vault, VAULT_ERROR_IO, g_strerror(errno), error);
    vault->ledger_end = end;
    put_position(vault, &end);
    return true;
}

/* ---- for operators ---- */

static bool each_known(struct vault *vault,
                       int64_t (*act)(struct vault *vault, const struct erasure *erasure, void *context), void *context,
                       struct ledger_counts *out, GError **error)
{
    struct ledger_position position = {0}, known = known_position(vault), ahead;
    int64_t replayed = vault->replayed;
    if (!walk(vault, &position, known.number, act, context, error))
        return false;
    vault->replayed = replayed;
    ahead = position;
    if (position.number != known.number)
        return fail(vault, VAULT_ERROR_LEDGER, "older than the data directory; restore the newest ledger", error);
    if (!check_end(vault, &ahead, error) || !walk(vault, &ahead, INT64_MAX, NULL, NULL, error))
        return false;
    *out = (struct ledger_counts){.known = position.number, .ahead = ahead.number - position.number};
    return true;
}

bool ledger_each(struct vault *vault, int64_t (*act)(struct vault *vault, const struct erasure *erasure, void *context),
                 void *context, struct ledger_counts *out, GError **error)
{
    if (vault->ledger_file >= 0)
        return each_known(vault, act, context, out, error);
    g_autofree char *path = g_build_filename(vault->keys_dir, "erasures", NULL);
    vault->ledger_file = open(path, O_RDONLY | O_CLOEXEC);
    if (vault->ledger_file < 0)
        return fail(vault, VAULT_ERROR_LEDGER, g_strerror(errno), error);
    bool well = each_known(vault, act, context, out, error);
    close(vault->ledger_file);
    vault->ledger_file = -1;
    return well;
}

bool vault_replay_erasures(struct vault *vault, int64_t *out_count, GError **error)
{
    struct ledger_position position = {0};
    if (!walk(vault, &position, vault->ledger_end.number, NULL, NULL, error))
        return false;
    if (position.number != vault->ledger_end.number ||
        memcmp(position.mac, vault->ledger_end.mac, LEDGER_MAC_BYTES) != 0)
        return fail(vault, VAULT_ERROR_LEDGER, "is not the ledger of this data directory", error);
    *out_count = vault->replayed;
    return true;
}
