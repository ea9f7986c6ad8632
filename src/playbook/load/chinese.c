/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/load/load.h"

#include <string.h>

#define PLACES_MAX 4

/* What is wrong with what, in both languages: {n} stands for what something is, {} for any text, each in its order.
 * tests/playbook/every asks that each is still said. */
static const struct {
    const char *en, *zh;
} sentences[] = {
    {"{n} has no key {}", "{0}没有键 {1}"},
    {"{n} lacks {}", "{0}缺少 {1}"},
    {"there is no {n} {}", "没有这个{0}：{1}"},
    {"there are two of {n} {}; the first in {}, line {}", "{0} {1} 写了两次，前一次在 {2} 第 {3} 行"},
    {"{n} is empty", "{0}是空的"},
    {"{n} is a mapping, not {n}", "{0}应为一组“键: 值”，不是{1}"},
    {"{n} is a single value, not {n}", "{0}应为单个值，不是{1}"},
    {"{n} is one of {}, not {}", "{0}应为 {1} 之一，不是 {2}"},
    {"{n} is always {}, not {}", "{0}只能是 {1}，不是 {2}"},
    {"a text in both languages is needed", "需要中英文两种文字"},
    {"true or false is needed", "应为 true 或 false"},
    {"{} is not a whole number from 0", "{0} 不是整数（从 0 起）"},
    {"{} is not a number", "{0} 不是数"},
    {"{} is not a duration such as 90s, 30min, 2h or 14d", "{0} 不是时长；写法如 90s、30min、2h、14d"},
    {"{} is not a time of day such as '06:30'", "{0} 不是时刻；写法如 '06:30'"},
    {"{} is not a date such as 2020-01-28", "{0} 不是日期；写法如 2020-01-28"},
    {"{} is not a window such as '06:30-10:00'", "{0} 不是时段；写法如 '06:30-10:00'"},
    {"{} is not a name: a-z, 0-9 and _, beginning with a letter, at most {} characters",
     "{0} 不能作名称：只用 a-z、0-9 和 _，以字母开头，至多 {1} 个字符"},
    {"the comma before {} ends the value of {}: quote what has a comma in it",
     "{0} 前的逗号结束了 {1} 的值；含逗号的文字请加引号"},
    {"{} is the title of a {n}; what is needed is its name", "{0} 是{1}的标题；此处要写它的名称"},
    {"{} is given twice here", "{0} 在此处写了两次"},
    {"the playbook lacks a document `{}`", "预案缺少一份 `{0}` 文档"},
    {"{} may be given once in a playbook; first in {}, line {}", "{0} 在一个预案中只能写一次，前一次在 {1} 第 {2} 行"},
    {"a document begins with playbook, identity, unit_types, roles, required_posts, clauses, list, calendar, rule, "
     "document, kind, world or test, not {}",
     "每份文档以 playbook、identity、unit_types、roles、required_posts、clauses、list、calendar、rule、document、kind、"
     "world 或 test 开头，不是 {0}"},
    {"full-width {}", "全角字符 {0}"},
    {"a tab as indentation", "用制表符缩进"},
    {"not YAML: {}; quote a text that has : or # in it, or , [ ] { } within brackets, or begins with @ % * & !",
     "不是正确的 YAML（{0}）；含 : 或 #、括号中含 , [ ] { }、以 @ % * & ! 开头的文字请加引号"},
    {"not YAML: {}", "不是正确的 YAML（{0}）"},
    {"a form is a list of fields: - {name: …, type: …, label: …}", "表单是一列字段：- {name: …, type: …, label: …}"},
    {"expects is a list: - {entry: …, answers: …, within: …}",
     "expects 是一个列表：- {entry: …, answers: …, within: …}"},
    {"there is no field type {}", "没有 {0} 这种字段类型"},
    {"unknown name `{}`", "不认识名称 `{0}`"},
    {"`{}` is not in list `{}`", "清单 `{1}` 中没有 `{0}`"},
    {"`{}` does not belong here", "`{0}` 不该出现在这里"},
    {"{} is expected, not `{}`", "此处应为 {0}，不是 `{1}`"},
    {"an expression is expected", "此处应有一个表达式"},
    {"the quoted text has no end", "引号没有结束"},
};

