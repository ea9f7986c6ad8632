/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is overdue or will soon be: rows by when they escalate, and groups of them. */
#include "matter/matter.h"

/* So many rows are gathered from the units below and sorted; where more press, they are dense enough to be met by
 * walking through all of the city by time. */
#define FEW 2000

/* A closed unit counts where it stood when it closed, as in lists. */
#define HOLDS(c)                                                                                                       \
    c ".from_us <= ?2 AND (" c ".to_us > ?2 OR " c ".to_us = (SELECT to_us FROM unit WHERE id = " c ".unit))"
#define MATCHES                                                                                                        \
    "l.kind IN (SELECT value FROM json_each(?3)) AND (?4 IS NULL OR l.kind = ?4) AND (?5 IS NULL OR l.name = ?5) "     \
    "AND (?6 = 0 OR l.post = ?7) AND l.overdue = ?8 "
#define BELOW                                                                                                          \
    "FROM cover c CROSS JOIN pressing l ON l.unit = c.unit WHERE c.ancestor = ?1 AND " HOLDS("c") " AND " MATCHES
#define AFTER "AND (l.next_us, l.matter, l.slot) > (?9, ?10, ?11) "
#define INSIDE                                                                                                         \
    "AND (?1 = ?13 OR EXISTS (SELECT 1 FROM cover c WHERE c.ancestor = ?1 AND c.unit = l.unit AND " HOLDS("c") ")) "
#define PAGE "ORDER BY l.next_us, l.matter, l.slot LIMIT ?12"
#define ROW  "SELECT l.matter, l.slot, l.next_us "

#define FILTER_TYPES "iisssiii"
#define FILTER(f)                                                                                                      \
    (f)->under, (f)->at_us, (f)->kinds, (f)->kind, (f)->name, (int64_t)((f)->post != NULL),                            \
        (f)->post != NULL ? *(f)->post : 0, (int64_t) !(f)->warned

/* ---- rows ---- */

static bool are_few(struct db *rows, const struct pressing_filter *filter)
{
    int64_t count = 0;
    db_integer(rows, &count, "SELECT count(*) FROM (SELECT 1 " BELOW "LIMIT ?9)", FILTER_TYPES "i", FILTER(filter),
               (int64_t)FEW + 1);
    return count <= FEW;
}

static const char *walk_of(struct db *rows, const struct pressing_filter *filter)
{
    if (filter->post != NULL)
        return ROW "FROM pressing l INDEXED BY pressing_post WHERE " MATCHES AFTER INSIDE PAGE;
    if (filter->under != REGISTRY_ROOT && are_few(rows, filter))
        return ROW BELOW AFTER INSIDE PAGE;
    return ROW "FROM pressing l INDEXED BY pressing_next WHERE " MATCHES AFTER INSIDE PAGE;
}

static void read_rest(struct db *rows, struct pressing *pressing)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT number, post, due_us, participant, line, name, coalesce(entry, name), step, "
                 "overdue, claimed_us, claim_until_us FROM expectation WHERE matter = ?1 AND slot = ?2",
                 "ii", pressing->matter, pressing->slot);
    if (!cursor_next(&found))
        return;
    pressing->number = cursor_integer(&found, 0);
    pressing->post = cursor_integer(&found, 1);
    pressing->due_us = cursor_integer(&found, 2);
    pressing->participant = cursor_integer(&found, 3);
    pressing->line = cursor_integer(&found, 4);
    g_strlcpy(pressing->name, cursor_text(&found, 5), sizeof pressing->name);
    g_strlcpy(pressing->entry, cursor_text(&found, 6), sizeof pressing->entry);
    pressing->escalated = (int)cursor_integer(&found, 7);
    pressing->overdue = cursor_integer(&found, 8) != 0;
    pressing->claimed_us = cursor_integer(&found, 9);
    pressing->claim_until_us = cursor_integer(&found, 10);
}

