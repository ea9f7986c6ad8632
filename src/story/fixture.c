/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "story/fixture.h"

#include "base/datetime.h"
#include "matter/matter.h"
#include "matter/tally.h"
#include "registry/registry.h"

#include <glib/gstdio.h>
#include <string.h>

void fixture_fail(struct fixture *fixture, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct story_failure failure = {
        .file = g_strdup(fixture->file),
        .line = fixture->line,
        .test = g_strdup(fixture->test),
        .text = g_strdup_vprintf(format, args),
    };
    va_end(args);
    g_array_append_val(fixture->failures, failure);
    fixture->failed = true;
}

static int64_t *box(int64_t value)
{
    int64_t *copy = g_new(int64_t, 1);
    *copy = value;
    return copy;
}

int64_t fixture_unit(struct fixture *fixture, const char *handle)
{
    const int64_t *id = g_hash_table_lookup(fixture->units, handle);
    if (id == NULL)
        fixture_fail(fixture, "there is no unit %s", handle);
    return id != NULL ? *id : 0;
}

int64_t fixture_person(struct fixture *fixture, const char *handle)
{
    const int64_t *id = g_hash_table_lookup(fixture->people, handle);
    if (id == NULL)
        fixture_fail(fixture, "there is no person called %s", handle);
    return id != NULL ? *id : 0;
}

int64_t fixture_post(struct fixture *fixture, const char *handle)
{
    int64_t person = fixture_person(fixture, handle);
    g_autoptr(GArray) posts = registry_posts_of(fixture->reader->rows, person, clock_now_us(&fixture->clock));
    if (posts->len == 0)
        fixture_fail(fixture, "%s holds no post", handle);
    return posts->len > 0 ? g_array_index(posts, struct post, 0).id : 0;
}

bool fixture_matter(struct fixture *fixture, const char *handle, struct matter *out)
{
    const struct uuid *uuid = g_hash_table_lookup(fixture->matters, handle);
    if (uuid != NULL && matter_get_by_uuid(fixture->reader->rows, uuid, out))
        return true;
    fixture_fail(fixture, "there is no matter %s", handle);
    return false;
}

/* ---- handles of matters ---- */

static bool has_handle(struct fixture *fixture, const struct uuid *uuid)
{
    GHashTableIter iter;
    gpointer known;
    g_hash_table_iter_init(&iter, fixture->matters);
    while (g_hash_table_iter_next(&iter, NULL, &known))
        if (uuid_equal(known, uuid))
            return true;
    return false;
}

const char *fixture_unit_handle(struct fixture *fixture, int64_t unit)
{
    GHashTableIter iter;
    gpointer handle, id;
    g_hash_table_iter_init(&iter, fixture->units);
    while (g_hash_table_iter_next(&iter, &handle, &id))
        if (*(int64_t *)id == unit)
            return handle;
    return "?";
}

static char *free_handle(struct fixture *fixture, const char *wanted)
{
    char *handle = g_strdup(wanted);
    for (int i = 2; g_hash_table_contains(fixture->matters, handle); i++) {
        g_free(handle);
        handle = g_strdup_printf("%s_%d", wanted, i);
    }
    return handle;
}

static void give_handle(struct fixture *fixture, const struct matter *matter)
{
    const struct kind *kind = playbook_find_kind(fixture->playbook, matter->kind);
    g_autofree char *wanted = kind != NULL && kind->standing_one_per_unit
                                  ? g_strdup_printf("%s.%s", matter->kind, fixture_unit_handle(fixture, matter->unit))
                                  : g_strdup(matter->kind);
    g_hash_table_insert(fixture->matters, free_handle(fixture, wanted), g_memdup2(&matter->uuid, sizeof matter->uuid));
}

void fixture_find_matters(struct fixture *fixture)
{
    AUTO(cursor)
    struct cursor all = db_query(fixture->reader->rows, "SELECT uuid FROM matter ORDER BY opened_us, id", "");
    while (cursor_next(&all)) {
        struct uuid uuid;
        struct matter matter;
        if (cursor_uuid(&all, 0, &uuid) && !has_handle(fixture, &uuid) &&
            matter_get_by_uuid(fixture->reader->rows, &uuid, &matter))
            give_handle(fixture, &matter);
    }
}

/* ---- commands ---- */

