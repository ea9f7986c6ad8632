/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tiny.h"

#include "base/limits.h"
#include "base/log.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void test_accepts_and_answers(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    struct answer answer;
    g_assert_true(
        engine_ask(tiny.engine, tiny_command(&tiny, 7, "{'command': 'note', 'text': 'a', 'times': 3}"), &answer));
    g_assert_cmpint(answer.pos, ==, 3);
    g_assert_false(answer.repeated);
    g_assert_cmpstr(json_get_text(answer.body, "pos", ""), ==, "0.3");
    g_assert_cmpstr(json_get_text(answer.body, "at", ""), ==, "2020-01-31T00:00:00Z");
    json_t *events = json_object_get(answer.body, "events");
    g_assert_cmpuint(json_array_size(events), ==, 3);
    g_assert_cmpstr(json_get_text(json_array_get(events, 2), "event", ""), ==, "noted");
    g_assert_cmpint(json_get_integer(json_array_get(events, 2), "number", 0), ==, 3);
    json_decref(answer.body);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM note WHERE person = 7"), ==, 3);
    g_assert_cmpint(engine_durable_pos(tiny.engine), ==, 3);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_refuses_without_a_trace(void)
{
    static const struct {
        const char *json;
        enum problem_code code;
    } rows[] = {
        {"{'command': 'note', 'text': 'refuse'}", PROBLEM_REFUSED_BY_RULE},
        {"{'command': 'note', 'text': 'regret', 'times': 5}", PROBLEM_REFUSED_BY_RULE},
        {"{'command': 'secret', 'text': 'regret'}", PROBLEM_REFUSED_BY_RULE},
        {"{'command': 'note', 'text': 'a', 'txt': 1}", PROBLEM_UNKNOWN_FIELD},
        {"{'command': 'notes'}", PROBLEM_UNKNOWN_COMMAND},
        {"{'command': 'tick'}", PROBLEM_UNKNOWN_COMMAND},
        {"{'command': 'adopt_playbook', 'files': []}", PROBLEM_NO_RIGHT},
        {"{'command': 'note', 'text': 'many', 'times': 513}", PROBLEM_TOO_MANY_ITEMS},
    };
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        enum problem_code code;
        g_assert_cmpint(tiny_must(&tiny, 1, "{'command': 'note', 'text': 'before'}"), ==, 2 * (int64_t)i + 1);
        tiny_ask(&tiny, 1, rows[i].json, &code);
        g_assert_cmpint(code, ==, rows[i].code);
        g_assert_cmpint(tiny_must(&tiny, 1, "{'command': 'note', 'text': 'after'}"), ==, 2 * (int64_t)i + 2);
    }
    int64_t written = 2 * (int64_t)G_N_ELEMENTS(rows);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM note"), ==, written);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT max(number) FROM note"), ==, written);
    struct engine_metrics metrics;
    engine_metrics(tiny.engine, &metrics);
    g_assert_cmpint(metrics.refused, ==, G_N_ELEMENTS(rows));
    tiny_close(&tiny);
    tiny_check(&tiny);
}

struct ask { /* several commands in one batch */
    gint left;
    int64_t pos[64];
    bool repeated[64];
    enum problem_code codes[64];
};
struct one {
    struct ask *ask;
    size_t index;
};

static void on_answer(void *context, const struct answer *answer)
{
    struct one *one = context;
    one->ask->pos[one->index] = answer->pos;
    one->ask->repeated[one->index] = answer->repeated;
    one->ask->codes[one->index] = answer->problem != NULL ? answer->problem->code : PROBLEM_COUNT;
    struct ask *ask = one->ask;
    g_free(one);
    g_atomic_int_dec_and_test(&ask->left);
}

static void submit(struct tiny *tiny, struct ask *ask, size_t index, int64_t person, const char *json)
{
    struct one *one = g_new(struct one, 1);
    *one = (struct one){ask, index};
    struct problem *problem = NULL;
    g_assert_true(engine_submit(tiny->engine, tiny_command(tiny, person, json), on_answer, one, &problem));
}

static void await(struct ask *ask)
{
    while (g_atomic_int_get(&ask->left) > 0)
        g_usleep(200);
}

