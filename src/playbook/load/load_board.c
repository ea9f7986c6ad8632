/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boards: rows of signals, with the tables that colour them. */
#include "playbook/load/load_parts.h"

#include "playbook/model/indicator_def.h"
#include "playbook/model/model.h"

#include <string.h>

static const struct key board_keys[] = {
    {"board", SHAPE_SCALAR, true, 0},    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct board, title)},
    {"for", SHAPE_NODE, true, 0},        {"spread", SHAPE_SCALAR, false, 0},
    {"thresholds", SHAPE_NODE, true, 0}, {"spread_thresholds", SHAPE_SCALAR, false, 0},
    {"rows", SHAPE_MAPPING, true, 0},
};
static const struct key row_keys[] = {
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct board_row, title)},
    {"signals", SHAPE_NODE, true, 0},
};
static const struct key signal_keys[] = {
    {"indicator", SHAPE_SCALAR, true, 0},
    {"for", SHAPE_NODE, false, 0},
    {"better", SHAPE_SCALAR, false, 0},
    {"missing", SHAPE_SCALAR, false, 0},
};

/* ---- thresholds ---- */

static const struct rule *read_table(struct loader *loader, const struct yaml_node *node)
{
    const struct rule *table = loader_resolve(loader, node, names_of_rules(loader));
    if (table != NULL && (!table->table || table->type != VALUE_NUMBER)) {
        loader_report(loader, node, NULL, "%s is no table of numbers: thresholds are", table->name);
        return NULL;
    }
    return table;
}

static void read_thresholds(struct loader *loader, const struct yaml_node *node, struct board *board)
{
    if (node->type != NODE_SEQUENCE || node->count != 2) {
        loader_report(loader, node, NULL, "thresholds are two tables, of green and of amber: [a_green, an_amber]");
        loader_mark_unresolved(loader, board);
        return;
    }
    board->green = read_table(loader, node->items[0]);
    board->amber = read_table(loader, node->items[1]);
    if (board->green == NULL || board->amber == NULL)
        loader_mark_unresolved(loader, board);
}

static const struct value *find_value(const struct rule_edition *edition, const char *key)
{
    for (size_t i = 0; i < edition->value_count; i++)
        if (g_strcmp0(edition->values[i].key, key) == 0)
            return &edition->values[i].value;
    return NULL;
}

static void check_keys(struct loader *loader, const struct yaml_node *node, const struct rule *table,
                       const char *indicator)
{
    for (size_t i = 0; i < table->edition_count; i++)
        if (find_value(&table->editions[i], indicator) == NULL)
            loader_report(loader, node, NULL, "%s has no threshold in an edition of %s", indicator, table->name);
}

/* Amber lies beyond green. */
static void check_order(struct loader *loader, const struct yaml_node *node, const struct board *board,
                        const struct board_signal *signal)
{
    for (size_t i = 0; i < board->green->edition_count; i++) {
        const struct rule_edition *edition = &board->green->editions[i];
        const struct value *green = find_value(edition, signal->indicator->name);
        struct value amber = rule_value_on(board->amber, edition->from_day, signal->indicator->name);
        if (green == NULL || amber.type != VALUE_NUMBER)
            continue;
        int order = decimal_compare(green->number, amber.number);
        if (signal->less ? order > 0 : order < 0)
            loader_report(loader, node, NULL,
                          "%s: green begins beyond amber; say `better: less` or `better: more` if that is meant",
                          signal->indicator->name);
    }
}

static void check_thresholds(struct loader *loader, const struct yaml_node *node, const struct board *board,
                             const struct board_signal *signal)
{
    if (loader_is_unresolved(loader, board))
        return;
    check_keys(loader, node, board->green, signal->indicator->name);
    check_keys(loader, node, board->amber, signal->indicator->name);
    check_order(loader, node, board, signal);
}

/* ---- the spread ---- */

static void check_spread_value(struct loader *loader, const struct yaml_node *node, const struct rule *table,
                               const struct value *value, enum board_spread_key key)
{
    bool is_share = key == SPREAD_GREEN_SHARE || key == SPREAD_RED_SHARE;
    struct decimal zero = decimal_from_integer(0), one = decimal_from_integer(1);
    if (value == NULL)
        loader_report(loader, node, NULL, "%s has no %s in an edition: how a spread is judged takes all four",
                      table->name, board_spread_keys[key]);
    else if (decimal_compare(value->number, zero) < 0 || (is_share && decimal_compare(value->number, one) > 0))
        loader_report(loader, node, NULL, "%s of %s is out of range: a share lies between 0 and 1, hours from 0 on",
                      board_spread_keys[key], table->name);
}

