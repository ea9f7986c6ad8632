/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include "base/clock.h"
#include "playbook/load/load.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define STREAMS_MOST 20                 /* more than any test makes */
#define START_US     1580428800000000LL /* 2020-01-31T00:00:00Z */

static void harness_event_free(gpointer data)
{
    struct harness_event *event = data;
    json_decref(event->body);
    g_free((char *)event->event.sealed);
    g_free(event);
}

static struct db *make_rows(const struct harness *harness, const char *name)
{
    GError *error = NULL;
    g_autofree char *path = g_build_filename(harness->dir, name, NULL);
    struct db *rows = db_open(path, &(struct db_options){.mode = DB_ROWS}, &error);
    g_assert_no_error(error);
    for (const struct area *const *area = harness->areas->list; *area != NULL; area++)
        if (!db_script(rows, (*area)->schema, &error))
            g_error("%s: %s", (*area)->name, error->message);
    g_assert_true(db_begin(rows));
    return rows;
}

struct harness *harness_new(const struct area *const *areas)
{
    GError *error = NULL;
    struct harness *harness = g_new0(struct harness, 1);
    g_assert_true(sodium_init() >= 0);
    harness->dir = g_dir_make_tmp("lianfang-test-XXXXXX", &error);
    g_assert_no_error(error);
    harness->areas = areas_new(areas);
    harness->now_us = START_US;
    harness->next_pos = 1;
    harness->seqs = g_new0(int64_t, STREAM_MAX + 1);
    harness->events = g_ptr_array_new_with_free_func(harness_event_free);
    harness->rulebook = rulebook_new();
    harness->rows = make_rows(harness, "rows.db");
    g_autofree char *keys_dir = g_build_filename(harness->dir, "keys", NULL);
    harness->vault =
        vault_open(&(struct vault_options){.data_dir = harness->dir, .keys_dir = keys_dir, .create = true}, &error);
    g_assert_no_error(error);
    return harness;
}

static void remove_folder(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            remove_folder(child);
        else
            g_remove(child);
    }
    g_dir_close(dir);
    g_rmdir(path);
}

void harness_free(struct harness *harness)
{
    db_rollback(harness->rows);
    db_close(harness->rows);
    vault_rollback(harness->vault);
    vault_close(harness->vault);
    areas_free(harness->areas);
    rulebook_free(harness->rulebook);
    problem_free(harness->problem);
    g_ptr_array_unref(harness->events);
    g_free(harness->seqs);
    remove_folder(harness->dir);
    g_free(harness->dir);
    g_free(harness);
}

static void diagnostic_element_clear(gpointer diagnostic)
{
    diagnostic_clear(diagnostic);
}

void harness_adopt(struct harness *harness, const char *yaml)
{
    g_autoptr(GArray) diagnostics = g_array_new(FALSE, TRUE, sizeof(struct diagnostic));
    g_array_set_clear_func(diagnostics, diagnostic_element_clear);
    struct source source = {.name = (char *)"test.yaml", .text = (char *)yaml, .bytes = strlen(yaml)};
    struct playbook *playbook = playbook_load(&source, 1, diagnostics);
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *diagnostic = &g_array_index(diagnostics, struct diagnostic, i);
        fprintf(stderr, "%s:%d:%d: %s\n", diagnostic->file, diagnostic->line, diagnostic->column, diagnostic->text);
    }
    g_assert_nonnull(playbook);
    playbook->id = id_place(0, ++harness->seqs[0]);
    playbook->adopted_us = harness->now_us;
    rulebook_add(harness->rulebook, playbook);
}

static void keep_events(struct harness *harness, const struct decision *decision)
{
    for (guint i = 0; i < decision->events->len; i++) {
        const struct decided_event *decided = g_ptr_array_index(decision->events, i);
        struct harness_event *kept = g_new0(struct harness_event, 1);
        kept->event = decided->event;
        g_assert_cmpint(kept->event.stream, <=, STREAMS_MOST);
        kept->event.pos = harness->next_pos++;
        kept->event.digest = NULL;
        kept->event.body = NULL;
        kept->event.sealed = g_memdup2(decided->event.sealed, decided->event.sealed_bytes);
        kept->body = json_incref(decided->json);
        g_ptr_array_add(harness->events, kept);
    }
}

