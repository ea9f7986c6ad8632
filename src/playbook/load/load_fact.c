/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts ("last(check_in where temperature > 37).at") and the figures of reports. */
#include "playbook/load/load_parts.h"

#include "base/nearest.h"
#include "playbook/form/form.h"
#include "playbook/load/load_expr.h"
#include "playbook/model/fact_def.h"
#include "playbook/model/indicator_def.h"
#include "playbook/model/kind.h"

#include <string.h>

static const char *const function_words[] = {
    [FACT_COUNT] = "count", [FACT_EXISTS] = "exists", [FACT_FIRST] = "first", [FACT_LAST] = "last",
    [FACT_SUM] = "sum",     [FACT_MIN] = "min",       [FACT_MAX] = "max"};

/* The parts of a fact's text, which point into it. */
struct fact_parts {
    char *function, *entry, *value, *by, *where, *member;
};

static char *trimmed_end(char *text)
{
    g_strchomp(text);
    return text;
}

/* Takes `text` apart in place: FUNCTION ( ENTRY [. VALUE] [by COLUMN] [where CONDITION] ) [. MEMBER]. The last
 * closing bracket is the fact's own. */
static bool take_apart(char *text, struct fact_parts *out)
{
    char *open = strchr(text, '('), *close = strrchr(text, ')');
    if (open == NULL || close == NULL || close < open)
        return false;
    *open = *close = '\0';
    out->function = trimmed_end(text);
    out->entry = open + 1 + strspn(open + 1, " ");
    char *end = out->entry + strcspn(out->entry, " ");
    char *rest = end + strspn(end, " "), *by_end = NULL;
    if (g_str_has_prefix(rest, "by ")) {
        out->by = rest + strlen("by ");
        out->by += strspn(out->by, " ");
        by_end = out->by + strcspn(out->by, " ");
        rest = by_end + strspn(by_end, " ");
    }
    bool where = g_str_has_prefix(rest, "where ");
    if (*rest != '\0' && !where)
        return false;
    *end = '\0';
    if (by_end != NULL)
        *by_end = '\0';
    char *dot = strchr(out->entry, '.');
    if (dot != NULL)
        *dot = '\0';
    out->value = dot != NULL ? dot + 1 : NULL;
    out->where = where ? rest + strlen("where ") : NULL;
    char *tail = close + 1 + strspn(close + 1, " ");
    if (*tail != '\0' && *tail != '.')
        return false;
    out->member = *tail == '.' ? trimmed_end(tail + 1) : NULL;
    return true;
}

static void read_member(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        const char *member, struct fact *fact)
{
    if (strcmp(member, "at") == 0) {
        fact->member = FACT_MEMBER_AT;
        fact->type = VALUE_DATETIME;
        return;
    }
    if (strcmp(member, "actor") == 0) {
        fact->member = FACT_MEMBER_ACTOR;
        fact->type = VALUE_PERSON;
        return;
    }
    if (fact->entry == NULL)
        return;
    const struct field *field = loader_resolve_text(loader, node, member, names_of_fields(&fact->entry->form));
    if (field == NULL)
        return;
    fact->member = FACT_MEMBER_FIELD;
    fact->field = (int)(field - fact->entry->form.fields);
    fact->type = loader_is_unresolved(loader, field) ? VALUE_MISSING : field_value_type(field);
    fact->sealed = kind->about == ABOUT_PERSON && !field->clear;
}

static void read_where(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       const char *written, size_t offset, const char *where, struct fact *fact)
{
    if (where == NULL || fact->entry == NULL)
        return;
    struct load_scope scope = scope_of_entry(loader, kind, fact->entry);
    scope.line = NULL;
    scope.facts = false;
    scope.condition = true;
    struct expr_target condition = {.type = VALUE_BOOL};
    fact->where = load_expr_part(&scope, node, where, (int)g_utf8_strlen(written, (gssize)offset), &condition);
}

static bool is_figure(enum fact_function function)
{
    return function == FACT_SUM || function == FACT_MIN || function == FACT_MAX;
}

