/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalogue - what events say: every kind, and of each kind the members of its body, with word, type and meaning.
 *
 * Shape   a kind stands once, in the table of the area that writes it. A member has a word as its name; in the journal
 *         it may be a letter or two, because there are millions of it. A row is an array whose places have names: those
 *         after the first `least` may be missing, and the rows of one member may be of several sorts, which the number
 *         in the first place distinguishes. decision_emit() asserts that each event fits the catalogue, in every build;
 *         `lianfang events` prints it, docs/events.md is made of that.
 * Owner   tables are constants; an index belongs to the caller of catalogue_index_new() and is only read.
 */
#ifndef COMMAND_CATALOGUE_H
#define COMMAND_CATALOGUE_H

#include "journal/journal.h"
#include "store/db.h"

#include <jansson.h>

enum member_type {
    MEMBER_INTEGER,
    MEMBER_ID,   /* `about` says of what */
    MEMBER_TIME, /* UTC microseconds; 0: none, or never */
    MEMBER_BOOL,
    MEMBER_MARK, /* 1, or left out */
    MEMBER_TEXT,
    MEMBER_ANY,    /* as the playbook has it */
    MEMBER_OBJECT, /* whose members the playbook names */
    MEMBER_LIST,   /* of `of` */
    MEMBER_ROW,
    MEMBER_ROWS, /* a list of rows */
    MEMBER_TYPE_COUNT
};
extern const char *const member_type_names[MEMBER_TYPE_COUNT]; /* "integer" */

struct event_place {
    const char *name;
    enum member_type type;   /* a list is of ids */
    const char *const *says; /* what a number means, NULL-terminated; NULL: it is a number */
    bool or_null;
};

struct event_row {
    const char *name; /* among sorts */
    size_t least;
    const struct event_place *places; /* ended by one without name */
};

struct event_member {
    const char *disk, *name;
    enum member_type type;
    const char *about;                   /* one line of docs/events.md */
    const struct event_row *const *rows; /* of MEMBER_ROW and MEMBER_ROWS: the sorts, NULL-terminated */
    enum member_type of;                 /* of MEMBER_LIST */
    bool maybe;                          /* it may be missing */
    bool or_null;
    bool old; /* of earlier versions: no longer written */
};

/* A part of `sealed`. Several stand one after the other in the order of the table, and this member of the body has
 * their lengths; without it the first one is all there is. */
#define SEALED_LENGTHS "z"
struct event_sealed {
    const char *name, *about;
};

/* In whose stream an event lies. */
enum event_stream {
    STREAM_OF_UNIT,   /* that of the command; of its unit, where it is the first */
    STREAM_OF_MATTER, /* that of its matter */
    STREAM_OF_ROOT,   /* that of the root */
    EVENT_STREAM_COUNT
};
extern const char *const event_stream_names[EVENT_STREAM_COUNT]; /* "unit" */

typedef void event_applier(struct db *rows, const struct event *event, const json_t *body);

/* An area's table of what it writes; ended by a row without name. */
struct event_kind {
    const char *name; /* past: "matter_opened" */
    int version;      /* of the body that decide writes now */
    event_applier *apply;
    enum event_stream stream;
    const char *about;                  /* one line of docs/events.md */
    const struct event_member *members; /* ended by one without name */
    const struct event_member *also;    /* the same, each of which may be missing: what a table of kinds shares */
    const struct event_sealed *sealed;  /* ended by one without name; NULL: nothing is */
    /* upcast[v] turns a body of version v into one of v + 1 (v from 1); a new reference; pure. NULL where
     * version is 1. */
    json_t *(*const *upcast)(const json_t *body);
    bool erases;     /* keys were deleted with it: no byte of them may stay */
    bool everywhere; /* also applied by a node that does not serve its stream */
};

struct decision;
typedef void event_deciding(struct decision *decision, const struct event *event, const json_t *body);

/* An area's table of what others write and it applies; ended by a row without name. */
struct event_follower {
    const char *name;
    event_applier *apply; /* NULL: it changes nothing here */
    /* Decides what follows from it for rows of this area, right after it is applied: by events of the same command, or
     * by letters to other streams. Never when replaying. NULL: nothing. */
    event_deciding *follow;
};

struct catalogue_index;
struct catalogue_index *catalogue_index_new(const struct event_kind *kind); /* the kind is borrowed */
void catalogue_index_free(struct catalogue_index *index);

/* NULL: the event is as the catalogue has it. Else what is not, by the member's name in the body; a new text. */
char *catalogue_mistake(const struct catalogue_index *index, const json_t *body, const GBytes *sealed);

/* The body with words for members, places of rows and times; what the catalogue does not know stays as it is. A new
 * reference. */
json_t *catalogue_in_words(const struct catalogue_index *index, const json_t *body, GTimeZone *zone);

/* "entry 120 bytes, facts 48 bytes"; a new text. */
char *catalogue_sealed_in_words(const struct catalogue_index *index, const json_t *body, size_t bytes);

/* All that is known of the kinds of an area: [{kind, version, area, stream, everywhere, erases, about, members: [{name,
 * disk, type, about, …}], also: [the same], sealed: [{name, about}]}]; added to `list`. */
void catalogue_tell(const struct event_kind *kinds, const char *area, json_t *list);

#endif
