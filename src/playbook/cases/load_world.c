/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The made-up tree and people in which tests play. */
#include "playbook/cases/load_story.h"

#include "base/datetime.h"
#include "base/nearest.h"
#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/model.h"
#include "playbook/model/role.h"
#include "playbook/model/unit_fact.h"

#include <string.h>

json_t *story_json(const struct yaml_node *node)
{
    json_t *json;
    switch (node->type) {
    case NODE_SCALAR:
        return json_string(node->text);
    case NODE_SEQUENCE:
        json = json_array();
        for (size_t i = 0; i < node->count; i++)
            json_array_append_new(json, story_json(node->items[i]));
        return json;
    case NODE_MAPPING:
        json = json_object();
        for (size_t i = 0; i < node->count; i++)
            json_object_set_new(json, node->keys[i]->text, story_json(node->items[i]));
        return json;
    case NODE_REFUSED:
        return json_null();
    }
    g_assert_not_reached();
}

json_t *story_json_list(const struct yaml_node *node)
{
    json_t *json = json_array();
    for (size_t i = 0; i < yaml_item_count(node); i++)
        json_array_append_new(json, story_json(yaml_item(node, i)));
    return json;
}

static bool check_handle(struct story *story, const struct yaml_node *node, const json_t *known, const char *what)
{
    const char *handle = load_text(story->loader, node, "a handle");
    if (handle == NULL)
        return false;
    if (json_object_get(known, handle) != NULL)
        return true;
    if (story->lost)
        return false;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)known, name, value) g_ptr_array_add(names, (gpointer)name);
    loader_report(story->loader, node, nearest_name(handle, (const char *const *)names->pdata, names->len),
                  "the test has no %s %s", what, handle);
    return false;
}

static bool opens_unit(const struct effect *effects, size_t count, const struct unit_type *type)
{
    for (size_t i = 0; i < count; i++)
        if (effects[i].type == EFFECT_OPEN_UNIT && effects[i].registry->unit_type == type)
            return true;
    return false;
}

static bool entry_opens_unit(const struct entry_def *entry, const struct unit_type *type)
{
    bool found = opens_unit(entry->effects, entry->effect_count, type);
    for (size_t i = 0; i < entry->branch_count; i++)
        found = found || opens_unit(entry->branches[i].effects, entry->branches[i].effect_count, type);
    return found;
}

/* What an effect opens is called after its type: "medical_team", "medical_team_2". */
static bool is_opened_unit(struct story *story, const char *handle)
{
    const struct playbook *playbook = story->loader->playbook;
    g_autofree char *name = g_strdup(handle);
    char *number = strrchr(name, '_');
    if (number != NULL && number[1] != '\0' && strspn(number + 1, "0123456789") == strlen(number + 1))
        *number = '\0';
    const struct unit_type *type = playbook_find_unit_type(playbook, name);
    for (size_t i = 0; type != NULL && i < playbook->kind_count; i++)
        for (size_t j = 0; j < playbook->kinds[i].entry_count; j++)
            if (entry_opens_unit(&playbook->kinds[i].entries[j], type))
                return true;
    return false;
}

bool story_check_unit(struct story *story, const struct yaml_node *node)
{
    if (node->type == NODE_SCALAR && json_object_get(story->units, node->text) == NULL &&
        is_opened_unit(story, node->text))
        return true;
    return check_handle(story, node, story->units, "unit");
}

bool story_check_person(struct story *story, const struct yaml_node *node)
{
    return check_handle(story, node, story->people, "person");
}

static const struct unit_type *type_of(struct story *story, const struct yaml_node *unit)
{
    const json_t *json = json_object_get(story->units, unit->text);
    const char *type = json_string_value(json_object_get(json, "type"));
    return type != NULL ? playbook_find_unit_type(story->loader->playbook, type) : NULL;
}

static bool holds(const struct unit_type *const *types, size_t count, const struct unit_type *type)
{
    for (size_t i = 0; i < count; i++)
        if (types[i] == type)
            return true;
    return false;
}

