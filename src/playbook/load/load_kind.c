/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds: the head, then the parts. */
#include "playbook/load/load_parts.h"

#include "playbook/expr/value.h"
#include "playbook/form/form.h"
#include "playbook/load/generated.h"
#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/rule.h"

#include <string.h>

#define KIND(member) G_STRUCT_OFFSET(struct kind, member)
static const struct key kind_keys[] = {
    {"kind", SHAPE_SCALAR, true, 0},
    {"title", SHAPE_TEXTS, true, KIND(title)},
    {"clauses", SHAPE_NODE, true, 0},
    {"about", SHAPE_SCALAR, false, 0},
    {"group", SHAPE_SCALAR, false, 0},
    {"unique", SHAPE_SCALAR, false, 0},
    {"life", SHAPE_SCALAR, false, 0},
    {"one_per", SHAPE_SCALAR, false, 0},
    {"audience", SHAPE_NODE, false, 0},
    {"units", SHAPE_NODE, false, 0},
    {"purpose", SHAPE_TEXTS, false, KIND(purpose)},
    {"lawful_basis", SHAPE_TEXT, false, KIND(lawful_basis)},
    {"retain", SHAPE_MAPPING, false, 0},
    {"opened_by", SHAPE_NODE, false, 0},
    {"proposed_by", SHAPE_NODE, false, 0},
    {"seen_by", SHAPE_NODE, false, 0},
    {"merged_by", SHAPE_NODE, false, 0},
    {"unmask", SHAPE_NODE, false, 0},
    {"sight", SHAPE_SCALAR, false, 0},
    {"form", SHAPE_NODE, false, 0},
    {"participants", SHAPE_MAPPING, false, 0},
    {"grants", SHAPE_MAPPING, false, 0},
    {"facts", SHAPE_NODE, false, 0},
    {"states", SHAPE_NODE, false, 0},
    {"expects", SHAPE_NODE, false, 0},
    {"entries", SHAPE_NODE, true, 0},
    {"handover", SHAPE_MAPPING, false, 0},
    {"figures", SHAPE_NODE, false, 0},
    {"indicators", SHAPE_NODE, false, 0},
    {"external", SHAPE_MAPPING, false, 0},
};

static const struct yaml_node *scalar_at(const struct yaml_node *node, const char *key)
{
    const struct yaml_node *value = yaml_find(node, key);
    return value != NULL && value->type == NODE_SCALAR ? value : NULL;
}

/* ---- words ---- */

static bool has_word(struct loader *loader, const struct yaml_node *root, const char *key, const char *word)
{
    const struct yaml_node *node = scalar_at(root, key);
    return node != NULL && load_word(loader, node, key, &word, 1) == 0;
}

static void read_about(struct loader *loader, const struct yaml_node *root, struct kind *kind)
{
    static const char *const words[] = {"person", "unit", "post", "unit anywhere"};
    const struct yaml_node *about = scalar_at(root, "about");
    int word = about != NULL ? load_word(loader, about, "about", words, G_N_ELEMENTS(words)) : -1;
    kind->about_post = word == 2;
    kind->about_anywhere = word == 3;
    kind->about = word == 1 || word == 3 ? ABOUT_UNIT
                  : about != NULL        ? ABOUT_PERSON
                                         : ABOUT_NOTHING; /* misspelt: most likely */
    has_word(loader, root, "group", "household");
    kind->group_household = scalar_at(root, "group") != NULL;
    if (kind->group_household && (kind->about != ABOUT_PERSON || kind->about_post))
        loader_report(loader, yaml_find_key(root, "group"), NULL,
                      "only matters about persons are grouped by household");
    kind->participants_only = has_word(loader, root, "sight", "participants_only");
}

/* Whether the field is one value, and visible to all who see the matter. */
static bool may_be_unique(const struct kind *kind, const struct field *field)
{
    bool clear = kind->about == ABOUT_PERSON ? field->clear : !field->personal;
    return field_types[field->type].unique && clear && field->visible_to_count == 0;
}

