/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/enter.h"

#include "base/limits.h"
#include "matter/draft/actor_sight.h"
#include "matter/draft/unique.h"
#include "matter/entry/effects.h"
#include "matter/entry/effects_registry.h"
#include "matter/entry/frozen.h"
#include "matter/entry/second.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/expect_clock.h"
#include "matter/lifecycle/facts.h"
#include "matter/lifecycle/move.h"
#include "playbook/form.h"

#include <string.h>

struct entering entering_of(const struct decision *decision)
{
    return (struct entering){
        .observed_us = decision->command->observed_us, .person = decision->command->person, .event = "entered"};
}

/* ---- reading ---- */

struct looking { /* where values are looked up */
    const struct decision *decision;
    int64_t matter; /* 0: it is not there yet */
};

static bool find_unit(void *context, const char *text, int64_t *out_id)
{
    const struct decision *decision = ((const struct looking *)context)->decision;
    return registry_unit_by_text(decision->rows, text, decision->command->observed_us, out_id);
}

static bool is_person(const struct decision *decision, const char *text, int64_t *out_id)
{
    *out_id = decision_inner_id(decision, VAULT_ID_PERSON, text);
    return registry_may_mention(decision, *out_id);
}

static bool find_person(void *context, const char *text, int64_t *out_id)
{
    return is_person(((const struct looking *)context)->decision, text, out_id);
}

static bool has_matter(void *context, const struct uuid *uuid, const char *kind)
{
    const struct decision *decision = ((const struct looking *)context)->decision;
    struct matter matter;
    return matter_get_by_uuid(decision->rows, uuid, &matter) && !matter.erased && actor_sees(decision, &matter) &&
           (kind == NULL || strcmp(matter.kind, kind) == 0);
}

/* What nobody has named within a day is swept away. */
static bool find_file(void *context, const char *hash, char type[40], int64_t *out_bytes)
{
    const struct looking *looking = context;
    struct attachment attachment;
    if (!matter_attachment(looking->decision->rows, looking->matter, hash, &attachment) ||
        (!attachment.named && looking->decision->now_us - attachment.at_us >= LIMIT_ATTACHMENT_ORPHAN_US))
        return false;
    g_strlcpy(type, attachment.type, 40);
    *out_bytes = attachment.bytes;
    return true;
}

static json_t *datetime_or_null(int64_t us)
{
    return us == 0 || us == NEVER_US ? NULL : value_to_json((struct value){.type = VALUE_DATETIME, .us = us});
}

static json_t *entry_said(const struct decision *decision, const struct matter *matter, int64_t number)
{
    AUTO(rows)
    struct rows rows =
        rows_of(decision->rows, "SELECT kind, observed_us, attempt FROM entry WHERE matter = ?1 AND number = ?2", "ii",
                matter->id, number);
    if (!rows_next(&rows))
        return NULL;
    return json_pack("{s:s, s:s, s:o*, s:s*}", "kind", matter->kind, "name", rows_text(&rows, 0), "at",
                     datetime_or_null(rows_integer(&rows, 1)), "outcome", rows_text(&rows, 2));
}

static json_t *expectation_said(const struct decision *decision, const struct matter *matter, int64_t number)
{
    AUTO(rows)
    struct rows rows =
        rows_of(decision->rows,
                "SELECT name, due_us, outcome, ended_us FROM expectation_past WHERE matter = ?1 AND number "
                "= ?2 UNION ALL SELECT name, due_us, 0, 0 FROM expectation WHERE matter = ?1 AND number = "
                "?2",
                "ii", matter->id, number);
    if (!rows_next(&rows))
        return NULL;
    return json_pack("{s:s, s:s, s:o*, s:o*, s:s}", "kind", matter->kind, "name", rows_text(&rows, 0), "at",
                     datetime_or_null(rows_integer(&rows, 3)), "due", datetime_or_null(rows_integer(&rows, 1)),
                     "outcome", outcome_names[rows_integer(&rows, 2)]);
}

