/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * handover_def - how a matter goes to another unit.
 */
#ifndef PLAYBOOK_MODEL_HANDOVER_DEF_H
#define PLAYBOOK_MODEL_HANDOVER_DEF_H

#include "playbook/model/address.h"
#include "playbook/model/flow.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct code_list;
struct expr;
struct state;

#define PROPOSAL_ENTRY_COUNT 2 /* confirm, decline: made by `proposed_by` */
#define HANDOVER_ENTRY_LEAST 3 /* of hand-over; one more with `decided`, one with `no_show` */

/* Offered, then accepted: the matter goes to another unit. The entries hand_over, accept_handover, refuse_handover and,
 * with `decided`, assign_handover are generated for it. */
struct handover_def {
    bool present;
    struct address *by; /* who may offer */
    size_t by_count;
    struct address accept; /* at the receiver */
    int64_t within_us;
    const struct code_list *refuse_reasons;
    int bounce_cap;
    const struct state *state_after; /* NULL: stays */
    bool no_show;                    /* the entry report_no_show */
    struct expr *no_show_after;      /* a duration from the offer on, or an instant: then they never came; NULL none */
    struct address unknown;          /* role NULL: none; where the matter goes when its receiver is unknown */
    bool decided;                    /* a decision after a refusal beyond the cap; else it cannot be refused then */
    struct expect deciding;          /* of the post that assigns it */
};

#endif
