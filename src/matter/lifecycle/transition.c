/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/transition.h"

#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/retention.h"

#include <string.h>

/* Not before the state was entered; 0: the post has no end yet. */
static int64_t post_end_us(struct draft *draft)
{
    struct post post;
    if (!registry_post(draft->decision->rows, draft->view.matter.subject_post, &post) || post.to_us == REGISTRY_OPEN)
        return 0;
    return MAX(post.to_us, draft->view.matter.state_since_us);
}

int64_t transition_end_us(struct draft *draft, const struct scope *scope)
{
    int64_t end_us = 0;
    if (draft->view.state->ends_at != NULL)
        instant_of(expr_evaluate(draft->view.state->ends_at, &scope->expr), draft->view.playbook->zone, &end_us);
    int64_t post_us = draft->view.state->ends_with_post ? post_end_us(draft) : 0;
    return post_us != 0 && (end_us == 0 || post_us < end_us) ? post_us : end_us;
}

static void set_end(struct draft *draft, int64_t end_us)
{
    draft->view.ends_us = end_us;
    body_add(draft->body, "E", end_us);
}

void transition_refresh_end(struct draft *draft, const struct scope *scope)
{
    int64_t end_us = transition_end_us(draft, scope);
    if (end_us != draft->view.ends_us)
        set_end(draft, end_us);
}

/* From a final state into one that is not final. */
static void reopen(struct draft *draft)
{
    draft->view.matter.closed_us = 0;
    body_add(draft->body, "C", 0);
    if (draft->view.retain_us == 0)
        return;
    draft->view.retain_us = 0;
    body_add(draft->body, "R", 0);
}

void transition_begin(struct draft *draft, int64_t since_us, const struct scope *scope)
{
    if (draft->view.state->document != NULL)
        body_append(draft->body, "d", json_string(draft->view.state->document));
    if (draft->view.matter.closed_us != 0 && !draft->view.state->final)
        reopen(draft);
    if (draft->view.state->final) {
        draft->view.matter.closed_us = since_us;
        body_add(draft->body, "C", since_us);
    }
    expect_make_all(draft, draft->view.state, since_us, scope);
    int64_t end_us = transition_end_us(draft, scope);
    if (end_us != 0)
        set_end(draft, end_us);
    retention_begin(draft, since_us, scope);
}

static void enter_state(struct draft *draft, const struct state *state, int64_t since_us, const struct scope *scope)
{
    draft->view.state = state;
    draft->view.ends_us = 0;
    g_strlcpy(draft->view.matter.state, state->name, sizeof draft->view.matter.state);
    draft->view.matter.state_since_us = since_us;
    json_object_set_new(draft->body, "state", json_string(state->name));
    body_add(draft->body, "t", since_us);
    transition_begin(draft, since_us, scope);
}

void transition_to(struct draft *draft, const struct state *state, int64_t since_us, const struct scope *scope)
{
    g_assert(state != draft->view.state);
    expect_leave(draft, state, since_us, scope);
    enter_state(draft, state, since_us, scope);
}

void transition_again(struct draft *draft, int64_t since_us, const struct scope *scope)
{
    if (draft->view.state->final)
        return;
    expect_restart(draft, scope, since_us);
    enter_state(draft, draft->view.state, since_us, scope);
}

/* ---- undo ---- */

/* The last state of another name. Several spans of one state lie side by side, since new rules or another unit begin a
 * span, too. */
static const struct state *state_before(struct draft *draft, int64_t *out_since_us)
{
    const struct state *before = NULL;
    AUTO(cursor)
    struct cursor spans =
        db_query(draft->decision->rows, "SELECT state, from_us FROM span WHERE matter = ?1 ORDER BY version DESC", "i",
                 draft->view.matter.id);
    while (cursor_next(&spans)) {
        const char *name = cursor_text(&spans, 0);
        if (strcmp(name, before != NULL ? before->name : draft->view.state->name) != 0) {
            if (before != NULL)
                break;
            before = kind_find_state(draft->view.kind, name);
            if (before == NULL)
                break;
        }
        *out_since_us = cursor_integer(&spans, 1);
    }
    return before;
}

/* When that state ends by the form and the facts as they are now. */
static int64_t end_of(struct draft *draft, const struct ended_state *ended, const struct scope *scope)
{
    struct matter_view *view = &draft->view;
    const struct matter now = view->matter;
    const struct state *state = view->state;
    view->state = ended->state;
    view->matter.state_since_us = ended->since_us;
    g_strlcpy(view->matter.state, ended->state->name, sizeof view->matter.state);
    int64_t end_us = transition_end_us(draft, scope);
    view->matter = now;
    view->state = state;
    return end_us;
}

/* Whether an entry made the last transition: it has the same time. */
static bool entry_led_here(struct draft *draft)
{
    int64_t found;
    return db_integer(draft->decision->rows, &found, "SELECT 1 FROM entry WHERE matter = ?1 AND at_us = ?2 LIMIT 1",
                      "ii", draft->view.matter.id, draft->view.matter.state_since_us);
}

bool transition_find_ended(struct draft *draft, const struct scope *scope, struct ended_state *out)
{
    out->state = state_before(draft, &out->since_us);
    if (out->state == NULL || out->state->ends_at == NULL || out->state->ends_in != draft->view.state)
        return false;
    out->end_us = end_of(draft, out, scope);
    return out->end_us == draft->view.matter.state_since_us || !entry_led_here(draft);
}

bool transition_is_premature(struct draft *draft, const struct ended_state *ended, const struct scope *scope)
{
    int64_t end_us = end_of(draft, ended, scope);
    return end_us != ended->end_us && (end_us == 0 || end_us > draft->decision->now_us);
}

void transition_undo(struct draft *draft, const struct ended_state *ended, const struct scope *scope)
{
    int64_t end_us = end_of(draft, ended, scope);
    if (!transition_is_premature(draft, ended, scope))
        return;
    transition_to(draft, ended->state, draft->decision->now_us, scope);
    if (end_us != draft->view.ends_us)
        set_end(draft, end_us);
}
