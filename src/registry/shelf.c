/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams and shelves: where the ids of matters come from (command/ids.h). */
#include "registry/decide.h"

bool registry_begin(struct decision *decision, int64_t stream, const char *field)
{
    struct unit unit;
    return decision_begin(decision, stream) ||
           decision_refuse(decision, PROBLEM_OTHER_STREAM, field,
                           registry_unit(decision->rows, id_unit(stream, 1), &unit) ? unit.name : "");
}

/* Two counters, since commands of the root and of the stream itself give out numbers independently. */
int64_t decide_next_unit(struct decision *decision, int64_t stream)
{
    bool own = decision_stream(decision, id_unit(stream, 1)) == stream;
    int64_t before = own ? id_unit(stream, 0) : id_unit(stream, ID_UNIT_BY_ROOT - 1);
    int64_t last = own ? id_unit(stream, ID_UNIT_BY_ROOT - 1) : id_unit(stream, ID_UNIT_MAX);
    int64_t unit = before, shelf = before;
    db_integer(decision->rows, &unit, "SELECT id FROM unit WHERE id > ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1", "ii",
               before, last);
    db_integer(decision->rows, &shelf, "SELECT id FROM shelf WHERE id > ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1", "ii",
               before, last);
    return MAX(unit, shelf) < last ? MAX(unit, shelf) + 1 : 0;
}

int64_t registry_shelf(struct db *rows, int64_t stream, int64_t unit)
{
    int64_t shelf = id_unit_stream(unit) == stream ? unit : 0;
    db_integer(rows, &shelf, "SELECT id FROM shelf WHERE unit = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id DESC LIMIT 1",
               "iii", unit, id_unit(stream, 1), id_unit(stream, ID_UNIT_MAX));
    return shelf;
}

int64_t registry_take_shelf(struct decision *decision, int64_t unit)
{
    int64_t id = decide_next_unit(decision, decision_stream(decision, unit));
    if (id != 0)
        decision_emit(decision, "shelf_taken", unit, 0,
                      json_pack("{s:I, s:I}", "id", (json_int_t)id, "unit", (json_int_t)unit), NULL);
    return id;
}
