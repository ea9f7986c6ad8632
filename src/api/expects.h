/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expects - what a state expects and by when, as clients see it in GET /api/v1/kinds/{name}.
 *
 * Shape   a JSON array, one object an expectation; expressions as trees (expr_json.c).
 * Units   lengths in seconds, working days beside them.
 * Owner   the caller of shape_expects().
 */
#ifndef API_EXPECTS_H
#define API_EXPECTS_H

#include "playbook/model/model.h"

json_t *shape_expects(const struct kind *kind, const struct state *state);

#endif
