/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/export.h"

#include "base/datetime.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/limits.h"
#include "interop/csv.h"
#include "interop/listing.h"
#include "interop/column_defs.h"
#include "interop/trace.h"

#include <string.h>

#define PAGE_ROWS    1000
#define UNITS_KEPT   4096
#define ENTRIES_READ 200 /* at a time */
#define LASTS_READ   20  /* of which the newest that the viewer is shown stands beside the matter */

enum column_what {
    COLUMN_ID,
    COLUMN_UNIT,
    COLUMN_UNIT_NAME,
    COLUMN_STATE,
    COLUMN_OPENED,
    COLUMN_CLOSED,
    COLUMN_PARENT,
    COLUMN_NAME,
    COLUMN_ID_NUMBER,
    COLUMN_PHONE,
    COLUMN_SUBJECT_UNIT,
    COLUMN_ENTRY, /* when, and how, an entry was made: a member that is no field */
    COLUMN_FIELD,
    COLUMN_WHOLE, /* a field of lines or parts: read once a matter, written in the columns after it */
    COLUMN_PART,
};

struct output_column {
    enum column_what what;
    const struct column_def *column_def;
    guint of;      /* COLUMN_PART: the column of the whole */
    json_t *shown; /* COLUMN_WHOLE: of the matter that is being written, masked as it is shown; NULL none */
};

struct row { /* of a sheet, being written */
    struct reader *reader;
    const struct viewer *viewer;
    const struct matter *matter;
    const struct entry_row *entry; /* NULL: the row is the matter's, or there is none of the name */
    const json_t *form;            /* or the entry's fields; NULL: it lies open, see find_spans() */
    struct person_data person;
    bool unmasked, shows_subject;
};

/* An entry that stands beside its matter, in columns: the last of its name. */
struct last_entry {
    int index; /* in the kind's entries */
    GArray *found;
    json_t *fields;
    struct row row;
};

struct unit_label {
    char code[24], name[200];
};

struct export
{
    struct export_options options;
    char *what;
    const struct playbook *playbook;
    struct column_defs column_defs;
    struct listing *listing; /* of units, persons or posts; NULL: matters */
    GArray *columns;         /* of struct output_column */
    struct matter_filter filter;
    struct cell_writer writer;
    GHashTable *labels; /* unit → struct unit_label */
    GString *cell, *page, *text, *value;
    int entry;          /* index of the one whose rows are written; -1: rows are matters */
    GArray *lasts;      /* of struct last_entry */
    struct span *spans; /* one a column: the range of its value in `text` */
    int64_t rows;
    bool begun, ended, failed;
};

/* ---- columns ---- */

/* For a field of lines or parts: the column of the whole, and those of its parts. */
static void add_field_columns(struct export *export, const struct column_def *column_def, int entry)
{
    struct output_column column = {.what = COLUMN_FIELD, .column_def = column_def};
    if (column_def->entry != entry || column_def->whole != NULL)
        return;
    if (column_def->field == NULL && column_def->entry >= 0) {
        column.what = COLUMN_ENTRY;
        g_array_append_val(export->columns, column);
        return;
    }
    if (column_def->field == NULL)
        return;
    if (column_def->field->lines != NULL || field_parts(column_def->field) != NULL)
        column.what = COLUMN_WHOLE;
    g_array_append_val(export->columns, column);
    guint of = export->columns->len - 1;
    for (guint i = 0; i < export->column_defs.all->len && column.what == COLUMN_WHOLE; i++) {
        struct output_column line = {
            .what = COLUMN_PART, .column_def = column_defs_at(&export->column_defs, (int)i), .of = of};
        if (line.column_def->whole == column_def->field && line.column_def->entry == entry)
            g_array_append_val(export->columns, line);
    }
}

