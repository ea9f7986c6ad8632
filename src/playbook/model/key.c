/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/key.h"

#include "playbook/model/flow.h"
#include "playbook/model/form_def.h"

#include <string.h>

#define FIELD(part)  offsetof(struct field, part)
#define STATE(part)  offsetof(struct state, part)
#define EXPECT(part) offsetof(struct expect, part)

/* clang-format off */
/* A field is JSON Schema in the API, with additional members of its own (form_schema.c). */
const struct key field_keys[FIELD_KEYS] = {
    {"name", SHAPE_SCALAR, true, 0, "name", "名称", "Name"},
    {"type", SHAPE_SCALAR, true, 0, "x-type", "类型", "Type"},
    {"label", SHAPE_TEXTS, true, FIELD(label), "x-label", "标签", "Label"},
    {"hint", SHAPE_TEXTS, false, FIELD(hint), "x-hint", "说明", "Hint"},
    {"required", SHAPE_BOOL, false, FIELD(required), "required", "必填", "Needed"},
    {"required_unless", SHAPE_SCALAR, false, 0, "x-required", "未成时不填", "Required except for an attempt"},
    {"required_when", SHAPE_SCALAR, false, 0, "required_when", "何时必填", "Required when"},
    {"of", SHAPE_NODE, false, 0, "x-list", "可选项", "Chosen from"},
    {"unit", SHAPE_TEXT, false, FIELD(unit), "x-unit", "单位", "Unit"},
    {"min", SHAPE_SCALAR, false, 0, "minimum", "至少", "At least"},
    {"max", SHAPE_SCALAR, false, 0, "maximum", "至多", "At most"},
    {"decimals", SHAPE_COUNT, false, FIELD(decimals), "x-decimals", "小数位数", "Decimals"},
    {"max_chars", SHAPE_COUNT, false, FIELD(max_chars), "maxLength", "至多字数", "Characters at most"},
    {"personal", SHAPE_BOOL, false, FIELD(personal), "personal", "个人信息", "Personal"},
    {"clear", SHAPE_BOOL, false, FIELD(clear), "clear", "不加密", "Not sealed"},
    {"clear_reason", SHAPE_TEXT, false, FIELD(clear_reason), "clear_reason", "不加密的理由", "Why it is not sealed"},
    {"list", SHAPE_BOOL, false, FIELD(list_column), "list", "可筛选", "May be filtered by"},
    {"concept", SHAPE_TEXT, false, FIELD(concept), "concept", "问的是什么", "What is asked for"},
    {"kind", SHAPE_SCALAR, false, 0, "x-kind", "何种事项", "Kind of matter"},
    {"states", SHAPE_NODE, false, 0, "x-states", "须处于的状态", "In one of the states"},
    {"visible_to", SHAPE_NODE, false, 0, "visible_to", "仅供查看", "Shown only to"},
    {"ask_again", SHAPE_MAPPING, false, 0, "ask_again", "已知也须再问", "Asked again"},
};

const struct key state_keys[STATE_KEYS] = {
    {"title", SHAPE_TEXTS, true, STATE(title), "title", "名称", "Title"},
    {"initial", SHAPE_BOOL, false, STATE(initial), "initial", "由此开始", "It begins here"},
    {"final", SHAPE_BOOL, false, STATE(final), "final", "到此办结", "It ends here"},
    {"expects", SHAPE_NODE, false, 0, "expects", "待办", "What is expected"},
    {"ends", SHAPE_MAPPING, false, 0, "ends", "何时自行结束", "When it ends automatically"},
    {"document", SHAPE_SCALAR, false, 0, "document", "出具的文书", "Document that is issued"},
    {"review", SHAPE_MAPPING, false, 0, NULL /* one of `expects` */, "定期复核", "Review"},
};

const struct key expect_keys[EXPECT_KEYS] = {
    {"entry", SHAPE_SCALAR, true, 0, "entry", "登记", "Entry"},
    {"name", SHAPE_SCALAR, false, 0, "name", "代号", "Name"},
    {"answers", SHAPE_NODE, true, 0, "answers", "由谁负责", "Who answers for it"},
    {"each", SHAPE_SCALAR, false, 0, "each", "参与方各一", "One for each participant of"},
    {"per_line", SHAPE_SCALAR, false, 0, "per_line", "每行各一", "One for each line of"},
    {"when", SHAPE_SCALAR, false, 0, "when", "何时才需要", "Expected only where"},
    {"met_when", SHAPE_SCALAR, false, 0, "met_when", "满足才算完成", "Counts as done only where"},
    {"may_meet", SHAPE_NODE, false, 0, "may_meet", "也可由谁完成", "Who may also do it"},
    {"within", SHAPE_SCALAR, false, 0, "within", "时限", "Within"},
    {"since", SHAPE_SCALAR, false, 0, "since", "从何时起算", "Counted from"},
    {"windows", SHAPE_NODE, false, 0, "windows", "每日时段", "Times of day"},
    {"per", SHAPE_SCALAR, false, 0, "per", "周期", "Once per"},
    {"on", SHAPE_NODE, false, 0, "on", "哪些日子", "On which days"},
    {"every", SHAPE_SCALAR, false, 0, "every", "间隔", "Time after the last"},
    {"earlier_below", SHAPE_SCALAR, false, 0, "earlier_below", "下级可否要求更早", "Whether lower levels may require "
                                                                                   "it earlier"},
    {"attempts", SHAPE_COUNT, false, EXPECT(attempts), "attempts", "最多尝试次数", "Attempts that are enough"},
    {"after_attempts", SHAPE_MAPPING, false, 0, "after_attempts", "尝试已够之后", "After the last attempt"},
    {"at", SHAPE_TIME, false, EXPECT(at_minutes), "at", "几点", "Time of day"},
    {"by_time", SHAPE_SCALAR, false, 0, "by_time", "截止时间", "By"},
    {"warn", SHAPE_SCALAR, false, 0, "warn", "提前提醒", "Warning before"},
    {"calendar", SHAPE_SCALAR, false, 0, "calendar", "日历", "Calendar"},
    {"pause_in", SHAPE_NODE, false, 0, "pause_in", "暂停计时的状态", "States that pause its clock"},
    {"extend", SHAPE_MAPPING, false, 0, "extend", "可否延期", "How it may be extended"},
    {"alert", SHAPE_MAPPING, false, 0, "alert", "反复提醒", "Alerts until it is seen"},
    {"both_ways", SHAPE_SCALAR, false, 0, "both_ways", "双向", "The same in the other direction"},
    {"sealed_until", SHAPE_SCALAR, false, 0, "sealed_until", "何时可见", "Sealed until"},
    {"optional", SHAPE_BOOL, false, EXPECT(optional), "optional", "可不做", "Optional"},
    {"escalate", SHAPE_NODE, false, 0, "escalate", "逾期上报", "Reported when overdue"},
};
/* clang-format on */

const struct key *key_find(const struct key *keys, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}
