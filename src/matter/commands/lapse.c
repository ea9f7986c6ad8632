/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Expectations that are due by time: warned of, overdue, escalated, missed at the next opening, alerted, or routed to
 * another post because that of before has ended. One page is read; what lies in the stream of the first is decided and
 * written as one event, the rest is due at the next command. Rows that follow one another share look-ups.
 */
#include "matter/commands/clock.h"

#include "base/limits.h"
#include "matter/lifecycle/exclusion.h"
#include "matter/lifecycle/expectation.h"
#include "matter/lifecycle/route.h"
#include "matter/rows/events.h"

#include <string.h>

struct due { /* one row of the page */
    int64_t matter, unit, subject, next_expectation, rules;
    char kind[48];
    struct expectation open;
};

struct lapse_page {
    struct decision *decision;
    int64_t until_us;
    struct router router;
    json_t *items;
    GHashTable *numbers; /* matter → its next expectation, where one has gone on already */
    /* what the row before needed */
    int64_t rules, held_post;
    char kind_name[48], name[48];
    const struct playbook *playbook;
    const struct kind *kind;
    const struct expect *expect;
    struct expect accepting;
    bool held;
    const struct expect
        *until_expect; /* others may answer for it at the unit from `other_us` on, instead of the post */
    int64_t until_unit, until_post, other_us;
};

static GArray *read_page(struct decision *decision, int64_t until_us)
{
    GArray *page = g_array_sized_new(FALSE, FALSE, sizeof(struct due), LIMIT_LAPSES_PER_EVENT);
    AUTO(cursor)
    struct cursor cursor =
        db_query(decision->rows,
                 "SELECT " EXPECTATION_COLUMNS
                 ", e.matter, m.unit, m.next_expectation, m.rules, m.kind, m.subject FROM expectation e "
                 "CROSS JOIN matter m ON m.id = e.matter WHERE e.next_us <= ?1 "
                 "ORDER BY e.next_us, e.matter, e.slot LIMIT ?2",
                 "ii", until_us, (int64_t)LIMIT_LAPSES_PER_EVENT);
    while (cursor_next(&cursor)) {
        struct due due = {
            .matter = cursor_integer(&cursor, EXPECTATION_COLUMN_COUNT),
            .unit = cursor_integer(&cursor, EXPECTATION_COLUMN_COUNT + 1),
            .next_expectation = cursor_integer(&cursor, EXPECTATION_COLUMN_COUNT + 2),
            .rules = cursor_integer(&cursor, EXPECTATION_COLUMN_COUNT + 3),
            .subject = cursor_integer(&cursor, EXPECTATION_COLUMN_COUNT + 5),
        };
        g_strlcpy(due.kind, cursor_text(&cursor, EXPECTATION_COLUMN_COUNT + 4), sizeof due.kind);
        expectation_read(&cursor, &due.open);
        g_array_append_val(page, due);
    }
    return page;
}

/* False: a row that no event can have made. */
static bool find_rules(struct lapse_page *page, const struct due *due)
{
    if (page->expect != NULL && page->rules == due->rules && strcmp(page->kind_name, due->kind) == 0 &&
        strcmp(page->name, due->open.name) == 0)
        return true;
    page->rules = due->rules;
    memcpy(page->kind_name, due->kind, sizeof page->kind_name);
    memcpy(page->name, due->open.name, sizeof page->name);
    page->playbook = rulebook_get(page->decision->rulebook, due->rules);
    page->kind = page->playbook != NULL ? playbook_find_kind(page->playbook, due->kind) : NULL;
    page->expect = page->kind != NULL ? expect_find(page->kind, due->open.name, &page->accepting) : NULL;
    if (page->expect == NULL)
        db_corrupt(page->decision->rows, "the rules of matter %" G_GINT64_FORMAT " have no such expectation",
                   due->matter);
    return page->expect != NULL;
}

static void add_item(struct lapse_page *page, const int64_t *item, size_t count)
{
    json_array_append_new(page->items, integers(count, item));
}

/* ---- who ---- */

static bool holds(struct lapse_page *page, int64_t post)
{
    if (page->held_post != post) {
        struct post found;
        page->held_post = post;
        page->held = registry_post(page->decision->rows, post, &found) && found.to_us > page->decision->now_us;
    }
    return page->held;
}

struct lapse_routing {
    struct lapse_page *page;
    const struct due *due;
    const struct entry_def *entry; /* what whoever is found is to enter; NULL: nothing */
};

