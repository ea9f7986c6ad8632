/* SPDX-License-Identifier: GPL-3.0-or-later */
/* States and their expectations. */
#include "playbook/load/load_parts.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "playbook/load/load_expr.h"
#include "playbook/model/address.h"
#include "playbook/model/calendar.h"
#include "playbook/model/deadline.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/participant_set.h"
#include "playbook/model/rule.h"

#include <string.h>

#define EVERY_LEAST_US    US_PER_HOUR
#define DAY_MINUTES       1440
#define NIGHT_MINUTES_MAX (18 * 60) /* a longer window over midnight has its times exchanged */

#define EXPECT(member) G_STRUCT_OFFSET(struct expect, member)
static const struct key escalation_keys[] = {
    {"after", SHAPE_DURATION, true, G_STRUCT_OFFSET(struct escalation, after_us)},
    {"to", SHAPE_NODE, true, 0},
    {"digest", SHAPE_DURATION, false, G_STRUCT_OFFSET(struct escalation, digest_us)},
};

static const char *const deadline_words[] = {"within", "windows", "per", "every", "by_time"};
static const char *const recurring_words[] = {"windows", "per", "every"};

static const struct yaml_node *scalar_at(const struct yaml_node *node, const char *key)
{
    const struct yaml_node *value = yaml_find(node, key);
    return value != NULL && value->type == NODE_SCALAR ? value : NULL;
}

/* ---- deadlines ---- */

static void see_line(struct load_scope *scope, const struct expect *expect)
{
    scope->line = expect != NULL && expect->per_line != NULL ? expect->per_line->lines : NULL;
    scope->line_is_unresolved = expect != NULL && loader_is_unresolved(scope->loader, &expect->per_line);
}

static void note_expectation(void *context, const struct expr_symbol *symbol)
{
    const struct expr_symbol **found = context;
    if (symbol->space == EXPR_EXPECTATION)
        *found = symbol;
}

/* It is read when its state begins, and again when a field or fact that it names changes. */
static void check_time(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       const struct expr *expr)
{
    const struct expr_symbol *found = NULL;
    if (expr != NULL)
        expr_visit(expr, note_expectation, &found);
    const struct expect *expect = found != NULL ? kind_expect_at(kind, found->index / EXPECTATION_MEMBER_COUNT) : NULL;
    if (expect != NULL)
        loader_lint(loader, node, NULL,
                    "a time does not follow expectation.%s, which may not be there yet when it is read: count from a "
                    "field, or from a fact such as `sent: last(ENTRY).at`",
                    expect->name);
}

/* A date or a datetime; of an expectation per line out of the line, too. */
static struct expr *read_instant(struct loader *loader, const struct kind *kind, const struct expect *expect,
                                 const struct yaml_node *node)
{
    struct load_scope scope = scope_of_matter(loader, kind);
    scope.condition = true;
    see_line(&scope, expect);
    struct expr *expr = load_expr(&scope, node, VALUE_MISSING);
    check_time(loader, kind, node, expr);
    enum value_type type = expr != NULL ? expr_type(expr) : VALUE_MISSING;
    if (type != VALUE_MISSING && type != VALUE_DATE && type != VALUE_DATETIME)
        loader_report(loader, node, NULL, "a date or datetime is needed here, not a %s", value_type_names[type]);
    return expr;
}

/* A length is written as a number, else it is an expression. */
static bool is_length(const struct yaml_node *node)
{
    return g_ascii_isdigit(*node->text) || (*node->text == '-' && g_ascii_isdigit(node->text[1]));
}

static struct expr *read_length(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                                const struct expect *expect, bool working_days)
{
    struct load_scope scope = scope_of_matter(loader, kind);
    scope.condition = true;
    scope.working_days = working_days;
    see_line(&scope, expect);
    struct expr *expr = load_expr(&scope, node, VALUE_DURATION);
    check_time(loader, kind, node, expr);
    return expr;
}

static void read_within(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        struct expect *expect)
{
    if (is_length(node)) {
        expect->deadline = DEADLINE_WITHIN;
        struct length length = {0};
        if (load_length(loader, node, &length) && length.us == 0 && length.working_days == 0)
            loader_report(loader, node, NULL, "a time of zero is too short");
        expect->within_us = length.us;
        expect->within_working_days = length.working_days;
        return;
    }
    expect->deadline = DEADLINE_TABLE;
    expect->expr = read_length(loader, kind, node, expect, true);
}

