/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Role × place × kind × door: every door shows to everybody exactly what the oracle says, masked as it says, and
 * counts nothing else; as the city stands at first, and after each thing that moves rights about.
 */
#include "doors.h"
#include "listeners.h"

#include <string.h>

static const char *const roles[] = {"grid_worker",  "community_doctor",      "community_secretary", "cdc_officer",
                                    "data_steward", "district_duty_officer", "supervisor"};
static const char *const places[] = {GRID, COMMUNITY, SIBLING, SUBDISTRICT, DISTRICT, OTHER_DISTRICT, CITY};
static const char *const matter_units[] = {GRID, GRID2, SIBLING_GRID, OTHER_GRID};

struct rig *rig;
struct model *model;
static struct wire wire;    /* kept alive: thousands of questions */
static GPtrArray *viewers;  /* of names */
static GPtrArray *subjects; /* of names */
static int asked;
static guint counted, late_shown;

/* ---- the city ---- */

static void add_viewers(void)
{
    for (size_t r = 0; r < G_N_ELEMENTS(roles); r++)
        for (size_t p = 0; p < G_N_ELEMENTS(places); p++) {
            char *name = g_strdup_printf("%.8s%zu.%zu", roles[r], r, p);
            rig_add(rig, name, roles[r], places[p]);
            g_ptr_array_add(viewers, name);
        }
    static const char *const cast[] = {"wang", "chen", "zhou", "zheng", "li", "zhao", "stranger"};
    for (size_t i = 0; i < G_N_ELEMENTS(cast); i++)
        g_ptr_array_add(viewers, g_strdup(cast[i]));
    /* two posts, one within the other, and one elsewhere */
    rig_add(rig, "twice", "grid_worker", GRID);
    json_decref(rig_do(rig,
                       "{'command':'appoint','person':'%s','role':'supervisor','seat':'" COMMUNITY
                       "','grounds':['" COMMUNITY "','" OTHER_GRID "'],'from':'2020-02-01T00:00:00+08:00'}",
                       rig_member(rig, "twice")->id));
    g_ptr_array_add(viewers, g_strdup("twice"));
}

static void add_subject(const char *name, const char *unit)
{
    json_decref(rig_do(rig, "{'command':'move_in','persons':['%s'],'unit':'%s','from':'2020-01-30T00:00:00+08:00'}",
                       rig_add(rig, name, NULL, NULL)->id, unit));
    g_ptr_array_add(subjects, g_strdup(name));
}

static char *open_for(const char *kind, const char *unit, const char *subject, const char *form)
{
    g_autofree char *id = g_strdup_printf("'subject':'%s',", rig_member(rig, subject)->id);
    json_t *row = rig_do(rig, "{'command':'open_matter','kind':'%s','unit':'%s',%s'form':{%s}}", kind, unit, id, form);
    char *matter = g_strdup(json_string_value(json_object_get(row, "matter")));
    json_decref(row);
    return matter;
}

static void must_enter(const char *who, const char *matter, const char *entry)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply) struct reply reply = rig_command(rig, who, path, "{'entry':%s}", entry);
    reply_is(&reply, 201, NULL);
}

