/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * field - the check of one value of a form.
 *
 * Errors  field_problem() appends a problem of this field to those of the form.
 */
#ifndef PLAYBOOK_FORM_FIELD_H
#define PLAYBOOK_FORM_FIELD_H

#include "playbook/form/form.h"

struct field_check {
    const struct field *field;
    const struct form_context *context;
    struct problem **problems;
};

/* The text of a JSON string that the field takes; NULL with a problem. */
const char *field_take_text(const struct field_check *check, const json_t *given);

/* Of a reference: the members that identify it, and all of them. */
extern const struct form ref_parts, ref_names;
/* Of what consists of parts. */
extern const struct form location_parts, call_parts;

/* Returns NULL, so that a check ends with it; `argument` may be NULL. */
json_t *field_problem(const struct field_check *check, enum problem_code code, const char *argument);

/* What a value of each type is stored as; NULL with a problem. */
json_t *field_check_text(const struct field_check *check, const json_t *given);
json_t *field_check_integer(const struct field_check *check, const json_t *given);
json_t *field_check_decimal(const struct field_check *check, const json_t *given);
json_t *field_check_bool(const struct field_check *check, const json_t *given);
json_t *field_check_date(const struct field_check *check, const json_t *given);
json_t *field_check_datetime(const struct field_check *check, const json_t *given);
json_t *field_check_choice(const struct field_check *check, const json_t *given);
json_t *field_check_choices(const struct field_check *check, const json_t *given);
json_t *field_check_unit(const struct field_check *check, const json_t *given);
json_t *field_check_division(const struct field_check *check, const json_t *given);
json_t *field_check_person(const struct field_check *check, const json_t *given);
json_t *field_check_phone(const struct field_check *check, const json_t *given);
json_t *field_check_id_number(const struct field_check *check, const json_t *given);
json_t *field_check_duration(const struct field_check *check, const json_t *given);
json_t *field_check_matter(const struct field_check *check, const json_t *given);
json_t *field_check_lines(const struct field_check *check, const json_t *given);
json_t *field_check_location(const struct field_check *check, const json_t *given);
json_t *field_check_call_proof(const struct field_check *check, const json_t *given);
json_t *field_check_refs(const struct field_check *check, const json_t *given);
json_t *field_check_file(const struct field_check *check, const json_t *given);

/* mask.c: what others see of it. */
json_t *field_mask_phone(const struct field *field, const json_t *stored);
json_t *field_mask_id_number(const struct field *field, const json_t *stored);
json_t *field_mask_location(const struct field *field, const json_t *stored);
json_t *field_mask_call_proof(const struct field *field, const json_t *stored);
json_t *field_mask_lines(const struct field *field, const json_t *stored);
json_t *field_mask_file(const struct field *field, const json_t *stored);

#endif
