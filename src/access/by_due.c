/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list by what is due first has no index of its own: all that pass are met, at most as many rows as any page looks
 * at, and put in order. So a page costs as much as the whole list, and a list beyond that is not to be had.
 */
#include "access/access.h"

#include "base/limits.h"
#include "playbook/model/summons.h"

bool access_next_due(struct db *rows, struct rulebook *rulebook, const struct matter *matter, struct next_due *out)
{
    struct summons summons;
    const struct kind *kind = access_kind(rulebook, matter);
    return matter_next_due(rows, matter->id, kind != NULL && kind_summons(kind, &summons), out);
}

static int64_t due_us(struct db *rows, struct rulebook *rulebook, const struct matter *matter)
{
    struct next_due due;
    return access_next_due(rows, rulebook, matter, &due) ? due.due_us : INT64_MAX;
}

static int compare(const struct matter_cursor *one, const struct matter_cursor *other)
{
    if (one->unit != other->unit)
        return one->unit < other->unit ? -1 : 1;
    return (one->matter > other->matter) - (one->matter < other->matter);
}

static gint by_due(gconstpointer a, gconstpointer b)
{
    return compare(&((const struct seen_matter *)a)->cursor, &((const struct seen_matter *)b)->cursor);
}

/* Those behind `after`, in their order. */
static GArray *behind(struct db *rows, struct rulebook *rulebook, const GArray *all, const struct matter_cursor *after)
{
    GArray *found = g_array_new(FALSE, TRUE, sizeof(struct seen_matter));
    for (guint i = 0; i < all->len; i++) {
        struct seen_matter seen = g_array_index(all, struct seen_matter, i);
        seen.cursor = (struct matter_cursor){1, due_us(rows, rulebook, &seen.matter), seen.matter.id};
        if (after->ground == 0 || compare(&seen.cursor, after) > 0)
            g_array_append_val(found, seen);
    }
    g_array_sort(found, by_due);
    return found;
}

static void count_states(const GArray *all, json_t *states)
{
    for (guint i = 0; i < all->len; i++) {
        const char *state = g_array_index(all, struct seen_matter, i).matter.state;
        json_int_t count = json_integer_value(json_object_get(states, state));
        json_object_set_new(states, state, json_integer(count + 1));
    }
}

GArray *access_matters_by_due(struct db *rows, struct rulebook *rulebook, const struct viewer *viewer,
                              const struct matter_filter *filter, json_t *states, bool *out_more,
                              struct matter_cursor *out_next)
{
    struct matter_filter whole = *filter;
    whole.after = (struct matter_cursor){0};
    whole.most = LIMIT_LIST_LOOKED_AT;
    g_autoptr(GArray) all = access_matters(rows, rulebook, viewer, &whole, out_more, out_next);
    if (*out_more)
        g_array_set_size(all, 0);
    count_states(all, states);
    GArray *found = behind(rows, rulebook, all, &filter->after);
    if (found->len > (guint)filter->most) {
        g_array_set_size(found, (guint)filter->most);
        *out_next = g_array_index(found, struct seen_matter, found->len - 1).cursor;
        *out_more = true;
    }
    return found;
}