/* In the order of the day, none before the one before is over; the last one may end on the day that follows. */
static void check_window(struct loader *loader, const struct yaml_node *item, const struct expect *expect,
                         struct window window)
{
    const struct window *before = expect->window_count > 0 ? &expect->windows[expect->window_count - 1] : NULL;
    bool over_midnight = window_is_over_midnight(window);
    if (window.from_minutes == window.to_minutes)
        loader_report(loader, item, NULL, "the window ends when it begins; a whole day is '00:00-24:00'");
    else if (over_midnight && window.to_minutes + DAY_MINUTES - window.from_minutes >= NIGHT_MINUTES_MAX)
        loader_report(loader, item, NULL, "the window ends before it begins; over midnight it would last %d hours",
                      (window.to_minutes + DAY_MINUTES - window.from_minutes) / 60);
    else if (before != NULL && window_is_over_midnight(*before))
        loader_report(loader, item, NULL, "the window before runs over midnight; such a window is the last of the day");
    else if (before != NULL && window.from_minutes < before->from_minutes)
        loader_report(loader, item, NULL, "windows are in the order of the day");
    else if (before != NULL && window.from_minutes < before->to_minutes)
        loader_report(loader, item, NULL, "the window overlaps the one before");
    else if (before != NULL && over_midnight && window.to_minutes > expect->windows[0].from_minutes)
        loader_report(loader, item, NULL, "the window overlaps the first one of the next day");
}

static void read_windows(struct loader *loader, const struct yaml_node *node, struct expect *expect)
{
    expect->deadline = DEADLINE_WINDOWS;
    expect->windows = storage_alloc(loader->storage, yaml_item_count(node), sizeof *expect->windows);
    if (yaml_item_count(node) == 0)
        loader_report(loader, node, NULL, "windows is a list of times such as ['06:30-10:00']");
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        struct window window;
        if (!load_window(loader, yaml_item(node, i), &window.from_minutes, &window.to_minutes))
            continue;
        check_window(loader, yaml_item(node, i), expect, window);
        expect->windows[expect->window_count++] = window;
    }
}

static void read_weekdays(struct loader *loader, const struct yaml_node *node, struct expect *expect)
{
    static const char *const words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        int word = load_word(loader, yaml_item(node, i), "a weekday", words, G_N_ELEMENTS(words));
        if (word >= 0)
            expect->on |= 1u << (word + 1);
    }
}

static void read_month_days(struct loader *loader, const struct yaml_node *node, struct expect *expect)
{
    for (size_t i = 0; i < yaml_item_count(node); i++) {
        gint64 day;
        const char *text = load_text(loader, yaml_item(node, i), "a day of the month");
        if (text != NULL && g_ascii_string_to_signed(text, 10, 1, 31, &day, NULL))
            expect->on |= 1u << day;
        else if (text != NULL)
            loader_report(loader, yaml_item(node, i), NULL, "%s is not a day of the month: 1 to 31", text);
    }
}

static void read_on(struct loader *loader, const struct yaml_node *node, const struct yaml_node *per,
                    struct expect *expect)
{
    const struct yaml_node *on = yaml_find(node, "on");
    if (expect->deadline == DEADLINE_DAILY && on != NULL)
        loader_report(loader, yaml_find_key(node, "on"), NULL, "`per: day` is on every day");
    else if (expect->deadline != DEADLINE_DAILY && yaml_item_count(on) == 0)
        loader_report(loader, on != NULL ? on : node, NULL, "`per: %s` lacks `on`: %s", per->text,
                      expect->deadline == DEADLINE_WEEKLY ? "weekdays such as [mon, thu]"
                                                          : "days of the month such as [1, 15]");
    else if (expect->deadline == DEADLINE_WEEKLY)
        read_weekdays(loader, on, expect);
    else if (expect->deadline == DEADLINE_MONTHLY)
        read_month_days(loader, on, expect);
}

