/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_exact - whether a number of a JSON text is lost when it becomes a double.
 *
 * Shape   0.1, 37.30 and whatever a program writes as the text of a double, the shortest or with seventeen digits
 *         (36.600000000000001), come back as they were; a number of more digits than a double keeps would be rounded
 *         before any rule looks at it. Integers are none of these.
 * Source  IEEE 754 binary64: 15 decimal digits survive always, 17 tell any two apart.
 * Limits  well-formed text, no deeper than LIMIT_JSON_DEPTH: json_parse_strict() sees to it.
 */
#ifndef BASE_JSON_EXACT_H
#define BASE_JSON_EXACT_H

#include <stdbool.h>
#include <stddef.h>

/* The path of the first such number, "fields.temperature"; the caller frees. */
bool json_find_inexact(const char *text, size_t bytes, char **out_path);

#endif
