/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "matter/draft/members.h"
#include "matter/draft/scope.h"
#include "playbook/form/form.h"

#include <string.h>

#define MONTH_TURN 19 /* of month_19_to_18 */

void indicator_count_clear(struct indicator_count *count)
{
    g_clear_pointer(&count->cells, g_array_unref);
}

/* ---- windows ---- */

static int32_t month_start(int32_t day, int turn)
{
    int year, month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    if (day_of_month < turn && --month == 0) {
        month = 12;
        year--;
    }
    return day_from_civil(year, month, turn);
}

static int32_t window_start(enum indicator_window window, int32_t day)
{
    switch (window) {
    case WINDOW_DAY:
        return day;
    case WINDOW_WEEK:
        return day - (day_of_week(day) - 1);
    case WINDOW_MONTH:
        return month_start(day, 1);
    case WINDOW_MONTH_19:
        return month_start(day, MONTH_TURN);
    }
    g_assert_not_reached();
}

static int32_t window_end(enum indicator_window window, int32_t start)
{
    if (window == WINDOW_DAY)
        return start + 1;
    if (window == WINDOW_WEEK)
        return start + 7;
    return window_start(window, start + 31); /* no month is longer */
}

bool indicator_windows(const struct indicator *indicator, int32_t from, int32_t to, GArray **out_cells)
{
    GArray *cells = g_array_new(FALSE, TRUE, sizeof(struct indicator_cell));
    for (int32_t day = window_start(indicator->window, from); day <= to && cells->len <= INDICATOR_WINDOWS_MOST;) {
        struct indicator_cell cell = {.from_day = day, .to_day = window_end(indicator->window, day)};
        g_array_append_val(cells, cell);
        day = cell.to_day;
    }
    bool fits = cells->len > 0 && cells->len <= INDICATOR_WINDOWS_MOST;
    if (fits)
        *out_cells = cells;
    else
        g_array_unref(cells);
    return fits;
}

/* ---- the tally ---- */

struct indicator_bucket { /* a unit beside the one that is asked for, or it itself; 0: what stands at the one above */
    int64_t unit;
    int64_t tops[INDICATOR_WINDOWS_MOST], bottoms[INDICATOR_WINDOWS_MOST];
};

struct indicator_tally {
    struct decision decision; /* for drafts: only read */
    const struct indicator *indicator;
    int64_t unit, above; /* above: 0 the unit is the root */
    GArray *cells;
    GPtrArray *buckets;
    GHashTable *covered; /* units of `coverage` with anything */
    int64_t starts_us[INDICATOR_WINDOWS_MOST], ends_us[INDICATOR_WINDOWS_MOST];
    int64_t uncounted;
};

struct fact_at { /* what one matter adds */
    struct draft *draft;
    const struct indicator *indicator; /* of its own rules */
    bool bottom;
    int64_t participant; /* of whom, or about whom; 0 none */
};

static struct indicator_bucket *bucket_of(struct indicator_tally *tally, int64_t unit)
{
    for (guint i = 0; i < tally->buckets->len; i++) {
        struct indicator_bucket *bucket = tally->buckets->pdata[i];
        if (bucket->unit == unit)
            return bucket;
    }
    struct indicator_bucket *made = g_new0(struct indicator_bucket, 1);
    made->unit = unit;
    g_ptr_array_add(tally->buckets, made);
    return made;
}

/* In which of the units below `above` it lay then; false: elsewhere. */
static bool place(struct indicator_tally *tally, int64_t unit, int64_t at_us, int64_t *out_below)
{
    struct db *rows = tally->decision.rows;
    *out_below = tally->above == 0 ? tally->unit : 0;
    if (tally->above == 0 || unit == tally->above)
        return unit == tally->above || registry_covers(rows, tally->unit, unit, at_us);
    return db_integer(
        rows, out_below,
        "SELECT c.ancestor FROM cover c JOIN unit u ON u.id = c.ancestor WHERE c.unit = ?1 AND u.parent = "
        "?2 AND c.from_us <= ?3 AND c.to_us > ?3 LIMIT 1",
        "iii", unit, tally->above, at_us);
}

static void add_unit(GArray *units, int64_t unit)
{
    if (unit > 0)
        g_array_append_val(units, unit);
}

