/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "story/stage.h"

#include "base/datetime.h"
#include "matter/matter.h"
#include "matter/tally.h"
#include "registry/registry.h"

#include <glib/gstdio.h>
#include <string.h>

void stage_fail(struct stage *stage, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct story_failure failure = {
        .file = g_strdup(stage->file),
        .line = stage->line,
        .test = g_strdup(stage->test),
        .text = g_strdup_vprintf(format, args),
    };
    va_end(args);
    g_array_append_val(stage->failures, failure);
    stage->failed = true;
}

static int64_t *box(int64_t value)
{
    int64_t *copy = g_new(int64_t, 1);
    *copy = value;
    return copy;
}

int64_t stage_unit(struct stage *stage, const char *handle)
{
    const int64_t *id = g_hash_table_lookup(stage->units, handle);
    if (id == NULL)
        stage_fail(stage, "there is no unit %s", handle);
    return id != NULL ? *id : 0;
}

int64_t stage_person(struct stage *stage, const char *handle)
{
    const int64_t *id = g_hash_table_lookup(stage->people, handle);
    if (id == NULL)
        stage_fail(stage, "there is no person called %s", handle);
    return id != NULL ? *id : 0;
}

int64_t stage_post(struct stage *stage, const char *handle)
{
    int64_t person = stage_person(stage, handle);
    g_autoptr(GArray) posts = registry_posts_of(stage->reader->rows, person, clock_now_us(&stage->clock));
    if (posts->len == 0)
        stage_fail(stage, "%s holds no post", handle);
    return posts->len > 0 ? g_array_index(posts, struct post, 0).id : 0;
}

bool stage_matter(struct stage *stage, const char *handle, struct matter *out)
{
    const struct uuid *uuid = g_hash_table_lookup(stage->matters, handle);
    if (uuid != NULL && matter_get_by_uuid(stage->reader->rows, uuid, out))
        return true;
    stage_fail(stage, "there is no matter %s", handle);
    return false;
}

/* ---- handles of matters ---- */

static bool has_handle(struct stage *stage, const struct uuid *uuid)
{
    GHashTableIter iter;
    gpointer known;
    g_hash_table_iter_init(&iter, stage->matters);
    while (g_hash_table_iter_next(&iter, NULL, &known))
        if (uuid_equal(known, uuid))
            return true;
    return false;
}

const char *stage_unit_handle(struct stage *stage, int64_t unit)
{
    GHashTableIter iter;
    gpointer handle, id;
    g_hash_table_iter_init(&iter, stage->units);
    while (g_hash_table_iter_next(&iter, &handle, &id))
        if (*(int64_t *)id == unit)
            return handle;
    return "?";
}

static char *free_handle(struct stage *stage, const char *wanted)
{
    char *handle = g_strdup(wanted);
    for (int i = 2; g_hash_table_contains(stage->matters, handle); i++) {
        g_free(handle);
        handle = g_strdup_printf("%s_%d", wanted, i);
    }
    return handle;
}

static void give_handle(struct stage *stage, const struct matter *matter)
{
    const struct kind *kind = playbook_find_kind(stage->playbook, matter->kind);
    g_autofree char *wanted = kind != NULL && kind->standing_one_per_unit
                                  ? g_strdup_printf("%s.%s", matter->kind, stage_unit_handle(stage, matter->unit))
                                  : g_strdup(matter->kind);
    g_hash_table_insert(stage->matters, free_handle(stage, wanted), g_memdup2(&matter->uuid, sizeof matter->uuid));
}

void stage_find_matters(struct stage *stage)
{
    AUTO(cursor)
    struct cursor all = db_query(stage->reader->rows, "SELECT uuid FROM matter ORDER BY opened_us, id", "");
    while (cursor_next(&all)) {
        struct uuid uuid;
        struct matter matter;
        if (cursor_uuid(&all, 0, &uuid) && !has_handle(stage, &uuid) &&
            matter_get_by_uuid(stage->reader->rows, &uuid, &matter))
            give_handle(stage, &matter);
    }
}

/* ---- commands ---- */

static void show_writes(struct stage *stage)
{
    engine_wait_rows(stage->engine, engine_durable_pos(stage->engine), 10 * US_PER_SECOND);
}