static const struct {
    const char *en, *zh;
} nouns[] = {
    {"the name of a world", "测试环境的名称"},
    {"the name of a test", "测试的名称"},
    {"the name of an expectation", "待办的名称"},
    {"the name of the playbook", "预案的名称"},
    {"the type of a field", "字段的类型"},
    {"the type of a rule", "规则的类型"},
    {"a participant set", "参与方"},
    {"participant set", "参与方"},
    {"a required post", "必设岗位"},
    {"a time of day", "时刻"},
    {"a whole number", "整数"},
    {"a single value", "单个值"},
    {"an expectation", "待办"},
    {"an escalation", "升级"},
    {"an expression", "表达式"},
    {"an indicator", "指标"},
    {"an audience", "受众"},
    {"an address", "去向"},
    {"an edition", "版次"},
    {"a unit type", "单位类型"},
    {"unit type", "单位类型"},
    {"a mapping", "一组“键: 值”"},
    {"a refusal", "拒绝条件"},
    {"a duration", "时长"},
    {"a weekday", "星期"},
    {"a person", "人员"},
    {"a clause", "条款"},
    {"a window", "时段"},
    {"a figure", "数字"},
    {"a state", "状态"},
    {"a field", "字段"},
    {"an entry", "登记"},
    {"a text", "双语文字"},
    {"a fact", "事实"},
    {"a role", "岗位"},
    {"a date", "日期"},
    {"a list", "列表"},
    {"a step", "步骤"},
    {"a post", "任职"},
    {"a unit", "单位"},
    {"a row", "行"},
    {"the value", "值"},
    {"calendar", "日历"},
    {"document", "文书"},
    {"playbook", "预案"},
    {"entry", "登记"},
    {"field", "字段"},
    {"state", "状态"},
    {"list", "清单"},
    {"kind", "事项种类"},
    {"role", "岗位"},
    {"rule", "规则"},
    {"code", "代码"},
    {"test", "测试"},
};

struct place {
    const char *at;
    size_t bytes;
    const char *zh; /* NULL: as it stands */
};

static bool fits(const char *pattern, const char *text, struct place *places);

/* What something is: one of the nouns, or the name of a key. */
static bool fits_noun(const char *pattern, const char *text, struct place *places)
{
    for (size_t i = 0; i < G_N_ELEMENTS(nouns); i++) {
        size_t bytes = strlen(nouns[i].en);
        *places = (struct place){text, bytes, nouns[i].zh};
        if (strncmp(text, nouns[i].en, bytes) == 0 && fits(pattern, text + bytes, places + 1))
            return true;
    }
    size_t key = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
    *places = (struct place){text, key, NULL};
    return key > 0 && fits(pattern, text + key, places + 1);
}

static bool fits_any(const char *pattern, const char *text, struct place *places)
{
    for (size_t bytes = 1; text[bytes - 1] != '\0'; bytes++) {
        *places = (struct place){text, bytes, NULL};
        if (fits(pattern, text + bytes, places + 1))
            return true;
    }
    return false;
}

/* `places` as many as the pattern has. */
static bool fits(const char *pattern, const char *text, struct place *places)
{
    for (; *pattern != '\0'; pattern++, text++) {
        if (g_str_has_prefix(pattern, "{n}"))
            return fits_noun(pattern + strlen("{n}"), text, places);
        if (g_str_has_prefix(pattern, "{}"))
            return fits_any(pattern + strlen("{}"), text, places);
        if (*pattern != *text)
            return false;
    }
    return *text == '\0';
}

static char *filled(const char *zh, const struct place *places)
{
    GString *text = g_string_new(NULL);
    for (; *zh != '\0'; zh++) {
        bool is_place = zh[0] == '{' && g_ascii_isdigit(zh[1]) && zh[2] == '}';
        const struct place *place = is_place ? &places[g_ascii_digit_value(zh[1])] : NULL;
        if (place == NULL)
            g_string_append_c(text, *zh);
        else if (place->zh != NULL)
            g_string_append(text, place->zh);
        else
            g_string_append_len(text, place->at, (gssize)place->bytes);
        zh += is_place ? 2 : 0;
    }
    return g_string_free(text, FALSE);
}

char *playbook_mistake_text(const struct diagnostic *mistake, bool chinese)
{
    struct place places[PLACES_MAX] = {{0}};
    g_autofree char *text = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(sentences) && chinese && text == NULL; i++)
        if (fits(sentences[i].en, mistake->text, places))
            text = filled(sentences[i].zh, places);
    const char *told = text != NULL ? text : mistake->text;
    if (mistake->suggestion == NULL)
        return g_strdup(told);
    return g_strdup_printf(chinese ? "%s；是否为 %s？" : "%s; did you mean %s?", told, mistake->suggestion);
}
