/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Indicators: terms, units, windows, and the least size of a figure. */
#include "playbook/load/load_parts.h"

#include "base/nearest.h"
#include "playbook/form/form.h"
#include "playbook/load/load_expr.h"
#include "playbook/model/form_def.h"
#include "playbook/model/indicator_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"
#include "playbook/model/role.h"

#include <string.h>

#define SMALLEST_CELL 5 /* of personal kinds: smaller figures identify people */

static const struct key indicator_keys[] = {
    {"title", SHAPE_TEXTS, true, G_STRUCT_OFFSET(struct indicator, title)},
    {"top", SHAPE_SCALAR, true, 0},
    {"bottom", SHAPE_SCALAR, false, 0},
    {"at", SHAPE_SCALAR, false, 0},
    {"credit", SHAPE_NODE, false, 0},
    {"on", SHAPE_SCALAR, false, 0},
    {"window", SHAPE_SCALAR, true, 0},
    {"floor", SHAPE_SCALAR, false, 0},
    {"min_bottom", SHAPE_COUNT, false, G_STRUCT_OFFSET(struct indicator, min_bottom)},
    {"coverage", SHAPE_SCALAR, false, 0},
    {"told_to", SHAPE_NODE, false, 0},
    {"freeze", SHAPE_DURATION, false, G_STRUCT_OFFSET(struct indicator, freeze_us)},
};

static const char *const term_words[TERM_COUNT] = {
    [TERM_OPENED] = "opened",   [TERM_CLOSED] = "closed", [TERM_OPEN] = "open", [TERM_IN_STATE] = "in_state",
    [TERM_ENTRIES] = "count",   [TERM_MET] = "met",       [TERM_LATE] = "late", [TERM_MISSED] = "missed",
    [TERM_EXCUSED] = "excused", [TERM_DUE] = "due",       [TERM_SUM] = "sum",   [TERM_LAST] = "last",
    [TERM_UNIT_FACT] = "unit",
};

static const struct yaml_node *scalar_at(const struct yaml_node *node, const char *key)
{
    const struct yaml_node *value = yaml_find(node, key);
    return value != NULL && value->type == NODE_SCALAR ? value : NULL;
}

/* ---- conditions ---- */

struct indicator_look {
    struct loader *loader;
    const struct yaml_node *node;
};

/* A term may not read the clock or a person: a recount must give the same figure, about no person. */
static void look_at(void *context, const struct expr_symbol *symbol)
{
    const struct indicator_look *look = context;
    if ((symbol->space == EXPR_BUILTIN && symbol->index == EXPR_NOW) || symbol->space == EXPR_EXPECTATION)
        loader_report(look->loader, look->node, NULL,
                      "an indicator cannot look at the clock: a recount would give another figure");
    else if (symbol->type == VALUE_PERSON)
        loader_report(look->loader, look->node, NULL, "no indicator is about a person");
}

static struct expr *read_where(struct loader *loader, const struct kind *kind, const struct term *term,
                               const struct yaml_node *node, const char *where)
{
    struct load_scope scope =
        term->entry != NULL ? scope_of_entry(loader, kind, term->entry) : scope_of_matter(loader, kind);
    scope.line = NULL;
    struct expr_target condition = {.type = VALUE_BOOL};
    scope.condition = true;
    struct expr *expr =
        load_expr_part(&scope, node, where, (int)g_utf8_strlen(node->text, where - node->text), &condition);
    struct indicator_look look = {loader, node};
    if (expr != NULL)
        expr_visit(expr, look_at, &look);
    if (expr != NULL && expr_asks_units(expr))
        loader_report(loader, node, NULL,
                      "an indicator cannot ask where units stand now: count by a field that says it, or with `at`");
    return expr;
}

/* ---- what is added up ---- */

static void check_amount(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                         const struct amount *amount)
{
    const struct field *field = amount->field, *whole = amount->lines != NULL ? amount->lines : field;
    if (field->type != FIELD_INTEGER)
        loader_report(loader, node, NULL, "%s is no integer, and nothing else is added up", field->name);
    else if (kind->about == ABOUT_PERSON)
        loader_report(loader, node, NULL,
                      "a sum over people may tell of one of them: kinds about persons are counted alone");
    else if (field_is_personal(whole) || field_is_personal(field))
        loader_report(loader, node, NULL, "%s is personal, and no indicator is about a person", field->name);
    else if (whole->visible_to_count > 0)
        loader_report(loader, node, NULL, "%s is not for all who see the matter, and a sum may tell it", field->name);
    else if (!field->has_min || field->min.digits < 0 || !field->has_max || field->max.digits > AMOUNT_MOST)
        loader_report(loader, node, NULL, "what is added up has bounds: %s needs `min`, 0 or more, and `max`, up to %d",
                      field->name, AMOUNT_MOST);
}

