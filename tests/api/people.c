/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People through the door: looked for in the body, masked, and the trace that looking leaves. */
#include "rig.h"

#include "base/limits.h"

#include <string.h>

static struct rig *rig;
static char *home; /* of li */

static char *person_path(const char *name, const char *rest)
{
    return g_strdup_printf("/api/v1/persons/%s%s", rig_member(rig, name)->id, rest);
}

static struct reply get_person(const char *who, const char *whom, const char *rest)
{
    g_autofree char *path = person_path(whom, rest);
    return rig_get(rig, who, path);
}

static void open_home(void)
{
    AUTO(reply)
    struct reply reply = rig_command(rig, "chen", "/api/v1/matters",
                                     "{'kind':'home_observation','unit':'" GRID
                                     "','subject':'%s','form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                                     rig_member(rig, "li")->id);
    reply_is(&reply, 201, NULL);
    home = g_strdup(reply_text(&reply, "id"));
}

static bool finds(const char *who, const char *key, const char *value, const char *whom, bool *out_masked)
{
    rig_settle(rig);
    AUTO(reply) struct reply reply = rig_post(rig, who, "/api/v1/persons/search", "{'%s':'%s'}", key, value);
    reply_is(&reply, 200, NULL);
    const char *id = rig_member(rig, whom)->id;
    bool found = false;
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply.json, "data"), i, row)
    {
        if (strcmp(json_at_text(row, "id"), id) != 0)
            continue;
        found = true;
        *out_masked = json_is_true(json_at(row, "masked"));
    }
    return found;
}

static void search(void)
{
    open_home();
    AUTO(reply) struct reply li = get_person("keeper", "li", "");
    reply_is(&li, 200, NULL);
    g_autofree char *id_number = g_strdup(reply_text(&li, "id_number"));
    g_autofree char *phone = g_strdup(reply_text(&li, "phone"));
    g_autofree char *small = g_ascii_strdown(id_number, -1);
    g_autofree char *spaced = g_strdup_printf("+86 %.3s %.4s %.4s", phone, phone + 3, phone + 7);
    const struct {
        const char *key, *value;
        bool found;
    } rows[] = {
        {"id_number", id_number, true}, {"id_number", small, true}, {"id_number", "110101199001011237", false},
        {"phone", phone, true},         {"phone", spaced, true},    {"phone", "13900009999", false},
        {"name", "测试li", true},       {"name", "试l", true},      {"name", "测试wang", false},
        {"name", "测·试ＬＩ", true},    {"name", "试・Ｌ", true},   {"name", "测 试．li", true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool masked = true;
        g_test_message("%s %s", rows[i].key, rows[i].value);
        g_assert_cmpint(finds("keeper", rows[i].key, rows[i].value, "li", &masked), ==, rows[i].found);
        g_assert_cmpint(masked, ==, !rows[i].found);
        g_assert_false(finds("stranger", rows[i].key, rows[i].value, "li", &masked)); /* sees no matter of theirs */
    }
    AUTO(reply) struct reply all = rig_post(rig, "keeper", "/api/v1/persons/search", "{'name':'测试li'}");
    g_assert_true(json_is_false(json_at(all.json, "more")));
    bool masked = false;
    g_assert_true(finds("wu", "name", "测试", "li", &masked)); /* sees the matter, unmasks nothing */
    g_assert_true(masked);

    static const char *const wrong[] = {"{}",
                                        "{'name':'李'}",
                                        "{'name':'· ·李'}",
                                        "{'name':''}",
                                        "{'name':17}",
                                        "{'name':'测试','phone':'1'}",
                                        "{'names':'测试'}"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        AUTO(reply) struct reply reply = rig_post(rig, "keeper", "/api/v1/persons/search", "%s", wrong[i]);
        reply_is(&reply, 400, "not_acceptable_parameter");
    }
}

static void one_person(void)
{
    AUTO(reply) struct reply whole = get_person("wang", "li", "");
    reply_is(&whole, 200, NULL);
    g_assert_cmpstr(reply_text(&whole, "name"), ==, "测试li");
    g_assert_cmpstr(reply_text(&whole, "residence.unit.code"), ==, GRID);
    g_assert_cmpstr(reply_text(&whole, "residence.dwelling"), ==, "2单元301");
    AUTO(reply) struct reply masked = get_person("wu", "li", "");
    reply_is(&masked, 200, NULL);
    g_assert_cmpstr(reply_text(&masked, "name"), ==, "测***");
    g_assert_nonnull(strstr(reply_text(&masked, "id_number"), "****"));
    g_assert_nonnull(strstr(reply_text(&masked, "phone"), "****"));
    g_assert_null(json_object_get(masked.json, "residence"));
    AUTO(reply) struct reply own = get_person("li", "li", "");
    g_assert_cmpstr(reply_text(&own, "name"), ==, "测试li");
    AUTO(reply) struct reply nobody = get_person("stranger", "li", "");
    reply_is(&nobody, 404, "not_found");
    AUTO(reply) struct reply other = get_person("wang", "stranger", ""); /* lives nowhere: the city's alone */
    reply_is(&other, 404, "not_found");
    static const char *const odd[] = {"0", "-1", "x", "99999999999999999999", "1x", "999999"};
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", odd[i]);
        AUTO(reply) struct reply reply = rig_get(rig, "keeper", path);
        reply_is(&reply, 404, "not_found");
    }
}

