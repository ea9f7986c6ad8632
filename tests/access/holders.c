/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who holds which post, to each viewer: one post, the lists of a unit, the export. */
#include "doors.h"

#include <string.h>

static const char *const holders[] = {"wang", "sun", "chen", "zhou", "wu", "zheng", "keeper", "watcher", "twice"};

bool is_holder_shown(const char *who, const struct member *holder)
{
    return model_shows_holder(model, rig_member(rig, who)->person, holder->post);
}

/* The post itself is shown to all. */
static void check_post(const char *who, const char *name)
{
    const struct member *holder = rig_member(rig, name);
    g_autofree char *path = g_strdup_printf("/api/v1/posts/%s", holder->post_id);
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    reply_is(&reply, 200, NULL);
    bool shown = is_holder_shown(who, holder);
    if (json_is_null(json_at(reply.json, "person")) == shown)
        g_error("%s holds a post, which is %s to %s", name, shown ? "not shown" : "shown", who);
    if (shown)
        g_assert_cmpstr(reply_text(&reply, "person.id"), ==, holder->id);
}

/* Lists of posts, and of who is responsible, name the same people; rows: {"post": …} or the post itself. */
static void check_listed_posts(const char *who, const char *path, const char *wrap)
{
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    reply_is(&reply, 200, NULL);
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply.json, "data"), i, row)
    {
        const json_t *post = wrap != NULL ? json_object_get(row, wrap) : row;
        for (size_t k = 0; k < G_N_ELEMENTS(holders); k++)
            if (strcmp(json_at_text(post, "id"), rig_member(rig, holders[k])->post_id) == 0)
                g_assert_cmpint(!json_is_null(json_at(post, "person")), ==,
                                is_holder_shown(who, rig_member(rig, holders[k])));
    }
}

/* Everybody of the cast is called 测试 and their name. */
static void check_posts_export(const char *who)
{
    AUTO(reply) struct reply reply = ask(who, "GET", "/api/v1/exports/posts.csv", NULL);
    int64_t person = rig_member(rig, who)->person;
    if (model_first_ground(model, person) == 0) {
        reply_is(&reply, 403, "no_right");
        return;
    }
    for (size_t k = 0; k < G_N_ELEMENTS(holders); k++) {
        const struct member *holder = rig_member(rig, holders[k]);
        if (strcmp(holders[k], "twice") == 0) /* whose other post may be near */
            continue;
        g_autofree char *start = g_strdup_printf("\n测试%s,", holders[k]);
        bool unmasked, sees = model_sees_person(model, person, holder->person, &unmasked);
        g_assert_cmpint(strstr(reply.text->str, start) != NULL, ==, is_holder_shown(who, holder) || (sees && unmasked));
    }
}

void check_holders(const char *who)
{
    for (size_t k = 0; k < G_N_ELEMENTS(holders); k++)
        if (model_holds(model, rig_member(rig, holders[k])->person, rig_member(rig, holders[k])->post))
            check_post(who, holders[k]);
    check_listed_posts(who, "/api/v1/units/" GRID "/posts?limit=200", NULL);
    check_listed_posts(who, "/api/v1/units/" DISTRICT "/posts?limit=200", NULL);
    check_listed_posts(who, "/api/v1/units/" GRID "/responsible", "post");
    check_posts_export(who);
}
