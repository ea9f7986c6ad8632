/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model - a playbook in memory, as the loader leaves it: names resolved to pointers and indexes, expressions parsed.
 *
 * Shape   arrays are `struct x *xs; size_t x_count;` in the order of the file; names are unique within their array.
 *         Pointers lead to parts of the same playbook. Everything is made by playbook_load() and never changed
 *         afterwards, so threads may share it. Each header of the model includes what its structs own, and declares
 *         what they only point to.
 * Owner   struct playbook, counted with playbook_ref() and playbook_unref(): a matter's rules are those of its
 *         opening, so old versions stay as long as they are referenced.
 */
#ifndef PLAYBOOK_MODEL_MODEL_H
#define PLAYBOOK_MODEL_MODEL_H

#include "base/auto.h"
#include "playbook/model/board.h"
#include "playbook/model/calendar.h"
#include "playbook/model/clause.h"
#include "playbook/model/identity_type.h"
#include "playbook/model/kind.h"
#include "playbook/model/role.h"
#include "playbook/model/rule.h"
#include "playbook/model/texts.h"
#include "playbook/model/unit_fact.h"

#include <glib.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct playbook {
    gint references;
    char *name;
    int version;
    int64_t id;         /* given when adopted: pos of the event; 0 before */
    int64_t adopted_us; /* as id */
    struct texts title;
    char *zone_name;
    GTimeZone *zone;
    char *authority;
    int quiet_from_minutes, quiet_to_minutes; /* no escalation is shown between; equal: none */
    int64_t grace_us;                         /* after downtime nothing lapses for so long */
    struct identity_type *identity_types;     /* none: playbook_identity_types() knows them */
    size_t identity_type_count;
    struct unit_type *unit_types;
    size_t unit_type_count;
    struct role *roles;
    size_t role_count;
    struct required_post *required_posts;
    size_t required_post_count;
    struct unit_fact *unit_facts;
    size_t unit_fact_count;
    struct code_list *lists;
    size_t list_count;
    struct rule *rules;
    size_t rule_count;
    struct calendar *calendars;
    size_t calendar_count;
    struct document *documents;
    size_t document_count;
    struct kind *kinds;
    size_t kind_count;
    struct indicator *indicators; /* of no kind */
    size_t indicator_count;
    struct board *boards;
    size_t board_count;
    struct clause *clauses;
    size_t clause_count;
    json_t *tests; /* the `test:` documents as JSON, for the test runner */
    void *storage; /* the loader's: everything above lies in it, code lists made in place too */
    /* Frees the playbook with all its parts; playbook_unref() calls it at the end. */
    void (*release)(struct playbook *playbook);
};

struct playbook *playbook_ref(struct playbook *playbook);
void playbook_unref(struct playbook *playbook);
static inline void playbook_auto(struct playbook **playbook)
{
    if (*playbook != NULL)
        playbook_unref(*playbook);
}

/* By name; NULL when there is none. */
const struct board *playbook_find_board(const struct playbook *playbook, const char *name);
const struct clause *playbook_find_clause(const struct playbook *playbook, const char *id);
const struct kind *playbook_find_kind(const struct playbook *playbook, const char *name);
const struct role *playbook_find_role(const struct playbook *playbook, const char *name);
/* Names of the roles to which work of the role is escalated, of any kind, and theirs in turn; NULL-terminated, the
 * names the playbook's. */
const char **playbook_roles_above(const struct playbook *playbook, const char *role);
const struct unit_type *playbook_find_unit_type(const struct playbook *playbook, const char *name);
const struct unit_fact *playbook_find_unit_fact(const struct playbook *playbook, const char *name);
const struct code_list *playbook_find_list(const struct playbook *playbook, const char *name);
const struct rule *playbook_find_rule(const struct playbook *playbook, const char *name);
const struct indicator *playbook_find_indicator(const struct playbook *playbook, const char *name);
const struct calendar *playbook_find_calendar(const struct playbook *playbook, const char *name);
const struct document *playbook_find_document(const struct playbook *playbook, const char *name);

#endif
