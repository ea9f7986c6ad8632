/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matters - reading matters, their entries, expectations and documents; the to-do list and alerts.
 *
 * Shape   handlers of endpoints.c. A matter that the viewer may not see is answered as one that does not exist.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_MATTERS_H
#define API_MATTERS_H

#include "api/request.h"

void get_matters(struct request *request);
void get_retention(struct request *request);
void get_matter(struct request *request);
void get_matter_entries(struct request *request);
void get_matter_expectations(struct request *request);
void get_matter_document(struct request *request);
void get_matter_acts(struct request *request);
void get_tasks(struct request *request);
void get_alerts(struct request *request);

#endif
