/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conservation - at the end of a rehearsal: whether nothing that was made has vanished.
 *
 * Shape   the rehearsal's own book is held against the tables: every arrival has one fate, every entry is there as
 *         often as it was accepted, every expectation that stood on a list is open or has an outcome, and the numbers
 *         of each matter's expectations have no gaps. Kept figures and counts of now equal a recount, the chain
 *         verifies.
 * Errors  GError when the files cannot be read; what is wrong in them is a fault: a sentence with ids only.
 * Owner   one thread; nobody may write meanwhile.
 */
#ifndef REHEARSAL_CONSERVATION_H
#define REHEARSAL_CONSERVATION_H

#include "engine/engine.h"
#include "matter/matter.h"
#include "rehearsal/book.h"

enum fate {
    FATE_OPEN,        /* to be screened */
    FATE_IN_TRANSIT,  /* offered to another unit, which has not answered */
    FATE_HANDED_ON,   /* another unit has taken over, and is to screen */
    FATE_AT_CLINIC,   /* feverish */
    FATE_OBSERVED,    /* at home */
    FATE_RELEASED,    /* after an observation */
    FATE_SCREENED,    /* and let go */
    FATE_IN_HOSPITAL, /* kept there */
    FATE_DEPARTED,    /* left again */
    FATE_ENDED,       /* merged into another one, or erased after its time */
    FATE_COUNT
};
extern const char *const fate_names[FATE_COUNT];

#define OUTCOMES (OUTCOME_NO_SHOW + 1)

struct conservation {
    int64_t made, fates[FATE_COUNT];       /* arrivals */
    int64_t entries;                       /* by people */
    int64_t expected, overdue;             /* of all that was expected; of the open ones */
    int64_t outcomes[OUTCOMES];            /* by enum outcome, OUTCOME_OPEN with the overdue ones */
    int64_t figures_differ, events, heads; /* of the recount; of the chain */
    GPtrArray *faults;                     /* of char *: the first FAULTS_MOST */
    int64_t fault_count;
};
#define FAULTS_MOST 20
void conservation_clear(struct conservation *found);
AUTO_CLEAR(conservation)

/* `since_us`: when the rehearsal began; what is older is none of its doing. */
bool conservation_prove(const struct book *book, struct engine *engine, int64_t since_us, struct conservation *out,
                        GError **error);

#endif
