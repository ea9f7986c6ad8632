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

static void say_steps(struct renderer *renderer, const struct expect *expect)
{
    for (size_t i = 0; i < expect->escalation_count; i++) {
        const struct escalation *step = &expect->escalations[i];
        renderer_add(renderer, "  - 逾期 ", "  - ");
        renderer_length(renderer, step->after_us);
        renderer_add(renderer, "：上报", " overdue: reported to ");
        renderer_address(renderer, &step->to);
        if (step->digest_us > 0) {
            renderer_add(renderer, "（每 ", " (gathered for ");
            renderer_length(renderer, step->digest_us);
            renderer_add(renderer, "汇总）", ")");
        }
        renderer_end_line(renderer);
    }
}

static void say_attempts(struct renderer *renderer, const struct expect *expect)
{
    if (expect->attempts == 0)
        return;
    renderer_printf(renderer, "  - 第 %d 次未成即视为已尽力", "  - attempt number %d closes it as attempted",
                    expect->attempts);
    if (expect->state_after_attempts != NULL)
        renderer_printf(renderer, "，转入“%s”", " and leads to “%s”",
                        renderer_text(renderer, &expect->state_after_attempts->title));
    renderer_end_line(renderer);
}

static void say_extension(struct renderer *renderer, const struct extension *extension)
{
    if (!extension->present)
        return;
    renderer_printf(renderer, "  - 可延期至多 %d 次，由", "  - may be extended at most %d times by ", extension->most);
    renderer_addresses(renderer, extension->by, extension->by_count);
    if (extension->up_to.working_days > 0)
        renderer_printf(renderer, "，每次至多 %d 个工作日", ", each time by at most %d working days",
                        extension->up_to.working_days);
    else if (extension->up_to.us > 0) {
        renderer_add(renderer, "，每次至多 ", ", each time by at most ");
        renderer_length(renderer, extension->up_to.us);
    }
    renderer_end_line(renderer);
}

static void say_warning(struct renderer *renderer, const struct expect *expect)
{
    if (expect->warn_us > 0) {
        renderer_add(renderer, "  - 提前 ", "  - reminded ");
        renderer_length(renderer, expect->warn_us);
        renderer_add(renderer, "提醒\n", " before\n");
    } else if (expect->warn_percent > 0)
        renderer_printf(renderer, "  - 剩 %d%% 时间时提醒\n", "  - reminded when %d %% of the time is left\n",
                        expect->warn_percent);
}

static void say_alerts(struct renderer *renderer, const struct alerting *alert)
{
    if (alert->every_us == 0)
        return;
    renderer_add(renderer, "  - 未阅前每 ", "  - alerted until it is seen, every ");
    renderer_length(renderer, alert->every_us);
    renderer_printf(renderer, "提醒一次，至多 %d 次", ", at most %d times", alert->most);
    if (alert->phone_list)
        renderer_add(renderer, "，之后列入电话通知名单", ", then put on the phone list");
    renderer_end_line(renderer);
}

static void say_both_ways(struct renderer *renderer, const struct expect *expect)
{
    if (expect->both_ways == NULL)
        return;
    renderer_printf(renderer, "  - 与“%s”互为对应", "  - “%s” is the same in the other direction",
                    renderer_text(renderer, &expect->both_ways->entry->title));
    if (expect->sealed)
        renderer_add(renderer, "；双方都已填写或时限已过之前，除填写人外任何人看不到",
                     "; only its author sees either of them before both are made, or the time is over");
    renderer_end_line(renderer);
}

static void say_pauses(struct renderer *renderer, const struct expect *expect)
{
    for (size_t i = 0; i < expect->pause_in_count; i++)
        renderer_printf(renderer, "  - 在“%s”时暂停计时\n", "  - its clock is paused in “%s”\n",
                        renderer_text(renderer, &expect->pause_in[i]->title));
    if (expect->earlier_below_refused)
        renderer_add(renderer, "  - 下级不得要求更早\n", "  - lower levels may not require it earlier\n");
}

static void say_when(struct renderer *renderer, const struct expect *expect)
{
    if (expect->when == NULL)
        return;
    renderer_add(renderer, "  - 满足才需要：", "  - expected only where ");
    renderer_expr(renderer, expect->when);
    renderer_end_line(renderer);
}

