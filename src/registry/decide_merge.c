/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge_units: several units become part of one of the same type. Their children, residents, posts and open matters go
 * to it; then they are closed.
 */
#include "registry/decide.h"

#include <string.h>

static bool move_children(struct decision *decision, int64_t from, int64_t to)
{
    g_autoptr(GArray) children = registry_children(decision->rows, from, 0, INT32_MAX);
    for (guint i = 0; i < children->len; i++)
        if (!reorganise_move_child(decision, g_array_index(children, struct unit, i).id, to))
            return false;
    return true;
}

static void move_matters(struct decision *decision, int64_t from, int64_t to)
{
    const struct registry_matters *matters = decision->areas->hooks.matters;
    if (matters == NULL)
        return;
    g_autoptr(GArray) open = matters->open_in(decision->rows, from);
    matters->move(decision, from, to, open, true);
}

static bool merge_one(struct decision *decision, int64_t from, int64_t into)
{
    g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(to, into);
    reorganise_withdraw_handovers(decision, from);
    if (!move_children(decision, from, into))
        return false;
    reorganise_move_residents(decision, from, into, NULL);
    g_autoptr(GArray) posts = reorganise_posts_of(decision, from);
    for (guint i = 0; i < posts->len; i++)
        reorganise_move_post(decision, g_array_index(posts, int64_t, i), from, to);
    move_matters(decision, from, into);
    reorganise_emit(decision, from, to);
    return decide_emit_close(decision, from, decision->now_us);
}

static struct problem *check_one(struct decision *decision, const struct unit *into, int64_t id)
{
    struct unit unit;
    if (!registry_unit_named(decision->rows, id, &unit))
        return problem_new(PROBLEM_DATA_DAMAGED, NULL, NULL);
    if (id == into->id)
        return problem_new(PROBLEM_WITHIN_ITSELF, "units", NULL);
    if (unit.from_us >= decision->now_us)
        return problem_new(PROBLEM_BEFORE_START, "units", NULL);
    if (strcmp(unit.type, into->type) != 0)
        return problem_new(PROBLEM_OTHER_UNIT_TYPE, "units", into->type, NULL);
    if (registry_covers(decision->rows, id, into->id, decision->now_us) ||
        registry_covers(decision->rows, into->id, id, decision->now_us))
        return problem_new(PROBLEM_WITHIN_ITSELF, "units", NULL);
    return NULL;
}

bool decide_merge_units(struct decision *decision)
{
    struct unit into;
    int64_t id;
    g_autoptr(GArray) units = NULL;
    if (!decide_playbook(decision) || !decision_unit(decision, "unit", &id) ||
        !registry_unit(decision->rows, id, &into) || !decide_units(decision, "units", &units))
        return false;
    if (units->len == 0)
        return decision_refuse(decision, PROBLEM_TEXT_EMPTY, "units");
    struct problem *problem = NULL;
    for (guint i = 0; i < units->len; i++)
        problem_append(&problem, check_one(decision, &into, g_array_index(units, int64_t, i)));
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    for (guint i = 0; i < units->len; i++)
        if (!decide_right(decision, RIGHT_REGISTRY, g_array_index(units, int64_t, i)))
            return false;
    if (!decide_right(decision, RIGHT_REGISTRY, id) || !decide_version(decision, into.version))
        return false;
    for (guint i = 0; i < units->len; i++)
        if (!merge_one(decision, g_array_index(units, int64_t, i), id))
            return false;
    return true;
}
