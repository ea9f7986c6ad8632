/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Three minutes of everything at once against the real program (an hour with LIANFANG_LONG; LIANFANG_SOAK tells other
 * seconds): rounds, logins, lists of 200, to-do lists, gaps, exports, dry runs of imports, erasures and backups. The
 * logs stay within their limit, descriptors and memory do not grow, nobody who sends commands is kept waiting, SIGTERM
 * ends it, and all of it verifies. How fast it is, is no matter here.
 */
#include "served.h"
#include "town.h"

#include "base/limits.h"
#include "base/log.h"
#include "bench/load.h"
#include "vault/outer.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define SECONDS      180
#define SECONDS_LONG 3600
#define GRIDS        6
#define HOUSEHOLDS   20
#define MEMBERS      3
#define LISTERS      14
#define OFFICERS     2 /* it takes two to erase */
#define ERASED_MOST  60
#define SHEET_ROWS   300
#define PASSWORD     "proofs-password-1"
#define SPARE_FILES  200          /* connections that come and go, files of backups and imports */
#define SPARE_KIB    (128 * 1024) /* memory that allocator and sanitizer may keep beyond that of the first third */
#define SILENCE_US   (60 * US_PER_SECOND)

struct soak {
    struct town town;
    struct served served;
    GPtrArray *tokens;        /* of the grids' workers */
    GPtrArray *matters;       /* of one grid after the other: GPtrArray of char * */
    GPtrArray *residents;     /* char *, as they are named outside: to be erased one by one */
    char *officers[OFFICERS]; /* sessions */
    char *login, *sheet;
    gint stopped, next_read;
    guint next_round, next_erasure;
    _Atomic int64_t written_us; /* when a command was last answered with 2xx */
    gint written, read, looked, logged_in, exported, tried, agreed, backups;
};

struct source { /* one connection load's */
    struct soak *soak;
    bool (*write)(struct soak *soak, GString *out);
    gint *count;
    double rate;
    int connections;
};

/* ---- what is sent ---- */

static char *fresh_id(void)
{
    struct uuid id;
    char *text = g_malloc(UUID_TEXT_LENGTH + 1);
    uuid_make(g_get_real_time(), &id);
    uuid_format(&id, text);
    return text;
}

static void write_command(GString *out, const char *token, json_t *body /* taken */)
{
    g_autofree char *id = fresh_id();
    json_object_set_new(body, "id", json_string(id));
    char *text = json_dumps(body, JSON_COMPACT);
    load_write_post(out, "/api/v1/commands", token, text, strlen(text));
    free(text);
    json_decref(body);
}

static bool write_round(struct soak *soak, GString *out)
{
    guint n = soak->next_round++, grid = n % soak->matters->len;
    const GPtrArray *matters = g_ptr_array_index(soak->matters, grid);
    guint first = n / soak->matters->len % (matters->len / MEMBERS) * MEMBERS;
    json_t *rows = json_array();
    for (guint i = 0; i < MEMBERS; i++)
        json_array_append_new(rows, json_pack("{s:s, s:{s:f}}", "matter", (char *)g_ptr_array_index(matters, first + i),
                                              "fields", "temperature", 36.5));
    write_command(out, g_ptr_array_index(soak->tokens, grid),
                  json_pack("{s:s, s:s, s:o}", "command", "enter_round", "entry", "check_in", "rows", rows));
    return true;
}

static const char *some_token(struct soak *soak)
{
    return g_ptr_array_index(soak->tokens, (guint)g_atomic_int_add(&soak->next_read, 1) % soak->tokens->len);
}

static bool write_list(struct soak *soak, GString *out)
{
    load_write_get(out, "/api/v1/matters?limit=200", some_token(soak));
    return true;
}

static bool write_look(struct soak *soak, GString *out)
{
    static const char *const paths[] = {"/api/v1/tasks?limit=200", "/api/v1/alerts", "/api/v1/phone-list"};
    load_write_get(out, paths[(guint)g_atomic_int_get(&soak->next_read) % G_N_ELEMENTS(paths)], some_token(soak));
    return true;
}

