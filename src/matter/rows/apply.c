/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events about one matter: of what the catalogue names only what changes is there. */
#include "matter/rows/apply.h"

#include "matter/matter.h"
#include "matter/rows/events.h"

#include <stdlib.h>
#include <string.h>

int64_t item_integer(const json_t *item, size_t index)
{
    return json_integer_value(json_array_get(item, index));
}

const char *item_text(const json_t *item, size_t index)
{
    return json_string_value(json_array_get(item, index));
}

static bool has(const json_t *body, const char *key)
{
    return json_object_get(body, key) != NULL;
}

static int64_t integer(const json_t *body, const char *key)
{
    return json_integer_value(json_object_get(body, key));
}

static const char *text(const json_t *body, const char *key)
{
    return json_string_value(json_object_get(body, key));
}

struct piece {
    const uint8_t *data;
    size_t bytes;
};

static struct piece sealed_piece(const struct event *event, const json_t *body, enum sealed_part part)
{
    const json_t *lengths = json_object_get(body, SEALED_LENGTHS);
    if (lengths == NULL)
        return part == SEALED_ENTRY ? (struct piece){event->sealed, event->sealed_bytes} : (struct piece){NULL, 0};
    size_t from = 0;
    for (size_t i = 0; i < (size_t)part; i++)
        from += (size_t)item_integer(lengths, i);
    size_t bytes = (size_t)item_integer(lengths, part);
    return bytes > 0 ? (struct piece){(const uint8_t *)event->sealed + from, bytes} : (struct piece){NULL, 0};
}

/* ---- expectations ---- */

/*
 * OR FAIL on tables with triggers: a statement that fails is not undone by itself, for which SQLite would copy each
 * page that it changes. Nothing needs that: whatever fails here ends the batch, or the rebuild, and with it the
 * transaction.
 */

void apply_ended(struct db *rows, int64_t matter, const json_t *item, size_t first, const struct ending *ending)
{
    int64_t slot = item_integer(item, first + ENDED_SLOT), outcome = item_integer(item, first + ENDED_OUTCOME);
    db_run(rows,
           "INSERT OR REPLACE INTO expectation_past (matter, number, name, post, opens_us, due_us, ended_us, "
           "outcome, entry, "
           "person, reason, words, participant, line) SELECT matter, number, name, post, opens_us, due_us, ?3, ?4, "
           "nullif(?5, 0), nullif(?6, 0), ?7, ?8, participant, line FROM expectation WHERE matter = ?1 AND slot = ?2",
           "iiiiiiss", matter, slot, ending->ended_us, outcome, ending->entry, ending->person, ending->reason,
           ending->words);
    if (json_array_size(item) == first + ENDED_NUMBER)
        db_run(rows, "DELETE FROM expectation WHERE matter = ?1 AND slot = ?2", "ii", matter, slot);
    else
        db_run(
            rows,
            "UPDATE OR FAIL expectation SET number = ?3, opens_us = ?4, due_us = ?5, next_us = ?6, post = ?7, "
            "warned = 0, overdue = 0, step = 0, attempts = 0, alerts = 0, seen_us = 0, phone_us = 0, claimed_us = 0, "
            "claim_until_us = 0 WHERE matter = ?1 AND slot = ?2",
            "iiiiiii", matter, slot, item_integer(item, first + ENDED_NUMBER), item_integer(item, first + ENDED_OPENS),
            item_integer(item, first + ENDED_DUE), item_integer(item, first + ENDED_NEXT),
            item_integer(item, first + ENDED_POST));
}

