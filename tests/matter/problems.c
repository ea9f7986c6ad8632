/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every refusal of the area, each provoked once; a refused command changes no row. */
#include "world.h"

#include "base/limits.h"

#define OPEN(kind, unit, more)     "{'command':'open_matter','kind':'" kind "','unit':'" unit "'" more "}"
#define EXPOSED                    ",'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}"
#define ENTER(matter, entry, more) "{'command':'enter','matter':'$" matter "','entry':'" entry "'" more "}"
#define ROUND(entry, rows)         "{'command':'enter_round','entry':'" entry "','rows':[" rows "]}"
#define NOBODY                     "01234567-89ab-7def-8123-456789abcdef"

struct row {
    const char *when, *as, *json;
    enum problem_code code;
    const char *field;
};

/* Given: li and zhao (one household) and feng under observation, an arrival `came`, a request `asked`, a
 * proposal `meant`. */
static const struct row rows[] = {
    /* opening */
    {"no kind", "chen", "{'command':'open_matter','unit':'#$g1'}", PROBLEM_MISSING_FIELD, "kind"},
    {"unknown kind", "chen", OPEN("home_observaton", "#$g1", ""), PROBLEM_UNKNOWN_KIND, "kind"},
    {"no unit", "chen", "{'command':'open_matter','kind':'home_observation'}", PROBLEM_MISSING_FIELD, "unit"},
    {"unknown unit", "chen", OPEN("home_observation", "999", ""), PROBLEM_UNKNOWN_UNIT, "unit"},
    {"wrong type of unit", "chen", OPEN("home_observation", "#$dong", ",'subject':'$sun'"), PROBLEM_WRONG_UNIT_TYPE,
     "unit"},
    {"nobody", "chen", OPEN("home_observation", "#$g1", ""), PROBLEM_SUBJECT_NEEDED, "subject"},
    {"unknown person", "chen", OPEN("home_observation", "#$g1", ",'subject':'999999'"), PROBLEM_UNKNOWN_PERSON,
     "subject"},
    {"malformed person", "chen", OPEN("home_observation", "#$g1", ",'subject':7"), PROBLEM_WRONG_TYPE, "subject"},
    {"nameless person", "chen", OPEN("home_observation", "#$g1", ",'subject':{'phone':'13800000001'}"),
     PROBLEM_MISSING_FIELD, "subject.name"},
    {"a request is about nobody", "wang", OPEN("service_request", "#$g1", ",'subject':'$li'"),
     PROBLEM_SUBJECT_NOT_ALLOWED, "subject"},
    {"unknown parent", "wang", OPEN("service_request", "#$g1", ",'parent':'" NOBODY "'"), PROBLEM_UNKNOWN_MATTER,
     "parent"},
    {"malformed parent", "wang", OPEN("service_request", "#$g1", ",'parent':'x'"), PROBLEM_INVALID_UUID, "parent"},
    {"malformed household", "chen", OPEN("home_observation", "#$g1", ",'subject':'$sun','household':7"),
     PROBLEM_WRONG_TYPE, "household"},
    {"unknown household", "chen", OPEN("home_observation", "#$g1", ",'subject':'$sun','household':'9999'"),
     PROBLEM_NOT_FOUND, "household"},
    {"twice for one person", "chen", OPEN("home_observation", "#$g1", ",'subject':'$li'" EXPOSED),
     PROBLEM_MATTER_EXISTS, "subject"},
    {"a standing one twice", NULL, OPEN("daily_report", "#$garden", ""), PROBLEM_MATTER_EXISTS, NULL},
    {"no role for it", "zhou", OPEN("home_observation", "#$g1", ",'subject':'$sun'" EXPOSED), PROBLEM_NO_RIGHT, NULL},
    {"the role elsewhere", "chen", OPEN("home_observation", "#$g3", ",'subject':'$sun'" EXPOSED), PROBLEM_NO_RIGHT,
     NULL},
    {"only for the clock", "zhou", OPEN("daily_report", "#$hill", ""), PROBLEM_NO_RIGHT, NULL},
    {"another's post", "chen", OPEN("home_observation", "#$g1", ",'post':'$post_wang','subject':'$sun'" EXPOSED),
     PROBLEM_POST_NOT_HELD, "post"},
    {"form is no object", "chen", OPEN("home_observation", "#$g1", ",'subject':'$sun','form':[]"), PROBLEM_WRONG_TYPE,
     "form"},
    {"form lacks a field", "chen", OPEN("home_observation", "#$g1", ",'subject':'$sun'"), PROBLEM_MISSING_FIELD,
     "form.last_exposure"},
    {"form has another field", "chen", OPEN("home_observation", "#$g1", ",'subject':'$sun','form':{'last_exposur':1}"),
     PROBLEM_UNKNOWN_FIELD, "form.last_exposur"},
    /* entering */
    {"no matter", "wang", "{'command':'enter','entry':'check_in'}", PROBLEM_MISSING_FIELD, "matter"},
    {"malformed matter", "wang", "{'command':'enter','matter':'7','entry':'check_in'}", PROBLEM_INVALID_UUID, "matter"},
    {"unknown matter", "wang", "{'command':'enter','matter':'" NOBODY "','entry':'check_in'}", PROBLEM_UNKNOWN_MATTER,
     "matter"},
    {"unknown entry", "wang", ENTER("li_obs", "chek_in", ""), PROBLEM_UNKNOWN_ENTRY_KIND, "entry"},
    {"no right", "sun", ENTER("li_obs", "check_in", ",'fields':{'temperature':36.5}"), PROBLEM_NO_RIGHT, NULL},
    {"another's post", "wang", ENTER("li_obs", "check_in", ",'post':'$post_sun','fields':{'temperature':36.5}"),
     PROBLEM_POST_NOT_HELD, "post"},
    {"stale", "wang", ENTER("li_obs", "check_in", ",'version':0,'fields':{'temperature':36.5}"), PROBLEM_STALE_VERSION,
     "version"},
    {"wrong state", "chen", ENTER("li_obs", "release", ""), PROBLEM_WRONG_STATE, NULL},
    {"closed", "wang", ENTER("done", "visit", ""), PROBLEM_MATTER_CLOSED, NULL},
    {"unknown attempt", "wang", ENTER("li_obs", "check_in", ",'attempt':'asleep'"), PROBLEM_UNKNOWN_ATTEMPT, "attempt"},
    {"malformed attempt", "wang", ENTER("li_obs", "check_in", ",'attempt':1"), PROBLEM_WRONG_TYPE, "attempt"},
    {"an attempt has no reading", "wang",
     ENTER("li_obs", "check_in", ",'attempt':'away','fields':{'temperature':36.5}"), PROBLEM_NOT_ASKED,
     "fields.temperature"},
    {"an attempt at what has none", "wang", ENTER("came", "visit", ",'attempt':'away'"), PROBLEM_UNKNOWN_ATTEMPT,
     "attempt"},
    {"neither reading nor attempt", "wang", ENTER("li_obs", "check_in", ""), PROBLEM_MISSING_FIELD,
     "fields.temperature"},
    {"fields are no object", "wang", ENTER("li_obs", "check_in", ",'fields':7"), PROBLEM_WRONG_TYPE, "fields"},
    {"word of nobody", "wang", ENTER("li_obs", "check_in", ",'word_of':'dog','fields':{'temperature':36.5}"),
     PROBLEM_NOT_IN_LIST, "word_of"},
    {"no such channel", "wang", ENTER("li_obs", "check_in", ",'channel':'drum','fields':{'temperature':36.5}"),
     PROBLEM_NOT_IN_LIST, "channel"},
    {"unknown proxy", "wang", ENTER("li_obs", "check_in", ",'proxy':'999999','fields':{'temperature':36.5}"),
     PROBLEM_UNKNOWN_PERSON, "proxy"},
    {"the playbook says no", "chen", ENTER("due", "release", ""), PROBLEM_REFUSED_BY_RULE, NULL},
    /* proposals */
    {"nothing to confirm", "chen", "{'command':'confirm_matter','matter':'$li_obs'}", PROBLEM_NOT_PROPOSED, NULL},
    {"nothing to decline", "chen", "{'command':'decline_matter','matter':'$li_obs','reason':'x'}", PROBLEM_NOT_PROPOSED,
     NULL},
    {"declined without reason", "chen", "{'command':'decline_matter','matter':'$meant'}", PROBLEM_MISSING_FIELD,
     "reason"},
    {"confirmed by the proposer", "wang", "{'command':'confirm_matter','matter':'$meant'}", PROBLEM_NO_RIGHT, NULL},
    {"entered before it is confirmed", "wang", ENTER("meant", "check_in", ",'fields':{'temperature':36.5}"),
     PROBLEM_WRONG_STATE, NULL},
    /* rounds */
    {"an empty round", "wang", ROUND("check_in", ""), PROBLEM_NOTHING_ENTERED, "rows"},
    {"a round without rows", "wang", "{'command':'enter_round','entry':'check_in'}", PROBLEM_MISSING_FIELD, "rows"},
    {"no round", "wang", ROUND("recheck", "{'matter':'$li_obs'}"), PROBLEM_NOT_A_ROUND, "rows[0]"},
    {"twice in a round", "wang",
     ROUND("check_in", "{'matter':'$li_obs','attempt':'away'},{'matter':'$li_obs','attempt':'away'}"),
     PROBLEM_ROUND_ROW_TWICE, "rows[1].matter"},
    {"another household", "wang",
     ROUND("check_in", "{'matter':'$li_obs','attempt':'away'},{'matter':'$feng_obs','attempt':'away'}"),
     PROBLEM_NOT_IN_HOUSEHOLD, "rows[1].matter"},
    {"a row that is no object", "wang", ROUND("check_in", "7"), PROBLEM_WRONG_TYPE, "rows[0]"},
    {"a row with another member", "wang", ROUND("check_in", "{'mater':'x'}"), PROBLEM_UNKNOWN_FIELD, "rows[0].mater"},
    {"a row without matter", "wang", ROUND("check_in", "{'attempt':'away'}"), PROBLEM_MISSING_FIELD, "rows[0].matter"},
    {"a row with a malformed version", "wang", ROUND("check_in", "{'matter':'$li_obs','version':'1'}"),
     PROBLEM_WRONG_TYPE, "rows[0].version"},
    {"a round of nobody's word", "wang",
     "{'command':'enter_round','entry':'check_in','word_of':'dog','rows':[{'matter':'$li_obs','attempt':'"
     "away'}]}",
     PROBLEM_NOT_IN_LIST, "word_of"},
    /* corrections */
    {"which entry?", "wang", "{'command':'correct_entry','matter':'$li_obs','fields':{},'reason':'x'}",
     PROBLEM_MISSING_FIELD, "number"},
    {"malformed number", "wang", "{'command':'correct_entry','matter':'$li_obs','number':'1','reason':'x'}",
     PROBLEM_WRONG_TYPE, "number"},
    {"no such entry", "wang",
     "{'command':'correct_entry','matter':'$li_obs','number':9,'fields':{'temperature':36.5},'reason':'x'}",
     PROBLEM_UNKNOWN_ENTRY, "number"},
    {"correction without reason", "wang",
     "{'command':'correct_entry','matter':'$zhao_obs','number':1,'fields':{'temperature':36.5}}", PROBLEM_REASON_NEEDED,
     "reason"},
    {"correction for a reason that does not show", "wang",
     "{'command':'correct_entry','matter':'$zhao_obs','number':1,'fields':{'temperature':36.5},'reason':'\\u200b '}",
     PROBLEM_REASON_NEEDED, "reason"},
    {"correction for a reason that reads otherwise", "wang",
     "{'command':'correct_entry','matter':'$zhao_obs','number':1,'fields':{'temperature':36.5},'reason':'a\\u202eb'}",
     PROBLEM_CONTROL_CHARACTER, "reason"},
    {"correction of nothing", "wang",
     "{'command':'correct_entry','matter':'$zhao_obs','number':1,'fields':{},'reason':'x'}", PROBLEM_NOTHING_ENTERED,
     "fields"},
    {"correction out of bounds", "wang",
     "{'command':'correct_entry','matter':'$zhao_obs','number':1,'fields':{'temperature':55},'reason':'x'}",
     PROBLEM_ABOVE_MAXIMUM, "fields.temperature"},
    {"corrected already", "wang",
     "{'command':'correct_entry','matter':'$feng_obs','number':1,'fields':{'temperature':36.6},'reason':'x'}",
     PROBLEM_ENTRY_CORRECTED, "number"},
    {"correction by somebody else", "sun",
     "{'command':'correct_entry','matter':'$zhao_obs','number':1,'fields':{'temperature':36.6},'reason':'x'}",
     PROBLEM_NO_RIGHT, NULL},
    /* excuses */
    {"excuse without reason", "zhou", "{'command':'excuse','expectations':[{'matter':'$li_obs','number':1}]}",
     PROBLEM_REASON_NEEDED, "reason"},
    {"excuse of nothing", "zhou", "{'command':'excuse','expectations':[],'reason':'停电'}", PROBLEM_NOTHING_ENTERED,
     "expectations"},
    {"unknown expectation", "zhou",
     "{'command':'excuse','expectations':[{'matter':'$li_obs','number':99}],'reason':'停电'}",
     PROBLEM_UNKNOWN_EXPECTATION, "expectations[0].number"},
    {"excuse of what was met", "zhou",
     "{'command':'excuse','expectations':[{'matter':'$zhao_obs','number':1}],'reason':'停电'}", PROBLEM_ALREADY_ENDED,
     "expectations[0].number"},
    {"excuse twice", "zhou",
     "{'command':'excuse','expectations':[{'matter':'$li_obs','number':1},{'matter':'$li_obs','number':1}],'"
     "reason':'停电'}",
     PROBLEM_ALREADY_ENDED, "expectations[1].number"},
    {"excuse of a malformed matter", "zhou",
     "{'command':'excuse','expectations':[{'matter':7,'number':1}],'reason':'停电'}", PROBLEM_INVALID_UUID,
     "expectations[0].matter"},
    {"excuse of a malformed number", "zhou",
     "{'command':'excuse','expectations':[{'matter':'$li_obs','number':'1'}],'reason':'停电'}", PROBLEM_WRONG_TYPE,
     "expectations[0].number"},
    {"excuse by a peer", "wang",
     "{'command':'excuse','expectations':[{'matter':'$li_obs','number':1}],'reason':'停电'}", PROBLEM_NO_RIGHT,
     "expectations[0]"},
    {"excuse for oneself", "zhou",
     "{'command':'excuse','expectations':[{'matter':'$asked','number':2}],'reason':'停电'}",
     PROBLEM_SAME_PERSON_REFUSED, "expectations[0]"},
    {"outage without an end", "zhou",
     "{'command':'excuse','under':'#$garden','from':'2020-02-03T00:00:00+08:00','reason':'停电'}",
     PROBLEM_MISSING_FIELD, "to"},
    {"outage ends before it begins", "zhou",
     "{'command':'excuse','under':'#$garden','from':'2020-02-03T00:00:00+08:00','to':'2020-02-02T00:00:00+08:"
     "00','reason':'停电'}",
     PROBLEM_BEFORE_START, "to"},
    {"outage without misses", "zhou",
     "{'command':'excuse','under':'#$garden','from':'2020-02-01T00:00:00+08:00','to':'2020-02-02T00:00:00+08:"
     "00','reason':'停电'}",
     PROBLEM_NOTHING_ENTERED, "under"},
    {"outage of a mistyped kind", "zhou",
     "{'command':'excuse','under':'#$garden','from':'2020-02-01T00:00:00+08:00','to':"
     "'2020-02-02T00:00:00+08:00','reason':'停电','kind':'hoem_observation'}",
     PROBLEM_UNKNOWN_KIND, "kind"},
    {"outage of a mistyped expectation", "zhou",
     "{'command':'excuse','under':'#$garden','from':'2020-02-01T00:00:00+08:00','to':"
     "'2020-02-02T00:00:00+08:00','reason':'停电','kind':'home_observation','name':'chek_in'}",
     PROBLEM_UNKNOWN_EXPECTATION, "name"},
    {"an outage and a list", "zhou",
     "{'command':'excuse','under':'#$garden','from':'2020-02-01T00:00:00+08:00','to':"
     "'2020-02-02T00:00:00+08:00','reason':'停电','expectations':[]}",
     PROBLEM_UNKNOWN_FIELD, "under"},
    {"outage elsewhere", "zhou",
     "{'command':'excuse','under':'#$lake','from':'2020-02-01T00:00:00+08:00','to':'2020-02-02T00:00:00+08:"
     "00','reason':'停电'}",
     PROBLEM_NO_RIGHT, NULL},
    /* links */
    {"link to itself", "wang", "{'command':'link_matters','matter':'$li_obs','other':'$li_obs','relation':'same'}",
     PROBLEM_UNKNOWN_MATTER, "other"},
    {"link from nowhere", "wang",
     "{'command':'link_matters','matter':'" NOBODY "','other':'$li_obs','relation':'same'}", PROBLEM_UNKNOWN_MATTER,
     "matter"},
    {"a long relation", "wang",
     "{'command':'link_matters','matter':'$li_obs','other':'$zhao_obs','relation':'"
     "01234567890123456789012345678901234567890'}",
     PROBLEM_TEXT_TOO_LONG, "relation"},
    {"link by a stranger", "qian",
     "{'command':'link_matters','matter':'$li_obs','other':'$zhao_obs','relation':'same'}", PROBLEM_NO_RIGHT, NULL},
    {"link to nobody", "wang", "{'command':'link_person','matter':'$li_obs','person':'999999','relation':'x'}",
     PROBLEM_UNKNOWN_PERSON, "person"},
    {"link of a person without relation", "wang", "{'command':'link_person','matter':'$li_obs','person':'$feng'}",
     PROBLEM_MISSING_FIELD, "relation"},
    /* hand-over */
    {"no hand-over in this kind", "wang", "{'command':'hand_over_matter','matter':'$li_obs','to':'#$g2'}",
     PROBLEM_UNKNOWN_ENTRY_KIND, NULL},
    {"to where it is", "wang", "{'command':'hand_over_matter','matter':'$came','to':'#$g1'}", PROBLEM_HANDOVER_TO_SELF,
     "fields.to"},
    {"to nowhere", "wang", "{'command':'hand_over_matter','matter':'$came','to':'#999'}", PROBLEM_UNKNOWN_UNIT,
     "fields.to"},
    {"to whom?", "wang", "{'command':'hand_over_matter','matter':'$came'}", PROBLEM_MISSING_FIELD, "fields.to"},
    {"by somebody else", "sun", "{'command':'hand_over_matter','matter':'$came','to':'#$g2'}", PROBLEM_NO_RIGHT, NULL},
    {"closed", "wang", "{'command':'hand_over_matter','matter':'$done','to':'#$g2'}", PROBLEM_MATTER_CLOSED, NULL},
    {"stale", "wang", "{'command':'hand_over_matter','matter':'$came','to':'#$g2','version':7}", PROBLEM_STALE_VERSION,
     "version"},
    {"nothing to accept", "sun", "{'command':'accept_matter','matter':'$came'}", PROBLEM_UNKNOWN_HANDOVER, NULL},
    {"nothing to refuse", "sun", "{'command':'refuse_matter','matter':'$came','reason':'not_ours'}",
     PROBLEM_UNKNOWN_HANDOVER, NULL},
    {"offered twice", "wang", "{'command':'hand_over_matter','matter':'$going','to':'#$g2'}", PROBLEM_HANDOVER_PENDING,
     NULL},
    {"refused without reason", "sun", "{'command':'refuse_matter','matter':'$going'}", PROBLEM_MISSING_FIELD,
     "fields.reason"},
    {"accepted by somebody else", "qian", "{'command':'accept_matter','matter':'$going'}", PROBLEM_NO_RIGHT, NULL},
};

