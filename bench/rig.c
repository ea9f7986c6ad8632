/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "rig.h"

#include "base/datetime.h"
#include "engine/engine.h"
#include "load.h"
#include "matter/matter.h"
#include "playbook/load/load.h"
#include "rehearsal/city.h"
#include "vault/account.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNITS_PER_COMMAND 400
#define FIRST_WORKER      90000000 /* numbers of made-up people */
#define FIRST_DOCTOR      95000000

static void run(const char *const *argv)
{
    GError *error = NULL;
    int status;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error) ||
        !g_spawn_check_wait_status(status, &error))
        g_error("%s: %s", argv[0], error->message);
}

static char *bench_dir(void)
{
    const char *given = g_getenv("LIANFANG_BENCH_DIR");
    return g_strdup(given != NULL ? given : "/var/tmp/lianfang-bench");
}

/* ---- making a city ---- */

static void must(struct submitter *submitter)
{
    g_autoptr(GError) error = NULL;
    if (!city_check(submitter, &error))
        g_error("bench: %s", error->message);
}

static json_t *unit_text(int64_t unit)
{
    char text[24];
    g_snprintf(text, sizeof text, "#%" G_GINT64_FORMAT, unit);
    return json_string(text);
}

static char *text_of(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("LIANFANG_SOURCE"), "bench", name, NULL);
    char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, &error))
        g_error("bench: %s", error->message);
    return text;
}

static char *playbook_text(enum rig_indicators indicators)
{
    g_autofree char *text = text_of("playbook.yaml");
    if (indicators == RIG_INDICATORS_FEW)
        return g_steal_pointer(&text);
    g_autofree char *many = indicators != RIG_INDICATORS_NONE ? text_of("indicators.yaml") : g_strdup("");
    g_autofree char *boards = indicators == RIG_INDICATORS_BOARDS ? text_of("boards.yaml") : g_strdup("");
    char *from = strstr(text, "indicators:\n"), *to = strstr(text, "---\nkind: directive\n");
    g_assert(from != NULL && to > from);
    return g_strdup_printf("%.*s%s%s%s", (int)(from - text), text, many, to, boards);
}

static void adopt(struct submitter *submitter, enum rig_indicators indicators)
{
    g_autofree char *text = playbook_text(indicators);
    submitter_put(submitter, "adopt_playbook", 0,
                  json_pack("{s:[{s:s, s:s}]}", "files", "name", "playbook.yaml", "text", text), NULL, NULL);
    submitter_wait(submitter);
}

/* `count` units of a type, each `each` of them under the next of `parents`. */
static GArray *make_units(struct submitter *submitter, struct reader *reader, const char *type, const GArray *parents,
                          guint each, guint count)
{
    json_t *units = json_array();
    for (guint i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("%s%u", type, i + 1);
        json_array_append_new(units, json_pack("{s:o, s:s, s:s}", "parent",
                                               unit_text(g_array_index(parents, int64_t, i / each)), "type", type,
                                               "name", name));
        if (json_array_size(units) == UNITS_PER_COMMAND || i + 1 == count) {
            submitter_put(submitter, "create_units", 0, json_pack("{s:o}", "units", units), NULL, NULL);
            units = json_array();
        }
    }
    json_decref(units);
    must(submitter);
    g_usleep(300000);
    GArray *made = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor)
    struct cursor cursor = db_query(reader->rows, "SELECT id FROM unit WHERE type = ?1 ORDER BY id", "s", type);
    while (cursor_next(&cursor)) {
        int64_t id = cursor_integer(&cursor, 0);
        g_array_append_val(made, id);
    }
    g_assert_cmpuint(made->len, ==, count);
    return made;
}

