/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Effects of a playbook on units and posts: no right is checked, all other rules of the registry hold.
 */
#include "registry/decide.h"

#include <string.h>

struct problem *registry_open_unit(struct decision *decision, const char *type, int64_t parent, const char *name,
                                   int64_t *out_id)
{
    struct new_unit unit = {.parent = parent, .name = name, .from_us = decision->now_us};
    struct problem *problem = decide_check_new_unit(decision, type, &unit);
    if (problem == NULL)
        *out_id = decide_emit_unit(decision, &unit);
    return problem;
}

struct problem *registry_close_unit(struct decision *decision, int64_t id)
{
    struct unit unit;
    if (!registry_unit(decision->rows, id, &unit) || unit.to_us <= decision->now_us)
        return NULL;
    if (decision->now_us <= unit.from_us)
        return problem_new(PROBLEM_BEFORE_START, "unit", NULL);
    return decide_emit_whole_close(decision, &unit, decision->now_us);
}

/* ---- posts ---- */

static struct problem *check_holder(struct decision *decision, int64_t person)
{
    if (!registry_person_exists(decision->rows, person))
        return problem_new(PROBLEM_UNKNOWN_PERSON, "person", NULL);
    return registry_person_is_erased(decision->rows, person) ? problem_new(PROBLEM_PERSON_ERASED, "person", NULL)
                                                             : NULL;
}

struct problem *registry_appoint(struct decision *decision, const struct post *wanted, const GArray *grounds,
                                 int64_t *out_post)
{
    struct post post = *wanted;
    const struct role *role = playbook_find_role(decision->playbook, post.role);
    if (role == NULL)
        return problem_new(PROBLEM_UNKNOWN_ROLE, "role", "", NULL);
    post.from_us = decision->now_us;
    post.keeps_hours = role->duty_hours;
    post.seat = post.seat != 0 ? post.seat : g_array_index(grounds, int64_t, 0);
    struct problem *problem = check_holder(decision, post.person);
    if (problem == NULL && post.to_us <= post.from_us)
        problem = problem_new(PROBLEM_BEFORE_START, "to", NULL);
    if (problem == NULL &&
        (!decide_check_grounds(decision, post.role, grounds, "grounds") || !decide_is_free(decision, &post, grounds)))
        problem = g_steal_pointer(&decision->problem);
    if (problem == NULL)
        *out_post = decide_emit_post(decision, &post, grounds);
    return problem;
}

static void withdraw_handovers(struct decision *decision, const struct post *post)
{
    g_autoptr(GArray) offered = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor)
    struct cursor found = db_query(decision->rows,
                                   "SELECT id FROM handover WHERE (from_post = ?1 OR to_post = ?1) AND "
                                   "state = 'offered' ORDER BY id",
                                   "i", post->id);
    while (cursor_next(&found)) {
        int64_t id = cursor_integer(&found, 0);
        g_array_append_val(offered, id);
    }
    for (guint i = 0; i < offered->len; i++)
        decision_emit(decision, "handover_withdrawn", post->seat, 0,
                      json_pack("{s:I}", "id", (json_int_t)g_array_index(offered, int64_t, i)), NULL);
}

void registry_suspend_post(struct decision *decision, const struct post *post, const GArray *grounds)
{
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(int64_t));
    withdraw_handovers(decision, post);
    decide_emit_grounds(decision, post, decision->now_us, none, grounds);
    decide_pass_on(decision, post, g_array_index(grounds, int64_t, 0));
}

/* Adds the unit, or its open successors. */
static void add_living(struct decision *decision, int64_t id, int depth, GArray *out)
{
    struct unit unit;
    if (!registry_unit(decision->rows, id, &unit) || depth > REGISTRY_REFORMS_FOLLOWED)
        return;
    if (unit.to_us > decision->now_us) {
        g_array_append_val(out, id);
        return;
    }
    g_autoptr(GArray) successors = registry_successors(decision->rows, id);
    for (guint i = 0; i < successors->len; i++)
        add_living(decision, g_array_index(successors, int64_t, i), depth + 1, out);
}

void registry_resume_post(struct decision *decision, int64_t id, const GArray *grounds)
{
    struct post post;
    if (!registry_post(decision->rows, id, &post) || post.to_us <= decision->now_us)
        return;
    struct post from_now = post;
    from_now.from_us = decision->now_us;
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < grounds->len; i++)
        add_living(decision, g_array_index(grounds, int64_t, i), 0, back);
    for (guint i = back->len; i > 0; i--) {
        g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_array_append_val(one, g_array_index(back, int64_t, i - 1));
        if (!decide_is_free(decision, &from_now, one)) {
            g_clear_pointer(&decision->problem, problem_free); /* post_exists */
            g_array_remove_index(back, i - 1);
        }
    }
    g_autoptr(GArray) held = registry_grounds(decision->rows, id, decision->now_us);
    if (back->len > 0)
        decide_emit_grounds(decision, &post, decision->now_us, back, none);
    else if (held->len == 0)
        decide_emit_end(decision, &post, decision->now_us);
}

void registry_end_post(struct decision *decision, int64_t id)
{
    struct post post;
    if (!registry_post(decision->rows, id, &post) || post.to_us <= decision->now_us)
        return;
    g_autoptr(GArray) grounds = registry_grounds(decision->rows, id, decision->now_us);
    decide_emit_end(decision, &post, MAX(decision->now_us, post.from_us));
    if (grounds->len > 0)
        decide_pass_on(decision, &post, g_array_index(grounds, int64_t, 0));
}
