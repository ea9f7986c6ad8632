/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/source/diagnostic.h"

#include "base/characters.h"
#include "base/limits.h"
#include "playbook/wording/wording.h"

void diagnostic_clear(struct diagnostic *diagnostic)
{
    g_clear_pointer(&diagnostic->file, g_free);
    g_clear_pointer(&diagnostic->text, g_free);
    g_clear_pointer(&diagnostic->zh, g_free);
    g_clear_pointer(&diagnostic->suggestion, g_free);
}

void diagnostics_add_texts(GArray *diagnostics, const char *file, int line, int column, const char *suggestion,
                           const char *text, const char *zh)
{
    if (diagnostics->len >= LIMIT_DIAGNOSTICS)
        return;
    struct diagnostic diagnostic = {
        .file = g_strdup(file),
        .line = line,
        .column = column,
        .text = characters_shown(text, LIMIT_SHOWN_VALUE_CHARS),
        .zh = characters_shown(zh != NULL ? zh : text, LIMIT_SHOWN_VALUE_CHARS),
    };
    if (suggestion != NULL && *suggestion != '\0')
        diagnostic.suggestion = characters_shown(suggestion, LIMIT_SHOWN_VALUE_CHARS);
    g_array_append_val(diagnostics, diagnostic);
}

void diagnostics_add_list(GArray *diagnostics, const char *file, int line, int column, const char *suggestion,
                          const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    g_autofree char *text = g_strdup_vprintf(format, arguments), *zh = wording_chinese(format, again);
    va_end(again);
    diagnostics_add_texts(diagnostics, file, line, column, suggestion, text, zh);
}

void diagnostics_add(GArray *diagnostics, const char *file, int line, int column, const char *suggestion,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diagnostics_add_list(diagnostics, file, line, column, suggestion, format, arguments);
    va_end(arguments);
}

char *diagnostic_text(const struct diagnostic *diagnostic, bool chinese)
{
    const char *told = chinese ? diagnostic->zh : diagnostic->text, *suggestion = diagnostic->suggestion;
    if (suggestion == NULL)
        return g_strdup(told);
    if (!chinese)
        return g_strdup_printf("%s; did you mean %s?", told, suggestion);
    const char *words = wording_of_suggestion(suggestion);
    return words != NULL ? g_strdup_printf("%s；请%s", told, words)
                         : g_strdup_printf("%s；是否为 `%s`？", told, suggestion);
}

void diagnostics_print(FILE *out, const GArray *diagnostics)
{
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        g_autofree char *text = diagnostic_text(d, false);
        fprintf(out, "%s:%d:%d: %s\n", d->file, d->line, d->column, text);
    }
}
