/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids as they are told outside. */
#include "folder.h"

#include "vault/outer.h"
#include "vault/secrets.h"

#include <string.h>

static const enum vault_class classes[] = {VAULT_ID_PERSON, VAULT_ID_HOUSEHOLD, VAULT_ID_POST};

struct fixture {
    struct folder folder;
    struct vault *vault;
};

static void fixture_init(struct fixture *fixture)
{
    folder_init(&fixture->folder);
    fixture->vault = folder_vault(&fixture->folder, true);
}

static void fixture_clear(struct fixture *fixture)
{
    vault_close(fixture->vault);
    folder_clear(&fixture->folder);
}
AUTO_CLEAR(fixture)

/* Where the key of the indexes is 00 01 02 ... 1f. The texts were computed by another program, from the header. */
static void test_golden(void)
{
    static const struct {
        enum vault_class class;
        int64_t id;
        const char *text;
    } rows[] = {
        {VAULT_ID_PERSON, 1, "pz8tqgs3akc71za495ay5xpmrdc"},
        {VAULT_ID_PERSON, 2, "p3skjsn91hyx4gsz3n2t8pdmjy0"},
        {VAULT_ID_PERSON, 4711, "p0v6dbpszxvscscswt4whh3h258"},
        {VAULT_ID_PERSON, INT64_C(9007199254740991), "pyfxcgnn5g8776mcf5jeqwzkgk4"},
        {VAULT_ID_PERSON, INT64_C(9223372036854775807), "pcfhwcpn0t2g9tyjypp7s1attsm"},
        {VAULT_ID_HOUSEHOLD, 1, "he7752qyk9c299s7psvzym1qh74"},
        {VAULT_ID_HOUSEHOLD, 2, "hb8dv4t7hktwqt8g6mnd3m642km"},
        {VAULT_ID_HOUSEHOLD, 4711, "h1sfzs0n3rstdxcnjsc7jwzm170"},
        {VAULT_ID_HOUSEHOLD, INT64_C(9007199254740991), "hzpzkws58wzqrb3nan77cdya1p0"},
        {VAULT_ID_HOUSEHOLD, INT64_C(9223372036854775807), "hd42gzt2wbppat75j1nahw20t8m"},
        {VAULT_ID_POST, 1, "ovk5cp058701pqhq9xdq6v16jec"},
        {VAULT_ID_POST, 2, "ot85xvhmj6ntm69rmsf4jca5f7w"},
        {VAULT_ID_POST, 4711, "opa34nyjknreyh4fskhpbcm6t34"},
        {VAULT_ID_POST, INT64_C(9007199254740991), "o7fphxxat12fqj0ny8xsjbe61p8"},
        {VAULT_ID_POST, INT64_C(9223372036854775807), "onvvjrn88xd6kstpv4206csdsmc"},
    };
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    for (int i = 0; i < VAULT_KEY_BYTES; i++)
        fixture.vault->locked->index[i] = (uint8_t)i;
    outer_init(fixture.vault);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char text[VAULT_OUTER_ID_CHARS + 1];
        vault_outer_id(fixture.vault, rows[i].class, rows[i].id, text);
        g_assert_cmpstr(text, ==, rows[i].text);
        g_assert_cmpint(vault_inner_id(fixture.vault, rows[i].class, text), ==, rows[i].id);
    }
}

/* Any positive id, in one way; neighbours share nothing that one could count. */
static void test_there_and_back(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int bit = 0; bit < 63; bit++)
        for (int64_t id = INT64_C(1) << bit; id < (INT64_C(1) << bit) + 3 && id > 0; id++)
            for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
                char text[VAULT_OUTER_ID_CHARS + 1];
                vault_outer_id(fixture.vault, classes[i], id, text);
                g_assert_cmpuint(strlen(text), ==, VAULT_OUTER_ID_CHARS);
                g_assert_cmpuint(strspn(text + 1, "0123456789abcdefghjkmnpqrstvwxyz"), ==, VAULT_OUTER_ID_CHARS - 1);
                for (size_t j = 0; j < G_N_ELEMENTS(classes); j++)
                    g_assert_cmpint(vault_inner_id(fixture.vault, classes[j], text), ==, i == j ? id : VAULT_NOBODY);
                text[0] = '.'; /* classes differ behind the letter, too; 1, 2, 3 and 2, 3, 4 meet */
                g_hash_table_add(seen, g_strdup(text));
            }
    g_assert_cmpuint(g_hash_table_size(seen), ==, (63 * 3 - 3) * G_N_ELEMENTS(classes));
}

