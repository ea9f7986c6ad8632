/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables hash_table, hash_bucket and hash_page of schema.sql: linear hashing (Litwin 1980). The table grows
 * by one bucket at a time, in order: bucket n takes its entries from bucket n - 2^k, the one that they would
 * be in if n were not there. A bucket is a chain of pages, new ones in front; numbers in a page are little
 * endian.
 */
#include "vault/pages.h"

#include <string.h>

#define PAGE_ENTRIES       81 /* two of them fill a page of SQLite */
#define ENTRIES_PER_BUCKET 40 /* on average, before the table grows */

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "pages are written as they lie in memory"
#endif

struct hash_entry {
    uint8_t hash[PAGES_HASH_BYTES];
    int64_t id;
};

struct hash_page {
    int64_t next; /* 0 the last of the chain */
    int64_t count;
    struct hash_entry entries[PAGE_ENTRIES];
};
G_STATIC_ASSERT(sizeof(struct hash_page) == 1960);

/* ---- rows ---- */

static void read_page(struct db *db, int64_t id, struct hash_page *out)
{
    AUTO(cursor) struct cursor cursor = db_query(db, "SELECT data FROM hash_page WHERE id = ?1", "i", id);
    size_t bytes = 0;
    const void *data = cursor_next(&cursor) ? cursor_blob(&cursor, 0, &bytes) : NULL;
    *out = (struct hash_page){0}; /* a failed connection reads nothing; what follows is never committed */
    if (bytes == sizeof *out)
        memcpy(out, data, bytes);
    out->count = CLAMP(out->count, 0, PAGE_ENTRIES);
}

static void write_page(struct db *db, int64_t id, const struct hash_page *page)
{
    db_run(db, "UPDATE hash_page SET data = ?2 WHERE id = ?1", "ib", id, page, sizeof *page);
}

static int64_t append_page(struct db *db, const struct hash_page *page)
{
    db_run(db, "INSERT INTO hash_page (data) VALUES (?1)", "b", page, sizeof *page);
    return db_last_rowid(db);
}

static int64_t first_page(struct db *db, enum pages_table table, int64_t bucket)
{
    int64_t page = 0;
    db_integer(db, &page, "SELECT page FROM hash_bucket WHERE place = ?1", "i", ((int64_t)table << 40) + bucket);
    return page;
}

static void set_first_page(struct db *db, enum pages_table table, int64_t bucket, int64_t page)
{
    db_run(db, "INSERT OR REPLACE INTO hash_bucket (place, page) VALUES (?1, ?2)", "ii",
           ((int64_t)table << 40) + bucket, page);
}

static int64_t bucket_count(struct db *db, enum pages_table table)
{
    int64_t buckets = 1;
    db_integer(db, &buckets, "SELECT buckets FROM hash_table WHERE id = ?1", "i", (int64_t)table);
    return MAX(buckets, 1);
}

static int64_t highest_bit(int64_t number)
{
    return (int64_t)1 << (g_bit_storage((gulong)number) - 1);
}

static int64_t bucket_of(const uint8_t hash[PAGES_HASH_BYTES], int64_t buckets)
{
    uint64_t number;
    memcpy(&number, hash, sizeof number);
    int64_t low = highest_bit(buckets);
    int64_t bucket = (int64_t)(number & (uint64_t)(2 * low - 1));
    return bucket < buckets ? bucket : bucket - low;
}

/* Along a chain; a page that leads back into it, written by somebody else, ends it (Brent 1980). */
struct chain_walk {
    int64_t steps, until, saw;
};

static int64_t follow(struct chain_walk *walk, int64_t next)
{
    if (next == walk->saw)
        return 0;
    if (++walk->steps > walk->until) {
        walk->until = 2 * walk->until + 1;
        walk->saw = next;
    }
    return next;
}

/* ---- growing ---- */

struct chain {
    GArray *pages;   /* of int64_t */
    GArray *entries; /* of struct hash_entry */
};

static void chain_init(struct chain *chain)
{
    chain->pages = g_array_new(FALSE, FALSE, sizeof(int64_t));
    chain->entries = g_array_new(FALSE, FALSE, sizeof(struct hash_entry));
}

static void chain_clear(struct chain *chain)
{
    g_array_unref(chain->pages);
    g_array_unref(chain->entries);
}
AUTO_CLEAR(chain)