static GArray *make_tree(struct submitter *submitter, struct reader *reader, guint grid_count)
{
    guint community_count = (grid_count + COMMUNITY_GRIDS - 1) / COMMUNITY_GRIDS;
    guint subdistrict_count = (community_count + 21) / 22, district_count = MIN(16, subdistrict_count);
    guint per_district = (subdistrict_count + district_count - 1) / district_count;
    int64_t root = REGISTRY_ROOT;
    g_autoptr(GArray) city = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(city, root);
    submitter_put(submitter, "create_unit", 0, json_pack("{s:s, s:s}", "type", "city", "name", "测量市"), NULL, NULL);
    must(submitter);
    g_autoptr(GArray) districts = make_units(submitter, reader, "district", city, district_count, district_count);
    g_autoptr(GArray) subdistricts =
        make_units(submitter, reader, "subdistrict", districts, per_district, subdistrict_count);
    g_autoptr(GArray) communities = make_units(submitter, reader, "community", subdistricts, 22, community_count);
    return make_units(submitter, reader, "grid", communities, COMMUNITY_GRIDS, grid_count);
}

static int64_t *make_people(struct submitter *submitter, uint32_t first, guint count)
{
    int64_t *people = g_new0(int64_t, count);
    for (guint i = 0; i < count; i++)
        submitter_put(submitter, "register_person", 0, made_up_person(first + i, false), &people[i], NULL);
    must(submitter);
    return people;
}

static int64_t *make_workers(struct submitter *submitter, const GArray *grids)
{
    guint count = (grids->len + WORKER_GRIDS - 1) / WORKER_GRIDS;
    int64_t *workers = make_people(submitter, FIRST_WORKER, count);
    for (guint i = 0; i < count; i++) {
        json_t *grounds = json_array();
        for (guint j = i * WORKER_GRIDS; j < MIN((i + 1) * WORKER_GRIDS, grids->len); j++)
            json_array_append_new(grounds, unit_text(g_array_index(grids, int64_t, j)));
        submitter_put(submitter, "appoint", 0,
                      json_pack("{s:o, s:s, s:O, s:o}", "person", json_id(workers[i]), "role", "grid_worker", "seat",
                                json_array_get(grounds, 0), "grounds", grounds),
                      NULL, NULL);
    }
    must(submitter);
    return workers;
}

static void make_accounts(const char *dir, const int64_t *workers, guint count)
{
    g_autoptr(GError) error = NULL;
    struct account_store *store = account_store_open(dir, NULL, &error);
    char hash[ACCOUNT_HASH_MAX];
    if (store == NULL || !account_hash("bench-password-1", hash))
        g_error("bench: accounts: %s", error != NULL ? error->message : "hash");
    for (guint i = 0; i < count; i++) {
        struct problem *problem = NULL;
        int64_t account;
        g_autofree char *login = g_strdup_printf("worker%u", i);
        if (!account_create(store, workers[i], login, hash, false, g_get_real_time(), &account, &problem))
            g_error("bench: account %s", login);
    }
    account_store_close(store);
}

static void make_households(struct submitter *submitter, const GArray *grids)
{
    uint32_t person = 0;
    for (guint i = 0; i < grids->len; i++)
        for (int household = 0; household < GRID_HOUSEHOLDS; household++) {
            json_t *persons = json_array();
            for (int member = 0; member < HOUSEHOLD_SIZE; member++)
                json_array_append_new(persons, made_up_person(person++, false));
            g_autofree char *dwelling = g_strdup_printf("%d单元%d01", household / 2 + 1, household + 1);
            submitter_put(submitter, "move_in", 0,
                          json_pack("{s:o, s:o, s:s}", "persons", persons, "unit",
                                    unit_text(g_array_index(grids, int64_t, i)), "dwelling", dwelling),
                          NULL, NULL);
        }
    must(submitter);
}

struct resident {
    int64_t person, unit;
};

/* A page of residents, read whole: a snapshot held while commands run would hold the write-ahead log back. */
static GArray *residents_after(struct reader *reader, int64_t after)
{
    GArray *residents = g_array_new(FALSE, FALSE, sizeof(struct resident));
    AUTO(cursor)
    struct cursor cursor = db_query(
        reader->rows, "SELECT person, unit FROM residency WHERE person > ?1 ORDER BY person LIMIT 20000", "i", after);
    while (cursor_next(&cursor)) {
        struct resident resident = {cursor_integer(&cursor, 0), cursor_integer(&cursor, 1)};
        g_array_append_val(residents, resident);
    }
    return residents;
}

