/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proposals, facts, attempts, corrections, excuses, links, deadlines out of expressions, effects, figures, who
 * may. */
#include "world.h"

#include "base/datetime.h"

#include <stdlib.h>
#include <string.h>

#define ENTER(matter, entry, fields)                                                                                   \
    "{'command':'enter','matter':'$" matter "','entry':'" entry "','fields':{" fields "}}"
#define AWAY(matter) "{'command':'enter','matter':'$" matter "','entry':'check_in','attempt':'away'}"
#define CORRECT(matter, number, fields)                                                                                \
    "{'command':'correct_entry','matter':'$" matter "','number':" number ",'fields':{" fields "},'reason':'测试'}"
#define PROPOSE                                                                                                        \
    "{'command':'open_matter','kind':'home_observation','unit':'#$g1','subject':'$feng',"                              \
    "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}"

static void test_proposal(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "meant", PROPOSE);
    g_assert_cmpstr(world_matter(world, "meant").state, ==, "proposed");
    assert_expectations(world, "meant", "");
    world_do(world, "chen", NULL, "{'command':'decline_matter','matter':'$meant','reason':'测试'}");
    g_assert_cmpstr(world_matter(world, "meant").state, ==, "declined");
    g_assert_cmpint(world_matter(world, "meant").closed_us, !=, 0);
    world_do(world, "wang", "again", PROPOSE);
    world_do(world, "chen", NULL, "{'command':'confirm_matter','matter':'$again'}");
    assert_expectations(world, "again", "check_in:open");
}

static char *facts_of(struct world *world, const char *handle)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(world->harness->rows, "SELECT facts FROM matter WHERE id = ?1", "i", world_matter(world, handle).id);
    return cursor_next(&cursor) ? g_strdup(cursor_text(&cursor, 0)) : NULL;
}

#define assert_facts(world, handle, wanted)                                                                            \
    do {                                                                                                               \
        g_autofree char *found_ = facts_of(world, handle);                                                             \
        g_assert_cmpstr(found_, ==, wanted);                                                                           \
    } while (0)

/* Counted, and the last by observed time whatever the order of arrival; the reading itself is sealed. */
static void test_facts(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "wang", NULL, AWAY("li_obs"));
    assert_facts(world, "li_obs", "[null,1,null,null,null]");
    assert_expectations(world, "li_obs", "check_in:open");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    assert_facts(world, "li_obs", "[1,1,1580684400000000,null,null]");
    world_at(world, "2020-02-03T12:00:00+08:00");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    assert_facts(world, "li_obs", "[2,1,1580702400000000,null,null]");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','observed_at':'2020-02-03T09:00:00+08:00',"
             "'fields':{'temperature':36.5}}");
    assert_facts(world, "li_obs", "[3,1,1580702400000000,null,null]");
    world_do(world, "chen", NULL, ENTER("li_obs", "object", "'reason':'异议'"));
    g_autofree char *wanted =
        g_strdup_printf("[3,1,1580702400000000,null,%" G_GINT64_FORMAT "]", world_id(world, "chen"));
    assert_facts(world, "li_obs", wanted);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM matter_form WHERE sealed_facts IS NOT NULL"), ==, 1);
}

/* What cannot be read holds up this matter and nobody else. */
static void test_damaged_facts(void)
{
    static const char *const texts[] = {"x'00'", "'{}'", "'['", "'7'", "NULL"};
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "feng");
    int64_t id = world_matter(world, "li_obs").id;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *sql = g_strdup_printf("UPDATE matter SET facts = %s WHERE id = ?1", texts[i]);
        db_run(world->harness->rows, sql, "i", id);
        if (i + 1 < G_N_ELEMENTS(texts))
            world_refuse(world, "wang", AWAY("li_obs"), PROBLEM_DATA_DAMAGED, NULL);
        world_do(world, "wang", NULL, AWAY("feng_obs"));
    }
}

