/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * smallest - which figures of units that lie side by side are hidden, because they are small or give away a small one.
 *
 * Shape   one window of all units right below one, and what is at that one alone (unit 0). Whether one of them is
 *         hidden does not depend on which of them is asked about.
 * Owner   pure functions; any thread.
 */
#ifndef MATTER_TALLY_SMALLEST_H
#define MATTER_TALLY_SMALLEST_H

#include "playbook/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smallest_figure {
    int64_t unit; /* 0: at the unit above alone */
    int64_t top, bottom;
    bool hidden;
};
void smallest_hide(const struct indicator *indicator, struct smallest_figure *figures, size_t count);

#endif
