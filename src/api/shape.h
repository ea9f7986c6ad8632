/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shape - how units, persons and matters look in JSON.
 *
 * Shape   outer ids, times in the playbook's zone, personal fields masked.
 * Owner   what is returned is the caller's.
 */
#ifndef API_SHAPE_H
#define API_SHAPE_H

#include "access/task_list.h"
#include "api/request.h"

json_t *shape_time(struct request *request, int64_t at_us); /* null for 0 and for "open" */
json_t *shape_texts(const struct texts *texts);
json_t *shape_title(struct request *request, const struct texts *texts); /* the same, shared; NULL is null */
/* As a person, household or post is named outside; null for 0. */
json_t *shape_id(struct request *request, enum vault_class class, int64_t id);
json_t *shape_uuid(const struct uuid *uuid);
json_t *shape_unit(struct request *request, int64_t unit); /* {id, code, name, type}; null for 0 */
json_t *shape_path(struct request *request, int64_t unit); /* the units above it, from the top */
json_t *shape_unit_whole(struct request *request, const struct unit *unit);
json_t *shape_post(struct request *request, const struct post *post);
/* `mine` where others may take it, too; `claimed` where it is taken. */
void shape_add_sharing(struct request *request, struct task_list *list, const struct todo *todo, json_t *shape);
/* Since when whoever answers has taken it, and until when at the latest. */
json_t *shape_claim(struct request *request, int64_t claimed_us, int64_t until_us);
json_t *shape_post_id(struct request *request, int64_t post); /* null where no post answers, or the subject */
/* {id, name}, with ID number and phone where `whole`; masked unless `unmasked`. */
json_t *shape_person(struct request *request, int64_t person, bool unmasked, bool whole);

/* What a matter of a kind is about: a person, or a unit. */
json_t *shape_subject(struct request *request, const struct kind *kind, int64_t subject, bool unmasked);
/* One row of a list: envelope, titles, subject. */
json_t *shape_matter(struct request *request, const struct matter *matter, bool unmasked);
/* `heading`, by which matters about nobody are told apart: the first line of text in the form, where it is shown. */
void shape_add_heading(struct request *request, const struct matter *matter, const struct kind *kind, json_t *shape);
/* Of a matter that does not open: its key is damaged, not erased. */
bool shape_is_damaged(struct request *request, const struct matter *matter);
/* What of a form of the matter's the viewer is shown. */
json_t *shape_fields(struct request *request, const struct matter *matter, const struct form *form,
                     const json_t *stored, bool unmasked);

const struct kind *shape_kind(struct request *request, int64_t rules, const char *kind); /* NULL unknown */

/* {"data": rows, "next": cursor or null}; `cursor` NULL when this is the last page; sealed as in cursor.h. */
json_t *shape_page(struct request *request, json_t *rows /* taken */, const int64_t *cursor, size_t parts);

#endif
