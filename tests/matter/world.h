/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world - two districts with people in their posts, and the playbook of world.yaml, for the tests of matter/.
 *
 * Shape   handles name what there is: units beijing, dong, xi (districts), garden, lake (communities of dong),
 *         hill (of xi), g1, g2 (grids of garden), g3 (of lake), g4 (of hill); persons wang (worker of g1), sun
 *         (of g2), qian (of g3), he (of g4), chen (doctor of garden), zhou (secretary of garden), wu (duty of
 *         dong), zheng (duty of the city), li and zhao (a household in g1), feng (alone in g1), keeper
 *         (registrar). "daily" is the daily report of garden. "$handle" in a command stands for its id or UUID.
 * Owner   the test; world_free() asserts that a replay gives equal rows, that counts and kept indicators are right and
 *         that nobody's words stand in the clear.
 */
#ifndef TESTS_MATTER_WORLD_H
#define TESTS_MATTER_WORLD_H

#include "matter/matter.h"
#include "support/harness.h"

struct world {
    struct harness *harness;
    GHashTable *handles; /* name → text */
};

struct world *world_new(void);
void world_free(struct world *world);
AUTO_FREE(world)

/* Sets the time and lets everything due by then happen. */
void world_at(struct world *world, const char *time);
void world_tick(struct world *world);

/* `as` NULL: the operator. With `keep` the command's UUID is kept under that name. */
void world_do(struct world *world, const char *as, const char *keep, const char *json);
void world_refuse(struct world *world, const char *as, const char *json, enum problem_code code, const char *field);
bool world_try(struct world *world, const char *as, const char *keep, const char *json); /* it may be refused */
int64_t world_id(struct world *world, const char *handle);
/* Commits, and asserts that kept indicators are what a recount gives. False: they wait for one. */
bool world_counts(struct world *world);

/* Observation of li, zhao or feng in g1, last exposed on 2020-02-01 12:00; kept under the person's initial and
 * "_obs". */
void world_observe(struct world *world, const char *person);

struct matter world_matter(struct world *world, const char *handle);
/* "check_in:met check_in:open" by number; overdue ones as "check_in:overdue". */
char *world_expectations(struct world *world, const char *handle);
#define assert_expectations(world, handle, wanted)                                                                     \
    do {                                                                                                               \
        g_autofree char *found_ = world_expectations(world, handle);                                                   \
        g_assert_cmpstr(found_, ==, wanted);                                                                           \
    } while (0)
/* Names of a person's to-do list. */
char *world_todo(struct world *world, const char *person);
#define assert_todo(world, person, wanted)                                                                             \
    do {                                                                                                               \
        g_autofree char *found_ = world_todo(world, person);                                                           \
        g_assert_cmpstr(found_, ==, wanted);                                                                           \
    } while (0)
int64_t world_time(const char *time);
int64_t world_due(struct world *world, const char *handle, const char *name);
int64_t world_count(struct world *world, const char *sql);

#endif
