/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/boards.h"

#include "api/board_rows.h"
#include "api/counts.h"
#include "api/indicators.h"
#include "api/shape.h"
#include "api/visible.h"
#include "base/datetime.h"

static const char *const colour_names[] = {
    [SIGNAL_BLANK] = "blank", [SIGNAL_UNKNOWN] = "grey", [SIGNAL_GREEN] = "green",
    [SIGNAL_GREY] = "grey",   [SIGNAL_AMBER] = "amber",  [SIGNAL_RED] = "red"};

/* ---- one row of one unit ---- */

static const char *why(const struct signal_reading *reading)
{
    if (reading->cell.hidden)
        return "hidden";
    if (reading->signal->indicator->ratio && reading->cell.bottom == 0)
        return reading->colour == SIGNAL_BLANK ? "nothing_asked" : "missing";
    if (reading->cell.thin)
        return "thin";
    return reading->colour == SIGNAL_UNKNOWN ? "no_threshold" : "threshold";
}

static json_t *shape_threshold(struct value value)
{
    char text[DECIMAL_TEXT_MAX];
    if (value.type != VALUE_NUMBER)
        return json_null();
    decimal_format(value.number, text);
    return json_string(text);
}

static json_t *shape_signal(struct request *request, const struct signal_reading *reading)
{
    json_t *shape = shape_indicator(request, reading->signal->indicator);
    indicator_add_figures(shape, reading->signal->indicator, &reading->cell);
    json_t *more =
        json_pack("{s:s, s:s, s:o, s:o, s:s, s:o}", "colour", colour_names[reading->colour], "why", why(reading),
                  "green", shape_threshold(reading->green), "amber", shape_threshold(reading->amber), "better",
                  reading->signal->less ? "less" : "more", "since", shape_time(request, reading->since_us));
    json_object_update(shape, more);
    json_decref(more);
    return shape;
}

/* Null where there are too many units for one answer. */
static json_t *shape_spread(struct request *request, const struct board_spreads *spreads, size_t row,
                            enum signal_colour colour)
{
    const struct board_spread *spread = &spreads->of_row[row];
    const int64_t *counts = spread->counts;
    if (!spreads->counted)
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:s?, s:o}", "green", (json_int_t)counts[SIGNAL_GREEN], "amber",
                     (json_int_t)counts[SIGNAL_AMBER], "red", (json_int_t)counts[SIGNAL_RED], "grey",
                     (json_int_t)(counts[SIGNAL_GREY] + counts[SIGNAL_UNKNOWN]), "blank",
                     (json_int_t)(counts[SIGNAL_BLANK] + counts[SIGNAL_ABSENT]), "of", (json_int_t)spread->of, "colour",
                     colour != SIGNAL_ABSENT ? colour_names[colour] : NULL, "red_since",
                     shape_time(request, spread->red_since_us));
}

/* A row has the colour of its worst signal, or that of the spread where that is worse. Who may see nothing of the row
 * itself, but some of the units below, is not told how all of them are judged. */
static json_t *shape_row(struct request *request, const struct board *board, size_t row,
                         const struct board_row_reading *reading, const struct board_spreads *spreads)
{
    const struct board_row *of = &board->rows[row];
    const struct signal_reading *worst = reading->worst;
    int32_t today = day_of(request->now_us, rulebook_current(request_rules(request))->zone);
    enum signal_colour spread =
        worst != NULL ? board_spread_colour(board, &spreads->of_row[row], today, request->now_us) : SIGNAL_ABSENT;
    bool spread_is_worse = spread > SIGNAL_GREEN && spread > worst->colour;
    json_t *signals = json_array();
    for (size_t i = 0; i < of->signal_count; i++)
        if (reading->signals[i].colour != SIGNAL_ABSENT)
            json_array_append_new(signals, shape_signal(request, &reading->signals[i]));
    json_t *shape = json_pack("{s:s, s:o, s:s, s:s?, s:s?, s:o, s:b, s:o}", "name", of->name, "title",
                              shape_title(request, &of->title), "colour",
                              colour_names[spread_is_worse ? spread
                                           : worst != NULL ? worst->colour
                                                           : SIGNAL_BLANK],
                              "why",
                              spread_is_worse ? "spread"
                              : worst != NULL ? "signal"
                                              : NULL,
                              "by", worst != NULL && !spread_is_worse ? worst->signal->indicator->name : NULL, "since",
                              shape_time(request, spread_is_worse ? spreads->of_row[row].red_since_us
                                                  : worst != NULL ? worst->since_us
                                                                  : 0),
                              "left_out", reading->left_out, "signals", signals);
    if (spreads->is)
        json_object_set_new(shape, "spread", shape_spread(request, spreads, row, spread));
    return shape;
}

