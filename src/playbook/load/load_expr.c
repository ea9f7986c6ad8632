/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions in a playbook: what names mean where, and where in the file a fault lies. */
#include "playbook/load/load_expr.h"

#include "base/nearest.h"
#include "playbook/check/check.h"
#include "playbook/form/form.h"
#include "playbook/model/effect_def.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/fact_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/participant_set.h"
#include "playbook/model/rule.h"
#include "playbook/source/diagnostic.h"

#include <string.h>

#define STATE_LIST "matter.state" /* the codes of matter.state are the kind's states */

static const struct builtin {
    const char *name;
    enum expr_builtin index;
    enum value_type type;
    bool in_entry;
} builtins[] = {
    {"now", EXPR_NOW, VALUE_DATETIME, false},
    {"at", EXPR_OBSERVED_AT, VALUE_DATETIME, true},
    {"entry.observed_at", EXPR_OBSERVED_AT, VALUE_DATETIME, true},
    {"attempt", EXPR_ATTEMPT, VALUE_CHOICE, true},
    {"matter.state", EXPR_MATTER_STATE, VALUE_CHOICE, false},
    {"matter.opened_at", EXPR_MATTER_OPENED_AT, VALUE_DATETIME, false},
    {"matter.unit", EXPR_MATTER_UNIT, VALUE_UNIT, false},
    {"matter.state_since", EXPR_STATE_SINCE, VALUE_DATETIME, false},
    {"subject", EXPR_SUBJECT, VALUE_PERSON, false},
    {"participant.state", EXPR_PARTICIPANT_STATE, VALUE_CHOICE, true},
    {"participant.who", EXPR_PARTICIPANT_WHO, VALUE_PERSON, true},
};

/* The set of the participant that a loop is at, else for whom, or about whom, the entry is. */
static const struct participant_set *current_set(const struct load_scope *scope)
{
    const struct entry_def *entry = scope->entry;
    if (scope->loop != NULL && scope->loop->over == LOOP_PARTICIPANTS)
        return scope->loop->set;
    return entry == NULL ? NULL : entry->as != NULL ? entry->as : entry->of;
}

static const struct code_list *current_states(const struct load_scope *scope)
{
    const struct participant_set *set = current_set(scope);
    return set != NULL ? set->states : NULL;
}

static bool has_builtin(const struct load_scope *scope, const struct builtin *builtin)
{
    if (builtin->in_entry && !scope->in_entry)
        return false;
    switch (builtin->index) {
    case EXPR_ATTEMPT:
        return scope->entry != NULL &&
               (scope->entry->attempts != NULL || loader_is_unresolved(scope->loader, &scope->entry->attempts));
    case EXPR_SUBJECT:
        return scope->kind->about != ABOUT_NOTHING;
    case EXPR_PARTICIPANT_STATE:
        return current_states(scope) != NULL;
    case EXPR_PARTICIPANT_WHO:
        return current_set(scope) != NULL;
    case EXPR_NOW:
    case EXPR_OBSERVED_AT:
    case EXPR_MATTER_STATE:
    case EXPR_MATTER_OPENED_AT:
    case EXPR_MATTER_UNIT:
    case EXPR_STATE_SINCE:
    case EXPR_BUILTIN_COUNT:
        return true;
    }
    g_assert_not_reached();
}

static bool resolve_builtin(const struct load_scope *scope, const char *name, struct expr_symbol *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(builtins); i++) {
        if (strcmp(builtins[i].name, name) != 0 || !has_builtin(scope, &builtins[i]))
            continue;
        *out = (struct expr_symbol){.space = EXPR_BUILTIN, .index = builtins[i].index, .type = builtins[i].type};
        if (builtins[i].index == EXPR_ATTEMPT && scope->entry->attempts == NULL)
            out->type = VALUE_MISSING;
        else if (builtins[i].index == EXPR_ATTEMPT)
            out->list = scope->entry->attempts->name;
        else if (builtins[i].index == EXPR_MATTER_STATE)
            out->list = STATE_LIST;
        else if (builtins[i].index == EXPR_PARTICIPANT_STATE)
            out->list = current_states(scope)->name;
        else if (builtins[i].index == EXPR_SUBJECT && scope->kind->about == ABOUT_UNIT)
            out->type = VALUE_UNIT;
        else if (builtins[i].index == EXPR_PARTICIPANT_WHO && !current_set(scope)->persons)
            out->type = VALUE_UNIT;
        return true;
    }
    return false;
}

