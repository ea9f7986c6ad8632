/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/contribution.h"

#include "base/clock.h"
#include "matter/tally/amount.h"
#include "matter/view/members.h"
#include "matter/view/scope.h"
#include "playbook/form/form.h"

#include <string.h>

struct contributing {
    struct matter_view *view;
    struct counted_rows *rows;
    const struct indicator *indicator;
    const struct term *term;
    const struct entry_row *entry; /* that is counted, NULL none */
    int64_t owed_by;               /* the post of the expectation that is counted; 0 none */
    int64_t from_us, to_us;        /* of events */
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

static int64_t unit_in(const json_t *form, const struct field *field)
{
    const json_t *stored = json_object_get(form, field->name);
    struct value value = stored != NULL ? form_value(field, stored) : (struct value){.type = VALUE_MISSING};
    return value.type == VALUE_UNIT ? value.id : 0;
}

static int64_t unit_of_entry(const struct contributing *to, const char *name)
{
    const struct form *form = &to->term->entry->form;
    return to->entry != NULL ? unit_in(to->entry->clear, &form->fields[form_find_field(form, name)]) : 0;
}

/* Of a gap, or of what a person owes who has no post, the place of the matter. */
static int64_t unit_of_answerer(const struct contributing *to)
{
    struct post post;
    bool found = to->owed_by > 0 && registry_post(to->view->rows, to->owed_by, &post);
    return found ? post.seat : to->view->matter.unit;
}

static int64_t unit_of(const struct contributing *to, const struct credit *credit)
{
    struct matter_view *view = to->view;
    if (credit->answerer)
        return unit_of_answerer(to);
    if (credit->of_entry != NULL)
        return unit_of_entry(to, credit->of_entry);
    return credit->field >= 0 ? unit_in(view_form(view), &view->kind->form.fields[credit->field]) : view->matter.unit;
}

/* `participant`: of whom, or about whom; 0 none. */
static void add(struct contributing *to, const struct contribution *fact, int64_t participant)
{
    for (size_t i = 0; i < to->indicator->credit_count; i++) {
        const struct credit *credit = &to->indicator->credits[i];
        if (credit->set != NULL)
            credit_participants(to, fact, participant, credit->set);
        else
            add_unit(to, fact, unit_of(to, credit));
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

static void add_event(struct contributing *to, int64_t own_us, int64_t amount, int64_t participant)
{
    int64_t at_us = dated_us(to, NULL, own_us);
    if (is_asked(to, at_us) && amount > 0)
        add(to, &(struct contribution){.from_us = at_us, .amount = amount}, participant);
}

/* ---- what ---- */

static bool holds(const struct contributing *to)
{
    struct scope scope;
    if (to->term->where == NULL)
        return true;
    scope_init(&scope, to->view, NULL, NULL, NULL, to->view->matter.opened_us);
    scope_arrived(&scope, to->view->matter.opened_us);
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
            &(struct contribution){.is_stock = true,
                                   .amount = 1,
                                   .from_us = cursor_integer(&spans, 0),
                                   .to_us = cursor_integer(&spans, 1)},
            0);
}

/* 1 of what is counted; 0 of what is added up and is missing. */
static int64_t amount_of_matter(const struct contributing *to)
{
    int64_t amount = 1;
    if (to->term->amount.field != NULL && !tally_amount(to->view, &to->term->amount, NULL, &amount))
        return 0;
    return amount;
}

static void add_while_open(struct contributing *to)
{
    const struct matter *matter = &to->view->matter;
    const struct contribution fact = {
        .is_stock = true, .amount = amount_of_matter(to), .from_us = matter->opened_us, .to_us = matter->closed_us};
    if (fact.amount > 0)
        add(to, &fact, 0);
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

static const GArray *all_entries(const struct contributing *to)
{
    if (to->rows->entries == NULL)
        to->rows->entries = matter_entries(to->view->rows, to->view->matter.id, 0, G_MAXINT);
    return to->rows->entries;
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
    if (to->term->where == NULL)
        return true;
    struct vault *vault = to->view->vault;
    g_autoptr(json_t) fields = vault != NULL ? matter_entry_fields(vault, row, &erased) : json_incref(row->clear);
    struct scope scope;
    scope_init(&scope, to->view, to->term->entry, fields, *row->attempt != '\0' ? row->attempt : NULL,
               row->observed_us);
    scope_arrived(&scope, row->at_us);
    scope.participant = row->participant;
    return expr_is_true(to->term->where, &scope.expr);
}

/* An entry of the term that has taken effect, corrected or not. */
static bool is_of_term(const struct term *term, const struct entry_row *row)
{
    return strcmp(row->kind, term->entry->name) == 0 && (*row->attempt == '\0' || asks_for_attempts(term)) &&
           row->confirmation != CONFIRMATION_PENDING && row->confirmation != CONFIRMATION_DECLINED;
}

/* False: it does not count. */
static bool amount_of_entry(const struct contributing *to, const struct entry_row *row, int64_t *out)
{
    struct matter_view *view = to->view;
    *out = 1;
    return (to->term->amount.field == NULL || tally_amount(view, &to->term->amount, row->clear, out)) &&
           !matter_entry_is_sealed(view->rows, view->kind, row, view->now_us) && entry_fits(to, row);
}

static bool counts_entries(const struct term *term)
{
    return term->entry != NULL && !term_is_stock(term);
}

static void add_entry(struct contributing *to, const struct entry_row *row, int64_t gone_us)
{
    if (!counts_entries(to->term) || !is_of_term(to->term, row))
        return;
    struct contribution fact = {
        .from_us = dated_us(to, row, row->observed_us), .known_us = row->at_us, .gone_us = gone_us};
    bool counts = is_asked(to, fact.from_us) && (gone_us == 0 || to->indicator->freeze_us > 0);
    to->entry = row;
    if (counts && amount_of_entry(to, row, &fact.amount) && fact.amount > 0)
        add(to, &fact, row->participant);
}

static void add_entries(struct contributing *to)
{
    const GArray *entries = all_entries(to);
    for (guint i = 0; i < entries->len; i++) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        if (strcmp(row->kind, to->term->entry->name) == 0)
            add_entry(to, row, corrected_us(entries, row));
    }
}

/* ---- the latest entries ---- */

struct latest {
    int64_t participant, line, from_us, number, amount;
};

static int by_whom(const void *one, const void *other)
{
    const struct latest *a = one, *b = other;
    if (a->participant != b->participant)
        return a->participant < b->participant ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->from_us != b->from_us)
        return a->from_us < b->from_us ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* Those that have an amount, in the order in which one follows another. */
static GArray *all_latest(const struct contributing *to)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct latest));
    const GArray *entries = all_entries(to);
    for (guint i = 0; i < entries->len; i++) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        struct latest one = {.participant = row->participant,
                             .line = row->line,
                             .from_us = MAX(MIN(row->observed_us, row->at_us), to->view->matter.opened_us),
                             .number = row->number};
        if (is_of_term(to->term, row) && !row->corrected && amount_of_entry(to, row, &one.amount))
            g_array_append_val(all, one);
    }
    g_array_sort(all, by_whom);
    return all;
}

