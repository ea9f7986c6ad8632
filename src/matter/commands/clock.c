/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tick {now_us, until_us}: what is due by then; until_us 0: only what an event has left to be done at once.
 * One kind of work a command, the earliest first, so that after a downtime everything happens in the order in which it
 * would have happened:
 *   expectations  at most LIMIT_LAPSES_PER_EVENT of them, one event `expectations_lapsed` (lapse.c)
 *   states        that end by themselves: one event `state_ended` each
 *   retention     one event `matter_erased` each, and the key is deleted
 *   hand-overs    past no_show_after without an answer: `offer_answered` and `matter_returned` each
 *   audiences     one page of one that is not full: one event `audience_joined`
 *   standing      units that have no matter of a standing kind yet: one `matter_opened` each, and `standing_watched`
 * A command takes, of what is due, what lies in the stream of the first. */
#include "matter/commands/clock.h"

#include "matter/commands/decide.h"
#include "matter/entry/opening.h"
#include "matter/lifecycle/audience.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/transition.h"

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

/* Of pending offers whose expectation to accept is open. */
static int64_t first_no_show_us(struct db *rows)
{
    return first_us(rows, "SELECT h.no_show_us FROM matter_handover h WHERE h.pending = 1 AND h.no_show_us <> 0 AND "
                          "EXISTS (SELECT 1 FROM expectation e WHERE e.matter = h.matter AND e.slot = h.slot) "
                          "ORDER BY h.no_show_us LIMIT 1");
}

static bool units_wait(struct db *rows)
{
    int64_t found;
    return db_integer(rows, &found,
                      "SELECT unit FROM standing_news UNION ALL SELECT * FROM (SELECT stream FROM standing_watch "
                      "WHERE playbook < (SELECT place FROM standing_playbook) LIMIT 1) LIMIT 1",
                      "");
}

int64_t matter_next_due_us(struct db *rows)
{
    if (units_wait(rows) || audience_waits(rows))
        return 0;
    const int64_t first[] = {first_expectation_us(rows), first_end_us(rows), first_no_show_us(rows),
                             first_retention_us(rows)};
    int64_t due_us = NEVER_US;
    for (size_t i = 0; i < G_N_ELEMENTS(first); i++)
        due_us = MIN(due_us, first[i]);
    return due_us;
}

/* ---- states and retention ---- */

static GArray *due_matters(struct decision *decision, const char *sql, int64_t until_us)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor) struct cursor found = db_query(decision->rows, sql, "ii", until_us, (int64_t)MATTERS_PER_TICK);
    while (cursor_next(&found)) {
        int64_t id = cursor_integer(&found, 0);
        if (decision_begin(decision, id_matter_stream(id)))
            g_array_append_val(ids, id);
    }
    return ids;
}

/* A row says what no event can have made. */
static bool nothing_is_due(struct decision *decision, int64_t matter)
{
    db_corrupt(decision->rows, "matter %" G_GINT64_FORMAT " has a time at which nothing is due", matter);
    return decision_refuse(decision, PROBLEM_DATA_DAMAGED, NULL);
}

/* The state ended at its time, not when the command is decided. */
static bool end_state(struct decision *decision, int64_t id)
{
    AUTO(draft) struct draft draft = {0};
    struct scope scope;
    if (!draft_load(&draft, decision, id))
        return false;
    if (draft.view.state->ends_in == NULL)
        return nothing_is_due(decision, id);
    scope_init(&scope, &draft.view, NULL, NULL, NULL, draft.view.ends_us);
    transition_to(&draft, draft.view.state->ends_in, draft.view.ends_us, &scope);
    draft_emit(&draft, "state_ended");
    return true;
}

static bool end_states(struct decision *decision, int64_t until_us)
{
    g_autoptr(GArray) ids = due_matters(
        decision, "SELECT id FROM matter WHERE ends_us IS NOT NULL AND ends_us <= ?1 ORDER BY ends_us, id LIMIT ?2",
        until_us);
    for (guint i = 0; i < ids->len; i++)
        if (!end_state(decision, g_array_index(ids, int64_t, i)))
            return false;
    return true;
}