static bool resolve_field(const struct load_scope *scope, const struct form *form, enum expr_space space,
                          const char *name, struct expr_symbol *out)
{
    if (form == NULL)
        return false;
    const struct field *field = named_find(form->fields, form->field_count, sizeof *field, name);
    if (field == NULL)
        return false;
    bool known = !loader_is_unresolved(scope->loader, field);
    *out = (struct expr_symbol){.space = space,
                                .index = (int)(field - form->fields),
                                .type = known ? field_value_type(field) : VALUE_MISSING,
                                .unit = field->unit,
                                .list = field->list != NULL ? field->list->name : NULL,
                                .lines = field->lines};
    return true;
}

static bool resolve_line(const struct load_scope *scope, const char *name, struct expr_symbol *out)
{
    if (!scope->line_is_unresolved)
        return resolve_field(scope, scope->line, EXPR_LINE, name, out);
    *out = (struct expr_symbol){.space = EXPR_LINE, .type = VALUE_MISSING};
    return true;
}

static bool resolve_fact(const struct load_scope *scope, const char *name, struct expr_symbol *out)
{
    const struct kind *kind = scope->kind;
    if (!scope->facts)
        return false;
    const struct fact *fact = named_find(kind->facts, kind->fact_count, sizeof *fact, name);
    if (fact == NULL)
        return false;
    *out = (struct expr_symbol){
        .space = EXPR_FACT, .index = (int)(fact - kind->facts), .type = fact->type, .unit = fact->unit};
    if (fact->by != NULL && fact->by->list != NULL)
        out->key_list = fact->by->list->name;
    if (fact->member == FACT_MEMBER_FIELD && fact->entry != NULL) {
        const struct field *field = &fact->entry->form.fields[fact->field];
        out->unit = field->unit;
        out->list = field->list != NULL ? field->list->name : NULL;
    }
    return true;
}

/* "answer.due" */
static bool resolve_expectation(const struct load_scope *scope, const char *name, struct expr_symbol *out)
{
    static const char *const members[EXPECTATION_MEMBER_COUNT] = {
        [EXPECTATION_IS_OPEN] = "open",
        [EXPECTATION_IS_MET] = "met",
        [EXPECTATION_IS_EXPIRED] = "expired",
        [EXPECTATION_DUE] = "due",
    };
    const char *dot = strrchr(name, '.');
    if (!scope->facts || dot == NULL)
        return false;
    const struct expect *expect;
    for (int i = 0; (expect = kind_expect_at(scope->kind, i)) != NULL; i++) {
        if (strlen(expect->name) != (size_t)(dot - name) || !g_str_has_prefix(name, expect->name))
            continue;
        for (int member = 0; member < EXPECTATION_MEMBER_COUNT; member++)
            if (strcmp(dot + 1, members[member]) == 0) {
                *out = (struct expr_symbol){.space = EXPR_EXPECTATION,
                                            .index = i * EXPECTATION_MEMBER_COUNT + member,
                                            .type = member == EXPECTATION_DUE ? VALUE_DATETIME : VALUE_BOOL};
                return true;
            }
    }
    return false;
}

/* The only one of a set, or all of them as lines. */
static bool resolve_participant(const struct load_scope *scope, const char *name, struct expr_symbol *out)
{
    const struct kind *kind = scope->kind;
    const struct participant_set *set = named_find(kind->participants, kind->participant_count, sizeof *set, name);
    if (set == NULL)
        return false;
    *out = (struct expr_symbol){.space = EXPR_PARTICIPANT, .index = (int)(set - kind->participants)};
    out->type = set->most != 1 ? VALUE_LINES : set->persons ? VALUE_PERSON : VALUE_UNIT;
    out->lines = set->most != 1 ? &set->columns : NULL;
    return true;
}

