/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading for a handler: the account is charged, rows.db catches up with what must be shown, all of it is one
 * snapshot. */
#include "api/heavy.h"
#include "api/request.h"
#include "base/limits.h"
#include "base/log.h"

bool request_pays(struct request *request, double tokens)
{
    struct server *server = request->server;
    int wait_seconds = 0;
    g_autofree char *account = g_strdup_printf("%" G_GINT64_FORMAT, request->session.account);
    bool known = request->session.person != 0;
    if (rate_limiter_take_many(known ? server->account_limiter : server->address_limiter,
                               known ? account : request->network, tokens, clock_monotonic_us(), &wait_seconds))
        return true;
    g_autofree char *wait = g_strdup_printf("%d", MAX(1, wait_seconds));
    respond_refused(request, PROBLEM_TOO_MANY_REQUESTS, NULL, wait);
    return false;
}

void server_note_written(struct server *server, int64_t person, int64_t pos)
{
    pthread_mutex_lock(&server->written_lock);
    int64_t *kept = g_hash_table_lookup(server->written, &person);
    if (kept == NULL) {
        int64_t *key = g_new(int64_t, 1);
        kept = g_new0(int64_t, 1);
        *key = person;
        g_hash_table_insert(server->written, key, kept);
    }
    *kept = MAX(*kept, pos);
    pthread_mutex_unlock(&server->written_lock);
}

static int64_t own_pos(struct request *request)
{
    struct server *server = request->server;
    pthread_mutex_lock(&server->written_lock);
    const int64_t *kept = g_hash_table_lookup(server->written, &request->session.person);
    int64_t pos = kept != NULL ? *kept : 0;
    pthread_mutex_unlock(&server->written_lock);
    return pos;
}

bool server_rows_are_fresh(struct request *request)
{
    struct engine *engine = request->server->engine;
    int64_t pos = engine_rows_age_us(engine) >= LIMIT_READ_AGE_US ? engine_durable_pos(engine) : own_pos(request);
    if (pos <= engine_rows_pos(engine) || engine_wait_rows(engine, pos, LIMIT_READ_WAIT_US))
        return true;
    respond_refused(request, PROBLEM_QUEUE_FULL, NULL);
    return false;
}

bool server_rows_are_newest(struct request *request)
{
    struct engine *engine = request->server->engine;
    if (engine_wait_rows(engine, engine_durable_pos(engine), LIMIT_READ_WAIT_US))
        return true;
    respond_refused(request, PROBLEM_QUEUE_FULL, NULL);
    return false;
}

bool server_read(struct request *request, void (*handle)(struct request *))
{
    struct db *rows = request->reader->rows;
    g_autoptr(GError) error = NULL;
    db_begin(rows);
    vault_read_begin(request->reader->vault);
    if (request->session.person != 0 && !request->has_viewer) {
        viewer_init(&request->viewer, rows, request->session.person, request->now_us);
        request->has_viewer = true;
    }
    handle(request);
    bool well = vault_read_end(request->reader->vault, &error) && db_failed(rows) == NULL;
    request->gone = request->gone || heavy_is_over(request->reader);
    if (!well && !request->gone) {
        log_write(LOG_ERROR, "reading failed", "why", error != NULL ? error->message : db_failed(rows)->message, NULL);
        bool too_long = g_error_matches(db_failed(rows), DB_ERROR, DB_ERROR_LONG);
        if (request->response != NULL) /* made of rows or keys that were not there */
            respond_instead(request, problem_new(too_long ? PROBLEM_QUEUE_FULL : PROBLEM_STORAGE_FAILED, NULL, NULL));
    }
    db_rollback(rows);
    return well;
}
