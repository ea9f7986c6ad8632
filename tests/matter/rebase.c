/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running matters go over to another version: what is kept, what ends, what is made, what is refused. */
#include "world.h"

#include "base/clock.h"
#include "matter/draft/draft.h"

#include <string.h>

extern const char world_yaml[];

#define REBASE(kind) "{'command':'rebase_matters','kind':'" kind "'}"
#define MINUTES(n)   ((n)*INT64_C(60000000))
#define HOURS(n)     (60 * MINUTES(n))

/* The world's playbook with some words changed, as the next version. */
static void adopt(struct world *world, int version, const char *const (*edits)[2], size_t count)
{
    g_autofree char *number = g_strdup_printf("\nversion: %d\n", version);
    g_auto(GStrv) head = g_strsplit(world_yaml, "\nversion: 1\n", 2);
    g_autofree char *text = g_strjoinv(number, head);
    for (size_t i = 0; i < count; i++) {
        g_auto(GStrv) parts = g_strsplit(text, edits[i][0], -1);
        if (g_strv_length(parts) < 2)
            g_error("the playbook does not say %s", edits[i][0]);
        g_free(text);
        text = g_strjoinv(edits[i][1], parts);
    }
    harness_adopt(world->harness, text);
}
#define ADOPT(world, version, ...)                                                                                     \
    adopt(world, version, (const char *const[][2]){__VA_ARGS__},                                                       \
          sizeof((const char *const[][2]){__VA_ARGS__}) / sizeof(const char *const[2]))

static void request(struct world *world, const char *keep, const char *urgency)
{
    g_autofree char *json = g_strdup_printf("{'command':'open_matter','kind':'service_request','unit':'#$g1',"
                                            "'form':{'urgency':'%s','text':'漏水'}}",
                                            urgency);
    world_do(world, "wang", keep, json);
}

static int64_t rules_in_force(struct world *world)
{
    return rulebook_current(world->harness->rulebook)->id;
}

/* ---- due times ---- */

static void a_changed_deadline_is_counted_from_its_beginning(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T08:00:00+08:00");
    request(world, "slow", "ordinary");
    request(world, "fast", "danger");
    request(world, "late", "danger");
    int64_t opened_us = world_matter(world, "slow").opened_us;
    world_at(world, "2020-02-03T09:00:00+08:00");
    ADOPT(world, 2, {"values: {danger: 2h, ordinary: 7d}", "values: {danger: 30min, ordinary: 3d}"});
    assert_expectations(world, "slow", "answer:open minutes:open");
    world_do(world, "keeper", NULL, REBASE("service_request"));
    g_assert_cmpint(world_matter(world, "slow").rules, ==, rules_in_force(world));
    g_assert_cmpint(world_due(world, "slow", "answer"), ==, opened_us + HOURS(72));
    /* Half an hour had passed already: nobody is late by what they could not know. */
    g_assert_cmpint(world_due(world, "fast", "answer"), ==, world->harness->now_us + MINUTES(30));
    assert_expectations(world, "fast", "answer:open minutes:open");
    world_at(world, "2020-02-03T09:30:00.000001+08:00");
    assert_expectations(world, "fast", "answer:overdue minutes:open");
}

static void what_is_late_stays_late_unless_there_is_time_again(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T08:00:00+08:00");
    request(world, "late", "danger");
    world_at(world, "2020-02-03T11:00:00+08:00");
    assert_expectations(world, "late", "answer:overdue minutes:open");
    int64_t due_us = world_due(world, "late", "answer");
    ADOPT(world, 2, {"values: {danger: 2h", "values: {danger: 1h"});
    world_do(world, NULL, NULL, REBASE("service_request"));
    g_assert_cmpint(world_due(world, "late", "answer"), ==, due_us);
    assert_expectations(world, "late", "answer:overdue minutes:open");
    ADOPT(world, 3, {"values: {danger: 2h", "values: {danger: 5h"});
    world_do(world, NULL, NULL, REBASE("service_request"));
    g_assert_cmpint(world_due(world, "late", "answer"), ==, due_us + HOURS(3));
    assert_expectations(world, "late", "answer:open minutes:open");
    world_at(world, "2020-02-03T13:00:00.000001+08:00");
    assert_expectations(world, "late", "answer:overdue minutes:open");
}

