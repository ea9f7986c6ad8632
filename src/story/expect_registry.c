/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the registry after a step: who holds which posts, and units that effects have opened. */
#include "story/stage.h"

#include <string.h>

static bool has_unit(struct stage *stage, int64_t id)
{
    GHashTableIter iter;
    gpointer known;
    g_hash_table_iter_init(&iter, stage->units);
    while (g_hash_table_iter_next(&iter, NULL, &known))
        if (*(int64_t *)known == id)
            return true;
    return false;
}

void stage_find_units(struct stage *stage)
{
    AUTO(cursor) struct cursor all = db_query(stage->reader->rows, "SELECT id, type FROM unit ORDER BY id", "");
    while (cursor_next(&all)) {
        int64_t id = cursor_integer(&all, 0);
        if (has_unit(stage, id))
            continue;
        char *handle = g_strdup(cursor_text(&all, 1));
        for (int i = 2; g_hash_table_contains(stage->units, handle); i++) {
            g_free(handle);
            handle = g_strdup_printf("%s_%d", cursor_text(&all, 1), i);
        }
        g_hash_table_insert(stage->units, handle, g_memdup2(&id, sizeof id));
    }
}

/* "doctor@hospital"; "doctor@-" for a post without grounds. */
static void add_post(struct stage *stage, const struct post *post, int64_t now_us, GPtrArray *found)
{
    g_autoptr(GArray) grounds = registry_grounds(stage->reader->rows, post->id, now_us);
    for (guint i = 0; i < grounds->len; i++)
        g_ptr_array_add(
            found, g_strdup_printf("%s@%s", post->role, stage_unit_handle(stage, g_array_index(grounds, int64_t, i))));
    if (grounds->len == 0)
        g_ptr_array_add(found, g_strdup_printf("%s@-", post->role));
}

void expect_posts(struct stage *stage, const json_t *wanted)
{
    int64_t now_us = clock_now_us(&stage->clock);
    const char *handle;
    json_t *names;
    json_object_foreach((json_t *)wanted, handle, names)
    {
        g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GArray) posts = registry_posts_of(stage->reader->rows, stage_person(stage, handle), now_us);
        for (guint i = 0; i < posts->len; i++)
            add_post(stage, &g_array_index(posts, struct post, i), now_us, found);
        g_autofree char *what = g_strconcat("posts of ", handle, NULL);
        expect_sets(stage, what, names, found);
    }
}

void expect_units(struct stage *stage, const json_t *wanted)
{
    const char *handle;
    json_t *value;
    json_object_foreach((json_t *)wanted, handle, value)
    {
        struct unit unit = {0};
        bool known = registry_unit(stage->reader->rows, stage_unit(stage, handle), &unit);
        bool open = known && unit.to_us > clock_now_us(&stage->clock);
        const char *found = open ? "open" : "closed";
        if (strcmp(found, json_string_value(value)) != 0)
            stage_fail(stage, "unit %s: expected %s, found %s", handle, json_string_value(value), found);
    }
}
