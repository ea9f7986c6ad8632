/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the viewer knows of each of many units below one: by the grounds of their posts, each read once, instead of
 * asking the predicate unit by unit. */
#include "access/access.h"

#include "playbook/model/seeing.h"

#include <string.h>

struct sight_ground {
    const char *role; /* interned */
    bool whole;       /* covers the unit above, and so all of them */
    GArray *at;       /* of guint: else which */
};

static void ground_clear(gpointer ground)
{
    g_clear_pointer(&((struct sight_ground *)ground)->at, g_array_unref);
}

/* Which of the units the ground covers; both go up by id. */
static GArray *find_covered(struct db *rows, const struct sight_of_many *sight, int64_t ground, int64_t at_us)
{
    GArray *at = g_array_new(FALSE, FALSE, sizeof(guint));
    AUTO(cursor)
    struct cursor covered =
        db_query(rows, "SELECT unit FROM cover WHERE ancestor = ?1 AND from_us <= ?2 AND to_us > ?2 ORDER BY unit",
                 "ii", ground, at_us);
    for (guint i = 0; i < sight->units->len && cursor_next(&covered);) {
        while (i < sight->units->len && g_array_index(sight->units, int64_t, i) < cursor_integer(&covered, 0))
            i++;
        if (i < sight->units->len && g_array_index(sight->units, int64_t, i) == cursor_integer(&covered, 0))
            g_array_append_val(at, i);
    }
    return at;
}

void sight_of_many_init(struct sight_of_many *sight, struct db *rows, const struct viewer *viewer, int64_t above,
                        const GArray *units)
{
    *sight = (struct sight_of_many){units, g_array_new(FALSE, TRUE, sizeof(struct sight_ground))};
    g_array_set_clear_func(sight->grounds, ground_clear);
    AUTO(cursor)
    struct cursor found =
        db_query(rows, "SELECT unit, role FROM post_ground WHERE person = ?1 AND from_us <= ?2 AND to_us > ?2", "ii",
                 viewer->person, viewer->at_us);
    while (cursor_next(&found)) {
        int64_t unit = cursor_integer(&found, 0);
        struct sight_ground ground = {.role = g_intern_string(cursor_text(&found, 1)),
                                      .whole = registry_covers(rows, unit, above, viewer->at_us)};
        if (!ground.whole && registry_covers(rows, above, unit, viewer->at_us))
            ground.at = find_covered(rows, sight, unit, viewer->at_us);
        if (ground.whole || ground.at != NULL)
            g_array_append_val(sight->grounds, ground);
    }
}

void sight_of_many_clear(struct sight_of_many *sight)
{
    g_clear_pointer(&sight->grounds, g_array_unref);
}

/* Adds the units that a post of one of the roles covers. */
static void add_covered(const struct sight_of_many *sight, const struct role_names *roles, bool *out)
{
    for (guint i = 0; i < sight->grounds->len; i++) {
        const struct sight_ground *ground = &g_array_index(sight->grounds, struct sight_ground, i);
        if (!roles_have(roles, ground->role))
            continue;
        if (ground->whole)
            memset(out, true, sight->units->len * sizeof *out);
        for (guint j = 0; ground->at != NULL && j < ground->at->len; j++)
            out[g_array_index(ground->at, guint, j)] = true;
    }
}

void access_sees_kind_at(const struct sight_of_many *sight, struct rulebook *rulebook, const struct kind *kind,
                         bool *out)
{
    struct role_names roles;
    memset(out, false, sight->units->len * sizeof *out);
    roles_seeing(rulebook_current(rulebook), kind, &roles);
    if (!kind->participants_only)
        add_covered(sight, &roles, out);
}

void access_knows_figure_at(const struct sight_of_many *sight, struct rulebook *rulebook,
                            const struct indicator *indicator, bool *out)
{
    struct role_names told;
    access_sees_kind_at(sight, rulebook, indicator->kind, out);
    role_names_init(&told);
    role_names_add_all(&told, indicator->told_to, indicator->told_to_count);
    add_covered(sight, &told, out);
}
