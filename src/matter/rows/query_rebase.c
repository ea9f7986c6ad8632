/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matters that wait for a rebase, and what keeps one from it. */
#include "matter/rebase.h"

#include "matter/rows/row.h"

#include <string.h>

/* ---- which ---- */

/* Behind how many and up to which id this look goes. */
static int64_t look_ahead(struct db *rows, int64_t after, int64_t *out_last)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows, "SELECT count(*), max(id) FROM (SELECT id FROM matter WHERE id > ?1 ORDER BY id LIMIT ?2)", "ii",
                 after, (int64_t)REBASE_LOOKED_AT);
    if (!cursor_next(&found) || cursor_integer(&found, 0) == 0)
        return 0;
    *out_last = cursor_integer(&found, 1);
    return cursor_integer(&found, 0);
}

GArray *rebase_waiting(struct db *rows, struct rebase_range *range, int64_t at_us, int most)
{
    GArray *waiting = g_array_new(FALSE, FALSE, sizeof(struct matter));
    int64_t last = range->after, covered = 0, aside = 0; /* the last unit of each sort: neighbours share it */
    int64_t count = look_ahead(rows, range->after, &last);
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT " MATTER_COLUMNS " FROM matter WHERE id > ?1 AND id <= ?2 AND kind = ?3 "
                                   "AND closed_us = 0 AND rules <> ?4 ORDER BY id",
                                   "iisi", range->after, last, range->kind, range->to->id);
    range->done = count < REBASE_LOOKED_AT;
    range->after = last;
    while (cursor_next(&found)) {
        struct matter matter;
        matter_read(&found, &matter);
        if (matter.unit == aside)
            continue;
        if (matter.unit != covered && !registry_covers(rows, range->unit, matter.unit, at_us)) {
            aside = matter.unit;
            continue;
        }
        covered = matter.unit;
        if (waiting->len == (guint)most) { /* the next look begins with this one */
            range->after = g_array_index(waiting, struct matter, waiting->len - 1).id;
            range->done = false;
            break;
        }
        g_array_append_val(waiting, matter);
    }
    return waiting;
}

bool rebase_progress(struct db *rows, const struct playbook *to, const char *kind, int64_t unit,
                     struct rebase_progress *out)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows, "SELECT last, rebased, passed, done FROM rebase WHERE kind = ?1 AND unit = ?2 AND rules = ?3",
                 "sii", kind, unit, to->id);
    if (!cursor_next(&found))
        return false;
    *out = (struct rebase_progress){cursor_integer(&found, 0), cursor_integer(&found, 1), cursor_integer(&found, 2),
                                    cursor_integer(&found, 3) != 0};
    return true;
}

/* ---- what does not fit ---- */

static bool misfits(struct misfit *out, enum misfit_why why, const char *what)
{
    out->why = why;
    g_strlcpy(out->what, what, sizeof out->what);
    return false;
}

/* Another sort of thing altogether: about another one, or one for each unit. */
static bool nature_fits(const struct kind *from, const struct kind *to, struct misfit *out)
{
    if (from->about != to->about || from->about_post != to->about_post)
        return misfits(out, MISFIT_NATURE, "about");
    if (from->standing_one_per_unit != to->standing_one_per_unit)
        return misfits(out, MISFIT_NATURE, "life");
    for (size_t i = 0; i < from->participant_count; i++) {
        const struct participant_set *before = &from->participants[i], *now = kind_find_participants(to, before->name);
        if (now != NULL && (before->audience != now->audience || before->persons != now->persons))
            return misfits(out, MISFIT_NATURE, before->name);
    }
    return from->group_household == to->group_household || misfits(out, MISFIT_NATURE, "group");
}

/* An open matter needs a state in which it can be open. */
static bool state_fits(const struct matter *matter, const struct kind *to, struct misfit *out)
{
    const struct state *state = kind_find_state(to, matter->state);
    return (state != NULL && !state->final) || misfits(out, MISFIT_STATE, matter->state);
}

static const struct field *field_named(const struct form *form, const char *name)
{
    int at = form_find_field(form, name);
    return at >= 0 ? &form->fields[at] : NULL;
}

static bool columns_fit(const struct form *from, const struct form *to)
{
    for (size_t i = 0; i < from->field_count; i++) {
        const struct field *now = field_named(to, from->fields[i].name);
        if (now != NULL && now->type != from->fields[i].type)
            return false;
    }
    return true;
}

/* A field that was removed is not read any more; one of another type would be read wrongly. */
static const struct field *changed_field(const struct form *from, const struct form *to, const json_t *stored)
{
    for (size_t i = 0; i < from->field_count; i++) {
        const struct field *before = &from->fields[i], *now = field_named(to, before->name);
        if (now == NULL || (stored != NULL && json_object_get(stored, before->name) == NULL))
            continue;
        if (now->type != before->type || (now->lines != NULL && !columns_fit(before->lines, now->lines)))
            return now;
    }
    return NULL;
}

