/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GET /events: what an open page is told, when, and when no more. tests/access/listeners.c has who is told of what. */
#include "listen.h"

#include "api/request.h"
#include "base/limits.h"

#include <string.h>

#define TOLD_MS   10000 /* under every sanitizer; it takes a quarter of a second */
#define SILENT_MS 1500

extern const char rig_playbook[];

static struct rig *rig;

static void begin(const struct server_options *options)
{
    rig = rig_new_with(options);
}

static void end(void)
{
    rig_free(rig);
}

/* It begins where rows.db stands: what was answered before is in it. */
static struct listener *page_of(const char *who, const char *last_id)
{
    rig_settle(rig);
    struct listener *listener = listener_open(rig, rig_token(rig, who), last_id);
    g_assert_cmpint(listener->status, ==, 200);
    return listener;
}

static char *open_matter(const char *unit)
{
    AUTO(reply)
    struct reply reply = rig_command(rig, "chen", "/api/v1/matters",
                                     "{'kind':'home_observation','unit':'%s','subject':'%s','form':{'last_exposure':"
                                     "'2020-02-01T12:00:00+08:00'}}",
                                     unit, rig_member(rig, "li")->id);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "id"));
}

static void check_in(const char *matter, double temperature)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply)
    struct reply reply =
        rig_command(rig, "chen", path, "{'entry':'check_in','fields':{'temperature':%.1f}}", temperature);
    reply_is(&reply, 201, NULL);
}

static void must_be_told_of(struct listener *listener, const char *matter)
{
    if (!listener_wait(listener, TOLD_MS) || !g_hash_table_contains(listener->matters, matter))
        g_error("told of %u matters and %d times to reload, and not of that one", g_hash_table_size(listener->matters),
                listener->reloads);
}

static void must_hear_nothing(struct listener *listener)
{
    listener_hear_for(listener, SILENT_MS);
    g_assert_cmpint(listener->hints + listener->reloads, ==, 0);
}

static void must_tell_nothing_more(struct listener *listener)
{
    listener_forget(listener);
    must_hear_nothing(listener);
}

/* ---- what is told ---- */

static void tells(void)
{
    begin(NULL);
    struct listener *page = page_of("wang", NULL), *enemy = page_of("stranger", NULL), *other = page_of("keeper", NULL);
    g_autofree char *matter = open_matter(GRID);
    must_be_told_of(page, matter);
    g_assert_cmpstr(g_hash_table_lookup(page->matters, matter), ==, "1");
    g_assert_true(g_hash_table_contains(page->tasks, rig_member(rig, "wang")->post_id));
    g_assert_cmpuint(g_hash_table_size(page->tasks), ==, 1);
    g_assert_cmpuint(g_hash_table_size(page->figures), ==, 1); /* of the grid, which the ground is */
    listener_forget(page);
    check_in(matter, 36.5);
    must_be_told_of(page, matter);
    g_assert_cmpstr(g_hash_table_lookup(page->matters, matter), ==, "2");
    must_hear_nothing(enemy);
    must_hear_nothing(other); /* a data steward sees no observations */
    listener_close(page);
    listener_close(enemy);
    listener_close(other);
    end();
}

/* However often something changes, a page is told of it once a second. */
static void coalesces(void)
{
    begin(NULL);
    g_autofree char *matter = open_matter(GRID);
    struct listener *page = page_of("wang", NULL);
    int64_t from_us = clock_monotonic_us();
    for (int i = 0; i < 40; i++)
        check_in(matter, 36.0 + i % 10 / 10.0);
    int64_t took_us = clock_monotonic_us() - from_us;
    listener_hear_for(page, SILENT_MS);
    g_assert_cmpint(page->hints, >=, 1);
    g_assert_cmpint(page->hints, <=, 2 + (int)(took_us / US_PER_SECOND) + 1);
    g_assert_cmpstr(g_hash_table_lookup(page->matters, matter), ==, "41");
    g_assert_cmpuint(g_hash_table_size(page->matters), ==, 1);
    listener_close(page);
    end();
}

