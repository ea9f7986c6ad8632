/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/registry.h"

#include "base/identity.h"
#include "base/name.h"

#include <string.h>

#define FEW_UNITS    5000 /* gone through in some milliseconds */
#define UNIT_COLUMNS "u.id, u.parent, u.type, u.code, u.name, u.from_us, u.to_us, u.version"

static void read_unit(struct cursor *cursor, struct unit *out)
{
    *out = (struct unit){
        .id = cursor_integer(cursor, 0),
        .parent = cursor_integer(cursor, 1),
        .from_us = cursor_integer(cursor, 5),
        .to_us = cursor_integer(cursor, 6),
        .version = cursor_integer(cursor, 7),
    };
    g_strlcpy(out->type, cursor_text(cursor, 2), sizeof out->type);
    g_strlcpy(out->code, cursor_text(cursor, 3), sizeof out->code);
    g_strlcpy(out->name, cursor_text(cursor, 4), sizeof out->name);
}

static GArray *read_units(struct cursor *cursor)
{
    GArray *units = g_array_new(FALSE, FALSE, sizeof(struct unit));
    while (cursor_next(cursor)) {
        struct unit unit;
        read_unit(cursor, &unit);
        g_array_append_val(units, unit);
    }
    return units;
}

bool registry_is_drill(struct db *rows)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT 1 FROM drill", "");
}

bool registry_unit(struct db *rows, int64_t id, struct unit *out)
{
    AUTO(cursor)
    struct cursor row = db_query(rows, "SELECT " UNIT_COLUMNS " FROM unit u WHERE u.id = ?1", "i", id);
    if (!cursor_next(&row))
        return false;
    read_unit(&row, out);
    return true;
}

bool registry_unit_named(struct db *rows, int64_t id, struct unit *out)
{
    if (registry_unit(rows, id, out))
        return true;
    db_corrupt(rows, "a row names unit %" G_GINT64_FORMAT ", which there is not", id);
    return false;
}

bool registry_unit_on(struct db *rows, int64_t id, int64_t at_us, struct unit *out)
{
    struct unit unit;
    if (!registry_unit(rows, id, &unit) || at_us < unit.from_us || at_us >= unit.to_us)
        return false;
    AUTO(cursor)
    struct cursor then =
        db_query(rows,
                 "SELECT (SELECT name FROM unit_name WHERE unit = ?1 AND from_us <= ?2 ORDER BY from_us DESC LIMIT "
                 "1), "
                 "(SELECT code FROM unit_code WHERE unit = ?1 AND from_us <= ?2 ORDER BY from_us DESC LIMIT 1), "
                 "(SELECT ancestor FROM cover WHERE unit = ?1 AND depth = 1 AND from_us <= ?2 AND to_us > ?2)",
                 "ii", id, at_us);
    if (!cursor_next(&then) || cursor_is_null(&then, 0) || cursor_is_null(&then, 1))
        return false;
    g_strlcpy(unit.name, cursor_text(&then, 0), sizeof unit.name);
    g_strlcpy(unit.code, cursor_text(&then, 1), sizeof unit.code);
    unit.parent = cursor_integer(&then, 2);
    *out = unit;
    return true;
}

bool registry_unit_by_text(struct db *rows, const char *typed, int64_t at_us, int64_t *out_id)
{
    gint64 id;
    g_autofree char *text = identity_plain(typed);
    if (text[0] == '#') {
        struct unit unit;
        if (!g_ascii_string_to_signed(text + 1, 10, 1, INT64_MAX, &id, NULL) || !registry_unit(rows, id, &unit))
            return false;
        *out_id = id;
        return true;
    }
    return db_integer(rows, out_id,
                      "SELECT unit FROM (SELECT unit, to_us FROM unit_code WHERE code = ?1 AND from_us <= ?2 "
                      "ORDER BY from_us DESC LIMIT 1) WHERE to_us > ?2",
                      "si", text, at_us);
}

bool registry_unit_last_coded(struct db *rows, const char *code, int64_t *out_id)
{
    return db_integer(rows, out_id, "SELECT unit FROM unit_code WHERE code = ?1 ORDER BY from_us DESC LIMIT 1", "s",
                      code);
}

