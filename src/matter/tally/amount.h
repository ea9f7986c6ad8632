/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * amount - the number that an entry or a matter adds to a sum.
 *
 * Shape   only what rows have in the clear, from 0 to AMOUNT_MOST in each field or line: what was entered under rules
 *         with other bounds, or is sealed, or erased, has no amount.
 */
#ifndef MATTER_TALLY_AMOUNT_H
#define MATTER_TALLY_AMOUNT_H

#include "matter/view/view.h"

/* `clear`: of the entry, NULL none. False: it has none. */
bool tally_amount(struct matter_view *view, const struct amount *amount, const json_t *clear, int64_t *out);

#endif