/* More at once than a page could show is not listed. */
static void says_that_there_are_more(void)
{
    begin(NULL);
    struct listener *page = page_of("wang", NULL);
    for (int i = 0; i < LIMIT_HINTS + 8; i++) {
        g_autofree char *name = g_strdup_printf("many%d", i);
        json_decref(rig_do(rig,
                           "{'command':'open_matter','kind':'anomaly_report','unit':'" GRID
                           "','subject':'%s','form':{'temperature':38.2}}",
                           rig_add(rig, name, NULL, NULL)->id));
    }
    listener_hear_for(page, 2 * SILENT_MS);
    listener_forget(page);
    clock_set(&rig->clock, RIG_NOW_US + 5 * US_PER_HOUR);
    engine_run_clock(rig->engine); /* all are overdue at once */
    g_assert_true(listener_wait(page, TOLD_MS));
    g_assert_true(page->more);
    g_assert_cmpuint(g_hash_table_size(page->matters), ==, 0);
    listener_close(page);
    end();
}

/* ---- ids ---- */

static void resumes(void)
{
    begin(NULL);
    struct listener *page = page_of("wang", NULL);
    g_autofree char *first = open_matter(GRID);
    must_be_told_of(page, first);
    g_autofree char *last = g_strdup(page->last_id);
    listener_close(page);
    check_in(first, 36.5);
    rig_settle(rig);
    struct listener *back = page_of("wang", last), *fresh = page_of("wang", NULL);
    must_be_told_of(back, first);
    must_hear_nothing(fresh);
    /* nothing has happened since: nothing is told again */
    g_autofree char *now = g_strdup(back->last_id);
    g_assert_cmpstr(now, !=, last);
    listener_close(back);
    back = page_of("wang", now);
    must_hear_nothing(back);
    listener_close(back);
    /* a page that begins a new connection says it in the address */
    g_autofree char *bearer = g_strdup_printf("Authorization: Bearer %s\r\n", rig_token(rig, "wang"));
    g_autofree char *after = g_strdup_printf("?after=%s", last);
    back = listener_open_with(rig, after, bearer);
    must_be_told_of(back, first);
    listener_close(back);
    /* also by a server that was started in between */
    server_stop(rig->server);
    rig_serve(rig, NULL);
    check_in(first, 36.6);
    rig_settle(rig);
    back = page_of("wang", now);
    must_be_told_of(back, first);
    listener_close(back);
    listener_close(fresh);
    end();
}

/* An id of nobody, of another person, of one who had other posts, and one that is too old. */
static void reloads(void)
{
    begin(&(struct server_options){.streams = {.back_events = 50}});
    struct listener *page = page_of("wang", NULL), *other = page_of("chen", NULL);
    const char *const wrong[] = {"0", "12", other->last_id, "AAAA", "%00"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        struct listener *back = page_of("wang", wrong[i]);
        g_assert_true(listener_wait(back, TOLD_MS));
        g_assert_cmpint(back->reloads, ==, 1);
        g_assert_cmpint(back->hints, ==, 0);
        listener_close(back);
    }
    struct listener *li = page_of("li", NULL), *zhao = page_of("zhao", li->last_id); /* who hold no post, both */
    g_assert_true(listener_wait(zhao, TOLD_MS));
    g_assert_cmpint(zhao->reloads, ==, 1);
    listener_close(li);
    listener_close(zhao);
    g_autofree char *matter = open_matter(GRID);
    must_be_told_of(page, matter);
    g_autofree char *last = g_strdup(page->last_id);
    listener_close(page);
    json_decref(rig_do(rig,
                       "{'command':'appoint','person':'%s','role':'supervisor','seat':'" COMMUNITY
                       "','grounds':['" COMMUNITY "'],'from':'2020-02-01T00:00:00+08:00'}",
                       rig_member(rig, "wang")->id));
    rig_settle(rig);
    page = page_of("wang", last);
    g_assert_true(listener_wait(page, TOLD_MS));
    g_assert_cmpint(page->reloads, ==, 1);
    g_autofree char *old = g_strdup(page->last_id);
    listener_close(page);
    for (int i = 0; i <= 60; i++) /* each an event at least */
        json_decref(rig_do(rig, "{'command':'register_person','name':'演远'}"));
    rig_settle(rig);
    page = page_of("wang", old);
    g_assert_true(listener_wait(page, TOLD_MS));
    g_assert_cmpint(page->reloads, ==, 1);
    must_tell_nothing_more(page);
    listener_close(page);
    listener_close(other);
    end();
}

