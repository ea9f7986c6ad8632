/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Effects of an entry: set, open, enter, withdraw, document. */
#include "playbook/load/load_effect.h"

#include "playbook/form/form.h"
#include "playbook/load/load_expr.h"
#include "playbook/load/load_parts.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/participant_set.h"

#include <string.h>

/* Over other matters, rather than over lines or participants of this one. */
static bool is_over_matters(const struct loop *loop)
{
    return loop != NULL && loop->over != LOOP_LINES && loop->over != LOOP_PARTICIPANTS;
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
    if (field == NULL || effects->lost || load_text(loader, value, "an expression") == NULL)
        return;
    struct expr_target target = field_target(field);
    if (loader_is_unresolved(loader, field))
        target = (struct expr_target){.type = VALUE_MISSING};
    if (form == &effects->kind->form && is_external_number(effects, field))
        loader_report(loader, name, NULL, "%s is the number of another system: mirror sets it", field->name);
    struct effect_field out = {(int)(field - form->fields),
                               load_expr_part(&effects->scope, value, value->text, 0, &target)};
    g_array_append_val(fields, out);
}

/* A mapping of fields to expressions; or a list of fields, each set to the field of the same name here. */
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

static void check_required_fields(struct effects *effects, const struct form *form, const struct yaml_node *node,
                                  const struct yaml_node *with, const char *what)
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
            loader_report(effects->loader, node, NULL, "%s needs the field %s; say with: {%s: …}", what, field->name,
                          field->name);
    }
}

/* ---- effects ---- */

/* Of their kind, since the fields must be known. */
static const struct kind *kind_of_each(struct effects *effects, const struct yaml_node *node, const char *what)
{
    const struct loop *loop = effects->loop;
    if (loop->kind == NULL)
        loader_report(effects->loader, node, NULL, "%s needs to know the kind: for_each: %s.KIND", what,
                      loop->over == LOOP_CHILDREN ? "children" : "linked");
    return loop->over == LOOP_HOUSEHOLD && !loop->kind->group_household ? NULL : loop->kind;
}

static void read_set(struct effects *effects, const struct yaml_node *node)
{
    struct effect effect = {.type = EFFECT_SET, .loop = effects->loop, .kind = effects->kind};
    if (node->type != NODE_MAPPING)
        return; /* reported with the keys */
    if (effects->lost)
        return;
    if (effects->loop != NULL && !is_over_matters(effects->loop)) {
        loader_report(effects->loader, node, NULL,
                      "`set` cannot be given for each line or participant: write `for_each: {over: …, open: …}`, and "
                      "`set` beside it");
        return;
    }
    if (effects->loop != NULL) {
        effect.target = TARGET_EACH;
        effect.kind = kind_of_each(effects, node, "set");
    }
    if (effect.kind == NULL)
        return;
    read_effect_fields(effects, &effect.kind->form, node, &effect);
    g_array_append_val(effects->found, effect);
}

static void read_empty(struct effects *effects, const struct yaml_node *node)
{
    const struct form *form = &effects->kind->form;
    const struct field *field = loader_resolve(effects->loader, node, names_of_fields(form));
    if (field == NULL)
        return;
    if (field->required || is_external_number(effects, field))
        loader_report(effects->loader, node, NULL, "%s has to be filled: no effect empties it", field->name);
    struct effect_field *emptied = storage_alloc(effects->loader->storage, 1, sizeof *emptied);
    emptied->field = (int)(field - form->fields);
    struct effect effect = {.type = EFFECT_EMPTY, .kind = effects->kind, .fields = emptied, .field_count = 1};
    g_array_append_val(effects->found, effect);
}

static const struct key open_keys[] = {
    {"kind", SHAPE_SCALAR, true, 0},  {"with", SHAPE_NODE, false, 0},   {"about", SHAPE_SCALAR, false, 0},
    {"post", SHAPE_SCALAR, false, 0}, {"unit", SHAPE_SCALAR, false, 0},
};

static struct expr *read_who(struct effects *effects, const struct yaml_node *node, enum value_type type)
{
    struct expr_target target = {.type = type};
    return node != NULL && node->type == NODE_SCALAR && !effects->lost
               ? load_expr_part(&effects->scope, node, node->text, 0, &target)
               : NULL;
}

