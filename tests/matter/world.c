/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

#include "base/datetime.h"
#include "matter/tally.h"

#include <stdlib.h>
#include <string.h>

extern const char world_yaml[];

static void apply_nothing(struct db *rows, const struct event *event, const json_t *body)
{
}

static const struct event_member of_letter[] = {{"command", "command", MEMBER_TEXT, "given there"},
                                                {"to", "to_unit", MEMBER_ID, "where"},
                                                {"body", "body", MEMBER_OBJECT, "of it"},
                                                {NULL}};
static const struct event_sealed sealed_letter[] = {{"content", "what of it is about a person"}, {NULL}};
static const struct event_kind mail_events[] = {{"letter_sent", 1, apply_nothing, STREAM_OF_UNIT,
                                                 "A command for another stream", of_letter, .sealed = sealed_letter},
                                                {NULL}};
static const struct area mail_area = {.name = "mail", .schema = "", .projection = 1, .events = mail_events};
static const struct area *const areas_here[] = {&registry_area, &matter_area, &mail_area, NULL};

static const char *const units[][2] = {
    {"beijing", "{'command':'create_unit','type':'city','code':'11','name':'北京市','date':'2020-01-01'}"},
    {"dong", "{'command':'create_unit','parent':'#$beijing','type':'district','code':'110101','name':'东城区'"
             ",'date':'2020-01-01'}"},
    {"xi", "{'command':'create_unit','parent':'#$beijing','type':'district','code':'110102','name':'西城区','"
           "date':'2020-01-01'}"},
    {"garden", "{'command':'create_unit','parent':'#$dong','type':'community','code':'110101001001','name':'"
               "花园社区','date':'2020-01-01'}"},
    {"lake", "{'command':'create_unit','parent':'#$dong','type':'community','code':'110101001002','name':'"
             "湖滨社区','date':'2020-01-01'}"},
    {"hill", "{'command':'create_unit','parent':'#$xi','type':'community','code':'110102001001','name':'"
             "山前社区','date':'2020-01-01'}"},
    {"g1", "{'command':'create_unit','parent':'#$garden','type':'grid','name':'第一网格','date':'2020-01-01'}"},
    {"g2", "{'command':'create_unit','parent':'#$garden','type':'grid','name':'第二网格','date':'2020-01-01'}"},
    {"g3", "{'command':'create_unit','parent':'#$lake','type':'grid','name':'第三网格','date':'2020-01-01'}"},
    {"g4", "{'command':'create_unit','parent':'#$hill','type':'grid','name':'第四网格','date':'2020-01-01'}"},
};

static const char *const people[] = {"wang",  "sun", "qian", "he",   "chen",   "zhou",    "wu",
                                     "zheng", "li",  "zhao", "feng", "keeper", "stranger"};

static const char *const posts[][3] = {
    {"wang", "grid_worker", "g1"},   {"sun", "grid_worker", "g2"},           {"qian", "grid_worker", "g3"},
    {"he", "grid_worker", "g4"},     {"chen", "community_doctor", "garden"}, {"zhou", "community_secretary", "garden"},
    {"wu", "district_duty", "dong"}, {"zheng", "city_duty", "beijing"},      {"keeper", "registrar", "beijing"},
};

static void keep_number(struct world *world, const char *handle, int64_t id)
{
    g_hash_table_replace(world->handles, g_strdup(handle), g_strdup_printf("%" G_GINT64_FORMAT, id));
}

static void make_post(struct world *world, size_t i)
{
    g_autofree char *json = g_strdup_printf("{'command':'appoint','person':'$%s','role':'%s','grounds':['#$%"
                                            "s'],'from':'2020-01-01T00:00:00+08:00'}",
                                            posts[i][0], posts[i][1], posts[i][2]);
    g_autofree char *name = g_strdup_printf("post_%s", posts[i][0]);
    world_do(world, NULL, NULL, json);
    keep_number(world, name, json_get_integer(harness_last_event(world->harness, "post_appointed")->body, "id", 0));
}

static void make_units(struct world *world)
{
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        world_do(world, NULL, NULL, units[i][1]);
        keep_number(world, units[i][0],
                    json_get_integer(harness_last_event(world->harness, "unit_created")->body, "id", 0));
    }
}

/* The daily report of garden, which the clock has opened. */
static void keep_report(struct world *world)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(world->harness->rows, "SELECT uuid FROM matter WHERE kind = 'daily_report' AND unit = ?1", "i",
                 world_id(world, "garden"));
    struct uuid uuid;
    char text[UUID_TEXT_LENGTH + 1];
    g_assert_true(cursor_next(&cursor) && cursor_uuid(&cursor, 0, &uuid));
    uuid_format(&uuid, text);
    g_hash_table_replace(world->handles, g_strdup("daily"), g_strdup(text));
}

