/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/key.h"

#include "playbook/model/flow.h"

#define STATE(part)  offsetof(struct state, part)
#define EXPECT(part) offsetof(struct expect, part)

/* clang-format off */
const struct key state_keys[STATE_KEYS] = {
    {"title", SHAPE_TEXTS, true, STATE(title), "title", "名称", "Title"},
    {"initial", SHAPE_BOOL, false, STATE(initial), "initial", "由此开始", "It begins here"},
    {"final", SHAPE_BOOL, false, STATE(final), "final", "到此办结", "It ends here"},
    {"expects", SHAPE_NODE, false, 0, "expects", "待办", "What is expected"},
    {"ends", SHAPE_MAPPING, false, 0, "ends", "何时自行结束", "When it ends by itself"},
    {"document", SHAPE_SCALAR, false, 0, "document", "出具的文书", "Document that is issued"},
    {"review", SHAPE_MAPPING, false, 0, NULL /* one of `expects` */, "定期复核", "Review"},
};

const struct key expect_keys[EXPECT_KEYS] = {
    {"entry", SHAPE_SCALAR, true, 0, "entry", "登记", "Entry"},
    {"name", SHAPE_SCALAR, false, 0, "name", "代号", "Name"},
    {"answers", SHAPE_NODE, true, 0, "answers", "由谁负责", "Who answers for it"},
    {"each", SHAPE_SCALAR, false, 0, "each", "参与方各一", "One for each participant of"},
    {"per_line", SHAPE_SCALAR, false, 0, "per_line", "每行各一", "One for each line of"},
    {"met_when", SHAPE_SCALAR, false, 0, "met_when", "满足才算完成", "Done only where"},
    {"may_meet", SHAPE_NODE, false, 0, "may_meet", "也可由谁完成", "Who may do it, too"},
    {"within", SHAPE_SCALAR, false, 0, "within", "时限", "Within"},
    {"since", SHAPE_SCALAR, false, 0, "since", "从何时起算", "Counted from"},
    {"windows", SHAPE_NODE, false, 0, "windows", "每日时段", "Times of day"},
    {"per", SHAPE_SCALAR, false, 0, "per", "周期", "Once per"},
    {"on", SHAPE_NODE, false, 0, "on", "哪些日子", "On which days"},
    {"every", SHAPE_DURATION, false, EXPECT(within_us), "every", "间隔", "So long after the last"},
    {"earlier_below", SHAPE_SCALAR, false, 0, "earlier_below", "下级可否要求更早", "Whether earlier below"},
    {"attempts", SHAPE_COUNT, false, EXPECT(attempts), "attempts", "最多尝试次数", "Attempts that are enough"},
    {"after_attempts", SHAPE_MAPPING, false, 0, "after_attempts", "尝试已够之后", "After the last attempt"},
    {"at", SHAPE_TIME, false, EXPECT(at_minutes), "at", "几点", "Time of day"},
    {"by_time", SHAPE_SCALAR, false, 0, "by_time", "截止时间", "By"},
    {"warn", SHAPE_SCALAR, false, 0, "warn", "提前提醒", "Warning before"},
    {"calendar", SHAPE_SCALAR, false, 0, "calendar", "日历", "Calendar"},
    {"pause_in", SHAPE_NODE, false, 0, "pause_in", "停表状态", "States in which its clock stands"},
    {"extend", SHAPE_MAPPING, false, 0, "extend", "可否延期", "How it may be extended"},
    {"alert", SHAPE_MAPPING, false, 0, "alert", "反复提醒", "Alerts until it is seen"},
    {"both_ways", SHAPE_SCALAR, false, 0, "both_ways", "双向", "The same in the other direction"},
    {"sealed_until", SHAPE_SCALAR, false, 0, "sealed_until", "何时可见", "Sealed until"},
    {"optional", SHAPE_BOOL, false, EXPECT(optional), "optional", "可不做", "May be left out"},
    {"escalate", SHAPE_NODE, false, 0, "escalate", "逾期上报", "Told when overdue"},
};
/* clang-format on */
