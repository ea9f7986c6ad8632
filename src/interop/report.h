/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report - the findings of an import: row, column, value and reason, for the person whose sheet it is.
 *
 * Shape   problems exclude a row; notes do not (left out, there already, alike). Both have their sentence in Chinese
 *         and English. Problems come first, each by row; of each kind the first LIMIT_IMPORT_FINDINGS are kept, so that
 *         a hundred thousand notes hide no mistake. Counts are of all findings.
 * Owner   the import's caller; values are from the sheet and may be personal: only the actor gets a report.
 */
#ifndef INTEROP_REPORT_H
#define INTEROP_REPORT_H

#include "base/json.h"
#include "base/problem.h"
#include "playbook/model/model.h"

enum note {
    NOTE_HEADER_ROW,    /* {0} row */
    NOTE_ENCODING,      /* {0} assumed, since it was not given */
    NOTE_WORKSHEET,     /* {0} taken, of several */
    NOTE_HIDDEN_SHEETS, /* {0} names: not read */
    NOTE_HIDDEN_ROWS,   /* {0} how many, from this row on: read */
    NOTE_MERGED,        /* {0} areas of merged cells, filled down */
    NOTE_FORMULAS,      /* {0} cells, taken as they were calculated last */
    NOTE_MACROS,
    NOTE_LINKS,     /* to other workbooks, not followed */
    NOTE_TITLE_ROW, /* one text merged over the table, left out */
    NOTE_HEADER_AGAIN,
    NOTE_OTHER_TABLE, /* {0} row: the header of another table; from there on it is left out */
    NOTE_NOTES_ROW,   /* a row of explanations was left out */
    NOTE_COLUMN_LEFT_OUT,
    NOTE_THERE_ALREADY,
    NOTE_DIFFERS,      /* there already, with other data: {0} columns */
    NOTE_ALIKE,        /* {0} row: equal but for the key */
    NOTE_SAME_CONTENT, /* {0} row: equal, and without a key to distinguish them */
    NOTE_SAME_NAME,    /* {0} persons of that name are registered */
    NOTE_LIKELY,       /* {0} persons of that name and phone are registered; another one is made */
    NOTE_LIKELY_ROW,   /* {0} row with the same name and phone; two are made */
    NOTE_TAKEN_FOR,    /* {0} persons of that name and phone are registered; it is taken for one of them */
    NOTE_SAME_PERSON,  /* {0} row with the same ID number */
    NOTE_SAME_CELLS,   /* {0} row that is the same in every cell */
    NOTE_FILLED_DOWN,  /* {0} row whose home is taken */
    NOTE_NO_HOME,      /* {0} row above that has one: perhaps merged cells */
    NOTE_KEPT,         /* {0} columns: known values are kept */
    NOTE_AHEAD,
    NOTE_CHANGES, /* {0} columns: known values are changed */
    NOTE_COUNT
};

struct finding {
    int64_t row;             /* 0: of the sheet */
    char *column;            /* header; NULL: of the row */
    char *value;             /* NULL none */
    struct problem *problem; /* NULL: a note */
    enum note note;
    char *argument;
    char *line; /* the row as CSV, where import_run() has put it; NULL none */
};

struct report {
    GPtrArray *findings; /* of struct finding: problems; after report_sort() followed by notes */
    GPtrArray *notes;    /* of struct finding, until then */
    int64_t findings_beyond;
    int64_t problem_counts[PROBLEM_COUNT], note_counts[NOTE_COUNT];
    int64_t rows;  /* under the header, blank ones left out */
    int64_t good;  /* new, and nothing is wrong with them */
    int64_t there; /* already */
    int64_t wrong; /* rows with a problem */
    int64_t made;  /* done, of the good ones */
    bool refused;  /* the sheet as such; see the findings */
    bool applied;  /* was to be done, and all good rows are */
    char charset[16];
    char delimiter;
    char *worksheet;                 /* NULL: a CSV */
    const struct playbook *playbook; /* borrowed: sentences have titles of it; NULL: names */
};

void report_init(struct report *report);
void report_clear(struct report *report);
AUTO_CLEAR(report)

/* Each problem of a chain becomes a finding. */
void report_problem(struct report *report, int64_t row, const char *column, const char *value,
                    struct problem *problem /* taken */);
void report_note(struct report *report, int64_t row, const char *column, const char *value, enum note note,
                 const char *argument);

/* Problems, then notes, by row, as they were found within a row. */
void report_sort(struct report *report);

/* At most LIMIT_IMPORT_PAGE findings from the index `from` on; "next" is that of the next page, null at the end. */
json_t *report_json(const struct report *report, bool chinese, guint from);
/* One line a finding, one a kind of finding where there are many, and one of the counts. */
char *report_text(const struct report *report, bool chinese);
/* The findings as a sheet: row, column, value, level, code, reason, and the row itself. The caller frees. */
char *report_csv(const struct report *report, bool chinese);

#endif
