/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft - one matter while a command is decided: its view and the event that is written.
 *
 * Shape   each decision changes both the view and `body`, which draft_emit() writes as the event.
 * Owner   one decide function; draft_clear() at its end. After draft_emit() a draft is only read.
 */
#ifndef MATTER_DRAFT_DRAFT_H
#define MATTER_DRAFT_DRAFT_H

#include "matter/view/view.h"

struct router;
struct allowed;

struct draft {
    struct decision *decision;
    struct matter_view view;  /* the matter as it will be after the event */
    int64_t home;             /* the unit whose stream gets the event: the matter's before the command */
    int64_t last_participant; /* the highest number given out; -1 not known yet */
    struct router *router;    /* remembers who answers, NULL none; borrowed */
    struct allowed *allowed;  /* remembers the last right, NULL none; borrowed */
    json_t *body;
    GBytes *sealed[SEALED_PART_COUNT]; /* that go into the event */
    const json_t *kept;     /* form fields that another entry has set since, which a correction leaves; NULL none */
    int64_t recurs_from_us; /* what recurs begins no earlier: of a matter that began before it was known here; 0 */
    bool form_changed, facts_changed;
    json_t *form_before, *facts_before; /* before the first change that lifecycle/times.c has not followed; NULL none */
    GArray *makers;                     /* lifecycle/makers.c: of the entry that is made; NULL none */
    bool facts_anew;                    /* the sealed facts of before have another meaning */
    bool was_closed;                    /* before the event */
};

/* ---- load.c ---- */
/* False when there is no such matter, with problem unknown_matter at `field`. */
bool draft_load_named(struct draft *draft, struct decision *decision, const struct uuid *uuid, const char *field);
/* The same, and the command is decided in its stream; other_stream where it is in another one already. */
bool draft_load_uuid(struct draft *draft, struct decision *decision, const struct uuid *uuid, const char *field);
bool draft_load(struct draft *draft, struct decision *decision, int64_t id);

/* ---- letter.c ---- */
/* To the stream of the draft's matter: `text` (NULL none) is sealed under its key, which is made where it has none;
 * body (taken) gets the matter and the actor's post. */
void draft_send_letter(const struct draft *draft, const char *name, json_t *body, const char *text);
/* Loads the matter of a letter, to be decided in the sender's post. *out_text (owned) is what was sealed, NULL where
 * nothing was or the matter's key is gone. */
bool draft_load_letter(struct draft *draft, struct decision *decision, char **out_text);

/* ---- draft.c ---- */
void draft_clear(struct draft *draft);
AUTO_CLEAR(draft)

/* Refuses erased and closed matters and, unless `version` is -1, a stale one. */
bool draft_must_be_open(struct draft *draft, int64_t version);
bool draft_must_be_current(struct draft *draft, int64_t version);

/* Keeps a copy of the facts before the first change. */
void draft_keep_facts(struct draft *draft);
/* Sets a field of the form (NULL removes it). */
void draft_set_field(struct draft *draft, const struct field *field, json_t *value /* taken */);

/* Seals `fields` as a form does and puts the parts into the event; the clear part is returned, NULL when empty. */
json_t *draft_seal_fields(struct draft *draft, enum sealed_part part, const struct form *form, const json_t *fields,
                          json_t *also_sealed /* taken; more members for the sealed part, NULL none */);
/* Seals it whole into the event. */
void draft_seal(struct draft *draft, enum sealed_part part, const json_t *content);
/* Free text that belongs to no form, as {name: text} in SEALED_NOTE; of a kind that keeps nothing sealed, too. */
void draft_seal_note(struct draft *draft, const char *name, const char *text);
/* Free words of a person, for a member of a body (rows/words.h); the matter is not erased. */
json_t *draft_words(struct draft *draft, const char *text);
/* Makes the key of a matter whose kind seals nothing by itself; the matter is not erased. */
void draft_need_key(struct vault *vault, const struct kind *kind, int64_t matter);
json_t *draft_words_of(struct decision *decision, const struct matter *matter, const struct kind *kind,
                       const char *text);

/* ---- emit.c, body.c ---- */
/* Writes the event, with version, facts and form as changed. */
int64_t draft_emit(struct draft *draft, const char *event);

/* Members of bodies. */
void body_add(json_t *body, const char *key, int64_t value);
void body_append(json_t *body, const char *key, json_t *item /* taken */);
/* Rows of rows/events.h: of numbers alone, or of `count` nulls that are set one by one. */
json_t *integers(size_t count, const int64_t *values);
json_t *row_new(size_t count);
void row_set(json_t *row, size_t place, json_t *value /* taken; NULL null */);

#endif
