/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * apply - writes the registry's events into its tables.
 *
 * Shape   a function for each kind of event; the table of them is in registry.c.
 * Errors  none: db remembers its first failure (store/db.h).
 */
#ifndef REGISTRY_APPLY_H
#define REGISTRY_APPLY_H

#include "command/catalogue.h"

void apply_divisions_imported(struct db *rows, const struct event *event, const json_t *body);
void apply_unit_created(struct db *rows, const struct event *event, const json_t *body);
void apply_shelf_taken(struct db *rows, const struct event *event, const json_t *body);
void apply_unit_changed(struct db *rows, const struct event *event, const json_t *body);
void apply_drill_declared(struct db *rows, const struct event *event, const json_t *body);
void apply_unit_fact_set(struct db *rows, const struct event *event, const json_t *body);
void apply_unit_closed(struct db *rows, const struct event *event, const json_t *body);
void apply_unit_reformed(struct db *rows, const struct event *event, const json_t *body);
void apply_residents_moved(struct db *rows, const struct event *event, const json_t *body);
void apply_person_registered(struct db *rows, const struct event *event, const json_t *body);
void apply_person_changed(struct db *rows, const struct event *event, const json_t *body);
void apply_person_erased(struct db *rows, const struct event *event, const json_t *body);
void apply_person_erasure_proposed(struct db *rows, const struct event *event, const json_t *body);
void apply_person_erasure_withdrawn(struct db *rows, const struct event *event, const json_t *body);
void apply_persons_merged(struct db *rows, const struct event *event, const json_t *body);
void apply_persons_unmerged(struct db *rows, const struct event *event, const json_t *body);
void apply_custody_offered(struct db *rows, const struct event *event, const json_t *body);
void apply_custody_taken(struct db *rows, const struct event *event, const json_t *body);
void apply_custody_refused(struct db *rows, const struct event *event, const json_t *body);
void apply_custody_withdrawn(struct db *rows, const struct event *event, const json_t *body);
void apply_custody_ended(struct db *rows, const struct event *event, const json_t *body);
void apply_moved_in(struct db *rows, const struct event *event, const json_t *body);
void apply_moved_out(struct db *rows, const struct event *event, const json_t *body);
void apply_move_offered(struct db *rows, const struct event *event, const json_t *body);
void apply_move_accepted(struct db *rows, const struct event *event, const json_t *body);
void apply_move_refused(struct db *rows, const struct event *event, const json_t *body);
void apply_move_withdrawn(struct db *rows, const struct event *event, const json_t *body);
void apply_post_appointed(struct db *rows, const struct event *event, const json_t *body);
void apply_post_ended(struct db *rows, const struct event *event, const json_t *body);
void apply_grounds_changed(struct db *rows, const struct event *event, const json_t *body);
void apply_roster_set(struct db *rows, const struct event *event, const json_t *body);
void apply_handover_offered(struct db *rows, const struct event *event, const json_t *body);
void apply_handover_refused(struct db *rows, const struct event *event, const json_t *body);
void apply_handover_withdrawn(struct db *rows, const struct event *event, const json_t *body);
void apply_post_handed_over(struct db *rows, const struct event *event, const json_t *body);

#endif
