/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether two fields ask for the same concept. */
#include "playbook/check/checks.h"

#include "playbook/form/form.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"

#include <string.h>

struct concept_asking { /* the field with a concept */
    const struct kind *kind;
    const struct field *field;
};

struct concepts {
    struct loader *loader;
    GHashTable *first;     /* concept → struct concept_asking *: of any kind */
    GHashTable *owners[3]; /* by subject: the field that needs no reason */
};

static bool is_same(const struct field *a, const struct field *b)
{
    return a->type == b->type && g_strcmp0(a->unit, b->unit) == 0;
}

static const struct concept_asking *keep(GHashTable *table, const struct kind *kind, const struct field *field)
{
    struct concept_asking *asking = g_hash_table_lookup(table, field->concept);
    if (asking != NULL)
        return asking;
    asking = g_new(struct concept_asking, 1);
    *asking = (struct concept_asking){kind, field};
    g_hash_table_insert(table, field->concept, asking);
    return NULL;
}

static void check_field(struct concepts *concepts, const struct kind *kind, const struct field *field)
{
    struct loader *loader = concepts->loader;
    if (field->concept == NULL || loader_is_unresolved(loader, field))
        return;
    const struct yaml_node *place = loader_node(loader, field);
    const struct concept_asking *first = keep(concepts->first, kind, field);
    if (first != NULL && !is_same(first->field, field))
        loader_report(loader, place, NULL, "%s is of type %s in %s: a concept has one type and one unit",
                      field->concept, field_types[first->field->type].name, first->kind->name);
    if (kind->about == ABOUT_NOTHING || field->ask_again.present)
        return;
    const struct concept_asking *owner = keep(concepts->owners[kind->about], kind, field);
    if (owner != NULL && owner->kind != kind)
        loader_lint(loader, place, NULL,
                    "%s asks for %s already: take what is known, or say why and how often in ask_again",
                    owner->kind->name, field->concept);
}

static void check_form(struct concepts *concepts, const struct kind *kind, const struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++)
        check_field(concepts, kind, &form->fields[i]);
}

void check_concepts(struct loader *loader)
{
    const struct playbook *playbook = loader->playbook;
    struct concepts concepts = {.loader = loader,
                                .first = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free)};
    for (size_t i = 0; i < G_N_ELEMENTS(concepts.owners); i++)
        concepts.owners[i] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    for (size_t i = 0; i < playbook->kind_count; i++) {
        const struct kind *kind = &playbook->kinds[i];
        check_form(&concepts, kind, &kind->form);
        for (size_t j = 0; j < kind->entry_count; j++)
            if (!is_generated_entry(kind, &kind->entries[j]))
                check_form(&concepts, kind, &kind->entries[j].form);
    }
    g_hash_table_unref(concepts.first);
    for (size_t i = 0; i < G_N_ELEMENTS(concepts.owners); i++)
        g_hash_table_unref(concepts.owners[i]);
}
