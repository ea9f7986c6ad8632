/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/expect_clock.h"

#include "base/datetime.h"
#include "matter/lifecycle/expectation.h"
#include "matter/lifecycle/external.h"
#include "matter/lifecycle/route.h"
#include "playbook/form/form.h"
#include "playbook/model/calendar.h"

#define DAY_MINUTES 1440

static GTimeZone *zone_of(const struct draft *draft)
{
    return draft->view.playbook->zone;
}

/* ---- how long ---- */

/* NULL: every day counts, also where the rule says every_day, or has no value on that day. */
static const struct calendar *calendar_of(const struct draft *draft, const struct expect *expect,
                                          const struct scope *scope)
{
    if (expect->calendar_rule == NULL)
        return expect->calendar;
    struct value value = rule_value_on(expect->calendar_rule, scope->rule_day, NULL);
    return value.type == VALUE_TEXT ? playbook_find_calendar(draft->view.playbook, value.text) : NULL;
}

static bool length_of(const struct expect *expect, const struct scope *scope, struct length *out)
{
    *out = (struct length){expect->within_us, expect->within_working_days};
    if (expect->deadline != DEADLINE_TABLE && (expect->deadline != DEADLINE_EVERY || expect->expr == NULL))
        return expect->deadline == DEADLINE_WITHIN || expect->deadline == DEADLINE_EVERY;
    struct value value = expr_evaluate(expect->expr, &scope->expr);
    if (value.type != VALUE_DURATION)
        return false;
    *out = (struct length){value.us, value.working_days};
    return true;
}

static int64_t start_of(const struct draft *draft, const struct expect *expect, int64_t since_us,
                        const struct scope *scope)
{
    int64_t start_us = NEVER_US;
    switch (expect->since) {
    case SINCE_STATE:
        return since_us;
    case SINCE_OPENED:
        return draft->view.matter.opened_us;
    case SINCE_OBSERVED:
        return scope->observed_us;
    case SINCE_EXPR:
        instant_of(expr_evaluate(expect->since_expr, &scope->expr), zone_of(draft), &start_us);
        return start_us;
    }
    g_assert_not_reached();
}

int64_t expect_due_us(struct draft *draft, const struct expect *expect, int64_t since_us, const struct scope *scope)
{
    int64_t due_us = NEVER_US;
    struct length length;
    if (expect->deadline == DEADLINE_EVERY)
        return length_of(expect, scope, &length) ? since_us + length.us : NEVER_US;
    if (expect->deadline == DEADLINE_AT) {
        instant_of(expr_evaluate(expect->expr, &scope->expr), zone_of(draft), &due_us);
        return due_us;
    }
    int64_t start_us = start_of(draft, expect, since_us, scope);
    if (start_us == NEVER_US || !length_of(expect, scope, &length))
        return NEVER_US;
    return calendar_after_us(calendar_of(draft, expect, scope), zone_of(draft), start_us, length);
}

/* Rules as of `at_us`. */
static void scope_on(struct draft *draft, const struct expectation *expectation, int64_t at_us, struct scope *out)
{
    scope_init(out, &draft->view, NULL, NULL, NULL, at_us);
    out->participant = expectation->participant;
}

int64_t expect_nominal_due_us(struct draft *draft, const struct expectation *expectation)
{
    struct scope scope, there;
    const struct expect *expect = expectation->def;
    bool of_line = expect->per_line != NULL && expectation->line != 0;
    if (expect_recurs(expect))
        return NEVER_US;
    bool every = expect->deadline == DEADLINE_EVERY;
    scope_on(draft, expectation, every ? expectation->when.opens_us : draft->view.matter.state_since_us, &scope);
    if (of_line)
        scope_at_line(&there, &scope, expect->per_line, expectation->line);
    return expect_due_us(draft, expect, expectation_began_us(expectation), of_line ? &there : &scope);
}

int64_t expect_every_us(struct draft *draft, const struct expectation *expectation, int64_t at_us)
{
    struct scope scope;
    struct length length;
    if (expectation->def->expr == NULL)
        return expectation->def->within_us;
    scope_on(draft, expectation, at_us, &scope);
    return length_of(expectation->def, &scope, &length) ? length.us : NEVER_US;
}

/* ---- pause and resume ---- */

int64_t expect_next_us(const struct draft *draft, const struct expectation *expectation)
{
    return expectation_next_us(expectation, zone_of(draft), route_next_us(draft, expectation));
}

void expect_write_change(struct draft *draft, struct expectation *expectation)
{
    const struct progress *progress = &expectation->progress;
    int64_t next_us = expect_next_us(draft, expectation);
    const int64_t item[CLOCK_PLACES] = {[CLOCK_SLOT] = expectation->slot,
                                        [CLOCK_DUE] = expectation->when.due_us,
                                        [CLOCK_NEXT] = next_us,
                                        [CLOCK_WARNED] = progress->warned,
                                        [CLOCK_OVERDUE] = progress->overdue,
                                        [CLOCK_STEP] = progress->step,
                                        [CLOCK_PAUSED] = progress->paused_us,
                                        [CLOCK_STOOD] = progress->stood_us,
                                        [CLOCK_EXTENSIONS] = progress->extensions,
                                        [CLOCK_ATTEMPTS] = progress->attempts,
                                        [CLOCK_OPENS] = expectation->when.opens_us,
                                        [CLOCK_OWN_DUE] = expectation->ours_us};
    body_append(draft->body, "m", integers(CLOCK_PLACES, item));
}

