/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Photos and files: sealed before they lie anywhere, named by an entry, fetched by whoever unmasks, gone with their
 * key. */
#include "rig.h"

#include "base/limits.h"
#include "engine/attachments.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <utime.h>

/* As small as a photo can be without a NUL in it: segments of 0x101 bytes are the shortest. */
#define PIECE "a photo of a door, number 12, and so on..."
#define FILL  PIECE PIECE PIECE PIECE PIECE PIECE "ok."
#define JPEG  "\xff\xd8\xff\xe1\x01\x01" FILL "\xff\xda\x01\x01" FILL "door\xff\xd9"

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

static char *opened_by(const char *who, const char *phone)
{
    AUTO(reply)
    struct reply reply =
        rig_command(rig, who, "/api/v1/matters",
                    "{'kind': 'door_photo', 'unit': '%s', 'subject': {'name': '测试门', 'phone': '%s'}}", GRID, phone);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "events.0.matter")[0] != '\0' ? reply_text(&reply, "events.0.matter")
                                                                     : reply_text(&reply, "events.1.matter"));
}

static char *opened(const char *phone)
{
    return opened_by("chen", phone);
}

/* In whichever stream's folder it lies. */
static char *path_in(const char *data_dir, const char *hash)
{
    char *path = NULL;
    for (int stream = 0; stream < 20 && (path == NULL || !g_file_test(path, G_FILE_TEST_EXISTS)); stream++) {
        g_free(path);
        path = g_strdup_printf("%s/attachments/%d/%.2s/%s", data_dir, stream, hash, hash);
    }
    return path;
}

static char *path_of(const char *hash)
{
    return path_in(rig->data, hash);
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
    struct reply seen = fetch("wang", hash), masked = fetch("wu", hash), stranger = fetch("stranger", hash);
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
        {"wu", JPEG, 403, "no_right"}, /* sees the matter, and makes no entry of it */
        {"chen", "\xff\xd8\xff\xe1\x01\x01" FILL "\xff\xda\x01\x01" FILL "no end", 422, "file_not_clean"},
        {"chen", "\xff\xd8\xff\xe1\x01\x01<script>x</script>" FILL "\xff\xda\x01\x01" FILL "\xff\xd9", 422,
         "file_not_clean"},
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

/* Who opened it in a post brings files while that post is held. */
static void opener_has_left(void)
{
    const struct member *former = rig_add(rig, "former", "grid_worker", GRID);
    json_decref(rig_do(rig,
                       "{'command':'appoint','person':'%s','role':'cdc_officer','seat':'%s','grounds':['%s'],'from':"
                       "'2020-01-29T00:00:00+08:00'}",
                       former->id, CITY, CITY));
    g_autofree char *own = matter, *theirs = matter = opened_by("former", "13900000990");
    AUTO(reply) struct reply before = put("former", theirs, JPEG);
    reply_is(&before, 201, NULL);
    g_autofree char *end = g_strdup_printf("/api/v1/posts/%s/end", former->post_id);
    AUTO(reply) struct reply ended = rig_command(rig, "keeper", end, "{}"), after = put("former", theirs, JPEG);
    reply_is(&ended, 201, NULL);
    reply_is(&after, 403, "no_right"); /* the other post still shows it */
    matter = g_steal_pointer(&own);
}

/* Of what hangs behind the picture nothing is kept. */
static void cut_off(void)
{
    AUTO(reply) struct reply reply = put("chen", matter, JPEG "PK\3\4 an archive, <html> and more");
    reply_is(&reply, 201, NULL);
    g_assert_cmpint(json_integer_value(json_at(reply.json, "bytes")), ==, strlen(JPEG));
    AUTO(reply) struct reply down = fetch("chen", reply_text(&reply, "hash"));
    g_assert_cmpuint(down.text->len, ==, strlen(JPEG));
    g_assert_cmpint(memcmp(down.text->str, JPEG, strlen(JPEG)), ==, 0);
    g_assert_cmpstr(reply_header(&down, "x-content-type-options"), ==, "nosniff");
    g_assert_nonnull(strstr(reply_header(&down, "content-disposition"), "attachment;"));
    g_assert_nonnull(strstr(reply_header(&down, "content-security-policy"), "sandbox"));
}

static int count_in(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    int count = 0;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        count += g_file_test(path, G_FILE_TEST_IS_DIR) ? count_in(path) : 1;
    }
    return count;
}

static int count_files(void)
{
    g_autofree char *folder = g_build_filename(rig->data, "attachments", NULL);
    return count_in(folder);
}

