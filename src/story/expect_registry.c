/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the registry after a step: who holds which posts, and units that effects have opened. */
#include "story/fixture.h"

#include <string.h>

static bool has_unit(struct fixture *fixture, int64_t id)
{
    GHashTableIter iter;
    gpointer known;
    g_hash_table_iter_init(&iter, fixture->units);
    while (g_hash_table_iter_next(&iter, NULL, &known))
        if (*(int64_t *)known == id)
            return true;
    return false;
}

void fixture_find_units(struct fixture *fixture)
{
    AUTO(cursor) struct cursor all = db_query(fixture->reader->rows, "SELECT id, type FROM unit ORDER BY id", "");
    while (cursor_next(&all)) {
        int64_t id = cursor_integer(&all, 0);
        if (has_unit(fixture, id))
            continue;
        char *handle = g_strdup(cursor_text(&all, 1));
        for (int i = 2; g_hash_table_contains(fixture->units, handle); i++) {
            g_free(handle);
            handle = g_strdup_printf("%s_%d", cursor_text(&all, 1), i);
        }
        g_hash_table_insert(fixture->units, handle, g_memdup2(&id, sizeof id));
    }
}

/* "doctor@hospital"; "doctor@-" for a post without grounds. */
static void add_post(struct fixture *fixture, const struct post *post, int64_t now_us, GPtrArray *found)
{
    g_autoptr(GArray) grounds = registry_grounds(fixture->reader->rows, post->id, now_us);
    for (guint i = 0; i < grounds->len; i++)
        g_ptr_array_add(found, g_strdup_printf("%s@%s", post->role,
                                               fixture_unit_handle(fixture, g_array_index(grounds, int64_t, i))));
    if (grounds->len == 0)
        g_ptr_array_add(found, g_strdup_printf("%s@-", post->role));
}

void expect_posts(struct fixture *fixture, const json_t *wanted)
{
    int64_t now_us = clock_now_us(&fixture->clock);
    const char *handle;
    json_t *names;
    json_object_foreach((json_t *)wanted, handle, names)
    {
        g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GArray) posts = registry_posts_of(fixture->reader->rows, fixture_person(fixture, handle), now_us);
        for (guint i = 0; i < posts->len; i++)
            add_post(fixture, &g_array_index(posts, struct post, i), now_us, found);
        g_autofree char *what = g_strconcat("posts of ", handle, NULL);
        expect_sets(fixture, what, names, found);
    }
}

void expect_units(struct fixture *fixture, const json_t *wanted)
{
    const char *handle;
    json_t *value;
    json_object_foreach((json_t *)wanted, handle, value)
    {
        struct unit unit = {0};
        bool known = registry_unit(fixture->reader->rows, fixture_unit(fixture, handle), &unit);
        bool open = known && unit.to_us > clock_now_us(&fixture->clock);
        const char *found = open ? "open" : "closed";
        if (strcmp(found, json_string_value(value)) != 0)
            fixture_fail(fixture, "unit %s: expected %s, found %s", handle, json_string_value(value), found);
    }
}