static void open_matters(struct submitter *submitter, struct reader *reader)
{
    int64_t done = 0, most = 0, after = 0;
    char yesterday[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format((g_get_real_time() / US_PER_DAY - 1) * US_PER_DAY, utc, yesterday);
    db_integer(reader->rows, &most, "SELECT count(*) FROM residency", "");
    for (bool more = true; more;) {
        g_autoptr(GArray) residents = residents_after(reader, after);
        more = residents->len > 0;
        for (guint i = 0; i < residents->len; i++) {
            const struct resident *resident = &g_array_index(residents, struct resident, i);
            after = resident->person;
            submitter_put(submitter, "open_matter", 0,
                          json_pack("{s:s, s:o, s:o, s:{s:s, s:s}}", "kind", "home_observation", "unit",
                                    unit_text(resident->unit), "subject", json_id(resident->person), "form",
                                    "last_exposure", yesterday, "address", "演练小区"),
                          NULL, NULL);
            if (++done % 20000 == 0)
                g_printerr("bench: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " matters\n", done, most);
        }
    }
    must(submitter);
}

/* `matters` 0: nobody lives there, and nothing is open. */
static void make_city(const char *dir, int64_t matters, guint grid_count, enum rig_indicators indicators)
{
    g_autoptr(GError) error = NULL;
    struct clock clock;
    clock_init_system(&clock);
    struct engine *engine = engine_open(
        &(struct engine_options){
            .areas = lianfang_areas, .data_dir = dir, .clock = &clock, .create = true, .no_clock = true},
        &error);
    if (engine == NULL)
        g_error("bench: %s", error->message);
    struct reader *reader = reader_open(dir, engine_keys_dir(engine), &error);
    struct submitter *submitter = submitter_new(engine, &clock);
    adopt(submitter, indicators);
    must(submitter);
    g_autoptr(GArray) grids = make_tree(submitter, reader, grid_count);
    g_autofree int64_t *workers = matters > 0 ? make_workers(submitter, grids) : NULL;
    if (matters > 0)
        make_households(submitter, grids);
    engine_wait_rows(engine, engine_durable_pos(engine), 60 * US_PER_SECOND);
    if (matters > 0)
        open_matters(submitter, reader);
    submitter_free(submitter);
    reader_close(reader);
    engine_close(engine);
    if (matters > 0)
        make_accounts(dir, workers, (grids->len + WORKER_GRIDS - 1) / WORKER_GRIDS);
}

static char *copy_of(const char *name, int64_t matters, guint grid_count, enum rig_indicators indicators)
{
    g_autofree char *base = bench_dir();
    g_autofree char *kept = g_build_filename(base, name, NULL);
    g_autofree char *making = g_strdup_printf("%s.making.%d", kept, (int)getpid());
    if (!g_file_test(kept, G_FILE_TEST_EXISTS)) {
        g_printerr("bench: making a city of %u grids, %" G_GINT64_FORMAT " matters\n", grid_count, matters);
        run((const char *[]){"rm", "-rf", making, NULL});
        run((const char *[]){"mkdir", "-p", making, NULL});
        g_autofree char *data = g_build_filename(making, "data", NULL);
        make_city(data, matters, grid_count, indicators);
        if (g_rename(making, kept) != 0) /* another run was faster */
            run((const char *[]){"rm", "-rf", making, NULL});
    }
    static int number;
    char *copy = g_strdup_printf("%s/run.%d.%d", base, (int)getpid(), ++number);
    run((const char *[]){"cp", "-a", kept, copy, NULL});
    sync(); /* the copy's own writing must not slow down what is measured */
    char *data = g_build_filename(copy, "data", NULL);
    g_free(copy);
    return data;
}

char *rig_copy(int64_t matters)
{
    g_autofree char *name = g_strdup_printf("m%" G_GINT64_FORMAT, matters);
    return copy_of(name, matters, (guint)(matters / GRID_MATTERS), RIG_INDICATORS_FEW);
}

char *rig_copy_counting(int64_t matters, enum rig_indicators indicators)
{
    g_autofree char *name = g_strdup_printf("i%d-m%" G_GINT64_FORMAT, (int)indicators, matters);
    return copy_of(name, matters, (guint)(matters / GRID_MATTERS), indicators);
}

char *rig_copy_of_communities(guint communities)
{
    g_autofree char *name = g_strdup_printf("c%u", communities);
    return copy_of(name, 0, communities * COMMUNITY_GRIDS, RIG_INDICATORS_FEW);
}

void rig_remove(const char *dir)
{
    g_autofree char *above = g_path_get_dirname(dir);
    g_autofree char *name = g_path_get_basename(above);
    /* Made for one measurement, never somebody else's folder. */
    g_assert(g_str_has_prefix(name, "run.") || g_str_has_prefix(name, "lianfang-bench-"));
    run((const char *[]){"rm", "-rf", above, NULL});
}

int64_t rig_bytes(const char *dir)
{
    int64_t bytes = 0;
    g_autoptr(GDir) files = g_dir_open(dir, 0, NULL);
    for (const char *name = g_dir_read_name(files); name != NULL; name = g_dir_read_name(files)) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        GStatBuf found;
        if (g_stat(path, &found) == 0)
            bytes += found.st_size;
    }
    return bytes;
}

int rig_files(const struct rig_server *server)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", (int)server->pid);
    g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
    int count = 0;
    while (files != NULL && g_dir_read_name(files) != NULL)
        count++;
    return count;
}

