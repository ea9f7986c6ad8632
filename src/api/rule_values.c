/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/rule_values.h"

#include "api/shape.h"
#include "base/datetime.h"
#include "base/json.h"

#include <string.h>

/* What a tree calls a rule: "rule.fever_threshold", "table.deadline". Trees and what holds them nest no deeper than an
 * expression may, and a few levels more. */
static void find_names(const json_t *json, GHashTable *names)
{
    const char *key;
    json_t *member;
    size_t i;
    json_array_foreach((json_t *)json, i, member) find_names(member, names);
    if (!json_is_object(json))
        return;
    const char *name = json_get_text(json, "name", "");
    bool named = strcmp(json_get_text(json, "space", ""), "rule") == 0;
    if (named || strcmp(json_get_text(json, "op", ""), "table") == 0)
        g_hash_table_add(names, (gpointer)name);
    json_object_foreach((json_t *)json, key, member) find_names(member, names);
}

static json_t *shape_edition(const struct rule *rule, const struct rule_edition *edition)
{
    char from[DATETIME_TEXT_MAX];
    date_format(edition->from_day, from);
    json_t *shape = json_pack("{s:s, s:s*}", "from", from, "source", edition->source), *values = json_object();
    for (size_t i = 0; i < edition->value_count; i++) {
        const struct rule_value *one = &edition->values[i];
        json_object_set_new(rule->table ? values : shape, rule->table ? one->key : "value", value_to_json(one->value));
    }
    if (rule->table)
        json_object_set(shape, "values", values);
    json_decref(values);
    return shape;
}

static json_t *shape_rule(const struct rule *rule)
{
    json_t *editions = json_array();
    for (size_t i = 0; i < rule->edition_count; i++)
        json_array_append_new(editions, shape_edition(rule, &rule->editions[i]));
    return json_pack("{s:s, s:o, s:s, s:s*, s:b, s:o}", "name", rule->name, "title", shape_texts(&rule->title), "type",
                     value_type_names[rule->type], "unit", rule->unit, "table", rule->table, "editions", editions);
}

json_t *shape_rules_read(const json_t *shape, const struct playbook *playbook)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    json_t *rules = json_array();
    find_names(shape, names);
    for (size_t i = 0; i < playbook->rule_count; i++) {
        const struct rule *rule = &playbook->rules[i];
        g_autofree char *name = g_strdup_printf("%s.%s", rule->table ? "table" : "rule", rule->name);
        if (g_hash_table_contains(names, name))
            json_array_append_new(rules, shape_rule(rule));
    }
    return rules;
}
