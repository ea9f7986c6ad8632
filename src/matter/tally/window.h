/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window - the days that an indicator puts together.
 *
 * Units   days since 1970 in the playbook's zone; an end is not in its window.
 */
#ifndef MATTER_TALLY_WINDOW_H
#define MATTER_TALLY_WINDOW_H

#include "playbook/model/model.h"

int32_t month_start(int32_t day, int turn); /* the latest day with that number in its month, up to `day` */
int32_t window_start(enum indicator_window window, int32_t day);
int32_t window_end(enum indicator_window window, int32_t start);

#endif
