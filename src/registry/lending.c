/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/limits.h"
#include "registry/registry.h"

#define LENT_STEPS 64 /* hand-overs one after another that are followed */

/* A shift gives nobody a right that they have not; a post does, for good or until a time. ?2: the time, ?3: since when
 * a post that went for good counts. */
#define GIVEN "h.mode = 'post' AND h.state = 'accepted' AND (h.decided_us >= ?3 OR h.until_us > ?2)"

GArray *registry_lenders(struct db *rows, int64_t person, int64_t at_us)
{
    return cursor_integers(
        db_query(rows,
                 "SELECT p.person FROM handover h JOIN post p ON p.id = h.from_post WHERE h.to_person = ?1 AND " GIVEN
                 " UNION SELECT h.by_person FROM handover h WHERE h.to_person = ?1 AND h.by_person <> 0 AND " GIVEN
                 " ORDER BY 1",
                 "iii", person, at_us, at_us - LIMIT_PROPOSAL_US));
}

bool registry_is_lent_by(struct db *rows, int64_t post, int64_t giver, int64_t at_us)
{
    int64_t found;
    return post != 0 && giver != 0 &&
           db_integer(rows, &found,
                      "WITH RECURSIVE given (post, giver, by_person, steps) AS ("
                      "SELECT h.from_post, p.person, h.by_person, 1 FROM handover h JOIN post p ON p.id = h.from_post "
                      "WHERE h.to_post = ?1 AND " GIVEN " UNION "
                      "SELECT h.from_post, p.person, h.by_person, g.steps + 1 FROM given g JOIN handover h "
                      "ON h.to_post = g.post JOIN post p ON p.id = h.from_post WHERE g.steps < ?5 AND " GIVEN
                      ") SELECT 1 FROM given WHERE giver = ?4 OR by_person = ?4 LIMIT 1",
                      "iiiii", post, at_us, at_us - LIMIT_PROPOSAL_US, giver, (int64_t)LENT_STEPS);
}