static void open_matters(void)
{
    for (size_t u = 0; u < G_N_ELEMENTS(matter_units); u++) {
        g_autofree char *subject = g_strdup_printf("subject%zu", u);
        add_subject(subject, matter_units[u]);
        g_free(open_for("home_observation", matter_units[u], subject,
                        "'last_exposure':'2020-02-01T12:00:00+08:00','contact':'13900001234'"));
        g_free(open_for("anomaly_report", matter_units[u], subject, "'temperature':38.2"));
        g_free(open_for("welfare_case", matter_units[u], subject, "'need':'口罩'"));
        json_decref(rig_do(rig,
                           "{'command':'open_matter','kind':'inspection','unit':'%s','subject':'%" G_GINT64_FORMAT
                           "','form':{'topic':'消毒'},'participants':{'invited':'%s','observer':['%s']}}",
                           matter_units[u], rig_unit(rig, matter_units[u]),
                           matter_units[(u + 1) % G_N_ELEMENTS(matter_units)],
                           rig_member(rig, u % 2 == 0 ? "li" : "zhao")->id));
    }
    static const char *const targets[] = {CITY, DISTRICT, SUBDISTRICT, OTHER_DISTRICT};
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        json_decref(
            rig_do(rig, "{'command':'open_matter','kind':'directive','unit':'%s','form':{'text':'摸排'}}", targets[i]));
        json_decref(rig_do(rig,
                           "{'command':'open_matter','kind':'call_out','unit':'%s','participants':{'summoned':['%s']}}",
                           targets[i], i % 2 == 0 ? OTHER_GRID : GRID));
    }
    /* li's: a proxy's reading, a subject's objection with a personal field, people acting through the door */
    g_ptr_array_add(subjects, g_strdup("li"));
    AUTO(reply)
    struct reply home = rig_command(rig, "chen", "/api/v1/matters",
                                    "{'kind':'home_observation','unit':'" GRID
                                    "','subject':'%s','form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                                    rig_member(rig, "li")->id);
    reply_is(&home, 201, NULL);
    g_autofree char *id_number = rig_id_number(700);
    g_autofree char *objection = g_strdup_printf("'object','fields':{'reason':'已做检测','id_number':'%s'}", id_number);
    must_enter("li", reply_text(&home, "id"), objection);
    must_enter("zhao", reply_text(&home, "id"), "'check_in','fields':{'temperature':36.5}");
    must_enter("wang", reply_text(&home, "id"), "'check_in','fields':{'temperature':36.6}");
    AUTO(reply)
    struct reply welfare = rig_command(
        rig, "zhou", "/api/v1/matters",
        "{'kind':'welfare_case','unit':'" GRID "','subject':'%s','form':{'need':'药品'}}", rig_member(rig, "li")->id);
    reply_is(&welfare, 201, NULL);
    must_enter("li", reply_text(&welfare, "id"), "'note','fields':{'text':'急'}");
}

/* ---- asking ---- */

/* No answer names a matter that is neither shown to whoever asked nor named by them. */
static void must_hide(const char *who, const char *path, const char *body, const struct reply *reply)
{
    for (guint i = 0; model != NULL && reply->text != NULL && i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        if (strstr(reply->text->str, matter->uuid) != NULL && strstr(path, matter->uuid) == NULL &&
            (body == NULL || strstr(body, matter->uuid) == NULL) &&
            !model_sees(model, rig_member(rig, who)->person, matter))
            g_error("%s tells %s of %s %s", path, who, matter->kind, matter->uuid);
    }
}

struct reply ask(const char *who, const char *method, const char *path, const char *body)
{
    AUTO(reply) struct reply reply = {0};
    g_autofree char *text =
        ask_text(&(struct ask){.method = method, .path = path, .token = rig_token(rig, who), .body = body});
    asked++;
    if (!wire_send(&wire, text, -1) || !wire_read(&wire, false, &reply))
        g_error("%s: no answer", path);
    must_hide(who, path, body, &reply);
    struct reply out = reply;
    reply = (struct reply){0};
    return out;
}

static bool is_masked_name(const char *name)
{
    return g_str_has_suffix(name, "*");
}

const struct model_matter *matter_of(const char *uuid)
{
    for (guint i = 0; i < model->matters->len; i++)
        if (strcmp(g_array_index(model->matters, struct model_matter, i).uuid, uuid) == 0)
            return &g_array_index(model->matters, struct model_matter, i);
    g_error("a door shows the unknown matter %s", uuid);
}

void check_mask(int64_t person, const struct model_matter *matter, const json_t *row)
{
    if (model_is_about_person(matter))
        g_assert_cmpint(is_masked_name(json_at_text(row, "subject.name")), ==, !model_unmasks(model, person, matter));
}

/* Pages through everything: what came, each once. */
static GHashTable *listed(const char *who, const char *path, int64_t person, int limit)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *next = g_strdup("");
    while (next != NULL) {
        g_autofree char *page = g_strdup_printf("%slimit=%d&cursor=%s", path, limit, next);
        AUTO(reply) struct reply reply = ask(who, "GET", page, NULL);
        reply_is(&reply, 200, NULL);
        size_t i;
        json_t *row;
        json_array_foreach(json_at(reply.json, "data"), i, row)
        {
            const char *uuid = json_at_text(row, "id");
            check_mask(person, matter_of(uuid), row);
            if (!g_hash_table_add(seen, g_strdup(uuid)))
                g_error("%s is shown twice to %s by %s", uuid, who, path);
        }
        g_free(next);
        next = json_is_string(json_at(reply.json, "next")) ? g_strdup(reply_text(&reply, "next")) : NULL;
    }
    return seen;
}