static json_t *read_body(struct harness *harness, const char *json)
{
    g_autofree char *text = g_strdelimit(g_strdup(json), "'", '"');
    json_error_t error;
    json_t *body = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (body == NULL)
        g_error("%s in %s", error.text, text);
    if (json_object_get(body, "id") == NULL) {
        struct uuid id;
        char id_text[UUID_TEXT_LENGTH + 1];
        uuid_make(harness->now_us, &id);
        uuid_format(&id, id_text);
        json_object_set_new(body, "id", json_string(id_text));
    }
    return body;
}

static void deliver(struct harness *harness, const GArray *letters);

/* As the engine does: one to three commands later. */
static void commit_now_and_then(struct harness *harness)
{
    GError *error = NULL;
    if (harness->events->len % 3 == 1)
        return;
    areas_settle(harness->areas, harness->rows, harness->rulebook, harness->now_us);
    db_commit(harness->rows, &error);
    g_assert_no_error(error);
    g_assert_true(db_begin(harness->rows));
}

static bool decide(struct harness *harness, struct command *command)
{
    AUTO(decision)
    struct decision decision = {
        .rows = harness->rows,
        .vault = harness->vault,
        .rulebook = harness->rulebook,
        .playbook = rulebook_current(harness->rulebook),
        .command = command,
        .now_us = harness->now_us,
        .seqs = harness->seqs,
        .areas = harness->areas,
    };
    decision_init(&decision);
    db_mark(harness->rows);
    vault_mark(harness->vault);
    if (!decision_decide(&decision)) {
        g_assert_nonnull(decision.problem);
        db_rollback_to_mark(harness->rows);
        vault_rollback_to_mark(harness->vault);
        decision_take_back(&decision);
        harness->problem = g_steal_pointer(&decision.problem);
        return false;
    }
    g_assert_null(decision.problem);
    g_assert_true(decision.events->len > 0 || command->origin == ORIGIN_LETTER);
    db_release(harness->rows);
    vault_release(harness->vault);
    if (db_failed(harness->rows) != NULL)
        g_error("%s", db_failed(harness->rows)->message);
    keep_events(harness, &decision);
    deliver(harness, decision.letters);
    commit_now_and_then(harness);
    return true;
}

static const struct harness_event *event_of(const struct harness *harness, int64_t place)
{
    for (guint i = harness->events->len; i > 0; i--) {
        const struct harness_event *kept = g_ptr_array_index(harness->events, i - 1);
        if (event_place(&kept->event) == place)
            return kept;
    }
    g_assert_not_reached();
}

/* As the engine does, but for the event that tells so; a refusal is the letter's own. */
static void deliver(struct harness *harness, const GArray *letters)
{
    for (guint i = 0; i < letters->len; i++) {
        int64_t place = g_array_index(letters, int64_t, i);
        const struct harness_event *letter = event_of(harness, place);
        const char *name = json_string_value(json_object_get(letter->body, "command"));
        AUTO(command)
        struct command *command =
            command_new(name, ORIGIN_LETTER, letter->event.person, json_copy(json_object_get(letter->body, "body")));
        json_object_set_new(command->body, "command", json_string(name));
        uuid_make(harness->now_us, &command->id);
        command->observed_us = letter->event.observed_us;
        command->letter = place;
        command->to_unit = json_integer_value(json_object_get(letter->body, "to"));
        if (letter->event.sealed != NULL)
            command->sealed = g_bytes_new(letter->event.sealed, letter->event.sealed_bytes);
        if (!decide(harness, command))
            problem_free(g_steal_pointer(&harness->problem));
    }
}

