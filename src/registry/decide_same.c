/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two registrations of one person: linked, and unlinked again if that was wrong. Neither is rewritten: the link
 * redirects queries for one to the other, so it can be undone completely.
 */
#include "registry/decide.h"

#include "base/identity.h"

#include <string.h>

/* A person whom the actor may change: a merge asserts an identity. */
static bool read_one(struct decision *decision, const char *member, int64_t *out_person, struct person_data *out)
{
    if (!decision_person_id(decision, member, out_person) || !decide_answers_for(decision, *out_person, member))
        return false;
    if (!decide_is_theirs_to_change(decision, *out_person))
        return decision_refuse(decision, PROBLEM_POST_ELSEWHERE, member);
    if (!registry_person(decision->rows, decision->vault, *out_person, out))
        return decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, member);
    return !out->erased || decision_refuse(decision, person_gone(out), member);
}

bool decide_merge_persons(struct decision *decision)
{
    AUTO(person_data) struct person_data known = {0};
    AUTO(person_data) struct person_data second = {0};
    int64_t person, other;
    if (!read_one(decision, "person", &person, &known) || !read_one(decision, "other", &other, &second))
        return false;
    int64_t kept = registry_person_kept(decision->rows, person);
    int64_t joins = registry_person_kept(decision->rows, other);
    if (kept == joins)
        return decision_refuse(decision, PROBLEM_PERSONS_ARE_ONE, "other");
    /* Two ID numbers of one type are two persons; a mistyped one is corrected first. */
    if (identity_keys_differ(known.id_number, second.id_number))
        return decision_refuse(decision, PROBLEM_PERSON_MISMATCH, "other");
    decision_emit(decision, "persons_merged", decide_home_of(decision, kept), 0,
                  json_pack("{s:I, s:I}", "kept", (json_int_t)kept, "other", (json_int_t)joins), NULL);
    return true;
}

bool decide_unmerge_persons(struct decision *decision)
{
    int64_t person;
    if (!decision_person_id(decision, "person", &person) || !decide_answers_for(decision, person, "person"))
        return false;
    int64_t kept = registry_person_kept(decision->rows, person);
    if (!decide_answers_for(decision, kept, "person"))
        return false;
    if (kept == person)
        return decision_refuse(decision, PROBLEM_PERSON_NOT_MERGED, "person");
    decision_emit(decision, "persons_unmerged", decide_home_of(decision, person), 0,
                  json_pack("{s:I, s:I}", "kept", (json_int_t)kept, "other", (json_int_t)person), NULL);
    return true;
}
