/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Participants: named sets of units or persons, each with states of its own. And which participant, or which line of
 * the form, an entry is about. */
#include "playbook/load/load_parts.h"

#include "base/limits.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/participant_set.h"

#include <string.h>

#define SET(member) G_STRUCT_OFFSET(struct participant_set, member)
static const struct key set_keys[] = {
    {"title", SHAPE_TEXTS, true, SET(title)}, {"is", SHAPE_SCALAR, true, 0},    {"count", SHAPE_SCALAR, false, 0},
    {"units", SHAPE_NODE, false, 0},          {"states", SHAPE_NODE, false, 0}, {"from", SHAPE_NODE, false, 0},
};

/* "1", "0..*", "1..*", "2..5" */
static bool parse_count(const char *text, int *out_least, int *out_most)
{
    char *end;
    if (!g_ascii_isdigit(*text))
        return false;
    guint64 least = g_ascii_strtoull(text, &end, 10), most = least;
    bool range = g_str_has_prefix(end, "..");
    if (range && strcmp(end, "..*") == 0)
        most = 0;
    else if (range && g_ascii_isdigit(end[2]))
        most = g_ascii_strtoull(end + 2, &end, 10);
    bool whole = *end == '\0' || strcmp(end, "..*") == 0;
    bool open = range && most == 0;
    if (!whole || least > LIMIT_PARTICIPANTS || most > LIMIT_PARTICIPANTS || (!open && (most < least || most == 0)))
        return false;
    *out_least = (int)least;
    *out_most = (int)most;
    return true;
}

static void read_count(struct loader *loader, const struct yaml_node *node, struct participant_set *set)
{
    set->least = set->most = 1;
    if (node == NULL || node->type != NODE_SCALAR || parse_count(node->text, &set->least, &set->most))
        return;
    set->least = set->most = 0; /* so that no further rule is checked */
    loader_report(loader, node, NULL, "%s is not a number of participants such as 1, '0..*', '1..*' or '2..5'",
                  node->text);
}

/* A field of the form by its name, with or without `field.`; -1 none. */
static int read_field(struct loader *loader, const struct kind *kind, const struct yaml_node *node, bool person)
{
    const char *name = g_str_has_prefix(node->text, "field.") ? node->text + strlen("field.") : node->text;
    const struct field *field = loader_resolve_text(loader, node, name, names_of_fields(&kind->form));
    if (field == NULL)
        return -1;
    if (field->type != (person ? FIELD_PERSON : FIELD_UNIT) && !loader_is_unresolved(loader, field))
        loader_report(loader, node, NULL, "the field %s holds no %s", field->name, person ? "person" : "unit");
    return (int)(field - kind->form.fields);
}

static const struct key from_keys[] = {{"audience", SHAPE_MAPPING, true, 0}, {"keep", SHAPE_SCALAR, true, 0}};
static const struct key audience_keys[] = {
    {"types", SHAPE_NODE, true, 0}, {"under", SHAPE_SCALAR, true, 0}, {"where", SHAPE_SCALAR, false, 0}};

static bool says(const struct yaml_node *root, const char *key, const char *word)
{
    const struct yaml_node *node = yaml_find(root, key);
    return node != NULL && node->type == NODE_SCALAR && strcmp(node->text, word) == 0;
}

/* open(KIND), of a kind about units that all may know of. It is asked when the matter is opened. */
static void read_where(struct loader *loader, const struct yaml_node *node, const struct yaml_node *from,
                       struct participant_set *set)
{
    const char *text = load_text(loader, node, "where");
    if (text == NULL)
        return;
    size_t length = strlen(text);
    if (!g_str_has_prefix(text, "open(") || text[length - 1] != ')') {
        loader_report(loader, node, NULL, "an audience is chosen by open(KIND), an open matter about the unit, not %s",
                      text);
        return;
    }
    g_autofree char *name = g_strndup(text + strlen("open("), length - strlen("open()"));
    set->where_open = loader_resolve_text(loader, node, g_strstrip(name), names_of_kinds(loader));
    const struct yaml_node *root = set->where_open != NULL ? loader_node(loader, set->where_open) : NULL;
    if (root != NULL && !says(root, "about", "unit"))
        loader_report(loader, node, NULL, "%s is about no unit: an audience is chosen by a kind with `about: unit`",
                      set->where_open->name);
    else if (root != NULL && says(root, "sight", "participants_only"))
        loader_report(loader, node, NULL,
                      "%s is shown to participants alone, and an audience would tell of it: choose by another kind",
                      set->where_open->name);
    if (set->standing)
        loader_report(loader, yaml_find(from, "keep"), "frozen",
                      "an audience with `where` is as it was when the matter was opened: keep: frozen");
}

