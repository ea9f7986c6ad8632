/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Effects on units and posts: what one of them opens or suspends another one must be able to end. */
#include "playbook/check/checks.h"

#include "playbook/expr/expr_tree.h"
#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/role.h"

#include <string.h>

struct survey {
    struct loader *loader;
    const struct kind *kind;
    void (*look)(struct survey *survey, const struct entry_def *entry, const struct effect *effect);
    int field;                         /* with the unit */
    const struct unit_type *unit_type; /* of the unit that is opened */
    bool opens, suspends, restores;
};

static void look_at_all(struct survey *survey, const struct entry_def *entry, const struct effect *effects,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        survey->look(survey, entry, &effects[i]);
}

static void look_through(struct survey *survey)
{
    for (size_t i = 0; i < survey->kind->entry_count; i++) {
        const struct entry_def *entry = &survey->kind->entries[i];
        look_at_all(survey, entry, entry->effects, entry->effect_count);
        for (size_t j = 0; j < entry->branch_count; j++)
            look_at_all(survey, entry, entry->branches[j].effects, entry->branches[j].effect_count);
    }
}

static void note(struct survey *survey, const struct entry_def *entry, const struct effect *effect)
{
    if (effect->type == EFFECT_OPEN_UNIT && effect->registry->field == survey->field) {
        survey->opens = true;
        survey->unit_type = effect->registry->unit_type;
    }
    survey->suspends = survey->suspends || (effect->type == EFFECT_APPOINT && effect->registry->suspends);
    survey->restores = survey->restores || effect->type == EFFECT_RESTORE;
}

/* What is known of the units that effects of the kind put into a field. */
static struct survey survey_of(struct survey *from, int field)
{
    struct survey survey = {.loader = from->loader, .kind = from->kind, .look = note, .field = field};
    look_through(&survey);
    return survey;
}

static bool may_cover(const struct role *role, const struct unit_type *type)
{
    for (size_t i = 0; i < role->ground_count; i++)
        if (role->grounds[i] == type)
            return true;
    return false;
}

static void check_ground(struct survey *survey, const struct entry_def *entry, const struct registry_effect *appoint,
                         const struct expr *ground)
{
    const struct node *root = ground != NULL ? ground->root : NULL;
    if (root == NULL || root->op != NODE_NAME || root->symbol.space != EXPR_MATTER_FIELD)
        return;
    struct survey opened = survey_of(survey, root->symbol.index);
    if (appoint->role != NULL && opened.unit_type != NULL && !may_cover(appoint->role, opened.unit_type))
        loader_report(survey->loader, loader_node(survey->loader, entry), NULL,
                      "%s covers no %s, which is opened as %s", appoint->role->name, opened.unit_type->name,
                      survey->kind->form.fields[root->symbol.index].name);
}

static void check_one(struct survey *survey, const struct entry_def *entry, const struct effect *effect)
{
    const struct registry_effect *registry = effect->registry;
    if (effect->type == EFFECT_CLOSE_UNIT && registry->field >= 0 && !survey_of(survey, registry->field).opens)
        loader_lint(survey->loader, loader_node(survey->loader, entry), NULL,
                    "close_unit ends what open_unit opened, but none opens one as %s",
                    survey->kind->form.fields[registry->field].name);
    for (size_t i = 0; effect->type == EFFECT_APPOINT && i < registry->ground_count; i++)
        check_ground(survey, entry, registry, registry->grounds[i]);
    if (effect->type == EFFECT_APPOINT && registry->suspends && !survey_of(survey, -1).restores)
        loader_lint(survey->loader, loader_node(survey->loader, entry), NULL,
                    "home posts are suspended and never come back: restore: home_posts stands in no entry");
    if (effect->type == EFFECT_RESTORE && !survey_of(survey, -1).suspends)
        loader_lint(survey->loader, loader_node(survey->loader, entry), NULL,
                    "restore brings back what was suspended, but no appoint says keep_home_post: suspended");
}

void check_registry_effects(struct loader *loader, const struct kind *kind)
{
    struct survey survey = {.loader = loader, .kind = kind, .look = check_one};
    look_through(&survey);
}
