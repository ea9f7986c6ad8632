/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/participants_given.h"

#include "matter/lifecycle/audience.h"
#include "matter/lifecycle/participants.h"

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

static bool read_one(struct draft *draft, const struct participant_set *set, const json_t *given, const char *field)
{
    int64_t who;
    if (!json_is_string(given))
        return decision_refuse(draft->decision, PROBLEM_WRONG_TYPE, field, set->persons ? "person" : "unit");
    if (!find_who(draft, set, given, &who))
        return decision_refuse(draft->decision, set->persons ? PROBLEM_UNKNOWN_PERSON : PROBLEM_UNKNOWN_UNIT, field);
    if (!participants_must_fit(draft, set, who, field))
        return false;
    if (participants_has(&draft->view, set, who))
        return true;
    if (participants_too_many(draft, set, field))
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
    const struct field *field = &draft->view.kind->form.fields[set->field];
    const json_t *stored = json_object_get(view_form(&draft->view), field->name);
    int64_t id = json_integer_value(stored);
    if (id != 0 && !participants_has(&draft->view, set, set->persons ? -id : id))
        participants_add(draft, set, set->persons ? -id : id, NULL);
}

static bool must_be_enough(struct draft *draft, const struct participant_set *set)
{
    g_autofree char *field = g_strdup_printf("participants.%s", set->name);
    g_autofree char *least = g_strdup_printf("%d", set->least);
    return participants_living(draft, set) >= set->least ||
           decision_refuse(draft->decision, PROBLEM_TOO_FEW_PARTICIPANTS, field, least);
}

static bool knows_sets(struct draft *draft, const json_t *given)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)given, name, value)
    {
        g_autofree char *field = g_strdup_printf("participants.%s", name);
        const struct kind *kind = draft->view.kind;
        if (kind_find_participants(kind, name) == NULL)
            return decision_refuse(draft->decision, PROBLEM_UNKNOWN_FIELD, field,
                                   kind->participant_count > 0 ? kind->participants[0].name : "-");
    }
    return true;
}

bool participants_read(struct draft *draft, const json_t *given)
{
    const struct kind *kind = draft->view.kind;
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
