/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether everything in secrets.db is as this vault wrote it. Finds rows that were deleted, zeroed, exchanged or put
 * back without the key, but for one case: a row put back that was current at an earlier time, with all that goes with
 * it. */
#include "vault/pages.h"
#include "store/tables.h"
#include "vault/secrets.h"

#include <sodium.h>

static bool is_full(const GPtrArray *findings)
{
    return findings->len >= VAULT_FINDINGS_MOST;
}

static void find(GPtrArray *findings, const char *what, int64_t id, const char *why)
{
    if (!is_full(findings))
        g_ptr_array_add(findings, g_strdup_printf("%s %" G_GINT64_FORMAT ": %s", what, id, why));
}

static void verify_keys(struct vault *vault, enum vault_owner owner, const char *select, GPtrArray *findings,
                        struct vault_counts *counts)
{
    AUTO(cursor) struct cursor cursor = db_query(vault->db, select, "");
    while (!is_full(findings) && cursor_next(&cursor)) {
        size_t bytes;
        int64_t id = cursor_integer(&cursor, 0);
        const void *wrapped = cursor_blob(&cursor, 1, &bytes);
        enum vault_key_state state = keys_row_state(vault, owner, id, wrapped, bytes);
        counts->keys += state == VAULT_KEY_OPENS;
        counts->erased += state == VAULT_KEY_ERASED;
        if (state == VAULT_KEY_DAMAGED)
            find(findings, key_owner_names[owner], id, "its key was changed, not erased");
    }
}

static void verify_sums(struct vault *vault, GPtrArray *findings)
{
    struct sums_whole whole;
    sums_check(vault, &whole);
    if (!whole.owners)
        g_ptr_array_add(findings, g_strdup("matter_person: rows were changed, added or removed"));
    if (!whole.rows)
        g_ptr_array_add(findings, g_strdup("person_index, digest_key or unsure: rows were changed, added or removed"));
    if (!whole.accounts)
        g_ptr_array_add(findings, g_strdup("account or account_person: rows were changed, added or removed"));
}

/* A matter that belongs to a person must have a key, or the mark of its erasure. */
static void verify_owners(struct vault *vault, GPtrArray *findings)
{
    AUTO(cursor)
    struct cursor cursor = db_query(
        vault->db, "SELECT matter FROM matter_person WHERE matter NOT IN (SELECT id FROM matter_key) ORDER BY matter",
        "");
    while (!is_full(findings) && cursor_next(&cursor))
        find(findings, key_owner_names[VAULT_MATTER], cursor_integer(&cursor, 0), "its key was removed");
}

static void verify_digest_keys(struct vault *vault, GPtrArray *findings)
{
    uint8_t key[VAULT_KEY_BYTES];
    AUTO(cursor)
    struct cursor cursor = db_query(vault->db, "SELECT month, wrapped FROM digest_key ORDER BY month", "");
    while (!is_full(findings) && cursor_next(&cursor)) {
        size_t bytes;
        int64_t month = cursor_integer(&cursor, 0);
        const void *wrapped = cursor_blob(&cursor, 1, &bytes);
        if (!vault_unwrap(vault, "digest", month, wrapped, bytes, key))
            find(findings, "key of digests, month", month, "it was changed");
    }
    sodium_memzero(key, sizeof key);
}

/* The number of entries that the index of logins must have. */
static int64_t verify_accounts(struct vault *vault, GPtrArray *findings, struct vault_counts *counts)
{
    g_autoptr(GArray) damaged = vault_damaged_accounts(vault);
    for (guint i = 0; i < damaged->len; i++)
        find(findings, "account", g_array_index(damaged, int64_t, i), "its record was changed without the key");
    int64_t logins = 0;
    g_autoptr(GArray) lost = accounts_lost(vault, &logins);
    for (guint i = 0; i < lost->len; i++)
        find(findings, "account", g_array_index(lost, int64_t, i),
             "its login name does not lead to it: login_key or its index was changed");
    db_integer(vault->db, &counts->accounts, "SELECT count(*) FROM account", "");
    return logins;
}

/* The number of entries that the index of people must have. */
static int64_t verify_index(struct vault *vault, GPtrArray *findings, struct vault_counts *counts)
{
    AUTO(cursor)
    struct cursor cursor = db_query(vault->db, "SELECT person, what FROM person_index ORDER BY person, what", "");
    int64_t hashes = 0;
    while (!is_full(findings) && cursor_next(&cursor)) {
        int64_t person = cursor_integer(&cursor, 0);
        counts->persons_indexed++;
        if (!index_is_whole(vault, person, (enum vault_index)cursor_integer(&cursor, 1), &hashes))
            find(findings, key_owner_names[VAULT_PERSON], person, "its index entries were changed");
    }
    return hashes;
}

