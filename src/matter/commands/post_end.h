/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * post_end - states that end with the post that their matter is about.
 *
 * Shape   when a post was ended, or is to end at another time, each open matter about it whose state says
 *         `ends: {on: post_ended}` is given that time for its end; the clock ends the state then. In the command's own
 *         stream at once, in every other by a letter end_with_post.
 */
#ifndef MATTER_COMMANDS_POST_END_H
#define MATTER_COMMANDS_POST_END_H

#include "command/decision.h"

void post_end_follow(struct decision *decision, int64_t post);
/* The letter: {ended_post}. */
bool decide_end_with_post(struct decision *decision);

#endif
