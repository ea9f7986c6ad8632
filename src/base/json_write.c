/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values as text: byte for byte what json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) gives, and with JSON_SORT_KEYS
 * json_text_sorted(), which formats each integer with snprintf() and takes a call for each piece. */
#include "base/json.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES   256
#define INTEGER_BYTES 21
#define MEMBERS_FEW   32

struct text {
    char *at; /* malloc's, as the texts of jansson are */
    size_t bytes, room;
    bool sorted;
};

/* The place behind the text, with room for `bytes`. */
static char *make_room(struct text *text, size_t bytes)
{
    if (text->room - text->bytes < bytes) {
        size_t room = MAX(MAX(2 * text->room, text->bytes + bytes), FIRST_BYTES);
        char *larger = realloc(text->at, room);
        if (larger == NULL)
            g_error("no memory for a JSON text of %zu bytes", room);
        text->at = larger;
        text->room = room;
    }
    return text->at + text->bytes;
}

static void put(struct text *text, const char *from, size_t bytes)
{
    memcpy(make_room(text, bytes), from, bytes);
    text->bytes += bytes;
}

static void put_byte(struct text *text, char byte)
{
    *make_room(text, 1) = byte;
    text->bytes++;
}

static void put_integer(struct text *text, json_int_t value)
{
    char digits[INTEGER_BYTES], *first = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        *--first = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (value < 0)
        *--first = '-';
    put(text, first, (size_t)(digits + sizeof digits - first));
}

static void put_escaped(struct text *text, unsigned char byte)
{
    static const char short_ones[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char escape[7] = {'\\', (char)byte};
    if (byte < sizeof short_ones && short_ones[byte] != 0)
        escape[1] = short_ones[byte];
    else if (byte < ' ')
        g_snprintf(escape, sizeof escape, "\\u%04X", byte);
    put(text, escape, strlen(escape));
}

#define EACH_BYTE(byte)       (UINT64_C(0x0101010101010101) * (byte))
#define ANY_BELOW(word, byte) (((word)-EACH_BYTE(byte)) & ~(word)&EACH_BYTE(0x80))
#define ANY_EQUAL(word, byte) ANY_BELOW((word) ^ EACH_BYTE(byte), 1)
#define NEEDS_ESCAPE(word)    (ANY_BELOW(word, ' ') | ANY_EQUAL(word, '"') | ANY_EQUAL(word, '\\'))

/* Behind the eights of bytes of which none has to be escaped (Mycroft's test; Warren, Hacker's Delight, 6-1). */
static const char *behind_plain(const char *at, const char *end)
{
    for (uint64_t word; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        if (NEEDS_ESCAPE(word) != 0)
            break;
    }
    return at;
}

static void put_string(struct text *text, const char *from, size_t bytes)
{
    const char *end = from + bytes, *plain = from;
    put_byte(text, '"');
    for (const char *at = behind_plain(from, end); at < end; at++) {
        if ((unsigned char)*at >= ' ' && *at != '"' && *at != '\\')
            continue;
        put(text, plain, (size_t)(at - plain));
        put_escaped(text, (unsigned char)*at);
        plain = at + 1;
    }
    put(text, plain, (size_t)(end - plain));
    put_byte(text, '"');
}

static void put_value(struct text *text, const json_t *value);

static void put_array(struct text *text, const json_t *array)
{
    size_t count = json_array_size(array);
    put_byte(text, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            put_byte(text, ',');
        put_value(text, json_array_get(array, i));
    }
    put_byte(text, ']');
}

static void put_member(struct text *text, char before, const char *name, const json_t *member)
{
    put_byte(text, before);
    put_string(text, name, strlen(name));
    put_byte(text, ':');
    put_value(text, member);
}

struct member {
    const char *name;
    const json_t *value;
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static void put_sorted(struct text *text, json_t *object)
{
    struct member few[MEMBERS_FEW], *members = few;
    size_t count = json_object_size(object), i = 0;
    const char *name;
    json_t *member;
    if (count > MEMBERS_FEW)
        members = g_new(struct member, count);
    json_object_foreach(object, name, member) members[i++] = (struct member){name, member};
    qsort(members, count, sizeof members[0], compare_names);
    for (i = 0; i < count; i++)
        put_member(text, i == 0 ? '{' : ',', members[i].name, members[i].value);
    if (members != few)
        g_free(members);
}

static void put_object(struct text *text, json_t *object)
{
    const char *name;
    json_t *member;
    char before = '{';
    if (json_object_size(object) == 0)
        put_byte(text, '{');
    else if (text->sorted)
        put_sorted(text, object);
    else
        json_object_foreach(object, name, member)
        {
            put_member(text, before, name, member);
            before = ',';
        }
    put_byte(text, '}');
}

static void put_real(struct text *text, const json_t *real)
{
    char *digits = json_dumps(real, JSON_ENCODE_ANY);
    g_assert(digits != NULL);
    put(text, digits, strlen(digits));
    free(digits);
}

static void put_value(struct text *text, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        put_object(text, (json_t *)value);
        break;
    case JSON_ARRAY:
        put_array(text, value);
        break;
    case JSON_STRING:
        put_string(text, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        put_integer(text, json_integer_value(value));
        break;
    case JSON_REAL:
        put_real(text, value);
        break;
    case JSON_TRUE:
        put(text, "true", 4);
        break;
    case JSON_FALSE:
        put(text, "false", 5);
        break;
    case JSON_NULL:
        put(text, "null", 4);
        break;
    }
}

static char *text_of(const json_t *value, bool sorted, size_t *out_bytes)
{
    struct text text = {.sorted = sorted};
    put_value(&text, value);
    *make_room(&text, 1) = '\0';
    if (out_bytes != NULL)
        *out_bytes = text.bytes;
    return text.at;
}

char *json_text(const json_t *value, size_t *out_bytes)
{
    return text_of(value, false, out_bytes);
}

char *json_text_sorted(const json_t *value, size_t *out_bytes)
{
    return text_of(value, true, out_bytes);
}
