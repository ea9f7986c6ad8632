/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matters - reading matters, their entries and expectations.
 *
 * Shape   handlers of endpoints.c. A matter that the viewer may not see is answered as one that does not exist.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_MATTERS_H
#define API_MATTERS_H

#include "api/request.h"
#include "matter/matter.h"

void get_matters(struct request *request);
void get_retention(struct request *request);
void get_matter(struct request *request);
void get_matter_entries(struct request *request);
void get_matter_expectations(struct request *request);
void get_matter_acts(struct request *request);

/* What the answers hold, also for snapshot.c; the caller owns what is returned. */
bool request_unmasks(struct request *request, const struct matter *matter);
/* `shown`: looks.h, which names of participants are added to; NULL: masked. */
json_t *shape_matter_whole(struct request *request, const struct matter *matter, GArray *shown);
json_t *shape_entry(struct request *request, const struct matter *matter, const struct kind *kind,
                    const struct entry_row *row, bool unmasked);
GArray *request_acts(struct request *request, const struct matter *matter); /* of struct matter_act */
json_t *shape_act(struct request *request, const struct matter_act *act);

#endif