static bool write_export(struct soak *soak, GString *out)
{
    load_write_get(out, "/api/v1/exports/home_observation.csv", some_token(soak));
    return true;
}

static bool write_login(struct soak *soak, GString *out)
{
    g_autofree char *body = g_strdup_printf("{\"login\":\"%s\",\"password\":\"" PASSWORD "\"}", soak->login);
    load_write_post(out, "/api/v1/session", NULL, body, strlen(body));
    return true;
}

static bool write_import(struct soak *soak, GString *out)
{
    g_string_append_printf(out,
                           "POST /api/v1/imports/persons?dry_run=true HTTP/1.1\r\nHost: localhost\r\n"
                           "Authorization: Bearer %s\r\nContent-Type: text/csv\r\nContent-Length: %zu\r\n\r\n%s",
                           soak->officers[0], strlen(soak->sheet), soak->sheet);
    return true;
}

/* Both officers ask for it, one after the other. */
static bool write_erasure(struct soak *soak, GString *out)
{
    guint n = soak->next_erasure++, resident = n / OFFICERS;
    if (resident >= soak->residents->len)
        return false;
    write_command(out, soak->officers[n % OFFICERS],
                  json_pack("{s:s, s:s}", "command", "erase_person", "person",
                            (char *)g_ptr_array_index(soak->residents, resident)));
    return true;
}

/* ---- who sends it ---- */

static bool next_of(void *context, int connection, GString *out)
{
    struct source *source = context;
    return g_atomic_int_get(&source->soak->stopped) == 0 && source->write(source->soak, out);
}

static void on_answered(void *context, int connection, int status, const char *head, const char *body)
{
    struct source *source = context;
    if (status < 200 || status > 299)
        return;
    g_atomic_int_inc(source->count);
    if (source->count == &source->soak->written)
        source->soak->written_us = g_get_monotonic_time();
}

static double seconds(void)
{
    const char *given = g_getenv("LIANFANG_SOAK");
    if (given != NULL)
        return g_ascii_strtod(given, NULL);
    return proofs_are_long() ? SECONDS_LONG : SECONDS;
}

static void *run_source(void *data)
{
    struct source *source = data;
    struct load_report report;
    load_run(&(struct load_options){.port = source->soak->served.port,
                                    .connections = source->connections,
                                    .seconds = seconds(),
                                    .rate = source->rate,
                                    .next = next_of,
                                    .answered = on_answered,
                                    .context = source},
             &report);
    load_report_clear(&report);
    return NULL;
}

static void *run_backups(void *data)
{
    struct soak *soak = data;
    while (g_atomic_int_get(&soak->stopped) == 0) {
        g_autofree char *target = g_strdup_printf("%s/backup-%d", soak->town.dir, g_atomic_int_get(&soak->backups));
        const char *argv[] = {g_getenv("LIANFANG_PROGRAM"), "backup", "--data", soak->town.data_dir, target, NULL};
        int status = -1;
        GError *error = NULL;
        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                                   NULL, NULL, NULL, NULL, &status, &error));
        g_assert_cmpint(status, ==, 0);
        folder_remove(target);
        g_atomic_int_inc(&soak->backups);
        g_usleep(5 * G_USEC_PER_SEC);
    }
    return NULL;
}

/* ---- what must hold meanwhile ---- */

static int64_t longest_log(const struct soak *soak)
{
    static const char *const names[] = {"journal.db-wal", "rows.db-wal", "secrets.db-wal"};
    int64_t longest = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(soak->town.data_dir, names[i], NULL);
        struct stat status;
        if (stat(path, &status) == 0)
            longest = MAX(longest, status.st_size);
    }
    return longest;
}

static int open_files(const struct soak *soak)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", (int)soak->served.pid);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    int count = 0;
    while (dir != NULL && g_dir_read_name(dir) != NULL)
        count++;
    return count;
}