/* "open per field.NAME": true when it was that, rightly or not. */
static bool read_unique_field(struct loader *loader, const struct yaml_node *node, struct kind *kind)
{
    static const char *const prefixes[] = {"open per field.", "ever per field."};
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (!g_str_has_prefix(node->text, prefixes[i]))
            continue;
        const struct field *field =
            loader_resolve_text(loader, node, node->text + strlen(prefixes[i]), names_of_fields(&kind->form));
        if (field != NULL && !loader_is_unresolved(loader, field) && !may_be_unique(kind, field))
            loader_report(loader, node, NULL,
                          "%s cannot be compared: a clear text, integer, date, choice, unit, division or matter that "
                          "all may see can",
                          field->name);
        kind->unique_field = field;
        kind->unique_ever = i == 1;
        return true;
    }
    return false;
}

static void read_unique(struct loader *loader, const struct yaml_node *root, struct kind *kind)
{
    static const char *const words[] = {"open per person", "open per unit", "open per post",
                                        "ever per person", "ever per unit", "ever per post"};
    static const char *const of_what[] = {"person", "unit", "post"};
    const struct yaml_node *unique = scalar_at(root, "unique");
    if (unique != NULL && read_unique_field(loader, unique, kind))
        return;
    int word = unique != NULL ? load_word(loader, unique, "unique", words, G_N_ELEMENTS(words)) : -1;
    if (word < 0)
        return;
    kind->unique_open_per_subject = true;
    kind->unique_ever = word >= 3;
    const char *what = kind->about_post ? "post" : kind->about == ABOUT_UNIT ? "unit" : "person";
    if (kind->about == ABOUT_NOTHING || strcmp(of_what[word % 3], what) != 0)
        loader_report(loader, unique, NULL, "%s needs `about: %s`", words[word], of_what[word % 3]);
}

static void read_standing(struct loader *loader, const struct yaml_node *root, struct kind *kind)
{
    const struct yaml_node *audience = yaml_find(root, "audience"), *expects = yaml_find_key(root, "expects");
    bool standing = has_word(loader, root, "life", "standing");
    bool one_per_unit = has_word(loader, root, "one_per", "unit");
    kind->standing_one_per_unit = standing && one_per_unit;
    kind->audience = loader_resolve_list(loader, audience, names_of_unit_types(loader), &kind->audience_count);
    static const char *const keys[] = {"life", "one_per", "audience"};
    const struct yaml_node *first = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(keys) && first == NULL; i++)
        first = yaml_find_key(root, keys[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(keys) && first != NULL; i++)
        if (yaml_find(root, keys[i]) == NULL)
            loader_report(loader, first, NULL,
                          "life: standing, one_per: unit and audience belong together; %s is missing", keys[i]);
    if (expects != NULL && yaml_find(root, "states") != NULL)
        loader_report(loader, expects, NULL, "where there are `states`, `expects` belongs within a state");
    else if (expects != NULL && !standing) {
        loader_mark_unresolved(loader, kind);
        loader_report(loader, expects, NULL, "only a standing kind has expectations without states");
    }
}

static void read_units(struct loader *loader, const struct yaml_node *root, struct kind *kind)
{
    const struct yaml_node *units = yaml_find(root, "units");
    if (units == NULL && kind->standing_one_per_unit) {
        kind->unit_types = kind->audience;
        kind->unit_type_count = kind->audience_count;
        return;
    }
    kind->unit_types = loader_resolve_list(loader, units, names_of_unit_types(loader), &kind->unit_type_count);
    if (units != NULL && kind->standing_one_per_unit)
        loader_report(loader, yaml_find_key(root, "units"), NULL,
                      "a standing kind is opened in its `audience`: leave `units` out");
}

/* ---- people ---- */

