/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rebase - which running matters can change to the rules in force, and how far a kind has come.
 *
 * Shape   a matter keeps the rules of its opening until a command asks otherwise (commands/rebase.h). Matters are taken
 *         in pages, by id, and the table `rebase` has the progress of a kind, so that an interrupted run continues.
 * Errors  state_gone, field_type_changed, rules_do_not_fit: what the new rules could not carry on.
 * Limits  REBASED_PER_COMMAND changed in one command, REBASE_LOOKED_AT read in one or in one page of the dry run.
 */
#ifndef MATTER_REBASE_H
#define MATTER_REBASE_H

#include "matter/matter.h"

#define REBASED_PER_COMMAND 100  /* events of one command: a fifth of LIMIT_EVENTS_PER_COMMAND */
#define REBASE_LOOKED_AT    5000 /* matters of other kinds lie between */

enum misfit_why { FITS, MISFIT_NATURE, MISFIT_STATE, MISFIT_FIELD, MISFIT_WAITING, MISFIT_DOCUMENT };
struct misfit {
    struct uuid matter;
    enum misfit_why why;
    char what[100]; /* the state, the field, the expectation or the document */
};
/* Can the matter go over to the rules of `to`? Not by a view: a dry run asks it of every matter of a kind, and only
 * what the two kinds differ in is read: form and entries where a field's type changed, no facts and no participants. */
bool rebase_fits(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct matter *matter,
                 const struct kind *to, struct misfit *out);
struct problem *misfit_problem(const struct misfit *misfit);

/* Which matters: open ones of a kind in and below a unit, from an id on. */
struct rebase_range {
    const struct playbook *to;
    const char *kind;
    int64_t unit, after; /* `after` becomes the last one read */
    bool done;           /* there are no more */
};
/* The next that are under other rules, at most `most`: an array of struct matter. */
GArray *rebase_waiting(struct db *rows, struct rebase_range *range, int64_t at_us, int most);

/* The progress of a kind; false: not begun with these rules. */
struct rebase_progress {
    int64_t last, rebased, passed;
    bool done;
};
bool rebase_progress(struct db *rows, const struct playbook *to, const char *kind, int64_t unit,
                     struct rebase_progress *out);

#endif