static void read_spread(struct loader *loader, const struct yaml_node *node, const struct yaml_node *thresholds,
                        struct board *board)
{
    if (node != NULL && node->type == NODE_SCALAR)
        board->spread = loader_resolve(loader, node, names_of_unit_types(loader));
    if (thresholds == NULL || thresholds->type != NODE_SCALAR)
        return;
    if (node == NULL)
        loader_report(loader, thresholds, NULL, "of which units is said by `spread`");
    board->spread_rule = read_table(loader, thresholds);
    for (size_t i = 0; board->spread_rule != NULL && i < board->spread_rule->edition_count; i++)
        for (int key = 0; key < SPREAD_KEY_COUNT; key++)
            check_spread_value(loader, thresholds, board->spread_rule,
                               find_value(&board->spread_rule->editions[i], board_spread_keys[key]),
                               (enum board_spread_key)key);
}

/* ---- signals ---- */

/* An indicator alone, or a mapping that says more of it. */
static void read_signal(struct loader *loader, const struct yaml_node *node, const struct board *board,
                        struct board_row *row)
{
    static const char *const betters[] = {"more", "less"}, *const missings[] = {"blank", "grey", "red"};
    struct board_signal *signal = &row->signals[row->signal_count];
    const struct yaml_node *name = node, *better = NULL, *missing = NULL;
    if (node->type == NODE_MAPPING) {
        if (!LOAD_KEYS(loader, node, signal_keys, signal, "a signal"))
            return;
        name = yaml_find(node, "indicator");
        better = yaml_find(node, "better");
        missing = yaml_find(node, "missing");
        signal->at =
            loader_resolve_list(loader, yaml_find(node, "for"), names_of_unit_types(loader), &signal->at_count);
    }
    const char *text = name != NULL ? load_text(loader, name, "an indicator") : NULL;
    if (text == NULL || (signal->indicator = load_indicator_named(loader, name, text)) == NULL)
        return;
    int word = better != NULL ? load_word(loader, better, "better", betters, G_N_ELEMENTS(betters)) : -1;
    signal->less = word >= 0 ? word == 1 : !signal->indicator->ratio;
    word = missing != NULL ? load_word(loader, missing, "missing", missings, G_N_ELEMENTS(missings)) : -1;
    signal->missing = word >= 0 ? (enum signal_missing)word : MISSING_BLANK;
    if (word > 0 && !signal->indicator->ratio)
        loader_report(loader, missing, NULL, "%s is no ratio: a count is never missing", signal->indicator->name);
    for (size_t i = 0; i < row->signal_count; i++)
        if (row->signals[i].indicator == signal->indicator)
            loader_report(loader, name, NULL, "%s is named twice", text);
    check_thresholds(loader, name, board, signal);
    row->signal_count++;
}

static void read_row(struct loader *loader, const struct yaml_node *node, const struct board *board,
                     struct board_row *row)
{
    if (!LOAD_KEYS(loader, node, row_keys, row, "a row of a board"))
        return;
    const struct yaml_node *signals = yaml_find(node, "signals");
    size_t count = yaml_item_count(signals);
    if (count == 0 || count > BOARD_SIGNALS_MOST) {
        loader_report(loader, signals != NULL ? signals : node, NULL, "a row has 1 to %d signals", BOARD_SIGNALS_MOST);
        return;
    }
    row->signals = storage_alloc(loader->storage, count, sizeof *row->signals);
    for (size_t i = 0; i < count; i++)
        read_signal(loader, yaml_item(signals, i), board, row);
}

/* ---- the whole ---- */

static void read_rows(struct loader *loader, const struct yaml_node *node, struct board *board)
{
    board->rows = storage_alloc(loader->storage, node->count, sizeof *board->rows);
    board->row_count = node->count;
    if (node->count == 0)
        loader_report(loader, node, NULL, "a board has at least one row");
    for (size_t i = 0; i < node->count; i++) {
        board->rows[i].name = storage_copy(loader->storage, "");
        load_name(loader, node->keys[i], "a row", &board->rows[i].name);
        read_row(loader, node->items[i], board, &board->rows[i]);
    }
}

void load_boards(struct loader *loader)
{
    for (size_t i = 0; i < loader->playbook->board_count; i++) {
        struct board *board = &loader->playbook->boards[i];
        const struct yaml_node *node = loader_node(loader, board);
        if (!LOAD_KEYS(loader, node, board_keys, board, "a board"))
            continue;
        const struct yaml_node *thresholds = yaml_find(node, "thresholds");
        const struct yaml_node *rows = yaml_find(node, "rows");
        board->at = loader_resolve_list(loader, yaml_find(node, "for"), names_of_unit_types(loader), &board->at_count);
        read_spread(loader, yaml_find(node, "spread"), yaml_find(node, "spread_thresholds"), board);
        if (thresholds != NULL)
            read_thresholds(loader, thresholds, board);
        else
            loader_mark_unresolved(loader, board);
        if (rows != NULL && rows->type == NODE_MAPPING)
            read_rows(loader, rows, board);
    }
}
