/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The master key: its file, and rotation stopped at every step. */
#include "folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEYS 3000

struct fixture {
    struct folder folder;
    char *master, *older;
    GBytes *key;    /* the master key of the beginning */
    GBytes *sealed; /* of matter 1 */
};

static void fixture_init(struct fixture *fixture, int keys)
{
    folder_init(&fixture->folder);
    fixture->master = keys_path(&fixture->folder, "master.key");
    fixture->older = keys_path(&fixture->folder, "master.key.1");
    AUTO(vault) struct vault *vault = folder_vault(&fixture->folder, true);
    for (int64_t id = 1; id <= keys; id++)
        vault_key_new(vault, id % 3 == 0 ? VAULT_PERSON : VAULT_MATTER, id, 0);
    vault_erase_matter(vault, 2);
    must_commit(vault);
    fixture->sealed = vault_seal(vault, VAULT_MATTER, 1, "form", "x", 1);
    fixture->key = file_bytes(fixture->master);
}

static void fixture_clear(struct fixture *fixture)
{
    folder_clear(&fixture->folder);
    g_free(fixture->master);
    g_free(fixture->older);
    g_bytes_unref(fixture->key);
    g_bytes_unref(fixture->sealed);
}
AUTO_CLEAR(fixture)

static void put(const char *path, GBytes *bytes)
{
    file_put(path, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static bool opens(struct vault *vault, GBytes *sealed)
{
    g_autoptr(GBytes) plain =
        vault_unseal(vault, VAULT_MATTER, 1, "form", g_bytes_get_data(sealed, NULL), g_bytes_get_size(sealed));
    return plain != NULL;
}

/* Every key opens, the erased one does not, and one master key is left. */
static void check_whole(const struct fixture *fixture, int keys)
{
    AUTO(vault) struct vault *vault = folder_vault(&fixture->folder, false);
    for (int64_t id = 1; id <= keys; id++)
        g_assert_cmpint(vault_has_key(vault, id % 3 == 0 ? VAULT_PERSON : VAULT_MATTER, id), ==, id != 2);
    g_assert_true(opens(vault, fixture->sealed));
    g_assert_false(g_file_test(fixture->older, G_FILE_TEST_EXISTS));
    AUTO(vault) struct vault *reader = folder_reader(&fixture->folder);
    g_assert_true(opens(reader, fixture->sealed));
}

/* ---- the file ---- */

static void damage_missing(const struct fixture *fixture)
{
    g_assert_cmpint(g_unlink(fixture->master), ==, 0);
}

static void damage_short(const struct fixture *fixture)
{
    file_put(fixture->master, g_bytes_get_data(fixture->key, NULL), 31);
}

static void damage_long(const struct fixture *fixture)
{
    uint8_t key[33] = {0};
    memcpy(key, g_bytes_get_data(fixture->key, NULL), 32);
    file_put(fixture->master, key, 33);
}

static void damage_foreign(const struct fixture *fixture)
{
    uint8_t key[32];
    randombytes_buf(key, sizeof key);
    file_put(fixture->master, key, sizeof key);
}

static void damage_group_may_read(const struct fixture *fixture)
{
    g_assert_cmpint(g_chmod(fixture->master, 0640), ==, 0);
}

static void damage_others_may_write(const struct fixture *fixture)
{
    g_assert_cmpint(g_chmod(fixture->master, 0602), ==, 0);
}

static void damage_folder(const struct fixture *fixture)
{
    g_assert_cmpint(g_unlink(fixture->master), ==, 0);
    g_assert_cmpint(g_mkdir(fixture->master, 0700), ==, 0);
}

static void test_refused_files(void)
{
    static const struct {
        const char *name;
        void (*damage)(const struct fixture *fixture);
    } rows[] = {
        {"missing", damage_missing},
        {"short", damage_short},
        {"long", damage_long},
        {"of another data directory", damage_foreign},
        {"group may read", damage_group_may_read},
        {"others may write", damage_others_may_write},
        {"a folder", damage_folder},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(fixture) struct fixture fixture;
        fixture_init(&fixture, 3);
        rows[i].damage(&fixture);
        g_test_message("%s", rows[i].name);
        folder_refuses(&fixture.folder, VAULT_ERROR_MASTER_KEY);
        /* create never makes a new key for data that has one */
        GError *error = NULL;
        g_assert_null(vault_open(
            &(struct vault_options){.data_dir = fixture.folder.data, .keys_dir = fixture.folder.keys, .create = true},
            &error));
        g_assert_error(error, VAULT_ERROR, VAULT_ERROR_MASTER_KEY);
        g_error_free(error);
    }
}

static void test_private_from_the_start(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, 3);
    struct stat status;
    g_assert_cmpint(stat(fixture.master, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    g_autofree char *ledger = keys_path(&fixture.folder, "erasures");
    g_assert_cmpint(stat(ledger, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    g_assert_cmpint(stat(fixture.folder.keys, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0700);
    g_assert_cmpint(folder_holds(&fixture.folder, g_bytes_get_data(fixture.key, NULL), 32), ==, 1);
}

static void test_credential(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, 3);
    g_autofree char *credentials = g_build_filename(fixture.folder.root, "credentials", NULL);
    g_autofree char *credential = g_build_filename(credentials, "master.key", NULL);
    g_assert_cmpint(g_mkdir(credentials, 0700), ==, 0);
    g_setenv("CREDENTIALS_DIRECTORY", credentials, TRUE);
    check_whole(&fixture, 3); /* other credentials, this one not among them */
    put(credential, fixture.key);
    g_assert_cmpint(g_chmod(credential, 0440), ==, 0); /* an access list shows so */
    g_assert_cmpint(g_unlink(fixture.master), ==, 0);
    check_whole(&fixture, 3);
    struct vault *vault = folder_vault(&fixture.folder, false);
    g_autoptr(GError) error = NULL;
    g_assert_false(vault_rotate_master_key(vault, &error));
    g_assert_error(error, VAULT_ERROR, VAULT_ERROR_MASTER_KEY);
    vault_close(vault);
    put(fixture.master, fixture.key);
    damage_foreign(&(struct fixture){.master = credential});
    folder_refuses(&fixture.folder, VAULT_ERROR_MASTER_KEY); /* the credential counts, not the file */
    g_unsetenv("CREDENTIALS_DIRECTORY");
}

/* ---- rotation ---- */

static GPtrArray *all_wrapped(struct vault *vault)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    AUTO(cursor)
    struct cursor cursor = db_query(vault_db(vault),
                                    "SELECT wrapped FROM matter_key UNION ALL SELECT wrapped FROM person_key"
                                    " UNION ALL SELECT value FROM setting WHERE length(value) = 72"
                                    " AND name NOT IN ('owners', 'sums', 'accounts')", /* under keys that outlive it */
                                    "");
    while (cursor_next(&cursor)) {
        size_t bytes;
        const void *wrapped = cursor_blob(&cursor, 0, &bytes);
        if (!sodium_is_zero(wrapped, bytes))
            g_ptr_array_add(all, g_bytes_new(wrapped, bytes));
    }
    return all;
}

static void test_rotation(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, 300);
    AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, false);
    AUTO(vault) struct vault *reader = folder_reader(&fixture.folder);
    g_autoptr(GPtrArray) old = all_wrapped(vault);
    g_assert_cmpuint(old->len, ==, 299 + 5);
    uint8_t public_key[32], again[32];
    vault_public_key(vault, public_key);
    GError *error = NULL;
    g_assert_true(vault_rotate_master_key(vault, &error));
    g_assert_no_error(error);
    g_assert_true(opens(vault, fixture.sealed));
    g_assert_true(opens(reader, fixture.sealed)); /* finds the new key by itself */
    vault_public_key(reader, again);
    g_assert_cmpmem(public_key, 32, again, 32);
    vault_key_new(vault, VAULT_MATTER, 1000, 0);
    must_commit(vault);
    g_assert_true(vault_has_key(reader, VAULT_MATTER, 1000));
    g_assert_cmpint(folder_holds(&fixture.folder, g_bytes_get_data(fixture.key, NULL), 32), ==, 0);
    for (guint i = 0; i < old->len; i++)
        g_assert_cmpint(folder_holds(&fixture.folder, g_bytes_get_data(old->pdata[i], NULL), 72), ==, 0);
    check_whole(&fixture, 300);
    put(fixture.master, fixture.key);
    folder_refuses(&fixture.folder, VAULT_ERROR_MASTER_KEY);
}

/* The states that a crash leaves behind the steps of master.c. */
static void test_stopped_before_the_transaction(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, 30);
    put(fixture.older, fixture.key); /* after step 1 */
    check_whole(&fixture, 30);

    put(fixture.older, fixture.key); /* after step 2 */
    damage_foreign(&fixture);
    AUTO(vault) struct vault *reader = folder_reader(&fixture.folder);
    g_assert_true(opens(reader, fixture.sealed));
    g_assert_true(g_file_test(fixture.older, G_FILE_TEST_EXISTS)); /* a reader changes nothing */
    check_whole(&fixture, 30);
    g_autoptr(GBytes) key = file_bytes(fixture.master);
    g_assert_true(g_bytes_equal(key, fixture.key));

    put(fixture.older, fixture.key); /* neither fits */
    damage_foreign(&fixture);
    damage_foreign(&(struct fixture){.master = fixture.older});
    folder_refuses(&fixture.folder, VAULT_ERROR_MASTER_KEY);
}

static void test_stopped_behind_the_transaction(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, 30);
    struct vault *vault = folder_vault(&fixture.folder, false);
    g_assert_true(vault_rotate_master_key(vault, NULL));
    vault_close(vault);
    put(fixture.older, fixture.key);
    g_autofree char *fresh = g_strconcat(fixture.master, ".new", NULL);
    file_put(fresh, "torn", 4);
    check_whole(&fixture, 30);
    vault = folder_vault(&fixture.folder, false);
    g_assert_true(vault_rotate_master_key(vault, NULL));
    vault_close(vault);
    check_whole(&fixture, 30);
}

