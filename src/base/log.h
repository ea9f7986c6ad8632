/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log - one JSON object a line on standard error, for the operator.
 *
 * Shape   never a name, a number of a person, a request body or a URL's query: ids and codes only.
 * Owner   any thread.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

void log_set_level(enum log_level lowest);
bool log_level_parse(const char *text, enum log_level *out); /* "debug", "info", "warning" or "error" */
bool log_is_on(enum log_level level);                        /* whether a line of it would be written */

/* Pairs of name and text end with NULL: log_write(LOG_INFO, "serving", "port", "8080", NULL). */
void log_write(enum log_level level, const char *message, ...) __attribute__((sentinel));

#endif
