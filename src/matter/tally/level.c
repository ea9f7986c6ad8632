/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/level.h"

#include "registry/staffing.h"

#include <string.h>

struct level_reading {
    struct db *rows;
    const struct playbook *playbook;
    int64_t unit, now_us;
    int64_t since_us;
};

static void note_since(struct level_reading *reading, int64_t since_us)
{
    if (since_us != 0 && (reading->since_us == 0 || since_us < reading->since_us))
        reading->since_us = since_us;
}

static int64_t overdue(struct level_reading *reading, const struct indicator_level *level)
{
    int64_t sum = 0;
    g_autoptr(GArray) counts = matter_overdue_counts(reading->rows, reading->unit, reading->now_us);
    for (guint i = 0; i < counts->len; i++) {
        const struct overdue_count *count = &g_array_index(counts, struct overdue_count, i);
        for (size_t j = 0; j < level->expect_count; j++)
            if (strcmp(level->expects[j].kind->name, count->kind) == 0 &&
                strcmp(level->expects[j].name, count->name) == 0) {
                sum += count->count;
                note_since(reading, count->since_us);
            }
    }
    return sum;
}

static int64_t read_level(struct level_reading *reading, const struct indicator_level *level)
{
    struct staffing found;
    const struct staffing_question question = {.type = level->type != NULL ? level->type->name : NULL,
                                               .role = level->role != NULL ? level->role->name : NULL,
                                               .before_us = level->longer_us > 0 ? reading->now_us - level->longer_us
                                                                                 : INT64_MAX};
    if (level->what == LEVEL_OVERDUE)
        return overdue(reading, level);
    registry_staffing(reading->rows, reading->playbook, reading->unit, &question, reading->now_us, &found);
    switch (level->what) {
    case LEVEL_POSTS_REQUIRED:
        return found.required;
    case LEVEL_POSTS_HELD:
        return found.held;
    case LEVEL_POSTS_EMPTY:
        note_since(reading, found.since_us);
        return found.lacking;
    case LEVEL_UNITS:
        return found.units;
    case LEVEL_OVERDUE:
        break;
    }
    g_assert_not_reached();
}

void level_count(struct db *rows, const struct playbook *playbook, const struct indicator *indicator, int64_t unit,
                 int64_t now_us, struct indicator_count *out)
{
    struct level_reading reading = {rows, playbook, unit, now_us, 0};
    int64_t top = read_level(&reading, &indicator->level_top);
    out->since_us = reading.since_us;
    int64_t bottom = indicator->ratio ? read_level(&reading, &indicator->level_bottom) : 0;
    for (guint i = 0; i < out->cells->len; i++) {
        struct indicator_cell *cell = &g_array_index(out->cells, struct indicator_cell, i);
        cell->top = top;
        cell->bottom = bottom;
        cell->thin = indicator->ratio && bottom < indicator->min_bottom;
    }
}
