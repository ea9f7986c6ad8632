/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether each state can be reached and left, and whether a post that can exist may meet each expectation. */
#include "playbook/check/checks.h"

#include "playbook/model/address.h"
#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/participant_set.h"
#include "playbook/model/role.h"

#include <string.h>

static bool is_possible(const struct entry_def *entry, const struct state *state)
{
    if (entry->in == NULL)
        return !state->final && !state->proposed;
    for (size_t i = 0; i < entry->in_count; i++)
        if (entry->in[i] == state)
            return true;
    return false;
}

/* ---- ways ---- */

/* Calls `visit` for every state to which the flow can go from this one. */
static void visit_next(const struct kind *kind, const struct state *state,
                       void (*visit)(void *context, const struct state *next), void *context)
{
    if (state->ends_in != NULL)
        visit(context, state->ends_in);
    for (size_t i = 0; i < state->expect_count; i++)
        if (state->expects[i].state_after_attempts != NULL)
            visit(context, state->expects[i].state_after_attempts);
    for (size_t i = 0; i < kind->entry_count; i++) {
        const struct entry_def *entry = &kind->entries[i];
        for (size_t j = 0; is_possible(entry, state) && j < entry->branch_count; j++)
            if (entry->branches[j].state != NULL)
                visit(context, entry->branches[j].state);
    }
}

struct flow_walk {
    GHashTable *seen;
    GPtrArray *open;
};

static void walk_to(void *context, const struct state *state)
{
    struct flow_walk *walk = context;
    if (g_hash_table_add(walk->seen, (gpointer)state))
        g_ptr_array_add(walk->open, (gpointer)state);
}

static GHashTable *reach_from(const struct kind *kind, const struct state *const *starts, size_t count)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    struct flow_walk walk = {g_hash_table_new(NULL, NULL), open};
    for (size_t i = 0; i < count; i++)
        if (starts[i] != NULL)
            walk_to(&walk, starts[i]);
    while (open->len > 0)
        visit_next(kind, g_ptr_array_steal_index(open, open->len - 1), walk_to, &walk);
    return walk.seen;
}

static bool ends_somewhere(const struct kind *kind, const struct state *state)
{
    g_autoptr(GHashTable) reached = reach_from(kind, &state, 1);
    for (size_t i = 0; i < kind->state_count; i++)
        if (kind->states[i].final && g_hash_table_contains(reached, &kind->states[i]))
            return true;
    return false;
}

static void check_ways(struct loader *loader, const struct kind *kind)
{
    const struct state *starts[] = {kind->initial, kind->proposed};
    g_autoptr(GHashTable) reached = reach_from(kind, starts, G_N_ELEMENTS(starts));
    for (size_t i = 0; i < kind->state_count; i++) {
        const struct state *state = &kind->states[i];
        const struct yaml_node *place = loader_node(loader, state);
        if (is_generated_state(kind, state))
            continue;
        if (kind->initial != NULL && !g_hash_table_contains(reached, state))
            loader_lint(loader, place, NULL, "nothing leads to the state %s", state->name);
        else if (!state->final && !kind->standing_one_per_unit && !ends_somewhere(kind, state))
            loader_lint(loader, place, NULL, "from the state %s no final state can be reached", state->name);
    }
}

/* ---- expectations ---- */

static bool covers(const struct role *role, const struct unit_type *type)
{
    for (size_t i = 0; i < role->ground_count; i++)
        if (unit_type_is_at_or_above(role->grounds[i], type))
            return true;
    return false;
}

/* A role is looked for in the unit and above it: some level must have the role. */
static void check_route(struct loader *loader, const struct kind *kind, const struct expect *expect)
{
    const struct address *answers = &expect->answers;
    const struct yaml_node *place = yaml_find(loader_node(loader, expect), "answers");
    bool known = answers->party == PARTY_ROLE && answers->role != NULL && !loader_is_unresolved(loader, answers->role);
    if (!known || place == NULL) /* left out, a role of `opened_by`: check_openers() */
        return;
    if (answers->place == PLACE_ANCESTOR && answers->ancestor != NULL && !covers(answers->role, answers->ancestor))
        loader_lint(loader, place, NULL, "no post of %s can cover a %s, nor what stands above", answers->role->name,
                    answers->ancestor->name);
    if (answers->place != PLACE_MATTER_UNIT || kind->unit_type_count == 0)
        return;
    for (size_t i = 0; i < kind->unit_type_count; i++)
        if (covers(answers->role, kind->unit_types[i]))
            return;
    loader_lint(loader, place, NULL, "no post of %s can cover a unit where %s stands, nor what is above",
                answers->role->name, kind->name);
}

