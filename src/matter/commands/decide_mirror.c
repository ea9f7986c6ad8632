/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mirror {matter?, system?, number?, due?, state?, closed?}: what another system reports of a matter.
 *   matter   UUID; left out: found by system and number
 *   number   with `matter`: sets the number there
 *   due      its due time: replaces the own one where the kind says so
 *   state    its name of the state; closed: when the matter was closed there
 * What is left out keeps its value; null removes it. A report observed before the newest one is refused: messages may
 * overtake one another. It closes nothing here: a matter that is closed in one system and open in the other is shown so
 * (matter_external_conflict()). A report on a merged matter is kept there; it is shown at the surviving one, and sets
 * due times there, unless that has a number of its own.
 */
#include "matter/commands/decide.h"

#include "base/datetime.h"
#include "matter/draft/actor_sight.h"
#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/expect_clock.h"
#include "matter/lifecycle/external.h"
#include "matter/view/members.h"

#include <string.h>

#define STATE_CHARS_MAX  40
#define NUMBER_CHARS_MAX 100

static void set_due_of_all(struct draft *draft, int64_t theirs_us)
{
    participants_load_all(&draft->view);
    for (guint i = 0; i < draft->view.open->len; i++) {
        struct expectation *open = &g_array_index(draft->view.open, struct expectation, i);
        if (!external_follows(draft->view.kind, open->def))
            continue;
        external_set_due(open, theirs_us);
        open->progress.warned = false;
        if (open->when.due_us >= draft->decision->now_us) {
            open->progress.overdue = false;
            open->progress.step = 0;
        }
        expect_write_change(draft, open);
    }
}

static bool load(struct draft *draft, struct decision *decision)
{
    const char *system, *number;
    struct uuid uuid;
    if (json_object_get(decision->command->body, "matter") != NULL)
        return decision_uuid(decision, "matter", &uuid) && draft_load_uuid(draft, decision, &uuid, "matter");
    if (!decision_text(decision, "system", &system) || !decision_text(decision, "number", &number))
        return false;
    int64_t id = matter_by_external(decision->rows, system, number);
    if (id == 0)
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, "number");
    return draft_load(draft, decision, id) &&
           (actor_may_name(draft) || decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, "number"));
}

/* Absent: keeps its value; null: removed. */
static bool read_time(struct decision *decision, const char *member, int64_t *time_us)
{
    const json_t *value = json_object_get(decision->command->body, member);
    if (value != NULL && json_is_null(value))
        *time_us = 0;
    return value == NULL || json_is_null(value) || decision_time_optional(decision, member, time_us);
}

static bool read_text(struct decision *decision, const char *member, glong most, char *out, size_t size)
{
    const json_t *value = json_object_get(decision->command->body, member);
    const char *text = NULL;
    if (value == NULL || json_is_null(value)) {
        if (value != NULL)
            *out = '\0';
        return true;
    }
    if (!decision_text_optional(decision, member, &text) || text == NULL)
        return false;
    g_autofree char *limit = g_strdup_printf("%ld", most);
    if (g_utf8_strlen(text, -1) > most)
        return decision_refuse(decision, PROBLEM_TEXT_TOO_LONG, member, limit);
    g_strlcpy(out, text, size);
    return true;
}

/* The members of the report replace those of the one before. */
static bool read_said(struct draft *draft, struct external *out)
{
    struct decision *decision = draft->decision;
    const struct external_def *def = &draft->view.kind->external;
    matter_external(decision->rows, draft->view.matter.id, out);
    if (decision->command->observed_us < out->said_us) {
        char said[DATETIME_TEXT_MAX];
        datetime_format(out->said_us, draft->view.playbook->zone, said);
        return decision_refuse(decision, PROBLEM_NEWER_TOLD, "observed_at", said);
    }
    g_strlcpy(out->system, def->system, sizeof out->system);
    if (!read_text(decision, "number", NUMBER_CHARS_MAX, out->number, sizeof out->number) ||
        !read_text(decision, "state", STATE_CHARS_MAX, out->state, sizeof out->state) ||
        !read_time(decision, "due", &out->due_us) || !read_time(decision, "closed", &out->closed_us))
        return false;
    if (*out->number == '\0')
        return decision_refuse(decision, PROBLEM_MISSING_FIELD, "number");
    return external_must_be_free(draft, out->number, "number");
}

/* The surviving matter, where it lies in the same stream: not where it was handed over to another district since. */
static bool mirror_survivor(struct decision *decision, int64_t matter, const struct external *external)
{
    AUTO(draft) struct draft draft = {0};
    struct external own;
    int64_t survivor = matter_survivor(decision->rows, matter);
    if (survivor == matter || matter_external(decision->rows, survivor, &own) ||
        id_matter_stream(survivor) != id_matter_stream(matter))
        return true;
    if (!draft_load(&draft, decision, survivor))
        return false;
    if (draft.view.matter.closed_us != 0 || draft.view.matter.erased)
        return true;
    set_due_of_all(&draft, external->due_us);
    draft_emit(&draft, "mirrored");
    return true;
}

bool decide_mirror(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct external external;
    if (!load(&draft, decision))
        return false;
    const struct external_def *def = &draft.view.kind->external;
    if (!def->present)
        return decision_refuse(decision, PROBLEM_NO_EXTERNAL_NUMBER, NULL, draft.view.kind->name);
    if (!decision_act_by(decision, actor_is_one_of(&draft, def->by, def->by_count, 0)) ||
        !draft_must_be_current(&draft, decision->command->version) || !read_said(&draft, &external))
        return false;
    const struct field *field = &draft.view.kind->form.fields[def->field];
    const json_t *known = json_object_get(view_form(&draft.view), field->name);
    if (known == NULL || strcmp(json_string_value(known), external.number) != 0)
        draft_set_field(&draft, field, json_string(external.number));
    external_write(&draft, &external);
    set_due_of_all(&draft, external.due_us);
    draft_emit(&draft, "mirrored");
    return mirror_survivor(decision, draft.view.matter.id, &external);
}
