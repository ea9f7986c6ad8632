/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links of residents: given, used, for another purpose, ended, expired, of somebody else, by nobody. */
#include "rig.h"

#include "base/limits.h"
#include "matter/resident_link.h"

#include <string.h>

static struct rig *rig;
static char *home; /* li's observation */

static char *links_of(const char *matter)
{
    return g_strdup_printf("/api/v1/matters/%s/resident-links", matter);
}

static struct reply give(const char *who, const char *matter, const char *purpose, int hours)
{
    g_autofree char *path = links_of(matter);
    return rig_command(rig, who, path, "{'purpose':'%s','hours':%d}", purpose, hours);
}

/* The token of a new link. */
static char *given(const char *matter, const char *purpose)
{
    AUTO(reply) struct reply reply = give("wang", matter, purpose, 24);
    reply_is(&reply, 201, NULL);
    g_assert_cmpuint(strlen(reply_text(&reply, "token")), ==, LINK_TOKEN_CHARS);
    return g_strdup(reply_text(&reply, "token"));
}

static struct reply ask_by(const char *token, const char *method, const char *path, const char *body)
{
    g_autofree char *headers = g_strdup_printf("Authorization: Link %s\r\n", token);
    return rig_ask(rig, &(struct ask){.method = method, .path = path, .body = body, .headers = headers});
}

static struct reply look_by(const char *token)
{
    rig_settle(rig);
    return ask_by(token, "GET", "/api/v1/resident", NULL);
}

static struct reply enter_by(const char *token, const char *id, const char *temperature)
{
    g_autofree char *body =
        g_strdup_printf("{\"id\":\"%s\",\"entry\":\"check_in\",\"fields\":{\"temperature\":\"%s\"}}", id, temperature);
    return ask_by(token, "POST", "/api/v1/resident/entries", body);
}

static void end_all(const char *matter)
{
    g_autofree char *path = links_of(matter), *end = g_strconcat(path, "/end", NULL);
    AUTO(reply) struct reply list = rig_get(rig, "wang", path);
    size_t i;
    json_t *row;
    json_array_foreach(json_at(list.json, "data"), i, row) if (json_is_true(json_at(row, "valid")))
    {
        AUTO(reply) struct reply reply = rig_command(rig, "wang", end, "{'link':'%s'}", json_at_text(row, "id"));
        reply_is(&reply, 201, NULL);
    }
}

/* What is entered by it is li's own, and stands once however often it is sent. */
static void reports(void)
{
    g_autofree char *token = given(home, "report"), *id = rig_uuid(rig);
    AUTO(reply) struct reply before = look_by(token);
    reply_is(&before, 200, NULL);
    g_assert_cmpstr(reply_text(&before, "purpose"), ==, "report");
    g_assert_cmpstr(reply_text(&before, "title.en"), ==, "Home observation");
    g_assert_nonnull(strstr(reply_text(&before, "name"), "*"));
    g_assert_null(strstr(before.text->str, "花园路"));
    g_assert_null(strstr(before.text->str, "13900001234"));
    g_assert_cmpstr(reply_text(&before, "acts.0.entry"), ==, "check_in");
    g_assert_cmpstr(reply_text(&before, "acts.0.form.0.name"), ==, "temperature");
    g_assert_cmpuint(json_array_size(json_at(before.json, "documents")), ==, 0);
    g_assert_null(json_at(before.json, "looks"));
    AUTO(reply) struct reply first = enter_by(token, id, "36.5"), again = enter_by(token, id, "36.5");
    reply_is(&first, 201, NULL);
    reply_is(&again, 200, NULL);
    AUTO(reply) struct reply after = look_by(token);
    g_assert_cmpuint(json_array_size(json_at(after.json, "entries")), ==,
                     json_array_size(json_at(before.json, "entries")) + 1);
    g_assert_cmpstr(reply_text(&after, "forms.check_in.0.name"), ==, "temperature");
    g_assert_cmpstr(reply_text(&after, "entries.0.fields.temperature"), ==, "36.5");
    g_assert_true(json_is_true(json_at(after.json, "entries.0.own")));
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", home);
    AUTO(reply) struct reply seen = rig_get(rig, "wang", path);
    g_assert_cmpstr(reply_text(&seen, "data.0.channel"), ==, "link");
    g_assert_true(json_is_null(json_at(seen.json, "data.0.post")));
    AUTO(reply) struct reply high = enter_by(token, id, "36.6"); /* the same id, another content */
    reply_is(&high, 409, NULL);
    g_autofree char *other = rig_uuid(rig);
    AUTO(reply) struct reply wrong = enter_by(token, other, "99");
    reply_is(&wrong, 422, "above_maximum");
    end_all(home);
}

