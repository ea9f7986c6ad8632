/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include "base/characters.h"

gunichar text_forbidden(const char *text, bool lines)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        if (characters_forbid(g_utf8_get_char(at), lines))
            return g_utf8_get_char(at);
    return 0;
}

bool text_is_blank(const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (!g_unichar_isspace(c) && g_unichar_type(c) != G_UNICODE_FORMAT)
            return false;
    }
    return true;
}

struct problem *text_problem(const char *text, const char *field, int most, bool lines)
{
    char argument[16];
    gunichar forbidden = text_forbidden(text, lines);
    if (forbidden != 0) {
        g_snprintf(argument, sizeof argument, "U+%04X", forbidden);
        return problem_new(PROBLEM_CONTROL_CHARACTER, field, argument, NULL);
    }
    if (text_is_blank(text))
        return problem_new(PROBLEM_TEXT_EMPTY, field, NULL);
    g_snprintf(argument, sizeof argument, "%d", most);
    return g_utf8_strlen(text, -1) > most ? problem_new(PROBLEM_TEXT_TOO_LONG, field, argument, NULL) : NULL;
}
