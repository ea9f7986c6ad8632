/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form - what a person sent, checked against the fields of a form, and put into its stored shape.
 *
 * Shape   in: a JSON object of field name → value as doors take it; out: an object with the same names in the order
 *         of the form, canonical values only. Absent and null are absent.
 *           type                 taken                                      stored
 *           text, address,
 *           long_text            text, not blank, at most max_chars        as given
 *           integer              JSON integer within ±(2^53 - 1)            JSON integer
 *           decimal              number or text "37.3"                      text without needless zeros, "37.3"
 *           bool                 true, false                                true, false
 *           date                 "2020-02-03"                               as given
 *           datetime             "2020-02-03T08:30:00+08:00"                in UTC, "2020-02-03T00:30:00Z"
 *           choice               code                                       code
 *           choices              array of codes; [] says none               array in the order of the list
 *           unit, person         text: code or "#" and id; id               JSON integer, the id
 *           division             text of 2, 4, 6, 9 or 12 digits            as given
 *           duration             text "30min"                               JSON integer, microseconds
 *           matter               its public id                              as given
 *           lines                array of objects, each as of a form        array of such objects, stored
 *           location             {lat, lon, accuracy?, source, datum?}      the same, lat and lon as text
 *           call_proof           {at, seconds, direction, last4}            the same
 *           file                 the hash of an attachment                  {hash, type, bytes}
 *           refs                 array of {matter, entry or expectation}    the same, each with {kind, name, at, due,
 *                                                                           outcome} as they stood
 *           phone                see base/identity.h                        digits, without +86
 *           id_number            see model/identity_type.h                  capitals
 *         Texts hold no control characters and no marks that turn the direction of writing; line breaks only in
 *         long_text and where max_chars is above LIMIT_TEXT_CHARS.
 * Errors  a chain of all problems, fields named by their path, in the order of the input, then what is missing in
 *         the order of the form; nothing is returned then.
 */
#ifndef PLAYBOOK_FORM_FORM_H
#define PLAYBOOK_FORM_FORM_H

#include "base/problem.h"
#include "base/uuid.h"
#include "playbook/expr/expr.h"
#include "playbook/model/form_def.h"

struct playbook;

/* Keys of the playbook language that mean something for a type. */
enum field_key {
    FIELD_KEY_OF = 1 << 0, /* and needed */
    FIELD_KEY_UNIT = 1 << 1,
    FIELD_KEY_BOUNDS = 1 << 2, /* min, max */
    FIELD_KEY_DECIMALS = 1 << 3,
    FIELD_KEY_MAX_CHARS = 1 << 4,
    FIELD_KEY_KIND = 1 << 5,
};
/* The meaning of a scalar in a playbook's tests. */
enum field_literal {
    LITERAL_TEXT,
    LITERAL_BOOL,
    LITERAL_INTEGER,
    LITERAL_INSTANT,
    LITERAL_CODE,
    LITERAL_UNIT, /* a handle, as the following */
    LITERAL_PERSON,
    LITERAL_MATTER,
    LITERAL_FILE,
    LITERAL_COUNT /* new ones go before it, with a row in story/literal.c */
};
struct field_check;
/* All that is particular about a type. What doors, documents, sheets and expressions make of a stored value follows
 * from `value`: a type whose values are of a type that is there needs nothing but its row. */
struct field_type_row {
    const char *name;   /* in playbooks */
    const char *others; /* names in other systems, separated by blanks, for suggestions; NULL none */
    struct texts title; /* as explain writes it */
    enum value_type value;
    /* The stored value of a given one, or NULL with a problem. */
    json_t *(*check)(const struct field_check *check, const json_t *given);
    const char *schema;  /* JSON Schema of the given value, before the field's own limits */
    const char *example; /* JSON */
    unsigned keys;       /* bits of enum field_key */
    enum field_literal literal;
    bool personal;    /* always masked */
    bool line_breaks; /* are allowed */
    bool digits;      /* of which a spreadsheet makes a number, and which are none */
    bool unique;      /* one comparable value: a kind may declare it unique */
    int max_chars;    /* the default; 0: LIMIT_TEXT_CHARS */
    /* The masked value; NULL: nothing of a personal field, all of another. */
    json_t *(*mask)(const struct field *field, const json_t *stored);
    const struct form *parts;               /* NULL: the value is no object of parts */
    const struct form *lines, *given_lines; /* of each line, stored and given; NULL: by the playbook */
};
extern const struct field_type_row field_types[FIELD_TYPE_COUNT];
bool field_takes(const struct field *field, enum field_key key);
/* The fields of which a value of the type consists, as an object; NULL of all others. */
const struct form *field_parts(const struct field *field);
/* Whether a field of it, or of one of its lines, is a file. */
bool form_has_files(const struct form *form);
/* The files that a stored form names: each as {"hash", "type", "bytes"}; borrowed. Array of const json_t *. */
GPtrArray *form_files(const struct form *form, const json_t *stored);
bool field_is_personal(const struct field *field); /* by its type or its mark */
bool field_takes_lines(const struct field *field); /* line breaks may stand in its text */

struct form_context {
    int64_t now_us;
    GTimeZone *zone;
    const struct playbook *playbook; /* whose documents identify people; NULL: those that the program knows */
    const char *attempt;             /* code of an attempt, NULL none */
    bool partial;                    /* corrections and effects: required fields may be absent */
    /* Name look-ups of the registry; a false answer makes unknown_unit or unknown_person. NULL: ids are not checked. */
    bool (*find_unit)(void *context, const char *text, int64_t *out_id);
    bool (*find_person)(void *context, const char *text, int64_t *out_id);
    /* An attachment of the matter, by the hash that its upload was answered with; NULL: any is taken. */
    bool (*find_file)(void *context, const char *hash, char type[40], int64_t *out_bytes);
    /* Data of an entry (else an expectation) of a matter: {"kind", "name", "at"?, "due"?, "outcome"?} as stored values;
     * new, NULL: there is none. */
    json_t *(*find_ref)(void *context, const struct uuid *matter, bool entry, int64_t number);
    /* Whether there is a matter of the kind (NULL: any) that the actor may see, and its state. */
    bool (*find_matter)(void *context, const struct uuid *uuid, const char *kind, char out_state[48]);
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
/* Looks a column of a field of lines (its struct form) up, for the checker of expressions. */
bool form_find_column(const void *lines, const char *name, struct expr_symbol *out);

/* Splits a stored form into its sealed and clear parts (`about person`: clear by exception; else only personal fields
 * are sealed). Both are new objects, perhaps empty. */
void form_split(const struct form *form, bool about_person, const json_t *stored, json_t **out_clear,
                json_t **out_sealed);

/* Does the kind keep anything that must be sealed? Then its matters have a key. */
bool kind_is_sealed(const struct kind *kind);

/* As a viewer without the right to see it: "138****1234", "110***********0011", "***"; as it is when not personal.
 * A new reference. */
json_t *field_mask(const struct field *field, const json_t *stored);
/* The mask of a name in lists of people: the first character stays, "张*". */
char *name_mask(const char *name);
char *phone_mask(const char *phone);
char *id_number_mask(const char *id_number);

/* JSON Schema of a field or form, for OpenAPI; labels and hints in both languages as x-label. */
json_t *field_schema(const struct field *field);
json_t *form_schema(const struct form *form);

#endif
