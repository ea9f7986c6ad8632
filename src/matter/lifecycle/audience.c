/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/audience.h"

#include "base/limits.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/participants.h"
#include "matter/view/scope.h"

#include <stdlib.h>
#include <string.h>

struct audience_page { /* of one set */
    struct draft *draft;
    const struct participant_set *set;
    int64_t under, after_unit;
    int64_t at_us;     /* of whose units */
    const char *types; /* JSON array of names */
};

static char *types_text(const struct participant_set *set)
{
    g_autoptr(json_t) names = json_array();
    for (size_t i = 0; i < set->unit_type_count; i++)
        json_array_append_new(names, json_string(set->unit_types[i]->name));
    return json_text(names, NULL);
}

static int64_t place_of(struct draft *draft, const struct participant_set *set)
{
    if (set->under < 0)
        return draft->view.matter.unit;
    return json_integer_value(json_object_get(view_form(&draft->view), draft->view.kind->form.fields[set->under].name));
}

/* ---- filling ---- */

/* Units that have no row yet: neither take part nor were left out, nor have left. */
static GArray *waiting_units(const struct audience_page *page)
{
    return cursor_integers(db_query(
        page->draft->decision->rows,
        "SELECT c.unit FROM cover c JOIN unit u ON u.id = c.unit WHERE c.ancestor = ?1 AND c.unit > ?2 "
        "AND c.from_us <= ?3 AND c.to_us > ?3 AND u.type IN (SELECT value FROM json_each(?4)) "
        "AND NOT EXISTS (SELECT 1 FROM participant p INDEXED BY participant_who WHERE p.who = c.unit AND "
        "p.matter = ?5 "
        "AND p.name = ?6) "
        "AND (?8 IS NULL OR EXISTS (SELECT 1 FROM matter m WHERE m.subject = c.unit AND m.subject <> 0 AND m.kind = ?8 "
        "AND m.state <> 'proposed' AND m.opened_us <= ?3 AND (m.closed_us = 0 OR m.closed_us > ?3))) "
        "ORDER BY c.unit LIMIT ?7",
        "iiisisis", page->under, page->after_unit, page->at_us, page->types, page->draft->view.matter.id,
        page->set->name, (int64_t)LIMIT_AUDIENCE_JOINING,
        page->set->where_open != NULL ? page->set->where_open->name : NULL));
}

static void write_audience(json_t *body, const char *set, int64_t under, bool standing, int64_t after_unit, bool waits)
{
    json_t *item = row_new(AUDIENCE_PLACES);
    row_set(item, AUDIENCE_SET, json_string(set));
    row_set(item, AUDIENCE_UNDER, json_integer(under));
    row_set(item, AUDIENCE_STANDING, json_boolean(standing));
    row_set(item, AUDIENCE_AFTER, json_integer(after_unit));
    row_set(item, AUDIENCE_WAITS, json_boolean(waits));
    body_append(body, "au", item);
}

/* How far it has come. */
static void write_progress(const struct audience_page *page, int64_t after_unit, bool waits)
{
    write_audience(page->draft->body, page->set->name, page->under, page->set->standing, after_unit, waits);
}

/* ---- opening ---- */

/* Its row is not written yet. */
static bool is_named(const struct audience_page *page, int64_t unit)
{
    const GArray *all = page->draft->view.participants;
    for (guint i = 0; i < all->len; i++) {
        const struct participant *one = &g_array_index(all, struct participant, i);
        if (one->set == page->set && one->who == unit)
            return true;
    }
    return false;
}

static bool leave_out(struct audience_page *page, const json_t *given, const char *field)
{
    struct draft *draft = page->draft;
    struct decision *decision = draft->decision;
    const char *code = json_string_value(json_object_get(given, "unit"));
    const char *reason = json_string_value(json_object_get(given, "reason"));
    int64_t unit;
    if (!decision_reason_fits(decision, reason, field, LIMIT_TEXT_CHARS))
        return false;
    if (code == NULL || !registry_unit_by_text(decision->rows, code, decision->command->observed_us, &unit) ||
        !registry_covers(decision->rows, page->under, unit, page->at_us))
        return decision_refuse(decision, PROBLEM_UNKNOWN_UNIT, field);
    if (!participants_must_fit(draft, page->set, unit, field))
        return false;
    if (!is_named(page, unit))
        participants_change(draft, participants_add(draft, page->set, unit, NULL), NULL, true, reason);
    return true;
}

static bool leave_all_out(struct audience_page *page, const json_t *given)
{
    size_t i;
    json_t *one;
    g_autofree char *path = g_strdup_printf("participants.%s", page->set->name);
    if (given == NULL || json_is_null(given))
        return true;
    json_t *except = json_object_get(given, "except");
    if (!json_is_object(given) || json_object_size(given) != 1 || !json_is_array(except))
        return decision_refuse(page->draft->decision, PROBLEM_WRONG_TYPE, path, "{except}");
    if (json_array_size(except) > LIMIT_PARTICIPANTS)
        return decision_refuse(page->draft->decision, PROBLEM_TOO_MANY_PARTICIPANTS, path,
                               G_STRINGIFY(LIMIT_PARTICIPANTS));
    json_array_foreach(except, i, one)
    {
        g_autofree char *field = g_strdup_printf("%s.except[%zu]", path, i);
        if (!leave_out(page, one, field))
            return false;
    }
    return true;
}

