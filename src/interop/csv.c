/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/csv.h"

#include "base/limits.h"

#include <string.h>

#define BUFFER_BYTES 65536

enum csv_state {
    AT_CELL, /* before the first character of a cell */
    IN_CELL,
    IN_QUOTES,
    AT_QUOTE, /* after a quote within quotes: a second one, or the end */
    BEHIND,   /* the closing quote */
};

struct csv {
    ssize_t (*read)(void *context, void *buffer, size_t bytes);
    void *context;
    char delimiter;
    bool ended, failed, begun, separator_said;
    int mark_bytes;
    int64_t number, line;
    unsigned char buffer[BUFFER_BYTES];
    size_t at, filled;
    /* the record that is being read */
    GString *text;
    guint cells;
    enum csv_fault fault;
    enum csv_state state;
};

struct csv *csv_new(ssize_t (*read)(void *, void *, size_t), void *context)
{
    struct csv *csv = g_new0(struct csv, 1);
    csv->read = read;
    csv->context = context;
    csv->line = 1;
    csv->text = g_string_sized_new(1024);
    return csv;
}

void csv_free(struct csv *csv)
{
    if (csv == NULL)
        return;
    g_string_free(csv->text, TRUE);
    g_free(csv);
}

void csv_set_delimiter(struct csv *csv, char delimiter)
{
    csv->delimiter = delimiter;
}

char csv_delimiter(const struct csv *csv)
{
    return csv->delimiter;
}

bool csv_separator_is_said(const struct csv *csv)
{
    return csv->separator_said;
}

int csv_byte_order_mark(const struct csv *csv)
{
    return csv->mark_bytes;
}

bool csv_failed(const struct csv *csv)
{
    return csv->failed;
}

/* ---- bytes ---- */

static bool fill(struct csv *csv)
{
    if (csv->ended)
        return false;
    ssize_t bytes = csv->read(csv->context, csv->buffer, sizeof csv->buffer);
    csv->failed = bytes < 0;
    csv->ended = bytes <= 0;
    csv->at = 0;
    csv->filled = bytes > 0 ? (size_t)bytes : 0;
    return !csv->ended;
}

/* The next byte stays where it is; -1 at the end. */
static int peek(struct csv *csv)
{
    return csv->at < csv->filled || fill(csv) ? csv->buffer[csv->at] : -1;
}

/* ---- the first line ---- */

static char most_frequent(const unsigned char *line, size_t bytes)
{
    static const char delimiters[] = {',', ';', '\t'};
    int counts[G_N_ELEMENTS(delimiters)] = {0}, most = 0;
    bool quoted = false;
    for (size_t i = 0; i < bytes && (quoted || (line[i] != '\n' && line[i] != '\r')); i++) {
        quoted ^= line[i] == '"';
        for (size_t j = 0; j < G_N_ELEMENTS(delimiters) && !quoted; j++)
            counts[j] += line[i] == (unsigned char)delimiters[j];
    }
    for (size_t j = 1; j < G_N_ELEMENTS(delimiters); j++)
        if (counts[j] > counts[most])
            most = (int)j;
    return delimiters[most];
}

/* A cell cannot hold a NUL, and a quote or the end of a line between cells would mean two things. */
static bool may_separate(unsigned char byte)
{
    return byte == '\t' || (g_ascii_ispunct((char)byte) && byte != '"');
}

/* "sep=;" and the end of its line. */
static bool take_separator(struct csv *csv)
{
    const unsigned char *at = csv->buffer + csv->at;
    if (csv->filled - csv->at < 6 || memcmp(at, "sep=", 4) != 0 || !may_separate(at[4]))
        return false;
    if (at[5] != '\r' && at[5] != '\n')
        return false;
    if (csv->delimiter == 0)
        csv->delimiter = (char)at[4];
    csv->separator_said = true;
    csv->at += at[5] == '\r' && csv->filled - csv->at > 6 && at[6] == '\n' ? 7 : 6;
    csv->line++;
    csv->number++;
    return true;
}

static void begin(struct csv *csv)
{
    csv->begun = true;
    if (peek(csv) < 0)
        return;
    if (csv->filled - csv->at >= 3 && memcmp(csv->buffer + csv->at, "\xef\xbb\xbf", 3) == 0)
        csv->mark_bytes = 3;
    csv->at += (size_t)csv->mark_bytes;
    if (!take_separator(csv) && csv->delimiter == 0)
        csv->delimiter = most_frequent(csv->buffer + csv->at, csv->filled - csv->at);
}

