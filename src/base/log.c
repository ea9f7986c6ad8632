/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include "base/datetime.h"
#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"debug", "info", "warning", "error"};
static _Atomic int lowest_level = LOG_INFO;

void log_set_level(enum log_level lowest)
{
    lowest_level = lowest;
}

bool log_level_parse(const char *text, enum log_level *out)
{
    for (int level = LOG_DEBUG; level <= LOG_ERROR; level++)
        if (strcmp(names[level], text) == 0) {
            *out = (enum log_level)level;
            return true;
        }
    return false;
}

bool log_is_on(enum log_level level)
{
    return (int)level >= lowest_level;
}

void log_write(enum log_level level, const char *message, ...)
{
    if (!log_is_on(level))
        return;
    char at[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(g_get_real_time(), utc, at);
    g_autoptr(json_t) line = json_pack("{s:s, s:s, s:s}", "at", at, "level", names[level], "message", message);
    va_list pairs;
    va_start(pairs, message);
    for (const char *name = va_arg(pairs, const char *); name != NULL; name = va_arg(pairs, const char *)) {
        const char *text = va_arg(pairs, const char *);
        g_autofree char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;
        json_object_set_new(line, name, valid != NULL ? json_string(valid) : json_null());
    }
    va_end(pairs);
    char *text = json_text(line, NULL);
    fprintf(stderr, "%s\n", text);
    free(text);
}