/* Those who see what thousands of units do must not learn of a person by it. */
static void check_audience(struct loader *loader, const struct kind *kind, const struct yaml_node *set_node,
                           const struct participant_set *set)
{
    static const char *const given[] = {"count", "units"};
    const struct yaml_node *from = yaml_find_key(set_node, "from");
    const struct yaml_node *about = yaml_find(loader_node(loader, kind), "about");
    if (set->persons)
        loader_report(loader, from, NULL, "an audience is of units");
    if (about != NULL && about->type == NODE_SCALAR && strcmp(about->text, "person") == 0)
        loader_report(loader, from, NULL, "%s is about a person, of whom no audience may learn", kind->name);
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++)
        if (yaml_find(set_node, given[i]) != NULL)
            loader_report(loader, yaml_find_key(set_node, given[i]), NULL,
                          "%s: an audience says by itself how many take part, and of which types", given[i]);
}

static void read_audience(struct loader *loader, struct kind *kind, const struct yaml_node *set_node,
                          const struct yaml_node *node, struct participant_set *set)
{
    static const char *const words[] = {"frozen", "standing"};
    set->audience = kind->has_audience = true;
    check_audience(loader, kind, set_node, set);
    set->least = set->most = 0;
    if (!LOAD_KEYS(loader, node, from_keys, NULL, "from"))
        return;
    const struct yaml_node *keep = yaml_find(node, "keep"), *audience = yaml_find(node, "audience");
    if (keep != NULL && keep->type == NODE_SCALAR)
        set->standing = load_word(loader, keep, "keep", words, G_N_ELEMENTS(words)) == 1;
    if (audience == NULL || audience->type != NODE_MAPPING ||
        !LOAD_KEYS(loader, audience, audience_keys, NULL, "an audience"))
        return;
    const struct yaml_node *under = yaml_find(audience, "under");
    set->unit_types =
        loader_resolve_list(loader, yaml_find(audience, "types"), names_of_unit_types(loader), &set->unit_type_count);
    if (under != NULL && under->type == NODE_SCALAR && strcmp(under->text, "matter.unit") != 0)
        set->under = read_field(loader, kind, under, false);
    if (yaml_find(audience, "where") != NULL)
        read_where(loader, yaml_find(audience, "where"), node, set);
    if (set->under >= 0 && kind->form.fields[set->under].type == FIELD_UNIT && !kind->form.fields[set->under].required)
        loader_report(loader, under, NULL, "the audience is not known where %s is left out: it lacks required: true",
                      kind->form.fields[set->under].name);
}

static void read_from(struct loader *loader, struct kind *kind, const struct yaml_node *set_node,
                      struct participant_set *set)
{
    const struct yaml_node *node = yaml_find(set_node, "from");
    set->field = set->under = -1;
    if (node != NULL && node->type == NODE_MAPPING)
        read_audience(loader, kind, set_node, node, set);
    else if (node != NULL && node->type == NODE_SCALAR)
        set->field = read_field(loader, kind, node, set->persons);
    else if (node != NULL && node->type == NODE_SEQUENCE) {
        loader_mark_unresolved(loader, set);
        loader_report(loader, node, NULL, "`from` is a field, or {audience: …, keep: standing or frozen}");
    }
}

/* What sum(), any(), all() and count() see of each. */
static void make_columns(struct loader *loader, struct participant_set *set)
{
    struct field *fields = storage_alloc(loader->storage, 2, sizeof *fields);
    fields[0] = (struct field){.name = storage_copy(loader->storage, "state"),
                               .label = {(char *)"状态", (char *)"State"},
                               .type = FIELD_CHOICE,
                               .list = set->states};
    fields[1] = (struct field){.name = storage_copy(loader->storage, "who"),
                               .label = {(char *)"参与方", (char *)"Who"},
                               .type = set->persons ? FIELD_PERSON : FIELD_UNIT};
    set->columns = (struct form){fields, 2};
}

