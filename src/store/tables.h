/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tables - what a file of SQLite holds beside its rows: tables with their columns, indexes, triggers and views.
 *
 * Shape   a line each, in the order of their bytes: "table event", "table event, column pos INTEGER 0 1", "trigger x".
 *         Texts of SQL are not compared: comments and blanks in a schema may differ between versions of the program.
 * Why     a trigger that somebody put into a file runs with the program's next write; without an index a search reads
 *         the whole table, and rows may be there twice.
 */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include "store/db.h"

/* An array of char *, sorted. */
GPtrArray *tables_of(struct db *db);

enum tables_lack {
    TABLES_ALL,   /* whatever the script makes is there */
    TABLES_OLDER, /* what is missing, the script will add: a file of an earlier version */
};
/* A sentence for each line in which `db` differs from what `script` makes, at most TABLES_MOST, into `findings`. */
#define TABLES_MOST 20
void tables_compare(struct db *db, const char *script, enum tables_lack lack, GPtrArray *findings);
/* The same for two files. */
void tables_compare_files(struct db *db, struct db *other, GPtrArray *findings);

#endif
