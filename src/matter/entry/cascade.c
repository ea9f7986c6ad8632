/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An entry leads to entries in other matters, and these to others: enter() comes back to itself here, nowhere else. */
#include "matter/entry/cascade.h"

#include "base/limits.h"
#include "matter/draft/merge.h"
#include "matter/draft/unique.h"
#include "matter/entry/effects.h"
#include "matter/entry/effects_open.h"
#include "matter/entry/enter.h"
#include "matter/entry/loop.h"
#include "matter/entry/read.h"
#include "matter/entry/confirmation.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/times.h"
#include "playbook/form/form.h"

#include <string.h>

/* The matter that a column of the line names, of the kind that is meant. */
static void take_line(struct draft *draft, const struct effect *effect, const struct iteration *iteration, GArray *ids)
{
    const struct field *column = &effect->loop->lines->fields[effect->column];
    struct uuid uuid;
    struct matter named;
    const char *text = json_string_value(json_object_get(iteration->line, column->name));
    if (text != NULL && uuid_parse(text, &uuid) && matter_get_by_uuid(draft->decision->rows, &uuid, &named) &&
        strcmp(named.kind, effect->kind->name) == 0)
        g_array_append_val(ids, named.id);
}

static GArray *targets_of(struct draft *draft, const struct scope *scope, const struct effect *effect,
                          const struct iteration *iteration)
{
    if (effect->target == TARGET_CHILDREN)
        return matters_below(draft, effect->kind);
    if (effect->target == TARGET_LINKED)
        return matters_linked(draft, scope, effect->kind);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t parent = matter_survivor(draft->decision->rows, draft->view.matter.parent);
    if (effect->target == TARGET_PARENT && parent != 0)
        g_array_append_val(ids, parent);
    else if (effect->target == TARGET_LINE)
        take_line(draft, effect, iteration, ids);
    else if (effect->target == TARGET_EACH)
        g_array_append_val(ids, iteration->matter);
    return ids;
}

/* What an effect does to another matter: an entry (NULL: fields of its form are set) with fields by their names. */
struct deed {
    const char *entry, *reason;
    json_t *fields;
    const struct entering *own; /* an entry that the actor makes there, for its other members; NULL for an effect */
};

static bool set_in_other(struct draft *target, const struct deed *deed, int64_t observed_us)
{
    const char *name;
    json_t *value;
    json_object_foreach(deed->fields, name, value)
    {
        int field = form_find_field(&target->view.kind->form, name); /* its rules may be older than ours */
        if (field >= 0)
            draft_set_field(target, &target->view.kind->form.fields[field], json_incref(value));
    }
    if (!target->form_changed)
        return true;
    if (!unique_still_is(target))
        return false;
    struct scope then;
    scope_init(&then, &target->view, NULL, NULL, NULL, observed_us);
    times_follow(target, &then);
    if (deed->reason != NULL)
        json_object_set_new(target->body, "b", json_string(deed->reason));
    draft_emit(target, "matter_changed");
    return true;
}

static bool enter_in_other(struct draft *target, const struct deed *deed, int64_t observed_us)
{
    const struct entry_def *entry = kind_find_entry(target->view.kind, deed->entry);
    if (entry == NULL || !entry_fits_state(entry, target->view.state))
        return deed->own == NULL || decision_refuse(target->decision, PROBLEM_WRONG_STATE, NULL,
                                                    target->view.state->name, "", target->view.kind->name);
    struct entering entering = deed->own != NULL ? *deed->own : (struct entering){.reason = deed->reason};
    entering.entry = entry;
    entering.fields = deed->fields;
    entering.observed_us = observed_us;
    entering.person = target->decision->command->person;
    entering.event = "entered";
    return enter(target, &entering);
}

static bool do_in(struct draft *target, const struct deed *deed, int64_t observed_us)
{
    return deed->entry != NULL ? enter_in_other(target, deed, observed_us) : set_in_other(target, deed, observed_us);
}

static void put_text(json_t *body, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(body, name, json_string(text));
}

static void put_id(json_t *body, const char *name, int64_t id)
{
    if (id != 0)
        json_object_set_new(body, name, json_integer(id));
}

static void put_own(json_t *body, const struct entering *own)
{
    json_object_set_new(body, "own", json_true());
    put_text(body, "attempt", own->attempt);
    put_text(body, "word_of", own->word_of);
    put_text(body, "channel", own->channel);
    put_id(body, "proxy", own->proxy);
    put_id(body, "participant", own->participant);
    put_id(body, "line", own->line);
}

static struct entering own_in(const json_t *body)
{
    return (struct entering){.attempt = json_get_text(body, "attempt", NULL),
                             .word_of = json_get_text(body, "word_of", NULL),
                             .channel = json_get_text(body, "channel", NULL),
                             .proxy = json_get_integer(body, "proxy", 0),
                             .participant = json_get_integer(body, "participant", 0),
                             .line = json_get_integer(body, "line", 0)};
}