/* Shown exactly: those that the oracle shows and the filter lets through. */
static void check_list(const char *who, const char *path, int limit,
                       bool (*passes)(const struct model_matter *matter, int64_t value), int64_t value)
{
    int64_t person = rig_member(rig, who)->person;
    g_autoptr(GHashTable) seen = listed(who, path, person, limit);
    for (guint i = 0; i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        bool expected = model_sees(model, person, matter) && (passes == NULL || passes(matter, value));
        if (g_hash_table_contains(seen, matter->uuid) != expected)
            g_error("%s: %s is %s to %s", path, matter->kind, expected ? "not shown" : "shown", who);
    }
}

static bool is_home(const struct model_matter *matter, int64_t value)
{
    return strcmp(matter->kind, "home_observation") == 0;
}

static bool is_open(const struct model_matter *matter, int64_t value)
{
    return matter->open == (value != 0);
}

static bool is_about(const struct model_matter *matter, int64_t value)
{
    return matter->subject == value;
}

static bool is_under(const struct model_matter *matter, int64_t value)
{
    return model_is_under(model, matter->unit, value);
}

static void check_lists(const char *who)
{
    check_list(who, "/api/v1/matters?", 3, NULL, 0);
    check_list(who, "/api/v1/matters?", 200, NULL, 0);
    check_list(who, "/api/v1/matters?kind=home_observation&", 2, is_home, 0);
    check_list(who, "/api/v1/matters?sort=due&", 7, NULL, 0);
    check_list(who, "/api/v1/matters?kind=home_observation&sort=due&", 2, is_home, 0);
    check_list(who, "/api/v1/matters?open=true&", 5, is_open, 1);
    check_list(who, "/api/v1/matters?open=false&", 5, is_open, 0);
    for (guint i = 0; i < subjects->len; i++) {
        const struct member *subject = rig_member(rig, g_ptr_array_index(subjects, i));
        g_autofree char *path = g_strdup_printf("/api/v1/matters?subject=%s&", subject->id);
        check_list(who, path, 1, is_about, subject->person);
    }
}

static void check_under(const char *who, const char *const *codes, const int64_t *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/matters?under=%%23%" G_GINT64_FORMAT "&", units[i]);
        check_list(who, path, 4, is_under, units[i]);
    }
}

static bool is_counted(const struct model_matter *matter, const json_t *kind, int64_t unit)
{
    return !matter->erased && strcmp(matter->kind, json_at_text(kind, "kind")) == 0 &&
           model_is_under(model, matter->unit, unit);
}

/* How many of the kind, in a state, open or not, the oracle shows. */
static int64_t shown_in_state(int64_t person, const json_t *kind, const json_t *state, int64_t unit)
{
    int64_t count = 0;
    for (guint i = 0; i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        count += is_counted(matter, kind, unit) && strcmp(matter->state, json_at_text(state, "state")) == 0 &&
                 matter->open == json_is_true(json_at(state, "open")) && model_sees(model, person, matter);
    }
    return count;
}

/* Of each unit below, what is answered of it alone. */
static void check_counts_below(const char *who, int64_t unit)
{
    g_autofree char *path = g_strdup_printf("/api/v1/counts/below?unit=%%23%" G_GINT64_FORMAT, unit);
    AUTO(reply) struct reply below = ask(who, "GET", path, NULL);
    g_assert_true(below.status == 200 || below.status == 404);
    size_t i;
    json_t *row;
    json_array_foreach(json_at(below.json, "data"), i, row)
    {
        g_autofree char *alone = g_strdup_printf("/api/v1/counts?unit=%%23%s", json_at_text(row, "unit.id"));
        AUTO(reply) struct reply one = ask(who, "GET", alone, NULL);
        reply_is(&one, 200, NULL);
        g_assert_true(json_equal(json_at(one.json, "data"), json_at(row, "data")));
    }
}

/* What no post sees is told in figures to those who are told of it, at the units that they cover; to nobody else, and
 * nowhere below the floor. */
