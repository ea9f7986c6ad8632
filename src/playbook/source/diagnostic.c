/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/source/diagnostic.h"

#include "base/characters.h"
#include "base/limits.h"

void diagnostic_clear(struct diagnostic *diagnostic)
{
    g_clear_pointer(&diagnostic->file, g_free);
    g_clear_pointer(&diagnostic->text, g_free);
    g_clear_pointer(&diagnostic->suggestion, g_free);
}

void diagnostics_add(GArray *diagnostics, const char *file, int line, int column, const char *text,
                     const char *suggestion)
{
    if (diagnostics->len >= LIMIT_DIAGNOSTICS)
        return;
    struct diagnostic diagnostic = {g_strdup(file), line, column, characters_shown(text, LIMIT_SHOWN_VALUE_CHARS),
                                    NULL};
    if (suggestion != NULL && *suggestion != '\0')
        diagnostic.suggestion = characters_shown(suggestion, LIMIT_SHOWN_VALUE_CHARS);
    g_array_append_val(diagnostics, diagnostic);
}

void diagnostics_print(FILE *out, const GArray *diagnostics)
{
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        fprintf(out, "%s:%d:%d: %s", d->file, d->line, d->column, d->text);
        if (d->suggestion != NULL)
            fprintf(out, "; did you mean %s?", d->suggestion);
        fputc('\n', out);
    }
}
