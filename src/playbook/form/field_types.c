/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/form/field.h"

#include "base/limits.h"

#include <string.h>

#define SCHEMA(type, rest) "{\"type\": \"" type "\"" rest "}"
#define TITLE(zh, en)      .title = {(char *)(zh), (char *)(en)}

/* Reserved and unreserved characters of RFC 3986, section 2, and the letters that RFC 3987 adds. */
static bool has_url_characters(const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == '%' && (!g_ascii_isxdigit(at[1]) || !g_ascii_isxdigit(at[2])))
            return false;
        if (c < 0x80 ? !g_ascii_isgraph((char)c) || strchr("\"<>\\^`{|}", (int)c) != NULL : !g_unichar_isgraph(c))
            return false;
    }
    return true;
}

static bool is_host(const char *host)
{
    if (g_hostname_is_ip_address(host))
        return true;
    for (const char *at = host; *at != '\0'; at++)
        if ((*at & 0x80) == 0 && !g_ascii_isalnum(*at) && *at != '-' && *at != '.')
            return false;
    return *host != '\0' && *host != '.' && strstr(host, "..") == NULL;
}

/* A name in front of the host is none of a page, and makes one host look like another (RFC 3986, section 7.6). */
static json_t *check_url(const struct field_check *check, const json_t *given)
{
    const char *text = field_take_text(check, given);
    if (text == NULL)
        return NULL;
    g_autoptr(GUri) uri = has_url_characters(text) ? g_uri_parse(text, G_URI_FLAGS_ENCODED, NULL) : NULL;
    bool is_page =
        uri != NULL && (strcmp(g_uri_get_scheme(uri), "http") == 0 || strcmp(g_uri_get_scheme(uri), "https") == 0);
    if (!is_page || g_uri_get_userinfo(uri) != NULL || g_uri_get_host(uri) == NULL || !is_host(g_uri_get_host(uri)))
        return field_problem(check, PROBLEM_WRONG_TYPE, "url, https://www.example.org/…");
    return json_string(text);
}