GArray *matter_pressing(struct db *rows, const struct pressing_filter *filter, int64_t after_us, int64_t after_matter,
                        int64_t after_slot, int most)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(struct pressing));
    AUTO(cursor)
    struct cursor found = db_query(rows, walk_of(rows, filter), FILTER_TYPES "iiiii", FILTER(filter), after_us,
                                   after_matter, after_slot, (int64_t)most, (int64_t)REGISTRY_ROOT);
    while (cursor_next(&found)) {
        struct pressing pressing = {.matter = cursor_integer(&found, 0),
                                    .slot = cursor_integer(&found, 1),
                                    .next_us = cursor_integer(&found, 2)};
        read_rest(rows, &pressing);
        g_array_append_val(all, pressing);
    }
    return all;
}

/* ---- groups ---- */

#define GROUP                                                                                                          \
    "count(*), min(l.next_us), min(l.due_us), l.matter " /* the last one is of the row with the first next_us */
#define EVERYWHERE "FROM pressing l WHERE ?1 <> 0 AND ?2 <> 0 AND " MATCHES
#define CHILDREN                                                                                                       \
    "FROM cover k CROSS JOIN cover c ON c.ancestor = k.unit AND (k.depth = 1 OR c.depth = 0) CROSS JOIN pressing l "   \
    "ON l.unit = c.unit WHERE k.ancestor = ?1 AND k.depth <= 1 AND " HOLDS("k") " AND " HOLDS("c") " AND " MATCHES

static const char *groups_of(const struct pressing_filter *filter, enum pressing_by by)
{
    bool everywhere = filter->under == REGISTRY_ROOT;
    switch (by) {
    case PRESSING_BY_POST:
        return everywhere ? "SELECT l.post, NULL, NULL, " GROUP EVERYWHERE "GROUP BY l.post"
                          : "SELECT l.post, NULL, NULL, " GROUP BELOW "GROUP BY l.post";
    case PRESSING_BY_NAME:
        return everywhere ? "SELECT 0, l.kind, l.name, " GROUP EVERYWHERE "GROUP BY l.kind, l.name"
                          : "SELECT 0, l.kind, l.name, " GROUP BELOW "GROUP BY l.kind, l.name";
    case PRESSING_BY_UNIT:
        break;
    }
    return "SELECT k.unit, NULL, NULL, " GROUP CHILDREN "GROUP BY k.unit";
}

static gint by_next(gconstpointer a, gconstpointer b)
{
    const struct pressing_group *left = a, *right = b;
    if (left->next_us != right->next_us)
        return left->next_us < right->next_us ? -1 : 1;
    return (left->key > right->key) - (left->key < right->key);
}

static void read_group(struct cursor *cursor, struct pressing_group *out)
{
    *out = (struct pressing_group){.key = cursor_integer(cursor, 0),
                                   .count = cursor_integer(cursor, 3),
                                   .next_us = cursor_integer(cursor, 4),
                                   .due_us = cursor_integer(cursor, 5),
                                   .matter = cursor_integer(cursor, 6)};
    if (cursor_is_null(cursor, 1))
        return;
    g_strlcpy(out->kind, cursor_text(cursor, 1), sizeof out->kind);
    g_strlcpy(out->name, cursor_text(cursor, 2), sizeof out->name);
    g_autofree char *both = g_strdup_printf("%s.%s", out->kind, out->name);
    out->key = g_str_hash(both);
}

GArray *matter_pressing_groups(struct db *rows, const struct pressing_filter *filter, enum pressing_by by,
                               int64_t after_us, int64_t after_key, int most)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(struct pressing_group));
    AUTO(cursor) struct cursor found = db_query(rows, groups_of(filter, by), FILTER_TYPES, FILTER(filter));
    const struct pressing_group after = {.next_us = after_us, .key = after_key};
    while (cursor_next(&found)) {
        struct pressing_group group;
        read_group(&found, &group);
        if (by_next(&group, &after) > 0)
            g_array_append_val(all, group);
    }
    g_array_sort(all, by_next);
    if (all->len > (guint)most)
        g_array_set_size(all, (guint)most);
    return all;
}