bool registry_code_has_ended(struct db *rows, const char *code)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT 1 FROM unit_code WHERE code = ?1 AND to_us < ?2", "si", code,
                      REGISTRY_OPEN);
}

bool registry_covers(struct db *rows, int64_t ancestor, int64_t unit, int64_t at_us)
{
    int64_t found;
    return db_integer(rows, &found,
                      "SELECT 1 FROM cover WHERE ancestor = ?1 AND unit = ?2 AND from_us <= ?3 AND to_us > ?3", "iii",
                      ancestor, unit, at_us);
}

int64_t registry_above(struct db *rows, int64_t unit, const char *type, int64_t at_us)
{
    int64_t found = 0;
    db_integer(rows, &found,
               "SELECT c.ancestor FROM cover c JOIN unit u ON u.id = c.ancestor "
               "WHERE c.unit = ?1 AND c.from_us <= ?3 AND c.to_us > ?3 AND u.type = ?2 ORDER BY c.depth LIMIT 1",
               "isi", unit, type, at_us);
    return found;
}

int64_t registry_common_ancestor(struct db *rows, int64_t a, int64_t b, int64_t at_us)
{
    int64_t found = 0;
    db_integer(rows, &found,
               "SELECT c.ancestor FROM cover c WHERE c.unit = ?1 AND c.from_us <= ?3 AND c.to_us > ?3 "
               "AND EXISTS (SELECT 1 FROM cover d WHERE d.ancestor = c.ancestor AND d.unit = ?2 "
               "AND d.from_us <= ?3 AND d.to_us > ?3) ORDER BY c.depth LIMIT 1",
               "iii", a, b, at_us);
    return found;
}

GArray *registry_successors(struct db *rows, int64_t unit)
{
    return cursor_integers(
        db_query(rows, "SELECT successor FROM unit_successor WHERE unit = ?1 ORDER BY successor", "i", unit));
}

GArray *registry_predecessors(struct db *rows, int64_t unit)
{
    return cursor_integers(
        db_query(rows, "SELECT unit FROM unit_successor WHERE successor = ?1 ORDER BY unit", "i", unit));
}

GArray *registry_path(struct db *rows, int64_t unit, int64_t at_us)
{
    GArray *path = g_array_new(FALSE, FALSE, sizeof(struct unit));
    AUTO(cursor)
    struct cursor above = db_query(
        rows, "SELECT ancestor FROM cover WHERE unit = ?1 AND from_us <= ?2 AND to_us > ?2 ORDER BY depth DESC", "ii",
        unit, at_us);
    while (cursor_next(&above)) {
        struct unit one;
        if (registry_unit_on(rows, cursor_integer(&above, 0), at_us, &one))
            g_array_append_val(path, one);
    }
    return path;
}

int64_t registry_tree_us(struct db *rows, int64_t at_us)
{
    int64_t changed_us = at_us;
    db_integer(rows, &changed_us, "SELECT max(from_us) FROM cover WHERE depth <= 1 AND from_us <= ?1", "i", at_us);
    return changed_us;
}

GArray *registry_children(struct db *rows, int64_t parent, int64_t after, int most)
{
    AUTO(cursor)
    struct cursor children =
        db_query(rows,
                 "SELECT " UNIT_COLUMNS " FROM unit u WHERE u.parent = ?1 AND u.id > ?2 AND u.to_us = ?3 "
                 "ORDER BY u.id LIMIT ?4",
                 "iiii", parent, after, REGISTRY_OPEN, (int64_t)most);
    return read_units(&children);
}

int64_t registry_units_named(struct db *rows, const char *name, int64_t at_us, int64_t most, int64_t *out_id)
{
    int64_t count = 0;
    AUTO(cursor)
    struct cursor found =
        db_query(rows, "SELECT id FROM unit WHERE name = ?1 AND to_us > ?2 LIMIT ?3", "sii", name, at_us, most);
    for (; cursor_next(&found); count++)
        *out_id = cursor_integer(&found, 0);
    return count;
}