/* Deals the entries of bucket `from` out to it and the new one. */
static void read_split(struct db *db, enum pages_table table, int64_t from, int64_t buckets, struct chain *old,
                       struct chain *new)
{
    struct hash_page page;
    struct chain_walk walk = {0};
    for (int64_t id = first_page(db, table, from); id != 0; id = follow(&walk, page.next)) {
        read_page(db, id, &page);
        g_array_append_val(old->pages, id);
        for (int64_t i = 0; i < page.count; i++) {
            struct chain *chain = bucket_of(page.entries[i].hash, buckets) == from ? old : new;
            g_array_append_val(chain->entries, page.entries[i]);
        }
    }
}

/* Gives the new chain as many of the old one's pages as it needs, and one more where they do not suffice. */
static void share_pages(struct db *db, struct chain *old, struct chain *new)
{
    static const struct hash_page empty;
    guint old_needs = (old->entries->len + PAGE_ENTRIES - 1) / PAGE_ENTRIES;
    guint new_needs = (new->entries->len + PAGE_ENTRIES - 1) / PAGE_ENTRIES;
    while (old->pages->len < old_needs + new_needs) {
        int64_t id = append_page(db, &empty);
        g_array_append_val(old->pages, id);
    }
    for (guint i = old->pages->len - new_needs; i < old->pages->len; i++)
        g_array_append_val(new->pages, g_array_index(old->pages, int64_t, i));
    g_array_set_size(old->pages, old->pages->len - new_needs);
}

static void write_chain(struct db *db, enum pages_table table, int64_t bucket, const struct chain *chain)
{
    int64_t next = 0;
    guint left = chain->entries->len;
    for (guint i = chain->pages->len; i-- > 0;) {
        int64_t id = g_array_index(chain->pages, int64_t, i);
        guint count = MIN(left, PAGE_ENTRIES);
        struct hash_page page = {.next = next, .count = count};
        left -= count;
        if (count > 0)
            memcpy(page.entries, &g_array_index(chain->entries, struct hash_entry, left),
                   count * sizeof(struct hash_entry));
        write_page(db, id, &page);
        next = id;
    }
    set_first_page(db, table, bucket, next);
}

static void grow(struct db *db, enum pages_table table, int64_t buckets)
{
    AUTO(chain) struct chain old, new;
    chain_init(&old);
    chain_init(&new);
    int64_t from = buckets - highest_bit(buckets);
    read_split(db, table, from, buckets + 1, &old, &new);
    share_pages(db, &old, &new);
    write_chain(db, table, from, &old);
    write_chain(db, table, buckets, &new);
    db_run(db, "UPDATE hash_table SET buckets = ?2 WHERE id = ?1", "ii", (int64_t)table, buckets + 1);
}

/* ---- entries ---- */

static void count_entries(struct db *db, enum pages_table table, int64_t change)
{
    db_run(db,
           "INSERT INTO hash_table (id, buckets, entries) VALUES (?1, 1, ?2)"
           " ON CONFLICT (id) DO UPDATE SET entries = entries + ?2",
           "ii", (int64_t)table, change);
}

void pages_add(struct db *db, enum pages_table table, const uint8_t hash[PAGES_HASH_BYTES], int64_t id)
{
    int64_t buckets = bucket_count(db, table), bucket = bucket_of(hash, buckets);
    int64_t first = first_page(db, table, bucket);
    struct hash_page page = {0};
    if (first != 0)
        read_page(db, first, &page);
    bool full = page.count == PAGE_ENTRIES;
    if (full)
        page = (struct hash_page){.next = first};
    struct hash_entry *entry = &page.entries[page.count++];
    memcpy(entry->hash, hash, PAGES_HASH_BYTES);
    entry->id = id;
    if (first == 0 || full)
        set_first_page(db, table, bucket, append_page(db, &page));
    else
        write_page(db, first, &page);
    count_entries(db, table, 1);
    int64_t entries = 0;
    if (db_integer(db, &entries, "SELECT entries FROM hash_table WHERE id = ?1", "i", (int64_t)table) &&
        entries > buckets * ENTRIES_PER_BUCKET)
        grow(db, table, buckets);
}

/* Where the entry is in the page; -1 not there. */
static int64_t place_in(const struct hash_page *page, const uint8_t hash[PAGES_HASH_BYTES], int64_t id)
{
    for (int64_t i = 0; i < page->count; i++)
        if (page->entries[i].id == id && memcmp(page->entries[i].hash, hash, PAGES_HASH_BYTES) == 0)
            return i;
    return -1;
}

void pages_remove(struct db *db, enum pages_table table, const uint8_t hash[PAGES_HASH_BYTES], int64_t id)
{
    struct hash_page page;
    struct chain_walk walk = {0};
    for (int64_t at = first_page(db, table, bucket_of(hash, bucket_count(db, table))); at != 0;
         at = follow(&walk, page.next)) {
        read_page(db, at, &page);
        int64_t place = place_in(&page, hash, id);
        if (place < 0)
            continue;
        page.entries[place] = page.entries[--page.count];
        page.entries[page.count] = (struct hash_entry){0};
        write_page(db, at, &page);
        count_entries(db, table, -1);
        return;
    }
}

