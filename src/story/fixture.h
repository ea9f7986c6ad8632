/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixture - what one story runs on: an engine, a clock, and the handles of units, people and matters.
 *
 * Shape   a data directory of its own, removed by fixture_clear(). A handle is a name of the story; it stands for an id
 *         once the thing exists.
 * Errors  what a step expected and did not find is a failure of the story: fixture_fail(). GError where the engine
 *         fails.
 * Owner   one thread; struct story_failure belongs to the report.
 */
#ifndef STORY_FIXTURE_H
#define STORY_FIXTURE_H

#include "matter/matter.h"
#include "story/story.h"

struct fixture {
    char *dir;
    struct clock clock;
    struct engine *engine;
    struct reader *reader;
    const struct playbook *playbook; /* as adopted in this engine */
    GHashTable *units, *people;      /* handle → int64_t * */
    GHashTable *matters;             /* handle → struct uuid * */
    char *last_matter;               /* handle of the step before */
    struct uuid files_of;            /* the matter whose entry is being made: for it a named file is uploaded */
    struct problem *refused;         /* of the step's command; NULL accepted */
    const char *file, *test;
    int line;
    GArray *failures; /* of struct story_failure, borrowed from the report */
    bool failed;
};

/* The tree and people of a test, as the operator makes them a day before the first step. */
bool fixture_open(struct fixture *fixture, const json_t *test, const struct source *sources, size_t source_count,
                  GError **error);
/* The story is over: does the journal, played again, give the same rows? */
void fixture_replay(struct fixture *fixture);
void fixture_clear(struct fixture *fixture);
AUTO_CLEAR(fixture)

/* Notes a failure of the current step. */
void fixture_fail(struct fixture *fixture, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Carries out a command; the answer's events give handles to matters that were opened. False: refused, see
 * fixture->refused. */
bool fixture_do(struct fixture *fixture, const char *name, enum origin origin, int64_t person, json_t *body /* taken */,
                const char *handle);
/* Ids by handle; 0 with a failure noted. */
int64_t fixture_unit(struct fixture *fixture, const char *handle);
int64_t fixture_person(struct fixture *fixture, const char *handle);
int64_t fixture_post(struct fixture *fixture, const char *handle); /* the first that the person holds */
bool fixture_matter(struct fixture *fixture, const char *handle, struct matter *out);
/* Matters opened since (by effects, by the clock) get handles. */
void fixture_find_matters(struct fixture *fixture);

/* Units opened by effects get handles after their type. */
void fixture_find_units(struct fixture *fixture);
const char *fixture_unit_handle(struct fixture *fixture, int64_t unit); /* "?": none */

/* What happened so far, in the playbook's time zone: timeline.c. */
char *fixture_timeline(struct fixture *fixture);

/* ---- step.c, expect.c, expect_registry.c ---- */
/* Compares as sets; `what` names the list in a failure. `found` is left sorted, with NULL at its end. */
void expect_sets(struct fixture *fixture, const char *what, const json_t *wanted, GPtrArray *found);
void expect_posts(struct fixture *fixture, const json_t *wanted);
void expect_units(struct fixture *fixture, const json_t *wanted);
void step_do(struct fixture *fixture, const json_t *step);
void step_expect_answer(struct fixture *fixture, const json_t *expects); /* whether `do` was accepted */
void step_expect(struct fixture *fixture, const json_t *expect);

#endif
