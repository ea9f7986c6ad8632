/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/explain/explain_flow.h"

#include "playbook/explain/explain_parts.h"
#include "playbook/expr/expr_tree.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"

#include <string.h>

/* ---- what is expected in each state ---- */

static void say_steps(struct speech *speech, const struct expect *expect)
{
    for (size_t i = 0; i < expect->escalation_count; i++) {
        const struct escalation *step = &expect->escalations[i];
        speech_add(speech, "  - 逾期 ", "  - ");
        speech_length(speech, step->after_us);
        speech_add(speech, "：上报", " overdue: told to ");
        speech_address(speech, &step->to);
        if (step->digest_us > 0) {
            speech_add(speech, "（每 ", " (gathered for ");
            speech_length(speech, step->digest_us);
            speech_add(speech, "汇总）", ")");
        }
        speech_end_line(speech);
    }
}

static void say_attempts(struct speech *speech, const struct expect *expect)
{
    if (expect->attempts == 0)
        return;
    speech_say(speech, "  - 第 %d 次未成即视为已尽力", "  - the attempt number %d ends it as tried", expect->attempts);
    if (expect->state_after_attempts != NULL)
        speech_say(speech, "，转入“%s”", " and leads to “%s”",
                   speech_text(speech, &expect->state_after_attempts->title));
    speech_end_line(speech);
}

static void say_extension(struct speech *speech, const struct extension *extension)
{
    if (!extension->present)
        return;
    speech_say(speech, "  - 可延期至多 %d 次，由", "  - may be put off at most %d times by ", extension->most);
    speech_addresses(speech, extension->by, extension->by_count);
    if (extension->up_to.working_days > 0)
        speech_say(speech, "，每次至多 %d 个工作日", ", each time by at most %d working days",
                   extension->up_to.working_days);
    else if (extension->up_to.us > 0) {
        speech_add(speech, "，每次至多 ", ", each time by at most ");
        speech_length(speech, extension->up_to.us);
    }
    speech_end_line(speech);
}

static void say_warning(struct speech *speech, const struct expect *expect)
{
    if (expect->warn_us > 0) {
        speech_add(speech, "  - 提前 ", "  - reminded ");
        speech_length(speech, expect->warn_us);
        speech_add(speech, "提醒\n", " before\n");
    } else if (expect->warn_percent > 0)
        speech_say(speech, "  - 剩 %d%% 时间时提醒\n", "  - reminded when %d %% of the time is left\n",
                   expect->warn_percent);
}

static void say_alerts(struct speech *speech, const struct alerting *alert)
{
    if (alert->every_us == 0)
        return;
    speech_add(speech, "  - 未阅前每 ", "  - until it is seen alerted every ");
    speech_length(speech, alert->every_us);
    speech_say(speech, "提醒一次，至多 %d 次", ", at most %d times", alert->most);
    if (alert->phone_list)
        speech_add(speech, "，之后列入电话通知名单", ", then to be rung");
    speech_end_line(speech);
}

static void say_both_ways(struct speech *speech, const struct expect *expect)
{
    if (expect->both_ways == NULL)
        return;
    speech_say(speech, "  - 与“%s”互为对应", "  - “%s” is the same in the other direction",
               speech_text(speech, &expect->both_ways->entry->title));
    if (expect->sealed)
        speech_add(speech, "；双方都已填写或时限已过之前，除填写人外任何人看不到",
                   "; nobody but its maker sees either of them before both are made, or the time is over");
    speech_end_line(speech);
}

static void say_pauses(struct speech *speech, const struct expect *expect)
{
    for (size_t i = 0; i < expect->pause_in_count; i++)
        speech_say(speech, "  - 在“%s”时停表\n", "  - its clock stands in “%s”\n",
                   speech_text(speech, &expect->pause_in[i]->title));
    if (expect->earlier_below_refused)
        speech_add(speech, "  - 下级不得要求更早\n", "  - nobody may ask for it earlier below\n");
}