/* ---- traces ---- */

/* How often a reader saw a page of li, and in how many rows; what waits is written first. */
static int64_t count_looks(const char *page, const char *reader, int *out_rows)
{
    int64_t looks = 0;
    *out_rows = 0;
    engine_run_clock(rig->engine);
    g_autofree char *next = g_strdup("");
    while (next != NULL) {
        g_autofree char *rest = g_strdup_printf("/traces?limit=1&cursor=%s", next);
        AUTO(reply) struct reply reply = get_person("li", "li", rest);
        reply_is(&reply, 200, NULL);
        size_t i;
        json_t *row;
        json_array_foreach(json_at(reply.json, "data"), i, row)
        {
            int64_t here = json_integer_value(json_at(json_at(row, "pages"), page));
            looks += strcmp(json_at_text(row, "reader.name"), reader) == 0 ? here : 0;
            *out_rows += strcmp(json_at_text(row, "reader.name"), reader) == 0;
        }
        g_free(next);
        next = json_is_string(json_at(reply.json, "next")) ? g_strdup(reply_text(&reply, "next")) : NULL;
    }
    return looks;
}

static void traces(void)
{
    g_autofree char *matter = g_strdup_printf("/api/v1/matters/%s", home);
    g_autofree char *entries = g_strdup_printf("%s/entries", matter);
    g_autofree char *document = g_strdup_printf("%s/documents/observation_notice", matter);
    const struct {
        const char *who, *path, *page, *name;
        int times, looks;
    } rows[] = {
        {"sun", "/api/v1/matters", "matters", "测试sun", 1, 0}, /* nothing of li in that grid */
        {"wang", "/api/v1/matters", "matters", "测试wang", 1, 1},
        {"wang", matter, "matter", "测试wang", 40, 40},
        {"wang", entries, "entries", "测试wang", 2, 2},
        {"wang", document, "document", "测试wang", 1, 1},
        {"wang", "/api/v1/tasks", "tasks", "测试wang", 3, 3},
        {"wu", matter, "matter", "测试wu", 1, 0}, /* masked */
        {"watcher", "/api/v1/matters", "matters", "测试watcher", 1, 0},
    };
    int readers;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t before = count_looks(rows[i].page, rows[i].name, &readers);
        for (int j = 0; j < rows[i].times; j++) {
            AUTO(reply) struct reply reply = rig_get(rig, rows[i].who, rows[i].path);
            reply_is(&reply, 200, NULL);
        }
        g_test_message("%s %s", rows[i].who, rows[i].path);
        g_assert_cmpint(count_looks(rows[i].page, rows[i].name, &readers) - before, ==, rows[i].looks);
    }
    g_assert_cmpint(count_looks("search", "测试keeper", &readers), >, 3);
    g_assert_cmpint(count_looks("person", "测试wang", &readers), ==, 1);
    g_assert_cmpint(readers, ==, 1);

    AUTO(reply) struct reply audit = get_person("watcher", "li", "/traces");
    reply_is(&audit, 200, NULL);
    AUTO(reply) struct reply nosy = get_person("wang", "li", "/traces");
    reply_is(&nosy, 404, "not_found");
}