static bool form_fits(struct db *rows, struct vault *vault, const struct matter *matter, const struct kind *from,
                      const struct kind *to, struct misfit *out)
{
    bool erased = false;
    if (changed_field(&from->form, &to->form, NULL) == NULL)
        return true;
    g_autoptr(json_t) form = matter_form(rows, vault, matter, &erased);
    const struct field *changed = form != NULL ? changed_field(&from->form, &to->form, form) : NULL;
    return changed == NULL || misfits(out, MISFIT_FIELD, changed->name);
}

static bool entry_fits(struct vault *vault, const struct entry_row *row, const struct kind *from, const struct kind *to,
                       struct misfit *out)
{
    const struct entry_def *before = kind_find_entry(from, row->kind), *now = kind_find_entry(to, row->kind);
    bool erased = false;
    if (row->corrected || before == NULL || now == NULL || changed_field(&before->form, &now->form, NULL) == NULL)
        return true;
    g_autoptr(json_t) fields = matter_entry_fields(vault, row, &erased);
    const struct field *changed = fields != NULL ? changed_field(&before->form, &now->form, fields) : NULL;
    if (changed == NULL)
        return true;
    g_autofree char *path = g_strdup_printf("%s.%s", row->kind, changed->name);
    return misfits(out, MISFIT_FIELD, path);
}

static bool entries_changed(const struct kind *from, const struct kind *to)
{
    for (size_t i = 0; i < from->entry_count; i++) {
        const struct entry_def *now = kind_find_entry(to, from->entries[i].name);
        if (now != NULL && changed_field(&from->entries[i].form, &now->form, NULL) != NULL)
            return true;
    }
    return false;
}

static bool entries_fit(struct db *rows, struct vault *vault, const struct matter *matter, const struct kind *from,
                        const struct kind *to, struct misfit *out)
{
    if (!entries_changed(from, to))
        return true;
    g_autoptr(GArray) entries = matter_entries(rows, matter->id, 0, G_MAXINT);
    for (guint i = 0; i < entries->len; i++)
        if (!entry_fits(vault, &g_array_index(entries, struct entry_row, i), from, to, out))
            return false;
    return true;
}

/* A pending hand-over or confirmation that the new rules do not have must end first. */
static bool waiting_fits(struct db *rows, const struct matter *matter, const struct kind *from, const struct kind *to,
                         struct misfit *out)
{
    int64_t pending;
    if (!to->handover.present &&
        db_integer(rows, &pending, "SELECT 1 FROM matter_handover WHERE matter = ?1 AND pending = 1", "i", matter->id))
        return misfits(out, MISFIT_WAITING, EXPECTATION_ACCEPT);
    AUTO(cursor)
    struct cursor found =
        db_query(rows, "SELECT DISTINCT name FROM expectation WHERE matter = ?1 ORDER BY name", "i", matter->id);
    while (cursor_next(&found)) {
        struct expect before, now;
        const char *name = cursor_text(&found, 0);
        const struct expect *expect = expect_find(from, name, &before);
        bool own = expect == &before || expect == &from->handover.deciding ||
                   (expect != NULL && expect->entry->confirms != NULL);
        if (own && expect_find(to, name, &now) == NULL)
            return misfits(out, MISFIT_WAITING, name);
    }
    return true;
}

/* What has been handed out must stay provable. */
static bool documents_fit(struct db *rows, const struct matter *matter, const struct kind *to, struct misfit *out)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows, "SELECT DISTINCT name FROM document_issued WHERE matter = ?1 ORDER BY name", "i", matter->id);
    while (cursor_next(&found)) {
        const char *name = cursor_text(&found, 0);
        bool known = false;
        for (size_t i = 0; i < to->document_count; i++)
            known |= strcmp(to->documents[i]->name, name) == 0;
        if (!known)
            return misfits(out, MISFIT_DOCUMENT, name);
    }
    return true;
}

bool rebase_fits(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct matter *matter,
                 const struct kind *to, struct misfit *out)
{
    const struct kind *from = playbook_find_kind(rulebook_get(rulebook, matter->rules), matter->kind);
    *out = (struct misfit){.matter = matter->uuid};
    return nature_fits(from, to, out) && state_fits(matter, to, out) && form_fits(rows, vault, matter, from, to, out) &&
           entries_fit(rows, vault, matter, from, to, out) && waiting_fits(rows, matter, from, to, out) &&
           documents_fit(rows, matter, to, out);
}

struct problem *misfit_problem(const struct misfit *misfit)
{
    static const enum problem_code codes[] = {[MISFIT_NATURE] = PROBLEM_RULES_DO_NOT_FIT,
                                              [MISFIT_STATE] = PROBLEM_STATE_GONE,
                                              [MISFIT_FIELD] = PROBLEM_FIELD_TYPE_CHANGED,
                                              [MISFIT_WAITING] = PROBLEM_RULES_DO_NOT_FIT,
                                              [MISFIT_DOCUMENT] = PROBLEM_RULES_DO_NOT_FIT};
    char uuid[UUID_TEXT_LENGTH + 1];
    uuid_format(&misfit->matter, uuid);
    return problem_new(codes[misfit->why], "matter", uuid, misfit->what, NULL);
}
