/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/name.h"

#include <glib.h>
#include <string.h>

#define MOST 60
#define TEN  "一二三四五六七八九十"

static enum problem_code code_of(enum name_of what, const char *text)
{
    AUTO(problem) struct problem *problem = name_problem(what, text, "name", MOST);
    if (problem == NULL)
        return PROBLEM_COUNT;
    g_assert_cmpstr(problem->field, ==, "name");
    return problem->code;
}

static void test_names(void)
{
    static const struct {
        enum name_of what;
        const char *text;
        enum problem_code code; /* PROBLEM_COUNT: right */
    } rows[] = {
        {NAME_PERSON, "王小测试", PROBLEM_COUNT},
        {NAME_PERSON, "买买提·艾力", PROBLEM_COUNT},
        {NAME_PERSON, "买买提・艾力", PROBLEM_COUNT},
        {NAME_PERSON, "Jean-Luc O'Test (Jr.)", PROBLEM_COUNT},
        {NAME_PERSON, "王　测试（小）", PROBLEM_COUNT},
        {NAME_PERSON, "Nguyễn Thị Thử", PROBLEM_COUNT},
        {NAME_PERSON, "e\u0301prouve", PROBLEM_COUNT},
        {NAME_PERSON, "𠮷测试", PROBLEM_COUNT},
        {NAME_PERSON, "病例000123", PROBLEM_COUNT},
        {NAME_PERSON, "王〇", PROBLEM_COUNT},
        {NAME_PERSON, "病例0001234", PROBLEM_NAME_CHARACTER},
        {NAME_PERSON, "王 13800 138000", PROBLEM_NAME_CHARACTER},
        {NAME_PERSON, "王 １３８００１３８０００", PROBLEM_NAME_CHARACTER},
        {NAME_PERSON, "王：请放行", PROBLEM_NAME_CHARACTER},
        {NAME_PERSON, "王，请放行", PROBLEM_NAME_CHARACTER},
        {NAME_PERSON, "王。", PROBLEM_NAME_CHARACTER},
        {NAME_PERSON, "<b>", PROBLEM_NAME_CHARACTER},
        {NAME_PERSON, "王😷", PROBLEM_NAME_CHARACTER},
        {NAME_PERSON, "=1+1", PROBLEM_NAME_CHARACTER},
        {NAME_PERSON, "王\n测试", PROBLEM_CONTROL_CHARACTER},
        {NAME_PERSON, "王\t测试", PROBLEM_CONTROL_CHARACTER},
        {NAME_PERSON, "王\u202e测试", PROBLEM_CONTROL_CHARACTER},
        {NAME_PERSON, "王\u200b测试", PROBLEM_CONTROL_CHARACTER},
        {NAME_PERSON, "王\u2028测试", PROBLEM_CONTROL_CHARACTER},
        {NAME_PERSON, "王\u2029测试", PROBLEM_CONTROL_CHARACTER},
        {NAME_PERSON, "王\ue000", PROBLEM_CONTROL_CHARACTER},
        {NAME_PERSON, "\u3164", PROBLEM_CONTROL_CHARACTER}, /* a letter that shows nothing */
        {NAME_PERSON, "", PROBLEM_TEXT_EMPTY},
        {NAME_PERSON, "  ", PROBLEM_TEXT_EMPTY},
        {NAME_PERSON, "\u3000\u00a0", PROBLEM_TEXT_EMPTY},
        {NAME_PERSON, "·-·", PROBLEM_TEXT_EMPTY},
        {NAME_UNIT, "黄寺大街24号社区居委会", PROBLEM_COUNT},
        {NAME_UNIT, "中国矿业大学（北京）社区居委会", PROBLEM_COUNT},
        {NAME_UNIT, "铁道部住宅区第二、三社区居委会", PROBLEM_COUNT},
        {NAME_UNIT, "二〇一社区", PROBLEM_COUNT},
        {NAME_UNIT, "Ⅱ期", PROBLEM_COUNT},
        {NAME_UNIT, "社区\n凭此放行", PROBLEM_CONTROL_CHARACTER},
        {NAME_UNIT, "社区：凭此放行", PROBLEM_NAME_CHARACTER},
        {NAME_UNIT, " ", PROBLEM_TEXT_EMPTY},
        {NAME_DWELLING, "3号楼-2单元#401/402", PROBLEM_COUNT},
        {NAME_DWELLING, "３号楼２单元，东侧", PROBLEM_COUNT},
        {NAME_DWELLING, "3号楼;drop", PROBLEM_NAME_CHARACTER},
        {NAME_LOGIN, "wang.fang_2@example", PROBLEM_COUNT},
        {NAME_LOGIN, "王芳01", PROBLEM_COUNT},
        {NAME_LOGIN, "wang\u200bfang", PROBLEM_CONTROL_CHARACTER},
        {NAME_LOGIN, "wang|fang", PROBLEM_NAME_CHARACTER},
        {NAME_LOGIN, "...", PROBLEM_TEXT_EMPTY},
        {NAME_UNIT, TEN TEN TEN TEN TEN TEN, PROBLEM_COUNT},
        {NAME_UNIT, TEN TEN TEN TEN TEN TEN "一", PROBLEM_TEXT_TOO_LONG},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%zu %s", i, rows[i].text);
        g_assert_cmpint(code_of(rows[i].what, rows[i].text), ==, rows[i].code);
    }
}

