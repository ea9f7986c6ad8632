/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/problem.h"

#include <string.h>

/* Types of values. */
static const struct {
    enum problem_code code;
    const char *name, *zh, *en;
} words[] = {
    {PROBLEM_WRONG_TYPE, "text", "文字", "text"},
    {PROBLEM_WRONG_TYPE, "long_text", "文字", "text"},
    {PROBLEM_WRONG_TYPE, "integer", "整数，如 3", "a whole number, such as 3"},
    {PROBLEM_WRONG_TYPE, "decimal", "数字，如 36.5", "a number, such as 36.5"},
    {PROBLEM_WRONG_TYPE, "bool", "是或否", "yes or no"},
    {PROBLEM_WRONG_TYPE, "boolean", "是或否", "yes or no"},
    {PROBLEM_WRONG_TYPE, "date", "日期，如 2020-02-03", "a date, such as 2020-02-03"},
    {PROBLEM_WRONG_TYPE, "time", "日期和时间，如 2020-02-03T08:00:00+08:00",
     "a date and time, such as 2020-02-03T08:00:00+08:00"},
    {PROBLEM_WRONG_TYPE, "datetime", "日期和时间，如 2020-02-03T08:00:00+08:00",
     "a date and time, such as 2020-02-03T08:00:00+08:00"},
    {PROBLEM_WRONG_TYPE, "duration", "时长，如 2h", "a duration, such as 2h"},
    {PROBLEM_WRONG_TYPE, "choice", "所列选项之一", "one of the choices"},
    {PROBLEM_WRONG_TYPE, "choices", "所列选项中的若干项", "some of the choices"},
    {PROBLEM_WRONG_TYPE, "unit", "单位", "a unit"},
    {PROBLEM_WRONG_TYPE, "division", "行政区划代码，如 110105", "the code of a division, such as 110105"},
    {PROBLEM_WRONG_TYPE, "person", "人员", "a person"},
    {PROBLEM_WRONG_TYPE, "phone", "电话号码", "a phone number"},
    {PROBLEM_WRONG_TYPE, "id_number", "身份证号", "an ID number"},
    {PROBLEM_WRONG_TYPE, "address", "地址", "an address"},
    {PROBLEM_WRONG_TYPE, "matter", "事项", "a matter"},
    {PROBLEM_WRONG_TYPE, "lines", "若干行", "lines"},
    {PROBLEM_WRONG_TYPE, "location", "位置", "a location"},
    {PROBLEM_WRONG_TYPE, "call_proof", "通话记录", "a record of a call"},
    {PROBLEM_WRONG_TYPE, "refs", "引用", "references"},
    {PROBLEM_WRONG_TYPE, "file", "文件", "a file"},
    {PROBLEM_WRONG_TYPE, "url", "网址", "a web address"},
    {PROBLEM_WRONG_TYPE, "id", "编号", "an id"},
    {PROBLEM_WRONG_TYPE, "object", "JSON 对象", "a JSON object"},
    {PROBLEM_WRONG_TYPE, "array", "JSON 数组", "a JSON array"},
};

const char *problem_word(enum problem_code code, const char *name, bool chinese)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (words[i].code == code && strcmp(words[i].name, name) == 0)
            return chinese ? words[i].zh : words[i].en;
    return name;
}
