/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Data keys: tables matter_key, person_key and matter_person of schema.sql, and the cache in front of them.
 *
 * The cache is direct-mapped: one slot per hash of the owner, so neighbouring matters never push each other
 * out, and a miss costs one read by primary key and one unwrap. Rounds ask for neighbours one after another,
 * so the second miss near the first reads the next keys too (2.9 us a matter instead of 5.2). A reader's
 * cache is emptied every second, which bounds how long an erased key can still open something there.
 */
#include "vault/secrets.h"

#include "base/clock.h"
#include "base/log.h"

#include <sodium.h>
#include <string.h>

#define WRITER_SLOTS_LOG2 16 /* 2.5 MiB: a day's neighbourhoods of one writer */
#define READER_SLOTS_LOG2 11 /* some pages of a list */
#define READER_KEEPS_US   US_PER_SECOND
#define PREFETCH_DISTANCE 2000 /* of ids: matters of one unit are numbered one after another (command/ids.h) */

struct key_slot {
    int64_t tag; /* 0 empty */
    uint8_t key[VAULT_KEY_BYTES];
};

const char *const key_owner_names[] = {[VAULT_PERSON] = "person", [VAULT_MATTER] = "matter"};
/* An erased key is zeros, wrapped as if for something else: without the master key it cannot be made. */
const char *const key_erased_names[] = {[VAULT_PERSON] = "erased person", [VAULT_MATTER] = "erased matter"};
static const uint8_t zeros[VAULT_KEY_BYTES];

static int64_t tag_of(enum vault_owner owner, int64_t id)
{
    return id << 2 | (int64_t)owner;
}

static struct key_slot *slot_of(struct vault *vault, enum vault_owner owner, int64_t id)
{
    uint64_t mixed = (uint64_t)tag_of(owner, id) * 0x9e3779b97f4a7c15ULL;
    return &vault->slots[mixed >> (64 - vault->slots_log2)];
}

void keys_init(struct vault *vault)
{
    vault->slots_log2 = vault->read_only ? READER_SLOTS_LOG2 : WRITER_SLOTS_LOG2;
    vault->slots = sodium_allocarray((size_t)1 << vault->slots_log2, sizeof *vault->slots);
    g_assert(vault->slots != NULL);
    keys_forget_all(vault);
}

void keys_clear(struct vault *vault)
{
    sodium_free(vault->slots);
}

void keys_forget_all(struct vault *vault)
{
    vault->ahead_count = 0;
    sodium_memzero(vault->slots, ((size_t)1 << vault->slots_log2) * sizeof *vault->slots);
}

void keys_forget(struct vault *vault, enum vault_owner owner, int64_t id)
{
    struct key_slot *slot = slot_of(vault, owner, id);
    vault->ahead_count = 0;
    if (slot->tag == tag_of(owner, id))
        sodium_memzero(slot, sizeof *slot);
}

/* ---- rows ---- */

static void take_wrapped(struct cursor *cursor, int column, uint8_t out[WRAPPED_BYTES])
{
    size_t bytes;
    const void *wrapped = cursor_blob(cursor, column, &bytes);
    memset(out, 0, WRAPPED_BYTES);
    if (bytes == WRAPPED_BYTES)
        memcpy(out, wrapped, WRAPPED_BYTES);
}

static bool read_person_key(struct vault *vault, int64_t id, uint8_t out[WRAPPED_BYTES])
{
    AUTO(cursor) struct cursor cursor = db_query(vault->db, "SELECT wrapped FROM person_key WHERE id = ?1", "i", id);
    if (!cursor_next(&cursor))
        return false;
    take_wrapped(&cursor, 0, out);
    return true;
}