int64_t rig_wal_bytes(const char *dir)
{
    static const char *const names[] = {"journal.db-wal", "rows.db-wal", "secrets.db-wal"};
    int64_t most = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);
        GStatBuf found;
        if (g_stat(path, &found) == 0)
            most = MAX(most, found.st_size);
    }
    return most;
}

/* ---- desks ---- */

/* Each over the next of the units; NULL: over the city. */
static int64_t *appoint_doctors(struct submitter *submitter, guint count, const GArray *units)
{
    int64_t *doctors = make_people(submitter, FIRST_DOCTOR, count);
    for (guint i = 0; i < count; i++) {
        int64_t ground = units != NULL ? g_array_index(units, int64_t, i % units->len) : REGISTRY_ROOT;
        submitter_put(submitter, "appoint", 0,
                      json_pack("{s:o, s:s, s:[o]}", "person", json_id(doctors[i]), "role", "community_doctor",
                                "grounds", unit_text(ground)),
                      NULL, NULL);
    }
    must(submitter);
    return doctors;
}

static GPtrArray *open_sessions(const char *dir, const int64_t *persons, guint count)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);
    struct account_store *store = account_store_open(dir, NULL, &error);
    char hash[ACCOUNT_HASH_MAX], token[SESSION_TOKEN_TEXT_MAX];
    if (store == NULL || !account_hash("bench-password-1", hash))
        g_error("bench: accounts: %s", error != NULL ? error->message : "hash");
    for (guint i = 0; i < count; i++) {
        struct problem *problem = NULL;
        struct session session;
        int64_t account, now_us = g_get_real_time();
        g_autofree char *login = g_strdup_printf("desk%u", i);
        if (!account_create(store, persons[i], login, hash, false, now_us, &account, &problem))
            g_error("bench: account %s", login);
        session_create(store, account, now_us, now_us + 6 * US_PER_HOUR, token, &session);
        g_ptr_array_add(tokens, g_strdup(token));
    }
    account_store_close(store);
    return tokens;
}

GPtrArray *rig_desks(const char *dir, guint count)
{
    return rig_desks_over(dir, count, NULL);
}

GPtrArray *rig_desks_over(const char *dir, guint count, const GArray *units)
{
    g_autoptr(GError) error = NULL;
    struct clock clock;
    clock_init_system(&clock);
    struct engine *engine = engine_open(
        &(struct engine_options){.areas = lianfang_areas, .data_dir = dir, .clock = &clock, .no_clock = true}, &error);
    if (engine == NULL)
        g_error("bench: %s", error->message);
    struct submitter *submitter = submitter_new(engine, &clock);
    adopt(submitter, RIG_INDICATORS_FEW); /* a city that was made under an older one; else it is refused */
    submitter_free(submitter);
    submitter = submitter_new(engine, &clock);
    g_autofree int64_t *doctors = appoint_doctors(submitter, count, units);
    submitter_free(submitter);
    engine_close(engine);
    return open_sessions(dir, doctors, count);
}

