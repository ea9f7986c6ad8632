/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/form/field.h"

#include "base/datetime.h"
#include "base/division.h"
#include "base/identity.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/uuid.h"
#include "playbook/model/flow.h"
#include "playbook/model/identity_type.h"
#include "playbook/model/kind.h"

#include <math.h>
#include <string.h>

#define INTEGER_MAX     ((INT64_C(1) << 53) - 1) /* what a browser's numbers hold exactly */
#define NAMED_CODES_MAX 12                       /* more are no help in a sentence */
#define DEGREE_DECIMALS 6
#define ACCURACY_MAX_M  100000 /* a cell of a mobile network; larger values are useless */
#define CALL_MAX_S      86400

/* Of a field that is made here. */
#define PART(part, chinese, english) .name = (char *)(part), .label = {(char *)(chinese), (char *)(english)}

json_t *field_problem(const struct field_check *check, enum problem_code code, const char *argument)
{
    problem_append(check->problems, problem_new(code, check->field->name, argument, NULL));
    return NULL;
}

static json_t *wrong_type(const struct field_check *check)
{
    return field_problem(check, PROBLEM_WRONG_TYPE, field_types[check->field->type].name);
}

/* ---- texts ---- */

/* Whether the field takes the text; else reports the problem. */
static bool check_characters(const struct field_check *check, const char *text, int max_chars)
{
    char argument[16];
    gunichar forbidden = text_forbidden(text, field_takes_lines(check->field));
    if (forbidden != 0) {
        g_snprintf(argument, sizeof argument, "U+%04X", forbidden);
        field_problem(check, PROBLEM_CONTROL_CHARACTER, argument);
        return false;
    }
    if (text_is_blank(text)) {
        field_problem(check, PROBLEM_TEXT_EMPTY, NULL);
        return false;
    }
    if (g_utf8_strlen(text, -1) > max_chars) {
        g_snprintf(argument, sizeof argument, "%d", max_chars);
        field_problem(check, PROBLEM_TEXT_TOO_LONG, argument);
        return false;
    }
    return true;
}

const char *field_take_text(const struct field_check *check, const json_t *given)
{
    int max_chars = check->field->max_chars > 0 ? check->field->max_chars : LIMIT_TEXT_CHARS;
    if (!json_is_string(given)) {
        wrong_type(check);
        return NULL;
    }
    const char *text = json_string_value(given);
    return check_characters(check, text, max_chars) ? text : NULL;
}

json_t *field_check_text(const struct field_check *check, const json_t *given)
{
    const char *text = field_take_text(check, given);
    return text != NULL ? json_string(text) : NULL;
}

json_t *field_check_division(const struct field_check *check, const json_t *given)
{
    const char *typed = field_take_text(check, given);
    if (typed == NULL)
        return NULL;
    g_autofree char *text = identity_plain(typed);
    if (!division_is_known(text))
        return field_problem(check, PROBLEM_INVALID_DIVISION, NULL);
    return json_string(text);
}

json_t *field_check_phone(const struct field_check *check, const json_t *given)
{
    const char *text = field_take_text(check, given);
    if (text == NULL)
        return NULL;
    if (!identity_phone_is_valid(text))
        return field_problem(check, PROBLEM_INVALID_PHONE, NULL);
    g_autofree char *plain = identity_phone_plain(text);
    return json_string(plain);
}

/* Stored without its type where that is the first of the playbook, as people's numbers are shown. */
json_t *field_check_id_number(const struct field_check *check, const json_t *given)
{
    const struct form_context *context = check->context;
    const char *text = field_take_text(check, given);
    if (text == NULL)
        return NULL;
    g_autofree char *key = NULL;
    struct problem *problem =
        playbook_identity_read(context->playbook, NULL, text, day_of(context->now_us, context->zone), &key);
    if (problem != NULL) {
        g_free(problem->field);
        problem->field = g_strdup(check->field->name);
        problem_append(check->problems, problem);
        return NULL;
    }
    g_autofree char *shown = playbook_identity_text(context->playbook, key, IDENTITY_NAMES, NULL);
    return json_string(shown);
}

/* ---- numbers ---- */

