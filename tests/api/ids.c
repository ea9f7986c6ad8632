/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Persons, households and posts at every door: shown as they are named outside, and what names none is nobody. */
#include "rig.h"

#include "api/endpoint.h"
#include "vault/outer.h"

#include <string.h>

static struct rig *rig;
static char *home; /* of li */
static struct reader *reader;

/* ---- what is shown ---- */

/* Members that hold a whole number or one in digits and are no id of a person, household or post. A member that is
 * not here is looked at before it is added: does it count, or does it name somebody? */
static const char *const numbers[] = {
    /* counts, numbers within a matter, versions */
    "alerts", "count", "escalated", "delivered", "entry", "excused", "extended", "handed_over", "held", "late", "least",
    "level", "line", "met", "missed", "number", "open", "open_count", "participant", "required", "seen", "state",
    "step", "version", "assigned", "overdue", "duty_minutes", "check_in", "acknowledge", "invited", "observer",
    "smallest_cell", "min_bottom", "top", "bottom", "value", "minimum", "maximum", "minLength", "maxLength", "maxItems",
    "minItems", "corrects", "persons", "attempts", "accuracy", "passed", "rebased", "bytes", "status",
    /* digits that somebody entered, or that name a place */
    "code", "phone", "id_number", "contact", "need", "text", "topic", "temperature",
    /* where the journal stands */
    "pos", "durable_pos", "rows_pos", "stream", "seq",
    /* which rules are in force */
    "playbook"};

/* An `id` of digits is a unit's, a hand-over's, an account's, an alert's, a playbook's: told by what stands beside. */
static const char *const beside_other_ids[] = {"code", "mode", "login", "raised_at", "adopted_at", "time_zone"};

static bool is_whole_number(const json_t *value)
{
    const char *text = json_string_value(value);
    return json_is_integer(value) || (text != NULL && *text != '\0' && text[strspn(text, "0123456789")] == '\0');
}

