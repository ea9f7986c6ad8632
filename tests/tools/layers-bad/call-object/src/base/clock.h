/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - an example: an object that a room above defines.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

extern const int *const engine_times;
int clock_time(void);

#endif