/* ENTRY.FIELD, ENTRY.LINES.COLUMN, ENTRY.matter.FIELD, matter.FIELD */
static bool read_amount(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        const char *target, struct term *term)
{
    g_auto(GStrv) parts = g_strsplit(target, ".", -1);
    guint count = g_strv_length(parts);
    bool of_matter = count == 2 && strcmp(parts[0], "matter") == 0;
    if (count < 2 || count > 3) {
        loader_report(loader, node, NULL, "%s needs a field, such as %s(answer.households)", term_words[term->what],
                      term_words[term->what]);
        return false;
    }
    if (!of_matter && (term->entry = loader_resolve_text(loader, node, parts[0], names_of_entries(kind))) == NULL)
        return false;
    struct amount *amount = &term->amount;
    amount->of_matter = of_matter || (count == 3 && strcmp(parts[1], "matter") == 0);
    const struct form *form = amount->of_matter ? &kind->form : &term->entry->form;
    if (count == 3 && !amount->of_matter) {
        amount->lines = loader_resolve_text(loader, node, parts[1], names_of_fields(form));
        if (amount->lines == NULL)
            return false;
        if (amount->lines->lines == NULL) {
            loader_report(loader, node, NULL, "the field %s has no lines", parts[1]);
            return false;
        }
        form = amount->lines->lines;
    }
    amount->field = loader_resolve_text(loader, node, parts[count - 1], names_of_fields(form));
    if (amount->field == NULL || loader_is_unresolved(loader, amount->field))
        return false;
    check_amount(loader, kind, node, amount);
    return true;
}

/* ---- terms ---- */

static bool read_target(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        const char *target, struct term *term)
{
    if (term->what == TERM_UNIT_FACT)
        return load_unit_fact_named(loader, node, target, &term->fact);
    if (term->what == TERM_SUM || term->what == TERM_LAST)
        return read_amount(loader, kind, node, target, term);
    bool matters = term->what == TERM_OPENED || term->what == TERM_CLOSED || term->what == TERM_OPEN;
    if (matters != (*target == '\0')) {
        loader_report(loader, node, NULL,
                      matters ? "%s counts matters of the kind: nothing is named"
                              : "%s needs a name, such as %s(answer)",
                      term_words[term->what], term_words[term->what]);
        return false;
    }
    if (term->what == TERM_ENTRIES)
        return (term->entry = loader_resolve_text(loader, node, target, names_of_entries(kind))) != NULL;
    if (term->what == TERM_IN_STATE)
        return (term->state = loader_resolve_text(loader, node, target, names_of_states(kind))) != NULL;
    return matters || (term->expect = loader_resolve_expect(loader, node, kind, target)) != NULL;
}

/* FUNCTION ( [NAME] [where CONDITION] ) */
static bool read_term(struct loader *loader, const struct kind *kind, const struct yaml_node *node, struct term *term)
{
    const char *open = strchr(node->text, '('), *close = strrchr(node->text, ')');
    if (open == NULL || close == NULL || close[1] != '\0') {
        loader_report(loader, node, NULL, "something counted is needed here, such as count(answer where reached)");
        return false;
    }
    g_autofree char *function = g_strndup(node->text, (gsize)(open - node->text));
    int what = -1;
    for (int i = 0; i < TERM_COUNT; i++)
        if (strcmp(g_strstrip(function), term_words[i]) == 0)
            what = i;
    if (what < 0) {
        loader_report(loader, node, nearest_name(function, term_words, TERM_COUNT), "nothing is counted by %s()",
                      function);
        return false;
    }
    term->what = (enum term_what)what;
    const char *begin = open + 1 + strspn(open + 1, " ");
    const char *where = term->what == TERM_UNIT_FACT        ? NULL
                        : g_str_has_prefix(begin, "where ") ? begin
                                                            : g_strstr_len(begin, close - begin, " where ");
    g_autofree char *target = g_strndup(begin, (gsize)((where != NULL ? where : close) - begin));
    if (!read_target(loader, kind, node, g_strstrip(target), term))
        return false;
    if (where == NULL)
        return true;
    where += strspn(where, " ") + strlen("where ");
    g_autofree char *condition = g_strndup(where, (gsize)(close - where));
    char *copy = storage_copy(loader->storage, condition);
    struct yaml_node part = *node; /* the same place: the condition ends before the bracket */
    part.text = storage_format(loader->storage, "%.*s%s", (int)(where - node->text), node->text, copy);
    term->where = read_where(loader, kind, term, &part, part.text + (where - node->text));
    return true;
}

