/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/import.h"

#include "base/limits.h"
#include "base/nearest.h"
#include "base/text.h"
#include "interop/digest_set.h"
#include "interop/import_chunk.h"
#include "interop/import_sheet.h"
#include "interop/row.h"
#include "interop/row_group.h"
#include "interop/row_person.h"
#include "interop/trace.h"

#include <string.h>

#define UNDER_WAY_MAX 4
#define ROW_ID_US     INT64_C(1577836800000000) /* of ids that derive from rows: 2020-01-01, the same at every import */
#define FEED_ROWS     20                        /* read between two checks whether the engine takes more */
#define CELLS_BYTES   1024
#define HEADER_ROWS   1
#define LOOK_ROWS     1000 /* rows between two checks whether it is to stop */

struct import {
    const struct import_options *options;
    struct report *report;
    struct sheet *sheet;
    struct plan plan;
    struct column_defs column_defs;
    struct cell_reader *cells;
    struct row_context context;
    GByteArray *left_out; /* a bit a row: wrong, or there already */
    json_t **values;
    struct row_group *group; /* the rows of the record that is being read; NULL: each row is one */
    struct digest_set *keys, *contents, *subjects;
    struct household_above above;
    struct import_queue *import_queue;
    struct import_chunk *window; /* rows that are being gathered */
    struct import_chunk *ready;  /* a full window that is being put, sorted by unit */
    guint put;                   /* of its rows */
    GHashTable *units;           /* in a dry run, code → struct unit_row: possible parents of later rows */
    int64_t import_chunk_number; /* of the chunk that is being put */
    bool keeps_order;            /* rows name others as their parents */
    bool dry_run, stopped, failed;
};

/* ---- rows that are left out ---- */

static bool is_left_out(const struct import *import, int64_t row)
{
    size_t byte = (size_t)row / 8;
    return byte < import->left_out->len && (import->left_out->data[byte] >> (row % 8) & 1) != 0;
}

static void leave_out(struct import *import, int64_t row)
{
    size_t byte = (size_t)row / 8;
    while (import->left_out->len <= byte)
        g_byte_array_append(import->left_out, (const guint8 *)"", 1);
    import->left_out->data[byte] |= (guint8)(1 << row % 8);
}

static void mark_wrong(struct import *import, int64_t row)
{
    import->report->wrong += !is_left_out(import, row);
    leave_out(import, row);
}

/* ---- answers ---- */

/* "form.wanted[3].quantity": which line of the record, 0 the first or none. */
static guint line_of(const char *rest)
{
    const char *bracket = strchr(rest, '[');
    return bracket != NULL ? (guint)g_ascii_strtoull(bracket + 1, NULL, 10) : 0;
}

static void report_refusal(struct import *import, const struct import_chunk_row *row, size_t command, const char *rest,
                           struct problem *problem /* taken, alone */)
{
    int column_def = row_column_def_of(&import->column_defs, json_array_get(row->commands, command), rest);
    int column = column_def >= 0 ? plan_shown_at(&import->plan, column_def) : -1;
    const char *header = column >= 0 ? plan_header(&import->plan, (guint)column) : NULL;
    guint columns = import->plan.headers->len;
    guint line =
        column >= 0 && column_def_is_line(column_defs_at(&import->column_defs, column_def)) ? line_of(rest) : 0;
    if (line * columns >= row->cell_count)
        line = 0;
    const char *value =
        column >= 0 && (guint)column < columns ? import_chunk_cell(row, line * columns + (guint)column) : NULL;
    g_autofree char *field = g_strdup(rest);
    g_free(problem->field);
    problem->field = *field != '\0' ? g_steal_pointer(&field) : NULL;
    report_problem(import->report, row->row + line, header, value, problem);
}