bool registry_child_named(struct db *rows, int64_t parent, const char *name, int64_t at_us, struct unit *out)
{
    int64_t id = 0;
    return db_integer(rows, &id, "SELECT id FROM unit WHERE parent = ?1 AND name = ?2 AND to_us > ?3", "isi", parent,
                      name, at_us) &&
           registry_unit(rows, id, out);
}

#define OF_TYPE "SELECT " UNIT_COLUMNS " FROM unit u WHERE u.type = ?1 AND u.id > ?2 AND u.to_us = ?3 "

/* Whether there are so few units below that going through all of them is quick. */
static bool has_few(struct db *rows, int64_t under)
{
    int64_t below = 0;
    return db_integer(rows, &below, "SELECT count(*) FROM (SELECT 1 FROM cover WHERE ancestor = ?1 LIMIT ?2)", "ii",
                      under, (int64_t)FEW_UNITS) &&
           below < FEW_UNITS;
}

GArray *registry_units_of_type(struct db *rows, int64_t under, const char *type, int64_t after, int most)
{
    if (under == 0) {
        AUTO(cursor)
        struct cursor found =
            db_query(rows, OF_TYPE "ORDER BY u.id LIMIT ?4", "siii", type, after, REGISTRY_OPEN, (int64_t)most);
        return read_units(&found);
    }
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 has_few(rows, under) ? "SELECT " UNIT_COLUMNS " FROM cover c CROSS JOIN unit u ON u.id = c.unit "
                                        "WHERE c.ancestor = ?5 AND c.unit > ?2 AND c.to_us = ?3 AND c.depth > 0 "
                                        "AND u.type = ?1 AND u.to_us = ?3 ORDER BY c.unit LIMIT ?4"
                                      : OF_TYPE "AND EXISTS (SELECT 1 FROM cover c WHERE c.ancestor = ?5 "
                                                "AND c.unit = u.id AND c.to_us = ?3 AND c.depth > 0) "
                                                "ORDER BY u.id LIMIT ?4",
                 "siiii", type, after, REGISTRY_OPEN, (int64_t)most, under);
    return read_units(&found);
}

GArray *registry_ids_of_type(struct db *rows, int64_t under, const char *type, int64_t at_us, int most)
{
    return cursor_integers(db_query(
        rows,
        has_few(rows, under) ? "SELECT c.unit FROM cover c CROSS JOIN unit u ON u.id = c.unit WHERE c.ancestor = ?1 "
                               "AND c.from_us <= ?2 AND c.to_us > ?2 AND c.depth > 0 AND u.type = ?3 ORDER BY c.unit "
                               "LIMIT ?4"
                             : "SELECT u.id FROM unit u WHERE u.type = ?3 AND EXISTS (SELECT 1 FROM cover c WHERE "
                               "c.ancestor = ?1 AND c.unit = u.id AND c.from_us <= ?2 AND c.to_us > ?2 AND c.depth > "
                               "0) ORDER BY u.id LIMIT ?4",
        "iisi", under, at_us, type, (int64_t)most));
}

GArray *registry_search_units(struct db *rows, int64_t under, const char *text, int64_t after, int most)
{
    g_autofree char *plain = name_index_form(text);
    if (under == 0) {
        AUTO(cursor)
        struct cursor found = db_query(
            rows,
            "SELECT " UNIT_COLUMNS " FROM unit u WHERE u.id > ?1 AND u.to_us = ?2 "
            "AND ((?5 <> '' AND instr(u.plain, ?5) > 0) OR substr(u.code, 1, length(?3)) = ?3) ORDER BY u.id LIMIT ?4",
            "iisis", after, REGISTRY_OPEN, text, (int64_t)most, plain);
        return read_units(&found);
    }
    AUTO(cursor)
    struct cursor found = db_query(
        rows,
        "SELECT " UNIT_COLUMNS " FROM cover c CROSS JOIN unit u ON u.id = c.unit "
        "WHERE c.ancestor = ?1 AND c.unit > ?2 AND c.to_us = ?3 AND u.to_us = ?3 "
        "AND ((?6 <> '' AND instr(u.plain, ?6) > 0) OR substr(u.code, 1, length(?4)) = ?4) ORDER BY c.unit LIMIT ?5",
        "iiisis", under, after, REGISTRY_OPEN, text, (int64_t)most, plain);
    return read_units(&found);
}
