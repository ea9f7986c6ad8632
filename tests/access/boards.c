/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boards, to each viewer: signals that the oracle lets them know, and nothing in a spread or a row of the units below
 * that is not told of each unit alone. */
#include "doors.h"

#include <string.h>

static const char *const colours[] = {"green", "amber", "red", "grey", "blank"};

static struct reply board_of(const char *who, int64_t unit)
{
    g_autofree char *path = g_strdup_printf("/api/v1/boards/standing?unit=%%23%" G_GINT64_FORMAT, unit);
    return ask(who, "GET", path, NULL);
}

static bool has_signal(const json_t *rows, const char *name)
{
    size_t i, j;
    json_t *row, *signal;
    bool found = false;
    json_array_foreach((json_t *)rows, i, row) json_array_foreach(json_at(row, "signals"), j, signal) found =
        found || strcmp(json_at_text(signal, "name"), name) == 0;
    return found;
}

/* What one unit's rows add to the spread of the units above it. */
static void add_to(int64_t spread[][G_N_ELEMENTS(colours)], const json_t *rows, size_t row_count)
{
    for (size_t i = 0; i < row_count; i++) {
        const char *colour = rows != NULL ? json_at_text(json_array_get(rows, i), "colour") : "blank";
        for (size_t j = 0; j < G_N_ELEMENTS(colours); j++)
            spread[i][j] += strcmp(colour, colours[j]) == 0;
    }
}

/* Is the sum of what each of them is told alone. */
static guint check_spread(const char *who, int64_t unit, const json_t *rows)
{
    int64_t expected[8][G_N_ELEMENTS(colours)] = {0};
    size_t row_count = json_array_size(rows);
    guint below = 0;
    g_assert_cmpuint(row_count, <=, G_N_ELEMENTS(expected));
    static const char *const communities[] = {COMMUNITY, SIBLING, OTHER_COMMUNITY};
    for (size_t i = 0; i < G_N_ELEMENTS(communities); i++) {
        int64_t community = rig_unit(rig, communities[i]);
        if (community == unit || !model_is_under(model, community, unit))
            continue;
        AUTO(reply) struct reply alone = board_of(who, community);
        add_to(expected, json_at(alone.json, "rows"), row_count);
        below++;
    }
    for (size_t i = 0; i < row_count; i++) {
        const json_t *spread = json_object_get(json_array_get(rows, i), "spread");
        g_assert_cmpint(spread != NULL, ==, below > 0);
        g_assert_true(below == 0 || json_integer_value(json_at(spread, "of")) == below);
        for (size_t j = 0; j < G_N_ELEMENTS(colours) && below > 0; j++)
            if (json_integer_value(json_object_get(spread, colours[j])) != expected[i][j])
                g_error("%s of %s among those below %" G_GINT64_FORMAT " to %s", colours[j],
                        json_at_text(json_array_get(rows, i), "name"), unit, who);
    }
    return below;
}

static void check_below(const char *who, int64_t unit)
{
    g_autofree char *path = g_strdup_printf("/api/v1/boards/standing/below?unit=%%23%" G_GINT64_FORMAT, unit);
    AUTO(reply) struct reply below = ask(who, "GET", path, NULL);
    size_t i;
    json_t *row;
    json_array_foreach(json_at(below.json, "data"), i, row)
    {
        gint64 id = g_ascii_strtoll(json_at_text(row, "unit.id"), NULL, 10);
        AUTO(reply) struct reply alone = board_of(who, id);
        g_assert_true(json_equal(json_at(alone.json, "rows"), json_at(row, "data")));
    }
}

guint check_board(const char *who, int64_t unit, bool above_floor)
{
    static const char *const told_to[] = {"cdc_officer", NULL};
    int64_t person = rig_member(rig, who)->person;
    AUTO(reply) struct reply board = board_of(who, unit);
    const json_t *rows = json_at(board.json, "rows");
    g_assert_cmpint(has_signal(rows, "reports_late"), ==, model_sees_all(model, person, "deadline_case", unit));
    g_assert_cmpint(has_signal(rows, "welfare_open"), ==, above_floor && model_covers(model, person, told_to, unit));
    check_below(who, unit);
    return board.status == 200 ? check_spread(who, unit, rows) : 0;
}
