/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/participants.h"

#include "base/limits.h"
#include "matter/draft/scope.h"
#include "matter/entry/second.h"
#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/audience.h"
#include "matter/lifecycle/expect.h"

#include <string.h>

/* ---- changing ---- */

static int living(const struct draft *draft, const struct participant_set *set)
{
    int count = 0;
    for (guint i = 0; i < participants_count(draft); i++)
        count += participants_at(draft, i)->set == set && !participants_at(draft, i)->left;
    return count;
}

static int64_t next_number(struct draft *draft)
{
    if (draft->whole)
        draft->last_participant = participants_count(draft);
    else if (draft->last_participant < 0)
        db_integer(draft->decision->rows, &draft->last_participant,
                   "SELECT coalesce(max(number), 0) FROM participant WHERE matter = ?1", "i", draft->matter.id);
    return ++draft->last_participant;
}

int64_t participants_add(struct draft *draft, const struct participant_set *set, int64_t who, const char *state)
{
    struct participant made = {.number = next_number(draft), .who = who, .set = set, .state = state};
    if (made.state == NULL && set->states != NULL && set->states->code_count > 0)
        made.state = set->states->codes[0].code;
    g_array_append_val(draft->participants, made);
    g_clear_pointer(&draft->participant_lines, json_decref);
    body_append(draft->body, "P",
                json_pack("[I, s, I, s?]", (json_int_t)made.number, set->name, (json_int_t)who, made.state));
    return made.number;
}

static bool too_many(struct draft *draft, const struct participant_set *set, const char *field)
{
    int most = set->audience ? LIMIT_AUDIENCE : set->most > 0 ? set->most : LIMIT_PARTICIPANTS;
    if (set->audience && !draft->whole && draft->last_participant < 0)
        draft->last_participant = next_number(draft) - 1;
    if ((set->audience && !draft->whole ? draft->last_participant : living(draft, set)) < most)
        return false;
    g_autofree char *text = g_strdup_printf("%d", most);
    return !decision_refuse(draft->decision, PROBLEM_TOO_MANY_PARTICIPANTS, field, text);
}

bool participants_join(struct draft *draft, const struct participant_set *set, int64_t who, const char *state,
                       const struct scope *scope)
{
    if (participants_has(draft, set, who))
        return true;
    if (too_many(draft, set, NULL))
        return false;
    int64_t number = participants_add(draft, set, who, state);
    expect_make_for(draft, number, draft->decision->now_us, scope);
    return true;
}

void participants_change(struct draft *draft, int64_t number, const char *state, bool leaves, const char *reason)
{
    participants_find(draft, number);
    for (guint i = 0; i < participants_count(draft); i++) {
        struct participant *one = participants_at(draft, i);
        if (one->number != number || one->left)
            continue;
        one->state = state != NULL ? state : one->state;
        one->left = leaves;
        g_clear_pointer(&draft->participant_lines, json_decref);
        json_t *item = json_pack("[I, s?, b]", (json_int_t)number, state, leaves);
        if (reason != NULL)
            json_array_append_new(item, json_string(reason));
        body_append(draft->body, "Q", item);
        if (leaves)
            expect_end_for(draft, number);
    }
}

/* ---- whoever opens says who takes part ---- */

static bool find_who(struct draft *draft, const struct participant_set *set, const json_t *given, int64_t *out_who)
{
    struct decision *decision = draft->decision;
    const char *text = json_string_value(given);
    int64_t id;
    if (text == NULL)
        return false;
    if (set->persons) {
        id = decision_inner_id(decision, VAULT_ID_PERSON, text);
        if (!registry_may_mention(decision, id))
            return false;
        *out_who = -id;
        return true;
    }
    return registry_unit_by_text(decision->rows, text, decision->command->observed_us, out_who);
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
    return decision_refuse(draft->decision, PROBLEM_WRONG_UNIT_TYPE, field, set->name, found.type);
}

static bool read_one(struct draft *draft, const struct participant_set *set, const json_t *given, const char *field)
{
    int64_t who;
    if (!json_is_string(given))
        return decision_refuse(draft->decision, PROBLEM_WRONG_TYPE, field, set->persons ? "person" : "unit");
    if (!find_who(draft, set, given, &who))
        return decision_refuse(draft->decision, set->persons ? PROBLEM_UNKNOWN_PERSON : PROBLEM_UNKNOWN_UNIT, field);
    if (!participants_must_fit(draft, set, who, field))
        return false;
    if (participants_has(draft, set, who))
        return true;
    if (too_many(draft, set, field))
        return false;
    participants_add(draft, set, who, NULL);
    return true;
}

static bool read_set(struct draft *draft, const struct participant_set *set, const json_t *given)
{
    size_t i;
    json_t *item;
    if (given == NULL || json_is_null(given))
        return true;
    g_autofree char *name = g_strdup_printf("participants.%s", set->name);
    if (!json_is_array(given))
        return read_one(draft, set, given, name);
    json_array_foreach((json_t *)given, i, item)
    {
        g_autofree char *field = g_strdup_printf("%s[%zu]", name, i);
        if (!read_one(draft, set, item, field))
            return false;
    }
    return true;
}

static void take_field(struct draft *draft, const struct participant_set *set)
{
    if (set->field < 0)
        return;
    const struct field *field = &draft->kind->form.fields[set->field];
    const json_t *stored = json_object_get(draft_form(draft), field->name);
    int64_t id = json_integer_value(stored);
    if (id != 0 && !participants_has(draft, set, set->persons ? -id : id))
        participants_add(draft, set, set->persons ? -id : id, NULL);
}

