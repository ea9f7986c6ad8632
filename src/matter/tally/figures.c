/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Figures of a report, counted from rows: the units that the report's unit covers, their matters, and of these only
 * what was open in the time of the report. Cost is bounded by the unit's own matters; a matter untouched since before
 * costs its own row and nothing else.
 */
#include "matter/tally.h"

#include "base/datetime.h"
#include "playbook/model/deadline.h"

struct counting {
    struct db *rows;
    const struct figure *figure;
    int64_t unit, from_us, to_us, at_us;
};

/* clang-format off */
#define COVERED \
    "FROM cover c CROSS JOIN matter m ON m.unit = c.unit " \
    "WHERE c.ancestor = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND m.kind = ?3 "
/* clang-format on */

static int64_t count_opened(const struct counting *counting)
{
    int64_t count = 0;
    db_integer(counting->rows, &count, "SELECT count(*) " COVERED "AND m.opened_us >= ?4 AND m.opened_us < ?5", "iisii",
               counting->unit, counting->at_us, counting->figure->kind->name, counting->from_us, counting->to_us);
    return count;
}

#define COUNTED                                                                                                        \
    "SELECT sum(t.count) FROM cover c CROSS JOIN tally_matter t ON t.unit = c.unit "                                   \
    "WHERE c.ancestor = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND t.kind = ?3 "

static int64_t count_open(const struct counting *counting)
{
    int64_t count = 0;
    db_integer(counting->rows, &count, COUNTED "AND t.open = 1", "iis", counting->unit, counting->at_us,
               counting->figure->kind->name);
    return count;
}

static int64_t count_in_state(const struct counting *counting)
{
    int64_t count = 0;
    db_integer(counting->rows, &count, COUNTED "AND t.state = ?4", "iiss", counting->unit, counting->at_us,
               counting->figure->kind->name, counting->figure->state->name);
    return count;
}

/* Without attempts and corrections: a corrected entry counts once, as the correction; a pending one does not count
 * yet. */
static int64_t count_entered(const struct counting *counting)
{
    int64_t count = 0;
    db_integer(counting->rows, &count,
               "SELECT count(*) FROM cover c CROSS JOIN matter m ON m.unit = c.unit CROSS JOIN entry e ON "
               "e.matter = m.id "
               "WHERE c.ancestor = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND m.kind = ?3 AND m.changed_us "
               ">= ?4 AND "
               "e.kind = ?6 AND e.attempt IS NULL AND e.corrected IS NULL AND e.second IN (0, 2) AND "
               "e.observed_us >= ?4 AND "
               "e.observed_us < ?5",
               "iisiis", counting->unit, counting->at_us, counting->figure->kind->name, counting->from_us,
               counting->to_us, counting->figure->entry->name);
    return count;
}

/* By when they fell due: 24:00 is of the day that ends. A matter closed before has none of it. */
static int64_t count_due(const struct counting *counting, const char *sql)
{
    int64_t count = 0;
    db_integer(counting->rows, &count, sql, "iisiis", counting->unit, counting->at_us, counting->figure->kind->name,
               counting->from_us, counting->to_us, counting->figure->expect->name);
    return count;
}

#define ENDED                                                                                                          \
    "SELECT count(*) FROM cover c CROSS JOIN matter m ON m.unit = c.unit CROSS JOIN expectation_past p ON "            \
    "p.matter = m.id "                                                                                                 \
    "WHERE c.ancestor = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND m.kind = ?3 AND (m.closed_us = 0 OR "              \
    "m.closed_us >= ?4) AND p.name = ?6 AND p.due_us > ?4 AND p.due_us <= ?5 AND p.outcome "

static int64_t count_met(const struct counting *counting)
{
    return count_due(counting, ENDED "= 1");
}

/* Missed in that time, and due in it, overdue and not yet given up. */
static int64_t count_missed(const struct counting *counting)
{
    int64_t overdue = count_due(
        counting, "SELECT count(*) FROM cover c CROSS JOIN matter m ON m.unit = c.unit CROSS JOIN expectation e ON "
                  "e.matter = m.id WHERE c.ancestor = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND m.kind = ?3 AND "
                  "e.name = ?6 "
                  "AND e.overdue = 1 AND e.due_us > ?4 AND e.due_us <= ?5");
    return overdue + count_due(counting, ENDED "= 3");
}

static int64_t count_overdue(const struct counting *counting)
{
    int64_t count = 0;
    db_integer(counting->rows, &count,
               "SELECT count(*) FROM cover c CROSS JOIN matter m ON m.unit = c.unit CROSS JOIN expectation e ON "
               "e.matter = m.id WHERE c.ancestor = ?1 AND c.from_us <= ?2 AND c.to_us > ?2 AND m.kind = ?3 AND "
               "e.name = ?4 "
               "AND e.overdue = 1",
               "iiss", counting->unit, counting->at_us, counting->figure->kind->name, counting->figure->expect->name);
    return count;
}

static int64_t (*const counts[])(const struct counting *counting) = {
    [FIGURE_OPENED] = count_opened,   [FIGURE_OPEN] = count_open, [FIGURE_IN_STATE] = count_in_state,
    [FIGURE_ENTERED] = count_entered, [FIGURE_MET] = count_met,   [FIGURE_MISSED] = count_missed,
    [FIGURE_OVERDUE] = count_overdue,
};

static bool is_by_day(const struct expect *expect)
{
    return expect->deadline == DEADLINE_DAILY || expect->deadline == DEADLINE_WEEKLY ||
           expect->deadline == DEADLINE_MONTHLY;
}

/* By which the report is due; NULL none. */
static const struct expect *rhythm_of(const struct kind *kind, const struct entry_def *entry)
{
    const struct expect *expect;
    for (int i = 0; (expect = kind_expect_at(kind, i)) != NULL; i++)
        if (is_by_day(expect) && (entry != NULL ? expect->entry == entry : expect->entry->shows_figures))
            return expect;
    return NULL;
}

struct period matter_report_period(const struct playbook *playbook, const struct kind *kind,
                                   const struct entry_def *entry, int64_t at_us)
{
    GTimeZone *zone = playbook->zone;
    int32_t day = day_of(at_us, zone);
    const struct expect *expect = rhythm_of(kind, entry);
    if (expect == NULL)
        return (struct period){day_time_us(day, 0, zone), day_time_us(day + 1, 0, zone)};
    struct occurrence occurrence = occurrence_opened(expect, zone, at_us);
    int64_t end_us = day_time_us(day_of(occurrence.due_us - 1, zone) + 1, 0, zone);
    return (struct period){occurrence.opens_us, end_us};
}

json_t *matter_figures(struct db *rows, const struct kind *kind, int64_t unit, struct period period, int64_t at_us)
{
    json_t *figures = json_object();
    for (size_t i = 0; i < kind->figure_count; i++) {
        struct counting counting = {
            .rows = rows,
            .figure = &kind->figures[i],
            .unit = unit,
            .from_us = period.from_us,
            .to_us = period.to_us,
            .at_us = at_us,
        };
        json_object_set_new(figures, kind->figures[i].name, json_integer(counts[kind->figures[i].what](&counting)));
    }
    return figures;
}
