/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who takes part, how far each has come, and for whom a person answers. */
#include "matter/matter.h"
#include "matter/rows/words.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

static void clear_row(gpointer row)
{
    g_free(((struct participant_row *)row)->reason);
}

GArray *matter_participants(struct db *rows, struct vault *vault, int64_t matter,
                            const struct participant_filter *filter, int64_t after_number, int most)
{
    static const struct participant_filter everybody = {.seen = -1};
    const struct participant_filter *by = filter != NULL ? filter : &everybody;
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct participant_row));
    g_array_set_clear_func(all, clear_row);
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT number, who, name, coalesce(state, ''), joined_us, coalesce(left_us, 0), "
                 "coalesce(seen_us, 0), reason, words "
                 "FROM participant p WHERE matter = ?1 AND number > ?2 AND (?3 IS NULL OR name = ?3) AND (?4 "
                 "IS NULL OR state = ?4) "
                 "AND (?5 < 0 OR (seen_us IS NOT NULL) = ?5) AND (?6 IS NULL OR EXISTS (SELECT 1 FROM "
                 "expectation e INDEXED BY expectation_participant WHERE "
                 "e.matter = p.matter AND e.participant = p.number AND e.name = ?6)) AND (?7 = 0 OR who = -?7 "
                 "OR who IN "
                 "(SELECT c.unit FROM post_ground g JOIN cover c ON c.ancestor = g.unit WHERE g.person = ?7 "
                 "AND g.from_us <= ?8 "
                 "AND g.to_us > ?8 AND c.from_us <= ?8 AND c.to_us > ?8)) "
                 "AND (?10 IS NULL OR who <= 0 OR "
                 "EXISTS (SELECT 1 FROM unit u WHERE u.id = who AND "
                 "(instr(u.plain, ?10) > 0 OR substr(u.code, 1, length(?11)) = ?11))) "
                 "ORDER BY number LIMIT ?9",
                 "iissisiiiss", matter, after_number, by->name, by->state, (int64_t)by->seen, by->open, by->reader,
                 by->at_us, (int64_t)most, by->plain, by->code);
    while (cursor_next(&found)) {
        struct participant_row row = {.number = cursor_integer(&found, 0),
                                      .who = cursor_integer(&found, 1),
                                      .joined_us = cursor_integer(&found, 4),
                                      .left_us = cursor_integer(&found, 5),
                                      .seen_us = cursor_integer(&found, 6),
                                      .reason = words_of_row(vault, matter, &found, 7)};
        g_strlcpy(row.name, cursor_text(&found, 2), sizeof row.name);
        g_strlcpy(row.state, cursor_text(&found, 3), sizeof row.state);
        g_array_append_val(all, row);
    }
    return all;
}

/* ---- how far they have come ---- */

static json_t *member(json_t *object, const char *name)
{
    json_t *inner = json_object_get(object, name);
    if (inner == NULL) {
        inner = json_object();
        json_object_set_new(object, name, inner);
    }
    return inner;
}

/* Rows of (name, count), into an object. */
static json_t *tally(struct cursor cursor)
{
    json_t *counts = json_object();
    AUTO(cursor) struct cursor all = cursor;
    while (cursor_next(&all))
        json_object_set_new(counts, cursor_text(&all, 0), json_integer(cursor_integer(&all, 1)));
    return counts;
}

#define OF_SET "(SELECT number FROM participant WHERE matter = ?1 AND name = ?2 AND left_us IS NULL)"

static json_t *tally_expectations(struct db *rows, int64_t matter, const char *name)
{
    json_t *counts = json_object();
    AUTO(cursor)
    struct cursor all =
        db_query(rows,
                 "SELECT name, 0, count(*) FROM expectation WHERE matter = ?1 AND participant IN " OF_SET
                 " GROUP BY name UNION ALL SELECT name, outcome, count(*) FROM expectation_past WHERE "
                 "matter = ?1 AND participant IN " OF_SET " GROUP BY name, outcome",
                 "is", matter, name);
    while (cursor_next(&all))
        json_object_set_new(member(counts, cursor_text(&all, 0)), outcome_names[cursor_integer(&all, 1)],
                            json_integer(cursor_integer(&all, 2)));
    return counts;
}

