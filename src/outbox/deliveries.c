/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox/deliveries.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "outbox/destination.h"

#include <string.h>

#define FILE_NAME "outbox.db"
#define FORMAT    1

extern const char outbox_schema[];

void delivery_clear(struct delivery *delivery)
{
    g_clear_pointer(&delivery->items, g_free);
}

/* ---- the file ---- */

static struct db *open_file(const char *data_dir, enum db_mode mode, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, FILE_NAME, NULL);
    return db_open(path, &(struct db_options){.mode = mode, .cache_kib = 2048}, error);
}

static bool is_of_format(struct db *db, GError **error)
{
    int64_t format = FORMAT;
    db_integer(db, &format, "SELECT format FROM outbox_file", "");
    if (format == FORMAT)
        return true;
    g_set_error(error, DB_ERROR, DB_ERROR_OPEN,
                FILE_NAME " is of another version of the program; start that one, or move the file away");
    return false;
}

/* Positions count in one journal. */
static void belong_to(struct db *db, const uint8_t *installation)
{
    int64_t same = 0;
    bool known =
        db_integer(db, &same, "SELECT installation = ?1 FROM outbox_file", "b", installation, (size_t)JOURNAL_ID_BYTES);
    if (known && same == 1)
        return;
    if (known)
        log_write(LOG_WARNING, "the outbox was of another installation, and begins anew", NULL);
    db_run(db, "DELETE FROM destination", "");
    db_run(db, "DELETE FROM delivery", "");
    db_run(db, "INSERT OR REPLACE INTO outbox_file (one, format, installation) VALUES (1, ?1, ?2)", "ib",
           (int64_t)FORMAT, installation, (size_t)JOURNAL_ID_BYTES);
}

struct db *deliveries_open(const char *data_dir, const uint8_t *installation, GError **error)
{
    struct db *db = open_file(data_dir, DB_ROWS, error);
    if (db == NULL)
        return NULL;
    bool well = db_script(db, outbox_schema, error) && is_of_format(db, error);
    if (well) {
        db_begin(db);
        belong_to(db, installation);
        well = db_commit(db, error);
    }
    if (!well)
        db_close(g_steal_pointer(&db));
    return db;
}

struct db *deliveries_open_existing(const char *data_dir, bool write, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, FILE_NAME, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    struct db *db = open_file(data_dir, write ? DB_ROWS : DB_READ, error);
    if (db != NULL && !is_of_format(db, error))
        db_close(g_steal_pointer(&db));
    return db;
}

/* ---- destinations ---- */

static void forget_others(struct db *db, char *const *names, void (*gone)(void *context, const char *name),
                          void *context)
{
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
    AUTO(cursor) struct cursor found = db_query(db, "SELECT name FROM destination ORDER BY name", "");
    while (cursor_next(&found))
        if (!g_strv_contains((const char *const *)names, cursor_text(&found, 0)))
            g_ptr_array_add(others, g_strdup(cursor_text(&found, 0)));
    for (guint i = 0; i < others->len; i++) {
        const char *name = g_ptr_array_index(others, i);
        db_run(db, "DELETE FROM delivery WHERE destination = ?1", "s", name);
        db_run(db, "DELETE FROM destination WHERE name = ?1", "s", name);
        gone(context, name);
    }
}

void deliveries_set_up(struct db *db, char *const *names, int64_t tip, void (*gone)(void *context, const char *name),
                       void *context)
{
    forget_others(db, names, gone, context);
    for (; *names != NULL; names++)
        db_run(db,
               "INSERT INTO destination (name, pos) VALUES (?1, ?2) "
               "ON CONFLICT (name) DO UPDATE SET pos = min(pos, ?2)",
               "si", *names, tip);
}

int64_t deliveries_pos(struct db *db, const char *name)
{
    int64_t pos = 0;
    db_integer(db, &pos, "SELECT pos FROM destination WHERE name = ?1", "s", name);
    return pos;
}

void deliveries_advance(struct db *db, const char *name, int64_t pos)
{
    db_run(db, "UPDATE destination SET pos = ?2 WHERE name = ?1", "si", name, pos);
}

