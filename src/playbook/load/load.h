/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load - from YAML files to a checked playbook, or to the list of all mistakes in them.
 *
 * Shape   a playbook is a folder (or one file) of YAML; each document begins with one of the keys playbook,
 *         unit_types, roles, required_posts, unit_facts, clauses, list, rule, document, kind, world, test;
 *         docs/playbook.md is the reference. Documents may refer to each other.
 * Errors  all mistakes of all files in one run, sorted by file, line and column, each with a suggestion
 *         where there is one.
 * Limits  LIMIT_PLAYBOOK_BYTES, LIMIT_YAML_DEPTH, LIMIT_YAML_NODES; anchors and aliases are refused.
 */
#ifndef PLAYBOOK_LOAD_LOAD_H
#define PLAYBOOK_LOAD_LOAD_H

#include "playbook/model/model.h"
#include "playbook/source/diagnostic.h"
#include "playbook/source/source.h"

/* NULL when there are mistakes; `diagnostics` is an array of struct diagnostic, appended to, sorted. */
struct playbook *playbook_load(const struct source *sources, size_t count, GArray *diagnostics);

/* An adopted version, from the journal: only what cannot be executed is a mistake. Its tests are not read: they ran
 * before the adoption. */
struct playbook *playbook_load_adopted(const struct source *sources, size_t count, GArray *diagnostics);

#endif
