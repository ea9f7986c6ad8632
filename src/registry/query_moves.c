/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/moves.h"

#include "base/limits.h"

static bool concerns(struct db *rows, const struct playbook *playbook, int64_t person, int64_t at_us, struct move *move)
{
    struct residency residency;
    int64_t home = registry_residency(rows, move->person, at_us, &residency) ? residency.unit : REGISTRY_ROOT;
    move->to_decide = registry_has_right(rows, playbook, person, RIGHT_PERSONS, home, at_us);
    return move->to_decide || registry_has_right(rows, playbook, person, RIGHT_PERSONS, move->unit, at_us);
}

GArray *registry_moves_waiting(struct db *rows, const struct playbook *playbook, int64_t person, int64_t at_us,
                               int64_t after, int most, int64_t *out_last)
{
    GArray *moves = g_array_new(FALSE, FALSE, sizeof(struct move));
    int looked_at = 0;
    *out_last = 0;
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT id, person, giver, unit, from_us, offered_us FROM move_offer "
                                   "WHERE state = 'offered' AND id > ?1 ORDER BY id",
                                   "i", after);
    while (cursor_next(&found)) {
        struct move move = {.id = cursor_integer(&found, 0),
                            .person = cursor_integer(&found, 1),
                            .giver = cursor_integer(&found, 2),
                            .unit = cursor_integer(&found, 3),
                            .from_us = cursor_integer(&found, 4),
                            .offered_us = cursor_integer(&found, 5)};
        bool looks = looked_at++ < LIMIT_LIST_LOOKED_AT;
        bool shown = looks && concerns(rows, playbook, person, at_us, &move);
        if (!looks || (shown && moves->len == (guint)most)) {
            *out_last = after;
            break;
        }
        after = move.id;
        if (shown)
            g_array_append_val(moves, move);
    }
    return moves;
}
