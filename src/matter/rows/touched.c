/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/touched.h"

#include "base/json.h"
#include "matter/rows/events.h"

#include <string.h>

/* Kinds about many matters of their stream: the member with the rows, and where in a row the matter stands. */
static const struct {
    const char *kind, *member;
    size_t place;
    bool moved;
} many[] = {
    {"expectations_lapsed", "expectations", ITEM_MATTER, false},
    {"expectations_excused", "i", ITEM_MATTER, false},
    {"matters_moved", "m", MOVED_MATTER, true},
};

static void tell_rows(const json_t *rows, size_t place, bool moved,
                      void (*each)(void *context, int64_t matter, bool moved), void *context)
{
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        int64_t matter = json_integer_value(json_is_array(row) ? json_array_get(row, place) : row);
        if (matter != 0)
            each(context, matter, moved);
    }
}

void matter_touched(const struct event *event, void (*each)(void *context, int64_t matter, bool moved), void *context)
{
    if (event->matter != 0) {
        each(context, event->matter, strcmp(event->kind, "matter_handed_over") == 0);
        return;
    }
    const char *member = strcmp(event->kind, "subject_erased") == 0 ? "matters" : NULL;
    size_t place = 0;
    bool moved = false;
    for (size_t i = 0; i < G_N_ELEMENTS(many) && member == NULL; i++)
        if (strcmp(event->kind, many[i].kind) == 0) {
            member = many[i].member;
            place = many[i].place;
            moved = many[i].moved;
        }
    if (member == NULL)
        return;
    g_autoptr(json_t) body = json_loadb(event->body, event->body_bytes, 0, NULL);
    tell_rows(json_object_get(body, member), place, moved, each, context);
}

int64_t matter_unit_before(struct db *rows, int64_t matter)
{
    int64_t unit = 0;
    db_integer(rows, &unit,
               "SELECT s.unit FROM span s WHERE s.matter = ?1 AND s.unit <> (SELECT unit FROM matter WHERE id = ?1) "
               "ORDER BY s.version DESC LIMIT 1",
               "i", matter);
    return unit;
}

GArray *matter_answering(struct db *rows, int64_t matter, int64_t since_us)
{
    return cursor_integers(db_query(rows,
                                    "SELECT post FROM expectation WHERE matter = ?1 AND post <> 0 UNION "
                                    "SELECT post FROM expectation_past WHERE matter = ?1 AND ended_us >= ?2 AND "
                                    "post <> 0",
                                    "ii", matter, since_us));
}

GArray *matter_alerted(struct db *rows, int64_t matter, int64_t at_us)
{
    return cursor_integers(
        db_query(rows, "SELECT DISTINCT post FROM alert WHERE matter = ?1 AND shown_us <= ?2", "ii", matter, at_us));
}

GArray *matter_shown_between(struct db *rows, int64_t post, int64_t after_us, int64_t until_us)
{
    return cursor_integers(
        db_query(rows, "SELECT DISTINCT matter FROM alert WHERE post = ?1 AND shown_us > ?2 AND shown_us <= ?3", "iii",
                 post, after_us, until_us));
}
