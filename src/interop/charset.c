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

void charset_count(struct charset_survey *survey, const char *text, size_t bytes)
{
    if (is_ascii(text, bytes))
        survey->plain++;
    else if (cells_are_utf8(text, bytes))
        survey->utf8++;
    else
        survey->other++;
}

enum charset charset_of(const struct charset_survey *survey)
{
    return survey->other > survey->utf8 ? CHARSET_GB18030 : CHARSET_UTF8;
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

/* Two Chinese characters in the three bytes of UTF-8 are six bytes that GB18030 reads as three rare ones: a row of
 * nothing but such is not in GB18030. */
static bool seems_utf8(const char *text, size_t bytes)
{
    int count = 0;
    if (!cells_are_utf8(text, bytes))
        return false;
    for (size_t i = 0; i < bytes; i++)
        count += ((unsigned char)text[i] & 0xf0) == 0xe0;
    return count >= 2;
}

const char *decode(struct decoder *decoder, const char *text, size_t bytes, size_t *out_bytes, enum charset *out_seems)
{
    *out_bytes = bytes;
    *out_seems = CHARSET_UNKNOWN;
    if (is_ascii(text, bytes))
        return text;
    if (decoder->charset == CHARSET_UTF8) {
        if (cells_are_utf8(text, bytes))
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
    g_assert(text != NULL); /* the fallback stands for what iconv's table lacks */
    *out_bytes = written;
    return text;
}
