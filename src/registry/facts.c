/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/facts.h"

#include "registry/registry.h"

#include <string.h>

/* ---- sums: changes by time ---- */

/* What the values of `unit_fact f` with FILTER change in the sums: ancestor, fact, type, at_us, value, units. ?1 the
 * sign. */
#define CHANGES(filter)                                                                                                \
    "WITH piece AS MATERIALIZED (SELECT c.ancestor, f.fact, u.type, f.value, max(c.from_us, f.from_us) AS from_us, "   \
    "min(c.to_us, coalesce((SELECT n.from_us FROM unit_fact n WHERE n.unit = f.unit AND n.fact = f.fact AND "          \
    "n.from_us > f.from_us ORDER BY n.from_us LIMIT 1), c.to_us)) AS to_us "                                           \
    "FROM unit_fact f JOIN unit u ON u.id = f.unit JOIN cover c ON c.unit = f.unit WHERE " filter "), "                \
    "change AS (SELECT ancestor, fact, type, from_us AS at_us, value, 1 AS units FROM piece WHERE from_us < to_us "    \
    "UNION ALL SELECT ancestor, fact, type, to_us, -value, -1 FROM piece WHERE from_us < to_us AND to_us < " OPEN_TEXT \
    ") SELECT ancestor, fact, type, at_us, ?1 * sum(value) AS value, ?1 * sum(units) AS units FROM change "            \
    "GROUP BY ancestor, fact, type, at_us"
#define OPEN_TEXT "9223372036854775807"
#define INTO_SUMS(filter)                                                                                              \
    "INSERT INTO unit_fact_sum (ancestor, fact, type, at_us, value, units) SELECT * FROM (" CHANGES(                   \
        filter) ") WHERE true ON CONFLICT DO UPDATE SET value = value + excluded.value, units = units + excluded.units"

static void forget_nothing(struct db *rows)
{
    db_run(rows, "DELETE FROM unit_fact_sum WHERE value = 0 AND units = 0", "");
}

void facts_fold_below(struct db *rows, int64_t unit, int sign)
{
    db_run(rows, INTO_SUMS("f.unit IN (SELECT unit FROM cover WHERE ancestor = ?2)"), "ii", (int64_t)sign, unit);
    forget_nothing(rows);
}

/* Of one fact, the values that begin from the one time to the other. */
static void fold_between(struct db *rows, int64_t unit, const char *fact, int64_t from_us, int64_t to_us, int sign)
{
    db_run(rows, INTO_SUMS("f.unit = ?2 AND f.fact = ?3 AND f.from_us BETWEEN ?4 AND ?5"), "iisii", (int64_t)sign, unit,
           fact, from_us, to_us);
}

/* Only the value that holds until then, and the one that begins then, are otherwise: the cost is not that of the
 * unit's history. */
void facts_set(struct db *rows, int64_t unit, const char *fact, int64_t from_us, int64_t value, const char *source)
{
    int64_t first_us = from_us;
    db_integer(rows, &first_us,
               "SELECT from_us FROM unit_fact WHERE unit = ?1 AND fact = ?2 AND from_us < ?3 ORDER BY from_us DESC "
               "LIMIT 1",
               "isi", unit, fact, from_us);
    fold_between(rows, unit, fact, first_us, from_us, -1);
    db_run(rows, "INSERT OR REPLACE INTO unit_fact (unit, fact, from_us, value, source) VALUES (?1, ?2, ?3, ?4, ?5)",
           "isiis", unit, fact, from_us, value, source);
    fold_between(rows, unit, fact, first_us, from_us, 1);
    forget_nothing(rows);
}

/* ---- of one unit ---- */

static void clear_row(gpointer data)
{
    struct fact_row *row = data;
    g_free(row->source);
}

static GArray *read_rows(struct cursor taken)
{
    AUTO(cursor) struct cursor found = taken;
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct fact_row));
    g_array_set_clear_func(all, clear_row);
    while (cursor_next(&found)) {
        struct fact_row row = {.from_us = cursor_integer(&found, 1),
                               .value = cursor_integer(&found, 2),
                               .source = g_strdup(cursor_text(&found, 3))};
        g_strlcpy(row.fact, cursor_text(&found, 0), sizeof row.fact);
        g_array_append_val(all, row);
    }
    return all;
}

GArray *registry_facts_on(struct db *rows, int64_t unit, int64_t at_us)
{
    return read_rows(db_query(rows,
                              "SELECT f.fact, f.from_us, f.value, f.source FROM unit_fact f WHERE f.unit = ?1 AND "
                              "f.from_us = (SELECT max(n.from_us) FROM unit_fact n WHERE n.unit = f.unit AND n.fact = "
                              "f.fact AND n.from_us <= ?2) ORDER BY f.fact",
                              "ii", unit, at_us));
}