static void read_openers(struct loader *loader, const struct yaml_node *root, struct kind *kind)
{
    const struct yaml_node *node = yaml_find(root, "opened_by");
    GArray *roles = g_array_new(FALSE, FALSE, sizeof(const struct role *));
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        const struct yaml_node *item = yaml_item(node, i);
        bool subject = item->type == NODE_SCALAR && strcmp(item->text, "subject") == 0;
        bool clock = item->type == NODE_SCALAR && strcmp(item->text, "clock") == 0;
        kind->opened_by_subject = kind->opened_by_subject || subject;
        kind->opened_by_clock = kind->opened_by_clock || clock;
        if (subject && kind->about != ABOUT_PERSON)
            loader_report(loader, item, NULL, "only a matter about a person can be opened by its subject");
        const struct role *role = subject || clock ? NULL : loader_resolve(loader, item, names_of_roles(loader));
        if (role != NULL)
            g_array_append_val(roles, role);
        else if (!subject && !clock)
            loader_mark_unresolved(loader, &kind->opened_by);
    }
    kind->opened_by = storage_take_array(loader->storage, roles, &kind->opened_by_count);
}

/* A list, or a mapping that says by when it is decided, too: load_state.c. */
static const struct yaml_node *proposing_roles(const struct yaml_node *proposed_by)
{
    bool timed = proposed_by != NULL && proposed_by->type == NODE_MAPPING;
    return timed ? yaml_find(proposed_by, "roles") : proposed_by;
}

static void read_people(struct loader *loader, const struct yaml_node *root, struct kind *kind)
{
    struct names roles = names_of_roles(loader);
    const struct yaml_node *proposed_by = yaml_find(root, "proposed_by");
    read_openers(loader, root, kind);
    kind->proposed_by = loader_resolve_list(loader, proposing_roles(proposed_by), roles, &kind->proposed_by_count);
    kind->seen_by = loader_resolve_list(loader, yaml_find(root, "seen_by"), roles, &kind->seen_by_count);
    kind->merged_by = loader_resolve_list(loader, yaml_find(root, "merged_by"), roles, &kind->merged_by_count);
    kind->unmasked_by = loader_resolve_list(loader, yaml_find(root, "unmask"), roles, &kind->unmasked_by_count);
    if (proposed_by != NULL && kind->opened_by_count == 0 && !loader_is_unresolved(loader, &kind->opened_by))
        loader_report(loader, yaml_find_key(root, "proposed_by"), NULL,
                      "a proposal is confirmed by a role of opened_by, and there is none");
}

/* ---- the rest of the head ---- */

static const struct key retain_keys[] = {
    {"after", SHAPE_SCALAR, true, 0},
    {"for", SHAPE_SCALAR, true, 0},
    {"held_by", SHAPE_NODE, false, 0},
};

/* closed, opened, or `state NAME`. */
static void read_retain_after(struct loader *loader, const struct yaml_node *node, struct kind *kind)
{
    static const char *const words[] = {[RETAIN_CLOSED] = "closed", [RETAIN_OPENED] = "opened"};
    if (!g_str_has_prefix(node->text, "state ")) {
        int word = load_word(loader, node, "after", words, G_N_ELEMENTS(words));
        if (word >= 0)
            kind->retain_from = (enum retain_from)word;
        return;
    }
    kind->retain_from = RETAIN_STATE;
    kind->retain_state = loader_resolve_text(loader, node, node->text + strlen("state "), names_of_states(kind));
}

static void read_retain_for(struct loader *loader, const struct yaml_node *node, struct kind *kind)
{
    if (g_str_has_prefix(node->text, "rule.")) {
        kind->retain_rule = loader_resolve_text(loader, node, node->text + strlen("rule."), names_of_rules(loader));
        const struct rule *rule = kind->retain_rule;
        if (rule != NULL && rule->type != VALUE_MISSING && (rule->type != VALUE_DURATION || rule->table))
            loader_report(loader, node, NULL, "a rule that says how long holds one duration");
        return;
    }
    if (load_duration(loader, node, &kind->retain_us) && kind->retain_us == 0)
        loader_report(loader, node, NULL, "the time of retention cannot be zero");
}

