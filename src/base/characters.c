/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/characters.h"

static bool is_noncharacter(gunichar c)
{
    return (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

bool characters_forbid(gunichar c, bool lines)
{
    if (c == '\n')
        return !lines;
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x2028 || c == 0x2029 || c == 0xfeff || is_noncharacter(c);
}

static const char *append_shown(GString *shown, const char *at, glong count)
{
    for (; count > 0 && *at != '\0'; count--, at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (characters_forbid(c, true))
            g_string_append_printf(shown, "<U+%04X>", c);
        else
            g_string_append_unichar(shown, c);
    }
    return at;
}

char *characters_shown(const char *text, int most)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    glong length = g_utf8_strlen(valid, -1), end = most / 3; /* a sentence says at its end what is wrong */
    GString *shown = g_string_new(NULL);
    if (length <= most) {
        append_shown(shown, valid, length);
    } else {
        const char *at = append_shown(shown, valid, most - end);
        g_string_append(shown, "…");
        append_shown(shown, g_utf8_offset_to_pointer(at, length - most), end);
    }
    return g_string_free(shown, FALSE);
}
