/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/expect.h"

#include "matter/lifecycle/expect_clock.h"
#include "matter/lifecycle/expectation.h"
#include "matter/lifecycle/external.h"
#include "matter/lifecycle/route.h"
#include "matter/view/members.h"
#include "matter/view/scope.h"

#include <string.h>

static struct expectation *at(const struct draft *draft, guint i)
{
    return &g_array_index(draft->view.open, struct expectation, i);
}

static void end(struct draft *draft, guint i, enum outcome outcome);

/* An entry about one line leaves the others alone; one about none concerns them all. */
static bool concerns_line(const struct expectation *expectation, int64_t line)
{
    return line == 0 || expectation->line == 0 || expectation->line == line;
}

/* For an entry of a participant, expectations of that one; else those of no participant. */
static bool is_for(const struct expectation *expectation, const struct scope *scope)
{
    bool theirs = expectation->participant == 0 || expectation->participant == scope->participant;
    return theirs && (expectation->line == 0 || expectation->line == scope->line_number);
}

/* ---- making ---- */

/* Was this very occurrence met before the state was left and entered again? */
static bool met_before(const struct draft *draft, const char *name, struct occurrence occurrence)
{
    int64_t found;
    return db_integer(draft->decision->rows, &found,
                      "SELECT 1 FROM expectation_past WHERE matter = ?1 AND name = ?2 AND opens_us = ?3 AND "
                      "outcome IN (1, 2)",
                      "isi", draft->view.matter.id, name, occurrence.opens_us);
}

static struct occurrence first_occurrence(struct draft *draft, const struct expect *expect, int64_t since_us,
                                          const struct scope *scope)
{
    GTimeZone *zone = draft->view.playbook->zone;
    if (!expect_recurs(expect))
        return (struct occurrence){since_us, expect_due_us(draft, expect, since_us, scope)};
    struct occurrence occurrence = occurrence_at(expect, zone, MAX(since_us, draft->recurs_from_us));
    if (met_before(draft, expect->name, occurrence))
        occurrence = occurrence_after(expect, zone, occurrence.opens_us);
    return occurrence;
}

/* Of whom and about which line it is expected. */
struct aim {
    int64_t participant, line;
};

static struct aim aim_of(const struct expectation *expectation)
{
    return (struct aim){expectation->participant, expectation->line};
}

/* What is 0 at its end is not written. */
static void write_expected(struct draft *draft, const struct expectation *made)
{
    const int64_t numbers[EXPECTED_PLACES] = {[EXPECTED_SLOT] = made->slot,
                                              [EXPECTED_POST] = made->post,
                                              [EXPECTED_OPENS] = made->when.opens_us,
                                              [EXPECTED_DUE] = made->when.due_us,
                                              [EXPECTED_SINCE] = made->since_us,
                                              [EXPECTED_NEXT] = expect_next_us(draft, made),
                                              [EXPECTED_OWN_DUE] = made->ours_us,
                                              [EXPECTED_PARTICIPANT] = made->participant,
                                              [EXPECTED_LINE] = made->line};
    const struct expect *expect = made->def;
    size_t count = EXPECTED_PLACES;
    while (count > EXPECTED_OWN_DUE && numbers[count - 1] == 0)
        count--;
    json_t *item = integers(count, numbers);
    row_set(item, EXPECTED_NAME, json_string(expect->name));
    row_set(item, EXPECTED_ENTRY,
            strcmp(expect->name, expect->entry->name) != 0 ? json_string(expect->entry->name) : NULL);
    body_append(draft->body, "y", item);
}

static int64_t push(struct draft *draft, const struct expect *expect, struct occurrence when, int64_t since_us,
                    int64_t post, struct aim aim)
{
    int64_t number = draft->view.next_expectation++;
    struct expectation made = {.slot = number,
                               .number = number,
                               .post = post,
                               .since_us = since_us,
                               .when = when,
                               .def = expect,
                               .participant = aim.participant,
                               .line = aim.line};
    external_apply_due(draft, &made);
    g_strlcpy(made.name, expect->name, sizeof made.name);
    g_array_append_val(draft->view.open, made);
    write_expected(draft, &made);
    return number;
}

static bool is_open(const struct draft *draft, const struct expect *expect, struct aim aim)
{
    for (guint i = 0; i < draft->view.open->len; i++)
        if (at(draft, i)->def == expect && at(draft, i)->participant == aim.participant &&
            at(draft, i)->line == aim.line)
            return true;
    return false;
}

