/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/counts.h"

#include "api/shape.h"
#include "api/visible.h"
#include "base/datetime.h"
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

/* What the viewer may see all of, by kind, at a unit and below. */
static json_t *shape_counts(struct request *request, const struct playbook *playbook, int64_t unit)
{
    struct db *rows = request->reader->rows;
    json_t *data = json_array();
    if (playbook == NULL)
        return data;
    int32_t today = day_of(request->now_us, playbook->zone);
    g_autoptr(GArray) matters = matter_counts(rows, unit, request->now_us);
    g_autoptr(GArray) expectations = matter_expectation_counts(
        rows, unit, request->now_us, day_time_us(today, 0, playbook->zone), day_time_us(today + 1, 0, playbook->zone));
    for (size_t i = 0; i < playbook->kind_count; i++) {
        const struct kind *kind = &playbook->kinds[i];
        if (request_sees_all(request, kind, unit))
            json_array_append_new(data, json_pack("{s:s, s:o, s:o, s:o}", "kind", kind->name, "title",
                                                  shape_title(request, &kind->title), "expected",
                                                  shape_expected(kind, expectations), "states",
                                                  shape_states(request, kind, matters)));
    }
    return data;
}

static bool take_counted_unit(struct request *request, int64_t *out_unit)
{
    *out_unit = 0;
    if (!request_query_unit(request, "unit", out_unit))
        return false;
    if (*out_unit != 0)
        return true;
    respond_refused(request, PROBLEM_MISSING_FIELD, "unit");
    return false;
}

void get_counts(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    int64_t unit;
    if (take_counted_unit(request, &unit))
        respond_json(
            request, MHD_HTTP_OK,
            json_pack("{s:o, s:o}", "unit", shape_unit(request, unit), "data", shape_counts(request, playbook, unit)));
}

void get_counts_below(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    int64_t unit, after = 0, last = 0;
    int limit;
    bool has_cursor;
    if (!request_page(request, &limit, &after, 1, &has_cursor) || !take_counted_unit(request, &unit))
        return;
    g_autoptr(GArray) below = registry_children(request->reader->rows, unit, after, limit + 1);
    json_t *rows = json_array();
    for (guint i = 0; i < below->len && i < (guint)limit; i++) {
        last = g_array_index(below, struct unit, i).id;
        json_array_append_new(rows, json_pack("{s:o, s:o}", "unit", shape_unit(request, last), "data",
                                              shape_counts(request, playbook, last)));
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, below->len > (guint)limit ? &last : NULL, 1));
}
