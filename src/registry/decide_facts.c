/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a unit: whoever keeps the registry over it says so, by the facts of the playbook. */
#include "registry/decide.h"

#include "base/datetime.h"
#include "base/nearest.h"
#include "base/text.h"
#include "registry/facts.h"

static struct problem *unknown_fact(const struct playbook *playbook, const char *name)
{
    g_autofree const char **names = g_new0(const char *, playbook->unit_fact_count + 1);
    for (size_t i = 0; i < playbook->unit_fact_count; i++)
        names[i] = playbook->unit_facts[i].name;
    const char *nearest = nearest_name(name, names, playbook->unit_fact_count);
    return problem_new(PROBLEM_UNKNOWN_UNIT_FACT, "fact", nearest != NULL ? nearest : "", NULL);
}

static bool read_fact(struct decision *decision, const struct unit *unit, const struct unit_fact **out)
{
    const char *name;
    if (!decision_text(decision, "fact", &name))
        return false;
    *out = playbook_find_unit_fact(decision->playbook, name);
    if (*out == NULL)
        return decision_refuse_with(decision, unknown_fact(decision->playbook, name));
    return unit_fact_is_at(*out, unit->type) || decision_refuse(decision, PROBLEM_NO_FACT_OF_TYPE, "fact", unit->type);
}

static bool read_value(struct decision *decision, const struct unit_fact *fact, int64_t *out)
{
    const json_t *value = json_object_get(decision->command->body, "value");
    if (value == NULL)
        return decision_refuse(decision, PROBLEM_MISSING_FIELD, "value");
    if (!json_is_integer(value))
        return decision_refuse(decision, PROBLEM_WRONG_TYPE, "value", "integer");
    *out = json_integer_value(value);
    if (*out < 0)
        return decision_refuse(decision, PROBLEM_BELOW_MINIMUM, "value", "0");
    g_autofree char *most = g_strdup_printf("%d", fact->most);
    return *out <= fact->most || decision_refuse(decision, PROBLEM_ABOVE_MAXIMUM, "value", most);
}

/* The first moment of the day in `date`, of the observed one without it: not after today, nor before the unit. */
static bool read_date(struct decision *decision, const struct unit *unit, int64_t *out_us)
{
    GTimeZone *zone = decision->playbook->zone;
    int32_t day = day_of(decision->command->observed_us, zone);
    if (!decision_date_optional(decision, "date", &day) ||
        !decide_not_future(decision, "date", day_time_us(day, 0, zone)))
        return false;
    *out_us = day_time_us(day, 0, zone);
    if (day >= day_of(unit->from_us, zone))
        return true;
    char first[DATETIME_TEXT_MAX];
    decide_day_text(decision, unit->from_us, first);
    return decision_refuse(decision, PROBLEM_BEFORE_UNIT, "date", first);
}

static bool read_source(struct decision *decision, const char **out)
{
    if (!decision_text_optional(decision, "source", out))
        return false;
    struct problem *problem = *out != NULL ? text_problem(*out, "source", REGISTRY_SOURCE_CHARS, false) : NULL;
    return problem == NULL || decision_refuse_with(decision, problem);
}

bool decide_set_unit_fact(struct decision *decision)
{
    struct unit unit;
    const struct unit_fact *fact;
    const char *source = NULL;
    int64_t id, value = 0, from_us;
    if (!decide_playbook(decision) || !decision_unit(decision, "unit", &id) ||
        !registry_unit(decision->rows, id, &unit) || !decide_right(decision, RIGHT_REGISTRY, id) ||
        !decide_version(decision, unit.version) || !read_fact(decision, &unit, &fact) ||
        !read_value(decision, fact, &value) || !read_date(decision, &unit, &from_us) || !read_source(decision, &source))
        return false;
    if (registry_fact_dates(decision->rows, id, fact->name) >= REGISTRY_FACT_DATES &&
        !registry_has_fact_from(decision->rows, id, fact->name, from_us))
        return decision_refuse(decision, PROBLEM_TOO_MANY_ITEMS, "date", G_STRINGIFY(REGISTRY_FACT_DATES));
    json_t *body = json_pack("{s:I, s:s, s:I, s:I}", "id", (json_int_t)id, "fact", fact->name, "from_us",
                             (json_int_t)from_us, "value", (json_int_t)value);
    if (source != NULL)
        json_object_set_new(body, "source", json_string(source));
    decision_emit(decision, "unit_fact_set", id, 0, body, NULL);
    return true;
}