static void test_refused(void)
{
    static const char *const others[] = {"",
                                         "1",
                                         "17",
                                         "-1",
                                         "p",
                                         "0",
                                         "p00000000000000000000000000",
                                         "#1",
                                         "p0000000000000000000000000000",
                                         "é",
                                         "p\n",
                                         "01890b2c-0000-7000-8000-000000000001",
                                         "9223372036854775807"};
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    char text[VAULT_OUTER_ID_CHARS + 1];
    vault_outer_id(fixture.vault, VAULT_ID_PERSON, 17, text);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_cmpint(vault_inner_id(fixture.vault, VAULT_ID_PERSON, others[i]), ==, VAULT_NOBODY);
    for (size_t at = 0; at < VAULT_OUTER_ID_CHARS; at++)
        for (int c = 1; c < 256; c++) {
            char changed[VAULT_OUTER_ID_CHARS + 1];
            memcpy(changed, text, sizeof changed);
            changed[at] = (char)c;
            if (changed[at] != text[at])
                g_assert_cmpint(vault_inner_id(fixture.vault, VAULT_ID_PERSON, changed), ==, VAULT_NOBODY);
        }
    g_autofree char *longer = g_strconcat(text, "0", NULL), *capitals = g_ascii_strup(text, -1);
    g_assert_cmpint(vault_inner_id(fixture.vault, VAULT_ID_PERSON, longer), ==, VAULT_NOBODY);
    g_assert_cmpint(vault_inner_id(fixture.vault, VAULT_ID_PERSON, capitals), ==, VAULT_NOBODY);
    text[VAULT_OUTER_ID_CHARS - 1] = '\0';
    g_assert_cmpint(vault_inner_id(fixture.vault, VAULT_ID_PERSON, text), ==, VAULT_NOBODY);
}

/* Of the installation, not of its master key, nor of one handle. */
static void test_keys(void)
{
    GError *error = NULL;
    char mine[VAULT_OUTER_ID_CHARS + 1], again[VAULT_OUTER_ID_CHARS + 1];
    AUTO(fixture) struct fixture fixture;
    AUTO(fixture) struct fixture other;
    fixture_init(&fixture);
    fixture_init(&other);
    vault_outer_id(fixture.vault, VAULT_ID_PERSON, 17, mine);
    vault_outer_id(other.vault, VAULT_ID_PERSON, 17, again);
    g_assert_cmpstr(mine, !=, again);
    g_assert_cmpint(vault_inner_id(other.vault, VAULT_ID_PERSON, mine), ==, VAULT_NOBODY);
    bool rotated = vault_rotate_master_key(fixture.vault, &error);
    g_assert_no_error(error);
    g_assert_true(rotated);
    g_assert_cmpint(vault_inner_id(fixture.vault, VAULT_ID_PERSON, mine), ==, 17);
    vault_close(fixture.vault);
    struct vault *reader = folder_reader(&fixture.folder);
    g_assert_cmpint(vault_inner_id(reader, VAULT_ID_PERSON, mine), ==, 17);
    vault_close(reader);
    fixture.vault = folder_vault(&fixture.folder, false);
    vault_outer_id(fixture.vault, VAULT_ID_PERSON, 17, again);
    g_assert_cmpstr(mine, ==, again);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vault/outer/golden", test_golden);
    g_test_add_func("/vault/outer/there-and-back", test_there_and_back);
    g_test_add_func("/vault/outer/refused", test_refused);
    g_test_add_func("/vault/outer/keys", test_keys);
    return g_test_run();
}
