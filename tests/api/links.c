/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is linked is read from either side, by whoever sees both; and it is parted again. */
#include "rig.h"

static struct rig *rig;

static char *opened(const char *who, const char *body)
{
    AUTO(reply) struct reply reply = rig_command(rig, who, "/api/v1/matters", "%s", body);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "id"));
}

static struct reply linked(const char *who, const char *matter, const char *with, const char *other)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/links", matter);
    return rig_command(rig, who, path, "{'%s':'%s','relation':'同一来源'}", with, other);
}

static struct reply shown(const char *who, const char *matter)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", matter);
    struct reply reply = rig_get(rig, who, path);
    reply_is(&reply, 200, NULL);
    return reply;
}

static void from_either_side(void)
{
    const char *body = "{'kind':'deadline_case','unit':'" COMMUNITY "'}";
    g_autofree char *one = opened("zhou", body);
    g_autofree char *other = opened("zhou", body);
    AUTO(reply) struct reply done = linked("zhou", one, "other", other);
    reply_is(&done, 201, NULL);
    const char *const sides[][2] = {{one, other}, {other, one}};
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        AUTO(reply) struct reply read = shown("zhou", sides[i][0]);
        g_assert_cmpstr(reply_text(&read, "links.0.matter"), ==, sides[i][1]);
        g_assert_cmpstr(reply_text(&read, "links.0.relation"), ==, "同一来源");
    }
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/unlink", other);
    AUTO(reply) struct reply parted = rig_command(rig, "zhou", path, "{'other':'%s','reason':'登记有误'}", one);
    reply_is(&parted, 201, NULL);
    AUTO(reply) struct reply after = shown("zhou", one);
    g_assert_null(json_at(after.json, "links"));
}

/* The worker sees one of them: that there is another is not told. */
static void not_to_whom_it_is_hidden(void)
{
    g_autofree char *seen = opened("chen", "{'kind':'home_observation','unit':'" GRID "','subject':{'name':'测试某'},"
                                           "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}");
    g_autofree char *hidden =
        opened("zhou", "{'kind':'welfare_case','unit':'" GRID "','subject':{'name':'测试又'},'form':{'need':'x'}}");
    AUTO(reply) struct reply done = linked("zhou", hidden, "other", seen);
    reply_is(&done, 201, NULL);
    AUTO(reply) struct reply by_both = shown("zhou", seen);
    g_assert_cmpstr(reply_text(&by_both, "links.0.matter"), ==, hidden);
    AUTO(reply) struct reply by_one = shown("wang", seen);
    g_assert_null(json_at(by_one.json, "links"));
}

/* Who sees the matter and not the person reads no link in it; who sees the person and not the matter, none there. */
static void with_a_person(void)
{
    g_autofree char *matter = opened("chen", "{'kind':'home_observation','unit':'" GRID "','subject':{'name':'测试甲'},"
                                             "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}");
    const char *li = rig_member(rig, "li")->id;
    g_autofree char *link = g_strdup_printf("/api/v1/matters/%s/link-person", matter);
    g_autofree char *unlink = g_strdup_printf("/api/v1/matters/%s/unlink-person", matter);
    g_autofree char *person = g_strdup_printf("/api/v1/persons/%s", li);
    AUTO(reply) struct reply done = rig_command(rig, "wang", link, "{'person':'%s','relation':'同住'}", li);
    reply_is(&done, 201, NULL);
    AUTO(reply) struct reply here = shown("wang", matter);
    g_assert_cmpstr(reply_text(&here, "links.0.person"), ==, li);
    g_assert_cmpstr(reply_text(&here, "links.0.relation"), ==, "同住");
    AUTO(reply) struct reply there = rig_get(rig, "wang", person);
    g_assert_cmpstr(reply_text(&there, "links.0.matter"), ==, matter);
    g_assert_cmpstr(reply_text(&there, "links.0.kind"), ==, "home_observation");
    g_assert_cmpstr(reply_text(&there, "links.0.relation"), ==, "同住");
    AUTO(reply) struct reply elsewhere = rig_get(rig, "keeper", person); /* sees people, and no observations */
    reply_is(&elsewhere, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(elsewhere.json, "links")), ==, 0);
    AUTO(reply) struct reply parted = rig_command(rig, "wang", unlink, "{'person':'%s','reason':'登记有误'}", li);
    reply_is(&parted, 201, NULL);
    AUTO(reply) struct reply after = rig_get(rig, "wang", person);
    g_assert_cmpuint(json_array_size(json_at(after.json, "links")), ==, 0);
}

static void merge(const char *from, const char *into)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/merge", from);
    AUTO(reply) struct reply done = rig_command(rig, "zhou", path, "{'into':'%s','reason':'重复'}", into);
    reply_is(&done, 201, NULL);
}