static void make_expectation(struct db *rows, int64_t matter, const json_t *item)
{
    db_run(rows,
           "INSERT OR FAIL INTO expectation (matter, slot, number, name, entry, post, opens_us, due_us, since_us, "
           "next_us, warned, overdue, step, ours_us, participant, line) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
           "?9, 0, 0, 0, ?10, ?11, ?12)",
           "iissiiiiiiii", matter, item_integer(item, EXPECTED_SLOT), item_text(item, EXPECTED_NAME),
           item_text(item, EXPECTED_ENTRY), item_integer(item, EXPECTED_POST), item_integer(item, EXPECTED_OPENS),
           item_integer(item, EXPECTED_DUE), item_integer(item, EXPECTED_SINCE), item_integer(item, EXPECTED_NEXT),
           item_integer(item, EXPECTED_OWN_DUE), item_integer(item, EXPECTED_PARTICIPANT),
           item_integer(item, EXPECTED_LINE));
}

static void change_clock(struct db *rows, int64_t matter, const json_t *item)
{
    db_run(rows,
           "UPDATE OR FAIL expectation SET due_us = ?3, next_us = ?4, warned = ?5, overdue = ?6, step = ?7, "
           "paused_us = ?8, stood_us = ?9, extensions = ?10, attempts = ?11, opens_us = coalesce(nullif(?12, "
           "0), opens_us), ours_us = ?13 WHERE matter = ?1 AND slot = ?2",
           "iiiiiiiiiiiii", matter, item_integer(item, CLOCK_SLOT), item_integer(item, CLOCK_DUE),
           item_integer(item, CLOCK_NEXT), item_integer(item, CLOCK_WARNED), item_integer(item, CLOCK_OVERDUE),
           item_integer(item, CLOCK_STEP), item_integer(item, CLOCK_PAUSED), item_integer(item, CLOCK_STOOD),
           item_integer(item, CLOCK_EXTENSIONS), item_integer(item, CLOCK_ATTEMPTS), item_integer(item, CLOCK_OPENS),
           item_integer(item, CLOCK_OWN_DUE));
}

/* Met and late when it was observed, anything else when it came about. */
static int64_t ended_us_of(const struct event *event, const json_t *body, int64_t outcome, int64_t observed_us)
{
    if (outcome == OUTCOME_MET || outcome == OUTCOME_LATE)
        return observed_us;
    return has(body, "t") ? integer(body, "t") : event->at_us;
}

static void change_expectations(struct db *rows, const struct event *event, const json_t *body, int64_t observed_us)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "p"), i, item)
        db_run(rows,
               "UPDATE expectation_past SET outcome = ?3, entry = ?4, ended_us = ?5 WHERE matter = ?1 AND "
               "number = ?2",
               "iiiii", event->matter, item_integer(item, PAST_NUMBER), item_integer(item, PAST_OUTCOME),
               integer(body, "number"), observed_us);
    json_array_foreach(json_object_get(body, "x"), i, item)
    {
        int64_t outcome = item_integer(item, ENDED_OUTCOME);
        bool met = outcome == OUTCOME_MET || outcome == OUTCOME_LATE;
        const struct ending ending = {.ended_us = ended_us_of(event, body, outcome, observed_us),
                                      .entry = met ? integer(body, "number") : 0};
        apply_ended(rows, event->matter, item, 0, &ending);
    }
    json_array_foreach(json_object_get(body, "y"), i, item) make_expectation(rows, event->matter, item);
    json_array_foreach(json_object_get(body, "m"), i, item) change_clock(rows, event->matter, item);
    json_array_foreach(json_object_get(body, "ro"), i, item)
        db_run(rows, "UPDATE expectation_past SET reopened = 1 WHERE matter = ?1 AND number = ?2", "ii", event->matter,
               json_integer_value(item));
    json_array_foreach(json_object_get(body, "r"), i, item) db_run(
        rows, "UPDATE expectation SET post = ?3, claimed_us = 0, claim_until_us = 0 WHERE matter = ?1 AND slot = ?2",
        "iii", event->matter, item_integer(item, ANSWERED_SLOT), item_integer(item, ANSWERED_POST));
}

