/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/xlsx_part.h"

#include "base/limits.h"

#include <errno.h>
#include <expat.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#define PIECE_BYTES     32768
#define NAME_COST       32                  /* bytes that a name costs in the parser besides its own */
#define END_BYTES       22                  /* of the record that ends a central directory, without its comment */
#define TAIL_BYTES      (65536 + END_BYTES) /* the range in which it is */
#define LOCATOR_BYTES   20                  /* of the record before it, with the offset of the ZIP64 one */
#define LARGE_END_BYTES 56

struct xlsx_archive {
    int fd;
    zip_int64_t at, bytes;
    zip_error_t error;
    zip_t *zip;
    enum xlsx_fault fault;
};

struct xlsx_part {
    struct xlsx_archive *archive;
    const struct xlsx_handlers *handlers;
    void *context;
    zip_file_t *file;
    XML_Parser parser;
    uint64_t packed_bytes;
    int64_t bytes;      /* unpacked */
    int64_t name_bytes; /* what foreign names have cost */
    int depth;
    bool paused, stopped, ended;
};

/* ---- the archive ---- */

enum xlsx_fault xlsx_archive_fault(const struct xlsx_archive *archive)
{
    return archive->fault;
}

void xlsx_archive_fail(struct xlsx_archive *archive, enum xlsx_fault fault)
{
    if (archive->fault == XLSX_WELL)
        archive->fault = fault;
}

static ssize_t read_at(int fd, void *buffer, size_t bytes, off_t at)
{
    ssize_t got;
    do
        got = pread(fd, buffer, bytes, at);
    while (got < 0 && errno == EINTR);
    return got;
}

static zip_int64_t read_piece(struct xlsx_archive *archive, void *data, zip_uint64_t bytes)
{
    ssize_t got = read_at(archive->fd, data, bytes, archive->at);
    if (got < 0)
        zip_error_set(&archive->error, ZIP_ER_READ, errno);
    else
        archive->at += got;
    return got;
}

static zip_int64_t seek(struct xlsx_archive *archive, void *data, zip_uint64_t bytes)
{
    zip_int64_t at = zip_source_seek_compute_offset((zip_uint64_t)archive->at, (zip_uint64_t)archive->bytes, data,
                                                    bytes, &archive->error);
    if (at < 0)
        return -1;
    archive->at = at;
    return 0;
}

static zip_int64_t tell_size(struct xlsx_archive *archive, zip_stat_t *stat)
{
    zip_stat_init(stat);
    stat->size = (zip_uint64_t)archive->bytes;
    stat->valid |= ZIP_STAT_SIZE;
    return sizeof *stat;
}

/* pread: other readers of the descriptor do not matter. */
static zip_int64_t on_source(void *context, void *data, zip_uint64_t bytes, zip_source_cmd_t command)
{
    struct xlsx_archive *archive = context;
    if (command == ZIP_SOURCE_READ)
        return read_piece(archive, data, bytes);
    if (command == ZIP_SOURCE_SEEK)
        return seek(archive, data, bytes);
    if (command == ZIP_SOURCE_TELL)
        return archive->at;
    if (command == ZIP_SOURCE_STAT)
        return tell_size(archive, data);
    if (command == ZIP_SOURCE_SUPPORTS)
        return ZIP_SOURCE_SUPPORTS_SEEKABLE;
    if (command == ZIP_SOURCE_ERROR)
        return zip_error_to_data(&archive->error, data, bytes);
    if (command == ZIP_SOURCE_OPEN)
        archive->at = 0;
    if (command == ZIP_SOURCE_OPEN || command == ZIP_SOURCE_CLOSE || command == ZIP_SOURCE_FREE)
        return 0;
    zip_error_set(&archive->error, ZIP_ER_OPNOTSUPP, 0);
    return -1;
}

static uint64_t little_endian(const unsigned char *bytes, int count)
{
    uint64_t number = 0;
    for (int i = count - 1; i >= 0; i--)
        number = number << 8 | bytes[i];
    return number;
}

static bool is_small(uint64_t entries, uint64_t bytes)
{
    return entries <= LIMIT_WORKBOOK_PARTS && bytes <= LIMIT_WORKBOOK_DIRECTORY_BYTES;
}

/* In a ZIP64 archive its own end record has the sizes. */
static bool is_large_end_small(int fd, const unsigned char *locator)
{
    unsigned char record[LARGE_END_BYTES];
    uint64_t at = little_endian(locator + 8, 8);
    if (at > INT64_MAX || read_at(fd, record, sizeof record, (off_t)at) != sizeof record ||
        memcmp(record, "PK\x06\x06", 4) != 0)
        return true; /* no reader can open it */
    return is_small(MAX(little_endian(record + 24, 8), little_endian(record + 32, 8)), little_endian(record + 40, 8));
}

