/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft - one matter while a command is deciding on it: how it stands, its rules, the event being written.
 *
 * Shape   a view of the matter and what is to be written of it: what is decided changes both the view and `body`, the
 *         event that draft_emit() writes in the end.
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
    int64_t home;             /* unit in whose stream the event stands: where the matter was */
    int64_t last_participant; /* the highest number given out; -1 not known yet */
    struct router *router;    /* remembers who answers, NULL none; borrowed */
    struct allowed *allowed;  /* remembers the last right, NULL none; borrowed */
    json_t *body;
    GBytes *sealed[SEALED_PART_COUNT]; /* that go into the event */
    const json_t *kept;     /* of its members a corrected entry sets nothing: others have set them since; NULL none */
    int64_t recurs_from_us; /* what recurs begins no earlier: of a matter that began before it was known here; 0 */
    bool form_changed, facts_changed;
    json_t *form_before, *facts_before; /* before the first change that lifecycle/times.c has not followed; NULL none */
    bool facts_anew;                    /* what was sealed of them before means something else */
    bool was_closed;                    /* before the event */
};

/* ---- load.c ---- */
/* False when there is no such matter, with problem unknown_matter at `field`. */
bool draft_load_named(struct draft *draft, struct decision *decision, const struct uuid *uuid, const char *field);
/* The same, and the command is decided in its stream; other_stream where it is in another one already. */
bool draft_load_uuid(struct draft *draft, struct decision *decision, const struct uuid *uuid, const char *field);
bool draft_load(struct draft *draft, struct decision *decision, int64_t id);

/* ---- letter.c ---- */
/* To the stream in which the draft's matter is decided: `text` (NULL: nothing) is sealed under its key, which is made
 * where it has none yet; body (taken) gets the matter and the post in which whoever gave the command acts. */
void draft_send_letter(const struct draft *draft, const char *name, json_t *body, const char *text);
/* The matter of the letter that has arrived, decided in the post of whoever wrote it. *out_text (owned): what was
 * sealed, NULL where nothing was or the matter's key is gone. */
bool draft_load_letter(struct draft *draft, struct decision *decision, char **out_text);

/* ---- draft.c ---- */
void draft_clear(struct draft *draft);
AUTO_CLEAR(draft)

/* Refuses erased and closed matters and, unless `version` is -1, a stale one. */
bool draft_must_be_open(struct draft *draft, int64_t version);
bool draft_must_be_current(struct draft *draft, int64_t version);

/* Before the facts change: how they stood is kept. */
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
/* Somebody's own words for a member of a body (rows/words.h); the matter is not erased. */
json_t *draft_words(struct draft *draft, const char *text);
/* A matter of a kind that keeps nothing sealed gets its key when something is sealed in it; it is not erased. */
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