GArray *rig_units(const char *dir, const char *type)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(dir, "rows.db", NULL);
    struct db *rows_db = db_open(path, &(struct db_options){.mode = DB_READ}, &error);
    if (rows_db == NULL)
        g_error("bench: %s", error->message);
    GArray *units = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor) struct cursor cursor = db_query(rows_db, "SELECT id FROM unit WHERE type = ?1 ORDER BY id", "s", type);
    while (cursor_next(&cursor)) {
        int64_t id = cursor_integer(&cursor, 0);
        g_array_append_val(units, id);
    }
    cursor_clear(&cursor);
    db_close(rows_db);
    return units;
}

/* ---- a server ---- */

static uint16_t next_port(void)
{
    static uint16_t port;
    if (port == 0)
        port = (uint16_t)(20000 + getpid() % 20000);
    return ++port;
}

static bool is_ready(uint16_t port)
{
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d/healthz", port);
    const char *argv[] = {"curl", "-sf", "-o", "/dev/null", "-m", "2", url, NULL};
    int status;
    return g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL) &&
           g_spawn_check_wait_status(status, NULL);
}

/* In the child: a figure that fails leaves no server behind. */
static void die_with_parent(gpointer data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void rig_serve(struct rig_server *server, const char *dir)
{
    g_autoptr(GError) error = NULL;
    *server = (struct rig_server){.dir = (char *)dir, .port = next_port()};
    g_autofree char *port = g_strdup_printf("%d", server->port);
    const char *argv[] = {g_getenv("LIANFANG_PROGRAM"), "serve",     "--data",         dir, "--port", port,
                          "--requests-per-minute",      "100000000", "--accept-clock", NULL};
    int64_t from_us = g_get_monotonic_time();
    if (!g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                       die_with_parent, NULL, &server->pid, &error))
        g_error("bench: %s", error->message);
    while (!is_ready(server->port)) {
        if (waitpid(server->pid, NULL, WNOHANG) == server->pid)
            g_error("bench: the server ended at once");
        g_usleep(2000);
    }
    server->start_us = g_get_monotonic_time() - from_us;
}

void rig_stop(struct rig_server *server, int signal)
{
    kill(server->pid, signal);
    waitpid(server->pid, NULL, 0);
    g_spawn_close_pid(server->pid);
}

int64_t rig_processor_us(const struct rig_server *server)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)server->pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    long long user = 0, kernel = 0;
    const char *after_name = strrchr(text, ')');
    if (after_name == NULL ||
        sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld", &user, &kernel) != 2)
        return 0;
    return (user + kernel) * (G_USEC_PER_SEC / sysconf(_SC_CLK_TCK));
}

int64_t rig_status_kib(const struct rig_server *server, const char *field)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)server->pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    const char *at = strstr(text, field);
    return at != NULL ? g_ascii_strtoll(at + strlen(field) + 1, NULL, 10) : 0;
}

/* ---- rounds ---- */

static char *make_session(struct account_store *store, struct db *rows, int64_t grid)
{
    int64_t person = 0;
    AUTO(account) struct account account = {0};
    char token[SESSION_TOKEN_TEXT_MAX];
    struct session session;
    int64_t now_us = g_get_real_time();
    db_integer(rows, &person, "SELECT person FROM post_ground WHERE unit = ?1", "i", grid);
    if (!account_of_person(store, person, &account))
        g_error("bench: no account for the worker of grid %" G_GINT64_FORMAT, grid);
    session_create(store, account.id, now_us, now_us + 6 * US_PER_HOUR, token, &session);
    return g_strdup(token);
}

static void read_matters(struct db *rows, int64_t grid, struct round *round)
{
    guint count = 0;
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT uuid FROM matter WHERE unit = ?1 ORDER BY household, id", "i", grid);
    while (count < GRID_MATTERS && cursor_next(&found))
        cursor_uuid(&found, 0, &round->matters[count++]);
    g_assert_cmpuint(count, ==, GRID_MATTERS);
}

