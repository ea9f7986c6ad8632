/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matters through the door: opened, entered into, listed, read. */
#include "rig.h"

#include "base/datetime.h"
#include "base/limits.h"

#include <string.h>

static struct rig *rig;

/* ---- opening ---- */

static char *opened(struct reply *reply)
{
    reply_is(reply, 201, NULL);
    char *id = g_strdup(reply_text(reply, "id")); /* the command's is the matter's */
    reply_clear(reply);
    return id;
}

static char *open_for(const char *who, const char *person, const char *unit)
{
    struct reply reply = rig_command(rig, who, "/api/v1/matters",
                                     "{'kind':'home_observation','unit':'%s','subject':'%s',"
                                     "'form':{'last_exposure':'2020-02-01T12:00:00+08:00','address':'"
                                     "花园路1号','contact':'13900001234'}}",
                                     unit, person);
    return opened(&reply);
}

static char *open_anomaly(const char *unit)
{
    g_autofree char *id_number = rig_id_number(++rig->next_number);
    struct reply reply = rig_command(rig, strcmp(unit, GRID) == 0 ? "wang" : "sun", "/api/v1/matters",
                                     "{'kind':'anomaly_report','unit':'%s','subject':{'name':'测试某','id_"
                                     "number':'%s'},'form':{'temperature':38.1}}",
                                     unit, id_number);
    return opened(&reply);
}

static char *at_matter(const char *matter, const char *rest)
{
    return g_strdup_printf("/api/v1/matters/%s%s", matter, rest);
}

static struct reply get_matter(const char *who, const char *matter, const char *rest)
{
    g_autofree char *path = at_matter(matter, rest);
    return rig_get(rig, who, path);
}

static struct reply check_in(const char *who, const char *matter, const char *more)
{
    g_autofree char *path = at_matter(matter, "/entries");
    return rig_command(rig, who, path, "{'entry':'check_in',%s}", more);
}

/* ---- tests ---- */

static char *home; /* of li, used by the tests below */

static void open_and_read(void)
{
    home = open_for("chen", rig_member(rig, "li")->id, GRID);
    AUTO(reply) struct reply reply = get_matter("chen", home, "");
    reply_is(&reply, 200, NULL);
    g_assert_cmpstr(reply_text(&reply, "id"), ==, home);
    g_assert_cmpstr(reply_text(&reply, "kind"), ==, "home_observation");
    g_assert_cmpstr(reply_text(&reply, "title.zh"), ==, "居家观察");
    g_assert_cmpstr(reply_text(&reply, "state"), ==, "observing");
    g_assert_cmpstr(reply_text(&reply, "unit.code"), ==, GRID);
    g_assert_cmpstr(reply_text(&reply, "subject.name"), ==, "测试li");
    g_assert_cmpstr(reply_text(&reply, "opened_at"), ==, "2020-02-03T08:00:00+08:00");
    g_assert_cmpstr(reply_text(&reply, "form.address"), ==, "花园路1号");
    g_assert_cmpstr(reply_text(&reply, "form.last_exposure"), ==, "2020-02-01T12:00:00+08:00");
    g_assert_cmpstr(reply_text(&reply, "form.contact"), ==, "13900001234");
    g_assert_true(json_is_null(json_at(reply.json, "closed_at")));

    AUTO(reply) struct reply masked = get_matter("zhou", home, "");
    reply_is(&masked, 200, NULL);
    g_assert_cmpstr(reply_text(&masked, "subject.name"), ==, "测***");
    g_assert_cmpstr(reply_text(&masked, "form.contact"), ==, "139****1234");
    g_assert_cmpstr(reply_text(&masked, "form.address"), ==, "***");
    g_assert_true(json_is_true(json_at(masked.json, "masked")));

    AUTO(reply) struct reply nobody = get_matter("stranger", home, "");
    reply_is(&nobody, 404, "not_found");
    AUTO(reply) struct reply none = get_matter("chen", "01700d7e-2a00-7000-8000-000000000000", "");
    reply_is(&none, 404, "not_found");
    g_assert_cmpstr(nobody.text->str, ==, none.text->str); /* alike, whether it is not or may not be seen */
}

static struct reply get_at_once(const char *who, const char *matter, const char *rest)
{
    g_autofree char *path = at_matter(matter, rest);
    return rig_ask(rig, &(struct ask){.method = "GET", .path = path, .token = rig_token(rig, who)});
}

/* What one has written one reads, at once and in every list. */
static void read_your_writes(void)
{
    for (int i = 0; i < 40; i++) {
        g_autofree char *anomaly = open_anomaly(GRID);
        AUTO(reply) struct reply reply = get_at_once("wang", anomaly, "");
        reply_is(&reply, 200, NULL);
        AUTO(reply) struct reply entered = check_in("wang", home, "'attempt':'away'");
        reply_is(&entered, 201, NULL);
        AUTO(reply) struct reply entries = get_at_once("wang", home, "/entries");
        g_assert_cmpuint(json_array_size(json_at(entries.json, "data")), ==, (size_t)i + 1);
    }
}

