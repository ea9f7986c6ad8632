/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries: who may make them, when they are refused, where they lead. */
#include "playbook/load/load_parts.h"

#include "playbook/load/generated.h"
#include "playbook/load/load_expr.h"
#include "playbook/model/address.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/fact_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"

#include <string.h>

static const struct key entry_keys[] = {
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct entry_def, title)},
    {"by", SHAPE_NODE, false, 0},
    {"as", SHAPE_SCALAR, false, 0},
    {"of", SHAPE_SCALAR, false, 0},
    {"line", SHAPE_SCALAR, false, 0},
    {"in", SHAPE_NODE, false, 0},
    {"attempts", SHAPE_NODE, false, 0},
    {"round", SHAPE_SCALAR, false, 0},
    {"form", SHAPE_NODE, false, 0},
    {"refuse", SHAPE_NODE, false, 0},
    {"needs", SHAPE_NODE, false, 0},
    {"second", SHAPE_MAPPING, false, 0},
    {"unless_actor", SHAPE_NODE, false, 0},
    {"unless", SHAPE_SCALAR, false, 0},
    {"state", SHAPE_SCALAR, false, 0},
    {"then", SHAPE_NODE, false, 0},
    {"shows", SHAPE_NODE, false, 0},
};

static const struct key branch_keys[] = {
    {"when", SHAPE_SCALAR, false, 0},
    {"state", SHAPE_SCALAR, false, 0},
};

static const struct key refusal_keys[] = {
    {"when", SHAPE_SCALAR, true, 0},
    {"say", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct refusal, say)},
    {"field", SHAPE_SCALAR, false, 0},
};
static const struct key need_keys[] = {
    {"that", SHAPE_SCALAR, true, 0},
    {"say", SHAPE_TEXTS, false, G_STRUCT_OFFSET(struct need, say)},
    {"field", SHAPE_SCALAR, false, 0},
};

#define CONFIRMATION_NAME_CHARS_MAX 39 /* so that confirm_NAME fits into the arrays for names */

static const struct yaml_node *scalar_at(const struct yaml_node *node, const char *key)
{
    const struct yaml_node *value = yaml_find(node, key);
    return value != NULL && value->type == NODE_SCALAR ? value : NULL;
}

static struct expr *read_condition(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                                   const struct yaml_node *node)
{
    struct load_scope scope = scope_of_entry(loader, kind, entry);
    scope.condition = true;
    return load_expr(&scope, node, VALUE_BOOL);
}

static const struct state *read_state_name(struct loader *loader, const struct kind *kind, const struct yaml_node *node)
{
    const struct state *state = loader_resolve(loader, node, names_of_states(kind));
    if (state == NULL)
        loader_mark_unresolved(loader, kind);
    if (state != NULL && state->proposed)
        loader_report(loader, node, NULL, "only a proposal leads to the state `proposed`");
    return state;
}

/* ---- branches ---- */

static void read_branch(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                        const struct yaml_node *node, struct branch *branch)
{
    if (!load_keys_and_effects(loader, node, branch_keys, G_N_ELEMENTS(branch_keys), NULL, "a branch"))
        return;
    const struct yaml_node *when = scalar_at(node, "when"), *state = scalar_at(node, "state");
    if (when != NULL)
        branch->when = read_condition(loader, kind, entry, when);
    if (state != NULL)
        branch->state = read_state_name(loader, kind, state);
    load_effects(loader, kind, entry, node, &branch->effects, &branch->effect_count);
    if (node->count == (when != NULL ? 1u : 0u))
        loader_lint(loader, node, NULL, "the branch does nothing");
}

static void read_branches(struct loader *loader, const struct kind *kind, struct entry_def *entry,
                          const struct yaml_node *node)
{
    entry->branch_count = yaml_item_count(node);
    entry->branches = storage_alloc(loader->storage, entry->branch_count, sizeof *entry->branches);
    for (size_t i = 0; i < entry->branch_count; i++) {
        const struct yaml_node *item = yaml_item(node, i);
        read_branch(loader, kind, entry, item, &entry->branches[i]);
        if (item->type == NODE_MAPPING && yaml_find(item, "when") == NULL && i + 1 < entry->branch_count)
            loader_lint(loader, item, NULL,
                        "a branch without `when` is always taken: those after it are never reached");
    }
}

static void read_shorthand(struct loader *loader, const struct kind *kind, struct entry_def *entry,
                           const struct yaml_node *node)
{
    entry->state = read_state_name(loader, kind, node);
    if (entry->state == NULL)
        return;
    entry->branch_count = 1;
    entry->branches = storage_alloc(loader->storage, 1, sizeof *entry->branches);
    entry->branches[0].state = entry->state;
}

/* ---- who may not ---- */