/* Entries of others, documents and who looked are for a link to the record; it enters nothing. */
static void reads_the_record(void)
{
    g_autofree char *token = given(home, "record"), *id = rig_uuid(rig);
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", home);
    AUTO(reply) struct reply looked = rig_get(rig, "chen", path);
    reply_is(&looked, 200, NULL);
    g_usleep(100000);
    AUTO(reply) struct reply record = look_by(token);
    reply_is(&record, 200, NULL);
    g_assert_cmpstr(reply_text(&record, "name"), ==, "测试li");
    g_assert_cmpuint(json_array_size(json_at(record.json, "acts")), ==, 0);
    g_assert_cmpstr(reply_text(&record, "documents.0.name"), ==, "observation_notice");
    g_assert_true(json_is_array(json_at(record.json, "looks")));
    g_assert_null(strstr(record.text->str, rig_member(rig, "chen")->id));
    AUTO(reply)
    struct reply notice = ask_by(token, "GET", "/api/v1/resident/documents/observation_notice?language=zh", NULL);
    reply_is(&notice, 200, NULL);
    g_assert_nonnull(strstr(reply_text(&notice, "text"), "测试li"));
    AUTO(reply) struct reply none = ask_by(token, "GET", "/api/v1/resident/documents/none", NULL);
    reply_is(&none, 404, "not_found");
    AUTO(reply) struct reply entered = enter_by(token, id, "36.5");
    reply_is(&entered, 403, "resident_link_purpose");
    g_autofree char *report = given(home, "report");
    AUTO(reply)
    struct reply refused = ask_by(report, "GET", "/api/v1/resident/documents/observation_notice", NULL);
    reply_is(&refused, 403, "resident_link_purpose");
    end_all(home);
}

static void ends(void)
{
    g_autofree char *token = given(home, "report"), *id = rig_uuid(rig);
    end_all(home);
    AUTO(reply) struct reply ended = look_by(token), entered = enter_by(token, id, "36.5");
    reply_is(&ended, 410, "resident_link_ended");
    reply_is(&entered, 410, "resident_link_ended");
    g_autofree char *path = links_of(home), *end = g_strconcat(path, "/end", NULL);
    AUTO(reply) struct reply list = rig_get(rig, "wang", path);
    AUTO(reply)
    struct reply again = rig_command(rig, "wang", end, "{'link':'%s'}", reply_text(&list, "data.0.id"));
    reply_is(&again, 410, "resident_link_ended");
    g_assert_null(strstr(list.text->str, token));
}

/* At its very last moment it still opens. */
static void expires(void)
{
    json_decref(rig_do(rig,
                       "{'command':'move_in','persons':['%s'],'unit':'" GRID
                       "','dwelling':'3单元101','from':'2020-02-01T00:00:00+08:00'}",
                       rig_add(rig, "passer", NULL, NULL)->id));
    g_autofree char *matter = rig_observe(rig, "passer"), *token = given(matter, "report");
    int64_t until_us = clock_now_us(&rig->clock) + 24 * INT64_C(3600000000);
    clock_set(&rig->clock, until_us - 1);
    AUTO(reply) struct reply last = look_by(token);
    reply_is(&last, 200, NULL);
    clock_set(&rig->clock, until_us);
    AUTO(reply) struct reply over = look_by(token);
    reply_is(&over, 410, "resident_link_ended");
}

