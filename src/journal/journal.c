/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passes each call to the implementation: ops.h. */
#include "journal/ops.h"

#include "base/limits.h"

#include <string.h>

static void assert_in_limits(const struct event *events, size_t count)
{
    g_assert(count > 0 && count <= LIMIT_APPEND_EVENTS);
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        const struct event *event = &events[i];
        size_t kind_bytes = strlen(event->kind);
        g_assert(kind_bytes > 0 && kind_bytes <= LIMIT_EVENT_KIND_BYTES);
        g_assert(event->stream >= 0 && event->stream <= STREAM_MAX);
        g_assert(event->body != NULL && event->body_bytes <= LIMIT_EVENT_BODY_BYTES);
        g_assert(event->sealed_bytes <= LIMIT_EVENT_SEALED_BYTES);
        g_assert((event->sealed == NULL) == (event->sealed_bytes == 0));
        bytes += event->body_bytes + event->sealed_bytes;
    }
    g_assert(bytes <= LIMIT_APPEND_BYTES);
}

void journal_close(struct journal *journal)
{
    journal->ops->close(journal);
}

int64_t journal_last_pos(struct journal *journal)
{
    return journal->ops->last_pos(journal);
}

int64_t journal_last_at_us(struct journal *journal)
{
    return journal->ops->last_at_us(journal);
}

int64_t journal_last_seq(const struct journal *journal, int64_t stream)
{
    return journal->ops->last_seq(journal, stream);
}

void journal_last_hash(struct journal *journal, uint8_t out[JOURNAL_HASH_BYTES])
{
    journal->ops->last_hash(journal, out);
}

bool journal_hash_at(struct journal *journal, int64_t pos, uint8_t out[JOURNAL_HASH_BYTES], GError **error)
{
    return journal->ops->hash_at(journal, pos, out, error);
}

bool journal_hash_of(struct journal *journal, int64_t stream, int64_t seq, uint8_t out[JOURNAL_HASH_BYTES],
                     GError **error)
{
    return journal->ops->hash_of(journal, stream, seq, out, error);
}

int journal_format(const struct journal *journal)
{
    return journal->ops->format(journal);
}

bool journal_installation(struct journal *journal, uint8_t out[JOURNAL_ID_BYTES])
{
    return journal->ops->installation(journal, out);
}

bool journal_set_installation(struct journal *journal, const uint8_t id[JOURNAL_ID_BYTES], GError **error)
{
    return journal->ops->set_installation(journal, id, error);
}

bool journal_append(struct journal *journal, struct event *events, size_t count, GError **error)
{
    assert_in_limits(events, count);
    return journal->ops->append(journal, events, count, error);
}

bool journal_sign_head(struct journal *journal, int64_t at_us, GError **error)
{
    return journal->ops->sign_head(journal, at_us, error);
}

struct journal_cursor *journal_walk(struct journal *journal, int64_t first, int64_t last)
{
    return journal->ops->walk(journal, first, last);
}

struct journal_cursor *journal_walk_stream(struct journal *journal, int64_t stream, int64_t first)
{
    return journal->ops->walk_stream(journal, stream, first);
}

bool journal_next(struct journal_cursor *cursor, struct event *out, GError **error)
{
    return cursor->ops->next(cursor, out, error);
}

void journal_cursor_free(struct journal_cursor *cursor)
{
    cursor->ops->cursor_free(cursor);
}

GArray *journal_streams(struct journal *journal, GError **error)
{
    return journal->ops->streams(journal, error);
}

GArray *journal_heads(struct journal *journal, size_t most, GError **error)
{
    return journal->ops->heads(journal, most, error);
}

bool journal_must_be_current(const struct journal *journal, const char *path, GError **error)
{
    int format = journal_format(journal);
    if (format != JOURNAL_FORMAT)
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_OLD_FORMAT,
                    "%s: journal format %d comes from an older program: only `lianfang verify` and `lianfang dump` "
                    "can read it",
                    path, format);
    return format == JOURNAL_FORMAT;
}
