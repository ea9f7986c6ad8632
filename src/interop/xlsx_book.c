/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/xlsx_book.h"

#include "base/limits.h"

#include <string.h>
#include <unistd.h>

#define SECTOR_MIN     512
#define DIRECTORY_READ 4096
#define CODE_MAX       255 /* characters of a number format */

/* ---- what is wrong ---- */

static const struct {
    const char *zh, *en;
} sentences[XLSX_FAULT_COUNT] = {
    [XLSX_WELL] = {"", ""},
    [XLSX_IO] = {"读取失败", "it could not be read"},
    [XLSX_DAMAGED] = {"工作簿已损坏，请用表格软件打开后另存", "the workbook is damaged; open it and save it again"},
    [XLSX_ENCRYPTED] = {"工作簿设有打开密码，请去掉密码后另存", "the workbook has a password; save it without one"},
    [XLSX_NO_BOOK] = {"这是压缩包，里面没有工作簿", "it is a ZIP archive without a workbook in it"},
    [XLSX_BINARY] = {"这是二进制工作簿（.xlsb），请另存为 .xlsx", "it is a binary workbook (.xlsb); save it as .xlsx"},
    [XLSX_OTHER] = {"这不是 Excel 工作簿，请另存为 .xlsx 或 CSV UTF-8",
                    "it is no Excel workbook; save it as .xlsx or CSV UTF-8"},
    [XLSX_DOCTYPE] = {"工作簿里有不该有的 DOCTYPE，可能是恶意文件",
                      "there is a DOCTYPE in the workbook, which no program writes; it may be hostile"},
    [XLSX_PARTS] = {"工作簿里的文件过多", "the workbook has too many parts"},
    [XLSX_TOO_LARGE] = {"工作簿解压后过大，请拆分，或另存为 CSV UTF-8",
                        "unpacked, the workbook is too large; divide it, or save it as CSV UTF-8"},
    [XLSX_TEXTS] = {"工作簿里的文字过多，请拆分，或另存为 CSV UTF-8",
                    "the workbook has too many texts; divide it, or save it as CSV UTF-8"},
    [XLSX_MERGES] = {"合并单元格过多，请取消合并或拆分", "too many merged cells; unmerge them or divide the workbook"},
};

struct problem *xlsx_fault_problem(enum xlsx_fault fault)
{
    return problem_new(PROBLEM_SHEET_UNREADABLE, NULL, sentences[fault].zh, sentences[fault].en, NULL);
}

static bool holds(const char *bytes, size_t count, const char *word)
{
    char wide[64] = "";
    size_t length = strlen(word);
    for (size_t i = 0; i < length; i++)
        wide[2 * i] = word[i];
    return memmem(bytes, count, wide, 2 * length) != NULL;
}

/* An encrypted workbook lies in a file of the old kind, whose directory names its parts in UTF-16. */
struct problem *xlsx_old_problem(int fd)
{
    unsigned char head[SECTOR_MIN];
    char directory[DIRECTORY_READ];
    if (pread(fd, head, sizeof head, 0) < (ssize_t)sizeof head || memcmp(head, "\xd0\xcf\x11\xe0", 4) != 0)
        return NULL;
    uint64_t sector =
        (uint64_t)head[0x30] | (uint64_t)head[0x31] << 8 | (uint64_t)head[0x32] << 16 | (uint64_t)head[0x33] << 24;
    uint64_t bytes = head[0x1e] == 12 ? 4096 : SECTOR_MIN;
    ssize_t got = pread(fd, directory, sizeof directory, (off_t)((sector + 1) * bytes));
    if (got > 0 && holds(directory, (size_t)got, "EncryptedPackage"))
        return xlsx_fault_problem(XLSX_ENCRYPTED);
    return problem_new(
        PROBLEM_SHEET_UNREADABLE, NULL, "这是旧版工作簿（.xls），请在 Excel 或 WPS 中另存为 .xlsx，或 CSV UTF-8",
        "it is an old workbook (.xls); save it as .xlsx or CSV UTF-8 in Excel, WPS or LibreOffice", NULL);
}

