/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/book.h"

#include <string.h>

struct book {
    GHashTable *pages;    /* of struct book_page, by its first member */
    GHashTable *expected; /* of struct awaited, by its first members */
};

struct awaited {
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

static struct awaited *awaited_of(struct book *book, int64_t matter, int64_t number)
{
    int64_t key[2] = {matter, number};
    struct awaited *awaited = g_hash_table_lookup(book->expected, key);
    if (awaited != NULL)
        return awaited;
    awaited = g_new0(struct awaited, 1);
    awaited->matter = matter;
    awaited->number = number;
    g_hash_table_insert(book->expected, awaited, awaited);
    return awaited;
}

void book_expected(struct book *book, int64_t matter, int64_t number)
{
    awaited_of(book, matter, number);
}

void book_met(struct book *book, int64_t matter, int64_t number)
{
    awaited_of(book, matter, number)->met = true;
}

int64_t book_page_entries(const struct book_page *page, const char *entry)
{
    const struct book_line *line = line_of(page, entry);
    return line != NULL ? line->proper : 0;
}

static void count_kind(void *context, const struct book_page *page)
{
    GArray *kinds = context;
    for (guint i = 0; i < kinds->len; i++) {
        struct book_kind *kind = &g_array_index(kinds, struct book_kind, i);
        if (kind->kind == page->kind) {
            kind->opened++;
            return;
        }
    }
    struct book_kind added = {page->kind, 1};
    if (page->kind != NULL)
        g_array_append_val(kinds, added);
}

static int by_kind(const void *a, const void *b)
{
    return strcmp(((const struct book_kind *)a)->kind, ((const struct book_kind *)b)->kind);
}

GArray *book_kinds(const struct book *book)
{
    GArray *kinds = g_array_new(FALSE, FALSE, sizeof(struct book_kind));
    book_each_page(book, count_kind, kinds);
    g_array_sort(kinds, by_kind);
    return kinds;
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
        const struct awaited *awaited = data;
        visit(context, awaited->matter, awaited->number, awaited->met);
    }
}
