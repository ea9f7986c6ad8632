/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/mapping.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "playbook/source/diagnostic.h"
#include "playbook/source/yaml_tree.h"

#include <string.h>

struct mapping_reading {
    struct mapping *mapping;
    GArray *diagnostics;
};

static void mapped_free(gpointer data)
{
    struct mapped *mapped = data;
    g_free(mapped->to);
    g_clear_pointer(&mapped->values, g_hash_table_unref);
    g_clear_pointer(&mapped->blank, g_hash_table_unref);
    g_free(mapped);
}

static void column_free(gpointer data)
{
    struct mapped_column *column = data;
    g_free(column->header);
    g_ptr_array_unref(column->targets);
    g_free(column);
}

static void constant_free(gpointer data)
{
    struct mapped_constant *constant = data;
    g_free(constant->to);
    g_free(constant->text);
    g_free(constant);
}

struct mapping *mapping_new(void)
{
    struct mapping *mapping = g_new0(struct mapping, 1);
    mapping->notes = -1;
    mapping->habits.minutes = -1;
    mapping->key = g_ptr_array_new_with_free_func(g_free);
    mapping->blank = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mapping->constants = g_ptr_array_new_with_free_func(constant_free);
    mapping->columns = g_ptr_array_new_with_free_func(column_free);
    return mapping;
}

void mapping_free(struct mapping *mapping)
{
    if (mapping == NULL)
        return;
    g_free(mapping->sheet);
    g_free(mapping->worksheet);
    g_ptr_array_unref(mapping->key);
    g_hash_table_unref(mapping->blank);
    g_ptr_array_unref(mapping->constants);
    g_ptr_array_unref(mapping->columns);
    g_free(mapping);
}

const struct mapped_column *mapping_column(const struct mapping *mapping, const char *header)
{
    for (guint i = 0; i < mapping->columns->len; i++) {
        const struct mapped_column *column = g_ptr_array_index(mapping->columns, i);
        if (strcmp(column->header, header) == 0)
            return column;
    }
    return NULL;
}

/* ---- reading ---- */

G_GNUC_PRINTF(4, 5)
static void mistake(struct mapping_reading *reading, const struct yaml_node *node, const char *suggestion,
                    const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (node->type != NODE_REFUSED)
        diagnostics_add_list(reading->diagnostics, node->file, node->line, node->column, suggestion, format, arguments);
    va_end(arguments);
}

static const char *text_of(struct mapping_reading *reading, const struct yaml_node *node)
{
    if (node->type == NODE_SCALAR)
        return node->text;
    mistake(reading, node, NULL, "expected a text");
    return NULL;
}

static bool read_number(struct mapping_reading *reading, const struct yaml_node *node, int64_t least, int64_t most,
                        int64_t *out)
{
    gint64 number;
    const char *text = text_of(reading, node);
    if (text == NULL)
        return false;
    if (!g_ascii_string_to_signed(text, 10, least, most, &number, NULL)) {
        mistake(reading, node, NULL, "expected a number of rows");
        return false;
    }
    *out = number;
    return true;
}

static void read_order(struct mapping_reading *reading, const struct yaml_node *node, struct cell_habits *habits)
{
    const char *text = text_of(reading, node);
    if (text == NULL)
        return;
    if (strcmp(text, "d.m.y") == 0 || strcmp(text, "d/m/y") == 0)
        habits->order = DATES_DMY;
    else if (strcmp(text, "m/d/y") == 0 || strcmp(text, "m.d.y") == 0)
        habits->order = DATES_MDY;
    else
        mistake(reading, node, NULL, "expected %s or %s", "d.m.y", "m/d/y");
}

static void read_range(struct mapping_reading *reading, const struct yaml_node *node, struct cell_habits *habits)
{
    const char *text = text_of(reading, node);
    if (text == NULL)
        return;
    if (strcmp(text, "first") == 0)
        habits->range = RANGE_FIRST;
    else if (strcmp(text, "last") == 0)
        habits->range = RANGE_LAST;
    else
        mistake(reading, node, NULL, "expected %s or %s", "first", "last");
}

