/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first pass: sorts documents by type and declares all names, so that the second pass can resolve names in any
 * order of files. */
#include "playbook/load/load_parts.h"

#include "base/limits.h"
#include "playbook/load/generated.h"
#include "playbook/model/flow.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/source/diagnostic.h"

#include <string.h>

static const struct {
    const char *key;
    bool needed, once, named;
} parts[PART_COUNT] = {
    [PART_PLAYBOOK] = {"playbook", true, true, false},
    [PART_IDENTITY] = {"identity", false, true, false},
    [PART_UNIT_TYPES] = {"unit_types", true, true, false},
    [PART_ROLES] = {"roles", true, true, false},
    [PART_REQUIRED_POSTS] = {"required_posts", false, true, false},
    [PART_UNIT_FACTS] = {"unit_facts", false, true, false},
    [PART_CLAUSES] = {"clauses", false, true, false},
    [PART_LIST] = {"list", false, false, true},
    [PART_CALENDAR] = {"calendar", false, false, true},
    [PART_RULE] = {"rule", false, false, true},
    [PART_DOCUMENT] = {"document", false, false, true},
    [PART_KIND] = {"kind", false, false, true},
    [PART_LEVEL] = {"indicator", false, false, true},
    [PART_BOARD] = {"board", false, false, true},
    [PART_WORLD] = {"world", false, false, true},
    [PART_TEST] = {"test", false, false, false},
};

static void note_cut_off(struct loader *loader, enum part part, const struct yaml_node *root)
{
    const struct yaml_node *name = root->items[0];
    static const char *const whole[PART_COUNT] = {
        [PART_UNIT_TYPES] = "unit type", [PART_ROLES] = "role", [PART_CLAUSES] = "clause"};
    if (whole[part] != NULL)
        g_hash_table_add(loader->truncated, g_strdup(whole[part]));
    else if (name->type == NODE_SCALAR)
        g_hash_table_add(loader->truncated, g_strdup_printf("%s %s", parts[part].key, name->text));
}

static void sort_root(struct loader *loader, const struct yaml_node *root)
{
    const char *names[PART_COUNT];
    for (size_t i = 0; i < PART_COUNT; i++)
        names[i] = parts[i].key;
    if (root->type != NODE_MAPPING || root->count == 0) {
        if (!root->truncated)
            loader_report(loader, root, NULL,
                          "a document is a mapping that begins with what it is, such as `kind: arrival`");
        return;
    }
    const struct yaml_node *key = root->keys[0];
    for (int i = 0; i < PART_COUNT; i++)
        if (strcmp(key->text, names[i]) == 0) {
            if (root->truncated)
                note_cut_off(loader, i, root);
            else
                g_ptr_array_add(loader->roots[i], (gpointer)root);
            return;
        }
    loader_report(
        loader, key, named_nearest(names, PART_COUNT, sizeof *names, key->text),
        "a document begins with playbook, identity, unit_types, roles, required_posts, unit_facts, clauses, list, "
        "calendar, rule, document, kind, indicator, board, world or test, not %s",
        key->text);
}

static const struct yaml_node *root_at(struct loader *loader, enum part part, size_t i)
{
    return g_ptr_array_index(loader->roots[part], i);
}

static void check_counts(struct loader *loader, const char *first_file)
{
    for (int i = 0; i < PART_COUNT; i++) {
        GPtrArray *roots = loader->roots[i];
        const struct yaml_node *first = roots->len > 0 ? root_at(loader, i, 0) : NULL;
        for (guint j = 1; j < roots->len && parts[i].once; j++)
            loader_report(loader, root_at(loader, i, j), NULL,
                          "%s may be given once in a playbook; first in %s, line %d", parts[i].key, first->file,
                          first->line);
        const char *truncated = i == PART_UNIT_TYPES ? "unit type" : i == PART_ROLES ? "role" : NULL;
        bool lost = truncated != NULL && g_hash_table_contains(loader->truncated, truncated);
        GHashTableIter iter;
        g_hash_table_iter_init(&iter, loader->truncated);
        for (gpointer name; i == PART_PLAYBOOK && g_hash_table_iter_next(&iter, &name, NULL);)
            lost = lost || g_str_has_prefix(name, "playbook ");
        if (parts[i].needed && first == NULL && !lost)
            diagnostics_add(loader->diagnostics, first_file, 1, 1, NULL, "the playbook lacks a document `%s`",
                            parts[i].key);
    }
}

/* ---- what has a name ---- */

static void report_twice(struct loader *loader, const void *array, size_t i, size_t bytes, const struct yaml_node *node,
                         const char *what)
{
    const char *name = *(const char *const *)((const char *)array + i * bytes);
    const void *first = *name != '\0' ? named_find(array, i, bytes, name) : NULL;
    if (first != NULL)
        loader_report(loader, node, NULL, "there are two of %s %s; the first in %s, line %d", what, name,
                      loader_node(loader, first)->file, loader_node(loader, first)->line);
}

