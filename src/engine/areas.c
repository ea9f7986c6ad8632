/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/access.h"
#include "engine/engine.h"
#include "matter/matter.h"
#include "registry/registry.h"

#include <string.h>

const struct area *const areas[] = {&engine_area, &registry_area, &matter_area, &access_area, NULL};

static int64_t lapses(const struct decided_event *event)
{
    return strcmp(event->event.kind, "expectations_lapsed") == 0
               ? (int64_t)json_array_size(json_object_get(event->json, "expectations"))
               : 0;
}

static bool may_adopt(const struct decision *decision)
{
    return registry_has_right(decision->rows, decision->playbook, decision->command->person, RIGHT_PLAYBOOK,
                              REGISTRY_ROOT, decision->now_us);
}

const struct area_hooks area_hooks = {
    .stream_of = registry_stream,
    .tick = "tick",
    .next_due_us = matter_next_due_us,
    .lapses = lapses,
    .may_adopt = may_adopt,
};