/* A typing mistake: the entry stays, a later one corrects it, and what it should have led to follows. */
static void test_correction(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5,'symptoms':[]"));
    world_at(world, "2020-02-03T08:00:00+08:00");
    world_do(world, "wang", NULL, CORRECT("li_obs", "1", "'temperature':36.6"));
    g_assert_cmpstr(world_matter(world, "li_obs").state, ==, "observing");
    assert_facts(world, "li_obs", "[1,null,1580684400000000,null,null]");
    world_refuse(world, "wang", CORRECT("li_obs", "1", "'temperature':36.7"), PROBLEM_ENTRY_CORRECTED, "number");
    world_do(world, "chen", NULL, CORRECT("li_obs", "2", "'temperature':38.2"));
    g_assert_cmpstr(world_matter(world, "li_obs").state, ==, "rechecking");
    assert_expectations(world, "li_obs", "check_in:met check_in:withdrawn recheck:open");
    g_autoptr(GArray) entries = matter_entries(world->harness->rows, world_matter(world, "li_obs").id, 0, 10);
    g_assert_cmpuint(entries->len, ==, 3);
    const struct entry_row *last = &g_array_index(entries, struct entry_row, 2);
    g_assert_cmpint(last->corrects, ==, 2);
    g_assert_cmpint(last->observed_us, ==, world_time("2020-02-03T07:00:00+08:00"));
    g_assert_true(g_array_index(entries, struct entry_row, 1).corrected);
    bool erased = false;
    g_autoptr(json_t) fields = matter_entry_fields(world->harness->vault, last, &erased);
    g_assert_cmpstr(json_get_text(fields, "temperature", ""), ==, "38.2");
    g_assert_cmpstr(json_get_text(fields, "because", ""), ==, "测试");
    /* The same branch again is not taken twice. */
    world_do(world, "wang", NULL, ENTER("li_obs", "recheck", "'temperature':36.5"));
    world_do(world, "chen", NULL, CORRECT("li_obs", "3", "'temperature':38.1"));
    g_assert_cmpstr(world_matter(world, "li_obs").state, ==, "observing");
}

static void test_excuses(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    world_at(world, "2020-02-03T17:00:00+08:00");
    assert_expectations(world, "li_obs", "check_in:missed check_in:open");
    world_do(world, "zhou", NULL,
             "{'command':'excuse','expectations':[{'matter':'$li_obs','number':1},{'matter':'$li_obs','"
             "number':2}],"
             "'reason':'停电'}");
    assert_expectations(world, "li_obs", "check_in:excused check_in:excused check_in:open");
    g_autoptr(GArray) rows =
        matter_expectations(world->harness->rows, world->harness->vault, world_matter(world, "li_obs").id);
    g_assert_cmpstr(g_array_index(rows, struct expectation_row, 0).reason, ==, "停电");
    g_assert_cmpint(world_due(world, "li_obs", "check_in"), ==, world_time("2020-02-04T10:00:00+08:00"));
}

/* An outage of two days: everything missed under the community, and what is overdue. */
static void test_outage(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "feng");
    world_do(world, "wang", "report",
             "{'command':'open_matter','kind':'anomaly_report','unit':'#$g1','subject':'$li'}");
    world_at(world, "2020-02-04T12:00:00+08:00");
    assert_expectations(world, "li_obs", "check_in:missed check_in:missed check_in:overdue");
    world_do(world, "wu", NULL,
             "{'command':'excuse','under':'#$dong','from':'2020-02-03T00:00:00+08:00','to':'2020-02-05T00:00:"
             "00+08:00',"
             "'kind':'home_observation','name':'check_in','reason':'停电'}");
    assert_expectations(world, "li_obs", "check_in:excused check_in:excused check_in:excused check_in:open");
    assert_expectations(world, "feng_obs", "check_in:excused check_in:excused check_in:excused check_in:open");
    assert_expectations(world, "report", "acknowledge:overdue");
    world_do(world, "wu", NULL,
             "{'command':'excuse','under':'#$dong','from':'2020-02-03T00:00:00+08:00','to':'2020-02-05T00:00:"
             "00+08:00',"
             "'reason':'停电'}");
    assert_expectations(world, "report", "acknowledge:excused");
    world_refuse(world, "wu",
                 "{'command':'excuse','under':'#$dong','from':'2020-02-03T00:00:00+08:00','to':'2020-02-"
                 "05T00:00:00+08:00',"
                 "'reason':'停电'}",
                 PROBLEM_NOTHING_ENTERED, "under");
    world_at(world, "2020-02-04T17:00:00+08:00");
    assert_expectations(world, "li_obs", "check_in:excused check_in:excused check_in:excused check_in:open");
}

