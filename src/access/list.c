/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list walks the units that a viewer covers (they are few and their subtrees are made disjoint), then the matters in
 * which the viewer takes part. Every row passes access_may_see(), so the walk decides only the order and the cost.
 * All pages of a list are walked in the tree as it was when the list began: a unit that moves meanwhile, between
 * grounds or out of them, is where it was, and its matters are met once. (Unless the move is dated back to before the
 * newest change that the list began with: then the tree of that time is another one.)
 * Of a ground only the kinds are walked that a post of the viewer sees; what they take part in there comes with what
 * they take part in elsewhere. Where kind, state or open leave some matters out, the walk leaps: from each unit of the
 * ground to the next one that has such a matter, by the index matter_class. So what it costs goes with what it finds.
 */
#include "access/access.h"

#include "base/limits.h"
#include "playbook/model/rulebook.h"

#include <jansson.h>
#include <string.h>

#define TAKING_PART INT64_MAX /* cursor.ground of the second walk: behind all grounds */

struct walk {
    struct db *rows;
    struct rulebook *rulebook;
    const struct viewer *viewer;
    const struct matter_filter *filter;
    int64_t tree_us;           /* of the tree that is walked */
    json_t *kinds;             /* that a post of the viewer sees */
    char *classes;             /* JSON array of [kind, state, open] that the filter passes; NULL: every one there is */
    GArray *grounds;           /* ascending, their subtrees disjoint */
    GArray *found;             /* of struct seen_matter, at most one more than asked for */
    int looked_at;             /* rows */
    struct matter_cursor last; /* of them */
};

static int looked_at_most(const struct walk *walk)
{
    return walk->filter->text != NULL ? LIMIT_TEXT_LOOKED_AT : LIMIT_LIST_LOOKED_AT;
}

static bool is_full(const struct walk *walk)
{
    return walk->found->len > (guint)walk->filter->most || walk->looked_at >= looked_at_most(walk);
}

static bool passes(const struct matter_filter *filter, const struct matter *matter)
{
    return (filter->kind == NULL || strcmp(filter->kind, matter->kind) == 0) &&
           (filter->state == NULL || strcmp(filter->state, matter->state) == 0) &&
           (filter->open < 0 || (filter->open == 1) == (matter->closed_us == 0)) &&
           matter->opened_us >= filter->opened_from_us &&
           (filter->opened_to_us == 0 || matter->opened_us < filter->opened_to_us);
}

/* As it is written in JSON, so that most forms need not be taken apart. */
static bool may_hold_text(const struct walk *walk, int64_t matter)
{
    int64_t one;
    for (const char *p = walk->filter->text; *p != '\0'; p++)
        if ((guchar)*p < ' ' || strchr("\"\\/\x7f", *p) != NULL)
            return true;
    return db_integer(walk->rows, &one, "SELECT instr(clear, ?2) FROM matter_form WHERE matter = ?1 AND clear NOTNULL",
                      "is", matter, walk->filter->text) &&
           one > 0;
}

/* Sealed fields are not searched, nor those that the viewer is not shown. Names are found by the vault's index, see
 * POST /persons/search. */
static bool holds_text(const struct walk *walk, const struct matter *matter)
{
    bool found = walk->filter->text == NULL;
    if (found || !may_hold_text(walk, matter->id))
        return found;
    AUTO(cursor)
    struct cursor fields = db_query(walk->rows,
                                    "SELECT j.key FROM matter_form f JOIN json_each(f.clear) j "
                                    "WHERE f.matter = ?1 AND f.clear IS NOT NULL"
                                    " AND j.type = 'text' AND instr(j.value, ?2) > 0",
                                    "is", matter->id, walk->filter->text);
    while (!found && cursor_next(&fields))
        found = access_shows_named(walk->rows, walk->rulebook, walk->viewer, matter, cursor_text(&fields, 0));
    return found;
}

static bool holds_value(const struct walk *walk, const struct matter *matter)
{
    const struct matter_filter *filter = walk->filter;
    int64_t one;
    return filter->field == NULL ||
           (db_integer(
                walk->rows, &one,
                "SELECT 1 FROM matter_form f JOIN json_each(f.clear) j WHERE f.matter = ?1 AND f.clear IS NOT NULL"
                " AND j.key = ?2 AND CASE j.type WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each(j.value) c"
                " WHERE c.atom = ?3) ELSE CAST(j.atom AS TEXT) = ?3 END",
                "iss", matter->id, filter->field, filter->value) &&
            access_shows_named(walk->rows, walk->rulebook, walk->viewer, matter, filter->field));
}

