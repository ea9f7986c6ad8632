// SPDX-License-Identifier: GPL-3.0-or-later
// 表单里不只是一段文字的各项：多行、其他事项、人员、岗位、依据。

export default {
  lines: {
    add: "添加一行",
    drop: "移除",
    up: "上移",
    down: "下移",
    row: "{what} 第 {n} 行",
    count: "已有 {n} 行，最多 {most} 行",
    least: "至少填 {n} 行",
    most: "最多 {n} 行",
    lacks: "第 {n} 行还要填写或改正：{what}",
    which: "针对哪一项",
  },
  refs: {
    expected: "应办 {n}",
    entry: "登记 {n}",
    add: "添加依据",
    kind: "事项种类",
    from: "出自哪个事项",
    choose: "选择登记或应办",
    none: "这个事项还没有登记和应办。",
    done: "完成",
  },
  pick: {
    find: "按内容查找",
    list: "查找",
    none: "没有您能看到的。",
    other: "换一个",
    more: "只显示前 {n} 条，请输入部分内容查找。",
    matter: "打开事项",
    person: "查看人员",
    post: "针对哪个岗位",
    postUnit: "岗位所在单位",
    noPost: "那里没有在岗的人。",
    unit: "针对哪个单位",
    where: "由哪里办理",
    aMatter: "另一事项",
    aPerson: "一名人员",
  },
};
