/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Effects on units and posts: open_unit, close_unit, appoint, restore. */
#include "playbook/load/load_effect.h"

#include "playbook/load/load_expr.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/role.h"

#include <string.h>

static struct registry_effect *new_effect(struct effects *effects, enum effect_type type)
{
    struct effect effect = {.type = type, .loop = effects->loop};
    effect.registry = storage_alloc(effects->loader->storage, 1, sizeof *effect.registry);
    g_array_append_val(effects->found, effect);
    return effect.registry;
}

static struct effect *last_effect(struct effects *effects)
{
    return &g_array_index(effects->found, struct effect, effects->found->len - 1);
}

static struct expr *read_expr(struct effects *effects, const struct yaml_node *node, enum value_type type)
{
    struct expr_target target = {.type = type};
    if (node == NULL || node->type != NODE_SCALAR || effects->lost)
        return NULL;
    return load_expr_part(&effects->scope, node, node->text, 0, &target);
}

/* A field of the matter's form that holds a unit; -1 and reported. */
static int read_unit_field(struct effects *effects, const struct yaml_node *node)
{
    const struct form *form = &effects->kind->form;
    const struct field *field = loader_resolve(effects->loader, node, names_of_fields(form));
    if (field == NULL)
        return -1;
    if (field->type != FIELD_UNIT && !loader_is_unresolved(effects->loader, field))
        loader_report(effects->loader, node, NULL, "the field %s holds no unit", field->name);
    return (int)(field - form->fields);
}

/* ---- units ---- */

static const struct key open_unit_keys[] = {
    {"type", SHAPE_SCALAR, true, 0},         {"name", SHAPE_SCALAR, true, 0}, {"under", SHAPE_SCALAR, false, 0},
    {"attached_to", SHAPE_SCALAR, false, 0}, {"as", SHAPE_SCALAR, true, 0},
};

/* `under` for a place, `attached_to` for an organisation. */
static const struct yaml_node *read_above(struct effects *effects, const struct yaml_node *node,
                                          const struct unit_type *type)
{
    const struct yaml_node *under = yaml_find(node, "under"), *attached = yaml_find(node, "attached_to");
    const char *right = type != NULL && type->organisation ? "attached_to" : "under";
    const struct yaml_node *wrong = strcmp(right, "under") == 0 ? attached : under;
    if (under == NULL && attached == NULL)
        loader_report(effects->loader, node, NULL, "open_unit lacks %s: the unit above", right);
    else if (type != NULL && wrong != NULL)
        loader_report(effects->loader, wrong, right, "%s is %s", type->name,
                      type->organisation ? "an organisation" : "a place");
    return under != NULL ? under : attached;
}

void effect_read_open_unit(struct effects *effects, const struct yaml_node *node)
{
    struct loader *loader = effects->loader;
    if (!LOAD_KEYS(loader, node, open_unit_keys, NULL, "open_unit"))
        return;
    const struct yaml_node *name = yaml_find(node, "type"), *as = yaml_find(node, "as");
    const struct unit_type *type = name != NULL ? loader_resolve(loader, name, names_of_unit_types(loader)) : NULL;
    struct registry_effect *effect = new_effect(effects, EFFECT_OPEN_UNIT);
    effect->unit_type = type;
    effect->called = read_expr(effects, yaml_find(node, "name"), VALUE_TEXT);
    effect->under = read_expr(effects, read_above(effects, node, type), VALUE_UNIT);
    effect->field = as != NULL ? read_unit_field(effects, as) : -1;
    if (type != NULL && (type->stream || type->under_count == 0))
        loader_report(loader, name, NULL, "%s has commands of its own: no effect opens one", type->name);
}

void effect_read_close_unit(struct effects *effects, const struct yaml_node *node)
{
    if (load_text(effects->loader, node, "a field that holds the unit") != NULL)
        new_effect(effects, EFFECT_CLOSE_UNIT)->field = read_unit_field(effects, node);
}

/* ---- posts ---- */

static const struct key appoint_keys[] = {
    {"who", SHAPE_SCALAR, true, 0},   {"role", SHAPE_SCALAR, true, 0},   {"grounds", SHAPE_NODE, true, 0},
    {"seat", SHAPE_SCALAR, false, 0}, {"until", SHAPE_SCALAR, false, 0}, {"keep_home_post", SHAPE_SCALAR, false, 0},
};

static void read_grounds(struct effects *effects, const struct yaml_node *node, struct registry_effect *effect)
{
    effect->ground_count = yaml_item_count(node);
    effect->grounds = storage_alloc(effects->loader->storage, effect->ground_count, sizeof *effect->grounds);
    for (size_t i = 0; i < effect->ground_count; i++)
        effect->grounds[i] = read_expr(effects, yaml_item(node, i), VALUE_UNIT);
}

static struct expr *read_until(struct effects *effects, const struct yaml_node *node)
{
    struct expr *expr = read_expr(effects, node, VALUE_MISSING);
    enum value_type type = expr != NULL ? expr_type(expr) : VALUE_MISSING;
    if (type != VALUE_MISSING && type != VALUE_DATE && type != VALUE_DATETIME)
        loader_report(effects->loader, node, NULL, "a date or datetime is needed here, not a %s",
                      value_type_names[type]);
    return expr;
}

void effect_read_appoint(struct effects *effects, const struct yaml_node *node)
{
    static const char *const words[] = {"suspended"};
    struct loader *loader = effects->loader;
    if (!LOAD_KEYS(loader, node, appoint_keys, NULL, "appoint"))
        return;
    const struct yaml_node *role = yaml_find(node, "role"), *home = yaml_find(node, "keep_home_post");
    struct registry_effect *effect = new_effect(effects, EFFECT_APPOINT);
    last_effect(effects)->who = read_expr(effects, yaml_find(node, "who"), VALUE_PERSON);
    effect->role = role != NULL ? loader_resolve(loader, role, names_of_roles(loader)) : NULL;
    read_grounds(effects, yaml_find(node, "grounds"), effect);
    effect->seat = read_expr(effects, yaml_find(node, "seat"), VALUE_UNIT);
    effect->until = read_until(effects, yaml_find(node, "until"));
    effect->suspends = home != NULL && load_word(loader, home, "keep_home_post", words, 1) == 0;
}

static const struct key restore_keys[] = {{"of", SHAPE_SCALAR, true, 0}};

void effect_read_restore(struct effects *effects, const struct yaml_node *node)
{
    static const char *const words[] = {"home_posts"};
    if (node->type == NODE_SCALAR) {
        if (load_word(effects->loader, node, "restore", words, 1) == 0)
            new_effect(effects, EFFECT_RESTORE);
    } else if (LOAD_KEYS(effects->loader, node, restore_keys, NULL, "restore")) {
        new_effect(effects, EFFECT_RESTORE);
        last_effect(effects)->who = read_expr(effects, yaml_find(node, "of"), VALUE_PERSON);
    }
}
