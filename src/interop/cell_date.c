/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dates   as people and spreadsheets write them. Day and month are never guessed: three numbers of which the last
 *         is the
 * year need an order. Source: days since 1899-12-30 as spreadsheets count them (ECMA-376 part 1, 18.17.4.1, the 1900
 * system; right from 1900-03-01 on).
 */
#include "interop/cell.h"

#include "base/datetime.h"

#include <string.h>

#define SERIAL_EPOCH   (-25569) /* 1899-12-30 in days since 1970 */
#define SERIAL_MIN     20000    /* 1954: smaller numbers are no dates of today's people's lives in a sheet */
#define SERIAL_MAX     80000    /* 2119 */
#define SECONDS_OF_DAY 86400

static bool refuse(struct problem **out, struct problem *problem)
{
    *out = problem;
    return false;
}

static bool take_number(const char **at, int digits_max, int *out)
{
    int digits = 0;
    *out = 0;
    while (g_ascii_isdigit(**at) && digits < digits_max) {
        *out = *out * 10 + (*(*at)++ - '0');
        digits++;
    }
    return digits > 0 && !g_ascii_isdigit(**at);
}

static bool take_word(const char **at, const char *word)
{
    if (!g_str_has_prefix(*at, word))
        return false;
    *at += strlen(word);
    return true;
}

static void skip_blanks(const char **at)
{
    while (**at == ' ' || **at == '\t')
        (*at)++;
}

static bool is_day(int year, int month, int day, int32_t *out)
{
    char text[DATETIME_TEXT_MAX];
    if (year < 1000 || year > 9999 || month > 99 || day > 99)
        return false;
    g_snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    return date_parse(text, out);
}

static struct problem *ambiguous(int first, int second, int year)
{
    char one[DATETIME_TEXT_MAX], other[DATETIME_TEXT_MAX];
    g_snprintf(one, sizeof one, "%04d-%02d-%02d", year, second, first);
    g_snprintf(other, sizeof other, "%04d-%02d-%02d", year, first, second);
    return problem_new(PROBLEM_DATE_AMBIGUOUS, NULL, one, other, NULL);
}

/* 3.2.2020, 3/2/2020, 3-2-2020 */
static bool year_last(const struct cell_habits *habits, int first, int second, int year, int32_t *out,
                      struct problem **problem)
{
    if (habits->order == DATES_UNKNOWN)
        return refuse(problem, ambiguous(first, second, year));
    bool days_first = habits->order == DATES_DMY;
    return is_day(year, days_first ? second : first, days_first ? first : second, out) ||
           refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
}

/* 20200203, and 43864 or 43864.354 */
static bool run_of_digits(const char **at, int32_t *out_day, int *out_seconds)
{
    const char *begin = *at;
    size_t digits = strspn(begin, "0123456789");
    gint64 number = g_ascii_strtoll(begin, NULL, 10);
    if (digits == 8 && is_day((int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100), out_day)) {
        *at += digits;
        return true;
    }
    if (digits != 5 || number < SERIAL_MIN || number > SERIAL_MAX)
        return false;
    *out_day = (int32_t)number + SERIAL_EPOCH;
    *at += digits;
    if (**at == '.' && g_ascii_isdigit((*at)[1])) {
        char *end;
        double rest = g_ascii_strtod(*at, &end);
        *out_seconds = MIN((int)(rest * SECONDS_OF_DAY + 0.5), SECONDS_OF_DAY - 1);
        *at = end;
    }
    return true;
}

static bool is_separator(char c)
{
    return c == '-' || c == '/' || c == '.';
}

