/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/route.h"

#include "matter/lifecycle/exclusion.h"
#include "matter/view/members.h"
#include "playbook/form/form.h"

#include <string.h>

#define SUCCESSORS_FOLLOWED 20 /* mergers of mergers */

static struct route ask(struct decision *decision, const struct role *role, int64_t unit)
{
    struct route route = {0};
    registry_route(decision->rows, role->name, unit, decision->now_us, &route);
    return route;
}

void router_forget(struct router *router)
{
    *router = (struct router){0};
}

struct route route_role(struct decision *decision, struct router *router, const struct role *role, int64_t unit)
{
    if (router == NULL)
        return ask(decision, role, unit);
    for (size_t i = 0; i < router->count; i++)
        if (router->known[i].role == role && router->known[i].unit == unit)
            return router->known[i].route;
    struct route route = ask(decision, role, unit);
    router->known[router->next].role = role;
    router->known[router->next].unit = unit;
    router->known[router->next].route = route;
    router->next = (router->next + 1) % ROUTER_MEMORY;
    router->count = MIN(router->count + 1, ROUTER_MEMORY);
    return route;
}

/* The successor of a merged unit, since a field keeps the unit that it was given. */
static int64_t what_became_of(struct decision *decision, int64_t id)
{
    struct unit unit;
    for (int i = 0; i < SUCCESSORS_FOLLOWED; i++) {
        if (id == 0 || !registry_unit(decision->rows, id, &unit) || unit.to_us > decision->now_us)
            return id;
        g_autoptr(GArray) successors = registry_successors(decision->rows, id);
        if (successors->len != 1)
            return id;
        id = g_array_index(successors, int64_t, 0);
    }
    return id;
}

static int64_t unit_in_field(struct draft *draft, int field)
{
    const struct field *definition = &draft->view.kind->form.fields[field];
    const json_t *stored = json_object_get(view_form(&draft->view), definition->name);
    struct value value = stored != NULL ? form_value(definition, stored) : (struct value){.type = VALUE_MISSING};
    return value.type == VALUE_UNIT ? what_became_of(draft->decision, value.id) : 0;
}

/* Above where the matter is and where it was to go last. */
static int64_t common_place(struct draft *draft)
{
    struct decision *decision = draft->decision;
    int64_t unit = draft->view.matter.unit, to = unit;
    db_integer(decision->rows, &to, "SELECT to_unit FROM matter_handover WHERE matter = ?1", "i",
               draft->view.matter.id);
    int64_t above = registry_common_ancestor(decision->rows, unit, to, decision->now_us);
    return above != 0 ? above : unit;
}

int64_t route_place(struct draft *draft, const struct address *address, int64_t receiver)
{
    int64_t unit = draft->view.matter.unit;
    switch (address->place) {
    case PLACE_MATTER_UNIT:
        return unit;
    case PLACE_ANCESTOR: {
        int64_t above = registry_above(draft->decision->rows, unit, address->ancestor->name, draft->decision->now_us);
        return above != 0 ? above : unit;
    }
    case PLACE_FIELD:
        return unit_in_field(draft, address->field);
    case PLACE_RECEIVER:
        return receiver;
    case PLACE_PARTICIPANT: {
        const struct participant *only = participants_only(&draft->view, address->set);
        return receiver > 0 ? receiver : only != NULL ? only->who : 0;
    }
    case PLACE_COMMON:
        return common_place(draft);
    }
    g_assert_not_reached();
}

/* In the post in which they opened it while they hold that; as a person, if they opened it as one. */
static int64_t opener(struct draft *draft)
{
    const struct matter *matter = &draft->view.matter;
    struct post post;
    bool held = !matter->caused && matter->opener_post > 0 &&
                registry_post(draft->decision->rows, matter->opener_post, &post) &&
                post.to_us > draft->decision->now_us;
    return matter->opener_post == 0 ? -matter_opener(matter) : held ? matter->opener_post : 0;
}

