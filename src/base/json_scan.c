/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json_scan.h"

#include <string.h>

/* Behind the string that begins here; NULL when it does not end. */
static const char *behind_string(const char *at)
{
    for (at++; *at != '"'; at++) {
        if (*at == '\\')
            at++;
        if (*at == '\0')
            return NULL;
    }
    return at + 1;
}

/* Behind the value that begins here: up to the comma or bracket that ends it. */
static const char *behind_value(const char *at)
{
    int depth = 0;
    while (*at != '\0') {
        if (*at == '"') {
            at = behind_string(at);
            if (at == NULL)
                return NULL;
            continue;
        }
        if (depth == 0 && (*at == ',' || *at == '}' || *at == ']'))
            return at;
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at++;
    }
    return NULL;
}

static bool take_value(const char **at, struct span *out)
{
    const char *end = behind_value(*at);
    if (end == NULL || end == *at)
        return false;
    *out = (struct span){*at, (size_t)(end - *at)};
    *at = end;
    return true;
}

bool json_scan_next(const char **at, struct span *out_key, struct span *out_value)
{
    const char *from = *at;
    if ((*from != '{' && *from != ',') || from[1] != '"')
        return false;
    const char *end = behind_string(from + 1);
    if (end == NULL || *end != ':')
        return false;
    *out_key = (struct span){from + 2, (size_t)(end - from) - 3};
    *at = end + 1;
    return take_value(at, out_value);
}

bool json_scan_string(struct span value, struct span *out)
{
    if (value.bytes < 2 || *value.at != '"' || value.at[value.bytes - 1] != '"' ||
        memchr(value.at, '\\', value.bytes) != NULL)
        return false;
    *out = (struct span){value.at + 1, value.bytes - 2};
    return true;
}

bool span_is(struct span span, const char *text)
{
    return strncmp(text, span.at, span.bytes) == 0 && text[span.bytes] == '\0';
}
