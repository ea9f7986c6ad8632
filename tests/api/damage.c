/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row that no event can have made ends the work on rows.db, which the next start builds anew: nothing is decided by
 * it, no key is deleted, and nothing ends by a signal. */
#include "rig.h"

#include <glib/gstdio.h>
#include <string.h>

#define OF_IT   " WHERE id = (SELECT max(id) FROM matter WHERE kind = 'home_observation')"
#define OF_ITS  " WHERE matter = (SELECT max(id) FROM matter WHERE kind = 'home_observation')"
#define CHECKED "{'entry':'check_in','fields':{'temperature':36.5,'symptoms':[]}}"

struct damage {
    const char *sql;
    bool by_time; /* the clock meets it, not whoever enters something */
    bool is_read; /* only whoever reads the form meets it, and is not told of an empty one */
};

static const struct damage damages[] = {
    {"UPDATE matter SET state = 'zzz'" OF_IT},
    {"UPDATE matter SET kind = 'zzz'" OF_IT},
    {"UPDATE matter SET rules = 77" OF_IT},
    {"UPDATE matter_form SET clear = '{'" OF_ITS, .is_read = true},
    {"UPDATE matter_form SET clear = '[1]'" OF_ITS, .is_read = true},
    {"UPDATE expectation SET name = 'zzz'" OF_ITS},
    {"UPDATE matter SET ends_us = x'00ff'" OF_IT, true},
    {"UPDATE matter SET retain_us = 1" OF_IT, true},
    {"UPDATE matter SET retain_us = x'00ff'" OF_IT, true},
    {"UPDATE expectation SET next_us = 1, name = 'zzz'" OF_ITS, true},
    {"UPDATE expectation SET next_us = x'00'" OF_ITS, true},
    {"UPDATE matter SET state = 'zzz', ends_us = 1" OF_IT, true},
    {"UPDATE matter SET kind = 'zzz', retain_us = 1" OF_IT, true},
};

static bool has_mark(const struct rig *rig)
{
    g_autofree char *mark = g_build_filename(rig->data, "rows.db.damaged", NULL);
    return g_file_test(mark, G_FILE_TEST_EXISTS);
}

/* Answered in some way: the server is there. */
static void read_all(struct rig *rig, const char *matter)
{
    static const char *const doors[] = {"", "/acts", "/entries", "/expectations", "/documents", "/participants"};
    for (size_t i = 0; i < G_N_ELEMENTS(doors); i++) {
        g_autofree char *path = g_strconcat("/api/v1/matters/", matter, doors[i], NULL);
        AUTO(reply) struct reply reply = rig_get(rig, "chen", path);
        g_assert_cmpint(reply.status, >=, 200);
    }
    static const char *const lists[] = {"/api/v1/matters", "/api/v1/tasks", "/api/v1/snapshot", "/api/v1/counts"};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        AUTO(reply) struct reply reply = rig_get(rig, "chen", lists[i]);
        g_assert_cmpint(reply.status, >=, 200);
    }
}

static bool has_key(const struct rig *rig, int64_t matter)
{
    g_autoptr(GError) error = NULL;
    struct reader *reader = reader_open(rig->data, NULL, &error);
    g_assert_no_error(error);
    bool has = vault_has_key(reader->vault, VAULT_MATTER, matter);
    reader_close(reader);
    return has;
}

static int64_t newest(const struct rig *rig)
{
    g_autoptr(GError) error = NULL;
    struct reader *reader = reader_open(rig->data, NULL, &error);
    g_assert_no_error(error);
    int64_t id = 0;
    g_assert_true(db_integer(reader->rows, &id, "SELECT max(id) FROM matter WHERE kind = 'home_observation'", ""));
    reader_close(reader);
    return id;
}

static void meets(gconstpointer data)
{
    const struct damage *damage = data;
    struct rig *rig = rig_new();
    g_autofree char *matter = rig_observe(rig, "li"), *entries = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply) struct reply entered = rig_command(rig, "wang", entries, CHECKED);
    reply_is(&entered, 201, NULL);
    rig_settle(rig);
    int64_t id = newest(rig);
    rig_change(rig, damage->sql);
    read_all(rig, matter);
    g_assert_false(has_mark(rig));
    if (damage->is_read) {
        g_autofree char *path = g_strconcat("/api/v1/matters/", matter, NULL);
        AUTO(reply) struct reply reply = rig_get(rig, "chen", path);
        reply_is(&reply, 503, "storage_failed");
        rig_free(rig);
        return;
    }
    if (damage->by_time) {
        json_decref(rig_do(rig, "{'command':'rename_unit','unit':'" GRID2 "','name':'第二网格甲'}"));
        engine_run_clock(rig->engine);
    } else {
        AUTO(reply) struct reply refused = rig_command(rig, "wang", entries, CHECKED);
        reply_is(&refused, 503, "storage_failed");
    }
    g_assert_true(has_mark(rig));
    AUTO(reply) struct reply health = rig_ask(rig, &(struct ask){.method = "GET", .path = "/healthz"});
    g_assert_cmpint(health.status, ==, 503);
    g_assert_true(has_key(rig, id));
    rig_free(rig);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autofree char *path = g_strdup_printf("/damage/%zu", i);
        g_test_add_data_func(path, &damages[i], meets);
    }
    return g_test_run();
}