static void entries(void)
{
    AUTO(reply)
    struct reply reply = check_in("wang", home, "'fields':{'temperature':36.6},'word_of':'self','channel':'phone'");
    reply_is(&reply, 201, NULL);
    g_assert_cmpstr(reply_text(&reply, "events.0.event"), ==, "entered");
    int64_t number = json_integer_value(json_at(reply.json, "events.0.number"));
    AUTO(reply) struct reply wrong = check_in("wang", home, "'fields':{'temperature':44}");
    reply_is(&wrong, 422, "above_maximum");
    g_assert_cmpstr(reply_text(&wrong, "errors.0.field"), ==, "fields.temperature");

    g_autofree char *corrections = at_matter(home, "/corrections");
    AUTO(reply)
    struct reply corrected = rig_command(rig, "wang", corrections,
                                         "{'number':%d,'fields':{'temperature':36.7},'reason':'读错'}", (int)number);
    reply_is(&corrected, 201, NULL);

    AUTO(reply) struct reply list = get_matter("wang", home, "/entries?limit=200");
    size_t count = json_array_size(json_at(list.json, "data"));
    const json_t *last = json_array_get(json_at(list.json, "data"), count - 1);
    const json_t *before = json_array_get(json_at(list.json, "data"), count - 2);
    g_assert_cmpstr(json_at_text(before, "word_of"), ==, "self");
    g_assert_cmpstr(json_at_text(before, "channel"), ==, "phone");
    g_assert_cmpstr(json_at_text(before, "post.role"), ==, "grid_worker");
    g_assert_true(json_is_true(json_at(before, "corrected")));
    g_assert_cmpint(json_integer_value(json_at(last, "corrects")), ==, number);
    g_autofree char *temperature = json_dumps(json_at(last, "fields.temperature"), JSON_ENCODE_ANY);
    g_assert_nonnull(strstr(temperature, "36.7"));
}

/* Pages of everything are everything, once. */
static GPtrArray *all_pages(const char *who, const char *path, int limit, const char *member, void (*between)(void))
{
    GPtrArray *seen = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *next = g_strdup("");
    while (next != NULL) {
        g_autofree char *page =
            g_strdup_printf("%s%climit=%d&cursor=%s", path, strchr(path, '?') != NULL ? '&' : '?', limit, next);
        AUTO(reply) struct reply reply = rig_get(rig, who, page);
        reply_is(&reply, 200, NULL);
        size_t i;
        json_t *row;
        g_assert_cmpuint(json_array_size(json_at(reply.json, "data")), <=, (size_t)limit);
        json_array_foreach(json_at(reply.json, "data"), i, row)
        {
            const json_t *value = json_at(row, member);
            char *text = json_is_integer(value) ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value))
                                                : g_strdup(json_string_value(value));
            g_assert_nonnull(text);
            g_ptr_array_add(seen, text);
        }
        g_free(next);
        next = json_is_string(json_at(reply.json, "next")) ? g_strdup(reply_text(&reply, "next")) : NULL;
        if (between != NULL)
            between();
    }
    for (guint i = 0; i < seen->len; i++)
        for (guint k = i + 1; k < seen->len; k++)
            g_assert_cmpstr(g_ptr_array_index(seen, i), !=, g_ptr_array_index(seen, k));
    return seen;
}

static void insert_some(void)
{
    g_free(open_anomaly(GRID));
    g_free(open_anomaly(GRID2));
}

static void pages(void)
{
    for (int i = 0; i < 10; i++)
        g_free(open_anomaly(GRID2));
    g_autoptr(GPtrArray) before = all_pages("watcher", "/api/v1/matters", 200, "id", NULL);
    g_assert_cmpuint(before->len, >, 50);
    g_autoptr(GPtrArray) small = all_pages("watcher", "/api/v1/matters", 3, "id", NULL);
    g_assert_cmpuint(small->len, ==, before->len);
    for (guint i = 0; i < small->len; i++)
        g_assert_cmpstr(g_ptr_array_index(small, i), ==, g_ptr_array_index(before, i));

    g_autoptr(GPtrArray) during = all_pages("watcher", "/api/v1/matters", 7, "id", insert_some);
    guint found = 0;
    for (guint i = 0; i < before->len; i++)
        found += g_ptr_array_find_with_equal_func(during, g_ptr_array_index(before, i), g_str_equal, NULL);
    g_assert_cmpuint(found, ==, before->len);

    g_autofree char *entries_path = at_matter(home, "/entries");
    g_autoptr(GPtrArray) numbers = all_pages("wang", entries_path, 7, "number", NULL);
    g_assert_cmpuint(numbers->len, ==, 42);
}

static void bad_cursors(void)
{
    static const char *const cursors[] = {
        "x",
        "!!!!",
        "MS4y",
        "MS4yLjMuNA",
        "MS4yLg",
        "LjIuMw",
        "MS4yLng",
        "OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjEuMQ",
        "AAAA",
        "MS4yLjM=",
        "%F0%9F%A6%A0",
        "MS4yLjMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "A",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cursors); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/matters?cursor=%s", cursors[i]);
        AUTO(reply) struct reply reply = rig_get(rig, "wang", path);
        reply_is(&reply, 400, "invalid_cursor");
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, "cursor");
    }
    static const char *const limits[] = {"0", "201", "-1", "x", "1e2", "99999999999999999999"};
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/tasks?limit=%s", limits[i]);
        AUTO(reply) struct reply reply = rig_get(rig, "wang", path);
        reply_is(&reply, 400, "not_acceptable_parameter");
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, "limit");
    }
}