/* Problems of the chunk to its rows. False: something that is no row's fault. */
static bool blame_rows(struct import *import, struct import_chunk *chunk)
{
    bool all = true;
    while (chunk->problem != NULL) {
        struct problem *problem = chunk->problem;
        chunk->problem = problem_take_rest(problem);
        size_t index, command;
        const char *rest;
        bool parsed = import_chunk_parse_path(problem->field, &index, &command, &rest);
        if (parsed && index < chunk->above->len) { /* reported by the chunk of that row */
            problem_free(problem);
        } else if (parsed && index - chunk->above->len < chunk->rows->len) {
            struct import_chunk_row *row =
                &g_array_index(chunk->rows, struct import_chunk_row, index - chunk->above->len);
            row->refused = true;
            if (!is_left_out(import, row->row) && !import->dry_run)
                import->report->good--;
            mark_wrong(import, row->row);
            report_refusal(import, row, command, rest, problem);
        } else {
            all = false;
            report_problem(import->report, 0, NULL, NULL, problem);
        }
    }
    return all;
}

static void put(struct import *import, struct import_chunk *chunk);

static guint refused_count(const struct import_chunk *chunk)
{
    guint count = 0;
    for (guint i = 0; i < chunk->rows->len; i++)
        count += g_array_index(chunk->rows, struct import_chunk_row, i).refused;
    return count;
}

/* Rows with many effects make too many events for one command: half of them then. */
static bool is_too_much(const struct import_chunk *chunk)
{
    return chunk->problem != NULL && chunk->problem->field == NULL && chunk->rows->len > 1 &&
           (chunk->problem->code == PROBLEM_TOO_MANY_ITEMS || chunk->problem->code == PROBLEM_BODY_TOO_LARGE);
}

static void take_answer(struct import *import, struct import_chunk *taken)
{
    AUTO(import_chunk) struct import_chunk *chunk = taken;
    guint count = chunk->rows->len;
    if (is_too_much(chunk)) {
        put(import, import_chunk_split(chunk, 0, count / 2));
        put(import, import_chunk_split(chunk, count / 2, count));
        return;
    }
    struct import_chunk *elsewhere = count > 1 ? import_chunk_take_elsewhere(chunk) : NULL;
    if (elsewhere != NULL) {
        put(import, import_chunk_split(chunk, 0, count));
        put(import, elsewhere);
        return;
    }
    bool refused = chunk->problem != NULL;
    if (refused && !blame_rows(import, chunk)) {
        import->stopped = import->failed = true;
    } else if (import->dry_run) {
        import->report->good += count - refused_count(chunk);
    } else if (!refused) {
        import->report->made += count;
    } else if (import->options->partial) {
        put(import, import_chunk_split(chunk, 0, count));
    } else {
        import->stopped = true;
    }
}

static void settle(struct import *import, int most)
{
    while (import_queue_under_way(import->import_queue) > most)
        take_answer(import, import_queue_take(import->import_queue));
}

/* ---- units that stand under earlier rows ---- */

struct unit_row {
    int64_t row;
    json_t *commands;
    int64_t added_to; /* the last chunk, by its number */
};

static void unit_row_free(gpointer data)
{
    struct unit_row *unit = data;
    json_decref(unit->commands);
    g_free(unit);
}

static void note_unit(struct import *import, int64_t row, json_t *commands)
{
    const char *code = json_get_text(json_array_get(commands, 0), "code", NULL);
    if (import->column_defs.what != SHEET_UNITS || !import->dry_run || code == NULL)
        return;
    struct unit_row *unit = g_new(struct unit_row, 1);
    *unit = (struct unit_row){.row = row, .commands = json_incref(commands)};
    g_hash_table_replace(import->units, g_strdup(code), unit);
}

/* A dry run keeps no unit, so a chunk repeats the earlier rows that are the parents of its own, the highest first: of
 * each row at most as many as the tree has levels, each once. A parent is an earlier row, so the recursion ends. */
