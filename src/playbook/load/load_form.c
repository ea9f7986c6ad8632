/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of forms. */
#include "playbook/load/load_parts.h"

#include "base/limits.h"
#include "playbook/form/form.h"
#include "playbook/load/generated.h"
#include "playbook/load/load_expr.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"

#include <string.h>

/* Which keys mean something only for types whose rows name them. */
static const struct {
    const char *key;
    enum field_key bit;
    const char *sentence;
} typed_keys[] = {
    {"of", FIELD_KEY_OF, "only a choice or choices are of a list, and lines of fields"},
    {"unit", FIELD_KEY_UNIT, "only a number has a unit"},
    {"min", FIELD_KEY_BOUNDS, "only a number, or of lines, has a minimum"},
    {"max", FIELD_KEY_BOUNDS, "only a number, or of lines, has a maximum"},
    {"decimals", FIELD_KEY_DECIMALS, "only a decimal has decimals"},
    {"max_chars", FIELD_KEY_MAX_CHARS, "only a text has a length"},
    {"kind", FIELD_KEY_KIND, "only a matter is of a kind"},
    {"states", FIELD_KEY_KIND, "only a matter is in a state"},
};

static bool is_one_of(const char *words, const char *text)
{
    g_auto(GStrv) all = g_strsplit(words != NULL ? words : "", " ", -1);
    return g_strv_contains((const char *const *)all, text);
}

static bool read_type(struct loader *loader, const struct yaml_node *node, struct field *field)
{
    for (size_t i = 0; i < FIELD_TYPE_COUNT; i++)
        if (node->type == NODE_SCALAR && is_one_of(field_types[i].others, node->text)) {
            loader_report(loader, node, field_types[i].name, "there is no field type %s", node->text);
            return false;
        }
    const char *words[FIELD_TYPE_COUNT];
    for (size_t i = 0; i < FIELD_TYPE_COUNT; i++)
        words[i] = field_types[i].name;
    int type = load_word(loader, node, "the type of a field", words, FIELD_TYPE_COUNT);
    if (type >= 0)
        field->type = type;
    return type >= 0;
}

static bool read_bound(struct loader *loader, const struct field *field, const struct yaml_node *node,
                       struct decimal *out)
{
    if (node == NULL || node->type != NODE_SCALAR)
        return false;
    if (!decimal_parse(node->text, out)) {
        loader_report(loader, node, NULL, "%s is not a number", node->text);
        return false;
    }
    int decimals = field_takes(field, FIELD_KEY_DECIMALS) ? field->decimals : 0;
    if (out->scale > decimals)
        loader_report(loader, node, NULL, "%s has more decimals than the field, which has %d", node->text, decimals);
    return true;
}

static void read_bounds(struct loader *loader, const struct yaml_node *node, struct field *field)
{
    const struct yaml_node *decimals = yaml_find(node, "decimals"), *max_chars = yaml_find(node, "max_chars");
    if (field->decimals > DECIMAL_SCALE_MAX)
        loader_report(loader, decimals, NULL, "a decimal has at most %d decimals", DECIMAL_SCALE_MAX);
    if (field->max_chars < 1 || field->max_chars > LIMIT_LONG_TEXT_CHARS)
        loader_report(loader, max_chars, NULL, "a text has 1 to %d characters", LIMIT_LONG_TEXT_CHARS);
    field->has_min = read_bound(loader, field, yaml_find(node, "min"), &field->min);
    field->has_max = read_bound(loader, field, yaml_find(node, "max"), &field->max);
    if (field->lines != NULL && field->has_min && field->min.digits < 0)
        loader_report(loader, yaml_find(node, "min"), NULL, "lines are counted from 0");
    if (field->has_min && field->has_max && decimal_compare(field->min, field->max) > 0)
        loader_report(loader, yaml_find(node, "max"), NULL, "the maximum is below the minimum");
}

static void read_form(struct loader *loader, const struct yaml_node *node, const char *owner, struct form *form);

/* Keys of a form that its lines do not take. */
static void refuse_in_line(struct loader *loader, const struct yaml_node *node, const struct field *field)
{
    static const char *const keys[] = {"required_unless", "required_when", "list",     "clear",
                                       "concept",         "visible_to",    "ask_again"};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (yaml_find_key(node, keys[i]) != NULL)
            loader_report(loader, yaml_find_key(node, keys[i]), NULL,
                          "%s belongs to the lines as a whole, not to a field of one", keys[i]);
    if (field_value_type(field) == VALUE_LINES)
        loader_report(loader, yaml_find(node, "type"), NULL, "lines have no lines");
}

