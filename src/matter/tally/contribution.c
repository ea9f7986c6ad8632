/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/contribution.h"

#include "matter/view/members.h"
#include "matter/view/scope.h"
#include "playbook/form/form.h"

#include <string.h>

struct contributing {
    struct matter_view *view;
    const struct indicator *indicator;
    const struct term *term;
    int64_t from_us, to_us; /* of events */
    bool bottom;
    int fact;
    GArray *all;
};

/* ---- where ---- */

static void add_unit(struct contributing *to, const struct contribution *fact, int64_t unit)
{
    struct contribution one = *fact;
    one.fact = to->fact;
    one.bottom = to->bottom;
    one.unit = unit;
    if (unit > 0)
        g_array_append_val(to->all, one);
}

/* The unit of the fact's participant, where it is of the set; else of all participants of the set. */
static void credit_participants(struct contributing *to, const struct contribution *fact, int64_t participant,
                                const struct participant_set *set)
{
    struct matter_view *view = to->view;
    const struct participant *one = participant != 0 ? participants_find(view, participant) : NULL;
    if (one != NULL && one->set != NULL && strcmp(one->set->name, set->name) == 0) {
        add_unit(to, fact, one->who);
        return;
    }
    participants_load_all(view);
    for (guint i = 0; i < participants_count(view); i++) {
        one = participants_at(view, i);
        if (one->set != NULL && strcmp(one->set->name, set->name) == 0 && !one->left)
            add_unit(to, fact, one->who);
    }
}

static int64_t unit_in_form(struct matter_view *view, const struct field *field)
{
    const json_t *stored = json_object_get(view_form(view), field->name);
    struct value value = stored != NULL ? form_value(field, stored) : (struct value){.type = VALUE_MISSING};
    return value.type == VALUE_UNIT ? value.id : 0;
}

/* `participant`: of whom, or about whom; 0 none. */
static void add(struct contributing *to, const struct contribution *fact, int64_t participant)
{
    struct matter_view *view = to->view;
    for (size_t i = 0; i < to->indicator->credit_count; i++) {
        const struct credit *credit = &to->indicator->credits[i];
        if (credit->set != NULL)
            credit_participants(to, fact, participant, credit->set);
        else
            add_unit(to, fact,
                     credit->field < 0 ? view->matter.unit
                                       : unit_in_form(view, &view->kind->form.fields[credit->field]));
    }
    to->fact++;
}

/* ---- when ---- */

static int64_t first_entry_us(const struct contributing *to, bool accepted)
{
    int64_t at_us = 0;
    const char *sql = accepted
                          ? "SELECT min(at_us) FROM entry WHERE matter = ?1 AND kind = ?2 AND attempt IS NULL AND "
                            "second IN (0, 2)"
                          : "SELECT min(observed_us) FROM entry WHERE matter = ?1 AND kind = ?2 AND attempt IS NULL "
                            "AND corrected IS NULL AND second IN (0, 2)";
    db_integer(to->view->rows, &at_us, sql, "is", to->view->matter.id, to->indicator->on_entry->name);
    return at_us;
}

/* 0: it has not come to that. `entry`: the counted one, NULL none. */
static int64_t dated_us(const struct contributing *to, const struct entry_row *entry, int64_t own_us)
{
    const struct indicator *indicator = to->indicator;
    bool same = entry != NULL && indicator->on_entry != NULL && strcmp(indicator->on_entry->name, entry->kind) == 0;
    switch (indicator->on) {
    case ON_OWN:
        return own_us;
    case ON_OPENED:
        return to->view->matter.opened_us;
    case ON_CLOSED:
        return to->view->matter.closed_us;
    case ON_OBSERVED:
        return same ? entry->observed_us : first_entry_us(to, false);
    case ON_ACCEPTED:
        return same ? entry->at_us : first_entry_us(to, true);
    }
    g_assert_not_reached();
}

static bool is_asked(const struct contributing *to, int64_t at_us)
{
    return at_us != 0 && at_us >= to->from_us && at_us < to->to_us;
}

static void add_event(struct contributing *to, int64_t own_us, int64_t participant)
{
    int64_t at_us = dated_us(to, NULL, own_us);
    if (is_asked(to, at_us))
        add(to, &(struct contribution){.from_us = at_us}, participant);
}

/* ---- what ---- */

static bool holds(const struct contributing *to)
{
    struct scope scope;
    scope_init(&scope, to->view, NULL, NULL, NULL, to->view->matter.opened_us);
    return expr_is_true(to->term->where, &scope.expr);
}

static void add_spans(struct contributing *to)
{
    AUTO(cursor)
    struct cursor spans =
        db_query(to->view->rows,
                 "SELECT from_us, coalesce(to_us, 0) FROM span WHERE matter = ?1 AND state = ?2 ORDER BY version", "is",
                 to->view->matter.id, to->term->state->name);
    while (cursor_next(&spans))
        add(to,
            &(struct contribution){
                .is_stock = true, .from_us = cursor_integer(&spans, 0), .to_us = cursor_integer(&spans, 1)},
            0);
}

