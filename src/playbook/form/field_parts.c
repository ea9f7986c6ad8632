/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values that consist of parts: a position, the proof of a call.
 *
 * Shape   parts are fields of a form of their own and are checked as such: "place.lat" names one in a problem.
 *         location: degrees of the datum that it says, kept as they were given, to six decimals (a tenth of a metre).
 *         Maps made in China show GCJ-02, which lies up to some hundred metres off WGS 84; nothing is converted here,
 *         since what a map showed is a fact and what it would have shown elsewhere is not.
 * Source  WGS 84: EPSG:4326. GCJ-02: GB 20263-2006 asks for it of maps on sale; its formula is not published.
 */
#include "playbook/form/field.h"

#include "base/json.h"
#include "base/limits.h"

#include <math.h>
#include <string.h>

#define DEGREE_DECIMALS 6
#define ACCURACY_MAX_M  100000 /* a cell of a mobile network; beyond that it says nothing */
#define CALL_MAX_S      86400

#define PART(part, chinese, english) .name = (char *)(part), .label = {(char *)(chinese), (char *)(english)}

static struct code sources[] = {
    {(char *)"device", {(char *)"设备定位", (char *)"Device"}},
    {(char *)"map", {(char *)"地图选点", (char *)"Map"}},
    {(char *)"address", {(char *)"地址换算", (char *)"Address"}},
};
static const struct code_list source_list = {
    (char *)"location_source", {(char *)"来源", (char *)"Source"}, sources, G_N_ELEMENTS(sources)};
static struct code datums[] = {
    {(char *)"wgs84", {(char *)"WGS-84", (char *)"WGS 84"}},
    {(char *)"gcj02", {(char *)"GCJ-02（国测局）", (char *)"GCJ-02"}},
};
static const struct code_list datum_list = {
    (char *)"datum", {(char *)"坐标系", (char *)"Datum"}, datums, G_N_ELEMENTS(datums)};
static struct code directions[] = {
    {(char *)"out", {(char *)"去电", (char *)"Outgoing"}},
    {(char *)"in", {(char *)"来电", (char *)"Incoming"}},
};
static const struct code_list direction_list = {
    (char *)"call_direction", {(char *)"方向", (char *)"Direction"}, directions, G_N_ELEMENTS(directions)};

static struct field location_fields[] = {
    {PART("lat", "纬度", "Latitude"), .type = FIELD_DECIMAL, .required = true, .decimals = DEGREE_DECIMALS,
     .unit = (char *)"°", .has_min = true, .min = {-90, 0}, .has_max = true, .max = {90, 0}},
    {PART("lon", "经度", "Longitude"), .type = FIELD_DECIMAL, .required = true, .decimals = DEGREE_DECIMALS,
     .unit = (char *)"°", .has_min = true, .min = {-180, 0}, .has_max = true, .max = {180, 0}},
    {PART("accuracy", "误差", "Accuracy"), .type = FIELD_INTEGER, .unit = (char *)"m", .has_min = true, .has_max = true,
     .max = {ACCURACY_MAX_M, 0}},
    {PART("source", "来源", "Source"), .type = FIELD_CHOICE, .required = true, .list = &source_list},
    {PART("datum", "坐标系", "Datum"), .type = FIELD_CHOICE, .list = &datum_list},
};
const struct form location_parts = {location_fields, G_N_ELEMENTS(location_fields)};

