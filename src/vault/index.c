/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blind indexes: who has this ID number, this phone, this in their name? The table of hashes is in pages.c; a
 * hash is BLAKE2b of 16 bytes keyed by index_key over the kind (1 byte) and the normal form of the value, or
 * one pair of its characters. The normal form itself is sealed under the person's key in person_index, so
 * that the hashes can be taken out again.
 *
 * Normal forms: ID number and phone as base/identity.h writes them; name as base/name.h does, so that blanks and the
 * many dots of 买买提·艾力 make no difference.
 */
#include "vault/secrets.h"

#include "base/identity.h"
#include "base/name.h"
#include "vault/pages.h"

#include <sodium.h>
#include <string.h>

#define PAIRS_MAX 64 /* of a name: far beyond any, and a bound for nonsense */

struct hashes {
    int count;
    uint8_t hash[PAIRS_MAX][PAGES_HASH_BYTES];
};

/* ---- normal forms ---- */

static char *normal_form(enum vault_index what, const char *value)
{
    switch (what) {
    case VAULT_INDEX_ID_NUMBER:
        return identity_id_number_plain(value);
    case VAULT_INDEX_PHONE:
        return identity_phone_is_valid(value) ? identity_phone_plain(value) : g_strdup("");
    case VAULT_INDEX_NAME:
        return name_index_form(value);
    }
    g_assert_not_reached();
}

#define ROW_DIGEST 0xff /* in place of the kind of an index: no hash of one is ever the other */

void vault_row_digest(struct vault *vault, const void *data, size_t bytes, uint8_t out[VAULT_DIGEST_BYTES])
{
    uint8_t kind = ROW_DIGEST;
    crypto_generichash_state state;
    crypto_generichash_init(&state, vault->locked->index, VAULT_KEY_BYTES, VAULT_DIGEST_BYTES);
    crypto_generichash_update(&state, &kind, 1);
    crypto_generichash_update(&state, data, bytes);
    crypto_generichash_final(&state, out, VAULT_DIGEST_BYTES);
}

#define SUBKEY 0xfe

void vault_subkey(struct vault *vault, const char *purpose, uint8_t out[VAULT_KEY_BYTES])
{
    uint8_t kind = SUBKEY;
    crypto_generichash_state state;
    crypto_generichash_init(&state, vault->locked->index, VAULT_KEY_BYTES, VAULT_KEY_BYTES);
    crypto_generichash_update(&state, &kind, 1);
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose));
    crypto_generichash_final(&state, out, VAULT_KEY_BYTES);
}

static void add_hash(struct vault *vault, enum vault_index what, const char *text, size_t bytes, struct hashes *hashes)
{
    uint8_t kind = (uint8_t)what, *hash = hashes->hash[hashes->count];
    crypto_generichash_state state;
    crypto_generichash_init(&state, vault->locked->index, VAULT_KEY_BYTES, PAGES_HASH_BYTES);
    crypto_generichash_update(&state, &kind, 1);
    crypto_generichash_update(&state, (const uint8_t *)text, bytes);
    crypto_generichash_final(&state, hash, PAGES_HASH_BYTES);
    for (int i = 0; i < hashes->count; i++)
        if (memcmp(hashes->hash[i], hash, PAGES_HASH_BYTES) == 0)
            return; /* 莉莉莉 */
    hashes->count++;
}

static void hashes_of(struct vault *vault, enum vault_index what, const char *normal, struct hashes *out)
{
    out->count = 0;
    if (what != VAULT_INDEX_NAME) {
        if (*normal != '\0')
            add_hash(vault, what, normal, strlen(normal), out);
        return;
    }
    for (const char *at = normal; *at != '\0' && out->count < PAIRS_MAX; at = g_utf8_next_char(at)) {
        const char *second = g_utf8_next_char(at);
        if (*second != '\0')
            add_hash(vault, what, at, (size_t)(g_utf8_next_char(second) - at), out);
    }
}

/* ---- what a person has ---- */

/* What is indexed of the person now; NULL nothing. */
static char *read_indexed(struct vault *vault, int64_t person, enum vault_index what)
{
    AUTO(cursor)
    struct cursor cursor = db_query(vault->db, "SELECT sealed FROM person_index WHERE person = ?1 AND what = ?2", "ii",
                                    person, (int64_t)what);
    if (!cursor_next(&cursor))
        return NULL;
    size_t bytes;
    const void *sealed = cursor_blob(&cursor, 0, &bytes);
    g_autoptr(GBytes) plain = vault_unseal(vault, VAULT_PERSON, person, "index", sealed, bytes);
    return plain == NULL ? NULL : g_strndup(g_bytes_get_data(plain, NULL), g_bytes_get_size(plain));
}

