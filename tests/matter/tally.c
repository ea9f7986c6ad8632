/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kept indicators: after whatever people do they are what a recount gives, and what a recount gives does not change. */
#include "world.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "matter/tally.h"

#include <string.h>

static struct indicator_cell counted(struct world *world, const char *name, const char *unit, const char *date,
                                     bool kept)
{
    struct harness *harness = world->harness;
    const struct playbook *playbook = rulebook_current(harness->rulebook);
    const struct indicator *indicator = playbook_find_indicator(playbook, name);
    AUTO(indicator_count) struct indicator_count count = {0};
    int32_t day = 0;
    world_counts(world);
    g_assert_true(indicator != NULL && date_parse(date, &day));
    g_assert_true(indicator_windows(indicator, day, day, &count.cells));
    g_assert_true((kept ? indicator_count : indicator_recount)(
        harness->rows, harness->vault, harness->rulebook, indicator, world_id(world, unit), harness->now_us, &count));
    g_assert_true(!kept || count.kept);
    return g_array_index(count.cells, struct indicator_cell, 0);
}

/* Read and counted anew. */
static void must_be(struct world *world, const char *name, const char *unit, const char *date, int64_t top,
                    int64_t bottom)
{
    for (int kept = 0; kept < 2; kept++) {
        struct indicator_cell cell = counted(world, name, unit, date, kept != 0);
        if (cell.top != top || cell.bottom != bottom)
            g_error("%s of %s on %s, %s: %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " instead of %" G_GINT64_FORMAT
                    "/%" G_GINT64_FORMAT,
                    name, unit, date, kept != 0 ? "kept" : "counted anew", cell.top, cell.bottom, top, bottom);
    }
}

static void read_temperature(struct world *world, const char *matter, const char *temperature)
{
    g_autofree char *json = g_strdup_printf(
        "{'command':'enter','matter':'$%s','entry':'check_in','fields':{'temperature':%s}}", matter, temperature);
    world_do(world, "wang", NULL, json);
}

/* ---- single rules ---- */

static void entries_and_expectations(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_observe(world, "li");
    world_observe(world, "feng");
    read_temperature(world, "li_obs", "36.5");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$feng_obs','entry':'check_in','attempt':'away'}");
    must_be(world, "readings", "dong", "2020-02-03", 1, 0);
    must_be(world, "tries", "garden", "2020-02-03", 1, 2);
    must_be(world, "ho_in_time", "beijing", "2020-02-03", 1, 1);
    must_be(world, "ho_open", "garden", "2020-02-03", 2, 0);
    must_be(world, "ho_open", "xi", "2020-02-03", 0, 0);
    world_at(world, "2020-02-03T11:00:00+08:00");
    must_be(world, "ho_in_time", "dong", "2020-02-03", 1, 2);
    world_at(world, "2020-02-04T07:00:00+08:00");
    must_be(world, "ho_missed", "garden", "2020-02-03", 3, 0);
    world_do(world, "zhou", NULL,
             "{'command':'excuse','under':'#$garden','from':'2020-02-03T00:00:00+08:00','to':"
             "'2020-02-03T12:00:00+08:00','reason':'停电'}");
    must_be(world, "ho_missed", "garden", "2020-02-03", 2, 0);
    must_be(world, "ho_excused", "garden", "2020-02-03", 1, 0);
}

static void corrections_before_and_after_a_freeze(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_observe(world, "li");
    world_observe(world, "feng");
    read_temperature(world, "li_obs", "36.5");
    read_temperature(world, "feng_obs", "36.5");
    world_at(world, "2020-02-04T08:00:00+08:00"); /* frozen at noon */
    world_do(world, "wang", NULL,
             "{'command':'correct_entry','matter':'$li_obs','number':1,'fields':{'temperature':36.6},'reason':'测试'}");
    must_be(world, "readings_frozen", "garden", "2020-02-03", 2, 0); /* corrected in time: the correction counts */
    world_at(world, "2020-02-04T13:00:00+08:00");
    world_do(world, "wang", NULL,
             "{'command':'correct_entry','matter':'$feng_obs','number':1,'fields':{'temperature':36.6},'reason':'测试"
             "'}");
    must_be(world, "readings_frozen", "garden", "2020-02-03", 2, 0); /* as it was */
    must_be(world, "readings", "garden", "2020-02-03", 2, 0);
}

