/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/indicators.h"

#include "api/shape.h"
#include "api/visible.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "matter/tally.h"
#include "playbook/model/summons.h"

#include <string.h>

static const char *const window_names[] = {
    [WINDOW_DAY] = "day", [WINDOW_WEEK] = "week", [WINDOW_MONTH] = "month", [WINDOW_MONTH_19] = "month_19_to_18"};
#define LEVELS_MAX 8

static json_t *shape_overdue(const struct indicator_level *level)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < level->expect_count; i++)
        json_array_append_new(
            rows, json_pack("{s:s, s:s}", "kind", level->expects[i].kind->name, "name", level->expects[i].name));
    return rows;
}

json_t *shape_indicator(struct request *request, const struct indicator *indicator)
{
    const struct kind *kind = indicator->kind;
    json_t *shape = json_pack("{s:s, s:o, s:s?, s:s, s:b, s:b, s:s?}", "name", indicator->name, "title",
                              shape_title(request, &indicator->title), "kind", kind != NULL ? kind->name : NULL,
                              "window", indicator_is_dated(indicator) ? window_names[indicator->window] : "now",
                              "ratio", indicator->ratio, "stock", kind == NULL || term_is_stock(&indicator->top),
                              "floor", indicator->floor != NULL ? indicator->floor->name : NULL);
    if (indicator->level_top.expect_count > 0)
        json_object_set_new(shape, "overdue", shape_overdue(&indicator->level_top));
    return shape;
}

void get_indicators(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    json_t *rows = json_array();
    for (size_t i = 0; playbook != NULL && i < playbook->kind_count; i++)
        for (size_t j = 0; j < playbook->kinds[i].indicator_count; j++)
            json_array_append_new(rows, shape_indicator(request, &playbook->kinds[i].indicators[j]));
    for (size_t i = 0; playbook != NULL && i < playbook->indicator_count; i++)
        json_array_append_new(rows, shape_indicator(request, &playbook->indicators[i]));
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, NULL, 0));
}

/* ---- where ---- */

static bool is_at_or_above(const struct unit_type *type, const char *above, int depth)
{
    if (strcmp(type->name, above) == 0)
        return true;
    for (size_t i = 0; i < type->under_count && depth > 0; i++)
        if (is_at_or_above(type->under[i], above, depth - 1))
            return true;
    return false;
}

bool indicator_is_told_of(const struct indicator *indicator, const char *type)
{
    return indicator->floor == NULL || is_at_or_above(indicator->floor, type, LEVELS_MAX);
}

static bool is_above_floor(struct request *request, const struct indicator *indicator, int64_t id)
{
    struct unit unit;
    return !registry_unit(request->reader->rows, id, &unit) || indicator_is_told_of(indicator, unit.type);
}

static bool must_be_above_floor(struct request *request, const struct indicator *indicator, int64_t id)
{
    if (is_above_floor(request, indicator, id))
        return true;
    respond_refused(request, PROBLEM_BELOW_FLOOR, "unit",
                    request->chinese ? indicator->floor->title.zh : indicator->floor->title.en);
    return false;
}

static bool sees_level(struct request *request, const struct indicator_level *level, int64_t unit)
{
    for (size_t i = 0; i < level->expect_count; i++)
        if (!request_sees_all(request, level->expects[i].kind, unit))
            return false;
    return true;
}

/* How many call a unit is known before one more does. */
static bool summons_there(struct request *request, const struct indicator *indicator, int64_t unit)
{
    struct summons summons;
    return kind_summons(indicator->kind, &summons) && summons_are_counted_by(&summons, indicator) &&
           access_may_summon(request->reader->rows, &request->viewer, indicator->kind, unit);
}

bool indicator_is_known(struct request *request, const struct indicator *indicator, int64_t unit)
{
    if (indicator->kind != NULL)
        return access_knows_figure(request->reader->rows, request_rules(request), &request->viewer, indicator, unit) ||
               summons_there(request, indicator, unit);
    return sees_level(request, &indicator->level_top, unit) && sees_level(request, &indicator->level_bottom, unit);
}

bool indicator_is_shown(struct request *request, const struct indicator *indicator, int64_t unit)
{
    return indicator_is_known(request, indicator, unit) && is_above_floor(request, indicator, unit);
}

/* Takes away what is not seen. */
static void must_see_level(struct request *request, const struct sight_of_many *sight,
                           const struct indicator_level *level, bool *known)
{
    g_autofree bool *sees = g_new(bool, sight->units->len);
    for (size_t i = 0; i < level->expect_count; i++) {
        access_sees_kind_at(sight, request_rules(request), level->expects[i].kind, sees);
        for (guint j = 0; j < sight->units->len; j++)
            known[j] = known[j] && sees[j];
    }
}

void indicator_is_known_at(struct request *request, const struct sight_of_many *sight,
                           const struct indicator *indicator, bool *known)
{
    if (indicator->kind != NULL) {
        access_knows_figure_at(sight, request_rules(request), indicator, known);
        return;
    }
    memset(known, true, sight->units->len * sizeof *known);
    must_see_level(request, sight, &indicator->level_top, known);
    must_see_level(request, sight, &indicator->level_bottom, known);
}

