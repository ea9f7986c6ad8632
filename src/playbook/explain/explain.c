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

static void heading(struct speech *speech, const char *zh, const char *en)
{
    g_string_append_printf(speech->out, "\n## %s\n\n", speech_choose(speech, zh, en));
}

static void say_roles(struct speech *speech, const struct role *const *roles, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        speech_comma(speech, i);
        g_string_append(speech->out, speech_text(speech, &roles[i]->title));
    }
}

static void say_unit_types(struct speech *speech, const struct unit_type *const *types, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        speech_comma(speech, i);
        g_string_append(speech->out, speech_text(speech, &types[i]->title));
    }
}

/* ---- what it is about, and who opens it ---- */

void explain_clauses(struct speech *speech)
{
    size_t index;
    json_t *clause;
    for (char **id = speech->kind->clauses; id != NULL && *id != NULL; id++) {
        const char *text = "";
        json_array_foreach(speech->playbook->clauses, index,
                           clause) if (g_strcmp0(json_string_value(json_object_get(clause, "id")), *id) == 0) text =
            json_string_value(json_object_get(clause, speech->english ? "en" : "zh"));
        speech_say(speech, "- 条款 %s：%s\n", "- Clause %s: %s\n", *id, text != NULL ? text : "");
    }
}

void explain_about(struct speech *speech)
{
    const struct kind *kind = speech->kind;
    speech_add(speech, "- 关于：", "- About: ");
    if (kind->about_post)
        speech_add(speech, "某岗位上的任职者", "whoever holds a post, in that post");
    else if (kind->about == ABOUT_PERSON)
        speech_add(speech, "一个人", "a person");
    else if (kind->about == ABOUT_UNIT)
        speech_add(speech, "一个单位", "a unit");
    else
        speech_add(speech, "一件事，不关乎某人", "a thing, not a person");
    if (kind->group_household)
        speech_add(speech, "；按户归在一起", "; worked off by household");
    if (kind->unique_field != NULL)
        speech_say(speech, kind->unique_ever ? "；“%s”相同的只有一件，办结的也算" : "；“%s”相同的同时只有一件未结",
                   kind->unique_ever ? "; no more than one of the same “%s”, closed ones too"
                                     : "; no more than one is open of the same “%s” at a time",
                   speech_text(speech, &kind->unique_field->label));
    else if (kind->unique_ever)
        speech_add(speech, "；同一对象只有一件，办结的也算", "; no more than one for the same, closed ones too");
    else if (kind->unique_open_per_subject)
        speech_add(speech, "；同一对象同时只有一件未结", "; no more than one is open for the same at a time");
    speech_end_line(speech);
    if (kind->standing_one_per_unit) {
        speech_add(speech, "- 常设：每个单位各有一件（", "- Standing: one for every unit (");
        say_unit_types(speech, kind->audience, kind->audience_count);
        speech_add(speech, "）\n", ")\n");
    }
    if (kind->unit_type_count > 0) {
        speech_add(speech, "- 立在：", "- Stands at: ");
        say_unit_types(speech, kind->unit_types, kind->unit_type_count);
        speech_end_line(speech);
    }
}

void explain_opening(struct speech *speech)
{
    const struct kind *kind = speech->kind;
    size_t count = kind->opened_by_count;
    speech_add(speech, "- 立案：", "- Opened by: ");
    say_roles(speech, kind->opened_by, kind->opened_by_count);
    if (kind->opened_by_subject) {
        speech_comma(speech, count++);
        speech_add(speech, "本人", "the person themselves");
    }
    if (kind->opened_by_clock) {
        speech_comma(speech, count++);
        speech_add(speech, "系统自动", "the system itself");
    }
    if (count == 0)
        speech_add(speech, "只由其他事项引出", "only by what follows from other matters");
    speech_end_line(speech);
    if (kind->proposed_by_count > 0) {
        speech_add(speech, "- 提出，待立案者确认：", "- Proposed, to be confirmed by those who open: ");
        say_roles(speech, kind->proposed_by, kind->proposed_by_count);
        speech_end_line(speech);
    }
    if (kind->merged_by_count > 0) {
        speech_add(speech, "- 合并重复的：", "- Duplicates are merged by: ");
        say_roles(speech, kind->merged_by, kind->merged_by_count);
        speech_end_line(speech);
    }
    if (kind->external.present)
        speech_say(speech, "- 也在另一系统中：%s\n", "- Kept in another system too: %s\n", kind->external.system);
}

/* ---- who takes part, who sees it, how long it is kept ---- */

