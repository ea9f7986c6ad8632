/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/nearest.h"

#include <glib.h>
#include <string.h>

#define NAME_BYTES_MAX 64 /* longer words are no misspelt names; bounds the table below */

/* Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each cost one. Three
 * rows of the usual table are kept. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NAME_BYTES_MAX + 1];
    size_t *two_above = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t cost = a[i - 1] != b[j - 1];
            row[j] = MIN(MIN(above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], two_above[j - 2] + 1);
        }
        size_t *free_row = two_above;
        two_above = above;
        above = row;
        row = free_row;
    }
    return above[b_length];
}

const char *nearest_name(const char *wrong, const char *const *names, size_t count)
{
    size_t length = strlen(wrong);
    if (length > NAME_BYTES_MAX)
        return NULL;
    const char *best = NULL;
    /* Below the whole length, so that "at" is not taken for every word of two letters. */
    size_t limit = MIN(MAX(2, length / 3), length > 0 ? length - 1 : 0);
    for (size_t i = 0; i < count; i++) {
        size_t name_length = strlen(names[i]);
        size_t apart = name_length > length ? name_length - length : length - name_length;
        if (name_length > NAME_BYTES_MAX || apart > limit) /* so many letters would have to come or go */
            continue;
        size_t distance = edit_distance(wrong, length, names[i], name_length);
        if (distance <= limit && (best == NULL || distance < limit)) {
            best = names[i];
            limit = distance;
        }
    }
    return best;
}