static void show_writes(struct fixture *fixture)
{
    engine_wait_rows(fixture->engine, engine_durable_pos(fixture->engine), 10 * US_PER_SECOND);
}

static bool ask(struct fixture *fixture, const char *name, enum origin origin, int64_t person, json_t *body,
                struct answer *out)
{
    struct uuid id;
    char text[UUID_TEXT_LENGTH + 1];
    int64_t now_us = clock_now_us(&fixture->clock);
    uuid_make(now_us, &id);
    uuid_format(&id, text);
    json_object_set_new(body, "id", json_string(text));
    json_object_set_new(body, "command", json_string(name));
    problem_free(g_steal_pointer(&fixture->refused));
    struct command *command = command_parse(body, person, now_us, &fixture->refused);
    if (command == NULL)
        return false;
    command->origin = origin;
    command->outside = false;
    bool accepted = engine_ask(fixture->engine, command, out);
    fixture->refused = g_steal_pointer(&out->problem);
    show_writes(fixture);
    return accepted;
}

bool fixture_do(struct fixture *fixture, const char *name, enum origin origin, int64_t person, json_t *body,
                const char *handle)
{
    struct answer answer = {0};
    bool accepted = ask(fixture, name, origin, person, body, &answer);
    struct matter matter;
    if (accepted && handle != NULL && matter_get_by_uuid(fixture->reader->rows, &answer.id, &matter))
        g_hash_table_insert(fixture->matters, free_handle(fixture, handle), g_memdup2(&answer.id, sizeof answer.id));
    json_decref(answer.body);
    return accepted;
}

/* A set-up command that must succeed; the id of what it made. */
static int64_t must(struct fixture *fixture, const char *name, json_t *body)
{
    struct answer answer = {0};
    bool accepted = ask(fixture, name, ORIGIN_OPERATOR, 0, body, &answer);
    int64_t made = answer.made;
    json_decref(answer.body);
    if (!accepted) {
        g_autofree char *sentence = problem_sentence(fixture->refused, false);
        fixture_fail(fixture, "set-up: %s: %s: %s", name,
                     fixture->refused->field != NULL ? fixture->refused->field : "-", sentence);
    }
    return accepted ? made : 0;
}

static json_t *unit_text(struct fixture *fixture, const char *handle)
{
    g_autofree char *text = g_strdup_printf("#%" G_GINT64_FORMAT, fixture_unit(fixture, handle));
    return json_string(text);
}

/* Names hold no underscore, handles may. */
static char *made_up_name(const char *before, const char *handle)
{
    return g_strdelimit(g_strconcat(before, handle, NULL), "_", '-');
}

static void set_up_units(struct fixture *fixture, const json_t *units)
{
    const char *handle;
    json_t *unit;
    json_object_foreach((json_t *)units, handle, unit)
    {
        g_autofree char *made_up = made_up_name("", handle);
        json_t *body = json_pack("{s:s, s:s}", "type", json_get_text(unit, "type", ""), "name",
                                 json_get_text(unit, "name", made_up));
        const char *under = json_get_text(unit, "under", NULL);
        if (under != NULL)
            json_object_set_new(body, "parent", unit_text(fixture, under));
        if (json_object_get(unit, "code") != NULL)
            json_object_set(body, "code", json_object_get(unit, "code"));
        int64_t pos = must(fixture, "create_unit", body);
        g_hash_table_insert(fixture->units, g_strdup(handle), box(under == NULL ? REGISTRY_ROOT : pos));
    }
}

static void set_up_facts(struct fixture *fixture, const json_t *units)
{
    const char *handle, *fact;
    json_t *unit, *value;
    json_object_foreach((json_t *)units, handle, unit) json_object_foreach(json_object_get(unit, "facts"), fact, value)
        must(fixture, "set_unit_fact",
             json_pack("{s:o, s:s, s:O}", "unit", unit_text(fixture, handle), "fact", fact, "value", value));
}

#define DUTY_DAYS 100

