/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * identity_type - documents by whose numbers people are told apart: ID cards, passports, permits.
 *
 * Shape   a playbook lists its own (`identity:`), each with a pattern, or one that the program knows by that name; the
 *         first is the one that is meant where no type is said. Without a list: resident_id, passport, hk_macao_permit,
 *         taiwan_permit. A pattern is letters, digits, [A-Z0-9], \d, each with ?, +, *, {n} or {n,m}, and | between
 *         alternatives; it is of a number in capitals and half width, with or without its blanks and hyphens.
 * Limits  a number has at most 40 characters, a pattern 200.
 * Owner   the playbook; the caller frees texts. Any thread.
 * Source  resident_id: base/identity.h. Passports: ICAO Doc 9303 part 4, at most nine letters and digits. Permits of
 *         Hong Kong and Macao residents: H or M and eight digits; of Taiwan residents: eight digits; older ones have
 *         two more, which count how often the card was issued. Unverified: no check character of them is published.
 */
#ifndef PLAYBOOK_MODEL_IDENTITY_TYPE_H
#define PLAYBOOK_MODEL_IDENTITY_TYPE_H

#include "base/problem.h"
#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct playbook;

struct identity_type {
    char *name;
    struct texts title;
    char *pattern; /* NULL: checked as the program does */
};

/* Those of the playbook, else (NULL, or one without a list) those that the program knows. */
const struct identity_type *playbook_identity_types(const struct playbook *playbook, size_t *out_count);
/* By name, title or a usual word for it; NULL: there is none. */
const struct identity_type *playbook_identity_type(const struct playbook *playbook, const char *text);
/* One that the program knows, by name; NULL: there is none. */
const struct identity_type *identity_type_known(const char *name);

/* A number as people give it: `type` NULL where none is said, or where it stands in front of the number ("passport:
 * E12345678"). *out_key is how it is stored, see base/identity.h. NULL, or a problem with the field id_type or
 * id_number. */
struct problem *playbook_identity_read(const struct playbook *playbook, const char *type, const char *number,
                                       int32_t today, char **out_key);
/* A stored number as people read it and as it can be read again: the type in front, by name or by its title in a
 * language, unless it is the first type; `mask` of the number (NULL: none). The caller frees. */
enum identity_words { IDENTITY_NAMES, IDENTITY_ZH, IDENTITY_EN };
char *playbook_identity_text(const struct playbook *playbook, const char *key, enum identity_words words,
                             char *(*mask)(const char *number));

/* Of a pattern: NULL right, else where it is wrong. */
const char *identity_pattern_fault(const char *pattern);

#endif