static struct expr *read_about(struct effects *effects, const struct yaml_node *node, const struct kind *kind)
{
    if (node != NULL && kind->about == ABOUT_NOTHING)
        loader_report(effects->loader, node, NULL, "%s is about no person, unit or post", kind->name);
    if (node == NULL || kind->about == ABOUT_NOTHING)
        return NULL;
    return read_who(effects, node, kind->about == ABOUT_PERSON ? VALUE_PERSON : VALUE_UNIT);
}

/* The default subject of a child; the matters of a loop without a kind may have any. */
static enum about current_about(const struct effects *effects)
{
    const struct loop *loop = effects->loop;
    if (effects_are_over(effects, LOOP_PARTICIPANTS))
        return loop->set->persons ? ABOUT_PERSON : ABOUT_UNIT;
    if (effects_are_over(effects, LOOP_HOUSEHOLD))
        return ABOUT_PERSON;
    if (is_over_matters(loop))
        return loop->kind != NULL ? loop->kind->about : ABOUT_NOTHING;
    return effects->kind->about;
}

static void must_be_about(struct effects *effects, const struct yaml_node *name, const struct kind *kind, bool said)
{
    struct loader *loader = effects->loader;
    if (kind->about == ABOUT_NOTHING && effects_are_over(effects, LOOP_HOUSEHOLD))
        loader_report(loader, name, NULL, "%s is about no person: for_each opens one per person", kind->name);
    if (said || effects->lost || kind->about == ABOUT_NOTHING || current_about(effects) == kind->about)
        return;
    const char *what = kind->about == ABOUT_PERSON ? "person" : "unit";
    if (effects_are_over(effects, LOOP_HOUSEHOLD))
        loader_report(loader, name, NULL, "%s is about no person: for_each opens one per person", kind->name);
    else if (effects->loop != NULL)
        loader_report(loader, name, NULL, "%s is about a %s: say about whom, about: …", kind->name, what);
    else
        loader_report(loader, name, NULL, "%s is about a %s, and this matter is not; say about: …", kind->name, what);
}

/* Of a kind about a post: of this matter's own. */
static void read_post(struct effects *effects, const struct yaml_node *name, const struct yaml_node *post,
                      struct effect *effect)
{
    static const char *const words[] = {"subject"};
    struct loader *loader = effects->loader;
    const struct kind *kind = effect->kind;
    effect->same_post = post != NULL && load_word(loader, post, "post", words, G_N_ELEMENTS(words)) == 0;
    if (post != NULL && !kind->about_post)
        loader_report(loader, post, NULL, "%s is about no post: leave `post` out", kind->name);
    else if (kind->about_post && (!effects->kind->about_post || is_over_matters(effects->loop)))
        loader_report(loader, name, NULL,
                      "%s is about a post: only a matter about a post opens it, once, by `post: subject`", kind->name);
    else if (kind->about_post && post == NULL)
        loader_report(loader, name, NULL, "%s is about a post: say `post: subject`", kind->name);
}

static void read_open(struct effects *effects, const struct yaml_node *node)
{
    struct loader *loader = effects->loader;
    const struct yaml_node *name = node, *with = NULL, *about = NULL, *unit = NULL, *post = NULL;
    if (node->type == NODE_MAPPING) {
        LOAD_KEYS(loader, node, open_keys, NULL, "open");
        name = yaml_find(node, "kind");
        with = yaml_find(node, "with");
        about = yaml_find(node, "about");
        unit = yaml_find(node, "unit");
        post = yaml_find(node, "post");
    }
    struct effect effect = {.type = EFFECT_OPEN, .loop = effects->loop};
    effect.kind = name != NULL ? loader_resolve(loader, name, names_of_kinds(loader)) : NULL;
    if (effect.kind == NULL)
        return;
    if (effect.kind->standing_one_per_unit)
        loader_report(loader, name, NULL, "%s is standing: the program itself opens it", effect.kind->name);
    read_post(effects, name, post, &effect);
    if (effect.kind->about_post && about != NULL)
        loader_report(loader, about, NULL, "%s is about whoever holds the post: `post` says it, leave `about` out",
                      effect.kind->name);
    else if (!effect.kind->about_post)
        must_be_about(effects, name, effect.kind, about != NULL);
    effect.about = effect.kind->about_post ? NULL : read_about(effects, about, effect.kind);
    effect.unit = read_who(effects, unit, VALUE_UNIT);
    read_effect_fields(effects, &effect.kind->form, with, &effect);
    check_required_fields(effects, &effect.kind->form, name, with, effect.kind->name);
    g_array_append_val(effects->found, effect);
}

