/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events about many matters of their stream; apply_follow.c has what follows from other areas' events. */
#include "matter/rows/apply.h"

#include "base/limits.h"
#include "matter/matter.h"
#include "matter/rows/events.h"

G_STATIC_ASSERT(LIMIT_LAPSES_PER_EVENT < 1 << ID_I_BITS); /* of alerts */

static void raise_alert(struct db *rows, const struct event *event, size_t i, const json_t *item, int64_t step,
                        int64_t post, int64_t shown_us)
{
    db_run(rows,
           "INSERT OR REPLACE INTO alert (id, post, matter, number, name, step, raised_us, shown_us) "
           "SELECT ?1, ?4, matter, number, name, ?5, ?6, ?7 FROM expectation WHERE matter = ?2 AND slot = ?3 "
           "AND ?4 <> 0",
           "iiiiiii", id_alert(event_place(event), (int64_t)i), item_integer(item, ITEM_MATTER),
           item_integer(item, ITEM_SLOT), post, step, event->at_us, shown_us);
}

/* Gives it to another post where the item has one in that place: whoever has taken it keeps it alone. */
static void change_post(struct db *rows, const json_t *item, size_t place)
{
    if (json_array_size(item) > place)
        db_run(rows,
               "UPDATE expectation SET claimed_us = claimed_us * (post = ?3), claim_until_us = claim_until_us * "
               "(post = ?3), post = ?3 WHERE matter = ?1 AND slot = ?2",
               "iii", item_integer(item, ITEM_MATTER), item_integer(item, ITEM_SLOT), item_integer(item, place));
}

static void give_back(struct db *rows, int64_t matter, int64_t slot)
{
    db_run(rows, "UPDATE expectation SET claimed_us = 0, claim_until_us = 0 WHERE matter = ?1 AND slot = ?2", "ii",
           matter, slot);
}

static void end_lapsed(struct db *rows, const json_t *item, const struct ending *ending)
{
    int64_t matter = item_integer(item, ITEM_MATTER);
    apply_ended(rows, matter, item, ITEM_SLOT, ending);
    if (json_array_size(item) > ITEM_SLOT + ENDED_NUMBER)
        db_run(rows, "UPDATE matter SET next_expectation = max(next_expectation, ?2) WHERE id = ?1", "ii", matter,
               item_integer(item, ITEM_SLOT + ENDED_NUMBER) + 1);
}

static void apply_lapse(struct db *rows, const struct event *event, size_t i, const json_t *item)
{
    int64_t matter = item_integer(item, ITEM_MATTER), slot = item_integer(item, ITEM_SLOT);
    int64_t next_us = item_integer(item, ITEM_NEXT);
    switch ((enum lapse)item_integer(item, ITEM_SORT)) {
    case LAPSE_WARNED:
        db_run(rows, "UPDATE expectation SET warned = 1, next_us = ?3 WHERE matter = ?1 AND slot = ?2", "iii", matter,
               slot, next_us);
        change_post(rows, item, WARNED_POST);
        raise_alert(rows, event, i, item, 0, item_integer(item, WARNED_POST), item_integer(item, WARNED_SHOWN));
        break;
    case LAPSE_OVERDUE:
        db_run(rows, "UPDATE expectation SET overdue = 1, next_us = ?3 WHERE matter = ?1 AND slot = ?2", "iii", matter,
               slot, next_us);
        change_post(rows, item, ITEM_POST);
        break;
    case LAPSE_RAISED:
        db_run(rows, "UPDATE expectation SET step = ?4, next_us = ?3 WHERE matter = ?1 AND slot = ?2", "iiii", matter,
               slot, next_us, item_integer(item, RAISED_STEP));
        give_back(rows, matter, slot);
        raise_alert(rows, event, i, item, item_integer(item, RAISED_STEP), item_integer(item, RAISED_POST),
                    item_integer(item, RAISED_SHOWN));
        break;
    case LAPSE_ENDED:
        end_lapsed(rows, item, &(struct ending){.ended_us = event->at_us});
        break;
    case LAPSE_REROUTED:
        db_run(rows, "UPDATE expectation SET next_us = ?3 WHERE matter = ?1 AND slot = ?2", "iii", matter, slot,
               next_us);
        change_post(rows, item, ITEM_POST);
        break;
    case LAPSE_GIVEN_BACK:
        db_run(rows, "UPDATE expectation SET next_us = ?3 WHERE matter = ?1 AND slot = ?2", "iii", matter, slot,
               next_us);
        give_back(rows, matter, slot);
        change_post(rows, item, ITEM_POST);
        break;
    case LAPSE_ALERTED:
        db_run(rows, "UPDATE expectation SET alerts = ?4, next_us = ?3 WHERE matter = ?1 AND slot = ?2", "iiii", matter,
               slot, next_us, item_integer(item, ALERTED_COUNT));
        change_post(rows, item, ALERTED_POST);
        raise_alert(rows, event, i, item, -item_integer(item, ALERTED_COUNT), item_integer(item, ALERTED_POST),
                    event->at_us);
        break;
    case LAPSE_RINGING:
        db_run(rows, "UPDATE expectation SET phone_us = ?4, next_us = ?3 WHERE matter = ?1 AND slot = ?2", "iiii",
               matter, slot, next_us, event->at_us);
        change_post(rows, item, ITEM_POST);
        break;
    }
}

