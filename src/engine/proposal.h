/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proposal - versions of a playbook that give more rights than the one in force, which one person has proposed and a
 *            second one, in another role, has not agreed to yet.
 *
 * Shape   known by the digest of their files; one a proposer, the newest; none is left where a version is adopted,
 *         since `widens` compares with the one that was in force.
 * Owner   the thread of `rows`; a struct playbook_proposal owns its members.
 */
#ifndef ENGINE_PROPOSAL_H
#define ENGINE_PROPOSAL_H

#include "command/decision.h"

struct playbook_proposal {
    char *digest, *name;
    int64_t place; /* of its event */
    int64_t version;
    int64_t by; /* a person */
    char *role; /* the proposer's, which may adopt */
    int64_t at_us, until_us;
    json_t *widens;       /* array of texts, the first PLAYBOOK_WIDENINGS_TOLD */
    int64_t widens_count; /* all of them */
};
#define PLAYBOOK_WIDENINGS_TOLD 100 /* `lianfang playbook diff` prints them all */

void playbook_proposal_clear(struct playbook_proposal *proposal);
AUTO_CLEAR(playbook_proposal)

char *playbook_digest(const json_t *files); /* [{name, text}]; the caller frees */
/* False: there is none, or no longer. */
bool playbook_proposal_find(struct db *rows, const char *digest, int64_t at_us, struct playbook_proposal *out);
/* Of struct playbook_proposal, oldest first, behind the place `after`. */
GArray *playbook_proposals(struct db *rows, int64_t at_us, int64_t after, int most);
json_t *playbook_proposal_files(struct db *rows, const char *digest); /* new reference; NULL there is none */

/* decide of `confirm_playbook` and `withdraw_playbook` {digest}: adopt.c */
bool decide_confirm_playbook(struct decision *decision);
bool decide_withdraw_playbook(struct decision *decision);

void apply_playbook_proposed(struct db *rows, const struct event *event, const json_t *body);
void apply_playbook_proposal_withdrawn(struct db *rows, const struct event *event, const json_t *body);
void playbook_proposals_end(struct db *rows);

#endif