static int64_t memory_kib(const struct soak *soak)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)soak->served.pid), *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    const char *line = strstr(text, "VmRSS:");
    g_assert_nonnull(line); /* else it has ended */
    return g_ascii_strtoll(line + 6, NULL, 10);
}

struct digest_set {
    int64_t log, kib;
    int files;
};

static void look(const struct soak *soak, struct digest_set *most)
{
    most->log = MAX(most->log, longest_log(soak));
    most->kib = MAX(most->kib, memory_kib(soak));
    most->files = MAX(most->files, open_files(soak));
    g_assert_cmpint(most->log, <=, LIMIT_WAL_BYTES);
    g_assert_cmpint(g_get_monotonic_time() - soak->written_us, <, SILENCE_US);
}

static void look_until(const struct soak *soak, int64_t until_us, struct digest_set *most)
{
    while (g_get_monotonic_time() < until_us) {
        g_usleep(100000);
        look(soak, most);
    }
}

/* What the first third took is what it needs; the rest of the time takes no more. */
static void look_on(struct soak *soak)
{
    int64_t from_us = g_get_monotonic_time(), all_us = (int64_t)(seconds() * G_USEC_PER_SEC);
    struct digest_set first = {0}, rest = {0};
    soak->written_us = from_us;
    look_until(soak, from_us + all_us / 3, &first);
    look_until(soak, from_us + all_us, &rest);
    g_atomic_int_set(&soak->stopped, 1);
    g_test_message("longest log %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT
                   " bytes, files %d and %d, memory %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " KiB",
                   first.log, rest.log, first.files, rest.files, first.kib, rest.kib);
    g_assert_cmpint(rest.files, <=, first.files + SPARE_FILES);
    g_assert_cmpint(rest.kib, <=, first.kib + SPARE_KIB);
}

/* ---- the test ---- */

static void name_residents(struct soak *soak)
{
    g_autoptr(GArray) persons =
        town_numbers(&soak->town, "SELECT person FROM residency ORDER BY person DESC LIMIT " G_STRINGIFY(ERASED_MOST));
    soak->residents = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < persons->len; i++) {
        char *id = g_malloc(VAULT_OUTER_ID_CHARS + 1);
        vault_outer_id(soak->town.reader->vault, VAULT_ID_PERSON, g_array_index(persons, int64_t, i), id);
        g_ptr_array_add(soak->residents, id);
    }
}

static void add_officers(struct soak *soak)
{
    struct town *town = &soak->town;
    int64_t city = town_number(town, "SELECT id FROM unit WHERE type = 'city'");
    for (int i = 0; i < OFFICERS; i++) {
        town_do(town, 0, "{'command': 'register_person', 'name': '演练员%s'}", i == 0 ? "甲" : "乙");
        int64_t person = town_number(town, "SELECT id FROM person ORDER BY registered_us DESC, id DESC LIMIT 1");
        town_do(town, 0,
                "{'command': 'appoint', 'role': 'cdc_officer', 'person': '%" G_GINT64_FORMAT
                "', 'grounds': ['#%" G_GINT64_FORMAT "']}",
                person, city);
        soak->officers[i] = served_session(town->data_dir, person);
    }
}

static char *sheet_of_persons(void)
{
    GString *sheet = g_string_new("name,phone\n");
    for (int i = 0; i < SHEET_ROWS; i++)
        g_string_append_printf(sheet, "演练人,0100099%04d\n", i);
    return g_string_free(sheet, FALSE);
}

static void add_grids(struct soak *soak)
{
    g_autoptr(GArray) grids = town_numbers(&soak->town, "SELECT id FROM unit WHERE type = 'grid' ORDER BY id");
    for (guint i = 0; i < GRIDS; i++) {
        int64_t grid = g_array_index(grids, int64_t, i);
        g_autofree char *sql = g_strdup_printf("SELECT uuid FROM matter WHERE unit = %" G_GINT64_FORMAT
                                               " AND kind = 'home_observation' ORDER BY household, id",
                                               grid);
        int64_t worker = town_holder(&soak->town, "grid_worker", grid);
        g_ptr_array_add(soak->matters, town_uuids(&soak->town, sql));
        g_ptr_array_add(soak->tokens, served_session(soak->town.data_dir, worker));
        if (i == 0)
            soak->login = g_strdup_printf("person%" G_GINT64_FORMAT, worker);
    }
}

