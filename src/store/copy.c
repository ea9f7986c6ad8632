/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/copy.h"

#include <string.h>

struct page_copying {
    struct db *source, *target;
    const struct copy_plan *plan;
    int64_t rows;
};

struct copied_page {
    GPtrArray *values; /* sqlite3_value, column after column */
    int64_t rows, bytes, last;
};

static void value_free(gpointer value)
{
    sqlite3_value_free(value);
}

static bool fail(struct db *db, GError **error)
{
    const char *path = sqlite3_db_filename(db_handle(db), "main");
    g_set_error(error, DB_ERROR, DB_ERROR_IO, "%s: %s (%d)", path != NULL ? path : "", sqlite3_errmsg(db_handle(db)),
                sqlite3_extended_errcode(db_handle(db)));
    return false;
}

static sqlite3_stmt *prepare(struct db *db, char *sql /* sqlite3_mprintf()'s, taken */, GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db_handle(db), sql, -1, &statement, NULL) != SQLITE_OK)
        fail(db, error);
    sqlite3_free(sql);
    return statement;
}

static bool one_integer(struct db *db, char *sql /* taken */, int64_t *out, GError **error)
{
    sqlite3_stmt *statement = prepare(db, sql, error);
    if (statement == NULL)
        return false;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(statement, 0);
    else
        fail(db, error);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW;
}

/* ---- what it is made of ---- */

static bool copy_number(struct page_copying *copying, const char *name, GError **error)
{
    int64_t number;
    if (!one_integer(copying->source, sqlite3_mprintf("PRAGMA %s", name), &number, error))
        return false;
    g_autofree char *sql = g_strdup_printf("PRAGMA %s=%" G_GINT64_FORMAT, name, number);
    return db_script(copying->target, sql, error);
}

/* Makes its tables and indexes; the names of the tables, NULL when it fails. */
static GPtrArray *copy_schema(struct page_copying *copying, GError **error)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
    sqlite3_stmt *each = prepare(copying->source,
                                 sqlite3_mprintf("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND"
                                                 " name NOT LIKE 'sqlite\\_%%' ESCAPE '\\' ORDER BY rowid"),
                                 error);
    if (each == NULL)
        return NULL;
    int code;
    bool well = true;
    while (well && (code = sqlite3_step(each)) == SQLITE_ROW) {
        if (strcmp((const char *)sqlite3_column_text(each, 0), "table") == 0)
            g_ptr_array_add(tables, g_strdup((const char *)sqlite3_column_text(each, 1)));
        well = db_script(copying->target, (const char *)sqlite3_column_text(each, 2), error);
    }
    if (well && code != SQLITE_DONE)
        well = fail(copying->source, error);
    sqlite3_finalize(each);
    return well ? g_steal_pointer(&tables) : NULL;
}

/* ---- rows ---- */

/* Column 0 is the row id, the rest is the row. */
static bool read_page(struct page_copying *copying, sqlite3_stmt *select, int64_t after, int64_t to,
                      struct copied_page *page, GError **error)
{
    int code = SQLITE_DONE;
    g_ptr_array_set_size(page->values, 0);
    page->rows = page->bytes = 0;
    sqlite3_bind_int64(select, 1, after);
    sqlite3_bind_int64(select, 2, to);
    while (page->bytes < COPY_PAGE_BYTES && (code = sqlite3_step(select)) == SQLITE_ROW) {
        page->last = sqlite3_column_int64(select, 0);
        page->rows++;
        for (int i = 1; i < sqlite3_column_count(select); i++) {
            g_ptr_array_add(page->values, sqlite3_value_dup(sqlite3_column_value(select, i)));
            page->bytes += sqlite3_column_bytes(select, i);
        }
    }
    bool well = code == SQLITE_DONE || code == SQLITE_ROW || fail(copying->source, error);
    sqlite3_reset(select); /* ends the snapshot */
    return well;
}

static bool write_page(struct page_copying *copying, sqlite3_stmt *insert, const struct copied_page *page,
                       GError **error)
{
    int columns = sqlite3_bind_parameter_count(insert);
    if (!db_begin(copying->target))
        return fail(copying->target, error);
    for (int64_t row = 0; row < page->rows; row++) {
        for (int i = 0; i < columns; i++)
            sqlite3_bind_value(insert, i + 1, g_ptr_array_index(page->values, row * columns + i));
        if (sqlite3_step(insert) != SQLITE_DONE)
            return fail(copying->target, error);
        sqlite3_reset(insert);
    }
    if (!db_commit(copying->target, error))
        return false;
    copying->rows += page->rows;
    if (copying->plan->written != NULL)
        copying->plan->written(copying->rows, copying->plan->context);
    return true;
}

static sqlite3_stmt *prepare_insert(struct page_copying *copying, const char *table, int columns, GError **error)
{
    g_autoptr(GString) places = g_string_new("?");
    for (int i = 1; i < columns; i++)
        g_string_append(places, ",?");
    return prepare(copying->target, sqlite3_mprintf("INSERT INTO \"%w\" VALUES (%s)", table, places->str), error);
}

static bool copy_rows(struct page_copying *copying, sqlite3_stmt *select, sqlite3_stmt *insert, int64_t to,
                      GError **error)
{
    struct copied_page page = {.values = g_ptr_array_new_with_free_func(value_free), .last = INT64_MIN};
    bool well;
    do {
        well = read_page(copying, select, page.last, to, &page, error) &&
               (page.rows == 0 || write_page(copying, insert, &page, error));
    } while (well && page.rows > 0);
    g_ptr_array_unref(page.values);
    return well;
}

static int64_t bound_of(const struct copy_plan *plan, const char *table)
{
    for (const struct copy_bound *bound = plan->bounds; bound != NULL && bound->table != NULL; bound++)
        if (strcmp(bound->table, table) == 0)
            return bound->last;
    return INT64_MAX;
}

static bool copy_table(struct page_copying *copying, const char *table, GError **error)
{
    int64_t to = 0;
    if (!one_integer(copying->source, sqlite3_mprintf("SELECT coalesce(max(rowid), 0) FROM \"%w\"", table), &to, error))
        return false;
    to = MIN(to, bound_of(copying->plan, table));
    sqlite3_stmt *select = prepare(copying->source,
                                   sqlite3_mprintf("SELECT rowid, * FROM \"%w\" WHERE rowid > ?1 AND rowid <= ?2"
                                                   " ORDER BY rowid LIMIT %d",
                                                   table, COPY_PAGE_ROWS),
                                   error);
    if (select == NULL)
        return false;
    sqlite3_stmt *insert = prepare_insert(copying, table, sqlite3_column_count(select) - 1, error);
    bool well = insert != NULL && copy_rows(copying, select, insert, to, error);
    sqlite3_finalize(select);
    sqlite3_finalize(insert);
    return well;
}

bool db_copy(struct db *source, struct db *target, const struct copy_plan *plan, GError **error)
{
    struct page_copying copying = {.source = source, .target = target, .plan = plan};
    g_autoptr(GPtrArray) tables = NULL;
    if (!copy_number(&copying, "application_id", error) || !copy_number(&copying, "user_version", error))
        return false;
    tables = copy_schema(&copying, error);
    if (tables == NULL)
        return false;
    for (guint i = 0; i < tables->len; i++)
        if (strcmp(g_ptr_array_index(tables, i), plan->last) != 0 &&
            !copy_table(&copying, g_ptr_array_index(tables, i), error))
            return false;
    return copy_table(&copying, plan->last, error);
}
