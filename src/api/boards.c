/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/boards.h"

#include "api/counts.h"
#include "api/indicators.h"
#include "api/shape.h"
#include "api/visible.h"
#include "matter/tally.h"

#include <string.h>

#define SPREAD_MOST 1000 /* communities: a district has at most some 500 */

static const char *const colour_names[] = {
    [SIGNAL_BLANK] = "blank", [SIGNAL_UNKNOWN] = "grey", [SIGNAL_GREEN] = "green",
    [SIGNAL_GREY] = "grey",   [SIGNAL_AMBER] = "amber",  [SIGNAL_RED] = "red"};

/* ---- one row of one unit ---- */

struct row_reading {
    struct signal_reading signals[BOARD_SIGNALS_MOST];
    const struct signal_reading *worst; /* NULL: none of them counts there, or may be seen */
    bool left_out;                      /* one that may not be seen */
};

static void read_row(struct request *request, const struct board *board, const struct board_row *row,
                     const struct unit *unit, struct row_reading *out)
{
    *out = (struct row_reading){0};
    for (size_t i = 0; i < row->signal_count; i++) {
        const struct board_signal *signal = &row->signals[i];
        if (!board_signal_is_for(signal, unit->type) || !indicator_is_above_floor(request, signal->indicator, unit->id))
            continue;
        if (indicator_is_shown(request, signal->indicator, unit->id))
            board_read_signal(request->reader->rows, request->reader->vault, request_rules(request), board, signal,
                              unit->id, request->now_us, &out->signals[i]);
        else
            out->left_out = true;
    }
    out->worst = board_worst(out->signals, row->signal_count);
}

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

static json_t *shape_row(struct request *request, const struct board_row *row, const struct row_reading *reading)
{
    const struct signal_reading *worst = reading->worst;
    json_t *signals = json_array();
    for (size_t i = 0; i < row->signal_count; i++)
        if (reading->signals[i].colour != SIGNAL_ABSENT)
            json_array_append_new(signals, shape_signal(request, &reading->signals[i]));
    return json_pack(
        "{s:s, s:o, s:s, s:s?, s:o, s:b, s:o}", "name", row->name, "title", shape_title(request, &row->title), "colour",
        colour_names[worst != NULL ? worst->colour : SIGNAL_BLANK], "by",
        worst != NULL ? worst->signal->indicator->name : NULL, "since",
        shape_time(request, worst != NULL ? worst->since_us : 0), "left_out", reading->left_out, "signals", signals);
}

/* ---- the units below ---- */

struct spread { /* of one row */
    int64_t counts[SIGNAL_RED + 1], of;
};

static json_t *shape_spread(const struct spread *spread)
{
    const int64_t *counts = spread->counts;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "green", (json_int_t)counts[SIGNAL_GREEN], "amber",
                     (json_int_t)counts[SIGNAL_AMBER], "red", (json_int_t)counts[SIGNAL_RED], "grey",
                     (json_int_t)(counts[SIGNAL_GREY] + counts[SIGNAL_UNKNOWN]), "blank",
                     (json_int_t)(counts[SIGNAL_BLANK] + counts[SIGNAL_ABSENT]), "of", (json_int_t)spread->of);
}

/* Adds to each row how its colours are spread; null where there are too many units for one answer. */
static void add_spread(struct request *request, const struct board *board, const struct unit *unit, json_t *rows)
{
    if (board->spread == NULL || strcmp(board->spread->name, unit->type) == 0)
        return;
    g_autoptr(GArray) below =
        registry_units_of_type(request->reader->rows, unit->id, board->spread->name, 0, SPREAD_MOST + 1);
    g_autofree struct spread *spreads = g_new0(struct spread, board->row_count);
    for (guint i = 0; i < below->len && below->len <= SPREAD_MOST; i++)
        for (size_t j = 0; j < board->row_count; j++) {
            struct row_reading reading;
            read_row(request, board, &board->rows[j], &g_array_index(below, struct unit, i), &reading);
            spreads[j].counts[reading.worst != NULL ? reading.worst->colour : SIGNAL_ABSENT]++;
            spreads[j].of++;
        }
    for (size_t j = 0; j < board->row_count && below->len > 0; j++)
        json_object_set_new(json_array_get(rows, j), "spread",
                            below->len <= SPREAD_MOST ? shape_spread(&spreads[j]) : json_null());
}

/* ---- the board ---- */

/* NULL: the unit has no such board, or nothing of it may be seen. */
static json_t *shape_rows(struct request *request, const struct board *board, const struct unit *unit)
{
    json_t *rows = json_array();
    bool any = false;
    for (size_t i = 0; i < board->row_count && board_is_for(board, unit->type); i++) {
        struct row_reading reading;
        read_row(request, board, &board->rows[i], unit, &reading);
        any |= reading.worst != NULL;
        json_array_append_new(rows, shape_row(request, &board->rows[i], &reading));
    }
    if (any)
        return rows;
    json_decref(rows);
    return NULL;
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
    struct unit unit;
    if (board == NULL || !counts_take_unit(request, &id))
        return;
    json_t *rows = registry_unit(request->reader->rows, id, &unit) ? shape_rows(request, board, &unit) : NULL;
    if (rows == NULL) {
        counts_not_found(request);
        return;
    }
    add_spread(request, board, &unit, rows);
    json_t *answer = shape_board(request, board);
    json_object_set_new(answer, "unit", shape_unit(request, id));
    json_object_set_new(answer, "as_of", shape_time(request, request->now_us));
    json_object_set_new(answer, "rows", rows);
    respond_json(request, MHD_HTTP_OK, answer);
}

static json_t *shape_below(struct request *request, const struct playbook *playbook, int64_t id)
{
    const struct board *board = playbook != NULL ? playbook_find_board(playbook, request->params[0]) : NULL;
    struct unit unit;
    return board != NULL && registry_unit(request->reader->rows, id, &unit) ? shape_rows(request, board, &unit) : NULL;
}

void get_board_below(struct request *request)
{
    if (take_board(request) != NULL)
        counts_respond_below(request, shape_below);
}
