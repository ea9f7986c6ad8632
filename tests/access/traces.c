/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at people's data as rows: one a reader, person and hour, whatever version of the event tells them. */
#include "access/access.h"
#include "matter/matter.h"
#include "registry/registry.h"
#include "support/harness.h"

#define AT_US INT64_C(1580688300000000)

static const struct area *const areas[] = {&registry_area, &matter_area, &access_area, NULL};

static void apply(struct harness *harness, int version, int64_t reader, int64_t at_us, const char *json)
{
    g_autofree char *text = g_strdelimit(g_strdup(json), "'", '"');
    g_autoptr(json_t) body = json_loads(text, 0, NULL);
    g_assert_nonnull(body);
    struct event event = {
        .seq = ++harness->seqs[0], .version = version, .person = reader, .at_us = at_us, .kind = "personal_data_read"};
    event_apply(harness->areas, harness->rows, &event, body);
}

static void must_tell(struct harness *harness, int64_t person, const char *wanted)
{
    g_autoptr(GString) told = g_string_new("");
    g_autoptr(GArray) traces = access_traces_of(harness->rows, person, INT64_MAX, INT64_MAX, 10);
    for (guint i = 0; i < traces->len; i++) {
        const struct read_trace *trace = &g_array_index(traces, struct read_trace, i);
        g_autoptr(json_t) pages = access_traced_pages(harness->rows, person, trace);
        g_autofree char *text = json_dumps(pages, JSON_COMPACT);
        g_string_append_printf(told, "%lld:%lld %s %lld-%lld;", (long long)trace->reader_person,
                               (long long)trace->looks, text, (long long)(trace->first_us - AT_US),
                               (long long)(trace->last_us - AT_US));
    }
    g_assert_cmpstr(told->str, ==, wanted);
}

static void one_an_hour(void)
{
    AUTO(harness) struct harness *harness = harness_new(areas);
    apply(harness, 2, 3, AT_US + 9,
          "{'p': ['matter', 'tasks'], 'l': [[7, 70, 0, 5], [7, 71, 1, 1], [8, 0, 0, 1]],"
          " 't': [1580688300000000, 1580688300000004]}");
    apply(harness, 2, 3, AT_US + 20,
          "{'p': ['matter'], 'l': [[7, 70, 0, 2]], 't': [1580688300000010, 1580688300000011]}");
    apply(harness, 2, 4, AT_US + 30,
          "{'p': ['person'], 'l': [[7, 0, 0, 1]], 't': [1580688300000030, 1580688300000030]}");
    must_tell(harness, 7, "4:1 {\"person\":1} 30-30;3:8 {\"matter\":7,\"tasks\":1} 0-11;");
    must_tell(harness, 8, "3:1 {\"matter\":1} 0-4;");
    apply(harness, 2, 3, AT_US + US_PER_HOUR,
          "{'p': ['matter'], 'l': [[8, 80, 0, 1]], 't': [1580691900000000, 1580691900000000]}");
    must_tell(harness, 8, "3:1 {\"matter\":1} 3600000000-3600000000;3:1 {\"matter\":1} 0-4;");
}

/* Journals of before the counts say the same as ever: each page was one look. */
static void first_version(void)
{
    AUTO(harness) struct harness *harness = harness_new(areas);
    apply(harness, 1, 3, AT_US, "{'p': 'matters', 'm': [[70, 7], [80, 8]], 's': [9]}");
    apply(harness, 1, 3, AT_US + 5, "{'p': 'matters', 'm': [[70, 7]], 's': []}");
    must_tell(harness, 7, "3:2 {\"matters\":2} 0-5;");
    must_tell(harness, 8, "3:1 {\"matters\":1} 0-0;");
    must_tell(harness, 9, "3:1 {\"matters\":1} 0-0;");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/traces/one-an-hour", one_an_hour);
    g_test_add_func("/traces/first-version", first_version);
    return g_test_run();
}
