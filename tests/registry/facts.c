/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about units: values by date, and their sums above, whatever becomes of the tree. */
#include "city.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "registry/facts.h"

#include <string.h>

#define DUOFU  "110101001001"
#define YINZHA "110101001002"

static void set(struct city *city, const char *unit, const char *date, int value)
{
    g_autofree char *json = g_strdup_printf(
        "{'command':'set_unit_fact','unit':'%s','fact':'households','date':'%s','value':%d}", unit, date, value);
    city_do(city, NULL, NULL, json);
}

static int64_t noon(const char *date)
{
    g_autofree char *time = g_strconcat(date, "T12:00:00+08:00", NULL);
    return city_time(time);
}

static const struct unit_fact *households(struct city *city)
{
    return playbook_find_unit_fact(rulebook_current(city->harness->rulebook), "households");
}

static struct fact_sum sum_on(struct city *city, int64_t unit, const char *date)
{
    int64_t at_us = noon(date);
    struct fact_sum sum;
    registry_fact_sums(city->harness->rows, unit, households(city), &at_us, 1, &sum);
    return sum;
}

static void must_be(struct city *city, const char *unit, const char *date, int64_t value, int64_t units)
{
    struct fact_sum sum = sum_on(city, city_unit(city, unit), date);
    if (sum.value != value || sum.units != units)
        g_error("%s on %s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " units", unit, date, sum.value, sum.units);
}

static void must_compare(struct city *city)
{
    g_autoptr(GPtrArray) differences = g_ptr_array_new_with_free_func(g_free);
    registry_facts_compare(city->harness->rows, 10, differences);
    if (differences->len > 0)
        g_error("%s", (const char *)differences->pdata[0]);
}

/* ---- one unit ---- */

static void a_value_holds_until_the_next(void)
{
    AUTO(city) struct city *city = city_new();
    set(city, DUOFU, "2020-01-20", 1200);
    set(city, DUOFU, "2020-01-10", 1000); /* said later, of before */
    must_be(city, DUOFU, "2020-01-09", 0, 0);
    must_be(city, DUOFU, "2020-01-10", 1000, 1);
    must_be(city, DUOFU, "2020-01-19", 1000, 1);
    must_be(city, DUOFU, "2020-01-20", 1200, 1);
    must_be(city, DUOFU, "2020-02-20", 1200, 1);
}

static void the_same_day_again_corrects(void)
{
    AUTO(city) struct city *city = city_new();
    set(city, DUOFU, "2020-01-10", 1000);
    set(city, DUOFU, "2020-01-20", 12000);
    set(city, DUOFU, "2020-01-20", 1200);
    must_be(city, DUOFU, "2020-01-15", 1000, 1);
    must_be(city, DUOFU, "2020-01-25", 1200, 1);
    must_be(city, "11", "2020-01-25", 1200, 1);
    g_autoptr(GArray) history =
        registry_fact_history(city->harness->rows, city_unit(city, DUOFU), "households", INT64_MAX, 10);
    g_assert_cmpuint(history->len, ==, 2);
    g_assert_cmpint(g_array_index(history, struct fact_row, 0).value, ==, 1200);
    set(city, DUOFU, "2020-01-20", 1000); /* nothing changes then any more, and no row stays for it */
    int64_t rows = 0;
    db_integer(city->harness->rows, &rows, "SELECT count(*) FROM unit_fact_sum WHERE ancestor = ?1", "i",
               city_unit(city, "11"));
    g_assert_cmpint(rows, ==, 1);
    must_compare(city);
}

/* Without a date the day of the observed time counts, from its first moment on; a unit may have begun within it. */
static void without_a_date_it_is_today(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, "keeper", NULL,
            "{'command':'create_unit','parent':'110101001','type':'community','name':'新社区','code':'110101001009'}");
    city_do(city, "keeper", NULL,
            "{'command':'set_unit_fact','unit':'110101001009','fact':'households','value':7,'source':'普查'}");
    g_autoptr(GArray) known =
        registry_facts_on(city->harness->rows, city_unit(city, "110101001009"), city->harness->now_us);
    g_assert_cmpuint(known->len, ==, 1);
    const struct fact_row *row = &g_array_index(known, struct fact_row, 0);
    g_assert_cmpint(row->from_us, ==, city_time("2020-01-31T00:00:00+08:00"));
    g_assert_cmpstr(row->source, ==, "普查");
    must_be(city, "110101", "2020-01-31", 7, 1);
}

