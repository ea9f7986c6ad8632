/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/traces.h"

#include "base/limits.h"

#include <pthread.h>
#include <string.h>

#define MANY_LOOKS (LIMIT_LOOKS_WAITING / 8) /* worth an event each, however young */

struct look_count {
    int64_t person, matter, page, count;
};

struct look_page {
    int64_t reader, hour;      /* the key, see sheet_hash() */
    int64_t since_us;          /* monotonic: its first look */
    int64_t first_us, last_us; /* of its looks */
    GPtrArray *pages;          /* of const char *, interned */
    GArray *looks;             /* of struct look_count; those before `taken` are gone */
    guint taken;
    GHashTable *places; /* struct look_count (person, matter, page) → its place in `looks` + 1 */
    GList link;
};

struct traces {
    pthread_mutex_t lock;
    GHashTable *sheets; /* of struct look_page, by reader and hour; owned by `order` */
    GQueue order;       /* of struct look_page, oldest first */
    size_t waiting;
};

/* ---- a sheet ---- */

static guint sheet_hash(gconstpointer key)
{
    const struct look_page *sheet = key;
    return (guint)(sheet->reader * 31 + sheet->hour);
}

static gboolean sheet_equal(gconstpointer one, gconstpointer other)
{
    const struct look_page *left = one, *right = other;
    return left->reader == right->reader && left->hour == right->hour;
}

static guint look_hash(gconstpointer key)
{
    const struct look_count *look = key;
    return (guint)((look->person * 31 + look->matter) * 31 + look->page);
}

static gboolean look_equal(gconstpointer one, gconstpointer other)
{
    const struct look_count *left = one, *right = other;
    return left->person == right->person && left->matter == right->matter && left->page == right->page;
}

static struct look_page *sheet_new(int64_t reader, int64_t hour, int64_t now_us)
{
    struct look_page *sheet = g_new0(struct look_page, 1);
    *sheet = (struct look_page){.reader = reader,
                                .hour = hour,
                                .since_us = clock_monotonic_us(),
                                .first_us = now_us,
                                .pages = g_ptr_array_new(),
                                .looks = g_array_new(FALSE, FALSE, sizeof(struct look_count)),
                                .places = g_hash_table_new_full(look_hash, look_equal, g_free, NULL)};
    sheet->link.data = sheet;
    return sheet;
}

static void sheet_free(struct look_page *sheet)
{
    g_ptr_array_unref(sheet->pages);
    g_array_unref(sheet->looks);
    g_hash_table_unref(sheet->places);
    g_free(sheet);
}

static int64_t page_number(struct look_page *sheet, const char *page)
{
    const char *interned = g_intern_string(page);
    guint number;
    if (!g_ptr_array_find(sheet->pages, interned, &number)) {
        number = sheet->pages->len;
        g_ptr_array_add(sheet->pages, (char *)interned);
    }
    return number;
}

/* True when it is new. */
static bool count_look(struct look_page *sheet, const struct look *look, int64_t page)
{
    struct look_count counted = {look->person, look->matter, page, 1};
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(sheet->places, &counted));
    if (place != 0) {
        g_array_index(sheet->looks, struct look_count, place - 1).count++;
        return false;
    }
    g_array_append_val(sheet->looks, counted);
    g_hash_table_insert(sheet->places, g_memdup2(&counted, sizeof counted), GUINT_TO_POINTER(sheet->looks->len));
    return true;
}

/* ---- the doors' side ---- */

struct traces *traces_new(void)
{
    struct traces *traces = g_new0(struct traces, 1);
    pthread_mutex_init(&traces->lock, NULL);
    traces->sheets = g_hash_table_new(sheet_hash, sheet_equal);
    g_queue_init(&traces->order);
    return traces;
}

void traces_free(struct traces *traces)
{
    GList *link;
    while ((link = g_queue_pop_head_link(&traces->order)) != NULL)
        sheet_free(link->data);
    g_hash_table_unref(traces->sheets);
    pthread_mutex_destroy(&traces->lock);
    g_free(traces);
}

