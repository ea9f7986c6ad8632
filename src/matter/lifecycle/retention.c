/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/retention.h"

/* ---- when ---- */

static int64_t length_us(const struct kind *kind, const struct scope *scope)
{
    if (kind->retain_rule == NULL)
        return kind->retain_us;
    struct value value = rule_value_on(kind->retain_rule, scope->rule_day, NULL);
    return value.type == VALUE_DURATION ? value.us : 0;
}

/* From when on it is counted; 0 not yet. */
static int64_t start_us(const struct draft *draft, int64_t since_us)
{
    const struct kind *kind = draft->kind;
    if (kind->retain_from == RETAIN_OPENED)
        return draft->matter.opened_us;
    if (kind->retain_from == RETAIN_STATE && draft->state == kind->retain_state)
        return since_us;
    bool counted = kind->retain_from == RETAIN_STATE && draft->retain_us != 0;
    return counted ? 0 : draft->matter.closed_us; /* closed without that state: from then on */
}

void retention_begin(struct draft *draft, int64_t since_us, const struct scope *scope)
{
    int64_t from_us = start_us(draft, since_us), for_us = length_us(draft->kind, scope);
    if (for_us == 0 || from_us == 0 || draft->retain_us == from_us + for_us)
        return;
    draft->retain_us = from_us + for_us;
    body_add(draft->body, "R", draft->retain_us);
}

/* ---- holds ---- */

bool retention_is_held(const struct draft *draft, const char *reason)
{
    int64_t found;
    return db_integer(draft->decision->rows, &found,
                      "SELECT 1 FROM matter_hold WHERE matter = ?1 AND reason = ?2 AND to_us = 0", "is",
                      draft->matter.id, reason);
}

void retention_hold(struct draft *draft, const char *reason)
{
    if (!retention_is_held(draft, reason))
        body_append(draft->body, "ho", json_string(reason));
}

void retention_release(struct draft *draft, const char *reason)
{
    if (retention_is_held(draft, reason))
        body_append(draft->body, "hx", json_string(reason));
}