/* What was linked with either is linked with the one that goes on. */
static void after_a_merge(void)
{
    const char *body = "{'kind':'deadline_case','unit':'" COMMUNITY "'}";
    g_autofree char *duplicate = opened("zhou", body);
    g_autofree char *survivor = opened("zhou", body);
    g_autofree char *other = opened("zhou", body);
    AUTO(reply) struct reply done = linked("zhou", duplicate, "other", other);
    AUTO(reply) struct reply within = linked("zhou", duplicate, "other", survivor);
    reply_is(&done, 201, NULL);
    reply_is(&within, 201, NULL);
    merge(duplicate, survivor);
    AUTO(reply) struct reply here = shown("zhou", survivor);
    g_assert_cmpuint(json_array_size(json_at(here.json, "links")), ==, 1); /* and not with itself */
    g_assert_cmpstr(reply_text(&here, "links.0.matter"), ==, other);
    g_assert_cmpstr(reply_text(&here, "links.0.relation"), ==, "同一来源");
    AUTO(reply) struct reply there = shown("zhou", other);
    g_assert_cmpstr(reply_text(&there, "links.0.matter"), ==, survivor);
    g_autofree char *unlink = g_strdup_printf("/api/v1/matters/%s/unlink", other); /* the side that holds no link */
    AUTO(reply) struct reply parted = rig_command(rig, "zhou", unlink, "{'other':'%s','reason':'登记有误'}", survivor);
    reply_is(&parted, 201, NULL);
    AUTO(reply) struct reply after = shown("zhou", survivor);
    g_assert_null(json_at(after.json, "links"));
    AUTO(reply) struct reply there_after = shown("zhou", other);
    g_assert_null(json_at(there_after.json, "links"));
}

static void persons_after_a_merge(void)
{
    const char *body = "{'kind':'deadline_case','unit':'" COMMUNITY "'}", *kin = rig_add(rig, "kin", NULL, NULL)->id;
    json_decref(rig_do(rig,
                       "{'command':'open_matter','kind':'home_observation','unit':'" GRID "','subject':'%s',"
                       "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                       kin));
    g_autofree char *duplicate = opened("zhou", body);
    g_autofree char *survivor = opened("zhou", body);
    json_decref(rig_do(rig, "{'command':'link_person','matter':'%s','person':'%s','relation':'同住'}", duplicate, kin));
    merge(duplicate, survivor);
    AUTO(reply) struct reply here = shown("zhou", survivor);
    g_assert_cmpstr(reply_text(&here, "links.0.person"), ==, kin);
    json_decref(
        rig_do(rig, "{'command':'unlink_person','matter':'%s','person':'%s','reason':'登记有误'}", survivor, kin));
    rig_settle(rig);
    AUTO(reply) struct reply after = shown("zhou", survivor);
    g_assert_null(json_at(after.json, "links"));
}

/* Whichever of the registrations is asked for, it is one person with all that was opened and linked for either. */
static void after_a_merge_of_persons(void)
{
    struct member *kept = rig_add(rig, "kept", NULL, NULL);
    AUTO(reply) struct reply made = rig_command(rig, "keeper", "/api/v1/persons", "{'name':'测试kept','is_new':true}");
    reply_is(&made, 201, NULL);
    const char *other = reply_text(&made, "made"), *ids[] = {kept->id, other};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        json_decref(rig_do(rig,
                           "{'command':'open_matter','kind':'home_observation','unit':'" GRID "','subject':'%s',"
                           "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                           ids[i]));
    g_autofree char *case_id = opened("zhou", "{'kind':'deadline_case','unit':'" COMMUNITY "'}");
    json_decref(rig_do(rig, "{'command':'link_person','matter':'%s','person':'%s','relation':'同住'}", case_id, other));
    json_decref(rig_do(rig, "{'command':'merge_persons','person':'%s','other':'%s'}", kept->id, other));
    rig_settle(rig);
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/matters?subject=%s", ids[i]);
        AUTO(reply) struct reply list = rig_get(rig, "chen", path);
        reply_is(&list, 200, NULL);
        g_assert_cmpuint(json_array_size(json_at(list.json, "data")), ==, 2);
        g_autofree char *person = g_strdup_printf("/api/v1/persons/%s", ids[i]);
        AUTO(reply) struct reply one = rig_get(rig, "zhou", person);
        g_assert_cmpstr(reply_text(&one, "links.0.matter"), ==, case_id);
    }
    AUTO(reply) struct reply of_case = shown("zhou", case_id);
    g_assert_cmpstr(reply_text(&of_case, "links.0.person"), ==, kept->id);
    json_decref(
        rig_do(rig, "{'command':'unlink_person','matter':'%s','person':'%s','reason':'登记有误'}", case_id, kept->id));
    rig_settle(rig);
    AUTO(reply) struct reply after = shown("zhou", case_id);
    g_assert_null(json_at(after.json, "links"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/links/from-either-side", from_either_side);
    g_test_add_func("/links/with-a-person", with_a_person);
    g_test_add_func("/links/after-a-merge", after_a_merge);
    g_test_add_func("/links/persons-after-a-merge", persons_after_a_merge);
    g_test_add_func("/links/after-a-merge-of-persons", after_a_merge_of_persons);
    g_test_add_func("/links/hidden", not_to_whom_it_is_hidden);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
