/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * example - no guard at all.
 */
int example(void);