static bool stands_in(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_other_id(const json_t *object)
{
    for (size_t i = 0; i < G_N_ELEMENTS(beside_other_ids); i++)
        if (json_object_get(object, beside_other_ids[i]) != NULL)
            return true;
    return false;
}

static void must_show_none(const char *path, const char *name, const json_t *parent, const json_t *value)
{
    const char *member;
    size_t i;
    json_t *part;
    json_object_foreach((json_t *)value, member, part)
    {
        if (strcmp(member, "pages") != 0) /* of a trace: how often each page was looked at */
            must_show_none(path, member, value, part);
    }
    json_array_foreach((json_t *)value, i, part) must_show_none(path, name, parent, part);
    if (!is_whole_number(value) || stands_in(numbers, G_N_ELEMENTS(numbers), name) ||
        (strcmp(name, "id") == 0 && is_other_id(parent)))
        return;
    g_autofree char *text = json_dumps(parent, JSON_COMPACT);
    g_error("%s: %s in %s", path, name, text);
}

/* The reference and the rules of a kind describe, and hold nobody. */
static bool describes(const char *path)
{
    return strstr(path, "openapi") != NULL || strstr(path, "/kinds/") != NULL;
}

/* With each parameter filled in that is known here. */
static char *filled(const char *path, const struct member *whom)
{
    const struct {
        const char *name, *value;
    } values[] = {{"{person}", whom->id},
                  {"{post_id}", whom->post_id},
                  {"{matter}", home},
                  {"{unit}", GRID},
                  {"{kind}", "home_observation"},
                  {"{name}", "observation_notice"},
                  {"{import}", "none"},
                  {"{hash}", "none"},
                  {"{token}", "none"}};
    GString *text = g_string_new(path);
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        if (strstr(text->str, values[i].name) != NULL && values[i].value != NULL)
            g_string_replace(text, values[i].name, values[i].value, 0);
    return g_string_free(text, FALSE);
}

static int look_at_all(const char *who, const struct member *whom)
{
    int looked_at = 0;
    for (size_t i = 0; i < endpoint_count; i++) {
        const struct endpoint *endpoint = &endpoints[i];
        g_autofree char *path = filled(endpoint->path, whom);
        if (strcmp(endpoint->method, "GET") != 0 || endpoint->endless || describes(path) || strchr(path, '{') != NULL)
            continue;
        g_test_message("%s: %s", who, path);
        AUTO(reply) struct reply reply = rig_get(rig, who, path);
        must_show_none(path, "", NULL, reply.json);
        looked_at += reply.status == 200 && reply.json != NULL;
    }
    return looked_at;
}

/* What a form says of a person, who takes part, who stands in a trace: it must be there to be looked at. */
static void open_matters(void)
{
    AUTO(reply)
    struct reply opened = rig_command(rig, "chen", "/api/v1/matters",
                                      "{'kind':'home_observation','unit':'" GRID "','subject':'%s','form':{"
                                      "'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                                      rig_member(rig, "li")->id);
    reply_is(&opened, 201, NULL);
    must_show_none("open_matter", "", NULL, opened.json);
    home = g_strdup(reply_text(&opened, "id"));
    g_autofree char *entries = g_strdup_printf("/api/v1/matters/%s/entries", home);
    AUTO(reply)
    struct reply entered = rig_command(rig, "wang", entries,
                                       "{'entry':'check_in','post':'%s','proxy':'%s','word_of':'relative',"
                                       "'fields':{'temperature':36.5}}",
                                       rig_member(rig, "wang")->post_id, rig_member(rig, "zhao")->id);
    reply_is(&entered, 201, NULL);
    must_show_none("enter", "", NULL, entered.json);
    AUTO(reply)
    struct reply inspected = rig_command(rig, "zheng", "/api/v1/matters",
                                         "{'kind':'inspection','unit':'" GRID "','subject':'%" G_GINT64_FORMAT
                                         "','form':{'topic':'消毒'},'participants':{'observer':['%s']}}",
                                         rig_unit(rig, GRID), rig_member(rig, "chen")->id);
    reply_is(&inspected, 201, NULL);
    AUTO(reply)
    struct reply offered =
        rig_command(rig, "wang", "/api/v1/handovers", "{'from_post':'%s','mode':'post','to_post':'%s','reason':'生病'}",
                    rig_member(rig, "wang")->post_id, rig_member(rig, "sun")->post_id);
    reply_is(&offered, 201, NULL);
}

static void nowhere_inside(void)
{
    static const char *const viewers[] = {"keeper", "watcher", "chen", "wang", "zheng", "li"};
    open_matters();
    for (size_t i = 0; i < G_N_ELEMENTS(viewers); i++) {
        int subject = look_at_all(viewers[i], rig_member(rig, "li"));
        int worker = look_at_all(viewers[i], rig_member(rig, "wang"));
        g_assert_cmpint(subject, >, 10);
        g_assert_cmpint(worker, >, 10);
    }
}

/* What a command made is named in its answer, and can be named by that in the next one. */
static void made(void)
{
    AUTO(reply) struct reply person = rig_command(rig, "keeper", "/api/v1/persons", "{'name':'测试新'}");
    reply_is(&person, 201, NULL);
    must_show_none("register_person", "", NULL, person.json);
    const char *id = reply_text(&person, "events.0.id");
    g_assert_cmpint(vault_inner_id(reader->vault, VAULT_ID_PERSON, id), !=, VAULT_NOBODY);
    AUTO(reply)
    struct reply post =
        rig_command(rig, "keeper", "/api/v1/posts", "{'person':'%s','role':'grid_worker','grounds':['" GRID2 "']}", id);
    reply_is(&post, 201, NULL);
    must_show_none("appoint", "", NULL, post.json);
    AUTO(reply)
    struct reply home_made =
        rig_command(rig, "keeper", "/api/v1/residencies", "{'persons':['%s'],'unit':'" GRID2 "'}", id);
    reply_is(&home_made, 201, NULL);
    must_show_none("move_in", "", NULL, home_made.json);
    AUTO(reply)
    struct reply joined =
        rig_command(rig, "keeper", "/api/v1/residencies", "{'persons':[{'name':'测试再'}],'household':'%s'}",
                    reply_text(&home_made, "events.0.household"));
    reply_is(&joined, 201, NULL);
    must_show_none("move_in", "", NULL, joined.json);
    g_autofree char *end = g_strdup_printf("/api/v1/posts/%s/end", reply_text(&post, "events.0.id"));
    AUTO(reply) struct reply ended = rig_command(rig, "keeper", end, "{}");
    reply_is(&ended, 201, NULL);
}

/* ---- what names nobody ---- */

/* Of a class, none of which is anybody's: unknown, of another class, inner, malformed. */
static void names_of_nobody(enum vault_class class, char out[4][VAULT_OUTER_ID_CHARS + 1])
{
    vault_outer_id(reader->vault, class, 987654321, out[0]);
    vault_outer_id(reader->vault, class == VAULT_ID_POST ? VAULT_ID_PERSON : VAULT_ID_POST,
                   rig_member(rig, "wang")->person, out[1]);
    g_snprintf(out[2], VAULT_OUTER_ID_CHARS + 1, "%" G_GINT64_FORMAT,
               class == VAULT_ID_POST ? rig_member(rig, "wang")->post : rig_member(rig, "li")->person);
    g_strlcpy(out[3], "nobody", VAULT_OUTER_ID_CHARS + 1);
}

static struct reply ask_with(const char *who, const char *path, const char *body, const char *id)
{
    g_autofree char *own = rig_uuid(rig);
    GString *to = g_string_new(path), *what = g_string_new(body != NULL ? body : "");
    g_string_replace(to, "$", id, 0);
    g_string_replace(what, "$", id, 0);
    struct reply reply =
        body == NULL ? rig_get(rig, who, to->str) : rig_post(rig, who, to->str, "{'id':'%s',%s}", own, what->str);
    g_string_free(to, TRUE);
    g_string_free(what, TRUE);
    return reply;
}

static void all_alike(void)
{
    static const struct {
        enum vault_class class;
        const char *who, *path, *body;
    } rows[] = {
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$", NULL},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/known", NULL},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/custody", NULL},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/duplicates", NULL},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/traces", NULL},
        {VAULT_ID_PERSON, "keeper", "/api/v1/matters?subject=$", NULL},
        {VAULT_ID_POST, "keeper", "/api/v1/posts/$", NULL},
        {VAULT_ID_POST, "keeper", "/api/v1/posts/$/letter", NULL},
        {VAULT_ID_POST, "keeper", "/api/v1/posts/$/record", NULL},
        {VAULT_ID_POST, "keeper", "/api/v1/tasks?post=$", NULL},
        {VAULT_ID_POST, "keeper", "/api/v1/alerts?post=$", NULL},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/change", "'phone':'13900009999'"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/custody", "'from':'" GRID "','to':'" GRID2 "'"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/erase", "'version':1"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/erase/withdraw", "'version':1"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/merge", "'other':'$'"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/persons/$/unmerge", "'version':1"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/posts", "'person':'$','role':'grid_worker','grounds':['" GRID "']"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/residencies", "'persons':['$'],'unit':'" GRID "'"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/residencies/end", "'person':'$'"},
        {VAULT_ID_HOUSEHOLD, "keeper", "/api/v1/residencies", "'persons':[{'name':'测试再'}],'household':'$'"},
        {VAULT_ID_PERSON, "chen", "/api/v1/matters",
         "'kind':'home_observation','unit':'" GRID "','subject':'$','form':{'last_exposure':'2020-02-01T12:00:00Z'}"},
        {VAULT_ID_HOUSEHOLD, "chen", "/api/v1/matters",
         "'kind':'home_observation','unit':'" GRID "','subject':{'name':'测试再'},'household':'$','form':{"
         "'last_exposure':'2020-02-01T12:00:00Z'}"},
        {VAULT_ID_POST, "chen", "/api/v1/matters",
         "'kind':'home_observation','unit':'" GRID "','post':'$','subject':{'name':'测试再'},'form':{"
         "'last_exposure':'2020-02-01T12:00:00Z'}"},
        {VAULT_ID_PERSON, "wang", "/api/v1/matters/{matter}/entries",
         "'entry':'check_in','proxy':'$','fields':{'temperature':36.5}"},
        {VAULT_ID_PERSON, "zheng", "/api/v1/matters",
         "'kind':'inspection','unit':'" GRID "','subject':'1','form':{'topic':'x'},'participants':{'observer':['$']}"},
        {VAULT_ID_POST, "wang", "/api/v1/handovers", "'from_post':'$','mode':'post','to_post':'$','reason':'x'"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/commands", "'command':'end_custody','person':'$'"},
        {VAULT_ID_PERSON, "keeper", "/api/v1/commands",
         "'command':'link_person','matter':'{matter}','person':'$','relation':'x'"},
        {VAULT_ID_POST, "keeper", "/api/v1/posts/$/end", "'version':1"},
        {VAULT_ID_POST, "keeper", "/api/v1/posts/$/grounds", "'grounds':['" GRID "']"},
        {VAULT_ID_POST, "keeper", "/api/v1/posts/$/roster", "'shifts':[]"},
        {VAULT_ID_POST, "keeper", "/api/v1/posts/$/shifts",
         "'from':'2020-03-03T08:00:00+08:00','to':'2020-03-03T20:00:00+08:00'"},
        {VAULT_ID_POST, "keeper", "/api/v1/posts",
         "'person':'{person}','role':'grid_worker','grounds':['" GRID "'],'deputy_of':'$'"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char ids[4][VAULT_OUTER_ID_CHARS + 1];
        g_autofree char *path = filled(rows[i].path, rig_member(rig, "li"));
        g_autofree char *body = rows[i].body != NULL ? filled(rows[i].body, rig_member(rig, "li")) : NULL;
        names_of_nobody(rows[i].class, ids);
        AUTO(reply) struct reply unknown = ask_with(rows[i].who, path, body, ids[0]);
        g_test_message("%s %s: %s", path, body != NULL ? body : "", unknown.text->str);
        g_assert_true(unknown.status >= 400 || strstr(path, "subject=") != NULL);
        for (size_t j = 1; j < G_N_ELEMENTS(ids); j++) {
            AUTO(reply) struct reply other = ask_with(rows[i].who, path, body, ids[j]);
            g_assert_cmpint(other.status, ==, unknown.status);
            g_assert_cmpstr(other.text->str, ==, unknown.text->str);
        }
    }
}

/* Of somebody who is there and not to be seen: the same words. */
static void unseen_alike(void)
{
    char unknown_id[VAULT_OUTER_ID_CHARS + 1];
    vault_outer_id(reader->vault, VAULT_ID_PERSON, 987654321, unknown_id);
    g_autofree char *there = g_strdup_printf("/api/v1/persons/%s", rig_member(rig, "keeper")->id);
    g_autofree char *not_there = g_strdup_printf("/api/v1/persons/%s", unknown_id);
    AUTO(reply) struct reply unseen = rig_get(rig, "stranger", there);
    AUTO(reply) struct reply unknown = rig_get(rig, "stranger", not_there);
    reply_is(&unseen, 404, "not_found");
    g_assert_cmpstr(unseen.text->str, ==, unknown.text->str);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    GError *error = NULL;
    rig = rig_new();
    reader = reader_open(rig->data, engine_keys_dir(rig->engine), &error);
    g_assert_no_error(error);
    g_test_add_func("/api/ids/nowhere-inside", nowhere_inside);
    g_test_add_func("/api/ids/made", made);
    g_test_add_func("/api/ids/all-alike", all_alike);
    g_test_add_func("/api/ids/unseen-alike", unseen_alike);
    int result = g_test_run();
    reader_close(reader);
    g_free(home);
    rig_free(rig);
    return result;
}
