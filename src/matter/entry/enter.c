/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/enter.h"

#include "matter/draft/unique.h"
#include "matter/entry/computed.h"
#include "matter/entry/effects.h"
#include "matter/entry/read.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/expect_clock.h"
#include "matter/lifecycle/facts.h"
#include "matter/lifecycle/makers.h"
#include "matter/lifecycle/transition.h"
#include "matter/lifecycle/times.h"
#include "playbook/form/form.h"

static char *field_path(const char *field)
{
    return field != NULL ? g_strconcat("fields.", field, NULL) : NULL;
}

static bool refuses(struct draft *draft, const struct entry_def *entry, const struct scope *scope)
{
    bool refused = false;
    for (size_t i = 0; i < entry->refusal_count; i++) {
        const struct refusal *refusal = &entry->refusals[i];
        bool too_large = false;
        struct expr_scope asking = scope->expr;
        asking.too_large = &too_large;
        if (!expr_is_true(refusal->when, &asking) && !too_large)
            continue;
        g_autofree char *field = field_path(refusal->field);
        decision_refuse(draft->decision, PROBLEM_REFUSED_BY_RULE, field, refusal->say.zh, refusal->say.en);
        refused = true;
    }
    return refused;
}

static bool lacks(struct draft *draft, const struct entry_def *entry, const struct scope *scope)
{
    bool lacking = false;
    for (size_t i = 0; i < entry->need_count; i++) {
        const struct need *need = &entry->needs[i];
        if (expr_is_true(need->that, &scope->expr))
            continue;
        g_autofree char *field = field_path(need->field);
        if (need->say.zh != NULL)
            decision_refuse(draft->decision, PROBLEM_REFUSED_BY_RULE, field, need->say.zh, need->say.en);
        else
            decision_refuse(draft->decision, PROBLEM_NEEDS_UNMET, field, need->text);
        lacking = true;
    }
    return lacking;
}

bool enter_is_in_order(struct draft *draft, const struct entering *entering, const struct scope *scope)
{
    const struct entry_def *entry = entering->entry;
    if (entering->corrects != 0)
        return true;
    bool lacking = lacks(draft, entry, scope);
    if (refuses(draft, entry, scope) || lacking)
        return false;
    return computed_fits(draft, entering) && (entry->extends == NULL || extension_fits(draft, entering, scope));
}

static const struct branch *branch_of(const struct entry_def *entry, const struct scope *scope)
{
    for (size_t i = 0; i < entry->branch_count; i++)
        if (expr_is_true(entry->branches[i].when, &scope->expr))
            return &entry->branches[i];
    return NULL;
}

/* ---- corrections ---- */

/* What is known of the entry that is corrected, before anything is counted anew. */
struct corrected {
    struct scope before; /* with the fields that were wrong */
    json_t *set;         /* form fields that it set, NULL none; null for one that another entry has set since */
    bool has_ended;      /* the clock has led on from a state that may end at another time */
    struct ended_state ended;
};

static void corrected_clear(struct corrected *corrected)
{
    json_decref(corrected->set);
}
AUTO_CLEAR(corrected)

static bool sets_own_form(const struct effect *effect)
{
    return effect->type == EFFECT_SET && effect->target == TARGET_SELF && effect->loop == NULL;
}

/* Each field by name; an empty array is what holds nothing. */
static void add_set(struct draft *draft, const struct effect *effect, const struct scope *scope, json_t *out)
{
    const struct form *form = &draft->view.kind->form;
    g_autoptr(json_t) values = effects_fields(effect, form, scope);
    for (size_t i = 0; i < effect->field_count; i++) {
        const char *name = form->fields[effect->fields[i].field].name;
        json_t *value = json_object_get(values, name);
        json_object_set_new(out, name, value != NULL ? json_incref(value) : json_array());
    }
}

static json_t *what_it_sets(struct draft *draft, const struct entry_def *entry, const struct scope *scope)
{
    json_t *set = json_object();
    const struct branch *branch = branch_of(entry, scope);
    for (size_t i = 0; i < entry->effect_count; i++)
        if (sets_own_form(&entry->effects[i]))
            add_set(draft, &entry->effects[i], scope, set);
    for (size_t i = 0; branch != NULL && i < branch->effect_count; i++)
        if (sets_own_form(&branch->effects[i]))
            add_set(draft, &branch->effects[i], scope, set);
    return set;
}

