/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/decide.h"

#include "base/identity.h"
#include "base/limits.h"
#include "base/name.h"

#include <string.h>

#define LIKELY_TOLD 3 /* ids in a sentence */

/* ---- what somebody says about a person ---- */

/* A member that is a text, or NULL; the problem's field is the member. */
static const char *text_member(const json_t *given, const char *name, struct problem **problem)
{
    const json_t *value = json_object_get(given, name);
    if (value == NULL || json_is_null(value))
        return NULL;
    if (!json_is_string(value))
        problem_append(problem, problem_new(PROBLEM_WRONG_TYPE, name, "text", NULL));
    return json_string_value(value);
}

static struct problem *check_person(struct decision *decision, const json_t *given, struct person_data *out)
{
    struct problem *problem = NULL;
    const char *name = text_member(given, "name", &problem);
    const char *id_number = text_member(given, "id_number", &problem), *phone = text_member(given, "phone", &problem);
    const char *id_type = text_member(given, "id_type", &problem);
    g_autofree char *key = NULL;
    if (name != NULL)
        problem_append(&problem, name_problem(NAME_PERSON, name, "name", REGISTRY_NAME_CHARS));
    if (id_number != NULL)
        problem_append(&problem,
                       playbook_identity_read(decision->playbook, id_type, id_number, decide_today(decision), &key));
    else if (id_type != NULL)
        problem_append(&problem, problem_new(PROBLEM_MISSING_FIELD, "id_number", NULL));
    if (phone != NULL && !identity_phone_is_valid(phone))
        problem_append(&problem, problem_new(PROBLEM_INVALID_PHONE, "phone", NULL));
    if (problem == NULL)
        *out = (struct person_data){
            .name = name != NULL ? g_strstrip(g_strdup(name)) : NULL,
            .id_number = g_steal_pointer(&key),
            .phone = phone != NULL ? identity_phone_plain(phone) : NULL,
        };
    return problem;
}

static GBytes *seal_person(struct decision *decision, int64_t person, const struct person_data *data)
{
    g_autoptr(json_t) json =
        json_pack("{s:s, s:s*, s:s*}", "name", data->name, "id_number", data->id_number, "phone", data->phone);
    size_t bytes;
    char *text = json_text(json, &bytes);
    GBytes *sealed = vault_seal(decision->vault, VAULT_PERSON, person, "person", text, bytes);
    free(text);
    return sealed;
}

static void index_person(struct decision *decision, int64_t person, const struct person_data *data)
{
    vault_index_set(decision->vault, person, VAULT_INDEX_NAME, data->name);
    if (data->id_number != NULL)
        vault_index_set(decision->vault, person, VAULT_INDEX_ID_NUMBER, data->id_number);
    if (data->phone != NULL)
        vault_index_set(decision->vault, person, VAULT_INDEX_PHONE, data->phone);
}

/* Emits person_registered for person 0, else person_changed. */
static int64_t emit_person(struct decision *decision, int64_t person, int64_t unit, const struct person_data *data)
{
    bool is_new = person == 0;
    if (is_new) {
        person = decision_next_id(decision, unit);
        vault_key_new(decision->vault, VAULT_PERSON, person, person);
    }
    index_person(decision, person, data);
    json_t *body = json_pack("{s:I}", "id", (json_int_t)person);
    if (!is_new)
        decide_versioned(decision, VERSIONED_PERSON, person, body);
    decision_emit(decision, is_new ? "person_registered" : "person_changed", unit, 0, body,
                  seal_person(decision, person, data));
    return person;
}

/* Overwrites the members that are in `given`; true when that changes anything. */
static bool merge_person(struct person_data *known, struct person_data *given)
{
    char **places[] = {&known->name, &known->id_number, &known->phone};
    char **news[] = {&given->name, &given->id_number, &given->phone};
    bool changed = false;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        if (*news[i] == NULL || g_strcmp0(*places[i], *news[i]) == 0)
            continue;
        g_free(*places[i]);
        *places[i] = g_steal_pointer(news[i]);
        changed = true;
    }
    return changed;
}

/* The actor's choice about a person who is likely registered already. */
struct choice {
    bool is_new;     /* none of the likely ones */
    int64_t same_as; /* the chosen one; 0 none */
};

