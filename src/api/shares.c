/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/shares.h"

#include "access/grants.h"
#include "access/told.h"
#include "api/looks.h"
#include "api/shape.h"
#include "api/visible.h"
#include "base/limits.h"
#include "playbook/form/field.h"

#include <string.h>

/* A viewer who may not see the matter gets not_found. */
static bool take_grant(struct request *request, struct matter *matter, struct grant *out)
{
    struct db *rows = request->reader->rows;
    struct uuid uuid;
    if (!uuid_parse(request->params[0], &uuid) || !matter_get_by_uuid(rows, &uuid, matter) ||
        !access_may_see(rows, request_rules(request), &request->viewer, matter)) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这件事项" : "matter");
        return false;
    }
    if (access_grant(rows, request->reader->vault, request_rules(request), &request->viewer, matter, out))
        return true;
    respond_refused(request, PROBLEM_NO_RIGHT, NULL, request->chinese ? "被共享单位" : "the unit it is granted to");
    return false;
}

/* ---- row by row ---- */

static json_t *shape_value(struct request *request, const struct known_value *known)
{
    g_autoptr(json_t) stored = json_pack("{s:O}", known->field->name, known->value);
    g_autoptr(json_t) shown = shape_fields(request, &known->matter, known->form, stored, known->unmasked);
    return json_pack("{s:s, s:O?, s:b, s:o}", "concept", known->field->concept, "value",
                     json_object_get(shown, known->field->name), "masked",
                     !known->unmasked && field_is_personal(known->field), "at", shape_time(request, known->at_us));
}

static json_t *shape_granted(struct request *request, const struct granted *granted, bool named)
{
    json_t *values = json_array();
    for (guint i = 0; i < granted->values->len; i++)
        json_array_append_new(values, shape_value(request, &g_array_index(granted->values, struct known_value, i)));
    return json_pack("{s:o, s:s, s:o, s:o}", "subject",
                     shape_person(request, granted->matter.subject, named && !granted->matter.named_only, false),
                     "kind", granted->matter.kind, "unit", shape_unit(request, granted->matter.unit), "values", values);
}

static void respond_rows(struct request *request, const struct grant *grant)
{
    int64_t at[2] = {0};
    int limit;
    bool more, has_cursor;
    if (!request_page(request, &limit, at, G_N_ELEMENTS(at), &has_cursor))
        return;
    struct grant_cursor cursor = {at[0], at[1]};
    g_autoptr(GArray) page = access_granted(request->reader->rows, request->reader->vault, request_rules(request),
                                            grant, request->now_us, &cursor, limit, &more);
    g_autoptr(GArray) shown = looks_new();
    json_t *rows = json_array();
    for (guint i = 0; i < page->len; i++) {
        const struct granted *granted = &g_array_index(page, struct granted, i);
        json_array_append_new(rows, shape_granted(request, granted, grant->grain == GRAIN_NAMED));
        if (grant->grain == GRAIN_NAMED)
            looks_add(shown, granted->matter.subject, granted->matter.id);
    }
    const int64_t next[] = {cursor.unit, cursor.matter};
    respond_looked(request, shown, "shared", shape_page(request, rows, more ? next : NULL, G_N_ELEMENTS(next)));
}

/* ---- counts ---- */

struct share_count {
    GHashTable *cells;   /* a concept, or with a code behind a line's end → GArray of int64_t: the persons counted */
    GHashTable *counted; /* concept and person */
};

static void share_count_clear(struct share_count *tally)
{
    g_hash_table_unref(tally->cells);
    g_hash_table_unref(tally->counted);
}
AUTO_CLEAR(share_count)

static void free_persons(gpointer persons)
{
    g_array_unref(persons);
}

static void tally_init(struct share_count *tally)
{
    tally->cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_persons);
    tally->counted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static GArray *cell_of(struct share_count *tally, const char *cell)
{
    GArray *persons = g_hash_table_lookup(tally->cells, cell);
    if (persons == NULL) {
        persons = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_hash_table_insert(tally->cells, g_strdup(cell), persons);
    }
    return persons;
}

