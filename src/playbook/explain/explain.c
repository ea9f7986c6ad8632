/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/explain/explain.h"

#include "base/datetime.h"
#include "playbook/explain/explain_flow.h"
#include "playbook/explain/explain_parts.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/handover_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/participant_set.h"
#include "playbook/model/role.h"
#include "playbook/model/rule.h"
#include "playbook/model/texts.h"

#include <string.h>

static void heading(struct renderer *renderer, const char *zh, const char *en)
{
    g_string_append_printf(renderer->out, "\n## %s\n\n", renderer_choose(renderer, zh, en));
}

static void say_roles(struct renderer *renderer, const struct role *const *roles, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        renderer_comma(renderer, i);
        g_string_append(renderer->out, renderer_text(renderer, &roles[i]->title));
    }
}

static void say_unit_types(struct renderer *renderer, const struct unit_type *const *types, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        renderer_comma(renderer, i);
        g_string_append(renderer->out, renderer_text(renderer, &types[i]->title));
    }
}

/* ---- what it is about, and who opens it ---- */

void explain_clauses(struct renderer *renderer)
{
    for (char **id = renderer->kind->clauses; id != NULL && *id != NULL; id++) {
        const struct clause *clause = playbook_find_clause(renderer->playbook, *id);
        renderer_printf(renderer, "- 条款 %s：%s\n", "- Clause %s: %s\n", *id,
                        clause != NULL ? renderer_text(renderer, &clause->title) : "");
    }
}

void explain_about(struct renderer *renderer)
{
    const struct kind *kind = renderer->kind;
    renderer_add(renderer, "- 关于：", "- About: ");
    if (kind->about_post)
        renderer_add(renderer, "某岗位上的任职者", "the holder of a post, in that post");
    else if (kind->about == ABOUT_PERSON)
        renderer_add(renderer, "一个人", "a person");
    else if (kind->about == ABOUT_UNIT)
        renderer_add(renderer, kind->about_anywhere ? "一个单位，不论在何处" : "一个单位，在事项所在单位之内",
                     kind->about_anywhere ? "a unit, wherever it lies" : "a unit that lies where the matter is opened");
    else
        renderer_add(renderer, "一件事，不涉及个人", "a thing, not a person");
    if (kind->group_household)
        renderer_add(renderer, "；按户归在一起", "; grouped by household");
    if (kind->unique_field != NULL)
        renderer_printf(renderer,
                        kind->unique_ever ? "；“%s”相同的只有一件，办结的也算" : "；“%s”相同的同时只有一件未结",
                        kind->unique_ever ? "; no more than one with the same “%s”, closed ones included"
                                          : "; no more than one open with the same “%s” at a time",
                        renderer_text(renderer, &kind->unique_field->label));
    else if (kind->unique_ever)
        renderer_add(renderer, "；同一对象只有一件，办结的也算",
                     "; no more than one for the same subject, closed ones included");
    else if (kind->unique_open_per_subject)
        renderer_add(renderer, "；同一对象同时只有一件未结", "; no more than one open for the same subject at a time");
    renderer_end_line(renderer);
    if (kind->standing_one_per_unit) {
        renderer_add(renderer, "- 常设：每个单位各有一件（", "- Standing: one for every unit (");
        say_unit_types(renderer, kind->audience, kind->audience_count);
        renderer_add(renderer, "）\n", ")\n");
    }
    if (kind->unit_type_count > 0) {
        renderer_add(renderer, "- 设在：", "- Opened at: ");
        say_unit_types(renderer, kind->unit_types, kind->unit_type_count);
        renderer_end_line(renderer);
    }
}

