/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * identity - whether an ID number or a phone number can exist at all.
 *
 * Shape   texts as they are entered, full-width digits and blanks around them too; nothing is looked up. The plain form
 *         is what callers store, so that one number is one text.
 * Owner   any thread; the caller frees what is returned.
 * Source  GB 11643-1999 with the check character of ISO 7064:1983 MOD 11-2; first two digits of GB/T 2260. Foreigners'
 *         permanent residence since 2023-12-01 (National Immigration Administration, rules of 2023 for reading the
 *         card; GA 2102-2023): 9, the same check character; that the next two digits are a province and the three after
 *         them a country is unverified, so only the province is looked at.
 */
#ifndef BASE_IDENTITY_H
#define BASE_IDENTITY_H

#include "base/problem.h"

#include <stdbool.h>
#include <stdint.h>

#define IDENTITY_ID_NUMBER_CHARS 18
#define IDENTITY_RESIDENT        "resident_id" /* the type of numbers of GB 11643 */
#define IDENTITY_PHONE_CHARS_MAX 24            /* with blanks, hyphens and country code */

/* NULL when right, else which part is wrong: "length", "division", "birth_date", "checksum". Birth dates from
 * 1880 to `today` (days since 1970). A small x as the last character is right. */
const char *identity_id_number_fault(const char *text, int32_t today);
/* In capitals and half width. The caller frees. */
char *identity_id_number_plain(const char *text);
/* What to tell of such a part, or of "form": the number does not look like those of its document. */
struct problem *identity_problem(const char *field, const char *fault);

/* ---- other documents: passports, permits, what another country has ---- A number is stored with the type of its
 * document in front, "passport:E12345678", so that one number is one text; one of GB 11643 stands alone. */
char *identity_key(const char *type /* NULL: GB 11643 */, const char *number);
/* The number without its type, within the key. */
const char *identity_key_number(const char *key);
/* The type; NULL: GB 11643. The caller frees. */
char *identity_key_type(const char *key);
/* Two numbers of one type: they are of two people. NULL is no number. */
bool identity_keys_differ(const char *one, const char *other);
/* Full-width letters, digits and signs as those of ASCII, blanks too. The caller frees. */
char *identity_halfwidth(const char *text);
/* The same without blanks around it: numbers, days and codes as people type them, at every door. The caller frees. */
char *identity_plain(const char *text);

/* Mainland mobile (1 and 10 digits) or fixed line with area code, optional +86, single blanks and hyphens between
 * digits; or + and 6 to 15 digits of another country. */
bool identity_phone_is_valid(const char *text);

/* Without blanks, hyphens and +86, so that one phone is one text; the text must be valid. The caller frees. */
char *identity_phone_plain(const char *text);

#endif
