/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/access.h"

#include "access/accounts.h"
#include "access/adopting.h"
#include "access/sight.h"

#include "base/limits.h"

extern const char access_schema[];

/* What stands where in rows of personal_data_read. */
enum look_place { LOOK_PERSON, LOOK_MATTER, LOOK_PAGE, LOOK_COUNT, LOOK_PLACES };
enum times_place { TIMES_FIRST, TIMES_LAST, TIMES_PLACES };

static const char *const trace_members[] = {"looks", "pages", "from_us", "to_us", NULL};

/* Made by the program itself when it shows a page, never by a client; the door lists the persons shown. */
static bool decide_trace_read(struct decision *decision)
{
    const json_t *looks, *pages, *body = decision->command->body;
    if (!decision_array(decision, "looks", LIMIT_LOOKS_PER_EVENT, &looks) ||
        !decision_array(decision, "pages", LIMIT_PAGE_ROWS, &pages))
        return false;
    if (json_array_size(looks) == 0)
        return decision_refuse(decision, PROBLEM_NOTHING_ENTERED, NULL);
    decision_emit(decision, "personal_data_read", REGISTRY_ROOT, 0,
                  json_pack("{s:O, s:O, s:[I,I]}", "p", pages, "l", looks, "t",
                            (json_int_t)json_get_integer(body, "from_us", decision->now_us),
                            (json_int_t)json_get_integer(body, "to_us", decision->now_us)),
                  NULL);
    return true;
}

/* Version 1 was one page: {"p": page, "m": [[matter, person], ...], "s": [person, ...]}, each of which was one look, at
 * the time of its event. */
static json_t *upcast_1(const json_t *body)
{
    json_t *looks = json_array(), *row;
    size_t index;
    json_array_foreach(json_object_get(body, "m"), index, row)
        json_array_append_new(looks, json_pack("[O,O,i,i]", json_array_get(row, 1), json_array_get(row, 0), 0, 1));
    json_array_foreach(json_object_get(body, "s"), index, row)
        json_array_append_new(looks, json_pack("[O,i,i,i]", row, 0, 0, 1));
    return json_pack("{s:[s], s:o}", "p", json_get_text(body, "p", ""), "l", looks);
}

static json_t *(*const upcasts[])(const json_t *) = {NULL, upcast_1};

static void apply_look(struct db *rows, const struct event *event, const json_t *look, const char *page,
                       int64_t first_us, int64_t last_us)
{
    db_run(rows,
           "INSERT INTO read_trace (person, hour, reader_person, matter, page, looks, first_us, last_us)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET looks = looks + excluded.looks,"
           " first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us)",
           "iiiisiii", json_integer_value(json_array_get(look, LOOK_PERSON)), last_us / US_PER_HOUR, event->person,
           json_integer_value(json_array_get(look, LOOK_MATTER)), page,
           json_integer_value(json_array_get(look, LOOK_COUNT)), first_us, last_us);
}

static void apply_personal_data_read(struct db *rows, const struct event *event, const json_t *body)
{
    const json_t *times = json_object_get(body, "t"), *pages = json_object_get(body, "p");
    int64_t first_us = times != NULL ? json_integer_value(json_array_get(times, TIMES_FIRST)) : event->at_us;
    int64_t last_us = times != NULL ? json_integer_value(json_array_get(times, TIMES_LAST)) : event->at_us;
    size_t index;
    json_t *look;
    json_array_foreach(json_object_get(body, "l"), index, look)
    {
        const char *page =
            json_string_value(json_array_get(pages, (size_t)json_integer_value(json_array_get(look, LOOK_PAGE))));
        apply_look(rows, event, look, page != NULL ? page : "", first_us, last_us);
    }
}

#define TRACE_COLUMNS "SELECT hour, reader_person, sum(looks), min(first_us), max(last_us) FROM read_trace "
#define TRACE_ROWS    " GROUP BY hour, reader_person ORDER BY hour DESC, reader_person DESC LIMIT "

static GArray *read_traces(struct cursor rows)
{
    GArray *traces = g_array_new(FALSE, TRUE, sizeof(struct read_trace));
    AUTO(cursor) struct cursor found = rows;
    while (cursor_next(&found)) {
        struct read_trace trace = {.hour = cursor_integer(&found, 0),
                                   .reader_person = cursor_integer(&found, 1),
                                   .looks = cursor_integer(&found, 2),
                                   .first_us = cursor_integer(&found, 3),
                                   .last_us = cursor_integer(&found, 4)};
        g_array_append_val(traces, trace);
    }
    return traces;
}

GArray *access_traces_of(struct db *rows, int64_t person, int64_t before_hour, int64_t before_reader, int most)
{
    return read_traces(db_query(rows,
                                TRACE_COLUMNS "WHERE person = ?1 AND (hour, reader_person) < (?2, ?3)" TRACE_ROWS "?4",
                                "iiii", person, before_hour, before_reader, (int64_t)most));
}

GArray *access_traces_in(struct db *rows, int64_t person, int64_t matter, int most)
{
    return read_traces(db_query(rows, TRACE_COLUMNS "WHERE person = ?1 AND matter = ?2" TRACE_ROWS "?3", "iii", person,
                                matter, (int64_t)most));
}

