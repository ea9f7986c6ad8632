/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about units: numbers that the registry keeps of them, and that indicators divide by. */
#include "playbook/load/load_parts.h"

#include "playbook/model/model.h"
#include "playbook/model/role.h"
#include "playbook/model/unit_fact.h"

static const struct key unit_fact_keys[] = {
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct unit_fact, title)},
    {"type", SHAPE_SCALAR, true, 0},
    {"at", SHAPE_NODE, true, 0},
    {"max", SHAPE_COUNT, false, G_STRUCT_OFFSET(struct unit_fact, most)},
    {"source", SHAPE_TEXT, false, G_STRUCT_OFFSET(struct unit_fact, source)},
};

static bool may_lie_below(const struct unit_type *type, const struct unit_type *above)
{
    for (size_t i = 0; i < type->under_count; i++)
        if (unit_type_is_at_or_above(above, type->under[i]))
            return true;
    return false;
}

/* Where both have it, a sum would count the lower one twice. */
static void check_above(struct loader *loader, const struct yaml_node *at, const struct unit_fact *fact)
{
    for (size_t i = 0; i < fact->at_count; i++)
        for (size_t j = 0; j < fact->at_count; j++)
            if (may_lie_below(fact->at[i], fact->at[j]))
                loader_report(loader, at, NULL, "%s may lie below %s: a sum would count it twice", fact->at[i]->name,
                              fact->at[j]->name);
}

static void read_unit_fact(struct loader *loader, const struct yaml_node *node, struct unit_fact *fact)
{
    static const char *const types[] = {"integer"};
    fact->most = UNIT_FACT_MOST;
    if (!LOAD_KEYS(loader, node, unit_fact_keys, fact, "a fact about units"))
        return;
    const struct yaml_node *type = yaml_find(node, "type"), *at = yaml_find(node, "at");
    if (type != NULL && type->type == NODE_SCALAR)
        load_word(loader, type, "type", types, G_N_ELEMENTS(types));
    fact->at = loader_resolve_list(loader, at, names_of_unit_types(loader), &fact->at_count);
    if (at != NULL && at->type == NODE_SEQUENCE && at->count == 0)
        loader_report(loader, at, NULL, "a fact is of at least one type of unit");
    if (fact->at_count == yaml_item_count(at))
        check_above(loader, at, fact);
    if (fact->most < 1 || fact->most > UNIT_FACT_MOST)
        loader_report(loader, yaml_find(node, "max"), NULL, "`max` of a fact is from 1 to %d", UNIT_FACT_MOST);
}

void load_unit_facts(struct loader *loader)
{
    const struct yaml_node *node = load_only_value(loader, PART_UNIT_FACTS);
    for (size_t i = 0; i < loader->playbook->unit_fact_count; i++)
        read_unit_fact(loader, node->items[i], &loader->playbook->unit_facts[i]);
}

bool load_unit_fact_named(struct loader *loader, const struct yaml_node *node, const char *name,
                          const struct unit_fact **out)
{
    if (*name == '\0')
        loader_report(loader, node, NULL, "unit() names a fact about units, such as unit(households)");
    else
        *out = loader_resolve_text(loader, node, name, names_of_unit_facts(loader));
    return *out != NULL;
}
