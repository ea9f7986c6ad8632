/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/identity.h"

#include "base/datetime.h"

#include <glib.h>
#include <string.h>

#define BIRTH_YEAR_FIRST 1880
#define OF_A_FOREIGNER   '9'
#define FULLWIDTH_LEAST  0xff01
#define FULLWIDTH_MOST   0xff5e

char *identity_halfwidth(const char *text)
{
    if (g_str_is_ascii(text))
        return g_strdup(text);
    GString *out = g_string_new(NULL);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c >= FULLWIDTH_LEAST && c <= FULLWIDTH_MOST)
            c = c - FULLWIDTH_LEAST + '!';
        g_string_append_unichar(out, c == 0x3000 || c == 0xa0 ? ' ' : c);
    }
    return g_string_free(out, FALSE);
}

char *identity_plain(const char *text)
{
    return g_strstrip(identity_halfwidth(text));
}

/* The province codes of GB/T 2260; 91 is used for people from abroad. Bit n stands for the second digit n. */
static bool is_province(int first, int second)
{
    static const unsigned second_digits[10] = {
        [1] = 0x03e, [2] = 0x00e, [3] = 0x0fe, [4] = 0x07e, [5] = 0x01f,
        [6] = 0x03e, [7] = 0x002, [8] = 0x00e, [9] = 0x002,
    };
    return second_digits[first] >> second & 1;
}

/* A foreigner's number has the 9, the province of the application and the number of the country in place of the
 * division. */
static bool has_division(const char *text)
{
    if (is_province(text[0] - '0', text[1] - '0'))
        return true;
    return text[0] == OF_A_FOREIGNER && is_province(text[1] - '0', text[2] - '0');
}

static bool is_birth_date(const char *text, int32_t today)
{
    int number = 0;
    for (int i = 0; i < 8; i++)
        number = number * 10 + (text[i] - '0');
    int year = number / 10000, month = number / 100 % 100, day = number % 100;
    if (year < BIRTH_YEAR_FIRST || month < 1 || month > 12 || day < 1 ||
        day > g_date_get_days_in_month((GDateMonth)month, (GDateYear)year))
        return false;
    return day_from_civil(year, month, day) <= today;
}

/* ISO 7064 MOD 11-2: the weights are the powers of 2 modulo 11, the whole number leaves 1. */
static bool checksum_holds(const char *text)
{
    int rest = 0;
    for (int i = 0; i < IDENTITY_ID_NUMBER_CHARS; i++) {
        int digit = g_ascii_isdigit(text[i]) ? text[i] - '0' : 10;
        rest = (rest * 2 + digit) % 11;
    }
    return rest == 1;
}

static const char *fault_of(const char *text, int32_t today)
{
    if (strlen(text) != IDENTITY_ID_NUMBER_CHARS || strspn(text, "0123456789") < IDENTITY_ID_NUMBER_CHARS - 1 ||
        strchr("0123456789Xx", text[IDENTITY_ID_NUMBER_CHARS - 1]) == NULL)
        return "length";
    if (!has_division(text))
        return "division";
    if (!is_birth_date(text + 6, today))
        return "birth_date";
    return checksum_holds(text) ? NULL : "checksum";
}

const char *identity_id_number_fault(const char *text, int32_t today)
{
    g_autofree char *narrow = identity_plain(text);
    return fault_of(narrow, today);
}

char *identity_id_number_plain(const char *text)
{
    g_autofree char *narrow = identity_plain(text);
    return g_ascii_strup(narrow, -1);
}

struct problem *identity_problem(const char *field, const char *fault)
{
    static const struct {
        const char *fault, *zh, *en;
    } words[] = {
        {"length", "居民身份证应为 18 位，末位是数字或 X；其他证件请写明证件类型",
         "an ID number has 18 digits, of which the last may be X; of another document say its type"},
        {"division", "前几位不是行政区划代码", "it does not begin with the code of a division"},
        {"birth_date", "出生日期不存在或在将来", "there is no such date of birth"},
        {"checksum", "末位校验码不符，请核对", "its last character does not fit the others"},
        {"form", "不像这种证件的号码", "numbers of this document look different"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].fault, fault) == 0)
            return problem_new(PROBLEM_INVALID_ID_NUMBER, field, fault, words[i].zh, words[i].en, NULL);
    g_assert_not_reached();
}