void explain_opening(struct renderer *renderer)
{
    const struct kind *kind = renderer->kind;
    size_t count = kind->opened_by_count;
    renderer_add(renderer, "- 立项：", "- Opened by: ");
    say_roles(renderer, kind->opened_by, kind->opened_by_count);
    if (kind->opened_by_subject) {
        renderer_comma(renderer, count++);
        renderer_add(renderer, "本人", "the person themselves");
    }
    if (kind->opened_by_clock) {
        renderer_comma(renderer, count++);
        renderer_add(renderer, "系统自动", "the system");
    }
    if (count == 0)
        renderer_add(renderer, "只由其他事项引出", "only by other matters");
    renderer_end_line(renderer);
    if (kind->proposed_by_count > 0) {
        renderer_add(renderer, "- 提请，待立项人员确认：", "- Proposed, to be confirmed by those who may open: ");
        say_roles(renderer, kind->proposed_by, kind->proposed_by_count);
        renderer_end_line(renderer);
    }
    if (kind->merged_by_count > 0) {
        renderer_add(renderer, "- 合并重复的：", "- Duplicates are merged by: ");
        say_roles(renderer, kind->merged_by, kind->merged_by_count);
        renderer_end_line(renderer);
    }
    if (kind->external.present)
        renderer_printf(renderer, "- 也在另一系统中：%s\n", "- Kept in another system too: %s\n",
                        kind->external.system);
}

/* ---- who takes part, who sees it, how long it is kept ---- */

void explain_participant(struct renderer *renderer, const struct participant_set *set)
{
    renderer_printf(renderer, "- **%s**：%s，", "- **%s**: %s, ", renderer_text(renderer, &set->title),
                    set->persons ? renderer_choose(renderer, "人", "persons")
                                 : renderer_choose(renderer, "单位", "units"));
    if (set->audience)
        renderer_printf(renderer, set->under < 0 ? "%s之下的全部" : "“%s”之下的全部",
                        set->under < 0 ? "all under %s" : "all under the %s",
                        set->under < 0 ? renderer_choose(renderer, "本单位", "its own unit")
                                       : renderer_text(renderer, &renderer->kind->form.fields[set->under].label));
    else if (set->most > 0)
        renderer_printf(renderer, "%d 至 %d 个", "%d to %d of them", set->least, set->most);
    else
        renderer_printf(renderer, "至少 %d 个", "at least %d", set->least);
    if (set->unit_type_count > 0) {
        renderer_add(renderer, "（", " (");
        say_unit_types(renderer, set->unit_types, set->unit_type_count);
        renderer_add(renderer, "）", ")");
    }
    if (set->where_open != NULL)
        renderer_printf(renderer, "，限有未结“%s”的", ", of those only with an open “%s”",
                        renderer_text(renderer, &set->where_open->title));
    if (set->audience && set->standing)
        renderer_add(renderer, "，此后新设、拆分、划入的也在内",
                     ", and those that are set up, split off or moved in later");
    else if (set->audience)
        renderer_add(renderer, "，以立项时为准", " when it is opened, and no others");
    if (set->states != NULL) {
        renderer_add(renderer, "；状态", "; states");
        explain_choices(renderer, set->states);
    }
    renderer_end_line(renderer);
}

void explain_handover(struct renderer *renderer)
{
    const struct handover_def *handover = &renderer->kind->handover;
    renderer_add(renderer, "- 谁可移交：", "- Offered by: ");
    renderer_addresses(renderer, handover->by, handover->by_count);
    renderer_add(renderer, "\n- 接收：", "\n- Accepted by: ");
    renderer_address(renderer, &handover->accept);
    renderer_add(renderer, "，限 ", ", within ");
    renderer_length(renderer, handover->within_us);
    renderer_end_line(renderer);
    if (handover->refuse_reasons != NULL) {
        renderer_add(renderer, "- 拒收理由", "- May be refused for");
        explain_choices(renderer, handover->refuse_reasons);
        renderer_end_line(renderer);
    }
    if (handover->unknown.role != NULL) {
        renderer_add(renderer, "- 去向不明时交给：", "- If the address is unknown, handed to: ");
        renderer_address(renderer, &handover->unknown);
        renderer_end_line(renderer);
    }
    if (handover->no_show_after != NULL) {
        renderer_add(renderer, "- 到此仍未到的退回移交方：",
                     "- Persons not arrived by then are returned to the giver: ");
        renderer_expr(renderer, handover->no_show_after);
        renderer_end_line(renderer);
    }
    if (handover->decided) {
        renderer_printf(renderer, "- 拒收超过 %d 次后指定承接单位：",
                        "- After more than %d refusals, assigned by: ", handover->bounce_cap);
        renderer_address(renderer, &handover->deciding.answers);
        renderer_add(renderer, "，限 ", ", within ");
        renderer_length(renderer, handover->deciding.within_us);
        renderer_end_line(renderer);
    } else if (handover->bounce_cap > 0)
        renderer_printf(renderer, "- 拒收 %d 次后不得再拒\n", "- After %d refusals it cannot be refused again\n",
                        handover->bounce_cap);
}