/* Past days stay where they lay, what is open moves with its unit; and nothing waits for a recount. */
static void moved_units(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_observe(world, "li");
    read_temperature(world, "li_obs", "36.5");
    world_at(world, "2020-02-05T12:00:00+08:00");
    world_do(world, NULL, NULL, "{'command':'move_unit','unit':'#$g1','parent':'#$lake'}");
    world_tick(world);
    must_be(world, "readings", "garden", "2020-02-03", 1, 0);
    must_be(world, "readings", "lake", "2020-02-03", 0, 0);
    must_be(world, "observed", "garden", "2020-02-04", 1, 0);
    must_be(world, "observed", "garden", "2020-02-05", 0, 0);
    must_be(world, "observed", "lake", "2020-02-04", 0, 0);
    must_be(world, "observed", "lake", "2020-02-05", 1, 0);
    must_be(world, "observed", "dong", "2020-02-05", 1, 0);
}

/* Where matters of other units count at one that moves, figures wait for a recount and are counted anew meanwhile. */
static void moved_below_others(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_do(world, "zhou", "joint",
             "{'command':'open_matter','kind':'joint','unit':'#$garden','form':{'place':'#$g1'},'participants':"
             "{'helper':['#$g2']}}");
    must_be(world, "helpers", "garden", "2020-02-03", 1, 0);
    must_be(world, "helping", "garden", "2020-02-03", 1, 0); /* once, though all three lie in it */
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$joint','entry':'look'}");
    must_be(world, "looked", "garden", "2020-02-03", 1, 0);
    must_be(world, "looked", "g1", "2020-02-03", 1, 0);
    world_at(world, "2020-02-04T07:30:00+08:00");
    world_do(world, NULL, NULL, "{'command':'move_unit','unit':'#$g2','parent':'#$lake'}");
    g_assert_false(world_counts(world));
    struct indicator_cell cell = counted(world, "helping", "lake", "2020-02-04", false);
    g_assert_cmpint(cell.top, ==, 1);
    tally_recount(world->harness->rows, world->harness->rulebook, NULL);
    must_be(world, "helping", "lake", "2020-02-04", 1, 0);
    must_be(world, "helpers", "lake", "2020-02-03", 0, 0);
}

static void a_changed_form(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_do(world, "wang", "one",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'ordinary'}}");
    must_be(world, "sr_urgent", "garden", "2020-02-03", 0, 1);
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$one','entry':'urge'}");
    must_be(world, "sr_urgent", "garden", "2020-02-03", 1, 1);
    must_be(world, "sr_open", "dong", "2020-02-03", 1, 0);
}

static void open_request(struct world *world, const char *keep, const char *more)
{
    g_autofree char *json = g_strdup_printf(
        "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'ordinary'%s}}", more);
    world_do(world, "wang", keep, json);
}

static void tally_people(struct world *world, const char *matter, const char *people)
{
    g_autofree char *json =
        g_strdup_printf("{'command':'enter','matter':'$%s','entry':'tally','fields':{%s}}", matter, people);
    world_do(world, "wang", NULL, json);
}

static void correct_people(struct world *world, const char *matter, int number, int people)
{
    g_autofree char *json = g_strdup_printf("{'command':'correct_entry','matter':'$%s','number':%d,'fields':{'people':"
                                            "%d},'reason':'测试'}",
                                            matter, number, people);
    world_do(world, "wang", NULL, json);
}

/* What entries say is added up on their days; an attempt, nothing and 0 add nothing. */
static void sums(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    open_request(world, "one", ",'flats':10");
    open_request(world, "two", "");
    tally_people(world, "one", "'people':7");
    tally_people(world, "two", "'people':1");
    tally_people(world, "two", "");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$one','entry':'tally','attempt':'away'}");
    must_be(world, "sr_people", "dong", "2020-02-03", 7, 0);
    must_be(world, "sr_per_flat", "garden", "2020-02-03", 8, 10); /* the second has no flats */
    correct_people(world, "one", 1, 4);
    must_be(world, "sr_people", "g1", "2020-02-03", 4, 0);
    must_be(world, "sr_people", "g2", "2020-02-03", 0, 0);
    world_at(world, "2020-02-04T13:00:00+08:00");
    correct_people(world, "two", 1, 900); /* too late for what is frozen */
    must_be(world, "sr_people_frozen", "dong", "2020-02-03", 5, 0);
    must_be(world, "sr_people", "dong", "2020-02-03", 904, 0);
    must_be(world, "sr_flats", "garden", "2020-02-03", 0, 0);
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$one','entry':'urge'}");
    must_be(world, "sr_flats", "garden", "2020-02-03", 10, 0); /* its opening, by its form of now */
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$one','entry':'recount','fields':{'flats_now':12}}");
    must_be(world, "sr_per_flat", "garden", "2020-02-03", 904, 12);
    world_do(world, NULL, NULL, "{'command':'move_unit','unit':'#$g1','parent':'#$lake'}");
    must_be(world, "sr_people", "garden", "2020-02-03", 904, 0);
    must_be(world, "sr_people", "lake", "2020-02-03", 0, 0);
}