void apply_expectations_lapsed(struct db *rows, const struct event *event, const json_t *body)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "expectations"), i, item) apply_lapse(rows, event, i, item);
}

void apply_expectations_excused(struct db *rows, const struct event *event, const json_t *body)
{
    const char *reason = json_get_text(body, "b", NULL);
    const json_t *sealed = json_object_get(body, "w");
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "i"), i, item)
    {
        const char *words = json_string_value(json_array_get(sealed, i));
        if (item_integer(item, ITEM_SORT) == EXCUSE_OPEN)
            end_lapsed(
                rows, item,
                &(struct ending){.ended_us = event->at_us, .person = event->person, .reason = reason, .words = words});
        else
            db_run(rows,
                   "UPDATE expectation_past SET outcome = ?3, person = nullif(?4, 0), reason = ?5, words = ?6 WHERE "
                   "matter = ?1 AND number = ?2",
                   "iiiiss", item_integer(item, ITEM_MATTER), item_integer(item, EXCUSED_NUMBER),
                   (int64_t)OUTCOME_EXCUSED, event->person, reason, words);
    }
}

/* ---- erasure ---- */

/* Non-personal rows stay, so that figures of past days do not change. */
void apply_forget(struct db *rows, int64_t matter, int64_t at_us)
{
    db_run(rows, "DELETE FROM matter_form WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE entry SET clear = NULL, sealed = NULL, proxy = NULL WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE document_issued SET sealed = NULL WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE attachment SET gone_us = ?2 WHERE matter = ?1 AND gone_us = 0", "ii", matter, at_us);
    db_run(rows, "DELETE FROM link_person WHERE matter = ?1", "i", matter);
    db_run(rows, "DELETE FROM resident_link WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE link SET relation = NULL, sealed = NULL WHERE matter = ?1 AND relation IS NOT 'merged'", "i",
           matter);
    db_run(rows, "UPDATE participant SET who = 0 WHERE matter = ?1 AND who < 0", "i", matter);
    db_run(rows,
           "UPDATE participant SET reason = NULL, words = '' WHERE matter = ?1 AND (reason IS NOT NULL OR words IS NOT "
           "NULL)",
           "i", matter);
    db_run(rows, "UPDATE expectation_past SET reason = NULL, words = NULL WHERE matter = ?1 AND outcome = ?2", "ii",
           matter, (int64_t)OUTCOME_EXCUSED);
    db_run(rows, "DELETE FROM matter_hold WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE matter_merge SET reason = NULL, words = NULL WHERE matter = ?1", "i", matter);
    db_run(rows, "DELETE FROM matter_unique WHERE matter = ?1", "i", matter);
    db_run(rows, "DELETE FROM matter_registry WHERE matter = ?1", "i", matter);
    db_run(rows, "DELETE FROM alert WHERE matter = ?1", "i", matter);
    db_run(rows, "DELETE FROM external WHERE matter = ?1", "i", matter);
    db_run(rows,
           "UPDATE matter SET erased = 1, subject = 0, household = 0, facts = NULL, ends_us = NULL, "
           "retain_us = NULL "
           "WHERE id = ?1",
           "i", matter);
}

void apply_matter_erased(struct db *rows, const struct event *event, const json_t *body)
{
    apply_change(rows, event, body);
    apply_forget(rows, event->matter, event->at_us);
}

/* ---- units that become others ---- */

/* The clock routes again, at once. */
static void move_matter(struct db *rows, const struct event *event, const json_t *item, int64_t to)
{
    int64_t matter = item_integer(item, MOVED_MATTER);
    db_run(rows, "UPDATE matter SET unit = ?2, version = ?3, changed_us = ?4 WHERE id = ?1", "iiii", matter, to,
           item_integer(item, MOVED_VERSION), event->at_us);
    db_run(rows, "UPDATE expectation SET next_us = 0 WHERE matter = ?1 AND post >= 0", "i", matter);
    db_run(rows, "UPDATE matter_handover SET from_unit = ?2 WHERE matter = ?1 AND pending = 1", "ii", matter, to);
    apply_span(rows, matter, event->at_us);
}

