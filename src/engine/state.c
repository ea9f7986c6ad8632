/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/writer.h"

void writer_enter(struct engine *engine, enum writer_state state)
{
    if (engine->state == WRITER_FAILED)
        return;
    engine->state = state;
    pthread_cond_broadcast(&engine->work);
    pthread_cond_broadcast(&engine->moved);
}

bool writer_has_failed(const struct engine *engine)
{
    return engine->state == WRITER_FAILED;
}

bool writer_is_still(const struct engine *engine)
{
    return engine->state == WRITER_STILL || engine->state == WRITER_HELD || engine->state == WRITER_FULL;
}

bool writer_lacks_room(const struct engine *engine)
{
    return engine->state == WRITER_FULL || engine->state == WRITER_OPENS;
}