static void sums_over_lines(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_do(
        world, "wang", "one",
        "{'command':'open_matter','kind':'supply_request','unit':'#$g1','form':{'wanted':[{'item':'mask','quantity':"
        "300}]}}");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$one','entry':'receive','fields':{'lines':[{'item':'mask','quantity':200},"
             "{'item':'gown','quantity':7,'damaged':true}]}}");
    world_do(
        world, "wang", NULL,
        "{'command':'enter','matter':'$one','entry':'receive','fields':{'lines':[{'item':'mask','quantity':50}]}}");
    must_be(world, "su_received", "beijing", "2020-02-03", 257, 0);
    must_be(world, "su_damaged", "beijing", "2020-02-03", 207, 0);
}

/* The latest that was said stands until another, or until the matter ends; told late, it stands where it was seen. */
static void latest(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    open_request(world, "one", ",'flats':10");
    open_request(world, "two", ",'flats':20");
    tally_people(world, "one", "'people':7");
    world_at(world, "2020-02-05T07:30:00+08:00");
    tally_people(world, "one", "'people':3");
    tally_people(world, "two", "'people':5");
    tally_people(world, "two", "");
    must_be(world, "sr_people_now", "garden", "2020-02-03", 7, 30);
    must_be(world, "sr_people_now", "garden", "2020-02-04", 7, 30);
    must_be(world, "sr_people_now", "dong", "2020-02-05", 8, 30);
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$one','entry':'tally','fields':{'people':6},'observed_at':'2020-02-04T08:00:"
             "00+08:00'}");
    must_be(world, "sr_people_now", "garden", "2020-02-04", 6, 30);
    must_be(world, "sr_people_now", "garden", "2020-02-05", 8, 30);
    correct_people(world, "one", 2, 0);
    must_be(world, "sr_people_now", "garden", "2020-02-05", 5, 30);
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$two','entry':'answer','fields':{'result':'已修'}}");
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$two','entry':'callback'}");
    must_be(world, "sr_people_now", "garden", "2020-02-05", 0, 10);
    must_be(world, "sr_people_now", "garden", "2020-02-04", 6, 30);
}

/* Of each who takes part the own, until it leaves. */
static void latest_of_each(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_do(world, "zhou", "joint",
             "{'command':'open_matter','kind':'joint','unit':'#$garden','participants':{'helper':['#$g1','#$g2']}}");
    world_do(world, "wu", "ours", "{'command':'open_matter','kind':'directive','unit':'#$dong'}");
    world_tick(world);
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$joint','entry':'help','fields':{'hands':2}}");
    world_do(world, "sun", NULL, "{'command':'enter','matter':'$joint','entry':'help','fields':{'hands':3}}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$joint','entry':'help','fields':{'hands':4}}");
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$ours','entry':'acknowledge','fields':{'posters':9}}");
    must_be(world, "hands", "g1", "2020-02-03", 6, 0);
    must_be(world, "hands_now", "g1", "2020-02-03", 4, 0);
    must_be(world, "hands_now", "g2", "2020-02-03", 3, 0);
    must_be(world, "hands_now", "garden", "2020-02-03", 7, 0);
    must_be(world, "posters", "garden", "2020-02-03", 9, 0);
    must_be(world, "posters", "lake", "2020-02-03", 0, 0);
    must_be(world, "posters_of", "dong", "2020-02-03", 9, 0);
    world_at(world, "2020-02-05T07:30:00+08:00");
    world_do(world, NULL, NULL, "{'command':'merge_units','unit':'#$lake','units':['#$garden']}");
    world_tick(world);
    if (!world_counts(world))
        tally_recount(world->harness->rows, world->harness->rulebook, NULL);
    must_be(world, "posters_of", "dong", "2020-02-04", 9, 0);
    must_be(world, "posters_of", "dong", "2020-02-05", 0, 0);
}