void explain_participant(struct speech *speech, const struct participant_set *set)
{
    speech_say(speech, "- **%s**：%s，", "- **%s**: %s, ", speech_text(speech, &set->title),
               set->persons ? speech_choose(speech, "人", "persons") : speech_choose(speech, "单位", "units"));
    if (set->audience)
        speech_say(speech, set->under < 0 ? "%s之下的全部" : "“%s”之下的全部",
                   set->under < 0 ? "all under %s" : "all under the %s",
                   set->under < 0 ? speech_choose(speech, "本单位", "its own unit")
                                  : speech_text(speech, &speech->kind->form.fields[set->under].label));
    else if (set->most > 0)
        speech_say(speech, "%d 至 %d 个", "%d to %d of them", set->least, set->most);
    else
        speech_say(speech, "至少 %d 个", "at least %d", set->least);
    if (set->unit_type_count > 0) {
        speech_add(speech, "（", " (");
        say_unit_types(speech, set->unit_types, set->unit_type_count);
        speech_add(speech, "）", ")");
    }
    if (set->audience && set->standing)
        speech_add(speech, "，此后新设、拆分、划入的也在内",
                   ", and those that are set up, split off or moved in later");
    else if (set->audience)
        speech_add(speech, "，以立项时为准", " when it is opened, and no others");
    if (set->states != NULL) {
        speech_add(speech, "；状态", "; states");
        explain_choices(speech, set->states);
    }
    speech_end_line(speech);
}

void explain_handover(struct speech *speech)
{
    const struct handover_def *handover = &speech->kind->handover;
    speech_add(speech, "- 谁可移交：", "- Offered by: ");
    speech_addresses(speech, handover->by, handover->by_count);
    speech_add(speech, "\n- 接收：", "\n- Accepted by: ");
    speech_address(speech, &handover->accept);
    speech_add(speech, "，限 ", ", within ");
    speech_length(speech, handover->within_us);
    speech_end_line(speech);
    if (handover->refuse_reasons != NULL) {
        speech_add(speech, "- 拒收理由", "- May be refused for");
        explain_choices(speech, handover->refuse_reasons);
        speech_end_line(speech);
    }
    if (handover->unknown.role != NULL) {
        speech_add(speech, "- 去向不明时交给：", "- Where nobody knows the address it goes to: ");
        speech_address(speech, &handover->unknown);
        speech_end_line(speech);
    }
    if (handover->no_show_after != NULL) {
        speech_add(speech, "- 到此仍未到的退回移交方：", "- Who has not come by then goes back to the giver: ");
        speech_expr(speech, handover->no_show_after);
        speech_end_line(speech);
    }
    if (handover->decided) {
        speech_say(speech, "- 拒收超过 %d 次后指定承接单位：",
                   "- After more than %d refusals assigned by: ", handover->bounce_cap);
        speech_address(speech, &handover->deciding.answers);
        speech_add(speech, "，限 ", ", within ");
        speech_length(speech, handover->deciding.within_us);
        speech_end_line(speech);
    } else if (handover->bounce_cap > 0)
        speech_say(speech, "- 拒收 %d 次后不得再拒\n", "- After %d refusals nobody may refuse\n", handover->bounce_cap);
}

void explain_sight(struct speech *speech)
{
    const struct kind *kind = speech->kind;
    speech_add(speech, "- 凡在其中办事的人", "- Whoever acts in it");
    if (kind->seen_by_count > 0)
        speech_add(speech, "；此外：", "; besides: ");
    say_roles(speech, kind->seen_by, kind->seen_by_count);
    speech_end_line(speech);
    if (kind->participants_only)
        speech_add(speech, "- 只限参与方\n", "- Only those who take part\n");
    if (kind->about == ABOUT_PERSON || kind->unmasked_by_count > 0) {
        speech_add(speech, "- 姓名和隐私不遮盖：", "- Names and personal fields are unmasked for: ");
        say_roles(speech, kind->unmasked_by, kind->unmasked_by_count);
        if (kind->unmasked_by_count == 0)
            speech_add(speech, "无人", "nobody");
        speech_end_line(speech);
    }
}

void explain_keeping(struct speech *speech)
{
    const struct kind *kind = speech->kind;
    if (kind->purpose.zh != NULL)
        speech_say(speech, "- 目的：%s\n", "- Purpose: %s\n", speech_text(speech, &kind->purpose));
    if (kind->lawful_basis != NULL)
        speech_say(speech, "- 依据：%s\n", "- Lawful basis: %s\n", kind->lawful_basis);
    speech_add(speech, "- 保存：", "- Kept: ");
    if (kind->retain_rule == NULL && kind->retain_us == 0) {
        speech_add(speech, "长期\n", "for good\n");
        return;
    }
    if (kind->retain_state != NULL)
        speech_say(speech, "进入“%s”后 ", "from “%s” on for ", speech_text(speech, &kind->retain_state->title));
    else if (kind->retain_from == RETAIN_OPENED)
        speech_add(speech, "立案后 ", "from the opening on for ");
    else
        speech_add(speech, "办结后 ", "once closed for ");
    if (kind->retain_rule != NULL) {
        speech->rules_named[kind->retain_rule - speech->playbook->rules] = true;
        speech_say(speech, "“%s”", "“%s”", speech_text(speech, &kind->retain_rule->title));
    } else
        speech_length(speech, kind->retain_us);
    speech_add(speech, "，到期清除\n", ", then erased\n");
    if (kind->held_by_count > 0) {
        speech_add(speech, "- 可暂停清除：", "- The erasure may be held up by: ");
        speech_addresses(speech, kind->held_by, kind->held_by_count);
        speech_end_line(speech);
    }
}