/* What people write of their own accord is read where the matter is, stands nowhere in the clear (world_free() looks)
 * and goes with the matter: in kinds that keep nothing sealed, too. */
#define REQUEST "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'ordinary'}}"
static void test_own_words(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "first", REQUEST);
    world_do(world, "wang", "again", REQUEST);
    world_do(world, "zhou", NULL, "{'command':'merge_matters','matter':'$again','into':'$first','reason':'测试重复'}");
    world_do(world, "zhou", NULL, "{'command':'unmerge_matters','matter':'$again','reason':'测试不同'}");
    world_do(world, "zhou", NULL,
             ENTER("again", "extend_answer", "'until':'2020-02-12T09:00:00+08:00','reason':'测试延期'"));
    world_do(world, "wang", NULL, ENTER("again", "answer", "'result':'已办'"));
    world_do(world, "wang", NULL,
             "{'command':'correct_entry','matter':'$again','number':2,'fields':{'result':'办好'},'reason':'测试笔误'}");
    g_autoptr(GArray) entries = matter_entries(world->harness->rows, world_matter(world, "again").id, 0, 9);
    bool erased = false;
    g_autoptr(json_t) extended =
        matter_entry_fields(world->harness->vault, &g_array_index(entries, struct entry_row, 0), &erased);
    g_autoptr(json_t) corrected =
        matter_entry_fields(world->harness->vault, &g_array_index(entries, struct entry_row, 2), &erased);
    g_assert_cmpstr(json_get_text(extended, "reason", ""), ==, "测试延期");
    g_assert_cmpstr(json_get_text(corrected, "because", ""), ==, "测试笔误");
    g_assert_cmpstr(json_get_text(corrected, "result", ""), ==, "办好"); /* what the playbook asks for is as it says */
    g_assert_false(erased);
}

static void test_left_out(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wu", "told",
             "{'command':'open_matter','kind':'directive','unit':'#$dong','participants':{'recipient':{'except':["
             "{'unit':'#$garden','reason':'测试搬迁'}]}}}");
    g_autoptr(GArray) rows =
        matter_participants(world->harness->rows, world->harness->vault, world_matter(world, "told").id, NULL, 0, 9);
    guint left_out = 0;
    for (guint i = 0; i < rows->len; i++)
        left_out += g_strcmp0(g_array_index(rows, struct participant_row, i).reason, "测试搬迁") == 0;
    g_assert_cmpuint(left_out, ==, 1);
}

static guint holds(struct world *world, const char *first)
{
    g_autoptr(GPtrArray) found =
        matter_holds(world->harness->rows, world->harness->vault, world_matter(world, "complained").id);
    if (first != NULL)
        g_assert_cmpstr(g_ptr_array_index(found, 0), ==, first);
    return found->len;
}

