// SPDX-License-Identifier: GPL-3.0-or-later
// What the desk of requests says.
export default {
  requests: {
    figures: "指标",
    groups: "按下一步分组",
    order: "先到期的在前。",
    keys: "键盘：j、k 上下，回车打开，数字办理，Esc 返回列表。",
    narrow: "查找和筛选",
    empty: "没有符合的诉求。",
    noKind: "现行预案中没有由您办理或查看的派单类事项。",
    changed: "列表有变化",
    list: "返回列表",
    before: "上一件",
    after: "下一件",
    whole: "完整事项",
    nothingForMe: "这件现在没有由您办理的。",
    times: "{what} {n} 次",
  },
};