static void read_retain(struct loader *loader, const struct yaml_node *node, struct kind *kind)
{
    LOAD_KEYS(loader, node, retain_keys, NULL, "retain");
    const struct yaml_node *after = scalar_at(node, "after"), *length = scalar_at(node, "for");
    const struct yaml_node *held_by = yaml_find(node, "held_by");
    if (after != NULL)
        read_retain_after(loader, after, kind);
    if (length != NULL)
        read_retain_for(loader, length, kind);
    if (held_by != NULL)
        kind->held_by = load_addresses(loader, kind, held_by, &kind->held_by_count);
}

static void read_clause_ids(struct loader *loader, const struct yaml_node *node, struct kind *kind)
{
    kind->clauses = storage_alloc(loader->storage, yaml_item_count(node) + 1, sizeof *kind->clauses);
    if (node != NULL && node->type == NODE_SEQUENCE && node->count == 0)
        loader_report(loader, node, NULL, "a kind carries at least one clause");
    size_t count = 0;
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        const char *id = load_text(loader, yaml_item(node, i), "a clause");
        if (id != NULL)
            kind->clauses[count++] = storage_copy(loader->storage, id);
    }
}

/* Attempts are read before all expressions, which may name them. */
static void read_attempts(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *entries = yaml_find(loader_node(loader, kind), "entries");
    for (size_t i = 0; i < kind->entry_count; i++) {
        struct entry_def *entry = &kind->entries[i];
        const struct yaml_node *node =
            is_generated_entry(kind, entry) ? NULL : yaml_find(entries->items[i], "attempts");
        if (node == NULL)
            continue;
        g_autofree char *name = g_strdup_printf("%s.%s.attempt", kind->name, entry->name);
        struct texts title = {storage_copy(loader->storage, "未成"), storage_copy(loader->storage, "Attempt")};
        entry->attempts = (struct code_list *)load_list_in_place(loader, node, name, title, "attempt");
        if (entry->attempts == NULL)
            loader_mark_unresolved(loader, &entry->attempts);
    }
}

static void read_head(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *root = loader_node(loader, kind), *retain = yaml_find(root, "retain");
    LOAD_KEYS(loader, root, kind_keys, kind, "kind");
    read_about(loader, root, kind);
    read_unique(loader, root, kind);
    read_standing(loader, root, kind);
    read_units(loader, root, kind);
    read_people(loader, root, kind);
    read_clause_ids(loader, yaml_find(root, "clauses"), kind);
    if (retain != NULL && retain->type == NODE_MAPPING)
        read_retain(loader, retain, kind);
    if (yaml_find(root, "states") == NULL && yaml_find(root, "expects") == NULL)
        loader_report(loader, root, NULL, "kind lacks states");
    read_attempts(loader, kind);
}

/* ---- documents that it issues ---- */

static void add_document(struct loader *loader, GPtrArray *documents, const char *name)
{
    const struct document *document = name != NULL ? playbook_find_document(loader->playbook, name) : NULL;
    if (document != NULL && !g_ptr_array_find(documents, document, NULL))
        g_ptr_array_add(documents, (gpointer)document);
}

static void add_documents(struct loader *loader, GPtrArray *documents, const struct effect *effects, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (effects[i].type == EFFECT_DOCUMENT)
            add_document(loader, documents, effects[i].name);
}

static void collect_documents(struct loader *loader, struct kind *kind)
{
    g_autoptr(GPtrArray) documents = g_ptr_array_new();
    for (size_t i = 0; i < kind->state_count; i++)
        add_document(loader, documents, kind->states[i].document);
    for (size_t i = 0; i < kind->entry_count; i++) {
        const struct entry_def *entry = &kind->entries[i];
        add_documents(loader, documents, entry->effects, entry->effect_count);
        for (size_t j = 0; j < entry->branch_count; j++)
            add_documents(loader, documents, entry->branches[j].effects, entry->branches[j].effect_count);
    }
    kind->document_count = documents->len;
    kind->documents = storage_alloc(loader->storage, documents->len, sizeof *kind->documents);
    for (guint i = 0; i < documents->len; i++)
        kind->documents[i] = documents->pdata[i];
}

