/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book - what a rehearsal itself did and saw: kept in memory, apart from every table that is held against it.
 *
 * Shape   a page for each matter that it opened or entered into; a mark for each expectation that it saw on a list.
 * Owner   one thread, that of the rehearsal: what was sent is written down once it has been accepted.
 */
#ifndef REHEARSAL_BOOK_H
#define REHEARSAL_BOOK_H

#include "base/auto.h"
#include "base/uuid.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct book;
struct book *book_new(void);
void book_free(struct book *book);
AUTO_FREE(book)

void book_opened(struct book *book, const char *kind, const struct uuid *matter);
/* An entry was accepted; `tried`: it was an attempt. */
void book_entered(struct book *book, const struct uuid *matter, const char *entry, bool tried);
void book_expected(struct book *book, int64_t matter, int64_t number); /* it stands on a list */
void book_met(struct book *book, int64_t matter, int64_t number);      /* and an entry was accepted that meets it */

struct book_line {
    const char *entry;     /* interned */
    int64_t count, proper; /* proper: without attempts */
};
struct book_page {
    struct uuid matter;
    const char *kind; /* interned; NULL: something else opened it */
    GArray *lines;    /* of struct book_line */
};
/* How often an entry was accepted there, without attempts. */
int64_t book_page_entries(const struct book_page *page, const char *entry);
struct book_kind {
    const char *kind; /* interned */
    int64_t opened;
};
GArray *book_kinds(const struct book *book); /* of struct book_kind, by kind; new */
void book_each_page(const struct book *book, void (*visit)(void *context, const struct book_page *page), void *context);
void book_each_expected(const struct book *book, void (*visit)(void *context, int64_t matter, int64_t number, bool met),
                        void *context);

#endif
