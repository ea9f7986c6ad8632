/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "office.h"

#include <glib/gstdio.h>
#include <string.h>

#define WAIT_ROUNDS 1500
#define STEP_US     (200 * 1000)

static const char plain[] = "[deliver desk]\ntype=webhook\nurl=https://127.0.0.1:%PORT%/alerts\nsecret-file=%KEY%\n"
                            "ca-file=%CA%\nallow=127.0.0.1\n";

struct office *office_new(void)
{
    struct office *office = g_new0(struct office, 1);
    office->rig = rig_new();
    office->backoff_us = 20000;
    office->receiver = receiver_new(office->rig->dir, "127.0.0.1");
    office->config = g_build_filename(office->rig->dir, "conf", NULL);
    g_autofree char *key = g_build_filename(office->rig->dir, "key", NULL);
    g_assert_true(g_file_set_contents_full(key, OFFICE_KEY "\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    return office;
}

void office_free(struct office *office)
{
    server_stop(g_steal_pointer(&office->rig->server)); /* it may tell of the outbox */
    office_close(office);
    receiver_free(office->receiver);
    g_clear_pointer(&office->destinations, g_ptr_array_unref);
    rig_free(office->rig);
    g_free(office->config);
    g_free(office);
}

void office_configure(struct office *office, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) filled = g_string_new(text != NULL ? text : plain);
    g_autofree char *port = g_strdup_printf("%u", receiver_port(office->receiver));
    g_autofree char *key = g_build_filename(office->rig->dir, "key", NULL);
    g_string_replace(filled, "%PORT%", port, 0);
    g_string_replace(filled, "%CA%", receiver_authority(office->receiver), 0);
    g_string_replace(filled, "%KEY%", key, 0);
    g_assert_true(g_file_set_contents(office->config, filled->str, -1, NULL));
    g_clear_pointer(&office->destinations, g_ptr_array_unref);
    office->destinations = destinations_read(office->config, &error);
    g_assert_no_error(error);
}

void office_start(struct office *office)
{
    rig_settle(office->rig);
    office->outbox = outbox_start(&(struct outbox_options){.engine = office->rig->engine,
                                                           .clock = &office->rig->clock,
                                                           .destinations = office->destinations,
                                                           .public_url = "https://lianfang.example",
                                                           .backoff_us = office->backoff_us});
}

void office_open(struct office *office)
{
    struct delivery_counts counts;
    office_start(office);
    do {
        g_usleep(10000);
        counts = office_counts(office, ((struct destination *)g_ptr_array_index(office->destinations, 0))->name);
    } while (counts.pos == 0);
}

void office_close(struct office *office)
{
    outbox_stop(g_steal_pointer(&office->outbox));
}

char *office_direct(struct office *office)
{
    AUTO(reply)
    struct reply reply = rig_command(office->rig, "zheng", "/api/v1/matters",
                                     "{'kind':'directive','unit':'" SUBDISTRICT "','form':{'text':'演练消毒'}}");
    reply_is(&reply, 201, NULL);
    engine_run_clock(office->rig->engine);
    rig_settle(office->rig);
    return g_strdup(reply_text(&reply, "id"));
}

void office_later(struct office *office, int64_t by_us)
{
    clock_set(&office->rig->clock, clock_now_us(&office->rig->clock) + by_us);
    engine_run_clock(office->rig->engine);
    rig_settle(office->rig);
}

void office_look(struct office *office, const char *who, const char *matter)
{
    g_autofree char *path = g_strconcat("/api/v1/matters/", matter, NULL);
    AUTO(reply) struct reply reply = rig_get(office->rig, who, path);
    reply_is(&reply, 200, NULL);
    engine_run_clock(office->rig->engine); /* writes looks, however young */
    rig_settle(office->rig);
}

bool office_until(struct office *office, bool (*is_so)(struct office *office))
{
    for (int i = 0; i < WAIT_ROUNDS; i++) {
        if (is_so(office))
            return true;
        clock_set(&office->rig->clock, clock_now_us(&office->rig->clock) + STEP_US);
        g_usleep(20000);
    }
    return false;
}

static struct db *open_file(struct office *office)
{
    g_autoptr(GError) error = NULL;
    struct db *db = deliveries_open_existing(office->rig->data, false, &error);
    g_assert_no_error(error);
    return db;
}

char *office_ask(struct office *office, const char *sql)
{
    struct db *db = open_file(office);
    g_assert_nonnull(db);
    struct cursor found = db_query_text(db, sql);
    char *text = g_strdup(cursor_next(&found) && !cursor_is_null(&found, 0) ? cursor_text(&found, 0) : "");
    cursor_clear(&found);
    db_close(db);
    return text;
}

struct delivery_counts office_counts(struct office *office, const char *destination)
{
    struct delivery_counts counts = {0};
    struct db *db = open_file(office);
    if (db != NULL) {
        deliveries_count(db, destination, &counts);
        db_close(db);
    }
    return counts;
}
