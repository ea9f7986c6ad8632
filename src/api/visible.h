/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * visible - what the viewer of a request may see: the matter that it names, or all of a kind.
 *
 * Shape   access/access.h, asked for the viewer of the request.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_VISIBLE_H
#define API_VISIBLE_H

#include "api/request.h"

struct rulebook *request_rules(struct request *request);
/* The matter of the path; false when the request has been answered, alike for "is not" and "may not be seen". */
bool request_matter(struct request *request, struct matter *out);
/* Whether the viewer may see every matter of the kind in the unit and below it. */
bool request_sees_all(struct request *request, const struct kind *kind, int64_t unit);
/* Whether some version knows the kind (NULL: some kind) with the state (NULL: whatever it has). */
bool request_knows(struct request *request, const char *kind, const char *state);

/* unknown_kind, with the nearest of the kinds in force, or of `others` (NULL none). */
void request_refuse_kind(struct request *request, const char *field, const char *kind, const char *const *others);

#endif