/* ---- rights ---- */

static void forgets_who_holds_nothing_any_more(void)
{
    begin(NULL);
    g_autofree char *matter = open_matter(GRID);
    struct listener *page = page_of("wang", NULL), *stays = page_of("chen", NULL);
    must_hear_nothing(page); /* it is known who listens */
    json_decref(rig_do(rig, "{'command':'end_post','post_id':'%s'}", rig_member(rig, "wang")->post_id));
    clock_set(&rig->clock, RIG_NOW_US + US_PER_MINUTE);
    g_assert_true(listener_wait(page, TOLD_MS));
    g_assert_cmpint(page->reloads, ==, 1); /* for what the page shows it may have shown too much */
    check_in(matter, 36.5);
    must_be_told_of(stays, matter);
    must_tell_nothing_more(page);
    listener_close(page);
    listener_close(stays);
    end();
}

/* Nothing is said that begins or ends by time alone: what a post may see does. */
static void rights_begin_in_time(void)
{
    begin(NULL);
    g_autofree char *matter = open_matter(GRID);
    struct listener *page = page_of("stranger", NULL);
    json_decref(rig_do(rig,
                       "{'command':'appoint','person':'%s','role':'grid_worker','seat':'" GRID "','grounds':['" GRID
                       "'],'from':'2020-02-03T09:00:00+08:00'}",
                       rig_member(rig, "stranger")->id));
    check_in(matter, 36.5);
    must_hear_nothing(page);
    clock_set(&rig->clock, RIG_NOW_US + 2 * US_PER_HOUR);
    g_assert_true(listener_wait(page, TOLD_MS));
    g_assert_cmpint(page->reloads, ==, 1);
    listener_forget(page);
    check_in(matter, 36.6);
    must_be_told_of(page, matter);
    listener_close(page);
    end();
}

static void must_end(struct listener *listener)
{
    for (int64_t until_us = clock_monotonic_us() + TOLD_MS * 1000LL;
         !listener->ended && clock_monotonic_us() < until_us; g_usleep(5000))
        listener_hear(listener);
    g_assert_true(listener->ended);
}

static void ends_with_the_session(void)
{
    begin(NULL);
    g_autofree char *matter = open_matter(GRID);
    struct listener *out = page_of("wang", NULL), *closed = page_of("zhou", NULL), *stays = page_of("chen", NULL);
    g_autofree char *bearer = g_strdup_printf("Authorization: Bearer %s\r\n", rig_token(rig, "wang"));
    AUTO(reply)
    struct reply left = rig_ask(rig, &(struct ask){.method = "DELETE", .path = "/api/v1/session", .headers = bearer});
    reply_is(&left, 204, NULL);
    g_autofree char *path =
        g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/close", rig_member(rig, "zhou")->account);
    AUTO(reply) struct reply done = rig_post(rig, "keeper", path, "{}");
    g_assert_cmpint(done.status / 100, ==, 2);
    check_in(matter, 36.5);
    must_end(out);
    must_end(closed);
    g_assert_cmpint(out->hints + closed->hints, ==, 0);
    must_be_told_of(stays, matter);
    g_assert_false(stays->ended);
    listener_close(out);
    listener_close(closed);
    listener_close(stays);
    end();
}

