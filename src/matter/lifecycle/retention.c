/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/retention.h"

#include "matter/rows/words.h"

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
    const struct kind *kind = draft->view.kind;
    if (kind->retain_from == RETAIN_OPENED)
        return draft->view.matter.opened_us;
    if (kind->retain_from == RETAIN_STATE && draft->view.state == kind->retain_state)
        return since_us;
    bool counted = kind->retain_from == RETAIN_STATE && draft->view.retain_us != 0;
    return counted ? 0 : draft->view.matter.closed_us; /* closed without that state: from then on */
}

void retention_begin(struct draft *draft, int64_t since_us, const struct scope *scope)
{
    int64_t from_us = start_us(draft, since_us), for_us = length_us(draft->view.kind, scope);
    if (for_us == 0 || from_us == 0 || draft->view.retain_us == from_us + for_us)
        return;
    draft->view.retain_us = from_us + for_us;
    body_add(draft->body, "R", draft->view.retain_us);
}

/* ---- holds ---- */

/* The hold as bodies have it; NULL: there is none of this reason. */
static json_t *find_hold(const struct draft *draft, const char *reason)
{
    struct vault *vault = draft->decision->vault;
    AUTO(cursor)
    struct cursor holds =
        db_query(draft->decision->rows,
                 "SELECT reason, words FROM matter_hold WHERE matter = ?1 AND to_us = 0 ORDER BY words, reason", "i",
                 draft->view.matter.id);
    while (cursor_next(&holds)) {
        g_autofree char *found = words_of_row(vault, draft->view.matter.id, &holds, 0);
        const char *words = cursor_text(&holds, 1);
        if (g_strcmp0(found, reason) == 0)
            return *words != '\0' ? json_pack("[s]", words) : json_string(reason);
    }
    return NULL;
}

bool retention_is_held(const struct draft *draft, const char *reason)
{
    g_autoptr(json_t) hold = find_hold(draft, reason);
    return hold != NULL;
}

void retention_hold(struct draft *draft, const char *reason)
{
    if (!retention_is_held(draft, reason))
        body_append(draft->body, "ho", json_string(reason));
}

void retention_hold_for(struct draft *draft, const char *reason)
{
    body_append(draft->body, "ho", json_pack("[o]", draft_words(draft, reason)));
}

void retention_release(struct draft *draft, const char *reason)
{
    json_t *hold = find_hold(draft, reason);
    if (hold != NULL)
        body_append(draft->body, "hx", hold);
}