static const struct key enter_keys[] = {
    {"entry", SHAPE_SCALAR, true, 0}, {"in", SHAPE_SCALAR, false, 0},    {"kind", SHAPE_SCALAR, false, 0},
    {"with", SHAPE_NODE, false, 0},   {"about", SHAPE_SCALAR, false, 0},
};

/* "line.case": the matter that a column names. */
static bool read_line_target(struct effects *effects, const struct yaml_node *in, struct effect *effect)
{
    const struct loop *loop = effects->loop;
    if (!effects_are_over(effects, LOOP_LINES) || !g_str_has_prefix(in->text, "line."))
        return false;
    const struct field *column =
        loader_resolve_text(effects->loader, in, in->text + strlen("line."), names_of_fields(loop->lines));
    effect->target = TARGET_LINE;
    if (column == NULL)
        return true;
    effect->column = (int)(column - loop->lines->fields);
    if (column->type != FIELD_MATTER && !loader_is_unresolved(effects->loader, column))
        loader_report(effects->loader, in, NULL, "%s names no matter", in->text);
    return true;
}

/* The kind in whose matters the entry is made, and which of them. */
static const struct kind *read_target(struct effects *effects, const struct yaml_node *node, struct effect *effect)
{
    static const char *const words[] = {"parent", "children", "linked"};
    static const enum effect_target targets[] = {TARGET_PARENT, TARGET_CHILDREN, TARGET_LINKED};
    struct loader *loader = effects->loader;
    const struct yaml_node *in = yaml_find(node, "in"), *kind = yaml_find(node, "kind");
    if (is_over_matters(effects->loop)) {
        const struct yaml_node *key = yaml_find_key(node, in != NULL ? "in" : "kind");
        if (key != NULL)
            loader_report(loader, key, NULL, "for_each already says in which matters");
        effect->target = TARGET_EACH;
        return kind_of_each(effects, node, "enter");
    }
    if ((in == NULL || kind == NULL) && effects->lost)
        return NULL;
    if (in == NULL || kind == NULL) {
        loader_report(loader, node, NULL, "enter lacks %s", in == NULL ? "in: parent, children or linked" : "kind");
        return NULL;
    }
    if (in->type == NODE_SCALAR && !read_line_target(effects, in, effect)) {
        int word = load_word(loader, in, "in", words, G_N_ELEMENTS(words));
        if (word >= 0)
            effect->target = targets[word];
    }
    return kind->type == NODE_SCALAR ? loader_resolve(loader, kind, names_of_kinds(loader)) : NULL;
}

static void read_enter(struct effects *effects, const struct yaml_node *node)
{
    struct loader *loader = effects->loader;
    struct effect effect = {.type = EFFECT_ENTER, .loop = effects->loop};
    if (!LOAD_KEYS(loader, node, enter_keys, NULL, "enter"))
        return;
    const struct yaml_node *entry = yaml_find(node, "entry"), *with = yaml_find(node, "with");
    effect.kind = read_target(effects, node, &effect);
    if (effect.kind == NULL || entry == NULL || entry->type != NODE_SCALAR)
        return;
    effect.entry = loader_resolve(loader, entry, names_of_entries(effect.kind));
    if (effect.entry == NULL)
        return;
    effect.about = read_about(effects, yaml_find(node, "about"), effect.kind);
    read_effect_fields(effects, &effect.entry->form, with, &effect);
    check_required_fields(effects, &effect.entry->form, entry, with, effect.entry->name);
    g_array_append_val(effects->found, effect);
}

static void read_for_each(struct effects *effects, const struct yaml_node *node);

