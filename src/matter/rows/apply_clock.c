/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events about many matters, and what other areas write. */
#include "matter/rows/apply.h"

#include "matter/matter.h"
#include "matter/rows/events.h"

#define ALERT_SHIFT 8 /* more than LIMIT_LAPSES_PER_EVENT of them do not come of one event */

static void raise_alert(struct db *rows, const struct event *event, size_t i, const json_t *item, int64_t step,
                        int64_t post, int64_t shown_us)
{
    db_run(rows,
           "INSERT OR REPLACE INTO alert (id, post, matter, number, name, step, raised_us, shown_us) "
           "SELECT ?1, ?4, matter, number, name, ?5, ?6, ?7 FROM expectation WHERE matter = ?2 AND slot = ?3 "
           "AND ?4 <> 0",
           "iiiiiii", event->pos << ALERT_SHIFT | (int64_t)i, item_integer(item, ITEM_MATTER),
           item_integer(item, ITEM_SLOT), post, step, event->at_us, shown_us);
}

/* Gives it to another post where the item has one in that place. */
static void change_post(struct db *rows, const json_t *item, size_t place)
{
    if (json_array_size(item) > place)
        db_run(rows, "UPDATE expectation SET post = ?3 WHERE matter = ?1 AND slot = ?2", "iii",
               item_integer(item, ITEM_MATTER), item_integer(item, ITEM_SLOT), item_integer(item, place));
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

/* What is not personal stays, so that figures of past days stand. */
static void forget(struct db *rows, int64_t matter, int64_t pos)
{
    db_run(rows, "DELETE FROM matter_form WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE entry SET clear = NULL, sealed = NULL, proxy = NULL WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE document_issued SET sealed = NULL WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE attachment SET gone = ?2 WHERE matter = ?1 AND gone = 0", "ii", matter, pos);
    db_run(rows, "DELETE FROM link_person WHERE matter = ?1", "i", matter);
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
    forget(rows, event->matter, event->pos);
}

static void end_and_forget(struct db *rows, const struct event *event, int64_t matter)
{
    db_run(rows,
           "INSERT OR REPLACE INTO expectation_past (matter, number, name, post, opens_us, due_us, "
           "ended_us, outcome, participant, line) "
           "SELECT matter, number, name, post, opens_us, due_us, ?2, ?3, participant, line FROM expectation "
           "WHERE matter = ?1",
           "iii", matter, event->at_us, (int64_t)OUTCOME_WITHDRAWN);
    db_run(rows, "DELETE FROM expectation WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE matter SET closed_us = ?2 WHERE id = ?1 AND closed_us = 0", "ii", matter, event->at_us);
    forget(rows, matter, event->pos);
}

/* All keys of the person are gone: their matters end where they stand. */
void apply_subject_erased(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t person = json_get_integer(body, "id", 0);
    size_t i;
    const json_t *matter;
    db_run(rows, "DELETE FROM link_person WHERE person = ?1", "i", person);
    db_run(rows, "UPDATE participant SET who = 0 WHERE who = -?1", "i", person);
    json_array_foreach(json_object_get(body, "matters"), i, matter)
        end_and_forget(rows, event, json_integer_value(matter));
}

/* ---- units that become others ---- */

/* Who answers is looked at by the clock, at once. */
static void move_matter(struct db *rows, const struct event *event, const json_t *item, int64_t to)
{
    int64_t matter = item_integer(item, MOVED_MATTER);
    db_run(rows, "UPDATE matter SET unit = ?2, version = ?3, changed_us = ?4 WHERE id = ?1", "iiii", matter, to,
           item_integer(item, MOVED_VERSION), event->at_us);
    db_run(rows, "UPDATE expectation SET next_us = 0 WHERE matter = ?1 AND post >= 0", "i", matter);
    db_run(rows, "UPDATE matter_handover SET from_unit = ?2 WHERE matter = ?1 AND pending = 1", "ii", matter, to);
    apply_span(rows, matter, event->at_us);
}

/* Those who take part as the unit ?1. A standing audience is left alone: the clock sees who has gone and come. */
#define LIVING                                                                                                         \
    "p.who = ?1 AND p.left_us IS NULL AND NOT EXISTS (SELECT 1 FROM audience a WHERE a.matter = p.matter "             \
    "AND a.name = p.name AND a.standing = 1)"
/* Where the unit ?2 takes part in the same set already: the other one leaves. */
#define TWICE                                                                                                          \
    "(SELECT p.matter, p.number FROM participant p JOIN participant o ON o.matter = p.matter AND "                     \
    "o.name = p.name AND o.who = ?2 AND o.left_us IS NULL WHERE " LIVING ")"
#define ONCE "(SELECT p.matter, p.number FROM participant p WHERE " LIVING ")"

/* What took part as the old unit does so as the new one, with what is expected of it. */
static void move_participants(struct db *rows, const struct event *event, int64_t from, int64_t to)
{
    db_run(rows,
           "INSERT OR REPLACE INTO expectation_past (matter, number, name, post, opens_us, due_us, ended_us, "
           "outcome, participant, line) SELECT matter, number, name, post, opens_us, due_us, ?3, ?4, "
           "participant, line FROM expectation WHERE participant <> 0 AND (matter, participant) IN " TWICE,
           "iiii", from, to, event->at_us, (int64_t)OUTCOME_WITHDRAWN);
    db_run(rows, "DELETE FROM expectation WHERE participant <> 0 AND (matter, participant) IN " TWICE, "ii", from, to);
    db_run(rows, "UPDATE participant SET left_us = ?3 WHERE (matter, number) IN " TWICE, "iii", from, to, event->at_us);
    db_run(rows,
           "UPDATE expectation SET next_us = 0 WHERE post >= 0 AND participant <> 0 AND (matter, "
           "participant) IN " ONCE,
           "i", from);
    db_run(rows, "UPDATE participant SET who = ?2 WHERE (matter, number) IN " ONCE, "ii", from, to);
    db_run(rows, "UPDATE audience SET under = ?2, waits = 1, after_unit = 0 WHERE under = ?1", "ii", from, to);
}

void apply_matters_moved(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t from = json_get_integer(body, "from", 0), to = json_get_integer(body, "to", 0);
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "m"), i, item) move_matter(rows, event, item, to);
    if (!json_get_bool(body, "offers", false))
        return;
    db_run(rows, "UPDATE matter_handover SET to_unit = ?2 WHERE to_unit = ?1 AND pending = 1", "ii", from, to);
    move_participants(rows, event, from, to);
}

