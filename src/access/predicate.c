/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/access.h"

#include "playbook/model/seeing.h"
#include "playbook/model/summons.h"

#include <string.h>

void viewer_init(struct viewer *viewer, struct db *rows, int64_t person, int64_t at_us)
{
    *viewer = (struct viewer){person, at_us, registry_posts_of(rows, person, at_us)};
}

void viewer_clear(struct viewer *viewer)
{
    g_clear_pointer(&viewer->posts, g_array_unref);
}

/* ---- which roles see a kind ---- */

bool access_role_sees(const struct playbook *playbook, const struct kind *kind, const char *role)
{
    struct role_names roles;
    roles_seeing(playbook, kind, &roles);
    return roles_have(&roles, role);
}

/* ---- taking part ---- */

static bool holds(const struct viewer *viewer, int64_t post_id)
{
    for (guint i = 0; i < viewer->posts->len; i++)
        if (g_array_index(viewer->posts, struct post, i).id == post_id)
            return true;
    return post_id < 0 && -post_id == viewer->person;
}

static bool answers(struct db *rows, const struct viewer *viewer, int64_t matter)
{
    bool found = false;
    AUTO(cursor)
    struct cursor open = db_query(rows, "SELECT post FROM expectation WHERE matter = ?1", "i", matter);
    while (!found && cursor_next(&open))
        found = holds(viewer, cursor_integer(&open, 0));
    return found;
}

static bool is_subject(const struct kind *kind, const struct viewer *viewer, const struct matter *matter)
{
    return kind->about == ABOUT_PERSON && matter->subject == viewer->person;
}

/* An act in a post is the viewer's while the viewer holds the post, an act without one for good. */
static bool is_theirs(const struct viewer *viewer, int64_t person, int64_t post)
{
    return person == viewer->person && (post == 0 || holds(viewer, post));
}

static bool opened(const struct viewer *viewer, const struct matter *matter)
{
    return is_theirs(viewer, matter_opener(matter), matter->opener_post);
}

bool access_has_acted(struct db *rows, int64_t person, int64_t matter, int64_t at_us)
{
    int64_t one;
    return db_integer(rows, &one,
                      "SELECT 1 FROM party y WHERE y.person = ?1 AND y.matter = ?2 AND (y.post = 0 OR y.post = -?1 "
                      "OR EXISTS (SELECT 1 FROM post p WHERE p.id = y.post AND p.person = ?1 AND p.from_us <= ?3 AND "
                      "p.to_us > ?3)) LIMIT 1",
                      "iii", person, matter, at_us);
}

static bool takes_part(struct db *rows, const struct kind *kind, const struct viewer *viewer,
                       const struct matter *matter)
{
    return is_subject(kind, viewer, matter) || opened(viewer, matter) ||
           access_has_acted(rows, viewer->person, matter->id, viewer->at_us) || answers(rows, viewer, matter->id);
}

bool access_has_caused(const struct viewer *viewer, const struct matter *matter)
{
    return matter->caused && is_theirs(viewer, matter->opener_person, matter->opener_post);
}

/* It has been offered to a unit in one of the viewer's grounds. */
static bool receives(struct db *rows, const struct viewer *viewer, const struct role_names *roles,
                     const struct matter *matter)
{
    int64_t to_unit = matter_offered_to(rows, matter->id);
    return to_unit != 0 && registry_acting_post(rows, viewer->person, 0, roles->names, to_unit, viewer->at_us) != 0;
}

/* A unit in one of the viewer's grounds takes part, or the viewer. Of an audience, thousands may: these are looked for
 * from the grounds, few participants from the matter. */
static bool participates(struct db *rows, const struct kind *kind, const struct viewer *viewer,
                         const struct role_names *roles, const struct matter *matter)
{
    static const char of_matter[] = "SELECT who FROM participant WHERE matter = ?1 AND left_us IS NULL AND ?2 AND ?3";
    static const char of_grounds[] =
        "SELECT who FROM participant INDEXED BY participant_who WHERE who = -?2 AND matter = ?1 AND left_us "
        "IS NULL UNION ALL "
        "SELECT p.who FROM post_ground g CROSS JOIN cover c ON c.ancestor = g.unit CROSS JOIN participant p "
        "INDEXED BY participant_who ON p.who = c.unit AND p.matter = ?1 WHERE g.person = ?2 AND g.from_us <= "
        "?3 AND g.to_us > ?3 AND "
        "c.from_us <= ?3 AND c.to_us > ?3 AND p.left_us IS NULL";
    bool found = false;
    AUTO(cursor)
    struct cursor all =
        db_query(rows, kind->has_audience ? of_grounds : of_matter, "iii", matter->id, viewer->person, viewer->at_us);
    while (!found && cursor_next(&all)) {
        int64_t who = cursor_integer(&all, 0);
        found = who == -viewer->person ||
                (who > 0 && registry_acting_post(rows, viewer->person, 0, roles->names, who, viewer->at_us) != 0);
    }
    return found;
}