static void add_above(struct import *import, struct import_chunk *chunk, const json_t *commands, int64_t row,
                      int64_t first)
{
    const char *parent = json_get_text(json_array_get(commands, 0), "parent", NULL);
    struct unit_row *unit = parent != NULL ? g_hash_table_lookup(import->units, parent) : NULL;
    if (unit == NULL || unit->row >= row || unit->added_to == import->import_chunk_number)
        return;
    unit->added_to = import->import_chunk_number;
    add_above(import, chunk, unit->commands, unit->row, first);
    if (unit->row < first)
        g_ptr_array_add(chunk->above, json_incref(unit->commands));
}

static void take_along(struct import *import, struct import_chunk *chunk)
{
    if (import->column_defs.what != SHEET_UNITS || !import->dry_run || chunk->rows->len == 0)
        return;
    int64_t first = g_array_index(chunk->rows, struct import_chunk_row, 0).row;
    import->import_chunk_number++;
    for (guint i = 0; i < chunk->rows->len; i++) {
        const struct import_chunk_row *row = &g_array_index(chunk->rows, struct import_chunk_row, i);
        add_above(import, chunk, row->commands, row->row, first);
    }
}

static void put(struct import *import, struct import_chunk *chunk)
{
    take_along(import, chunk);
    if (chunk->rows->len == 0 || import->stopped)
        import_chunk_free(chunk);
    else if (!import_queue_put(import->import_queue, chunk))
        import->stopped = import->failed = true;
}

static gint compare_units(gconstpointer a, gconstpointer b)
{
    const struct import_chunk_row *one = a, *other = b;
    int order = g_strcmp0(one->unit, other->unit);
    return order != 0 ? order : (one->row > other->row) - (one->row < other->row);
}

/* Puts the ready rows: all, waiting for answers, or as many as the engine takes at once, so that reading and deciding
 * overlap. */
static void feed(struct import *import, bool all)
{
    struct import_chunk *ready = import->ready;
    while (import_queue_is_answered(import->import_queue))
        take_answer(import, import_queue_take(import->import_queue));
    while (ready != NULL && import->put < ready->rows->len) {
        if (all)
            settle(import, UNDER_WAY_MAX - 1);
        if (import_queue_under_way(import->import_queue) >= UNDER_WAY_MAX)
            return;
        guint from = import->put;
        import->put = MIN(ready->rows->len, from + LIMIT_IMPORT_CHUNK_ROWS);
        put(import, import_chunk_split(ready, from, import->put));
    }
}

/* Matters of a unit are neighbours on disk: sorting the rows of a window by unit is most of the speed. Units and posts
 * may need earlier rows and keep their order. */
static void put_window(struct import *import)
{
    feed(import, true);
    import_chunk_free(import->ready);
    import->ready = import->window;
    import->put = 0;
    import->window = import_chunk_new();
    if (import->column_defs.what == SHEET_MATTERS && !import->keeps_order)
        g_array_sort(import->ready->rows, compare_units);
    feed(import, false);
}

/* ---- what tells a row from others ---- */

static void add_cell(const struct import *import, const struct sheet_row *row, guint column, GString *text)
{
    g_autofree char *cell = plan_cell(&import->plan, row, column);
    g_string_append(text, cell);
    g_string_append_c(text, '\x1f');
}

static bool is_key(const struct import *import, guint column)
{
    for (guint i = 0; i < import->plan.key->len; i++)
        if (g_array_index(import->plan.key, guint, i) == column)
            return true;
    return false;
}

static void digest(const struct import *import, const GString *text, uint8_t out[VAULT_DIGEST_BYTES])
{
    vault_row_digest(import->context.reader->vault, text->str, text->len, out);
}

/* The content without the key; constants belong to it. */
static void content_of(const struct import *import, const struct sheet_row *row, GString *text)
{
    g_string_printf(text, "content\x1f%s\x1f", import->options->what);
    for (guint i = 0; i < import->plan.bound->len; i++) {
        const struct bound *bound = &g_array_index(import->plan.bound, struct bound, i);
        g_string_append(text, column_defs_at(&import->column_defs, bound->column_def)->name);
        g_string_append_c(text, '\x1f');
        if (!is_key(import, bound->column))
            add_cell(import, row, bound->column, text);
    }
    for (guint i = 0; i < import->column_defs.all->len; i++)
        if (import->plan.constants[i] != NULL) {
            g_autofree char *value = json_dumps(import->plan.constants[i], JSON_ENCODE_ANY);
            g_string_append_printf(text, "%s\x1f%s\x1f", column_defs_at(&import->column_defs, (int)i)->name, value);
        }
    if (import->group != NULL)
        row_group_content(import->group, text);
}