static struct look_page *sheet_of(struct traces *traces, int64_t reader, int64_t now_us)
{
    const struct look_page key = {.reader = reader, .hour = now_us / US_PER_HOUR};
    struct look_page *sheet = g_hash_table_lookup(traces->sheets, &key);
    if (sheet != NULL)
        return sheet;
    sheet = sheet_new(reader, key.hour, now_us);
    g_hash_table_add(traces->sheets, sheet);
    g_queue_push_tail_link(&traces->order, &sheet->link);
    return sheet;
}

bool traces_add(struct traces *traces, int64_t now_us, int64_t reader, const struct look *looks, size_t count,
                const char *page)
{
    pthread_mutex_lock(&traces->lock);
    bool room = traces->waiting + count <= LIMIT_LOOKS_WAITING;
    if (room) {
        struct look_page *sheet = sheet_of(traces, reader, now_us);
        int64_t number = page_number(sheet, page);
        for (size_t i = 0; i < count; i++)
            traces->waiting += count_look(sheet, &looks[i], number);
        sheet->last_us = MAX(sheet->last_us, now_us);
    }
    pthread_mutex_unlock(&traces->lock);
    return room;
}

bool traces_are_many(struct traces *traces)
{
    pthread_mutex_lock(&traces->lock);
    bool many = traces->waiting >= MANY_LOOKS;
    pthread_mutex_unlock(&traces->lock);
    return many;
}

/* ---- the writer's side ---- */

size_t traces_waiting(struct traces *traces, int64_t *out_age_us)
{
    pthread_mutex_lock(&traces->lock);
    size_t waiting = traces->waiting;
    const GList *oldest = traces->order.head;
    *out_age_us = oldest != NULL ? clock_monotonic_us() - ((const struct look_page *)oldest->data)->since_us : 0;
    pthread_mutex_unlock(&traces->lock);
    return waiting;
}

static json_t *body_of(struct look_page *sheet, size_t count)
{
    json_t *pages = json_array(), *looks = json_array();
    for (guint i = 0; i < sheet->pages->len; i++)
        json_array_append_new(pages, json_string(sheet->pages->pdata[i]));
    for (size_t i = 0; i < count; i++) {
        const struct look_count *look = &g_array_index(sheet->looks, struct look_count, sheet->taken + i);
        json_array_append_new(looks, json_pack("[I,I,I,I]", (json_int_t)look->person, (json_int_t)look->matter,
                                               (json_int_t)look->page, (json_int_t)look->count));
    }
    return json_pack("{s:o, s:o, s:I, s:I}", "pages", pages, "looks", looks, "from_us", (json_int_t)sheet->first_us,
                     "to_us", (json_int_t)sheet->last_us);
}

/* Once something of a sheet is taken, further looks go onto a new one. */
json_t *traces_take(struct traces *traces, size_t most, int64_t *out_reader, size_t *out_count)
{
    pthread_mutex_lock(&traces->lock);
    GList *link = traces->order.head;
    if (link == NULL) {
        pthread_mutex_unlock(&traces->lock);
        return NULL;
    }
    struct look_page *sheet = link->data;
    if (g_hash_table_lookup(traces->sheets, sheet) == sheet)
        g_hash_table_remove(traces->sheets, sheet);
    *out_count = MIN(most, sheet->looks->len - sheet->taken);
    *out_reader = sheet->reader;
    traces->waiting -= *out_count;
    bool last = sheet->taken + *out_count == sheet->looks->len;
    if (last)
        g_queue_unlink(&traces->order, link);
    pthread_mutex_unlock(&traces->lock);
    /* No other thread sees it: it is not in the table, and only the writer takes from the list. */
    json_t *body = body_of(sheet, *out_count);
    sheet->taken += (guint)*out_count;
    if (last)
        sheet_free(sheet);
    return body;
}