static void read_per(struct loader *loader, const struct yaml_node *node, const struct yaml_node *per,
                     struct expect *expect)
{
    static const char *const words[] = {"day", "week", "month"};
    static const enum deadline_type types[] = {DEADLINE_DAILY, DEADLINE_WEEKLY, DEADLINE_MONTHLY};
    int minutes, word = load_word(loader, per, "per", words, G_N_ELEMENTS(words));
    expect->deadline = word >= 0 ? types[word] : DEADLINE_DAILY;
    if (word >= 0)
        read_on(loader, node, per, expect);
    if (yaml_find(node, "at") == NULL)
        loader_report(loader, node, NULL, "`per: %s` lacks `at`: the time of day", per->text);
    else if (scalar_at(node, "at") != NULL && time_of_day_parse(yaml_find(node, "at")->text, &minutes) && minutes == 0)
        loader_report(loader, yaml_find(node, "at"), "'24:00'",
                      "00:00 is the beginning of the day, when nothing can be due");
}

static void check_every(struct loader *loader, const struct yaml_node *node, struct expect *expect)
{
    expect->deadline = DEADLINE_EVERY;
    if (expect->within_us > 0 && expect->within_us < EVERY_LEAST_US)
        loader_lint(loader, node, NULL, "what comes more often than once an hour is an alarm, not a task");
    else if (expect->within_us == 0)
        loader_mark_unresolved(loader, expect);
}

static void read_every(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       struct expect *expect)
{
    if (is_length(node)) {
        load_duration(loader, node, &expect->within_us);
        check_every(loader, node, expect);
        return;
    }
    expect->deadline = DEADLINE_EVERY;
    expect->expr = read_length(loader, kind, node, expect, false);
}

/* One of the words, or an instant such as `facts.dispatched`. */
static void read_since(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       struct expect *expect)
{
    static const char *const words[] = {
        [SINCE_STATE] = "state", [SINCE_OPENED] = "opened", [SINCE_OBSERVED] = "observed"};
    const struct yaml_node *since = scalar_at(node, "since");
    if (since == NULL)
        return;
    if (name_is_valid(since->text, strlen(since->text)) && form_find_field(&kind->form, since->text) < 0) {
        int word = load_word(loader, since, "since", words, G_N_ELEMENTS(words));
        if (word >= 0)
            expect->since = (enum since)word;
    } else {
        expect->since = SINCE_EXPR;
        expect->since_expr = read_instant(loader, kind, expect, since);
    }
    if (yaml_find(node, "within") == NULL)
        loader_report(loader, yaml_find_key(node, "since"), NULL, "`since` belongs to `within`");
}

static void read_deadline(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                          struct expect *expect)
{
    int found = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(deadline_words); i++)
        if (yaml_find(node, deadline_words[i]) != NULL && ++found == 2)
            loader_report(loader, yaml_find_key(node, deadline_words[i]), NULL,
                          "an expectation has one deadline: within, windows, per, every or by_time");
    if (found == 0)
        loader_report(loader, node, NULL,
                      "an expectation lacks its deadline: within, windows, per and at, every, or by_time");
    if (yaml_find(node, "at") != NULL && yaml_find(node, "per") == NULL)
        loader_report(loader, yaml_find_key(node, "at"), NULL, "`at` belongs to `per`");
    read_since(loader, kind, node, expect);
    const struct yaml_node *within = scalar_at(node, "within"), *per = scalar_at(node, "per");
    const struct yaml_node *windows = yaml_find(node, "windows"), *by_time = scalar_at(node, "by_time");
    const struct yaml_node *every = scalar_at(node, "every");
    if (within != NULL)
        read_within(loader, kind, within, expect);
    if (windows != NULL)
        read_windows(loader, windows, expect);
    if (per != NULL)
        read_per(loader, node, per, expect);
    if (every != NULL)
        read_every(loader, kind, every, expect);
    if (yaml_find(node, "on") != NULL && per == NULL)
        loader_report(loader, yaml_find_key(node, "on"), NULL, "`on` belongs to `per: week` and `per: month`");
    if (by_time != NULL) {
        expect->deadline = DEADLINE_AT;
        expect->expr = read_instant(loader, kind, expect, by_time);
    }
}

/* ---- expectations ---- */

static void read_escalations(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                             struct expect *expect)
{
    expect->escalation_count = yaml_item_count(node);
    expect->escalations = storage_alloc(loader->storage, expect->escalation_count, sizeof *expect->escalations);
    for (size_t i = 0; i < expect->escalation_count; i++) {
        struct escalation *escalation = &expect->escalations[i];
        const struct yaml_node *item = yaml_item(node, i), *to = yaml_find(item, "to");
        if (!LOAD_KEYS(loader, item, escalation_keys, escalation, "an escalation"))
            continue;
        if (to != NULL)
            load_answering(loader, kind, to, true, &escalation->to);
        if (i > 0 && yaml_find(item, "after") != NULL && escalation->after_us <= escalation[-1].after_us)
            loader_report(loader, yaml_find(item, "after"), NULL,
                          "escalations are in the order of their times; this one is not after the one before");
    }
}

