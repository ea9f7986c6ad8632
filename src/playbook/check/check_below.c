/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report due at a level by a time may not be due earlier at the levels below. */
#include "playbook/check/checks.h"

#include "playbook/model/deadline.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/role.h"

#include <string.h>

#define LEVELS_MAX  8
#define DAY_MINUTES 1440

static bool stands_below(const struct unit_type *type, const struct unit_type *above, int depth)
{
    for (size_t i = 0; i < type->under_count && depth > 0; i++)
        if (type->under[i] == above || stands_below(type->under[i], above, depth - 1))
            return true;
    return false;
}

/* Standing below, for every unit of a type that lies under one of the other's. */
static bool is_below(const struct kind *kind, const struct kind *above)
{
    for (size_t i = 0; i < kind->audience_count; i++)
        for (size_t j = 0; j < above->audience_count; j++)
            if (stands_below(kind->audience[i], above->audience[j], LEVELS_MAX))
                return true;
    return false;
}

/* The minute of the day at which it is due; -1: not due at a time of day. */
static int minute_of(const struct expect *expect)
{
    if (expect->deadline == DEADLINE_WINDOWS && expect->window_count > 0) {
        struct window last = expect->windows[expect->window_count - 1];
        return last.to_minutes + (window_is_over_midnight(last) ? DAY_MINUTES : 0);
    }
    return expect->deadline == DEADLINE_DAILY || expect->deadline == DEADLINE_WEEKLY ||
                   expect->deadline == DEADLINE_MONTHLY
               ? expect->at_minutes
               : -1;
}

static void compare(struct loader *loader, const struct expect *expect, const struct kind *below,
                    const struct expect *other)
{
    int minute = minute_of(expect), earlier = minute_of(other);
    if (other->entry == NULL || strcmp(other->entry->name, expect->entry->name) != 0 || earlier < 0 ||
        earlier >= minute)
        return;
    const struct yaml_node *node = loader_node(loader, other), *at = yaml_find(node, "at");
    loader_lint(loader, at != NULL ? at : node, NULL,
                "%s asks for %s earlier than those above, who want it by %02d:%02d: no earlier deadline below",
                below->name, expect->entry->name, minute / 60, minute % 60);
}

void check_below(struct loader *loader, const struct kind *kind, const struct expect *expect)
{
    const struct playbook *playbook = loader->playbook;
    if (!expect->earlier_below_refused || expect->entry == NULL)
        return;
    for (size_t i = 0; i < playbook->kind_count; i++) {
        const struct kind *below = &playbook->kinds[i];
        for (size_t j = 0; is_below(below, kind) && j < below->state_count; j++)
            for (size_t k = 0; k < below->states[j].expect_count; k++)
                compare(loader, expect, below, &below->states[j].expects[k]);
    }
    if (expect->deadline == DEADLINE_WINDOWS || expect->deadline == DEADLINE_EVERY)
        loader_report(loader, yaml_find_key(loader_node(loader, expect), "earlier_below"), NULL,
                      "earlier_below is about one time: within, by_time or per and at");
}
