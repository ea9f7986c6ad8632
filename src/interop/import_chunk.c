/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/import_chunk.h"

#include <string.h>

#define FULL_WAIT_US 5000 /* others fill the queue: they go first */

struct import_queue {
    struct engine *engine;
    const struct clock *clock;
    int64_t person;
    bool dry_run;
    GQueue under_way; /* of struct import_chunk */
    GMutex lock;
    GCond answered;
};

struct pending_command {
    struct import_queue *import_queue;
    struct import_chunk *chunk;
};

static void row_clear(gpointer data)
{
    struct import_chunk_row *row = data;
    json_decref(row->commands);
    g_free(row->cells);
}

struct import_chunk *import_chunk_new(void)
{
    struct import_chunk *chunk = g_new0(struct import_chunk, 1);
    chunk->rows = g_array_new(FALSE, TRUE, sizeof(struct import_chunk_row));
    g_array_set_clear_func(chunk->rows, row_clear);
    chunk->above = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    return chunk;
}

void import_chunk_free(struct import_chunk *chunk)
{
    if (chunk == NULL)
        return;
    g_array_unref(chunk->rows);
    g_ptr_array_unref(chunk->above);
    problem_free(chunk->problem);
    g_free(chunk);
}

struct import_chunk *import_chunk_split(struct import_chunk *chunk, guint from, guint to)
{
    struct import_chunk *part = import_chunk_new();
    for (guint i = from; i < to; i++) {
        struct import_chunk_row *row = &g_array_index(chunk->rows, struct import_chunk_row, i);
        if (row->refused)
            continue;
        g_array_append_val(part->rows, *row);
        *row = (struct import_chunk_row){0};
    }
    return part;
}

bool import_chunk_parse_path(const char *field, size_t *out_row, size_t *out_command, const char **out_rest)
{
    char *end;
    if (field == NULL || !g_str_has_prefix(field, "rows["))
        return false;
    *out_row = g_ascii_strtoull(field + strlen("rows["), &end, 10);
    if (!g_str_has_prefix(end, "]["))
        return false;
    *out_command = g_ascii_strtoull(end + 2, &end, 10);
    if (*end != ']')
        return false;
    *out_rest = end[1] == '.' ? end + 2 : end + 1;
    return true;
}

struct import_chunk *import_chunk_take_elsewhere(struct import_chunk *chunk)
{
    AUTO(import_chunk) struct import_chunk *elsewhere = import_chunk_new();
    for (const struct problem *problem = chunk->problem; problem != NULL; problem = problem->next) {
        size_t index, command;
        const char *rest;
        if (problem->code != PROBLEM_OTHER_STREAM ||
            !import_chunk_parse_path(problem->field, &index, &command, &rest) || index < chunk->above->len ||
            index - chunk->above->len >= chunk->rows->len)
            continue;
        struct import_chunk_row *row = &g_array_index(chunk->rows, struct import_chunk_row, index - chunk->above->len);
        if (row->refused)
            continue;
        g_array_append_val(elsewhere->rows, *row);
        *row = (struct import_chunk_row){.refused = true};
    }
    return elsewhere->rows->len > 0 ? g_steal_pointer(&elsewhere) : NULL;
}

const char *import_chunk_cell(const struct import_chunk_row *row, guint column)
{
    const char *at = row->cells;
    if (column >= row->cell_count)
        return "";
    while (column-- > 0)
        at += strlen(at) + 1;
    return at;
}

struct import_queue *import_queue_new(struct engine *engine, const struct clock *clock, int64_t person, bool dry_run)
{
    struct import_queue *import_queue = g_new0(struct import_queue, 1);
    import_queue->engine = engine;
    import_queue->clock = clock;
    import_queue->person = person;
    import_queue->dry_run = dry_run;
    g_queue_init(&import_queue->under_way);
    g_mutex_init(&import_queue->lock);
    g_cond_init(&import_queue->answered);
    return import_queue;
}

void import_queue_free(struct import_queue *import_queue)
{
    if (import_queue == NULL)
        return;
    struct import_chunk *chunk;
    while ((chunk = import_queue_take(import_queue)) != NULL)
        import_chunk_free(chunk);
    g_mutex_clear(&import_queue->lock);
    g_cond_clear(&import_queue->answered);
    g_free(import_queue);
}

static struct problem *copy_chain(const struct problem *problem)
{
    struct problem *copy = NULL, **end = &copy;
    for (; problem != NULL; problem = problem->next, end = &(*end)->next) {
        *end = problem_new(problem->code, problem->field, NULL);
        for (int i = 0; i < PROBLEM_ARGS_MAX; i++)
            (*end)->args[i] = g_strdup(problem->args[i]);
    }
    return copy;
}

static void on_answer(void *context, const struct answer *answer)
{
    g_autofree struct pending_command *pending = context;
    g_mutex_lock(&pending->import_queue->lock);
    pending->chunk->problem = copy_chain(answer->problem);
    pending->chunk->answered = true;
    g_cond_signal(&pending->import_queue->answered);
    g_mutex_unlock(&pending->import_queue->lock);
}

static struct command *command_of(const struct import_queue *import_queue, const struct import_chunk *chunk)
{
    json_t *rows = json_array();
    for (guint i = 0; i < chunk->above->len; i++)
        json_array_append(rows, g_ptr_array_index(chunk->above, i));
    for (guint i = 0; i < chunk->rows->len; i++)
        json_array_append(rows, g_array_index(chunk->rows, struct import_chunk_row, i).commands);
    struct command *command = command_new("import_rows", import_queue->person == 0 ? ORIGIN_OPERATOR : ORIGIN_PROGRAM,
                                          import_queue->person, json_pack("{s:o}", "rows", rows));
    uuid_make(clock_now_us(import_queue->clock), &command->id);
    command->dry_run = import_queue->dry_run;
    command->omit_events = true;
    return command;
}

bool import_queue_put(struct import_queue *import_queue, struct import_chunk *chunk)
{
    struct pending_command *pending = g_new(struct pending_command, 1);
    struct command *command = command_of(import_queue, chunk);
    struct problem *problem = NULL;
    *pending = (struct pending_command){import_queue, chunk};
    while (!engine_submit(import_queue->engine, command, on_answer, pending, &problem)) {
        bool full = problem->code == PROBLEM_QUEUE_FULL;
        g_clear_pointer(&problem, problem_free);
        if (!full) {
            command_free(command);
            g_free(pending);
            import_chunk_free(chunk);
            return false;
        }
        g_usleep(FULL_WAIT_US);
    }
    g_queue_push_tail(&import_queue->under_way, chunk);
    return true;
}

int import_queue_under_way(const struct import_queue *import_queue)
{
    return (int)import_queue->under_way.length;
}

bool import_queue_is_answered(struct import_queue *import_queue)
{
    const struct import_chunk *chunk = g_queue_peek_head(&import_queue->under_way);
    g_mutex_lock(&import_queue->lock);
    bool answered = chunk != NULL && chunk->answered;
    g_mutex_unlock(&import_queue->lock);
    return answered;
}

struct import_chunk *import_queue_take(struct import_queue *import_queue)
{
    struct import_chunk *chunk = g_queue_pop_head(&import_queue->under_way);
    if (chunk == NULL)
        return NULL;
    g_mutex_lock(&import_queue->lock);
    while (!chunk->answered)
        g_cond_wait(&import_queue->answered, &import_queue->lock);
    g_mutex_unlock(&import_queue->lock);
    return chunk;
}
