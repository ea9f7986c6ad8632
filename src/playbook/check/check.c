/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can only be judged once everything has been read. */
#include "playbook/check/check.h"

#include "base/nearest.h"
#include "playbook/check/checks.h"
#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"

#include <string.h>

/* ---- clauses ---- */

static void check_clauses(struct loader *loader, const struct kind *kind)
{
    const struct playbook *playbook = loader->playbook;
    const struct yaml_node *clauses = yaml_find(loader_node(loader, kind), "clauses");
    if (loader->roots[PART_CLAUSES]->len == 0)
        return;
    for (size_t i = 0; i < yaml_item_count(clauses); i++) {
        const struct yaml_node *item = yaml_item(clauses, i);
        if (item->type != NODE_SCALAR || *item->text == '\0' || playbook_find_clause(playbook, item->text) != NULL)
            continue;
        g_autoptr(GPtrArray) ids = g_ptr_array_new();
        for (size_t j = 0; j < playbook->clause_count; j++)
            g_ptr_array_add(ids, playbook->clauses[j].id);
        loader_lint(loader, item, nearest_name(item->text, (const char *const *)ids->pdata, ids->len),
                    "there is no clause %s", item->text);
    }
}

/* ---- who opens it ---- */

static bool opens(const struct effect *effects, size_t count, const struct kind *kind)
{
    for (size_t i = 0; i < count; i++)
        if (effects[i].type == EFFECT_OPEN && effects[i].kind == kind)
            return true;
    return false;
}

static bool entry_opens(const struct entry_def *entry, const struct kind *kind)
{
    bool found = opens(entry->effects, entry->effect_count, kind);
    for (size_t i = 0; i < entry->branch_count; i++)
        found = found || opens(entry->branches[i].effects, entry->branches[i].effect_count, kind);
    return found;
}

static bool is_opened_by_effect(const struct playbook *playbook, const struct kind *kind)
{
    for (size_t i = 0; i < playbook->kind_count; i++)
        for (size_t j = 0; j < playbook->kinds[i].entry_count; j++)
            if (entry_opens(&playbook->kinds[i].entries[j], kind))
                return true;
    return false;
}

static void check_openers(struct loader *loader, const struct kind *kind)
{
    bool opened = kind->opened_by_count > 0 || kind->opened_by_subject || kind->opened_by_clock ||
                  kind->proposed_by_count > 0 || kind->standing_one_per_unit;
    /* Where something was cut off or misspelt, an effect that opens it may have been lost. */
    if (opened || loader_is_unresolved(loader, &kind->opened_by) || g_hash_table_size(loader->truncated) > 0 ||
        is_opened_by_effect(loader->playbook, kind))
        return;
    loader_lint(loader, loader_node(loader, kind), NULL,
                "%s is never opened: it lacks opened_by, and no effect opens it", kind->name);
}

static void check_standing(struct loader *loader, const struct kind *kind)
{
    const struct yaml_node *root = loader_node(loader, kind);
    static const char *const excluded[] = {"unique", "proposed_by"};
    if (!kind->standing_one_per_unit)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(excluded); i++)
        if (yaml_find(root, excluded[i]) != NULL)
            loader_lint(loader, yaml_find_key(root, excluded[i]), NULL,
                        "a standing matter is opened by the program, one per unit: %s means nothing", excluded[i]);
    if (kind->about == ABOUT_PERSON)
        loader_report(loader, yaml_find_key(root, "about"), NULL, "a standing matter is about no person");
    for (size_t i = 0; i < kind->form.field_count; i++)
        if (kind->form.fields[i].required)
            loader_report(loader, loader_node(loader, &kind->form.fields[i]), NULL,
                          "a standing matter is opened by the program, which cannot fill in %s",
                          kind->form.fields[i].name);
}

/* ---- fields ---- */

static void check_attempt_fields(struct loader *loader, const struct form *form, bool attempts, const char *why)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (form->fields[i].required_unless_attempt && !attempts)
            loader_lint(loader, loader_node(loader, &form->fields[i]), NULL,
                        "%s has `required_unless: attempt`, but %s", form->fields[i].name, why);
}

static void check_forms(struct loader *loader, const struct kind *kind)
{
    check_attempt_fields(loader, &kind->form, false, "opening a matter allows no attempts");
    for (size_t i = 0; i < kind->entry_count; i++) {
        const struct entry_def *entry = &kind->entries[i];
        check_attempt_fields(loader, &entry->form,
                             entry->attempts != NULL || loader_is_unresolved(loader, &entry->attempts),
                             "the entry lacks `attempts`");
    }
}

void check_playbook(struct loader *loader)
{
    const struct playbook *playbook = loader->playbook;
    for (size_t i = 0; i < playbook->kind_count; i++) {
        const struct kind *kind = &playbook->kinds[i];
        check_clauses(loader, kind);
        check_openers(loader, kind);
        check_standing(loader, kind);
        check_forms(loader, kind);
        check_flow(loader, kind);
        check_opening_effects(loader, kind);
        check_registry_effects(loader, kind);
        check_personal(loader, kind);
    }
    check_sealed(loader);
    check_effect_cycles(loader);
    check_documents(loader);
    check_concepts(loader);
}