/* An hour later another row begins. */
static void traces_by_the_hour(void)
{
    int before, after;
    g_autofree char *matter = g_strdup_printf("/api/v1/matters/%s", home);
    int64_t looks = count_looks("matter", "测试wang", &before);
    clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_HOUR);
    AUTO(reply) struct reply reply = rig_get(rig, "wang", matter);
    reply_is(&reply, 200, NULL);
    g_assert_cmpint(count_looks("matter", "测试wang", &after), ==, looks + 1);
    g_assert_cmpint(after, ==, before + 1);
}

/* Where no more looks are taken, nothing is shown; who sees masked goes on. */
static void no_look_without_a_trace(void)
{
    struct gate gate;
    struct problem *problem = NULL;
    g_autofree char *matter = g_strdup_printf("/api/v1/matters/%s", home);
    g_autofree char *person = person_path("li", "");
    rig_token(rig, "wang");
    rig_token(rig, "wu");
    rig_settle(rig);
    rig_hold_writer(rig, &gate);
    for (int64_t i = 0; problem == NULL; i++)
        engine_note_looks(rig->engine, 1, &(struct look){1000000 + i, 0}, 1, "test", &problem);
    g_assert_cmpint(problem->code, ==, PROBLEM_QUEUE_FULL);
    problem_free(problem);
    const char *const paths[] = {matter, person, "/api/v1/matters", "/api/v1/tasks"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        AUTO(reply)
        struct reply reply =
            rig_ask(rig, &(struct ask){.method = "GET", .path = paths[i], .token = rig_token(rig, "wang")});
        reply_is(&reply, 503, "queue_full");
        g_assert_cmpstr(reply_header(&reply, "retry-after"), ==, "1");
    }
    AUTO(reply)
    struct reply masked = rig_ask(rig, &(struct ask){.method = "GET", .path = matter, .token = rig_token(rig, "wu")});
    reply_is(&masked, 200, NULL);
    rig_free_writer(rig, &gate);
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply reply = rig_get(rig, "wang", matter);
    reply_is(&reply, 200, NULL);
}

/* ---- registered, changed, erased ---- */

static void a_life(void)
{
    g_autofree char *id_number = rig_id_number(801);
    AUTO(reply)
    struct reply made = rig_command(rig, "keeper", "/api/v1/persons",
                                    "{'name':'测试某','id_number':'%s','phone':'13900008010'}", id_number);
    reply_is(&made, 201, NULL);
    g_autofree char *id = g_strdup(reply_text(&made, "events.0.id"));
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", id);
    g_autofree char *change = g_strdup_printf("%s/change", path);
    g_autofree char *erase = g_strdup_printf("%s/erase", path);
    AUTO(reply)
    struct reply wrong = rig_command(rig, "keeper", change, "{'phone':'12'}");
    reply_is(&wrong, 422, "invalid_phone");
    AUTO(reply)
    struct reply changed = rig_command(rig, "keeper", change, "{'phone':'13900008011'}");
    reply_is(&changed, 201, NULL);
    AUTO(reply) struct reply read = rig_get(rig, "keeper", path);
    g_assert_cmpstr(reply_text(&read, "phone"), ==, "13900008011");
    AUTO(reply) struct reply refused = rig_command(rig, "wang", erase, "{}");
    reply_is(&refused, 403, "no_right");
    rig_add(rig, "other_keeper", "data_steward", CITY);
    AUTO(reply) struct reply proposed = rig_command(rig, "keeper", erase, "{}");
    reply_is(&proposed, 201, NULL);
    g_assert_cmpstr(reply_text(&proposed, "events.0.event"), ==, "person_erasure_proposed");
    AUTO(reply) struct reply again = rig_command(rig, "keeper", erase, "{}");
    reply_is(&again, 403, "same_person_refused");
    rig_add(rig, "third_keeper", "data_steward", CITY);
    g_autofree char *reset =
        g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/password", rig_member(rig, "third_keeper")->account);
    AUTO(reply) struct reply given = rig_post(rig, "keeper", reset, "{'password':'shi-yan-yong-mi-ma-1'}");
    reply_is(&given, 204, NULL);
    account_set_hash(rig->accounts, rig_member(rig, "third_keeper")->account, rig->hash, false);
    AUTO(reply) struct reply by_hand = rig_command(rig, "third_keeper", erase, "{}"); /* the keeper could be them */
    reply_is(&by_hand, 403, "same_person_refused");
    AUTO(reply) struct reply waiting = rig_get(rig, "other_keeper", "/api/v1/erasures");
    g_assert_cmpstr(reply_text(&waiting, "data.0.person.id"), ==, id);
    g_assert_cmpstr(reply_text(&waiting, "data.0.by.id"), ==, rig_member(rig, "keeper")->id);
    AUTO(reply) struct reply elsewhere = rig_get(rig, "wang", "/api/v1/erasures");
    reply_is(&elsewhere, 403, "no_right");
    AUTO(reply) struct reply still = rig_get(rig, "other_keeper", path);
    g_assert_cmpstr(reply_text(&still, "name"), ==, "测试某");
    g_assert_cmpstr(reply_text(&still, "erasure_proposed.by.id"), ==, rig_member(rig, "keeper")->id);
    g_assert_cmpstr(reply_text(&still, "erasure_proposed.until"), ==, "2020-02-10T09:00:00+08:00");
    AUTO(reply) struct reply erased = rig_command(rig, "other_keeper", erase, "{}");
    reply_is(&erased, 201, NULL);
    AUTO(reply) struct reply after = rig_get(rig, "keeper", path);
    g_assert_true(json_is_null(json_at(after.json, "name")));
    g_assert_true(json_is_true(json_at(after.json, "erased")));
    AUTO(reply)
    struct reply gone = rig_post(rig, "keeper", "/api/v1/persons/search", "{'id_number':'%s'}", id_number);
    g_assert_cmpuint(json_array_size(json_at(gone.json, "data")), ==, 0);
}

