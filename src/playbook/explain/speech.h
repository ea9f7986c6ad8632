/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * speech - parts of a playbook in the words of one language: who, how long, by when, under which condition.
 *
 * Shape   everything is appended to `out`. `form` is that of the entry at hand, for the names in conditions.
 *         Rules that are named are noted in `rules_named`, so that whoever tells the whole can say their values.
 */
#ifndef PLAYBOOK_EXPLAIN_SPEECH_H
#define PLAYBOOK_EXPLAIN_SPEECH_H

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

struct speech {
    const struct playbook *playbook;
    const struct kind *kind;
    const struct form *form; /* of the entry that is spoken of */
    const struct form *line; /* of the lines of which one is at hand */
    bool english;
    bool lists_by_name;  /* a list that others name too is not told code by code */
    GHashTable *renamed; /* texts → those that are said instead; NULL none */
    bool *rules_named;   /* by their place in the playbook */
    GString *out;
};

const char *speech_choose(const struct speech *speech, const char *zh, const char *en);
const char *speech_text(const struct speech *speech, const struct texts *texts);
void speech_add(struct speech *speech, const char *zh, const char *en);
/* A format in either language with the same arguments. */
void speech_say(struct speech *speech, const char *zh, const char *en, ...) G_GNUC_PRINTF(2, 4) G_GNUC_PRINTF(3, 4);
void speech_end_line(struct speech *speech);
/* Before the second and every later item of a list. */
void speech_comma(struct speech *speech, size_t index);

void speech_length(struct speech *speech, int64_t us);
void speech_working_days(struct speech *speech, int days);
void speech_value(struct speech *speech, struct value value, const char *unit, const char *list);
void speech_expr(struct speech *speech, const struct expr *expr);
void speech_fact(struct speech *speech, const struct fact *fact);
void speech_address(struct speech *speech, const struct address *address);
void speech_addresses(struct speech *speech, const struct address *addresses, size_t count);
void speech_deadline(struct speech *speech, const struct expect *expect);
/* What follows, besides the state. */
void speech_effect(struct speech *speech, const struct effect *effect);

#endif
