/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/apply.h"

#include "base/name.h"
#include "registry/events.h"
#include "registry/facts.h"
#include "registry/registry.h"

static int64_t member(const json_t *body, const char *name)
{
    return json_get_integer(body, name, 0);
}

/* ---- units ---- */

static void cover_from_above(struct db *rows, int64_t unit, int64_t parent, int64_t from_us)
{
    db_run(rows,
           "INSERT OR REPLACE INTO cover (ancestor, unit, from_us, to_us, depth) "
           "SELECT ancestor, ?1, max(from_us, ?3), to_us, depth + 1 FROM cover WHERE unit = ?2 AND to_us > ?3",
           "iii", unit, parent, from_us);
}

void apply_unit_created(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t id = member(body, "id"), parent = member(body, "parent"), from_us = member(body, "from_us");
    const char *code = json_get_text(body, "code", ""), *name = json_get_text(body, "name", "");
    g_autofree char *plain = name_index_form(name);
    db_run(rows, "INSERT INTO unit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8)", "isissiis", id,
           json_get_text(body, "type", ""), parent, code, name, from_us, REGISTRY_OPEN, plain);
    db_run(rows, "INSERT INTO unit_code (code, from_us, to_us, unit) VALUES (?1, ?2, ?3, ?4)", "siii", code, from_us,
           REGISTRY_OPEN, id);
    db_run(rows, "INSERT INTO unit_name (unit, from_us, to_us, name) VALUES (?1, ?2, ?3, ?4)", "iiis", id, from_us,
           REGISTRY_OPEN, name);
    db_run(rows, "INSERT INTO cover (ancestor, unit, from_us, to_us, depth) VALUES (?1, ?1, ?2, ?3, 0)", "iii", id,
           from_us, REGISTRY_OPEN);
    cover_from_above(rows, id, parent, from_us);
}

void apply_shelf_taken(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT INTO shelf (id, unit) VALUES (?1, ?2)", "ii", member(body, "id"), member(body, "unit"));
}

static void rename_unit(struct db *rows, int64_t id, int64_t from_us, const char *name)
{
    g_autofree char *plain = name_index_form(name);
    db_run(rows, "UPDATE unit SET name = ?2, plain = ?3 WHERE id = ?1", "iss", id, name, plain);
    db_run(rows, "UPDATE unit_name SET to_us = ?2 WHERE unit = ?1 AND to_us = ?3 AND from_us < ?2", "iii", id, from_us,
           REGISTRY_OPEN);
    db_run(rows, "INSERT OR REPLACE INTO unit_name (unit, from_us, to_us, name) VALUES (?1, ?2, ?3, ?4)", "iiis", id,
           from_us, REGISTRY_OPEN, name);
}

static void recode_unit(struct db *rows, int64_t id, int64_t from_us, const char *code)
{
    db_run(rows, "UPDATE unit SET code = ?2 WHERE id = ?1", "is", id, code);
    db_run(rows, "DELETE FROM unit_code WHERE unit = ?1 AND from_us >= ?2", "ii", id, from_us);
    db_run(rows, "UPDATE unit_code SET to_us = ?2 WHERE unit = ?1 AND to_us > ?2", "ii", id, from_us);
    db_run(rows, "INSERT INTO unit_code (code, from_us, to_us, unit) VALUES (?1, ?2, ?3, ?4)", "siii", code, from_us,
           REGISTRY_OPEN, id);
}

/* Pairs of an ancestor of ?1 and a unit that is at or below ?1 after ?2. */
#define ABOVE_AND_BELOW                                                                                                \
    "unit IN (SELECT unit FROM cover WHERE ancestor = ?1 AND to_us > ?2) "                                             \
    "AND ancestor NOT IN (SELECT unit FROM cover WHERE ancestor = ?1 AND to_us > ?2)"