/* A proposal ends with the right of whoever made it, and is listed no longer than that. */
static void proposal_ends_with_right(void)
{
    rig_add(rig, "leaver", "data_steward", CITY);
    rig_add(rig, "stayer", "data_steward", CITY);
    AUTO(reply)
    struct reply made = rig_command(rig, "keeper", "/api/v1/persons", "{'name':'测试某','unit':'" GRID "'}");
    reply_is(&made, 201, NULL);
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", reply_text(&made, "events.0.id"));
    g_autofree char *erase = g_strdup_printf("%s/erase", path);
    g_autofree char *end = g_strdup_printf("/api/v1/posts/%s/end", rig_member(rig, "leaver")->post_id);
    AUTO(reply) struct reply proposed = rig_command(rig, "leaver", erase, "{}");
    reply_is(&proposed, 201, NULL);
    AUTO(reply) struct reply before = rig_get(rig, "stayer", "/api/v1/erasures");
    g_assert_cmpuint(json_array_size(json_at(before.json, "data")), ==, 1);
    AUTO(reply) struct reply ended = rig_command(rig, "keeper", end, "{}");
    reply_is(&ended, 201, NULL);
    AUTO(reply) struct reply after = rig_get(rig, "stayer", "/api/v1/erasures");
    reply_is(&after, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(after.json, "data")), ==, 0);
    AUTO(reply) struct reply person = rig_get(rig, "stayer", path);
    reply_is(&person, 200, NULL);
    g_assert_null(json_at(person.json, "erasure_proposed"));
    AUTO(reply) struct reply anew = rig_command(rig, "stayer", erase, "{}"); /* the first of two again */
    g_assert_cmpstr(reply_text(&anew, "events.0.event"), ==, "person_erasure_proposed");
}

/* Of whom one sees masked it is not told with whom they live. */
static void no_household_of_the_masked(void)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", home);
    AUTO(reply) struct reply handling = rig_get(rig, "wang", path), masked = rig_get(rig, "wu", path);
    g_assert_true(json_is_string(json_at(handling.json, "household")));
    g_assert_true(json_is_true(json_at(masked.json, "masked")));
    g_assert_null(json_at(masked.json, "household"));
}

