/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/registry.h"

#include "base/limits.h"

#include <string.h>

#define POST_COLUMNS "p.id, p.person, p.seat, p.role, p.from_us, p.to_us, p.version, p.deputy_of, p.keeps_hours"
/* Whether a shift of p runs at ?2: shifts never overlap, so the last one begun decides. */
#define ON_SHIFT                                                                                                       \
    "ifnull((SELECT r.to_us FROM roster r WHERE r.post = p.id AND r.from_us <= ?2 ORDER BY r.from_us DESC "            \
    "LIMIT 1), 0) > ?2"

static void read_post(struct cursor *cursor, struct post *out)
{
    *out = (struct post){
        .id = cursor_integer(cursor, 0),
        .person = cursor_integer(cursor, 1),
        .seat = cursor_integer(cursor, 2),
        .from_us = cursor_integer(cursor, 4),
        .to_us = cursor_integer(cursor, 5),
        .version = cursor_integer(cursor, 6),
        .deputy_of = cursor_integer(cursor, 7),
        .keeps_hours = cursor_integer(cursor, 8) != 0,
    };
    g_strlcpy(out->role, cursor_text(cursor, 3), sizeof out->role);
}

static GArray *read_posts(struct cursor *cursor)
{
    GArray *posts = g_array_new(FALSE, FALSE, sizeof(struct post));
    while (cursor_next(cursor)) {
        struct post post;
        read_post(cursor, &post);
        g_array_append_val(posts, post);
    }
    return posts;
}

bool registry_post(struct db *rows, int64_t id, struct post *out)
{
    AUTO(cursor)
    struct cursor row = db_query(rows, "SELECT " POST_COLUMNS " FROM post p WHERE p.id = ?1", "i", id);
    if (!cursor_next(&row))
        return false;
    read_post(&row, out);
    return true;
}

bool registry_post_named(struct db *rows, int64_t id, struct post *out)
{
    if (registry_post(rows, id, out))
        return true;
    db_corrupt(rows, "a row names post %" G_GINT64_FORMAT ", which there is not", id);
    return false;
}

GArray *registry_posts_of(struct db *rows, int64_t person, int64_t at_us)
{
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT " POST_COLUMNS " FROM post p WHERE p.person = ?1 "
                                   "AND p.from_us <= ?2 AND p.to_us > ?2 ORDER BY p.id",
                                   "ii", person, at_us);
    return read_posts(&found);
}

GArray *registry_posts_at(struct db *rows, int64_t unit, int64_t at_us, int64_t after, int most)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT " POST_COLUMNS " FROM post p WHERE p.id IN (SELECT g.post FROM post_ground g "
                 "WHERE g.unit = ?1 AND g.from_us <= ?2 AND g.to_us > ?2) AND p.id > ?3 ORDER BY p.id LIMIT ?4",
                 "iiii", unit, at_us, after, (int64_t)most);
    return read_posts(&found);
}

GArray *registry_posts_after(struct db *rows, int64_t after, int64_t at_us, int most)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT " POST_COLUMNS
                 " FROM post p WHERE p.id > ?1 AND p.from_us <= ?2 AND p.to_us > ?2 ORDER BY p.id LIMIT ?3",
                 "iii", after, at_us, (int64_t)most);
    return read_posts(&found);
}

GArray *registry_grounds(struct db *rows, int64_t post, int64_t at_us)
{
    return cursor_integers(
        db_query(rows,
                 "SELECT unit FROM post_ground WHERE person = (SELECT person FROM post WHERE id = ?1) AND post = ?1 "
                 "AND from_us <= ?2 AND to_us > ?2 ORDER BY unit",
                 "ii", post, at_us));
}

GArray *registry_shifts(struct db *rows, int64_t post, int64_t from_us, int64_t to_us)
{
    GArray *shifts = g_array_new(FALSE, FALSE, sizeof(struct shift));
    AUTO(cursor)
    struct cursor found = db_query(
        rows, "SELECT from_us, to_us FROM roster WHERE post = ?1 AND from_us < ?3 AND to_us > ?2 ORDER BY from_us",
        "iii", post, from_us, to_us);
    while (cursor_next(&found)) {
        struct shift shift = {cursor_integer(&found, 0), cursor_integer(&found, 1)};
        g_array_append_val(shifts, shift);
    }
    return shifts;
}

