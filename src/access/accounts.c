/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/accounts.h"

#include "base/limits.h"

#include <string.h>

#define HANDS_MOST 256 /* keepers of one person's accounts, and keepers of theirs in turn */

static bool keeps_in(struct db *rows, const struct playbook *playbook, int64_t keeper, int64_t unit, int64_t at_us)
{
    return registry_has_right(rows, playbook, keeper, RIGHT_ACCOUNTS, unit, at_us);
}

static bool keeps_over(struct db *rows, const struct playbook *playbook, int64_t keeper, const struct post *post,
                       int64_t at_us)
{
    g_autoptr(GArray) grounds = registry_grounds(rows, post->id, MAX(at_us, post->from_us));
    bool over = keeps_in(rows, playbook, keeper, post->seat, at_us);
    for (guint i = 0; i < grounds->len && over; i++)
        over = keeps_in(rows, playbook, keeper, g_array_index(grounds, int64_t, i), at_us);
    return over;
}

/* Which have not ended: array of struct post. */
static GArray *posts_not_over(struct db *rows, int64_t person, int64_t at_us)
{
    GArray *posts = g_array_new(FALSE, FALSE, sizeof(struct post));
    g_autoptr(GArray) same = registry_same_persons(rows, person);
    for (guint i = 0; i < same->len; i++) {
        AUTO(cursor)
        struct cursor found = db_query(rows, "SELECT id FROM post WHERE person = ?1 AND to_us > ?2 ORDER BY id", "ii",
                                       g_array_index(same, int64_t, i), at_us);
        struct post post;
        while (cursor_next(&found))
            if (registry_post(rows, cursor_integer(&found, 0), &post))
                g_array_append_val(posts, post);
    }
    return posts;
}

bool access_keeps_account(struct db *rows, const struct playbook *playbook, int64_t keeper, int64_t person,
                          int64_t at_us)
{
    if (playbook == NULL)
        return false;
    g_autoptr(GArray) posts = posts_not_over(rows, person, at_us);
    bool keeps = posts->len > 0 || keeps_in(rows, playbook, keeper, REGISTRY_ROOT, at_us);
    for (guint i = 0; i < posts->len && keeps; i++)
        keeps = keeps_over(rows, playbook, keeper, &g_array_index(posts, struct post, i), at_us);
    return keeps;
}

/* ---- deciding ---- */

const char *const keep_account_members[] = {"person", "account", "what", NULL};

static const struct {
    const char *what, *event;
} words[] = {{"made", "account_made"}, {"reset", "account_reset"}, {"closed", "account_closed"}};

static const char *event_of(const char *what)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].what, what) == 0)
            return words[i].event;
    return NULL;
}

/* The actor's own password is changed with the old one: a session left open is not enough. */
static bool not_ones_own(struct decision *decision, int64_t person, const char *what)
{
    return strcmp(what, "reset") != 0 ||
           registry_person_kept(decision->rows, person) !=
               registry_person_kept(decision->rows, decision->command->person) ||
           decision_refuse(decision, PROBLEM_NOT_FOR_YOURSELF, NULL);
}

/* Closing an account takes all rights from its holder. */
static bool is_not_last(struct decision *decision, int64_t person, const char *what)
{
    if (strcmp(what, "closed") != 0)
        return true;
    g_autoptr(GArray) posts = posts_not_over(decision->rows, person, decision->now_us);
    for (guint i = 0; i < posts->len; i++)
        if (!registry_is_not_last(decision, &g_array_index(posts, struct post, i), true))
            return false;
    return true;
}

bool decide_keep_account(struct decision *decision)
{
    int64_t person, keeper = decision->command->person;
    const char *what;
    if (!decision_person_id(decision, "person", &person) || !decision_text(decision, "what", &what))
        return false;
    if (!registry_person_exists(decision->rows, person))
        return decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, "person");
    if (registry_person_is_erased(decision->rows, person))
        return decision_refuse(decision, PROBLEM_PERSON_ERASED, "person");
    if (event_of(what) == NULL)
        return decision_refuse(decision, PROBLEM_NOT_IN_LIST, "what", "made, reset, closed");
    if (!decision_is_operator(decision)) {
        if (!access_keeps_account(decision->rows, decision->playbook, keeper, person, decision->now_us))
            return decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, "accounts");
        if (!not_ones_own(decision, person, what) || !is_not_last(decision, person, what))
            return false;
    }
    int64_t account = json_get_integer(decision->command->body, "account", 0);
    decision_emit(decision, event_of(what), 0, 0,
                  json_pack("{s:I, s:I}", "person", (json_int_t)person, "account", (json_int_t)account), NULL);
    return true;
}

/* ---- notices to the holder ---- */

const char *const acknowledge_notice_members[] = {"notice", NULL};

bool decide_acknowledge_notice(struct decision *decision)
{
    int64_t notice, found;
    if (!decision_id(decision, "notice", &notice))
        return false;
    if (!db_integer(decision->rows, &found,
                    "SELECT place FROM notice WHERE place = ?1 AND person = ?2 AND acknowledged_us = 0", "ii", notice,
                    decision->command->person))
        return decision_refuse(decision, PROBLEM_NOT_FOUND, "notice", "");
    decision_emit(decision, "notice_acknowledged", 0, 0, json_pack("{s:I}", "notice", (json_int_t)notice), NULL);
    return true;
}

void apply_notice_acknowledged(struct db *rows, const struct event *event, const json_t *body)
{
    db_run(rows, "UPDATE notice SET acknowledged_us = ?2 WHERE place = ?1", "ii", json_get_integer(body, "notice", 0),
           event->at_us);
}

