/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/import_sheet.h"

#include "base/limits.h"
#include "base/nearest.h"
#include "interop/csv.h"
#include "interop/plan.h"

#include <string.h>

#define ALIKE_SHOWN 10 /* names of worksheets */
#define CUT_OFF     "…"

static struct sheet *refuse(struct report *report, struct problem *problem)
{
    report_problem(report, 0, NULL, NULL, problem);
    report->refused = true;
    return NULL;
}

/* ---- which sheet of a workbook ---- */

/* Of several that show something, the one whose header has most columns that are known. NULL: well. */
static struct problem *choose(struct sheet *sheet, const struct column_defs *column_defs, const struct mapping *mapping)
{
    guint count = sheet_rivals(sheet), best = 0, alike = 0;
    g_autofree int *scores = g_new0(int, count);
    g_autoptr(GString) names = g_string_new(NULL);
    struct problem *problem = NULL;
    for (guint i = 0; i < count && problem == NULL; i++) {
        problem = sheet_take_rival(sheet, i);
        scores[i] = problem == NULL ? plan_score(column_defs, mapping, sheet) : 0;
        best = scores[i] > scores[best] ? i : best;
    }
    for (guint i = 0; i < count && problem == NULL; i++) {
        if (scores[best] == 0 || 2 * scores[i] <= scores[best])
            continue;
        problem = sheet_take_rival(sheet, i);
        if (++alike <= ALIKE_SHOWN)
            g_string_append_printf(names, "%s%s", alike > 1 ? "、" : "", sheet_facts(sheet)->name);
    }
    if (problem == NULL && alike > 1)
        return problem_new(PROBLEM_WORKSHEET_UNCLEAR, NULL, names->str, NULL);
    return problem != NULL ? problem : sheet_take_rival(sheet, best);
}

static void note_count(struct report *report, int64_t row, enum note note, int64_t count)
{
    g_autofree char *shown = g_strdup_printf("%" G_GINT64_FORMAT, count);
    if (count > 0)
        report_note(report, row, NULL, NULL, note, shown);
}

static void note_facts(const struct sheet *sheet, struct report *report)
{
    const struct sheet_facts *facts = sheet_facts(sheet);
    const struct xlsx_survey *survey = &facts->survey;
    report->worksheet = g_strdup(facts->name);
    if (sheet_rivals(sheet) > 1)
        report_note(report, 0, NULL, NULL, NOTE_WORKSHEET, facts->name);
    if (facts->hidden != NULL && strcmp(facts->hidden, facts->name) != 0)
        report_note(report, 0, NULL, NULL, NOTE_HIDDEN_SHEETS, facts->hidden);
    if (facts->has_macros)
        report_note(report, 0, NULL, NULL, NOTE_MACROS, NULL);
    if (facts->has_links)
        report_note(report, 0, NULL, NULL, NOTE_LINKS, NULL);
    note_count(report, survey->first_hidden, NOTE_HIDDEN_ROWS, survey->hidden);
    note_count(report, 0, NOTE_MERGED, survey->merged);
    note_count(report, 0, NOTE_FORMULAS, survey->formulas);
}

/* `sheet: 名单`, where that is no kind, names a worksheet. */
static const char *worksheet_of(const struct import_options *options)
{
    const struct mapping *mapping = options->mapping;
    if (options->sheet.worksheet != NULL)
        return options->sheet.worksheet;
    if (mapping->worksheet != NULL)
        return mapping->worksheet;
    return mapping->sheet != NULL && strcmp(mapping->sheet, options->what) != 0 ? mapping->sheet : NULL;
}

/* What `sheet:` names is no worksheet: it may be the kind, misspelt. */
static struct problem *meant(const struct import_options *options, const char *worksheet, struct problem *problem)
{
    const char *const what[] = {options->what, NULL};
    bool said = worksheet != NULL && worksheet == options->mapping->sheet;
    if (!said || problem->code != PROBLEM_NO_SUCH_WORKSHEET || nearest_name(worksheet, what, 1) == NULL)
        return problem;
    problem_free(problem);
    return problem_new(PROBLEM_UNKNOWN_KIND, "sheet", options->what, NULL);
}

struct sheet *import_sheet_open(const struct import_options *options, const struct column_defs *column_defs, int fd,
                                struct report *report)
{
    struct sheet_options wanted = options->sheet;
    struct problem *problem = NULL;
    if (wanted.charset == CHARSET_UNKNOWN)
        wanted.charset = options->mapping->charset;
    if (wanted.delimiter == 0)
        wanted.delimiter = options->mapping->delimiter;
    wanted.worksheet = worksheet_of(options);
    AUTO(sheet) struct sheet *sheet = sheet_open(fd, &wanted, &problem);
    if (sheet == NULL)
        return refuse(report, meant(options, wanted.worksheet, problem));
    g_strlcpy(report->charset, charset_names[sheet_charset(sheet)], sizeof report->charset);
    if (sheet_facts(sheet) == NULL && wanted.worksheet != NULL)
        return refuse(report, meant(options, wanted.worksheet,
                                    problem_new(PROBLEM_NO_SUCH_WORKSHEET, NULL, wanted.worksheet, "CSV", NULL)));
    if (sheet_rivals(sheet) > 1)
        problem = choose(sheet, column_defs, options->mapping);
    if (problem != NULL)
        return refuse(report, problem);
    if (sheet_facts(sheet) != NULL)
        note_facts(sheet, report);
    else if (wanted.charset == CHARSET_UNKNOWN && sheet_charset(sheet) != CHARSET_UTF8)
        report_note(report, 0, NULL, NULL, NOTE_ENCODING, report->charset);
    return g_steal_pointer(&sheet);
}

/* Whole cells, as many as there is room for. */
static char *line_of_cells(const struct sheet_row *row)
{
    GString *line = g_string_new(NULL);
    for (guint i = 0; i < row->count; i++) {
        gsize before = line->len;
        if (i > 0)
            g_string_append_c(line, ',');
        csv_append(line, row->cells[i], ',');
        if (line->len <= LIMIT_IMPORT_LINE_BYTES)
            continue;
        g_string_truncate(line, before);
        g_string_append(line, i > 0 ? "," CUT_OFF : CUT_OFF);
        break;
    }
    return g_string_free(line, FALSE);
}

void import_sheet_put_lines(struct sheet *sheet, struct report *report)
{
    const GPtrArray *findings = report->findings;
    struct sheet_row row;
    guint at = 0;
    size_t bytes = 0;
    if (sheet == NULL || findings->len == 0)
        return;
    sheet_rewind(sheet);
    while (at < findings->len && sheet_next(sheet, &row))
        for (; at < findings->len; at++) {
            struct finding *finding = g_ptr_array_index(findings, at);
            if (finding->problem == NULL)
                return;
            if (finding->row > row.number)
                break;
            if (finding->row != row.number || bytes > LIMIT_IMPORT_LINES_BYTES)
                continue;
            finding->line = line_of_cells(&row);
            bytes += strlen(finding->line);
        }
}