/* The field that is at fault, of the entry's form. */
static char *read_field_name(struct loader *loader, const struct entry_def *entry, const struct yaml_node *node)
{
    const struct yaml_node *field = scalar_at(node, "field");
    if (field == NULL || loader_resolve(loader, field, names_of_fields(&entry->form)) == NULL)
        return NULL;
    return storage_copy(loader->storage, field->text);
}

static void read_refusals(struct loader *loader, const struct kind *kind, struct entry_def *entry,
                          const struct yaml_node *node)
{
    entry->refusal_count = yaml_item_count(node);
    entry->refusals = storage_alloc(loader->storage, entry->refusal_count, sizeof *entry->refusals);
    for (size_t i = 0; i < entry->refusal_count; i++) {
        const struct yaml_node *item = yaml_item(node, i);
        if (!LOAD_KEYS(loader, item, refusal_keys, &entry->refusals[i], "a refusal"))
            continue;
        const struct yaml_node *when = scalar_at(item, "when");
        if (when != NULL)
            entry->refusals[i].when = read_condition(loader, kind, entry, when);
        entry->refusals[i].field = read_field_name(loader, entry, item);
    }
}

/* A condition, or one with a message for when it is false. */
static void read_needs(struct loader *loader, const struct kind *kind, struct entry_def *entry,
                       const struct yaml_node *node)
{
    entry->need_count = yaml_item_count(node);
    entry->needs = storage_alloc(loader->storage, entry->need_count, sizeof *entry->needs);
    for (size_t i = 0; i < entry->need_count; i++) {
        const struct yaml_node *item = yaml_item(node, i), *that = item;
        struct need *need = &entry->needs[i];
        if (item->type == NODE_MAPPING) {
            LOAD_KEYS(loader, item, need_keys, need, "a need");
            that = scalar_at(item, "that");
            need->field = read_field_name(loader, entry, item);
        }
        if (that == NULL)
            continue;
        need->that = read_condition(loader, kind, entry, that);
        need->text = that->type == NODE_SCALAR ? storage_copy(loader->storage, that->text) : NULL;
    }
}

static const struct key confirmation_keys[] = {
    {"by", SHAPE_NODE, true, 0},
    {"within", SHAPE_DURATION, true, G_STRUCT_OFFSET(struct confirmation_def, within_us)},
};

static void read_confirmation(struct loader *loader, const struct kind *kind, struct entry_def *entry,
                              const struct yaml_node *node)
{
    struct confirmation_def *confirmation = &entry->confirmation;
    LOAD_KEYS(loader, node, confirmation_keys, confirmation, "second");
    confirmation->present = true;
    confirmation->by = load_addresses(loader, kind, yaml_find(node, "by"), &confirmation->by_count);
    for (size_t i = 0; i < confirmation->by_count; i++)
        if (confirmation->by[i].party != PARTY_ROLE && confirmation->by[i].party != PARTY_OPENER)
            loader_report(loader, yaml_find(node, "by"), NULL, "a second person is found by a role, or is the opener");
    if (strlen(entry->name) > CONFIRMATION_NAME_CHARS_MAX)
        loader_report(loader, node, NULL, "an entry with second has a name of at most %d characters",
                      CONFIRMATION_NAME_CHARS_MAX);
}

static void read_unless_actor(struct loader *loader, const struct kind *kind, struct entry_def *entry,
                              const struct yaml_node *node)
{
    struct names facts = NAMES("fact", kind->facts, kind->fact_count);
    entry->unless_actor = storage_alloc(loader->storage, yaml_item_count(node), sizeof *entry->unless_actor);
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        const struct yaml_node *item = yaml_item(node, i);
        const char *name = load_text(loader, item, "a fact");
        if (name == NULL)
            continue;
        if (strcmp(name, "opener") == 0) {
            entry->unless_opener = true;
            continue;
        }
        if (g_str_has_prefix(name, "facts."))
            name += strlen("facts.");
        const struct fact *fact = loader_resolve_text(loader, item, name, facts);
        if (fact != NULL && fact->member != FACT_MEMBER_ACTOR && fact->type != VALUE_MISSING)
            loader_report(loader, item, NULL, "the fact %s holds no actor: last(ENTRY).actor does", name);
        else if (fact != NULL)
            entry->unless_actor[entry->unless_actor_count++] = (int)(fact - kind->facts);
    }
}

/* ---- where ---- */

/* All states that are neither final nor proposed; NULL means the same where there are no proposals. */
static void default_states(struct loader *loader, const struct kind *kind, struct entry_def *entry)
{
    if (kind->proposed == NULL)
        return;
    entry->in = storage_alloc(loader->storage, kind->state_count, sizeof *entry->in);
    for (size_t i = 0; i < kind->state_count; i++)
        if (!kind->states[i].final && !kind->states[i].proposed)
            entry->in[entry->in_count++] = &kind->states[i];
}