/* ---- the number of another system ---- */

static const struct key external_keys[] = {
    {"system", SHAPE_SCALAR, true, 0}, {"id", SHAPE_SCALAR, true, 0}, {"by", SHAPE_NODE, true, 0},
    {"clock", SHAPE_SCALAR, false, 0}, {"of", SHAPE_NODE, false, 0},
};

static void read_external_field(struct loader *loader, struct kind *kind, const struct yaml_node *node)
{
    const struct field *field = loader_resolve(loader, node, names_of_fields(&kind->form));
    if (field == NULL || loader_is_unresolved(loader, field))
        return;
    kind->external.field = (int)(field - kind->form.fields);
    if (field->type != FIELD_TEXT)
        loader_report(loader, node, NULL, "the number of another system is in a field of type text");
    else if (field->personal || (kind->about == ABOUT_PERSON && !field->clear))
        loader_report(loader, node, NULL, "%s is sealed: a number that is looked up cannot be sealed", field->name);
}

static void read_external_clock(struct loader *loader, struct kind *kind, const struct yaml_node *node)
{
    static const char *const words[] = {"theirs"};
    const struct yaml_node *clock = scalar_at(node, "clock"), *of = yaml_find(node, "of");
    struct external_def *external = &kind->external;
    if (clock != NULL)
        load_word(loader, clock, "clock", words, 1);
    if ((clock == NULL) != (of == NULL))
        loader_report(loader, node, NULL, "clock: theirs and of: the expectations that follow it, belong together");
    external->of = storage_alloc(loader->storage, yaml_item_count(of), sizeof *external->of);
    for (size_t i = 0; i < yaml_item_count(of); i++) {
        const struct yaml_node *item = yaml_item(of, i);
        const char *name = load_text(loader, item, "the name of an expectation");
        const struct expect *expect = name != NULL ? loader_resolve_expect(loader, item, kind, name) : NULL;
        if (expect == NULL)
            continue;
        external->of[external->of_count++] = expect;
        if (expect->deadline != DEADLINE_WITHIN && expect->deadline != DEADLINE_TABLE &&
            expect->deadline != DEADLINE_AT)
            loader_report(loader, item, NULL, "what recurs has no single time that theirs could replace");
    }
}

static void load_external(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *node = yaml_find(loader_node(loader, kind), "external");
    if (node == NULL || node->type != NODE_MAPPING)
        return;
    struct external_def *external = &kind->external;
    LOAD_KEYS(loader, node, external_keys, NULL, "external");
    const struct yaml_node *system = scalar_at(node, "system"), *id = scalar_at(node, "id");
    if (system == NULL || id == NULL)
        return;
    external->present = load_name(loader, system, "another system", &external->system);
    external->field = -1;
    read_external_field(loader, kind, id);
    external->by = load_addresses(loader, kind, yaml_find(node, "by"), &external->by_count);
    read_external_clock(loader, kind, node);
}

void load_kinds(struct loader *loader)
{
    struct playbook *playbook = loader->playbook;
    for (size_t i = 0; i < playbook->kind_count; i++)
        read_head(loader, &playbook->kinds[i]);
    for (size_t i = 0; i < playbook->kind_count; i++)
        load_facts(loader, &playbook->kinds[i]);
    for (size_t i = 0; i < playbook->kind_count; i++) {
        struct kind *kind = &playbook->kinds[i];
        load_states(loader, kind);
        load_external(loader, kind);
        fill_generated(loader, kind, loader_node(loader, kind));
        load_entries(loader, kind);
        load_figures(loader, kind);
        load_indicators(loader, kind);
        load_grants(loader, kind);
        load_form_conditions(loader, kind, NULL);
        collect_documents(loader, kind);
    }
}
