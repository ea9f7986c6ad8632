/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * enter - one entry into one matter: refusals, facts, expectations met, the state that follows, effects.
 */
#ifndef MATTER_ENTRY_ENTER_H
#define MATTER_ENTRY_ENTER_H

#include "matter/draft/entering.h"

/* An entry of the command's person, observed when the command says. */
struct entering entering_of(const struct decision *decision);

/* Emits the event and those that follow. The caller has looked at rights, state and form; says no by a rule of
 * the playbook, or when effects go too deep. */
bool enter(struct draft *draft, const struct entering *entering);
/* `confirming` is written; what `held` says, an entry made before, takes effect. */
bool enter_confirmed(struct draft *draft, const struct entering *confirming, const struct entering *held);
/* Puts the entry into the event. */
void enter_write(struct draft *draft, const struct entering *entering);
/* The entry and the facts alone: nothing follows that is not in the draft already. */
void enter_plain(struct draft *draft, const struct entering *entering);

/* Members of commands and rows that enter: {"attempt", "word_of", "channel", "proxy"}, and "fields" against the
 * entry's form, stored into *out_fields (owned). */
bool enter_read(struct draft *draft, const json_t *given, struct entering *out, json_t **out_fields);
bool enter_read_words(struct decision *decision, const json_t *given, struct entering *out);
/* The form with the registry's look-ups; NULL with problems appended to the decision, their fields under `path`. */
json_t *enter_check_form(struct draft *draft, const struct form *form, const json_t *given, const char *attempt,
                         const struct expr_scope *scope, bool partial, const char *path);

#endif
