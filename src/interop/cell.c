/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/cell.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/identity.h"
#include "base/json.h"
#include "base/limits.h"
#include "registry/registry.h"

#include <string.h>

#define NAMED_MAX         12 /* values in a sentence */
#define EXACT_DIGITS      15 /* digits of a number that a spreadsheet keeps */
#define ZEROS_TRIED       3
#define SECONDS_OF_DAY    86400
#define DAYS_TO_1904      1462 /* from the one epoch of spreadsheets to the other */
#define NAMESAKES_COUNTED 50   /* units of one name: counted up to this */

struct cell_reader {
    struct db *rows;
    const struct playbook *playbook;
    int64_t now_us, at_us, else_us; /* at_us: of the row; else_us: of rows that say nothing of when */
    int32_t serial_shift;
    GHashTable
        *units; /* text → int64_t: the id, minus the number of units of that name, 0 unknown; none that had others */
};

struct cell_reader *cell_reader_new(struct db *rows, const struct playbook *playbook, int64_t now_us)
{
    struct cell_reader *reader = g_new0(struct cell_reader, 1);
    *reader = (struct cell_reader){.rows = rows,
                                   .playbook = playbook,
                                   .now_us = now_us,
                                   .at_us = now_us,
                                   .else_us = now_us,
                                   .units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    return reader;
}

void cell_reader_at(struct cell_reader *reader, int64_t at_us)
{
    reader->at_us = at_us;
}

void cell_reader_at_else(struct cell_reader *reader, int64_t at_us)
{
    reader->at_us = reader->else_us = at_us;
}

int64_t cell_reader_now(const struct cell_reader *reader)
{
    return reader->now_us;
}

int64_t cell_reader_else(const struct cell_reader *reader)
{
    return reader->else_us;
}

void cell_reader_count_from_1904(struct cell_reader *reader)
{
    reader->serial_shift = DAYS_TO_1904;
}

void cell_reader_free(struct cell_reader *reader)
{
    if (reader == NULL)
        return;
    g_hash_table_unref(reader->units);
    g_free(reader);
}

/* By what its values are; CELL_OTHER is whatever JSON makes of it. */
static const enum cell_type cell_types[] = {
    [VALUE_MISSING] = CELL_OTHER,  [VALUE_BOOL] = CELL_BOOL,         [VALUE_NUMBER] = CELL_DECIMAL,
    [VALUE_TEXT] = CELL_TEXT,      [VALUE_CHOICE] = CELL_CHOICE,     [VALUE_CHOICES] = CELL_CHOICES,
    [VALUE_DATE] = CELL_DATE,      [VALUE_DATETIME] = CELL_DATETIME, [VALUE_DURATION] = CELL_OTHER,
    [VALUE_UNIT] = CELL_UNIT,      [VALUE_PERSON] = CELL_CODE,       [VALUE_LINES] = CELL_OTHER,
    [VALUE_LOCATION] = CELL_OTHER, [VALUE_CALL] = CELL_OTHER,        [VALUE_FILE] = CELL_OTHER,
};
G_STATIC_ASSERT(G_N_ELEMENTS(cell_types) == VALUE_TYPE_COUNT);

enum cell_type cell_type_of(const struct field *field)
{
    enum cell_type type = cell_types[field_value_type(field)];
    if (field_types[field->type].digits)
        return CELL_CODE;
    return type == CELL_DECIMAL && !field_takes(field, FIELD_KEY_DECIMALS) ? CELL_INTEGER : type;
}

/* ---- characters ---- */

static bool is_blank(gunichar c)
{
    return g_unichar_isspace(c) || c == 0xa0 || c == 0x3000 || (c >= 0x200b && c <= 0x200f) || c == 0xfeff ||
           c == 0x2060;
}

bool cell_is_blank(const char *text)
{
    while (*text != '\0' && is_blank(g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    return *text == '\0';
}

bool cell_has_outer_blanks(const char *text)
{
    size_t bytes = strlen(text);
    return !cell_is_blank(text) &&
           (is_blank(g_utf8_get_char(text)) || is_blank(g_utf8_get_char(g_utf8_prev_char(text + bytes))));
}

char *cell_trim(char *text)
{
    char *from = text, *end = text + strlen(text);
    while (*from != '\0' && is_blank(g_utf8_get_char(from)))
        from = g_utf8_next_char(from);
    while (end > from) {
        char *before = g_utf8_prev_char(end);
        if (!is_blank(g_utf8_get_char(before)))
            break;
        end = before;
    }
    memmove(text, from, (size_t)(end - from));
    text[end - from] = '\0';
    return text;
}

/* ---- what a spreadsheet makes of digits ---- */

/* 1.10E+05, as spreadsheets write it; 2E01 and 12E3 are doors */
static bool is_exponent(const char *text)
{
    char *end;
    size_t digits = strspn(text, "0123456789.");
    if (digits == 0 || (text[digits] != 'E' && text[digits] != 'e'))
        return false;
    if (text[digits + 1] != '+')
        return false;
    const char *exponent = text + digits + 2;
    return g_ascii_isdigit(*exponent) && (g_ascii_strtoull(exponent, &end, 10), *end == '\0');
}

/* Eighteen digits of which the last are 0 since a number keeps fifteen, or a number with decimals. */
static bool lost_digits(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (is_exponent(text))
        return true;
    if (digits > EXACT_DIGITS && text[digits] == '.')
        return true;
    if (digits <= EXACT_DIGITS + 1 || text[digits] != '\0')
        return false;
    return strspn(text + EXACT_DIGITS, "0") == digits - EXACT_DIGITS;
}

/* "110105.0" is 110105: nothing of it is lost. */
static void cut_float(char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (digits > 0 && digits <= EXACT_DIGITS && strcmp(text + digits, ".0") == 0)
        text[digits] = '\0';
}

static json_t *refuse(struct problem **out, struct problem *problem)
{
    *out = problem;
    return NULL;
}

/* ---- texts and numbers ---- */

/* A line break within a cell is a blank where a field has one line. Blanks around a text of a form have been cut off by
 * plan_cell(), or are meant. */
static json_t *read_text(const struct field *field, char *text, struct problem **out_problem)
{
    if (is_exponent(text))
        return refuse(out_problem, problem_new(PROBLEM_DIGITS_LOST, NULL, NULL));
    if (field == NULL)
        cell_trim(text);
    if (field == NULL || !field_takes_lines(field))
        g_strdelimit(text, "\n\t", ' ');
    return json_string(text);
}

/* An ID number may end in 000 by itself: one that a spreadsheet damaged passes the check once in eleven times,
 * and the other rows of the column show the damage. */
static json_t *read_code(const struct cell_reader *reader, char *text, struct problem **out_problem)
{
    bool is_number = identity_id_number_fault(text, (int32_t)(reader->now_us / US_PER_DAY)) == NULL;
    if (lost_digits(text) && !is_number)
        return refuse(out_problem, problem_new(PROBLEM_DIGITS_LOST, NULL, NULL));
    cut_float(text);
    return json_string(text);
}

static json_t *read_integer(const char *text, struct problem **out_problem)
{
    char *end;
    if (lost_digits(text))
        return refuse(out_problem, problem_new(PROBLEM_DIGITS_LOST, NULL, NULL));
    gint64 number = g_ascii_strtoll(text, &end, 10);
    bool whole =
        end != text && (*end == '\0' || (*end == '.' && end[1] != '\0' && end[1 + strspn(end + 1, "0")] == '\0'));
    if (!whole || g_ascii_isspace(*text) || *text == '+')
        return refuse(out_problem, problem_new(PROBLEM_WRONG_TYPE, NULL, "integer", NULL));
    return json_integer(number);
}

static json_t *read_decimal(char *text, const struct cell_habits *habits, struct problem **out_problem)
{
    struct decimal number;
    char *comma = strchr(text, ',');
    if (habits->decimal_comma != 0 && comma != NULL)
        *comma = '.';
    return decimal_parse(text, &number) ? json_string(text)
                                        : refuse(out_problem, problem_new(PROBLEM_WRONG_TYPE, NULL, "decimal", NULL));
}

static json_t *read_bool(const char *text, struct problem **out_problem)
{
    static const char *const yes[] = {"是", "有", "true", "yes", "y", "1", "√", "✓", "对", NULL};
    static const char *const no[] = {"否", "无", "false", "no", "n", "0", "×", "没有", "不是", "错", NULL};
    for (size_t i = 0; yes[i] != NULL; i++)
        if (g_ascii_strcasecmp(text, yes[i]) == 0)
            return json_true();
    for (size_t i = 0; no[i] != NULL; i++)
        if (g_ascii_strcasecmp(text, no[i]) == 0)
            return json_false();
    return refuse(out_problem, problem_new(PROBLEM_NOT_A_YES_OR_NO, NULL, NULL));
}

/* ---- days and times ---- */

static json_t *read_date(const struct cell_habits *habits, const char *text, struct problem **out_problem)
{
    int32_t day;
    int seconds;
    char shown[DATETIME_TEXT_MAX];
    if (!cell_date(habits, text, &day, &seconds, out_problem))
        return NULL;
    date_format(day, shown);
    return json_string(shown);
}

/* "2020-02-03 08:30:15.250": the fraction of the second is taken off. The caller frees. */
static char *take_fraction(const char *text, int *out_us)
{
    const char *colon = strrchr(text, ':'), *point = colon != NULL ? strchr(colon, '.') : NULL;
    size_t digits = point != NULL ? strspn(point + 1, "0123456789") : 0;
    *out_us = 0;
    if (digits == 0 || digits > 6 || point[digits + 1] != '\0')
        return g_strdup(text);
    for (size_t i = 0; i < 6; i++)
        *out_us = *out_us * 10 + (i < digits ? point[i + 1] - '0' : 0);
    return g_strndup(text, (gsize)(point - text));
}

static json_t *read_datetime(const struct cell_reader *reader, const struct cell_habits *habits, const char *text,
                             struct problem **out_problem)
{
    int32_t day;
    int seconds;
    int64_t at_us;
    int fraction_us = 0;
    char shown[DATETIME_TEXT_MAX];
    if (datetime_parse(text, &at_us))
        return json_string(text);
    g_autofree char *whole = take_fraction(text, &fraction_us);
    if (!cell_date(habits, whole, &day, &seconds, out_problem))
        return NULL;
    if (seconds < 0 && habits->minutes < 0)
        return refuse(out_problem, problem_new(PROBLEM_TIME_MISSING, NULL, NULL));
    if (seconds < 0)
        seconds = habits->minutes * 60;
    if (seconds >= SECONDS_OF_DAY) {
        day++;
        seconds = 0;
    }
    at_us = day_time_us(day, seconds / 60, reader->playbook->zone) + seconds % 60 * US_PER_SECOND + fraction_us;
    datetime_format(at_us, reader->playbook->zone, shown);
    return json_string(shown);
}

/* ---- codes of lists ---- */

static bool is_label(const char *label, const char *text)
{
    if (label == NULL)
        return false;
    g_autofree char *narrow = identity_halfwidth(label); /* as the cell's text is */
    g_autofree char *one = g_utf8_casefold(narrow, -1);
    g_autofree char *other = g_utf8_casefold(text, -1);
    return strcmp(one, other) == 0;
}

static const struct code *find_code(const struct code_list *list, const char *text)
{
    const struct code *found = code_list_find(list, text);
    for (size_t i = 0; found == NULL && i < list->code_count; i++)
        if (is_label(list->codes[i].label.zh, text) || is_label(list->codes[i].label.en, text))
            found = &list->codes[i];
    return found;
}

static struct problem *not_in_list(const struct code_list *list, const char *text)
{
    g_autoptr(GString) allowed = g_string_new(NULL);
    for (size_t i = 0; i < list->code_count && i < NAMED_MAX; i++)
        g_string_append_printf(allowed, "%s%s", i > 0 ? ", " : "", list->codes[i].label.zh);
    return problem_new(PROBLEM_NOT_IN_LIST, NULL, list->name, allowed->str, NULL);
}

static json_t *read_choice(const struct field *field, const char *text, struct problem **out_problem)
{
    const struct code *code = find_code(field->list, text);
    return code != NULL ? json_string(code->code) : refuse(out_problem, not_in_list(field->list, text));
}

/* "发热、咳嗽", "fever, cough", "fever;cough" */
static char **split(const char *text)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        bool between = c == ',' || c == ';' || c == '|' || c == 0x3001 || c == 0xff0c || c == 0xff1b || c == '\n';
        g_string_append_unichar(plain, between ? '\n' : c);
    }
    return g_strsplit(plain->str, "\n", -1);
}

static json_t *read_choices(const struct field *field, const char *text, struct problem **out_problem)
{
    g_auto(GStrv) parts = split(text);
    g_autoptr(json_t) codes = json_array();
    for (size_t i = 0; parts[i] != NULL; i++) {
        if (*cell_trim(parts[i]) == '\0')
            continue;
        const struct code *code = find_code(field->list, parts[i]);
        if (code == NULL)
            return refuse(out_problem, not_in_list(field->list, parts[i]));
        json_array_append_new(codes, json_string(code->code));
    }
    return g_steal_pointer(&codes);
}

/* ---- units ---- */

static int64_t units_of_name(struct cell_reader *reader, const char *name)
{
    int64_t id = 0, count = registry_units_named(reader->rows, name, reader->now_us, NAMESAKES_COUNTED, &id);
    return count > 1 ? -count : id;
}

static bool is_open(const struct cell_reader *reader, int64_t id)
{
    struct unit unit;
    return registry_unit(reader->rows, id, &unit) && unit.to_us > reader->now_us;
}

static bool was_recoded(const struct cell_reader *reader, const char *code, int64_t *out_id)
{
    int64_t id;
    if (!registry_unit_last_coded(reader->rows, code, &id) || !is_open(reader, id))
        return false;
    *out_id = id;
    return true;
}

/* The id that the text names, or minus the number of units of that name. */
static int64_t look_up(struct cell_reader *reader, const char *text)
{
    int64_t *known = g_hash_table_lookup(reader->units, text);
    if (known != NULL)
        return *known;
    int64_t id = 0;
    if (!registry_unit_by_text(reader->rows, text, reader->at_us, &id) &&
        !registry_unit_by_text(reader->rows, text, reader->else_us, &id) && !was_recoded(reader, text, &id))
        id = units_of_name(reader, text);
    if (registry_code_has_ended(reader->rows, text)) /* another row may mean another unit */
        return id;
    known = g_new(int64_t, 1);
    *known = id;
    g_hash_table_insert(reader->units, g_strdup(text), known);
    return id;
}

/* NULL: no unit that is closed had the code. */
static struct problem *closed_unit(const struct cell_reader *reader, const char *code)
{
    char day[DATETIME_TEXT_MAX];
    struct unit unit;
    int64_t id;
    if (!registry_unit_last_coded(reader->rows, code, &id) || !registry_unit(reader->rows, id, &unit) ||
        unit.to_us > reader->now_us)
        return NULL;
    date_format(day_of(unit.to_us, reader->playbook->zone), day);
    return problem_new(PROBLEM_CLOSED_UNIT, NULL, day, NULL);
}

static struct problem *unknown_unit(struct cell_reader *reader, const char *text)
{
    struct problem *closed = closed_unit(reader, text);
    if (closed != NULL)
        return closed;
    g_autoptr(GString) padded = g_string_new(text);
    bool digits = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    for (int i = 0; digits && i < ZEROS_TRIED; i++) {
        g_string_prepend_c(padded, '0');
        if (look_up(reader, padded->str) > 0)
            return problem_new(PROBLEM_ZEROS_LOST, NULL, padded->str, NULL);
    }
    return problem_new(PROBLEM_UNKNOWN_UNIT, NULL, NULL);
}

bool cell_unit(struct cell_reader *reader, const char *text, int64_t *out_id, struct problem **out_problem)
{
    g_autofree char *plain = g_strdup(text);
    if (lost_digits(plain)) {
        *out_problem = problem_new(PROBLEM_DIGITS_LOST, NULL, NULL);
        return false;
    }
    cut_float(plain);
    int64_t id = look_up(reader, plain);
    if (id > 0) {
        *out_id = id;
        return true;
    }
    g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, -id);
    *out_problem = id < 0 ? problem_new(PROBLEM_NAME_AMBIGUOUS, NULL, count, NULL) : unknown_unit(reader, plain);
    return false;
}

