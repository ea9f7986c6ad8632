/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other system's data of a matter, and the matter of its number. */
#include "matter/matter.h"

#define COLUMNS "system, number, due_us, state, closed_us, mirrored_us, said_us"

static bool read_one(struct cursor found, struct external *out)
{
    AUTO(cursor) struct cursor cursor = found;
    *out = (struct external){0};
    if (!cursor_next(&cursor))
        return false;
    g_strlcpy(out->system, cursor_text(&cursor, 0), sizeof out->system);
    g_strlcpy(out->number, cursor_text(&cursor, 1), sizeof out->number);
    out->due_us = cursor_integer(&cursor, 2);
    if (!cursor_is_null(&cursor, 3))
        g_strlcpy(out->state, cursor_text(&cursor, 3), sizeof out->state);
    out->closed_us = cursor_integer(&cursor, 4);
    out->mirrored_us = cursor_integer(&cursor, 5);
    out->said_us = cursor_integer(&cursor, 6);
    return true;
}

bool matter_external(struct db *rows, int64_t matter, struct external *out)
{
    return read_one(db_query(rows, "SELECT " COLUMNS " FROM external WHERE matter = ?1", "i", matter), out);
}

bool matter_external_of_all(struct db *rows, int64_t matter, struct external *out)
{
    return read_one(db_query(rows,
                             "WITH RECURSIVE one (id) AS (SELECT ?1 UNION SELECT m.id FROM matter m JOIN one ON "
                             "m.merged_into = one.id WHERE m.merged_into <> 0) SELECT " COLUMNS " FROM one CROSS JOIN "
                             "external ON matter = one.id ORDER BY matter <> ?1, said_us DESC, matter LIMIT 1",
                             "i", matter),
                    out);
}

const char *matter_external_conflict(const struct matter *matter, const struct external *external)
{
    if (external->closed_us != 0 && matter->closed_us == 0)
        return "closed_there";
    bool told = *external->state != '\0' || external->due_us != 0;
    return told && external->closed_us == 0 && matter->closed_us != 0 ? "closed_here" : NULL;
}

int64_t matter_by_external(struct db *rows, const char *system, const char *number)
{
    int64_t matter = 0;
    db_integer(rows, &matter, "SELECT matter FROM external WHERE system = ?1 AND number = ?2", "ss", system, number);
    return matter;
}

int64_t matter_survivor(struct db *rows, int64_t matter)
{
    int64_t into;
    while (db_integer(rows, &into, "SELECT merged_into FROM matter WHERE id = ?1 AND merged_into <> 0", "i", matter))
        matter = into;
    return matter;
}
