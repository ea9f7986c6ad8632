/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/computed.h"

#include "base/datetime.h"
#include "matter/tally.h"
#include "matter/view/scope.h"

/* A date out of an expression; where there is none, what holds otherwise. */
static int32_t day_or(const struct expr *expr, const struct scope *scope, int32_t otherwise)
{
    struct value value = expr_evaluate(expr, &scope->expr);
    return value.type == VALUE_DATE ? value.day : otherwise;
}

/* From the given first day, else the earliest allowed, to the given last day, else today. */
static void record_days(struct draft *draft, const struct entering *entering, int32_t *out_from, int32_t *out_to)
{
    struct scope scope;
    scope_init(&scope, &draft->view, entering->entry, entering->fields, NULL, entering->observed_us);
    scope_of(&scope, entering->participant, entering->entry->line, entering->line);
    *out_to = day_or(entering->entry->record_to, &scope, day_of(draft->decision->now_us, draft->view.playbook->zone));
    *out_from = day_or(entering->entry->record_from, &scope, *out_to - RECORD_DAYS_MOST + 1);
}

bool computed_fits(struct draft *draft, const struct entering *entering)
{
    int32_t from, to;
    if (entering->entry->record_from == NULL)
        return true;
    record_days(draft, entering, &from, &to);
    g_autofree char *most = g_strdup_printf("%d", RECORD_DAYS_MOST);
    return to - from < RECORD_DAYS_MOST || decision_refuse(draft->decision, PROBLEM_PERIOD_TOO_LONG, NULL, most);
}

json_t *computed_sealed(struct draft *draft, const struct entering *entering)
{
    json_t *more = json_object(), *before = json_object_get(entering->fields_before, "duty_record");
    if (entering->reason != NULL)
        json_object_set_new(more, "because", json_string(entering->reason));
    if (before != NULL) {
        json_object_set(more, "duty_record", before);
    } else if (entering->entry->record_from != NULL && entering->attempt == NULL) {
        int32_t from, to;
        record_days(draft, entering, &from, &to);
        json_object_set_new(more, "duty_record",
                            matter_duty_record(draft->decision->rows, draft->decision->vault, draft->view.playbook,
                                               draft->view.matter.subject_post, from, to, draft->decision->now_us));
    }
    if (json_object_size(more) == 0)
        g_clear_pointer(&more, json_decref);
    return more;
}

json_t *computed_figures(struct draft *draft, const struct entering *entering)
{
    if (!entering->entry->shows_figures)
        return NULL;
    struct period period =
        matter_report_period(draft->view.playbook, draft->view.kind, entering->entry, entering->observed_us);
    matter_counts_settle(draft->decision->rows);
    return matter_figures(draft->decision->rows, draft->view.kind, draft->view.matter.unit, period,
                          draft->decision->now_us);
}