void apply_expectation_claimed(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows,
           "UPDATE expectation SET post = ?3, claimed_us = ?4, claim_until_us = ?5, next_us = ?6 WHERE matter = ?1 AND "
           "slot = ?2",
           "iiiiii", event->matter, integer(body, "slot"), integer(body, "post"), event->at_us, integer(body, "until"),
           integer(body, "next"));
}

void apply_expectation_given_back(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows,
           "UPDATE expectation SET post = ?3, claimed_us = 0, claim_until_us = 0, next_us = ?4 WHERE matter = ?1 AND "
           "slot = ?2",
           "iiii", event->matter, integer(body, "slot"), integer(body, "post"), integer(body, "next"));
}

/* The number after the highest one given out; 0 when none was. */
static int64_t next_expectation(const json_t *body)
{
    int64_t next = 0;
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "x"), i, item) if (json_array_size(item) > ENDED_NUMBER) next =
        MAX(next, item_integer(item, ENDED_NUMBER) + 1);
    json_array_foreach(json_object_get(body, "y"), i, item) next = MAX(next, item_integer(item, EXPECTED_SLOT) + 1);
    return next;
}

/* ---- the entry ---- */

static char *clear_text(const json_t *body)
{
    const json_t *fields = json_object_get(body, "f"), *figures = json_object_get(body, "g");
    if (figures == NULL)
        return fields != NULL ? json_text(fields, NULL) : NULL;
    g_autoptr(json_t) all = fields != NULL ? json_copy((json_t *)fields) : json_object();
    json_object_set(all, "figures", (json_t *)figures);
    return json_text(all, NULL);
}

static void insert_entry(struct db *rows, const struct event *event, const json_t *body, int64_t observed_us)
{
    struct piece sealed = sealed_piece(event, body, SEALED_ENTRY);
    char *clear = clear_text(body);
    db_run(rows,
           "INSERT OR REPLACE INTO entry (matter, number, place, person, post, at_us, observed_us, kind, "
           "attempt, corrects, "
           "corrected, word_of, channel, proxy, clear, sealed, second, participant, line) VALUES (?1, ?2, ?3, ?4, "
           "?5, ?6, ?7, "
           "?8, ?9, "
           "nullif(?10, 0), "
           "NULL, ?11, ?12, nullif(?13, 0), ?14, ?15, ?16, nullif(?17, 0), nullif(?18, 0))",
           "iiiiiiississisbiii", event->matter, integer(body, "number"), event_place(event), event->person, event->post,
           event->at_us, observed_us, text(body, "e"), text(body, "a"), integer(body, "c"), text(body, "w"),
           text(body, "k"), integer(body, "px"), clear, sealed.data, sealed.bytes,
           (int64_t)(has(body, "hd") ? CONFIRMATION_PENDING : CONFIRMATION_NONE), integer(body, "pt"),
           integer(body, "ln"));
    free(clear); /* jansson's allocation */
    const json_t *seconded = json_object_get(body, "hc");
    if (seconded != NULL)
        db_run(rows, "UPDATE entry SET second = ?3 WHERE matter = ?1 AND number = ?2", "iii", event->matter,
               item_integer(seconded, CONFIRMED_NUMBER), item_integer(seconded, CONFIRMED_STEP));
    if (has(body, "c"))
        db_run(rows, "UPDATE entry SET corrected = ?3 WHERE matter = ?1 AND number = ?2", "iii", event->matter,
               integer(body, "c"), integer(body, "number"));
}

/* ---- the matter ---- */

void apply_span(struct db *rows, int64_t matter, int64_t from_us)
{
    db_run(rows, "UPDATE span SET to_us = ?2 WHERE matter = ?1 AND to_us IS NULL", "ii", matter, from_us);
    db_run(rows,
           "INSERT OR REPLACE INTO span (matter, version, from_us, to_us, state, unit, rules) "
           "SELECT id, version, ?2, NULL, state, unit, rules FROM matter WHERE id = ?1",
           "ii", matter, from_us);
}

