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

void get_matter_documents(struct request *request);
void get_matter_document(struct request *request);

#endif