/* A person's number in this data directory is none elsewhere; their name, ID number and phone are. */
static void add_columns(struct export *export)
{
    static const struct {
        const char *name;
        enum column_what what;
    } fixed[] = {{"id", COLUMN_ID},
                 {"unit", COLUMN_UNIT},
                 {"unit.name", COLUMN_UNIT_NAME},
                 {"state", COLUMN_STATE},
                 {"opened_at", COLUMN_OPENED},
                 {"closed_at", COLUMN_CLOSED},
                 {"parent", COLUMN_PARENT},
                 {"subject.name", COLUMN_NAME},
                 {"subject.id_number", COLUMN_ID_NUMBER},
                 {"subject.phone", COLUMN_PHONE}};
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        int column_def = column_defs_find(&export->column_defs, fixed[i].name);
        if (export->entry >= 0 && fixed[i].what != COLUMN_ID)
            continue;
        if (column_def < 0 || column_defs_at(&export->column_defs, column_def)->field != NULL)
            continue;
        struct output_column column = {.what = fixed[i].what,
                                       .column_def = column_defs_at(&export->column_defs, column_def)};
        g_array_append_val(export->columns, column);
    }
    int subject = column_defs_find(&export->column_defs, "subject");
    if (export->column_defs.kind->about == ABOUT_UNIT && subject >= 0 && export->entry < 0) {
        struct output_column column = {.what = COLUMN_SUBJECT_UNIT,
                                       .column_def = column_defs_at(&export->column_defs, subject)};
        g_array_append_val(export->columns, column);
    }
    for (guint i = 0; i < export->column_defs.all->len; i++)
        add_field_columns(export, column_defs_at(&export->column_defs, (int)i), export->entry);
    for (guint k = 0; k < export->lasts->len; k++)
        for (guint i = 0; i < export->column_defs.all->len; i++)
            add_field_columns(export, column_defs_at(&export->column_defs, (int)i),
                              g_array_index(export->lasts, struct last_entry, k).index);
}

static void column_clear(gpointer data)
{
    json_decref(((struct output_column *)data)->shown);
}

static void last_entry_clear(gpointer data)
{
    struct last_entry *last = data;
    g_clear_pointer(&last->found, g_array_unref);
    g_clear_pointer(&last->fields, json_decref);
}

static char *entry_names(const struct kind *kind)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; kind != NULL && i < kind->entry_count; i++)
        g_ptr_array_add(names, kind->entries[i].name);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

/* `parameter`: that in which the name stands. -1, with a problem: the kind has no such entry. */
static int take_entry(const struct export *export, const char *parameter, const char *name,
                      struct problem **out_problem)
{
    const struct kind *kind = export->column_defs.kind;
    const struct entry_def *entry = kind != NULL ? kind_find_entry(kind, name) : NULL;
    if (entry != NULL)
        return (int)(entry - kind->entries);
    g_autofree char *known = entry_names(kind);
    *out_problem = problem_new(PROBLEM_NOT_ACCEPTABLE_PARAMETER, parameter, known, NULL);
    return -1;
}

/* Names with commas between; each once. A row is an entry's, or a matter's with its last entries. */
static bool take_lasts(struct export *export, const char *names, struct problem **out_problem)
{
    g_auto(GStrv) all = g_strsplit(names != NULL ? names : "", ",", -1);
    bool well = true;
    for (char **name = all; *name != NULL && well; name++) {
        struct last_entry last = {.index = take_entry(export, "last", g_strstrip(*name), out_problem)};
        well = last.index >= 0;
        for (guint i = 0; i < export->lasts->len && well; i++)
            well = g_array_index(export->lasts, struct last_entry, i).index != last.index;
        if (well)
            g_array_append_val(export->lasts, last);
    }
    if (*out_problem == NULL && (!well || (names != NULL && export->entry >= 0)))
        *out_problem =
            problem_new(PROBLEM_NOT_ACCEPTABLE_PARAMETER, "last", well ? "last | entries" : "check_in,recheck", NULL);
    return *out_problem == NULL;
}

/* The sheet of `what`: a listing, or the columns of a kind. */
static bool begin(struct export *export, struct reader *reader, struct problem **out_problem)
{
    const struct export_options *options = &export->options;
    if (export->playbook == NULL) {
        *out_problem = problem_new(PROBLEM_NO_PLAYBOOK, NULL, NULL);
        return false;
    }
    if (!column_defs_init(&export->column_defs, export->playbook, export->what)) {
        *out_problem = problem_new(PROBLEM_UNKNOWN_KIND, "kind", "", NULL);
        return false;
    }
    export->entry = -1;
    if (options->entries != NULL && (export->entry = take_entry(export, "entries", options->entries, out_problem)) < 0)
        return false;
    if (!take_lasts(export, options->last, out_problem))
        return false;
    if (export->column_defs.what == SHEET_MATTERS) {
        add_columns(export);
        export->spans = g_new0(struct span, export->columns->len);
        return true;
    }
    AUTO(viewer) struct viewer viewer;
    viewer_init(&viewer, reader->rows, options->person, clock_now_us(options->clock));
    export->listing = listing_new(&export->column_defs, export->playbook, &viewer, options->filter.under,
                                  options->words, reader, out_problem);
    if (export->listing != NULL && options->bare)
        listing_write_bare(export->listing);
    return export->listing != NULL;
}

