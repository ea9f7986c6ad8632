/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tiny.h"

#include <glib/gstdio.h>
#include <string.h>

#define FAR id_unit(1, 1) /* in another stream than 1 */

int64_t tiny_lapses_most = TINY_LAPSES_MOST;

static void apply_noted(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT INTO note (id, person, text, number) VALUES (?1, ?2, ?3, ?4)", "iisi", event_place(event),
           event->person, json_get_text(body, "text", ""), json_get_integer(body, "number", 0));
}

static void apply_kept(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT INTO kept (id, sealed) VALUES (?1, ?2)", "ib", event_place(event), event->sealed,
           event->sealed_bytes);
}

static void apply_expected(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT INTO due (id, due_us) VALUES (?1, ?2)", "ii", event_place(event),
           json_get_integer(body, "due_us", 0));
}

static void apply_lapsed(struct db *rows, const struct event *event, const json_t *body)
{
    size_t index;
    const json_t *id;
    json_array_foreach(json_object_get(body, "ids"), index, id)
    {
        db_run(rows, "DELETE FROM due WHERE id = ?1", "i", (int64_t)json_integer_value(id));
        db_run(rows, "INSERT INTO lapsed (id, at_us) VALUES (?1, ?2)", "ii", (int64_t)json_integer_value(id),
               event->at_us);
    }
}

static bool decide_note(struct decision *decision)
{
    const char *text = NULL;
    if (!decision_text(decision, "text", &text))
        return false;
    if (strcmp(text, "refuse") == 0)
        return decision_refuse(decision, PROBLEM_REFUSED_BY_RULE, "text", "不行", "no");
    int64_t times = json_get_integer(decision->command->body, "times", 1);
    for (int64_t i = 0; i < times; i++) {
        int64_t number = 0;
        db_integer(decision->rows, &number, "SELECT max(number) FROM note WHERE person = ?1", "i",
                   decision->command->person);
        decision_emit(decision, "noted", 1, 0, json_pack("{s:s, s:I}", "text", text, "number", (json_int_t)number + 1),
                      NULL);
    }
    if (strcmp(text, "regret") == 0)
        return decision_refuse(decision, PROBLEM_REFUSED_BY_RULE, "text", "不行", "no");
    return true;
}

static bool decide_secret(struct decision *decision)
{
    const char *text = NULL;
    if (!decision_text(decision, "text", &text))
        return false;
    int64_t id = decision_next_id(decision, 1);
    vault_key_new(decision->vault, VAULT_MATTER, id, 0);
    GBytes *sealed = vault_seal(decision->vault, VAULT_MATTER, id, "note", text, strlen(text));
    decision_emit(decision, "kept", 1, id, json_object(), sealed);
    if (strcmp(text, "regret") == 0)
        return decision_refuse(decision, PROBLEM_REFUSED_BY_RULE, "text", "不行", "no");
    return true;
}

static bool decide_expect(struct decision *decision)
{
    json_int_t due_us = json_get_integer(decision->command->body, "due_us", 0);
    decision_emit(decision, "expected", 1, 0, json_pack("{s:I}", "due_us", due_us), NULL);
    return true;
}

static bool decide_tick(struct decision *decision)
{
    json_t *ids = json_array();
    AUTO(cursor)
    struct cursor found = db_query(decision->rows, "SELECT id FROM due WHERE due_us <= ?1 ORDER BY due_us, id LIMIT ?2",
                                   "ii", json_get_integer(decision->command->body, "until_us", 0), tiny_lapses_most);
    while (cursor_next(&found))
        json_array_append_new(ids, json_integer(cursor_integer(&found, 0)));
    if (json_array_size(ids) == 0) {
        json_decref(ids);
        return decision_refuse(decision, PROBLEM_ALREADY_ENDED, NULL);
    }
    decision_emit(decision, "lapsed", 1, 0, json_pack("{s:o}", "ids", ids), NULL);
    return true;
}

static bool decide_send(struct decision *decision)
{
    const char *text = NULL;
    if (!decision_text(decision, "text", &text))
        return false;
    decision_emit(decision, "noted", 1, 0, json_pack("{s:s, s:i}", "text", text, "number", 0), NULL);
    decision_send_letter(decision, FAR, "receive", json_pack("{s:s}", "text", text), NULL);
    return true;
}

static bool decide_receive(struct decision *decision)
{
    const char *text = NULL;
    if (!decision_text(decision, "text", &text))
        return false;
    decision_emit(decision, "received", FAR, 0,
                  json_pack("{s:s, s:I}", "text", text, "letter", (json_int_t)decision->command->letter), NULL);
    if (strcmp(text, "refuse") == 0)
        return decision_refuse(decision, PROBLEM_REFUSED_BY_RULE, "text", "不行", "no");
    return true;
}

