/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * excuse {expectations: [{matter, number}], reason}
 * excuse {under, from, to, kind?, name?, reason}
 *   under     unit: after an outage, all that was missed there, or is overdue, and due from `from` on and
 *             before `to`; as many as fit into one command, so it is given again until it is refused with
 *             nothing_entered
 *   reason    stands in the clear: of the outage, never of a person
 * Whoever stands above the matter's unit and may read it may excuse; nobody excuses what they answer for themselves.
 */
#include "matter/decide.h"

#include "base/limits.h"
#include "matter/actor.h"
#include "matter/expect.h"
#include "matter/participants.h"
#include "matter/route.h"

#include <string.h>

#define EXCUSED_PER_COMMAND (4 * LIMIT_LAPSES_PER_EVENT) /* some 20 ms of the writer's time */
#define REASON_CHARS_MAX    200

struct excusing {
    struct decision *decision;
    const char *reason;
    GHashTable *bodies;  /* stream → struct batch */
    GArray *order;       /* of int64_t streams, as they came */
    GHashTable *numbers; /* matter → its next expectation, for what has not been emitted yet */
    struct router router;
    size_t count;
};

struct batch {
    json_t *items;
    int64_t unit; /* any in the stream */
};

static void batch_free(gpointer data)
{
    struct batch *batch = data;
    json_decref(batch->items);
    g_free(batch);
}

static void emit_batch(struct excusing *excusing, struct batch *batch)
{
    json_t *body = json_pack("{s:s, s:o}", "b", excusing->reason, "i", batch->items);
    batch->items = json_array();
    decision_emit(excusing->decision, "expectations_excused", batch->unit, 0, body, NULL);
}

static void add_item(struct excusing *excusing, int64_t unit, json_t *item)
{
    int64_t stream = excusing->decision->stream_of(excusing->decision->rows, unit);
    struct batch *batch = g_hash_table_lookup(excusing->bodies, &stream);
    if (batch == NULL) {
        batch = g_new0(struct batch, 1);
        batch->items = json_array();
        batch->unit = unit;
        g_hash_table_insert(excusing->bodies, g_memdup2(&stream, sizeof stream), batch);
        g_array_append_val(excusing->order, stream);
    }
    json_array_append_new(batch->items, item);
    excusing->count++;
    if (json_array_size(batch->items) == LIMIT_LAPSES_PER_EVENT)
        emit_batch(excusing, batch);
}

static void excuse_past(struct excusing *excusing, int64_t unit, int64_t matter, int64_t number)
{
    const int64_t item[] = {0, matter, number};
    add_item(excusing, unit, integers(G_N_ELEMENTS(item), item));
}

/* An open one ends excused; a recurring one goes on. `draft` holds it. */
static void excuse_open(struct excusing *excusing, struct draft *draft, int64_t slot)
{
    int64_t *next = g_hash_table_lookup(excusing->numbers, &draft->matter.id);
    if (next == NULL) {
        next = g_memdup2(&draft->next_expectation, sizeof *next);
        g_hash_table_insert(excusing->numbers, g_memdup2(&draft->matter.id, sizeof draft->matter.id), next);
    }
    draft->next_expectation = *next;
    json_t *item = json_array();
    json_array_append_new(item, json_integer(1));
    json_array_append_new(item, json_integer(draft->matter.id));
    json_t *change = expect_excuse(draft, slot);
    json_array_extend(item, change);
    json_decref(change);
    *next = draft->next_expectation;
    add_item(excusing, draft->matter.unit, item);
}

static bool flush(struct excusing *excusing)
{
    for (guint i = 0; i < excusing->order->len; i++) {
        struct batch *batch =
            g_hash_table_lookup(excusing->bodies, &g_array_index(excusing->order, int64_t, i));
        if (json_array_size(batch->items) > 0)
            emit_batch(excusing, batch);
    }
    return true;
}

/* ---- named ones ---- */

static bool is_own(struct decision *decision, int64_t post)
{
    struct post held;
    return decision->command->person != 0 && registry_post(decision->rows, post, &held) &&
           held.person == decision->command->person;
}

/* One rule for what is named and for what an outage covers: whoever stands above and may read the matter, but not of
 * themselves. */
static bool is_theirs_to_excuse(struct decision *decision, const struct matter *matter, int64_t post)
{
    return actor_is_above(decision, matter->unit) && actor_sees(decision, matter) && !is_own(decision, post);
}

static bool may_excuse(struct decision *decision, const struct matter *matter, int64_t post)
{
    if (!actor_stands_above(decision, matter->unit))
        return false;
    return is_theirs_to_excuse(decision, matter, post) ||
           decision_refuse(decision, PROBLEM_SAME_PERSON_REFUSED, NULL);
}