/* A rule is that of the fact's day, whenever it is counted. */
static void editions(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-20T08:00:00+08:00");
    world_do(world, "chen", "li_obs",
             "{'command':'open_matter','kind':'home_observation','unit':'#$g1','subject':'$li','form':{'last_exposure':"
             "'2020-02-19T12:00:00+08:00'}}");
    read_temperature(world, "li_obs", "37.2");
    struct indicator_cell cell = counted(world, "ho_hot", "garden", "2020-02-20", false);
    g_assert_cmpint(cell.top, ==, 0);
    world_at(world, "2020-03-20T08:00:00+08:00"); /* 37.0 since 1 March */
    cell = counted(world, "ho_hot", "garden", "2020-02-20", false);
    g_assert_cmpint(cell.top, ==, 0);
}

static void erased_matters(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_observe(world, "li");
    read_temperature(world, "li_obs", "36.5");
    world_do(world, NULL, NULL, "{'command':'erase_person','person':'$li'}");
    world_tick(world);
    must_be(world, "readings", "garden", "2020-02-03", 1, 0);
    must_be(world, "ho_open", "garden", "2020-02-03", 0, 0);
}

/* A condition on what was erased is true no more; a figure without condition stays. */
static void erased_fields(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_observe(world, "li");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','fields':{'temperature':36.5,'by_phone':true}}");
    must_be(world, "ho_by_phone", "garden", "2020-02-03", 1, 1);
    world_do(world, NULL, NULL, "{'command':'erase_person','person':'$li'}");
    world_tick(world);
    must_be(world, "ho_by_phone", "garden", "2020-02-03", 0, 1);
}

static void handed_over(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_do(world, "wang", "came", "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$feng'}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$came','entry':'note'}");
    must_be(world, "arrival_notes", "garden", "2020-02-03", 1, 0);
    world_do(world, "wang", NULL, "{'command':'hand_over_matter','matter':'$came','to':'#$g3','reason':'测试'}");
    must_be(world, "arrival_notes", "lake", "2020-02-03", 0, 0);
    world_do(world, "qian", NULL, "{'command':'accept_matter','matter':'$came'}");
    must_be(world, "arrival_notes", "garden", "2020-02-03", 0, 0);
    must_be(world, "arrival_notes", "lake", "2020-02-03", 1, 0);
    must_be(world, "arrivals_open", "lake", "2020-02-03", 1, 0);
    must_be(world, "arrival_notes_closed", "lake", "2020-02-04", 0, 0);
    world_at(world, "2020-02-04T07:30:00+08:00");
    world_do(world, "qian", NULL, "{'command':'enter','matter':'$came','entry':'visit'}");
    must_be(world, "arrival_notes_closed", "lake", "2020-02-04", 1, 0);
    must_be(world, "arrivals_open", "lake", "2020-02-04", 0, 0);
}

static void second_persons(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_do(world, "wang", "one",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'danger'}}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$one','entry':'close_early'}");
    must_be(world, "sr_early", "garden", "2020-02-03", 0, 0);
    world_do(world, "zhou", NULL,
             "{'command':'enter','matter':'$one','entry':'decline_close_early','fields':{'reason':'不宜'}}");
    must_be(world, "sr_early", "garden", "2020-02-03", 0, 0);
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$one','entry':'close_early'}");
    must_be(world, "sr_early", "garden", "2020-02-03", 0, 0);
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$one','entry':'confirm_close_early'}");
    must_be(world, "sr_early", "garden", "2020-02-03", 1, 0);
}

