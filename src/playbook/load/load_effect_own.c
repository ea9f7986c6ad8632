/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Effects in the matter itself: expectations, holds, documents, participants. */
#include "playbook/load/load_effect.h"

#include "playbook/load/load_expr.h"
#include "playbook/load/load_parts.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/participant_set.h"

#include <string.h>

static struct effect *add_effect(struct effects *effects, enum effect_type type)
{
    struct effect effect = {.type = type};
    g_array_append_val(effects->found, effect);
    return &g_array_index(effects->found, struct effect, effects->found->len - 1);
}

static void read_ending(struct effects *effects, const struct yaml_node *node, enum effect_type type)
{
    const char *name = load_text(effects->loader, node, "the name of an expectation");
    if (name != NULL && loader_resolve_expect(effects->loader, node, effects->kind, name) != NULL)
        add_effect(effects, type)->name = storage_copy(effects->loader->storage, name);
}

void effect_read_withdraw(struct effects *effects, const struct yaml_node *node)
{
    read_ending(effects, node, EFFECT_WITHDRAW);
}

void effect_read_supersede(struct effects *effects, const struct yaml_node *node)
{
    read_ending(effects, node, EFFECT_SUPERSEDE);
}

void effect_read_reopen(struct effects *effects, const struct yaml_node *node)
{
    read_ending(effects, node, EFFECT_REOPEN);
}

/* The reason: a word of the proceeding, in the clear. */
static void read_holding(struct effects *effects, const struct yaml_node *node, enum effect_type type)
{
    const char *reason = load_text(effects->loader, node, "the reason of a hold");
    if (reason != NULL && !code_is_valid(reason))
        loader_report(effects->loader, node, NULL, "%s is not a code: letters, digits, _ - and ., at most 40", reason);
    else if (reason != NULL)
        add_effect(effects, type)->name = storage_copy(effects->loader->storage, reason);
}

void effect_read_hold(struct effects *effects, const struct yaml_node *node)
{
    read_holding(effects, node, EFFECT_HOLD);
}

void effect_read_release(struct effects *effects, const struct yaml_node *node)
{
    read_holding(effects, node, EFFECT_RELEASE);
}

void effect_read_document(struct effects *effects, const struct yaml_node *node)
{
    if (loader_resolve(effects->loader, node, names_of_documents(effects->loader)) != NULL)
        add_effect(effects, EFFECT_DOCUMENT)->name = storage_copy(effects->loader->storage, node->text);
}

static const char *read_participant_state(struct effects *effects, const struct yaml_node *node,
                                          const struct participant_set *set)
{
    if (node == NULL || set == NULL)
        return NULL;
    if (set->states == NULL) {
        loader_report(effects->loader, node, NULL, "%s have no states", set->name);
        return NULL;
    }
    const struct code *code =
        loader_resolve(effects->loader, node, NAMES("state", set->states->codes, set->states->code_count));
    return code != NULL ? code->code : NULL;
}

static const struct key join_keys[] = {
    {"set", SHAPE_SCALAR, true, 0}, {"who", SHAPE_SCALAR, true, 0}, {"state", SHAPE_SCALAR, false, 0}};

void effect_read_join(struct effects *effects, const struct yaml_node *node)
{
    struct effect effect = {.type = EFFECT_JOIN, .loop = effects->loop};
    if (!LOAD_KEYS(effects->loader, node, join_keys, NULL, "join"))
        return;
    const struct yaml_node *set = yaml_find(node, "set"), *who = yaml_find(node, "who");
    effect.set = set != NULL ? load_participant_set(effects->loader, effects->kind, set) : NULL;
    if (effect.set == NULL || who == NULL || who->type != NODE_SCALAR)
        return;
    struct expr_target target = {.type = effect.set->persons ? VALUE_PERSON : VALUE_UNIT};
    bool actor = strcmp(who->text, "actor") == 0;
    if (actor && !effect.set->persons)
        loader_report(effects->loader, who, NULL, "the actor is a person, and %s are units", effect.set->name);
    if (!actor)
        effect.who = load_expr_part(&effects->scope, who, who->text, 0, &target);
    effect.state = read_participant_state(effects, yaml_find(node, "state"), effect.set);
    g_array_append_val(effects->found, effect);
}

static const struct key participant_keys[] = {{"set", SHAPE_SCALAR, false, 0},
                                              {"first", SHAPE_SCALAR, false, 0},
                                              {"all", SHAPE_BOOL, false, G_STRUCT_OFFSET(struct effect, all)},
                                              {"state", SHAPE_SCALAR, false, 0},
                                              {"leave", SHAPE_BOOL, false, G_STRUCT_OFFSET(struct effect, leaves)},
                                              {"reason", SHAPE_SCALAR, false, 0}};

/* Who is left out of an audience is left out for a reason, which is shown with them. */
static void read_why(struct effects *effects, const struct yaml_node *node, struct effect *effect)
{
    const struct yaml_node *reason = yaml_find(node, "reason");
    const struct expr_target target = {.type = VALUE_TEXT};
    if (effect->set->audience && effect->leaves && reason == NULL)
        loader_report(effects->loader, node, NULL,
                      "a participant leaves the audience %s for a reason: say reason: FIELD", effect->set->name);
    if (reason == NULL || reason->type != NODE_SCALAR)
        return;
    effect->why = load_expr_part(&effects->scope, reason, reason->text, 0, &target);
    if ((!effect->set->audience || !effect->leaves) && !loader_is_unresolved(effects->loader, effect->set))
        loader_report(effects->loader, yaml_find_key(node, "reason"), NULL,
                      "reason belongs to `leave: true` of an audience");
}

/* The current one, the first of a set in a state, or all of a set. */
void effect_read_participant(struct effects *effects, const struct yaml_node *node)
{
    struct loader *loader = effects->loader;
    struct effect effect = {.type = EFFECT_PARTICIPANT};
    if (!LOAD_KEYS(loader, node, participant_keys, &effect, "participant"))
        return;
    const struct yaml_node *set = yaml_find(node, "set"), *first = yaml_find(node, "first");
    const struct yaml_node *state = yaml_find(node, "state");
    const struct entry_def *entry = effects->entry;
    const struct participant_set *current = entry->as != NULL ? entry->as : entry->of;
    effect.set = set != NULL ? load_participant_set(loader, effects->kind, set) : current;
    if (effect.set == NULL) {
        if (set == NULL)
            loader_report(loader, node, NULL,
                          "no participant is known here: the entry lacks `as` or `of`, or say `set`");
        return;
    }
    effect.first = read_participant_state(effects, first, effect.set);
    effect.state = read_participant_state(effects, state, effect.set);
    if (set != NULL && first == NULL && !effect.all && effect.set != current)
        loader_report(loader, set, NULL, "which of %s? say `first: STATE` or `all: true`", effect.set->name);
    if (first != NULL && effect.all)
        loader_report(loader, first, NULL, "say `first` or `all`, not both");
    if ((state == NULL) != effect.leaves)
        loader_report(loader, node, NULL, "a participant gets a state or leaves: say `state` or `leave: true`");
    read_why(effects, node, &effect);
    g_array_append_val(effects->found, effect);
}
