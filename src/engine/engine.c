/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"
#include "engine/evidence.h"
#include "engine/replay.h"
#include "engine/writer.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool make_data_dir(const struct engine_options *options, GError **error)
{
    bool accepts = options->accept_loss != NULL && g_file_test(options->data_dir, G_FILE_TEST_IS_DIR);
    if (data_is_half(options->data_dir) || (!accepts && !options->create))
        return data_exists(options->data_dir, error);
    if (accepts)
        return true;
    if (g_mkdir_with_parents(options->data_dir, 0700) == 0)
        return true;
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s", options->data_dir, g_strerror(errno));
    return false;
}

static void remember_options(struct engine *engine, const struct engine_options *options)
{
    engine->data_dir = g_strdup(options->data_dir);
    engine->keys_dir = options->keys_dir != NULL ? g_strdup(options->keys_dir) : keys_dir_beside(options->data_dir);
    engine->clock = options->clock;
    engine->no_clock = options->no_clock;
    engine->grace_us = options->grace_us;
    engine->batch_commands = options->batch_commands > 0 ? options->batch_commands : LIMIT_BATCH_COMMANDS;
    engine->wal_limit = options->wal_bytes > 0 ? options->wal_bytes : LIMIT_WAL_BYTES;
    engine->vfs[WAL_JOURNAL] = g_strdup(options->vfs_journal);
    engine->vfs[WAL_ROWS] = g_strdup(options->vfs_rows);
    engine->vfs[WAL_SECRETS] = g_strdup(options->vfs_secrets);
    engine->wal_paths[WAL_JOURNAL] = g_build_filename(engine->data_dir, "journal.db-wal", NULL);
    engine->wal_paths[WAL_ROWS] = g_build_filename(engine->data_dir, "rows.db-wal", NULL);
    engine->wal_paths[WAL_SECRETS] = g_build_filename(engine->data_dir, "secrets.db-wal", NULL);
}

static struct engine *engine_new(const struct engine_options *options)
{
    struct engine *engine = g_new0(struct engine, 1);
    remember_options(engine, options);
    engine->areas = areas_new(options->areas);
    engine->lock_file = -1;
    engine->utc = g_time_zone_new_utc();
    engine->rulebook = rulebook_new();
    engine->queue = g_new0(struct queue, 1);
    queue_init(engine->queue, options->in_order);
    engine->traces = traces_new();
    engine->letters = g_array_new(FALSE, FALSE, sizeof(int64_t));
    batch_init(&engine->batch);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&engine->lock, NULL);
    pthread_cond_init(&engine->work, &monotonic);
    pthread_cond_init(&engine->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return engine;
}

static void engine_free(struct engine *engine)
{
    if (engine->rows != NULL)
        db_close(engine->rows);
    if (engine->journal != NULL)
        journal_close(engine->journal);
    if (engine->vault != NULL)
        vault_close(engine->vault);
    if (engine->lock_file >= 0)
        data_unlock(engine->lock_file);
    queue_clear(engine->queue);
    batch_clear(&engine->batch);
    g_array_unref(engine->letters);
    rulebook_free(engine->rulebook);
    g_time_zone_unref(engine->utc);
    pthread_cond_destroy(&engine->work);
    pthread_cond_destroy(&engine->moved);
    pthread_mutex_destroy(&engine->lock);
    for (int wal = 0; wal < WAL_COUNT; wal++) {
        g_free(engine->vfs[wal]);
        g_free(engine->wal_paths[wal]);
    }
    areas_free(engine->areas);
    traces_free(engine->traces);
    g_free(engine->queue);
    g_free(engine->data_dir);
    g_free(engine->keys_dir);
    g_free(engine->loss);
    g_free(engine);
}

/* Whether to go on: nothing is missing, or the operator says so. Takes `said`. */
static bool goes_on(struct engine *engine, const struct engine_options *options, GError *said, GError **error)
{
    if (options->accept_loss == NULL || !g_error_matches(said, ENGINE_ERROR, ENGINE_ERROR_LOSS)) {
        g_propagate_error(error, said);
        return false;
    }
    if (engine->loss == NULL)
        engine->loss = options->loss != NULL ? g_strdup(options->loss) : evidence_what(said);
    g_error_free(said);
    return true;
}

