/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever counts working days has a calendar, and a calendar has something to count. */
#include "playbook/check/checks.h"

#include "playbook/check/check.h"
#include "playbook/expr/expr.h"
#include "playbook/expr/value.h"
#include "playbook/model/flow.h"
#include "playbook/model/model.h"
#include "playbook/model/rule.h"

#include <string.h>

#define EVERY_DAY "every_day"

static bool rule_counts(const struct rule *rule)
{
    for (size_t i = 0; i < rule->edition_count; i++)
        for (size_t j = 0; j < rule->editions[i].value_count; j++) {
            struct value value = rule->editions[i].values[j].value;
            if (value.type == VALUE_DURATION && value.working_days != 0)
                return true;
        }
    return false;
}

struct day_count {
    const struct playbook *playbook;
    const struct rule *found;
};

static void look_at(void *context, const struct expr_symbol *symbol)
{
    struct day_count *counting = context;
    if (symbol->type != VALUE_DURATION || (symbol->space != EXPR_RULE && symbol->space != EXPR_TABLE))
        return;
    const struct rule *rule = &counting->playbook->rules[symbol->index];
    if (rule_counts(rule))
        counting->found = rule;
}

const struct rule *check_counting_rule(const struct loader *loader, const struct expr *expr)
{
    struct day_count counting = {.playbook = loader->playbook};
    if (expr != NULL)
        expr_visit(expr, look_at, &counting);
    return counting.found;
}

static void check_rule(struct loader *loader, const struct rule *rule)
{
    const struct playbook *playbook = loader->playbook;
    const struct yaml_node *place = loader_node(loader, rule);
    for (size_t i = 0; i < rule->edition_count && rule->type == VALUE_TEXT && !rule->table; i++) {
        const struct rule_edition *edition = &rule->editions[i];
        const char *name = edition->value_count > 0 ? edition->values[0].value.text : NULL;
        if (name != NULL && strcmp(name, EVERY_DAY) != 0 && playbook_find_calendar(playbook, name) == NULL)
            loader_report(
                loader, yaml_find(yaml_item(yaml_find(place, "editions"), i), "value"),
                named_nearest(playbook->calendars, playbook->calendar_count, sizeof *playbook->calendars, name),
                "the rule chooses a calendar, and there is none called %s", name);
    }
}

void check_calendar(struct loader *loader, const struct expect *expect)
{
    const struct yaml_node *node = loader_node(loader, expect), *calendar = yaml_find(node, "calendar");
    const struct rule *rule = check_counting_rule(loader, expect->expr);
    bool counts = expect->within_working_days > 0 || expect->extension.up_to.working_days > 0 || rule != NULL;
    if (counts && calendar == NULL)
        loader_report(loader, node, NULL, "working days are counted here, but the expectation lacks calendar");
    else if (!counts && calendar != NULL && expect->deadline != DEADLINE_DAILY)
        loader_lint(loader, yaml_find_key(node, "calendar"), NULL,
                    "nothing is counted in working days here: write 5wd for five of them");
    if (expect->deadline == DEADLINE_DAILY && expect->calendar_rule != NULL)
        loader_report(loader, calendar, NULL, "what recurs follows one calendar, not a rule");
    else if (expect->calendar_rule != NULL)
        check_rule(loader, expect->calendar_rule);
}
