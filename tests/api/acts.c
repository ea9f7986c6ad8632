/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which entries somebody may make, said beforehand. */
#include "rig.h"

#include <string.h>

static struct rig *rig;

static struct reply acts_of(const char *who, const char *matter)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/acts", matter);
    return rig_get(rig, who, path);
}

/* What is said beforehand of each entry is what it is answered, up to its fields: these have one that no form has. */
static void check_act(const char *who, const char *matter, const json_t *act)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply)
    struct reply reply =
        rig_command(rig, who, path, "{'entry':'%s','fields':{'no_such':1}}", json_at_text(act, "entry"));
    g_assert_cmpint(reply.status, >=, 400);
    if (json_is_null(json_at(act, "refused"))) {
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, "fields.no_such");
    } else {
        g_assert_cmpstr(reply_text(&reply, "title"), ==, json_at_text(act, "refused.code"));
        g_assert_cmpstr(reply_text(&reply, "detail"), ==, json_at_text(act, "refused.detail"));
    }
}

static void acts(void)
{
    static const char *const people[] = {"wang", "chen", "zhou"};
    g_autofree char *home = rig_observe(rig, "li");
    int given = 0, refused = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        AUTO(reply) struct reply list = acts_of(people[i], home);
        reply_is(&list, 200, NULL);
        size_t at;
        json_t *act;
        json_array_foreach(json_at(list.json, "data"), at, act)
        {
            check_act(people[i], home, act);
            given += json_is_null(json_at(act, "refused"));
            refused += !json_is_null(json_at(act, "refused"));
            if (strcmp(json_at_text(act, "entry"), "object") == 0)
                g_assert_false(json_is_true(json_at(act, "expected")));
            bool check_in = strcmp(json_at_text(act, "entry"), "check_in") == 0;
            if (check_in && strcmp(people[i], "wang") == 0) {
                g_assert_true(json_is_true(json_at(act, "expected")));
                g_assert_cmpstr(json_at_text(act, "post"), ==, rig_member(rig, "wang")->post_id);
            }
        }
    }
    g_assert_cmpint(given, >, 3);
    g_assert_cmpint(refused, >, 3);
    AUTO(reply) struct reply hidden = acts_of("sun", home);
    reply_is(&hidden, 404, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/acts/as-answered", acts);
    int status = g_test_run();
    rig_free(rig);
    return status;
}
