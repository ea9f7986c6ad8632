/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * one - an example.
 */
#ifndef BASE_ONE_H
#define BASE_ONE_H

int one(void);

#endif
