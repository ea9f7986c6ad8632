/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "town.h"

#include "base/datetime.h"
#include "journal/journal.h"
#include "playbook/load/load.h"
#include "registry/registry.h"
#include "rehearsal/city.h"

#include <glib/gstdio.h>
#include <string.h>

#define ROSTER_DAYS 60

bool proofs_are_long(void)
{
    return g_getenv("LIANFANG_LONG") != NULL;
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

/* ---- the folder ---- */

void town_init(struct town *town, int64_t now_us)
{
    GError *error = NULL;
    *town = (struct town){.dir = g_dir_make_tmp("lianfang-proof-XXXXXX", &error)};
    g_assert_no_error(error);
    town->data_dir = g_build_filename(town->dir, "data", NULL);
    town->keys_dir = g_build_filename(town->dir, "data.keys", NULL);
    if (now_us == 0)
        clock_init_system(&town->clock);
    else
        clock_init_manual(&town->clock, now_us);
    town->options = (struct engine_options){.areas = lianfang_areas,
                                            .data_dir = town->data_dir,
                                            .keys_dir = town->keys_dir,
                                            .clock = &town->clock,
                                            .create = true,
                                            .no_clock = true,
                                            .grace_us = 0};
}

void town_open(struct town *town)
{
    GError *error = NULL;
    town->options.clock = &town->clock;
    town->engine = engine_open(&town->options, &error);
    g_assert_no_error(error);
}

static struct db *rows_now(struct town *town)
{
    GError *error = NULL;
    town_catch_up(town);
    if (town->reader == NULL)
        town->reader = reader_open(town->data_dir, town->keys_dir, &error);
    g_assert_no_error(error);
    return town->reader->rows;
}

void town_close(struct town *town)
{
    g_clear_pointer(&town->reader, reader_close);
    g_clear_pointer(&town->engine, engine_close);
}

void town_clear(struct town *town)
{
    town_close(town);
    if (town->dir != NULL)
        folder_remove(town->dir);
    g_free(town->dir);
    g_free(town->data_dir);
    g_free(town->keys_dir);
}

static void copy_folder(const char *from, const char *to)
{
    g_assert_cmpint(g_mkdir_with_parents(to, 0700), ==, 0);
    g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *target = g_build_filename(to, name, NULL);
        g_autofree char *bytes = NULL;
        gsize count;
        g_assert_true(g_file_get_contents(source, &bytes, &count, NULL));
        g_assert_true(g_file_set_contents_full(target, bytes, (gssize)count, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

void town_copy(const struct town *town, struct town *out)
{
    g_assert_null(town->engine);
    town_init(out, clock_now_us(&town->clock));
    out->ids = town->ids;
    copy_folder(town->data_dir, out->data_dir);
    copy_folder(town->keys_dir, out->keys_dir);
}

/* ---- commands ---- */

static json_t *parse(struct town *town, const char *json)
{
    g_autofree char *text = g_strdelimit(g_strdup(json), "'", '"');
    json_error_t wrong;
    json_t *body = json_loads(text, JSON_REJECT_DUPLICATES, &wrong);
    if (body == NULL)
        g_error("%s in %s", wrong.text, text);
    if (json_object_get(body, "id") == NULL) {
        struct uuid id;
        char seed[40], id_text[UUID_TEXT_LENGTH + 1];
        int length = g_snprintf(seed, sizeof seed, "town %llu", (unsigned long long)++town->ids);
        uuid_derive(clock_now_us(&town->clock), seed, (uint64_t)length, &id);
        uuid_format(&id, id_text);
        json_object_set_new(body, "id", json_string(id_text));
    }
    return body;
}

json_t *town_command(struct town *town, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *json = g_strdup_vprintf(format, args);
    va_end(args);
    return parse(town, json);
}

static struct command *command_of(struct town *town, int64_t person, json_t *body)
{
    struct problem *problem = NULL;
    struct command *command = command_parse(body, person, clock_now_us(&town->clock), &problem);
    if (command == NULL)
        g_error("%s", problem_texts[problem->code].name);
    if (person == 0)
        command->origin = ORIGIN_OPERATOR;
    command->outside = false; /* the script has nothing but ids */
    return command;
}

json_t *town_ask(struct town *town, int64_t person, json_t *command, enum problem_code *out_code)
{
    struct answer answer;
    bool accepted = engine_ask(town->engine, command_of(town, person, command), &answer);
    g_assert_cmpint(accepted, ==, answer.body != NULL);
    *out_code = accepted ? PROBLEM_COUNT : answer.problem->code;
    problem_free(answer.problem);
    return answer.body;
}

json_t *town_must(struct town *town, int64_t person, json_t *command)
{
    struct answer answer;
    char *text = json_dumps(command, JSON_COMPACT);
    if (!engine_ask(town->engine, command_of(town, person, command), &answer)) {
        g_autofree char *sentence = problem_sentence(answer.problem, false);
        g_error("%s: %s: %s", text, answer.problem->field != NULL ? answer.problem->field : "-", sentence);
    }
    free(text);
    return answer.body;
}

void town_answer(struct town *town, int64_t person, json_t *command, struct answer *out)
{
    engine_ask(town->engine, command_of(town, person, command), out);
}

void town_do(struct town *town, int64_t person, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *json = g_strdup_vprintf(format, args);
    va_end(args);
    json_decref(town_must(town, person, parse(town, json)));
}

bool town_submit(struct town *town, int64_t person, json_t *body, engine_done done, void *context)
{
    AUTO(problem) struct problem *problem = NULL;
    struct command *command = command_of(town, person, body);
    if (engine_submit(town->engine, command, done, context, &problem))
        return true;
    command_free(command);
    return false;
}

/* ---- rows ---- */

void town_catch_up(struct town *town)
{
    g_assert_true(engine_wait_rows(town->engine, engine_durable_pos(town->engine), US_PER_MINUTE));
}

int64_t town_number(struct town *town, const char *sql)
{
    g_autoptr(GArray) numbers = town_numbers(town, sql);
    return numbers->len > 0 ? g_array_index(numbers, int64_t, 0) : -1;
}

GArray *town_numbers(struct town *town, const char *sql)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor) struct cursor cursor = db_query_text(rows_now(town), sql);
    while (cursor_next(&cursor)) {
        int64_t number = cursor_integer(&cursor, 0);
        g_array_append_val(numbers, number);
    }
    return numbers;
}

GPtrArray *town_uuids(struct town *town, const char *sql)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    AUTO(cursor) struct cursor cursor = db_query_text(rows_now(town), sql);
    while (cursor_next(&cursor)) {
        struct uuid uuid;
        char text[UUID_TEXT_LENGTH + 1];
        g_assert_true(cursor_uuid(&cursor, 0, &uuid));
        uuid_format(&uuid, text);
        g_ptr_array_add(texts, g_strdup(text));
    }
    return texts;
}

int64_t town_holder(struct town *town, const char *role, int64_t unit)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT g.person FROM post_ground g JOIN cover c ON c.ancestor = g.unit WHERE g.role = '%s'"
                        " AND c.unit = %" G_GINT64_FORMAT " ORDER BY g.post LIMIT 1",
                        role, unit);
    int64_t person = town_number(town, sql);
    g_assert_cmpint(person, >, 0);
    return person;
}

