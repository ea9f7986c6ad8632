/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by merge and split: what belongs to a unit goes to another one from now on. Records of before stay with the
 * old unit and the posts of then.
 */
#include "registry/decide.h"

#include <string.h>

bool reorganise_move_child(struct decision *decision, int64_t child, int64_t to)
{
    struct unit unit;
    if (!registry_unit_named(decision->rows, child, &unit))
        return decision_refuse(decision, PROBLEM_DATA_DAMAGED, NULL);
    struct problem *problem = decide_check_move(decision, &unit, decision->now_us, to);
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    decide_emit_move(decision, &unit, decision->now_us, to);
    return true;
}

void reorganise_move_residents(struct decision *decision, int64_t from, int64_t to, const GArray *households)
{
    json_t *body = json_pack("{s:I, s:I, s:I}", "from", (json_int_t)from, "to", (json_int_t)to, "from_us",
                             (json_int_t)decision->now_us);
    if (households != NULL)
        json_object_set_new(body, "households", decide_id_array(households));
    decision_emit(decision, "residents_moved", from, 0, body, NULL);
}

GArray *reorganise_posts_of(struct decision *decision, int64_t unit)
{
    return cursor_integers(db_query(decision->rows,
                                    "SELECT post FROM post_ground WHERE unit = ?1 AND to_us > ?2 "
                                    "UNION SELECT id FROM post WHERE seat = ?1 AND to_us > ?2 ORDER BY 1",
                                    "ii", unit, decision->now_us));
}

/* Another post of the same person in the same role that covers the unit at that time; 0 none. */
static int64_t same_elsewhere(struct db *rows, const struct post *post, int64_t unit, int64_t at_us)
{
    int64_t other = 0;
    db_integer(rows, &other,
               "SELECT post FROM post_ground WHERE person = ?1 AND unit = ?2 AND role = ?3 AND post <> ?4 "
               "AND to_us > ?5 ORDER BY post LIMIT 1",
               "iisii", post->person, unit, post->role, post->id, at_us);
    return other;
}

/* Those of `to` that the post does not have yet, and that its holder has in no other post. */
static GArray *new_grounds(struct db *rows, const struct post *post, const GArray *had, const GArray *to, int64_t at_us,
                           int64_t *out_other)
{
    GArray *added = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < to->len; i++) {
        int64_t unit = g_array_index(to, int64_t, i), other = same_elsewhere(rows, post, unit, at_us);
        if (other != 0)
            *out_other = other;
        else if (!integers_hold(had, unit))
            g_array_append_val(added, unit);
    }
    return added;
}

static void emit_grounds(struct decision *decision, const struct post *post, int64_t from_us, const GArray *added,
                         json_t *removed /* taken */, int64_t seat)
{
    json_t *body = json_pack("{s:I, s:I, s:s, s:I, s:I, s:o, s:o}", "post", (json_int_t)post->id, "person",
                             (json_int_t)post->person, "role", post->role, "from_us", (json_int_t)from_us, "to_us",
                             (json_int_t)post->to_us, "added", decide_id_array(added), "removed", removed);
    if (seat != 0)
        json_object_set_new(body, "seat", json_integer(seat));
    decision_emit(decision, "grounds_changed", post->seat, 0,
                  decide_versioned(decision, VERSIONED_POST, post->id, body), NULL);
}

void reorganise_move_post(struct decision *decision, int64_t id, int64_t from, const GArray *to)
{
    struct post post;
    int64_t other = 0, now_us = decision->now_us;
    g_assert(to->len > 0);
    if (!registry_post_named(decision->rows, id, &post) || post.to_us <= now_us)
        return;
    int64_t from_us = MAX(now_us, post.from_us);
    g_autoptr(GArray) had = registry_grounds(decision->rows, id, from_us);
    bool covers = integers_hold(had, from);
    g_autoptr(GArray) added = covers ? new_grounds(decision->rows, &post, had, to, from_us, &other)
                                     : g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (covers && added->len == 0 && had->len == 1) { /* all that they answer for, they answer for already */
        decide_emit_end(decision, &post, from_us);
        decide_emit_handed_over(decision, 0, &post, other, NULL);
        return;
    }
    json_t *removed = json_array();
    if (covers)
        json_array_append_new(removed, json_integer(from));
    emit_grounds(decision, &post, from_us, added, removed, post.seat == from ? g_array_index(to, int64_t, 0) : 0);
}

void reorganise_withdraw_handovers(struct decision *decision, int64_t unit)
{
    g_autoptr(GArray) offered = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor)
    struct cursor found = db_query(decision->rows,
                                   "SELECT id FROM handover WHERE state = 'offered' AND EXISTS "
                                   "(SELECT 1 FROM json_each(grounds) WHERE value = ?1) ORDER BY id",
                                   "i", unit);
    while (cursor_next(&found)) {
        int64_t id = cursor_integer(&found, 0);
        g_array_append_val(offered, id);
    }
    for (guint i = 0; i < offered->len; i++)
        decision_emit(decision, "handover_withdrawn", unit, 0,
                      json_pack("{s:I}", "id", (json_int_t)g_array_index(offered, int64_t, i)), NULL);
}

void reorganise_emit(struct decision *decision, int64_t from, const GArray *to)
{
    decision_emit(decision, "unit_reformed", from, 0,
                  json_pack("{s:I, s:o, s:I}", "from", (json_int_t)from, "to", decide_id_array(to), "at_us",
                            (json_int_t)decision->now_us),
                  NULL);
}
