/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * key - keys of the playbook language, a row each: what the loader takes, and what the API calls it.
 *
 * Shape   the loader checks a mapping against such a table and fills a struct of the model from it (source/loader.h).
 *         From the tables below the API makes the schema of its members: a key has a member, or none.
 */
#ifndef PLAYBOOK_MODEL_KEY_H
#define PLAYBOOK_MODEL_KEY_H

#include <stdbool.h>
#include <stddef.h>

enum shape {
    SHAPE_NODE,     /* a node, which its reader checks */
    SHAPE_MAPPING,  /* the same, but it must be a mapping */
    SHAPE_SCALAR,   /* the same, but it must be one text */
    SHAPE_TEXT,     /* char *, not empty */
    SHAPE_TEXTS,    /* struct texts */
    SHAPE_BOOL,     /* bool */
    SHAPE_COUNT,    /* int from 0 */
    SHAPE_DURATION, /* int64_t, microseconds */
    SHAPE_TIME,     /* int, minutes */
};
struct key {
    const char *name;
    enum shape shape;
    bool needed;
    size_t offset; /* in the struct that is filled */
    /* Of the tables below: */
    const char *member; /* in the API; NULL: shown in another way, which the row names */
    const char *zh, *en;
};

enum field_key_count { FIELD_KEYS = 22 };
enum state_key_count { STATE_KEYS = 7 };
enum expect_key_count { EXPECT_KEYS = 28 };
extern const struct key field_keys[FIELD_KEYS], state_keys[STATE_KEYS], expect_keys[EXPECT_KEYS];
/* The row of a key in such a table; NULL none. */
const struct key *key_find(const struct key *keys, size_t count, const char *name);

#endif