static void test_neighbours_of_a_refusal(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    struct ask ask = {.left = 60};
    for (size_t i = 0; i < 60; i++)
        submit(&tiny, &ask, i, 1,
               i % 3 == 1 ? "{'command': 'note', 'text': 'regret', 'times': 4}" : "{'command': 'note', 'text': 'x'}");
    await(&ask);
    int64_t pos = 0;
    for (size_t i = 0; i < 60; i++) {
        g_assert_cmpint(ask.codes[i], ==, i % 3 == 1 ? PROBLEM_REFUSED_BY_RULE : PROBLEM_COUNT);
        if (i % 3 != 1)
            g_assert_cmpint(ask.pos[i], ==, ++pos);
    }
    tiny_close(&tiny);
    tiny_check(&tiny);
}

#define SAME "'id': '016ff8e5-b000-7000-8000-000000000001', "

static void test_resend_is_answered_as_before(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    struct ask ask = {.left = 4};
    submit(&tiny, &ask, 0, 1, "{" SAME "'command': 'note', 'text': 'a', 'times': 2}");
    submit(&tiny, &ask, 1, 1, "{" SAME "'times': 2, 'text': 'a', 'command': 'note'}");
    submit(&tiny, &ask, 2, 1, "{" SAME "'command': 'note', 'text': 'b', 'times': 2}");
    submit(&tiny, &ask, 3, 2, "{" SAME "'command': 'note', 'text': 'a', 'times': 2}");
    await(&ask);
    g_assert_cmpint(ask.pos[0], ==, 2);
    g_assert_cmpint(ask.pos[1], ==, 2);
    g_assert_true(!ask.repeated[0] && ask.repeated[1]);
    g_assert_cmpint(ask.codes[2], ==, PROBLEM_REQUEST_ID_REUSED);
    g_assert_cmpint(ask.codes[3], ==, PROBLEM_REQUEST_ID_REUSED);

    tiny_close(&tiny);
    tiny_open(&tiny);
    struct answer answer;
    g_assert_true(engine_ask(tiny.engine,
                             tiny_command(&tiny, 1, "{" SAME "'command': 'note', 'text': 'a', 'times': 2}"), &answer));
    g_assert_true(answer.repeated);
    g_assert_cmpint(answer.pos, ==, 2);
    g_assert_cmpuint(json_array_size(json_object_get(answer.body, "events")), ==, 2);
    json_decref(answer.body);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM note"), ==, 2);
}

static void test_refused_id_may_come_again(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    enum problem_code code;
    tiny_ask(&tiny, 1, "{" SAME "'command': 'note', 'text': 'refuse'}", &code);
    g_assert_cmpint(code, ==, PROBLEM_REFUSED_BY_RULE);
    g_assert_cmpint(tiny_must(&tiny, 1, "{" SAME "'command': 'note', 'text': 'a'}"), ==, 1);
}