/* Every granted concept has a cell, so that zero looks like too few. */
static void add_concepts(struct share_count *tally, const json_t *concepts)
{
    size_t i;
    const json_t *concept;
    if (json_is_string(concepts))
        cell_of(tally, json_string_value(concepts));
    json_array_foreach(concepts, i, concept) cell_of(tally, json_string_value(concept));
}

/* Once a person and concept, from the first of the person's matters that has it. */
static void count(struct share_count *tally, const struct known_value *known)
{
    const char *concept = known->field->concept;
    int64_t person = known->matter.subject;
    if (!g_hash_table_add(tally->counted, g_strdup_printf("%s %" G_GINT64_FORMAT, concept, person)))
        return;
    g_array_append_val(cell_of(tally, concept), person);
    if (known->field->type != FIELD_CHOICE)
        return;
    g_autofree char *cell = g_strconcat(concept, "\n", json_string_value(known->value), NULL);
    g_array_append_val(cell_of(tally, cell), person);
}

/* Codes with no person or too few are left out alike; the rest of the sum does not reveal them, since all numbers are
 * rounded. */
static json_t *tell_codes(struct told *told, GHashTable *cells, const GList *names, const char *concept)
{
    json_t *by = json_object();
    g_autofree char *prefix = g_strconcat(concept, "\n", NULL);
    for (; names != NULL; names = names->next) {
        if (!g_str_has_prefix(names->data, prefix))
            continue;
        int64_t number = told_number(told, names->data, g_hash_table_lookup(cells, names->data));
        if (number > 0)
            json_object_set_new(by, (const char *)names->data + strlen(prefix), json_integer(number));
    }
    return by;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static json_t *tell_counts(struct told *told, const struct share_count *tally)
{
    json_t *counts = json_object();
    GList *names = g_list_sort(g_hash_table_get_keys(tally->cells), by_name);
    for (const GList *at = names; at != NULL; at = at->next) {
        if (strchr(at->data, '\n') != NULL)
            continue;
        int64_t number = told_number(told, at->data, g_hash_table_lookup(tally->cells, at->data));
        json_t *by = tell_codes(told, tally->cells, names, at->data);
        json_t *one = json_pack("{s:o}", "persons", number > 0 ? json_integer(number) : json_null());
        if (json_object_size(by) > 0)
            json_object_set(one, "by", by);
        json_decref(by);
        json_object_set_new(counts, at->data, one);
    }
    g_list_free(names);
    return counts;
}

static void respond_counts(struct request *request, const struct grant *grant)
{
    struct grant_cursor cursor = {0};
    bool more = true;
    AUTO(share_count) struct share_count tally;
    tally_init(&tally);
    add_concepts(&tally, grant->concepts);
    for (int pages = 0; more; pages++) {
        if (pages * LIMIT_LIST_LOOKED_AT >= LIMIT_RECOUNT_MATTERS) {
            g_autofree char *most = g_strdup_printf("%d", LIMIT_RECOUNT_MATTERS);
            respond_refused(request, PROBLEM_TOO_MANY_ITEMS, NULL, most);
            return;
        }
        g_autoptr(GArray) page = access_granted(request->reader->rows, request->reader->vault, request_rules(request),
                                                grant, request->now_us, &cursor, LIMIT_LIST_LOOKED_AT, &more);
        for (guint i = 0; i < page->len; i++) {
            const GArray *values = g_array_index(page, struct granted, i).values;
            for (guint j = 0; j < values->len; j++)
                count(&tally, &g_array_index(values, struct known_value, j));
        }
    }
    respond_json(request, MHD_HTTP_OK, json_pack("{s:o}", "counts", tell_counts(request->server->told, &tally)));
}

void get_matter_shared(struct request *request)
{
    AUTO(grant) struct grant grant = {0};
    struct matter matter;
    if (!take_grant(request, &matter, &grant))
        return;
    if (grant.grain == GRAIN_COUNTS)
        respond_counts(request, &grant);
    else
        respond_rows(request, &grant);
}
