/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "city.h"

#include "base/datetime.h"

#include <string.h>

const char city_playbook[] =
    "playbook: test\n"
    "version: 1\n"
    "title: {zh: 测试, en: Test}\n"
    "zone: Asia/Shanghai\n"
    "authority: 测试\n"
    "---\n"
    "unit_types:\n"
    "  city:        {title: {zh: 市, en: City}}\n"
    "  district:    {title: {zh: 区, en: District}, under: [city], stream: true}\n"
    "  subdistrict: {title: {zh: 街道, en: Subdistrict}, under: [district]}\n"
    "  zone:        {title: {zh: 园区, en: Zone}, under: [district]}\n"
    "  community:   {title: {zh: 社区, en: Community}, under: [subdistrict, zone]}\n"
    "  grid:        {title: {zh: 网格, en: Grid}, under: [community]}\n"
    "  entrance:    {title: {zh: 楼门, en: Entrance}, under: [grid]}\n"
    "  hospital:    {title: {zh: 医院, en: Hospital}, under: [city, district], organisation: true}\n"
    "---\n"
    "roles:\n"
    "  grid_worker:  {title: {zh: 网格员, en: Grid worker}, grounds: [grid, community], may: [persons]}\n"
    "  duty_officer: {title: {zh: 值班员, en: Duty officer}, grounds: [community, subdistrict], duty_hours: "
    "true}\n"
    "  registrar:    {title: {zh: 登记员, en: Registrar}, grounds: [city, district], may: [persons, "
    "registry]}\n"
    "  doctor:       {title: {zh: 医生, en: Doctor}, grounds: [community, hospital]}\n"
    "---\n"
    "required_posts:\n"
    "  - {unit_type: grid, role: grid_worker}\n"
    "  - {unit_type: community, role: doctor, count: 2}\n"
    "---\n"
    "unit_facts:\n"
    "  households: {title: {zh: 户数, en: Households}, type: integer, at: [community], max: 50000}\n"
    "  residents: {title: {zh: 常住人口, en: Residents}, type: integer, at: [community]}\n"
    "  beds: {title: {zh: 床位, en: Beds}, type: integer, at: [hospital]}\n";

static const char *const units[] = {
    "{'command':'create_unit','type':'city','code':'11','name':'北京市','date':'2020-01-01'}",
    "{'command':'create_unit','parent':'11','type':'district','code':'110101','name':'东城区','date':'2020-"
    "01-01'}",
    "{'command':'create_unit','parent':'11','type':'district','code':'110105','name':'朝阳区','date':'2020-"
    "01-01'}",
    "{'command':'create_units','date':'2020-01-01','units':["
    "{'parent':'110101','type':'subdistrict','code':'110101001','name':'东华门街道'},"
    "{'parent':'110105','type':'subdistrict','code':'110105001','name':'建外街道'},"
    "{'parent':'110101001','type':'community','code':'110101001001','name':'多福巷社区'},"
    "{'parent':'110101001','type':'community','code':'110101001002','name':'银闸社区'},"
    "{'parent':'110101001001','type':'grid','name':'第一网格'},"
    "{'parent':'110101001001','type':'grid','name':'第二网格'},"
    "{'parent':'110101001001','type':'grid','name':'第三网格'}]}",
};

static const char *const people[][2] = {
    {"wang", "{'command':'register_person','name':'王测试','id_number':'110101199003070214','phone':'13800000001'}"},
    {"li", "{'command':'register_person','name':'李测试','phone':'13800000002'}"},
    {"zhao", "{'command':'register_person','name':'赵测试'}"},
    {"chen", "{'command':'register_person','name':'陈测试'}"},
    {"keeper", "{'command':'register_person','name':'管测试'}"},
};

static const struct area *const test_areas[] = {&registry_area, NULL};

struct city *city_new_empty(void)
{
    struct city *city = g_new0(struct city, 1);
    city->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    city->harness = harness_new(test_areas);
    harness_adopt(city->harness, city_playbook);
    return city;
}

struct city *city_new(void)
{
    struct city *city = city_new_empty();
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        city_do(city, NULL, NULL, units[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++)
        city_do(city, NULL, people[i][0], people[i][1]);
    city_do(city, NULL, "registrar",
            "{'command':'appoint','person':'$keeper','role':'registrar','grounds':['110101'],"
            "'from':'2020-01-01T00:00:00+08:00'}");
    return city;
}

/* Every clear name, number and dwelling of these tests holds one of these. */
static void no_event_tells(struct city *city)
{
    static const char *const secrets[] = {"测试", "199003070", "1380000", "单元", "发烧"};
    for (guint i = 0; i < city->harness->events->len; i++) {
        const struct harness_event *kept = g_ptr_array_index(city->harness->events, i);
        char *text = json_dumps(kept->body, JSON_COMPACT);
        for (size_t k = 0; k < G_N_ELEMENTS(secrets); k++) {
            g_assert_null(strstr(text, secrets[k]));
            g_assert_true(kept->event.sealed == NULL ||
                          memmem(kept->event.sealed, kept->event.sealed_bytes, secrets[k], strlen(secrets[k])) == NULL);
        }
        free(text);
    }
}

void city_free(struct city *city)
{
    no_event_tells(city);
    harness_replay(city->harness);
    harness_free(city->harness);
    g_hash_table_unref(city->ids);
    g_free(city);
}

int64_t city_id(struct city *city, const char *handle)
{
    const int64_t *id = g_hash_table_lookup(city->ids, handle);
    if (id == NULL)
        g_error("nothing is kept under %s", handle);
    return *id;
}

static char *with_ids(struct city *city, const char *json)
{
    GString *text = g_string_new(NULL);
    for (const char *at = json; *at != '\0'; at++) {
        if (*at != '$') {
            g_string_append_c(text, *at);
            continue;
        }
        size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
        g_autofree char *handle = g_strndup(at + 1, length);
        g_string_append_printf(text, "%" G_GINT64_FORMAT, city_id(city, handle));
        at += length;
    }
    return g_string_free(text, FALSE);
}

int64_t city_do(struct city *city, const char *as, const char *keep, const char *json)
{
    g_autofree char *text = with_ids(city, json);
    int64_t pos = harness_must(city->harness, as == NULL ? ORIGIN_OPERATOR : ORIGIN_DOOR,
                               as == NULL ? 0 : city_id(city, as), text);
    if (keep != NULL) {
        int64_t *id = g_new(int64_t, 1);
        *id = pos;
        g_hash_table_insert(city->ids, g_strdup(keep), id);
    }
    return pos;
}

void city_refuse(struct city *city, const char *as, const char *json, enum problem_code code, const char *field)
{
    g_autofree char *text = with_ids(city, json);
    harness_refused(city->harness, as == NULL ? ORIGIN_OPERATOR : ORIGIN_DOOR, as == NULL ? 0 : city_id(city, as), text,
                    code, field);
}

int64_t city_unit(struct city *city, const char *code)
{
    int64_t id;
    if (!registry_unit_by_text(city->harness->rows, code, city->harness->now_us, &id))
        g_error("no unit %s", code);
    return id;
}

int64_t city_time(const char *time)
{
    int64_t at_us;
    if (!datetime_parse(time, &at_us))
        g_error("no time: %s", time);
    return at_us;
}

void city_at(struct city *city, const char *time)
{
    city->harness->now_us = city_time(time);
}
