/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/form/field.h"

#include "base/datetime.h"
#include "base/json.h"
#include "base/limits.h"

#include <string.h>

#define LONG_TEXT_CHARS 2000

static struct code symptom_codes[] = {
    {"fever", {"发热", "Fever"}}, {"cough", {"咳嗽", "Cough"}}, {"fatigue", {"乏力", "Fatigue"}}};
static const struct code_list symptom = {"symptom", {"症状", "Symptoms"}, symptom_codes, G_N_ELEMENTS(symptom_codes)};

#define URL   "url, https://www.example.org/…"
#define PHOTO "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* clang-format off */
static struct field columns[] = {
    {.name = "item",     .type = FIELD_TEXT, .required = true},
    {.name = "quantity", .type = FIELD_INTEGER, .required = true, .has_min = true, .min = {1, 0}},
    {.name = "driver",   .type = FIELD_PHONE},
};
static struct form columns_form = {columns, G_N_ELEMENTS(columns)};

static struct field fields[] = {
    {.name = "remark",      .type = FIELD_TEXT, .label = {"备注", "Remark"}},
    {.name = "story",       .type = FIELD_TEXT, .max_chars = LONG_TEXT_CHARS, .personal = true},
    {.name = "members",     .type = FIELD_INTEGER, .has_min = true, .min = {1, 0}, .has_max = true, .max = {20, 0}},
    {.name = "count",       .type = FIELD_INTEGER},
    {.name = "temperature", .type = FIELD_DECIMAL, .unit = "°C", .decimals = 1,
                            .has_min = true, .min = {34, 0}, .has_max = true, .max = {43, 0},
                            .label = {"体温", "Temperature"}, .hint = {"腋下", "under the arm"}},
    {.name = "reached",     .type = FIELD_BOOL},
    {.name = "onset",       .type = FIELD_DATE},
    {.name = "met_at",      .type = FIELD_DATETIME},
    {.name = "worst",       .type = FIELD_CHOICE, .list = &symptom},
    {.name = "symptoms",    .type = FIELD_CHOICES, .list = &symptom},
    {.name = "to",          .type = FIELD_UNIT},
    {.name = "origin",      .type = FIELD_DIVISION, .clear = true},
    {.name = "companion",   .type = FIELD_PERSON},
    {.name = "phone",       .type = FIELD_PHONE},
    {.name = "id_number",   .type = FIELD_ID_NUMBER},
    {.name = "address",     .type = FIELD_ADDRESS},
    {.name = "minutes",     .type = FIELD_LONG_TEXT, .max_chars = LIMIT_MEMO_CHARS},
    {.name = "took",        .type = FIELD_DURATION},
    {.name = "about",       .type = FIELD_MATTER},
    {.name = "lines",       .type = FIELD_LINES, .lines = &columns_form, .has_min = true, .min = {1, 0},
                            .has_max = true, .max = {2, 0}},
    {.name = "place",       .type = FIELD_LOCATION},
    {.name = "call",        .type = FIELD_CALL_PROOF},
    {.name = "photo",       .type = FIELD_FILE},
    {.name = "evidence",    .type = FIELD_REFS, .lines = (struct form *)&ref_parts},
    {.name = "page",        .type = FIELD_URL, .max_chars = LONG_TEXT_CHARS},
};
/* clang-format on */
static const struct form form = {fields, G_N_ELEMENTS(fields)};

static bool find_unit(void *context, const char *text, int64_t *out_id)
{
    *out_id = 42;
    return strcmp(text, "110101001001") == 0;
}

static bool find_file(void *context, const char *hash, char type[40], int64_t *out_bytes)
{
    g_strlcpy(type, "image/png", 40);
    *out_bytes = 7;
    return strcmp(hash, PHOTO) == 0;
}

static bool find_person(void *context, const char *text, int64_t *out_id)
{
    *out_id = 7;
    return strcmp(text, "7") == 0;
}

static bool find_matter(void *context, const struct uuid *uuid, const char *kind, char out_state[48])
{
    g_strlcpy(out_state, "running", 48);
    return uuid->bytes[15] == 1;
}

static struct form_context new_context(GTimeZone *zone)
{
    return (struct form_context){
        .now_us = day_time_us(day_from_civil(2020, 2, 3), 0, zone),
        .zone = zone,
        .find_unit = find_unit,
        .find_person = find_person,
        .find_file = find_file,
        .find_matter = find_matter,
    };
}

static json_t *check_text(const struct form *checked, const char *given, const struct form_context *context,
                          struct problem **out_problem)
{
    struct problem *malformed = NULL;
    g_autoptr(json_t) json = json_parse_strict(given, strlen(given), &malformed);
    g_assert_null(malformed);
    return form_check(checked, json, context, out_problem);
}