/* Rights come before the first byte: whoever waits to be told to go on, is told whether. */
static void asked_first(void)
{
    static const struct {
        const char *who, *path, *type, *answer;
    } rows[] = {
        {"chen", NULL, "application/octet-stream", "HTTP/1.1 100 "},
        {"stranger", NULL, "application/octet-stream", "HTTP/1.1 404 "},
        {"wu", NULL, "application/octet-stream", "HTTP/1.1 403 "},
        {"li", NULL, "application/octet-stream", "HTTP/1.1 404 "},
        {"keeper", "/api/v1/imports/persons", "text/csv", "HTTP/1.1 100 "},
        {"wu", "/api/v1/imports/persons", "text/csv", "HTTP/1.1 403 "},
        {"wang", "/api/v1/imports/door_photo", "text/csv", "HTTP/1.1 100 "},
        {"wu", "/api/v1/imports/door_photo", "text/csv", "HTTP/1.1 403 "},
        {"wang", "/api/v1/imports/no_such_kind", "text/csv", "HTTP/1.1 422 "},
        {"keeper", "/api/v1/imports/persons", "text/plain", "HTTP/1.1 415 "},
        {"stranger", "/api/v1/imports/units", "text/csv", "HTTP/1.1 403 "},
    };
    rig_settle(rig);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct wire wire = wire_open(rig);
        g_autofree char *own = g_strdup_printf("/api/v1/matters/%s/attachments", matter);
        g_autofree char *text =
            g_strdup_printf("%s %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n"
                            "Content-Length: 100000\r\nExpect: 100-continue\r\n\r\n",
                            rows[i].path != NULL ? "POST" : "PUT", rows[i].path != NULL ? rows[i].path : own,
                            rig_token(rig, rows[i].who), rows[i].type);
        char answer[64] = "";
        wire_send(&wire, text, -1);
        g_assert_cmpint(recv(wire.fd, answer, strlen(rows[i].answer), MSG_WAITALL), >, 0);
        g_test_message("%s %s", rows[i].who, rows[i].path);
        g_assert_cmpstr(answer, ==, rows[i].answer);
        wire_close(&wire);
    }
}

static void pass(void *context, const struct answer *answer)
{
}

/* What the engine does not take, or takes and refuses, leaves nothing in the folder. */
static void refused_leaves_nothing(void)
{
    struct gate gate;
    int before = count_files();
    rig_settle(rig);
    rig_hold_writer(rig, &gate);
    while (rig_submit(rig, pass, NULL))
        continue;
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/attachments", matter);
    AUTO(reply)
    struct reply full = rig_ask(rig, &(struct ask){.method = "PUT",
                                                   .path = path,
                                                   .token = rig_token(rig, "chen"),
                                                   .body = JPEG,
                                                   .type = "application/octet-stream"});
    reply_is(&full, 503, "queue_full");
    g_assert_cmpint(count_files(), ==, before);
    rig_free_writer(rig, &gate);
    /* between two that come at once, the second is one too many: decided, refused, gone */
    g_autofree char *own = matter;
    matter = opened("13900000903");
    for (int i = 0; i < LIMIT_ATTACHMENTS; i++) {
        g_autofree char *hash = g_strdup_printf("%064x", i);
        rig_attach(rig, "chen", matter, hash);
    }
    before = count_files();
    AUTO(reply) struct reply many = put("chen", matter, JPEG);
    reply_is(&many, 400, "too_many_items");
    g_assert_cmpint(count_files(), ==, before);
    g_free(matter);
    matter = g_steal_pointer(&own);
}

/* Bodies that are not there yet take a day's share and a place, and give them back; a full disk says so. */
static void quotas(void)
{
    server_stop(rig->server);
    rig_serve(rig, &(struct server_options){.uploads_a_day = 2});
    for (int i = 0; i < 3; i++) {
        AUTO(reply) struct reply reply = put("chen", matter, JPEG), of_wang = put("wang", matter, "x");
        reply_is(&reply, i < 2 ? 201 : 429, i < 2 ? NULL : "upload_quota_spent");
        reply_is(&of_wang, i < 2 ? 415 : 429, NULL);
        if (i == 2)
            g_assert_cmpint(g_ascii_strtoll(reply_header(&reply, "retry-after"), NULL, 10), >, 80000);
    }
    server_stop(rig->server);
    rig_serve(rig, &(struct server_options){.free_bytes = G_MAXINT64});
    AUTO(reply) struct reply full = put("chen", matter, JPEG);
    reply_is(&full, 507, "disk_nearly_full");
    AUTO(reply)
    struct reply sheet = rig_ask(rig, &(struct ask){.method = "POST",
                                                    .path = "/api/v1/imports/persons",
                                                    .token = rig_token(rig, "keeper"),
                                                    .body = "name\n",
                                                    .type = "text/csv"});
    reply_is(&sheet, 507, "disk_nearly_full");
    AUTO(reply) struct reply entry = report("chen", "x"); /* the day's work goes on */
    reply_is(&entry, 422, "unknown_file");
    server_stop(rig->server);
    rig_serve(rig, NULL);
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
    g_autofree char *named = uploaded(), *orphan = uploaded(), *kept = path_of(named), *gone = path_of(orphan);
    AUTO(reply) struct reply entered = report("chen", named);
    reply_is(&entered, 201, NULL);
    AUTO(db) struct db *rows = rows_of_rig();
    g_assert_cmpint(attachments_sweep(rig->data, &engine_areas(rig->engine)->hooks, rows, clock_now_us(&rig->clock)),
                    ==, 0);
    clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_DAY);
    AUTO(reply) struct reply late = report("chen", orphan);
    reply_is(&late, 422, "unknown_file");
    g_assert_cmpint(attachments_sweep(rig->data, &engine_areas(rig->engine)->hooks, rows,
                                      clock_now_us(&rig->clock) + 2 * US_PER_HOUR),
                    >=, 1);
    g_assert_true(g_file_test(kept, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(gone, G_FILE_TEST_EXISTS));
    AUTO(reply) struct reply still = fetch("wang", named);
    reply_is(&still, 200, NULL);
}