/* ---- the clock ---- */

/* A duration before the due time, or the share of the time that is left then. */
static void read_warning(struct loader *loader, const struct yaml_node *node, struct expect *expect)
{
    char *end;
    guint64 percent = g_ascii_isdigit(*node->text) ? g_ascii_strtoull(node->text, &end, 10) : 0;
    if (!g_str_has_suffix(node->text, "%"))
        load_duration(loader, node, &expect->warn_us);
    else if (percent < 1 || percent > 99 || strcmp(end, "%") != 0)
        loader_report(loader, node, NULL, "%s is not a share of the time such as 25%%: 1%% to 99%%", node->text);
    else
        expect->warn_percent = (int)percent;
    if (expect->deadline == DEADLINE_WITHIN && expect->warn_us >= expect->within_us && expect->within_us > 0 &&
        expect->warn_us > 0)
        loader_lint(loader, node, NULL, "the warning would come before the time begins");
}

static bool recurs(const struct expect *expect)
{
    return expect->deadline != DEADLINE_WITHIN && expect->deadline != DEADLINE_TABLE && expect->deadline != DEADLINE_AT;
}

static void read_calendar(struct loader *loader, const struct yaml_node *node, struct expect *expect)
{
    const char *text = load_text(loader, node, "calendar");
    if (text == NULL)
        return;
    if (g_str_has_prefix(text, "rule."))
        expect->calendar_rule = loader_resolve_text(loader, node, text + strlen("rule."), names_of_rules(loader));
    else
        expect->calendar = loader_resolve(loader, node, names_of_calendars(loader));
    const struct rule *rule = expect->calendar_rule;
    if (rule != NULL && rule->type != VALUE_MISSING && (rule->type != VALUE_TEXT || rule->table))
        loader_report(loader, node, NULL, "a rule that chooses a calendar is of type text and holds its name");
}

static void read_pause(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       struct expect *expect)
{
    expect->pause_in = loader_resolve_list(loader, node, names_of_states(kind), &expect->pause_in_count);
    if (recurs(expect))
        loader_report(loader, node, NULL, "what recurs is expected while its state lasts and is not paused");
}

static const struct key extend_keys[] = {
    {"by", SHAPE_NODE, true, 0},
    {"most", SHAPE_COUNT, false, G_STRUCT_OFFSET(struct extension, most)},
    {"up_to", SHAPE_SCALAR, false, 0},
};

static void read_extension(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                           struct expect *expect)
{
    struct extension *extension = &expect->extension;
    const struct yaml_node *most = yaml_find(node, "most"), *up_to = scalar_at(node, "up_to");
    extension->present = true;
    extension->most = 1;
    LOAD_KEYS(loader, node, extend_keys, extension, "extend");
    if (most != NULL && extension->most == 0)
        loader_report(loader, most, NULL, "it can be extended at least once, or has no extend");
    if (up_to != NULL && load_length(loader, up_to, &extension->up_to) && extension->up_to.us == 0 &&
        extension->up_to.working_days == 0)
        loader_report(loader, up_to, NULL, "an extension of zero");
    extension->by = load_addresses(loader, kind, yaml_find(node, "by"), &extension->by_count);
    if (recurs(expect))
        loader_report(loader, node, NULL, "what recurs is not extended: the next one comes anyway");
    if (expect->per_line != NULL)
        loader_report(loader, node, NULL,
                      "an extension does not say for which line: leave `per_line` or `extend` out; `each` it may have");
}

static void read_below(struct loader *loader, const struct yaml_node *node, struct expect *expect)
{
    static const char *const words[] = {"refused"};
    const struct yaml_node *below = scalar_at(node, "earlier_below");
    if (below != NULL)
        expect->earlier_below_refused = load_word(loader, below, "earlier_below", words, 1) == 0;
}

static const struct key after_attempts_keys[] = {{"state", SHAPE_SCALAR, true, 0}};