static void corrected_find(struct draft *draft, const struct entering *entering, const struct scope *scope,
                           struct corrected *out)
{
    *out = (struct corrected){0};
    if (entering->corrects == 0)
        return;
    scope_copy(&out->before, scope);
    out->before.fields = entering->fields_before;
    out->set = what_it_sets(draft, entering->entry, &out->before);
    out->has_ended = transition_find_ended(draft, scope, &out->ended);
}

/* The fields of corrected->set whose value is another one now. */
static json_t *set_since(struct draft *draft, const struct corrected *corrected)
{
    json_t *since = json_object(), *value;
    const char *name;
    json_object_foreach(corrected->set, name, value)
    {
        const json_t *stands = json_object_get(view_form(&draft->view), name);
        bool nothing = json_is_array(value) && json_array_size(value) == 0;
        if (stands != NULL ? !json_equal(stands, value) : !nothing)
            json_object_set_new(since, name, json_true());
    }
    return since;
}

/* Whether what the form took from the entry is another one now, but for what others have set since. */
static bool changes_the_form(struct draft *draft, const struct entering *entering, const struct scope *scope,
                             const struct corrected *corrected, const json_t *since)
{
    g_autoptr(json_t) now = what_it_sets(draft, entering->entry, scope);
    const char *name;
    json_t *value;
    json_object_foreach(now, name, value)
    {
        if (json_object_get(since, name) == NULL && !json_equal(value, json_object_get(corrected->set, name)))
            return true;
    }
    return false;
}

/* What a correction changes is what the entry would now lead to and did not before. */
static bool branch_is_new(const struct entering *entering, const struct branch *branch,
                          const struct corrected *corrected)
{
    return entering->corrects == 0 || branch != branch_of(entering->entry, &corrected->before);
}

/* Effects of the entry itself, not of a branch, on its own matter. */
static bool run_own(struct draft *draft, const struct scope *scope, const struct entry_def *entry, const json_t *since)
{
    draft->kept = since;
    bool right = effects_run(draft, scope, entry->effects, entry->effect_count, EFFECTS_OWN);
    draft->kept = NULL;
    return right;
}

void enter_write(struct draft *draft, const struct entering *entering)
{
    json_t *body = draft->body;
    body_add(body, "number", draft->view.next_entry);
    json_object_set_new(body, "e", json_string(entering->entry->name));
    if (entering->attempt != NULL)
        json_object_set_new(body, "a", json_string(entering->attempt));
    if (entering->word_of != NULL)
        json_object_set_new(body, "w", json_string(entering->word_of));
    if (entering->channel != NULL)
        json_object_set_new(body, "k", json_string(entering->channel));
    if (entering->proxy != 0)
        body_add(body, "px", entering->proxy);
    if (entering->participant != 0)
        body_add(body, "pt", entering->participant);
    if (entering->line != 0)
        body_add(body, "ln", entering->line);
    if (entering->participant != 0 && entering->entry->as != NULL)
        body_append(body, "se", json_integer(entering->participant));
    if (entering->corrects != 0)
        body_add(body, "c", entering->corrects);
    if (draft->decision->effect_depth > 0)
        body_add(body, "ef", 1);
    if (entering->observed_us != draft->decision->command->observed_us)
        body_add(body, "at", entering->observed_us);
    json_t *clear = draft_seal_fields(draft, SEALED_ENTRY, &entering->entry->form, entering->fields,
                                      computed_sealed(draft, entering));
    if (clear != NULL)
        json_object_set_new(body, "f", clear);
    g_autoptr(GPtrArray) files = form_files(&entering->entry->form, entering->fields);
    for (guint i = 0; i < files->len; i++)
        body_append(body, "fl", json_incref(json_object_get(g_ptr_array_index(files, i), "hash")));
    json_t *figures = computed_figures(draft, entering);
    if (figures != NULL)
        json_object_set_new(body, "g", figures);
}

/* NULL: nowhere. */
static void go_to(struct draft *draft, const struct state *to, const struct scope *scope)
{
    if (to == draft->view.state)
        transition_again(draft, draft->decision->now_us, scope);
    else if (to != NULL)
        transition_to(draft, to, draft->decision->now_us, scope);
}

