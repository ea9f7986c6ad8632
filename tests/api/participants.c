/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An audience through the door: delivered, seen, acknowledged; who sees whom. */
#include "rig.h"

#include <string.h>

extern const char rig_playbook[];

static struct rig *rig;
static char *matter, *path, *list;

static struct reply ask(const char *who, const char *query)
{
    g_autofree char *whole = g_strconcat(list, query, NULL);
    struct reply reply = rig_get(rig, who, whole);
    reply_is(&reply, 200, NULL);
    return reply;
}

static void count_is(const char *query, size_t wanted)
{
    AUTO(reply) struct reply reply = ask("zheng", query);
    g_assert_cmpuint(json_array_size(json_at(reply.json, "data")), ==, wanted);
}

static int64_t counted(const char *what)
{
    AUTO(reply) struct reply reply = ask("zheng", "");
    g_autofree char *place = g_strconcat("counts.recipient.", what, NULL);
    return json_integer_value(json_at(reply.json, place));
}

/* What the tasks of a directive are told apart by; static, by the last call. */
static const char *heading_in_tasks(const char *who)
{
    static char heading[100];
    AUTO(reply) struct reply tasks = rig_get(rig, who, "/api/v1/tasks?limit=200");
    size_t i;
    json_t *row;
    json_array_foreach(json_at(tasks.json, "data"), i, row) if (strcmp(json_at_text(row, "kind"), "directive") == 0)
        g_strlcpy(heading, json_at_text(row, "heading"), sizeof heading);
    return heading;
}

static void delivered(void)
{
    AUTO(reply)
    struct reply bad = rig_command(rig, "zheng", "/api/v1/matters",
                                   "{'kind':'directive','unit':'" DISTRICT "','form':{'text':'摸排'},"
                                   "'participants':{'recipient':['" COMMUNITY "']}}");
    reply_is(&bad, 422, "wrong_type");
    AUTO(reply)
    struct reply reply = rig_command(rig, "zheng", "/api/v1/matters",
                                     "{'kind':'directive','unit':'" DISTRICT "','form':{'text':'摸排'}}");
    reply_is(&reply, 201, NULL);
    matter = g_strdup(reply_text(&reply, "id"));
    path = g_strconcat("/api/v1/matters/", matter, NULL);
    list = g_strconcat(path, "/participants", NULL);
    g_assert_cmpint(counted("delivered"), ==, 2);
    g_assert_cmpint(counted("seen"), ==, 0);
    g_assert_cmpint(counted("expectations.acknowledge.open"), ==, 2);
    g_assert_cmpstr(heading_in_tasks("zhou"), ==, "摸排");
    AUTO(reply) struct reply page = ask("zheng", "?limit=1");
    g_assert_cmpuint(json_array_size(json_at(page.json, "data")), ==, 1);
    g_autofree char *rest = g_strconcat("?limit=1&cursor=", reply_text(&page, "next"), NULL);
    AUTO(reply) struct reply second = ask("zheng", rest);
    g_assert_cmpstr(reply_text(&second, "data.0.unit.code"), ==, SIBLING);
    g_assert_null(json_at(second.json, "counts"));
}

/* What the own unit is asked for, by the own post. */
static void expected_of(const char *who, bool expected)
{
    g_autofree char *acts = g_strconcat(path, "/acts", NULL);
    AUTO(reply) struct reply reply = rig_get(rig, who, acts);
    reply_is(&reply, 200, NULL);
    size_t i, found = 0;
    json_t *act;
    json_array_foreach(json_at(reply.json, "data"), i, act) if (strcmp(json_at_text(act, "entry"), "acknowledge") == 0)
    {
        found++;
        g_assert_cmpint(json_is_true(json_at(act, "expected")), ==, expected);
    }
    g_assert_cmpuint(found, ==, 1);
}

static void acts_are_expected(void)
{
    expected_of("zhou", true);
    expected_of("zheng", false);
}