/* Which of them go to each of a loop. */
enum going { GOES_ONCE, GOES_TO_MATTERS, GOES_TO_ALL, GOES_TO_LINES };
static const struct effect_row {
    const char *key;
    enum shape shape;
    void (*read)(struct effects *effects, const struct yaml_node *node);
    enum going going;
    bool single; /* the mapping is read as a whole */
} rows[] = {
    [EFFECT_SET] = {"set", SHAPE_MAPPING, read_set, GOES_TO_MATTERS, .single = true},
    [EFFECT_OPEN] = {"open", SHAPE_NODE, read_open, GOES_TO_ALL},
    [EFFECT_ENTER] = {"enter", SHAPE_NODE, read_enter, GOES_TO_ALL},
    [EFFECT_WITHDRAW] = {"withdraw", SHAPE_NODE, effect_read_withdraw},
    [EFFECT_SUPERSEDE] = {"supersede", SHAPE_NODE, effect_read_supersede},
    [EFFECT_HOLD] = {"hold", SHAPE_NODE, effect_read_hold},
    [EFFECT_RELEASE] = {"release", SHAPE_NODE, effect_read_release},
    [EFFECT_REOPEN] = {"reopen", SHAPE_NODE, effect_read_reopen},
    [EFFECT_DOCUMENT] = {"document", SHAPE_NODE, effect_read_document},
    [EFFECT_JOIN] = {"join", SHAPE_NODE, effect_read_join, GOES_TO_LINES},
    [EFFECT_PARTICIPANT] = {"participant", SHAPE_NODE, effect_read_participant},
    [EFFECT_OPEN_UNIT] = {"open_unit", SHAPE_NODE, effect_read_open_unit},
    [EFFECT_CLOSE_UNIT] = {"close_unit", SHAPE_NODE, effect_read_close_unit},
    [EFFECT_APPOINT] = {"appoint", SHAPE_NODE, effect_read_appoint, GOES_TO_LINES},
    [EFFECT_RESTORE] = {"restore", SHAPE_NODE, effect_read_restore, GOES_TO_LINES},
    [EFFECT_EMPTY] = {"empty", SHAPE_NODE, read_empty},
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) == EFFECT_TYPE_COUNT);

/* Loops, which are no effects themselves. */
static const struct key loop_word_keys[] = {{"for_each", SHAPE_NODE, false, 0}, {"because", SHAPE_SCALAR, false, 0}};
static const struct effect_row loops = {"for_each", SHAPE_NODE, read_for_each};

bool load_keys_and_effects(struct loader *loader, const struct yaml_node *node, const struct key *keys, size_t count,
                           void *target, const char *what)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct key));
    g_array_append_vals(all, keys, (guint)count);
    for (size_t i = 0; i < EFFECT_TYPE_COUNT; i++)
        g_array_append_vals(all, &(struct key){rows[i].key, rows[i].shape, false, 0}, 1);
    g_array_append_vals(all, loop_word_keys, G_N_ELEMENTS(loop_word_keys));
    return load_keys(loader, node, (const struct key *)(void *)all->data, all->len, target, what);
}

static bool goes_to_each(const struct effect_row *row, const struct yaml_node *node, const struct loop *loop)
{
    if (row == &rows[EFFECT_RESTORE] && node->type == NODE_SCALAR)
        return false; /* restore: home_posts is all of them at once */
    /* `set` over lines is reported where it is read */
    return row->going == GOES_TO_ALL || row->going == GOES_TO_MATTERS ||
           (row->going == GOES_TO_LINES && !is_over_matters(loop));
}

static const struct effect_row *row_of(const char *key)
{
    for (size_t i = 0; i < EFFECT_TYPE_COUNT; i++)
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    return strcmp(key, loops.key) == 0 ? &loops : NULL;
}

/* Reads the effects of a mapping; with a loop those that can be run for each iteration. */
static void read_all(struct effects *effects, const struct yaml_node *node, const struct loop *loop)
{
    for (size_t i = 0; i < node->count; i++) {
        const struct effect_row *row = row_of(node->keys[i]->text);
        if (row == NULL || node->items[i]->type == NODE_REFUSED)
            continue;
        effects->loop = loop != NULL && goes_to_each(row, node->items[i], loop) ? loop : NULL;
        effects->scope = scope_of_loop(effects->loader, effects->kind, effects->entry, effects->loop);
        if (row->single)
            row->read(effects, node->items[i]);
        else
            for (size_t k = 0; k < yaml_item_count(node->items[i]); k++)
                row->read(effects, yaml_item(node->items[i], k));
        effects->loop = NULL;
        effects->scope = scope_of_entry(effects->loader, effects->kind, effects->entry);
    }
}

/* ---- loops ---- */

