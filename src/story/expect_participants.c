/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who takes part in a matter, who has seen it, who was left out; and what each is shown of what was entered. */
#include "story/snapshot.h"

#include "access/access.h"
#include "base/limits.h"
#include "engine/engine.h"

#include <string.h>

int64_t snapshot_who(struct fixture *fixture, const char *handle)
{
    return g_hash_table_contains(fixture->units, handle) ? fixture_unit(fixture, handle)
                                                         : -fixture_person(fixture, handle);
}

/* Exactly these take part, in these states; "-" for a set without states. */
void snapshot_participants(struct snapshot *snapshot, const json_t *wanted)
{
    g_autoptr(GArray) rows = matter_participants(snapshot->fixture->reader->rows, snapshot->fixture->reader->vault,
                                                 snapshot->matter.id, NULL, 0, LIMIT_PARTICIPANTS);
    const char *handle;
    json_t *state;
    guint living = 0;
    for (guint i = 0; i < rows->len; i++)
        living += g_array_index(rows, struct participant_row, i).left_us == 0;
    if (living != json_object_size(wanted))
        fixture_fail(snapshot->fixture, "participants: expected %zu, found %u", json_object_size(wanted), living);
    json_object_foreach((json_t *)wanted, handle, state)
    {
        const char *found = "nobody";
        for (guint i = 0; i < rows->len; i++) {
            const struct participant_row *row = &g_array_index(rows, struct participant_row, i);
            if (row->who == snapshot_who(snapshot->fixture, handle) && row->left_us == 0)
                found = *row->state != '\0' ? row->state : "-";
        }
        if (strcmp(found, json_string_value(state)) != 0)
            fixture_fail(snapshot->fixture, "participants %s: expected %s, found %s", handle, json_string_value(state),
                         found);
    }
}

/* Exactly these have seen it. */
void snapshot_seen(struct snapshot *snapshot, const json_t *wanted)
{
    const struct participant_filter filter = {.seen = 1};
    g_autoptr(GArray) rows = matter_participants(snapshot->fixture->reader->rows, snapshot->fixture->reader->vault,
                                                 snapshot->matter.id, &filter, 0, LIMIT_PARTICIPANTS);
    size_t i;
    json_t *handle;
    if (rows->len != json_array_size(wanted))
        fixture_fail(snapshot->fixture, "seen: expected %zu, found %u", json_array_size(wanted), rows->len);
    json_array_foreach((json_t *)wanted, i, handle)
    {
        bool found = false;
        for (guint j = 0; j < rows->len; j++)
            found = found || g_array_index(rows, struct participant_row, j).who ==
                                 snapshot_who(snapshot->fixture, json_string_value(handle));
        if (!found)
            fixture_fail(snapshot->fixture, "seen: %s has not", json_string_value(handle));
    }
}

/* Exactly these were left out, for these reasons. */
void snapshot_left_out(struct snapshot *snapshot, const json_t *wanted)
{
    g_autoptr(GArray) rows = matter_participants(snapshot->fixture->reader->rows, snapshot->fixture->reader->vault,
                                                 snapshot->matter.id, NULL, 0, LIMIT_PARTICIPANTS);
    const char *handle;
    json_t *why;
    guint out = 0;
    for (guint i = 0; i < rows->len; i++)
        out += g_array_index(rows, struct participant_row, i).reason != NULL;
    if (out != json_object_size(wanted))
        fixture_fail(snapshot->fixture, "left_out: expected %zu, found %u", json_object_size(wanted), out);
    json_object_foreach((json_t *)wanted, handle, why)
    {
        const char *found = "nothing";
        for (guint i = 0; i < rows->len; i++) {
            const struct participant_row *row = &g_array_index(rows, struct participant_row, i);
            if (row->who == snapshot_who(snapshot->fixture, handle) && row->reason != NULL && row->left_us != 0)
                found = row->reason;
        }
        if (strcmp(found, json_string_value(why)) != 0)
            fixture_fail(snapshot->fixture, "left_out %s: expected %s, found %s", handle, json_string_value(why),
                         found);
    }
}

/* Names of the entries that a person is shown, in their order. */
static char *shown_to(struct fixture *fixture, const struct matter *matter, const char *handle)
{
    struct db *rows = fixture->reader->rows;
    struct rulebook *rulebook = engine_rulebook(fixture->engine);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GArray) entries = matter_entries(rows, matter->id, 0, G_MAXINT);
    AUTO(viewer) struct viewer viewer;
    viewer_init(&viewer, rows, fixture_person(fixture, handle), clock_now_us(&fixture->clock));
    bool sees = access_may_see(rows, rulebook, &viewer, matter);
    for (guint i = 0; sees && i < entries->len; i++) {
        struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        if (access_shows_entry(rows, rulebook, &viewer, matter, row))
            g_ptr_array_add(names, row->kind);
    }
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

void snapshot_entries(struct snapshot *snapshot, const json_t *wanted)
{
    const char *handle;
    json_t *names;
    json_object_foreach((json_t *)wanted, handle, names)
    {
        g_autofree char *found = shown_to(snapshot->fixture, &snapshot->matter, handle);
        g_autoptr(GPtrArray) all = g_ptr_array_new();
        for (size_t i = 0; i < json_array_size(names); i++)
            g_ptr_array_add(all, (gpointer)json_string_value(json_array_get(names, i)));
        g_ptr_array_add(all, NULL);
        g_autofree char *text = g_strjoinv(", ", (char **)all->pdata);
        if (strcmp(found, text) != 0)
            fixture_fail(snapshot->fixture, "entries %s: expected [%s], found [%s]", handle, text, found);
    }
}
