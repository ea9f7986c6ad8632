/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is counted: what there is now, indicators, records of duty. */
#include "rig.h"

#include <string.h>

static struct rig *rig;

#define COUNTS "/api/v1/counts?unit="

static char *opened(struct reply *reply)
{
    reply_is(reply, 201, NULL);
    char *id = g_strdup(reply_text(reply, "id")); /* the command's is the matter's */
    reply_clear(reply);
    return id;
}

static const json_t *counts_of(const struct reply *reply, const char *kind)
{
    size_t i;
    const json_t *row;
    json_array_foreach((json_t *)json_at(reply->json, "data"), i,
                       row) if (strcmp(json_at_text(row, "kind"), kind) == 0) return row;
    return NULL;
}

static int64_t expected(const json_t *row, const char *member)
{
    return json_integer_value(json_object_get(json_at(row, "expected"), member));
}

/* How many are in a state, open or closed. */
static int64_t in_state(const json_t *row, const char *name)
{
    size_t i;
    const json_t *state;
    json_array_foreach((json_t *)json_at(row, "states"), i,
                       state) if (strcmp(json_at_text(state, "state"), name) ==
                                  0) return json_integer_value(json_at(state, "count"));
    return 0;
}

/* A matter and what is expected in it count at once, and as ended when they have; for whoever may see them. */
static void counts(void)
{
    AUTO(reply) struct reply before = rig_get(rig, "zhou", COUNTS COMMUNITY);
    const json_t *was = counts_of(&before, "deadline_case");
    struct reply opened_one =
        rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'%s'}", COMMUNITY);
    g_autofree char *id = opened(&opened_one);
    AUTO(reply) struct reply after = rig_get(rig, "zhou", COUNTS COMMUNITY);
    const json_t *is = counts_of(&after, "deadline_case");
    g_assert_cmpint(in_state(is, "running"), ==, in_state(was, "running") + 1);
    g_assert_cmpint(in_state(is, "done"), ==, in_state(was, "done"));
    g_autofree char *list = g_strdup_printf("/api/v1/matters/%s/expectations", id);
    AUTO(reply) struct reply expectations = rig_get(rig, "zhou", list);
    g_assert_cmpint(expected(is, "open"), ==,
                    expected(was, "open") + (int64_t)json_array_size(json_at(expectations.json, "data")));
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", id);
    struct reply entered = rig_command(rig, "zhou", path, "{'entry':'report'}");
    reply_is(&entered, 201, NULL);
    reply_clear(&entered);
    AUTO(reply) struct reply done = rig_get(rig, "zhou", COUNTS COMMUNITY);
    const json_t *ends = counts_of(&done, "deadline_case");
    g_assert_cmpint(in_state(ends, "running"), ==, in_state(was, "running"));
    g_assert_cmpint(in_state(ends, "done"), ==, in_state(was, "done") + 1);
    g_assert_cmpint(expected(ends, "open"), ==, expected(was, "open"));
    /* By a day falls due when the next one begins; each has another that falls due today. */
    static const int due_more[] = {1, 2, 1};
    for (int day = 2; day <= 4; day++) {
        AUTO(reply) struct reply earlier = rig_get(rig, "zhou", COUNTS COMMUNITY);
        struct reply dated =
            rig_command(rig, "zhou", "/api/v1/matters",
                        "{'kind':'deadline_case','unit':'%s','form':{'by':'2020-02-%02d'}}", COMMUNITY, day);
        g_free(opened(&dated));
        AUTO(reply) struct reply later = rig_get(rig, "zhou", COUNTS COMMUNITY);
        g_assert_cmpint(expected(counts_of(&later, "deadline_case"), "due_today"), ==,
                        expected(counts_of(&earlier, "deadline_case"), "due_today") + due_more[day - 2]);
    }
    AUTO(reply) struct reply nowhere = rig_get(rig, "zhou", "/api/v1/counts");
    reply_is(&nowhere, 422, "missing_field");
    AUTO(reply) struct reply elsewhere = rig_get(rig, "sun", COUNTS COMMUNITY); /* above a worker's grid: no zeros */
    reply_is(&elsewhere, 404, "not_found");
    AUTO(reply) struct reply own = rig_get(rig, "sun", COUNTS GRID2);
    reply_is(&own, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(own.json, "data")), >, 0);
}