/* Names are never NULL: what has none is called "". */
static void *alloc_named(struct loader *loader, size_t count, size_t bytes)
{
    char *block = storage_alloc(loader->storage, count, bytes);
    char *nameless = storage_copy(loader->storage, "");
    for (size_t i = 0; i < count; i++)
        *(char **)(block + i * bytes) = nameless;
    return block;
}

/* Structs for the documents of a part, with their names. */
static void *declare_roots(struct loader *loader, enum part part, size_t bytes, size_t *out_count)
{
    GPtrArray *roots = loader->roots[part];
    char *block = alloc_named(loader, roots->len, bytes);
    *out_count = roots->len;
    for (guint i = 0; i < roots->len; i++) {
        const struct yaml_node *root = root_at(loader, part, i), *name = root->items[0];
        load_name(loader, name, parts[part].key, (char **)(block + i * bytes));
        report_twice(loader, block, i, bytes, name, parts[part].key);
        loader_set_node(loader, block + i * bytes, root);
    }
    return block;
}

/* Structs for the keys of a mapping, followed by `more` others. */
static void *declare_keys(struct loader *loader, const struct yaml_node *node, const char *what, size_t bytes,
                          size_t more, size_t *out_count)
{
    size_t count = 0;
    if (node != NULL && node->type == NODE_MAPPING)
        count = node->count;
    else if (node != NULL)
        loader_report(loader, node, NULL, "a mapping is needed here: the name of each %s, and what it is", what);
    char *block = alloc_named(loader, count + more, bytes);
    for (size_t i = 0; i < count; i++) {
        load_name(loader, node->keys[i], what, (char **)(block + i * bytes));
        loader_set_node(loader, block + i * bytes, node->keys[i]);
    }
    *out_count = count + more;
    return block;
}

static void declare_fields(struct loader *loader, const struct yaml_node *node, struct form *form);

/* The fields of one line are declared with the others, since they too may have lists in place. */
static void declare_lines(struct loader *loader, const struct yaml_node *item, struct field *field)
{
    const struct yaml_node *type = yaml_find(item, "type");
    if (type == NULL || type->type != NODE_SCALAR || strcmp(type->text, "lines") != 0)
        return;
    field->lines = storage_alloc(loader->storage, 1, sizeof *field->lines);
    declare_fields(loader, yaml_find(item, "of"), field->lines);
}

static void declare_fields(struct loader *loader, const struct yaml_node *node, struct form *form)
{
    if (node == NULL)
        return;
    if (node->type != NODE_SEQUENCE) {
        loader_report(loader, node, NULL, "a form is a list of fields: - {name: …, type: …, label: …}");
        return;
    }
    form->fields = alloc_named(loader, node->count, sizeof *form->fields);
    form->field_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = node->items[i], *name = yaml_find(item, "name");
        loader_set_node(loader, &form->fields[i], name != NULL ? name : item);
        declare_lines(loader, item, &form->fields[i]);
        if (name == NULL)
            continue;
        load_name(loader, name, "a field", &form->fields[i].name);
        report_twice(loader, form->fields, i, sizeof *form->fields, name, "field");
        static const char *const taken[] = {"or",          "and",   "not",     "in",          "is",      "missing",
                                            "empty",       "true",  "false",   "now",         "attempt", "entry",
                                            "matter",      "facts", "rule",    "table",       "at",      "subject",
                                            "expectation", "line",  "figures", "duty_record", "because"};
        for (size_t j = 0; j < G_N_ELEMENTS(taken); j++)
            if (g_strcmp0(form->fields[i].name, taken[j]) == 0)
                loader_report(loader, name, NULL,
                              "no field can be called %s: the name has another meaning in expressions", taken[j]);
    }
}

/* A review is an expectation of its own, after the written ones. */
static void declare_review(struct loader *loader, const struct yaml_node *node, struct state *state)
{
    if (node == NULL || node->type != NODE_MAPPING)
        return;
    struct expect *expect = &state->expects[state->expect_count++];
    expect->name = storage_format(loader->storage, "review_%s", state->name);
    loader_set_node(loader, expect, node);
}

