/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "listeners.h"

#include "api/listen.h"

#include <string.h>

#define TOLD_MS   20000 /* under every sanitizer */
#define SILENT_MS 1600  /* more than a second after the last hint nobody is told anything that they were not yet */

static const char *const units[] = {GRID,    GRID2,       SIBLING_GRID, OTHER_GRID, COMMUNITY,
                                    SIBLING, SUBDISTRICT, DISTRICT,     CITY};

static int64_t unit_ids[G_N_ELEMENTS(units)]; /* some are closed later, and have no code any more */
static GPtrArray *listeners;                  /* of struct listener, in the order of the viewers */

static void close_one(gpointer listener)
{
    listener_close(listener);
}

void listeners_close(void)
{
    g_clear_pointer(&listeners, g_ptr_array_unref);
}

static void hear_all(void)
{
    for (guint v = 0; v < listeners->len; v++)
        listener_hear(g_ptr_array_index(listeners, v));
}

static void forget_all(void)
{
    for (guint v = 0; v < listeners->len; v++)
        listener_forget(g_ptr_array_index(listeners, v));
}

/* Until nobody has been told anything for a while. */
static void settle(int ms)
{
    int64_t quiet_us = clock_monotonic_us();
    for (int64_t told_us = 0; clock_monotonic_us() - quiet_us < ms * 1000LL;) {
        g_usleep(10000);
        hear_all();
        for (guint v = 0; v < listeners->len; v++) {
            int64_t heard_us = ((const struct listener *)g_ptr_array_index(listeners, v))->heard_us;
            if (heard_us > told_us)
                told_us = quiet_us = heard_us;
        }
    }
}

static void open_all(struct rig *rig, const GPtrArray *viewers)
{
    listeners = g_ptr_array_new_with_free_func(close_one);
    for (guint v = 0; v < viewers->len; v++) {
        struct listener *listener = listener_open(rig, rig_token(rig, g_ptr_array_index(viewers, v)), NULL);
        g_assert_cmpint(listener->status, ==, 200);
        g_ptr_array_add(listeners, listener);
    }
    for (size_t u = 0; u < G_N_ELEMENTS(units); u++)
        unit_ids[u] = rig_unit(rig, units[u]);
}

/* By the operator, so that nobody takes part in it who did not before. */
static void change_all(struct rig *rig, const struct model *model)
{
    for (guint i = 0; i < model->matters->len; i++)
        json_decref(rig_do(rig, "{'command':'link_person','matter':'%s','person':'%s','relation':'联系人'}",
                           g_array_index(model->matters, struct model_matter, i).uuid, rig_member(rig, "keeper")->id));
}

/* ---- what each must have heard ---- */

static bool all_has_come(struct rig *rig, const struct model *model, const GPtrArray *viewers)
{
    for (guint v = 0; v < viewers->len; v++) {
        const struct listener *listener = g_ptr_array_index(listeners, v);
        int64_t person = rig_member(rig, g_ptr_array_index(viewers, v))->person;
        for (guint i = 0; i < model->matters->len; i++) {
            const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
            if (model_sees(model, person, matter) && !g_hash_table_contains(listener->matters, matter->uuid))
                return false;
        }
    }
    return true;
}

static void check_matters(const struct model *model, const char *who, int64_t person, const struct listener *listener)
{
    g_assert_false(listener->more);
    for (guint i = 0; i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        bool told = g_hash_table_contains(listener->matters, matter->uuid), sees = model_sees(model, person, matter);
        if (told != sees)
            g_error("%s is %s of a %s that they may %s", who, told ? "told" : "not told", matter->kind,
                    sees ? "see" : "not see");
    }
    g_assert_cmpuint(g_hash_table_size(listener->matters), <=, model->matters->len);
}

static const struct model_matter *matter_of(const struct model *model, int64_t id)
{
    for (guint i = 0; i < model->matters->len; i++)
        if (g_array_index(model->matters, struct model_matter, i).id == id)
            return &g_array_index(model->matters, struct model_matter, i);
    g_assert_not_reached();
}