static void change_state(struct db *rows, const struct event *event, const json_t *body)
{
    bool moves = has(body, "state");
    if (moves)
        db_run(rows, "UPDATE matter SET state = ?2, state_since_us = ?3, ends_us = nullif(?4, 0) WHERE id = ?1", "isii",
               event->matter, text(body, "state"), integer(body, "t"), integer(body, "E"));
    else if (has(body, "E"))
        db_run(rows, "UPDATE matter SET ends_us = nullif(?2, 0) WHERE id = ?1", "ii", event->matter,
               integer(body, "E"));
    if (has(body, "C")) {
        db_run(rows, "UPDATE matter SET closed_us = ?2 WHERE id = ?1", "ii", event->matter, integer(body, "C"));
        db_run(rows, "UPDATE matter_handover SET pending = 0 WHERE matter = ?1", "i", event->matter);
    }
    if (has(body, "R"))
        db_run(rows, "UPDATE matter SET retain_us = nullif(?2, 0) WHERE id = ?1", "ii", event->matter,
               integer(body, "R"));
    if (has(body, "u"))
        db_run(rows, "UPDATE matter SET unit = ?2 WHERE id = ?1", "ii", event->matter, integer(body, "u"));
    if (has(body, "rl"))
        db_run(rows, "UPDATE matter SET rules = ?2 WHERE id = ?1", "ii", event->matter, integer(body, "rl"));
    if (moves || has(body, "u") || has(body, "rl"))
        apply_span(rows, event->matter, moves ? integer(body, "t") : event->at_us);
}