/* `entry`: what is to be made there; NULL: anything. */
static int64_t route_holder(struct draft *draft, const struct role *role, int64_t unit, const struct entry_def *entry)
{
    struct decision *decision = draft->decision;
    struct route route = route_role(decision, draft->router, role, unit);
    if (entry == NULL || !exclusion_of(draft, entry, route.person))
        return route.post;
    g_autoptr(GArray) persons = exclusion_persons(draft, entry);
    registry_route_other(decision->rows, role->name, unit, decision->now_us, persons, &route);
    return route.post;
}

static int64_t route_for(struct draft *draft, const struct address *address, int64_t receiver,
                         const struct entry_def *entry)
{
    if (address->party == PARTY_SUBJECT)
        return -draft->view.matter.subject;
    if (address->party == PARTY_OPENER)
        return opener(draft);
    if (address->party == PARTY_PARTICIPANT) {
        const struct participant *only = participants_only(&draft->view, address->set);
        return receiver < 0 ? receiver : only != NULL ? only->who : 0;
    }
    if (address->party != PARTY_ROLE)
        return 0;
    int64_t unit = route_place(draft, address, receiver);
    return unit == 0 ? 0 : route_holder(draft, address->role, unit, entry);
}

int64_t route_address(struct draft *draft, const struct address *address, int64_t receiver)
{
    return route_for(draft, address, receiver, NULL);
}

int64_t route_accepting(struct draft *draft)
{
    struct decision *decision = draft->decision;
    const struct handover_def *handover = &draft->view.kind->handover;
    AUTO(cursor)
    struct cursor cursor =
        db_query(decision->rows,
                 "SELECT from_unit, to_unit, bounces, unknown FROM matter_handover WHERE matter = ?1 AND "
                 "pending = 1",
                 "i", draft->view.matter.id);
    if (!cursor_next(&cursor))
        return 0;
    int64_t from = cursor_integer(&cursor, 0), to = cursor_integer(&cursor, 1), asked = to;
    bool unknown = cursor_integer(&cursor, 3) != 0 && handover->unknown.role != NULL;
    if (cursor_integer(&cursor, 2) >= handover->bounce_cap && !handover->decided && !unknown)
        asked = registry_common_ancestor(decision->rows, from, to, decision->now_us);
    return route_role(decision, draft->router, unknown ? handover->unknown.role : handover->accept.role,
                      asked != 0 ? asked : to)
        .post;
}

int64_t route_to_enter(struct draft *draft, const struct address *address, int64_t participant,
                       const struct entry_def *entry)
{
    if (address->place == PLACE_RECEIVER)
        return route_accepting(draft);
    const struct participant *one = participant != 0 ? participants_find(&draft->view, participant) : NULL;
    return route_for(draft, address, one != NULL ? one->who : 0, entry);
}

int64_t route_about(struct draft *draft, const struct address *address, int64_t participant)
{
    return route_to_enter(draft, address, participant, NULL);
}

int64_t route_first(const struct expect *expect, int64_t (*route)(void *context, const struct address *address),
                    void *context)
{
    int64_t post = route(context, &expect->answers);
    for (size_t i = 0; post == 0 && i < expect->escalation_count; i++)
        post = route(context, &expect->escalations[i].to);
    return post;
}

struct routing {
    struct draft *draft;
    int64_t participant;
    const struct entry_def *entry;
};

static int64_t route_loaded(void *context, const struct address *address)
{
    const struct routing *routing = context;
    return route_to_enter(routing->draft, address, routing->participant, routing->entry);
}

int64_t route_expectation(struct draft *draft, const struct expect *expect, int64_t participant)
{
    struct routing routing = {draft, participant, expect->entry};
    return route_first(expect, route_loaded, &routing);
}

