/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list walks the places that a viewer covers (they are few and their subtrees are made disjoint), then what
 * they take part in. Every row passes access_may_see(), so the walk decides only the order and the cost.
 */
#include "access/access.h"

#include <string.h>

#define TAKING_PART INT64_MAX /* cursor.ground of the second walk: behind all grounds */

struct walk {
    struct db *rows;
    struct rulebook *rulebook;
    const struct viewer *viewer;
    const struct matter_filter *filter;
    GArray *found; /* of struct seen_matter */
};

static bool is_full(const struct walk *walk)
{
    return walk->found->len >= (guint)walk->filter->most;
}

static bool passes(const struct matter_filter *filter, const struct matter *matter)
{
    return (filter->kind == NULL || strcmp(filter->kind, matter->kind) == 0) &&
           (filter->state == NULL || strcmp(filter->state, matter->state) == 0) &&
           (filter->subject == 0 || filter->subject == matter->subject) &&
           (filter->open < 0 || (filter->open == 1) == (matter->closed_us == 0)) &&
           matter->opened_us >= filter->opened_from_us &&
           (filter->opened_to_us == 0 || matter->opened_us < filter->opened_to_us);
}

static void take(struct walk *walk, int64_t id, struct matter_cursor cursor)
{
    struct seen_matter seen = {.cursor = cursor};
    if (matter_get(walk->rows, id, &seen.matter) && passes(walk->filter, &seen.matter) &&
        access_may_see(walk->rows, walk->rulebook, walk->viewer, &seen.matter))
        g_array_append_val(walk->found, seen);
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
    return registry_covers(rows, ground, under, at_us) ? under : 0;
}

/* Places to walk: ascending, their subtrees disjoint. */
static GArray *disjoint_grounds(const struct walk *walk)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < walk->viewer->posts->len; i++) {
        const struct post *post = &g_array_index(walk->viewer->posts, struct post, i);
        g_autoptr(GArray) grounds = registry_grounds(walk->rows, post->id, walk->viewer->at_us);
        for (guint j = 0; j < grounds->len; j++) {
            int64_t ground = narrowed(walk->rows, g_array_index(grounds, int64_t, j), walk->filter->under,
                                      walk->viewer->at_us);
            if (ground != 0)
                g_array_append_val(all, ground);
        }
    }
    GArray *disjoint = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < all->len; i++)
        if (!is_within_another(walk->rows, all, i, walk->viewer->at_us))
            g_array_append_val(disjoint, g_array_index(all, int64_t, i));
    g_array_sort(disjoint, compare_ids);
    return disjoint;
}

/* The kind's name narrows the index walk itself; everything else is looked at row by row. */
static void walk_ground(struct walk *walk, int64_t ground, int64_t after_unit, int64_t after_matter)
{
    AUTO(rows)
    struct rows rows =
        rows_of(walk->rows,
                "SELECT m.id, m.unit FROM cover c CROSS JOIN matter m ON m.unit = c.unit"
                " WHERE c.ancestor = ?1 AND c.unit >= ?2 AND (c.unit > ?2 OR m.id > ?3)"
                " AND c.from_us <= ?4 AND c.to_us > ?4 AND (?5 IS NULL OR m.kind = ?5) ORDER BY c.unit, m.id",
                "iiiis", ground, after_unit, after_matter, walk->viewer->at_us, walk->filter->kind);
    while (!is_full(walk) && rows_next(&rows)) {
        int64_t id = rows_integer(&rows, 0);
        take(walk, id, (struct matter_cursor){ground, rows_integer(&rows, 1), id});
    }
}

/* ---- taking part ---- */

static bool lies_in(const struct walk *walk, const GArray *grounds, int64_t unit)
{
    for (guint i = 0; i < grounds->len; i++)
        if (registry_covers(walk->rows, g_array_index(grounds, int64_t, i), unit, walk->viewer->at_us))
            return true;
    return false;
}

static void take_outside(struct walk *walk, const GArray *grounds, int64_t id)
{
    struct matter matter;
    if (matter_get(walk->rows, id, &matter) && !lies_in(walk, grounds, matter.unit) &&
        (walk->filter->under == 0 ||
         registry_covers(walk->rows, walk->filter->under, matter.unit, walk->viewer->at_us)))
        take(walk, id, (struct matter_cursor){TAKING_PART, 0, id});
}

/* Matters elsewhere: where they are the subject, have acted, have to answer, or are offered the matter. */
static void walk_taking_part(struct walk *walk, const GArray *grounds, int64_t after)
{
    AUTO(rows)
    struct rows rows = rows_of(walk->rows,
                               "SELECT matter FROM party WHERE person = ?1 AND matter > ?2"
                               " UNION SELECT id FROM matter WHERE subject = ?1 AND subject <> 0 AND id > ?2"
                               " UNION SELECT e.matter FROM post p JOIN expectation e ON e.post = p.id"
                               "   WHERE p.person = ?1 AND p.to_us > ?3 AND e.matter > ?2"
                               " UNION SELECT h.matter FROM post_ground g JOIN cover c ON c.ancestor = g.unit"
                               "   JOIN matter_handover h ON h.to_unit = c.unit AND h.pending = 1"
                               "   WHERE g.person = ?1 AND g.to_us > ?3 AND c.to_us > ?3 AND h.matter > ?2"
                               " ORDER BY 1",
                               "iii", walk->viewer->person, after, walk->viewer->at_us);
    while (!is_full(walk) && rows_next(&rows))
        take_outside(walk, grounds, rows_integer(&rows, 0));
}

static void walk_subject(struct walk *walk)
{
    AUTO(rows)
    struct rows rows =
        rows_of(walk->rows,
                "SELECT id, unit FROM matter WHERE subject = ?1 AND subject <> 0 AND id > ?2 ORDER BY id",
                "ii", walk->filter->subject, walk->filter->after.matter);
    while (!is_full(walk) && rows_next(&rows)) {
        int64_t id = rows_integer(&rows, 0);
        if (walk->filter->under == 0 ||
            registry_covers(walk->rows, walk->filter->under, rows_integer(&rows, 1), walk->viewer->at_us))
            take(walk, id, (struct matter_cursor){0, 0, id});
    }
}

GArray *access_matters(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                       const struct matter_filter *filter)
{
    struct walk walk = {rows, rulebook, viewer, filter, g_array_new(FALSE, TRUE, sizeof(struct seen_matter))};
    if (filter->subject != 0) {
        walk_subject(&walk);
        return walk.found;
    }
    struct matter_cursor after = filter->after;
    g_autoptr(GArray) grounds = disjoint_grounds(&walk);
    for (guint i = 0; i < grounds->len && !is_full(&walk); i++) {
        int64_t ground = g_array_index(grounds, int64_t, i);
        if (ground > after.ground)
            walk_ground(&walk, ground, 0, 0);
        else if (ground == after.ground)
            walk_ground(&walk, ground, after.unit, after.matter);
    }
    if (!is_full(&walk))
        walk_taking_part(&walk, grounds, after.ground == TAKING_PART ? after.matter : 0);
    return walk.found;
}