/* libzip keeps the whole directory in memory, so its size is checked first, for each end record that could be taken for
 * the right one. */
static bool is_directory_small(int fd, int64_t bytes)
{
    size_t count = (size_t)MIN(bytes, TAIL_BYTES);
    g_autofree unsigned char *tail = g_malloc(count + 1);
    ssize_t got = read_at(fd, tail, count, bytes - (int64_t)count);
    for (ssize_t i = 0; i + END_BYTES <= got; i++) {
        if (memcmp(tail + i, "PK\x05\x06", 4) != 0)
            continue;
        uint64_t entries = MAX(little_endian(tail + i + 8, 2), little_endian(tail + i + 10, 2));
        bool is_large = i >= LOCATOR_BYTES && memcmp(tail + i - LOCATOR_BYTES, "PK\x06\x07", 4) == 0;
        if (is_large && !is_large_end_small(fd, tail + i - LOCATOR_BYTES))
            return false;
        if (!is_large && !is_small(entries, little_endian(tail + i + 12, 4)))
            return false;
    }
    return true;
}

static enum xlsx_fault open_zip(struct xlsx_archive *archive)
{
    archive->bytes = lseek(archive->fd, 0, SEEK_END);
    if (archive->bytes < 0)
        return XLSX_IO;
    if (!is_directory_small(archive->fd, archive->bytes))
        return XLSX_PARTS;
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_function_create(on_source, archive, &error);
    archive->zip = source != NULL ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (archive->zip == NULL && source != NULL)
        zip_source_free(source);
    zip_error_fini(&error);
    if (archive->zip == NULL)
        return XLSX_DAMAGED;
    return zip_get_num_entries(archive->zip, 0) <= LIMIT_WORKBOOK_PARTS ? XLSX_WELL : XLSX_PARTS;
}

struct xlsx_archive *xlsx_archive_open(int fd)
{
    struct xlsx_archive *archive = g_new0(struct xlsx_archive, 1);
    archive->fd = fd;
    zip_error_init(&archive->error);
    archive->fault = open_zip(archive);
    return archive;
}

void xlsx_archive_free(struct xlsx_archive *archive)
{
    if (archive == NULL)
        return;
    if (archive->zip != NULL)
        zip_discard(archive->zip);
    zip_error_fini(&archive->error);
    g_free(archive);
}

bool xlsx_archive_has(struct xlsx_archive *archive, const char *name)
{
    return archive->zip != NULL && zip_name_locate(archive->zip, name, ZIP_FL_NOCASE) >= 0;
}

/* ---- a part ---- */

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

const char *xlsx_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(local_name(attributes[i]), name) == 0)
            return attributes[i + 1];
    return NULL;
}

static void halt(struct xlsx_part *part, enum xlsx_fault fault)
{
    if (fault != XLSX_WELL)
        xlsx_archive_fail(part->archive, fault);
    part->stopped = true;
    XML_StopParser(part->parser, XML_FALSE);
}

/* Expat keeps each name that it has met; the names that fill a sheet are few. */
static bool is_usual(const char *name)
{
    static const char *const usual[] = {"c",         "v",   "r",   "s",  "t",         "row",          "spans",
                                        "si",        "f",   "is",  "ht", "dyDescent", "customHeight", "customFormat",
                                        "mergeCell", "ref", "rPr", "sz", "val",       "rPh",          "hidden",
                                        "space",     NULL};
    return g_strv_contains(usual, name);
}

static bool may_be_named(struct xlsx_part *part, const char *name, const char **attributes)
{
    int64_t cost = is_usual(local_name(name)) ? 0 : (int64_t)strlen(name) + NAME_COST;
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (!is_usual(local_name(attributes[i])))
            cost += (int64_t)strlen(attributes[i]) + NAME_COST;
    part->name_bytes += cost;
    return part->name_bytes <= LIMIT_WORKBOOK_NAME_BYTES;
}

static void XMLCALL on_begin(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct xlsx_part *part = context;
    if (part->stopped)
        return;
    if (++part->depth > LIMIT_WORKBOOK_DEPTH || !may_be_named(part, name, attributes))
        halt(part, XLSX_TOO_LARGE);
    else
        part->handlers->begin(part->context, local_name(name), attributes);
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    struct xlsx_part *part = context;
    part->depth--;
    if (!part->stopped)
        part->handlers->end(part->context, local_name(name));
}