static void mirror(struct db *rows, const struct event *event, const json_t *body)
{
    const json_t *said = json_object_get(body, "ex");
    if (said == NULL)
        return;
    db_run(rows,
           "INSERT OR REPLACE INTO external (matter, system, number, due_us, state, closed_us, mirrored_us, said_us) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
           "issisiii", event->matter, item_text(said, EXTERNAL_SYSTEM), item_text(said, EXTERNAL_NUMBER),
           item_integer(said, EXTERNAL_DUE), item_text(said, EXTERNAL_STATE), item_integer(said, EXTERNAL_CLOSED),
           event->at_us, strcmp(event->kind, "mirrored") == 0 ? event->observed_us : 0);
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* Of a reason that is [words]; NULL of one in the clear, which is a text. */
static const char *words_in(const json_t *reason)
{
    return json_string_value(json_array_get(reason, 0));
}

static void change_holds(struct db *rows, const struct event *event, const json_t *body)
{
    size_t i;
    const json_t *reason;
    json_array_foreach(json_object_get(body, "ho"), i, reason)
        db_run(rows,
               "INSERT OR REPLACE INTO matter_hold (matter, reason, words, from_us, person, post, to_us) VALUES (?1, "
               "?2, ?3, ?4, ?5, ?6, 0)",
               "issiii", event->matter, or_empty(json_string_value(reason)), or_empty(words_in(reason)), event->at_us,
               event->person, event->post);
    json_array_foreach(json_object_get(body, "hx"), i, reason)
        db_run(rows, "UPDATE matter_hold SET to_us = ?4 WHERE matter = ?1 AND reason = ?2 AND words = ?3 AND to_us = 0",
               "issi", event->matter, or_empty(json_string_value(reason)), or_empty(words_in(reason)), event->at_us);
    if (has(body, "ho") || has(body, "hx"))
        db_run(rows,
               "UPDATE matter SET held = (SELECT count(*) FROM matter_hold WHERE matter = ?1 AND to_us = 0) "
               "WHERE "
               "id = ?1",
               "i", event->matter);
}

/* What one event issues lies in one sealed piece, and is issued once. */
static void issue_documents(struct db *rows, const struct event *event, const json_t *body)
{
    struct piece sealed = sealed_piece(event, body, SEALED_DOCUMENTS);
    size_t i;
    const json_t *name;
    json_array_foreach(json_object_get(body, "d"), i, name)
        db_run(rows,
               "INSERT OR REPLACE INTO document_issued (matter, name, place, at_us, unit, sealed) VALUES (?1, "
               "?2, ?3, ?4, "
               "?5, ?6)",
               "isiiib", event->matter, json_string_value(name), event_place(event), event->at_us, event->unit,
               sealed.data, sealed.bytes);
}

/* The form and the sealed facts; a matter without either has no row. */
static void change_form(struct db *rows, const struct event *event, const json_t *body)
{
    struct piece facts = sealed_piece(event, body, SEALED_FACTS);
    if (!has(body, "o") && facts.data == NULL)
        return;
    if (has(body, "o")) {
        struct piece sealed = sealed_piece(event, body, SEALED_FORM);
        const json_t *fields = json_object_get(body, "o");
        char *clear = json_object_size(fields) > 0 ? json_text(fields, NULL) : NULL;
        db_run(rows,
               "INSERT INTO matter_form (matter, clear, sealed) VALUES (?1, ?2, ?3) ON CONFLICT (matter) DO "
               "UPDATE SET clear = excluded.clear, sealed = excluded.sealed",
               "isb", event->matter, clear, sealed.data, sealed.bytes);
        free(clear);
    }
    if (facts.data != NULL)
        db_run(rows,
               "INSERT INTO matter_form (matter, sealed_facts) VALUES (?1, ?2) ON CONFLICT (matter) DO UPDATE "
               "SET sealed_facts = excluded.sealed_facts",
               "ib", event->matter, facts.data, facts.bytes);
}

static void change_key(struct db *rows, const struct event *event, const json_t *body)
{
    if (!has(body, "uk"))
        return;
    db_run(rows, "DELETE FROM matter_unique WHERE matter = ?1", "i", event->matter);
    if (text(body, "uk") != NULL)
        db_run(rows, "INSERT INTO matter_unique (matter, kind, key) SELECT id, kind, ?2 FROM matter WHERE id = ?1",
               "is", event->matter, text(body, "uk"));
}

static void change_handover(struct db *rows, const struct event *event, const json_t *body)
{
    const json_t *offer = json_object_get(body, "h");
    if (offer != NULL)
        db_run(rows,
               "INSERT OR REPLACE INTO matter_handover (matter, place, from_unit, to_unit, person, post, "
               "offered_us, slot, bounces, "
               "pending, no_show_us, unknown) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, 1, ?9, ?10)",
               "iiiiiiiiii", event->matter, event_place(event), item_integer(offer, OFFER_FROM),
               item_integer(offer, OFFER_TO), event->person, event->post, event->at_us,
               item_integer(offer, OFFER_BOUNCES), item_integer(offer, OFFER_NO_SHOW),
               item_integer(offer, OFFER_UNKNOWN));
    if (has(body, "hs"))
        db_run(rows, "UPDATE matter_handover SET slot = ?2 WHERE matter = ?1", "ii", event->matter,
               integer(body, "hs"));
    if (has(body, "hb"))
        db_run(rows, "UPDATE matter_handover SET pending = 0, bounces = ?2 WHERE matter = ?1", "ii", event->matter,
               integer(body, "hb"));
}

static void change_participants(struct db *rows, const struct event *event, const json_t *body)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "P"), i, item)
        db_run(rows,
               "INSERT OR REPLACE INTO participant (matter, number, name, who, state, joined_us, since_us, left_us) "
               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, NULL)",
               "iisisi", event->matter, item_integer(item, JOINED_NUMBER), item_text(item, JOINED_SET),
               item_integer(item, JOINED_WHO), item_text(item, JOINED_STATE), event->at_us);
    json_array_foreach(json_object_get(body, "Q"), i, item)
        db_run(rows,
               "UPDATE participant SET since_us = CASE WHEN ?3 IS NULL OR ?3 = state THEN since_us ELSE ?4 END, "
               "state = coalesce(?3, state), left_us = CASE WHEN ?5 THEN ?4 ELSE left_us END, "
               "reason = coalesce(?6, reason), words = coalesce(?7, words) WHERE matter = ?1 AND number = ?2",
               "iisiiss", event->matter, item_integer(item, CHANGED_NUMBER), item_text(item, CHANGED_STATE),
               event->at_us, (int64_t)json_is_true(json_array_get(item, CHANGED_LEFT)), item_text(item, CHANGED_REASON),
               words_in(json_array_get(item, CHANGED_REASON)));
}

