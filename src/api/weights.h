/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weights - one range of a header by which a client says what it would rather have, with its weight.
 *
 * Source  RFC 9110, 12.4.2 (weights).
 */
#ifndef API_WEIGHTS_H
#define API_WEIGHTS_H

#include <stdbool.h>

/* Cuts "en-GB;q=0.8" into the range, which stays, and its weight in thousandths. False: it is malformed. */
bool weights_read_range(char *range, int *out_weight);

#endif
