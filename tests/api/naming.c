/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom and what a command may name: hidden is answered like unknown, and naming somebody does not open them. */
#include "rig.h"

#include "base/datetime.h"
#include "base/uuid.h"

#include <string.h>

#define NOBODY   "987654"
#define NOTHING  "019a0000-0000-7000-8000-000000000000"
#define LI_PHONE "13900000009"

static struct rig *rig;

static char *id_of(const char *name)
{
    return g_strdup(rig_member(rig, name)->id);
}

static char *post_of(const char *name)
{
    return g_strdup(rig_member(rig, name)->post_id);
}

static char *put_in(const char *format, const char *named)
{
    g_auto(GStrv) parts = g_strsplit(format, "@", -1);
    return g_strjoinv(named, parts);
}

static struct reply refused(const char *who, const char *path, const char *format, const char *named, const char *code)
{
    g_autofree char *where = put_in(path, named);
    g_autofree char *body = put_in(format, named);
    struct reply reply = rig_command(rig, who, where, "%s", body);
    if (g_strcmp0(json_at_text(reply.json, "errors.0.code"), code) != 0)
        g_error("%s %s: %d %s", where, body, reply.status, reply.text->str);
    return reply;
}

/* The same command about what is there and hidden, and about what is not there: the same answer, to the byte. */
static void alike(const char *who, const char *path, const char *format, const char *hidden, const char *unknown,
                  const char *code)
{
    AUTO(reply) struct reply first = refused(who, path, format, hidden, code);
    AUTO(reply) struct reply second = refused(who, path, format, unknown, code);
    g_assert_cmpint(first.status, ==, second.status);
    g_assert_cmpstr(first.text->str, ==, second.text->str);
}

static char *opened(const char *who, const char *format, ...) G_GNUC_PRINTF(2, 3);
static char *opened(const char *who, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *body = g_strdup_vprintf(format, args);
    va_end(args);
    AUTO(reply) struct reply reply = rig_command(rig, who, "/api/v1/matters", "%s", body);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "id"));
}

static struct reply look(const char *who, const char *format, ...) G_GNUC_PRINTF(2, 3);
static struct reply look(const char *who, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *path = g_strdup_vprintf(format, args);
    va_end(args);
    return rig_get(rig, who, path);
}

static void person_is(const char *who, const char *whom, int status)
{
    g_autofree char *id = id_of(whom);
    AUTO(reply) struct reply reply = look(who, "/api/v1/persons/%s", id);
    reply_is(&reply, status, status == 404 ? "not_found" : NULL);
}

/* ---- persons ---- */

static void hidden_as_unknown(void)
{
    static const struct {
        const char *path, *body, *code;
    } rows[] = {
        {"/api/v1/matters", "{'kind':'anomaly_report','unit':'" GRID2 "','subject':'@','form':{}}", "unknown_person"},
        {"/api/v1/residencies", "{'persons':['@'],'unit':'" GRID2 "'}", "unknown_person"},
        {"/api/v1/residencies/end", "{'person':'@'}", "unknown_person"},
        {"/api/v1/persons/@/change", "{'phone':'13900008888'}", "unknown_person"},
        {"/api/v1/persons/@/merge", "{'other':'@'}", "unknown_person"},
        {"/api/v1/persons/@/unmerge", "{}", "unknown_person"},
        {"/api/v1/persons/@/custody", "{'from':'" GRID2 "','to':'" GRID "'}", "unknown_person"},
    };
    static const char *const hidden[] = {"li", "stranger"}; /* who lives elsewhere, and nowhere */
    for (size_t k = 0; k < G_N_ELEMENTS(hidden); k++)
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
            g_autofree char *id = id_of(hidden[k]);
            alike("sun", rows[i].path, rows[i].body, id, NOBODY, rows[i].code);
        }
    g_autofree char *li = id_of("li");
    g_autofree char *post = post_of("sun");
    g_autofree char *give = g_strdup_printf("{'from_post':'%s','mode':'post','to_person':'@','reason':'调岗'}", post);
    alike("sun", "/api/v1/handovers", give, li, NOBODY, "unknown_person");
    person_is("sun", "li", 404);
}