static void make_one(struct draft *draft, const struct expect *expect, int64_t since_us, const struct scope *scope,
                     struct aim aim)
{
    if (is_open(draft, expect, aim) /* its clock runs on */ || !expr_is_true(expect->when, &scope->expr))
        return;
    struct occurrence when = first_occurrence(draft, expect, since_us, scope);
    push(draft, expect, when, since_us, route_expectation(draft, expect, aim.participant), aim);
}

/* One, or one for each line. */
static void make(struct draft *draft, const struct expect *expect, int64_t since_us, const struct scope *scope,
                 int64_t participant)
{
    if (expect->per_line == NULL) {
        make_one(draft, expect, since_us, scope, (struct aim){participant, 0});
        return;
    }
    int64_t count = scope_lines(&draft->view, expect->per_line);
    for (int64_t line = 1; line <= count; line++) {
        struct scope there;
        scope_at_line(&there, scope, expect->per_line, line);
        make_one(draft, expect, since_us, &there, (struct aim){participant, line});
    }
}

void expect_make_for(struct draft *draft, int64_t participant, int64_t since_us, const struct scope *scope)
{
    const struct participant_set *set = participants_find(&draft->view, participant)->set;
    for (size_t i = 0; i < draft->view.state->expect_count; i++)
        if (draft->view.state->expects[i].each == set)
            make(draft, &draft->view.state->expects[i], since_us, scope, participant);
}

void expect_end_for(struct draft *draft, int64_t participant)
{
    for (guint i = draft->view.open->len; i > 0; i--)
        if (at(draft, i - 1)->participant == participant)
            end(draft, i - 1, OUTCOME_WITHDRAWN);
}

void expect_make_in_state(struct draft *draft, const struct expect *expect, int64_t since_us, const struct scope *scope)
{
    if (expect->each == NULL)
        make(draft, expect, since_us, scope, 0);
    else if (expect->each->audience)
        participants_load_all(&draft->view);
    for (guint j = 0; expect->each != NULL && j < draft->view.participants->len; j++) {
        const struct participant *one = &g_array_index(draft->view.participants, struct participant, j);
        if (one->set == expect->each && !one->left)
            make(draft, expect, since_us, scope, one->number);
    }
}

void expect_make_all(struct draft *draft, const struct state *state, int64_t since_us, const struct scope *scope)
{
    for (size_t i = 0; i < state->expect_count; i++)
        expect_make_in_state(draft, &state->expects[i], since_us, scope);
}

void expect_make(struct draft *draft, const struct expect *expect, int64_t since_us, int64_t participant)
{
    const struct occurrence when = {since_us, since_us + expect->within_us};
    push(draft, expect, when, since_us, route_expectation(draft, expect, participant), (struct aim){participant, 0});
}

int64_t expect_make_accepting(struct draft *draft, int64_t post, int64_t since_us)
{
    const struct expect *expect = expect_find(draft->view.kind, EXPECTATION_ACCEPT, &draft->view.accepting);
    return push(draft, expect, (struct occurrence){since_us, since_us + expect->within_us}, since_us, post,
                (struct aim){0, 0});
}

/* ---- ending ---- */

static void end(struct draft *draft, guint i, enum outcome outcome)
{
    const int64_t item[ENDED_NUMBER] = {[ENDED_SLOT] = at(draft, i)->slot, [ENDED_OUTCOME] = outcome};
    body_append(draft->body, "x", integers(ENDED_NUMBER, item));
    g_array_remove_index(draft->view.open, i);
}

/* Ends the occurrence at `at_us` and begins the next one in the same row. */
static void advance(struct draft *draft, struct expectation *expectation, enum outcome outcome, int64_t at_us)
{
    int64_t post = route_again(draft, expectation), item[ENDED_PLACES];
    int64_t every_us = expectation->def->deadline == DEADLINE_EVERY ? expect_every_us(draft, expectation, at_us) : 0;
    expectation_advance(expectation, draft->view.playbook->zone, at_us, every_us, draft->view.next_expectation++);
    expectation->post = post;
    expectation_ended(expectation, outcome, expect_next_us(draft, expectation), item);
    body_append(draft->body, "x", integers(ENDED_PLACES, item));
}

void expect_end_at(struct draft *draft, guint i, enum outcome outcome)
{
    end(draft, i, outcome);
}

