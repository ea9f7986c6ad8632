/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An entry that enters elsewhere, whose entry enters elsewhere: such a chain must end. Opening a matter has
 * no effects of its own, so only `enter` leads on.
 */
#include "playbook/check/checks.h"

#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"

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
    loader_report(search->loader, loader_place(search->loader, first), NULL, "effects run in a circle: %s",
                  circle->str);
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
