/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/exclusion.h"

#include "matter/draft/actor_sight.h"
#include "matter/lifecycle/makers.h"

bool exclusion_is_possible(const struct entry_def *entry)
{
    return entry->unless_opener || entry->unless_actor_count > 0;
}

bool exclusion_spares_subject(const struct draft *draft, const struct entry_def *entry)
{
    AUTO(gathered) struct gathered all = {0};
    const struct address *address;
    actor_gather_entry(draft, entry, &all);
    for (size_t i = 0; (address = gathered_at(&all, i)) != NULL; i++)
        if (address->party != PARTY_ROLE)
            return true;
    return false;
}

void exclusion_add_actors(struct draft *draft, const struct entry_def *entry, const struct entry_def *but,
                          GArray *persons)
{
    for (size_t i = 0; i < entry->unless_actor_count; i++)
        if (but == NULL || draft->view.kind->facts[entry->unless_actor[i]].entry != but)
            makers_add(draft, entry->unless_actor[i], persons);
}

GArray *exclusion_persons(struct draft *draft, const struct entry_def *entry)
{
    const struct matter *matter = &draft->view.matter;
    GArray *persons = g_array_new(FALSE, FALSE, sizeof matter->subject);
    if (entry->unless_opener && matter->opener_person != 0)
        g_array_append_val(persons, matter->opener_person);
    exclusion_add_actors(draft, entry, NULL, persons);
    if (draft->view.kind->about == ABOUT_PERSON && entry->as == NULL && !exclusion_spares_subject(draft, entry))
        g_array_append_val(persons, matter->subject);
    return persons;
}

bool exclusion_of(struct draft *draft, const struct entry_def *entry, int64_t person)
{
    bool subject = draft->view.kind->about == ABOUT_PERSON && draft->view.matter.subject == person;
    if (person == 0 || (!subject && !exclusion_is_possible(entry)))
        return false;
    g_autoptr(GArray) persons = exclusion_persons(draft, entry);
    return integers_hold(persons, person);
}
