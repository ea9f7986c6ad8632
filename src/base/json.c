/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include "base/decimal.h"
#include "base/json_exact.h"
#include "base/limits.h"

#include <string.h>

static struct problem *malformed(const json_error_t *error)
{
    enum json_error_code code = json_error_code(error);
    if (code == json_error_duplicate_key) {
        const char *quote = strchr(error->text, '\'');
        g_autofree char *key = g_strdup(quote != NULL ? quote + 1 : error->text);
        char *end = strchr(key, '\'');
        if (end != NULL)
            *end = '\0';
        return problem_new(PROBLEM_DUPLICATE_KEY, key, NULL);
    }
    if (code == json_error_invalid_utf8)
        return problem_new(PROBLEM_INVALID_UTF8, NULL, NULL);
    g_autofree char *line = g_strdup_printf("%d", MAX(error->line, 1)); /* -1 in a text of nothing */
    g_autofree char *column = g_strdup_printf("%d", MAX(error->column, 1));
    return problem_new(PROBLEM_MALFORMED_JSON, NULL, line, column, NULL);
}

/* jansson recurses; refuse deep nesting before it starts. Brackets inside strings do not count. */
static bool too_deep(const char *text, size_t bytes)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < bytes; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > LIMIT_JSON_DEPTH)
                return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

/* No form has as many members; refused here, before other code walks them. */
static bool has_too_many_members(const json_t *value)
{
    size_t i;
    const char *name;
    json_t *child;
    if (json_object_size(value) > LIMIT_JSON_MEMBERS)
        return true;
    json_object_foreach((json_t *)value, name, child)
    {
        if (has_too_many_members(child))
            return true;
    }
    json_array_foreach((json_t *)value, i, child)
    {
        if (has_too_many_members(child))
            return true;
    }
    return false;
}

json_t *json_parse_strict(const char *text, size_t bytes, struct problem **out_problem)
{
    if (bytes > LIMIT_BODY_BYTES) {
        g_autofree char *limit = g_strdup_printf("%d", LIMIT_BODY_BYTES);
        *out_problem = problem_new(PROBLEM_BODY_TOO_LARGE, NULL, limit, NULL);
        return NULL;
    }
    if (too_deep(text, bytes)) {
        g_autofree char *limit = g_strdup_printf("%d", LIMIT_JSON_DEPTH);
        *out_problem = problem_new(PROBLEM_JSON_TOO_DEEP, NULL, limit, NULL);
        return NULL;
    }
    json_error_t error;
    json_t *value = json_loadb(text, bytes, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (value == NULL) {
        *out_problem = malformed(&error);
        return NULL;
    }
    g_autofree char *path = NULL;
    if (has_too_many_members(value))
        *out_problem = problem_new(PROBLEM_TOO_MANY_ITEMS, NULL, G_STRINGIFY(LIMIT_JSON_MEMBERS), NULL);
    else if (json_find_inexact(text, bytes, &path))
        *out_problem = problem_new(PROBLEM_NUMBER_INEXACT, path, NULL);
    else
        return value;
    json_decref(value);
    return NULL;
}

void json_shortest(double number, char out[G_ASCII_DTOSTR_BUF_SIZE])
{
    for (int precision = 15; precision <= 17; precision++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", precision);
        g_ascii_formatd(out, G_ASCII_DTOSTR_BUF_SIZE, format, number);
        if (g_ascii_strtod(out, NULL) == number)
            break;
    }
}

bool json_decimal(const json_t *value, struct decimal *out)
{
    if (json_is_integer(value)) {
        *out = decimal_from_integer(json_integer_value(value));
        return true;
    }
    if (json_is_string(value))
        return decimal_parse(json_string_value(value), out);
    if (!json_is_real(value))
        return false;
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    json_shortest(json_real_value(value), text);
    return decimal_parse(text, out);
}

const char *json_get_text(const json_t *object, const char *name, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : fallback;
}

int64_t json_get_integer(const json_t *object, const char *name, int64_t fallback)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool json_get_bool(const json_t *object, const char *name, bool fallback)
{
    const json_t *value = json_object_get(object, name);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

json_t *json_id(int64_t id)
{
    char text[24];
    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, id);
    return json_string(text);
}