/* The row as it lies there is taken out of the sum. */
static void delete_indexed(struct vault *vault, int64_t person, enum vault_index what)
{
    AUTO(cursor)
    struct cursor cursor = db_query(vault->db, "SELECT sealed FROM person_index WHERE person = ?1 AND what = ?2", "ii",
                                    person, (int64_t)what);
    if (!cursor_next(&cursor))
        return;
    size_t bytes;
    const void *sealed = cursor_blob(&cursor, 0, &bytes);
    sums_toggle(vault, SUMMED_INDEX, person, (int64_t)what, sealed, bytes);
    cursor_clear(&cursor);
    db_run(vault->db, "DELETE FROM person_index WHERE person = ?1 AND what = ?2", "ii", person, (int64_t)what);
}

static void take_out(struct vault *vault, int64_t person, enum vault_index what)
{
    g_autofree char *indexed = read_indexed(vault, person, what);
    if (indexed == NULL)
        return;
    struct hashes hashes;
    hashes_of(vault, what, indexed, &hashes);
    for (int i = 0; i < hashes.count; i++)
        pages_remove(vault->db, PAGES_PERSONS, hashes.hash[i], person);
    delete_indexed(vault, person, what);
}

void vault_index_set(struct vault *vault, int64_t person, enum vault_index what, const char *value)
{
    g_autofree char *normal = normal_form(what, value != NULL ? value : "");
    g_autofree char *indexed = read_indexed(vault, person, what);
    if (strcmp(indexed != NULL ? indexed : "", normal) == 0)
        return;
    secrets_begin(vault);
    unreconciled_touch(vault, person);
    take_out(vault, person, what);
    g_autoptr(GBytes) sealed =
        *normal == '\0' ? NULL : vault_seal(vault, VAULT_PERSON, person, "index", normal, strlen(normal));
    if (sealed == NULL)
        return;
    struct hashes hashes;
    hashes_of(vault, what, normal, &hashes);
    for (int i = 0; i < hashes.count; i++)
        pages_add(vault->db, PAGES_PERSONS, hashes.hash[i], person);
    db_run(vault->db, "INSERT INTO person_index (person, what, sealed) VALUES (?1, ?2, ?3)", "iib", person,
           (int64_t)what, g_bytes_get_data(sealed, NULL), g_bytes_get_size(sealed));
    sums_toggle(vault, SUMMED_INDEX, person, (int64_t)what, g_bytes_get_data(sealed, NULL), g_bytes_get_size(sealed));
}

void index_forget(struct vault *vault, int64_t person)
{
    take_out(vault, person, VAULT_INDEX_ID_NUMBER);
    take_out(vault, person, VAULT_INDEX_PHONE);
    take_out(vault, person, VAULT_INDEX_NAME);
}

static bool leads_to(struct vault *vault, const uint8_t hash[PAGES_HASH_BYTES], int64_t person)
{
    g_autoptr(GArray) ids = pages_find(vault->db, PAGES_PERSONS, hash, person - 1);
    return ids->len > 0 && g_array_index(ids, int64_t, 0) == person;
}

bool index_is_whole(struct vault *vault, int64_t person, enum vault_index what, int64_t *hashes_count)
{
    g_autofree char *indexed = read_indexed(vault, person, what);
    if (indexed == NULL)
        return false;
    struct hashes hashes;
    hashes_of(vault, what, indexed, &hashes);
    bool whole = true;
    for (int i = 0; i < hashes.count && whole; i++)
        whole = leads_to(vault, hashes.hash[i], person);
    *hashes_count += hashes.count;
    return whole;
}

/* ---- finding ---- */

/* Keeps in `ids` what also stands in `others`; both ascend. */
static void intersect(GArray *ids, const GArray *others)
{
    guint kept = 0, other = 0;
    for (guint i = 0; i < ids->len; i++) {
        int64_t id = g_array_index(ids, int64_t, i);
        while (other < others->len && g_array_index(others, int64_t, other) < id)
            other++;
        if (other < others->len && g_array_index(others, int64_t, other) == id)
            g_array_index(ids, int64_t, kept++) = id;
    }
    g_array_set_size(ids, kept);
}

GArray *vault_index_find(struct vault *vault, enum vault_index what, const char *value, int64_t after, int most)
{
    g_autofree char *normal = normal_form(what, value);
    struct hashes hashes;
    hashes_of(vault, what, normal, &hashes);
    if (hashes.count == 0)
        return g_array_new(FALSE, FALSE, sizeof(int64_t));
    GArray *ids = pages_find(vault->db, PAGES_PERSONS, hashes.hash[0], after);
    for (int i = 1; i < hashes.count && ids->len > 0; i++) {
        g_autoptr(GArray) others = pages_find(vault->db, PAGES_PERSONS, hashes.hash[i], after);
        intersect(ids, others);
    }
    if (ids->len > (guint)most)
        g_array_set_size(ids, (guint)most);
    return ids;
}