int64_t registry_shift_end_us(struct db *rows, int64_t post, int64_t at_us)
{
    g_autoptr(GArray) shifts = registry_shifts(rows, post, at_us, at_us + 1);
    return shifts->len > 0 ? g_array_index(shifts, struct shift, 0).to_us : 0;
}

/* ---- several in one role ---- */

GArray *registry_colleagues(struct db *rows, int64_t post, int64_t at_us)
{
    return cursor_integers(
        db_query(rows,
                 "SELECT DISTINCT o.post FROM post_ground g CROSS JOIN post_ground o ON o.unit = g.unit AND "
                 "o.role = g.role AND o.post <> g.post WHERE g.person = (SELECT person FROM post WHERE id = ?1) AND "
                 "g.post = ?1 AND g.from_us <= ?2 AND g.to_us > ?2 AND o.from_us <= ?2 AND o.to_us > ?2 "
                 "ORDER BY o.post LIMIT ?3",
                 "iii", post, at_us, (int64_t)REGISTRY_COLLEAGUES));
}

/* 0: none of them covers it. */
static int64_t nearest_ground(struct db *rows, const GArray *grounds, int64_t unit, int64_t at_us)
{
    AUTO(cursor)
    struct cursor above =
        db_query(rows, "SELECT ancestor FROM cover WHERE unit = ?1 AND from_us <= ?2 AND to_us > ?2 ORDER BY depth",
                 "ii", unit, at_us);
    while (cursor_next(&above))
        if (integers_hold(grounds, cursor_integer(&above, 0)))
            return cursor_integer(&above, 0);
    return 0;
}

bool registry_is_colleague(struct db *rows, int64_t post, int64_t other, int64_t unit, int64_t at_us)
{
    struct post one, two;
    if (post == other || !registry_post(rows, post, &one) || !registry_post(rows, other, &two) ||
        strcmp(one.role, two.role) != 0 || two.to_us <= at_us ||
        (two.keeps_hours && registry_shift_end_us(rows, other, at_us) == 0))
        return false;
    g_autoptr(GArray) grounds = registry_grounds(rows, post, at_us), theirs = registry_grounds(rows, other, at_us);
    int64_t nearest = nearest_ground(rows, grounds, unit, at_us);
    if (nearest != 0)
        return integers_hold(theirs, nearest);
    for (guint i = 0; i < grounds->len; i++)
        if (!integers_hold(theirs, g_array_index(grounds, int64_t, i)))
            return false;
    return grounds->len > 0;
}

/* ---- may they act here? ---- */

static bool is_one_of(const char *role, const char *const *roles)
{
    return roles == NULL || g_strv_contains(roles, role);
}

/* A post with a ground at `at_us`, not ended by `until_us`. */
static int64_t post_with_ground(struct db *rows, int64_t person, int64_t wanted, const char *const *roles, int64_t unit,
                                int64_t at_us, int64_t until_us)
{
    struct {
        int64_t post, ground;
    } elsewhere[16];
    size_t count = 0;
    AUTO(cursor)
    struct cursor grounds = db_query(rows,
                                     "SELECT post, unit, role FROM post_ground "
                                     "WHERE person = ?1 AND from_us <= ?2 AND to_us > ?2 AND to_us > ?3 "
                                     "ORDER BY post, unit",
                                     "iii", person, at_us, until_us);
    while (cursor_next(&grounds)) {
        int64_t post = cursor_integer(&grounds, 0), ground = cursor_integer(&grounds, 1);
        if ((wanted != 0 && post != wanted) || !is_one_of(cursor_text(&grounds, 2), roles))
            continue;
        if (ground == unit)
            return post;
        if (count < G_N_ELEMENTS(elsewhere)) {
            elsewhere[count].post = post;
            elsewhere[count++].ground = ground;
        } else if (registry_covers(rows, ground, unit, at_us)) {
            return post;
        }
    }
    for (size_t i = 0; i < count; i++)
        if (registry_covers(rows, elsewhere[i].ground, unit, at_us))
            return elsewhere[i].post;
    return 0;
}