struct export *export_new(const struct export_options *options, struct reader *reader, struct problem **out_problem)
{
    AUTO(export) struct export *export = g_new0(struct export, 1);
    export->options = *options;
    export->what = g_strdup(options->what);
    export->playbook = rulebook_current(engine_rulebook(options->engine));
    export->columns = g_array_new(FALSE, FALSE, sizeof(struct output_column));
    g_array_set_clear_func(export->columns, column_clear);
    export->lasts = g_array_new(FALSE, FALSE, sizeof(struct last_entry));
    g_array_set_clear_func(export->lasts, last_entry_clear);
    export->labels = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    export->cell = g_string_new(NULL);
    export->page = g_string_new(NULL);
    export->text = g_string_new(NULL);
    export->value = g_string_new(NULL);
    export->filter = options->filter;
    export->filter.kind = export->what;
    export->filter.most = PAGE_ROWS;
    if (!begin(export, reader, out_problem))
        return NULL;
    export->writer =
        (struct cell_writer){.zone = export->playbook->zone, .words = options->words, .exact = options->bare};
    return g_steal_pointer(&export);
}

void export_free(struct export *export)
{
    if (export == NULL)
        return;
    listing_free(export->listing);
    column_defs_clear(&export->column_defs);
    g_array_unref(export->columns);
    g_array_unref(export->lasts);
    g_hash_table_unref(export->labels);
    g_string_free(export->cell, TRUE);
    g_string_free(export->page, TRUE);
    g_string_free(export->text, TRUE);
    g_string_free(export->value, TRUE);
    g_free(export->spans);
    g_free(export->what);
    g_free(export);
}

bool export_failed(const struct export *export)
{
    return export->failed;
}

int64_t export_rows(const struct export *export)
{
    return export->rows;
}

/* ---- one row ---- */

static const struct unit_label *label_of(struct export *export, struct reader *reader, int64_t unit)
{
    struct unit_label *label = g_hash_table_lookup(export->labels, &unit);
    struct unit found;
    if (label != NULL)
        return label;
    if (g_hash_table_size(export->labels) >= UNITS_KEPT)
        g_hash_table_remove_all(export->labels);
    label = g_new0(struct unit_label, 1);
    if (registry_unit(reader->rows, unit, &found)) {
        g_strlcpy(label->name, found.name, sizeof label->name);
        g_strlcpy(label->code, found.code, sizeof label->code);
    }
    if (*label->code == '\0')
        g_snprintf(label->code, sizeof label->code, "#%" G_GINT64_FORMAT, unit);
    int64_t *key = g_new(int64_t, 1);
    *key = unit;
    g_hash_table_insert(export->labels, key, label);
    return label;
}

static void write_time(struct export *export, int64_t at_us)
{
    char text[DATETIME_TEXT_MAX];
    if (at_us == 0)
        return;
    cell_format_time(&export->writer, at_us, text);
    g_string_append(export->cell, text);
}

static void write_state(struct export *export, const char *name)
{
    const struct state *state = kind_find_state(export->column_defs.kind, name);
    if (state == NULL || export->writer.words == WORDS_CODES)
        g_string_append(export->cell, name);
    else
        cell_write_text(export->writer.words == WORDS_ZH ? state->title.zh : state->title.en, export->cell);
}

static void write_personal(struct export *export, const struct row *row, const char *text, char *(*mask)(const char *))
{
    if (text == NULL)
        return;
    g_autofree char *masked = row->unmasked && row->shows_subject ? NULL : mask(text);
    cell_write_text(masked != NULL ? masked : text, export->cell);
}

/* The type of another document stands in front of its number. */
static void write_number(struct export *export, const struct row *row)
{
    static const enum identity_words words[] = {
        [WORDS_CODES] = IDENTITY_NAMES, [WORDS_ZH] = IDENTITY_ZH, [WORDS_EN] = IDENTITY_EN};
    if (row->person.id_number == NULL)
        return;
    g_autofree char *text =
        playbook_identity_text(export->playbook, row->person.id_number, words[export->options.words],
                               row->unmasked && row->shows_subject ? NULL : id_number_mask);
    cell_write_text(text, export->cell);
}

