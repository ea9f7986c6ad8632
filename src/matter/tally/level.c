/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/level.h"

#include "registry/staffing.h"

#include <string.h>

struct unit_level { /* of one unit */
    int64_t count, since_us;
};

static bool is_named(const struct indicator_level *level, const struct overdue_count *count)
{
    for (size_t i = 0; i < level->expect_count; i++)
        if (strcmp(level->expects[i].kind->name, count->kind) == 0 && strcmp(level->expects[i].name, count->name) == 0)
            return true;
    return false;
}

static void read_overdue(struct tally_units *all, const struct indicator_level *level, struct unit_level *out)
{
    guint at = 0;
    if (all->overdue == NULL)
        all->overdue = matter_overdue_counts_of(all->rows, all->units, all->now_us);
    for (guint i = 0; i < all->overdue->len; i++) {
        const struct overdue_count *count = &g_array_index(all->overdue, struct overdue_count, i);
        while (g_array_index(all->units, int64_t, at) != count->unit)
            at++;
        if (!is_named(level, count))
            continue;
        out[at].count += count->count;
        if (count->since_us != 0 && (out[at].since_us == 0 || count->since_us < out[at].since_us))
            out[at].since_us = count->since_us;
    }
}

static struct unit_level level_of(enum level_what what, const struct staffing *found)
{
    switch (what) {
    case LEVEL_POSTS_REQUIRED:
        return (struct unit_level){found->required, 0};
    case LEVEL_POSTS_HELD:
        return (struct unit_level){found->held, 0};
    case LEVEL_POSTS_EMPTY:
        return (struct unit_level){found->lacking, found->since_us};
    case LEVEL_UNITS:
        return (struct unit_level){found->units, 0};
    case LEVEL_OVERDUE:
    case LEVEL_UNIT_FACT:
        break;
    }
    g_assert_not_reached();
}

static void read_staffing(struct tally_units *all, const struct indicator_level *level, struct unit_level *out)
{
    const struct staffing_question question = {.type = level->type != NULL ? level->type->name : NULL,
                                               .role = level->role != NULL ? level->role->name : NULL,
                                               .before_us =
                                                   level->longer_us > 0 ? all->now_us - level->longer_us : INT64_MAX};
    g_autofree struct staffing *found = g_new(struct staffing, all->units->len);
    if (all->staffing == NULL) {
        all->staffing = g_new(struct staffing_rows, 1);
        registry_staffing_read(all->rows, rulebook_current(all->rulebook), all->units, all->now_us, all->staffing);
    }
    registry_staffing_answer(all->staffing, &question, found);
    for (guint i = 0; i < all->units->len; i++)
        out[i] = level_of(level->what, &found[i]);
}

static struct unit_level *read_level(struct tally_units *all, const struct indicator_level *level)
{
    struct unit_level *out = g_new0(struct unit_level, all->units->len);
    if (level->what == LEVEL_OVERDUE)
        read_overdue(all, level, out);
    else if (level->what != LEVEL_UNIT_FACT) /* it is put in afterwards: fact.h */
        read_staffing(all, level, out);
    return out;
}

void level_read(struct tally_units *all, const struct indicator *indicator, struct tally_now *out)
{
    g_autofree struct unit_level *tops = read_level(all, &indicator->level_top);
    g_autofree struct unit_level *bottoms = indicator->ratio ? read_level(all, &indicator->level_bottom) : NULL;
    for (guint i = 0; i < all->units->len; i++) {
        out[i].cell.top = tops[i].count;
        out[i].cell.bottom = bottoms != NULL ? bottoms[i].count : 0;
        out[i].since_us = tops[i].since_us;
    }
}
