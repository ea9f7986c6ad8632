/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/clauses.h"

#include "api/counts.h"
#include "api/indicators.h"
#include "api/shape.h"
#include "api/visible.h"
#include "matter/tally.h"

#include <string.h>

/* ---- what is late ---- */

struct late {
    int64_t count, since_us; /* since_us: 0 nothing is, or no clock runs */
    bool any_seen, left_out;
};

static const struct overdue_count *find_count(const GArray *counts, const struct clause_expect *expect)
{
    for (guint i = 0; i < counts->len; i++) {
        const struct overdue_count *count = &g_array_index(counts, struct overdue_count, i);
        if (strcmp(count->kind, expect->kind->name) == 0 && strcmp(count->name, expect->name) == 0)
            return count;
    }
    return NULL;
}

static json_t *shape_expect(struct request *request, const struct clause_expect *expect,
                            const struct overdue_count *count)
{
    struct expect accepting;
    const struct expect *def = expect_find(expect->kind, expect->name, &accepting);
    return json_pack("{s:s, s:o, s:s, s:o, s:I, s:o}", "kind", expect->kind->name, "title",
                     shape_title(request, &expect->kind->title), "name", expect->name, "entry_title",
                     shape_title(request, def != NULL && def->entry != NULL ? &def->entry->title : NULL), "count",
                     (json_int_t)(count != NULL ? count->count : 0), "since",
                     shape_time(request, count != NULL ? count->since_us : 0));
}

/* Adds up what is late for the clause; `rows` NULL: without telling them apart. */
static struct late count_late(struct request *request, const struct clause *clause, int64_t unit, const GArray *counts,
                              json_t *rows)
{
    struct late late = {0};
    for (size_t i = 0; i < clause->overdue_count; i++) {
        const struct clause_expect *expect = &clause->overdue[i];
        bool seen = request_sees_all(request, expect->kind, unit);
        const struct overdue_count *count = seen ? find_count(counts, expect) : NULL;
        late.any_seen |= seen;
        late.left_out |= !seen;
        if (seen && rows != NULL)
            json_array_append_new(rows, shape_expect(request, expect, count));
        if (count == NULL)
            continue;
        late.count += count->count;
        if (count->since_us != 0 && (late.since_us == 0 || count->since_us < late.since_us))
            late.since_us = count->since_us;
    }
    return late;
}

static json_t *shape_late(struct request *request, const struct late *late)
{
    if (!late->any_seen)
        return json_null();
    return json_pack("{s:I, s:o}", "count", (json_int_t)late->count, "since", shape_time(request, late->since_us));
}

/* ---- the clauses ---- */

static json_t *carrying_kinds(const struct playbook *playbook, const char *id)
{
    json_t *names = json_array();
    for (size_t i = 0; i < playbook->kind_count; i++)
        if (g_strv_contains((const gchar *const *)playbook->kinds[i].clauses, id))
            json_array_append_new(names, json_string(playbook->kinds[i].name));
    return names;
}

static json_t *shape_figures(struct request *request, const struct clause *clause, int64_t unit)
{
    json_t *figures = json_array();
    for (size_t i = 0; i < clause->figure_count; i++)
        if (indicator_is_shown(request, clause->figures[i], unit))
            json_array_append_new(figures, shape_indicator(request, clause->figures[i]));
    return figures;
}

static json_t *shape_clause(struct request *request, const struct playbook *playbook, const struct clause *clause,
                            int64_t unit, const GArray *counts, bool *any)
{
    json_t *rows = json_array(), *figures = shape_figures(request, clause, unit);
    struct late late = count_late(request, clause, unit, counts, rows);
    *any |= late.any_seen || json_array_size(figures) > 0;
    return json_pack("{s:s, s:o, s:o, s:o, s:b, s:o, s:o}", "id", clause->id, "title",
                     shape_title(request, &clause->title), "kinds", carrying_kinds(playbook, clause->id), "late",
                     shape_late(request, &late), "left_out", late.left_out, "expected", rows, "figures", figures);
}

void get_clauses(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    int64_t unit;
    bool any = false;
    if (!counts_take_unit(request, &unit))
        return;
    g_autoptr(GArray) counts = matter_overdue_counts(request->reader->rows, unit, request->now_us);
    g_autoptr(json_t) data = json_array();
    for (size_t i = 0; playbook != NULL && i < playbook->clause_count; i++)
        json_array_append_new(data, shape_clause(request, playbook, &playbook->clauses[i], unit, counts, &any));
    if (any)
        respond_json(request, MHD_HTTP_OK,
                     json_pack("{s:o, s:o, s:O}", "unit", shape_unit(request, unit), "as_of",
                               shape_time(request, request->now_us), "data", data));
    else
        counts_not_found(request);
}

/* NULL: nothing is seen there. */
static json_t *shape_counts(struct request *request, const struct playbook *playbook, int64_t unit)
{
    g_autoptr(GArray) counts = matter_overdue_counts(request->reader->rows, unit, request->now_us);
    json_t *data = json_array();
    bool any = false;
    for (size_t i = 0; playbook != NULL && i < playbook->clause_count; i++) {
        struct late late = count_late(request, &playbook->clauses[i], unit, counts, NULL);
        any |= late.any_seen;
        if (late.any_seen)
            json_array_append_new(data, json_pack("{s:s, s:o, s:b}", "id", playbook->clauses[i].id, "late",
                                                  shape_late(request, &late), "left_out", late.left_out));
    }
    if (any)
        return data;
    json_decref(data);
    return NULL;
}

void get_clauses_below(struct request *request)
{
    counts_respond_below(request, shape_counts);
}