/* The unit and its descendants lose all ancestors and get `parent` with its ancestors. */
static void move_unit(struct db *rows, int64_t id, int64_t from_us, int64_t parent)
{
    db_run(rows, "UPDATE unit SET parent = ?2 WHERE id = ?1", "ii", id, parent);
    db_run(rows, "DELETE FROM cover WHERE from_us >= ?2 AND " ABOVE_AND_BELOW, "ii", id, from_us);
    db_run(rows, "UPDATE cover SET to_us = ?2 WHERE to_us > ?2 AND " ABOVE_AND_BELOW, "ii", id, from_us);
    db_run(rows,
           "INSERT OR REPLACE INTO cover (ancestor, unit, from_us, to_us, depth) "
           "SELECT a.ancestor, b.unit, max(a.from_us, b.from_us, ?3), min(a.to_us, b.to_us), a.depth + "
           "b.depth + 1 "
           "FROM cover a JOIN cover b ON b.ancestor = ?1 AND b.to_us > ?3 WHERE a.unit = ?2 AND a.to_us > ?3 "
           "AND max(a.from_us, b.from_us, ?3) < min(a.to_us, b.to_us)",
           "iii", id, parent, from_us);
}

void apply_unit_changed(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t id = member(body, "id"), from_us = member(body, "from_us");
    const char *name = json_get_text(body, "name", NULL), *code = json_get_text(body, "code", NULL);
    if (name != NULL)
        rename_unit(rows, id, from_us, name);
    if (code != NULL)
        recode_unit(rows, id, from_us, code);
    if (json_object_get(body, "parent") != NULL) {
        facts_fold_below(rows, id, -1);
        move_unit(rows, id, from_us, member(body, "parent"));
        facts_fold_below(rows, id, 1);
    }
    db_run(rows, "UPDATE unit SET version = ?2 WHERE id = ?1", "ii", id, member(body, "version"));
}

void apply_drill_declared(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT OR IGNORE INTO drill (one, since_us) VALUES (1, ?1)", "i", event->at_us);
}

void apply_unit_fact_set(struct db *rows, const struct event *event, const json_t *body)
{
    facts_set(rows, member(body, "id"), json_get_text(body, "fact", ""), member(body, "from_us"), member(body, "value"),
              json_get_text(body, "source", ""));
}

void apply_unit_closed(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t id = member(body, "id"), to_us = member(body, "to_us");
    facts_fold_below(rows, id, -1);
    db_run(rows, "UPDATE unit SET to_us = ?2, version = ?3 WHERE id = ?1", "iii", id, to_us, member(body, "version"));
    db_run(rows, "UPDATE unit_code SET to_us = ?2 WHERE unit = ?1 AND to_us > ?2", "ii", id, to_us);
    db_run(rows, "UPDATE unit_name SET to_us = ?2 WHERE unit = ?1 AND to_us > ?2", "ii", id, to_us);
    db_run(rows, "UPDATE cover SET to_us = ?2 WHERE unit = ?1 AND to_us > ?2", "ii", id, to_us);
    db_run(rows, "UPDATE post_ground SET to_us = ?2 WHERE unit = ?1 AND to_us > ?2", "ii", id, to_us);
    facts_fold_below(rows, id, 1);
}

/* The custody of the old unit goes to its only successor. */
static void pass_custody(struct db *rows, int64_t from, int64_t to, int64_t at_us)
{
    db_run(rows,
           "INSERT OR REPLACE INTO custody (person, from_us, to_us, unit) "
           "SELECT person, ?3, to_us, ?2 FROM custody WHERE unit = ?1 AND from_us < ?3 AND to_us > ?3",
           "iii", from, to, at_us);
    db_run(rows, "UPDATE custody SET to_us = ?2 WHERE unit = ?1 AND from_us < ?2 AND to_us > ?2", "ii", from, at_us);
    db_run(rows, "UPDATE custody_offer SET to_unit = ?2 WHERE to_unit = ?1 AND state = 'offered'", "ii", from, to);
    db_run(rows, "UPDATE custody_offer SET from_unit = ?2 WHERE from_unit = ?1 AND state = 'offered'", "ii", from, to);
}