static bool resolve_rule(const struct load_scope *scope, const char *name, struct expr_symbol *out)
{
    const struct playbook *playbook = scope->loader->playbook;
    const struct rule *rule = named_find(playbook->rules, playbook->rule_count, sizeof *rule, name);
    if (rule == NULL)
        return false;
    *out = (struct expr_symbol){.space = rule->table ? EXPR_TABLE : EXPR_RULE,
                                .index = (int)(rule - playbook->rules),
                                .type = rule->type,
                                .unit = rule->unit,
                                .list = rule->list != NULL ? rule->list->name : NULL,
                                .key_list = rule->key_list != NULL ? rule->key_list->name : NULL};
    return true;
}

static const char *after(const char *name, const char *prefix)
{
    return g_str_has_prefix(name, prefix) ? name + strlen(prefix) : NULL;
}

static bool resolve_name(const struct load_scope *scope, const char *name, struct expr_symbol *out)
{
    const char *rest;
    if (resolve_builtin(scope, name, out))
        return true;
    if (scope->line != NULL && strcmp(name, "line") == 0)
        return false; /* a field of that name would hide the current line */
    if ((rest = after(name, "facts.")) != NULL)
        return resolve_fact(scope, rest, out);
    if ((rest = after(name, "expectation.")) != NULL)
        return resolve_expectation(scope, rest, out);
    if ((rest = after(name, "participant.")) != NULL)
        return resolve_participant(scope, rest, out);
    if ((rest = after(name, "rule.")) != NULL)
        return resolve_rule(scope, rest, out) && out->space == EXPR_RULE;
    if ((rest = after(name, "table.")) != NULL)
        return resolve_rule(scope, rest, out) && out->space == EXPR_TABLE;
    if ((rest = after(name, "entry.")) != NULL)
        return scope->in_entry && resolve_field(scope, scope->own, EXPR_ENTRY_FIELD, rest, out);
    if ((rest = after(name, "line.")) != NULL)
        return resolve_line(scope, rest, out);
    if ((rest = after(name, "matter.")) != NULL)
        return resolve_field(scope, scope->matter, EXPR_MATTER_FIELD, rest, out);
    return resolve_field(scope, scope->own, EXPR_ENTRY_FIELD, name, out) ||
           resolve_field(scope, scope->matter, EXPR_MATTER_FIELD, name, out);
}

/* ---- suggestions ---- */

static void add_fields(GPtrArray *names, const struct form *form)
{
    for (size_t i = 0; form != NULL && i < form->field_count; i++)
        if (form->fields[i].name != NULL)
            g_ptr_array_add(names, g_strdup(form->fields[i].name));
}

/* Of "entry.temprature", "matter.lan" or "line.quantty". */
static char *suggest_field(const struct load_scope *scope, const char *wrong)
{
    const struct {
        const char *prefix;
        const struct form *form;
    } places[] = {{"entry.", scope->own}, {"matter.", scope->matter}, {"line.", scope->line}};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        const struct form *form = places[i].form;
        const char *rest = after(wrong, places[i].prefix);
        const char *near = rest == NULL || form == NULL
                               ? NULL
                               : named_nearest(form->fields, form->field_count, sizeof *form->fields, rest);
        if (near != NULL)
            return g_strconcat(places[i].prefix, near, NULL);
    }
    return NULL;
}

static char *suggest(const struct load_scope *scope, const char *wrong)
{
    char *field = suggest_field(scope, wrong);
    if (field != NULL)
        return field;
    const struct playbook *playbook = scope->loader->playbook;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    add_fields(names, scope->own);
    add_fields(names, scope->matter);
    for (size_t i = 0; i < G_N_ELEMENTS(builtins); i++)
        if (has_builtin(scope, &builtins[i]))
            g_ptr_array_add(names, g_strdup(builtins[i].name));
    for (size_t i = 0; scope->facts && i < scope->kind->fact_count; i++)
        g_ptr_array_add(names, g_strdup_printf("facts.%s", scope->kind->facts[i].name));
    for (size_t i = 0; i < scope->kind->participant_count; i++)
        g_ptr_array_add(names, g_strdup_printf("participant.%s", scope->kind->participants[i].name));
    for (size_t i = 0; i < playbook->rule_count; i++)
        g_ptr_array_add(names,
                        g_strdup_printf("%s.%s", playbook->rules[i].table ? "table" : "rule", playbook->rules[i].name));
    /* The right word without its prefix, or with the wrong one. */
    const char *last = strrchr(wrong, '.') != NULL ? strrchr(wrong, '.') + 1 : wrong;
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i], *dot = strrchr(name, '.');
        if (strcmp(dot != NULL ? dot + 1 : name, last) == 0)
            return g_strdup(name);
    }
    return g_strdup(nearest_name(wrong, (const char *const *)names->pdata, names->len));
}

