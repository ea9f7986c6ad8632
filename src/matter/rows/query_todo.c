/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/matter.h"
#include "matter/rows/words.h"

static void copy_text(struct cursor *cursor, int column, char *out, size_t size)
{
    const char *text = cursor_text(cursor, column);
    g_strlcpy(out, text != NULL ? text : "", size);
}

/* ---- the to-do list ---- */

static void read_todo(struct cursor *cursor, struct todo *out)
{
    *out = (struct todo){
        .matter = cursor_integer(cursor, 0),
        .number = cursor_integer(cursor, 1),
        .post = cursor_integer(cursor, 2),
        .opens_us = cursor_integer(cursor, 5),
        .due_us = cursor_integer(cursor, 6),
        .since_us = cursor_integer(cursor, 7),
        .overdue = cursor_integer(cursor, 8) != 0,
        .escalated = (int)cursor_integer(cursor, 9),
        .rules = cursor_integer(cursor, 13),
        .unit = cursor_integer(cursor, 14),
        .subject = cursor_integer(cursor, 15),
        .household = cursor_integer(cursor, 16),
        .participant = cursor_integer(cursor, 17),
        .line = cursor_integer(cursor, 18),
        .named_only = cursor_integer(cursor, 19) != 0,
        .claimed_us = cursor_integer(cursor, 20),
        .claim_until_us = cursor_integer(cursor, 21),
    };
    copy_text(cursor, 3, out->name, sizeof out->name);
    copy_text(cursor, 4, out->entry, sizeof out->entry);
    cursor_uuid(cursor, 10, &out->uuid);
    copy_text(cursor, 11, out->kind, sizeof out->kind);
    copy_text(cursor, 12, out->state, sizeof out->state);
}

static void add_post(struct db *rows, GArray *all, int64_t post, int64_t after_due_us, int64_t after_matter,
                     int64_t after_number, int most)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT e.matter, e.number, e.post, e.name, coalesce(e.entry, e.name), "
                 "e.opens_us, e.due_us, e.since_us, e.overdue, "
                 "e.step, m.uuid, m.kind, m.state, m.rules, m.unit, m.subject, m.household, "
                 "e.participant, e.line, m.named_only, e.claimed_us, e.claim_until_us FROM expectation e "
                 "CROSS JOIN matter m ON m.id = e.matter "
                 "WHERE e.post = ?1 AND (e.due_us, e.matter, e.number) > (?2, ?3, ?4) "
                 "ORDER BY e.due_us, e.matter, e.number LIMIT ?5",
                 "iiiii", post, after_due_us, after_matter, after_number, (int64_t)most);
    while (cursor_next(&found)) {
        struct todo todo;
        read_todo(&found, &todo);
        g_array_append_val(all, todo);
    }
}

static gint by_due(gconstpointer a, gconstpointer b)
{
    const struct todo *left = a, *right = b;
    if (left->due_us != right->due_us)
        return left->due_us < right->due_us ? -1 : 1;
    if (left->matter != right->matter)
        return left->matter < right->matter ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

GArray *matter_todo(struct db *rows, const int64_t *posts, size_t post_count, int64_t after_due_us,
                    int64_t after_matter, int64_t after_number, int most)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct todo));
    for (size_t i = 0; i < post_count; i++)
        add_post(rows, all, posts[i], after_due_us, after_matter, after_number, most);
    if (post_count > 1)
        g_array_sort(all, by_due);
    if (all->len > (guint)most)
        g_array_set_size(all, (guint)most);
    return all;
}

int64_t matter_todo_count(struct db *rows, int64_t post)
{
    int64_t count = 0;
    db_integer(rows, &count, "SELECT count(*) FROM expectation WHERE post = ?1", "i", post);
    return count;
}

#define NEXT_DUE                                                                                                       \
    "SELECT name, coalesce(entry, name), opens_us, due_us, overdue, step FROM expectation INDEXED BY "                 \
    "expectation_participant WHERE matter = ?1 AND paused_us = 0 "
#define IN_ORDER "ORDER BY due_us, number LIMIT 1"

bool matter_next_due(struct db *rows, int64_t matter, bool each, struct next_due *out)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows, each ? NEXT_DUE IN_ORDER : NEXT_DUE "AND participant = 0 " IN_ORDER, "i", matter);
    if (!cursor_next(&found))
        return false;
    *out = (struct next_due){.opens_us = cursor_integer(&found, 2),
                             .due_us = cursor_integer(&found, 3),
                             .overdue = cursor_integer(&found, 4) != 0,
                             .escalated = (int)cursor_integer(&found, 5)};
    copy_text(&found, 0, out->name, sizeof out->name);
    copy_text(&found, 1, out->entry, sizeof out->entry);
    return true;
}

/* As route_may_claim(), out of rows. */
bool matter_may_claim(struct db *rows, const struct kind *kind, const struct todo *todo, int64_t other, int64_t at_us)
{
    struct expect accepting;
    const struct expect *expect = kind != NULL ? expect_find(kind, todo->name, &accepting) : NULL;
    int64_t unit = todo->unit, who = 0;
    if (expect == NULL || expect->answers.party != PARTY_ROLE || todo->post <= 0)
        return false;
    if (expect->answers.place == PLACE_PARTICIPANT && todo->participant != 0 &&
        db_integer(rows, &who, "SELECT who FROM participant WHERE matter = ?1 AND number = ?2", "ii", todo->matter,
                   todo->participant) &&
        who > 0)
        unit = who;
    return registry_is_colleague(rows, todo->post, other, unit, at_us);
}

/* ---- alerts ---- */