static void say_met_when(struct speech *speech, const struct expect *expect)
{
    if (expect->met_when == NULL)
        return;
    const struct form *form = speech->form;
    speech->form = &expect->entry->form;
    speech_add(speech, "  - 满足才算完成：", "  - it is done only where ");
    speech_expr(speech, expect->met_when);
    speech_end_line(speech);
    speech->form = form;
}

void explain_expect(struct speech *speech, const struct expect *expect)
{
    speech_say(speech, "- **%s**：", "- **%s**: ", speech_text(speech, &expect->entry->title));
    speech_address(speech, &expect->answers);
    if (expect->each != NULL)
        speech_say(speech, "（每个%s各一）", " (one for each of %s)", speech_text(speech, &expect->each->title));
    if (expect->per_line != NULL)
        speech_say(speech, "（“%s”每行各一）", " (one for each line of “%s”)",
                   speech_text(speech, &expect->per_line->label));
    speech_add(speech, "，", ", ");
    speech->line = expect->per_line != NULL ? expect->per_line->lines : NULL;
    speech_deadline(speech, expect);
    if (expect->optional)
        speech_add(speech, "；可不做", "; it may be left out");
    speech_end_line(speech);
    say_met_when(speech, expect);
    speech->line = NULL;
    if (expect->may_meet_count > 0) {
        speech_add(speech, "  - 也可由", "  - may be done by ");
        speech_addresses(speech, expect->may_meet, expect->may_meet_count);
        speech_add(speech, "完成\n", ", too\n");
    }
    say_warning(speech, expect);
    say_alerts(speech, &expect->alert);
    say_both_ways(speech, expect);
    say_steps(speech, expect);
    say_attempts(speech, expect);
    say_extension(speech, &expect->extension);
    say_pauses(speech, expect);
}

void explain_state(struct speech *speech, const struct state *state)
{
    const struct document *document =
        state->document != NULL ? playbook_find_document(speech->playbook, state->document) : NULL;
    if (state->initial)
        speech_add(speech, "- 由此开始\n", "- It begins here\n");
    if (state->proposed)
        speech_add(speech, "- 有人提出，尚待确认\n", "- Somebody proposed it; it is to be confirmed\n");
    if (state->final)
        speech_add(speech, "- 到此结束\n", "- It ends here\n");
    if (document != NULL)
        speech_say(speech, "- 进入时出具《%s》\n", "- Issues “%s”\n", speech_text(speech, &document->title));
}

void explain_end(struct speech *speech, const struct state *state)
{
    if (state->ends_at == NULL || state->ends_in == NULL)
        return;
    speech_add(speech, "- 到 ", "- At ");
    speech_expr(speech, state->ends_at);
    speech_say(speech, " 时自行转入“%s”\n", " it goes to “%s” by itself\n",
               speech_text(speech, &state->ends_in->title));
}

void explain_states(struct speech *speech)
{
    g_string_append_printf(speech->out, "\n## %s\n", speech_choose(speech, "状态", "States"));
    for (size_t i = 0; i < speech->kind->state_count; i++) {
        const struct state *state = &speech->kind->states[i];
        g_string_append_printf(speech->out, "\n### %s\n\n", speech_text(speech, &state->title));
        explain_state(speech, state);
        for (size_t j = 0; j < state->expect_count; j++)
            explain_expect(speech, &state->expects[j]);
        explain_end(speech, state);
    }
}

/* ---- the diagram ---- */

/* What would end a label or a line of the diagram. */
static char *label_of(const struct speech *speech, const struct texts *texts)
{
    return g_strdelimit(g_strdup(speech_text(speech, texts)), "\":;#\n", ' ');
}

static void draw_way(struct speech *speech, GHashTable *drawn, const struct state *from, const struct state *to,
                     const char *label)
{
    if (from == to)
        return;
    char *line = g_strdup_printf("    s_%s --> s_%s : %s\n", from->name, to->name, label);
    if (g_hash_table_add(drawn, line))
        g_string_append(speech->out, line);
}