GArray *registry_fact_history(struct db *rows, int64_t unit, const char *fact, int64_t before_us, int limit)
{
    return read_rows(db_query(rows,
                              "SELECT fact, from_us, value, source FROM unit_fact WHERE unit = ?1 AND fact = ?2 AND "
                              "from_us < ?3 ORDER BY from_us DESC LIMIT ?4",
                              "isii", unit, fact, before_us, (int64_t)limit));
}

int64_t registry_fact_dates(struct db *rows, int64_t unit, const char *fact)
{
    int64_t count = 0;
    db_integer(rows, &count, "SELECT count(*) FROM unit_fact WHERE unit = ?1 AND fact = ?2", "is", unit, fact);
    return count;
}

bool registry_has_fact_from(struct db *rows, int64_t unit, const char *fact, int64_t from_us)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT 1 FROM unit_fact WHERE unit = ?1 AND fact = ?2 AND from_us = ?3", "isi",
                      unit, fact, from_us);
}

/* ---- added up ---- */

static void add_sums(struct db *rows, int64_t unit, const char *fact, const char *type, const int64_t *times_us,
                     size_t count, struct fact_sum *out)
{
    struct fact_sum sum = {0};
    size_t at = 0;
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT at_us, value, units FROM unit_fact_sum WHERE ancestor = ?1 AND fact = ?2 "
                                   "AND type = ?3 ORDER BY at_us",
                                   "iss", unit, fact, type);
    for (bool more = cursor_next(&found); at < count;) {
        if (more && cursor_integer(&found, 0) <= times_us[at]) {
            sum.value += cursor_integer(&found, 1);
            sum.units += cursor_integer(&found, 2);
            more = cursor_next(&found);
            continue;
        }
        out[at].value += sum.value;
        out[at++].units += sum.units;
    }
}

void registry_fact_sums(struct db *rows, int64_t unit, const struct unit_fact *fact, const int64_t *times_us,
                        size_t count, struct fact_sum *out)
{
    memset(out, 0, count * sizeof *out);
    for (size_t i = 0; i < fact->at_count; i++)
        add_sums(rows, unit, fact->name, fact->at[i]->name, times_us, count, out);
}

void registry_fact_sums_of(struct db *rows, const GArray *units, const struct unit_fact *fact, int64_t at_us,
                           struct fact_sum *out)
{
    memset(out, 0, units->len * sizeof *out);
    for (size_t i = 0; i < fact->at_count; i++) {
        AUTO(cursor)
        struct cursor found = db_query(rows,
                                       "SELECT j.rowid, sum(s.value), sum(s.units) FROM integers(?1) j CROSS JOIN "
                                       "unit_fact_sum s ON s.ancestor = j.value AND s.fact = ?2 AND s.type = ?3 AND "
                                       "s.at_us <= ?4 GROUP BY j.rowid",
                                       "assi", units, fact->name, fact->at[i]->name, at_us);
        while (cursor_next(&found)) {
            out[cursor_integer(&found, 0)].value += cursor_integer(&found, 1);
            out[cursor_integer(&found, 0)].units += cursor_integer(&found, 2);
        }
    }
}

/* ---- anew ---- */

void registry_facts_add_anew(struct db *rows)
{
    db_run(rows, "DELETE FROM unit_fact_sum", "");
    db_run(rows, INTO_SUMS("true"), "i", (int64_t)1);
    forget_nothing(rows);
}

void registry_facts_compare(struct db *rows, guint most, GPtrArray *differences)
{
    AUTO(cursor)
    struct cursor found = db_query(
        rows,
        "SELECT ancestor, fact, sum(value), sum(units) FROM (SELECT ancestor, fact, type, at_us, value, units FROM "
        "unit_fact_sum UNION ALL SELECT * FROM (" CHANGES(
            "true") ")) GROUP BY ancestor, fact, type, at_us HAVING "
                    "sum(value) <> 0 OR sum(units) <> 0 ORDER BY ancestor, fact, type, at_us",
        "i", (int64_t)-1);
    while (cursor_next(&found) && differences->len < most) {
        struct unit unit;
        bool known = registry_unit(rows, cursor_integer(&found, 0), &unit);
        g_ptr_array_add(differences, g_strdup_printf("facts of %s, %s: kept %+" G_GINT64_FORMAT " in %+" G_GINT64_FORMAT
                                                     " units more than counted",
                                                     known ? unit.code : "an unknown unit", cursor_text(&found, 1),
                                                     cursor_integer(&found, 2), cursor_integer(&found, 3)));
    }
}
