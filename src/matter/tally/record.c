/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally.h"

#include "base/datetime.h"
#include "matter/matter.h"
#include "matter/rows/words.h"

#include <string.h>

#define GAPS_MOST 50 /* of one record: for a district without staff the first of them are enough */

struct duty_lines { /* of one kind and name: the lines come sorted by them */
    json_t *all, *line;
};

static json_t *line_of(struct duty_lines *lines, const char *kind, const char *name)
{
    const json_t *line = lines->line;
    if (line != NULL && strcmp(json_string_value(json_object_get(line, "kind")), kind) == 0 &&
        strcmp(json_string_value(json_object_get(line, "name")), name) == 0)
        return lines->line;
    lines->line = json_pack("{s:s, s:s, s:i}", "kind", kind, "name", name, "assigned", 0);
    json_array_append_new(lines->all, lines->line);
    return lines->line;
}

static void add(json_t *line, const char *member, int64_t count)
{
    int64_t before = json_integer_value(json_object_get(line, member));
    json_object_set_new(line, member, json_integer(before + count));
}

/* What they answered for and fell due in the time: how it ended, or that it is open still. */
static json_t *expectations(struct db *rows, int64_t post, int64_t from_us, int64_t to_us)
{
    struct duty_lines lines = {.all = json_array()};
    AUTO(cursor)
    struct cursor found =
        db_query(rows,
                 "SELECT m.kind, p.name, p.outcome, 0, count(*) FROM expectation_past p CROSS JOIN matter m ON m.id = "
                 "p.matter "
                 "WHERE p.post = ?1 AND p.due_us > ?2 AND p.due_us <= ?3 GROUP BY 1, 2, 3 UNION ALL "
                 "SELECT m.kind, e.name, 0, e.overdue, count(*) FROM expectation e CROSS JOIN matter m ON m.id = "
                 "e.matter "
                 "WHERE e.post = ?1 AND e.due_us > ?2 AND e.due_us <= ?3 GROUP BY 1, 2, 4 ORDER BY 1, 2, 3, 4",
                 "iii", post, from_us, to_us);
    while (cursor_next(&found)) {
        enum outcome outcome = (enum outcome)cursor_integer(&found, 2);
        json_t *line = line_of(&lines, cursor_text(&found, 0), cursor_text(&found, 1));
        bool overdue = outcome == OUTCOME_OPEN && cursor_integer(&found, 3) != 0;
        add(line, "assigned", cursor_integer(&found, 4));
        add(line, overdue ? "overdue" : outcome_names[outcome], cursor_integer(&found, 4));
    }
    return lines.all;
}

/* Counts by reason; of erased matters without one. */
static GHashTable *count_excuses(struct db *rows, struct vault *vault, int64_t post, int64_t from_us, int64_t to_us)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT matter, reason, words FROM expectation_past WHERE post = ?1 AND due_us > ?2 "
                                   "AND due_us <= ?3 AND +outcome = 4",
                                   "iii", post, from_us, to_us);
    while (cursor_next(&found)) {
        char *reason = words_of_row(vault, cursor_integer(&found, 0), &found, 1);
        reason = reason != NULL ? reason : g_strdup("");
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, reason));
        g_hash_table_insert(counts, reason, GUINT_TO_POINTER(count + 1));
    }
    return counts;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static json_t *excuses(struct db *rows, struct vault *vault, int64_t post, int64_t from_us, int64_t to_us)
{
    json_t *all = json_array();
    g_autoptr(GHashTable) counts = count_excuses(rows, vault, post, from_us, to_us);
    g_autoptr(GList) reasons = g_list_sort(g_hash_table_get_keys(counts), by_text);
    for (const GList *at = reasons; at != NULL; at = at->next)
        json_array_append_new(all, json_pack("{s:s, s:i}", "reason", (const char *)at->data, "count",
                                             (int)GPOINTER_TO_UINT(g_hash_table_lookup(counts, at->data))));
    return all;
}

/* Missing staff at its grounds at the end, so that a record of a post that covers for two shows it. */
static json_t *staffing(struct db *rows, const struct playbook *playbook, int64_t post, int64_t at_us)
{
    json_t *all = json_array();
    g_autoptr(GArray) grounds = registry_grounds(rows, post, at_us);
    for (guint i = 0; i < grounds->len; i++) {
        g_autoptr(GArray) gaps = registry_gaps(rows, playbook, g_array_index(grounds, int64_t, i), at_us, 0, GAPS_MOST);
        for (guint j = 0; j < gaps->len && json_array_size(all) < GAPS_MOST; j++) {
            const struct gap *gap = &g_array_index(gaps, struct gap, j);
            struct unit unit;
            if (registry_unit(rows, gap->unit, &unit))
                json_array_append_new(all, json_pack("{s:s, s:s, s:i, s:i}", "unit", unit.code, "role", gap->role->name,
                                                     "required", gap->required, "held", gap->held));
        }
    }
    return all;
}

static int64_t minutes_on_duty(struct db *rows, int64_t post, int64_t from_us, int64_t to_us)
{
    int64_t sum_us = 0;
    g_autoptr(GArray) shifts = registry_shifts(rows, post, from_us, to_us);
    for (guint i = 0; i < shifts->len; i++) {
        const struct shift *shift = &g_array_index(shifts, struct shift, i);
        sum_us += MAX(0, MIN(shift->to_us, to_us) - MAX(shift->from_us, from_us));
    }
    return sum_us / (60 * G_USEC_PER_SEC);
}

static json_t *date(int32_t day)
{
    char text[DATETIME_TEXT_MAX];
    date_format(day, text);
    return json_string(text);
}

json_t *matter_duty_record(struct db *rows, struct vault *vault, const struct playbook *playbook, int64_t post,
                           int32_t from_day, int32_t to_day, int64_t now_us)
{
    struct post held;
    if (!registry_post(rows, post, &held))
        return NULL;
    int64_t from_us = MAX(day_time_us(from_day, 0, playbook->zone), held.from_us);
    int64_t to_us = MIN(MIN(day_time_us(to_day + 1, 0, playbook->zone), held.to_us), now_us + 1);
    json_t *record = json_pack("{s:s, s:o, s:o}", "role", held.role, "from", date(day_of(from_us, playbook->zone)),
                               "to", date(day_of(MAX(from_us, to_us - 1), playbook->zone)));
    json_object_set_new(record, "expectations", expectations(rows, post, from_us, to_us));
    json_object_set_new(record, "excused", excuses(rows, vault, post, from_us, to_us));
    json_object_set_new(record, "gaps", staffing(rows, playbook, post, MAX(from_us, to_us - 1)));
    if (held.keeps_hours)
        json_object_set_new(record, "duty_minutes", json_integer(minutes_on_duty(rows, post, from_us, to_us)));
    return record;
}
