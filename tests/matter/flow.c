/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways of whole matters: the fever path of home observation, rounds, windows over a fortnight. */
#include "world.h"

#include "base/clock.h"
#include "playbook/model/seeing.h"

#include <string.h>

#define ENTER(matter, entry, fields)                                                                                   \
    "{'command':'enter','matter':'$" matter "','entry':'" entry "','fields':{" fields "}}"

static void test_fever(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    assert_expectations(world, "li_obs", "check_in:open");
    assert_todo(world, "wang", "check_in");
    world_at(world, "2020-02-03T08:00:00+08:00");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    assert_expectations(world, "li_obs", "check_in:met check_in:open");
    g_assert_cmpint(world_due(world, "li_obs", "check_in"), ==, world_time("2020-02-03T20:30:00+08:00"));

    world_at(world, "2020-02-03T17:00:00+08:00");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':38.1"));
    g_assert_cmpstr(world_matter(world, "li_obs").state, ==, "rechecking");
    assert_expectations(world, "li_obs", "check_in:met check_in:met recheck:open");
    g_assert_cmpint(world_due(world, "li_obs", "recheck"), ==, world_time("2020-02-03T17:30:00+08:00"));
    world_at(world, "2020-02-03T17:30:00+08:00");
    assert_expectations(world, "li_obs", "check_in:met check_in:met recheck:open");
    world_at(world, "2020-02-03T17:30:00.000001+08:00");
    assert_expectations(world, "li_obs", "check_in:met check_in:met recheck:overdue");
    world_do(world, "wang", NULL, ENTER("li_obs", "recheck", "'temperature':38.2"));
    struct matter observation = world_matter(world, "li_obs");
    g_assert_cmpstr(observation.state, ==, "referred");
    g_assert_cmpint(observation.closed_us, ==, world->harness->now_us);
    assert_expectations(world, "li_obs", "check_in:met check_in:met recheck:late");
    assert_todo(world, "wang", "");
    assert_todo(world, "zhou", "daily acknowledge");

    int64_t child = world_count(world, "SELECT id FROM matter WHERE kind = 'anomaly_report'");
    struct matter report;
    g_assert_true(matter_get(world->harness->rows, child, &report));
    g_assert_cmpint(report.parent, ==, observation.id);
    g_assert_cmpint(report.subject, ==, world_id(world, "li"));
    bool erased;
    g_autoptr(json_t) form = matter_form(world->harness->rows, world->harness->vault, &report, &erased);
    g_assert_cmpstr(json_get_text(form, "temperature", ""), ==, "38.2");
}

static void test_back_to_observing(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "chen", NULL, ENTER("li_obs", "check_in", "'temperature':36.5,'symptoms':['cough']"));
    assert_expectations(world, "li_obs", "check_in:met recheck:open");
    world_do(world, "chen", NULL, ENTER("li_obs", "recheck", "'temperature':36.5"));
    /* The morning was met: only the evening is expected. */
    assert_expectations(world, "li_obs", "check_in:met recheck:met check_in:open");
    g_assert_cmpint(world_due(world, "li_obs", "check_in"), ==, world_time("2020-02-03T20:30:00+08:00"));
}

static void test_round(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    world_observe(world, "feng");
    guint before = world->harness->events->len;
    world_do(world, "wang", NULL,
             "{'command':'enter_round','entry':'check_in','word_of':'staff','channel':'door','rows':["
             "{'matter':'$li_obs','fields':{'temperature':36.5}},"
             "{'matter':'$zhao_obs','attempt':'away','word_of':'relative'}]}");
    g_assert_cmpuint(world->harness->events->len, ==, before + 2);
    assert_expectations(world, "li_obs", "check_in:met check_in:open");
    assert_expectations(world, "zhao_obs", "check_in:open");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM entry WHERE word_of = 'relative' AND attempt = 'away' AND "
                                       "channel = 'door'"),
                    ==, 1);
    world_refuse(world, "wang",
                 "{'command':'enter_round','entry':'check_in','rows':["
                 "{'matter':'$li_obs','fields':{'temperature':36.5}},"
                 "{'matter':'$zhao_obs','fields':{'temperature':50}}]}",
                 PROBLEM_ABOVE_MAXIMUM, "rows[1].fields.temperature");
    world_refuse(world, "wang",
                 "{'command':'enter_round','entry':'check_in','rows':["
                 "{'matter':'$li_obs','fields':{'temperature':36.5}},"
                 "{'matter':'$feng_obs','fields':{'temperature':36.5}}]}",
                 PROBLEM_NOT_IN_HOUSEHOLD, "rows[1].matter");
    world_do(world, "wang", NULL,
             "{'command':'enter_round','entry':'check_in','rows':[{'matter':'$feng_obs','fields':{'"
             "temperature':36.5}}]}");
}

