/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * city - a corner of Beijing for the tests of the registry, with people called by handles.
 *
 * Shape   in a command's JSON `$wang` stands for the id kept under "wang". Units: 11 city; 110101 and 110105
 *         districts; 110101001 subdistrict; 110101001001 and ...002 communities; 110101001001001 to ...003
 *         grids. All since 2020-01-01. It is 2020-01-31T08:00:00+08:00. People: wang, li, zhao, chen, keeper
 *         (who holds the post "registrar" over 110101).
 * Owner   the test; city_free() replays everything and compares, asserts that no event tells a name, and
 *         removes the folder.
 */
#ifndef TESTS_REGISTRY_CITY_H
#define TESTS_REGISTRY_CITY_H

#include "registry/registry.h"
#include "support/harness.h"

struct city {
    struct harness *harness;
    GHashTable *ids; /* handle → int64_t * */
};

struct city *city_new(void);
/* Only the playbook: no unit, nobody. */
extern const char city_playbook[]; /* as it is adopted at first */
struct city *city_new_empty(void);
void city_free(struct city *city);
AUTO_FREE(city)

/* `as` NULL: the operator, else a person's handle. Must be accepted; the first event's pos is kept under `keep`
 * (NULL: not). */
int64_t city_do(struct city *city, const char *as, const char *keep, const char *json);
void city_refuse(struct city *city, const char *as, const char *json, enum problem_code code, const char *field);
int64_t city_id(struct city *city, const char *handle);
int64_t city_unit(struct city *city, const char *code); /* now */
void city_at(struct city *city, const char *time);
int64_t city_time(const char *time);

#endif
