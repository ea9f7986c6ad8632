/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/external.h"

#include "matter/draft/actor_sight.h"

/* ---- the number ---- */

bool external_must_be_free(struct draft *draft, const char *number, const char *field)
{
    struct matter other;
    struct db *rows = draft->decision->rows;
    int64_t id = matter_by_external(rows, draft->view.kind->external.system, number);
    if (id == 0 || id == draft->view.matter.id || !matter_get(rows, matter_survivor(rows, id), &other))
        return true;
    char uuid[UUID_TEXT_LENGTH + 1];
    actor_format_seen(draft->decision, &other, uuid);
    return decision_refuse(draft->decision, PROBLEM_EXTERNAL_NUMBER_TAKEN, field, uuid);
}

void external_write(struct draft *draft, const struct external *external)
{
    json_t *said = row_new(EXTERNAL_PLACES);
    row_set(said, EXTERNAL_SYSTEM, json_string(external->system));
    row_set(said, EXTERNAL_NUMBER, json_string(external->number));
    row_set(said, EXTERNAL_DUE, json_integer(external->due_us));
    row_set(said, EXTERNAL_STATE, json_string(external->state));
    row_set(said, EXTERNAL_CLOSED, json_integer(external->closed_us));
    json_object_set_new(draft->body, "ex", said);
}

bool external_begin(struct draft *draft)
{
    const struct external_def *def = &draft->view.kind->external;
    const struct field *field = def->present ? &draft->view.kind->form.fields[def->field] : NULL;
    const char *number = field != NULL ? json_string_value(json_object_get(draft->view.form, field->name)) : NULL;
    if (number == NULL)
        return true;
    g_autofree char *path = g_strconcat("form.", field->name, NULL);
    struct external external = {0};
    g_strlcpy(external.system, def->system, sizeof external.system);
    g_strlcpy(external.number, number, sizeof external.number);
    external_write(draft, &external);
    return external_must_be_free(draft, number, path);
}

/* ---- their clock ---- */

bool external_follows(const struct kind *kind, const struct expect *expect)
{
    for (size_t i = 0; i < kind->external.of_count; i++)
        if (kind->external.of[i] == expect)
            return true;
    return false;
}

int64_t *own_due_us(struct expectation *expectation)
{
    return expectation->ours_us != 0 ? &expectation->ours_us : &expectation->when.due_us;
}

void external_set_due(struct expectation *expectation, int64_t theirs_us)
{
    int64_t ours_us = *own_due_us(expectation);
    expectation->ours_us = theirs_us != 0 ? ours_us : 0;
    expectation->when.due_us = theirs_us != 0 ? theirs_us : ours_us;
}

void external_apply_due(struct draft *draft, struct expectation *made)
{
    struct external external;
    if (!external_follows(draft->view.kind, made->def) ||
        !matter_external_of_all(draft->decision->rows, draft->view.matter.id, &external))
        return;
    external_set_due(made, external.due_us);
}
