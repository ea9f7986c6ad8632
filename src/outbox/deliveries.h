/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * deliveries - DATA/outbox.db: what is to be delivered to whom, and how far in the journal each destination has come.
 *
 * Shape   a destination's `pos` and the deliveries that it led to are committed together, so that after kill -9 or a
 *         power cut nothing is left out; what was sent and not yet noted is sent again under the same id. The layout is
 *         schema.sql.
 * Units   UTC microseconds of the program's clock.
 * Errors  as in store/db.h: a connection remembers its first failure, deliveries_failed() tells it, and it is opened
 *         anew.
 * Limits  LIMIT_OUTBOX_WAITING, LIMIT_OUTBOX_DEAD.
 * Owner   the thread that opened it; several processes may have it open.
 */
#ifndef OUTBOX_DELIVERIES_H
#define OUTBOX_DELIVERIES_H

#include "matter/raised.h"
#include "store/db.h"

struct delivery {
    int64_t id;
    struct uuid uuid;
    enum raising how;
    int64_t post, raised_us, made_us, tries;
    char *items; /* JSON, as in schema.sql; owned */
};
void delivery_clear(struct delivery *delivery);
AUTO_CLEAR(delivery)

struct delivery_counts {
    int64_t pos, waiting, dead, delivered, failures, unneeded, lost;
    int64_t oldest_us; /* since when the oldest waits; 0 none does */
};

struct dead_delivery {
    int64_t id, made_us, dead_us, tries;
    struct uuid uuid;
    enum raising how;
    const char *destination, *kind, *why; /* until the next row */
};

/* Makes the file where it is missing. `installation` has JOURNAL_ID_BYTES: positions of another one count for nothing,
 * and neither does what waits. */
struct db *deliveries_open(const char *data_dir, const uint8_t *installation, GError **error);
/* To look, or to put dead letters back, beside a server. NULL without error: there is none yet. */
struct db *deliveries_open_existing(const char *data_dir, bool write, GError **error);

/* Each name has a row from here on, those that are new at `tip`; all others go, with what waited for them: `gone` is
 * told each. A position behind the tip counts as the tip. */
void deliveries_set_up(struct db *db, char *const *names, int64_t tip, void (*gone)(void *context, const char *name),
                       void *context);
int64_t deliveries_pos(struct db *db, const char *name);
void deliveries_advance(struct db *db, const char *name, int64_t pos);
int64_t deliveries_waiting(struct db *db, const char *name);

/* Joins what is shown to the same post at the same moment and was not tried yet. */
void deliveries_add(struct db *db, const char *name, const struct raised *raised, const char *kind, int64_t raised_us,
                    int64_t now_us);
/* Those that are due, the one that waits longest first: array of int64_t. */
GArray *deliveries_due(struct db *db, const char *name, int64_t now_us, int most);
bool deliveries_get(struct db *db, int64_t id, struct delivery *out);
void deliveries_try(struct db *db, int64_t id, int64_t next_us); /* before it is sent */
void deliveries_done(struct db *db, int64_t id, const char *name);
void deliveries_drop(struct db *db, int64_t id, const char *name); /* nobody needs it any more */
/* Of a try: it is tried again at `next_us`, or not any more (0). */
void deliveries_fail(struct db *db, int64_t id, const char *name, const char *why, int64_t next_us, int64_t now_us);
/* Those that have waited for so long are dead; returns how many. Older dead ones give way. */
int deliveries_give_up(struct db *db, const char *name, int64_t give_up_us, int64_t now_us);

void deliveries_count(struct db *db, const char *name, struct delivery_counts *out);
/* All destinations of the file, by name. */
void deliveries_each(struct db *db, void (*each)(void *context, const char *name), void *context);
void deliveries_each_dead(struct db *db, int most, void (*each)(void *context, const struct dead_delivery *dead),
                          void *context);
/* Dead ones are tried anew, as if they had been made now: that of an id, NULL all; of a destination, NULL any. Returns
 * how many. */
int deliveries_resend(struct db *db, const struct uuid *uuid, const char *name, int64_t now_us);

#endif