/* ---- relations ---- */

struct relation {
    char *id, *type, *target;
};

static void relation_clear(gpointer data)
{
    struct relation *relation = data;
    g_free(relation->id);
    g_free(relation->type);
    g_free(relation->target);
}

struct relations {
    GArray *all; /* of struct relation */
    const char *folder;
    bool links;
};

/* "../a/b.xml" beside "xl/worksheets" is "xl/a/b.xml". The caller frees. */
static char *resolve(const char *folder, const char *target)
{
    const char *slash = *target == '/' ? "" : *folder == '\0' ? "/" : NULL;
    g_autofree char *joined =
        slash != NULL ? g_strconcat(slash, target, NULL) : g_strconcat("/", folder, "/", target, NULL);
    g_autofree char *plain = g_canonicalize_filename(joined, "/");
    return g_strdup(plain + strspn(plain, "/"));
}

static void begin_relation(void *context, const char *name, const char **attributes)
{
    struct relations *relations = context;
    const char *id = xlsx_attribute(attributes, "Id"), *type = xlsx_attribute(attributes, "Type"),
               *target = xlsx_attribute(attributes, "Target"), *mode = xlsx_attribute(attributes, "TargetMode");
    if (strcmp(name, "Relationship") != 0 || id == NULL || type == NULL || target == NULL)
        return;
    const char *last = strrchr(type, '/');
    last = last != NULL ? last + 1 : type;
    if (strcmp(last, "externalLink") == 0)
        relations->links = true;
    if (mode != NULL && strcmp(mode, "External") == 0)
        return;
    struct relation relation = {g_strdup(id), g_strdup(last), resolve(relations->folder, target)};
    if (relations->all->len < LIMIT_WORKBOOK_PARTS)
        g_array_append_val(relations->all, relation);
    else
        relation_clear(&relation);
}

static void end_nothing(void *context, const char *name)
{
}

static void read_part(struct xlsx_archive *archive, const char *name, const struct xlsx_handlers *handlers,
                      void *context)
{
    AUTO(xlsx_part) struct xlsx_part *part = xlsx_part_open(archive, name, handlers, context);
    while (part != NULL && xlsx_part_run(part))
        continue;
}

static void read_relations(struct xlsx_archive *archive, const char *name, struct relations *out)
{
    static const struct xlsx_handlers handlers = {begin_relation, end_nothing, NULL};
    out->all = g_array_new(FALSE, FALSE, sizeof(struct relation));
    g_array_set_clear_func(out->all, relation_clear);
    if (xlsx_archive_has(archive, name))
        read_part(archive, name, &handlers, out);
}

static const struct relation *relation_find(const struct relations *relations, const char *id, const char *type)
{
    for (guint i = 0; i < relations->all->len; i++) {
        const struct relation *relation = &g_array_index(relations->all, struct relation, i);
        if ((id == NULL || strcmp(relation->id, id) == 0) && strcmp(relation->type, type) == 0)
            return relation;
    }
    return NULL;
}

/* ---- the workbook ---- */

struct book_reading {
    struct xlsx_book *book;
    const struct relations *relations;
};

static bool is_true(const char *text)
{
    return text != NULL && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
}

static void begin_book(void *context, const char *name, const char **attributes)
{
    struct book_reading *reading = context;
    struct xlsx_book *book = reading->book;
    if (strcmp(name, "workbookPr") == 0)
        book->epoch_1904 = is_true(xlsx_attribute(attributes, "date1904"));
    if (strcmp(name, "sheet") != 0)
        return;
    const char *title = xlsx_attribute(attributes, "name"), *state = xlsx_attribute(attributes, "state");
    const char *id = NULL; /* r:id, not sheetId */
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (g_str_has_suffix(attributes[i], ":id"))
            id = attributes[i + 1];
    const struct relation *relation = id != NULL ? relation_find(reading->relations, id, "worksheet") : NULL;
    if (title == NULL || relation == NULL || book->sheets->len >= LIMIT_WORKBOOK_PARTS)
        return;
    struct xlsx_sheet_ref sheet = {g_strdup(title), g_strdup(relation->target),
                                   state != NULL && strcmp(state, "visible") != 0};
    g_array_append_val(book->sheets, sheet);
}