static json_t *out_of_range(const struct field_check *check, enum problem_code code, struct decimal limit)
{
    char text[DECIMAL_TEXT_MAX];
    decimal_format(limit, text);
    const char *unit = check->field->unit;
    g_autofree char *argument = unit != NULL ? g_strconcat(text, " ", unit, NULL) : g_strdup(text);
    return field_problem(check, code, argument);
}

/* The number with its needless zeros cut; false with a problem when it lies outside of the field's limits. */
static bool check_number(const struct field_check *check, struct decimal given, struct decimal *out)
{
    const struct field *field = check->field;
    if (field->has_min && decimal_compare(given, field->min) < 0) {
        out_of_range(check, PROBLEM_BELOW_MINIMUM, field->min);
        return false;
    }
    if (field->has_max && decimal_compare(given, field->max) > 0) {
        out_of_range(check, PROBLEM_ABOVE_MAXIMUM, field->max);
        return false;
    }
    return decimal_add(given, decimal_from_integer(0), out);
}

json_t *field_check_integer(const struct field_check *check, const json_t *given)
{
    struct decimal number;
    if (!json_is_integer(given))
        return wrong_type(check);
    json_int_t integer = json_integer_value(given);
    if (integer > INTEGER_MAX)
        return out_of_range(check, PROBLEM_ABOVE_MAXIMUM, decimal_from_integer(INTEGER_MAX));
    if (integer < -INTEGER_MAX)
        return out_of_range(check, PROBLEM_BELOW_MINIMUM, decimal_from_integer(-INTEGER_MAX));
    return check_number(check, decimal_from_integer(integer), &number) ? json_integer(integer) : NULL;
}

static json_t *too_precise(const struct field_check *check)
{
    char decimals[16];
    g_snprintf(decimals, sizeof decimals, "%d", check->field->decimals);
    return field_problem(check, PROBLEM_TOO_PRECISE, decimals);
}

/* 36.5000000001: a number, of more decimals than are ever kept. */
static bool has_more_decimals(const char *text)
{
    const char *point = text + (*text == '-'), *end;
    size_t whole = strspn(point, "0123456789");
    point += whole;
    end = point + (*point == '.');
    end += strspn(end, "0123456789");
    return whole > 0 && *end == '\0' && end - point > DECIMAL_SCALE_MAX + 1;
}

/* As text, or as the number that JSON made of it. */
static char *decimal_text(const json_t *given)
{
    char shortest[G_ASCII_DTOSTR_BUF_SIZE];
    if (json_is_string(given))
        return identity_plain(json_string_value(given));
    if (json_is_integer(given))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(given));
    if (!json_is_real(given))
        return NULL;
    json_shortest(json_real_value(given), shortest);
    return g_strdup(shortest);
}

json_t *field_check_decimal(const struct field_check *check, const json_t *given)
{
    struct decimal number;
    char stored[DECIMAL_TEXT_MAX];
    g_autofree char *text = decimal_text(given);
    if (text != NULL && !decimal_parse(text, &number) && has_more_decimals(text))
        return too_precise(check);
    if (text == NULL || !decimal_parse(text, &number))
        return wrong_type(check);
    if (!check_number(check, number, &number))
        return NULL;
    if (number.scale > check->field->decimals)
        return too_precise(check);
    decimal_format(number, stored);
    return json_string(stored);
}

json_t *field_check_bool(const struct field_check *check, const json_t *given)
{
    return json_is_boolean(given) ? json_boolean(json_is_true(given)) : wrong_type(check);
}

/* ---- times ---- */

json_t *field_check_date(const struct field_check *check, const json_t *given)
{
    int32_t day;
    if (!json_is_string(given))
        return wrong_type(check);
    g_autofree char *text = identity_plain(json_string_value(given));
    return date_parse(text, &day) ? json_string(text) : field_problem(check, PROBLEM_INVALID_DATE, NULL);
}

json_t *field_check_datetime(const struct field_check *check, const json_t *given)
{
    int64_t us;
    if (!json_is_string(given))
        return wrong_type(check);
    g_autofree char *text = identity_plain(json_string_value(given));
    if (!datetime_parse(text, &us))
        return field_problem(check, PROBLEM_INVALID_DATETIME, NULL);
    return value_to_json((struct value){.type = VALUE_DATETIME, .us = us});
}