/* ---- the board ---- */

static json_t *shape_unit_rows(struct request *request, const struct board *board, const struct unit *unit,
                               const struct board_row_reading *readings)
{
    bool any = false;
    for (size_t i = 0; i < board->row_count; i++)
        any = any || readings[i].worst != NULL;
    if (!any || !board_is_for(board, unit->type))
        return NULL;
    AUTO(board_spreads) struct board_spreads spreads;
    board_rows_spread(request, board, unit, &spreads);
    json_t *rows = json_array();
    for (size_t i = 0; i < board->row_count; i++)
        json_array_append_new(rows, shape_row(request, board, i, &readings[i], &spreads));
    return rows;
}

/* NULL: the unit has no such board, or nothing of it may be seen. */
static void shape_rows(struct request *request, const struct playbook *playbook, int64_t above, const GArray *units,
                       json_t **out)
{
    const struct board *board = playbook_find_board(playbook, request->params[0]);
    g_autofree struct board_row_reading *readings = board_rows_read(request, board, above, units);
    for (guint i = 0; i < units->len; i++)
        out[i] =
            shape_unit_rows(request, board, &g_array_index(units, struct unit, i), &readings[i * board->row_count]);
}

static json_t *shape_board(struct request *request, const struct board *board)
{
    json_t *types = json_array(), *rows = json_array();
    for (size_t i = 0; i < board->at_count; i++)
        json_array_append_new(types, json_string(board->at[i]->name));
    for (size_t i = 0; i < board->row_count; i++)
        json_array_append_new(rows, json_pack("{s:s, s:o}", "name", board->rows[i].name, "title",
                                              shape_title(request, &board->rows[i].title)));
    return json_pack("{s:s, s:o, s:o, s:s?, s:o}", "name", board->name, "title", shape_title(request, &board->title),
                     "for", types, "spread", board->spread != NULL ? board->spread->name : NULL, "rows", rows);
}

void get_boards(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    json_t *rows = json_array();
    for (size_t i = 0; playbook != NULL && i < playbook->board_count; i++)
        json_array_append_new(rows, shape_board(request, &playbook->boards[i]));
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, NULL, 0));
}

/* NULL: answered. */
static const struct board *take_board(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    const struct board *board = playbook != NULL ? playbook_find_board(playbook, request->params[0]) : NULL;
    if (board == NULL)
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这块看板" : "board");
    return board;
}

void get_board(struct request *request)
{
    const struct board *board = take_board(request);
    int64_t id;
    if (board == NULL || !counts_take_unit(request, &id))
        return;
    json_t *rows = counts_shape_alone(request, shape_rows, id);
    if (rows == NULL) {
        counts_not_found(request);
        return;
    }
    json_t *answer = shape_board(request, board);
    json_object_set_new(answer, "unit", shape_unit(request, id));
    json_object_set_new(answer, "as_of", shape_time(request, request->now_us));
    json_object_set_new(answer, "rows", rows);
    respond_json(request, MHD_HTTP_OK, answer);
}

void get_board_below(struct request *request)
{
    if (take_board(request) != NULL)
        counts_respond_many_below(request, shape_rows);
}