/* clang-format off */
static const struct row {
    const char *given;  /* value of the one field */
    const char *field;
    const char *stored; /* or NULL */
    const char *problem, *path, *args;
} rows[] = {
    {"\"测试\"", "remark", "\"测试\"", NULL, NULL, NULL},
    {"\" a\"", "remark", "\" a\"", NULL, NULL, NULL},
    {"3", "remark", NULL, "wrong_type", "remark", "text"},
    {"[\"a\"]", "remark", NULL, "wrong_type", "remark", "text"},
    {"\"\"", "remark", NULL, "text_empty", "remark", ""},
    {"\"  \\u3000\"", "remark", NULL, "text_empty", "remark", ""},
    {"\"a\\nb\"", "remark", NULL, "control_character", "remark", "U+000A"},
    {"\"a\\tb\"", "remark", NULL, "control_character", "remark", "U+0009"},
    {"\"a\\u007f\"", "remark", NULL, "control_character", "remark", "U+007F"},
    {"\"a\\u0085\"", "remark", NULL, "control_character", "remark", "U+0085"},
    {"\"a\\u202eb\"", "remark", NULL, "control_character", "remark", "U+202E"},
    {"\"a\\u2066b\"", "remark", NULL, "control_character", "remark", "U+2066"},
    {"\"a\\ufffe\"", "remark", NULL, "control_character", "remark", "U+FFFE"},
    {"\"\\uffff\"", "remark", NULL, "control_character", "remark", "U+FFFF"},
    {"\"a\\ufdd0\"", "remark", NULL, "control_character", "remark", "U+FDD0"},
    {"\"a\\ud83f\\udffe\"", "remark", NULL, "control_character", "remark", "U+1FFFE"},
    {"\"\\u200b\\u200d\"", "remark", NULL, "text_empty", "remark", ""},
    {"\"a\\nb\"", "story", "\"a\\nb\"", NULL, NULL, NULL},
    {"\"a\\rb\"", "story", NULL, "control_character", "story", "U+000D"},

    {"1", "members", "1", NULL, NULL, NULL},
    {"20", "members", "20", NULL, NULL, NULL},
    {"0", "members", NULL, "below_minimum", "members", "1"},
    {"21", "members", NULL, "above_maximum", "members", "20"},
    {"3.5", "members", NULL, "wrong_type", "members", "integer"},
    {"\"3\"", "members", NULL, "wrong_type", "members", "integer"},
    {"true", "members", NULL, "wrong_type", "members", "integer"},
    {"9007199254740991", "count", "9007199254740991", NULL, NULL, NULL},
    {"9007199254740992", "count", NULL, "above_maximum", "count", "9007199254740991"},
    {"-9007199254740992", "count", NULL, "below_minimum", "count", "-9007199254740991"},

    {"37.3", "temperature", "\"37.3\"", NULL, NULL, NULL},
    {"\"37.3\"", "temperature", "\"37.3\"", NULL, NULL, NULL},
    {"\"37.30\"", "temperature", "\"37.3\"", NULL, NULL, NULL},
    {"37", "temperature", "\"37\"", NULL, NULL, NULL},
    {"37.0", "temperature", "\"37\"", NULL, NULL, NULL},
    {"34", "temperature", "\"34\"", NULL, NULL, NULL},
    {"43", "temperature", "\"43\"", NULL, NULL, NULL},
    {"33.9", "temperature", NULL, "below_minimum", "temperature", "34 °C"},
    {"43.1", "temperature", NULL, "above_maximum", "temperature", "43 °C"},
    {"373", "temperature", NULL, "above_maximum", "temperature", "43 °C"},
    {"37.35", "temperature", NULL, "too_precise", "temperature", "1"},
    {"\"３７．３\"", "temperature", "\"37.3\"", NULL, NULL, NULL},
    {"\" 37.3　\"", "temperature", "\"37.3\"", NULL, NULL, NULL},
    {"36.50000000000000", "temperature", "\"36.5\"", NULL, NULL, NULL},
    {"\"36.500000000000000000000000000000\"", "temperature", "\"36.5\"", NULL, NULL, NULL},
    {"\"36.50000000000000000001\"", "temperature", NULL, "too_precise", "temperature", "1"},
    {"36.5000000001", "temperature", NULL, "too_precise", "temperature", "1"},
    {"\"37,3\"", "temperature", NULL, "wrong_type", "temperature", "decimal"},
    {"\"37.3°C\"", "temperature", NULL, "wrong_type", "temperature", "decimal"},
    {"\"3.73e1\"", "temperature", NULL, "wrong_type", "temperature", "decimal"},
    {"1e300", "temperature", NULL, "wrong_type", "temperature", "decimal"},
    {"false", "temperature", NULL, "wrong_type", "temperature", "decimal"},

    {"true", "reached", "true", NULL, NULL, NULL},
    {"false", "reached", "false", NULL, NULL, NULL},
    {"\"true\"", "reached", NULL, "wrong_type", "reached", "bool"},
    {"1", "reached", NULL, "wrong_type", "reached", "bool"},

    {"\"2020-02-29\"", "onset", "\"2020-02-29\"", NULL, NULL, NULL},
    {"\"2020-02-30\"", "onset", NULL, "invalid_date", "onset", ""},
    {"\"2019-02-29\"", "onset", NULL, "invalid_date", "onset", ""},
    {"\"2020-2-3\"", "onset", NULL, "invalid_date", "onset", ""},
    {"\"2020-02-03T08:00:00Z\"", "onset", NULL, "invalid_date", "onset", ""},
    {"20200203", "onset", NULL, "wrong_type", "onset", "date"},

    {"\"2020-02-03T08:30:00+08:00\"", "met_at", "\"2020-02-03T00:30:00Z\"", NULL, NULL, NULL},
    {"\"2020-02-03T00:30:00Z\"", "met_at", "\"2020-02-03T00:30:00Z\"", NULL, NULL, NULL},
    {"\"2020-02-03T00:30:00.25Z\"", "met_at", "\"2020-02-03T00:30:00.250000Z\"", NULL, NULL, NULL},
    {"\"2020-02-03T08:30:00\"", "met_at", NULL, "invalid_datetime", "met_at", ""},
    {"\"2020-02-03T24:00:00Z\"", "met_at", NULL, "invalid_datetime", "met_at", ""},
    {"\"2020-02-03\"", "met_at", NULL, "invalid_datetime", "met_at", ""},
    {"0", "met_at", NULL, "wrong_type", "met_at", "datetime"},

    {"\"cough\"", "worst", "\"cough\"", NULL, NULL, NULL},
    {"\"cogh\"", "worst", NULL, "not_in_list", "worst", "symptom|cough"},
    {"\"headache\"", "worst", NULL, "not_in_list", "worst", "symptom|fever, cough, fatigue"},
    {"\"Cough\"", "worst", NULL, "not_in_list", "worst", "symptom|cough"},
    {"[\"cough\"]", "worst", NULL, "wrong_type", "worst", "choice"},

    {"[\"fatigue\", \"fever\"]", "symptoms", "[\"fever\",\"fatigue\"]", NULL, NULL, NULL},
    {"[]", "symptoms", "[]", NULL, NULL, NULL},
    {"[\"fever\", \"fever\"]", "symptoms", NULL, "repeated_choice", "symptoms[1]", ""},
    {"[\"fever\", \"cogh\"]", "symptoms", NULL, "not_in_list", "symptoms[1]", "symptom|cough"},
    {"[\"fever\", 3]", "symptoms", NULL, "wrong_type", "symptoms[1]", "choice"},
    {"[\"fever\", null]", "symptoms", NULL, "wrong_type", "symptoms[1]", "choice"},
    {"[1,2,3,4,5,6,7,8,9]", "symptoms", NULL, "repeated_choice", "symptoms", ""},
    {"\"fever\"", "symptoms", NULL, "wrong_type", "symptoms", "choices"},

    {"\"110101001001\"", "to", "42", NULL, NULL, NULL},
    {"\"110101001009\"", "to", NULL, "unknown_unit", "to", ""},
    {"42", "to", NULL, "wrong_type", "to", "unit"},
    {"\"7\"", "companion", "7", NULL, NULL, NULL},
    {"\"8\"", "companion", NULL, "unknown_person", "companion", ""},
    {"7", "companion", NULL, "wrong_type", "companion", "person"},

    {"\"420100\"", "origin", "\"420100\"", NULL, NULL, NULL},
    {"\"42010\"", "origin", NULL, "invalid_division", "origin", ""},
    {"\"武汉\"", "origin", NULL, "invalid_division", "origin", ""},
    {"\"999999\"", "origin", NULL, "invalid_division", "origin", ""},
    {"\"429900\"", "origin", NULL, "invalid_division", "origin", ""},
    {"\"110199\"", "origin", NULL, "invalid_division", "origin", ""},
    {"\"４２０１００\"", "origin", "\"420100\"", NULL, NULL, NULL},
    {"420100", "origin", NULL, "wrong_type", "origin", "division"},

    {"\"138 0000-0001\"", "phone", "\"13800000001\"", NULL, NULL, NULL},
    {"\"+86 138 0000 0001\"", "phone", "\"13800000001\"", NULL, NULL, NULL},
    {"\"010-12345678\"", "phone", "\"01012345678\"", NULL, NULL, NULL},
    {"\"1380000000\"", "phone", NULL, "invalid_phone", "phone", ""},
    {"\"１３８００００００\"", "phone", NULL, "invalid_phone", "phone", ""},
    {"13800000001", "phone", NULL, "wrong_type", "phone", "phone"},

    {"\"110101199003070214\"", "id_number", "\"110101199003070214\"", NULL, NULL, NULL},
    {"\"11010119900307002x\"", "id_number", "\"11010119900307002X\"", NULL, NULL, NULL},
    {"\"110101199003070215\"", "id_number", NULL, "invalid_id_number", "id_number",
     "checksum|末位校验码不符，请核对"},
    {"\"110101202003070214\"", "id_number", NULL, "invalid_id_number", "id_number",
     "birth_date|出生日期不存在或在将来"},
    {"\"1101011990030702\"", "id_number", NULL, "invalid_id_number", "id_number",
     "length|居民身份证应为 18 位，末位是数字或 X；其他证件请写明证件类型"},
    {"\"990101199003070214\"", "id_number", NULL, "invalid_id_number", "id_number",
     "division|前几位不是行政区划代码"},

    {"\"3号楼501\"", "address", "\"3号楼501\"", NULL, NULL, NULL},
    {"\"3号楼\\n501\"", "address", NULL, "control_character", "address", "U+000A"},

    {"\"a\\nb\"", "minutes", "\"a\\nb\"", NULL, NULL, NULL},
    {"\"a\\u202eb\"", "minutes", NULL, "control_character", "minutes", "U+202E"},
    {"\"30min\"", "took", "1800000000", NULL, NULL, NULL},
    {"\"0s\"", "took", "0", NULL, NULL, NULL},
    {"\"1.5h\"", "took", NULL, "invalid_duration", "took", ""},
    {"\"5wd\"", "took", NULL, "invalid_duration", "took", ""},
    {"\"３０min\"", "took", "1800000000", NULL, NULL, NULL},
    {"\"２０２０－０２－０３\"", "onset", "\"2020-02-03\"", NULL, NULL, NULL},
    {"\"２０２０-０２-０３T０８：３０：００+０８：００\"", "met_at", "\"2020-02-03T00:30:00Z\"", NULL, NULL, NULL},
    {"\"ｆｅｖｅｒ\"", "worst", "\"fever\"", NULL, NULL, NULL},
    {"[\"ｃｏｕｇｈ\", \"fever\"]", "symptoms", "[\"fever\",\"cough\"]", NULL, NULL, NULL},
    {"[\"ｃｏｕｇｈ\", \"cough\"]", "symptoms", NULL, "repeated_choice", "symptoms[1]", ""},
    {"\"１１０１０１００１００１\"", "to", "42", NULL, NULL, NULL},
    {"\"７\"", "companion", "7", NULL, NULL, NULL},
    {"1800", "took", NULL, "wrong_type", "took", "duration"},
    {"\"0170A8CA-2400-7000-8000-000000000001\"", "about", "\"0170a8ca-2400-7000-8000-000000000001\"", NULL, NULL, NULL},
    {"\"0170a8ca-2400-7000-8000-000000000002\"", "about", NULL, "unknown_matter", "about", ""},
    {"\"0170a8ca\"", "about", NULL, "invalid_uuid", "about", ""},
    {"[{\"quantity\": 3, \"item\": \"口罩\"}]", "lines", "[{\"item\":\"口罩\",\"quantity\":3}]", NULL, NULL, NULL},
    {"[]", "lines", NULL, "too_few_lines", "lines", "1"},
    {"[{}, {}, {}]", "lines", NULL, "too_many_lines", "lines", "2"},
    {"{\"item\": \"a\"}", "lines", NULL, "wrong_type", "lines", "lines"},
    {"[3]", "lines", NULL, "not_an_object", "lines[0]", ""},
    {"[{\"item\": \"a\", \"quantity\": 1}, {\"item\": \"b\"}]", "lines", NULL, "missing_field",
     "lines[1].quantity", ""},
    {"[{\"item\": \"a\", \"quantity\": 0}]", "lines", NULL, "below_minimum", "lines[0].quantity", "1"},
    {"[{\"item\": \"a\", \"quantity\": 1, \"colour\": 1}]", "lines", NULL, "unknown_field", "lines[0].colour",
     "item, quantity, driver"},
    {"{\"lat\": 39.9042123456, \"lon\": 116.4074, \"accuracy\": 15, \"source\": \"device\"}", "place",
     "{\"lat\":\"39.904212\",\"lon\":\"116.4074\",\"accuracy\":15,\"source\":\"device\",\"datum\":\"wgs84\"}",
     NULL, NULL, NULL},
    {"{\"datum\": \"gcj02\", \"lon\": \"-0.5\", \"lat\": -33, \"source\": \"map\"}", "place",
     "{\"lat\":\"-33\",\"lon\":\"-0.5\",\"source\":\"map\",\"datum\":\"gcj02\"}", NULL, NULL, NULL},
    {"\"39.9,116.4\"", "place", NULL, "wrong_type", "place", "location"},
    {"{\"lat\": 39.9, \"source\": \"map\"}", "place", NULL, "missing_field", "place.lon", ""},
    {"{\"lat\": 90.000001, \"lon\": 116, \"source\": \"map\"}", "place", NULL, "above_maximum", "place.lat", "90 °"},
    {"{\"lat\": 39, \"lon\": 1e300, \"source\": \"map\"}", "place", NULL, "wrong_type", "place.lon", "decimal"},
    {"{\"lat\": \"39.1234567\", \"lon\": 1, \"source\": \"map\"}", "place", NULL, "too_precise", "place.lat", "6"},
    {"{\"lat\": 39, \"lon\": 116, \"source\": \"device\"}", "place", NULL, "missing_field", "place.accuracy", ""},
    {"{\"lat\": 39, \"lon\": 116, \"source\": \"gps\"}", "place", NULL, "not_in_list", "place.source",
     "location_source|device, map, address"},
    {"{\"lat\": 39, \"lon\": 116, \"source\": \"map\", \"datum\": \"bd09\"}",
     "place", NULL, "not_in_list", "place.datum",
     "datum|wgs84, gcj02"},
    {"{\"lat\": 39, \"lon\": 116, \"source\": \"map\", \"speed\": 1}", "place", NULL, "unknown_field", "place.speed",
     "lat, lon, accuracy, source, datum"},
    {"{\"at\": \"2020-02-03T08:30:00+08:00\", \"seconds\": 95, \"direction\": \"out\", \"last4\": \"0001\"}", "call",
     "{\"at\":\"2020-02-03T00:30:00Z\",\"seconds\":95,\"direction\":\"out\",\"last4\":\"0001\"}", NULL, NULL, NULL},
    {"{\"at\": \"2020-02-03T08:30:00+08:00\", \"seconds\": 95, \"direction\": \"out\", \"last4\": \"12a4\"}",
     "call", NULL,
     "invalid_phone", "call.last4", ""},
    {"{\"at\": \"2020-02-03T08:30:00+08:00\", \"seconds\": 95, \"direction\": \"out\", \"last4\": \"13900000001\"}",
     "call", NULL,
     "text_too_long", "call.last4", "4"},
    {"{\"at\": \"2020-02-03T08:30:00+08:00\", \"seconds\": -1, \"direction\": \"out\", \"last4\": \"0001\"}",
     "call", NULL,
     "below_minimum", "call.seconds", "0 s"},
    {"\"" PHOTO "\"", "photo", "{\"hash\":\"" PHOTO "\",\"type\":\"image/png\",\"bytes\":7}", NULL, NULL, NULL},
    {"\"0123\"", "photo", NULL, "unknown_file", "photo", ""},
    {"\"f" PHOTO "\"", "photo", NULL, "unknown_file", "photo", ""},
    {"7", "photo", NULL, "wrong_type", "photo", "file"},
    {"[{\"matter\": \"0170a8ca-2400-7000-8000-000000000001\", \"entry\": 2, \"name\": \"x\"}]", "evidence",
     "[{\"matter\":\"0170a8ca-2400-7000-8000-000000000001\",\"entry\":2}]", NULL, NULL, NULL},
    {"[{\"matter\": \"0170a8ca-2400-7000-8000-000000000001\"}]", "evidence", NULL, "unknown_reference",
     "evidence[0].entry", ""},
    {"\"https://www.example.org/notices/12?page=3#top\"", "page",
     "\"https://www.example.org/notices/12?page=3#top\"", NULL, NULL, NULL},
    {"\"HTTP://example.org\"", "page", "\"HTTP://example.org\"", NULL, NULL, NULL},
    {"\"http://203.0.113.7:8080/a%20b\"", "page", "\"http://203.0.113.7:8080/a%20b\"", NULL, NULL, NULL},
    {"\"http://[2001:db8::1]/\"", "page", "\"http://[2001:db8::1]/\"", NULL, NULL, NULL},
    {"\"https://例子.测试/通知\"", "page", "\"https://例子.测试/通知\"", NULL, NULL, NULL},
    {"\"http://oa/\"", "page", "\"http://oa/\"", NULL, NULL, NULL},
    {"\"www.example.org\"", "page", NULL, "wrong_type", "page", URL},
    {"\"ftp://example.org/a\"", "page", NULL, "wrong_type", "page", URL},
    {"\"javascript:alert(1)\"", "page", NULL, "wrong_type", "page", URL},
    {"\"http:///a\"", "page", NULL, "wrong_type", "page", URL},
    {"\"https://who@example.org/\"", "page", NULL, "wrong_type", "page", URL},
    {"\"https://www.example.gov.cn:x@example.org/\"", "page", NULL, "wrong_type", "page", URL},
    {"\"http://example.org:65536/\"", "page", NULL, "wrong_type", "page", URL},
    {"\"http://example..org/\"", "page", NULL, "wrong_type", "page", URL},
    {"\"http://.example.org/\"", "page", NULL, "wrong_type", "page", URL},
    {"\"http://exa_mple.org/\"", "page", NULL, "wrong_type", "page", URL},
    {"\"http://[2001:db8::1/\"", "page", NULL, "wrong_type", "page", URL},
    {"\"https://example.org/a b\"", "page", NULL, "wrong_type", "page", URL},
    {"\"https://example.org/%zz\"", "page", NULL, "wrong_type", "page", URL},
    {"\"https://example.org/<a>\"", "page", NULL, "wrong_type", "page", URL},
    {"\"https://example.org/a\\nb\"", "page", NULL, "wrong_type", "page", URL},
    {"7", "page", NULL, "wrong_type", "page", "url"},
    {"\"\"", "page", NULL, "text_empty", "page", ""},
    {"null", "address", "null", NULL, NULL, NULL},
    {"\"x\"", "remrk", NULL, "unknown_field", "remrk", "remark"},
    {"\"x\"", "zzzzzzzz", NULL, "unknown_field", "zzzzzzzz", "remark, story, members, count, temperature, reached"},
};
/* clang-format on */

