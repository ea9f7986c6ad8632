/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/amount.h"

static bool read_number(const json_t *form, const struct field *field, int64_t *out)
{
    const json_t *stored = json_object_get(form, field->name);
    int64_t number = json_integer_value(stored);
    if (!json_is_integer(stored) || number < 0 || number > AMOUNT_MOST)
        return false;
    *out = number;
    return true;
}

static bool add_lines(const json_t *form, const struct amount *amount, int64_t *out)
{
    const json_t *lines = json_object_get(form, amount->lines->name);
    int64_t sum = 0, number;
    bool any = false;
    for (size_t i = 0; i < json_array_size(lines); i++)
        if (read_number(json_array_get(lines, i), amount->field, &number)) {
            sum += number;
            any = true;
        }
    if (any)
        *out = sum;
    return any;
}

bool tally_amount(struct matter_view *view, const struct amount *amount, const json_t *clear, int64_t *out)
{
    if (amount->of_matter)
        return read_number(view_form(view), amount->field, out);
    return amount->lines != NULL ? add_lines(clear, amount, out) : read_number(clear, amount->field, out);
}
