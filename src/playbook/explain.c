/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/explain.h"

#include "base/datetime.h"
#include "playbook/explain_flow.h"
#include "playbook/speech.h"

#include <string.h>

static void heading(struct speech *speech, const char *zh, const char *en)
{
    g_string_append_printf(speech->out, "\n## %s\n\n", speech_choose(speech, zh, en));
}

static void end_line(struct speech *speech)
{
    g_string_append_c(speech->out, '\n');
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

static void say_clauses(struct speech *speech)
{
    size_t index;
    json_t *clause;
    for (char **id = speech->kind->clauses; id != NULL && *id != NULL; id++) {
        const char *text = "";
        json_array_foreach(speech->playbook->clauses, index,
                           clause) if (g_strcmp0(json_string_value(json_object_get(clause, "id")), *id) == 0)
            text = json_string_value(json_object_get(clause, speech->english ? "en" : "zh"));
        speech_say(speech, "- 条款 %s：%s\n", "- Clause %s: %s\n", *id, text != NULL ? text : "");
    }
}

static void say_about(struct speech *speech)
{
    const struct kind *kind = speech->kind;
    speech_add(speech, "- 关于：", "- About: ");
    if (kind->about == ABOUT_PERSON)
        speech_add(speech, "一个人", "a person");
    else if (kind->about == ABOUT_UNIT)
        speech_add(speech, "一个单位", "a unit");
    else
        speech_add(speech, "一件事，不关乎某人", "a thing, not a person");
    if (kind->group_household)
        speech_add(speech, "；按户归在一起", "; worked off by household");
    if (kind->unique_open_per_subject)
        speech_add(speech, "；同一对象同时只有一件未结", "; no more than one is open for the same at a time");
    end_line(speech);
    if (kind->standing_one_per_unit) {
        speech_add(speech, "- 常设：每个单位各有一件（", "- Standing: one for every unit (");
        say_unit_types(speech, kind->audience, kind->audience_count);
        speech_add(speech, "）\n", ")\n");
    }
    if (kind->unit_type_count > 0) {
        speech_add(speech, "- 立在：", "- Stands at: ");
        say_unit_types(speech, kind->unit_types, kind->unit_type_count);
        end_line(speech);
    }
}

static void say_opening(struct speech *speech)
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
    end_line(speech);
    if (kind->proposed_by_count > 0) {
        speech_add(speech, "- 提出，待立案者确认：", "- Proposed, to be confirmed by those who open: ");
        say_roles(speech, kind->proposed_by, kind->proposed_by_count);
        end_line(speech);
    }
    if (kind->external.present)
        speech_say(speech, "- 也在另一系统中：%s\n", "- Kept in another system too: %s\n",
                   kind->external.system);
}

/* ---- forms ---- */

static void say_choices(struct speech *speech, const struct code_list *list)
{
    speech_add(speech, "：", ": ");
    for (size_t i = 0; i < list->code_count; i++) {
        speech_comma(speech, i);
        g_string_append(speech->out, speech_text(speech, &list->codes[i].label));
    }
}

static void say_field_type(struct speech *speech, const struct field *field)
{
    static const struct {
        const char *zh, *en;
    } types[FIELD_TYPE_COUNT] = {
        [FIELD_TEXT] = {"文字", "text"},
        [FIELD_INTEGER] = {"整数", "whole number"},
        [FIELD_DECIMAL] = {"小数", "number"},
        [FIELD_BOOL] = {"是或否", "yes or no"},
        [FIELD_DATE] = {"日期", "date"},
        [FIELD_DATETIME] = {"日期和时间", "date and time"},
        [FIELD_CHOICE] = {"选一", "one of"},
        [FIELD_CHOICES] = {"可多选", "any of"},
        [FIELD_UNIT] = {"单位", "unit"},
        [FIELD_DIVISION] = {"行政区划", "division"},
        [FIELD_PERSON] = {"人员", "person"},
        [FIELD_PHONE] = {"电话", "phone number"},
        [FIELD_ID_NUMBER] = {"证件号码", "identity number"},
        [FIELD_ADDRESS] = {"地址", "address"},
        [FIELD_LONG_TEXT] = {"长文字", "long text"},
        [FIELD_DURATION] = {"时长", "length of time"},
        [FIELD_MATTER] = {"另一事项", "another matter"},
        [FIELD_LINES] = {"若干行", "lines"},
    };
    g_string_append(speech->out, speech_choose(speech, types[field->type].zh, types[field->type].en));
    if (field->type == FIELD_MATTER && field->kind != NULL)
        speech_say(speech, "（%s）", " (%s)", speech_text(speech, &field->kind->title));
    if (field->list != NULL)
        say_choices(speech, field->list);
}