/* Members are in the order of the form, as the columns are, unless a later version of the playbook changed it. */
static void find_spans(struct export *export)
{
    const char *at = export->text->str;
    struct span key, value;
    guint next = 0, count = export->columns->len;
    memset(export->spans, 0, count * sizeof *export->spans);
    while (json_scan_next(&at, &key, &value))
        for (guint tried = 0; tried < count; tried++, next = (next + 1) % count) {
            const struct output_column *column = &g_array_index(export->columns, struct output_column, next);
            const struct field *field = column->column_def->field;
            if ((column->what != COLUMN_FIELD && column->what != COLUMN_WHOLE) || column->column_def->entry >= 0 ||
                !span_is(key, field->name))
                continue;
            export->spans[next] = value;
            break;
        }
}

/* Plain values are copied without parsing. */
static bool write_plain(struct export *export, const struct field *field, struct span value)
{
    struct span text;
    if (field_is_personal(field))
        return false;
    if (json_scan_string(value, &text)) {
        g_string_truncate(export->value, 0);
        g_string_append_len(export->value, text.at, (gssize)text.bytes);
        cell_write_string(&export->writer, field, export->value->str, export->cell);
        return true;
    }
    if (cell_type_of(field) != CELL_INTEGER)
        return false;
    g_string_append_len(export->cell, value.at, (gssize)value.bytes);
    return true;
}

/* By the rules of the matter, which may be older than the columns; the current rules are tried first. */
static bool is_shown(struct export *export, const struct row *row, const struct field *field)
{
    if (field->visible_to_count == 0 && row->matter->rules == export->playbook->id)
        return true;
    if (row->entry != NULL)
        return access_shows_field(row->reader->rows, engine_rulebook(export->options.engine), row->viewer, row->matter,
                                  field);
    return access_shows_named(row->reader->rows, engine_rulebook(export->options.engine), row->viewer, row->matter,
                              field->name);
}

static void write_field(struct export *export, const struct row *row, const struct field *field, struct span span)
{
    g_autoptr(json_t) parsed = NULL;
    if (!is_shown(export, row, field))
        return;
    const json_t *value = row->form != NULL ? json_object_get(row->form, field->name) : NULL;
    if (row->form == NULL && span.bytes > 0) {
        if (write_plain(export, field, span))
            return;
        value = parsed = json_loadb(span.at, span.bytes, JSON_DECODE_ANY, NULL);
    }
    if (value == NULL)
        return;
    if (row->unmasked || !field_is_personal(field)) {
        cell_write(&export->writer, field, value, export->cell);
        return;
    }
    g_autoptr(json_t) masked = field_mask(field, value);
    const char *text = json_string_value(masked);
    if (text != NULL)
        cell_write_text(text, export->cell);
}

/* What is shown of a field of lines or parts, for the rows that it takes. */
static void read_lines(struct export *export, const struct row *row, guint index)
{
    struct output_column *column = &g_array_index(export->columns, struct output_column, index);
    const struct field *field = column->column_def->field;
    const struct span span = export->spans[index];
    g_clear_pointer(&column->shown, json_decref);
    if (!is_shown(export, row, field))
        return;
    g_autoptr(json_t) value = row->form != NULL ? json_incref(json_object_get(row->form, field->name))
                              : span.bytes > 0  ? json_loadb(span.at, span.bytes, 0, NULL)
                                                : NULL;
    if (value != NULL && !row->unmasked && field_is_personal(field))
        column->shown = field_mask(field, value);
    else
        column->shown = g_steal_pointer(&value);
}

static void write_line(struct export *export, const struct output_column *column, size_t line)
{
    const json_t *whole = g_array_index(export->columns, struct output_column, column->of).shown;
    const json_t *object = json_is_array(whole) ? json_array_get(whole, line) : line == 0 ? whole : NULL;
    const json_t *value = json_object_get(object, column->column_def->field->name);
    if (value != NULL)
        cell_write(&export->writer, column->column_def->field, value, export->cell);
}

