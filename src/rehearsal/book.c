/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/book.h"

#include <string.h>

struct book {
    GHashTable *pages;    /* of struct book_page, by its first member */
    GHashTable *expected; /* of struct sighting, by its first members */
};

struct sighting {
    int64_t matter, number;
    bool met;
};

/* Both tables have keys of sixteen bytes; of UUIDs the second half differs most. */
static guint key_hash(gconstpointer key)
{
    uint64_t halves[2];
    memcpy(halves, key, sizeof halves);
    uint64_t mixed = (halves[0] * 0x9e3779b97f4a7c15u) ^ halves[1];
    return (guint)(mixed ^ mixed >> 32);
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, 16) == 0;
}

static void page_free(gpointer data)
{
    struct book_page *page = data;
    g_array_unref(page->lines);
    g_free(page);
}

struct book *book_new(void)
{
    struct book *book = g_new(struct book, 1);
    book->pages = g_hash_table_new_full(key_hash, key_equal, NULL, page_free);
    book->expected = g_hash_table_new_full(key_hash, key_equal, NULL, g_free);
    return book;
}

void book_free(struct book *book)
{
    g_hash_table_unref(book->pages);
    g_hash_table_unref(book->expected);
    g_free(book);
}

static struct book_page *page_of(struct book *book, const struct uuid *matter)
{
    struct book_page *page = g_hash_table_lookup(book->pages, matter);
    if (page != NULL)
        return page;
    page = g_new0(struct book_page, 1);
    page->matter = *matter;
    page->lines = g_array_new(FALSE, TRUE, sizeof(struct book_line));
    g_hash_table_insert(book->pages, &page->matter, page);
    return page;
}

void book_opened(struct book *book, const char *kind, const struct uuid *matter)
{
    page_of(book, matter)->kind = g_intern_string(kind);
}

static struct book_line *line_of(const struct book_page *page, const char *entry)
{
    for (guint i = 0; i < page->lines->len; i++) {
        struct book_line *line = &g_array_index(page->lines, struct book_line, i);
        if (strcmp(line->entry, entry) == 0)
            return line;
    }
    return NULL;
}

void book_entered(struct book *book, const struct uuid *matter, const char *entry, bool tried)
{
    const struct book_page *page = page_of(book, matter);
    struct book_line *line = line_of(page, entry);
    if (line == NULL) {
        struct book_line added = {.entry = g_intern_string(entry)};
        g_array_append_val(page->lines, added);
        line = line_of(page, entry);
    }
    line->count++;
    line->proper += !tried;
}

static struct sighting *sighting_of(struct book *book, int64_t matter, int64_t number)
{
    int64_t key[2] = {matter, number};
    struct sighting *sighting = g_hash_table_lookup(book->expected, key);
    if (sighting != NULL)
        return sighting;
    sighting = g_new0(struct sighting, 1);
    sighting->matter = matter;
    sighting->number = number;
    g_hash_table_insert(book->expected, sighting, sighting);
    return sighting;
}

void book_expected(struct book *book, int64_t matter, int64_t number)
{
    sighting_of(book, matter, number);
}

void book_met(struct book *book, int64_t matter, int64_t number)
{
    sighting_of(book, matter, number)->met = true;
}

int64_t book_page_entries(const struct book_page *page, const char *entry)
{
    const struct book_line *line = line_of(page, entry);
    return line != NULL ? line->proper : 0;
}

void book_each_page(const struct book *book, void (*visit)(void *context, const struct book_page *page), void *context)
{
    GHashTableIter each;
    gpointer page;
    g_hash_table_iter_init(&each, book->pages);
    while (g_hash_table_iter_next(&each, NULL, &page))
        visit(context, page);
}

void book_each_expected(const struct book *book, void (*visit)(void *context, int64_t matter, int64_t number, bool met),
                        void *context)
{
    GHashTableIter each;
    gpointer data;
    g_hash_table_iter_init(&each, book->expected);
    while (g_hash_table_iter_next(&each, NULL, &data)) {
        const struct sighting *sighting = data;
        visit(context, sighting->matter, sighting->number, sighting->met);
    }
}
