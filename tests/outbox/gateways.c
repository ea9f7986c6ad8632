/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMS gateways and group robots; who is told what; how much is kept. */
#include "office.h"

#include <string.h>

#define AT_RECEIVER "url=https://127.0.0.1:%PORT%/send\nca-file=%CA%\nallow=127.0.0.1\nsecret-file=%KEY%\n"
#define SMS                                                                                                            \
    "[deliver sms]\ntype=sms\n" AT_RECEIVER "header.Authorization=Bearer {secret}\n"                                   \
    "body={\"to\":\"{phone}\",\"text\":\"{text}\",\"reference\":\"{id}\"}\n"
#define HOOK "[deliver desk]\ntype=webhook\n" AT_RECEIVER
#define ROBOT                                                                                                          \
    "[deliver robot]\ntype=wecom\nurl=https://127.0.0.1:%PORT%/send?key={secret}\nca-file=%CA%\nallow=127.0.0.1\n"     \
    "secret-file=%KEY%\n"

static struct office *office;
static guint wanted;
static const char *asked, *answer;

static bool have_come(struct office *at)
{
    return receiver_count(at->receiver) >= wanted;
}

static void wait_for(guint count)
{
    wanted = count;
    g_assert_true(office_until(office, have_come));
}

static bool is_so(struct office *at)
{
    g_autofree char *text = office_ask(at, asked);
    return strcmp(text, answer) == 0;
}

static void wait_until(const char *sql, const char *text)
{
    asked = sql;
    answer = text;
    if (!office_until(office, is_so)) {
        g_autofree char *found = office_ask(office, sql);
        g_error("%s: %s", sql, found);
    }
}

static bool all_read(struct office *at)
{
    const struct destination *first = g_ptr_array_index(at->destinations, 0);
    return office_counts(at, first->name).pos >= engine_rows_pos(at->rig->engine);
}

static void begin(const char *config)
{
    office = office_new();
    office_configure(office, config);
    office_open(office);
}

static void end(void)
{
    office_free(g_steal_pointer(&office));
}

/* The number with which the rig registered somebody of its cast. */
static char *phone_of(const char *name)
{
    g_autoptr(GError) error = NULL;
    struct reader *reader = reader_open(office->rig->data, NULL, &error);
    g_assert_no_error(error);
    AUTO(person_data) struct person_data data = {0};
    g_assert_true(registry_person(reader->rows, reader->vault, rig_member(office->rig, name)->person, &data));
    char *phone = g_strdup(data.phone);
    reader_close(reader);
    g_assert_nonnull(phone);
    return phone;
}

static bool is_in_file(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(office->rig->data, name, NULL), *bytes = NULL;
    gsize length = 0;
    return g_file_get_contents(path, &bytes, &length, NULL) && memmem(bytes, length, text, strlen(text)) != NULL;
}

/* ---- SMS ---- */

static void sms(void)
{
    begin(SMS);
    receiver_behave(office->receiver, RECEIVER_FAILS, NULL);
    g_free(office_direct(office));
    g_autofree char *phone = phone_of("zhou");
    wait_for(1);
    wait_until("SELECT count(*) > 0 FROM delivery WHERE why = 'status_500'", "1");
    wait_until("SELECT count(*) > 0 FROM delivery WHERE why = 'no_phone'", "1"); /* SIBLING has no secretary */
    const struct received *received = receiver_get(office->receiver, 0);
    g_autoptr(json_t) body = json_loads(received->body, 0, NULL);
    g_assert_cmpstr(json_at_text(body, "to"), ==, phone);
    g_assert_true(g_str_has_prefix(json_at_text(body, "text"), "【联防】通知，"));
    g_assert_nonnull(strstr(json_at_text(body, "text"), "https://lianfang.example/"));
    g_assert_cmpuint(strlen(json_at_text(body, "reference")), ==, UUID_TEXT_LENGTH);
    g_assert_cmpstr(g_hash_table_lookup(received->headers, "authorization"), ==, "Bearer " OFFICE_KEY);
    g_assert_null(g_hash_table_lookup(received->headers, "webhook-signature"));
    g_assert_false(is_in_file("outbox.db", phone) || is_in_file("outbox.db-wal", phone));
    g_assert_true(is_in_file("outbox.db-wal", "directive") || is_in_file("outbox.db", "directive"));
    end();
}

