/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected in the matter and still open. */
#include "matter/view/view.h"

#define EXPECTATION_COLUMNS                                                                                            \
    "SELECT slot, number, post, since_us, opens_us, due_us, warned, overdue, step, name, paused_us, "                  \
    "stood_us, extensions, attempts, ours_us, participant, line, alerts, "                                             \
    "seen_us, phone_us FROM expectation "

/* The planner does not know that thousands may be expected in one matter. */
#define OF_PARTICIPANT "INDEXED BY expectation_participant WHERE matter = ?1 AND participant = ?2 ORDER BY slot"

static void take_expectations(struct matter_view *view, struct rows *rows)
{
    while (rows_next(rows)) {
        struct expectation expectation = {
            .slot = rows_integer(rows, 0),
            .number = rows_integer(rows, 1),
            .post = rows_integer(rows, 2),
            .since_us = rows_integer(rows, 3),
            .participant = rows_integer(rows, 15),
            .line = rows_integer(rows, 16),
            .when = {rows_integer(rows, 4), rows_integer(rows, 5)},
            .progress = {rows_integer(rows, 6) != 0, rows_integer(rows, 7) != 0, (int)rows_integer(rows, 8),
                         rows_integer(rows, 10), rows_integer(rows, 11), (int)rows_integer(rows, 12),
                         (int)rows_integer(rows, 13), (int)rows_integer(rows, 17), rows_integer(rows, 18) != 0,
                         rows_integer(rows, 19) != 0},
        };
        expectation.ours_us = rows_integer(rows, 14);
        g_strlcpy(expectation.name, rows_text(rows, 9), sizeof expectation.name);
        expectation.def = expect_find(view->kind, expectation.name, &view->accepting);
        g_array_append_val(view->open, expectation);
    }
}

void view_load_expectations(struct matter_view *view)
{
    AUTO(rows)
    struct rows rows = rows_of(view->rows, EXPECTATION_COLUMNS "WHERE matter = ?1 ORDER BY slot", "i", view->matter.id);
    take_expectations(view, &rows);
}

void view_load_expectations_of(struct matter_view *view, int64_t participant)
{
    AUTO(rows)
    struct rows rows = rows_of(view->rows, EXPECTATION_COLUMNS OF_PARTICIPANT, "ii", view->matter.id, participant);
    take_expectations(view, &rows);
}
