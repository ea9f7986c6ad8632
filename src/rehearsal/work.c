/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/work.h"

#include "base/datetime.h"
#include "registry/registry.h"
#include "rehearsal/body.h"
#include "rehearsal/fields.h"
#include "rehearsal/rates.h"

#include <string.h>

#define NO_ROUND G_MAXUINT

struct due_task {
    struct uuid matter;
    int64_t id, number;              /* of the matter; of the expectation in it */
    int64_t line;                    /* 0 of none */
    int64_t made;                    /* by the command that meets it; 0 none, or refused */
    guint round;                     /* in which other one's command it goes, counted from 0; NO_ROUND in its own */
    bool met;                        /* neither an attempt nor too little */
    int64_t unit, household, person; /* who answers */
    char kind[48], entry[48];
};

/* ---- when ---- */

static const struct {
    const char *entry; /* the last row is any other's */
    enum rate late, never;
} manners[] = {
    {"check_in", RATE_CHECK_IN_LATE, RATE_CHECK_IN_NEVER},
    {"daily", RATE_DAILY_LATE, RATE_DAILY_NEVER},
    {"acknowledge", RATE_ACKNOWLEDGE_LATE, RATE_ACKNOWLEDGE_NEVER},
    {NULL, RATE_OTHER_LATE, RATE_OTHER_NEVER},
};

/* The moment at which an expectation is met, from dice of its own; INT64_MAX never. */
static int64_t planned_us(struct dice *dice, const char *entry, int64_t from_us, int64_t due_us)
{
    size_t row = 0;
    while (manners[row].entry != NULL && strcmp(manners[row].entry, entry) != 0)
        row++;
    int64_t length_us = MAX(due_us - from_us, US_PER_MINUTE);
    double drawn = dice_below(dice, 10000) / 100.0, never = rates[manners[row].never].value;
    if (drawn < never)
        return INT64_MAX;
    if (drawn < never + rates[manners[row].late].value)
        return due_us + length_us / 8;
    return from_us + length_us * dice_below(dice, 90) / 100;
}

/* Of members of a household the same. */
static struct dice dice_of(const struct city *city, const struct due_task *due, int64_t due_us)
{
    bool round = strcmp(due->entry, "check_in") == 0 && due->household != 0;
    uint64_t own = round ? (uint64_t)due->household : (uint64_t)due->id ^ (uint64_t)due->number << 40;
    return (struct dice){own ^ (uint64_t)due_us ^ city->seed};
}

static int64_t person_of(struct city *city, int64_t post_id)
{
    struct post post;
    return registry_post(city->reader->rows, post_id, &post) ? post.person : 0;
}

/* Whoever has inspected may not look again: the list of the first has that, so the second inspects. */
static int64_t colleague_of(struct city *city, int64_t post_id, int64_t person)
{
    int64_t other = person;
    db_integer(city->reader->rows, &other,
               "SELECT o.person FROM post_ground g JOIN post_ground o ON o.unit = g.unit AND o.role = g.role"
               " WHERE g.post = ?1 AND o.person <> ?2 ORDER BY o.post LIMIT 1",
               "ii", post_id, person);
    return other;
}

/* Open expectations whose moment has come. What is expected of a unit whose post is empty stays undone, and shows;
 * whistles go by the agenda. */
