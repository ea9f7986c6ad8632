/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the indexes tally_matter and tally_expectation; the triggers of rows/schema.sql keep them. */
#include "matter/tally.h"

#include "base/clock.h"

/* A closed unit counts where it stood when it closed, as in lists. */
#define UNDER                                                                                                          \
    "WHERE c.ancestor = ?1 AND c.from_us <= ?2 AND (c.to_us > ?2 OR c.to_us = (SELECT to_us FROM unit WHERE id = "     \
    "c.unit)) "

#define QUARTER_US (15 * US_PER_MINUTE)

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

/* Whether the rows of both queries are the same. */
#define SAME(one, other)                                                                                               \
    "SELECT count(*) FROM (SELECT * FROM (" one " EXCEPT " other ") UNION ALL SELECT * FROM (" other " EXCEPT " one "))"

#define RECOUNT_MATTERS                                                                                                \
    "SELECT unit, kind, state, closed_us = 0, count(*) FROM matter WHERE erased = 0 AND merged_into = 0 GROUP BY 1, "  \
    "2, 3, 4"
#define RECOUNT_EXPECTATIONS                                                                                           \
    "SELECT m.unit, m.kind, e.overdue, iif(e.paused_us = 0, (e.due_us - 1) / 900000000, -1), count(*) "                \
    "FROM expectation e JOIN matter m ON m.id = e.matter GROUP BY 1, 2, 3, 4"

bool matter_counts_are_right(struct db *rows)
{
    int64_t matters = 1, expectations = 1;
    return db_integer(rows, &matters, SAME(RECOUNT_MATTERS, "SELECT * FROM tally_matter"), "") && matters == 0 &&
           db_integer(rows, &expectations, SAME(RECOUNT_EXPECTATIONS, "SELECT * FROM tally_expectation"), "") &&
           expectations == 0;
}