/* Both are named, in the order of the rows. */
static void test_round_names_every_mistake(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    world_refuse(world, "wang",
                 "{'command':'enter_round','entry':'check_in','rows':["
                 "{'matter':'$li_obs','fields':{'temperature':33.9}},{'matter':'$zhao_obs','version':7}]}",
                 PROBLEM_BELOW_MINIMUM, "rows[0].fields.temperature");
    const struct problem *second = world->harness->problem->next;
    g_assert_nonnull(second);
    g_assert_cmpint(second->code, ==, PROBLEM_STALE_VERSION);
    g_assert_cmpstr(second->field, ==, "rows[1].version");
}

/* Twenty-eight windows: every third is met, every third late, every third missed. */
static void test_fortnight(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "feng");
    int64_t due_us = world_due(world, "feng_obs", "check_in");
    int met = 0, late = 0;
    for (int i = 0; i < 23; i++) {
        if (i % 3 == 0) {
            world->harness->now_us = due_us;
            met++;
        } else if (i % 3 == 1) {
            world->harness->now_us = due_us + 1;
            late++;
        }
        if (i % 3 != 2) {
            world_tick(world);
            world_do(world, "wang", NULL, ENTER("feng_obs", "check_in", "'temperature':36.5"));
        } else {
            world->harness->now_us = due_us + 10 * US_PER_HOUR; /* the next one has opened */
            world_tick(world);
        }
        g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE name = 'check_in'"), ==, 1);
        int64_t next_us = world_due(world, "feng_obs", "check_in");
        g_assert_cmpint(next_us, >, due_us);
        due_us = next_us;
    }
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation_past WHERE outcome = 1"), ==, met);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation_past WHERE outcome = 2"), ==, late);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation_past WHERE outcome = 3 AND name = 'check_in'"),
                    ==, 23 - met - late);
}

static enum issuing world_document(struct world *world, const char *handle, const char *name, struct issued *out)
{
    struct matter matter = world_matter(world, handle);
    return matter_document(world->harness->rows, world->harness->vault, rulebook_current(world->harness->rulebook),
                           &matter, name, 0, out);
}

/* What was handed over to them says what it said, however the form has changed since. */
static void test_frozen(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    AUTO(issued) struct issued before;
    g_assert_cmpint(world_document(world, "zhao_obs", "observation_notice", &before), ==, ISSUED_READABLE);
    g_assert_true(before.frozen);
    g_assert_nonnull(strstr(before.body.zh, "末次接触2020-02-01 12:00"));
    g_assert_nonnull(strstr(before.body.en, "last exposure 2020-02-01 12:00"));

    world_at(world, "2020-02-05T08:00:00+08:00");
    world_do(world, "chen", NULL, ENTER("li_obs", "moved_to_hospital", ""));
    struct matter zhao = world_matter(world, "zhao_obs");
    bool erased = false;
    g_autoptr(json_t) form = matter_form(world->harness->rows, world->harness->vault, &zhao, &erased);
    g_assert_cmpstr(json_string_value(json_object_get(form, "last_exposure")), !=, "2020-02-01T12:00:00+08:00");
    AUTO(issued) struct issued after;
    g_assert_cmpint(world_document(world, "zhao_obs", "observation_notice", &after), ==, ISSUED_READABLE);
    g_assert_cmpint(after.place, ==, before.place);
    g_assert_cmpstr(after.body.zh, ==, before.body.zh);
    g_assert_cmpstr(after.body.en, ==, before.body.en);
    g_assert_cmpmem(after.digest, sizeof after.digest, before.digest, sizeof before.digest);

    /* Issued again, it says what holds now; the certificate was never issued. */
    world_do(world, "wang", NULL, ENTER("zhao_obs", "check_in", "'temperature':38.1"));
    world_do(world, "wang", NULL, ENTER("zhao_obs", "recheck", "'temperature':36.5"));
    AUTO(issued) struct issued again;
    g_assert_cmpint(world_document(world, "zhao_obs", "observation_notice", &again), ==, ISSUED_READABLE);
    g_assert_cmpint(again.place, >, before.place);
    g_assert_nonnull(strstr(again.body.zh, "末次接触2020-02-05 08:00"));
    AUTO(issued) struct issued never;
    g_assert_cmpint(world_document(world, "zhao_obs", "observation_certificate", &never), ==, ISSUED_NEVER);

    world_do(world, NULL, NULL, "{'command':'erase_person','person':'$zhao'}");
    AUTO(issued) struct issued gone;
    g_assert_cmpint(world_document(world, "zhao_obs", "observation_notice", &gone), ==, ISSUED_ERASED);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM document_issued WHERE sealed IS NOT NULL"), ==, 1);
}