/* ---- units ---- */

static const struct key unit_keys[] = {
    {"type", SHAPE_SCALAR, true, 0},  {"under", SHAPE_SCALAR, false, 0},  {"name", SHAPE_SCALAR, false, 0},
    {"code", SHAPE_SCALAR, false, 0}, {"facts", SHAPE_MAPPING, false, 0},
};

/* Numbers that are known from the beginning. */
static json_t *read_facts(struct story *story, const struct yaml_node *node, const struct unit_type *type)
{
    struct loader *loader = story->loader;
    json_t *facts = json_object();
    for (size_t i = 0; node->type == NODE_MAPPING && i < node->count; i++) {
        const struct unit_fact *fact =
            loader_resolve_text(loader, node->keys[i], node->keys[i]->text, names_of_unit_facts(loader));
        const char *text = load_text(loader, node->items[i], "a whole number");
        gint64 value = 0;
        if (fact == NULL || text == NULL)
            continue;
        if (type != NULL && !unit_fact_is_at(fact, type->name))
            loader_report(loader, node->keys[i], NULL, "%s is no fact about a %s", fact->name, type->name);
        if (!g_ascii_string_to_signed(text, 10, 0, fact->most, &value, NULL))
            loader_report(loader, node->items[i], NULL, "%s is not a whole number from 0 to %d", text, fact->most);
        json_object_set_new(facts, fact->name, json_integer(value));
    }
    return facts;
}

static void read_unit(struct story *story, const struct yaml_node *key, const struct yaml_node *node, bool first)
{
    struct loader *loader = story->loader;
    if (!LOAD_KEYS(loader, node, unit_keys, NULL, "a unit"))
        return;
    const struct yaml_node *name = yaml_find(node, "type"), *under = yaml_find(node, "under");
    const struct unit_type *type = name != NULL ? loader_resolve(loader, name, names_of_unit_types(loader)) : NULL;
    if (first != (under == NULL))
        loader_report(loader, key, NULL,
                      first ? "the first unit is the root and has no unit above it"
                            : "only the first unit is the root: this one lacks `under`");
    else if (under != NULL && story_check_unit(story, under)) {
        const struct unit_type *above = type_of(story, under);
        if (type != NULL && above != NULL && !loader_is_unresolved(loader, type) &&
            !holds(type->under, type->under_count, above))
            loader_report(loader, under, NULL, "a %s does not stand under a %s", type->name, above->name);
    }
    json_t *unit = story_json(node);
    if (yaml_find(node, "facts") != NULL)
        json_object_set_new(unit, "facts", read_facts(story, yaml_find(node, "facts"), type));
    json_object_set_new(story->units, key->text, unit);
}

