/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * records - what a post was asked for, for its holder and supervisors.
 *
 * Shape   a handler of endpoints.c.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_RECORDS_H
#define API_RECORDS_H

#include "api/request.h"

void get_post_record(struct request *request);

#endif