static void soak_init(struct soak *soak)
{
    *soak = (struct soak){.tokens = g_ptr_array_new_with_free_func(g_free),
                          .matters = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref),
                          .sheet = sheet_of_persons()};
    town_init(&soak->town, 0);
    town_open(&soak->town);
    town_settle(&soak->town, GRIDS, HOUSEHOLDS, MEMBERS);
    town_catch_up(&soak->town);
    add_grids(soak);
    add_officers(soak);
    name_residents(soak);
    town_close(&soak->town);
}

static void soak_clear(struct soak *soak)
{
    g_ptr_array_unref(soak->tokens);
    g_ptr_array_unref(soak->matters);
    g_ptr_array_unref(soak->residents);
    for (int i = 0; i < OFFICERS; i++)
        g_free(soak->officers[i]);
    g_free(soak->login);
    g_free(soak->sheet);
    town_clear(&soak->town);
}

static int64_t erased_persons(struct soak *soak)
{
    town_open(&soak->town);
    int64_t count = town_number(&soak->town, "SELECT count(*) FROM person WHERE sealed IS NULL");
    town_close(&soak->town);
    return count;
}

/* As the operator asks, with the keys. */
static void verify(const struct soak *soak)
{
    const char *argv[] = {g_getenv("LIANFANG_PROGRAM"), "verify", "--data", soak->town.data_dir, NULL};
    g_autofree char *told = NULL;
    int status = -1;
    GError *error = NULL;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &told, NULL, &status, &error);
    g_assert_no_error(error);
    if (status != 0)
        g_error("verify: %s", told);
}

static void make_load(struct soak *soak)
{
    struct source sources[] = {
        {soak, write_round, &soak->written, 40, 8},   {soak, write_list, &soak->read, 60, LISTERS},
        {soak, write_look, &soak->looked, 10, 4},     {soak, write_export, &soak->exported, 0, 2},
        {soak, write_login, &soak->logged_in, 1, 2},  {soak, write_import, &soak->tried, 0.5, 1},
        {soak, write_erasure, &soak->agreed, 0.6, 1},
    };
    GThread *threads[G_N_ELEMENTS(sources)], *backups = g_thread_new("backups", run_backups, soak);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        threads[i] = g_thread_new("source", run_source, &sources[i]);
    look_on(soak);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        g_thread_join(threads[i]);
    g_thread_join(backups);
}

static void test_soak(void)
{
    struct soak soak;
    soak_init(&soak);
    served_start(&soak.served, soak.town.data_dir);
    make_load(&soak);
    served_stop(&soak.served, SIGTERM);
    int64_t erased = erased_persons(&soak);
    g_test_message(
        "commands %d, lists %d, looks %d, exports %d, logins %d, imports %d, erasures %" G_GINT64_FORMAT ", backups %d",
        soak.written, soak.read, soak.looked, soak.exported, soak.logged_in, soak.tried, erased, soak.backups);
    const gint counts[] = {soak.written,   soak.read,  soak.looked,  soak.exported,
                           soak.logged_in, soak.tried, (gint)erased, soak.backups};
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        g_assert_cmpint(counts[i], >, 0);
    verify(&soak);
    town_check(&soak.town);
    soak_clear(&soak);
}

/* The sanitizer keeps freed memory to tell uses of it; unbounded, a leak could not be told from that. */
static void keep_little(void)
{
    const char *given = g_getenv("ASAN_OPTIONS");
    g_autofree char *options = g_strconcat(given != NULL ? given : "", ":quarantine_size_mb=16", NULL);
    g_setenv("ASAN_OPTIONS", options, TRUE);
}

int main(int argc, char **argv)
{
    keep_little();
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/proofs/soak", test_soak);
    return g_test_run();
}