static void take(struct walk *walk, const struct matter *matter, struct matter_cursor cursor)
{
    struct seen_matter seen = {*matter, cursor};
    if (passes(walk->filter, matter) && holds_text(walk, matter) && holds_value(walk, matter) &&
        access_may_see(walk->rows, walk->rulebook, walk->viewer, matter))
        g_array_append_val(walk->found, seen);
}

static void look_at(struct walk *walk, struct matter_cursor cursor)
{
    walk->looked_at++;
    walk->last = cursor;
}

static bool is_under(const struct walk *walk, int64_t unit)
{
    return walk->filter->under == 0 || access_covers(walk->rows, walk->filter->under, unit, walk->tree_us);
}

/* ---- kinds and classes ---- */

static bool sees_kind(const struct walk *walk, const char *kind)
{
    return json_object_get(walk->kinds, kind) != NULL;
}

/* By any post, in any version: access_may_see() decides of each matter. */
static json_t *kinds_seen(struct rulebook *rulebook, const struct viewer *viewer)
{
    json_t *kinds = json_object();
    for (const struct playbook *playbook = rulebook_current(rulebook); playbook != NULL;
         playbook = rulebook_before(rulebook, playbook->id))
        for (size_t i = 0; i < playbook->kind_count; i++) {
            const struct kind *kind = &playbook->kinds[i];
            for (guint j = 0; !kind->participants_only && j < viewer->posts->len; j++)
                if (json_object_get(kinds, kind->name) == NULL &&
                    access_role_sees(playbook, kind, g_array_index(viewer->posts, struct post, j).role))
                    json_object_set_new(kinds, kind->name, json_true());
        }
    return kinds;
}

static void add_class(const struct walk *walk, json_t *classes, const char *kind, const char *state, bool *all)
{
    const struct matter_filter *filter = walk->filter;
    if (sees_kind(walk, kind) && (filter->kind == NULL || strcmp(filter->kind, kind) == 0) &&
        (filter->state == NULL || strcmp(filter->state, state) == 0)) {
        for (int open = 0; open <= 1; open++)
            if (filter->open < 0 || filter->open == open)
                json_array_append_new(classes, json_pack("[s, s, i]", kind, state, open));
        *all = *all && filter->open < 0;
    } else {
        *all = false;
    }
}

/* Of those that there are, found by leaping through the index. */
static char *classes_of(const struct walk *walk)
{
    bool all = true;
    g_autoptr(json_t) classes = json_array();
    AUTO(cursor)
    struct cursor found = db_query(
        walk->rows,
        "WITH RECURSIVE class (kind, state) AS (SELECT * FROM (SELECT kind, state FROM matter INDEXED BY matter_class"
        " WHERE kind <> '' ORDER BY kind, state LIMIT 1) UNION ALL"
        " SELECT m.kind, m.state FROM class c JOIN matter m ON m.id = coalesce("
        "(SELECT n.id FROM matter n INDEXED BY matter_class WHERE n.kind = c.kind AND n.kind <> ''"
        " AND n.state > c.state ORDER BY n.state LIMIT 1),"
        " (SELECT n.id FROM matter n INDEXED BY matter_class WHERE n.kind > c.kind AND n.kind <> ''"
        " ORDER BY n.kind, n.state LIMIT 1))) SELECT kind, state FROM class",
        "");
    while (cursor_next(&found))
        add_class(walk, classes, cursor_text(&found, 0), cursor_text(&found, 1), &all);
    return all ? NULL : json_dumps(classes, JSON_COMPACT);
}

/* ---- grounds ---- */

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Whether a ground lies within another of the list, or stands in it before. */
static bool is_within_another(struct db *rows, const GArray *grounds, guint index, int64_t at_us)
{
    int64_t ground = g_array_index(grounds, int64_t, index);
    for (guint i = 0; i < grounds->len; i++) {
        int64_t other = g_array_index(grounds, int64_t, i);
        if (other == ground ? i < index : registry_covers(rows, other, ground, at_us))
            return true;
    }
    return false;
}