static void note(struct db *rows, const struct event *event, int64_t person, int64_t post)
{
    db_run(rows, "INSERT INTO notice (place, person, what, by_person, post, at_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
           "iisiii", event_place(event), person, event->kind, event->person, post, event->at_us);
}

void apply_account_notice(struct db *rows, const struct event *event, const json_t *body)
{
    note(rows, event, json_get_integer(body, "person", 0), 0);
}

void apply_post_notice(struct db *rows, const struct event *event, const json_t *body)
{
    note(rows, event, json_get_integer(body, "person", 0), json_get_integer(body, "id", 0));
}

/* `person`: the registration that is kept. False when there are HANDS_MOST. */
static bool add_hand(GArray *hands, int64_t person)
{
    for (guint i = 0; i < hands->len; i++)
        if (g_array_index(hands, int64_t, i) == person)
            return true;
    g_array_append_val(hands, person);
    return hands->len < HANDS_MOST;
}

static bool add_keepers(struct db *rows, GArray *hands, int64_t person, int64_t from_us)
{
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT DISTINCT by_person FROM notice WHERE person = ?1 AND at_us >= ?2 AND "
                                   "what IN ('account_made', 'account_reset') AND by_person <> 0",
                                   "ii", person, from_us);
    bool few = true;
    while (few && cursor_next(&found))
        few = add_hand(hands, registry_person_kept(rows, cursor_integer(&found, 0)));
    return few;
}

/* A right had by hand-over is that of whoever handed it over. */
static bool add_lenders(struct db *rows, GArray *hands, int64_t person, int64_t at_us)
{
    g_autoptr(GArray) lenders = registry_lenders(rows, person, at_us);
    bool few = true;
    for (guint i = 0; i < lenders->len && few; i++)
        few = add_hand(hands, registry_person_kept(rows, g_array_index(lenders, int64_t, i)));
    return few;
}

/* By whom the person has a post that they hold. */
static bool add_appointers(struct db *rows, GArray *hands, int64_t person, int64_t since_us, int64_t at_us)
{
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT DISTINCT n.by_person FROM notice n JOIN post p ON p.id = n.post WHERE "
                                   "n.person = ?1 AND n.at_us >= ?2 AND n.what = 'post_appointed' AND "
                                   "n.by_person <> 0 AND p.to_us > ?3",
                                   "iii", person, since_us, at_us);
    bool few = true;
    while (few && cursor_next(&found))
        few = add_hand(hands, registry_person_kept(rows, cursor_integer(&found, 0)));
    return few;
}

/* All persons who could act as the person, or whose right the person has; the person first. */
static bool find_hands(struct db *rows, int64_t person, int64_t since_us, int64_t at_us, GArray *hands)
{
    int64_t from_us = at_us - LIMIT_NOTICE_DAYS * US_PER_DAY;
    bool few = add_hand(hands, registry_person_kept(rows, person));
    for (guint i = 0; i < hands->len && few; i++) {
        g_autoptr(GArray) same = registry_same_persons(rows, g_array_index(hands, int64_t, i));
        for (guint k = 0; k < same->len && few; k++)
            few = add_keepers(rows, hands, g_array_index(same, int64_t, k), from_us) &&
                  add_lenders(rows, hands, g_array_index(same, int64_t, k), at_us) &&
                  add_appointers(rows, hands, g_array_index(same, int64_t, k), since_us, at_us);
    }
    return few;
}

bool access_in_one_hand(struct db *rows, int64_t one, int64_t other, int64_t proposed_us, int64_t at_us)
{
    int64_t since_us = proposed_us - LIMIT_SECOND_APPOINTED_US;
    g_autoptr(GArray) hands = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (!find_hands(rows, one, since_us, at_us, hands) || !find_hands(rows, other, since_us, at_us, others))
        return true; /* too many to compare */
    for (guint i = 0; i < hands->len; i++)
        for (guint k = 0; k < others->len; k++)
            if (g_array_index(hands, int64_t, i) == g_array_index(others, int64_t, k))
                return true;
    return false;
}

bool access_account_is_closed(struct db *rows, int64_t person)
{
    AUTO(cursor)
    struct cursor newest = db_query(rows,
                                    "SELECT what FROM notice WHERE person = ?1 AND post = 0 ORDER BY at_us DESC, "
                                    "place DESC LIMIT 1",
                                    "i", person);
    return cursor_next(&newest) && strcmp(cursor_text(&newest, 0), "account_closed") == 0;
}

static GArray *notices_of(struct cursor found)
{
    GArray *notices = g_array_new(FALSE, TRUE, sizeof(struct access_notice));
    AUTO(cursor) struct cursor all = found;
    while (cursor_next(&all)) {
        struct access_notice notice = {.id = cursor_integer(&all, 0),
                                       .by = cursor_integer(&all, 2),
                                       .post = cursor_integer(&all, 3),
                                       .at_us = cursor_integer(&all, 4),
                                       .acknowledged_us = cursor_integer(&all, 5)};
        g_strlcpy(notice.what, cursor_text(&all, 1), sizeof notice.what);
        g_array_append_val(notices, notice);
    }
    return notices;
}

#define COLUMNS "SELECT place, what, by_person, post, at_us, acknowledged_us FROM notice WHERE person = ?1 AND "

GArray *access_notices_open(struct db *rows, int64_t person, int most)
{
    return notices_of(db_query(rows, COLUMNS "acknowledged_us = 0 ORDER BY at_us DESC, place DESC LIMIT ?2", "ii",
                               person, (int64_t)most));
}

GArray *access_notices_since(struct db *rows, int64_t person, int64_t from_us, int most)
{
    return notices_of(db_query(rows, COLUMNS "at_us >= ?2 AND post = 0 ORDER BY at_us DESC, place DESC LIMIT ?3", "iii",
                               person, from_us, (int64_t)most));
}
