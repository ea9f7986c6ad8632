/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle - who may see what, said once more, slowly and independently: out of plain rows, by parent pointers, and
 *          a table of roles written by hand from tests/api/playbook.yaml.
 *
 * Shape   model_new() reads all of rows.db; every question is answered by looking through it.
 */
#ifndef TESTS_ACCESS_ORACLE_H
#define TESTS_ACCESS_ORACLE_H

#include "store/db.h"

#include <glib.h>

struct model_matter {
    int64_t id, unit, subject;
    int64_t opener; /* 0: they opened it in a post that they hold no more */
    char uuid[UUID_TEXT_LENGTH + 1], kind[48], state[48];
    bool open;
};
struct model {
    int64_t now_us;
    GArray *units;       /* of int64_t pairs: unit, parent */
    GArray *grounds;     /* of struct model_ground: held now */
    GArray *matters;     /* of struct model_matter */
    GArray *makers;      /* of pairs: matter, person who made an entry, as a person or in a post that they hold still */
    GArray *answers;     /* of pairs: matter, post (negative: the person) of an open expectation */
    GArray *offers;      /* of pairs: matter, unit to which it is offered */
    GArray *participants; /* of pairs: matter, unit (negative: the person) that takes part */
    GArray *alerts;      /* of pairs: matter, post, shown by now */
    GArray *residencies; /* of pairs: person, unit, now */
};

struct model *model_new(const char *data_dir, int64_t now_us);
void model_free(struct model *model);

bool model_sees(const struct model *model, int64_t person, const struct model_matter *matter);
bool model_unmasks(const struct model *model, int64_t person, const struct model_matter *matter);
bool model_sees_person(const struct model *model, int64_t person, int64_t whom, bool *out_unmasked);
bool model_is_under(const struct model *model, int64_t unit, int64_t under);
bool model_is_about_person(const struct model_matter *matter);
/* Does the person hold the post now (or is it minus themselves)? */
bool model_holds(const struct model *model, int64_t person, int64_t post);

#endif
