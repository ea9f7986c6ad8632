/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a workbook, and as a part of one: rows in order whose cells are UTF-8, the same at each reading, or a
 * problem with its sentence. The corpus is of parts: an archive around them is made here, since no fuzzer finds one.
 */
#include "base/limits.h"
#include "interop/sheet.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static guint64 read_rows(struct sheet *sheet)
{
    guint64 sum = 0;
    int64_t number = 0;
    struct sheet_row row;
    sheet_rewind(sheet);
    while (sheet_next(sheet, &row)) {
        g_assert(row.number == number + 1 && row.number <= sheet_rows(sheet));
        g_assert(row.count <= LIMIT_SHEET_COLUMNS);
        number = row.number;
        for (guint i = 0; i < row.count; i++) {
            g_assert(g_utf8_validate(row.cells[i], -1, NULL));
            sum = sum * 31 + g_str_hash(row.cells[i]) + row.marks[i];
        }
    }
    return sum;
}

static void read_file(int fd)
{
    struct problem *problem = NULL;
    struct sheet *sheet = sheet_open(fd, &(struct sheet_options){0}, &problem);
    g_assert((sheet == NULL) == (problem != NULL));
    if (sheet != NULL && sheet_facts(sheet) != NULL)
        g_assert(read_rows(sheet) == read_rows(sheet));
    if (problem != NULL) {
        g_autofree char *sentence = problem_sentence(problem, true);
        g_assert(*sentence != '\0');
    }
    sheet_free(sheet);
    problem_free(problem);
}

static int memory_file(const void *bytes, size_t count)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    bool whole = fd >= 0 && write(fd, bytes, count) == (ssize_t)count;
    g_assert(whole);
    return fd;
}

static void add(zip_t *zip, const char *name, const void *bytes, size_t count)
{
    zip_int64_t index = zip_file_add(zip, name, zip_source_buffer(zip, bytes, count, 0), 0);
    zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0);
}

/* The bytes as one part, what else a workbook has around it. */
static void read_part(const char *name, const uint8_t *data, size_t size)
{
    static const char
        book[] = "<w xmlns:r='r'><workbookPr date1904='1'/><sheets><sheet name='a' r:id='a'/></sheets></w>",
        relations[] = "<R><Relationship Id='a' Type='/worksheet' Target='a.xml'/><Relationship Id='s' "
                      "Type='/sharedStrings' Target='s.xml'/><Relationship Id='t' Type='/styles' "
                      "Target='t.xml'/></R>",
        sheet[] = "<w><sheetData><row><c t='s' s='1'><v>0</v></c><c s='1'><v>43864.5</v></c></row></sheetData></w>",
        texts[] = "<sst><si><t>a</t></si></sst>",
        styles[] = "<s><numFmts><numFmt numFmtId='170' formatCode='yyyy'/></numFmts><cellXfs><xf/><xf "
                   "numFmtId='170'/></cellXfs></s>";
    const struct {
        const char *name, *text;
    } parts[] = {{"xl/workbook.xml", book},
                 {"xl/_rels/workbook.xml.rels", relations},
                 {"xl/a.xml", sheet},
                 {"xl/s.xml", texts},
                 {"xl/t.xml", styles}};
    zip_error_t error;
    zip_stat_t stat;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strcmp(parts[i].name, name) == 0)
            add(zip, name, data, size);
        else
            add(zip, parts[i].name, parts[i].text, strlen(parts[i].text));
    zip_close(zip);
    zip_source_stat(source, &stat);
    g_autofree char *bytes = g_malloc(stat.size);
    zip_source_open(source);
    zip_source_read(source, bytes, stat.size);
    zip_source_close(source);
    zip_source_free(source);
    zip_error_fini(&error);
    int fd = memory_file(bytes, stat.size);
    read_file(fd);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const parts[] = {"xl/a.xml", "xl/s.xml", "xl/t.xml", "xl/workbook.xml",
                                        "xl/_rels/workbook.xml.rels"};
    int fd = memory_file(data, size);
    read_file(fd);
    close(fd);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        read_part(parts[i], data, size);
    return 0;
}