static json_t *read_unit(struct cell_reader *reader, const char *text, struct problem **out_problem)
{
    int64_t id;
    if (!cell_unit(reader, text, &id, out_problem))
        return NULL;
    g_autofree char *shown = g_strdup_printf("#%" G_GINT64_FORMAT, id);
    return json_string(shown);
}

static json_t *read_units(struct cell_reader *reader, const char *text, struct problem **out_problem)
{
    g_auto(GStrv) parts = split(text);
    g_autoptr(json_t) units = json_array();
    for (size_t i = 0; parts[i] != NULL; i++) {
        if (*cell_trim(parts[i]) == '\0')
            continue;
        json_t *unit = read_unit(reader, parts[i], out_problem);
        if (unit == NULL)
            return NULL;
        json_array_append_new(units, unit);
    }
    return g_steal_pointer(&units);
}

static json_t *read_other(const char *text)
{
    struct problem *problem = NULL;
    json_t *value = *text == '[' || *text == '{' ? json_parse_strict(text, strlen(text), &problem) : NULL;
    problem_free(problem);
    return value != NULL ? value : json_string(text);
}

json_t *cell_read(struct cell_reader *reader, enum cell_type type, const struct field *field,
                  const struct cell_habits *habits, const char *text, struct problem **out_problem)
{
    g_autofree char *plain = type == CELL_TEXT || type == CELL_OTHER ? g_strdup(text) : identity_halfwidth(text);
    struct cell_habits here = *habits;
    here.serial_shift = reader->serial_shift;
    if (type != CELL_TEXT)
        cell_trim(plain);
    switch (type) {
    case CELL_TEXT:
        return read_text(field, plain, out_problem);
    case CELL_INTEGER:
        return read_integer(plain, out_problem);
    case CELL_DECIMAL:
        return read_decimal(plain, &here, out_problem);
    case CELL_BOOL:
        return read_bool(plain, out_problem);
    case CELL_DATE:
        return read_date(&here, plain, out_problem);
    case CELL_DATETIME:
        return read_datetime(reader, &here, plain, out_problem);
    case CELL_CHOICE:
        return read_choice(field, plain, out_problem);
    case CELL_CHOICES:
        return read_choices(field, plain, out_problem);
    case CELL_UNIT:
        return read_unit(reader, plain, out_problem);
    case CELL_UNITS:
        return read_units(reader, plain, out_problem);
    case CELL_CODE:
        return read_code(reader, plain, out_problem);
    case CELL_OTHER:
        return read_other(plain);
    }
    g_assert_not_reached();
}