#define HOLD(command, reason) "{'command':'" command "','matter':'$complained','reason':'" reason "'}"
static void test_words_go_with_the_matter(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "complained", "{'command':'open_matter','kind':'complaint','unit':'#$g1','subject':'$li'}");
    world_do(world, "zhou", NULL, HOLD("hold_matter", "测试复议"));
    world_refuse(world, "zhou", HOLD("hold_matter", "测试复议"), PROBLEM_HELD_ALREADY, "reason");
    world_do(world, "zhou", NULL, HOLD("hold_matter", "测试调查"));
    world_refuse(world, "zhou", HOLD("release_matter", "测试"), PROBLEM_NOT_HELD, "reason");
    world_do(world, "zhou", NULL, HOLD("release_matter", "测试调查"));
    g_assert_cmpuint(holds(world, "测试复议"), ==, 1);
    world_at(world, "2020-02-04T12:00:00+08:00");
    world_do(world, "zhou", NULL,
             "{'command':'excuse','expectations':[{'matter':'$complained','number':1}],'reason':'停电'}");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation_past WHERE words <> ''"), ==, 1);
    world_do(world, "wang", NULL, ENTER("complained", "answer", ""));
    world_at(world, "2020-03-20T12:00:00+08:00");
    g_assert_false(world_matter(world, "complained").erased);
    world_do(world, "zhou", NULL, HOLD("release_matter", "测试复议"));
    world_tick(world);
    g_assert_true(world_matter(world, "complained").erased);
    g_assert_cmpuint(holds(world, NULL), ==, 0);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation_past WHERE outcome = 4"), ==, 1);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation_past WHERE words <> ''"), ==, 0);
}

static GArray *links_of(struct world *world, const char *handle)
{
    return matter_links(world->harness->rows, world->harness->vault, world_matter(world, handle).id);
}

static void link_is(struct world *world, const char *handle, const char *other, const char *relation)
{
    g_autoptr(GArray) links = links_of(world, handle);
    g_assert_cmpuint(links->len, ==, 1);
    const struct link *link = &g_array_index(links, struct link, 0);
    g_assert_cmpint(link->matter, ==, world_matter(world, other).id);
    g_assert_cmpstr(link->kind, ==, "home_observation");
    g_assert_cmpstr(link->relation, ==, relation);
}

static void test_link(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    world_do(world, "wang", NULL,
             "{'command':'link_matters','matter':'$li_obs','other':'$zhao_obs','relation':'contact'}");
    link_is(world, "li_obs", "zhao_obs", "contact");
    link_is(world, "zhao_obs", "li_obs", "contact");
    g_assert_cmpint(world_matter(world, "li_obs").version, ==, 2);
    world_do(world, "wang", NULL,
             "{'command':'link_person','matter':'$zhao_obs','person':'$feng','relation':'guardian'}");
    g_autoptr(GArray) links = links_of(world, "zhao_obs");
    g_assert_cmpuint(links->len, ==, 2);
    g_assert_cmpint(g_array_index(links, struct link, 1).person, ==, world_id(world, "feng"));
    g_assert_cmpstr(g_array_index(links, struct link, 1).relation, ==, "guardian");
    world_do(world, NULL, NULL, "{'command':'erase_person','person':'$feng'}");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM link_person"), ==, 0);
    world_do(world, NULL, NULL, "{'command':'erase_person','person':'$li'}");
    link_is(world, "zhao_obs", "li_obs", ""); /* it stood under the key of what is about li */
}

/* From whichever side, all between the two; merging is undone otherwise. */
static void test_unlink(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    const char *unlink = "{'command':'unlink_matters','matter':'$zhao_obs','other':'$li_obs','reason':'登记有误'}";
    world_refuse(world, "wang", unlink, PROBLEM_NOT_LINKED, "other");
    world_do(world, "wang", NULL,
             "{'command':'link_matters','matter':'$li_obs','other':'$zhao_obs','relation':'contact'}");
    world_do(world, "wang", NULL,
             "{'command':'link_matters','matter':'$zhao_obs','other':'$li_obs','relation':'infected_by'}");
    world_refuse(world, "qian", unlink, PROBLEM_NO_RIGHT, NULL);
    world_do(world, "wang", NULL, unlink);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM link"), ==, 0);
    const char *unlink_person = "{'command':'unlink_person','matter':'$li_obs','person':'$feng','reason':'登记有误'}";
    world_refuse(world, "wang", unlink_person, PROBLEM_NOT_LINKED, "person");
    world_do(world, "wang", NULL,
             "{'command':'link_person','matter':'$li_obs','person':'$feng','relation':'guardian'}");
    world_do(world, "wang", NULL, unlink_person);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM link_person"), ==, 0);
}

