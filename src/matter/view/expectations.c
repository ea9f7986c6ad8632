/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected in the matter and still open. */
#include "matter/view/view.h"

#define EXPECTATION_COLUMNS                                                                                            \
    "SELECT slot, number, post, since_us, opens_us, due_us, warned, overdue, step, name, paused_us, "                  \
    "stood_us, extensions, attempts, ours_us, participant, line, alerts, "                                             \
    "seen_us, phone_us, claimed_us, claim_until_us FROM expectation "

/* Named, since the planner does not know that one matter may have thousands. */
#define OF_PARTICIPANT "INDEXED BY expectation_participant WHERE matter = ?1 AND participant = ?2 ORDER BY slot"

static void take_expectations(struct matter_view *view, struct cursor *cursor)
{
    while (cursor_next(cursor)) {
        struct expectation expectation = {
            .slot = cursor_integer(cursor, 0),
            .number = cursor_integer(cursor, 1),
            .post = cursor_integer(cursor, 2),
            .since_us = cursor_integer(cursor, 3),
            .participant = cursor_integer(cursor, 15),
            .line = cursor_integer(cursor, 16),
            .when = {cursor_integer(cursor, 4), cursor_integer(cursor, 5)},
            .progress = {cursor_integer(cursor, 6) != 0, cursor_integer(cursor, 7) != 0, (int)cursor_integer(cursor, 8),
                         cursor_integer(cursor, 10), cursor_integer(cursor, 11), (int)cursor_integer(cursor, 12),
                         (int)cursor_integer(cursor, 13), (int)cursor_integer(cursor, 17),
                         cursor_integer(cursor, 18) != 0, cursor_integer(cursor, 19) != 0},
        };
        expectation.ours_us = cursor_integer(cursor, 14);
        expectation.claimed_us = cursor_integer(cursor, 20);
        expectation.claim_until_us = cursor_integer(cursor, 21);
        g_strlcpy(expectation.name, cursor_text(cursor, 9), sizeof expectation.name);
        expectation.def = expect_find(view->kind, expectation.name, &view->accepting);
        g_array_append_val(view->open, expectation);
    }
}

void view_load_expectations(struct matter_view *view)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(view->rows, EXPECTATION_COLUMNS "WHERE matter = ?1 ORDER BY slot", "i", view->matter.id);
    take_expectations(view, &cursor);
}

void view_load_expectations_of(struct matter_view *view, int64_t participant)
{
    AUTO(cursor)
    struct cursor cursor = db_query(view->rows, EXPECTATION_COLUMNS OF_PARTICIPANT, "ii", view->matter.id, participant);
    take_expectations(view, &cursor);
}