/* ---- one record ---- */

static void note(struct csv *csv, enum csv_fault fault)
{
    if (csv->fault == CSV_WELL)
        csv->fault = fault;
}

static void put(struct csv *csv, int byte)
{
    if (byte == 0)
        note(csv, CSV_NUL);
    else if (csv->text->len >= LIMIT_SHEET_ROW_BYTES)
        note(csv, csv->state == IN_QUOTES ? CSV_OPEN_QUOTE : CSV_TOO_LARGE);
    else
        g_string_append_c(csv->text, (char)byte);
}

static void end_cell(struct csv *csv)
{
    csv->state = AT_CELL;
    if (csv->cells == LIMIT_SHEET_COLUMNS) {
        note(csv, CSV_TOO_WIDE);
        return;
    }
    csv->cells++;
    g_string_append_c(csv->text, '\0');
}

/* CR LF is one end of a line. */
static void end_line(struct csv *csv, int byte)
{
    if (byte == '\r' && peek(csv) == '\n')
        csv->at++;
    csv->line++;
}

/* A byte outside of quotes; true when it ended the record. */
static bool take_plain(struct csv *csv, int byte)
{
    if (byte == (unsigned char)csv->delimiter) {
        end_cell(csv);
    } else if (byte == '\n' || byte == '\r') {
        end_line(csv, byte);
        return true;
    } else if (byte == '"' && csv->state == AT_CELL) {
        csv->state = IN_QUOTES;
    } else {
        if (csv->state == BEHIND)
            note(csv, CSV_STRAY_QUOTE);
        else
            csv->state = IN_CELL;
        put(csv, byte);
    }
    return false;
}

/* A byte within quotes. One that never ends is given up at the limit, so that it costs no more than that. */
static void take_quoted(struct csv *csv, int byte)
{
    if (byte == '"') {
        csv->state = AT_QUOTE;
        return;
    }
    if (byte == '\n' || byte == '\r') {
        end_line(csv, byte);
        byte = '\n';
    }
    put(csv, byte);
    if (csv->fault == CSV_OPEN_QUOTE)
        csv->state = BEHIND;
}

static bool take(struct csv *csv, int byte)
{
    if (csv->state == AT_QUOTE) {
        csv->state = byte == '"' ? IN_QUOTES : BEHIND;
        if (byte == '"') {
            put(csv, byte);
            return false;
        }
    }
    if (csv->state != IN_QUOTES)
        return take_plain(csv, byte);
    take_quoted(csv, byte);
    return false;
}

/* The plain run of a cell's bytes at once: most of a file. */
static void take_run(struct csv *csv)
{
    size_t from = csv->at;
    while (csv->at < csv->filled) {
        unsigned char byte = csv->buffer[csv->at];
        if (byte == (unsigned char)csv->delimiter || byte == '\n' || byte == '\r' || byte == '"' || byte == 0)
            break;
        csv->at++;
    }
    if (csv->text->len + csv->at - from < LIMIT_SHEET_ROW_BYTES)
        g_string_append_len(csv->text, (const char *)csv->buffer + from, (gssize)(csv->at - from));
    else
        note(csv, CSV_TOO_LARGE);
}

bool csv_next(struct csv *csv, struct csv_record *out)
{
    if (!csv->begun)
        begin(csv);
    if (peek(csv) < 0)
        return false;
    *out = (struct csv_record){.number = ++csv->number, .line = csv->line};
    g_string_truncate(csv->text, 0);
    csv->cells = 0;
    csv->fault = CSV_WELL;
    csv->state = AT_CELL;
    bool ended = false;
    while (!ended && peek(csv) >= 0) {
        ended = take(csv, csv->buffer[csv->at++]);
        if (!ended && csv->state == IN_CELL)
            take_run(csv);
    }
    if (!ended && csv->state == IN_QUOTES)
        note(csv, CSV_OPEN_QUOTE);
    end_cell(csv);
    out->fault = csv->fault;
    out->text = csv->text->str;
    out->bytes = csv->text->len;
    out->cells = csv->cells;
    return true;
}

void csv_append(GString *out, const char *text, char delimiter)
{
    const char special[] = {'"', '\n', '\r', delimiter, '\0'};
    if (text[strcspn(text, special)] == '\0' && *text != ' ') {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}
