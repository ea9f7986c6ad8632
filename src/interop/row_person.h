/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_person - whom a row means, and a row of a sheet of persons.
 *
 * Shape   the same ID number under the same name, however it is spelt, is the same person. Without one, nobody is
 *         taken for somebody else: whoever is alike (name and phone) is shown, and the row is another person, unless
 *         the mapping says `likely: known` and there is one such. A row of persons that says no more than one before
 *         it, or than what is known of somebody alike, is left out and said. Of persons whom the viewer may not see
 *         it is as if they were not there.
 * Owner   one thread.
 */
#ifndef INTEROP_ROW_PERSON_H
#define INTEROP_ROW_PERSON_H

#include "interop/row.h"

struct named { /* what a sheet says of a person; NULL not */
    const char *name, *id_number, *phone;
};

struct named person_named(const struct row_context *context, json_t *const *values, const char *prefix);
/* The ID number in plain form, NULL where there is none that can exist: nobody is known by "无". The caller frees. */
char *person_number(const struct row_context *context, const struct named *given);

/* Somebody who is registered: by their id, or by what is said of them. 0 with a problem. */
int64_t person_by_id(const struct row_context *context, const char *text, struct problem **problem);
int64_t person_meant(const struct row_context *context, const struct named *given, struct problem **problem);

/* What a matter's row says of whom it is about, as a command wants it; NULL nothing. Who is alike is noted. */
json_t *person_subject(const struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                       struct report *report);

/* The home of rows below the first of a household, where a sheet had merged cells. */
struct household_above {
    int64_t row; /* 0: none yet */
    json_t *values[3];
};
void household_above_clear(struct household_above *above);
/* Fills in what the mapping says is merged, else tells that a row has no home below one that has; phones and all else
 * are never filled in. */
void row_fill_home(const struct row_context *context, const struct plan *plan, int64_t row, json_t **values,
                   struct household_above *above, struct report *report);

enum row_is row_read_person(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                            const struct uuid *id, struct report *report, json_t **out_commands);

#endif
