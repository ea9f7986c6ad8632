/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that fails, and one that does not answer: the real program ends, says why, and the next start goes on. */
#include "served.h"
#include "town.h"

#include "base/log.h"
#include "bench/load.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define STORAGE 74 /* what operations.md says of exit codes */
#define STUCK   75
#define SECONDS 60

#define SHEET_ROWS 2000

struct asked {
    char *token, *body;
    int status;
    char *code; /* of a refusal */
};

static struct town town;
static struct served served;
static char *broken;

static void start(void)
{
    g_setenv("LD_PRELOAD", g_getenv("LIANFANG_BROKEN_DISK"), TRUE);
    g_setenv("BROKEN_DISK", broken, TRUE);
    g_autofree char *options = g_strconcat(g_getenv("ASAN_OPTIONS") != NULL ? g_getenv("ASAN_OPTIONS") : "",
                                           ":verify_asan_link_order=0", NULL);
    g_autofree char *before = g_strdup(g_getenv("ASAN_OPTIONS"));
    g_setenv("ASAN_OPTIONS", options, TRUE);
    served_start(&served, town.data_dir);
    g_unsetenv("LD_PRELOAD");
    g_unsetenv("BROKEN_DISK");
    if (before != NULL)
        g_setenv("ASAN_OPTIONS", before, TRUE);
    else
        g_unsetenv("ASAN_OPTIONS");
}

static void break_disk(const char *how)
{
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents(broken, how, -1, &error))
        g_error("%s", error->message);
}

static bool write_next(void *context, int connection, GString *out)
{
    const struct asked *asked = context;
    load_write_post(out, "/api/v1/persons", asked->token, asked->body, strlen(asked->body));
    return true;
}

static bool write_sheet(void *context, int connection, GString *out)
{
    const struct asked *asked = context;
    g_string_append_printf(out,
                           "POST /api/v1/imports/persons?dry_run=true HTTP/1.1\r\nHost: localhost\r\n"
                           "Authorization: Bearer %s\r\nContent-Type: text/csv\r\nContent-Length: %zu\r\n\r\n%s",
                           asked->token, strlen(asked->body), asked->body);
    return true;
}

static void on_answered(void *context, int connection, int status, const char *head, const char *body)
{
    struct asked *asked = context;
    g_autoptr(json_t) json = json_loads(body, 0, NULL);
    asked->status = status;
    g_free(asked->code);
    asked->code = g_strdup(json_get_text(json_array_get(json_object_get(json, "errors"), 0), "code", ""));
}

/* Once; until the answer comes or the server has ended. */
static void ask_for(struct asked *asked, bool (*next)(void *context, int connection, GString *out))
{
    struct load_report report;
    load_run(&(struct load_options){.port = served.port,
                                    .connections = 1,
                                    .seconds = SECONDS,
                                    .requests_most = 1,
                                    .next = next,
                                    .answered = on_answered,
                                    .context = asked},
             &report);
    load_report_clear(&report);
}

static void *ask(void *data)
{
    ask_for(data, write_next);
    return NULL;
}

static struct asked asked_new(void)
{
    struct uuid id;
    char text[UUID_TEXT_LENGTH + 1];
    uuid_make(g_get_real_time(), &id);
    uuid_format(&id, text);
    town_open(&town);
    int64_t grid = town_number(&town, "SELECT min(id) FROM unit WHERE type = 'grid'");
    int64_t worker = town_holder(&town, "grid_worker", grid);
    town_close(&town);
    return (struct asked){.token = served_session(town.data_dir, worker),
                          .body = g_strdup_printf("{\"id\":\"%s\",\"name\":\"测试某\"}", text)};
}

static void asked_clear(struct asked *asked)
{
    g_free(asked->token);
    g_free(asked->body);
    g_free(asked->code);
}

static int ended(void)
{
    int status = 0;
    g_assert_cmpint(waitpid(served.pid, &status, 0), ==, served.pid);
    g_spawn_close_pid(served.pid);
    g_clear_pointer(&served.log_path, g_free);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Whoever waits is told that it is not known whether it was saved; the same id, sent again, is taken once. */
static void fsync_fails(void)
{
    struct asked asked = asked_new();
    start();
    break_disk("fails");
    ask(&asked);
    g_assert_cmpint(ended(), ==, STORAGE);
    g_assert_cmpint(asked.status, ==, 503);
    g_assert_cmpstr(asked.code, ==, "storage_failed");
    g_assert_cmpint(g_unlink(broken), ==, 0);
    start();
    ask(&asked);
    g_assert_true(asked.status == 201 || asked.status == 200);
    ask(&asked);
    g_assert_cmpint(asked.status, ==, 200);
    served_stop(&served, SIGTERM);
    town_check(&town);
    asked_clear(&asked);
}

/* SIGTERM ends it in any case, and what it had acknowledged is there. */
static void disk_does_not_answer(void)
{
    struct asked kept = asked_new(), asked = asked_new();
    start();
    ask(&kept);
    g_assert_cmpint(kept.status, ==, 201);
    break_disk("hangs");
    GThread *waits = g_thread_new("waits", ask, &asked);
    g_usleep(G_USEC_PER_SEC / 2);
    g_assert_cmpint(kill(served.pid, SIGTERM), ==, 0);
    g_assert_cmpint(ended(), ==, STUCK);
    g_thread_join(waits);
    g_assert_cmpint(asked.status, !=, 201); /* nobody was told that it is durable */
    g_assert_cmpint(g_unlink(broken), ==, 0);
    start();
    ask(&kept);
    g_assert_cmpint(kept.status, ==, 200);
    served_stop(&served, SIGTERM);
    town_check(&town);
    asked_clear(&kept);
    asked_clear(&asked);
}

/* A sheet on its way in: what the disk takes in parts, and with interruptions, is taken whole. */
static void takes_parts(void)
{
    g_autoptr(GString) sheet = g_string_new("name\n");
    for (int i = 0; i < SHEET_ROWS; i++)
        g_string_append(sheet, "测试某\n");
    town_open(&town);
    int64_t grid = town_number(&town, "SELECT min(id) FROM unit WHERE type = 'grid'");
    int64_t worker = town_holder(&town, "grid_worker", grid);
    town_close(&town);
    struct asked asked = {.token = served_session(town.data_dir, worker), .body = g_strdup(sheet->str)};
    start();
    break_disk("parts");
    ask_for(&asked, write_sheet);
    g_assert_cmpstr(asked.code, ==, "");
    g_assert_cmpint(asked.status, ==, 202);
    g_assert_cmpint(g_unlink(broken), ==, 0);
    served_stop(&served, SIGTERM);
    asked_clear(&asked);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    town_init(&town, 0);
    town_open(&town);
    town_settle(&town, 1, 1, 1);
    town_close(&town);
    broken = g_build_filename(town.dir, "broken", NULL);
    g_test_add_func("/disk/fsync-fails", fsync_fails);
    g_test_add_func("/disk/does-not-answer", disk_does_not_answer);
    g_test_add_func("/disk/takes-parts", takes_parts);
    int failed = g_test_run();
    g_free(broken);
    town_clear(&town);
    return failed;
}
