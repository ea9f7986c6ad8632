/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/words.h"

#include <string.h>

/* The arguments that are names, or lists of them. */
static const struct {
    enum problem_code code;
    bool named[PROBLEM_ARGS_MAX];
} problems[] = {
    {PROBLEM_NO_RIGHT, {true}},        {PROBLEM_LAST_WITH_RIGHT, {true}},    {PROBLEM_SAME_ROLE_REFUSED, {true}},
    {PROBLEM_OTHER_ROLE, {true}},      {PROBLEM_WRONG_GROUND, {true, true}}, {PROBLEM_WRONG_PARENT, {true, true}},
    {PROBLEM_OTHER_UNIT_TYPE, {true}},
};

/* Names in problems that are no roles: rights, and parties of an address of a playbook. */
static const struct {
    const char *name, *zh, *en;
} others[] = {
    {"the level above", "上级单位的岗位", "posts of the level above"},
    {"unmasked", "能看到完整信息的岗位", "posts that read it unmasked"},
    {"accounts", "管理账号的岗位", "posts that manage accounts"},
    {"playbook", "启用预案的岗位", "posts that adopt playbooks"},
    {"audit", "督查岗位", "posts that audit"},
    {"accept_loss", "系统管理员", "the operator"},
    {"to_person", "接收人", "the recipient"},
    {"opener", "立项人", "the person who opened it"},
    {"subject", "本人", "the person it is about"},
    {"proxy", "同住人员", "a member of the household"},
    {"public", "任何人", "anyone"},
    {"participant", "参与方", "the participants"},
    {"clock", "系统自动", "the program itself"},
};

static const char *title_of(const struct playbook *playbook, const char *name, bool chinese)
{
    const struct role *role = playbook != NULL ? playbook_find_role(playbook, name) : NULL;
    const struct unit_type *type = playbook != NULL ? playbook_find_unit_type(playbook, name) : NULL;
    if (role != NULL)
        return chinese ? role->title.zh : role->title.en;
    if (type != NULL)
        return chinese ? type->title.zh : type->title.en;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(others[i].name, name) == 0)
            return chinese ? others[i].zh : others[i].en;
    return name;
}

static char *in_words(const struct playbook *playbook, const char *names, bool chinese)
{
    g_auto(GStrv) list = g_strsplit(names, ", ", -1);
    GString *words = g_string_new(NULL);
    for (size_t i = 0; list[i] != NULL; i++)
        g_string_append_printf(words, "%s%s",
                               i == 0    ? ""
                               : chinese ? "、"
                                         : ", ",
                               title_of(playbook, list[i], chinese));
    return g_string_free(words, FALSE);
}

static const bool *named_of(enum problem_code code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(problems); i++)
        if (problems[i].code == code)
            return problems[i].named;
    return NULL;
}

char *words_sentence(const struct problem *problem, const struct playbook *playbook, bool chinese)
{
    const bool *named = named_of(problem->code);
    if (named == NULL)
        return problem_sentence(problem, chinese);
    struct problem told = {.code = problem->code};
    for (int i = 0; i < PROBLEM_ARGS_MAX; i++)
        told.args[i] = named[i] && problem->args[i] != NULL ? in_words(playbook, problem->args[i], chinese)
                                                            : g_strdup(problem->args[i]);
    char *sentence = problem_sentence(&told, chinese);
    for (int i = 0; i < PROBLEM_ARGS_MAX; i++)
        g_free(told.args[i]);
    return sentence;
}
