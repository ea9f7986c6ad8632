/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/told.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

struct told_set {
    char *cell;
    int64_t *persons; /* ascending */
    guint count;
    int64_t number; /* as shown */
};

struct told {
    pthread_mutex_t lock;
    GQueue sets; /* of struct told_set, the oldest first */
    guint persons;
};

static void set_free(gpointer data)
{
    struct told_set *set = data;
    g_free(set->cell);
    g_free(set->persons);
    g_free(set);
}

struct told *told_new(void)
{
    struct told *told = g_new0(struct told, 1);
    pthread_mutex_init(&told->lock, NULL);
    g_queue_init(&told->sets);
    return told;
}

void told_free(struct told *told)
{
    if (told == NULL)
        return;
    g_queue_clear_full(&told->sets, set_free);
    pthread_mutex_destroy(&told->lock);
    g_free(told);
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

/* Whether fewer than TOLD_SMALLEST persons are in only one of them. */
static bool is_near(const struct told_set *set, const GArray *persons)
{
    guint a = 0, b = 0, apart = 0;
    while (apart < TOLD_SMALLEST && a < set->count && b < persons->len) {
        int64_t one = set->persons[a], other = g_array_index(persons, int64_t, b);
        apart += one != other;
        a += one <= other;
        b += other <= one;
    }
    return apart + (set->count - a) + (persons->len - b) < TOLD_SMALLEST;
}

static const struct told_set *find_near(const struct told *told, const char *cell, const GArray *persons)
{
    for (const GList *at = told->sets.head; at != NULL; at = at->next) {
        const struct told_set *set = at->data;
        if (strcmp(set->cell, cell) == 0 && is_near(set, persons))
            return set;
    }
    return NULL;
}

static void forget_oldest(struct told *told)
{
    while (told->sets.length > TOLD_SETS_MOST || told->persons > TOLD_PERSONS_MOST) {
        struct told_set *set = g_queue_pop_head(&told->sets);
        told->persons -= set->count;
        set_free(set);
    }
}

static int64_t tell(struct told *told, const char *cell, const GArray *persons)
{
    struct told_set *set = g_new(struct told_set, 1);
    *set = (struct told_set){g_strdup(cell), g_memdup2(persons->data, persons->len * sizeof(int64_t)), persons->len,
                             persons->len / TOLD_SMALLEST * TOLD_SMALLEST};
    int64_t number = set->number;
    told->persons += set->count;
    g_queue_push_tail(&told->sets, set);
    forget_oldest(told);
    return number;
}

int64_t told_number(struct told *told, const char *cell, GArray *persons)
{
    g_array_sort(persons, by_id);
    pthread_mutex_lock(&told->lock);
    const struct told_set *near = find_near(told, cell, persons);
    int64_t number = near != NULL ? near->number : tell(told, cell, persons);
    pthread_mutex_unlock(&told->lock);
    return number;
}
