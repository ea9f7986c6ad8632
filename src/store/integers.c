/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/integers.h"

#include <stdint.h>

#define POINTER_TYPE "integers" /* what no value of SQL can pretend to be */
#define COLUMN_ARRAY 1

struct integers_cursor {
    sqlite3_vtab_cursor base;
    const GArray *integers;
    guint at;
};

static int connect(sqlite3 *handle, void *context, int argc, const char *const *argv, sqlite3_vtab **out, char **error)
{
    int code = sqlite3_declare_vtab(handle, "CREATE TABLE x (value INTEGER, array HIDDEN)");
    if (code == SQLITE_OK)
        *out = g_new0(sqlite3_vtab, 1);
    return code;
}

static int disconnect(sqlite3_vtab *table)
{
    g_free(table);
    return SQLITE_OK;
}

/* Only with its array, and always from the first to the last. */
static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    for (int i = 0; i < info->nConstraint; i++)
        if (info->aConstraint[i].iColumn == COLUMN_ARRAY && info->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_EQ &&
            info->aConstraint[i].usable) {
            info->aConstraintUsage[i].argvIndex = 1;
            info->aConstraintUsage[i].omit = 1;
            info->estimatedCost = 100;
            info->estimatedRows = 1000;
            return SQLITE_OK;
        }
    return SQLITE_CONSTRAINT;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    struct integers_cursor *cursor = g_new0(struct integers_cursor, 1);
    *out = &cursor->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    g_free(cursor);
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int index, const char *name, int argc, sqlite3_value **argv)
{
    struct integers_cursor *cursor = (struct integers_cursor *)base;
    cursor->integers = argc > 0 ? sqlite3_value_pointer(argv[0], POINTER_TYPE) : NULL;
    cursor->at = 0;
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
    ((struct integers_cursor *)base)->at++;
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *base)
{
    const struct integers_cursor *cursor = (const struct integers_cursor *)base;
    return cursor->integers == NULL || cursor->at >= cursor->integers->len;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index)
{
    const struct integers_cursor *cursor = (const struct integers_cursor *)base;
    if (index != COLUMN_ARRAY)
        sqlite3_result_int64(context, g_array_index(cursor->integers, int64_t, cursor->at));
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((const struct integers_cursor *)base)->at;
    return SQLITE_OK;
}

int integers_register(sqlite3 *handle)
{
    static const sqlite3_module module = {.xConnect = connect,
                                          .xBestIndex = best_index,
                                          .xDisconnect = disconnect,
                                          .xOpen = open_cursor,
                                          .xClose = close_cursor,
                                          .xFilter = filter,
                                          .xNext = next,
                                          .xEof = is_at_end,
                                          .xColumn = column,
                                          .xRowid = rowid};
    return sqlite3_create_module(handle, "integers", &module, NULL);
}

int integers_bind(sqlite3_stmt *statement, int index, const GArray *integers)
{
    return sqlite3_bind_pointer(statement, index, (void *)integers, POINTER_TYPE, NULL);
}