/* "30min", as playbooks write it. */
json_t *field_check_duration(const struct field_check *check, const json_t *given)
{
    int64_t us;
    if (!json_is_string(given))
        return wrong_type(check);
    g_autofree char *text = identity_plain(json_string_value(given));
    return duration_parse(text, &us) ? json_integer(us) : field_problem(check, PROBLEM_INVALID_DURATION, NULL);
}

/* ---- codes ---- */

static void not_in_list(const struct field_check *check, const char *code, const char *path)
{
    const struct code_list *list = check->field->list;
    g_autofree const char **codes = g_new0(const char *, list->code_count + 1);
    for (size_t i = 0; i < list->code_count; i++)
        codes[i] = list->codes[i].code;
    const char *nearest = nearest_name(code, codes, list->code_count);
    if (list->code_count > NAMED_CODES_MAX)
        codes[NAMED_CODES_MAX] = NULL;
    g_autofree char *allowed = nearest != NULL ? g_strdup(nearest) : g_strjoinv(", ", (char **)codes);
    problem_append(check->problems, problem_new(PROBLEM_NOT_IN_LIST, path, list->name, allowed, NULL));
}

json_t *field_check_choice(const struct field_check *check, const json_t *given)
{
    if (!json_is_string(given))
        return wrong_type(check);
    g_autofree char *code = identity_plain(json_string_value(given));
    if (code_list_find(check->field->list, code) != NULL)
        return json_string(code);
    not_in_list(check, code, check->field->name);
    return NULL;
}

/* Marks the given codes in `chosen`; false with problems for an unknown or repeated code. */
static bool mark_chosen(const struct field_check *check, const json_t *given, bool *chosen)
{
    const struct code_list *list = check->field->list;
    size_t i;
    json_t *item;
    bool right = true;
    json_array_foreach((json_t *)given, i, item)
    {
        g_autofree char *path = g_strdup_printf("%s[%zu]", check->field->name, i);
        g_autofree char *plain = json_is_string(item) ? identity_plain(json_string_value(item)) : NULL;
        const struct code *code = plain != NULL ? code_list_find(list, plain) : NULL;
        bool repeated = code != NULL && chosen[code - list->codes];
        if (!json_is_string(item))
            problem_append(check->problems, problem_new(PROBLEM_WRONG_TYPE, path, "choice", NULL));
        else if (code == NULL)
            not_in_list(check, json_string_value(item), path);
        else if (repeated)
            problem_append(check->problems, problem_new(PROBLEM_REPEATED_CHOICE, path, NULL));
        else
            chosen[code - list->codes] = true;
        right = right && code != NULL && !repeated;
    }
    return right;
}

json_t *field_check_choices(const struct field_check *check, const json_t *given)
{
    const struct code_list *list = check->field->list;
    if (!json_is_array(given))
        return wrong_type(check);
    if (json_array_size(given) > list->code_count + 1) /* at least one is repeated; one problem for all */
        return field_problem(check, PROBLEM_REPEATED_CHOICE, NULL);
    g_autofree bool *chosen = g_new0(bool, list->code_count + 1);
    if (!mark_chosen(check, given, chosen))
        return NULL;
    json_t *stored = json_array();
    for (size_t i = 0; i < list->code_count; i++)
        if (chosen[i])
            json_array_append_new(stored, json_string(list->codes[i].code));
    return stored;
}

/* ---- lines ---- */

/* Adds the problems of one line, with "lines[2]." before their paths. */
static void take_problems(const struct field_check *check, size_t line, struct problem *problems)
{
    g_autofree char *path = g_strdup_printf("%s[%zu]", check->field->name, line);
    problem_prefix(problems, path);
    problem_append(check->problems, problems);
}

static bool check_line_count(const struct field_check *check, size_t count)
{
    const struct field *field = check->field;
    struct decimal given = decimal_from_integer((int64_t)count), most = decimal_from_integer(LIMIT_LINES);
    if (field->has_max && decimal_compare(field->max, most) < 0)
        most = field->max;
    if (field->has_min && decimal_compare(given, field->min) < 0)
        out_of_range(check, PROBLEM_TOO_FEW_LINES, field->min);
    else if (decimal_compare(given, most) > 0)
        out_of_range(check, PROBLEM_TOO_MANY_LINES, most);
    else
        return true;
    return false;
}

