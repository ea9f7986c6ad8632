/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * language - which of our two languages a request asks for.
 *
 * Source  RFC 9110, 12.5.4 (Accept-Language) and 12.4.2 (weights); a range stands for what begins with it, `*` for what
 *         is not named. Malformed ranges are ignored.
 */
#ifndef API_LANGUAGE_H
#define API_LANGUAGE_H

#include <stdbool.h>

/* By the header's value, NULL none. English where it weighs more, or as much and stands first; else Chinese. */
bool language_is_english(const char *accept);

#endif