GArray *rig_rounds(const char *dir, guint count)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(dir, "rows.db", NULL);
    struct db *rows = db_open(path, &(struct db_options){.mode = DB_READ}, &error);
    struct account_store *store = account_store_open(dir, NULL, &error);
    if (rows == NULL || store == NULL)
        g_error("bench: %s", error->message);
    g_autoptr(GArray) grids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor) struct cursor all = db_query(rows, "SELECT id FROM unit WHERE type = 'grid' ORDER BY id", "");
    while (cursor_next(&all)) {
        int64_t id = cursor_integer(&all, 0);
        g_array_append_val(grids, id);
    }
    GArray *rounds = g_array_new(FALSE, TRUE, sizeof(struct round));
    char *token = NULL;
    guint token_of = G_MAXUINT;
    for (guint i = 0; i < MIN(count, grids->len); i++) {
        guint at = (guint)((guint64)i * grids->len / MIN(count, grids->len));
        struct round round = {0};
        if (token == NULL || at / WORKER_GRIDS != token_of) {
            token = make_session(store, rows, g_array_index(grids, int64_t, at));
            token_of = at / WORKER_GRIDS;
        }
        round.token = token;
        read_matters(rows, g_array_index(grids, int64_t, at), &round);
        g_array_append_val(rounds, round);
    }
    db_close(rows);
    account_store_close(store);
    return rounds;
}

static void append_id(GString *out)
{
    struct uuid uuid;
    char text[UUID_TEXT_LENGTH + 1];
    uuid_make(g_get_real_time(), &uuid);
    uuid_format(&uuid, text);
    g_string_append(out, text);
}

static void append_household(GString *body, const struct round *round, int household)
{
    g_string_append(body, "{\"id\":\"");
    append_id(body);
    g_string_append(body, "\",\"command\":\"enter_round\",\"entry\":\"check_in\",\"rows\":[");
    for (int member = 0; member < HOUSEHOLD_SIZE; member++) {
        char text[UUID_TEXT_LENGTH + 1];
        uuid_format(&round->matters[household * HOUSEHOLD_SIZE + member], text);
        g_string_append_printf(body, "%s{\"matter\":\"%s\",\"fields\":{\"temperature\":36.%d}}", member > 0 ? "," : "",
                               text, (household * 3 + member) % 9);
    }
    g_string_append(body, "]}");
}

void rig_write_rounds(GString *out, const struct round *rounds, int count)
{
    static _Thread_local GString *body;
    if (body == NULL)
        body = g_string_new(NULL);
    g_string_assign(body, "{\"items\":[");
    for (int i = 0; i < count * GRID_HOUSEHOLDS; i++) {
        g_string_append(body, i > 0 ? "," : "");
        append_household(body, &rounds[i / GRID_HOUSEHOLDS], i % GRID_HOUSEHOLDS);
    }
    g_string_append(body, "]}");
    load_write_post(out, "/api/v1/batch", rounds->token, body->str, body->len);
}

void rig_write_round(GString *out, const struct round *round)
{
    rig_write_rounds(out, round, 1);
}

/* Appends the entry of one matter as an item of a batch, or as a command. */
static void append_entry(GString *body, const struct uuid *uuid)
{
    char matter[UUID_TEXT_LENGTH + 1];
    uuid_format(uuid, matter);
    g_string_append(body, "{\"id\":\"");
    append_id(body);
    g_string_append_printf(body,
                           "\",\"command\":\"enter\",\"matter\":\"%s\",\"entry\":\"check_in\","
                           "\"fields\":{\"temperature\":36.5}}",
                           matter);
}

void rig_write_entries(GString *out, const struct round *rounds, int count)
{
    g_autoptr(GString) body = g_string_new("{\"items\":[");
    for (int i = 0; i < count * GRID_MATTERS; i++) {
        g_string_append(body, i > 0 ? "," : "");
        append_entry(body, &rounds[i / GRID_MATTERS].matters[i % GRID_MATTERS]);
    }
    g_string_append(body, "]}");
    load_write_post(out, "/api/v1/batch", rounds->token, body->str, body->len);
}

void rig_write_single(GString *out, const struct round *round, int member)
{
    char matter[UUID_TEXT_LENGTH + 1];
    uuid_format(&round->matters[member], matter);
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    g_autoptr(GString) body = g_string_new("{\"id\":\"");
    append_id(body);
    g_string_append(body, "\",\"entry\":\"check_in\",\"fields\":{\"temperature\":36.5}}");
    load_write_post(out, path, round->token, body->str, body->len);
}
