/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/sample.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

static const char *const kinds[] = {"matter_opened", "entered", "expectation_met", "expectation_set", "e"};

static void *keep(struct sample *sample, void *memory)
{
    g_ptr_array_add(sample->owned, memory);
    return memory;
}

static char *body_of(int64_t pos)
{
    size_t padding = pos % 17 == 0 ? 5000 : (size_t)(pos * 37 % 200); /* some reach into overflow pages */
    g_autofree char *pad = g_strnfill(padding, (char)('a' + pos % 26));
    return g_strdup_printf("{\"n\":%" G_GINT64_FORMAT ",\"place\":\"朝阳门街道\",\"pad\":\"%s\"}", pos, pad);
}

static uint8_t *bytes_of(int64_t pos, size_t count)
{
    uint8_t *bytes = g_malloc(count);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)((size_t)pos * 31 + i * 7);
    return bytes;
}

static struct event event_of(struct sample *sample, int64_t pos)
{
    struct event event = {
        .stream = pos % 2 * 4711, /* the odd ones and the even ones */
        .seq = (pos + 1) / 2,
        .at_us = SAMPLE_START_US + pos * SAMPLE_STEP_US,
        .observed_us = pos % 5 == 0 ? -pos : SAMPLE_START_US - pos * 60000000,
        .person = pos % 3 == 0 ? 0 : pos * 1000,
        .post = pos % 128,
        .kind = kinds[(size_t)pos % G_N_ELEMENTS(kinds)],
        .version = (int)(pos % 4) + 1,
        .unit = pos % 7 == 0 ? INT64_C(0x7fffffffffff) : pos * 11,
        .matter = pos % 2 == 0 ? 0 : pos << 20,
    };
    uint8_t *command = keep(sample, bytes_of(pos / 3, sizeof event.command.bytes));
    memcpy(event.command.bytes, command, sizeof event.command.bytes);
    event.digest = pos % 3 == 0 ? keep(sample, bytes_of(pos, JOURNAL_DIGEST_BYTES)) : NULL;
    event.body = keep(sample, body_of(pos));
    event.body_bytes = strlen(event.body);
    event.sealed_bytes = pos % 4 == 0 ? (size_t)(pos % 5 + 1) * 50 : 0;
    event.sealed = event.sealed_bytes == 0 ? NULL : keep(sample, bytes_of(pos, event.sealed_bytes));
    return event;
}

struct sample sample_of(int64_t first, size_t count)
{
    struct sample sample = {.events = g_new0(struct event, count), .count = count};
    sample.owned = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < count; i++)
        sample.events[i] = event_of(&sample, first + (int64_t)i);
    return sample;
}

void sample_clear(struct sample *sample)
{
    g_clear_pointer(&sample->events, g_free);
    g_clear_pointer(&sample->owned, g_ptr_array_unref);
}

static void key_pair(uint8_t public_key[JOURNAL_KEY_BYTES], uint8_t secret_key[crypto_sign_SECRETKEYBYTES])
{
    static const uint8_t seed[crypto_sign_SEEDBYTES] = "a seed that is no secret at all";
    crypto_sign_seed_keypair(public_key, secret_key, seed);
}

