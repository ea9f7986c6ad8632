/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/words.h"

#include <string.h>

/* What an argument is; a list of them is separated by commas. */
enum nature {
    PLAIN,
    WHO, /* a role, a type of units, a right, a kind; of the kind also a participant set */
    KIND,
    STATE,   /* of the kind */
    SET,     /* of the kind */
    EXPECT,  /* of the kind */
    LIST,    /* a list that is the program's own; those of playbooks by their names */
    ID_TYPE, /* where the list is that of identity documents */
    HIDDEN,  /* a matter's id, which stands in a member of its own */
};

#define NO_KIND PROBLEM_ARGS_MAX

/* `kind`: the argument that names the kind whose states and sets are meant, or the list. */
static const struct {
    enum problem_code code;
    enum nature args[PROBLEM_ARGS_MAX];
    int kind;
} problems[] = {
    {PROBLEM_NO_RIGHT, {WHO}, 1},
    {PROBLEM_LAST_WITH_RIGHT, {WHO}, NO_KIND},
    {PROBLEM_SAME_ROLE_REFUSED, {WHO}, NO_KIND},
    {PROBLEM_OTHER_ROLE, {WHO}, NO_KIND},
    {PROBLEM_WRONG_GROUND, {WHO, WHO}, NO_KIND},
    {PROBLEM_WRONG_PARENT, {WHO, WHO}, NO_KIND},
    {PROBLEM_NO_FACT_OF_TYPE, {WHO}, NO_KIND},
    {PROBLEM_OTHER_UNIT_TYPE, {WHO}, NO_KIND},
    {PROBLEM_WRONG_UNIT_TYPE, {WHO, WHO}, 2},
    {PROBLEM_WRONG_STATE, {STATE, STATE}, 2},
    {PROBLEM_WHICH_PARTICIPANT, {SET}, 1},
    {PROBLEM_EARLIER_BELOW, {EXPECT}, 2},
    {PROBLEM_UNKNOWN_ENTRY_KIND, {KIND}, NO_KIND},
    {PROBLEM_NO_RESIDENT_LINK, {KIND}, NO_KIND},
    {PROBLEM_NO_EXTERNAL_NUMBER, {KIND}, NO_KIND},
    {PROBLEM_OTHER_KIND, {KIND}, NO_KIND},
    {PROBLEM_NOT_IN_LIST, {LIST, ID_TYPE}, 0},
    {PROBLEM_MATTER_EXISTS, {HIDDEN}, NO_KIND},
    {PROBLEM_MATTER_MERGED, {HIDDEN}, NO_KIND},
    {PROBLEM_EXTERNAL_NUMBER_TAKEN, {HIDDEN}, NO_KIND},
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
    {"persons", "管理人员信息的岗位", "posts that keep persons"},
    {"registry", "管理单位和岗位的岗位", "posts that keep units and posts"},
    {"post", "负责此事的岗位", "the post that answers for it"},
    {"accept_loss", "系统管理员", "the operator"},
    {"to_person", "接收人", "the recipient"},
    {"opener", "立项人", "the person who opened it"},
    {"subject", "本人", "the person it is about"},
    {"proxy", "同住人员", "a member of the household"},
    {"public", "任何人", "anyone"},
    {"participant", "参与方", "the participants"},
    {"clock", "系统自动", "the program itself"},
};

static const char identity_list[] = "identity"; /* see playbook_identity_read() */

static const char *in_language(const struct texts *text, bool chinese)
{
    return chinese ? text->zh : text->en;
}

static const struct texts *title_of_set(const struct kind *kind, const char *name)
{
    for (size_t i = 0; kind != NULL && i < kind->participant_count; i++)
        if (strcmp(kind->participants[i].name, name) == 0)
            return &kind->participants[i].title;
    return NULL;
}

/* What is expected is an entry. */
static const struct texts *title_of_expected(const struct kind *kind, const char *name)
{
    for (size_t s = 0; kind != NULL && s < kind->state_count; s++)
        for (size_t i = 0; i < kind->states[s].expect_count; i++)
            if (strcmp(kind->states[s].expects[i].name, name) == 0)
                return &kind->states[s].expects[i].entry->title;
    return NULL;
}

static const struct texts *title_of_kind(const struct playbook *playbook, const char *name)
{
    const struct kind *kind = playbook_find_kind(playbook, name);
    return kind != NULL ? &kind->title : NULL;
}