/* Whoever has a post over one of two has none over the other: what they enter would follow into it. */
static void test_link_takes_both(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "sun", "other",
             "{'command':'open_matter','kind':'service_request','unit':'#$g2',"
             "'form':{'urgency':'ordinary'}}");
    static const char *const both[] = {
        "{'command':'link_matters','matter':'$li_obs','other':'$other','relation':'same'}",
        "{'command':'link_matters','matter':'$other','other':'$li_obs','relation':'same'}"};
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        world_refuse(world, "wang", both[i], PROBLEM_NO_RIGHT, NULL);
        world_refuse(world, "sun", both[i], PROBLEM_NO_RIGHT, NULL);
        world_do(world, "chen", NULL, both[i]);
    }
    world_refuse(world, "wang", "{'command':'unlink_matters','matter':'$li_obs','other':'$other','reason':'x'}",
                 PROBLEM_NO_RIGHT, NULL);
}

/* Words of their own about two people, or why: in no body and no row, also of a kind that seals nothing else. */
static void test_link_is_sealed(void)
{
    static const char *const kinds[] = {"matters_linked", "matters_unlinked", "person_linked", "person_unlinked"};
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "sun", "other",
             "{'command':'open_matter','kind':'service_request','unit':'#$g2',"
             "'form':{'urgency':'ordinary'}}");
    world_do(world, "chen", NULL, "{'command':'link_matters','matter':'$other','other':'$li_obs','relation':'测试某'}");
    g_autoptr(GArray) links = links_of(world, "li_obs");
    g_assert_cmpstr(g_array_index(links, struct link, 0).relation, ==, "测试某");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM link WHERE relation IS NULL AND sealed IS NOT NULL"), ==,
                    1);
    world_do(world, "chen", NULL, "{'command':'unlink_matters','matter':'$other','other':'$li_obs','reason':'测试某'}");
    world_do(world, "chen", NULL, "{'command':'link_person','matter':'$other','person':'$feng','relation':'测试某'}");
    world_do(world, "chen", NULL, "{'command':'unlink_person','matter':'$other','person':'$feng','reason':'测试某'}");
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const struct harness_event *event = harness_last_event(world->harness, kinds[i]);
        g_autofree char *body = json_dumps(event->body, 0);
        g_assert_null(strstr(body, "测试某"));
        g_assert_cmpuint(event->event.sealed_bytes, >, VAULT_SEAL_OVERHEAD);
    }
    harness_replay(world->harness);
}

/* Bodies of before relations were sealed. */
static void test_link_in_the_clear(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    struct matter li = world_matter(world, "li_obs"), zhao = world_matter(world, "zhao_obs");
    g_autoptr(json_t) body =
        json_pack("{s:I, s:s, s:I}", "l", (json_int_t)zhao.id, "re", "contact", "version", (json_int_t)li.version + 1);
    struct harness_event *kept = g_new0(struct harness_event, 1);
    kept->event = (struct event){.stream = id_matter_stream(li.id),
                                 .seq = ++world->harness->seqs[id_matter_stream(li.id)],
                                 .kind = "matters_linked",
                                 .version = 1,
                                 .matter = li.id,
                                 .unit = li.unit,
                                 .at_us = world->harness->now_us};
    kept->body = json_incref(body);
    g_ptr_array_add(world->harness->events, kept);
    event_apply(world->harness->areas, world->harness->rows, &kept->event, body);
    link_is(world, "zhao_obs", "li_obs", "contact");
}

