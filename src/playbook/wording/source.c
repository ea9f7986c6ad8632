/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/wording/wording.h"

const struct wording wording_of_source[] = {
    /* the file */
    {"the file is UTF-16", "文件是 UTF-16 编码"},
    {"byte 0x%02X is not UTF-8", "字节 `0x{0}` 不是正确的 UTF-8"},
    {"a NUL character", "含有空字符（编码为 0）"},
    {"a character that YAML does not allow (%s)", "有 YAML 不允许的字符：{n0}"},
    {"a tab as indentation", "用制表符缩进"},
    {"full-width %s", "全角字符 `{0}`"},
    {"not YAML: %s%s", "不是正确的 YAML：{n0}"},
    {"not YAML: %s%s; quote a text that has : or # in it, or , [ ] { } within brackets, or begins with @ %% * & !",
     "不是正确的 YAML：{n0}。含 `:` 或 `#`、括号中含 `, [ ] { }`、以 `@ % * & !` 开头的文字请加引号"},
    {"too many values in one file; spread them over several", "一个文件中的值太多，请分成几个文件"},
    {"anchors (&) are not allowed", "不能用 `&` 给值取名"},
    {"aliases (*) are not allowed", "不能用 `*` 引用别处的值"},
    {"tags (!) are not allowed", "不能用 `!` 标注类型"},
    {"a key is one word", "键只能是一个词"},
    {"%s is given twice here; first in line %d", "`{0}` 在此处写了两次，前一次在第 {1} 行"},
    {"nested too deeply", "嵌套太深"},

    /* shapes and values */
    {"%s is a single value, not %s", "{n0}应为单个值，不是{n1}"},
    {"%s is empty", "{n0}是空的"},
    {"a text in both languages is needed", "需要中英文两种文字"},
    {"true or false is needed", "应为 `true` 或 `false`"},
    {"%s is not a whole number from 0", "`{0}` 不是整数（从 0 起）"},
    {"%s is not a duration such as 90s, 30min, 2h or 14d", "`{0}` 不是时长；写法如 `90s`、`30min`、`2h`、`14d`"},
    {"%s is not a time of day such as '06:30'", "`{0}` 不是时刻；写法如 `'06:30'`"},
    {"%s is not a date such as 2020-01-28", "`{0}` 不是日期；写法如 `2020-01-28`"},
    {"%s is not a window such as '06:30-10:00'", "`{0}` 不是时段；写法如 `'06:30-10:00'`"},
    {"%s is not a name: a-z, 0-9 and _, beginning with a letter, at most %d characters",
     "`{0}` 不能作名称：只用小写字母、数字和 `_`，以字母开头，至多 {1} 个字符"},
    {"%s is one of %s, not %s", "{n0}应为 `{1}` 之一，不是 `{2}`"},
    {"%s is always %s, not %s", "{n0}只能写 `{1}`，不是 `{2}`"},
    {"%s is %s, not %s", "`{0}` 应为{n1}，不是{n2}"},

    /* keys and names */
    {"%s is a mapping, not %s", "{n0}应为一组“键: 值”，不是{n1}"},
    {"the comma before %s ends the value of %s: quote what has a comma in it",
     "`{0}` 前的逗号结束了 `{1}` 的值；含逗号的文字请加引号"},
    {"only an entry has refuse: with what a matter may be opened its form says, by `required`, `required_when`, `min`, "
     "`max` and `of`; or its first entry refuses",
     "`refuse` 只能写在登记中：立项要填什么，在表单中用 `required`、`required_when`、`min`、`max`、`of` "
     "写明，或由立项后的第一种登记拒绝"},
    {"%s has no key %s", "{n0}没有键 `{1}`"},
    {"%s lacks %s", "{n0}缺少 `{1}`"},
    {"%s is the title of a %s; what is needed is its name", "`{0}` 是{n1}的标题；此处要写它的名称"},
    {"there is no %s %s", "没有这个{n0}：`{1}`"},
    {"at most %d in one list; there are %zu", "一个列表至多 {0} 项，这里有 {1} 项"},
    {"%s is given twice here", "`{0}` 在此处写了两次"},
    {NULL, NULL},
};