int64_t registry_acting_post(struct db *rows, int64_t person, int64_t wanted, const char *const *roles, int64_t unit,
                             int64_t at_us)
{
    return post_with_ground(rows, person, wanted, roles, unit, at_us, at_us);
}

int64_t registry_late_post(struct db *rows, int64_t person, int64_t wanted, const char *const *roles, int64_t unit,
                           int64_t observed_us, int64_t now_us)
{
    return post_with_ground(rows, person, wanted, roles, unit, observed_us, now_us - LIMIT_LATE_ENTRY_US);
}

/* ---- who answers ---- */

struct candidates { /* of one unit, the lowest id of each */
    int64_t on_duty_post, on_duty_person, standing_post, standing_person, deputy_post, deputy_person, off_duty_post,
        off_duty_person;
};

static void keep(int64_t *post, int64_t *person, int64_t found_post, int64_t found_person)
{
    if (*post != 0)
        return;
    *post = found_post;
    *person = found_person;
}

static struct candidates candidates_at(struct db *rows, const char *role, int64_t unit, int64_t at_us,
                                       const GArray *without)
{
    struct candidates found = {0};
    AUTO(cursor)
    struct cursor posts =
        db_query(rows,
                 "SELECT p.id, p.person, p.deputy_of, p.keeps_hours, " ON_SHIFT " FROM post_ground g "
                 "CROSS JOIN post p ON p.id = g.post "
                 "WHERE g.unit = ?1 AND g.role = ?3 AND g.from_us <= ?2 AND g.to_us > ?2 ORDER BY g.post",
                 "iis", unit, at_us, role);
    while (cursor_next(&posts)) {
        int64_t post = cursor_integer(&posts, 0), person = cursor_integer(&posts, 1);
        if (without != NULL && integers_hold(without, person))
            continue;
        if (cursor_integer(&posts, 4) != 0)
            keep(&found.on_duty_post, &found.on_duty_person, post, person);
        else if (cursor_integer(&posts, 3) != 0)
            keep(&found.off_duty_post, &found.off_duty_person, post, person);
        else if (cursor_integer(&posts, 2) != 0)
            keep(&found.deputy_post, &found.deputy_person, post, person);
        else
            keep(&found.standing_post, &found.standing_person, post, person);
    }
    return found;
}

static bool choose(const struct candidates *found, struct route *route)
{
    route->on_duty = found->on_duty_post != 0 || found->standing_post != 0;
    if (found->on_duty_post != 0) {
        route->post = found->on_duty_post;
        route->person = found->on_duty_person;
    } else if (found->standing_post != 0) {
        route->post = found->standing_post;
        route->person = found->standing_person;
    } else {
        route->post = found->deputy_post;
        route->person = found->deputy_person;
    }
    return route->post != 0;
}

bool registry_route_other(struct db *rows, const char *role, int64_t unit, int64_t at_us, const GArray *persons,
                          struct route *out)
{
    struct route route = {.unit = unit}, off_duty = {0};
    struct candidates found = candidates_at(rows, role, unit, at_us, persons);
    bool chosen = choose(&found, &route);
    if (!chosen && found.off_duty_post != 0)
        off_duty = (struct route){found.off_duty_post, found.off_duty_person, unit, 0, false};
    if (!chosen) {
        AUTO(cursor)
        struct cursor above = db_query(rows,
                                       "SELECT ancestor, depth FROM cover WHERE unit = ?1 AND depth > 0 AND "
                                       "from_us <= ?2 AND to_us > ?2 "
                                       "ORDER BY depth",
                                       "ii", unit, at_us);
        while (!chosen && cursor_next(&above)) {
            route.unit = cursor_integer(&above, 0);
            route.level = (int)cursor_integer(&above, 1);
            found = candidates_at(rows, role, route.unit, at_us, persons);
            chosen = choose(&found, &route);
            if (!chosen && off_duty.post == 0 && found.off_duty_post != 0)
                off_duty = (struct route){found.off_duty_post, found.off_duty_person, route.unit, route.level, false};
        }
    }
    if (!chosen) /* off duty is better than unfilled */
        route = off_duty;
    *out = route;
    return route.post != 0;
}

