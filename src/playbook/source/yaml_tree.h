/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * yaml_tree - YAML as a tree of nodes with positions.
 *
 * Shape   scalars are texts (the loader decides what 14d or true is), mappings keep their order. Documents of a
 *         file are parsed one by one, so that a mistake in one does not hide those of the others.
 * Errors  diagnostics: syntax errors, repeated keys, anchors, aliases, tags, tabs as indentation, invalid UTF-8,
 *         full-width punctuation where YAML needs its own.
 * Limits  LIMIT_YAML_DEPTH, LIMIT_YAML_NODES
 * Source  YAML 1.1 as libyaml reads it, without anchors, tags and directives.
 */
#ifndef PLAYBOOK_SOURCE_YAML_TREE_H
#define PLAYBOOK_SOURCE_YAML_TREE_H

#include "playbook/source/source.h"
#include "playbook/source/storage.h"

#include <stdbool.h>

enum yaml_type {
    NODE_SCALAR,
    NODE_SEQUENCE,
    NODE_MAPPING,
    NODE_REFUSED, /* already reported: no further mistake is reported for it */
};

struct yaml_node {
    enum yaml_type type;
    const char *file;
    int line, column;
    char *text;                       /* of scalars */
    char quote;                       /* ' or ", 0 plain, | block */
    bool one_line;                    /* the text is on one line of the file */
    struct yaml_node **keys, **items; /* of mappings; sequences have items only */
    size_t count;
    bool truncated; /* a root: the document has a syntax error further down */
};

/* Appends the roots of a file's documents. Nodes lie in `storage`. */
void yaml_read(const struct source *source, struct storage *storage, GPtrArray *roots, GArray *diagnostics);

/* The value of a key, NULL none; its key node. */
struct yaml_node *yaml_find(const struct yaml_node *mapping, const char *key);
struct yaml_node *yaml_find_key(const struct yaml_node *mapping, const char *key);

/* The position of the character at `offset` (from 0) of a scalar's text. */
void yaml_locate(const struct yaml_node *scalar, int offset, int *out_line, int *out_column);

/* The text with full-width punctuation made half-width; NULL when there is none. */
char *yaml_halfwidth(const char *text);

#endif