/* Whoever takes part sees units of their own grounds, and no figures; who has nothing to do with it sees nothing. */
static void who_sees_whom(void)
{
    AUTO(reply) struct reply own = ask("zhou", "");
    g_assert_cmpuint(json_array_size(json_at(own.json, "data")), ==, 1);
    g_assert_cmpstr(reply_text(&own, "data.0.unit.code"), ==, COMMUNITY);
    g_assert_null(json_at(own.json, "counts"));
    static const char *const others[] = {"stranger", "sun", "li"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        AUTO(reply) struct reply none = rig_get(rig, others[i], list);
        reply_is(&none, 404, "not_found");
    }
}

/* Reading leaves its mark through the writer, without anybody waiting for it. */
static void seen(void)
{
    AUTO(reply) struct reply by_above = rig_get(rig, "zheng", path);
    reply_is(&by_above, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(by_above.json, "participants")), ==, 0);
    AUTO(reply) struct reply read = rig_get(rig, "zhou", path);
    reply_is(&read, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(read.json, "participants")), ==, 1);
    for (int i = 0; i < 200 && counted("seen") == 0; i++)
        g_usleep(10000);
    g_assert_cmpint(counted("seen"), ==, 1);
    count_is("?seen=true", 1);
    count_is("?seen=false", 1);
    g_autofree char *wrong = g_strconcat(list, "?seen=perhaps", NULL);
    AUTO(reply) struct reply refused = rig_get(rig, "zheng", wrong);
    reply_is(&refused, 400, "not_acceptable_parameter");
}

static void acknowledged(void)
{
    g_autofree char *entries = g_strconcat(path, "/entries", NULL);
    AUTO(reply) struct reply reply = rig_command(rig, "zhou", entries, "{'entry':'acknowledge','fields':{}}");
    reply_is(&reply, 201, NULL);
    AUTO(reply) struct reply own = ask("zhou", "");
    g_assert_nonnull(reply_text(&own, "data.0.entered.acknowledge"));
    g_assert_cmpstr(reply_text(&own, "data.0.expectations.acknowledge"), ==, "met");
    g_assert_cmpint(counted("entered.acknowledge"), ==, 1);
    g_assert_cmpint(counted("expectations.acknowledge.met"), ==, 1);
    count_is("?open=acknowledge", 1);
    count_is("?set=recipient", 2);
    count_is("?q=%E8%8A%B1%E5%9B%AD", 1);                /* 花园 */
    count_is("?q=%E8%8A%B1%C2%B7%E5%9B%AD%E3%80%80", 1); /* 花·园 and a wide blank */
    count_is("?q=" SIBLING, 1);
    count_is("?q=%E7%A4%BE%E5%8C%BA&limit=1", 1); /* 社区 */
    count_is("?q=%E5%B1%B1%E5%89%8D", 0);         /* 山前: elsewhere */
    static const char *const unknown[][2] = {
        {"?set=none", "set"}, {"?state=none", "state"}, {"?open=none", "open"}, {"?q=%C2%B7", "q"}};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        g_autofree char *whole = g_strconcat(list, unknown[i][0], NULL);
        AUTO(reply) struct reply refused = rig_get(rig, "zheng", whole);
        reply_is(&refused, 400, "not_acceptable_parameter");
        g_assert_cmpstr(reply_text(&refused, "errors.0.field"), ==, unknown[i][1]);
    }
}

