/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/participants.h"

#include "base/limits.h"
#include "matter/lifecycle/expect.h"
#include "matter/view/scope.h"

#include <string.h>

/* ---- changing ---- */

int participants_living(const struct draft *draft, const struct participant_set *set)
{
    int count = 0;
    for (guint i = 0; i < participants_count(&draft->view); i++)
        count += participants_at(&draft->view, i)->set == set && !participants_at(&draft->view, i)->left;
    return count;
}

static int64_t next_number(struct draft *draft)
{
    if (draft->view.whole)
        draft->last_participant = participants_count(&draft->view);
    else if (draft->last_participant < 0)
        db_integer(draft->decision->rows, &draft->last_participant,
                   "SELECT coalesce(max(number), 0) FROM participant WHERE matter = ?1", "i", draft->view.matter.id);
    return ++draft->last_participant;
}

int64_t participants_add(struct draft *draft, const struct participant_set *set, int64_t who, const char *state)
{
    struct participant made = {.number = next_number(draft), .who = who, .set = set, .state = state};
    if (made.state == NULL && set->states != NULL && set->states->code_count > 0)
        made.state = set->states->codes[0].code;
    g_array_append_val(draft->view.participants, made);
    g_clear_pointer(&draft->view.participant_lines, json_decref);
    json_t *item = row_new(JOINED_PLACES);
    row_set(item, JOINED_NUMBER, json_integer(made.number));
    row_set(item, JOINED_SET, json_string(set->name));
    row_set(item, JOINED_WHO, json_integer(who));
    row_set(item, JOINED_STATE, made.state != NULL ? json_string(made.state) : NULL);
    body_append(draft->body, "P", item);
    return made.number;
}

bool participants_too_many(struct draft *draft, const struct participant_set *set, const char *field)
{
    int most = set->audience ? LIMIT_AUDIENCE : set->most > 0 ? set->most : LIMIT_PARTICIPANTS;
    if (set->audience && !draft->view.whole && draft->last_participant < 0)
        draft->last_participant = next_number(draft) - 1;
    if ((set->audience && !draft->view.whole ? draft->last_participant : participants_living(draft, set)) < most)
        return false;
    g_autofree char *text = g_strdup_printf("%d", most);
    return !decision_refuse(draft->decision, PROBLEM_TOO_MANY_PARTICIPANTS, field, text);
}

bool participants_join(struct draft *draft, const struct participant_set *set, int64_t who, const char *state,
                       const struct scope *scope)
{
    if (participants_has(&draft->view, set, who))
        return true;
    if (participants_too_many(draft, set, NULL))
        return false;
    int64_t number = participants_add(draft, set, who, state);
    expect_make_for(draft, number, draft->decision->now_us, scope);
    return true;
}

void participants_change(struct draft *draft, int64_t number, const char *state, bool leaves, const char *reason)
{
    participants_find(&draft->view, number);
    for (guint i = 0; i < participants_count(&draft->view); i++) {
        struct participant *one = participants_at(&draft->view, i);
        if (one->number != number || one->left)
            continue;
        one->state = state != NULL ? state : one->state;
        one->left = leaves;
        g_clear_pointer(&draft->view.participant_lines, json_decref);
        json_t *item = row_new(reason != NULL ? CHANGED_PLACES : CHANGED_REASON);
        row_set(item, CHANGED_NUMBER, json_integer(number));
        row_set(item, CHANGED_STATE, state != NULL ? json_string(state) : NULL);
        row_set(item, CHANGED_LEFT, json_boolean(leaves));
        if (reason != NULL)
            row_set(item, CHANGED_REASON, json_pack("[o]", draft_words(draft, reason)));
        body_append(draft->body, "Q", item);
        if (leaves)
            expect_end_for(draft, number);
    }
}

bool participants_must_fit(struct draft *draft, const struct participant_set *set, int64_t unit, const char *field)
{
    struct unit found = {0};
    if (set->persons || set->unit_type_count == 0)
        return true;
    registry_unit(draft->decision->rows, unit, &found);
    for (size_t i = 0; i < set->unit_type_count; i++)
        if (strcmp(set->unit_types[i]->name, found.type) == 0)
            return true;
    return decision_refuse(draft->decision, PROBLEM_WRONG_UNIT_TYPE, field, set->name, found.type,
                           draft->view.kind->name);
}

/* ---- effects ---- */

static bool join(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    int64_t who = -draft->decision->command->person;
    if (effect->who != NULL) {
        struct value value = expr_evaluate(effect->who, &scope->expr);
        if (value.type == VALUE_MISSING)
            return true;
        who = effect->set->persons ? -value.id : value.id;
    }
    return participants_join(draft, effect->set, who, effect->state, scope);
}

static bool why_of(struct draft *draft, const struct scope *scope, const struct effect *effect, const char **out)
{
    struct value why =
        effect->why != NULL ? expr_evaluate(effect->why, &scope->expr) : (struct value){.type = VALUE_MISSING};
    *out = why.type == VALUE_TEXT ? why.text : NULL;
    return effect->why == NULL || (*out != NULL && **out != '\0') ||
           decision_refuse(draft->decision, PROBLEM_REASON_NEEDED, "fields");
}

bool participants_effect(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    const char *why;
    if (effect->type == EFFECT_JOIN)
        return join(draft, scope, effect);
    if (!why_of(draft, scope, effect, &why))
        return false;
    if (effect->all || effect->first != NULL)
        participants_load_all(&draft->view);
    participants_find(&draft->view, scope->participant);
    bool done = false;
    for (guint i = 0; i < participants_count(&draft->view) && !done; i++) {
        const struct participant *one = participants_at(&draft->view, i);
        bool first = effect->first != NULL && g_strcmp0(one->state, effect->first) == 0;
        bool meant = effect->first != NULL ? first : effect->all || one->number == scope->participant;
        if (one->set != effect->set || one->left || !meant)
            continue;
        participants_change(draft, one->number, effect->state, effect->leaves, why);
        done = !effect->all;
    }
    return true;
}
