/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * directory - reading the registry: units, who is responsible where, gaps, posts, people, hand-overs.
 *
 * Shape   handlers of endpoints.c. A person whom the viewer may not see is answered as one who does not exist.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_DIRECTORY_H
#define API_DIRECTORY_H

#include "api/request.h"

void get_units(struct request *request);
void get_unit(struct request *request);
void get_unit_facts(struct request *request);
void get_unit_responsible(struct request *request);
void get_unit_gaps(struct request *request);
void get_unit_posts(struct request *request);
void get_post(struct request *request);
void get_handovers(struct request *request);
void get_moves(struct request *request);
void get_erasures(struct request *request);
void get_person(struct request *request);
void get_person_known(struct request *request);
void get_person_custody(struct request *request);
void get_person_duplicates(struct request *request);
void get_person_traces(struct request *request);
void post_person_search(struct request *request);

#endif
