/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * renderer - texts for parts of a playbook in one language: addresses, durations, deadlines, conditions.
 *
 * Shape   everything is appended to `out`. `form` is that of the current entry, for the names in conditions.
 *         Rules that are named are added to `rules_named`, so that the caller can append their values.
 */
#ifndef PLAYBOOK_EXPLAIN_RENDERER_H
#define PLAYBOOK_EXPLAIN_RENDERER_H

#include "playbook/expr/value.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;
struct effect;
struct expect;
struct expr;
struct fact;
struct form;
struct kind;
struct playbook;
struct texts;

struct renderer {
    const struct playbook *playbook;
    const struct kind *kind;
    const struct form *form; /* of the entry that is spoken of */
    const struct form *line; /* of the lines of which one is current */
    bool english;
    bool lists_by_name;  /* a shared list is named, not written code by code */
    GHashTable *renamed; /* texts → texts written instead; NULL none */
    bool *rules_named;   /* by their place in the playbook */
    GString *out;
};

const char *renderer_choose(const struct renderer *renderer, const char *zh, const char *en);
const char *renderer_text(const struct renderer *renderer, const struct texts *texts);
void renderer_add(struct renderer *renderer, const char *zh, const char *en);
/* A format in either language with the same arguments. */
void renderer_printf(struct renderer *renderer, const char *zh, const char *en, ...) G_GNUC_PRINTF(2, 4)
    G_GNUC_PRINTF(3, 4);
void renderer_end_line(struct renderer *renderer);
/* Before the second and every later item of a list. */
void renderer_comma(struct renderer *renderer, size_t index);

void renderer_length(struct renderer *renderer, int64_t us);
void renderer_working_days(struct renderer *renderer, int days);
void renderer_value(struct renderer *renderer, struct value value, const char *unit, const char *list);
void renderer_expr(struct renderer *renderer, const struct expr *expr);
void renderer_fact(struct renderer *renderer, const struct fact *fact);
void renderer_address(struct renderer *renderer, const struct address *address);
void renderer_addresses(struct renderer *renderer, const struct address *addresses, size_t count);
void renderer_deadline(struct renderer *renderer, const struct expect *expect);
/* An effect. */
void renderer_effect(struct renderer *renderer, const struct effect *effect);

#endif
