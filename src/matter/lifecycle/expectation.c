/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/expectation.h"

struct progress expectation_progress(const struct expectation *expectation)
{
    struct progress progress = expectation->progress;
    if (expectation->ours_us != 0)
        progress.paused_us = 0;
    return progress;
}

int64_t expectation_deadline_us(const struct expectation *expectation, GTimeZone *zone)
{
    return deadline_next_us(expectation->def, zone, expectation->when, expectation_progress(expectation));
}

int64_t expectation_next_us(const struct expectation *expectation, GTimeZone *zone, int64_t until_us)
{
    int64_t deadline_us = expectation_deadline_us(expectation, zone), next_us = MIN(deadline_us, until_us);
    return expectation->claimed_us != 0 ? MIN(next_us, expectation->claim_until_us) : next_us;
}

bool expectation_is_in_time(const struct expectation *expectation, int64_t observed_us)
{
    int64_t paused_us = expectation_progress(expectation).paused_us, due_us = expectation->when.due_us;
    return observed_us <= due_us || (paused_us != 0 && paused_us <= due_us);
}

bool expectation_is_over(const struct expectation *expectation, GTimeZone *zone, int64_t at_us)
{
    return expect_recurs(expectation->def) &&
           occurrence_after(expectation->def, zone, expectation->when.opens_us).opens_us <= at_us;
}

enum outcome expectation_unmet(const struct expectation *expectation)
{
    return expectation->def->optional ? OUTCOME_SUPERSEDED : OUTCOME_MISSED;
}

int64_t expectation_began_us(const struct expectation *expectation)
{
    return expectation->def->deadline == DEADLINE_EVERY ? expectation->when.opens_us : expectation->since_us;
}

void expectation_advance(struct expectation *expectation, GTimeZone *zone, int64_t at_us, int64_t every_us,
                         int64_t number)
{
    const struct expect *expect = expectation->def;
    if (expect->deadline == DEADLINE_EVERY)
        expectation->when = (struct occurrence){at_us, every_us != NEVER_US ? at_us + every_us : NEVER_US};
    else
        expectation->when = occurrence_after(expect, zone, expectation->when.opens_us);
    expectation->progress = (struct progress){0};
    expectation->number = number;
    expectation->claimed_us = 0;
}

void expectation_ended(const struct expectation *expectation, enum outcome outcome, int64_t next_us,
                       int64_t out[ENDED_PLACES])
{
    out[ENDED_SLOT] = expectation->slot;
    out[ENDED_OUTCOME] = outcome;
    out[ENDED_NUMBER] = expectation->number;
    out[ENDED_OPENS] = expectation->when.opens_us;
    out[ENDED_DUE] = expectation->when.due_us;
    out[ENDED_NEXT] = next_us;
    out[ENDED_POST] = expectation->post;
}

GHashTable *expectation_numbers(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

int64_t *expectation_number_of(GHashTable *numbers, int64_t matter, int64_t next_expectation)
{
    int64_t *next = g_hash_table_lookup(numbers, &matter);
    if (next == NULL) {
        next = g_memdup2(&next_expectation, sizeof next_expectation);
        g_hash_table_insert(numbers, g_memdup2(&matter, sizeof matter), next);
    }
    return next;
}