int64_t route_until_us(const struct decision *decision, const struct expect *expect, int64_t unit, int64_t post)
{
    struct post found = {.to_us = NEVER_US};
    const struct role *role = expect->answers.party == PARTY_ROLE ? expect->answers.role : NULL;
    bool at_unit = expect->answers.place == PLACE_MATTER_UNIT || expect->answers.place == PLACE_ANCESTOR;
    if (post < 0 || (post > 0 && !registry_post(decision->rows, post, &found)))
        return NEVER_US;
    int64_t lent_us =
        post > 0 && !found.keeps_hours ? registry_shift_end_us(decision->rows, post, decision->now_us) : 0;
    if (lent_us != 0) /* without hours of its own, it has been lent a shift */
        found.to_us = MIN(found.to_us, lent_us);
    bool instead = role != NULL && at_unit && strcmp(found.role, role->name) != 0;
    return instead ? MIN(found.to_us, registry_next_start_us(decision->rows, role->name, unit, decision->now_us))
                   : found.to_us;
}

int64_t route_next_us(const struct draft *draft, const struct expectation *expectation)
{
    struct router *router = draft->router;
    const struct expect *expect = expectation->def;
    int64_t unit = draft->view.matter.unit, post = expectation->post;
    if (router != NULL && router->until.expect == expect && router->until.unit == unit && router->until.post == post)
        return router->until.us;
    int64_t until_us = route_until_us(draft->decision, expect, unit, post);
    if (router != NULL) {
        router->until.expect = expect;
        router->until.unit = unit;
        router->until.post = post;
        router->until.us = until_us;
    }
    return until_us;
}

bool route_may_claim(struct draft *draft, const struct expectation *expectation, int64_t other)
{
    bool there = expectation->def->answers.place == PLACE_PARTICIPANT && expectation->participant != 0;
    const struct participant *one = there ? participants_find(&draft->view, expectation->participant) : NULL;
    int64_t unit = one != NULL && one->who > 0 ? one->who : draft->view.matter.unit;
    return expectation->post == other ||
           (expectation->post > 0 && expectation->def->answers.party == PARTY_ROLE &&
            registry_is_colleague(draft->decision->rows, expectation->post, other, unit, draft->decision->now_us));
}

/* A suspended post has no grounds. */
static bool holds(struct decision *decision, int64_t post, const struct role *role)
{
    struct post found;
    int64_t ground;
    return registry_post(decision->rows, post, &found) && found.to_us > decision->now_us &&
           strcmp(found.role, role->name) == 0 &&
           db_integer(decision->rows, &ground,
                      "SELECT unit FROM post_ground WHERE person = ?1 AND post = ?2 AND from_us <= ?3 AND "
                      "to_us > ?3 LIMIT 1",
                      "iii", found.person, post, decision->now_us);
}

static bool still_holds(const struct draft *draft, int64_t post, const struct role *role)
{
    struct router *router = draft->router;
    if (router != NULL && router->held.post == post && router->held.role == role)
        return true;
    bool held = holds(draft->decision, post, role);
    if (held && router != NULL) {
        router->held.role = role;
        router->held.post = post;
    }
    return held;
}

bool route_is_excluded(struct draft *draft, const struct expectation *expectation)
{
    const struct entry_def *entry = expectation->def->entry;
    struct post post;
    return entry != NULL && exclusion_is_possible(entry) &&
           registry_post(draft->decision->rows, expectation->post, &post) && exclusion_of(draft, entry, post.person);
}

int64_t route_again(struct draft *draft, const struct expectation *expectation)
{
    const struct address *answers = &expectation->def->answers;
    if (answers->party != PARTY_ROLE)
        return expectation->post;
    bool stays = expectation->post > 0 && expectation->claimed_us == 0 && !answers->role->duty_hours &&
                 still_holds(draft, expectation->post, answers->role) && !route_is_excluded(draft, expectation);
    return stays ? expectation->post : route_expectation(draft, expectation->def, expectation->participant);
}
