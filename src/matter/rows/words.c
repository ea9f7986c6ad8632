/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/rows/words.h"

#include <string.h>

#define CONTEXT "words"

char *words_seal(struct vault *vault, int64_t matter, const char *text)
{
    g_autoptr(GBytes) sealed = vault_seal(vault, VAULT_MATTER, matter, CONTEXT, text, strlen(text));
    if (sealed == NULL)
        return NULL;
    gsize bytes;
    const void *data = g_bytes_get_data(sealed, &bytes);
    return g_base64_encode(data, bytes);
}

char *words_open(struct vault *vault, int64_t matter, const char *sealed)
{
    gsize bytes;
    g_autofree guchar *data = g_base64_decode(sealed, &bytes);
    g_autoptr(GBytes) open = vault_unseal(vault, VAULT_MATTER, matter, CONTEXT, data, bytes);
    if (open == NULL)
        return NULL;
    gsize length;
    const char *text = g_bytes_get_data(open, &length);
    return g_strndup(text, length);
}

char *words_of_row(struct vault *vault, int64_t matter, struct cursor *row, int clear_column)
{
    const char *clear = cursor_text(row, clear_column), *sealed = cursor_text(row, clear_column + 1);
    if (sealed != NULL && *sealed != '\0')
        return vault != NULL ? words_open(vault, matter, sealed) : NULL;
    return clear != NULL && *clear != '\0' ? g_strdup(clear) : NULL;
}
