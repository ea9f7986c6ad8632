/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from an entry besides the state: set, open, enter, withdraw, document. */
#include "playbook/loader.h"

#include "playbook/form.h"

#include <string.h>

struct effects {
    struct loader *loader;
    const struct kind *kind;
    const struct entry_def *entry;
    struct scope scope;
    bool for_others; /* for_each: household.others */
    char *reason;
    GArray *found;
};

static struct effect *add_effect(struct effects *effects, enum effect_type type)
{
    struct effect effect = {.type = type, .reason = effects->reason};
    g_array_append_val(effects->found, effect);
    return &g_array_index(effects->found, struct effect, effects->found->len - 1);
}

/* ---- fields set to expressions ---- */

static bool is_external_number(const struct effects *effects, const struct field *field)
{
    const struct external_def *external = &effects->kind->external;
    return external->present && field - effects->kind->form.fields == external->field;
}

static void read_effect_field(struct effects *effects, const struct form *form, const struct yaml_node *name,
                              const struct yaml_node *value, GArray *fields)
{
    struct loader *loader = effects->loader;
    const struct field *field = loader_resolve(loader, name, names_of_fields(form));
    if (field == NULL || load_text(loader, value, "an expression") == NULL)
        return;
    struct expr_target target = field_target(field);
    if (loader_doubts(loader, field))
        target = (struct expr_target){.type = VALUE_MISSING};
    if (form == &effects->kind->form && is_external_number(effects, field))
        loader_report(loader, name, NULL, "%s is the number of another system: mirror sets it", field->name);
    struct effect_field out = {(int)(field - form->fields),
                               load_expr_part(&effects->scope, value, value->text, 0, &target)};
    g_array_append_val(fields, out);
}

/* A mapping of fields to expressions; or names of fields, each set to what is called so here. */
static void read_effect_fields(struct effects *effects, const struct form *form, const struct yaml_node *node,
                               struct effect *out)
{
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(struct effect_field));
    if (node != NULL && node->type == NODE_MAPPING)
        for (size_t i = 0; i < node->count; i++)
            read_effect_field(effects, form, node->keys[i], node->items[i], fields);
    else
        for (size_t i = 0; i < yaml_item_count(node); i++)
            read_effect_field(effects, form, yaml_item(node, i), yaml_item(node, i), fields);
    out->fields = storage_take_array(effects->loader->storage, fields, &out->field_count);
}

static void check_required_fields(struct effects *effects, const struct form *form,
                                  const struct yaml_node *node, const struct yaml_node *with,
                                  const char *what)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        bool given = false;
        if (with != NULL && with->type == NODE_MAPPING)
            given = field->name != NULL && yaml_find(with, field->name) != NULL;
        else
            for (size_t j = 0; j < yaml_item_count(with); j++)
                given = given || (yaml_item(with, j)->type == NODE_SCALAR &&
                                  g_strcmp0(yaml_item(with, j)->text, field->name) == 0);
        if (!given && (field->required || field->required_unless_attempt))
            loader_report(effects->loader, node, NULL, "%s needs the field %s; say with: {%s: …}", what,
                          field->name, field->name);
    }
}

/* ---- effects ---- */

static void read_set(struct effects *effects, const struct yaml_node *node)
{
    struct effect effect = {.type = EFFECT_SET, .reason = effects->reason};
    if (node->type != NODE_MAPPING)
        return; /* reported with the keys */
    effect.target = effects->for_others ? TARGET_HOUSEHOLD_OTHERS : TARGET_SELF;
    read_effect_fields(effects, &effects->kind->form, node, &effect);
    g_array_append_val(effects->found, effect);
}

static const struct key open_keys[] = {
    {"kind", SHAPE_SCALAR, true, 0},
    {"with", SHAPE_NODE, false, 0},
};

static void read_open(struct effects *effects, const struct yaml_node *node)
{
    struct loader *loader = effects->loader;
    const struct yaml_node *name = node, *with = NULL;
    if (node->type == NODE_MAPPING) {
        LOAD_KEYS(loader, node, open_keys, NULL, "open");
        name = yaml_find(node, "kind");
        with = yaml_find(node, "with");
    }
    struct effect effect = {.type = EFFECT_OPEN,
                            .target = effects->for_others ? TARGET_HOUSEHOLD_OTHERS : TARGET_SELF};
    effect.kind = name != NULL ? loader_resolve(loader, name, names_of_kinds(loader)) : NULL;
    if (effect.kind == NULL)
        return;
    if (effect.kind->standing_one_per_unit)
        loader_report(loader, name, NULL, "%s is standing: the program itself opens it", effect.kind->name);
    if (effects->for_others && effect.kind->about != ABOUT_PERSON)
        loader_report(loader, name, NULL, "%s is about no person: for_each opens one a person",
                      effect.kind->name);
    if (effect.kind->about == ABOUT_PERSON && effects->kind->about != ABOUT_PERSON)
        loader_report(loader, name, NULL, "%s is about a person, and this matter about none",
                      effect.kind->name);
    read_effect_fields(effects, &effect.kind->form, with, &effect);
    check_required_fields(effects, &effect.kind->form, name, with, effect.kind->name);
    g_array_append_val(effects->found, effect);
}

