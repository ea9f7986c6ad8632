/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * field - one value of a form on its way in.
 *
 * Errors  field_problem() hangs a problem of this field behind those of the form.
 */
#ifndef PLAYBOOK_FORM_FIELD_H
#define PLAYBOOK_FORM_FIELD_H

#include "playbook/form/form.h"

struct field_check {
    const struct field *field;
    const struct form_context *context;
    struct problem **problems;
};

/* Of a reference: what names it, and what it said then. */
extern const struct form ref_parts, ref_names;

/* Returns NULL, so that a check ends with it; `argument` may be NULL. */
json_t *field_problem(const struct field_check *check, enum problem_code code, const char *argument);

#endif