static void what_was_extended_or_stands_still_stays(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T08:00:00+08:00");
    request(world, "slow", "ordinary");
    request(world, "still", "ordinary");
    world_do(world, "zhou", NULL,
             "{'command':'enter','matter':'$slow','entry':'extend_answer','fields':{'until':'2020-02-12T08:"
             "00:00+08:00',"
             "'reason':'等待答复'}}");
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$still','entry':'park'}");
    world_at(world, "2020-02-04T08:00:00+08:00");
    ADOPT(world, 2, {"values: {danger: 2h, ordinary: 7d}", "values: {danger: 2h, ordinary: 5d}"});
    world_do(world, NULL, NULL, REBASE("service_request"));
    g_assert_cmpint(world_due(world, "slow", "answer"), ==, world_time("2020-02-12T08:00:00+08:00"));
    assert_expectations(world, "still", "answer:open minutes:withdrawn");
    world_at(world, "2020-02-05T08:00:00+08:00");
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$still','entry':'resume'}");
    /* Five days, and the two that its clock stood. */
    g_assert_cmpint(world_due(world, "still", "answer"), ==, world_time("2020-02-10T08:00:00+08:00"));
}

/* ---- what is expected ---- */

static void what_is_gone_is_superseded_and_what_is_new_is_made(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T08:00:00+08:00");
    world_observe(world, "li");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','fields':{'temperature':36.5}}");
    world_at(world, "2020-02-03T11:00:00+08:00");
    ADOPT(world, 2, {"windows: ['06:30-10:00', '16:00-20:30'],", "per: day, at: '18:00',"},
          {"digest: 30min}]}\n    ends:",
           "digest: 30min}]}\n      - {entry: object, name: seen, answers: community_doctor, within: 2h}\n"
           "      - {entry: object, name: known, answers: community_doctor, within: 12h, since: opened}\n    "
           "ends:"},
          {"value: 14d, source", "value: 7d, source"});
    world_do(world, NULL, NULL, REBASE("home_observation"));
    assert_expectations(world, "li_obs", "check_in:met check_in:superseded check_in:open seen:open known:open");
    g_assert_cmpint(world_due(world, "li_obs", "check_in"), ==, world_time("2020-02-03T18:00:00+08:00"));
    g_assert_cmpint(world_due(world, "li_obs", "seen"), ==, world_time("2020-02-03T13:00:00+08:00"));
    g_assert_cmpint(world_due(world, "li_obs", "known"), ==, world_time("2020-02-03T20:00:00+08:00"));
    /* Seven days from the last exposure. */
    world_at(world, "2020-02-08T12:00:01+08:00");
    g_assert_cmpstr(world_matter(world, "li_obs").state, ==, "due_for_release");
}

static void what_was_done_is_not_asked_again(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T08:00:00+08:00");
    request(world, "one", "ordinary");
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$one','entry':'minutes'}");
    assert_expectations(world, "one", "answer:open minutes:met");
    ADOPT(world, 2, {"by_time: meeting, optional: true", "within: 1h"});
    world_do(world, NULL, NULL, REBASE("service_request"));
    assert_expectations(world, "one", "answer:open minutes:met");
}

static void another_answers(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T08:00:00+08:00");
    request(world, "one", "ordinary");
    assert_todo(world, "wang", "answer");
    ADOPT(world, 2,
          {"{entry: answer, answers: grid_worker, within: 'table",
           "{entry: answer, answers: community_secretary, within: 'table"});
    world_do(world, NULL, NULL, REBASE("service_request"));
    assert_todo(world, "wang", "");
    assert_todo(world, "zhou", "daily answer minutes");
}

/* ---- facts and fields ---- */

static json_t *facts_of(struct world *world, const char *handle)
{
    AUTO(draft) struct draft draft = {0};
    struct matter matter = world_matter(world, handle);
    struct decision decision = {.rows = world->harness->rows,
                                .vault = world->harness->vault,
                                .rulebook = world->harness->rulebook,
                                .now_us = world->harness->now_us};
    g_assert_true(draft_load(&draft, &decision, matter.id));
    return json_incref(view_facts(&draft.view));
}

