/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which persons a command may name. The actor must answer for a person or be allowed to see them; a hidden person is
 * refused in the words of an unknown one. What naming leads to (a home, a change, a matter that shows the person) needs
 * the level of enum naming that the actor had before.
 */
#include "registry/decide.h"

static int64_t home_at(struct db *rows, int64_t person, int64_t at_us)
{
    struct residency residency;
    return registry_residency(rows, person, at_us, &residency) ? residency.unit : 0;
}

int64_t decide_home_of(struct decision *decision, int64_t person)
{
    return home_at(decision->rows, person, decision->now_us);
}

bool registry_registered(struct db *rows, int64_t registrar, int64_t person)
{
    int64_t one;
    return registrar != 0 &&
           db_integer(rows, &one, "SELECT 1 FROM person WHERE id = ?1 AND registrar = ?2", "ii", person, registrar);
}

/* For a person without a home: the actor who registered them, and registrars of the whole city. */
static bool answers_for(const struct decision *decision, int64_t person)
{
    struct db *rows = decision->rows;
    int64_t actor = decision->command->person, at_us = decision->now_us, home = home_at(rows, person, at_us);
    if (registry_has_right(rows, decision->playbook, actor, RIGHT_PERSONS, home != 0 ? home : REGISTRY_ROOT, at_us))
        return true;
    return home == 0 && registry_registered(rows, actor, person) &&
           registry_has_right(rows, decision->playbook, actor, RIGHT_PERSONS, 0, at_us);
}

/* For a person without a home also a registrar who may read the data in some matter. */
static enum naming when_seen(const struct decision *decision, int64_t person)
{
    int64_t at_us = decision->now_us;
    bool takes_up =
        home_at(decision->rows, person, at_us) == 0 &&
        registry_has_right(decision->rows, decision->playbook, decision->command->person, RIGHT_PERSONS, 0, at_us);
    return takes_up ? NAMING_ANSWERS : NAMING_SEEN;
}

static enum naming naming_by_actor(const struct decision *decision, int64_t person)
{
    const struct area_hooks *hooks = &decision->areas->hooks;
    bool unmasked = true;
    if (answers_for(decision, person))
        return NAMING_ANSWERS;
    if (person == decision->command->person)
        return NAMING_SEEN;
    if (hooks->sees_person != NULL && !hooks->sees_person(decision, person, &unmasked))
        return NAMING_HIDDEN;
    return unmasked ? when_seen(decision, person) : NAMING_MASKED;
}

enum naming registry_naming(const struct decision *decision, int64_t person)
{
    if (!registry_person_exists(decision->rows, person))
        return NAMING_HIDDEN;
    return decision->command->origin == ORIGIN_DOOR ? naming_by_actor(decision, person) : NAMING_ANSWERS;
}

enum naming registry_naming_by_sender(const struct decision *decision, int64_t person)
{
    bool sent = decision->command->origin == ORIGIN_LETTER && decision->command->person != 0;
    if (!sent || !registry_person_exists(decision->rows, person))
        return registry_naming(decision, person);
    return naming_by_actor(decision, person);
}

bool registry_may_mention(const struct decision *decision, int64_t person)
{
    bool (*sees_official)(const struct decision *decision, int64_t person) = decision->areas->hooks.sees_official;
    return registry_naming(decision, person) >= NAMING_SEEN ||
           (sees_official != NULL && sees_official(decision, person));
}

bool registry_post_is_within(struct db *rows, int64_t person, const char *const *roles, const struct post *post,
                             int64_t at_us)
{
    if (post->person == person)
        return true;
    int64_t held_us = MIN(at_us, post->to_us - 1);
    if (!registry_acting_post(rows, person, 0, roles, post->seat, at_us))
        return false;
    g_autoptr(GArray) grounds = registry_grounds(rows, post->id, held_us);
    for (guint i = 0; i < grounds->len; i++)
        if (!registry_acting_post(rows, person, 0, roles, g_array_index(grounds, int64_t, i), at_us))
            return false;
    return true;
}

bool decide_person(struct decision *decision, int64_t person, const char *field)
{
    if (registry_naming(decision, person) == NAMING_HIDDEN)
        return decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, field);
    return !registry_person_is_erased(decision->rows, person) ||
           decision_refuse(decision, PROBLEM_PERSON_ERASED, field);
}

bool decide_mention(struct decision *decision, int64_t person, const char *field)
{
    if (!registry_may_mention(decision, person))
        return decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, field);
    return !registry_person_is_erased(decision->rows, person) ||
           decision_refuse(decision, PROBLEM_PERSON_ERASED, field);
}

bool decide_answers_for(struct decision *decision, int64_t person, const char *field)
{
    enum naming naming = registry_naming(decision, person);
    if (naming == NAMING_HIDDEN)
        return decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, field);
    int64_t home = decide_home_of(decision, person);
    if (home == 0 && naming != NAMING_ANSWERS)
        home = REGISTRY_ROOT;
    return decide_right(decision, RIGHT_PERSONS, home);
}

/* A post of the person, current or future, has a ground or a seat outside the actor's. */
static bool holds_elsewhere(const struct decision *decision, int64_t person)
{
    AUTO(cursor)
    struct cursor units = db_query(decision->rows,
                                   "SELECT seat FROM post WHERE person = ?1 AND to_us > ?2 UNION "
                                   "SELECT unit FROM post_ground WHERE person = ?1 AND to_us > ?2",
                                   "ii", person, decision->now_us);
    bool elsewhere = false;
    while (!elsewhere && cursor_next(&units))
        elsewhere = !registry_has_right(decision->rows, decision->playbook, decision->command->person, RIGHT_PERSONS,
                                        cursor_integer(&units, 0), decision->now_us);
    return elsewhere;
}

bool decide_is_theirs_to_change(struct decision *decision, int64_t person)
{
    if (decision->command->origin != ORIGIN_DOOR)
        return true;
    if (registry_naming(decision, person) != NAMING_ANSWERS)
        return false;
    if (person == decision->command->person)
        return true;
    g_autoptr(GArray) same = registry_same_persons(decision->rows, person);
    for (guint i = 0; i < same->len; i++)
        if (holds_elsewhere(decision, g_array_index(same, int64_t, i)))
            return false;
    return true;
}