/* The name may be in a document with a syntax error, which was not read: not reported. */
static bool is_cut_off(const struct load_scope *scope, const char *name, struct expr_symbol *out)
{
    const char *rest = after(name, "rule.");
    bool table = rest == NULL;
    if (table && (rest = after(name, "table.")) == NULL)
        return false;
    g_autofree char *full = g_strdup_printf("rule %s", rest);
    if (!g_hash_table_contains(scope->loader->truncated, full))
        return false;
    *out = (struct expr_symbol){.space = table ? EXPR_TABLE : EXPR_RULE, .type = VALUE_MISSING};
    return true;
}

static bool resolve_symbol(void *context, const char *name, struct expr_symbol *out, char **suggestion)
{
    const struct load_scope *scope = context;
    if (resolve_name(scope, name, out) || is_cut_off(scope, name, out))
        return true;
    *suggestion = loader_is_full(scope->loader) ? NULL : suggest(scope, name);
    return false;
}

static bool has_code(void *context, const char *list, const char *code, char **suggestion)
{
    const struct load_scope *scope = context;
    struct names names;
    if (strcmp(list, STATE_LIST) == 0) {
        names = names_of_states(scope->kind);
    } else if (strcmp(list, EXPR_UNIT_TYPES) == 0) {
        names = names_of_unit_types(scope->loader);
    } else {
        const struct code_list *codes = playbook_find_list(scope->loader->playbook, list);
        if (codes == NULL || loader_is_unresolved(scope->loader, codes))
            return true;
        names = names_of_codes(codes);
    }
    if (named_find(names.array, names.count, names.bytes, code) != NULL)
        return true;
    const char *titled = named_by_title(names, code);
    *suggestion = g_strdup(titled != NULL ? titled : named_nearest(names.array, names.count, names.bytes, code));
    return false;
}

/* ---- conditions: risk follows travel and contact, never origin ---- */

static const char *const origin_concepts[] = {"person.birthplace", "person.native_place", "person.household_register",
                                              "person.ethnicity", "person.nationality"};

static bool tells_origin(const struct field *field)
{
    if (field->type == FIELD_ID_NUMBER)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(origin_concepts) && field->concept != NULL; i++)
        if (strcmp(field->concept, origin_concepts[i]) == 0)
            return true;
    return false;
}

struct field_origin {
    const struct load_scope *scope;
    const struct field *found;
};

/* NULL where the field was not read because of a mistake. */
static const struct field *field_at(const struct form *form, int index)
{
    return form != NULL && (size_t)index < form->field_count ? &form->fields[index] : NULL;
}

static void look_at(void *context, const struct expr_symbol *symbol)
{
    struct field_origin *origin = context;
    const struct load_scope *scope = origin->scope;
    const struct field *field = NULL;
    if (symbol->space == EXPR_ENTRY_FIELD)
        field = field_at(scope->own, symbol->index);
    else if (symbol->space == EXPR_MATTER_FIELD)
        field = field_at(scope->matter, symbol->index);
    else if (symbol->space == EXPR_LINE)
        field = field_at(scope->line, symbol->index);
    else if (symbol->space == EXPR_FACT) {
        const struct fact *fact = &scope->kind->facts[symbol->index];
        if (fact->member == FACT_MEMBER_FIELD && fact->entry != NULL)
            field = field_at(&fact->entry->form, fact->field);
    }
    if (field != NULL && tells_origin(field))
        origin->found = field;
}

