/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * way_out - what to do about a refusal, for whoever reads it at night.
 *
 * Shape   a message says what is wrong and, behind "; ", what to do. Where the room that said it knows no better, the
 *         kind of the error tells.
 */
#ifndef CLI_WAY_OUT_H
#define CLI_WAY_OUT_H

#include <glib.h>

/* Static; NULL: the message says it itself, or the error is none of a start. */
const char *cli_way_out(const GError *error);

#endif
