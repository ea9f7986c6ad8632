/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/city.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "registry/registry.h"
#include "rehearsal/body.h"

#include <string.h>

#define GRIDS_PER_COMMAND 400
#define GAPS_A_PAGE       1000
#define GRIDS_MOST        3
#define SHIFT_HOURS       12

G_DEFINE_QUARK(lianfang_rehearsal_error, rehearsal_error)

bool city_check(struct submitter *submitter, GError **error)
{
    submitter_wait(submitter);
    if (submitter_refused(submitter) == 0)
        return true;
    g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_REFUSED, "%s", submitter_first_refusal(submitter));
    return false;
}

void city_catch_up(struct city *city)
{
    engine_wait_rows(city->engine, engine_durable_pos(city->engine), US_PER_MINUTE);
}

static void report(const struct city *city, const char *what, int64_t done, int64_t all)
{
    if (city->progress != NULL)
        city->progress(what, done, all, city->context);
}

/* ---- grids ---- */

static GArray *communities_without_grids(struct city *city)
{
    return cursor_integers(db_query(city->reader->rows,
                                    "SELECT u.id FROM unit u WHERE u.type = 'community' AND u.to_us = ?1"
                                    " AND NOT EXISTS (SELECT 1 FROM unit g WHERE g.parent = u.id) ORDER BY u.id",
                                    "i", REGISTRY_OPEN));
}

static void put_grids(struct submitter *submitter, json_t **grids)
{
    if (json_array_size(*grids) > 0)
        submitter_put(submitter, "create_units", 0, json_pack("{s:O}", "units", *grids), NULL, NULL);
    json_decref(*grids);
    *grids = json_array();
}

bool city_make_grids(struct city *city, GError **error)
{
    static const char *const numerals[GRIDS_MOST] = {"一", "二", "三"};
    city_catch_up(city);
    g_autoptr(GArray) communities = communities_without_grids(city);
    AUTO(submitter) struct submitter *submitter = submitter_new(city->engine, city->clock);
    json_t *grids = json_array();
    for (guint i = 0; i < communities->len; i++) {
        uint32_t count = 1 + dice_below(&city->dice, GRIDS_MOST);
        for (uint32_t n = 0; n < count; n++) {
            g_autofree char *name = g_strdup_printf("第%s网格", numerals[n]);
            json_array_append_new(grids, json_pack("{s:o, s:s, s:s}", "parent",
                                                   body_unit(g_array_index(communities, int64_t, i)), "type", "grid",
                                                   "name", name));
        }
        if (json_array_size(grids) + GRIDS_MOST > GRIDS_PER_COMMAND) {
            put_grids(submitter, &grids);
            report(city, "grids", i + 1, communities->len);
        }
    }
    put_grids(submitter, &grids);
    json_decref(grids);
    bool made = city_check(submitter, error);
    report(city, "grids", communities->len, communities->len);
    city_catch_up(city);
    return made;
}

/* ---- posts ---- */

/* A post to be filled: its person, and which of the two shifts it has. */
struct vacancy {
    int64_t unit, person, post;
    const struct role *role;
    int shift;
};

static void add_vacancies(struct city *city, const struct gap *gap, uint32_t leave_one_in, GArray *vacancies)
{
    bool keeps_hours = gap->role->duty_hours;
    if (!keeps_hours && leave_one_in > 0 && dice_below(&city->dice, leave_one_in) == 0)
        return;
    int people = MAX(gap->required - gap->held, keeps_hours ? 2 : 0);
    for (int i = 0; i < people; i++) {
        struct vacancy vacancy = {.unit = gap->unit, .role = gap->role, .shift = i % 2};
        g_array_append_val(vacancies, vacancy);
    }
}