/* Each unit right below with what is answered of it alone, page by page. */
static void counts_below(void)
{
    AUTO(reply) struct reply unit = rig_get(rig, "zhou", "/api/v1/units/" COMMUNITY);
    const json_t *path = json_at(unit.json, "path");
    const char *above = json_at_text(json_array_get(path, json_array_size(path) - 1), "code");
    bool found = false;
    g_autofree char *cursor = g_strdup("");
    for (int pages = 0; cursor != NULL; pages++) {
        g_assert_cmpint(pages, <, 100);
        g_autofree char *list = g_strdup_printf("/api/v1/counts/below?unit=%s&limit=50%s", above, cursor);
        AUTO(reply) struct reply page = rig_get(rig, "zhou", list);
        reply_is(&page, 200, NULL);
        size_t i;
        json_t *row;
        json_array_foreach(json_at(page.json, "data"), i, row)
        {
            g_autofree char *alone = g_strconcat("/api/v1/counts?unit=%23", json_at_text(row, "unit.id"), NULL);
            AUTO(reply) struct reply of_one = rig_get(rig, "zhou", alone);
            g_assert_true(json_equal(json_at(of_one.json, "data"), json_at(row, "data")));
            found = found || (strcmp(json_at_text(row, "unit.code"), COMMUNITY) == 0 &&
                              json_array_size(json_at(row, "data")) > 0);
        }
        const char *next = reply_text(&page, "next");
        g_free(g_steal_pointer(&cursor));
        cursor = *next != '\0' ? g_strconcat("&cursor=", next, NULL) : NULL;
    }
    g_assert_true(found);
    AUTO(reply) struct reply one = rig_get(rig, "sun", "/api/v1/counts/below?unit=" COMMUNITY); /* of two grids */
    g_assert_cmpuint(json_array_size(json_at(one.json, "data")), ==, 1);
    g_assert_cmpstr(reply_text(&one, "data.0.unit.code"), ==, GRID2);
    AUTO(reply) struct reply leaf = rig_get(rig, "sun", "/api/v1/counts/below?unit=" GRID2);
    reply_is(&leaf, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(leaf.json, "data")), ==, 0);
    AUTO(reply) struct reply none = rig_get(rig, "sun", "/api/v1/counts/below?unit=" OTHER_DISTRICT);
    reply_is(&none, 404, "not_found");
    AUTO(reply) struct reply nowhere = rig_get(rig, "zhou", "/api/v1/counts/below");
    reply_is(&nowhere, 422, "missing_field");
}

static const json_t *clause_of(const struct reply *reply, const char *id)
{
    size_t i;
    const json_t *row;
    json_array_foreach((json_t *)json_at(reply->json, "data"), i,
                       row) if (strcmp(json_at_text(row, "id"), id) == 0) return row;
    return NULL;
}

static int64_t late_in(const struct reply *reply, const char *id)
{
    return json_integer_value(json_at(clause_of(reply, id), "late.count"));
}

/* What is overdue counts for the clauses that name it, where it lies and above; which figures there are. */
static void clauses(void)
{
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply before = rig_get(rig, "zhou", "/api/v1/clauses?unit=" COMMUNITY);
    reply_is(&before, 200, NULL);
    struct reply made = rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'%s'}", COMMUNITY);
    g_autofree char *id = opened(&made);
    engine_run_clock(rig->engine); /* late_report was to come an hour before */
    AUTO(reply) struct reply after = rig_get(rig, "zhou", "/api/v1/clauses?unit=" COMMUNITY);
    g_assert_cmpint(late_in(&after, "3.1"), ==, late_in(&before, "3.1") + 1);
    g_assert_cmpint(late_in(&after, "3.5"), ==, late_in(&before, "3.5"));
    const json_t *grids = clause_of(&after, "3.1");
    g_assert_cmpstr(json_at_text(grids, "expected.1.name"), ==, "late_report");
    g_assert_cmpstr(json_at_text(grids, "expected.1.entry_title.zh"), ==, "报告");
    g_assert_true(json_is_string(json_at(grids, "late.since")));
    g_assert_cmpstr(json_at_text(grids, "figures.0.name"), ==, "cases");
    g_assert_cmpuint(json_array_size(json_at(grids, "figures")), ==, 1); /* in_time ends at the subdistrict */
    g_assert_cmpstr(json_at_text(clause_of(&after, "3.1"), "kinds.0"), ==, "inspection");
    g_assert_true(json_is_null(json_at(clause_of(&after, "3.2"), "late")));
    g_autofree char *entries = g_strdup_printf("/api/v1/matters/%s/entries", id);
    AUTO(reply) struct reply met = rig_command(rig, "zhou", entries, "{'entry':'report'}");
    reply_is(&met, 201, NULL);
    AUTO(reply) struct reply done = rig_get(rig, "zhou", "/api/v1/clauses?unit=" COMMUNITY);
    g_assert_cmpint(late_in(&done, "3.1"), ==, late_in(&before, "3.1"));
    AUTO(reply) struct reply nowhere = rig_get(rig, "zhou", "/api/v1/clauses");
    reply_is(&nowhere, 422, "missing_field");
    AUTO(reply) struct reply none = rig_get(rig, "sun", "/api/v1/clauses?unit=" OTHER_DISTRICT);
    reply_is(&none, 404, "not_found");
}

