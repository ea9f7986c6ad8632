/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of many units at once is what the predicate says of each: for every account, every unit above, every
 * kind and every indicator, as posts with grounds here and there come and go at random and units move and close.
 */
#include "rig.h"

#include "access/access.h"

#include <string.h>

#define SEEDS 4
#define STEPS 12

static const char *const roles[] = {"grid_worker",  "community_doctor",      "community_secretary", "cdc_officer",
                                    "data_steward", "district_duty_officer", "supervisor"};
static const char *const places[] = {GRID,           GRID2, COMMUNITY,       SIBLING,    SIBLING_GRID, SUBDISTRICT,
                                     OTHER_DISTRICT, CITY,  OTHER_COMMUNITY, OTHER_GRID, DISTRICT};

struct city {
    struct rig *rig;
    struct reader *reader;
    GRand *random;
    GPtrArray *people; /* of names */
    guint known, unknown;
};

static const char *any(struct city *city, const char *const *of, size_t count)
{
    return of[g_rand_int_range(city->random, 0, (gint32)count)];
}
#define ANY(city, of) any(city, of, G_N_ELEMENTS(of))

/* ---- what happens ---- */

static void appoint(struct city *city, const char *name)
{
    const char *seat = ANY(city, places), *more = ANY(city, places);
    json_decref(rig_do(city->rig,
                       "{'command':'appoint','person':'%s','role':'%s','seat':'%s','grounds':['%s'%s%s%s],'from':"
                       "'2020-02-01T00:00:00+08:00'}",
                       rig_member(city->rig, name)->id, ANY(city, roles), seat, seat, seat != more ? ",'" : "",
                       seat != more ? more : "", seat != more ? "'" : ""));
}

static void add_person(struct city *city)
{
    char *name = g_strdup_printf("someone%u", city->people->len);
    rig_add(city->rig, name, NULL, NULL);
    g_ptr_array_add(city->people, name);
    for (int posts = g_rand_int_range(city->random, 0, 4); posts > 0; posts--)
        appoint(city, name);
}

/* A community of its own, with a grid, below another one later. */
static void add_units(struct city *city, guint number)
{
    json_decref(rig_do(city->rig,
                       "{'command':'create_unit','parent':'%s','code':'1101010010%u','type':'community','name':"
                       "'新村%u','date':'2020-01-01'}",
                       SUBDISTRICT, 50 + number, number));
    json_decref(rig_do(city->rig,
                       "{'command':'create_unit','parent':'1101010010%u','code':'1101010010%u001','type':'grid','name':"
                       "'一格','date':'2020-01-01'}",
                       50 + number, 50 + number));
}

/* ---- what is asked ---- */

static void compare(struct city *city, const struct viewer *viewer, const struct sight_of_many *sight,
                    const struct kind *kind, const struct indicator *indicator /* NULL: the kind */)
{
    struct rulebook *rulebook = engine_rulebook(city->rig->engine);
    g_autofree bool *found = g_new(bool, sight->units->len);
    struct matter any = {.rules = rulebook_current(rulebook)->id};
    g_strlcpy(any.kind, kind->name, sizeof any.kind);
    if (indicator != NULL)
        access_knows_figure_at(sight, rulebook, indicator, found);
    else
        access_sees_kind_at(sight, rulebook, kind, found);
    for (guint i = 0; i < sight->units->len; i++) {
        any.unit = g_array_index(sight->units, int64_t, i);
        bool alone = indicator != NULL ? access_knows_figure(city->reader->rows, rulebook, viewer, indicator, any.unit)
                                       : access_may_see(city->reader->rows, rulebook, viewer, &any);
        if (alone != found[i])
            g_error("%s%s%s at %" G_GINT64_FORMAT " is %s to %" G_GINT64_FORMAT " among many, not alone", kind->name,
                    indicator != NULL ? "." : "", indicator != NULL ? indicator->name : "", any.unit,
                    found[i] ? "known" : "unknown", viewer->person);
        city->known += alone;
        city->unknown += !alone;
    }
}

