/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries: who may make them, what refuses them, what follows. */
#include "playbook/explain/explain_parts.h"

#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"

static void say_refusals(struct speech *speech, const struct entry_def *entry)
{
    for (size_t i = 0; i < entry->refusal_count; i++) {
        speech_add(speech, "- 拒绝，如果", "- Refused when ");
        speech_expr(speech, entry->refusals[i].when);
        speech_say(speech, "：“%s”\n", ": “%s”\n", speech_text(speech, &entry->refusals[i].say));
    }
    for (size_t i = 0; i < entry->need_count; i++) {
        speech_add(speech, "- 前提是", "- Only when ");
        speech_expr(speech, entry->needs[i].that);
        if (entry->needs[i].say.zh != NULL)
            speech_say(speech, "，否则：“%s”", "; else: “%s”", speech_text(speech, &entry->needs[i].say));
        speech_end_line(speech);
    }
}

static void say_second_person(struct speech *speech, const struct entry_def *entry)
{
    if (entry->second.present) {
        speech_add(speech, "- 须由另一人确认后生效：", "- Takes effect when another person has confirmed it: ");
        speech_addresses(speech, entry->second.by, entry->second.by_count);
        speech_add(speech, "，限 ", ", within ");
        speech_length(speech, entry->second.within_us);
        speech_end_line(speech);
    }
    if (entry->unless_opener)
        speech_add(speech, "- 立案者本人不得登记\n", "- Not by whoever opened the matter\n");
    for (size_t i = 0; i < entry->unless_actor_count; i++)
        speech_say(speech, "- 登记过“%s”的人不得登记\n", "- Not by whoever made “%s”\n",
                   speech_text(speech, &speech->kind->facts[entry->unless_actor[i]].entry->title));
}

/* The branch taken: where it leads and what else follows, in one line. */
static void say_consequence(struct speech *speech, const struct state *state, const struct effect *effects,
                            size_t count)
{
    if (state != NULL)
        speech_say(speech, "转入“%s”", "goes to “%s”", speech_text(speech, &state->title));
    else if (count == 0)
        speech_add(speech, "状态不变", "the state stays");
    for (size_t i = 0; i < count; i++) {
        if (state != NULL || i > 0)
            speech_add(speech, "；", "; ");
        speech_effect(speech, &effects[i]);
    }
    speech_end_line(speech);
}

static void say_consequences(struct speech *speech, const struct entry_def *entry)
{
    if (entry->state != NULL || entry->effect_count > 0) {
        speech_add(speech, "- 之后：", "- Then: ");
        say_consequence(speech, entry->state, entry->effects, entry->effect_count);
    }
    /* A state without a condition stands as the only branch too. */
    for (size_t i = 0; entry->state == NULL && i < entry->branch_count; i++) {
        const struct branch *branch = &entry->branches[i];
        if (branch->when != NULL) {
            speech_add(speech, i == 0 ? "- 如果" : "- 否则，如果", i == 0 ? "- When " : "- Else, when ");
            speech_expr(speech, branch->when);
            speech_add(speech, "：", ": ");
        } else
            speech_add(speech, i == 0 ? "- 之后：" : "- 否则：", i == 0 ? "- Then: " : "- Else: ");
        say_consequence(speech, branch->state, branch->effects, branch->effect_count);
    }
}

static void say_entry_who(struct speech *speech, const struct entry_def *entry)
{
    speech_add(speech, "- 谁可登记：", "- Who may make it: ");
    if (entry->by_count > 0)
        speech_addresses(speech, entry->by, entry->by_count);
    else
        speech_add(speech, "被要求做的人", "whoever is expected to");
    speech_end_line(speech);
    speech_add(speech, "- 何时：", "- In: ");
    for (size_t i = 0; i < entry->in_count; i++) {
        speech_comma(speech, i);
        g_string_append(speech->out, speech_text(speech, &entry->in[i]->title));
    }
    if (entry->in_count == 0)
        speech_add(speech, "任何未结的状态", "every state that is not final");
    speech_end_line(speech);
    if (entry->as != NULL)
        speech_say(speech, "- 以参与方之名：%s\n", "- Made for one that takes part: %s\n",
                   speech_text(speech, &entry->as->title));
    if (entry->of != NULL)
        speech_say(speech, "- 关于参与方之一：%s\n", "- About one that takes part: %s\n",
                   speech_text(speech, &entry->of->title));
}

void explain_entry(struct speech *speech, const struct entry_def *entry, bool with_form)
{
    speech->form = &entry->form;
    say_entry_who(speech, entry);
    if (entry->line != NULL)
        speech_say(speech, "- 关于“%s”中的一行\n", "- About one line of “%s”\n",
                   speech_text(speech, &entry->line->label));
    speech->line = entry->line != NULL ? entry->line->lines : NULL;
    if (entry->round_household)
        speech_add(speech, "- 可按户一次登记\n", "- May be made for a household in one round\n");
    if (entry->attempts != NULL) {
        speech_add(speech, "- 也可登记为未成", "- May be only tried");
        explain_choices(speech, entry->attempts);
        speech_end_line(speech);
    }
    if (with_form && entry->form.field_count > 0) {
        speech_add(speech, "- 填写：\n", "- Asked:\n");
        explain_form(speech, &entry->form, "  ");
    }
    say_second_person(speech, entry);
    say_refusals(speech, entry);
    say_consequences(speech, entry);
    speech->form = speech->line = NULL;
}