/* The part of a ground that the filter's `under` leaves; 0 none. */
static int64_t narrowed(struct db *rows, int64_t ground, int64_t under, int64_t at_us)
{
    if (under == 0 || registry_covers(rows, under, ground, at_us))
        return ground;
    return access_covers(rows, ground, under, at_us) ? under : 0;
}

/* Places to walk: ascending, their subtrees disjoint. */
static GArray *disjoint_grounds(const struct walk *walk)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < walk->viewer->posts->len; i++) {
        const struct post *post = &g_array_index(walk->viewer->posts, struct post, i);
        g_autoptr(GArray) grounds = registry_grounds(walk->rows, post->id, walk->viewer->at_us);
        for (guint j = 0; j < grounds->len; j++) {
            int64_t ground =
                narrowed(walk->rows, g_array_index(grounds, int64_t, j), walk->filter->under, walk->tree_us);
            if (ground != 0)
                g_array_append_val(all, ground);
        }
    }
    GArray *disjoint = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < all->len; i++)
        if (!is_within_another(walk->rows, all, i, walk->tree_us))
            g_array_append_val(disjoint, g_array_index(all, int64_t, i));
    g_array_sort(disjoint, compare_ids);
    return disjoint;
}

/* A closed unit may have stood in two of them, one of which has left the other since. */
static bool was_walked(const struct walk *walk, int64_t ground, int64_t unit)
{
    for (guint i = 0; i < walk->grounds->len; i++) {
        int64_t before = g_array_index(walk->grounds, int64_t, i);
        if (before == ground)
            return false;
        if (access_covers(walk->rows, before, unit, walk->tree_us))
            return true;
    }
    return false;
}

/* Of the tree that is walked: units that are here now, and those that were when they closed. */
#define COVERS(tree)                                                                                                   \
    "c.from_us <= " tree " AND (c.to_us > " tree " OR c.to_us = (SELECT u.to_us FROM unit u WHERE u.id = c.unit))"
/* What stands in the row of a matter narrows the walk itself; texts and who may see it are looked at row by row. */
#define PASSES                                                                                                         \
    "(?5 IS NULL OR m.kind = ?5) AND (?6 IS NULL OR m.state = ?6) AND (?7 < 0 OR (m.closed_us = 0) = ?7)"              \
    " AND m.opened_us >= ?8 AND m.opened_us < ?9"

static int64_t opened_before_us(const struct walk *walk)
{
    return walk->filter->opened_to_us != 0 ? walk->filter->opened_to_us : INT64_MAX;
}

/* Rows of matter, unit, whether the unit is there now. */
static void look_at_all(struct walk *walk, int64_t ground, struct cursor *found)
{
    while (!is_full(walk) && cursor_next(found)) {
        struct matter matter;
        int64_t id = cursor_integer(found, 0), unit = cursor_integer(found, 1);
        struct matter_cursor cursor = {ground, unit, id};
        look_at(walk, cursor);
        if ((cursor_integer(found, 2) != 0 || !was_walked(walk, ground, unit)) && matter_get(walk->rows, id, &matter) &&
            sees_kind(walk, matter.kind))
            take(walk, &matter, cursor);
    }
}

static void walk_units(struct walk *walk, int64_t ground, int64_t after_unit, int64_t after_matter, int64_t last_unit)
{
    AUTO(cursor)
    struct cursor found =
        db_query(walk->rows,
                 "SELECT m.id, m.unit, c.to_us > ?4 FROM cover c CROSS JOIN matter m ON m.unit = c.unit"
                 " WHERE c.ancestor = ?1 AND c.unit >= ?2 AND c.unit <= ?10 AND (c.unit > ?2 OR m.id > ?3)"
                 " AND " COVERS("?4") " AND " PASSES " ORDER BY c.unit, m.id",
                 "iiiissiiii", ground, after_unit, after_matter, walk->tree_us, walk->filter->kind, walk->filter->state,
                 (int64_t)walk->filter->open, walk->filter->opened_from_us, opened_before_us(walk), last_unit);
    look_at_all(walk, ground, &found);
}

