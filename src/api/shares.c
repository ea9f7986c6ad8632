/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/shares.h"

#include "access/grants.h"
#include "api/looks.h"
#include "api/shape.h"
#include "base/limits.h"
#include "playbook/field.h"

#include <string.h>

#define SMALLEST_CELL 5 /* a smaller number of people would tell who they are */

static struct rulebook *rules_of(struct request *request)
{
    return engine_rulebook(request->server->engine);
}

/* Whoever may not even see the matter is not told that it is there. */
static bool take_grant(struct request *request, struct matter *matter, struct grant *out)
{
    struct db *rows = request->reader->rows;
    struct uuid uuid;
    if (!uuid_parse(request->params[0], &uuid) || !matter_get_by_uuid(rows, &uuid, matter) ||
        !access_may_see(rows, rules_of(request), &request->viewer, matter)) {
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这件事项" : "matter");
        return false;
    }
    if (access_grant(rows, request->reader->vault, rules_of(request), &request->viewer, matter, out))
        return true;
    respond_refused(request, PROBLEM_NO_RIGHT, NULL,
                    request->chinese ? "被共享单位" : "the unit it is granted to");
    return false;
}

/* ---- row by row ---- */

static json_t *shape_value(struct request *request, const struct known_value *known)
{
    g_autoptr(json_t) stored = json_pack("{s:O}", known->field->name, known->value);
    g_autoptr(json_t) shown = shape_fields(request, &known->matter, known->form, stored, known->unmasked);
    return json_pack("{s:s, s:O?, s:b, s:o}", "concept", known->field->concept, "value",
                     json_object_get(shown, known->field->name), "masked",
                     !known->unmasked && field_is_personal(known->field), "at",
                     shape_time(request, known->at_us));
}

static json_t *shape_granted(struct request *request, const struct granted *granted, bool named)
{
    json_t *values = json_array();
    for (guint i = 0; i < granted->values->len; i++)
        json_array_append_new(values,
                              shape_value(request, &g_array_index(granted->values, struct known_value, i)));
    return json_pack(
        "{s:o, s:s, s:o, s:o}", "subject",
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
    g_autoptr(GArray) page = access_granted(request->reader->rows, request->reader->vault, rules_of(request),
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

/* Once a person and concept, whichever of their matters tells it first. */
static void count(json_t *counts, GHashTable *counted, const struct known_value *known)
{
    if (!g_hash_table_add(counted, g_strdup_printf("%s %" G_GINT64_FORMAT, known->field->concept,
                                                   known->matter.subject)))
        return;
    json_t *one = json_object_get(counts, known->field->concept);
    if (one == NULL) {
        one = json_pack("{s:i}", "persons", 0);
        json_object_set_new(counts, known->field->concept, one);
    }
    json_object_set_new(one, "persons",
                        json_integer(json_integer_value(json_object_get(one, "persons")) + 1));
    if (known->field->type != FIELD_CHOICE)
        return;
    json_t *by = json_object_get(one, "by");
    const char *code = json_string_value(known->value);
    if (by == NULL) {
        by = json_object();
        json_object_set_new(one, "by", by);
    }
    json_object_set_new(by, code, json_integer(json_integer_value(json_object_get(by, code)) + 1));
}

/* A small number, and one that it could be taken from, is told as null. */
static void hide_small(json_t *counts)
{
    const char *name, *code;
    json_t *one, *cell;
    void *next;
    json_object_foreach_safe(counts, next, name, one)
    {
        bool small = json_integer_value(json_object_get(one, "persons")) < SMALLEST_CELL, any = small;
        json_object_foreach(json_object_get(one, "by"), code, cell) any |=
            json_integer_value(cell) < SMALLEST_CELL;
        if (small)
            json_object_set_new(one, "persons", json_null());
        if (any)
            json_object_del(one, "by");
    }
}

static void respond_counts(struct request *request, const struct grant *grant)
{
    struct grant_cursor cursor = {0};
    bool more = true;
    json_t *counts = json_object();
    g_autoptr(GHashTable) counted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int pages = 0; more; pages++) {
        if (pages * LIMIT_LIST_LOOKED_AT >= LIMIT_RECOUNT_MATTERS) {
            json_decref(counts);
            g_autofree char *most = g_strdup_printf("%d", LIMIT_RECOUNT_MATTERS);
            respond_refused(request, PROBLEM_TOO_MANY_ITEMS, NULL, most);
            return;
        }
        g_autoptr(GArray) page =
            access_granted(request->reader->rows, request->reader->vault, rules_of(request), grant,
                           request->now_us, &cursor, LIMIT_LIST_LOOKED_AT, &more);
        for (guint i = 0; i < page->len; i++) {
            const GArray *values = g_array_index(page, struct granted, i).values;
            for (guint j = 0; j < values->len; j++)
                count(counts, counted, &g_array_index(values, struct known_value, j));
        }
    }
    hide_small(counts);
    respond_json(request, MHD_HTTP_OK, json_pack("{s:o}", "counts", counts));
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
