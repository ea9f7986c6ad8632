/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/wording/wording.h"

#include <stdbool.h>
#include <string.h>

static const struct wording *const rooms[] = {
    wording_of_cases, wording_of_check, wording_of_expr, wording_of_load, wording_of_mappings, wording_of_source,
};

/* What to do; "请" goes before each. */
static const struct wording suggestions[] = {
    {"a plain space", "改用普通空格"},
    {"spaces", "改用空格缩进"},
    {": and a space", "写半角冒号 `:`，后面加一个空格"},
    {", and a space", "写半角逗号 `,`，后面加一个空格"},
    {"saving it as UTF-8", "把文件另存为 UTF-8"},
    {"saving the file as UTF-8 (not GB18030)", "把文件另存为 UTF-8（不是 GB18030）"},
    {"the value in quotes", "给这个值加引号"},
    {"the value written out where it is needed", "在用到的地方直接写出这个值"},
    {"the value written out, or in quotes if the * is meant", "直接写出这个值；如确实要写 `*`，请加引号"},
    {NULL, NULL},
};

static const struct wording *find(const struct wording *rows, const char *en)
{
    while (rows->en != NULL && strcmp(rows->en, en) != 0)
        rows++;
    return rows->en != NULL ? rows : NULL;
}

static char *noun(const char *en);

/* Whether a blank goes between the two, one of which is in backquotes. */
static bool is_letter(const char *p)
{
    return (guchar)*p >= 0x80 && g_unichar_isalpha(g_utf8_get_char(p));
}

/* `zh` with its places filled. */
static char *filled(const char *zh, const char *const *arguments, size_t count)
{
    GString *text = g_string_new(NULL);
    for (; *zh != '\0'; zh++) {
        bool is_noun = g_str_has_prefix(zh, "{n");
        const char *digit = zh + (is_noun ? 2 : 1);
        if (*zh != '{' || !g_ascii_isdigit(*digit) || digit[1] != '}') {
            g_string_append_c(text, *zh);
            continue;
        }
        size_t i = (size_t)g_ascii_digit_value(*digit);
        g_assert(i < count);
        g_autofree char *told = is_noun ? noun(arguments[i]) : g_strdup(arguments[i]);
        if (is_noun && *told == '`' && text->len > 0 && is_letter(g_utf8_prev_char(text->str + text->len)))
            g_string_append_c(text, ' ');
        g_string_append(text, told);
        zh = digit + 1;
        if (is_noun && g_str_has_suffix(told, "`") && is_letter(zh + 1))
            g_string_append_c(text, ' ');
    }
    return g_string_free(text, FALSE);
}

static char *noun(const char *en)
{
    for (const struct wording *row = wording_nouns; row->en != NULL; row++) {
        const char *rest = en + strlen(row->en);
        if (g_str_has_suffix(row->en, " ") ? g_str_has_prefix(en, row->en) : strcmp(en, row->en) == 0)
            return filled(row->zh, &rest, 1);
    }
    return strpbrk(en, " `") != NULL ? g_strdup(en) : g_strdup_printf("`%s`", en);
}

char *wording_chinese(const char *format, va_list arguments)
{
    const struct wording *row = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(rooms) && row == NULL; i++)
        row = find(rooms[i], format);
    if (row == NULL)
        return NULL;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (const char *p = strchr(format, '%'); p != NULL; p = strchr(p, '%')) {
        p++;
        if (g_str_has_prefix(p, "zu"))
            g_ptr_array_add(texts, g_strdup_printf("%zu", va_arg(arguments, size_t)));
        else if (g_str_has_prefix(p, "02d"))
            g_ptr_array_add(texts, g_strdup_printf("%02d", va_arg(arguments, int)));
        else if (g_str_has_prefix(p, "02X"))
            g_ptr_array_add(texts, g_strdup_printf("%02X", va_arg(arguments, unsigned)));
        else if (*p == 'd')
            g_ptr_array_add(texts, g_strdup_printf("%d", va_arg(arguments, int)));
        else if (*p == 'u')
            g_ptr_array_add(texts, g_strdup_printf("%u", va_arg(arguments, unsigned)));
        else if (*p == 's')
            g_ptr_array_add(texts, g_strdup(va_arg(arguments, const char *)));
        else if (*p++ != '%')
            g_assert_not_reached();
    }
    return filled(row->zh, (const char *const *)texts->pdata, texts->len);
}

const char *wording_of_suggestion(const char *suggestion)
{
    const struct wording *row = find(suggestions, suggestion);
    return row != NULL ? row->zh : NULL;
}
