/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/counts.h"

#include "api/shape.h"
#include "api/visible.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "matter/tally.h"

#include <string.h>

static json_t *shape_expected(const struct kind *kind, const GArray *expectations)
{
    struct expectation_count found = {0};
    for (guint i = 0; i < expectations->len; i++)
        if (strcmp(g_array_index(expectations, struct expectation_count, i).kind, kind->name) == 0)
            found = g_array_index(expectations, struct expectation_count, i);
    return json_pack("{s:I, s:I, s:I}", "open", (json_int_t)found.open, "overdue", (json_int_t)found.overdue,
                     "due_today", (json_int_t)found.due);
}

/* States as the matters have them: of one under older rules the name may be one that the kind has no more. */
static json_t *shape_states(struct request *request, const struct kind *kind, const GArray *matters)
{
    json_t *rows = json_array();
    for (guint i = 0; i < matters->len; i++) {
        const struct matter_count *count = &g_array_index(matters, struct matter_count, i);
        const struct state *state = strcmp(count->kind, kind->name) == 0 ? kind_find_state(kind, count->state) : NULL;
        if (strcmp(count->kind, kind->name) == 0)
            json_array_append_new(rows, json_pack("{s:s, s:o, s:b, s:I}", "state", count->state, "title",
                                                  shape_title(request, state != NULL ? &state->title : NULL), "open",
                                                  count->open, "count", (json_int_t)count->count));
    }
    return rows;
}

/* What the viewer may see all of, by kind, at a unit and below; NULL: there is no such kind. */
static json_t *shape_counts(struct request *request, const struct playbook *playbook, int64_t unit)
{
    struct db *rows = request->reader->rows;
    g_autoptr(GPtrArray) kinds = g_ptr_array_new();
    for (size_t i = 0; playbook != NULL && i < playbook->kind_count; i++)
        if (request_sees_all(request, &playbook->kinds[i], unit))
            g_ptr_array_add(kinds, (gpointer)&playbook->kinds[i]);
    if (kinds->len == 0)
        return NULL;
    int32_t today = day_of(request->now_us, playbook->zone);
    g_autoptr(GArray) matters = matter_counts(rows, unit, request->now_us);
    g_autoptr(GArray) expectations = matter_expectation_counts(
        rows, unit, request->now_us, day_time_us(today, 0, playbook->zone), day_time_us(today + 1, 0, playbook->zone));
    json_t *data = json_array();
    for (guint i = 0; i < kinds->len; i++) {
        const struct kind *kind = kinds->pdata[i];
        json_array_append_new(data, json_pack("{s:s, s:o, s:o, s:o}", "kind", kind->name, "title",
                                              shape_title(request, &kind->title), "expected",
                                              shape_expected(kind, expectations), "states",
                                              shape_states(request, kind, matters)));
    }
    return data;
}

bool counts_take_unit(struct request *request, int64_t *out_unit)
{
    *out_unit = 0;
    if (!request_query_unit(request, "unit", out_unit))
        return false;
    if (*out_unit != 0)
        return true;
    respond_refused(request, PROBLEM_MISSING_FIELD, "unit");
    return false;
}

void counts_not_found(struct request *request)
{
    respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "可看的汇总" : "a count to be shown");
}

void get_counts(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    int64_t unit;
    if (!counts_take_unit(request, &unit))
        return;
    json_t *data = shape_counts(request, playbook, unit);
    if (data == NULL)
        counts_not_found(request);
    else
        respond_json(request, MHD_HTTP_OK, json_pack("{s:o, s:o}", "unit", shape_unit(request, unit), "data", data));
}

struct shaper { /* one of them */
    counts_shape *one;
    counts_shape_many *many;
};

static void shape_units(struct request *request, struct shaper shaper, int64_t above, const GArray *units, json_t **out)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    if (shaper.many != NULL)
        shaper.many(request, playbook, above, units, out);
    for (guint i = 0; i < units->len && shaper.one != NULL; i++)
        out[i] = shaper.one(request, playbook, g_array_index(units, struct unit, i).id);
}

static json_t *shape_alone(struct request *request, struct shaper shaper, int64_t id)
{
    struct unit unit;
    json_t *own = NULL;
    g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof unit);
    if (!registry_unit(request->reader->rows, id, &unit))
        return NULL;
    g_array_append_val(one, unit);
    shape_units(request, shaper, id, one, &own);
    return own;
}

json_t *counts_shape_alone(struct request *request, counts_shape_many *shape, int64_t unit)
{
    return shape_alone(request, (struct shaper){.many = shape}, unit);
}

/* Adds those of which there is something to show; *after is the last of them, or where looking ended. True: there are
 * more than the page holds. */
static bool add_some(struct request *request, struct shaper shaper, int64_t above, const GArray *units, size_t limit,
                     json_t *rows, int64_t *after)
{
    bool more = false;
    if (units->len == 0)
        return false;
    g_autofree json_t **data = g_new0(json_t *, units->len);
    shape_units(request, shaper, above, units, data);
    for (guint i = 0; i < units->len; i++) {
        int64_t id = g_array_index(units, struct unit, i).id;
        more = more || (data[i] != NULL && json_array_size(rows) == limit);
        if (data[i] != NULL && !more)
            json_array_append_new(rows, json_pack("{s:o, s:O}", "unit", shape_unit(request, id), "data", data[i]));
        json_decref(data[i]);
        if (!more)
            *after = id;
    }
    return more;
}

/* Looks at as many units at a time as the page may need, and one that says whether there are more. */
static json_t *list_below(struct request *request, struct shaper shaper, int64_t unit, int limit, int64_t *after,
                          bool *out_more)
{
    json_t *rows = json_array();
    *out_more = false;
    for (guint looked_at = 0, read = 1, wanted = 1; read == wanted && !*out_more; looked_at += read) {
        wanted = (guint)limit + 1 - (guint)json_array_size(rows);
        g_autoptr(GArray) below = registry_children(request->reader->rows, unit, *after, (int)wanted);
        read = below->len;
        *out_more =
            looked_at >= LIMIT_LIST_LOOKED_AT || add_some(request, shaper, unit, below, (size_t)limit, rows, after);
    }
    return rows;
}

static void respond_below(struct request *request, struct shaper shaper)
{
    int64_t unit, after = 0;
    int limit;
    bool has_cursor, more;
    if (!request_page(request, &limit, &after, 1, &has_cursor) || !counts_take_unit(request, &unit))
        return;
    json_t *rows = list_below(request, shaper, unit, limit, &after, &more);
    g_autoptr(json_t) own = json_array_size(rows) == 0 ? shape_alone(request, shaper, unit) : json_null();
    if (own != NULL) {
        respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? &after : NULL, 1));
        return;
    }
    json_decref(rows);
    counts_not_found(request);
}

void counts_respond_below(struct request *request, counts_shape *shape)
{
    respond_below(request, (struct shaper){.one = shape});
}

void counts_respond_many_below(struct request *request, counts_shape_many *shape)
{
    respond_below(request, (struct shaper){.many = shape});
}

void get_counts_below(struct request *request)
{
    counts_respond_below(request, shape_counts);
}
