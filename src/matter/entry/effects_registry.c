/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/effects_registry.h"

#include "base/datetime.h"
#include "matter/draft/actor_sight.h"
#include "matter/entry/effect_unit.h"
#include "matter/entry/read.h"
#include "matter/rows/events.h"

static char *path_of(const struct turn *turn, const struct expr *expr)
{
    return effect_field_path(turn->draft, turn->scope, turn->effect, expr, turn->iteration);
}

/* The registry's fields are put in the words of the entry. */
struct path {
    const char *field;
    const struct expr *expr;
};

static bool refuse(const struct turn *turn, struct problem *problem, const struct path *paths, size_t count)
{
    for (struct problem *each = problem; each != NULL; each = each->next) {
        const struct expr *expr = NULL;
        for (size_t i = 0; i < count; i++)
            if (g_strcmp0(each->field, paths[i].field) == 0)
                expr = paths[i].expr;
        g_free(each->field);
        each->field = expr != NULL ? path_of(turn, expr) : NULL;
    }
    return decision_refuse_with(turn->draft->decision, problem);
}

static bool lacks(const struct turn *turn, const struct expr *expr)
{
    g_autofree char *field = path_of(turn, expr);
    return decision_refuse(turn->draft->decision, PROBLEM_MISSING_FIELD, field);
}

/* A unit that must be there. */
static bool read_unit(const struct turn *turn, const struct expr *expr, int64_t *out)
{
    return effect_unit(turn->draft, turn->scope, turn->effect, expr, turn->iteration, out) &&
           (*out != 0 || lacks(turn, expr));
}

static void note_begun(struct draft *draft, enum registry_made what, int64_t id, int64_t person, const GArray *grounds)
{
    const int64_t made[MADE_GROUNDS] = {[MADE_WHAT] = what, [MADE_ID] = id, [MADE_PERSON] = person};
    json_t *item = integers(MADE_GROUNDS, made);
    if (grounds != NULL)
        json_array_append_new(item, integers(grounds->len, (const int64_t *)(void *)grounds->data));
    body_append(draft->body, "G", item);
}

static void note_ended(struct draft *draft, enum registry_made what, int64_t id)
{
    const int64_t item[MADE_PERSON] = {[MADE_WHAT] = what, [MADE_ID] = id};
    body_append(draft->body, "H", integers(MADE_PERSON, item));
}

/* Whether the matter made it, in this event or before, and has not ended it. */
static bool is_made(const struct draft *draft, enum registry_made what, int64_t id)
{
    size_t i;
    const json_t *item;
    int64_t found;
    json_array_foreach(json_object_get(draft->body, "G"), i, item)
    {
        if (json_integer_value(json_array_get(item, MADE_WHAT)) == what &&
            json_integer_value(json_array_get(item, MADE_ID)) == id)
            return true;
    }
    return db_integer(draft->decision->rows, &found,
                      "SELECT 1 FROM matter_registry WHERE matter = ?1 AND what = ?2 AND id = ?3 AND to_us = 0", "iii",
                      draft->view.matter.id, (int64_t)what, id);
}

/* ---- units ---- */

bool effect_open_unit(const struct turn *turn)
{
    const struct registry_effect *registry = turn->effect->registry;
    struct draft *draft = turn->draft;
    int64_t above, id;
    struct value name = expr_evaluate(registry->called, &turn->scope->expr);
    if (!read_unit(turn, registry->under, &above))
        return false;
    if (name.type != VALUE_TEXT)
        return lacks(turn, registry->called);
    struct problem *problem = registry_open_unit(draft->decision, registry->unit_type->name, above, name.text, &id);
    const struct path paths[] = {{"name", registry->called}, {"parent", registry->under}};
    if (problem != NULL)
        return refuse(turn, problem, paths, G_N_ELEMENTS(paths));
    draft_set_field(draft, &draft->view.kind->form.fields[registry->field], json_integer(id));
    note_begun(draft, MADE_UNIT, id, 0, NULL);
    return true;
}

static bool refuse_unit(struct draft *draft, const struct field *field, struct problem *problem)
{
    for (struct problem *each = problem; each != NULL; each = each->next) {
        g_free(each->field);
        each->field = g_strdup_printf("form.%s", field->name);
    }
    return decision_refuse_with(draft->decision, problem);
}

bool effect_close_unit(const struct turn *turn)
{
    struct draft *draft = turn->draft;
    struct unit unit;
    const struct field *field = &draft->view.kind->form.fields[turn->effect->registry->field];
    const json_t *stored = json_object_get(view_form(&draft->view), field->name);
    if (stored == NULL || !registry_unit(draft->decision->rows, json_integer_value(stored), &unit))
        return true;
    if (!is_made(draft, MADE_UNIT, unit.id))
        return refuse_unit(draft, field, problem_new(PROBLEM_NOT_OPENED_HERE, NULL, unit.name, NULL));
    struct problem *problem = registry_close_unit(draft->decision, unit.id);
    if (problem != NULL)
        return refuse_unit(draft, field, problem);
    note_ended(draft, MADE_UNIT, unit.id);
    return true;
}

/* ---- posts ---- */

static GArray *grounds_from_now(struct decision *decision, const struct post *post)
{
    return cursor_integers(
        db_query(decision->rows,
                 "SELECT DISTINCT unit FROM post_ground WHERE person = ?1 AND post = ?2 AND to_us > ?3 "
                 "ORDER BY unit",
                 "iii", post->person, post->id, decision->now_us));
}

