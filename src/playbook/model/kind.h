/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kind - a kind of matter, with all of its parts.
 */
#ifndef PLAYBOOK_MODEL_KIND_H
#define PLAYBOOK_MODEL_KIND_H

#include "playbook/model/entry_def.h"
#include "playbook/model/fact_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/form_def.h"
#include "playbook/model/handover_def.h"
#include "playbook/model/indicator_def.h"
#include "playbook/model/participant_set.h"
#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kind;
struct role;
struct rule;
struct unit_type;

/* L16: another system's number of the matter. */
struct external_def {
    bool present;
    char *system;
    int field;          /* of the form: holds the number */
    struct address *by; /* who enters the other system's data */
    size_t by_count;
    const struct expect **of; /* expectations with the other system's due time; none: the own one */
    size_t of_count;
};

/* L14: while such a matter is in one of the states, participating units may read personal data, by concept, in matters
 * of some kinds below its unit: for a purpose, until a date, so that people are not asked twice. */
struct grants_def {
    bool present;
    const struct participant_set *to, *except; /* units; persons left out, NULL none */
    const struct kind **of;
    size_t of_count;
    const struct state **in;
    size_t in_count;
    int concepts, grain, until, purpose, lawful_basis; /* fields of the form */
};

struct document {
    char *name;
    struct texts title, body; /* with {field}, {subject.name}, {unit.name}, {date}, {rule.x} filled in when shown */
};

enum about { ABOUT_NOTHING, ABOUT_PERSON, ABOUT_UNIT };
enum retain_from { RETAIN_CLOSED, RETAIN_OPENED, RETAIN_STATE };

struct kind {
    char *name;
    int index; /* in playbook.kinds */
    struct texts title;
    char **clauses; /* NULL-terminated */
    enum about about;
    bool about_post;     /* about the holder of a post, in that post alone: ABOUT_PERSON too */
    bool about_anywhere; /* of a unit: also one that does not lie in the matter's own */
    bool group_household;
    bool unique_open_per_subject, standing_one_per_unit;
    const struct field *unique_field;  /* of the form: no two matters share its value; NULL none */
    bool unique_ever;                  /* with unique_…: closed ones count too, until they are erased */
    const struct unit_type **audience; /* standing: types of units that have one */
    size_t audience_count;
    const struct unit_type **unit_types; /* unit types of its unit; none: any */
    size_t unit_type_count;
    struct texts purpose;
    char *lawful_basis;
    enum retain_from retain_from;
    const struct state *retain_state; /* RETAIN_STATE: it was entered; closed without it: as RETAIN_CLOSED */
    const struct rule *retain_rule;   /* the length, instead of retain_us */
    struct address *held_by;          /* who may hold the erasure up */
    size_t held_by_count;
    int64_t retain_us; /* 0: kept (only where nothing is about a person) */
    /* seen_by: in addition to all roles that act in it */
    const struct role **opened_by, **proposed_by, **seen_by, **unmasked_by;
    size_t opened_by_count, proposed_by_count, seen_by_count, unmasked_by_count;
    const struct role **merged_by; /* who may merge two; none: those who open them */
    size_t merged_by_count;
    bool opened_by_subject, opened_by_clock;
    bool participants_only; /* `sight: participants_only` */
    struct form form;
    struct participant_set *participants;
    size_t participant_count;
    bool has_audience; /* a set of thousands, loaded only where needed */
    struct fact *facts;
    size_t fact_count;
    struct state *states;
    size_t state_count;
    const struct state *initial;
    const struct state *proposed; /* NULL */
    struct entry_def *entries;
    size_t entry_count;
    struct handover_def handover;
    struct external_def external;
    struct grants_def grants;
    size_t clock_entry_count;     /* entries made by `extend`, `review` and `second`, at the end of entries */
    struct expect *confirmations; /* second_ENTRY: the confirmation that is waited for */
    size_t confirmation_count;
    struct figure *figures;
    size_t figure_count;
    struct indicator *indicators;
    size_t indicator_count;
    const struct document **documents;
    size_t document_count;
};

/* By name; NULL, or -1, when there is none. */
const struct entry_def *kind_find_entry(const struct kind *kind, const char *name);
const struct state *kind_find_state(const struct kind *kind, const char *name);
int kind_find_fact(const struct kind *kind, const char *name);
const struct participant_set *kind_find_participants(const struct kind *kind, const char *name);
/* The definition of an expectation by name; `accepting` is filled in and returned for that of a hand-over. */
const struct expect *expect_find(const struct kind *kind, const char *name, struct expect *accepting);
#define EXPECTATION_ACCEPT "accept_handover"
#define EXPECTATION_ASSIGN "assign_handover"
const struct indicator *kind_find_indicator(const struct kind *kind, const char *name);
/* Of all states, one after the other; NULL beyond the last. */
const struct expect *kind_expect_at(const struct kind *kind, int index);

/* Made because of `proposed_by`, `handover` and the like, not written: such states and entries come last. */
bool is_generated_state(const struct kind *kind, const struct state *state);
bool is_generated_entry(const struct kind *kind, const struct entry_def *entry);

#endif
