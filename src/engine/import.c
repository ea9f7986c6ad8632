/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_rows {rows: [[{command, id, observed_us?, opened_us?, ...members of the command}, ...], ...]}
 *   Rows of a sheet: each is one or a few commands, decided in their order by the areas that know them, with the
 *   rights of the actor. All rows or none; every row that has a mistake gets its problem, with the field
 *   "rows[row][command].field". Made by the program itself, never by a client: ids and observed times are as old as
 *   the facts, as far back as the API lets them be, an operator's further. Persons are named as a sheet names them: as
 *   outside.
 */
#include "engine/engine_area.h"

#include "base/clock.h"
#include "base/limits.h"

#include <string.h>

/* What a row may do. */
static const char *const row_commands[] = {"open_matter", "enter",   "register_person", "change_person", "move_in",
                                           "create_unit", "appoint", "add_shift",       "set_unit_fact", NULL};

/* When it was observed, when it began: 0 where nothing is said. */
static bool must_be_possible(struct decision *decision, const char *member, int64_t at_us)
{
    bool operator= decision->command->origin == ORIGIN_OPERATOR;
    int64_t days = operator? LIMIT_IMPORTED_PAST_DAYS : LIMIT_OBSERVED_PAST_DAYS;
    g_autofree char *limit = g_strdup_printf("%" G_GINT64_FORMAT, days);
    if (at_us > decision->now_us)
        return decision_refuse(decision, PROBLEM_IN_FUTURE, member);
    return at_us == 0 || at_us >= decision->now_us - days * US_PER_DAY ||
           decision_refuse(decision, PROBLEM_TOO_LONG_AGO, member, limit);
}

static bool read_nested(const struct decision *decision, const json_t *given, struct command *out)
{
    const struct command *outer = decision->command;
    const char *name = json_get_text(given, "command", "");
    int64_t opened_us = json_get_integer(given, "opened_us", 0);
    int64_t observed_us = json_get_integer(given, "observed_us", opened_us);
    *out = (struct command){.name = name,
                            .origin = outer->origin == ORIGIN_OPERATOR ? ORIGIN_OPERATOR : ORIGIN_DOOR,
                            .person = outer->person,
                            .observed_us = observed_us != 0 ? observed_us : decision->now_us,
                            .opened_us = opened_us,
                            .version = -1,
                            .outside = true,
                            .nested = true,
                            .dry_run = outer->dry_run,
                            .body = (json_t *)given};
    return g_strv_contains(row_commands, name) && uuid_parse(json_get_text(given, "id", ""), &out->id);
}

/* Rows that are matters by themselves: no row looks at what another one did. */
static bool stand_alone(const json_t *rows)
{
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        const json_t *first = json_array_get(row, 0);
        if (json_array_size(row) != 1 || strcmp(json_get_text(first, "command", ""), "open_matter") != 0 ||
            json_object_get(first, "parent") != NULL)
            return false;
    }
    return true;
}

static bool any_makes_units(const json_t *rows)
{
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row) if (strcmp(json_get_text(json_array_get(row, 0), "command", ""), "create_unit") ==
                                         0) return true;
    return false;
}

/* Without the envelope of import_rows, whose time is a number. */
static bool decide_one(struct decision *decision, const json_t *given, bool discard_writes)
{
    const struct command *outer = decision->command;
    g_autoptr(json_t) bare = NULL;
    struct command nested;
    if (!read_nested(decision, given, &nested))
        return decision_refuse(decision, PROBLEM_UNKNOWN_COMMAND, "command", "open_matter");
    if (!must_be_possible(decision, "opened_at", nested.opened_us) ||
        !must_be_possible(decision, "observed_at", nested.observed_us))
        return false;
    if (json_object_get(given, "observed_us") != NULL || json_object_get(given, "opened_us") != NULL) {
        nested.body = bare = json_copy((json_t *)given);
        json_object_del(bare, "observed_us");
        json_object_del(bare, "opened_us");
    }
    nested.discard_writes = discard_writes;
    decision->command = &nested;
    decision->post = 0;
    bool accepted = decision_decide(decision);
    decision->command = outer;
    decision->post = 0;
    return accepted;
}

/* What follows a refused command of a row is left out: it would only fail for want of it. */
static void decide_row(struct decision *decision, size_t row, const json_t *commands, bool discard_writes,
                       struct problem **problems)
{
    size_t i;
    json_t *given;
    json_array_foreach((json_t *)commands, i, given)
    {
        if (decide_one(decision, given, discard_writes))
            continue;
        struct problem *problem = g_steal_pointer(&decision->problem);
        g_autofree char *prefix = g_strdup_printf("rows[%zu][%zu]", row, i);
        problem_prefix(problem, prefix);
        problem_append(problems, problem);
        return;
    }
}

bool decide_import_rows(struct decision *decision)
{
    const json_t *rows;
    struct problem *problems = NULL;
    if (!decision_array(decision, "rows", LIMIT_IMPORT_UNIT_ROWS, &rows))
        return false;
    bool discard_writes = decision->command->dry_run && stand_alone(rows);
    if (any_makes_units(rows))
        decision_begin(decision, 0); /* the root's, wherever they are */
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i, row) decide_row(decision, i, row, discard_writes, &problems);
    if (problems != NULL)
        return decision_refuse_with(decision, problems);
    return decision->events->len > 0 || decision_refuse(decision, PROBLEM_NOTHING_ENTERED, "rows");
}
