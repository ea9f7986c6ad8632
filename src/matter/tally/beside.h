/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * beside - units that are read together, and all that lie beside them.
 *
 * Shape   small figures are hidden among all units right below one, so these are read whole.
 * Owner   the struct tally_units (tally.h) to which it belongs.
 */
#ifndef MATTER_TALLY_BESIDE_H
#define MATTER_TALLY_BESIDE_H

#include "matter/tally.h"

struct siblings { /* all units right below one, and that one alone (negative); or the root */
    guint from, to;
};
struct tally_beside {
    GArray *siblings;
    GArray *units; /* of int64_t */
    GArray *own;   /* of int: which of the units asked about it is; -1 none */
};
const struct tally_beside *tally_units_beside(struct tally_units *all);

#endif
