/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export - units, unit_facts, persons, posts, rosters (listing.h) or matters of a kind as a sheet, as the viewer may
 * see them.
 *
 * Shape   page by page through access_matters(), each page in a snapshot of its own that lasts a few milliseconds, so
 *         that a long export blocks nothing; a change in between shows in the later pages. Personal fields are masked
 *         unless one of the viewer's roles says otherwise; the read trace of unmasked ones is in the engine before the
 *         page is returned. Headers and codes are names, which an import takes again, or titles in Chinese or English.
 *         UTF-8 with a byte order mark, or GB18030. With `entries` the rows are those of an import of entries: the
 *         matter's number, and what the entry says; corrected ones are left out, their corrections stand for them.
 *         With `last` a matter's row has the last of these entries beside it, in the columns that an import makes
 *         entries of.
 * Errors  a page that cannot be read or traced ends the export: export_failed().
 * Owner   one thread at a time; the reader is borrowed for each page.
 */
#ifndef INTEROP_EXPORT_H
#define INTEROP_EXPORT_H

#include "access/access.h"
#include "engine/engine.h"
#include "interop/cell.h"
#include "interop/charset.h"

struct export_options {
    struct engine *engine;
    const struct clock *clock;
    int64_t person;
    const char *what; /* kind, or units, persons, posts, rosters */
    struct matter_filter
        filter; /* of matters: under, state, open, opened, text; texts must live as long. Of others: under */
    enum cell_words words;
    enum charset charset;
    const char *entries; /* of a kind: a row for each entry of this name in place of one for each matter; NULL */
    const char *last;    /* names of entries, with commas: the last of each beside its matter, in columns; NULL */
    bool bare;           /* pieces are rows of cells, each ended by NUL, instead of CSV: for xlsx_write.h */
};

struct export;
/* NULL with a problem. The reader is borrowed for the call. */
struct export *export_new(const struct export_options *options, struct reader *reader, struct problem **out_problem);
void export_free(struct export *export);
AUTO_FREE(export)

/* Sets `out` to the next piece: the header, then rows. False at the end. */
bool export_next(struct export *export, struct reader *reader, GString *out);
/* Its columns in their order, of const struct column_def *. The array is the caller's, its items are the export's. */
GPtrArray *export_columns(const struct export *export);
const struct playbook *export_playbook(const struct export *export);
bool export_failed(const struct export *export);
int64_t export_rows(const struct export *export);

#endif