static bool has_any(const struct yaml_node *node, const struct loop *loop)
{
    for (size_t i = 0; i < node->count; i++) {
        const struct effect_row *row = row_of(node->keys[i]->text);
        if (row != NULL && goes_to_each(row, node->items[i], loop))
            return true;
    }
    return false;
}

static void check_household(struct effects *effects, const struct yaml_node *place, bool opens, bool changes)
{
    const struct kind *kind = effects->kind;
    if (opens && kind->about != ABOUT_PERSON)
        loader_report(effects->loader, place, NULL, "%s is about no person: only persons have households", kind->name);
    else if ((changes || !opens) && !kind->group_household)
        loader_report(effects->loader, place, NULL, "%s is not grouped by household", kind->name);
}

static void check_loop(struct effects *effects, const struct yaml_node *place, const struct yaml_node *node,
                       const struct loop *loop)
{
    struct loader *loader = effects->loader;
    bool opens = yaml_find(node, "open") != NULL;
    bool changes = yaml_find(node, "set") != NULL || yaml_find(node, "enter") != NULL;
    bool personal = loop->kind != NULL && loop->kind->about == ABOUT_PERSON;
    if (loop->over == LOOP_HOUSEHOLD)
        check_household(effects, place, opens, changes);
    bool touches = is_over_matters(loop) && personal && changes;
    bool household = loop->over == LOOP_HOUSEHOLD && (changes || !opens);
    if ((touches || household) && loop->reason == NULL)
        loader_report(loader, place, NULL, "for_each lacks because: why it is set for the others");
    if (!has_any(node, loop))
        loader_report(loader, place, NULL, "for_each without set, enter or open does nothing");
}

static const struct key loop_keys[] = {
    {"over", SHAPE_SCALAR, true, 0}, {"where", SHAPE_SCALAR, false, 0}, {"because", SHAPE_SCALAR, false, 0}};

/* Keys of a loop, and of the effects that can be run for each iteration. */
static bool load_loop_keys(struct loader *loader, const struct yaml_node *node)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct key));
    g_array_append_vals(all, loop_keys, G_N_ELEMENTS(loop_keys));
    for (size_t i = 0; i < EFFECT_TYPE_COUNT; i++)
        if (rows[i].going != GOES_ONCE)
            g_array_append_vals(all, &(struct key){rows[i].key, rows[i].shape, false, 0}, 1);
    return load_keys(loader, node, (const struct key *)(void *)all->data, all->len, NULL, "for_each");
}

/* A loop with its own effects, or a word, which makes the other keys of the mapping its effects. */
static void read_for_each(struct effects *effects, const struct yaml_node *node)
{
    if (node->type == NODE_SCALAR || !load_loop_keys(effects->loader, node))
        return;
    const struct yaml_node *over = yaml_find(node, "over");
    const struct loop *loop = load_loop(effects->loader, effects->kind, effects->entry, over, yaml_find(node, "where"),
                                        yaml_find(node, "because"));
    bool lost = effects->lost;
    effects->lost = loop == NULL;
    if (loop != NULL)
        check_loop(effects, over, node, loop);
    read_all(effects, node, loop);
    effects->lost = lost;
}

/* `for_each` as a word; NULL there is none. */
static const struct loop *read_word(struct effects *effects, const struct yaml_node *node)
{
    const struct yaml_node *word = yaml_find(node, "for_each"), *because = yaml_find(node, "because");
    bool is_word = word != NULL && word->type == NODE_SCALAR;
    if (because != NULL && !is_word)
        loader_report(effects->loader, yaml_find_key(node, "because"), NULL, "`because` belongs to `for_each`");
    if (!is_word)
        return NULL;
    const struct loop *loop = load_loop(effects->loader, effects->kind, effects->entry, word, NULL, because);
    effects->lost = loop == NULL;
    if (loop != NULL)
        check_loop(effects, word, node, loop);
    return loop;
}

void load_effects(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                  const struct yaml_node *node, struct effect **out, size_t *out_count)
{
    struct effects effects = {
        .loader = loader, .kind = kind, .entry = entry, .scope = scope_of_entry(loader, kind, entry)};
    effects.found = g_array_new(FALSE, TRUE, sizeof(struct effect));
    const struct loop *loop = read_word(&effects, node);
    read_all(&effects, node, loop);
    *out = storage_take_array(loader->storage, effects.found, out_count);
}