/* Raised at ten, shown in the digest of half past: nothing happens then but the time. */
static void tells_when_a_digest_is_shown(void)
{
    begin(NULL);
    g_autoptr(GString) text = g_string_new(rig_playbook);
    g_string_replace(text, "version: 1", "version: 2", 1);
    g_assert_cmpuint(g_string_replace(text, "above: community}}]}", "above: community}, digest: 30min}]}", 1), ==, 1);
    AUTO(reply) struct reply adopted = rig_adopt(rig, text->str, NULL);
    reply_is(&adopted, 201, NULL);
    g_assert_cmpstr(reply_text(&adopted, "events.0.event"), ==, "playbook_adopted");
    g_autofree char *matter = open_matter(GRID);
    struct listener *page = page_of("zhou", NULL), *other = page_of("sun", NULL);
    clock_set(&rig->clock,
              RIG_NOW_US + 4 * US_PER_HOUR + 5 * US_PER_MINUTE); /* the morning's reading is two hours late */
    engine_run_clock(rig->engine);
    rig_settle(rig);
    listener_hear_for(page, SILENT_MS);
    g_assert_true(g_hash_table_contains(page->matters, matter));
    g_assert_cmpuint(g_hash_table_size(page->alerts), ==, 0);
    listener_forget(page);
    listener_forget(other);
    clock_set(&rig->clock, RIG_NOW_US + 4 * US_PER_HOUR + 31 * US_PER_MINUTE);
    g_assert_true(listener_wait(page, TOLD_MS));
    g_assert_true(g_hash_table_contains(page->alerts, rig_member(rig, "zhou")->post_id));
    AUTO(reply) struct reply alerts = rig_get(rig, "zhou", "/api/v1/alerts");
    g_assert_cmpuint(json_array_size(json_at(alerts.json, "data")), ==, 1);
    must_hear_nothing(other);
    listener_close(page);
    listener_close(other);
    end();
}

/* ---- the door ---- */

static int status_with(const char *headers)
{
    struct listener *listener = listener_open_with(rig, "", headers);
    int status = listener->status;
    listener_close(listener);
    return status;
}

static void asks_who_it_is(void)
{
    begin(NULL);
    const char *token = rig_token(rig, "wang");
    g_autofree char *cookie = g_strdup_printf("Cookie: " SESSION_COOKIE "=%s\r\n", token);
    g_autofree char *own = g_strconcat(cookie, "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n", NULL);
    g_assert_cmpint(status_with(""), ==, 401);
    g_assert_cmpint(status_with("Authorization: Bearer 12345\r\n"), ==, 401);
    g_assert_cmpint(status_with(cookie), ==, 200);
    g_assert_cmpint(status_with(own), ==, 200);
    AUTO(reply)
    struct reply head = rig_ask(rig, &(struct ask){.method = "HEAD", .path = "/api/v1/events", .token = token});
    g_assert_cmpint(head.status, ==, 200);
    AUTO(reply) struct reply posted = rig_post(rig, "wang", "/api/v1/events", "{}");
    reply_is(&posted, 405, "method_not_allowed");
    end();
}

static void has_limits(void)
{
    begin(&(struct server_options){.connections = 8, .streams = {.most = 12, .of_account = 3}});
    static const char *const who[] = {"wang", "sun", "chen", "zhou"};
    struct listener *pages[12];
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) /* more than there are other places */
        pages[i] = page_of(who[i % G_N_ELEMENTS(who)], NULL);
    struct listener *beyond = listener_open(rig, rig_token(rig, "wu"), NULL);
    g_assert_cmpint(beyond->status, ==, 503);
    listener_close(beyond);
    AUTO(reply) struct reply asked = rig_get(rig, "wang", "/api/v1/me"); /* others have their places */
    reply_is(&asked, 200, NULL);
    listener_close(pages[3]); /* of zhou: a place is free a second after its client has gone, at the latest */
    listener_close(pages[0]);
    listener_hear_for(pages[1], 2 * SILENT_MS);
    pages[0] = page_of("wang", NULL);
    beyond = listener_open(rig, rig_token(rig, "wang"), NULL);
    g_assert_cmpint(beyond->status, ==, 429);
    listener_close(beyond);
    listener_close(pages[4]); /* of the same account at once */
    pages[4] = page_of("wang", NULL);
    pages[3] = page_of("zhou", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
        listener_close(pages[i]);
    end();
}

