/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * issued - the documents that a matter has issued: which the viewer may read, and each of them.
 *
 * Shape   handlers of endpoints.c. A matter that the viewer may not see is answered as one that does not exist.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_ISSUED_H
#define API_ISSUED_H

#include "api/request.h"
#include "matter/matter.h"

void get_matter_documents(struct request *request);
/* The list of them that `shows` lets through (NULL: all), each with name, title and time. And the answer with one,
 * which the caller has found the viewer may read; the look is noted for `page`. */
json_t *shape_issued_names(struct request *request, const struct matter *matter,
                           bool (*shows)(struct request *request, const struct matter *matter, const char *name));
void respond_document(struct request *request, const struct matter *matter, const char *name, const char *page);
void get_matter_document(struct request *request);

#endif
