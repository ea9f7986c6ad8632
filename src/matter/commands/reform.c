/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/commands/reform.h"

#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/retention.h"
#include "matter/matter.h"

#define MATTERS_PER_EVENT 5000 /* ids of 20 characters: a tenth of LIMIT_EVENT_BODY_BYTES */

static GArray *open_in(struct db *rows, int64_t unit)
{
    GArray *matters = g_array_new(FALSE, FALSE, sizeof(struct registry_matter));
    AUTO(rows)
    struct rows found = rows_of(rows,
                                "SELECT id, subject, household, parent, uuid FROM matter "
                                "WHERE unit = ?1 AND closed_us = 0 AND standing = 0 ORDER BY id",
                                "i", unit);
    while (rows_next(&found)) {
        struct registry_matter matter = {.id = rows_integer(&found, 0),
                                         .subject = rows_integer(&found, 1),
                                         .household = rows_integer(&found, 2),
                                         .parent = rows_integer(&found, 3)};
        rows_uuid(&found, 4, &matter.uuid);
        g_array_append_val(matters, matter);
    }
    return matters;
}

static void emit_moved(struct decision *decision, int64_t from, int64_t to, json_t *moved, bool offers)
{
    json_t *body = json_pack("{s:I, s:I, s:o}", "from", (json_int_t)from, "to", (json_int_t)to, "m", moved);
    if (offers)
        json_object_set_new(body, "offers", json_true());
    decision_emit(decision, "matters_moved", from, 0, body, NULL);
}

static int64_t id_at(const GArray *matters, guint i)
{
    return g_array_get_element_size((GArray *)matters) == sizeof(int64_t)
               ? g_array_index(matters, int64_t, i)
               : g_array_index(matters, struct registry_matter, i).id;
}

static json_t *moved_row(struct db *rows, int64_t matter)
{
    int64_t version = 0;
    db_integer(rows, &version, "SELECT version FROM matter WHERE id = ?1", "i", matter);
    const int64_t item[MOVED_PLACES] = {[MOVED_MATTER] = matter, [MOVED_VERSION] = version + 1};
    return integers(MOVED_PLACES, item);
}

static void move(struct decision *decision, int64_t from, int64_t to, const GArray *matters, bool offers)
{
    guint i = 0;
    while (i < matters->len || offers) {
        json_t *moved = json_array();
        for (guint end = MIN(matters->len, i + MATTERS_PER_EVENT); i < end; i++)
            json_array_append_new(moved, moved_row(decision->rows, id_at(matters, i)));
        emit_moved(decision, from, to, moved, offers);
        offers = false;
    }
}

static bool end_one(struct decision *decision, int64_t id)
{
    AUTO(draft) struct draft draft = {0};
    struct scope scope;
    if (!draft_load(&draft, decision, id))
        return false;
    scope_init(&scope, &draft, NULL, NULL, NULL, decision->now_us);
    expect_end_all(&draft, OUTCOME_WITHDRAWN);
    draft.matter.closed_us = decision->now_us;
    body_add(draft.body, "C", decision->now_us);
    retention_begin(&draft, decision->now_us, &scope);
    draft_emit(&draft, "matter_changed");
    return true;
}

static bool person_is_held(struct db *rows, struct vault *vault, int64_t person, char **out_reason)
{
    AUTO(rows)
    struct rows held = rows_of(rows,
                               "SELECT m.id FROM matter m JOIN matter_hold h ON h.matter = m.id WHERE m.subject = "
                               "?1 AND m.subject <> 0 AND m.erased = 0 AND h.to_us = 0 LIMIT 1",
                               "i", person);
    if (!rows_next(&held))
        return false;
    g_autoptr(GPtrArray) holds = matter_holds(rows, vault, rows_integer(&held, 0));
    *out_reason = g_strdup(g_ptr_array_index(holds, 0));
    return true;
}

static GArray *about_person(struct db *rows, int64_t person)
{
    return rows_integers(
        rows_of(rows, "SELECT id FROM matter WHERE subject = ?1 AND subject <> 0 ORDER BY id", "i", person));
}

static bool end_standing(struct decision *decision, int64_t unit)
{
    int64_t id;
    while (db_integer(decision->rows, &id,
                      "SELECT id FROM matter WHERE unit = ?1 AND closed_us = 0 AND standing = 1 LIMIT 1", "i", unit))
        if (!end_one(decision, id))
            return false;
    return true;
}

const struct registry_matters reform_matters = {
    .unit_is_busy = matter_unit_is_busy,
    .open_in = open_in,
    .move = move,
    .person_is_held = person_is_held,
    .about_person = about_person,
    .end_standing = end_standing,
};
