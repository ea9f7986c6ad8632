/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/commands/outage.h"

#include "base/limits.h"
#include "matter/draft/actor_sight.h"
#include "matter/entry/read.h"
#include "matter/lifecycle/actor.h"

#include <string.h>

#define EXCUSED_PER_COMMAND (2 * LIMIT_LAPSES_PER_EVENT) /* some 10 ms of the writer's time */

static bool expects(const struct kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->state_count; i++)
        for (size_t k = 0; k < kind->states[i].expect_count; k++)
            if (strcmp(kind->states[i].expects[k].name, name) == 0)
                return true;
    return false;
}

/* A mistyped name would find nothing, which a client takes for the end. A name of a version that is no longer in force
 * may be that of a matter that still runs. */
static bool is_there(struct decision *decision, const struct outage *outage)
{
    bool kind_is_known = outage->kind == NULL, name_is_known = outage->name == NULL;
    for (const struct playbook *version = decision->playbook; version != NULL && !(kind_is_known && name_is_known);
         version = rulebook_before(decision->rulebook, version->id))
        for (size_t i = 0; i < version->kind_count; i++) {
            const struct kind *kind = &version->kinds[i];
            if (outage->kind != NULL && strcmp(kind->name, outage->kind) != 0)
                continue;
            kind_is_known = true;
            name_is_known = name_is_known || expects(kind, outage->name);
        }
    if (!kind_is_known)
        return decision_refuse(decision, PROBLEM_UNKNOWN_KIND, "kind", "");
    return name_is_known || decision_refuse(decision, PROBLEM_UNKNOWN_EXPECTATION, "name");
}

bool outage_read(struct decision *decision, struct outage *out)
{
    *out = (struct outage){.from_us = -1, .to_us = -1};
    if (!decision_unit(decision, "under", &out->under) || !decision_time_optional(decision, "from", &out->from_us) ||
        !decision_time_optional(decision, "to", &out->to_us) || !decision_text_optional(decision, "kind", &out->kind) ||
        !decision_text_optional(decision, "name", &out->name))
        return false;
    if (out->from_us < 0 || out->to_us < 0)
        return decision_refuse(decision, PROBLEM_MISSING_FIELD, out->from_us < 0 ? "from" : "to");
    if (out->from_us >= out->to_us)
        return decision_refuse(decision, PROBLEM_BEFORE_START, "to");
    return is_there(decision, out) && decision_act_by(decision, actor_covers(decision, out->under));
}

static bool is_own(struct decision *decision, int64_t post)
{
    struct post held;
    return decision->command->person != 0 && registry_post(decision->rows, post, &held) &&
           enter_is_same(decision, held.person, post);
}

bool outage_is_theirs(struct decision *decision, const struct matter *matter, int64_t post)
{
    return actor_is_above(decision, matter->unit) && actor_sees(decision, matter) && !is_own(decision, post);
}

bool outage_concerns(struct decision *decision, const struct outage *outage, const struct matter *matter, int64_t post)
{
    return (outage->kind == NULL || strcmp(outage->kind, matter->kind) == 0) &&
           registry_covers(decision->rows, outage->under, matter->unit, decision->now_us) &&
           outage_is_theirs(decision, matter, post);
}

static void find(struct decision *decision, const struct outage *outage, const char *sql, GArray *found)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(decision->rows, sql, "iiss", outage->from_us, outage->to_us, outage->kind, outage->name);
    while (found->len < EXCUSED_PER_COMMAND && cursor_next(&cursor)) {
        struct found item = {cursor_integer(&cursor, 0), cursor_integer(&cursor, 1)};
        struct matter matter;
        if (matter_get(decision->rows, item.matter, &matter) &&
            outage_concerns(decision, outage, &matter, cursor_integer(&cursor, 2)))
            g_array_append_val(found, item);
    }
}

GArray *outage_find(struct decision *decision, const struct outage *outage)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct found));
    find(decision, outage,
         "SELECT p.matter, p.number, p.post FROM expectation_past p JOIN matter m ON m.id = p.matter "
         "WHERE p.outcome = 3 AND p.due_us >= ?1 AND p.due_us < ?2 AND (?3 IS NULL OR m.kind = ?3) AND "
         "(?4 IS NULL OR p.name = ?4) AND m.erased = 0 ORDER BY p.due_us, p.matter, p.number",
         found);
    find(decision, outage,
         "SELECT e.matter, e.number, e.post FROM expectation e JOIN matter m ON m.id = e.matter "
         "WHERE e.overdue = 1 AND e.due_us >= ?1 AND e.due_us < ?2 AND (?3 IS NULL OR m.kind = ?3) AND "
         "(?4 IS NULL OR e.name = ?4) ORDER BY e.due_us, e.matter, e.slot",
         found);
    return found;
}

bool matter_outage_is_asked(const json_t *body)
{
    return strcmp(json_get_text(body, "command", ""), "excuse") == 0 && json_object_get(body, "expectations") == NULL;
}

GArray *matter_outage_look(const struct command *command, const struct areas *areas, struct db *rows,
                           struct vault *vault, struct rulebook *rulebook, int64_t now_us)
{
    struct outage outage;
    AUTO(decision)
    struct decision decision;
    decision_init_asked(&decision, command, areas, rows, vault, rulebook, now_us);
    return outage_read(&decision, &outage) ? outage_find(&decision, &outage)
                                           : g_array_new(FALSE, FALSE, sizeof(struct found));
}
