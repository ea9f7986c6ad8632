/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts, passwords and sessions. */
#include "folder.h"

#include "base/clock.h"
#include "vault/account.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#define NOW (1580515200 * US_PER_SECOND) /* 1 February 2020 */

struct fixture {
    struct folder folder;
    struct account_store *store;
};

static void fixture_init(struct fixture *fixture)
{
    GError *error = NULL;
    folder_init(&fixture->folder);
    vault_close(folder_vault(&fixture->folder, true));
    fixture->store = account_store_open_keyed(fixture->folder.data, fixture->folder.keys, NULL, &error);
    g_assert_no_error(error);
}

static void fixture_clear(struct fixture *fixture)
{
    account_store_close(fixture->store);
    folder_clear(&fixture->folder);
}
AUTO_CLEAR(fixture)

static int64_t must_create(struct account_store *store, int64_t person, const char *login)
{
    int64_t id = 0;
    struct problem *problem = NULL;
    g_assert_true(account_create(store, person, login, "hash", true, NOW, &id, &problem));
    g_assert_null(problem);
    return id;
}

static void test_finding(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    AUTO(account) struct account account = {0};
    int64_t wang = must_create(fixture.store, 5, "Wang.Fang");
    int64_t li = must_create(fixture.store, 6, "李明");
    static const struct {
        const char *login;
        bool found;
    } rows[] = {
        {"Wang.Fang", true}, {"wang.fang", true}, {" WANG.FANG ", true},    {"李明", true},
        {"wang", false},     {"", false},         {"wang.fang\xff", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        account_clear(&account);
        g_assert_cmpint(account_find(fixture.store, rows[i].login, &account), ==, rows[i].found);
    }
    account_clear(&account);
    g_assert_true(account_get(fixture.store, wang, &account));
    g_assert_cmpstr(account.login, ==, "Wang.Fang");
    g_assert_cmpstr(account.hash, ==, "hash");
    g_assert_cmpint(account.person, ==, 5);
    g_assert_cmpint(account.created_us, ==, NOW);
    g_assert_true(account.must_change);
    g_assert_false(account.closed);
    account_clear(&account);
    g_assert_true(account_of_person(fixture.store, 6, &account));
    g_assert_cmpint(account.id, ==, li);
    g_assert_false(account_of_person(fixture.store, 7, &account));
    g_assert_false(account_get(fixture.store, 99, &account));
}

static void test_creating(void)
{
    static const struct {
        const char *login;
        enum problem_code problem;
    } rows[] = {
        {"zhang.san", PROBLEM_LOGIN_NAME_TAKEN},
        {"ＺＨＡＮＧ.SAN", PROBLEM_LOGIN_NAME_TAKEN},
        {"", PROBLEM_TEXT_EMPTY},
        {"  ", PROBLEM_TEXT_EMPTY},
        {"\xff", PROBLEM_INVALID_UTF8},
        {"a23456789012345678901234567890123", PROBLEM_TEXT_TOO_LONG},
    };
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    must_create(fixture.store, 1, "Zhang.San");
    must_create(fixture.store, 3, "a2345678901234567890123456789012");
    must_create(fixture.store, 4, "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(problem) struct problem *problem = NULL;
        int64_t id = -1;
        g_assert_false(account_create(fixture.store, 2, rows[i].login, "hash", false, NOW, &id, &problem));
        g_assert_cmpint(problem->code, ==, rows[i].problem);
        g_assert_cmpstr(problem->field, ==, "login");
        g_assert_cmpint(id, ==, -1);
    }
}

/* A closed one keeps nobody from having another. */
static void test_one_a_person(void)
{
    AUTO(fixture) struct fixture fixture;
    AUTO(problem) struct problem *problem = NULL;
    fixture_init(&fixture);
    int64_t first = must_create(fixture.store, 1, "first"), id = -1;
    g_assert_false(account_create(fixture.store, 1, "second", "hash", false, NOW, &id, &problem));
    g_assert_cmpint(problem->code, ==, PROBLEM_HAS_ACCOUNT);
    g_assert_cmpint(id, ==, -1);
    g_assert_true(account_set_closed(fixture.store, first, true));
    must_create(fixture.store, 1, "second");
}

static void test_listing(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    for (int i = 1; i <= 150; i++) {
        g_autofree char *login = g_strdup_printf("user-%d", i);
        must_create(fixture.store, i, login);
    }
    int64_t after = 0;
    int count = 0;
    for (;;) {
        g_autoptr(GArray) page = account_list(fixture.store, after, 40);
        if (page->len == 0)
            break;
        g_assert_cmpuint(page->len, ==, count < 120 ? 40 : 30);
        for (guint i = 0; i < page->len; i++)
            g_assert_cmpint(g_array_index(page, struct account, i).person, ==, ++count);
        after = g_array_index(page, struct account, page->len - 1).id;
    }
    g_assert_cmpint(count, ==, 150);
}

static void test_lock_out(void)
{
    static const struct {
        int failures;
        int64_t locked_s;
    } rows[] = {
        {1, 0}, {4, 0}, {5, 30}, {6, 60}, {7, 120}, {11, 1920}, {12, 3600}, {13, 3600}, {100, 3600},
    };
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    int64_t id = must_create(fixture.store, 1, "zhang");
    int failures = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(account) struct account account = {0};
        for (; failures < rows[i].failures; failures++)
            account_note_failure(fixture.store, id, NOW);
        g_assert_true(account_get(fixture.store, id, &account));
        g_assert_cmpint(account.failures, ==, rows[i].failures);
        g_assert_cmpint(account.locked_until_us, ==,
                        rows[i].locked_s == 0 ? 0 : NOW + rows[i].locked_s * US_PER_SECOND);
    }
    AUTO(account) struct account after = {0};
    account_note_login(fixture.store, id, NOW + 5);
    g_assert_true(account_get(fixture.store, id, &after));
    g_assert_cmpint(after.failures, ==, 0);
    g_assert_cmpint(after.locked_until_us, ==, 0);
    g_assert_cmpint(after.last_login_us, ==, NOW + 5);
}

