/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every list with filters of few hits, as who may see the whole city asks for it, and a directive to as many
 * communities as the largest city has: the slowest of all p99, and no page that is empty before the end: a search
 * that looks through too many is refused. Each list is read page by page, from the beginning again after its end.
 */
#include "figures.h"

#include "matter/tally.h"
#include "registry/registry.h"
#include "store/db.h"

#include <signal.h>
#include <string.h>

#define LIST_SECONDS   2
#define LIST_RATE      50
#define COMMUNITIES    7535
#define COMMUNITY_LEFT 2500 /* of so many one has not acted */
#define FEW_IN         9973 /* of so many matters one is in a rare state */
#define JOIN_SECONDS   120

struct list {
    const char *path, *body; /* `body`: it is a POST */
    bool elsewhere;          /* of the directive, whose id stands for %s */
};

static const struct list lists[] = {
    {"/api/v1/matters?limit=50", NULL, false},
    {"/api/v1/matters?state=rechecking&limit=50", NULL, false},
    {"/api/v1/matters?kind=home_observation&state=released&limit=50", NULL, false},
    {"/api/v1/matters?state=rechecking&open=true&under=%%231&limit=50", NULL, false},
    {"/api/v1/matters?open=false&limit=50", NULL, false},
    {"/api/v1/matters?q=%%E6%%B2%%A1%%E6%%9C%%89&limit=50", NULL, false},
    {"/api/v1/matters?q=%%E6%%B2%%A1%%E6%%9C%%89&kind=directive&limit=50", NULL, false},
    {"/api/v1/matters?opened_to=2020-01-01&limit=50", NULL, false},
    {"/api/v1/matters?opened_from=2100-01-01&limit=50", NULL, false},
    {"/api/v1/matters?external=none:1", NULL, false},
    {"/api/v1/expectations?under=%%231&limit=50", NULL, false},
    {"/api/v1/expectations?under=%%231&name=release&limit=50", NULL, false},
    {"/api/v1/expectations?under=%%231&kind=directive&limit=50", NULL, false},
    {"/api/v1/tasks?limit=50", NULL, false},
    {"/api/v1/alerts?limit=50", NULL, false},
    {"/api/v1/units?q=community77&limit=50", NULL, false},
    {"/api/v1/units?q=none&limit=50", NULL, false},
    {"/api/v1/units?type=district&limit=50", NULL, false},
    {"/api/v1/units?type=city&limit=50", NULL, false},
    {"/api/v1/retention?limit=50", NULL, false},
    {"/api/v1/handovers?limit=50", NULL, false},
    {"/api/v1/moves?limit=50", NULL, false},
    {"/api/v1/playbooks?limit=50", NULL, false},
    {"/api/v1/phone-list?limit=50", NULL, false},
    {"/api/v1/persons/search", "{\"phone\":\"01000000000\"}", false},
    {"/api/v1/persons/search", "{\"id_number\":\"110000199102030013\"}", false},
    {"/api/v1/matters?kind=directive&limit=50", NULL, true},
    {"/api/v1/matters/%s/participants?limit=50", NULL, true},
    {"/api/v1/matters/%s/participants?open=act&limit=50", NULL, true},
    {"/api/v1/matters/%s/participants?state=acted&limit=50", NULL, true},
    {"/api/v1/matters/%s/participants?seen=true&limit=50", NULL, true},
    {"/api/v1/matters/%s/participants?q=community7534&limit=50", NULL, true},
    {"/api/v1/matters/%s/expectations?limit=50", NULL, true},
    {"/api/v1/matters/%s/entries?limit=50", NULL, true},
    {"/api/v1/tasks?limit=50", NULL, true},
};

struct walk {
    const struct list *list;
    char *path;
    const char *token;
    char *cursor;
    int64_t sent_us;
    GArray *took_us;
    bool has_empty; /* a page before the end */
};

