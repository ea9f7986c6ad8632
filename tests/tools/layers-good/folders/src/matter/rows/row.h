/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row - an example.
 */
#ifndef MATTER_ROWS_ROW_H
#define MATTER_ROWS_ROW_H

int row(void);

#endif
