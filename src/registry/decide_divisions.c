/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/decide.h"

#include "base/nearest.h"

#include <string.h>

/* A slice of an official list becomes units; what is there already stays as it is, what is called otherwise
 * or stands elsewhere now is changed from the list's date on. Nothing is closed: a slice does not say what is
 * missing. Source: levels and third part of codes as in GB/T 10114 (400 to 599: similar to a subdistrict,
 * such as development zones and airports). */

#define ZONE_CODE_CHARS 9

static const struct {
    const char *level, *type;
} level_types[] = {
    {"province", NULL}, /* the root, whatever the playbook calls it */
    {"city", NULL},
    {"district", "district"},
    {"county", "district"},
    {"street", "subdistrict"},
    {"subdistrict", "subdistrict"},
    {"town", "subdistrict"},
    {"township", "subdistrict"},
    {"community", "community"},
    {"village", "community"},
};

struct divisions_import {
    struct decision *decision;
    int64_t from_us;
    int made, changed;
};

static const char *root_type(const struct playbook *playbook)
{
    for (size_t i = 0; i < playbook->unit_type_count; i++)
        if (playbook->unit_types[i].under_count == 0)
            return playbook->unit_types[i].name;
    g_assert_not_reached();
}

static bool is_zone(const char *code)
{
    return strlen(code) == ZONE_CODE_CHARS && (code[6] == '4' || code[6] == '5');
}

/* The playbook's unit type for a level of the list; NULL for an unknown level. */
static const char *type_of(const struct playbook *playbook, const char *level, const char *code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(level_types); i++) {
        const char *type = level_types[i].type;
        if (strcmp(level_types[i].level, level) != 0)
            continue;
        if (type == NULL)
            return root_type(playbook);
        bool zone =
            strcmp(type, "subdistrict") == 0 && is_zone(code) && playbook_find_unit_type(playbook, "zone") != NULL;
        return zone ? "zone" : type;
    }
    return NULL;
}

static struct problem *unknown_level(const char *level)
{
    const char *names[G_N_ELEMENTS(level_types)];
    for (size_t i = 0; i < G_N_ELEMENTS(level_types); i++)
        names[i] = level_types[i].level;
    const char *nearest = nearest_name(level, names, G_N_ELEMENTS(level_types));
    return problem_new(PROBLEM_NOT_IN_LIST, "level", "level",
                       nearest != NULL ? nearest : "province district street community", NULL);
}

static struct problem *check_row(const json_t *row)
{
    static const char *const members[] = {"code", "parent_code", "level", "name", NULL};
    if (!json_is_object(row))
        return problem_new(PROBLEM_WRONG_TYPE, NULL, "object", NULL);
    struct problem *problem = decide_unknown_members(row, members);
    for (const char *const *member = members; *member != NULL; member++) {
        const json_t *value = json_object_get(row, *member);
        if (value == NULL && strcmp(*member, "parent_code") != 0)
            problem_append(&problem, problem_new(PROBLEM_MISSING_FIELD, *member, NULL));
        else if (value != NULL && !json_is_string(value))
            problem_append(&problem, problem_new(PROBLEM_WRONG_TYPE, *member, "text", NULL));
    }
    return problem;
}

static struct problem *make_row(struct divisions_import *import, const char *type, struct new_unit *unit)
{
    struct problem *problem = decide_check_new_unit(import->decision, type, unit);
    if (problem != NULL)
        return problem;
    decide_emit_unit(import->decision, unit);
    import->made++;
    return NULL;
}

static struct problem *change_row(struct divisions_import *import, const char *type, const struct unit *unit,
                                  const struct new_unit *given)
{
    struct decision *decision = import->decision;
    if (strcmp(type, unit->type) != 0)
        return problem_new(PROBLEM_INVALID_DIVISION, "level", NULL);
    bool renamed = strcmp(unit->name, given->name) != 0, moved = unit->parent != given->parent;
    if (!renamed && !moved)
        return NULL;
    struct problem *problem = NULL;
    if (renamed)
        problem_append(&problem, decide_check_name(decision, unit->id, import->from_us, given->name));
    if (moved)
        problem_append(&problem, decide_check_move(decision, unit, import->from_us, given->parent));
    if (problem != NULL)
        return problem;
    json_t *body = json_pack("{s:I, s:I}", "id", (json_int_t)unit->id, "from_us", (json_int_t)import->from_us);
    if (renamed)
        json_object_set_new(body, "name", json_string(given->name));
    if (moved)
        json_object_set_new(body, "parent", json_integer(given->parent));
    decision_emit(decision, "unit_changed", unit->id, 0, decide_versioned(decision, VERSIONED_UNIT, unit->id, body),
                  NULL);
    import->changed++;
    return NULL;
}

static struct problem *import_row(struct divisions_import *import, const json_t *row)
{
    struct decision *decision = import->decision;
    struct problem *problem = check_row(row);
    if (problem != NULL)
        return problem;
    const char *code = json_get_text(row, "code", ""), *parent_code = json_get_text(row, "parent_code", "");
    const char *level = json_get_text(row, "level", "");
    const char *type = type_of(decision->playbook, level, code);
    if (type == NULL)
        return unknown_level(level);
    struct new_unit given = {.code = code, .name = json_get_text(row, "name", ""), .from_us = import->from_us};
    if (strcmp(type, root_type(decision->playbook)) != 0) {
        problem = decide_find_unit(decision, parent_code, "parent_code", &given.parent);
        if (problem != NULL)
            return problem;
    }
    struct unit unit;
    int64_t id;
    if (registry_unit_by_text(decision->rows, code, decision->now_us, &id) && registry_unit(decision->rows, id, &unit))
        return change_row(import, type, &unit, &given);
    return make_row(import, type, &given);
}

bool decide_import_divisions(struct decision *decision)
{
    struct divisions_import import = {.decision = decision};
    const json_t *rows;
    const char *date;
    decision_begin(decision, id_unit_stream(REGISTRY_ROOT)); /* wherever they are */
    if (!decide_playbook(decision) || !decision_text(decision, "date", &date) ||
        !decide_date(decision, &import.from_us) ||
        !decision_array(decision, "rows", REGISTRY_UNITS_PER_COMMAND, &rows) ||
        !decide_right(decision, RIGHT_REGISTRY, REGISTRY_ROOT))
        return false;
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i, row)
    {
        struct problem *problem = import_row(&import, row);
        if (problem != NULL) {
            g_autofree char *prefix = g_strdup_printf("rows[%zu]", i);
            problem_prefix(problem, prefix);
            return decision_refuse_with(decision, problem);
        }
    }
    decision_emit(decision, "divisions_imported", REGISTRY_ROOT, 0,
                  json_pack("{s:s, s:i, s:i, s:i}", "date", date, "seen", (int)json_array_size(rows), "made",
                            import.made, "changed", import.changed),
                  NULL);
    return true;
}