/* ---- where and when it counts ---- */

/* What is below it is counted of matters, too. */
static bool is_share(const struct indicator *indicator)
{
    return indicator->ratio && indicator->bottom.what != TERM_UNIT_FACT;
}

/* Whether each term counts what has such a unit. */
static bool both_terms(const struct indicator *indicator, bool (*fits)(const struct term *term, const char *name),
                       const char *name)
{
    return fits(&indicator->top, name) && (!is_share(indicator) || fits(&indicator->bottom, name));
}

static bool is_expected(const struct term *term, const char *name)
{
    return term->expect != NULL;
}

static bool is_of_entries(const struct term *term)
{
    return term->entry != NULL && !term_is_stock(term);
}

static bool has_unit_field(const struct term *term, const char *name)
{
    int index = is_of_entries(term) ? form_find_field(&term->entry->form, name) : -1;
    return index >= 0 && term->entry->form.fields[index].type == FIELD_UNIT;
}

/* Its unit is told to all who see the figures. */
static bool is_told(const struct kind *kind, const struct term *term, const char *name)
{
    const struct field *field = &term->entry->form.fields[form_find_field(&term->entry->form, name)];
    return field->visible_to_count == 0 && (kind->about == ABOUT_PERSON ? field->clear : !field_is_personal(field));
}

static bool read_entry_place(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                             const char *name, const struct indicator *indicator, struct credit *credit)
{
    if (!both_terms(indicator, has_unit_field, name))
        loader_report(loader, node, NULL, "%s is no field of type unit of each entry that is counted", name);
    else if (!is_told(kind, &indicator->top, name) || (is_share(indicator) && !is_told(kind, &indicator->bottom, name)))
        loader_report(loader, node, NULL, "%s is sealed or not for all: where it counts would tell it", name);
    else
        credit->of_entry = storage_copy(loader->storage, name);
    return credit->of_entry != NULL;
}

static void read_place(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       struct indicator *indicator)
{
    const char *text = load_text(loader, node, "at");
    struct credit *credit = &indicator->credits[indicator->credit_count];
    if (text == NULL)
        return;
    credit->field = -1;
    if (g_str_has_prefix(text, "field.")) {
        const struct field *field =
            loader_resolve_text(loader, node, text + strlen("field."), names_of_fields(&kind->form));
        if (field == NULL)
            return;
        credit->field = (int)(field - kind->form.fields);
        if (field->type != FIELD_UNIT)
            loader_report(loader, node, NULL, "the field %s holds no unit", field->name);
    } else if (g_str_has_prefix(text, "participant.")) {
        credit->set = load_participant_set(loader, kind, node);
        if (credit->set == NULL)
            return;
        if (credit->set->persons)
            loader_report(loader, node, NULL, "%s are persons, and it counts at a unit", credit->set->name);
    } else if (g_str_has_prefix(text, "entry.")) {
        if (!read_entry_place(loader, kind, node, text + strlen("entry."), indicator, credit))
            return;
    } else if (strcmp(text, "answerer") == 0) {
        credit->answerer = true;
        if (!both_terms(indicator, is_expected, NULL))
            loader_report(loader, node, NULL,
                          "`answerer` owes what is expected: met, late, missed, excused and due have one");
    } else if (strcmp(text, "matter.unit") != 0) {
        loader_report(loader, node, NULL,
                      "it counts at a unit: matter.unit, field.NAME, entry.NAME, participant.SET or answerer, not %s",
                      text);
        return;
    }
    indicator->credit_count++;
}

static bool is_same_place(const struct credit *one, const struct credit *other)
{
    return one->field == other->field && one->set == other->set && one->answerer == other->answerer &&
           g_strcmp0(one->of_entry, other->of_entry) == 0;
}