/* The same hours every day, from the day before the first step on. */
static void set_up_duty(struct fixture *fixture, int64_t post, const json_t *duty)
{
    json_t *weekly = json_array(), *hours;
    char first[DATETIME_TEXT_MAX], last[DATETIME_TEXT_MAX];
    int32_t today = day_of(clock_now_us(&fixture->clock), fixture->playbook->zone);
    size_t i;
    for (int day = 1; day <= 7; day++)
        json_array_foreach(duty, i, hours)
            json_array_append_new(weekly, json_pack("{s:i, s:O, s:O}", "day", day, "from", json_array_get(hours, 0),
                                                    "to", json_array_get(hours, 1)));
    date_format(today, first);
    date_format(today + DUTY_DAYS - 1, last);
    must(fixture, "set_roster",
         json_pack("{s:o, s:o, s:s, s:s}", "post_id", json_id(post), "weekly", weekly, "first", first, "last", last));
}

static void set_up_posts(struct fixture *fixture, int64_t person, const json_t *posts)
{
    size_t index;
    json_t *post;
    json_array_foreach((json_t *)posts, index, post)
    {
        json_t *grounds = json_array();
        size_t at;
        json_t *ground;
        json_array_foreach(json_object_get(post, "grounds"), at, ground)
            json_array_append_new(grounds, unit_text(fixture, json_string_value(ground)));
        int64_t id =
            must(fixture, "appoint",
                 json_pack("{s:o, s:O, s:O, s:o}", "person", json_id(person), "role", json_object_get(post, "role"),
                           "seat", json_array_get(grounds, 0), "grounds", grounds));
        if (id != 0 && json_object_get(post, "duty") != NULL) {
            set_up_duty(fixture, id, json_object_get(post, "duty"));
            continue;
        }
        const struct role *role = playbook_find_role(fixture->playbook, json_get_text(post, "role", ""));
        char from[DATETIME_TEXT_MAX], to[DATETIME_TEXT_MAX];
        int64_t now_us = clock_now_us(&fixture->clock);
        datetime_format(now_us, fixture->playbook->zone, from);
        datetime_format(now_us + 400 * US_PER_DAY, fixture->playbook->zone, to);
        if (id != 0 && role != NULL && role->duty_hours)
            must(fixture, "set_roster",
                 json_pack("{s:o, s:[{s:s, s:s}]}", "post_id", json_id(id), "shifts", "from", from, "to", to));
    }
}

static void set_up_people(struct fixture *fixture, const json_t *people)
{
    const char *handle;
    json_t *person;
    json_object_foreach((json_t *)people, handle, person)
    {
        g_autofree char *made_up = made_up_name("测试", handle);
        json_t *body = json_pack("{s:s}", "name", json_get_text(person, "name", made_up));
        if (json_object_get(person, "id_type") != NULL)
            json_object_set(body, "id_type", json_object_get(person, "id_type"));
        if (json_object_get(person, "id_number") != NULL)
            json_object_set(body, "id_number", json_object_get(person, "id_number"));
        g_autofree char *phone = g_strdup_printf("1390000%04u", g_hash_table_size(fixture->people));
        json_object_set_new(body, "phone", json_string(json_get_text(person, "phone", phone)));
        int64_t id = must(fixture, "register_person", body);
        g_hash_table_insert(fixture->people, g_strdup(handle), box(id));
        set_up_posts(fixture, id, json_object_get(person, "posts"));
    }
}

static void set_up_households(struct fixture *fixture, const json_t *households)
{
    size_t index, at;
    json_t *household, *member;
    json_array_foreach((json_t *)households, index, household)
    {
        json_t *persons = json_array();
        json_array_foreach(json_object_get(household, "members"), at, member)
            json_array_append_new(persons, json_id(fixture_person(fixture, json_string_value(member))));
        must(fixture, "move_in",
             json_pack("{s:o, s:o, s:s}", "persons", persons, "unit",
                       unit_text(fixture, json_get_text(household, "unit", "")), "dwelling", "1号楼1单元101"));
    }
}

static json_t *files_of(const struct source *sources, size_t count)
{
    json_t *files = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(files, json_pack("{s:s, s:s%}", "name", sources[i].name, "text", sources[i].text,
                                               (size_t)sources[i].bytes));
    return files;
}

static int64_t first_step_us(const json_t *test)
{
    int64_t at_us = 0;
    datetime_parse(json_get_text(json_array_get(json_object_get(test, "steps"), 0), "at", ""), &at_us);
    return at_us;
}