static void read_attempts(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                          struct expect *expect)
{
    const struct yaml_node *attempts = scalar_at(node, "attempts"), *after = yaml_find(node, "after_attempts");
    const struct entry_def *entry = expect->entry;
    if (attempts != NULL && expect->attempts == 0)
        loader_report(loader, attempts, NULL, "at least one attempt");
    if (attempts != NULL && entry != NULL && entry->attempts == NULL && !loader_is_unresolved(loader, &entry->attempts))
        loader_report(loader, attempts, NULL, "%s allows no attempts: the entry lacks `attempts`", entry->name);
    if (after == NULL || after->type != NODE_MAPPING)
        return;
    LOAD_KEYS(loader, after, after_attempts_keys, NULL, "after_attempts");
    const struct yaml_node *state = scalar_at(after, "state");
    if (attempts == NULL)
        loader_report(loader, yaml_find_key(node, "after_attempts"), NULL, "after_attempts belongs to attempts");
    if (state == NULL || (expect->state_after_attempts = loader_resolve(loader, state, names_of_states(kind))) == NULL)
        loader_mark_unresolved(loader, kind);
}

/* Each side enters about the other; check_sealed.c checks both once all is read. */
static void read_both_ways(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                           struct expect *expect)
{
    static const char *const untils[] = {"both"};
    const struct yaml_node *other = scalar_at(node, "both_ways"), *until = scalar_at(node, "sealed_until");
    if (other != NULL)
        expect->both_ways = loader_resolve_expect(loader, other, kind, other->text);
    if (until != NULL)
        expect->sealed = load_word(loader, until, "sealed_until", untils, G_N_ELEMENTS(untils)) == 0;
    if (until != NULL && other == NULL)
        loader_report(loader, until, NULL, "sealed_until: both lacks both_ways: which is the other one");
}

#define ALERTS_BY_DEFAULT 6
#define ALERTS_MOST       50 /* of one expectation */
static const struct key alert_keys[] = {
    {"every", SHAPE_DURATION, true, G_STRUCT_OFFSET(struct alerting, every_us)},
    {"until", SHAPE_SCALAR, true, 0},
    {"most", SHAPE_COUNT, false, G_STRUCT_OFFSET(struct alerting, most)},
    {"then", SHAPE_SCALAR, false, 0},
};

static void read_alert(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       struct expect *expect)
{
    static const char *const untils[] = {"seen"}, *const thens[] = {"phone_list"};
    struct alerting *alert = &expect->alert;
    alert->most = ALERTS_BY_DEFAULT;
    if (!LOAD_KEYS(loader, node, alert_keys, alert, "alert"))
        return;
    const struct yaml_node *until = scalar_at(node, "until"), *then = scalar_at(node, "then");
    if (until != NULL)
        load_word(loader, until, "until", untils, G_N_ELEMENTS(untils));
    if (then != NULL)
        alert->phone_list = load_word(loader, then, "then", thens, G_N_ELEMENTS(thens)) == 0;
    if (yaml_find(node, "most") != NULL && (alert->most < 1 || alert->most > ALERTS_MOST))
        loader_report(loader, yaml_find(node, "most"), NULL, "1 to %d alerts", ALERTS_MOST);
    if (yaml_find(node, "every") != NULL && alert->every_us < US_PER_MINUTE)
        loader_lint(loader, yaml_find(node, "every"), NULL, "alerts are at least a minute apart");
    if (recurs(expect))
        loader_report(loader, node, NULL, "what recurs is known to those who do it: there are no alerts for it");
    if (expect->answers.party != PARTY_ROLE && !loader_is_unresolved(loader, expect))
        loader_report(loader, node, NULL, "only a person who holds a post is alerted");
    if (alert->phone_list && kind->unmasked_by_count == 0)
        loader_lint(loader, then, NULL, "no post could read the number to call: the kind lacks `unmask`");
}

static void read_clock(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       struct expect *expect)
{
    const struct yaml_node *warn = scalar_at(node, "warn"), *calendar = scalar_at(node, "calendar");
    const struct yaml_node *pause = yaml_find(node, "pause_in"), *extend = yaml_find(node, "extend");
    if (warn != NULL)
        read_warning(loader, warn, expect);
    if (calendar != NULL)
        read_calendar(loader, calendar, expect);
    if (pause != NULL)
        read_pause(loader, kind, pause, expect);
    if (extend != NULL && extend->type == NODE_MAPPING)
        read_extension(loader, kind, extend, expect);
    const struct yaml_node *alert = yaml_find(node, "alert");
    if (alert != NULL && alert->type == NODE_MAPPING)
        read_alert(loader, kind, alert, expect);
    read_below(loader, node, expect);
    read_both_ways(loader, kind, node, expect);
    read_attempts(loader, kind, node, expect);
}

