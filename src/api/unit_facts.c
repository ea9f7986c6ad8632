/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/unit_facts.h"

#include "api/shape.h"
#include "api/visible.h"
#include "base/datetime.h"
#include "base/nearest.h"
#include "registry/facts.h"

#include <string.h>

/* ---- of a unit, on a day ---- */

static const struct fact_row *find_row(const GArray *known, const char *fact)
{
    for (guint i = 0; i < known->len; i++) {
        const struct fact_row *row = &g_array_index(known, struct fact_row, i);
        if (strcmp(row->fact, fact) == 0)
            return row;
    }
    return NULL;
}

static void add_value(json_t *shape, const struct fact_row *row, GTimeZone *zone)
{
    char day[DATETIME_TEXT_MAX] = "";
    if (row != NULL)
        date_format(day_of(row->from_us, zone), day);
    json_object_set_new(shape, "value", row != NULL ? json_integer(row->value) : json_null());
    json_object_set_new(shape, "from", row != NULL ? json_string(day) : json_null());
    json_object_set_new(shape, "source", row != NULL && *row->source != '\0' ? json_string(row->source) : json_null());
}

json_t *shape_unit_facts(struct request *request, const struct unit *unit, int64_t at_us)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    g_autoptr(GArray) known = registry_facts_on(request->reader->rows, unit->id, at_us);
    json_t *rows = json_array();
    for (size_t i = 0; playbook != NULL && i < playbook->unit_fact_count; i++) {
        const struct unit_fact *fact = &playbook->unit_facts[i];
        if (!unit_fact_is_at(fact, unit->type))
            continue;
        json_t *shape = json_pack("{s:s, s:o}", "fact", fact->name, "title", shape_title(request, &fact->title));
        add_value(shape, find_row(known, fact->name), playbook->zone);
        json_array_append_new(rows, shape);
    }
    return rows;
}

/* ---- day by day ---- */

/* The fact of ?fact=; NULL when the request has been answered. */
static const struct unit_fact *take_fact(struct request *request)
{
    const struct playbook *playbook = rulebook_current(request_rules(request));
    const char *name = request_query(request, "fact");
    if (name == NULL) {
        respond_refused(request, PROBLEM_MISSING_FIELD, "fact");
        return NULL;
    }
    const struct unit_fact *fact = playbook != NULL ? playbook_find_unit_fact(playbook, name) : NULL;
    if (fact != NULL)
        return fact;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; playbook != NULL && i < playbook->unit_fact_count; i++)
        g_ptr_array_add(names, playbook->unit_facts[i].name);
    const char *nearest = nearest_name(name, (const char *const *)names->pdata, names->len);
    respond_refused(request, PROBLEM_UNKNOWN_UNIT_FACT, "fact", nearest != NULL ? nearest : "");
    return NULL;
}

void respond_unit_facts(struct request *request, const struct unit *unit, int64_t before_us, int limit)
{
    const struct unit_fact *fact = take_fact(request);
    if (fact == NULL)
        return;
    GTimeZone *zone = rulebook_current(request_rules(request))->zone;
    g_autoptr(GArray) found = registry_fact_history(request->reader->rows, unit->id, fact->name, before_us, limit + 1);
    bool more = found->len > (guint)limit;
    json_t *rows = json_array();
    for (guint i = 0; i < found->len && i < (guint)limit; i++) {
        const struct fact_row *row = &g_array_index(found, struct fact_row, i);
        json_t *shape = json_object();
        add_value(shape, row, zone);
        json_array_append_new(rows, shape);
        before_us = row->from_us;
    }
    respond_json(request, MHD_HTTP_OK, shape_page(request, rows, more ? &before_us : NULL, 1));
}
