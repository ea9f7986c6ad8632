/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outage - all that was missed under a unit, or is overdue there, and due within a time.
 *
 * Shape   outage_find() reads every row of that time, of any unit: a door lets a reader do it (decision_init_asked()),
 *         and gives the writer what was found (command->found). The writer does not rely on it: decide_excuse() checks
 *         each again. The two functions that a door calls stand in matter.h.
 * Limits  EXCUSED_PER_COMMAND are found at a time.
 */
#ifndef MATTER_COMMANDS_OUTAGE_H
#define MATTER_COMMANDS_OUTAGE_H

#include "command/decision.h"
#include "matter/matter.h"

struct outage {
    int64_t under, from_us, to_us; /* to: not itself */
    const char *kind, *name;       /* NULL: all; borrowed from the command */
};

struct found { /* an expectation */
    int64_t matter, number;
};

/* Out of the command's body; false with the problem, also when the actor holds no post that covers the unit. */
bool outage_read(struct decision *decision, struct outage *out);
/* Array of struct found: first what was missed, then what is overdue, each by due time; the caller frees. */
GArray *outage_find(struct decision *decision, const struct outage *outage);
/* One of a matter, for which a post answers (0 none): it falls into the outage, and the actor may excuse it. */
bool outage_concerns(struct decision *decision, const struct outage *outage, const struct matter *matter, int64_t post);
/* One rule for what is named and for what an outage covers: the actor stands above and sees the matter, and does not
 * hold the post that answers. */
bool outage_is_theirs(struct decision *decision, const struct matter *matter, int64_t post);

#endif
