/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dates as people and spreadsheets write them. Day and month are never guessed: three numbers with the year last need
 * an order; nor are the century of two digits, and the day of 晚上12点. Source: days since 1899-12-30 as spreadsheets
 * count them (ECMA-376 part 1, 18.17.4.1, the 1900 system; right from 1900-03-01).
 */
#include "interop/cell.h"

#include "base/datetime.h"

#include <string.h>

#define SERIAL_EPOCH   (-25569) /* 1899-12-30 in days since 1970 */
#define SERIAL_MIN     20000    /* 1954: smaller numbers are taken for no date */
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

/* 3.2.2020, 3/2/2020, 3-2-2020: without an order refused where both readings are days. */
static bool year_last(const struct cell_habits *habits, int first, int second, int year, int32_t *out,
                      struct problem **problem)
{
    char shown[DATETIME_TEXT_MAX];
    int32_t days_first = 0, months_first = 0;
    bool one = is_day(year, second, first, &days_first), other = is_day(year, first, second, &months_first);
    bool by_habit = habits->order == DATES_DMY ? one : other;
    if (habits->order != DATES_UNKNOWN) {
        *out = habits->order == DATES_DMY ? days_first : months_first;
        return by_habit || refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    }
    if (!one && !other)
        return refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    if (one && other && days_first != months_first)
        return refuse(problem, ambiguous(first, second, year));
    if (one && other) {
        *out = days_first;
        return true;
    }
    date_format(one ? days_first : months_first, shown);
    return refuse(problem, problem_new(PROBLEM_DATE_ORDER, NULL, shown, one ? "d.m.y" : "m/d/y", NULL));
}

/* 20200203, and 43864 or 43864.354 */
static bool run_of_digits(const struct cell_habits *habits, const char **at, int32_t *out_day, int *out_seconds)
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
    *out_day = (int32_t)number + SERIAL_EPOCH + habits->serial_shift;
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
    if ((digits == 8 || digits == 5) && run_of_digits(habits, at, out_day, out_seconds))
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
    if (!is_separator(**at) || !take_word(at, separator) || !take_number(at, 2, &second) || !take_word(at, separator))
        return refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    size_t last_digits = strspn(*at, "0123456789");
    if (!take_number(at, 4, &third))
        return refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    if (digits <= 2 && last_digits <= 2)
        return refuse(problem, problem_new(PROBLEM_YEAR_SHORT, NULL, NULL));
    if (digits == 4)
        return is_day(first, second, third, out_day) || refuse(problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
    return year_last(habits, first, second, third, out_day, problem);
}

/* ---- the time of a day ---- */

/* Words in front of an hour, or behind it, and the hours of the day that they can mean: 晚上11点 is 23:00, 晚上12点
 * ends the day or begins it, and 晚上1点 lies in the next one, so that neither is read. Longer words stand first. */
struct part_of_day {
    const char *word;
    int first, last;
    bool twelve_is_zero, counts_to_twelve;
};

static const struct part_of_day parts_of_day[] = {
    {"AM", 0, 11, true, true},      {"am", 0, 11, true, true},      {"PM", 12, 23, false, true},
    {"pm", 12, 23, false, true},    {"凌晨", 0, 6, true, false},    {"清晨", 4, 11, false, false},
    {"早晨", 4, 11, false, false},  {"早上", 4, 11, false, false},  {"上午", 0, 11, false, false},
    {"中午", 11, 14, false, false}, {"午后", 12, 18, false, false}, {"下午", 12, 23, false, false},
    {"傍晚", 16, 20, false, false}, {"晚上", 17, 23, false, false}, {"晚间", 17, 23, false, false},
    {"夜晚", 17, 23, false, false}, {"夜间", 17, 23, false, false}, {"夜里", 20, 23, false, false},
    {"深夜", 22, 23, false, false}, {"半夜", 23, 23, false, false}, {"午夜", 23, 23, false, false},
    {"早", 4, 11, false, false},    {"晚", 17, 23, false, false},
};

static const struct part_of_day *take_part(const char **at)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parts_of_day); i++)
        if (take_word(at, parts_of_day[i].word))
            return &parts_of_day[i];
    return NULL;
}

/* The hour of the day that a part and a written hour mean together; -1 none, or more than one. */
static int hour_in(const struct part_of_day *part, int hour)
{
    if (part->counts_to_twelve && (hour == 0 || hour > 12))
        return -1;
    if (part->twelve_is_zero && hour == 12)
        return 0;
    if (hour >= part->first && hour <= part->last)
        return hour;
    return hour < 12 && hour + 12 >= part->first && hour + 12 <= part->last ? hour + 12 : -1;
}

/* After 点 or 时: nothing, 整, 半, a quarter, or minutes and perhaps seconds. */
static bool take_spelt_minutes(const char **at, int *out_minutes, int *out_seconds)
{
    static const struct {
        const char *word;
        int minutes;
    } words[] = {{"整", 0}, {"半", 30}, {"一刻", 15}, {"三刻", 45}};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (take_word(at, words[i].word)) {
            *out_minutes = words[i].minutes;
            return true;
        }
    if (!g_ascii_isdigit(**at))
        return true;
    if (!take_number(at, 2, out_minutes))
        return false;
    if (!take_word(at, "分") || !g_ascii_isdigit(**at))
        return true;
    return take_number(at, 2, out_seconds) && take_word(at, "秒");
}

static bool take_digits(const char **at, int *out_minutes, int *out_seconds)
{
    return take_word(at, ":") && take_number(at, 2, out_minutes) &&
           (!take_word(at, ":") || take_number(at, 2, out_seconds));
}

/* 24:00 is the end of the day: 86,400 seconds. False with *out_unclear where the words leave the hour open. */
static bool take_clock(const char **at, int *out_seconds, bool *out_unclear)
{
    const struct part_of_day *part = take_part(at);
    int hours, minutes = 0, seconds = 0;
    skip_blanks(at);
    if (!take_number(at, 2, &hours))
        return false;
    bool spelt = take_word(at, "时") || take_word(at, "点");
    if (!(spelt ? take_spelt_minutes(at, &minutes, &seconds) : take_digits(at, &minutes, &seconds)))
        return false;
    skip_blanks(at);
    part = part != NULL ? part : take_part(at);
    bool day_ends = part == NULL && hours == 24 && minutes == 0 && seconds == 0;
    if (minutes > 59 || seconds > 59 || (hours > 23 && !day_ends && part == NULL))
        return false;
    hours = part != NULL ? hour_in(part, hours) : hours;
    *out_unclear = hours < 0;
    *out_seconds = hours * 3600 + minutes * 60 + seconds;
    return hours >= 0;
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
    bool unclear = false;
    *out_seconds = -1;
    if (!take_day(habits, &at, out_day, out_seconds, out_problem))
        return false;
    if (*at == 'T')
        at++;
    skip_blanks(&at);
    if (*at != '\0' && (*out_seconds >= 0 || !take_clock(&at, out_seconds, &unclear)))
        return refuse(out_problem, problem_new(unclear ? PROBLEM_HOUR_UNCLEAR : PROBLEM_INVALID_DATE, NULL, NULL));
    skip_blanks(&at);
    return *at == '\0' || refuse(out_problem, problem_new(PROBLEM_INVALID_DATE, NULL, NULL));
}
