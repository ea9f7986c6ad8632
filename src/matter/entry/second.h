/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * second - four eyes: an entry that takes effect only when another person has confirmed it.
 *
 * Shape   the entry is written and waits (`hd`), with an expectation second_NAME; confirm_NAME lets it take effect as
 *         of when it was observed, decline_NAME does not (`hc`). One of a name waits at a time. When the matter leaves
 *         the states in which it may be made, what waits is void.
 */
#ifndef MATTER_ENTRY_SECOND_H
#define MATTER_ENTRY_SECOND_H

#include "matter/draft/entering.h"

/* Of a confirmation: something of the participant's waits for it. True of any other entry. */
bool second_awaits(const struct draft *draft, const struct entry_def *entry, int64_t participant);
/* Writes the entry, which waits from now on; refuses while another of its name does. */
bool second_hold(struct draft *draft, const struct entering *entering);
/* The row that waits, an array of one struct entry_row; NULL when nothing does. */
GArray *second_find(struct draft *draft, const struct entry_def *entry, int64_t participant);
/* Writes what became of it. */
void second_settle(struct draft *draft, const struct entry_row *row, enum second_step step);
/* What is expected of the second person. */
const struct expect *second_expectation(const struct kind *kind, const struct entry_def *entry);

#endif