static void test_values(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    struct form_context context = new_context(zone);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct row *row = &rows[i];
        AUTO(problem) struct problem *problem = NULL;
        g_autofree char *given = g_strdup_printf("{\"%s\": %s}", row->field, row->given);
        g_test_message("%s", given);
        g_autoptr(json_t) stored = check_text(&form, given, &context, &problem);
        if (row->problem == NULL) {
            g_assert_null(problem);
            const json_t *value = json_object_get(stored, row->field);
            g_autofree char *text = value != NULL ? json_text(value, NULL) : g_strdup("null");
            g_assert_cmpstr(text, ==, row->stored);
            continue;
        }
        g_assert_null(stored);
        g_assert_nonnull(problem);
        g_autofree char *args =
            g_strjoin("|", problem->args[0] != NULL ? problem->args[0] : "", problem->args[1], NULL);
        g_assert_cmpstr(problem_texts[problem->code].name, ==, row->problem);
        g_assert_cmpstr(problem->field, ==, row->path);
        g_assert_cmpstr(args, ==, row->args);
        g_assert_null(problem->next);
    }
}

/* Of each type: what it is called, what becomes of it, and a value above that is taken and one that is not. */
static void test_every_type(void)
{
    for (int type = 0; type < FIELD_TYPE_COUNT; type++) {
        const struct field_type_row *row = &field_types[type];
        bool taken = false, refused = false;
        g_test_message("%d %s", type, row->name);
        g_assert_true(row->name != NULL && row->title.zh != NULL && row->title.en != NULL && row->check != NULL);
        g_assert_cmpint(row->value, !=, VALUE_MISSING);
        g_assert_cmpint(row->literal, <, LITERAL_COUNT);
        g_autoptr(json_t) schema = json_loads(row->schema, 0, NULL);
        g_assert_true(json_is_object(schema));
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
            int at = form_find_field(&form, rows[i].field);
            bool is_of_it = at >= 0 && fields[at].type == (enum field_type)type && strcmp(rows[i].given, "null") != 0;
            taken = taken || (is_of_it && rows[i].stored != NULL);
            refused = refused || (is_of_it && rows[i].problem != NULL);
        }
        g_assert_true(taken && refused);
    }
}