static void compare_below(struct city *city, const struct viewer *viewer, int64_t above)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(city->rig->engine));
    g_autoptr(GArray) units = cursor_integers(db_query(
        city->reader->rows, "SELECT unit FROM cover WHERE ancestor = ?1 AND from_us <= ?2 AND to_us > ?2 ORDER BY unit",
        "ii", above, viewer->at_us));
    while (units->len > 1 && g_rand_boolean(city->random)) /* not always all of them */
        g_array_remove_index(units, (guint)g_rand_int_range(city->random, 0, (gint32)units->len));
    AUTO(sight_of_many) struct sight_of_many sight = {0};
    sight_of_many_init(&sight, city->reader->rows, viewer, above, units);
    for (size_t i = 0; i < playbook->kind_count; i++) {
        compare(city, viewer, &sight, &playbook->kinds[i], NULL);
        for (size_t j = 0; j < playbook->kinds[i].indicator_count; j++)
            compare(city, viewer, &sight, &playbook->kinds[i], &playbook->kinds[i].indicators[j]);
    }
}

static void compare_all(struct city *city)
{
    rig_settle(city->rig);
    db_begin(city->reader->rows);
    g_autoptr(GArray) units = cursor_integers(db_query(city->reader->rows, "SELECT id FROM unit ORDER BY id", ""));
    for (guint p = 0; p < city->people->len; p++) {
        AUTO(viewer) struct viewer viewer;
        viewer_init(&viewer, city->reader->rows, rig_member(city->rig, city->people->pdata[p])->person,
                    clock_now_us(&city->rig->clock));
        for (guint i = 0; i < units->len; i++)
            compare_below(city, &viewer, g_array_index(units, int64_t, i));
    }
    db_rollback(city->reader->rows);
}

static void step(struct city *city, guint number)
{
    const char *name = city->people->pdata[g_rand_int_range(city->random, 0, (gint32)city->people->len)];
    switch (g_rand_int_range(city->random, 0, 4)) {
    case 0:
        add_person(city);
        break;
    case 1:
        appoint(city, name);
        break;
    case 2:
        add_units(city, number);
        break;
    case 3:
        json_decref(rig_do(city->rig, "{'command':'move_unit','unit':'%s','parent':'%s'}",
                           g_rand_boolean(city->random) ? GRID2 : SIBLING_GRID,
                           g_rand_boolean(city->random) ? COMMUNITY : OTHER_COMMUNITY));
        break;
    default:
        g_assert_not_reached();
    }
}

static void many_as_one(void)
{
    for (guint32 seed = 1; seed <= SEEDS; seed++) {
        g_autoptr(GError) error = NULL;
        struct city city = {
            .rig = rig_new(), .random = g_rand_new_with_seed(seed), .people = g_ptr_array_new_with_free_func(g_free)};
        city.reader = reader_open(city.rig->data, NULL, &error);
        g_assert_no_error(error);
        static const char *const cast[] = {"wang",   "chen",    "zhou", "wu",      "zheng",
                                           "keeper", "watcher", "li",   "stranger"};
        for (size_t i = 0; i < G_N_ELEMENTS(cast); i++)
            g_ptr_array_add(city.people, g_strdup(cast[i]));
        for (guint i = 0; i < STEPS; i++) {
            step(&city, i);
            if (i % 4 == 3)
                compare_all(&city);
        }
        g_assert_cmpuint(city.known, >, (city.known + city.unknown) / 20); /* both are said */
        g_assert_cmpuint(city.unknown, >, (city.known + city.unknown) / 20);
        g_test_message("%u known, %u unknown", city.known, city.unknown);
        reader_close(city.reader);
        g_ptr_array_unref(city.people);
        g_rand_free(city.random);
        rig_free(city.rig);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/access/many/as-one", many_as_one);
    return g_test_run();
}