static void test_old_ids_are_forgotten(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    for (int i = 0; i < 70; i++)
        tiny_must(&tiny, 1, "{'command': 'note', 'text': 'old'}");
    clock_set(&tiny.clock, TINY_START_US + 32 * US_PER_DAY);
    for (int i = 0; i < 70; i++)
        tiny_must(&tiny, 1, "{'command': 'note', 'text': 'new'}");
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM command"), ==, 70);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_survives_restart_and_loss_of_rows(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    for (int i = 0; i < 20; i++)
        tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a'}");
    tiny_close(&tiny);
    g_autofree char *rows_path = g_build_filename(tiny.data_dir, "rows.db", NULL);

    g_assert_cmpint(g_unlink(rows_path), ==, 0); /* missing */
    tiny_open(&tiny);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT max(number) FROM note"), ==, 20);
    tiny_close(&tiny);

    tiny_area.projection++; /* another projection */
    tiny_open(&tiny);
    g_assert_cmpint(tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a'}"), ==, 21);
    tiny_close(&tiny);

    g_assert_true(g_file_set_contents(rows_path,
                                      "this is no database, but it is long enough to be read as one ......"
                                      "............................................",
                                      -1, NULL));
    tiny_open(&tiny);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT max(number) FROM note"), ==, 21);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_rows_that_lag_catch_up(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a'}");
    tiny_close(&tiny);
    g_autofree char *rows_path = g_build_filename(tiny.data_dir, "rows.db", NULL);
    g_autofree char *rows = NULL;
    gsize bytes;
    g_assert_true(g_file_get_contents(rows_path, &rows, &bytes, NULL));
    tiny_open(&tiny);
    for (int i = 0; i < 600; i++)
        tiny_must(&tiny, 1, "{'command': 'note', 'text': 'b', 'times': 40}");
    tiny_close(&tiny);
    g_assert_true(g_file_set_contents(rows_path, rows, (gssize)bytes, NULL));
    tiny_open(&tiny);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT max(number) FROM note"), ==, 24001);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT pos FROM position"), ==, 24001);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_comparison_sees_a_difference(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    for (int i = 0; i < 5; i++)
        tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a'}");
    tiny_close(&tiny);
    GError *error = NULL;
    g_autofree char *rows_path = g_build_filename(tiny.data_dir, "rows.db", NULL);
    struct db *rows = db_open(rows_path, &(struct db_options){.mode = DB_ROWS}, &error);
    g_assert_true(db_script(rows,
                            "UPDATE note SET text = 'b' WHERE id = 2; DELETE FROM note WHERE id = 3;"
                            "INSERT INTO note (id) VALUES (17);",
                            &error));
    db_close(rows);
    struct rebuild_report report;
    g_assert_true(rows_rebuild(tiny_areas, tiny.data_dir, true, false, NULL, NULL, &report, &error));
    g_assert_cmpuint(report.differences->len, ==, 3);
    g_assert_cmpstr(g_ptr_array_index(report.differences, 0), ==, "table note: row 2 differs in column text");
    g_assert_cmpstr(g_ptr_array_index(report.differences, 1), ==, "table note: row 3 is only in the rebuilt rows");
    g_assert_cmpstr(g_ptr_array_index(report.differences, 2), ==, "table note: row 17 is not in the rebuilt rows");
    rebuild_report_clear(&report);
    rows = db_open(rows_path, &(struct db_options){.mode = DB_ROWS}, &error);
    g_assert_true(db_script(rows, "CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM note; END", &error));
    db_close(rows);
    g_assert_true(rows_rebuild(tiny_areas, tiny.data_dir, true, false, NULL, NULL, &report, &error));
    g_assert_cmpstr(g_ptr_array_index(report.differences, 0), ==, "trigger t: was not made by this program");
    rebuild_report_clear(&report);
    g_assert_true(rows_rebuild(tiny_areas, tiny.data_dir, false, false, NULL, NULL, &report, &error));
    rebuild_report_clear(&report);
    tiny_check(&tiny);
}

static json_t *shout(const json_t *body)
{
    json_t *next = json_copy((json_t *)body);
    json_object_set_new(next, "text", json_sprintf("%s!", json_get_text(body, "text", "")));
    return next;
}

static void test_old_events_are_lifted(void)
{
    static json_t *(*const upcast[])(const json_t *) = {NULL, shout};
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a'}");
    tiny_close(&tiny);
    tiny_events[0].version = 2;
    tiny_events[0].upcast = upcast;
    tiny_area.projection++;
    tiny_open(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'b'}");
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM note WHERE text IN ('a!', 'b')"), ==, 2);
    tiny_close(&tiny);
    tiny_check(&tiny);

    tiny_events[0].version = 1; /* and back to the older program */
    tiny_events[0].upcast = NULL;
    tiny_area.projection++;
    g_autoptr(GError) error = NULL;
    g_assert_null(engine_open(&tiny.options, &error));
    g_assert_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA);
}

#define PLAYBOOK                                                                                                       \
    "playbook: tiny\nversion: %d\ntitle: {zh: 测试, en: Test}\nzone: Asia/Shanghai\nauthority: 测试\n"             \
    "---\nunit_types:\n  city: {title: {zh: 市, en: City}}\n---\nroles:\n"                                            \
    "  mayor: {title: {zh: 市长, en: Mayor}, grounds: [city]}\n"

/* The version in force afterwards; 0 none. */
static int adopt_as(struct tiny *tiny, int64_t person, const char *text, enum problem_code *out_code)
{
    struct answer answer;
    json_t *body = json_pack("{s:[{s:s, s:s}]}", "files", "name", "tiny.yaml", "text", text);
    struct command *command = command_new("adopt_playbook", person != 0 ? ORIGIN_DOOR : ORIGIN_OPERATOR, person, body);
    if (person != 0)
        uuid_make(clock_now_us(&tiny->clock), &command->id);
    *out_code = engine_ask(tiny->engine, command, &answer) ? PROBLEM_COUNT : answer.problem->code;
    json_decref(answer.body);
    problem_free(answer.problem);
    const struct playbook *current = rulebook_current(engine_rulebook(tiny->engine));
    return current != NULL ? current->version : 0;
}

static int adopt(struct tiny *tiny, const char *text, enum problem_code *out_code)
{
    return adopt_as(tiny, 0, text, out_code);
}

