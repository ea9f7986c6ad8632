/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks between the doors and the writer: counted, bounded, taken oldest first. */
#include "engine/traces.h"

#include "base/limits.h"

#define NOON_US (INT64_C(1580688000000000))

static void must_take(struct traces *traces, size_t most, int64_t reader, const char *looks)
{
    size_t count;
    int64_t whose;
    g_autoptr(json_t) body = traces_take(traces, most, &whose, &count);
    g_assert_nonnull(body);
    g_autofree char *text = json_dumps(json_object_get(body, "looks"), JSON_COMPACT);
    g_assert_cmpint(whose, ==, reader);
    g_assert_cmpstr(text, ==, looks);
    g_assert_cmpuint(count, ==, json_array_size(json_object_get(body, "looks")));
}

static void add(struct traces *traces, int64_t now_us, int64_t reader, int64_t person, int64_t matter, const char *page)
{
    g_assert_true(traces_add(traces, now_us, reader, &(struct look){person, matter}, 1, page));
}

static void counted(void)
{
    int64_t age_us;
    struct traces *traces = traces_new();
    for (int i = 0; i < 1000; i++)
        add(traces, NOON_US + i, 3, 7, 70, "matter");
    add(traces, NOON_US, 4, 7, 70, "matter");
    add(traces, NOON_US, 3, 7, 70, "tasks");
    add(traces, NOON_US + US_PER_HOUR, 3, 7, 70, "matter"); /* another hour, another sheet */
    g_assert_cmpuint(traces_waiting(traces, &age_us), ==, 4);
    must_take(traces, 1, 3, "[[7,70,0,1000]]");
    add(traces, NOON_US, 3, 7, 70, "matter"); /* what is taken is gone: this one begins again */
    must_take(traces, 10, 3, "[[7,70,1,1]]");
    must_take(traces, 10, 4, "[[7,70,0,1]]");
    must_take(traces, 10, 3, "[[7,70,0,1]]");
    must_take(traces, 10, 3, "[[7,70,0,1]]");
    g_assert_cmpuint(traces_waiting(traces, &age_us), ==, 0);
    g_assert_cmpint(age_us, ==, 0);
    traces_free(traces);
}

/* A page is noted as a whole or not at all. */
static void bounded(void)
{
    int64_t age_us;
    struct traces *traces = traces_new();
    for (int i = 0; i < LIMIT_LOOKS_WAITING - 1; i++)
        add(traces, NOON_US, 3, i + 1, 0, "test");
    struct look two[] = {{1000000, 0}, {1000001, 0}};
    g_assert_false(traces_add(traces, NOON_US, 3, two, 2, "test"));
    g_assert_cmpuint(traces_waiting(traces, &age_us), ==, LIMIT_LOOKS_WAITING - 1);
    g_assert_true(traces_add(traces, NOON_US, 3, two, 1, "test"));
    g_assert_false(traces_add(traces, NOON_US, 3, two + 1, 1, "test"));
    g_assert_true(traces_are_many(traces));
    traces_free(traces);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/traces/counted", counted);
    g_test_add_func("/traces/bounded", bounded);
    return g_test_run();
}