/* Those who take part as the unit ?1, in matters from ?2 to ?3. A standing audience is left alone: the clock sees who
 * has gone and come. */
#define SQL_ACTIVE                                                                                                     \
    "p.who = ?1 AND p.matter BETWEEN ?2 AND ?3 AND p.left_us IS NULL AND NOT EXISTS (SELECT 1 FROM audience a "        \
    "WHERE a.matter = p.matter AND a.name = p.name AND a.standing = 1)"
/* Where the unit ?4 takes part in the same set already: the other one leaves. */
#define SQL_IN_BOTH                                                                                                    \
    "(SELECT p.matter, p.number FROM participant p JOIN participant o ON o.matter = p.matter AND "                     \
    "o.name = p.name AND o.who = ?4 AND o.left_us IS NULL WHERE " SQL_ACTIVE ")"
#define SQL_IN_ONE "(SELECT p.matter, p.number FROM participant p WHERE " SQL_ACTIVE ")"

/* The participant keeps its number and expectations as the new unit; where that one takes part already, it leaves. */
static void move_participants(struct db *rows, const struct event *event, int64_t from, int64_t to)
{
    int64_t first = id_matter_first(event->stream), last = id_matter_last(event->stream);
    db_run(rows,
           "INSERT OR REPLACE INTO expectation_past (matter, number, name, post, opens_us, due_us, ended_us, "
           "outcome, participant, line) SELECT matter, number, name, post, opens_us, due_us, ?5, ?6, "
           "participant, line FROM expectation WHERE participant <> 0 AND (matter, participant) IN " SQL_IN_BOTH,
           "iiiiii", from, first, last, to, event->at_us, (int64_t)OUTCOME_WITHDRAWN);
    db_run(rows, "DELETE FROM expectation WHERE participant <> 0 AND (matter, participant) IN " SQL_IN_BOTH, "iiii",
           from, first, last, to);
    db_run(rows, "UPDATE participant SET left_us = ?5 WHERE (matter, number) IN " SQL_IN_BOTH, "iiiii", from, first,
           last, to, event->at_us);
    db_run(rows,
           "UPDATE expectation SET next_us = 0 WHERE post >= 0 AND participant <> 0 AND (matter, "
           "participant) IN " SQL_IN_ONE,
           "iii", from, first, last);
    db_run(rows, "UPDATE participant SET who = ?4 WHERE (matter, number) IN " SQL_IN_ONE, "iiii", from, first, last,
           to);
    db_run(rows,
           "UPDATE audience SET under = ?4, waits = 1, after_unit = 0 WHERE under = ?1 AND matter BETWEEN ?2 AND ?3",
           "iiii", from, first, last, to);
}

void apply_matters_moved(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t from = json_get_integer(body, "from", 0), to = json_get_integer(body, "to", 0);
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "m"), i, item) move_matter(rows, event, item, to);
    if (!json_get_bool(body, "offers", false))
        return;
    db_run(rows,
           "UPDATE matter_handover SET to_unit = ?2 WHERE to_unit = ?1 AND pending = 1 AND matter BETWEEN ?3 AND ?4",
           "iiii", from, to, id_matter_first(event->stream), id_matter_last(event->stream));
    move_participants(rows, event, from, to);
}

/* ---- standing matters ---- */

void apply_unit_came(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT OR IGNORE INTO standing_news (unit) VALUES (?1)", "i", json_get_integer(body, "id", 0));
}

void apply_watch_for(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "UPDATE standing_playbook SET place = ?1", "i", event_place(event));
}

void apply_standing_watched(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t playbook = json_get_integer(body, "playbook", 0), last = json_get_integer(body, "last", 0);
    bool all = json_get_bool(body, "all", false);
    db_run(rows, "DELETE FROM standing_news WHERE unit > ?1 AND unit <= ?2", "ii", json_get_integer(body, "after", 0),
           last);
    db_run(rows,
           "INSERT INTO standing_watch (stream, playbook, looking_for, unit) VALUES (?1, ?2, ?3, ?4) "
           "ON CONFLICT (stream) DO UPDATE SET playbook = max(playbook, ?2), looking_for = ?3, unit = ?4",
           "iiii", event->stream, all ? playbook : 0, playbook, last);
}
