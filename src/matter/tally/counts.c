/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The indexes tally_matter and tally_expectation: triggers of rows/schema.sql write down what changes, here it is added
 * up and read. */
#include "matter/tally.h"

#include "base/clock.h"

/* A closed unit counts where it stood when it closed, as in lists. */
#define IS_UNDER "c.from_us <= ?2 AND (c.to_us > ?2 OR c.to_us = (SELECT to_us FROM unit WHERE id = c.unit)) "
#define UNDER    "WHERE c.ancestor = ?1 AND " IS_UNDER

#define QUARTER_US (15 * US_PER_MINUTE)

#define ADD_UP(table, columns, changes)                                                                                \
    "INSERT INTO " table " SELECT " columns ", sum(change) FROM (" changes ") GROUP BY " columns                       \
    " HAVING sum(change) <> 0 ON CONFLICT DO UPDATE SET count = count + excluded.count"
#define DROP_ZEROS(table, columns, changes)                                                                            \
    "DELETE FROM " table " WHERE count = 0 AND (" columns ") IN (SELECT " columns " FROM (" changes "))"
#define MATTER_COLUMNS      "unit, kind, state, open"
#define MATTER_CHANGES      "SELECT * FROM tally_matter_change"
#define EXPECTATION_COLUMNS "unit, overdue, kind, name, quarter"
#define EXPECTATION_CHANGES                                                                                            \
    "SELECT unit, overdue, kind, name, quarter, number AS change FROM tally_expectation_change "                       \
    "WHERE quarter IS NOT NULL UNION ALL "                                                                             \
    "SELECT unit, old_overdue, kind, name, old_quarter, -number FROM tally_expectation_change "                        \
    "WHERE old_quarter IS NOT NULL"

void matter_counts_settle(struct db *rows)
{
    int64_t one;
    if (db_integer(rows, &one, "SELECT 1 FROM tally_matter_change LIMIT 1", "")) {
        db_run(rows, ADD_UP("tally_matter", MATTER_COLUMNS, MATTER_CHANGES), "");
        db_run(rows, DROP_ZEROS("tally_matter", MATTER_COLUMNS, MATTER_CHANGES), "");
        db_run(rows, "DELETE FROM tally_matter_change", "");
    }
    if (db_integer(rows, &one, "SELECT 1 FROM tally_expectation_change LIMIT 1", "")) {
        db_run(rows, ADD_UP("tally_expectation", EXPECTATION_COLUMNS, EXPECTATION_CHANGES), "");
        db_run(rows, DROP_ZEROS("tally_expectation", EXPECTATION_COLUMNS, EXPECTATION_CHANGES), "");
        db_run(rows, "DELETE FROM tally_expectation_change", "");
    }
}

GArray *matter_counts(struct db *rows, int64_t unit, int64_t at_us)
{
    GArray *counts = g_array_new(FALSE, TRUE, sizeof(struct matter_count));
    AUTO(cursor)
    struct cursor found = db_query(
        rows,
        "SELECT t.kind, t.state, t.open, sum(t.count) FROM cover c CROSS JOIN tally_matter t ON t.unit = c.unit " UNDER
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 DESC",
        "ii", unit, at_us);
    while (cursor_next(&found)) {
        struct matter_count one = {.open = cursor_integer(&found, 2) != 0, .count = cursor_integer(&found, 3)};
        g_strlcpy(one.kind, cursor_text(&found, 0), sizeof one.kind);
        g_strlcpy(one.state, cursor_text(&found, 1), sizeof one.state);
        g_array_append_val(counts, one);
    }
    return counts;
}

