/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries that are made because of a clock: one for each `extend`, and one for all states that say `review`. */
#include "playbook/generated.h"

#include <string.h>

static const struct made_entry review_entry = {"review", "复查", "Review"};

static bool is_review(const struct yaml_node *node)
{
    return yaml_find(node, "entry") == NULL && yaml_find(node, "every") != NULL;
}

size_t count_clock_entries(struct loader *loader, const struct kind *kind)
{
    size_t count = 0, reviews = 0;
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++) {
            const struct yaml_node *node = loader_place(loader, &kind->states[i].expects[j]);
            count += yaml_find(node, "extend") != NULL;
            reviews += g_str_has_prefix(kind->states[i].expects[j].name, "review_") && is_review(node);
        }
    return count + MIN(reviews, 1);
}

static const struct yaml_node *first_review(struct loader *loader, const struct kind *kind)
{
    for (size_t i = 0; i < kind->state_count; i++) {
        size_t last = kind->states[i].expect_count;
        const struct yaml_node *node =
            last > 0 ? loader_place(loader, &kind->states[i].expects[last - 1]) : NULL;
        if (node != NULL && is_review(node))
            return node;
    }
    return NULL;
}

void generate_clock_entries(struct loader *loader, struct kind *kind, size_t first)
{
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++) {
            const struct expect *expect = &kind->states[i].expects[j];
            const struct yaml_node *node = yaml_find_key(loader_place(loader, expect), "extend");
            if (node == NULL)
                continue;
            g_autofree char *name = g_strconcat("extend_", expect->name, NULL);
            const struct made_entry made = {name, "延期", "Extend"};
            generate_named(loader, kind, first, &made, 1, node);
            kind->entries[first++].extends = expect;
        }
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
        entry->form.fields = storage_alloc(loader->storage, 2, sizeof *entry->form.fields);
        if (entry->reviews) {
            generate_field(loader, &entry->form, "finding", FIELD_TEXT, true,
                           generated_texts(loader, "复查情况", "Finding"));
            continue;
        }
        generate_field(loader, &entry->form, "until", FIELD_DATETIME, true,
                       generated_texts(loader, "延至", "Until"));
        generate_field(loader, &entry->form, "reason", FIELD_TEXT, true,
                       generated_texts(loader, "理由", "Reason"));
    }
}

/* An extension is made where the expectation's own clock runs, a review in all states that say so. */
static void fill_entry(struct loader *loader, struct kind *kind, struct entry_def *entry)
{
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
    }
}

void fill_clock_entries(struct loader *loader, struct kind *kind)
{
    for (size_t i = 0; i < kind->clock_entry_count; i++)
        fill_entry(loader, kind, &clock_entries(kind)[i]);
}