/* Neither the time that a request may take nor a client's silence ends it; its comments show that it lives. */
static void lasts(void)
{
    begin(&(struct server_options){.request_seconds = 1, .streams = {.beat_seconds = 1}});
    struct listener *page = page_of("wang", NULL);
    g_autofree char *first = NULL;
    listener_hear_for(page, 3000);
    first = g_strdup(page->last_id);
    listener_hear_for(page, 5000);
    g_assert_false(page->ended);
    g_assert_cmpint(page->beats, >=, 5);
    g_assert_cmpint(page->hints + page->reloads, ==, 0);
    g_assert_cmpstr(page->last_id, !=, first); /* nobody tells from two ids whether something has happened */
    listener_close(page);
    end();
}

static int streams_open_now(void)
{
    AUTO(reply) struct reply reply = rig_get(rig, NULL, "/metrics");
    const char *line = strstr(reply.text->str, "\nlianfang_http_streams ");
    g_assert_nonnull(line);
    return (int)g_ascii_strtoll(line + strlen("\nlianfang_http_streams "), NULL, 10);
}

/* A client that takes nothing costs no more than a set, and is ended; others are told meanwhile. */
static void ends_who_reads_nothing(void)
{
    begin(&(struct server_options){.streams = {.unread_seconds = 2}});
    struct wire deaf = wire_open_narrow(rig, 1);
    g_autofree char *text =
        ask_text(&(struct ask){.method = "GET", .path = "/api/v1/events", .token = rig_token(rig, "zhou")});
    wire_send(&deaf, text, -1);
    GPtrArray *matters = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < LIMIT_HINTS; i++) {
        g_autofree char *name = g_strdup_printf("many%d", i);
        json_t *row = rig_do(rig,
                             "{'command':'open_matter','kind':'home_observation','unit':'" GRID
                             "','subject':'%s','form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                             rig_add(rig, name, NULL, NULL)->id);
        g_ptr_array_add(matters, g_strdup(json_string_value(json_object_get(row, "matter"))));
        json_decref(row);
    }
    struct listener *page = page_of("wang", NULL);
    bool ended = false;
    for (int round = 0; round < 40 && !ended; round++) {
        for (guint i = 0; i < matters->len; i++)
            check_in(g_ptr_array_index(matters, i), 36.0 + round % 10 / 10.0);
        g_usleep(300000);
        ended = streams_open_now() < 2;
    }
    g_assert_true(ended);
    listener_hear(page);
    g_assert_cmpint(page->hints, >, 0);
    g_assert_false(page->ended);
    listener_close(page);
    wire_close(&deaf);
    g_ptr_array_unref(matters);
    end();
}

static void ends_with_the_server(void)
{
    begin(NULL);
    static const char *const who[] = {"wang", "sun", "chen", "zhou"};
    struct listener *pages[G_N_ELEMENTS(who)];
    for (size_t i = 0; i < G_N_ELEMENTS(who); i++)
        pages[i] = page_of(who[i], NULL);
    int64_t from_us = clock_monotonic_us();
    server_stop(rig->server);
    g_assert_cmpint(clock_monotonic_us() - from_us, <, 4 * US_PER_SECOND); /* below what it waits for answers */
    for (size_t i = 0; i < G_N_ELEMENTS(who); i++) {
        must_end(pages[i]);
        listener_close(pages[i]);
    }
    rig_serve(rig, NULL);
    end();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/events/tells", tells);
    g_test_add_func("/events/coalesces", coalesces);
    g_test_add_func("/events/says-that-there-are-more", says_that_there_are_more);
    g_test_add_func("/events/resumes", resumes);
    g_test_add_func("/events/reloads", reloads);
    g_test_add_func("/events/forgets-who-holds-nothing-any-more", forgets_who_holds_nothing_any_more);
    g_test_add_func("/events/rights-begin-in-time", rights_begin_in_time);
    g_test_add_func("/events/ends-with-the-session", ends_with_the_session);
    g_test_add_func("/events/tells-when-a-digest-is-shown", tells_when_a_digest_is_shown);
    g_test_add_func("/events/asks-who-it-is", asks_who_it_is);
    g_test_add_func("/events/has-limits", has_limits);
    g_test_add_func("/events/lasts", lasts);
    g_test_add_func("/events/ends-who-reads-nothing", ends_who_reads_nothing);
    g_test_add_func("/events/ends-with-the-server", ends_with_the_server);
    return g_test_run();
}
