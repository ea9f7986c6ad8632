/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * After an erasure, with restart, nothing of the person can be found in any byte of the data directory, nor of a backup
 * restored that was made before: no word of theirs, no key that would open one. The same for a matter whose time of
 * retention is over. Without the ledger nothing is restored.
 */
#include "areas/areas.h"
#include "town.h"
#include "transcript.h"

#include "base/log.h"
#include "matter/matter.h"
#include "registry/registry.h"
#include "vault/account.h"

#include <glib/gstdio.h>
#include <string.h>

/* As they say it, and nowhere else in the town. */
static const char *const words[] = {
    "欧阳不存在",     "110000195001017778", "01000991234",    "01000995678",    "七号楼七单元七零七",
    "不存在胡同七号", "我没有接触过任何人", "夜里咳嗽得厉害", "孩子发烧没人带", "ouyang-login",
};

#define REPORT "保留期满以后谁也读不到"

/* ---- searching every byte ---- */

struct needle {
    const char *what;
    const void *data;
    size_t bytes;
};

static int found_in_file(const char *path, const struct needle *needle, bool tell)
{
    g_autofree char *content = NULL;
    gsize bytes;
    g_assert_true(g_file_get_contents(path, &content, &bytes, NULL));
    if (memmem(content, bytes, needle->data, needle->bytes) == NULL)
        return 0;
    if (tell)
        g_printerr("%s is found in %s\n", needle->what, path);
    return 1;
}

static int found_in(const char *dir_path, const struct needle *needle, bool tell)
{
    int found = 0;
    g_autoptr(GDir) dir = g_dir_open(dir_path, 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(dir_path, name, NULL);
        found +=
            g_file_test(path, G_FILE_TEST_IS_DIR) ? found_in(path, needle, tell) : found_in_file(path, needle, tell);
    }
    return found;
}

static void assert_no_word(const char *dir)
{
    int found = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        found += found_in(dir, &(struct needle){words[i], words[i], strlen(words[i])}, true);
    found += found_in(dir, &(struct needle){REPORT, REPORT, strlen(REPORT)}, true);
    g_assert_cmpint(found, ==, 0);
}

/* ---- keys as they lie in the file ---- */

static GPtrArray *wrapped_keys(const struct town *town, const char *sql) /* of GBytes */
{
    GError *error = NULL;
    GPtrArray *keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autofree char *path = g_build_filename(town->data_dir, "secrets.db", NULL);
    AUTO(db) struct db *secrets = db_open(path, &(struct db_options){.mode = DB_READ}, &error);
    g_assert_no_error(error);
    AUTO(cursor) struct cursor cursor = db_query_text(secrets, sql);
    while (cursor_next(&cursor)) {
        size_t bytes;
        const void *wrapped = cursor_blob(&cursor, 0, &bytes);
        g_ptr_array_add(keys, g_bytes_new(wrapped, bytes));
    }
    return keys;
}

static int keys_found(const char *dir, const GPtrArray *keys, bool tell)
{
    int found = 0;
    for (guint i = 0; i < keys->len; i++) {
        gsize bytes;
        const uint8_t *data = g_bytes_get_data(g_ptr_array_index(keys, i), &bytes);
        /* nonce and ciphertext, each long enough to be nothing else */
        found += found_in(dir, &(struct needle){"a wrapped key", data + 24, bytes - 24}, tell) > 0;
    }
    return found;
}

/* ---- a life in the town ---- */

struct life {
    struct town town;
    int64_t person, resident, grid, worker, doctor, secretary;
    char matter[UUID_TEXT_LENGTH + 1];
    GPtrArray *keys; /* of the person and of every matter about them */
    char *before;    /* a backup */
};

/* Of what the first event that has an id made. */
static int64_t id_in(json_t *answer)
{
    int64_t id = 0;
    size_t i;
    const json_t *event;
    json_array_foreach(json_object_get(answer, "events"), i, event) if (id == 0 && json_object_get(event, "id") != NULL)
        g_assert_true(place_parse(json_get_text(event, "pos", ""), &id));
    json_decref(answer);
    g_assert_cmpint(id, >, 0);
    return id;
}

static void settle(struct life *life)
{
    struct town *town = &life->town;
    town_init(town, TOWN_START_US);
    town_open(town);
    town_settle(town, 2, 2, 2);
    engine_run_clock(town->engine);
    life->grid = town_number(town, "SELECT id FROM unit WHERE type = 'grid' ORDER BY id");
    life->resident = town_number(town, "SELECT person FROM residency ORDER BY person");
    life->worker = town_holder(town, "grid_worker", life->grid);
    life->doctor = town_holder(town, "community_doctor", life->grid);
    life->secretary = town_holder(town, "community_secretary", life->grid);
}