static bool open_journal(struct engine *engine, const struct engine_options *options, GError **error)
{
    g_autoptr(GError) said = NULL;
    g_autofree char *path = g_build_filename(engine->data_dir, "journal.db", NULL);
    struct journal_signer signer = {.sign = vault_sign, .context = engine->vault};
    vault_public_key(engine->vault, signer.public_key);
    if (!evidence_file(engine->data_dir, engine->vault, &said) &&
        (!goes_on(engine, options, g_steal_pointer(&said), error) ||
         !loss_keep_log(engine->data_dir, clock_now_us(engine->clock), error)))
        return false;
    engine->journal = journal_open(path, &signer, options->vfs_journal, &said);
    if (engine->journal == NULL && g_error_matches(said, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT))
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "%s; restore the newest backup that verifies",
                    said->message);
    else if (engine->journal == NULL)
        g_propagate_error(error, g_steal_pointer(&said));
    g_clear_error(&said);
    return engine->journal != NULL;
}

static bool evidence_fits(struct engine *engine, const struct engine_options *options, GError **error)
{
    struct vault_state state;
    bool has_state = vault_state(engine->vault, &state);
    return evidence_journal(engine->vault, engine->journal, error) &&
           (!has_state || evidence_accounts(engine->vault, error)) &&
           evidence_rows(engine->data_dir, options->vfs_rows, engine->journal, has_state ? &state : NULL, error);
}

/* Before anything is written; then the three bear the same id. */
static bool look_at_evidence(struct engine *engine, const struct engine_options *options, GError **error)
{
    GError *said = NULL;
    if (!evidence_fits(engine, options, &said) && !goes_on(engine, options, said, error))
        return false;
    if (engine->loss == NULL)
        return evidence_bind(engine->vault, engine->journal, error);
    return loss_accept(engine->data_dir, engine->vault, engine->journal, options->vfs_rows, clock_now_us(engine->clock),
                       error);
}

/* A log that a reader still uses cannot be emptied: it is tried again later, without delaying the start. */
static bool scrub(struct engine *engine, GError **error)
{
    g_autoptr(GError) said = NULL;
    if (vault_scrub(engine->vault, &said))
        return true;
    if ((sqlite3_errcode(db_handle(vault_db(engine->vault))) & 0xff) != SQLITE_BUSY) {
        g_propagate_error(error, g_steal_pointer(&said));
        return false;
    }
    log_write(LOG_WARNING, "erased keys stay in the log of secrets.db until a reader ends", NULL);
    engine->scrub_wanted = true;
    return true;
}

static bool open_rows(struct engine *engine, const struct engine_options *options, GError **error)
{
    uint8_t hash[JOURNAL_HASH_BYTES];
    engine->rows =
        rows_open_current(engine->areas, engine->data_dir, engine->journal, engine->rulebook, options->vfs_rows, error);
    if (engine->rows == NULL)
        return false;
    journal_last_hash(engine->journal, hash);
    if (engine->loss == NULL)
        vault_note_tip(engine->vault, journal_last_pos(engine->journal), hash);
    /* scrub(): a crash may have come between an erasure and its scrub. */
    backup_sweep(engine->data_dir);
    return vault_state_closed(engine->vault, false, error) && scrub(engine, error) &&
           rulebook_fill(engine->rulebook, engine->rows, engine->journal, error) &&
           areas_recount(engine->areas, engine->rows, engine->rulebook, error);
}

