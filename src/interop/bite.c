/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/bite.h"

#include <string.h>

#define FULL_WAIT_US 5000 /* others fill the queue: they go first */

struct bites {
    struct engine *engine;
    const struct clock *clock;
    int64_t person;
    bool trial;
    GQueue under_way; /* of struct bite */
    GMutex lock;
    GCond answered;
};

struct pending_command {
    struct bites *bites;
    struct bite *bite;
};

static void row_clear(gpointer data)
{
    struct bite_row *row = data;
    json_decref(row->commands);
    g_free(row->cells);
}

struct bite *bite_new(void)
{
    struct bite *bite = g_new0(struct bite, 1);
    bite->rows = g_array_new(FALSE, TRUE, sizeof(struct bite_row));
    g_array_set_clear_func(bite->rows, row_clear);
    bite->above = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    return bite;
}

void bite_free(struct bite *bite)
{
    if (bite == NULL)
        return;
    g_array_unref(bite->rows);
    g_ptr_array_unref(bite->above);
    problem_free(bite->problem);
    g_free(bite);
}

struct bite *bite_split(struct bite *bite, guint from, guint to)
{
    struct bite *part = bite_new();
    for (guint i = from; i < to; i++) {
        struct bite_row *row = &g_array_index(bite->rows, struct bite_row, i);
        if (row->refused)
            continue;
        g_array_append_val(part->rows, *row);
        *row = (struct bite_row){0};
    }
    return part;
}

bool bite_parse_place(const char *field, size_t *out_row, size_t *out_command, const char **out_rest)
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

struct bite *bite_take_elsewhere(struct bite *bite)
{
    AUTO(bite) struct bite *elsewhere = bite_new();
    for (const struct problem *problem = bite->problem; problem != NULL; problem = problem->next) {
        size_t index, command;
        const char *rest;
        if (problem->code != PROBLEM_OTHER_STREAM || !bite_parse_place(problem->field, &index, &command, &rest) ||
            index < bite->above->len || index - bite->above->len >= bite->rows->len)
            continue;
        struct bite_row *row = &g_array_index(bite->rows, struct bite_row, index - bite->above->len);
        if (row->refused)
            continue;
        g_array_append_val(elsewhere->rows, *row);
        *row = (struct bite_row){.refused = true};
    }
    return elsewhere->rows->len > 0 ? g_steal_pointer(&elsewhere) : NULL;
}

const char *bite_cell(const struct bite_row *row, guint column)
{
    const char *at = row->cells;
    if (column >= row->cell_count)
        return "";
    while (column-- > 0)
        at += strlen(at) + 1;
    return at;
}

struct bites *bites_new(struct engine *engine, const struct clock *clock, int64_t person, bool trial)
{
    struct bites *bites = g_new0(struct bites, 1);
    bites->engine = engine;
    bites->clock = clock;
    bites->person = person;
    bites->trial = trial;
    g_queue_init(&bites->under_way);
    g_mutex_init(&bites->lock);
    g_cond_init(&bites->answered);
    return bites;
}

void bites_free(struct bites *bites)
{
    if (bites == NULL)
        return;
    struct bite *bite;
    while ((bite = bites_take(bites)) != NULL)
        bite_free(bite);
    g_mutex_clear(&bites->lock);
    g_cond_clear(&bites->answered);
    g_free(bites);
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
    g_autofree struct pending_command *errand = context;
    g_mutex_lock(&errand->bites->lock);
    errand->bite->problem = copy_chain(answer->problem);
    errand->bite->answered = true;
    g_cond_signal(&errand->bites->answered);
    g_mutex_unlock(&errand->bites->lock);
}

static struct command *command_of(const struct bites *bites, const struct bite *bite)
{
    json_t *rows = json_array();
    for (guint i = 0; i < bite->above->len; i++)
        json_array_append(rows, g_ptr_array_index(bite->above, i));
    for (guint i = 0; i < bite->rows->len; i++)
        json_array_append(rows, g_array_index(bite->rows, struct bite_row, i).commands);
    struct command *command = command_new("import_rows", bites->person == 0 ? ORIGIN_OPERATOR : ORIGIN_PROGRAM,
                                          bites->person, json_pack("{s:o}", "rows", rows));
    uuid_make(clock_now_us(bites->clock), &command->id);
    command->trial = bites->trial;
    command->brief = true;
    return command;
}

bool bites_put(struct bites *bites, struct bite *bite)
{
    struct pending_command *errand = g_new(struct pending_command, 1);
    struct command *command = command_of(bites, bite);
    struct problem *problem = NULL;
    *errand = (struct pending_command){bites, bite};
    while (!engine_submit(bites->engine, command, on_answer, errand, &problem)) {
        bool full = problem->code == PROBLEM_QUEUE_FULL;
        g_clear_pointer(&problem, problem_free);
        if (!full) {
            command_free(command);
            g_free(errand);
            bite_free(bite);
            return false;
        }
        g_usleep(FULL_WAIT_US);
    }
    g_queue_push_tail(&bites->under_way, bite);
    return true;
}

int bites_under_way(const struct bites *bites)
{
    return (int)bites->under_way.length;
}

bool bites_is_answered(struct bites *bites)
{
    const struct bite *bite = g_queue_peek_head(&bites->under_way);
    g_mutex_lock(&bites->lock);
    bool answered = bite != NULL && bite->answered;
    g_mutex_unlock(&bites->lock);
    return answered;
}

struct bite *bites_take(struct bites *bites)
{
    struct bite *bite = g_queue_pop_head(&bites->under_way);
    if (bite == NULL)
        return NULL;
    g_mutex_lock(&bites->lock);
    while (!bite->answered)
        g_cond_wait(&bites->answered, &bites->lock);
    g_mutex_unlock(&bites->lock);
    return bite;
}
