/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/model.h"

#include <string.h>

struct playbook *playbook_ref(struct playbook *playbook)
{
    g_atomic_int_inc(&playbook->references);
    return playbook;
}

void playbook_unref(struct playbook *playbook)
{
    if (g_atomic_int_dec_and_test(&playbook->references))
        playbook->release(playbook);
}

/* One search for all named arrays; they are short and their names differ early. */
#define FIND(array, count, member, wanted)                                                                             \
    for (size_t i = 0; i < (count); i++)                                                                               \
        if (strcmp((array)[i].member, (wanted)) == 0)                                                                  \
            return &(array)[i];                                                                                        \
    return NULL

#define FIND_INDEX(array, count, wanted)                                                                               \
    for (size_t i = 0; i < (count); i++)                                                                               \
        if (strcmp((array)[i].name, (wanted)) == 0)                                                                    \
            return (int)i;                                                                                             \
    return -1

const struct board *playbook_find_board(const struct playbook *playbook, const char *name)
{
    FIND(playbook->boards, playbook->board_count, name, name);
}

const struct clause *playbook_find_clause(const struct playbook *playbook, const char *id)
{
    FIND(playbook->clauses, playbook->clause_count, id, id);
}

const struct kind *playbook_find_kind(const struct playbook *playbook, const char *name)
{
    FIND(playbook->kinds, playbook->kind_count, name, name);
}

const struct role *playbook_find_role(const struct playbook *playbook, const char *name)
{
    FIND(playbook->roles, playbook->role_count, name, name);
}

const struct unit_type *playbook_find_unit_type(const struct playbook *playbook, const char *name)
{
    FIND(playbook->unit_types, playbook->unit_type_count, name, name);
}

const struct code_list *playbook_find_list(const struct playbook *playbook, const char *name)
{
    FIND(playbook->lists, playbook->list_count, name, name);
}

const struct rule *playbook_find_rule(const struct playbook *playbook, const char *name)
{
    FIND(playbook->rules, playbook->rule_count, name, name);
}

const struct indicator *kind_find_indicator(const struct kind *kind, const char *name)
{
    FIND(kind->indicators, kind->indicator_count, name, name);
}

static const struct indicator *find_level(const struct playbook *playbook, const char *name)
{
    FIND(playbook->indicators, playbook->indicator_count, name, name);
}

const struct indicator *playbook_find_indicator(const struct playbook *playbook, const char *name)
{
    const struct indicator *found = find_level(playbook, name);
    for (size_t i = 0; i < playbook->kind_count && found == NULL; i++)
        found = kind_find_indicator(&playbook->kinds[i], name);
    return found;
}

const struct unit_fact *playbook_find_unit_fact(const struct playbook *playbook, const char *name)
{
    FIND(playbook->unit_facts, playbook->unit_fact_count, name, name);
}

bool unit_fact_is_at(const struct unit_fact *fact, const char *unit_type)
{
    for (size_t i = 0; i < fact->at_count; i++)
        if (strcmp(fact->at[i]->name, unit_type) == 0)
            return true;
    return false;
}

#define UNIT_TYPE_LEVELS 8 /* more than any tree has; where types stand under each other */

static bool is_at_or_above(const struct unit_type *above, const struct unit_type *type, int depth)
{
    if (above == type)
        return true;
    for (size_t i = 0; i < type->under_count && depth > 0; i++)
        if (is_at_or_above(above, type->under[i], depth - 1))
            return true;
    return false;
}

bool unit_type_is_at_or_above(const struct unit_type *above, const struct unit_type *type)
{
    return is_at_or_above(above, type, UNIT_TYPE_LEVELS);
}

const struct calendar *playbook_find_calendar(const struct playbook *playbook, const char *name)
{
    FIND(playbook->calendars, playbook->calendar_count, name, name);
}

const struct document *playbook_find_document(const struct playbook *playbook, const char *name)
{
    FIND(playbook->documents, playbook->document_count, name, name);
}

const struct entry_def *kind_find_entry(const struct kind *kind, const char *name)
{
    FIND(kind->entries, kind->entry_count, name, name);
}

const struct state *kind_find_state(const struct kind *kind, const char *name)
{
    FIND(kind->states, kind->state_count, name, name);
}

const struct expect *kind_expect_at(const struct kind *kind, int index)
{
    size_t left = (size_t)index;
    for (size_t i = 0; i < kind->state_count; i++) {
        if (left < kind->states[i].expect_count)
            return &kind->states[i].expects[left];
        left -= kind->states[i].expect_count;
    }
    return NULL;
}

int kind_find_fact(const struct kind *kind, const char *name)
{
    FIND_INDEX(kind->facts, kind->fact_count, name);
}

int form_find_field(const struct form *form, const char *name)
{
    FIND_INDEX(form->fields, form->field_count, name);
}

const struct code *code_list_find(const struct code_list *list, const char *code)
{
    FIND(list->codes, list->code_count, code, code);
}