GArray *matter_expectation_counts(struct db *rows, int64_t unit, int64_t at_us, int64_t from_us, int64_t to_us)
{
    GArray *counts = g_array_new(FALSE, TRUE, sizeof(struct expectation_count));
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT t.kind, sum(t.count), coalesce(sum(t.count) FILTER (WHERE t.overdue = 1), 0), "
                 "coalesce(sum(t.count) FILTER (WHERE t.overdue = 0 AND t.quarter >= ?3 AND t.quarter < ?4), 0) "
                 "FROM cover c CROSS JOIN tally_expectation t ON t.unit = c.unit " UNDER "GROUP BY 1 ORDER BY 1",
                 "iiii", unit, at_us, from_us / QUARTER_US, to_us / QUARTER_US);
    while (cursor_next(&found)) {
        struct expectation_count one = {
            .open = cursor_integer(&found, 1), .overdue = cursor_integer(&found, 2), .due = cursor_integer(&found, 3)};
        g_strlcpy(one.kind, cursor_text(&found, 0), sizeof one.kind);
        g_array_append_val(counts, one);
    }
    return counts;
}

GArray *matter_overdue_counts_of(struct db *rows, const GArray *units, int64_t at_us)
{
    GArray *counts = g_array_new(FALSE, TRUE, sizeof(struct overdue_count));
    AUTO(cursor)
    struct cursor found = db_query(
        rows,
        "SELECT j.value, t.kind, t.name, sum(t.count), min(iif(t.quarter >= 0, t.quarter, NULL)) FROM integers(?1) j "
        "CROSS JOIN cover c ON c.ancestor = j.value CROSS JOIN tally_expectation t ON t.unit = c.unit AND "
        "t.overdue = 1 WHERE " IS_UNDER "GROUP BY j.rowid, 2, 3 ORDER BY j.rowid, 2, 3",
        "ai", units, at_us);
    while (cursor_next(&found)) {
        struct overdue_count one = {.unit = cursor_integer(&found, 0), .count = cursor_integer(&found, 3)};
        one.since_us = cursor_is_null(&found, 4) ? 0 : (cursor_integer(&found, 4) + 1) * QUARTER_US;
        g_strlcpy(one.kind, cursor_text(&found, 1), sizeof one.kind);
        g_strlcpy(one.name, cursor_text(&found, 2), sizeof one.name);
        g_array_append_val(counts, one);
    }
    return counts;
}

GArray *matter_overdue_counts(struct db *rows, int64_t unit, int64_t at_us)
{
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof unit);
    g_array_append_val(units, unit);
    return matter_overdue_counts_of(rows, units, at_us);
}

/* Whether the rows of both queries are the same. */
#define SAME(one, other)                                                                                               \
    "SELECT count(*) FROM (SELECT * FROM (" one " EXCEPT " other ") UNION ALL SELECT * FROM (" other " EXCEPT " one "))"

#define RECOUNT_MATTERS                                                                                                \
    "SELECT unit, kind, state, closed_us = 0, count(*) FROM matter WHERE erased = 0 AND merged_into = 0 GROUP BY 1, "  \
    "2, 3, 4"
#define RECOUNT_EXPECTATIONS                                                                                           \
    "SELECT m.unit, e.overdue, m.kind, e.name, iif(e.paused_us = 0, (e.due_us - 1) / 900000000, -1), count(*) "        \
    "FROM expectation e JOIN matter m ON m.id = e.matter GROUP BY 1, 2, 3, 4, 5"

#define RECOUNT_PRESSING                                                                                               \
    "SELECT m.unit, e.overdue, e.next_us, e.matter, e.slot, e.post, e.due_us, m.kind, e.name FROM expectation e JOIN " \
    "matter m ON m.id = e.matter WHERE e.overdue = 1 OR e.warned = 1"

bool matter_counts_are_right(struct db *rows)
{
    int64_t matters = 1, expectations = 1, pressing = 1;
    matter_counts_settle(rows);
    return db_integer(rows, &matters, SAME(RECOUNT_MATTERS, "SELECT * FROM tally_matter"), "") && matters == 0 &&
           db_integer(rows, &expectations, SAME(RECOUNT_EXPECTATIONS, "SELECT * FROM tally_expectation"), "") &&
           expectations == 0 && db_integer(rows, &pressing, SAME(RECOUNT_PRESSING, "SELECT * FROM pressing"), "") &&
           pressing == 0;
}