static bool end_offers(struct decision *decision, int64_t until_us)
{
    g_autoptr(GArray) ids = due_matters(decision,
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

/* A key that is deleted does not come back: the time must be one that the rules can have given. */
static bool may_be_erased(const struct matter_view *view)
{
    const struct kind *kind = view->kind;
    if (kind->retain_us == 0 && kind->retain_rule == NULL)
        return false;
    bool from_closing = kind->retain_from == RETAIN_CLOSED;
    int64_t from_us = from_closing ? view->matter.closed_us : view->matter.opened_us;
    return from_us != 0 && view->retain_us >= from_us;
}

static bool erase(struct decision *decision, int64_t id)
{
    AUTO(draft) struct draft draft = {0};
    if (!draft_load(&draft, decision, id))
        return false;
    if (!may_be_erased(&draft.view))
        return nothing_is_due(decision, id);
    expect_end_all(&draft, OUTCOME_WITHDRAWN);
    if (draft.view.matter.closed_us == 0)
        body_add(draft.body, "C", draft.view.retain_us);
    draft_emit(&draft, "matter_erased");
    vault_erase_matter(decision->vault, id);
    return true;
}

static bool erase_due(struct decision *decision, int64_t until_us)
{
    g_autoptr(GArray) ids = due_matters(decision,
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

/* Which units of which stream are looked at: from `after` on those that came, or all of them for a new playbook. */
struct watch {
    int64_t stream, after, playbook;
};

static int64_t newest_playbook(struct db *rows)
{
    int64_t playbook = 0;
    db_integer(rows, &playbook, "SELECT place FROM standing_playbook", "");
    return playbook;
}

/* False: none waits. */
static bool find_watch(struct db *rows, struct watch *out)
{
    int64_t unit, looked_for = 0;
    *out = (struct watch){.playbook = newest_playbook(rows)};
    if (db_integer(rows, &unit, "SELECT unit FROM standing_news ORDER BY unit LIMIT 1", "")) {
        out->stream = id_unit_stream(unit);
        out->after = unit - 1;
        return true;
    }
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT stream, looking_for, unit FROM standing_watch WHERE playbook < ?1 "
                                   "ORDER BY playbook, stream LIMIT 1",
                                   "i", out->playbook);
    if (!cursor_next(&found))
        return false;
    out->stream = cursor_integer(&found, 0);
    looked_for = cursor_integer(&found, 1);
    out->after = looked_for == out->playbook ? cursor_integer(&found, 2) : id_unit(out->stream, 0);
    return true;
}

static GArray *waiting_units(struct decision *decision, const struct watch *watch)
{
    GArray *units = g_array_new(FALSE, FALSE, sizeof(struct watched));
    AUTO(cursor)
    struct cursor cursor =
        db_query(decision->rows, "SELECT id, type, to_us FROM unit WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3",
                 "iii", watch->after, id_unit(watch->stream, ID_UNIT_MAX), (int64_t)UNITS_PER_TICK);
    while (cursor_next(&cursor)) {
        struct watched watched = {.unit = cursor_integer(&cursor, 0)};
        if (cursor_integer(&cursor, 2) > decision->now_us)
            g_strlcpy(watched.type, cursor_text(&cursor, 1), sizeof watched.type);
        g_array_append_val(units, watched);
    }
    return units;
}

static bool watch_units(struct decision *decision)
{
    struct watch watch;
    if (!find_watch(decision->rows, &watch) || !decision_begin(decision, watch.stream))
        return decision_refuse(decision, PROBLEM_ALREADY_ENDED, NULL);
    g_autoptr(GArray) units = waiting_units(decision, &watch);
    int64_t last = watch.after;
    int opened = 0;
    guint seen = 0;
    for (; seen < units->len && opened < MATTERS_PER_TICK; seen++) {
        const struct watched *watched = &g_array_index(units, struct watched, seen);
        if (decision->playbook != NULL)
            opened += open_standing(decision, watched->unit, watched->type);
        last = watched->unit;
    }
    bool all = seen == units->len && units->len < UNITS_PER_TICK;
    decision_emit(decision, "standing_watched", id_unit(watch.stream, 1), 0,
                  json_pack("{s:I, s:I, s:I, s:b}", "playbook", (json_int_t)watch.playbook, "after",
                            (json_int_t)watch.after, "last", (json_int_t)last, "all", all),
                  NULL);
    return true;
}

static bool act_on_first(struct decision *decision)
{
    struct db *rows = decision->rows;
    int64_t until_us = json_get_integer(decision->command->body, "until_us", decision->command->observed_us);
    if (units_wait(rows))
        return watch_units(decision);
    if (audience_waits(rows))
        return audience_join_next(decision);
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

bool decide_tick(struct decision *decision)
{
    if (!act_on_first(decision))
        return false;
    if (decision->events->len > 0)
        return true;
    db_corrupt(decision->rows, "something is due, and no row says what");
    return decision_refuse(decision, PROBLEM_DATA_DAMAGED, NULL);
}