struct match { /* 0: no person matches */
    int64_t person;
    enum naming naming;
    bool by_number;
    bool other_name; /* the number is registered under another name, visible to the actor */
};

/* Keeps the match that the actor may read most of. */
static void take_match(struct match *match, int64_t person, enum naming naming)
{
    if (match->person == 0 || naming > match->naming) {
        match->person = person;
        match->naming = naming;
    }
}

static GArray *indexed(struct decision *decision, enum vault_index what, const char *value)
{
    return vault_index_find(decision->vault, what, value, 0, LIMIT_ROUND_ROWS);
}

static void match_id_number(struct decision *decision, const struct person_data *given, struct match *match)
{
    if (given->id_number == NULL)
        return;
    g_autoptr(GArray) found = indexed(decision, VAULT_INDEX_ID_NUMBER, given->id_number);
    for (guint i = 0; i < found->len; i++) {
        if (!registry_person_exists(decision->rows, g_array_index(found, int64_t, i)))
            continue;
        int64_t person = registry_person_kept(decision->rows, g_array_index(found, int64_t, i));
        enum naming naming = registry_naming(decision, person);
        if (registry_is_called(decision->rows, decision->vault, person, given->name))
            take_match(match, person, naming);
        else
            match->other_name |= naming != NAMING_HIDDEN;
    }
}

/* Ids of likely persons, as text. Name and phone do not identify a person: families and hotels share phones, twins
 * share both. Persons whom the actor may not see are left out; an actor who sees both registrations merges them. The
 * caller frees. */
static char *likely_ones(struct decision *decision, const struct person_data *given)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    g_autoptr(GArray) alike = registry_alike(decision->rows, decision->vault, given);
    int told = 0;
    for (guint i = 0; i < alike->len && told < LIKELY_TOLD; i++) {
        char id[VAULT_OUTER_ID_CHARS + 1];
        int64_t person = g_array_index(alike, int64_t, i);
        if (registry_naming(decision, person) == NAMING_HIDDEN)
            continue;
        vault_outer_id(decision->vault, VAULT_ID_PERSON, person, id);
        g_string_append_printf(ids, "%s%s", told++ > 0 ? ", " : "", id);
    }
    return ids->len > 0 ? g_string_free(g_steal_pointer(&ids), FALSE) : NULL;
}

/* A chosen person must have the given name and number, and, where the actor does not see the person, the given
 * phone. */
static bool match_chosen(struct decision *decision, const struct person_data *given, int64_t chosen, const char *path,
                         struct match *out)
{
    AUTO(person_data) struct person_data known = {0};
    bool there = registry_person(decision->rows, decision->vault, chosen, &known) && !known.erased &&
                 registry_is_called(decision->rows, decision->vault, chosen, given->name) &&
                 !identity_keys_differ(given->id_number, known.id_number);
    bool told = there && (given->phone == NULL || g_strcmp0(given->phone, known.phone) == 0 ||
                          registry_naming(decision, chosen) != NAMING_HIDDEN);
    if (!told ||
        (given->phone == NULL && given->id_number == NULL && registry_naming(decision, chosen) == NAMING_HIDDEN)) {
        g_autofree char *field = path != NULL ? g_strconcat(path, ".same_as", NULL) : g_strdup("same_as");
        return decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, field);
    }
    out->person = registry_person_kept(decision->rows, chosen);
    out->naming = registry_naming(decision, out->person);
    return true;
}

static bool mismatch(struct decision *decision, const char *path)
{
    g_autofree char *field = path != NULL ? g_strconcat(path, ".name", NULL) : g_strdup("name");
    return decision_refuse(decision, PROBLEM_PERSON_MISMATCH, field);
}

/* By ID number, else by the actor's choice, else a new person (0). Refused where another name has the number, or where
 * there are likely persons and no choice. That a hidden person has the number is not revealed. */
static bool find_person(struct decision *decision, const struct person_data *given, const struct choice *choice,
                        const char *path, struct match *out)
{
    *out = (struct match){0};
    match_id_number(decision, given, out);
    out->by_number = out->person != 0;
    if (out->person == 0 && out->other_name)
        return mismatch(decision, path);
    if (out->person != 0 || choice->is_new)
        return true;
    if (choice->same_as != 0)
        return match_chosen(decision, given, choice->same_as, path, out);
    g_autofree char *likely = likely_ones(decision, given);
    return likely == NULL || decision_refuse(decision, PROBLEM_PERSON_LIKELY, path, likely);
}