static bool ask(struct stage *stage, const char *name, enum origin origin, int64_t person, json_t *body,
                struct answer *out)
{
    struct uuid id;
    char text[UUID_TEXT_LENGTH + 1];
    int64_t now_us = clock_now_us(&stage->clock);
    uuid_make(now_us, &id);
    uuid_format(&id, text);
    json_object_set_new(body, "id", json_string(text));
    json_object_set_new(body, "command", json_string(name));
    problem_free(g_steal_pointer(&stage->refused));
    struct command *command = command_parse(body, person, now_us, &stage->refused);
    if (command == NULL)
        return false;
    command->origin = origin;
    command->outside = false;
    bool accepted = engine_ask(stage->engine, command, out);
    stage->refused = g_steal_pointer(&out->problem);
    show_writes(stage);
    return accepted;
}

bool stage_do(struct stage *stage, const char *name, enum origin origin, int64_t person, json_t *body,
              const char *handle)
{
    struct answer answer = {0};
    bool accepted = ask(stage, name, origin, person, body, &answer);
    struct matter matter;
    if (accepted && handle != NULL && matter_get_by_uuid(stage->reader->rows, &answer.id, &matter))
        g_hash_table_insert(stage->matters, free_handle(stage, handle), g_memdup2(&answer.id, sizeof answer.id));
    json_decref(answer.body);
    return accepted;
}

/* A set-up command that must succeed; the id of what it made. */
static int64_t must(struct stage *stage, const char *name, json_t *body)
{
    struct answer answer = {0};
    bool accepted = ask(stage, name, ORIGIN_OPERATOR, 0, body, &answer);
    int64_t made = answer.made;
    json_decref(answer.body);
    if (!accepted) {
        g_autofree char *sentence = problem_sentence(stage->refused, false);
        stage_fail(stage, "set-up: %s: %s: %s", name, stage->refused->field != NULL ? stage->refused->field : "-",
                   sentence);
    }
    return accepted ? made : 0;
}

static json_t *unit_text(struct stage *stage, const char *handle)
{
    g_autofree char *text = g_strdup_printf("#%" G_GINT64_FORMAT, stage_unit(stage, handle));
    return json_string(text);
}

/* Names hold no underscore, handles may. */
static char *made_up_name(const char *before, const char *handle)
{
    return g_strdelimit(g_strconcat(before, handle, NULL), "_", '-');
}

static void set_up_units(struct stage *stage, const json_t *units)
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
            json_object_set_new(body, "parent", unit_text(stage, under));
        if (json_object_get(unit, "code") != NULL)
            json_object_set(body, "code", json_object_get(unit, "code"));
        int64_t pos = must(stage, "create_unit", body);
        g_hash_table_insert(stage->units, g_strdup(handle), box(under == NULL ? REGISTRY_ROOT : pos));
    }
}

static void set_up_posts(struct stage *stage, int64_t person, const json_t *posts)
{
    size_t index;
    json_t *post;
    json_array_foreach((json_t *)posts, index, post)
    {
        json_t *grounds = json_array();
        size_t at;
        json_t *ground;
        json_array_foreach(json_object_get(post, "grounds"), at, ground)
            json_array_append_new(grounds, unit_text(stage, json_string_value(ground)));
        int64_t id =
            must(stage, "appoint",
                 json_pack("{s:o, s:O, s:O, s:o}", "person", json_id(person), "role", json_object_get(post, "role"),
                           "seat", json_array_get(grounds, 0), "grounds", grounds));
        const struct role *role = playbook_find_role(stage->playbook, json_get_text(post, "role", ""));
        char from[DATETIME_TEXT_MAX], to[DATETIME_TEXT_MAX];
        int64_t now_us = clock_now_us(&stage->clock);
        datetime_format(now_us, stage->playbook->zone, from);
        datetime_format(now_us + 400 * US_PER_DAY, stage->playbook->zone, to);
        if (id != 0 && role != NULL && role->duty_hours)
            must(stage, "set_roster",
                 json_pack("{s:o, s:[{s:s, s:s}]}", "post_id", json_id(id), "shifts", "from", from, "to", to));
    }
}