static bool excuse_ended(struct excusing *excusing, const struct draft *draft, int64_t number)
{
    struct decision *decision = excusing->decision;
    AUTO(rows)
    struct rows found = rows_of(
        decision->rows, "SELECT outcome, post FROM expectation_past WHERE matter = ?1 AND number = ?2", "ii",
        draft->matter.id, number);
    if (!rows_next(&found))
        return decision_refuse(decision, PROBLEM_UNKNOWN_EXPECTATION, "number");
    enum outcome outcome = (enum outcome)rows_integer(&found, 0);
    if (outcome != OUTCOME_MISSED && outcome != OUTCOME_LATE)
        return decision_refuse(decision, PROBLEM_ALREADY_ENDED, "number");
    if (!may_excuse(decision, &draft->matter, rows_integer(&found, 1)))
        return false;
    excuse_past(excusing, draft->matter.unit, draft->matter.id, number);
    return true;
}

/* Of an audience, whose expectation it is: the draft takes in no more than that. */
static void take_participant(struct draft *draft, const char *sql, int64_t key)
{
    int64_t participant = 0;
    if (!draft->whole && db_integer(draft->decision->rows, &participant, sql, "ii", draft->matter.id, key))
        participants_find(draft, participant);
}

static bool excuse_one(struct excusing *excusing, const json_t *given)
{
    struct decision *decision = excusing->decision;
    AUTO(draft) struct draft draft = {0};
    struct uuid uuid;
    const json_t *number = json_object_get(given, "number");
    if (!json_is_string(json_object_get(given, "matter")) ||
        !uuid_parse(json_string_value(json_object_get(given, "matter")), &uuid))
        return decision_refuse(decision, PROBLEM_INVALID_UUID, "matter");
    if (!json_is_integer(number))
        return decision_refuse(decision, PROBLEM_WRONG_TYPE, "number", "integer");
    if (!draft_load_uuid(&draft, decision, &uuid, "matter") || !draft_must_be_current(&draft, -1))
        return false;
    draft.router = &excusing->router;
    take_participant(&draft, "SELECT participant FROM expectation WHERE matter = ?1 AND number = ?2",
                     json_integer_value(number));
    for (guint i = 0; i < draft.open->len; i++) {
        const struct expectation *open = &g_array_index(draft.open, struct expectation, i);
        if (open->number != json_integer_value(number))
            continue;
        if (!may_excuse(decision, &draft.matter, open->post))
            return false;
        excuse_open(excusing, &draft, open->slot);
        return true;
    }
    return excuse_ended(excusing, &draft, json_integer_value(number));
}

/* The same one twice in the list: it has ended by then. */
static bool is_new(struct excusing *excusing, GHashTable *seen, const json_t *given)
{
    const json_t *matter = json_object_get(given, "matter");
    char *key =
        g_strdup_printf("%s %" JSON_INTEGER_FORMAT, json_is_string(matter) ? json_string_value(matter) : "",
                        json_integer_value(json_object_get(given, "number")));
    return g_hash_table_add(seen, key) ||
           decision_refuse(excusing->decision, PROBLEM_ALREADY_ENDED, "number");
}

static bool excuse_named(struct excusing *excusing)
{
    const json_t *list;
    if (!decision_array(excusing->decision, "expectations", LIMIT_LAPSES_PER_EVENT, &list))
        return false;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!is_new(excusing, seen, json_array_get(list, i)) ||
            !excuse_one(excusing, json_array_get(list, i))) {
            g_autofree char *prefix = g_strdup_printf("expectations[%zu]", i);
            problem_prefix(excusing->decision->problem, prefix);
            return false;
        }
    return true;
}

/* ---- in bulk ---- */

struct outage {
    int64_t under, from_us, to_us;
    const char *kind, *name;
};

static bool read_outage(struct decision *decision, struct outage *outage)
{
    *outage = (struct outage){.from_us = -1, .to_us = -1};
    if (!decision_unit(decision, "under", &outage->under) ||
        !decision_time_optional(decision, "from", &outage->from_us) ||
        !decision_time_optional(decision, "to", &outage->to_us) ||
        !decision_text_optional(decision, "kind", &outage->kind) ||
        !decision_text_optional(decision, "name", &outage->name))
        return false;
    if (outage->from_us < 0 || outage->to_us < 0)
        return decision_refuse(decision, PROBLEM_MISSING_FIELD, outage->from_us < 0 ? "from" : "to");
    return outage->from_us < outage->to_us || decision_refuse(decision, PROBLEM_BEFORE_START, "to");
}

static bool concerns(struct excusing *excusing, const struct outage *outage, int64_t id, int64_t unit, int64_t post)
{
    struct decision *decision = excusing->decision;
    struct matter matter;
    return registry_covers(decision->rows, outage->under, unit, decision->now_us) &&
           matter_get(decision->rows, id, &matter) && is_theirs_to_excuse(decision, &matter, post);
}