static void within_a_form(void)
{
    g_autofree char *li = id_of("li");
    g_autofree char *stranger = id_of("stranger");
    g_autofree char *id = opened("chen",
                                 "{'kind':'home_observation','unit':'" GRID "','subject':'%s','form':{'last_exposure':"
                                 "'2020-02-01T12:00:00+08:00'}}",
                                 li);
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", id);
    alike("chen", path, "{'entry':'object','fields':{'reason':'x','witness':'@'}}", stranger, NOBODY, "unknown_person");
    alike("chen", path, "{'entry':'check_in','proxy':'@','fields':{'temperature':36.5}}", stranger, NOBODY,
          "unknown_person");
    g_autofree char *inspection = g_strdup_printf("{'kind':'inspection','unit':'" GRID "','subject':'%" G_GINT64_FORMAT
                                                  "','participants':{'observer':['@']}}",
                                                  rig_unit(rig, GRID));
    alike("zheng", "/api/v1/matters", inspection, stranger, NOBODY, "unknown_person");
    /* whoever lives with the subject speaks for them; whoever holds a post stands in the directory */
    g_autofree char *zhao = id_of("zhao");
    g_autofree char *sun = id_of("sun");
    AUTO(reply)
    struct reply spoke =
        rig_command(rig, "chen", path, "{'entry':'check_in','proxy':'%s','fields':{'temperature':36.5}}", zhao);
    reply_is(&spoke, 201, NULL);
    AUTO(reply)
    struct reply seen =
        rig_command(rig, "chen", path, "{'entry':'object','fields':{'reason':'x','witness':'%s'}}", sun);
    reply_is(&seen, 201, NULL);
}

/* Known by what one says of them: a matter is opened, masked, and nothing of theirs is told or changed. */
static void found_elsewhere(void)
{
    g_autofree char *number = rig_id_number(9); /* li's, by rig_new() */
    g_autofree char *li = id_of("li");
    AUTO(reply) struct reply before = look("wang", "/api/v1/persons/%s", li);
    g_assert_cmpstr(reply_text(&before, "id_number"), ==, number);
    g_assert_cmpstr(reply_text(&before, "phone"), ==, LI_PHONE);
    g_autofree char *id = opened("sun",
                                 "{'kind':'anomaly_report','unit':'" GRID2 "','subject':{'name':'测试li',"
                                 "'id_number':'%s','phone':'13900007777'},'form':{'temperature':38.1}}",
                                 number);
    AUTO(reply) struct reply seen = look("sun", "/api/v1/matters/%s", id);
    reply_is(&seen, 200, NULL);
    g_assert_cmpstr(reply_text(&seen, "subject.name"), ==, "测***");
    person_is("sun", "li", 404);
    static const char *const doors[] = {"/api/v1/matters?kind=anomaly_report", "/api/v1/exports/anomaly_report.csv",
                                        "/api/v1/exports/persons.csv", "/api/v1/tasks"};
    for (size_t i = 0; i < G_N_ELEMENTS(doors); i++) {
        AUTO(reply) struct reply door = look("sun", "%s", doors[i]);
        if (strstr(door.text->str, "测试li") != NULL || strstr(door.text->str, "0009") != NULL)
            g_error("%s: %s", doors[i], door.text->str);
    }
    AUTO(reply) struct reply known = look("sun", "/api/v1/persons/%s/known", li);
    reply_is(&known, 404, "not_found");
    AUTO(reply) struct reply after = look("wang", "/api/v1/persons/%s", li);
    g_assert_cmpstr(reply_text(&after, "phone"), ==, LI_PHONE);
    /* those who answer for li read the matter's subject, once they see the matter */
    g_autofree char *own = opened("wang", "{'kind':'anomaly_report','unit':'" GRID "','subject':'%s','form':{}}", li);
    AUTO(reply) struct reply named = look("wang", "/api/v1/matters/%s", own);
    g_assert_cmpstr(reply_text(&named, "subject.name"), ==, "测试li");
}