/* ---- other documents ---- */

#define BEHIND_TYPE ':'

char *identity_key(const char *type, const char *number)
{
    return type != NULL ? g_strdup_printf("%s%c%s", type, BEHIND_TYPE, number) : g_strdup(number);
}

const char *identity_key_number(const char *key)
{
    const char *colon = strchr(key, BEHIND_TYPE);
    return colon != NULL ? colon + 1 : key;
}

char *identity_key_type(const char *key)
{
    const char *colon = strchr(key, BEHIND_TYPE);
    return colon != NULL ? g_strndup(key, (gsize)(colon - key)) : NULL;
}

bool identity_keys_differ(const char *one, const char *other)
{
    if (one == NULL || other == NULL || strcmp(one, other) == 0)
        return false;
    g_autofree char *left = identity_key_type(one);
    g_autofree char *right = identity_key_type(other);
    return g_strcmp0(left, right) == 0;
}

/* ---- phones ---- */

/* The digits of the text, with a leading + where there is one; false when other characters stand in it or
 * blanks and hyphens stand elsewhere than singly between digits. */
static bool take_digits(const char *text, char out[IDENTITY_PHONE_CHARS_MAX + 1])
{
    size_t count = 0;
    if (strlen(text) > IDENTITY_PHONE_CHARS_MAX)
        return false;
    if (*text == '+')
        out[count++] = *text++;
    for (const char *at = text; *at != '\0'; at++) {
        if (g_ascii_isdigit(*at))
            out[count++] = *at;
        else if ((*at != ' ' && *at != '-') || at == text || !g_ascii_isdigit(at[-1]) || !g_ascii_isdigit(at[1]))
            return false;
    }
    out[count] = '\0';
    return true;
}

/* Mobile 1 and 10 digits; fixed line 0, area code of 2 or 3 digits, number of 7 or 8 digits. */
static bool is_mainland(const char *digits)
{
    size_t count = strlen(digits);
    if (digits[0] == '1')
        return count == 11;
    return digits[0] == '0' && digits[1] != '0' && count >= 10 && count <= 12;
}

/* The part behind +86: a mobile number, or a fixed line whose leading 0 is left out abroad. */
static bool is_mainland_abroad(const char *digits)
{
    if (is_mainland(digits))
        return true;
    size_t count = strlen(digits);
    return digits[0] >= '1' && digits[0] <= '9' && count >= 9 && count <= 11 && !(digits[0] == '1' && count == 11);
}

bool identity_phone_is_valid(const char *text)
{
    char digits[IDENTITY_PHONE_CHARS_MAX + 1];
    g_autofree char *narrow = identity_plain(text);
    if (!take_digits(narrow, digits))
        return false;
    if (g_str_has_prefix(digits, "+86"))
        return is_mainland_abroad(digits + 3);
    if (digits[0] == '+')
        return digits[1] != '0' && strlen(digits + 1) >= 6 && strlen(digits + 1) <= 15;
    return is_mainland(digits);
}

char *identity_phone_plain(const char *text)
{
    char digits[IDENTITY_PHONE_CHARS_MAX + 1];
    g_autofree char *narrow = identity_plain(text);
    bool taken = take_digits(narrow, digits);
    g_assert(taken);
    if (!g_str_has_prefix(digits, "+86"))
        return g_strdup(digits);
    bool lacks_zero = digits[3] != '0' && !(digits[3] == '1' && strlen(digits) == 14);
    return g_strconcat(lacks_zero ? "0" : "", digits + 3, NULL);
}
