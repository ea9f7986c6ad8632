/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * read - an entry as a command gives it: whether the actor may make it now, and its stored fields.
 *
 * Errors  with the path of the member; all wrong fields are named at once.
 */
#ifndef MATTER_ENTRY_READ_H
#define MATTER_ENTRY_READ_H

#include "matter/draft/entering.h"
#include "playbook/expr/expr.h"

/* An entry by the command's person, at its observed time. */
struct entering entering_of(const struct decision *decision);

/* What every entry must pass before its form: rights, version, state, a second person. */
/* Whether the actor is the person, or acts by the person's right: had the post of them by hand-over, or they theirs
 * (`post`, 0 none) of the actor. After decision_act_by(). */
bool enter_is_same(const struct decision *decision, int64_t person, int64_t post);
bool enter_may(struct draft *draft, const struct entry_def *entry, int64_t version);
/* L7: whom the playbook rules out, and whom the matter is about, where the entry is not the subject's to make. */
bool enter_must_be_another(struct draft *draft, const struct entry_def *entry);
/* For whoever made such an entry and corrects it: what that entry itself has led to does not count. */
bool enter_must_still_be_another(struct draft *draft, const struct entry_def *entry);
/* L11: what is sealed from the other side is entered once, and not by one who may have read the other side's. */
bool enter_must_be_unread(struct draft *draft, const struct entry_def *entry, int64_t participant);
/* Whether it can be made in the state in which the matter is; matter_closed, wrong_state. */
bool enter_must_fit_state(struct draft *draft, const struct entry_def *entry);
/* The entry's definition; unknown_entry_kind with the nearest name. */
const struct entry_def *enter_find(struct draft *draft, const char *name);

/* Members of commands and rows that enter: {"attempt", "word_of", "channel", "proxy"}, and "fields" against the
 * entry's form, stored into *out_fields (owned). */
bool enter_read(struct draft *draft, const json_t *given, struct entering *out, json_t **out_fields);
bool enter_read_words(struct decision *decision, const json_t *given, struct entering *out);
/* The form of an entry or of the matter itself, with the registry's look-ups; NULL with problems appended to the
 * decision, their fields under `path`. */
json_t *enter_check_form(struct decision *decision, const struct matter_view *view, const struct form *form,
                         const json_t *given, const char *attempt, const struct expr_scope *scope, bool partial,
                         const char *path);

#endif
