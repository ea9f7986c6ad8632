/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Expectations whose time has come: warned of, overdue, raised to the next level, missed at the next opening,
 * or given to somebody else because the post has ended. One page is read; what is of the first one's stream is decided
 * and written down as one event, the rest is due at the next command. Neighbours share what is looked up for them.
 */
#include "matter/commands/clock.h"

#include "base/limits.h"
#include "matter/lifecycle/route.h"
#include "matter/rows/events.h"
#include "matter/view/members.h"

#include <string.h>

struct due { /* one row of the page */
    int64_t matter, slot, post, unit, next_expectation, rules, participant;
    int64_t claimed_us, claim_until_us;
    struct occurrence when;
    struct progress progress;
    char name[48], kind[48];
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
    struct cursor cursor = db_query(decision->rows,
                                    "SELECT e.matter, e.slot, e.post, m.unit, m.next_expectation, m.rules, "
                                    "e.opens_us, e.due_us, e.warned, e.overdue, "
                                    "e.step, e.name, m.kind, e.paused_us * (e.ours_us = 0), e.stood_us, "
                                    "e.extensions, e.attempts, e.participant, e.alerts, e.seen_us, "
                                    "e.phone_us, e.claimed_us, e.claim_until_us FROM "
                                    "expectation e CROSS JOIN matter m ON m.id = "
                                    "e.matter WHERE e.next_us <= ?1 "
                                    "ORDER BY e.next_us, e.matter, e.slot LIMIT ?2",
                                    "ii", until_us, (int64_t)LIMIT_LAPSES_PER_EVENT);
    while (cursor_next(&cursor)) {
        struct due due = {
            .matter = cursor_integer(&cursor, 0),
            .slot = cursor_integer(&cursor, 1),
            .post = cursor_integer(&cursor, 2),
            .unit = cursor_integer(&cursor, 3),
            .next_expectation = cursor_integer(&cursor, 4),
            .rules = cursor_integer(&cursor, 5),
            .participant = cursor_integer(&cursor, 17),
            .claimed_us = cursor_integer(&cursor, 21),
            .claim_until_us = cursor_integer(&cursor, 22),
            .when = {cursor_integer(&cursor, 6), cursor_integer(&cursor, 7)},
            .progress = {cursor_integer(&cursor, 8) != 0, cursor_integer(&cursor, 9) != 0,
                         (int)cursor_integer(&cursor, 10), cursor_integer(&cursor, 13), cursor_integer(&cursor, 14),
                         (int)cursor_integer(&cursor, 15), (int)cursor_integer(&cursor, 16),
                         (int)cursor_integer(&cursor, 18), cursor_integer(&cursor, 19) != 0,
                         cursor_integer(&cursor, 20) != 0},
        };
        g_strlcpy(due.name, cursor_text(&cursor, 11), sizeof due.name);
        g_strlcpy(due.kind, cursor_text(&cursor, 12), sizeof due.kind);
        g_array_append_val(page, due);
    }
    return page;
}

