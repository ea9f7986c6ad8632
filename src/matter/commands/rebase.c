/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/commands/rebase.h"

#include "matter/draft/unique.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/expect_clock.h"
#include "matter/lifecycle/expectation.h"
#include "matter/lifecycle/external.h"
#include "matter/lifecycle/facts.h"
#include "matter/lifecycle/transition.h"
#include "matter/lifecycle/retention.h"
#include "matter/lifecycle/route.h"
#include "matter/view/members.h"
#include "playbook/form/form.h"

#include <string.h>

/* A matter that changes its rules: how it stood under those before. */
struct rebasing {
    struct draft *draft;
    const struct playbook *playbook;
    const struct kind *kind;
    const struct state *state;
    int64_t ends_us;       /* when the state was to end, by the rules before */
    GArray *due;           /* of int64: when each of the open ones was due by them, extensions and pauses aside */
    GPtrArray *superseded; /* names that have just ended so */
};

static struct expectation *at(const struct draft *draft, guint i)
{
    return &g_array_index(draft->view.open, struct expectation, i);
}

/* Both rules are asked about the same moment: that at which the state began. */
static void scope_of_state(struct scope *scope, struct draft *draft)
{
    scope_init(scope, &draft->view, NULL, NULL, NULL, draft->view.matter.state_since_us);
}

/* ---- how it stood ---- */

static void remember(struct rebasing *rebasing, struct draft *draft)
{
    struct scope scope;
    scope_of_state(&scope, draft);
    *rebasing = (struct rebasing){.draft = draft,
                                  .playbook = draft->view.playbook,
                                  .kind = draft->view.kind,
                                  .state = draft->view.state,
                                  .ends_us = transition_end_us(draft, &scope),
                                  .due = g_array_new(FALSE, FALSE, sizeof(int64_t)),
                                  .superseded = g_ptr_array_new()};
    for (guint i = 0; i < draft->view.open->len; i++) {
        int64_t due_us = expect_nominal_due_us(draft, at(draft, i));
        g_array_append_val(rebasing->due, due_us);
    }
}

static void forget(struct rebasing *rebasing)
{
    g_array_unref(rebasing->due);
    g_ptr_array_unref(rebasing->superseded);
}

/* ---- the form and the facts ---- */

static bool seals(const struct kind *kind, const struct field *field)
{
    return kind->about == ABOUT_PERSON ? !field->clear : field_is_personal(field);
}

/* A field that is asked no more goes; one that is sealed now, or no longer, is written anew. */
static bool form_must_be_written(const struct rebasing *rebasing)
{
    const struct form *before = &rebasing->kind->form, *now = &rebasing->draft->view.kind->form;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)view_form(&rebasing->draft->view), name, value)
    {
        int was = form_find_field(before, name), is = form_find_field(now, name);
        if (is < 0 || was < 0 ||
            seals(rebasing->kind, &before->fields[was]) != seals(rebasing->draft->view.kind, &now->fields[is]))
            return true;
    }
    return false;
}

static void take_rules(struct rebasing *rebasing, const struct playbook *to)
{
    struct draft *draft = rebasing->draft;
    view_form(&draft->view); /* opened before what it is under changes */
    g_autoptr(json_t) facts = json_incref(view_facts(&draft->view));
    draft->view.playbook = to;
    draft->view.kind = playbook_find_kind(to, draft->view.matter.kind);
    draft->view.state = kind_find_state(draft->view.kind, draft->view.matter.state);
    draft->view.matter.rules = to->id;
    body_add(draft->body, "rl", to->id);
    participants_reread(&draft->view);
    struct vault *vault = draft->decision->vault;
    if (kind_is_sealed(draft->view.kind) && !vault_has_key(vault, VAULT_MATTER, draft->view.matter.id))
        vault_key_new(vault, VAULT_MATTER, draft->view.matter.id,
                      draft->view.kind->about == ABOUT_PERSON ? draft->view.matter.subject : 0);
    draft->form_changed = form_must_be_written(rebasing);
    facts_rebase(draft, rebasing->kind, facts);
    unique_rebase(draft, rebasing->kind);
}

/* ---- what is expected ---- */

static const struct expect *named(const struct state *state, const char *name)
{
    for (size_t i = 0; i < state->expect_count; i++)
        if (strcmp(state->expects[i].name, name) == 0)
            return &state->expects[i];
    return NULL;
}

/* Is what is expected still the same thing, whatever its time? */
static bool is_same(const struct expect *before, const struct expect *now)
{
    return strcmp(before->entry->name, now->entry->name) == 0 && (before->each == NULL) == (now->each == NULL) &&
           (before->per_line == NULL) == (now->per_line == NULL) && expect_recurs(before) == expect_recurs(now) &&
           expect_is_recurring(before) == expect_is_recurring(now);
}

/* Of a hand-over or a confirmation: it depends on no state, and rebase_fits() has found its definition. */
static bool is_apart(const struct draft *draft, const struct expect *expect)
{
    return expect == &draft->view.accepting || expect == &draft->view.kind->handover.deciding ||
           expect->entry->confirms != NULL;
}

static bool stays(struct rebasing *rebasing, struct expectation *expectation, const struct expect *before,
                  const struct scope *scope)
{
    struct draft *draft = rebasing->draft;
    const struct expect *expect = expectation->def;
    GTimeZone *zone = draft->view.playbook->zone;
    if (is_apart(draft, expect))
        return true;
    if (!is_same(before, expect))
        return false;
    if (expect_recurs(expect)) { /* another period: it begins anew */
        struct occurrence when = occurrence_at(expect, zone, expectation->when.opens_us);
        if (when.opens_us != expectation->when.opens_us || when.due_us != expectation->when.due_us)
            return false;
    }
    if (state_expects(draft->view.state, expect) && expectation->progress.paused_us == 0)
        return true;
    return expectation_survives(draft, expectation, draft->view.state, draft->decision->now_us, scope);
}