/* When what it said ends at the latest: with the matter, or as whom it is about leaves; NEVER_US not yet. */
static int64_t stands_until(const struct contributing *to, const struct latest *one)
{
    int64_t closed_us = to->view->matter.closed_us, left_us = 0;
    if (one->participant != 0)
        db_integer(to->view->rows, &left_us,
                   "SELECT coalesce(left_us, 0) FROM participant WHERE matter = ?1 AND number = ?2", "ii",
                   to->view->matter.id, one->participant);
    return MIN(closed_us != 0 ? closed_us : NEVER_US, left_us != 0 ? left_us : NEVER_US);
}

static void add_latest(struct contributing *to)
{
    g_autoptr(GArray) all = all_latest(to);
    for (guint i = 0; i < all->len; i++) {
        const struct latest *one = &g_array_index(all, struct latest, i);
        const struct latest *next = i + 1 < all->len ? one + 1 : NULL;
        bool followed = next != NULL && next->participant == one->participant && next->line == one->line;
        int64_t to_us = stands_until(to, one);
        if (followed)
            to_us = MIN(to_us, next->from_us);
        if (one->amount > 0 && one->from_us < to_us)
            add(to,
                &(struct contribution){.is_stock = true,
                                       .amount = one->amount,
                                       .from_us = one->from_us,
                                       .to_us = to_us != NEVER_US ? to_us : 0},
                one->participant);
    }
}

/* ---- matters and expectations ---- */

static void add_stock(struct contributing *to)
{
    if (to->term->entry != NULL)
        add_latest(to);
    else if (holds(to) && to->term->state != NULL)
        add_spans(to);
    else if (holds(to))
        add_while_open(to);
}

static bool is_counted(enum term_what what, enum outcome outcome)
{
    bool fallen_due = outcome == OUTCOME_MET || outcome == OUTCOME_LATE || outcome == OUTCOME_MISSED;
    return (what == TERM_MET && outcome == OUTCOME_MET) || (what == TERM_LATE && outcome == OUTCOME_LATE) ||
           (what == TERM_MISSED && outcome == OUTCOME_MISSED) || (what == TERM_EXCUSED && outcome == OUTCOME_EXCUSED) ||
           (what == TERM_DUE && fallen_due);
}

