/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sessions - logging in and out, one's own account, and the accounts of others.
 *
 * Shape   handlers of endpoints.c; passwords are hashed on the login thread (access/access.h) while the connection
 *         sleeps.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_SESSIONS_H
#define API_SESSIONS_H

#include "api/request.h"

void post_session(struct request *request);
void delete_session(struct request *request);
void get_me(struct request *request);
void post_password(struct request *request);
void get_accounts(struct request *request);
void post_account(struct request *request);
void post_account_password(struct request *request);
void post_account_close(struct request *request);

#endif
