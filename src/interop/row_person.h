/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_person - which person a row is about, and a row of a sheet of persons.
 *
 * Shape   the same ID number under the same name, in whichever spelling, is the same person. Without a number no person
 *         is matched: one who is alike (name and phone) is noted, and the row is another person, unless the mapping has
 *         `likely: known` and there is exactly one. A row of persons without anything new against an earlier row, or
 *         against a person who is alike, is left out and noted. Persons hidden from the viewer count as missing.
 * Owner   one thread.
 */
#ifndef INTEROP_ROW_PERSON_H
#define INTEROP_ROW_PERSON_H

#include "interop/row.h"

struct named { /* the data of a person in a sheet; NULL none */
    const char *name, *id_type, *id_number, *phone;
};

struct named person_named(const struct row_context *context, json_t *const *values, const char *prefix);
/* The ID number as it is stored, NULL where it cannot exist, as "无". The caller frees. */
char *person_number(const struct row_context *context, const struct named *given);

/* A registered person, by id or by data. 0 with a problem. */
int64_t person_by_id(const struct row_context *context, const char *text, struct problem **problem);
int64_t person_meant(const struct row_context *context, const struct named *given, struct problem **problem);

/* The subject of a matter's row in the form of a command; NULL none. Persons who are alike are noted. */
json_t *person_subject(const struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                       struct report *report);

/* The home of rows below the first of a household, where a sheet had merged cells. */
struct household_above {
    int64_t row; /* 0: none yet */
    json_t *values[3];
};
void household_above_clear(struct household_above *above);
/* Fills in a home that the mapping says is merged, else notes a row without a home below one that has one. No other
 * cell is filled in. */
void row_fill_home(const struct row_context *context, const struct plan *plan, int64_t row, json_t **values,
                   struct household_above *above, struct report *report);

enum row_is row_read_person(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                            const struct uuid *id, struct report *report, json_t **out_commands);

#endif