static void read_credit(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        struct indicator *indicator)
{
    if (yaml_item_count(node) == 0)
        loader_report(loader, node, NULL, "credit names at least one unit");
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        size_t before = indicator->credit_count;
        read_place(loader, kind, yaml_item(node, i), indicator);
        for (size_t j = 0; j < before && indicator->credit_count > before; j++)
            if (is_same_place(&indicator->credits[j], &indicator->credits[before]))
                loader_report(loader, yaml_item(node, i), NULL, "it counts at this unit already");
    }
}

static void read_places(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        struct indicator *indicator)
{
    const struct yaml_node *at = scalar_at(node, "at"), *credit = yaml_find(node, "credit");
    indicator->credits = storage_alloc(loader->storage, yaml_item_count(credit) + 1, sizeof *indicator->credits);
    if (at != NULL && credit != NULL)
        loader_report(loader, yaml_find_key(node, "credit"), NULL, "say `at` or `credit`, not both");
    else if (at != NULL)
        read_place(loader, kind, at, indicator);
    else if (credit != NULL)
        read_credit(loader, kind, credit, indicator);
    else
        indicator->credits[indicator->credit_count++].field = -1;
}

static void read_on(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                    struct indicator *indicator)
{
    static const char *const matter_words[] = {"matter.opened_at", "matter.closed_at"};
    for (size_t i = 0; i < G_N_ELEMENTS(matter_words); i++)
        if (strcmp(node->text, matter_words[i]) == 0) {
            indicator->on = i == 0 ? ON_OPENED : ON_CLOSED;
            return;
        }
    g_auto(GStrv) parts = g_strsplit(node->text, ".", 2);
    bool observed = parts[0] != NULL && g_strcmp0(parts[1], "observed_at") == 0;
    bool accepted = parts[0] != NULL && g_strcmp0(parts[1], "accepted_at") == 0;
    indicator->on = observed ? ON_OBSERVED : ON_ACCEPTED;
    if (!observed && !accepted)
        loader_report(loader, node, NULL,
                      "`on` is matter.opened_at, matter.closed_at, ENTRY.observed_at or ENTRY.accepted_at");
    else
        indicator->on_entry = loader_resolve_text(loader, node, parts[0], names_of_entries(kind));
}

/* ---- checks ---- */

/* A ratio or a figure of a personal kind is not shown below the community: ratios would rate single workers, small
 * figures identify people. */
void load_floor(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                struct indicator *indicator)
{
    const struct playbook *playbook = loader->playbook;
    const struct yaml_node *floor = scalar_at(node, "floor");
    bool personal = kind != NULL && kind->about == ABOUT_PERSON, ratio = yaml_find(node, "bottom") != NULL;
    bool told = indicator->told_to_count > 0;
    const struct unit_type *community = playbook_find_unit_type(playbook, "community");
    if (floor != NULL && (indicator->floor = loader_resolve(loader, floor, names_of_unit_types(loader))) == NULL)
        loader_mark_unresolved(loader, indicator);
    if ((!personal && !ratio && !told) || loader_is_unresolved(loader, indicator))
        return;
    const char *why = personal ? "it counts people" : ratio ? "it is a ratio" : "it is told to others";
    if (indicator->floor == NULL)
        loader_report(loader, node, NULL, "the indicator lacks `floor`: %s, and ends at the community", why);
    else if (community != NULL ? !unit_type_is_at_or_above(indicator->floor, community) : !indicator->floor->stream)
        loader_report(loader, yaml_find(node, "floor"), NULL, "%s lies below the community: %s, and ends there",
                      indicator->floor->name, why);
}

static void check_terms(struct loader *loader, const struct yaml_node *node, const struct indicator *indicator)
{
    bool ratio = yaml_find(node, "bottom") != NULL, stock = term_is_stock(&indicator->top);
    if (indicator->top.what == TERM_UNIT_FACT)
        loader_report(loader, yaml_find(node, "top"), NULL,
                      "unit() counts no matters: in an indicator of a kind it is the `bottom`");
    if (indicator->bottom.what == TERM_UNIT_FACT && yaml_find(node, "coverage") != NULL)
        loader_report(loader, yaml_find_key(node, "coverage"), NULL,
                      "of how many units a fact is known is told without `coverage`");
    if (is_share(indicator) && stock != term_is_stock(&indicator->bottom))
        loader_report(loader, yaml_find(node, "bottom"), NULL,
                      "one counts what stands at an end, the other what happened in between: they make no ratio");
    if (stock && yaml_find(node, "on") != NULL)
        loader_report(loader, yaml_find_key(node, "on"), NULL,
                      "what stands at the end of a window is dated by nothing else");
    bool entries = is_of_entries(&indicator->top) && (!is_share(indicator) || is_of_entries(&indicator->bottom));
    if (indicator->freeze_us > 0 && !entries)
        loader_report(loader, yaml_find_key(node, "freeze"), NULL, "only counts of entries can be frozen");
    if (!ratio && yaml_find(node, "min_bottom") != NULL)
        loader_report(loader, yaml_find_key(node, "min_bottom"), NULL, "min_bottom belongs to bottom");
}