static void read_words(struct loader *loader, const struct kind *kind, struct entry_def *entry,
                       const struct yaml_node *node)
{
    static const char *const rounds[] = {"household"}, *const unless[] = {"opener"};
    const struct yaml_node *round = scalar_at(node, "round"), *opener = scalar_at(node, "unless");
    if (round != NULL)
        load_word(loader, round, "round", rounds, 1);
    entry->round_household = round != NULL;
    if (entry->round_household && !kind->group_household)
        loader_report(loader, round, NULL, "%s is not grouped by household: it lacks `group: household`", kind->name);
    if (opener != NULL)
        entry->unless_opener = load_word(loader, opener, "unless", unless, 1) == 0;
}

static const struct key shows_keys[] = {{"duty_record", SHAPE_MAPPING, true, 0}};
static const struct key record_keys[] = {{"from", SHAPE_SCALAR, true, 0}, {"to", SHAPE_SCALAR, true, 0}};

static void read_record(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        struct entry_def *entry)
{
    const struct yaml_node *from = scalar_at(node, "from"), *to = scalar_at(node, "to");
    struct load_scope scope = scope_of_entry(loader, kind, entry);
    LOAD_KEYS(loader, node, record_keys, NULL, "duty_record");
    if (from != NULL)
        entry->record_from = load_expr(&scope, from, VALUE_DATE);
    if (to != NULL)
        entry->record_to = load_expr(&scope, to, VALUE_DATE);
    if (!kind->about_post && scalar_at(loader_node(loader, kind), "about") != NULL)
        loader_report(loader, node, NULL, "%s is about no post: it lacks `about: post`", kind->name);
}

/* `figures`, or {duty_record: {from: EXPRESSION, to: EXPRESSION}}: computed and stored in the entry. */
static void read_shows(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       struct entry_def *entry)
{
    static const char *const shows[] = {"figures"};
    if (node == NULL)
        return;
    if (node->type == NODE_MAPPING) {
        const struct yaml_node *record = yaml_find(node, "duty_record");
        LOAD_KEYS(loader, node, shows_keys, NULL, "shows");
        if (record != NULL && record->type == NODE_MAPPING)
            read_record(loader, kind, record, entry);
        return;
    }
    entry->shows_figures = load_word(loader, node, "shows", shows, 1) == 0;
    if (entry->shows_figures && kind->figure_count == 0)
        loader_report(loader, node, NULL, "%s has no figures", kind->name);
}

static void read_entry(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       struct entry_def *entry)
{
    if (!load_keys_and_effects(loader, node, entry_keys, G_N_ELEMENTS(entry_keys), entry, "an entry"))
        return;
    const struct yaml_node *in = yaml_find(node, "in"), *by = yaml_find(node, "by");
    const struct yaml_node *state = scalar_at(node, "state"), *then = yaml_find(node, "then");
    entry->by = load_addresses(loader, kind, by, &entry->by_count);
    if (by != NULL && entry->by_count < MAX(yaml_item_count(by), 1))
        loader_mark_unresolved(loader, entry);
    if (in != NULL)
        entry->in = loader_resolve_list(loader, in, names_of_states(kind), &entry->in_count);
    else
        default_states(loader, kind, entry);
    if (in != NULL && entry->in_count < MAX(yaml_item_count(in), 1)) {
        loader_mark_unresolved(loader, entry);
        loader_mark_unresolved(loader, kind);
    }
    read_words(loader, kind, entry, node);
    read_shows(loader, kind, yaml_find(node, "shows"), entry);
    if (state != NULL && then != NULL)
        loader_report(loader, yaml_find_key(node, "state"), NULL,
                      "`state` and `then` cannot be used together; put - {state: %s} last in `then`", state->text);
    if (then != NULL)
        read_branches(loader, kind, entry, then);
    else if (state != NULL)
        read_shorthand(loader, kind, entry, state);
    if (yaml_find(node, "refuse") != NULL)
        read_refusals(loader, kind, entry, yaml_find(node, "refuse"));
    if (yaml_find(node, "needs") != NULL)
        read_needs(loader, kind, entry, yaml_find(node, "needs"));
    if (yaml_find(node, "second") != NULL && yaml_find(node, "second")->type == NODE_MAPPING)
        read_confirmation(loader, kind, entry, yaml_find(node, "second"));
    if (yaml_find(node, "unless_actor") != NULL)
        read_unless_actor(loader, kind, entry, yaml_find(node, "unless_actor"));
    load_effects(loader, kind, entry, node, &entry->effects, &entry->effect_count);
}

void load_entries(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *entries = yaml_find(loader_node(loader, kind), "entries");
    for (size_t i = 0; i < kind->entry_count; i++) {
        struct entry_def *entry = &kind->entries[i];
        if (is_generated_entry(kind, entry)) {
            if (entry->handover)
                default_states(loader, kind, entry);
            continue;
        }
        read_entry(loader, kind, entries->items[i], entry);
        load_form_conditions(loader, kind, entry);
    }
    fill_seconds(loader, kind);
}
