/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/task_list.h"

#include <string.h>

static int64_t post_at(const struct task_list *list, guint i)
{
    return g_array_index(list->posts, int64_t, i);
}

static void add_colleagues(struct task_list *list)
{
    for (guint i = 0; i < list->own; i++) {
        if (post_at(list, i) <= 0)
            continue;
        g_autoptr(GArray) others = registry_colleagues(list->rows, post_at(list, i), list->viewer->at_us);
        for (guint j = 0; j < others->len; j++)
            if (!integers_hold(list->posts, g_array_index(others, int64_t, j)))
                g_array_append_val(list->posts, g_array_index(others, int64_t, j));
    }
}

void task_list_init(struct task_list *list, struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                    int64_t post)
{
    *list = (struct task_list){.rows = rows, .rulebook = rulebook, .viewer = viewer};
    list->posts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t themselves = -viewer->person;
    if (post == 0)
        g_array_append_val(list->posts, themselves);
    for (guint i = 0; i < viewer->posts->len; i++) {
        const struct post *held = &g_array_index(viewer->posts, struct post, i);
        if (post == 0 || post == held->id)
            g_array_append_val(list->posts, held->id);
    }
    list->own = list->posts->len;
    add_colleagues(list);
}

void task_list_clear(struct task_list *list)
{
    g_clear_pointer(&list->posts, g_array_unref);
}

GArray *task_list_read(const struct task_list *list, int64_t after_due_us, int64_t after_matter, int64_t after_number,
                       int most)
{
    return matter_todo(list->rows, (const int64_t *)(void *)list->posts->data, list->posts->len, after_due_us,
                       after_matter, after_number, most);
}

bool task_list_owns(const struct task_list *list, const struct todo *todo)
{
    for (guint i = 0; i < list->own; i++)
        if (post_at(list, i) == todo->post)
            return true;
    return false;
}

static const struct kind *kind_of(const struct task_list *list, const struct todo *todo)
{
    const struct playbook *playbook = rulebook_get(list->rulebook, todo->rules);
    return playbook != NULL ? playbook_find_kind(playbook, todo->kind) : NULL;
}

/* One of the posts from `first` up to before `end`. */
static bool one_may_claim(const struct task_list *list, const struct todo *todo, guint first, guint end)
{
    const struct kind *kind = first < end ? kind_of(list, todo) : NULL;
    for (guint i = first; i < end; i++)
        if (post_at(list, i) > 0 && matter_may_claim(list->rows, kind, todo, post_at(list, i), list->viewer->at_us))
            return true;
    return false;
}

static bool is_alike(const struct todo *one, const struct todo *other)
{
    return one->post == other->post && one->unit == other->unit && one->rules == other->rules &&
           one->participant == 0 && other->participant == 0 && strcmp(one->kind, other->kind) == 0 &&
           strcmp(one->name, other->name) == 0;
}

bool task_list_shares(struct task_list *list, const struct todo *todo)
{
    if (is_alike(&list->of, todo))
        return list->shared;
    bool own = task_list_owns(list, todo);
    list->of = *todo;
    list->shared =
        own ? one_may_claim(list, todo, list->own, list->posts->len) : one_may_claim(list, todo, 0, list->own);
    return list->shared;
}

bool task_list_has(struct task_list *list, const struct todo *todo)
{
    struct matter matter;
    return task_list_owns(list, todo) ||
           (task_list_shares(list, todo) && matter_get(list->rows, todo->matter, &matter) &&
            access_may_see(list->rows, list->rulebook, list->viewer, &matter));
}