static void note_row(struct import *import, int64_t row, enum note note, int64_t other)
{
    g_autofree char *shown = g_strdup_printf("%" G_GINT64_FORMAT, other);
    if (import->dry_run)
        report_note(import->report, row, NULL, NULL, note, shown);
}

static bool refuse_row(struct import *import, int64_t row, enum problem_code code, int64_t other)
{
    g_autofree char *shown = other > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, other) : NULL;
    report_problem(import->report, row, NULL, NULL, problem_new(code, NULL, shown, NULL));
    return false;
}

/* By key: an empty or repeated key is wrong; rows that are equal but for the key are noted. */
static bool id_of_key(struct import *import, const struct sheet_row *row, GString *text,
                      uint8_t out[VAULT_DIGEST_BYTES])
{
    uint8_t content[VAULT_DIGEST_BYTES];
    int64_t first;
    bool empty = true;
    content_of(import, row, text);
    digest(import, text, content);
    g_string_printf(text, "key\x1f%s\x1f", import->options->what);
    for (guint i = 0; i < import->plan.key->len; i++) {
        gsize before = text->len;
        add_cell(import, row, g_array_index(import->plan.key, guint, i), text);
        empty = empty && text->len == before + 1;
    }
    if (empty)
        return refuse_row(import, row->number, PROBLEM_KEY_EMPTY, 0);
    digest(import, text, out);
    if (import->options->mapping->enters)
        return true; /* a matter has many entries: see is_first_to_tell() */
    if (digest_set_add(import->keys, out, row->number, &first) > 0)
        return refuse_row(import, row->number, PROBLEM_KEY_TWICE, first);
    if (digest_set_add(import->contents, content, row->number, &first) > 0)
        note_row(import, row->number, NOTE_ALIKE, first);
    return true;
}

/* By content: the second of two equal rows counts as another record, and is noted. */
static bool id_of_content(struct import *import, const struct sheet_row *row, GString *text,
                          uint8_t out[VAULT_DIGEST_BYTES])
{
    int64_t first;
    content_of(import, row, text);
    digest(import, text, out);
    uint32_t before = digest_set_add(import->contents, out, row->number, &first);
    if (before == 0)
        return true;
    note_row(import, row->number, NOTE_SAME_CONTENT, first);
    g_string_append_printf(text, "%u", before);
    digest(import, text, out);
    return true;
}

static bool id_of(struct import *import, const struct sheet_row *row, struct uuid *out)
{
    uint8_t bytes[VAULT_DIGEST_BYTES];
    g_autoptr(GString) text = g_string_new(NULL);
    bool right =
        import->plan.key->len > 0 ? id_of_key(import, row, text, bytes) : id_of_content(import, row, text, bytes);
    uuid_derive(ROW_ID_US, bytes, sizeof bytes, out);
    return right;
}

/* Rows far apart are not decided together, so the second about one subject is found here. */
static bool is_first_of_subject(struct import *import, int64_t row)
{
    uint8_t bytes[VAULT_DIGEST_BYTES];
    int64_t first;
    g_autofree char *subject = row_subject(&import->context, &import->plan, import->values);
    if (*subject == '\0')
        return true;
    vault_row_digest(import->context.reader->vault, subject, strlen(subject), bytes);
    return digest_set_add(import->subjects, bytes, row, &first) == 0 ||
           refuse_row(import, row, PROBLEM_SAME_SUBJECT, first);
}

/* ---- one row ---- */

