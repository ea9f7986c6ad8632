/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/effect_unit.h"

#include "base/datetime.h"

struct field_reading { /* the first field that is read */
    bool found;
    enum expr_space space;
    int index;
};

static void look_at(void *context, const struct expr_symbol *symbol)
{
    struct field_reading *reading = context;
    bool field = symbol->space == EXPR_ENTRY_FIELD || symbol->space == EXPR_MATTER_FIELD || symbol->space == EXPR_LINE;
    if (!field || reading->found)
        return;
    *reading = (struct field_reading){true, symbol->space, symbol->index};
}

static char *line_path(const struct draft *draft, const struct scope *scope, const struct effect *effect, int column,
                       const struct iteration *iteration)
{
    const struct loop *loop = effect->loop;
    const struct form *form = loop->in_entry ? &scope->entry->form : &draft->view.kind->form;
    return g_strdup_printf("%s.%s[%zu].%s", loop->in_entry ? "fields" : "form", form->fields[loop->field].name,
                           iteration->line_number, loop->lines->fields[column].name);
}

char *effect_field_path(const struct draft *draft, const struct scope *scope, const struct effect *effect,
                        const struct expr *expr, const struct iteration *iteration)
{
    struct field_reading reading = {0};
    expr_visit(expr, look_at, &reading);
    if (!reading.found)
        return NULL;
    if (reading.space == EXPR_LINE)
        return line_path(draft, scope, effect, reading.index, iteration);
    bool entry = reading.space == EXPR_ENTRY_FIELD;
    const struct form *form = entry ? &scope->entry->form : &draft->view.kind->form;
    return g_strdup_printf("%s.%s", entry ? "fields" : "form", form->fields[reading.index].name);
}

bool effect_unit(struct draft *draft, const struct scope *scope, const struct effect *effect, const struct expr *expr,
                 const struct iteration *iteration, int64_t *out_unit)
{
    struct decision *decision = draft->decision;
    struct unit unit;
    struct value value = expr_evaluate(expr, &scope->expr);
    *out_unit = 0;
    if (value.type != VALUE_UNIT || !registry_unit(decision->rows, value.id, &unit))
        return true;
    g_autofree char *field = effect_field_path(draft, scope, effect, expr, iteration);
    if (unit.to_us <= decision->now_us) {
        char day[DATETIME_TEXT_MAX];
        date_format(day_of(unit.to_us, draft->view.playbook->zone), day);
        return decision_refuse(decision, PROBLEM_CLOSED_UNIT, field, day);
    }
    *out_unit = unit.id;
    return true;
}