/* What was due and done, nothing of what was written: that stays where it can be erased. */
static json_t *find_ref(void *context, const struct uuid *uuid, bool entry, int64_t number)
{
    const struct decision *decision = ((const struct looking *)context)->decision;
    struct matter matter;
    if (!matter_get_by_uuid(decision->rows, uuid, &matter) || matter.erased || !actor_sees(decision, &matter))
        return NULL;
    return entry ? entry_said(decision, &matter, number) : expectation_said(decision, &matter, number);
}

json_t *enter_check_form(struct draft *draft, const struct form *form, const json_t *given, const char *attempt,
                         const struct expr_scope *scope, bool partial, const char *path)
{
    struct looking looking = {draft->decision, draft->matter.id};
    struct form_context context = {
        .now_us = draft->decision->now_us,
        .zone = draft->playbook->zone,
        .attempt = attempt,
        .partial = partial,
        .find_unit = find_unit,
        .find_person = find_person,
        .has_matter = has_matter,
        .find_file = find_file,
        .find_ref = find_ref,
        .context = &looking,
        .scope = scope,
    };
    struct problem *problem = NULL;
    g_autoptr(json_t) nothing = given == NULL ? json_object() : NULL;
    json_t *stored = form_check(form, given != NULL ? given : nothing, &context, &problem);
    if (stored != NULL)
        return stored;
    problem_prefix(problem, path);
    decision_refuse_with(draft->decision, problem);
    return NULL;
}

static bool read_attempt(struct draft *draft, const json_t *given, struct entering *out)
{
    const json_t *attempt = json_object_get(given, "attempt");
    if (attempt == NULL || json_is_null(attempt))
        return true;
    if (!json_is_string(attempt))
        return decision_refuse(draft->decision, PROBLEM_WRONG_TYPE, "attempt", "text");
    const struct code_list *list = out->entry->attempts;
    out->attempt = json_string_value(attempt);
    if (list != NULL && code_list_find(list, out->attempt) != NULL)
        return true;
    GString *allowed = g_string_new(NULL);
    for (size_t i = 0; list != NULL && i < list->code_count; i++)
        g_string_append_printf(allowed, "%s%s", i > 0 ? ", " : "", list->codes[i].code);
    g_autofree char *text = g_string_free(allowed, FALSE);
    return decision_refuse(draft->decision, PROBLEM_UNKNOWN_ATTEMPT, "attempt", text);
}

/* One of a few words (L18); out stays NULL when absent. */
static bool read_word(struct decision *decision, const json_t *given, const char *member, const char *const *words,
                      const char **out)
{
    const json_t *value = json_object_get(given, member);
    if (value == NULL || json_is_null(value))
        return true;
    if (json_is_string(value) && g_strv_contains(words, json_string_value(value))) {
        *out = json_string_value(value);
        return true;
    }
    g_autofree char *allowed = g_strjoinv(", ", (char **)words);
    return decision_refuse(decision, PROBLEM_NOT_IN_LIST, member, member, allowed);
}

bool enter_read_words(struct decision *decision, const json_t *given, struct entering *out)
{
    static const char *const words_of[] = {"self", "relative", "staff", NULL};
    static const char *const channels[] = {"door", "phone", "wechat", "paper", "link", "device", NULL};
    bool right = read_word(decision, given, "word_of", words_of, &out->word_of);
    return read_word(decision, given, "channel", channels, &out->channel) && right;
}

/* Who lives with the subject is at hand when the subject is. */
static bool is_relative_or_known(const struct draft *draft, const char *text, int64_t *out_id)
{
    struct db *rows = draft->decision->rows;
    int64_t now_us = draft->decision->now_us, household;
    if (is_person(draft->decision, text, out_id))
        return true;
    household = draft->kind->about == ABOUT_PERSON && !draft->matter.named_only
                    ? registry_household(rows, draft->matter.subject, now_us)
                    : 0;
    *out_id = decision_inner_id(draft->decision, VAULT_ID_PERSON, text);
    return household != 0 && registry_household(rows, *out_id, now_us) == household;
}