/* Whoever joins an audience later is counted from its beginning; who takes part goes along into another unit. */
static void participants(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_do(world, "wu", "ours", "{'command':'open_matter','kind':'directive','unit':'#$dong'}");
    world_do(world, "zhou", "joint",
             "{'command':'open_matter','kind':'joint','unit':'#$garden','form':{'place':'#$g3'},'participants':"
             "{'helper':['#$g1']}}");
    world_tick(world);
    must_be(world, "addressed", "dong", "2020-02-03", 1, 0);
    must_be(world, "addressed", "lake", "2020-02-03", 1, 0);
    must_be(world, "helpers", "garden", "2020-02-03", 1, 0);
    world_at(world, "2020-02-03T08:00:00+08:00");
    world_do(world, NULL, NULL,
             "{'command':'create_unit','parent':'#$dong','type':'community','code':'110101001003'"
             ",'name':'新社区','date':'2020-01-01'}");
    world_tick(world);
    g_hash_table_replace(
        world->handles, g_strdup("new"),
        g_strdup_printf("%" G_GINT64_FORMAT, world_count(world, "SELECT id FROM unit WHERE code = '110101001003'")));
    must_be(world, "in_force", "new", "2020-02-03", 1, 0);
    world_do(world, NULL, NULL, "{'command':'merge_units','unit':'#$g2','units':['#$g1']}");
    g_assert_false(world_counts(world));
    tally_recount(world->harness->rows, world->harness->rulebook, NULL);
    world_tick(world);
    must_be(world, "helping", "g2", "2020-02-03", 1, 0);
}

extern const char world_yaml[];

static void adopt(struct world *world, const char *from, const char *to)
{
    g_autoptr(GString) text = g_string_new(world_yaml);
    g_assert_cmpuint(g_string_replace(text, from, to, 0), ==, 1);
    harness_adopt(world->harness, text->str);
}

/* A matter counts by the rules that it has; nothing is recounted. */
static void other_versions(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_observe(world, "li");
    read_temperature(world, "li_obs", "36.5");
    adopt(world, "  readings: {title: {zh: 登记, en: Readings}, top: count(check_in)",
          "  all_readings: {title: {zh: 登记, en: All}, top: count(check_in), window: day, floor: community}\n"
          "  readings: {title: {zh: 登记, en: Readings}, top: count(check_in where attempt is missing)");
    world_observe(world, "feng");
    read_temperature(world, "feng_obs", "36.5");
    read_temperature(world, "li_obs", "36.6");
    must_be(world, "readings", "garden", "2020-02-03", 3, 0);
    must_be(world, "all_readings", "garden", "2020-02-03", 1, 0);
    struct indicator_count counts[2] = {{0}, {0}};
    for (int kept = 0; kept < 2; kept++) {
        struct harness *harness = world->harness;
        const struct indicator *indicator =
            playbook_find_indicator(rulebook_current(harness->rulebook), "all_readings");
        g_assert_true(indicator_windows(indicator, 18295, 18295, &counts[kept].cells));
        (kept ? indicator_count : indicator_recount)(harness->rows, harness->vault, harness->rulebook, indicator,
                                                     world_id(world, "garden"), harness->now_us, &counts[kept]);
        g_assert_cmpint(counts[kept].uncounted, ==, 1);
        indicator_count_clear(&counts[kept]);
    }
    /* Frozen by another window, what the older matters added would lie elsewhere: it is counted anew. */
    adopt(world, "readings_frozen: {title: {zh: 登记, en: Readings}, top: count(check_in), window: day",
          "readings_frozen: {title: {zh: 登记, en: Readings}, top: count(check_in), window: week");
    struct indicator_cell cell = counted(world, "readings_frozen", "garden", "2020-02-03", false);
    g_assert_cmpint(cell.top, ==, 3);
    AUTO(indicator_count) struct indicator_count asked = {0};
    const struct indicator *frozen =
        playbook_find_indicator(rulebook_current(world->harness->rulebook), "readings_frozen");
    g_assert_true(indicator_windows(frozen, 18295, 18295, &asked.cells));
    g_assert_true(indicator_count(world->harness->rows, world->harness->vault, world->harness->rulebook, frozen,
                                  world_id(world, "garden"), world->harness->now_us, &asked));
    g_assert_false(asked.kept);
}

/* What was met before it fell due counts on a day when nothing changed any more. */
static void met_early(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_do(world, "wang", "one",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'ordinary'}}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$one','entry':'answer','fields':{'result':'已修'}}");
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$one','entry':'callback'}");
    world_at(world, "2020-02-20T07:30:00+08:00");
    must_be(world, "sr_met", "garden", "2020-02-10", 1, 1);
}

