/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rebase_matters {kind, unit?, skip?} or {matter}: running matters change to the rules in force.
 *   unit   only what stands in it or below; left out: everywhere
 *   skip   true: those that do not fit keep their rules; else they are named, and nothing of this page changes
 * A command takes the next page of the kind; `rebase_advanced` says how far it is and whether it is done. The same
 * command (with an id of its own) goes on, after a refusal with the matters that were refused.
 */
#include "matter/commands/decide.h"

#include "base/limits.h"
#include "matter/commands/rebase.h"
#include "matter/rebase.h"

#define REBASED_EXPECTATIONS LIMIT_EXPECTATIONS /* the page ends with the matter that has these behind it */

static bool read_skip(struct decision *decision, bool *out)
{
    const json_t *given = json_object_get(decision->command->body, "skip");
    *out = json_is_true(given);
    return given == NULL || json_is_boolean(given) || decision_refuse(decision, PROBLEM_WRONG_TYPE, "skip", "bool");
}

static bool must_have_right(struct decision *decision)
{
    if (decision->playbook == NULL)
        return decision_refuse(decision, PROBLEM_NO_PLAYBOOK, NULL);
    return decision_is_operator(decision) ||
           registry_has_right(decision->rows, decision->playbook, decision->command->person, RIGHT_PLAYBOOK,
                              REGISTRY_ROOT, decision->now_us) ||
           decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, "playbook");
}

static const struct kind *kind_in_force(struct decision *decision, const char *name)
{
    const struct kind *kind = playbook_find_kind(decision->playbook, name);
    if (kind == NULL)
        decision_refuse(decision, PROBLEM_UNKNOWN_KIND, "kind", "");
    return kind;
}

static int64_t expected_in(struct decision *decision, int64_t matter)
{
    int64_t count = 0;
    db_integer(decision->rows, &count, "SELECT count(*) FROM expectation WHERE matter = ?1", "i", matter);
    return count;
}

/* Only those at the front that are of the first one's stream; by id, they stand together. */
static void keep_one_stream(GArray *waiting, struct rebase_range *range)
{
    for (guint i = 1; i < waiting->len; i++) {
        int64_t before = g_array_index(waiting, struct matter, i - 1).id;
        if (id_matter_stream(g_array_index(waiting, struct matter, i).id) == id_matter_stream(before))
            continue;
        range->after = before;
        range->done = false;
        g_array_set_size(waiting, i);
    }
}

/* Splits into those that fit, and problems of the others. A matter with an audience has as many expectations as a
 * hundred others: the page ends after it. */
static struct problem *weigh(struct decision *decision, GArray *waiting, struct rebase_range *range,
                             const struct kind *to, GArray *fitting)
{
    struct problem *problems = NULL;
    int64_t expected = 0;
    for (guint i = 0; i < waiting->len; i++) {
        const struct matter *matter = &g_array_index(waiting, struct matter, i);
        struct misfit misfit;
        if (!rebase_fits(decision->rows, decision->vault, decision->rulebook, matter, to, &misfit)) {
            problem_append(&problems, misfit_problem(&misfit));
            continue;
        }
        g_array_append_val(fitting, matter->id);
        expected += expected_in(decision, matter->id);
        if (expected < REBASED_EXPECTATIONS || i + 1 == waiting->len)
            continue;
        range->after = matter->id;
        range->done = false;
        g_array_set_size(waiting, i + 1);
    }
    return problems;
}

static void rebase_all(struct decision *decision, const GArray *fitting)
{
    for (guint i = 0; i < fitting->len; i++)
        rebase_matter(decision, g_array_index(fitting, int64_t, i), decision->playbook);
}

static bool rebase_one(struct decision *decision)
{
    struct uuid uuid;
    struct matter matter;
    if (!decision_uuid(decision, "matter", &uuid))
        return false;
    if (!matter_get_by_uuid(decision->rows, &uuid, &matter))
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, "matter");
    const struct kind *to = kind_in_force(decision, matter.kind);
    if (to == NULL)
        return false;
    if (matter.closed_us != 0)
        return decision_refuse(decision, PROBLEM_MATTER_CLOSED, "matter");
    if (matter.rules == decision->playbook->id)
        return decision_refuse(decision, PROBLEM_RULES_ARE_CURRENT, "matter");
    struct misfit misfit;
    if (!rebase_fits(decision->rows, decision->vault, decision->rulebook, &matter, to, &misfit))
        return decision_refuse_with(decision, misfit_problem(&misfit));
    rebase_matter(decision, matter.id, decision->playbook);
    return true;
}

static void advance(struct decision *decision, const struct rebase_range *range, const struct rebase_progress *progress)
{
    json_t *body =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:b}", "kind", range->kind, "under", (json_int_t)range->unit, "rules",
                  (json_int_t)range->to->id, "last", (json_int_t)range->after, "rebased", (json_int_t)progress->rebased,
                  "passed", (json_int_t)progress->passed, "done", range->done);
    decision_emit(decision, "rebase_advanced", range->unit, 0, body, NULL);
}

bool decide_rebase_matters(struct decision *decision)
{
    struct rebase_range range = {.to = decision->playbook, .unit = REGISTRY_ROOT};
    struct rebase_progress progress = {0};
    bool skip;
    if (!must_have_right(decision))
        return false;
    if (json_object_get(decision->command->body, "matter") != NULL)
        return rebase_one(decision);
    if (!decision_text(decision, "kind", &range.kind) || !decision_unit_optional(decision, "unit", &range.unit) ||
        !read_skip(decision, &skip))
        return false;
    const struct kind *to = kind_in_force(decision, range.kind);
    if (to == NULL)
        return false;
    bool begun = rebase_progress(decision->rows, range.to, range.kind, range.unit, &progress);
    if (begun && progress.done) /* once more from the beginning: what was passed by may fit now */
        progress = (struct rebase_progress){0};
    range.after = progress.last;
    g_autoptr(GArray) waiting = rebase_waiting(decision->rows, &range, decision->now_us, REBASED_PER_COMMAND);
    keep_one_stream(waiting, &range);
    g_autoptr(GArray) fitting = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(problem) struct problem *problems = weigh(decision, waiting, &range, to, fitting);
    if (problems != NULL && !skip)
        return decision_refuse_with(decision, g_steal_pointer(&problems));
    rebase_all(decision, fitting);
    progress.rebased += fitting->len;
    progress.passed += waiting->len - fitting->len;
    advance(decision, &range, &progress);
    return true;
}