static void check_cells(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        struct indicator *indicator)
{
    if (kind->about != ABOUT_PERSON && indicator->told_to_count == 0)
        return;
    indicator->smallest_cell = SMALLEST_CELL;
    if (kind->about == ABOUT_PERSON && yaml_find(node, "min_bottom") != NULL && indicator->min_bottom < SMALLEST_CELL)
        loader_report(loader, yaml_find(node, "min_bottom"), NULL, "figures about fewer than %d people are not shown",
                      SMALLEST_CELL);
}

/* Whoever is told of matters that they do not see is told how many there are: a sum may tell of one of them. */
static void read_told(struct loader *loader, const struct yaml_node *node, struct indicator *indicator)
{
    const struct yaml_node *told = yaml_find(node, "told_to");
    if (told != NULL && told->type == NODE_SEQUENCE && told->count == 0)
        loader_report(loader, told, NULL, "told_to names at least one role");
    indicator->told_to = loader_resolve_list(loader, told, names_of_roles(loader), &indicator->told_to_count);
    bool sums = indicator->top.amount.field != NULL || indicator->bottom.amount.field != NULL;
    if (told != NULL && sums)
        loader_report(loader, yaml_find_key(node, "told_to"), NULL,
                      "a sum is told to nobody but those who see the matters: it may tell of one of them");
}

/* ---- reading ---- */

static void read_indicator(struct loader *loader, struct kind *kind, const struct yaml_node *node,
                           struct indicator *indicator)
{
    static const char *const windows[] = {"day", "week", "month", "month_19_to_18"};
    if (!LOAD_KEYS(loader, node, indicator_keys, indicator, "an indicator"))
        return;
    const struct yaml_node *top = scalar_at(node, "top"), *bottom = scalar_at(node, "bottom");
    const struct yaml_node *window = scalar_at(node, "window"), *on = scalar_at(node, "on");
    const struct yaml_node *coverage = scalar_at(node, "coverage");
    bool known = (top == NULL || read_term(loader, kind, top, &indicator->top)) &&
                 (bottom == NULL || read_term(loader, kind, bottom, &indicator->bottom));
    indicator->ratio = bottom != NULL;
    int word = window != NULL ? load_word(loader, window, "window", windows, G_N_ELEMENTS(windows)) : -1;
    if (word >= 0)
        indicator->window = (enum indicator_window)word;
    if (coverage != NULL)
        indicator->coverage = loader_resolve(loader, coverage, names_of_unit_types(loader));
    if (on != NULL)
        read_on(loader, kind, on, indicator);
    if (known)
        read_places(loader, kind, node, indicator);
    read_told(loader, node, indicator);
    load_floor(loader, kind, node, indicator);
    check_cells(loader, kind, node, indicator);
    if (known)
        check_terms(loader, node, indicator);
}

/* Asked for by name alone: there is one of a name in the playbook. */
static void check_twice(struct loader *loader, const struct kind *kind, const struct indicator *indicator)
{
    for (int i = 0; i < kind->index; i++) {
        const struct kind *other = &loader->playbook->kinds[i];
        for (size_t j = 0; j < other->indicator_count; j++)
            if (strcmp(other->indicators[j].name, indicator->name) == 0)
                loader_report(loader, loader_node(loader, indicator), NULL,
                              "there are two indicators %s; the other of %s", indicator->name, other->name);
    }
}

void load_indicators(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *indicators = yaml_find(loader_node(loader, kind), "indicators");
    for (size_t i = 0; i < kind->indicator_count; i++) {
        kind->indicators[i].kind = kind;
        read_indicator(loader, kind, indicators->items[i], &kind->indicators[i]);
        check_twice(loader, kind, &kind->indicators[i]);
    }
}
