/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real program, with a rehearsed city in which time passes without anybody at work: everything falls due, and the
 * program is killed again and again as it delivers that. LIANFANG_PROGRAM is the program, LIANFANG_SOURCE the
 * sources.
 */
#include "base/clock.h"
#include "outbox/deliveries.h"
#include "outbox/destination.h"
#include "outbox/message.h"
#include "receiver.h"

#include "areas/areas.h"
#include "engine/engine.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define WAIT_US   (120 * G_USEC_PER_SEC)
#define KEY       "made-up key of a webhook, long enough"
#define QUIET_US  (3 * G_USEC_PER_SEC)
#define A_MESSAGE "\"type\":\"alert\""

static char *dir, *data, *config, *log_path;
static struct receiver *receiver;
static GPid server;

/* ---- the program ---- */

static void run(const char *script)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    int status = 0;
    const char *argv[] = {"/bin/sh", "-ec", script, g_getenv("LIANFANG_PROGRAM"), data, g_getenv("LIANFANG_SOURCE"),
                          NULL};
    g_assert_true(
        g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said, &status, &error));
    if (!g_spawn_check_wait_status(status, NULL))
        g_error("%s\n%s", script, said);
}

static void fill(void)
{
    run("begin=$(date -u -d '2 days ago 1 hour ago' +%FT%TZ); \"$0\" init --data \"$1\" --now $begin\n"
        "\"$0\" playbook adopt \"$2/playbooks/beijing-2020\" --data \"$1\" --now $begin\n"
        "\"$0\" import divisions \"$2/tests/docs/divisions.csv\" --date 2023-06-30 --data \"$1\" --now $begin\n"
        "\"$0\" rehearse --days 2 --families 20 --seed 1 --data \"$1\"\n");
}

static void die_with_parent(gpointer context)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static bool is_serving(void)
{
    g_autofree char *text = NULL;
    if (waitpid(server, NULL, WNOHANG) == server)
        g_error("the server ended at once");
    return g_file_get_contents(log_path, &text, NULL, NULL) && strstr(text, "\"serving\"") != NULL;
}

/* `more` options of serve. */
static void start(const char *more)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *command =
        g_strdup_printf("exec \"$0\" serve --data \"$1\" --port 0 --config \"$2\" %s 2>\"$3\"", more);
    const char *argv[] = {"/bin/sh", "-c", command, g_getenv("LIANFANG_PROGRAM"), data, config, log_path, NULL};
    g_unlink(log_path);
    g_assert_true(g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                                die_with_parent, NULL, &server, &error));
    int64_t until_us = g_get_monotonic_time() + WAIT_US;
    while (!is_serving()) {
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        g_usleep(5000);
    }
}

