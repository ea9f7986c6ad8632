/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/move.h"

#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/retention.h"

int64_t move_end_of_state(struct draft *draft, const struct scope *scope)
{
    int64_t end_us = 0;
    if (draft->view.state->ends_at != NULL)
        instant_of(expr_evaluate(draft->view.state->ends_at, &scope->expr), draft->view.playbook->zone, &end_us);
    return end_us;
}

static void set_end(struct draft *draft, int64_t end_us)
{
    draft->view.ends_us = end_us;
    body_add(draft->body, "E", end_us);
}

void move_refresh_end(struct draft *draft, const struct scope *scope)
{
    int64_t end_us = move_end_of_state(draft, scope);
    if (end_us != draft->view.ends_us)
        set_end(draft, end_us);
}

/* An entry that may be made in a final state has led back into the open. */
static void open_again(struct draft *draft)
{
    draft->view.matter.closed_us = 0;
    body_add(draft->body, "C", 0);
    if (draft->view.retain_us == 0)
        return;
    draft->view.retain_us = 0;
    body_add(draft->body, "R", 0);
}

void move_begin(struct draft *draft, int64_t since_us, const struct scope *scope)
{
    if (draft->view.state->document != NULL)
        body_append(draft->body, "d", json_string(draft->view.state->document));
    if (draft->view.matter.closed_us != 0 && !draft->view.state->final)
        open_again(draft);
    if (draft->view.state->final) {
        draft->view.matter.closed_us = since_us;
        body_add(draft->body, "C", since_us);
    }
    expect_make_all(draft, draft->view.state, since_us, scope);
    int64_t end_us = move_end_of_state(draft, scope);
    if (end_us != 0)
        set_end(draft, end_us);
    retention_begin(draft, since_us, scope);
}

void move_to(struct draft *draft, const struct state *state, int64_t since_us, const struct scope *scope)
{
    g_assert(state != draft->view.state);
    expect_leave(draft, state, since_us, scope);
    draft->view.state = state;
    draft->view.ends_us = 0;
    g_strlcpy(draft->view.matter.state, state->name, sizeof draft->view.matter.state);
    draft->view.matter.state_since_us = since_us;
    json_object_set_new(draft->body, "state", json_string(state->name));
    body_add(draft->body, "t", since_us);
    move_begin(draft, since_us, scope);
}
