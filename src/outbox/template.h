/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * template - texts with {phone}, {text}, {id} and {secret}, as a gateway wants them.
 *
 * Shape   what is put in is written as the place needs it: percent-encoded in a URL or a form, escaped within a JSON
 *         string, as it is in a header. Any other {word} is a mistake; braces around anything else stand for
 *         themselves.
 * Owner   pure functions; the caller owns what they return.
 */
#ifndef OUTBOX_TEMPLATE_H
#define OUTBOX_TEMPLATE_H

#include <stdbool.h>

enum template_place { TEMPLATE_URL, TEMPLATE_FORM, TEMPLATE_JSON, TEMPLATE_HEADER };
struct template_values {
    const char *phone, *text, *id, *secret; /* NULL: empty */
};

char *template_fill(const char *template, enum template_place place, const struct template_values *values);
/* The first {word} that has no value, owned; NULL: there is none. */
char *template_unknown(const char *template);
bool template_has(const char *template, const char *word); /* "phone" */

#endif