bool harness_ask(struct harness *harness, enum origin origin, int64_t person, const char *json)
{
    problem_free(g_steal_pointer(&harness->problem));
    AUTO(command)
    struct command *command = command_parse(read_body(harness, json), person, harness->now_us, &harness->problem);
    if (command == NULL)
        return false;
    command->origin = origin;
    command->outside = false; /* tests of an area have nothing but ids */
    if (command->observed_us == 0)
        command->observed_us = harness->now_us;
    harness->last_id = command->id;
    return decide(harness, command);
}

int64_t harness_must(struct harness *harness, enum origin origin, int64_t person, const char *json)
{
    guint first = harness->events->len;
    if (!harness_ask(harness, origin, person, json)) {
        g_autofree char *sentence = problem_sentence(harness->problem, false);
        g_error("refused: %s: %s: %s in %s", problem_texts[harness->problem->code].name,
                harness->problem->field != NULL ? harness->problem->field : "-", sentence, json);
    }
    const struct harness_event *made = g_ptr_array_index(harness->events, first);
    return json_integer_value(json_object_get(made->body, "id")) != 0
               ? json_integer_value(json_object_get(made->body, "id"))
               : event_place(&made->event);
}

void harness_refused(struct harness *harness, enum origin origin, int64_t person, const char *json,
                     enum problem_code code, const char *field)
{
    g_autofree char *before = harness_rows_digest(harness->rows);
    if (harness_ask(harness, origin, person, json))
        g_error("accepted: %s", json);
    const struct problem *problem = harness->problem;
    if (problem->code != code || (field != NULL && g_strcmp0(problem->field, field) != 0))
        g_error("refused with %s (%s) instead of %s (%s): %s", problem_texts[problem->code].name,
                problem->field != NULL ? problem->field : "-", problem_texts[code].name, field != NULL ? field : "any",
                json);
    g_autofree char *after = harness_rows_digest(harness->rows);
    if (strcmp(before, after) != 0)
        g_error("refused, and rows were changed: %s", json);
}

const struct harness_event *harness_last_event(struct harness *harness, const char *kind)
{
    for (guint i = harness->events->len; i > 0; i--) {
        const struct harness_event *event = g_ptr_array_index(harness->events, i - 1);
        if (strcmp(event->event.kind, kind) == 0)
            return event;
    }
    return NULL;
}

#define TABLES_SQL                                                                                                     \
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'beside' "           \
    "AND name NOT LIKE 'staffing%' AND name NOT IN ('tally_series', 'tally_figure', 'tally_state') "                   \
    "ORDER BY name"

/* SQL for all rows of a table, in the order of all columns. */
static char *ordered_rows(struct db *rows, const char *table)
{
    g_autofree char *columns = g_strdup_printf("SELECT count(*) FROM pragma_table_info('%s')", table);
    AUTO(cursor) struct cursor count = db_query_text(rows, columns);
    g_assert_true(cursor_next(&count));
    GString *sql = g_string_new("SELECT * FROM ");
    g_string_append_printf(sql, "\"%s\" ORDER BY 1", table);
    for (int64_t i = 2; i <= cursor_integer(&count, 0); i++)
        g_string_append_printf(sql, ", %d", (int)i);
    return g_string_free(sql, FALSE);
}

static void hash_table(struct db *rows, const char *table, crypto_generichash_state *state)
{
    g_autofree char *sql = ordered_rows(rows, table);
    AUTO(cursor) struct cursor all = db_query_text(rows, sql);
    crypto_generichash_update(state, (const uint8_t *)table, strlen(table) + 1);
    while (cursor_next(&all))
        for (int i = 0; i < sqlite3_column_count(all.statement); i++) {
            int type = sqlite3_column_type(all.statement, i);
            size_t bytes;
            const void *data = cursor_blob(&all, i, &bytes);
            crypto_generichash_update(state, (const uint8_t *)&type, sizeof type);
            crypto_generichash_update(state, (const uint8_t *)&bytes, sizeof bytes);
            crypto_generichash_update(state, data, bytes);
        }
}