static bool must_be_bounded(const struct audience_page *page)
{
    struct decision *decision = page->draft->decision;
    int64_t count = matter_audience_size(decision->rows, page->set, page->under, page->at_us);
    g_autofree char *field = g_strdup_printf("participants.%s", page->set->name);
    return count <= LIMIT_AUDIENCE ||
           decision_refuse(decision, PROBLEM_TOO_MANY_PARTICIPANTS, field, G_STRINGIFY(LIMIT_AUDIENCE));
}

/* Their expectations are made with all others of the first state. */
bool audience_begin(struct draft *draft, const struct participant_set *set, const json_t *given)
{
    char *types = types_text(set);
    struct audience_page page = {draft, set, place_of(draft, set), 0, draft->decision->now_us, types};
    bool right = must_be_bounded(&page) && leave_all_out(&page, given);
    if (right) {
        g_autoptr(GArray) units = waiting_units(&page);
        int64_t last = 0;
        for (guint i = 0; i < units->len; i++) {
            last = g_array_index(units, int64_t, i);
            if (!is_named(&page, last))
                participants_add(draft, set, last, NULL);
        }
        write_progress(&page, last, units->len == LIMIT_AUDIENCE_JOINING);
    }
    free(types); /* jansson's allocation */
    return right;
}

/* ---- the clock ---- */

bool audience_waits(struct db *rows)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT matter FROM audience WHERE waits = 1 LIMIT 1", "");
}

/* Members that were merged or split leave, and their expectations end. */
static void let_closed_leave(struct audience_page *page)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor)
    struct cursor cursor = db_query(page->draft->decision->rows,
                                    "SELECT p.number FROM participant p INDEXED BY participant_name CROSS JOIN "
                                    "unit u ON u.id = p.who WHERE p.matter = ?1 AND "
                                    "p.name = ?2 AND p.left_us IS NULL AND u.to_us <= ?3 LIMIT ?4",
                                    "isii", page->draft->view.matter.id, page->set->name, page->draft->decision->now_us,
                                    (int64_t)LIMIT_AUDIENCE_JOINING);
    while (cursor_next(&cursor)) {
        int64_t number = cursor_integer(&cursor, 0);
        g_array_append_val(numbers, number);
    }
    for (guint i = 0; i < numbers->len; i++)
        participants_change(page->draft, g_array_index(numbers, int64_t, i), NULL, true, NULL);
}

/* Those who have left count too: their rows stay. */
static int64_t room_left(const struct audience_page *page)
{
    int64_t taken = 0;
    db_integer(page->draft->decision->rows, &taken, "SELECT count(*) FROM participant WHERE matter = ?1 AND name = ?2",
               "is", page->draft->view.matter.id, page->set->name);
    return LIMIT_AUDIENCE - taken;
}

static void fill(struct audience_page *page)
{
    struct scope scope;
    struct draft *draft = page->draft;
    if (page->set->standing && page->after_unit == 0)
        let_closed_leave(page);
    scope_init(&scope, &draft->view, NULL, NULL, NULL, draft->decision->now_us);
    g_autoptr(GArray) units = waiting_units(page);
    int64_t room = room_left(page);
    for (guint i = 0; i < units->len && i < room; i++) {
        page->after_unit = g_array_index(units, int64_t, i);
        expect_make_for(draft, participants_add(draft, page->set, page->after_unit, NULL), draft->decision->now_us,
                        &scope);
    }
    write_progress(page, page->after_unit, units->len == LIMIT_AUDIENCE_JOINING && units->len < room);
}

static bool join_next(struct decision *decision, int64_t matter, const char *name, int64_t under, int64_t after_unit)
{
    AUTO(draft) struct draft draft = {0};
    if (!draft_load(&draft, decision, matter))
        return false;
    const struct participant_set *set = kind_find_participants(draft.view.kind, name);
    if (set == NULL || !set->audience) { /* the set is missing in the rules that the matter was rebased to */
        write_audience(draft.body, name, under, false, 0, false);
        draft_emit(&draft, "audience_joined");
        return true;
    }
    char *types = types_text(set);
    struct audience_page page = {
        &draft, set, under, after_unit, set->standing ? decision->now_us : draft.view.matter.opened_us, types};
    fill(&page);
    draft_emit(&draft, "audience_joined");
    free(types); /* jansson's allocation */
    return true;
}

bool audience_join_next(struct decision *decision)
{
    char name[48];
    int64_t matter, under, after_unit;
    {
        AUTO(cursor)
        struct cursor cursor = db_query(
            decision->rows, "SELECT matter, name, under, after_unit FROM audience WHERE waits = 1 LIMIT 1", "");
        if (!cursor_next(&cursor))
            return decision_refuse(decision, PROBLEM_ALREADY_ENDED, NULL);
        g_strlcpy(name, cursor_text(&cursor, 1), sizeof name);
        matter = cursor_integer(&cursor, 0);
        under = cursor_integer(&cursor, 2);
        after_unit = cursor_integer(&cursor, 3);
    }
    return join_next(decision, matter, name, under, after_unit);
}