static void take_rules(struct lapse_page *page, const struct due *due)
{
    if (page->expect != NULL && page->rules == due->rules && strcmp(page->kind_name, due->kind) == 0 &&
        strcmp(page->name, due->name) == 0)
        return;
    page->rules = due->rules;
    memcpy(page->kind_name, due->kind, sizeof page->kind_name);
    memcpy(page->name, due->name, sizeof page->name);
    page->playbook = rulebook_get(page->decision->rulebook, due->rules);
    page->kind = playbook_find_kind(page->playbook, due->kind);
    page->expect = expect_find(page->kind, due->name, &page->accepting);
    g_assert(page->expect != NULL);
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

/* An address for one row; what needs the form is rare and reads the matter. */
static int64_t route(struct lapse_page *page, const struct due *due, const struct address *address, int64_t fallback)
{
    struct decision *decision = page->decision;
    if (address->party == PARTY_ROLE && address->place == PLACE_MATTER_UNIT)
        return route_role(decision, &page->router, address->role, due->unit);
    AUTO(draft) struct draft draft = {0};
    if (!draft_load(&draft, decision, due->matter))
        return fallback;
    draft.router = &page->router;
    if (address->place == PLACE_RECEIVER)
        return route_accepting(&draft);
    const struct participant *one = participants_find(&draft.view, due->participant);
    return route_address(&draft, address, one != NULL ? one->who : 0);
}

/* As route_expectation(): where nobody has the role, whoever would hear of it first. */
static int64_t route_due(struct lapse_page *page, const struct due *due)
{
    int64_t post = route(page, due, &page->expect->answers, due->post);
    for (size_t i = 0; post == 0 && i < page->expect->escalation_count; i++)
        post = route(page, due, &page->expect->escalations[i].to, 0);
    return post;
}

/* Gaps and ended posts are looked at again; who still holds the post goes on. */
static int64_t answering(struct lapse_page *page, const struct due *due)
{
    if (due->post < 0 || (due->post > 0 && holds(page, due->post)))
        return due->post;
    return route_due(page, due);
}

/* At a new occurrence duty hours count, and somebody nearer may have come. */
static int64_t answering_anew(struct lapse_page *page, const struct due *due)
{
    return due->post < 0 ? due->post : route_due(page, due);
}

/* ---- what ---- */

static int64_t deadline_us_of(const struct lapse_page *page, const struct due *due)
{
    return deadline_next_us(page->expect, page->playbook->zone, due->when, due->progress);
}

/* And when others may answer instead of the post. */
static int64_t next_us_of(struct lapse_page *page, const struct due *due, int64_t post)
{
    if (page->until_expect != page->expect || page->until_unit != due->unit || page->until_post != post) {
        page->until_expect = page->expect;
        page->until_unit = due->unit;
        page->until_post = post;
        page->other_us = route_until_us(page->decision, page->expect, due->unit, post);
    }
    int64_t next_us = MIN(deadline_us_of(page, due), page->other_us);
    return due->claimed_us != 0 && post == due->post ? MIN(next_us, due->claim_until_us) : next_us;
}

/* Of the sorts that say nothing else; the post only where it is another one. */
static void add_item_of(struct lapse_page *page, const struct due *due, enum lapse sort, int64_t post)
{
    const int64_t item[ITEM_PLACES] = {[ITEM_SORT] = sort,
                                       [ITEM_MATTER] = due->matter,
                                       [ITEM_SLOT] = due->slot,
                                       [ITEM_NEXT] = next_us_of(page, due, post),
                                       [ITEM_POST] = post};
    add_item(page, item, post == due->post ? ITEM_POST : ITEM_PLACES);
}

static void warn(struct lapse_page *page, struct due *due, int64_t at_us)
{
    int64_t post = answering(page, due);
    due->progress.warned = true;
    const int64_t item[WARNED_PLACES] = {[ITEM_SORT] = LAPSE_WARNED,
                                         [ITEM_MATTER] = due->matter,
                                         [ITEM_SLOT] = due->slot,
                                         [ITEM_NEXT] = next_us_of(page, due, post),
                                         [WARNED_SHOWN] = alert_shown_us(page->playbook, at_us, 0),
                                         [WARNED_POST] = post};
    add_item(page, item, WARNED_PLACES);
}

static void mark_overdue(struct lapse_page *page, struct due *due)
{
    due->progress.overdue = true;
    add_item_of(page, due, LAPSE_OVERDUE, answering(page, due));
}

static void escalate(struct lapse_page *page, struct due *due, int64_t at_us)
{
    const struct escalation *escalation = &page->expect->escalations[due->progress.step++];
    int64_t target = route(page, due, &escalation->to, 0);
    due->claimed_us = 0;
    const int64_t item[RAISED_PLACES] = {[ITEM_SORT] = LAPSE_RAISED,
                                         [ITEM_MATTER] = due->matter,
                                         [ITEM_SLOT] = due->slot,
                                         [ITEM_NEXT] = next_us_of(page, due, due->post),
                                         [RAISED_STEP] = due->progress.step,
                                         [RAISED_POST] = target,
                                         [RAISED_SHOWN] = alert_shown_us(page->playbook, at_us, escalation->digest_us)};
    add_item(page, item, RAISED_PLACES);
}

/* Whether whoever has taken it keeps it, although the program would ask `post`. */
static bool keeps(struct lapse_page *page, const struct due *due, int64_t post)
{
    struct decision *decision = page->decision;
    AUTO(draft) struct draft draft = {0};
    if (due->claimed_us == 0 || due->claim_until_us <= page->until_us || !holds(page, due->post))
        return false;
    if (post == due->post)
        return true;
    if (!draft_load(&draft, decision, due->matter))
        return false;
    const struct expectation asked = {.post = post, .participant = due->participant, .def = page->expect};
    return route_may_claim(&draft, &asked, due->post);
}

static void give_to_another(struct lapse_page *page, struct due *due)
{
    int64_t post = answering_anew(page, due);
    bool taken = due->claimed_us != 0, stays = keeps(page, due, post);
    if (!stays)
        due->claimed_us = 0;
    add_item_of(page, due, taken && !stays ? LAPSE_GIVEN_BACK : LAPSE_REROUTED, stays ? due->post : post);
}

static int64_t take_number(struct lapse_page *page, const struct due *due)
{
    int64_t *next = g_hash_table_lookup(page->numbers, &due->matter);
    if (next == NULL) {
        next = g_memdup2(&due->next_expectation, sizeof *next);
        g_hash_table_insert(page->numbers, g_memdup2(&due->matter, sizeof due->matter), next);
    }
    return (*next)++;
}

static void miss(struct lapse_page *page, struct due *due)
{
    due->when = occurrence_after(page->expect, page->playbook->zone, due->when.opens_us);
    due->progress = (struct progress){0};
    due->claimed_us = 0;
    int64_t post = answering_anew(page, due);
    const int64_t item[ITEM_SLOT + ENDED_PLACES] = {[ITEM_SORT] = LAPSE_ENDED,
                                                    [ITEM_MATTER] = due->matter,
                                                    [ITEM_SLOT + ENDED_SLOT] = due->slot,
                                                    [ITEM_SLOT + ENDED_OUTCOME] =
                                                        page->expect->optional ? OUTCOME_SUPERSEDED : OUTCOME_MISSED,
                                                    [ITEM_SLOT + ENDED_NUMBER] = take_number(page, due),
                                                    [ITEM_SLOT + ENDED_OPENS] = due->when.opens_us,
                                                    [ITEM_SLOT + ENDED_DUE] = due->when.due_us,
                                                    [ITEM_SLOT + ENDED_NEXT] = next_us_of(page, due, post),
                                                    [ITEM_SLOT + ENDED_POST] = post};
    add_item(page, item, G_N_ELEMENTS(item));
}

/* After a downtime one alert stands for all that were missed. Quiet hours do not hold it back: it is urgent. */
static void alert_or_ring(struct lapse_page *page, struct due *due)
{
    const struct alerting *alert = &page->expect->alert;
    int64_t so_far = (page->until_us - due->when.opens_us) / alert->every_us + 1;
    if (due->progress.alerts >= alert->most) {
        due->progress.ringing = true;
        add_item_of(page, due, LAPSE_RINGING, answering(page, due));
        return;
    }
    int64_t post = answering(page, due);
    due->progress.alerts = (int)CLAMP(so_far, due->progress.alerts + 1, alert->most);
    const int64_t item[ALERTED_PLACES] = {[ITEM_SORT] = LAPSE_ALERTED,
                                          [ITEM_MATTER] = due->matter,
                                          [ITEM_SLOT] = due->slot,
                                          [ITEM_NEXT] = next_us_of(page, due, post),
                                          [ALERTED_COUNT] = due->progress.alerts,
                                          [ALERTED_POST] = post};
    add_item(page, item, ALERTED_PLACES);
}

/* After a downtime only the last of what would have happened is done: nobody is warned of what is over. */
static void lapse_one(struct lapse_page *page, struct due *due)
{
    take_rules(page, due);
    int64_t until_us = page->until_us, now_us = page->decision->now_us;
    const struct expect *expect = page->expect;
    if (expect_recurs(expect) &&
        occurrence_after(expect, page->playbook->zone, due->when.opens_us).opens_us <= until_us)
        miss(page, due);
    else if (deadline_us_of(page, due) > until_us)
        give_to_another(page, due);
    else if (deadline_alert_us(expect, due->when, due->progress) <= until_us)
        alert_or_ring(page, due);
    else if (!due->progress.overdue && due->when.due_us < until_us)
        mark_overdue(page, due);
    else if (!due->progress.overdue)
        warn(page, due, now_us);
    else
        escalate(page, due, now_us);
}

bool lapse(struct decision *decision, int64_t until_us)
{
    g_autoptr(GArray) rows = read_page(decision, until_us);
    g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    struct lapse_page page = {.decision = decision, .until_us = until_us, .items = json_array(), .numbers = numbers};
    for (guint i = 0; i < rows->len; i++) {
        struct due *due = &g_array_index(rows, struct due, i);
        if (decision_begin(decision, id_matter_stream(due->matter)))
            lapse_one(&page, due);
    }
    decision_emit(decision, "expectations_lapsed", g_array_index(rows, struct due, 0).unit, 0,
                  json_pack("{s:o}", "expectations", page.items), NULL);
    return true;
}