static bool next_page(void *context, int connection, GString *out)
{
    struct walk *walk = context;
    g_autofree char *path =
        walk->cursor == NULL ? g_strdup(walk->path) : g_strdup_printf("%s&cursor=%s", walk->path, walk->cursor);
    if (walk->list->body != NULL)
        load_write_post(out, path, walk->token, walk->list->body, strlen(walk->list->body));
    else
        load_write_get(out, path, walk->token);
    walk->sent_us = g_get_monotonic_time();
    return true;
}

static void on_page(void *context, int connection, int status, const char *head, const char *body)
{
    struct walk *walk = context;
    int32_t us = (int32_t)(g_get_monotonic_time() - walk->sent_us);
    g_array_append_val(walk->took_us, us);
    bool broad = status == 400 && strstr(body, "\"too_broad\"") != NULL; /* refused, with what would leave fewer */
    json_t *page = status == 200 || broad ? json_loads(body, 0, NULL) : NULL;
    const char *next = json_string_value(json_object_get(page, "next"));
    if (page == NULL)
        g_error("bench: %s answered %d: %.300s", walk->path, status, body);
    walk->has_empty = walk->has_empty || (next != NULL && json_array_size(json_object_get(page, "data")) == 0);
    g_free(walk->cursor);
    walk->cursor = g_strdup(next);
    json_decref(page);
}

static double p99_ms(const struct rig_server *server, const struct list *list, const char *token, const char *matter,
                     int *empty)
{
    g_autofree char *path = NULL;
    g_autoptr(GString) format = g_string_new(list->path);
    g_string_replace(format, "%s", matter != NULL ? matter : "", 0);
    g_string_replace(format, "%%", "%", 0);
    path = g_string_free(g_steal_pointer(&format), FALSE);
    struct walk walk = {
        .list = list, .path = path, .token = token, .took_us = g_array_new(FALSE, FALSE, sizeof(int32_t))};
    struct load_report report;
    load_run(&(struct load_options){.port = server->port,
                                    .connections = 1,
                                    .seconds = LIST_SECONDS,
                                    .rate = LIST_RATE,
                                    .next = next_page,
                                    .answered = on_page,
                                    .context = &walk},
             &report);
    load_report_clear(&report);
    g_array_sort(walk.took_us, load_compare);
    double ms =
        walk.took_us->len > 0 ? g_array_index(walk.took_us, int32_t, walk.took_us->len * 99 / 100) / 1000.0 : 1e9;
    g_array_unref(walk.took_us);
    g_free(walk.cursor);
    *empty += walk.has_empty;
    if (g_getenv("LIANFANG_BENCH_EACH") != NULL)
        g_printerr("bench: %6.1f ms %s %s%s\n", ms, path, list->body != NULL ? list->body : "",
                   walk.has_empty ? " (empty pages before the end)" : "");
    return ms;
}

static struct db *open_rows(const char *dir, enum db_mode mode)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(dir, "rows.db", NULL);
    struct db *rows = db_open(path, &(struct db_options){.mode = mode}, &error);
    if (rows == NULL)
        g_error("bench: %s", error->message);
    return rows;
}

/* In the rows alone, so that few are what the filters ask for. */
static void make_few(const char *dir, const char *sql, int64_t one_in)
{
    g_autoptr(GError) error = NULL;
    struct db *rows = open_rows(dir, DB_ROWS);
    db_begin(rows);
    db_run(rows, sql, "i", one_in);
    matter_counts_settle(rows);
    if (!db_commit(rows, &error))
        g_error("bench: %s", error->message);
    db_close(rows);
}

/* Of all lists of one of the two cities; `slowest` is the one that takes longest. */
static double slowest_ms(const struct rig_server *server, const GPtrArray *tokens, const char *matter,
                         const char **out_slowest, int *empty)
{
    double most = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (lists[i].elsewhere != (matter != NULL))
            continue;
        double ms = p99_ms(server, &lists[i], tokens->pdata[i], matter, empty);
        if (ms > most) {
            most = ms;
            *out_slowest = lists[i].path;
        }
    }
    return most;
}

