/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/cell.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/json.h"
#include "registry/registry.h"

#include <stdlib.h>
#include <string.h>

/* A spreadsheet takes what begins so for a formula (CWE-1236; OWASP, CSV injection); it strips blanks first, some do so
 * of any script, and where people type Chinese it takes the full-width signs, too. */
static bool is_formula(const char *text)
{
    static const gunichar signs[] = {'=', '+', '-', '@', 0xff1d, 0xff0b, 0xff0d, 0xff20, 0x2212};
    bool begins_new = *text == '\t' || *text == '\r' || *text == '\n';
    gunichar c = g_utf8_get_char(text);
    while (c != 0 && (g_unichar_isspace(c) || g_unichar_iscntrl(c) || g_unichar_type(c) == G_UNICODE_FORMAT)) {
        text = g_utf8_next_char(text);
        c = g_utf8_get_char(text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (c == signs[i])
            return true;
    return begins_new;
}

/* A text that begins with the mark itself gets another one, so that taking it off gives every text back; so does one
 * with blanks around it, which would be cut off. */
static bool needs_mark(const char *text)
{
    return is_formula(text) || cell_has_outer_blanks(text);
}

void cell_write_text(const char *text, GString *out)
{
    if (needs_mark(text) || (*text == '\'' && (needs_mark(text + 1) || text[1] == '\'')))
        g_string_append_c(out, '\'');
    g_string_append(out, text);
}

const char *cell_unmark(const char *text)
{
    return *text == '\'' && (needs_mark(text + 1) || text[1] == '\'') ? text + 1 : text;
}

static void write_code(const struct cell_writer *writer, const struct code_list *list, const char *code, GString *out)
{
    const struct code *found = writer->words != WORDS_CODES ? code_list_find(list, code) : NULL;
    if (found == NULL)
        cell_write_text(code, out);
    else
        cell_write_text(writer->words == WORDS_ZH ? found->label.zh : found->label.en, out);
}

static void write_codes(const struct cell_writer *writer, const struct field *field, const json_t *codes, GString *out)
{
    size_t i;
    json_t *code;
    json_array_foreach((json_t *)codes, i, code)
    {
        if (i > 0)
            g_string_append(out, writer->words == WORDS_ZH ? "、" : ";");
        write_code(writer, field->list, json_string_value(code), out);
    }
}

/* Its code, since names are not unique; "#id" where it has none. */
static void write_unit(const struct cell_writer *writer, int64_t id, GString *out)
{
    struct unit unit;
    if (registry_unit(writer->rows, id, &unit) && *unit.code != '\0')
        cell_write_text(unit.code, out);
    else
        g_string_append_printf(out, "#%" G_GINT64_FORMAT, id);
}

static void write_person(const struct cell_writer *writer, int64_t id, GString *out)
{
    char text[VAULT_OUTER_ID_CHARS + 1];
    vault_outer_id(writer->vault, VAULT_ID_PERSON, id, text);
    g_string_append(out, text);
}

void cell_format_time(const struct cell_writer *writer, int64_t at_us, char out[DATETIME_TEXT_MAX])
{
    char exact[DATETIME_TEXT_MAX];
    datetime_format(at_us, writer->zone, exact);
    int32_t day = day_of(at_us, writer->zone);
    int minutes = (int)(exact[11] - '0') * 600 + (exact[12] - '0') * 60 + (exact[14] - '0') * 10 + (exact[15] - '0');
    int64_t begins_us = day_time_us(day, minutes, writer->zone);
    bool once = at_us >= begins_us && at_us < begins_us + 60 * US_PER_SECOND;
    g_strlcpy(out, exact, DATETIME_TEXT_MAX);
    if (writer->exact || !once)
        return;
    out[10] = ' ';
    out[strcspn(out, "Z+")] = '\0';
    if (strlen(out) > 19 && strrchr(out + 19, '-') != NULL)
        *strrchr(out + 19, '-') = '\0'; /* an offset below zero */
}

static void write_datetime(const struct cell_writer *writer, const char *text, GString *out)
{
    int64_t at_us;
    char shown[DATETIME_TEXT_MAX];
    if (!datetime_parse(text, &at_us)) {
        cell_write_text(text, out);
        return;
    }
    cell_format_time(writer, at_us, shown);
    g_string_append(out, shown);
}

/* As an import takes it. */
static void write_duration(int64_t us, GString *out)
{
    char text[DATETIME_TEXT_MAX];
    duration_format(us, text);
    g_string_append(out, text);
}

static void write_bool(const struct cell_writer *writer, bool truth, GString *out)
{
    static const char *const words[][2] = {
        [WORDS_CODES] = {"false", "true"}, [WORDS_ZH] = {"否", "是"}, [WORDS_EN] = {"no", "yes"}};
    g_string_append(out, words[writer->words][truth]);
}

void cell_write_string(const struct cell_writer *writer, const struct field *field, const char *text, GString *out)
{
    enum cell_type type = cell_type_of(field);
    if (type == CELL_CHOICE || type == CELL_CHOICES)
        write_code(writer, field->list, text, out);
    else if (type == CELL_DATETIME)
        write_datetime(writer, text, out);
    else if (type == CELL_DECIMAL)
        g_string_append(out, text); /* a number, also when it is below zero */
    else
        cell_write_text(text, out);
}

void cell_write(const struct cell_writer *writer, const struct field *field, const json_t *stored, GString *out)
{
    const char *text = json_string_value(stored);
    enum cell_type type = cell_type_of(field);
    if (type == CELL_UNIT && json_is_integer(stored))
        write_unit(writer, json_integer_value(stored), out);
    else if (field_value_type(field) == VALUE_PERSON && json_integer_value(stored) > 0)
        write_person(writer, json_integer_value(stored), out);
    else if (type == CELL_CHOICES && json_is_array(stored))
        write_codes(writer, field, stored, out);
    else if (json_is_boolean(stored))
        write_bool(writer, json_is_true(stored), out);
    else if (field_value_type(field) == VALUE_DURATION && json_is_integer(stored))
        write_duration(json_integer_value(stored), out);
    else if (json_is_integer(stored))
        g_string_append_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(stored));
    else if (text != NULL)
        cell_write_string(writer, field, text, out);
    else if (stored != NULL && !json_is_null(stored)) {
        char *whole = json_dumps(stored, JSON_COMPACT | JSON_ENCODE_ANY);
        cell_write_text(whole, out);
        free(whole);
    }
}