static void new_facts_are_counted_from_what_is_stored(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','fields':{'temperature':36.5}}");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','fields':{'temperature':36.8}}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$li_obs','entry':'check_in','attempt':'away'}");
    ADOPT(world, 2,
          {"  readings: count(check_in)\n",
           "  warm: count(check_in where temperature > 36.6)\n  warmest: max(check_in.temperature)\n"
           "  readings: count(check_in)\n  objections: count(object)\n"},
          {"facts.readings = 0", "facts.warm < 2"});
    world_do(world, NULL, NULL, REBASE("home_observation"));
    g_autoptr(json_t) facts = facts_of(world, "li_obs");
    g_assert_cmpint(json_integer_value(json_array_get(facts, 0)), ==, 1);     /* warm */
    g_assert_cmpstr(json_string_value(json_array_get(facts, 1)), ==, "36.8"); /* warmest */
    g_assert_cmpint(json_integer_value(json_array_get(facts, 2)), ==, 2);     /* readings */
    g_assert_true(json_is_null(json_array_get(facts, 3)));                    /* objections: none */
    g_assert_cmpint(json_integer_value(json_array_get(facts, 4)), ==, 1);     /* away */
    g_assert_cmpstr(json_string_value(json_array_get(facts, 6)), ==, "36.8"); /* last_temperature, sealed */
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','fields':{'temperature':37.0}}");
    g_autoptr(json_t) after = facts_of(world, "li_obs");
    g_assert_cmpint(json_integer_value(json_array_get(after, 0)), ==, 2);
    g_assert_cmpstr(json_string_value(json_array_get(after, 1)), ==, "37");
}

static void a_field_that_is_asked_no_more_goes(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    ADOPT(world, 2, {"  - {name: address, type: address, label: {zh: 住址, en: Address}}\n", ""},
          {"，住址{address}", ""}, {", address {address}", ""});
    world_do(world, NULL, NULL, REBASE("home_observation"));
    struct matter matter = world_matter(world, "li_obs");
    bool erased;
    g_autoptr(json_t) form = matter_form(world->harness->rows, world->harness->vault, &matter, &erased);
    g_assert_null(json_object_get(form, "address"));
    g_assert_nonnull(json_object_get(form, "last_exposure"));
}

/* What is clear by exception in one version is sealed in the other. */
static void what_is_sealed_is_as_the_rules_say(void)
{
    static const char clear[] = "SELECT count(*) FROM matter_form WHERE clear LIKE '%湖北%'";
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "comer",
             "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$feng','form':{'from':'湖北'}}");
    g_assert_cmpint(world_count(world, clear), ==, 0);
    ADOPT(world, 2,
          {"{name: from, type: text,", "{name: from, type: text, clear: true, clear_reason: routing needs it,"});
    world_do(world, NULL, NULL, REBASE("arrival"));
    g_assert_cmpint(world_count(world, clear), ==, 1);
    ADOPT(world, 3, {"by: [public]", "by: [public, grid_worker]"});
    world_do(world, NULL, NULL, REBASE("arrival"));
    g_assert_cmpint(world_count(world, clear), ==, 0);
    struct matter matter = world_matter(world, "comer");
    bool erased;
    g_autoptr(json_t) form = matter_form(world->harness->rows, world->harness->vault, &matter, &erased);
    g_assert_cmpstr(json_get_text(form, "from", ""), ==, "湖北");
}

/* ---- what does not fit ---- */

struct misfit_row {
    const char *what;
    const char *kind, *matter;
    const char *edits[4][2];
    enum problem_code code;
    const char *arg;
};