void explain_sight(struct renderer *renderer)
{
    const struct kind *kind = renderer->kind;
    renderer_add(renderer, "- 参与办理的人员", "- All who act in it");
    if (kind->seen_by_count > 0)
        renderer_add(renderer, "；此外：", "; besides: ");
    say_roles(renderer, kind->seen_by, kind->seen_by_count);
    renderer_end_line(renderer);
    if (kind->participants_only)
        renderer_add(renderer, "- 只限参与方\n", "- Only the participants\n");
    if (kind->about == ABOUT_PERSON || kind->unmasked_by_count > 0) {
        renderer_add(renderer, "- 姓名和隐私不遮盖：", "- Names and personal fields are unmasked for: ");
        say_roles(renderer, kind->unmasked_by, kind->unmasked_by_count);
        if (kind->unmasked_by_count == 0)
            renderer_add(renderer, "无人", "no one");
        renderer_end_line(renderer);
    }
}

void explain_keeping(struct renderer *renderer)
{
    const struct kind *kind = renderer->kind;
    if (kind->purpose.zh != NULL)
        renderer_printf(renderer, "- 目的：%s\n", "- Purpose: %s\n", renderer_text(renderer, &kind->purpose));
    if (kind->lawful_basis != NULL)
        renderer_printf(renderer, "- 依据：%s\n", "- Lawful basis: %s\n", kind->lawful_basis);
    renderer_add(renderer, "- 保存：", "- Kept: ");
    if (kind->retain_rule == NULL && kind->retain_us == 0) {
        renderer_add(renderer, "长期\n", "permanently\n");
        return;
    }
    if (kind->retain_state != NULL)
        renderer_printf(renderer, "进入“%s”后 ", "from “%s” on for ",
                        renderer_text(renderer, &kind->retain_state->title));
    else if (kind->retain_from == RETAIN_OPENED)
        renderer_add(renderer, "立项后 ", "from the opening on for ");
    else
        renderer_add(renderer, "办结后 ", "once closed for ");
    if (kind->retain_rule != NULL) {
        renderer->rules_named[kind->retain_rule - renderer->playbook->rules] = true;
        renderer_printf(renderer, "“%s”", "“%s”", renderer_text(renderer, &kind->retain_rule->title));
    } else
        renderer_length(renderer, kind->retain_us);
    renderer_add(renderer, "，到期删除\n", ", then erased\n");
    if (kind->held_by_count > 0) {
        renderer_add(renderer, "- 可暂缓删除：", "- The erasure may be put on hold by: ");
        renderer_addresses(renderer, kind->held_by, kind->held_by_count);
        renderer_end_line(renderer);
    }
}

static void say_grants(struct renderer *renderer)
{
    const struct kind *kind = renderer->kind;
    const struct grants_def *grants = &kind->grants;
    if (!grants->present || grants->to == NULL)
        return;
    heading(renderer, "共享", "What it lets others read");
    renderer_printf(renderer, "- 读取方：%s\n", "- To: %s\n", renderer_text(renderer, &grants->to->title));
    renderer_add(renderer, "- 来自：", "- Out of: ");
    for (size_t i = 0; i < grants->of_count; i++) {
        renderer_comma(renderer, i);
        g_string_append(renderer->out, renderer_text(renderer, &grants->of[i]->title));
    }
    renderer_add(renderer, "\n- 何时：", "\n- In the states: ");
    for (size_t i = 0; i < grants->in_count; i++) {
        renderer_comma(renderer, i);
        g_string_append(renderer->out, renderer_text(renderer, &grants->in[i]->title));
    }
    g_string_append_c(renderer->out, '\n');
    if (grants->except != NULL)
        renderer_printf(renderer, "- 除外：%s\n", "- Except: %s\n", renderer_text(renderer, &grants->except->title));
}

