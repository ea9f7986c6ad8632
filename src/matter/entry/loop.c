/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/loop.h"

#include "base/limits.h"
#include "matter/draft/actor_sight.h"
#include "matter/draft/merge.h"
#include "matter/view/members.h"

#include <string.h>

/* ---- other matters ---- */

static void take_ids(struct cursor cursor, GArray *out)
{
    while (cursor_next(&cursor)) {
        int64_t id = cursor_integer(&cursor, 0);
        g_array_append_val(out, id);
    }
}

GArray *matters_below(struct draft *draft, const struct kind *kind)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    take_ids(db_query(draft->decision->rows,
                      "SELECT id FROM matter WHERE parent IN " MERGED_WITH
                      " AND parent <> 0 AND (?2 IS NULL OR kind = ?2) "
                      "AND closed_us = 0 ORDER BY id",
                      "is", draft->view.matter.id, kind != NULL ? kind->name : NULL),
             ids);
    return ids;
}

static void take_open(struct draft *draft, int64_t id, const struct kind *kind, GArray *ids)
{
    struct matter matter;
    if (id != draft->view.matter.id && !integers_hold(ids, id) && matter_get(draft->decision->rows, id, &matter) &&
        matter.closed_us == 0 && (kind == NULL || strcmp(matter.kind, kind->name) == 0))
        g_array_append_val(ids, id);
}

/* Those that fields of type `matter` name. */
static void take_named(struct draft *draft, const struct form *form, const json_t *fields, const struct kind *kind,
                       GArray *ids)
{
    for (size_t i = 0; i < form->field_count; i++) {
        struct uuid uuid;
        struct matter named;
        const char *text = json_string_value(json_object_get(fields, form->fields[i].name));
        if (form->fields[i].type != FIELD_MATTER || text == NULL || !uuid_parse(text, &uuid) ||
            !matter_get_by_uuid(draft->decision->rows, &uuid, &named))
            continue;
        take_open(draft, matter_survivor(draft->decision->rows, named.id), kind, ids);
    }
}

static bool names_matters(const struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (form->fields[i].type == FIELD_MATTER)
            return true;
    return false;
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Including links of matters merged into this one; a merged link target is replaced by its survivor. */
static void take_linked(struct draft *draft, const struct kind *kind, GArray *ids)
{
    struct db *rows = draft->decision->rows;
    g_autoptr(GArray) all = cursor_integers(db_query(rows,
                                                     "SELECT other FROM link WHERE matter IN " MERGED_WITH
                                                     " UNION SELECT matter FROM link WHERE other IN " MERGED_WITH,
                                                     "i", draft->view.matter.id));
    for (guint i = 0; i < all->len; i++)
        take_open(draft, matter_survivor(rows, g_array_index(all, int64_t, i)), kind, ids);
    g_array_sort(ids, by_id);
}

GArray *matters_linked(struct draft *draft, const struct scope *scope, const struct kind *kind)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    take_linked(draft, kind, ids);
    if (scope->entry != NULL && scope->fields != NULL)
        take_named(draft, &scope->entry->form, scope->fields, kind, ids);
    if (names_matters(&draft->view.kind->form))
        take_named(draft, &draft->view.kind->form, view_form(&draft->view), kind, ids);
    return ids;
}

/* They see it, and its subject by a name alone: a change there would tell them who lives with whom. */
static bool sees_by_name_alone(struct draft *draft, int64_t id)
{
    const struct decision *decision = draft->decision;
    const struct area_hooks *hooks = &decision->areas->hooks;
    struct matter matter;
    return hooks->sees_matter != NULL && matter_get(decision->rows, id, &matter) && matter.named_only &&
           registry_naming_by_sender(decision, matter.subject) < NAMING_SEEN && hooks->sees_matter(decision, &matter);
}

/* From a matter whose household the actor is not told, not those that they see likewise; all others are reached. */
static void leave_out_named(struct draft *draft, GArray *ids)
{
    for (guint i = ids->len; i > 0; i--)
        if (sees_by_name_alone(draft, g_array_index(ids, int64_t, i - 1)))
            g_array_remove_index(ids, i - 1);
}

static GArray *matters_of_household(struct draft *draft)
{
    const struct matter *matter = &draft->view.matter;
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (matter->household != 0)
        take_ids(db_query(draft->decision->rows,
                          "SELECT id FROM matter WHERE household = ?1 AND household <> 0 AND kind = ?2 AND "
                          "closed_us = 0 AND id <> ?3 ORDER BY id",
                          "isi", matter->household, matter->kind, matter->id),
                 ids);
    if (draft->decision->command->person != 0 && matter->household != actor_household(draft))
        leave_out_named(draft, ids);
    return ids;
}

