/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * visible - the matter that a request names, if the viewer may see it.
 */
#ifndef API_VISIBLE_H
#define API_VISIBLE_H

#include "api/request.h"

struct rulebook *request_rules(struct request *request);
/* The matter of the path; false when the request has been answered, alike for "is not" and "may not be seen". */
bool request_matter(struct request *request, struct matter *out);

#endif