static void say_entry(struct renderer *renderer, const struct entry_def *entry)
{
    g_string_append_printf(renderer->out, "\n### %s\n\n", renderer_text(renderer, &entry->title));
    explain_entry(renderer, entry, true);
}

void explain_edition(struct renderer *renderer, const struct rule *rule, const struct rule_edition *edition)
{
    char day[DATETIME_TEXT_MAX];
    date_format(edition->from_day, day);
    renderer_printf(renderer, "%s 起：", "from %s: ", day);
    for (size_t j = 0; j < edition->value_count; j++) {
        const struct rule_value *value = &edition->values[j];
        const struct code *key =
            value->key != NULL && rule->key_list != NULL ? code_list_find(rule->key_list, value->key) : NULL;
        renderer_comma(renderer, j);
        if (value->key != NULL)
            renderer_printf(renderer, "%s ", "%s ", key != NULL ? renderer_text(renderer, &key->label) : value->key);
        renderer_value(renderer, value->value, rule->unit, rule->list != NULL ? rule->list->name : NULL);
    }
    bool unverified = strcmp(edition->source, "unverified") == 0;
    renderer_printf(renderer, "（%s）\n", " (%s)\n",
                    unverified ? renderer_choose(renderer, "未核实", "unverified") : edition->source);
}

static void say_rule(struct renderer *renderer, const struct rule *rule)
{
    renderer_printf(renderer, "- **%s**\n", "- **%s**\n", renderer_text(renderer, &rule->title));
    for (size_t i = 0; i < rule->edition_count; i++) {
        g_string_append(renderer->out, "  - ");
        explain_edition(renderer, rule, &rule->editions[i]);
    }
}

static void say_rules(struct renderer *renderer)
{
    bool any = false;
    for (size_t i = 0; i < renderer->playbook->rule_count; i++) {
        if (!renderer->rules_named[i])
            continue;
        if (!any)
            heading(renderer, "所用规则", "The rules that it names");
        any = true;
        say_rule(renderer, &renderer->playbook->rules[i]);
    }
}

char *explain_kind(const struct playbook *playbook, const struct kind *kind, bool english)
{
    g_autofree bool *named = g_new0(bool, playbook->rule_count + 1);
    struct renderer renderer = {
        .playbook = playbook, .kind = kind, .english = english, .rules_named = named, .out = g_string_new(NULL)};
    g_string_append_printf(renderer.out, "# %s\n\n", renderer_text(&renderer, &kind->title));
    explain_clauses(&renderer);
    explain_about(&renderer);
    explain_opening(&renderer);
    if (kind->form.field_count > 0) {
        heading(&renderer, "立项时填写", "What is asked when it is opened");
        explain_form(&renderer, &kind->form, "");
    }
    if (kind->participant_count > 0)
        heading(&renderer, "参与方", "Participants");
    for (size_t i = 0; i < kind->participant_count; i++)
        explain_participant(&renderer, &kind->participants[i]);
    say_grants(&renderer);
    explain_states(&renderer);
    if (kind->entry_count > 0)
        g_string_append_printf(renderer.out, "\n## %s\n", renderer_choose(&renderer, "登记", "Entries"));
    for (size_t i = 0; i < kind->entry_count; i++)
        say_entry(&renderer, &kind->entries[i]);
    if (kind->handover.present) {
        heading(&renderer, "移交", "Handing over to another unit");
        explain_handover(&renderer);
    }
    if (kind->figure_count > 0)
        heading(&renderer, "报表数字", "Figures of the report");
    for (size_t i = 0; i < kind->figure_count; i++)
        explain_figure(&renderer, &kind->figures[i]);
    if (kind->indicator_count > 0)
        heading(&renderer, "指标", "Indicators");
    for (size_t i = 0; i < kind->indicator_count; i++)
        explain_indicator(&renderer, &kind->indicators[i]);
    heading(&renderer, "谁看得到", "Who sees it");
    explain_sight(&renderer);
    heading(&renderer, "目的、依据和保存期限", "Why, on what basis, how long it is kept");
    explain_keeping(&renderer);
    say_rules(&renderer);
    explain_diagram(&renderer);
    return g_string_free(renderer.out, FALSE);
}
