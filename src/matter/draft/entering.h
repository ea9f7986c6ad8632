/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * entering - one entry while it is decided.
 *
 * Owner   the caller; all pointers are borrowed.
 */
#ifndef MATTER_DRAFT_ENTERING_H
#define MATTER_DRAFT_ENTERING_H

#include "matter/draft/draft.h"

struct entering {
    const struct entry_def *entry;
    const json_t *fields; /* stored fields */
    const char *attempt;  /* NULL none */
    const char *word_of, *channel;
    int64_t proxy; /* person who spoke for the subject */
    int64_t observed_us;
    int64_t person;              /* whose entry it is */
    int64_t participant;         /* for whom, or about whom; 0 none */
    int64_t line;                /* about which of the lines of entry->line, from 1; 0 none */
    int64_t corrects;            /* number of an earlier entry, 0 none */
    const json_t *fields_before; /* of that entry */
    const char *reason;          /* of a correction, or of an entry in others' matters; NULL none */
    const char *event;           /* "entered", or an event of a hand-over */
};

#endif