/* The first unit from there on that has a matter of the classes; 0 none. */
static int64_t unit_with_class(const struct walk *walk, int64_t from_unit)
{
    int64_t unit = 0;
    db_integer(walk->rows, &unit,
               "SELECT coalesce(min((SELECT m.unit FROM matter m INDEXED BY matter_class WHERE m.kind = j.value ->> 0"
               " AND m.kind <> '' AND m.state = j.value ->> 1 AND (m.closed_us = 0) = j.value ->> 2 AND m.unit >= ?2"
               " ORDER BY m.unit LIMIT 1)), 0) FROM json_each(?1) j",
               "si", walk->classes, from_unit);
    return unit;
}

static int64_t unit_in_ground(const struct walk *walk, int64_t ground, int64_t from_unit)
{
    int64_t unit = 0;
    db_integer(walk->rows, &unit,
               "SELECT c.unit FROM cover c WHERE c.ancestor = ?1 AND c.unit >= ?2 AND " COVERS(
                   "?3") " ORDER BY c.unit LIMIT 1",
               "iii", ground, from_unit, walk->tree_us);
    return unit;
}

static void leap_through(struct walk *walk, int64_t ground, int64_t after_unit, int64_t after_matter)
{
    int64_t unit = after_unit;
    while (!is_full(walk) && (unit = unit_in_ground(walk, ground, unit)) != 0) {
        int64_t next = unit_with_class(walk, unit);
        if (next == 0)
            break;
        if (next > unit)
            look_at(walk, (struct matter_cursor){ground, next, 0});
        else
            walk_units(walk, ground, unit, unit == after_unit ? after_matter : 0, unit);
        unit = MAX(next, unit + (next == unit));
    }
}

/* Few were opened in that time: they, wherever they are. */
static void walk_opened(struct walk *walk, int64_t ground, int64_t after_unit, int64_t after_matter)
{
    AUTO(cursor)
    struct cursor found =
        db_query(walk->rows,
                 "SELECT m.id, m.unit, c.to_us > ?4 FROM matter m INDEXED BY matter_opened CROSS JOIN cover c"
                 " ON c.ancestor = ?1 AND c.unit = m.unit WHERE (m.unit, m.id) > (?2, ?3)"
                 " AND " COVERS("?4") " AND " PASSES " ORDER BY m.unit, m.id",
                 "iiiissiii", ground, after_unit, after_matter, walk->tree_us, walk->filter->kind, walk->filter->state,
                 (int64_t)walk->filter->open, walk->filter->opened_from_us, opened_before_us(walk));
    look_at_all(walk, ground, &found);
}

static bool few_were_opened(const struct walk *walk)
{
    int64_t count = 0;
    if (walk->filter->opened_from_us == 0 && walk->filter->opened_to_us == 0)
        return false;
    db_integer(walk->rows, &count,
               "SELECT count(*) FROM (SELECT 1 FROM matter INDEXED BY matter_opened WHERE opened_us >= ?1"
               " AND opened_us < ?2 LIMIT ?3)",
               "iii", walk->filter->opened_from_us, opened_before_us(walk), (int64_t)LIMIT_LIST_LOOKED_AT);
    return count < LIMIT_LIST_LOOKED_AT;
}

static void walk_grounds(struct walk *walk, const struct matter_cursor *after)
{
    bool few = few_were_opened(walk);
    for (guint i = 0; i < walk->grounds->len && !is_full(walk); i++) {
        int64_t ground = g_array_index(walk->grounds, int64_t, i);
        bool begun = ground == after->ground;
        if (ground < after->ground)
            continue;
        if (few)
            walk_opened(walk, ground, begun ? after->unit : 0, begun ? after->matter : 0);
        else if (walk->classes != NULL)
            leap_through(walk, ground, begun ? after->unit : 0, begun ? after->matter : 0);
        else
            walk_units(walk, ground, begun ? after->unit : 0, begun ? after->matter : 0, INT64_MAX);
    }
}

/* ---- taking part ---- */

static bool lies_in_grounds(const struct walk *walk, int64_t unit)
{
    for (guint i = 0; i < walk->grounds->len; i++)
        if (access_covers(walk->rows, g_array_index(walk->grounds, int64_t, i), unit, walk->tree_us))
            return true;
    return false;
}

/* Matters elsewhere, or of kinds that no post sees, of which the viewer is the subject, in which the viewer has acted
 * or has to answer, or which are offered to the viewer. */