static void see(struct db *rows, const struct event *event, const json_t *body)
{
    size_t i;
    const json_t *number, *item;
    json_array_foreach(json_object_get(body, "sx"), i, item)
        db_run(rows, "UPDATE expectation SET seen_us = ?4, phone_us = 0, next_us = ?3 WHERE matter = ?1 AND slot = ?2",
               "iiii", event->matter, item_integer(item, SEEN_SLOT), item_integer(item, SEEN_NEXT), event->at_us);
    json_array_foreach(json_object_get(body, "se"), i, number)
        db_run(rows, "UPDATE participant SET seen_us = coalesce(seen_us, ?3) WHERE matter = ?1 AND number = ?2", "iii",
               event->matter, json_integer_value(number), event->at_us);
}

/* A frozen one that is full has nothing to be remembered of. */
static void fill_audiences(struct db *rows, const struct event *event, const json_t *body)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "au"), i, item)
    {
        const char *name = item_text(item, AUDIENCE_SET);
        bool standing = json_is_true(json_array_get(item, AUDIENCE_STANDING));
        bool waits = json_is_true(json_array_get(item, AUDIENCE_WAITS));
        if (standing || waits)
            db_run(rows,
                   "INSERT OR REPLACE INTO audience (matter, name, under, standing, after_unit, waits) VALUES "
                   "(?1, ?2, ?3, ?4, ?5, ?6)",
                   "isiiii", event->matter, name, item_integer(item, AUDIENCE_UNDER), (int64_t)standing,
                   item_integer(item, AUDIENCE_AFTER), (int64_t)waits);
        else
            db_run(rows, "DELETE FROM audience WHERE matter = ?1 AND name = ?2", "is", event->matter, name);
    }
}

/* A closed matter takes no new members; reopened, it reads the units again. */
static void close_audiences(struct db *rows, const struct event *event, const json_t *body)
{
    if (has(body, "C"))
        db_run(rows, "UPDATE audience SET waits = ?2, after_unit = 0 WHERE matter = ?1", "ii", event->matter,
               (int64_t)(integer(body, "C") == 0));
}

/* What is ended was made before. */
static void change_registry(struct db *rows, const struct event *event, const json_t *body)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(body, "H"), i, item)
        db_run(rows, "UPDATE matter_registry SET to_us = ?4 WHERE matter = ?1 AND what = ?2 AND id = ?3 AND to_us = 0",
               "iiii", event->matter, item_integer(item, MADE_WHAT), item_integer(item, MADE_ID), event->at_us);
    json_array_foreach(json_object_get(body, "G"), i, item)
    {
        const json_t *grounds = json_array_get(item, MADE_GROUNDS);
        char *grounds_text = grounds != NULL ? json_text(grounds, NULL) : NULL;
        db_run(rows,
               "INSERT OR REPLACE INTO matter_registry (matter, what, id, from_us, to_us, person, grounds) "
               "VALUES "
               "(?1, ?2, ?3, ?4, 0, ?5, ?6)",
               "iiiiis", event->matter, item_integer(item, MADE_WHAT), item_integer(item, MADE_ID), event->at_us,
               item_integer(item, MADE_PERSON), grounds_text);
        free(grounds_text); /* jansson's allocation */
    }
}

