/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/snapshot.h"

#include "api/looks.h"
#include "api/matters.h"
#include "api/shape.h"
#include "api/tasks.h"
#include "api/visible.h"
#include "base/limits.h"

#include <sodium.h>
#include <string.h>

#define DIGEST_BYTES 9 /* of crypto_generichash_BYTES_MIN: no two rows of one phone have the same by chance */
#define DIGEST_TEXT  sodium_base64_ENCODED_LEN(DIGEST_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)

struct kept {
    int64_t matter;
    json_t *tasks;
    int64_t named; /* person whom one of its tasks names, 0 none */
};

struct keeping {
    struct request *request;
    GHashTable *had;   /* set of digests that the phone has and that have not been met */
    GArray *rows;      /* of struct kept */
    GHashTable *index; /* matter → place in `rows`, from 1 */
    GArray *looks;
    bool whole;
};

static void row_clear(void *row)
{
    json_decref(((struct kept *)row)->tasks);
}

/* NULL: the snapshot is full. */
static struct kept *row_of(struct keeping *keeping, int64_t matter)
{
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(keeping->index, &matter));
    if (place == 0) {
        if (keeping->rows->len >= LIMIT_SNAPSHOT_MATTERS)
            return NULL;
        struct kept row = {.matter = matter, .tasks = json_array()};
        int64_t *key = g_new(int64_t, 1);
        *key = matter;
        g_array_append_val(keeping->rows, row);
        place = keeping->rows->len;
        g_hash_table_insert(keeping->index, key, GUINT_TO_POINTER(place));
    }
    return &g_array_index(keeping->rows, struct kept, place - 1);
}

/* ---- which matters ---- */

static bool add_tasks(struct keeping *keeping, struct task_list *list, const GArray *todos)
{
    for (guint i = 0; i < todos->len; i++) {
        const struct todo *todo = &g_array_index(todos, struct todo, i);
        if (!task_list_has(list, todo))
            continue;
        struct kept *row = row_of(keeping, todo->matter);
        bool named = false;
        if (row == NULL)
            return false;
        json_array_append_new(row->tasks, shape_task(keeping->request, list, todo, &named));
        if (named)
            row->named = todo->subject;
    }
    return true;
}

static bool take_tasks(struct keeping *keeping)
{
    struct request *request = keeping->request;
    AUTO(task_list) struct task_list list = {0};
    task_list_init(&list, request->reader->rows, request_rules(request), &request->viewer, 0);
    int64_t due_us = 0, matter = 0, number = 0;
    for (guint read = LIMIT_PAGE_ROWS; read == LIMIT_PAGE_ROWS;) {
        g_autoptr(GArray) todos = task_list_read(&list, due_us, matter, number, LIMIT_PAGE_ROWS);
        read = todos->len;
        if (!add_tasks(keeping, &list, todos))
            return false;
        if (read > 0) {
            const struct todo *last = &g_array_index(todos, struct todo, read - 1);
            due_us = last->due_us;
            matter = last->matter;
            number = last->number;
        }
    }
    return true;
}

/* One page of the list is looked at: whoever sees a whole city has no use for its first matters. */
static bool take_others(struct keeping *keeping)
{
    struct request *request = keeping->request;
    struct matter_filter filter = {
        .open = 1, .most = LIMIT_SNAPSHOT_MATTERS, .tree_us = registry_tree_us(request->reader->rows, request->now_us)};
    struct matter_cursor next;
    bool more;
    g_autoptr(GArray) matters =
        access_matters(request->reader->rows, request_rules(request), &request->viewer, &filter, &more, &next);
    if (more)
        return false;
    for (guint i = 0; i < matters->len; i++)
        if (row_of(keeping, g_array_index(matters, struct seen_matter, i).matter.id) == NULL)
            return false;
    return true;
}

/* ---- one row ---- */

static json_t *shape_acts(struct request *request, const struct matter *matter)
{
    json_t *acts = json_array();
    g_autoptr(GArray) found = request_acts(request, matter);
    for (guint i = 0; i < found->len; i++) {
        const struct matter_act *act = &g_array_index(found, struct matter_act, i);
        if (act->problem == NULL)
            json_array_append_new(acts, shape_act(request, act));
    }
    return acts;
}