void expect_end_all(struct draft *draft, enum outcome outcome)
{
    participants_load_all(&draft->view);
    for (guint i = draft->view.open->len; i > 0; i--)
        end(draft, i - 1, outcome);
}

void expect_leave(struct draft *draft, const struct state *to, int64_t at_us, const struct scope *scope)
{
    participants_load_all(&draft->view);
    for (guint i = draft->view.open->len; i > 0; i--) {
        struct expectation *expectation = at(draft, i - 1);
        bool stays;
        if (expectation->def == &draft->view.accepting || expectation->def == &draft->view.kind->handover.deciding)
            stays = !to->final;
        else if (expectation->def->entry->confirms != NULL)
            stays = entry_fits_state(expectation->def->entry->confirms, to);
        else
            stays = expectation_survives(draft, expectation, to, at_us, scope);
        if (!stays)
            end(draft, i - 1, OUTCOME_WITHDRAWN);
    }
}

/* For expectations by line the entry's line; for those by participant of the same set its participant. */
static struct aim aim_at(struct draft *draft, const char *name, const struct scope *scope)
{
    if (scope == NULL)
        return (struct aim){0, 0};
    const struct expect *expect = expect_find(draft->view.kind, name, &draft->view.accepting);
    const struct participant *one = participants_find(&draft->view, scope->participant);
    bool theirs = one != NULL && expect != NULL && expect->each == one->set;
    return (struct aim){theirs ? one->number : 0, scope->line_number};
}

void expect_end_named(struct draft *draft, const char *name, const struct scope *scope, enum outcome outcome)
{
    struct aim aim = aim_at(draft, name, scope);
    if (aim.participant == 0)
        participants_load_all(&draft->view);
    for (guint i = draft->view.open->len; i > 0; i--)
        if (strcmp(at(draft, i - 1)->name, name) == 0 && concerns_line(at(draft, i - 1), aim.line) &&
            (aim.participant == 0 || at(draft, i - 1)->participant == aim.participant))
            end(draft, i - 1, outcome);
}

/* What comes so long after the time before begins now, unless this very entry has met it. */
static void restart_every(struct draft *draft, struct expectation *expectation, const struct scope *scope,
                          int64_t at_us)
{
    if (expectation->def->entry == scope->entry && is_for(expectation, scope))
        return;
    int64_t every_us = expect_every_us(draft, expectation, at_us);
    expectation->when = (struct occurrence){at_us, every_us != NEVER_US ? at_us + every_us : NEVER_US};
    expectation->progress = (struct progress){0};
    expect_write_change(draft, expectation);
}

void expect_restart(struct draft *draft, const struct scope *scope, int64_t at_us)
{
    participants_load_all(&draft->view);
    for (guint i = draft->view.open->len; i > 0; i--) {
        struct expectation *expectation = at(draft, i - 1);
        if (!state_expects(draft->view.state, expectation->def))
            continue;
        if (expectation->def->deadline == DEADLINE_EVERY)
            restart_every(draft, expectation, scope, at_us);
        else if (!expect_recurs(expectation->def))
            end(draft, i - 1, OUTCOME_WITHDRAWN);
    }
}

json_t *expect_excuse(struct draft *draft, int64_t slot)
{
    for (guint i = 0; i < draft->view.open->len; i++) {
        struct expectation *expectation = at(draft, i);
        if (expectation->slot != slot)
            continue;
        if (expect_is_recurring(expectation->def))
            advance(draft, expectation, OUTCOME_EXCUSED, draft->decision->now_us);
        else
            end(draft, i, OUTCOME_EXCUSED);
        const json_t *changes = json_object_get(draft->body, "x");
        return json_incref(json_array_get(changes, json_array_size(changes) - 1));
    }
    g_assert_not_reached();
}

void expect_reroute(struct draft *draft, struct expectation *expectation)
{
    expectation->post = route_expectation(draft, expectation->def, expectation->participant);
    expectation->claimed_us = 0;
    const int64_t item[ANSWERED_PLACES] = {[ANSWERED_SLOT] = expectation->slot, [ANSWERED_POST] = expectation->post};
    body_append(draft->body, "r", integers(ANSWERED_PLACES, item));
}

void expect_reroute_all(struct draft *draft)
{
    participants_load_all(&draft->view);
    for (guint i = 0; i < draft->view.open->len; i++)
        expect_reroute(draft, at(draft, i));
}