static void read_lines(struct loader *loader, const struct yaml_node *of, const char *owner, struct field *field)
{
    g_autofree char *name = g_strdup_printf("%s.%s", owner, field->name);
    if (of->type != NODE_SEQUENCE)
        return; /* has been reported */
    if (of->count == 0)
        loader_report(loader, of, NULL, "a line has at least one field");
    read_form(loader, of, name, field->lines);
    for (size_t i = 0; i < field->lines->field_count; i++) {
        refuse_in_line(loader, of->items[i], &field->lines->fields[i]);
        field->personal = field->personal || field->lines->fields[i].personal;
    }
}

static void read_kind(struct loader *loader, const struct yaml_node *node, struct field *field)
{
    const struct yaml_node *kind = yaml_find(node, "kind");
    if (field_takes(field, FIELD_KEY_KIND) && kind != NULL)
        field->kind = loader_resolve(loader, kind, names_of_kinds(loader));
    const struct yaml_node *states = yaml_find(node, "states");
    if (!field_takes(field, FIELD_KEY_KIND) || states == NULL)
        return;
    if (kind == NULL)
        loader_report(loader, yaml_find_key(node, "states"), NULL,
                      "states are those of a kind: the field lacks `kind`");
    if (field->kind != NULL)
        field->states = loader_resolve_list(loader, states, names_of_states(field->kind), &field->state_count);
}

static void read_visible_to(struct loader *loader, const struct yaml_node *node, struct field *field)
{
    const struct yaml_node *roles = yaml_find(node, "visible_to");
    if (roles != NULL && roles->type == NODE_SEQUENCE && roles->count == 0)
        loader_report(loader, roles, NULL, "visible_to names at least one role");
    field->visible_to = loader_resolve_list(loader, roles, names_of_roles(loader), &field->visible_to_count);
}

#define AGAIN(member) G_STRUCT_OFFSET(struct ask_again, member)
static const struct key again_keys[] = {
    {"why", SHAPE_TEXTS, true, AGAIN(why)},
    {"every", SHAPE_SCALAR, true, 0},
};

static void read_ask_again(struct loader *loader, const struct yaml_node *node, struct field *field)
{
    const struct yaml_node *again = yaml_find(node, "ask_again");
    if (again == NULL || !LOAD_KEYS(loader, again, again_keys, &field->ask_again, "ask_again"))
        return;
    const struct yaml_node *every = yaml_find(again, "every");
    field->ask_again.present = true;
    if (field->concept == NULL)
        loader_report(loader, yaml_find_key(node, "ask_again"), NULL, "only what has a concept can be known already");
    if (every == NULL || every->type != NODE_SCALAR || strcmp(every->text, "once") == 0)
        return;
    if (load_duration(loader, every, &field->ask_again.every_us) && field->ask_again.every_us == 0)
        loader_report(loader, every, "once", "`every` is a length of time, or `once`");
}

/* `owner` names lists that are written in place: the kind, or kind.entry. */
static void read_options(struct loader *loader, const struct yaml_node *node, const char *owner, struct field *field)
{
    const struct yaml_node *of = yaml_find(node, "of");
    if (of == NULL) {
        if (field_takes(field, FIELD_KEY_OF))
            loader_report(loader, node, NULL, "a field of type %s lacks `of`", field_types[field->type].name);
        return;
    }
    if (field_value_type(field) == VALUE_LINES) {
        read_lines(loader, of, owner, field);
        return;
    }
    g_autofree char *name = g_strdup_printf("%s.%s", owner, field->name);
    field->list = load_list_in_place(loader, of, name, field->label, NULL);
}

static void check_typed_keys(struct loader *loader, const struct yaml_node *node, const struct field *field)
{
    for (size_t i = 0; i < G_N_ELEMENTS(typed_keys); i++) {
        const struct yaml_node *key = yaml_find_key(node, typed_keys[i].key);
        if (key != NULL && !field_takes(field, typed_keys[i].bit))
            loader_report(loader, key, NULL, "%s, not a %s", typed_keys[i].sentence, field_types[field->type].name);
    }
}

static void read_required(struct loader *loader, const struct yaml_node *node, struct field *field)
{
    static const char *const words[] = {"attempt"};
    const struct yaml_node *unless = yaml_find(node, "required_unless");
    const struct yaml_node *when = yaml_find(node, "required_when");
    if (unless != NULL && unless->type == NODE_SCALAR)
        field->required_unless_attempt = load_word(loader, unless, "required_unless", words, 1) == 0;
    if ((field->required ? 1 : 0) + (unless != NULL ? 1 : 0) + (when != NULL ? 1 : 0) > 1)
        loader_report(loader, yaml_find_key(node, unless != NULL ? "required_unless" : "required_when"), NULL,
                      "a field is required in one way only: required, required_unless or required_when");
}