/* The unit of the one that it is about, where that belongs to the set; else all that take part in it. */
static void credit_participants(const struct fact_at *fact, const struct participant_set *set, GArray *units)
{
    struct draft *draft = fact->draft;
    const struct participant *one = fact->participant != 0 ? participants_find(draft, fact->participant) : NULL;
    if (one != NULL && one->set != NULL && strcmp(one->set->name, set->name) == 0) {
        add_unit(units, one->who);
        return;
    }
    participants_load_all(draft);
    for (guint i = 0; draft->participants != NULL && i < draft->participants->len; i++) {
        one = &g_array_index(draft->participants, struct participant, i);
        if (one->set != NULL && strcmp(one->set->name, set->name) == 0 && !one->left)
            add_unit(units, one->who);
    }
}

static void credit_units(const struct fact_at *fact, const struct credit *credit, GArray *units)
{
    if (credit->set != NULL) {
        credit_participants(fact, credit->set, units);
        return;
    }
    if (credit->field < 0) {
        add_unit(units, fact->draft->matter.unit);
        return;
    }
    const struct field *field = &fact->draft->kind->form.fields[credit->field];
    const json_t *stored = json_object_get(draft_form(fact->draft), field->name);
    struct value value = stored != NULL ? form_value(field, stored) : (struct value){.type = VALUE_MISSING};
    add_unit(units, value.type == VALUE_UNIT ? value.id : 0);
}

static void note_coverage(struct indicator_tally *tally, int64_t unit, int64_t at_us)
{
    const struct unit_type *type = tally->indicator->coverage;
    if (type == NULL)
        return;
    int64_t of = registry_above(tally->decision.rows, unit, type->name, at_us);
    if (of != 0)
        g_hash_table_add(tally->covered, g_memdup2(&of, sizeof of));
}

/* Once in each unit below, however many credits lie in it. */
static void add(struct indicator_tally *tally, const struct fact_at *fact, size_t window, int64_t at_us)
{
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (size_t i = 0; i < fact->indicator->credit_count; i++)
        credit_units(fact, &fact->indicator->credits[i], units);
    for (guint i = 0; i < units->len; i++) {
        int64_t unit = g_array_index(units, int64_t, i), below;
        if (!place(tally, unit, at_us, &below) || integers_hold(seen, below))
            continue;
        g_array_append_val(seen, below);
        struct indicator_bucket *bucket = bucket_of(tally, below);
        (fact->bottom ? bucket->bottoms : bucket->tops)[window]++;
        if (below == tally->unit)
            note_coverage(tally, unit, at_us);
    }
}

/* ---- when ---- */

static int64_t first_entry_us(struct indicator_tally *tally, const struct fact_at *fact, bool accepted)
{
    int64_t at_us = 0;
    const char *sql = accepted
                          ? "SELECT min(at_us) FROM entry WHERE matter = ?1 AND kind = ?2 AND attempt IS NULL AND "
                            "second IN (0, 2)"
                          : "SELECT min(observed_us) FROM entry WHERE matter = ?1 AND kind = ?2 AND attempt IS NULL "
                            "AND corrected IS NULL AND second IN (0, 2)";
    db_integer(tally->decision.rows, &at_us, sql, "is", fact->draft->matter.id, fact->indicator->on_entry->name);
    return at_us;
}

/* 0: it has not come to that. `entry`: the counted one, NULL none. */
static int64_t dated_us(struct indicator_tally *tally, const struct fact_at *fact, const struct entry_row *entry,
                        int64_t own_us)
{
    bool same =
        entry != NULL && fact->indicator->on_entry != NULL && strcmp(fact->indicator->on_entry->name, entry->kind) == 0;
    switch (fact->indicator->on) {
    case ON_OWN:
        return own_us;
    case ON_OPENED:
        return fact->draft->matter.opened_us;
    case ON_CLOSED:
        return fact->draft->matter.closed_us;
    case ON_OBSERVED:
        return same ? entry->observed_us : first_entry_us(tally, fact, false);
    case ON_ACCEPTED:
        return same ? entry->at_us : first_entry_us(tally, fact, true);
    }
    g_assert_not_reached();
}

static int window_of(const struct indicator_tally *tally, int64_t at_us)
{
    for (guint i = 0; i < tally->cells->len; i++)
        if (at_us >= tally->starts_us[i] && at_us < tally->ends_us[i])
            return (int)i;
    return -1;
}

