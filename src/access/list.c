/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list walks the units that a viewer covers (they are few and their subtrees are made disjoint), then the matters in
 * which the viewer takes part. Every row passes access_may_see(), so the walk decides only the order and the cost.
 * All pages of a list are walked in the tree as it was when the list began: a unit that moves meanwhile, between
 * grounds or out of them, is where it was, and its matters are met once. (Unless the move is dated back to before the
 * newest change that the list began with: then the tree of that time is another one.)
 */
#include "access/access.h"

#include "base/limits.h"

#include <string.h>

#define TAKING_PART INT64_MAX /* cursor.ground of the second walk: behind all grounds */

struct walk {
    struct db *rows;
    struct rulebook *rulebook;
    const struct viewer *viewer;
    const struct matter_filter *filter;
    int64_t tree_us;           /* of the tree that is walked */
    GArray *grounds;           /* ascending, their subtrees disjoint */
    GArray *found;             /* of struct seen_matter, at most one more than asked for */
    int looked_at;             /* rows */
    struct matter_cursor last; /* of them */
};

static bool is_full(const struct walk *walk)
{
    return walk->found->len > (guint)walk->filter->most || walk->looked_at == LIMIT_LIST_LOOKED_AT;
}

static bool passes(const struct matter_filter *filter, const struct matter *matter)
{
    return (filter->kind == NULL || strcmp(filter->kind, matter->kind) == 0) &&
           (filter->state == NULL || strcmp(filter->state, matter->state) == 0) &&
           (filter->open < 0 || (filter->open == 1) == (matter->closed_us == 0)) &&
           matter->opened_us >= filter->opened_from_us &&
           (filter->opened_to_us == 0 || matter->opened_us < filter->opened_to_us);
}

/* Sealed fields are not searched, nor those that the viewer is not shown. Names are found by the vault's index, see
 * POST /persons/search. */
static bool holds_text(const struct walk *walk, const struct matter *matter)
{
    bool found = walk->filter->text == NULL;
    if (found)
        return true;
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

static void take(struct walk *walk, const struct matter *matter, struct matter_cursor cursor)
{
    struct seen_matter seen = {*matter, cursor};
    if (passes(walk->filter, matter) && access_may_see(walk->rows, walk->rulebook, walk->viewer, matter) &&
        holds_text(walk, matter))
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

/* Units that are here now, and those that were when they closed. What stands in the row of a matter narrows the walk
 * itself, so that a page of a filter with few hits is not empty before the end; texts and who may see it are looked at
 * row by row. */
static void walk_ground(struct walk *walk, int64_t ground, int64_t after_unit, int64_t after_matter)
{
    AUTO(cursor)
    struct cursor found =
        db_query(walk->rows,
                 "SELECT m.id, m.unit, c.to_us > ?4 FROM cover c CROSS JOIN matter m ON m.unit = c.unit"
                 " WHERE c.ancestor = ?1 AND c.unit >= ?2 AND (c.unit > ?2 OR m.id > ?3) AND c.from_us <= ?4"
                 " AND (c.to_us > ?4 OR c.to_us = (SELECT u.to_us FROM unit u WHERE u.id = c.unit))"
                 " AND (?5 IS NULL OR m.kind = ?5) AND (?6 IS NULL OR m.state = ?6)"
                 " AND (?7 < 0 OR (m.closed_us = 0) = ?7) AND m.opened_us >= ?8 AND (?9 = 0 OR m.opened_us < ?9)"
                 " ORDER BY c.unit, m.id",
                 "iiiissiii", ground, after_unit, after_matter, walk->tree_us, walk->filter->kind, walk->filter->state,
                 (int64_t)walk->filter->open, walk->filter->opened_from_us, walk->filter->opened_to_us);
    while (!is_full(walk) && cursor_next(&found)) {
        struct matter matter;
        int64_t id = cursor_integer(&found, 0), unit = cursor_integer(&found, 1);
        struct matter_cursor cursor = {ground, unit, id};
        look_at(walk, cursor);
        if ((cursor_integer(&found, 2) != 0 || !was_walked(walk, ground, unit)) && matter_get(walk->rows, id, &matter))
            take(walk, &matter, cursor);
    }
}

static void walk_grounds(struct walk *walk, const struct matter_cursor *after)
{
    for (guint i = 0; i < walk->grounds->len && !is_full(walk); i++) {
        int64_t ground = g_array_index(walk->grounds, int64_t, i);
        if (ground > after->ground)
            walk_ground(walk, ground, 0, 0);
        else if (ground == after->ground)
            walk_ground(walk, ground, after->unit, after->matter);
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

/* Matters elsewhere of which the viewer is the subject, in which the viewer has acted or has to answer, or which are
 * offered to the viewer. */
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
        if (matter_get(walk->rows, cursor.matter, &matter) && !lies_in_grounds(walk, matter.unit) &&
            is_under(walk, matter.unit))
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
    return walk->looked_at == LIMIT_LIST_LOOKED_AT;
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
    walk.grounds = grounds;
    if (filter->subject != 0) {
        walk_subject(&walk);
    } else {
        walk_grounds(&walk, &filter->after);
        if (!is_full(&walk))
            walk_taking_part(&walk, filter->after.ground == TAKING_PART ? filter->after.matter : 0);
    }
    *out_more = cut_page(&walk, out_next);
    return found;
}