char *harness_rows_digest(struct db *rows)
{
    crypto_generichash_state state;
    uint8_t digest[32];
    char text[65];
    crypto_generichash_init(&state, NULL, 0, sizeof digest);
    AUTO(cursor) struct cursor tables = db_query(rows, TABLES_SQL, "");
    while (cursor_next(&tables))
        hash_table(rows, cursor_text(&tables, 0), &state);
    crypto_generichash_final(&state, digest, sizeof digest);
    return g_strdup(sodium_bin2hex(text, sizeof text, digest, sizeof digest));
}

static char *cell_text(struct cursor *cursor, int column)
{
    size_t bytes;
    const void *data = cursor_blob(cursor, column, &bytes);
    if (sqlite3_column_type(cursor->statement, column) != SQLITE_BLOB)
        return g_strdup(sqlite3_column_type(cursor->statement, column) == SQLITE_NULL ? "null"
                                                                                      : cursor_text(cursor, column));
    char *text = g_malloc(2 * bytes + 1);
    return sodium_bin2hex(text, 2 * bytes + 1, data, bytes);
}

static bool same_cell(struct cursor *one, struct cursor *other, int column)
{
    size_t bytes, other_bytes;
    const void *data = cursor_blob(one, column, &bytes), *other_data = cursor_blob(other, column, &other_bytes);
    return sqlite3_column_type(one->statement, column) == sqlite3_column_type(other->statement, column) &&
           bytes == other_bytes && (bytes == 0 || memcmp(data, other_data, bytes) == 0);
}

static void must_be_same_table(struct db *live, struct db *again, const char *table)
{
    g_autofree char *sql = ordered_rows(live, table);
    AUTO(cursor) struct cursor one = db_query_text(live, sql);
    AUTO(cursor) struct cursor other = db_query_text(again, sql);
    for (int row = 1;; row++) {
        bool more = cursor_next(&one), other_more = cursor_next(&other);
        if (more != other_more)
            g_error("replayed, table %s has %s rows: %d against more", table, more ? "fewer" : "more", row - 1);
        if (!more)
            return;
        for (int i = 0; i < sqlite3_column_count(one.statement); i++)
            if (!same_cell(&one, &other, i)) {
                g_autofree char *text = cell_text(&one, i), *other_text = cell_text(&other, i);
                g_error("replayed, table %s differs in row %d, column %s: %s instead of %s", table, row,
                        sqlite3_column_name(one.statement, i), other_text, text);
            }
    }
}

static const struct harness_event *event_at(const struct harness *harness, guint i)
{
    return g_ptr_array_index(harness->events, i);
}

static void apply_in_order(struct harness *harness, struct db *again)
{
    for (guint i = 0; i < harness->events->len; i++)
        event_apply(harness->areas, again, &event_at(harness, i)->event, event_at(harness, i)->body);
}

/* What is kept everywhere first, then stream after stream. */
static void apply_by_stream(struct harness *harness, struct db *again)
{
    for (guint i = 0; i < harness->events->len; i++)
        event_apply_part(harness->areas, again, &event_at(harness, i)->event, event_at(harness, i)->body, true);
    for (int64_t stream = 0; stream <= STREAMS_MOST; stream++)
        for (guint i = 0; i < harness->events->len; i++)
            if (event_at(harness, i)->event.stream == stream)
                event_apply_part(harness->areas, again, &event_at(harness, i)->event, event_at(harness, i)->body,
                                 false);
}

static void replay(struct harness *harness, void (*apply)(struct harness *harness, struct db *again))
{
    struct db *again = make_rows(harness, "again.db");
    apply(harness, again);
    areas_settle(harness->areas, harness->rows, harness->rulebook, harness->now_us);
    areas_settle(harness->areas, again, NULL, harness->now_us);
    g_assert_null(db_failed(again));
    {
        AUTO(cursor) struct cursor tables = db_query(harness->rows, TABLES_SQL, "");
        while (cursor_next(&tables))
            must_be_same_table(harness->rows, again, cursor_text(&tables, 0));
    }
    db_rollback(again);
    db_close(again);
    g_autofree char *path = g_build_filename(harness->dir, "again.db", NULL);
    g_remove(path);
}

void harness_replay(struct harness *harness)
{
    replay(harness, apply_in_order);
    replay(harness, apply_by_stream);
}
