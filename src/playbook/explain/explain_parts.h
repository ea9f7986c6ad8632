/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_parts - the description of each part of a kind, for explain and diff.
 *
 * Shape   Markdown items, appended to renderer->out; each ends with a newline.
 */
#ifndef PLAYBOOK_EXPLAIN_EXPLAIN_PARTS_H
#define PLAYBOOK_EXPLAIN_EXPLAIN_PARTS_H

#include "playbook/explain/renderer.h"

struct code_list;
struct entry_def;
struct expect;
struct fact;
struct field;
struct figure;
struct form;
struct indicator;
struct participant_set;
struct rule;
struct rule_edition;
struct state;

/* ---- explain.c: of renderer->kind ---- */
void explain_clauses(struct renderer *renderer);
void explain_about(struct renderer *renderer);
void explain_opening(struct renderer *renderer);
void explain_participant(struct renderer *renderer, const struct participant_set *set);
void explain_handover(struct renderer *renderer);
void explain_sight(struct renderer *renderer);
void explain_keeping(struct renderer *renderer);
void explain_edition(struct renderer *renderer, const struct rule *rule, const struct rule_edition *edition);

/* ---- explain_form.c ---- */
void explain_choices(struct renderer *renderer, const struct code_list *list);
void explain_field(struct renderer *renderer, const struct field *field, const char *indent);
void explain_form(struct renderer *renderer, const struct form *form, const char *indent);

/* ---- explain_entry.c ---- */
void explain_entry(struct renderer *renderer, const struct entry_def *entry, bool with_form);

/* ---- explain_flow.c ---- */
void explain_state(struct renderer *renderer, const struct state *state); /* without its expectations */
void explain_expect(struct renderer *renderer, const struct expect *expect);
void explain_end(struct renderer *renderer, const struct state *state);

/* ---- explain_count.c: what is counted ---- */
void explain_fact(struct renderer *renderer, const struct fact *fact);
void explain_figure(struct renderer *renderer, const struct figure *figure);
void explain_indicator(struct renderer *renderer, const struct indicator *indicator);

#endif