static void read_units(struct story *story, const struct yaml_node *node)
{
    if (node->type != NODE_MAPPING) {
        loader_report(story->loader, node, NULL, "units is a mapping of handles: grid_1: {type: grid, under: garden}");
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        read_unit(story, node->keys[i], node->items[i], json_object_size(story->units) == 0);
}

/* ---- people ---- */

static const struct key person_keys[] = {
    {"name", SHAPE_SCALAR, false, 0},  {"id_type", SHAPE_SCALAR, false, 0}, {"id_number", SHAPE_SCALAR, false, 0},
    {"phone", SHAPE_SCALAR, false, 0}, {"posts", SHAPE_NODE, false, 0},
};
#define DUTIES_A_DAY 3 /* for a hundred days: what one roster holds */
static const struct key post_keys[] = {
    {"role", SHAPE_SCALAR, true, 0},
    {"grounds", SHAPE_NODE, true, 0},
    {"duty", SHAPE_NODE, false, 0},
};

/* '20:00-08:00' as [from, to]; reported when it is none. */
static json_t *read_hours(struct story *story, const struct yaml_node *node)
{
    int from_minutes, to_minutes;
    const char *text = load_text(story->loader, node, "hours of a day");
    g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", "-", 2);
    bool both = parts[0] != NULL && parts[1] != NULL;
    if (!both || !time_of_day_parse(parts[0], &from_minutes) || !time_of_day_parse(parts[1], &to_minutes)) {
        loader_report(story->loader, node, NULL, "hours of duty are needed here, such as '20:00-08:00'");
        return json_null();
    }
    return json_pack("[s, s]", parts[0], parts[1]);
}

static json_t *read_post(struct story *story, const struct yaml_node *node)
{
    struct loader *loader = story->loader;
    if (!LOAD_KEYS(loader, node, post_keys, NULL, "a post"))
        return json_object();
    const struct yaml_node *name = yaml_find(node, "role"), *grounds = yaml_find(node, "grounds");
    const struct role *role = name != NULL ? loader_resolve(loader, name, names_of_roles(loader)) : NULL;
    for (size_t i = 0; i < yaml_item_count(grounds); i++) {
        const struct yaml_node *ground = yaml_item(grounds, i);
        const struct unit_type *type = story_check_unit(story, ground) ? type_of(story, ground) : NULL;
        if (type != NULL && role != NULL && !loader_is_unresolved(loader, role) &&
            !holds(role->grounds, role->ground_count, type))
            loader_report(loader, ground, NULL, "%s does not cover units of type %s", role->name, type->name);
    }
    json_t *post = json_object();
    if (role != NULL)
        json_object_set_new(post, "role", json_string(role->name));
    json_object_set_new(post, "grounds", story_json_list(grounds));
    const struct yaml_node *duty = yaml_find(node, "duty");
    json_t *hours = json_array();
    for (size_t i = 0; i < yaml_item_count(duty); i++)
        json_array_append_new(hours, read_hours(story, yaml_item(duty, i)));
    if (yaml_item_count(duty) > DUTIES_A_DAY)
        loader_report(story->loader, duty, NULL, "at most %d times of duty a day", DUTIES_A_DAY);
    if (duty != NULL)
        json_object_set_new(post, "duty", hours);
    else
        json_decref(hours);
    return post;
}

static void read_person(struct story *story, const struct yaml_node *key, const struct yaml_node *node)
{
    if (!LOAD_KEYS(story->loader, node, person_keys, NULL, "a person"))
        return;
    json_t *person = story_json(node), *posts = json_array();
    const struct yaml_node *given = yaml_find(node, "posts");
    for (size_t i = 0; i < yaml_item_count(given); i++)
        json_array_append_new(posts, read_post(story, yaml_item(given, i)));
    json_object_set_new(person, "posts", posts);
    json_object_set_new(story->people, key->text, person);
}

/* ---- households ---- */

static const struct key household_keys[] = {
    {"unit", SHAPE_SCALAR, true, 0},
    {"members", SHAPE_NODE, true, 0},
};

static json_t *read_household(struct story *story, const struct yaml_node *node)
{
    if (!LOAD_KEYS(story->loader, node, household_keys, NULL, "a household"))
        return json_object();
    const struct yaml_node *unit = yaml_find(node, "unit"), *members = yaml_find(node, "members");
    if (unit != NULL)
        story_check_unit(story, unit);
    for (size_t i = 0; i < yaml_item_count(members); i++)
        story_check_person(story, yaml_item(members, i));
    json_t *household = story_json(node);
    json_object_set_new(household, "members", story_json_list(members));
    return household;
}

void story_read_setup(struct story *story, const struct yaml_node *root)
{
    const struct yaml_node *units = yaml_find(root, "units"), *people = yaml_find(root, "people");
    const struct yaml_node *households = yaml_find(root, "households");
    if (units != NULL)
        read_units(story, units);
    if (people != NULL && people->type != NODE_MAPPING)
        loader_report(story->loader, people, NULL, "people is a mapping of handles: wang: {posts: […]}");
    else
        for (size_t i = 0; people != NULL && i < people->count; i++)
            read_person(story, people->keys[i], people->items[i]);
    json_t *all = json_object_get(story->json, "households");
    for (size_t i = 0; i < yaml_item_count(households); i++)
        json_array_append_new(all, read_household(story, yaml_item(households, i)));
}
