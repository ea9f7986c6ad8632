/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains of effects must end: an entry may `enter` into another matter, whose entry may do so again. Only `enter`
 * continues a chain, since opening a matter has no effects. And a matter that an effect opens must be possible in its
 * unit.
 */
#include "playbook/check/checks.h"

#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/participant_set.h"

struct effect_search {
    struct loader *loader;
    GPtrArray *path; /* of struct entry_def */
    GHashTable *done;
};

static const struct kind *kind_of(const struct playbook *playbook, const struct entry_def *entry)
{
    for (size_t i = 0; i < playbook->kind_count; i++)
        if (entry >= playbook->kinds[i].entries && entry < playbook->kinds[i].entries + playbook->kinds[i].entry_count)
            return &playbook->kinds[i];
    g_assert_not_reached();
}

static void report_circle(struct effect_search *search, guint from)
{
    g_autoptr(GString) circle = g_string_new(NULL);
    for (guint i = from; i < search->path->len; i++) {
        const struct entry_def *entry = search->path->pdata[i];
        g_string_append_printf(circle, "%s.%s → ", kind_of(search->loader->playbook, entry)->name, entry->name);
    }
    const struct entry_def *first = search->path->pdata[from];
    g_string_append_printf(circle, "%s.%s", kind_of(search->loader->playbook, first)->name, first->name);
    loader_report(search->loader, loader_node(search->loader, first), NULL, "effects run in a circle: %s", circle->str);
}

static void follow(struct effect_search *search, const struct entry_def *entry);

static void follow_effects(struct effect_search *search, const struct effect *effects, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (effects[i].type == EFFECT_ENTER && effects[i].entry != NULL)
            follow(search, effects[i].entry);
}

static void follow(struct effect_search *search, const struct entry_def *entry)
{
    guint at;
    if (g_ptr_array_find(search->path, entry, &at)) {
        report_circle(search, at);
        return;
    }
    if (g_hash_table_contains(search->done, entry) || search->path->len > 1000)
        return;
    g_ptr_array_add(search->path, (gpointer)entry);
    follow_effects(search, entry->effects, entry->effect_count);
    for (size_t i = 0; i < entry->branch_count; i++)
        follow_effects(search, entry->branches[i].effects, entry->branches[i].effect_count);
    g_ptr_array_set_size(search->path, (gint)search->path->len - 1);
    g_hash_table_add(search->done, (gpointer)entry);
}

/* ---- what an effect opens ---- */

static bool gives_field(const struct effect *effect, int field)
{
    for (size_t i = 0; i < effect->field_count; i++)
        if (effect->fields[i].field == field)
            return true;
    return false;
}

static bool may_stand(const struct kind *kind, const struct unit_type *type)
{
    for (size_t i = 0; i < kind->unit_type_count; i++)
        if (kind->unit_types[i] == type)
            return true;
    return kind->unit_type_count == 0;
}

/* Whether some unit type may have matters of both kinds. */
static bool share_units(const struct kind *kind, const struct kind *other)
{
    bool standing = kind->standing_one_per_unit;
    size_t count = standing ? kind->audience_count : kind->unit_type_count;
    for (size_t i = 0; i < count; i++)
        if (may_stand(other, standing ? kind->audience[i] : kind->unit_types[i]))
            return true;
    return count == 0;
}

static void check_opened(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                         const struct effect *effect)
{
    const struct kind *child = effect->kind;
    const struct yaml_node *place = loader_node(loader, entry);
    if (effect->type != EFFECT_OPEN || child == NULL)
        return;
    for (size_t i = 0; i < child->participant_count; i++) {
        const struct participant_set *set = &child->participants[i];
        if (!set->audience && set->least > 0 && !(set->field >= 0 && gives_field(effect, set->field)))
            loader_lint(loader, place, NULL,
                        "%s opens %s, which needs %s from the beginning: let `from` name a field that `with` fills in, "
                        "or `count` begin at 0",
                        entry->name, child->name, set->name);
    }
    if (effect->unit == NULL && effect->loop == NULL && !share_units(kind, child))
        loader_lint(loader, place, NULL, "%s opens %s where %s stands, and %s does not stand there: it lacks `unit: …`",
                    entry->name, child->name, kind->name, child->name);
}

void check_opening_effects(struct loader *loader, const struct kind *kind)
{
    for (size_t i = 0; i < kind->entry_count; i++) {
        const struct entry_def *entry = &kind->entries[i];
        for (size_t j = 0; j < entry->effect_count; j++)
            check_opened(loader, kind, entry, &entry->effects[j]);
        for (size_t j = 0; j < entry->branch_count; j++)
            for (size_t k = 0; k < entry->branches[j].effect_count; k++)
                check_opened(loader, kind, entry, &entry->branches[j].effects[k]);
    }
}

void check_effect_cycles(struct loader *loader)
{
    const struct playbook *playbook = loader->playbook;
    g_autoptr(GPtrArray) path = g_ptr_array_new();
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    struct effect_search search = {loader, path, done};
    for (size_t i = 0; i < playbook->kind_count; i++)
        for (size_t j = 0; j < playbook->kinds[i].entry_count; j++)
            follow(&search, &playbook->kinds[i].entries[j]);
}