static void XMLCALL on_text(void *context, const XML_Char *text, int bytes)
{
    struct xlsx_part *part = context;
    if (!part->stopped && part->handlers->text != NULL)
        part->handlers->text(part->context, text, (size_t)bytes);
}

static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                               int has_internal)
{
    halt(context, XLSX_DOCTYPE);
}

static bool open_entry(struct xlsx_part *part, const char *name)
{
    zip_stat_t stat;
    zip_int64_t index = zip_name_locate(part->archive->zip, name, ZIP_FL_NOCASE);
    if (index < 0 || zip_stat_index(part->archive->zip, (zip_uint64_t)index, 0, &stat) != 0)
        return false;
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
        xlsx_archive_fail(part->archive, XLSX_ENCRYPTED);
        return false;
    }
    part->packed_bytes = (stat.valid & ZIP_STAT_COMP_SIZE) != 0 ? stat.comp_size : 0;
    part->file = zip_fopen_index(part->archive->zip, (zip_uint64_t)index, 0);
    return part->file != NULL;
}

struct xlsx_part *xlsx_part_open(struct xlsx_archive *archive, const char *name, const struct xlsx_handlers *handlers,
                                 void *context)
{
    if (archive->fault != XLSX_WELL)
        return NULL;
    AUTO(xlsx_part) struct xlsx_part *part = g_new0(struct xlsx_part, 1);
    part->archive = archive;
    part->handlers = handlers;
    part->context = context;
    if (!open_entry(part, name)) {
        xlsx_archive_fail(archive, XLSX_DAMAGED);
        return NULL;
    }
    part->parser = XML_ParserCreate(NULL);
    XML_SetUserData(part->parser, part);
    XML_SetElementHandler(part->parser, on_begin, on_end);
    XML_SetCharacterDataHandler(part->parser, on_text);
    XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
    return g_steal_pointer(&part);
}

void xlsx_part_free(struct xlsx_part *part)
{
    if (part == NULL)
        return;
    if (part->parser != NULL)
        XML_ParserFree(part->parser);
    if (part->file != NULL)
        zip_fclose(part->file);
    g_free(part);
}

void xlsx_part_pause(struct xlsx_part *part)
{
    part->paused = true;
    XML_StopParser(part->parser, XML_TRUE);
}

void xlsx_part_stop(struct xlsx_part *part)
{
    halt(part, XLSX_WELL);
}

int64_t xlsx_part_bytes(const struct xlsx_part *part)
{
    return part->bytes;
}

static bool is_too_large(const struct xlsx_part *part)
{
    int64_t packed = (int64_t)MIN(part->packed_bytes, (uint64_t)part->archive->bytes);
    return part->bytes > LIMIT_WORKBOOK_PART_BYTES ||
           part->bytes > LIMIT_WORKBOOK_RATIO_FROM_BYTES + packed * LIMIT_WORKBOOK_RATIO;
}

/* Bytes that the parser holds of an unfinished tag. */
static bool is_tag_too_long(const struct xlsx_part *part)
{
    int64_t at = XML_GetCurrentByteIndex(part->parser);
    return at >= 0 && part->bytes - at > LIMIT_WORKBOOK_TAG_BYTES;
}

static enum XML_Status feed(struct xlsx_part *part)
{
    void *piece = XML_GetBuffer(part->parser, PIECE_BYTES);
    zip_int64_t got = piece != NULL ? zip_fread(part->file, piece, PIECE_BYTES) : -1;
    if (got < 0)
        return XML_STATUS_ERROR;
    part->bytes += got;
    part->ended = got == 0;
    enum XML_Status status = XML_ParseBuffer(part->parser, (int)got, got == 0);
    if (status == XML_STATUS_OK && (is_too_large(part) || is_tag_too_long(part)))
        halt(part, XLSX_TOO_LARGE);
    return status;
}

bool xlsx_part_run(struct xlsx_part *part)
{
    while (!part->stopped && part->archive->fault == XLSX_WELL) {
        bool was_paused = part->paused;
        if (!was_paused && part->ended)
            return false;
        part->paused = false;
        enum XML_Status status = was_paused ? XML_ResumeParser(part->parser) : feed(part);
        if (status == XML_STATUS_SUSPENDED)
            return true;
        if (status == XML_STATUS_ERROR && !part->stopped)
            xlsx_archive_fail(part->archive, XLSX_DAMAGED);
    }
    return false;
}
