/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/actor.h"

#include "matter/draft/actor_sight.h"
#include "matter/lifecycle/route.h"
#include "matter/view/members.h"

#include <string.h>

/* A post that they hold now. */
static int64_t acting_post(struct decision *decision, const char *const *roles, int64_t unit)
{
    const struct command *command = decision->command;
    return registry_acting_post(decision->rows, command->person, decision->wanted_post, roles, unit, decision->now_us);
}

/* A post that they hold now, or held when it was observed. */
static int64_t entering_post(struct decision *decision, const char *const *roles, int64_t unit)
{
    const struct command *command = decision->command;
    int64_t post = acting_post(decision, roles, unit);
    if (post == 0 && command->observed_us < decision->now_us)
        post = registry_late_post(decision->rows, command->person, decision->wanted_post, roles, unit,
                                  command->observed_us, decision->now_us);
    return post;
}

/* Whether the entry states a fact, in a matter that was there: not an answer to a proposal or to another's entry, nor a
 * correction. */
static bool may_be_late(const struct draft *draft, const struct entry_def *entry)
{
    return draft->view.state != draft->view.kind->proposed && entry->confirms == NULL && entry->declines == NULL &&
           draft->view.matter.opened_us <= draft->decision->command->observed_us &&
           strcmp(draft->decision->command->name, "correct_entry") != 0;
}

static bool holds(struct decision *decision, int64_t post)
{
    struct post found;
    return registry_post(decision->rows, post, &found) && found.person == decision->command->person &&
           found.from_us <= decision->now_us && found.to_us > decision->now_us;
}

static struct right given_by(int64_t post)
{
    return (struct right){.given = true, .post = post};
}

/* The operator, the clock and letters need no right: a letter acts in the post that sent it. */
static struct right not_needed(const struct decision *decision)
{
    return given_by(decision->post);
}

static struct right refused(struct decision *decision, const char *who)
{
    const struct command *command = decision->command;
    struct post post;
    if (decision->wanted_post != 0 &&
        (!registry_post(decision->rows, decision->wanted_post, &post) || post.person != command->person))
        decision_refuse(decision, PROBLEM_POST_NOT_HELD, "post");
    else
        decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, who);
    return (struct right){.given = false};
}

/* Addresses that name no role. */
static bool is_party(struct draft *draft, const struct address *address)
{
    int64_t person = draft->decision->command->person;
    switch (address->party) {
    case PARTY_SUBJECT:
        return draft->view.kind->about == ABOUT_PERSON && draft->view.matter.subject == person;
    case PARTY_PROXY:
        return actor_speaks_for_subject(draft, person);
    case PARTY_PUBLIC:
        return true;
    case PARTY_OPENER:
        return person != 0 && matter_opener(&draft->view.matter) == person &&
               (draft->view.matter.opener_post == 0 || holds(draft->decision, draft->view.matter.opener_post));
    case PARTY_PARTICIPANT:
        return participants_has(&draft->view, address->set, -person);
    case PARTY_ROLE:
    case PARTY_CLOCK:
        return false;
    }
    g_assert_not_reached();
}

static int64_t post_at(struct decision *decision, const struct gathered *all, const char *const *roles, int64_t unit)
{
    return all->late ? entering_post(decision, roles, unit) : acting_post(decision, roles, unit);
}

/* Names of the roles among the addresses, NULL-terminated; only those at the matter's own unit, or all. */
static GPtrArray *roles_of(const struct gathered *all, bool own_unit)
{
    GPtrArray *roles = g_ptr_array_new();
    const struct address *address;
    for (size_t i = 0; (address = gathered_at(all, i)) != NULL; i++)
        if (address->party == PARTY_ROLE && (!own_unit || address->place == PLACE_MATTER_UNIT))
            g_ptr_array_add(roles, address->role->name);
    g_ptr_array_add(roles, NULL);
    return roles;
}

static const char *const *names_of(const GPtrArray *roles)
{
    return (const char *const *)roles->pdata;
}

/* Roles at the matter's own unit, nearly all there are, are one query. */
static int64_t post_of(struct draft *draft, const struct gathered *all, int64_t receiver)
{
    g_autoptr(GPtrArray) roles = roles_of(all, true);
    int64_t post = roles->len > 1 ? post_at(draft->decision, all, names_of(roles), draft->view.matter.unit) : 0;
    const struct address *address;
    for (size_t i = 0; (address = gathered_at(all, i)) != NULL && post == 0; i++) {
        if (address->party != PARTY_ROLE || address->place == PLACE_MATTER_UNIT)
            continue;
        int64_t unit = route_place(draft, address, receiver);
        const char *const one[] = {address->role->name, NULL};
        post = unit != 0 ? post_at(draft->decision, all, one, unit) : 0;
    }
    return post;
}

