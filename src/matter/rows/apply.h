/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * apply - events to rows. apply.c has what happens to one matter, apply_clock.c what happens to many, apply_follow.c
 * what follows from events of other areas.
 */
#ifndef MATTER_ROWS_APPLY_H
#define MATTER_ROWS_APPLY_H

#include "command/decision.h"

void apply_file_attached(struct db *rows, const struct event *event, const json_t *body);
void apply_matter_opened(struct db *rows, const struct event *event, const json_t *body);
void apply_change(struct db *rows, const struct event *event, const json_t *body);
void apply_matter_seen(struct db *rows, const struct event *event, const json_t *body);
void apply_expectation_claimed(struct db *rows, const struct event *event, const json_t *body);
void apply_expectation_given_back(struct db *rows, const struct event *event, const json_t *body);
void apply_rebase_advanced(struct db *rows, const struct event *event, const json_t *body);
void apply_matters_linked(struct db *rows, const struct event *event, const json_t *body);
void apply_matter_merged(struct db *rows, const struct event *event, const json_t *body);
void apply_matters_unlinked(struct db *rows, const struct event *event, const json_t *body);
void apply_resident_link_given(struct db *rows, const struct event *event, const json_t *body);
void apply_resident_link_ended(struct db *rows, const struct event *event, const json_t *body);
void apply_person_linked(struct db *rows, const struct event *event, const json_t *body);
void apply_person_unlinked(struct db *rows, const struct event *event, const json_t *body);
void apply_expectations_lapsed(struct db *rows, const struct event *event, const json_t *body);
void apply_expectations_excused(struct db *rows, const struct event *event, const json_t *body);
void apply_matter_erased(struct db *rows, const struct event *event, const json_t *body);
void apply_standing_watched(struct db *rows, const struct event *event, const json_t *body);
void apply_matters_moved(struct db *rows, const struct event *event, const json_t *body);
/* Of other areas: a unit was created, a playbook adopted. */
void apply_unit_came(struct db *rows, const struct event *event, const json_t *body);
void apply_watch_for(struct db *rows, const struct event *event, const json_t *body);
void apply_matters_followed(struct db *rows, const struct event *event, const json_t *body);
void apply_subject_erased(struct db *rows, const struct event *event, const json_t *body);
/* What is personal in a matter, and what lets it be found; what figures of past days need stays. */
void apply_forget(struct db *rows, int64_t matter, int64_t at_us);

/* The matter's present state, unit and rules hold from then on. */
void apply_span(struct db *rows, int64_t matter, int64_t from_us);

/* An ended expectation: who excused it and why, or which entry met it; 0 and NULL none. */
struct ending {
    int64_t ended_us, entry, person;
    const char *reason, *words; /* in the clear, as it once was; sealed */
};
/* What has the places of enum ended_place, from `first` on in `item`. */
void apply_ended(struct db *rows, int64_t matter, const json_t *item, size_t first, const struct ending *ending);
int64_t item_integer(const json_t *item, size_t index);
const char *item_text(const json_t *item, size_t index); /* NULL: it is none */

#endif
