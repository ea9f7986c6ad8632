/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of law and design for personal data. */
#include "playbook/check/checks.h"

#include "playbook/model/entry_def.h"
#include "playbook/form/form.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/seeing.h"

#include <string.h>

/* ---- the kind ---- */

/* The notice orders the work; it is never by itself a lawful basis for processing personal data. */
static void check_lawful_basis(struct loader *loader, const struct kind *kind, const struct yaml_node *root)
{
    const struct playbook *playbook = loader->playbook;
    const char *const notices[] = {playbook->title.zh, playbook->title.en, playbook->authority};
    for (size_t i = 0; i < G_N_ELEMENTS(notices) && kind->lawful_basis != NULL; i++)
        if (notices[i] != NULL && strstr(kind->lawful_basis, notices[i]) != NULL) {
            loader_lint(loader, yaml_find(root, "lawful_basis"), NULL,
                        "the notice is not a lawful basis for processing personal data: name the law and the article");
            return;
        }
}

static void check_grounds(struct loader *loader, const struct kind *kind)
{
    static const char *const needed[] = {"purpose", "lawful_basis", "retain"};
    const struct yaml_node *root = loader_node(loader, kind);
    if (kind->about == ABOUT_PERSON && !kind->standing_one_per_unit)
        for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
            if (yaml_find(root, needed[i]) == NULL)
                loader_report(loader, root, NULL, "kind lacks %s, which every kind about a person needs", needed[i]);
    check_lawful_basis(loader, kind, root);
}

/* A role that may hold the erasure must see the matter, which is unknown to others. */
static void check_held_by(struct loader *loader, const struct kind *kind)
{
    struct role_names seeing;
    const struct yaml_node *retain = yaml_find(loader_node(loader, kind), "retain");
    roles_seeing(loader->playbook, kind, &seeing);
    for (size_t i = 0; i < kind->held_by_count; i++) {
        const struct role *role = kind->held_by[i].role;
        if (role != NULL && !roles_have(&seeing, role->name))
            loader_lint(loader, yaml_find(retain, "held_by"), NULL,
                        "%s may hold %s, but does not see it: name the role in seen_by, or one that sees it",
                        role->name, kind->name);
    }
}

/* ---- its fields ---- */

static void check_clear(struct loader *loader, const struct kind *kind, const struct field *field,
                        const struct yaml_node *place)
{
    if (field->clear && kind->about != ABOUT_PERSON)
        loader_lint(loader, place, NULL, "%s is never sealed: nothing is sealed where the matter is about no person",
                    field->name);
    else if (field->clear && field->personal)
        loader_lint(loader, place, NULL, "%s is personal and cannot be clear", field->name);
    else if (field->clear && field->clear_reason == NULL)
        loader_lint(loader, place, NULL, "%s is clear without a reason; say clear_reason", field->name);
    else if (!field->clear && field->clear_reason != NULL)
        loader_lint(loader, place, NULL, "%s has a clear_reason but is not clear", field->name);
}

/* A filter on a field, or the number of another system, would show its value to all who see the matter. */
static void check_visible(struct loader *loader, const struct kind *kind, const struct field *field,
                          const struct yaml_node *place)
{
    if (field->visible_to_count == 0)
        return;
    if (field->list_column)
        loader_lint(loader, place, NULL, "%s is visible to some alone: it cannot be filtered by", field->name);
    if (kind->external.present && field == &kind->form.fields[kind->external.field])
        loader_lint(loader, place, NULL, "%s is the number in another system, which all who see the matter see",
                    field->name);
}

/* A person's id reveals nothing once the person is erased; free text about a person would stay. */
static bool names_persons(const struct field *field)
{
    bool only = field_value_type(field) == VALUE_PERSON || field->lines != NULL;
    for (size_t i = 0; field->lines != NULL && i < field->lines->field_count; i++)
        only =
            only && (!field->lines->fields[i].personal || field_value_type(&field->lines->fields[i]) == VALUE_PERSON);
    return only;
}

static void check_field(struct loader *loader, const struct kind *kind, const struct field *field)
{
    const struct yaml_node *place = loader_node(loader, field);
    check_clear(loader, kind, field, place);
    check_visible(loader, kind, field, place);
    if (field->personal && !names_persons(field) && kind->about != ABOUT_PERSON)
        loader_lint(loader, place, NULL,
                    "%s is personal and would not be sealed: only a matter about a person is sealed", field->name);
    if (field->list_column && field->personal)
        loader_report(loader, place, NULL, "%s is personal: it cannot be filtered by", field->name);
    else if (field->list_column && kind->about == ABOUT_PERSON && !field->clear)
        loader_report(loader, place, NULL, "%s is sealed: only a clear field can be filtered by", field->name);
}

void check_personal(struct loader *loader, const struct kind *kind)
{
    check_grounds(loader, kind);
    check_held_by(loader, kind);
    for (size_t i = 0; i < kind->form.field_count; i++)
        check_field(loader, kind, &kind->form.fields[i]);
    for (size_t i = 0; i < kind->entry_count; i++) {
        const struct entry_def *entry = &kind->entries[i];
        for (size_t j = 0; !is_generated_entry(kind, entry) && j < entry->form.field_count; j++)
            check_field(loader, kind, &entry->form.fields[j]);
    }
}
