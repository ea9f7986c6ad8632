/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summons - kinds by which a matter summons units to come: whoever opens it must name some, and each of them owes from
 *           the beginning an entry that puts it in another state.
 */
#ifndef PLAYBOOK_MODEL_SUMMONS_H
#define PLAYBOOK_MODEL_SUMMONS_H

#include "playbook/model/model.h"

struct summons { /* borrowed from the playbook */
    const struct participant_set *set;
    const struct entry_def *entry; /* that each of them owes */
    const char *present;           /* their state by it */
};
/* False: nobody is summoned. */
bool kind_summons(const struct kind *kind, struct summons *out);
/* Whether it tells how many matters of the kind summon a unit at a time. */
bool summons_are_counted_by(const struct summons *summons, const struct indicator *indicator);
/* Another state than the one in which each begins, that an entry for or about one of the set gives it; NULL none. */
const char *summons_state_by(const struct entry_def *entry, const struct participant_set *set);

#endif