static void prepare(struct world *world)
{
    world_observe(world, "li");
    world_observe(world, "zhao");
    world_observe(world, "feng");
    world_do(world, "wang", NULL, ENTER("zhao_obs", "check_in", ",'fields':{'temperature':36.5}"));
    world_do(world, "wang", NULL, ENTER("feng_obs", "check_in", ",'fields':{'temperature':36.5}"));
    world_do(world, "wang", NULL,
             "{'command':'correct_entry','matter':'$feng_obs','number':1,'fields':{'temperature':36.6},'"
             "reason':'测试'}");
    world_do(world, "chen", "due",
             OPEN("home_observation", "#$g1", ",'subject':'$he','form':{'last_exposure':'2020-01-01T12:00:00+08:00'}"));
    world_do(world, "wang", "came", OPEN("arrival", "#$g1", ",'subject':'$li'"));
    world_do(world, "wang", "going", OPEN("arrival", "#$g1", ",'subject':'$zhao'"));
    world_do(world, "wang", NULL, "{'command':'hand_over_matter','matter':'$going','to':'#$g2'}");
    world_do(world, "wang", "done", OPEN("arrival", "#$g1", ",'subject':'$feng'"));
    world_do(world, "wang", NULL, ENTER("done", "visit", ""));
    world_do(world, "zhou", "asked", OPEN("service_request", "#$g1", ",'form':{'urgency':'ordinary'}"));
    world_do(world, "wang", "meant", OPEN("home_observation", "#$g1", ",'subject':'$qian'" EXPOSED));
    world_tick(world);
}

