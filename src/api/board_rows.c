/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/board_rows.h"

#include "api/indicators.h"
#include "api/visible.h"
#include "base/datetime.h"

#include <string.h>

#define SPREAD_MOST      20000 /* units below one; Beijing has some 7,000 communities */
#define SPREAD_MOST_ANEW 1000  /* where an indicator has to be counted anew at each of them */

/* ---- signals of many units ---- */

struct places {
    struct request *request;
    const struct board *board;
    GArray *ids;
    const char **types;
    GArray *elsewhere; /* of guint: which the unit above does not cover now, as they are closed or yet to begin */
    struct tally_units figures;
    struct sight_of_many sight;
};

static void places_init(struct places *places, struct request *request, const struct board *board, int64_t above,
                        GArray *ids)
{
    struct reader *reader = request->reader;
    *places = (struct places){.request = request,
                              .board = board,
                              .ids = ids,
                              .types = g_new0(const char *, ids->len),
                              .elsewhere = g_array_new(FALSE, FALSE, sizeof(guint))};
    tally_units_init(&places->figures, reader->rows, reader->vault, request_rules(request), ids, request->now_us);
    sight_of_many_init(&places->sight, reader->rows, &request->viewer, above, ids);
}

static void places_clear(struct places *places)
{
    g_clear_pointer(&places->ids, g_array_unref);
    g_clear_pointer(&places->types, g_free);
    g_clear_pointer(&places->elsewhere, g_array_unref);
    tally_units_clear(&places->figures);
    sight_of_many_clear(&places->sight);
}
AUTO_CLEAR(places)

static void find_known(const struct places *places, const struct indicator *indicator, bool *known)
{
    indicator_is_known_at(places->request, &places->sight, indicator, known);
    for (guint i = 0; i < places->elsewhere->len; i++) {
        guint at = g_array_index(places->elsewhere, guint, i);
        known[at] = indicator_is_known(places->request, indicator, g_array_index(places->ids, int64_t, at));
    }
}

/* Whether the signal counts at each of the units; neighbours are mostly of one type. */
static void find_counting(const struct places *places, const struct board_signal *signal, bool *counts)
{
    for (guint i = 0; i < places->ids->len; i++)
        counts[i] = i > 0 && places->types[i] == places->types[i - 1]
                        ? counts[i - 1]
                        : board_signal_is_for(signal, places->types[i]) &&
                              indicator_is_told_of(signal->indicator, places->types[i]);
}

/* SIGNAL_ABSENT where it does not count, or may not be seen, and then `left_out` is set. */
static void read_signal(struct places *places, const struct board_signal *signal, struct signal_reading *out,
                        bool *left_out)
{
    guint count = places->ids->len, shown = 0;
    g_autofree bool *known = g_new(bool, count), *counts = g_new(bool, count);
    find_counting(places, signal, counts);
    find_known(places, signal->indicator, known);
    for (guint i = 0; i < count; i++) {
        left_out[i] = left_out[i] || (counts[i] && !known[i]);
        known[i] = known[i] && counts[i];
        shown += known[i];
    }
    if (shown > 0)
        board_read_signal(&places->figures, places->board, signal, out);
    for (guint i = 0; i < count; i++)
        if (!known[i])
            out[i] = (struct signal_reading){.colour = SIGNAL_ABSENT};
}

/* ---- rows ---- */

static void read_row(struct places *places, size_t row, struct board_row_reading *out)
{
    const struct board_row *of = &places->board->rows[row];
    size_t each = places->board->row_count;
    g_autofree struct signal_reading *readings = g_new(struct signal_reading, places->ids->len);
    g_autofree bool *left_out = g_new0(bool, places->ids->len);
    for (size_t i = 0; i < of->signal_count; i++) {
        read_signal(places, &of->signals[i], readings, left_out);
        for (guint j = 0; j < places->ids->len; j++)
            out[j * each + row].signals[i] = readings[j];
    }
    for (guint i = 0; i < places->ids->len; i++) {
        out[i * each + row].worst = board_worst(out[i * each + row].signals, of->signal_count);
        out[i * each + row].left_out = left_out[i];
    }
}

struct board_row_reading *board_rows_read(struct request *request, const struct board *board, int64_t above,
                                          const GArray *units)
{
    AUTO(places) struct places places;
    GArray *ids = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), units->len);
    for (guint i = 0; i < units->len; i++)
        g_array_append_val(ids, g_array_index(units, struct unit, i).id);
    places_init(&places, request, board, above, ids);
    for (guint i = 0; i < units->len; i++) {
        places.types[i] = g_intern_string(g_array_index(units, struct unit, i).type);
        if (!registry_covers(request->reader->rows, above, g_array_index(ids, int64_t, i), request->now_us))
            g_array_append_val(places.elsewhere, i);
    }
    struct board_row_reading *out = g_new0(struct board_row_reading, units->len * board->row_count);
    for (size_t i = 0; i < board->row_count; i++)
        read_row(&places, i, out);
    return out;
}

/* ---- the spread ---- */

struct row_standing { /* of one unit in one row, as far as it has been read */
    enum signal_colour colour;
    int64_t red_since_us;
};

static void stand(struct row_standing *standing, const struct signal_reading *reading)
{
    standing->colour = MAX(standing->colour, reading->colour);
    if (reading->colour == SIGNAL_RED && reading->since_us != 0 &&
        (standing->red_since_us == 0 || reading->since_us < standing->red_since_us))
        standing->red_since_us = reading->since_us;
}

static void spread_row(struct places *places, const struct board_row *row, struct board_spread *out)
{
    g_autofree struct signal_reading *readings = g_new(struct signal_reading, places->ids->len);
    g_autofree bool *left_out = g_new0(bool, places->ids->len);
    g_autofree struct row_standing *standings = g_new0(struct row_standing, places->ids->len);
    for (size_t i = 0; i < row->signal_count; i++) {
        read_signal(places, &row->signals[i], readings, left_out);
        for (guint j = 0; j < places->ids->len; j++)
            stand(&standings[j], &readings[j]);
    }
    for (guint i = 0; i < places->ids->len; i++)
        board_spread_add(out, standings[i].colour, standings[i].red_since_us);
}

static bool is_all_kept(const struct places *places)
{
    const struct board *board = places->board;
    for (size_t i = 0; i < board->row_count; i++)
        for (size_t j = 0; j < board->rows[i].signal_count; j++)
            if (!tally_units_are_kept(&places->figures, board->rows[i].signals[j].indicator))
                return false;
    return true;
}

void board_rows_spread(struct request *request, const struct board *board, const struct unit *unit,
                       struct board_spreads *out)
{
    *out = (struct board_spreads){.of_row = g_new0(struct board_spread, board->row_count)};
    if (board->spread == NULL || strcmp(board->spread->name, unit->type) == 0)
        return;
    GArray *below =
        registry_ids_of_type(request->reader->rows, unit->id, board->spread->name, request->now_us, SPREAD_MOST + 1);
    AUTO(places) struct places places;
    places_init(&places, request, board, unit->id, below);
    out->is = below->len > 0;
    out->counted = below->len <= SPREAD_MOST_ANEW || (below->len <= SPREAD_MOST && is_all_kept(&places));
    for (guint i = 0; i < below->len; i++)
        places.types[i] = board->spread->name;
    for (size_t i = 0; i < board->row_count && out->is && out->counted; i++)
        spread_row(&places, &board->rows[i], &out->of_row[i]);
}

void board_spreads_clear(struct board_spreads *spreads)
{
    g_clear_pointer(&spreads->of_row, g_free);
}
