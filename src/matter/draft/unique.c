/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/unique.h"

#include "matter/draft/actor_sight.h"

/* The value as it is compared; NULL none. The caller frees it. */
static char *key_of(const struct kind *kind, const json_t *form)
{
    const struct field *field = kind->unique_field;
    const json_t *value = field != NULL && form != NULL ? json_object_get(form, field->name) : NULL;
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    return json_is_integer(value) ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value)) : NULL;
}

static int64_t same_unit(struct db *rows, const struct claim *claim)
{
    int64_t found = 0;
    db_integer(rows, &found,
               "SELECT id FROM matter WHERE unit = ?1 AND kind = ?2 AND standing = 1 AND closed_us = 0 AND id <> ?3",
               "isi", claim->unit, claim->kind->name, claim->matter);
    return found;
}

static int64_t same_subject(struct db *rows, const struct claim *claim)
{
    int64_t found = 0;
    db_integer(rows, &found,
               "WITH RECURSIVE same (id) AS (SELECT ?1 UNION "
               "SELECT other FROM person_same JOIN same ON kept = same.id) "
               "SELECT id FROM matter WHERE subject IN (SELECT id FROM same) AND subject <> 0 AND kind = ?2 "
               "AND (closed_us = 0 OR ?3) AND subject_post = ?4 AND id <> ?5 LIMIT 1",
               "isiii",
               claim->kind->about == ABOUT_PERSON ? registry_person_kept(rows, claim->subject) : claim->subject,
               claim->kind->name, (int64_t)claim->kind->unique_ever, claim->subject_post, claim->matter);
    return found;
}

static int64_t same_value(struct db *rows, const struct claim *claim)
{
    int64_t found = 0;
    g_autofree char *key = key_of(claim->kind, claim->form);
    if (key != NULL)
        db_integer(rows, &found,
                   "SELECT m.id FROM matter_unique k JOIN matter m ON m.id = k.matter WHERE k.kind = ?1 AND k.key = ?2 "
                   "AND k.matter <> ?4 AND (m.closed_us = 0 OR ?3) LIMIT 1",
                   "ssii", claim->kind->name, key, (int64_t)claim->kind->unique_ever, claim->matter);
    return found;
}

int64_t unique_conflict(struct db *rows, const struct claim *claim)
{
    const struct kind *kind = claim->kind;
    if (kind->standing_one_per_unit)
        return same_unit(rows, claim);
    if (kind->unique_field != NULL)
        return same_value(rows, claim);
    return kind->unique_open_per_subject && claim->subject != 0 ? same_subject(rows, claim) : 0;
}

bool unique_must_be(struct decision *decision, const struct claim *claim)
{
    struct matter other;
    int64_t conflict = unique_conflict(decision->rows, claim);
    if (conflict == 0)
        return true;
    if (!matter_get(decision->rows, conflict, &other)) {
        db_corrupt(decision->rows, "a row names matter %" G_GINT64_FORMAT ", which there is not", conflict);
        return decision_refuse(decision, PROBLEM_DATA_DAMAGED, NULL);
    }
    bool seen = actor_sees(decision, &other);
    if (!seen && claim->named_only) /* an actor who sees both merges them */
        return true;
    char uuid[UUID_TEXT_LENGTH + 1];
    actor_format_seen(decision, &other, uuid);
    const struct field *by = claim->kind->unique_field;
    g_autofree char *field = by != NULL                           ? g_strconcat("form.", by->name, NULL)
                             : claim->kind->about == ABOUT_PERSON ? g_strdup("subject")
                                                                  : NULL;
    return decision_refuse(decision, PROBLEM_MATTER_EXISTS, field, uuid);
}

bool unique_still_is(struct draft *draft)
{
    const struct kind *kind = draft->view.kind;
    const struct matter *matter = &draft->view.matter;
    bool opened = draft->was_closed && matter->closed_us == 0;
    bool changed = kind->unique_field != NULL && draft->form_changed;
    if (!opened && !changed)
        return true;
    return unique_must_be(draft->decision,
                          &(struct claim){.kind = kind,
                                          .unit = matter->unit,
                                          .subject = matter->subject,
                                          .subject_post = matter->subject_post,
                                          .named_only = matter->named_only,
                                          .form = kind->unique_field != NULL ? view_form(&draft->view) : NULL,
                                          .matter = matter->id});
}

void unique_write(struct draft *draft)
{
    if (draft->view.kind->unique_field == NULL)
        return;
    g_autofree char *key = key_of(draft->view.kind, draft->view.form);
    json_object_set_new(draft->body, "uk", key != NULL ? json_string(key) : json_null());
}

void unique_rebase(struct draft *draft, const struct kind *before)
{
    const struct field *was = before->unique_field, *is = draft->view.kind->unique_field;
    if (g_strcmp0(was != NULL ? was->name : NULL, is != NULL ? is->name : NULL) == 0)
        return;
    g_autofree char *key = key_of(draft->view.kind, view_form(&draft->view));
    json_object_set_new(draft->body, "uk", key != NULL ? json_string(key) : json_null());
}