static void add_matters(struct iterations *iterations, const GArray *ids)
{
    for (guint i = 0; i < ids->len; i++) {
        struct iteration iteration = {.matter = g_array_index(ids, int64_t, i)};
        g_array_append_val(iterations->all, iteration);
    }
}

/* ---- who lives with the subject ---- */

static void add_others(struct iterations *iterations, struct draft *draft)
{
    struct decision *decision = draft->decision;
    struct residency home;
    if (!registry_residency(decision->rows, draft->view.matter.subject, decision->now_us, &home))
        return;
    int64_t subject = registry_person_kept(decision->rows, draft->view.matter.subject);
    g_autoptr(GArray) members = registry_household_members(decision->rows, home.household, decision->now_us);
    for (guint i = 0; i < members->len; i++) {
        struct iteration iteration = {
            .person = g_array_index(members, int64_t, i), .unit = home.unit, .household = home.household};
        if (registry_person_kept(decision->rows, iteration.person) != subject &&
            !registry_person_is_erased(decision->rows, iteration.person))
            g_array_append_val(iterations->all, iteration);
    }
}

/* ---- lines, participants ---- */

static void add_lines(struct iterations *iterations, struct draft *draft, const struct scope *scope,
                      const struct loop *loop)
{
    const struct form *form = loop->in_entry ? &scope->entry->form : &draft->view.kind->form;
    const json_t *fields = loop->in_entry ? scope->fields : view_form(&draft->view);
    size_t i;
    json_t *line;
    iterations->lines = json_incref(json_object_get(fields, form->fields[loop->field].name));
    json_array_foreach(iterations->lines, i, line)
    {
        struct iteration iteration = {.line = line, .line_number = i};
        g_array_append_val(iterations->all, iteration);
    }
}

static void add_participants(struct iterations *iterations, struct draft *draft, const struct loop *loop)
{
    if (loop->set->audience)
        participants_load_all(&draft->view);
    for (guint i = 0; i < draft->view.participants->len; i++) {
        const struct participant *one = &g_array_index(draft->view.participants, struct participant, i);
        struct iteration iteration = {.participant = one->number};
        if (one->set == loop->set && !one->left && one->who != 0)
            g_array_append_val(iterations->all, iteration);
    }
}

static void leave_out(struct iterations *iterations, const struct scope *scope, const struct effect *effect)
{
    for (guint i = iterations->all->len; i > 0; i--) {
        struct scope here;
        iteration_scope(&here, scope, effect, &g_array_index(iterations->all, struct iteration, i - 1));
        if (!expr_is_true(effect->loop->where, &here.expr))
            g_array_remove_index(iterations->all, i - 1);
    }
}

/* ---- all of them ---- */

static void find(struct iterations *iterations, struct draft *draft, const struct scope *scope,
                 const struct effect *effect)
{
    const struct loop *loop = effect->loop;
    g_autoptr(GArray) ids = NULL;
    switch (loop->over) {
    case LOOP_HOUSEHOLD:
        if (effect->type == EFFECT_OPEN)
            add_others(iterations, draft);
        else
            ids = matters_of_household(draft);
        break;
    case LOOP_CHILDREN:
        ids = matters_below(draft, loop->kind);
        break;
    case LOOP_LINKED:
        ids = matters_linked(draft, scope, loop->kind);
        break;
    case LOOP_LINES:
        add_lines(iterations, draft, scope, loop);
        break;
    case LOOP_PARTICIPANTS:
        add_participants(iterations, draft, loop);
        break;
    }
    if (ids != NULL)
        add_matters(iterations, ids);
    if (loop->where != NULL)
        leave_out(iterations, scope, effect);
}

bool iterations_collect(struct iterations *iterations, struct draft *draft, const struct scope *scope,
                        const struct effect *effect)
{
    *iterations = (struct iterations){.all = g_array_new(FALSE, FALSE, sizeof(struct iteration))};
    if (effect->loop == NULL) {
        struct iteration once = {0};
        g_array_append_val(iterations->all, once);
        return true;
    }
    find(iterations, draft, scope, effect);
    return iterations->all->len <= LIMIT_LOOP_ITERATIONS ||
           decision_refuse(draft->decision, PROBLEM_TOO_MANY_EFFECTS, NULL, G_STRINGIFY(LIMIT_LOOP_ITERATIONS));
}

void iterations_clear(struct iterations *iterations)
{
    g_clear_pointer(&iterations->all, g_array_unref);
    g_clear_pointer(&iterations->lines, json_decref);
}

void iteration_scope(struct scope *out, const struct scope *scope, const struct effect *effect,
                     const struct iteration *iteration)
{
    scope_copy(out, scope);
    if (effect->loop == NULL)
        return;
    if (effect->loop->over == LOOP_PARTICIPANTS)
        out->participant = iteration->participant;
    if (effect->loop->over != LOOP_LINES)
        return;
    out->line = iteration->line;
    out->columns = effect->loop->lines;
}
