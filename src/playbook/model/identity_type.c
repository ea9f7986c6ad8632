/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/identity_type.h"

#include "base/identity.h"
#include "playbook/model/model.h"

#include <string.h>

#define NUMBER_CHARS_MAX 40 /* a bit each in a set of positions */
#define PATTERN_MAX      200
#define ASCII            128
#define NAMED_MAX        12 /* types in a sentence */

#define TYPE(name, zh, en)                                                                                             \
    {                                                                                                                  \
        (char *)(name), {(char *)(zh), (char *)(en)}, NULL                                                             \
    }

enum { RESIDENT, PASSPORT, HK_MACAO, TAIWAN, KNOWN_COUNT };

static const struct identity_type known_types[KNOWN_COUNT] = {
    [RESIDENT] = TYPE(IDENTITY_RESIDENT, "居民身份证", "Resident ID number"),
    [PASSPORT] = TYPE("passport", "护照", "Passport"),
    [HK_MACAO] =
        TYPE("hk_macao_permit", "港澳居民来往内地通行证", "Mainland travel permit for Hong Kong and Macao residents"),
    [TAIWAN] = TYPE("taiwan_permit", "台湾居民来往大陆通行证", "Mainland travel permit for Taiwan residents"),
};

/* How the program checks them: by a pattern, and with at least one digit; so many characters are the number, what
 * follows counts how often the card was issued. Usual words for them besides. */
static const struct {
    const char *pattern;
    size_t chars;
    const char *words[8];
} known_checks[KNOWN_COUNT] = {
    [RESIDENT] = {NULL,
                  0,
                  {"身份证", "二代身份证", "外国人永久居留身份证", "永久居留身份证", "港澳台居民居住证", "居住证",
                   "id card"}},
    [PASSPORT] = {"[A-Z0-9]{5,9}", 0, {"普通护照", "外国护照", "中国护照", "因私护照", "因公护照"}},
    [HK_MACAO] = {"[HM]\\d{8}|[HM]\\d{10}", 9, {"港澳通行证", "港澳居民通行证", "回乡证", "home return permit"}},
    [TAIWAN] = {"\\d{8}|\\d{10}", 8, {"台胞证", "台湾通行证", "台湾居民通行证"}},
};

/* The index of one that the program checks; -1: it has a pattern of its own. */
static int known_index(const struct identity_type *type)
{
    for (int i = 0; i < KNOWN_COUNT && type->pattern == NULL; i++)
        if (strcmp(known_types[i].name, type->name) == 0)
            return i;
    return -1;
}

const struct identity_type *identity_type_known(const char *name)
{
    for (int i = 0; i < KNOWN_COUNT; i++)
        if (strcmp(known_types[i].name, name) == 0)
            return &known_types[i];
    return NULL;
}

const struct identity_type *playbook_identity_types(const struct playbook *playbook, size_t *out_count)
{
    bool own = playbook != NULL && playbook->identity_type_count > 0;
    *out_count = own ? playbook->identity_type_count : KNOWN_COUNT;
    return own ? playbook->identity_types : known_types;
}

static bool is_word(const char *word, const char *text)
{
    if (word == NULL)
        return false;
    g_autofree char *one = identity_plain(word);
    g_autofree char *other = identity_plain(text);
    g_autofree char *folded = g_utf8_casefold(one, -1);
    g_autofree char *other_folded = g_utf8_casefold(other, -1);
    return strcmp(folded, other_folded) == 0;
}

static bool is_called(const struct identity_type *type, const char *text)
{
    int index = known_index(type);
    bool called = is_word(type->name, text) || is_word(type->title.zh, text) || is_word(type->title.en, text);
    for (size_t i = 0; index >= 0 && i < G_N_ELEMENTS(known_checks[index].words) && !called; i++)
        called = is_word(known_checks[index].words[i], text);
    return called;
}

const struct identity_type *playbook_identity_type(const struct playbook *playbook, const char *text)
{
    size_t count;
    const struct identity_type *types = playbook_identity_types(playbook, &count);
    for (size_t i = 0; i < count; i++)
        if (is_called(&types[i], text))
            return &types[i];
    return NULL;
}