static void filters(void)
{
    static const struct {
        const char *query;
        bool has_home, has_others;
    } rows[] = {
        {"", true, true},
        {"kind=home_observation", true, false},
        {"kind=anomaly_report", false, true},
        {"state=observing", true, false},
        {"state=released&kind=home_observation", false, false},
        {"open=true", true, true},
        {"open=false", false, false},
        {"under=" GRID, true, true},
        {"under=" GRID2, false, true},
        {"under=" SIBLING, false, false},
        {"under=" DISTRICT, true, true},
        {"under=" OTHER_DISTRICT, false, false},
        {"opened_from=2020-02-03", true, true},
        {"opened_from=2020-02-04", false, false},
        {"opened_to=2020-02-03", false, false},
        {"opened_from=2020-02-03T08:00:00%2B08:00&opened_to=2020-02-03T00:00:01Z", true, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/matters?%s", rows[i].query);
        g_autoptr(GPtrArray) seen = all_pages("watcher", path, 200, "id", NULL);
        bool has_home = g_ptr_array_find_with_equal_func(seen, home, g_str_equal, NULL);
        g_test_message("%s", rows[i].query);
        g_assert_cmpint(has_home, ==, rows[i].has_home);
        g_assert_cmpint(seen->len > (guint)has_home, ==, rows[i].has_others);
    }
    g_autofree char *of_li = g_strdup_printf("/api/v1/matters?subject=%s", rig_member(rig, "li")->id);
    g_autoptr(GPtrArray) about = all_pages("chen", of_li, 1, "id", NULL);
    g_assert_cmpuint(about->len, ==, 1);
    static const char *const wrong[][3] = {
        {"under=999999", "unknown_unit", "under"},
        {"open=maybe", "not_acceptable_parameter", "open"},
        {"opened_from=yesterday", "invalid_datetime", "opened_from"},
        {"opened_to=2020-02-30", "invalid_datetime", "opened_to"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/matters?%s", wrong[i][0]);
        AUTO(reply) struct reply reply = rig_get(rig, "chen", path);
        reply_is(&reply, strcmp(wrong[i][1], "not_acceptable_parameter") == 0 ? 400 : 422, wrong[i][1]);
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, wrong[i][2]);
    }
}

static void tasks(void)
{
    g_autoptr(GPtrArray) all = all_pages("zhou", "/api/v1/tasks", 200, "matter", NULL);
    g_autoptr(GPtrArray) some = all_pages("zhou", "/api/v1/tasks", 9, "matter", NULL);
    g_assert_cmpuint(all->len, >, 50);
    g_assert_cmpuint(some->len, ==, all->len);
    AUTO(reply) struct reply mine = rig_get(rig, "wang", "/api/v1/tasks");
    g_assert_cmpuint(json_array_size(json_at(mine.json, "data")), ==, 1);
    g_assert_cmpstr(reply_text(&mine, "data.0.entry"), ==, "check_in");
    g_assert_cmpstr(reply_text(&mine, "data.0.subject.name"), ==, "测试li");
    g_assert_cmpstr(reply_text(&mine, "data.0.dwelling"), ==, "2单元301");
    AUTO(reply) struct reply of_zhou = rig_get(rig, "zhou", "/api/v1/tasks?limit=200");
    size_t at;
    json_t *row;
    json_array_foreach(json_at(of_zhou.json, "data"), at, row) /* a home is shown to whom the name is */
        g_assert_true(json_at(row, "dwelling") == NULL || strchr(json_at_text(row, "subject.name"), '*') == NULL);
    const char *post = rig_member(rig, "wang")->post_id;
    g_assert_cmpstr(reply_text(&mine, "data.0.post"), ==, post);
    g_autofree char *of_post = g_strdup_printf("/api/v1/tasks?post=%s", post);
    AUTO(reply) struct reply same = rig_get(rig, "wang", of_post);
    g_assert_cmpstr(same.text->str, ==, mine.text->str);
    AUTO(reply) struct reply others = rig_get(rig, "sun", of_post);
    reply_is(&others, 403, "post_not_held");
}

static void expectations_and_documents(void)
{
    AUTO(reply) struct reply list = get_matter("wang", home, "/expectations");
    reply_is(&list, 200, NULL);
    g_assert_cmpstr(reply_text(&list, "data.0.name"), ==, "check_in");
    g_assert_cmpstr(reply_text(&list, "data.0.outcome"), ==, "met");
    g_assert_cmpstr(reply_text(&list, "data.1.outcome"), ==, "open");
    g_assert_cmpstr(reply_text(&list, "data.1.due_at"), ==, "2020-02-03T20:30:00+08:00");
    AUTO(reply) struct reply notice = get_matter("wang", home, "/documents/observation_notice");
    reply_is(&notice, 200, NULL);
    g_assert_nonnull(strstr(reply_text(&notice, "text"), "测试li: from 2020-02-03"));
    g_autofree char *path = at_matter(home, "/documents/observation_notice");
    AUTO(reply)
    struct reply chinese =
        rig_ask(rig, &(struct ask){.method = "GET", .path = path, .token = rig_token(rig, "wang"), .chinese = true});
    g_assert_nonnull(strstr(reply_text(&chinese, "text"), "测试li：自"));
    AUTO(reply)
    struct reply by_address = get_matter("wang", home, "/documents/observation_notice?language=zh");
    g_assert_cmpstr(reply_text(&by_address, "text"), ==, reply_text(&chinese, "text"));
    AUTO(reply) struct reply no_such = get_matter("wang", home, "/documents/observation_notice?language=fr");
    reply_is(&no_such, 400, "not_acceptable_parameter");
    AUTO(reply) struct reply names = get_matter("wang", home, "/documents");
    reply_is(&names, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(names.json, "data")), ==, 1); /* and not the certificate */
    g_assert_cmpstr(reply_text(&names, "data.0.name"), ==, "observation_notice");
    g_assert_cmpstr(reply_text(&names, "data.0.issued_at"), ==, "2020-02-03T08:00:00+08:00");
    AUTO(reply) struct reply no_names = get_matter("zhou", home, "/documents");
    reply_is(&no_names, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(no_names.json, "data")), ==, 0);
    AUTO(reply) struct reply masked = get_matter("zhou", home, "/documents/observation_notice");
    reply_is(&masked, 403, "no_right");
    AUTO(reply) struct reply none = get_matter("wang", home, "/documents/none");
    reply_is(&none, 404, "not_found");
    AUTO(reply) struct reply other = get_matter("wang", home, "/documents/observation_notice?format=docx");
    reply_is(&other, 400, "not_acceptable_parameter");
    AUTO(reply) struct reply too_early = get_matter("wang", home, "/documents/observation_certificate");
    reply_is(&too_early, 404, "not_found");
}