/* What is overdue counts where whoever owes it now has a seat; what was met, where whoever owed it had. */
static void owed_by_another(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    for (int i = 0; i < 2; i++)
        world_do(world, "wang", i == 0 ? "one" : "two",
                 "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'danger'}}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$one','entry':'answer','fields':{'result':'已修'}}");
    world_at(world, "2020-02-03T20:30:00+08:00");
    must_be(world, "sr_owed", "g1", "2020-02-03", 1, 2);
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$stranger','role':'grid_worker','grounds':['#$garden']}");
    world_at(world, "2020-02-03T21:30:00+08:00");
    must_be(world, "sr_owed", "g1", "2020-02-03", 1, 1);
    must_be(world, "sr_owed", "garden", "2020-02-03", 1, 2);
    world_do(world, "stranger", NULL,
             "{'command':'enter','matter':'$two','entry':'answer','fields':{'result':'已修'}}");
    must_be(world, "sr_owed", "g1", "2020-02-03", 1, 1);
    must_be(world, "sr_owed", "garden", "2020-02-03", 1, 2);
}

/* ---- whatever people do ---- */

static const char *const persons[] = {"li", "zhao", "feng"};
static const char *const grids[] = {"g1", "g2", "g3", "g4"};
static const char *const actors[] = {"wang", "sun", "qian", "he", "chen", "zhou", "wu", "zheng"};
#define ANY(list) ((list)[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(list))])

static const char *const things[] = {
    "{'command':'enter','matter':'$M','entry':'check_in','fields':{'temperature':36.5}}",
    "{'command':'enter','matter':'$M','entry':'check_in','fields':{'temperature':36.6,'by_phone':true}}",
    "{'command':'enter','matter':'$M','entry':'check_in','fields':{'temperature':38.1}}",
    "{'command':'enter','matter':'$M','entry':'check_in','attempt':'away'}",
    "{'command':'enter','matter':'$M','entry':'recheck','fields':{'temperature':36.5}}",
    "{'command':'enter','matter':'$M','entry':'recheck','fields':{'temperature':38.1}}",
    "{'command':'correct_entry','matter':'$M','number':1,'fields':{'temperature':36.6},'reason':'测试'}",
    "{'command':'correct_entry','matter':'$M','number':2,'fields':{'temperature':36.6},'reason':'测试'}",
    "{'command':'enter','matter':'$M','entry':'urge'}",
    "{'command':'enter','matter':'$M','entry':'release'}",
    "{'command':'enter','matter':'$M','entry':'moved_to_hospital'}",
    "{'command':'enter','matter':'$M','entry':'answer','fields':{'result':'已修'}}",
    "{'command':'enter','matter':'$M','entry':'callback'}",
    "{'command':'enter','matter':'$M','entry':'not_done'}",
    "{'command':'enter','matter':'$M','entry':'park'}",
    "{'command':'enter','matter':'$M','entry':'resume'}",
    "{'command':'enter','matter':'$M','entry':'close_early'}",
    "{'command':'enter','matter':'$M','entry':'confirm_close_early'}",
    "{'command':'enter','matter':'$M','entry':'decline_close_early','fields':{'reason':'不宜'}}",
    "{'command':'enter','matter':'$M','entry':'note'}",
    "{'command':'enter','matter':'$M','entry':'visit'}",
    "{'command':'enter','matter':'$M','entry':'help'}",
    "{'command':'enter','matter':'$M','entry':'look'}",
    "{'command':'enter','matter':'$M','entry':'again'}",
    "{'command':'enter','matter':'$M','entry':'acknowledge'}",
    "{'command':'enter','matter':'$M','entry':'acknowledge','fields':{'posters':3}}",
    "{'command':'enter','matter':'$M','entry':'help','fields':{'hands':2}}",
    "{'command':'enter','matter':'$M','entry':'tally','fields':{'people':7}}",
    "{'command':'enter','matter':'$M','entry':'tally','fields':{'people':0}}",
    "{'command':'enter','matter':'$M','entry':'tally','fields':{'people':900}}",
    "{'command':'enter','matter':'$M','entry':'tally','attempt':'away'}",
    "{'command':'correct_entry','matter':'$M','number':1,'fields':{'people':5},'reason':'测试'}",
    "{'command':'correct_entry','matter':'$M','number':2,'fields':{'people':8},'reason':'测试'}",
    "{'command':'enter','matter':'$M','entry':'recount','fields':{'flats_now':12}}",
    "{'command':'enter','matter':'$M','entry':'receive','fields':{'lines':[{'item':'mask','quantity':40}]}}",
    "{'command':'open_matter','kind':'supply_request','unit':'#$U','form':{'wanted':[{'item':'mask','quantity':90}]}}",
    "{'command':'open_matter','kind':'service_request','unit':'#$U','form':{'urgency':'danger','flats':30}}",
    "{'command':'enter','matter':'$M','entry':'end'}",
    "{'command':'hand_over_matter','matter':'$M','to':'#$U','reason':'测试'}",
    "{'command':'accept_matter','matter':'$M'}",
    "{'command':'merge_matters','matter':'$M','into':'$N','reason':'测试'}",
    "{'command':'unmerge_matters','matter':'$M','reason':'测试'}",
    "{'command':'excuse','expectations':[{'matter':'$M','number':1},{'matter':'$M','number':2}],'reason':'停电'}",
    "{'command':'open_matter','kind':'home_observation','unit':'#$U','subject':'$P','form':{'last_exposure':"
    "'2020-02-01T12:00:00+08:00'}}",
    "{'command':'open_matter','kind':'arrival','unit':'#$U','subject':'$P'}",
    "{'command':'open_matter','kind':'arrival','unit':'#$garden','subject':'$P'}",
    "{'command':'open_matter','kind':'service_request','unit':'#$U','form':{'urgency':'danger'}}",
    "{'command':'open_matter','kind':'service_request','unit':'#$U','form':{'urgency':'ordinary'}}",
    "{'command':'open_matter','kind':'joint','unit':'#$garden','form':{'place':'#$U'},'participants':{'helper':['#$g1',"
    "'#$g2']}}",
    "{'command':'open_matter','kind':'directive','unit':'#$dong'}",
};
static const char *const upheavals[] = {
    "{'command':'move_unit','unit':'#$U','parent':'#$lake'}",
    "{'command':'move_unit','unit':'#$U','parent':'#$garden'}",
    "{'command':'erase_person','person':'$P'}",
    "{'command':'merge_units','unit':'#$g2','units':['#$g1']}",
    "{'command':'set_unit_fact','unit':'#$garden','fact':'households','value':40}",
    "{'command':'set_unit_fact','unit':'#$lake','fact':'households','value':2}",
    "{'command':'split_unit','unit':'#$U','into':[{'name':'南','rest':true},{'name':'北'}]}",
};