/* Whoever sees one unit's expectations pages through those alone; those of others leave neither rows nor pages. */
static void expectations_are_paged(void)
{
    g_autofree char *expectations = g_strconcat(path, "/expectations?limit=1", NULL);
    g_autofree char *whole = g_strconcat(path, "/expectations?limit=200", NULL);
    AUTO(reply) struct reply all = rig_get(rig, "zheng", whole);
    size_t count = json_array_size(json_at(all.json, "data")), seen = 0;
    g_assert_cmpuint(count, >=, 4);
    g_assert_true(json_is_null(json_at(all.json, "next")));
    g_autofree char *next = g_strdup("");
    for (int64_t last = -1; next != NULL; seen++) {
        g_autofree char *page = g_strconcat(expectations, "&cursor=", next, NULL);
        AUTO(reply) struct reply one = rig_get(rig, "zheng", page);
        g_assert_cmpuint(json_array_size(json_at(one.json, "data")), ==, 1);
        int64_t number = json_integer_value(json_at(one.json, "data.0.number"));
        g_assert_cmpint(number, >, last);
        last = number;
        g_free(next);
        next = json_is_null(json_at(one.json, "next")) ? NULL : g_strdup(reply_text(&one, "next"));
    }
    g_assert_cmpuint(seen, ==, count);
    AUTO(reply) struct reply own = rig_get(rig, "zhou", whole);
    size_t of_own = json_array_size(json_at(own.json, "data"));
    g_assert_cmpuint(of_own, >, 0);
    g_assert_cmpuint(of_own, <, count);
    g_autofree char *exact = g_strdup_printf("%s/expectations?limit=%zu", path, of_own);
    AUTO(reply) struct reply no_more = rig_get(rig, "zhou", exact);
    g_assert_cmpuint(json_array_size(json_at(no_more.json, "data")), ==, of_own);
    g_assert_true(json_is_null(json_at(no_more.json, "next")));
}

/* In a version in which observers are masked for everybody but the duty officer. */
static void mask_inspections(void)
{
    static const char old[] = "about: unit\nopened_by: [district_duty_officer]\n";
    g_autoptr(GString) text = g_string_new(rig_playbook);
    g_string_replace(text, "version: 1\n", "version: 2\n", 1);
    guint replaced = g_string_replace(
        text, old, "about: unit\nopened_by: [district_duty_officer]\nunmask: [district_duty_officer]\n", 1);
    g_assert_cmpuint(replaced, ==, 1);
    AUTO(reply) struct reply adopted = rig_adopt(rig, text->str, NULL);
    reply_is(&adopted, 201, NULL);
    g_autofree char *confirm =
        g_strdup_printf("/api/v1/playbooks/proposed/%s/confirm", reply_text(&adopted, "events.0.digest"));
    AUTO(reply) struct reply confirmed = rig_command(rig, "watcher", confirm, "{}");
    reply_is(&confirmed, 201, NULL);
}

/* How often a reader has read the name of somebody on a page. */
static int64_t looks_at(const char *who, const char *reader, const char *page)
{
    int64_t looks = 0;
    size_t i;
    json_t *row;
    engine_run_clock(rig->engine);
    g_autofree char *traces = g_strdup_printf("/api/v1/persons/%s/traces", rig_member(rig, who)->id);
    AUTO(reply) struct reply reply = rig_get(rig, who, traces);
    reply_is(&reply, 200, NULL);
    json_array_foreach(json_at(reply.json, "data"), i,
                       row) if (strcmp(json_at_text(row, "reader.id"), rig_member(rig, reader)->id) == 0) looks +=
        json_integer_value(json_at(json_at(row, "pages"), page));
    return looks;
}