/* What the log says of anybody, or of the key, is a failure as well. */
static void stop(int signal)
{
    int status;
    g_autofree char *text = NULL;
    g_assert_cmpint(kill(server, signal), ==, 0);
    g_assert_cmpint(waitpid(server, &status, 0), ==, server);
    g_spawn_close_pid(server);
    g_assert_true(signal == SIGKILL || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    g_assert_true(g_file_get_contents(log_path, &text, NULL, NULL));
    g_assert_null(strstr(text, KEY));
    g_assert_null(strstr(text, "演"));
}

/* ---- its file ---- */

static int64_t ask(const char *sql)
{
    int64_t value = -1;
    struct db *db = deliveries_open_existing(data, false, NULL);
    if (db == NULL)
        return -1;
    struct cursor found = db_query_text(db, sql);
    if (cursor_next(&found))
        value = cursor_integer(&found, 0);
    cursor_clear(&found);
    db_close(db);
    return value;
}

static void until(const char *sql, int64_t least)
{
    int64_t until_us = g_get_monotonic_time() + WAIT_US;
    while (ask(sql) < least) {
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        g_usleep(20000);
    }
}

static int64_t journal_end(void)
{
    g_autofree char *path = g_build_filename(data, "journal.db", NULL);
    struct journal *journal = journal_open_reader(path, NULL);
    g_assert_nonnull(journal);
    int64_t pos = journal_last_pos(journal);
    journal_close(journal);
    return pos;
}

/* Nothing more comes, and all of it is in the outbox. */
static void until_quiet(void)
{
    int64_t until_us = g_get_monotonic_time() + WAIT_US, quiet_us = g_get_monotonic_time(), last = 0;
    while (g_get_monotonic_time() - quiet_us < QUIET_US) {
        int64_t end = journal_end();
        if (end != last || ask("SELECT pos FROM destination") < end)
            quiet_us = g_get_monotonic_time();
        last = end;
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        g_usleep(50000);
    }
}

/* The server begins at the time of the newest event: one is needed when all that was raised is to be shown. */
static int64_t end_with_event(struct engine *engine, struct clock *clock)
{
    struct answer answer;
    json_t *renaming = json_pack("{s:s, s:s}", "unit", "#1", "name", "演练市");
    clock_set(clock, clock_now_us(clock) + 15 * US_PER_MINUTE); /* longer than any digest */
    g_assert_true(engine_ask(engine, command_new("rename_unit", ORIGIN_OPERATOR, 0, renaming), &answer));
    json_decref(answer.body);
    return engine_last_at_us(engine);
}

/* Until much has been raised to others (at the latest after the hour of the daily report, which nobody gives) and is to
 * be shown; returns when it ends. */
static int64_t let_time_pass(void)
{
    g_autoptr(GError) error = NULL;
    struct clock clock;
    clock_init_manual(&clock, g_get_real_time());
    AUTO(engine)
    struct engine *engine = engine_open(
        &(struct engine_options){
            .areas = lianfang_areas, .data_dir = data, .clock = &clock, .no_clock = true, .grace_us = 0},
        &error);
    g_assert_no_error(error);
    struct reader *reader = reader_open(data, NULL, &error);
    g_assert_no_error(error);
    for (int i = 0, more = 3; i < 60 && more > 0; i++) {
        int64_t raised = 0;
        clock_set(&clock, clock_now_us(&clock) + 30 * US_PER_MINUTE);
        engine_run_clock(engine);
        g_assert_true(engine_wait_rows(engine, engine_durable_pos(engine), 10 * US_PER_SECOND));
        db_integer(reader->rows, &raised, "SELECT count(*) FROM expectation WHERE step > 0", "");
        more -= raised >= 100;
    }
    reader_close(reader);
    return end_with_event(engine, &clock);
}

/* What has failed is tried at once. */
static void forget_the_wait(void)
{
    struct db *db = deliveries_open_existing(data, true, NULL);
    db_run(db, "UPDATE delivery SET next_us = shown_us WHERE tries > 0", "");
    db_close(db);
}

/* ---- what should have come ---- */

struct counting {
    struct reader *reader;
    struct rulebook *rulebook;
    const struct destination *to;
    GHashTable *waiting; /* item_key(): how often */
    int64_t kept, dropped;
};

static char *item_key(int how, int64_t matter, int64_t number, int times)
{
    return g_strdup_printf("%d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d", how, matter, number, times);
}

static void add_to(GHashTable *items, char *key /* taken */, int more)
{
    g_hash_table_insert(items, key, GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(items, key)) + more));
}

static GHashTable *waiting_items(void)
{
    GHashTable *items = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct db *db = deliveries_open_existing(data, false, NULL);
    struct cursor found =
        db_query_text(db, "SELECT d.how, j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM delivery d, "
                          "json_each(d.items) j");
    while (cursor_next(&found))
        add_to(items,
               item_key((int)cursor_integer(&found, 0), cursor_integer(&found, 1), cursor_integer(&found, 2),
                        (int)cursor_integer(&found, 3)),
               1);
    cursor_clear(&found);
    db_close(db);
    return items;
}

/* What is not in the outbox was to be sent when it was needed no more. */
static void look_for_raised(void *context, const struct raised *raised)
{
    struct counting *counting = context;
    struct matter matter;
    int64_t due_us;
    g_assert_true(matter_get(counting->reader->rows, raised->matter, &matter));
    const struct kind *kind = playbook_find_kind(rulebook_get(counting->rulebook, matter.rules), matter.kind);
    if ((counting->to->raisings & 1u << raised->how) == 0 || !message_may_tell(counting->to, kind))
        return;
    char *key = item_key((int)raised->how, raised->matter, raised->number, raised->times);
    if (GPOINTER_TO_INT(g_hash_table_lookup(counting->waiting, key)) > 0) {
        add_to(counting->waiting, key, -1);
        counting->kept++;
        return;
    }
    g_free(key);
    g_assert_false(matter_raised_stands(counting->reader->rows, raised, &due_us));
    counting->dropped++;
}

