/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes that are no YAML, limits, and where nodes stand. mistakes/slips.json has what input methods do. */
#include "fixture.h"

#include "base/limits.h"
#include "playbook/source/yaml_tree.h"

#include <string.h>

static GArray *load(const char *text, gssize bytes)
{
    GArray *diagnostics = fixture_diagnostics();
    struct source source = {(char *)"a.yaml", (char *)text, bytes < 0 ? strlen(text) : (size_t)bytes};
    struct playbook *playbook = playbook_load(&source, 1, diagnostics);
    g_assert_null(playbook);
    fixture_is_in_chinese(diagnostics);
    return diagnostics;
}

static void assert_says(const GArray *diagnostics, int line, int column, const char *text)
{
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        if (d->line == line && d->column == column && strstr(d->text, text) != NULL)
            return;
    }
    g_test_fail_printf("nothing in %d:%d says: %s", line, column, text);
}

static void test_bytes(void)
{
    g_autoptr(GArray) gbk = load("kind: a\ntitle: \xB1\xB1\xBE\xA9\n", -1);
    assert_says(gbk, 2, 8, "byte 0xB1 is not UTF-8");
    g_autoptr(GArray) utf16 = load("\xFF\xFEk\0i\0", 6);
    assert_says(utf16, 1, 1, "the file is UTF-16");
    g_autoptr(GArray) nul = load("kind: \0\n", 8);
    assert_says(nul, 1, 7, "byte 0x00");
    g_autoptr(GArray) escaped = load("kind: \"a\\0b\"\n", -1);
    assert_says(escaped, 1, 7, "a NUL character");
    g_autoptr(GArray) control = load("kind: a\nx: \x07\n", -1);
    assert_says(control, 2, 4, "does not allow");
}

/* An editor's byte order mark is no mistake. */
static void test_byte_order_mark(void)
{
    g_autoptr(GArray) diagnostics = load("\xEF\xBB\xBFkindd: a\n", -1);
    assert_says(diagnostics, 1, 1, "a document begins with");
}

/* What a mistake repeats of the file is cut, and why it is one stands behind it. */
static void test_long_names(void)
{
    g_autofree char *name = g_strnfill(1000, 'x');
    g_autofree char *text = g_strdup_printf("kind: a\n%s: 1\n", name);
    g_autoptr(GArray) diagnostics = load(text, -1);
    bool told = false;
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        g_assert_cmpint(g_utf8_strlen(d->text, -1), <=, LIMIT_SHOWN_VALUE_CHARS + 1);
        told = told || strstr(d->text, "xxx") != NULL;
    }
    g_assert_true(told);
}

static void test_limits(void)
{
    g_autoptr(GString) deep = g_string_new("kind: ");
    for (int i = 0; i < LIMIT_YAML_DEPTH + 1; i++)
        g_string_append_c(deep, '[');
    g_autoptr(GArray) nested = load(deep->str, -1);
    assert_says(nested, 1, 7 + LIMIT_YAML_DEPTH, "nested too deeply");

    g_autoptr(GString) wide = g_string_new("kind: [");
    for (int i = 0; i < LIMIT_YAML_NODES; i++)
        g_string_append(wide, "a,");
    g_autoptr(GArray) many = load(wide->str, -1);
    assert_says(many, 1, 2 * LIMIT_YAML_NODES, "too many values");

    g_autoptr(GString) large = g_string_new("kind: ");
    while (large->len <= LIMIT_PLAYBOOK_BYTES)
        g_string_append(large, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    g_autoptr(GArray) huge = load(large->str, -1);
    assert_says(huge, 1, 1, "too large");
}

/* A syntax error costs its own document only, and what names it is not reported as well. */
static void test_syntax_error_stays_local(void)
{
    g_autoptr(GArray) diagnostics =
        load("rule: days\ntitle: {zh: a, en: b\n---\nlist: l\ntitle: {zh: a}\ncodes: {a: {zh: a, en: b}}\n", -1);
    assert_says(diagnostics, 3, 1, "not YAML");
    assert_says(diagnostics, 5, 8, "a text lacks en");
}

static void test_places(void)
{
    AUTO(storage) struct storage *storage = storage_new();
    g_autoptr(GPtrArray) roots = g_ptr_array_new();
    g_autoptr(GArray) diagnostics = fixture_diagnostics();
    static char text[] = "# 说明\n---\na: 'it''s 五'\nb: \"x\\\"y\"\nc: 五 plain\nd: |\n  block\n";
    struct source source = {(char *)"a.yaml", text, strlen(text)};
    yaml_read(&source, storage, roots, diagnostics);
    g_assert_cmpuint(diagnostics->len, ==, 0);
    g_assert_cmpuint(roots->len, ==, 1);
    static const struct {
        const char *key;
        int offset, line, column;
    } rows[] = {{"a", 0, 3, 5}, {"a", 2, 3, 7}, {"a", 3, 3, 9}, {"a", 5, 3, 11},
                {"b", 2, 4, 8}, {"c", 2, 5, 6}, {"d", 3, 6, 4}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int line, column;
        yaml_locate(yaml_find(roots->pdata[0], rows[i].key), rows[i].offset, &line, &column);
        g_assert_cmpint(line, ==, rows[i].line);
        g_assert_cmpint(column, ==, rows[i].column);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/playbook/yaml/long-names", test_long_names);
    g_test_add_func("/playbook/yaml/bytes", test_bytes);
    g_test_add_func("/playbook/yaml/byte-order-mark", test_byte_order_mark);
    g_test_add_func("/playbook/yaml/limits", test_limits);
    g_test_add_func("/playbook/yaml/syntax-error-stays-local", test_syntax_error_stays_local);
    g_test_add_func("/playbook/yaml/places", test_places);
    return g_test_run();
}