/* ---- the predicate ---- */

bool access_covers(struct db *rows, int64_t ancestor, int64_t unit, int64_t at_us)
{
    struct unit place;
    if (registry_covers(rows, ancestor, unit, at_us))
        return true;
    return registry_unit(rows, unit, &place) && place.to_us <= at_us &&
           registry_covers(rows, ancestor, unit, place.to_us - 1);
}

static bool covers_in_role(struct db *rows, const struct viewer *viewer, const struct role_names *roles, int64_t unit)
{
    struct unit place;
    if (registry_acting_post(rows, viewer->person, 0, roles->names, unit, viewer->at_us) != 0)
        return true;
    if (!registry_unit(rows, unit, &place) || place.to_us > viewer->at_us)
        return false;
    for (guint i = 0; i < viewer->posts->len; i++) { /* closed: in no post's grounds any more */
        const struct post *post = &g_array_index(viewer->posts, struct post, i);
        if (!g_strv_contains(roles->names, post->role))
            continue;
        g_autoptr(GArray) grounds = registry_grounds(rows, post->id, viewer->at_us);
        for (guint j = 0; j < grounds->len; j++)
            if (registry_covers(rows, g_array_index(grounds, int64_t, j), unit, place.to_us - 1))
                return true;
    }
    return false;
}

static const struct kind *kind_of(struct rulebook *rulebook, const struct matter *matter,
                                  const struct playbook **out_playbook)
{
    *out_playbook = rulebook_get(rulebook, matter->rules);
    return *out_playbook != NULL ? playbook_find_kind(*out_playbook, matter->kind) : NULL;
}

const struct kind *access_kind(struct rulebook *rulebook, const struct matter *matter)
{
    const struct playbook *playbook;
    return kind_of(rulebook, matter, &playbook);
}

bool access_covers_matter(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                          const struct matter *matter)
{
    const struct playbook *playbook;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    if (kind == NULL || kind->participants_only)
        return false;
    struct role_names roles;
    roles_seeing(playbook, kind, &roles);
    return covers_in_role(rows, viewer, &roles, matter->unit);
}

bool access_may_see(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                    const struct matter *matter)
{
    const struct playbook *playbook;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    if (kind == NULL)
        return false;
    struct role_names roles;
    roles_seeing(playbook, kind, &roles);
    if (!kind->participants_only && covers_in_role(rows, viewer, &roles, matter->unit))
        return true;
    return takes_part(rows, kind, viewer, matter) || receives(rows, viewer, &roles, matter) ||
           (kind->participant_count > 0 && participates(rows, kind, viewer, &roles, matter));
}

/* A matter of the kind without participants. */
static struct matter any_of(struct rulebook *rulebook, const struct kind *kind, int64_t unit)
{
    struct matter any = {.rules = rulebook_current(rulebook)->id, .unit = unit};
    g_strlcpy(any.kind, kind->name, sizeof any.kind);
    return any;
}

bool access_knows_figure(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                         const struct indicator *indicator, int64_t unit)
{
    const struct matter any = any_of(rulebook, indicator->kind, unit);
    struct role_names told;
    if (access_may_see(rows, rulebook, viewer, &any))
        return true;
    role_names_init(&told);
    role_names_add_all(&told, indicator->told_to, indicator->told_to_count);
    return told.count > 0 && covers_in_role(rows, viewer, &told, unit);
}

static bool may_open(const struct viewer *viewer, const struct kind *kind)
{
    for (guint i = 0; i < viewer->posts->len; i++)
        for (size_t j = 0; j < kind->opened_by_count; j++)
            if (strcmp(g_array_index(viewer->posts, struct post, i).role, kind->opened_by[j]->name) == 0)
                return true;
    return false;
}