/* No problem is set where it is not given. */
static struct right right_of(struct draft *draft, const struct gathered *all, int64_t receiver)
{
    int64_t post = post_of(draft, all, receiver);
    if (post != 0)
        return given_by(post);
    for (size_t i = 0; gathered_at(all, i) != NULL; i++)
        if (is_party(draft, gathered_at(all, i)))
            return given_by(0);
    return (struct right){.given = false};
}

static const char *party_name(const struct address *address)
{
    static const char *const names[] = {[PARTY_PARTICIPANT] = "participant", [PARTY_OPENER] = "opener",
                                        [PARTY_SUBJECT] = "subject",         [PARTY_PROXY] = "proxy",
                                        [PARTY_PUBLIC] = "public",           [PARTY_CLOCK] = "clock"};
    return address->party == PARTY_ROLE ? address->role->name : names[address->party];
}

static struct right refused_all(struct draft *draft, const struct gathered *all)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; gathered_at(all, i) != NULL; i++) {
        const char *name = party_name(gathered_at(all, i));
        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, (gpointer)name);
    }
    g_ptr_array_add(names, NULL);
    g_autofree char *who = g_strjoinv(", ", (char **)names->pdata);
    return refused(draft->decision, who);
}

/* The post of an open expectation of the entry, also where it was the level above for want of a nearer one; 0 none of
 * the actor's. */
static int64_t answering_post(struct draft *draft, const struct entry_def *entry)
{
    struct decision *decision = draft->decision;
    struct post post;
    if (entry->of != NULL)
        participants_load_all(&draft->view);
    for (guint i = 0; i < draft->view.open->len; i++) {
        const struct expectation *expectation = &g_array_index(draft->view.open, struct expectation, i);
        if (!expect_is_met_by(expectation->def, entry) || expectation->post <= 0 ||
            (decision->wanted_post != 0 && decision->wanted_post != expectation->post))
            continue;
        if (registry_post(decision->rows, expectation->post, &post) && post.person == decision->command->person &&
            post.to_us > decision->now_us)
            return post.id;
    }
    return 0;
}

/* The rows of a round are mostly at one unit: the post that was allowed there is allowed again; 0 none was. */
static int64_t allowed_before(const struct draft *draft, const struct entry_def *entry)
{
    const struct allowed *allowed = draft->allowed;
    bool same = allowed != NULL && allowed->entry == entry && allowed->unit == draft->view.matter.unit;
    return same ? allowed->post : 0;
}

static void remember_allowed(struct draft *draft, const struct entry_def *entry, int64_t post)
{
    if (draft->allowed != NULL)
        *draft->allowed = (struct allowed){entry, draft->view.matter.unit, post};
}

struct right actor_acts_at(struct draft *draft, const struct entry_def *entry, int64_t unit)
{
    AUTO(gathered) struct gathered all = {.late = may_be_late(draft, entry)};
    actor_gather_entry(draft, entry, &all);
    g_autoptr(GPtrArray) roles = roles_of(&all, false);
    int64_t post = roles->len > 1 ? post_at(draft->decision, &all, names_of(roles), unit) : 0;
    return (struct right){.given = post != 0, .post = post};
}

struct right actor_may_enter(struct draft *draft, const struct entry_def *entry)
{
    if (!actor_needs_right(draft->decision) || entry->as != NULL)
        return not_needed(draft->decision);
    int64_t post = allowed_before(draft, entry);
    if (post != 0)
        return given_by(post);
    AUTO(gathered) struct gathered all = {.late = may_be_late(draft, entry)};
    actor_gather_entry(draft, entry, &all);
    struct right right = right_of(draft, &all, 0);
    if (right.given) {
        remember_allowed(draft, entry, right.post);
        return right;
    }
    post = answering_post(draft, entry);
    return post != 0 ? given_by(post) : refused_all(draft, &all);
}

bool actor_is_author(struct draft *draft, const struct entry_row *row)
{
    struct decision *decision = draft->decision;
    return row->person != 0 && row->person == decision->command->person &&
           (row->post == 0 || holds(decision, row->post));
}