/* The posts of a person with something open, or raised, in a matter that has changed, which all have. */
static guint posts_in(const struct model *model, const GArray *pairs, int64_t person, bool seen_only, GHashTable *posts)
{
    const int64_t *numbers = (const int64_t *)(void *)pairs->data;
    for (guint i = 0; i < pairs->len; i++) {
        int64_t matter = numbers[2 * i], post = numbers[2 * i + 1];
        if (model_holds(model, person, post) && (!seen_only || model_sees(model, person, matter_of(model, matter))))
            g_hash_table_add(posts, GSIZE_TO_POINTER((gsize)post));
    }
    return g_hash_table_size(posts);
}

/* And those that have a ground of such a post in its role, of a matter that the person sees. */
static guint add_colleagues(const struct model *model, int64_t person, GHashTable *posts)
{
    for (guint i = 0; i < model->tasks->len; i++) {
        const struct model_task *task = &g_array_index(model->tasks, struct model_task, i);
        if (task->post <= 0 || !model_sees(model, person, matter_of(model, task->matter)))
            continue;
        g_autoptr(GArray) own = model_posts(model, person);
        for (guint k = 0; k < own->len; k++)
            if (model_is_colleague(model, person, g_array_index(own, int64_t, k), task->post))
                g_hash_table_add(posts, GSIZE_TO_POINTER((gsize)g_array_index(own, int64_t, k)));
    }
    return g_hash_table_size(posts);
}

static void check_posts(const struct model *model, const char *who, int64_t person, const struct listener *listener)
{
    g_autoptr(GHashTable) tasks = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) alerts = g_hash_table_new(NULL, NULL);
    posts_in(model, model->answers, person, false, tasks);
    guint open = add_colleagues(model, person, tasks);
    guint raised = posts_in(model, model->alerts, person, true, alerts);
    if (g_hash_table_size(listener->tasks) != open || g_hash_table_size(listener->alerts) != raised)
        g_error("%s is told of %u lists and %u with alerts, and has %u and %u", who, g_hash_table_size(listener->tasks),
                g_hash_table_size(listener->alerts), open, raised);
}

static bool lies_under(const struct model *model, int64_t unit)
{
    for (guint i = 0; i < model->matters->len; i++)
        if (model_is_under(model, g_array_index(model->matters, struct model_matter, i).unit, unit))
            return true;
    return false;
}

/* Whoever reads figures of a unit is told of these, and nobody else: as GET /counts says. */
static void check_figures(struct rig *rig, const struct model *model, const char *who, const struct listener *listener)
{
    for (size_t u = 0; u < G_N_ELEMENTS(units); u++) {
        int64_t unit = unit_ids[u];
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, unit);
        g_autofree char *path = g_strdup_printf("/api/v1/counts?unit=%%23%s", id);
        AUTO(reply) struct reply reply = rig_get(rig, who, path);
        if (reply.status != 200) /* closed by now */
            continue;
        bool told = g_hash_table_contains(listener->figures, id), counts = false;
        size_t i;
        const json_t *row;
        json_array_foreach(json_at(reply.json, "data"), i, row) counts =
            counts || json_array_size(json_object_get(row, "states")) > 0;
        if (told != (counts && lies_under(model, unit)))
            g_error("%s is %s of figures of %s", who, told ? "told" : "not told", units[u]);
    }
}

void listeners_check(struct rig *rig, const struct model *model, const GPtrArray *viewers)
{
    if (listeners == NULL)
        open_all(rig, viewers);
    settle(SILENT_MS);
    forget_all();
    change_all(rig, model);
    rig_settle(rig);
    for (int64_t until_us = clock_monotonic_us() + TOLD_MS * 1000LL;
         !all_has_come(rig, model, viewers) && clock_monotonic_us() < until_us;) {
        g_usleep(10000);
        hear_all();
    }
    settle(SILENT_MS);
    for (guint v = 0; v < viewers->len; v++) {
        const char *who = g_ptr_array_index(viewers, v);
        const struct listener *listener = g_ptr_array_index(listeners, v);
        int64_t person = rig_member(rig, who)->person;
        g_assert_false(listener->ended);
        check_matters(model, who, person, listener);
        check_posts(model, who, person, listener);
        check_figures(rig, model, who, listener);
    }
}