static const struct key enter_keys[] = {
    {"entry", SHAPE_SCALAR, true, 0},
    {"in", SHAPE_SCALAR, false, 0},
    {"kind", SHAPE_SCALAR, false, 0},
    {"with", SHAPE_NODE, false, 0},
};

/* The kind in whose matters the entry is made, and which of them. */
static const struct kind *read_target(struct effects *effects, const struct yaml_node *node,
                                      struct effect *effect)
{
    static const char *const words[] = {"parent", "children", "linked"};
    static const enum effect_target targets[] = {TARGET_PARENT, TARGET_CHILDREN, TARGET_LINKED};
    struct loader *loader = effects->loader;
    const struct yaml_node *in = yaml_find(node, "in"), *kind = yaml_find(node, "kind");
    if (effects->for_others) {
        const struct yaml_node *key = yaml_find_key(node, in != NULL ? "in" : "kind");
        if (key != NULL)
            loader_report(loader, key, NULL, "for_each already says in which matters");
        effect->target = TARGET_HOUSEHOLD_OTHERS;
        return effects->kind->group_household ? effects->kind : NULL;
    }
    if (in == NULL || kind == NULL) {
        loader_report(loader, node, NULL, "enter lacks %s",
                      in == NULL ? "in: parent, children or linked" : "kind");
        return NULL;
    }
    int word = in->type == NODE_SCALAR ? load_word(loader, in, "in", words, G_N_ELEMENTS(words)) : -1;
    if (word >= 0)
        effect->target = targets[word];
    return kind->type == NODE_SCALAR ? loader_resolve(loader, kind, names_of_kinds(loader)) : NULL;
}

static void read_enter(struct effects *effects, const struct yaml_node *node)
{
    struct loader *loader = effects->loader;
    struct effect effect = {.type = EFFECT_ENTER, .reason = effects->reason};
    if (!LOAD_KEYS(loader, node, enter_keys, NULL, "enter"))
        return;
    const struct yaml_node *entry = yaml_find(node, "entry");
    effect.kind = read_target(effects, node, &effect);
    if (effect.kind == NULL || entry == NULL || entry->type != NODE_SCALAR)
        return;
    effect.entry = loader_resolve(loader, entry, names_of_entries(effect.kind));
    if (effect.entry == NULL)
        return;
    const struct yaml_node *with = yaml_find(node, "with");
    read_effect_fields(effects, &effect.entry->form, with, &effect);
    check_required_fields(effects, &effect.entry->form, entry, with, effect.entry->name);
    g_array_append_val(effects->found, effect);
}

static void read_ending(struct effects *effects, const struct yaml_node *node, enum effect_type type)
{
    const char *name = load_text(effects->loader, node, "the name of an expectation");
    if (name != NULL && loader_resolve_expect(effects->loader, node, effects->kind, name) != NULL)
        add_effect(effects, type)->name = storage_copy(effects->loader->storage, name);
}

static void read_withdraw(struct effects *effects, const struct yaml_node *node)
{
    read_ending(effects, node, EFFECT_WITHDRAW);
}

static void read_supersede(struct effects *effects, const struct yaml_node *node)
{
    read_ending(effects, node, EFFECT_SUPERSEDE);
}

static void read_reopen(struct effects *effects, const struct yaml_node *node)
{
    read_ending(effects, node, EFFECT_REOPEN);
}

/* A word that says why: of the proceeding, in the clear. */
static void read_holding(struct effects *effects, const struct yaml_node *node, enum effect_type type)
{
    const char *reason = load_text(effects->loader, node, "the reason of a hold");
    if (reason != NULL && !code_is_valid(reason))
        loader_report(effects->loader, node, NULL, "%s is no code: letters, digits, _ - and ., at most 40",
                      reason);
    else if (reason != NULL)
        add_effect(effects, type)->name = storage_copy(effects->loader->storage, reason);
}

static void read_hold(struct effects *effects, const struct yaml_node *node)
{
    read_holding(effects, node, EFFECT_HOLD);
}

static void read_release(struct effects *effects, const struct yaml_node *node)
{
    read_holding(effects, node, EFFECT_RELEASE);
}

static void read_document(struct effects *effects, const struct yaml_node *node)
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

static void read_join(struct effects *effects, const struct yaml_node *node)
{
    struct effect effect = {.type = EFFECT_JOIN};
    if (!LOAD_KEYS(effects->loader, node, join_keys, NULL, "join"))
        return;
    const struct yaml_node *set = yaml_find(node, "set"), *who = yaml_find(node, "who");
    effect.set = set != NULL ? load_participant_set(effects->loader, effects->kind, set) : NULL;
    if (effect.set == NULL || who == NULL || who->type != NODE_SCALAR)
        return;
    struct expr_target target = {.type = effect.set->persons ? VALUE_PERSON : VALUE_UNIT};
    bool actor = strcmp(who->text, "actor") == 0;
    if (actor && !effect.set->persons)
        loader_report(effects->loader, who, NULL, "the actor is a person, and %s are units",
                      effect.set->name);
    if (!actor)
        effect.who = load_expr_part(&effects->scope, who, who->text, 0, &target);
    effect.state = read_participant_state(effects, yaml_find(node, "state"), effect.set);
    g_array_append_val(effects->found, effect);
}