/* A new due time that has passed already is counted from now, since it could not have been kept. What was late before
 * stays late, unless there is time again. An extended due time stands, unless the rules give a later one. */
static void take_due(struct rebasing *rebasing, struct expectation *expectation, int64_t before_us)
{
    int64_t nominal_us = expect_nominal_due_us(rebasing->draft, expectation),
            now_us = rebasing->draft->decision->now_us;
    int64_t *due = own_due_us(expectation), due_us = nominal_us;
    if (nominal_us == before_us)
        return;
    if (nominal_us <= now_us) {
        if (expectation->progress.overdue)
            return;
        due_us = now_us + MAX(0, nominal_us - expectation_began_us(expectation));
    }
    if (expectation->progress.extensions > 0 && due_us < *due)
        return;
    *due = due_us;
    if (expectation->when.due_us > now_us) {
        expectation->progress.warned = expectation->progress.overdue = false;
        expectation->progress.step = 0;
    }
}

static bool is_same_unit_type(const struct unit_type *a, const struct unit_type *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a->name, b->name) == 0);
}

static bool answers_same(const struct rebasing *rebasing, const struct address *before, const struct address *now)
{
    if (before->party != now->party || before->place != now->place ||
        !is_same_unit_type(before->ancestor, now->ancestor))
        return false;
    if ((before->role == NULL) != (now->role == NULL) ||
        (before->role != NULL && strcmp(before->role->name, now->role->name) != 0))
        return false;
    if ((before->set == NULL) != (now->set == NULL) ||
        (before->set != NULL && strcmp(before->set->name, now->set->name) != 0))
        return false;
    return before->place != PLACE_FIELD || strcmp(rebasing->kind->form.fields[before->field].name,
                                                  rebasing->draft->view.kind->form.fields[now->field].name) == 0;
}

static void keep(struct rebasing *rebasing, struct expectation *expectation, const struct expect *before,
                 int64_t before_us)
{
    struct draft *draft = rebasing->draft;
    int64_t due_us = expectation->when.due_us, ours_us = expectation->ours_us;
    int64_t next_us =
        deadline_next_us(before, rebasing->playbook->zone, expectation->when, expectation_progress(expectation));
    take_due(rebasing, expectation, before_us);
    if (due_us != expectation->when.due_us || ours_us != expectation->ours_us ||
        next_us != expectation_deadline_us(expectation, draft->view.playbook->zone))
        expect_write_change(draft, expectation);
    if (is_apart(draft, expectation->def) || answers_same(rebasing, &before->answers, &expectation->def->answers))
        return;
    expectation->post = route_expectation(draft, expectation->def, expectation->participant);
    const int64_t item[ANSWERED_PLACES] = {[ANSWERED_SLOT] = expectation->slot, [ANSWERED_POST] = expectation->post};
    body_append(draft->body, "r", integers(ANSWERED_PLACES, item));
}

/* From the last on, since one that ends is removed from the array. */
static void carry_on(struct rebasing *rebasing, const struct scope *scope)
{
    struct draft *draft = rebasing->draft;
    for (guint i = draft->view.open->len; i > 0; i--) {
        struct expectation *expectation = at(draft, i - 1);
        const struct expect *before = expectation->def;
        const struct expect *now = expect_find(draft->view.kind, expectation->name, &draft->view.accepting);
        expectation->def = now != NULL ? now : before;
        if (now != NULL && stays(rebasing, expectation, before, scope)) {
            keep(rebasing, expectation, before, g_array_index(rebasing->due, int64_t, i - 1));
            continue;
        }
        g_ptr_array_add(rebasing->superseded, before->name);
        expect_end_at(draft, i - 1, OUTCOME_SUPERSEDED);
    }
}

/* What the state did not expect before. What has been met, or missed, is not asked for again. */
static void make_new(struct rebasing *rebasing, const struct scope *scope)
{
    struct draft *draft = rebasing->draft;
    for (size_t i = 0; i < draft->view.state->expect_count; i++) {
        const struct expect *expect = &draft->view.state->expects[i];
        bool again = g_ptr_array_find_with_equal_func(rebasing->superseded, expect->name, g_str_equal, NULL);
        if (again || named(rebasing->state, expect->name) == NULL)
            expect_make_in_state(draft, expect, draft->decision->now_us, scope);
    }
}

/* ---- the ends ---- */

static void take_ends(struct rebasing *rebasing)
{
    struct draft *draft = rebasing->draft;
    struct scope scope;
    scope_of_state(&scope, draft);
    if (transition_end_us(draft, &scope) != rebasing->ends_us)
        transition_refresh_end(draft, &scope);
    if (draft->view.kind->retain_us == 0 && draft->view.kind->retain_rule == NULL && draft->view.retain_us != 0) {
        draft->view.retain_us = 0;
        body_add(draft->body, "R", 0);
    }
    retention_begin(draft, draft->view.matter.state_since_us, &scope);
}

void rebase_matter(struct decision *decision, int64_t id, const struct playbook *to)
{
    AUTO(draft) struct draft draft = {0};
    struct rebasing rebasing;
    struct scope scope;
    if (!draft_load(&draft, decision, id)) /* damaged: none of it is kept */
        return;
    participants_load_all(&draft.view);
    remember(&rebasing, &draft);
    take_rules(&rebasing, to);
    scope_init(&scope, &draft.view, NULL, NULL, NULL, decision->now_us);
    carry_on(&rebasing, &scope);
    make_new(&rebasing, &scope);
    take_ends(&rebasing);
    draft_emit(&draft, "matter_rebased");
    forget(&rebasing);
}