static const struct misfit_row misfits[] = {
    {"a state that is gone",
     "service_request",
     "one",
     {{"  received:\n    title: {zh: 已受理", "  taken:\n    title: {zh: 已受理"},
      {"state: received, reopen", "state: taken, reopen"},
      {"in: [received]", "in: [taken]"},
      {"in: [parked], state: received", "in: [parked], state: taken"}},
     PROBLEM_STATE_GONE,
     "received"},
    {"a field of another type",
     "service_request",
     "one",
     {{"name: text, type: text, label: {zh: 内容", "name: text, type: bool, label: {zh: 内容"}},
     PROBLEM_FIELD_TYPE_CHANGED,
     "text"},
    {"an entry's field of another type",
     "home_observation",
     "li_obs",
     {{"form: [{name: reason, type: text, required: true", "form: [{name: reason, type: phone, required: true"},
      {"enter: {in: parent, kind: home_observation, entry: object, with: {reason: '''上报'''}}",
       "document: observation_certificate"}},
     PROBLEM_FIELD_TYPE_CHANGED,
     "object.reason"},
    {"about nothing any more",
     "complaint",
     "grief",
     {{"kind: complaint\ntitle: {zh: 投诉, en: Complaint}\nclauses: ['3.5']\nabout: person\n",
       "kind: complaint\ntitle: {zh: 投诉, en: Complaint}\nclauses: ['3.5']\n"}},
     PROBLEM_RULES_DO_NOT_FIT,
     "about"},
    {"a document that was handed out",
     "home_observation",
     "li_obs",
     {{"    initial: true\n    document: observation_notice\n", "    initial: true\n"}},
     PROBLEM_RULES_DO_NOT_FIT,
     "observation_notice"},
    {"a second person is waited for",
     "service_request",
     "one",
     {{"in: [received], second: {by: community_secretary, within: 2h}, state: closed",
       "in: [received], state: closed"}},
     PROBLEM_RULES_DO_NOT_FIT,
     "second_close_early"},
    {"a hand-over is under way",
     "arrival",
     "comer",
     {{"handover:\n  by: [grid_worker]\n  accept: {role: grid_worker, at: receiver}\n  within: 4h\n"
       "  refuse_reasons: {wrong_address: {zh: 地址不对, en: Wrong address}, not_ours: {zh: 不归我们, "
       "en: Not ours}}\n"
       "  bounce_cap: 2\n  state: received\n",
       ""},
      {"  received: {title: {zh: 已接收, en: Received}, expects: [{entry: visit, name: first_visit, "
       "answers: "
       "grid_worker, within: 24h}]}\n",
       ""}},
     PROBLEM_RULES_DO_NOT_FIT,
     "accept_handover"},
};

/* One of each of these, in which something has happened. */
static void fill(struct world *world)
{
    world_at(world, "2020-02-03T08:00:00+08:00");
    request(world, "one", "ordinary");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$one','entry':'close_early'}");
    world_observe(world, "li");
    world_do(world, "chen", NULL, "{'command':'enter','matter':'$li_obs','entry':'object','fields':{'reason':'异议'}}");
    world_do(world, "wang", "comer", "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$feng'}");
    world_do(world, "wang", "grief", "{'command':'open_matter','kind':'complaint','unit':'#$g1','subject':'$feng'}");
    world_do(world, "wang", NULL, "{'command':'hand_over_matter','matter':'$comer','to':'#$g2'}");
}

static void check_misfit(const struct misfit_row *row)
{
    AUTO(world) struct world *world = world_new();
    size_t edits = 0;
    fill(world);
    while (edits < G_N_ELEMENTS(row->edits) && row->edits[edits][0] != NULL)
        edits++;
    adopt(world, 2, row->edits, edits);
    g_autofree char *json = g_strdup_printf("{'command':'rebase_matters','kind':'%s'}", row->kind);
    world_refuse(world, "keeper", json, row->code, "matter");
    g_assert_cmpstr(world->harness->problem->args[0], ==, g_hash_table_lookup(world->handles, row->matter));
    g_assert_cmpstr(world->harness->problem->args[1], ==, row->arg);
    g_autofree char *one = g_strdup_printf("{'command':'rebase_matters','matter':'$%s'}", row->matter);
    world_refuse(world, "keeper", one, row->code, "matter");
    g_autofree char *skip = g_strdup_printf("{'command':'rebase_matters','kind':'%s','skip':true}", row->kind);
    world_do(world, "keeper", NULL, skip);
    g_assert_cmpint(world_matter(world, row->matter).rules, !=, rules_in_force(world));
    g_assert_cmpint(world_count(world, "SELECT passed FROM rebase"), ==, 1);
}

static void what_does_not_fit_is_refused(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(misfits); i++) {
        g_test_message("%s", misfits[i].what);
        check_misfit(&misfits[i]);
    }
}