static void add_at(struct indicator_tally *tally, const struct fact_at *fact, int64_t own_us)
{
    int64_t at_us = dated_us(tally, fact, NULL, own_us);
    int window = window_of(tally, at_us);
    if (window >= 0)
        add(tally, fact, (size_t)window, at_us);
}

/* ---- what ---- */

static bool holds(const struct fact_at *fact, const struct term *term)
{
    struct scope scope;
    scope_init(&scope, fact->draft, NULL, NULL, NULL, fact->draft->matter.opened_us);
    return expr_is_true(term->where, &scope.expr);
}

static bool stood_us(struct indicator_tally *tally, const struct fact_at *fact, const struct term *term, int64_t at_us)
{
    const struct matter *matter = &fact->draft->matter;
    int64_t found;
    if (term->what == TERM_OPEN)
        return matter->opened_us < at_us && (matter->closed_us == 0 || matter->closed_us >= at_us);
    return db_integer(
        tally->decision.rows, &found,
        "SELECT 1 FROM span WHERE matter = ?1 AND state = ?2 AND from_us < ?3 AND (to_us IS NULL OR to_us >= "
        "?3)",
        "isi", matter->id, term->state->name, at_us);
}

/* At the end of each window, or now while it lasts. */
static void count_stock(struct indicator_tally *tally, const struct fact_at *fact, const struct term *term)
{
    if (!holds(fact, term))
        return;
    for (guint i = 0; i < tally->cells->len; i++) {
        int64_t at_us = MIN(tally->ends_us[i], tally->decision.now_us + 1);
        if (tally->starts_us[i] <= tally->decision.now_us && stood_us(tally, fact, term, at_us))
            add(tally, fact, i, at_us - 1);
    }
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

/* As it was known then: an entry that came too late is not there, nor what one has corrected since. */
static bool stands(const GArray *entries, const struct entry_row *row, int64_t until_us)
{
    if (row->at_us > until_us || row->second == SECOND_WAITS || row->second == SECOND_DECLINED)
        return false;
    for (guint i = 0; i < entries->len && row->corrected; i++) {
        const struct entry_row *other = &g_array_index(entries, struct entry_row, i);
        if (other->corrects == row->number && other->at_us <= until_us)
            return false;
    }
    return true;
}

static void count_entries(struct indicator_tally *tally, const struct fact_at *all, const struct term *term)
{
    struct fact_at one = *all, *fact = &one;
    struct draft *draft = fact->draft;
    bool attempts = asks_for_attempts(term);
    g_autoptr(GArray) entries = matter_entries(tally->decision.rows, draft->matter.id, 0, G_MAXINT);
    for (guint i = 0; i < entries->len; i++) {
        const struct entry_row *row = &g_array_index(entries, struct entry_row, i);
        if (strcmp(row->kind, term->entry->name) != 0 || (*row->attempt != '\0' && !attempts))
            continue;
        one.participant = row->participant;
        int64_t at_us = dated_us(tally, fact, row, row->observed_us);
        int window = window_of(tally, at_us);
        int64_t freeze_us = fact->indicator->freeze_us;
        if (window < 0 || !stands(entries, row, freeze_us > 0 ? tally->ends_us[window] + freeze_us : INT64_MAX) ||
            matter_entry_is_sealed(tally->decision.rows, draft->kind, row, tally->decision.now_us))
            continue;
        bool erased = false;
        g_autoptr(json_t) fields = matter_entry_fields(tally->decision.vault, row, &erased);
        struct scope scope;
        scope_init(&scope, draft, term->entry, fields, *row->attempt != '\0' ? row->attempt : NULL, row->observed_us);
        scope.participant = row->participant;
        if (expr_is_true(term->where, &scope.expr))
            add(tally, fact, (size_t)window, at_us);
    }
}

static bool is_counted(enum term_what what, enum outcome outcome)
{
    bool fallen_due = outcome == OUTCOME_MET || outcome == OUTCOME_LATE || outcome == OUTCOME_MISSED;
    return (what == TERM_MET && outcome == OUTCOME_MET) || (what == TERM_LATE && outcome == OUTCOME_LATE) ||
           (what == TERM_MISSED && outcome == OUTCOME_MISSED) || (what == TERM_EXCUSED && outcome == OUTCOME_EXCUSED) ||
           (what == TERM_DUE && fallen_due);
}

static void count_expectations(struct indicator_tally *tally, const struct fact_at *fact, const struct term *term)
{
    if (!holds(fact, term))
        return;
    g_autoptr(GArray) all = matter_expectations(tally->decision.rows, NULL, fact->draft->matter.id);
    for (guint i = 0; i < all->len; i++) {
        const struct expectation_row *row = &g_array_index(all, struct expectation_row, i);
        bool overdue = term->what == TERM_DUE && row->outcome == OUTCOME_OPEN && row->overdue;
        struct fact_at one = *fact;
        one.participant = row->participant;
        if (strcmp(row->name, term->expect->name) == 0 && (overdue || is_counted(term->what, row->outcome)))
            add_at(tally, &one, row->due_us);
    }
}

static void count_term(struct indicator_tally *tally, struct draft *draft, const struct indicator *indicator,
                       bool bottom)
{
    const struct term *term = bottom ? &indicator->bottom : &indicator->top;
    const struct fact_at fact = {draft, indicator, bottom, 0};
    if (term_is_stock(term))
        count_stock(tally, &fact, term);
    else if (term->what == TERM_ENTRIES)
        count_entries(tally, &fact, term);
    else if (term->what == TERM_OPENED && holds(&fact, term))
        add_at(tally, &fact, draft->matter.opened_us);
    else if (term->what == TERM_CLOSED && draft->matter.closed_us != 0 && holds(&fact, term))
        add_at(tally, &fact, draft->matter.closed_us);
    else if (term->expect != NULL)
        count_expectations(tally, &fact, term);
}

static void count_matter(struct indicator_tally *tally, int64_t id)
{
    AUTO(draft) struct draft draft = {0};
    if (!draft_load(&draft, &tally->decision, id))
        return;
    const struct indicator *indicator = kind_find_indicator(draft.kind, tally->indicator->name);
    if (indicator == NULL || draft.state->proposed) {
        tally->uncounted += indicator == NULL;
        return;
    }
    count_term(tally, &draft, indicator, false);
    if (indicator->ratio)
        count_term(tally, &draft, indicator, true);
}

/* ---- which matters ---- */

/* What has not changed since the first window began adds nothing to it; what counts at a unit of a form, or at one
 * that takes part, may lie anywhere. */
static GArray *matters_of(struct indicator_tally *tally)
{
    bool anywhere = tally->above == 0;
    for (size_t i = 0; i < tally->indicator->credit_count; i++)
        anywhere = anywhere || tally->indicator->credits[i].field >= 0 || tally->indicator->credits[i].set != NULL;
    int64_t from_us = tally->starts_us[0], to_us = tally->ends_us[tally->cells->len - 1];
    return rows_integers(
        rows_of(tally->decision.rows,
                "SELECT DISTINCT m.id FROM cover c CROSS JOIN matter m ON m.unit = c.unit WHERE c.ancestor = ?1 AND "
                "m.kind = ?2 AND m.opened_us < ?3 AND (m.closed_us = 0 OR m.changed_us >= ?4) ORDER BY m.id LIMIT ?5",
                "isiii", anywhere ? REGISTRY_ROOT : tally->above, tally->indicator->kind->name, to_us, from_us,
                (int64_t)LIMIT_RECOUNT_MATTERS + 1));
}

/* ---- the smallest cell ---- */

static bool is_small(int64_t count, int smallest)
{
    return count > 0 && count < smallest;
}

static int64_t measure(const struct indicator_tally *tally, const struct indicator_bucket *bucket, size_t window)
{
    return tally->indicator->ratio ? bucket->bottoms[window] : bucket->tops[window];
}

static bool gives_away(const struct indicator_tally *tally, const struct indicator_bucket *bucket, size_t window)
{
    int smallest = tally->indicator->smallest_cell;
    int64_t top = bucket->tops[window], bottom = bucket->bottoms[window];
    if (!tally->indicator->ratio)
        return is_small(top, smallest);
    return is_small(bottom, smallest) || (bottom > 0 && (is_small(top, smallest) || is_small(bottom - top, smallest)));
}

/* The least of those that are shown yet and hold anything. */
static struct indicator_bucket *least_shown(const struct indicator_tally *tally, GHashTable *hidden, size_t window)
{
    struct indicator_bucket *least = NULL;
    for (guint i = 0; i < tally->buckets->len; i++) {
        struct indicator_bucket *bucket = tally->buckets->pdata[i];
        int64_t count = measure(tally, bucket, window);
        if (count == 0 || g_hash_table_contains(hidden, bucket))
            continue;
        if (least == NULL || count < measure(tally, least, window) ||
            (count == measure(tally, least, window) && bucket->unit < least->unit))
            least = bucket;
    }
    return least;
}

/* A single hidden figure is the difference of the one above and the others: so the least of the others hides too, until
 * what is hidden is of some size together. */
static bool is_hidden(struct indicator_tally *tally, struct indicator_bucket *own, size_t window)
{
    g_autoptr(GHashTable) hidden = g_hash_table_new(NULL, NULL);
    int64_t sum = 0;
    if (tally->indicator->smallest_cell == 0)
        return false;
    for (guint i = 0; i < tally->buckets->len; i++) {
        struct indicator_bucket *bucket = tally->buckets->pdata[i];
        if (!gives_away(tally, bucket, window))
            continue;
        g_hash_table_add(hidden, bucket);
        sum += measure(tally, bucket, window);
    }
    while (g_hash_table_size(hidden) > 0 && (g_hash_table_size(hidden) < 2 || sum < tally->indicator->smallest_cell)) {
        struct indicator_bucket *more = least_shown(tally, hidden, window);
        if (more == NULL)
            break;
        g_hash_table_add(hidden, more);
        sum += measure(tally, more, window);
    }
    return g_hash_table_contains(hidden, own);
}

/* ---- the whole ---- */

static void begin(struct indicator_tally *tally, GTimeZone *zone)
{
    for (guint i = 0; i < tally->cells->len; i++) {
        const struct indicator_cell *cell = &g_array_index(tally->cells, struct indicator_cell, i);
        tally->starts_us[i] = day_time_us(cell->from_day, 0, zone);
        tally->ends_us[i] = day_time_us(cell->to_day, 0, zone);
    }
}

static void fill(struct indicator_tally *tally, struct indicator_count *out)
{
    struct indicator_bucket *own = bucket_of(tally, tally->unit);
    for (guint i = 0; i < out->cells->len; i++) {
        struct indicator_cell *cell = &g_array_index(out->cells, struct indicator_cell, i);
        cell->top = own->tops[i];
        cell->bottom = own->bottoms[i];
        cell->hidden = is_hidden(tally, own, i);
        cell->thin = tally->indicator->ratio && cell->bottom < tally->indicator->min_bottom;
    }
    out->uncounted = tally->uncounted;
    if (tally->indicator->coverage == NULL)
        return;
    out->covered_units = g_hash_table_size(tally->covered);
    db_integer(tally->decision.rows, &out->unit_count,
               "SELECT count(*) FROM cover c JOIN unit u ON u.id = c.unit WHERE c.ancestor = ?1 AND u.type = ?2 AND "
               "c.from_us <= ?3 AND c.to_us > ?3",
               "isi", tally->unit, tally->indicator->coverage->name, tally->decision.now_us);
}

bool indicator_recount(struct db *rows, struct vault *vault, struct rulebook *rulebook,
                       const struct indicator *indicator, int64_t unit, int64_t now_us, struct indicator_count *out)
{
    struct unit asked;
    g_autoptr(GPtrArray) buckets = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) covered = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    struct indicator_tally tally = {
        .indicator = indicator, .unit = unit, .cells = out->cells, .buckets = buckets, .covered = covered};
    tally.decision = (struct decision){
        .rows = rows, .vault = vault, .rulebook = rulebook, .playbook = rulebook_current(rulebook), .now_us = now_us};
    decision_init(&tally.decision);
    tally.above = registry_unit(rows, unit, &asked) ? asked.parent : 0;
    begin(&tally, tally.decision.playbook->zone);
    g_autoptr(GArray) ids = matters_of(&tally);
    bool fits = ids->len <= LIMIT_RECOUNT_MATTERS;
    for (guint i = 0; fits && i < ids->len; i++)
        count_matter(&tally, g_array_index(ids, int64_t, i));
    if (fits)
        fill(&tally, out);
    decision_clear(&tally.decision);
    return fits;
}