static json_t *shifts_of(struct city *city, int shift, int days)
{
    json_t *shifts = json_array();
    const struct playbook *playbook = rulebook_current(engine_rulebook(city->engine));
    int32_t today = day_of(clock_now_us(city->clock), playbook->zone);
    for (int32_t day = today - 1; day < today + days; day++) {
        char from[DATETIME_TEXT_MAX], to[DATETIME_TEXT_MAX];
        int64_t from_us = day_time_us(day, (8 + shift * SHIFT_HOURS) * 60, playbook->zone);
        datetime_format(from_us, playbook->zone, from);
        datetime_format(from_us + SHIFT_HOURS * US_PER_HOUR, playbook->zone, to);
        json_array_append_new(shifts, json_pack("{s:s, s:s}", "from", from, "to", to));
    }
    return shifts;
}

static bool appoint(struct city *city, GArray *vacancies, int roster_days, GError **error)
{
    AUTO(submitter) struct submitter *submitter = submitter_new(city->engine, city->clock);
    for (guint i = 0; i < vacancies->len; i++)
        submitter_put(submitter, "register_person", 0, made_up_person(city->next_person++, false),
                      &g_array_index(vacancies, struct vacancy, i).person, NULL);
    if (!city_check(submitter, error))
        return false;
    for (guint i = 0; i < vacancies->len; i++) {
        struct vacancy *vacancy = &g_array_index(vacancies, struct vacancy, i);
        submitter_put(submitter, "appoint", 0,
                      json_pack("{s:o, s:s, s:o, s:[o]}", "person", json_id(vacancy->person), "role",
                                vacancy->role->name, "seat", body_unit(vacancy->unit), "grounds",
                                body_unit(vacancy->unit)),
                      &vacancy->post, NULL);
    }
    if (!city_check(submitter, error))
        return false;
    for (guint i = 0; i < vacancies->len; i++) {
        struct vacancy *vacancy = &g_array_index(vacancies, struct vacancy, i);
        if (vacancy->role->duty_hours)
            submitter_put(submitter, "set_roster", 0,
                          json_pack("{s:o, s:o}", "post_id", json_id(vacancy->post), "shifts",
                                    shifts_of(city, vacancy->shift, roster_days)),
                          NULL, NULL);
    }
    return city_check(submitter, error);
}

bool city_fill_posts(struct city *city, int64_t under, uint32_t leave_one_in, int roster_days, GError **error)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(city->engine));
    int64_t after = 0, filled = 0;
    for (bool more = true; more;) {
        g_autoptr(GArray) vacancies = g_array_new(FALSE, FALSE, sizeof(struct vacancy));
        g_autoptr(GArray) gaps =
            registry_gaps(city->reader->rows, playbook, under, clock_now_us(city->clock), after, GAPS_A_PAGE);
        for (guint i = 0; i < gaps->len; i++) {
            add_vacancies(city, &g_array_index(gaps, struct gap, i), leave_one_in, vacancies);
            after = g_array_index(gaps, struct gap, i).unit;
        }
        more = gaps->len >= GAPS_A_PAGE;
        if (!appoint(city, vacancies, roster_days, error))
            return false;
        filled += vacancies->len;
        report(city, "posts", filled, filled);
        city_catch_up(city);
    }
    return true;
}

/* ---- places that nobody requires ---- */

static GArray *units_of_type(struct city *city, const char *type)
{
    return cursor_integers(db_query(city->reader->rows,
                                    "SELECT id FROM unit WHERE type = ?1 AND to_us = ?2 ORDER BY id", "si", type,
                                    REGISTRY_OPEN));
}

/* So many units of a type right below each unit of another that has none. */
static void make_below(struct city *city, struct submitter *submitter, const char *above, const char *type,
                       const char *const *names, size_t count)
{
    g_autoptr(GArray) parents = units_of_type(city, above);
    json_t *units = json_array();
    for (guint i = 0; i < parents->len; i++) {
        int64_t parent = g_array_index(parents, int64_t, i), found;
        if (db_integer(city->reader->rows, &found, "SELECT 1 FROM unit WHERE parent = ?1 AND type = ?2", "is", parent,
                       type))
            continue;
        for (size_t n = 0; n < count; n++)
            json_array_append_new(
                units, json_pack("{s:o, s:s, s:s}", "parent", body_unit(parent), "type", type, "name", names[n]));
    }
    put_grids(submitter, &units);
    json_decref(units);
}