static guint check_told(const char *who, int64_t unit, bool above_floor)
{
    static const char *const told_to[] = {"cdc_officer", NULL};
    g_autofree char *path = g_strdup_printf("/api/v1/indicators/welfare_open?unit=%%23%" G_GINT64_FORMAT, unit);
    g_autofree char *of_clauses = g_strdup_printf("/api/v1/clauses?unit=%%23%" G_GINT64_FORMAT, unit);
    bool told = model_covers(model, rig_member(rig, who)->person, told_to, unit);
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    AUTO(reply) struct reply clauses = ask(who, "GET", of_clauses, NULL);
    g_autofree char *said = json_dumps(clauses.json, 0);
    g_assert_cmpint(reply.status == 200, ==, told && above_floor);
    g_assert_cmpint(strstr(said, "welfare_open") != NULL, ==, told && above_floor);
    g_assert_true(told || reply.status == 404);
    int64_t top = json_integer_value(json_at(reply.json, "data.0.top"));
    g_assert_true(top == 0 || top >= 5);
    return told && above_floor;
}

/* Nothing is counted that is not shown as well. */
static void check_counts(const char *who, const int64_t *units, size_t count)
{
    int64_t person = rig_member(rig, who)->person;
    for (size_t u = 0; u < count; u++) {
        g_autofree char *path = g_strdup_printf("/api/v1/counts?unit=%%23%" G_GINT64_FORMAT, units[u]);
        AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
        g_assert_true(reply.status == 404 || json_array_size(json_at(reply.json, "data")) > 0);
        check_counts_below(who, units[u]);
        size_t i, j;
        json_t *kind, *state;
        json_array_foreach(json_at(reply.json, "data"), i, kind)
        {
            int64_t all = 0;
            json_array_foreach(json_at(kind, "states"), j, state)
            {
                g_assert_cmpint(json_integer_value(json_at(state, "count")), ==,
                                shown_in_state(person, kind, state, units[u]));
                all += json_integer_value(json_at(state, "count"));
            }
            for (guint m = 0; m < model->matters->len; m++)
                all -= is_counted(&g_array_index(model->matters, struct model_matter, m), kind, units[u]);
            g_assert_cmpint(all, ==, 0);
            counted++;
        }
    }
}

/* The line of a matter in an export, NULL none; without its end. */
static char *line_of(const char *text, const char *uuid)
{
    const char *at = strstr(text, uuid);
    return at != NULL ? g_strndup(at, strcspn(at, "\r")) : NULL;
}

/* Subjects of the cast are called 测试 and their name; masked, the first character is left. */
static void check_line(int64_t person, const struct model_matter *matter, const char *line)
{
    if (line != NULL && model_is_about_person(matter))
        g_assert_cmpint(strstr(line, "测试") == NULL, ==, !model_unmasks(model, person, matter));
}

static void check_export(const char *who, const char *kind)
{
    int64_t person = rig_member(rig, who)->person;
    g_autofree char *path = g_strdup_printf("/api/v1/exports/%s.csv", kind);
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    reply_is(&reply, 200, NULL);
    for (guint i = 0; i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        bool expected = strcmp(matter->kind, kind) == 0 && model_sees(model, person, matter);
        g_autofree char *line = line_of(reply.text->str, matter->uuid);
        if ((line != NULL) != expected)
            g_error("%s: a %s is %s to %s", path, matter->kind, expected ? "not shown" : "shown", who);
        check_line(person, matter, line);
    }
}

static void check_exports(const char *who)
{
    static const char *const kinds[] = {"home_observation", "anomaly_report", "welfare_case", "inspection"};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        check_export(who, kinds[i]);
}

/* The kinds that one's posts have to do with, and no others; to whoever holds none, none. */
static void check_kinds(const char *who)
{
    static const char *const kinds[] = {"home_observation", "anomaly_report", "welfare_case", "inspection",
                                        "directive"};
    int64_t person = rig_member(rig, who)->person;
    AUTO(reply) struct reply reply = ask(who, "GET", "/api/v1/kinds", NULL);
    reply_is(&reply, 200, NULL);
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        bool shown = false;
        size_t i;
        json_t *row;
        json_array_foreach(json_at(reply.json, "data"), i, row) shown =
            shown || strcmp(json_at_text(row, "name"), kinds[k]) == 0;
        if (shown != model_acts_in(model, person, kinds[k]))
            g_error("kinds: %s is %s to %s", kinds[k], shown ? "shown" : "not shown", who);
    }
    if (model_first_ground(model, person) == 0)
        g_assert_cmpuint(json_array_size(json_at(reply.json, "data")), ==, 0);
}

/* ---- one matter ---- */

