/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * office - a data directory of its own, without people, in which sheets come in and from which they go out.
 *
 * Owner   the test; office_close() removes it. Time stands still at OFFICE_NOW_US until clock_set().
 */
#ifndef TESTS_INTEROP_OFFICE_H
#define TESTS_INTEROP_OFFICE_H

#include "interop/export.h"
#include "interop/import.h"

#define OFFICE_NOW_US INT64_C(1580774400000000) /* 2020-02-04T08:00:00+08:00 */

struct office {
    char *dir, *data;
    struct clock clock;
    struct engine *engine;
};
void office_open(struct office *office, const char *playbook_text);
void office_close(struct office *office);
/* As the operator; must be accepted. The id that the first event gave. `body` is taken. */
int64_t office_ask(struct office *office, const char *name, json_t *body);

/* An open file that holds these bytes and has no name; the caller closes it. */
int sheet_file(const void *bytes, size_t count);
/* Of its text, NULL the empty one; the caller frees. */
struct mapping *sheet_mapping(const char *text);

/* A sheet, read as `mapping` says (NULL: nothing). The caller clears the report. */
void office_import(struct office *office, const char *what, const char *sheet, const char *mapping, bool apply,
                   struct report *report);
/* All of it, as the person sees it; the caller frees. */
char *sheet_exported(struct engine *engine, const struct clock *clock, int64_t person, const char *what,
                     enum cell_words words, int64_t under);
/* The same of a kind's entries of one name, a row each. */
char *entries_exported(struct engine *engine, const struct clock *clock, int64_t person, const char *what,
                       const char *entry);
/* The kind with the last entries of these names beside its matters. */
char *lasts_exported(struct engine *engine, const struct clock *clock, int64_t person, const char *what,
                     const char *last);
/* Each finding as "row:column:code", as reported; the caller frees. */
char *findings_in(const struct report *report);

#endif