static bool read_proxy(struct draft *draft, const json_t *given, struct entering *out)
{
    const json_t *value = json_object_get(given, "proxy");
    if (value == NULL || json_is_null(value))
        return true;
    if (!json_is_string(value) || !is_relative_or_known(draft, json_string_value(value), &out->proxy))
        return decision_refuse(draft->decision, PROBLEM_UNKNOWN_PERSON, "proxy");
    return true;
}

static bool read_fields(struct draft *draft, const json_t *given, struct entering *out, json_t **out_fields)
{
    const json_t *fields = json_object_get(given, "fields");
    if (fields != NULL && !json_is_null(fields) && !json_is_object(fields))
        return decision_refuse(draft->decision, PROBLEM_WRONG_TYPE, "fields", "object");
    struct scope scope;
    scope_init(&scope, draft, NULL, NULL, out->attempt, out->observed_us);
    scope_of(&scope, out->participant, out->entry->line, out->line);
    *out_fields = enter_check_form(draft, &out->entry->form, json_is_object(fields) ? fields : NULL, out->attempt,
                                   &scope.expr, false, "fields");
    out->fields = *out_fields;
    return *out_fields != NULL;
}

bool enter_read(struct draft *draft, const json_t *given, struct entering *out, json_t **out_fields)
{
    bool words = read_attempt(draft, given, out);
    words &= enter_read_words(draft->decision, given, out);
    words &= read_proxy(draft, given, out);
    return read_fields(draft, given, out, out_fields) && words;
}

/* ---- deciding ---- */

static char *field_path(const char *field)
{
    return field != NULL ? g_strconcat("fields.", field, NULL) : NULL;
}