static void check_status(const char *who, const struct model_matter *matter, const char *rest, int expected)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s%s", matter->uuid, rest);
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    if (reply.status != expected)
        g_error("%s of a %s: %d to %s, expected %d", path, matter->kind, reply.status, who, expected);
}

static void check_entries(const char *who, const struct model_matter *matter, bool sees, bool unmasks)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter->uuid);
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    reply_is(&reply, sees ? 200 : 404, NULL);
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply.json, "data"), i, row)
    {
        const char *id_number = json_at_text(row, "fields.id_number");
        g_assert_cmpint(*id_number != '\0', ==, strcmp(json_at_text(row, "entry"), "object") == 0);
        if (*id_number != '\0')
            g_assert_cmpint(strchr(id_number, '*') != NULL, ==, !unmasks);
    }
}

/* What is listed is what may be read. */
static void check_documents(const char *who, const struct model_matter *matter, bool sees, bool reads_notice)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/documents", matter->uuid);
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    reply_is(&reply, sees ? 200 : 404, NULL);
    bool listed = false;
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply.json, "data"), i, row)
    {
        const char *name = json_at_text(row, "name");
        g_autofree char *document = g_strdup_printf("/documents/%s", name);
        check_status(who, matter, document, 200);
        listed |= strcmp(name, "observation_notice") == 0;
    }
    g_assert_cmpint(listed, ==, sees && reads_notice);
}

static void check_matter(const char *who, const struct model_matter *matter)
{
    int64_t person = rig_member(rig, who)->person;
    bool sees = model_sees(model, person, matter), unmasks = model_unmasks(model, person, matter);
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", matter->uuid);
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    if (reply.status != (sees ? 200 : 404))
        g_error("%s: %d to %s", matter->kind, reply.status, who);
    if (sees) {
        g_assert_cmpint(json_is_true(json_at(reply.json, "masked")), ==, !unmasks);
        check_mask(person, matter, reply.json);
        const char *contact = reply_text(&reply, "form.contact");
        g_assert_true(*contact == '\0' || (strchr(contact, '*') != NULL) == !unmasks);
    }
    check_entries(who, matter, sees, unmasks);
    check_status(who, matter, "/expectations", sees ? 200 : 404);
    check_status(who, matter, "/participants", sees ? 200 : 404);
    bool all = matter->opener == person || model_sees_all(model, person, matter->kind, matter->unit);
    bool audience = strcmp(matter->kind, "directive") == 0;
    check_status(who, matter, "/participants/below", !sees ? 404 : !audience ? 400 : all ? 200 : 403);
    bool has_notice = strcmp(matter->kind, "home_observation") == 0;
    check_status(who, matter, "/resident-links", !sees ? 404 : !unmasks ? 403 : 200);
    check_documents(who, matter, sees, unmasks && has_notice);
    check_status(who, matter, "/documents/observation_notice", !sees ? 404 : !unmasks ? 403 : has_notice ? 200 : 404);
}

/* ---- lists of one's own ---- */

static void check_own(const char *who, const char *path, const GArray *of_posts /* NULL: tasks */)
{
    int64_t person = rig_member(rig, who)->person;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *next = g_strdup("");
    while (next != NULL) {
        g_autofree char *page = g_strdup_printf("%s?limit=3&cursor=%s", path, next);
        AUTO(reply) struct reply reply = ask(who, "GET", page, NULL);
        reply_is(&reply, 200, NULL);
        size_t i;
        json_t *row;
        json_array_foreach(json_at(reply.json, "data"), i, row)
        {
            const struct model_matter *matter = matter_of(json_at_text(row, "matter"));
            g_hash_table_add(seen, g_strdup(matter->uuid));
            if (json_object_get(row, "subject") != NULL)
                check_mask(person, matter, row);
        }
        g_free(next);
        next = json_is_string(json_at(reply.json, "next")) ? g_strdup(reply_text(&reply, "next")) : NULL;
    }
    for (guint i = 0; i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        bool expected = is_listed(person, matter, of_posts);
        if (g_hash_table_contains(seen, matter->uuid) != expected)
            g_error("%s: %s is %s to %s", path, matter->kind, expected ? "not shown" : "shown", who);
    }
}

/* ---- what a phone keeps ---- */

static bool has_row(const json_t *rows, const char *member, const json_t *wanted)
{
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i,
                       row) if (json_equal(member != NULL ? json_object_get(row, member) : row, wanted)) return true;
    return false;
}

