/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * correct_entry {matter, number, fields, reason}
 *   number  of the entry; `fields` are those that were wrong, the others stay
 * A correction is a later entry; the earlier one stays and is marked. The facts of its kind are counted again.
 * What the entry would now lead to follows from the correction, unless it had led there before. An actor may correct
 * an entry that it sees and may make, for the same participant, unless the playbook wants another person for it; and
 * one that it made, while it holds the post in which it did.
 */
#include "matter/commands/decide.h"

#include "base/limits.h"
#include "matter/draft/actor_sight.h"
#include "matter/draft/merge.h"
#include "matter/entry/cascade.h"
#include "matter/entry/read.h"
#include "matter/entry/resolve.h"
#include "matter/lifecycle/actor.h"

/* The row of the entry in an array of one; NULL with a problem. */
static GArray *find_entry(struct draft *draft)
{
    struct decision *decision = draft->decision;
    const json_t *number = json_object_get(decision->command->body, "number");
    if (number == NULL || json_is_null(number)) {
        decision_refuse(decision, PROBLEM_MISSING_FIELD, "number");
        return NULL;
    }
    if (!json_is_integer(number)) {
        decision_refuse(decision, PROBLEM_WRONG_TYPE, "number", "integer");
        return NULL;
    }
    g_autoptr(GArray) entries =
        matter_entries(decision->rows, draft->view.matter.id, json_integer_value(number) - 1, 1);
    const struct entry_row *row = entries->len > 0 ? &g_array_index(entries, struct entry_row, 0) : NULL;
    const struct entry_def *entry = row != NULL ? kind_find_entry(draft->view.kind, row->kind) : NULL;
    if (entry == NULL || entry->handover || row->confirmation == CONFIRMATION_DECLINED ||
        row->number != json_integer_value(number) || !actor_sees_entry(draft, row)) {
        decision_refuse(decision, PROBLEM_UNKNOWN_ENTRY, "number");
        return NULL;
    }
    return g_steal_pointer(&entries);
}

static bool must_be_latest(struct draft *draft, const struct entry_row *row)
{
    int64_t by = 0;
    if (!row->corrected)
        return true;
    db_integer(draft->decision->rows, &by, "SELECT corrected FROM entry WHERE matter = ?1 AND number = ?2", "ii",
               draft->view.matter.id, row->number);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, by);
    return decision_refuse(draft->decision, PROBLEM_ENTRY_CORRECTED, "number", number);
}

/* What was entered, with the wrong fields replaced; NULL with problems. */
static json_t *corrected_fields(struct draft *draft, const struct entering *entering)
{
    struct decision *decision = draft->decision;
    const json_t *given;
    if (!decision_object(decision, "fields", &given))
        return NULL;
    if (json_object_size(given) == 0) {
        decision_refuse(decision, PROBLEM_NOTHING_ENTERED, "fields");
        return NULL;
    }
    json_t *stored = enter_check_form(decision, &draft->view, &entering->entry->form, given, entering->attempt, NULL,
                                      true, "fields");
    if (stored == NULL)
        return NULL;
    json_t *all = json_object(); /* in the order of the form, as every stored form */
    for (size_t i = 0; i < entering->entry->form.field_count; i++) {
        const char *name = entering->entry->form.fields[i].name;
        json_t *value = json_object_get(stored, name);
        if (value == NULL)
            value = json_object_get(entering->fields_before, name);
        if (value != NULL)
            json_object_set(all, name, value);
    }
    json_decref(stored);
    return all;
}

/* As the author, or as one who may make such an entry for the same participant. */
static bool may_correct(struct draft *draft, const struct entering *entering, const struct entry_row *row)
{
    struct decision *decision = draft->decision;
    if (actor_is_author(draft, row))
        return decision_act_by(decision, (struct right){.given = true, .post = row->post}) &&
               enter_must_still_be_another(draft, entering->entry);
    struct right right = actor_may_enter(draft, entering->entry);
    if (entering->entry->as != NULL && actor_needs_right(decision))
        right = resolve_acts_for(draft, entering->entry, row->participant);
    if (!right.given && decision->problem == NULL)
        return decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, entering->entry->as->name, draft->view.kind->name);
    return decision_act_by(decision, right) && enter_must_be_another(draft, entering->entry);
}

static bool correct(struct draft *draft, const struct entry_row *row)
{
    struct decision *decision = draft->decision;
    bool erased = false;
    struct entering entering = entering_of(decision);
    entering.entry = kind_find_entry(draft->view.kind, row->kind);
    entering.attempt = *row->attempt != '\0' ? row->attempt : NULL;
    entering.observed_us = row->observed_us;
    entering.person = matter_entry_maker(draft->decision->rows, row);
    entering.corrects = row->number;
    entering.participant = row->participant;
    entering.line = row->line;
    if (row->confirmation == CONFIRMATION_PENDING)
        return decision_refuse(decision, PROBLEM_AWAITS_SECOND, "number");
    if (row->confirmation == CONFIRMATION_GIVEN)
        return decision_refuse(decision, PROBLEM_CONFIRMED, "number");
    bool unread = entering.entry->sealed_by == NULL || !actor_needs_right(decision) ||
                  matter_entry_is_sealed(decision->rows, draft->view.kind, row, decision->now_us);
    if (!unread) /* the other side has been read since */
        return decision_refuse(decision, PROBLEM_ALREADY_ENDED, "number");
    if (!may_correct(draft, &entering, row) || !merge_must_not_be(draft) ||
        !draft_must_be_current(draft, decision->command->version) || !must_be_latest(draft, row) ||
        !decision_reason(decision, LIMIT_TEXT_CHARS, &entering.reason))
        return false;
    g_autoptr(json_t) before = matter_entry_fields(decision->vault, row, &erased);
    entering.fields_before = before;
    g_autoptr(json_t) fields = corrected_fields(draft, &entering);
    if (fields == NULL)
        return false;
    entering.fields = fields;
    return enter(draft, &entering);
}

bool decide_correct_entry(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct uuid uuid;
    if (!decision_uuid(decision, "matter", &uuid) || !draft_load_uuid(&draft, decision, &uuid, "matter"))
        return false;
    g_autoptr(GArray) entries = find_entry(&draft);
    return entries != NULL && correct(&draft, &g_array_index(entries, struct entry_row, 0));
}