/* Nobody learns from a refusal that there is a matter about somebody elsewhere, nor that a number is known. */
static void nothing_is_told_of_them(void)
{
    g_autofree char *number = rig_id_number(10); /* zhao's */
    g_autofree char *zhao = id_of("zhao");
    g_autofree char *first =
        opened("chen",
               "{'kind':'home_observation','unit':'" GRID "','subject':'%s','form':{'last_exposure':"
               "'2020-02-01T12:00:00+08:00'}}",
               zhao);
    rig_add(rig, "far", "community_doctor", OTHER_COMMUNITY);
    g_autofree char *second =
        opened("far",
               "{'kind':'home_observation','unit':'" OTHER_GRID "','subject':{'name':'测试zhao','id_number':'%s'},"
               "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
               number);
    g_assert_cmpstr(first, !=, second);
    AUTO(reply)
    struct reply again = rig_command(rig, "far", "/api/v1/persons", "{'name':'某测试','id_number':'%s'}", number);
    reply_is(&again, 201, NULL);
    AUTO(reply)
    struct reply exists = rig_command(rig, "wang", "/api/v1/persons", "{'name':'测试zhao','id_number':'%s'}", number);
    reply_is(&exists, 409, "person_exists");
}

static void who_holds_a_post(void)
{
    g_autofree char *wang = id_of("wang");
    json_decref(rig_do(rig, "{'command':'move_in','persons':['%s'],'unit':'" GRID2 "'}", wang));
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s/change", wang);
    AUTO(reply) struct reply change = rig_command(rig, "sun", path, "{'phone':'13900006666'}");
    reply_is(&change, 403, "post_elsewhere"); /* a neighbour, but the post is in GRID */
    AUTO(reply) struct reply chen = rig_command(rig, "chen", path, "{'phone':'13900006666'}");
    reply_is(&chen, 201, NULL); /* who registers people in both */
    AUTO(reply) struct reply own = rig_command(rig, "wang", path, "{'phone':'13900005555'}");
    reply_is(&own, 201, NULL);
    g_autofree char *number = rig_id_number(1);
    g_free(opened("sun",
                  "{'kind':'anomaly_report','unit':'" GRID2 "','subject':{'name':'测试wang','id_number':'%s',"
                  "'phone':'13900001111'},'form':{}}",
                  number));
    AUTO(reply) struct reply same = look("wang", "/api/v1/persons/%s", wang);
    g_assert_cmpstr(reply_text(&same, "phone"), ==, "13900005555");
}

/* ---- moving ---- */

static void a_home_is_offered(void)
{
    g_autofree char *number = rig_id_number(9);
    g_autofree char *li = id_of("li");
    AUTO(reply)
    struct reply offered = rig_command(
        rig, "sun", "/api/v1/residencies",
        "{'persons':[{'name':'测试li','id_number':'%s'}],'unit':'" GRID2 "','dwelling':'2单元301'}", number);
    reply_is(&offered, 201, NULL);
    g_assert_cmpstr(reply_text(&offered, "events.0.event"), ==, "move_offered");
    person_is("sun", "li", 404);
    AUTO(reply) struct reply given = look("sun", "/api/v1/moves");
    g_assert_cmpstr(reply_text(&given, "data.0.person.name"), ==, "测***");
    AUTO(reply) struct reply waiting = look("wang", "/api/v1/moves");
    g_assert_cmpstr(reply_text(&waiting, "data.0.person.id"), ==, li);
    g_autofree char *offer = g_strdup(reply_text(&waiting, "data.0.id"));
    g_autofree char *accept = g_strdup_printf("/api/v1/moves/%s/accept", offer);
    AUTO(reply) struct reply own = rig_command(rig, "sun", accept, "{}");
    reply_is(&own, 403, "no_right");
    rig_add(rig, "remote", "grid_worker", OTHER_GRID);
    alike("remote", "/api/v1/moves/@/accept", "{}", offer, NOBODY, "unknown_handover");
    AUTO(reply) struct reply taken = rig_command(rig, "wang", accept, "{}");
    reply_is(&taken, 201, NULL);
    AUTO(reply) struct reply moved = look("sun", "/api/v1/persons/%s", li);
    g_assert_cmpstr(reply_text(&moved, "residence.dwelling"), ==, "2单元301");
    AUTO(reply) struct reply twice = rig_command(rig, "sun", accept, "{}");
    reply_is(&twice, 409, "handover_decided");
    person_is("wang", "li", 200); /* who takes part in matters about them */
}

