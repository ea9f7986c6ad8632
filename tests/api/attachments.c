/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Photos and files: sealed before they lie anywhere, named by an entry, fetched by whoever unmasks, gone with their
 * key. */
#include "rig.h"

#include "base/limits.h"
#include "engine/attachments.h"

#include <glib/gstdio.h>
#include <string.h>

#define JPEG "\xff\xd8\xff\xe0 a photo of a door, number 12"

static struct rig *rig;
static char *matter;

static struct reply put(const char *who, const char *of, const char *bytes)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/attachments", of);
    rig_settle(rig);
    return rig_ask(rig, &(struct ask){.method = "PUT",
                                      .path = path,
                                      .token = rig_token(rig, who),
                                      .body = bytes,
                                      .type = "application/octet-stream"});
}

static struct reply fetch(const char *who, const char *hash)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/attachments/%s", matter, hash);
    return rig_get(rig, who, path);
}

static struct reply report(const char *who, const char *hash)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    return rig_command(rig, who, path, "{'entry': 'show', 'fields': {'photo': '%s'}}", hash);
}

static char *opened(const char *phone)
{
    AUTO(reply)
    struct reply reply = rig_command(
        rig, "chen", "/api/v1/matters",
        "{'kind': 'door_photo', 'unit': '%s', 'subject': {'name': '测试门', 'phone': '%s'}}", GRID, phone);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "events.0.matter")[0] != '\0' ? reply_text(&reply, "events.0.matter")
                                                                     : reply_text(&reply, "events.1.matter"));
}

static char *path_of(const char *hash)
{
    return g_strdup_printf("%s/attachments/%.2s/%s", rig->data, hash, hash);
}

static char *uploaded(void)
{
    AUTO(reply) struct reply reply = put("chen", matter, JPEG);
    reply_is(&reply, 201, NULL);
    g_assert_cmpstr(reply_text(&reply, "type"), ==, "image/jpeg");
    g_assert_cmpint(json_integer_value(json_at(reply.json, "bytes")), ==, strlen(JPEG));
    return g_strdup(reply_text(&reply, "hash"));
}

/* What lies there is sealed, and is what its name says. */
static void up_and_down(void)
{
    g_autofree char *hash = uploaded(), *path = path_of(hash), *data = NULL;
    gsize bytes;
    g_assert_true(g_file_get_contents(path, &data, &bytes, NULL));
    g_assert_null(memmem(data, bytes, "a photo", 7));
    AUTO(reply) struct reply own = fetch("chen", hash), others = fetch("wang", hash);
    reply_is(&own, 200, NULL); /* whoever put it there looks at it before anybody else */
    reply_is(&others, 404, "not_found");
    AUTO(reply) struct reply entered = report("chen", hash);
    reply_is(&entered, 201, NULL);
    AUTO(reply)
    struct reply seen = fetch("wang", hash),
                 masked = fetch("wu", hash), stranger = fetch("stranger", hash);
    reply_is(&seen, 200, NULL);
    g_assert_cmpint(seen.text->len, ==, strlen(JPEG));
    g_assert_cmpint(memcmp(seen.text->str, JPEG, strlen(JPEG)), ==, 0);
    g_assert_cmpstr(reply_header(&seen, "content-type"), ==, "image/jpeg");
    g_assert_nonnull(strstr(reply_header(&seen, "content-disposition"), ".jpg"));
    reply_is(&masked, 404, "not_found"); /* sees the matter, and unmasks nothing in it */
    reply_is(&stranger, 404, "not_found");
    g_autofree char *entries = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply) struct reply list = rig_get(rig, "wang", entries);
    g_assert_cmpstr(reply_text(&list, "data.0.fields.photo.hash"), ==, hash);
    g_assert_cmpstr(reply_text(&list, "data.0.fields.photo.type"), ==, "image/jpeg");
}