static void add_stock(struct contributing *to)
{
    const struct matter *matter = &to->view->matter;
    if (!holds(to))
        return;
    if (to->term->what != TERM_OPEN)
        add_spans(to);
    else
        add(to, &(struct contribution){.is_stock = true, .from_us = matter->opened_us, .to_us = matter->closed_us}, 0);
}

static void note_attempt(void *context, const struct expr_symbol *symbol)
{
    bool *reads = context;
    *reads |= symbol->space == EXPR_BUILTIN && symbol->index == EXPR_ATTEMPT;
}

static bool asks_for_attempts(const struct term *term)
{
    bool reads = false;
    if (term->where != NULL)
        expr_visit(term->where, note_attempt, &reads);
    return reads;
}

/* When it was corrected first; 0 never. */
static int64_t corrected_us(const GArray *entries, const struct entry_row *row)
{
    int64_t first_us = 0;
    for (guint i = 0; i < entries->len && row->corrected; i++) {
        const struct entry_row *other = &g_array_index(entries, struct entry_row, i);
        if (other->corrects == row->number && (first_us == 0 || other->at_us < first_us))
            first_us = other->at_us;
    }
    return first_us;
}

static bool entry_fits(const struct contributing *to, const struct entry_row *row)
{
    bool erased = false;
    g_autoptr(json_t) fields = matter_entry_fields(to->view->vault, row, &erased);
    struct scope scope;
    scope_init(&scope, to->view, to->term->entry, fields, *row->attempt != '\0' ? row->attempt : NULL,
               row->observed_us);
    scope.participant = row->participant;
    return expr_is_true(to->term->where, &scope.expr);
}

static void add_entries(struct contributing *to)
{
    struct matter_view *view = to->view;
    bool attempts = asks_for_attempts(to->term);
    g_autoptr(GArray) entries = matter_entries(view->rows, view->matter.id, 0, G_MAXINT);
    for (guint i = 0; i < entries->len; i++) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        if (strcmp(row->kind, to->term->entry->name) != 0 || (*row->attempt != '\0' && !attempts) ||
            row->confirmation == CONFIRMATION_PENDING || row->confirmation == CONFIRMATION_DECLINED)
            continue;
        const struct contribution fact = {.from_us = dated_us(to, row, row->observed_us),
                                          .known_us = row->at_us,
                                          .gone_us = corrected_us(entries, row)};
        bool counts = is_asked(to, fact.from_us) && (fact.gone_us == 0 || to->indicator->freeze_us > 0);
        if (counts && !matter_entry_is_sealed(view->rows, view->kind, row, view->now_us) && entry_fits(to, row))
            add(to, &fact, row->participant);
    }
}

static bool is_counted(enum term_what what, enum outcome outcome)
{
    bool fallen_due = outcome == OUTCOME_MET || outcome == OUTCOME_LATE || outcome == OUTCOME_MISSED;
    return (what == TERM_MET && outcome == OUTCOME_MET) || (what == TERM_LATE && outcome == OUTCOME_LATE) ||
           (what == TERM_MISSED && outcome == OUTCOME_MISSED) || (what == TERM_EXCUSED && outcome == OUTCOME_EXCUSED) ||
           (what == TERM_DUE && fallen_due);
}

static void add_expectations(struct contributing *to)
{
    const struct term *term = to->term;
    if (!holds(to))
        return;
    g_autoptr(GArray) all = matter_expectations(to->view->rows, NULL, to->view->matter.id);
    for (guint i = 0; i < all->len; i++) {
        const struct expectation_row *row = &g_array_index(all, struct expectation_row, i);
        bool overdue = term->what == TERM_DUE && row->outcome == OUTCOME_OPEN && row->overdue;
        if (strcmp(row->name, term->expect->name) == 0 && (overdue || is_counted(term->what, row->outcome)))
            add_event(to, row->due_us - 1, row->participant); /* 24:00 is of the day that ends */
    }
}

static void add_term(struct contributing *to)
{
    const struct term *term = to->term;
    const struct matter *matter = &to->view->matter;
    if (term_is_stock(term))
        add_stock(to);
    else if (term->what == TERM_ENTRIES)
        add_entries(to);
    else if (term->what == TERM_OPENED && holds(to))
        add_event(to, matter->opened_us, 0);
    else if (term->what == TERM_CLOSED && matter->closed_us != 0 && holds(to))
        add_event(to, matter->closed_us, 0);
    else if (term->expect != NULL)
        add_expectations(to);
}

GArray *tally_contribution(struct matter_view *view, const struct indicator *indicator, int64_t from_us, int64_t to_us)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(struct contribution));
    struct contributing to = {
        .view = view, .indicator = indicator, .term = &indicator->top, .from_us = from_us, .to_us = to_us, .all = all};
    if (view->state->proposed)
        return all;
    add_term(&to);
    to.term = &indicator->bottom;
    to.bottom = true;
    if (indicator->ratio)
        add_term(&to);
    return all;
}
