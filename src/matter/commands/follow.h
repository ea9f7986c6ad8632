/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * follow - what events of other areas mean for matters, decided when they are emitted.
 *
 * Shape   an event of the registry lies in one stream, the matters that it concerns in any. For each of their streams
 *         one event `matters_followed` or `subject_erased`: in the same command where it is the command's own, by a
 *         letter follow_registry or erase_subject to every other.
 */
#ifndef MATTER_COMMANDS_FOLLOW_H
#define MATTER_COMMANDS_FOLLOW_H

#include "command/decision.h"

void follow_unit_created(struct decision *decision, const struct event *event, const json_t *body);
void follow_unit_changed(struct decision *decision, const struct event *event, const json_t *body);
void follow_unit_closed(struct decision *decision, const struct event *event, const json_t *body);
void follow_handover_withdrawn(struct decision *decision, const struct event *event, const json_t *body);
void follow_post_handed_over(struct decision *decision, const struct event *event, const json_t *body);
void follow_post_appointed(struct decision *decision, const struct event *event, const json_t *body);
void follow_grounds_changed(struct decision *decision, const struct event *event, const json_t *body);
void follow_post_ended(struct decision *decision, const struct event *event, const json_t *body);
void follow_roster_set(struct decision *decision, const struct event *event, const json_t *body);
void follow_person_erased(struct decision *decision, const struct event *event, const json_t *body);

/* The letters: {body} and {person}. */
bool decide_follow_registry(struct decision *decision);
bool decide_erase_subject(struct decision *decision);

#endif
