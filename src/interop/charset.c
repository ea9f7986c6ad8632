/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/charset.h"

#include <string.h>

const char *const charset_names[CHARSET_COUNT] = {
    [CHARSET_UNKNOWN] = "unknown", [CHARSET_UTF8] = "utf-8", [CHARSET_GB18030] = "gb18030"};

enum charset charset_find(const char *name)
{
    static const struct {
        const char *name;
        enum charset charset;
    } names[] = {{"utf-8", CHARSET_UTF8},     {"utf8", CHARSET_UTF8},      {"gb18030", CHARSET_GB18030},
                 {"gbk", CHARSET_GB18030},    {"gb2312", CHARSET_GB18030}, {"cp936", CHARSET_GB18030},
                 {"gb-2312", CHARSET_GB18030}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(names[i].name, name) == 0)
            return names[i].charset;
    return CHARSET_UNKNOWN;
}

static bool is_ascii(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

/* Cells are ended by NULs, which g_utf8_validate() does not take. */
static bool cells_are_utf8(const char *text, size_t bytes)
{
    const char *end = text + bytes;
    while (text < end) {
        size_t length = strnlen(text, (size_t)(end - text));
        if (!g_utf8_validate_len(text, length, NULL))
            return false;
        text += length + 1;
    }
    return true;
}

/* ---- bytes that can be both ---- */

static bool is_in_word(char c)
{
    return g_ascii_isalpha(c) || (unsigned char)c >= 0x80;
}

/* Characters of GB 2312, two bytes each, and no letters of ASCII among them. */
static bool is_hanzi(const char *word, size_t bytes)
{
    for (size_t i = 0; i + 1 < bytes; i += 2) {
        unsigned char lead = (unsigned char)word[i], trail = (unsigned char)word[i + 1];
        if (lead < 0xb0 || lead > 0xf7 || trail < 0xa1 || trail > 0xfe)
            return false;
    }
    return bytes % 2 == 0;
}

/* Letters of today's usual alphabets; texts may have others now and then, as in Kazakh. */
static bool is_usual(gunichar c)
{
    return (c >= 0xc0 && c <= 0x17f) || (c >= 0x1cd && c <= 0x1dc) || (c >= 0x386 && c <= 0x3ce) ||
           (c >= 0x410 && c <= 0x451) || (c >= 0x5d0 && c <= 0x5ea) || (c >= 0x621 && c <= 0x6d5) || c < 0x80;
}

/* Letters of one alphabet, most of them usual. */
static bool is_of_letters(const char *word, size_t bytes)
{
    GUnicodeScript script = G_UNICODE_SCRIPT_COMMON;
    int letters = 0, usual = 0;
    for (const char *at = word; at < word + bytes; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        GUnicodeScript of = g_unichar_get_script(c);
        if (g_unichar_ismark(c))
            continue;
        if (!g_unichar_isalpha(c) || (script != G_UNICODE_SCRIPT_COMMON && of != script))
            return false;
        script = of;
        letters++;
        usual += is_usual(c);
    }
    return 2 * usual > letters;
}

static void keep_sample(struct charset_survey *survey, const char *word, size_t bytes)
{
    bytes = MIN(bytes, CHARSET_SAMPLE_BYTES / 4) & ~(size_t)1;
    g_autofree char *hanzi = g_convert(word, (gssize)bytes, "UTF-8", "GB18030", NULL, NULL, NULL);
    if (*survey->as_utf8 != '\0' || hanzi == NULL)
        return;
    memcpy(survey->as_utf8, word, bytes);
    g_strlcpy(survey->as_gb18030, hanzi, sizeof survey->as_gb18030);
}

static void weigh(struct charset_survey *survey, const char *text, size_t bytes)
{
    for (size_t from = 0; from < bytes;) {
        size_t to = from;
        while (to < bytes && is_in_word(text[to]))
            to++;
        if (!is_ascii(text + from, to - from)) {
            bool letters = is_of_letters(text + from, to - from), hanzi = is_hanzi(text + from, to - from);
            survey->words += letters && !hanzi;
            survey->hanzi += hanzi && !letters;
            if (letters && hanzi)
                keep_sample(survey, text + from, to - from);
        }
        from = MAX(to, from + 1);
    }
}

/* No character of it has three bytes, as Chinese ones have. */
static bool is_weak(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if ((unsigned char)text[i] >= 0xe0)
            return false;
    return true;
}

void charset_count(struct charset_survey *survey, const char *text, size_t bytes)
{
    if (is_ascii(text, bytes)) {
        survey->plain++;
    } else if (!cells_are_utf8(text, bytes)) {
        survey->other++;
    } else if (is_weak(text, bytes)) {
        survey->weak++;
        weigh(survey, text, bytes);
    } else {
        survey->utf8++;
    }
}

enum charset charset_of(const struct charset_survey *survey)
{
    int64_t utf8 = survey->utf8 + (survey->words > survey->hanzi ? survey->weak : 0);
    int64_t other = survey->other + (survey->hanzi > survey->words ? survey->weak : 0);
    if (utf8 == 0 && other == 0 && *survey->as_utf8 != '\0')
        return CHARSET_UNKNOWN;
    return other > utf8 ? CHARSET_GB18030 : CHARSET_UTF8;
}

struct decoder {
    enum charset charset;
    bool strict;
    GIConv iconv; /* from GB18030; (GIConv)-1 not opened */
    GString *text;
};

struct decoder *decoder_new(enum charset charset, bool strict)
{
    struct decoder *decoder = g_new0(struct decoder, 1);
    *decoder = (struct decoder){charset, strict, g_iconv_open("UTF-8", "GB18030"), g_string_new(NULL)};
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (decoder == NULL)
        return;
    if (decoder->iconv != (GIConv)-1)
        g_iconv_close(decoder->iconv);
    g_string_free(decoder->text, TRUE);
    g_free(decoder);
}

static bool from_gb18030(struct decoder *decoder, const char *text, size_t bytes)
{
    if (decoder->iconv == (GIConv)-1)
        return false;
    g_string_set_size(decoder->text, bytes * 2 + 8); /* two bytes become three, four stay four */
    char *in = (char *)text, *out = decoder->text->str;
    gsize in_left = bytes, out_left = decoder->text->len;
    g_iconv(decoder->iconv, NULL, NULL, NULL, NULL);
    if (g_iconv(decoder->iconv, &in, &in_left, &out, &out_left) == (gsize)-1 || in_left > 0)
        return false;
    g_string_truncate(decoder->text, decoder->text->len - out_left);
    return cells_are_utf8(decoder->text->str, decoder->text->len);
}

/* Two Chinese characters in UTF-8 are six bytes, which GB18030 reads as three rare characters: a row with only such
 * ones is UTF-8. */
static bool seems_utf8(const char *text, size_t bytes)
{
    int count = 0;
    if (!cells_are_utf8(text, bytes))
        return false;
    for (size_t i = 0; i < bytes; i++)
        count += ((unsigned char)text[i] & 0xf0) == 0xe0;
    return count >= 2;
}

/* A row that makes sense as Chinese in GB18030 alone. */
static bool seems_gb18030(const char *text, size_t bytes)
{
    struct charset_survey survey = {0};
    if (!is_weak(text, bytes))
        return false;
    weigh(&survey, text, bytes);
    return survey.hanzi > survey.words;
}

const char *decode(struct decoder *decoder, const char *text, size_t bytes, size_t *out_bytes, enum charset *out_seems)
{
    *out_bytes = bytes;
    *out_seems = CHARSET_UNKNOWN;
    if (is_ascii(text, bytes))
        return text;
    if (decoder->charset == CHARSET_UTF8) {
        if (cells_are_utf8(text, bytes) && (!decoder->strict || !seems_gb18030(text, bytes)))
            return text;
        *out_seems = from_gb18030(decoder, text, bytes) ? CHARSET_GB18030 : CHARSET_UNKNOWN;
        return NULL;
    }
    if (decoder->strict && seems_utf8(text, bytes)) {
        *out_seems = CHARSET_UTF8;
        return NULL;
    }
    if (!from_gb18030(decoder, text, bytes))
        return NULL;
    *out_bytes = decoder->text->len;
    return decoder->text->str;
}

char *charset_encode_gb18030(const char *utf8, size_t bytes, size_t *out_bytes)
{
    gsize written = 0;
    char *text = g_convert_with_fallback(utf8, (gssize)bytes, "GB18030", "UTF-8", "?", NULL, &written, NULL);
    g_assert(text != NULL); /* the fallback replaces what iconv's table lacks */
    *out_bytes = written;
    return text;
}