/* Whoever is rung up by it must not take it for real. */
static void drill(void)
{
    begin(SMS);
    json_decref(rig_do(office->rig, "{'command':'declare_drill'}"));
    g_free(office_direct(office));
    wait_for(1);
    g_autoptr(json_t) body = json_loads(receiver_get(office->receiver, 0)->body, 0, NULL);
    g_assert_true(g_str_has_prefix(json_at_text(body, "text"), "【演练】【联防】通知，"));
    end();
}

/* The number is that of the moment. */
static void newest_number(void)
{
    begin(SMS);
    receiver_behave(office->receiver, RECEIVER_FAILS, NULL);
    g_free(office_direct(office));
    wait_for(1);
    json_decref(rig_do(office->rig, "{'command':'change_person','person':'%s','phone':'13911112222'}",
                       rig_member(office->rig, "zhou")->id));
    receiver_behave(office->receiver, RECEIVER_TAKES, NULL);
    wait_until("SELECT delivered FROM destination", "1");
    g_assert_cmpuint(receiver_found(office->receiver, "\"13911112222\""), ==, 1);
    end();
}

static void answer_that_says_no(void)
{
    begin(SMS "success=\"code\":0\n");
    receiver_behave(office->receiver, RECEIVER_SAYS, "{\"code\":7}");
    g_free(office_direct(office));
    wait_until("SELECT count(*) > 0 FROM delivery WHERE why = 'answer_without_success'", "1");
    receiver_behave(office->receiver, RECEIVER_SAYS, "{\"code\":0}");
    wait_until("SELECT delivered FROM destination", "1");
    end();
}

static void as_a_form(void)
{
    begin("[deliver sms]\ntype=sms\nurl=https://127.0.0.1:%PORT%/send?key={secret}\nca-file=%CA%\nallow=127.0.0.1\n"
          "secret-file=%KEY%\nbody-type=form\nbody=mobile={phone}&content={text}\nlanguage=en\n");
    g_free(office_direct(office));
    g_autofree char *phone = phone_of("zhou");
    wait_for(1);
    const struct received *received = receiver_get(office->receiver, 0);
    g_autofree char *start = g_strdup_printf("mobile=%s&content=%%5BLianfang%%5D%%20Directive%%2C%%20", phone);
    g_assert_true(g_str_has_prefix(received->body, start));
    g_assert_cmpstr(g_hash_table_lookup(received->headers, "content-type"), ==, "application/x-www-form-urlencoded");
    g_assert_cmpstr(g_hash_table_lookup(received->headers, "key"), ==, OFFICE_KEY);
    end();
}

/* ---- a group robot ---- */

static void robot(void)
{
    begin(ROBOT "per-minute=0\n");
    receiver_behave(office->receiver, RECEIVER_SAYS, "{\"errcode\":45009,\"errmsg\":\"limited\"}");
    g_free(office_direct(office));
    wait_until("SELECT count(*) > 0 FROM delivery WHERE why = 'errcode_45009'", "1");
    receiver_behave(office->receiver, RECEIVER_SAYS, "<html>");
    wait_until("SELECT count(*) > 0 FROM delivery WHERE why = 'answer_not_understood'", "1");
    receiver_behave(office->receiver, RECEIVER_SAYS, "{\"errcode\":0,\"errmsg\":\"ok\"}");
    wait_until("SELECT count(*) FROM delivery", "0");
    g_autoptr(json_t) body = json_loads(receiver_get(office->receiver, 0)->body, 0, NULL);
    g_assert_cmpstr(json_at_text(body, "msgtype"), ==, "text");
    g_assert_true(g_str_has_prefix(json_at_text(body, "text.content"), "【联防】通知，"));
    g_assert_cmpuint(json_object_size(body), ==, 2);
    end();
}