static const char *const person_members[] = {"name", "id_type", "id_number", "phone", NULL};
static const char *const subject_members[] = {"name", "id_type", "id_number", "phone", "is_new", "same_as", NULL};

/* Reads and checks all members; false with problem. */
static bool read_given(struct decision *decision, const json_t *given, const char *path, struct person_data *out)
{
    struct problem *problem = NULL;
    if (!json_is_object(given))
        problem = problem_new(PROBLEM_WRONG_TYPE, path, "object", NULL);
    else {
        problem = decide_unknown_members(given, subject_members);
        if (json_object_get(given, "name") == NULL || json_is_null(json_object_get(given, "name")))
            problem_append(&problem, problem_new(PROBLEM_MISSING_FIELD, "name", NULL));
        problem_append(&problem, check_person(decision, given, out));
        if (path != NULL)
            problem_prefix(problem, path);
    }
    return problem == NULL || decision_refuse_with(decision, problem);
}

static bool read_choice(struct decision *decision, const json_t *given, const char *path, struct choice *out)
{
    const json_t *is_new = json_object_get(given, "is_new"), *same_as = json_object_get(given, "same_as");
    g_autofree char *prefix = path != NULL ? g_strconcat(path, ".", NULL) : g_strdup("");
    *out = (struct choice){.is_new = json_is_true(is_new)};
    if (is_new != NULL && !json_is_boolean(is_new) && !json_is_null(is_new)) {
        g_autofree char *field = g_strconcat(prefix, "is_new", NULL);
        return decision_refuse(decision, PROBLEM_WRONG_TYPE, field, "bool");
    }
    if (same_as == NULL || json_is_null(same_as))
        return true;
    g_autofree char *field = g_strconcat(prefix, "same_as", NULL);
    return out->is_new ? decision_refuse(decision, PROBLEM_NOT_ASKED, field, "is_new")
                       : decision_read_id(decision, VAULT_ID_PERSON, same_as, field, &out->same_as);
}

/* Drops members older than those known: an entry may come late from a phone that was offline, and a sheet without times
 * has none. Members not known yet are kept. */
static void keep_newer(struct decision *decision, int64_t person, const struct person_data *known,
                       struct person_data *given)
{
    const struct command *command = decision->command;
    int64_t changed_us = 0;
    db_integer(decision->rows, &changed_us, "SELECT changed_us FROM person WHERE id = ?1", "i", person);
    bool timeless = command->nested && command->observed_us == decision->now_us;
    if (known->name != NULL)
        g_clear_pointer(&given->name, g_free);
    if (known->id_number != NULL && given->id_number != NULL &&
        !identity_keys_differ(known->id_number, given->id_number))
        g_clear_pointer(&given->id_number, g_free); /* of another document, or the same */
    if (known->phone != NULL && (timeless || command->observed_us < changed_us))
        g_clear_pointer(&given->phone, g_free);
}

bool registry_decide_subject(struct decision *decision, const json_t *given, const char *path, int64_t unit,
                             struct resolved_person *out)
{
    AUTO(person_data) struct person_data data = {0};
    AUTO(person_data) struct person_data known = {0};
    struct choice choice;
    struct match match;
    if (!read_given(decision, given, path, &data) || !read_choice(decision, given, path, &choice) ||
        !find_person(decision, &data, &choice, path, &match))
        return false;
    if (match.person == 0) {
        match = (struct match){.person = emit_person(decision, 0, unit, &data), .naming = NAMING_ANSWERS};
    } else if (decide_is_theirs_to_change(decision, match.person) &&
               registry_person(decision->rows, decision->vault, match.person, &known)) {
        keep_newer(decision, match.person, &known, &data);
        if (merge_person(&known, &data))
            emit_person(decision, match.person, unit, &known);
    }
    *out = (struct resolved_person){match.person, match.naming, match.by_number};
    return true;
}

/* ---- commands about one person ---- */