static void set_up_people(struct stage *stage, const json_t *people)
{
    const char *handle;
    json_t *person;
    json_object_foreach((json_t *)people, handle, person)
    {
        g_autofree char *made_up = made_up_name("测试", handle);
        json_t *body = json_pack("{s:s}", "name", json_get_text(person, "name", made_up));
        if (json_object_get(person, "id_number") != NULL)
            json_object_set(body, "id_number", json_object_get(person, "id_number"));
        g_autofree char *phone = g_strdup_printf("1390000%04u", g_hash_table_size(stage->people));
        json_object_set_new(body, "phone", json_string(json_get_text(person, "phone", phone)));
        int64_t id = must(stage, "register_person", body);
        g_hash_table_insert(stage->people, g_strdup(handle), box(id));
        set_up_posts(stage, id, json_object_get(person, "posts"));
    }
}

static void set_up_households(struct stage *stage, const json_t *households)
{
    size_t index, at;
    json_t *household, *member;
    json_array_foreach((json_t *)households, index, household)
    {
        json_t *persons = json_array();
        json_array_foreach(json_object_get(household, "members"), at, member)
            json_array_append_new(persons, json_id(stage_person(stage, json_string_value(member))));
        must(stage, "move_in",
             json_pack("{s:o, s:o, s:s}", "persons", persons, "unit",
                       unit_text(stage, json_get_text(household, "unit", "")), "dwelling", "1号楼1单元101"));
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

bool stage_open(struct stage *stage, const json_t *test, const struct source *sources, size_t source_count,
                GError **error)
{
    stage->dir = g_dir_make_tmp("lianfang-story-XXXXXX", error);
    if (stage->dir == NULL)
        return false;
    stage->units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    stage->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    stage->matters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    clock_init_manual(&stage->clock, first_step_us(test) - US_PER_DAY);
    g_autofree char *data = g_build_filename(stage->dir, "data", NULL);
    stage->engine = engine_open(&(struct engine_options){.areas = lianfang_areas,
                                                         .data_dir = data,
                                                         .clock = &stage->clock,
                                                         .create = true,
                                                         .no_clock = true,
                                                         .grace_us = 0},
                                error);
    if (stage->engine == NULL)
        return false;
    stage->reader = reader_open(data, engine_keys_dir(stage->engine), error);
    if (stage->reader == NULL)
        return false;
    must(stage, "adopt_playbook", json_pack("{s:o}", "files", files_of(sources, source_count)));
    stage->playbook = rulebook_current(engine_rulebook(stage->engine));
    if (stage->playbook == NULL)
        return true; /* the failure is noted */
    set_up_units(stage, json_object_get(test, "units"));
    set_up_people(stage, json_object_get(test, "people"));
    set_up_households(stage, json_object_get(test, "households"));
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

static void replay(struct stage *stage, const char *data_dir, bool by_stream)
{
    g_autoptr(GError) error = NULL;
    struct rebuild_report report = {0};
    const char *how = by_stream ? "replay by stream" : "replay";
    if (!rows_rebuild(lianfang_areas, data_dir, true, by_stream, NULL, NULL, &report, &error))
        stage_fail(stage, "%s: %s", how, error->message);
    for (guint i = 0; report.differences != NULL && i < report.differences->len; i++)
        stage_fail(stage, "%s: %s", how, (const char *)report.differences->pdata[i]);
    rebuild_report_clear(&report);
}

void stage_replay(struct stage *stage)
{
    g_autofree char *data = g_build_filename(stage->dir, "data", NULL);
    if (!matter_counts_are_right(stage->reader->rows))
        stage_fail(stage, "counts differ from what a recount gives");
    reader_close(stage->reader);
    engine_close(stage->engine);
    stage->reader = NULL;
    stage->engine = NULL;
    replay(stage, data, false);
    replay(stage, data, true);
}

void stage_clear(struct stage *stage)
{
    if (stage->reader != NULL)
        reader_close(stage->reader);
    if (stage->engine != NULL)
        engine_close(stage->engine);
    if (stage->dir != NULL)
        remove_folder(stage->dir);
    g_clear_pointer(&stage->units, g_hash_table_unref);
    g_clear_pointer(&stage->people, g_hash_table_unref);
    g_clear_pointer(&stage->matters, g_hash_table_unref);
    problem_free(stage->refused);
    g_free(stage->last_matter);
    g_free(stage->dir);
}

static gint compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void expect_sets(struct stage *stage, const char *what, const json_t *wanted, GPtrArray *found)
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
        stage_fail(stage, "%s: expected [%s], found [%s]", what, left, right);
}
