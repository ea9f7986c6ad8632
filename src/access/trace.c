/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events
 *   personal_data_read 1   {"p": page, "m": [[matter id, person id], ...], "s": [person id, ...]}
 *                          whose matters and records stood unmasked on a page that somebody read
 */
#include "access/access.h"

#include "base/limits.h"

extern const char access_schema[];

static const char *const trace_members[] = {"matters", "persons", "page", NULL};

static bool take_matters(struct decision *decision, const json_t *given, json_t *pairs)
{
    size_t index;
    json_t *id;
    json_array_foreach(given, index, id)
    {
        struct matter matter;
        if (matter_get(decision->rows, json_integer_value(id), &matter))
            json_array_append_new(pairs, json_pack("[I,I]", (json_int_t)matter.id,
                                                   (json_int_t)access_subject(decision->rulebook, &matter)));
    }
    return json_array_size(pairs) > 0;
}

/* Made by the program itself when it shows a page, never by a client. */
static bool decide_trace_read(struct decision *decision)
{
    const json_t *matters, *persons;
    const char *page;
    if (!decision_array(decision, "matters", LIMIT_PAGE_ROWS, &matters) ||
        !decision_array(decision, "persons", LIMIT_PAGE_ROWS, &persons) ||
        !decision_text(decision, "page", &page))
        return false;
    json_t *pairs = json_array();
    if (!take_matters(decision, matters, pairs) && json_array_size(persons) == 0) {
        json_decref(pairs);
        return decision_refuse(decision, PROBLEM_NOTHING_ENTERED, NULL);
    }
    decision_emit(decision, "personal_data_read", REGISTRY_ROOT, 0,
                  json_pack("{s:s, s:o, s:O}", "p", page, "m", pairs, "s", persons), NULL);
    return true;
}

static void insert_trace(struct db *rows, const struct event *event, int64_t person, int64_t matter,
                         const char *page)
{
    db_run(rows,
           "INSERT OR IGNORE INTO read_trace (person, pos, matter, reader_person, at_us, page)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
           "iiiiis", person, event->pos, matter, event->person, event->at_us, page);
}

static void apply_personal_data_read(struct db *rows, const struct event *event, const json_t *body)
{
    const char *page = json_get_text(body, "p", "");
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(body, "m"), index, row)
        insert_trace(rows, event, json_integer_value(json_array_get(row, 1)),
                     json_integer_value(json_array_get(row, 0)), page);
    json_array_foreach(json_object_get(body, "s"), index, row)
        insert_trace(rows, event, json_integer_value(row), 0, page);
}

GArray *access_traces_of(struct db *rows, int64_t person, int64_t before_pos, int64_t before_matter, int most)
{
    GArray *traces = g_array_new(FALSE, TRUE, sizeof(struct read_trace));
    AUTO(rows)
    struct rows found =
        rows_of(rows,
                "SELECT pos, at_us, reader_person, matter, page FROM read_trace"
                " WHERE person = ?1 AND (pos, matter) < (?2, ?3) ORDER BY pos DESC, matter DESC LIMIT ?4",
                "iiii", person, before_pos, before_matter, (int64_t)most);
    while (rows_next(&found)) {
        struct read_trace trace = {
            .pos = rows_integer(&found, 0),
            .at_us = rows_integer(&found, 1),
            .reader_person = rows_integer(&found, 2),
            .matter = rows_integer(&found, 3),
        };
        g_strlcpy(trace.page, rows_text(&found, 4), sizeof trace.page);
        g_array_append_val(traces, trace);
    }
    return traces;
}

static const struct command_kind commands[] = {
    {.name = "trace_read",
     .decide = decide_trace_read,
     .by_clock = true,
     .members = trace_members,
     .zh = "记录查看个人信息",
     .en = "Note that personal data was read"},
    {0},
};

static void apply_taking_part(struct db *rows, const struct event *event, const json_t *body)
{
    if (event->person != 0 && event->matter != 0)
        db_run(rows, "INSERT OR IGNORE INTO party (person, matter, post) VALUES (?1, ?2, ?3)", "iii",
               event->person, event->matter, event->post);
}

/* The matter area's events too: whoever made one takes part in its matter. */
static const struct event_kind events[] = {
    {.name = "personal_data_read", .version = 1, .apply = apply_personal_data_read},
    {.name = "matter_opened", .version = 1, .apply = apply_taking_part},
    {.name = "entered", .version = 1, .apply = apply_taking_part},
    {.name = "matter_offered", .version = 1, .apply = apply_taking_part},
    {.name = "offer_answered", .version = 1, .apply = apply_taking_part},
    {0},
};

const struct area access_area = {
    .name = "access",
    .schema = access_schema,
    .projection = 2,
    .commands = commands,
    .events = events,
};