/* One for each participant: its entry must be made as, or about, a participant. Without `each` the participant that
 * answers must be the only one of its set. */
static void read_each(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                      struct expect *expect)
{
    const struct yaml_node *each = scalar_at(node, "each"), *answers = yaml_find(node, "answers");
    const struct participant_set *set = expect->answers.set;
    if (each != NULL)
        expect->each = load_participant_set(loader, kind, each);
    if (expect->each != NULL && expect->entry != NULL && expect->entry->as != expect->each &&
        expect->entry->of != expect->each)
        loader_report(loader, each, NULL, "the entry %s does not say which of %s: it lacks `as: %s` or `of: %s`",
                      expect->entry->name, expect->each->name, expect->each->name, expect->each->name);
    if (set != NULL && each == NULL && set->most != 1)
        loader_report(loader, answers, NULL, "%s may be several: the expectation lacks `each: %s`", set->name,
                      set->name);
}

/* How many there are at most, one for each line of each participant. */
static int most_of(const struct expect *expect)
{
    const struct field *lines = expect->per_line;
    const struct participant_set *set = expect->each;
    int per_participant = lines->has_max ? (int)lines->max.digits : LIMIT_LINES;
    int participants = set == NULL ? 1 : set->most > 0 ? set->most : LIMIT_PARTICIPANTS;
    return per_participant * participants;
}

/* One for each line: its entry must be about a line. */
static void read_per_line(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                          struct expect *expect)
{
    const struct yaml_node *per_line = scalar_at(node, "per_line");
    if (per_line == NULL)
        return;
    expect->per_line = load_lines(loader, kind, per_line);
    const struct entry_def *entry = expect->entry;
    bool known = expect->per_line != NULL && entry != NULL && !loader_is_unresolved(loader, &entry->line);
    if (known && entry->line != expect->per_line)
        loader_report(loader, per_line, NULL, "the entry %s does not say which line: it lacks `line: %s`", entry->name,
                      expect->per_line->name);
    if (!known || entry->line != expect->per_line)
        loader_mark_unresolved(loader, &expect->per_line);
    if (expect->per_line != NULL && most_of(expect) > LIMIT_EXPECTATIONS)
        loader_report(loader, per_line, NULL,
                      "that could be %d at once, more than %d: `max` of %s or `count` of %s bounds them",
                      most_of(expect), LIMIT_EXPECTATIONS, expect->per_line->name, expect->each->name);
    for (size_t i = 0; i < G_N_ELEMENTS(recurring_words); i++)
        if (yaml_find(node, recurring_words[i]) != NULL)
            loader_report(loader, yaml_find_key(node, recurring_words[i]), NULL,
                          "what recurs is not expected line by line: within or by_time");
}

/* Decided when the state is entered, a participant joins, or lines are written; nothing asks it again. */
static void read_when(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                      struct expect *expect)
{
    const struct yaml_node *when = scalar_at(node, "when");
    if (when == NULL)
        return;
    struct load_scope scope = scope_of_matter(loader, kind);
    scope.condition = true;
    see_line(&scope, expect);
    expect->when = load_expr(&scope, when, VALUE_BOOL);
    for (size_t i = 0; i < G_N_ELEMENTS(recurring_words); i++)
        if (yaml_find(node, recurring_words[i]) != NULL)
            loader_report(loader, yaml_find_key(node, recurring_words[i]), NULL,
                          "what recurs has no `when`: let it be expected in a state of its own");
}

static void read_met_when(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                          struct expect *expect)
{
    const struct yaml_node *when = scalar_at(node, "met_when");
    if (when == NULL || expect->entry == NULL)
        return;
    struct load_scope scope = scope_of_entry(loader, kind, expect->entry);
    scope.condition = true;
    scope.line_is_unresolved |= loader_is_unresolved(loader, &expect->per_line);
    expect->met_when = load_expr(&scope, when, VALUE_BOOL);
}

static void read_may_meet(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                          struct expect *expect)
{
    expect->may_meet = load_addresses(loader, kind, yaml_find(node, "may_meet"), &expect->may_meet_count);
    for (size_t i = 0; i < expect->may_meet_count; i++)
        if (expect->may_meet[i].party == PARTY_CLOCK || expect->may_meet[i].party == PARTY_PUBLIC)
            loader_report(loader, yaml_find(node, "may_meet"), NULL,
                          "the clock and the public cannot meet an expectation");
}