static void apply_received(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT INTO received (id, text, letter) VALUES (?1, ?2, ?3)", "isi", event_place(event),
           json_get_text(body, "text", ""), json_get_integer(body, "letter", 0));
}

static const char *const note_members[] = {"text", "times", NULL};

static const struct command_kind commands[] = {
    {"note", decide_note, .members = note_members},
    {"secret", decide_secret},
    {"expect", decide_expect},
    {"send", decide_send},
    {"receive", decide_receive, .by_clock = true},
    {"tick", decide_tick, .by_clock = true},
    {NULL},
};

static const struct event_member of_note[] = {
    {"text", "text", MEMBER_TEXT, "a note"}, {"number", "number", MEMBER_INTEGER, "of the person's notes"}, {NULL}};
static const struct event_member of_secret[] = {{NULL}};
static const struct event_member of_due[] = {{"due_us", "due", MEMBER_TIME, "when it lapses"}, {NULL}};
static const struct event_member of_lapses[] = {{"ids", "ids", MEMBER_LIST, "what has lapsed", .of = MEMBER_ID},
                                                {NULL}};
static const struct event_member of_letter[] = {
    {"text", "text", MEMBER_TEXT, "a note"}, {"letter", "letter", MEMBER_ID, "in which it came"}, {NULL}};
static const struct event_sealed note[] = {{"note", "a note"}, {NULL}};

struct event_kind tiny_events[] = {
    {"noted", 1, apply_noted, STREAM_OF_UNIT, "A note", of_note},
    {"kept", 1, apply_kept, STREAM_OF_MATTER, "A sealed note", of_secret, .sealed = note},
    {"expected", 1, apply_expected, STREAM_OF_UNIT, "Something is due", of_due},
    {"lapsed", 1, apply_lapsed, STREAM_OF_UNIT, "It lapsed", of_lapses},
    {"received", 1, apply_received, STREAM_OF_UNIT, "A letter came", of_letter},
    {NULL},
};

static int64_t next_due_us(struct db *rows)
{
    int64_t due_us = INT64_MAX;
    db_integer(rows, &due_us, "SELECT due_us FROM due ORDER BY due_us LIMIT 1", "");
    return due_us;
}

static int64_t lapses(const struct decided_event *event)
{
    return (int64_t)json_array_size(json_object_get(event->json, "ids"));
}

static void describe(struct db *rows, struct vault *vault, const struct event *event, const json_t *body,
                     const struct uuid *matter, json_t *row)
{
    json_t *number = json_object_get(body, "number");
    if (number != NULL)
        json_object_set(row, "number", number);
}

static const char *adopts_as(struct decision *decision)
{
    return decision->command->person == TINY_PROPOSER || decision->command->person == TINY_AGREEING ? "mayor" : NULL;
}

static const char *agrees_as(struct decision *decision, const char *other_than)
{
    return decision->command->person == TINY_AGREEING ? "clerk" : NULL;
}

static GPtrArray *widens(const struct playbook *before, const struct playbook *after)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    if (after->version == TINY_WIDER)
        g_ptr_array_add(all, g_strdup("roles.mayor.may: audit"));
    return all;
}

struct area tiny_area = {
    .name = "tiny",
    .schema = "CREATE TABLE note (id INTEGER PRIMARY KEY, person INTEGER, text TEXT, number INTEGER);"
              "CREATE INDEX note_person ON note (person, number);"
              "CREATE TABLE kept (id INTEGER PRIMARY KEY, sealed BLOB);"
              "CREATE TABLE due (id INTEGER PRIMARY KEY, due_us INTEGER);"
              "CREATE INDEX due_us ON due (due_us);"
              "CREATE TABLE lapsed (id INTEGER, at_us INTEGER, PRIMARY KEY (id, at_us)) WITHOUT ROWID;"
              "CREATE TABLE received (id INTEGER PRIMARY KEY, text TEXT, letter INTEGER);",
    .projection = 1,
    .commands = commands,
    .events = tiny_events,
    .hooks = {.tick = "tick",
              .next_due_us = next_due_us,
              .lapses = lapses,
              .describe = describe,
              .adopts_as = adopts_as,
              .widens = widens, /* and none that knows who is in one hand */
              .agrees_as = agrees_as},
};

const struct area *const tiny_areas[] = {&engine_area, &tiny_area, NULL};

void tiny_init(struct tiny *tiny)
{
    GError *error = NULL;
    *tiny = (struct tiny){.dir = g_dir_make_tmp("lianfang-engine-XXXXXX", &error)};
    g_assert_no_error(error);
    tiny->data_dir = g_build_filename(tiny->dir, "data", NULL);
    tiny->keys_dir = g_build_filename(tiny->dir, "keys", NULL);
    clock_init_manual(&tiny->clock, TINY_START_US);
    tiny->options = (struct engine_options){.areas = tiny_areas,
                                            .data_dir = tiny->data_dir,
                                            .keys_dir = tiny->keys_dir,
                                            .clock = &tiny->clock,
                                            .create = true,
                                            .no_clock = true,
                                            .grace_us = 0};
}

