/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/ids.h"

void place_format(int64_t place, char out[PLACE_TEXT_MAX])
{
    g_snprintf(out, PLACE_TEXT_MAX, "%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, id_place_stream(place),
               id_place_seq(place));
}

bool place_parse(const char *text, int64_t *out)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 3);
    gint64 stream, seq;
    if (g_strv_length(parts) != 2 || !g_ascii_string_to_signed(parts[0], 10, 0, STREAM_MAX, &stream, NULL) ||
        !g_ascii_string_to_signed(parts[1], 10, 1, ID_SEQ_MAX, &seq, NULL))
        return false;
    *out = id_place(stream, seq);
    return true;
}
