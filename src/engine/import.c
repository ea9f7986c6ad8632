/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_rows {rows: [[{command, id, observed_us?, ...members of the command}, ...], ...]}
 *   Rows of a sheet: each is one or a few commands, decided in their order by the areas that know them, with the
 *   rights of whoever imports. All rows or none; what is wrong is said of every row that has a mistake, with the
 *   field "rows[row][command].field". Made by the program itself, never by a client: ids and observed times are as
 *   old as the facts.
 */
#include "engine/engine_area.h"

#include "base/limits.h"

#include <string.h>

/* What a row may do. */
static const char *const row_commands[] = {"open_matter", "enter",   "register_person",
                                           "create_unit", "appoint", NULL};

static bool read_inner(const struct decision *decision, const json_t *given, struct command *out)
{
    const struct command *outer = decision->command;
    const char *name = json_get_text(given, "command", "");
    *out = (struct command){.name = name,
                            .origin = outer->origin == ORIGIN_OPERATOR ? ORIGIN_OPERATOR : ORIGIN_DOOR,
                            .person = outer->person,
                            .observed_us = json_get_integer(given, "observed_us", decision->now_us),
                            .version = -1,
                            .inner = true,
                            .trial = outer->trial,
                            .body = (json_t *)given};
    return g_strv_contains(row_commands, name) && uuid_parse(json_get_text(given, "id", ""), &out->id);
}

/* Without the envelope of ours, whose time is no text. */
static bool decide_one(struct decision *decision, const json_t *given)
{
    const struct command *outer = decision->command;
    g_autoptr(json_t) body = json_copy((json_t *)given);
    struct command inner;
    if (!read_inner(decision, given, &inner))
        return decision_refuse(decision, PROBLEM_UNKNOWN_COMMAND, "command", "open_matter");
    json_object_del(body, "observed_us");
    inner.body = body;
    decision->command = &inner;
    decision->post = 0;
    bool accepted = decision_decide(decision);
    decision->command = outer;
    decision->post = 0;
    return accepted;
}

/* What follows a refused command of a row is left out: it would only fail for want of it. */
static void decide_row(struct decision *decision, size_t row, const json_t *commands,
                       struct problem **problems)
{
    size_t i;
    json_t *given;
    json_array_foreach((json_t *)commands, i, given)
    {
        if (decide_one(decision, given))
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
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i, row) decide_row(decision, i, row, &problems);
    if (problems != NULL)
        return decision_refuse_with(decision, problems);
    return decision->events->len > 0 || decision_refuse(decision, PROBLEM_NOTHING_ENTERED, "rows");
}