static void test_password_rules(void)
{
    static const struct {
        const char *password;
        int problem; /* -1 allowed */
    } rows[] = {
        {"", PROBLEM_WEAK_PASSWORD},
        {"kx7#mQ2", PROBLEM_WEAK_PASSWORD}, /* seven */
        {"kx7#mQ2v", -1},
        {"防疫值班室门前三棵树", -1},
        {"correct horse battery", -1},
        {"12345678", PROBLEM_WEAK_PASSWORD},
        {"87654321", PROBLEM_WEAK_PASSWORD},
        {"19900203", PROBLEM_WEAK_PASSWORD},
        {"13800138000", PROBLEM_WEAK_PASSWORD},
        {"839201746152", -1},
        {"aaaaaaaaaaaa", PROBLEM_WEAK_PASSWORD},
        {"abababab", PROBLEM_WEAK_PASSWORD},
        {"password", PROBLEM_WEAK_PASSWORD},
        {"Password1!", PROBLEM_WEAK_PASSWORD},
        {"P@ssw0rd", PROBLEM_WEAK_PASSWORD},
        {"beijing2020", PROBLEM_WEAK_PASSWORD},
        {"Beijing@2020", PROBLEM_WEAK_PASSWORD},
        {"2020beijing", PROBLEM_WEAK_PASSWORD},
        {"admin123", PROBLEM_WEAK_PASSWORD},
        {"Admin@123456", PROBLEM_WEAK_PASSWORD},
        {"woaini1314", PROBLEM_WEAK_PASSWORD},
        {"wuhanjiayou", PROBLEM_WEAK_PASSWORD},
        {"qwertyuiop", PROBLEM_WEAK_PASSWORD},
        {"1qaz2wsx", PROBLEM_WEAK_PASSWORD},
        {"1q2w3e4r", PROBLEM_WEAK_PASSWORD},
        {"abcdefgh", PROBLEM_WEAK_PASSWORD},
        {"wang.fang", PROBLEM_WEAK_PASSWORD},
        {"Wang.Fang01", PROBLEM_WEAK_PASSWORD},
        {"wang.fang sings at dawn", -1},
        {"beijing winter plums", -1},
        {"password\xff", PROBLEM_INVALID_UTF8},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(problem) struct problem *problem = NULL;
        bool allowed = account_password_allowed(rows[i].password, "Wang.Fang", &problem);
        if ((problem == NULL ? -1 : (int)problem->code) != rows[i].problem)
            g_error("row %zu", i);
        g_assert_cmpint(allowed, ==, problem == NULL);
    }
    g_autofree char *longest = g_strnfill(200, 'x'), *longer = g_strnfill(201, 'x');
    memcpy(longest, "kx7#mQ2v", 8);
    AUTO(problem) struct problem *problem = NULL;
    g_assert_true(account_password_allowed(longest, "wang", &problem));
    g_assert_false(account_password_allowed(longer, "wang", &problem));
    g_assert_cmpint(problem->code, ==, PROBLEM_TEXT_TOO_LONG);
}