/* Fills `ahead` with the matter's key, and with those behind it when the last miss was a little before it. */
static void read_ahead(struct vault *vault, int64_t id)
{
    bool in_a_round = id > vault->last_miss && id - vault->last_miss <= PREFETCH_DISTANCE;
    vault->last_miss = id;
    vault->ahead_count = 0;
    AUTO(cursor)
    struct cursor cursor = db_query(vault->db, "SELECT id, wrapped FROM matter_key WHERE id >= ?1 ORDER BY id LIMIT ?2",
                                    "ii", id, (int64_t)(in_a_round ? PREFETCH_KEYS : 1));
    while (cursor_next(&cursor)) {
        struct wrapped_key *ahead = &vault->ahead[vault->ahead_count++];
        ahead->id = cursor_integer(&cursor, 0);
        take_wrapped(&cursor, 1, ahead->wrapped);
    }
}

static const uint8_t *find_ahead(struct vault *vault, int64_t id)
{
    for (int i = 0; i < vault->ahead_count; i++)
        if (vault->ahead[i].id == id)
            return vault->ahead[i].wrapped;
    return NULL;
}

static bool read_matter_key(struct vault *vault, int64_t id, uint8_t out[WRAPPED_BYTES])
{
    const uint8_t *wrapped = find_ahead(vault, id);
    if (wrapped == NULL) {
        read_ahead(vault, id);
        wrapped = find_ahead(vault, id);
    }
    if (wrapped != NULL)
        memcpy(out, wrapped, WRAPPED_BYTES);
    return wrapped != NULL;
}

/* False where there is one. */
static bool add_wrapped(struct vault *vault, enum vault_owner owner, int64_t id, const uint8_t wrapped[WRAPPED_BYTES])
{
    vault->ahead_count = 0;
    const char *into = owner == VAULT_MATTER ? "INSERT OR IGNORE INTO matter_key (id, wrapped) VALUES (?1, ?2)"
                                             : "INSERT OR IGNORE INTO person_key (id, wrapped) VALUES (?1, ?2)";
    return db_run(vault->db, into, "ib", id, wrapped, (size_t)WRAPPED_BYTES) > 0;
}

static void put_wrapped(struct vault *vault, enum vault_owner owner, int64_t id, const uint8_t wrapped[WRAPPED_BYTES])
{
    vault->ahead_count = 0;
    if (owner == VAULT_MATTER)
        db_run(vault->db,
               "INSERT INTO matter_key (id, wrapped) VALUES (?1, ?2)"
               " ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped",
               "ib", id, wrapped, (size_t)WRAPPED_BYTES);
    else
        db_run(vault->db,
               "INSERT INTO person_key (id, wrapped) VALUES (?1, ?2)"
               " ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped",
               "ib", id, wrapped, (size_t)WRAPPED_BYTES);
}

static void empty_when_old(struct vault *vault)
{
    int64_t now_us = clock_monotonic_us();
    if (now_us - vault->filled_since_us < READER_KEEPS_US)
        return;
    keys_forget_all(vault);
    vault->filled_since_us = now_us;
}

static bool read_key(struct vault *vault, enum vault_owner owner, int64_t id, uint8_t out[VAULT_KEY_BYTES])
{
    uint8_t wrapped[WRAPPED_BYTES];
    bool found = owner == VAULT_MATTER ? read_matter_key(vault, id, wrapped) : read_person_key(vault, id, wrapped);
    return found && vault_unwrap(vault, key_owner_names[owner], id, wrapped, sizeof wrapped, out);
}

const uint8_t *keys_find(struct vault *vault, enum vault_owner owner, int64_t id)
{
    if (vault->read_only)
        empty_when_old(vault);
    struct key_slot *slot = slot_of(vault, owner, id);
    if (slot->tag == tag_of(owner, id))
        return slot->key;
    slot->tag = 0;
    if (!read_key(vault, owner, id, slot->key)) {
        vault->ahead_count = 0; /* what was read ahead may be older than a rotation */
        if (!read_key(vault, owner, id, slot->key))
            return NULL;
    }
    slot->tag = tag_of(owner, id);
    return slot->key;
}

/* ---- erased or damaged ---- */

enum vault_key_state keys_row_state(struct vault *vault, enum vault_owner owner, int64_t id, const void *wrapped,
                                    size_t bytes)
{
    uint8_t key[VAULT_KEY_BYTES];
    enum vault_key_state state = VAULT_KEY_DAMAGED;
    if (vault_unwrap(vault, key_owner_names[owner], id, wrapped, bytes, key))
        state = VAULT_KEY_OPENS;
    else if (vault_unwrap(vault, key_erased_names[owner], id, wrapped, bytes, key))
        state = VAULT_KEY_ERASED;
    sodium_memzero(key, sizeof key);
    return state;
}