static const struct key participant_keys[] = {
    {"set", SHAPE_SCALAR, false, 0},
    {"first", SHAPE_SCALAR, false, 0},
    {"all", SHAPE_BOOL, false, G_STRUCT_OFFSET(struct effect, all)},
    {"state", SHAPE_SCALAR, false, 0},
    {"leave", SHAPE_BOOL, false, G_STRUCT_OFFSET(struct effect, leaves)}};

/* The one at hand, the first of a set in a state, or all of a set. */
static void read_participant(struct effects *effects, const struct yaml_node *node)
{
    struct loader *loader = effects->loader;
    struct effect effect = {.type = EFFECT_PARTICIPANT};
    if (!LOAD_KEYS(loader, node, participant_keys, &effect, "participant"))
        return;
    const struct yaml_node *set = yaml_find(node, "set"), *first = yaml_find(node, "first");
    const struct yaml_node *state = yaml_find(node, "state");
    const struct entry_def *entry = effects->entry;
    const struct participant_set *at_hand = entry->as != NULL ? entry->as : entry->of;
    effect.set = set != NULL ? load_participant_set(loader, effects->kind, set) : at_hand;
    if (effect.set == NULL) {
        if (set == NULL)
            loader_report(loader, node, NULL,
                          "no participant is at hand: the entry lacks `as` or `of`, or say set");
        return;
    }
    effect.first = read_participant_state(effects, first, effect.set);
    effect.state = read_participant_state(effects, state, effect.set);
    if (set != NULL && first == NULL && !effect.all && effect.set != at_hand)
        loader_report(loader, set, NULL, "which of %s? say first: STATE or all: true", effect.set->name);
    if (first != NULL && effect.all)
        loader_report(loader, first, NULL, "the first or all, not both");
    if ((state == NULL) != effect.leaves)
        loader_report(loader, node, NULL, "a participant gets a state or leaves: say state or leave: true");
    g_array_append_val(effects->found, effect);
}

static const struct {
    const char *key;
    void (*read)(struct effects *effects, const struct yaml_node *node);
    bool single; /* the mapping is read as a whole */
} readers[] = {
    {"set", read_set, true},
    {"open", read_open, false},
    {"enter", read_enter, false},
    {"withdraw", read_withdraw, false},
    {"supersede", read_supersede, false},
    {"reopen", read_reopen, false},
    {"hold", read_hold, false},
    {"release", read_release, false},
    {"document", read_document, false},
    {"join", read_join, false},
    {"participant", read_participant, false},
};

static void read_for_each(struct effects *effects, const struct yaml_node *node)
{
    static const char *const words[] = {"household.others"};
    struct loader *loader = effects->loader;
    const struct yaml_node *for_each = yaml_find(node, "for_each"), *because = yaml_find(node, "because");
    if (because != NULL && because->type == NODE_SCALAR && *because->text != '\0')
        effects->reason = storage_copy(loader->storage, because->text);
    if (for_each == NULL) {
        if (because != NULL)
            loader_report(loader, yaml_find_key(node, "because"), NULL, "because belongs to for_each");
        return;
    }
    if (for_each->type != NODE_SCALAR || load_word(loader, for_each, "for_each", words, 1) != 0)
        return;
    effects->for_others = true;
    bool opens = yaml_find(node, "open") != NULL;
    bool changes = yaml_find(node, "set") != NULL || yaml_find(node, "enter") != NULL;
    if (opens && effects->kind->about != ABOUT_PERSON)
        loader_report(loader, for_each, NULL, "%s is about no person, who alone has a household",
                      effects->kind->name);
    else if ((changes || !opens) && !effects->kind->group_household)
        loader_report(loader, for_each, NULL, "%s is not grouped by household", effects->kind->name);
    if (effects->reason == NULL && (changes || !opens))
        loader_report(loader, for_each, NULL, "for_each lacks because: why it is set for the others");
    if (!changes && !opens)
        loader_report(loader, for_each, NULL, "for_each without set, enter or open does nothing");
}

void load_effects(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                  const struct yaml_node *node, struct effect **out, size_t *out_count)
{
    struct effects effects = {
        .loader = loader, .kind = kind, .entry = entry, .scope = scope_of_entry(loader, kind, entry)};
    effects.found = g_array_new(FALSE, TRUE, sizeof(struct effect));
    read_for_each(&effects, node);
    for (size_t i = 0; i < node->count; i++)
        for (size_t j = 0; j < G_N_ELEMENTS(readers); j++) {
            if (strcmp(node->keys[i]->text, readers[j].key) != 0 || node->items[i]->type == NODE_REFUSED)
                continue;
            if (readers[j].single)
                readers[j].read(&effects, node->items[i]);
            else
                for (size_t k = 0; k < yaml_item_count(node->items[i]); k++)
                    readers[j].read(&effects, yaml_item(node->items[i], k));
        }
    *out = storage_take_array(loader->storage, effects.found, out_count);
}