/* ---- patterns ---- */

struct identity_piece { /* one of these characters, so many times */
    bool takes[ASCII];
    int least, most;
};

static bool take_class(const char **at, struct identity_piece *piece)
{
    const char *in = *at + 1;
    if (*in == ']')
        return false;
    for (; *in != '\0' && *in != ']'; in++) {
        unsigned char from = (unsigned char)*in, to = from;
        if (in[1] == '-' && in[2] != ']' && in[2] != '\0') {
            to = (unsigned char)in[2];
            in += 2;
        }
        if (from >= ASCII || to >= ASCII || from > to || from == '[' || from == '^')
            return false;
        memset(piece->takes + from, true, (size_t)(to - from) + 1);
    }
    *at = in + 1;
    return *in == ']';
}

static bool take_characters(const char **at, struct identity_piece *piece)
{
    if (**at == '[')
        return take_class(at, piece);
    if (g_str_has_prefix(*at, "\\d")) {
        memset(piece->takes + '0', true, 10);
        *at += 2;
        return true;
    }
    if (!g_ascii_isalnum(**at) && strchr("-/ ", **at) == NULL)
        return false;
    piece->takes[(unsigned char)*(*at)++] = true;
    return true;
}

static bool take_count(const char **at, int *out)
{
    char *end;
    if (!g_ascii_isdigit(**at))
        return false;
    guint64 count = g_ascii_strtoull(*at, &end, 10);
    *out = (int)MIN(count, NUMBER_CHARS_MAX + 1);
    *at = end;
    return *out <= NUMBER_CHARS_MAX;
}

static bool take_times(const char **at, struct identity_piece *piece)
{
    static const struct {
        char sign;
        int least, most;
    } signs[] = {{'?', 0, 1}, {'*', 0, NUMBER_CHARS_MAX}, {'+', 1, NUMBER_CHARS_MAX}};
    piece->least = piece->most = 1;
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (**at == signs[i].sign) {
            piece->least = signs[i].least;
            piece->most = signs[i].most;
            (*at)++;
            return true;
        }
    if (**at != '{')
        return true;
    (*at)++;
    if (!take_count(at, &piece->least))
        return false;
    piece->most = piece->least;
    if (**at == ',') {
        (*at)++;
        if (!take_count(at, &piece->most))
            return false;
    }
    return *(*at)++ == '}' && piece->most > 0 && piece->least <= piece->most;
}

/* The positions behind what the piece can take, from each of `from`: sets of bits. */
static uint64_t step(const struct identity_piece *piece, const char *text, size_t length, uint64_t from)
{
    uint64_t reached = piece->least == 0 ? from : 0;
    for (int times = 1; times <= piece->most && from != 0; times++) {
        uint64_t next = 0;
        for (size_t i = 0; i < length; i++)
            if ((from >> i & 1) != 0 && (unsigned char)text[i] < ASCII && piece->takes[(unsigned char)text[i]])
                next |= UINT64_C(1) << (i + 1);
        from = next;
        if (times >= piece->least)
            reached |= from;
    }
    return reached;
}

/* `text` NULL: only whether the pattern is one. Where it is wrong, else NULL. */
static const char *run_pattern(const char *pattern, const char *text, bool *out_fits)
{
    size_t length = text != NULL ? strlen(text) : 0;
    const char *at = *pattern == '^' ? pattern + 1 : pattern;
    uint64_t reached = 1;
    bool empty = true;
    *out_fits = false;
    for (;;) {
        const char *begin = at;
        struct identity_piece piece = {0};
        bool ends = *at == '\0' || *at == '|' || (*at == '$' && (at[1] == '\0' || at[1] == '|'));
        if (ends && empty)
            return begin;
        if (!ends) {
            if (!take_characters(&at, &piece) || !take_times(&at, &piece))
                return begin;
            reached = text != NULL ? step(&piece, text, length, reached) : 0;
            empty = false;
            continue;
        }
        *out_fits = *out_fits || (reached >> length & 1) != 0;
        at += *at == '$';
        if (*at == '\0')
            return NULL;
        at += at[1] == '^' ? 2 : 1;
        reached = 1;
        empty = true;
    }
}

