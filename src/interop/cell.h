/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cell - the text of a cell as the value that a door takes, and a stored value as the text of a cell.
 *
 * Shape   texts are trimmed of blanks of every kind. Numbers, dates, codes and phones may be written full-width.
 *         Yes and no, and the labels of codes, are understood in both languages. A value damaged by a spreadsheet
 *         (1.10E+05, an ID number with fifteen digits left, cut zeros) is refused, never repaired by a guess.
 * Errors  a problem; whether the value fits its field is checked where the command is decided.
 * Owner   one thread; a cell_reader caches the units that it has looked up.
 */
#ifndef INTEROP_CELL_H
#define INTEROP_CELL_H

#include "base/datetime.h"
#include "playbook/form/form.h"
#include "playbook/model/model.h"
#include "store/db.h"

enum cell_type {
    CELL_TEXT,
    CELL_INTEGER,
    CELL_DECIMAL,
    CELL_BOOL,
    CELL_DATE,
    CELL_DATETIME,
    CELL_CHOICE,
    CELL_CHOICES,
    CELL_UNIT,
    CELL_UNITS, /* several */
    CELL_CODE,  /* digits that are no number: divisions, codes, phones, ID numbers */
    CELL_OTHER, /* JSON where it looks like it, else text */
};
enum cell_type cell_type_of(const struct field *field);

enum date_order { DATES_UNKNOWN, DATES_DMY, DATES_MDY };
enum range_part { RANGE_REFUSED, RANGE_FIRST, RANGE_LAST };

/* How the cells of a column are written, by a mapping file. */
struct cell_habits {
    enum date_order order;
    enum range_part range;
    int minutes;          /* the time of day of a day alone; -1: it is missing */
    char decimal_comma;   /* ',' is the decimal point */
    int32_t serial_shift; /* days to add to a spreadsheet's day number; set for each cell */
};

struct cell_reader;
struct cell_reader *cell_reader_new(struct db *rows, const struct playbook *playbook, int64_t now_us);
void cell_reader_free(struct cell_reader *reader);
AUTO_FREE(cell_reader)

/* What codes of units meant then: the time of the row that is read from now on; at first, now. */
void cell_reader_at(struct cell_reader *reader, int64_t at_us);
int64_t cell_reader_now(const struct cell_reader *reader);
/* The time of rows that say nothing of when: now, unless it is said. */
void cell_reader_at_else(struct cell_reader *reader, int64_t at_us);
int64_t cell_reader_else(const struct cell_reader *reader);
/* Day numbers count from 1904 from now on. */
void cell_reader_count_from_1904(struct cell_reader *reader);

/* NULL with a problem (without field). `text` is not blank. */
json_t *cell_read(struct cell_reader *reader, enum cell_type type, const struct field *field,
                  const struct cell_habits *habits, const char *text, struct problem **out_problem);
/* The unit that a text names by code, at the time of the row, or else now, by "#id" or by a name that only one unit
 * bears; false with a problem: closed_unit where the code was that of a unit which is closed. */
bool cell_unit(struct cell_reader *reader, const char *text, int64_t *out_id, struct problem **out_problem);

/* Trimmed, in place: blanks, no-break spaces, ideographic spaces, zero-width characters and marks. */
char *cell_trim(char *text);
bool cell_is_blank(const char *text);         /* of those characters only */
bool cell_has_outer_blanks(const char *text); /* and others between them */

/* ---- cell_date.c ---- */
/* 2020/2/3, 2020-02-03, 2020.2.3, 2020年2月3日, 20200203, 43864 (days of a spreadsheet), and by `order` 3.2.2020.
 * With a time behind it ("8:30", "8:30:15 PM", "下午3:05", "8点半"): *out_seconds of the day, -1 none; those of a whole
 * day are the midnight that ends it. */
bool cell_date(const struct cell_habits *habits, const char *text, int32_t *out_day, int *out_seconds,
               struct problem **out_problem);

/* ---- cell_write.c ---- */
/* A stored value of a form as its text; `labels`: codes by their label in Chinese or English. */
enum cell_words { WORDS_CODES, WORDS_ZH, WORDS_EN };
struct cell_writer {
    struct db *rows;
    struct vault *vault;
    GTimeZone *zone;
    enum cell_words words;
    bool exact; /* times with their offset, which no spreadsheet takes for times */
};
/* "2020-02-03 08:30:00", a fraction behind it, in the writer's zone; with the offset where that time comes twice. */
void cell_format_time(const struct cell_writer *writer, int64_t at_us, char out[DATETIME_TEXT_MAX]);
/* Appends, with a mark where a spreadsheet would take the text for a formula (CWE-1236). */
void cell_write(const struct cell_writer *writer, const struct field *field, const json_t *stored, GString *out);
void cell_write_text(const char *text, GString *out);
/* The same for a stored string. */
void cell_write_string(const struct cell_writer *writer, const struct field *field, const char *text, GString *out);
/* Removes the mark of cell_write_text(). */
const char *cell_unmark(const char *text);

#endif
