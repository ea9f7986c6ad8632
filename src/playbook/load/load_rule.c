/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Code lists, rules with their dated editions, documents. */
#include "playbook/load/load_parts.h"

#include "base/datetime.h"
#include "playbook/expr/value.h"
#include "playbook/model/calendar.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/rule.h"

#include <string.h>

static const struct yaml_node *root_at(struct loader *loader, enum part part, size_t i)
{
    return g_ptr_array_index(loader->roots[part], i);
}

/* ---- lists ---- */

static const struct key list_keys[] = {
    {"list", SHAPE_SCALAR, true, 0},
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct code_list, title)},
    {"codes", SHAPE_MAPPING, true, 0},
};

static void read_codes(struct loader *loader, const struct yaml_node *node, struct code_list *list)
{
    list->codes = storage_alloc(loader->storage, node->count, sizeof *list->codes);
    list->code_count = node->count;
    if (node->count == 0)
        loader_report(loader, node, NULL, "the list has no codes");
    for (size_t i = 0; i < node->count; i++) {
        list->codes[i].code = storage_copy(loader->storage, node->keys[i]->text);
        if (!code_is_valid(node->keys[i]->text))
            loader_report(loader, node->keys[i], NULL, "%s is not a code: letters, digits, _ - and ., at most 40",
                          node->keys[i]->text);
        load_texts(loader, node->items[i], &list->codes[i].label);
    }
}

static void read_lists(struct loader *loader)
{
    for (size_t i = 0; i < loader->playbook->list_count; i++) {
        struct code_list *list = &loader->playbook->lists[i];
        const struct yaml_node *root = root_at(loader, PART_LIST, i), *codes = yaml_find(root, "codes");
        LOAD_KEYS(loader, root, list_keys, list, "list");
        if (g_strcmp0(list->name, "text") == 0)
            loader_report(loader, root->items[0], NULL,
                          "no list can be called text: the name has another meaning in keys of tables");
        if (codes != NULL && codes->type == NODE_MAPPING)
            read_codes(loader, codes, list);
        else
            loader_mark_unresolved(loader, list);
    }
}

static struct code_list *add_list(struct loader *loader, const char *name, struct texts title,
                                  const struct yaml_node *node)
{
    struct code_list *list = &loader->playbook->lists[loader->playbook->list_count++];
    list->name = storage_copy(loader->storage, name);
    list->title = title;
    loader_set_node(loader, list, node);
    return list;
}

/* Codes of another list, with their texts. */
static const struct code_list *take_codes(struct loader *loader, const struct yaml_node *node, const char *name,
                                          struct texts title, const char *pool)
{
    const struct code_list *from = loader_resolve_text(loader, node, pool, names_of_lists(loader));
    if (from == NULL || !loader_takes_all(loader, node))
        return NULL;
    struct names names = names_of_codes(from);
    GArray *codes = g_array_new(FALSE, FALSE, sizeof(struct code));
    for (size_t i = 0; i < node->count; i++) {
        const struct code *code = loader_resolve(loader, node->items[i], names);
        if (code != NULL)
            g_array_append_val(codes, *code);
    }
    struct code_list *list = add_list(loader, name, title, node);
    list->codes = storage_take_array(loader->storage, codes, &list->code_count);
    if (list->code_count < node->count)
        loader_mark_unresolved(loader, list);
    return list;
}

const struct code_list *load_list_in_place(struct loader *loader, const struct yaml_node *node, const char *name,
                                           struct texts title, const char *pool)
{
    struct code_list *list;
    switch (node->type) {
    case NODE_SCALAR:
        return loader_resolve(loader, node, names_of_lists(loader));
    case NODE_MAPPING:
        list = add_list(loader, name, title, node);
        read_codes(loader, node, list);
        return list;
    case NODE_SEQUENCE:
        if (pool != NULL)
            return take_codes(loader, node, name, title, pool);
        loader_report(loader, node, "{a_code: {zh: 中文, en: English}}", "codes written in place need their texts");
        return NULL;
    case NODE_REFUSED:
        return NULL;
    }
    g_assert_not_reached();
}

/* ---- rules ---- */

static const struct key rule_keys[] = {
    {"rule", SHAPE_SCALAR, true, 0},   {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct rule, title)},
    {"type", SHAPE_SCALAR, true, 0},   {"unit", SHAPE_TEXT, false, G_STRUCT_OFFSET(struct rule, unit)},
    {"of", SHAPE_SCALAR, false, 0},    {"keys", SHAPE_SCALAR, false, 0},
    {"editions", SHAPE_NODE, true, 0},
};