static void sheet_clear(gpointer data)
{
    struct xlsx_sheet_ref *sheet = data;
    g_free(sheet->name);
    g_free(sheet->part);
}

/* ---- texts ---- */

struct texts_reading {
    struct xlsx_book *book;
    GString *text; /* of the item */
    bool in_text;
    int phonetic; /* depth within a phonetic run, which is no text */
};

static void begin_text(void *context, const char *name, const char **attributes)
{
    struct texts_reading *reading = context;
    if (strcmp(name, "si") == 0)
        g_string_truncate(reading->text, 0);
    else if (strcmp(name, "rPh") == 0)
        reading->phonetic++;
    reading->in_text = strcmp(name, "t") == 0 && reading->phonetic == 0;
}

static void end_text(void *context, const char *name)
{
    struct texts_reading *reading = context;
    struct xlsx_book *book = reading->book;
    reading->in_text = false;
    if (strcmp(name, "rPh") == 0)
        reading->phonetic--;
    if (strcmp(name, "si") != 0)
        return;
    guint32 at = (guint32)book->texts->len;
    if (book->texts->len > LIMIT_WORKBOOK_TEXT_BYTES || book->text_at->len >= LIMIT_WORKBOOK_TEXTS) {
        xlsx_archive_fail(book->archive, XLSX_TEXTS);
        return;
    }
    g_array_append_val(book->text_at, at);
    xlsx_text_append(reading->text->str, reading->text->len, book->texts);
    g_string_append_c(book->texts, '\0');
}

static void add_text(void *context, const char *text, size_t bytes)
{
    struct texts_reading *reading = context;
    if (reading->in_text && reading->text->len <= LIMIT_SHEET_ROW_BYTES) /* its row is too large then */
        g_string_append_len(reading->text, text, (gssize)bytes);
}

static void read_texts(struct xlsx_book *book, const char *part)
{
    static const struct xlsx_handlers handlers = {begin_text, end_text, add_text};
    struct texts_reading reading = {.book = book, .text = g_string_new(NULL)};
    read_part(book->archive, part, &handlers, &reading);
    g_string_free(reading.text, TRUE);
}

const char *xlsx_book_text(const struct xlsx_book *book, uint64_t index)
{
    return index < book->text_at->len ? book->texts->str + g_array_index(book->text_at, guint32, index) : NULL;
}

/* ---- styles ---- */

struct styles_reading {
    struct xlsx_book *book;
    GHashTable *codes; /* id of a number format → struct xlsx_format */
    bool in_cells;     /* cellXfs, not cellStyleXfs */
};

static void note_code(struct styles_reading *reading, const char *id, const char *code)
{
    if (id == NULL || code == NULL || strlen(code) > 4 * CODE_MAX ||
        g_hash_table_size(reading->codes) >= LIMIT_WORKBOOK_STYLES)
        return;
    struct xlsx_format *format = g_new(struct xlsx_format, 1);
    *format = xlsx_format_parse(code);
    g_hash_table_replace(reading->codes, GINT_TO_POINTER((int)g_ascii_strtoll(id, NULL, 10)), format);
}

static void begin_style(void *context, const char *name, const char **attributes)
{
    struct styles_reading *reading = context;
    if (strcmp(name, "numFmt") == 0)
        note_code(reading, xlsx_attribute(attributes, "numFmtId"), xlsx_attribute(attributes, "formatCode"));
    if (strcmp(name, "cellXfs") == 0)
        reading->in_cells = true;
    if (strcmp(name, "xf") != 0 || !reading->in_cells || reading->book->formats->len >= LIMIT_WORKBOOK_STYLES)
        return;
    const char *id = xlsx_attribute(attributes, "numFmtId");
    int number = id != NULL ? (int)g_ascii_strtoll(id, NULL, 10) : 0;
    const struct xlsx_format *said = g_hash_table_lookup(reading->codes, GINT_TO_POINTER(number));
    struct xlsx_format format = said != NULL ? *said : xlsx_format_built_in(number);
    g_array_append_val(reading->book->formats, format);
}