static json_t *shape_newest(struct request *request, const struct matter *matter, bool unmasked)
{
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    int64_t after = matter_newest_entry(request->reader->rows, matter->id) - LIMIT_SNAPSHOT_ENTRIES;
    g_autoptr(GArray) entries =
        matter_entries(request->reader->rows, matter->id, MAX(0, after), LIMIT_SNAPSHOT_ENTRIES);
    json_t *rows = json_array();
    for (guint i = 0; i < entries->len; i++) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        if (access_shows_entry(request->reader->rows, request_rules(request), &request->viewer, matter, row))
            json_array_append_new(rows, shape_entry(request, matter, kind, row, unmasked));
    }
    return rows;
}

static void digest_of(const json_t *row, char out[DIGEST_TEXT])
{
    uint8_t digest[crypto_generichash_BYTES_MIN];
    g_autofree char *text = json_dumps(row, JSON_COMPACT);
    crypto_generichash(digest, sizeof digest, (const uint8_t *)text, strlen(text), NULL, 0);
    sodium_bin2base64(out, DIGEST_TEXT, digest, DIGEST_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void add_row(struct keeping *keeping, const struct kept *row, json_t *data)
{
    struct request *request = keeping->request;
    struct matter matter;
    char digest[DIGEST_TEXT];
    if (!matter_get(request->reader->rows, row->matter, &matter) ||
        !access_may_see(request->reader->rows, request_rules(request), &request->viewer, &matter))
        return;
    bool unmasked = request_unmasks(request, &matter);
    g_autoptr(GArray) shown = looks_new();
    json_t *shape = json_pack(
        "{s:o, s:O, s:o, s:o}", "matter", shape_matter_whole(request, &matter, unmasked ? shown : NULL), "tasks",
        row->tasks, "acts", shape_acts(request, &matter), "entries", shape_newest(request, &matter, unmasked));
    digest_of(shape, digest);
    if (g_hash_table_remove(keeping->had, digest)) {
        json_decref(shape);
        return;
    }
    json_object_set_new(shape, "digest", json_string(digest));
    json_array_append_new(data, shape);
    int64_t person = unmasked ? access_subject(request_rules(request), &matter) : row->named;
    if (person != 0)
        looks_add(shown, person, matter.id);
    g_array_append_vals(keeping->looks, shown->data, shown->len);
}

/* ---- the request ---- */

/* Names of rows, separated by commas; false when the request has been answered. */
static bool take_had(struct request *request, GHashTable *had)
{
    const char *list = request_query(request, "have");
    g_auto(GStrv) digests = list != NULL ? g_strsplit(list, ",", LIMIT_SNAPSHOT_MATTERS + 1) : NULL;
    for (guint i = 0; digests != NULL && digests[i] != NULL; i++) {
        if (i == LIMIT_SNAPSHOT_MATTERS || strlen(digests[i]) != DIGEST_TEXT - 1) {
            respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, "have",
                            request->chinese ? "最多 " G_STRINGIFY(LIMIT_SNAPSHOT_MATTERS) " 个摘要，以逗号分隔"
                                             : "at most " G_STRINGIFY(LIMIT_SNAPSHOT_MATTERS) " digests, by commas");
            return false;
        }
        g_hash_table_add(had, g_strdup(digests[i]));
    }
    return true;
}

static json_t *left_of(GHashTable *had)
{
    json_t *gone = json_array();
    GHashTableIter each;
    void *digest;
    g_hash_table_iter_init(&each, had);
    while (g_hash_table_iter_next(&each, &digest, NULL))
        json_array_append_new(gone, json_string(digest));
    return gone;
}

void get_snapshot(struct request *request)
{
    g_autoptr(GHashTable) had = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!take_had(request, had))
        return;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct kept));
    g_array_set_clear_func(rows, row_clear);
    g_autoptr(GHashTable) index = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GArray) looks = looks_new();
    struct keeping keeping = {request, had, rows, index, looks, false};
    keeping.whole = take_tasks(&keeping) && take_others(&keeping);
    json_t *data = json_array();
    for (guint i = 0; i < rows->len; i++)
        add_row(&keeping, &g_array_index(rows, struct kept, i), data);
    const struct playbook *playbook = rulebook_current(request_rules(request));
    respond_looked(request, looks, "snapshot",
                   json_pack("{s:o, s:o, s:o, s:b, s:o, s:o}", "at", shape_time(request, request->now_us), "person",
                             shape_id(request, VAULT_ID_PERSON, request->session.person), "playbook",
                             playbook != NULL ? json_id(playbook->id) : json_null(), "whole", keeping.whole, "gone",
                             left_of(had), "data", data));
}