/* Counted for whoever may see the kind there; windows are whole. */
static void indicators(void)
{
    AUTO(reply) struct reply all = rig_get(rig, "zhou", "/api/v1/indicators");
    g_assert_cmpstr(reply_text(&all, "data.3.name"), ==, "cases");
    g_assert_cmpstr(reply_text(&all, "data.3.window"), ==, "week");
    AUTO(reply) struct reply before = rig_get(rig, "zhou", "/api/v1/indicators/cases?unit=" COMMUNITY);
    struct reply opened_one =
        rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'%s'}", COMMUNITY);
    g_free(opened(&opened_one));
    AUTO(reply) struct reply after = rig_get(rig, "zhou", "/api/v1/indicators/cases?unit=" COMMUNITY);
    g_assert_cmpint(json_integer_value(json_at(after.json, "data.0.top")), ==,
                    json_integer_value(json_at(before.json, "data.0.top")) + 1);
    AUTO(reply)
    struct reply months =
        rig_get(rig, "zhou", "/api/v1/indicators/cases?unit=" COMMUNITY "&from=2020-02-05&to=2020-02-17");
    g_assert_cmpuint(json_array_size(json_at(months.json, "data")), ==, 3);
    g_assert_cmpstr(reply_text(&months, "data.0.from"), ==, "2020-02-03");
    g_assert_cmpstr(reply_text(&months, "data.0.to"), ==, "2020-02-09");
    AUTO(reply)
    struct reply years =
        rig_get(rig, "zhou", "/api/v1/indicators/cases?unit=" COMMUNITY "&from=2018-02-05&to=2020-02-17");
    reply_is(&years, 400, "too_many_items");
    AUTO(reply) struct reply nowhere = rig_get(rig, "zhou", "/api/v1/indicators/cases");
    reply_is(&nowhere, 422, "missing_field");
    AUTO(reply) struct reply none = rig_get(rig, "zhou", "/api/v1/indicators/none?unit=" COMMUNITY);
    reply_is(&none, 404, "not_found");
    AUTO(reply) struct reply elsewhere = rig_get(rig, "sun", "/api/v1/indicators/cases?unit=" COMMUNITY);
    reply_is(&elsewhere, 404, "not_found");
}

static const json_t *board_row(const struct reply *reply, const char *name)
{
    size_t i;
    const json_t *row;
    json_array_foreach((json_t *)json_at(reply->json, "rows"), i,
                       row) if (strcmp(json_at_text(row, "name"), name) == 0) return row;
    return NULL;
}

/* Now, of no kind: what is overdue for whoever sees the kind, posts for everybody. */
static void levels(void)
{
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply all = rig_get(rig, "zhou", "/api/v1/indicators");
    const json_t *rows = json_at(all.json, "data"), *last = json_array_get(rows, json_array_size(rows) - 1);
    g_assert_cmpstr(json_at_text(last, "name"), ==, "reports_late");
    g_assert_cmpstr(json_at_text(last, "window"), ==, "now");
    g_assert_true(json_is_true(json_at(last, "stock")) && json_is_null(json_at(last, "kind")));
    g_assert_cmpuint(json_array_size(json_at(last, "overdue")), ==, 2);
    g_assert_cmpstr(json_at_text(last, "overdue.1.kind"), ==, "deadline_case");
    g_assert_cmpstr(json_at_text(last, "overdue.1.name"), ==, "late_report");
    g_assert_null(json_at(json_array_get(rows, 0), "overdue"));
    AUTO(reply) struct reply before = rig_get(rig, "zhou", "/api/v1/indicators/reports_late?unit=" COMMUNITY);
    reply_is(&before, 200, NULL);
    g_assert_true(json_is_string(json_at(before.json, "as_of")));
    struct reply made = rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'%s'}", COMMUNITY);
    g_autofree char *id = opened(&made);
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply after = rig_get(rig, "zhou", "/api/v1/indicators/reports_late?unit=" COMMUNITY);
    g_assert_cmpint(json_integer_value(json_at(after.json, "data.0.top")), ==,
                    json_integer_value(json_at(before.json, "data.0.top")) + 1);
    g_assert_cmpuint(json_array_size(json_at(after.json, "data")), ==, 1);
    AUTO(reply) struct reply hidden = rig_get(rig, "sun", "/api/v1/indicators/reports_late?unit=" COMMUNITY);
    reply_is(&hidden, 404, "not_found");
    AUTO(reply) struct reply posts = rig_get(rig, "sun", "/api/v1/indicators/grids_filled?unit=" COMMUNITY);
    reply_is(&posts, 200, NULL);
    g_assert_cmpint(json_integer_value(json_at(posts.json, "data.0.bottom")), >, 0);
    AUTO(reply) struct reply grid = rig_get(rig, "zhou", "/api/v1/indicators/grids_filled?unit=" GRID2);
    reply_is(&grid, 403, "below_floor");
    AUTO(reply)
    struct reply day = rig_get(rig, "zhou", "/api/v1/indicators/grids_filled?unit=" COMMUNITY "&from=2020-02-05");
    reply_is(&day, 422, "unknown_field");
    g_autofree char *entries = g_strdup_printf("/api/v1/matters/%s/entries", id);
    AUTO(reply) struct reply met = rig_command(rig, "zhou", entries, "{'entry':'report'}");
    reply_is(&met, 201, NULL);
}