static void an_offer_is_refused_or_withdrawn(void)
{
    static const char *const words[][2] = {{"keeper", "refuse"}, {"sun", "withdraw"}};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *number = rig_id_number(11); /* of the stranger, who lives nowhere */
        AUTO(reply)
        struct reply offered =
            rig_command(rig, "sun", "/api/v1/residencies",
                        "{'persons':[{'name':'测试stranger','id_number':'%s'}],'unit':'" GRID2 "'}", number);
        reply_is(&offered, 201, NULL);
        AUTO(reply) struct reply waiting = look(words[i][0], "/api/v1/moves");
        g_autofree char *path = g_strdup_printf("/api/v1/moves/%s/%s", reply_text(&waiting, "data.0.id"), words[i][1]);
        AUTO(reply) struct reply answer = rig_command(rig, words[i][0], path, "{}");
        reply_is(&answer, 201, NULL);
        person_is("sun", "stranger", 404);
    }
}

/* ---- matters ---- */

static void hidden_matters(void)
{
    g_autofree char *far = rig_member(rig, "zhao") != NULL ? id_of("zhao") : NULL;
    g_autofree char *hidden =
        opened("zhou", "{'kind':'welfare_case','unit':'" GRID "','subject':'%s','form':{'need':'x'}}", far);
    g_autofree char *own =
        opened("sun", "{'kind':'anomaly_report','unit':'" GRID2 "','subject':{'name':'新测试'},'form':{}}");
    static const struct {
        const char *path, *body;
    } rows[] = {
        {"/api/v1/matters", "{'kind':'anomaly_report','unit':'" GRID2 "','subject':{'name':'又测试'},"
                            "'parent':'@','form':{}}"},
        {"/api/v1/matters/@/entries", "{'entry':'note','fields':{'text':'x'}}"},
        {"/api/v1/matters/@/entries", "{'entry':'unheard_of'}"},
        {"/api/v1/matters/@/corrections", "{'number':1,'fields':{},'reason':'x'}"},
        {"/api/v1/matters/@/hand-over", "{'to':'" GRID2 "'}"},
        {"/api/v1/matters/@/accept", "{}"},
        {"/api/v1/matters/@/refuse", "{'reason':'not_ours'}"},
        {"/api/v1/matters/@/confirm", "{}"},
        {"/api/v1/matters/@/merge", "{'into':'@','reason':'x'}"},
        {"/api/v1/matters/@/unmerge", "{'reason':'x'}"},
        {"/api/v1/matters/@/links", "{'other':'@','relation':'x'}"},
        {"/api/v1/matters/@/unlink", "{'other':'@','reason':'x'}"},
        {"/api/v1/rounds", "{'entry':'note','rows':[{'matter':'@'}]}"},
        {"/api/v1/excuses", "{'expectations':[{'matter':'@','number':1}],'reason':'x'}"},
        {"/api/v1/commands", "{'command':'hold_matter','matter':'@','reason':'x'}"},
        {"/api/v1/commands", "{'command':'link_person','matter':'@','person':'1','relation':'x'}"},
        {"/api/v1/commands", "{'command':'mirror','matter':'@','state':'x'}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        alike("sun", rows[i].path, rows[i].body, hidden, NOTHING, "unknown_matter");
    g_autofree char *links = g_strdup_printf("/api/v1/matters/%s/links", own);
    alike("sun", links, "{'other':'@','relation':'x'}", hidden, NOTHING, "unknown_matter");
    g_autofree char *unlink = g_strdup_printf("/api/v1/matters/%s/unlink", own);
    alike("sun", unlink, "{'other':'@','reason':'x'}", hidden, NOTHING, "unknown_matter");
    g_autofree char *merge = g_strdup_printf("/api/v1/matters/%s/merge", own);
    alike("sun", merge, "{'into':'@','reason':'x'}", hidden, NOTHING, "unknown_matter");
}

static void matters_that_are_cited(void)
{
    g_autofree char *zhao = id_of("zhao");
    g_autofree char *hidden =
        opened("zhou", "{'kind':'welfare_case','unit':'" GRID "','subject':'%s','form':{'need':'x'}}", zhao);
    rig_add(rig, "other", "community_secretary", OTHER_COMMUNITY);
    g_autofree char *own = opened("other", "{'kind':'joint_case','unit':'" OTHER_COMMUNITY
                                           "','participants':{'partner':['" OTHER_GRID "']}}");
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", own);
    g_autofree char *note = g_strdup_printf("/api/v1/matters/%s/entries", hidden);
    AUTO(reply) struct reply noted = rig_command(rig, "zhao", note, "{'entry':'note','fields':{'text':'x'}}");
    reply_is(&noted, 201, NULL);
    alike("other", path, "{'entry':'cite','fields':{'evidence':[{'matter':'@','entry':1}]}}", hidden, NOTHING,
          "unknown_matter");
}

/* ---- what an entry leads to elsewhere ---- */

/* Two who live together in GRID, the second under observation there; the actor's own words know the first alone. */
struct family {
    char *first, *second, *number, *household; /* ids; of the first the ID number */
};

static void family_clear(struct family *family)
{
    g_free(family->first);
    g_free(family->second);
    g_free(family->number);
    g_free(family->household);
}
AUTO_CLEAR(family)

static struct family live_together(const char *first, const char *second)
{
    rig_add(rig, first, NULL, NULL);
    rig_add(rig, second, NULL, NULL);
    struct family family = {.first = id_of(first), .second = id_of(second)};
    json_decref(
        rig_do(rig, "{'command':'move_in','persons':['%s','%s'],'unit':'" GRID "','from':'2020-01-30T00:00:00+08:00'}",
               family.first, family.second));
    AUTO(reply) struct reply known = look("keeper", "/api/v1/persons/%s", family.first);
    family.number = g_strdup(reply_text(&known, "id_number"));
    family.household = g_strdup(reply_text(&known, "residence.household"));
    g_assert_cmpint((int)strlen(family.household), >, 8);
    return family;
}

/* An entry of the actor's: what it answers tells of one event alone, unless what it leads to is theirs to see. */
static char *led_to(const char *who, const char *matter, const char *entry, size_t events)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply) struct reply reply = rig_command(rig, who, path, "{'entry':'%s'}", entry);
    reply_is(&reply, 201, NULL);
    if (json_array_size(json_at(reply.json, "events")) != events || strstr(reply.text->str, "letter") != NULL ||
        strstr(reply.text->str, "household") != NULL)
        g_error("%s by %s: %s", entry, who, reply.text->str);
    return g_strdup(reply_text(&reply, "made"));
}

