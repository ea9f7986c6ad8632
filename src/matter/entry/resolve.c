/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/resolve.h"

#include "matter/entry/confirmation.h"
#include "matter/lifecycle/actor.h"
#include "matter/view/members.h"

/* Whether the actor acts for this participant, and in which post. */
static struct right acts_for(struct draft *draft, const struct entry_def *entry, const struct participant *one)
{
    if (draft->decision->command->origin != ORIGIN_DOOR)
        return (struct right){.given = true, .post = draft->decision->post};
    if (one->who < 0)
        return (struct right){.given = one->who == -draft->decision->command->person};
    return actor_acts_at(draft, entry, one->who);
}

struct right resolve_acts_for(struct draft *draft, const struct entry_def *entry, int64_t number)
{
    const struct participant *one = participants_find(&draft->view, number);
    return one != NULL ? acts_for(draft, entry, one) : (struct right){.given = false};
}

static bool named(struct draft *draft, const json_t *given, int64_t *out_number)
{
    const json_t *value = json_object_get(given, "participant");
    *out_number = 0;
    if (value == NULL || json_is_null(value))
        return true;
    if (json_is_integer(value))
        *out_number = json_integer_value(value);
    return json_is_integer(value) && participants_find(&draft->view, *out_number) != NULL;
}

/* Candidates of an audience, which is not loaded whole: the one given, else those in the actor's grounds. */
static void load_candidates(struct draft *draft, const struct entry_def *entry, const struct participant_set *set,
                            int64_t wanted)
{
    if (!set->audience || draft->view.whole || wanted != 0)
        return;
    int found = 0;
    AUTO(cursor)
    struct cursor cursor = db_query(draft->decision->rows,
                                    "SELECT DISTINCT p.number, p.who FROM post_ground g CROSS JOIN cover c ON "
                                    "c.ancestor = g.unit CROSS JOIN participant p "
                                    "INDEXED BY participant_who ON p.who = c.unit AND p.matter = ?2 AND p.name = "
                                    "?3 WHERE g.person = ?1 AND p.left_us IS NULL",
                                    "iis", draft->decision->command->person, draft->view.matter.id, set->name);
    while (found < 2 && cursor_next(&cursor)) {
        const struct participant one = {.who = cursor_integer(&cursor, 1)};
        if (entry->as != NULL && !acts_for(draft, entry, &one).given)
            continue;
        found++;
        participants_find(&draft->view, cursor_integer(&cursor, 0));
    }
}

bool resolve_participant(struct draft *draft, const struct entry_def *entry, const json_t *given, int64_t *out_number)
{
    const struct participant_set *set = entry->as != NULL ? entry->as : entry->of;
    struct right right = {.given = true, .post = draft->decision->post};
    int64_t wanted;
    guint found = 0;
    if (set == NULL)
        return true;
    if (!named(draft, given, &wanted))
        return decision_refuse(draft->decision, PROBLEM_UNKNOWN_PARTICIPANT, "participant");
    load_candidates(draft, entry, set, wanted);
    for (guint i = 0; i < participants_count(&draft->view); i++) {
        const struct participant *one = participants_at(&draft->view, i);
        if (one->set != set || one->left || (wanted != 0 && one->number != wanted) ||
            (wanted == 0 && !confirmation_is_awaited(draft, entry, one->number)))
            continue;
        struct right theirs = entry->as != NULL ? acts_for(draft, entry, one) : right;
        if (!theirs.given)
            continue;
        right = theirs;
        *out_number = one->number;
        found++;
    }
    if (found > 1)
        return decision_refuse(draft->decision, PROBLEM_WHICH_PARTICIPANT, "participant", set->name,
                               draft->view.kind->name);
    if (found == 0 && entry->as != NULL)
        return decision_refuse(draft->decision, PROBLEM_NO_RIGHT, NULL, set->name, draft->view.kind->name);
    if (found == 0)
        return decision_refuse(draft->decision, PROBLEM_UNKNOWN_PARTICIPANT, "participant");
    return decision_act_by(draft->decision, right);
}