json_t *matter_participant_counts(struct db *rows, int64_t matter, const char *name)
{
    int64_t delivered = 0, seen = 0, left_out = 0;
    db_integer(rows, &delivered, "SELECT count(*) FROM participant WHERE matter = ?1 AND name = ?2 AND left_us IS NULL",
               "is", matter, name);
    db_integer(rows, &seen,
               "SELECT count(*) FROM participant WHERE matter = ?1 AND name = ?2 AND left_us IS NULL AND "
               "seen_us IS NOT "
               "NULL",
               "is", matter, name);
    db_integer(rows, &left_out,
               "SELECT count(*) FROM participant WHERE matter = ?1 AND name = ?2 AND (reason IS NOT NULL OR "
               "words IS NOT NULL)",
               "is", matter, name);
    json_t *states =
        tally(db_query(rows,
                       "SELECT state, count(*) FROM participant WHERE matter = ?1 AND name = ?2 AND left_us "
                       "IS NULL AND state IS NOT NULL GROUP BY state",
                       "is", matter, name));
    json_t *entered =
        tally(db_query(rows,
                       "SELECT kind, count(DISTINCT participant) FROM entry WHERE matter = ?1 AND attempt "
                       "IS NULL AND participant IN " OF_SET " GROUP BY kind",
                       "is", matter, name));
    return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o}", "delivered", (json_int_t)delivered, "seen", (json_int_t)seen,
                     "left_out", (json_int_t)left_out, "states", states, "entered", entered, "expectations",
                     tally_expectations(rows, matter, name));
}

/* ---- by the units below ---- */

static void count_one(json_t *counts, const char *name)
{
    json_object_set_new(counts, name, json_integer(json_integer_value(json_object_get(counts, name)) + 1));
}

/* Where each stands: participant's number → counts of that unit, which `all` owns. */
static GHashTable *place_participants(struct db *rows, int64_t matter, const char *name, int64_t under, int64_t at_us,
                                      json_t *all)
{
    GHashTable *places = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    AUTO(cursor)
    struct cursor found = db_query(
        rows,
        "SELECT p.number, k.unit, p.seen_us IS NOT NULL, coalesce(p.state, '') FROM participant p CROSS JOIN cover c "
        "ON c.unit = p.who AND c.from_us <= ?4 AND c.to_us > ?4 CROSS JOIN cover k ON k.ancestor = ?3 AND k.unit = "
        "c.ancestor AND k.from_us <= ?4 AND k.to_us > ?4 AND (k.depth = 1 OR (k.depth = 0 AND c.depth = 0)) "
        "WHERE p.matter = ?1 AND p.name = ?2 AND p.left_us IS NULL",
        "isii", matter, name, under, at_us);
    while (cursor_next(&found)) {
        g_autofree char *unit = g_strdup_printf("%" G_GINT64_FORMAT, cursor_integer(&found, 1));
        json_t *counts = member(all, unit);
        count_one(counts, "delivered");
        if (cursor_integer(&found, 2) != 0)
            count_one(counts, "seen");
        if (*cursor_text(&found, 3) != '\0')
            count_one(member(counts, "states"), cursor_text(&found, 3));
        int64_t *number = g_new(int64_t, 1);
        *number = cursor_integer(&found, 0);
        g_hash_table_insert(places, number, counts);
    }
    return places;
}

json_t *matter_participant_counts_below(struct db *rows, int64_t matter, const char *name, int64_t under, int64_t at_us)
{
    json_t *all = json_object();
    g_autoptr(GHashTable) places = place_participants(rows, matter, name, under, at_us, all);
    AUTO(cursor)
    struct cursor entries = db_query(rows,
                                     "SELECT DISTINCT participant, kind FROM entry WHERE matter = ?1 AND attempt IS "
                                     "NULL AND participant IS NOT NULL",
                                     "i", matter);
    while (cursor_next(&entries)) {
        int64_t number = cursor_integer(&entries, 0);
        json_t *counts = g_hash_table_lookup(places, &number);
        if (counts != NULL)
            count_one(member(counts, "entered"), cursor_text(&entries, 1));
    }
    AUTO(cursor)
    struct cursor outcomes =
        db_query(rows,
                 "SELECT participant, name, 0 FROM expectation WHERE matter = ?1 UNION ALL SELECT participant, name, "
                 "outcome FROM expectation_past WHERE matter = ?1",
                 "i", matter);
    while (cursor_next(&outcomes)) {
        int64_t number = cursor_integer(&outcomes, 0);
        json_t *counts = g_hash_table_lookup(places, &number);
        if (counts != NULL)
            count_one(member(member(counts, "expectations"), cursor_text(&outcomes, 1)),
                      outcome_names[cursor_integer(&outcomes, 2)]);
    }
    return all;
}