/* A token opens /resident alone, and a session no link. */
static void opens_nothing_else(void)
{
    static const char *const paths[] = {"/api/v1/me", "/api/v1/matters", "/api/v1/tasks", "/api/v1/snapshot"};
    g_autofree char *token = given(home, "record");
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        AUTO(reply) struct reply reply = ask_by(token, "GET", paths[i], NULL);
        reply_is(&reply, 401, "not_logged_in");
    }
    g_autofree char *bearer = g_strdup_printf("Authorization: Bearer %s\r\n", token);
    AUTO(reply)
    struct reply as_session = rig_ask(rig, &(struct ask){.method = "GET", .path = "/api/v1/me", .headers = bearer});
    reply_is(&as_session, 401, "not_logged_in");
    AUTO(reply) struct reply with_session = rig_get(rig, "wang", "/api/v1/resident");
    reply_is(&with_session, 404, "resident_link_unknown");
    end_all(home);
}

/* Whoever gave a link knows its token: it shows nothing that they may not see, and looks at this matter alone. */
static void shows_no_more_than_its_giver_sees(void)
{
    g_autofree char *entries = g_strdup_printf("/api/v1/matters/%s/entries", home);
    AUTO(reply)
    struct reply told =
        rig_command(rig, "chen", entries, "{'entry':'object','fields':{'reason':'演','confided':'演不给网格员'}}");
    reply_is(&told, 201, NULL);
    g_autofree char *elsewhere = g_strdup_printf("/api/v1/persons/%s", rig_member(rig, "li")->id);
    AUTO(reply) struct reply looked = rig_get(rig, "keeper", elsewhere);
    reply_is(&looked, 200, NULL);
    g_autofree char *token = given(home, "record");
    AUTO(reply) struct reply record = look_by(token);
    reply_is(&record, 200, NULL);
    g_assert_null(strstr(record.text->str, "演不给网格员"));
    g_assert_true(json_is_true(json_at(record.json, "withheld")));
    g_autofree char *looks = json_dumps(json_at(record.json, "looks"), 0);
    g_assert_null(strstr(looks, "Data steward"));
    end_all(home);
}

/* A link is asked for the right of its giver at each use; and a token is told to nobody who has it no more. */
static void ends_with_the_right(void)
{
    rig_add(rig, "leaver", "grid_worker", GRID);
    rig_add(rig, "closed", "grid_worker", GRID);
    g_autofree char *path = links_of(home), *id = rig_uuid(rig), *other = rig_uuid(rig), *report = rig_uuid(rig);
    AUTO(reply) struct reply first = rig_post(rig, "leaver", path, "{'id':'%s','purpose':'record','hours':5}", id);
    AUTO(reply) struct reply second = rig_post(rig, "closed", path, "{'id':'%s','purpose':'report','hours':5}", other);
    g_autofree char *left = g_strdup(reply_text(&first, "token")), *shut = g_strdup(reply_text(&second, "token"));
    AUTO(reply) struct reply before = look_by(left), reported = enter_by(shut, report, "36.5");
    reply_is(&before, 200, NULL);
    reply_is(&reported, 201, NULL);
    rig_settle(rig);
    engine_run_clock(rig->engine);
    g_autofree char *traced = g_strdup_printf("/api/v1/persons/%s/traces", rig_member(rig, "li")->id);
    AUTO(reply) struct reply traces = rig_get(rig, "li", traced);
    g_autofree char *links = json_dumps(json_at(traces.json, "data.0.links"), 0);
    g_assert_nonnull(strstr(links, rig_member(rig, "leaver")->id));
    g_autofree char *end = g_strdup_printf("/api/v1/posts/%s/end", rig_member(rig, "leaver")->post_id);
    AUTO(reply) struct reply ended = rig_command(rig, "keeper", end, "{}");
    reply_is(&ended, 201, NULL);
    g_autofree char *close =
        g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/close", rig_member(rig, "closed")->account);
    AUTO(reply) struct reply closed = rig_post(rig, "keeper", close, "{}");
    reply_is(&closed, 204, NULL);
    AUTO(reply) struct reply record = look_by(left), seen = look_by(shut);
    reply_is(&record, 410, "resident_link_giver");
    reply_is(&seen, 410, "resident_link_giver");
    g_autofree char *again = rig_uuid(rig);
    AUTO(reply) struct reply entered = enter_by(shut, again, "36.5");
    reply_is(&entered, 410, "resident_link_giver");
    AUTO(reply)
    struct reply document = ask_by(left, "GET", "/api/v1/resident/documents/observation_notice?language=zh", NULL);
    reply_is(&document, 410, "resident_link_giver");
    AUTO(reply) struct reply resent = rig_post(rig, "leaver", path, "{'id':'%s','purpose':'record','hours':5}", id);
    g_assert_null(json_at(resent.json, "token"));
    AUTO(reply) struct reply list = rig_get(rig, "wang", path);
    size_t i;
    json_t *row;
    json_array_foreach(json_at(list.json, "data"), i, row) if (json_is_true(json_at(row, "valid")))
        g_assert_cmpstr(json_at_text(row, "by.person.id"), ==, rig_member(rig, "closed")->id); /* takes a place yet */
    end_all(home);
}

