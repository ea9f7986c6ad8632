/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * two - an example.
 */
#ifndef BASE_TWO_H
#define BASE_TWO_H

int two(void);

#endif