static bool take_day(const struct cell_habits *habits, const char **at, int32_t *out_day, int *out_seconds,
                     struct problem **problem)
{
    int first, second, third;
    size_t digits = strspn(*at, "0123456789");
    if ((digits == 8 || digits == 5) && run_of_digits(at, out_day, out_seconds))
        return true;
    if (!take_number(at, 4, &first))
        return refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    if (take_word(at, "年")) {
        bool right = take_number(at, 2, &second) && take_word(at, "月") && take_number(at, 2, &third) &&
                     (take_word(at, "日") || take_word(at, "号"));
        return (right && is_day(first, second, third, out_day)) ||
               refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    }
    const char separator[] = {**at, '\0'};
    if (!is_separator(**at) || !take_word(at, separator) || !take_number(at, 2, &second) || !take_word(at, separator) ||
        !take_number(at, 4, &third))
        return refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    if (digits == 4)
        return is_day(first, second, third, out_day) || refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    return year_last(habits, first, second, third, out_day, problem);
}

/* AM and PM in front of it or behind, in either language: 0 none, 1, 2. */
static int take_half(const char **at)
{
    static const struct {
        const char *word;
        int half;
    } halves[] = {{"AM", 1}, {"PM", 2}, {"am", 1}, {"pm", 2}, {"上午", 1}, {"下午", 2}, {"凌晨", 1}, {"晚上", 2}};
    for (size_t i = 0; i < G_N_ELEMENTS(halves); i++)
        if (take_word(at, halves[i].word))
            return halves[i].half;
    return 0;
}

static bool take_clock(const char **at, int *out_seconds)
{
    int half = take_half(at), hours, minutes, seconds = 0;
    skip_blanks(at);
    if (!take_number(at, 2, &hours))
        return false;
    bool spelt = take_word(at, "时") || take_word(at, "点");
    minutes = 0;
    if (spelt) {
        if (g_ascii_isdigit(**at) && (!take_number(at, 2, &minutes) || !take_word(at, "分")))
            return false;
    } else {
        if (!take_word(at, ":") || !take_number(at, 2, &minutes))
            return false;
        if (take_word(at, ":") && !take_number(at, 2, &seconds))
            return false;
    }
    skip_blanks(at);
    half = half != 0 ? half : take_half(at);
    if (minutes > 59 || seconds > 59 || hours > (half != 0 ? 12 : 23) || (half != 0 && hours == 0))
        return false;
    if (half != 0)
        hours = hours % 12 + (half == 2 ? 12 : 0);
    *out_seconds = hours * 3600 + minutes * 60 + seconds;
    return true;
}

/* "10.01.2020 - 22.01.2020": the part that is wanted, into `out`. */
static bool pick_of_range(const struct cell_habits *habits, const char *text, char **out, struct problem **problem)
{
    static const char *const between[] = {" - ", " – ", "—", "~", "至", " to "};
    for (size_t i = 0; i < G_N_ELEMENTS(between); i++) {
        const char *at = strstr(text, between[i]);
        if (at == NULL || at == text || at[strlen(between[i])] == '\0')
            continue;
        if (habits->range == RANGE_REFUSED)
            return refuse(problem, problem_new(PROBLEM_DATE_IS_RANGE, NULL, NULL));
        *out = habits->range == RANGE_FIRST ? g_strndup(text, (gsize)(at - text)) : g_strdup(at + strlen(between[i]));
        g_strstrip(*out);
        return true;
    }
    *out = g_strdup(text);
    return true;
}

bool cell_date(const struct cell_habits *habits, const char *text, int32_t *out_day, int *out_seconds,
               struct problem **out_problem)
{
    g_autofree char *picked = NULL;
    if (!pick_of_range(habits, text, &picked, out_problem))
        return false;
    const char *at = picked;
    *out_seconds = -1;
    if (!take_day(habits, &at, out_day, out_seconds, out_problem))
        return false;
    if (*at == 'T')
        at++;
    skip_blanks(&at);
    if (*at != '\0' && (*out_seconds >= 0 || !take_clock(&at, out_seconds)))
        return refuse(out_problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    skip_blanks(&at);
    return *at == '\0' || refuse(out_problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
}