static void unknown_tokens(void)
{
    static const char *const tokens[] = {"AAAAAAAAAAAAAAAAAAAAAA", "", "x", "../../../../../etc/passw",
                                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        AUTO(reply) struct reply reply = look_by(tokens[i]);
        reply_is(&reply, 404, "resident_link_unknown");
    }
}

/* Who reads it masked, or not at all, neither gives a link nor lists them. */
static void who_gives(void)
{
    g_autofree char *path = links_of(home);
    AUTO(reply) struct reply masked = give("zhou", home, "report", 24), hidden = give("sun", home, "report", 24);
    reply_is(&masked, 403, "no_right");
    g_assert_cmpint(hidden.status, >=, 403);
    AUTO(reply) struct reply by_subject = give("li", home, "record", 24);
    reply_is(&by_subject, 403, "no_right");
    AUTO(reply) struct reply listed = rig_get(rig, "zhou", path), not_seen = rig_get(rig, "sun", path);
    reply_is(&listed, 403, "no_right");
    reply_is(&not_seen, 404, "not_found");
    g_assert_null(json_at(masked.json, "token"));
}

static void what_is_given(void)
{
    g_autofree char *path = links_of(home);
    static const struct {
        const char *body, *code;
    } cases[] = {{"{'purpose':'all','hours':1}", "not_in_list"},
                 {"{'purpose':'report'}", "missing_field"},
                 {"{'purpose':'report','hours':'x'}", "wrong_type"},
                 {"{'purpose':'report','hours':0}", "below_minimum"},
                 {"{'purpose':'record','hours':73}", "above_maximum"},
                 {"{'purpose':'report','hours':1081}", "above_maximum"},
                 {"{'hours':1}", "missing_field"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        AUTO(reply) struct reply reply = rig_command(rig, "wang", path, "%s", cases[i].body);
        reply_is(&reply, 422, cases[i].code);
        g_assert_null(json_at(reply.json, "token"));
    }
    AUTO(reply)
    struct reply elsewhere = rig_command(rig, "wang", path, "{'purpose':'report','hours':1,'matter':'%s'}", home);
    reply_is(&elsewhere, 422, "unknown_field");
    for (int i = 0; i < RESIDENT_LINKS_VALID; i++)
        g_free(given(home, "report"));
    AUTO(reply) struct reply more = give("wang", home, "report", 1);
    reply_is(&more, 409, "too_many_links");
    end_all(home);
}

/* The answer was lost: the same command again tells the same token. */
static void told_again(void)
{
    g_autofree char *path = links_of(home), *id = rig_uuid(rig);
    AUTO(reply)
    struct reply first = rig_post(rig, "wang", path, "{'id':'%s','purpose':'report','hours':5}", id);
    AUTO(reply)
    struct reply again = rig_post(rig, "wang", path, "{'id':'%s','purpose':'report','hours':5}", id);
    reply_is(&first, 201, NULL);
    reply_is(&again, 200, NULL);
    g_assert_cmpstr(reply_text(&first, "token"), ==, reply_text(&again, "token"));
    AUTO(reply)
    struct reply other = rig_post(rig, "chen", path, "{'id':'%s','purpose':'report','hours':5}", id);
    g_assert_cmpint(other.status, >=, 400);
    g_assert_null(json_at(other.json, "token"));
    end_all(home);
}

static void is_limited(void)
{
    g_autofree char *token = given(home, "report");
    int limited = 0;
    for (int i = 0; i < LIMIT_LINK_PER_MINUTE + 5; i++) {
        AUTO(reply) struct reply reply = ask_by(token, "GET", "/api/v1/resident", NULL);
        limited += reply.status == 429;
    }
    g_assert_cmpint(limited, >, 0);
    end_all(home);
}

/* That an entry came by a link is said by links alone. */
static void staff_say_no_link(void)
{
    g_autofree char *entries = g_strdup_printf("/api/v1/matters/%s/entries", home);
    AUTO(reply)
    struct reply one =
        rig_command(rig, "wang", entries, "{'entry':'check_in','fields':{'temperature':36.5},'channel':'link'}");
    reply_is(&one, 422, "not_in_list");
    AUTO(reply)
    struct reply round = rig_command(rig, "wang", "/api/v1/rounds",
                                     "{'entry':'check_in','channel':'link','rows':[{'matter':'%s','fields':"
                                     "{'temperature':36.5}}]}",
                                     home);
    reply_is(&round, 422, "not_in_list");
    AUTO(reply)
    struct reply row = rig_command(rig, "wang", "/api/v1/rounds",
                                   "{'entry':'check_in','rows':[{'matter':'%s','channel':'link','fields':"
                                   "{'temperature':36.5}}]}",
                                   home);
    reply_is(&row, 422, NULL);
    AUTO(reply)
    struct reply own =
        rig_command(rig, "li", entries, "{'entry':'check_in','fields':{'temperature':36.5},'channel':'link'}");
    reply_is(&own, 422, "not_in_list");
}

/* A link to somebody else's matter shows that one, and enters nothing in the first. */
static void of_somebody_else(void)
{
    g_autofree char *other = rig_observe(rig, "zhao"), *token = given(other, "report"), *id = rig_uuid(rig);
    g_autofree char *body = g_strdup_printf(
        "{\"id\":\"%s\",\"entry\":\"check_in\",\"fields\":{\"temperature\":\"36.5\"},\"matter\":\"%s\"}", id, home);
    AUTO(reply) struct reply named = ask_by(token, "POST", "/api/v1/resident/entries", body);
    reply_is(&named, 422, "unknown_field");
    AUTO(reply) struct reply shown = look_by(token);
    reply_is(&shown, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(shown.json, "entries")), ==, 0);
}