bool fixture_open(struct fixture *fixture, const json_t *test, const struct source *sources, size_t source_count,
                  GError **error)
{
    fixture->dir = g_dir_make_tmp("lianfang-story-XXXXXX", error);
    if (fixture->dir == NULL)
        return false;
    fixture->units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fixture->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fixture->matters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    clock_init_manual(&fixture->clock, first_step_us(test) - US_PER_DAY);
    g_autofree char *data = g_build_filename(fixture->dir, "data", NULL);
    fixture->engine = engine_open(&(struct engine_options){.areas = lianfang_areas,
                                                           .data_dir = data,
                                                           .clock = &fixture->clock,
                                                           .create = true,
                                                           .no_clock = true,
                                                           .grace_us = 0},
                                  error);
    if (fixture->engine == NULL)
        return false;
    fixture->reader = reader_open(data, engine_keys_dir(fixture->engine), error);
    if (fixture->reader == NULL)
        return false;
    must(fixture, "adopt_playbook", json_pack("{s:o}", "files", files_of(sources, source_count)));
    fixture->playbook = rulebook_current(engine_rulebook(fixture->engine));
    if (fixture->playbook == NULL)
        return true; /* the failure is noted */
    set_up_units(fixture, json_object_get(test, "units"));
    set_up_facts(fixture, json_object_get(test, "units"));
    set_up_people(fixture, json_object_get(test, "people"));
    set_up_households(fixture, json_object_get(test, "households"));
    return true;
}

static void remove_folder(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            remove_folder(child);
        else
            g_remove(child);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_rmdir(path);
}

static void replay(struct fixture *fixture, const char *data_dir, bool by_stream)
{
    g_autoptr(GError) error = NULL;
    struct rebuild_report report = {0};
    const char *how = by_stream ? "replay by stream" : "replay";
    if (!rows_rebuild(lianfang_areas, data_dir, true, by_stream, NULL, NULL, &report, &error))
        fixture_fail(fixture, "%s: %s", how, error->message);
    for (guint i = 0; report.differences != NULL && i < report.differences->len; i++)
        fixture_fail(fixture, "%s: %s", how, (const char *)report.differences->pdata[i]);
    rebuild_report_clear(&report);
}

#define DIFFERENCES_MOST 20

static void compare_figures(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) differences = g_ptr_array_new_with_free_func(g_free);
    struct db *rows = fixture->reader->rows;
    if (tally_is_counted(rows) &&
        !tally_compare(rows, engine_rulebook(fixture->engine), NULL, DIFFERENCES_MOST, NULL, differences, &error))
        fixture_fail(fixture, "indicators: %s", error->message);
    for (guint i = 0; i < differences->len; i++)
        fixture_fail(fixture, "indicators: %s", (const char *)differences->pdata[i]);
}

void fixture_replay(struct fixture *fixture)
{
    g_autofree char *data = g_build_filename(fixture->dir, "data", NULL);
    if (!matter_counts_are_right(fixture->reader->rows))
        fixture_fail(fixture, "counts differ from what a recount gives");
    compare_figures(fixture);
    reader_close(fixture->reader);
    engine_close(fixture->engine);
    fixture->reader = NULL;
    fixture->engine = NULL;
    replay(fixture, data, false);
    replay(fixture, data, true);
}

void fixture_clear(struct fixture *fixture)
{
    if (fixture->reader != NULL)
        reader_close(fixture->reader);
    if (fixture->engine != NULL)
        engine_close(fixture->engine);
    if (fixture->dir != NULL)
        remove_folder(fixture->dir);
    g_clear_pointer(&fixture->units, g_hash_table_unref);
    g_clear_pointer(&fixture->people, g_hash_table_unref);
    g_clear_pointer(&fixture->matters, g_hash_table_unref);
    problem_free(fixture->refused);
    g_free(fixture->last_matter);
    g_free(fixture->dir);
}

static gint compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void expect_sets(struct fixture *fixture, const char *what, const json_t *wanted, GPtrArray *found)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    size_t index;
    json_t *name;
    json_array_foreach((json_t *)wanted, index, name) g_ptr_array_add(names, (gpointer)json_string_value(name));
    g_ptr_array_sort(names, compare_texts);
    g_ptr_array_sort(found, compare_texts);
    g_ptr_array_add(names, NULL);
    g_ptr_array_add(found, NULL);
    g_autofree char *left = g_strjoinv(", ", (char **)names->pdata);
    g_autofree char *right = g_strjoinv(", ", (char **)found->pdata);
    if (strcmp(left, right) != 0)
        fixture_fail(fixture, "%s: expected [%s], found [%s]", what, left, right);
}
