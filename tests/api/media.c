/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file is, to its last byte; and what pretends. */
#include "api/media.h"

#include <glib.h>
#include <string.h>

#define BYTES(text) text, sizeof(text) - 1

#define JPEG                                                                                                           \
    "\xff\xd8\xff\xe0\x00\x06JFIF\xff\xff\xda\x00\x04\x01\x02scan\xff\x00\xff\xd3more\xff\xda\x00\x02tail\xff\xd9"
#define PNG  "\x89PNG\r\n\x1a\n\x00\x00\x00\x04IHDRabcd\x00\x00\x00\x00\x00\x00\x00\x00IEND\xae\x42\x60\x82"
#define WEBP "RIFF\x0c\x00\x00\x00WEBPVP8 abcd"
#define HEIC                                                                                                           \
    "\x00\x00\x00\x10"                                                                                                 \
    "ftypheic\x00\x00\x00\x00"                                                                                         \
    "\x00\x00\x00\x09"                                                                                                 \
    "metax"                                                                                                            \
    "\x00\x00\x00\x0a"                                                                                                 \
    "mdatxy"
#define HEIF(brands)                                                                                                   \
    "\x00\x00\x00\x18"                                                                                                 \
    "ftyp" brands "\x00\x00\x00\x09"                                                                                   \
    "metax"                                                                                                            \
    "\x00\x00\x00\x0a"                                                                                                 \
    "mdatxy"
#define MIF1                                                                                                           \
    HEIF("mif1\x00\x00\x00\x00"                                                                                        \
         "mif1"                                                                                                        \
         "heic")
#define HEIX                                                                                                           \
    HEIF("heix\x00\x00\x00\x00"                                                                                        \
         "mif1"                                                                                                        \
         "heix")
#define MIHB                                                                                                           \
    HEIF("msf1\x00\x00\x00\x00"                                                                                        \
         "msf1"                                                                                                        \
         "MiHB")
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define BEGUN                                                                                                          \
    "\x00\x00\x00\x18"                                                                                                 \
    "ftypmif1\x00\x00\x00\x00"                                                                                         \
    "mif1heic"
#define LONG64                                                                                                         \
    "\x00\x00\x00\x10"                                                                                                 \
    "ftypheic\x00\x00\x00\x00"                                                                                         \
    "\x00\x00\x00\x09"                                                                                                 \
    "metax"                                                                                                            \
    "\x00\x00\x00\x01"                                                                                                 \
    "mdat\x00\x00\x00\x00\x00\x00\x00\x12xy"
#define TO_END                                                                                                         \
    "\x00\x00\x00\x10"                                                                                                 \
    "ftypheic\x00\x00\x00\x00"                                                                                         \
    "\x00\x00\x00\x09"                                                                                                 \
    "metax"                                                                                                            \
    "\x00\x00\x00\x00"                                                                                                 \
    "mdatxyz"
#define AVIF                                                                                                           \
    HEIF("mif1\x00\x00\x00\x00"                                                                                        \
         "mif1"                                                                                                        \
         "avif")