/* One of its two communities is late, the other one has nobody in its only grid; seen by who sees all. */
static void check_street(const char *street)
{
    AUTO(reply) struct reply whole = rig_get(rig, "watcher", street);
    const json_t *street_work = board_row(&whole, "work"), *street_people = board_row(&whole, "people");
    g_assert_cmpstr(json_at_text(street_work, "spread.colour"), ==, "amber"); /* one of two is not green */
    g_assert_cmpstr(json_at_text(street_work, "colour"), ==, "amber");
    g_assert_cmpstr(json_at_text(street_work, "why"), ==, "signal");
    g_assert_cmpstr(json_at_text(street_work, "by"), ==, "reports_late");
    g_assert_cmpint(json_integer_value(json_at(street_people, "spread.red")), ==, 1); /* no worker in its only grid */
    g_assert_cmpstr(json_at_text(street_people, "spread.colour"), ==, "red");
    g_assert_cmpstr(json_at_text(street_people, "signals.0.colour"), ==, "amber");
    g_assert_cmpstr(json_at_text(street_people, "colour"), ==, "red");
    g_assert_cmpstr(json_at_text(street_people, "why"), ==, "spread");
    g_assert_true(json_is_null(json_at(street_people, "by")) && json_is_null(json_at(street_people, "since")));
}

