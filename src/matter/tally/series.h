/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * series - which indicators are kept current, and what makes all of a matter's facts count otherwise.
 *
 * Shape   a series is an indicator of a kind, by both names, in whichever version of the playbook: each matter adds
 *         what the version of its own rules says, so that adopting another version changes no figure that is kept.
 *         An indicator is kept when what a matter adds to it follows from rows alone, without key and clock: its
 *         conditions and credits read no sealed field, no fact, no participant's state and no subject, and it counts no
 *         entries that are hidden until another one has come. Any other is counted anew each time it is asked for.
 * Owner   a cache lives as long as one fold or one recount, and borrows the rulebook's playbooks.
 */
#ifndef MATTER_TALLY_SERIES_H
#define MATTER_TALLY_SERIES_H

#include "playbook/model/rulebook.h"
#include "store/db.h"

/* What has changed of a matter or of a part of it; triggers of rows/schema.sql write these numbers. */
enum tally_change {
    CHANGE_HAD = 1, /* it may have counted before */
    CHANGE_FORM = 2,
    CHANGE_STATE = 4,
    CHANGE_CLOSED = 8,
    CHANGE_JOINED = 16,   /* a participant came or left */
    CHANGE_WHO = 32,      /* a participant is another unit */
    CHANGE_ALL = 64,      /* its unit, its rules, or it was erased */
    CHANGE_ENTRIES = 128, /* never in rows: any entry */
};

/* tally_state.counted. */
enum tally_state { TALLY_NEVER, TALLY_COUNTED, TALLY_BEHIND /* something changed that was not folded */ };

struct series {
    int64_t id;
    const struct indicator *indicator; /* of one version */
    const struct playbook *playbook;
    unsigned whole_after; /* bits of enum tally_change after which all that a matter adds is counted anew */
};

bool series_is_kept(const struct indicator *indicator);
/* Counted at other units than the matter's own. */
bool series_is_elsewhere(const struct indicator *indicator);

struct series_cache {
    struct db *rows;
    bool reads_only;   /* gives ids below 0 to series that rows do not know */
    GHashTable *kinds; /* const struct kind * → GArray of struct series */
    int64_t strangers;
};
void series_cache_init(struct series_cache *cache, struct db *rows, bool reads_only);
void series_cache_clear(struct series_cache *cache);
AUTO_CLEAR(series_cache)
/* Those of a kind that are kept; borrowed from the cache. */
const GArray *series_of(struct series_cache *cache, const struct playbook *playbook, const struct kind *kind);
int64_t series_find(struct db *rows, const char *kind, const char *name); /* 0: nothing has been counted yet */

#endif