/* Whether no row before it tells the same. */
static bool is_first_to_tell(struct import *import, int64_t row, const json_t *commands)
{
    size_t i;
    const json_t *command;
    json_array_foreach((json_t *)commands, i, command)
    {
        uint8_t bytes[VAULT_DIGEST_BYTES];
        int64_t first;
        g_autofree char *text = row_tells(command);
        vault_row_digest(import->context.reader->vault, text, strlen(text), bytes);
        if (digest_set_add(import->subjects, bytes, row, &first) > 0 && first != row)
            return refuse_row(import, row, PROBLEM_KEY_TWICE, first);
    }
    return true;
}

static void add_cells(const struct import *import, const struct sheet_row *row, GString *cells)
{
    for (guint i = 0; i < import->plan.headers->len; i++) {
        g_autofree char *cell = cell_trim(g_strdup(i < row->count ? row->cells[i] : ""));
        g_string_append_len(cells, cell, (gssize)strlen(cell) + 1);
    }
}

static void add_row(struct import *import, const struct sheet_row *row, json_t *commands)
{
    struct import_chunk_row added = {.row = row->number, .commands = commands};
    g_autoptr(GString) cells = g_string_sized_new(CELLS_BYTES);
    note_unit(import, row->number, commands);
    added.unit = json_get_text(json_array_get(commands, 0), "unit", "");
    add_cells(import, row, cells);
    for (guint i = 1; import->group != NULL && i < row_group_count(import->group); i++)
        add_cells(import, row_group_row(import->group, i), cells);
    added.cell_count = import->plan.headers->len * (import->group != NULL ? MAX(row_group_count(import->group), 1) : 1);
    added.cells = g_memdup2(cells->str, cells->len);
    g_array_append_val(import->window->rows, added);
    if (import->window->rows->len % FEED_ROWS == 0)
        feed(import, false);
    if (import->window->rows->len >= LIMIT_IMPORT_WINDOW_ROWS)
        put_window(import);
}

static bool read_values(struct import *import, const struct sheet_row *row)
{
    bool right = plan_read(&import->plan, import->cells, row, import->values, import->report);
    if (import->column_defs.what == SHEET_PERSONS)
        row_fill_home(&import->context, &import->plan, row->number, import->values, &import->above, import->report);
    return (import->group == NULL || row_group_read(import->group, import->cells, import->values, import->report)) &&
           right;
}

/* What else is wrong with a row that will not be tried: a cell that must not be empty. */
static void blame_missing(struct import *import, const struct sheet_row *row)
{
    for (guint i = 0; i < import->column_defs.all->len && import->group == NULL; i++) {
        const struct column_def *column_def = column_defs_at(&import->column_defs, (int)i);
        int column = column_def->required && import->values[i] == NULL ? plan_column_of(&import->plan, (int)i) : -1;
        if (column < 0 || ((guint)column < row->count && !text_is_blank(row->cells[column])))
            continue;
        report_problem(import->report, row->number, plan_header(&import->plan, (guint)column), NULL,
                       problem_new(PROBLEM_MISSING_FIELD, NULL, NULL));
    }
}

static enum row_is read_row(struct import *import, const struct sheet_row *row, json_t **out_commands)
{
    struct uuid id;
    if (!read_values(import, row)) {
        blame_missing(import, row);
        return ROW_WRONG;
    }
    if (!id_of(import, row, &id) || !is_first_of_subject(import, row->number))
        return ROW_WRONG;
    enum row_is is =
        row_read(&import->context, &import->plan, row->number, import->values, &id, import->report, out_commands);
    bool tells = import->options->mapping->enters || import->column_defs.what == SHEET_UNIT_FACTS;
    if (is != ROW_NEW || !tells || is_first_to_tell(import, row->number, *out_commands))
        return is;
    g_clear_pointer(out_commands, json_decref);
    return ROW_WRONG;
}