static GArray *find_due(struct city *city, int64_t now_us)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct due_task));
    AUTO(cursor)
    struct cursor cursor =
        db_query(city->reader->rows,
                 "SELECT e.matter, e.number, e.opens_us, e.due_us, e.since_us, e.post, m.household, m.kind,"
                 " coalesce(e.entry, e.name), m.uuid, m.unit, e.line"
                 " FROM expectation e JOIN matter m ON m.id = e.matter WHERE e.opens_us <= ?1 AND e.post > 0"
                 " AND (e.participant = 0 OR EXISTS (SELECT 1 FROM participant p JOIN post_ground g ON g.unit = p.who"
                 " WHERE p.matter = e.matter AND p.number = e.participant AND g.post = e.post))"
                 " ORDER BY m.household, e.matter, e.number",
                 "i", now_us);
    while (cursor_next(&cursor)) {
        struct due_task due = {.id = cursor_integer(&cursor, 0),
                               .number = cursor_integer(&cursor, 1),
                               .household = cursor_integer(&cursor, 6),
                               .unit = cursor_integer(&cursor, 10),
                               .line = cursor_integer(&cursor, 11),
                               .round = NO_ROUND};
        int64_t from_us = MAX(cursor_integer(&cursor, 2), cursor_integer(&cursor, 4)),
                due_us = cursor_integer(&cursor, 3);
        book_expected(city->book, due.id, due.number);
        g_strlcpy(due.kind, cursor_text(&cursor, 7), sizeof due.kind);
        g_strlcpy(due.entry, cursor_text(&cursor, 8), sizeof due.entry);
        struct dice dice = dice_of(city, &due, due_us);
        if (strcmp(due.kind, "whistle") == 0 || planned_us(&dice, due.entry, from_us, due_us) > now_us)
            continue;
        due.person = person_of(city, cursor_integer(&cursor, 5));
        if (strcmp(due.entry, "find") == 0)
            due.person = colleague_of(city, cursor_integer(&cursor, 5), due.person);
        cursor_uuid(&cursor, 9, &due.matter);
        g_array_append_val(found, due);
    }
    return found;
}

/* ---- what ---- */

static void enter(struct city *city, struct due_task *due)
{
    json_t *fields = fields_of(city, due->kind, due->entry, due->unit);
    const json_t *quantity = json_object_get(fields, "quantity");
    due->met = quantity == NULL || json_integer_value(quantity) > 0;
    submitter_put(city->submitter, "enter", due->person,
                  json_pack("{s:o, s:s, s:o, s:o*}", "matter", body_uuid(&due->matter), "entry", due->entry, "fields",
                            fields, "line", due->line != 0 ? json_integer(due->line) : NULL),
                  &due->made, NULL);
}

static json_t *round_row(struct city *city, struct due_task *due)
{
    due->met = !rate_happens(&city->dice, RATE_NO_ANSWER);
    if (!due->met)
        return json_pack("{s:o, s:s}", "matter", body_uuid(&due->matter), "attempt", "no_answer");
    return json_pack("{s:o, s:o}", "matter", body_uuid(&due->matter), "fields", fields_temperature(city));
}

/* The rows from `first` on that belong to one household's round: entered as one command. */
static guint enter_round(struct city *city, const GArray *found, guint first)
{
    struct due_task *one = &g_array_index(found, struct due_task, first);
    json_t *rows = json_array();
    guint at = first;
    for (; at < found->len; at++) {
        struct due_task *due = &g_array_index(found, struct due_task, at);
        if (due->household != one->household)
            break;
        if (strcmp(due->entry, one->entry) == 0 && due->person == one->person) {
            json_array_append_new(rows, round_row(city, due));
            due->round = first;
        } else {
            enter(city, due);
        }
    }
    submitter_put(city->submitter, "enter_round", one->person,
                  json_pack("{s:s, s:o, s:s}", "entry", one->entry, "rows", rows, "channel", "door"), &one->made, NULL);
    return at;
}

/* Which of them were accepted. */
static void note_met(struct city *city, const GArray *found)
{
    for (guint i = 0; i < found->len; i++) {
        const struct due_task *due = &g_array_index(found, struct due_task, i);
        guint by = due->round != NO_ROUND ? due->round : i;
        if (due->met && g_array_index(found, struct due_task, by).made != 0)
            book_met(city->book, due->id, due->number);
    }
}

int64_t work_off(struct city *city)
{
    g_autoptr(GArray) found = find_due(city, clock_now_us(city->clock));
    for (guint i = 0; i < found->len;) {
        struct due_task *due = &g_array_index(found, struct due_task, i);
        if (due->household != 0 && strcmp(due->entry, "check_in") == 0) {
            i = enter_round(city, found, i);
        } else {
            enter(city, due);
            i++;
        }
    }
    submitter_wait(city->submitter);
    note_met(city, found);
    return found->len;
}
