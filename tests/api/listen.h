/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listen - an open GET /events, and what it has told.
 *
 * Owner   the test; listener_close().
 */
#ifndef TESTS_API_LISTEN_H
#define TESTS_API_LISTEN_H

#include "rig.h"

struct listener {
    struct wire wire;
    int status;                           /* 0: no answer has come yet */
    GString *text;                        /* of the body, not yet understood */
    bool ended;                           /* by the other side */
    char *last_id;                        /* of the newest event or beat */
    GHashTable *matters;                  /* id → version as text */
    GHashTable *tasks, *alerts, *figures; /* of ids */
    bool more;
    int hints, reloads, beats; /* how many have come */
    int64_t heard_us;          /* monotonic: the last of the hints */
};

/* `last_id` NULL: none. */
struct listener *listener_open(const struct rig *rig, const char *token, const char *last_id);
struct listener *listener_open_with(const struct rig *rig, const char *query, const char *headers);
void listener_close(struct listener *listener);
/* What has come by now. */
void listener_hear(struct listener *listener);
void listener_forget(struct listener *listener);
/* Hears until there are hints or a reload, or it has ended; false: nothing came in that time. */
bool listener_wait(struct listener *listener, int ms);
/* Hears for so long. */
void listener_hear_for(struct listener *listener, int ms);

#endif