bool state_expects(const struct state *state, const struct expect *expect)
{
    return expect >= state->expects && expect < state->expects + state->expect_count;
}

static bool pauses_in(const struct expect *expect, const struct state *state)
{
    for (size_t i = 0; i < expect->pause_in_count; i++)
        if (expect->pause_in[i] == state)
            return true;
    return false;
}

static int64_t own_due(const struct expectation *expectation)
{
    return expectation->ours_us != 0 ? expectation->ours_us : expectation->when.due_us;
}

/* Later by the working days of the pause, where working days are counted; else by its length. */
static int64_t moved_us(const struct draft *draft, const struct expectation *expectation, int64_t at_us,
                        const struct scope *scope)
{
    GTimeZone *zone = zone_of(draft);
    int64_t due_us = own_due(expectation), paused_us = expectation->progress.paused_us;
    struct length length;
    if (!length_of(expectation->def, scope, &length) || length.working_days == 0)
        return due_us + (at_us - paused_us);
    const struct calendar *calendar = calendar_of(draft, expectation->def, scope);
    int stood = calendar_count(calendar, day_of(paused_us, zone), day_of(at_us, zone));
    int32_t last = day_of(due_us - 1, zone); /* the end of a day is the beginning of the next */
    return day_time_us(calendar_add(calendar, last, stood), DAY_MINUTES, zone) +
           (due_us - day_time_us(last, DAY_MINUTES, zone));
}

static void resume(struct draft *draft, struct expectation *expectation, int64_t at_us, const struct scope *scope)
{
    int64_t *due = own_due_us(expectation), due_us = *due;
    if (due_us != NEVER_US && due_us >= expectation->progress.paused_us) {
        *due = moved_us(draft, expectation, at_us, scope);
        expectation->progress.stood_us += *due - due_us;
    }
    expectation->progress.paused_us = 0;
    expect_write_change(draft, expectation);
}

bool expectation_survives(struct draft *draft, struct expectation *expectation, const struct state *to, int64_t at_us,
                          const struct scope *scope)
{
    bool stands = expectation->progress.paused_us != 0;
    if (pauses_in(expectation->def, to)) {
        if (!stands) {
            expectation->progress.paused_us = at_us;
            expect_write_change(draft, expectation);
        }
        return true;
    }
    if (!stands || !state_expects(to, expectation->def))
        return false;
    resume(draft, expectation, at_us, scope);
    return true;
}

/* ---- extension ---- */

/* That of the participant whom the entry is about; with none the only one. */
static struct expectation *find(const struct draft *draft, const struct entering *entering)
{
    const struct expect *expect = entering->entry->extends;
    for (guint i = 0; i < draft->view.open->len; i++) {
        struct expectation *expectation = &g_array_index(draft->view.open, struct expectation, i);
        if (expectation->def == expect &&
            expectation->participant == (expect->each != NULL ? entering->participant : 0))
            return expectation;
    }
    return NULL;
}

static int64_t until_of(const struct entering *entering)
{
    const struct form *form = &entering->entry->form;
    int at = form_find_field(form, "until");
    return form_value(&form->fields[at], json_object_get(entering->fields, "until")).us;
}

static bool refuse_until(struct draft *draft, enum problem_code code, int64_t limit_us)
{
    char text[DATETIME_TEXT_MAX];
    datetime_format(limit_us, zone_of(draft), text);
    return decision_refuse(draft->decision, code, "fields.until", text);
}

static bool must_lie_within(struct draft *draft, const struct expectation *expectation, int64_t until_us,
                            const struct scope *scope)
{
    const struct extension *extension = &expectation->def->extension;
    int64_t due_us = own_due(expectation), latest_us = due_us + extension->up_to.us;
    if (extension->up_to.working_days > 0)
        latest_us = calendar_after_us(calendar_of(draft, expectation->def, scope), zone_of(draft), due_us - 1,
                                      extension->up_to);
    if (until_us <= due_us)
        return refuse_until(draft, PROBLEM_BELOW_MINIMUM, due_us + 1);
    return latest_us == due_us || until_us <= latest_us || refuse_until(draft, PROBLEM_ABOVE_MAXIMUM, latest_us);
}

bool extension_fits(struct draft *draft, const struct entering *entering, const struct scope *scope)
{
    struct decision *decision = draft->decision;
    const struct expectation *expectation = find(draft, entering);
    if (expectation == NULL || own_due(expectation) == NEVER_US)
        return decision_refuse(decision, PROBLEM_ALREADY_ENDED, NULL);
    if (decision->now_us > own_due(expectation))
        return decision_refuse(decision, PROBLEM_DUE_TIME_PASSED, NULL);
    if (expectation->progress.extensions >= expectation->def->extension.most) {
        g_autofree char *most = g_strdup_printf("%d", expectation->def->extension.most);
        return decision_refuse(decision, PROBLEM_EXTENSIONS_SPENT, NULL, most);
    }
    return must_lie_within(draft, expectation, until_of(entering), scope);
}

void expect_extend(struct draft *draft, const struct entering *entering)
{
    struct expectation *expectation = find(draft, entering);
    *own_due_us(expectation) = until_of(entering);
    expectation->progress.warned = false;
    expectation->progress.extensions++;
    expect_write_change(draft, expectation);
}