static void make_account(const struct life *life)
{
    GError *error = NULL;
    struct account_store *store = account_store_open_keyed(life->town.data_dir, life->town.keys_dir, NULL, &error);
    g_assert_no_error(error);
    struct problem *problem = NULL;
    char hash[ACCOUNT_HASH_MAX], token[SESSION_TOKEN_TEXT_MAX];
    struct session session;
    int64_t account;
    g_assert_true(account_hash("a long enough password", hash));
    g_assert_true(account_create(store, life->person, "ouyang-login", hash, false, TOWN_START_US, &account, &problem));
    session_create(store, account, TOWN_START_US, TOWN_START_US + US_PER_DAY, token, &session);
    account_store_close(store);
}

/* A post of theirs, offered with a reason and taken over. */
static void hold_a_post(struct life *life)
{
    struct town *town = &life->town;
    int64_t post = id_in(town_must(town, 0,
                                   town_command(town,
                                                "{'command': 'appoint', 'person': '%" G_GINT64_FORMAT
                                                "', 'role': 'lane_steward', 'grounds': ['#%" G_GINT64_FORMAT "']}",
                                                life->person, life->grid)));
    int64_t handover = id_in(
        town_must(town, life->person,
                  town_command(town,
                               "{'command': 'hand_over_post', 'from_post': '%" G_GINT64_FORMAT
                               "', 'mode': 'post', 'to_person': '%" G_GINT64_FORMAT "', 'reason': '孩子发烧没人带'}",
                               post, life->worker)));
    town_do(town, life->worker, "{'command': 'accept_handover', 'handover': '%" G_GINT64_FORMAT "'}", handover);
}

static void live(struct life *life)
{
    struct town *town = &life->town;
    life->person =
        id_in(town_must(town, life->worker,
                        town_command(town,
                                     "{'command': 'register_person', 'name': '欧阳不存在', 'id_number': "
                                     "'110000195001017778', 'phone': '01000991234', 'unit': '#%" G_GINT64_FORMAT "'}",
                                     life->grid)));
    town_do(town, life->worker,
            "{'command': 'move_in', 'persons': ['%" G_GINT64_FORMAT "'], 'unit': '#%" G_GINT64_FORMAT
            "', 'dwelling': '七号楼七单元七零七'}",
            life->person, life->grid);
    json_t *open = town_command(town,
                                "{'command': 'open_matter', 'kind': 'home_observation', 'unit': '#%" G_GINT64_FORMAT
                                "', 'subject': '%" G_GINT64_FORMAT "', 'form': {'last_exposure': "
                                "'2020-02-02T12:00:00+08:00', 'address': '不存在胡同七号'}}",
                                life->grid, life->person);
    g_strlcpy(life->matter, json_get_text(open, "id", ""), sizeof life->matter);
    json_decref(town_must(town, life->doctor, open));
    town_do(town, life->worker,
            "{'command': 'enter', 'matter': '%s', 'entry': 'check_in', 'fields': {'temperature': 36.9}}", life->matter);
    town_do(town, life->person,
            "{'command': 'enter', 'matter': '%s', 'entry': 'object', 'fields': {'reason': '我没有接触过任何人'}}",
            life->matter);
    town_do(town, life->worker,
            "{'command': 'open_matter', 'kind': 'anomaly_report', 'unit': '#%" G_GINT64_FORMAT
            "', 'subject': '%" G_GINT64_FORMAT "', 'form': {'category': 'symptoms', 'description': '夜里咳嗽得厉害'}}",
            life->grid, life->person);
    town_do(town, life->person,
            "{'command': 'change_person', 'person': '%" G_GINT64_FORMAT "', 'phone': '01000995678'}", life->person);
    hold_a_post(life);
    make_account(life);
}

static void keep_keys(struct life *life, const char *of_person, const char *of_matters)
{
    life->keys = wrapped_keys(&life->town, of_matters);
    g_autoptr(GPtrArray) own = of_person != NULL ? wrapped_keys(&life->town, of_person) : g_ptr_array_new();
    for (guint i = 0; i < own->len; i++)
        g_ptr_array_add(life->keys, g_bytes_ref(g_ptr_array_index(own, i)));
}

static void back_up(struct life *life)
{
    GError *error = NULL;
    life->before = g_build_filename(life->town.dir, "backup", NULL);
    data_backup_keyed(life->town.data_dir, life->town.keys_dir, life->before, &error);
    g_assert_no_error(error);
}

static void restart(struct town *town)
{
    town_close(town);
    town_open(town);
}

static void life_clear(struct life *life)
{
    g_ptr_array_unref(life->keys);
    g_free(life->before);
    town_clear(&life->town);
}

