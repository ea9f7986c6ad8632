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

void get_counts(struct request *request)
{
    struct db *rows = request->reader->rows;
    const struct playbook *playbook = rulebook_current(request_rules(request));
    int64_t unit = 0;
    if (!request_query_unit(request, "unit", &unit))
        return;
    if (unit == 0) {
        respond_refused(request, PROBLEM_MISSING_FIELD, "unit");
        return;
    }
    int32_t today = playbook != NULL ? day_of(request->now_us, playbook->zone) : 0;
    g_autoptr(GArray) matters = matter_counts(rows, unit, request->now_us);
    g_autoptr(GArray) expectations =
        playbook != NULL ? matter_expectation_counts(rows, unit, request->now_us, day_time_us(today, 0, playbook->zone),
                                                     day_time_us(today + 1, 0, playbook->zone))
                         : NULL;
    json_t *data = json_array();
    for (size_t i = 0; playbook != NULL && i < playbook->kind_count; i++) {
        const struct kind *kind = &playbook->kinds[i];
        if (request_sees_all(request, kind, unit))
            json_array_append_new(data, json_pack("{s:s, s:o, s:o, s:o}", "kind", kind->name, "title",
                                                  shape_title(request, &kind->title), "expected",
                                                  shape_expected(kind, expectations), "states",
                                                  shape_states(request, kind, matters)));
    }
    respond_json(request, MHD_HTTP_OK, json_pack("{s:o, s:o}", "unit", shape_unit(request, unit), "data", data));
}