static void name_files(struct db *rows, const struct event *event, const json_t *body)
{
    size_t i;
    const json_t *hash;
    json_array_foreach(json_object_get(body, "fl"), i, hash)
        db_run(rows, "UPDATE attachment SET named = 1 WHERE hash = ?1 AND matter = ?2", "si", json_string_value(hash),
               event->matter);
}

void apply_file_attached(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows,
           "INSERT OR IGNORE INTO attachment (hash, matter, type, bytes, place, at_us, person, named, gone_us) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0)",
           "sisiiii", text(body, "hash"), event->matter, text(body, "type"), integer(body, "bytes"), event_place(event),
           event->at_us, event->person);
}

/* What belongs to a matter and lies in other tables. */
static void change_rest(struct db *rows, const struct event *event, const json_t *body)
{
    change_form(rows, event, body);
    change_key(rows, event, body);
    change_handover(rows, event, body);
    mirror(rows, event, body);
    change_holds(rows, event, body);
    change_participants(rows, event, body);
    see(rows, event, body);
    fill_audiences(rows, event, body);
    close_audiences(rows, event, body);
    change_registry(rows, event, body);
    issue_documents(rows, event, body);
}

static char *facts_of(const json_t *body)
{
    const json_t *facts = json_object_get(body, "F");
    return facts != NULL ? json_text(facts, NULL) : NULL;
}

void apply_change(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t observed_us = has(body, "at") ? integer(body, "at") : event->observed_us;
    char *facts = facts_of(body);
    db_run(rows,
           "UPDATE matter SET version = ?2, changed_us = ?3, next_entry = max(next_entry, ?4), "
           "next_expectation = "
           "max(next_expectation, ?5), facts = coalesce(?6, facts) WHERE id = ?1",
           "iiiiis", event->matter, integer(body, "version"), event->at_us,
           has(body, "number") ? integer(body, "number") + 1 : 0, next_expectation(body), facts);
    free(facts); /* jansson's allocation */
    if (has(body, "number"))
        insert_entry(rows, event, body, observed_us);
    name_files(rows, event, body);
    change_expectations(rows, event, body, observed_us);
    change_state(rows, event, body);
    change_rest(rows, event, body);
}

/* Its row at once: a sheet brings a hundred thousand, and each later change of it would cost as much again. */
static void insert_matter(struct db *rows, const struct event *event, const json_t *body)
{
    struct uuid uuid;
    char *facts = facts_of(body);
    uuid_parse(text(body, "uuid"), &uuid);
    db_run(rows,
           "INSERT OR FAIL INTO matter (id, uuid, kind, rules, state, version, unit, subject, household, "
           "parent, opener_person, opener_post, opened_us, changed_us, state_since_us, closed_us, erased, "
           "standing, next_entry, next_expectation, ends_us, retain_us, facts, subject_post, named_only, caused) "
           "VALUES (?1, ?2, ?3, "
           "?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?14, ?13, ?14, ?15, 0, ?16, 1, ?17, nullif(?18, 0), nullif(?19, 0), "
           "?20, ?21, ?22, ?23)",
           "iusisiiiiiiiiiiiiiisiii", event->matter, &uuid, text(body, "kind"), integer(body, "rules"),
           text(body, "state"), integer(body, "version"), event->unit, integer(body, "subject"),
           integer(body, "household"), integer(body, "parent"), event->person, event->post, event->at_us,
           integer(body, "t"), integer(body, "C"), integer(body, "standing"), MAX(next_expectation(body), INT64_C(1)),
           integer(body, "E"), integer(body, "R"), facts, integer(body, "subject_post"), integer(body, "named_only"),
           integer(body, "caused"));
    free(facts); /* jansson's allocation */
}

