/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"
#include "engine/writer.h"

#include <string.h>

static void entry_clear(gpointer data)
{
    struct batch_item *entry = data;
    command_free(entry->taken.command);
    problem_free(entry->problem);
}

static void decided_free(gpointer data)
{
    decided_event_free(data);
}

void batch_init(struct batch *batch)
{
    batch->entries = g_array_new(FALSE, TRUE, sizeof(struct batch_item));
    g_array_set_clear_func(batch->entries, entry_clear);
    batch->decided = g_ptr_array_new_with_free_func(decided_free);
    batch->events = g_array_new(FALSE, FALSE, sizeof(struct event));
    batch->letters = g_array_new(FALSE, FALSE, sizeof(int64_t));
}

void batch_clear(struct batch *batch)
{
    g_array_unref(batch->entries);
    g_ptr_array_unref(batch->decided);
    g_array_unref(batch->events);
    g_array_unref(batch->letters);
}

void batch_empty(struct batch *batch)
{
    g_array_set_size(batch->entries, 0);
    g_ptr_array_set_size(batch->decided, 0);
    g_array_set_size(batch->events, 0);
    g_array_set_size(batch->letters, 0);
    batch->bytes = 0;
}

bool batch_is_full(const struct engine *engine)
{
    const struct batch *batch = &engine->batch;
    return (int)batch->entries->len >= engine->batch_commands || batch->bytes >= LIMIT_BATCH_BYTES ||
           clock_monotonic_us() - batch->began_us >= LIMIT_BATCH_US;
}

bool storage_is_well(const struct engine *engine)
{
    return db_failed(engine->rows) == NULL && db_failed(vault_db(engine->vault)) == NULL;
}

/* True when the command is known: answered as before, or refused for its other content. */
static bool is_repeated(struct engine *engine, struct batch_item *entry)
{
    struct command *command = entry->taken.command;
    if (command->origin != ORIGIN_DOOR)
        return false;
    vault_digest(engine->vault, &command->id, entry->taken.content, CONTENT_BYTES, command->digest);
    struct remembered before;
    if (!command_recall(engine->rows, &command->id, &before))
        return false;
    if (memcmp(before.digest, command->digest, sizeof before.digest) == 0) {
        entry->repeats = before.first;
        entry->repeats_count = before.count;
    } else {
        entry->problem = problem_new(PROBLEM_REQUEST_ID_REUSED, "id", NULL);
    }
    return true;
}

/* More than the journal takes is refused here, so that journal_append() fails only for the disk. A dry run is not
 * written. */
static bool fits(struct decision *decision)
{
    if (decision->command->dry_run)
        return true;
    if (decision->events->len > LIMIT_EVENTS_PER_COMMAND)
        return decision_refuse(decision, PROBLEM_TOO_MANY_ITEMS, NULL, G_STRINGIFY(LIMIT_EVENTS_PER_COMMAND));
    size_t all = 0;
    bool small = true;
    for (guint i = 0; i < decision->events->len; i++) {
        const struct event *event = &((struct decided_event *)g_ptr_array_index(decision->events, i))->event;
        small = small && event->body_bytes <= LIMIT_EVENT_BODY_BYTES && event->sealed_bytes <= LIMIT_EVENT_SEALED_BYTES;
        all += event->body_bytes + event->sealed_bytes;
    }
    if (small && all <= LIMIT_APPEND_BYTES - 2 * LIMIT_BATCH_BYTES)
        return true;
    g_autofree char *limit = g_strdup_printf("%d", LIMIT_EVENT_BODY_BYTES);
    return decision_refuse(decision, PROBLEM_BODY_TOO_LARGE, NULL, limit);
}

static void keep(struct engine *engine, struct batch_item *entry, struct decision *decision)
{
    struct batch *batch = &engine->batch;
    entry->first = batch->events->len;
    entry->count = decision->events->len;
    for (guint i = 0; i < decision->events->len; i++) {
        struct decided_event *decided = g_ptr_array_index(decision->events, i);
        g_array_append_val(batch->events, decided->event);
        batch->bytes += decided->event.body_bytes + decided->event.sealed_bytes;
    }
    g_ptr_array_extend_and_steal(batch->decided, g_steal_pointer(&decision->events));
    g_array_append_vals(batch->letters, decision->letters->data, decision->letters->len);
    engine->next_pos += (int64_t)entry->count;
    engine->last_at_us = decision->now_us;
    const struct command *command = decision->command;
    if (command->origin != ORIGIN_DOOR)
        return;
    struct remembered remembered = {.id = command->id,
                                    .first = engine->next_pos - (int64_t)entry->count,
                                    .count = (int64_t)entry->count,
                                    .at_us = decision->now_us};
    memcpy(remembered.digest, command->digest, sizeof remembered.digest);
    command_remember(engine->rows, &remembered);
}

