/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/strict.h"

#include <string.h>

#define NEVER_UTF8 '\xff'

size_t strict_unescape(void *context, struct MHD_Connection *connection, char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        int high = *from == '%' ? g_ascii_xdigit_value(from[1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(from[2]) : -1;
        if (low >= 0) {
            from += 2;
            *to++ = high + low > 0 ? (char)(high << 4 | low) : NEVER_UTF8;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

struct wrong {
    bool found;
    const char *name; /* of the parameter; NULL: it is wrong itself */
};

static enum MHD_Result check_parameter(void *context, enum MHD_ValueKind kind, const char *name, size_t name_bytes,
                                       const char *value, size_t value_bytes)
{
    struct wrong *wrong = context;
    bool named = name == NULL || g_utf8_validate(name, (gssize)name_bytes, NULL);
    wrong->found = !named || (value != NULL && !g_utf8_validate(value, (gssize)value_bytes, NULL));
    wrong->name = named ? name : NULL;
    return wrong->found ? MHD_NO : MHD_YES;
}

bool strict_check(struct request *request)
{
    struct wrong wrong = {.found = !g_utf8_validate(request->path, -1, NULL)};
    if (!wrong.found)
        MHD_get_connection_values_n(request->connection, MHD_GET_ARGUMENT_KIND, check_parameter, &wrong);
    if (wrong.found)
        respond_refused(request, PROBLEM_INVALID_UTF8, wrong.name);
    return !wrong.found;
}
