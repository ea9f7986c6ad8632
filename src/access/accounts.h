/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * accounts - who keeps which account, the trace that keeping one leaves, and the notices that its holder gets.
 *
 * Shape   what is done with the account of another person is decided as `keep_account` {person, what, account?} first
 *         and done in secrets.db after: a failed write leaves an event too many, never one too few. A notice is an
 *         event about a person's account, or about a post to which the person was appointed; it is shown at each log-in
 *         until the person acknowledges it.
 * Owner   the thread of `rows`; decide and apply functions as command/decision.h says.
 */
#ifndef ACCESS_ACCOUNTS_H
#define ACCESS_ACCOUNTS_H

#include "access/access.h"

/* Whether the keeper's right covers the seat and all grounds of every post that the person holds, now or later and
 * under any registration: a log-in with the account acts there. Of a person without a post, the whole city. */
bool access_keeps_account(struct db *rows, const struct playbook *playbook, int64_t keeper, int64_t person,
                          int64_t at_us);

/* Whether two persons are the same, or one of them or a third could log in as both: a keeper who set a password within
 * LIMIT_NOTICE_DAYS could, and so could a keeper of that one's account; or one of them, or a third, has given them a
 * post: by hand-over, or by an appointment since LIMIT_SECOND_APPOINTED_US before what was proposed. The operator does
 * not count, who needs none. */
bool access_in_one_hand(struct db *rows, int64_t one, int64_t other, int64_t proposed_us, int64_t at_us);

/* By the events about it, which know nothing of whether there is one. */
bool access_account_is_closed(struct db *rows, int64_t person);

bool decide_keep_account(struct decision *decision);
extern const char *const keep_account_members[];
/* {notice}: one of the actor's own, for good. */
bool decide_acknowledge_notice(struct decision *decision);
extern const char *const acknowledge_notice_members[];

void apply_account_notice(struct db *rows, const struct event *event, const json_t *body);
void apply_post_notice(struct db *rows, const struct event *event, const json_t *body);
void apply_notice_acknowledged(struct db *rows, const struct event *event, const json_t *body);

struct access_notice {
    int64_t id;
    char what[32];                  /* the event's name */
    int64_t by, post;               /* 0: the operator; 0: of an account */
    int64_t at_us, acknowledged_us; /* 0: not yet */
};
/* Those not acknowledged, and those of accounts from a time on; the newest first. Arrays of struct access_notice. */
GArray *access_notices_open(struct db *rows, int64_t person, int most);
GArray *access_notices_since(struct db *rows, int64_t person, int64_t from_us, int most);

#endif
