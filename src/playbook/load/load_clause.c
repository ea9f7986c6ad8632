/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clauses, with the indicators and expectations by which each is judged. */
#include "playbook/load/load_parts.h"

#include "playbook/model/flow.h"
#include "playbook/model/indicator_def.h"
#include "playbook/model/model.h"

#include <string.h>

static const struct key clause_keys[] = {
    {"id", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct clause, id)},
    {"zh", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct clause, title.zh)},
    {"en", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct clause, title.en)},
    {"figures", SHAPE_NODE, false, 0},
    {"overdue", SHAPE_NODE, false, 0},
};
static const struct key clause_keys_of_one_language[] = {
    {"id", SHAPE_TEXT, true, G_STRUCT_OFFSET(struct clause, id)},
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct clause, title)},
    {"figures", SHAPE_NODE, false, 0},
    {"overdue", SHAPE_NODE, false, 0},
};

static bool fits(struct loader *loader, const struct yaml_node *node, const char *key, int most)
{
    size_t count = yaml_item_count(node);
    if (count > (size_t)most)
        loader_report(loader, node, NULL, "%s: at most %d; there are %zu", key, most, count);
    return count <= (size_t)most;
}

/* What only participants see counts for nobody who looks at a clause. */
static bool is_shown(struct loader *loader, const struct yaml_node *node, const struct kind *kind)
{
    if (kind->participants_only)
        loader_lint(loader, node, NULL, "%s is seen by its participants alone: no figure shows it", kind->name);
    return !kind->participants_only;
}

/* ---- figures ---- */

const struct indicator *load_indicator_named(struct loader *loader, const struct yaml_node *node, const char *name)
{
    const struct playbook *playbook = loader->playbook;
    const struct indicator *found = playbook_find_indicator(playbook, name);
    if (found != NULL)
        return found;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(const char *));
    for (size_t i = 0; i < playbook->indicator_count; i++)
        g_array_append_val(all, playbook->indicators[i].name);
    for (size_t i = 0; i < playbook->kind_count; i++)
        for (size_t j = 0; j < playbook->kinds[i].indicator_count; j++)
            g_array_append_val(all, playbook->kinds[i].indicators[j].name);
    loader_resolve_text(loader, node, name, (struct names){"indicator", all->data, all->len, sizeof(char *), 0});
    return NULL;
}

static void read_figures(struct loader *loader, const struct yaml_node *node, struct clause *clause)
{
    if (!fits(loader, node, "figures", CLAUSE_FIGURES_MOST))
        return;
    clause->figures = storage_alloc(loader->storage, yaml_item_count(node) + 1, sizeof *clause->figures);
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        const char *name = load_text(loader, yaml_item(node, i), "a figure");
        const struct indicator *found = name != NULL ? load_indicator_named(loader, yaml_item(node, i), name) : NULL;
        bool told = found != NULL && (found->kind == NULL || found->told_to_count > 0);
        if (found == NULL || (!told && !is_shown(loader, yaml_item(node, i), found->kind)))
            continue;
        for (size_t j = 0; j < clause->figure_count; j++)
            if (clause->figures[j] == found)
                loader_report(loader, yaml_item(node, i), NULL, "%s is named twice", name);
        clause->figures[clause->figure_count++] = found;
    }
}

/* ---- what is overdue ---- */

bool load_kind_expect(struct loader *loader, const struct yaml_node *node, const char *text, struct clause_expect *out)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 2);
    if (parts[1] == NULL) {
        loader_report(loader, node, NULL, "%s: an expectation is named with its kind, such as arrival.screen", text);
        return false;
    }
    out->kind = loader_resolve_text(loader, node, parts[0], names_of_kinds(loader));
    if (out->kind == NULL)
        return false;
    struct expect accepting;
    if (expect_find(out->kind, parts[1], &accepting) == NULL &&
        loader_resolve_expect(loader, node, out->kind, parts[1]) == NULL)
        return false;
    out->name = storage_copy(loader->storage, parts[1]);
    return is_shown(loader, node, out->kind);
}

static void read_overdue(struct loader *loader, const struct yaml_node *node, struct clause *clause)
{
    if (!fits(loader, node, "overdue", CLAUSE_OVERDUE_MOST))
        return;
    clause->overdue = storage_alloc(loader->storage, yaml_item_count(node) + 1, sizeof *clause->overdue);
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        struct clause_expect one = {0};
        const char *text = load_text(loader, yaml_item(node, i), "an expectation");
        if (text == NULL || !load_kind_expect(loader, yaml_item(node, i), text, &one))
            continue;
        for (size_t j = 0; j < clause->overdue_count; j++)
            if (clause->overdue[j].kind == one.kind && strcmp(clause->overdue[j].name, one.name) == 0)
                loader_report(loader, yaml_item(node, i), NULL, "%s is named twice", yaml_item(node, i)->text);
        clause->overdue[clause->overdue_count++] = one;
    }
}

/* ---- the whole ---- */

static void read_clause(struct loader *loader, const struct yaml_node *node, GHashTable *seen)
{
    struct playbook *playbook = loader->playbook;
    struct clause clause = {0};
    bool read = loader->one_language ? LOAD_KEYS(loader, node, clause_keys_of_one_language, &clause, "a clause")
                                     : LOAD_KEYS(loader, node, clause_keys, &clause, "a clause");
    if (!read || clause.id == NULL)
        return;
    const struct yaml_node *id = yaml_find(node, "id");
    if (!code_is_valid(clause.id))
        loader_report(loader, id, NULL, "%s is not a clause id: letters, digits, - . and _", clause.id);
    if (!g_hash_table_add(seen, clause.id))
        loader_report(loader, id, NULL, "there are two clauses %s", clause.id);
    read_figures(loader, yaml_find(node, "figures"), &clause);
    read_overdue(loader, yaml_find(node, "overdue"), &clause);
    if (clause.title.zh != NULL && clause.title.en != NULL)
        playbook->clauses[playbook->clause_count++] = clause;
}

void load_clauses(struct loader *loader)
{
    const struct yaml_node *node = load_only_value(loader, PART_CLAUSES);
    if (node == NULL)
        return;
    if (node->type != NODE_SEQUENCE) {
        loader_report(loader, node, NULL, "clauses is a list: - {id: '1.1', zh: …, en: …}");
        return;
    }
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    loader->playbook->clauses = storage_alloc(loader->storage, node->count + 1, sizeof *loader->playbook->clauses);
    for (size_t i = 0; i < node->count; i++)
        read_clause(loader, node->items[i], seen);
}
