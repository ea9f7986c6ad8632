/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grants: personal data shown to a unit that would have to ask for it again. */
#include "playbook/load/load_parts.h"

#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"

#include <string.h>

static const struct key grants_keys[] = {
    {"to", SHAPE_SCALAR, true, 0},           {"of", SHAPE_NODE, true, 0},      {"concepts", SHAPE_SCALAR, true, 0},
    {"grain", SHAPE_SCALAR, true, 0},        {"until", SHAPE_SCALAR, true, 0}, {"purpose", SHAPE_SCALAR, true, 0},
    {"lawful_basis", SHAPE_SCALAR, true, 0}, {"in", SHAPE_NODE, true, 0},      {"except", SHAPE_SCALAR, false, 0},
};

static const struct yaml_node *scalar_at(const struct yaml_node *node, const char *key)
{
    const struct yaml_node *value = yaml_find(node, key);
    return value != NULL && value->type == NODE_SCALAR ? value : NULL;
}

/* A required field of the kind's form, of one of two types; -1 and reported otherwise. */
static int read_field(struct loader *loader, const struct kind *kind, const struct yaml_node *node, const char *key,
                      const char *needed, enum field_type type, enum field_type or_type)
{
    const struct yaml_node *place = scalar_at(node, key);
    if (place == NULL)
        return -1;
    const char *name = g_str_has_prefix(place->text, "field.") ? place->text + strlen("field.") : place->text;
    const struct field *field = loader_resolve_text(loader, place, name, names_of_fields(&kind->form));
    if (field == NULL || loader_is_unresolved(loader, field))
        return -1;
    if (field->type != type && field->type != or_type)
        loader_report(loader, place, NULL, "the field %s is of another type; %s is needed here", field->name, needed);
    else if (!field->required)
        loader_report(loader, place, NULL, "%s must be said: %s is not required", key, field->name);
    else if (field->personal)
        loader_report(loader, place, NULL, "%s is personal: what is granted, and why, is not sealed", field->name);
    return (int)(field - kind->form.fields);
}

static bool is_asked_for(const struct form *form, const char *concept)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (g_strcmp0(form->fields[i].concept, concept) == 0)
            return true;
    return false;
}

static bool has_concept(const struct grants_def *grants, const char *concept)
{
    for (size_t i = 0; i < grants->of_count; i++) {
        const struct kind *kind = grants->of[i];
        bool asked = is_asked_for(&kind->form, concept);
        for (size_t j = 0; j < kind->entry_count && !asked; j++)
            asked = is_asked_for(&kind->entries[j].form, concept);
        if (asked)
            return true;
    }
    return false;
}

/* Each code must be a concept of a field of one of the kinds. */
static void check_concepts_named(struct loader *loader, const struct kind *kind, const struct grants_def *grants,
                                 const struct yaml_node *node)
{
    const struct field *field = grants->concepts >= 0 ? &kind->form.fields[grants->concepts] : NULL;
    for (size_t i = 0; field != NULL && field->list != NULL && i < field->list->code_count; i++)
        if (grants->of_count > 0 && !has_concept(grants, field->list->codes[i].code))
            loader_report(loader, node, NULL, "%s is not a concept that any of the kinds asks for",
                          field->list->codes[i].code);
}

static void check_detail(struct loader *loader, const struct kind *kind, const struct grants_def *grants,
                         const struct yaml_node *node)
{
    static const char *const grains[] = {"counts", "masked", "named"};
    const struct field *field = grants->grain >= 0 ? &kind->form.fields[grants->grain] : NULL;
    for (size_t i = 0; field != NULL && field->list != NULL && i < field->list->code_count; i++) {
        bool known = false;
        for (size_t j = 0; j < G_N_ELEMENTS(grains); j++)
            known |= strcmp(field->list->codes[i].code, grains[j]) == 0;
        if (!known)
            loader_report(loader, node, NULL, "%s is not a grain: those are counts, masked and named",
                          field->list->codes[i].code);
    }
}

static void read_kinds(struct loader *loader, const struct yaml_node *node, struct grants_def *grants)
{
    grants->of = loader_resolve_list(loader, node, names_of_kinds(loader), &grants->of_count);
    for (size_t i = 0; i < grants->of_count; i++)
        if (grants->of[i]->about != ABOUT_PERSON)
            loader_report(loader, yaml_item(node, i), NULL, "%s is about no person", grants->of[i]->name);
    for (size_t i = 0; i < grants->of_count; i++)
        if (grants->of[i]->about != ABOUT_PERSON)
            grants->of_count = 0; /* their fields are not checked */
}

static void read_sets(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                      struct grants_def *grants)
{
    const struct yaml_node *to = scalar_at(node, "to"), *except = scalar_at(node, "except");
    if (to != NULL)
        grants->to = load_participant_set(loader, kind, to);
    if (except != NULL)
        grants->except = load_participant_set(loader, kind, except);
    if (grants->to != NULL && grants->to->persons)
        loader_report(loader, to, NULL, "data is granted to units, not to persons");
    if (grants->except != NULL && !grants->except->persons)
        loader_report(loader, except, NULL, "%s are units: those left out are persons", grants->except->name);
}

void load_grants(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *node = yaml_find(loader_node(loader, kind), "grants");
    struct grants_def *grants = &kind->grants;
    if (node == NULL || !LOAD_KEYS(loader, node, grants_keys, NULL, "grants"))
        return;
    grants->present = true;
    read_sets(loader, kind, node, grants);
    read_kinds(loader, yaml_find(node, "of"), grants);
    grants->in = loader_resolve_list(loader, yaml_find(node, "in"), names_of_states(kind), &grants->in_count);
    grants->concepts = read_field(loader, kind, node, "concepts", "choices", FIELD_CHOICES, FIELD_CHOICE);
    grants->grain = read_field(loader, kind, node, "grain", "choice", FIELD_CHOICE, FIELD_CHOICE);
    grants->until = read_field(loader, kind, node, "until", "date", FIELD_DATE, FIELD_DATETIME);
    grants->purpose = read_field(loader, kind, node, "purpose", "text", FIELD_TEXT, FIELD_LONG_TEXT);
    grants->lawful_basis = read_field(loader, kind, node, "lawful_basis", "text", FIELD_TEXT, FIELD_LONG_TEXT);
    check_concepts_named(loader, kind, grants, yaml_find(node, "concepts"));
    check_detail(loader, kind, grants, yaml_find(node, "grain"));
    if (kind->about != ABOUT_NOTHING)
        loader_report(loader, node, NULL, "a kind that grants is about no person: it is not sealed");
}
