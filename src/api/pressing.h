/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pressing - what is late at a unit and below, or will soon be.
 *
 * Shape   GET /expectations: rows by when they escalate next, or groups of them; of the kinds all of whose matters
 *         there the viewer may see, as /counts has it. Names and numbers are shown as the matter shows them.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_PRESSING_H
#define API_PRESSING_H

#include "api/request.h"

void get_expectations(struct request *request);

#endif
