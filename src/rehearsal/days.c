/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/days.h"

#include "base/datetime.h"
#include "registry/registry.h"
#include "rehearsal/affairs.h"
#include "rehearsal/body.h"
#include "rehearsal/orders.h"
#include "rehearsal/rates.h"
#include "rehearsal/whistles.h"
#include "rehearsal/work.h"

#include <string.h>

#define STEP_US        (30 * US_PER_MINUTE)
#define ROSTER_DAYS    30
#define LEAVE_ONE_IN   150
#define BUSY_GRIDS     3
#define BUSY_ONE_IN    48
#define WAKING_STEPS   28 /* from WAKE to SLEEP: people arrive, and ask for something */
#define WAKE_HOUR      7
#define SLEEP_HOUR     21
#define OFFICE_STEPS   24 /* from OPEN to CLOSE: offices begin something */
#define OPEN_HOUR      8
#define CLOSE_HOUR     20
#define DIRECTIVE_HOUR 9
#define CROWD_HOUR     10
#define LENDING_HOUR   12

struct days {
    const struct rehearsal_options *options;
    struct city city;
    int64_t begin_us;
    bool workplaces_are_open;
    GArray *grids; /* with a grid worker: of struct staffed_grid */
    struct rehearsal_report *report;
};

struct staffed_grid {
    int64_t grid, person; /* the grid worker */
};

/* ---- arrivals ---- */

static GArray *staffed_grids(struct reader *reader, int64_t now_us)
{
    GArray *grids = g_array_new(FALSE, FALSE, sizeof(struct staffed_grid));
    AUTO(cursor)
    struct cursor cursor = db_query(reader->rows,
                                    "SELECT g.unit, g.person FROM unit u JOIN post_ground g ON g.unit = u.id"
                                    " WHERE u.type = 'grid' AND g.role = 'grid_worker' AND g.from_us <= ?1 AND "
                                    "g.to_us > ?1 ORDER BY g.unit",
                                    "i", now_us);
    while (cursor_next(&cursor)) {
        struct staffed_grid grid = {cursor_integer(&cursor, 0), cursor_integer(&cursor, 1)};
        g_array_append_val(grids, grid);
    }
    return grids;
}

/* Some arrive from a region with cases, most from elsewhere. */
static json_t *arrival_form(struct days *days, int64_t now_us)
{
    static const struct {
        const char *province, *city;
    } origins[] = {{"42", "4201"}, {"42", "4211"}, {"13", "1301"}, {"41", "4115"}, {"33", "3303"}, {"44", "4401"}};
    static const char *const transports[] = {"train", "plane", "coach", "car"};
    uint32_t origin = dice_below(&days->city.dice, G_N_ELEMENTS(origins));
    return json_pack("{s:o, s:s, s:s, s:b, s:s, s:s}", "arrived", body_time(now_us - US_PER_HOUR), "from_province",
                     origins[origin].province, "from_city", origins[origin].city, "met_people_from_area",
                     rate_happens(&days->city.dice, RATE_MET_PEOPLE), "transport",
                     transports[dice_below(&days->city.dice, G_N_ELEMENTS(transports))], "address", "演练住址");
}

struct family {
    struct staffed_grid grid;
    int64_t first_pos;
};

static void move_in(struct days *days, struct family *family)
{
    json_t *persons = json_array();
    uint32_t members = 1 + dice_below(&days->city.dice, 4);
    for (uint32_t i = 0; i < members; i++)
        json_array_append_new(persons, made_up_person(days->city.next_person++, i > 1));
    g_autofree char *dwelling =
        g_strdup_printf("%u单元%u0%u", 1 + dice_below(&days->city.dice, 6), 1 + dice_below(&days->city.dice, 18),
                        1 + dice_below(&days->city.dice, 4));
    submitter_put(
        days->city.submitter, "move_in", family->grid.person,
        json_pack("{s:o, s:o, s:s}", "persons", persons, "unit", body_unit(family->grid.grid), "dwelling", dwelling),
        &family->first_pos, NULL);
}

static void register_family(struct days *days, const struct family *family)
{
    int64_t now_us = clock_now_us(days->options->clock);
    AUTO(cursor)
    struct cursor members =
        db_query(days->city.reader->rows,
                 "SELECT person FROM residency WHERE household = (SELECT household FROM residency WHERE unit = ?1 AND"
                 " person >= ?2 ORDER BY person LIMIT 1)",
                 "ii", family->grid.grid, family->first_pos);
    g_autoptr(json_t) form = arrival_form(days, now_us);
    while (cursor_next(&members))
        city_open(&days->city, family->grid.person, "arrival", family->grid.grid, cursor_integer(&members, 0),
                  json_incref(form), NULL);
}