/* ---- meeting ---- */

/* An entry that arrives after its occurrence was given up as missed meets it all the same. The outcome is a literal,
 * since a bound parameter of a partial index makes SQLite prepare the statement again; the sign of the index keeps it
 * to the matter's rows. */
static void meet_missed(struct draft *draft, const struct expectation *expectation, int64_t observed_us)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(draft->decision->rows,
                 "SELECT number, opens_us, due_us FROM expectation_past WHERE matter = ?1 AND name = ?2 AND "
                 "+outcome = 3 AND opens_us <= ?3 ORDER BY number DESC LIMIT 1",
                 "isi", draft->view.matter.id, expectation->name, observed_us);
    if (!cursor_next(&cursor))
        return;
    struct occurrence following =
        occurrence_after(expectation->def, draft->view.playbook->zone, cursor_integer(&cursor, 1));
    if (observed_us >= following.opens_us)
        return;
    const int64_t item[PAST_PLACES] = {[PAST_NUMBER] = cursor_integer(&cursor, 0),
                                       [PAST_OUTCOME] =
                                           observed_us <= cursor_integer(&cursor, 2) ? OUTCOME_MET : OUTCOME_LATE};
    body_append(draft->body, "p", integers(PAST_PLACES, item));
}

/* The clock has not come by yet, after a downtime: occurrences that are over are missed first. */
static void catch_up(struct draft *draft, struct expectation *expectation, int64_t observed_us)
{
    GTimeZone *zone = draft->view.playbook->zone;
    while (expectation_is_over(expectation, zone, observed_us))
        advance(draft, expectation, expectation_unmet(expectation), observed_us);
}

/* True when the expectation has ended and left the list. */
static bool meet(struct draft *draft, guint i, int64_t observed_us, bool advances)
{
    struct expectation *expectation = at(draft, i);
    if (expectation->def->deadline == DEADLINE_EVERY && observed_us < expectation->when.opens_us)
        return false; /* news of the time before */
    if (expect_recurs(expectation->def)) {
        if (observed_us < expectation->when.opens_us) {
            meet_missed(draft, expectation, observed_us);
            return false;
        }
        catch_up(draft, expectation, observed_us);
    }
    enum outcome outcome = expectation_is_in_time(expectation, observed_us) ? OUTCOME_MET : OUTCOME_LATE;
    if (!advances || !expect_is_recurring(expectation->def)) {
        end(draft, i, outcome);
        return true;
    }
    advance(draft, expectation, outcome, observed_us);
    return false;
}

void expect_meet(struct draft *draft, const struct scope *scope, bool advances)
{
    for (guint i = 0; i < draft->view.open->len;)
        if (!expect_is_met_by(at(draft, i)->def, scope->entry) || !is_for(at(draft, i), scope) ||
            !expr_is_true(at(draft, i)->def->met_when, &scope->expr) || !meet(draft, i, scope->observed_us, advances))
            i++;
}

void expect_meet_all(struct draft *draft, const struct entry_def *entry, int64_t participant, int64_t observed_us)
{
    struct scope scope;
    scope_init(&scope, &draft->view, entry, NULL, NULL, observed_us);
    scope.participant = participant;
    expect_meet(draft, &scope, false);
}

/* ---- attempts ---- */

const struct state *expect_try(struct draft *draft, const struct scope *scope)
{
    const struct state *to = NULL;
    int64_t observed_us = scope->observed_us;
    for (guint i = draft->view.open->len; i > 0; i--) {
        struct expectation *expectation = at(draft, i - 1);
        const struct expect *expect = expectation->def;
        if (expect->entry != scope->entry || expect->attempts == 0 || !is_for(expectation, scope) ||
            observed_us < expectation->when.opens_us)
            continue;
        if (++expectation->progress.attempts < expect->attempts) {
            expect_write_change(draft, expectation);
            continue;
        }
        to = expect->state_after_attempts;
        if (expect_is_recurring(expect) && to == NULL)
            advance(draft, expectation, OUTCOME_TRIED, observed_us);
        else
            end(draft, i - 1, OUTCOME_TRIED);
    }
    return to;
}

/* ---- again ---- */

static struct expectation *find_open(const struct draft *draft, const char *name, struct aim aim)
{
    for (guint i = 0; i < draft->view.open->len; i++)
        if (strcmp(at(draft, i)->name, name) == 0 && at(draft, i)->participant == aim.participant &&
            at(draft, i)->line == aim.line)
            return at(draft, i);
    return NULL;
}

