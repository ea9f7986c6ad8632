/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * way_out - what the operator can do about an error at a start.
 *
 * Shape   a message says what is wrong and, behind "; ", what to do. Where a message lacks that part, it follows from
 *         the domain and code of the error.
 * Owner   any thread; texts are static.
 */
#ifndef CLI_WAY_OUT_H
#define CLI_WAY_OUT_H

#include <glib.h>

/* Static; NULL: the message says it itself, or the error is none of a start. */
const char *cli_way_out(const GError *error);

#endif
