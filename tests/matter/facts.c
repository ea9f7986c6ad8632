/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about units in indicators: as of the day asked, and never a silent zero. */
#include "world.h"

#include "base/datetime.h"
#include "matter/tally.h"

static void count(struct world *world, const char *name, const char *unit, const char *from, const char *to, bool kept,
                  struct indicator_count *out)
{
    struct harness *harness = world->harness;
    const struct indicator *indicator = playbook_find_indicator(rulebook_current(harness->rulebook), name);
    int32_t first = 0, last = 0;
    world_counts(world);
    g_assert_true(indicator != NULL && date_parse(from, &first) && date_parse(to, &last));
    g_assert_true(indicator_windows(indicator, first, last, &out->cells));
    g_assert_true((kept || indicator->kind == NULL ? indicator_count : indicator_recount)(
        harness->rows, harness->vault, harness->rulebook, indicator, world_id(world, unit), harness->now_us, out));
}

static char *text_of(const struct indicator_count *count)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < count->cells->len; i++) {
        const struct indicator_cell *cell = &g_array_index(count->cells, struct indicator_cell, i);
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "%s%s", i > 0 ? " " : "", cell->top,
                               cell->bottom, cell->thin ? " thin" : "", cell->hidden ? " hidden" : "");
    }
    g_string_append_printf(text, ", %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, count->covered_units,
                           count->unit_count);
    return g_string_free(text, FALSE);
}

/* Each window's figure, and of how many units it is known at the end: as kept, and counted anew. */
static void must_be(struct world *world, const char *name, const char *unit, const char *from, const char *to,
                    const char *wanted)
{
    for (int kept = 0; kept < 2; kept++) {
        AUTO(indicator_count) struct indicator_count found = {0};
        count(world, name, unit, from, to, kept != 0, &found);
        g_autofree char *text = text_of(&found);
        if (!g_str_equal(text, wanted))
            g_error("%s of %s, %s to %s: %s instead of %s", name, unit, from, to, text, wanted);
    }
}

static void set(struct world *world, const char *unit, const char *fact, const char *date, int value)
{
    g_autofree char *json = g_strdup_printf(
        "{'command':'set_unit_fact','unit':'#$%s','fact':'%s','date':'%s','value':%d}", unit, fact, date, value);
    world_do(world, "keeper", NULL, json);
}

static void a_level_is_as_of_the_day(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-06T08:00:00+08:00");
    must_be(world, "households", "dong", "2020-02-06", "2020-02-06", "0/0 thin, 0 of 2");
    set(world, "garden", "households", "2020-02-03", 100);
    set(world, "lake", "households", "2020-02-04", 30);
    set(world, "garden", "households", "2020-02-05", 120);
    must_be(world, "households", "dong", "2020-02-02", "2020-02-06", "0/0 thin 100/0 130/0 150/0 150/0, 2 of 2");
    must_be(world, "households", "beijing", "2020-02-03", "2020-02-03", "100/0, 1 of 3");
    must_be(world, "households", "xi", "2020-02-06", "2020-02-06", "0/0 thin, 0 of 1"); /* missing, not none */
    must_be(world, "households", "g1", "2020-02-06", "2020-02-06", "0/0 thin, 0 of 0");
    set(world, "garden", "households", "2020-02-03", 110); /* corrected, of a past day */
    must_be(world, "households", "dong", "2020-02-03", "2020-02-05", "110/0 140/0 150/0, 2 of 2");
    set(world, "hill", "households", "2020-02-06", 0); /* none, not missing */
    must_be(world, "households", "xi", "2020-02-06", "2020-02-06", "0/0, 1 of 1");
}