static void read_expect(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        struct expect *expect)
{
    if (!LOAD_KEYS(loader, node, expect_keys, expect, "an expectation"))
        return;
    const struct yaml_node *entry = scalar_at(node, "entry"), *answers = yaml_find(node, "answers");
    const struct yaml_node *escalate = yaml_find(node, "escalate");
    if (entry == NULL || (expect->entry = loader_resolve(loader, entry, names_of_entries(kind))) == NULL)
        loader_mark_unresolved(loader, &kind->entries);
    if (answers == NULL || !load_answering(loader, kind, answers, false, &expect->answers))
        loader_mark_unresolved(loader, expect);
    read_each(loader, kind, node, expect);
    read_per_line(loader, kind, node, expect);
    read_when(loader, kind, node, expect);
    read_met_when(loader, kind, node, expect);
    read_may_meet(loader, kind, node, expect);
    read_deadline(loader, kind, node, expect);
    read_clock(loader, kind, node, expect);
    if (escalate != NULL)
        read_escalations(loader, kind, escalate, expect);
    if (expect->optional && escalate != NULL)
        loader_lint(loader, yaml_find_key(node, "escalate"), NULL,
                    "what is optional is never overdue: nothing to escalate");
}

/* ---- states ---- */

static const struct key review_keys[] = {
    {"every", SHAPE_DURATION, true, EXPECT(within_us)},
    {"answers", SHAPE_NODE, true, 0},
    {"escalate", SHAPE_NODE, false, 0},
};
static const struct key end_keys[] = {
    {"at", SHAPE_SCALAR, false, 0},
    {"on", SHAPE_SCALAR, false, 0},
    {"state", SHAPE_SCALAR, true, 0},
};

static void read_end(struct loader *loader, const struct kind *kind, const struct yaml_node *node, struct state *state)
{
    LOAD_KEYS(loader, node, end_keys, state, "ends");
    static const char *const events[] = {"post_ended"};
    const struct yaml_node *at = scalar_at(node, "at"), *to = scalar_at(node, "state"), *on = scalar_at(node, "on");
    if (at != NULL)
        state->ends_at = read_instant(loader, kind, NULL, at);
    if (on != NULL)
        state->ends_with_post = load_word(loader, on, "on", events, G_N_ELEMENTS(events)) == 0;
    if (yaml_find(node, "at") == NULL && yaml_find(node, "on") == NULL)
        loader_report(loader, node, NULL, "ends lacks when: `at`, a time, or `on: post_ended`");
    if (state->ends_with_post && !kind->about_post)
        loader_report(loader, on, NULL, "only a matter about a post ends with it: the kind lacks `about: post`");
    if (to == NULL || (state->ends_in = loader_resolve(loader, to, names_of_states(kind))) == NULL)
        loader_mark_unresolved(loader, kind);
    if (state->final)
        loader_report(loader, node, NULL, "a final state does not end");
    if (state->ends_in == state)
        loader_report(loader, to, NULL, "the state would end in itself");
}

/* The last expectation of a state with `review`. */
static void read_review(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                        struct state *state)
{
    struct expect *expect = &state->expects[state->expect_count - 1];
    LOAD_KEYS(loader, node, review_keys, expect, "review");
    const struct yaml_node *answers = yaml_find(node, "answers"), *every = scalar_at(node, "every");
    const struct yaml_node *escalate = yaml_find(node, "escalate");
    expect->entry = kind_find_entry(kind, "review");
    if (answers == NULL || !load_answering(loader, kind, answers, false, &expect->answers))
        loader_mark_unresolved(loader, expect);
    if (every != NULL)
        check_every(loader, every, expect);
    if (escalate != NULL)
        read_escalations(loader, kind, escalate, expect);
    if (state->final)
        loader_lint(loader, node, NULL, "a final state is not reviewed");
}

static const struct key proposal_keys[] = {
    {"roles", SHAPE_NODE, true, 0},     {"within", SHAPE_SCALAR, true, 0},  {"answers", SHAPE_NODE, false, 0},
    {"may_meet", SHAPE_NODE, false, 0}, {"warn", SHAPE_SCALAR, false, 0},   {"calendar", SHAPE_SCALAR, false, 0},
    {"alert", SHAPE_MAPPING, false, 0}, {"escalate", SHAPE_NODE, false, 0},
};