static bool may_be_excluded(const struct lapse_routing *routing, int64_t person)
{
    bool subject = routing->page->kind->about == ABOUT_PERSON && routing->due->subject == person;
    return routing->entry != NULL && person != 0 && (subject || exclusion_is_possible(routing->entry));
}

/* An address for one row; what needs more of the matter than its unit is rare and loads it. */
static int64_t route(void *context, const struct address *address)
{
    const struct lapse_routing *routing = context;
    struct lapse_page *page = routing->page;
    const struct due *due = routing->due;
    if (address->party == PARTY_ROLE && address->place == PLACE_MATTER_UNIT) {
        struct route found = route_role(page->decision, &page->router, address->role, due->unit);
        if (!may_be_excluded(routing, found.person))
            return found.post;
    }
    AUTO(draft) struct draft draft = {0};
    if (!draft_load(&draft, page->decision, due->matter))
        return 0;
    draft.router = &page->router;
    return route_to_enter(&draft, address, due->open.participant, routing->entry);
}

/* At a new occurrence duty hours count, and there may be a nearer post. */
static int64_t answering_anew(struct lapse_page *page, const struct due *due)
{
    struct lapse_routing routing = {page, due, due->open.def->entry};
    return due->open.post < 0 ? due->open.post : route_first(due->open.def, route, &routing);
}

/* Gaps and ended posts are looked at again; who still holds the post goes on. True: it is another post. */
static bool route_open(struct lapse_page *page, struct due *due)
{
    int64_t before = due->open.post;
    if (before > 0 && holds(page, before))
        return false;
    due->open.post = answering_anew(page, due);
    if (due->open.post != before)
        due->open.claimed_us = 0;
    return due->open.post != before;
}

/* ---- what ---- */

static int64_t next_us_of(struct lapse_page *page, const struct due *due)
{
    if (page->until_expect != page->expect || page->until_unit != due->unit || page->until_post != due->open.post) {
        page->until_expect = page->expect;
        page->until_unit = due->unit;
        page->until_post = due->open.post;
        page->other_us = route_until_us(page->decision, page->expect, due->unit, due->open.post);
    }
    return expectation_next_us(&due->open, page->playbook->zone, page->other_us);
}

/* Of the sorts that say nothing else; the post only where it is another one. */
static void add_item_of(struct lapse_page *page, const struct due *due, enum lapse sort, bool other_post)
{
    const int64_t item[ITEM_PLACES] = {[ITEM_SORT] = sort,
                                       [ITEM_MATTER] = due->matter,
                                       [ITEM_SLOT] = due->open.slot,
                                       [ITEM_NEXT] = next_us_of(page, due),
                                       [ITEM_POST] = due->open.post};
    add_item(page, item, other_post ? ITEM_PLACES : ITEM_POST);
}

static void warn(struct lapse_page *page, struct due *due, int64_t at_us)
{
    route_open(page, due);
    due->open.progress.warned = true;
    const int64_t item[WARNED_PLACES] = {[ITEM_SORT] = LAPSE_WARNED,
                                         [ITEM_MATTER] = due->matter,
                                         [ITEM_SLOT] = due->open.slot,
                                         [ITEM_NEXT] = next_us_of(page, due),
                                         [WARNED_SHOWN] = alert_shown_us(page->playbook, at_us, 0),
                                         [WARNED_POST] = due->open.post};
    add_item(page, item, WARNED_PLACES);
}

static void mark_overdue(struct lapse_page *page, struct due *due)
{
    bool other_post = route_open(page, due);
    due->open.progress.overdue = true;
    add_item_of(page, due, LAPSE_OVERDUE, other_post);
}

static void escalate(struct lapse_page *page, struct due *due, int64_t at_us)
{
    const struct escalation *escalation = &page->expect->escalations[due->open.progress.step++];
    struct lapse_routing routing = {page, due, NULL};
    int64_t target = route(&routing, &escalation->to);
    due->open.claimed_us = 0;
    const int64_t item[RAISED_PLACES] = {[ITEM_SORT] = LAPSE_RAISED,
                                         [ITEM_MATTER] = due->matter,
                                         [ITEM_SLOT] = due->open.slot,
                                         [ITEM_NEXT] = next_us_of(page, due),
                                         [RAISED_STEP] = due->open.progress.step,
                                         [RAISED_POST] = target,
                                         [RAISED_SHOWN] = alert_shown_us(page->playbook, at_us, escalation->digest_us)};
    add_item(page, item, RAISED_PLACES);
}

