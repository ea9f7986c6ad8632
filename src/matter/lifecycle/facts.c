/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/facts.h"

#include "matter/view/fact_value.h"
#include "matter/view/scope.h"

#include <string.h>

static void note_attempt(void *context, const struct expr_symbol *symbol)
{
    bool *reads = context;
    *reads |= symbol->space == EXPR_BUILTIN && symbol->index == EXPR_ATTEMPT;
}

/* Attempts do not count unless the condition asks for them. */
bool facts_counts(const struct fact *fact, const struct scope *scope)
{
    if (fact->entry != scope->entry)
        return false;
    bool reads_attempt = false;
    if (scope->attempt != NULL && fact->where != NULL)
        expr_visit(fact->where, note_attempt, &reads_attempt);
    if (scope->attempt != NULL && !reads_attempt)
        return false;
    return expr_is_true(fact->where, &scope->expr);
}

static json_t *member_of(const struct fact *fact, const struct scope *scope, int64_t person)
{
    if (fact->member == FACT_MEMBER_AT)
        return json_integer(scope->observed_us);
    if (fact->member == FACT_MEMBER_ACTOR)
        return json_integer(person);
    const json_t *value = json_object_get(scope->fields, fact->entry->form.fields[fact->field].name);
    return value != NULL ? json_incref((json_t *)value) : json_null();
}

/* sum, min and max of a number; an overflow leaves the value as it was */
static void add_figure(json_t *facts, size_t index, const struct fact *fact, const struct scope *scope)
{
    struct value next = expr_evaluate(fact->value, &scope->expr), before = facts_number(json_array_get(facts, index));
    if (next.type != VALUE_NUMBER)
        return;
    struct value after = next;
    int order = before.type == VALUE_NUMBER ? decimal_compare(next.number, before.number) : 0;
    if (before.type != VALUE_NUMBER)
        after = next;
    else if (fact->function == FACT_SUM && !decimal_add(before.number, next.number, &after.number))
        after = before;
    else if ((fact->function == FACT_MIN && order > 0) || (fact->function == FACT_MAX && order < 0))
        after = before;
    json_array_set_new(facts, index, value_to_json(after));
}

/* The same for each code that a line names. */
static void add_by_code(json_t *facts, size_t index, const struct fact *fact, const struct scope *scope)
{
    const json_t *before = json_array_get(facts, index);
    json_t *sums = json_is_object(before) ? json_deep_copy(before) : json_object();
    size_t i;
    const json_t *line, *lines = json_object_get(scope->fields, fact->entry->form.fields[fact->field].name);
    json_array_foreach((json_t *)lines, i, line)
    {
        const char *code = json_string_value(json_object_get(line, fact->by->name));
        struct value next = facts_number(json_object_get(line, fact->column->name));
        if (code == NULL || next.type != VALUE_NUMBER)
            continue;
        struct value sum = facts_number(json_object_get(sums, code));
        if (sum.type == VALUE_NUMBER && !decimal_add(sum.number, next.number, &next.number))
            next = sum;
        json_object_set_new(sums, code, value_to_json(next));
    }
    json_array_set_new(facts, index, sums);
}

static void add_one(json_t *facts, size_t index, const struct fact *fact, const struct scope *scope, int64_t person)
{
    const json_t *before = json_array_get(facts, index);
    if (fact->function == FACT_COUNT)
        json_array_set_new(facts, index, json_integer(json_integer_value(before) + 1));
    else if (fact->function == FACT_EXISTS)
        json_array_set_new(facts, index, json_true());
    else if (fact->by != NULL)
        add_by_code(facts, index, fact, scope);
    else if (fact->value != NULL)
        add_figure(facts, index, fact, scope);
    else if (fact->function == FACT_LAST || json_is_null(before))
        json_array_set_new(facts, index, member_of(fact, scope, person));
}

static bool concerns(const struct kind *kind, const struct entry_def *entry)
{
    for (size_t i = 0; i < kind->fact_count; i++)
        if (kind->facts[i].entry == entry)
            return true;
    return false;
}

static void add(struct draft *draft, const struct scope *scope, int64_t person)
{
    json_t *facts = view_facts(&draft->view);
    for (size_t i = 0; i < draft->view.kind->fact_count; i++)
        if (facts_counts(&draft->view.kind->facts[i], scope)) {
            draft_keep_facts(draft);
            add_one(facts, i, &draft->view.kind->facts[i], scope, person);
            draft->facts_changed = true;
        }
}

/* Whether an entry of a later observed time is there: not when this one is after the last change. */
static bool out_of_order(const struct draft *draft, const struct scope *scope)
{
    int64_t later = 0;
    if (scope->observed_us >= draft->view.matter.changed_us)
        return false;
    return db_integer(draft->decision->rows, &later,
                      "SELECT 1 FROM entry WHERE matter = ?1 AND kind = ?2 AND observed_us > ?3 LIMIT 1", "isi",
                      draft->view.matter.id, scope->entry->name, scope->observed_us);
}

void facts_add(struct draft *draft, struct scope *scope, int64_t person)
{
    if (!concerns(draft->view.kind, scope->entry))
        return;
    if (out_of_order(draft, scope))
        facts_recount(draft, scope, person, 0);
    else
        add(draft, scope, person);
}

struct fact_told { /* an entry as it is counted again */
    json_t *fields;
    char attempt[48];
    int64_t observed_us, number, person;
};

