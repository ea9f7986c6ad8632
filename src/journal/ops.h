/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ops - what an implementation of the journal brings. sqlite.c is the first; the one in a database server will be the
 * second.
 *
 * Shape   a function for each of journal.h that needs the store, by its name, with what journal.h says of it. An
 *         implementation's own struct begins with struct journal, that of its cursor with struct journal_cursor; each
 *         implementation has a function of its own to open it.
 * Limits  journal_append() has checked the limits of what it passes on.
 */
#ifndef JOURNAL_OPS_H
#define JOURNAL_OPS_H

#include "journal/journal.h"

struct journal_ops {
    void (*close)(struct journal *journal);
    int64_t (*last_pos)(struct journal *journal);
    int64_t (*last_at_us)(struct journal *journal);
    int64_t (*last_seq)(const struct journal *journal, int64_t stream);
    void (*last_hash)(struct journal *journal, uint8_t out[JOURNAL_HASH_BYTES]);
    bool (*hash_at)(struct journal *journal, int64_t pos, uint8_t out[JOURNAL_HASH_BYTES], GError **error);
    bool (*hash_of)(struct journal *journal, int64_t stream, int64_t seq, uint8_t out[JOURNAL_HASH_BYTES],
                    GError **error);
    int (*format)(const struct journal *journal);
    bool (*installation)(struct journal *journal, uint8_t out[JOURNAL_ID_BYTES]);
    bool (*set_installation)(struct journal *journal, const uint8_t id[JOURNAL_ID_BYTES], GError **error);
    bool (*append)(struct journal *journal, struct event *events, size_t count, GError **error);
    bool (*sign_head)(struct journal *journal, int64_t at_us, GError **error);
    struct journal_cursor *(*walk)(struct journal *journal, int64_t first, int64_t last);
    struct journal_cursor *(*walk_stream)(struct journal *journal, int64_t stream, int64_t first);
    bool (*next)(struct journal_cursor *cursor, struct event *out, GError **error);
    void (*cursor_free)(struct journal_cursor *cursor);
    GArray *(*streams)(struct journal *journal, GError **error);
    GArray *(*heads)(struct journal *journal, size_t most, GError **error);
};

struct journal {
    const struct journal_ops *ops;
};

struct journal_cursor {
    const struct journal_ops *ops;
};

#endif
