/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/grants.h"

#include "base/limits.h"
#include "playbook/form/form.h"
#include "playbook/model/deadline.h"

#include <string.h>

struct grant_reading {
    struct db *rows;
    struct vault *vault;
    struct rulebook *rulebook;
    const struct grant *grant;
};

/* ---- the grant ---- */

/* The unit itself must be a ground: a post that covers it from above is granted nothing. */
static bool acts_at(struct db *rows, const struct viewer *viewer, int64_t unit)
{
    for (guint i = 0; i < viewer->posts->len; i++) {
        g_autoptr(GArray) grounds =
            registry_grounds(rows, g_array_index(viewer->posts, struct post, i).id, viewer->at_us);
        for (guint j = 0; j < grounds->len; j++)
            if (g_array_index(grounds, int64_t, j) == unit)
                return true;
    }
    return false;
}

static bool takes_part_for(struct db *rows, const struct viewer *viewer, const struct matter *matter,
                           const struct participant_set *set)
{
    bool found = false;
    g_autoptr(GArray) all = matter_participants(rows, NULL, matter->id, NULL, 0, LIMIT_PARTICIPANTS);
    for (guint i = 0; i < all->len && !found; i++) {
        const struct participant_row *row = &g_array_index(all, struct participant_row, i);
        found =
            row->left_us == 0 && row->who > 0 && strcmp(row->name, set->name) == 0 && acts_at(rows, viewer, row->who);
    }
    return found;
}

static bool is_in_force(const struct grants_def *def, const struct matter *matter)
{
    for (size_t i = 0; i < def->in_count; i++)
        if (strcmp(def->in[i]->name, matter->state) == 0)
            return true;
    return false;
}

static void take_excepted(struct db *rows, const struct matter *matter, const struct participant_set *set, GArray *out)
{
    g_autoptr(GArray) all = matter_participants(rows, NULL, matter->id, NULL, 0, LIMIT_PARTICIPANTS);
    for (guint i = 0; i < all->len; i++) {
        const struct participant_row *row = &g_array_index(all, struct participant_row, i);
        int64_t person = -row->who;
        if (row->left_us == 0 && strcmp(row->name, set->name) == 0)
            g_array_append_val(out, person);
    }
}

static enum grain grain_of(const struct kind *kind, const json_t *form)
{
    const char *text = json_string_value(json_object_get(form, kind->form.fields[kind->grants.grain].name));
    return g_strcmp0(text, "named") == 0 ? GRAIN_NAMED : g_strcmp0(text, "masked") == 0 ? GRAIN_MASKED : GRAIN_COUNTS;
}

bool access_grant(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct viewer *viewer,
                  const struct matter *matter, struct grant *out)
{
    const struct playbook *playbook = rulebook_get(rulebook, matter->rules);
    const struct kind *kind = playbook != NULL ? playbook_find_kind(playbook, matter->kind) : NULL;
    bool erased = false;
    *out = (struct grant){.kind = kind, .unit = matter->unit};
    if (kind == NULL || !kind->grants.present || matter->erased || matter->closed_us != 0 ||
        !is_in_force(&kind->grants, matter) || !takes_part_for(rows, viewer, matter, kind->grants.to))
        return false;
    g_autoptr(json_t) form = matter_form(rows, vault, matter, &erased);
    const struct field *until = &kind->form.fields[kind->grants.until];
    const json_t *stored = json_object_get(form, until->name);
    int64_t until_us;
    if (stored == NULL || !instant_of(form_value(until, stored), playbook->zone, &until_us) ||
        viewer->at_us >= until_us)
        return false;
    out->grain = grain_of(kind, form);
    out->concepts = json_incref(json_object_get(form, kind->form.fields[kind->grants.concepts].name));
    out->except = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (kind->grants.except != NULL)
        take_excepted(rows, matter, kind->grants.except, out->except);
    return true;
}

void grant_clear(struct grant *grant)
{
    g_clear_pointer(&grant->concepts, json_decref);
    g_clear_pointer(&grant->except, g_array_unref);
}

/* ---- the rows that it grants ---- */

static bool is_of(const struct grant *grant, const struct matter *matter)
{
    for (size_t i = 0; i < grant->kind->grants.of_count; i++)
        if (strcmp(grant->kind->grants.of[i]->name, matter->kind) == 0)
            return true;
    return false;
}

static bool is_excepted(const struct grant *grant, int64_t person)
{
    for (guint i = 0; i < grant->except->len; i++)
        if (g_array_index(grant->except, int64_t, i) == person)
            return true;
    return false;
}

static void clear_granted(gpointer data)
{
    g_array_unref(((struct granted *)data)->values);
}

GArray *access_granted(struct db *rows, struct vault *vault, struct rulebook *rulebook, const struct grant *grant,
                       int64_t at_us, struct grant_cursor *cursor, int most, bool *out_more)
{
    GArray *page = g_array_new(FALSE, FALSE, sizeof(struct granted));
    g_array_set_clear_func(page, clear_granted);
    *out_more = false;
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT m.id, c.unit FROM cover c CROSS JOIN matter m ON m.unit = c.unit WHERE c.ancestor = ?1 AND "
                 "c.from_us <= ?2 AND c.to_us > ?2 AND m.closed_us = 0 AND m.erased = 0 AND m.subject <> 0 AND "
                 "(c.unit, m.id) > (?3, ?4) ORDER BY c.unit, m.id",
                 "iiii", grant->unit, at_us, cursor->unit, cursor->matter);
    for (int looked = 0; cursor_next(&found); looked++) {
        struct granted one = {0};
        if ((int)page->len == most || looked == LIMIT_LIST_LOOKED_AT) {
            *out_more = true;
            break;
        }
        *cursor = (struct grant_cursor){cursor_integer(&found, 1), cursor_integer(&found, 0)};
        if (!matter_get(rows, cursor_integer(&found, 0), &one.matter) || !is_of(grant, &one.matter) ||
            is_excepted(grant, one.matter.subject))
            continue;
        one.values = access_known_granted(rows, vault, rulebook, grant, &one.matter);
        g_array_append_val(page, one);
    }
    return page;
}