/* BUSY_GRIDS of them, far apart, have one of BUSY_ONE_IN families each; the others come anywhere. */
static struct staffed_grid draw_grid(struct days *days)
{
    guint grids = days->grids->len;
    uint32_t busy = dice_below(&days->city.dice, BUSY_ONE_IN);
    guint at = busy < BUSY_GRIDS ? (2 * busy + 1) * grids / (2 * BUSY_GRIDS) : dice_below(&days->city.dice, grids);
    return g_array_index(days->grids, struct staffed_grid, at);
}

static void bring_families(struct days *days, int count)
{
    g_autofree struct family *families = g_new0(struct family, MAX(count, 1));
    for (int i = 0; i < count; i++) {
        families[i].grid = draw_grid(days);
        move_in(days, &families[i]);
    }
    submitter_wait(days->city.submitter);
    city_catch_up(&days->city);
    for (int i = 0; i < count; i++)
        if (families[i].first_pos != 0)
            register_family(days, &families[i]);
    submitter_wait(days->city.submitter);
}

/* ---- the days ---- */

/* Mean of what is in proportion to the residents, in one of the waking steps. */
static int draw_of_residents(struct days *days, enum rate per_1000)
{
    double a_day = rates[RATE_RESIDENTS].value / 1000 * rates[per_1000].value * days->options->scale;
    return rate_draw(&days->city.dice,
                     a_day / (per_1000 == RATE_ARRIVALS ? rates[RATE_FAMILY].value : 1) / WAKING_STEPS);
}

static void wake(struct days *days)
{
    bring_families(days, draw_of_residents(days, RATE_ARRIVALS));
    city_catch_up(&days->city);
    orders_ask(&days->city, draw_of_residents(days, RATE_REQUESTS));
}

/* What offices begin; `first`: of the hour's two steps the first. */
static void open_offices(struct days *days, int day, int hour, bool first)
{
    struct city *city = &days->city;
    if (!days->workplaces_are_open && hour >= DIRECTIVE_HOUR)
        affairs_open_workplaces(city);
    days->workplaces_are_open = days->workplaces_are_open || hour >= DIRECTIVE_HOUR;
    if (first && hour == DIRECTIVE_HOUR)
        orders_direct(city);
    if (first && hour == CROWD_HOUR)
        whistles_crowd(city, day);
    if (first && hour == LENDING_HOUR)
        affairs_lend_shifts(city, clock_now_us(city->clock) + (CLOSE_HOUR - LENDING_HOUR) * US_PER_HOUR);
    whistles_blow(city, day, OFFICE_STEPS);
    orders_question(city, OFFICE_STEPS);
    affairs_inspect(city, OFFICE_STEPS);
    affairs_control(city, OFFICE_STEPS);
    affairs_tell(city, OFFICE_STEPS);
}

static void step(struct days *days, int64_t at_us)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(days->options->engine));
    int32_t today = day_of(at_us, playbook->zone);
    int hour = (int)((at_us - day_time_us(today, 0, playbook->zone)) / US_PER_HOUR);
    agenda_run(&days->city, at_us);
    clock_set(days->options->clock, at_us);
    engine_run_clock(days->options->engine);
    city_catch_up(&days->city);
    if (hour >= WAKE_HOUR && hour < SLEEP_HOUR)
        wake(days);
    if (hour >= OPEN_HOUR && hour < CLOSE_HOUR)
        open_offices(days, today - day_of(days->begin_us, playbook->zone) + 1, hour, at_us % US_PER_HOUR < STEP_US);
    submitter_wait(days->city.submitter);
    city_catch_up(&days->city);
    if (hour >= WAKE_HOUR - 1 && hour < SLEEP_HOUR + 2)
        work_off(&days->city);
}

static void live(struct days *days)
{
    const struct rehearsal_options *options = days->options;
    int64_t from_us = clock_now_us(options->clock), steps = (options->until_us - from_us) / STEP_US;
    for (int64_t i = 1; i <= steps; i++) {
        step(days, i == steps ? options->until_us : from_us + i * STEP_US);
        if (options->progress != NULL)
            options->progress("half hours", i, steps, options->context);
    }
}

static int64_t count(struct days *days, const char *type)
{
    int64_t found = 0;
    db_integer(days->city.reader->rows, &found, "SELECT count(*) FROM unit WHERE type = ?1", "s", type);
    return found;
}

static bool has_community(struct db *rows, int64_t at_us)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT 1 FROM unit WHERE type = 'community' AND from_us <= ?1 AND to_us > ?1", "i",
                      at_us);
}