/* Nothing at any door tells where they live, or with whom. */
static void nothing_is_told(const char *who, const struct family *family, const char *hidden)
{
    static const char *const doors[] = {"/api/v1/matters?limit=200", "/api/v1/tasks?limit=200", "/api/v1/snapshot",
                                        "/api/v1/exports/home_observation.csv", "/api/v1/alerts"};
    const char *const words[] = {GRID "\"", GRID ",", family->household, family->second, hidden};
    for (size_t i = 0; i < G_N_ELEMENTS(doors); i++) {
        AUTO(reply) struct reply door = look(who, "%s", doors[i]);
        g_assert_cmpint(door.status, ==, 200);
        for (size_t k = 0; k < G_N_ELEMENTS(words); k++)
            if (strstr(door.text->str, words[k]) != NULL)
                g_error("%s is told %s at %s: %s", who, words[k], doors[i], door.text->str);
    }
    static const char *const of[] = {"", "/entries", "/expectations", "/acts"};
    for (size_t i = 0; i < G_N_ELEMENTS(of); i++) {
        AUTO(reply) struct reply one = look(who, "/api/v1/matters/%s%s", hidden, of[i]);
        reply_is(&one, 404, "not_found");
    }
    AUTO(reply) struct reply person = look(who, "/api/v1/persons/%s", family->second);
    reply_is(&person, 404, "not_found");
}