json_t *field_check_lines(const struct field_check *check, const json_t *given)
{
    struct form_context context = *check->context;
    size_t i;
    json_t *line;
    if (!json_is_array(given))
        return wrong_type(check);
    if (!check_line_count(check, json_array_size(given)))
        return NULL;
    context.attempt = NULL;
    context.partial = false; /* lines are given whole, also in a correction */
    json_t *stored = json_array();
    json_array_foreach((json_t *)given, i, line)
    {
        struct problem *problems = NULL;
        json_t *checked = form_check(check->field->lines, line, &context, &problems);
        if (checked != NULL)
            json_array_append_new(stored, checked);
        else
            take_problems(check, i, problems);
    }
    if (json_array_size(stored) == json_array_size(given))
        return stored;
    json_decref(stored);
    return NULL;
}

/* ---- references ---- */

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
#define REF_NAMES 3 /* the first are given, the others are looked up */
const struct form ref_parts = {ref_fields, G_N_ELEMENTS(ref_fields)};
const struct form ref_names = {ref_fields, REF_NAMES};

/* Keeps the members that identify it; the others are always looked up. */
static json_t *names_of_ref(const json_t *given)
{
    json_t *names = json_copy((json_t *)given);
    for (size_t i = ref_names.field_count; i < ref_parts.field_count; i++)
        json_object_del(names, ref_parts.fields[i].name);
    return names;
}

/* Adds the current data of the entry or expectation; false when there is none. */
static bool freeze_ref(const struct form_context *context, json_t *ref)
{
    struct uuid uuid;
    const json_t *entry = json_object_get(ref, "entry"), *expectation = json_object_get(ref, "expectation");
    if ((entry == NULL) == (expectation == NULL) ||
        !uuid_parse(json_string_value(json_object_get(ref, "matter")), &uuid))
        return false;
    if (context->find_ref == NULL)
        return true;
    g_autoptr(json_t) said = context->find_ref(context->context, &uuid, entry != NULL,
                                               json_integer_value(entry != NULL ? entry : expectation));
    return said != NULL && json_object_update(ref, said) == 0;
}

json_t *field_check_refs(const struct field_check *check, const json_t *given)
{
    struct form_context context = *check->context;
    size_t i;
    json_t *item;
    if (!json_is_array(given))
        return wrong_type(check);
    if (!check_line_count(check, json_array_size(given)))
        return NULL;
    context.attempt = NULL;
    context.partial = false;
    json_t *stored = json_array();
    json_array_foreach((json_t *)given, i, item)
    {
        struct problem *problems = NULL;
        g_autoptr(json_t) names = json_is_object(item) ? names_of_ref(item) : json_incref(item);
        json_t *ref = form_check(&ref_names, names, &context, &problems);
        if (ref == NULL)
            take_problems(check, i, problems);
        else if (freeze_ref(&context, ref))
            json_array_append_new(stored, ref);
        else {
            json_decref(ref);
            take_problems(check, i, problem_new(PROBLEM_UNKNOWN_REFERENCE, "entry", NULL));
        }
    }
    if (json_array_size(stored) == json_array_size(given))
        return stored;
    json_decref(stored);
    return NULL;
}

/* ---- units and persons ---- */

/* "#12" or "12", where there is no look-up. */
static bool plain_id(const char *text, int64_t *out_id)
{
    guint64 id;
    if (!g_ascii_string_to_unsigned(text + (*text == '#'), 10, 1, INT64_MAX, &id, NULL))
        return false;
    *out_id = (int64_t)id;
    return true;
}

static json_t *check_id(const struct field_check *check, const json_t *given,
                        bool (*find)(void *context, const char *text, int64_t *out_id), enum problem_code unknown)
{
    int64_t id;
    const char *typed = field_take_text(check, given);
    if (typed == NULL)
        return NULL;
    g_autofree char *text = identity_plain(typed);
    bool found = find != NULL ? find(check->context->context, text, &id) : plain_id(text, &id);
    return found ? json_integer(id) : field_problem(check, unknown, NULL);
}

