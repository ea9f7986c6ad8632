/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of people of which no two can be subtracted. */
#include "access/told.h"

/* Those from `from` on, without `left_out` (0: nobody). */
static int64_t ask(struct told *told, const char *cell, int64_t from, int count, int64_t left_out)
{
    g_autoptr(GArray) persons = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int64_t id = from + count - 1; id >= from; id--)
        if (id != left_out)
            g_array_append_val(persons, id);
    return told_number(told, cell, persons);
}

static void test_differences(void)
{
    static const struct {
        const char *name, *cell;
        int64_t from;
        int count;
        int64_t left_out;
        int64_t number;
    } rows[] = {
        {"rounded down", "a", 1, 10, 0, 10},
        {"asked again", "a", 1, 10, 0, 10},
        {"one objects: with rounding alone it would be 5", "a", 1, 10, 7, 10},
        {"four fewer", "a", 1, 6, 0, 10},
        {"five fewer", "a", 1, 5, 0, 5},
        {"four others in their place are eight", "a", 5, 10, 0, 10},
        {"four more", "a", 1, 14, 0, 10},
        {"five more", "a", 1, 15, 0, 15},
        {"another cell knows nothing of it", "a\nfever", 1, 9, 0, 5},
        {"too few", "b", 1, 4, 0, 0},
        {"one more", "b", 1, 5, 0, 0},
        {"five more than were told of first", "b", 1, 9, 0, 5},
        {"nobody", "c", 1, 0, 0, 0},
        {"nobody, then four", "c", 1, 4, 0, 0},
        {"and five", "c", 1, 5, 0, 5},
    };
    AUTO(told) struct told *told = told_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].name);
        g_assert_cmpint(ask(told, rows[i].cell, rows[i].from, rows[i].count, rows[i].left_out), ==, rows[i].number);
    }
}

static void test_bounded(void)
{
    AUTO(told) struct told *told = told_new();
    g_assert_cmpint(ask(told, "x", 1, 10, 0), ==, 10);
    for (int i = 0; i < TOLD_SETS_MOST; i++)
        g_assert_cmpint(ask(told, "x", 1000 + i * 20, 10, 0), ==, 10);
    g_assert_cmpint(ask(told, "x", 1, 10, 1), ==, 5); /* forgotten */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/access/told/differences", test_differences);
    g_test_add_func("/access/told/bounded", test_bounded);
    return g_test_run();
}