/* Open matters that address everybody under a place: the clock sees who has come, or has gone. */
static void look_for_audience(struct db *rows, int64_t unit, int64_t after_unit, int64_t at_us)
{
    db_run(rows,
           "UPDATE audience SET waits = 1, after_unit = min(after_unit, ?2) WHERE standing = 1 AND under IN "
           "(SELECT ancestor FROM cover WHERE unit = ?1 AND to_us >= ?3) AND "
           "(SELECT closed_us FROM matter WHERE id = audience.matter) = 0",
           "iii", unit, after_unit, at_us);
}

void apply_unit_came(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t unit = json_get_integer(body, "id", 0);
    look_for_audience(rows, unit, unit - 1, event->at_us);
}

void apply_unit_went(struct db *rows, const struct event *event, const json_t *body)
{
    look_for_audience(rows, json_get_integer(body, "id", 0), 0, json_get_integer(body, "to_us", 0));
}

/* Under another parent others may answer, above it and in its stead; and audiences may be others. */
void apply_unit_moved(struct db *rows, const struct event *event, const json_t *body)
{
    if (json_object_get(body, "parent") != NULL)
        look_for_audience(rows, json_get_integer(body, "id", 0), 0, event->at_us);
    if (json_object_get(body, "parent") != NULL)
        db_run(rows,
               "UPDATE expectation SET next_us = 0 WHERE post >= 0 AND matter IN "
               "(SELECT m.id FROM cover c JOIN matter m ON m.unit = c.unit "
               "WHERE c.ancestor = ?1 AND c.to_us > ?2 AND m.closed_us = 0)",
               "ii", json_get_integer(body, "id", 0), event->at_us);
}

