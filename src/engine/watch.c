/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the machine's clock is believed (base/clock.h). While it is not, commands are taken and stamped with the
 * time that goes on from where it was believed last, and nothing happens by itself: no expectation lapses, no state
 * ends, nothing is erased or swept. `lianfang clock accept` leaves the file DATA/clock.accepted for the process that
 * serves DATA, now or at the next start: its text is the time that was accepted, so that no other time is accepted.
 */
#include "base/datetime.h"
#include "base/log.h"
#include "engine/writer.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ACCEPTED      "clock.accepted"
#define LOOK_EVERY_US (US_PER_SECOND / 2)
#define TELL_EVERY_US (10 * US_PER_MINUTE)
#define STEP_US       US_PER_MINUTE /* a longer one is a downtime: queued phones deliver first */

bool clock_note_accepted(const char *data_dir, int64_t at_us, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, ACCEPTED, NULL);
    char text[32];
    int length = g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT "\n", at_us);
    /* The server may run as another user; the file holds no secret. */
    return g_file_set_contents_full(path, text, length, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}

/* Takes the note away; true when it is about what the machine says now. */
static bool take_accepted(const struct engine *engine)
{
    g_autofree char *path = g_build_filename(engine->data_dir, ACCEPTED, NULL), *text = NULL;
    struct stat status;
    if (stat(path, &status) != 0 || !g_file_get_contents(path, &text, NULL, NULL))
        return false;
    g_unlink(path);
    int64_t later_us = clock_machine_us(engine->clock) - g_ascii_strtoll(text, NULL, 10);
    if (later_us >= -LIMIT_CLOCK_STEP_US && later_us <= LIMIT_CLOCK_START_AHEAD_US)
        return true;
    log_write(LOG_WARNING, "the accepted clock differs from the machine's clock now", NULL);
    return false;
}

static void tell(const struct engine *engine, enum log_level level, const char *what)
{
    char machine[DATETIME_TEXT_MAX], now[DATETIME_TEXT_MAX];
    datetime_format(clock_machine_us(engine->clock), engine->utc, machine);
    datetime_format(clock_now_us(engine->clock), engine->utc, now);
    log_write(level, what, "machine", machine, "now", now, NULL);
}

static void tell_held(struct engine *engine)
{
    tell(engine, LOG_WARNING,
         "the machine's clock is not trusted: nothing lapses and nothing is erased until it is right or accepted by "
         "`lianfang clock accept`");
    engine->held_told_us = clock_monotonic_us();
}

static bool see(struct engine *engine)
{
    bool believed = clock_watch(engine->clock), accepted = take_accepted(engine);
    if (!believed && accepted) {
        clock_accept(engine->clock, engine->last_at_us);
        tell(engine, LOG_INFO, "the machine's clock was accepted");
        believed = true;
    }
    return believed;
}

static int64_t grace_us(const struct engine *engine)
{
    const struct playbook *playbook = rulebook_current(engine->rulebook);
    return engine->grace_us >= 0 ? engine->grace_us : playbook != NULL ? playbook->grace_us : 0;
}

/* After downtime queued phones deliver first; a restart meanwhile takes nothing of their time. */
static int64_t grace_end_us(const struct engine *engine, int64_t seen_us, int64_t quiet_until_us)
{
    int64_t now_us = clock_now_us(engine->clock);
    if (seen_us == 0)
        return 0;
    return now_us - seen_us > STEP_US ? now_us + grace_us(engine) : MIN(quiet_until_us, now_us + grace_us(engine));
}

void watch_begin(struct engine *engine, bool accept)
{
    int64_t quiet_until_us, alive_us = alive_read(engine->lock_file, &quiet_until_us);
    int64_t seen_us = MAX(engine->last_at_us, alive_us);
    clock_guard(engine->clock, seen_us);
    if (accept)
        clock_accept(engine->clock, engine->last_at_us);
    engine->held = !see(engine);
    engine->metrics.clock_holds = engine->held;
    if (engine->held)
        tell_held(engine);
    engine->quiet_until_us = grace_end_us(engine, seen_us, quiet_until_us);
    engine->watched_us = clock_now_us(engine->clock) - clock_running_us(engine->clock);
    engine->looked_us = clock_monotonic_us();
}

void watch_look(struct engine *engine)
{
    int64_t monotonic_us = clock_monotonic_us();
    if (monotonic_us - engine->looked_us < LOOK_EVERY_US)
        return;
    bool doubted = clock_is_held(engine->clock);
    if (doubted && !engine->held)
        engine->metrics.clock_holds++;
    if (doubted && (!engine->held || monotonic_us - engine->held_told_us >= TELL_EVERY_US))
        tell_held(engine);
    bool held = !see(engine);
    int64_t now_us = clock_now_us(engine->clock), watched_us = now_us - clock_running_us(engine->clock);
    if (watched_us - engine->watched_us > STEP_US)
        engine->quiet_until_us = now_us + grace_us(engine);
    if (!held && (engine->held || doubted))
        tell(engine, LOG_INFO, "the machine's clock is trusted again");
    engine->held = held;
    engine->watched_us = watched_us;
    engine->looked_us = monotonic_us;
}