static bool covers_one(const struct role *role, const struct unit_type *const *types, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (covers(role, types[i]))
            return true;
    return count == 0; /* any */
}

static bool covers_kind(const struct role *role, const struct kind *kind)
{
    return kind->standing_one_per_unit ? covers_one(role, kind->audience, kind->audience_count)
                                       : covers_one(role, kind->unit_types, kind->unit_type_count);
}

/* A role that covers nothing where the matter may stand, nor above, never acts in it. */
static void check_covers(struct loader *loader, const struct kind *kind, const struct role *role,
                         const struct yaml_node *place, const char *what)
{
    if (place == NULL || loader_is_unresolved(loader, role) || covers_kind(role, kind))
        return;
    loader_lint(loader, place, NULL, "no post of %s can cover a unit where %s stands, nor what is above: it never %s",
                role->name, kind->name, what);
}

static void check_openers(struct loader *loader, const struct kind *kind)
{
    const struct yaml_node *root = loader_node(loader, kind), *by = yaml_find(root, "opened_by");
    for (size_t i = 0; i < kind->opened_by_count; i++)
        check_covers(loader, kind, kind->opened_by[i], by, "opens it");
    for (size_t i = 0; i < kind->proposed_by_count; i++)
        check_covers(loader, kind, kind->proposed_by[i], yaml_find(root, "proposed_by"), "proposes it");
    if (kind->opened_by_clock && !kind->standing_one_per_unit)
        loader_lint(loader, by, NULL,
                    "the clock opens nothing but standing kinds (`life: standing`); an entry that opens %s needs no "
                    "opened_by",
                    kind->name);
}

/* Escalations look for the role at the place and upwards, as expectations do for who answers. */
static void check_escalations(struct loader *loader, const struct kind *kind, const struct expect *expect)
{
    const struct yaml_node *all = yaml_find(loader_node(loader, expect), "escalate");
    for (size_t i = 0; i < expect->escalation_count && all != NULL; i++) {
        const struct address *to = &expect->escalations[i].to;
        const struct yaml_node *place = yaml_find(yaml_item(all, i), "to");
        if (to->role == NULL || place == NULL || loader_is_unresolved(loader, to->role))
            continue;
        if (to->place == PLACE_ANCESTOR && to->ancestor != NULL && !covers(to->role, to->ancestor))
            loader_lint(loader, place, NULL, "no post of %s can cover a %s, nor what stands above: nobody is told",
                        to->role->name, to->ancestor->name);
        else if (to->place == PLACE_MATTER_UNIT)
            check_covers(loader, kind, to->role, place, "is told");
    }
}

/* An entry `as` a unit that takes part is made by a role there. */
static void check_makers(struct loader *loader, const struct kind *kind, const struct entry_def *entry)
{
    const struct yaml_node *entries = yaml_find(loader_node(loader, kind), "entries");
    const struct yaml_node *node = entries != NULL ? yaml_find(entries, entry->name) : NULL;
    const struct yaml_node *by = node != NULL ? yaml_find(node, "by") : NULL;
    g_autofree char *what = g_strdup_printf("makes the entry %s", entry->name);
    for (size_t i = 0; i < entry->by_count && by != NULL; i++) {
        const struct address *maker = &entry->by[i];
        const struct yaml_node *place = entry->by_count == yaml_item_count(by) ? yaml_item(by, i) : by;
        if (maker->party != PARTY_ROLE || maker->role == NULL || loader_is_unresolved(loader, maker->role))
            continue;
        if (maker->place == PLACE_ANCESTOR && maker->ancestor != NULL && !covers(maker->role, maker->ancestor))
            loader_lint(loader, place, NULL, "no post of %s can cover a %s, nor what stands above: it never %s",
                        maker->role->name, maker->ancestor->name, what);
        else if (maker->place == PLACE_MATTER_UNIT && entry->as == NULL)
            check_covers(loader, kind, maker->role, place, what);
        else if (maker->place == PLACE_MATTER_UNIT && !entry->as->persons && !covers_kind(maker->role, kind) &&
                 !covers_one(maker->role, entry->as->unit_types, entry->as->unit_type_count))
            loader_lint(loader, place, NULL, "no post of %s can cover a unit of %s, nor what is above: it never %s",
                        maker->role->name, entry->as->name, what);
    }
}