/* ---- the directive ---- */

static void on_opened(void *context, int connection, int status, const char *head, const char *body)
{
    if (status != 201)
        g_error("bench: the directive was answered %d: %.300s", status, body);
}

static bool write_directive(void *context, int connection, GString *out)
{
    const char *const *given = context; /* the session, the matter's id */
    g_autofree char *body = g_strdup_printf(
        "{\"id\":\"%s\",\"kind\":\"directive\",\"unit\":\"#%d\",\"form\":{\"target\":\"#%d\",\"text\":\"x\"}}",
        given[1], REGISTRY_ROOT, REGISTRY_ROOT);
    load_write_post(out, "/api/v1/matters", given[0], body, strlen(body));
    return true;
}

static int64_t count_of(const char *dir, const char *sql)
{
    int64_t count = 0;
    struct db *rows = open_rows(dir, DB_READ);
    db_integer(rows, &count, sql, "");
    db_close(rows);
    return count;
}

/* To all communities of the city, until all of them take part. */
static void open_directive(const struct rig_server *server, const char *token, char matter[UUID_TEXT_LENGTH + 1])
{
    struct uuid uuid;
    struct load_report report;
    uuid_make(g_get_real_time(), &uuid);
    uuid_format(&uuid, matter);
    const char *given[] = {token, matter};
    load_run(&(struct load_options){.port = server->port,
                                    .connections = 1,
                                    .seconds = 10,
                                    .requests_most = 1,
                                    .next = write_directive,
                                    .answered = on_opened,
                                    .context = given},
             &report);
    load_report_clear(&report);
    for (int i = 0; i < JOIN_SECONDS && count_of(server->dir, "SELECT count(*) FROM participant") < COMMUNITIES; i++)
        g_usleep(G_USEC_PER_SEC);
    if (count_of(server->dir, "SELECT count(*) FROM participant") < COMMUNITIES)
        g_error("bench: the directive has not reached all");
}

static double directive_ms(const char **out_slowest, int *empty)
{
    g_autofree char *dir = rig_copy_of_communities(COMMUNITIES);
    g_autoptr(GPtrArray) tokens = rig_desks(dir, G_N_ELEMENTS(lists));
    struct rig_server server;
    char matter[UUID_TEXT_LENGTH + 1];
    rig_serve(&server, dir);
    open_directive(&server, tokens->pdata[0], matter);
    rig_stop(&server, SIGTERM);
    make_few(dir, "DELETE FROM expectation WHERE name = 'act' AND participant % ?1 <> 0", COMMUNITY_LEFT);
    make_few(dir, "UPDATE participant SET state = 'acted', seen_us = joined_us WHERE number % ?1 = 0", COMMUNITY_LEFT);
    rig_serve(&server, dir);
    double ms = slowest_ms(&server, tokens, matter, out_slowest, empty);
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    return ms;
}

bool figure_lists(struct figure_line *line)
{
    const char *slowest = "/api/v1", *slowest_directive = "/api/v1";
    int empty = 0;
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GPtrArray) tokens = rig_desks(dir, G_N_ELEMENTS(lists)); /* reading is rationed by account */
    struct rig_server server;
    make_few(dir, "UPDATE matter SET state = 'rechecking' WHERE id % ?1 = 0", FEW_IN);
    rig_serve(&server, dir);
    double ms = slowest_ms(&server, tokens, NULL, &slowest, &empty);
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    double directive = directive_ms(&slowest_directive, &empty);
    g_snprintf(line->value, sizeof line->value,
               "p99 %.1f ms (%s) of %" G_GINT64_FORMAT
               " matters, %.1f ms (%s) of a directive to %d; %d lists with empty pages",
               ms, slowest + strlen("/api/v1"), BENCH_MATTERS_MANY, directive, slowest_directive + strlen("/api/v1"),
               COMMUNITIES, empty);
    return ms <= 20 && directive <= 20 && empty == 0;
}
