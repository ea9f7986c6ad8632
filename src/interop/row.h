/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row - the values of a row as commands, and whether what it states is there already.
 *
 * Shape   commands in the form of `import_rows` (engine/import.c). A matter's id derives from the row's key, or
 *         from its content where there is none, so that the same row is always the same matter; persons are matched
 *         as row_person.h says; units by code; posts by person, role and grounds. Persons and matters hidden from the
 *         viewer count as missing.
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
    bool tried;        /* existing data was matched in the first reading */
    struct rulebook *rulebook;
    const struct viewer *viewer; /* the actor of the import; NULL the operator, who sees all persons */
    GArray *told;                /* of int64_t: persons that the report shows to exist */
    struct digest_set *people;   /* whom rows before this one are about */
};

enum row_is { ROW_NEW, ROW_THERE, ROW_WRONG };

/* out_commands (new, for ROW_NEW) a JSON array; findings about the row are reported by the function itself. `id` is
 * made of the row: see above. */
enum row_is row_read(struct row_context *context, const struct plan *plan, int64_t row, json_t *const *values,
                     const struct uuid *id, struct report *report, json_t **out_commands);
/* What makes two rows about one subject in a kind that has one open matter a subject, or a unit; "" none. */
char *row_subject(const struct row_context *context, const struct plan *plan, json_t *const *values);
/* What a command tells that a sheet tells once: the matter, kind and time of an entry; the unit, fact and day of a
 * number. The caller frees. */
char *row_tells(const json_t *command);
/* The definition that a field of a row's command came from: "form.age" of the first, "fields.outcome" of one that
 * follows; -1. */
int row_column_def_of(const struct column_defs *column_defs, const json_t *command, const char *field);

#endif