static bool names_other_state(const struct node *node, const struct state *state)
{
    for (size_t i = 0; node->op == NODE_AND && i < node->arg_count; i++)
        if (names_other_state(node->args[i], state))
            return true;
    bool all = node->op == NODE_OR; /* so `matter.state in [a, b]` is kept */
    for (size_t i = 0; all && i < node->arg_count; i++)
        all = names_other_state(node->args[i], state);
    if (node->op != NODE_EQUAL)
        return all;
    for (int side = 0; side < 2; side++) {
        const struct node *name = node->args[side], *code = node->args[1 - side];
        if (name->op == NODE_NAME && name->symbol.space == EXPR_BUILTIN && name->symbol.index == EXPR_MATTER_STATE &&
            code->op == NODE_LITERAL)
            return strcmp(code->value.text, state->name) != 0;
    }
    return false;
}

static void draw_entry_from(struct speech *speech, GHashTable *drawn, const struct entry_def *entry,
                            const struct state *from)
{
    g_autofree char *label = label_of(speech, &entry->title);
    if (entry->state != NULL)
        draw_way(speech, drawn, from, entry->state, label);
    for (size_t i = 0; i < entry->branch_count; i++) {
        const struct branch *branch = &entry->branches[i];
        if (branch->state != NULL && (branch->when == NULL || !names_other_state(branch->when->root, from)))
            draw_way(speech, drawn, from, branch->state, label);
    }
}

static void draw_entry(struct speech *speech, GHashTable *drawn, const struct entry_def *entry)
{
    for (size_t i = 0; i < entry->in_count; i++)
        draw_entry_from(speech, drawn, entry, entry->in[i]);
    for (size_t i = 0; entry->in_count == 0 && i < speech->kind->state_count; i++)
        if (!speech->kind->states[i].final && !speech->kind->states[i].proposed)
            draw_entry_from(speech, drawn, entry, &speech->kind->states[i]);
}

static void draw_clock(struct speech *speech, GHashTable *drawn, const struct state *state)
{
    if (state->ends_at != NULL && state->ends_in != NULL)
        draw_way(speech, drawn, state, state->ends_in, speech_choose(speech, "到期", "in time"));
    for (size_t i = 0; i < state->expect_count; i++) {
        const struct expect *expect = &state->expects[i];
        if (expect->state_after_attempts == NULL)
            continue;
        g_autofree char *title = label_of(speech, &expect->entry->title);
        g_autofree char *label =
            g_strdup_printf(speech->english ? "%s tried %d times" : "%s %d 次未成", title, expect->attempts);
        draw_way(speech, drawn, state, expect->state_after_attempts, label);
    }
}

void explain_diagram(struct speech *speech)
{
    const struct kind *kind = speech->kind;
    g_autoptr(GHashTable) drawn = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_string_append_printf(speech->out, "\n## %s\n\n```mermaid\nstateDiagram-v2\n",
                           speech_choose(speech, "状态图", "The states as a diagram"));
    for (size_t i = 0; i < kind->state_count; i++) {
        g_autofree char *label = label_of(speech, &kind->states[i].title);
        g_string_append_printf(speech->out, "    state \"%s\" as s_%s\n", label, kind->states[i].name);
    }
    for (size_t i = 0; i < kind->state_count; i++)
        if (kind->states[i].initial || kind->states[i].proposed)
            g_string_append_printf(speech->out, "    [*] --> s_%s\n", kind->states[i].name);
    for (size_t i = 0; i < kind->entry_count; i++)
        draw_entry(speech, drawn, &kind->entries[i]);
    for (size_t i = 0; i < kind->state_count; i++) {
        draw_clock(speech, drawn, &kind->states[i]);
        if (kind->states[i].final)
            g_string_append_printf(speech->out, "    s_%s --> [*]\n", kind->states[i].name);
    }
    g_string_append(speech->out, "```\n");
}