static struct world *refusing; /* for all rows: what is refused changes nothing */

static void test_refusal(gconstpointer data)
{
    const struct row *row = data;
    if (refusing == NULL) {
        refusing = world_new();
        prepare(refusing);
    }
    world_refuse(refusing, row->as, row->json, row->code, row->field);
}

static void add_refusals(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/matter/problems/refusals/%zu-%s", i, rows[i].when);
        g_strdelimit(path, " ?'", '-');
        g_test_add_data_func(path, &rows[i], test_refusal);
    }
}

/* What needs a moment of its own. */
static void test_second_person(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "chen", NULL, ENTER("li_obs", "object", ",'fields':{'reason':'异议'}"));
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", ",'fields':{'temperature':36.5}"));
    world_at(world, "2020-02-15T12:00:00+08:00");
    world_refuse(world, "chen", ENTER("li_obs", "release", ""), PROBLEM_SAME_PERSON_REFUSED, NULL);

    world_do(world, "wang", "report", OPEN("anomaly_report", "#$g1", ",'subject':'$feng'"));
    world_do(world, "zhou", NULL, ENTER("report", "acknowledge", ""));
    world_refuse(world, "wang", ENTER("report", "close", ""), PROBLEM_SAME_PERSON_REFUSED, NULL);
    world_do(world, "zhou", NULL, ENTER("report", "propose_close", ""));
    world_refuse(world, "zhou", ENTER("report", "close", ""), PROBLEM_SAME_PERSON_REFUSED, NULL);
}