bool access_may_summon(struct db *rows, const struct viewer *viewer, const struct kind *kind, int64_t unit)
{
    struct summons summons;
    struct unit place;
    if (kind->participants_only || !may_open(viewer, kind) || !kind_summons(kind, &summons) ||
        !registry_unit(rows, unit, &place))
        return false;
    for (size_t i = 0; i < summons.set->unit_type_count; i++)
        if (strcmp(summons.set->unit_types[i]->name, place.type) == 0)
            return true;
    return false;
}

bool access_sees_all_participants(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                                  const struct matter *matter)
{
    const struct playbook *playbook;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    struct role_names roles;
    if (kind == NULL)
        return false;
    roles_seeing(playbook, kind, &roles);
    return opened(viewer, matter) || (!kind->participants_only && covers_in_role(rows, viewer, &roles, matter->unit));
}

static bool is_of_audience(const struct kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->participant_count; i++)
        if (strcmp(kind->participants[i].name, name) == 0)
            return kind->participants[i].audience;
    return false;
}

bool access_shows_participant(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                              const struct matter *matter, int64_t participant)
{
    const struct playbook *playbook;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    if (kind == NULL || !kind->has_audience || participant == 0)
        return true;
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT name, who FROM participant WHERE matter = ?1 AND number = ?2", "ii",
                                   matter->id, participant);
    if (!cursor_next(&found) || !is_of_audience(kind, cursor_text(&found, 0)))
        return true;
    return registry_acting_post(rows, viewer->person, 0, NULL, cursor_integer(&found, 1), viewer->at_us) != 0 ||
           access_sees_all_participants(rows, rulebook, viewer, matter);
}

bool access_shows_entry(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                        const struct matter *matter, const struct entry_row *entry)
{
    const struct playbook *playbook;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    if (kind == NULL || (entry->person != 0 && entry->person == viewer->person))
        return true;
    return !matter_entry_is_sealed(rows, kind, entry, viewer->at_us) &&
           access_shows_participant(rows, rulebook, viewer, matter, entry->participant);
}

/* One of the roles covers its unit, or holds the post that answers. */
static bool acts_in(struct db *rows, const struct kind *kind, const struct viewer *viewer,
                    const struct role_names *roles, const struct matter *matter)
{
    if (!kind->participants_only && covers_in_role(rows, viewer, roles, matter->unit))
        return true;
    for (guint i = 0; i < viewer->posts->len; i++) {
        const struct post *post = &g_array_index(viewer->posts, struct post, i);
        int64_t one;
        if (g_strv_contains(roles->names, post->role) &&
            db_integer(rows, &one, "SELECT 1 FROM expectation WHERE matter = ?1 AND post = ?2", "ii", matter->id,
                       post->id))
            return true;
    }
    return false;
}

/* A matter without a subject whose kind names no role that unmasks has nothing to mask. */
bool access_unmasks(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                    const struct matter *matter)
{
    const struct playbook *playbook;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    if (kind == NULL)
        return false;
    if (is_subject(kind, viewer, matter))
        return true;
    struct role_names roles;
    role_names_init(&roles);
    role_names_add_all(&roles, kind->unmasked_by, kind->unmasked_by_count);
    if (roles.count == 0)
        return kind->about != ABOUT_PERSON;
    return acts_in(rows, kind, viewer, &roles, matter);
}

/* ---- fields ---- */

bool access_shows_field(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                        const struct matter *matter, const struct field *field)
{
    const struct playbook *playbook;
    if (field->visible_to_count == 0)
        return true;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    if (kind == NULL)
        return false;
    struct role_names roles;
    role_names_init(&roles);
    role_names_add_all(&roles, field->visible_to, field->visible_to_count);
    return is_subject(kind, viewer, matter) || acts_in(rows, kind, viewer, &roles, matter);
}

bool access_shows_named(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                        const struct matter *matter, const char *name)
{
    const struct playbook *playbook;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    int at = kind != NULL ? form_find_field(&kind->form, name) : -1;
    return at >= 0 && access_shows_field(rows, rulebook, viewer, matter, &kind->form.fields[at]);
}

bool access_shows_document(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                           const struct matter *matter, const char *name)
{
    const struct playbook *playbook;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    for (size_t i = 0; kind != NULL && i < kind->form.field_count; i++) {
        const struct field *field = &kind->form.fields[i];
        if (field->visible_to_count > 0 && matter_document_tells(kind, name, field->name) &&
            !access_shows_field(rows, rulebook, viewer, matter, field))
            return false;
    }
    return true;
}

int64_t access_subject(struct rulebook *rulebook, const struct matter *matter)
{
    const struct playbook *playbook;
    const struct kind *kind = kind_of(rulebook, matter, &playbook);
    return kind != NULL && kind->about == ABOUT_PERSON ? matter->subject : 0;
}

