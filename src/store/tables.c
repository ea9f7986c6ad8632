/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/tables.h"

#include <string.h>

/* Only SQLite itself makes tables and indexes that begin with sqlite_: what holds a UNIQUE, counters, statistics. */
static const char lines[] =
    "SELECT type || ' ' || name FROM sqlite_schema"
    " WHERE type NOT IN ('table', 'index') OR name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " UNION ALL "
    "SELECT 'table ' || t.name || ', column ' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk"
    " || coalesce(' ' || c.dflt_value, '')"
    " FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c"
    " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " UNION ALL "
    "SELECT 'table ' || t.name || ', index (' || (SELECT group_concat(coalesce(c.name, ''), ', ') FROM "
    "pragma_index_info(i.name) c) || ')' || iif(i.\"unique\", ' unique', '') || iif(i.partial, ' partial', '')"
    " FROM sqlite_schema t JOIN pragma_index_list(t.name) i"
    " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *tables_of(struct db *db)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    AUTO(cursor) struct cursor cursor = db_query(db, lines, "");
    while (cursor_next(&cursor))
        g_ptr_array_add(found, g_strescape(cursor_text(&cursor, 0), NULL));
    g_ptr_array_sort(found, by_bytes);
    return found;
}

static void say(GPtrArray *findings, const char *line, const char *what)
{
    if (findings->len < TABLES_MOST)
        g_ptr_array_add(findings, g_strdup_printf("%s: %s", line, what));
}

static void compare(const GPtrArray *there, const GPtrArray *wanted, enum tables_lack lack, GPtrArray *findings)
{
    guint i = 0, j = 0;
    while (i < there->len || j < wanted->len) {
        int order = i == there->len    ? 1
                    : j == wanted->len ? -1
                                       : strcmp(g_ptr_array_index(there, i), g_ptr_array_index(wanted, j));
        if (order < 0)
            say(findings, g_ptr_array_index(there, i), "was not made by this program");
        else if (order > 0 && lack == TABLES_ALL)
            say(findings, g_ptr_array_index(wanted, j), "missing");
        i += order <= 0;
        j += order >= 0;
    }
}

void tables_compare(struct db *db, const char *script, enum tables_lack lack, GPtrArray *findings)
{
    AUTO(db) struct db *made = db_open(":memory:", &(struct db_options){.mode = DB_SCRATCH}, NULL);
    g_assert(made != NULL && db_script(made, script, NULL));
    g_autoptr(GPtrArray) there = tables_of(db);
    g_autoptr(GPtrArray) wanted = tables_of(made);
    if (db_failed(db) == NULL)
        compare(there, wanted, lack, findings);
}

void tables_compare_files(struct db *db, struct db *other, GPtrArray *findings)
{
    g_autoptr(GPtrArray) there = tables_of(db);
    g_autoptr(GPtrArray) wanted = tables_of(other);
    if (db_failed(db) == NULL && db_failed(other) == NULL)
        compare(there, wanted, TABLES_ALL, findings);
}