static void read_set(struct loader *loader, struct kind *kind, const struct yaml_node *node,
                     struct participant_set *set)
{
    static const char *const words[] = {"unit", "person"};
    if (!LOAD_KEYS(loader, node, set_keys, set, "a participant set"))
        return;
    const struct yaml_node *is = yaml_find(node, "is"), *units = yaml_find(node, "units");
    const struct yaml_node *states = yaml_find(node, "states");
    set->persons = is != NULL && is->type == NODE_SCALAR && load_word(loader, is, "is", words, 2) == 1;
    set->unit_types = loader_resolve_list(loader, units, names_of_unit_types(loader), &set->unit_type_count);
    if (set->persons && units != NULL)
        loader_report(loader, yaml_find_key(node, "units"), NULL, "persons have no unit type");
    if (set->name != NULL && (strcmp(set->name, "state") == 0 || strcmp(set->name, "who") == 0))
        loader_report(loader, loader_node(loader, set), NULL,
                      "no set can be called %s: the name has another meaning in expressions", set->name);
    g_autofree char *name = g_strdup_printf("%s.%s", kind->name, set->name);
    if (states != NULL)
        set->states = load_list_in_place(loader, states, name, set->title, NULL);
    read_count(loader, yaml_find(node, "count"), set);
    read_from(loader, kind, node, set);
    make_columns(loader, set);
}

/* For whom an entry is made, or about whom: known before any condition is read. */
static void read_entry_participant(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                                   struct entry_def *entry)
{
    const struct yaml_node *as = yaml_find(node, "as"), *of = yaml_find(node, "of");
    if (as != NULL)
        entry->as = load_participant_set(loader, kind, as);
    if (of != NULL)
        entry->of = load_participant_set(loader, kind, of);
    if (as != NULL && of != NULL)
        loader_report(loader, yaml_find_key(node, "of"), NULL,
                      "an entry is made as a participant or about one, not both");
}

static void read_entries(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *entries = yaml_find(loader_node(loader, kind), "entries");
    for (size_t i = 0; i < kind->entry_count; i++) {
        if (is_generated_entry(kind, &kind->entries[i]) || entries == NULL)
            continue;
        const struct yaml_node *line = yaml_find(entries->items[i], "line");
        read_entry_participant(loader, kind, entries->items[i], &kind->entries[i]);
        if (line != NULL && line->type == NODE_SCALAR)
            kind->entries[i].line = load_lines(loader, kind, line);
        if (line != NULL && kind->entries[i].line == NULL)
            loader_mark_unresolved(loader, &kind->entries[i].line);
    }
}

const struct field *load_lines(struct loader *loader, const struct kind *kind, const struct yaml_node *node)
{
    const char *text = load_text(loader, node, "a field of lines");
    if (text == NULL)
        return NULL;
    const char *name = g_str_has_prefix(text, "field.") ? text + strlen("field.") : text;
    const struct field *field = loader_resolve_text(loader, node, name, names_of_fields(&kind->form));
    if (field == NULL || field->lines != NULL || loader_is_unresolved(loader, field))
        return field != NULL && field->lines != NULL ? field : NULL;
    loader_report(loader, node, NULL, "the field %s holds no lines", field->name);
    return NULL;
}

void load_participants(struct loader *loader)
{
    for (size_t i = 0; i < loader->playbook->kind_count; i++) {
        struct kind *kind = &loader->playbook->kinds[i];
        const struct yaml_node *sets = yaml_find(loader_node(loader, kind), "participants");
        for (size_t j = 0; j < kind->participant_count; j++)
            read_set(loader, kind, sets->items[j], &kind->participants[j]);
        read_entries(loader, kind);
    }
}

const struct participant_set *load_participant_set(struct loader *loader, const struct kind *kind,
                                                   const struct yaml_node *node)
{
    const char *text = load_text(loader, node, "a participant set");
    if (text == NULL)
        return NULL;
    const char *name = g_str_has_prefix(text, "participant.") ? text + strlen("participant.") : text;
    return loader_resolve_text(loader, node, name, names_of_participants(kind));
}