static void test_no_playbook(void)
{
    static const struct area *const areas_here[] = {&registry_area, &matter_area, NULL};
    AUTO(harness) struct harness *harness = harness_new(areas_here);
    harness_refused(harness, ORIGIN_OPERATOR, 0, OPEN("arrival", "11", ""), PROBLEM_NO_PLAYBOOK, NULL);
    harness_refused(harness, ORIGIN_CLOCK, 0, "{'command':'tick'}", PROBLEM_ALREADY_ENDED, NULL);
    g_assert_cmpint(matter_next_due_us(harness->rows), ==, INT64_MAX);
}

static void chain_kind(GString *yaml, int i, bool last)
{
    g_string_append_printf(yaml,
                           "---\nkind: k%d\ntitle: {zh: 事, en: Matter}\nclauses: ['1']\nopened_by: [keeper]\n"
                           "states:\n  open: {title: {zh: 开, en: Open}, initial: true}\n"
                           "  shut: {title: {zh: 关, en: Shut}, final: true}\n"
                           "entries:\n  shut: {title: {zh: 关, en: Shut}, by: [keeper], state: shut}\n"
                           "  ping:\n    title: {zh: 传, en: Ping}\n    by: [keeper]\n",
                           i);
    if (!last)
        g_string_append_printf(yaml, "    enter: {in: children, kind: k%d, entry: ping}\n", i + 1);
}