static char *observation_of(const char *who, const char *person)
{
    AUTO(reply) struct reply all = look(who, "/api/v1/matters?kind=home_observation&subject=%s", person);
    reply_is(&all, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(all.json, "data")), ==, 1);
    g_assert_cmpstr(reply_text(&all, "data.0.unit.code"), ==, GRID);
    return g_strdup(reply_text(&all, "data.0.id"));
}

/* Who answers there goes on: the matter is opened and extended, and says by whom. */
static void goes_on_there(const char *matter, const struct family *family, const char *unit)
{
    rig_settle(rig);
    AUTO(reply) struct reply seen = look("wang", "/api/v1/matters/%s", matter);
    g_assert_cmpstr(reply_text(&seen, "household"), ==, family->household);
    int64_t exposed_us;
    g_assert_true(datetime_parse(reply_text(&seen, "form.last_exposure"), &exposed_us));
    g_assert_cmpint(exposed_us, ==, clock_now_us(&rig->clock));
    AUTO(reply) struct reply entries = look("wang", "/api/v1/matters/%s/entries", matter);
    g_assert_cmpstr(reply_text(&entries, "data.0.entry"), ==, "exposed_again");
    g_assert_cmpstr(reply_text(&entries, "data.0.post.seat.code"), ==, unit);
}

static void led_elsewhere(const char *who, const char *unit, const char *first, const char *second)
{
    AUTO(family) struct family family = live_together(first, second);
    g_autofree char *words = g_strdup_printf("{'name':'测试%s','id_number':'%s'}", first, family.number);
    g_autofree char *own = opened(who, "{'kind':'household_case','unit':'%s','subject':%s,'form':{}}", unit, words);
    g_autofree char *shadow = led_to(who, own, "observe", 2);
    AUTO(reply) struct reply seen = look(who, "/api/v1/matters/%s", shadow);
    reply_is(&seen, 200, NULL);
    g_assert_cmpstr(reply_text(&seen, "unit.code"), ==, unit);
    g_assert_cmpstr(reply_text(&seen, "household"), ==, "");
    g_free(led_to(who, own, "confirm", 1));
    AUTO(reply) struct reply above = look(who, "/api/v1/matters/%s", own);
    g_assert_null(json_at(above.json, "caused")); /* how many live there is not told */
    g_autofree char *there = observation_of("wang", family.second);
    nothing_is_told(who, &family, there);
    clock_set(&rig->clock, clock_now_us(&rig->clock) + 2 * US_PER_HOUR);
    g_free(led_to(who, shadow, "moved_to_hospital", 1));
    goes_on_there(there, &family, unit);
    nothing_is_told(who, &family, there);
}