struct world *world_new(void)
{
    struct world *world = g_new0(struct world, 1);
    world->handles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    world->harness = harness_new(areas_here);
    harness_adopt(world->harness, world_yaml);
    make_units(world);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        g_autofree char *json = g_strdup_printf("{'command':'register_person','name':'测试%s'}", people[i]);
        world_do(world, NULL, NULL, json);
        keep_number(world, people[i],
                    json_get_integer(harness_last_event(world->harness, "person_registered")->body, "id", 0));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(posts); i++)
        make_post(world, i);
    world_do(world, NULL, NULL,
             "{'command':'move_in','persons':['$li','$zhao'],'unit':'#$g1','dwelling':'测试楼1单元'}");
    world_at(world, "2020-02-03T07:00:00+08:00");
    keep_report(world);
    return world;
}

/* Whatever people said in these tests holds one of these. */
static void must_not_tell(const void *data, size_t bytes, const char *where)
{
    static const char *const secrets[] = {"测试", "36.5", "38.1", "38.2", "cough", "异议", "上报", "停电"};
    for (size_t i = 0; data != NULL && i < G_N_ELEMENTS(secrets); i++)
        if (memmem(data, bytes, secrets[i], strlen(secrets[i])) != NULL)
            g_error("%s stands in the clear in %s", secrets[i], where);
}

static void no_event_tells(struct world *world)
{
    for (guint i = 0; i < world->harness->events->len; i++) {
        const struct harness_event *kept = g_ptr_array_index(world->harness->events, i);
        char *text = json_dumps(kept->body, JSON_COMPACT);
        must_not_tell(text, strlen(text), kept->event.kind);
        must_not_tell(kept->event.sealed, kept->event.sealed_bytes, kept->event.kind);
        free(text);
    }
}

static void no_row_tells(struct world *world)
{
    AUTO(cursor)
    struct cursor tables = db_query(world->harness->rows, "SELECT name FROM sqlite_schema WHERE type = 'table'", "");
    while (cursor_next(&tables)) {
        g_autofree char *sql = g_strdup_printf("SELECT * FROM \"%s\"", cursor_text(&tables, 0));
        AUTO(cursor) struct cursor all = db_query_text(world->harness->rows, sql);
        while (cursor_next(&all))
            for (int i = 0; i < sqlite3_column_count(all.statement); i++) {
                size_t bytes;
                const void *data = cursor_blob(&all, i, &bytes);
                must_not_tell(data, bytes, sql);
            }
    }
}

bool world_counts(struct world *world)
{
    struct harness *harness = world->harness;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) differences = g_ptr_array_new_with_free_func(g_free);
    areas_settle(harness->areas, harness->rows, harness->rulebook, harness->now_us);
    g_assert_true(db_commit(harness->rows, &error) && db_begin(harness->rows));
    if (!tally_is_counted(harness->rows))
        return false;
    tally_compare(harness->rows, harness->rulebook, NULL, 20, NULL, differences, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < differences->len; i++)
        g_printerr("%s\n", (const char *)differences->pdata[i]);
    g_assert_cmpuint(differences->len, ==, 0);
    return true;
}

void world_free(struct world *world)
{
    world_counts(world);
    no_event_tells(world);
    no_row_tells(world);
    g_assert_true(matter_counts_are_right(world->harness->rows));
    harness_replay(world->harness);
    harness_free(world->harness);
    g_hash_table_unref(world->handles);
    g_free(world);
}

static const char *handle_text(struct world *world, const char *handle)
{
    const char *text = g_hash_table_lookup(world->handles, handle);
    if (text == NULL)
        g_error("nothing is kept under %s", handle);
    return text;
}

static char *with_handles(struct world *world, const char *json)
{
    GString *text = g_string_new(NULL);
    for (const char *at = json; *at != '\0'; at++) {
        if (*at != '$') {
            g_string_append_c(text, *at);
            continue;
        }
        size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
        g_autofree char *handle = g_strndup(at + 1, length);
        g_string_append(text, handle_text(world, handle));
        at += length;
    }
    return g_string_free(text, FALSE);
}

int64_t world_id(struct world *world, const char *handle)
{
    return g_ascii_strtoll(handle_text(world, handle), NULL, 10);
}