/* Without an area that knows who is in one hand, another person is another one. */
static void test_a_second_person(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    enum problem_code code;
    g_autofree char *first = g_strdup_printf(PLAYBOOK, 1), *wider = g_strdup_printf(PLAYBOOK, TINY_WIDER);
    g_assert_cmpint(adopt(&tiny, first, &code), ==, 1);
    g_assert_cmpint(adopt_as(&tiny, TINY_PROPOSER, wider, &code), ==, 1);
    g_assert_cmpint(code, ==, PROBLEM_COUNT);
    g_assert_cmpint(adopt_as(&tiny, TINY_PROPOSER, wider, &code), ==, 1);
    g_assert_cmpint(code, ==, PROBLEM_SAME_ROLE_REFUSED);
    g_assert_cmpint(adopt_as(&tiny, TINY_AGREEING, wider, &code), ==, TINY_WIDER);
    g_assert_cmpint(code, ==, PROBLEM_COUNT);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

/* An area that has only what there must be: nobody has a role in which to adopt or to agree. */
static void test_without_hooks(void)
{
    static const char *const asked[] = {
        "{'command': 'adopt_playbook', 'files': []}",
        "{'command': 'confirm_playbook', 'digest': 'x'}",
        "{'command': 'withdraw_playbook', 'digest': 'x'}",
    };
    struct area bare = tiny_area;
    bare.hooks = (struct area_hooks){.tick = tiny_area.hooks.tick, .next_due_us = tiny_area.hooks.next_due_us};
    const struct area *const areas[] = {tiny_areas[0], &bare, NULL};
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny.options.areas = areas;
    tiny_open(&tiny);
    enum problem_code code;
    g_autofree char *first = g_strdup_printf(PLAYBOOK, 1);
    g_assert_cmpint(adopt(&tiny, first, &code), ==, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        tiny_ask(&tiny, TINY_PROPOSER, asked[i], &code);
        g_assert_cmpint(code, !=, PROBLEM_COUNT);
    }
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'one'}");
    tiny_close(&tiny);
}

static void test_adopts_playbooks(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    enum problem_code code;
    g_autofree char *first = g_strdup_printf(PLAYBOOK, 1), *second = g_strdup_printf(PLAYBOOK, 2);
    g_autofree char *long_text = g_strnfill(1100000, '#');
    g_assert_cmpint(adopt(&tiny, "playbook: [", &code), ==, 0);
    g_assert_cmpint(code, ==, PROBLEM_PLAYBOOK_INVALID);
    g_assert_cmpint(adopt(&tiny, long_text, &code), ==, 0);
    g_assert_cmpint(code, ==, PROBLEM_BODY_TOO_LARGE);
    g_assert_cmpint(adopt(&tiny, first, &code), ==, 1);
    g_assert_cmpint(code, ==, PROBLEM_COUNT);
    g_assert_cmpint(adopt(&tiny, first, &code), ==, 1);
    g_assert_cmpint(code, ==, PROBLEM_PLAYBOOK_NOT_NEWER);
    g_assert_cmpint(adopt(&tiny, second, &code), ==, 2);
    tiny_close(&tiny);
    tiny_open(&tiny);
    struct rulebook *rulebook = engine_rulebook(tiny.engine);
    g_assert_cmpint(rulebook_current(rulebook)->version, ==, 2);
    g_assert_cmpint(rulebook_get(rulebook, 1)->version, ==, 1);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_one_writer(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    GError *error = NULL;
    g_assert_null(engine_open(&tiny.options, &error));
    g_assert_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCKED);
    g_clear_error(&error);
    struct rebuild_report report;
    g_assert_false(rows_rebuild(tiny_areas, tiny.data_dir, false, false, NULL, NULL, &report, &error));
    g_assert_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCKED);
    g_clear_error(&error);
}

