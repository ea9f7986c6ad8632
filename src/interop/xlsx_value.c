/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/xlsx_value.h"

#include "base/datetime.h"

#include <math.h>
#include <string.h>

#define SECONDS_OF_DAY 86400
#define EXACT_MAX      1e15     /* whole numbers below it are exact */
#define SERIAL_MAX     2958466  /* 10000-01-01 in the 1900 system: later ones are shown as #### */
#define LEAP_BUG       60       /* 1900-02-29, which did not exist; serials before it are a day lower */
#define EPOCH_1900     (-25569) /* 1899-12-30 in days since 1970 */
#define DAYS_1904      1462     /* between the two epochs */
#define DECIMALS_MAX   15
#define SIGNIFICANT    15

/* ---- formats ---- */

struct xlsx_format xlsx_format_built_in(int id)
{
    bool day = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
               id == 57 || id == 58;
    bool time = (id >= 18 && id <= 22) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 || id == 56;
    return (struct xlsx_format){.day = day, .time = time, .elapsed = id == 46};
}

/* [h], [mm], [ss] count beyond a day; [Red], [$-804], [>=1] are none of our business. */
static const char *skip_brackets(const char *at, struct xlsx_format *format)
{
    const char *end = strchr(at, ']');
    size_t count = end != NULL ? (size_t)(end - at - 1) : 0;
    if (count > 0 && strspn(at + 1, "hHmMsS") == count)
        format->time = format->elapsed = true;
    return end != NULL ? end : at + strlen(at) - 1;
}

static const char *skip_quotes(const char *at)
{
    const char *end = strchr(at + 1, '"');
    return end != NULL ? end : at + strlen(at) - 1;
}

static struct xlsx_format all_zeros(const char *code)
{
    size_t count = strspn(code, "0");
    bool all = count > 1 && count <= 40 && (code[count] == '\0' || code[count] == ';');
    return (struct xlsx_format){.zeros = all ? (uint8_t)count : 0};
}

/* Of the first section. A letter m alone is a month. */
struct xlsx_format xlsx_format_parse(const char *code)
{
    struct xlsx_format format = all_zeros(code);
    bool month_or_minute = false;
    if (format.zeros > 0 || g_ascii_strncasecmp(code, "general", strlen("general")) == 0)
        return format;
    for (const char *at = code; *at != '\0' && *at != ';'; at++) {
        if (*at == '"')
            at = skip_quotes(at);
        else if (*at == '[')
            at = skip_brackets(at, &format);
        else if ((*at == '\\' || *at == '_' || *at == '*') && at[1] != '\0')
            at++;
        else if (strchr("yYdD", *at) != NULL || ((*at == 'e' || *at == 'E') && at[1] != '+' && at[1] != '-'))
            format.day = true;
        else if (strchr("hHsS", *at) != NULL)
            format.time = true;
        else if (*at == 'm' || *at == 'M')
            month_or_minute = true;
    }
    if (month_or_minute && !format.time)
        format.day = true;
    return format;
}

/* ---- numbers ---- */

static void append_plain(double number, GString *out)
{
    char text[64];
    if (number == floor(number) && fabs(number) < EXACT_MAX) {
        g_string_append_printf(out, "%.0f", number == 0 ? 0.0 : number);
        return;
    }
    g_ascii_formatd(text, sizeof text, "%.15G", number);
    if (strpbrk(text, "eE") != NULL && fabs(number) < 1) {
        int decimals = MIN(SIGNIFICANT - (int)floor(log10(fabs(number))), DECIMALS_MAX + SIGNIFICANT);
        g_ascii_formatd(text, sizeof text, "%.30f", number);
        char *point = strchr(text, '.');
        if (point != NULL && strlen(point) > (size_t)decimals)
            point[decimals] = '\0';
        for (size_t end = strlen(text); end > 1 && text[end - 1] == '0' && text[end - 2] != '.'; end--)
            text[end - 1] = '\0';
    }
    g_string_append(out, text);
}

static void append_zeros(double number, int digits, GString *out)
{
    g_string_append_printf(out, "%0*.0f", digits, number);
}

static void append_clock(int64_t seconds, GString *out)
{
    g_string_append_printf(out, "%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60));
    if (seconds % 60 != 0)
        g_string_append_printf(out, ":%02d", (int)(seconds % 60));
}

/* 60 is 29 February 1900 in the 1900 system: it is written as that and refused as no day. */
static void append_day(int64_t serial, bool epoch_1904, GString *out)
{
    char text[DATETIME_TEXT_MAX];
    int32_t shift = epoch_1904 ? DAYS_1904 : serial < LEAP_BUG ? 1 : 0;
    if (!epoch_1904 && (serial == LEAP_BUG || serial == 0)) {
        g_string_append(out, serial == 0 ? "1900-01-00" : "1900-02-29");
        return;
    }
    date_format((int32_t)serial + EPOCH_1900 + shift, text);
    g_string_append(out, text);
}

static void append_moment(const struct xlsx_format *format, bool epoch_1904, double number, GString *out)
{
    int64_t seconds = (int64_t)floor(number * SECONDS_OF_DAY + 0.5);
    int64_t serial = seconds / SECONDS_OF_DAY, of_day = seconds % SECONDS_OF_DAY;
    if (format->elapsed || (!format->day && serial == 0)) {
        append_clock(format->elapsed ? seconds : of_day, out);
        return;
    }
    append_day(serial, epoch_1904, out);
    if (!format->time && of_day == 0)
        return;
    g_string_append_c(out, ' ');
    append_clock(of_day, out);
}

void xlsx_number_append(const struct xlsx_format *format, bool epoch_1904, const char *text, GString *out)
{
    char *end;
    double number = g_ascii_strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(number)) {
        g_string_append(out, text);
        return;
    }
    bool is_moment = (format->day || format->time) && number >= 0 && number < SERIAL_MAX - (epoch_1904 ? DAYS_1904 : 0);
    if (is_moment)
        append_moment(format, epoch_1904, number, out);
    else if (format->zeros > 0 && number >= 0 && number == floor(number) && number < EXACT_MAX)
        append_zeros(number, format->zeros, out);
    else
        append_plain(number, out);
}

/* ---- texts ---- */

/* "_x000D_": its code point, or -1. */
static int escaped(const char *at, const char *end)
{
    int code = 0;
    if (end - at < 7 || at[0] != '_' || (at[1] != 'x' && at[1] != 'X') || at[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = g_ascii_xdigit_value(at[i]);
        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code;
}

void xlsx_text_append(const char *text, size_t bytes, GString *out)
{
    const char *end = text + bytes;
    if (memchr(text, '_', bytes) == NULL && memchr(text, '\r', bytes) == NULL) {
        g_string_append_len(out, text, (gssize)bytes);
        return;
    }
    for (const char *at = text; at < end;) {
        int code = escaped(at, end);
        bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
        gunichar c = code < 0 ? 0 : code == 0 || is_surrogate ? 0xfffd : (gunichar)code;
        bool is_return = code < 0 ? *at == '\r' : c == '\r';
        at += code < 0 ? 1 : 7;
        if (is_return && (at < end && *at != '\n' && escaped(at, end) != '\n'))
            g_string_append_c(out, '\n');
        else if (!is_return && code < 0)
            g_string_append_c(out, at[-1]);
        else if (!is_return)
            g_string_append_unichar(out, c);
    }
}
