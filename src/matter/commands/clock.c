/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tick {now_us}: what is due at the command's observed time. One kind of thing a command, the earliest first,
 * so that a long downtime is made up for in the order in which it would have happened:
 *   expectations  at most LIMIT_LAPSES_PER_EVENT of them, one event `expectations_lapsed` a stream (lapse.c)
 *   states        that end by themselves: one event `state_ended` each
 *   retention     one event `matter_erased` each, and the key is deleted
 *   hand-overs    of whom nobody has come: `offer_answered` and `matter_returned` each
 *   audiences     one page of one that is not full: one event `audience_joined`
 *   standing      units that have no matter of a standing kind yet: one `matter_opened` each, and `standing_watched`
 */
#include "matter/commands/clock.h"

#include "matter/commands/decide.h"
#include "matter/entry/opening.h"
#include "matter/lifecycle/audience.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/move.h"

#include <string.h>

#define MATTERS_PER_TICK 100
#define UNITS_PER_TICK   5000 /* looked at; nearly none has a standing matter to open */

static int64_t first_us(struct db *rows, const char *sql)
{
    int64_t first = NEVER_US;
    db_integer(rows, &first, sql, "");
    return first;
}

static int64_t first_expectation_us(struct db *rows)
{
    return first_us(rows, "SELECT next_us FROM expectation ORDER BY next_us LIMIT 1");
}

static int64_t first_end_us(struct db *rows)
{
    return first_us(rows, "SELECT ends_us FROM matter WHERE ends_us IS NOT NULL ORDER BY ends_us LIMIT 1");
}

static int64_t first_retention_us(struct db *rows)
{
    return first_us(rows,
                    "SELECT retain_us FROM matter WHERE retain_us IS NOT NULL AND held = 0 ORDER BY retain_us LIMIT 1");
}

/* While whoever is to accept has not answered. */
static int64_t first_no_show_us(struct db *rows)
{
    return first_us(rows, "SELECT h.no_show_us FROM matter_handover h WHERE h.pending = 1 AND h.no_show_us <> 0 AND "
                          "EXISTS (SELECT 1 FROM expectation e WHERE e.matter = h.matter AND e.slot = h.slot) "
                          "ORDER BY h.no_show_us LIMIT 1");
}

static bool units_wait(struct db *rows)
{
    int64_t found;
    return db_integer(rows, &found, "SELECT id FROM unit WHERE id > (SELECT unit FROM standing_watch) LIMIT 1", "");
}

int64_t matter_next_due_us(struct db *rows)
{
    if (units_wait(rows) || audience_waits(rows))
        return 0;
    int64_t ends_us = MIN(first_expectation_us(rows), first_end_us(rows));
    return MIN(MIN(ends_us, first_no_show_us(rows)), first_retention_us(rows));
}

/* ---- states and retention ---- */

static GArray *due_matters(struct db *rows, const char *sql, int64_t until_us)
{
    return rows_integers(rows_of(rows, sql, "ii", until_us, (int64_t)MATTERS_PER_TICK));
}

/* The state ended when it was to end, not when the clock came by. */
static bool end_state(struct decision *decision, int64_t id)
{
    AUTO(draft) struct draft draft = {0};
    struct scope scope;
    if (!draft_load(&draft, decision, id))
        return false;
    scope_init(&scope, &draft, NULL, NULL, NULL, draft.ends_us);
    move_to(&draft, draft.state->ends_in, draft.ends_us, &scope);
    draft_emit(&draft, "state_ended");
    return true;
}

static bool end_states(struct decision *decision, int64_t until_us)
{
    g_autoptr(GArray) ids = due_matters(
        decision->rows,
        "SELECT id FROM matter WHERE ends_us IS NOT NULL AND ends_us <= ?1 ORDER BY ends_us, id LIMIT ?2", until_us);
    for (guint i = 0; i < ids->len; i++)
        if (!end_state(decision, g_array_index(ids, int64_t, i)))
            return false;
    return true;
}

static bool end_offers(struct decision *decision, int64_t until_us)
{
    g_autoptr(GArray) ids = due_matters(decision->rows,
                                        "SELECT h.matter FROM matter_handover h WHERE h.pending = 1 AND "
                                        "h.no_show_us <> 0 AND h.no_show_us <= ?1 AND "
                                        "EXISTS (SELECT 1 FROM expectation e WHERE e.matter = h.matter AND "
                                        "e.slot = h.slot) ORDER BY h.no_show_us, "
                                        "h.matter LIMIT ?2",
                                        until_us);
    for (guint i = 0; i < ids->len; i++)
        if (!handover_no_show(decision, g_array_index(ids, int64_t, i)))
            return false;
    return true;
}

