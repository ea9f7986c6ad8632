/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * area - what a part of the program brings: its tables, the commands that it decides, the events that it writes and
 * applies, and what the engine or an area below asks of it besides.
 *
 * Shape   an area is a constant; all areas of a program, in the order in which they apply an event, form one struct
 *         areas, which finds commands and events by their names.
 * Limits  AREAS_MOST areas.
 * Owner   areas_new() borrows the list, which is static as a rule; what it returns is freed by areas_free() and only
 *         read meanwhile, by any thread.
 */
#ifndef COMMAND_AREA_H
#define COMMAND_AREA_H

#include "command/catalogue.h"
#include "journal/journal.h"
#include "playbook/model/model.h"
#include "store/db.h"
#include "vault/outer.h"

#include <jansson.h>

struct command;
struct decided_event;
struct decision;
struct entry_row;
struct matter;
struct registry_matters;
struct rulebook;

#define AREAS_MOST 8

/* An area's table of commands; ended by a row without name. No two areas have one of a name. */
struct command_kind {
    const char *name; /* imperative: "open_matter" */
    /* True: accepted, with at least one event. False: refused, with decision->problem set. */
    bool (*decide)(struct decision *decision);
    bool by_clock;       /* never from a door */
    const char *zh, *en; /* one line for the API reference */
    /* Of its body, besides the envelope's; NULL-terminated; for unknown_field and OpenAPI. */
    const char *const *members;
};

/* Each is asked of the first area that has it; NULL where no area does, unless it says otherwise. */
struct area_hooks {
    /* ---- for the engine ---- */
    const char *tick;  /* the clock's command; there is one */
    const char *trace; /* what notes looks: {looks: [[person, matter, page's number, count]], pages, from_us, to_us} */
    int64_t (*next_due_us)(struct db *rows); /* when the clock has something to do; INT64_MAX never; there is one */
    /* The last of a transaction; there is one, and it may have nothing to do. Without rulebook while rows are built. */
    void (*settle)(struct db *rows, struct rulebook *rulebook, int64_t now_us);
    /* When the engine opens: counts anew what settling alone cannot make, in transactions of its own. */
    bool (*recount)(struct db *rows, struct rulebook *rulebook, GError **error);
    int64_t (*lapses)(const struct decided_event *event); /* for the metrics: how many expectations it ends */
    /* Adds to a row of an answer what the client needs to go on: {"pos", "event"} are there; "made": what the event
     * has made. Persons, households and posts by their outer ids; `matter` is the public id (null: not known). */
    void (*describe)(struct db *rows, struct vault *vault, const struct event *event, const json_t *body,
                     const struct uuid *matter, json_t *row);
    /* Whether an answer tells whoever sent the command of an event besides the first. No area: yes. */
    bool (*tells)(struct db *rows, struct rulebook *rulebook, int64_t person, int64_t at_us, const struct event *event,
                  const json_t *body);
    /* The role in which the actor may adopt a playbook, with decision->post set; NULL: none. */
    const char *(*adopts_as)(struct decision *decision);
    /* That in which the actor may agree to what was proposed in the role `other_than` (NULL: any). */
    const char *(*agrees_as)(struct decision *decision, const char *other_than);
    bool (*may_adopt)(const struct decision *decision, int64_t person); /* any person; no area: true */
    /* What `after` allows and `before` does not, an array of char *; adopting it takes two persons. */
    GPtrArray *(*widens)(const struct playbook *before, const struct playbook *after);
    /* Whether a file in the folder `attachments` is to be kept: 1 or 0, -1 no row has it. No area: all are. */
    int (*keeps_file)(struct db *rows, const char *hash, int64_t at_us);
    /* Files to be deleted: erased from a time on, or uploaded between two times and named by no entry. Returns when the
     * newest of all was erased. */
    int64_t (*dead_files)(struct db *rows, int64_t erased_us, int64_t from_us, int64_t to_us,
                          void (*each)(void *context, int64_t matter, const char *hash), void *context);
    /* For each of vault_unreconciled() when the engine opens; what it returns is decided first. */
    struct command *(*reconcile)(struct db *rows, struct vault *vault, int64_t person);

