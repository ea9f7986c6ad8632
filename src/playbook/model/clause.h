/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clause - a clause of the notice, and where it is seen whether it is carried out.
 *
 * Shape   figures: indicators of any kinds, by which the clause is judged, at most CLAUSE_FIGURES_MOST. overdue:
 *         expectations of any kinds; while one is overdue, so is the clause. What kinds carry it the kinds say.
 */
#ifndef PLAYBOOK_MODEL_CLAUSE_H
#define PLAYBOOK_MODEL_CLAUSE_H

#include "playbook/model/texts.h"

#include <stddef.h>

struct indicator;
struct kind;

#define CLAUSE_FIGURES_MOST 4
#define CLAUSE_OVERDUE_MOST 20

struct clause_expect {
    const struct kind *kind;
    const char *name; /* of an expectation of the kind, or EXPECTATION_ACCEPT */
};
struct clause {
    char *id;
    struct texts title;
    const struct indicator **figures;
    size_t figure_count;
    struct clause_expect *overdue;
    size_t overdue_count;
};

#endif
