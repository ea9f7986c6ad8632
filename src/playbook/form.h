/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form - what a person sent, checked against the fields of a form, and put into its stored shape.
 *
 * Shape   in: a JSON object of field name → value as doors take it (see field_types in form.c for each type); out: an object with the same names in
 *         the order of the form, canonical values only: decimals as text ("37.3"), dates and datetimes as text (datetime in UTC,
 *         "2020-02-03T00:30:00Z"), units and persons as integer ids, codes as text, choices sorted in the list's order. Absent and null are absent.
 * Errors  a chain of all problems, fields named by their path; nothing is returned then.
 */
#ifndef PLAYBOOK_FORM_H
#define PLAYBOOK_FORM_H

#include "base/problem.h"
#include "playbook/model.h"

struct form_context {
    int64_t now_us;
    GTimeZone *zone;
    const char *attempt; /* code of an attempt, NULL none */
    bool partial;        /* corrections and effects: required fields may be absent */
    /* Name look-ups of the registry; a false answer makes unknown_unit or unknown_person. NULL: ids are not checked. */
    bool (*find_unit)(void *context, const char *text, int64_t *out_id);
    bool (*find_person)(void *context, const char *text, int64_t *out_id);
    bool (*has_division)(void *context, const char *code);
    void *context;
    /* Values of the outer scope (matter fields, rules, facts) for required_when; may be NULL. */
    const struct expr_scope *scope;
};

json_t *form_check(const struct form *form, const json_t *given, const struct form_context *context,
                   struct problem **out_problem);

/* The value of a stored field, for expressions; borrowed from `stored`. */
struct value form_value(const struct field *field, const json_t *stored);
/* The stored shape of a value (an effect's result); NULL for missing. */
json_t *form_store_value(const struct field *field, struct value value);
enum value_type field_value_type(const struct field *field);

/* Splits a stored form into what is sealed and what is clear (`about person`: clear by exception). Both are new objects. */
void form_split(const struct form *form, bool about_person, const json_t *stored, json_t **out_clear, json_t **out_sealed);

/* As a viewer without the right to see it: "张*", "138****1234", "110***********0011", "***". */
json_t *field_mask(const struct field *field, const json_t *stored);
/* Names are masked alike in lists of people: the first character stays. */
char *name_mask(const char *name);
char *phone_mask(const char *phone);
char *id_number_mask(const char *id_number);

/* JSON Schema of a field or form, for OpenAPI; labels and hints in both languages as x-label. */
json_t *field_schema(const struct field *field);
json_t *form_schema(const struct form *form);

#endif
