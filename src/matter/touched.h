/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * touched - which matters an event has changed, and whose lists changed with them.
 *
 * Shape   an event tells matters; rows, as they stand after it, tell posts. Whatever cannot be told apart is told: a
 *         list may turn out to be as it was.
 * Owner   arrays are the caller's.
 */
#ifndef MATTER_TOUCHED_H
#define MATTER_TOUCHED_H

#include "journal/journal.h"
#include "matter/matter.h"

/* Each matter that the event changed; `moved`: it may be at another unit than before. */
void matter_touched(const struct event *event, void (*each)(void *context, int64_t matter, bool moved), void *context);
int64_t matter_unit_before(struct db *rows, int64_t matter); /* where it was before its last change; 0 nowhere else */
/* Posts (negative: the person) that answer for something open in it, or for what ended at `since_us` or later. */
GArray *matter_answering(struct db *rows, int64_t matter, int64_t since_us);
/* Posts to which something in it was raised, and shown by then. */
GArray *matter_alerted(struct db *rows, int64_t matter, int64_t at_us);
/* The matters of what was shown to a post after one time and by another. */
GArray *matter_shown_between(struct db *rows, int64_t post, int64_t after_us, int64_t until_us);

#endif