static void told_clear(gpointer data)
{
    json_decref(((struct fact_told *)data)->fields);
}

static gint by_observed(gconstpointer a, gconstpointer b)
{
    const struct fact_told *left = a, *right = b;
    if (left->observed_us != right->observed_us)
        return left->observed_us < right->observed_us ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

/* Stored entries of a kind that count, but `corrected` (number). */
static GArray *tell_stored(const struct draft *draft, const char *entry, int64_t corrected)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct fact_told));
    g_array_set_clear_func(all, told_clear);
    g_autoptr(GArray) entries = matter_entries(draft->decision->rows, draft->view.matter.id, 0, G_MAXINT);
    for (guint i = 0; i < entries->len; i++) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        if (g_strcmp0(row->kind, entry) != 0 || row->corrected || row->number == corrected ||
            row->confirmation == CONFIRMATION_PENDING || row->confirmation == CONFIRMATION_DECLINED)
            continue;
        bool erased = false;
        struct fact_told told = {.observed_us = row->observed_us, .number = row->number};
        told.person = matter_entry_maker(draft->decision->rows, row);
        told.fields = matter_entry_fields(draft->decision->vault, row, &erased);
        g_strlcpy(told.attempt, row->attempt, sizeof told.attempt);
        g_array_append_val(all, told);
    }
    g_array_sort(all, by_observed);
    return all;
}

static GArray *tell(const struct draft *draft, const struct scope *scope, int64_t person, int64_t corrected)
{
    GArray *all = tell_stored(draft, scope->entry->name, corrected);
    struct fact_told latest = {json_incref((json_t *)scope->fields), "", scope->observed_us, draft->view.next_entry,
                               person};
    if (scope->attempt != NULL)
        g_strlcpy(latest.attempt, scope->attempt, sizeof latest.attempt);
    g_array_append_val(all, latest);
    g_array_sort(all, by_observed);
    return all;
}

/* The entry as it would be counted now. */
static void scope_told(struct scope *then, struct draft *draft, const struct entry_def *entry,
                       const struct fact_told *told)
{
    scope_init(then, &draft->view, entry, told->fields, *told->attempt != '\0' ? told->attempt : NULL,
               told->observed_us);
}

void facts_recount(struct draft *draft, struct scope *scope, int64_t person, int64_t corrected)
{
    if (!concerns(draft->view.kind, scope->entry))
        return;
    json_t *facts = view_facts(&draft->view);
    draft_keep_facts(draft);
    for (size_t i = 0; i < draft->view.kind->fact_count; i++)
        if (draft->view.kind->facts[i].entry == scope->entry)
            json_array_set_new(facts, i, json_null());
    draft->facts_changed = true;
    g_autoptr(GArray) all = tell(draft, scope, person, corrected);
    for (guint i = 0; i < all->len; i++) {
        const struct fact_told *told = &g_array_index(all, struct fact_told, i);
        struct scope then;
        scope_told(&then, draft, scope->entry, told);
        add(draft, &then, told->person);
    }
}

/* ---- under other rules ---- */

static bool same_expr(const struct expr *a, const struct expr *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    g_autoptr(json_t) left = expr_to_json(a);
    g_autoptr(json_t) right = expr_to_json(b);
    return json_equal(left, right);
}

static bool same_field(const struct field *a, const struct field *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || (strcmp(a->name, b->name) == 0 && a->type == b->type));
}

static bool in_same_words(const struct fact *a, const struct fact *b)
{
    bool fields = a->member == FACT_MEMBER_FIELD || a->by != NULL;
    return a->function == b->function && a->member == b->member && strcmp(a->entry->name, b->entry->name) == 0 &&
           same_field(a->by, b->by) && same_field(a->column, b->column) && same_expr(a->value, b->value) &&
           same_expr(a->where, b->where) &&
           (!fields || same_field(&a->entry->form.fields[a->field], &b->entry->form.fields[b->field]));
}

static void count_stored(struct draft *draft, size_t index)
{
    const struct fact *fact = &draft->view.kind->facts[index];
    g_autoptr(GArray) all = tell_stored(draft, fact->entry->name, 0);
    for (guint i = 0; i < all->len; i++) {
        const struct fact_told *told = &g_array_index(all, struct fact_told, i);
        struct scope then;
        scope_told(&then, draft, fact->entry, told);
        if (facts_counts(fact, &then))
            add_one(draft->view.facts, index, fact, &then, told->person);
    }
}

void facts_rebase(struct draft *draft, const struct kind *before, const json_t *values)
{
    json_decref(draft->view.facts);
    draft->view.facts = json_array();
    draft->view.facts_are_open = true;
    draft->facts_changed = draft->facts_anew = true;
    for (size_t i = 0; i < draft->view.kind->fact_count; i++) {
        int was = kind_find_fact(before, draft->view.kind->facts[i].name);
        bool kept = was >= 0 && in_same_words(&before->facts[was], &draft->view.kind->facts[i]);
        json_t *value = kept ? json_array_get(values, (size_t)was) : NULL;
        json_array_append(draft->view.facts, value != NULL ? value : json_null());
    }
    for (size_t i = 0; i < draft->view.kind->fact_count; i++) {
        int was = kind_find_fact(before, draft->view.kind->facts[i].name);
        if (was < 0 || !in_same_words(&before->facts[was], &draft->view.kind->facts[i]))
            count_stored(draft, i);
    }
}