/* Who reads the names of participants leaves a trace with each of them; who reads them masked leaves none. */
static void names_leave_traces(const char *id)
{
    static const char *const observers[] = {"sun", "wang", "chen"};
    static const struct {
        const char *who, *rest, *page;
        int64_t looks;
    } rows[] = {
        {"zheng", "", "matter", 1},
        {"zheng", "/participants", "participants", 1},
        {"zhou", "", "matter", 0},
        {"zhou", "/participants", "participants", 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t before[G_N_ELEMENTS(observers)];
        for (size_t j = 0; j < G_N_ELEMENTS(observers); j++)
            before[j] = looks_at(observers[j], rows[i].who, rows[i].page);
        g_autofree char *whole = g_strdup_printf("/api/v1/matters/%s%s", id, rows[i].rest);
        AUTO(reply) struct reply reply = rig_get(rig, rows[i].who, whole);
        reply_is(&reply, 200, NULL);
        g_test_message("%s %s", rows[i].who, rows[i].page);
        for (size_t j = 0; j < G_N_ELEMENTS(observers); j++)
            g_assert_cmpint(looks_at(observers[j], rows[i].who, rows[i].page) - before[j], ==, rows[i].looks);
    }
}

/* Persons by their names, however they are spelt, for whoever reads the names. */
static void persons_by_name(void)
{
    mask_inspections();
    AUTO(reply)
    struct reply opened = rig_command(rig, "zheng", "/api/v1/matters",
                                      "{'kind':'inspection','unit':'" COMMUNITY "','subject':'%" G_GINT64_FORMAT
                                      "','form':{'topic':'消毒'},'participants':{'observer':['%s','%s','%s']}}",
                                      rig_unit(rig, COMMUNITY), rig_member(rig, "sun")->id, rig_member(rig, "wang")->id,
                                      rig_member(rig, "chen")->id);
    reply_is(&opened, 201, NULL);
    static const struct {
        const char *query;
        size_t found;
    } rows[] = {
        {"q=%E6%B5%8B%E8%AF%95wang&limit=1", 1},      /* 测试wang */
        {"q=%E6%B5%8B%C2%B7%E8%AF%95%EF%BC%B3un", 1}, /* 测·试Ｓun */
        {"q=%E6%B5%8B%E8%AF%95&limit=3", 3},          /* 测试 */
        {"q=%E6%B5%8B%E8%AF%95none&limit=1", 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *whole =
            g_strdup_printf("/api/v1/matters/%s/participants?%s", reply_text(&opened, "id"), rows[i].query);
        AUTO(reply) struct reply reply = rig_get(rig, "zheng", whole);
        reply_is(&reply, 200, NULL);
        g_test_message("%s", rows[i].query);
        g_assert_cmpuint(json_array_size(json_at(reply.json, "data")), ==, rows[i].found);
        g_assert_true(json_is_null(json_at(reply.json, "next")));
        AUTO(reply) struct reply masked = rig_get(rig, "zhou", whole); /* who reads no names there */
        reply_is(&masked, 200, NULL);
        g_assert_cmpuint(json_array_size(json_at(masked.json, "data")), ==, 0);
    }
    names_leave_traces(reply_text(&opened, "id"));
}

static bool reads(const char *who, const char *entry)
{
    g_autofree char *entries = g_strconcat(path, "/entries", NULL);
    AUTO(reply) struct reply reply = rig_get(rig, who, entries);
    reply_is(&reply, 200, NULL);
    g_autofree char *quoted = g_strdup_printf("\"entry\":\"%s\"", entry);
    return strstr(reply.text->str, quoted) != NULL;
}

/* Each judges the other; until both have, neither reads it, nor does anybody else. */
static void sealed(void)
{
    g_autofree char *entries = g_strconcat(path, "/entries", NULL);
    AUTO(reply)
    struct reply above = rig_command(rig, "zhou", entries, "{'entry':'judge_above','fields':{'word':'层层加码'}}");
    reply_is(&above, 201, NULL);
    g_assert_true(reads("zhou", "judge_above"));
    g_assert_false(reads("zheng", "judge_above"));
    g_assert_false(reads("watcher", "judge_above"));
    AUTO(reply) struct reply own = ask("zhou", "");
    g_autofree char *judge =
        g_strdup_printf("{'entry':'judge','participant':%" JSON_INTEGER_FORMAT ",'fields':{'word':'落实到位'}}",
                        json_integer_value(json_at(own.json, "data.0.number")));
    AUTO(reply) struct reply below = rig_command(rig, "zheng", entries, "%s", judge);
    reply_is(&below, 201, NULL);
    static const char *const readers[] = {"zhou", "zheng", "watcher"};
    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++)
        g_assert_true(reads(readers[i], "judge") && reads(readers[i], "judge_above"));
}

static size_t ringing(const char *who, const char *query)
{
    g_autofree char *whole = g_strconcat("/api/v1/phone-list", query, NULL);
    AUTO(reply) struct reply reply = rig_get(rig, who, whole);
    reply_is(&reply, 200, NULL);
    return json_array_size(json_at(reply.json, "data"));
}

/* Alerted twice and not looked: in the phone list, with the number for whoever may read it, until they look. */
static void rung(void)
{
    AUTO(reply)
    struct reply opened = rig_command(rig, "zheng", "/api/v1/matters",
                                      "{'kind':'directive','unit':'" SUBDISTRICT "','form':{'text':'消毒'}}");
    reply_is(&opened, 201, NULL);
    g_autofree char *again = g_strconcat("/api/v1/matters/", reply_text(&opened, "id"), NULL);
    size_t before = ringing("zheng", "?unit=" COMMUNITY);
    clock_set(&rig->clock, RIG_NOW_US + 11 * US_PER_MINUTE);
    engine_run_clock(rig->engine);
    g_assert_cmpuint(ringing("zheng", "?unit=" COMMUNITY), ==, before + 1);
    g_assert_cmpuint(ringing("zheng", "?unit=" OTHER_DISTRICT), ==, 0);
    g_assert_cmpuint(ringing("stranger", ""), ==, 0);
    AUTO(reply) struct reply alerts = rig_get(rig, "zhou", "/api/v1/alerts");
    g_assert_cmpint(json_integer_value(json_at(alerts.json, "data.0.alert")), >, 0);
    g_assert_cmpstr(reply_text(&alerts, "data.0.heading"), ==, "消毒");
    AUTO(reply) struct reply above = rig_get(rig, "zheng", "/api/v1/phone-list?unit=" COMMUNITY);
    g_assert_cmpstr(reply_text(&above, "data.0.post.role"), ==, "community_secretary");
    g_assert_null(strchr(reply_text(&above, "data.0.person.phone"), '*'));
    g_assert_cmpuint(ringing("zhou", ""), ==, 0);
    AUTO(reply) struct reply masked = rig_get(rig, "watcher", "/api/v1/phone-list?unit=" COMMUNITY);
    g_assert_nonnull(strchr(reply_text(&masked, "data.0.person.phone"), '*'));
    AUTO(reply) struct reply looked = rig_get(rig, "zhou", again);
    reply_is(&looked, 200, NULL);
    for (int i = 0; i < 200 && ringing("zheng", "?unit=" COMMUNITY) > before; i++)
        g_usleep(10000);
    g_assert_cmpuint(ringing("zheng", "?unit=" COMMUNITY), ==, before);
}

/* How far they have come by the units below: what is counted of all, in parts; for whoever sees them all. */
static void below(void)
{
    g_autofree char *parts = g_strconcat(list, "/below", NULL);
    AUTO(reply) struct reply whole = ask("zheng", "");
    AUTO(reply) struct reply reply = rig_get(rig, "zheng", parts);
    reply_is(&reply, 200, NULL);
    g_assert_cmpstr(reply_text(&reply, "unit.code"), ==, DISTRICT);
    g_assert_cmpuint(json_array_size(json_at(reply.json, "data")), ==, 1);
    g_assert_cmpstr(reply_text(&reply, "data.0.unit.code"), ==, SUBDISTRICT);
    static const char *const same[] = {"delivered", "seen", "entered", "expectations"};
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *of_part = g_strconcat("data.0.counts.", same[i], NULL);
        g_autofree char *of_all = g_strconcat("counts.recipient.", same[i], NULL);
        g_assert_nonnull(json_at(reply.json, of_part));
        g_assert_true(json_equal(json_at(reply.json, of_part), json_at(whole.json, of_all)));
    }
    g_autofree char *deeper = g_strconcat(parts, "?under=" SUBDISTRICT, NULL);
    AUTO(reply) struct reply communities = rig_get(rig, "zheng", deeper);
    g_assert_cmpuint(json_array_size(json_at(communities.json, "data")), ==, 2);
    g_autofree char *first = g_strconcat(deeper, "&limit=1", NULL);
    AUTO(reply) struct reply page = rig_get(rig, "zheng", first);
    g_autofree char *rest = g_strconcat(first, "&cursor=", reply_text(&page, "next"), NULL);
    AUTO(reply) struct reply second = rig_get(rig, "zheng", rest);
    g_assert_true(json_equal(json_at(second.json, "data.0"), json_at(communities.json, "data.1")));
    g_assert_true(json_is_null(json_at(second.json, "next")));
    g_autofree char *itself = g_strconcat(parts, "?under=" COMMUNITY, NULL);
    AUTO(reply) struct reply one = rig_get(rig, "zheng", itself);
    g_assert_cmpstr(reply_text(&one, "data.0.unit.code"), ==, COMMUNITY);
    g_assert_cmpint(json_integer_value(json_at(one.json, "data.0.counts.delivered")), ==, 1);
    g_autofree char *none = g_strconcat(parts, "?set=none", NULL);
    AUTO(reply) struct reply unknown = rig_get(rig, "zheng", none);
    reply_is(&unknown, 400, "not_acceptable_parameter");
    AUTO(reply) struct reply partly = rig_get(rig, "zhou", parts);
    reply_is(&partly, 403, "no_right"); /* takes part, and sees only the units of the own grounds */
    AUTO(reply) struct reply stranger = rig_get(rig, "stranger", parts);
    reply_is(&stranger, 404, "not_found");
}