static bool may_open(const struct kind *kind, const struct address *address)
{
    for (size_t i = 0; i < kind->opened_by_count; i++)
        if (address->party == PARTY_ROLE && kind->opened_by[i] == address->role)
            return true;
    return false;
}

/* Left out, whoever is named first in `opened_by`. */
static void read_deciding(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                          struct expect *expect)
{
    if (node == NULL && kind->opened_by_count > 0)
        expect->answers = (struct address){.party = PARTY_ROLE, .role = kind->opened_by[0]};
    else if (node == NULL || !load_answering(loader, kind, node, false, &expect->answers))
        loader_mark_unresolved(loader, expect);
    else if (!may_open(kind, &expect->answers) && !loader_is_unresolved(loader, &kind->opened_by))
        loader_report(loader, node, NULL,
                      "a proposal is answered for by a role of `opened_by`; `may_meet` names who else may decide it");
}

/* The only expectation of `proposed`: it is confirmed or declined. */
static void read_proposal(struct loader *loader, const struct kind *kind, const struct yaml_node *node)
{
    struct expect *expect = &kind->proposed->expects[0];
    LOAD_KEYS(loader, node, proposal_keys, expect, "proposed_by");
    const struct yaml_node *within = scalar_at(node, "within"), *escalate = yaml_find(node, "escalate");
    expect->entry = kind_find_entry(kind, "confirm");
    expect->or_entry = kind_find_entry(kind, "decline");
    read_deciding(loader, kind, yaml_find(node, "answers"), expect);
    read_may_meet(loader, kind, node, expect);
    if (within != NULL)
        read_within(loader, kind, within, expect);
    read_clock(loader, kind, node, expect);
    if (escalate != NULL)
        read_escalations(loader, kind, escalate, expect);
}

static void read_state(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                       struct state *state)
{
    if (!LOAD_KEYS(loader, node, state_keys, state, "a state"))
        return;
    const struct yaml_node *ends = yaml_find(node, "ends"), *document = scalar_at(node, "document");
    if (ends != NULL && ends->type == NODE_MAPPING)
        read_end(loader, kind, ends, state);
    if (document != NULL && loader_resolve(loader, document, names_of_documents(loader)) != NULL)
        state->document = storage_copy(loader->storage, document->text);
    if (state->final && state->initial)
        loader_report(loader, yaml_find_key(node, "final"), NULL, "a final state cannot be the initial one");
    if (state->final && yaml_find(node, "expects") != NULL)
        loader_report(loader, yaml_find_key(node, "expects"), NULL, "nothing can be expected in a final state");
}

static void read_expects(struct loader *loader, const struct kind *kind, const struct yaml_node *node,
                         struct state *state)
{
    for (size_t i = 0; node != NULL && node->type == NODE_SEQUENCE && i < node->count; i++)
        read_expect(loader, kind, node->items[i], &state->expects[i]);
}

void load_states(struct loader *loader, struct kind *kind)
{
    const struct yaml_node *root = loader_node(loader, kind), *states = yaml_find(root, "states");
    if (states != NULL && states->type == NODE_MAPPING)
        for (size_t i = 0; i < states->count; i++) {
            read_state(loader, kind, states->items[i], &kind->states[i]);
            read_expects(loader, kind, yaml_find(states->items[i], "expects"), &kind->states[i]);
            const struct yaml_node *review = yaml_find(states->items[i], "review");
            if (review != NULL && review->type == NODE_MAPPING)
                read_review(loader, kind, review, &kind->states[i]);
        }
    else if (states == NULL && kind->state_count > 0)
        read_expects(loader, kind, yaml_find(root, "expects"), &kind->states[0]);
    if (kind->proposed != NULL && kind->proposed->expect_count > 0)
        read_proposal(loader, kind, yaml_find(root, "proposed_by"));
    for (size_t i = 0; i < kind->state_count; i++)
        if (kind->states[i].initial && !kind->states[i].final && kind->initial != NULL)
            loader_report(loader, loader_node(loader, &kind->states[i]), NULL, "two states are initial: %s and %s",
                          kind->initial->name, kind->states[i].name);
        else if (kind->states[i].initial && !kind->states[i].final)
            kind->initial = &kind->states[i];
}
