/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every operator and function with values of every type: mismatches.txt is what is said of each, `taken` where nothing
 * is. One line an operator and pair of types; `mismatch --write` prints the file anew.
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static const char *const types[] = {"bool",     "number", "text", "choice", "choices", "date",
                                    "datetime", "span",   "unit", "person", "lines"};

/* $1 and $2 stand for the two values. */
static const struct {
    const char *form;
    bool one; /* takes one value only */
} forms[] = {
    {"$1 = $2", false},
    {"$1 != $2", false},
    {"$1 < $2", false},
    {"$1 <= $2", false},
    {"$1 > $2", false},
    {"$1 >= $2", false},
    {"$1 and $2", false},
    {"$1 or $2", false},
    {"not $1", true},
    {"$1 is missing", true},
    {"$1 is empty", true},
    {"($1 + $2) is missing", false},
    {"($1 - $2) is missing", false},
    {"($1 * $2) is missing", false},
    {"($1 / $2) is missing", false},
    {"(-$1) is missing", true},
    {"min($1, $2) is missing", false},
    {"max($1, $2) is missing", false},
    {"abs($1) is missing", true},
    {"days($1, $2) is missing", false},
    {"day($1) is missing", true},
    {"count($1) is missing", true},
    {"contains($1, a)", true},
    {"any_of($1, [a])", true},
    {"$1 in [a, b]", true},
    {"coalesce($1, $2) is missing", false},
    {"under($1, $2)", false},
    {"above($1, town) is missing", true},
    {"sum($1.quantity) is missing", true},
    {"any($1.ok)", true},
    {"all($1.ok)", true},
    {"$1", true},
};

static const char head[] =
    "playbook: b\nversion: 1\ntitle: {zh: 甲, en: A}\nzone: Asia/Shanghai\nauthority: x\n---\n"
    "unit_types: {town: {title: {zh: 甲, en: A}}}\n---\n"
    "roles: {clerk: {title: {zh: 甲, en: A}, grounds: [town]}}\n---\n"
    "list: letters\ntitle: {zh: 甲, en: A}\ncodes: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}}\n---\n"
    "kind: k\ntitle: {zh: 甲, en: A}\nclauses: ['1']\nopened_by: [clerk]\nform:\n"
    "  - {name: bool, type: bool, label: {zh: 甲, en: A}}\n"
    "  - {name: number, type: integer, label: {zh: 甲, en: A}}\n"
    "  - {name: text, type: text, label: {zh: 甲, en: A}}\n"
    "  - {name: choice, type: choice, of: letters, label: {zh: 甲, en: A}}\n"
    "  - {name: choices, type: choices, of: letters, label: {zh: 甲, en: A}}\n"
    "  - {name: date, type: date, label: {zh: 甲, en: A}}\n"
    "  - {name: datetime, type: datetime, label: {zh: 甲, en: A}}\n"
    "  - {name: span, type: duration, label: {zh: 甲, en: A}}\n"
    "  - {name: unit, type: unit, label: {zh: 甲, en: A}}\n"
    "  - {name: person, type: person, label: {zh: 甲, en: A}}\n"
    "  - {name: lines, type: lines, label: {zh: 甲, en: A}, of: [{name: quantity, type: integer, label: {zh: "
    "甲, en: A}}, "
    "{name: ok, type: bool, label: {zh: 甲, en: A}}]}\n"
    "states: {a: {title: {zh: 甲, en: A}, initial: true}, b: {title: {zh: 甲, en: A}, final: true}}\n"
    "entries:\n  e:\n    title: {zh: 甲, en: A}\n    by: [clerk]\n    state: b\n    refuse:\n";

static char *filled(const char *form, const char *left, const char *right)
{
    GString *text = g_string_new(form);
    g_string_replace(text, "$1", left, 0);
    g_string_replace(text, "$2", right, 0);
    return g_string_free(text, FALSE);
}

/* One form with all types, loaded together: each condition has a line of its own. */
static void tell_form(GString *out, size_t at)
{
    g_autoptr(GString) text = g_string_new(head);
    g_autoptr(GPtrArray) said = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) diagnostics = fixture_diagnostics();
    int first = 1;
    for (const char *p = head; *p != '\0'; p++)
        first += *p == '\n';
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        for (size_t j = 0; j < (forms[at].one ? 1 : G_N_ELEMENTS(types)); j++) {
            char *condition = filled(forms[at].form, types[i], types[j]);
            g_string_append_printf(text, "      - {when: '%s', say: {zh: 甲, en: A}}\n", condition);
            g_ptr_array_add(said, condition);
        }
    struct source source = {(char *)"a.yaml", text->str, text->len};
    struct playbook *playbook = playbook_load(&source, 1, diagnostics);
    if (playbook != NULL)
        playbook_unref(playbook);
    fixture_is_in_chinese(diagnostics);
    guint next = 0;
    for (guint i = 0; i < said->len; i++) {
        g_string_append_printf(out, "%s: ", (char *)said->pdata[i]);
        bool any = false;
        for (; next < diagnostics->len; next++) {
            const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, next);
            if (d->line != first + (int)i)
                break;
            g_string_append_printf(out, "%s%s", any ? " | " : "", d->text);
            if (d->suggestion != NULL)
                g_string_append_printf(out, " (%s)", d->suggestion);
            any = true;
        }
        g_string_append(out, any ? "\n" : "taken\n");
    }
    g_assert_cmpuint(next, ==, diagnostics->len); /* nothing is said of anything else */
}

static char *tell_all(void)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        tell_form(out, i);
    return g_string_free(out, FALSE);
}

static void test_mismatches(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "mismatches.txt", NULL);
    g_autofree char *expected = NULL, *found = tell_all();
    g_assert_true(g_file_get_contents(path, &expected, NULL, NULL));
    g_auto(GStrv) wanted = g_strsplit(expected, "\n", -1), is = g_strsplit(found, "\n", -1);
    for (size_t i = 0; wanted[i] != NULL && is[i] != NULL; i++)
        g_assert_cmpstr(is[i], ==, wanted[i]);
    g_assert_cmpuint(g_strv_length(is), ==, g_strv_length(wanted));
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--write") == 0) {
        g_autofree char *text = tell_all();
        fputs(text, stdout);
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/playbook/mismatch/every-operator-and-type", test_mismatches);
    return g_test_run();
}