/* At the end of the fourteenth day the state ends by itself, also when the clock comes by days later. */
static void test_release(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    world_at(world, "2020-02-15T11:59:59+08:00");
    g_assert_cmpstr(world_matter(world, "li_obs").state, ==, "observing");
    world_at(world, "2020-02-17T00:00:00+08:00");
    g_assert_cmpstr(world_matter(world, "li_obs").state, ==, "due_for_release");
    g_assert_cmpint(world_matter(world, "li_obs").state_since_us, ==, world_time("2020-02-15T12:00:00+08:00"));
    g_assert_cmpint(world_due(world, "li_obs", "release"), ==, world_time("2020-02-16T12:00:00+08:00"));
    world_do(world, "chen", NULL, "{'command':'enter','matter':'$li_obs','entry':'release'}");
    struct matter matter = world_matter(world, "li_obs");
    g_assert_cmpstr(matter.state, ==, "released");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM document_issued WHERE name = 'observation_certificate'"),
                    ==, 1);

    AUTO(issued) struct issued notice;
    g_assert_cmpint(world_document(world, "li_obs", "observation_notice", &notice), ==, ISSUED_READABLE);
    g_assert_cmpstr(notice.title.zh, ==, "居家观察告知书");
    g_assert_cmpstr(notice.body.zh, ==,
                    "测试li：自2020-02-03起在第一网格居家观察14 天，末次接触2020-02-01 12:00，住址测试楼1单元。");

    /* Thirty days later nothing personal is left. */
    world_at(world, "2020-03-18T00:00:01+08:00");
    matter = world_matter(world, "li_obs");
    g_assert_true(matter.erased);
    g_assert_cmpint(matter.subject, ==, 0);
    g_assert_false(vault_has_key(world->harness->vault, VAULT_MATTER, matter.id));
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM entry WHERE sealed IS NOT NULL"), ==, 0);
    AUTO(issued) struct issued erased;
    g_assert_cmpint(world_document(world, "li_obs", "observation_notice", &erased), ==, ISSUED_ERASED);
    g_assert_cmpint(erased.place, ==, notice.place);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM document_issued WHERE sealed IS NOT NULL"), ==, 0);
    world_refuse(world, "chen", ENTER("li_obs", "object", "'reason':'异议'"), PROBLEM_MATTER_ERASED, NULL);
}

static void test_household_effect(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    world_do(world, "chen", NULL, ENTER("li_obs", "moved_to_hospital", ""));
    g_assert_cmpstr(world_matter(world, "li_obs").state, ==, "referred");
    struct matter other = world_matter(world, "zhao_obs");
    bool erased;
    g_autoptr(json_t) form = matter_form(world->harness->rows, world->harness->vault, &other, &erased);
    g_assert_cmpstr(json_get_text(form, "last_exposure", ""), ==, "2020-02-02T23:00:00Z");
    g_assert_cmpint(other.version, ==, 2);
    g_assert_cmpint(world_count(world, "SELECT ends_us FROM matter WHERE ends_us IS NOT NULL"), ==,
                    world_time("2020-02-17T07:00:00+08:00"));
    g_assert_cmpstr(json_get_text(harness_last_event(world->harness, "matter_changed")->body, "b", ""), ==,
                    "member_moved");
}

#define RECEIVE(lines, more) ENTER("request", "receive", more "'lines':[" lines "]")
#define MASKS(count)         "{'item':'mask','quantity':" count "}"
#define TORN_GOWNS           "{'item':'gown','quantity':2,'damaged':true}"

/* The facts in their order: received, damaged, slowest, quickest. */
static void assert_facts(struct world *world, const char *wanted)
{
    AUTO(cursor)
    struct cursor cursor = db_query(world->harness->rows, "SELECT facts FROM matter WHERE kind = 'supply_request'", "");
    g_assert_true(cursor_next(&cursor));
    g_assert_cmpstr(cursor_text(&cursor, 0), ==, wanted);
}

