/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a sheet: records whose cells add up, whatever piece of it is read at a time; valid UTF-8 or a problem;
 * what can be read is written and read again as itself. And as a mapping file: a mapping, or mistakes with their place.
 */
#include "base/limits.h"
#include "interop/csv.h"
#include "interop/mapping.h"
#include "interop/charset.h"

#include <string.h>

#define PIECE_BYTES 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    const uint8_t *at;
    size_t left, step;
};

static ssize_t read_bytes(void *context, void *buffer, size_t most)
{
    struct bytes *bytes = context;
    size_t count = MIN(MIN(most, bytes->left), bytes->step);
    if (count > 0)
        memcpy(buffer, bytes->at, count);
    bytes->at += count;
    bytes->left -= count;
    return (ssize_t)count;
}

static void check_cells(const struct csv_record *record)
{
    const char *at = record->text;
    for (guint i = 0; i < record->cells; i++)
        at += strlen(at) + 1;
    g_assert(at == record->text + record->bytes);
    g_assert(record->cells >= 1 && record->cells <= LIMIT_SHEET_COLUMNS);
    g_assert(record->number >= 1 && record->line >= record->number - 1);
}

static void check_decoded(const struct csv_record *record, struct decoder *decoder)
{
    size_t bytes;
    enum charset seems;
    const char *text = decode(decoder, record->text, record->bytes, &bytes, &seems);
    if (text == NULL)
        return;
    for (const char *at = text; at < text + bytes; at += strlen(at) + 1)
        g_assert(g_utf8_validate(at, -1, NULL));
}

/* The record written and read alone. */
static void check_again(const struct csv_record *record, char delimiter)
{
    g_autoptr(GString) line = g_string_new(NULL);
    const char *at = record->text;
    for (guint i = 0; i < record->cells; i++, at += strlen(at) + 1) {
        if (i > 0)
            g_string_append_c(line, delimiter);
        csv_append(line, at, delimiter);
    }
    struct bytes bytes = {(const uint8_t *)line->str, line->len, line->len};
    AUTO(csv) struct csv *csv = csv_new(read_bytes, &bytes);
    struct csv_record again;
    csv_set_delimiter(csv, delimiter);
    if (line->len == 0 || g_str_has_prefix(line->str, "\xef\xbb\xbf") || g_str_has_prefix(line->str, "sep="))
        return;
    bool read = csv_next(csv, &again);
    g_assert(read && again.fault == CSV_WELL);
    g_assert(again.bytes == record->bytes && memcmp(again.text, record->text, record->bytes) == 0);
}

static guint64 read_all(const uint8_t *data, size_t size, size_t step, char delimiter, bool whole)
{
    struct bytes bytes = {data, size, step};
    struct csv_record record;
    guint64 sum = 0;
    AUTO(csv) struct csv *csv = csv_new(read_bytes, &bytes);
    if (delimiter != '\0')
        csv_set_delimiter(csv, delimiter);
    AUTO(decoder) struct decoder *utf8 = decoder_new(CHARSET_UTF8, true);
    AUTO(decoder) struct decoder *gb18030 = decoder_new(CHARSET_GB18030, true);
    while (csv_next(csv, &record)) {
        check_cells(&record);
        sum = sum * 31 + record.bytes + record.cells * 7 + (guint64)record.fault;
        if (!whole)
            continue;
        check_decoded(&record, utf8);
        check_decoded(&record, gb18030);
        if (record.fault == CSV_WELL)
            check_again(&record, csv_delimiter(csv));
    }
    g_assert(bytes.left == 0);
    return sum;
}

static void check_mapping(const uint8_t *data, size_t size)
{
    struct problem *problem = NULL;
    g_autofree char *text = g_strndup((const char *)data, size);
    struct mapping *mapping = mapping_parse("m.yaml", text, strlen(text), &problem);
    g_assert((mapping == NULL) == (problem != NULL));
    mapping_free(mapping);
    problem_free(problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_all(data, size, MAX(size, 1), '\0', true);
    /* Marks of the first line are looked for in the first piece, so it holds them. */
    if (size > PIECE_BYTES)
        g_assert(read_all(data, size, size, ',', false) == read_all(data, size, PIECE_BYTES, ',', false));
    check_mapping(data, size);
    return 0;
}