/* After the first walk only what rows tell is looked at: a file that no row knows stays until the next start. */
static void swept_by_rows(void)
{
    g_autofree char *named = uploaded(), *orphan = uploaded(), *kept = path_of(named), *gone = path_of(orphan);
    g_autofree char *folder = g_path_get_dirname(kept);
    g_autofree char *unknown = g_strdup_printf("%s/%064x", folder, 0xfeed);
    AUTO(reply) struct reply entered = report("chen", named);
    reply_is(&entered, 201, NULL);
    AUTO(db) struct db *rows = rows_of_rig();
    int64_t now_us = clock_now_us(&rig->clock);
    struct sweep_mark mark = {0};
    attachments_sweep_on(rig->data, &engine_areas(rig->engine)->hooks, rows, now_us, &mark);
    g_assert_true(g_file_set_contents(unknown, "x", -1, NULL));
    struct utimbuf old = {1, 1};
    g_assert_cmpint(g_utime(unknown, &old), ==, 0);
    attachments_sweep_on(rig->data, &engine_areas(rig->engine)->hooks, rows, now_us + US_PER_DAY, &mark);
    g_assert_true(g_file_test(gone, G_FILE_TEST_EXISTS)); /* an hour is left */
    attachments_sweep_on(rig->data, &engine_areas(rig->engine)->hooks, rows, now_us + US_PER_DAY + 2 * US_PER_HOUR,
                         &mark);
    g_assert_false(g_file_test(gone, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(kept, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(unknown, G_FILE_TEST_EXISTS));
    mark = (struct sweep_mark){0};
    attachments_sweep_on(rig->data, &engine_areas(rig->engine)->hooks, rows, now_us, &mark);
    g_assert_false(g_file_test(unknown, G_FILE_TEST_EXISTS));
}

struct looking {
    const char *hash;
    bool found;
};

static void look_at_file(void *context, int64_t owner, const char *hash)
{
    struct looking *looking = context;
    g_assert_true(attachment_is_there(rig->data, id_matter_stream(owner), hash));
    looking->found = looking->found || strcmp(hash, looking->hash) == 0;
}

/* A backup holds them, and what lies there is looked at. */
static void backed_up(void)
{
    g_autofree char *hash = uploaded(), *backup = g_build_filename(rig->dir, "backup", NULL);
    AUTO(reply) struct reply entered = report("chen", hash);
    reply_is(&entered, 201, NULL);
    g_autoptr(GError) error = NULL;
    data_backup(rig->data, backup, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) lost = g_ptr_array_new_with_free_func(g_free);
    int64_t here = attachments_verify(rig->data, lost), there = attachments_verify(backup, lost);
    g_assert_cmpint(here, >, 0);
    g_assert_cmpint(there, ==, here);
    g_assert_cmpint(lost->len, ==, 0);
    AUTO(db) struct db *rows = rows_of_rig();
    struct looking looking = {.hash = hash};
    matter_each_file(rows, look_at_file, &looking);
    g_assert_true(looking.found);
    g_autofree char *path = path_in(backup, hash);
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
    g_test_add_func("/attachments/opener-has-left", opener_has_left);
    g_test_add_func("/attachments/cut-off", cut_off);
    g_test_add_func("/attachments/asked-first", asked_first);
    g_test_add_func("/attachments/refused-leaves-nothing", refused_leaves_nothing);
    g_test_add_func("/attachments/quotas", quotas);
    g_test_add_func("/attachments/orphans", orphans_go);
    g_test_add_func("/attachments/swept-by-rows", swept_by_rows);
    g_test_add_func("/attachments/backup", backed_up);
    g_test_add_func("/attachments/erased", erased);
    int failed = g_test_run();
    g_free(matter);
    rig_free(rig);
    return failed;
}