/* ---- the figures ---- */

void indicator_add_figures(json_t *shape, const struct indicator *indicator, const struct indicator_cell *cell)
{
    if (cell->hidden || cell->thin) {
        json_object_set_new(shape, cell->hidden ? "hidden" : "thin", json_true());
        return;
    }
    json_object_set_new(shape, "top", json_integer(cell->top));
    if (!indicator->ratio)
        return;
    json_object_set_new(shape, "bottom", json_integer(cell->bottom));
    struct decimal percent;
    char text[DECIMAL_TEXT_MAX];
    if (cell->bottom == 0 ||
        !decimal_divide(decimal_from_integer(cell->top * 100), decimal_from_integer(cell->bottom), 1, &percent))
        return;
    decimal_format(percent, text);
    json_object_set_new(shape, "percent", json_string(text));
}

static json_t *shape_cell(const struct indicator *indicator, const struct indicator_cell *cell)
{
    char from[DATETIME_TEXT_MAX], to[DATETIME_TEXT_MAX];
    date_format(cell->from_day, from);
    date_format(cell->to_day - 1, to);
    json_t *shape = json_pack("{s:s, s:s}", "from", from, "to", to);
    indicator_add_figures(shape, indicator, cell);
    return shape;
}

static void respond_count(struct request *request, const struct indicator *indicator, int64_t unit,
                          const struct indicator_count *count)
{
    json_t *rows = json_array();
    for (guint i = 0; i < count->cells->len; i++)
        json_array_append_new(rows, shape_cell(indicator, &g_array_index(count->cells, struct indicator_cell, i)));
    json_t *answer = shape_indicator(request, indicator);
    json_object_set_new(answer, "unit", shape_unit(request, unit));
    json_object_set_new(answer, "as_of", shape_time(request, request->now_us));
    json_object_set_new(answer, "data", rows);
    json_object_set_new(answer, "uncounted", json_integer(count->uncounted));
    if (count->fact != NULL)
        json_object_set_new(answer, "coverage",
                            json_pack("{s:s, s:s, s:I, s:I}", "type", count->fact->at[0]->name, "fact",
                                      count->fact->name, "units", (json_int_t)count->covered_units, "of",
                                      (json_int_t)count->unit_count));
    else if (indicator->coverage != NULL)
        json_object_set_new(answer, "coverage",
                            json_pack("{s:s, s:I, s:I}", "type", indicator->coverage->name, "units",
                                      (json_int_t)count->covered_units, "of", (json_int_t)count->unit_count));
    respond_json(request, MHD_HTTP_OK, answer);
}

static bool take_days(struct request *request, const struct playbook *playbook, int32_t *out_from, int32_t *out_to)
{
    int64_t from_us = request->now_us, to_us = request->now_us;
    if (!request_query_time(request, "from", 0, &from_us))
        return false;
    to_us = MAX(from_us, to_us);
    if (!request_query_time(request, "to", 0, &to_us))
        return false;
    *out_from = day_of(from_us, playbook->zone);
    *out_to = day_of(to_us, playbook->zone);
    if (*out_from <= *out_to)
        return true;
    respond_refused(request, PROBLEM_BEFORE_START, "to");
    return false;
}

/* What there was on another day is not known of it. */
static bool must_be_now(struct request *request, const struct indicator *indicator)
{
    static const char *const days[] = {"from", "to"};
    for (size_t i = 0; i < G_N_ELEMENTS(days) && !indicator_is_dated(indicator); i++)
        if (request_query(request, days[i]) != NULL) {
            respond_refused(request, PROBLEM_UNKNOWN_FIELD, days[i], "");
            return false;
        }
    return true;
}

void get_indicator(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    const struct indicator *indicator = playbook != NULL ? playbook_find_indicator(playbook, request->params[0]) : NULL;
    AUTO(indicator_count) struct indicator_count count = {0};
    int64_t unit = 0;
    int32_t from, to;
    if (indicator == NULL) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这项指标" : "indicator");
        return;
    }
    if (!request_query_unit(request, "unit", &unit) || !must_be_now(request, indicator) ||
        !take_days(request, playbook, &from, &to))
        return;
    if (unit == 0)
        respond_refused(request, PROBLEM_MISSING_FIELD, "unit");
    else if (!indicator_is_known(request, indicator, unit))
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这项指标" : "indicator");
    else if (!must_be_above_floor(request, indicator, unit))
        return;
    else if (!indicator_windows(indicator, from, to, &count.cells))
        respond_refused(request, PROBLEM_TOO_MANY_ITEMS, "to", G_STRINGIFY(INDICATOR_WINDOWS_MOST));
    else if (!indicator_count(request->reader->rows, request->reader->vault, request_rules(request), indicator, unit,
                              request->now_us, &count))
        respond_refused(request, PROBLEM_TOO_MANY_ITEMS, "unit", G_STRINGIFY(LIMIT_RECOUNT_MATTERS));
    else
        respond_count(request, indicator, unit, &count);
}
