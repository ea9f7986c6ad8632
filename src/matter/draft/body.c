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