/* So many values of one unit, and the last one may still be corrected. */
static void values_are_bounded(void)
{
    AUTO(city) struct city *city = city_new();
    int64_t unit = city_unit(city, DUOFU), first_us = city_time("2020-01-02T00:00:00+08:00");
    for (int i = 0; i < 400; i++)
        facts_set(city->harness->rows, unit, "households", first_us - i * US_PER_HOUR, i, "");
    city_refuse(city, NULL,
                "{'command':'set_unit_fact','unit':'" DUOFU "','fact':'households','value':5,'date':'2020-01-20'}",
                PROBLEM_TOO_MANY_ITEMS, "date");
    set(city, DUOFU, "2020-01-02", 9);
    set(city, YINZHA, "2020-01-20", 5);
    facts_fold_below(city->harness->rows, unit, -1);
    db_run(city->harness->rows, "DELETE FROM unit_fact WHERE unit = ?1", "i", unit); /* no event made them */
    set(city, DUOFU, "2020-01-02", 9);
}

/* ---- the tree ---- */

static void sums_go_up_and_follow_the_tree(void)
{
    AUTO(city) struct city *city = city_new();
    set(city, DUOFU, "2020-01-10", 1000);
    set(city, YINZHA, "2020-01-15", 300);
    must_be(city, "110101001", "2020-01-12", 1000, 1);
    must_be(city, "110101001", "2020-01-20", 1300, 2);
    must_be(city, "11", "2020-01-20", 1300, 2);
    must_be(city, "110105", "2020-01-20", 0, 0);
    city_do(city, NULL, NULL, "{'command':'move_unit','unit':'" DUOFU "','parent':'110105001','date':'2020-01-25'}");
    must_be(city, "110101", "2020-01-24", 1300, 2); /* what was, stays with the one above it then */
    must_be(city, "110101", "2020-01-26", 300, 1);
    must_be(city, "110105", "2020-01-26", 1000, 1);
    must_be(city, "11", "2020-01-26", 1300, 2);
    set(city, DUOFU, "2020-01-20", 1100); /* of before the move */
    must_be(city, "110101", "2020-01-24", 1400, 2);
    must_be(city, "110105", "2020-01-24", 0, 0);
    must_be(city, "110105", "2020-01-26", 1100, 1);
    city_do(city, NULL, NULL, "{'command':'close_unit','unit':'" YINZHA "','date':'2020-01-28'}");
    must_be(city, "110101", "2020-01-27", 300, 1);
    must_be(city, "110101", "2020-01-29", 0, 0);
    must_be(city, "11", "2020-01-29", 1100, 1);
    must_compare(city);
}

/* The sums as the tables cover and unit_fact have them, by another way. */
static struct fact_sum counted(struct city *city, int64_t unit, int64_t at_us)
{
    struct fact_sum sum = {0};
    g_autoptr(GArray) below = cursor_integers(
        db_query(city->harness->rows, "SELECT unit FROM cover WHERE ancestor = ?1 AND from_us <= ?2 AND to_us > ?2",
                 "ii", unit, at_us));
    for (guint i = 0; i < below->len; i++) {
        g_autoptr(GArray) known = registry_facts_on(city->harness->rows, g_array_index(below, int64_t, i), at_us);
        for (guint j = 0; j < known->len; j++)
            if (strcmp(g_array_index(known, struct fact_row, j).fact, "households") == 0) {
                sum.value += g_array_index(known, struct fact_row, j).value;
                sum.units++;
            }
    }
    return sum;
}

static void must_agree(struct city *city)
{
    g_autoptr(GArray) units = cursor_integers(db_query(city->harness->rows, "SELECT id FROM unit ORDER BY id", ""));
    g_autofree struct fact_sum *all = g_new(struct fact_sum, units->len);
    for (int day = 1; day <= 31; day += 3) {
        g_autofree char *date = g_strdup_printf("2020-01-%02d", day);
        registry_fact_sums_of(city->harness->rows, units, households(city), noon(date), all);
        for (guint i = 0; i < units->len; i++) {
            int64_t unit = g_array_index(units, int64_t, i);
            struct fact_sum one = sum_on(city, unit, date), other = counted(city, unit, noon(date));
            if (one.value != other.value || one.units != other.units || all[i].value != other.value ||
                all[i].units != other.units)
                g_error("unit %" G_GINT64_FORMAT " on %s: kept %" G_GINT64_FORMAT ", counted %" G_GINT64_FORMAT, unit,
                        date, one.value, other.value);
        }
    }
}