/* Times out of a table, out of a field, and since the fact was observed; one is withdrawn by an effect. */
static void test_deadlines(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "danger",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1',"
             "'form':{'urgency':'danger','meeting':'2020-02-05'}}");
    world_do(world, "wang", "plain",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'ordinary'}}");
    g_assert_cmpint(world_due(world, "danger", "answer"), ==, world_time("2020-02-03T09:00:00+08:00"));
    g_assert_cmpint(world_due(world, "plain", "answer"), ==, world_time("2020-02-10T07:00:00+08:00"));
    g_assert_cmpint(world_due(world, "danger", "minutes"), ==, world_time("2020-02-06T00:00:00+08:00"));
    g_assert_cmpint(world_due(world, "plain", "minutes"), ==, INT64_MAX);
    world_do(world, "zhou", NULL, ENTER("plain", "drop", ""));
    assert_expectations(world, "plain", "answer:open minutes:withdrawn");
    world_at(world, "2020-02-07T00:00:00+08:00");
    assert_expectations(world, "danger", "answer:overdue minutes:open");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$plain','entry':'answer','observed_at':'2020-02-06T12:00:00+08:00',"
             "'fields':{'result':'好'}}");
    g_assert_cmpint(world_due(world, "plain", "callback"), ==, world_time("2020-02-08T12:00:00+08:00"));
}

/* The clock stands while it is parked and is put forward once; world_free() replays it. */
static void test_standing_clock(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "asked",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'danger'}}");
    world_at(world, "2020-02-03T08:00:00+08:00");
    world_do(world, "zhou", NULL, ENTER("asked", "park", ""));
    assert_expectations(world, "asked", "answer:open minutes:withdrawn");
    world_at(world, "2020-02-05T08:00:00+08:00");
    assert_expectations(world, "asked", "answer:open minutes:withdrawn");
    world_do(world, "zhou", NULL, ENTER("asked", "resume", ""));
    g_assert_cmpint(world_due(world, "asked", "answer"), ==, world_time("2020-02-05T09:00:00+08:00"));
    world_at(world, "2020-02-05T08:30:00+08:00");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM alert WHERE step = 0"), ==, 1);
    world_do(world, "zhou", NULL,
             ENTER("asked", "extend_answer", "'until':'2020-02-06T09:00:00+08:00','reason':'会签'"));
    g_assert_cmpint(world_due(world, "asked", "answer"), ==, world_time("2020-02-06T09:00:00+08:00"));
    g_assert_cmpint(world_count(world, "SELECT warned + 10 * extensions FROM expectation WHERE name = 'answer'"), ==,
                    10);
    world_at(world, "2020-02-06T09:00:01+08:00");
    assert_expectations(world, "asked", "answer:overdue minutes:withdrawn minutes:open");
}

/* Held, corrected in vain, confirmed, brought back: world_free() replays it all. */
static void test_second_person(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "asked",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'danger'}}");
    world_do(world, "wang", NULL, ENTER("asked", "close_early", ""));
    g_assert_cmpstr(world_matter(world, "asked").state, ==, "received");
    assert_expectations(world, "asked", "answer:open minutes:open second_close_early:open");
    assert_todo(world, "zhou", "second_close_early daily minutes");
    world_at(world, "2020-02-03T07:30:00+08:00");
    world_do(world, "zhou", NULL, ENTER("asked", "decline_close_early", "'reason':'不宜'"));
    world_do(world, "wang", NULL, ENTER("asked", "close_early", ""));
    world_do(world, "zhou", NULL, ENTER("asked", "confirm_close_early", ""));
    g_assert_cmpstr(world_matter(world, "asked").state, ==, "closed");
    g_assert_cmpint(world_count(world, "SELECT group_concat(second, '') FROM entry"), ==, 3020);
    world_do(world, "zhou", "plain",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'danger'}}");
    world_do(world, "wang", NULL, ENTER("plain", "answer", "'result':'好'"));
    world_at(world, "2020-02-04T07:30:00+08:00");
    world_do(world, "zhou", NULL, ENTER("plain", "not_done", ""));
    g_assert_cmpint(world_due(world, "plain", "answer"), ==, world_time("2020-02-04T09:30:00+08:00"));
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation_past WHERE reopened = 1"), ==, 1);
}

