/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document_text - a notice or certificate: the playbook's template with its {placeholders} filled from the current
 * form, names and rules. A missing value is shown as ——.
 *
 * Owner   all pointers of a filling are borrowed.
 */
#ifndef MATTER_ROWS_DOCUMENT_TEXT_H
#define MATTER_ROWS_DOCUMENT_TEXT_H

#include "matter/matter.h"

struct filling {
    struct db *rows;
    struct vault *vault;
    const struct playbook *playbook;
    const struct kind *kind;
    const struct matter *matter;
    const json_t *form;
    int64_t issued_us;
    bool chinese;
    bool blank; /* nothing is filled in */
};

/* By name; NULL: the kind has none, or is none. */
const struct document *document_find(const struct kind *kind, const char *name);
/* {"zh": [title, body], "en": [title, body]}; a new reference. */
json_t *document_fill(struct filling *filling, const struct document *document);

#endif