static void on_paper(void)
{
    AUTO(reply) struct reply pdf = get_matter("wang", home, "/documents/observation_notice?format=pdf");
    g_assert_cmpint(pdf.status, ==, 200);
    g_assert_cmpstr(reply_header(&pdf, "content-type"), ==, "application/pdf");
    g_assert_cmpstr(reply_header(&pdf, "content-disposition"), ==, "inline; filename=\"observation_notice.pdf\"");
    g_assert_true(g_str_has_prefix(pdf.text->str, "%PDF-"));
    g_autofree char *path = at_matter(home, "/documents/observation_notice");
    AUTO(reply)
    struct reply accepted = rig_ask(rig, &(struct ask){.method = "GET",
                                                       .path = path,
                                                       .token = rig_token(rig, "wang"),
                                                       .headers = "Accept: application/pdf\r\n"});
    g_assert_cmpmem(accepted.text->str, accepted.text->len, pdf.text->str, pdf.text->len);
    AUTO(reply) struct reply masked = get_matter("zhou", home, "/documents/observation_notice?format=pdf");
    reply_is(&masked, 403, "no_right");
}

static struct reply proved(const char *token)
{
    g_autofree char *path = g_strconcat("/api/v1/proofs/", token, NULL);
    return rig_ask(rig, &(struct ask){.method = "GET", .path = path});
}

/* Whoever has the paper may ask, without an account, and learns nothing about a person. */
static void proofs(void)
{
    g_autofree char *id_number = rig_id_number(++rig->next_number);
    struct reply opening =
        rig_command(rig, "chen", "/api/v1/matters",
                    "{'kind':'home_observation','unit':'" GRID "','subject':{'name':'测试某','id_number':'%s'},"
                    "'form':{'last_exposure':'2020-02-01T12:00:00+08:00','address':'花园路1号'}}",
                    id_number);
    g_autofree char *matter = opened(&opening);
    AUTO(reply) struct reply seen = get_matter("chen", matter, "");
    AUTO(reply) struct reply notice = get_matter("wang", matter, "/documents/observation_notice");
    g_autofree char *token = g_strdup(reply_text(&notice, "proof"));
    AUTO(reply) struct reply genuine = proved(token);
    reply_is(&genuine, 200, NULL);
    g_assert_cmpstr(reply_text(&genuine, "result"), ==, "genuine");
    g_assert_cmpstr(reply_text(&genuine, "title"), ==, "Notice of home observation");
    g_assert_cmpstr(reply_text(&genuine, "date"), ==, "2020-02-03");
    g_assert_cmpstr(reply_text(&genuine, "unit"), ==, "第一网格");
    g_assert_cmpuint(json_object_size(genuine.json), ==, 4);

    /* A phone that has read the code shows a page. */
    g_autofree char *path = g_strconcat("/api/v1/proofs/", token, NULL);
    AUTO(reply)
    struct reply shown =
        rig_ask(rig, &(struct ask){.method = "GET", .path = path, .headers = "Accept: text/html\r\n", .chinese = true});
    g_assert_cmpint(shown.status, ==, 200);
    g_assert_true(g_str_has_prefix(reply_header(&shown, "content-type"), "text/html"));
    g_assert_nonnull(strstr(shown.text->str, "这份文书是真的"));
    g_assert_nonnull(strstr(shown.text->str, "第一网格"));
    g_assert_null(strstr(shown.text->str, "测试某"));
    AUTO(reply)
    struct reply not_so =
        rig_ask(rig, &(struct ask){.method = "GET", .path = "/api/v1/proofs/AQ", .headers = "Accept: text/html\r\n"});
    g_assert_cmpint(not_so.status, ==, 422);
    g_assert_nonnull(strstr(not_so.text->str, "do not trust"));

    AUTO(reply) struct reply cut = proved("AQ");
    reply_is(&cut, 422, "proof_invalid");
    g_autofree char *changed = g_strdup(token);
    changed[30] = changed[30] == 'A' ? 'B' : 'A';
    AUTO(reply) struct reply forged = proved(changed);
    reply_is(&forged, 422, "proof_invalid");

    g_autofree char *erase = g_strdup_printf("/api/v1/persons/%s/erase", reply_text(&seen, "subject.id"));
    rig_add(rig, "other_keeper", "data_steward", CITY);
    AUTO(reply) struct reply proposed = rig_command(rig, "keeper", erase, "{}");
    reply_is(&proposed, 201, NULL);
    AUTO(reply) struct reply erased = rig_command(rig, "other_keeper", erase, "{}");
    reply_is(&erased, 201, NULL);
    AUTO(reply) struct reply after = proved(token);
    for (int i = 0; i < 200 && strcmp(reply_text(&after, "result"), "erased") != 0; i++) {
        g_usleep(25000); /* nobody's own write: rows show it a moment later */
        reply_clear(&after);
        after = proved(token);
    }
    reply_is(&after, 200, NULL);
    g_assert_cmpstr(reply_text(&after, "result"), ==, "erased");
    g_assert_cmpstr(reply_text(&after, "date"), ==, "2020-02-03");
}

