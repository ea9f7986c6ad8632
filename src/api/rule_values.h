/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rule_values - the rules and tables that the conditions of a kind read, with their values, so that a phone without a
 *         network decides as the server does.
 *
 * Shape   `rules` of GET /kinds/{kind}, in the playbook's order: name, title, type, unit, table, and the editions by
 *         the first day of each: on a day holds the last that has begun. Values are written as in the trees
 *         (expr_json.c); a table has `values` by key.
 */
#ifndef API_RULE_VALUES_H
#define API_RULE_VALUES_H

#include "playbook/model/model.h"

/* Those that trees anywhere in `shape` read. */
json_t *shape_rules_read(const json_t *shape, const struct playbook *playbook);

#endif