json_t *access_traced_pages(struct db *rows, int64_t person, const struct read_trace *trace)
{
    json_t *pages = json_object();
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT page, sum(looks) FROM read_trace WHERE person = ?1 AND hour = ?2 AND"
                                   " reader_person = ?3 GROUP BY page ORDER BY page",
                                   "iii", person, trace->hour, trace->reader_person);
    while (cursor_next(&found))
        json_object_set_new(pages, cursor_text(&found, 0), json_integer(cursor_integer(&found, 1)));
    return pages;
}

static const struct command_kind commands[] = {
    {.name = "trace_read",
     .decide = decide_trace_read,
     .by_clock = true,
     .members = trace_members,
     .zh = "记录查看个人信息",
     .en = "Record that personal data was read"},
    {.name = "keep_account",
     .decide = decide_keep_account,
     .by_clock = true,
     .members = keep_account_members,
     .zh = "记录账号的新建、重置与停用",
     .en = "Record that an account was made, reset or closed"},
    {.name = "acknowledge_notice",
     .decide = decide_acknowledge_notice,
     .members = acknowledge_notice_members,
     .zh = "确认已知悉登录时的通知",
     .en = "Acknowledge a notice shown at the log-in"},
    {0},
};

/* Not by what an effect of theirs has led to. */
static void apply_taking_part(struct db *rows, const struct event *event, const json_t *body)
{
    bool by_effect = json_object_get(body, "ef") != NULL || json_object_get(body, "caused") != NULL;
    if (event->person != 0 && event->matter != 0 && !by_effect)
        db_run(rows, "INSERT OR IGNORE INTO party (person, matter, post) VALUES (?1, ?2, ?3)", "iii", event->person,
               event->matter, event->post);
}

/* clang-format off */
static const struct event_row look = {
    .least = LOOK_PLACES,
    .places = (const struct event_place[]){
        [LOOK_PERSON] = {"person", MEMBER_ID}, [LOOK_MATTER] = {"matter", MEMBER_ID},
        [LOOK_PAGE] = {"page", MEMBER_INTEGER}, [LOOK_COUNT] = {"count", MEMBER_INTEGER}, {0}}};
static const struct event_row times = {
    .least = TIMES_PLACES,
    .places = (const struct event_place[]){
        [TIMES_FIRST] = {"first", MEMBER_TIME}, [TIMES_LAST] = {"last", MEMBER_TIME}, {0}}};
static const struct event_row *const look_rows[] = {&look, NULL}, *const times_rows[] = {&times, NULL};

static const struct event_member of_reading[] = {
    {"p", "pages", MEMBER_LIST, "names of pages, numbered from 0", .of = MEMBER_TEXT},
    {"l", "looks", MEMBER_ROWS, "matters and records (matter 0) that were shown unmasked, and how often", look_rows},
    {"t", "times", MEMBER_ROW, "of the first look and of the last", times_rows},
    {NULL},
};
static const struct event_member of_account[] = {
    {"person", "person", MEMBER_ID, "whose account it is"},
    {"account", "account", MEMBER_ID, "its number in the vault"},
    {NULL},
};

static const struct event_member of_acknowledgement[] = {
    {"notice", "notice", MEMBER_ID, "the event that the notice is about"}, {NULL}};

static const struct event_kind events[] = {
    {"personal_data_read", 2, apply_personal_data_read, STREAM_OF_ROOT,
     "What the actor has read about persons since the previous event, within an hour", of_reading, .upcast = upcasts},
    {"account_made", 1, apply_account_notice, STREAM_OF_ROOT, "A person can log in", of_account},
    {"account_reset", 1, apply_account_notice, STREAM_OF_ROOT,
     "Another person has set the password of an account", of_account},
    {"account_closed", 1, apply_account_notice, STREAM_OF_ROOT, "A person can no longer log in", of_account},
    {"notice_acknowledged", 1, apply_notice_acknowledged, STREAM_OF_ROOT,
     "A notice was acknowledged: it is not shown again", of_acknowledgement},
    {NULL},
};
/* clang-format on */

/* The actor of an event of a matter takes part in it, but for the answer to an offer: who accepts sees what their unit
 * then has, and who refuses nothing more. An appointed person gets a notice. */
static const struct event_follower follows[] = {
    {"post_appointed", apply_post_notice},
    {"matter_opened", apply_taking_part},
    {"entered", apply_taking_part},
    {"matter_offered", apply_taking_part},
    {NULL},
};

const struct area access_area = {
    .name = "access",
    .schema = access_schema,
    .projection = 8,
    .commands = commands,
    .events = events,
    .follows = follows,
    .hooks = {.trace = "trace_read",
              .adopts_as = access_adopts_as,
              .agrees_as = access_agrees_as,
              .may_adopt = access_may_adopt,
              .widens = access_widens,
              .tells = sight_of_event,
              .sees_person = sight_of_person,
              .sees_matter = sight_of_matter,
              .sees_entry = sight_of_entry,
              .sees_official = sight_of_official,
              .in_one_hand = access_in_one_hand,
              .account_is_closed = access_account_is_closed},
};