/* Whether the post that has claimed it keeps it, although `post` would be routed to. */
static bool claim_stays(struct lapse_page *page, const struct due *due, int64_t post)
{
    const struct expectation *open = &due->open;
    AUTO(draft) struct draft draft = {0};
    if (open->claimed_us == 0 || open->claim_until_us <= page->until_us || !holds(page, open->post))
        return false;
    if (post == open->post)
        return true;
    if (!draft_load(&draft, page->decision, due->matter))
        return false;
    const struct expectation routed = {.post = post, .participant = open->participant, .def = open->def};
    return route_may_claim(&draft, &routed, open->post);
}

static void give_to_another(struct lapse_page *page, struct due *due)
{
    int64_t before = due->open.post, post = answering_anew(page, due);
    bool claimed = due->open.claimed_us != 0, stays = claim_stays(page, due, post);
    if (!stays) {
        due->open.post = post;
        due->open.claimed_us = 0;
    }
    add_item_of(page, due, claimed && !stays ? LAPSE_GIVEN_BACK : LAPSE_REROUTED, due->open.post != before);
}

static void miss(struct lapse_page *page, struct due *due)
{
    enum outcome outcome = expectation_unmet(&due->open);
    int64_t *number = expectation_number_of(page->numbers, due->matter, due->next_expectation);
    expectation_advance(&due->open, page->playbook->zone, page->until_us, 0 /* it recurs */, (*number)++);
    due->open.post = answering_anew(page, due);
    int64_t item[ITEM_SLOT + ENDED_PLACES] = {[ITEM_SORT] = LAPSE_ENDED, [ITEM_MATTER] = due->matter};
    expectation_ended(&due->open, outcome, next_us_of(page, due), item + ITEM_SLOT);
    add_item(page, item, G_N_ELEMENTS(item));
}

/* After a downtime one alert stands for all that were missed. Quiet hours do not hold it back: it is urgent. */
static void alert_or_ring(struct lapse_page *page, struct due *due)
{
    const struct alerting *alert = &page->expect->alert;
    struct progress *progress = &due->open.progress;
    int64_t so_far = (page->until_us - due->open.when.opens_us) / alert->every_us + 1;
    bool other_post = route_open(page, due);
    if (progress->alerts >= alert->most) {
        progress->ringing = true;
        add_item_of(page, due, LAPSE_RINGING, other_post);
        return;
    }
    progress->alerts = (int)CLAMP(so_far, progress->alerts + 1, alert->most);
    const int64_t item[ALERTED_PLACES] = {
        [ITEM_SORT] = LAPSE_ALERTED,         [ITEM_MATTER] = due->matter,        [ITEM_SLOT] = due->open.slot,
        [ITEM_NEXT] = next_us_of(page, due), [ALERTED_COUNT] = progress->alerts, [ALERTED_POST] = due->open.post};
    add_item(page, item, ALERTED_PLACES);
}

/* After a downtime only the last step that is due is taken: what is overdue is not warned of. */
static void lapse_one(struct lapse_page *page, struct due *due)
{
    const struct expectation *open = &due->open;
    if (!find_rules(page, due))
        return;
    due->open.def = page->expect;
    GTimeZone *zone = page->playbook->zone;
    int64_t until_us = page->until_us, now_us = page->decision->now_us;
    if (expectation_is_over(open, zone, until_us))
        miss(page, due);
    else if (expectation_deadline_us(open, zone) > until_us)
        give_to_another(page, due);
    else if (deadline_alert_us(open->def, open->when, expectation_progress(open)) <= until_us)
        alert_or_ring(page, due);
    else if (!open->progress.overdue && open->when.due_us < until_us)
        mark_overdue(page, due);
    else if (!open->progress.overdue)
        warn(page, due, now_us);
    else
        escalate(page, due, now_us);
}

bool lapse(struct decision *decision, int64_t until_us)
{
    g_autoptr(GArray) rows = read_page(decision, until_us);
    g_autoptr(GHashTable) numbers = expectation_numbers();
    struct lapse_page page = {.decision = decision, .until_us = until_us, .items = json_array(), .numbers = numbers};
    for (guint i = 0; i < rows->len; i++) {
        struct due *due = &g_array_index(rows, struct due, i);
        if (decision_begin(decision, id_matter_stream(due->matter)))
            lapse_one(&page, due);
    }
    if (json_array_size(page.items) == 0 || db_failed(decision->rows) != NULL) {
        json_decref(page.items);
        return true;
    }
    decision_emit(decision, "expectations_lapsed", g_array_index(rows, struct due, 0).unit, 0,
                  json_pack("{s:o}", "expectations", page.items), NULL);
    return true;
}