static void test_length_counts_characters(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    struct form_context context = new_context(zone);
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < LIMIT_TEXT_CHARS; i++)
        g_string_append(text, "字");
    for (int more = 0; more <= 1; more++) {
        AUTO(problem) struct problem *problem = NULL;
        g_autofree char *given = g_strdup_printf("{\"remark\": \"%s%s\"}", text->str, more ? "字" : "");
        g_autoptr(json_t) stored = check_text(&form, given, &context, &problem);
        g_assert_true((stored != NULL) == !more);
        if (more) {
            g_assert_cmpint(problem->code, ==, PROBLEM_TEXT_TOO_LONG);
            g_assert_cmpstr(problem->args[0], ==, "500");
        }
    }
}

static void test_all_problems_in_one_chain(void)
{
    static const char *const wanted[] = {"zzz", "temperature", "symptoms[1]", "symptoms[2]", "onset", "place"};
    struct field needed[] = {fields[4], fields[9], fields[6], {.name = "place", .type = FIELD_TEXT, .required = true}};
    struct form short_form = {needed, G_N_ELEMENTS(needed)};
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    struct form_context context = new_context(zone);
    AUTO(problem) struct problem *problem = NULL;
    g_autoptr(json_t) stored = check_text(
        &short_form, "{\"zzz\": 1, \"temperature\": 50, \"symptoms\": [\"fever\", \"x\", \"fever\"], \"onset\": \"\"}",
        &context, &problem);
    g_assert_null(stored);
    const struct problem *at = problem;
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++, at = at->next) {
        g_assert_nonnull(at);
        g_assert_cmpstr(at->field, ==, wanted[i]);
    }
    g_assert_null(at);
}

