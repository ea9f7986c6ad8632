/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - jansson with our rules: duplicate keys, invalid UTF-8, NUL, depth and size beyond the limits, and
 * numbers that a double does not hold are refused.
 *
 * Shape   a number with a fraction is a JSON real while it is on its way in; facts hold decimals (base/decimal.h) and
 *         write them as text, so no event holds a real.
 * Errors  a struct problem that names line and column (malformed_json) or the key (duplicate_key, number_inexact).
 * Owner   the caller owns what is returned (json_decref, or g_autoptr(json_t)).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

/* Reads one JSON value. Numbers with a fraction or exponent become JSON reals; decimal fields read them with
 * json_decimal(), which prints the shortest text that reads back as the same double, so 37.3 is 37.3. */
json_t *json_parse_strict(const char *text, size_t bytes, struct problem **out_problem);

/* Compact text in insertion order; the caller frees. */
char *json_text(const json_t *value, size_t *out_bytes);
/* Members sorted by their names instead, at every level. */
char *json_text_sorted(const json_t *value, size_t *out_bytes);

/* The shortest decimal text that reads back as `number`. */
void json_shortest(double number, char out[G_ASCII_DTOSTR_BUF_SIZE]);
/* A number, or a string holding one, as a decimal. */
struct decimal;
bool json_decimal(const json_t *value, struct decimal *out);

/* Members by name; the fall-back where the member is absent or of another type. For bodies that we wrote ourselves. */
const char *json_get_text(const json_t *object, const char *name, const char *fallback);
int64_t json_get_integer(const json_t *object, const char *name, int64_t fallback);
bool json_get_bool(const json_t *object, const char *name, bool fallback);

/* Ids are strings at every door, since a browser's numbers end at 2^53. */
json_t *json_id(int64_t id);

#endif