static void keep_last(struct world *world, const char *keep)
{
    char uuid[UUID_TEXT_LENGTH + 1];
    uuid_format(&world->harness->last_id, uuid);
    g_hash_table_replace(world->handles, g_strdup(keep), g_strdup(uuid));
}

void world_do(struct world *world, const char *as, const char *keep, const char *json)
{
    g_autofree char *text = with_handles(world, json);
    harness_must(world->harness, as == NULL ? ORIGIN_OPERATOR : ORIGIN_DOOR, as == NULL ? 0 : world_id(world, as),
                 text);
    if (keep != NULL)
        keep_last(world, keep);
}

bool world_try(struct world *world, const char *as, const char *keep, const char *json)
{
    g_autofree char *text = with_handles(world, json);
    bool accepted = harness_ask(world->harness, as == NULL ? ORIGIN_OPERATOR : ORIGIN_DOOR,
                                as == NULL ? 0 : world_id(world, as), text);
    if (accepted && keep != NULL)
        keep_last(world, keep);
    return accepted;
}

void world_refuse(struct world *world, const char *as, const char *json, enum problem_code code, const char *field)
{
    g_autofree char *text = with_handles(world, json);
    harness_refused(world->harness, as == NULL ? ORIGIN_OPERATOR : ORIGIN_DOOR, as == NULL ? 0 : world_id(world, as),
                    text, code, field);
}

void world_tick(struct world *world)
{
    for (int rounds = 0; matter_next_due_us(world->harness->rows) <= world->harness->now_us; rounds++) {
        g_assert_cmpint(rounds, <, 100000);
        harness_must(world->harness, ORIGIN_CLOCK, 0, "{'command':'tick'}");
    }
}

int64_t world_time(const char *time)
{
    int64_t at_us;
    if (!datetime_parse(time, &at_us))
        g_error("no time: %s", time);
    return at_us;
}

void world_at(struct world *world, const char *time)
{
    world->harness->now_us = world_time(time);
    world_tick(world);
}

void world_observe(struct world *world, const char *person)
{
    g_autofree char *keep = g_strdup_printf("%s_obs", person);
    g_autofree char *json =
        g_strdup_printf("{'command':'open_matter','kind':'home_observation','unit':'#$g1','subject':'$%s',"
                        "'form':{'last_exposure':'2020-02-01T12:00:00+08:00','address':'测试楼1单元'}}",
                        person);
    world_do(world, "chen", keep, json);
}

struct matter world_matter(struct world *world, const char *handle)
{
    struct uuid uuid;
    struct matter matter;
    g_assert_true(uuid_parse(handle_text(world, handle), &uuid));
    g_assert_true(matter_get_by_uuid(world->harness->rows, &uuid, &matter));
    return matter;
}

char *world_expectations(struct world *world, const char *handle)
{
    struct matter matter = world_matter(world, handle);
    g_autoptr(GArray) rows = matter_expectations(world->harness->rows, world->harness->vault, matter.id);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const struct expectation_row *row = &g_array_index(rows, struct expectation_row, i);
        const char *what = row->outcome == OUTCOME_OPEN && row->overdue ? "overdue" : outcome_names[row->outcome];
        g_string_append_printf(text, "%s%s:%s", i > 0 ? " " : "", row->name, what);
    }
    return g_string_free(text, FALSE);
}

char *world_todo(struct world *world, const char *person)
{
    struct db *rows = world->harness->rows;
    g_autoptr(GArray) held = registry_posts_of(rows, world_id(world, person), world->harness->now_us);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < held->len; i++)
        g_array_append_val(ids, g_array_index(held, struct post, i).id);
    int64_t self = -world_id(world, person);
    g_array_append_val(ids, self);
    g_autoptr(GArray) todos = matter_todo(rows, (const int64_t *)(void *)ids->data, ids->len, 0, 0, 0, 200);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < todos->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", g_array_index(todos, struct todo, i).name);
    return g_string_free(text, FALSE);
}

int64_t world_due(struct world *world, const char *handle, const char *name)
{
    struct matter matter = world_matter(world, handle);
    g_autoptr(GArray) rows = matter_expectations(world->harness->rows, world->harness->vault, matter.id);
    for (guint i = rows->len; i > 0; i--) {
        const struct expectation_row *row = &g_array_index(rows, struct expectation_row, i - 1);
        if (row->outcome == OUTCOME_OPEN && strcmp(row->name, name) == 0)
            return row->due_us;
    }
    g_error("%s: no open %s", handle, name);
}

int64_t world_count(struct world *world, const char *sql)
{
    int64_t count = 0;
    db_integer(world->harness->rows, &count, sql, "");
    return count;
}
