/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine_area - the engine's own tables: position, remembered commands, letters in transit, adopted playbooks.
 *
 * Shape   decide functions of the engine's commands, and what the engine itself writes to its tables: position and
 *         commands are no events, but follow from them.
 * Owner   the thread that writes rows.db.
 */
#ifndef ENGINE_ENGINE_AREA_H
#define ENGINE_ENGINE_AREA_H

#include "command/decision.h"

/* decide of `adopt_playbook` {files: [{name, text}]}: adopt.c */
bool decide_adopt_playbook(struct decision *decision);

/* decide of `import_rows`: import.c */
bool decide_import_rows(struct decision *decision);

/* decide of `accept_loss` {what, reason}: loss.c */
bool decide_accept_loss(struct decision *decision);

/* A command that came through a door, after its last event has been applied. Forgets old ones a few at a
 * time, as a function of the events alone. */
struct remembered {
    struct uuid id;
    int64_t first, count, at_us;
    uint8_t digest[JOURNAL_DIGEST_BYTES];
};
void command_remember(struct db *rows, const struct remembered *command);
bool command_recall(struct db *rows, const struct uuid *id, struct remembered *out);

void position_set(struct db *rows, int64_t pos, const uint8_t hash[JOURNAL_HASH_BYTES]);
int64_t position_get(struct db *rows, uint8_t out_hash[JOURNAL_HASH_BYTES]);
/* Of which installation the rows are. */
void position_bind(struct db *rows, const uint8_t id[JOURNAL_ID_BYTES]);
bool position_installation(struct db *rows, uint8_t out[JOURNAL_ID_BYTES]);
/* How often secrets.db had been committed; 0 where rows of an earlier version do not say. */
void position_note_secrets(struct db *rows, int64_t commits);
int64_t position_secrets(struct db *rows);

#endif