static void walk_taking_part(struct walk *walk, int64_t after)
{
    AUTO(cursor)
    struct cursor found =
        db_query(walk->rows,
                 "SELECT matter FROM party WHERE person = ?1 AND matter > ?2"
                 " UNION SELECT id FROM matter WHERE subject = ?1 AND subject <> 0 AND id > ?2"
                 " UNION SELECT e.matter FROM post p JOIN expectation e ON e.post = p.id"
                 "   WHERE p.person = ?1 AND p.to_us > ?3 AND e.matter > ?2"
                 " UNION SELECT h.matter FROM post_ground g JOIN cover c ON c.ancestor = g.unit"
                 "   JOIN matter_handover h ON h.to_unit = c.unit AND h.pending = 1"
                 "   WHERE g.person = ?1 AND g.to_us > ?3 AND c.to_us > ?3 AND h.matter > ?2"
                 " UNION SELECT matter FROM participant WHERE who = -?1 AND left_us IS NULL AND matter > ?2"
                 " UNION SELECT t.matter FROM post_ground g JOIN cover c ON c.ancestor = g.unit"
                 "   JOIN participant t ON t.who = c.unit AND t.left_us IS NULL"
                 "   WHERE g.person = ?1 AND g.to_us > ?3 AND c.to_us > ?3 AND t.matter > ?2"
                 " ORDER BY 1",
                 "iii", walk->viewer->person, after, walk->viewer->at_us);
    while (!is_full(walk) && cursor_next(&found)) {
        struct matter matter;
        struct matter_cursor cursor = {TAKING_PART, 0, cursor_integer(&found, 0)};
        look_at(walk, cursor);
        if (matter_get(walk->rows, cursor.matter, &matter) && is_under(walk, matter.unit) &&
            !(sees_kind(walk, matter.kind) && lies_in_grounds(walk, matter.unit)))
            take(walk, &matter, cursor);
    }
}

static void walk_subject(struct walk *walk)
{
    AUTO(cursor)
    struct cursor found = db_query(
        walk->rows,
        "WITH RECURSIVE same (id) AS (SELECT ?1 UNION SELECT other FROM person_same JOIN same ON kept = same.id) "
        "SELECT id FROM matter WHERE subject IN (SELECT id FROM same) AND subject <> 0 AND id > ?2 ORDER BY id",
        "ii", registry_person_kept(walk->rows, walk->filter->subject), walk->filter->after.matter);
    while (!is_full(walk) && cursor_next(&found)) {
        struct matter matter;
        struct matter_cursor cursor = {0, 0, cursor_integer(&found, 0)};
        look_at(walk, cursor);
        if (matter_get(walk->rows, cursor.matter, &matter) && is_under(walk, matter.unit))
            take(walk, &matter, cursor);
    }
}

/* What follows the last row of the page; of a page that looking ended, the last row looked at. */
static bool cut_page(struct walk *walk, struct matter_cursor *out_next)
{
    guint most = (guint)walk->filter->most;
    if (walk->found->len > most) {
        g_array_set_size(walk->found, most);
        *out_next = g_array_index(walk->found, struct seen_matter, most - 1).cursor;
        return true;
    }
    *out_next = walk->last;
    return walk->looked_at >= looked_at_most(walk);
}

GArray *access_matters(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                       const struct matter_filter *filter, bool *out_more, struct matter_cursor *out_next)
{
    g_assert(filter->most > 0);
    GArray *found = g_array_new(FALSE, TRUE, sizeof(struct seen_matter));
    struct walk walk = {.rows = rows,
                        .rulebook = rulebook,
                        .viewer = viewer,
                        .filter = filter,
                        .tree_us = filter->tree_us != 0 ? filter->tree_us : viewer->at_us,
                        .found = found};
    g_autoptr(GArray) grounds = disjoint_grounds(&walk);
    g_autoptr(json_t) kinds = kinds_seen(rulebook, viewer);
    walk.grounds = grounds;
    walk.kinds = kinds;
    if (filter->subject != 0) {
        walk_subject(&walk);
    } else {
        walk.classes = classes_of(&walk);
        walk_grounds(&walk, &filter->after);
        if (!is_full(&walk))
            walk_taking_part(&walk, filter->after.ground == TAKING_PART ? filter->after.matter : 0);
    }
    *out_more = cut_page(&walk, out_next);
    free(walk.classes); /* jansson's allocation */
    return found;
}
