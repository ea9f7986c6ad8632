/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mask keeps enough to tell two rows apart, not enough to identify the person (CAC notice of 9 February 2020). */
#include "playbook/form/field.h"

#include "base/identity.h"
#include "base/json.h"

#include <string.h>

#define HIDDEN             "***"
#define SQUARE_THOUSANDTHS 10 /* of a degree: 1.11 km from south to north, 0.85 km from west to east in Beijing */
#define SQUARE_METRES      1000
#define NAME_STARS_MAX     3 /* the length of a long name would reveal more than its first character */

char *name_mask(const char *name)
{
    glong count = g_utf8_strlen(name, -1);
    if (count == 0)
        return g_strdup(HIDDEN);
    glong stars = CLAMP(count - 1, 1, NAME_STARS_MAX);
    return g_strdup_printf("%.*s%.*s", (int)(g_utf8_next_char(name) - name), name, (int)stars, HIDDEN);
}

/* `first` and `last` characters stay when `least` are hidden between them. */
static char *mask_between(const char *text, size_t first, size_t last, size_t least)
{
    size_t length = strlen(text);
    if (!g_str_is_ascii(text) || length < first + last + least)
        return g_strdup(HIDDEN);
    g_autofree char *stars = g_strnfill(length - first - last, '*');
    return g_strdup_printf("%.*s%s%s", (int)first, text, stars, text + length - last);
}

char *phone_mask(const char *phone)
{
    return mask_between(phone, 3, 4, 4);
}

char *id_number_mask(const char *id_number)
{
    return mask_between(identity_key_number(id_number), 3, 4, IDENTITY_ID_NUMBER_CHARS - 7);
}

json_t *field_mask_phone(const struct field *field, const json_t *stored)
{
    g_autofree char *masked = phone_mask(json_string_value(stored));
    return json_string(masked);
}

json_t *field_mask_id_number(const struct field *field, const json_t *stored)
{
    g_autofree char *masked = id_number_mask(json_string_value(stored));
    return json_string(masked);
}

/* Masks the personal fields of each line; the number of lines and other fields stay. */
json_t *field_mask_lines(const struct field *field, const json_t *stored)
{
    const struct form *form = field->lines;
    json_t *masked = json_array();
    size_t i;
    const json_t *line;
    json_array_foreach((json_t *)stored, i, line)
    {
        json_t *shown = json_object();
        for (size_t j = 0; j < form->field_count; j++) {
            const json_t *value = json_object_get(line, form->fields[j].name);
            if (value != NULL)
                json_object_set_new(shown, form->fields[j].name, field_mask(&form->fields[j], value));
        }
        json_array_append_new(masked, shown);
    }
    return masked;
}

/* The middle of the square of a hundredth of a degree in which it lies: about a kilometre. */
static json_t *square_of(const json_t *degrees)
{
    struct decimal number = {0}, squares = {0};
    char text[DECIMAL_TEXT_MAX];
    json_decimal(degrees, &number);
    if (!decimal_divide(number, (struct decimal){SQUARE_THOUSANDTHS, 3}, 0, &squares))
        return json_string(HIDDEN);
    struct decimal edge = {squares.digits * SQUARE_THOUSANDTHS, 3};
    int64_t half = decimal_compare(edge, number) > 0 ? -SQUARE_THOUSANDTHS / 2 : SQUARE_THOUSANDTHS / 2;
    struct decimal middle = {edge.digits + half, 3};
    decimal_format(middle, text);
    return json_string(text);
}

json_t *field_mask_location(const struct field *field, const json_t *stored)
{
    json_t *masked = json_object();
    json_object_set_new(masked, "lat", square_of(json_object_get(stored, "lat")));
    json_object_set_new(masked, "lon", square_of(json_object_get(stored, "lon")));
    json_object_set_new(masked, "accuracy", json_integer(SQUARE_METRES));
    json_object_set(masked, "source", json_object_get(stored, "source"));
    json_object_set(masked, "datum", json_object_get(stored, "datum"));
    return masked;
}

/* That there was a call, not with which number. */
json_t *field_mask_call_proof(const struct field *field, const json_t *stored)
{
    json_t *masked = json_copy((json_t *)stored);
    json_object_set_new(masked, "last4", json_string("****"));
    return masked;
}

/* That there is one. */
json_t *field_mask_file(const struct field *field, const json_t *stored)
{
    if (!field_is_personal(field))
        return json_incref((json_t *)stored);
    return json_pack("{s:O, s:O}", "type", json_object_get(stored, "type"), "bytes", json_object_get(stored, "bytes"));
}

json_t *field_mask(const struct field *field, const json_t *stored)
{
    const struct field_type_row *type = &field_types[field->type];
    if (type->mask != NULL && form_value(field, stored).type == type->value)
        return type->mask(field, stored);
    return field_is_personal(field) ? json_string(HIDDEN) : json_incref((json_t *)stored);
}