static const struct key edition_keys[] = {
    {"from", SHAPE_SCALAR, true, 0},
    {"source", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct rule_edition, source)},
    {"value", SHAPE_NODE, false, 0},
    {"values", SHAPE_NODE, false, 0},
};

static const char *const rule_type_words[] = {"bool",    "number", "text",     "choice",
                                              "choices", "date",   "datetime", "duration"};
static const enum value_type rule_types[] = {VALUE_BOOL,    VALUE_NUMBER, VALUE_TEXT,     VALUE_CHOICE,
                                             VALUE_CHOICES, VALUE_DATE,   VALUE_DATETIME, VALUE_DURATION};

static bool read_code(struct loader *loader, const struct yaml_node *node, const struct code_list *list,
                      const char **out)
{
    const char *text = load_text(loader, node, "a code");
    if (text == NULL)
        return false;
    if (list != NULL && !loader_is_unresolved(loader, list)) {
        if (loader_resolve_text(loader, node, text, names_of_codes(list)) == NULL)
            return false;
    } else if (list == NULL && !code_is_valid(text)) {
        loader_report(loader, node, NULL, "%s is not a code", text);
        return false;
    }
    *out = storage_copy(loader->storage, text);
    return true;
}

static void read_number(struct loader *loader, const struct yaml_node *node, struct value *out)
{
    const char *text = load_text(loader, node, "a number");
    if (text != NULL && !decimal_parse(text, &out->number))
        loader_report(loader, node, NULL, "%s is not a number", text);
}

static void free_json(gpointer json)
{
    json_decref(json);
}

static void read_choices(struct loader *loader, const struct yaml_node *node, const struct code_list *list,
                         struct value *out)
{
    json_t *codes = storage_adopt(loader->storage, json_array(), free_json);
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        const char *code;
        if (read_code(loader, yaml_item(node, i), list, &code))
            json_array_append_new(codes, json_string(code));
    }
    out->list = codes;
}

static void read_rule_value(struct loader *loader, const struct rule *rule, const struct yaml_node *node,
                            struct value *out)
{
    const char *text;
    struct length length = {0};
    out->type = rule->type;
    switch (rule->type) {
    case VALUE_BOOL:
        load_bool(loader, node, &out->truth);
        return;
    case VALUE_NUMBER:
        read_number(loader, node, out);
        return;
    case VALUE_TEXT:
        if ((text = load_text(loader, node, "the value")) != NULL)
            out->text = storage_copy(loader->storage, text);
        return;
    case VALUE_CHOICE:
        read_code(loader, node, rule->list, &out->text);
        return;
    case VALUE_CHOICES:
        read_choices(loader, node, rule->list, out);
        return;
    case VALUE_DATE:
        load_date(loader, node, &out->day);
        return;
    case VALUE_DATETIME:
        text = load_text(loader, node, "the value");
        if (text != NULL && !datetime_parse(text, &out->us))
            loader_report(loader, node, NULL, "%s is not an instant such as '2020-02-03T08:00:00+08:00'", text);
        return;
    case VALUE_DURATION:
        if (load_length(loader, node, &length)) {
            out->us = length.us;
            out->working_days = length.working_days;
        }
        return;
    case VALUE_MISSING:
    case VALUE_UNIT:
    case VALUE_PERSON:
    case VALUE_LINES:
    case VALUE_LOCATION:
    case VALUE_CALL:
    case VALUE_FILE:
    case VALUE_TYPE_COUNT:
        return; /* the type was wrong and has been reported */
    }
}

static void read_table_values(struct loader *loader, const struct rule *rule, const struct yaml_node *node,
                              struct rule_edition *edition)
{
    if (node->type != NODE_MAPPING) {
        loader_report(loader, node, NULL, "values is a mapping of keys to values");
        return;
    }
    edition->values = storage_alloc(loader->storage, node->count, sizeof *edition->values);
    edition->value_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        const char *key = NULL;
        if (rule->key_list == NULL || loader_is_unresolved(loader, rule->key_list))
            edition->values[i].key = storage_copy(loader->storage, node->keys[i]->text);
        else if (read_code(loader, node->keys[i], rule->key_list, &key))
            edition->values[i].key = (char *)key;
        read_rule_value(loader, rule, node->items[i], &edition->values[i].value);
    }
}

