/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decimal - an exact decimal number: 37.3 is {373, 1}. No floats in facts.
 *
 * Shape   digits × 10^-scale; scale 0 to 9. 37.30 and 37.3 compare equal.
 * Errors  parse and arithmetic return false on overflow or a malformed text and leave `out` alone.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIMAL_SCALE_MAX 9
#define DECIMAL_TEXT_MAX  24

struct decimal {
    int64_t digits;
    int scale;
};

bool decimal_parse(const char *text, struct decimal *out); /* [-]d+[.d+], no exponent, whole string */
void decimal_format(struct decimal decimal, char out[DECIMAL_TEXT_MAX]);
int decimal_compare(struct decimal a, struct decimal b);
bool decimal_add(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out);
/* Rounded half away from zero to `scale` places; false when b is zero. */
bool decimal_divide(struct decimal a, struct decimal b, int scale, struct decimal *out);
struct decimal decimal_from_integer(int64_t value);

#endif