static void take_record(struct import *import, const struct sheet_row *row)
{
    json_t *commands = NULL;
    enum row_is is = ROW_WRONG;
    import->report->rows++;
    if (row->problem != NULL) {
        struct problem *copy =
            problem_new(row->problem->code, NULL, row->problem->args[0], row->problem->args[1], NULL);
        report_problem(import->report, row->number, NULL, NULL, copy);
    } else {
        is = read_row(import, row, &commands);
    }
    if (is == ROW_THERE)
        leave_out(import, row->number);
    if (is == ROW_WRONG)
        mark_wrong(import, row->number);
    else if (is == ROW_THERE)
        import->report->there++;
    else
        add_row(import, row, commands);
    values_clear(import->values, import->column_defs.all->len);
}

/* The second reading skips what the first left out; equal rows are counted again. */
static void take_record_again(struct import *import, const struct sheet_row *row)
{
    struct report silent, *report = import->report;
    json_t *commands = NULL;
    struct uuid id;
    report_init(&silent);
    import->report = &silent;
    bool good =
        row->problem == NULL && read_values(import, row) && id_of(import, row, &id) &&
        !is_left_out(import, row->number) &&
        row_read(&import->context, &import->plan, row->number, import->values, &id, &silent, &commands) == ROW_NEW;
    import->report = report;
    report_clear(&silent);
    if (good)
        add_row(import, row, commands);
    values_clear(import->values, import->column_defs.all->len);
}

static void take_one(struct import *import, const struct sheet_row *row)
{
    if (import->dry_run)
        take_record(import, row);
    else
        take_record_again(import, row);
}

static void take_kept(struct import *import)
{
    if (import->group == NULL || row_group_count(import->group) == 0)
        return;
    take_one(import, row_group_row(import->group, 0));
    row_group_clear(import->group);
}

/* A row whose line is merged with the one above adds no line; its other cells must be the same. */
static void refuse_repeated(struct import *import, const struct sheet_row *row)
{
    if (!import->dry_run || !row_group_differs(import->group, row))
        return;
    import->report->rows++;
    mark_wrong(import, row->number);
    refuse_row(import, row->number, PROBLEM_ROW_MERGED, row->number - 1);
}

/* A record is a row with its continuation rows; its last one is known when the next record begins. */
static void take_row(struct import *import, const struct sheet_row *row)
{
    if (import->group != NULL && row_group_passes(import->group, row)) {
        refuse_repeated(import, row);
        return;
    }
    if (import->group != NULL && row->problem == NULL && row_group_take(import->group, row))
        return;
    take_kept(import);
    if (import->group == NULL || row->problem != NULL)
        take_one(import, row);
    else
        row_group_take(import->group, row);
}

/* ---- a reading ---- */

static void read_flags(struct import *import, int64_t row)
{
    const struct import_options *options = import->options;
    if (row % LOOK_ROWS != 0 && row != sheet_rows(import->sheet))
        return;
    int64_t all = sheet_rows(import->sheet);
    if (options->progress != NULL)
        options->progress(row + (import->dry_run ? 0 : all), options->apply ? 2 * all : all, options->context);
    if (options->is_stopped != NULL && options->is_stopped(options->context))
        import->stopped = true;
}

static void begin_reading(struct import *import, bool dry_run)
{
    import->dry_run = dry_run;
    import->context.tried = !dry_run;
    digest_set_free(import->keys);
    digest_set_free(import->contents);
    digest_set_free(import->subjects);
    import->keys = digest_set_new();
    import->contents = digest_set_new();
    import->subjects = digest_set_new();
    digest_set_free(import->context.people);
    import->context.people = digest_set_new();
    household_above_clear(&import->above);
    g_hash_table_remove_all(import->context.codes);
    g_hash_table_remove_all(import->units);
    import->import_queue =
        import_queue_new(import->options->engine, import->options->clock, import->options->person, dry_run);
    import->window = import_chunk_new();
}