/* An acknowledgement of the report is entered in the observation that it came from. */
/* li and zhao live together in g1; feng alone. */
static void test_open_for_each(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-02T08:00:00+08:00");
    static const char open[] = "{'command':'open_matter','kind':'household_case','unit':'#$garden','subject':'$%s'}";
    g_autofree char *li = g_strdup_printf(open, "li"), *feng = g_strdup_printf(open, "feng");
    world_do(world, "chen", "case", li);
    world_do(world, "chen", NULL, "{'command':'enter','matter':'$case','entry':'confirm'}");
    static const char found[] = "SELECT count(*) FROM matter WHERE kind = 'home_observation' AND closed_us = 0";
    g_assert_cmpint(world_count(world, found), ==, 1);
    g_assert_cmpint(world_count(world, "SELECT subject FROM matter WHERE kind = 'home_observation'"), ==,
                    world_id(world, "zhao"));
    g_assert_cmpint(world_count(world, "SELECT unit FROM matter WHERE kind = 'home_observation'"), ==,
                    world_id(world, "g1"));
    /* Closed, and unique all the same. */
    world_refuse(world, "chen", li, PROBLEM_MATTER_EXISTS, "subject");
    world_do(world, "chen", "alone", feng);
    world_do(world, "chen", NULL, "{'command':'enter','matter':'$alone','entry':'confirm'}");
    g_assert_cmpint(world_count(world, found), ==, 1);
    /* zhao falls ill too: li has no observation of their own yet, and whoever has one keeps it. */
    world_observe(world, "li");
    g_autofree char *zhao = g_strdup_printf(open, "zhao");
    world_do(world, "chen", "second", zhao);
    world_do(world, "chen", NULL, "{'command':'enter','matter':'$second','entry':'confirm'}");
    g_assert_cmpint(world_count(world, found), ==, 2);
}

static void test_enter_in_parent(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "wang", "report",
             "{'command':'open_matter','kind':'anomaly_report','unit':'#$g1','subject':'$li','parent':'$li_obs'}");
    world_do(world, "zhou", NULL, ENTER("report", "acknowledge", ""));
    g_autoptr(GArray) entries = matter_entries(world->harness->rows, world_matter(world, "li_obs").id, 0, 10);
    g_assert_cmpuint(entries->len, ==, 1);
    const struct entry_row *entry = &g_array_index(entries, struct entry_row, 0);
    g_assert_cmpstr(entry->kind, ==, "object");
    bool erased = false;
    g_autoptr(json_t) fields = matter_entry_fields(world->harness->vault, entry, &erased);
    g_assert_cmpstr(json_get_text(fields, "reason", ""), ==, "上报");
}

/* The edition of a rule is that of the day of the fact. */
static void test_edition(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-03-01T08:00:00+08:00");
    world_do(world, "chen", "late",
             "{'command':'open_matter','kind':'home_observation','unit':'#$g1','subject':'$feng',"
             "'form':{'last_exposure':'2020-02-29T12:00:00+08:00'}}");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$late','entry':'check_in','observed_at':'2020-02-29T23:00:00+08:00',"
             "'fields':{'temperature':37.2}}");
    g_assert_cmpstr(world_matter(world, "late").state, ==, "observing");
    world_do(world, "wang", NULL, ENTER("late", "check_in", "'temperature':37.2"));
    g_assert_cmpstr(world_matter(world, "late").state, ==, "rechecking");
}

/* The subject, who lives with them, the public, and whoever was in the post when it happened. */
static void test_who_may(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "li", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    world_do(world, "zhao", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    world_refuse(world, "feng", ENTER("li_obs", "check_in", "'temperature':36.5"), PROBLEM_NO_RIGHT, NULL);
    world_do(world, "feng", "came", "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$feng'}");
    world_refuse(world, "feng", "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$li'}",
                 PROBLEM_NO_RIGHT, NULL);
    world_do(world, "stranger", NULL, ENTER("came", "report_in", "'note':'测试'"));
    world_at(world, "2020-02-03T09:00:00+08:00");
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world_at(world, "2020-02-03T09:30:00+08:00");
    world_refuse(world, "wang", ENTER("li_obs", "check_in", "'temperature':36.5"), PROBLEM_NO_RIGHT, NULL);
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','observed_at':'2020-02-03T08:00:00+08:00',"
             "'fields':{'temperature':36.5}}");
}