static void sign(void *context, const void *message, size_t bytes, uint8_t out[JOURNAL_SIGNATURE_BYTES])
{
    uint8_t public_key[JOURNAL_KEY_BYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    key_pair(public_key, secret_key);
    crypto_sign_detached(out, NULL, message, bytes, secret_key);
}

struct journal_signer sample_signer(void)
{
    g_assert_cmpint(sodium_init(), >=, 0);
    struct journal_signer signer = {.sign = sign};
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    key_pair(signer.public_key, secret_key);
    return signer;
}

void sample_append(struct journal *journal, size_t count)
{
    g_autoptr(GError) error = NULL;
    int64_t last = journal_last_pos(journal);
    AUTO(sample) struct sample sample = sample_of(last + 1, count);
    bool appended = journal_append(journal, sample.events, count, &error);
    g_assert_no_error(error);
    g_assert_true(appended);
    for (size_t i = 0; i < count; i++)
        g_assert_cmpint(sample.events[i].pos, ==, last + 1 + (int64_t)i);
    g_assert_cmpint(journal_last_pos(journal), ==, last + (int64_t)count);
    g_assert_cmpint(journal_last_at_us(journal), ==, sample.events[count - 1].at_us);
}

static bool same_bytes(const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
    return (a == NULL) == (b == NULL) && a_bytes == b_bytes && (a == NULL || memcmp(a, b, a_bytes) == 0);
}

static bool same(const struct event *a, const struct event *b)
{
    return a->stream == b->stream && a->seq == b->seq && uuid_equal(&a->command, &b->command) && a->at_us == b->at_us &&
           a->observed_us == b->observed_us && a->person == b->person && a->post == b->post &&
           strcmp(a->kind, b->kind) == 0 && a->version == b->version && a->unit == b->unit && a->matter == b->matter &&
           same_bytes(a->digest, JOURNAL_DIGEST_BYTES, b->digest, JOURNAL_DIGEST_BYTES) &&
           same_bytes(a->body, a->body_bytes, b->body, b->body_bytes) &&
           same_bytes(a->sealed, a->sealed_bytes, b->sealed, b->sealed_bytes);
}

bool sample_walks(struct journal *journal, int64_t last)
{
    g_autoptr(GError) error = NULL;
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, 1, 0);
    AUTO(sample) struct sample sample = sample_of(1, (size_t)last);
    struct event event;
    int64_t pos = 0;
    while (journal_next(cursor, &event, &error)) {
        pos++;
        if (pos > last || event.pos != pos || !same(&event, &sample.events[pos - 1]))
            return false;
    }
    return error == NULL && pos == last;
}

void sample_assert_walk(struct journal *journal, int64_t last)
{
    g_assert_cmpint(journal_last_pos(journal), ==, last);
    g_assert_true(sample_walks(journal, last));
}

void sample_assert_chain(const char *path, int64_t last)
{
    g_autoptr(GError) error = NULL;
    AUTO(journal_report) struct journal_report report = {0};
    bool read = journal_verify(path, NULL, NULL, NULL, &report, &error);
    g_assert_no_error(error);
    g_assert_true(read);
    g_assert_cmpuint(report.findings->len, ==, 0);
    g_assert_cmpint(report.events, ==, last);
    g_assert_cmpint(report.last_pos, ==, last);
}

/* ---- places ---- */

void place_init(struct place *place)
{
    place->dir = g_dir_make_tmp("lianfang-journal-XXXXXX", NULL);
    g_assert_nonnull(place->dir);
    place->path = g_build_filename(place->dir, "journal.db", NULL);
}

void place_clear(struct place *place)
{
    if (place->dir == NULL)
        return;
    GDir *dir = g_dir_open(place->dir, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(place->dir, name, NULL);
        g_unlink(path);
    }
    g_dir_close(dir);
    g_assert_cmpint(g_rmdir(place->dir), ==, 0);
    g_clear_pointer(&place->dir, g_free);
    g_clear_pointer(&place->path, g_free);
}

struct journal *place_open(const struct place *place, const char *vfs)
{
    g_autoptr(GError) error = NULL;
    struct journal_signer signer = sample_signer();
    struct journal *journal = journal_open(place->path, &signer, vfs, &error);
    g_assert_no_error(error);
    g_assert_nonnull(journal);
    return journal;
}

void place_fill(const struct place *place, int64_t count)
{
    AUTO(journal) struct journal *journal = place_open(place, NULL);
    while (journal_last_pos(journal) < count)
        sample_append(journal, (size_t)MIN(10, count - journal_last_pos(journal)));
}