static void moves_in(const char *who, const char *person, int status, const char *event)
{
    AUTO(reply)
    struct reply reply = rig_command(rig, who, "/api/v1/residencies", "{'persons':[%s],'unit':'%s','dwelling':'301'}",
                                     person, strcmp(who, "sun") == 0 ? GRID2 : GRID);
    reply_is(&reply, status, status == 201 ? NULL : event);
    if (status != 201)
        return;
    g_assert_cmpstr(reply_text(&reply, "events.0.event"), ==, event);
    if (strcmp(event, "move_offered") != 0)
        return;
    g_autofree char *path = g_strdup_printf("/api/v1/moves/%s/withdraw", reply_text(&reply, "events.0.id"));
    AUTO(reply) struct reply withdrawn = rig_command(rig, who, path, "{}");
    reply_is(&withdrawn, 201, NULL);
}

/* Somebody without a home, noted by whoever registers nobody, is taken up by a registrar of the place who has the name
 * and number from them; nobody else learns that they are known. */
static void taken_up_by_their_number(void)
{
    AUTO(reply)
    struct reply noted = rig_command(rig, "wu", "/api/v1/matters",
                                     "{'kind':'household_case','unit':'" GRID "','subject':{'name':'测试尤',"
                                     "'id_number':'110101199003077758','phone':'13900000077'},'form':{}}");
    reply_is(&noted, 201, NULL);
    rig_settle(rig);
    AUTO(reply) struct reply found = rig_post(rig, "chen", "/api/v1/persons/search", "{'name':'测试尤'}");
    g_assert_true(json_is_true(json_at(found.json, "data.0.masked")));
    const char *id = reply_text(&found, "data.0.id");
    g_autofree char *by_id = g_strdup_printf("'%s'", id), *path = g_strdup_printf("/api/v1/persons/%s", id);
    g_autofree char *chosen = g_strdup_printf("{'name':'测试尤','phone':'13900000077','same_as':'%s'}", id);
    AUTO(reply)
    struct reply known = rig_command(rig, "chen", "/api/v1/persons",
                                     "{'name':'测试尤','id_number':'110101199003077758','unit':'" GRID "'}");
    reply_is(&known, 409, "person_exists");
    g_assert_cmpstr(reply_text(&known, "errors.0.person"), ==, id);
    moves_in("chen", by_id, 201, "move_offered");
    moves_in("chen", chosen, 201, "move_offered");
    moves_in("chen", "{'name':'测试犹','id_number':'110101199003077758'}", 409, "person_mismatch");
    moves_in("sun", "{'name':'测试尤','id_number':'110101199003077758'}", 201, "move_offered");
    rig_settle(rig);
    AUTO(reply) struct reply masked = rig_get(rig, "chen", path);
    g_assert_true(json_is_true(json_at(masked.json, "masked")));
    moves_in("chen", "{'name':'测试 尤','id_number':'110101199003077758'}", 201, "moved_in");
    rig_settle(rig);
    AUTO(reply) struct reply whole = rig_get(rig, "chen", path);
    g_assert_cmpstr(reply_text(&whole, "phone"), ==, "13900000077");
}