static void effects_elsewhere(void)
{
    led_elsewhere("sun", GRID2, "father", "mother"); /* decided in the same stream */
    rig_add(rig, "afar", "grid_worker", OTHER_GRID);
    led_elsewhere("afar", OTHER_GRID, "uncle", "aunt"); /* by letters */
}

/* Whoever answers for the first when they live elsewhere by now: of what an entry leads to there, how it stands. */
static void how_it_stands(void)
{
    AUTO(family) struct family family = live_together("grandfather", "grandmother");
    g_autofree char *own =
        opened("wang", "{'kind':'household_case','unit':'" GRID "','subject':'%s','form':{}}", family.first);
    json_decref(rig_do(rig, "{'command':'move_in','persons':['%s','%s'],'unit':'" OTHER_GRID "'}", family.first,
                       family.second));
    g_free(led_to("wang", own, "confirm", 1));
    AUTO(reply) struct reply above = look("wang", "/api/v1/matters/%s", own);
    g_assert_cmpuint(json_array_size(json_at(above.json, "caused")), ==, 1);
    g_assert_cmpuint(json_object_size(json_at(above.json, "caused.0")), ==, 3);
    g_assert_cmpstr(reply_text(&above, "caused.0.kind"), ==, "home_observation");
    g_assert_cmpstr(reply_text(&above, "caused.0.state"), ==, "observing");
    AUTO(reply) struct reply there = look("wang", "/api/v1/matters/%s", reply_text(&above, "caused.0.id"));
    reply_is(&there, 404, "not_found");
    AUTO(reply) struct reply others = look("chen", "/api/v1/matters/%s", own); /* it was not their entry */
    g_assert_null(json_at(others.json, "caused"));
}

static char *shadow_of(const char *who, const char *unit, const char *name, const char *person)
{
    AUTO(reply) struct reply known = look("keeper", "/api/v1/persons/%s", person);
    g_autofree char *own =
        opened(who, "{'kind':'household_case','unit':'%s','subject':{'name':'测试%s','id_number':'%s'},'form':{}}",
               unit, name, reply_text(&known, "id_number"));
    return led_to(who, own, "observe", 2);
}

static int64_t version_of(const char *who, const char *matter)
{
    AUTO(reply) struct reply reply = look(who, "/api/v1/matters/%s", matter);
    reply_is(&reply, 200, NULL);
    return json_integer_value(json_at(reply.json, "version"));
}

/* Two whom the actor sees by their names alone: neither a round nor what an entry leads to tells that they live
 * together. Those who answer for them see both, and go round. */
static void who_lives_with_whom(void)
{
    AUTO(family) struct family family = live_together("son", "daughter");
    g_autofree char *one = shadow_of("sun", GRID2, "son", family.first);
    g_autofree char *other = shadow_of("sun", GRID2, "daughter", family.second);
    g_autofree char *rows = g_strdup_printf("{'entry':'check_in','rows':[{'matter':'%s','fields':{'temperature':36.5}},"
                                            "{'matter':'%s','fields':{'temperature':36.6}}]}",
                                            one, other);
    AUTO(reply) struct reply round = rig_command(rig, "sun", "/api/v1/rounds", "%s", rows);
    reply_is(&round, 422, "not_in_household");
    AUTO(reply) struct reply theirs = rig_command(rig, "chen", "/api/v1/rounds", "%s", rows); /* also of GRID */
    reply_is(&theirs, 201, NULL);
    int64_t before = version_of("sun", other);
    g_free(led_to("sun", one, "moved_to_hospital", 1));
    rig_settle(rig);
    g_assert_cmpint(version_of("sun", other), ==, before);
}

/* ---- posts ---- */