static void read_habit(struct mapping_reading *reading, const char *key, const struct yaml_node *node,
                       struct cell_habits *habits)
{
    const char *text;
    if (strcmp(key, "dates") == 0)
        read_order(reading, node, habits);
    else if (strcmp(key, "range") == 0)
        read_range(reading, node, habits);
    else if ((text = text_of(reading, node)) == NULL)
        return;
    else if (strcmp(key, "time") == 0 && !time_of_day_parse(text, &habits->minutes))
        mistake(reading, node, NULL, "expected a time of day such as '12:00'");
    else if (strcmp(key, "decimal") == 0 && strcmp(text, ",") != 0 && strcmp(text, ".") != 0)
        mistake(reading, node, NULL, "expected '.' or ','");
    else if (strcmp(key, "decimal") == 0)
        habits->decimal_comma = *text == ',' ? ',' : '\0';
}

static bool is_habit(const char *key)
{
    static const char *const keys[] = {"dates", "range", "time", "decimal", NULL};
    return g_strv_contains(keys, key);
}

static void unknown_key(struct mapping_reading *reading, const struct yaml_node *key, const char *const *known)
{
    const char *nearest = nearest_name(key->text, known, g_strv_length((char **)known));
    mistake(reading, key, nearest, "unknown key");
}

/* One text or a list of them. */
static void read_texts(struct mapping_reading *reading, const struct yaml_node *node,
                       void (*take)(void *out, const char *text), void *out)
{
    size_t count = node->type == NODE_SEQUENCE ? node->count : 1;
    for (size_t i = 0; i < count; i++) {
        const char *text = text_of(reading, node->type == NODE_SEQUENCE ? node->items[i] : node);
        if (text != NULL)
            take(out, text);
    }
}

static void take_key(void *out, const char *text)
{
    g_ptr_array_add(out, g_strdup(text));
}

static void take_blank(void *out, const char *text)
{
    g_hash_table_add(out, g_strdup(text));
}

static GHashTable *read_values(struct mapping_reading *reading, const struct yaml_node *node)
{
    if (node->type != NODE_MAPPING) {
        mistake(reading, node, NULL, "expected a mapping of texts to values");
        return NULL;
    }
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (size_t i = 0; i < node->count; i++) {
        const char *value = text_of(reading, node->items[i]);
        if (value != NULL)
            g_hash_table_insert(values, g_strdup(node->keys[i]->text), g_strdup(value));
    }
    return values;
}

static void read_target_members(struct mapping_reading *reading, const struct yaml_node *node, struct mapped *mapped)
{
    static const char *const keys[] = {"to", "values", "blank", "dates", "range", "time", "decimal", NULL};
    for (size_t i = 0; i < node->count; i++) {
        const char *key = node->keys[i]->text;
        if (strcmp(key, "to") == 0) {
            g_free(mapped->to);
            mapped->to = g_strdup(text_of(reading, node->items[i]));
        } else if (strcmp(key, "values") == 0 && mapped->values == NULL) {
            mapped->values = read_values(reading, node->items[i]);
        } else if (strcmp(key, "blank") == 0 && mapped->blank == NULL) {
            mapped->blank = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
            read_texts(reading, node->items[i], take_blank, mapped->blank);
        } else if (is_habit(key)) {
            read_habit(reading, key, node->items[i], &mapped->habits);
        } else {
            unknown_key(reading, node->keys[i], keys);
        }
    }
    if (mapped->to == NULL)
        mistake(reading, node, NULL, "say where the column goes: to");
}

static void read_target(struct mapping_reading *reading, const struct yaml_node *node, struct mapped_column *column)
{
    struct mapped *mapped = g_new0(struct mapped, 1);
    mapped->habits = reading->mapping->habits;
    g_ptr_array_add(column->targets, mapped);
    if (node->type == NODE_SCALAR)
        mapped->to = g_strdup(node->text);
    else if (node->type == NODE_MAPPING)
        read_target_members(reading, node, mapped);
    else
        mistake(reading, node, NULL, "expected `ignore`, a column, or {to: ...}");
    if (mapped->to == NULL)
        g_ptr_array_set_size(column->targets, (gint)column->targets->len - 1);
}

