/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * split_unit: a unit becomes several new ones beside it, and is closed unless it is kept. Nothing is guessed: what no
 * part lists, and what does not follow from something listed, goes into the part with `rest`, stays with a unit that is
 * kept, or is refused, listed one by one.
 */
#include "registry/decide.h"

#include <string.h>

enum thing { THING_UNIT, THING_HOUSEHOLD, THING_POST, THING_MATTER, THING_COUNT };

/* Members of a part, by the kind of thing that they list. */
static const char *const thing_members[THING_COUNT] = {"units", "households", "posts", "matters"};

#define NOWHERE (-1)

struct split_part {
    struct new_unit unit;
    int64_t id;
    GArray *things[THING_COUNT]; /* of int64_t: ids */
};

struct split {
    struct decision *decision;
    struct unit from;
    GArray *parts;                   /* of struct split_part */
    GArray *there[THING_COUNT];      /* of int64_t: ids of the unit's own */
    GArray *matters;                 /* of struct registry_matter */
    GHashTable *placed[THING_COUNT]; /* int64_t → number of the part */
    int rest;                        /* index of the part with `rest`, NOWHERE none */
    bool keep;
    struct problem *problem;
};

static void clear_part(gpointer part)
{
    for (int i = 0; i < THING_COUNT; i++)
        g_clear_pointer(&((struct split_part *)part)->things[i], g_array_unref);
}

static void split_clear(struct split *split)
{
    g_clear_pointer(&split->parts, g_array_unref);
    g_clear_pointer(&split->matters, g_array_unref);
    g_clear_pointer(&split->problem, problem_free);
    for (int i = 0; i < THING_COUNT; i++) {
        g_clear_pointer(&split->there[i], g_array_unref);
        g_clear_pointer(&split->placed[i], g_hash_table_unref);
    }
}
AUTO_CLEAR(split)

static struct split_part *part_at(const struct split *split, int number)
{
    return &g_array_index(split->parts, struct split_part, number);
}

/* ---- what there is ---- */

static GArray *households_in(struct decision *decision, int64_t unit)
{
    return cursor_integers(db_query(
        decision->rows, "SELECT DISTINCT household FROM residency WHERE unit = ?1 AND to_us > ?2 ORDER BY household",
        "ii", unit, decision->now_us));
}

static void look(struct split *split)
{
    const struct registry_matters *matters = split->decision->areas->hooks.matters;
    struct decision *decision = split->decision;
    for (int i = 0; i < THING_COUNT; i++)
        split->placed[i] = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    split->there[THING_UNIT] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) children = registry_children(decision->rows, split->from.id, 0, INT32_MAX);
    for (guint i = 0; i < children->len; i++)
        g_array_append_val(split->there[THING_UNIT], g_array_index(children, struct unit, i).id);
    split->there[THING_HOUSEHOLD] = households_in(decision, split->from.id);
    split->there[THING_POST] = reorganise_posts_of(decision, split->from.id);
    split->there[THING_MATTER] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    split->matters = matters != NULL ? matters->open_in(decision->rows, split->from.id)
                                     : g_array_new(FALSE, FALSE, sizeof(struct registry_matter));
    for (guint i = 0; i < split->matters->len; i++)
        g_array_append_val(split->there[THING_MATTER], g_array_index(split->matters, struct registry_matter, i).id);
}

static bool is_there(const struct split *split, enum thing thing, int64_t id)
{
    for (guint i = 0; i < split->there[thing]->len; i++)
        if (g_array_index(split->there[thing], int64_t, i) == id)
            return true;
    return false;
}

static int place_of(const struct split *split, enum thing thing, int64_t id)
{
    gpointer number;
    return g_hash_table_lookup_extended(split->placed[thing], &id, NULL, &number) ? GPOINTER_TO_INT(number) : NOWHERE;
}

static void place(struct split *split, enum thing thing, int64_t id, int number)
{
    g_hash_table_insert(split->placed[thing], g_memdup2(&id, sizeof id), GINT_TO_POINTER(number));
    g_array_append_val(part_at(split, number)->things[thing], id);
}