static void declare_expects(struct loader *loader, const struct yaml_node *node, struct state *state)
{
    if (node != NULL && node->type != NODE_SEQUENCE)
        loader_report(loader, node, NULL, "expects is a list: - {entry: …, answers: …, within: …}");
    size_t count = node != NULL && node->type == NODE_SEQUENCE ? node->count : 0;
    state->expects = alloc_named(loader, count + 1, sizeof *state->expects);
    state->expect_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *item = node->items[i], *name = yaml_find(item, "name");
        loader_set_node(loader, &state->expects[i], item);
        if (name != NULL)
            load_name(loader, name, "an expectation", &state->expects[i].name);
        else if ((name = yaml_find(item, "entry")) != NULL && name->type == NODE_SCALAR)
            state->expects[i].name = storage_copy(loader->storage, name->text);
    }
}

static void declare_states(struct loader *loader, struct kind *kind, const struct yaml_node *root)
{
    const struct yaml_node *node = yaml_find(root, "states");
    bool plain = node == NULL && yaml_find(root, "expects") != NULL;
    size_t more = (plain ? 1 : 0) + (yaml_find(root, "proposed_by") != NULL ? 2 : 0);
    kind->states = declare_keys(loader, node, "state", sizeof *kind->states, more, &kind->state_count);
    for (size_t i = 0; node != NULL && node->type == NODE_MAPPING && i < node->count; i++) {
        declare_expects(loader, yaml_find(node->items[i], "expects"), &kind->states[i]);
        declare_review(loader, yaml_find(node->items[i], "review"), &kind->states[i]);
    }
    if (plain)
        declare_expects(loader, yaml_find(root, "expects"), &kind->states[0]);
}

static void declare_entries(struct loader *loader, struct kind *kind, const struct yaml_node *root)
{
    const struct yaml_node *node = yaml_find(root, "entries");
    kind->clock_entry_count = count_clock_entries(loader, kind, node);
    size_t more =
        (yaml_find(root, "proposed_by") != NULL ? 2 : 0) + count_handover_entries(root) + kind->clock_entry_count;
    kind->entries = declare_keys(loader, node, "entry", sizeof *kind->entries, more, &kind->entry_count);
    for (size_t i = 0; node != NULL && node->type == NODE_MAPPING && i < node->count; i++)
        declare_fields(loader, yaml_find(node->items[i], "form"), &kind->entries[i].form);
}

/* A mapping with too many items is not read at all, so that it gives one report. */
static void refuse_excess(struct loader *loader, const struct yaml_node *mapping, const char *key)
{
    struct yaml_node *node = yaml_find(mapping, key);
    if (loader->adopted || node == NULL || node->type == NODE_SCALAR || node->count <= LIMIT_KIND_PARTS)
        return;
    loader_report(loader, node, NULL, "%s: at most %d; there are %zu", key, LIMIT_KIND_PARTS, node->count);
    node->type = NODE_REFUSED;
}

static void refuse_all_excess(struct loader *loader, const struct yaml_node *root)
{
    static const char *const keys[] = {"form", "states", "entries", "facts", "figures", "participants", "indicators"};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        refuse_excess(loader, root, keys[i]);
    const struct yaml_node *states = yaml_find(root, "states"), *entries = yaml_find(root, "entries");
    for (size_t i = 0; states != NULL && states->type == NODE_MAPPING && i < states->count; i++)
        refuse_excess(loader, states->items[i], "expects");
    for (size_t i = 0; entries != NULL && entries->type == NODE_MAPPING && i < entries->count; i++) {
        refuse_excess(loader, entries->items[i], "form");
        refuse_excess(loader, entries->items[i], "then");
    }
}

static void declare_kind(struct loader *loader, struct kind *kind, int index, const struct yaml_node *root)
{
    kind->index = index;
    refuse_all_excess(loader, root);
    declare_fields(loader, yaml_find(root, "form"), &kind->form);
    declare_states(loader, kind, root);
    generate_states(loader, kind, root);
    declare_entries(loader, kind, root);
    kind->participants = declare_keys(loader, yaml_find(root, "participants"), "participant set",
                                      sizeof *kind->participants, 0, &kind->participant_count);
    kind->facts = declare_keys(loader, yaml_find(root, "facts"), "fact", sizeof *kind->facts, 0, &kind->fact_count);
    kind->figures =
        declare_keys(loader, yaml_find(root, "figures"), "figure", sizeof *kind->figures, 0, &kind->figure_count);
    kind->indicators = declare_keys(loader, yaml_find(root, "indicators"), "indicator", sizeof *kind->indicators, 0,
                                    &kind->indicator_count);
    generate_entries(loader, kind, root);
}

static size_t count_fields(const struct form *form)
{
    size_t count = form->field_count;
    for (size_t i = 0; i < form->field_count; i++)
        if (form->fields[i].lines != NULL)
            count += count_fields(form->fields[i].lines);
    return count;
}

/* Lists may be written in place; they join the others, so there must be room before pointers to lists are
 * taken. */