static void add_expectation(struct contributing *to, const struct expectation_row *row)
{
    const struct term *term = to->term;
    bool overdue = term->what == TERM_DUE && row->outcome == OUTCOME_OPEN && row->overdue;
    to->owed_by = row->post;
    if (term->expect != NULL && strcmp(row->name, term->expect->name) == 0 &&
        (overdue || is_counted(term->what, row->outcome)) && holds(to))
        add_event(to, row->due_us - 1, 1, row->participant); /* 24:00 is of the day that ends */
}

static void add_expectations(struct contributing *to)
{
    if (!holds(to))
        return;
    struct counted_rows *rows = to->rows;
    if (rows->expectations == NULL)
        rows->expectations = matter_expectations(to->view->rows, NULL, to->view->matter.id);
    for (guint i = 0; i < rows->expectations->len; i++)
        add_expectation(to, &g_array_index(rows->expectations, struct expectation_row, i));
}

static void add_matter(struct contributing *to)
{
    const struct term *term = to->term;
    const struct matter *matter = &to->view->matter;
    if (term_is_stock(term))
        add_stock(to);
    else if ((term->what == TERM_OPENED || (term->what == TERM_SUM && term->entry == NULL)) && holds(to))
        add_event(to, matter->opened_us, amount_of_matter(to), 0);
    else if (term->what == TERM_CLOSED && matter->closed_us != 0 && holds(to))
        add_event(to, matter->closed_us, 1, 0);
}

/* ---- the whole, and its parts ---- */

struct matter_parts {
    bool all, matter;
    const struct entry_row *entry;
    int64_t gone_us;
    const struct expectation_row *expectation;
};

/* What was told twice counts once. Of what is only proposed, the proposal itself counts, as expected of whoever decides
 * on it. */
static void add_parts(struct contributing *to, const struct matter_parts *parts)
{
    if (to->view->matter.merged_into != 0 || (to->view->state->proposed && to->term->expect == NULL))
        return;
    if (parts->all || parts->matter)
        add_matter(to);
    if (parts->all && counts_entries(to->term))
        add_entries(to);
    if (parts->all && to->term->expect != NULL)
        add_expectations(to);
    if (parts->entry != NULL)
        add_entry(to, parts->entry, parts->gone_us);
    if (parts->expectation != NULL)
        add_expectation(to, parts->expectation);
}

static void add_terms(struct contributing *to, const struct matter_parts *parts)
{
    const struct indicator *indicator = to->indicator;
    to->term = &indicator->top;
    add_parts(to, parts);
    to->term = &indicator->bottom;
    to->bottom = true;
    if (indicator->ratio && indicator->bottom.what != TERM_UNIT_FACT)
        add_parts(to, parts);
}

void counted_rows_clear(struct counted_rows *rows)
{
    g_clear_pointer(&rows->entries, g_array_unref);
    g_clear_pointer(&rows->expectations, g_array_unref);
}

GArray *tally_contribution(struct matter_view *view, struct counted_rows *rows, const struct indicator *indicator,
                           int64_t from_us, int64_t to_us)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(struct contribution));
    struct contributing to = {
        .view = view, .rows = rows, .indicator = indicator, .from_us = from_us, .to_us = to_us, .all = all};
    add_terms(&to, &(struct matter_parts){.all = true});
    return all;
}

static void add_part(struct matter_view *view, const struct indicator *indicator, const struct matter_parts *part,
                     GArray *all)
{
    AUTO(counted_rows) struct counted_rows rows = {0}; /* of what stands, whose end another entry is */
    struct contributing to = {.view = view,
                              .rows = &rows,
                              .indicator = indicator,
                              .from_us = INT64_MIN,
                              .to_us = INT64_MAX,
                              .fact = all->len > 0 ? g_array_index(all, struct contribution, all->len - 1).fact + 1 : 0,
                              .all = all};
    add_terms(&to, part);
}

void tally_add_matter(struct matter_view *view, const struct indicator *indicator, GArray *all)
{
    add_part(view, indicator, &(struct matter_parts){.matter = true}, all);
}

void tally_add_entry(struct matter_view *view, const struct indicator *indicator, const struct entry_row *row,
                     int64_t gone_us, GArray *all)
{
    add_part(view, indicator, &(struct matter_parts){.entry = row, .gone_us = gone_us}, all);
}

void tally_add_expectation(struct matter_view *view, const struct indicator *indicator,
                           const struct expectation_row *row, GArray *all)
{
    add_part(view, indicator, &(struct matter_parts){.expectation = row}, all);
}
