/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - an example.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

int clock_read(void);

#endif