static void test_not_an_object(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    struct form_context context = new_context(zone);
    AUTO(problem) struct problem *problem = NULL;
    g_assert_null(check_text(&form, "[1]", &context, &problem));
    g_assert_cmpint(problem->code, ==, PROBLEM_NOT_AN_OBJECT);
    g_autoptr(json_t) nothing = form_check(&form, NULL, &context, &problem);
    g_assert_cmpuint(json_object_size(nothing), ==, 0);
}

/* The order of the form, whatever the order of the input. */
static void test_stored_order(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    struct form_context context = new_context(zone);
    AUTO(problem) struct problem *problem = NULL;
    g_autoptr(json_t) stored =
        check_text(&form, "{\"reached\": true, \"remark\": \"a\", \"count\": 3}", &context, &problem);
    g_autofree char *text = json_text(stored, NULL);
    g_assert_cmpstr(text, ==, "{\"remark\":\"a\",\"count\":3,\"reached\":true}");
}

static bool resolve(void *context, const char *name, struct expr_symbol *out, char **suggestion)
{
    int index = form_find_field(context, name);
    if (strcmp(name, "rule.limit") == 0) {
        *out = (struct expr_symbol){.space = EXPR_RULE, .index = 3, .type = VALUE_NUMBER};
        return true;
    }
    if (index >= 0)
        *out = (struct expr_symbol){.space = EXPR_ENTRY_FIELD,
                                    .index = index,
                                    .type = field_value_type(&((struct form *)context)->fields[index])};
    return index >= 0;
}

