/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sessions - logging in and out, one's own account, and the accounts of others.
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