int64_t matter_audience_size(struct db *rows, const struct participant_set *set, int64_t under, int64_t at_us)
{
    int64_t count = 0;
    g_autoptr(json_t) types = json_array();
    for (size_t i = 0; i < set->unit_type_count; i++)
        json_array_append_new(types, json_string(set->unit_types[i]->name));
    char *text = json_dumps(types, JSON_COMPACT);
    db_integer(
        rows, &count,
        "SELECT count(*) FROM cover c JOIN unit u ON u.id = c.unit WHERE c.ancestor = ?1 AND c.from_us <= ?2 "
        "AND c.to_us > ?2 AND u.type IN (SELECT value FROM json_each(?3)) "
        "AND (?4 IS NULL OR EXISTS (SELECT 1 FROM matter m WHERE m.subject = c.unit AND m.subject <> 0 AND m.kind = ?4 "
        "AND m.state <> 'proposed' AND m.opened_us <= ?2 AND (m.closed_us = 0 OR m.closed_us > ?2)))",
        "iiss", under, at_us, text, set->where_open != NULL ? set->where_open->name : NULL);
    free(text); /* jansson's allocation */
    return count;
}

static json_t *steps_of(json_t *steps, int64_t number, const char *what)
{
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, number);
    return member(member(steps, key), what);
}

/* "[1,7]" */
static char *numbers_of(const GArray *shown, guint count)
{
    GString *numbers = g_string_new("[");
    for (guint i = 0; i < count; i++)
        g_string_append_printf(numbers, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                               g_array_index(shown, struct participant_row, i).number);
    g_string_append_c(numbers, ']');
    return g_string_free(numbers, FALSE);
}

json_t *matter_participant_steps(struct db *rows, int64_t matter, const GArray *shown, guint count)
{
    int64_t first = g_array_index(shown, struct participant_row, 0).number;
    int64_t last = g_array_index(shown, struct participant_row, count - 1).number;
    g_autofree char *numbers = numbers_of(shown, count);
    json_t *steps = json_object();
    AUTO(cursor)
    struct cursor entries =
        db_query(rows,
                 "SELECT participant, kind, max(at_us) FROM entry WHERE matter = ?1 AND participant "
                 "BETWEEN ?2 AND ?3 AND participant IN (SELECT value FROM json_each(?4)) AND attempt IS NULL "
                 "GROUP BY participant, kind",
                 "iiis", matter, first, last, numbers);
    while (cursor_next(&entries))
        json_object_set_new(steps_of(steps, cursor_integer(&entries, 0), "entered"), cursor_text(&entries, 1),
                            json_integer(cursor_integer(&entries, 2)));
    AUTO(cursor)
    struct cursor expectations =
        db_query(rows,
                 "SELECT participant, name, 0, number FROM expectation WHERE matter = ?1 AND participant BETWEEN ?2 "
                 "AND ?3 AND participant IN (SELECT value FROM json_each(?4)) "
                 "UNION ALL SELECT participant, name, outcome, number FROM expectation_past WHERE matter = ?1 AND "
                 "participant BETWEEN ?2 AND ?3 AND participant IN (SELECT value FROM json_each(?4)) ORDER BY number",
                 "iiis", matter, first, last, numbers);
    while (cursor_next(&expectations))
        json_object_set_new(steps_of(steps, cursor_integer(&expectations, 0), "expectations"),
                            cursor_text(&expectations, 1),
                            json_string(outcome_names[cursor_integer(&expectations, 2)]));
    return steps;
}

/* ---- for whom a person answers ---- */

static bool names_role(const struct address *addresses, size_t count, const char *role)
{
    for (size_t i = 0; i < count; i++)
        if (addresses[i].party == PARTY_ROLE && strcmp(addresses[i].role->name, role) == 0)
            return true;
    return false;
}

