/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/characters.h"
#include "base/clock.h"
#include "base/datetime.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/uuid.h"

#include <string.h>

static void test_uuid(void)
{
    static const char *const wrong[] = {
        "",
        "018f1e2a-7b3c-7000-8000-00000000000",
        "018f1e2a-7b3c-7000-8000-0000000000000",
        "018f1e2a97b3c-7000-8000-000000000000",
        "018f1e2a-7b3c-7000-8000-00000000000g",
        "{18f1e2a-7b3c-7000-8000-00000000000}",
    };
    struct uuid uuid, again;
    char text[UUID_TEXT_LENGTH + 1];
    g_assert_true(uuid_parse("018F1E2A-7B3C-7000-8000-0123456789ab", &uuid));
    uuid_format(&uuid, text);
    g_assert_cmpstr(text, ==, "018f1e2a-7b3c-7000-8000-0123456789ab");
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(uuid_parse(wrong[i], &again));
    uuid_make(1580428800123000, &uuid);
    g_assert_cmpint(uuid_version(&uuid), ==, 7);
    g_assert_cmpint(uuid_time_us(&uuid), ==, 1580428800123000);
    uuid_derive(1580428800123000, "letter", 6, &uuid);
    uuid_derive(1580428800123000, "letter", 6, &again);
    g_assert_true(uuid_equal(&uuid, &again));
    uuid_derive(1580428800123000, "letters", 7, &again);
    g_assert_false(uuid_equal(&uuid, &again));
    g_assert_cmpint(uuid_version(&again), ==, 7);
}

