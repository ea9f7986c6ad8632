/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/name.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

/* Half and full width, and the dots that keyboards have for the one of 买买提·艾力. */
#define SIGNS " \u3000\u00a0·・•‧.．-－‐'’()（）"
/* 第二、三社区, 3号楼-2单元#401, 甲1/乙2 */
#define PLACE_SIGNS SIGNS "、,，#＃/／—～~+＋"

/* Persons of a list without names have its numbers as names; no date, phone or ID number has as few digits. */
#define PERSON_DIGITS_MAX 6

static const struct {
    const char *signs;
    int digits_most;
} kinds[] = {
    [NAME_PERSON] = {SIGNS, PERSON_DIGITS_MAX},
    [NAME_UNIT] = {PLACE_SIGNS, INT_MAX},
    [NAME_DWELLING] = {PLACE_SIGNS, INT_MAX},
    [NAME_LOGIN] = {SIGNS "_@+", INT_MAX},
};

/* Letters and marks that show nothing: fillers of Hangul, joiners and selectors among the marks. */
static bool shows_nothing(gunichar c)
{
    static const gunichar unseen[] = {0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b,
                                      0x180c, 0x180d, 0x180f, 0x3164, 0xffa0};
    for (size_t i = 0; i < G_N_ELEMENTS(unseen); i++)
        if (c == unseen[i])
            return true;
    GUnicodeType type = g_unichar_type(c);
    return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
           type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_SURROGATE || type == G_UNICODE_PRIVATE_USE ||
           type == G_UNICODE_UNASSIGNED;
}

static bool is_number(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return type == G_UNICODE_DECIMAL_NUMBER || type == G_UNICODE_LETTER_NUMBER || type == G_UNICODE_OTHER_NUMBER;
}

/* Counts the digits. */
static bool may_stand(enum name_of what, gunichar c, int *digits)
{
    if (is_number(c))
        return ++*digits <= kinds[what].digits_most;
    return g_unichar_isalpha(c) || g_unichar_ismark(c) || g_utf8_strchr(kinds[what].signs, -1, c) != NULL;
}

static struct problem *refuse(enum problem_code code, const char *field, gunichar c)
{
    char text[16] = "";
    if (code == PROBLEM_CONTROL_CHARACTER)
        g_snprintf(text, sizeof text, "U+%04X", c);
    else
        text[g_unichar_to_utf8(c, text)] = '\0';
    return problem_new(code, field, text, NULL);
}

struct problem *name_problem(enum name_of what, const char *text, const char *field, int most_chars)
{
    char limit[16];
    g_snprintf(limit, sizeof limit, "%d", most_chars);
    if (g_utf8_strlen(text, -1) > most_chars)
        return problem_new(PROBLEM_TEXT_TOO_LONG, field, limit, NULL);
    bool seen = false;
    int digits = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (shows_nothing(c))
            return refuse(PROBLEM_CONTROL_CHARACTER, field, c);
        if (!may_stand(what, c, &digits))
            return refuse(PROBLEM_NAME_CHARACTER, field, c);
        seen = seen || g_unichar_isalpha(c) || is_number(c);
    }
    return seen ? NULL : problem_new(PROBLEM_TEXT_EMPTY, field, NULL);
}

/* NFKC makes one of full and half width; case is folded; dots, blanks and other signs are left out. */
static char *folded(const char *text, bool with_marks)
{
    g_autofree char *plain = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
    g_autofree char *folded = plain == NULL ? NULL : g_utf8_casefold(plain, -1);
    GString *kept = g_string_new(NULL);
    for (const char *at = folded; at != NULL && *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_isalnum(c) || (with_marks && g_unichar_ismark(c)))
            g_string_append_unichar(kept, c);
    }
    return g_string_free(kept, FALSE);
}

char *name_index_form(const char *text)
{
    return folded(text, false);
}

bool name_holds(const char *name, const char *part)
{
    if (name == NULL)
        return false;
    g_autofree char *whole = name_index_form(name);
    g_autofree char *sought = name_index_form(part);
    return *sought != '\0' && strstr(whole, sought) != NULL;
}

bool name_is_same(const char *one, const char *other)
{
    if (one == NULL || other == NULL)
        return false;
    g_autofree char *left = folded(one, true);
    g_autofree char *right = folded(other, true);
    return strcmp(left, right) == 0;
}
