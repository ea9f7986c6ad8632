/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_parts - the parts of a kind, each told by itself: what explain puts together and what a comparison of two
 * versions sets side by side.
 *
 * Shape   Markdown items, appended to speech->out; each ends with its line.
 */
#ifndef PLAYBOOK_EXPLAIN_EXPLAIN_PARTS_H
#define PLAYBOOK_EXPLAIN_EXPLAIN_PARTS_H

#include "playbook/explain/speech.h"

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

/* ---- explain.c: of speech->kind ---- */
void explain_clauses(struct speech *speech);
void explain_about(struct speech *speech);
void explain_opening(struct speech *speech);
void explain_participant(struct speech *speech, const struct participant_set *set);
void explain_handover(struct speech *speech);
void explain_sight(struct speech *speech);
void explain_keeping(struct speech *speech);
void explain_edition(struct speech *speech, const struct rule *rule, const struct rule_edition *edition);

/* ---- explain_form.c ---- */
void explain_choices(struct speech *speech, const struct code_list *list);
void explain_field(struct speech *speech, const struct field *field, const char *indent);
void explain_form(struct speech *speech, const struct form *form, const char *indent);

/* ---- explain_entry.c ---- */
void explain_entry(struct speech *speech, const struct entry_def *entry, bool with_form);

/* ---- explain_flow.c ---- */
void explain_state(struct speech *speech, const struct state *state); /* itself, without what is expected in it */
void explain_expect(struct speech *speech, const struct expect *expect);
void explain_end(struct speech *speech, const struct state *state);

/* ---- explain_count.c: what is counted ---- */
void explain_fact(struct speech *speech, const struct fact *fact);
void explain_figure(struct speech *speech, const struct figure *figure);
void explain_indicator(struct speech *speech, const struct indicator *indicator);

#endif