static const struct texts *title_of_who(const struct playbook *playbook, const struct kind *kind, const char *name)
{
    const struct texts *set = title_of_set(kind, name);
    const struct role *role = playbook_find_role(playbook, name);
    const struct unit_type *type = playbook_find_unit_type(playbook, name);
    if (set != NULL || role != NULL || type != NULL)
        return set != NULL ? set : role != NULL ? &role->title : &type->title;
    return title_of_kind(playbook, name);
}

static const struct texts *title_of_id_type(const struct playbook *playbook, const char *name)
{
    const struct identity_type *type = playbook_identity_type(playbook, name);
    return type != NULL ? &type->title : NULL;
}

static const struct texts *title_of(enum nature nature, const struct playbook *playbook, const struct kind *kind,
                                    const char *name)
{
    const struct state *state = nature == STATE && kind != NULL ? kind_find_state(kind, name) : NULL;
    if (playbook == NULL)
        return NULL;
    switch (nature) {
    case WHO:
        return title_of_who(playbook, kind, name);
    case KIND:
        return title_of_kind(playbook, name);
    case SET:
        return title_of_set(kind, name);
    case EXPECT:
        return title_of_expected(kind, name);
    case STATE:
        return state != NULL ? &state->title : NULL;
    case ID_TYPE:
        return title_of_id_type(playbook, name);
    case LIST:
    case PLAIN:
    case HIDDEN:
        break;
    }
    return NULL;
}

static const char *word_of(enum nature nature, const struct playbook *playbook, const struct kind *kind,
                           const char *name, bool chinese)
{
    const struct texts *title = title_of(nature, playbook, kind, name);
    if (title != NULL)
        return in_language(title, chinese);
    if (nature == LIST && strcmp(name, identity_list) == 0)
        return chinese ? "证件类型" : "of identity documents";
    for (size_t i = 0; nature == WHO && i < G_N_ELEMENTS(others); i++)
        if (strcmp(others[i].name, name) == 0)
            return chinese ? others[i].zh : others[i].en;
    return name;
}

static char *in_words(enum nature nature, const struct playbook *playbook, const struct kind *kind, const char *names,
                      bool chinese)
{
    g_auto(GStrv) list = g_strsplit(names, ", ", -1);
    GString *words = g_string_new(NULL);
    for (size_t i = 0; list[i] != NULL; i++)
        g_string_append_printf(words, "%s%s",
                               i == 0    ? ""
                               : chinese ? "、"
                                         : ", ",
                               word_of(nature, playbook, kind, list[i], chinese));
    return g_string_free(words, FALSE);
}

char *words_sentence(const struct problem *problem, const struct playbook *playbook, bool chinese)
{
    size_t row = 0;
    while (row < G_N_ELEMENTS(problems) && problems[row].code != problem->code)
        row++;
    if (row == G_N_ELEMENTS(problems))
        return problem_sentence(problem, chinese);
    const char *of = problems[row].kind != NO_KIND ? problem->args[problems[row].kind] : NULL;
    const struct kind *kind = playbook != NULL && of != NULL ? playbook_find_kind(playbook, of) : NULL;
    struct problem told = {.code = problem->code};
    for (int i = 0; i < PROBLEM_ARGS_MAX; i++) {
        enum nature nature = problems[row].args[i];
        bool other_list = nature == ID_TYPE && g_strcmp0(of, identity_list) != 0;
        if (nature == PLAIN || problem->args[i] == NULL || other_list)
            told.args[i] = g_strdup(problem->args[i]);
        else if (nature != HIDDEN)
            told.args[i] = in_words(nature, playbook, kind, problem->args[i], chinese);
    }
    char *sentence = problem_sentence(&told, chinese);
    for (int i = 0; i < PROBLEM_ARGS_MAX; i++)
        g_free(told.args[i]);
    return sentence;
}

const char *words_matter(const struct problem *problem)
{
    const char *id = problem->args[0];
    for (size_t i = 0; i < G_N_ELEMENTS(problems); i++)
        if (problems[i].code == problem->code && problems[i].args[0] == HIDDEN)
            return id != NULL && *id != '\0' ? id : NULL;
    return NULL;
}

const char *words_person(const struct problem *problem)
{
    return problem->code == PROBLEM_PERSON_EXISTS ? problem->args[0] : NULL;
}
