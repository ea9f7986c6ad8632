/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_EXAMPLE_H
#define BASE_EXAMPLE_H

int example(void);

#endif