void apply_unit_reformed(struct db *rows, const struct event *event, const json_t *body)
{
    size_t i;
    json_t *successor;
    json_array_foreach(json_object_get(body, "to"), i, successor)
        db_run(rows, "INSERT OR REPLACE INTO unit_successor (unit, successor, at_us) VALUES (?1, ?2, ?3)", "iii",
               member(body, "from"), json_integer_value(successor), member(body, "at_us"));
    if (json_array_size(json_object_get(body, "to")) == 1)
        pass_custody(rows, member(body, "from"), json_integer_value(json_array_get(json_object_get(body, "to"), 0)),
                     member(body, "at_us"));
}

/* The event holds counts only; each unit has an event of its own. */
void apply_divisions_imported(struct db *rows, const struct event *event, const json_t *body)
{
}

/* ---- persons ---- */

void apply_person_registered(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows,
           "INSERT INTO person (id, registered_us, sealed, version, registrar, changed_us) "
           "VALUES (?1, ?2, ?3, 1, ?4, ?5)",
           "iibii", member(body, "id"), event->at_us, event->sealed, event->sealed_bytes, event->person,
           event->observed_us);
}

void apply_person_changed(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "UPDATE person SET sealed = ?2, version = ?3, changed_us = ?4 WHERE id = ?1", "ibii",
           member(body, "id"), event->sealed, event->sealed_bytes, member(body, "version"), event->observed_us);
}

static void end_proposal(struct db *rows, int64_t person)
{
    db_run(rows, "DELETE FROM erasure_proposal WHERE person = ?1", "i", person);
}

void apply_person_erasure_proposed(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "INSERT OR REPLACE INTO erasure_proposal (person, by_person, at_us, until_us) VALUES (?1, ?2, ?3, ?4)",
           "iiii", member(body, "id"), event->person, event->at_us, member(body, "until_us"));
}

void apply_person_erasure_withdrawn(struct db *rows, const struct event *event, const json_t *body)
{
    end_proposal(rows, member(body, "id"));
}

void apply_person_erased(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t id = member(body, "id");
    end_proposal(rows, id);
    db_run(rows, "UPDATE person SET sealed = NULL, version = ?2 WHERE id = ?1", "ii", id, member(body, "version"));
    db_run(rows, "UPDATE residency SET sealed = NULL WHERE person = ?1", "i", id);
    db_run(rows,
           "UPDATE move_offer SET sealed = NULL, state = 'withdrawn', decided_us = ?2 WHERE person = ?1 AND state = "
           "'offered'",
           "ii", id, event->at_us);
    db_run(rows, "UPDATE handover SET reason = NULL WHERE from_post IN (SELECT id FROM post WHERE person = ?1)", "i",
           id);
    db_run(rows, "UPDATE handover SET refusal = NULL WHERE to_person = ?1", "i", id);
    db_run(rows, "UPDATE handover SET state = 'withdrawn', decided_us = ?2 WHERE to_person = ?1 AND state = 'offered'",
           "ii", id, event->at_us);
}

static void end_residency(struct db *rows, int64_t person, int64_t to_us)
{
    db_run(rows, "UPDATE residency SET to_us = ?2 WHERE person = ?1 AND to_us > ?2", "ii", person, to_us);
}

void apply_moved_in(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t person = member(body, "person"), from_us = member(body, "from_us");
    end_residency(rows, person, from_us);
    db_run(rows,
           "INSERT INTO residency (person, from_us, to_us, household, unit, sealed) VALUES (?1, ?2, ?3, ?4, "
           "?5, ?6)",
           "iiiiib", person, from_us, REGISTRY_OPEN, member(body, "household"), member(body, "unit"), event->sealed,
           event->sealed_bytes);
}

void apply_moved_out(struct db *rows, const struct event *event, const json_t *body)
{
    end_residency(rows, member(body, "person"), member(body, "to_us"));
}