#define PDF "%PDF-1.7\n1 0 obj\nendobj\nstartxref\n9\n%%EOF"
#define ZIP                                                                                                            \
    "PK\3\4name"                                                                                                       \
    "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static void whole_and_cut(void)
{
    static const struct {
        const char *data;
        size_t bytes;
        const char *type, *ending;
        size_t kept; /* 0: not taken */
    } rows[] = {
        {BYTES(JPEG), "image/jpeg", "jpg", sizeof JPEG - 1},
        {BYTES(PNG), "image/png", "png", sizeof PNG - 1},
        {BYTES(WEBP), "image/webp", "webp", sizeof WEBP - 1},
        {BYTES(HEIC), "image/heic", "heic", sizeof HEIC - 1},
        {BYTES(MIF1), "image/heic", "heic", sizeof MIF1 - 1},
        {BYTES(HEIX), "image/heic", "heic", sizeof HEIX - 1},
        {BYTES(MIHB), "image/heic", "heic", sizeof MIHB - 1},
        {BYTES(LONG64), "image/heic", "heic", sizeof LONG64 - 1},
        {BYTES(TO_END), "image/heic", "heic", sizeof TO_END - 1},
        {BYTES(BEGUN ZEROS), "image/heic", "heic", sizeof BEGUN ZEROS - 1},
        {BYTES(AVIF), NULL, NULL, 0},
        {BYTES(PDF), "application/pdf", "pdf", sizeof PDF - 1},
        /* what hangs behind is no part of it */
        {BYTES(JPEG ZIP), "image/jpeg", "jpg", sizeof JPEG - 1},
        {BYTES(JPEG JPEG), "image/jpeg", "jpg", sizeof JPEG - 1},
        {BYTES(PNG "<script>"), "image/png", "png", sizeof PNG - 1},
        {BYTES(WEBP ZIP), "image/webp", "webp", sizeof WEBP - 1},
        {BYTES(HEIC PDF), "image/heic", "heic", sizeof HEIC - 1},
        {BYTES(PDF "\n" ZIP), "application/pdf", "pdf", sizeof PDF - 1},
        /* not whole */
        {JPEG, sizeof JPEG - 3, "image/jpeg", "jpg", 0},
        {BYTES("\xff\xd8\xff\xd9"), "image/jpeg", "jpg", 0}, /* no picture in it */
        {BYTES("\xff\xd8\xff\xe0\xff\xff short"), "image/jpeg", "jpg", 0},
        {BYTES("\xff\xd8\xff\xe0 text that calls itself a photo"), "image/jpeg", "jpg", 0},
        {PNG, sizeof PNG - 2, "image/png", "png", 0},
        {BYTES("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR12345678"), "image/png", "png", 0},
        {WEBP, sizeof WEBP - 2, "image/webp", "webp", 0},
        {BYTES("<html>  WEBP"), NULL, NULL, 0},
        {HEIC, sizeof HEIC - 2, "image/heic", "heic", 0},
        {BYTES(BEGUN), "image/heic", "heic", 0},
        {BYTES(BEGUN ZEROS "x"), "image/heic", "heic", 0},
        {LONG64, sizeof LONG64 - 2, "image/heic", "heic", 0},
        {BYTES("%PDF-1.7 without an end"), "application/pdf", "pdf", 0},
        /* something else besides */
        {BYTES("\xff\xd8\xff\xfe\x00\x0f<html> <body>\xff\xda\x00\x02x\xff\xd9"), "image/jpeg", "jpg", 0},
        {BYTES("\xff\xd8\xff\xfe\x00\x0b%PDF-1.7\n\xff\xda\x00\x02x\xff\xd9"), "image/jpeg", "jpg", 0},
        {BYTES("\xff\xd8\xff\xfe\x00\x08PK\5\6xx\xff\xda\x00\x02x\xff\xd9"), "image/jpeg", "jpg", 0},
        {BYTES("%PDF-1.7\n<ScRiPt>x</script>%%EOF"), "application/pdf", "pdf", 0},
        {BYTES("%PDF-1.7\n" ZIP "\n%%EOF"), "application/pdf", "pdf", 0},
        /* none of them */
        {BYTES(ZIP), NULL, NULL, 0},
        {BYTES("GIF89a"), NULL, NULL, 0},
        {BYTES("<svg onload='x'/>"), NULL, NULL, 0},
        {BYTES(""), NULL, NULL, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *copy = g_memdup2(rows[i].data, rows[i].bytes); /* nothing is read behind its end */
        struct media media = media_of(copy, rows[i].bytes);
        g_test_message("row %zu", i);
        g_assert_cmpstr(media.type, ==, rows[i].type);
        g_assert_cmpstr(media.ending, ==, rows[i].ending);
        g_assert_cmpuint(media.bytes, ==, rows[i].kept);
        if (media.type != NULL)
            g_assert_cmpstr(media_ending(media.type), ==, rows[i].ending);
    }
    g_assert_cmpstr(media_ending("text/html"), ==, "bin");
}

/* Cut anywhere, it is whole or refused, and never read beyond. */
static void cut_anywhere(void)
{
    static const struct {
        const char *data;
        size_t bytes;
    } rows[] = {{BYTES(JPEG)}, {BYTES(PNG)}, {BYTES(WEBP)}, {BYTES(HEIC)}, {BYTES(PDF)}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        for (size_t bytes = 0; bytes < rows[i].bytes; bytes++) {
            g_autofree uint8_t *copy = g_memdup2(rows[i].data, bytes);
            g_assert_cmpuint(media_of(copy, bytes).bytes, ==, 0);
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media/whole-and-cut", whole_and_cut);
    g_test_add_func("/media/cut-anywhere", cut_anywhere);
    return g_test_run();
}