static int compare_ids(gconstpointer a, gconstpointer b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return first < second ? -1 : first > second;
}

GArray *pages_find(struct db *db, enum pages_table table, const uint8_t hash[PAGES_HASH_BYTES], int64_t after)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct hash_page page;
    struct chain_walk walk = {0};
    bool alone = !db_in_transaction(db); /* one snapshot: a growing table moves entries */
    if (alone)
        db_run(db, "BEGIN", "");
    for (int64_t at = first_page(db, table, bucket_of(hash, bucket_count(db, table))); at != 0;
         at = follow(&walk, page.next)) {
        read_page(db, at, &page);
        for (int64_t i = 0; i < page.count; i++)
            if (page.entries[i].id > after && memcmp(page.entries[i].hash, hash, PAGES_HASH_BYTES) == 0)
                g_array_append_val(ids, page.entries[i].id);
    }
    if (alone)
        db_run(db, "COMMIT", "");
    g_array_sort(ids, compare_ids);
    return ids;
}

/* ---- as they were written ---- */

struct page_look {
    struct db *db;
    GHashTable *seen; /* int64_t: pages */
    int64_t buckets, entries;
};

static bool look_at_page(const struct hash_page *page, int64_t bucket, struct page_look *looking)
{
    static const struct hash_entry zeros;
    bool well = page->count >= 0 && page->count <= PAGE_ENTRIES;
    for (int64_t i = 0; well && i < PAGE_ENTRIES; i++)
        well = i < page->count ? bucket_of(page->entries[i].hash, looking->buckets) == bucket
                               : memcmp(&page->entries[i], &zeros, sizeof zeros) == 0;
    if (well)
        looking->entries += page->count;
    return well;
}

static bool look_at_chain(struct page_look *looking, int64_t bucket, int64_t first)
{
    bool well = true;
    struct hash_page page;
    for (int64_t at = first; at != 0 && well; at = page.next) {
        AUTO(cursor) struct cursor cursor = db_query(looking->db, "SELECT data FROM hash_page WHERE id = ?1", "i", at);
        size_t bytes = 0;
        const void *data = cursor_next(&cursor) ? cursor_blob(&cursor, 0, &bytes) : NULL;
        if (bytes != sizeof page)
            return false;
        memcpy(&page, data, bytes);
        well = g_hash_table_add(looking->seen, g_memdup2(&at, sizeof at)) && look_at_page(&page, bucket, looking);
    }
    return well;
}

static bool look_at_table(struct page_look *looking, enum pages_table table, int64_t expected)
{
    int64_t entries = 0, next = 0, base = (int64_t)table << 40;
    looking->entries = 0;
    looking->buckets = bucket_count(looking->db, table);
    db_integer(looking->db, &entries, "SELECT entries FROM hash_table WHERE id = ?1", "i", (int64_t)table);
    AUTO(cursor)
    struct cursor cursor =
        db_query(looking->db,
                 "SELECT place - ?1, page FROM hash_bucket WHERE place >= ?1 AND place < ?1 + (1 << 40) ORDER BY place",
                 "i", base);
    while (cursor_next(&cursor)) {
        int64_t bucket = cursor_integer(&cursor, 0);
        if ((bucket != next && !(next == 0 && bucket == 1)) || bucket >= looking->buckets ||
            !look_at_chain(looking, bucket, cursor_integer(&cursor, 1)))
            return false;
        next = bucket + 1;
    }
    return (next == looking->buckets || (next == 0 && looking->buckets == 1)) && looking->entries == entries &&
           entries == expected;
}

bool pages_are_whole(struct db *db, int64_t persons, int64_t logins)
{
    int64_t pages = 0, others = 0;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    struct page_look looking = {.db = db, .seen = seen};
    bool well = look_at_table(&looking, PAGES_PERSONS, persons) && look_at_table(&looking, PAGES_LOGINS, logins);
    db_integer(db, &pages, "SELECT count(*) FROM hash_page", "");
    db_integer(db, &others,
               "SELECT (SELECT count(*) FROM hash_table WHERE id NOT IN (?1, ?2)) +"
               " (SELECT count(*) FROM hash_bucket WHERE place < ?1 << 40 OR place >= (?2 + 1) << 40)",
               "ii", (int64_t)PAGES_PERSONS, (int64_t)PAGES_LOGINS);
    return well && pages == (int64_t)g_hash_table_size(seen) && others == 0;
}