/* ---- what others decide ---- */

void apply_standing_watched(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "UPDATE standing_watch SET unit = ?1", "i", json_get_integer(body, "last", 0));
}

/* A new playbook may have new standing kinds. */
void apply_watch_again(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "UPDATE standing_watch SET unit = 0", "");
}

/* What a post answers for in a unit and below it, 0 everywhere, goes to another post. */
static void move_open(struct db *rows, int64_t from, int64_t to, int64_t ground, int64_t at_us)
{
    db_run(rows,
           "UPDATE alert SET post = ?2 WHERE post = ?1 AND EXISTS (SELECT 1 FROM expectation e JOIN matter m "
           "ON m.id = e.matter"
           " WHERE e.matter = alert.matter AND e.number = alert.number AND (?3 = 0 OR EXISTS"
           " (SELECT 1 FROM cover c WHERE c.ancestor = ?3 AND c.unit = m.unit AND c.from_us <= ?4 AND "
           "c.to_us > ?4)))",
           "iiii", from, to, ground, at_us);
    db_run(rows,
           "UPDATE expectation SET post = ?2 WHERE post = ?1 AND (?3 = 0 OR EXISTS (SELECT 1 FROM matter m "
           "JOIN cover c"
           " ON c.ancestor = ?3 AND c.unit = m.unit WHERE m.id = expectation.matter AND c.from_us <= ?4 AND "
           "c.to_us > ?4))",
           "iiii", from, to, ground, at_us);
}

void apply_expectations_handed_over(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t from = json_get_integer(body, "from", 0), to = json_get_integer(body, "to", 0);
    const json_t *grounds = json_object_get(body, "grounds"), *ground;
    size_t i;
    if (json_array_size(grounds) == 0)
        move_open(rows, from, to, 0, event->at_us);
    json_array_foreach(grounds, i, ground) move_open(rows, from, to, json_integer_value(ground), event->at_us);
}

/* Somebody nearer may answer from now on: the clock looks at what is open in the very units that they cover. */
static void look_again(struct db *rows, const json_t *units)
{
    size_t i;
    const json_t *unit;
    json_array_foreach(units, i, unit) db_run(rows,
                                              "UPDATE expectation SET next_us = 0 WHERE post >= 0 AND matter IN "
                                              "(SELECT id FROM matter WHERE unit = ?1 AND closed_us = 0)",
                                              "i", json_integer_value(unit));
    json_array_foreach(units, i, unit)
        db_run(rows,
               "UPDATE expectation SET next_us = 0 WHERE post >= 0 AND (matter, slot) IN (SELECT p.matter, "
               "e.slot FROM "
               "participant p CROSS JOIN expectation e INDEXED BY expectation_participant ON e.matter = "
               "p.matter AND "
               "e.participant = p.number WHERE p.who = ?1 AND p.left_us IS NULL)",
               "i", json_integer_value(unit));
}

void apply_answerer_appointed(struct db *rows, const struct event *event, const json_t *body)
{
    look_again(rows, json_object_get(body, "grounds"));
}

void apply_answerer_moved(struct db *rows, const struct event *event, const json_t *body)
{
    look_again(rows, json_object_get(body, "added"));
    if (json_array_size(json_object_get(body, "removed")) > 0)
        db_run(rows, "UPDATE expectation SET next_us = 0 WHERE post = ?1", "i", json_get_integer(body, "post", 0));
}

void apply_answerer_ended(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "UPDATE expectation SET next_us = min(next_us, ?2) WHERE post = ?1", "ii",
           json_get_integer(body, "id", 0), json_get_integer(body, "to_us", 0));
}