void apply_move_offered(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows,
           "INSERT INTO move_offer (id, person, giver, household, unit, from_us, sealed, state, offered_us, "
           "decided_us) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'offered', ?8, 0)",
           "iiiiiibi", member(body, "id"), member(body, "person"), event->person, member(body, "household"),
           member(body, "unit"), member(body, "from_us"), event->sealed, event->sealed_bytes, event->at_us);
}

static void decide_offered_move(struct db *rows, const struct event *event, const json_t *body, const char *state)
{
    db_run(rows, "UPDATE move_offer SET state = ?2, decided_us = ?3, sealed = NULL WHERE id = ?1", "isi",
           member(body, "id"), state, event->at_us);
}

void apply_move_accepted(struct db *rows, const struct event *event, const json_t *body)
{
    decide_offered_move(rows, event, body, "accepted");
}

void apply_move_refused(struct db *rows, const struct event *event, const json_t *body)
{
    decide_offered_move(rows, event, body, "refused");
}

void apply_move_withdrawn(struct db *rows, const struct event *event, const json_t *body)
{
    decide_offered_move(rows, event, body, "withdrawn");
}

/* A proposal names the registrations of its time, so a merge ends it. */
void apply_persons_merged(struct db *rows, const struct event *event, const json_t *body)
{
    end_proposal(rows, member(body, "kept"));
    end_proposal(rows, member(body, "other"));
    db_run(rows, "INSERT OR REPLACE INTO person_same (other, kept, at_us) VALUES (?1, ?2, ?3)", "iii",
           member(body, "other"), member(body, "kept"), event->at_us);
}

void apply_persons_unmerged(struct db *rows, const struct event *event, const json_t *body)
{
    end_proposal(rows, member(body, "kept"));
    db_run(rows, "DELETE FROM person_same WHERE other = ?1", "i", member(body, "other"));
}

/* ---- custody ---- */

static void end_custody(struct db *rows, int64_t person, int64_t at_us)
{
    db_run(rows, "UPDATE custody SET to_us = ?2 WHERE person = ?1 AND to_us > ?2 AND from_us < ?2", "ii", person,
           at_us);
    db_run(rows, "DELETE FROM custody WHERE person = ?1 AND from_us >= ?2", "ii", person, at_us);
}

static void begin_custody(struct db *rows, int64_t person, int64_t unit, int64_t at_us)
{
    end_custody(rows, person, at_us);
    db_run(rows, "INSERT OR REPLACE INTO custody (person, from_us, to_us, unit) VALUES (?1, ?2, ?3, ?4)", "iiii",
           person, at_us, REGISTRY_OPEN, unit);
}

void apply_custody_offered(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t person = member(body, "person"), from = member(body, "from");
    db_run(rows,
           "INSERT INTO custody_offer (id, person, from_unit, to_unit, state, offered_us, decided_us) "
           "VALUES (?1, ?2, ?3, ?4, 'offered', ?5, 0)",
           "iiiii", member(body, "id"), person, from, member(body, "to"), event->at_us);
    if (member(body, "begins") != 0)
        begin_custody(rows, person, from, member(body, "at_us"));
}

static void answer_custody(struct db *rows, const json_t *body, const char *state)
{
    db_run(rows, "UPDATE custody_offer SET state = ?2, decided_us = ?3 WHERE id = ?1", "isi", member(body, "id"), state,
           member(body, "at_us"));
}

void apply_custody_taken(struct db *rows, const struct event *event, const json_t *body)
{
    answer_custody(rows, body, "accepted");
    begin_custody(rows, member(body, "person"), member(body, "to"), member(body, "at_us"));
}

void apply_custody_refused(struct db *rows, const struct event *event, const json_t *body)
{
    answer_custody(rows, body, "refused");
}

void apply_custody_withdrawn(struct db *rows, const struct event *event, const json_t *body)
{
    answer_custody(rows, body, "withdrawn");
}

void apply_custody_ended(struct db *rows, const struct event *event, const json_t *body)
{
    end_custody(rows, member(body, "person"), member(body, "at_us"));
    db_run(rows,
           "UPDATE custody_offer SET state = 'withdrawn', decided_us = ?2 WHERE person = ?1 AND state = "
           "'offered'",
           "ii", member(body, "person"), event->at_us);
}

