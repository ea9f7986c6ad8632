/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * participant_set - units or persons that take part in a matter.
 */
#ifndef PLAYBOOK_MODEL_PARTICIPANT_SET_H
#define PLAYBOOK_MODEL_PARTICIPANT_SET_H

#include "playbook/model/form_def.h"
#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>

struct kind;
struct unit_type;

/* L4: units or persons that take part in a matter, each with a state of its own. */
struct participant_set {
    char *name;
    struct texts title;
    bool persons;                        /* else units */
    int least, most;                     /* how many; most 0: any number */
    const struct unit_type **unit_types; /* that may take part; none: any */
    size_t unit_type_count;
    const struct code_list *states; /* the first is where they begin; NULL none */
    int field;                      /* of the kind's form, that holds the first of them; -1 none */
    bool audience;                  /* L9: every unit of the unit types under a place, with or without a number to it */
    bool standing;                  /* and units that come later, while the matter is open */
    int under; /* of an audience: a field of the kind's form that holds the place; -1 the matter's unit */
    const struct kind *where_open; /* of an audience: only units that an open matter of the kind is about; NULL all */
    struct form columns;           /* what expressions see of each: state, who */
};

#endif
