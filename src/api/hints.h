/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hints - what one open page may read anew: a set, however often it changes until it is sent.
 *
 * Shape   {"matters": [{"id", "version"}], "tasks": [post], "alerts": [post], "figures": [unit], "more": true} as the
 *         data of a server-sent event, without members that would be empty; ids as other doors have them, a post
 *         "self" for what is asked of the account's person without one. `more`: more than could be
 *         listed has changed, and nothing else is said. The event `reload`: everything may have changed.
 * Limits  LIMIT_HINTS of each sort.
 */
#ifndef API_HINTS_H
#define API_HINTS_H

#include "matter/matter.h"
#include "vault/vault.h"

enum hint_sort { HINT_TASKS, HINT_ALERTS, HINT_FIGURES, HINT_SORT_COUNT };

struct hints {
    GArray *matters;              /* NULL none */
    GArray *ids[HINT_SORT_COUNT]; /* of int64_t posts (negative: the person), posts, units; NULL none */
    bool more, reload;
};
void hints_clear(struct hints *hints);
bool hints_are_empty(const struct hints *hints);
void hints_add_matter(struct hints *hints, const struct matter *matter);
void hints_add(struct hints *hints, enum hint_sort sort, int64_t id);
void hints_reload(struct hints *hints);
/* As one event, with its id. */
void hints_write(const struct hints *hints, struct vault *vault, const char *id, GString *out);

/* The id of an event: how far the journal is told (`pos`), and a number of the reader's rights, sealed for one person.
 * No two are alike, so that nobody reads from two of them whether something has happened in between. */
struct hint_place {
    int64_t pos, rights;
};
char *hint_id_seal(const uint8_t key[VAULT_KEY_BYTES], int64_t person, const struct hint_place *place);
bool hint_id_open(const uint8_t key[VAULT_KEY_BYTES], int64_t person, const char *text, struct hint_place *out);

#endif