/* Not faster than it takes them. */
static void paced(void)
{
    begin(ROBOT "per-minute=60\n");
    receiver_behave(office->receiver, RECEIVER_SAYS, "{\"errcode\":0}");
    g_free(office_direct(office));
    wait_for(2); /* of two posts */
    g_assert_cmpint(receiver_get(office->receiver, 1)->at_us - receiver_get(office->receiver, 0)->at_us, >, 900000);
    end();
}

/* ---- who is told what ---- */

static void people_no_lower_than_the_community(void)
{
    begin(HOOK);
    g_free(rig_observe(office->rig, "li"));
    office_later(office, 5 * US_PER_HOUR); /* 13:00: the window ended at 10:00, and it is escalated after two hours */
    wait_for(1);
    g_assert_true(office_until(office, all_read));
    wait_until("SELECT count(*) FROM delivery", "0");
    guint told = receiver_found(office->receiver, "\"home_observation\"");
    g_assert_cmpuint(told, >, 0);
    g_assert_cmpuint(receiver_found(office->receiver, "\"code\":\"" COMMUNITY "\""), ==, told);
    g_assert_cmpuint(receiver_found(office->receiver, GRID), ==, 0);
    g_assert_cmpuint(receiver_found(office->receiver, "\"alert\":\"raised\""), >, 0);
    g_assert_cmpuint(receiver_found(office->receiver, "\"late_seconds\":10"), >, 0); /* three hours and some seconds */
    g_assert_cmpuint(receiver_found(office->receiver, "最长已逾期3小时"), >, 0);
    end();
}

static void participants_only(void)
{
    begin(HOOK "alerts=warned,overdue,raised,alerted,ringing\nkinds=welfare_case\n" SMS "kinds=welfare_case\n");
    g_free(rig_observe(office->rig, "li")); /* by which zhou may name li */
    AUTO(reply)
    struct reply reply = rig_command(office->rig, "zhou", "/api/v1/matters",
                                     "{'kind':'welfare_case','unit':'" GRID "','subject':'%s','form':{'need':'演练'}}",
                                     rig_member(office->rig, "li")->id);
    reply_is(&reply, 201, NULL);
    office_later(office, 4 * US_PER_HOUR);
    wait_for(1);
    g_assert_true(office_until(office, all_read));
    wait_until("SELECT count(*) FROM delivery WHERE destination = 'desk'", "0");
    g_autofree char *phone = phone_of("zheng");
    g_assert_cmpuint(receiver_found(office->receiver, "困难帮扶"), ==, 1);
    g_assert_cmpuint(receiver_found(office->receiver, phone), ==, 1);
    g_assert_cmpint(office_counts(office, "desk").delivered, ==, 0);
    end();
}

static void these_kinds_alone(void)
{
    begin(HOOK "kinds=home_observation\n");
    g_free(office_direct(office));
    g_free(rig_observe(office->rig, "li"));
    office_later(office, 5 * US_PER_HOUR);
    wait_for(1);
    wait_until("SELECT count(*) FROM delivery", "0");
    g_assert_cmpuint(receiver_found(office->receiver, "\"home_observation\""), ==, receiver_count(office->receiver));
    end();
}

/* What falls to one post at one moment is one message. */
static void one_message(void)
{
    begin(HOOK "alerts=raised\n");
    g_free(rig_observe(office->rig, "li"));
    g_free(rig_observe(office->rig, "zhao"));
    office_later(office, 5 * US_PER_HOUR);
    wait_for(1);
    g_assert_true(office_until(office, all_read));
    wait_until("SELECT count(*) FROM delivery", "0");
    g_assert_cmpuint(receiver_count(office->receiver), ==, 1);
    g_assert_cmpuint(receiver_found(office->receiver, "\"count\":2"), ==, 1);
    end();
}