/* Whether the days fit behind what is there; asked before anything is made. */
static bool may_begin(struct days *days, GError **error)
{
    const struct rehearsal_options *options = days->options;
    const struct playbook *playbook = rulebook_current(engine_rulebook(options->engine));
    int64_t begin_us = clock_now_us(options->clock), last_us = engine_last_at_us(options->engine);
    char begin[DATETIME_TEXT_MAX], last[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) zone = playbook != NULL ? g_time_zone_ref(playbook->zone) : g_time_zone_new_utc();
    city_catch_up(&days->city);
    datetime_format(begin_us, zone, begin);
    datetime_format(last_us, zone, last);
    if (last_us > begin_us)
        g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_YOUNG,
                    "the data directory has events of %s, and %d days begin at %s: set up a new one with --now before "
                    "that, as ./demo does; nothing was changed",
                    last, options->days, begin);
    else if (playbook == NULL)
        g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_EMPTY,
                    "no playbook is in force: run `lianfang playbook adopt` with --now before %s", begin);
    else if (!has_community(days->city.reader->rows, begin_us))
        g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_EMPTY,
                    "there are no communities at %s: run `lianfang import divisions` with --now and --date before that",
                    begin);
    else if (options->drill && !registry_is_drill(days->city.reader->rows) &&
             registry_has_people(days->city.reader->rows))
        g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_PEOPLE,
                    "people are registered in the data directory, and a drill is declared before: set up a new one; "
                    "nothing was changed");
    else
        return true;
    return false;
}

static bool declare(struct days *days, GError **error)
{
    if (days->options->drill)
        submitter_put(days->city.submitter, "declare_drill", 0, json_object(), NULL, NULL);
    return city_check(days->city.submitter, error);
}

static GArray *units_open(struct days *days, const char *sql)
{
    struct cursor found = db_query_text(days->city.reader->rows, sql);
    cursor_bind_integer(&found, 1, REGISTRY_OPEN);
    return cursor_integers(found);
}

static bool prepare(struct days *days, GError **error)
{
    int64_t posts = 0;
    if (!city_make_grids(&days->city, error) ||
        !city_fill_posts(&days->city, REGISTRY_ROOT, LEAVE_ONE_IN, ROSTER_DAYS, error) ||
        !city_make_places(&days->city, ROSTER_DAYS, error))
        return false;
    city_catch_up(&days->city);
    days->city.streets = units_open(days, "SELECT id FROM unit WHERE type IN ('subdistrict', 'zone') AND to_us = ?1"
                                          " ORDER BY id");
    days->city.workplaces = units_open(days, "SELECT id FROM unit WHERE type = 'workplace' AND to_us = ?1 ORDER BY id");
    days->grids = staffed_grids(days->city.reader, clock_now_us(days->options->clock));
    db_integer(days->city.reader->rows, &posts, "SELECT count(*) FROM post", "");
    days->report->grids = count(days, "grid");
    days->report->posts = posts;
    if (days->grids->len > 0)
        return true;
    g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_EMPTY,
                "no grid has a grid worker: the playbook in force requires none");
    return false;
}

static bool begin(struct days *days, GError **error)
{
    const struct rehearsal_options *options = days->options;
    days->begin_us = clock_now_us(options->clock);
    days->city = (struct city){.engine = options->engine,
                               .clock = options->clock,
                               .dice = {options->seed},
                               .seed = options->seed,
                               .progress = options->progress,
                               .context = options->context};
    days->city.reader = reader_open(engine_data_dir(options->engine), engine_keys_dir(options->engine), error);
    if (days->city.reader == NULL)
        return false;
    days->city.submitter = submitter_new(options->engine, options->clock);
    days->city.book = book_new();
    days->city.agenda = agenda_new();
    days->city.owned = g_ptr_array_new_with_free_func(g_free);
    submitter_keep(days->city.submitter, days->city.book);
    return true;
}

static void end(struct days *days)
{
    struct city *city = &days->city;
    struct rehearsal_report *out = days->report;
    submitter_wait(city->submitter);
    city_catch_up(city);
    out->accepted = submitter_accepted(city->submitter);
    out->refused = submitter_refused(city->submitter);
    out->refusals = submitter_refusals(city->submitter);
    out->book = city->book;
    out->begin_us = days->begin_us;
    submitter_free(city->submitter);
    agenda_free(city->agenda);
    g_ptr_array_unref(city->owned);
    g_clear_pointer(&city->streets, g_array_unref);
    g_clear_pointer(&city->workplaces, g_array_unref);
    g_clear_pointer(&days->grids, g_array_unref);
    reader_close(city->reader);
}

bool rehearsal_run(const struct rehearsal_options *options, struct rehearsal_report *out, GError **error)
{
    *out = (struct rehearsal_report){0};
    struct days days = {.options = options, .report = out};
    if (!begin(&days, error))
        return false;
    bool lived = may_begin(&days, error) && declare(&days, error) && prepare(&days, error);
    if (lived)
        live(&days);
    end(&days);
    return lived;
}

void rehearsal_report_clear(struct rehearsal_report *report)
{
    g_clear_pointer(&report->refusals, g_free);
    g_clear_pointer(&report->book, book_free);
}
