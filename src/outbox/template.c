/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox/template.h"

#include "base/json.h"

#include <string.h>

static const char *const words[] = {"phone", "text", "id", "secret"};

/* The length of "{word}" at `at`, 0 where none is. */
static size_t variable_at(const char *at)
{
    size_t length = *at == '{' ? strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;
    return length > 0 && at[1 + length] == '}' ? length + 2 : 0;
}

static bool is_word(const char *at, size_t length, const char *word)
{
    return length == strlen(word) + 2 && strncmp(at + 1, word, length - 2) == 0;
}

static const char *value_of(const struct template_values *values, size_t word)
{
    const char *const all[G_N_ELEMENTS(words)] = {values->phone, values->text, values->id, values->secret};
    return all[word] != NULL ? all[word] : "";
}

static void append(GString *out, enum template_place place, const char *value)
{
    if (place == TEMPLATE_HEADER) {
        g_string_append(out, value);
    } else if (place == TEMPLATE_JSON) {
        g_autoptr(json_t) string = json_string(value);
        char *quoted = json_dumps(string, JSON_ENCODE_ANY);
        g_string_append_len(out, quoted + 1, (gssize)strlen(quoted) - 2);
        free(quoted);
    } else {
        g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
        g_string_append(out, escaped);
    }
}

char *template_fill(const char *template, enum template_place place, const struct template_values *values)
{
    GString *out = g_string_new(NULL);
    while (*template != '\0') {
        size_t length = variable_at(template), word = 0;
        while (length > 0 && word < G_N_ELEMENTS(words) && !is_word(template, length, words[word]))
            word++;
        if (length > 0 && word < G_N_ELEMENTS(words))
            append(out, place, value_of(values, word));
        else
            g_string_append_len(out, template, (gssize)(length = MAX(length, 1)));
        template += length;
    }
    return g_string_free(out, FALSE);
}

char *template_unknown(const char *template)
{
    for (; *template != '\0'; template ++) {
        size_t length = variable_at(template);
        bool known = length == 0;
        for (size_t i = 0; i < G_N_ELEMENTS(words) && !known; i++)
            known = is_word(template, length, words[i]);
        if (!known)
            return g_strndup(template, length);
    }
    return NULL;
}

bool template_has(const char *template, const char *word)
{
    for (; template != NULL && *template != '\0'; template ++)
        if (is_word(template, variable_at(template), word))
            return true;
    return false;
}