bool decide_register_person(struct decision *decision)
{
    int64_t unit = 0;
    struct match match;
    if (!decision_unit_optional(decision, "unit", &unit) || !decide_right(decision, RIGHT_PERSONS, unit))
        return false;
    g_autoptr(json_t) given = json_object();
    for (const char *const *member = person_members; *member != NULL; member++) {
        json_t *value = json_object_get(decision->command->body, *member);
        if (value != NULL)
            json_object_set(given, *member, value);
    }
    AUTO(person_data) struct person_data data = {0};
    struct choice choice;
    if (!read_given(decision, given, NULL, &data) || !read_choice(decision, decision->command->body, NULL, &choice) ||
        !find_person(decision, &data, &choice, NULL, &match))
        return false;
    if (match.person != 0 && match.naming != NAMING_HIDDEN) {
        char id[VAULT_OUTER_ID_CHARS + 1];
        vault_outer_id(decision->vault, VAULT_ID_PERSON, match.person, id);
        return decision_refuse(decision, PROBLEM_PERSON_EXISTS, NULL, id);
    }
    emit_person(decision, 0, unit, &data);
    return true;
}

/* The person of an id, with the unsealed data. */
static bool open_person(struct decision *decision, int64_t person, const char *field, struct person_data *out)
{
    if (!registry_person(decision->rows, decision->vault, person, out))
        return decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, field);
    return !out->erased || decision_refuse(decision, person_gone(out), field);
}

static int64_t version_of(struct db *rows, int64_t person)
{
    int64_t version = 0;
    db_integer(rows, &version, "SELECT version FROM person WHERE id = ?1", "i", person);
    return version;
}

/* The actor's own phone, or a person whom the actor answers for, with all grounds of that person's posts. */
static bool may_change(struct decision *decision, int64_t person, const struct person_data *given)
{
    if (person == decision->command->person && given->name == NULL && given->id_number == NULL)
        return true;
    if (!decide_answers_for(decision, person, "person"))
        return false;
    return decide_is_theirs_to_change(decision, person) || decision_refuse(decision, PROBLEM_POST_ELSEWHERE, "person");
}

/* Whether another person visible to the actor has the number. */
static bool number_is_taken(struct decision *decision, int64_t person, const char *id_number)
{
    g_autoptr(GArray) found = indexed(decision, VAULT_INDEX_ID_NUMBER, id_number);
    for (guint i = 0; i < found->len; i++) {
        int64_t other = registry_person_kept(decision->rows, g_array_index(found, int64_t, i));
        if (other != registry_person_kept(decision->rows, person) && registry_naming(decision, other) != NAMING_HIDDEN)
            return true;
    }
    return false;
}

bool decide_change_person(struct decision *decision)
{
    AUTO(person_data) struct person_data known = {0};
    AUTO(person_data) struct person_data given = {0};
    int64_t person;
    if (!decision_person_id(decision, "person", &person))
        return false;
    struct problem *problem = check_person(decision, decision->command->body, &given);
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    if (!may_change(decision, person, &given) || !open_person(decision, person, "person", &known) ||
        !decide_version(decision, version_of(decision->rows, person)))
        return false;
    if (given.name == NULL && given.id_number == NULL && given.phone == NULL)
        return decision_refuse(decision, PROBLEM_MISSING_FIELD, "name");
    if (given.id_number != NULL && number_is_taken(decision, person, given.id_number))
        return decision_refuse(decision, PROBLEM_PERSON_MISMATCH, "id_number");
    merge_person(&known, &given);
    emit_person(decision, person, decide_home_of(decision, person), &known);
    return true;
}

/* The keys are gone without an event: a crash came in between, or an old backup was restored. */
static bool is_half_erased(struct decision *decision, int64_t person)
{
    return registry_person_exists(decision->rows, person) && !registry_person_is_erased(decision->rows, person) &&
           !vault_has_key(decision->vault, VAULT_PERSON, person);
}

static int64_t posts_of(struct decision *decision, const GArray *persons)
{
    int64_t all = 0;
    for (guint i = 0; i < persons->len; i++) {
        int64_t posts = 0;
        db_integer(decision->rows, &posts, "SELECT count(*) FROM post WHERE person = ?1 AND to_us > ?2", "ii",
                   g_array_index(persons, int64_t, i), decision->now_us);
        all += posts;
    }
    return all;
}

