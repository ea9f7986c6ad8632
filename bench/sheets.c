/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sheets in and out of an engine in this process, as the command line and the door use them. */
#include "areas/areas.h"
#include "figures.h"

#include "base/clock.h"
#include "interop/export.h"
#include "interop/import.h"
#include "interop/xlsx_write.h"
#include "playbook/load/load.h"
#include "registry/registry.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define COMMUNITIES   200
#define IMPORT_ROWS   100000
#define IMPORT_FIELDS 12
#define MILLION_ROWS  1000000
#define EXPORT_ROWS   47000
#define EXPORT_FIELDS 18

struct hall { /* a data directory for one figure */
    char *dir, *data;
    struct clock clock;
    struct engine *engine;
    int64_t person; /* of the desk, over the whole city */
};

static int64_t must(struct hall *hall, const char *name, json_t *body)
{
    struct answer answer;
    struct command *command = command_new(name, ORIGIN_OPERATOR, 0, body);
    uuid_make(clock_now_us(&hall->clock), &command->id);
    if (!engine_ask(hall->engine, command, &answer))
        g_error("bench: %s: %s", name, problem_texts[answer.problem->code].name);
    json_decref(answer.body);
    return answer.made;
}

static void adopt(struct hall *hall)
{
    g_autofree char *path = g_build_filename(g_getenv("LIANFANG_SOURCE"), "bench", "sheets.yaml", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("bench: %s", path);
    must(hall, "adopt_playbook", json_pack("{s:[{s:s, s:s}]}", "files", "name", "sheets.yaml", "text", text));
}

static void hall_open(struct hall *hall)
{
    GError *error = NULL;
    *hall = (struct hall){.dir = g_dir_make_tmp("lianfang-bench-XXXXXX", &error)};
    clock_init_system(&hall->clock);
    hall->data = g_build_filename(hall->dir, "data", NULL);
    struct engine_options options = {.areas = lianfang_areas,
                                     .data_dir = hall->data,
                                     .clock = &hall->clock,
                                     .create = true,
                                     .no_clock = true,
                                     .grace_us = -1};
    hall->engine = engine_open(&options, &error);
    if (hall->engine == NULL)
        g_error("bench: %s", error->message);
    adopt(hall);
    must(hall, "create_unit", json_pack("{s:s, s:s, s:s}", "type", "city", "code", "11", "name", "演练市"));
    must(hall, "create_unit",
         json_pack("{s:s, s:s, s:s, s:s}", "type", "district", "code", "110101", "name", "演练区", "parent", "11"));
    for (int i = 0; i < COMMUNITIES; i++) {
        g_autofree char *code = g_strdup_printf("110101%06d", i);
        must(hall, "create_unit",
             json_pack("{s:s, s:s, s:s, s:s}", "type", "community", "code", code, "name", code, "parent", "110101"));
    }
    hall->person = must(hall, "register_person", json_pack("{s:s}", "name", "演练甲"));
    must(hall, "appoint",
         json_pack("{s:o, s:s, s:[s]}", "person", json_id(hall->person), "role", "desk", "grounds", "11"));
}

static void hall_close(struct hall *hall)
{
    engine_close(hall->engine);
    rig_remove(hall->data);
    g_free(hall->dir);
    g_free(hall->data);
}

/* ---- sheets ---- */

static void write_row(GString *out, int row, int fields)
{
    static const char *const urgencies[] = {"紧急", "一般"};
    g_string_append_printf(out,
                           "%06d%06d,NO-%07d,%s,供水、噪声,2020/2/%d 8:%02d,2020-02-%02d,%d,%d.5,%s,%d号楼门前,110101,",
                           110101, row % COMMUNITIES, row, urgencies[row % 2], row % 28 + 1, row % 60, row % 28 + 1,
                           row % 9, row % 900, row % 7 == 0 ? "是" : "否", row % 300);
    g_string_append_printf(out, "第%d号诉求：水管漏水，请尽快处理,", row);
    g_string_append(out, "无");
    if (fields > IMPORT_FIELDS)
        g_string_append_printf(out, ",甲%d,乙%d,丙%d,%d,2020-02-%02d,一般", row, row, row, row % 100, row % 28 + 1);
    g_string_append_c(out, '\n');
}

static int sheet_of(int rows, int fields)
{
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("lianfang-sheet-XXXXXX", &name, NULL);
    g_autoptr(GString) text =
        g_string_new("单位,工单号,紧急程度,涉及方面,受理时间,期望日期,人数,金额,是否重复,地点,区划,内容,备注");
    FILE *file = fdopen(dup(fd), "w");
    g_unlink(name);
    g_string_append(text, fields > IMPORT_FIELDS ? ",甲,乙,丙,丁,戊,己\n" : "\n");
    for (int i = 0; i < rows; i++) {
        write_row(text, i, fields);
        fwrite(text->str, 1, text->len, file);
        g_string_truncate(text, 0);
    }
    if (fclose(file) != 0)
        g_error("bench: no room for a sheet");
    return fd;
}

/* The same as a spreadsheet saves it: its texts once each. Days are texts, too: the sheet asks for most that way. */
static void write_book(const char *path, int csv)
{
    lxw_workbook *workbook = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(workbook, NULL);
    FILE *file = fdopen(csv, "r");
    char line[4096];
    rewind(file);
    for (lxw_row_t row = 0; fgets(line, sizeof line, file) != NULL; row++) {
        g_auto(GStrv) cells = g_strsplit(g_strchomp(line), ",", -1);
        for (lxw_col_t i = 0; cells[i] != NULL; i++)
            worksheet_write_string(sheet, row, i, cells[i], NULL);
    }
    if (workbook_close(workbook) != LXW_NO_ERROR)
        g_error("bench: no room for a workbook");
}

/* In a process of its own, whose memory is none of the figure's. */
static int book_of(int rows, int fields)
{
    g_autofree char *name = NULL;
    int status, fd = g_file_open_tmp("lianfang-book-XXXXXX", &name, NULL);
    pid_t child = fork();
    if (child == 0) {
        write_book(name, sheet_of(rows, fields));
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        g_error("bench: no workbook");
    g_unlink(name);
    return fd;
}

static double import_file(struct hall *hall, int fd, int rows)
{
    GError *error = NULL;
    AUTO(report) struct report report;
    AUTO(mapping) struct mapping *mapping = mapping_new();
    struct import_options options = {
        .engine = hall->engine, .clock = &hall->clock, .what = "request", .mapping = mapping, .apply = true};
    report_init(&report);
    int64_t began_us = clock_monotonic_us();
    if (!import_run(&options, fd, &report, &error) || report.made != rows) {
        g_autofree char *text = report_text(&report, false);
        g_error("bench: %.500s", text);
    }
    close(fd);
    return (double)(clock_monotonic_us() - began_us) / 1e6;
}

static double import_seconds(struct hall *hall, int rows, int fields)
{
    return import_file(hall, sheet_of(rows, fields), rows);
}

/* Of this process. */
static double highest_mib(void)
{
    g_autofree char *status = NULL;
    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    const char *line = status != NULL ? strstr(status, "VmHWM:") : NULL;
    return line != NULL ? g_ascii_strtod(line + strlen("VmHWM:"), NULL) / 1024 : 0;
}

static double processor_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

bool figure_import(struct figure_line *line)
{
    struct hall hall;
    hall_open(&hall);
    double before = processor_seconds();
    double seconds = import_seconds(&hall, IMPORT_ROWS, IMPORT_FIELDS);
    g_snprintf(line->value, sizeof line->value, "%.1f s, %.1f s of processor (%d rows of %d fields, %.0f rows/s)",
               seconds, processor_seconds() - before, IMPORT_ROWS, IMPORT_FIELDS, IMPORT_ROWS / seconds);
    hall_close(&hall);
    return seconds <= 8;
}

bool figure_import_million(struct figure_line *line)
{
    struct hall hall;
    hall_open(&hall);
    double before = processor_seconds();
    double seconds = import_seconds(&hall, MILLION_ROWS, IMPORT_FIELDS), mib = highest_mib();
    g_snprintf(line->value, sizeof line->value, "%.0f MiB at its highest, %.0f s (%.0f s of processor, %.0f rows/s)",
               mib, seconds, processor_seconds() - before, MILLION_ROWS / seconds);
    hall_close(&hall);
    return mib <= 256;
}

bool figure_export(struct figure_line *line)
{
    struct hall hall;
    GError *error = NULL;
    struct problem *problem = NULL;
    hall_open(&hall);
    import_seconds(&hall, EXPORT_ROWS, EXPORT_FIELDS);
    engine_wait_rows(hall.engine, engine_durable_pos(hall.engine), 10 * US_PER_SECOND);
    struct export_options options = {.engine = hall.engine,
                                     .clock = &hall.clock,
                                     .person = hall.person,
                                     .what = "request",
                                     .filter = {.open = -1},
                                     .charset = CHARSET_UTF8};
    struct reader *reader = reader_open(hall.data, NULL, &error);
    g_autoptr(GString) page = g_string_new(NULL);
    int64_t began_us = clock_monotonic_us(), bytes = 0;
    struct export *export = export_new(&options, reader, &problem);
    while (export_next(export, reader, page))
        bytes += (int64_t)page->len;
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6;
    if (export_rows(export) != EXPORT_ROWS)
        g_error("bench: %" G_GINT64_FORMAT " rows", export_rows(export));
    export_free(export);
    reader_close(reader);
    hall_close(&hall);
    g_snprintf(line->value, sizeof line->value, "%.2f s (%d matters of %d fields, %.1f MB)", seconds, EXPORT_ROWS,
               EXPORT_FIELDS, (double)bytes / 1e6);
    return seconds <= 0.4;
}

/* Of 47,000 matters of 18 fields that are there. */
static double book_seconds(struct hall *hall, int64_t *out_bytes)
{
    GError *error = NULL;
    struct problem *problem = NULL;
    struct export_options options = {.engine = hall->engine,
                                     .clock = &hall->clock,
                                     .person = hall->person,
                                     .what = "request",
                                     .filter = {.open = -1},
                                     .bare = true};
    g_autofree char *path = g_build_filename(hall->dir, "requests.xlsx", NULL);
    struct reader *reader = reader_open(hall->data, NULL, &error);
    g_autoptr(GString) page = g_string_new(NULL);
    int64_t began_us = clock_monotonic_us();
    struct export *export = export_new(&options, reader, &problem);
    g_autoptr(GPtrArray) columns = export_columns(export);
    struct xlsx_writer *writer = xlsx_writer_new(path, hall->dir, export_playbook(export), columns, WORDS_ZH);
    while (export_next(export, reader, page))
        xlsx_writer_add(writer, page->str, page->len);
    bool well = xlsx_writer_close(writer);
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6;
    if (!well || export_rows(export) != EXPORT_ROWS)
        g_error("bench: %" G_GINT64_FORMAT " rows", export_rows(export));
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
    *out_bytes = (int64_t)g_mapped_file_get_length(file);
    xlsx_writer_free(writer);
    export_free(export);
    reader_close(reader);
    g_unlink(path);
    return seconds;
}

bool figure_xlsx(struct figure_line *line)
{
    struct hall hall;
    int in = book_of(IMPORT_ROWS, IMPORT_FIELDS), out = book_of(EXPORT_ROWS, EXPORT_FIELDS);
    int64_t bytes = 0;
    hall_open(&hall);
    double before = processor_seconds(), seconds = import_file(&hall, in, IMPORT_ROWS);
    double processor = processor_seconds() - before, in_mib = highest_mib();
    hall_close(&hall);
    hall_open(&hall);
    import_file(&hall, out, EXPORT_ROWS);
    engine_wait_rows(hall.engine, engine_durable_pos(hall.engine), 10 * US_PER_SECOND);
    before = processor_seconds();
    double out_seconds = book_seconds(&hall, &bytes), out_processor = processor_seconds() - before;
    g_snprintf(line->value, sizeof line->value,
               "in %.1f s, %.1f s of processor (%d rows of %d fields), %.0f MiB; out %.2f s, %.2f s of processor (%d "
               "matters of %d fields, %.1f MB), %.0f MiB",
               seconds, processor, IMPORT_ROWS, IMPORT_FIELDS, in_mib, out_seconds, out_processor, EXPORT_ROWS,
               EXPORT_FIELDS, (double)bytes / 1e6, highest_mib());
    hall_close(&hall);
    return seconds <= 15 && out_seconds <= 3 && highest_mib() <= 256;
}
