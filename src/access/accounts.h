/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * accounts - who keeps whose account, the trace that keeping one leaves, and what its holder is told of it.
 *
 * Shape   whatever is done with an account of somebody else is decided as `keep_account` {person, what, account?} first
 *         and done in secrets.db after: what could not be written leaves an event too many, never one too few. A notice
 *         is an event about somebody's account, or a post that they were appointed to; it is told at each log-in until
 *         its person acknowledges it.
 */
#ifndef ACCESS_ACCOUNTS_H
#define ACCESS_ACCOUNTS_H

#include "access/access.h"

/* Where they sit and all that they hold a post over, now or later and under whichever registration: who logs in as them
 * acts there. Of who holds none, over the whole city. */
bool access_keeps_account(struct db *rows, const struct playbook *playbook, int64_t keeper, int64_t person,
                          int64_t at_us);

/* Whether two persons are the same, or one of them or a third could log in as both: whoever gave a password within
 * LIMIT_NOTICE_DAYS can, and so can whoever could log in as them. The operator does not count: they need none. */
bool access_in_one_hand(struct db *rows, int64_t one, int64_t other, int64_t at_us);

bool decide_keep_account(struct decision *decision);
extern const char *const keep_account_members[];
/* {notice}: their own, for good. */
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