/* With the data of the person go the links. */
static void erased(void)
{
    g_autofree char *token = given(home, "record");
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s/erase", rig_member(rig, "li")->id);
    rig_add(rig, "second", "data_steward", CITY);
    AUTO(reply) struct reply first = rig_command(rig, "keeper", path, "{}");
    AUTO(reply) struct reply second = rig_command(rig, "second", path, "{}");
    g_test_message("%d %d %s", first.status, second.status, second.text->str);
    g_assert_cmpint(second.status / 100, ==, 2);
    AUTO(reply) struct reply gone = look_by(token);
    reply_is(&gone, 404, "resident_link_unknown");
}

/* As after a restore: none goes on that was given before, and the next one is well. */
static void void_after_a_restore(void)
{
    g_autofree char *path = links_of(home), *id = rig_uuid(rig), *next = rig_uuid(rig);
    AUTO(reply) struct reply first = rig_post(rig, "wang", path, "{'id':'%s','purpose':'record','hours':5}", id);
    AUTO(reply) struct reply before = look_by(reply_text(&first, "token"));
    reply_is(&before, 200, NULL);
    int64_t given = GINT64_TO_LE(clock_now_us(&rig->clock));
    g_autofree char *file = g_build_filename(rig->data, "secrets.db", NULL);
    AUTO(db) struct db *secrets = db_open(file, &(struct db_options){.mode = DB_SECRETS}, NULL);
    db_run(secrets, "INSERT INTO setting (name, value) VALUES ('links_void', ?1)", "b", &given, sizeof given);
    g_assert_null(db_failed(secrets));
    AUTO(reply) struct reply after = look_by(reply_text(&first, "token"));
    reply_is(&after, 410, "resident_link_ended");
    AUTO(reply) struct reply list = rig_get(rig, "wang", path);
    g_assert_null(strstr(list.text->str, "\"valid\":true"));
    clock_set(&rig->clock, clock_now_us(&rig->clock) + 1);
    AUTO(reply) struct reply second = rig_post(rig, "wang", path, "{'id':'%s','purpose':'record','hours':5}", next);
    AUTO(reply) struct reply well = look_by(reply_text(&second, "token"));
    reply_is(&well, 200, NULL);
    end_all(home);
}