static void whoever_may_not_and_what_need_not(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-03T08:00:00+08:00");
    request(world, "one", "ordinary");
    world_refuse(world, "wang", REBASE("service_request"), PROBLEM_NO_RIGHT, NULL);
    world_refuse(world, "keeper", REBASE("no_such_kind"), PROBLEM_UNKNOWN_KIND, "kind");
    world_refuse(world, "keeper", "{'command':'rebase_matters'}", PROBLEM_MISSING_FIELD, "kind");
    world_refuse(world, "keeper", "{'command':'rebase_matters','kind':'arrival','skip':1}", PROBLEM_WRONG_TYPE, "skip");
    world_refuse(world, "keeper", "{'command':'rebase_matters','matter':'$one'}", PROBLEM_RULES_ARE_CURRENT, "matter");
    ADOPT(world, 2, {"values: {danger: 2h", "values: {danger: 1h"});
    world_do(world, "keeper", NULL, "{'command':'rebase_matters','matter':'$one'}");
    g_assert_cmpint(world_matter(world, "one").rules, ==, rules_in_force(world));
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$one','entry':'minutes'}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$one','entry':'answer','fields':{'result':'已修'}}");
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$one','entry':'callback'}");
    ADOPT(world, 3, {"values: {danger: 2h", "values: {danger: 3h"});
    world_refuse(world, "keeper", "{'command':'rebase_matters','matter':'$one'}", PROBLEM_MATTER_CLOSED, "matter");
}

/* ---- pages ---- */

static int64_t under_force(struct world *world)
{
    int64_t count = 0;
    db_integer(world->harness->rows, &count,
               "SELECT count(*) FROM matter WHERE kind = 'service_request' AND rules = ?1", "i", rules_in_force(world));
    return count;
}

static void a_kind_goes_over_chunk_by_chunk(void)
{
    AUTO(world) struct world *world = world_new();
    for (int i = 0; i < 230; i++)
        request(world, "some", "ordinary");
    world_do(world, "qian", "aside",
             "{'command':'open_matter','kind':'service_request','unit':'#$g3','form':{'urgency':'danger'}}");
    ADOPT(world, 2, {"values: {danger: 2h", "values: {danger: 1h"});
    static const char command[] = "{'command':'rebase_matters','kind':'service_request','unit':'#$garden'}";
    static const struct {
        int rebased, done;
    } pages[] = {{100, 0}, {200, 0}, {230, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        guint before = world->harness->events->len;
        world_do(world, "keeper", NULL, command);
        g_assert_cmpint(under_force(world), ==, pages[i].rebased);
        g_assert_cmpint(world_count(world, "SELECT rebased FROM rebase"), ==, pages[i].rebased);
        g_assert_cmpint(world_count(world, "SELECT done FROM rebase"), ==, pages[i].done);
        g_assert_cmpuint(world->harness->events->len - before, <=, 101);
    }
    g_assert_cmpint(world_matter(world, "aside").rules, !=, rules_in_force(world));
    world_do(world, "keeper", NULL, REBASE("service_request"));
    g_assert_cmpint(under_force(world), ==, 231);
    /* A newer version begins anew. */
    ADOPT(world, 3, {"values: {danger: 2h", "values: {danger: 4h"});
    world_do(world, "keeper", NULL, command);
    g_assert_cmpint(under_force(world), ==, 100);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rebase/changed-deadline", a_changed_deadline_is_counted_from_its_beginning);
    g_test_add_func("/rebase/late", what_is_late_stays_late_unless_there_is_time_again);
    g_test_add_func("/rebase/extended-and-paused", what_was_extended_or_stands_still_stays);
    g_test_add_func("/rebase/gone-and-new", what_is_gone_is_superseded_and_what_is_new_is_made);
    g_test_add_func("/rebase/done-before", what_was_done_is_not_asked_again);
    g_test_add_func("/rebase/another-answers", another_answers);
    g_test_add_func("/rebase/facts", new_facts_are_counted_from_what_is_stored);
    g_test_add_func("/rebase/gone-field", a_field_that_is_asked_no_more_goes);
    g_test_add_func("/rebase/sealed", what_is_sealed_is_as_the_rules_say);
    g_test_add_func("/rebase/misfits", what_does_not_fit_is_refused);
    g_test_add_func("/rebase/rights", whoever_may_not_and_what_need_not);
    g_test_add_func("/rebase/pages", a_kind_goes_over_chunk_by_chunk);
    return g_test_run();
}