static void test_datetime(void)
{
    static const struct {
        const char *text;
        int64_t us; /* -1: refused */
    } rows[] = {
        {"2020-02-03T08:30:00+08:00", 1580689800000000},
        {"2020-02-03T00:30:00Z", 1580689800000000},
        {"2020-02-03t00:30:00.5z", 1580689800500000},
        {"2020-02-29T00:00:00Z", 1582934400000000},
        {"2020-02-03T00:30:00.123456Z", 1580689800123456},
        {"2020-02-03T00:30:00.1234567Z", -1},
        {"2019-02-29T00:00:00Z", -1},
        {"2020-02-30T00:00:00Z", -1},
        {"2020-02-03T24:00:00Z", -1},
        {"2020-02-03T23:59:60Z", -1},
        {"2020-02-03T08:30:00", -1},
        {"2020-02-03 08:30:00Z", -1},
        {"2020-02-03T08:30:00+8:00", -1},
        {"2020-13-01T00:00:00Z", -1},
        {"1899-12-31T00:00:00Z", -1},
        {"", -1},
        {"2020-02-03T08:30:00.Z", -1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t us = -1;
        g_assert_cmpint(datetime_parse(rows[i].text, &us), ==, rows[i].us != -1);
        g_assert_cmpint(us, ==, rows[i].us);
    }
}

static void test_days(void)
{
    g_autoptr(GTimeZone) beijing = g_time_zone_new_identifier("Asia/Shanghai");
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    char text[DATETIME_TEXT_MAX];
    int32_t day;
    g_assert_nonnull(beijing);
    g_assert_true(date_parse("2020-02-03", &day));
    g_assert_cmpint(day, ==, 18295);
    g_assert_cmpint(day_of_week(day), ==, 1);
    g_assert_cmpint(day_of_week(-1), ==, 3); /* 31 December 1969, a Wednesday */
    g_assert_cmpint(day_time_us(day, 6 * 60 + 30, beijing), ==, 1580682600000000);
    g_assert_cmpint(day_of(1580659199999999, beijing), ==, day - 1); /* a microsecond before midnight in Beijing */
    g_assert_cmpint(day_of(1580659200000000, beijing), ==, day);
    datetime_format(1580689800000000, beijing, text);
    g_assert_cmpstr(text, ==, "2020-02-03T08:30:00+08:00");
    datetime_format(1580689800500000, utc, text);
    g_assert_cmpstr(text, ==, "2020-02-03T00:30:00.500000Z");
    for (int32_t each = -40000; each < 80000; each += 13) {
        int year, month, day_of_month;
        day_to_civil(each, &year, &month, &day_of_month);
        g_assert_cmpint(day_from_civil(year, month, day_of_month), ==, each);
    }
}

static void test_duration(void)
{
    static const struct {
        const char *text;
        int64_t us;
    } rows[] = {
        {"30min", 30 * US_PER_MINUTE},
        {"2h", 2 * US_PER_HOUR},
        {"14d", 14 * US_PER_DAY},
        {"90s", 90 * US_PER_SECOND},
        {"", -1},
        {"h", -1},
        {"-1h", -1},
        {"1.5h", -1},
        {"1w", -1},
        {"99999999999d", -1},
        {"1h30min", -1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t us = -1;
        g_assert_cmpint(duration_parse(rows[i].text, &us), ==, rows[i].us != -1);
        g_assert_cmpint(us, ==, rows[i].us);
    }
}

static void test_decimal(void)
{
    static const char *const wrong[] = {
        "", "-", ".5", "5.", "1e3", "1,5", "37.3 ", "99999999999999999999", "1.0123456789"};
    struct decimal a = {0}, b = {0}, sum = {0};
    char text[DECIMAL_TEXT_MAX];
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(decimal_parse(wrong[i], &a));
    g_assert_true(decimal_parse("37.30", &a) && decimal_parse("37.3", &b));
    g_assert_cmpint(decimal_compare(a, b), ==, 0);
    g_assert_true(decimal_parse("-0.5", &b) && decimal_add(a, b, &sum));
    decimal_format(sum, text);
    g_assert_cmpstr(text, ==, "36.8");
    g_assert_true(decimal_divide(decimal_from_integer(2), decimal_from_integer(3), 2, &sum));
    decimal_format(sum, text);
    g_assert_cmpstr(text, ==, "0.67");
    g_assert_true(decimal_divide(decimal_from_integer(-5), decimal_from_integer(2), 0, &sum));
    g_assert_cmpint(sum.digits, ==, -3);
    g_assert_false(decimal_divide(a, decimal_from_integer(0), 2, &sum));
    g_assert_false(decimal_multiply(decimal_from_integer(INT64_MAX), decimal_from_integer(2), &sum));
    g_assert_false(decimal_add(decimal_from_integer(INT64_MAX), decimal_from_integer(1), &sum));
    g_assert_true(decimal_parse("-9223372036854775807", &a));
    decimal_format(a, text);
    g_assert_cmpstr(text, ==, "-9223372036854775807");
}

/* What a double does not hold is told with its place; what a program writes of a double comes back as it was. */
static void test_json_numbers(void)
{
    static const struct {
        const char *text;
        const char *path; /* NULL: it is taken */
    } rows[] = {
        {"{\"fields\": {\"t\": 36.50000000000000000001}}", "fields.t"},
        {"{\"a\": [1.5, {\"b\": [2, 36.600000000000002]}]}", "a[1].b[1]"},
        {"{\"a,[{\\\"\": 1, \"t\": -0.30000000000000001}", "t"},
        {"{\"t\": 1e-400}", "t"},
        {"{\"t\": 123456789012345678.5}", "t"},
        {"{\"t\": 9007199254740993.0}", "t"},
        {"[0.1000000000000000000000000000000000000000001]", "[0]"},
        {"36.50000000000000000001", ""},
        {"{\"t\": 36.5, \"u\": 36.50000000000000000000, \"v\": 0.1}", NULL},
        {"{\"t\": 39.90421234567891, \"u\": 0.30000000000000004, \"v\": 5e-324}", NULL},
        {"{\"t\": 1.7976931348623157e308, \"u\": 3.650E+1, \"v\": 0.000, \"w\": -0.0}", NULL},
        {"{\"t\": 36.600000000000001, \"u\": 0.29999999999999999, \"v\": 0.10000000000000001}", NULL},
        {"{\"t\": 9007199254740993, \"u\": \"36.50000000000000000001\"}", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(problem) struct problem *problem = NULL;
        const char *text = rows[i].text;
        g_test_message("%s", text);
        g_autoptr(json_t) value = json_parse_strict(text, strlen(text), &problem);
        g_assert_true((value != NULL) == (rows[i].path == NULL));
        if (value != NULL)
            continue;
        g_assert_cmpstr(problem_texts[problem->code].name, ==, "number_inexact");
        g_assert_cmpstr(problem->field, ==, rows[i].path);
    }
}

/* What is repeated to whoever sent it is short, and has nothing in it that turns a line or a terminal around. */
static void test_shown(void)
{
    static const struct {
        const char *given;
        int most;
        const char *shown;
    } rows[] = {
        {"体温", 2, "体温"},
        {"一二三四五六七", 6, "一二三四…六七"},
        {"", 3, ""},
        {"a\x1b[31mb\nc", 20, "a<U+001B>[31mb\nc"},
        {"gnp.\xe2\x80\xae.exe", 20, "gnp.<U+202E>.exe"},
        {"a\xff", 20, "a\xef\xbf\xbd"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *shown = characters_shown(rows[i].given, rows[i].most);
        g_assert_cmpstr(shown, ==, rows[i].shown);
    }
}

/* The names of types are for programs. */
static void test_problem_words(void)
{
    static const struct {
        enum problem_code code;
        const char *name, *zh, *en;
    } rows[] = {
        {PROBLEM_WRONG_TYPE, "decimal", "类型不对，应为 数字，如 36.5", "wrong type; expected a number, such as 36.5"},
        {PROBLEM_WRONG_TYPE, "{except}", "类型不对，应为 {except}", "wrong type; expected {except}"},
        {PROBLEM_UNKNOWN_UNIT_TYPE, "decimal", "没有这种单位类型，是否为 decimal？",
         "no such unit type; did you mean decimal?"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(problem) struct problem *problem = problem_new(rows[i].code, NULL, rows[i].name, NULL);
        g_autofree char *zh = problem_sentence(problem, true), *en = problem_sentence(problem, false);
        g_assert_cmpstr(zh, ==, rows[i].zh);
        g_assert_cmpstr(en, ==, rows[i].en);
    }
}

static void test_problem_shown(void)
{
    g_autoptr(GString) body = g_string_new("{\"");
    for (int i = 0; i < 100000; i++)
        g_string_append(body, "字");
    g_string_append(body, "\\u202e\": 1}");
    AUTO(problem) struct problem *malformed = NULL;
    g_autoptr(json_t) parsed = json_parse_strict(body->str, body->len, &malformed);
    const char *name = json_object_iter_key(json_object_iter(parsed));
    AUTO(problem) struct problem *problem = problem_new(PROBLEM_NO_SUCH_WORKSHEET, name, name, "", NULL);
    g_autofree char *sentence = problem_sentence(problem, true);
    g_assert_cmpint(g_utf8_strlen(problem->field, -1), <=, 120);
    g_assert_cmpint(g_utf8_strlen(sentence, -1), <=, 1100);
    g_assert_null(strstr(problem->field, "\u202e"));
    g_assert_null(strstr(sentence, "\u202e"));
    g_assert_nonnull(strstr(problem->field, "<U+202E>"));
}

static void test_json(void)
{
    g_autofree char *deep = g_strnfill(LIMIT_JSON_DEPTH + 1, '[');
    const struct {
        const char *text;
        enum problem_code code;
    } rows[] = {
        {"{\"a\":1,\"a\":2}", PROBLEM_DUPLICATE_KEY},
        {"{\"a\":", PROBLEM_MALFORMED_JSON},
        {"", PROBLEM_MALFORMED_JSON},
        {"{\"a\":\"\xff\"}", PROBLEM_INVALID_UTF8},
        {"{\"a\":\"\\u0000\"}", PROBLEM_MALFORMED_JSON},
        {deep, PROBLEM_JSON_TOO_DEEP},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(problem) struct problem *problem = NULL;
        g_assert_null(json_parse_strict(rows[i].text, strlen(rows[i].text), &problem));
        g_assert_cmpstr(problem_texts[problem->code].name, ==, problem_texts[rows[i].code].name);
        g_assert_true(problem->code != PROBLEM_MALFORMED_JSON || problem->args[0][0] != '-'); /* a line */
    }
    for (int more = 0; more <= 1; more++) { /* members of one object, wherever it stands */
        AUTO(problem) struct problem *problem = NULL;
        g_autoptr(GString) many = g_string_new("[1,{\"a\":{");
        for (int i = 0; i < LIMIT_JSON_MEMBERS + more; i++)
            g_string_append_printf(many, "%s\"m%d\":0", i > 0 ? "," : "", i);
        g_string_append(many, "}}]");
        g_autoptr(json_t) value = json_parse_strict(many->str, many->len, &problem);
        g_assert_cmpint(value == NULL, ==, more);
        g_assert_true(more == 0 || problem->code == PROBLEM_TOO_MANY_ITEMS);
    }
    AUTO(problem) struct problem *problem = NULL;
    g_autoptr(json_t) good = json_parse_strict("{\"t\":37.3,\"brackets\":\"[[[[\"}", 28, &problem);
    g_assert_nonnull(good);
    struct decimal decimal;
    g_assert_true(json_decimal(json_object_get(good, "t"), &decimal));
    g_assert_cmpint(decimal.digits, ==, 373);
    g_assert_cmpint(decimal.scale, ==, 1);
}

/* Each stands behind the one before it, however many there are: a walk for each would take a minute. */
static void test_problem_chains(void)
{
    AUTO(problem) struct problem *chain = NULL;
    for (int i = 0; i < 200000; i++) {
        struct problem *two = problem_new(PROBLEM_UNKNOWN_FIELD, "a", "", NULL);
        problem_append(&two, problem_new(PROBLEM_MISSING_FIELD, "b", NULL));
        problem_append(&chain, two);
        problem_append(&chain, NULL);
    }
    int count = 0;
    for (const struct problem *problem = chain; problem != NULL; problem = problem->next)
        g_assert_cmpint(problem->code, ==, count++ % 2 == 0 ? PROBLEM_UNKNOWN_FIELD : PROBLEM_MISSING_FIELD);
    g_assert_cmpint(count, ==, 400000);
    struct problem *rest = problem_take_rest(chain);
    problem_append(&chain, problem_new(PROBLEM_WRONG_TYPE, "c", "text", NULL));
    g_assert_cmpint(chain->next->code, ==, PROBLEM_WRONG_TYPE);
    g_assert_null(chain->next->next);
    problem_free(rest);
}

static void test_problem_texts(void)
{
    for (int code = 0; code < PROBLEM_COUNT; code++) {
        const struct problem_text *text = &problem_texts[code];
        g_assert_nonnull(text->name);
        g_assert_cmpint(text->http_status, >=, 400);
        g_assert_true(*text->zh != '\0' && *text->en != '\0');
        AUTO(problem) struct problem *bare = problem_new((enum problem_code)code, NULL, NULL);
        for (int chinese = 0; chinese < 2; chinese++) { /* each bracket has its other half */
            g_autofree char *said = problem_sentence(bare, chinese == 1);
            g_assert_null(strpbrk(said, "[]"));
        }
        for (int other = 0; other < code; other++)
            g_assert_cmpstr(problem_texts[other].name, !=, text->name);
    }
    AUTO(problem) struct problem *problem = problem_new(PROBLEM_STALE_VERSION, "version", "3", "5", NULL);
    problem_append(&problem, problem_new(PROBLEM_MISSING_FIELD, NULL, NULL));
    problem_prefix(problem, "rows[2]");
    g_assert_cmpstr(problem->field, ==, "rows[2].version");
    g_assert_cmpstr(problem->next->field, ==, "rows[2]");
    g_autofree char *sentence = problem_sentence(problem, false);
    g_assert_cmpstr(sentence, ==, "it has been changed since (you saw version 3, it is now 5); reload");
    static const char *const meant[] = {"", "there is no such field", "form",
                                        "there is no such field; did you mean form?"};
    for (size_t i = 0; i < G_N_ELEMENTS(meant); i += 2) {
        AUTO(problem) struct problem *unknown = problem_new(PROBLEM_UNKNOWN_FIELD, "from", meant[i], NULL);
        g_autofree char *said = problem_sentence(unknown, false);
        g_assert_cmpstr(said, ==, meant[i + 1]);
    }
}

static int64_t instant(const char *text)
{
    int64_t at_us;
    g_assert_true(datetime_parse(text, &at_us));
    return at_us;
}

/* Clocks that go forward and back, at midnight and by half an hour, and a country that went over the date line. */
static void test_clock_changes(void)
{
    static const struct {
        const char *zone;
        int year, month, day, minutes;
        const char *first, *last, *moved;
    } rows[] = {
        {"Asia/Shanghai", 2020, 2, 29, 24 * 60, "2020-02-29T16:00:00Z", "2020-02-29T16:00:00Z", "2020-02-29T16:00:00Z"},
        {"Asia/Shanghai", 2020, 2, 28, 36 * 60, "2020-02-29T04:00:00Z", "2020-02-29T04:00:00Z", "2020-02-29T04:00:00Z"},
        {"Europe/Berlin", 2020, 3, 29, 90, "2020-03-29T00:30:00Z", "2020-03-29T00:30:00Z", "2020-03-29T00:30:00Z"},
        {"Europe/Berlin", 2020, 3, 29, 150, "2020-03-29T01:00:00Z", "2020-03-29T01:00:00Z", "2020-03-29T01:30:00Z"},
        {"Europe/Berlin", 2020, 3, 29, 180, "2020-03-29T01:00:00Z", "2020-03-29T01:00:00Z", "2020-03-29T01:00:00Z"},
        {"Europe/Berlin", 2020, 10, 25, 150, "2020-10-25T00:30:00Z", "2020-10-25T01:30:00Z", "2020-10-25T01:30:00Z"},
        {"Europe/Berlin", 2020, 10, 25, 180, "2020-10-25T02:00:00Z", "2020-10-25T02:00:00Z", "2020-10-25T02:00:00Z"},
        {"Europe/Dublin", 2020, 10, 25, 90, "2020-10-25T00:30:00Z", "2020-10-25T01:30:00Z", "2020-10-25T01:30:00Z"},
        {"America/Sao_Paulo", 2018, 11, 4, 30, "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-04T03:30:00Z"},
        {"America/Sao_Paulo", 2018, 11, 3, 24 * 60, "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z",
         "2018-11-04T03:00:00Z"},
        {"America/Sao_Paulo", 2018, 2, 17, 23 * 60 + 30, "2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z",
         "2018-02-18T02:30:00Z"},
        {"Australia/Lord_Howe", 2020, 10, 4, 135, "2020-10-03T15:30:00Z", "2020-10-03T15:30:00Z",
         "2020-10-03T15:45:00Z"},
        {"Pacific/Apia", 2011, 12, 30, 12 * 60, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GTimeZone) zone = zone_find(rows[i].zone);
        int32_t day = day_from_civil(rows[i].year, rows[i].month, rows[i].day);
        g_test_message("%s %d-%d-%d %d", rows[i].zone, rows[i].year, rows[i].month, rows[i].day, rows[i].minutes);
        g_assert_cmpint(day_time_first_us(day, rows[i].minutes, zone), ==, instant(rows[i].first));
        g_assert_cmpint(day_time_us(day, rows[i].minutes, zone), ==, instant(rows[i].last));
        g_assert_cmpint(day_time_moved_us(day, rows[i].minutes, zone), ==, instant(rows[i].moved));
    }
}

/* What people read off a clock, without an offset. */
static void test_local(void)
{
    static const struct {
        const char *zone, *text, *first, *second; /* NULL: not shown so often */
        bool wrong;
    } rows[] = {
        {"Asia/Shanghai", "2020-02-03T14:05", "2020-02-03T06:05:00Z", NULL, false},
        {"Asia/Shanghai", "2020-02-03 14:05:06", "2020-02-03T06:05:06Z", NULL, false},
        {"Asia/Shanghai", "2020-02-03T14:05:06.25", "2020-02-03T06:05:06.25Z", NULL, false},
        {"Europe/Berlin", "2020-03-29T01:59:59", "2020-03-29T00:59:59Z", NULL, false},
        {"Europe/Berlin", "2020-03-29T02:00", NULL, NULL, false},
        {"Europe/Berlin", "2020-03-29T02:59:59", NULL, NULL, false},
        {"Europe/Berlin", "2020-03-29T03:00", "2020-03-29T01:00:00Z", NULL, false},
        {"Europe/Berlin", "2020-10-25T02:30", "2020-10-25T00:30:00Z", "2020-10-25T01:30:00Z", false},
        {"Europe/Berlin", "2020-10-25T03:00", "2020-10-25T02:00:00Z", NULL, false},
        {"Australia/Lord_Howe", "2020-10-04T02:15", NULL, NULL, false},
        {"Pacific/Apia", "2011-12-30T12:00", NULL, NULL, false},
        {"Asia/Shanghai", "2020-02-03", NULL, NULL, true},
        {"Asia/Shanghai", "2020-02-30T14:05", NULL, NULL, true},
        {"Asia/Shanghai", "2020-02-03T24:00", NULL, NULL, true},
        {"Asia/Shanghai", "2020-02-03T14:05:06Z", NULL, NULL, true},
        {"Asia/Shanghai", "2020-02-03T14:05+08:00", NULL, NULL, true},
        {"Asia/Shanghai", "yesterday", NULL, NULL, true},
        {"Asia/Shanghai", "", NULL, NULL, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t us[2] = {0};
        g_autoptr(GTimeZone) zone = zone_find(rows[i].zone);
        int count = datetime_parse_local(rows[i].text, zone, us);
        g_test_message("%s %s", rows[i].zone, rows[i].text);
        g_assert_cmpint(count, ==, rows[i].wrong ? -1 : (rows[i].first != NULL) + (rows[i].second != NULL));
        if (rows[i].first != NULL)
            g_assert_cmpint(us[0], ==, instant(rows[i].first));
        if (rows[i].second != NULL)
            g_assert_cmpint(us[1], ==, instant(rows[i].second));
    }
}

/* What POSIX would read the other way round, what is a path, and what is no place at all. */
static void test_zones(void)
{
    static const char *const names[] = {"Asia/Shanghai", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT-8",
                                        "PRC",           "America/Port-au-Prince"};
    static const char *const none[] = {"UTC+8",
                                       "UTC-8",
                                       "GMT+8",
                                       "CST-8",
                                       "<+08>-8",
                                       "CST6CDT,M3.2.0",
                                       "+08:00",
                                       "8",
                                       "",
                                       "/",
                                       "Asia",
                                       "Asia/",
                                       "Asia/Nowhere",
                                       "asia/shanghai",
                                       "right/Asia/Shanghai",
                                       "localtime",
                                       "../Asia/Shanghai",
                                       "/usr/share/zoneinfo/Asia/Shanghai",
                                       "Asia/../Asia/Shanghai",
                                       "北京时间",
                                       "CST",
                                       "Asia//Shanghai"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GTimeZone) zone = zone_find(names[i]);
        g_test_message("%s", names[i]);
        g_assert_nonnull(zone);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        g_test_message("%s", none[i]);
        g_assert_null(zone_find(none[i]));
    }
}

/* Offsets that a thread keeps are those that GLib finds, whatever was asked for before. */
static void test_offsets(void)
{
    static const char *const names[] = {"Asia/Shanghai", "Europe/Dublin",     "America/New_York",   "Pacific/Apia",
                                        "Asia/Tehran",   "Africa/Casablanca", "Australia/Lord_Howe"};
    const int64_t from_s = -2177452800, until_s = 4102444800; /* of 1901 and 2100 */
    GTimeZone *zones[G_N_ELEMENTS(names)];
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        zones[i] = g_time_zone_new_identifier(names[i]);
        g_assert_nonnull(zones[i]);
    }
    int64_t at_s = from_s;
    for (int i = 0; i < 60000; i++) {
        at_s = i % 16 == 0 ? from_s + (int64_t)(g_test_rand_double() * (double)(until_s - from_s)) : at_s + 5000;
        GTimeZone *zone = zones[g_test_rand_int_range(0, G_N_ELEMENTS(zones))];
        gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at_s);
        int64_t local_s = at_s + g_time_zone_get_offset(zone, interval);
        int64_t day = local_s / 86400 - (local_s % 86400 < 0);
        g_assert_cmpint(day_of(at_s * G_USEC_PER_SEC, zone), ==, day);
        char text[DATETIME_TEXT_MAX];
        int64_t back_us;
        datetime_format(at_s * G_USEC_PER_SEC, zone, text);
        if (local_s - at_s == (local_s - at_s) / 60 * 60) { /* before there were zones, it was ahead by seconds, too */
            g_assert_true(datetime_parse(text, &back_us));
            g_assert_cmpint(back_us, ==, at_s * G_USEC_PER_SEC);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_time_zone_unref(zones[i]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/uuid", test_uuid);
    g_test_add_func("/base/datetime", test_datetime);
    g_test_add_func("/base/datetime/local", test_local);
    g_test_add_func("/base/clock-changes", test_clock_changes);
    g_test_add_func("/base/zones", test_zones);
    g_test_add_func("/base/offsets", test_offsets);
    g_test_add_func("/base/days", test_days);
    g_test_add_func("/base/duration", test_duration);
    g_test_add_func("/base/decimal", test_decimal);
    g_test_add_func("/base/json", test_json);
    g_test_add_func("/base/json/numbers", test_json_numbers);

    g_test_add_func("/base/characters/shown", test_shown);
    g_test_add_func("/base/problem/shown", test_problem_shown);
    g_test_add_func("/base/problem/words", test_problem_words);
    g_test_add_func("/base/problem-chains", test_problem_chains);
    g_test_add_func("/base/problem-texts", test_problem_texts);
    return g_test_run();
}