/* Splits an open residency at the event's time: before it the old unit, from it on the new one. */
static void move_residents(struct db *rows, const json_t *body, int64_t household)
{
    int64_t from = member(body, "from"), to = member(body, "to"), from_us = member(body, "from_us");
    db_run(rows,
           "INSERT OR REPLACE INTO residency (person, from_us, to_us, household, unit, sealed) "
           "SELECT person, ?3, to_us, household, ?2, sealed FROM residency "
           "WHERE unit = ?1 AND from_us < ?3 AND to_us > ?3 AND (?4 = 0 OR household = ?4)",
           "iiii", from, to, from_us, household);
    db_run(rows,
           "UPDATE residency SET to_us = ?2 "
           "WHERE unit = ?1 AND from_us < ?2 AND to_us > ?2 AND (?3 = 0 OR household = ?3)",
           "iii", from, from_us, household);
    db_run(rows, "UPDATE residency SET unit = ?2 WHERE unit = ?1 AND from_us >= ?3 AND (?4 = 0 OR household = ?4)",
           "iiii", from, to, from_us, household);
}

void apply_residents_moved(struct db *rows, const struct event *event, const json_t *body)
{
    const json_t *households = json_object_get(body, "households");
    if (households == NULL)
        move_residents(rows, body, 0);
    size_t i;
    json_t *household;
    json_array_foreach((json_t *)households, i, household) move_residents(rows, body, json_integer_value(household));
}

/* ---- posts ---- */

struct ground {
    int64_t person, post, from_us, to_us;
    const char *role;
};

