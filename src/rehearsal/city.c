/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/city.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "registry/registry.h"

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

static json_t *unit_text(int64_t unit)
{
    char text[24];
    g_snprintf(text, sizeof text, "#%" G_GINT64_FORMAT, unit);
    return json_string(text);
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
                                                   unit_text(g_array_index(communities, int64_t, i)), "type", "grid",
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
                                vacancy->role->name, "seat", unit_text(vacancy->unit), "grounds",
                                unit_text(vacancy->unit)),
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
