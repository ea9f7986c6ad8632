/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/diff/source_map.h"

#include "base/auto.h"
#include "playbook/source/diagnostic.h"
#include "playbook/source/yaml_tree.h"

#include <string.h>

struct source_map {
    struct storage *storage;
    GPtrArray *roots;
};

struct source_map *source_map_new(const struct source *sources, size_t count)
{
    struct source_map *map = g_new0(struct source_map, 1);
    map->storage = storage_new();
    map->roots = g_ptr_array_new();
    g_autoptr(GArray) diagnostics = g_array_new(FALSE, TRUE, sizeof(struct diagnostic));
    for (size_t i = 0; i < count; i++)
        yaml_read(&sources[i], map->storage, map->roots, diagnostics);
    g_assert(diagnostics->len == 0);
    return map;
}

void source_map_free(struct source_map *map)
{
    if (map == NULL)
        return;
    g_ptr_array_unref(map->roots);
    storage_free(map->storage);
    g_free(map);
}

static bool says(const struct yaml_node *node, const char *text)
{
    return node != NULL && node->type == NODE_SCALAR && strcmp(node->text, text) == 0;
}

static const struct yaml_node *item_named(const struct yaml_node *list, const char *name)
{
    static const char *const keys[] = {"name", "entry", "from", "id"};
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < G_N_ELEMENTS(keys); j++) {
            const struct yaml_node *value = yaml_find(list->items[i], keys[j]);
            if (value == NULL)
                continue;
            if (says(value, name))
                return list->items[i];
            break; /* it goes by the first of them that it has */
        }
    return NULL;
}

/* One step of a path; NULL: there is none. *out_key is the node at which the part begins. */
static const struct yaml_node *step(const struct yaml_node *node, const char *name, const struct yaml_node **out_key)
{
    const struct yaml_node *next = NULL;
    if (node->type == NODE_MAPPING)
        next = yaml_find(node, name);
    else if (node->type == NODE_SEQUENCE)
        next = item_named(node, name);
    if (next != NULL)
        *out_key = node->type == NODE_MAPPING ? yaml_find_key(node, name) : next;
    return next;
}

/* "kind:arrival": the document; "roles": what that document holds. */
static const struct yaml_node *find_root(const struct source_map *map, const char *head,
                                         const struct yaml_node **out_key)
{
    const char *colon = strchr(head, ':');
    g_autofree char *key = colon != NULL ? g_strndup(head, (gsize)(colon - head)) : g_strdup(head);
    for (guint i = 0; i < map->roots->len; i++) {
        const struct yaml_node *root = g_ptr_array_index(map->roots, i);
        if (root->type != NODE_MAPPING || root->count == 0 || !says(root->keys[0], key))
            continue;
        if (colon != NULL && !says(root->items[0], colon + 1))
            continue;
        *out_key = root->keys[0];
        return colon != NULL ? root : root->items[0];
    }
    return NULL;
}

struct source_position source_map_find(const struct source_map *map, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    const struct yaml_node *key = NULL, *node = find_root(map, names[0], &key);
    for (size_t i = 1; node != NULL && names[i] != NULL; i++)
        node = step(node, names[i], &key);
    return key != NULL ? (struct source_position){key->file, key->line, node} : (struct source_position){0};
}

/* ---- what differs ---- */

static bool same(const struct yaml_node *a, const struct yaml_node *b);

static bool holds_same(const struct yaml_node *a, const struct yaml_node *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct yaml_node *other = a->type == NODE_MAPPING ? yaml_find(b, a->keys[i]->text) : b->items[i];
        if (other == NULL || !same(a->items[i], other))
            return false;
    }
    return true;
}

static bool same(const struct yaml_node *a, const struct yaml_node *b)
{
    if (a->type != b->type || a->count != b->count)
        return false;
    return a->type == NODE_SCALAR ? strcmp(a->text, b->text) == 0 : holds_same(a, b);
}

static void note_key(GStrvBuilder *out, const char *key, const char *const *except)
{
    if (except == NULL || !g_strv_contains(except, key))
        g_strv_builder_add(out, key);
}

char **source_map_changed_keys(const struct source_position *a, const struct source_position *b,
                               const char *const *except)
{
    if (a->node == NULL || b->node == NULL || a->node->type != NODE_MAPPING || b->node->type != NODE_MAPPING)
        return NULL;
    g_autoptr(GStrvBuilder) out = g_strv_builder_new();
    for (size_t i = 0; i < b->node->count; i++) {
        const struct yaml_node *before = yaml_find(a->node, b->node->keys[i]->text);
        if (before == NULL || !same(before, b->node->items[i]))
            note_key(out, b->node->keys[i]->text, except);
    }
    for (size_t i = 0; i < a->node->count; i++)
        if (yaml_find(b->node, a->node->keys[i]->text) == NULL)
            note_key(out, a->node->keys[i]->text, except);
    g_auto(GStrv) keys = g_strv_builder_end(out);
    return keys[0] != NULL ? g_steal_pointer(&keys) : NULL;
}