/* What opens although the ledger names it, with the number of the record; and the last record that gives an id of a
 * person, of a matter, again. */
struct reopened {
    struct erasure erasure;
    int64_t number;
};

struct ledger_reading {
    int64_t number;
    GArray *found; /* of struct reopened */
    GHashTable *given_again[2];
};

static GHashTable *numbers_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

static void note_number(GHashTable *numbers, int64_t id, int64_t number)
{
    g_hash_table_replace(numbers, g_memdup2(&id, sizeof id), g_memdup2(&number, sizeof number));
}

static int64_t read_erasure(struct vault *vault, const struct erasure *erasure, void *context)
{
    struct ledger_reading *reading = context;
    struct reopened reopened = {*erasure, ++reading->number};
    if (erasure->kind == LEDGER_PERSON_AGAIN || erasure->kind == LEDGER_MATTER_AGAIN)
        note_number(reading->given_again[erasure->kind == LEDGER_MATTER_AGAIN], erasure->id, reading->number);
    else if (vault_has_key(vault, erasure->kind == LEDGER_PERSON ? VAULT_PERSON : VAULT_MATTER, erasure->id))
        g_array_append_val(reading->found, reopened);
    return 1;
}

static void find_reopened(const struct ledger_reading *reading, GPtrArray *findings)
{
    for (guint i = 0; i < reading->found->len; i++) {
        const struct reopened *reopened = &g_array_index(reading->found, struct reopened, i);
        bool matter = reopened->erasure.kind != LEDGER_PERSON;
        const int64_t *again = g_hash_table_lookup(reading->given_again[matter], &reopened->erasure.id);
        if (again == NULL || *again < reopened->number)
            find(findings, key_owner_names[matter ? VAULT_MATTER : VAULT_PERSON], reopened->erasure.id,
                 "was erased, but its key still opens");
    }
}

/* What the ledger names must not open again. */
static bool verify_erasures(struct vault *vault, GPtrArray *findings, struct ledger_counts *out, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct reopened));
    g_autoptr(GHashTable) persons = numbers_new(), matters = numbers_new();
    struct ledger_reading reading = {.found = found, .given_again = {persons, matters}};
    if (!ledger_each(vault, read_erasure, &reading, out, error))
        return false;
    find_reopened(&reading, findings);
    return true;
}

/* What must be read of one moment, since others may write meanwhile. */
static void verify_together(struct vault *vault, GPtrArray *findings, struct vault_counts *counts)
{
    int64_t logins = verify_accounts(vault, findings, counts);
    int64_t hashes = verify_index(vault, findings, counts);
    if (!is_full(findings) && !pages_are_whole(vault->db, hashes, logins))
        g_ptr_array_add(findings, g_strdup("hash_table, hash_bucket or hash_page: something was changed"));
    verify_sums(vault, findings);
    verify_owners(vault, findings);
}

/* A long snapshot may be ended where much is written: then another try. */
static bool verify_in_snapshot(struct vault *vault, GPtrArray *findings, struct vault_counts *counts, GError **error)
{
    if (!vault->read_only) { /* nobody else writes */
        verify_together(vault, findings, counts);
        return !secrets_failed(vault, error);
    }
    bool read = false;
    for (int tries = 3; tries > 0 && !read; tries--) {
        struct vault_counts counted = *counts;
        g_autoptr(GPtrArray) found = g_ptr_array_new();
        g_clear_error(error);
        vault_read_begin(vault);
        verify_together(vault, found, &counted);
        read = vault_read_end(vault, error);
        g_ptr_array_set_free_func(found, read ? NULL : g_free);
        if (!read)
            continue;
        *counts = counted;
        g_ptr_array_extend_and_steal(findings, g_steal_pointer(&found));
    }
    return read;
}

bool vault_verify(struct vault *vault, GPtrArray *findings, struct vault_counts *out, GError **error)
{
    struct vault_counts counts = {0};
    struct ledger_counts ledger = {0};
    if (!vault->has_state) { /* beside a journal of format 1: nothing was authenticated then */
        *out = counts;
        return true;
    }
    verify_keys(vault, VAULT_MATTER, "SELECT id, wrapped FROM matter_key ORDER BY id", findings, &counts);
    verify_keys(vault, VAULT_PERSON, "SELECT id, wrapped FROM person_key ORDER BY id", findings, &counts);
    verify_digest_keys(vault, findings);
    tables_compare(vault->db, vault_schema, TABLES_OLDER, findings);
    bool well = !secrets_failed(vault, error) && verify_in_snapshot(vault, findings, &counts, error) &&
                verify_erasures(vault, findings, &ledger, error) && !secrets_failed(vault, error);
    counts.erasures = ledger.known;
    counts.erasures_ahead = ledger.ahead;
    if (well)
        *out = counts;
    return well;
}
