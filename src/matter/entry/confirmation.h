/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confirmation - the two-person rule: an entry that takes effect only when another person has confirmed it.
 *
 * Shape   the entry is written as pending (`hd`), with the expectation second_NAME. The entry confirm_NAME makes it
 *         take effect as of its observed time, decline_NAME ends it without effect (`hc`). When the matter leaves the
 *         states in which the entry may be made, a pending one is void.
 * Invariants  of a name and a participant at most one entry of a matter is pending.
 * Errors  awaits_second
 */
#ifndef MATTER_ENTRY_CONFIRMATION_H
#define MATTER_ENTRY_CONFIRMATION_H

#include "matter/draft/entering.h"

/* For confirm_NAME and decline_NAME: an entry of the participant is pending. True for any other entry. */
bool confirmation_is_awaited(const struct draft *draft, const struct entry_def *entry, int64_t participant);
/* Writes the entry as pending. */
bool confirmation_request(struct draft *draft, const struct entering *entering);
/* The pending row, an array of one struct entry_row; NULL when there is none. */
GArray *confirmation_find(struct draft *draft, const struct entry_def *entry, int64_t participant);
/* Writes the outcome of a pending row. */
void confirmation_settle(struct draft *draft, const struct entry_row *row, enum confirmation outcome);
/* The expectation second_NAME of the entry. */
const struct expect *confirmation_expectation(const struct kind *kind, const struct entry_def *entry);

#endif
