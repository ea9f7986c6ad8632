/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/adopting.h"

#include <string.h>

/* The first role of a person's posts over the whole city that fits, and the post. */
static const char *role_over_all(struct db *rows, const struct playbook *playbook, int64_t person, int64_t at_us,
                                 bool agrees, const char *other_than, int64_t *out_post)
{
    g_autoptr(GArray) posts = registry_posts_of(rows, person, at_us);
    for (guint i = 0; i < posts->len && playbook != NULL; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        const struct role *role = playbook_find_role(playbook, post->role);
        if (role == NULL || !(role->adopts || (agrees && role->supervises)) || g_strcmp0(role->name, other_than) == 0 ||
            registry_acting_post(rows, post->person, post->id, NULL, REGISTRY_ROOT, at_us) == 0)
            continue;
        *out_post = post->id;
        return role->name;
    }
    return NULL;
}

static const char *actors_role(struct decision *decision, bool agrees, const char *other_than)
{
    int64_t post;
    const char *role = role_over_all(decision->rows, decision->playbook, decision->command->person, decision->now_us,
                                     agrees, other_than, &post);
    decision_act_by(decision, (struct right){.given = role != NULL, .post = role != NULL ? post : 0});
    return role;
}

const char *access_adopts_as(struct decision *decision)
{
    return actors_role(decision, false, NULL);
}

bool access_adopts(struct db *rows, const struct playbook *playbook, int64_t person, int64_t at_us)
{
    int64_t post;
    return role_over_all(rows, playbook, person, at_us, false, NULL, &post) != NULL;
}

bool access_may_adopt(const struct decision *decision, int64_t person)
{
    return access_adopts(decision->rows, decision->playbook, person, decision->now_us);
}

/* Also roles that supervise, which may not adopt themselves. */
const char *access_agrees_as(struct decision *decision, const char *other_than)
{
    return actors_role(decision, true, other_than);
}