void apply_matter_opened(struct db *rows, const struct event *event, const json_t *body)
{
    insert_matter(rows, event, body);
    db_run(rows,
           "INSERT OR REPLACE INTO span (matter, version, from_us, to_us, state, unit, rules) VALUES (?1, "
           "?2, ?3, "
           "NULL, ?4, ?5, ?6)",
           "iiisii", event->matter, integer(body, "version"), integer(body, "t"), text(body, "state"), event->unit,
           integer(body, "rules"));
    change_expectations(rows, event, body, event->observed_us);
    change_rest(rows, event, body);
}

void apply_matter_seen(struct db *rows, const struct event *event, const json_t *body)
{
    see(rows, event, body);
}

void apply_matters_linked(struct db *rows, const struct event *event, const json_t *body)
{
    struct piece note = sealed_piece(event, body, SEALED_NOTE);
    apply_change(rows, event, body);
    db_run(rows, "INSERT OR REPLACE INTO link (matter, other, place, relation, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
           "iiisb", event->matter, integer(body, "l"), event_place(event), text(body, "re"), note.data, note.bytes);
}

void apply_matters_unlinked(struct db *rows, const struct event *event, const json_t *body)
{
    apply_change(rows, event, body);
    db_run(rows, "DELETE FROM link WHERE matter = ?1 AND other = ?2 AND relation IS NOT 'merged'", "ii", event->matter,
           integer(body, "l"));
}

void apply_matter_merged(struct db *rows, const struct event *event, const json_t *body)
{
    int64_t into = integer(body, "mi");
    apply_change(rows, event, body);
    db_run(rows, "UPDATE matter SET merged_into = ?2 WHERE id = ?1", "ii", event->matter, into);
    if (into == 0) {
        db_run(rows, "UPDATE matter_merge SET undone_us = ?2 WHERE matter = ?1 AND undone_us = 0", "ii", event->matter,
               event->at_us);
        db_run(rows, "DELETE FROM link WHERE matter = ?1 AND relation = 'merged'", "i", event->matter);
        apply_span(rows, event->matter, event->at_us);
        return;
    }
    db_run(rows,
           "INSERT OR REPLACE INTO matter_merge (matter, at_us, other, person, post, reason, words, undone_us) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
           "iiiiiss", event->matter, event->at_us, into, event->person, event->post, text(body, "re"),
           text(body, "rw"));
    db_run(rows, "INSERT OR REPLACE INTO link (matter, other, relation, place) VALUES (?1, ?2, 'merged', ?3)", "iii",
           event->matter, into, event_place(event));
    db_run(rows, "UPDATE span SET to_us = ?2 WHERE matter = ?1 AND to_us IS NULL", "ii", event->matter, event->at_us);
}

void apply_person_linked(struct db *rows, const struct event *event, const json_t *body)
{
    apply_change(rows, event, body);
    struct piece note = sealed_piece(event, body, SEALED_NOTE);
    db_run(rows,
           "INSERT OR REPLACE INTO link_person (matter, person, place, relation, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
           "iiisb", event->matter, integer(body, "lp"), event_place(event), text(body, "re"), note.data, note.bytes);
}

void apply_person_unlinked(struct db *rows, const struct event *event, const json_t *body)
{
    apply_change(rows, event, body);
    db_run(rows, "DELETE FROM link_person WHERE matter = ?1 AND person = ?2", "ii", event->matter, integer(body, "lp"));
}

/* Several streams report the same run: the latest wins, in whichever order they are applied. */
void apply_rebase_advanced(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows,
           "INSERT INTO rebase (kind, unit, rules, last, rebased, passed, done, at_us, person) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (kind, unit) DO UPDATE SET rules = ?3, last = ?4, "
           "rebased = ?5, passed = ?6, done = ?7, at_us = ?8, person = ?9 WHERE (at_us, last) <= (?8, ?4)",
           "siiiiiiii", text(body, "kind"), integer(body, "under"), integer(body, "rules"), integer(body, "last"),
           integer(body, "rebased"), integer(body, "passed"), (int64_t)json_is_true(json_object_get(body, "done")),
           event->at_us, event->person);
}