/* What is left out is noted; nothing is read from another table on. */
static enum plan_row look_at_row(struct import *import, const struct sheet_row *row)
{
    static const enum note notes[] = {
        [PLAN_TITLE] = NOTE_TITLE_ROW, [PLAN_HEADER_AGAIN] = NOTE_HEADER_AGAIN, [PLAN_OTHER_TABLE] = NOTE_OTHER_TABLE};
    int64_t last = import->options->mapping->last;
    if (last > 0 && row->number > last)
        return PLAN_OTHER_TABLE;
    enum plan_row is = row->problem == NULL ? plan_row_is(&import->plan, row) : PLAN_ROW;
    if (is != PLAN_ROW)
        note_row(import, row->number, notes[is], row->number);
    return is;
}

static void read_all(struct import *import, bool dry_run)
{
    struct sheet_row row;
    begin_reading(import, dry_run);
    sheet_rewind(import->sheet);
    while (!import->stopped && sheet_next(import->sheet, &row)) {
        read_flags(import, row.number);
        if (row.number < import->plan.first_row || (row.blank && row.problem == NULL))
            continue;
        enum plan_row is = look_at_row(import, &row);
        if (is == PLAN_OTHER_TABLE)
            break;
        if (is == PLAN_ROW)
            take_row(import, &row);
    }
    if (!import->stopped)
        take_kept(import);
    put_window(import);
    feed(import, true);
    settle(import, 0);
    g_clear_pointer(&import->window, import_chunk_free);
    g_clear_pointer(&import->ready, import_chunk_free);
    g_clear_pointer(&import->import_queue, import_queue_free);
}

static void run(struct import *import)
{
    struct report *report = import->report;
    read_all(import, true);
    if (report->rows == 0 && !import->stopped) {
        report_problem(report, 0, NULL, NULL, problem_new(PROBLEM_SHEET_EMPTY, NULL, NULL));
        report->refused = true;
    }
    if (!import->options->apply || import->stopped || report->refused ||
        (report->wrong > 0 && !import->options->partial))
        return;
    read_all(import, false);
    report->applied = !import->stopped && report->made == report->good;
}

/* ---- set-up ---- */

static bool refuse_sheet(struct import *import, struct problem *problem)
{
    report_problem(import->report, 0, NULL, NULL, problem);
    import->report->refused = true;
    return false;
}

/* What can be imported; any other word is the name of a worksheet. */
static bool is_sheet(const struct playbook *playbook, const char *name)
{
    static const char *const others[] = {"units", "unit_facts", "persons", "posts", "rosters", NULL};
    return g_strv_contains(others, name) || playbook_find_kind(playbook, name) != NULL;
}

static bool find_slots(struct import *import)
{
    const struct import_options *options = import->options;
    const struct playbook *playbook = import->context.playbook;
    const char *said = options->mapping->sheet;
    if (playbook == NULL)
        return refuse_sheet(import, problem_new(PROBLEM_NO_PLAYBOOK, NULL, NULL));
    if (said != NULL && strcmp(said, options->what) != 0 && is_sheet(playbook, said))
        return refuse_sheet(import, problem_new(PROBLEM_UNKNOWN_KIND, "sheet", said, NULL));
    if (column_defs_init(&import->column_defs, playbook, options->what)) {
        bool enters = options->mapping->enters && import->column_defs.kind == NULL;
        return !enters ||
               refuse_sheet(import, problem_new(PROBLEM_UNKNOWN_KIND, "rows", playbook->kinds[0].name, NULL));
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < playbook->kind_count; i++)
        g_ptr_array_add(names, playbook->kinds[i].name);
    const char *nearest = nearest_name(options->what, (const char *const *)names->pdata, names->len);
    return refuse_sheet(import, problem_new(PROBLEM_UNKNOWN_KIND, NULL, nearest != NULL ? nearest : "units", NULL));
}

