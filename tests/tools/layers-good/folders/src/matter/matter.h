/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matter - an example.
 */
#ifndef MATTER_MATTER_H
#define MATTER_MATTER_H

int matter(void);

#endif
