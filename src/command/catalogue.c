/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an event is as the catalogue says; runs for each event, so it must be cheap. */
#include "command/catalogue.h"

#include "command/catalogue_index.h"

const char *const member_type_names[MEMBER_TYPE_COUNT] = {
    [MEMBER_INTEGER] = "integer", [MEMBER_ID] = "id",     [MEMBER_TIME] = "time", [MEMBER_BOOL] = "boolean",
    [MEMBER_MARK] = "mark",       [MEMBER_TEXT] = "text", [MEMBER_ANY] = "value", [MEMBER_OBJECT] = "object",
    [MEMBER_LIST] = "list",       [MEMBER_ROW] = "row",   [MEMBER_ROWS] = "rows",
};

const char *const event_stream_names[EVENT_STREAM_COUNT] = {
    [STREAM_OF_UNIT] = "unit", [STREAM_OF_MATTER] = "matter", [STREAM_OF_ROOT] = "root"};

static void add_members(struct catalogue_index *index, const struct event_member *members, bool maybe)
{
    for (; members != NULL && members->name != NULL; members++) {
        if (g_hash_table_contains(index->members, members->disk))
            continue;
        g_hash_table_insert(index->members, (gpointer)members->disk, (gpointer)members);
        index->always += !maybe && !members->maybe && !members->old;
    }
}

struct catalogue_index *catalogue_index_new(const struct event_kind *kind)
{
    struct catalogue_index *index = g_new0(struct catalogue_index, 1);
    index->kind = kind;
    index->members = g_hash_table_new(g_str_hash, g_str_equal);
    add_members(index, kind->members, false);
    index->own = g_hash_table_size(index->members);
    add_members(index, kind->also, true);
    return index;
}

void catalogue_index_free(struct catalogue_index *index)
{
    g_hash_table_unref(index->members);
    g_free(index);
}

const struct event_member *catalogue_member(const struct catalogue_index *index, const char *disk)
{
    return g_hash_table_lookup(index->members, disk);
}

const struct event_row *catalogue_row(const struct event_member *member, const json_t *row)
{
    if (member->rows[1] == NULL)
        return member->rows[0];
    const json_t *sort = json_array_get(row, 0);
    for (size_t i = 0; json_is_integer(sort) && member->rows[i] != NULL; i++)
        if (json_integer_value(sort) == (json_int_t)i)
            return member->rows[i];
    return NULL;
}

static bool value_fits(enum member_type type, const json_t *value)
{
    switch (type) {
    case MEMBER_INTEGER:
    case MEMBER_ID:
    case MEMBER_TIME:
        return json_is_integer(value);
    case MEMBER_BOOL:
        return json_is_boolean(value);
    case MEMBER_MARK:
        return json_integer_value(value) == 1;
    case MEMBER_TEXT:
        return json_is_string(value);
    case MEMBER_OBJECT:
        return json_is_object(value);
    case MEMBER_LIST:
        return json_is_array(value);
    case MEMBER_ANY:
        return true;
    case MEMBER_ROW:
    case MEMBER_ROWS:
    case MEMBER_TYPE_COUNT:
        break;
    }
    g_assert_not_reached();
}

static bool row_fits(const struct event_member *member, const json_t *row)
{
    size_t count = json_array_size(row), i = 0;
    const struct event_row *sort = json_is_array(row) ? catalogue_row(member, row) : NULL;
    if (sort == NULL || count < sort->least)
        return false;
    for (const struct event_place *place = sort->places; i < count; place++, i++) {
        const json_t *value = json_array_get(row, i);
        if (place->name == NULL || !(json_is_null(value) ? place->or_null : value_fits(place->type, value)))
            return false;
    }
    return true;
}

static bool each_fits(const struct event_member *member, const json_t *values)
{
    size_t i;
    const json_t *value;
    json_array_foreach(values, i, value) if (member->type == MEMBER_ROWS ? !row_fits(member, value)
                                                                         : !value_fits(member->of, value)) return false;
    return json_is_array(values);
}

static bool member_fits(const struct event_member *member, const json_t *value)
{
    if (json_is_null(value))
        return member->or_null;
    if (member->type == MEMBER_ROW)
        return row_fits(member, value);
    if (member->type == MEMBER_LIST || member->type == MEMBER_ROWS)
        return each_fits(member, value);
    return value_fits(member->type, value);
}

static bool is_own(const struct catalogue_index *index, const struct event_member *member)
{
    return member >= index->kind->members && member < index->kind->members + index->own;
}

/* The lengths of its parts, where the body has them, add up to all of it. */
static bool sealed_fits(const struct catalogue_index *index, const json_t *body, const GBytes *sealed)
{
    const json_t *lengths = json_object_get(body, SEALED_LENGTHS), *length;
    size_t all = 0, i = 0;
    json_array_foreach(lengths, i, length)
    {
        if (index->kind->sealed == NULL || index->kind->sealed[i].name == NULL || json_integer_value(length) < 0)
            return false;
        all += (size_t)json_integer_value(length);
    }
    if (sealed == NULL)
        return lengths == NULL;
    return index->kind->sealed != NULL && (lengths == NULL || all == g_bytes_get_size((GBytes *)sealed));
}

char *catalogue_mistake(const struct catalogue_index *index, const json_t *body, const GBytes *sealed)
{
    size_t always = 0;
    const char *disk;
    json_t *value;
    json_object_foreach((json_t *)body, disk, value)
    {
        const struct event_member *member = catalogue_member(index, disk);
        if (member == NULL || member->old)
            return g_strdup_printf("%s is not in the catalogue", disk);
        if (!member_fits(member, value))
            return g_strdup_printf("%s is no %s as the catalogue has it", disk, member_type_names[member->type]);
        always += !member->maybe && is_own(index, member);
    }
    if (always < index->always)
        return g_strdup("a member is missing that is always there");
    return sealed_fits(index, body, sealed) ? NULL : g_strdup("what is sealed is not as the catalogue has it");
}
