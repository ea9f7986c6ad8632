/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grants - what a unit may read of people whom it does not see otherwise: named concepts, for a purpose, until a date.
 *
 * Shape   a grant is a matter of a kind with `grants:` that is in force; a viewer may read whose post has as a ground a
 *         unit that takes part in it (that unit itself, not one above it). The rows are open matters of the kinds that
 *         it names, at and below its own unit; of each the newest value of every concept granted. Fields that only some
 *         roles are shown (`visible_to`) are not granted.
 * Owner   struct grant borrows the playbook and owns the rest: grant_clear().
 */
#ifndef ACCESS_GRANTS_H
#define ACCESS_GRANTS_H

#include "access/access.h"

enum grain { GRAIN_COUNTS, GRAIN_MASKED, GRAIN_NAMED };
struct grant {
    const struct kind *kind; /* of the matter that grants */
    int64_t unit;
    enum grain grain;
    json_t *concepts; /* array of names, or one */
    GArray *except;   /* of int64_t persons */
};
/* False: it grants nothing, nothing more, or nothing to this viewer. */
bool access_grant(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct viewer *viewer,
                  const struct matter *matter, struct grant *out);
void grant_clear(struct grant *grant);
AUTO_CLEAR(grant)
bool grant_names(const struct grant *grant, const char *concept);

struct granted {
    struct matter matter;
    GArray *values; /* of struct known_value, one a concept; owned by the page */
};
struct grant_cursor { /* of the last row that was looked at; 0: from the start */
    int64_t unit, matter;
};
/* A page behind the cursor, by unit and matter: array of struct granted. Ends at `most` rows, or after
 * LIMIT_LIST_LOOKED_AT that were looked at: then *out_more, and it goes on behind the cursor as it is left. */
GArray *access_granted(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct grant *grant,
                       int64_t at_us, struct grant_cursor *cursor, int most, bool *out_more);
/* Of one matter. */
GArray *access_known_granted(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct grant *grant,
                             const struct matter *matter);

#endif
