/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_scan - the members of one JSON object that this program wrote itself, one after the other, without a tree.
 *
 * Shape   for long lists of forms, where making and freeing a tree of each costs more than all the rest. What is read
 *         must be compact JSON as json_text() writes it; a value is a span of its text, quotes and brackets included.
 * Owner   spans point into the text.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
    const char *at;
    size_t bytes;
};

/* From "{" on; *at moves behind the member. False at the end, or where it is no such object. */
bool json_scan_next(const char **at, struct span *out_key, struct span *out_value);
/* A string without escapes, its quotes taken off; false: it has some, or is no string. */
bool json_scan_string(struct span value, struct span *out);
bool span_is(struct span span, const char *text);

#endif
