/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock: what is due becomes commands of the same batches as those of the queue. */
#include "base/log.h"
#include "engine/writer.h"

#include <string.h>

#define RETRY_US US_PER_SECOND /* when the area says that something is due and then finds nothing */

/* Nothing that time brings happens by itself: the machine's clock is not believed, or a downtime has its grace. */
static bool stands_still(const struct engine *engine, int64_t now_us)
{
    return clock_is_held(engine->clock) || engine->quiet_until_us > now_us;
}

/* What some command left over and no time has brought (0) is due at once, whatever stands still. */
bool clock_is_due(const struct engine *engine)
{
    int64_t now_us = clock_now_us(engine->clock);
    return engine->next_due_us <= now_us && (engine->next_due_us == 0 || !stands_still(engine, now_us));
}

static struct command *tick_new(const struct engine *engine, int64_t now_us)
{
    int64_t until_us = stands_still(engine, clock_now_us(engine->clock)) ? 0 : now_us;
    struct command *command =
        command_new(engine->areas->hooks.tick, ORIGIN_CLOCK, 0,
                    json_pack("{s:I, s:I}", "now_us", (json_int_t)now_us, "until_us", (json_int_t)until_us));
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
            engine->next_due_us = now_us + RETRY_US;
        } else {
            engine->next_due_us = engine->areas->hooks.next_due_us(engine->rows);
        }
        if (db_failed(engine->rows) != NULL)
            break;
    }
    return count;
}