/* Each row is its worst signal, of those that may be seen; a unit's is in the row of the unit above, too. */
static void boards(void)
{
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply all = rig_get(rig, "zhou", "/api/v1/boards");
    g_assert_cmpstr(reply_text(&all, "data.0.name"), ==, "standing");
    AUTO(reply) struct reply board = rig_get(rig, "zhou", "/api/v1/boards/standing?unit=" COMMUNITY);
    reply_is(&board, 200, NULL);
    const json_t *people = board_row(&board, "people"), *work = board_row(&board, "work");
    int64_t held = json_integer_value(json_at(people, "signals.0.top"));
    int64_t required = json_integer_value(json_at(people, "signals.0.bottom"));
    g_assert_cmpint(required, >, 0);
    g_assert_cmpstr(json_at_text(people, "colour"), ==,
                    held == required       ? "green"
                    : 2 * held >= required ? "amber"
                                           : "red");
    g_assert_cmpstr(json_at_text(people, "by"), ==, "grids_filled");
    g_assert_cmpstr(json_at_text(people, "signals.0.why"), ==, "threshold");
    g_assert_cmpstr(json_at_text(people, "signals.0.green"), ==, "1");
    g_assert_cmpuint(json_array_size(json_at(people, "signals")), ==, 1); /* of a grid alone the other */
    struct reply made = rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'%s'}", COMMUNITY);
    g_autofree char *id = opened(&made);
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply late = rig_get(rig, "zhou", "/api/v1/boards/standing?unit=" COMMUNITY);
    g_assert_cmpint(json_integer_value(json_at(board_row(&late, "work"), "signals.0.top")), ==,
                    json_integer_value(json_at(work, "signals.0.top")) + 1);
    g_assert_cmpstr(json_at_text(board_row(&late, "work"), "colour"), ==, "amber");
    g_assert_true(json_is_string(json_at(board_row(&late, "work"), "since")));

    AUTO(reply) struct reply unit = rig_get(rig, "zhou", "/api/v1/units/" COMMUNITY);
    const json_t *path = json_at(unit.json, "path");
    const char *above = json_at_text(json_array_get(path, json_array_size(path) - 1), "code");
    g_autofree char *street = g_strdup_printf("/api/v1/boards/standing?unit=%s", above);
    g_autofree char *below = g_strdup_printf("/api/v1/boards/standing/below?unit=%s&limit=200", above);
    AUTO(reply) struct reply spread = rig_get(rig, "zhou", street);
    AUTO(reply) struct reply page = rig_get(rig, "zhou", below);
    reply_is(&page, 200, NULL);
    g_assert_cmpint(json_integer_value(json_at(board_row(&spread, "work"), "spread.amber")), >=, 1);
    AUTO(reply) struct reply whole = rig_get(rig, "watcher", street);
    g_assert_cmpstr(json_at_text(board_row(&whole, "work"), "signals.1.name"), ==, "in_time");
    g_assert_cmpstr(json_at_text(board_row(&whole, "work"), "signals.1.why"), ==, "missing"); /* not: too few */
    g_assert_true(json_at(board_row(&late, "work"), "spread") == NULL);
    g_assert_cmpstr(json_at_text(board_row(&spread, "work"), "colour"), ==, "blank"); /* zhou's is one of the two */
    g_assert_true(json_is_null(json_at(board_row(&spread, "work"), "spread.colour")));
    check_street(street);
    bool found = false;
    size_t i;
    const json_t *row;
    json_array_foreach((json_t *)json_at(page.json, "data"), i,
                       row) if (strcmp(json_at_text(row, "unit.code"), COMMUNITY) == 0) found =
        json_equal(json_at(row, "data"), json_at(late.json, "rows"));
    g_assert_true(found);

    AUTO(reply) struct reply hers = rig_get(rig, "sun", "/api/v1/boards/standing?unit=" COMMUNITY); /* posts alone */
    reply_is(&hers, 200, NULL);
    g_assert_true(json_is_true(json_at(board_row(&hers, "work"), "left_out")));
    g_assert_cmpuint(json_array_size(json_at(board_row(&hers, "work"), "signals")), ==, 0);
    g_assert_cmpstr(json_at_text(board_row(&hers, "work"), "colour"), ==, "blank");
    AUTO(reply) struct reply grid = rig_get(rig, "sun", "/api/v1/boards/standing?unit=" GRID2);
    g_assert_cmpstr(json_at_text(board_row(&grid, "people"), "signals.0.name"), ==, "grids_empty");
    g_assert_true(json_at(board_row(&grid, "people"), "signals.0.bottom") == NULL);
    AUTO(reply) struct reply none = rig_get(rig, "zhou", "/api/v1/boards/none?unit=" COMMUNITY);
    reply_is(&none, 404, "not_found");
    AUTO(reply) struct reply nowhere = rig_get(rig, "zhou", "/api/v1/boards/standing");
    reply_is(&nowhere, 422, "missing_field");
    g_autofree char *entries = g_strdup_printf("/api/v1/matters/%s/entries", id);
    AUTO(reply) struct reply met = rig_command(rig, "zhou", entries, "{'entry':'report'}");
    reply_is(&met, 201, NULL);
}

/* What a post was asked for is its holder's to read, and whoever supervises. */
static void duty_record(void)
{
    g_autofree char *path = g_strdup_printf("/api/v1/posts/%s/record", rig_member(rig, "zhou")->post_id);
    struct reply made = rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'%s'}", COMMUNITY);
    g_free(opened(&made));
    AUTO(reply) struct reply own = rig_get(rig, "zhou", path);
    reply_is(&own, 200, NULL);
    g_assert_cmpstr(reply_text(&own, "role"), ==, "community_secretary");
    g_assert_true(json_is_array(json_at(own.json, "expectations")) && json_is_array(json_at(own.json, "gaps")));
    AUTO(reply) struct reply other = rig_get(rig, "wang", path);
    reply_is(&other, 403, "no_right");
    AUTO(reply) struct reply none = rig_get(rig, "zhou", "/api/v1/posts/0/record");
    reply_is(&none, 404, "not_found");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/counted/counts", counts);
    g_test_add_func("/counted/below", counts_below);
    g_test_add_func("/counted/clauses", clauses);
    g_test_add_func("/counted/indicators", indicators);
    g_test_add_func("/counted/levels", levels);
    g_test_add_func("/counted/boards", boards);
    g_test_add_func("/counted/duty-record", duty_record);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
