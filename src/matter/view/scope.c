/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/view/scope.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "matter/view/fact_value.h"
#include "matter/view/members.h"
#include "playbook/form/form.h"

#define RULES_HELD_US (7 * US_PER_DAY) /* a phone's fact is at most so old when an older edition may still judge it */

static struct value field_of(const struct form *form, const json_t *stored, int index)
{
    const json_t *value = json_object_get(stored, form->fields[index].name);
    return value != NULL ? form_value(&form->fields[index], value) : (struct value){.type = VALUE_MISSING};
}

static struct value datetime_value(int64_t us)
{
    return (struct value){.type = VALUE_DATETIME, .us = us};
}

static struct value choice_value(const char *code)
{
    return code == NULL ? (struct value){.type = VALUE_MISSING} : (struct value){.type = VALUE_CHOICE, .text = code};
}

static struct value id_value(enum value_type type, int64_t id)
{
    return id == 0 ? (struct value){.type = VALUE_MISSING} : (struct value){.type = type, .id = id};
}

static struct value builtin(const struct scope *scope, enum expr_builtin name)
{
    const struct matter *matter = &scope->view->matter;
    switch (name) {
    case EXPR_NOW:
        return datetime_value(scope->view->now_us);
    case EXPR_OBSERVED_AT:
        return datetime_value(scope->observed_us);
    case EXPR_ATTEMPT:
        return choice_value(scope->attempt);
    case EXPR_MATTER_STATE:
        return choice_value(matter->state);
    case EXPR_MATTER_OPENED_AT:
        return datetime_value(matter->opened_us);
    case EXPR_MATTER_UNIT:
        return id_value(VALUE_UNIT, matter->unit);
    case EXPR_STATE_SINCE:
        return datetime_value(matter->state_since_us);
    case EXPR_PARTICIPANT_STATE: {
        const struct participant *one =
            scope->participant != 0 ? participants_find(scope->view, scope->participant) : NULL;
        return choice_value(one != NULL ? one->state : NULL);
    }
    case EXPR_PARTICIPANT_WHO: {
        const struct participant *one = participants_find(scope->view, scope->participant);
        return one == NULL ? id_value(VALUE_UNIT, 0)
                           : id_value(one->who < 0 ? VALUE_PERSON : VALUE_UNIT, ABS(one->who));
    }
    case EXPR_SUBJECT:
        return id_value(scope->view->kind->about == ABOUT_UNIT ? VALUE_UNIT : VALUE_PERSON, matter->subject);
    case EXPR_BUILTIN_COUNT:
        break;
    }
    g_assert_not_reached();
}

static struct value truth(bool is)
{
    return (struct value){.type = VALUE_BOOL, .truth = is};
}

/* How the last that was called so ended; OUTCOME_OPEN none. With `met` the last that was met. */
static enum outcome last_outcome(const struct matter_view *view, const char *name, bool met)
{
    int64_t outcome = OUTCOME_OPEN;
    db_integer(view->rows, &outcome,
               "SELECT outcome, number FROM expectation_past WHERE matter = ?1 AND name = ?2 AND (?3 = 0 OR "
               "+outcome IN (1, 2)) ORDER BY number DESC LIMIT 1",
               "isi", view->matter.id, name, (int64_t)met);
    return (enum outcome)outcome;
}

static const struct expectation *open_one(struct matter_view *view, const struct expect *expect)
{
    if (expect->each != NULL)
        participants_load_all(view);
    for (guint i = 0; view->open != NULL && i < view->open->len; i++) {
        const struct expectation *open = &g_array_index(view->open, struct expectation, i);
        if (open->def == expect)
            return open;
    }
    return NULL;
}

static struct value expectation_value(struct matter_view *view, int index)
{
    const struct expect *expect = kind_expect_at(view->kind, index / EXPECTATION_MEMBER_COUNT);
    const struct expectation *open = open_one(view, expect);
    switch ((enum expectation_member)(index % EXPECTATION_MEMBER_COUNT)) {
    case EXPECTATION_IS_OPEN:
        return truth(open != NULL);
    case EXPECTATION_IS_MET:
        return truth(last_outcome(view, expect->name, true) != OUTCOME_OPEN);
    case EXPECTATION_IS_EXPIRED:
        return truth(open != NULL ? open->progress.paused_us == 0 && view->now_us > open->when.due_us
                                  : last_outcome(view, expect->name, false) == OUTCOME_MISSED);
    case EXPECTATION_DUE:
        return open != NULL && open->when.due_us != NEVER_US ? datetime_value(open->when.due_us)
                                                             : (struct value){.type = VALUE_MISSING};
    case EXPECTATION_MEMBER_COUNT:
        break;
    }
    g_assert_not_reached();
}

