/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which content coding a client wants, and gzip there and back. */
#include "api/encoding.h"

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define GZIP   (1u << CODING_GZIP)
#define BROTLI (1u << CODING_BROTLI)
#define BOTH   (GZIP | BROTLI)

static void choices(void)
{
    static const struct {
        const char *accept;
        unsigned offered;
        enum coding chosen;
    } rows[] = {
        {NULL, BOTH, CODING_IDENTITY},
        {"", BOTH, CODING_IDENTITY},
        {"gzip, deflate, br, zstd", BOTH, CODING_BROTLI},
        {"gzip, deflate, br", GZIP, CODING_GZIP},
        {"br", GZIP, CODING_IDENTITY},
        {"gzip, br", 0, CODING_IDENTITY},
        {"gzip", BOTH, CODING_GZIP},
        {"GZip", BOTH, CODING_GZIP},
        {"x-gzip", BOTH, CODING_GZIP},
        {"br;q=0.5, gzip", BOTH, CODING_GZIP},
        {"br;q=0.5,gzip;q=0.501", BOTH, CODING_GZIP},
        {"gzip;q=0.5 , br ; q=0.5", BOTH, CODING_BROTLI},
        {"gzip;q=0", BOTH, CODING_IDENTITY},
        {"gzip;q=0.001", BOTH, CODING_GZIP},
        {"*", BOTH, CODING_BROTLI},
        {"*;q=0", BOTH, CODING_IDENTITY},
        {"br;q=0, *", BOTH, CODING_GZIP},
        {"br;q=0, gzip;q=0, *", BOTH, CODING_IDENTITY},
        {"identity, gzip;q=0.5", BOTH, CODING_IDENTITY},
        {"identity;q=0.5, gzip", BOTH, CODING_GZIP},
        {"identity;q=0", BOTH, CODING_IDENTITY}, /* better than nothing */
        {"identity;q=0, gzip;q=0.1", BOTH, CODING_GZIP},
        {"identity;q=0.5, *;q=0.1", BOTH, CODING_IDENTITY},
        {"deflate, zstd", BOTH, CODING_IDENTITY},
        {"gzipped, brotli, br0", BOTH, CODING_IDENTITY},
        {"gzip;q=2", BOTH, CODING_IDENTITY}, /* a weight that is none */
        {"gzip;level=9", BOTH, CODING_IDENTITY},
        {"gzip;q=", BOTH, CODING_IDENTITY},
        {",;,gzip;,br;q=.5,;q=1", BOTH, CODING_IDENTITY},
        {"gzip;q=0, gzip", BOTH, CODING_GZIP},
        {"gz\xc3\xadp, br", BOTH, CODING_BROTLI},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (coding_choose(rows[i].accept, rows[i].offered) != rows[i].chosen)
            g_error("%s: %s, not %s", rows[i].accept, coding_names[coding_choose(rows[i].accept, rows[i].offered)],
                    coding_names[rows[i].chosen]);
}

/* Whatever it holds and however long it is, what is chosen was offered. */
static void any_header(void)
{
    static const char *const pieces[] = {"gzip", "br",  "identity", "*",  ";",    "q=",     ",",  " ",
                                         "0.5",  "1.0", "0",        "q=", "\xff", "x-gzip", "\t", "=1"};
    for (int round = 0; round < 20000; round++) {
        g_autoptr(GString) header = g_string_new(NULL);
        int count = g_test_rand_int_range(0, round % 100 == 0 ? 2000 : 12);
        for (int i = 0; i < count; i++)
            g_string_append(header, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
        unsigned offered = (unsigned)g_test_rand_int_range(0, 4) << CODING_GZIP;
        enum coding chosen = coding_choose(header->str, offered);
        g_assert_true(chosen == CODING_IDENTITY || (offered & 1u << chosen) != 0);
    }
}

static void there_and_back(void)
{
    static const size_t sizes[] = {0, 1, 1024, 300000};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (int noise = 0; noise < 2; noise++) {
            g_autofree char *text = g_malloc(sizes[i] + 1);
            for (size_t at = 0; at < sizes[i]; at++)
                text[at] = noise ? (char)g_test_rand_int() : "演示"[at % 6];
            size_t bytes = 0;
            char *packed = coding_gzip(text, sizes[i], &bytes);
            g_assert_nonnull(packed);
            g_assert_true(noise || sizes[i] < 1000 || bytes < sizes[i] / 20);
            char *again = coding_gunzip(packed, bytes, sizes[i]);
            g_assert_nonnull(again);
            g_assert_cmpmem(again, sizes[i], text, sizes[i]);
            free(again);
            g_assert_null(coding_gunzip(packed, bytes, sizes[i] + 1)); /* another length than was said */
            g_assert_true(sizes[i] == 0 || coding_gunzip(packed, bytes, sizes[i] - 1) == NULL);
            g_assert_null(coding_gunzip(packed, bytes - 9, sizes[i])); /* cut off */
            packed[bytes - 5] ^= 1;                                    /* its checksum */
            g_assert_null(coding_gunzip(packed, bytes, sizes[i]));
            free(packed);
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encoding/choices", choices);
    g_test_add_func("/encoding/any_header", any_header);
    g_test_add_func("/encoding/there_and_back", there_and_back);
    return g_test_run();
}
