/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/actor_sight.h"

bool actor_needs_right(const struct decision *decision)
{
    return decision->command->origin == ORIGIN_DOOR;
}

bool actor_speaks_for_subject(const struct draft *draft, int64_t person)
{
    struct db *rows = draft->decision->rows;
    int64_t at_us = draft->decision->now_us;
    if (draft->view.kind->about != ABOUT_PERSON || draft->view.matter.subject == 0)
        return false;
    int64_t household = registry_household(rows, draft->view.matter.subject, at_us);
    return household != 0 && registry_household(rows, person, at_us) == household;
}

int64_t actor_household(const struct draft *draft)
{
    const struct matter *matter = &draft->view.matter;
    bool told = !matter->named_only || registry_naming_by_sender(draft->decision, matter->subject) >= NAMING_SEEN ||
                actor_speaks_for_subject(draft, draft->decision->command->person);
    return told ? matter->household : 0;
}

void gathered_clear(struct gathered *all)
{
    g_clear_pointer(&all->addresses, g_ptr_array_unref);
}

const struct address *gathered_at(const struct gathered *all, size_t i)
{
    return all->addresses != NULL && i < all->addresses->len ? all->addresses->pdata[i] : NULL;
}

static gboolean is_same(gconstpointer a, gconstpointer b)
{
    const struct address *one = a, *other = b;
    return one->party == other->party && one->role == other->role && one->place == other->place &&
           one->ancestor == other->ancestor && one->field == other->field && one->set == other->set;
}

void actor_gather(struct gathered *all, const struct address *addresses, size_t count)
{
    if (all->addresses == NULL)
        all->addresses = g_ptr_array_new();
    for (size_t i = 0; i < count; i++)
        if (!g_ptr_array_find_with_equal_func(all->addresses, &addresses[i], is_same, NULL))
            g_ptr_array_add(all->addresses, (gpointer)&addresses[i]);
}

void actor_gather_entry(const struct draft *draft, const struct entry_def *entry, struct gathered *all)
{
    actor_gather(all, entry->by, entry->by_count);
    for (size_t s = 0; s < draft->view.kind->state_count; s++) {
        const struct state *state = &draft->view.kind->states[s];
        for (size_t i = 0; i < state->expect_count; i++)
            if (expect_is_met_by(&state->expects[i], entry)) {
                actor_gather(all, &state->expects[i].answers, 1);
                actor_gather(all, state->expects[i].may_meet, state->expects[i].may_meet_count);
            }
    }
}

static bool lets_in(const struct draft *draft, const struct address *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (addresses[i].party == PARTY_PUBLIC ||
            (addresses[i].party == PARTY_PROXY && actor_speaks_for_subject(draft, draft->decision->command->person)))
            return true;
    return false;
}

bool actor_sees(const struct decision *decision, const struct matter *matter)
{
    const struct area_hooks *hooks = &decision->areas->hooks;
    return !actor_needs_right(decision) || hooks->sees_matter == NULL || hooks->sees_matter(decision, matter);
}

bool actor_sees_entry(const struct draft *draft, const struct entry_row *entry)
{
    const struct decision *decision = draft->decision;
    const struct area_hooks *hooks = &decision->areas->hooks;
    return !actor_needs_right(decision) || hooks->sees_entry == NULL ||
           hooks->sees_entry(decision, &draft->view.matter, entry);
}

void actor_format_seen(const struct decision *decision, const struct matter *matter, char out[UUID_TEXT_LENGTH + 1])
{
    *out = '\0';
    if (actor_sees(decision, matter))
        uuid_format(&matter->uuid, out);
}

bool actor_may_name(const struct draft *draft)
{
    if (actor_sees(draft->decision, &draft->view.matter))
        return true;
    for (size_t i = 0; i < draft->view.kind->entry_count; i++) {
        AUTO(gathered) struct gathered all = {0};
        actor_gather_entry(draft, &draft->view.kind->entries[i], &all);
        for (size_t j = 0; gathered_at(&all, j) != NULL; j++)
            if (lets_in(draft, gathered_at(&all, j), 1))
                return true;
    }
    return false;
}

bool actor_matter(struct decision *decision, const char *member, struct matter *out)
{
    struct uuid uuid;
    if (!decision_uuid(decision, member, &uuid))
        return false;
    return (matter_get_by_uuid(decision->rows, &uuid, out) && actor_sees(decision, out)) ||
           decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, member);
}
