/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is delivered, signed, tried again, given up, and what is not sent at all. */
#include "office.h"

#include <glib/gstdio.h>
#include <string.h>

#define DESK "\"unit\":{\"code\":\"" COMMUNITY "\""

static struct office *office;
static guint wanted; /* of what is waited for */

static bool have_come(struct office *at)
{
    return receiver_count(at->receiver) >= wanted;
}

static void wait_for(guint count)
{
    wanted = count;
    g_assert_true(office_until(office, have_come));
}

static bool nothing_waits(struct office *at)
{
    g_autofree char *waiting = office_ask(at, "SELECT count(*) FROM delivery WHERE dead_us = 0");
    return strcmp(waiting, "0") == 0;
}

static bool one_is_dead(struct office *at)
{
    g_autofree char *dead = office_ask(at, "SELECT count(*) > 0 FROM delivery WHERE dead_us <> 0");
    return strcmp(dead, "1") == 0;
}

static bool has_failed(struct office *at)
{
    g_autofree char *why = office_ask(at, "SELECT why FROM delivery WHERE why IS NOT NULL");
    return *why != '\0';
}

static bool all_read(struct office *at)
{
    return office_counts(at, "desk").pos >= engine_rows_pos(at->rig->engine);
}

static void begin(void)
{
    office = office_new();
}

/* With one message that the receiver has refused once. */
static void begin_failing(void)
{
    begin();
    office_configure(office, NULL);
    receiver_behave(office->receiver, RECEIVER_FAILS, NULL);
    office_open(office);
    g_free(office_direct(office));
    g_assert_true(office_until(office, has_failed));
}

static void end(void)
{
    office_free(g_steal_pointer(&office));
}

/* ---- a webhook ---- */

/* Counted anew, by GLib and as the specification has it. */
static void is_signed(const struct received *received)
{
    const char *id = g_hash_table_lookup(received->headers, "webhook-id");
    const char *stamp = g_hash_table_lookup(received->headers, "webhook-timestamp");
    const char *signature = g_hash_table_lookup(received->headers, "webhook-signature");
    g_assert_true(id != NULL && stamp != NULL && signature != NULL);
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)OFFICE_KEY, strlen(OFFICE_KEY));
    g_autofree char *message = g_strdup_printf("%s.%s.%s", id, stamp, received->body);
    guint8 digest[32];
    gsize bytes = sizeof digest;
    g_hmac_update(hmac, (const guchar *)message, -1);
    g_hmac_get_digest(hmac, digest, &bytes);
    g_autofree char *text = g_base64_encode(digest, bytes);
    g_assert_true(g_str_has_prefix(signature, "v1,"));
    g_assert_cmpstr(signature + 3, ==, text);
}

static json_t *body_at(guint i)
{
    json_t *body = json_loads(receiver_get(office->receiver, i)->body, 0, NULL);
    g_assert_nonnull(body);
    return body;
}