int64_t deliveries_waiting(struct db *db, const char *name)
{
    int64_t waiting = 0;
    db_integer(db, &waiting, "SELECT count(*) FROM delivery WHERE destination = ?1 AND dead_us = 0", "s", name);
    return waiting;
}

/* ---- what is to be delivered ---- */

static bool join(struct db *db, const char *name, const struct raised *raised, const char *kind, json_t *item)
{
    AUTO(cursor)
    struct cursor found = db_query(db,
                                   "SELECT id, items FROM delivery WHERE destination = ?1 AND post = ?2 AND "
                                   "shown_us = ?3 AND how = ?4 AND kind = ?5 AND tries = 0 AND dead_us = 0 ORDER BY id "
                                   "DESC LIMIT 1",
                                   "siiis", name, raised->post, raised->shown_us, (int64_t)raised->how, kind);
    if (!cursor_next(&found))
        return false;
    int64_t id = cursor_integer(&found, 0);
    g_autoptr(json_t) items = json_loads(cursor_text(&found, 1), 0, NULL);
    if (json_array_size(items) >= LIMIT_OUTBOX_ITEMS)
        return false;
    json_array_append(items, item);
    char *text = json_dumps(items, JSON_COMPACT);
    db_run(db, "UPDATE delivery SET items = ?2 WHERE id = ?1", "is", id, text);
    free(text);
    return true;
}

void deliveries_add(struct db *db, const char *name, const struct raised *raised, const char *kind, int64_t raised_us,
                    int64_t now_us)
{
    g_autoptr(json_t) item =
        json_pack("[I, I, i]", (json_int_t)raised->matter, (json_int_t)raised->number, raised->times);
    if (join(db, name, raised, kind, item))
        return;
    struct uuid uuid;
    uuid_make(now_us, &uuid);
    char *text = json_dumps(item, JSON_COMPACT);
    g_autofree char *items = g_strdup_printf("[%s]", text);
    free(text);
    db_run(db,
           "INSERT INTO delivery (uuid, destination, how, kind, post, raised_us, shown_us, items, made_us, next_us) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, max(?7, ?9))",
           "usisiiisi", &uuid, name, (int64_t)raised->how, kind, raised->post, raised_us, raised->shown_us, items,
           now_us);
}

GArray *deliveries_due(struct db *db, const char *name, int64_t now_us, int most)
{
    return cursor_integers(db_query(db,
                                    "SELECT id FROM delivery WHERE destination = ?1 AND dead_us = 0 AND next_us <= ?2 "
                                    "ORDER BY next_us, id LIMIT ?3",
                                    "sii", name, now_us, (int64_t)most));
}

bool deliveries_get(struct db *db, int64_t id, struct delivery *out)
{
    AUTO(cursor)
    struct cursor found =
        db_query(db, "SELECT uuid, how, post, raised_us, made_us, tries, items FROM delivery WHERE id = ?1", "i", id);
    if (!cursor_next(&found))
        return false;
    *out = (struct delivery){.id = id,
                             .how = (enum raising)cursor_integer(&found, 1),
                             .post = cursor_integer(&found, 2),
                             .raised_us = cursor_integer(&found, 3),
                             .made_us = cursor_integer(&found, 4),
                             .tries = cursor_integer(&found, 5),
                             .items = g_strdup(cursor_text(&found, 6))};
    return cursor_uuid(&found, 0, &out->uuid);
}

void deliveries_try(struct db *db, int64_t id, int64_t next_us)
{
    db_run(db, "UPDATE delivery SET tries = tries + 1, next_us = ?2 WHERE id = ?1", "ii", id, next_us);
}

void deliveries_done(struct db *db, int64_t id, const char *name)
{
    db_run(db, "UPDATE destination SET delivered = delivered + 1 WHERE name = ?1", "s", name);
    db_run(db, "DELETE FROM delivery WHERE id = ?1", "i", id);
}

void deliveries_drop(struct db *db, int64_t id, const char *name)
{
    db_run(db, "UPDATE destination SET unneeded = unneeded + 1 WHERE name = ?1", "s", name);
    db_run(db, "DELETE FROM delivery WHERE id = ?1", "i", id);
}