static size_t count_places_of_lists(const struct playbook *playbook)
{
    size_t count = 0;
    for (size_t i = 0; i < playbook->kind_count; i++) {
        const struct kind *kind = &playbook->kinds[i];
        count += count_fields(&kind->form) + kind->participant_count + 1;
        for (size_t j = 0; j < kind->entry_count; j++)
            count += count_fields(&kind->entries[j].form) + 1;
    }
    return count;
}

static void declare_lists(struct loader *loader)
{
    struct playbook *playbook = loader->playbook;
    size_t declared;
    struct code_list *lists = declare_roots(loader, PART_LIST, sizeof *lists, &declared);
    size_t room = declared + count_places_of_lists(playbook);
    playbook->lists = alloc_named(loader, room, sizeof *playbook->lists);
    playbook->list_count = declared;
    for (size_t i = 0; i < declared; i++) {
        playbook->lists[i] = lists[i];
        loader_set_node(loader, &playbook->lists[i], root_at(loader, PART_LIST, i));
    }
}

void loader_declare(struct loader *loader)
{
    struct playbook *playbook = loader->playbook;
    if (loader->roots[PART_IDENTITY]->len > 0)
        playbook->identity_types = declare_keys(loader, root_at(loader, PART_IDENTITY, 0)->items[0], "document",
                                                sizeof *playbook->identity_types, 0, &playbook->identity_type_count);
    if (loader->roots[PART_UNIT_TYPES]->len > 0)
        playbook->unit_types = declare_keys(loader, root_at(loader, PART_UNIT_TYPES, 0)->items[0], "unit type",
                                            sizeof *playbook->unit_types, 0, &playbook->unit_type_count);
    if (loader->roots[PART_ROLES]->len > 0)
        playbook->roles = declare_keys(loader, root_at(loader, PART_ROLES, 0)->items[0], "role",
                                       sizeof *playbook->roles, 0, &playbook->role_count);
    if (loader->roots[PART_UNIT_FACTS]->len > 0)
        playbook->unit_facts = declare_keys(loader, root_at(loader, PART_UNIT_FACTS, 0)->items[0], "fact about units",
                                            sizeof *playbook->unit_facts, 0, &playbook->unit_fact_count);
    playbook->calendars = declare_roots(loader, PART_CALENDAR, sizeof *playbook->calendars, &playbook->calendar_count);
    playbook->rules = declare_roots(loader, PART_RULE, sizeof *playbook->rules, &playbook->rule_count);
    playbook->documents = declare_roots(loader, PART_DOCUMENT, sizeof *playbook->documents, &playbook->document_count);
    playbook->kinds = declare_roots(loader, PART_KIND, sizeof *playbook->kinds, &playbook->kind_count);
    for (size_t i = 0; i < playbook->kind_count; i++)
        declare_kind(loader, &playbook->kinds[i], (int)i, root_at(loader, PART_KIND, i));
    playbook->indicators = declare_roots(loader, PART_LEVEL, sizeof *playbook->indicators, &playbook->indicator_count);
    playbook->boards = declare_roots(loader, PART_BOARD, sizeof *playbook->boards, &playbook->board_count);
    declare_lists(loader);
}

/* Documents of a type beyond the limit are not read; a document with too many items is not read at all. */
static void limit_parts(struct loader *loader, enum part part)
{
    GPtrArray *roots = loader->roots[part];
    if (loader->adopted)
        return; /* it was read before */
    bool listed = part == PART_IDENTITY || part == PART_UNIT_TYPES || part == PART_ROLES ||
                  part == PART_REQUIRED_POSTS || part == PART_UNIT_FACTS;
    if (roots->len > LIMIT_PLAYBOOK_PARTS) {
        loader_report(loader, root_at(loader, part, LIMIT_PLAYBOOK_PARTS), NULL,
                      "%s: at most %d in a playbook; there are %u", parts[part].key, LIMIT_PLAYBOOK_PARTS, roots->len);
        g_ptr_array_set_size(roots, LIMIT_PLAYBOOK_PARTS);
    }
    struct yaml_node *held = listed && roots->len > 0 ? root_at(loader, part, 0)->items[0] : NULL;
    if (held == NULL || held->type == NODE_SCALAR || held->count <= LIMIT_PLAYBOOK_PARTS)
        return;
    loader_report(loader, held, NULL, "%s: at most %d in a playbook; there are %zu", parts[part].key,
                  LIMIT_PLAYBOOK_PARTS, held->count);
    held->type = NODE_REFUSED;
}

void loader_sort(struct loader *loader, GPtrArray *roots, const char *first_file)
{
    for (guint i = 0; i < roots->len; i++)
        sort_root(loader, g_ptr_array_index(roots, i));
    for (int part = 0; part < PART_COUNT; part++)
        limit_parts(loader, part);
    check_counts(loader, first_file);
}