/* Refuses while a matter about the person is held, for an appeal or an inquiry. */
static bool must_not_be_held(struct decision *decision, const GArray *same)
{
    const struct registry_matters *matters = decision->areas->hooks.matters;
    for (guint i = 0; i < same->len && matters != NULL; i++) {
        g_autofree char *reason = NULL;
        if (matters->person_is_held(decision->rows, decision->vault, g_array_index(same, int64_t, i), &reason))
            return decision_refuse(decision, PROBLEM_PERSON_HELD, "person", reason);
    }
    return true;
}

static void emit_erased(struct decision *decision, int64_t person)
{
    json_t *body = decide_versioned(decision, VERSIONED_PERSON, person, json_pack("{s:I}", "id", (json_int_t)person));
    decision_emit(decision, "person_erased", decide_home_of(decision, person), 0, body, NULL);
}

/* Erases each registration under its own key. */
static void erase_all(struct decision *decision, const GArray *same)
{
    for (guint i = 0; i < same->len; i++) {
        int64_t one = g_array_index(same, int64_t, i);
        if (registry_person_is_erased(decision->rows, one))
            continue;
        vault_erase_person(decision->vault, one);
        emit_erased(decision, one);
    }
}

static bool is_actor(const struct decision *decision, int64_t person)
{
    return registry_person_kept(decision->rows, person) ==
           registry_person_kept(decision->rows, decision->command->person);
}

static bool is_second(const struct decision *decision, const struct erasure_proposal *proposal)
{
    const struct area_hooks *hooks = &decision->areas->hooks;
    return !is_actor(decision, proposal->by) &&
           (hooks->in_one_hand == NULL || !hooks->in_one_hand(decision->rows, decision->command->person, proposal->by,
                                                              proposal->at_us, decision->now_us));
}

static void emit_proposal(struct decision *decision, int64_t person)
{
    json_t *body = json_pack("{s:I, s:I}", "id", (json_int_t)registry_person_kept(decision->rows, person), "until_us",
                             (json_int_t)(decision->now_us + LIMIT_PROPOSAL_US));
    decision_emit(decision, "person_erasure_proposed", decide_home_of(decision, person), 0, body, NULL);
}

/* Irreversible, so a second person has to confirm it; the operator has the keys anyway. */
bool decide_erase_person(struct decision *decision)
{
    AUTO(person_data) struct person_data known = {0};
    struct erasure_proposal proposal;
    int64_t person;
    if (!decision_person_id(decision, "person", &person) || !decide_right(decision, RIGHT_PERSONS, REGISTRY_ROOT) ||
        (!is_half_erased(decision, person) && !open_person(decision, person, "person", &known)))
        return false;
    g_autoptr(GArray) same = registry_same_persons(decision->rows, person);
    int64_t posts = posts_of(decision, same);
    if (posts > 0) {
        g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, posts);
        return decision_refuse(decision, PROBLEM_PERSON_IN_POST, "person", count);
    }
    if (!must_not_be_held(decision, same))
        return false;
    bool proposed = registry_erasure_proposed(decision->rows, person, decision->now_us, &proposal) &&
                    registry_has_right(decision->rows, decision->playbook, proposal.by, RIGHT_PERSONS, REGISTRY_ROOT,
                                       decision->now_us); /* a proposal is void once its author has lost the right */
    if (!decision_is_operator(decision) && proposed && !is_second(decision, &proposal))
        return decision_refuse(decision, PROBLEM_SAME_PERSON_REFUSED, "person");
    if (decision_is_operator(decision) || proposed)
        erase_all(decision, same);
    else
        emit_proposal(decision, person);
    return true;
}

bool decide_withdraw_erasure(struct decision *decision)
{
    struct erasure_proposal proposal;
    int64_t person;
    if (!decision_person_id(decision, "person", &person) || !decide_right(decision, RIGHT_PERSONS, REGISTRY_ROOT))
        return false;
    if (!registry_erasure_proposed(decision->rows, person, decision->now_us, &proposal))
        return decision_refuse(decision, PROBLEM_NOTHING_PROPOSED, "person");
    decision_emit(decision, "person_erasure_withdrawn", decide_home_of(decision, person), 0,
                  json_pack("{s:I}", "id", (json_int_t)proposal.person), NULL);
    return true;
}