static void test_time_never_runs_back(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    clock_set(&tiny.clock, TINY_START_US + US_PER_HOUR);
    tiny_open(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a'}");
    tiny_close(&tiny);
    clock_init_manual(&tiny.clock, TINY_START_US);
    tiny_open(&tiny);
    struct answer answer;
    g_assert_true(engine_ask(tiny.engine, tiny_command(&tiny, 1, "{'command': 'note', 'text': 'a'}"), &answer));
    g_assert_cmpstr(json_get_text(answer.body, "at", ""), ==, "2020-01-31T01:00:00Z");
    json_decref(answer.body);
}

static void slow(void *context, const struct answer *answer)
{
    gint *hold = context;
    g_atomic_int_set(hold, 2);
    while (g_atomic_int_get(hold) > 0)
        g_usleep(100);
}

static void nothing(void *context, const struct answer *answer)
{
    g_atomic_int_inc((gint *)context);
}

static void test_full_queue_is_refused(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    gint hold = 1, answered = 0;
    struct problem *problem = NULL;
    g_assert_true(
        engine_submit(tiny.engine, tiny_command(&tiny, 1, "{'command': 'note', 'text': 'a'}"), slow, &hold, &problem));
    while (g_atomic_int_get(&hold) ==
           1) /* until the writer stands still with the first, which the queue no longer holds */
        g_usleep(100);
    int taken = 0;
    while (problem == NULL) {
        struct command *command = tiny_command(&tiny, taken + 1, "{'command': 'note', 'text': 'a'}");
        if (engine_submit(tiny.engine, command, nothing, &answered, &problem))
            taken++;
        else
            command_free(command);
    }
    g_assert_cmpint(problem->code, ==, PROBLEM_QUEUE_FULL);
    g_assert_cmpint(taken, >=, LIMIT_QUEUE_COMMANDS);
    problem_free(problem);
    g_atomic_int_set(&hold, 0);
    tiny_close(&tiny); /* finishes what was taken */
    g_assert_cmpint(answered, ==, taken);
    tiny_check(&tiny);
}

static void test_backup_and_restore(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    for (int i = 0; i < 50; i++)
        tiny_must(&tiny, 1, i % 2 ? "{'command': 'note', 'text': 'a'}" : "{'command': 'secret', 'text': 'b'}");
    GError *error = NULL;
    g_autofree char *backup = g_build_filename(tiny.dir, "backup", NULL);
    g_autofree char *again = g_build_filename(tiny.dir, "again", NULL);
    bool well = data_backup_keyed(tiny.data_dir, tiny.keys_dir, backup, &error);
    g_assert_no_error(error);
    g_assert_true(well);
    g_assert_false(data_backup_keyed(tiny.data_dir, tiny.keys_dir, backup, &error));
    g_clear_error(&error);
    g_autofree char *left = g_build_filename(tiny.data_dir, ".backup-killed", NULL);
    g_assert_true(g_file_set_contents(left, "keys", -1, NULL));
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'later'}");
    tiny_close(&tiny);
    tiny_open(&tiny);
    g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
    tiny_close(&tiny);

    int64_t erased = -1;
    g_autofree char *no_keys = g_build_filename(tiny.dir, "nokeys", NULL);
    g_assert_false(data_restore(tiny_areas, backup, again, no_keys, &erased, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_true(data_restore(tiny_areas, backup, again, tiny.keys_dir, &erased, &error));
    g_assert_no_error(error);
    g_assert_cmpint(erased, ==, 0);
    tiny.options.data_dir = again;
    tiny_open(&tiny);
    tiny.options.data_dir = tiny.data_dir;
    g_assert_cmpint(engine_rows_pos(tiny.engine), ==, 50);
    tiny_close(&tiny);
}

/* As another node would, beside the engine: `noted` of person 7, in the stream of the tests' commands. */
static void append_beside(const struct tiny *tiny, int64_t number)
{
    g_autofree char *path = g_build_filename(tiny->data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open(path, NULL, NULL, NULL);
    g_assert_nonnull(journal);
    g_autofree char *body = g_strdup_printf("{\"text\":\"beside\",\"number\":%" G_GINT64_FORMAT "}", number);
    struct event event = {.seq = journal_last_seq(journal, 0) + 1,
                          .at_us = TINY_START_US,
                          .observed_us = TINY_START_US,
                          .person = 7,
                          .kind = "noted",
                          .version = 1,
                          .unit = 1,
                          .body = body,
                          .body_bytes = strlen(body)};
    uuid_make(TINY_START_US, &event.command);
    g_assert_true(journal_append(journal, &event, 1, NULL));
}

/* Whoever was second decides again, behind what the other wrote, and nobody notices but by what it led to. */
static void test_another_writer(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    struct answer answer;
    for (int64_t i = 0; i < 3; i++) {
        append_beside(&tiny, 2 * i + 1);
        g_assert_true(engine_ask(tiny.engine, tiny_command(&tiny, 7, "{'command': 'note', 'text': 'a'}"), &answer));
        const json_t *event = json_array_get(json_object_get(answer.body, "events"), 0);
        g_assert_cmpint(json_get_integer(event, "number", 0), ==, 2 * i + 2);
        g_assert_cmpint(answer.pos, ==, 2 * i + 2);
        json_decref(answer.body);
    }
    append_beside(&tiny, 7); /* a refusal writes nothing, so nothing is in its way */
    g_assert_false(engine_ask(tiny.engine, tiny_command(&tiny, 7, "{'command': 'note', 'text': 'refuse'}"), &answer));
    problem_free(answer.problem);
    g_assert_true(engine_ask(tiny.engine, tiny_command(&tiny, 7, "{'command': 'secret', 'text': 'b'}"), &answer));
    json_decref(answer.body);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM note WHERE person = 7"), ==, 7);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static int64_t page_of(sqlite3 *handle, const char *index)
{
    sqlite3_stmt *statement;
    g_assert_cmpint(
        sqlite3_prepare_v2(handle, "SELECT rootpage FROM sqlite_schema WHERE name = ?1", -1, &statement, NULL), ==,
        SQLITE_OK);
    sqlite3_bind_text(statement, 1, index, -1, SQLITE_STATIC);
    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
    int64_t page = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return page;
}

/* A page of an index, overwritten: no start reads it, the first command does. */
static void test_damaged_index(void)
{
    AUTO(tiny) struct tiny tiny;
    sqlite3 *handle;
    enum problem_code code;
    tiny_init(&tiny);
    tiny_open(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'one'}");
    tiny_close(&tiny);
    g_autofree char *path = g_build_filename(tiny.data_dir, "rows.db", NULL);
    g_autofree char *mark = g_build_filename(tiny.data_dir, "rows.db.damaged", NULL);
    g_assert_cmpint(sqlite3_open(path, &handle), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(handle, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), ==, SQLITE_OK);
    int64_t page = page_of(handle, "note_person");
    sqlite3_close(handle);
    FILE *file = fopen(path, "r+b");
    uint8_t garbage[4096];
    memset(garbage, 0x5a, sizeof garbage);
    g_assert_cmpint(fseek(file, (page - 1) * (long)sizeof garbage, SEEK_SET), ==, 0);
    g_assert_cmpuint(fwrite(garbage, sizeof garbage, 1, file), ==, 1);
    fclose(file);

    tiny_open(&tiny);
    g_assert_cmpint(tiny_ask(&tiny, 1, "{'command': 'note', 'text': 'two'}", &code), ==, 0);
    tiny_close(&tiny);
    g_assert_true(g_file_test(mark, G_FILE_TEST_EXISTS));
    tiny_open(&tiny);
    g_assert_false(g_file_test(mark, G_FILE_TEST_EXISTS));
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'two'}");
    tiny_close(&tiny);
    tiny_check(&tiny);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/engine/another-writer", test_another_writer);
    g_test_add_func("/engine/accepts_and_answers", test_accepts_and_answers);
    g_test_add_func("/engine/refuses_without_a_trace", test_refuses_without_a_trace);
    g_test_add_func("/engine/neighbours_of_a_refusal", test_neighbours_of_a_refusal);
    g_test_add_func("/engine/resend_is_answered_as_before", test_resend_is_answered_as_before);
    g_test_add_func("/engine/refused_id_may_come_again", test_refused_id_may_come_again);
    g_test_add_func("/engine/old_ids_are_forgotten", test_old_ids_are_forgotten);
    g_test_add_func("/engine/survives_restart_and_loss_of_rows", test_survives_restart_and_loss_of_rows);
    g_test_add_func("/engine/rows_that_lag_catch_up", test_rows_that_lag_catch_up);
    g_test_add_func("/engine/comparison_sees_a_difference", test_comparison_sees_a_difference);
    g_test_add_func("/engine/old_events_are_lifted", test_old_events_are_lifted);
    g_test_add_func("/engine/without_hooks", test_without_hooks);
    g_test_add_func("/engine/adopts_playbooks", test_adopts_playbooks);
    g_test_add_func("/engine/a_second_person", test_a_second_person);
    g_test_add_func("/engine/one_writer", test_one_writer);
    g_test_add_func("/engine/time_never_runs_back", test_time_never_runs_back);
    g_test_add_func("/engine/full_queue_is_refused", test_full_queue_is_refused);
    g_test_add_func("/engine/backup_and_restore", test_backup_and_restore);
    g_test_add_func("/engine/damaged_index", test_damaged_index);
    return g_test_run();
}
