/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * demo - the accounts of a rehearsal with their password, for a page to sign in with one click.
 *
 * Shape   a file of lines `login password role unit`, as rehearsal_accounts() writes it, is read when the server
 *         starts; GET /demo/accounts answers {"data": [{"login", "password", "role": title, "unit"}]}. Of a server
 *         that was not started so, the address is unknown.
 * Limits  only for a server that listens on this machine alone: whoever reaches it may sign in as anybody.
 */
#ifndef API_DEMO_H
#define API_DEMO_H

#include "api/request.h"

void get_demo_accounts(struct request *request);

#endif