static struct value outer_get(void *context, enum expr_space space, int index, const struct value *key)
{
    g_assert_cmpint(space, ==, EXPR_RULE);
    g_assert_cmpint(index, ==, 3);
    return (struct value){.type = VALUE_NUMBER, .number = {373, 1}};
}

static void test_required(void)
{
    struct field asked[] = {
        {.name = "temperature", .type = FIELD_DECIMAL, .decimals = 1, .required_unless_attempt = true},
        {.name = "source", .type = FIELD_TEXT, .required = true},
        {.name = "reason", .type = FIELD_TEXT},
    };
    struct form asked_form = {asked, G_N_ELEMENTS(asked)};
    struct expr_symbols symbols = {resolve, NULL, &asked_form};
    g_autoptr(GArray) faults = g_array_new(FALSE, FALSE, sizeof(struct expr_fault));
    AUTO(expr) struct expr *when = expr_parse("temperature > rule.limit", VALUE_BOOL, &symbols, faults);
    g_assert_nonnull(when);
    asked[2].required_when = when;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    struct expr_scope scope = {outer_get, NULL, zone};
    static const struct {
        const char *given, *attempt;
        bool partial, outer;
        const char *problem, *field;
    } cases[] = {
        {"{\"temperature\": 36.5, \"source\": \"a\"}", NULL, false, true, NULL, NULL},
        {"{\"source\": \"a\"}", NULL, false, true, "missing_field", "temperature"},
        {"{\"temperature\": null, \"source\": \"a\"}", NULL, false, true, "missing_field", "temperature"},
        {"{\"temperature\": 36.5}", NULL, false, true, "missing_field", "source"},
        {"{\"temperature\": 36.5}", NULL, true, true, NULL, NULL},
        {"{\"temperature\": 37.4, \"source\": \"a\"}", NULL, false, true, "missing_field", "reason"},
        {"{\"temperature\": 37.4, \"source\": \"a\"}", NULL, false, false, NULL, NULL},
        {"{\"temperature\": 37.4, \"source\": \"a\", \"reason\": \"b\"}", NULL, false, true, NULL, NULL},
        {"{\"source\": \"a\"}", "away", false, true, NULL, NULL},
        {"{\"source\": \"a\", \"temperature\": 36.5}", "away", false, true, "not_asked", "temperature"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct form_context context = new_context(zone);
        AUTO(problem) struct problem *problem = NULL;
        context.attempt = cases[i].attempt;
        context.partial = cases[i].partial;
        context.scope = cases[i].outer ? &scope : NULL;
        g_autoptr(json_t) stored = check_text(&asked_form, cases[i].given, &context, &problem);
        g_test_message("%s", cases[i].given);
        g_assert_true((stored == NULL) == (cases[i].problem != NULL));
        if (problem == NULL)
            continue;
        g_assert_cmpstr(problem_texts[problem->code].name, ==, cases[i].problem);
        g_assert_cmpstr(problem->field, ==, cases[i].field);
        g_assert_null(problem->next);
    }
}

/* What a form stores, an expression reads and an effect stores again. */
static void test_values_return(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    struct form_context context = new_context(zone);
    AUTO(problem) struct problem *problem = NULL;
    g_autoptr(json_t) stored = check_text(
        &form,
        "{\"remark\": \"a\", \"members\": 3, \"temperature\": 37.3, \"reached\": false, \"onset\": "
        "\"2020-02-03\","
        " \"met_at\": \"2020-02-03T08:30:00+08:00\", \"worst\": \"cough\", \"symptoms\": [\"cough\"],"
        " \"to\": \"110101001001\", \"origin\": \"420100\", \"companion\": \"7\", \"phone\": \"13800000001\","
        " \"id_number\": \"110101199003070214\", \"address\": \"a\", \"story\": \"b\", \"count\": 0,"
        " \"minutes\": \"a\", \"took\": \"2h\", \"about\": \"0170a8ca-2400-7000-8000-000000000001\","
        " \"lines\": [{\"item\": \"a\", \"quantity\": 2}], \"place\": {\"lat\": 39, \"lon\": 116, \"source\": \"map\"},"
        " \"call\": {\"at\": \"2020-02-03T08:30:00+08:00\","
        " \"seconds\": 1, \"direction\": \"in\", \"last4\": \"0001\"},"
        " \"photo\": \"" PHOTO "\","
        " \"evidence\": [{\"matter\": \"0170a8ca-2400-7000-8000-000000000001\", \"entry\": 1}],"
        " \"page\": \"http://oa/\"}",
        &context, &problem);
    g_assert_nonnull(stored);
    g_assert_cmpuint(json_object_size(stored), ==, form.field_count);
    for (size_t i = 0; i < form.field_count; i++) {
        const struct field *field = &fields[i];
        const json_t *value = json_object_get(stored, field->name);
        g_assert_cmpint(form_value(field, value).type, ==, field_value_type(field));
        g_autoptr(json_t) again = form_store_value(field, form_value(field, value));
        g_assert_true(json_equal(again, value));
        g_assert_cmpint(form_value(field, NULL).type, ==, VALUE_MISSING);
        g_autoptr(json_t) odd = json_real(1.5);
        g_assert_cmpint(form_value(field, odd).type, ==, VALUE_MISSING);
        g_assert_null(form_store_value(field, (struct value){.type = VALUE_MISSING}));
        enum value_type other = field->type == FIELD_DURATION ? VALUE_UNIT : VALUE_DURATION;
        g_assert_null(form_store_value(field, (struct value){.type = other, .us = 1}));
    }
}

static void test_results_are_rounded(void)
{
    struct value value = {.type = VALUE_NUMBER, .number = {3735, 2}};
    g_autoptr(json_t) decimal = form_store_value(&fields[4], value);
    g_autoptr(json_t) integer = form_store_value(&fields[2], value);
    g_assert_cmpstr(json_string_value(decimal), ==, "37.4");
    g_assert_cmpint(json_integer_value(integer), ==, 37);
}

static void test_split(void)
{
    g_autoptr(json_t) stored = json_pack("{s:s, s:s, s:s}", "remark", "a", "origin", "420100", "phone", "13800000001");
    static const struct {
        bool about_person;
        const char *clear, *sealed;
    } cases[] = {
        {true, "{\"origin\":\"420100\"}", "{\"remark\":\"a\",\"phone\":\"13800000001\"}"},
        {false, "{\"remark\":\"a\",\"origin\":\"420100\"}", "{\"phone\":\"13800000001\"}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(json_t) clear = NULL, sealed = NULL;
        form_split(&form, cases[i].about_person, stored, &clear, &sealed);
        g_autofree char *clear_text = json_text(clear, NULL), *sealed_text = json_text(sealed, NULL);
        g_assert_cmpstr(clear_text, ==, cases[i].clear);
        g_assert_cmpstr(sealed_text, ==, cases[i].sealed);
    }
}

static void test_masks(void)
{
    static const struct {
        char *(*mask)(const char *);
        const char *given, *masked;
    } cases[] = {
        {name_mask, "张三", "张*"},
        {name_mask, "欧阳小明", "欧***"},
        {name_mask, "张", "张*"},
        {name_mask, "Bartholomew", "B***"},
        {name_mask, "", "***"},
        {phone_mask, "13812345678", "138****5678"},
        {phone_mask, "01012345678", "010****5678"},
        {phone_mask, "110", "***"},
        {phone_mask, "+4412345678901", "+44*******8901"},
        {id_number_mask, "110101199003070214", "110***********0214"},
        {id_number_mask, "11010119900307", "***"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *masked = cases[i].mask(cases[i].given);
        g_assert_cmpstr(masked, ==, cases[i].masked);
    }
}

static void test_field_masks(void)
{
    static const struct {
        int field;
        const char *stored, *masked;
    } cases[] = {
        {0, "\"a\"", "\"a\""},
        {1, "\"a\"", "\"***\""},
        {2, "3", "3"},
        {12, "7", "\"***\""},
        {13, "\"13812345678\"", "\"138****5678\""},
        {14, "\"110101199003070214\"", "\"110***********0214\""},
        {15, "\"a\"", "\"***\""},
        {20, "{\"lat\":\"39.904212\",\"lon\":\"116.4074\",\"accuracy\":15,\"source\":\"device\",\"datum\":\"wgs84\"}",
         "{\"lat\":\"39.905\",\"lon\":\"116.405\",\"accuracy\":1000,\"source\":\"device\",\"datum\":\"wgs84\"}"},
        {20, "{\"lat\":\"39.909999\",\"lon\":\"-0.000001\",\"source\":\"map\",\"datum\":\"gcj02\"}",
         "{\"lat\":\"39.905\",\"lon\":\"-0.005\",\"accuracy\":1000,\"source\":\"map\",\"datum\":\"gcj02\"}"},
        {20, "{\"lat\":\"0\",\"lon\":\"-90\",\"source\":\"map\",\"datum\":\"gcj02\"}",
         "{\"lat\":\"0.005\",\"lon\":\"-89.995\",\"accuracy\":1000,\"source\":\"map\",\"datum\":\"gcj02\"}"},
        {21, "{\"at\":\"2020-02-03T00:30:00Z\",\"seconds\":95,\"direction\":\"out\",\"last4\":\"0001\"}",
         "{\"at\":\"2020-02-03T00:30:00Z\",\"seconds\":95,\"direction\":\"out\",\"last4\":\"****\"}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(json_t) stored = json_loads(cases[i].stored, JSON_DECODE_ANY, NULL);
        g_autoptr(json_t) masked = field_mask(&fields[cases[i].field], stored);
        g_autofree char *text = json_text(masked, NULL);
        g_assert_cmpstr(text, ==, cases[i].masked);
    }
}

static void test_schema(void)
{
    g_autoptr(json_t) temperature = field_schema(&fields[4]);
    g_autofree char *text = json_text(temperature, NULL);
    g_assert_cmpstr(
        text, ==,
        "{\"type\":[\"string\",\"number\"],\"pattern\":\"^-?[0-9]+([.][0-9]+)?$\",\"title\":\"Temperature\","
        "\"x-label\":{\"zh\":\"体温\",\"en\":\"Temperature\"},\"description\":\"under the arm\","
        "\"x-hint\":{\"zh\":\"腋下\",\"en\":\"under the "
        "arm\"},\"minimum\":34,\"maximum\":43,\"x-unit\":\"°C\","
        "\"examples\":[\"37.3\"]}");
    struct field needed[] = {fields[8], fields[9], {.name = "place", .type = FIELD_TEXT, .required = true}};
    g_autoptr(json_t) whole = form_schema(&(struct form){needed, G_N_ELEMENTS(needed)});
    const json_t *properties = json_object_get(whole, "properties");
    g_assert_cmpuint(json_object_size(properties), ==, 3);
    g_assert_true(json_is_false(json_object_get(whole, "additionalProperties")));
    g_assert_cmpstr(json_string_value(json_array_get(json_object_get(whole, "required"), 0)), ==, "place");
    g_assert_cmpuint(json_array_size(json_object_get(json_object_get(properties, "worst"), "enum")), ==, 3);
    const json_t *items = json_object_get(json_object_get(properties, "symptoms"), "items");
    g_assert_cmpuint(json_array_size(json_object_get(items, "enum")), ==, 3);
    g_assert_cmpint(json_get_integer(json_object_get(properties, "place"), "maxLength", 0), ==, LIMIT_TEXT_CHARS);
}

/* Whoever reads ids of persons knows them: vault/outer.h. */
static bool find_anybody(void *context, const char *text, int64_t *out_id)
{
    *out_id = 12;
    return *text == 'p' && strlen(text) == 27;
}

/* The table's own examples are right. */
static void test_examples(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    struct form_context context = new_context(zone);
    context.find_unit = NULL;
    context.find_person = find_anybody;
    for (int type = 0; type < FIELD_TYPE_COUNT; type++) {
        struct field field = {.name = "x", .type = (enum field_type)type, .decimals = 1};
        if (field_types[type].example == NULL)
            continue;
        g_autofree char *given = g_strdup_printf("{\"x\": %s}", field_types[type].example);
        AUTO(problem) struct problem *problem = NULL;
        g_autoptr(json_t) stored = check_text(&(struct form){&field, 1}, given, &context, &problem);
        g_test_message("%s", given);
        g_assert_nonnull(stored);
        g_assert_cmpuint(json_object_size(stored), ==, 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/form/values", test_values);
    g_test_add_func("/form/every_type", test_every_type);
    g_test_add_func("/form/length_counts_characters", test_length_counts_characters);
    g_test_add_func("/form/all_problems_in_one_chain", test_all_problems_in_one_chain);
    g_test_add_func("/form/not_an_object", test_not_an_object);
    g_test_add_func("/form/stored_order", test_stored_order);
    g_test_add_func("/form/required", test_required);
    g_test_add_func("/form/values_return", test_values_return);
    g_test_add_func("/form/results_are_rounded", test_results_are_rounded);
    g_test_add_func("/form/split", test_split);
    g_test_add_func("/form/masks", test_masks);
    g_test_add_func("/form/field_masks", test_field_masks);
    g_test_add_func("/form/schema", test_schema);
    g_test_add_func("/form/examples", test_examples);
    return g_test_run();
}
