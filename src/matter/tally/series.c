/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/series.h"

#include "playbook/expr/expr.h"
#include "playbook/form/field.h"
#include "playbook/form/form.h"
#include "playbook/model/model.h"

/* ---- what is kept ---- */

/* As form_split() seals it. */
static bool is_sealed(const struct kind *kind, const struct field *field)
{
    return kind->about == ABOUT_PERSON ? !field->clear : field_is_personal(field) || field->words;
}

struct series_reading {
    const struct kind *kind;
    const struct entry_def *entry;
    bool elsewhere; /* something that is not kept */
    unsigned whole_after;
};

static void note_builtin(struct series_reading *reading, enum expr_builtin name)
{
    switch (name) {
    case EXPR_MATTER_STATE:
    case EXPR_STATE_SINCE:
        reading->whole_after |= CHANGE_STATE;
        break;
    case EXPR_OBSERVED_AT:
    case EXPR_ATTEMPT:
    case EXPR_MATTER_OPENED_AT:
    case EXPR_MATTER_UNIT:
        break;
    case EXPR_NOW:
    case EXPR_SUBJECT:
    case EXPR_PARTICIPANT_STATE:
    case EXPR_PARTICIPANT_WHO:
    case EXPR_BUILTIN_COUNT:
        reading->elsewhere = true;
        break;
    }
}

static void note(void *context, const struct expr_symbol *symbol)
{
    struct series_reading *reading = context;
    switch (symbol->space) {
    case EXPR_ENTRY_FIELD:
        reading->elsewhere |=
            reading->entry == NULL || is_sealed(reading->kind, &reading->entry->form.fields[symbol->index]);
        break;
    case EXPR_MATTER_FIELD:
        reading->elsewhere |= is_sealed(reading->kind, &reading->kind->form.fields[symbol->index]);
        reading->whole_after |= CHANGE_FORM;
        break;
    case EXPR_RULE:
    case EXPR_TABLE:
        break;
    case EXPR_BUILTIN:
        note_builtin(reading, (enum expr_builtin)symbol->index);
        break;
    case EXPR_FACT:
    case EXPR_PARTICIPANT:
    case EXPR_LINE:
    case EXPR_EXPECTATION:
    case EXPR_SPACE_COUNT:
        reading->elsewhere = true;
        break;
    }
}

static void read_amount(struct series_reading *reading, const struct term *term)
{
    const struct amount *amount = &term->amount;
    if (amount->field == NULL)
        return;
    reading->elsewhere |= is_sealed(reading->kind, amount->lines != NULL ? amount->lines : amount->field);
    if (amount->of_matter)
        reading->whole_after |= CHANGE_FORM;
    if (term->what == TERM_LAST && term->entry != NULL)
        reading->whole_after |= CHANGE_ENTRIES; /* one ends what another said */
}

static void read_term(struct series_reading *reading, const struct term *term)
{
    reading->entry = term->entry;
    read_amount(reading, term);
    reading->elsewhere |= term->entry != NULL && term->entry->sealed_by != NULL;
    if (term->where != NULL)
        expr_visit(term->where, note, reading);
}

/* Each fact of the term is one participant's of the set, so that others who come or leave do not concern it. */
static bool is_of_each(const struct term *term, const struct participant_set *set)
{
    return term->expect != NULL && term->expect->each == set;
}

static void read_credits(struct series_reading *reading, const struct indicator *indicator)
{
    for (size_t i = 0; i < indicator->credit_count; i++) {
        const struct credit *credit = &indicator->credits[i];
        if (credit->field >= 0) {
            reading->elsewhere |= is_sealed(reading->kind, &reading->kind->form.fields[credit->field]);
            reading->whole_after |= CHANGE_FORM;
        }
        if (credit->set == NULL)
            continue;
        reading->whole_after |= CHANGE_WHO;
        if (!is_of_each(&indicator->top, credit->set) ||
            (indicator->ratio && indicator->bottom.fact == NULL && !is_of_each(&indicator->bottom, credit->set)))
            reading->whole_after |= CHANGE_JOINED;
    }
}

static struct series_reading read_indicator(const struct indicator *indicator)
{
    struct series_reading reading = {.kind = indicator->kind, .whole_after = CHANGE_ALL};
    read_term(&reading, &indicator->top);
    if (indicator->ratio)
        read_term(&reading, &indicator->bottom);
    read_credits(&reading, indicator);
    if (indicator->on == ON_CLOSED)
        reading.whole_after |= CHANGE_CLOSED;
    if (indicator->on == ON_OBSERVED || indicator->on == ON_ACCEPTED)
        reading.whole_after |= CHANGE_ENTRIES;
    return reading;
}

bool series_is_kept(const struct indicator *indicator)
{
    return !read_indicator(indicator).elsewhere;
}

bool series_is_elsewhere(const struct indicator *indicator)
{
    for (size_t i = 0; i < indicator->credit_count; i++) {
        const struct credit *credit = &indicator->credits[i];
        if (credit->field >= 0 || credit->set != NULL || credit->of_entry != NULL || credit->answerer)
            return true;
    }
    return false;
}

/* ---- by kind ---- */

static void series_free(gpointer series)
{
    g_array_unref(series);
}

void series_cache_init(struct series_cache *cache, struct db *rows, bool reads_only)
{
    *cache = (struct series_cache){
        .rows = rows, .reads_only = reads_only, .kinds = g_hash_table_new_full(NULL, NULL, NULL, series_free)};
}

void series_cache_clear(struct series_cache *cache)
{
    g_clear_pointer(&cache->kinds, g_hash_table_unref);
}

int64_t series_find(struct db *rows, const char *kind, const char *name)
{
    int64_t id = 0;
    db_integer(rows, &id, "SELECT id FROM tally_series WHERE kind = ?1 AND name = ?2", "ss", kind, name);
    return id;
}

static int64_t id_of(struct series_cache *cache, const struct indicator *indicator)
{
    int64_t id = series_find(cache->rows, indicator->kind->name, indicator->name);
    if (id == 0 && cache->reads_only)
        return -++cache->strangers;
    if (id != 0)
        return id;
    db_integer(cache->rows, &id,
               "SELECT coalesce((SELECT max(id) + 1 FROM tally_series WHERE kind = ?1), "
               "((SELECT coalesce(max(id), 0) FROM tally_series) >> 16) + 1 << 16)",
               "s", indicator->kind->name);
    db_run(cache->rows, "INSERT INTO tally_series (id, kind, name) VALUES (?1, ?2, ?3)", "iss", id,
           indicator->kind->name, indicator->name);
    return id;
}

const GArray *series_of(struct series_cache *cache, const struct playbook *playbook, const struct kind *kind)
{
    GArray *all = g_hash_table_lookup(cache->kinds, kind);
    if (all != NULL)
        return all;
    all = g_array_new(FALSE, FALSE, sizeof(struct series));
    for (size_t i = 0; i < kind->indicator_count; i++) {
        const struct indicator *indicator = &kind->indicators[i];
        struct series_reading reading = read_indicator(indicator);
        struct series one = {.indicator = indicator, .playbook = playbook, .whole_after = reading.whole_after};
        if (reading.elsewhere)
            continue;
        one.id = id_of(cache, indicator);
        g_array_append_val(all, one);
    }
    g_hash_table_insert(cache->kinds, (gpointer)kind, all);
    return all;
}
