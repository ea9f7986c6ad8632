/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command - what a client asks for: actor, name, observed time and body, under an id that the client made.
 *
 * Shape   {"id": uuid7, "command": "enter", "observed_at": "...", "post": "o...", "version": 3, ...members of
 *         the command}; each command's own members are described where its area decides it. The door fills
 *         `person` from the session, never from the body. `body` is the whole JSON object as sent.
 * Owner   the caller, until engine_submit() takes it over.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include "base/auto.h"
#include "base/json.h"
#include "base/uuid.h"

#include <stdbool.h>
#include <stdint.h>

enum origin {
    ORIGIN_DOOR,     /* a person with a session */
    ORIGIN_OPERATOR, /* the command line on the server itself: set-up, import, adoption */
    ORIGIN_CLOCK,
    ORIGIN_LETTER,  /* from another stream */
    ORIGIN_PROGRAM, /* the program itself while it serves a person: read traces */
};

struct command {
    struct uuid id;
    const char *name; /* points into body, or static */
    enum origin origin;
    int64_t person;      /* 0 for clock and operator */
    const char *post;    /* the post in which the actor acts, as sent; NULL: the area finds one that fits */
    int64_t observed_us; /* 0 in what a door gives when none was sent: the engine puts the accepted time */
    int64_t opened_us;   /* of a row of a sheet that says when its matter began; 0 as it is accepted */
    int64_t version;     /* expected version of the matter or unit, -1 none */
    json_t *body;
    int64_t request; /* by which it came, as the log numbers it; 0 none */
    bool of_batch;   /* came with others in one request: places in a full queue are kept for single ones (queue.h) */
    bool outside; /* persons, households, posts are named in it as doors name them (vault/outer.h), else by their ids */
    uint8_t digest[16];  /* keyed digest of the content, made by the engine */
    int64_t letter;      /* ORIGIN_LETTER: its place */
    int64_t to_unit;     /* and to which unit it is */
    GBytes *sealed;      /* and what of it is sealed; owned, NULL none */
    bool nested;         /* a part of another one: not remembered by itself */
    bool dry_run;        /* decided, answered, then rolled back */
    bool omit_events;    /* the answer leaves out the events */
    bool discard_writes; /* of a dry run: no later decision reads what it changed, so it need not be written */
    GArray *found; /* by a reader, for a command that would read too many rows: not of its content; NULL not searched */
};

struct command *command_new(const char *name, enum origin origin, int64_t person, json_t *body /* taken */);
struct command_times {
    int64_t now_us;
    int64_t latest_us; /* times after it are in the future; later than now while the clock is held */
    bool behind;       /* such a time means that this server's clock is wrong */
};
/* Reads what doors send, so the ids in it are outer ids; `times` for the checks of id and observed time. NULL with a
 * problem. */
struct command *command_parse_at(json_t *body /* taken */, int64_t person, const struct command_times *times,
                                 struct problem **out_problem);
/* The latest time that its id and its observed time claim, 0 none. */
int64_t command_claims_us(const json_t *body);
/* The same where the clock is right. */
struct command *command_parse(json_t *body /* taken */, int64_t person, int64_t now_us, struct problem **out_problem);
void command_free(struct command *command);
AUTO_FREE(command)

/* Refuses members of the body that are not in `names` (NULL-terminated) nor one of the envelope's. */
struct problem *command_unknown_members(const struct command *command, const char *const *names);

#endif
