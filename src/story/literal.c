/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "story/literal.h"

#include "base/datetime.h"
#include "base/json.h"

#include <string.h>

#define FILE_TYPE  "image/jpeg"
#define FILE_BYTES 1000

/* ---- as the door takes it; NULL: the text as it stands ---- */

static json_t *give_bool(struct fixture *fixture, const char *text)
{
    return json_boolean(strcmp(text, "true") == 0);
}

static json_t *give_integer(struct fixture *fixture, const char *text)
{
    gint64 number;
    return g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL) ? json_integer(number) : NULL;
}

static json_t *give_unit(struct fixture *fixture, const char *text)
{
    if (!g_hash_table_contains(fixture->units, text))
        return NULL;
    g_autofree char *id = g_strdup_printf("#%" G_GINT64_FORMAT, fixture_unit(fixture, text));
    return json_string(id);
}

static json_t *give_person(struct fixture *fixture, const char *text)
{
    return g_hash_table_contains(fixture->people, text) ? json_id(fixture_person(fixture, text)) : NULL;
}

static json_t *give_matter(struct fixture *fixture, const char *text)
{
    char uuid[UUID_TEXT_LENGTH + 1];
    const struct uuid *matter = g_hash_table_lookup(fixture->matters, text);
    if (matter == NULL)
        return NULL;
    uuid_format(matter, uuid);
    return json_string(uuid);
}

/* A story has no bytes: any text stands for a photo that has been uploaded for the matter. */
static json_t *give_file(struct fixture *fixture, const char *text)
{
    char uuid[UUID_TEXT_LENGTH + 1];
    uuid_format(&fixture->files_of, uuid);
    g_autofree char *name = g_strconcat(uuid, "\n", text, NULL);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    fixture_do(fixture, "attach_file", ORIGIN_PROGRAM, 0,
               json_pack("{s:s, s:s, s:s, s:i}", "matter", uuid, "hash", hash, "type", FILE_TYPE, "bytes", FILE_BYTES),
               NULL);
    return json_string(hash);
}

/* ---- compared with what is stored ---- */

static bool is_bool(struct fixture *fixture, const char *wanted, const json_t *found)
{
    return json_is_true(found) == (strcmp(wanted, "true") == 0);
}

static bool is_instant(struct fixture *fixture, const char *wanted, const json_t *found)
{
    int64_t left_us, right_us;
    return json_is_string(found) && datetime_parse(wanted, &left_us) &&
           datetime_parse(json_string_value(found), &right_us) && left_us == right_us;
}

static bool is_unit(struct fixture *fixture, const char *wanted, const json_t *found)
{
    return json_integer_value(found) == fixture_unit(fixture, wanted);
}

static bool is_person(struct fixture *fixture, const char *wanted, const json_t *found)
{
    return json_integer_value(found) == fixture_person(fixture, wanted);
}

static const struct {
    json_t *(*give)(struct fixture *fixture, const char *text);                   /* NULL: the text as it stands */
    bool (*is)(struct fixture *fixture, const char *wanted, const json_t *found); /* NULL: equal, or as numbers */
} literals[] = {
    [LITERAL_TEXT] = {NULL, NULL},
    [LITERAL_BOOL] = {give_bool, is_bool},
    [LITERAL_INTEGER] = {give_integer, NULL},
    [LITERAL_INSTANT] = {NULL, is_instant},
    [LITERAL_CODE] = {NULL, NULL},
    [LITERAL_UNIT] = {give_unit, is_unit},
    [LITERAL_PERSON] = {give_person, is_person},
    [LITERAL_MATTER] = {give_matter, NULL},
    [LITERAL_FILE] = {give_file, NULL},
};
G_STATIC_ASSERT(G_N_ELEMENTS(literals) == LITERAL_COUNT);

json_t *literal_given(struct fixture *fixture, const struct field *field, const char *text)
{
    enum field_literal literal = field_types[field->type].literal;
    json_t *given = literals[literal].give != NULL ? literals[literal].give(fixture, text) : NULL;
    return given != NULL ? given : json_string(text);
}

bool literal_is(struct fixture *fixture, const struct field *field, const json_t *wanted, const json_t *found)
{
    enum field_literal literal = field_types[field->type].literal;
    struct decimal left, right;
    if (json_is_string(wanted) && literals[literal].is != NULL)
        return literals[literal].is(fixture, json_string_value(wanted), found);
    if (json_decimal(wanted, &left) && json_decimal(found, &right))
        return decimal_compare(left, right) == 0;
    return json_equal(wanted, found);
}
