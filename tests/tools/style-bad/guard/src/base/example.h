/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * example - a guard that is not the path.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

int example(void);

#endif
