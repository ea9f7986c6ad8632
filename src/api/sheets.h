/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheets - CSV through the door: an import that goes on after its answer, an export that is sent as it is read.
 *
 * Shape   handlers of endpoints.c over imports.h and interop/.
 * Limits  LIMIT_SHEET_UPLOAD_BYTES a sheet.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_SHEETS_H
#define API_SHEETS_H

#include "api/request.h"

void get_export(struct request *request);
void get_imports(struct request *request);
void get_import(struct request *request);
void get_import_findings(struct request *request);
void admit_import(struct request *request); /* before its first byte */
void post_import(struct request *request);
void post_import_stop(struct request *request);

/* A file without a name for an upload, -1. */
int sheet_file_new(const char *data_dir);

#endif