/* Logged once a second at most. */
static void tell_damage(struct vault *vault, enum vault_owner owner, int64_t id)
{
    int64_t now_us = clock_monotonic_us();
    if (vault->damage_told_us != 0 && now_us - vault->damage_told_us < US_PER_SECOND)
        return;
    vault->damage_told_us = now_us;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
    log_write(LOG_ERROR, "a key is damaged, not erased: run `lianfang verify`", "of", key_owner_names[owner], "id",
              text, NULL);
}

enum vault_key_state vault_key_state(struct vault *vault, enum vault_owner owner, int64_t id)
{
    uint8_t wrapped[WRAPPED_BYTES];
    vault->ahead_count = 0;
    bool found = owner == VAULT_MATTER ? read_matter_key(vault, id, wrapped) : read_person_key(vault, id, wrapped);
    enum vault_key_state state = found ? keys_row_state(vault, owner, id, wrapped, sizeof wrapped) : VAULT_KEY_DAMAGED;
    if (state == VAULT_KEY_DAMAGED && db_failed(vault->db) == NULL)
        tell_damage(vault, owner, id);
    return state;
}

static void put_erased(struct vault *vault, enum vault_owner owner, int64_t id)
{
    uint8_t wrapped[WRAPPED_BYTES];
    key_wrap(vault->locked->master, key_erased_names[owner], id, zeros, wrapped);
    put_wrapped(vault, owner, id, wrapped);
}

bool keys_erase(struct vault *vault, enum vault_owner owner, int64_t id)
{
    uint8_t wrapped[WRAPPED_BYTES];
    bool had = vault_has_key(vault, owner, id);
    keys_forget(vault, owner, id);
    bool found = owner == VAULT_MATTER ? read_matter_key(vault, id, wrapped) : read_person_key(vault, id, wrapped);
    if (found && (had || keys_row_state(vault, owner, id, wrapped, sizeof wrapped) == VAULT_KEY_DAMAGED))
        put_erased(vault, owner, id);
    return had;
}

void keys_bury(struct vault *vault, enum vault_owner owner, int64_t id)
{
    uint8_t wrapped[WRAPPED_BYTES];
    vault->ahead_count = 0;
    bool found = owner == VAULT_MATTER ? read_matter_key(vault, id, wrapped) : read_person_key(vault, id, wrapped);
    if (!found)
        put_erased(vault, owner, id);
}

/* Else the ledger would say of the new bearer that it was erased. */
static void tell_given_again(struct vault *vault, enum vault_owner owner, int64_t id)
{
    uint8_t wrapped[WRAPPED_BYTES];
    struct erasure again = {owner == VAULT_MATTER ? LEDGER_MATTER_AGAIN : LEDGER_PERSON_AGAIN, id};
    bool found = owner == VAULT_MATTER ? read_matter_key(vault, id, wrapped) : read_person_key(vault, id, wrapped);
    if (found && keys_row_state(vault, owner, id, wrapped, sizeof wrapped) == VAULT_KEY_ERASED)
        g_array_append_val(vault->erasures, again);
}

void keys_make(struct vault *vault, enum vault_owner owner, int64_t id)
{
    struct key_slot *slot = slot_of(vault, owner, id);
    slot->tag = tag_of(owner, id);
    randombytes_buf(slot->key, sizeof slot->key);
    uint8_t wrapped[WRAPPED_BYTES];
    key_wrap(vault->locked->master, key_owner_names[owner], id, slot->key, wrapped);
    if (add_wrapped(vault, owner, id, wrapped))
        return;
    tell_given_again(vault, owner, id);
    put_wrapped(vault, owner, id, wrapped);
}

bool vault_has_key(struct vault *vault, enum vault_owner owner, int64_t id)
{
    return keys_find(vault, owner, id) != NULL;
}
