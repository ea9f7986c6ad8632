/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events
 *   personal_data_read 2   {"p": [page, ...], "l": [[person id, matter id, number of the page, looks], ...],
 *                           "t": [first, last, in us]}
 *                          whose matters and records (matter 0) stood unmasked on pages that somebody read in an hour,
 *                          and how often since the event before; version 1 was one page
 *                          {"p": page, "m": [[matter id, person id], ...], "s": [person id, ...]}
 */
#include "access/access.h"

#include "access/accounts.h"
#include "access/adopting.h"
#include "access/sight.h"

#include "base/limits.h"

extern const char access_schema[];

static const char *const trace_members[] = {"looks", "pages", "from_us", "to_us", NULL};

/* Made by the program itself when it shows a page, never by a client; the doors know whom it showed. */
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

/* Each page was one look, at the time of its event. */
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
           "iiiisiii", json_integer_value(json_array_get(look, 0)), last_us / US_PER_HOUR, event->person,
           json_integer_value(json_array_get(look, 1)), page, json_integer_value(json_array_get(look, 3)), first_us,
           last_us);
}

static void apply_personal_data_read(struct db *rows, const struct event *event, const json_t *body)
{
    const json_t *times = json_object_get(body, "t"), *pages = json_object_get(body, "p");
    int64_t first_us = times != NULL ? json_integer_value(json_array_get(times, 0)) : event->at_us;
    int64_t last_us = times != NULL ? json_integer_value(json_array_get(times, 1)) : event->at_us;
    size_t index;
    json_t *look;
    json_array_foreach(json_object_get(body, "l"), index, look)
    {
        const char *page =
            json_string_value(json_array_get(pages, (size_t)json_integer_value(json_array_get(look, 2))));
        apply_look(rows, event, look, page != NULL ? page : "", first_us, last_us);
    }
}

GArray *access_traces_of(struct db *rows, int64_t person, int64_t before_hour, int64_t before_reader, int most)
{
    GArray *traces = g_array_new(FALSE, TRUE, sizeof(struct read_trace));
    AUTO(rows)
    struct rows found = rows_of(rows,
                                "SELECT hour, reader_person, sum(looks), min(first_us), max(last_us) FROM read_trace"
                                " WHERE person = ?1 AND (hour, reader_person) < (?2, ?3) GROUP BY hour, reader_person"
                                " ORDER BY hour DESC, reader_person DESC LIMIT ?4",
                                "iiii", person, before_hour, before_reader, (int64_t)most);
    while (rows_next(&found)) {
        struct read_trace trace = {.hour = rows_integer(&found, 0),
                                   .reader_person = rows_integer(&found, 1),
                                   .looks = rows_integer(&found, 2),
                                   .first_us = rows_integer(&found, 3),
                                   .last_us = rows_integer(&found, 4)};
        g_array_append_val(traces, trace);
    }
    return traces;
}

json_t *access_traced_pages(struct db *rows, int64_t person, const struct read_trace *trace)
{
    json_t *pages = json_object();
    AUTO(rows)
    struct rows found = rows_of(rows,
                                "SELECT page, sum(looks) FROM read_trace WHERE person = ?1 AND hour = ?2 AND"
                                " reader_person = ?3 GROUP BY page ORDER BY page",
                                "iii", person, trace->hour, trace->reader_person);
    while (rows_next(&found))
        json_object_set_new(pages, rows_text(&found, 0), json_integer(rows_integer(&found, 1)));
    return pages;
}

static const struct command_kind commands[] = {
    {.name = "trace_read",
     .decide = decide_trace_read,
     .by_clock = true,
     .members = trace_members,
     .zh = "记录查看个人信息",
     .en = "Note that personal data was read"},
    {.name = "keep_account",
     .decide = decide_keep_account,
     .by_clock = true,
     .members = keep_account_members,
     .zh = "记录账号的新建、重置与停用",
     .en = "Note that an account is made, reset or closed"},
    {.name = "acknowledge_notice",
     .decide = decide_acknowledge_notice,
     .members = acknowledge_notice_members,
     .zh = "确认已知悉登录时的通知",
     .en = "Acknowledge what one is told at the log-in"},
    {0},
};

static void apply_taking_part(struct db *rows, const struct event *event, const json_t *body)
{
    if (event->person != 0 && event->matter != 0)
        db_run(rows, "INSERT OR IGNORE INTO party (person, matter, post) VALUES (?1, ?2, ?3)", "iii", event->person,
               event->matter, event->post);
}

static json_t *same_body(const json_t *body)
{
    return json_incref((json_t *)body);
}
static json_t *(*const as_it_was[])(const json_t *body) = {NULL, same_body, same_body};

/* The matter area's events too: whoever made one takes part in its matter. And the registry's: of posts, who holds
 * them is told. */
static const struct event_kind events[] = {
    {.name = "personal_data_read", .version = 2, .apply = apply_personal_data_read, .upcast = upcasts},
    {.name = "account_made", .version = 1, .apply = apply_account_notice},
    {.name = "account_reset", .version = 1, .apply = apply_account_notice},
    {.name = "account_closed", .version = 1, .apply = apply_account_notice},
    {.name = "post_appointed", .version = 1, .apply = apply_post_notice},
    {.name = "notice_acknowledged", .version = 1, .apply = apply_notice_acknowledged},
    {.name = "matter_opened", .version = 3, .apply = apply_taking_part, .upcast = as_it_was},
    {.name = "entered", .version = 2, .apply = apply_taking_part, .upcast = as_it_was},
    {.name = "matter_offered", .version = 1, .apply = apply_taking_part},
    {.name = "offer_answered", .version = 2, .apply = apply_taking_part, .upcast = as_it_was},
    {0},
};

const struct area access_area = {
    .name = "access",
    .schema = access_schema,
    .projection = 4,
    .commands = commands,
    .events = events,
    .hooks = {.trace = "trace_read",
              .adopts_as = access_adopts_as,
              .agrees_as = access_agrees_as,
              .may_adopt = access_may_adopt,
              .widens = access_widens,
              .sees_person = sight_of_person,
              .sees_matter = sight_of_matter,
              .in_one_hand = access_in_one_hand},
};