static struct field call_fields[] = {
    {PART("at", "时间", "At"), .type = FIELD_DATETIME, .required = true},
    {PART("seconds", "时长", "Duration"), .type = FIELD_INTEGER, .required = true, .unit = (char *)"s", .has_min = true,
     .has_max = true, .max = {CALL_MAX_S, 0}},
    {PART("direction", "方向", "Direction"), .type = FIELD_CHOICE, .required = true, .list = &direction_list},
    {PART("last4", "号码后四位", "Last four digits"), .type = FIELD_TEXT, .required = true, .max_chars = 4},
};
static struct field ref_fields[] = {
    {PART("matter", "事项", "Matter"), .type = FIELD_MATTER, .required = true},
    {PART("entry", "登记编号", "Entry"), .type = FIELD_INTEGER, .has_min = true, .min = {1, 0}},
    {PART("expectation", "应办编号", "Expectation"), .type = FIELD_INTEGER, .has_min = true, .min = {1, 0}},
    {PART("kind", "事项种类", "Kind"), .type = FIELD_TEXT, .max_chars = LIMIT_TEXT_CHARS},
    {PART("name", "名称", "Name"), .type = FIELD_TEXT, .max_chars = LIMIT_TEXT_CHARS},
    {PART("at", "时间", "At"), .type = FIELD_DATETIME},
    {PART("due", "时限", "Due"), .type = FIELD_DATETIME},
    {PART("outcome", "结果", "Outcome"), .type = FIELD_TEXT, .max_chars = LIMIT_TEXT_CHARS},
};
#define REF_NAMES 3 /* the first are given, the others are what it said */
const struct form ref_parts = {ref_fields, G_N_ELEMENTS(ref_fields)};
const struct form ref_names = {ref_fields, REF_NAMES};

const struct form call_parts = {call_fields, G_N_ELEMENTS(call_fields)};

/* As a form of its own, whatever the attempt: what is given is given whole. */
static json_t *check_parts(const struct field_check *check, const json_t *given)
{
    struct form_context context = *check->context;
    struct problem *problems = NULL;
    if (!json_is_object(given))
        return field_problem(check, PROBLEM_WRONG_TYPE, field_types[check->field->type].name);
    context.attempt = NULL;
    context.partial = false;
    json_t *stored = form_check(field_parts(check->field), given, &context, &problems);
    if (stored == NULL) {
        problem_prefix(problems, check->field->name);
        problem_append(check->problems, problems);
    }
    return stored;
}

static json_t *part_problem(const struct field_check *check, const char *part, enum problem_code code,
                            const char *argument)
{
    g_autofree char *path = g_strconcat(check->field->name, ".", part, NULL);
    problem_append(check->problems, problem_new(code, path, argument, NULL));
    return NULL;
}

/* What a device measures comes as a floating number of many digits, of which six decimals mean something. */
static void round_degrees(json_t *object, const char *part)
{
    char text[DECIMAL_TEXT_MAX];
    const json_t *value = json_object_get(object, part);
    if (!json_is_real(value) || fabs(json_real_value(value)) > 1000)
        return;
    struct decimal degrees = {llround(json_real_value(value) * 1e6), DEGREE_DECIMALS};
    decimal_format(degrees, text);
    json_object_set_new(object, part, json_string(text));
}

json_t *check_location(const struct field_check *check, const json_t *given)
{
    g_autoptr(json_t) rounded = json_is_object(given) ? json_copy((json_t *)given) : json_incref((json_t *)given);
    if (json_is_object(rounded)) {
        round_degrees(rounded, "lat");
        round_degrees(rounded, "lon");
    }
    g_autoptr(json_t) stored = check_parts(check, rounded);
    if (stored == NULL)
        return NULL;
    if (strcmp(json_get_text(stored, "source", ""), "device") == 0 && json_object_get(stored, "accuracy") == NULL)
        return part_problem(check, "accuracy", PROBLEM_MISSING_FIELD, NULL);
    if (json_object_get(stored, "datum") == NULL)
        json_object_set_new(stored, "datum", json_string("wgs84"));
    return g_steal_pointer(&stored);
}

json_t *check_call_proof(const struct field_check *check, const json_t *given)
{
    g_autoptr(json_t) stored = check_parts(check, given);
    const char *digits = stored != NULL ? json_get_text(stored, "last4", "") : "0000";
    if (strlen(digits) != 4 || strspn(digits, "0123456789") != 4)
        return part_problem(check, "last4", PROBLEM_INVALID_PHONE, NULL);
    return g_steal_pointer(&stored);
}