static bool refuses(struct draft *draft, const struct entry_def *entry, const struct scope *scope)
{
    bool refused = false;
    for (size_t i = 0; i < entry->refusal_count; i++) {
        const struct refusal *refusal = &entry->refusals[i];
        if (!expr_is_true(refusal->when, &scope->expr))
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

/* Everything that stands in its way, each with its field. */
static bool is_in_order(struct draft *draft, const struct entering *entering, const struct scope *scope)
{
    const struct entry_def *entry = entering->entry;
    if (entering->corrects != 0)
        return true;
    bool lacking = lacks(draft, entry, scope);
    if (refuses(draft, entry, scope) || lacking)
        return false;
    return frozen_fits(draft, entering) && (entry->extends == NULL || extension_fits(draft, entering, scope));
}

static const struct branch *branch_of(const struct entry_def *entry, const struct scope *scope)
{
    for (size_t i = 0; i < entry->branch_count; i++)
        if (expr_is_true(entry->branches[i].when, &scope->expr))
            return &entry->branches[i];
    return NULL;
}

/* What a correction changes is what the entry would now lead to and did not before. */
static bool branch_is_new(struct draft *draft, const struct entering *entering, const struct branch *branch)
{
    struct scope before;
    if (entering->corrects == 0)
        return true;
    scope_init(&before, draft, entering->entry, entering->fields_before, NULL, entering->observed_us);
    return branch != branch_of(entering->entry, &before);
}

void enter_write(struct draft *draft, const struct entering *entering)
{
    json_t *body = draft->body;
    body_add(body, "number", draft->next_entry);
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
    if (entering->observed_us != draft->decision->command->observed_us)
        body_add(body, "at", entering->observed_us);
    json_t *clear = draft_seal_fields(draft, SEALED_ENTRY, &entering->entry->form, entering->fields,
                                      frozen_sealed(draft, entering));
    if (clear != NULL)
        json_object_set_new(body, "f", clear);
    g_autoptr(GPtrArray) files = form_files(&entering->entry->form, entering->fields);
    for (guint i = 0; i < files->len; i++)
        body_append(body, "fl", json_incref(json_object_get(g_ptr_array_index(files, i), "hash")));
    json_t *figures = frozen_figures(draft, entering);
    if (figures != NULL)
        json_object_set_new(body, "g", figures);
}

/* Facts, and for what is no attempt: expectations, effects in the matter itself, and the state. False: refused. */
static bool change(struct draft *draft, const struct entering *entering, struct scope *scope,
                   const struct branch **out_branch)
{
    const struct entry_def *entry = entering->entry;
    *out_branch = NULL;
    if (entering->corrects != 0)
        facts_recount(draft, scope, entering->person, entering->corrects);
    else
        facts_add(draft, scope, entering->person);
    if (entering->attempt != NULL) {
        const struct state *after = entering->corrects == 0 ? expect_try(draft, scope) : NULL;
        if (after != NULL && after != draft->state)
            move_to(draft, after, draft->decision->now_us, scope);
        return true;
    }
    const struct branch *branch = branch_of(entry, scope);
    bool fits = entry_fits_state(entry, draft->state);
    if (!fits || !branch_is_new(draft, entering, branch))
        branch = NULL;
    const struct state *to = branch != NULL && branch->state != NULL ? branch->state : draft->state;
    if (entering->corrects == 0)
        expect_meet(draft, scope, to == draft->state);
    if (entry->extends != NULL && entering->corrects == 0)
        expect_extend(draft, entering);
    /* A unit or a post is made once: no correction makes another one. */
    bool makes = fits && entering->corrects == 0;
    if (makes && !effects_registry(draft, scope, entry->effects, entry->effect_count))
        return false;
    if (branch != NULL && !effects_registry(draft, scope, branch->effects, branch->effect_count))
        return false;
    if (fits && !effects_own(draft, scope, entry->effects, entry->effect_count))
        return false;
    if (branch != NULL && !effects_own(draft, scope, branch->effects, branch->effect_count))
        return false;
    if (to != draft->state)
        move_to(draft, to, draft->decision->now_us, scope);
    else if (draft->form_changed)
        move_refresh_end(draft, scope);
    if (fits)
        effects_reopen(draft, scope, entry->effects, entry->effect_count);
    if (branch != NULL)
        effects_reopen(draft, scope, branch->effects, branch->effect_count);
    *out_branch = branch;
    return unique_still_is(draft);
}

void enter_plain(struct draft *draft, const struct entering *entering)
{
    struct scope scope;
    scope_init(&scope, draft, entering->entry, entering->fields, entering->attempt, entering->observed_us);
    enter_write(draft, entering);
    facts_add(draft, &scope, entering->person);
    draft_emit(draft, entering->event);
}

static bool follow(struct draft *draft, const struct entering *entering, const struct scope *scope,
                   const struct branch *branch)
{
    const struct entry_def *entry = entering->entry;
    if (entering->attempt != NULL || (entering->corrects != 0 && branch == NULL))
        return true;
    bool all = entering->corrects != 0 || effects_other(draft, scope, entry->effects, entry->effect_count);
    return all && (branch == NULL || effects_other(draft, scope, branch->effects, branch->effect_count));
}

bool enter(struct draft *draft, const struct entering *entering)
{
    struct scope scope;
    const struct entry_def *entry = entering->entry;
    scope_init(&scope, draft, entry, entering->fields, entering->attempt, entering->observed_us);
    scope_of(&scope, entering->participant, entry->line, entering->line);
    if (!is_in_order(draft, entering, &scope))
        return false;
    if (entry->confirms != NULL || entry->declines != NULL)
        return second_enter(draft, entering);
    if (entry->second.present && entering->attempt == NULL && entering->corrects == 0)
        return second_hold(draft, entering);
    enter_write(draft, entering);
    const struct branch *branch;
    if (!change(draft, entering, &scope, &branch))
        return false;
    draft_emit(draft, entering->event);
    return follow(draft, entering, &scope, branch);
}

bool enter_confirmed(struct draft *draft, const struct entering *confirming, const struct entering *held)
{
    struct scope scope;
    scope_init(&scope, draft, held->entry, held->fields, NULL, held->observed_us);
    scope_of(&scope, held->participant, held->entry->line, held->line);
    if (!is_in_order(draft, held, &scope))
        return false;
    enter_write(draft, confirming);
    expect_meet_all(draft, confirming->entry, confirming->participant, confirming->observed_us);
    const struct branch *branch;
    if (!change(draft, held, &scope, &branch))
        return false;
    draft_emit(draft, confirming->event);
    return follow(draft, held, &scope, branch);
}
