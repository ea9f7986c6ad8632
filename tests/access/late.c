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