/* The restored data directory as a town of its own, with the keys directory of the first. */
static void restore(const struct life *life, struct town *out, int64_t *out_erased)
{
    GError *error = NULL;
    town_init(out, clock_now_us(&life->town.clock));
    folder_remove(out->keys_dir);
    g_free(out->keys_dir);
    out->keys_dir = g_strdup(life->town.keys_dir);
    out->options.keys_dir = out->keys_dir;
    g_assert_false(g_file_test(out->data_dir, G_FILE_TEST_EXISTS));
    data_restore(lianfang_areas, life->before, out->data_dir, out->keys_dir, out_erased, &error);
    g_assert_no_error(error);
}

static void assert_nothing_left(const struct life *life, const char *dir)
{
    assert_no_word(dir);
    g_assert_cmpint(keys_found(dir, life->keys, true), ==, 0);
}

/* ---- a person ---- */

static void assert_forgotten(struct life *life, struct town *town)
{
    AUTO(person_data) struct person_data data = {0};
    town_number(town, "SELECT 1");
    g_assert_true(registry_person(town->reader->rows, town->reader->vault, life->person, &data));
    g_assert_true(data.erased);
    g_assert_cmpint(registry_person_by_id_number(town->reader->rows, town->reader->vault, words[1]), ==, 0);
    g_autofree char *open =
        g_strdup_printf("SELECT count(*) FROM matter WHERE subject = %" G_GINT64_FORMAT, life->person);
    g_assert_cmpint(town_number(town, open), ==, 0);
    enum problem_code code;
    json_t *entry = town_command(
        town, "{'command': 'enter', 'matter': '%s', 'entry': 'check_in', 'fields': {'temperature': 36}}", life->matter);
    g_assert_null(town_ask(town, life->worker, entry, &code));
    g_assert_cmpstr(problem_texts[code].name, ==, "matter_erased");
}

static void test_person(void)
{
    struct life life = {0};
    int64_t erased = 0;
    settle(&life);
    live(&life);
    restart(&life.town);
    g_autofree char *of_person =
        g_strdup_printf("SELECT wrapped FROM person_key WHERE id = %" G_GINT64_FORMAT, life.person);
    g_autofree char *of_matters =
        g_strdup_printf("SELECT k.wrapped FROM matter_key k JOIN matter_person p ON p.matter = k.id WHERE p.person = "
                        "%" G_GINT64_FORMAT,
                        life.person);
    keep_keys(&life, of_person, of_matters);
    back_up(&life);
    g_assert_cmpuint(life.keys->len, ==, 4); /* their own, the observation, the objection, the report */
    g_assert_cmpint(keys_found(life.town.data_dir, life.keys, false), ==, 4);
    g_assert_cmpint(keys_found(life.before, life.keys, false), ==, 4);
    g_assert_cmpint(found_in(life.town.data_dir, &(struct needle){"login", "ouyang-login", 12}, false), >, 0);

    town_do(&life.town, 0, "{'command': 'erase_person', 'person': '%" G_GINT64_FORMAT "'}", life.person);
    g_clear_pointer(&life.town.reader, reader_close); /* a reader's snapshot would hold the log */
    for (int i = 0; i < 100 && keys_found(life.town.data_dir, life.keys, false) > 0; i++)
        g_usleep(100000);
    assert_nothing_left(&life, life.town.data_dir); /* while it serves */
    restart(&life.town);
    assert_forgotten(&life, &life.town);
    town_close(&life.town);
    assert_nothing_left(&life, life.town.data_dir);

    AUTO(town) struct town restored;
    restore(&life, &restored, &erased);
    g_assert_cmpint(erased, ==, 4);
    assert_nothing_left(&life, restored.data_dir);
    town_open(&restored); /* where the journal does not yet say so: what is missing comes first in the queue */
    engine_run_clock(restored.engine);
    assert_forgotten(&life, &restored);
    town_close(&restored);
    assert_nothing_left(&life, restored.data_dir);
    town_check(&restored);
    AUTO(transcript) struct transcript transcript;
    transcript_read(&transcript, restored.data_dir, restored.keys_dir); /* all others open */
    g_assert_cmpint(transcript.erased, >=, 8);
    life_clear(&life);
}

/* ---- the ledger ---- */

static void assert_refused(const char *backup, const char *data_dir, const char *keys_dir)
{
    g_autoptr(GError) error = NULL;
    int64_t erased;
    g_assert_false(data_restore(lianfang_areas, backup, data_dir, keys_dir, &erased, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "erasures"));
    g_autoptr(GDir) dir = g_dir_open(data_dir, 0, NULL); /* and nothing of it stays */
    g_assert_null(dir != NULL ? g_dir_read_name(dir) : NULL);
}