static bool must_be_enough(struct draft *draft, const struct participant_set *set)
{
    g_autofree char *field = g_strdup_printf("participants.%s", set->name);
    g_autofree char *least = g_strdup_printf("%d", set->least);
    return living(draft, set) >= set->least ||
           decision_refuse(draft->decision, PROBLEM_TOO_FEW_PARTICIPANTS, field, least);
}

static bool knows_sets(struct draft *draft, const json_t *given)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)given, name, value)
    {
        g_autofree char *field = g_strdup_printf("participants.%s", name);
        const struct kind *kind = draft->kind;
        if (kind_find_participants(kind, name) == NULL)
            return decision_refuse(draft->decision, PROBLEM_UNKNOWN_FIELD, field,
                                   kind->participant_count > 0 ? kind->participants[0].name : "-");
    }
    return true;
}

bool participants_read(struct draft *draft, const json_t *given)
{
    const struct kind *kind = draft->kind;
    if (given != NULL && !json_is_null(given) && !json_is_object(given))
        return decision_refuse(draft->decision, PROBLEM_WRONG_TYPE, "participants", "object");
    if (!knows_sets(draft, given))
        return false;
    for (size_t i = 0; i < kind->participant_count; i++) {
        const struct participant_set *set = &kind->participants[i];
        const json_t *of_set = json_object_get(given, set->name);
        if (set->audience ? !audience_begin(draft, set, of_set) : !read_set(draft, set, of_set))
            return false;
        take_field(draft, set);
        if (!must_be_enough(draft, set))
            return false;
    }
    return true;
}

/* ---- the one at hand ---- */

/* Whether whoever commands acts for this one; their post then. */
static bool acts_for(struct draft *draft, const struct entry_def *entry, const struct participant *one)
{
    if (draft->decision->command->origin != ORIGIN_DOOR)
        return true;
    if (one->who < 0)
        return one->who == -draft->decision->command->person;
    return actor_acts_at(draft, entry, one->who);
}

static bool named(struct draft *draft, const json_t *given, int64_t *out_number)
{
    const json_t *value = json_object_get(given, "participant");
    *out_number = 0;
    if (value == NULL || json_is_null(value))
        return true;
    if (json_is_integer(value))
        *out_number = json_integer_value(value);
    return json_is_integer(value) && participants_find(draft, *out_number) != NULL;
}

/* Of an audience only those can be meant who are named, or whom the actor's grounds reach: two are enough to know that
 * it must be said which one. */
static void load_likely(struct draft *draft, const struct entry_def *entry, const struct participant_set *set,
                        int64_t wanted)
{
    if (!set->audience || draft->whole || wanted != 0)
        return;
    int found = 0;
    AUTO(rows)
    struct rows rows = rows_of(draft->decision->rows,
                               "SELECT DISTINCT p.number, p.who FROM post_ground g CROSS JOIN cover c ON "
                               "c.ancestor = g.unit CROSS JOIN participant p "
                               "INDEXED BY participant_who ON p.who = c.unit AND p.matter = ?2 AND p.name = "
                               "?3 WHERE g.person = ?1 AND p.left_us IS NULL",
                               "iis", draft->decision->command->person, draft->matter.id, set->name);
    while (found < 2 && rows_next(&rows)) {
        const struct participant one = {.who = rows_integer(&rows, 1)};
        if (entry->as != NULL && !acts_for(draft, entry, &one))
            continue;
        found++;
        participants_find(draft, rows_integer(&rows, 0));
    }
}

bool participants_at_hand(struct draft *draft, const struct entry_def *entry, const json_t *given, int64_t *out_number)
{
    const struct participant_set *set = entry->as != NULL ? entry->as : entry->of;
    int64_t wanted;
    guint found = 0;
    if (set == NULL)
        return true;
    if (!named(draft, given, &wanted))
        return decision_refuse(draft->decision, PROBLEM_UNKNOWN_PARTICIPANT, "participant");
    load_likely(draft, entry, set, wanted);
    for (guint i = 0; i < participants_count(draft); i++) {
        const struct participant *one = participants_at(draft, i);
        if (one->set != set || one->left || (wanted != 0 && one->number != wanted) ||
            (entry->as != NULL && !acts_for(draft, entry, one)) ||
            (wanted == 0 && !second_awaits(draft, entry, one->number)))
            continue;
        *out_number = one->number;
        found++;
    }
    if (found > 1)
        return decision_refuse(draft->decision, PROBLEM_WHICH_PARTICIPANT, "participant", set->name);
    if (found == 0 && entry->as != NULL)
        return decision_refuse(draft->decision, PROBLEM_NO_RIGHT, NULL, set->name);
    return found == 1 || decision_refuse(draft->decision, PROBLEM_UNKNOWN_PARTICIPANT, "participant");
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
        participants_load_all(draft);
    participants_find(draft, scope->participant);
    bool done = false;
    for (guint i = 0; i < participants_count(draft) && !done; i++) {
        const struct participant *one = participants_at(draft, i);
        bool first = effect->first != NULL && g_strcmp0(one->state, effect->first) == 0;
        bool meant = effect->first != NULL ? first : effect->all || one->number == scope->participant;
        if (one->set != effect->set || one->left || !meant)
            continue;
        participants_change(draft, one->number, effect->state, effect->leaves, why);
        done = !effect->all;
    }
    return true;
}