static void write_parent(struct export *export, const struct row *row)
{
    struct matter parent;
    char text[UUID_TEXT_LENGTH + 1];
    if (row->matter->parent == 0 || !matter_get(row->reader->rows, row->matter->parent, &parent) ||
        !access_may_see(row->reader->rows, engine_rulebook(export->options.engine), row->viewer, &parent))
        return;
    uuid_format(&parent.uuid, text);
    g_string_append(export->cell, text);
}

/* `entry.observed_at` and its like. */
static void write_entry_member(struct export *export, const struct row *row, const char *name)
{
    if (row->entry == NULL)
        return;
    const char *member = strrchr(name, '.') + 1;
    const char *words[][2] = {
        {"attempt", row->entry->attempt}, {"word_of", row->entry->word_of}, {"channel", row->entry->channel}};
    if (strcmp(member, "observed_at") == 0)
        write_time(export, row->entry->observed_us);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(member, words[i][0]) == 0)
            cell_write_text(words[i][1], export->cell);
}

/* What is written in the column: the row itself, or the last entry beside it. */
static const struct row *row_of(const struct export *export, const struct row *row, const struct output_column *column)
{
    for (guint i = 0; i < export->lasts->len; i++)
        if (g_array_index(export->lasts, struct last_entry, i).index == column->column_def->entry)
            return &g_array_index(export->lasts, struct last_entry, i).row;
    return row;
}

static void write_cell(struct export *export, const struct row *row, guint index)
{
    const struct output_column *column = &g_array_index(export->columns, struct output_column, index);
    const struct matter *matter = row->matter;
    char uuid[UUID_TEXT_LENGTH + 1];
    switch (column->what) {
    case COLUMN_ID:
        uuid_format(&matter->uuid, uuid);
        g_string_append(export->cell, uuid);
        break;
    case COLUMN_UNIT:
        cell_write_text(label_of(export, row->reader, matter->unit)->code, export->cell);
        break;
    case COLUMN_UNIT_NAME:
        cell_write_text(label_of(export, row->reader, matter->unit)->name, export->cell);
        break;
    case COLUMN_STATE:
        write_state(export, matter->state);
        break;
    case COLUMN_OPENED:
        write_time(export, matter->opened_us);
        break;
    case COLUMN_CLOSED:
        write_time(export, matter->closed_us);
        break;
    case COLUMN_PARENT:
        write_parent(export, row);
        break;
    case COLUMN_NAME:
        write_personal(export, row, row->person.name, name_mask);
        break;
    case COLUMN_ID_NUMBER:
        write_number(export, row);
        break;
    case COLUMN_PHONE:
        write_personal(export, row, row->person.phone, phone_mask);
        break;
    case COLUMN_SUBJECT_UNIT:
        cell_write_text(label_of(export, row->reader, matter->subject)->code, export->cell);
        break;
    case COLUMN_ENTRY:
        write_entry_member(export, row_of(export, row, column), column->column_def->name);
        break;
    case COLUMN_FIELD:
        write_field(export, row_of(export, row, column), column->column_def->field, export->spans[index]);
        break;
    case COLUMN_WHOLE:
        break;
    case COLUMN_PART:
        write_line(export, column, 0);
        break;
    }
}

static void put(struct export *export, const char *text, bool first)
{
    if (export->options.bare) {
        g_string_append_len(export->page, text, (gssize)strlen(text) + 1);
        return;
    }
    if (!first)
        g_string_append_c(export->page, ',');
    csv_append(export->page, text, ',');
}

static void end_cell(struct export *export, bool first)
{
    put(export, export->cell->str, first);
}

static void end_row(struct export *export)
{
    if (!export->options.bare)
        g_string_append(export->page, "\r\n");
}

/* A further line: its number is the only thing that ties it to the matter. */
static void write_line_row(struct export *export, const struct row *row, size_t line)
{
    for (guint i = 0; i < export->columns->len; i++) {
        const struct output_column *column = &g_array_index(export->columns, struct output_column, i);
        g_string_truncate(export->cell, 0);
        if (column->what == COLUMN_ID)
            write_cell(export, row, i);
        else if (column->what == COLUMN_PART)
            write_line(export, column, line);
        if (column->what != COLUMN_WHOLE)
            end_cell(export, i == 0);
    }
    end_row(export);
}

static size_t most_lines(const struct export *export)
{
    size_t most = 1;
    for (guint i = 0; i < export->columns->len; i++)
        most = MAX(most, json_array_size(g_array_index(export->columns, struct output_column, i).shown));
    return most;
}

