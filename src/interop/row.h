/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row - the values of a row as the commands that it asks for, and whether what it says is there already.
 *
 * Shape   commands in the form of `import_rows` (engine/import.c). A matter's id derives from the row's key, or
 *         from its content where there is none, so that the same row is the same matter for ever; persons are known
 *         as row_person.h says; units by code; posts by person, role and grounds. Of persons and matters that the
 *         viewer may not see, it is as if they were not there.
 * Owner   one thread.
 */
#ifndef INTEROP_ROW_H
#define INTEROP_ROW_H

#include "access/access.h"
#include "engine/engine.h"
#include "interop/digest_set.h"
#include "interop/plan.h"

struct row_context {
    struct reader *reader;
    const struct playbook *playbook;
    const struct column_defs *column_defs;
    int64_t now_us;
    GHashTable *codes; /* set: of units in rows before this one */
    bool tried;        /* what is there already has been found before */
    struct rulebook *rulebook;
    const struct viewer *viewer; /* who imports; NULL the operator, who is told of everybody */
    GArray *told;                /* of int64_t: persons of whom the report says that they are there */
    struct digest_set *people;   /* whom rows before this one are about */
};

enum row_is { ROW_NEW, ROW_THERE, ROW_WRONG };

/* out_commands (new, for ROW_NEW) a JSON array; findings about the row are reported by the function itself. `id` is
 * made of the row: see above. */
enum row_is row_read(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                     const struct uuid *id, struct report *report, json_t **out_commands);
/* What makes two rows about one subject in a kind that has one open matter a subject, or a unit; "" none. */
char *row_subject(const struct row_context *context, const struct plan *plan, json_t *const *values);
/* The definition that a field of a row's command came from: "form.age" of the first, "fields.outcome" of one that
 * follows; -1. */
int row_column_def_of(const struct column_defs *column_defs, const json_t *command, const char *field);

#endif