/* To how many it would go. */
static void tried(void)
{
    static const struct {
        const char *query, *code;
        int64_t count;
    } cases[] = {{"?under=" DISTRICT, NULL, 2},
                 {"?under=" COMMUNITY, NULL, 1},
                 {"?under=" GRID "&set=recipient", NULL, 0},
                 {"", "missing_field", 0},
                 {"?under=none", "unknown_unit", 0},
                 {"?under=" DISTRICT "&set=x", "not_acceptable_parameter", 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path_of = g_strconcat("/api/v1/kinds/directive/audience", cases[i].query, NULL);
        AUTO(reply) struct reply reply = rig_get(rig, "zheng", path_of);
        g_assert_cmpstr(reply_text(&reply, "errors.0.code"), ==, cases[i].code != NULL ? cases[i].code : "");
        g_assert_cmpint(json_integer_value(json_at(reply.json, "count")), ==, cases[i].count);
    }
    AUTO(reply) struct reply none = rig_get(rig, "zheng", "/api/v1/kinds/inspection/audience?under=" DISTRICT);
    reply_is(&none, 400, "not_acceptable_parameter");
    AUTO(reply) struct reply unknown = rig_get(rig, "zheng", "/api/v1/kinds/none/audience?under=" DISTRICT);
    reply_is(&unknown, 404, "not_found");
}

/* The client learns what it has to ask for. */
static void of_a_kind(void)
{
    AUTO(reply) struct reply kind = rig_get(rig, "zheng", "/api/v1/kinds/directive");
    g_assert_cmpstr(reply_text(&kind, "participants.0.name"), ==, "recipient");
    g_assert_cmpstr(reply_text(&kind, "participants.0.audience"), ==, "standing");
    g_assert_cmpstr(reply_text(&kind, "participants.0.unit_types.0"), ==, "community");
    g_assert_true(json_is_null(json_at(kind.json, "participants.0.under"))); /* the matter's own unit */

    AUTO(reply) struct reply joint = rig_get(rig, "zheng", "/api/v1/kinds/joint_case");
    g_assert_cmpint(json_integer_value(json_at(joint.json, "participants.0.least")), ==, 1);
    g_assert_cmpint(json_integer_value(json_at(joint.json, "participants.0.most")), ==, 2);
    g_assert_true(json_is_null(json_at(joint.json, "participants.0.from"))); /* whoever opens it names them */
    AUTO(reply) struct reply inspection = rig_get(rig, "zheng", "/api/v1/kinds/inspection");
    g_assert_true(json_is_null(json_at(inspection.json, "participants.0.most"))); /* any number */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/participants/delivered", delivered);
    g_test_add_func("/participants/who-sees-whom", who_sees_whom);
    g_test_add_func("/participants/acts-are-expected", acts_are_expected);
    g_test_add_func("/participants/seen", seen);
    g_test_add_func("/participants/acknowledged", acknowledged);
    g_test_add_func("/participants/below", below);
    g_test_add_func("/participants/tried", tried);
    g_test_add_func("/participants/expectations-are-paged", expectations_are_paged);
    g_test_add_func("/participants/persons-by-name", persons_by_name);
    g_test_add_func("/participants/sealed", sealed);
    g_test_add_func("/participants/rung", rung);
    g_test_add_func("/participants/of-a-kind", of_a_kind);
    int status = g_test_run();
    rig_free(rig);
    g_free(matter);
    g_free(path);
    g_free(list);
    return status;
}
