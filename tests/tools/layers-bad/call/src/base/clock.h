/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - an example: its header hands out what a room above defines.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

int engine_time(void);
int clock_time(void);

#endif