static void excuse_missed(struct excusing *excusing, const struct outage *outage)
{
    AUTO(rows)
    struct rows rows = rows_of(
        excusing->decision->rows,
        "SELECT p.matter, p.number, m.unit, p.post FROM expectation_past p JOIN matter m ON m.id = p.matter "
        "WHERE p.outcome = 3 AND p.due_us >= ?1 AND p.due_us < ?2 AND (?3 IS NULL OR m.kind = ?3) AND "
        "(?4 IS NULL OR p.name = ?4) AND m.erased = 0 ORDER BY p.due_us, p.matter, p.number",
        "iiss", outage->from_us, outage->to_us, outage->kind, outage->name);
    GArray *found = g_array_new(FALSE, FALSE, 3 * sizeof(int64_t));
    while (found->len < EXCUSED_PER_COMMAND && rows_next(&rows)) {
        int64_t item[] = {rows_integer(&rows, 2), rows_integer(&rows, 0), rows_integer(&rows, 1)};
        if (concerns(excusing, outage, item[1], item[0], rows_integer(&rows, 3)))
            g_array_append_vals(found, item, 1);
    }
    rows_clear(&rows); /* before anything is written */
    for (guint i = 0; i < found->len; i++) {
        const int64_t *item = (const int64_t *)(void *)(found->data + i * 3 * sizeof(int64_t));
        excuse_past(excusing, item[0], item[1], item[2]);
    }
    g_array_unref(found);
}

static void excuse_overdue(struct excusing *excusing, const struct outage *outage)
{
    AUTO(rows)
    struct rows rows = rows_of(
        excusing->decision->rows,
        "SELECT e.matter, e.slot, m.unit, e.post FROM expectation e JOIN matter m ON m.id = e.matter "
        "WHERE e.overdue = 1 AND e.due_us >= ?1 AND e.due_us < ?2 AND (?3 IS NULL OR m.kind = ?3) AND "
        "(?4 IS NULL OR e.name = ?4) ORDER BY e.due_us, e.matter, e.slot",
        "iiss", outage->from_us, outage->to_us, outage->kind, outage->name);
    GArray *found = g_array_new(FALSE, FALSE, 2 * sizeof(int64_t));
    while (excusing->count + found->len < EXCUSED_PER_COMMAND && rows_next(&rows)) {
        int64_t item[] = {rows_integer(&rows, 0), rows_integer(&rows, 1)};
        if (concerns(excusing, outage, item[0], rows_integer(&rows, 2), rows_integer(&rows, 3)))
            g_array_append_vals(found, item, 1);
    }
    rows_clear(&rows);
    for (guint i = 0; i < found->len; i++) {
        const int64_t *item = (const int64_t *)(void *)(found->data + i * 2 * sizeof(int64_t));
        AUTO(draft) struct draft draft = {0};
        if (!draft_load(&draft, excusing->decision, item[0]))
            continue;
        draft.router = &excusing->router;
        take_participant(&draft, "SELECT participant FROM expectation WHERE matter = ?1 AND slot = ?2",
                         item[1]);
        excuse_open(excusing, &draft, item[1]);
    }
    g_array_unref(found);
}

static bool excuse_outage(struct excusing *excusing)
{
    struct outage outage;
    if (!read_outage(excusing->decision, &outage) || !actor_covers(excusing->decision, outage.under))
        return false;
    excuse_missed(excusing, &outage);
    excuse_overdue(excusing, &outage);
    return true;
}

bool decide_reason(struct decision *decision, int most_chars, const char **out)
{
    g_autofree char *most = g_strdup_printf("%d", most_chars);
    *out = NULL;
    if (!decision_text_optional(decision, "reason", out))
        return false;
    if (*out == NULL)
        return decision_refuse(decision, PROBLEM_REASON_NEEDED, "reason");
    return g_utf8_strlen(*out, -1) <= most_chars ||
           decision_refuse(decision, PROBLEM_TEXT_TOO_LONG, "reason", most);
}

bool decide_excuse(struct decision *decision)
{
    struct excusing excusing = {.decision = decision};
    if (!decide_reason(decision, REASON_CHARS_MAX, &excusing.reason))
        return false;
    g_autoptr(GHashTable) bodies = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, batch_free);
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    excusing.bodies = bodies;
    excusing.numbers = numbers;
    excusing.order = order;
    bool named = json_object_get(decision->command->body, "expectations") != NULL;
    if (named ? !excuse_named(&excusing) : !excuse_outage(&excusing))
        return false;
    if (excusing.count == 0)
        return decision_refuse(decision, PROBLEM_NOTHING_ENTERED, named ? "expectations" : "under");
    return flush(&excusing);
}