/* That a matter was seen when it was opened is written in the background: then it is asked for once more. */
static bool is_kept_as_shown(const char *who, const json_t *kept)
{
    const char *uuid = json_at_text(kept, "matter.id");
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", uuid);
    for (int i = 0; i < 50; i++) {
        AUTO(reply) struct reply alone = ask(who, "GET", path, NULL);
        if (json_equal(alone.json, json_at(kept, "matter")))
            return true;
        AUTO(reply) struct reply now = ask(who, "GET", "/api/v1/snapshot", NULL);
        if (has_row(json_at(now.json, "data"), "matter", alone.json))
            return true;
        g_usleep(100000);
        rig_settle(rig);
    }
    return false;
}

/* The matter, its tasks and its entries as their own doors show them to the same viewer. */
static void check_kept(const char *who, const json_t *kept, const json_t *tasks)
{
    const char *uuid = json_at_text(kept, "matter.id");
    g_autofree char *list = g_strdup_printf("/api/v1/matters/%s/entries?limit=200", uuid);
    AUTO(reply) struct reply entries = ask(who, "GET", list, NULL);
    g_assert_true(is_kept_as_shown(who, kept));
    size_t i;
    json_t *row;
    json_array_foreach(json_at(kept, "entries"), i, row)
        g_assert_true(has_row(json_at(entries.json, "data"), NULL, row));
    json_array_foreach(json_at(kept, "tasks"), i, row) g_assert_true(has_row(tasks, NULL, row));
}

static void check_snapshot(const char *who)
{
    int64_t person = rig_member(rig, who)->person;
    AUTO(reply) struct reply reply = ask(who, "GET", "/api/v1/snapshot", NULL);
    AUTO(reply) struct reply tasks = ask(who, "GET", "/api/v1/tasks?limit=200", NULL);
    reply_is(&reply, 200, NULL);
    g_assert_true(json_is_true(json_at(reply.json, "whole")));
    size_t i, kept_tasks = 0;
    json_t *kept;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    json_array_foreach(json_at(reply.json, "data"), i, kept)
    {
        check_kept(who, kept, json_at(tasks.json, "data"));
        kept_tasks += json_array_size(json_at(kept, "tasks"));
        g_hash_table_add(seen, g_strdup(json_at_text(kept, "matter.id")));
    }
    g_assert_cmpuint(kept_tasks, ==, json_array_size(json_at(tasks.json, "data")));
    for (guint m = 0; m < model->matters->len; m++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, m);
        bool task = false, sees = model_sees(model, person, matter);
        json_array_foreach(json_at(tasks.json, "data"), i, kept) task =
            task || strcmp(json_at_text(kept, "matter"), matter->uuid) == 0;
        if (g_hash_table_contains(seen, matter->uuid) != (sees && (matter->open || task)))
            g_error("snapshot: %s is %s to %s", matter->kind, sees ? "not shown" : "shown", who);
    }
}

/* ---- people ---- */

static void check_person(const char *who, const char *whom)
{
    int64_t person = rig_member(rig, who)->person, other = rig_member(rig, whom)->person;
    bool unmasked, sees = model_sees_person(model, person, other, &unmasked);
    const char *id = rig_member(rig, whom)->id;
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", id);
    AUTO(reply) struct reply reply = ask(who, "GET", path, NULL);
    if (reply.status != (sees ? 200 : 404))
        g_error("%s is %s to %s", whom, sees ? "not shown" : "shown", who);
    if (sees) {
        g_assert_cmpint(is_masked_name(reply_text(&reply, "name")), ==, !unmasked);
        g_assert_cmpint(json_is_true(json_at(reply.json, "masked")), ==, !unmasked);
    }
    g_autofree char *body = g_strdup_printf("{\"name\":\"测试%s\"}", whom);
    AUTO(reply) struct reply found = ask(who, "POST", "/api/v1/persons/search", body);
    reply_is(&found, 200, NULL);
    bool shown = false;
    size_t i;
    json_t *row;
    json_array_foreach(json_at(found.json, "data"), i, row)
    {
        if (strcmp(json_at_text(row, "id"), id) != 0)
            continue;
        shown = true;
        g_assert_cmpint(is_masked_name(json_at_text(row, "name")), ==, !unmasked);
    }
    g_assert_cmpint(shown, ==, sees);
}