static void a_ratio_is_by_what_is_known(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-06T08:00:00+08:00");
    must_be(world, "secretaries_per_household", "dong", "2020-02-06", "2020-02-06", "0/0 thin, 0 of 2");
    set(world, "garden", "households", "2020-02-06", 49);
    must_be(world, "secretaries_per_household", "dong", "2020-02-06", "2020-02-06", "0/49 thin, 1 of 2");
    set(world, "lake", "households", "2020-02-06", 1);
    must_be(world, "secretaries_per_household", "dong", "2020-02-06", "2020-02-06", "0/50, 2 of 2");
    world_do(world, NULL, "clinic", "{'command':'create_unit','parent':'#$dong','type':'clinic','name':'门诊'}");
    must_be(world, "beds_per_household", "dong", "2020-02-06", "2020-02-06", "0/50 thin, 0 of 1"); /* beds are not */
}

static void request(struct world *world, const char *unit)
{
    g_autofree char *json = g_strdup_printf("{'command':'open_matter','kind':'service_request','unit':'#$%s','form':"
                                            "{'urgency':'ordinary'}}",
                                            unit);
    world_do(world, "zhou", NULL, json);
}

/* Of a kind: flows in windows, each by what is known at its end. */
static void matters_per_household(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T08:00:00+08:00");
    set(world, "garden", "households", "2020-02-01", 100);
    request(world, "garden");
    request(world, "g1");
    world_at(world, "2020-02-10T08:00:00+08:00");
    request(world, "g2");
    set(world, "garden", "households", "2020-02-10", 200);
    must_be(world, "sr_per_household", "garden", "2020-02-03", "2020-02-10", "2/100 1/200, 1 of 1");
    must_be(world, "sr_per_household", "dong", "2020-02-03", "2020-02-10", "2/100 1/200, 1 of 2");
    must_be(world, "sr_per_household", "lake", "2020-02-10", "2020-02-10", "0/0 thin, 0 of 1");
    must_be(world, "sr_per_household", "dong", "2020-01-27", "2020-01-27", "0/100, 1 of 2");
}

/* Of few people nothing is told, however many households there are; few households hide nothing. */
static void few_people_stay_hidden(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T07:30:00+08:00");
    set(world, "garden", "households", "2020-02-03", 3000);
    set(world, "lake", "households", "2020-02-03", 2);
    world_observe(world, "li");
    must_be(world, "ho_per_household", "garden", "2020-02-03", "2020-02-03", "1/3000 hidden, 1 of 1");
    must_be(world, "ho_per_household", "lake", "2020-02-03", "2020-02-03", "0/2, 1 of 1");
}

static void moved_and_closed(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-06T08:00:00+08:00");
    set(world, "garden", "households", "2020-02-03", 100);
    set(world, "hill", "households", "2020-02-03", 10);
    world_do(world, NULL, NULL, "{'command':'move_unit','unit':'#$garden','parent':'#$xi','date':'2020-02-05'}");
    must_be(world, "households", "dong", "2020-02-04", "2020-02-05", "100/0 0/0 thin, 0 of 1");
    must_be(world, "households", "xi", "2020-02-04", "2020-02-05", "10/0 110/0, 2 of 2");
    must_be(world, "households", "dong", "2020-02-04", "2020-02-04", "100/0, 1 of 2");
    world_do(world, NULL, NULL,
             "{'command':'create_unit','parent':'#$xi','type':'community','name':'池塘','code':'pond'}");
    world_do(world, NULL, NULL, "{'command':'set_unit_fact','unit':'pond','fact':'households','value':5}");
    must_be(world, "households", "xi", "2020-02-06", "2020-02-06", "115/0, 3 of 3");
    world_at(world, "2020-02-07T08:00:00+08:00");
    world_do(world, NULL, NULL, "{'command':'close_unit','unit':'pond'}");
    must_be(world, "households", "xi", "2020-02-06", "2020-02-07", "115/0 110/0, 2 of 2");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facts/level", a_level_is_as_of_the_day);
    g_test_add_func("/facts/ratio", a_ratio_is_by_what_is_known);
    g_test_add_func("/facts/matters", matters_per_household);
    g_test_add_func("/facts/few", few_people_stay_hidden);
    g_test_add_func("/facts/tree", moved_and_closed);
    return g_test_run();
}
