/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/compare.h"

#include "store/tables.h"

#include <string.h>

/* But those that do not follow from the journal alone. */
#define ALL_TABLES                                                                                                     \
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'beside' "           \
    "AND name NOT LIKE 'staffing%' AND name NOT IN ('tally_series', 'tally_figure', 'tally_state') "                   \
    "ORDER BY name"

struct table {
    char *name, *select;
    char **columns; /* NULL-terminated, the key's first */
    int key_columns;
};

static void table_clear(struct table *table)
{
    g_free(table->name);
    g_free(table->select);
    g_strfreev(table->columns);
}

AUTO_CLEAR(table)

/* The columns of the key, in its order, then the others; without a declared key the rowid is it. */
static void describe(struct db *db, const char *name, struct table *out)
{
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    out->name = g_strdup(name);
    AUTO(cursor)
    struct cursor keys = db_query(db, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", "s", name);
    while (cursor_next(&keys))
        g_ptr_array_add(columns, g_strdup(cursor_text(&keys, 0)));
    if (columns->len == 0)
        g_ptr_array_add(columns, g_strdup("rowid"));
    out->key_columns = (int)columns->len;
    AUTO(cursor)
    struct cursor others = db_query(db, "SELECT name FROM pragma_table_info(?1) WHERE pk = 0 ORDER BY cid", "s", name);
    while (cursor_next(&others))
        g_ptr_array_add(columns, g_strdup(cursor_text(&others, 0)));
    g_ptr_array_add(columns, NULL);
    out->columns = (char **)g_memdup2(columns->pdata, columns->len * sizeof(char *));

    g_autoptr(GString) sql = g_string_new("SELECT ");
    for (guint i = 0; out->columns[i] != NULL; i++)
        g_string_append_printf(sql, "%s\"%s\"", i > 0 ? ", " : "", out->columns[i]);
    g_string_append_printf(sql, " FROM \"%s\" ORDER BY ", name);
    for (int i = 0; i < out->key_columns; i++)
        g_string_append_printf(sql, "%s\"%s\"", i > 0 ? ", " : "", out->columns[i]);
    out->select = g_strdup(sql->str);
}

/* As SQLite orders values under the binary collation: null, numbers, texts, blobs. */
static int rank_of(int type)
{
    return type == SQLITE_NULL ? 0 : type == SQLITE_TEXT ? 2 : type == SQLITE_BLOB ? 3 : 1;
}

static int compare_value(struct cursor *a, struct cursor *b, int column)
{
    int a_type = sqlite3_column_type(a->statement, column), b_type = sqlite3_column_type(b->statement, column);
    if (rank_of(a_type) != rank_of(b_type))
        return rank_of(a_type) - rank_of(b_type);
    if (a_type == SQLITE_NULL)
        return 0;
    if (a_type == SQLITE_INTEGER && b_type == SQLITE_INTEGER) {
        int64_t x = cursor_integer(a, column), y = cursor_integer(b, column);
        return x < y ? -1 : x > y;
    }
    size_t a_bytes, b_bytes;
    const void *a_data = cursor_blob(a, column, &a_bytes), *b_data = cursor_blob(b, column, &b_bytes);
    size_t common = MIN(a_bytes, b_bytes);
    int order = common > 0 ? memcmp(a_data, b_data, common) : 0;
    return order != 0 ? order : a_bytes < b_bytes ? -1 : a_bytes > b_bytes;
}

static char *key_text(const struct table *table, struct cursor *row)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < table->key_columns; i++) {
        g_string_append(text, i > 0 ? " " : "");
        if (sqlite3_column_type(row->statement, i) != SQLITE_BLOB) {
            g_string_append(text, cursor_is_null(row, i) ? "null" : cursor_text(row, i));
            continue;
        }
        size_t bytes;
        const uint8_t *data = cursor_blob(row, i, &bytes);
        for (size_t at = 0; at < bytes; at++)
            g_string_append_printf(text, "%02x", data[at]);
    }
    return g_string_free(text, FALSE);
}

static void note(GPtrArray *differences, const struct table *table, struct cursor *row, const char *what)
{
    g_autofree char *key = key_text(table, row);
    g_ptr_array_add(differences, g_strdup_printf("table %s: row %s %s", table->name, key, what));
}

static void compare_row(const struct table *table, struct cursor *a, struct cursor *b, GPtrArray *differences)
{
    for (int i = table->key_columns; table->columns[i] != NULL; i++)
        if (compare_value(a, b, i) != 0) {
            g_autofree char *what = g_strdup_printf("differs in column %s", table->columns[i]);
            note(differences, table, a, what);
            return;
        }
}

static int compare_key(const struct table *table, struct cursor *a, struct cursor *b)
{
    int order = 0;
    for (int i = 0; i < table->key_columns && order == 0; i++)
        order = compare_value(a, b, i);
    return order;
}

static void compare_table(const struct table *table, struct db *db, struct db *other, GPtrArray *differences)
{
    AUTO(cursor) struct cursor a = db_query_text(db, table->select);
    AUTO(cursor) struct cursor b = db_query_text(other, table->select);
    bool more_a = cursor_next(&a), more_b = cursor_next(&b);
    while ((more_a || more_b) && differences->len < COMPARE_DIFFERENCES_MOST) {
        int order = !more_a ? 1 : !more_b ? -1 : compare_key(table, &a, &b);
        if (order < 0)
            note(differences, table, &a, "is not in the rebuilt rows");
        else if (order > 0)
            note(differences, table, &b, "is only in the rebuilt rows");
        else
            compare_row(table, &a, &b, differences);
        if (order <= 0)
            more_a = cursor_next(&a);
        if (order >= 0)
            more_b = cursor_next(&b);
    }
}

static bool is_well(struct db *db, GError **error)
{
    if (db_failed(db) != NULL && error != NULL)
        *error = g_error_copy(db_failed(db));
    return db_failed(db) == NULL;
}

bool rows_compare(const char *path, const char *other_path, GPtrArray *differences, GError **error)
{
    AUTO(db) struct db *db = db_open(path, &(struct db_options){.mode = DB_READ}, error);
    if (db == NULL)
        return false;
    AUTO(db) struct db *other = db_open(other_path, &(struct db_options){.mode = DB_READ}, error);
    if (other == NULL)
        return false;
    tables_compare_files(db, other, differences);
    if (differences->len > 0)
        return is_well(db, error) && is_well(other, error);
    AUTO(cursor) struct cursor tables = db_query(db, ALL_TABLES, "");
    while (cursor_next(&tables)) {
        AUTO(table) struct table table = {0};
        describe(db, cursor_text(&tables, 0), &table);
        compare_table(&table, db, other, differences);
    }
    return is_well(db, error) && is_well(other, error);
}
