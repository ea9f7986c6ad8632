/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries: who may make them, what refuses them, what follows. */
#include "playbook/explain/explain_parts.h"

#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"

static void say_refusals(struct renderer *renderer, const struct entry_def *entry)
{
    for (size_t i = 0; i < entry->refusal_count; i++) {
        renderer_add(renderer, "- 拒绝，如果", "- Refused when ");
        renderer_expr(renderer, entry->refusals[i].when);
        renderer_printf(renderer, "：“%s”\n", ": “%s”\n", renderer_text(renderer, &entry->refusals[i].say));
    }
    for (size_t i = 0; i < entry->need_count; i++) {
        renderer_add(renderer, "- 前提是", "- Only when ");
        renderer_expr(renderer, entry->needs[i].that);
        if (entry->needs[i].say.zh != NULL)
            renderer_printf(renderer, "，否则：“%s”", "; else: “%s”", renderer_text(renderer, &entry->needs[i].say));
        renderer_end_line(renderer);
    }
}

static void say_confirmation(struct renderer *renderer, const struct entry_def *entry)
{
    if (entry->confirmation.present) {
        renderer_add(renderer, "- 须由另一人确认后生效：", "- Takes effect when another person has confirmed it: ");
        renderer_addresses(renderer, entry->confirmation.by, entry->confirmation.by_count);
        renderer_add(renderer, "，限 ", ", within ");
        renderer_length(renderer, entry->confirmation.within_us);
        renderer_end_line(renderer);
    }
    if (entry->unless_opener)
        renderer_add(renderer, "- 立项人本人不得登记\n", "- Not by the person who opened the matter\n");
    for (size_t i = 0; i < entry->unless_actor_count; i++)
        renderer_printf(renderer, "- 登记过“%s”的人不得登记\n", "- Not by the person who made “%s”\n",
                        renderer_text(renderer, &renderer->kind->facts[entry->unless_actor[i]].entry->title));
}

/* The branch taken: where it leads and what else follows, in one line. */
static void say_consequence(struct renderer *renderer, const struct state *state, const struct effect *effects,
                            size_t count)
{
    if (state != NULL)
        renderer_printf(renderer, "转入“%s”", "goes to “%s”", renderer_text(renderer, &state->title));
    else if (count == 0)
        renderer_add(renderer, "状态不变", "the state stays");
    for (size_t i = 0; i < count; i++) {
        if (state != NULL || i > 0)
            renderer_add(renderer, "；", "; ");
        renderer_effect(renderer, &effects[i]);
    }
    renderer_end_line(renderer);
}

static void say_consequences(struct renderer *renderer, const struct entry_def *entry)
{
    if (entry->state != NULL || entry->effect_count > 0) {
        renderer_add(renderer, "- 之后：", "- Then: ");
        say_consequence(renderer, entry->state, entry->effects, entry->effect_count);
    }
    /* A state without a condition is also the only branch. */
    for (size_t i = 0; entry->state == NULL && i < entry->branch_count; i++) {
        const struct branch *branch = &entry->branches[i];
        if (branch->when != NULL) {
            renderer_add(renderer, i == 0 ? "- 如果" : "- 否则，如果", i == 0 ? "- When " : "- Else, when ");
            renderer_expr(renderer, branch->when);
            renderer_add(renderer, "：", ": ");
        } else
            renderer_add(renderer, i == 0 ? "- 之后：" : "- 否则：", i == 0 ? "- Then: " : "- Else: ");
        say_consequence(renderer, branch->state, branch->effects, branch->effect_count);
    }
}

static void say_entry_who(struct renderer *renderer, const struct entry_def *entry)
{
    renderer_add(renderer, "- 谁可登记：", "- Who may make it: ");
    if (entry->by_count > 0)
        renderer_addresses(renderer, entry->by, entry->by_count);
    else
        renderer_add(renderer, "被要求做的人", "those who are expected to");
    renderer_end_line(renderer);
    renderer_add(renderer, "- 何时：", "- In: ");
    for (size_t i = 0; i < entry->in_count; i++) {
        renderer_comma(renderer, i);
        g_string_append(renderer->out, renderer_text(renderer, &entry->in[i]->title));
    }
    if (entry->in_count == 0)
        renderer_add(renderer, "任何未结的状态", "every state that is not final");
    renderer_end_line(renderer);
    if (entry->as != NULL)
        renderer_printf(renderer, "- 以参与方名义：%s\n", "- Made on behalf of a participant: %s\n",
                        renderer_text(renderer, &entry->as->title));
    if (entry->of != NULL)
        renderer_printf(renderer, "- 关于参与方之一：%s\n", "- About a participant: %s\n",
                        renderer_text(renderer, &entry->of->title));
}

void explain_entry(struct renderer *renderer, const struct entry_def *entry, bool with_form)
{
    renderer->form = &entry->form;
    say_entry_who(renderer, entry);
    if (entry->line != NULL)
        renderer_printf(renderer, "- 关于“%s”中的一行\n", "- About one line of “%s”\n",
                        renderer_text(renderer, &entry->line->label));
    renderer->line = entry->line != NULL ? entry->line->lines : NULL;
    if (entry->round_household)
        renderer_add(renderer, "- 可按户一次登记\n", "- May be made for a household in one round\n");
    if (entry->attempts != NULL) {
        renderer_add(renderer, "- 也可登记为未成", "- An attempt may be recorded");
        explain_choices(renderer, entry->attempts);
        renderer_end_line(renderer);
    }
    if (with_form && entry->form.field_count > 0) {
        renderer_add(renderer, "- 填写：\n", "- Asked:\n");
        explain_form(renderer, &entry->form, "  ");
    }
    say_confirmation(renderer, entry);
    say_refusals(renderer, entry);
    say_consequences(renderer, entry);
    renderer->form = renderer->line = NULL;
}