static char *filled(GRand *random, const char *thing, int matters)
{
    GString *text = g_string_new(thing);
    g_autofree char *one = g_strdup_printf("$m%d", g_rand_int_range(random, 0, matters));
    g_autofree char *other = g_strdup_printf("$m%d", g_rand_int_range(random, 0, matters));
    g_autofree char *unit = g_strconcat("$", ANY(grids), NULL), *person = g_strconcat("$", ANY(persons), NULL);
    g_string_replace(text, "$M", one, 0);
    g_string_replace(text, "$N", other, 0);
    g_string_replace(text, "$U", unit, 0);
    g_string_replace(text, "$P", person, 0);
    return g_string_free(text, FALSE);
}

struct storm {
    int accepted, matters, waited, compared;
};

static bool is_same_cell(const struct indicator_cell *one, const struct indicator_cell *other)
{
    return one->from_day == other->from_day && one->to_day == other->to_day && one->top == other->top &&
           one->bottom == other->bottom && one->hidden == other->hidden && one->thin == other->thin;
}

/* Read of many units at once and of each alone. */
static void must_agree(struct world *world, const struct indicator *indicator, const GArray *units)
{
    struct harness *harness = world->harness;
    AUTO(tally_units) struct tally_units all = {0};
    g_autofree struct tally_now *found = g_new(struct tally_now, units->len);
    int32_t today = day_of(harness->now_us, rulebook_current(harness->rulebook)->zone);
    tally_units_init(&all, harness->rows, harness->vault, harness->rulebook, units, harness->now_us);
    tally_units_read(&all, indicator, found);
    for (guint i = 0; i < units->len; i++) {
        AUTO(indicator_count) struct indicator_count count = {0};
        int64_t unit = g_array_index(units, int64_t, i);
        g_assert_true(indicator_windows(indicator, today, today, &count.cells));
        g_assert_true(indicator_count(harness->rows, harness->vault, harness->rulebook, indicator, unit,
                                      harness->now_us, &count));
        const struct indicator_cell *cell = &g_array_index(count.cells, struct indicator_cell, 0);
        if (!is_same_cell(cell, &found[i].cell) || found[i].since_us != count.since_us)
            g_error("%s of %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT
                    " among many, %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " alone",
                    indicator->name, unit, found[i].cell.top, found[i].cell.bottom, cell->top, cell->bottom);
    }
}