static struct value participants(struct matter_view *view, const struct participant_set *set)
{
    if (set->most != 1)
        return (struct value){.type = VALUE_LINES, .list = participants_lines(view, set)};
    const struct participant *only = participants_only(view, set);
    return id_value(set->persons ? VALUE_PERSON : VALUE_UNIT, only != NULL ? ABS(only->who) : 0);
}

static struct value get(void *context, enum expr_space space, int index, const struct value *key)
{
    const struct scope *scope = context;
    const struct rule *rules = scope->view->playbook->rules;
    switch (space) {
    case EXPR_ENTRY_FIELD:
        return scope->entry == NULL ? (struct value){.type = VALUE_MISSING}
                                    : field_of(&scope->entry->form, scope->fields, index);
    case EXPR_MATTER_FIELD:
        return field_of(&scope->view->kind->form, view_form(scope->view), index);
    case EXPR_FACT:
        return facts_value(scope->view, index, key);
    case EXPR_RULE:
        return rule_value_on(&rules[index], scope->rule_day, NULL);
    case EXPR_TABLE:
        return key == NULL || (key->type != VALUE_CHOICE && key->type != VALUE_TEXT)
                   ? (struct value){.type = VALUE_MISSING}
                   : rule_value_on(&rules[index], scope->rule_day, key->text);
    case EXPR_PARTICIPANT:
        return participants(scope->view, &scope->view->kind->participants[index]);
    case EXPR_BUILTIN:
        return builtin(scope, (enum expr_builtin)index);
    case EXPR_LINE:
        return scope->columns == NULL ? (struct value){.type = VALUE_MISSING}
                                      : field_of(scope->columns, scope->line, index);
    case EXPR_EXPECTATION:
        return expectation_value(scope->view, index);
    case EXPR_SPACE_COUNT:
        break;
    }
    g_assert_not_reached();
}

static bool is_under(void *context, int64_t unit, int64_t above)
{
    const struct matter_view *view = context;
    return registry_covers(view->rows, above, unit, view->now_us);
}

static int64_t above(void *context, int64_t unit, const char *type)
{
    const struct matter_view *view = context;
    return registry_above(view->rows, unit, type, view->now_us);
}

static const struct expr_units units = {is_under, above};

void scope_copy(struct scope *scope, const struct scope *from)
{
    *scope = *from;
    scope->expr.context = scope;
}

void scope_init(struct scope *scope, struct matter_view *view, const struct entry_def *entry, const json_t *fields,
                const char *attempt, int64_t observed_us)
{
    *scope = (struct scope){
        .expr = {.get = get, .context = scope, .zone = view->playbook->zone, .units = &units, .units_context = view},
        .view = view,
        .entry = entry,
        .fields = fields,
        .attempt = attempt,
        .observed_us = observed_us,
    };
    scope_arrived(scope, view->now_us);
}

void scope_arrived(struct scope *scope, int64_t at_us)
{
    scope->rule_day = day_of(CLAMP(scope->observed_us, at_us - RULES_HELD_US, at_us), scope->view->playbook->zone);
}

int64_t scope_lines(struct matter_view *view, const struct field *lines)
{
    return (int64_t)json_array_size(json_object_get(view_form(view), lines->name));
}

void scope_of(struct scope *scope, int64_t participant, const struct field *lines, int64_t line)
{
    scope->participant = participant;
    scope->line_number = lines != NULL ? line : 0;
    scope->columns = lines != NULL && line != 0 ? lines->lines : NULL;
    scope->line = scope->columns == NULL
                      ? NULL
                      : json_array_get(json_object_get(view_form(scope->view), lines->name), (size_t)(line - 1));
}

void scope_at_line(struct scope *out, const struct scope *scope, const struct field *lines, int64_t line)
{
    *out = *scope;
    out->expr.context = out;
    scope_of(out, scope->participant, lines, line);
}