/* All posts of the person but those that this matter made. */
static bool suspend_home_posts(const struct turn *turn, int64_t person)
{
    struct draft *draft = turn->draft;
    struct decision *decision = draft->decision;
    g_autoptr(GArray) posts = registry_posts_of(decision->rows, person, decision->now_us);
    for (guint i = 0; i < posts->len; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        g_autoptr(GArray) grounds = grounds_from_now(decision, post);
        if (grounds->len == 0 || is_made(draft, MADE_POST, post->id) || is_made(draft, MADE_POST_INSTEAD, post->id))
            continue;
        if (!decision_may_go_on(decision))
            return false;
        registry_suspend_post(decision, post, grounds);
        note_begun(draft, MADE_SUSPENSION, post->id, person, grounds);
    }
    return true;
}

static int64_t until_of(const struct turn *turn)
{
    const struct expr *until = turn->effect->registry->until;
    struct value value = until != NULL ? expr_evaluate(until, &turn->scope->expr) : (struct value){0};
    if (value.type == VALUE_DATE)
        return day_time_us(value.day + 1, 0, turn->draft->view.playbook->zone);
    return value.type == VALUE_DATETIME ? value.us : REGISTRY_OPEN;
}

bool effect_appoint(const struct turn *turn)
{
    const struct registry_effect *registry = turn->effect->registry;
    struct decision *decision = turn->draft->decision;
    struct value who = expr_evaluate(turn->effect->who, &turn->scope->expr);
    if (who.type != VALUE_PERSON)
        return true;
    struct post post = {.person = registry_person_kept(decision->rows, who.id), .to_us = until_of(turn)};
    const struct path path = {"person", turn->effect->who};
    if (actor_needs_right(decision) && enter_is_same(decision, post.person, 0))
        return refuse(turn, problem_new(PROBLEM_SAME_PERSON_REFUSED, "person", NULL), &path, 1);
    g_strlcpy(post.role, registry->role->name, sizeof post.role);
    g_autoptr(GArray) grounds = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (size_t i = 0; i < registry->ground_count; i++) {
        int64_t unit;
        if (!read_unit(turn, registry->grounds[i], &unit))
            return false;
        g_array_append_val(grounds, unit);
    }
    if ((registry->seat != NULL && !read_unit(turn, registry->seat, &post.seat)) ||
        (registry->suspends && !suspend_home_posts(turn, post.person)))
        return false;
    int64_t id;
    struct problem *problem = registry_appoint(decision, &post, grounds, &id);
    const struct path paths[] = {
        {"person", turn->effect->who}, {"grounds", registry->grounds[0]}, {"to", registry->until}};
    if (problem != NULL)
        return refuse(turn, problem, paths, G_N_ELEMENTS(paths));
    note_begun(turn->draft, registry->suspends ? MADE_POST_INSTEAD : MADE_POST, id, post.person, NULL);
    return true;
}

struct made {
    int64_t id;
    json_t *grounds;
};

static void clear_made(struct made *made)
{
    json_decref(made->grounds);
}

/* Open rows of matter_registry of one kind, of one person (0: of all). */
static GArray *standing(const struct draft *draft, enum registry_made what, int64_t person)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct made));
    g_array_set_clear_func(all, (GDestroyNotify)clear_made);
    AUTO(cursor)
    struct cursor found = db_query(draft->decision->rows,
                                   "SELECT id, grounds FROM matter_registry WHERE matter = ?1 AND what = ?2 AND "
                                   "to_us = 0 AND (?3 = 0 OR person = ?3) ORDER BY id",
                                   "iii", draft->view.matter.id, (int64_t)what, person);
    while (cursor_next(&found)) {
        const char *text = cursor_text(&found, 1);
        struct made made = {cursor_integer(&found, 0), text != NULL ? json_loads(text, 0, NULL) : NULL};
        g_array_append_val(all, made);
    }
    return all;
}

static bool bring_back(const struct turn *turn, int64_t person, enum registry_made what)
{
    struct decision *decision = turn->draft->decision;
    g_autoptr(GArray) all = standing(turn->draft, what, person);
    for (guint i = 0; i < all->len; i++) {
        const struct made *made = &g_array_index(all, struct made, i);
        if (!decision_may_go_on(decision))
            return false;
        g_autoptr(GArray) grounds = g_array_new(FALSE, FALSE, sizeof(int64_t));
        size_t j;
        const json_t *unit;
        json_array_foreach(made->grounds, j, unit)
        {
            int64_t id = json_integer_value(unit);
            g_array_append_val(grounds, id);
        }
        if (what == MADE_SUSPENSION)
            registry_resume_post(decision, made->id, grounds);
        else
            registry_end_post(decision, made->id);
        note_ended(turn->draft, what, made->id);
    }
    return true;
}

/* What they held instead ends, then the home posts come back. */
bool effect_restore(const struct turn *turn)
{
    int64_t person = 0;
    if (turn->effect->who != NULL) {
        struct value who = expr_evaluate(turn->effect->who, &turn->scope->expr);
        if (who.type != VALUE_PERSON)
            return true;
        person = registry_person_kept(turn->draft->decision->rows, who.id);
    }
    return bring_back(turn, person, MADE_POST_INSTEAD) && bring_back(turn, person, MADE_SUSPENSION);
}