/* ---- settling ---- */

static void must(struct submitter *submitter)
{
    g_autoptr(GError) error = NULL;
    if (!city_check(submitter, &error))
        g_error("%s", error->message);
}

static void adopt(struct town *town)
{
    g_autoptr(GError) error = NULL;
    g_assert_nonnull(g_getenv("LIANFANG_SOURCE")); /* set by meson test */
    g_autofree char *path = g_build_filename(g_getenv("LIANFANG_SOURCE"), "playbooks", "beijing-2020", NULL);
    g_autoptr(GArray) sources = playbook_read(path, &error);
    g_assert_no_error(error);
    json_t *files = json_array();
    for (guint i = 0; i < sources->len; i++) {
        const struct source *source = &g_array_index(sources, struct source, i);
        if (!g_str_has_prefix(source->name, "tests/")) /* stories: nothing that runs */
            json_array_append_new(files,
                                  json_pack("{s:s, s:s%}", "name", source->name, "text", source->text, source->bytes));
    }
    json_t *command = town_command(town, "{'command': 'adopt_playbook'}");
    json_object_set_new(command, "files", files);
    json_decref(town_must(town, 0, command));
}

static int64_t make_unit(struct town *town, const char *type, int64_t parent, const char *name)
{
    json_t *command = town_command(town, "{'command': 'create_unit', 'type': '%s', 'name': '%s'}", type, name);
    if (parent != 0)
        json_object_set_new(command, "parent", json_sprintf("#%" G_GINT64_FORMAT, (gint64)parent));
    g_autoptr(json_t) answer = town_must(town, 0, command);
    int64_t id =
        g_ascii_strtoll(json_get_text(json_array_get(json_object_get(answer, "events"), 0), "id", "0"), NULL, 10);
    return id;
}

static void make_tree(struct town *town, int grids)
{
    static const char *const names[] = {"东", "西"};
    int64_t city = make_unit(town, "city", 0, "试验市"), communities[2], districts[2];
    for (int i = 0; i < 2; i++) {
        g_autofree char *district = g_strdup_printf("%s区", names[i]);
        g_autofree char *street = g_strdup_printf("%s街道", names[i]);
        g_autofree char *community = g_strdup_printf("%s社区", names[i]);
        districts[i] = make_unit(town, "district", city, district);
        communities[i] = make_unit(town, "community", make_unit(town, "subdistrict", districts[i], street), community);
    }
    make_unit(town, "station", districts[0], "东站");
    for (int i = 0; i < grids; i++) {
        g_autofree char *name = g_strdup_printf("第%d网格", i + 1);
        make_unit(town, "grid", communities[i % 2], name);
    }
}

