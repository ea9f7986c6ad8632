/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follow-ups in matters of one stream to events of other areas, which may be in any stream: commands/follow.c decides
 * them as events of their own, so that each event changes only rows of its stream. */
#include "matter/rows/apply.h"

#include "matter/matter.h"
#include "matter/rows/events.h"

/* In the matters of the event's stream. */
#define IN_STREAM "BETWEEN ?1 AND ?2"

static void move_open(struct db *rows, int64_t first, int64_t last, const json_t *move)
{
    const json_t *units = json_array_get(move, FOLLOWED_UNITS);
    char *text = units != NULL ? json_dumps(units, JSON_COMPACT) : NULL;
    db_run(rows,
           "UPDATE alert SET post = ?4 WHERE post = ?3 AND matter " IN_STREAM
           " AND EXISTS (SELECT 1 FROM expectation e "
           "JOIN matter m ON m.id = e.matter WHERE e.matter = alert.matter AND e.number = alert.number AND "
           "(?5 IS NULL OR m.unit IN (SELECT value FROM json_each(?5))))",
           "iiiis", first, last, item_integer(move, FOLLOWED_FROM), item_integer(move, FOLLOWED_TO), text);
    db_run(rows,
           "UPDATE expectation SET post = ?4, claimed_us = 0, claim_until_us = 0 WHERE post = ?3 AND matter " IN_STREAM
           " AND (?5 IS NULL OR (SELECT unit FROM matter m WHERE m.id = expectation.matter) IN (SELECT value FROM "
           "json_each(?5)))",
           "iiiis", first, last, item_integer(move, FOLLOWED_FROM), item_integer(move, FOLLOWED_TO), text);
    free(text); /* jansson's */
}

static void look_at_unit(struct db *rows, int64_t first, int64_t last, int64_t unit)
{
    db_run(
        rows,
        "UPDATE expectation SET next_us = 0 WHERE post >= 0 AND matter IN (SELECT id FROM matter WHERE unit = ?3 AND "
        "id " IN_STREAM " AND closed_us = 0)",
        "iii", first, last, unit);
    db_run(rows,
           "UPDATE expectation SET next_us = 0 WHERE post >= 0 AND (matter, slot) IN (SELECT p.matter, e.slot FROM "
           "participant p CROSS JOIN expectation e INDEXED BY expectation_participant ON e.matter = p.matter AND "
           "e.participant = p.number WHERE p.who = ?3 AND p.matter " IN_STREAM " AND p.left_us IS NULL)",
           "iii", first, last, unit);
}

void apply_matters_followed(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t first = id_matter_first(event->stream), last = id_matter_last(event->stream);
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "moves"), i, item) move_open(rows, first, last, item);
    json_array_foreach(json_object_get(body, "posts"), i, item)
        db_run(rows, "UPDATE expectation SET next_us = min(next_us, ?4) WHERE post = ?3 AND matter " IN_STREAM, "iiii",
               first, last, item_integer(item, LOOKED_POST), item_integer(item, LOOKED_UNTIL));
    json_array_foreach(json_object_get(body, "claims"), i, item)
        db_run(rows,
               "UPDATE expectation SET claim_until_us = min(claim_until_us, ?4), next_us = min(next_us, ?4) WHERE "
               "post = ?3 AND claimed_us <> 0 AND matter " IN_STREAM,
               "iiii", first, last, item_integer(item, CLAIMED_POST), item_integer(item, CLAIMED_UNTIL));
    json_array_foreach(json_object_get(body, "units"), i, item)
        look_at_unit(rows, first, last, json_integer_value(item));
    json_array_foreach(json_object_get(body, "audiences"), i, item) db_run(
        rows,
        "UPDATE audience SET waits = 1, after_unit = min(after_unit, ?3) WHERE matter = ?1 AND name = ?2 AND "
        "standing = 1 AND (SELECT closed_us FROM matter WHERE id = audience.matter) = 0",
        "isi", item_integer(item, WAITING_MATTER), item_text(item, WAITING_SET), item_integer(item, WAITING_AFTER));
}

static void end_matter(struct db *rows, const struct event *event, int64_t matter)
{
    db_run(rows,
           "INSERT OR REPLACE INTO expectation_past (matter, number, name, post, opens_us, due_us, "
           "ended_us, outcome, participant, line) "
           "SELECT matter, number, name, post, opens_us, due_us, ?2, ?3, participant, line FROM expectation "
           "WHERE matter = ?1",
           "iii", matter, event->at_us, (int64_t)OUTCOME_WITHDRAWN);
    db_run(rows, "DELETE FROM expectation WHERE matter = ?1", "i", matter);
    db_run(rows, "UPDATE matter SET closed_us = ?2 WHERE id = ?1 AND closed_us = 0", "ii", matter, event->at_us);
    apply_forget(rows, matter, event->at_us);
}

void apply_subject_erased(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t first = id_matter_first(event->stream), last = id_matter_last(event->stream);
    int64_t person = json_get_integer(body, "person", 0);
    size_t i;
    const json_t *matter;
    db_run(rows, "DELETE FROM link_person WHERE person = ?3 AND matter " IN_STREAM, "iii", first, last, person);
    db_run(rows, "UPDATE participant SET who = 0 WHERE who = -?3 AND matter " IN_STREAM, "iii", first, last, person);
    json_array_foreach(json_object_get(body, "matters"), i, matter) end_matter(rows, event, json_integer_value(matter));
}