/* ---- who holds which post ---- */

static void look(void)
{
    rig_settle(rig);
    if (model != NULL)
        model_free(model);
    model = model_new(rig->data, clock_now_us(&rig->clock));
}

static void who_holds_what(void)
{
    look();
    guint shown = 0;
    for (guint v = 0; v < viewers->len; v++) {
        check_holders(g_ptr_array_index(viewers, v));
        shown += is_holder_shown(g_ptr_array_index(viewers, v), rig_member(rig, "sun"));
    }
    g_assert_cmpuint(shown, >, 5);
    g_assert_cmpuint(shown, <, viewers->len - 5);
}

/* ---- everybody, everything ---- */

static void check_all(void)
{
    static const char *const codes[] = {GRID, GRID2, COMMUNITY, SIBLING, DISTRICT, OTHER_DISTRICT};
    static int64_t units[G_N_ELEMENTS(codes)];
    for (size_t i = 0; i < G_N_ELEMENTS(codes) && units[i] == 0; i++)
        units[i] = rig_unit(rig, codes[i]);
    look();
    guint seen = 0, all = 0, told = 0, spread = 0;
    for (guint v = 0; v < viewers->len; v++) {
        const char *who = g_ptr_array_index(viewers, v);
        check_lists(who);
        check_exports(who);
        check_kinds(who);
        check_under(who, codes, units, G_N_ELEMENTS(codes));
        check_counts(who, units, G_N_ELEMENTS(codes));
        for (size_t u = 0; u < G_N_ELEMENTS(codes); u++)
            late_shown += check_late(who, units[u]) + check_clauses(who, units[u]);
        for (size_t u = 0; u < G_N_ELEMENTS(codes); u++)
            told += check_told(who, units[u], u >= 2); /* the first two are grids */
        for (size_t u = 1; u + 1 < G_N_ELEMENTS(codes); u++)
            spread += check_board(who, units[u], u >= 2);
        for (guint i = 0; i < model->matters->len; i++) {
            const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
            check_matter(who, matter);
            seen += model_sees(model, rig_member(rig, who)->person, matter);
            all++;
        }
        check_own(who, "/api/v1/tasks", NULL);
        check_own(who, "/api/v1/alerts", model->alerts);
        check_snapshot(who);
        for (guint i = 0; i < subjects->len; i++)
            check_person(who, g_ptr_array_index(subjects, i));
    }
    listeners_check(rig, model, viewers);
    g_assert_cmpuint(seen, >, all / 10); /* the oracle must be able to say both */
    g_assert_cmpuint(seen, <, all * 9 / 10);
    g_assert_cmpuint(counted, >, 100);
    g_assert_cmpuint(told, >, 0);
    g_assert_cmpuint(spread, >, 0);
    g_test_message("%d questions, %u of %u seen", asked, seen, all);
}

/* ---- what moves rights about ---- */

static void at_first(void)
{
    check_all();
}

static void after_escalation(void)
{
    clock_set(&rig->clock, RIG_NOW_US + 5 * US_PER_HOUR);
    engine_run_clock(rig->engine);
    check_all();
    g_assert_cmpuint(late_shown, >, 100);
}

static void after_claims(void)
{
    claim_all(viewers, look);
    check_all();
}

static void post_ends(const char *name)
{
    json_decref(rig_do(rig, "{'command':'end_post','post_id':'%s'}", rig_member(rig, name)->post_id));
}

static void after_posts_ended(void)
{
    post_ends("wang");
    post_ends("chen");
    for (size_t r = 0; r < G_N_ELEMENTS(roles); r++) {
        g_autofree char *name = g_strdup_printf("%.8s%zu.%d", roles[r], r, 1); /* at COMMUNITY */
        post_ends(name);
    }
    clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_MINUTE);
    check_all();
}

static char *anomaly_in(const char *code)
{
    int64_t unit = rig_unit(rig, code);
    look();
    for (guint i = 0; i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        if (matter->unit == unit && strcmp(matter->kind, "anomaly_report") == 0)
            return g_strdup(matter->uuid);
    }
    g_error("no anomaly in %s", code);
}