static void refused(void)
{
    static const struct {
        const char *who, *bytes;
        int status;
        const char *code;
    } rows[] = {
        {"chen", "MZ an executable", 415, "unsupported_media_type"},
        {"chen", "<svg onload='x'/>", 415, "unsupported_media_type"},
        {"stranger", JPEG, 404, "not_found"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = put(rows[i].who, matter, rows[i].bytes);
        reply_is(&reply, rows[i].status, rows[i].code);
    }
    g_autofree char *large = g_strnfill(LIMIT_ATTACHMENT_BYTES + 1, 'x');
    AUTO(reply) struct reply too_large = put("chen", matter, large);
    reply_is(&too_large, 413, "body_too_large");
    static const char *const hashes[] = {"x", "../../../../etc/passwd",
                                         "0000000000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < G_N_ELEMENTS(hashes); i++) {
        AUTO(reply) struct reply named = report("chen", hashes[i]);
        reply_is(&named, 422, "unknown_file");
    }
    /* of another matter */
    g_autofree char *hash = uploaded(), *own = matter;
    matter = opened("13900000902");
    AUTO(reply) struct reply elsewhere = report("chen", hash), down = fetch("chen", hash);
    reply_is(&elsewhere, 422, "unknown_file");
    reply_is(&down, 404, "not_found");
    g_free(matter);
    matter = g_steal_pointer(&own);
}

static struct db *rows_of_rig(void)
{
    GError *error = NULL;
    g_autofree char *path = g_build_filename(rig->data, "rows.db", NULL);
    rig_settle(rig);
    struct db *rows = db_open(path, &(struct db_options){.mode = DB_READ}, &error);
    g_assert_no_error(error);
    return rows;
}

/* What no entry has named within a day goes; what one has named stays. */
static void orphans_go(void)
{
    g_autofree char *named = uploaded(), *orphan = uploaded(), *kept = path_of(named),
                    *gone = path_of(orphan);
    AUTO(reply) struct reply entered = report("chen", named);
    reply_is(&entered, 201, NULL);
    AUTO(db) struct db *rows = rows_of_rig();
    g_assert_cmpint(attachments_sweep(rig->data, rows, clock_now_us(&rig->clock)), ==, 0);
    clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_DAY);
    AUTO(reply) struct reply late = report("chen", orphan);
    reply_is(&late, 422, "unknown_file");
    g_assert_cmpint(attachments_sweep(rig->data, rows, clock_now_us(&rig->clock) + 2 * US_PER_HOUR), >=, 1);
    g_assert_true(g_file_test(kept, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(gone, G_FILE_TEST_EXISTS));
    AUTO(reply) struct reply still = fetch("wang", named);
    reply_is(&still, 200, NULL);
}

/* A backup holds them, and what lies there is looked at. */
static void backed_up(void)
{
    g_autofree char *hash = uploaded(), *backup = g_build_filename(rig->dir, "backup", NULL);
    AUTO(reply) struct reply entered = report("chen", hash);
    reply_is(&entered, 201, NULL);
    GError *error = NULL;
    g_assert_true(data_backup(rig->data, backup, &error));
    g_autoptr(GPtrArray) lost = g_ptr_array_new_with_free_func(g_free);
    int64_t here = attachments_verify(rig->data, lost), there = attachments_verify(backup, lost);
    g_assert_cmpint(here, >, 0);
    g_assert_cmpint(there, ==, here);
    g_assert_cmpint(lost->len, ==, 0);
    char next[ATTACHMENT_HASH_CHARS + 1] = "";
    AUTO(db) struct db *rows = rows_of_rig();
    bool found = false;
    while (matter_next_file(rows, next, next)) {
        g_assert_true(attachment_is_there(rig->data, next));
        found = found || strcmp(next, hash) == 0;
    }
    g_assert_true(found);
    g_autofree char *path = g_strdup_printf("%s/attachments/%.2s/%s", backup, hash, hash);
    g_assert_true(g_file_set_contents(path, "changed", -1, NULL));
    attachments_verify(backup, lost);
    g_assert_cmpint(lost->len, ==, 1);
}

/* With the matter's key the bytes go too, and nothing of it can be fetched. */
static void erased(void)
{
    g_autofree char *hash = uploaded(), *path = path_of(hash);
    AUTO(reply) struct reply entered = report("chen", hash);
    reply_is(&entered, 201, NULL);
    g_autofree char *entries = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply) struct reply closed = rig_command(rig, "chen", entries, "{'entry': 'close'}");
    reply_is(&closed, 201, NULL);
    clock_set(&rig->clock, clock_now_us(&rig->clock) + 40 * US_PER_DAY);
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply down = fetch("wang", hash), up = put("chen", matter, JPEG);
    g_assert_cmpint(down.status, >=, 404);
    g_assert_cmpint(up.status, >=, 404);
    for (int i = 0; i < 1000 && g_file_test(path, G_FILE_TEST_EXISTS); i++)
        g_usleep(10000); /* the checkpointer sees to it */
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    matter = opened("13900000901");
    g_test_add_func("/attachments/up-and-down", up_and_down);
    g_test_add_func("/attachments/refused", refused);
    g_test_add_func("/attachments/orphans", orphans_go);
    g_test_add_func("/attachments/backup", backed_up);
    g_test_add_func("/attachments/erased", erased);
    int failed = g_test_run();
    g_free(matter);
    rig_free(rig);
    return failed;
}
