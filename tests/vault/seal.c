/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealing, data keys with marks, digests and signatures. */
#include "folder.h"

#include <sodium.h>
#include <string.h>

static const char form[] = "{\"name\":\"\xe5\xbc\xa0\xe4\xb8\x89\"}";

static bool opens(struct vault *vault, enum vault_owner owner, int64_t id, const char *context, GBytes *sealed)
{
    gsize bytes;
    const void *data = g_bytes_get_data(sealed, &bytes);
    GBytes *plain = vault_unseal(vault, owner, id, context, data, bytes);
    if (plain == NULL)
        return false;
    g_assert_cmpmem(g_bytes_get_data(plain, NULL), g_bytes_get_size(plain), form, strlen(form));
    g_bytes_unref(plain);
    return true;
}

static GBytes *seal_form(struct vault *vault, enum vault_owner owner, int64_t id)
{
    return vault_seal(vault, owner, id, "form", form, strlen(form));
}

static void test_sealing(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    struct vault *vault = folder_vault(&folder, true);
    vault_key_new(vault, VAULT_MATTER, 7, 0);
    vault_key_new(vault, VAULT_MATTER, 8, 0);
    vault_key_new(vault, VAULT_PERSON, 7, 7);
    must_commit(vault);
    g_autoptr(GBytes) sealed = seal_form(vault, VAULT_MATTER, 7);
    g_assert_cmpuint(g_bytes_get_size(sealed), ==, strlen(form) + VAULT_SEAL_OVERHEAD);
    g_assert_null(seal_form(vault, VAULT_MATTER, 9));

    static const struct {
        const char *name;
        enum vault_owner owner;
        int64_t id;
        const char *context;
        bool opens;
    } rows[] = {
        {"where it belongs", VAULT_MATTER, 7, "form", true},
        {"another matter", VAULT_MATTER, 8, "form", false},
        {"a person of that id", VAULT_PERSON, 7, "form", false},
        {"another place", VAULT_MATTER, 7, "entry", false},
        {"the beginning of the place", VAULT_MATTER, 7, "for", false},
        {"no place", VAULT_MATTER, 7, "", false},
        {"no such matter", VAULT_MATTER, 9, "form", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].name);
        g_assert_cmpint(opens(vault, rows[i].owner, rows[i].id, rows[i].context, sealed), ==, rows[i].opens);
    }
    vault_close(vault);

    AUTO(vault) struct vault *again = folder_vault(&folder, false);
    AUTO(vault) struct vault *reader = folder_reader(&folder);
    g_assert_true(opens(again, VAULT_MATTER, 7, "form", sealed));
    g_assert_true(opens(reader, VAULT_MATTER, 7, "form", sealed));
    g_assert_cmpint(folder_holds(&folder, "\xe5\xbc\xa0\xe4\xb8\x89", 6), ==, 0);
}

static void test_every_byte_counts(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    AUTO(vault) struct vault *vault = folder_vault(&folder, true);
    vault_key_new(vault, VAULT_MATTER, 1, 0);
    g_autoptr(GBytes) sealed = seal_form(vault, VAULT_MATTER, 1);
    gsize bytes;
    const uint8_t *data = g_bytes_get_data(sealed, &bytes);
    g_autofree uint8_t *changed = g_malloc(bytes);
    for (gsize i = 0; i < bytes; i++) {
        memcpy(changed, data, bytes);
        changed[i] ^= 1;
        g_assert_null(vault_unseal(vault, VAULT_MATTER, 1, "form", changed, bytes));
        g_assert_null(vault_unseal(vault, VAULT_MATTER, 1, "form", data, i));
    }
    g_assert_true(opens(vault, VAULT_MATTER, 1, "form", sealed));
}

static void test_marks(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    AUTO(vault) struct vault *vault = folder_vault(&folder, true);
    vault_key_new(vault, VAULT_MATTER, 1, 0);
    vault_mark(vault);
    vault_key_new(vault, VAULT_MATTER, 2, 0);
    vault_mark(vault);
    vault_key_new(vault, VAULT_MATTER, 3, 0);
    vault_rollback_to_mark(vault);
    g_assert_false(vault_has_key(vault, VAULT_MATTER, 3));
    g_assert_true(vault_has_key(vault, VAULT_MATTER, 2));
    vault_release(vault);
    vault_mark(vault); /* nothing is written behind it */
    vault_rollback_to_mark(vault);
    must_commit(vault);
    vault_mark(vault);
    vault_key_new(vault, VAULT_MATTER, 4, 0);
    vault_rollback_to_mark(vault);
    must_commit(vault);

    AUTO(vault) struct vault *reader = folder_reader(&folder);
    for (int64_t id = 1; id <= 4; id++) {
        g_assert_cmpint(vault_has_key(vault, VAULT_MATTER, id), ==, id <= 2);
        g_assert_cmpint(vault_has_key(reader, VAULT_MATTER, id), ==, id <= 2);
    }

    vault_key_new(vault, VAULT_MATTER, 5, 0);
    vault_rollback(vault);
    g_assert_false(vault_has_key(vault, VAULT_MATTER, 5));
    g_assert_null(seal_form(vault, VAULT_MATTER, 5));
}

/* After a crash between vault and journal an id is given again: the new key counts, also in the cache. */
static void test_key_made_again(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    AUTO(vault) struct vault *vault = folder_vault(&folder, true);
    vault_key_new(vault, VAULT_MATTER, 1, 0);
    must_commit(vault);
    g_autoptr(GBytes) sealed = seal_form(vault, VAULT_MATTER, 1);
    vault_mark(vault);
    vault_key_new(vault, VAULT_MATTER, 1, 0);
    g_assert_false(opens(vault, VAULT_MATTER, 1, "form", sealed));
    vault_rollback_to_mark(vault);
    g_assert_true(opens(vault, VAULT_MATTER, 1, "form", sealed));
}