/* The vault beside a journal of an older format is refused, too: then the format is the reason to be given. */
static bool open_vault(struct engine *engine, const struct vault_options *options, const char *journal_path,
                       GError **error)
{
    g_autoptr(GError) failure = NULL;
    engine->vault = vault_open(options, &failure);
    if (engine->vault != NULL)
        return true;
    AUTO(journal)
    struct journal *journal =
        g_error_matches(failure, VAULT_ERROR, VAULT_ERROR_DAMAGED) ? journal_open_reader(journal_path, NULL) : NULL;
    if (journal == NULL || journal_must_be_current(journal, journal_path, error))
        g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

static bool open_files(struct engine *engine, const struct engine_options *options, GError **error)
{
    g_autofree char *journal_path = g_build_filename(engine->data_dir, "journal.db", NULL);
    bool first_start = options->create && !g_file_test(journal_path, G_FILE_TEST_EXISTS);
    struct vault_options vault_options = {
        .data_dir = engine->data_dir, .keys_dir = engine->keys_dir, .create = first_start, .vfs = options->vfs_secrets};
    return open_vault(engine, &vault_options, journal_path, error) && open_journal(engine, options, error) &&
           look_at_evidence(engine, options, error) && open_rows(engine, options, error);
}

static void stand_ready(struct engine *engine)
{
    engine_stand_at_end(engine);
    alive_write(engine->lock_file, clock_now_us(engine->clock), engine->quiet_until_us);
}

struct engine *engine_open(const struct engine_options *options, GError **error)
{
    g_assert(options->areas != NULL && options->data_dir != NULL && options->clock != NULL);
    if (sodium_init() < 0)
        g_error("libsodium cannot be initialised");
    json_object_seed(0); /* before there are threads */
    if (!make_data_dir(options, error))
        return NULL;
    struct engine *engine = engine_new(options);
    engine->lock_file = data_lock(engine->data_dir, error);
    if (engine->lock_file < 0 || !open_files(engine, options, error)) {
        rows_suspect(engine);
        engine_free(engine);
        return NULL;
    }
    engine->last_at_us = journal_last_at_us(engine->journal);
    watch_begin(engine, options->accept_clock);
    if (!engine_reconcile(engine, options->accept_loss, error)) {
        rows_suspect(engine);
        engine_free(engine);
        return NULL;
    }
    stand_ready(engine);
    int failed = pthread_create(&engine->writer, NULL, writer_run, engine);
    g_assert(failed == 0);
    failed = pthread_create(&engine->checkpointer, NULL, checkpointer_run, engine);
    g_assert(failed == 0);
    return engine;
}

static void set(struct engine *engine, bool *flag)
{
    pthread_mutex_lock(&engine->lock);
    *flag = true;
    pthread_cond_broadcast(&engine->work);
    pthread_cond_broadcast(&engine->moved);
    pthread_mutex_unlock(&engine->lock);
}

void engine_close(struct engine *engine)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) scrub_error = NULL;
    set(engine, &engine->stopping);
    pthread_join(engine->writer, NULL);
    set(engine, &engine->checkpoints_end);
    pthread_join(engine->checkpointer, NULL);
    if (!writer_has_failed(engine) && journal_last_pos(engine->journal) > 0 &&
        !journal_sign_head(engine->journal, MAX(clock_now_us(engine->clock), engine->last_at_us), &error))
        log_write(LOG_ERROR, "the last head was not signed", "why", error->message, NULL);
    else if (!writer_has_failed(engine) && !vault_state_closed(engine->vault, true, &error))
        log_write(LOG_ERROR, "the end of the journal was not written to secrets.db", "why", error->message, NULL);
    if (!writer_has_failed(engine) && engine->scrub_wanted && !vault_scrub(engine->vault, &scrub_error))
        log_write(LOG_ERROR, "erased keys stay in the log of secrets.db until the next start", "why",
                  scrub_error->message, NULL);
    alive_write(engine->lock_file, clock_now_us(engine->clock), engine->quiet_until_us);
    engine_free(engine);
}

/* Distinguishes a resend from another use of the same id: the sender and the body, in any order of members. It is the
 * tree that is hashed, not the bytes received: a client that serialises the body again when it resends gets its answer,
 * and a command of a batch has no bytes of its own. */
static void hash_content(const struct command *command, uint8_t out[CONTENT_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, CONTENT_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)&command->person, sizeof command->person);
    size_t bytes;
    char *text = json_text_sorted(command->body, &bytes);
    crypto_generichash_update(&state, (const uint8_t *)text, bytes);
    free(text);
    crypto_generichash_final(&state, out, CONTENT_BYTES);
}

static bool submit(struct engine *engine, struct queued_command *taken, struct problem **out_problem)
{
    struct command *command = taken->command;
    if (command->origin == ORIGIN_DOOR)
        hash_content(command, taken->content);
    else if (uuid_is_null(&command->id))
        uuid_make(clock_now_us(engine->clock), &command->id);
    enum problem_code code = PROBLEM_COUNT;
    pthread_mutex_lock(&engine->lock);
    if (writer_has_failed(engine))
        code = PROBLEM_STORAGE_FAILED;
    else if (engine->stopping || engine->giving_up)
        code = PROBLEM_SHUTTING_DOWN;
    else if (writer_lacks_room(engine))
        code = PROBLEM_DISK_FULL;
    else if (engine->state == WRITER_HELD)
        code = PROBLEM_LOG_HELD;
    else if (!queue_put(engine->queue, taken))
        code = PROBLEM_QUEUE_FULL;
    else if (engine->queue->length == 1)
        pthread_cond_signal(&engine->work);
    if (code == PROBLEM_COUNT && engine->waiting_us == 0)
        engine->waiting_us = clock_monotonic_us();
    pthread_mutex_unlock(&engine->lock);
    if (code == PROBLEM_COUNT)
        return true;
    *out_problem = problem_new(code, NULL, NULL);
    return false;
}

bool engine_submit(struct engine *engine, struct command *command, engine_done done, void *context,
                   struct problem **out_problem)
{
    struct queued_command taken = {.command = command, .done = done, .context = context};
    return submit(engine, &taken, out_problem);
}

bool engine_is_crowded(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    bool crowded = queue_is_crowded(engine->queue);
    pthread_mutex_unlock(&engine->lock);
    return crowded;
}

