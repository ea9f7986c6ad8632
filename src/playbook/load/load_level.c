/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Indicators of no kind: what there is at a unit and below it now. */
#include "playbook/load/load_parts.h"

#include "base/nearest.h"
#include "playbook/model/indicator_def.h"
#include "playbook/model/model.h"
#include "playbook/model/role.h"

#include <string.h>

static const struct key level_keys[] = {
    {"indicator", SHAPE_SCALAR, true, 0},
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct indicator, title)},
    {"top", SHAPE_SCALAR, true, 0},
    {"bottom", SHAPE_SCALAR, false, 0},
    {"floor", SHAPE_SCALAR, false, 0},
    {"min_bottom", SHAPE_COUNT, false, G_STRUCT_OFFSET(struct indicator, min_bottom)},
};

enum level_word { WORD_POSTS, WORD_UNITS, WORD_OVERDUE, WORD_UNIT, WORD_COUNT };
static const char *const level_words[WORD_COUNT] = {"posts", "units", "overdue", "unit"};
static const char *const post_words[] = {"required", "held", "empty"}; /* as enum level_what */

/* ---- what is counted ---- */

/* `role: grid_worker`, `type: grid`, `longer: 24h` */
static bool read_option(struct loader *loader, const struct yaml_node *node, const char *text,
                        struct indicator_level *level)
{
    static const char *const options[] = {"role", "type", "longer"};
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    const char *key = g_strstrip(parts[0]), *value = parts[1] != NULL ? g_strstrip(parts[1]) : "";
    struct yaml_node part = *node; /* the same place */
    part.text = storage_copy(loader->storage, value);
    if (strcmp(key, "role") == 0)
        return (level->role = loader_resolve(loader, &part, names_of_roles(loader))) != NULL;
    if (strcmp(key, "type") == 0)
        return (level->type = loader_resolve(loader, &part, names_of_unit_types(loader))) != NULL;
    if (strcmp(key, "longer") != 0) {
        loader_report(loader, node, nearest_name(key, options, G_N_ELEMENTS(options)),
                      "posts() takes role: ROLE, type: TYPE and, of empty ones, longer: DURATION, not %s", key);
        return false;
    }
    if (level->what == LEVEL_POSTS_EMPTY)
        return load_duration(loader, &part, &level->longer_us);
    loader_report(loader, node, NULL, "only empty posts have been so for longer");
    return false;
}

static bool read_posts(struct loader *loader, const struct yaml_node *node, char **items, struct indicator_level *level)
{
    for (size_t i = 0; i < G_N_ELEMENTS(post_words); i++)
        if (items[0] != NULL && strcmp(items[0], post_words[i]) == 0) {
            level->what = (enum level_what)i;
            for (char **option = items + 1; *option != NULL; option++)
                if (!read_option(loader, node, *option, level))
                    return false;
            return true;
        }
    loader_report(loader, node, items[0] != NULL ? nearest_name(items[0], post_words, G_N_ELEMENTS(post_words)) : NULL,
                  "posts() counts required, held or empty ones, such as posts(empty, longer: 24h)");
    return false;
}

static bool read_units(struct loader *loader, const struct yaml_node *node, char **items, struct indicator_level *level)
{
    level->what = LEVEL_UNITS;
    if (g_strv_length(items) == 1)
        return (level->type = loader_resolve_text(loader, node, items[0], names_of_unit_types(loader))) != NULL;
    loader_report(loader, node, NULL, "units() counts those of one type, such as units(grid)");
    return false;
}

static bool read_overdue(struct loader *loader, const struct yaml_node *node, char **items,
                         struct indicator_level *level)
{
    size_t count = g_strv_length(items);
    level->what = LEVEL_OVERDUE;
    if (count == 0 || count > CLAUSE_OVERDUE_MOST) {
        loader_report(loader, node, NULL, "overdue() names 1 to %d expectations, such as overdue(arrival.screen)",
                      CLAUSE_OVERDUE_MOST);
        return false;
    }
    level->expects = storage_alloc(loader->storage, count, sizeof *level->expects);
    for (size_t i = 0; i < count; i++)
        if (!load_kind_expect(loader, node, items[i], &level->expects[level->expect_count++]))
            return false;
    return true;
}

static bool read_unit_fact(struct loader *loader, const struct yaml_node *node, char **items,
                           struct indicator_level *level)
{
    level->what = LEVEL_UNIT_FACT;
    return load_unit_fact_named(loader, node, g_strv_length(items) == 1 ? items[0] : "", &level->fact);
}

/* Without spaces around them; {""} is no item. */
static char **split_items(const char *begin, const char *end)
{
    g_autofree char *inside = g_strndup(begin, (gsize)(end - begin));
    char **items = g_strsplit(g_strstrip(inside), ",", 0);
    for (char **item = items; *item != NULL; item++)
        g_strstrip(*item);
    return items;
}

/* FUNCTION ( ITEM, ... ) */
static bool read_level(struct loader *loader, const struct yaml_node *node, struct indicator_level *level)
{
    const char *open = strchr(node->text, '('), *close = strrchr(node->text, ')');
    if (open == NULL || close == NULL || close < open || close[1] != '\0') {
        loader_report(loader, node, NULL, "something that is there now is needed here, such as posts(held)");
        return false;
    }
    g_autofree char *function = g_strndup(node->text, (gsize)(open - node->text));
    g_auto(GStrv) items = split_items(open + 1, close);
    g_strstrip(function);
    if (strcmp(function, level_words[WORD_POSTS]) == 0)
        return read_posts(loader, node, items, level);
    if (strcmp(function, level_words[WORD_UNITS]) == 0)
        return read_units(loader, node, items, level);
    if (strcmp(function, level_words[WORD_OVERDUE]) == 0)
        return read_overdue(loader, node, items, level);
    if (strcmp(function, level_words[WORD_UNIT]) == 0)
        return read_unit_fact(loader, node, items, level);
    loader_report(loader, node, nearest_name(function, level_words, WORD_COUNT),
                  "an indicator of no kind counts posts(), units(), unit() or overdue(), not %s()", function);
    return false;
}

/* ---- the whole ---- */

static void check_twice(struct loader *loader, const struct indicator *indicator)
{
    for (size_t i = 0; i < loader->playbook->kind_count; i++)
        if (kind_find_indicator(&loader->playbook->kinds[i], indicator->name) != NULL)
            loader_report(loader, loader_node(loader, indicator), NULL, "there are two indicators %s; the other of %s",
                          indicator->name, loader->playbook->kinds[i].name);
}

void load_levels(struct loader *loader)
{
    for (size_t i = 0; i < loader->playbook->indicator_count; i++) {
        struct indicator *indicator = &loader->playbook->indicators[i];
        const struct yaml_node *node = loader_node(loader, indicator);
        if (!LOAD_KEYS(loader, node, level_keys, indicator, "an indicator of no kind"))
            continue;
        const struct yaml_node *top = yaml_find(node, "top"), *bottom = yaml_find(node, "bottom");
        indicator->ratio = bottom != NULL;
        if (top != NULL && top->type == NODE_SCALAR)
            read_level(loader, top, &indicator->level_top);
        if (bottom != NULL && bottom->type == NODE_SCALAR)
            read_level(loader, bottom, &indicator->level_bottom);
        if (bottom == NULL && yaml_find(node, "min_bottom") != NULL)
            loader_report(loader, yaml_find_key(node, "min_bottom"), NULL, "min_bottom belongs to bottom");
        load_floor(loader, NULL, node, indicator);
        check_twice(loader, indicator);
    }
}