/* In the order of the enum. */
const struct field_type_row field_types[FIELD_TYPE_COUNT] = {
    [FIELD_TEXT] = {.name = "text",
                    .others = "string str",
                    TITLE("文字", "text"),
                    .value = VALUE_TEXT,
                    .check = field_check_text,
                    .schema = SCHEMA("string", ""),
                    .example = "\"测试\"",
                    .keys = FIELD_KEY_MAX_CHARS,
                    .unique = true},
    [FIELD_INTEGER] = {.name = "integer",
                       .others = "int",
                       TITLE("整数", "whole number"),
                       .value = VALUE_NUMBER,
                       .check = field_check_integer,
                       .schema = SCHEMA("integer", ""),
                       .example = "3",
                       .keys = FIELD_KEY_UNIT | FIELD_KEY_BOUNDS,
                       .literal = LITERAL_INTEGER,
                       .unique = true},
    [FIELD_DECIMAL] = {.name = "decimal",
                       .others = "number float",
                       TITLE("小数", "number"),
                       .value = VALUE_NUMBER,
                       .check = field_check_decimal,
                       .schema = "{\"type\": [\"string\", \"number\"], \"pattern\": \"^-?[0-9]+([.][0-9]+)?$\"}",
                       .example = "\"37.3\"",
                       .keys = FIELD_KEY_UNIT | FIELD_KEY_BOUNDS | FIELD_KEY_DECIMALS},
    [FIELD_BOOL] = {.name = "bool",
                    .others = "boolean",
                    TITLE("是或否", "yes or no"),
                    .value = VALUE_BOOL,
                    .check = field_check_bool,
                    .schema = SCHEMA("boolean", ""),
                    .example = "true",
                    .literal = LITERAL_BOOL},
    [FIELD_DATE] = {.name = "date",
                    TITLE("日期", "date"),
                    .value = VALUE_DATE,
                    .check = field_check_date,
                    .schema = SCHEMA("string", ", \"format\": \"date\""),
                    .example = "\"2020-02-03\"",
                    .unique = true},
    [FIELD_DATETIME] = {.name = "datetime",
                        .others = "time",
                        TITLE("日期和时间", "date and time"),
                        .value = VALUE_DATETIME,
                        .check = field_check_datetime,
                        .schema = SCHEMA("string", ", \"format\": \"date-time\""),
                        .example = "\"2020-02-03T08:30:00+08:00\"",
                        .literal = LITERAL_INSTANT},
    [FIELD_CHOICE] = {.name = "choice",
                      .others = "select enum",
                      TITLE("选一", "one of"),
                      .value = VALUE_CHOICE,
                      .check = field_check_choice,
                      .schema = SCHEMA("string", ""),
                      .keys = FIELD_KEY_OF,
                      .literal = LITERAL_CODE,
                      .unique = true},
    [FIELD_CHOICES] = {.name = "choices",
                       .others = "multiselect",
                       TITLE("可多选", "any of"),
                       .value = VALUE_CHOICES,
                       .check = field_check_choices,
                       .schema = SCHEMA("array", ", \"uniqueItems\": true"),
                       .keys = FIELD_KEY_OF},
    [FIELD_UNIT] = {.name = "unit",
                    TITLE("单位", "unit"),
                    .value = VALUE_UNIT,
                    .check = field_check_unit,
                    .schema = SCHEMA("string", ""),
                    .example = "\"110105001001\"",
                    .literal = LITERAL_UNIT,
                    .unique = true},
    [FIELD_DIVISION] = {.name = "division",
                        TITLE("行政区划", "division"),
                        .value = VALUE_TEXT,
                        .check = field_check_division,
                        .schema = SCHEMA("string", ", \"pattern\": \"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|"
                                                   "[0-9]{12})$\""),
                        .example = "\"420100\"",
                        .digits = true,
                        .unique = true},
    [FIELD_PERSON] = {.name = "person",
                      TITLE("人员", "person"),
                      .value = VALUE_PERSON,
                      .check = field_check_person,
                      .schema = SCHEMA("string", ""),
                      .example = "\"p3skjsn91hyx4gsz3n2t8pdmjy0\"",
                      .literal = LITERAL_PERSON,
                      .personal = true,
                      .digits = true},
    [FIELD_PHONE] = {.name = "phone",
                     .others = "tel",
                     TITLE("电话", "phone number"),
                     .value = VALUE_TEXT,
                     .check = field_check_phone,
                     .schema = SCHEMA("string", ", \"maxLength\": 24"),
                     .example = "\"13800000001\"",
                     .personal = true,
                     .digits = true,
                     .mask = field_mask_phone},
    [FIELD_ID_NUMBER] = {.name = "id_number",
                         .others = "id_card idnumber",
                         TITLE("证件号码", "identity number"),
                         .value = VALUE_TEXT,
                         .check = field_check_id_number,
                         .schema = SCHEMA("string", ", \"maxLength\": 80"),
                         .example = "\"110101199003070214\"",
                         .personal = true,
                         .digits = true,
                         .mask = field_mask_id_number},
    [FIELD_ADDRESS] = {.name = "address",
                       TITLE("地址", "address"),
                       .value = VALUE_TEXT,
                       .check = field_check_text,
                       .schema = SCHEMA("string", ""),
                       .example = "\"3号楼2单元501\"",
                       .keys = FIELD_KEY_MAX_CHARS,
                       .personal = true},
    [FIELD_LONG_TEXT] = {.name = "long_text",
                         .others = "textarea",
                         TITLE("长文字", "long text"),
                         .value = VALUE_TEXT,
                         .check = field_check_text,
                         .schema = SCHEMA("string", ""),
                         .example = "\"第一行\\n第二行\"",
                         .keys = FIELD_KEY_MAX_CHARS,
                         .line_breaks = true,
                         .max_chars = LIMIT_MEMO_CHARS},
    [FIELD_DURATION] = {.name = "duration",
                        TITLE("时长", "length of time"),
                        .value = VALUE_DURATION,
                        .check = field_check_duration,
                        .schema = SCHEMA("string", ", \"pattern\": \"^[0-9]+(s|min|h|d)$\""),
                        .example = "\"30min\""},
    [FIELD_MATTER] = {.name = "matter",
                      TITLE("另一事项", "another matter"),
                      .value = VALUE_TEXT,
                      .check = field_check_matter,
                      .schema = SCHEMA("string", ", \"format\": \"uuid\""),
                      .keys = FIELD_KEY_KIND,
                      .literal = LITERAL_MATTER,
                      .unique = true},
    [FIELD_LINES] = {.name = "lines",
                     TITLE("若干行", "lines"),
                     .value = VALUE_LINES,
                     .check = field_check_lines,
                     .schema = SCHEMA("array", ""),
                     .keys = FIELD_KEY_OF | FIELD_KEY_BOUNDS,
                     .mask = field_mask_lines},
    [FIELD_LOCATION] = {.name = "location",
                        .others = "position gps geo",
                        TITLE("位置（他人只看到约一公里的方格）",
                              "position, of which others see a square of about a kilometre"),
                        .value = VALUE_LOCATION,
                        .check = field_check_location,
                        .schema = SCHEMA("object", ""),
                        .example = "{\"lat\": \"39.9042\", \"lon\": \"116.4074\", \"accuracy\": 15,"
                                   " \"source\": \"device\"}",
                        .personal = true,
                        .mask = field_mask_location,
                        .parts = &location_parts},
    [FIELD_CALL_PROOF] = {.name = "call_proof",
                          TITLE("通话凭证（时间、时长、去电或来电、号码后四位）",
                                "proof of a call: when, how long, from whom, the last four digits"),
                          .value = VALUE_CALL,
                          .check = field_check_call_proof,
                          .schema = SCHEMA("object", ""),
                          .example = "{\"at\": \"2020-02-03T08:30:00+08:00\", \"seconds\": 95, \"direction\": \"out\","
                                     " \"last4\": \"0001\"}",
                          .personal = true,
                          .mask = field_mask_call_proof,
                          .parts = &call_parts},
    [FIELD_REFS] = {.name = "refs",
                    TITLE("引用的登记或应办，连同当时的内容", "entries and expectations, with what they said then"),
                    .value = VALUE_LINES,
                    .check = field_check_refs,
                    .schema = SCHEMA("array", ""),
                    .keys = FIELD_KEY_BOUNDS,
                    .mask = field_mask_lines,
                    .lines = &ref_parts,
                    .given_lines = &ref_names},
    [FIELD_FILE] = {.name = "file",
                    .others = "photo image attachment",
                    TITLE("照片或文件", "photo or file"),
                    .value = VALUE_FILE,
                    .check = field_check_file,
                    .schema = SCHEMA("string", ", \"pattern\": \"^[0-9a-f]{64}$\""),
                    .literal = LITERAL_FILE,
                    .mask = field_mask_file},
    [FIELD_URL] = {.name = "url",
                   .others = "link uri website",
                   TITLE("网址", "web address"),
                   .value = VALUE_TEXT,
                   .check = check_url,
                   .schema = SCHEMA("string", ", \"format\": \"iri\", \"pattern\": \"^[Hh][Tt][Tt][Pp][Ss]?://\""),
                   .example = "\"https://www.example.org/notices/12\"",
                   .keys = FIELD_KEY_MAX_CHARS},
};

bool field_takes(const struct field *field, enum field_key key)
{
    return (field_types[field->type].keys & key) != 0;
}

bool field_takes_lines(const struct field *field)
{
    return field_types[field->type].line_breaks || field->max_chars > LIMIT_TEXT_CHARS;
}

bool field_is_personal(const struct field *field)
{
    return field->personal || field_types[field->type].personal;
}

const struct form *field_parts(const struct field *field)
{
    return field_types[field->type].parts;
}

enum value_type field_value_type(const struct field *field)
{
    return field_types[field->type].value;
}