static void say_met_when(struct renderer *renderer, const struct expect *expect)
{
    if (expect->met_when == NULL)
        return;
    const struct form *form = renderer->form;
    renderer->form = &expect->entry->form;
    renderer_add(renderer, "  - 满足才算完成：", "  - it counts as done only where ");
    renderer_expr(renderer, expect->met_when);
    renderer_end_line(renderer);
    renderer->form = form;
}

void explain_expect(struct renderer *renderer, const struct expect *expect)
{
    renderer_printf(renderer, "- **%s", "- **%s", renderer_text(renderer, &expect->entry->title));
    if (expect->or_entry != NULL)
        renderer_printf(renderer, "或%s", " or %s", renderer_text(renderer, &expect->or_entry->title));
    renderer_add(renderer, "**：", "**: ");
    renderer_address(renderer, &expect->answers);
    if (expect->each != NULL)
        renderer_printf(renderer, "（每个%s各一）", " (one for each of %s)",
                        renderer_text(renderer, &expect->each->title));
    if (expect->per_line != NULL)
        renderer_printf(renderer, "（“%s”每行各一）", " (one for each line of “%s”)",
                        renderer_text(renderer, &expect->per_line->label));
    renderer_add(renderer, "，", ", ");
    renderer->line = expect->per_line != NULL ? expect->per_line->lines : NULL;
    renderer_deadline(renderer, expect);
    if (expect->optional)
        renderer_add(renderer, "；可不做", "; optional");
    renderer_end_line(renderer);
    say_when(renderer, expect);
    say_met_when(renderer, expect);
    renderer->line = NULL;
    if (expect->may_meet_count > 0) {
        renderer_add(renderer, "  - 也可由", "  - may also be done by ");
        renderer_addresses(renderer, expect->may_meet, expect->may_meet_count);
        renderer_add(renderer, "完成\n", "\n");
    }
    say_warning(renderer, expect);
    say_alerts(renderer, &expect->alert);
    say_both_ways(renderer, expect);
    say_steps(renderer, expect);
    say_attempts(renderer, expect);
    say_extension(renderer, &expect->extension);
    say_pauses(renderer, expect);
}

void explain_state(struct renderer *renderer, const struct state *state)
{
    const struct document *document =
        state->document != NULL ? playbook_find_document(renderer->playbook, state->document) : NULL;
    if (state->initial)
        renderer_add(renderer, "- 由此开始\n", "- It begins here\n");
    if (state->proposed)
        renderer_add(renderer, "- 有人提出，尚待确认\n", "- Proposed, to be confirmed\n");
    if (state->final)
        renderer_add(renderer, "- 到此结束\n", "- It ends here\n");
    if (document != NULL)
        renderer_printf(renderer, "- 进入时出具《%s》\n", "- Issues “%s”\n", renderer_text(renderer, &document->title));
}

void explain_end(struct renderer *renderer, const struct state *state)
{
    if (state->ends_in == NULL)
        return;
    const char *to = renderer_text(renderer, &state->ends_in->title);
    if (state->ends_at != NULL) {
        renderer_add(renderer, "- 到 ", "- At ");
        renderer_expr(renderer, state->ends_at);
        renderer_printf(renderer, " 时自行转入“%s”\n", " it goes to “%s” automatically\n", to);
    }
    if (state->ends_with_post)
        renderer_printf(renderer, "- 所涉岗位结束时自行转入“%s”\n",
                        "- When the post that it is about ends it goes to “%s” automatically\n", to);
}

void explain_states(struct renderer *renderer)
{
    g_string_append_printf(renderer->out, "\n## %s\n", renderer_choose(renderer, "状态", "States"));
    for (size_t i = 0; i < renderer->kind->state_count; i++) {
        const struct state *state = &renderer->kind->states[i];
        g_string_append_printf(renderer->out, "\n### %s\n\n", renderer_text(renderer, &state->title));
        explain_state(renderer, state);
        for (size_t j = 0; j < state->expect_count; j++)
            explain_expect(renderer, &state->expects[j]);
        explain_end(renderer, state);
    }
}

/* ---- the diagram ---- */

