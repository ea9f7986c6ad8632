/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of the body of an event. */
#include "matter/draft/draft.h"

void body_add(json_t *body, const char *key, int64_t value)
{
    json_object_set_new(body, key, json_integer(value));
}

void body_append(json_t *body, const char *key, json_t *item)
{
    json_t *list = json_object_get(body, key);
    if (list == NULL) {
        list = json_array();
        json_object_set_new(body, key, list);
    }
    json_array_append_new(list, item);
}

json_t *integers(size_t count, const int64_t *values)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer(values[i]));
    return list;
}

json_t *row_new(size_t count)
{
    json_t *row = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(row, json_null());
    return row;
}

void row_set(json_t *row, size_t place, json_t *value)
{
    g_assert(place < json_array_size(row));
    json_array_set_new(row, place, value != NULL ? value : json_null());
}
