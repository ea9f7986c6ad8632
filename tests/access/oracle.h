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
    int64_t opener;  /* 0: in a post that they hold no more; or an entry opened it about another or elsewhere */
    bool named_only; /* its opener might not read who it is about */
    char uuid[UUID_TEXT_LENGTH + 1], kind[48], state[48];
    bool open, erased;
};
struct model_task {             /* an open expectation of a post */
    int64_t matter, post, unit; /* where: of a participant the participant's unit */
    int64_t number;
};
struct model {
    int64_t now_us;
    GArray *units;   /* of int64_t pairs: unit, parent */
    GArray *grounds; /* of struct model_ground: held now */
    GArray *matters; /* of struct model_matter */
    GArray *makers;  /* of pairs: matter, person who made an entry, as a person or in a post that they hold still; none
                        * that another matter's entry makes */
    GArray *answers; /* of pairs: matter, post (negative: the person) of an open expectation */
    GArray *tasks;   /* of struct model_task */
    GArray *late;    /* of pairs: matter, number of an overdue expectation */
    GArray *offers;  /* of pairs: matter, unit to which it is offered */
    GArray *participants; /* of pairs: matter, unit (negative: the person) that takes part */
    GArray *alerts;       /* of pairs: matter, post, shown by now */
    GArray *residencies;  /* of pairs: person, unit, now */
    GArray *registrars;   /* of pairs: person, who registered them */
    GArray *moves;        /* of pairs: person, unit that was offered and waits */
};

struct model *model_new(const char *data_dir, int64_t now_us);
void model_free(struct model *model);

bool model_sees(const struct model *model, int64_t person, const struct model_matter *matter);
/* Sees every matter of the kind at a unit and below, as one whose role covers it. */
bool model_sees_all(const struct model *model, int64_t person, const char *kind, int64_t unit);
/* What is late at a unit and below in such kinds: a set of "UUID NUMBER", which the caller frees. */
GHashTable *model_late(const struct model *model, int64_t person, int64_t unit);
/* Answers for it, or sees the matter and holds another post of the role with the ground that is nearest to the unit. */
bool model_has_task(const struct model *model, int64_t person, const struct model_task *task);
GArray *model_posts(const struct model *model,
                    int64_t person); /* of int64_t, that the person holds; with repetitions */
/* Holds this post, which has a ground of the other one in the same role. */
bool model_is_colleague(const struct model *model, int64_t person, int64_t post, int64_t other);
bool model_unmasks(const struct model *model, int64_t person, const struct model_matter *matter);
bool model_sees_person(const struct model *model, int64_t person, int64_t whom, bool *out_unmasked);
/* Registers people where they live; of whoever lives nowhere, in the whole city, or has registered them. */
bool model_answers_for(const struct model *model, int64_t person, int64_t whom);
/* The same role over a unit. */
bool model_registers_at(const struct model *model, int64_t person, int64_t unit);
int64_t model_home(const struct model *model, int64_t person); /* 0 nowhere */
/* One of the roles, NULL-terminated (NULL: any), with ground at the unit or above it. */
bool model_covers(const struct model *model, int64_t person, const char *const *roles, int64_t unit);
int64_t model_first_ground(const struct model *model, int64_t person); /* 0: holds no post */
/* On their own ground, below it or above it; nobody sits elsewhere than on the grounds of their post. */
bool model_shows_holder(const struct model *model, int64_t person, int64_t post);
bool model_shows_official(const struct model *model, int64_t person, int64_t whom); /* a post that they hold */
/* The last person whom they registered; 0 none. */
int64_t model_registered_by(const struct model *model, int64_t registrar);
int64_t model_parent(const struct model *model, int64_t unit);
bool model_is_under(const struct model *model, int64_t unit, int64_t under);
/* Holds a post, anywhere, whose role acts in the kind or sees it; false of a kind that the oracle does not know. */
bool model_acts_in(const struct model *model, int64_t person, const char *kind);
bool model_is_about_person(const struct model_matter *matter);
/* Does the person hold the post now (or is it minus themselves)? */
bool model_holds(const struct model *model, int64_t person, int64_t post);

#endif