static void rotate_until_killed(const struct folder *folder)
{
    struct vault *vault = folder_vault(folder, false);
    while (vault_rotate_master_key(vault, NULL))
        ;
    _exit(1);
}

static bool is_first_key(const struct fixture *fixture, const char *path)
{
    char *text = NULL;
    gsize bytes = 0;
    if (!g_file_get_contents(path, &text, &bytes, NULL))
        return false;
    g_autoptr(GBytes) key = g_bytes_new_take(text, bytes);
    return g_bytes_equal(key, fixture->key);
}

/* A new file alone does not tell: until its transaction is over the first key may take its place again, and it is
 * still there under its second name. */
static bool key_is_new(const struct fixture *fixture)
{
    return !is_first_key(fixture, fixture->master) && !is_first_key(fixture, fixture->older);
}

/* The key that was the first is not even kept for a rotation that could be taken back. */
static bool went_through(const struct fixture *fixture)
{
    g_autofree char *kept = NULL;
    gsize bytes = 0, first_bytes;
    const void *first = g_bytes_get_data(fixture->key, &first_bytes);
    if (!key_is_new(fixture))
        return false;
    return !g_file_get_contents(fixture->older, &kept, &bytes, NULL) || bytes != first_bytes ||
           memcmp(kept, first, bytes) != 0;
}