/* What is wrong stands in the problem, if it can be seen. */
static void test_told(void)
{
    AUTO(problem) struct problem *sign = name_problem(NAME_PERSON, "王：", "name", MOST);
    g_assert_cmpstr(sign->args[0], ==, "：");
    AUTO(problem) struct problem *unseen = name_problem(NAME_PERSON, "王\u202e", "name", MOST);
    g_assert_cmpstr(unseen->args[0], ==, "U+202E");
}

/* Every dot of a keyboard, a blank or none, both widths and cases; but another letter is another name. */
static void test_spellings(void)
{
    static const char *const same[] = {"演古丽·艾力", "演古丽•艾力", "演古丽．艾力", "演古丽‧艾力", "演古丽・艾力",
                                       "演古丽.艾力", "演古丽 艾力", "演古丽　艾力", "演古丽艾力",  " 演古丽·艾力 "};
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        g_test_message("%s", same[i]);
        g_assert_true(name_is_same(same[0], same[i]));
    }
    g_assert_true(name_is_same("Yan Lian", "ＹＡＮ　ＬＩＡＮ"));
    g_assert_false(name_is_same("演古丽", "演古力"));
    g_assert_false(name_is_same("กา", "กี"));
    g_assert_false(name_is_same(NULL, NULL));
    g_autofree char *form = name_index_form("Ｙan·Lian");
    g_assert_cmpstr(form, ==, "yanlian");
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        g_assert_true(name_holds(same[0], same[i]));
    g_assert_true(name_holds("演古丽·艾力", "丽・艾"));
    g_assert_true(name_holds("演 莲", "演莲"));
    g_assert_false(name_holds("演古丽·艾力", "演艾力"));
    g_assert_false(name_holds("演古丽·艾力", "·"));
    g_assert_false(name_holds(NULL, "演"));
}

/* Names of a real tree. */
static void test_divisions(void)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(g_getenv("DIVISIONS"), &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint names = 0;
    for (char **line = lines + 1; *line != NULL && **line != '\0'; line++, names++)
        g_assert_cmpint(code_of(NAME_UNIT, g_strchomp(strrchr(*line, ',') + 1)), ==, PROBLEM_COUNT);
    g_assert_cmpuint(names, >, 50);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/name/names", test_names);
    g_test_add_func("/base/name/told", test_told);
    g_test_add_func("/base/name/spellings", test_spellings);
    g_test_add_func("/base/name/divisions", test_divisions);
    return g_test_run();
}