/* What came is added up line by line, anew when an entry is corrected. */
static void test_lines(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_refuse(world, "wang",
                 "{'command':'open_matter','kind':'supply_request','unit':'#$g1','form':{'wanted':["
                 "{'item':'mask','quantity':10},{'item':'glove','quantity':1}]}}",
                 PROBLEM_NOT_IN_LIST, "form.wanted[1].item");
    world_refuse(world, "wang",
                 "{'command':'open_matter','kind':'supply_request','unit':'#$g1','form':{'for':'$daily',"
                 "'wanted':[{'item':'mask','quantity':10}]}}",
                 PROBLEM_UNKNOWN_MATTER, "form.for");
    world_do(world, "wang", "request",
             "{'command':'open_matter','kind':'supply_request','unit':'#$g1','form':{'for':'$li_obs',"
             "'reason':'一楼\\n二楼','wanted':[{'item':'mask','quantity':10},{'item':'gown','quantity':2}]}}");
    world_do(world, "wang", NULL, RECEIVE(MASKS("4"), "'hours':2.5,"));
    assert_facts(world, "[\"4\",null,\"2.5\",\"2.5\"]");
    world_do(world, "wang", NULL, RECEIVE(MASKS("3") "," TORN_GOWNS, "'hours':8,"));
    g_assert_cmpstr(world_matter(world, "request").state, ==, "discrepant");
    assert_facts(world, "[\"9\",\"5\",\"8\",\"2.5\"]");
    world_do(world, "wang", NULL,
             "{'command':'correct_entry','matter':'$request','number':1,'reason':'数错','fields':{'lines':[" MASKS(
                 "6") "]}}");
    assert_facts(world, "[\"11\",\"5\",\"8\",\"2.5\"]");
    world_do(world, "wang", NULL, RECEIVE(MASKS("1"), ""));
    g_assert_cmpstr(world_matter(world, "request").state, ==, "received");
    assert_facts(world, "[\"12\",\"5\",\"8\",\"2.5\"]");
}

extern const char world_yaml[];

/* More roles than anybody would write: whoever is named last may do it as well as whoever is first. */
static void test_many_addresses(void)
{
    AUTO(world) struct world *world = world_new();
    g_autoptr(GString) yaml = g_string_new(world_yaml);
    g_autoptr(GString) roles = g_string_new("roles:\n"), by = g_string_new("en: End}, by: [city_duty, ");
    for (int i = 1; i <= 80; i++) {
        g_string_append_printf(roles, "  r%d: {title: {zh: 岗位%d, en: Role %d}, grounds: [district]}\n", i, i, i);
        g_string_append_printf(by, "r%d, ", i);
    }
    g_string_append(by, "district_duty]");
    g_assert_cmpuint(g_string_replace(yaml, "roles:\n", roles->str, 1), ==, 1);
    g_assert_cmpuint(g_string_replace(yaml, "en: End}, by: [city_duty, district_duty]", by->str, 1), ==, 1);
    g_assert_cmpuint(g_string_replace(yaml, "version: 1", "version: 2", 1), ==, 1);
    harness_adopt(world->harness, yaml->str);
    world_do(world, "wu", "told", "{'command':'open_matter','kind':'directive','unit':'#$dong'}");
    world_refuse(world, "wang", ENTER("told", "end", ""), PROBLEM_NO_RIGHT, NULL);
    world_do(world, "wu", NULL, ENTER("told", "end", ""));
    g_assert_cmpstr(world_matter(world, "told").state, ==, "over");
    struct role_names seeing;
    const struct playbook *playbook = rulebook_current(world->harness->rulebook);
    roles_seeing(playbook, playbook_find_kind(playbook, "directive"), &seeing);
    g_assert_true(roles_have(&seeing, "r1") && roles_have(&seeing, "r80") && !roles_have(&seeing, "r81"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/flow/fever", test_fever);
    g_test_add_func("/matter/flow/back_to_observing", test_back_to_observing);
    g_test_add_func("/matter/flow/round", test_round);
    g_test_add_func("/matter/flow/round_names_every_mistake", test_round_names_every_mistake);
    g_test_add_func("/matter/flow/fortnight", test_fortnight);
    g_test_add_func("/matter/flow/frozen", test_frozen);
    g_test_add_func("/matter/flow/release", test_release);
    g_test_add_func("/matter/flow/household_effect", test_household_effect);
    g_test_add_func("/matter/flow/lines", test_lines);
    g_test_add_func("/matter/flow/many-addresses", test_many_addresses);
    return g_test_run();
}