/* Whom a family lets in: the paper shows who, the code whether they still are. */
static void letter(void)
{
    rig_add(rig, "former", "grid_worker", GRID2);
    g_autofree char *post = g_strdup_printf("/api/v1/posts/%s", rig_member(rig, "former")->post_id);
    g_autofree char *path = g_strconcat(post, "/letter", NULL), *end = g_strconcat(post, "/end", NULL);
    AUTO(reply)
    struct reply letter =
        rig_ask(rig, &(struct ask){.method = "GET", .path = path, .token = rig_token(rig, "former"), .chinese = true});
    reply_is(&letter, 200, NULL);
    g_assert_cmpstr(reply_text(&letter, "title"), ==, "工作证明");
    g_assert_nonnull(strstr(reply_text(&letter, "text"), "测试former自"));
    g_assert_nonnull(strstr(reply_text(&letter, "text"), "负责范围：第二网格。"));
    AUTO(reply) struct reply genuine = proved(reply_text(&letter, "proof"));
    reply_is(&genuine, 200, NULL);
    g_assert_cmpstr(reply_text(&genuine, "result"), ==, "genuine");
    g_assert_null(strstr(genuine.text->str, "former"));
    g_autofree char *printed = g_strconcat(path, "?format=pdf", NULL);
    AUTO(reply) struct reply pdf = rig_get(rig, "former", printed);
    g_assert_cmpint(pdf.status, ==, 200);
    g_assert_true(g_str_has_prefix(pdf.text->str, "%PDF-"));
    AUTO(reply) struct reply none = rig_get(rig, "sun", "/api/v1/posts/0/letter");
    reply_is(&none, 404, "not_found");
    static const char *const others[] = {"wang", "zhou", "zheng", "watcher", "stranger"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) { /* neither holder nor anybody who appoints */
        AUTO(reply) struct reply denied = rig_get(rig, others[i], path);
        reply_is(&denied, 404, "not_found");
    }
    AUTO(reply) struct reply appoints = rig_get(rig, "keeper", path);
    reply_is(&appoints, 200, NULL);

    AUTO(reply) struct reply ended = rig_command(rig, "keeper", end, "{}");
    reply_is(&ended, 201, NULL);
    AUTO(reply) struct reply late = rig_get(rig, "keeper", path);
    reply_is(&late, 409, "post_ended");
    AUTO(reply) struct reply after = proved(reply_text(&letter, "proof"));
    reply_is(&after, 200, NULL);
    g_assert_cmpstr(reply_text(&after, "result"), ==, "ended");
}

static void two_at_once(void)
{
    AUTO(reply) struct reply seen = get_matter("wang", home, "");
    int version = (int)json_integer_value(json_at(seen.json, "version"));
    g_autofree char *more = g_strdup_printf("'attempt':'away','version':%d", version);
    AUTO(reply) struct reply first = check_in("wang", home, more);
    reply_is(&first, 201, NULL);
    AUTO(reply) struct reply second = check_in("chen", home, more);
    reply_is(&second, 409, "stale_version");
    g_autofree char *told = g_strdup_printf("you saw version %d, it is now %d", version, version + 1);
    g_assert_nonnull(strstr(reply_text(&second, "detail"), told));
}

static void rounds(void)
{
    g_autofree char *other = open_for("chen", rig_member(rig, "zhao")->id, GRID);
    AUTO(reply)
    struct reply wrong = rig_command(rig, "wang", "/api/v1/rounds",
                                     "{'entry':'check_in','rows':[{'matter':'%s','fields':{'temperature':36."
                                     "5}},{'matter':'%s','fields':{'temperature':3}}]}",
                                     home, other);
    reply_is(&wrong, 422, "below_minimum");
    g_assert_cmpstr(reply_text(&wrong, "errors.0.field"), ==, "rows[1].fields.temperature");
    AUTO(reply) struct reply before = get_matter("wang", home, "");
    AUTO(reply)
    struct reply good = rig_command(rig, "wang", "/api/v1/rounds",
                                    "{'entry':'check_in','rows':[{'matter':'%s','fields':{'temperature':36."
                                    "5}},{'matter':'%s','attempt':'away'}]}",
                                    home, other);
    reply_is(&good, 201, NULL);
    g_assert_cmpstr(reply_text(&good, "events.0.matter"), ==, home);
    g_assert_cmpstr(reply_text(&good, "events.1.matter"), ==, other);
    AUTO(reply) struct reply after = get_matter("wang", home, "");
    g_assert_cmpint(json_integer_value(json_at(after.json, "version")), ==,
                    json_integer_value(json_at(before.json, "version")) + 1);
}