static void copy(const char *from_dir, const char *to_dir, const char *name)
{
    g_autofree char *from = g_build_filename(from_dir, name, NULL);
    g_autofree char *to = g_build_filename(to_dir, name, NULL);
    g_autofree char *bytes = NULL;
    gsize count;
    g_assert_true(g_file_get_contents(from, &bytes, &count, NULL));
    g_assert_true(g_file_set_contents_full(to, bytes, (gssize)count, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void test_ledger(void)
{
    struct life life = {0};
    settle(&life);
    live(&life);
    town_close(&life.town);
    g_autofree char *early = g_build_filename(life.town.dir, "early.keys", NULL);
    g_autofree char *bare = g_build_filename(life.town.dir, "bare.keys", NULL);
    g_autofree char *target = g_build_filename(life.town.dir, "target", NULL);
    g_mkdir(early, 0700);
    g_mkdir(bare, 0700);
    copy(life.town.keys_dir, bare, "master.key");
    copy(life.town.keys_dir, early, "master.key");
    copy(life.town.keys_dir, early, "erasures");
    town_open(&life.town);
    town_do(&life.town, 0, "{'command': 'erase_person', 'person': '%" G_GINT64_FORMAT "'}", life.person);
    town_close(&life.town);
    back_up(&life);
    assert_refused(life.before, target, bare);
    assert_refused(life.before, target, early); /* older than the backup */
    g_autoptr(GError) error = NULL;
    struct engine_options options = life.town.options;
    options.keys_dir = early;
    options.create = false;
    g_assert_null(engine_open(&options, &error));
    g_assert_nonnull(strstr(error->message, "older than the data directory"));
    life.keys = g_ptr_array_new();
    life_clear(&life);
}

/* ---- retention ---- */

static void close_a_report(struct life *life)
{
    struct town *town = &life->town;
    json_t *open = town_command(town,
                                "{'command': 'open_matter', 'kind': 'anomaly_report', 'unit': '#%" G_GINT64_FORMAT
                                "', 'subject': '%" G_GINT64_FORMAT
                                "', 'form': {'category': 'other', 'description': '" REPORT "'}}",
                                life->grid, life->resident);
    g_autofree char *id = g_strdup(json_get_text(open, "id", ""));
    json_decref(town_must(town, life->worker, open));
    town_do(town, life->secretary,
            "{'command': 'enter', 'matter': '%s', 'entry': 'verify', 'fields': {'confirmed': false, "
            "'remark': '" REPORT "'}}",
            id);
}

static int64_t is_erased(struct town *town)
{
    return town_number(town, "SELECT min(erased) FROM matter WHERE kind = 'anomaly_report'");
}

static void test_retention(void)
{
    struct life life = {0};
    int64_t erased = 0;
    settle(&life);
    close_a_report(&life);
    int64_t matter = town_number(&life.town, "SELECT id FROM matter WHERE kind = 'anomaly_report'");
    g_autofree char *wrapped = g_strdup_printf("SELECT wrapped FROM matter_key WHERE id = %" G_GINT64_FORMAT, matter);
    restart(&life.town);
    keep_keys(&life, NULL, wrapped);
    back_up(&life);
    clock_set(&life.town.clock, TOWN_START_US + 30 * US_PER_DAY - 1);
    engine_run_clock(life.town.engine);
    g_assert_cmpint(is_erased(&life.town), ==, 0);
    g_assert_cmpint(keys_found(life.town.data_dir, life.keys, false), ==, 1);
    clock_set(&life.town.clock, TOWN_START_US + 30 * US_PER_DAY);
    engine_run_clock(life.town.engine);
    g_assert_cmpint(is_erased(&life.town), ==, 1);
    town_close(&life.town);
    assert_nothing_left(&life, life.town.data_dir);

    AUTO(town) struct town restored;
    restore(&life, &restored, &erased);
    g_assert_cmpint(erased, ==, 1);
    assert_nothing_left(&life, restored.data_dir);
    town_open(&restored);
    engine_run_clock(restored.engine);
    g_assert_cmpint(is_erased(&restored), ==, 1);
    AUTO(person_data) struct person_data data = {0}; /* the person is still there */
    g_assert_true(registry_person(restored.reader->rows, restored.reader->vault, life.resident, &data));
    g_assert_false(data.erased);
    town_close(&restored);
    town_check(&restored);
    assert_nothing_left(&life, restored.data_dir);
    life_clear(&life);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/proofs/erasure/person", test_person);
    g_test_add_func("/proofs/erasure/ledger", test_ledger);
    g_test_add_func("/proofs/erasure/retention", test_retention);
    return g_test_run();
}