/* What was raised is found in the journal, by an engine of this process; how much of it waits. */
static int64_t raised_behind(int64_t pos)
{
    g_autoptr(GError) error = NULL;
    struct clock clock;
    clock_init_system(&clock);
    g_autoptr(GPtrArray) destinations = destinations_read(config, &error);
    g_assert_no_error(error);
    AUTO(engine)
    struct engine *engine = engine_open(&(struct engine_options){.areas = lianfang_areas,
                                                                 .data_dir = data,
                                                                 .clock = &clock,
                                                                 .accept_clock = true,
                                                                 .no_clock = true,
                                                                 .grace_us = -1},
                                        &error);
    g_assert_no_error(error);
    struct reader *reader = reader_open(data, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GHashTable) waiting = waiting_items();
    struct counting counting = {reader, engine_rulebook(engine), g_ptr_array_index(destinations, 0), waiting, 0, 0};
    struct event event;
    struct journal_cursor *events = journal_walk(reader->journal, pos + 1, 0);
    while (journal_next(events, &event, &error))
        matter_raised(reader->rows, &event, look_for_raised, &counting);
    g_assert_no_error(error);
    journal_cursor_free(events);
    reader_close(reader);
    g_assert_true(counting.dropped == 0 || ask("SELECT unneeded FROM destination") > 0);
    return counting.kept;
}

/* Ids of what waits, as a set. */
static GHashTable *waiting_ids(void)
{
    GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct db *db = deliveries_open_existing(data, false, NULL);
    struct cursor found = db_query_text(db, "SELECT uuid FROM delivery");
    struct uuid uuid;
    while (cursor_next(&found) && cursor_uuid(&found, 0, &uuid)) {
        char text[UUID_TEXT_LENGTH + 1];
        uuid_format(&uuid, text);
        g_hash_table_add(ids, g_strdup(text));
    }
    cursor_clear(&found);
    db_close(db);
    return ids;
}

static guint taken(void)
{
    guint count = 0, all = receiver_count(receiver);
    for (guint i = 0; i < all; i++)
        count += receiver_get(receiver, i)->status == 200;
    return count;
}

/* What was on its way when the server was killed before would wait like what has failed. */
static void kill_when_taken(guint least)
{
    forget_the_wait();
    int64_t until_us = g_get_monotonic_time() + WAIT_US;
    start("--accept-clock --grace 0s");
    while (taken() < least) {
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        g_usleep(500);
    }
    stop(SIGKILL);
}

static void until_none(const char *sql)
{
    int64_t until_us = g_get_monotonic_time() + WAIT_US;
    while (ask(sql) != 0) {
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        g_usleep(50000);
    }
}

static gboolean is_in(gpointer id, gpointer value, gpointer others)
{
    return g_hash_table_contains(others, id);
}

/* ---- the test ---- */

/* By whoever runs it, beside the server: listed, and tried anew. */
static void resend_by_hand(void)
{
    struct db *db = deliveries_open_existing(data, true, NULL);
    db_run(db, "UPDATE delivery SET dead_us = 1, why = 'status_500' WHERE id = (SELECT min(id) FROM delivery)", "");
    db_close(db);
    start("--accept-clock --grace 0s");
    run("\"$0\" outbox --data \"$1\" >\"$1.outbox\"\n"
        "id=$(sed -n 's/^  \\([0-9a-f-]*\\)  desk  .*  tries [0-9]*  status_500$/\\1/p' \"$1.outbox\")\n"
        "\"$0\" outbox resend --data \"$1\" --to other $id && exit 1\n"
        "\"$0\" outbox resend --data \"$1\" $id | grep '^1 tried anew'\n"
        "\"$0\" outbox --data \"$1\" | grep '^desk: .* 0 given up'\n");
    stop(SIGKILL);
}