/* ---- what the parts name ---- */

static int64_t matter_by_text(const struct split *split, const char *text)
{
    struct uuid uuid;
    for (guint i = 0; uuid_parse(text, &uuid) && i < split->matters->len; i++) {
        const struct registry_matter *matter = &g_array_index(split->matters, struct registry_matter, i);
        if (memcmp(&matter->uuid, &uuid, sizeof uuid) == 0)
            return matter->id;
    }
    return 0;
}

static int64_t find_thing(struct split *split, enum thing thing, const char *text, const char *field)
{
    gint64 number = 0;
    int64_t id = 0;
    if (thing == THING_UNIT)
        problem_append(&split->problem, decide_find_unit(split->decision, text, field, &id));
    else if (thing == THING_MATTER)
        id = matter_by_text(split, text);
    else if (g_ascii_string_to_signed(text, 10, 1, INT64_MAX, &number, NULL))
        id = number;
    if (id != 0 && is_there(split, thing, id))
        return id;
    if (split->problem == NULL)
        split->problem = problem_new(PROBLEM_NOT_IN_UNIT, field, NULL);
    return 0;
}

/* Only a post may be named in several parts. */
static void name_thing(struct split *split, enum thing thing, const json_t *given, const char *field, int number)
{
    if (!json_is_string(given)) {
        problem_append(&split->problem, problem_new(PROBLEM_WRONG_TYPE, field, "text", NULL));
        return;
    }
    int64_t id = find_thing(split, thing, json_string_value(given), field);
    if (id == 0)
        return;
    int before = place_of(split, thing, id);
    if (before == number || (before != NOWHERE && thing != THING_POST))
        problem_append(&split->problem, problem_new(PROBLEM_PLACED_TWICE, field, NULL));
    else
        place(split, thing, id, number);
}

static void name_things(struct split *split, const json_t *given, const char *prefix, int number)
{
    for (int thing = 0; thing < THING_COUNT; thing++) {
        const json_t *list = json_object_get(given, thing_members[thing]);
        g_autofree char *member = g_strdup_printf("%s.%s", prefix, thing_members[thing]);
        if (list == NULL)
            continue;
        if (!json_is_array(list))
            problem_append(&split->problem, problem_new(PROBLEM_WRONG_TYPE, member, "array", NULL));
        else if (json_array_size(list) > REGISTRY_PLACED)
            problem_append(&split->problem,
                           problem_new(PROBLEM_TOO_MANY_ITEMS, member, G_STRINGIFY(REGISTRY_PLACED), NULL));
        for (size_t i = 0; split->problem == NULL && i < json_array_size(list); i++) {
            g_autofree char *field = g_strdup_printf("%s[%zu]", member, i);
            name_thing(split, (enum thing)thing, json_array_get(list, i), field, number);
        }
    }
}

/* ---- the parts ---- */

static void add_part(struct split *split, const json_t *given)
{
    struct split_part part = {.unit = {.parent = split->from.parent,
                                       .code = json_get_text(given, "code", NULL),
                                       .name = json_get_text(given, "name", ""),
                                       .from_us = split->decision->now_us}};
    for (int i = 0; i < THING_COUNT; i++)
        part.things[i] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(split->parts, part);
}

static struct problem *check_members(const json_t *given)
{
    static const char *const members[] = {"name", "code", "units", "households", "posts", "matters", "rest", NULL};
    static const char *const texts[] = {"name", "code", NULL};
    if (!json_is_object(given))
        return problem_new(PROBLEM_WRONG_TYPE, NULL, "object", NULL);
    struct problem *problem = decide_unknown_members(given, members);
    for (const char *const *name = texts; *name != NULL; name++)
        if (json_object_get(given, *name) != NULL && !json_is_string(json_object_get(given, *name)))
            problem_append(&problem, problem_new(PROBLEM_WRONG_TYPE, *name, "text", NULL));
    const json_t *rest = json_object_get(given, "rest");
    if (rest != NULL && !json_is_boolean(rest))
        problem_append(&problem, problem_new(PROBLEM_WRONG_TYPE, "rest", "bool", NULL));
    if (json_object_get(given, "name") == NULL)
        problem_append(&problem, problem_new(PROBLEM_MISSING_FIELD, "name", NULL));
    return problem;
}