static void delivered(void)
{
    begin();
    office_configure(office, NULL);
    office_open(office);
    g_autofree char *matter = office_direct(office);
    wait_for(2); /* of the two communities below the subdistrict */
    g_assert_true(office_until(office, nothing_waits));
    guint own = receiver_found(office->receiver, "\"" COMMUNITY "\"");
    g_assert_cmpuint(own, ==, 0); /* the matter's unit is told, the subdistrict */
    for (guint i = 0; i < receiver_count(office->receiver); i++) {
        const struct received *received = receiver_get(office->receiver, i);
        g_autoptr(json_t) body = body_at(i);
        is_signed(received);
        g_assert_cmpstr(received->path, ==, "/alerts");
        g_assert_cmpstr(g_hash_table_lookup(received->headers, "content-type"), ==, "application/json");
        g_assert_cmpstr(json_at_text(body, "id"), ==, g_hash_table_lookup(received->headers, "webhook-id"));
        g_assert_cmpstr(json_at_text(body, "alert"), ==, "alerted");
        g_assert_cmpint(json_integer_value(json_at(body, "count")), ==, 1);
        g_assert_cmpint(json_integer_value(json_at(body, "times")), ==, 1);
        g_assert_cmpstr(json_at_text(body, "kind.title.zh"), ==, "通知");
        g_assert_cmpstr(json_at_text(body, "unit.code"), ==, SUBDISTRICT);
        g_assert_nonnull(strstr(json_at_text(body, "text"), "1项待查看，第1次提醒，最早还剩"));
        g_assert_cmpstr(json_at_text(body, "link"), ==, "https://lianfang.example/");
        g_assert_null(strstr(received->body, "测试"));     /* everybody's name */
        g_assert_null(strstr(received->body, "1390000"));  /* and number */
        g_assert_null(strstr(received->body, "演练消毒")); /* and what the directive says */
        g_assert_null(strstr(received->body, matter));
    }
    struct delivery_counts counts = office_counts(office, "desk");
    g_assert_cmpint(counts.delivered, ==, receiver_count(office->receiver));
    g_assert_cmpint(counts.failures, ==, 0);
    end();
}

/* As often as the playbook says, and then the phone list. */
static void repeated(void)
{
    begin();
    office_configure(office, NULL);
    office_open(office);
    g_free(office_direct(office));
    wait_for(1);
    g_assert_true(office_until(office, nothing_waits));
    guint before = receiver_count(office->receiver);
    office_later(office, 6 * US_PER_MINUTE);
    wait_for(before + 1);
    g_assert_true(office_until(office, nothing_waits));
    g_assert_cmpuint(receiver_found(office->receiver, "\"times\":2"), >, 0);
    office_later(office, 6 * US_PER_MINUTE);
    g_assert_true(office_until(office, all_read) && office_until(office, nothing_waits));
    g_assert_cmpuint(receiver_found(office->receiver, "\"alert\":\"ringing\""), >, 0);
    end();
}

/* ---- what is not sent ---- */

static void seen_meanwhile(void)
{
    begin();
    office_configure(office, NULL);
    receiver_behave(office->receiver, RECEIVER_FAILS, NULL);
    office_open(office);
    g_autofree char *matter = office_direct(office);
    g_assert_true(office_until(office, has_failed));
    office_look(office, "zhou", matter);
    receiver_behave(office->receiver, RECEIVER_TAKES, NULL);
    g_assert_true(office_until(office, nothing_waits));
    struct delivery_counts counts = office_counts(office, "desk");
    g_assert_cmpint(counts.unneeded, ==, 1);
    end();
}

static void new_begins_at_the_tip(void)
{
    begin();
    g_free(office_direct(office));
    office_configure(office, NULL);
    office_open(office);
    g_assert_true(office_until(office, all_read));
    struct delivery_counts counts = office_counts(office, "desk");
    g_assert_cmpint(counts.waiting + counts.delivered + counts.unneeded, ==, 0);
    g_free(office_direct(office));
    wait_for(1);
    end();
}

/* ---- what goes wrong ---- */

static char *first_why(void)
{
    g_assert_true(office_until(office, has_failed));
    return office_ask(office, "SELECT why FROM delivery WHERE why IS NOT NULL ORDER BY id");
}

static char *first_id(void)
{
    return office_ask(office, "SELECT lower(hex(uuid)) FROM delivery ORDER BY id");
}

/* The id as it stands in the file, of what the receiver was given. */
static bool came_as(struct receiver *receiver, const char *id)
{
    for (guint i = 0; i < receiver_count(receiver); i++) {
        const struct received *received = receiver_get(receiver, i);
        g_auto(GStrv) parts = g_strsplit(g_hash_table_lookup(received->headers, "webhook-id"), "-", -1);
        g_autofree char *plain = g_strjoinv("", parts);
        if (received->status == 200 && strcmp(received->path, "/alerts") == 0 && strcmp(plain, id) == 0)
            return true;
    }
    return false;
}

