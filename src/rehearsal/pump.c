/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/pump.h"

#include "base/limits.h"

#define UNDER_WAY_MAX (LIMIT_QUEUE_COMMANDS / 2)

struct pump {
    struct engine *engine;
    const struct clock *clock;
    GMutex lock;
    GCond answered;
    int under_way;
    int64_t accepted, refused;
    char *first_refusal;
};

struct pump_errand {
    struct pump *pump;
    int64_t *out_made;
    const char *name;
};

struct pump *pump_new(struct engine *engine, const struct clock *clock)
{
    struct pump *pump = g_new0(struct pump, 1);
    pump->engine = engine;
    pump->clock = clock;
    g_mutex_init(&pump->lock);
    g_cond_init(&pump->answered);
    return pump;
}

void pump_free(struct pump *pump)
{
    pump_wait(pump);
    g_mutex_clear(&pump->lock);
    g_cond_clear(&pump->answered);
    g_free(pump->first_refusal);
    g_free(pump);
}

static void keep_refusal(struct pump *pump, const char *name, const struct problem *problem)
{
    pump->refused++;
    if (pump->first_refusal != NULL)
        return;
    g_autofree char *sentence = problem_sentence(problem, false);
    pump->first_refusal = g_strdup_printf("%s: %s: %s: %s", name, problem_texts[problem->code].name,
                                          problem->field != NULL ? problem->field : "-", sentence);
}

static void on_answer(void *context, const struct answer *answer)
{
    struct pump_errand *errand = context;
    struct pump *pump = errand->pump;
    g_mutex_lock(&pump->lock);
    if (answer->problem != NULL) {
        keep_refusal(pump, errand->name, answer->problem);
    } else {
        pump->accepted++;
        if (errand->out_made != NULL)
            *errand->out_made = answer->made;
    }
    pump->under_way--;
    g_cond_signal(&pump->answered);
    g_mutex_unlock(&pump->lock);
    g_free(errand);
}

static void wait_below(struct pump *pump, int most)
{
    g_mutex_lock(&pump->lock);
    while (pump->under_way > most)
        g_cond_wait(&pump->answered, &pump->lock);
    g_mutex_unlock(&pump->lock);
}

void pump_put(struct pump *pump, const char *name, int64_t person, json_t *body, int64_t *out_made, struct uuid *out_id)
{
    struct command *command = command_new(name, person == 0 ? ORIGIN_OPERATOR : ORIGIN_DOOR, person, body);
    struct pump_errand *errand = g_new(struct pump_errand, 1);
    AUTO(problem) struct problem *problem = NULL;
    uuid_make(clock_now_us(pump->clock), &command->id);
    if (out_id != NULL)
        *out_id = command->id;
    if (out_made != NULL)
        *out_made = 0;
    *errand = (struct pump_errand){pump, out_made, name};
    wait_below(pump, UNDER_WAY_MAX);
    g_mutex_lock(&pump->lock);
    pump->under_way++;
    g_mutex_unlock(&pump->lock);
    if (engine_submit(pump->engine, command, on_answer, errand, &problem))
        return;
    g_mutex_lock(&pump->lock);
    pump->under_way--;
    keep_refusal(pump, name, problem);
    g_mutex_unlock(&pump->lock);
    command_free(command);
    g_free(errand);
}

void pump_wait(struct pump *pump)
{
    wait_below(pump, 0);
}

int64_t pump_accepted(const struct pump *pump)
{
    return pump->accepted;
}

int64_t pump_refused(const struct pump *pump)
{
    return pump->refused;
}

const char *pump_first_refusal(const struct pump *pump)
{
    return pump->first_refusal;
}