static void read_column(struct mapping_reading *reading, const char *header, const struct yaml_node *node)
{
    bool ignored = node->type == NODE_SCALAR && strcmp(node->text, "ignore") == 0;
    if (strcmp(header, "*") == 0) {
        reading->mapping->ignore_rest = ignored;
        if (!ignored)
            mistake(reading, node, "ignore", "the other columns can only be ignored");
        return;
    }
    struct mapped_column *column = g_new0(struct mapped_column, 1);
    column->header = g_strdup(header);
    column->targets = g_ptr_array_new_with_free_func(mapped_free);
    g_ptr_array_add(reading->mapping->columns, column);
    if (ignored)
        return;
    if (node->type != NODE_SEQUENCE) {
        read_target(reading, node, column);
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        read_target(reading, node->items[i], column);
}

static void read_columns(struct mapping_reading *reading, const struct yaml_node *node)
{
    if (node->type != NODE_MAPPING) {
        mistake(reading, node, NULL, "expected a mapping of headers to columns");
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        read_column(reading, node->keys[i]->text, node->items[i]);
}

static void read_constants(struct mapping_reading *reading, const struct yaml_node *node)
{
    if (node->type != NODE_MAPPING) {
        mistake(reading, node, NULL, "expected a mapping of columns to values");
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const char *text = text_of(reading, node->items[i]);
        struct mapped_constant *constant = g_new0(struct mapped_constant, 1);
        *constant = (struct mapped_constant){g_strdup(node->keys[i]->text), g_strdup(text != NULL ? text : "")};
        g_ptr_array_add(reading->mapping->constants, constant);
    }
}

static void read_delimiter(struct mapping_reading *reading, const struct yaml_node *node)
{
    const char *text = text_of(reading, node);
    if (text == NULL)
        return;
    if (strcmp(text, "tab") == 0 || strcmp(text, "\t") == 0)
        reading->mapping->delimiter = '\t';
    else if (strcmp(text, ",") == 0 || strcmp(text, ";") == 0)
        reading->mapping->delimiter = *text;
    else
        mistake(reading, node, NULL, "expected ',', ';' or tab");
}

/* One of two words; the first is the default. */
static void read_either(struct mapping_reading *reading, const struct yaml_node *node, const char *usual,
                        const char *other, bool *out)
{
    const char *text = text_of(reading, node);
    if (text == NULL)
        return;
    *out = strcmp(text, other) == 0;
    if (!*out && strcmp(text, usual) != 0)
        mistake(reading, node, NULL, "expected %s or %s", usual, other);
}

static void read_charset(struct mapping_reading *reading, const struct yaml_node *node)
{
    const char *text = text_of(reading, node);
    reading->mapping->charset = text != NULL ? charset_find(text) : CHARSET_UNKNOWN;
    if (text != NULL && reading->mapping->charset == CHARSET_UNKNOWN)
        mistake(reading, node, NULL, "expected %s or %s", "utf-8", "gb18030");
}

static void read_member(struct mapping_reading *reading, const struct yaml_node *key, const struct yaml_node *node)
{
    static const char *const keys[] = {"sheet",  "header",    "notes",   "delimiter", "encoding", "key",     "blank",
                                       "dates",  "constants", "columns", "range",     "time",     "decimal", "rows",
                                       "likely", "changes",   "homes",   "worksheet", "last",     NULL};
    struct mapping *mapping = reading->mapping;
    int64_t number;
    if (strcmp(key->text, "sheet") == 0)
        mapping->sheet = g_strdup(text_of(reading, node));
    else if (strcmp(key->text, "worksheet") == 0)
        mapping->worksheet = g_strdup(text_of(reading, node));
    else if (strcmp(key->text, "last") == 0 && read_number(reading, node, 1, LIMIT_SHEET_ROWS, &number))
        mapping->last = number;
    else if (strcmp(key->text, "header") == 0 && read_number(reading, node, 1, LIMIT_SHEET_ROWS, &number))
        mapping->header = number;
    else if (strcmp(key->text, "notes") == 0 && read_number(reading, node, 0, 1000, &number))
        mapping->notes = (int)number;
    else if (strcmp(key->text, "delimiter") == 0)
        read_delimiter(reading, node);
    else if (strcmp(key->text, "rows") == 0)
        read_either(reading, node, "matters", "entries", &mapping->enters);
    else if (strcmp(key->text, "likely") == 0)
        read_either(reading, node, "new", "known", &mapping->likely_known);
    else if (strcmp(key->text, "homes") == 0)
        read_either(reading, node, "said", "merged", &mapping->homes_merged);
    else if (strcmp(key->text, "changes") == 0)
        read_either(reading, node, "keep", "take", &mapping->takes_changes);
    else if (strcmp(key->text, "encoding") == 0)
        read_charset(reading, node);
    else if (strcmp(key->text, "key") == 0)
        read_texts(reading, node, take_key, mapping->key);
    else if (strcmp(key->text, "blank") == 0)
        read_texts(reading, node, take_blank, mapping->blank);
    else if (strcmp(key->text, "constants") == 0)
        read_constants(reading, node);
    else if (strcmp(key->text, "columns") == 0)
        read_columns(reading, node);
    else if (!is_habit(key->text) && !g_strv_contains(keys, key->text))
        unknown_key(reading, key, keys);
}

/* What holds for every column is read before them. */
static void read_root(struct mapping_reading *reading, const struct yaml_node *root)
{
    if (root->type != NODE_MAPPING) {
        mistake(reading, root, NULL, "a mapping file has to be one mapping");
        return;
    }
    for (size_t i = 0; i < root->count; i++)
        if (is_habit(root->keys[i]->text))
            read_habit(reading, root->keys[i]->text, root->items[i], &reading->mapping->habits);
    for (size_t i = 0; i < root->count; i++)
        read_member(reading, root->keys[i], root->items[i]);
}

static struct problem *problems_of(const GArray *diagnostics)
{
    struct problem *problems = NULL;
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *mistaken = &g_array_index(diagnostics, struct diagnostic, i);
        char line[16], column[16];
        g_snprintf(line, sizeof line, "%d", mistaken->line);
        g_snprintf(column, sizeof column, "%d", mistaken->column);
        g_autofree char *zh = diagnostic_text(mistaken, true), *en = diagnostic_text(mistaken, false);
        problem_append(&problems,
                       problem_new(PROBLEM_PLAYBOOK_MISTAKE, "mapping", mistaken->file, line, column, zh, en, NULL));
    }
    return problems;
}

static void clear_diagnostic(gpointer data)
{
    diagnostic_clear(data);
}

struct mapping *mapping_parse(const char *name, const char *text, size_t bytes, struct problem **out_problem)
{
    if (bytes > LIMIT_MAPPING_BYTES) {
        *out_problem = problem_new(PROBLEM_BODY_TOO_LARGE, "mapping", G_STRINGIFY(LIMIT_MAPPING_BYTES), NULL);
        return NULL;
    }
    AUTO(storage) struct storage *storage = storage_new();
    AUTO(mapping) struct mapping *mapping = mapping_new();
    g_autoptr(GPtrArray) roots = g_ptr_array_new();
    g_autoptr(GArray) diagnostics = g_array_new(FALSE, FALSE, sizeof(struct diagnostic));
    g_array_set_clear_func(diagnostics, clear_diagnostic);
    struct source source = {.name = (char *)name, .text = (char *)text, .bytes = bytes};
    yaml_read(&source, storage, roots, diagnostics);
    struct mapping_reading reading = {mapping, diagnostics};
    if (roots->len > 0)
        read_root(&reading, g_ptr_array_index(roots, 0));
    if (roots->len > 1)
        mistake(&reading, g_ptr_array_index(roots, 1), NULL, "a mapping file has to be one document");
    *out_problem = problems_of(diagnostics);
    return *out_problem == NULL ? g_steal_pointer(&mapping) : NULL;
}
