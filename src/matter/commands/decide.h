/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decide - the commands of the area; each is described where it is decided, the table is in area.c.
 *
 * Shape   true: decided, and its events are emitted.
 * Errors  false: the problem is in decision->problem.
 */
#ifndef MATTER_COMMANDS_DECIDE_H
#define MATTER_COMMANDS_DECIDE_H

#include "command/decision.h"
#include "matter/draft/entering.h"

bool decide_open_matter(struct decision *decision);
bool decide_enter(struct decision *decision);
bool decide_confirm_matter(struct decision *decision);
bool decide_decline_matter(struct decision *decision);
bool decide_enter_round(struct decision *decision);
bool decide_correct_entry(struct decision *decision);
bool decide_excuse_expectation(struct decision *decision);
bool decide_excuse(struct decision *decision);
bool decide_claim(struct decision *decision);
bool decide_give_back(struct decision *decision);
bool decide_link_matters(struct decision *decision);
bool decide_merge_matters(struct decision *decision);
bool decide_unmerge_matters(struct decision *decision);
bool decide_link_person(struct decision *decision);
bool decide_part_matters(struct decision *decision);
bool decide_unlink_matters(struct decision *decision);
bool decide_unlink_person(struct decision *decision);
bool decide_hand_over_matter(struct decision *decision);
bool decide_accept_matter(struct decision *decision);
bool decide_refuse_matter(struct decision *decision);
bool decide_give_resident_link(struct decision *decision);
bool decide_end_resident_link(struct decision *decision);
bool decide_mirror(struct decision *decision);
bool decide_hold_matter(struct decision *decision);
bool decide_release_matter(struct decision *decision);
bool decide_rebase_matters(struct decision *decision);
bool decide_see_matter(struct decision *decision);
bool decide_attach_file(struct decision *decision);
bool decide_tick(struct decision *decision);

/* An entry that belongs to a hand-over and comes as `enter`: decided as the command of the hand-over. */
bool handover_enter(struct draft *draft, struct entering *entering);

/* Of the clock: the pending offer is past no_show_after, and the matter goes back. */
bool handover_no_show(struct decision *decision, int64_t matter);

#endif