/* At moments of chance; once not before a rotation went through, however busy the machine is. */
static void test_killed(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture, KEYS);
    for (int round = 0; round < 25; round++) {
        pid_t child = fork();
        g_assert_cmpint(child, >=, 0);
        if (child == 0)
            rotate_until_killed(&fixture.folder);
        g_usleep((gulong)g_test_rand_int_range(5000, 60000));
        for (int i = 0; round == 24 && i < 3000 && !went_through(&fixture); i++)
            g_usleep(10000);
        g_assert_cmpint(kill(child, SIGKILL), ==, 0);
        int status;
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_true(WIFSIGNALED(status));
        check_whole(&fixture, KEYS);
    }
    g_assert_true(key_is_new(&fixture)); /* at least one went through */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vault/master/refused-files", test_refused_files);
    g_test_add_func("/vault/master/private", test_private_from_the_start);
    g_test_add_func("/vault/master/credential", test_credential);
    g_test_add_func("/vault/rotation/whole", test_rotation);
    g_test_add_func("/vault/rotation/stopped-before", test_stopped_before_the_transaction);
    g_test_add_func("/vault/rotation/stopped-behind", test_stopped_behind_the_transaction);
    g_test_add_func("/vault/rotation/killed", test_killed);
    return g_test_run();
}