/* A sum for each code that a column holds. */
static void read_by(struct loader *loader, const struct yaml_node *node, const char *by, const char *column,
                    const struct field *lines, struct fact *fact)
{
    if (fact->value == NULL)
        return; /* has been reported */
    if (fact->function != FACT_SUM || column == NULL) {
        loader_report(loader, node, NULL, "only a sum over lines is kept by a column: sum(ENTRY.LINES.COLUMN by %s)",
                      by);
        return;
    }
    const struct field *key = loader_resolve_text(loader, node, by, names_of_fields(lines->lines));
    fact->column = loader_resolve_text(loader, node, column, names_of_fields(lines->lines));
    if (key != NULL && key->type != FIELD_CHOICE && !loader_is_unresolved(loader, key))
        loader_report(loader, node, NULL, "%s is not a choice: a sum is kept by the codes of a list", by);
    else
        fact->by = key;
    fact->field = (int)(lines - fact->entry->form.fields);
}

/* The number that each entry gives: a field of its form, or what a column of its lines comes to. */
static void read_value(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       const struct fact_parts *parts_of, struct fact *fact)
{
    const char *function = parts_of->function, *value = parts_of->value;
    if (value == NULL) {
        loader_report(loader, node, NULL, "%s() needs a field of the entry: %s(ENTRY.FIELD)", function, function);
        return;
    }
    if (fact->entry == NULL)
        return;
    g_auto(GStrv) parts = g_strsplit(value, ".", 2);
    const struct field *field = loader_resolve_text(loader, node, parts[0], names_of_fields(&fact->entry->form));
    if (field == NULL)
        return;
    struct load_scope scope = scope_of_entry(loader, kind, fact->entry);
    scope.line = NULL;
    scope.facts = false;
    struct expr_target number = {.type = VALUE_NUMBER};
    g_autofree char *text = parts[1] != NULL ? g_strdup_printf("%s(%s)", function, value) : g_strdup(value);
    if (parts[1] != NULL && fact->function != FACT_SUM)
        loader_report(loader, node, NULL, "only sum() goes over lines");
    else
        fact->value = load_expr_part(&scope, node, text, 0, &number);
    fact->type = fact->value != NULL ? VALUE_NUMBER : VALUE_MISSING;
    fact->unit = fact->value != NULL ? expr_unit(fact->value) : NULL;
    fact->sealed = kind->about == ABOUT_PERSON && !field->clear;
    if (parts_of->by != NULL)
        read_by(loader, node, parts_of->by, parts[1], field, fact);
}

static void read_fact(struct loader *loader, const struct kind *kind, const struct yaml_node *node, struct fact *fact)
{
    const char *written = load_text(loader, node, "a fact");
    if (written == NULL)
        return;
    g_autofree char *text = g_strdup(written);
    struct fact_parts parts = {0};
    if (!take_apart(text, &parts)) {
        loader_report(loader, node, NULL,
                      "%s is not a fact: count(ENTRY), exists(ENTRY), first(ENTRY).at, last(ENTRY).FIELD, "
                      "last(ENTRY where CONDITION).actor, sum(ENTRY.FIELD)",
                      written);
        return;
    }
    int function = -1;
    for (size_t i = 0; i < G_N_ELEMENTS(function_words); i++)
        if (strcmp(function_words[i], parts.function) == 0)
            function = (int)i;
    if (function < 0) {
        loader_report(loader, node, nearest_name(parts.function, function_words, G_N_ELEMENTS(function_words)),
                      "a fact is a count, exists, first, last, sum, min or max, not %s", parts.function);
        return;
    }
    fact->function = function;
    fact->entry = loader_resolve_text(loader, node, parts.entry, names_of_entries(kind));
    bool value = function == FACT_FIRST || function == FACT_LAST;
    fact->type = function == FACT_COUNT ? VALUE_NUMBER : VALUE_BOOL;
    if (value)
        fact->type = VALUE_MISSING;
    if (parts.value != NULL && !is_figure(fact->function))
        loader_report(loader, node, NULL, "%s(%s) names the entry alone", parts.function, parts.entry);
    if (is_figure(fact->function))
        read_value(loader, kind, node, &parts, fact);
    else if (parts.by != NULL)
        loader_report(loader, node, NULL, "only a sum over lines is kept by a column: sum(ENTRY.LINES.COLUMN by %s)",
                      parts.by);
    if (value && parts.member == NULL)
        loader_report(loader, node, NULL, "%s() needs what of the entry: .at, .actor or a field", parts.function);
    else if (!value && parts.member != NULL)
        loader_report(loader, node, NULL, "%s() has no .%s", parts.function, parts.member);
    else if (value)
        read_member(loader, kind, node, parts.member, fact);
    read_where(loader, kind, node, written, parts.where != NULL ? (size_t)(parts.where - text) : 0, parts.where, fact);
}

