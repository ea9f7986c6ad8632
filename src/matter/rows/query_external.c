/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What another system says of a matter, and the matter of which it says it. */
#include "matter/matter.h"

bool matter_external(struct db *rows, int64_t matter, struct external *out)
{
    AUTO(rows)
    struct rows found =
        rows_of(rows, "SELECT system, number, due_us, state, closed_us, mirrored_us FROM external WHERE matter = ?1",
                "i", matter);
    *out = (struct external){0};
    if (!rows_next(&found))
        return false;
    g_strlcpy(out->system, rows_text(&found, 0), sizeof out->system);
    g_strlcpy(out->number, rows_text(&found, 1), sizeof out->number);
    out->due_us = rows_integer(&found, 2);
    if (!rows_is_null(&found, 3))
        g_strlcpy(out->state, rows_text(&found, 3), sizeof out->state);
    out->closed_us = rows_integer(&found, 4);
    out->mirrored_us = rows_integer(&found, 5);
    return true;
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
