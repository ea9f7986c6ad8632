/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/seeing.h"

#include <string.h>

void role_names_init(struct role_names *roles)
{
    roles->count = 0;
    roles->names[0] = NULL;
}

void role_names_add(struct role_names *roles, const struct role *role)
{
    if (role == NULL || roles->count == LIMIT_PLAYBOOK_PARTS)
        return;
    for (size_t i = 0; i < roles->count; i++)
        if (strcmp(roles->names[i], role->name) == 0)
            return;
    roles->names[roles->count++] = role->name;
    roles->names[roles->count] = NULL;
}

void role_names_add_all(struct role_names *roles, const struct role *const *more, size_t count)
{
    for (size_t i = 0; i < count; i++)
        role_names_add(roles, more[i]);
}

static void add_addresses(struct role_names *roles, const struct address *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        role_names_add(roles, addresses[i].role);
}

static void add_expectations(struct role_names *roles, const struct state *state)
{
    for (size_t i = 0; i < state->expect_count; i++) {
        const struct expect *expect = &state->expects[i];
        role_names_add(roles, expect->answers.role);
        add_addresses(roles, expect->may_meet, expect->may_meet_count);
        for (size_t j = 0; j < expect->escalation_count; j++)
            role_names_add(roles, expect->escalations[j].to.role);
    }
}

static void add_readers(struct role_names *roles, const struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++)
        role_names_add_all(roles, form->fields[i].visible_to, form->fields[i].visible_to_count);
}

void roles_seeing(const struct playbook *playbook, const struct kind *kind, struct role_names *out)
{
    role_names_init(out);
    role_names_add_all(out, kind->seen_by, kind->seen_by_count);
    role_names_add_all(out, kind->unmasked_by, kind->unmasked_by_count);
    role_names_add_all(out, kind->opened_by, kind->opened_by_count);
    role_names_add_all(out, kind->proposed_by, kind->proposed_by_count);
    role_names_add_all(out, kind->merged_by, kind->merged_by_count);
    for (size_t i = 0; i < kind->entry_count; i++)
        add_addresses(out, kind->entries[i].by, kind->entries[i].by_count);
    for (size_t i = 0; i < kind->state_count; i++)
        add_expectations(out, &kind->states[i]);
    add_readers(out, &kind->form);
    for (size_t i = 0; i < kind->entry_count; i++)
        add_readers(out, &kind->entries[i].form);
    add_addresses(out, kind->handover.by, kind->handover.by_count);
    role_names_add(out, kind->handover.accept.role);
    role_names_add(out, kind->handover.unknown.role);
    for (size_t i = 0; i < playbook->role_count; i++)
        if (playbook->roles[i].supervises)
            role_names_add(out, &playbook->roles[i]);
}

bool roles_have(const struct role_names *roles, const char *name)
{
    for (size_t i = 0; i < roles->count; i++)
        if (strcmp(roles->names[i], name) == 0)
            return true;
    return false;
}