bool registry_route(struct db *rows, const char *role, int64_t unit, int64_t at_us, struct route *out)
{
    return registry_route_other(rows, role, unit, at_us, NULL, out);
}

int64_t registry_next_start_us(struct db *rows, const char *role, int64_t unit, int64_t at_us)
{
    int64_t start_us = REGISTRY_OPEN;
    db_integer(rows, &start_us,
               "SELECT g.from_us FROM cover c CROSS JOIN post_ground g ON g.unit = c.ancestor AND g.role = ?3 WHERE "
               "c.unit = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND g.from_us > ?2 ORDER BY g.from_us LIMIT 1",
               "iis", unit, at_us, role);
    return start_us;
}

GArray *registry_responsible(struct db *rows, int64_t unit, int64_t at_us)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct responsible));
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT " POST_COLUMNS ", c.ancestor, c.depth, p.keeps_hours = 0 OR " ON_SHIFT " FROM cover c "
                 "CROSS JOIN post_ground g ON g.unit = c.ancestor CROSS JOIN post p ON p.id = g.post "
                 "WHERE c.unit = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND g.from_us <= ?2 AND g.to_us > ?2 "
                 "ORDER BY c.depth, p.id",
                 "ii", unit, at_us);
    while (cursor_next(&found)) {
        struct responsible one = {
            .ground = cursor_integer(&found, 9),
            .level = (int)cursor_integer(&found, 10),
            .on_duty = cursor_integer(&found, 11) != 0,
        };
        read_post(&found, &one.post);
        g_array_append_val(all, one);
    }
    return all;
}

/* ---- gaps ---- */

static int held(struct db *rows, int64_t unit, const char *role, int64_t at_us)
{
    int64_t count = 0;
    db_integer(rows, &count,
               "SELECT count(DISTINCT g.post) FROM post_ground g CROSS JOIN post p ON p.id = g.post "
               "WHERE g.unit = ?1 AND g.role = ?2 AND g.from_us <= ?3 AND g.to_us > ?3 AND p.deputy_of = 0",
               "isi", unit, role, at_us);
    return (int)count;
}

static void gaps_of(struct db *rows, const struct playbook *playbook, int64_t unit, const char *type, int64_t at_us,
                    GArray *gaps)
{
    for (size_t i = 0; i < playbook->required_post_count; i++) {
        const struct required_post *required = &playbook->required_posts[i];
        if (strcmp(required->unit_type->name, type) != 0)
            continue;
        struct gap gap = {unit, required->role, required->count, held(rows, unit, required->role->name, at_us)};
        if (gap.held < gap.required)
            g_array_append_val(gaps, gap);
    }
}

GArray *registry_gaps(struct db *rows, const struct playbook *playbook, int64_t under, int64_t at_us, int64_t after,
                      int most)
{
    GArray *gaps = g_array_new(FALSE, FALSE, sizeof(struct gap));
    AUTO(cursor)
    struct cursor units =
        db_query(rows,
                 "SELECT u.id, u.type FROM cover c CROSS JOIN unit u ON u.id = c.unit "
                 "WHERE c.ancestor = ?1 AND c.unit > ?3 AND c.from_us <= ?2 AND c.to_us > ?2 ORDER BY c.unit",
                 "iii", under, at_us, after);
    while ((int)gaps->len < most && cursor_next(&units))
        gaps_of(rows, playbook, cursor_integer(&units, 0), cursor_text(&units, 1), at_us, gaps);
    return gaps;
}

/* ---- hand-overs ---- */

#define HANDOVER_COLUMNS                                                                                               \
    "h.id, h.from_post, h.to_post, h.to_person, h.mode, h.state, h.offered_us, h.decided_us, h.until_us, h.by_person"

