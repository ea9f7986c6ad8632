/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * identity - whether an ID number or a phone number can exist at all.
 *
 * Shape   plain texts as people give them; nothing is looked up and nothing is kept.
 * Source  GB 11643-1999 with the check character of ISO 7064:1983 MOD 11-2; first two digits of GB/T 2260.
 */
#ifndef BASE_IDENTITY_H
#define BASE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#define IDENTITY_ID_NUMBER_CHARS 18
#define IDENTITY_PHONE_CHARS_MAX 24 /* with blanks, hyphens and country code */

/* NULL when right, else which part is wrong: "length", "division", "birth_date", "checksum". Birth dates from
 * 1880 to `today` (days since 1970). A small x as the last character is right. */
const char *identity_id_number_fault(const char *text, int32_t today);

/* Mainland mobile (1 and 10 digits) or fixed line with area code, optional +86, single blanks and hyphens
 * between digits; or
 * + and 6 to 15 digits of another country. */
bool identity_phone_is_valid(const char *text);

/* Without blanks, hyphens and +86, so that one phone is one text; the text must be valid. The caller frees.
 */
char *identity_phone_plain(const char *text);

#endif