void load_facts(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *facts = yaml_find(loader_node(loader, kind), "facts");
    for (size_t i = 0; i < kind->fact_count; i++)
        read_fact(loader, kind, facts->items[i], &kind->facts[i]);
}

/* ---- figures ---- */

static const char *const figure_words[] = {
    [FIGURE_OPENED] = "opened",   [FIGURE_OPEN] = "open", [FIGURE_IN_STATE] = "in_state",
    [FIGURE_ENTERED] = "entered", [FIGURE_MET] = "met",   [FIGURE_MISSED] = "missed",
    [FIGURE_OVERDUE] = "overdue"};

static const struct key figure_keys[] = {
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct figure, title)},
    {"opened", SHAPE_SCALAR, false, 0},
    {"open", SHAPE_SCALAR, false, 0},
    {"in_state", SHAPE_SCALAR, false, 0},
    {"entered", SHAPE_SCALAR, false, 0},
    {"met", SHAPE_SCALAR, false, 0},
    {"missed", SHAPE_SCALAR, false, 0},
    {"overdue", SHAPE_SCALAR, false, 0},
};

/* "home_observation.observing" */
static void read_figure_target(struct loader *loader, const struct yaml_node *node, struct figure *figure)
{
    g_auto(GStrv) parts = g_strsplit(node->text, ".", 2);
    bool whole = figure->what == FIGURE_OPENED || figure->what == FIGURE_OPEN;
    if (whole != (parts[0] == NULL || parts[1] == NULL)) {
        loader_report(loader, node, NULL,
                      whole ? "%s counts matters: the name of a kind is needed"
                            : "%s counts within a kind: KIND.NAME is needed",
                      figure_words[figure->what]);
        return;
    }
    figure->kind = loader_resolve_text(loader, node, parts[0] != NULL ? parts[0] : "", names_of_kinds(loader));
    if (figure->kind == NULL || whole)
        return;
    if (figure->what == FIGURE_IN_STATE)
        figure->state = loader_resolve_text(loader, node, parts[1], names_of_states(figure->kind));
    else if (figure->what == FIGURE_ENTERED)
        figure->entry = loader_resolve_text(loader, node, parts[1], names_of_entries(figure->kind));
    else
        figure->expect = loader_resolve_expect(loader, node, figure->kind, parts[1]);
}

static void read_figure(struct loader *loader, const struct yaml_node *node, struct figure *figure)
{
    if (!LOAD_KEYS(loader, node, figure_keys, figure, "a figure"))
        return;
    int found = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(figure_words); i++) {
        const struct yaml_node *target = yaml_find(node, figure_words[i]);
        if (target == NULL)
            continue;
        figure->what = (enum figure_what)i;
        if (++found > 1)
            loader_report(loader, yaml_find_key(node, figure_words[i]), NULL, "a figure counts one thing");
        else if (target->type == NODE_SCALAR)
            read_figure_target(loader, target, figure);
    }
    if (found == 0)
        loader_report(loader, node, NULL,
                      "a figure counts one of opened, open, in_state, entered, met, missed, overdue");
}

void load_figures(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *figures = yaml_find(loader_node(loader, kind), "figures");
    for (size_t i = 0; i < kind->figure_count; i++)
        read_figure(loader, figures->items[i], &kind->figures[i]);
}
