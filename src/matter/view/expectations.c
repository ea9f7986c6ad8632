/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected in the matter and still open. */
#include "matter/view/view.h"

#define SELECT_EXPECTATIONS "SELECT " EXPECTATION_COLUMNS " FROM expectation e "

/* Named, since the planner does not know that one matter may have thousands. */
#define OF_PARTICIPANT "INDEXED BY expectation_participant WHERE matter = ?1 AND participant = ?2 ORDER BY slot"

void expectation_read(struct cursor *row, struct expectation *out)
{
    *out = (struct expectation){
        .slot = cursor_integer(row, 0),
        .number = cursor_integer(row, 1),
        .post = cursor_integer(row, 2),
        .since_us = cursor_integer(row, 3),
        .participant = cursor_integer(row, 15),
        .line = cursor_integer(row, 16),
        .when = {cursor_integer(row, 4), cursor_integer(row, 5)},
        .claimed_us = cursor_integer(row, 20),
        .claim_until_us = cursor_integer(row, 21),
        .ours_us = cursor_integer(row, 14),
        .progress = {.warned = cursor_integer(row, 6) != 0,
                     .overdue = cursor_integer(row, 7) != 0,
                     .step = MAX((int)cursor_integer(row, 8), 0),
                     .paused_us = cursor_integer(row, 10),
                     .stood_us = cursor_integer(row, 11),
                     .extensions = (int)cursor_integer(row, 12),
                     .attempts = (int)cursor_integer(row, 13),
                     .alerts = (int)cursor_integer(row, 17),
                     .seen = cursor_integer(row, 18) != 0,
                     .ringing = cursor_integer(row, 19) != 0},
    };
    g_strlcpy(out->name, cursor_text(row, 9), sizeof out->name);
}

static void take_expectations(struct matter_view *view, struct cursor *cursor)
{
    struct expectation expectation;
    while (cursor_next(cursor)) {
        expectation_read(cursor, &expectation);
        expectation.def = expect_find(view->kind, expectation.name, &view->accepting);
        if (expectation.def == NULL) {
            db_corrupt(view->rows, "the rules of matter %" G_GINT64_FORMAT " have no such expectation",
                       view->matter.id);
            return;
        }
        g_array_append_val(view->open, expectation);
    }
}

void view_load_expectations(struct matter_view *view)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(view->rows, SELECT_EXPECTATIONS "WHERE matter = ?1 ORDER BY slot", "i", view->matter.id);
    take_expectations(view, &cursor);
}

void view_load_expectations_of(struct matter_view *view, int64_t participant)
{
    AUTO(cursor)
    struct cursor cursor = db_query(view->rows, SELECT_EXPECTATIONS OF_PARTICIPANT, "ii", view->matter.id, participant);
    take_expectations(view, &cursor);
}
