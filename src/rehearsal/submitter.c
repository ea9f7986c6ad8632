/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/submitter.h"

#include "base/limits.h"

#define UNDER_WAY_MAX (LIMIT_QUEUE_COMMANDS / 2)

struct submitter {
    struct engine *engine;
    const struct clock *clock;
    GMutex lock;
    GCond answered;
    int under_way;
    int64_t accepted, refused;
    char *first_refusal;
};

struct submitter_errand {
    struct submitter *submitter;
    int64_t *out_made;
    const char *name;
};

struct submitter *submitter_new(struct engine *engine, const struct clock *clock)
{
    struct submitter *submitter = g_new0(struct submitter, 1);
    submitter->engine = engine;
    submitter->clock = clock;
    g_mutex_init(&submitter->lock);
    g_cond_init(&submitter->answered);
    return submitter;
}

void submitter_free(struct submitter *submitter)
{
    submitter_wait(submitter);
    g_mutex_clear(&submitter->lock);
    g_cond_clear(&submitter->answered);
    g_free(submitter->first_refusal);
    g_free(submitter);
}

static void keep_refusal(struct submitter *submitter, const char *name, const struct problem *problem)
{
    submitter->refused++;
    if (submitter->first_refusal != NULL)
        return;
    g_autofree char *sentence = problem_sentence(problem, false);
    submitter->first_refusal = g_strdup_printf("%s: %s: %s: %s", name, problem_texts[problem->code].name,
                                               problem->field != NULL ? problem->field : "-", sentence);
}

static void on_answer(void *context, const struct answer *answer)
{
    struct submitter_errand *pending = context;
    struct submitter *submitter = pending->submitter;
    g_mutex_lock(&submitter->lock);
    if (answer->problem != NULL) {
        keep_refusal(submitter, pending->name, answer->problem);
    } else {
        submitter->accepted++;
        if (pending->out_made != NULL)
            *pending->out_made = answer->made;
    }
    submitter->under_way--;
    g_cond_signal(&submitter->answered);
    g_mutex_unlock(&submitter->lock);
    g_free(pending);
}

static void wait_below(struct submitter *submitter, int most)
{
    g_mutex_lock(&submitter->lock);
    while (submitter->under_way > most)
        g_cond_wait(&submitter->answered, &submitter->lock);
    g_mutex_unlock(&submitter->lock);
}

void submitter_put(struct submitter *submitter, const char *name, int64_t person, json_t *body, int64_t *out_made,
                   struct uuid *out_id)
{
    struct command *command = command_new(name, person == 0 ? ORIGIN_OPERATOR : ORIGIN_DOOR, person, body);
    struct submitter_errand *pending = g_new(struct submitter_errand, 1);
    AUTO(problem) struct problem *problem = NULL;
    uuid_make(clock_now_us(submitter->clock), &command->id);
    if (out_id != NULL)
        *out_id = command->id;
    if (out_made != NULL)
        *out_made = 0;
    *pending = (struct submitter_errand){submitter, out_made, name};
    wait_below(submitter, UNDER_WAY_MAX);
    g_mutex_lock(&submitter->lock);
    submitter->under_way++;
    g_mutex_unlock(&submitter->lock);
    if (engine_submit(submitter->engine, command, on_answer, pending, &problem))
        return;
    g_mutex_lock(&submitter->lock);
    submitter->under_way--;
    keep_refusal(submitter, name, problem);
    g_mutex_unlock(&submitter->lock);
    command_free(command);
    g_free(pending);
}

void submitter_wait(struct submitter *submitter)
{
    wait_below(submitter, 0);
}

int64_t submitter_accepted(const struct submitter *submitter)
{
    return submitter->accepted;
}

int64_t submitter_refused(const struct submitter *submitter)
{
    return submitter->refused;
}

const char *submitter_first_refusal(const struct submitter *submitter)
{
    return submitter->first_refusal;
}