struct right actor_is_one_of(struct draft *draft, const struct address *addresses, size_t count, int64_t receiver)
{
    if (!actor_needs_right(draft->decision))
        return not_needed(draft->decision);
    AUTO(gathered) struct gathered all = {0};
    actor_gather(&all, addresses, count);
    struct right right = right_of(draft, &all, receiver);
    return right.given ? right : refused_all(draft, &all);
}

static int64_t post_in_roles(struct decision *decision, const struct role *const *roles, size_t count, int64_t unit)
{
    g_autofree const char **names = g_new0(const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        names[i] = roles[i]->name;
    return count > 0 ? acting_post(decision, names, unit) : 0;
}

struct right actor_unmasks(struct draft *draft)
{
    struct decision *decision = draft->decision;
    const struct kind *kind = draft->view.kind;
    if (!actor_needs_right(decision))
        return not_needed(decision);
    bool by_role = !draft->view.matter.named_only && !kind->participants_only;
    int64_t post =
        !by_role ? 0 : post_in_roles(decision, kind->unmasked_by, kind->unmasked_by_count, draft->view.matter.unit);
    return post != 0 ? given_by(post) : refused(decision, "unmasked");
}

static struct right refused_opening(struct decision *decision, const struct kind *kind)
{
    GString *who = g_string_new(NULL);
    for (size_t i = 0; i < kind->opened_by_count; i++)
        g_string_append_printf(who, "%s%s", who->len > 0 ? ", " : "", kind->opened_by[i]->name);
    for (size_t i = 0; i < kind->proposed_by_count; i++)
        g_string_append_printf(who, "%s%s", who->len > 0 ? ", " : "", kind->proposed_by[i]->name);
    if (kind->opened_by_subject)
        g_string_append_printf(who, "%ssubject", who->len > 0 ? ", " : "");
    if (who->len == 0)
        g_string_append(who, "clock");
    g_autofree char *text = g_string_free(who, FALSE);
    return refused(decision, text);
}

struct right actor_may_open(struct decision *decision, const struct kind *kind, int64_t unit, int64_t subject,
                            bool *out_proposes)
{
    *out_proposes = false;
    if (!actor_needs_right(decision))
        return not_needed(decision);
    bool own = kind->about == ABOUT_PERSON && subject == decision->command->person;
    int64_t post = post_in_roles(decision, kind->opened_by, kind->opened_by_count, unit);
    if (post != 0 && own && kind->about_post) {
        decision_refuse(decision, PROBLEM_SAME_PERSON_REFUSED, NULL);
        return (struct right){.given = false};
    }
    if (post == 0 && kind->opened_by_subject && subject == decision->command->person)
        return given_by(0);
    if (post == 0 && kind->proposed != NULL) {
        post = post_in_roles(decision, kind->proposed_by, kind->proposed_by_count, unit);
        *out_proposes = post != 0;
    }
    return post != 0 ? given_by(post) : refused_opening(decision, kind);
}

struct right actor_may_merge(struct decision *decision, const struct kind *kind, int64_t unit)
{
    if (!actor_needs_right(decision))
        return not_needed(decision);
    bool own = kind->merged_by_count > 0;
    const struct role *const *roles = own ? kind->merged_by : kind->opened_by;
    size_t count = own ? kind->merged_by_count : kind->opened_by_count;
    int64_t post = post_in_roles(decision, roles, count, unit);
    if (post == 0) {
        GString *names = g_string_new(NULL);
        for (size_t i = 0; i < count; i++)
            g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", roles[i]->name);
        g_autofree char *text = g_string_free(names, FALSE);
        return refused(decision, text);
    }
    return given_by(post);
}

struct right actor_covers(struct decision *decision, int64_t unit)
{
    if (!actor_needs_right(decision))
        return not_needed(decision);
    int64_t post = acting_post(decision, NULL, unit);
    return post != 0 ? given_by(post) : refused(decision, "the level above");
}

bool actor_oversees(struct decision *decision, const struct post *post)
{
    return !actor_needs_right(decision) ||
           registry_post_is_within(decision->rows, decision->command->person, NULL, post, decision->now_us) ||
           refused(decision, "the level above").given;
}

static int64_t above(const struct decision *decision, int64_t unit)
{
    struct unit here;
    return registry_unit(decision->rows, unit, &here) && here.parent != 0 ? here.parent : unit;
}

struct right actor_stands_above(struct decision *decision, int64_t unit)
{
    return actor_covers(decision, above(decision, unit));
}

bool actor_is_above(struct decision *decision, int64_t unit)
{
    return !actor_needs_right(decision) || acting_post(decision, NULL, above(decision, unit)) != 0;
}