/* Where the matter's opener could not read the subject, no number is written, not even masked. */
static void read_subject(const struct export *export, struct row *row)
{
    if (export->column_defs.kind->about != ABOUT_PERSON)
        return;
    registry_person(row->reader->rows, row->reader->vault, row->matter->subject, &row->person);
    row->shows_subject =
        access_shows_subject(row->reader->rows, engine_rulebook(export->options.engine), row->viewer, row->matter);
    if (row->shows_subject)
        return;
    g_clear_pointer(&row->person.id_number, g_free);
    g_clear_pointer(&row->person.phone, g_free);
}

static void write_whole_row(struct export *export, const struct row *row)
{
    for (guint i = 0; i < export->columns->len; i++) {
        g_string_truncate(export->cell, 0);
        if (g_array_index(export->columns, struct output_column, i).what == COLUMN_WHOLE) {
            read_lines(export, row_of(export, row, &g_array_index(export->columns, struct output_column, i)), i);
            continue;
        }
        write_cell(export, row, i);
        end_cell(export, i == 0);
    }
    end_row(export);
    for (size_t line = 1; line < most_lines(export); line++)
        write_line_row(export, row, line);
    export->rows++;
}

/* The newest that the viewer is shown. */
static void read_last(struct export *export, const struct row *row, struct last_entry *last)
{
    const char *name = export->column_defs.kind->entries[last->index].name;
    bool erased = false;
    last_entry_clear(last);
    last->row = *row;
    last->found = matter_last_entries(row->reader->rows, row->matter->id, name, LASTS_READ);
    for (guint i = 0; i < last->found->len && last->row.entry == NULL; i++) {
        const struct entry_row *entry = &g_array_index(last->found, struct entry_row, i);
        if (access_shows_entry(row->reader->rows, engine_rulebook(export->options.engine), row->viewer, row->matter,
                               entry))
            last->row.entry = entry;
    }
    last->fields = last->row.entry != NULL ? matter_entry_fields(row->reader->vault, last->row.entry, &erased) : NULL;
    if (last->fields == NULL)
        last->fields = json_object();
    last->row.form = last->fields;
}

static void write_row(struct export *export, struct reader *reader, const struct viewer *viewer,
                      const struct matter *matter, bool unmasked)
{
    bool erased = false;
    g_autoptr(json_t) form = NULL;
    if (matter_form_text(reader->rows, matter->id, export->text))
        find_spans(export);
    else
        form = matter_form(reader->rows, reader->vault, matter, &erased);
    struct row row = {.reader = reader, .viewer = viewer, .matter = matter, .form = form, .unmasked = unmasked};
    read_subject(export, &row);
    for (guint i = 0; i < export->lasts->len; i++)
        read_last(export, &row, &g_array_index(export->lasts, struct last_entry, i));
    write_whole_row(export, &row);
    person_data_clear(&row.person);
}

static bool is_written(const struct export *export, struct reader *reader, const struct viewer *viewer,
                       const struct matter *matter, const struct entry_row *entry)
{
    return strcmp(entry->kind, export->options.entries) == 0 && !entry->corrected &&
           entry->confirmation != CONFIRMATION_DECLINED &&
           access_shows_entry(reader->rows, engine_rulebook(export->options.engine), viewer, matter, entry);
}

static void write_entries(struct export *export, struct reader *reader, const struct viewer *viewer,
                          const struct matter *matter, bool unmasked)
{
    int64_t after = 0;
    for (guint read = ENTRIES_READ; read == ENTRIES_READ;) {
        g_autoptr(GArray) entries = matter_entries(reader->rows, matter->id, after, ENTRIES_READ);
        read = entries->len;
        for (guint i = 0; i < read; i++) {
            const struct entry_row *entry = &g_array_index(entries, struct entry_row, i);
            bool erased = false;
            after = entry->number;
            if (!is_written(export, reader, viewer, matter, entry))
                continue;
            g_autoptr(json_t) fields = matter_entry_fields(reader->vault, entry, &erased);
            g_autoptr(json_t) nothing = json_object();
            struct row row = {.reader = reader,
                              .viewer = viewer,
                              .matter = matter,
                              .entry = entry,
                              .form = fields != NULL ? fields : nothing,
                              .unmasked = unmasked};
            if (!erased)
                write_whole_row(export, &row);
        }
    }
}

