/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may take whose work. */
#include "doors.h"

static const struct model_matter *matter_by_id(int64_t id)
{
    for (guint i = 0; i < model->matters->len; i++)
        if (g_array_index(model->matters, struct model_matter, i).id == id)
            return &g_array_index(model->matters, struct model_matter, i);
    g_assert_not_reached();
}

bool is_listed(int64_t person, const struct model_matter *matter, const GArray *of_posts)
{
    for (guint i = 0; of_posts == NULL && i < model->tasks->len; i++) {
        const struct model_task *task = &g_array_index(model->tasks, struct model_task, i);
        if (task->matter == matter->id && model_has_task(model, person, task))
            return true;
    }
    for (guint i = 0; of_posts != NULL && i < of_posts->len; i++) {
        const int64_t *pair = &((const int64_t *)(void *)of_posts->data)[2 * i];
        if (pair[0] == matter->id && model_holds(model, person, pair[1]) && model_sees(model, person, matter))
            return true;
    }
    return false;
}

/* Of each viewer and matter, whether it is seen, and read unmasked. */
static GString *sights(const GPtrArray *viewers)
{
    GString *signs = g_string_new(NULL);
    for (guint v = 0; v < viewers->len; v++)
        for (guint i = 0; i < model->matters->len; i++) {
            const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
            int64_t person = rig_member(rig, g_ptr_array_index(viewers, v))->person;
            g_string_append_c(signs, model_sees(model, person, matter) ? '+' : '.');
            g_string_append_c(signs, model_unmasks(model, person, matter) ? '+' : '.');
        }
    return signs;
}

/* The status of the answer. */
static int claim(const char *who, const struct model_task *task)
{
    const struct model_matter *matter = matter_by_id(task->matter);
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/claim", matter->uuid);
    AUTO(reply) struct reply reply = rig_command(rig, who, path, "{'number':%d}", (int)task->number);
    bool may = task->post > 0 && model_has_task(model, rig_member(rig, who)->person, task);
    if (reply.status == 409) /* a colleague was faster */
        g_assert_true(may);
    else if ((reply.status == 201) != may)
        g_error("%s %s take it in a %s", who, may ? "cannot" : "can", matter->kind);
    return reply.status;
}

void claim_all(const GPtrArray *viewers, void (*look)(void))
{
    look();
    g_autoptr(GString) before = sights(viewers);
    guint taken = 0, refused = 0;
    for (guint v = 0; v < viewers->len; v++)
        for (guint i = 0; i < model->tasks->len; i++) {
            int status = claim(g_ptr_array_index(viewers, v), &g_array_index(model->tasks, struct model_task, i));
            taken += status == 201;
            refused += status == 409;
        }
    g_assert_cmpuint(taken, >, 10);
    g_assert_cmpuint(refused, >, 10);
    look();
    g_autoptr(GString) after = sights(viewers);
    for (size_t i = 0; i < after->len; i++)
        if (after->str[i] == '+')
            g_assert_cmpint(before->str[i], ==, '+');
}