static bool is_concept(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", -1);
    for (char **part = parts; *part != NULL; part++)
        if (!name_is_valid(*part, 40))
            return false;
    return *parts != NULL;
}

static void read_field(struct loader *loader, const struct yaml_node *node, const char *owner, struct field *field)
{
    field->decimals = 1;
    field->max_chars = LIMIT_TEXT_CHARS;
    if (!LOAD_KEYS(loader, node, field_keys, field, "a field"))
        return;
    const struct yaml_node *type = yaml_find(node, "type"), *concept = yaml_find(node, "concept");
    read_required(loader, node, field);
    if (field->concept != NULL && !is_concept(field->concept))
        loader_report(loader, concept, NULL, "%s is not a concept such as person.residence", field->concept);
    if (type == NULL || type->type != NODE_SCALAR || !read_type(loader, type, field)) {
        loader_mark_unresolved(loader, field);
        return;
    }
    const struct field_type_row *row = &field_types[field->type];
    if (row->max_chars > 0 && yaml_find(node, "max_chars") == NULL)
        field->max_chars = row->max_chars;
    field->personal = field_is_personal(field);
    check_typed_keys(loader, node, field);
    if (row->lines != NULL)
        field->lines = (struct form *)row->lines; /* never changed, as all of a playbook */
    if (row->value == VALUE_FILE && yaml_find_key(node, "visible_to") != NULL)
        loader_report(loader, yaml_find_key(node, "visible_to"), NULL,
                      "all who see the matter unmasked may fetch its files: visible_to is not a key of a file");
    read_options(loader, node, owner, field);
    read_kind(loader, node, field);
    read_visible_to(loader, node, field);
    read_ask_again(loader, node, field);
    read_bounds(loader, node, field);
}

static void read_form(struct loader *loader, const struct yaml_node *node, const char *owner, struct form *form)
{
    for (size_t i = 0; i < form->field_count && node != NULL; i++)
        read_field(loader, node->items[i], owner, &form->fields[i]);
}

/* A file is sealed under the matter's key: the matter must be there before. */
static void refuse_files(struct loader *loader, const struct yaml_node *node, const struct form *form)
{
    for (size_t i = 0; i < form->field_count && node != NULL; i++)
        if (form_has_files(&(struct form){&form->fields[i], 1}))
            loader_report(loader, node->items[i], NULL, "a file belongs in an entry: its matter has to exist first");
}

void load_forms(struct loader *loader)
{
    for (size_t i = 0; i < loader->playbook->kind_count; i++) {
        struct kind *kind = &loader->playbook->kinds[i];
        const struct yaml_node *root = loader_node(loader, kind), *entries = yaml_find(root, "entries");
        read_form(loader, yaml_find(root, "form"), kind->name, &kind->form);
        refuse_files(loader, yaml_find(root, "form"), &kind->form);
        for (size_t j = 0; j < kind->entry_count; j++) {
            struct entry_def *entry = &kind->entries[j];
            if (is_generated_entry(kind, entry) || entries == NULL)
                continue;
            g_autofree char *owner = g_strdup_printf("%s.%s", kind->name, entry->name);
            read_form(loader, yaml_find(entries->items[j], "form"), owner, &entry->form);
        }
        fill_generated_forms(loader, kind, root);
    }
}

/* `entry` NULL: the kind's form. */
void load_form_conditions(struct loader *loader, const struct kind *kind, const struct entry_def *entry)
{
    const struct form *form = entry != NULL ? &entry->form : &kind->form;
    struct load_scope scope = entry != NULL ? scope_of_entry(loader, kind, entry) : scope_of_matter(loader, kind);
    scope.own = form;
    scope.condition = true;
    if (entry == NULL) {
        scope.matter = NULL;
        scope.facts = false; /* they come with the first entry */
    }
    const struct yaml_node *root = loader_node(loader, kind);
    if (entry != NULL)
        root = yaml_find(root, "entries")->items[entry - kind->entries];
    const struct yaml_node *fields = yaml_find(root, "form");
    for (size_t i = 0; i < form->field_count && fields != NULL; i++) {
        const struct yaml_node *when = yaml_find(fields->items[i], "required_when");
        if (when != NULL && when->type == NODE_SCALAR)
            form->fields[i].required_when = load_expr(&scope, when, VALUE_BOOL);
    }
}