static bool read_part(struct split *split, const json_t *given, int number)
{
    g_autofree char *prefix = g_strdup_printf("into[%d]", number);
    struct problem *problem = check_members(given);
    if (problem == NULL) {
        add_part(split, given);
        problem = decide_check_new_unit(split->decision, split->from.type, &part_at(split, number)->unit);
    }
    if (problem == NULL && json_get_bool(given, "rest", false)) {
        if (split->rest != NOWHERE || split->keep)
            problem = problem_new(PROBLEM_PLACED_TWICE, "rest", NULL);
        split->rest = number;
    }
    if (problem != NULL) {
        problem_prefix(problem, prefix);
        return decision_refuse_with(split->decision, problem);
    }
    name_things(split, given, prefix, number);
    return split->problem == NULL || decision_refuse_with(split->decision, g_steal_pointer(&split->problem));
}

/* ---- what follows, and what is left ---- */

/* Follows the household, the residency of the person, or the parent matter. */
static int place_by_subject(struct split *split, const struct registry_matter *matter)
{
    struct residency home;
    int number = matter->household != 0 ? place_of(split, THING_HOUSEHOLD, matter->household) : NOWHERE;
    if (number == NOWHERE && matter->subject != 0 &&
        registry_residency(split->decision->rows, matter->subject, split->decision->now_us, &home) &&
        home.unit == split->from.id)
        number = place_of(split, THING_HOUSEHOLD, home.household);
    if (number == NOWHERE && matter->parent != 0)
        number = place_of(split, THING_MATTER, matter->parent);
    return number;
}

static void place_what_follows(struct split *split)
{
    bool more = true; /* a child may come before its parent */
    while (more) {
        more = false;
        for (guint i = 0; i < split->matters->len; i++) {
            const struct registry_matter *matter = &g_array_index(split->matters, struct registry_matter, i);
            int number =
                place_of(split, THING_MATTER, matter->id) == NOWHERE ? place_by_subject(split, matter) : NOWHERE;
            if (number == NOWHERE)
                continue;
            place(split, THING_MATTER, matter->id, number);
            more = true;
        }
    }
}

static char *text_of(const struct split *split, enum thing thing, guint index)
{
    char text[UUID_TEXT_LENGTH + 1];
    struct unit unit;
    int64_t id = g_array_index(split->there[thing], int64_t, index);
    if (thing == THING_UNIT && registry_unit(split->decision->rows, id, &unit))
        return g_strdup(unit.code);
    if (thing != THING_MATTER)
        return g_strdup_printf("%" G_GINT64_FORMAT, id);
    uuid_format(&g_array_index(split->matters, struct registry_matter, index).uuid, text);
    return g_strdup(text);
}

static bool place_the_rest(struct split *split)
{
    int listed = 0;
    for (int thing = 0; thing < THING_COUNT; thing++)
        for (guint i = 0; i < split->there[thing]->len && listed < REGISTRY_UNPLACED_LISTED; i++) {
            int64_t id = g_array_index(split->there[thing], int64_t, i);
            if (split->keep || place_of(split, (enum thing)thing, id) != NOWHERE)
                continue;
            if (split->rest != NOWHERE) {
                place(split, (enum thing)thing, id, split->rest);
                continue;
            }
            g_autofree char *text = text_of(split, (enum thing)thing, i);
            problem_append(&split->problem, problem_new(PROBLEM_NOT_PLACED, "into", thing_members[thing], text, NULL));
            listed++;
        }
    return split->problem == NULL || decision_refuse_with(split->decision, g_steal_pointer(&split->problem));
}