extern const char rig_playbook[];

static void adopt_with_words(void)
{
    static const char kinds[] =
        "kind: word\ntitle: {zh: 住户来信, en: Word}\nclauses: ['3.2']\nabout: person\nunits: [grid]\n"
        "purpose: {zh: 听取意见, en: Hearing}\nlawful_basis: x\nretain: {after: closed, for: 30d}\n"
        "opened_by: [grid_worker]\nunmask: [grid_worker]\n"
        "states:\n  open: {title: {zh: 开, en: Open}, initial: true}\n"
        "  shut: {title: {zh: 关, en: Shut}, final: true}\n"
        "entries:\n  tell: {title: {zh: 说, en: Tell}, by: [subject], form: ["
        "{name: text, type: text, label: {zh: 话, en: Text}}, {name: photo, type: file, label: {zh: 照, en: Photo}}]}\n"
        "  show: {title: {zh: 拍, en: Show}, by: [subject], form: ["
        "{name: photo, type: file, required: true, label: {zh: 照, en: Photo}}]}\n"
        "  object: {title: {zh: 异议, en: Object}, by: [subject], open: {kind: plea}}\n"
        "  shut: {title: {zh: 关, en: Shut}, by: [grid_worker], state: shut}\n"
        "---\nkind: plea\ntitle: {zh: 异议, en: Plea}\nclauses: ['3.2']\nabout: person\nunits: [grid]\n"
        "purpose: {zh: 听取意见, en: Hearing}\nlawful_basis: x\nretain: {after: closed, for: 30d}\n"
        "opened_by: [grid_worker]\nunmask: [grid_worker]\n"
        "states:\n  open: {title: {zh: 开, en: Open}, initial: true}\n"
        "  shut: {title: {zh: 关, en: Shut}, final: true}\n"
        "entries:\n  answer: {title: {zh: 答, en: Answer}, by: [grid_worker], state: shut}\n";
    g_autoptr(GString) text = g_string_new(rig_playbook);
    g_string_replace(text, "version: 1\n", "version: 2\n", 1);
    AUTO(reply) struct reply adopted = rig_adopt(rig, text->str, kinds);
    reply_is(&adopted, 201, NULL);
    if (strcmp(reply_text(&adopted, "events.0.event"), "playbook_proposed") != 0)
        return;
    g_autofree char *confirm =
        g_strdup_printf("/api/v1/playbooks/proposed/%s/confirm", reply_text(&adopted, "events.0.digest"));
    AUTO(reply) struct reply confirmed = rig_command(rig, "watcher", confirm, "{}");
    reply_is(&confirmed, 201, NULL);
}

/* What can be entered by it: "entry:fields entry:fields". */
static char *offered_by(const char *token)
{
    AUTO(reply) struct reply shown = look_by(token);
    GString *acts = g_string_new(NULL);
    size_t i;
    json_t *act;
    reply_is(&shown, 200, NULL);
    json_array_foreach(json_at(shown.json, "acts"), i, act) g_string_append_printf(
        acts, "%s%s:%zu", i > 0 ? " " : "", json_at_text(act, "entry"), json_array_size(json_at(act, "form")));
    return g_string_free(acts, FALSE);
}