static void tried_again(void)
{
    static const struct {
        enum behaviour behaviour;
        const char *why;
    } rows[] = {{RECEIVER_FAILS, "status_500"},
                {RECEIVER_REDIRECTS, "redirect_302"},
                {RECEIVER_IS_HUGE, "answer_too_large"},
                {RECEIVER_IS_SLOW, "timed_out"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        begin();
        office_configure(office,
                         "[deliver desk]\ntype=webhook\nurl=https://127.0.0.1:%PORT%/alerts\nsecret-file=%KEY%\n"
                         "ca-file=%CA%\nallow=127.0.0.1\ntimeout=1s\ntries=100\n");
        receiver_behave(office->receiver, rows[i].behaviour, NULL);
        office_open(office);
        g_free(office_direct(office));
        g_autofree char *why = first_why(), *id = first_id();
        g_assert_cmpstr(why, ==, rows[i].why);
        receiver_behave(office->receiver, RECEIVER_TAKES, NULL);
        g_assert_true(office_until(office, nothing_waits));
        g_assert_true(came_as(office->receiver, id));
        for (guint at = 0; at < receiver_count(office->receiver); at++)
            g_assert_cmpstr(receiver_get(office->receiver, at)->path, ==, "/alerts"); /* never /elsewhere */
        end();
    }
}

static void never_reached(void)
{
    static const struct {
        const char *url, *more, *host, *why;
    } rows[] = {
        {"https://127.0.0.1:%PORT%/", "ca-file=%CA%\n", "127.0.0.1", "address_refused"},
        {"https://localhost:%PORT%/", "ca-file=%CA%\n", "localhost", "address_refused"},
        {"https://127.0.0.1:%PORT%/", "ca-file=%CA%\nallow=10.0.0.0/8\n", "127.0.0.1", "address_refused"},
        {"https://127.0.0.1:%PORT%/", "allow=127.0.0.1\n", "127.0.0.1", "certificate"},
        {"https://127.0.0.1:%PORT%/", "ca-file=%CA%\nallow=127.0.0.1\n", "elsewhere.example", "certificate"},
        {"https://127.0.0.1:1/", "ca-file=%CA%\nallow=127.0.0.1\n", "127.0.0.1", "not_connected"},
        {"https://nobody.invalid/", "", "127.0.0.1", "host_unknown"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        begin();
        receiver_free(office->receiver);
        office->receiver = receiver_new(office->rig->dir, rows[i].host);
        g_autofree char *text =
            g_strdup_printf("[deliver desk]\ntype=webhook\nurl=%s\nsecret-file=%%KEY%%\n%s", rows[i].url, rows[i].more);
        office_configure(office, text);
        office_open(office);
        g_free(office_direct(office));
        g_autofree char *why = first_why();
        g_assert_cmpstr(why, ==, rows[i].why);
        g_assert_cmpuint(receiver_count(office->receiver), ==, 0);
        end();
    }
}

static bool eight_have_failed(struct office *at)
{
    g_autofree char *failed = office_ask(at, "SELECT count(*) FROM delivery WHERE why = 'timed_out'");
    return strcmp(failed, "8") == 0;
}

/* Each of them doubled how long it was left alone: 128 times as long after eight that were under way together. */
static void failed_together(void)
{
    begin();
    office->backoff_us = US_PER_SECOND;
    office_configure(office, "[deliver desk]\ntype=webhook\nurl=https://127.0.0.1:%PORT%/alerts\nsecret-file=%KEY%\n"
                             "ca-file=%CA%\nallow=127.0.0.1\ntimeout=1s\ntries=100\n");
    receiver_behave(office->receiver, RECEIVER_IS_SLOW, NULL);
    office_open(office);
    office_close(office);
    for (int i = 0; i < 4; i++) {
        g_free(office_direct(office)); /* to two posts each */
        office_later(office, 10 * US_PER_SECOND);
    }
    office_open(office);
    g_assert_true(office_until(office, eight_have_failed));
    receiver_behave(office->receiver, RECEIVER_TAKES, NULL);
    g_assert_true(office_until(office, nothing_waits));
    g_assert_cmpint(office_counts(office, "desk").delivered, ==, 8);
    end();
}

/* Neither the other destination nor the door waits for one that does not answer. */
static void dead_gateway(void)
{
    begin();
    office_configure(office,
                     "[deliver dead]\ntype=webhook\nurl=https://127.0.0.1:1/\nsecret-file=%KEY%\nallow=127.0.0.1\n"
                     "[deliver desk]\ntype=webhook\nurl=https://127.0.0.1:%PORT%/alerts\nsecret-file=%KEY%\n"
                     "ca-file=%CA%\nallow=127.0.0.1\n");
    office_open(office);
    g_free(office_direct(office));
    wait_for(1);
    g_assert_true(office_until(office, has_failed));
    g_assert_cmpint(office_counts(office, "dead").waiting, >, 0);
    g_assert_cmpint(office_counts(office, "dead").delivered, ==, 0);
    end();
}

static bool second_has_tried(struct office *at)
{
    g_autofree char *tried = office_ask(at, "SELECT count(*) FROM delivery WHERE destination = 'second' AND tries > 4");
    return strcmp(tried, "0") != 0;
}

/* A connection that another destination keeps open to the same host is judged anew. */
static void kept_connection(void)
{
    begin();
    office_configure(office, "[deliver first]\ntype=webhook\nurl=https://127.0.0.1:%PORT%/first\nsecret-file=%KEY%\n"
                             "ca-file=%CA%\nallow=127.0.0.1\n"
                             "[deliver second]\ntype=webhook\nurl=https://127.0.0.1:%PORT%/second\nsecret-file=%KEY%\n"
                             "ca-file=%CA%\ntries=100\n");
    office_open(office);
    g_free(office_direct(office));
    wait_for(2);
    g_assert_true(office_until(office, second_has_tried));
    g_autofree char *why = office_ask(office, "SELECT DISTINCT why FROM delivery WHERE destination = 'second'");
    g_assert_cmpstr(why, ==, "address_refused");
    for (guint i = 0; i < receiver_count(office->receiver); i++)
        g_assert_cmpstr(receiver_get(office->receiver, i)->path, ==, "/first");
    end();
}

/* ---- given up ---- */

static void dead_letters(void)
{
    begin();
    office_configure(office, "[deliver desk]\ntype=webhook\nurl=https://127.0.0.1:%PORT%/alerts\nsecret-file=%KEY%\n"
                             "ca-file=%CA%\nallow=127.0.0.1\ntries=2\n");
    receiver_behave(office->receiver, RECEIVER_FAILS, NULL);
    office_open(office);
    g_free(office_direct(office));
    g_assert_true(office_until(office, one_is_dead) && office_until(office, nothing_waits));
    g_autofree char *id = first_id(), *tries = office_ask(office, "SELECT tries FROM delivery");
    g_assert_cmpstr(tries, ==, "2");
    guint before = receiver_count(office->receiver);
    receiver_behave(office->receiver, RECEIVER_TAKES, NULL);
    office_later(office, US_PER_MINUTE);
    g_usleep(600000);
    g_assert_cmpuint(receiver_count(office->receiver), ==, before); /* a dead one is not tried */
    struct db *db = deliveries_open_existing(office->rig->data, true, NULL);
    int64_t dead = office_counts(office, "desk").dead;
    g_assert_cmpint(deliveries_resend(db, NULL, "other", clock_now_us(&office->rig->clock)), ==, 0);
    g_assert_cmpint(deliveries_resend(db, NULL, NULL, clock_now_us(&office->rig->clock)), ==, dead);
    db_close(db);
    wait_for(before + (guint)dead);
    g_assert_true(office_until(office, nothing_waits) && came_as(office->receiver, id));
    g_assert_cmpint(office_counts(office, "desk").dead, ==, 0);
    end();
}

static void too_late(void)
{
    begin();
    office_configure(office, "[deliver desk]\ntype=webhook\nurl=https://127.0.0.1:%PORT%/alerts\nsecret-file=%KEY%\n"
                             "ca-file=%CA%\nallow=127.0.0.1\ntries=100\ngive-up=1min\n");
    receiver_behave(office->receiver, RECEIVER_FAILS, NULL);
    office_open(office);
    g_free(office_direct(office));
    g_assert_true(office_until(office, has_failed));
    office_later(office, 2 * US_PER_MINUTE);
    g_assert_true(office_until(office, nothing_waits) && office_until(office, one_is_dead));
    end();
}

/* ---- it ends, and begins again ---- */

static void goes_on(void)
{
    begin_failing();
    g_autofree char *id = first_id();
    office_close(office);
    g_free(office_direct(office)); /* while it does not run */
    receiver_behave(office->receiver, RECEIVER_TAKES, NULL);
    office_open(office);
    g_assert_true(office_until(office, all_read) && office_until(office, nothing_waits));
    g_assert_true(came_as(office->receiver, id));
    g_assert_cmpint(office_counts(office, "desk").delivered, ==, 4); /* of two directives, to two posts each */
    end();
}

static bool stands(struct office *at)
{
    return outbox_standing_us(at->outbox) > 0;
}

static bool goes(struct office *at)
{
    return outbox_standing_us(at->outbox) == 0;
}

static bool health_says(const char *word)
{
    AUTO(reply) struct reply reply = rig_get(office->rig, NULL, "/healthz");
    return strstr(reply.text->str, word) != NULL;
}

/* That is said where it is watched, and over when the file is another one. */
static void broken_file(void)
{
    begin();
    office_configure(office, NULL);
    office_open(office);
    g_assert_true(office_until(office, goes));
    office_close(office);
    g_autofree char *path = g_build_filename(office->rig->data, "outbox.db", NULL);
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    g_unlink(log);
    g_assert_true(
        g_file_set_contents(path, "this is no database, and has been none for as long as one looks", -1, NULL));
    server_stop(office->rig->server);
    office_start(office);
    rig_serve(office->rig, &(struct server_options){.outbox = office->outbox});
    g_assert_true(office_until(office, stands));
    g_assert_true(health_says("\"degraded\"") && health_says("\"outbox_stands\""));
    g_unlink(path);
    g_assert_true(office_until(office, goes));
    g_assert_false(health_says("outbox_stands"));
    g_free(office_direct(office));
    wait_for(1);
    end();
}

static void configured_no_more(void)
{
    begin_failing();
    office_close(office);
    office_configure(office, "[deliver other]\ntype=webhook\nurl=https://127.0.0.1:%PORT%/\nsecret-file=%KEY%\n"
                             "ca-file=%CA%\nallow=127.0.0.1\n");
    office_open(office);
    g_autofree char *left = office_ask(office, "SELECT count(*) FROM delivery");
    g_assert_cmpstr(left, ==, "0");
    g_assert_cmpint(office_counts(office, "desk").pos, ==, 0);
    end();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outbox/delivered", delivered);
    g_test_add_func("/outbox/repeated", repeated);
    g_test_add_func("/outbox/seen-meanwhile", seen_meanwhile);
    g_test_add_func("/outbox/new-begins-at-the-tip", new_begins_at_the_tip);
    g_test_add_func("/outbox/tried-again", tried_again);
    g_test_add_func("/outbox/never-reached", never_reached);
    g_test_add_func("/outbox/dead-gateway", dead_gateway);
    g_test_add_func("/outbox/kept-connection", kept_connection);
    g_test_add_func("/outbox/dead-letters", dead_letters);
    g_test_add_func("/outbox/too-late", too_late);
    g_test_add_func("/outbox/goes-on", goes_on);
    g_test_add_func("/outbox/broken-file", broken_file);
    g_test_add_func("/outbox/failed-together", failed_together);
    g_test_add_func("/outbox/configured-no-more", configured_no_more);
    return g_test_run();
}
