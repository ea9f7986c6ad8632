/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/load/generate.h"

#include "base/limits.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/kind.h"

struct texts generated_texts(struct loader *loader, const char *zh, const char *en)
{
    return (struct texts){storage_copy(loader->storage, zh), storage_copy(loader->storage, en)};
}

void generate_named(struct loader *loader, struct kind *kind, size_t first, const struct made_entry *made, size_t count,
                    const struct yaml_node *cause)
{
    for (size_t i = 0; i < count; i++) {
        struct entry_def *entry = &kind->entries[first + i];
        const struct entry_def *written = named_find(kind->entries, first, sizeof *entry, made[i].name);
        if (written != NULL)
            loader_report(loader, loader_node(loader, written), NULL,
                          "the entry %s is made by the program, because of line %d", made[i].name, cause->line);
        entry->name = storage_copy(loader->storage, made[i].name);
        entry->title = generated_texts(loader, made[i].zh, made[i].en);
        loader_set_node(loader, entry, cause);
    }
}

void generate_field(struct loader *loader, struct form *form, const char *name, enum field_type type, bool required,
                    struct texts label)
{
    struct field *field = &form->fields[form->field_count++];
    field->name = storage_copy(loader->storage, name);
    field->type = type;
    field->required = required;
    field->label = label;
    field->words = type == FIELD_TEXT;
    field->decimals = 1;
    field->max_chars = LIMIT_TEXT_CHARS;
}