/* The subject sees their own matter, finds what is expected of them, and is masked nowhere. */
static void subject(void)
{
    AUTO(reply) struct reply own = get_matter("li", home, "");
    reply_is(&own, 200, NULL);
    g_assert_cmpstr(reply_text(&own, "form.address"), ==, "花园路1号");
    AUTO(reply) struct reply entered = check_in("li", home, "'fields':{'temperature':36.5}");
    reply_is(&entered, 201, NULL);
    g_autoptr(GPtrArray) seen = all_pages("li", "/api/v1/matters", 1, "id", NULL);
    g_assert_cmpuint(seen->len, ==, 1);
}

static void about_units(void)
{
    int64_t community = rig_unit(rig, COMMUNITY);
    struct reply reply =
        rig_command(rig, "zheng", "/api/v1/matters",
                    "{'kind':'inspection','unit':'%s','subject':'%" G_GINT64_FORMAT "','form':{'topic':'消毒'}}",
                    COMMUNITY, community);
    g_autofree char *inspection = opened(&reply);
    AUTO(reply) struct reply read = get_matter("zhou", inspection, "");
    reply_is(&read, 200, NULL);
    g_assert_cmpstr(reply_text(&read, "subject.code"), ==, COMMUNITY);
    static const char *const searches[] = {"%E6%B6%88%E6%AF%92", "%E6%AF%92"}; /* 消毒, 毒 */
    for (size_t i = 0; i < G_N_ELEMENTS(searches); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/matters?q=%s", searches[i]);
        g_autoptr(GPtrArray) holding = all_pages("zheng", path, 200, "id", NULL);
        g_assert_cmpuint(holding->len, ==, 1);
        g_assert_cmpstr(g_ptr_array_index(holding, 0), ==, inspection);
    }
    g_autoptr(GPtrArray) of_names = all_pages("zheng", "/api/v1/matters?q=topic", 200, "id", NULL);
    g_assert_cmpuint(of_names->len, ==, 0); /* a field's name is no text of it */
    AUTO(reply) struct reply tasks = rig_get(rig, "zhou", "/api/v1/tasks?limit=200");
    size_t at;
    json_t *row;
    bool found = false;
    json_array_foreach(json_at(tasks.json, "data"), at, row) if (strcmp(json_at_text(row, "matter"), inspection) == 0)
    {
        g_assert_cmpstr(json_at_text(row, "subject.code"), ==, COMMUNITY);
        found = true;
    }
    g_assert_true(found);
}

static void alerts(void)
{
    clock_set(&rig->clock, RIG_NOW_US + 2 * US_PER_HOUR);
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply reply = rig_get(rig, "zheng", "/api/v1/alerts?limit=5");
    reply_is(&reply, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(reply.json, "data")), ==, 5);
    g_assert_cmpstr(reply_text(&reply, "data.0.kind"), ==, "anomaly_report");
    g_autoptr(GPtrArray) all = all_pages("zheng", "/api/v1/alerts", 20, "id", NULL);
    g_assert_cmpuint(all->len, >, 50);
    AUTO(reply) struct reply none = rig_get(rig, "wang", "/api/v1/alerts");
    g_assert_cmpuint(json_array_size(json_at(none.json, "data")), ==, 0);
}

static void open_inspections(int64_t community, int count)
{
    g_autoptr(GString) items = g_string_new("{'items':[");
    for (int i = 0; i < count; i++) {
        g_autofree char *id = rig_uuid(rig);
        g_string_append_printf(items,
                               "%s{'id':'%s','command':'open_matter','kind':'inspection','unit':'" COMMUNITY
                               "','subject':'%" G_GINT64_FORMAT "'}",
                               i > 0 ? "," : "", id, community);
    }
    AUTO(reply) struct reply reply = rig_post(rig, "zheng", "/api/v1/batch", "%s]}", items->str);
    reply_is(&reply, 200, NULL);
    g_assert_cmpint(json_integer_value(json_at(reply.json, "items.0.status")), ==, 201);
}

/* Behind so many that a filter lets none of through, and yet on the first page. */
static void far_behind(void)
{
    int64_t community = rig_unit(rig, COMMUNITY);
    for (int i = 0; i <= LIMIT_LIST_LOOKED_AT / LIMIT_BATCH_ITEMS; i++)
        open_inspections(community, LIMIT_BATCH_ITEMS);
    struct reply made =
        rig_command(rig, "zheng", "/api/v1/matters",
                    "{'kind':'inspection','unit':'" COMMUNITY "','subject':'%" G_GINT64_FORMAT "'}", community);
    g_autofree char *last = opened(&made);
    g_autofree char *entries_path = at_matter(last, "/entries");
    AUTO(reply) struct reply done = rig_command(rig, "zhou", entries_path, "{'entry':'report'}");
    reply_is(&done, 201, NULL);
    AUTO(reply) struct reply first = rig_get(rig, "zheng", "/api/v1/matters?state=done");
    reply_is(&first, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(first.json, "data")), ==, 1);
    g_autoptr(GPtrArray) found = all_pages("zheng", "/api/v1/matters?state=done", 50, "id", NULL);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(found, 0), ==, last);
}

