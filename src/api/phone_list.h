/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phone_list - the participants to be called: alerted as often as the playbook says, and still not looked.
 *
 * Shape   a row an expectation; the number only for roles that read personal fields of the kind unmasked.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_PHONE_LIST_H
#define API_PHONE_LIST_H

#include "api/request.h"

void get_phone_list(struct request *request);

#endif
