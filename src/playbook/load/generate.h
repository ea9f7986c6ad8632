/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generate - makes entries, fields and texts that are not written in the playbook.
 *
 * Errors  a written entry of the same name is reported.
 * Owner   the playbook's storage.
 */
#ifndef PLAYBOOK_LOAD_GENERATE_H
#define PLAYBOOK_LOAD_GENERATE_H

#include "playbook/model/form_def.h"
#include "playbook/source/loader.h"

struct kind;

struct made_entry {
    const char *name, *zh, *en;
};
struct texts generated_texts(struct loader *loader, const char *zh, const char *en);
/* Names of entries from `first` on; `cause` is where a namesake that was written is referred to. */
void generate_named(struct loader *loader, struct kind *kind, size_t first, const struct made_entry *made, size_t count,
                    const struct yaml_node *cause);
void generate_field(struct loader *loader, struct form *form, const char *name, enum field_type type, bool required,
                    struct texts label);

#endif