/* For a matter of another stream: sends a letter, with the fields under that matter's key. */
static void send_deed(struct draft *target, const struct deed *deed)
{
    char *text = NULL; /* jansson's */
    json_t *body = json_pack("{s:i}", "depth", target->decision->effect_depth);
    put_text(body, "entry", deed->entry);
    put_text(body, "reason", deed->reason);
    if (deed->own != NULL)
        put_own(body, deed->own);
    if (kind_is_sealed(target->view.kind))
        text = json_dumps(deed->fields, JSON_COMPACT);
    else
        json_object_set(body, "fields", deed->fields);
    draft_send_letter(target, "act_in_matter", body, text);
    free(text);
}

static bool is_over(const struct draft *target)
{
    return target->view.matter.closed_us != 0 || target->view.matter.erased;
}

bool cascade_arrived(struct decision *decision)
{
    const json_t *body = decision->command->body;
    AUTO(draft) struct draft target = {0};
    g_autofree char *text = NULL;
    if (!draft_load_letter(&target, decision, &text))
        return false;
    bool own = json_get_bool(body, "own", false);
    g_autoptr(json_t) fields = text != NULL ? json_loads(text, 0, NULL) : json_incref(json_object_get(body, "fields"));
    if (is_over(&target) || fields == NULL)
        return !own || decision_refuse(decision, PROBLEM_MATTER_CLOSED, NULL);
    decision->effect_depth = (int)json_get_integer(body, "depth", 0);
    struct entering said = own ? own_in(body) : (struct entering){0};
    const struct deed deed = {json_get_text(body, "entry", NULL), json_get_text(body, "reason", NULL), fields,
                              own ? &said : NULL};
    return do_in(&target, &deed, decision->command->observed_us);
}

struct elsewhere {
    int64_t matter;
    const struct entering *entering;
};

static bool enter_there(struct decision *there, void *context)
{
    const struct elsewhere *elsewhere = context;
    AUTO(draft) struct draft target = {0};
    return draft_load(&target, there, elsewhere->matter) && enter(&target, elsewhere->entering);
}

bool enter_elsewhere(struct draft *draft, const struct entering *entering)
{
    struct elsewhere elsewhere = {draft->view.matter.id, entering};
    if (!decision_would(draft->decision, enter_there, &elsewhere))
        return false;
    g_autoptr(json_t) fields = json_incref((json_t *)entering->fields);
    send_deed(draft, &(struct deed){entering->entry->name, NULL, fields, entering});
    return true;
}

static const bool acts_in_others[EFFECT_TYPE_COUNT] = {[EFFECT_SET] = true, [EFFECT_ENTER] = true};

/* ENTER with `about`: only where the matter is about them. */
static bool is_meant(const struct draft *target, const struct scope *scope, const struct effect *effect)
{
    struct db *rows = target->decision->rows;
    if (effect->about == NULL)
        return true;
    struct value value = expr_evaluate(effect->about, &scope->expr);
    if (value.type == VALUE_PERSON)
        return registry_person_kept(rows, value.id) == registry_person_kept(rows, target->view.matter.subject);
    return value.type == VALUE_UNIT && value.id == target->view.matter.subject;
}

static bool act_on(struct draft *draft, const struct scope *scope, const struct effect *effect, int64_t id)
{
    struct decision *decision = draft->decision;
    AUTO(draft) struct draft target = {0};
    if (decision->effect_depth > LIMIT_EFFECT_DEPTH)
        return decision_refuse(decision, PROBLEM_EFFECTS_TOO_DEEP, NULL);
    if (!decision_may_go_on(decision) || !draft_load(&target, decision, id))
        return false;
    target.router = draft->router;
    target.allowed = draft->allowed;
    if (is_over(&target) || !is_meant(&target, scope, effect))
        return true;
    bool enters = effect->type == EFFECT_ENTER;
    g_autoptr(json_t) fields = effects_fields(effect, enters ? &effect->entry->form : &effect->kind->form, scope);
    const struct deed deed = {enters ? effect->entry->name : NULL, effect->loop != NULL ? effect->loop->reason : NULL,
                              fields};
    if (decision_begin(decision, id_matter_stream(id)))
        return do_in(&target, &deed, scope->observed_us);
    send_deed(&target, &deed);
    return true;
}

static bool act_once(struct draft *draft, const struct scope *scope, const struct effect *effect,
                     const struct iteration *iteration)
{
    struct scope here;
    iteration_scope(&here, scope, effect, iteration);
    if (effect->type == EFFECT_OPEN)
        return effects_open(draft, &here, effect, iteration);
    g_autoptr(GArray) ids = targets_of(draft, &here, effect, iteration);
    for (guint i = 0; i < ids->len; i++)
        if (!act_on(draft, &here, effect, g_array_index(ids, int64_t, i)))
            return false;
    return true;
}

