/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/times.h"

#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/expect_clock.h"
#include "matter/lifecycle/external.h"
#include "matter/lifecycle/makers.h"
#include "matter/lifecycle/route.h"
#include "matter/lifecycle/transition.h"
#include "matter/view/members.h"

/* ---- what has changed ---- */

struct comparing {
    const struct draft *draft;
    const struct field *lines; /* whose columns it may read; NULL none */
    bool changed;
};

static bool differs(const json_t *before, const json_t *now)
{
    return (before == NULL) != (now == NULL) || (before != NULL && !json_equal(before, now));
}

static bool field_differs(const struct draft *draft, const struct field *field)
{
    return draft->form_before != NULL &&
           differs(json_object_get(draft->form_before, field->name), json_object_get(draft->view.form, field->name));
}

static void look(void *context, const struct expr_symbol *symbol)
{
    struct comparing *comparing = context;
    const struct draft *draft = comparing->draft;
    size_t index = (size_t)symbol->index;
    if (symbol->space == EXPR_MATTER_FIELD)
        comparing->changed |= field_differs(draft, &draft->view.kind->form.fields[index]);
    else if (symbol->space == EXPR_LINE && comparing->lines != NULL)
        comparing->changed |= field_differs(draft, comparing->lines);
    else if (symbol->space == EXPR_FACT && draft->facts_before != NULL)
        comparing->changed |=
            differs(json_array_get(draft->facts_before, index), json_array_get(draft->view.facts, index));
}

static bool reads_changed(const struct draft *draft, const struct expr *expr, const struct field *lines)
{
    struct comparing comparing = {draft, lines, false};
    if (expr != NULL)
        expr_visit(expr, look, &comparing);
    return comparing.changed;
}

static bool follows(const struct draft *draft, const struct expect *expect)
{
    return reads_changed(draft, expect->expr, expect->per_line) ||
           reads_changed(draft, expect->since_expr, expect->per_line);
}

/* ---- before and after ---- */

/* The view shows form and facts as they stood; called again it shows them as they are. */
static void turn_back(struct draft *draft)
{
    json_t *form = draft->view.form, *facts = draft->view.facts;
    if (draft->form_before != NULL) {
        draft->view.form = draft->form_before;
        draft->form_before = form;
    }
    if (draft->facts_before != NULL) {
        draft->view.facts = draft->facts_before;
        draft->facts_before = facts;
    }
}

static int64_t nominal_before(struct draft *draft, const struct expectation *expectation)
{
    turn_back(draft);
    int64_t due_us = expect_nominal_due_us(draft, expectation);
    turn_back(draft);
    return due_us;
}

static void follow(struct draft *draft, struct expectation *expectation)
{
    int64_t before_us = nominal_before(draft, expectation), now_us = expect_nominal_due_us(draft, expectation);
    int64_t *due = own_due_us(expectation), due_us = *due;
    struct progress *progress = &expectation->progress;
    if (before_us == now_us)
        return;
    if (due_us == NEVER_US || before_us == NEVER_US || now_us == NEVER_US)
        due_us = now_us == NEVER_US ? NEVER_US : now_us + progress->stood_us;
    else
        due_us += now_us - before_us;
    if (progress->extensions > 0 && due_us < *due)
        return;
    *due = due_us;
    if (expectation->when.due_us > draft->decision->now_us) { /* there is time again */
        progress->warned = progress->overdue = false;
        progress->step = 0;
    }
    expect_write_change(draft, expectation);
}

/* All participants of an audience are loaded only when a due time of theirs changes. */
static bool any_follows(const struct draft *draft)
{
    for (size_t i = 0; i < draft->view.state->expect_count; i++)
        if (follows(draft, &draft->view.state->expects[i]))
            return true;
    for (guint i = 0; i < draft->view.open->len; i++) /* those paused in this state */
        if (follows(draft, g_array_index(draft->view.open, struct expectation, i).def))
            return true;
    return false;
}

/* ---- who answers ---- */

static bool answers_elsewhere(const struct draft *draft, const struct expect *expect)
{
    const struct address *answers = &expect->answers;
    return answers->party == PARTY_ROLE && answers->place == PLACE_FIELD &&
           field_differs(draft, &draft->view.kind->form.fields[answers->field]);
}

/* Somebody has made what another person is to look at. */
static bool excludes_anew(const struct draft *draft, const struct expect *expect)
{
    const struct entry_def *entry = expect->entry;
    for (size_t i = 0; entry != NULL && i < entry->unless_actor_count; i++)
        if (makers_are_new(draft, entry->unless_actor[i]))
            return true;
    return false;
}

static bool is_another_s(const struct draft *draft, const struct expect *expect)
{
    return answers_elsewhere(draft, expect) || excludes_anew(draft, expect);
}

/* What is expected at the unit that a field names goes to the one that it names now, and from whoever is excluded now
 * to others; paused or not. */
static void follow_answers(struct draft *draft)
{
    const struct state *state = draft->view.state;
    for (size_t i = 0; i < state->expect_count; i++)
        if (state->expects[i].each != NULL && is_another_s(draft, &state->expects[i]))
            participants_load_all(&draft->view);
    for (guint i = 0; i < draft->view.open->len; i++) {
        struct expectation *expectation = &g_array_index(draft->view.open, struct expectation, i);
        if (!answers_elsewhere(draft, expectation->def) &&
            (!excludes_anew(draft, expectation->def) || !route_is_excluded(draft, expectation)))
            continue;
        expect_reroute(draft, expectation);
        expect_write_change(draft, expectation); /* looked at again when that post ends */
    }
}

void times_follow(struct draft *draft, const struct scope *scope)
{
    if (draft->form_before == NULL && draft->facts_before == NULL)
        return;
    if (reads_changed(draft, draft->view.state->ends_at, NULL))
        transition_refresh_end(draft, scope);
    if (any_follows(draft)) {
        participants_load_all(&draft->view);
        for (guint i = 0; i < draft->view.open->len; i++) {
            struct expectation *expectation = &g_array_index(draft->view.open, struct expectation, i);
            if (follows(draft, expectation->def))
                follow(draft, expectation);
        }
    }
    follow_answers(draft);
    g_clear_pointer(&draft->form_before, json_decref);
    g_clear_pointer(&draft->facts_before, json_decref);
}