static bool erase(struct decision *decision, int64_t id)
{
    AUTO(draft) struct draft draft = {0};
    if (!draft_load(&draft, decision, id))
        return false;
    expect_end_all(&draft, OUTCOME_WITHDRAWN);
    if (draft.matter.closed_us == 0)
        body_add(draft.body, "C", draft.retain_us);
    draft_emit(&draft, "matter_erased");
    vault_erase_matter(decision->vault, id);
    return true;
}

static bool erase_due(struct decision *decision, int64_t until_us)
{
    g_autoptr(GArray) ids = due_matters(decision->rows,
                                        "SELECT id FROM matter WHERE retain_us IS NOT NULL AND held = 0 AND retain_us "
                                        "<= ?1 ORDER BY retain_us, id LIMIT ?2",
                                        until_us);
    for (guint i = 0; i < ids->len; i++)
        if (!erase(decision, g_array_index(ids, int64_t, i)))
            return false;
    return true;
}

/* ---- standing matters ---- */

static bool has_audience(const struct kind *kind, const char *type)
{
    for (size_t i = 0; i < kind->audience_count; i++)
        if (strcmp(kind->audience[i]->name, type) == 0)
            return true;
    return false;
}

static int open_standing(struct decision *decision, int64_t unit, const char *type)
{
    int opened = 0;
    for (size_t i = 0; i < decision->playbook->kind_count; i++) {
        const struct kind *kind = &decision->playbook->kinds[i];
        if (!kind->standing_one_per_unit || !has_audience(kind, type))
            continue;
        g_autoptr(json_t) form = json_object();
        struct opening opening = {.playbook = decision->playbook, .kind = kind, .unit = unit, .form = form};
        if (kind->about == ABOUT_UNIT)
            opening.subject = unit;
        if (opening_conflict(decision->rows, &opening) != 0)
            continue;
        opening_derive_uuid(decision, &opening.uuid);
        opening_emit(decision, &opening);
        opened++;
    }
    return opened;
}

struct watched {
    int64_t unit;
    char type[48];
};

static GArray *waiting_units(struct decision *decision)
{
    GArray *units = g_array_new(FALSE, FALSE, sizeof(struct watched));
    AUTO(rows)
    struct rows rows = rows_of(decision->rows,
                               "SELECT id, type, to_us FROM unit WHERE id > (SELECT unit FROM standing_watch) "
                               "ORDER BY id LIMIT ?1",
                               "i", (int64_t)UNITS_PER_TICK);
    while (rows_next(&rows)) {
        struct watched watched = {.unit = rows_integer(&rows, 0)};
        if (rows_integer(&rows, 2) > decision->now_us)
            g_strlcpy(watched.type, rows_text(&rows, 1), sizeof watched.type);
        g_array_append_val(units, watched);
    }
    return units;
}

static bool watch_units(struct decision *decision)
{
    g_autoptr(GArray) units = waiting_units(decision);
    int64_t last = 0;
    int opened = 0;
    for (guint i = 0; i < units->len && opened < MATTERS_PER_TICK; i++) {
        const struct watched *watched = &g_array_index(units, struct watched, i);
        if (decision->playbook != NULL)
            opened += open_standing(decision, watched->unit, watched->type);
        last = watched->unit;
    }
    decision_emit(decision, "standing_watched", REGISTRY_ROOT, 0, json_pack("{s:I}", "last", (json_int_t)last), NULL);
    return true;
}

bool decide_tick(struct decision *decision)
{
    struct db *rows = decision->rows;
    int64_t until_us = decision->command->observed_us;
    if (units_wait(rows))
        return watch_units(decision);
    if (audience_waits(rows))
        return audience_go_on(decision);
    int64_t expectation_us = first_expectation_us(rows), end_us = first_end_us(rows);
    int64_t retention_us = first_retention_us(rows), no_show_us = first_no_show_us(rows);
    int64_t first = MIN(MIN(expectation_us, end_us), MIN(retention_us, no_show_us));
    if (first > until_us)
        return decision_refuse(decision, PROBLEM_ALREADY_ENDED, NULL);
    if (end_us == first)
        return end_states(decision, MIN(until_us, MIN(expectation_us, no_show_us)));
    if (no_show_us == first)
        return end_offers(decision, MIN(until_us, MIN(expectation_us, end_us)));
    if (retention_us == first)
        return erase_due(decision, MIN(until_us, MIN(MIN(expectation_us, end_us), no_show_us)));
    return lapse(decision, MIN(until_us, MIN(MIN(end_us, no_show_us), retention_us)));
}