static bool holds_one_of(const struct viewer *viewer, const struct role_names *roles)
{
    for (guint i = 0; i < viewer->posts->len; i++)
        if (g_strv_contains(roles->names, g_array_index(viewer->posts, struct post, i).role))
            return true;
    return false;
}

/* Where the person lives; a person without a residence is seen by the one who registered the person, and with a ground
 * over the whole city. */
static bool registers_people_at(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer, int64_t person)
{
    const struct playbook *playbook = rulebook_current(rulebook);
    struct residency residency;
    bool lives = registry_residency(rows, person, viewer->at_us, &residency);
    struct role_names roles;
    role_names_init(&roles);
    for (size_t i = 0; playbook != NULL && i < playbook->role_count; i++)
        if (playbook->roles[i].registers_people)
            role_names_add(&roles, &playbook->roles[i]);
    if (covers_in_role(rows, viewer, &roles, lives ? residency.unit : REGISTRY_ROOT))
        return true;
    return !lives && holds_one_of(viewer, &roles) && registry_registered(rows, viewer->person, person);
}

bool access_may_see_person(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer, int64_t person,
                           bool *out_unmasked)
{
    *out_unmasked = person == viewer->person || registers_people_at(rows, rulebook, viewer, person);
    if (*out_unmasked)
        return true;
    bool seen = false;
    AUTO(cursor)
    struct cursor about =
        db_query(rows,
                 "WITH RECURSIVE same (id) AS (SELECT ?1 UNION "
                 "SELECT other FROM person_same JOIN same ON kept = same.id) "
                 "SELECT id FROM matter WHERE subject IN (SELECT id FROM same) AND subject <> 0 AND named_only = 0",
                 "i", registry_person_kept(rows, person));
    while (!*out_unmasked && cursor_next(&about)) {
        struct matter matter;
        if (!matter_get(rows, cursor_integer(&about, 0), &matter) || access_subject(rulebook, &matter) == 0 ||
            !access_may_see(rows, rulebook, viewer, &matter))
            continue;
        seen = true;
        *out_unmasked = access_unmasks(rows, rulebook, viewer, &matter);
    }
    return seen;
}

bool access_shows_subject(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                          const struct matter *matter)
{
    bool unmasked;
    return !matter->named_only ||
           (access_may_see_person(rows, rulebook, viewer, matter->subject, &unmasked) && unmasked);
}

/* ---- who holds a post ---- */

/* Its seat and its grounds; of one that has ended, or is yet to begin, as it stood or will. */
static GArray *places_of(struct db *rows, const struct post *post, int64_t at_us)
{
    GArray *places = registry_grounds(rows, post->id, MAX(post->from_us, MIN(at_us, post->to_us - 1)));
    g_array_append_val(places, post->seat);
    return places;
}

static bool is_near(struct db *rows, const GArray *mine, const GArray *theirs, int64_t at_us)
{
    for (guint i = 0; i < mine->len; i++)
        for (guint j = 0; j < theirs->len; j++) {
            int64_t one = g_array_index(mine, int64_t, i), other = g_array_index(theirs, int64_t, j);
            if (access_covers(rows, one, other, at_us) || access_covers(rows, other, one, at_us))
                return true;
        }
    return false;
}

bool access_shows_holder(struct db *rows, const struct viewer *viewer, const struct post *post)
{
    if (post->person == viewer->person)
        return true;
    g_autoptr(GArray) theirs = places_of(rows, post, viewer->at_us);
    bool near = false;
    for (guint i = 0; i < viewer->posts->len && !near; i++) {
        g_autoptr(GArray) mine = places_of(rows, &g_array_index(viewer->posts, struct post, i), viewer->at_us);
        near = is_near(rows, mine, theirs, viewer->at_us);
    }
    return near;
}

bool access_shows_official(struct db *rows, const struct viewer *viewer, int64_t person)
{
    AUTO(cursor)
    struct cursor posts =
        db_query(rows, "SELECT id FROM post WHERE person = ?1 AND from_us <= ?2 AND to_us > ?2 ORDER BY id", "ii",
                 person, viewer->at_us);
    struct post post;
    bool shows = false;
    while (!shows && cursor_next(&posts))
        shows = registry_post(rows, cursor_integer(&posts, 0), &post) && access_shows_holder(rows, viewer, &post);
    return shows;
}