/* Returns the UUID of the first. */
static char *open_chain(struct harness *harness, int links)
{
    char parent[UUID_TEXT_LENGTH + 1] = "";
    char *first = NULL;
    for (int i = 0; i < links; i++) {
        g_autofree char *under = i > 0 ? g_strdup_printf(",'parent':'%s'", parent) : g_strdup("");
        g_autofree char *json = g_strdup_printf("{'command':'open_matter','kind':'k%d','unit':'11'%s}", i, under);
        harness_must(harness, ORIGIN_OPERATOR, 0, json);
        uuid_format(&harness->last_id, parent);
        if (i == 0)
            first = g_strdup(parent);
    }
    return first;
}

/* Nine matters that each tell the next: eight effects deep is as far as one entry goes. */
static void test_effects_too_deep(void)
{
    static const struct area *const areas_here[] = {&registry_area, &matter_area, NULL};
    for (int links = LIMIT_EFFECT_DEPTH + 1; links <= LIMIT_EFFECT_DEPTH + 2; links++) {
        AUTO(harness) struct harness *harness = harness_new(areas_here);
        GString *yaml = g_string_new("playbook: chain\nversion: 1\ntitle: {zh: 链, en: Chain}\nzone: Asia/Shanghai\n"
                                     "authority: 测试\n---\nunit_types:\n  city: {title: {zh: 市, en: City}}\n---\n"
                                     "roles:\n  keeper: {title: {zh: 管, en: Keeper}, grounds: [city]}\n");
        for (int i = 0; i < links; i++)
            chain_kind(yaml, i, i == links - 1);
        harness_adopt(harness, yaml->str);
        g_string_free(yaml, TRUE);
        harness_must(harness, ORIGIN_OPERATOR, 0,
                     "{'command':'create_unit','type':'city','code':'11','name':'市','date':'2020-01-01'}");
        g_autofree char *first = open_chain(harness, links);
        g_autofree char *ping = g_strdup_printf("{'command':'enter','matter':'%s','entry':'ping'}", first);
        if (links > LIMIT_EFFECT_DEPTH + 1)
            harness_refused(harness, ORIGIN_OPERATOR, 0, ping, PROBLEM_EFFECTS_TOO_DEEP, NULL);
        else
            harness_must(harness, ORIGIN_OPERATOR, 0, ping);
        harness_replay(harness);
    }
}

/* The doctor of the community opens and the worker proposes; whoever could do both may not confirm their own. */
static void test_own_proposal(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "meant", OPEN("home_observation", "#$g1", ",'subject':'$qian'" EXPOSED));
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$wang','role':'community_doctor','grounds':['#$garden'],"
             "'from':'2020-01-01T00:00:00+08:00'}");
    world_refuse(world, "wang", "{'command':'confirm_matter','matter':'$meant'}", PROBLEM_SAME_PERSON_REFUSED, NULL);
    world_do(world, "chen", NULL, "{'command':'confirm_matter','matter':'$meant'}");
    g_assert_cmpstr(world_matter(world, "meant").state, ==, "observing");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_refusals();
    g_test_add_func("/matter/problems/second_person", test_second_person);
    g_test_add_func("/matter/problems/no_playbook", test_no_playbook);
    g_test_add_func("/matter/problems/effects_too_deep", test_effects_too_deep);
    g_test_add_func("/matter/problems/own_proposal", test_own_proposal);
    int code = g_test_run();
    if (refusing != NULL)
        world_free(refusing); /* looks at a replay, too */
    return code;
}
