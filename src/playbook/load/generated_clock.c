/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generated entries of the clock: one for each `extend`, one for all states with `review`, and two for each entry with
 * `second`. */
#include "playbook/load/generated.h"

#include "playbook/load/generate.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"

#include <string.h>

static const struct made_entry review_entry = {"review", "复查", "Review"};

static bool is_review(const struct yaml_node *node)
{
    return yaml_find(node, "entry") == NULL && yaml_find(node, "every") != NULL;
}

static size_t count_confirmations(const struct yaml_node *entries)
{
    size_t count = 0;
    for (size_t i = 0; entries != NULL && entries->type == NODE_MAPPING && i < entries->count; i++)
        count += yaml_find(entries->items[i], "second") != NULL;
    return count;
}

static bool has_reviews(struct loader *loader, const struct kind *kind)
{
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++)
            if (g_str_has_prefix(kind->states[i].expects[j].name, "review_") &&
                is_review(loader_node(loader, &kind->states[i].expects[j])))
                return true;
    return false;
}

size_t count_clock_entries(struct loader *loader, const struct kind *kind, const struct yaml_node *entries)
{
    size_t count = has_reviews(loader, kind) + 2 * count_confirmations(entries);
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++)
            count += yaml_find(loader_node(loader, &kind->states[i].expects[j]), "extend") != NULL;
    return count;
}

static const struct yaml_node *first_review(struct loader *loader, const struct kind *kind)
{
    for (size_t i = 0; i < kind->state_count; i++) {
        size_t last = kind->states[i].expect_count;
        const struct yaml_node *node = last > 0 ? loader_node(loader, &kind->states[i].expects[last - 1]) : NULL;
        if (node != NULL && is_review(node))
            return node;
    }
    return NULL;
}

/* confirm_NAME and decline_NAME, and the expectation second_NAME. */
static size_t generate_seconds(struct loader *loader, struct kind *kind, size_t first, const struct yaml_node *entries)
{
    kind->confirmations = storage_alloc(loader->storage, count_confirmations(entries), sizeof *kind->confirmations);
    for (size_t i = 0; entries != NULL && entries->type == NODE_MAPPING && i < entries->count; i++) {
        const struct yaml_node *node = yaml_find_key(entries->items[i], "second");
        const struct entry_def *entry = &kind->entries[i];
        if (node == NULL)
            continue;
        g_autofree char *confirm = g_strconcat("confirm_", entry->name, NULL);
        g_autofree char *decline = g_strconcat("decline_", entry->name, NULL);
        const struct made_entry made[] = {{confirm, "复核同意", "Confirm"}, {decline, "复核不同意", "Decline"}};
        generate_named(loader, kind, first, made, G_N_ELEMENTS(made), node);
        struct expect *expect = &kind->confirmations[kind->confirmation_count++];
        expect->name = storage_format(loader->storage, "second_%s", entry->name);
        expect->entry = &kind->entries[first];
        kind->entries[first++].confirms = entry;
        kind->entries[first++].declines = entry;
    }
    return first;
}

void generate_clock_entries(struct loader *loader, struct kind *kind, size_t first, const struct yaml_node *entries)
{
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++) {
            const struct expect *expect = &kind->states[i].expects[j];
            const struct yaml_node *node = yaml_find_key(loader_node(loader, expect), "extend");
            if (node == NULL)
                continue;
            g_autofree char *name = g_strconcat("extend_", expect->name, NULL);
            const struct made_entry made = {name, "延期", "Extend"};
            generate_named(loader, kind, first, &made, 1, node);
            kind->entries[first++].extends = expect;
        }
    first = generate_seconds(loader, kind, first, entries);
    if (first == kind->entry_count)
        return;
    generate_named(loader, kind, first, &review_entry, 1, first_review(loader, kind));
    kind->entries[first].reviews = true;
}

static struct entry_def *clock_entries(struct kind *kind)
{
    return &kind->entries[kind->entry_count - kind->clock_entry_count];
}

void fill_clock_forms(struct loader *loader, struct kind *kind)
{
    for (size_t i = 0; i < kind->clock_entry_count; i++) {
        struct entry_def *entry = &clock_entries(kind)[i];
        struct texts reason = generated_texts(loader, "理由", "Reason");
        entry->form.fields = storage_alloc(loader->storage, 2, sizeof *entry->form.fields);
        if (entry->reviews)
            generate_field(loader, &entry->form, "finding", FIELD_TEXT, true,
                           generated_texts(loader, "复查情况", "Finding"));
        if (entry->extends != NULL)
            generate_field(loader, &entry->form, "until", FIELD_DATETIME, true,
                           generated_texts(loader, "延至", "Until"));
        if (entry->extends != NULL || entry->declines != NULL)
            generate_field(loader, &entry->form, "reason", FIELD_TEXT, true, reason);
    }
}

/* An extension is made in the state of its expectation, a review in all states with `review`. */
static void fill_entry(struct loader *loader, struct kind *kind, struct entry_def *entry)
{
    if (entry->extends == NULL && !entry->reviews)
        return;
    entry->in = storage_alloc(loader->storage, kind->state_count, sizeof *entry->in);
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++) {
            const struct expect *expect = &kind->states[i].expects[j];
            if (entry->extends == expect || (entry->reviews && expect->entry == entry))
                entry->in[entry->in_count++] = &kind->states[i];
        }
    if (entry->extends != NULL) {
        entry->by = entry->extends->extension.by;
        entry->by_count = entry->extends->extension.by_count;
        entry->of = entry->extends->each; /* each of them by itself */
    }
}

/* Made by the second person, in the states in which the entry itself can be made. */
void fill_seconds(struct loader *loader, struct kind *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < kind->clock_entry_count; i++) {
        struct entry_def *entry = &clock_entries(kind)[i];
        const struct entry_def *of = entry->confirms != NULL ? entry->confirms : entry->declines;
        if (of == NULL)
            continue;
        entry->by = of->confirmation.by;
        entry->by_count = of->confirmation.by_count;
        entry->in = of->in;
        entry->in_count = of->in_count;
        entry->of = of->as != NULL ? of->as : of->of; /* each of them is confirmed by itself */
        if (entry->confirms == NULL)
            continue;
        struct expect *expect = &kind->confirmations[count++];
        expect->within_us = of->confirmation.within_us;
        expect->may_meet = of->confirmation.by;
        expect->may_meet_count = of->confirmation.by_count;
        if (of->confirmation.by_count > 0)
            expect->answers = of->confirmation.by[0];
    }
}

void fill_clock_entries(struct loader *loader, struct kind *kind)
{
    for (size_t i = 0; i < kind->clock_entry_count; i++)
        fill_entry(loader, kind, &clock_entries(kind)[i]);
}
