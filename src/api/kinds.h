/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinds - what GET /kinds says of a kind besides its forms: who, under which conditions, what follows, how long it is
 *         kept, what is counted.
 *
 * Shape   conditions are the trees of expr_json.c, so that an offline phone decides the same. An address is {"role",
 *         "at" or "above"} or {"party"}. kind_schema() is the JSON Schema of the whole answer.
 * Owner   `shape` is changed in place; kind_schema() gives a new reference.
 */
#ifndef API_KINDS_H
#define API_KINDS_H

#include "playbook/model/model.h"

void kind_add_rules(json_t *shape, const struct kind *kind);
void state_add_rules(json_t *shape, const struct kind *kind, const struct state *state);
void expect_add_rules(json_t *shape, const struct kind *kind, const struct expect *expect);
void entry_add_rules(json_t *shape, const struct kind *kind, const struct entry_def *entry);
/* The field of its form that holds the unit to which an entry gives the matter, at which something is expected then;
 * NULL: it is not given to anybody. */
const char *kind_handler(const struct kind *kind);
json_t *kind_schema(void);

#endif
