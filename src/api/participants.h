/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * participants - who takes part in a matter, and how far each has come: delivered, seen, entered, expectations ended.
 *
 * Shape   a handler of endpoints.c, and parts of the answers of matters.c and system.c.
 * Owner   the thread that runs the request: request.h; what is returned is the caller's.
 */
#ifndef API_PARTICIPANTS_H
#define API_PARTICIPANTS_H

#include "api/request.h"

void get_matter_participants(struct request *request);
void get_matter_participants_below(struct request *request);
void get_kind_audience(struct request *request);
/* Within the matter itself: all, but of an audience only those for whom the viewer answers. Names that are read are
 * added to `shown` (looks.h); NULL: they are masked. */
json_t *shape_participants(struct request *request, const struct kind *kind, const struct matter *matter,
                           GArray *shown);
/* The first `most` of these, each with what was entered for or about it, and its expectations; `looks` as `shown`. */
json_t *shape_participant_rows(struct request *request, const struct kind *kind, const struct matter *matter,
                               GArray *all, guint most, GArray *looks);
json_t *shape_participant_sets(const struct kind *kind);

#endif