static void test_hashing(void)
{
    char hash[ACCOUNT_HASH_MAX], other[ACCOUNT_HASH_MAX];
    g_assert_true(account_hash("kx7#mQ2v", hash));
    g_assert_true(account_hash("kx7#mQ2v", other));
    g_assert_cmpstr(hash, !=, other);
    g_assert_true(g_str_has_prefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    g_assert_true(account_verify_hash(hash, "kx7#mQ2v"));
    g_assert_false(account_verify_hash(hash, "kx7#mQ2V"));
    g_assert_false(account_verify_hash("", "kx7#mQ2v"));
    g_assert_cmpint(account_try(hash, "kx7#mQ2v"), ==, PASSWORD_RIGHT);
    g_assert_cmpint(account_try(hash, "kx7#mQ2V"), ==, PASSWORD_WRONG);
    g_assert_cmpint(account_try("!", "kx7#mQ2V"), ==, PASSWORD_WRONG);
    const char *salt = strrchr(hash, ',') + 5; /* behind p=1$: what it costs stands before it */
    g_assert_cmpmem(account_nobody, (size_t)(salt - hash), hash, (size_t)(salt - hash));
    g_assert_cmpuint(strlen(account_nobody), ==, strlen(hash)); /* and it is tried, not refused for its shape */
    g_assert_cmpint(account_try(account_nobody, "kx7#mQ2v"), ==, PASSWORD_WRONG);
}

static void test_set_hash(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    int64_t id = must_create(fixture.store, 1, "zhang");
    for (int i = 0; i < 7; i++)
        account_note_failure(fixture.store, id, NOW);
    g_assert_true(account_set_hash(fixture.store, id, "new", false));
    AUTO(account) struct account account = {0};
    g_assert_true(account_get(fixture.store, id, &account));
    g_assert_cmpstr(account.hash, ==, "new");
    g_assert_false(account.must_change);
    g_assert_cmpint(account.locked_until_us, ==, 0);
    g_assert_false(account_set_hash(fixture.store, id + 1, "new", false));
}

static void test_sessions(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    struct account_store *store = fixture.store;
    int64_t id = must_create(store, 9, "zhang");
    char token[SESSION_TOKEN_TEXT_MAX], other[SESSION_TOKEN_TEXT_MAX];
    struct session session, found;
    session_create(store, id, NOW, NOW + 100, token, &session);
    session_create(store, id, NOW, NOW + 200, other, &session);
    g_assert_cmpuint(strlen(token), ==, 43);
    g_assert_cmpstr(token, !=, other);
    g_assert_true(session_find(store, token, NOW + 99, &found));
    g_assert_cmpint(found.account, ==, id);
    g_assert_cmpint(found.person, ==, 9);
    g_assert_cmpint(found.expires_us, ==, NOW + 100);
    g_assert_false(session_find(store, token, NOW + 100, &found));
    g_assert_false(session_find(store, "", NOW, &found));
    g_assert_cmpint(folder_holds(&fixture.folder, token, strlen(token)), ==, 0);

    session_end(store, other);
    g_assert_false(session_find(store, other, NOW, &found));
    session_create(store, id, NOW, NOW + 200, other, &session);
    session_expire(store, NOW + 100);
    g_assert_false(session_find(store, token, NOW, &found));
    g_assert_true(session_find(store, other, NOW, &found));
    session_end_all(store, id);
    g_assert_false(session_find(store, other, NOW, &found));
}

static void test_sessions_of_a_closed_account(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    int64_t id = must_create(fixture.store, 9, "zhang"), other_id = must_create(fixture.store, 10, "li");
    char token[SESSION_TOKEN_TEXT_MAX], other[SESSION_TOKEN_TEXT_MAX];
    struct session session;
    session_create(fixture.store, id, NOW, NOW + 100, token, &session);
    session_create(fixture.store, other_id, NOW, NOW + 100, other, &session);
    g_assert_true(account_set_closed(fixture.store, id, true));
    g_assert_false(session_find(fixture.store, token, NOW, &session));
    g_assert_true(session_find(fixture.store, other, NOW, &session));
    session_create(fixture.store, id, NOW, NOW + 100, token, &session);
    g_assert_false(session_find(fixture.store, token, NOW, &session));
    g_assert_true(account_set_closed(fixture.store, id, false));
    g_assert_true(session_find(fixture.store, token, NOW, &session));
    g_assert_false(account_set_closed(fixture.store, 99, true));
}

static void test_oldest_session_ends(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    int64_t id = must_create(fixture.store, 9, "zhang");
    char tokens[12][SESSION_TOKEN_TEXT_MAX];
    struct session session;
    for (int i = 0; i < 12; i++)
        session_create(fixture.store, id, NOW, NOW + 100, tokens[i], &session);
    for (int i = 0; i < 12; i++)
        g_assert_cmpint(session_find(fixture.store, tokens[i], NOW, &session), ==, i >= 2);
}

static void *log_in_and_out(void *context)
{
    struct account_store *store = context;
    for (int i = 0; i < 100; i++) {
        char token[SESSION_TOKEN_TEXT_MAX];
        struct session session;
        AUTO(account) struct account account = {0};
        g_assert_true(account_find(store, "zhang", &account));
        session_create(store, account.id, NOW, NOW + 100, token, &session);
        g_assert_true(session_find(store, token, NOW, &session));
        session_end(store, token);
        g_assert_false(session_find(store, token, NOW, &session));
    }
    return NULL;
}

/* From many threads, while the vault's own connection writes. */
static void test_threads(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, true);
    must_create(fixture.store, 9, "zhang");
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, log_in_and_out, fixture.store);
    for (int64_t id = 1; id <= 50; id++) {
        vault_key_new(vault, VAULT_MATTER, id, 0);
        must_commit(vault);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vault/account/finding", test_finding);
    g_test_add_func("/vault/account/creating", test_creating);
    g_test_add_func("/vault/account/one_a_person", test_one_a_person);
    g_test_add_func("/vault/account/listing", test_listing);
    g_test_add_func("/vault/account/lock-out", test_lock_out);
    g_test_add_func("/vault/account/password-rules", test_password_rules);
    g_test_add_func("/vault/account/hashing", test_hashing);
    g_test_add_func("/vault/account/set-hash", test_set_hash);
    g_test_add_func("/vault/session/life", test_sessions);
    g_test_add_func("/vault/session/closed-account", test_sessions_of_a_closed_account);
    g_test_add_func("/vault/session/oldest-ends", test_oldest_session_ends);
    g_test_add_func("/vault/session/threads", test_threads);
    return g_test_run();
}
