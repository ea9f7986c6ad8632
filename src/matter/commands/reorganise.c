/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/commands/reorganise.h"

#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/retention.h"
#include "matter/matter.h"

#define MATTERS_PER_EVENT 5000 /* ids of 20 characters: a tenth of LIMIT_EVENT_BODY_BYTES */

static GArray *open_in(struct db *rows, int64_t unit)
{
    GArray *matters = g_array_new(FALSE, FALSE, sizeof(struct registry_matter));
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT id, subject, household, parent, uuid FROM matter "
                                   "WHERE unit = ?1 AND closed_us = 0 AND standing = 0 ORDER BY id",
                                   "i", unit);
    while (cursor_next(&found)) {
        struct registry_matter matter = {.id = cursor_integer(&found, 0),
                                         .subject = cursor_integer(&found, 1),
                                         .household = cursor_integer(&found, 2),
                                         .parent = cursor_integer(&found, 3)};
        cursor_uuid(&found, 4, &matter.uuid);
        g_array_append_val(matters, matter);
    }
    return matters;
}

static json_t *moved_body(int64_t from, int64_t to, json_t *moved, bool offers)
{
    json_t *body = json_pack("{s:I, s:I, s:o}", "from", (json_int_t)from, "to", (json_int_t)to, "m", moved);
    if (offers)
        json_object_set_new(body, "offers", json_true());
    return body;
}

static int64_t id_at(const GArray *matters, guint i)
{
    return g_array_get_element_size((GArray *)matters) == sizeof(int64_t)
               ? g_array_index(matters, int64_t, i)
               : g_array_index(matters, struct registry_matter, i).id;
}

/* Rows of the ids, with the versions that the matters have then. */
static json_t *moved_rows(struct db *rows, const json_t *ids)
{
    json_t *moved = json_array();
    size_t i;
    const json_t *id;
    json_array_foreach(ids, i, id)
    {
        int64_t version = 0, matter = json_integer_value(id);
        db_integer(rows, &version, "SELECT version FROM matter WHERE id = ?1", "i", matter);
        const int64_t item[MOVED_PLACES] = {[MOVED_MATTER] = matter, [MOVED_VERSION] = version + 1};
        json_array_append_new(moved, integers(MOVED_PLACES, item));
    }
    return moved;
}

static void emit_moved(struct decision *decision, int64_t unit, int64_t from, int64_t to, const json_t *ids,
                       bool offers)
{
    decision_emit(decision, "matters_moved", unit, 0, moved_body(from, to, moved_rows(decision->rows, ids), offers),
                  NULL);
}

/* Those of one stream: an event here, or a letter with their ids. */
static void move_in_stream(struct decision *decision, int64_t stream, int64_t from, int64_t to, json_t *ids /* taken */,
                           bool offers)
{
    int64_t unit = id_unit(stream, 1);
    if (!decision_begin(decision, stream)) {
        decision_send_letter(decision, unit, "move_matters", moved_body(from, to, ids, offers), NULL);
        return;
    }
    emit_moved(decision, unit, from, to, ids, offers);
    json_decref(ids);
}

/* Streams where something was offered to the unit, or in which it takes part. */
static GArray *streams_that_name(struct db *rows, int64_t unit)
{
    return cursor_integers(db_query(rows,
                                    "SELECT matter / ?2 FROM matter_handover WHERE to_unit = ?1 AND pending = 1 UNION "
                                    "SELECT matter / ?2 FROM participant WHERE who = ?1 UNION "
                                    "SELECT matter / ?2 FROM audience WHERE under = ?1 ORDER BY 1",
                                    "ii", unit, id_matter_first(1)));
}

static bool take_stream(GArray *streams, int64_t stream)
{
    for (guint i = 0; i < streams->len; i++)
        if (g_array_index(streams, int64_t, i) == stream) {
            g_array_remove_index(streams, i);
            return true;
        }
    return false;
}

/* `matters` holds ids, or structs that begin with the id, ascending: those of a stream stand together. */
static void move(struct decision *decision, int64_t from, int64_t to, const GArray *matters, bool offers)
{
    g_autoptr(GArray) streams =
        offers ? streams_that_name(decision->rows, from) : g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < matters->len;) {
        int64_t stream = id_matter_stream(id_at(matters, i));
        json_t *ids = json_array();
        for (; i < matters->len && json_array_size(ids) < MATTERS_PER_EVENT &&
               id_matter_stream(id_at(matters, i)) == stream;
             i++)
            json_array_append_new(ids, json_integer(id_at(matters, i)));
        move_in_stream(decision, stream, from, to, ids, take_stream(streams, stream));
    }
    for (guint i = 0; i < streams->len; i++)
        move_in_stream(decision, g_array_index(streams, int64_t, i), from, to, json_array(), true);
}

bool decide_move_matters(struct decision *decision)
{
    const json_t *given = decision->command->body;
    emit_moved(decision, decision->command->to_unit, json_get_integer(given, "from", 0),
               json_get_integer(given, "to", 0), json_object_get(given, "m"), json_get_bool(given, "offers", false));
    return true;
}

static bool end_one(struct decision *decision, int64_t id)
{
    AUTO(draft) struct draft draft = {0};
    struct scope scope;
    if (!draft_load(&draft, decision, id))
        return false;
    scope_init(&scope, &draft.view, NULL, NULL, NULL, decision->now_us);
    expect_end_all(&draft, OUTCOME_WITHDRAWN);
    draft.view.matter.closed_us = decision->now_us;
    body_add(draft.body, "C", decision->now_us);
    retention_begin(&draft, decision->now_us, &scope);
    draft_emit(&draft, "matter_changed");
    return true;
}

static bool person_is_held(struct db *rows, struct vault *vault, int64_t person, char **out_reason)
{
    AUTO(cursor)
    struct cursor held = db_query(rows,
                                  "SELECT m.id FROM matter m JOIN matter_hold h ON h.matter = m.id WHERE m.subject = "
                                  "?1 AND m.subject <> 0 AND m.erased = 0 AND h.to_us = 0 LIMIT 1",
                                  "i", person);
    if (!cursor_next(&held))
        return false;
    g_autoptr(GPtrArray) holds = matter_holds(rows, vault, cursor_integer(&held, 0));
    *out_reason = g_strdup(g_ptr_array_index(holds, 0));
    return true;
}

static bool end_all(struct decision *decision, int64_t unit)
{
    int64_t id;
    while (db_integer(decision->rows, &id,
                      "SELECT id FROM matter WHERE unit = ?1 AND closed_us = 0 AND standing = 1 LIMIT 1", "i", unit))
        if (!end_one(decision, id))
            return false;
    return true;
}

static bool end_standing(struct decision *decision, int64_t unit)
{
    int64_t id;
    if (!db_integer(decision->rows, &id,
                    "SELECT id FROM matter WHERE unit = ?1 AND closed_us = 0 AND standing = 1 LIMIT 1", "i", unit) ||
        decision_begin(decision, id_matter_stream(id)))
        return end_all(decision, unit);
    decision_send_letter(decision, unit, "end_standing_matters", json_object(), NULL);
    return true;
}

/* They may have ended meanwhile. */
bool decide_end_standing_matters(struct decision *decision)
{
    return end_all(decision, decision->command->to_unit);
}

const struct registry_matters reorganise_matters = {
    .unit_is_busy = matter_unit_is_busy,
    .open_in = open_in,
    .move = move,
    .person_is_held = person_is_held,
    .end_standing = end_standing,
};
