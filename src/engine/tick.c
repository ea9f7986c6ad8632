/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock: what is due becomes commands of the same batches as those of the queue. */
#include "base/log.h"
#include "engine/writer.h"

#include <string.h>

#define RETRY_US US_PER_SECOND /* when the area says that something is due and then finds nothing */

void clock_look_ahead(struct engine *engine)
{
    const struct area_hooks *hooks = &engine->areas->hooks;
    engine->next_due_us = hooks->next_due_us(engine->rows);
    engine->next_in_grace_us = hooks->next_in_grace_us != NULL ? hooks->next_in_grace_us(engine->rows) : INT64_MAX;
}

static bool in_grace(const struct engine *engine, int64_t now_us)
{
    return !clock_is_held(engine->clock) && engine->quiet_until_us > now_us;
}

/* Nothing that time brings happens by itself: the machine's clock is not believed, or a downtime has its grace. */
static bool stands_still(const struct engine *engine, int64_t now_us)
{
    return clock_is_held(engine->clock) || engine->quiet_until_us > now_us;
}

/* What some command left over and no time has brought (0) is due at once, whatever stands still. */
bool clock_is_due(const struct engine *engine)
{
    int64_t now_us = clock_now_us(engine->clock);
    if (in_grace(engine, now_us) && engine->next_in_grace_us <= now_us)
        return true;
    return engine->next_due_us <= now_us && (engine->next_due_us == 0 || !stands_still(engine, now_us));
}

/* In a grace: until when it lasts, where there is something that it does not hold back. */
static json_t *body_of(const struct engine *engine, int64_t now_us)
{
    int64_t clock_us = clock_now_us(engine->clock);
    bool grace = in_grace(engine, clock_us) && engine->next_due_us != 0 && engine->next_in_grace_us <= clock_us;
    int64_t until_us = grace || !stands_still(engine, clock_us) ? now_us : 0;
    return json_pack("{s:I, s:I, s:I}", "now_us", (json_int_t)now_us, "until_us", (json_int_t)until_us,
                     "grace_until_us", (json_int_t)(grace ? engine->quiet_until_us : 0));
}

static struct command *tick_new(const struct engine *engine, int64_t now_us)
{
    struct command *command = command_new(engine->areas->hooks.tick, ORIGIN_CLOCK, 0, body_of(engine, now_us));
    char seed[64];
    int length = g_snprintf(seed, sizeof seed, "tick %lld", (long long)engine->next_pos);
    uuid_derive(now_us, seed, (uint64_t)length, &command->id);
    command->observed_us = now_us;
    return command;
}

int clock_decide(struct engine *engine, int most)
{
    int count = 0;
    int64_t until_us = clock_monotonic_us() + LIMIT_BATCH_US / 2;
    while (count < most && clock_is_due(engine) && clock_monotonic_us() < until_us) {
        int64_t now_us = MAX(clock_now_us(engine->clock), engine->last_at_us);
        struct queued_command taken = {.command = tick_new(engine, now_us)};
        struct batch_item *entry = batch_decide_one(engine, &taken);
        count++;
        if (entry->problem != NULL) {
            log_write(LOG_WARNING, "the clock found nothing to do", "code", problem_texts[entry->problem->code].name,
                      NULL);
            engine->next_due_us = engine->next_in_grace_us = now_us + RETRY_US;
        } else {
            clock_look_ahead(engine);
        }
        if (db_failed(engine->rows) != NULL)
            break;
    }
    return count;
}
