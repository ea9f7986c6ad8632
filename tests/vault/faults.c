/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The n-th operation on secrets.db fails, or the power does, for every n: a batch is whole or not there, what was
 * committed stays, what was erased stays erased, and after a restart it all works again. */
#include "folder.h"

#include "support/faulty_vfs.h"
#include "vault/account.h"

#define BATCHES      6
#define ERASED_AFTER 2 /* batch n erases the matter of batch n - 2 */

struct run {
    struct folder folder;
    struct faulty_vfs *vfs;
    int64_t committed; /* batches that were said to be */
    int64_t account;   /* the last that was said to be made; 0 none */
};

static struct vault *open_vault(const struct run *run)
{
    return vault_open(
        &(struct vault_options){
            .data_dir = run->folder.data, .keys_dir = run->folder.keys, .create = true, .vfs = "faulty"},
        NULL);
}

static bool write_batch(struct vault *vault, int64_t number)
{
    g_autofree char *id_number = g_strdup_printf("1101051949123%05d", (int)number);
    vault_key_new(vault, VAULT_MATTER, number, 1000 + number);
    vault_key_new(vault, VAULT_PERSON, 1000 + number, 0);
    vault_index_set(vault, 1000 + number, VAULT_INDEX_ID_NUMBER, id_number);
    if (number > ERASED_AFTER)
        vault_erase_matter(vault, number - ERASED_AFTER);
    return vault_commit(vault, NULL);
}

static void make_account(struct run *run, int64_t number)
{
    AUTO(problem) struct problem *problem = NULL;
    struct account_store *store = account_store_open_keyed(run->folder.data, run->folder.keys, "faulty", NULL);
    if (store == NULL)
        return;
    g_autofree char *login = g_strdup_printf("user-%d", (int)number);
    int64_t id;
    if (account_create(store, 1000 + number, login, "hash", false, 1, &id, &problem))
        run->account = id;
    else
        g_assert_cmpint(problem->code, ==, PROBLEM_STORAGE_FAILED);
    account_store_close(store);
}

/* Until the first failure, as the engine would. */
static void work(struct run *run)
{
    struct vault *vault = open_vault(run);
    for (int64_t number = 1; vault != NULL && number <= BATCHES; number++) {
        if (!write_batch(vault, number))
            break;
        run->committed = number;
        vault_scrub(vault, NULL);
        make_account(run, number);
    }
    if (vault != NULL)
        vault_close(vault);
}

static bool is_indexed(struct vault *vault, int64_t number)
{
    g_autofree char *id_number = g_strdup_printf("1101051949123%05d", (int)number);
    g_autoptr(GArray) found = vault_index_find(vault, VAULT_INDEX_ID_NUMBER, id_number, 0, 9);
    g_assert_cmpuint(found->len, <=, 1);
    return found->len == 1 && g_array_index(found, int64_t, 0) == 1000 + number;
}

static void check_batches(const struct run *run, struct vault *vault)
{
    int64_t there = 0;
    for (int64_t number = 1; number <= BATCHES; number++) {
        bool person = vault_has_key(vault, VAULT_PERSON, 1000 + number);
        g_assert_cmpint(is_indexed(vault, number), ==, person);
        if (person)
            g_assert_cmpint(there++, ==, number - 1); /* no gap */
    }
    g_assert_cmpint(there, >=, run->committed);
    g_assert_cmpint(there, <=, run->committed + 1);
    for (int64_t number = 1; number <= there; number++) {
        bool matter = vault_has_key(vault, VAULT_MATTER, number);
        if (number <= there - ERASED_AFTER)
            g_assert_false(matter);
        else if (number > run->committed + 1 - ERASED_AFTER) /* else the ledger may have been ahead */
            g_assert_true(matter);
    }
}

static void check(const struct run *run)
{
    struct vault *vault = open_vault(run);
    g_assert_nonnull(vault);
    check_batches(run, vault);
    int64_t count;
    g_assert_true(vault_replay_erasures(vault, &count, NULL));
    g_assert_true(write_batch(vault, 100));
    g_assert_true(vault_scrub(vault, NULL));
    vault_close(vault);
    struct account_store *store = account_store_open_keyed(run->folder.data, run->folder.keys, "faulty", NULL);
    AUTO(account) struct account account = {0};
    g_assert_nonnull(store);
    if (run->account != 0)
        g_assert_true(account_get(store, run->account, &account));
    account_store_close(store);
}

static int64_t run_one(enum faulty_op op, int64_t nth, bool power, enum survival survival)
{
    struct run run = {.vfs = faulty_vfs_register("faulty", false)};
    folder_init(&run.folder);
    if (power)
        faulty_vfs_cut(run.vfs, op, "secrets.db*", nth, survival, (uint32_t)nth);
    else
        faulty_vfs_fail(run.vfs, op, "secrets.db*", nth, false);
    work(&run);
    faulty_vfs_heal(run.vfs);
    int64_t failed = faulty_vfs_failed(run.vfs);
    check(&run);
    folder_clear(&run.folder);
    faulty_vfs_free(run.vfs);
    return failed;
}

static void test_faults(void)
{
    static const struct {
        enum faulty_op op;
        const char *name;
        int64_t least;
    } rows[] = {
        {FAULTY_OPEN, "open", 2},  {FAULTY_READ, "read", 5},         {FAULTY_WRITE, "write", 30},
        {FAULTY_FULL, "full", 10}, {FAULTY_TRUNCATE, "truncate", 2}, {FAULTY_SYNC, "sync", 10},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t nth = 1, step = 1;
        for (; run_one(rows[i].op, nth, false, SURVIVES_NOTHING) > 0; nth += step)
            step = g_test_slow() ? 1 : 1 + nth / 8;
        g_test_message("%s: until the %d-th", rows[i].name, (int)nth);
        g_assert_cmpint(nth, >, rows[i].least);
    }
}

static void test_power(void)
{
    static const enum survival survivals[] = {SURVIVES_NOTHING, SURVIVES_SOME, SURVIVES_ALL};
    static const enum faulty_op ops[] = {FAULTY_WRITE, FAULTY_SYNC, FAULTY_TRUNCATE};
    for (size_t i = 0; i < G_N_ELEMENTS(survivals); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(ops); j++) {
            int64_t nth = 1, step = 1;
            for (; run_one(ops[j], nth, true, survivals[i]) > 0; nth += step)
                step = g_test_slow() ? 1 : 1 + nth / 6;
            g_assert_cmpint(nth, >, 2);
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vault/faults/each-operation", test_faults);
    g_test_add_func("/vault/faults/power", test_power);
    return g_test_run();
}