static void fill_posts(struct town *town)
{
    g_autoptr(GError) error = NULL;
    rows_now(town);
    struct city city = {
        .engine = town->engine, .clock = &town->clock, .reader = town->reader, .dice = {1}, .next_person = 500000};
    city_catch_up(&city);
    if (!city_fill_posts(&city, REGISTRY_ROOT, 0, ROSTER_DAYS, &error))
        g_error("%s", error->message);
}

static void move_in(struct town *town, struct submitter *submitter, int households, int members)
{
    uint32_t person = 0;
    g_autoptr(GArray) grids = town_numbers(town, "SELECT id FROM unit WHERE type = 'grid' ORDER BY id");
    for (guint i = 0; i < grids->len; i++)
        for (int household = 0; household < households; household++) {
            json_t *persons = json_array();
            for (int member = 0; member < members; member++)
                json_array_append_new(persons, made_up_person(person++, false));
            g_autofree char *dwelling = g_strdup_printf("%d单元%d01", household / 2 + 1, household + 1);
            submitter_put(submitter, "move_in", 0,
                          json_pack("{s:o, s:o, s:s}", "persons", persons, "unit",
                                    json_sprintf("#%" G_GINT64_FORMAT, (gint64)g_array_index(grids, int64_t, i)),
                                    "dwelling", dwelling),
                          NULL, NULL);
        }
    must(submitter);
}

static void observe(struct town *town, struct submitter *submitter)
{
    char exposure[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format((clock_now_us(&town->clock) / US_PER_DAY - 1) * US_PER_DAY, utc, exposure);
    AUTO(cursor)
    struct cursor cursor = db_query(rows_now(town), "SELECT person, unit FROM residency ORDER BY person", "");
    while (cursor_next(&cursor))
        submitter_put(submitter, "open_matter", 0,
                      json_pack("{s:s, s:o, s:o, s:{s:s, s:s}}", "kind", "home_observation", "unit",
                                json_sprintf("#%" G_GINT64_FORMAT, (gint64)cursor_integer(&cursor, 1)), "subject",
                                json_id(cursor_integer(&cursor, 0)), "form", "last_exposure", exposure, "address",
                                "试验小区"),
                      NULL, NULL);
    cursor_clear(&cursor);
    must(submitter);
}

void town_tree(struct town *town, int grids)
{
    adopt(town);
    make_tree(town, grids);
}

void town_people(struct town *town, int grids, int households, int members)
{
    town_tree(town, grids);
    fill_posts(town);
    AUTO(submitter) struct submitter *submitter = submitter_new(town->engine, &town->clock);
    move_in(town, submitter, households, members);
    town_catch_up(town);
}

void town_settle(struct town *town, int grids, int households, int members)
{
    town_people(town, grids, households, members);
    AUTO(submitter) struct submitter *submitter = submitter_new(town->engine, &town->clock);
    observe(town, submitter);
    town_catch_up(town);
}

/* ---- checking ---- */

static void tell_findings(const struct journal_report *report)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const struct journal_finding *finding = &g_array_index(report->findings, struct journal_finding, i);
        g_printerr("event %" G_GINT64_FORMAT ": %s\n", finding->pos, finding->what);
    }
}

static void must_replay(const struct town *town, bool by_stream)
{
    g_autoptr(GError) error = NULL;
    struct rebuild_report rebuilt = {0};
    bool compared = rows_rebuild(lianfang_areas, town->data_dir, true, by_stream, NULL, NULL, &rebuilt, &error);
    g_assert_no_error(error);
    g_assert_true(compared);
    for (guint i = 0; i < rebuilt.differences->len; i++)
        g_printerr("%s\n", (char *)g_ptr_array_index(rebuilt.differences, i));
    g_assert_cmpuint(rebuilt.differences->len, ==, 0);
    rebuild_report_clear(&rebuilt);
}

int64_t town_check(const struct town *town)
{
    GError *error = NULL;
    g_autofree char *path = g_build_filename(town->data_dir, "journal.db", NULL);
    AUTO(journal_report) struct journal_report report = {0};
    bool verified = journal_verify(path, NULL, NULL, NULL, &report, &error);
    g_assert_no_error(error);
    g_assert_true(verified);
    tell_findings(&report);
    g_assert_cmpuint(report.findings->len, ==, 0);
    must_replay(town, false);
    must_replay(town, true);
    return report.events;
}
