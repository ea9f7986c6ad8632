/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/adopting.h"

#include <string.h>

/* The first role of somebody's over the whole city that fits, and the post. */
static const char *role_over_all(const struct decision *decision, int64_t person, bool agrees, const char *other_than,
                                 int64_t *out_post)
{
    g_autoptr(GArray) posts = registry_posts_of(decision->rows, person, decision->now_us);
    for (guint i = 0; i < posts->len && decision->playbook != NULL; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        const struct role *role = playbook_find_role(decision->playbook, post->role);
        if (role == NULL || !(role->adopts || (agrees && role->supervises)) || g_strcmp0(role->name, other_than) == 0 ||
            registry_acting_post(decision->rows, post->person, post->id, NULL, REGISTRY_ROOT, decision->now_us) == 0)
            continue;
        *out_post = post->id;
        return role->name;
    }
    return NULL;
}

const char *access_adopts_as(struct decision *decision)
{
    return role_over_all(decision, decision->command->person, false, NULL, &decision->post);
}

bool access_may_adopt(const struct decision *decision, int64_t person)
{
    int64_t post;
    return role_over_all(decision, person, false, NULL, &post) != NULL;
}

/* Who supervises does not adopt, but looks after those who do. */
const char *access_agrees_as(struct decision *decision, const char *other_than)
{
    return role_over_all(decision, decision->command->person, true, other_than, &decision->post);
}
