/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xlsx_part - the parts of a workbook: entries of a ZIP archive, each an XML document that is read as a stream.
 *
 * Shape   names of elements and attributes come without their prefix ("x:row" is "row"). A handler may pause the
 *         stream, which continues after the element that has just ended.
 * Errors  the first fault of a workbook stays, and ends all reading.
 * Limits  LIMIT_WORKBOOK_…: entries, bytes of a part, its compression ratio, bytes of one tag, depth, names. DOCTYPE is
 *         refused, so that there are no entities.
 * Owner   one thread; the file descriptor is borrowed and must be seekable.
 * Source  ECMA-376 part 2 (packages); APPNOTE.TXT 6.3 of PKWARE (ZIP), sections 4.3.14 to 4.3.16.
 */
#ifndef INTEROP_XLSX_PART_H
#define INTEROP_XLSX_PART_H

#include "base/auto.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum xlsx_fault {
    XLSX_WELL,
    XLSX_IO,        /* the file cannot be read */
    XLSX_DAMAGED,   /* it is no archive, or a part is no XML */
    XLSX_ENCRYPTED, /* a part is */
    XLSX_NO_BOOK,   /* it holds something else */
    XLSX_BINARY,    /* .xlsb */
    XLSX_OTHER,     /* a document of another program: .ods, .docx */
    XLSX_DOCTYPE,
    XLSX_PARTS,     /* too many entries */
    XLSX_TOO_LARGE, /* unpacked, a part is larger than any list */
    XLSX_TEXTS,     /* too many different texts */
    XLSX_MERGES,    /* too many merged cells */
    XLSX_FAULT_COUNT,
};

struct xlsx_archive;
struct xlsx_archive *xlsx_archive_open(int fd); /* never NULL; see its fault */
void xlsx_archive_free(struct xlsx_archive *archive);
AUTO_FREE(xlsx_archive)
enum xlsx_fault xlsx_archive_fault(const struct xlsx_archive *archive);
void xlsx_archive_fail(struct xlsx_archive *archive, enum xlsx_fault fault);
bool xlsx_archive_has(struct xlsx_archive *archive, const char *name);

struct xlsx_handlers { /* of a part; `attributes`: names and values in turn, ended by NULL */
    void (*begin)(void *context, const char *name, const char **attributes);
    void (*end)(void *context, const char *name);
    void (*text)(void *context, const char *text, size_t bytes);
};

struct xlsx_part;
/* NULL, with a fault of the archive, when there is none or it cannot be read. */
struct xlsx_part *xlsx_part_open(struct xlsx_archive *archive, const char *name, const struct xlsx_handlers *handlers,
                                 void *context);
void xlsx_part_free(struct xlsx_part *part);
AUTO_FREE(xlsx_part)
/* Reads until a handler pauses or the part ends. False at its end, and with a fault of the archive. */
bool xlsx_part_run(struct xlsx_part *part);
/* From a handler. */
void xlsx_part_pause(struct xlsx_part *part);          /* at the end of an element */
void xlsx_part_stop(struct xlsx_part *part);           /* what follows is not read */
int64_t xlsx_part_bytes(const struct xlsx_part *part); /* unpacked so far */

/* Of an element: NULL none. */
const char *xlsx_attribute(const char **attributes, const char *name);

#endif