/* Of each unit of the type: so many of a role that nobody has there yet, or one less than so many. */
static void need(struct city *city, const char *type, const char *role_name, int people, GArray *vacancies)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(city->engine));
    const struct role *role = playbook_find_role(playbook, role_name);
    g_autoptr(GArray) units = units_of_type(city, type);
    for (guint i = 0; i < units->len && role != NULL; i++) {
        int64_t unit = g_array_index(units, int64_t, i), held = 0;
        db_integer(city->reader->rows, &held, "SELECT count(*) FROM post_ground WHERE unit = ?1 AND role = ?2", "is",
                   unit, role_name);
        for (int n = (int)held; n < people; n++) {
            struct vacancy vacancy = {.unit = unit, .role = role, .shift = n % 2};
            g_array_append_val(vacancies, vacancy);
        }
    }
}

bool city_make_places(struct city *city, int roster_days, GError **error)
{
    static const char *const departments[] = {"公安分局", "城市管理综合执法局", "市场监督管理局", "卫生健康委员会",
                                              "供水供热公司"};
    static const char *const workplaces[] = {"演练商场"};
    if (!city_knows(city, "whistle") || !city_knows(city, "inspection"))
        return true;
    AUTO(submitter) struct submitter *submitter = submitter_new(city->engine, city->clock);
    make_below(city, submitter, "district", "department", departments, G_N_ELEMENTS(departments));
    make_below(city, submitter, "subdistrict", "workplace", workplaces, 1);
    if (!city_check(submitter, error))
        return false;
    city_catch_up(city);
    g_autoptr(GArray) vacancies = g_array_new(FALSE, FALSE, sizeof(struct vacancy));
    need(city, "department", "duty_desk", 2, vacancies);
    need(city, "workplace", "workplace_officer", 1, vacancies);
    need(city, "subdistrict", "inspector", 2, vacancies);
    if (!appoint(city, vacancies, roster_days, error))
        return false;
    city_catch_up(city);
    return true;
}

/* ---- what people of the city do ---- */

bool city_knows(struct city *city, const char *kind)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(city->engine));
    return playbook != NULL && playbook_find_kind(playbook, kind) != NULL;
}

int64_t city_holder(struct city *city, const char *role, int64_t unit)
{
    struct route route;
    bool found = registry_route(city->reader->rows, role, unit, clock_now_us(city->clock), &route);
    return found && route.level == 0 ? route.person : 0;
}

int64_t city_draw(struct city *city, const GArray *units)
{
    return units->len > 0 ? g_array_index(units, int64_t, dice_below(&city->dice, units->len)) : 0;
}

int64_t city_draw_community(struct city *city, int64_t street)
{
    g_autoptr(GArray) communities = registry_units_of_type(city->reader->rows, street, "community", 0, LIMIT_PAGE_ROWS);
    if (communities->len == 0)
        return 0;
    return g_array_index(communities, struct unit, dice_below(&city->dice, communities->len)).id;
}

void city_open(struct city *city, int64_t person, const char *kind, int64_t unit, int64_t subject, json_t *form,
               struct city_matter *out)
{
    submitter_put(city->submitter, "open_matter", person,
                  json_pack("{s:s, s:o, s:o*, s:o}", "kind", kind, "unit", body_unit(unit), "subject",
                            subject != 0 ? json_id(subject) : NULL, "form", form),
                  out != NULL ? &out->made : NULL, out != NULL ? &out->id : NULL);
}

void city_enter(struct city *city, int64_t person, const struct uuid *matter, const char *entry, json_t *fields,
                int64_t participant)
{
    submitter_put(city->submitter, "enter", person,
                  json_pack("{s:o, s:s, s:o, s:o*}", "matter", body_uuid(matter), "entry", entry, "fields", fields,
                            "participant", participant != 0 ? json_integer(participant) : NULL),
                  NULL, NULL);
}