/* Files are nothing for a link; and an objection that is open is not offered again. */
static void offers_what_can_be_done(void)
{
    adopt_with_words();
    AUTO(reply)
    struct reply opened =
        rig_command(rig, "wang", "/api/v1/matters", "{'kind':'word','unit':'" GRID "','subject':'%s','form':{}}",
                    rig_member(rig, "zhao")->id);
    reply_is(&opened, 201, NULL);
    g_autofree char *token = given(reply_text(&opened, "id"), "report"), *before = offered_by(token);
    g_assert_cmpstr(before, ==, "tell:1 object:0");
    g_autofree char *id = rig_uuid(rig);
    g_autofree char *body = g_strdup_printf("{\"id\":\"%s\",\"entry\":\"object\",\"fields\":{}}", id);
    AUTO(reply) struct reply object = ask_by(token, "POST", "/api/v1/resident/entries", body);
    reply_is(&object, 201, NULL);
    g_autofree char *while_open = offered_by(token);
    g_assert_cmpstr(while_open, ==, "tell:1");
    AUTO(reply) struct reply pleas = rig_get(rig, "wang", "/api/v1/matters?kind=plea");
    g_autofree char *entries = g_strdup_printf("/api/v1/matters/%s/entries", reply_text(&pleas, "data.0.id"));
    AUTO(reply) struct reply answered = rig_command(rig, "wang", entries, "{'entry':'answer','fields':{}}");
    reply_is(&answered, 201, NULL);
    g_autofree char *after = offered_by(token);
    g_assert_cmpstr(after, ==, "tell:1 object:0");
}

/* Five of somebody whose account was closed leave room for another; and none is given where nobody is told of it. */
static void closed_accounts_take_no_place(void)
{
    rig_add(rig, "gone", "grid_worker", GRID);
    for (int i = 0; i < RESIDENT_LINKS_VALID; i++) {
        AUTO(reply) struct reply one = give("gone", home, "report", 5);
        reply_is(&one, 201, NULL);
    }
    AUTO(reply) struct reply more = give("wang", home, "report", 5);
    reply_is(&more, 409, "too_many_links");
    g_autofree char *close =
        g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/close", rig_member(rig, "gone")->account);
    AUTO(reply) struct reply closed = rig_post(rig, "keeper", close, "{}");
    reply_is(&closed, 204, NULL);
    AUTO(reply) struct reply room = give("wang", home, "report", 5);
    reply_is(&room, 201, NULL);
    g_autofree char *id = rig_uuid(rig);
    g_autofree char *batch = g_strdup_printf(
        "{'items':[{'id':'%s','command':'give_resident_link','matter':'%s','purpose':'report','hours':5}]}", id, home);
    AUTO(reply) struct reply together = rig_post(rig, "wang", "/api/v1/batch", "%s", batch);
    reply_is(&together, 422, "other_address");
    g_assert_cmpstr(reply_text(&together, "errors.0.field"), ==, "items[0].command");
    AUTO(reply)
    struct reply alone =
        rig_command(rig, "wang", "/api/v1/commands",
                    "{'command':'give_resident_link','matter':'%s','purpose':'report','hours':5}", home);
    reply_is(&alone, 422, "other_address");
    end_all(home);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    home = rig_observe(rig, "li");
    g_test_add_func("/resident/reports", reports);
    g_test_add_func("/resident/reads-the-record", reads_the_record);
    g_test_add_func("/resident/shows-no-more", shows_no_more_than_its_giver_sees);
    g_test_add_func("/resident/ends", ends);
    g_test_add_func("/resident/opens-nothing-else", opens_nothing_else);
    g_test_add_func("/resident/unknown-tokens", unknown_tokens);
    g_test_add_func("/resident/who-gives", who_gives);
    g_test_add_func("/resident/what-is-given", what_is_given);
    g_test_add_func("/resident/staff-say-no-link", staff_say_no_link);
    g_test_add_func("/resident/told-again", told_again);
    g_test_add_func("/resident/is-limited", is_limited);
    g_test_add_func("/resident/of-somebody-else", of_somebody_else);
    g_test_add_func("/resident/ends-with-the-right", ends_with_the_right);
    g_test_add_func("/resident/void-after-a-restore", void_after_a_restore);
    g_test_add_func("/resident/closed-accounts", closed_accounts_take_no_place);
    g_test_add_func("/resident/offers", offers_what_can_be_done);
    g_test_add_func("/resident/erased", erased);
    g_test_add_func("/resident/expires", expires);
    int failed = g_test_run();
    g_free(home);
    rig_free(rig);
    return failed;
}
