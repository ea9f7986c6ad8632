/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events in words, and the catalogue as JSON. */
#include "command/catalogue_index.h"

#include "base/datetime.h"

/* ---- events in words ---- */

static json_t *value_in_words(enum member_type type, const char *const *says, const json_t *value, GTimeZone *zone)
{
    json_int_t number = json_integer_value(value), i = 0;
    if (type == MEMBER_TIME && json_is_integer(value) && number > 0 && number < INT64_MAX) {
        char text[DATETIME_TEXT_MAX];
        datetime_format(number, zone, text);
        return json_string(text);
    }
    for (; says != NULL && says[i] != NULL && json_is_integer(value); i++)
        if (i == number)
            return json_string(says[i]);
    return json_incref((json_t *)value);
}

static json_t *row_in_words(const struct event_member *member, const json_t *row, GTimeZone *zone)
{
    const struct event_row *sort = json_is_array(row) ? catalogue_row(member, row) : NULL;
    if (sort == NULL)
        return json_incref((json_t *)row);
    json_t *words = json_object();
    for (size_t i = 0; i < json_array_size(row); i++) {
        const struct event_place *place = &sort->places[i];
        if (place->name == NULL) {
            json_decref(words);
            return json_incref((json_t *)row);
        }
        json_object_set_new(words, place->name,
                            i == 0 && sort->name != NULL
                                ? json_string(sort->name)
                                : value_in_words(place->type, place->says, json_array_get(row, i), zone));
    }
    return words;
}

static json_t *member_in_words(const struct event_member *member, const json_t *value, GTimeZone *zone)
{
    if (member->type == MEMBER_ROW)
        return row_in_words(member, value, zone);
    if ((member->type != MEMBER_ROWS && member->type != MEMBER_LIST) || !json_is_array(value))
        return value_in_words(member->type, NULL, value, zone);
    json_t *list = json_array();
    size_t i;
    const json_t *each;
    json_array_foreach(value, i, each)
        json_array_append_new(list, member->type == MEMBER_ROWS ? row_in_words(member, each, zone)
                                                                : value_in_words(member->of, NULL, each, zone));
    return list;
}

json_t *catalogue_in_words(const struct catalogue_index *index, const json_t *body, GTimeZone *zone)
{
    json_t *words = json_object();
    const char *disk;
    json_t *value;
    json_object_foreach((json_t *)body, disk, value)
    {
        const struct event_member *member = catalogue_member(index, disk);
        json_object_set_new(words, member != NULL ? member->name : disk,
                            member != NULL ? member_in_words(member, value, zone) : json_incref(value));
    }
    return words;
}

char *catalogue_sealed_in_words(const struct catalogue_index *index, const json_t *body, size_t bytes)
{
    const struct event_sealed *sealed = index->kind->sealed;
    const json_t *lengths = json_object_get(body, SEALED_LENGTHS);
    GString *text = g_string_new(NULL);
    if (sealed == NULL || lengths == NULL)
        g_string_printf(text, "%s %zu bytes", sealed != NULL ? sealed->name : "?", bytes);
    for (size_t i = 0; lengths != NULL && sealed != NULL && sealed[i].name != NULL; i++) {
        json_int_t length = json_integer_value(json_array_get(lengths, i));
        if (length > 0)
            g_string_append_printf(text, "%s%s %" JSON_INTEGER_FORMAT " bytes", text->len > 0 ? ", " : "",
                                   sealed[i].name, length);
    }
    return g_string_free(text, FALSE);
}

/* ---- the catalogue as JSON ---- */

static json_t *tell_row(const struct event_row *row)
{
    json_t *places = json_array();
    for (size_t i = 0; row->places[i].name != NULL; i++) {
        const struct event_place *place = &row->places[i];
        json_t *told = json_pack("{s:s, s:s, s:b, s:b}", "name", place->name, "type", member_type_names[place->type],
                                 "maybe", i >= row->least, "or_null", place->or_null);
        json_t *says = json_array();
        for (size_t j = 0; place->says != NULL && place->says[j] != NULL; j++)
            json_array_append_new(says, json_string(place->says[j]));
        if (json_array_size(says) > 0)
            json_object_set(told, "says", says);
        json_decref(says);
        json_array_append_new(places, told);
    }
    return json_pack("{s:s?, s:o}", "name", row->name, "places", places);
}

static void tell_members(const struct event_member *members, bool maybe, json_t *list)
{
    for (; members != NULL && members->name != NULL; members++) {
        json_t *told = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "name", members->name, "disk", members->disk,
                                 "type", member_type_names[members->type], "about", members->about, "maybe",
                                 maybe || members->maybe, "or_null", members->or_null, "old", members->old);
        if (members->type == MEMBER_LIST)
            json_object_set_new(told, "of", json_string(member_type_names[members->of]));
        json_t *rows = json_array();
        for (size_t i = 0; members->rows != NULL && members->rows[i] != NULL; i++)
            json_array_append_new(rows, tell_row(members->rows[i]));
        if (json_array_size(rows) > 0)
            json_object_set(told, "rows", rows);
        json_decref(rows);
        json_array_append_new(list, told);
    }
}

static json_t *tell_sealed(const struct event_sealed *sealed)
{
    json_t *list = json_array();
    for (; sealed != NULL && sealed->name != NULL; sealed++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "name", sealed->name, "about", sealed->about));
    return list;
}

void catalogue_tell(const struct event_kind *kinds, const char *area, json_t *list)
{
    for (; kinds != NULL && kinds->name != NULL; kinds++) {
        json_t *members = json_array(), *also = json_array();
        tell_members(kinds->members, false, members);
        tell_members(kinds->also, true, also);
        json_array_append_new(list, json_pack("{s:s, s:i, s:s, s:s, s:b, s:b, s:s, s:o, s:o, s:o}", "kind", kinds->name,
                                              "version", kinds->version, "area", area, "stream",
                                              event_stream_names[kinds->stream], "everywhere", kinds->everywhere,
                                              "erases", kinds->erases, "about", kinds->about, "members", members,
                                              "also", also, "sealed", tell_sealed(kinds->sealed)));
    }
}