/* ---- done ---- */

static void move_posts(struct split *split)
{
    for (guint i = 0; i < split->there[THING_POST]->len; i++) {
        int64_t post = g_array_index(split->there[THING_POST], int64_t, i);
        g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(int64_t));
        for (guint k = 0; k < split->parts->len; k++) {
            const GArray *posts = part_at(split, (int)k)->things[THING_POST];
            for (guint n = 0; n < posts->len; n++)
                if (g_array_index(posts, int64_t, n) == post)
                    g_array_append_val(to, part_at(split, (int)k)->id);
        }
        if (to->len > 0)
            reorganise_move_post(split->decision, post, split->from.id, to);
    }
}

/* Whether references to the old unit go to the part: that with `rest`, else the first, where the unit is not kept. */
static bool takes_the_name(const struct split *split, int number)
{
    return split->rest != NOWHERE ? number == split->rest : !split->keep && number == 0;
}

static bool fill(struct split *split, int number)
{
    const struct registry_matters *matters = split->decision->areas->hooks.matters;
    struct decision *decision = split->decision;
    struct split_part *part = part_at(split, number);
    for (guint i = 0; i < part->things[THING_UNIT]->len; i++)
        if (!reorganise_move_child(decision, g_array_index(part->things[THING_UNIT], int64_t, i), part->id))
            return false;
    if (part->things[THING_HOUSEHOLD]->len > 0)
        reorganise_move_residents(decision, split->from.id, part->id, part->things[THING_HOUSEHOLD]);
    if (matters != NULL)
        matters->move(decision, split->from.id, part->id, part->things[THING_MATTER], takes_the_name(split, number));
    return true;
}

static bool carry_out(struct split *split)
{
    g_autoptr(GArray) made = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < split->parts->len; i++) {
        struct split_part *part = part_at(split, (int)i);
        part->id = decide_emit_unit(split->decision, &part->unit);
        g_array_append_val(made, part->id);
    }
    if (!split->keep)
        reorganise_withdraw_handovers(split->decision, split->from.id);
    for (guint i = 0; i < split->parts->len; i++)
        if (!fill(split, (int)i))
            return false;
    move_posts(split);
    reorganise_emit(split->decision, split->from.id, made);
    return split->keep || decide_emit_close(split->decision, split->from.id, split->decision->now_us);
}

static bool read_keep(struct split *split)
{
    const json_t *keep = json_object_get(split->decision->command->body, "keep");
    split->keep = json_is_true(keep);
    return keep == NULL || json_is_boolean(keep) ||
           decision_refuse(split->decision, PROBLEM_WRONG_TYPE, "keep", "bool");
}

bool decide_split_unit(struct decision *decision)
{
    AUTO(split)
    struct split split = {
        .decision = decision, .parts = g_array_new(FALSE, FALSE, sizeof(struct split_part)), .rest = NOWHERE};
    const json_t *into;
    int64_t id;
    g_array_set_clear_func(split.parts, clear_part);
    if (!decide_playbook(decision) || !decision_unit(decision, "unit", &id) ||
        !registry_unit(decision->rows, id, &split.from) || !decision_array(decision, "into", REGISTRY_PARTS, &into) ||
        !read_keep(&split))
        return false;
    if (json_array_size(into) == 0)
        return decision_refuse(decision, PROBLEM_TEXT_EMPTY, "into");
    if (split.from.parent == 0)
        return decision_refuse(decision, PROBLEM_WITHIN_ITSELF, "unit");
    if (split.from.from_us >= decision->now_us)
        return decision_refuse(decision, PROBLEM_BEFORE_START, "unit");
    if (!decide_right(decision, RIGHT_REGISTRY, split.from.parent) || !decide_version(decision, split.from.version))
        return false;
    look(&split);
    for (size_t i = 0; i < json_array_size(into); i++)
        if (!read_part(&split, json_array_get(into, i), (int)i))
            return false;
    place_what_follows(&split);
    return place_the_rest(&split) && carry_out(&split);
}