json_t *field_check_unit(const struct field_check *check, const json_t *given)
{
    return check_id(check, given, check->context->find_unit, PROBLEM_UNKNOWN_UNIT);
}

json_t *field_check_person(const struct field_check *check, const json_t *given)
{
    return check_id(check, given, check->context->find_person, PROBLEM_UNKNOWN_PERSON);
}

/* What they are called stands in the kind, whose name the problem has for that. */
static json_t *not_in_state(const struct field_check *check, const char *state)
{
    const struct field *field = check->field;
    GString *names = g_string_new(NULL);
    for (size_t i = 0; i < field->state_count; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", field->states[i]->name);
    g_autofree char *allowed = g_string_free(names, FALSE);
    problem_append(check->problems,
                   problem_new(PROBLEM_WRONG_STATE, field->name, state, allowed, field->kind->name, NULL));
    return NULL;
}

static bool may_be_in(const struct field *field, const char *state)
{
    for (size_t i = 0; i < field->state_count; i++)
        if (strcmp(field->states[i]->name, state) == 0)
            return true;
    return field->state_count == 0;
}

/* Stored as it is given, in small letters: its public id. */
json_t *field_check_matter(const struct field_check *check, const json_t *given)
{
    struct uuid uuid;
    char text[UUID_TEXT_LENGTH + 1];
    const struct form_context *context = check->context;
    if (!json_is_string(given))
        return wrong_type(check);
    if (!uuid_parse(json_string_value(given), &uuid))
        return field_problem(check, PROBLEM_INVALID_UUID, NULL);
    const char *kind = check->field->kind != NULL ? check->field->kind->name : NULL;
    char state[48] = "";
    if (context->find_matter != NULL && !context->find_matter(context->context, &uuid, kind, state))
        return field_problem(check, PROBLEM_UNKNOWN_MATTER, kind);
    if (context->find_matter != NULL && !may_be_in(check->field, state))
        return not_in_state(check, state);
    uuid_format(&uuid, text);
    return json_string(text);
}

/* A file uploaded before, by its hash; type and size are those of the upload. */
json_t *field_check_file(const struct field_check *check, const json_t *given)
{
    char type[40] = "";
    int64_t bytes = 0;
    const char *hash = field_take_text(check, given);
    const struct form_context *context = check->context;
    if (hash == NULL)
        return NULL;
    if (strlen(hash) != 64 || strspn(hash, "0123456789abcdef") != 64 ||
        (context->find_file != NULL && !context->find_file(context->context, hash, type, &bytes)))
        return field_problem(check, PROBLEM_UNKNOWN_FILE, NULL);
    return json_pack("{s:s, s:s, s:I}", "hash", hash, "type", type, "bytes", (json_int_t)bytes);
}

/* ---- values that consist of parts: a position, the proof of a call ----
 * Parts are fields of a form of their own and are checked as such: "place.lat" names one in a problem. A location is
 * degrees of the datum that it says, kept as they were given, to six decimals (a tenth of a metre). Maps made in China
 * show GCJ-02, which lies up to some hundred metres off WGS 84; nothing is converted here, since what a map showed is a
 * fact and what it would have shown elsewhere is not.
 *
 * Source  WGS 84: EPSG:4326. GCJ-02: GB 20263-2006 asks for it of maps on sale; its formula is not published. */

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
const struct form call_parts = {call_fields, G_N_ELEMENTS(call_fields)};

/* Checked as a form of its own, also for an attempt. */
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

json_t *field_check_location(const struct field_check *check, const json_t *given)
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

json_t *field_check_call_proof(const struct field_check *check, const json_t *given)
{
    g_autoptr(json_t) stored = check_parts(check, given);
    const char *digits = stored != NULL ? json_get_text(stored, "last4", "") : "0000";
    if (strlen(digits) != 4 || strspn(digits, "0123456789") != 4)
        return part_problem(check, "last4", PROBLEM_INVALID_PHONE, NULL);
    return g_steal_pointer(&stored);
}