/* ---- to be watched ---- */

static void metrics(void)
{
    begin(HOOK);
    receiver_behave(office->receiver, RECEIVER_FAILS, NULL);
    server_stop(office->rig->server);
    rig_serve(office->rig, &(struct server_options){.outbox = office->outbox});
    g_free(office_direct(office));
    wait_until("SELECT count(*) FROM delivery WHERE why = 'status_500'", "2");
    g_usleep(1200000); /* they are as of a second ago */
    AUTO(reply) struct reply reply = rig_get(office->rig, NULL, "/metrics");
    static const char *const lines[] = {
        "\n# TYPE lianfang_outbox_waiting gauge\nlianfang_outbox_waiting{destination=\"desk\"} 2\n",
        "\nlianfang_outbox_dead{destination=\"desk\"} 0\n",
        "\nlianfang_outbox_delivered_total{destination=\"desk\"} 0\n",
        "\nlianfang_outbox_lost_total{destination=\"desk\"} 0\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        if (strstr(reply.text->str, lines[i]) == NULL)
            g_error("no %s in %s", lines[i], reply.text->str);
    g_assert_null(strstr(reply.text->str, "lianfang_outbox_failures_total{destination=\"desk\"} 0\n"));
    end();
}

/* ---- how much is kept ---- */

static void too_many(void)
{
    begin(HOOK);
    g_assert_true(office_until(office, all_read));
    struct db *db = deliveries_open_existing(office->rig->data, true, NULL);
    int made = db_run(db,
                      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO "
                      "delivery (uuid, destination, how, kind, post, raised_us, shown_us, items, made_us, next_us) "
                      "SELECT randomblob(16), 'desk', 0, 'none', 0, 0, ?1, '[]', ?1, ?1 FROM n",
                      "i", clock_now_us(&office->rig->clock) + US_PER_DAY);
    g_assert_cmpint(made, ==, 10000);
    g_usleep(400000); /* longer than a round */
    int64_t pos = office_counts(office, "desk").pos;
    g_free(office_direct(office));
    g_usleep(1000000);
    g_assert_cmpint(office_counts(office, "desk").pos, ==, pos); /* the journal keeps them */
    g_assert_cmpint(office_counts(office, "desk").waiting, ==, 10000);
    db_run(db, "UPDATE delivery SET dead_us = 1", "");
    db_run(db,
           "INSERT INTO delivery (uuid, destination, how, kind, post, raised_us, shown_us, items, made_us, next_us, "
           "dead_us) VALUES (randomblob(16), 'desk', 0, 'none', 0, 0, 0, '[]', 0, 0, 2)",
           "");
    db_close(db);
    wait_for(1);
    wait_until("SELECT lost FROM destination", "1");
    wait_until("SELECT count(*) FROM delivery WHERE dead_us <> 0", "10000");
    end();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outbox/sms", sms);
    g_test_add_func("/outbox/drill", drill);
    g_test_add_func("/outbox/newest-number", newest_number);
    g_test_add_func("/outbox/answer-that-says-no", answer_that_says_no);
    g_test_add_func("/outbox/as-a-form", as_a_form);
    g_test_add_func("/outbox/robot", robot);
    g_test_add_func("/outbox/paced", paced);
    g_test_add_func("/outbox/people-no-lower-than-the-community", people_no_lower_than_the_community);
    g_test_add_func("/outbox/participants-only", participants_only);
    g_test_add_func("/outbox/these-kinds-alone", these_kinds_alone);
    g_test_add_func("/outbox/one-message", one_message);
    g_test_add_func("/outbox/metrics", metrics);
    g_test_add_func("/outbox/too-many", too_many);
    return g_test_run();
}
