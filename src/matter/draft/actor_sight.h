/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * actor_sight - what the actor of a command may know of, and to whom an entry is addressed; rights are
 * lifecycle/actor.h.
 */
#ifndef MATTER_DRAFT_ACTOR_SIGHT_H
#define MATTER_DRAFT_ACTOR_SIGHT_H

#include "matter/draft/draft.h"

struct gathered {         /* what may be done by whom, gathered from several places, each once */
    GPtrArray *addresses; /* of const struct address, the playbook's; NULL none */
    bool late;            /* a post that has ended since it was observed counts, too */
};
void gathered_clear(struct gathered *all);
AUTO_CLEAR(gathered)
const struct address *gathered_at(const struct gathered *all, size_t i); /* NULL beyond the last */
void actor_gather(struct gathered *all, const struct address *addresses, size_t count);
/* Of an entry: by whom it is made, and who answers for an expectation of it or may meet one. */
void actor_gather_entry(const struct draft *draft, const struct entry_def *entry, struct gathered *all);

/* False: the operator, the clock and letters, which need none. */
bool actor_needs_right(const struct decision *decision);
/* Lives in the household of the person whom the matter is about. */
bool actor_speaks_for_subject(const struct draft *draft, int64_t person);
/* The household of the matter, as far as the actor is told of it: 0 where they see its subject by a name alone. */
int64_t actor_household(const struct draft *draft);

/* Whether the actor may read the matter, or may act in it without reading it: as a member of the subject's household,
 * or because the kind lets everyone. To others the matter is unknown. */
bool actor_may_name(const struct draft *draft);
/* The same, of another matter than the draft's. */
bool actor_sees(const struct decision *decision, const struct matter *matter);
bool actor_sees_entry(const struct draft *draft, const struct entry_row *entry);
/* Its id for a refusal: empty where the actor does not see it. */
void actor_format_seen(const struct decision *decision, const struct matter *matter, char out[UUID_TEXT_LENGTH + 1]);
/* A matter that the command names in `member`; else unknown_matter. */
bool actor_matter(struct decision *decision, const char *member, struct matter *out);

#endif
