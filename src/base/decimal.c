/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/decimal.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
/* Products of two digits do not fit into 64 bits; ISO C has no wider type, GCC and Clang do. */
__extension__ typedef __int128 wide;

G_STATIC_ASSERT(G_N_ELEMENTS(powers) == DECIMAL_SCALE_MAX + 1);

static bool take_digit(char c, int64_t *digits)
{
    return !__builtin_mul_overflow(*digits, 10, digits) && !__builtin_add_overflow(*digits, c - '0', digits);
}

bool decimal_parse(const char *text, struct decimal *out)
{
    bool negative = *text == '-';
    const char *at = text + negative;
    int64_t digits = 0;
    int scale = 0;
    if (!g_ascii_isdigit(*at))
        return false;
    while (g_ascii_isdigit(*at))
        if (!take_digit(*at++, &digits))
            return false;
    if (*at == '.') {
        at++;
        if (!g_ascii_isdigit(*at))
            return false;
        for (; g_ascii_isdigit(*at) && scale < DECIMAL_SCALE_MAX; at++, scale++)
            if (!take_digit(*at, &digits))
                return false;
        at += strspn(at, "0");
    }
    if (*at != '\0')
        return false;
    *out = (struct decimal){negative ? -digits : digits, scale};
    return true;
}

void decimal_format(struct decimal decimal, char out[DECIMAL_TEXT_MAX])
{
    uint64_t magnitude = decimal.digits < 0 ? -(uint64_t)decimal.digits : (uint64_t)decimal.digits;
    uint64_t power = (uint64_t)powers[decimal.scale];
    const char *sign = decimal.digits < 0 ? "-" : "";
    if (decimal.scale == 0)
        g_snprintf(out, DECIMAL_TEXT_MAX, "%s%" G_GUINT64_FORMAT, sign, magnitude);
    else
        g_snprintf(out, DECIMAL_TEXT_MAX, "%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, sign, magnitude / power,
                   decimal.scale, magnitude % power);
}

int decimal_compare(struct decimal a, struct decimal b)
{
    wide left = (wide)a.digits * powers[b.scale], right = (wide)b.digits * powers[a.scale];
    return (left > right) - (left < right);
}

static bool fit(wide digits, int scale, struct decimal *out)
{
    for (; scale > DECIMAL_SCALE_MAX || (scale > 0 && digits % 10 == 0); scale--)
        digits /= 10;
    if (digits > INT64_MAX || digits < INT64_MIN)
        return false;
    *out = (struct decimal){(int64_t)digits, scale};
    return true;
}

bool decimal_add(struct decimal a, struct decimal b, struct decimal *out)
{
    int scale = MAX(a.scale, b.scale);
    wide left = (wide)a.digits * powers[scale - a.scale];
    return fit(left + (wide)b.digits * powers[scale - b.scale], scale, out);
}

bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out)
{
    int scale = MAX(a.scale, b.scale);
    wide left = (wide)a.digits * powers[scale - a.scale];
    return fit(left - (wide)b.digits * powers[scale - b.scale], scale, out);
}

bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out)
{
    return fit((wide)a.digits * b.digits, a.scale + b.scale, out);
}

bool decimal_divide(struct decimal a, struct decimal b, int scale, struct decimal *out)
{
    g_assert(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
    if (b.digits == 0)
        return false;
    wide top = (wide)a.digits * powers[b.scale] * powers[scale];
    wide bottom = (wide)b.digits * powers[a.scale];
    wide half = bottom / 2;
    if (half < 0)
        half = -half;
    return fit((top + (top < 0 ? -half : half)) / bottom, scale, out);
}

struct decimal decimal_from_integer(int64_t value)
{
    return (struct decimal){value, 0};
}