/* Open expectations are updated first, so that those of the next state are made from the new times. */
static void follow_state(struct draft *draft, const struct scope *scope, const struct branch *branch,
                         const struct corrected *corrected)
{
    const struct state *to = branch != NULL ? branch->state : NULL;
    times_follow(draft, scope);
    go_to(draft, to, scope);
    if (to == NULL && corrected->has_ended)
        transition_undo(draft, &corrected->ended, scope);
}

/* A correction that leads to the same state sets the form again; also in a state without the entry, if the correction
 * leads back from there. */
static bool set_anew(struct draft *draft, const struct entering *entering, const struct scope *scope,
                     const struct corrected *corrected, const struct branch *led, const json_t *since)
{
    const struct entry_def *entry = entering->entry;
    bool fits = entry_fits_state(entry, draft->view.state),
         same = led != NULL && !branch_is_new(entering, led, corrected);
    bool changes = changes_the_form(draft, entering, scope, corrected, since);
    draft->kept = since;
    bool right = (fits || effects_set_anew(draft, scope, entry->effects, entry->effect_count)) &&
                 (!same || effects_set_anew(draft, scope, led->effects, led->effect_count));
    draft->kept = NULL;
    bool goes_back = corrected->has_ended && transition_is_premature(draft, &corrected->ended, scope);
    return right && (fits || goes_back || !changes || enter_must_fit_state(draft, entry));
}

/* Everything but facts: not for an attempt. */
static bool follow(struct draft *draft, const struct entering *entering, struct scope *scope,
                   const struct corrected *corrected, const struct branch **out_branch)
{
    const struct entry_def *entry = entering->entry;
    const struct branch *led = branch_of(entry, scope), *branch = led;
    bool fits = entry_fits_state(entry, draft->view.state);
    g_autoptr(json_t) since = set_since(draft, corrected);
    if (!fits || !branch_is_new(entering, branch, corrected))
        branch = NULL;
    const struct state *to = branch != NULL && branch->state != NULL ? branch->state : draft->view.state;
    if (entering->corrects == 0)
        expect_meet(draft, scope, to == draft->view.state);
    if (entry->extends != NULL && entering->corrects == 0)
        expect_extend(draft, entering);
    /* A unit or a post is made once: no correction makes another one. */
    bool makes = fits && entering->corrects == 0;
    if (makes && !effects_run(draft, scope, entry->effects, entry->effect_count, EFFECTS_ONCE))
        return false;
    if (branch != NULL && !effects_run(draft, scope, branch->effects, branch->effect_count, EFFECTS_ONCE))
        return false;
    if (fits && !run_own(draft, scope, entry, since))
        return false;
    if (branch != NULL && !effects_run(draft, scope, branch->effects, branch->effect_count, EFFECTS_OWN))
        return false;
    if (entering->corrects != 0 && !set_anew(draft, entering, scope, corrected, led, since))
        return false;
    follow_state(draft, scope, branch, corrected);
    if (fits && !effects_run(draft, scope, entry->effects, entry->effect_count, EFFECTS_AFTER_STATE))
        return false;
    if (branch != NULL && !effects_run(draft, scope, branch->effects, branch->effect_count, EFFECTS_AFTER_STATE))
        return false;
    *out_branch = branch;
    return unique_still_is(draft);
}

bool enter_change(struct draft *draft, const struct entering *entering, struct scope *scope,
                  const struct branch **out_branch)
{
    AUTO(corrected) struct corrected corrected;
    *out_branch = NULL;
    corrected_find(draft, entering, scope, &corrected);
    if (entering->corrects != 0)
        facts_recount(draft, scope, entering->person, entering->corrects);
    else
        facts_add(draft, scope, entering->person);
    makers_note(draft, entering, scope);
    if (entering->attempt == NULL)
        return follow(draft, entering, scope, &corrected, out_branch);
    const struct state *after = entering->corrects == 0 ? expect_try(draft, scope) : NULL;
    times_follow(draft, scope);
    go_to(draft, after, scope);
    return true;
}

void enter_plain(struct draft *draft, const struct entering *entering)
{
    struct scope scope;
    scope_init(&scope, &draft->view, entering->entry, entering->fields, entering->attempt, entering->observed_us);
    enter_write(draft, entering);
    facts_add(draft, &scope, entering->person);
    times_follow(draft, &scope);
    draft_emit(draft, entering->event);
}