static void say_limits(struct speech *speech, const struct field *field)
{
    char least[DECIMAL_TEXT_MAX], most[DECIMAL_TEXT_MAX];
    decimal_format(field->min, least);
    decimal_format(field->max, most);
    if (field->unit != NULL)
        speech_say(speech, "，单位 %s", ", in %s", field->unit);
    if (field->has_min && field->has_max)
        speech_say(speech, "，%s 至 %s", ", %s to %s", least, most);
    else if (field->has_min)
        speech_say(speech, "，至少 %s", ", at least %s", least);
    else if (field->has_max)
        speech_say(speech, "，至多 %s", ", at most %s", most);
    if (field->type == FIELD_DECIMAL)
        speech_say(speech, "，%d 位小数", field->decimals == 1 ? ", %d decimal" : ", %d decimals",
                   field->decimals);
    if (field->max_chars > 0 && (field->type == FIELD_TEXT || field->type == FIELD_LONG_TEXT))
        speech_say(speech, "，至多 %d 字", ", at most %d characters", field->max_chars);
}

static void say_form(struct speech *speech, const struct form *form, const char *indent)
{
    const struct form *outer = speech->form;
    speech->form = form;
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        speech_say(speech, "%s- **%s**：", "%s- **%s**: ", indent, speech_text(speech, &field->label));
        say_field_type(speech, field);
        say_limits(speech, field);
        if (field->required)
            speech_add(speech, "；必填", "; needed");
        if (field->required_unless_attempt)
            speech_add(speech, "；必填，未成时不填", "; needed, unless it was only tried");
        if (field->required_when != NULL) {
            speech_add(speech, "；何时必填：", "; needed when ");
            speech_expr(speech, field->required_when);
        }
        if (field->clear)
            speech_say(speech, "；不加密（%s）", "; not sealed (%s)", field->clear_reason);
        if (field->hint.zh != NULL)
            speech_say(speech, "；%s", "; %s", speech_text(speech, &field->hint));
        end_line(speech);
        if (field->lines != NULL) {
            g_autofree char *deeper = g_strconcat(indent, "  ", NULL);
            say_form(speech, field->lines, deeper);
        }
    }
    speech->form = outer;
}

/* ---- entries ---- */

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
        end_line(speech);
    }
}

static void say_second_person(struct speech *speech, const struct entry_def *entry)
{
    if (entry->second.present) {
        speech_add(speech, "- 须由另一人确认后生效：",
                   "- Takes effect when another person has confirmed it: ");
        speech_addresses(speech, entry->second.by, entry->second.by_count);
        speech_add(speech, "，限 ", ", within ");
        speech_length(speech, entry->second.within_us);
        end_line(speech);
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
    end_line(speech);
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
    end_line(speech);
    speech_add(speech, "- 何时：", "- In: ");
    for (size_t i = 0; i < entry->in_count; i++) {
        speech_comma(speech, i);
        g_string_append(speech->out, speech_text(speech, &entry->in[i]->title));
    }
    if (entry->in_count == 0)
        speech_add(speech, "任何未结的状态", "every state that is not final");
    end_line(speech);
    if (entry->as != NULL)
        speech_say(speech, "- 以参与方之名：%s\n", "- Made for one that takes part: %s\n",
                   speech_text(speech, &entry->as->title));
    if (entry->of != NULL)
        speech_say(speech, "- 关于参与方之一：%s\n", "- About one that takes part: %s\n",
                   speech_text(speech, &entry->of->title));
}

static void say_entry(struct speech *speech, const struct entry_def *entry)
{
    g_string_append_printf(speech->out, "\n### %s\n\n", speech_text(speech, &entry->title));
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
        say_choices(speech, entry->attempts);
        end_line(speech);
    }
    if (entry->form.field_count > 0) {
        speech_add(speech, "- 填写：\n", "- Asked:\n");
        say_form(speech, &entry->form, "  ");
    }
    say_second_person(speech, entry);
    say_refusals(speech, entry);
    say_consequences(speech, entry);
    speech->form = speech->line = NULL;
}

/* ---- who takes part, who sees it, how long it is kept ---- */

static void say_participant(struct speech *speech, const struct participant_set *set)
{
    speech_say(speech, "- **%s**：%s，", "- **%s**: %s, ", speech_text(speech, &set->title),
               set->persons ? speech_choose(speech, "人", "persons")
                            : speech_choose(speech, "单位", "units"));
    if (set->most > 0)
        speech_say(speech, "%d 至 %d 个", "%d to %d of them", set->least, set->most);
    else
        speech_say(speech, "至少 %d 个", "at least %d", set->least);
    if (set->unit_type_count > 0) {
        speech_add(speech, "（", " (");
        say_unit_types(speech, set->unit_types, set->unit_type_count);
        speech_add(speech, "）", ")");
    }
    if (set->states != NULL) {
        speech_add(speech, "；状态", "; states");
        say_choices(speech, set->states);
    }
    end_line(speech);
}