static void records_of_posts(void)
{
    rig_add(rig, "inspector", "supervisor", DISTRICT);
    rig_add(rig, "yonder", "grid_worker", OTHER_GRID);
    static const struct {
        const char *who, *whose;
        int status;
    } rows[] = {
        {"inspector", "wang", 200}, {"inspector", "yonder", 403}, {"watcher", "yonder", 200},
        {"wang", "wang", 200},      {"wang", "sun", 403},         {"keeper", "wang", 403},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *post = post_of(rows[i].whose);
        AUTO(reply) struct reply reply = look(rows[i].who, "/api/v1/posts/%s/record", post);
        reply_is(&reply, rows[i].status, rows[i].status == 403 ? "no_right" : NULL);
    }
}

/* In bulk as one by one: whoever holds no post above is not asked. */
static void outages(void)
{
    g_autofree char *zhao = id_of("zhao");
    g_free(opened("wang", "{'kind':'anomaly_report','unit':'" GRID "','subject':'%s','form':{}}", zhao));
    clock_set(&rig->clock, clock_now_us(&rig->clock) + 2 * US_PER_HOUR);
    engine_run_clock(rig->engine);
    static const char body[] =
        "{'under':'" GRID "','from':'2020-02-01T00:00:00+08:00','to':'2020-03-01T00:00:00+08:00','kind':"
        "'anomaly_report','reason':'停电'}";
    AUTO(reply) struct reply own = rig_command(rig, "wang", "/api/v1/excuses", body);
    reply_is(&own, 422, "nothing_entered");
    AUTO(reply) struct reply above = rig_command(rig, "zheng", "/api/v1/excuses", body);
    reply_is(&above, 201, NULL);
    AUTO(reply) struct reply spent = rig_command(rig, "zheng", "/api/v1/excuses", body);
    reply_is(&spent, 422, "nothing_entered");
}

/* What a reader finds for a command is none of its content: what is sent again is known again, although nothing is to
 * be found any more. */
static void outage_sent_again(void)
{
    g_autofree char *zhao = id_of("zhao");
    g_free(opened("wang", "{'kind':'anomaly_report','unit':'" GRID "','subject':'%s','form':{}}", zhao));
    clock_set(&rig->clock, clock_now_us(&rig->clock) + 2 * US_PER_HOUR);
    engine_run_clock(rig->engine);
    g_autofree char *id = rig_uuid(rig);
    g_autofree char *body =
        g_strdup_printf("{\"id\":\"%s\",\"under\":\"" GRID "\",\"from\":\"2020-02-01T00:00:00+08:00\",\"to\":"
                        "\"2020-03-01T00:00:00+08:00\",\"reason\":\"停电\"}",
                        id);
    static const int statuses[] = {201, 200, 200};
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        AUTO(reply)
        struct reply reply = rig_ask(
            rig,
            &(struct ask){.method = "POST", .path = "/api/v1/excuses", .token = rig_token(rig, "zheng"), .body = body});
        reply_is(&reply, statuses[i], NULL);
        rig_settle(rig);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/naming/hidden-as-unknown", hidden_as_unknown);
    g_test_add_func("/naming/within-a-form", within_a_form);
    g_test_add_func("/naming/found-elsewhere", found_elsewhere);
    g_test_add_func("/naming/nothing-is-told-of-them", nothing_is_told_of_them);
    g_test_add_func("/naming/who-holds-a-post", who_holds_a_post);
    g_test_add_func("/naming/a-home-is-offered", a_home_is_offered);
    g_test_add_func("/naming/an-offer-is-refused-or-withdrawn", an_offer_is_refused_or_withdrawn);
    g_test_add_func("/naming/hidden-matters", hidden_matters);
    g_test_add_func("/naming/matters-that-are-cited", matters_that_are_cited);
    g_test_add_func("/naming/records-of-posts", records_of_posts);
    g_test_add_func("/naming/outages", outages);
    g_test_add_func("/naming/outage-sent-again", outage_sent_again);
    g_test_add_func("/naming/effects-elsewhere", effects_elsewhere);
    g_test_add_func("/naming/how-it-stands", how_it_stands);
    g_test_add_func("/naming/who-lives-with-whom", who_lives_with_whom);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
