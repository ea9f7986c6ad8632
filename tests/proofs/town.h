/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * town - a small city under the real playbook, with an engine of its own: what the proofs are made on.
 *
 * Shape   a city with two districts, each with a subdistrict and a community, grids below them, and a station in
 * the first district; every required post is held by made-up people; households of equal size in every grid, all of
 * them under observation. Commands are JSON with single quotes for double ones.
 * Owner   one thread; the engine has its own.
 */
#ifndef TESTS_PROOFS_TOWN_H
#define TESTS_PROOFS_TOWN_H

#include "engine/engine.h"

#define TOWN_START_US 1580688000000000LL /* 2020-02-03T08:00:00+08:00, a Monday */

struct town {
    char *dir, *data_dir, *keys_dir;
    struct clock clock;
    struct engine_options options;
    struct engine *engine; /* NULL while closed */
    struct reader *reader; /* opened when somebody looks; as long as the engine */
    uint64_t ids;          /* made so far: a town makes the same ones in every run */
};

void town_init(struct town *town, int64_t now_us /* 0: the system's clock */);
void town_clear(struct town *town); /* removes the folder */
AUTO_CLEAR(town)
void town_open(struct town *town);
void town_close(struct town *town);
/* Another folder with the same files and keys, its clock at the same time; both closed. */
void town_copy(const struct town *town, struct town *out);

/* Makes it all in an open town: grids over both communities in turns, so many households each of so many members. */
void town_settle(struct town *town, int grids, int households, int members);
/* The places alone, with nobody in them. */
void town_tree(struct town *town, int grids);
/* The same, with nobody under observation yet. */
void town_people(struct town *town, int grids, int households, int members);

/* A command with an id. */
json_t *town_command(struct town *town, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As a person through a door, person 0 as the operator. The answer's body, which is the caller's; NULL and the code
 * when refused. */
json_t *town_ask(struct town *town, int64_t person, json_t *command /* taken */, enum problem_code *out_code);
json_t *town_must(struct town *town, int64_t person, json_t *command /* taken */);
void town_do(struct town *town, int64_t person, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Takes it without waiting; false when the engine no longer takes any. */
bool town_submit(struct town *town, int64_t person, json_t *command /* taken */, engine_done done, void *context);

/* Decides one command and takes the whole answer, whatever it is. */
void town_answer(struct town *town, int64_t person, json_t *command /* taken */, struct answer *out);

/* Rows show all that was acknowledged. */
void town_catch_up(struct town *town);
int64_t town_number(struct town *town, const char *sql); /* of rows.db; -1 where there is none */
/* All rows of one column, or of a blob that is a UUID as text. */
GArray *town_numbers(struct town *town, const char *sql);  /* of int64_t */
GPtrArray *town_uuids(struct town *town, const char *sql); /* of char * */
/* Who holds a role over a unit, the first of them. */
int64_t town_holder(struct town *town, const char *role, int64_t unit);

/* Asserts that the journal verifies and that rows.db equals a rebuild; closed. Returns the number of events. */
int64_t town_check(const struct town *town);

bool proofs_are_long(void);
void folder_remove(const char *path);

#endif