bool engine_ask(struct engine *engine, struct command *command, struct answer *out)
{
    struct sync_waiter waiter = {.answered = false};
    struct queued_command taken = {.command = command, .waiter = &waiter};
    struct problem *problem = NULL;
    if (!submit(engine, &taken, &problem)) {
        *out = (struct answer){.id = command->id, .problem = problem};
        command_free(command);
        return false;
    }
    pthread_mutex_lock(&engine->lock);
    while (!waiter.answered)
        pthread_cond_wait(&engine->moved, &engine->lock);
    pthread_mutex_unlock(&engine->lock);
    *out = waiter.answer;
    return out->problem == NULL;
}

int64_t engine_run_clock(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    int64_t wanted = ++engine->clock_runs_wanted;
    pthread_cond_broadcast(&engine->work);
    while (engine->clock_runs_done < wanted && !writer_has_failed(engine) && !writer_lacks_room(engine))
        pthread_cond_wait(&engine->moved, &engine->lock);
    int64_t events = engine->clock_runs_done < wanted ? 0 : engine->clock_events;
    pthread_mutex_unlock(&engine->lock);
    return events;
}

bool engine_wait_rows(struct engine *engine, int64_t pos, int64_t most_us)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + most_us * 1000;
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    int waited = 0;
    pthread_mutex_lock(&engine->lock);
    while (engine->rows_pos < pos && !writer_has_failed(engine) && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&engine->moved, &engine->lock, &until);
    bool there = engine->rows_pos >= pos;
    pthread_mutex_unlock(&engine->lock);
    return there;
}

static int64_t look(struct engine *engine, const int64_t *value)
{
    pthread_mutex_lock(&engine->lock);
    int64_t seen = *value;
    pthread_mutex_unlock(&engine->lock);
    return seen;
}

int64_t engine_durable_pos(struct engine *engine)
{
    return look(engine, &engine->durable_pos);
}

int64_t engine_last_at_us(struct engine *engine)
{
    return look(engine, &engine->last_at_us);
}

int64_t engine_rows_pos(struct engine *engine)
{
    return look(engine, &engine->rows_pos);
}

int64_t engine_rows_age_us(struct engine *engine)
{
    int64_t since_us = look(engine, &engine->behind_since_us);
    return since_us != 0 ? clock_monotonic_us() - since_us : 0;
}

bool engine_is_well(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    bool well = !writer_has_failed(engine);
    pthread_mutex_unlock(&engine->lock);
    return well;
}

const char *const engine_cause_names[ENGINE_CAUSE_COUNT] = {
    [ENGINE_CAUSE_STORAGE] = "storage_failed",
    [ENGINE_CAUSE_LOG_HELD] = "log_held",
    [ENGINE_CAUSE_DISK_FULL] = "disk_full",
    [ENGINE_CAUSE_STALLED] = "stalled",
};

unsigned engine_causes(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    bool stalled = engine->waiting_us != 0 && clock_monotonic_us() - engine->waiting_us >= LIMIT_STALL_US;
    unsigned causes = (writer_has_failed(engine) ? 1u << ENGINE_CAUSE_STORAGE : 0u) |
                      (engine->state == WRITER_HELD ? 1u << ENGINE_CAUSE_LOG_HELD : 0u) |
                      (writer_lacks_room(engine) ? 1u << ENGINE_CAUSE_DISK_FULL : 0u) |
                      (stalled ? 1u << ENGINE_CAUSE_STALLED : 0u);
    pthread_mutex_unlock(&engine->lock);
    return causes;
}

void engine_give_up(struct engine *engine)
{
    set(engine, &engine->giving_up);
}

const struct areas *engine_areas(struct engine *engine)
{
    return engine->areas;
}

struct rulebook *engine_rulebook(struct engine *engine)
{
    return engine->rulebook;
}

const char *engine_loss(struct engine *engine)
{
    return engine->loss;
}

const char *engine_data_dir(struct engine *engine)
{
    return engine->data_dir;
}

const char *engine_keys_dir(struct engine *engine)
{
    return engine->keys_dir;
}

int64_t engine_clock_off_us(struct engine *engine)
{
    return clock_off_us(engine->clock);
}

void engine_metrics(struct engine *engine, struct engine_metrics *out)
{
    pthread_mutex_lock(&engine->lock);
    struct engine_metrics metrics = engine->metrics;
    metrics.queue_length = (int64_t)engine->queue->length;
    pthread_mutex_unlock(&engine->lock);
    metrics.journal_wal_bytes = wal_bytes(engine, WAL_JOURNAL);
    metrics.rows_wal_bytes = wal_bytes(engine, WAL_ROWS);
    metrics.secrets_wal_bytes = wal_bytes(engine, WAL_SECRETS);
    *out = metrics;
}