static void read_handover(struct cursor *cursor, struct handover *out)
{
    *out = (struct handover){
        .id = cursor_integer(cursor, 0),
        .from_post = cursor_integer(cursor, 1),
        .to_post = cursor_integer(cursor, 2),
        .to_person = cursor_integer(cursor, 3),
        .offered_us = cursor_integer(cursor, 6),
        .decided_us = cursor_integer(cursor, 7),
        .until_us = cursor_integer(cursor, 8),
        .by_person = cursor_integer(cursor, 9),
    };
    g_strlcpy(out->mode, cursor_text(cursor, 4), sizeof out->mode);
    g_strlcpy(out->state, cursor_text(cursor, 5), sizeof out->state);
}

bool registry_handover(struct db *rows, int64_t id, struct handover *out)
{
    AUTO(cursor)
    struct cursor row = db_query(rows, "SELECT " HANDOVER_COLUMNS " FROM handover h WHERE h.id = ?1", "i", id);
    if (!cursor_next(&row))
        return false;
    read_handover(&row, out);
    return true;
}

GArray *registry_handover_grounds(struct db *rows, int64_t id)
{
    return cursor_integers(
        db_query(rows, "SELECT j.value FROM handover h, json_each(h.grounds) j WHERE h.id = ?1", "i", id));
}

GArray *registry_handovers(struct db *rows, int64_t person, enum handover_side side, int64_t at_us, int64_t after,
                           int most)
{
#define LENT "h.mode = 'shift' AND h.state = 'accepted' AND h.until_us > ?4 AND h.id > ?2"
    static const char *const sql[] = {
        [HANDOVER_OFFERED_TO] = "SELECT " HANDOVER_COLUMNS " FROM handover h WHERE h.to_person = ?1 AND "
                                "h.state = 'offered' AND h.id > ?2 AND h.offered_us <= ?4 ORDER BY h.id LIMIT ?3",
        [HANDOVER_GIVEN] = "SELECT " HANDOVER_COLUMNS " FROM post p JOIN handover h ON h.from_post = p.id WHERE "
                           "p.person = ?1 AND h.state = 'offered' AND h.id > ?2 UNION SELECT " HANDOVER_COLUMNS
                           " FROM handover h WHERE h.by_person = ?1 AND h.state = 'offered' AND h.id > ?2 AND "
                           "h.offered_us <= ?4 "
                           "ORDER BY 1 LIMIT ?3",
        [HANDOVER_LENT] = "SELECT " HANDOVER_COLUMNS " FROM post p JOIN handover h ON h.from_post = p.id WHERE "
                          "p.person = ?1 AND " LENT " UNION SELECT " HANDOVER_COLUMNS
                          " FROM handover h WHERE h.to_person = ?1 AND " LENT " UNION SELECT " HANDOVER_COLUMNS
                          " FROM handover h WHERE h.by_person = ?1 AND " LENT " ORDER BY 1 LIMIT ?3",
    };
    GArray *handovers = g_array_new(FALSE, FALSE, sizeof(struct handover));
    AUTO(cursor) struct cursor found = db_query(rows, sql[side], "iiii", person, after, (int64_t)most, at_us);
    while (cursor_next(&found)) {
        struct handover handover;
        read_handover(&found, &handover);
        g_array_append_val(handovers, handover);
    }
    return handovers;
}

char *registry_handover_reason(struct db *rows, struct vault *vault, int64_t handover, bool of_refusal)
{
    AUTO(cursor)
    struct cursor row = of_refusal
                            ? db_query(rows, "SELECT to_person, refusal FROM handover WHERE id = ?1", "i", handover)
                            : db_query(rows,
                                       "SELECT p.person, h.reason FROM handover h JOIN post p ON p.id = h.from_post "
                                       "WHERE h.id = ?1",
                                       "i", handover);
    if (!cursor_next(&row) || cursor_is_null(&row, 1))
        return NULL;
    size_t bytes;
    const void *sealed = cursor_blob(&row, 1, &bytes);
    g_autoptr(GBytes) text =
        vault_unseal(vault, VAULT_PERSON, cursor_integer(&row, 0), of_refusal ? "refusal" : "reason", sealed, bytes);
    return text != NULL ? g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text)) : NULL;
}
