/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letters between streams: a letter that is durable becomes a command; table `letter` names those that have
 * not become one. */
#include "base/log.h"
#include "engine/writer.h"

void letters_load(struct engine *engine)
{
    AUTO(cursor)
    struct cursor found =
        db_query(engine->rows, "SELECT place FROM letter WHERE ended = 0 ORDER BY sent_us, place", "");
    while (cursor_next(&found)) {
        int64_t place = cursor_integer(&found, 0);
        g_array_append_val(engine->letters, place);
    }
}

/* NULL when it cannot be read: it stays in transit, and the next start tries again. */
static struct command *letter_open(struct engine *engine, int64_t place)
{
    g_autoptr(GError) error = NULL;
    AUTO(journal_cursor)
    struct journal_cursor *cursor = journal_walk_stream(engine->journal, id_place_stream(place), id_place_seq(place));
    struct event event;
    if (!journal_next(cursor, &event, &error)) {
        log_write(LOG_ERROR, "a letter could not be read", "why", error != NULL ? error->message : "missing", NULL);
        return NULL;
    }
    g_autoptr(json_t) letter = json_loadb(event.body, event.body_bytes, 0, NULL);
    json_t *body = json_copy(json_object_get(letter, "body"));
    json_object_set(body, "command", json_object_get(letter, "command"));
    const char *name = json_string_value(json_object_get(body, "command"));
    struct command *command = command_new(name, ORIGIN_LETTER, event.person, body);
    char seed[64];
    int length = g_snprintf(seed, sizeof seed, "letter %lld", (long long)place);
    uuid_derive(event.at_us, seed, (uint64_t)length, &command->id);
    command->observed_us = event.observed_us;
    command->letter = place;
    command->to_unit = json_get_integer(letter, "to", 0);
    command->sealed = event.sealed != NULL ? g_bytes_new(event.sealed, event.sealed_bytes) : NULL;
    return command;
}

int letters_decide(struct engine *engine, int most)
{
    guint count = 0;
    while (count < engine->letters->len && (int)count < most && !batch_is_full(engine)) {
        struct queued_command taken = {.command = letter_open(engine, g_array_index(engine->letters, int64_t, count))};
        count++;
        if (taken.command != NULL)
            batch_decide_one(engine, &taken);
        if (db_failed(engine->rows) != NULL)
            break;
    }
    g_array_remove_range(engine->letters, 0, count);
    return (int)count;
}
