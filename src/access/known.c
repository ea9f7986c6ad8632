/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of a person, by concept: the newest value that the viewer is shown, so that it is confirmed
 * rather than asked for again.
 */
#include "access/grants.h"

#include "base/limits.h"

#include <string.h>

struct search {
    struct db *rows;
    struct vault *vault;
    struct rulebook *rulebook;
    const struct viewer *viewer;
    const struct kind *asking; /* NULL: whatever is known */
    const struct grant *grant; /* what it names, to all alike; NULL: what the viewer is shown */
    GArray *found;             /* of struct known_value, one a concept */
};

static void known_clear(gpointer data)
{
    json_decref(((struct known_value *)data)->value);
}

static bool form_asks(const struct form *form, const char *concept)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (g_strcmp0(form->fields[i].concept, concept) == 0)
            return true;
    return false;
}

bool grant_names(const struct grant *grant, const char *concept)
{
    size_t i;
    const json_t *named;
    if (json_is_string(grant->concepts))
        return strcmp(json_string_value(grant->concepts), concept) == 0;
    json_array_foreach(grant->concepts, i, named) if (strcmp(json_string_value(named), concept) == 0) return true;
    return false;
}

static bool is_wanted(const struct search *search, const char *concept)
{
    const struct kind *asking = search->asking;
    if (search->grant != NULL)
        return grant_names(search->grant, concept);
    bool wanted = asking == NULL || form_asks(&asking->form, concept);
    for (size_t i = 0; !wanted && i < asking->entry_count; i++)
        wanted = form_asks(&asking->entries[i].form, concept);
    return wanted;
}

/* The newer one stays. */
static void keep(struct search *search, struct known_value known)
{
    for (guint i = 0; i < search->found->len; i++) {
        struct known_value *other = &g_array_index(search->found, struct known_value, i);
        if (strcmp(other->field->concept, known.field->concept) != 0)
            continue;
        if (other->at_us < known.at_us) {
            json_decref(other->value);
            *other = known;
            json_incref(known.value);
        }
        return;
    }
    json_incref(known.value);
    g_array_append_val(search->found, known);
}

static bool is_shown(const struct search *search, const struct known_value *known)
{
    if (search->grant != NULL)
        return known->field->visible_to_count == 0;
    return access_shows_field(search->rows, search->rulebook, search->viewer, &known->matter, known->field);
}

/* `like` says where the values come from. */
static void look_at(struct search *search, const struct known_value *like, const json_t *values)
{
    for (size_t i = 0; i < like->form->field_count; i++) {
        struct known_value known = *like;
        known.field = &like->form->fields[i];
        known.value = json_object_get(values, known.field->name);
        if (known.value != NULL && known.field->concept != NULL && is_wanted(search, known.field->concept) &&
            is_shown(search, &known))
            keep(search, known);
    }
}

/* Attempts hold no values, corrected entries are wrong, and those that wait for a second person do not count yet. */
static bool counts(const struct entry_row *row)
{
    return *row->attempt == '\0' && !row->corrected && row->confirmation != CONFIRMATION_PENDING &&
           row->confirmation != CONFIRMATION_DECLINED;
}

static void look_at_entries(struct search *search, struct known_value *like)
{
    int64_t last = matter_newest_entry(search->rows, like->matter.id);
    g_autoptr(GArray) entries =
        matter_entries(search->rows, like->matter.id, MAX(last - LIMIT_KNOWN_ENTRIES, 0), LIMIT_KNOWN_ENTRIES);
    for (guint i = 0; i < entries->len; i++) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        const struct entry_def *entry = kind_find_entry(like->kind, row->kind);
        bool erased = false;
        if (entry == NULL || !counts(row) ||
            (search->viewer != NULL &&
             !access_shows_entry(search->rows, search->rulebook, search->viewer, &like->matter, row)))
            continue;
        g_autoptr(json_t) values = matter_entry_fields(search->vault, row, &erased);
        like->form = &entry->form;
        like->entry = row->number;
        like->at_us = row->observed_us;
        look_at(search, like, values);
    }
}

static void look_through(struct search *search, struct known_value *like)
{
    bool erased = false;
    like->form = &like->kind->form;
    like->at_us = like->matter.opened_us;
    g_autoptr(json_t) form = matter_form(search->rows, search->vault, &like->matter, &erased);
    look_at(search, like, form);
    look_at_entries(search, like);
}

/* `person`: the registration that is kept, of all of the person's. */
static void look_at_matter(struct search *search, int64_t id, int64_t person)
{
    struct known_value like = {0};
    if (!matter_get(search->rows, id, &like.matter) || like.matter.erased ||
        registry_person_kept(search->rows, access_subject(search->rulebook, &like.matter)) != person ||
        !access_may_see(search->rows, search->rulebook, search->viewer, &like.matter))
        return;
    const struct playbook *playbook = rulebook_get(search->rulebook, like.matter.rules);
    like.kind = playbook_find_kind(playbook, like.matter.kind);
    like.unmasked = access_unmasks(search->rows, search->rulebook, search->viewer, &like.matter);
    look_through(search, &like);
}

static GArray *new_found(void)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct known_value));
    g_array_set_clear_func(found, known_clear);
    return found;
}

GArray *access_known_granted(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct grant *grant,
                             const struct matter *matter)
{
    struct search search = {.rows = rows, .vault = vault, .rulebook = rulebook, .grant = grant, .found = new_found()};
    const struct playbook *playbook = rulebook_get(rulebook, matter->rules);
    struct known_value like = {.matter = *matter, .unmasked = grant->grain == GRAIN_NAMED};
    like.kind = playbook != NULL ? playbook_find_kind(playbook, matter->kind) : NULL;
    if (like.kind != NULL)
        look_through(&search, &like);
    return search.found;
}

GArray *access_known(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct viewer *viewer,
                     int64_t person, const struct kind *asking)
{
    struct search search = {
        .rows = rows, .vault = vault, .rulebook = rulebook, .viewer = viewer, .asking = asking, .found = new_found()};
    AUTO(cursor)
    struct cursor matters = db_query(rows,
                                     "WITH RECURSIVE same (id) AS (SELECT ?1 UNION "
                                     "SELECT other FROM person_same JOIN same ON kept = same.id) "
                                     "SELECT id FROM matter WHERE subject IN (SELECT id FROM same) AND subject <> 0 "
                                     "ORDER BY opened_us DESC, id DESC LIMIT ?2",
                                     "ii", registry_person_kept(rows, person), (int64_t)LIMIT_KNOWN_MATTERS);
    while (cursor_next(&matters))
        look_at_matter(&search, cursor_integer(&matters, 0), registry_person_kept(rows, person));
    return search.found;
}