    /* ---- for areas below ---- */
    /* Whether the actor sees a person, and unmasked; a matter; an entry of it; that somebody holds a post. No area:
     * yes. */
    bool (*sees_person)(const struct decision *decision, int64_t person, bool *out_unmasked);
    bool (*sees_matter)(const struct decision *decision, const struct matter *matter);
    bool (*sees_entry)(const struct decision *decision, const struct matter *matter, const struct entry_row *entry);
    bool (*sees_official)(const struct decision *decision, int64_t person);
    /* Whether one human may act as both persons, or has made one of them the second to what the other proposed then. */
    bool (*in_one_hand)(struct db *rows, int64_t one, int64_t other, int64_t proposed_us, int64_t at_us);
    /* Whether the newest that was said of the person's account is that it was closed. No area: no. */
    bool (*account_is_closed)(struct db *rows, int64_t person);
    const struct registry_matters *matters; /* what the registry asks of the area that knows matters */
};

struct area {
    const char *name;
    const char *schema; /* its tables, out of schema.sql */
    int projection;     /* raise it when schema or apply change: rows.db is rebuilt beside the old one */
    /* Its rows follow from the events of all streams, in the order of the file: every node of several would keep them,
     * whichever streams it serves. Rows of the other areas follow from one stream each. */
    bool everywhere;
    const struct command_kind *commands;
    const struct event_kind *events;      /* what it writes */
    const struct event_follower *follows; /* what areas before it write */
    struct area_hooks hooks;
};

struct areas {
    const struct area *const *list; /* NULL-terminated */
    struct area_hooks hooks;
    GHashTable *commands; /* name → struct command_kind */
    GHashTable *events;   /* name → struct known_event */
};

struct known_event {
    const struct event_kind *kind;
    struct catalogue_index *index;
    size_t count, follow_count;
    struct {
        event_applier *apply;
        bool everywhere;    /* as its area is */
    } appliers[AREAS_MOST]; /* in the order of the areas */
    event_deciding *follow[AREAS_MOST];
};

struct areas *areas_new(const struct area *const *list);
void areas_free(struct areas *areas);
static inline void areas_auto(struct areas **areas)
{
    if (*areas != NULL)
        areas_free(*areas);
}

const struct command_kind *areas_command(const struct areas *areas, const char *name); /* NULL: none has it */
const struct known_event *areas_event(const struct areas *areas, const char *name);    /* NULL: none has it */

/* Before what was applied is committed. */
void areas_settle(const struct areas *areas, struct db *rows, struct rulebook *rulebook, int64_t now_us);
bool areas_recount(const struct areas *areas, struct db *rows, struct rulebook *rulebook, GError **error);
/* Applies an event to the tables of every area that has it, upcast to the version that is written now. */
void event_apply(const struct areas *areas, struct db *rows, const struct event *event, const json_t *body);
/* Whether one of those has it: kept everywhere, or of one stream. True of what is not known: it must be looked at. */
bool event_concerns(const struct areas *areas, const char *kind, bool everywhere);
/* To those alone that are kept everywhere, or to all others. */
void event_apply_part(const struct areas *areas, struct db *rows, const struct event *event, const json_t *body,
                      bool everywhere);
/* False: a newer program wrote it, and applying must not be tried. */
bool event_is_known(const struct areas *areas, const struct event *event);
/* The body in words, upcast; of an unknown event, as it stands. A new reference. */
json_t *event_in_words(const struct areas *areas, const struct event *event, const json_t *body, GTimeZone *zone);
char *event_sealed_in_words(const struct areas *areas, const struct event *event, const json_t *body); /* a new text */

json_t *areas_catalogue(const struct areas *areas); /* of all areas: see catalogue_tell(); a new reference */

#endif