static void test_figures(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    world_observe(world, "feng");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    world_do(world, "wang", NULL, AWAY("feng_obs"));
    world_at(world, "2020-02-03T15:00:00+08:00");
    world_do(world, "wang", NULL, ENTER("zhao_obs", "check_in", "'temperature':38.1"));
    world_do(world, "zhou", NULL,
             "{'command':'enter','matter':'$daily','entry':'daily','fields':{'nothing_else':true}}");
    const json_t *figures = json_object_get(harness_last_event(world->harness, "entered")->body, "g");
    const struct {
        const char *name;
        int64_t count;
    } rows[] = {{"opened", 3},  {"open", 3},    {"observed", 2}, {"readings", 2},
                {"in_time", 1}, {"missing", 1}, {"late_now", 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].name);
        g_assert_cmpint(json_get_integer(figures, rows[i].name, -1), ==, rows[i].count);
    }
    /* Frozen: what comes later changes the figures of now, not those of the report. */
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    g_autoptr(GArray) entries = matter_entries(world->harness->rows, world_matter(world, "daily").id, 0, 10);
    const json_t *kept = json_object_get(g_array_index(entries, struct entry_row, 0).clear, "figures");
    g_assert_cmpint(json_get_integer(kept, "readings", -1), ==, 2);
}

/* Keyset pages of the to-do list give every row once, in order. */
static void test_pages(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    world_observe(world, "feng");
    world_do(world, "wang", "asked",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'danger'}}");
    int64_t post = world_id(world, "post_wang"), due_us = 0, matter = 0, number = 0;
    int count = 0;
    for (;;) {
        g_autoptr(GArray) page = matter_todo(world->harness->rows, &post, 1, due_us, matter, number, 1);
        if (page->len == 0)
            break;
        const struct todo *todo = &g_array_index(page, struct todo, 0);
        g_assert_cmpint(todo->due_us, >=, due_us);
        due_us = todo->due_us;
        matter = todo->matter;
        number = todo->number;
        count++;
    }
    g_assert_cmpint(count, ==, 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/change/proposal", test_proposal);
    g_test_add_func("/matter/change/facts", test_facts);
    g_test_add_func("/matter/change/damaged-facts", test_damaged_facts);
    g_test_add_func("/matter/change/correction", test_correction);
    g_test_add_func("/matter/change/excuses", test_excuses);
    g_test_add_func("/matter/change/outage", test_outage);
    g_test_add_func("/matter/change/link", test_link);
    g_test_add_func("/matter/change/unlink", test_unlink);
    g_test_add_func("/matter/change/link-takes-both", test_link_takes_both);
    g_test_add_func("/matter/change/own-words", test_own_words);
    g_test_add_func("/matter/change/left-out", test_left_out);
    g_test_add_func("/matter/change/words-go-with-the-matter", test_words_go_with_the_matter);
    g_test_add_func("/matter/change/link-is-sealed", test_link_is_sealed);
    g_test_add_func("/matter/change/link-in-the-clear", test_link_in_the_clear);
    g_test_add_func("/matter/change/deadlines", test_deadlines);
    g_test_add_func("/matter/change/standing_clock", test_standing_clock);
    g_test_add_func("/matter/change/second_person", test_second_person);
    g_test_add_func("/matter/change/open_for_each", test_open_for_each);
    g_test_add_func("/matter/change/enter_in_parent", test_enter_in_parent);
    g_test_add_func("/matter/change/edition", test_edition);
    g_test_add_func("/matter/change/who_may", test_who_may);
    g_test_add_func("/matter/change/figures", test_figures);
    g_test_add_func("/matter/change/pages", test_pages);
    return g_test_run();
}
