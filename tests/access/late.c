/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is late at a unit, to each viewer: rows and groups, as the oracle has them. */
#include "doors.h"

#include <string.h>

/* A page as the oracle's set has it, which is emptied; false: it is the last. */
static bool check_late_page(const char *who, const char *path, GHashTable *expected, char **cursor)
{
    g_autofree char *page = g_strdup_printf("%s&limit=3&cursor=%s", path, *cursor);
    AUTO(reply) struct reply reply = ask(who, "GET", page, NULL);
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply.json, "data"), i, row)
    {
        const char *uuid = json_at_text(row, "matter");
        g_autofree char *name = g_strdup_printf("%s %d", uuid, (int)json_integer_value(json_object_get(row, "number")));
        check_mask(rig_member(rig, who)->person, matter_of(uuid), row);
        if (!g_hash_table_remove(expected, name))
            g_error("%s: %s is shown to %s, or twice", path, name, who);
    }
    g_assert_true(i > 0 || **cursor == '\0'); /* no page behind the first is empty */
    g_free(*cursor);
    *cursor = g_strdup(reply_text(&reply, "next"));
    return **cursor != '\0';
}

/* All that is late in kinds of which the viewer sees all there, and nothing else; its groups count as much. */
guint check_late(const char *who, int64_t unit)
{
    static const char *const groups[] = {"post", "unit", "name"};
    g_autoptr(GHashTable) expected = model_late(model, rig_member(rig, who)->person, unit);
    guint count = g_hash_table_size(expected);
    g_autofree char *path = g_strdup_printf("/api/v1/expectations?under=%%23%" G_GINT64_FORMAT, unit);
    for (size_t g = 0; g < G_N_ELEMENTS(groups); g++) {
        g_autofree char *grouped = g_strdup_printf("%s&limit=200&by=%s", path, groups[g]);
        AUTO(reply) struct reply reply = ask(who, "GET", grouped, NULL);
        size_t i;
        json_t *row;
        json_int_t sum = 0;
        json_array_foreach(json_at(reply.json, "data"), i, row) sum += json_integer_value(json_at(row, "count"));
        g_assert_cmpint(sum, ==, count);
    }
    g_autofree char *cursor = g_strdup("");
    while (check_late_page(who, path, expected, &cursor))
        ;
    g_assert_cmpuint(g_hash_table_size(expected), ==, 0);
    return count;
}

/* How much of that name is overdue, as the groups of all that is late have it. */
static json_int_t overdue_of(const json_t *groups, const json_t *expect)
{
    size_t i;
    json_t *group;
    json_array_foreach((json_t *)groups, i,
                       group) if (strcmp(json_at_text(group, "kind"), json_at_text(expect, "kind")) == 0 &&
                                  strcmp(json_at_text(group, "name"), json_at_text(expect, "name")) ==
                                      0) return json_integer_value(json_at(group, "count"));
    return 0;
}

static guint check_clause(const json_t *groups, const json_t *clause)
{
    const json_t *late = json_at(clause, "late");
    json_int_t sum = 0;
    size_t i;
    json_t *expect;
    json_array_foreach(json_at(clause, "expected"), i, expect)
    {
        json_int_t count = json_integer_value(json_at(expect, "count"));
        g_assert_cmpint(count, ==, overdue_of(groups, expect));
        g_assert_true((count > 0) == json_is_string(json_at(expect, "since")));
        sum += count;
    }
    g_assert_true(json_is_null(late) == (i == 0)); /* nothing is seen: no zero */
    if (i > 0)
        g_assert_cmpint(json_integer_value(json_at(late, "count")), ==, sum);
    return (guint)sum;
}

/* Of each unit below, what is said of it alone. */
static void check_clauses_below(const char *who, int64_t unit)
{
    g_autofree char *path = g_strdup_printf("/api/v1/clauses/below?unit=%%23%" G_GINT64_FORMAT, unit);
    AUTO(reply) struct reply below = ask(who, "GET", path, NULL);
    size_t i, j, k;
    json_t *row, *clause, *same;
    json_array_foreach(json_at(below.json, "data"), i, row)
    {
        g_autofree char *alone = g_strdup_printf("/api/v1/clauses?unit=%%23%s", json_at_text(row, "unit.id"));
        AUTO(reply) struct reply one = ask(who, "GET", alone, NULL);
        reply_is(&one, 200, NULL);
        json_array_foreach(json_at(row, "data"), j, clause) json_array_foreach(json_at(one.json, "data"), k, same)
            g_assert_true(strcmp(json_at_text(same, "id"), json_at_text(clause, "id")) != 0 ||
                          json_equal(json_at(same, "late"), json_at(clause, "late")));
    }
}

/* A clause counts what is late in kinds of which the viewer sees all there, and nothing else. */
guint check_clauses(const char *who, int64_t unit)
{
    g_autofree char *path = g_strdup_printf("/api/v1/clauses?unit=%%23%" G_GINT64_FORMAT, unit);
    g_autofree char *grouped =
        g_strdup_printf("/api/v1/expectations?under=%%23%" G_GINT64_FORMAT "&limit=200&by=name&overdue=true", unit);
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    AUTO(reply) struct reply groups = ask(who, "GET", grouped, NULL);
    guint sum = 0;
    size_t i;
    json_t *clause;
    g_assert_true(reply.status == 200 || reply.status == 404);
    json_array_foreach(json_at(reply.json, "data"), i, clause) sum +=
        check_clause(json_at(groups.json, "data"), clause);
    check_clauses_below(who, unit);
    return sum;
}