static void end_style(void *context, const char *name)
{
    struct styles_reading *reading = context;
    if (strcmp(name, "cellXfs") == 0)
        reading->in_cells = false;
}

static void read_styles(struct xlsx_book *book, const char *part)
{
    static const struct xlsx_handlers handlers = {begin_style, end_style, NULL};
    struct styles_reading reading = {.book = book,
                                     .codes = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free)};
    read_part(book->archive, part, &handlers, &reading);
    g_hash_table_unref(reading.codes);
}

const struct xlsx_format *xlsx_book_format(const struct xlsx_book *book, uint64_t style)
{
    static const struct xlsx_format general = {0};
    return style < book->formats->len ? &g_array_index(book->formats, struct xlsx_format, style) : &general;
}

/* ---- all of it ---- */

static void name_other(struct xlsx_archive *archive)
{
    bool binary = xlsx_archive_has(archive, "xl/workbook.bin");
    bool other = xlsx_archive_has(archive, "mimetype") || xlsx_archive_has(archive, "word/document.xml") ||
                 xlsx_archive_has(archive, "ppt/presentation.xml");
    xlsx_archive_fail(archive, binary ? XLSX_BINARY : other ? XLSX_OTHER : XLSX_NO_BOOK);
}

static void read_book(struct xlsx_book *book, const char *part)
{
    static const struct xlsx_handlers handlers = {begin_book, end_nothing, NULL};
    g_autofree char *folder = g_path_get_dirname(part);
    g_autofree char *base = g_path_get_basename(part);
    g_autofree char *name = g_strconcat(folder, "/_rels/", base, ".rels", NULL);
    struct relations relations = {.folder = strcmp(folder, ".") == 0 ? "" : folder};
    read_relations(book->archive, name, &relations);
    struct book_reading reading = {book, &relations};
    read_part(book->archive, part, &handlers, &reading);
    const struct relation *styles = relation_find(&relations, NULL, "styles");
    const struct relation *texts = relation_find(&relations, NULL, "sharedStrings");
    if (styles != NULL && xlsx_archive_has(book->archive, styles->target))
        read_styles(book, styles->target);
    if (texts != NULL && xlsx_archive_has(book->archive, texts->target))
        read_texts(book, texts->target);
    book->has_macros = relation_find(&relations, NULL, "vbaProject") != NULL;
    book->has_links = relations.links;
    g_array_unref(relations.all);
    if (book->sheets->len == 0)
        xlsx_archive_fail(book->archive, XLSX_NO_BOOK);
}

struct xlsx_book *xlsx_book_open(int fd)
{
    struct xlsx_book *book = g_new0(struct xlsx_book, 1);
    book->archive = xlsx_archive_open(fd);
    book->sheets = g_array_new(FALSE, FALSE, sizeof(struct xlsx_sheet_ref));
    g_array_set_clear_func(book->sheets, sheet_clear);
    book->formats = g_array_new(FALSE, FALSE, sizeof(struct xlsx_format));
    book->texts = g_string_new(NULL);
    book->text_at = g_array_new(FALSE, FALSE, sizeof(guint32));
    if (xlsx_archive_fault(book->archive) != XLSX_WELL)
        return book;
    struct relations relations = {.folder = ""};
    read_relations(book->archive, "_rels/.rels", &relations);
    const struct relation *office = relation_find(&relations, NULL, "officeDocument");
    const char *part = office != NULL ? office->target : "xl/workbook.xml";
    if (g_str_has_suffix(part, ".xml") && strstr(part, "workbook") != NULL && xlsx_archive_has(book->archive, part))
        read_book(book, part);
    else
        name_other(book->archive);
    g_array_unref(relations.all);
    return book;
}

void xlsx_book_free(struct xlsx_book *book)
{
    if (book == NULL)
        return;
    xlsx_archive_free(book->archive);
    g_array_unref(book->sheets);
    g_array_unref(book->formats);
    g_string_free(book->texts, TRUE);
    g_array_unref(book->text_at);
    g_free(book);
}
