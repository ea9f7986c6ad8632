/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * enter {matter, entry, fields?, attempt?, word_of?, channel?, proxy?, participant?, line?}
 *   matter   UUID; `version` of the envelope is the one that was seen
 *   attempt  why it could not be done: no_answer, away ...; meets nothing
 *   word_of  self, relative, staff; channel: door, phone, wechat, paper, link, device; proxy: person who spoke
 *            for the subject
 *   participant  number of whom it is made for or about; line: which of the form's lines it is about, from 1
 * confirm_matter {matter} and decline_matter {matter, reason} are the entries `confirm` and `decline` of a proposal.
 */
#include "matter/commands/decide.h"

#include "matter/entry/resolve.h"
#include "matter/entry/cascade.h"
#include "matter/entry/read.h"
#include "matter/view/scope.h"

static bool load(struct draft *draft, struct decision *decision)
{
    struct uuid uuid;
    return decision_uuid(decision, "matter", &uuid) && draft_load_uuid(draft, decision, &uuid, "matter");
}

/* The line that the entry is about; optional where there is only one. */
static bool resolve_line(struct draft *draft, const struct entry_def *entry, const json_t *given, int64_t *out)
{
    const json_t *value = json_object_get(given, "line");
    if (entry->line == NULL)
        return value == NULL || json_is_null(value) ||
               decision_refuse(draft->decision, PROBLEM_UNKNOWN_FIELD, "line", "");
    int64_t count = scope_lines(&draft->view, entry->line);
    *out = json_is_integer(value) ? json_integer_value(value) : 0;
    if ((value == NULL || json_is_null(value)) && count == 1)
        *out = 1;
    if (*out >= 1 && *out <= count)
        return true;
    g_autofree char *most = g_strdup_printf("%" G_GINT64_FORMAT, count);
    return decision_refuse(draft->decision, PROBLEM_UNKNOWN_LINE, "line", most);
}

static bool enter_as(struct draft *draft, const char *name, const json_t *given)
{
    struct decision *decision = draft->decision;
    struct entering entering = entering_of(decision);
    entering.entry = enter_find(draft, name);
    if (entering.entry == NULL)
        return false;
    g_autoptr(json_t) fields = NULL;
    if (entering.entry->handover)
        return enter_read(draft, given, &entering, &fields) && handover_enter(draft, &entering);
    return enter_may(draft, entering.entry, decision->command->version) &&
           resolve_participant(draft, entering.entry, given, &entering.participant) &&
           enter_must_be_unread(draft, entering.entry, entering.participant) &&
           resolve_line(draft, entering.entry, given, &entering.line) && enter_read(draft, given, &entering, &fields) &&
           enter(draft, &entering);
}

bool decide_enter(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    const char *name;
    return load(&draft, decision) && decision_text(decision, "entry", &name) &&
           enter_as(&draft, name, decision->command->body);
}

static bool must_be_proposed(struct draft *draft)
{
    return draft->view.state == draft->view.kind->proposed ||
           decision_refuse(draft->decision, PROBLEM_NOT_PROPOSED, NULL);
}

bool decide_confirm_matter(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    g_autoptr(json_t) given = json_object();
    return load(&draft, decision) && must_be_proposed(&draft) && enter_as(&draft, "confirm", given);
}

bool decide_decline_matter(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    const char *reason;
    if (!load(&draft, decision) || !must_be_proposed(&draft) || !decision_text(decision, "reason", &reason))
        return false;
    g_autoptr(json_t) given = json_pack("{s:{s:s}}", "fields", "reason", reason);
    return enter_as(&draft, "decline", given);
}