static void add_grounds(struct db *rows, const struct ground *ground, const json_t *units)
{
    size_t i;
    json_t *unit;
    json_array_foreach(units, i, unit) db_run(
        rows,
        "INSERT OR REPLACE INTO post_ground (person, post, unit, from_us, to_us, role) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        "iiiiis", ground->person, ground->post, json_integer_value(unit), ground->from_us, ground->to_us, ground->role);
}

void apply_post_appointed(struct db *rows, const struct event *event, const json_t *body)
{
    struct ground ground = {
        .person = member(body, "person"),
        .post = member(body, "id"),
        .from_us = member(body, "from_us"),
        .to_us = member(body, "to_us"),
        .role = json_get_text(body, "role", ""),
    };
    db_run(rows,
           "INSERT INTO post (id, person, role, seat, from_us, to_us, deputy_of, keeps_hours, version) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)",
           "iisiiiii", ground.post, ground.person, ground.role, member(body, "seat"), ground.from_us, ground.to_us,
           member(body, "deputy_of"), (int64_t)json_get_bool(body, "keeps_hours", false));
    add_grounds(rows, &ground, json_object_get(body, "grounds"));
}

void apply_post_ended(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t id = member(body, "id"), to_us = member(body, "to_us");
    db_run(rows, "UPDATE post SET to_us = ?2, version = ?3 WHERE id = ?1", "iii", id, to_us, member(body, "version"));
    db_run(rows,
           "DELETE FROM post_ground WHERE person = (SELECT person FROM post WHERE id = ?1) AND post = ?1 AND "
           "from_us >= ?2",
           "ii", id, to_us);
    db_run(rows,
           "UPDATE post_ground SET to_us = ?2 "
           "WHERE person = (SELECT person FROM post WHERE id = ?1) AND post = ?1 AND to_us > ?2",
           "ii", id, to_us);
    db_run(rows, "DELETE FROM roster WHERE post = ?1 AND from_us >= ?2", "ii", id, to_us);
    db_run(rows, "UPDATE roster SET to_us = ?2 WHERE post = ?1 AND to_us > ?2", "ii", id, to_us);
    db_run(rows,
           "UPDATE handover SET state = 'withdrawn', decided_us = ?2 "
           "WHERE state = 'offered' AND (from_post = ?1 OR to_post = ?1)",
           "ii", id, event->at_us);
}

void apply_grounds_changed(struct db *rows, const struct event *event, const json_t *body)
{
    struct ground ground = {
        .person = member(body, "person"),
        .post = member(body, "post"),
        .from_us = member(body, "from_us"),
        .to_us = member(body, "to_us"),
        .role = json_get_text(body, "role", ""),
    };
    size_t i;
    json_t *unit;
    json_array_foreach(json_object_get(body, "removed"), i, unit)
    {
        int64_t id = json_integer_value(unit);
        db_run(rows, "DELETE FROM post_ground WHERE person = ?1 AND post = ?2 AND unit = ?3 AND from_us >= ?4", "iiii",
               ground.person, ground.post, id, ground.from_us);
        db_run(rows, "UPDATE post_ground SET to_us = ?4 WHERE person = ?1 AND post = ?2 AND unit = ?3 AND to_us > ?4",
               "iiii", ground.person, ground.post, id, ground.from_us);
    }
    add_grounds(rows, &ground, json_object_get(body, "added"));
    db_run(rows, "UPDATE post SET version = ?3, seat = coalesce(nullif(?2, 0), seat) WHERE id = ?1", "iii", ground.post,
           member(body, "seat"), member(body, "version"));
}

void apply_roster_set(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t post = member(body, "post"), from_us = member(body, "from_us");
    db_run(rows, "DELETE FROM roster WHERE post = ?1 AND from_us >= ?2", "ii", post, from_us);
    db_run(rows, "UPDATE roster SET to_us = ?2 WHERE post = ?1 AND to_us > ?2", "ii", post, from_us);
    size_t i;
    json_t *shift;
    json_array_foreach(json_object_get(body, "shifts"), i, shift) db_run(
        rows, "INSERT INTO roster (post, from_us, to_us) VALUES (?1, ?2, ?3)", "iii", post,
        json_integer_value(json_array_get(shift, SHIFT_FROM)), json_integer_value(json_array_get(shift, SHIFT_TO)));
    db_run(rows, "UPDATE post SET keeps_hours = ?2, version = ?3 WHERE id = ?1", "iii", post,
           (int64_t)json_get_bool(body, "keeps_hours", false), member(body, "version"));
}

void apply_handover_offered(struct db *rows, const struct event *event, const json_t *body)
{
    char *grounds = json_dumps(json_object_get(body, "grounds"), JSON_COMPACT);
    db_run(rows,
           "INSERT INTO handover (id, from_post, to_post, to_person, mode, state, offered_us, decided_us, "
           "until_us, "
           "grounds, reason, by_person) VALUES (?1, ?2, ?3, ?4, ?5, 'offered', ?6, 0, ?7, ?8, ?9, ?10)",
           "iiiisiisbi", member(body, "id"), member(body, "from"), member(body, "to"), member(body, "to_person"),
           json_get_text(body, "mode", ""), event->at_us, member(body, "until_us"), grounds, event->sealed,
           event->sealed_bytes, event->person);
    free(grounds);
}

static void decide_handover(struct db *rows, int64_t id, const char *state, int64_t at_us)
{
    db_run(rows, "UPDATE handover SET state = ?2, decided_us = ?3 WHERE id = ?1", "isi", id, state, at_us);
}

void apply_handover_refused(struct db *rows, const struct event *event, const json_t *body)
{
    decide_handover(rows, member(body, "id"), "refused", event->at_us);
    db_run(rows, "UPDATE handover SET refusal = ?2 WHERE id = ?1", "ib", member(body, "id"), event->sealed,
           event->sealed_bytes);
}

void apply_handover_withdrawn(struct db *rows, const struct event *event, const json_t *body)
{
    decide_handover(rows, member(body, "id"), "withdrawn", event->at_us);
}

void apply_post_handed_over(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t id = member(body, "handover");
    decide_handover(rows, id, "accepted", event->at_us);
    db_run(rows, "UPDATE handover SET to_post = ?2 WHERE id = ?1", "ii", id, member(body, "to"));
}
