/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * integers - a table-valued function of SQL over an array of C: integers(?1) has a row an element, in its order, with
 * the columns `value` and rowid, its place from 0 on.
 *
 * Shape   the parameter is bound as `a` (db.h), so that a query goes through thousands of ids without a text of them.
 * Owner   the array is the caller's, as long as the query runs.
 */
#ifndef STORE_INTEGERS_H
#define STORE_INTEGERS_H

#include <glib.h>
#include <sqlite3.h>

int integers_register(sqlite3 *handle); /* SQLITE_OK, or why not */
int integers_bind(sqlite3_stmt *statement, int index, const GArray *integers /* of int64_t */);

#endif