/* Whoever refuses sees it no longer. */
static void refuse(const char *matter)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", matter);
    g_autofree char *offer = g_strconcat(path, "/hand-over", NULL), *refuse = g_strconcat(path, "/refuse", NULL);
    AUTO(reply) struct reply offered = rig_command(rig, "zhou", offer, "{'to':'" SIBLING_GRID "'}");
    reply_is(&offered, 201, NULL);
    rig_settle(rig);
    AUTO(reply) struct reply before = ask("communit2.2", "GET", path, NULL);
    reply_is(&before, 200, NULL);
    AUTO(reply) struct reply refused = rig_command(rig, "communit2.2", refuse, "{'reason':'not_ours'}");
    reply_is(&refused, 201, NULL);
    rig_settle(rig);
    AUTO(reply) struct reply after = ask("communit2.2", "GET", path, NULL);
    reply_is(&after, 404, "not_found");
}

/* Offered and accepted within the district, offered and not yet accepted to the other one. */
static void after_handing_over(void)
{
    g_autofree char *near = anomaly_in(GRID);
    g_autofree char *far = anomaly_in(GRID2);
    refuse(far);
    check_all();
    g_autofree char *offer = g_strdup_printf("/api/v1/matters/%s/hand-over", near);
    AUTO(reply) struct reply offered = rig_command(rig, "zhou", offer, "{'to':'" SIBLING_GRID "'}");
    reply_is(&offered, 201, NULL);
    check_all();
    g_autofree char *accept = g_strdup_printf("/api/v1/matters/%s/accept", near);
    AUTO(reply) struct reply taken = rig_command(rig, "communit2.2", accept, "{}"); /* secretary of SIBLING */
    reply_is(&taken, 201, NULL);
    json_decref(rig_do(rig, "{'command':'hand_over_matter','matter':'%s','to':'" OTHER_GRID "'}", far));
    engine_run_clock(rig->engine); /* the letter arrives */
    check_all();
}

static void after_a_unit_moved(void)
{
    json_decref(rig_do(rig, "{'command':'move_unit','unit':'" SIBLING_GRID "','parent':'" COMMUNITY "'}"));
    clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_MINUTE);
    check_all();
}

static void end_matters_of(const char *code)
{
    static const char *const endings[][2] = {{"home_observation", "break_off"},
                                             {"anomaly_report", "acknowledge"},
                                             {"welfare_case", "help"},
                                             {"inspection", "report"}};
    int64_t unit = rig_unit(rig, code);
    look();
    for (guint i = 0; i < model->matters->len; i++) {
        const struct model_matter *matter = &g_array_index(model->matters, struct model_matter, i);
        for (size_t k = 0; k < G_N_ELEMENTS(endings) && matter->open; k++)
            if (matter->unit == unit && strcmp(matter->kind, endings[k][0]) == 0)
                json_decref(rig_do(rig, "{'command':'enter','matter':'%s','entry':'%s'}", matter->uuid, endings[k][1]));
    }
}

/* What happened in a closed unit is seen by those who stood above it then. */
static void after_a_unit_closed(void)
{
    end_matters_of(SIBLING_GRID);
    end_matters_of(GRID2);
    clock_set(&rig->clock, RIG_NOW_US + 2 * US_PER_DAY);
    engine_run_clock(rig->engine);
    json_decref(rig_do(rig, "{'command':'close_unit','unit':'" SIBLING_GRID "','date':'2020-02-04'}"));
    json_decref(rig_do(rig, "{'command':'close_unit','unit':'" GRID2 "','date':'2020-02-04'}"));
    check_all();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    viewers = g_ptr_array_new_with_free_func(g_free);
    subjects = g_ptr_array_new_with_free_func(g_free);
    wire = wire_open(rig);
    add_viewers();
    open_matters();
    g_test_add_func("/doors/at-first", at_first);
    g_test_add_func("/doors/who-holds-what", who_holds_what);
    g_test_add_func("/doors/after-escalation", after_escalation);
    g_test_add_func("/doors/after-claims", after_claims);
    g_test_add_func("/doors/after-posts-ended", after_posts_ended);
    g_test_add_func("/doors/after-handing-over", after_handing_over);
    g_test_add_func("/doors/after-a-unit-moved", after_a_unit_moved);
    g_test_add_func("/doors/after-a-unit-closed", after_a_unit_closed);
    int failed = g_test_run();
    listeners_close();
    wire_close(&wire);
    if (model != NULL)
        model_free(model);
    g_ptr_array_unref(viewers);
    g_ptr_array_unref(subjects);
    rig_free(rig);
    return failed;
}
