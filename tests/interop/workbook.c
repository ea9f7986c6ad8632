/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workbook.h"

#include "office.h"

#include <string.h>
#include <unistd.h>
#include <zip.h>

#define MAIN   "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
#define RELATE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PARTS  "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"

int workbook_of_parts(const struct workbook_part *parts, size_t count)
{
    zip_error_t error;
    zip_stat_t stat;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    g_assert_nonnull(zip);
    for (size_t i = 0; i < count; i++) {
        size_t bytes = parts[i].bytes > 0 ? parts[i].bytes : strlen(parts[i].text);
        zip_source_t *text = zip_source_buffer(zip, parts[i].text, bytes, 0);
        g_assert_cmpint(zip_file_add(zip, parts[i].name, text, ZIP_FL_ENC_UTF_8), >=, 0);
    }
    g_assert_cmpint(zip_close(zip), ==, 0);
    g_assert_cmpint(zip_source_stat(source, &stat), ==, 0);
    g_autofree char *bytes = g_malloc(stat.size);
    zip_source_open(source);
    g_assert_cmpint(zip_source_read(source, bytes, stat.size), ==, stat.size);
    zip_source_close(source);
    zip_source_free(source);
    zip_error_fini(&error);
    return sheet_file(bytes, stat.size);
}

static char *styles_of(const char *said)
{
    g_auto(GStrv) words = g_strsplit(said, " ", -1);
    g_autoptr(GString) codes = g_string_new(NULL), cells = g_string_new(NULL);
    for (size_t i = 0; words[i] != NULL; i++) {
        char *code = strchr(words[i], '=');
        if (code != NULL)
            g_string_append_printf(codes, "<numFmt numFmtId='%.*s' formatCode='%s'/>", (int)(code - words[i]), words[i],
                                   g_strdelimit(code + 1, "~", ' '));
        else
            g_string_append_printf(cells, "<xf numFmtId='%s'/>", words[i]);
    }
    return g_strdup_printf("<styleSheet " MAIN "><numFmts>%s</numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
                           "<cellXfs>%s</cellXfs></styleSheet>",
                           codes->str, cells->str);
}

static char *sheet_of(const char *rows, const char *behind)
{
    return g_strdup_printf("<worksheet " MAIN "><sheetData>%s</sheetData>%s</worksheet>", rows,
                           behind != NULL ? behind : "");
}

static void add(GArray *parts, GPtrArray *kept, const char *name, char *text /* taken */)
{
    struct workbook_part part = {name, text, 0};
    g_ptr_array_add(kept, text);
    g_array_append_val(parts, part);
}

static void add_sheets(const struct workbook *workbook, GArray *parts, GPtrArray *kept)
{
    g_auto(GStrv) names = g_strsplit(workbook->names != NULL ? workbook->names : "名单", "|", -1);
    g_autoptr(GString) sheets = g_string_new(NULL), relations = g_string_new(PARTS);
    for (guint i = 0; names[i] != NULL; i++) {
        bool hidden = *names[i] == '!';
        char *name = g_strdup_printf("xl/worksheets/sheet%u.xml", i + 1);
        g_ptr_array_add(kept, name);
        add(parts, kept, name, sheet_of(i == 0 ? workbook->rows : workbook->others, i == 0 ? workbook->behind : NULL));
        g_string_append_printf(sheets, "<sheet name='%s' sheetId='%u' r:id='rId%u'%s/>", names[i] + hidden, i + 1,
                               i + 1, hidden ? " state='hidden'" : "");
        g_string_append_printf(relations,
                               "<Relationship Id='rId%u' Type='" RELATE "/worksheet' Target='worksheets/sheet%u.xml'/>",
                               i + 1, i + 1);
    }
    g_string_append(relations, "<Relationship Id='s' Type='" RELATE "/styles' Target='/xl/styles.xml'/>"
                               "<Relationship Id='t' Type='" RELATE "/sharedStrings' Target='sharedStrings.xml'/>"
                               "</Relationships>");
    add(parts, kept, "xl/workbook.xml",
        g_strdup_printf("<workbook " MAIN " xmlns:r='" RELATE "'>%s<sheets>%s</sheets></workbook>",
                        workbook->properties != NULL ? workbook->properties : "", sheets->str));
    add(parts, kept, "xl/_rels/workbook.xml.rels", g_strdup(relations->str));
}

int workbook_file(const struct workbook *workbook)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(struct workbook_part));
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    if (workbook->more_count > 0) /* in front, so that they stand in place of what is made here */
        g_array_append_vals(parts, workbook->more, (guint)workbook->more_count);
    add(parts, kept, "_rels/.rels",
        g_strdup(PARTS "<Relationship Id='a' Type='" RELATE
                       "/officeDocument' Target='xl/workbook.xml'/></Relationships>"));
    add_sheets(workbook, parts, kept);
    add(parts, kept, "xl/styles.xml", styles_of(workbook->styles != NULL ? workbook->styles : "0"));
    add(parts, kept, "xl/sharedStrings.xml",
        g_strdup_printf("<sst " MAIN ">%s</sst>", workbook->texts != NULL ? workbook->texts : ""));
    for (guint i = 0; i < parts->len; i++)
        for (guint j = parts->len - 1; j > i; j--)
            if (strcmp(g_array_index(parts, struct workbook_part, i).name,
                       g_array_index(parts, struct workbook_part, j).name) == 0)
                g_array_remove_index(parts, j);
    return workbook_of_parts((const struct workbook_part *)parts->data, parts->len);
}

char *workbook_rows(const char *cells)
{
    g_auto(GStrv) rows = g_strsplit(cells, "/", -1);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; rows[i] != NULL; i++) {
        g_auto(GStrv) texts = g_strsplit(rows[i], "|", -1);
        g_string_append(out, "<row>");
        for (size_t j = 0; texts[j] != NULL; j++)
            g_string_append_printf(out, "<c t='inlineStr'><is><t>%s</t></is></c>", texts[j]);
        g_string_append(out, "</row>");
    }
    return g_string_free(out, FALSE);
}