const struct expect *expect_find(const struct kind *kind, const char *name, struct expect *accepting)
{
    for (size_t s = 0; s < kind->state_count; s++)
        for (size_t i = 0; i < kind->states[s].expect_count; i++)
            if (strcmp(kind->states[s].expects[i].name, name) == 0)
                return &kind->states[s].expects[i];
    for (size_t i = 0; i < kind->confirmation_count; i++)
        if (strcmp(kind->confirmations[i].name, name) == 0)
            return &kind->confirmations[i];
    if (kind->handover.decided && strcmp(name, EXPECTATION_ASSIGN) == 0)
        return &kind->handover.deciding;
    if (!kind->handover.present || strcmp(name, EXPECTATION_ACCEPT) != 0)
        return NULL;
    *accepting = (struct expect){
        .name = (char *)EXPECTATION_ACCEPT,
        .entry = kind_find_entry(kind, EXPECTATION_ACCEPT),
        .answers = kind->handover.accept,
        .deadline = DEADLINE_WITHIN,
        .within_us = kind->handover.within_us,
    };
    return accepting;
}

bool expect_is_met_by(const struct expect *expect, const struct entry_def *entry)
{
    return expect->entry == entry || (expect->or_entry != NULL && expect->or_entry == entry);
}

bool entry_fits_state(const struct entry_def *entry, const struct state *state)
{
    if (entry->in_count == 0)
        return !state->final && !state->proposed;
    for (size_t i = 0; i < entry->in_count; i++)
        if (entry->in[i] == state)
            return true;
    return false;
}

const struct participant_set *kind_find_participants(const struct kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->participant_count; i++)
        if (strcmp(kind->participants[i].name, name) == 0)
            return &kind->participants[i];
    return NULL;
}

const struct rule_edition *rule_edition_on(const struct rule *rule, int32_t day)
{
    const struct rule_edition *found = NULL;
    for (size_t i = 0; i < rule->edition_count && rule->editions[i].from_day <= day; i++)
        found = &rule->editions[i];
    return found;
}

const char *const board_spread_keys[SPREAD_KEY_COUNT] = {[SPREAD_GREEN_SHARE] = "green_share",
                                                         [SPREAD_GREEN_HOURS] = "green_hours",
                                                         [SPREAD_RED_SHARE] = "red_share",
                                                         [SPREAD_RED_HOURS] = "red_hours"};

struct value rule_value_on(const struct rule *rule, int32_t day, const char *key)
{
    const struct rule_edition *edition = rule_edition_on(rule, day);
    for (size_t i = 0; edition != NULL && i < edition->value_count; i++)
        if (g_strcmp0(edition->values[i].key, key) == 0)
            return edition->values[i].value;
    return (struct value){.type = VALUE_MISSING};
}

bool term_is_stock(const struct term *term)
{
    return term->what == TERM_OPEN || term->what == TERM_IN_STATE || term->what == TERM_LAST;
}

const struct unit_fact *indicator_top_fact(const struct indicator *indicator)
{
    return indicator->kind == NULL ? indicator->level_top.fact : indicator->top.fact;
}

const struct unit_fact *indicator_bottom_fact(const struct indicator *indicator)
{
    return indicator->kind == NULL ? indicator->level_bottom.fact : indicator->bottom.fact;
}

bool indicator_is_share(const struct indicator *indicator)
{
    return indicator->ratio && indicator_bottom_fact(indicator) == NULL;
}

bool indicator_is_thin(const struct indicator *indicator, int64_t bottom)
{
    return indicator_is_share(indicator) && bottom < indicator->min_bottom;
}

bool indicator_is_dated(const struct indicator *indicator)
{
    return indicator->kind != NULL ||
           (indicator_top_fact(indicator) != NULL && (!indicator->ratio || indicator_bottom_fact(indicator) != NULL));
}

/* ---- what the program made ---- */

static size_t handover_entry_count(const struct kind *kind)
{
    return kind->handover.present ? HANDOVER_ENTRY_LEAST + kind->handover.decided + kind->handover.no_show : 0;
}

bool is_generated_state(const struct kind *kind, const struct state *state)
{
    size_t index = (size_t)(state - kind->states);
    return kind->proposed != NULL && index >= (size_t)(kind->proposed - kind->states);
}

bool is_generated_entry(const struct kind *kind, const struct entry_def *entry)
{
    size_t made =
        (kind->proposed != NULL ? PROPOSAL_ENTRY_COUNT : 0) + handover_entry_count(kind) + kind->clock_entry_count;
    return (size_t)(entry - kind->entries) >= kind->entry_count - made;
}

/* ---- who stands above whom ---- */

static void add_role(GPtrArray *names, const struct address *address)
{
    if (address->party == PARTY_ROLE && !g_ptr_array_find(names, address->role->name, NULL))
        g_ptr_array_add(names, address->role->name);
}

static void add_above(GPtrArray *names, const struct expect *expect, const char *role)
{
    if (expect->answers.party != PARTY_ROLE || strcmp(expect->answers.role->name, role) != 0)
        return;
    for (size_t i = 0; i < expect->escalation_count; i++)
        add_role(names, &expect->escalations[i].to);
}

static void add_all_above(GPtrArray *names, const struct playbook *playbook, const char *role)
{
    for (size_t k = 0; k < playbook->kind_count; k++)
        for (size_t s = 0; s < playbook->kinds[k].state_count; s++)
            for (size_t e = 0; e < playbook->kinds[k].states[s].expect_count; e++)
                add_above(names, &playbook->kinds[k].states[s].expects[e], role);
}

const char **playbook_roles_above(const struct playbook *playbook, const char *role)
{
    GPtrArray *names = g_ptr_array_new();
    add_all_above(names, playbook, role);
    for (guint i = 0; i < names->len; i++)
        add_all_above(names, playbook, g_ptr_array_index(names, i));
    g_ptr_array_add(names, NULL);
    return (const char **)g_ptr_array_free(names, FALSE);
}