static void set_up_and_run(struct import *import, int fd)
{
    import->report->playbook = import->context.playbook;
    if (!find_slots(import))
        return;
    import->sheet = import_sheet_open(import->options, &import->column_defs, fd, import->report);
    if (import->sheet == NULL)
        return;
    if (import->column_defs.what == SHEET_UNITS && sheet_rows(import->sheet) > LIMIT_IMPORT_UNIT_ROWS + HEADER_ROWS) {
        refuse_sheet(import, problem_new(PROBLEM_SHEET_TOO_LONG, NULL, G_STRINGIFY(LIMIT_IMPORT_UNIT_ROWS), NULL));
        return;
    }
    import->cells = cell_reader_new(import->context.reader->rows, import->context.playbook, import->context.now_us);
    if (import->options->at_us != 0)
        cell_reader_at_else(import->cells, import->options->at_us);
    if (sheet_facts(import->sheet) != NULL && sheet_facts(import->sheet)->epoch_1904)
        cell_reader_count_from_1904(import->cells);
    import->values = g_new0(json_t *, import->column_defs.all->len);
    bool made = plan_make(&import->plan, &import->column_defs, import->options->mapping, import->sheet, import->cells,
                          import->report);
    import->report->delimiter = sheet_delimiter(import->sheet);
    if (!made)
        return;
    import->group = row_group_new(&import->plan);
    int parent = column_defs_find(&import->column_defs, "parent");
    import->keeps_order = parent >= 0 && plan_column_of(&import->plan, parent) >= 0;
    run(import);
}

static void clear(struct import *import)
{
    digest_set_free(import->keys);
    digest_set_free(import->contents);
    digest_set_free(import->subjects);
    digest_set_free(import->context.people);
    household_above_clear(&import->above);
    row_group_free(import->group);
    if (import->plan.column_defs != NULL)
        plan_clear(&import->plan);
    column_defs_clear(&import->column_defs);
    cell_reader_free(import->cells);
    sheet_free(import->sheet);
    g_free(import->values);
    g_byte_array_unref(import->left_out);
    g_hash_table_unref(import->context.codes);
    g_hash_table_unref(import->units);
    g_array_unref(import->context.told);
    reader_close(import->context.reader);
}

/* The report shows which persons exist, so each is traced as read; without the trace they are not shown. */
static void trace(struct import *import)
{
    const GArray *told = import->context.told;
    g_autoptr(GArray) looks = g_array_new(FALSE, FALSE, sizeof(struct look));
    for (guint i = 0; i < told->len; i++) {
        struct look look = {.person = g_array_index(told, int64_t, i)};
        g_array_append_val(looks, look);
    }
    if (import->options->person != 0 && !sheet_trace(import->options->engine, import->options->person, looks, "import"))
        import->failed = true;
}

bool import_run(const struct import_options *options, int fd, struct report *report, GError **error)
{
    struct reader *reader = reader_open(engine_data_dir(options->engine), engine_keys_dir(options->engine), error);
    if (reader == NULL)
        return false;
    struct import import = {
        .options = options,
        .report = report,
        .left_out = g_byte_array_new(),
        .units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unit_row_free),
        .context = {.reader = reader,
                    .playbook = rulebook_current(engine_rulebook(options->engine)),
                    .column_defs = &import.column_defs,
                    .now_us = clock_now_us(options->clock),
                    .rulebook = engine_rulebook(options->engine),
                    .told = g_array_new(FALSE, FALSE, sizeof(int64_t)),
                    .codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)},
    };
    engine_wait_rows(options->engine, engine_durable_pos(options->engine), US_PER_SECOND);
    AUTO(viewer) struct viewer viewer = {0};
    if (options->person != 0) {
        viewer_init(&viewer, reader->rows, options->person, import.context.now_us);
        import.context.viewer = &viewer;
    }
    set_up_and_run(&import, fd);
    trace(&import);
    report_sort(report);
    import_sheet_put_lines(import.sheet, report);
    bool failed = import.failed;
    const GError *why = db_failed(reader->rows);
    if (why != NULL)
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_FAILED, "%s", why->message);
    else if (failed)
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_FAILED, "the engine accepts no more commands");
    clear(&import);
    return why == NULL && !failed;
}