void expect_reopen(struct draft *draft, const char *name, const struct scope *scope)
{
    int64_t now_us = draft->decision->now_us;
    struct aim aim = aim_at(draft, name, scope);
    participants_load_all(&draft->view);
    AUTO(cursor)
    struct cursor cursor =
        db_query(draft->decision->rows,
                 "SELECT number, post, due_us, ended_us, participant, line FROM expectation_past WHERE matter = "
                 "?1 AND name = ?2 AND +outcome IN (1, 2) AND (?3 = 0 OR line IN (0, ?3)) AND (?4 = 0 OR "
                 "participant = ?4) ORDER BY number DESC LIMIT 1",
                 "isii", draft->view.matter.id, name, aim.line, aim.participant);
    if (draft->view.state->final || !cursor_next(&cursor))
        return;
    int64_t due_us = cursor_integer(&cursor, 2), left_us = MAX(0, due_us - cursor_integer(&cursor, 3));
    struct occurrence when = {now_us, due_us == NEVER_US ? NEVER_US : now_us + left_us};
    const struct expectation before = {
        .post = cursor_integer(&cursor, 1),
        .participant = cursor_integer(&cursor, 4),
        .line = cursor_integer(&cursor, 5),
        .def = expect_find(draft->view.kind, name, &draft->view.accepting),
    };
    struct expectation *open = find_open(draft, name, aim_of(&before));
    body_append(draft->body, "ro", json_integer(cursor_integer(&cursor, 0)));
    if (open != NULL) { /* the state has made it anew */
        open->when = when;
        expect_write_change(draft, open);
        return;
    }
    push(draft, before.def, when, now_us, route_again(draft, &before), aim_of(&before));
}

/* Restored with its due time later by the pause; a recurring one continues with the current occurrence. */
static void restore_one(struct draft *draft, struct cursor *cursor, const struct scope *scope)
{
    int64_t now_us = draft->decision->now_us, due_us = cursor_integer(cursor, 3);
    const struct expectation before = {
        .post = cursor_integer(cursor, 1),
        .participant = cursor_integer(cursor, 5),
        .line = cursor_integer(cursor, 6),
        .def = expect_find(draft->view.kind, cursor_text(cursor, 0), &draft->view.accepting),
    };
    if (before.def == NULL || is_open(draft, before.def, aim_of(&before)))
        return;
    struct occurrence when = {now_us, due_us == NEVER_US ? NEVER_US : due_us + (now_us - cursor_integer(cursor, 4))};
    if (expect_recurs(before.def) && before.def->deadline != DEADLINE_EVERY)
        when = first_occurrence(draft, before.def, now_us, scope);
    push(draft, before.def, when, now_us, route_again(draft, &before), aim_of(&before));
    if (!state_expects(draft->view.state, before.def)) /* its clock stood */
        expectation_survives(draft, at(draft, draft->view.open->len - 1), draft->view.state, now_us, scope);
}

void expect_restore(struct draft *draft, int64_t ended_us, const struct scope *scope)
{
    participants_load_all(&draft->view);
    AUTO(cursor)
    struct cursor cursor = db_query(draft->decision->rows,
                                    "SELECT name, post, opens_us, due_us, ended_us, participant, line FROM "
                                    "expectation_past WHERE matter = "
                                    "?1 AND +outcome = 6 AND ended_us = ?2 ORDER BY number",
                                    "ii", draft->view.matter.id, ended_us);
    while (cursor_next(&cursor))
        restore_one(draft, &cursor, scope);
}

struct expectation *expect_find_open(struct draft *draft, int64_t number)
{
    int64_t participant = 0;
    if (!draft->view.whole && db_integer(draft->decision->rows, &participant,
                                         "SELECT participant FROM expectation WHERE matter = ?1 AND number = ?2", "ii",
                                         draft->view.matter.id, number))
        participants_find(&draft->view, participant);
    for (guint i = 0; i < draft->view.open->len; i++)
        if (at(draft, i)->number == number)
            return at(draft, i);
    return NULL;
}

bool expectation_is_open(const struct draft *draft, const struct entry_def *entry, int64_t participant)
{
    for (guint i = 0; i < draft->view.open->len; i++)
        if (at(draft, i)->def->entry == entry && at(draft, i)->participant == participant)
            return true;
    return false;
}