/* Whether the role in a unit of the set answers for its expectations, or makes its entries. */
static bool acts_for(const struct kind *kind, const char *set, const char *role)
{
    for (size_t i = 0; i < kind->entry_count; i++) {
        const struct entry_def *entry = &kind->entries[i];
        if (entry->as != NULL && strcmp(entry->as->name, set) == 0 && names_role(entry->by, entry->by_count, role))
            return true;
    }
    for (size_t s = 0; s < kind->state_count; s++)
        for (size_t i = 0; i < kind->states[s].expect_count; i++) {
            const struct expect *expect = &kind->states[s].expects[i];
            if (expect->answers.place == PLACE_PARTICIPANT && strcmp(expect->answers.set->name, set) == 0 &&
                (names_role(&expect->answers, 1, role) || names_role(expect->may_meet, expect->may_meet_count, role)))
                return true;
        }
    return false;
}

/* Whether the expectation is the participants' own, not one about them. */
static bool is_asked_of_them(const struct kind *kind, const char *name)
{
    for (size_t s = 0; s < kind->state_count; s++)
        for (size_t i = 0; i < kind->states[s].expect_count; i++) {
            const struct expect *expect = &kind->states[s].expects[i];
            if (strcmp(expect->name, name) == 0)
                return expect->answers.place == PLACE_PARTICIPANT || expect->answers.party == PARTY_PARTICIPANT;
        }
    return false;
}

GArray *matter_participants_of(struct db *rows, const struct kind *kind, int64_t matter, int64_t person, int64_t at_us,
                               bool unseen)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT p.number, p.name, NULL, NULL FROM participant p INDEXED BY participant_who WHERE p.who = -?1 "
                 "AND "
                 "p.matter = ?2 AND p.left_us IS NULL "
                 "AND (?4 = 0 OR p.seen_us IS NULL) "
                 "UNION SELECT p.number, p.name, g.role, NULL FROM post_ground g CROSS JOIN participant p INDEXED BY "
                 "participant_who ON p.who = g.unit AND "
                 "p.matter = ?2 WHERE g.person = ?1 AND g.from_us <= ?3 AND g.to_us > ?3 AND p.left_us IS NULL "
                 "AND (?4 = 0 OR p.seen_us IS NULL) "
                 "UNION SELECT p.number, p.name, NULL, e.name FROM post o CROSS JOIN expectation e INDEXED BY "
                 "expectation_post ON e.post = o.id AND e.matter = ?2 "
                 "AND e.participant <> 0 CROSS JOIN participant p ON p.matter = ?2 AND p.number = e.participant "
                 "WHERE o.person = ?1 AND o.from_us <= ?3 AND o.to_us > ?3 AND p.left_us IS NULL "
                 "AND (?4 = 0 OR p.seen_us IS NULL AND (p.who < 0 OR EXISTS (SELECT 1 FROM post_ground h WHERE "
                 "h.person = ?1 AND h.post = o.id AND h.unit = p.who AND h.from_us <= ?3 AND h.to_us > ?3))) "
                 "ORDER BY 1",
                 "iiii", person, matter, at_us, (int64_t)unseen);
    int64_t last = 0;
    while (cursor_next(&found)) {
        int64_t number = cursor_integer(&found, 0);
        if (number == last ||
            (!cursor_is_null(&found, 2) && !acts_for(kind, cursor_text(&found, 1), cursor_text(&found, 2))) ||
            (!cursor_is_null(&found, 3) && !is_asked_of_them(kind, cursor_text(&found, 3))))
            continue;
        last = number;
        g_array_append_val(numbers, number);
    }
    return numbers;
}

/* ---- sealed ---- */

bool matter_entry_is_sealed(struct db *rows, const struct kind *kind, const struct entry_row *row, int64_t at_us)
{
    const struct entry_def *entry = kind_find_entry(kind, row->kind);
    int64_t found;
    return entry != NULL && entry->sealed_by != NULL &&
           db_integer(rows, &found,
                      "SELECT 1 FROM expectation INDEXED BY expectation_participant WHERE matter = ?1 AND "
                      "participant = ?2 AND name = ?3 AND due_us >= ?4",
                      "iisi", row->matter, row->participant, entry->sealed_by->name, at_us);
}
