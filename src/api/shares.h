/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shares - GET /matters/{matter}/shared: what the matter grants to the unit of whoever asks, row by row or as counts.
 */
#ifndef API_SHARES_H
#define API_SHARES_H

#include "api/request.h"

void get_matter_shared(struct request *request);

#endif
