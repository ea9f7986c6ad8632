/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/smallest.h"

static bool is_small(int64_t count, int smallest)
{
    return count > 0 && count < smallest;
}

static int64_t measure(const struct indicator *indicator, const struct smallest_figure *figure)
{
    return indicator_is_share(indicator) ? figure->bottom : figure->top;
}

static bool gives_away(const struct indicator *indicator, const struct smallest_figure *figure)
{
    int smallest = indicator->smallest_cell;
    if (!indicator_is_share(indicator)) /* beside a fact about units the top is hidden as a count is */
        return is_small(figure->top, smallest);
    return is_small(figure->bottom, smallest) ||
           (figure->bottom > 0 &&
            (is_small(figure->top, smallest) || is_small(figure->bottom - figure->top, smallest)));
}

/* The least that is shown and not empty; NULL there is none. */
static struct smallest_figure *least_shown(const struct indicator *indicator, struct smallest_figure *figures,
                                           size_t count)
{
    struct smallest_figure *least = NULL;
    for (size_t i = 0; i < count; i++) {
        struct smallest_figure *figure = &figures[i];
        int64_t measured = measure(indicator, figure);
        if (measured == 0 || figure->hidden)
            continue;
        if (least == NULL || measured < measure(indicator, least) ||
            (measured == measure(indicator, least) && figure->unit < least->unit))
            least = figure;
    }
    return least;
}

static struct smallest_figure *first_empty(const struct indicator *indicator, struct smallest_figure *figures,
                                           size_t count)
{
    struct smallest_figure *first = NULL;
    for (size_t i = 0; i < count; i++) {
        struct smallest_figure *figure = &figures[i];
        if (figure->unit != 0 && measure(indicator, figure) == 0 && !figure->hidden &&
            (first == NULL || figure->unit < first->unit))
            first = figure;
    }
    return first;
}

/* So many that are small and not empty, with this sum, which the unit above tells: each is 1, or each as large as a
 * small one can be. */
static bool is_told_by_sum(int smallest, int64_t count, int64_t sum)
{
    return sum >= smallest && (sum == count || sum == count * (smallest - 1));
}

/* One hidden figure is the total less the others, so the least of the others is hidden, too, until the hidden ones
 * together are large enough; and one more where their sum alone says how large each is, be it an empty one. */
void smallest_hide(const struct indicator *indicator, struct smallest_figure *figures, size_t count)
{
    int64_t hidden = 0, sum = 0;
    for (size_t i = 0; i < count; i++) {
        figures[i].hidden = indicator->smallest_cell > 0 && gives_away(indicator, &figures[i]);
        hidden += figures[i].hidden;
        sum += figures[i].hidden ? measure(indicator, &figures[i]) : 0;
    }
    while (hidden > 0) {
        bool told = is_told_by_sum(indicator->smallest_cell, hidden, sum);
        if (hidden >= 2 && sum >= indicator->smallest_cell && !told)
            break;
        struct smallest_figure *more = least_shown(indicator, figures, count);
        if (more == NULL && told)
            more = first_empty(indicator, figures, count);
        if (more == NULL)
            break;
        more->hidden = true;
        hidden++;
        sum += measure(indicator, more);
    }
}