static void say_grants(struct speech *speech)
{
    const struct kind *kind = speech->kind;
    const struct grants_def *grants = &kind->grants;
    if (!grants->present || grants->to == NULL)
        return;
    heading(speech, "共享", "What it lets others read");
    speech_say(speech, "- 读取方：%s\n", "- To: %s\n", speech_text(speech, &grants->to->title));
    speech_add(speech, "- 来自：", "- Out of: ");
    for (size_t i = 0; i < grants->of_count; i++) {
        speech_comma(speech, i);
        g_string_append(speech->out, speech_text(speech, &grants->of[i]->title));
    }
    speech_add(speech, "\n- 何时：", "\n- While it is: ");
    for (size_t i = 0; i < grants->in_count; i++) {
        speech_comma(speech, i);
        g_string_append(speech->out, speech_text(speech, &grants->in[i]->title));
    }
    g_string_append_c(speech->out, '\n');
    if (grants->except != NULL)
        speech_say(speech, "- 除外：%s\n", "- Except: %s\n", speech_text(speech, &grants->except->title));
}

static void say_entry(struct speech *speech, const struct entry_def *entry)
{
    g_string_append_printf(speech->out, "\n### %s\n\n", speech_text(speech, &entry->title));
    explain_entry(speech, entry, true);
}

void explain_edition(struct speech *speech, const struct rule *rule, const struct rule_edition *edition)
{
    char day[DATETIME_TEXT_MAX];
    date_format(edition->from_day, day);
    speech_say(speech, "%s 起：", "from %s: ", day);
    for (size_t j = 0; j < edition->value_count; j++) {
        const struct rule_value *value = &edition->values[j];
        const struct code *key =
            value->key != NULL && rule->key_list != NULL ? code_list_find(rule->key_list, value->key) : NULL;
        speech_comma(speech, j);
        if (value->key != NULL)
            speech_say(speech, "%s ", "%s ", key != NULL ? speech_text(speech, &key->label) : value->key);
        speech_value(speech, value->value, rule->unit, rule->list != NULL ? rule->list->name : NULL);
    }
    bool unverified = strcmp(edition->source, "unverified") == 0;
    speech_say(speech, "（%s）\n", " (%s)\n",
               unverified ? speech_choose(speech, "未核实", "unverified") : edition->source);
}

static void say_rule(struct speech *speech, const struct rule *rule)
{
    speech_say(speech, "- **%s**\n", "- **%s**\n", speech_text(speech, &rule->title));
    for (size_t i = 0; i < rule->edition_count; i++) {
        g_string_append(speech->out, "  - ");
        explain_edition(speech, rule, &rule->editions[i]);
    }
}

static void say_rules(struct speech *speech)
{
    bool any = false;
    for (size_t i = 0; i < speech->playbook->rule_count; i++) {
        if (!speech->rules_named[i])
            continue;
        if (!any)
            heading(speech, "所用规则", "The rules that it names");
        any = true;
        say_rule(speech, &speech->playbook->rules[i]);
    }
}

char *explain_kind(const struct playbook *playbook, const struct kind *kind, bool english)
{
    g_autofree bool *named = g_new0(bool, playbook->rule_count + 1);
    struct speech speech = {
        .playbook = playbook, .kind = kind, .english = english, .rules_named = named, .out = g_string_new(NULL)};
    g_string_append_printf(speech.out, "# %s\n\n", speech_text(&speech, &kind->title));
    explain_clauses(&speech);
    explain_about(&speech);
    explain_opening(&speech);
    if (kind->form.field_count > 0) {
        heading(&speech, "立案时填写", "What is asked when it is opened");
        explain_form(&speech, &kind->form, "");
    }
    if (kind->participant_count > 0)
        heading(&speech, "参与方", "Who takes part");
    for (size_t i = 0; i < kind->participant_count; i++)
        explain_participant(&speech, &kind->participants[i]);
    say_grants(&speech);
    explain_states(&speech);
    if (kind->entry_count > 0)
        g_string_append_printf(speech.out, "\n## %s\n", speech_choose(&speech, "登记", "Entries"));
    for (size_t i = 0; i < kind->entry_count; i++)
        say_entry(&speech, &kind->entries[i]);
    if (kind->handover.present) {
        heading(&speech, "移交", "Handing over to another unit");
        explain_handover(&speech);
    }
    if (kind->figure_count > 0)
        heading(&speech, "报表数字", "Figures of the report");
    for (size_t i = 0; i < kind->figure_count; i++)
        explain_figure(&speech, &kind->figures[i]);
    if (kind->indicator_count > 0)
        heading(&speech, "指标", "Indicators");
    for (size_t i = 0; i < kind->indicator_count; i++)
        explain_indicator(&speech, &kind->indicators[i]);
    heading(&speech, "谁看得到", "Who sees it");
    explain_sight(&speech);
    heading(&speech, "目的、依据、保存多久", "Why, on what basis, how long it is kept");
    explain_keeping(&speech);
    say_rules(&speech);
    explain_diagram(&speech);
    return g_string_free(speech.out, FALSE);
}