/* Found by the number of the other system, by whoever may see it; what it says is shown beside ours. */
static void external_number(void)
{
    struct reply reply = rig_command(rig, "zhou", "/api/v1/matters",
                                     "{'kind':'deadline_case','unit':'%s','form':{'order_no':'G:7'}}", COMMUNITY);
    g_autofree char *id = opened(&reply);
    struct reply told = rig_command(rig, "zhou", "/api/v1/commands",
                                    "{'command':'mirror','system':'hotline','number':'G:7','state':'已办结',"
                                    "'due':'2120-02-03T20:00:00+08:00','closed':'2020-02-03T12:00:00+08:00'}");
    reply_is(&told, 201, NULL);
    reply_clear(&told);
    AUTO(reply) struct reply found = rig_get(rig, "zhou", "/api/v1/matters?external=hotline:G:7");
    g_assert_cmpstr(reply_text(&found, "data.0.id"), ==, id);
    AUTO(reply) struct reply none = rig_get(rig, "zhou", "/api/v1/matters?external=hotline:G:8");
    g_assert_cmpuint(json_array_size(json_at(none.json, "data")), ==, 0);
    AUTO(reply) struct reply unseen = rig_get(rig, "sun", "/api/v1/matters?external=hotline:G:7");
    g_assert_cmpuint(json_array_size(json_at(unseen.json, "data")), ==, 0);
    AUTO(reply) struct reply wrong = rig_get(rig, "zhou", "/api/v1/matters?external=hotline");
    reply_is(&wrong, 400, "not_acceptable_parameter");
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", id);
    AUTO(reply) struct reply whole = rig_get(rig, "zhou", path);
    g_assert_cmpstr(reply_text(&whole, "external.number"), ==, "G:7");
    g_assert_cmpstr(reply_text(&whole, "playbook"), ==, "1"); /* the first that was adopted */
    g_assert_cmpstr(reply_text(&whole, "external.state"), ==, "已办结");
    g_assert_cmpstr(reply_text(&whole, "external.conflict"), ==, "closed_there");
    g_autofree char *list = g_strdup_printf("%s/expectations", path);
    AUTO(reply) struct reply expectations = rig_get(rig, "zhou", list);
    g_assert_cmpstr(reply_text(&expectations, "data.0.due_at"), ==, "2120-02-03T20:00:00+08:00");
    g_assert_nonnull(reply_text(&expectations, "data.0.ours_at"));

    struct reply held =
        rig_command(rig, "zhou", "/api/v1/commands", "{'command':'hold_matter','matter':'%s','reason':'复议'}", id);
    reply_is(&held, 201, NULL);
    reply_clear(&held);
    AUTO(reply) struct reply kept = rig_get(rig, "zhou", "/api/v1/retention?limit=200");
    const json_t *all = json_at(kept.json, "data");
    const json_t *last = json_array_get(all, json_array_size(all) - 1); /* it is kept for years */
    g_assert_cmpstr(json_at_text(last, "matter"), ==, id);
    g_assert_cmpstr(json_at_text(last, "held_for"), ==, "复议");
    AUTO(reply) struct reply soon = rig_get(rig, "zhou", "/api/v1/retention?to=2020-02-04");
    g_assert_cmpuint(json_array_size(json_at(soon.json, "data")), ==, 0);
    AUTO(reply) struct reply hidden = rig_get(rig, "sun", "/api/v1/retention");
    size_t i;
    const json_t *row;
    json_array_foreach((json_t *)json_at(hidden.json, "data"), i, row)
        g_assert_cmpstr(json_at_text(row, "matter"), !=, id);
}

static char *share(const char *grain)
{
    struct reply made = rig_command(rig, "wu", "/api/v1/matters",
                                    "{'kind':'data_share','unit':'" COMMUNITY "','participants':{'receiver':'" SIBLING
                                    "'},'form':{'concepts':['person.residence'],'grain':'%s','purpose':'x','law':'x',"
                                    "'until':'2099-01-01T00:00:00+08:00'}}",
                                    grain);
    return opened(&made);
}

/* A row of the page that is about the person; NULL none. */
static const json_t *row_about(const struct reply *page, const char *id)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_at(page->json, "data"), i,
                       row) if (g_strcmp0(json_string_value(json_at(row, "subject.id")), id) == 0) return row;
    return NULL;
}

/* Whoever covers the unit that receives reads; whoever gives does not get it by giving. */
static void shared(void)
{
    const char *li = rig_member(rig, "li")->id;
    rig_add(rig, "neighbour", "community_secretary", SIBLING);
    g_autofree char *named = share("named"), *masked = share("masked"), *counts = share("counts");
    AUTO(reply) struct reply plain = get_matter("neighbour", named, "/shared?limit=200");
    reply_is(&plain, 200, NULL);
    g_assert_nonnull(row_about(&plain, li));
    g_assert_cmpstr(json_string_value(json_at(row_about(&plain, li), "values.0.value")), ==, "花园路1号");
    AUTO(reply) struct reply hidden = get_matter("neighbour", masked, "/shared?limit=200");
    reply_is(&hidden, 200, NULL);
    g_assert_null(strstr(hidden.text->str, "花园路1号"));
    g_assert_true(json_is_true(json_at(row_about(&hidden, li), "values.0.masked")));
    AUTO(reply) struct reply sum = get_matter("neighbour", counts, "/shared");
    reply_is(&sum, 200, NULL);
    g_assert_null(json_at(sum.json, "data"));
    g_assert_nonnull(json_at(sum.json, "counts"));
    AUTO(reply) struct reply giver = get_matter("wu", named, "/shared");
    reply_is(&giver, 403, "no_right");
    AUTO(reply) struct reply stranger = get_matter("sun", named, "/shared");
    reply_is(&stranger, 404, "not_found");
    g_autofree char *entries_path = at_matter(named, "/entries");
    AUTO(reply) struct reply revoked = rig_command(rig, "wu", entries_path, "{'entry':'revoke'}");
    reply_is(&revoked, 201, NULL);
    AUTO(reply) struct reply after = get_matter("neighbour", named, "/shared");
    reply_is(&after, 403, "no_right");
}