/* Ends a letter in the command that it became, or in one of its own when that was refused. */
static void end_letter(struct decision *decision, bool accepted)
{
    const struct problem *problem = decision->problem;
    json_t *body = json_pack("{s:I}", "letter", (json_int_t)decision->command->letter);
    if (!accepted) {
        json_object_set_new(body, "code", json_string(problem_texts[problem->code].name));
        if (problem->field != NULL)
            json_object_set_new(body, "field", json_string(problem->field));
    }
    int64_t to = 0;
    db_integer(decision->rows, &to, "SELECT to_unit FROM letter WHERE place = ?1", "i", decision->command->letter);
    decision_emit(decision, accepted ? "letter_arrived" : "letter_refused", to, 0, body, NULL);
}

static void take_back(struct engine *engine, struct decision *decision)
{
    if (decision->events->len > 0)
        db_rollback_to_mark(engine->rows);
    vault_rollback_to_mark(engine->vault);
    decision_take_back(decision);
    decision->post = 0;
}

static void decide(struct engine *engine, struct batch_item *entry)
{
    struct command *command = entry->taken.command;
    AUTO(decision)
    struct decision decision = {
        .rows = engine->rows,
        .vault = engine->vault,
        .rulebook = engine->rulebook,
        .playbook = rulebook_current(engine->rulebook),
        .command = command,
        .now_us = MAX(clock_now_us(engine->clock), engine->last_at_us),
        .seqs = engine->seqs,
        .marks = true,
        .areas = engine->areas,
    };
    decision_init(&decision);
    if (command->observed_us == 0)
        command->observed_us = decision.now_us;
    bool is_letter = command->origin == ORIGIN_LETTER;
    vault_mark(engine->vault);
    bool accepted = decision_decide(&decision);
    if (accepted && is_letter)
        end_letter(&decision, true);
    accepted = accepted && fits(&decision);
    if (!storage_is_well(engine))
        return; /* the whole batch fails; what was decided on half-read rows does not count */
    g_assert(accepted == (decision.problem == NULL));
    if (!accepted) {
        take_back(engine, &decision);
        entry->problem = decision.problem;
        if (!is_letter) {
            decision.problem = NULL;
            return;
        }
        vault_mark(engine->vault);
        end_letter(&decision, false);
        decision.problem = NULL;
    }
    g_assert(decision.events->len > 0);
    if (command->dry_run) {
        take_back(engine, &decision);
        return;
    }
    db_release(engine->rows);
    vault_release(engine->vault);
    keep(engine, entry, &decision);
}

static void tell_decided(const struct batch_item *entry, int64_t us)
{
    const struct command *command = entry->taken.command;
    char id[UUID_TEXT_LENGTH + 1], request[24], events[24], took[24];
    const char *outcome = entry->problem != NULL          ? problem_texts[entry->problem->code].name
                          : entry->repeats > 0            ? "repeated"
                          : entry->taken.command->dry_run ? "tried"
                                                          : "accepted";
    uuid_format(&command->id, id);
    g_snprintf(request, sizeof request, "%" G_GINT64_FORMAT, command->request);
    g_snprintf(events, sizeof events, "%zu", entry->count);
    g_snprintf(took, sizeof took, "%" G_GINT64_FORMAT, us);
    log_write(LOG_DEBUG, "command decided", "request", request, "command", id, "name", command->name, "outcome",
              outcome, "events", events, "us", took, NULL);
}

struct batch_item *batch_decide_one(struct engine *engine, const struct queued_command *taken)
{
    struct batch *batch = &engine->batch;
    g_array_set_size(batch->entries, batch->entries->len + 1);
    struct batch_item *entry = &g_array_index(batch->entries, struct batch_item, batch->entries->len - 1);
    entry->taken = *taken;
    bool told = log_is_on(LOG_DEBUG);
    int64_t from_us = told ? clock_monotonic_us() : 0;
    if (!is_repeated(engine, entry))
        decide(engine, entry);
    if (told)
        tell_decided(entry, clock_monotonic_us() - from_us);
    return entry;
}

bool batch_write(struct engine *engine, GError **error)
{
    struct batch *batch = &engine->batch;
    vault_keep_tip(engine->vault);
    if (!vault_commit(engine->vault, error))
        return false;
    if (batch->events->len == 0)
        return true;
    struct event *events = (struct event *)(void *)batch->events->data;
    if (!journal_append(engine->journal, events, batch->events->len, error))
        return false;
    const struct event *last = &events[batch->events->len - 1];
    g_assert(last->pos == engine->next_pos - 1);
    engine->last_pos = last->pos;
    memcpy(engine->last_hash, last->hash, sizeof engine->last_hash);
    vault_note_tip(engine->vault, last->pos, last->hash);
    if (engine->rows_since_us == 0)
        engine->rows_since_us = clock_monotonic_us();
    g_array_append_vals(engine->letters, batch->letters->data, batch->letters->len);
    return true;
}

void batch_undo(struct engine *engine)
{
    db_rollback(engine->rows);
    vault_rollback(engine->vault);
    for (guint i = 0; i < engine->batch.decided->len; i++) {
        const struct decided_event *decided = g_ptr_array_index(engine->batch.decided, i);
        if (strcmp(decided->event.kind, "playbook_adopted") == 0)
            rulebook_remove(engine->rulebook, event_place(&decided->event));
    }
}
