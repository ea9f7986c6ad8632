/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alerts: who has not looked yet, and who has to be rung. */
#include "matter/matter.h"

static bool alerts(const struct kind *kind)
{
    for (size_t s = 0; s < kind->state_count; s++)
        for (size_t i = 0; i < kind->states[s].expect_count; i++)
            if (kind->states[s].expects[i].alert.every_us > 0)
                return true;
    return false;
}

/* Of expectations that a post of the person answers for, or a colleague's of the same place. */
static bool was_alerted(struct db *rows, int64_t matter, int64_t person, int64_t at_us, const GArray *participants)
{
    bool news = false;
    int64_t found;
    AUTO(cursor)
    struct cursor unseen =
        db_query(rows,
                 "SELECT e.participant, e.post IN (SELECT id FROM post WHERE person = ?2 AND from_us "
                 "<= ?3 AND to_us > ?3) FROM expectation e WHERE e.matter = ?1 AND e.alerts > 0 AND "
                 "e.seen_us = 0",
                 "iii", matter, person, at_us);
    while (!news && cursor_next(&unseen)) {
        found = cursor_integer(&unseen, 0);
        news = cursor_integer(&unseen, 1) != 0;
        for (guint i = 0; i < participants->len && !news; i++)
            news = found != 0 && g_array_index(participants, int64_t, i) == found;
    }
    return news;
}

bool matter_is_news(struct db *rows, const struct kind *kind, int64_t matter, int64_t person, int64_t at_us)
{
    if (kind->participant_count > 0) {
        g_autoptr(GArray) unseen = matter_participants_of(rows, kind, matter, person, at_us, true);
        if (unseen->len > 0)
            return true;
    }
    if (!alerts(kind))
        return false;
    g_autoptr(GArray) own = matter_participants_of(rows, kind, matter, person, at_us, false);
    return was_alerted(rows, matter, person, at_us, own);
}

GArray *matter_ringing(struct db *rows, int64_t under, int64_t at_us, int64_t after_us, int64_t after_matter,
                       int64_t after_slot, int most)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(struct ringing));
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT e.matter, e.slot, e.post, e.phone_us, e.due_us, coalesce(p.who, 0), "
                                   "e.alerts, e.name FROM expectation e "
                                   "CROSS JOIN matter m ON m.id = e.matter LEFT JOIN participant p ON p.matter "
                                   "= e.matter AND p.number = "
                                   "e.participant WHERE e.phone_us <> 0 AND (e.phone_us, e.matter, e.slot) > "
                                   "(?3, ?4, ?5) AND (?1 = 0 OR EXISTS "
                                   "(SELECT 1 FROM cover c WHERE c.ancestor = ?1 AND c.unit IN (m.unit, p.who) "
                                   "AND c.from_us <= ?2 AND c.to_us > "
                                   "?2)) ORDER BY e.phone_us, e.matter, e.slot LIMIT ?6",
                                   "iiiiii", under, at_us, after_us, after_matter, after_slot, (int64_t)most);
    while (cursor_next(&found)) {
        struct ringing ringing = {.matter = cursor_integer(&found, 0),
                                  .slot = cursor_integer(&found, 1),
                                  .post = cursor_integer(&found, 2),
                                  .since_us = cursor_integer(&found, 3),
                                  .due_us = cursor_integer(&found, 4),
                                  .participant_unit = MAX(0, cursor_integer(&found, 5)),
                                  .alerts = (int)cursor_integer(&found, 6)};
        g_strlcpy(ringing.name, cursor_text(&found, 7), sizeof ringing.name);
        g_array_append_val(all, ringing);
    }
    return all;
}