/* What would end a label or a line of the diagram. */
static char *label_of(const struct renderer *renderer, const struct texts *texts)
{
    return g_strdelimit(g_strdup(renderer_text(renderer, texts)), "\":;#\n", ' ');
}

static void draw_way(struct renderer *renderer, GHashTable *drawn, const struct state *from, const struct state *to,
                     const char *label)
{
    if (from == to)
        return;
    char *line = g_strdup_printf("    s_%s --> s_%s : %s\n", from->name, to->name, label);
    if (g_hash_table_add(drawn, line))
        g_string_append(renderer->out, line);
}

static bool names_other_state(const struct node *node, const struct state *state)
{
    for (size_t i = 0; node->op == NODE_AND && i < node->arg_count; i++)
        if (names_other_state(node->args[i], state))
            return true;
    bool all = node->op == NODE_OR; /* so `matter.state in [a, b]` is understood */
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

static void draw_entry_from(struct renderer *renderer, GHashTable *drawn, const struct entry_def *entry,
                            const struct state *from)
{
    g_autofree char *label = label_of(renderer, &entry->title);
    if (entry->state != NULL)
        draw_way(renderer, drawn, from, entry->state, label);
    for (size_t i = 0; i < entry->branch_count; i++) {
        const struct branch *branch = &entry->branches[i];
        if (branch->state != NULL && (branch->when == NULL || !names_other_state(branch->when->root, from)))
            draw_way(renderer, drawn, from, branch->state, label);
    }
}

static void draw_entry(struct renderer *renderer, GHashTable *drawn, const struct entry_def *entry)
{
    for (size_t i = 0; i < entry->in_count; i++)
        draw_entry_from(renderer, drawn, entry, entry->in[i]);
    for (size_t i = 0; entry->in_count == 0 && i < renderer->kind->state_count; i++)
        if (!renderer->kind->states[i].final && !renderer->kind->states[i].proposed)
            draw_entry_from(renderer, drawn, entry, &renderer->kind->states[i]);
}

static void draw_clock(struct renderer *renderer, GHashTable *drawn, const struct state *state)
{
    if (state->ends_at != NULL && state->ends_in != NULL)
        draw_way(renderer, drawn, state, state->ends_in, renderer_choose(renderer, "到期", "in time"));
    if (state->ends_with_post && state->ends_in != NULL)
        draw_way(renderer, drawn, state, state->ends_in, renderer_choose(renderer, "岗位结束", "the post ends"));
    for (size_t i = 0; i < state->expect_count; i++) {
        const struct expect *expect = &state->expects[i];
        if (expect->state_after_attempts == NULL)
            continue;
        g_autofree char *title = label_of(renderer, &expect->entry->title);
        g_autofree char *label =
            g_strdup_printf(renderer->english ? "%s tried %d times" : "%s %d 次未成", title, expect->attempts);
        draw_way(renderer, drawn, state, expect->state_after_attempts, label);
    }
}

void explain_diagram(struct renderer *renderer)
{
    const struct kind *kind = renderer->kind;
    g_autoptr(GHashTable) drawn = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_string_append_printf(renderer->out, "\n## %s\n\n```mermaid\nstateDiagram-v2\n",
                           renderer_choose(renderer, "状态图", "The states as a diagram"));
    for (size_t i = 0; i < kind->state_count; i++) {
        g_autofree char *label = label_of(renderer, &kind->states[i].title);
        g_string_append_printf(renderer->out, "    state \"%s\" as s_%s\n", label, kind->states[i].name);
    }
    for (size_t i = 0; i < kind->state_count; i++)
        if (kind->states[i].initial || kind->states[i].proposed)
            g_string_append_printf(renderer->out, "    [*] --> s_%s\n", kind->states[i].name);
    for (size_t i = 0; i < kind->entry_count; i++)
        draw_entry(renderer, drawn, &kind->entries[i]);
    for (size_t i = 0; i < kind->state_count; i++) {
        draw_clock(renderer, drawn, &kind->states[i]);
        if (kind->states[i].final)
            g_string_append_printf(renderer->out, "    s_%s --> [*]\n", kind->states[i].name);
    }
    g_string_append(renderer->out, "```\n");
}