static void say_handover(struct speech *speech)
{
    const struct handover_def *handover = &speech->kind->handover;
    if (!handover->present)
        return;
    heading(speech, "移交", "Handing over to another unit");
    speech_add(speech, "- 谁可移交：", "- Offered by: ");
    speech_addresses(speech, handover->by, handover->by_count);
    speech_add(speech, "\n- 接收：", "\n- Accepted by: ");
    speech_address(speech, &handover->accept);
    speech_add(speech, "，限 ", ", within ");
    speech_length(speech, handover->within_us);
    end_line(speech);
    if (handover->refuse_reasons != NULL) {
        speech_add(speech, "- 拒收理由", "- May be refused for");
        say_choices(speech, handover->refuse_reasons);
        end_line(speech);
    }
    if (handover->decided) {
        speech_say(speech, "- 拒收超过 %d 次后指定承接单位：", "- After more than %d refusals assigned by: ",
                   handover->bounce_cap);
        speech_address(speech, &handover->deciding.answers);
        speech_add(speech, "，限 ", ", within ");
        speech_length(speech, handover->deciding.within_us);
        end_line(speech);
    } else if (handover->bounce_cap > 0)
        speech_say(speech, "- 拒收 %d 次后不得再拒\n", "- After %d refusals nobody may refuse\n",
                   handover->bounce_cap);
}

static void say_sight(struct speech *speech)
{
    const struct kind *kind = speech->kind;
    heading(speech, "谁看得到", "Who sees it");
    speech_add(speech, "- 凡在其中办事的人", "- Whoever acts in it");
    if (kind->seen_by_count > 0)
        speech_add(speech, "；此外：", "; besides: ");
    say_roles(speech, kind->seen_by, kind->seen_by_count);
    end_line(speech);
    if (kind->participants_only)
        speech_add(speech, "- 只限参与方\n", "- Only those who take part\n");
    if (kind->about == ABOUT_PERSON || kind->unmasked_by_count > 0) {
        speech_add(speech, "- 姓名和隐私不遮盖：", "- Names and personal fields are unmasked for: ");
        say_roles(speech, kind->unmasked_by, kind->unmasked_by_count);
        if (kind->unmasked_by_count == 0)
            speech_add(speech, "无人", "nobody");
        end_line(speech);
    }
}

static void say_keeping(struct speech *speech)
{
    const struct kind *kind = speech->kind;
    heading(speech, "目的、依据、保存多久", "Why, on what basis, how long it is kept");
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
        speech_say(speech, "进入“%s”后 ", "from “%s” on for ",
                   speech_text(speech, &kind->retain_state->title));
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
        end_line(speech);
    }
}

static void say_rule(struct speech *speech, const struct rule *rule)
{
    char day[DATETIME_TEXT_MAX];
    speech_say(speech, "- **%s**\n", "- **%s**\n", speech_text(speech, &rule->title));
    for (size_t i = 0; i < rule->edition_count; i++) {
        const struct rule_edition *edition = &rule->editions[i];
        date_format(edition->from_day, day);
        speech_say(speech, "  - %s 起：", "  - from %s: ", day);
        for (size_t j = 0; j < edition->value_count; j++) {
            const struct rule_value *value = &edition->values[j];
            const struct code *key = value->key != NULL && rule->key_list != NULL
                                         ? code_list_find(rule->key_list, value->key)
                                         : NULL;
            speech_comma(speech, j);
            if (value->key != NULL)
                speech_say(speech, "%s ", "%s ", key != NULL ? speech_text(speech, &key->label) : value->key);
            speech_value(speech, value->value, rule->unit, rule->list != NULL ? rule->list->name : NULL);
        }
        bool unverified = strcmp(edition->source, "unverified") == 0;
        speech_say(speech, "（%s）\n", " (%s)\n",
                   unverified ? speech_choose(speech, "未核实", "unverified") : edition->source);
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
    struct speech speech = {.playbook = playbook,
                            .kind = kind,
                            .english = english,
                            .rules_named = named,
                            .out = g_string_new(NULL)};
    g_string_append_printf(speech.out, "# %s\n\n", speech_text(&speech, &kind->title));
    say_clauses(&speech);
    say_about(&speech);
    say_opening(&speech);
    if (kind->form.field_count > 0) {
        heading(&speech, "立案时填写", "What is asked when it is opened");
        say_form(&speech, &kind->form, "");
    }
    if (kind->participant_count > 0)
        heading(&speech, "参与方", "Who takes part");
    for (size_t i = 0; i < kind->participant_count; i++)
        say_participant(&speech, &kind->participants[i]);
    explain_states(&speech);
    if (kind->entry_count > 0)
        g_string_append_printf(speech.out, "\n## %s\n", speech_choose(&speech, "登记", "Entries"));
    for (size_t i = 0; i < kind->entry_count; i++)
        say_entry(&speech, &kind->entries[i]);
    say_handover(&speech);
    say_sight(&speech);
    say_keeping(&speech);
    say_rules(&speech);
    explain_diagram(&speech);
    return g_string_free(speech.out, FALSE);
}