void folder_remove(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    if (dir == NULL)
        return;
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            folder_remove(child);
        else
            g_remove(child);
    }
    g_dir_close(dir);
    g_rmdir(path);
}

void tiny_clear(struct tiny *tiny)
{
    tiny_close(tiny);
    folder_remove(tiny->dir);
    g_free(tiny->dir);
    g_free(tiny->data_dir);
    g_free(tiny->keys_dir);
}

void tiny_open(struct tiny *tiny)
{
    GError *error = NULL;
    tiny->engine = engine_open(&tiny->options, &error);
    g_assert_no_error(error);
    g_assert_nonnull(tiny->engine);
}

void tiny_close(struct tiny *tiny)
{
    if (tiny->engine != NULL)
        engine_close(tiny->engine);
    tiny->engine = NULL;
}

struct command *tiny_command(struct tiny *tiny, int64_t person, const char *json)
{
    g_autofree char *text = g_strdelimit(g_strdup(json), "'", '"');
    json_error_t wrong;
    json_t *body = json_loads(text, JSON_REJECT_DUPLICATES, &wrong);
    if (body == NULL)
        g_error("%s in %s", wrong.text, text);
    if (json_object_get(body, "id") == NULL) {
        struct uuid id;
        char id_text[UUID_TEXT_LENGTH + 1];
        uuid_make(clock_now_us(&tiny->clock), &id);
        uuid_format(&id, id_text);
        json_object_set_new(body, "id", json_string(id_text));
    }
    struct problem *problem = NULL;
    struct command *command = command_parse(body, person, clock_now_us(&tiny->clock), &problem);
    g_assert_null(problem);
    command->outside = false;
    return command;
}

int64_t tiny_ask(struct tiny *tiny, int64_t person, const char *json, enum problem_code *out_code)
{
    struct answer answer;
    bool accepted = engine_ask(tiny->engine, tiny_command(tiny, person, json), &answer);
    *out_code = accepted ? PROBLEM_COUNT : answer.problem->code;
    g_assert_cmpint(accepted, ==, answer.body != NULL);
    json_decref(answer.body);
    problem_free(answer.problem);
    return answer.pos;
}

int64_t tiny_must(struct tiny *tiny, int64_t person, const char *json)
{
    enum problem_code code;
    int64_t pos = tiny_ask(tiny, person, json, &code);
    if (code != PROBLEM_COUNT)
        g_error("%s: %s", json, problem_texts[code].name);
    return pos;
}

int64_t tiny_rows(struct tiny *tiny, const char *sql)
{
    GError *error = NULL;
    if (tiny->engine != NULL)
        g_assert_true(engine_wait_rows(tiny->engine, engine_durable_pos(tiny->engine), 5 * US_PER_SECOND));
    struct reader *reader = reader_open(tiny->data_dir, tiny->keys_dir, &error);
    g_assert_no_error(error);
    int64_t value = -1;
    {
        AUTO(cursor) struct cursor cursor = db_query_text(reader->rows, sql);
        if (cursor_next(&cursor))
            value = cursor_integer(&cursor, 0);
    }
    reader_close(reader);
    return value;
}

static void must_replay(struct tiny *tiny, int64_t events, bool by_stream)
{
    GError *error = NULL;
    struct rebuild_report rebuilt = {0};
    bool compared = rows_rebuild(tiny_areas, tiny->data_dir, true, by_stream, NULL, NULL, &rebuilt, &error);
    g_assert_no_error(error);
    g_assert_true(compared);
    for (guint i = 0; i < rebuilt.differences->len; i++)
        g_printerr("%s\n", (char *)g_ptr_array_index(rebuilt.differences, i));
    g_assert_cmpuint(rebuilt.differences->len, ==, 0);
    g_assert_cmpint(rebuilt.events, ==, events);
    rebuild_report_clear(&rebuilt);
}

void tiny_check(struct tiny *tiny)
{
    GError *error = NULL;
    g_autofree char *path = g_build_filename(tiny->data_dir, "journal.db", NULL);
    AUTO(journal_report) struct journal_report report = {0};
    bool verified = journal_verify(path, NULL, NULL, NULL, &report, &error);
    g_assert_no_error(error);
    g_assert_true(verified);
    g_assert_cmpuint(report.findings->len, ==, 0);
    must_replay(tiny, report.events, false);
    must_replay(tiny, report.events, true);
}
