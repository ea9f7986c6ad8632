/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/rulebook.h"

#include <pthread.h>
#include <string.h>

struct rulebook {
    pthread_mutex_t lock;
    GPtrArray *versions; /* by id ascending */
    GPtrArray *removed;  /* kept: readers may have borrowed pointers */
};

static void unref(gpointer playbook)
{
    playbook_unref(playbook);
}

struct rulebook *rulebook_new(void)
{
    struct rulebook *rulebook = g_new0(struct rulebook, 1);
    int failed = pthread_mutex_init(&rulebook->lock, NULL);
    g_assert(failed == 0);
    rulebook->versions = g_ptr_array_new_with_free_func(unref);
    rulebook->removed = g_ptr_array_new_with_free_func(unref);
    return rulebook;
}

void rulebook_free(struct rulebook *rulebook)
{
    g_ptr_array_unref(rulebook->versions);
    g_ptr_array_unref(rulebook->removed);
    pthread_mutex_destroy(&rulebook->lock);
    g_free(rulebook);
}

/* Under the lock. */
static struct playbook *newest(struct rulebook *rulebook)
{
    guint count = rulebook->versions->len;
    return count > 0 ? g_ptr_array_index(rulebook->versions, count - 1) : NULL;
}

/* What the version before required already has been since then. */
static void date_required_posts(struct playbook *playbook, const struct playbook *last)
{
    for (size_t i = 0; i < playbook->required_post_count; i++) {
        struct required_post *post = &playbook->required_posts[i];
        post->since_us = playbook->adopted_us;
        for (size_t j = 0; last != NULL && j < last->required_post_count; j++) {
            const struct required_post *before = &last->required_posts[j];
            if (strcmp(before->unit_type->name, post->unit_type->name) == 0 &&
                strcmp(before->role->name, post->role->name) == 0 && before->count >= post->count)
                post->since_us = before->since_us;
        }
    }
}

void rulebook_add(struct rulebook *rulebook, struct playbook *playbook)
{
    pthread_mutex_lock(&rulebook->lock);
    const struct playbook *last = newest(rulebook);
    g_assert(playbook->id > (last != NULL ? last->id : 0));
    date_required_posts(playbook, last);
    g_ptr_array_add(rulebook->versions, playbook);
    pthread_mutex_unlock(&rulebook->lock);
}

void rulebook_remove(struct rulebook *rulebook, int64_t id)
{
    pthread_mutex_lock(&rulebook->lock);
    struct playbook *last = newest(rulebook);
    g_assert(last != NULL && last->id == id);
    g_ptr_array_add(rulebook->removed, g_ptr_array_steal_index(rulebook->versions, rulebook->versions->len - 1));
    pthread_mutex_unlock(&rulebook->lock);
}

const struct playbook *rulebook_current(struct rulebook *rulebook)
{
    pthread_mutex_lock(&rulebook->lock);
    const struct playbook *current = newest(rulebook);
    pthread_mutex_unlock(&rulebook->lock);
    return current;
}

const struct playbook *rulebook_get(struct rulebook *rulebook, int64_t id)
{
    pthread_mutex_lock(&rulebook->lock);
    const struct playbook *found = NULL;
    /* From the newest: most matters were opened under it. */
    for (guint i = rulebook->versions->len; i > 0 && found == NULL; i--) {
        const struct playbook *version = g_ptr_array_index(rulebook->versions, i - 1);
        if (version->id == id)
            found = version;
    }
    pthread_mutex_unlock(&rulebook->lock);
    return found;
}

const struct playbook *rulebook_before(struct rulebook *rulebook, int64_t id)
{
    pthread_mutex_lock(&rulebook->lock);
    const struct playbook *before = NULL;
    for (guint i = 0; i < rulebook->versions->len; i++) {
        const struct playbook *version = g_ptr_array_index(rulebook->versions, i);
        if (version->id >= id)
            break;
        before = version;
    }
    pthread_mutex_unlock(&rulebook->lock);
    return before;
}