/* A move is never before the last one. */
static void move(struct city *city, GRand *rand, const char *community, int day)
{
    bool whole = g_rand_int_range(rand, 0, 3) == 0;
    const char *to = g_rand_boolean(rand) ? whole ? "110101" : "110101001" : whole ? "110105" : "110105001";
    g_autofree char *json = g_strdup_printf("{'command':'move_unit','unit':'%s','parent':'%s','date':'2020-01-%02d'}",
                                            whole ? "110101001" : community, to, day);
    city_do(city, NULL, NULL, json);
}

static void whatever_happens_sums_agree(void)
{
    AUTO(city) struct city *city = city_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (int i = 0; i < 56; i++) {
        const char *community = g_rand_boolean(rand) ? DUOFU : YINZHA;
        g_autofree char *date = g_strdup_printf("2020-01-%02d", g_rand_int_range(rand, 2, 31));
        if (i % 2 == 0)
            set(city, community, date, g_rand_int_range(rand, 0, 5));
        else
            move(city, rand, community, 3 + i / 2);
        must_agree(city);
        must_compare(city);
    }
    city_do(city, NULL, NULL, "{'command':'merge_units','unit':'" DUOFU "','units':['" YINZHA "']}");
    must_agree(city);
    must_compare(city);
}

/* Which types of unit have a fact, the playbook in force says; what others have is kept and adds to nothing. */
static void other_types_add_nothing(void)
{
    AUTO(city) struct city *city = city_new();
    const struct playbook *playbook = rulebook_current(city->harness->rulebook);
    const struct unit_type *types[] = {playbook_find_unit_type(playbook, "hospital"),
                                       playbook_find_unit_type(playbook, "community")};
    struct unit_fact other = *households(city);
    int64_t at_us = noon("2020-01-20"), root = city_unit(city, "11");
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof root);
    g_array_append_val(units, root);
    set(city, DUOFU, "2020-01-10", 1000);
    other.at = types;
    for (other.at_count = 1; other.at_count <= 2; other.at_count++) {
        struct fact_sum one, of_many;
        registry_fact_sums(city->harness->rows, root, &other, &at_us, 1, &one);
        registry_fact_sums_of(city->harness->rows, units, &other, at_us, &of_many);
        g_assert_cmpint(one.value, ==, other.at_count == 2 ? 1000 : 0);
        g_assert_cmpint(of_many.units, ==, other.at_count == 2 ? 1 : 0);
        g_assert_cmpint(one.units, ==, of_many.units);
    }
}

/* ---- compared and made anew ---- */

static void damage_is_told_and_mended(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    set(city, DUOFU, "2020-01-10", 1000);
    db_run(rows, "UPDATE unit_fact_sum SET value = 1001 WHERE ancestor = ?1", "i", city_unit(city, "110101"));
    g_autoptr(GPtrArray) differences = g_ptr_array_new_with_free_func(g_free);
    registry_facts_compare(rows, 10, differences);
    g_assert_cmpuint(differences->len, ==, 1);
    g_assert_cmpstr(differences->pdata[0], ==, "facts of 110101, households: kept +1 in +0 units more than counted");
    registry_facts_add_anew(rows);
    must_compare(city);
    must_be(city, "110101", "2020-01-20", 1000, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facts/until-the-next", a_value_holds_until_the_next);
    g_test_add_func("/facts/correction", the_same_day_again_corrects);
    g_test_add_func("/facts/today", without_a_date_it_is_today);
    g_test_add_func("/facts/bounded", values_are_bounded);
    g_test_add_func("/facts/tree", sums_go_up_and_follow_the_tree);
    g_test_add_func("/facts/agree", whatever_happens_sums_agree);
    g_test_add_func("/facts/other-types", other_types_add_nothing);
    g_test_add_func("/facts/damage", damage_is_told_and_mended);
    return g_test_run();
}