/* ---- pages ---- */

static const char *title_of(const struct export *export, const struct column_def *column_def)
{
    const char *title = export->writer.words == WORDS_ZH   ? column_def->zh
                        : export->writer.words == WORDS_EN ? column_def->en
                                                           : NULL;
    return title != NULL ? title : column_def->name;
}

static void write_header(struct export *export)
{
    if (export->listing != NULL) {
        listing_header(export->listing, export->page);
        return;
    }
    for (guint i = 0; i < export->columns->len; i++)
        if (g_array_index(export->columns, struct output_column, i).what != COLUMN_WHOLE)
            put(export, title_of(export, g_array_index(export->columns, struct output_column, i).column_def), i == 0);
    end_row(export);
}

GPtrArray *export_columns(const struct export *export)
{
    if (export->listing != NULL)
        return listing_columns(export->listing);
    GPtrArray *columns = g_ptr_array_new();
    for (guint i = 0; i < export->columns->len; i++)
        if (g_array_index(export->columns, struct output_column, i).what != COLUMN_WHOLE)
            g_ptr_array_add(columns, (gpointer)g_array_index(export->columns, struct output_column, i).column_def);
    return columns;
}

const struct playbook *export_playbook(const struct export *export)
{
    return export->playbook;
}

static void read_matters(struct export *export, struct reader *reader, const struct viewer *viewer, GArray *shown)
{
    struct rulebook *rulebook = engine_rulebook(export->options.engine);
    struct matter_cursor next;
    bool more = false;
    if (export->filter.tree_us == 0)
        export->filter.tree_us = registry_tree_us(reader->rows, viewer->at_us);
    g_autoptr(GArray) matters = access_matters(reader->rows, rulebook, viewer, &export->filter, &more, &next);
    for (guint i = 0; i < matters->len; i++) {
        const struct matter *matter = &g_array_index(matters, struct seen_matter, i).matter;
        bool unmasked = access_unmasks(reader->rows, rulebook, viewer, matter);
        if (export->entry >= 0)
            write_entries(export, reader, viewer, matter, unmasked);
        else
            write_row(export, reader, viewer, matter, unmasked);
        struct look look = {unmasked ? access_subject(rulebook, matter) : 0, matter->id};
        if (look.person != 0)
            g_array_append_val(shown, look);
    }
    export->filter.after = next;
    export->ended = !more;
}

/* In a snapshot: what may be seen now. */
static void read_page(struct export *export, struct reader *reader, GArray *shown)
{
    AUTO(viewer) struct viewer viewer;
    viewer_init(&viewer, reader->rows, export->options.person, clock_now_us(export->options.clock));
    export->writer.rows = reader->rows;
    export->writer.vault = reader->vault;
    if (export->listing == NULL) {
        read_matters(export, reader, &viewer, shown);
        return;
    }
    int64_t rows;
    export->ended = !listing_page(export->listing, reader, engine_rulebook(export->options.engine), &viewer,
                                  export->page, shown, &rows);
    export->rows += rows;
}

static void encode(struct export *export, bool first, GString *out)
{
    g_string_truncate(out, 0);
    if (export->options.charset == CHARSET_GB18030 && !export->options.bare) {
        size_t bytes;
        g_autofree char *text = charset_encode_gb18030(export->page->str, export->page->len, &bytes);
        g_string_append_len(out, text, (gssize)bytes);
        return;
    }
    if (first && !export->options.bare)
        g_string_append(out, "\xef\xbb\xbf");
    g_string_append_len(out, export->page->str, (gssize) export->page->len);
}

bool export_next(struct export *export, struct reader *reader, GString *out)
{
    g_autoptr(GArray) shown = g_array_new(FALSE, FALSE, sizeof(struct look));
    bool first = !export->begun;
    if (export->failed || (export->ended && export->begun))
        return false;
    g_string_truncate(export->page, 0);
    if (first)
        write_header(export);
    export->begun = true;
    db_begin(reader->rows);
    read_page(export, reader, shown);
    export->failed = db_failed(reader->rows) != NULL;
    db_rollback(reader->rows);
    export->failed = export->failed || !sheet_trace(export->options.engine, export->options.person, shown, "export");
    if (export->failed)
        return false;
    encode(export, first, out);
    return true;
}
