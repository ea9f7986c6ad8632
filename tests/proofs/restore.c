/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A town restored to a moment: people are as they were known then, whoever was erased since stays erased, whoever came
 * since is nobody, with their account; accounts made since are closed, and nobody is logged in. Whoever is registered
 * then gets an id that another one had, and nothing of theirs.
 */
#include "areas/areas.h"
#include "town.h"

#include "base/log.h"
#include "registry/registry.h"
#include "vault/account.h"
#include "vault/link_token.h"

#include <glib/gstdio.h>
#include <string.h>

#define OLD_PHONE "01000991234"
#define NEW_PHONE "01000995678"
#define NEWCOMERS 8 /* after the moment */

struct story {
    struct town town;
    int64_t grid, worker;
    int64_t moved, erased, known; /* persons of before */
    int64_t newcomers[NEWCOMERS]; /* the odd ones are erased again */
    int64_t moment_us;
    char token[SESSION_TOKEN_TEXT_MAX];
    char *backup;
};

static int64_t id_in(json_t *answer)
{
    int64_t id = 0;
    const json_t *first = json_array_get(json_object_get(answer, "events"), 0);
    g_assert_true(place_parse(json_get_text(first, "pos", ""), &id));
    json_decref(answer);
    return id;
}

static int64_t register_person(struct story *story, const char *name, const char *phone)
{
    return id_in(town_must(&story->town, story->worker,
                           town_command(&story->town,
                                        "{'command': 'register_person', 'name': '%s', 'phone': '%s', 'unit': "
                                        "'#%" G_GINT64_FORMAT "', 'is_new': true}",
                                        name, phone, story->grid)));
}

static struct account_store *accounts(const struct town *town)
{
    GError *error = NULL;
    struct account_store *store = account_store_open_keyed(town->data_dir, town->keys_dir, NULL, &error);
    g_assert_no_error(error);
    return store;
}

static void make_account(const struct story *story, int64_t person, const char *login, char *out_token)
{
    struct account_store *store = accounts(&story->town);
    struct problem *problem = NULL;
    struct session session;
    int64_t account, now_us = clock_now_us(&story->town.clock);
    g_assert_true(account_create(store, person, login, "hash", false, now_us, &account, &problem));
    if (out_token != NULL)
        session_create(store, account, now_us, now_us + US_PER_DAY, out_token, &session);
    account_store_close(store);
}

static void live_before(struct story *story)
{
    struct town *town = &story->town;
    town_init(town, TOWN_START_US);
    town_open(town);
    town_settle(town, 2, 2, 2);
    story->grid = town_number(town, "SELECT id FROM unit WHERE type = 'grid' ORDER BY id");
    story->worker = town_holder(town, "grid_worker", story->grid);
    story->moved = register_person(story, "演甲", OLD_PHONE);
    story->erased = register_person(story, "演乙", "01000992222");
    story->known = register_person(story, "演丙", "01000993333");
    make_account(story, story->known, "early", story->token);
    story->moment_us = TOWN_START_US + US_PER_HOUR;
}

static void live_after(struct story *story)
{
    struct town *town = &story->town;
    clock_set(&town->clock, TOWN_START_US + 2 * US_PER_HOUR);
    town_do(town, story->worker,
            "{'command': 'change_person', 'person': '%" G_GINT64_FORMAT "', 'phone': '" NEW_PHONE "'}", story->moved);
    town_do(town, 0, "{'command': 'erase_person', 'person': '%" G_GINT64_FORMAT "'}", story->erased);
    for (int i = 0; i < NEWCOMERS; i++) {
        g_autofree char *phone = g_strdup_printf("0100099444%d", i), *login = g_strdup_printf("late-%d", i);
        story->newcomers[i] = register_person(story, "演丁", phone);
        if (i % 2 == 0)
            make_account(story, story->newcomers[i], login, NULL);
    }
    for (int i = 1; i < NEWCOMERS; i += 2)
        town_do(town, 0, "{'command': 'erase_person', 'person': '%" G_GINT64_FORMAT "'}", story->newcomers[i]);
    make_account(story, story->moved, "later", NULL);
}

static void back_up(struct story *story, const char *name)
{
    GError *error = NULL;
    g_free(story->backup);
    story->backup = g_build_filename(story->town.dir, name, NULL);
    data_backup_keyed(story->town.data_dir, story->town.keys_dir, story->backup, &error);
    g_assert_no_error(error);
}

/* The town goes on in what was restored. */
static void restore(struct story *story, struct restored *out)
{
    GError *error = NULL;
    struct town *town = &story->town;
    town_close(town);
    g_free(town->data_dir);
    town->data_dir = g_build_filename(town->dir, "restored", NULL);
    town->options.data_dir = town->data_dir;
    struct restoring restoring = {.areas = lianfang_areas,
                                  .backup_dir = story->backup,
                                  .data_dir = town->data_dir,
                                  .keys_dir = town->keys_dir,
                                  .until_us = story->moment_us};
    data_restore_until(&restoring, out, &error);
    g_assert_no_error(error);
}