static void test_more_keys_than_slots(void)
{
    enum { COUNT = 100000 };
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    AUTO(vault) struct vault *vault = folder_vault(&folder, true);
    for (int64_t id = 1; id <= COUNT; id++)
        vault_key_new(vault, VAULT_MATTER, id, 0);
    g_autoptr(GBytes) first = seal_form(vault, VAULT_MATTER, 1);
    must_commit(vault);
    for (int64_t id = 2; id <= COUNT; id += 7) {
        GBytes *sealed = seal_form(vault, VAULT_MATTER, id);
        g_assert_true(opens(vault, VAULT_MATTER, id, "form", sealed));
        g_assert_false(opens(vault, VAULT_MATTER, id - 1, "form", sealed));
        g_bytes_unref(sealed);
    }
    g_assert_true(opens(vault, VAULT_MATTER, 1, "form", first));
}

/* What was read ahead is forgotten with what it was read from. */
static void test_reading_ahead(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    struct vault *vault = folder_vault(&folder, true);
    for (int64_t id = 10; id <= 1000; id += 10)
        vault_key_new(vault, VAULT_MATTER, id, 0);
    must_commit(vault);
    vault_close(vault);

    vault = folder_vault(&folder, false);
    vault_mark(vault);
    vault_erase_matter(vault, 70);
    for (int64_t id = 10; id <= 60; id += 10)
        g_assert_true(vault_has_key(vault, VAULT_MATTER, id));
    g_assert_false(vault_has_key(vault, VAULT_MATTER, 65));
    g_assert_false(vault_has_key(vault, VAULT_MATTER, 70));
    vault_rollback_to_mark(vault);
    g_assert_true(vault_has_key(vault, VAULT_MATTER, 70));
    must_commit(vault);

    AUTO(vault) struct vault *reader = folder_reader(&folder);
    g_assert_true(vault_has_key(reader, VAULT_MATTER, 10));
    g_assert_true(vault_has_key(reader, VAULT_MATTER, 20));
    g_assert_true(vault_rotate_master_key(vault, NULL));
    for (int64_t id = 10; id <= 1000; id += 10) {
        g_assert_true(vault_has_key(reader, VAULT_MATTER, id));
        g_assert_true(vault_has_key(vault, VAULT_MATTER, id));
        g_assert_false(vault_has_key(vault, VAULT_MATTER, id + 1));
    }
    g_assert_false(vault_has_key(vault, VAULT_MATTER, 1010));
    vault_close(vault);
}

static void digest_at(struct vault *vault, const char *command, const char *content, uint8_t out[VAULT_DIGEST_BYTES])
{
    struct uuid id;
    g_assert_true(uuid_parse(command, &id));
    vault_digest(vault, &id, content, strlen(content), out);
}

#define JANUARY "016ff8e5-b000-7000-8000-000000000001" /* 31 January 2020 */
#define MARCH   "0170988a-d400-7000-8000-000000000001" /* 2 March 2020 */
#define APRIL   "01713d56-5400-7000-8000-000000000001" /* 3 April 2020 */

static void test_digests(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    uint8_t one[VAULT_DIGEST_BYTES], other[VAULT_DIGEST_BYTES];
    struct vault *vault = folder_vault(&folder, true);
    digest_at(vault, JANUARY, "a", one);
    digest_at(vault, JANUARY, "b", other);
    g_assert_cmpint(memcmp(one, other, sizeof one), !=, 0);
    must_commit(vault);
    vault_close(vault);

    vault = folder_vault(&folder, false);
    digest_at(vault, MARCH, "a", other); /* a resend after 30 days is still known */
    g_assert_cmpint(memcmp(one, other, sizeof one), !=, 0);
    digest_at(vault, JANUARY, "a", other);
    g_assert_cmpmem(one, sizeof one, other, sizeof other);
    digest_at(vault, APRIL, "a", other);
    must_commit(vault);
    vault_close(vault);

    vault = folder_vault(&folder, false);
    digest_at(vault, JANUARY, "a", other); /* its key is gone: nothing can be told from the old digest */
    g_assert_cmpint(memcmp(one, other, sizeof one), !=, 0);
    vault_rollback(vault);
    vault_close(vault);
}

static void test_signing(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    uint8_t signature[64], public_key[32], again_key[32];
    struct vault *vault = folder_vault(&folder, true);
    vault_sign(vault, form, strlen(form), signature);
    vault_public_key(vault, public_key);
    vault_close(vault);
    AUTO(vault) struct vault *again = folder_reader(&folder);
    vault_public_key(again, again_key);
    g_assert_cmpmem(public_key, 32, again_key, 32);
    g_assert_cmpint(crypto_sign_verify_detached(signature, (const uint8_t *)form, strlen(form), again_key), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vault/sealing", test_sealing);
    g_test_add_func("/vault/every-byte-counts", test_every_byte_counts);
    g_test_add_func("/vault/marks", test_marks);
    g_test_add_func("/vault/key-made-again", test_key_made_again);
    g_test_add_func("/vault/more-keys-than-slots", test_more_keys_than_slots);
    g_test_add_func("/vault/reading-ahead", test_reading_ahead);
    g_test_add_func("/vault/digests", test_digests);
    g_test_add_func("/vault/signing", test_signing);
    return g_test_run();
}