static bool goes_to_others(const struct effect *effect)
{
    return effect->type == EFFECT_OPEN || (acts_in_others[effect->type] && effect->target != TARGET_SELF);
}

static bool act(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    AUTO(iterations) struct iterations iterations;
    if (!iterations_collect(&iterations, draft, scope, effect))
        return false;
    for (guint i = 0; i < iterations.all->len; i++)
        if (!act_once(draft, scope, effect, &g_array_index(iterations.all, struct iteration, i)))
            return false;
    return true;
}

static bool effects_other(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count)
{
    struct decision *decision = draft->decision;
    bool all = true;
    decision->effect_depth++;
    for (size_t i = 0; i < count && all; i++)
        if (goes_to_others(&effects[i]))
            all = act(draft, scope, &effects[i]);
    decision->effect_depth--;
    return all;
}

/* ---- one entry ---- */

static bool follow(struct draft *draft, const struct entering *entering, const struct scope *scope,
                   const struct branch *branch)
{
    const struct entry_def *entry = entering->entry;
    if (entering->attempt != NULL || (entering->corrects != 0 && branch == NULL))
        return true;
    bool all = entering->corrects != 0 || effects_other(draft, scope, entry->effects, entry->effect_count);
    return all && (branch == NULL || effects_other(draft, scope, branch->effects, branch->effect_count));
}

/* Writes `confirming`; `held`, the pending entry, takes effect. */
static bool take_effect(struct draft *draft, const struct entering *confirming, const struct entering *held)
{
    struct scope scope;
    scope_init(&scope, &draft->view, held->entry, held->fields, NULL, held->observed_us);
    scope_of(&scope, held->participant, held->entry->line, held->line);
    if (!enter_is_in_order(draft, held, &scope))
        return false;
    enter_write(draft, confirming);
    expect_meet_all(draft, confirming->entry, confirming->participant, confirming->observed_us);
    const struct branch *branch;
    if (!enter_change(draft, held, &scope, &branch))
        return false;
    draft_emit(draft, confirming->event);
    return follow(draft, held, &scope, branch);
}

static bool confirm(struct draft *draft, const struct entering *entering, const struct entry_row *row)
{
    bool erased = false;
    g_autoptr(json_t) fields = matter_entry_fields(draft->decision->vault, row, &erased);
    const struct entering held = {.entry = entering->entry->confirms,
                                  .fields = fields,
                                  .observed_us = row->observed_us,
                                  .person = row->person,
                                  .participant = row->participant,
                                  .line = row->line,
                                  .event = entering->event};
    confirmation_settle(draft, row, CONFIRMATION_GIVEN);
    return take_effect(draft, entering, &held);
}

static bool decline(struct draft *draft, const struct entering *entering, const struct entry_row *row)
{
    confirmation_settle(draft, row, CONFIRMATION_DECLINED);
    enter_write(draft, entering);
    const struct expect *expect = confirmation_expectation(draft->view.kind, entering->entry->declines);
    expect_meet_all(draft, expect->entry, entering->participant, entering->observed_us);
    draft_emit(draft, entering->event);
    return true;
}

/* confirm_NAME or decline_NAME. */
static bool answer(struct draft *draft, const struct entering *entering)
{
    const struct entry_def *of =
        entering->entry->confirms != NULL ? entering->entry->confirms : entering->entry->declines;
    g_autoptr(GArray) found = confirmation_find(draft, of, entering->participant);
    if (found == NULL)
        return decision_refuse(draft->decision, PROBLEM_ALREADY_ENDED, NULL);
    const struct entry_row *row = &g_array_index(found, struct entry_row, 0);
    if (enter_is_same(draft->decision, row->person, row->post))
        return decision_refuse(draft->decision, PROBLEM_SAME_PERSON_REFUSED, NULL);
    return entering->entry->confirms != NULL ? confirm(draft, entering, row) : decline(draft, entering, row);
}

bool enter(struct draft *draft, const struct entering *entering)
{
    struct scope scope;
    const struct entry_def *entry = entering->entry;
    scope_init(&scope, &draft->view, entry, entering->fields, entering->attempt, entering->observed_us);
    scope_of(&scope, entering->participant, entry->line, entering->line);
    if (!enter_is_in_order(draft, entering, &scope))
        return false;
    if (entry->confirms != NULL || entry->declines != NULL)
        return answer(draft, entering);
    if (entry->confirmation.present && entering->attempt == NULL && entering->corrects == 0)
        return confirmation_request(draft, entering);
    enter_write(draft, entering);
    const struct branch *branch;
    if (!enter_change(draft, entering, &scope, &branch))
        return false;
    draft_emit(draft, entering->event);
    return follow(draft, entering, &scope, branch);
}
