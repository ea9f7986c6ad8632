/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summons - kinds by which a matter summons units to come, and how far each of these is.
 *
 * Shape   parts of the answers of kinds.c, system.c and matters.c. Whoever opens such a matter must name units, each of
 *         which owes from the beginning an entry that puts it in another state: that it has come.
 * Owner   the thread that runs the request: request.h; what is returned is the caller's.
 */
#ifndef API_SUMMONS_H
#define API_SUMMONS_H

#include "api/request.h"

/* {"set", "entry" that each of it owes, "present": its state by that, "leaves": entries by which it has yet another,
 * "counted": indicators of how much there is now at such a unit}; NULL: nobody is summoned. */
json_t *shape_summons(const struct kind *kind);
/* The units that a matter has summoned, to whoever may see it, as its participants with what they still owe and their
 * last attempt; NULL: its kind summons nobody. */
json_t *shape_summoned(struct request *request, const struct kind *kind, const struct matter *matter, bool unmasked);

#endif