const char *identity_pattern_fault(const char *pattern)
{
    bool fits;
    return strlen(pattern) <= PATTERN_MAX ? run_pattern(pattern, NULL, &fits) : pattern + PATTERN_MAX;
}

static bool fits(const char *pattern, const char *text)
{
    bool right = false;
    return strlen(text) <= NUMBER_CHARS_MAX && run_pattern(pattern, text, &right) == NULL && right;
}

/* ---- numbers ---- */

/* In capitals and half width, without blanks and hyphens. */
static char *bare_number(const char *plain)
{
    GString *bare = g_string_new(NULL);
    for (const char *at = plain; *at != '\0'; at++)
        if (*at != ' ' && *at != '-' && *at != '/')
            g_string_append_c(bare, *at);
    return g_string_free(bare, FALSE);
}

static bool has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

/* The number as it is stored, without its type; NULL with what is wrong with it. */
static char *read_number(const struct identity_type *type, const char *number, int32_t today, const char **out_fault)
{
    g_autofree char *plain = identity_id_number_plain(number);
    g_autofree char *bare = bare_number(plain);
    int index = known_index(type);
    *out_fault = index == RESIDENT ? identity_id_number_fault(plain, today) : NULL;
    if (index == RESIDENT)
        return *out_fault == NULL ? g_steal_pointer(&plain) : NULL;
    const char *pattern = index >= 0 ? known_checks[index].pattern : type->pattern;
    bool right = (fits(pattern, bare) || fits(pattern, plain)) && (index < 0 || has_digit(bare)) && *bare != '\0';
    if (!right) {
        *out_fault = "form";
        return NULL;
    }
    if (index >= 0 && known_checks[index].chars > 0)
        bare[known_checks[index].chars] = '\0';
    return g_steal_pointer(&bare);
}

static struct problem *unknown_type(const struct playbook *playbook)
{
    size_t count;
    const struct identity_type *types = playbook_identity_types(playbook, &count);
    g_autoptr(GString) names = g_string_new(NULL);
    for (size_t i = 0; i < count && i < NAMED_MAX; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", types[i].name);
    return problem_new(PROBLEM_NOT_IN_LIST, "id_type", "identity", names->str, NULL);
}

struct problem *playbook_identity_read(const struct playbook *playbook, const char *type, const char *number,
                                       int32_t today, char **out_key)
{
    size_t count;
    g_autofree char *plain = identity_plain(number);
    const char *colon = type == NULL ? strchr(plain, ':') : NULL;
    g_autofree char *in_front = colon != NULL ? g_strndup(plain, (gsize)(colon - plain)) : g_strdup(type);
    const struct identity_type *is =
        in_front != NULL ? playbook_identity_type(playbook, in_front) : playbook_identity_types(playbook, &count);
    const char *fault;
    if (is == NULL)
        return unknown_type(playbook);
    g_autofree char *read = read_number(is, colon != NULL ? colon + 1 : plain, today, &fault);
    if (read == NULL)
        return identity_problem("id_number", fault);
    *out_key = identity_key(known_index(is) == RESIDENT ? NULL : is->name, read);
    return NULL;
}

char *playbook_identity_text(const struct playbook *playbook, const char *key, enum identity_words words,
                             char *(*mask)(const char *number))
{
    size_t count;
    const struct identity_type *first = playbook_identity_types(playbook, &count);
    g_autofree char *name = identity_key_type(key);
    g_autofree char *number = mask != NULL ? mask(identity_key_number(key)) : g_strdup(identity_key_number(key));
    const char *shown = name != NULL ? name : IDENTITY_RESIDENT;
    const struct identity_type *type = playbook_identity_type(playbook, shown);
    if (strcmp(first->name, shown) == 0)
        return g_steal_pointer(&number);
    if (type != NULL && words != IDENTITY_NAMES)
        shown = words == IDENTITY_ZH ? type->title.zh : type->title.en;
    return g_strconcat(shown, words == IDENTITY_ZH ? "：" : ":", number, NULL);
}