static void check_origin(struct load_scope *scope, const struct yaml_node *node, const struct expr *expr)
{
    struct field_origin origin = {.scope = scope};
    expr_visit(expr, look_at, &origin);
    if (origin.found != NULL)
        loader_lint(scope->loader, node, NULL,
                    "a condition reads %s, which tells where a person comes from: risk follows travel and contact, "
                    "never origin",
                    origin.found->name);
}

static void check_working_days(struct load_scope *scope, const struct yaml_node *node, const struct expr *expr)
{
    const struct rule *rule = check_counting_rule(scope->loader, expr);
    if (rule != NULL)
        loader_report(scope->loader, node, NULL, "%s holds working days, which only `within` with a calendar can count",
                      rule->name);
}

/* ---- reading ---- */

struct load_scope scope_of_matter(struct loader *loader, const struct kind *kind)
{
    return (struct load_scope){.loader = loader, .kind = kind, .matter = &kind->form, .facts = true};
}

struct load_scope scope_of_entry(struct loader *loader, const struct kind *kind, const struct entry_def *entry)
{
    struct load_scope scope = scope_of_matter(loader, kind);
    scope.own = &entry->form;
    scope.line = entry->line != NULL ? entry->line->lines : NULL;
    scope.line_is_unresolved = loader_is_unresolved(loader, &entry->line);
    scope.entry = entry;
    scope.in_entry = true;
    return scope;
}

struct load_scope scope_of_loop(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                                const struct loop *loop)
{
    struct load_scope scope = scope_of_entry(loader, kind, entry);
    scope.loop = loop;
    if (loop != NULL && loop->over == LOOP_LINES) {
        scope.line = loop->lines;
        scope.line_is_unresolved = false;
    }
    return scope;
}

struct expr_target field_target(const struct field *field)
{
    return (struct expr_target){field_value_type(field), field->unit, field->list != NULL ? field->list->name : NULL};
}

static void free_expr(gpointer expr)
{
    expr_free(expr);
}

/* The code or state whose title was written bare, where the fault suggests to quote it; else what it suggests. */
static const char *suggestion_of(const struct load_scope *scope, const struct expr_fault *fault)
{
    const struct playbook *playbook = scope->loader->playbook;
    size_t length = fault->suggestion != NULL ? strlen(fault->suggestion) : 0;
    if (length < 3 || fault->suggestion[0] != '\'' || fault->suggestion[length - 1] != '\'')
        return fault->suggestion;
    g_autofree char *title = g_strndup(fault->suggestion + 1, length - 2);
    const char *meant = named_by_title(names_of_states(scope->kind), title);
    for (size_t i = 0; i < playbook->list_count && meant == NULL; i++)
        meant = named_by_title(names_of_codes(&playbook->lists[i]), title);
    return meant != NULL ? meant : fault->suggestion;
}

struct expr *load_expr_part(struct load_scope *scope, const struct yaml_node *node, const char *text, int offset,
                            const struct expr_target *target)
{
    struct expr_symbols symbols = {resolve_symbol, has_code, scope, form_find_column};
    g_autoptr(GArray) faults = g_array_new(FALSE, FALSE, sizeof(struct expr_fault));
    g_array_set_clear_func(faults, (GDestroyNotify)expr_fault_clear);
    struct expr *expr = expr_parse_for(text, target, &symbols, faults);
    for (guint i = 0; i < faults->len; i++) {
        const struct expr_fault *fault = &g_array_index(faults, struct expr_fault, i);
        int line, column;
        yaml_locate(node, offset + fault->column - 1, &line, &column);
        diagnostics_add_texts(scope->loader->diagnostics, node->file, line, column, suggestion_of(scope, fault),
                              fault->text, fault->zh);
    }
    if (expr == NULL)
        return NULL;
    storage_adopt(scope->loader->storage, expr, free_expr);
    if (scope->condition)
        check_origin(scope, node, expr);
    if (!scope->working_days)
        check_working_days(scope, node, expr);
    return expr;
}

struct expr *load_expr(struct load_scope *scope, const struct yaml_node *node, enum value_type expected)
{
    struct expr_target target = {.type = expected};
    if (load_text(scope->loader, node, "an expression") == NULL)
        return NULL;
    return load_expr_part(scope, node, node->text, 0, &target);
}