static void read_edition(struct loader *loader, const struct rule *rule, const struct yaml_node *node,
                         struct rule_edition *edition)
{
    if (!LOAD_KEYS(loader, node, edition_keys, edition, "an edition"))
        return;
    const struct yaml_node *value = yaml_find(node, "value"), *values = yaml_find(node, "values");
    const struct yaml_node *wrong = rule->table ? value : values;
    if (wrong != NULL)
        loader_report(loader, yaml_find_key(node, rule->table ? "value" : "values"), rule->table ? "values" : "value",
                      rule->table ? "a table has values" : "a rule without keys has one value");
    else if (value == NULL && values == NULL)
        loader_report(loader, node, NULL, "an edition lacks %s", rule->table ? "values" : "value");
    else if (rule->table)
        read_table_values(loader, rule, values, edition);
    else {
        edition->value_count = 1;
        edition->values = storage_alloc(loader->storage, 1, sizeof *edition->values);
        read_rule_value(loader, rule, value, &edition->values[0].value);
    }
}

static void read_editions(struct loader *loader, struct rule *rule, const struct yaml_node *node)
{
    size_t item_count = yaml_item_count(node);
    if (node->type == NODE_SCALAR || item_count == 0) {
        loader_report(loader, node, NULL, "editions is a list: - {from: 2020-01-28, value: …, source: …}");
        return;
    }
    rule->editions = storage_alloc(loader->storage, item_count, sizeof *rule->editions);
    rule->edition_count = item_count;
    bool known = false;
    for (size_t i = 0; i < item_count; i++) {
        const struct yaml_node *item = yaml_item(node, i);
        struct rule_edition *edition = &rule->editions[i];
        read_edition(loader, rule, item, edition);
        const struct yaml_node *from = yaml_find(item, "from");
        bool read = from != NULL && from->type == NODE_SCALAR && load_date(loader, from, &edition->from_day);
        if (read && known && edition->from_day <= edition[-1].from_day)
            loader_report(loader, from, NULL,
                          "editions are in the order of their days; this one is not after the one before");
        known = read;
    }
}

static void read_rule_head(struct loader *loader, struct rule *rule, const struct yaml_node *root)
{
    const struct yaml_node *type = yaml_find(root, "type"), *of = yaml_find(root, "of");
    const struct yaml_node *keys = yaml_find(root, "keys"), *unit = yaml_find(root, "unit");
    int word = type != NULL && type->type == NODE_SCALAR
                   ? load_word(loader, type, "the type of a rule", rule_type_words, G_N_ELEMENTS(rule_type_words))
                   : -1;
    rule->type = word >= 0 ? rule_types[word] : VALUE_MISSING;
    bool choice = rule->type == VALUE_CHOICE || rule->type == VALUE_CHOICES;
    if (of != NULL && of->type == NODE_SCALAR && !choice && rule->type != VALUE_MISSING)
        loader_report(loader, yaml_find_key(root, "of"), NULL, "only a choice or choices are of a list");
    else if (of != NULL && of->type == NODE_SCALAR)
        rule->list = loader_resolve(loader, of, names_of_lists(loader));
    else if (of == NULL && rule->type == VALUE_CHOICE)
        loader_report(loader, root, NULL, "a rule of type choice lacks `of`");
    if (unit != NULL && rule->type != VALUE_NUMBER && rule->type != VALUE_MISSING)
        loader_report(loader, yaml_find_key(root, "unit"), NULL, "only a number has a unit");
    rule->table = keys != NULL;
    if (keys != NULL && keys->type == NODE_SCALAR && strcmp(keys->text, "text") != 0)
        rule->key_list = loader_resolve(loader, keys, names_of_lists(loader));
}

/* ---- documents ---- */

static const struct key document_keys[] = {
    {"document", SHAPE_SCALAR, true, 0},
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct document, title)},
    {"body", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct document, body)},
};

void load_rules(struct loader *loader)
{
    struct playbook *playbook = loader->playbook;
    read_lists(loader);
    for (size_t i = 0; i < playbook->rule_count; i++) {
        const struct yaml_node *root = root_at(loader, PART_RULE, i), *editions = yaml_find(root, "editions");
        LOAD_KEYS(loader, root, rule_keys, &playbook->rules[i], "rule");
        read_rule_head(loader, &playbook->rules[i], root);
        if (editions != NULL)
            read_editions(loader, &playbook->rules[i], editions);
    }
    for (size_t i = 0; i < playbook->document_count; i++)
        LOAD_KEYS(loader, root_at(loader, PART_DOCUMENT, i), document_keys, &playbook->documents[i], "document");
}