static void must_verify(const struct town *town)
{
    GError *error = NULL;
    struct vault_counts counts;
    AUTO(journal_report) struct journal_report report = {0};
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = g_build_filename(town->data_dir, "journal.db", NULL);
    g_assert_true(journal_verify(path, NULL, NULL, NULL, &report, &error));
    g_assert_cmpuint(report.findings->len, ==, 0);
    g_assert_true(data_verify(town->data_dir, town->keys_dir, report.heads, findings, &counts, &error));
    g_assert_no_error(error);
    for (guint i = 0; i < findings->len; i++)
        g_test_message("%s", (const char *)g_ptr_array_index(findings, i));
    g_assert_cmpuint(findings->len, ==, 0);
}

static guint found_by_phone(struct town *town, const char *phone)
{
    g_autoptr(GArray) found = vault_index_find(town->reader->vault, VAULT_INDEX_PHONE, phone, 0, 10);
    return found->len;
}

static void must_be_as_then(struct story *story)
{
    struct town *town = &story->town;
    AUTO(person_data) struct person_data erased = {0}, newcomer = {0};
    town_number(town, "SELECT 1"); /* opens the reader */
    g_assert_cmpuint(found_by_phone(town, OLD_PHONE), ==, 1);
    g_assert_cmpuint(found_by_phone(town, NEW_PHONE), ==, 0);
    g_assert_true(registry_person(town->reader->rows, town->reader->vault, story->erased, &erased));
    g_assert_true(erased.erased);
    g_assert_true(registry_person_is_erased(town->reader->rows, story->erased));
    g_assert_false(registry_person(town->reader->rows, town->reader->vault, story->newcomers[0], &newcomer));
    g_assert_cmpuint(found_by_phone(town, "01000994440"), ==, 0);
    g_assert_false(vault_has_key(town->reader->vault, VAULT_PERSON, story->newcomers[0]));
}

static void accounts_must_be_safe(const struct story *story)
{
    AUTO(account) struct account early = {0}, late = {0}, later = {0};
    struct session session;
    struct account_store *store = accounts(&story->town);
    g_assert_true(account_find(store, "early", &early));
    g_assert_false(early.closed);
    g_assert_false(account_find(store, "late-0", &late)); /* of nobody */
    g_assert_true(account_find(store, "later", &later));
    g_assert_true(later.closed);
    g_assert_false(session_find(store, story->token, clock_now_us(&story->town.clock), &session));
    account_store_close(store);
}

/* Ids that were given before the moment was gone back to are given again. */
static void go_on(struct story *story)
{
    int again = 0, erased_before = 0;
    struct account_store *store = accounts(&story->town);
    for (int i = 0; i < NEWCOMERS; i++) {
        AUTO(account) struct account account = {0};
        g_autofree char *phone = g_strdup_printf("0100099555%d", i);
        int64_t person = register_person(story, "演戊", phone);
        g_assert_false(account_of_person(store, person, &account));
        for (int k = 0; k < NEWCOMERS; k++) {
            again += person == story->newcomers[k];
            erased_before += k % 2 == 1 && person == story->newcomers[k];
        }
    }
    account_store_close(store);
    g_assert_cmpint(again, >, 0);
    g_assert_cmpint(erased_before, >, 0);
}

static void test_moment(void)
{
    struct story story = {0};
    struct restored restored;
    live_before(&story);
    live_after(&story);
    back_up(&story, "backup");
    restore(&story, &restored);
    g_assert_cmpint(restored.left_out, >, 0);
    g_assert_cmpint(restored.at_us, ==, TOWN_START_US);
    g_assert_cmpint(restored.left_first_us, ==, TOWN_START_US + 2 * US_PER_HOUR);
    g_assert_cmpint(restored.accounts_closed, ==, 1 + NEWCOMERS / 2);
    must_verify(&story.town);
    town_open(&story.town);
    must_be_as_then(&story);
    accounts_must_be_safe(&story);
    go_on(&story);
    back_up(&story, "another"); /* which verifies */
    town_close(&story.town);
    town_check(&story.town);
    must_verify(&story.town);
    g_free(story.backup);
    town_clear(&story.town);
}

/* Also where nothing is left out: whoever could write the backup's file could have put a session there. */
static void test_sessions(void)
{
    struct story story = {0};
    struct restored restored;
    struct session session;
    live_before(&story);
    back_up(&story, "backup");
    story.moment_us = 0;
    restore(&story, &restored);
    g_assert_cmpint(restored.left_out, ==, 0);
    struct account_store *store = accounts(&story.town);
    g_assert_false(session_find(store, story.token, clock_now_us(&story.town.clock), &session));
    account_store_close(store);
    g_autofree char *path = g_build_filename(story.town.data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, NULL);
    struct vault_options options = {
        .data_dir = story.town.data_dir, .keys_dir = story.town.keys_dir, .read_only = true};
    AUTO(vault) struct vault *vault = vault_open(&options, NULL);
    g_assert_true(vault_link_is_void(vault, journal_last_at_us(journal)));
    g_assert_false(vault_link_is_void(vault, journal_last_at_us(journal) + 1));
    g_free(story.backup);
    town_clear(&story.town);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/proofs/restore/moment", test_moment);
    g_test_add_func("/proofs/restore/sessions", test_sessions);
    return g_test_run();
}