void deliveries_fail(struct db *db, int64_t id, const char *name, const char *why, int64_t next_us, int64_t now_us)
{
    db_run(db, "UPDATE destination SET failures = failures + 1 WHERE name = ?1", "s", name);
    db_run(db, "UPDATE delivery SET why = ?2, next_us = ?3, dead_us = ?4 WHERE id = ?1", "isii", id, why, next_us,
           next_us == 0 ? now_us : 0);
}

int deliveries_give_up(struct db *db, const char *name, int64_t give_up_us, int64_t now_us)
{
    int given_up = db_run(db,
                          "UPDATE delivery SET dead_us = ?3, why = coalesce(why, 'not_tried') WHERE destination = ?1 "
                          "AND dead_us = 0 AND max(made_us, shown_us) <= ?3 - ?2",
                          "sii", name, give_up_us, now_us);
    int lost = db_run(db,
                      "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE destination = ?1 AND "
                      "dead_us <> 0 ORDER BY dead_us DESC, id DESC LIMIT -1 OFFSET ?2)",
                      "si", name, (int64_t)LIMIT_OUTBOX_DEAD);
    if (lost > 0)
        db_run(db, "UPDATE destination SET lost = lost + ?2 WHERE name = ?1", "si", name, (int64_t)lost);
    return given_up;
}

/* ---- to be looked at ---- */

void deliveries_count(struct db *db, const char *name, struct delivery_counts *out)
{
    *out = (struct delivery_counts){.waiting = deliveries_waiting(db, name)};
    AUTO(cursor)
    struct cursor found = db_query(db,
                                   "SELECT pos, delivered, failures, unneeded, lost, (SELECT count(*) FROM delivery "
                                   "WHERE destination = ?1 AND dead_us <> 0), (SELECT min(max(made_us, shown_us)) FROM "
                                   "delivery WHERE destination = ?1 AND dead_us = 0) FROM destination WHERE name = ?1",
                                   "s", name);
    if (!cursor_next(&found))
        return;
    out->pos = cursor_integer(&found, 0);
    out->delivered = cursor_integer(&found, 1);
    out->failures = cursor_integer(&found, 2);
    out->unneeded = cursor_integer(&found, 3);
    out->lost = cursor_integer(&found, 4);
    out->dead = cursor_integer(&found, 5);
    out->oldest_us = cursor_integer(&found, 6);
}

void deliveries_each(struct db *db, void (*each)(void *context, const char *name), void *context)
{
    AUTO(cursor) struct cursor found = db_query(db, "SELECT name FROM destination ORDER BY name", "");
    while (cursor_next(&found))
        each(context, cursor_text(&found, 0));
}

void deliveries_each_dead(struct db *db, int most, void (*each)(void *context, const struct dead_delivery *dead),
                          void *context)
{
    AUTO(cursor)
    struct cursor found =
        db_query(db,
                 "SELECT id, uuid, how, destination, kind, made_us, dead_us, tries, coalesce(why, '') "
                 "FROM delivery WHERE dead_us <> 0 ORDER BY dead_us DESC, id DESC LIMIT ?1",
                 "i", (int64_t)most);
    while (cursor_next(&found)) {
        struct dead_delivery dead = {.id = cursor_integer(&found, 0),
                                     .how = (enum raising)cursor_integer(&found, 2),
                                     .destination = cursor_text(&found, 3),
                                     .kind = cursor_text(&found, 4),
                                     .made_us = cursor_integer(&found, 5),
                                     .dead_us = cursor_integer(&found, 6),
                                     .tries = cursor_integer(&found, 7),
                                     .why = cursor_text(&found, 8)};
        if (cursor_uuid(&found, 1, &dead.uuid))
            each(context, &dead);
    }
}

int deliveries_resend(struct db *db, const struct uuid *uuid, const char *name, int64_t now_us)
{
    return db_run(db,
                  "UPDATE delivery SET dead_us = 0, tries = 0, made_us = ?3, next_us = 0 WHERE dead_us <> 0 AND "
                  "(?1 IS NULL OR uuid = ?1) AND (?2 IS NULL OR destination = ?2)",
                  "usi", uuid, name, now_us);
}
