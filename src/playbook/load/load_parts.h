/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_parts - the functions that read the parts of a playbook, in the order in which they run.
 *
 * Shape   each reads declared parts, from the nodes that the loader has of them.
 * Errors  reported to the loader, with position.
 */
#ifndef PLAYBOOK_LOAD_LOAD_PARTS_H
#define PLAYBOOK_LOAD_LOAD_PARTS_H

#include "playbook/model/texts.h"
#include "playbook/source/loader.h"

struct address;
struct clause_expect;
struct code_list;
struct effect;
struct entry_def;
struct expect;
struct field;
struct indicator;
struct kind;
struct loop;
struct participant_set;
struct unit_fact;

/* Sorts documents by type. */
void loader_sort(struct loader *loader, GPtrArray *roots, const char *first_file); /* load_declare.c */
void loader_declare(struct loader *loader);
void load_base(struct loader *loader); /* load_base.c */
/* Of a document that stands alone: the value of its only key; NULL there is no such document. */
const struct yaml_node *load_only_value(struct loader *loader, enum part part);
void load_unit_facts(struct loader *loader); /* load_unit_fact.c */
/* Of unit(NAME); false and reported. */
bool load_unit_fact_named(struct loader *loader, const struct yaml_node *node, const char *name,
                          const struct unit_fact **out);
void load_calendars(struct loader *loader); /* load_calendar.c */
void load_rules(struct loader *loader);     /* load_rule.c */
/* A list by name, written in place, or (with `pool`) codes taken out of the list of that name. */
const struct code_list *load_list_in_place(struct loader *loader, const struct yaml_node *node, const char *name,
                                           struct texts title, const char *pool); /* load_rule.c */
void load_forms(struct loader *loader);                                           /* load_form.c */
void load_participants(struct loader *loader);                                    /* load_participant.c */
/* "summoned" or "participant.summoned"; NULL and reported. */
const struct participant_set *load_participant_set(struct loader *loader, const struct kind *kind,
                                                   const struct yaml_node *node);
/* A field of the kind's form that holds lines; NULL and reported. */
const struct field *load_lines(struct loader *loader, const struct kind *kind, const struct yaml_node *node);
void load_form_conditions(struct loader *loader, const struct kind *kind, const struct entry_def *entry);
void load_facts(struct loader *loader, struct kind *kind);      /* load_fact.c */
void load_indicators(struct loader *loader, struct kind *kind); /* load_indicator.c */
/* Reads and checks `floor` of an indicator of a kind, or of none (NULL). */
void load_floor(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                struct indicator *indicator);
void load_boards(struct loader *loader); /* load_board.c */
void load_levels(struct loader *loader); /* load_level.c */
void load_figures(struct loader *loader, struct kind *kind);
void load_grants(struct loader *loader, struct kind *kind); /* load_grant.c */
void load_kinds(struct loader *loader);                     /* load_kind.c */
void load_clauses(struct loader *loader);                   /* load_clause.c */
/* Of a kind or of none, by its name; NULL and reported. */
const struct indicator *load_indicator_named(struct loader *loader, const struct yaml_node *node, const char *name);
/* KIND.EXPECTATION; false and reported. */
bool load_kind_expect(struct loader *loader, const struct yaml_node *node, const char *text, struct clause_expect *out);
void load_states(struct loader *loader, struct kind *kind);  /* load_state.c */
void load_entries(struct loader *loader, struct kind *kind); /* load_entry.c */
void load_effects(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                  const struct yaml_node *node, struct effect **out, size_t *out_count); /* load_effect.c */
/* What `for_each` goes over; NULL and reported when it is nothing. */
struct loop *load_loop(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                       const struct yaml_node *over, const struct yaml_node *where,
                       const struct yaml_node *because); /* load_loop.c */
/* load_keys() for a mapping that may also have keys of effects. */
bool load_keys_and_effects(struct loader *loader, const struct yaml_node *node, const struct key *keys, size_t count,
                           void *target, const char *what); /* load_effect.c */

/* ---- who: load_address.c ---- */
bool load_address(struct loader *loader, const struct kind *kind, const struct yaml_node *node, struct address *out);
struct address *load_addresses(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                               size_t *out_count);

/* A role, or unless `role_only` the subject: an address that can answer for an expectation. */
bool load_answering(struct loader *loader, const struct kind *kind, const struct yaml_node *node, bool role_only,
                    struct address *out);

#endif