static void add_alerts(struct db *rows, GArray *all, int64_t post, int64_t until_us, int64_t after_us, int64_t after_id,
                       int most)
{
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT a.id, a.matter, a.number, a.shown_us, a.raised_us, m.uuid, m.kind, a.name, a.step, "
                 "EXISTS (SELECT 1 FROM expectation e WHERE e.matter = a.matter AND e.number = a.number) "
                 "FROM alert a CROSS JOIN matter m ON m.id = a.matter "
                 "WHERE a.post = ?1 AND a.shown_us <= ?2 AND (a.shown_us, a.id) > (?3, ?4) ORDER BY "
                 "a.shown_us, a.id LIMIT ?5",
                 "iiiii", post, until_us, after_us, after_id, (int64_t)most);
    while (cursor_next(&found)) {
        struct alert alert = {
            .id = cursor_integer(&found, 0),
            .post = post,
            .matter = cursor_integer(&found, 1),
            .number = cursor_integer(&found, 2),
            .shown_us = cursor_integer(&found, 3),
            .raised_us = cursor_integer(&found, 4),
            .step = (int)cursor_integer(&found, 8),
            .open = cursor_integer(&found, 9) != 0,
        };
        cursor_uuid(&found, 5, &alert.uuid);
        copy_text(&found, 6, alert.kind, sizeof alert.kind);
        copy_text(&found, 7, alert.name, sizeof alert.name);
        g_array_append_val(all, alert);
    }
}

static gint by_shown(gconstpointer a, gconstpointer b)
{
    const struct alert *left = a, *right = b;
    if (left->shown_us != right->shown_us)
        return left->shown_us < right->shown_us ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

GArray *matter_alerts(struct db *rows, const int64_t *posts, size_t post_count, int64_t until_us, int64_t after_us,
                      int64_t after_id, int most)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct alert));
    for (size_t i = 0; i < post_count; i++)
        add_alerts(rows, all, posts[i], until_us, after_us, after_id, most);
    g_array_sort(all, by_shown);
    if (all->len > (guint)most)
        g_array_set_size(all, (guint)most);
    return all;
}

/* ---- expectations of one matter ---- */

static void expectation_row_clear(gpointer data)
{
    g_free(((struct expectation_row *)data)->reason);
}

/* Not what is asked of participants in the sets ?5, unless they stand on grounds of the person ?3 (0: of all). */
#define IS_SHOWN                                                                                                       \
    "(?3 = 0 OR participant = 0 OR participant NOT IN (SELECT t.number FROM participant t WHERE t.matter = ?1 AND "    \
    "t.name IN (SELECT value FROM json_each(?5)) AND t.who NOT IN (SELECT c.unit FROM post_ground g JOIN cover c ON "  \
    "c.ancestor = g.unit WHERE g.person = ?3 AND g.from_us <= ?4 AND g.to_us > ?4 AND c.from_us <= ?4 AND "            \
    "c.to_us > ?4)))"

static struct cursor expectations_behind(struct db *rows, int64_t matter, const struct expectation_filter *filter)
{
    return db_query(
        rows,
        "SELECT number, name, post, opens_us, due_us, ended_us, outcome, entry, "
        "reason, words, 0, 0, 0, 0, 0, reopened, 0, participant, line, 0, 0, 0, 0, 0 FROM expectation_past "
        "WHERE matter = ?1 AND number > ?2 AND " IS_SHOWN " UNION ALL "
        "SELECT number, name, post, opens_us, due_us, 0, 0, NULL, NULL, NULL, overdue, "
        "paused_us, extensions, warned, attempts, 0, ours_us, participant, line, "
        "alerts, seen_us, phone_us, claimed_us, claim_until_us FROM expectation INDEXED BY expectation_number "
        "WHERE matter = ?1 AND number > ?2 AND " IS_SHOWN " ORDER BY 1 LIMIT ?6",
        "iiiisi", matter, filter->after, filter->reader, filter->at_us,
        filter->audiences != NULL ? filter->audiences : "[]", filter->most > 0 ? (int64_t)filter->most : INT64_MAX);
}

GArray *matter_expectations_page(struct db *rows, struct vault *vault, int64_t matter,
                                 const struct expectation_filter *filter)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct expectation_row));
    g_array_set_clear_func(all, expectation_row_clear);
    AUTO(cursor) struct cursor found = expectations_behind(rows, matter, filter);
    while (cursor_next(&found)) {
        struct expectation_row row = {
            .matter = matter,
            .number = cursor_integer(&found, 0),
            .post = cursor_integer(&found, 2),
            .opens_us = cursor_integer(&found, 3),
            .due_us = cursor_integer(&found, 4),
            .ended_us = cursor_integer(&found, 5),
            .outcome = (enum outcome)cursor_integer(&found, 6),
            .entry_number = cursor_integer(&found, 7),
            .overdue = cursor_integer(&found, 10) != 0,
            .paused_us = cursor_integer(&found, 11),
            .extensions = (int)cursor_integer(&found, 12),
            .warned = cursor_integer(&found, 13) != 0,
            .attempts = (int)cursor_integer(&found, 14),
            .reopened = cursor_integer(&found, 15) != 0,
            .ours_us = cursor_integer(&found, 16),
            .participant = cursor_integer(&found, 17),
            .line = cursor_integer(&found, 18),
            .alerts = (int)cursor_integer(&found, 19),
            .seen_us = cursor_integer(&found, 20),
            .phone_us = cursor_integer(&found, 21),
            .claimed_us = cursor_integer(&found, 22),
            .claim_until_us = cursor_integer(&found, 23),
            .reason = words_of_row(vault, matter, &found, 8),
        };
        copy_text(&found, 1, row.name, sizeof row.name);
        g_array_append_val(all, row);
    }
    return all;
}

GArray *matter_expectations(struct db *rows, struct vault *vault, int64_t matter)
{
    return matter_expectations_page(rows, vault, matter, &(struct expectation_filter){0});
}