static void at_least_once(void)
{
    start("");
    until("SELECT count(*) FROM destination", 1);
    stop(SIGTERM);
    int64_t from = ask("SELECT pos FROM destination"), end_us = let_time_pass();
    g_autofree char *left =
        g_strdup_printf("SELECT count(*) FROM delivery WHERE shown_us <= %" G_GINT64_FORMAT, end_us);
    receiver_behave(receiver, RECEIVER_FAILS, NULL);
    for (int i = 1; i <= 3; i++) {
        start("--accept-clock --grace 0s");
        until("SELECT count(*) FROM delivery", i);
        stop(SIGKILL);
    }
    start("--accept-clock --grace 0s");
    until_quiet();
    stop(SIGTERM);
    int64_t items = ask("SELECT sum(json_array_length(items)) FROM delivery");
    g_assert_cmpint(items, >, 50);
    g_assert_cmpint(items, ==, raised_behind(from));
    g_autoptr(GHashTable) ids = waiting_ids();
    guint all = g_hash_table_size(ids);
    g_test_message("%u messages about %d expectations", all, (int)items);
    resend_by_hand();
    receiver_behave(receiver, RECEIVER_TAKES, NULL);
    kill_when_taken(1);
    kill_when_taken(5);
    kill_when_taken(MIN(20, all / 2));
    g_assert_cmpint(ask(left), >, 0); /* it was in the middle */
    forget_the_wait();
    start("--accept-clock --grace 0s");
    until_none(left);
    stop(SIGTERM);
    g_autoptr(GHashTable) later = waiting_ids(); /* of quiet hours */
    for (guint i = 0; i < receiver_count(receiver); i++) {
        const struct received *received = receiver_get(receiver, i);
        if (received->status == 200)
            g_hash_table_remove(ids, g_hash_table_lookup(received->headers, "webhook-id"));
    }
    g_hash_table_foreach_remove(ids, is_in, later);
    g_assert_cmpint(g_hash_table_size(ids), <=, ask("SELECT unneeded FROM destination"));
    g_assert_cmpuint(g_hash_table_size(ids), <, all / 2);
}

static void search(const char *what)
{
    g_autofree char *path = g_build_filename(data, "outbox.db", NULL), *bytes = NULL;
    gsize length = 0;
    if (receiver_found(receiver, what) > 0)
        g_error("a message tells of somebody");
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_assert_null(memmem(bytes, length, what, strlen(what)));
}

/* Names, ID numbers and phones of everybody in the city, in what was sent above. */
static void nobody_is_named(void)
{
    static const char *const members[] = {"id",   "type", "alert", "count",     "times",  "kind",         "unit",
                                          "role", "link", "text",  "raised_at", "due_at", "late_seconds", "drill"};
    g_autoptr(GError) error = NULL;
    struct reader *reader = reader_open(data, NULL, &error);
    g_assert_no_error(error);
    int people = 0;
    for (int64_t id = registry_next_person(reader->rows, 0); id != 0; id = registry_next_person(reader->rows, id)) {
        AUTO(person_data) struct person_data person = {0};
        g_assert_true(registry_person(reader->rows, reader->vault, id, &person));
        const char *const parts[] = {person.name, person.id_number, person.phone};
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
            if (parts[i] != NULL)
                search(parts[i]);
        people++;
    }
    reader_close(reader);
    g_assert_cmpint(people, >, 500);
    g_assert_cmpuint(receiver_found(receiver, A_MESSAGE), ==, receiver_count(receiver));
    for (guint i = 0; i < receiver_count(receiver); i++) {
        g_autoptr(json_t) body = json_loads(receiver_get(receiver, i)->body, 0, NULL);
        g_assert_cmpuint(json_object_size(body), ==, G_N_ELEMENTS(members));
        for (size_t at = 0; at < G_N_ELEMENTS(members); at++)
            g_assert_nonnull(json_object_get(body, members[at]));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("lianfang-outbox-XXXXXX", NULL);
    data = g_build_filename(dir, "data", NULL);
    config = g_build_filename(dir, "conf", NULL);
    log_path = g_build_filename(dir, "log", NULL);
    receiver = receiver_new(dir, "127.0.0.1");
    g_autofree char *key = g_build_filename(dir, "key", NULL);
    g_autofree char *text = g_strdup_printf("[deliver desk]\ntype=webhook\nurl=https://127.0.0.1:%u/alerts\n"
                                            "secret-file=%s\nca-file=%s\nallow=127.0.0.1\ntries=100\n",
                                            receiver_port(receiver), key, receiver_authority(receiver));
    g_assert_true(g_file_set_contents_full(key, KEY, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    g_assert_true(g_file_set_contents(config, text, -1, NULL));
    fill();
    g_test_add_func("/outbox/at-least-once", at_least_once);
    g_test_add_func("/outbox/nobody-is-named", nobody_is_named);
    int status = g_test_run();
    receiver_free(receiver);
    const char *remove[] = {"rm", "-rf", dir, NULL};
    g_spawn_sync(NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(dir);
    g_free(data);
    g_free(config);
    g_free(log_path);
    return status;
}