/* A right had of whoever proposed, by hand-over, makes no second person; nor does theirs had of whoever confirms. */
static void lent_makes_no_second(void)
{
    rig_add(rig, "lender", "data_steward", CITY);
    rig_add(rig, "borrower", "grid_worker", GRID);
    rig_add(rig, "next", "grid_worker", GRID);
    AUTO(reply)
    struct reply made = rig_command(rig, "keeper", "/api/v1/persons", "{'name':'测试某','unit':'" GRID "'}");
    g_autofree char *erase = g_strdup_printf("/api/v1/persons/%s/erase", reply_text(&made, "events.0.id"));
    AUTO(reply) struct reply proposed = rig_command(rig, "lender", erase, "{}");
    g_assert_cmpstr(reply_text(&proposed, "events.0.event"), ==, "person_erasure_proposed");
    static const char *const chain[] = {"lender", "borrower", "next"};
    g_autofree char *post = g_strdup(rig_member(rig, "lender")->post_id);
    for (size_t i = 1; i < G_N_ELEMENTS(chain); i++) {
        AUTO(reply)
        struct reply offered = rig_command(
            rig, chain[i - 1], "/api/v1/handovers",
            "{'from_post':'%s','mode':'post','to_person':'%s','until':'%s','reason':'x'}", post,
            rig_member(rig, chain[i])->id, i == 1 ? "2020-02-20T08:00:00+08:00" : "2020-02-19T08:00:00+08:00");
        reply_is(&offered, 201, NULL);
        g_autofree char *accept = g_strdup_printf("/api/v1/handovers/%s/accept", reply_text(&offered, "made"));
        AUTO(reply) struct reply accepted = rig_command(rig, chain[i], accept, "{}");
        reply_is(&accepted, 201, NULL);
        AUTO(reply) struct reply refused = rig_command(rig, chain[i], erase, "{}");
        reply_is(&refused, 403, "same_person_refused");
        AUTO(reply) struct reply me = rig_get(rig, chain[i], "/api/v1/me");
        bool first = strcmp(reply_text(&me, "posts.0.role"), "data_steward") == 0;
        g_free(post);
        post = g_strdup(reply_text(&me, first ? "posts.0.id" : "posts.1.id"));
    }
    g_autofree char *withdraw = g_strdup_printf("%s/withdraw", erase);
    AUTO(reply) struct reply withdrawn = rig_command(rig, "next", withdraw, "{}");
    reply_is(&withdrawn, 201, NULL);
    AUTO(reply) struct reply anew = rig_command(rig, "next", erase, "{}");
    g_assert_cmpstr(reply_text(&anew, "events.0.event"), ==, "person_erasure_proposed");
    AUTO(reply) struct reply own = rig_command(rig, "lender", erase, "{}");
    reply_is(&own, 403, "same_person_refused");
    AUTO(reply) struct reply erased = rig_command(rig, "keeper", erase, "{}");
    reply_is(&erased, 201, NULL);
}

/* Whom whoever proposed has appointed since, or the day before, over however many hands, is no second; who was earlier
 * is. */
static void appointed_make_no_second(void)
{
    rig_add(rig, "chief", "data_steward", CITY);
    static const char *const names[] = {"earlier", "day_before", "since", "by_another"};
    static const char *const by[] = {"chief", "chief", "chief", "since"};
    AUTO(reply)
    struct reply made = rig_command(rig, "keeper", "/api/v1/persons", "{'name':'测试丁','unit':'" GRID "'}");
    g_autofree char *erase = g_strdup_printf("/api/v1/persons/%s/erase", reply_text(&made, "events.0.id"));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        rig_add(rig, names[i], "grid_worker", GRID); /* by the operator, with an account */
        AUTO(reply)
        struct reply appointed =
            rig_command(rig, by[i], "/api/v1/posts", "{'person':'%s','role':'data_steward','grounds':['" CITY "']}",
                        rig_member(rig, names[i])->id);
        reply_is(&appointed, 201, NULL);
        if (i == 0)
            clock_set(&rig->clock, clock_now_us(&rig->clock) + LIMIT_SECOND_APPOINTED_US);
        if (i == 1) {
            AUTO(reply) struct reply proposed = rig_command(rig, "chief", erase, "{}");
            g_assert_cmpstr(reply_text(&proposed, "events.0.event"), ==, "person_erasure_proposed");
        }
        clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_MINUTE);
    }
    for (size_t i = 1; i < G_N_ELEMENTS(names); i++) {
        AUTO(reply) struct reply refused = rig_command(rig, names[i], erase, "{}");
        reply_is(&refused, 403, "same_person_refused");
    }
    AUTO(reply) struct reply erased = rig_command(rig, "earlier", erase, "{}");
    g_assert_cmpstr(reply_text(&erased, "events.0.event"), ==, "person_erased");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/people/search", search);
    g_test_add_func("/people/one-person", one_person);
    g_test_add_func("/people/traces", traces);
    g_test_add_func("/people/traces-by-the-hour", traces_by_the_hour);
    g_test_add_func("/people/no-look-without-a-trace", no_look_without_a_trace);
    g_test_add_func("/people/a-life", a_life);
    g_test_add_func("/people/proposal-ends-with-right", proposal_ends_with_right);
    g_test_add_func("/people/no-household-of-the-masked", no_household_of_the_masked);
    g_test_add_func("/people/taken-up-by-their-number", taken_up_by_their_number);
    g_test_add_func("/people/lent-makes-no-second", lent_makes_no_second);
    g_test_add_func("/people/appointed-make-no-second", appointed_make_no_second);
    int failed = g_test_run();
    g_free(home);
    rig_free(rig);
    return failed;
}