/* All of them, half of them, one. */
static void many_agree_with_one(struct world *world, GRand *random)
{
    const struct playbook *playbook = rulebook_current(world->harness->rulebook);
    g_autoptr(GArray) units = cursor_integers(db_query(world->harness->rows, "SELECT id FROM unit ORDER BY id", ""));
    for (guint wanted = units->len; wanted > 0; wanted /= 2) {
        while (units->len > wanted)
            g_array_remove_index(units, (guint)g_rand_int_range(random, 0, (gint32)units->len));
        for (size_t i = 0; i < playbook->kind_count; i++)
            for (size_t j = 0; j < playbook->kinds[i].indicator_count; j++)
                must_agree(world, &playbook->kinds[i].indicators[j], units);
        for (size_t i = 0; i < playbook->indicator_count; i++)
            must_agree(world, &playbook->indicators[i], units);
    }
}

static void storm_step(struct world *world, GRand *random, struct storm *storm, bool upheaval)
{
    const char *thing = upheaval ? ANY(upheavals) : ANY(things);
    g_autofree char *json = filled(random, thing, storm->matters), *keep = g_strdup_printf("m%d", storm->matters);
    bool opens = strstr(json, "open_matter") != NULL;
    bool accepted = upheaval && world_try(world, NULL, NULL, json);
    guint first = g_rand_int(random);
    for (guint i = 0; i < G_N_ELEMENTS(actors) && !upheaval && !accepted; i++)
        accepted = world_try(world, actors[(first + i) % G_N_ELEMENTS(actors)], opens ? keep : NULL, json);
    storm->accepted += accepted;
    storm->matters += accepted && opens;
}

static void storm(guint32 seed, bool upheavals_too, gint32 longest_min, struct storm *out)
{
    AUTO(world) struct world *world = world_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    struct storm all = {0};
    world_at(world, "2020-02-02T08:00:00+08:00");
    world_do(world, "wang", "m0",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'danger'}}");
    all.matters = 1;
    for (int i = 0; i < 1500; i++) {
        storm_step(world, random, &all, upheavals_too && i % 150 == 149);
        if (i % 10 == 0) {
            world->harness->now_us += g_rand_int_range(random, 1, longest_min) * US_PER_MINUTE;
            world_tick(world);
        }
        if (i % 25 != 0)
            continue;
        all.compared++;
        if (!world_counts(world)) {
            all.waited++;
            tally_recount(world->harness->rows, world->harness->rulebook, NULL);
        }
        if (i % 100 == 0)
            many_agree_with_one(world, random);
    }
    *out = all;
}

static void storms(void)
{
    for (guint32 seed = 1; seed <= 4; seed++) {
        struct storm found;
        storm(seed, seed > 2, seed == 2 ? 900 : 240, &found); /* the second one into another month */
        g_test_message("seed %u: %d accepted, %d matters, %d waited of %d", seed, found.accepted, found.matters,
                       found.waited, found.compared);
        g_assert_cmpint(found.accepted, >, 150); /* else nothing was tried */
        g_assert_cmpint(found.matters, >, 20);
        if (seed <= 2)
            g_assert_cmpint(found.waited, ==, 0);
        g_assert_cmpint(found.waited, <, found.compared / 2);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tally/entries_and_expectations", entries_and_expectations);
    g_test_add_func("/tally/corrections_before_and_after_a_freeze", corrections_before_and_after_a_freeze);
    g_test_add_func("/tally/moved_units", moved_units);
    g_test_add_func("/tally/moved_below_others", moved_below_others);
    g_test_add_func("/tally/a_changed_form", a_changed_form);
    g_test_add_func("/tally/sums", sums);
    g_test_add_func("/tally/sums_over_lines", sums_over_lines);
    g_test_add_func("/tally/latest", latest);
    g_test_add_func("/tally/latest_of_each", latest_of_each);
    g_test_add_func("/tally/editions", editions);
    g_test_add_func("/tally/erased_matters", erased_matters);
    g_test_add_func("/tally/erased_fields", erased_fields);
    g_test_add_func("/tally/handed_over", handed_over);
    g_test_add_func("/tally/second_persons", second_persons);
    g_test_add_func("/tally/participants", participants);
    g_test_add_func("/tally/other_versions", other_versions);
    g_test_add_func("/tally/met_early", met_early);
    g_test_add_func("/tally/owed_by_another", owed_by_another);
    g_test_add_func("/tally/storms", storms);
    return g_test_run();
}
