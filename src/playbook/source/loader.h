/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loader - the state of one load: reading of keys by table, resolving of names, reporting of mistakes.
 *
 * Shape   all names are declared first, so that every part may refer to every other; then the parts are read. A mistake
 *         is reported with its position and reading goes on; an unresolved pointer stays NULL and is marked as
 *         unresolved, so that checks do not report consequences.
 * Owner   one load; only the playbook and its storage outlive playbook_load().
 */
#ifndef PLAYBOOK_SOURCE_LOADER_H
#define PLAYBOOK_SOURCE_LOADER_H

#include "playbook/model/key.h"
#include "playbook/source/storage.h"
#include "playbook/source/yaml_tree.h"

struct code_list;
struct expect;
struct form;
struct kind;
struct length;
struct playbook;
struct texts;

enum part {
    PART_PLAYBOOK,
    PART_IDENTITY,
    PART_UNIT_TYPES,
    PART_ROLES,
    PART_REQUIRED_POSTS,
    PART_UNIT_FACTS,
    PART_CLAUSES,
    PART_LIST,
    PART_CALENDAR,
    PART_RULE,
    PART_DOCUMENT,
    PART_KIND,
    PART_LEVEL,
    PART_BOARD,
    PART_WORLD,
    PART_TEST,
    PART_COUNT
};

struct loader {
    struct playbook *playbook;
    struct storage *storage; /* the playbook's */
    struct storage *nodes;   /* of the trees */
    GArray *diagnostics;
    GPtrArray *roots[PART_COUNT];
    bool adopted;           /* read again out of the journal */
    bool one_language;      /* the playbook names one: a text is a plain one, and stands for both */
    GHashTable *part_nodes; /* part of the model → its node */
    GHashTable *unresolved; /* parts of the model with something unresolved, whose consequences are not reported */
    GHashTable *truncated;  /* "kind home_observation": names of documents with syntax errors */
};

/* ---- reporting ---- loader_report(): for what cannot be executed, or has no meaning. loader_lint(): for what can be
 * executed, and should not be written so; not for adopted versions, or a new rule would make old data unreadable. A new
 * rule is a lint unless the program would have to guess. */
void loader_report(struct loader *loader, const struct yaml_node *node, const char *suggestion, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void loader_lint(struct loader *loader, const struct yaml_node *node, const char *suggestion, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* No more mistakes are taken: suggestions need not be looked up. */
bool loader_is_full(const struct loader *loader);
void loader_set_node(struct loader *loader, const void *thing, const struct yaml_node *node);
const struct yaml_node *loader_node(struct loader *loader, const void *thing); /* never NULL: at worst an empty node */
void loader_mark_unresolved(struct loader *loader, const void *thing);
bool loader_is_unresolved(struct loader *loader, const void *thing);

/* ---- keys by table ---- */
/* Checks the keys of a mapping, reports unknown, missing and malformed ones, and fills `target`. False when it is no
 * mapping. */
bool load_keys(struct loader *loader, const struct yaml_node *node, const struct key *keys, size_t count, void *target,
               const char *what);
#define LOAD_KEYS(loader, node, keys, target, what) load_keys(loader, node, keys, G_N_ELEMENTS(keys), target, what)

bool load_texts(struct loader *loader, const struct yaml_node *node, struct texts *out);
bool load_bool(struct loader *loader, const struct yaml_node *node, bool *out);
bool load_duration(struct loader *loader, const struct yaml_node *node, int64_t *out_us);
/* A duration, or working days: 5wd. */
bool load_length(struct loader *loader, const struct yaml_node *node, struct length *out);
bool load_date(struct loader *loader, const struct yaml_node *node, int32_t *out_day);
/* '06:30-10:00' */
bool load_window(struct loader *loader, const struct yaml_node *node, int *out_from, int *out_to);
/* The text of a scalar; NULL and reported when it is something else, or empty. */
const char *load_text(struct loader *loader, const struct yaml_node *node, const char *what);
bool load_name(struct loader *loader, const struct yaml_node *node, const char *what, char **out);
bool name_is_valid(const char *text, size_t most);
bool code_is_valid(const char *text);

/* A list, or one value as a list of one; nothing for NULL and what has been refused. */
size_t yaml_item_count(const struct yaml_node *node);
const struct yaml_node *yaml_item(const struct yaml_node *node, size_t i);

/* ---- names ---- every named struct of the model begins with its name. */
const void *named_find(const void *array, size_t count, size_t bytes, const char *name);
const char *named_nearest(const void *array, size_t count, size_t bytes, const char *name);
struct names {
    const char *what; /* "role" */
    const void *array;
    size_t count, bytes;
    size_t title; /* offset of their titles; 0 they have none */
};
#define NAMES(what, array, count) ((struct names){what, array, count, sizeof *(array), 0})
struct names names_of_codes(const struct code_list *list);
/* What has this title in one of its languages, by its name; NULL there is none. */
const char *named_by_title(struct names names, const char *text);
/* NULL and reported when there is none. */
const void *loader_resolve(struct loader *loader, const struct yaml_node *node, struct names names);
const void *loader_resolve_text(struct loader *loader, const struct yaml_node *node, const char *name,
                                struct names names);
/* False and reported when a list is too long: its items are compared with each other. */
bool loader_takes_all(struct loader *loader, const struct yaml_node *node);
/* An array of pointers; each at most once. */
void *loader_resolve_list(struct loader *loader, const struct yaml_node *node, struct names names, size_t *out_count);
struct names names_of_unit_types(const struct loader *loader);
struct names names_of_unit_facts(const struct loader *loader);
struct names names_of_roles(const struct loader *loader);
struct names names_of_lists(const struct loader *loader);
struct names names_of_rules(const struct loader *loader);
struct names names_of_calendars(const struct loader *loader);
struct names names_of_documents(const struct loader *loader);
struct names names_of_kinds(const struct loader *loader);
struct names names_of_states(const struct kind *kind);
struct names names_of_entries(const struct kind *kind);
struct names names_of_fields(const struct form *form);
struct names names_of_participants(const struct kind *kind);
/* An expectation of a kind, by its name; NULL and reported. */
const struct expect *loader_resolve_expect(struct loader *loader, const struct yaml_node *node, const struct kind *kind,
                                           const char *name);
/* A word out of a fixed set; -1 and reported otherwise. */
int load_word(struct loader *loader, const struct yaml_node *node, const char *what, const char *const *words,
              size_t count);

#endif