/* A state in which the clock stands is another one, in which something may still happen. */
static void check_pause(struct loader *loader, const struct kind *kind, const struct state *state,
                        const struct expect *expect)
{
    const struct yaml_node *node = yaml_find(loader_node(loader, expect), "pause_in");
    for (size_t i = 0; i < expect->pause_in_count; i++) {
        const struct state *pause = expect->pause_in[i];
        if (pause == state)
            loader_lint(loader, node, NULL, "the clock runs in the state %s itself: pause_in names others",
                        pause->name);
        else if (pause->final || pause->proposed)
            loader_lint(loader, node, NULL, "in the state %s nothing is expected that could be paused", pause->name);
    }
}

static void check_expect(struct loader *loader, const struct kind *kind, const struct state *state,
                         const struct expect *expect)
{
    const struct yaml_node *node = loader_node(loader, expect), *entry = yaml_find(node, "entry");
    check_route(loader, kind, expect);
    check_escalations(loader, kind, expect);
    check_calendar(loader, expect);
    check_below(loader, kind, expect);
    check_pause(loader, kind, state, expect);
    if (expect->entry != NULL && !loader_is_unresolved(loader, expect->entry) && !is_possible(expect->entry, state))
        loader_lint(loader, entry, NULL, "%s is expected in the state %s but cannot be made in it; its `in` says where",
                    expect->entry->name, state->name);
}

static void check_names(struct loader *loader, const struct kind *kind)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++) {
            const struct expect *expect = &kind->states[i].expects[j];
            if (*expect->name == '\0' || g_hash_table_add(seen, expect->name))
                continue;
            g_autofree char *other = g_strdup_printf("name: %s_%s", expect->name, kind->states[i].name);
            loader_report(loader, loader_node(loader, expect), other, "two expectations are called %s", expect->name);
        }
}

/* ---- entries ---- */

static bool enters(const struct effect *effects, size_t count, const struct entry_def *entry)
{
    for (size_t i = 0; i < count; i++)
        if (effects[i].type == EFFECT_ENTER && effects[i].entry == entry)
            return true;
    return false;
}

static bool is_entered_by_effect(const struct playbook *playbook, const struct entry_def *wanted)
{
    for (size_t i = 0; i < playbook->kind_count; i++)
        for (size_t j = 0; j < playbook->kinds[i].entry_count; j++) {
            const struct entry_def *entry = &playbook->kinds[i].entries[j];
            if (enters(entry->effects, entry->effect_count, wanted))
                return true;
            for (size_t k = 0; k < entry->branch_count; k++)
                if (enters(entry->branches[k].effects, entry->branches[k].effect_count, wanted))
                    return true;
        }
    return false;
}

static bool is_expected(const struct kind *kind, const struct entry_def *entry)
{
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++)
            if (kind->states[i].expects[j].entry == entry)
                return true;
    return false;
}

static void check_entry(struct loader *loader, const struct kind *kind, const struct entry_def *entry)
{
    if (is_generated_entry(kind, entry) || loader_is_unresolved(loader, entry) ||
        loader_is_unresolved(loader, &kind->entries))
        return;
    check_makers(loader, kind, entry);
    bool persons = entry->as != NULL && entry->as->persons;
    if (entry->by_count == 0 && !persons && !is_expected(kind, entry) && !is_entered_by_effect(loader->playbook, entry))
        loader_lint(loader, loader_node(loader, entry), NULL,
                    "no one may make the entry %s: it lacks `by`, and no expectation names who answers", entry->name);
}

void check_flow(struct loader *loader, const struct kind *kind)
{
    const struct yaml_node *root = loader_node(loader, kind), *states = yaml_find_key(root, "states");
    bool readable = states != NULL && yaml_find(root, "states")->type == NODE_MAPPING;
    if (kind->initial == NULL && readable)
        loader_report(loader, states, NULL, "no state is initial");
    if (!loader_is_unresolved(loader, kind))
        check_ways(loader, kind);
    check_names(loader, kind);
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t j = 0; j < kind->states[i].expect_count; j++)
            check_expect(loader, kind, &kind->states[i], &kind->states[i].expects[j]);
    check_openers(loader, kind);
    for (size_t i = 0; i < kind->entry_count; i++)
        check_entry(loader, kind, &kind->entries[i]);
}
