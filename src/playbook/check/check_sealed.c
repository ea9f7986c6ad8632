/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes both ways: two expectations of the same participants, and entries that give nothing away while sealed. */
#include "playbook/check/checks.h"

#include "playbook/model/entry_def.h"
#include "playbook/model/fact_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"

#include <string.h>

static bool stand_together(const struct kind *kind, const struct expect *one, const struct expect *other)
{
    for (size_t s = 0; s < kind->state_count; s++) {
        const struct state *state = &kind->states[s];
        bool has = one >= state->expects && one < state->expects + state->expect_count;
        if (has)
            return other >= state->expects && other < state->expects + state->expect_count;
    }
    return false;
}

static bool recurs(const struct expect *expect)
{
    return expect->deadline != DEADLINE_WITHIN && expect->deadline != DEADLINE_TABLE && expect->deadline != DEADLINE_AT;
}

static void check_pair(struct loader *loader, const struct kind *kind, const struct expect *expect)
{
    const struct expect *other = expect->both_ways;
    const struct yaml_node *at = yaml_find(loader_node(loader, expect), "both_ways");
    if (other == expect || other->entry == expect->entry)
        loader_report(loader, at, NULL, "the other direction is another expectation, with an entry of its own");
    else if (expect->each == NULL || other->each != expect->each)
        loader_report(loader, at, NULL, "both ways: %s and %s need the same `each`", expect->name, other->name);
    else if (recurs(expect) || recurs(other))
        loader_report(loader, at, NULL, "both ways: once each, not recurring");
    else if (!stand_together(kind, expect, other))
        loader_report(loader, at, NULL, "both ways: %s and %s stand in one state", expect->name, other->name);
    else if (other->both_ways != NULL && other->both_ways != expect)
        loader_report(loader, at, NULL, "%s is already paired with another expectation", other->name);
}

/* What follows from a sealed entry, and where its fields are copied, must not be visible to those who do not see the
 * entry. */
static void check_silence(struct loader *loader, const struct kind *kind, const struct entry_def *entry)
{
    const struct yaml_node *at = loader_node(loader, entry);
    if (entry->effect_count > 0 || entry->branch_count > 0 || entry->state != NULL)
        loader_lint(loader, at, NULL, "%s is sealed: what follows from it would tell of it", entry->name);
    if (entry->confirmation.present)
        loader_lint(loader, at, NULL, "%s is sealed: no second person can read it", entry->name);
    for (size_t i = 0; i < entry->form.field_count; i++)
        if (entry->form.fields[i].concept != NULL)
            loader_lint(loader, at, NULL, "%s is sealed: the concept %s would be shown elsewhere", entry->name,
                        entry->form.fields[i].concept);
    for (size_t i = 0; i < kind->fact_count; i++) {
        const struct fact *fact = &kind->facts[i];
        bool counts = (fact->function == FACT_COUNT || fact->function == FACT_EXISTS) && fact->where == NULL;
        if (fact->entry == entry && !counts)
            loader_lint(loader, loader_node(loader, fact), NULL, "%s is sealed: the fact %s would tell of it",
                        entry->name, fact->name);
    }
}

static void seal(struct loader *loader, struct kind *kind, const struct expect *expect)
{
    struct entry_def *here = &kind->entries[expect->entry - kind->entries];
    struct entry_def *there = &kind->entries[expect->both_ways->entry - kind->entries];
    here->sealed_by = expect->both_ways;
    there->sealed_by = expect;
    check_silence(loader, kind, here);
    check_silence(loader, kind, there);
}

void check_sealed(struct loader *loader)
{
    for (size_t i = 0; i < loader->playbook->kind_count; i++) {
        struct kind *kind = &loader->playbook->kinds[i];
        for (size_t s = 0; s < kind->state_count; s++)
            for (size_t j = 0; j < kind->states[s].expect_count; j++) {
                const struct expect *expect = &kind->states[s].expects[j];
                if (expect->both_ways == NULL || expect->entry == NULL || expect->both_ways->entry == NULL)
                    continue;
                check_pair(loader, kind, expect);
                if (expect->sealed)
                    seal(loader, kind, expect);
            }
    }
}