/* Each names the other, to whoever may see it. */
static void merged(void)
{
    struct reply first = rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'" COMMUNITY "'}");
    struct reply second =
        rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'" COMMUNITY "'}");
    g_autofree char *duplicate = opened(&first);
    g_autofree char *survivor = opened(&second);
    g_autofree char *path = at_matter(duplicate, "/merge");
    AUTO(reply) struct reply done = rig_command(rig, "zhou", path, "{'into':'%s','reason':'重复'}", survivor);
    reply_is(&done, 201, NULL);
    AUTO(reply) struct reply from = get_matter("zhou", duplicate, "");
    g_assert_cmpstr(reply_text(&from, "merged_into"), ==, survivor);
    g_assert_cmpstr(reply_text(&from, "closed_at"), !=, "");
    AUTO(reply) struct reply into = get_matter("zhou", survivor, "");
    g_assert_cmpstr(reply_text(&into, "merged.0"), ==, duplicate);
    AUTO(reply) struct reply entered = get_matter("zhou", duplicate, "/entries");
    reply_is(&entered, 200, NULL);
    g_autofree char *back = at_matter(duplicate, "/unmerge");
    AUTO(reply) struct reply undone = rig_command(rig, "zhou", back, "{'reason':'另一件'}");
    reply_is(&undone, 201, NULL);
    AUTO(reply) struct reply again = get_matter("zhou", survivor, "");
    g_assert_null(json_at(again.json, "merged"));
}

/* The number that was merged leads to where it goes on, with their clock; what they said before is not taken after. */
static void external_after_a_merge(void)
{
    struct reply first = rig_command(rig, "zhou", "/api/v1/matters",
                                     "{'kind':'deadline_case','unit':'" COMMUNITY "','form':{'order_no':'M:1'}}");
    struct reply second =
        rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'" COMMUNITY "'}");
    g_autofree char *duplicate = opened(&first);
    g_autofree char *survivor = opened(&second);
    g_autofree char *path = at_matter(duplicate, "/merge");
    AUTO(reply) struct reply done = rig_command(rig, "zhou", path, "{'into':'%s','reason':'重复'}", survivor);
    reply_is(&done, 201, NULL);
    static const struct {
        const char *observed, *state;
        int status;
        const char *shown;
    } rows[] = {
        {"2020-02-02T12:00:00+08:00", "已派单", 201, "已派单"},
        {"2020-02-02T10:00:00+08:00", "待派单", 409, "已派单"}, /* overtaken */
        {"2020-02-02T12:00:00+08:00", "办理中", 201, "办理中"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply)
        struct reply told = rig_command(rig, "zhou", "/api/v1/commands",
                                        "{'command':'mirror','system':'hotline','number':'M:1','state':'%s',"
                                        "'due':'2120-02-03T20:00:00+08:00','observed_at':'%s'}",
                                        rows[i].state, rows[i].observed);
        reply_is(&told, rows[i].status, rows[i].status == 201 ? NULL : "newer_told");
        AUTO(reply) struct reply found = rig_get(rig, "zhou", "/api/v1/matters?external=hotline:M:1");
        g_assert_cmpstr(reply_text(&found, "data.0.id"), ==, survivor);
        AUTO(reply) struct reply whole = get_matter("zhou", survivor, "");
        g_assert_cmpstr(reply_text(&whole, "external.number"), ==, "M:1");
        g_assert_cmpstr(reply_text(&whole, "external.state"), ==, rows[i].shown);
    }
    AUTO(reply) struct reply expectations = get_matter("zhou", survivor, "/expectations");
    g_assert_cmpstr(reply_text(&expectations, "data.0.due_at"), ==, "2120-02-03T20:00:00+08:00");
    AUTO(reply)
    struct reply taken = rig_command(rig, "zhou", "/api/v1/matters",
                                     "{'kind':'deadline_case','unit':'" COMMUNITY "','form':{'order_no':'M:1'}}");
    reply_is(&taken, 409, "external_number_taken");
    g_assert_nonnull(strstr(taken.text->str, survivor));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/matters/open-and-read", open_and_read);
    g_test_add_func("/matters/read-your-writes", read_your_writes);
    g_test_add_func("/matters/entries", entries);
    g_test_add_func("/matters/pages", pages);
    g_test_add_func("/matters/bad-cursors", bad_cursors);
    g_test_add_func("/matters/filters", filters);
    g_test_add_func("/matters/tasks", tasks);
    g_test_add_func("/matters/expectations-and-documents", expectations_and_documents);
    g_test_add_func("/matters/on-paper", on_paper);
    g_test_add_func("/matters/proofs", proofs);
    g_test_add_func("/matters/letter", letter);
    g_test_add_func("/matters/two-at-once", two_at_once);
    g_test_add_func("/matters/rounds", rounds);
    g_test_add_func("/matters/subject", subject);
    g_test_add_func("/matters/about-units", about_units);
    g_test_add_func("/matters/alerts", alerts);
    g_test_add_func("/matters/external", external_number);
    g_test_add_func("/matters/shared", shared);
    g_test_add_func("/matters/merged", merged);
    g_test_add_func("/matters/external-after-a-merge", external_after_a_merge);
    g_test_add_func("/matters/far-behind", far_behind);
    int failed = g_test_run();
    g_free(home);
    rig_free(rig);
    return failed;
}
