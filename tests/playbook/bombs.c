/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that were made to hurt: each is refused with a sentence that says where, within bounded time and memory.
 *
 * The bounds are wide, since sanitizers and slow machines run this too; what grows with the square of its size is a
 * hundred times beyond them.
 */
#include "fixture.h"

#include "base/limits.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define SECONDS_MOST   6
#define KILOBYTES_MOST (400 * 1024)
#define LARGE          (LIMIT_PLAYBOOK_BYTES - 4096)

/* `head`, then `piece` as often as fits into `bytes` (at most `count` times; %d is its number), then `tail`. */
struct bomb {
    const char *what;
    const char *head, *piece, *tail;
    int count;
    int line; /* 0 any */
    const char *says, *mean;
};

static const char base[] = "playbook: b\nversion: 1\ntitle: {zh: 甲, en: A}\nzone: Asia/Shanghai\nauthority: x\n---\n"
                           "unit_types:\n  town: {title: {zh: 甲, en: A}}\n---\n"
                           "roles:\n  clerk: {title: {zh: 甲, en: A}, grounds: [town]}\n---\n";
#define KIND_HEAD                                                                                                      \
    "kind: k\ntitle: {zh: 甲, en: A}\nclauses: ['1']\nopened_by: [clerk]\n"                                           \
    "form: [{name: n, type: integer, label: {zh: 甲, en: A}}]\n"                                                      \
    "states: {a: {title: {zh: 甲, en: A}, initial: true}, b: {title: {zh: 甲, en: A}, final: true}}\n"               \
    "entries:\n  e:\n    title: {zh: 甲, en: A}\n    state: b\n"
#define KIND_LINE 23 /* of the line behind it, in base and what follows */

static const struct bomb bombs[] = {
    {"brackets", "kind: ", "[", "", 0, 0, "nested too deeply", NULL},
    {"braces", "kind: ", "{a: ", "", 0, 0, "nested too deeply", NULL},
    {"dashes", "kind:\n", "- ", "", 0, 0, "nested too deeply", NULL},
    {"question marks", "", "? ", "", 0, 0, "nested too deeply", NULL},
    {"an alias of an alias", "kind: [&a [x, x], &b [*a, *a], &c [*b, *b], ", "*c, ", "x]\n", 100000, 0,
     "aliases (*) are not allowed", "the value written out, or in quotes if the * is meant"},
    {"an anchor in itself", "kind: &a [*a, *a]\nx: &b {y: *b}\n", "", "", 0, 0, "anchors (&) are not allowed",
     "the value written out where it is needed"},
    {"merged keys", "kind: x\nbase: &b {zh: a}\ntitle: {<<: *b, en: b}\n", "", "", 0, 0, "aliases (*) are not allowed",
     "the value written out, or in quotes if the * is meant"},
    {"anchors", "kind: [", "&a%d x, ", "x]\n", 100000, 0, "anchors (&) are not allowed", NULL},
    {"a key again and again", "", "kind: a\n", "", 60000, 2, "kind is given twice here; first in line 1", NULL},
    {"unknown keys", "kind: x\n", "key_%d: a\n", "", 90000, 0, "kind has no key key_0", NULL},
    {"empty documents", "", "---\n", "", 0, 0, "the playbook lacks a document", NULL},
    {"documents of one name", "", "kind: a\n---\n", "", 90000, 0, "kind: at most 1000 in a playbook", NULL},
    {"kinds", "", "kind: a%d\n---\n", "", 90000, 0, "kind: at most 1000 in a playbook", NULL},
    {"rules", "", "rule: a%d\n---\n", "", 90000, 0, "rule: at most 1000 in a playbook", NULL},
    {"roles", "roles:\n", "  r%d: {}\n", "", 60000, 0, "roles: at most 1000 in a playbook", NULL},
    {"a role again and again", KIND_HEAD "    by: [", "clerk, ", "clerk]\n", 90000, KIND_LINE,
     "at most 300 in one list", NULL},
    {"colons", "", ":", "", 0, 0, "a document is a mapping", NULL},
    {"one long word", "kind: '", "a", "'\n", 0, 0, "is not a name", NULL},
    {"carriage returns", "", "\r", "", 0, 0, "the playbook lacks a document", NULL},
    {"tabs", "", "\t", "", 0, 1, "a tab as indentation", "spaces"},
    {"full-width colons", "kind: x\n", "标题：值\n", "", 100000, 0, "not YAML", NULL},
    {"directives", "", "%%YAML 9.9\n", "", 100000, 0, "not YAML", NULL},
    {"bytes that are none", "", "\xff", "", 0, 1, "byte 0xFF is not UTF-8", NULL},
    {"opening brackets of an expression", KIND_HEAD "    needs: '", "(", "'\n", 1900, KIND_LINE,
     "nested deeper than 64 levels", NULL},
    {"not not not", KIND_HEAD "    needs: '", "not ", "n = 1'\n", 480, KIND_LINE, "nested deeper than 64 levels", NULL},
    {"a long expression", KIND_HEAD "    needs: '", "n = 1 or ", "n = 1'\n", 100000, KIND_LINE,
     "longer than 2000 characters", NULL},
};

static char *make(const struct bomb *bomb, bool whole)
{
    GString *text = g_string_new(whole ? base : "");
    g_string_append(text, bomb->head);
    char piece[64];
    for (int i = 0; (bomb->count == 0 || i < bomb->count) && *bomb->piece != '\0' && text->len < LARGE; i++) {
        const char *number = strstr(bomb->piece, "%d");
        if (number == NULL)
            g_strlcpy(piece, g_str_has_prefix(bomb->piece, "%%") ? bomb->piece + 1 : bomb->piece, sizeof piece);
        else
            g_snprintf(piece, sizeof piece, "%.*s%d%s", (int)(number - bomb->piece), bomb->piece, i, number + 2);
        g_string_append(text, piece);
    }
    g_string_append(text, bomb->tail);
    return g_string_free(text, FALSE);
}

static bool told(const struct bomb *bomb, const GArray *diagnostics)
{
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        if (strstr(d->text, bomb->says) != NULL && (bomb->line == 0 || d->line == bomb->line) &&
            (bomb->mean == NULL || g_strcmp0(d->suggestion, bomb->mean) == 0))
            return true;
    }
    return false;
}

static long kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void test_bomb(gconstpointer data)
{
    const struct bomb *bomb = data;
    g_autofree char *text = make(bomb, bomb->line >= KIND_LINE);
    g_autoptr(GArray) diagnostics = fixture_diagnostics();
    struct source source = {(char *)"a.yaml", text, strlen(text)};
    long before = kilobytes();
    clock_t began = clock();
    struct playbook *playbook = playbook_load(&source, 1, diagnostics);
    double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    g_assert_null(playbook);
    g_test_message("%.2f s, %ld KiB more, %u diagnostics", seconds, kilobytes() - before, diagnostics->len);
    g_assert_cmpfloat(seconds, <, SECONDS_MOST);
    g_assert_cmpint(kilobytes() - before, <, KILOBYTES_MOST);
    g_assert_cmpuint(diagnostics->len, <=, LIMIT_DIAGNOSTICS);
    if (told(bomb, diagnostics))
        return;
    for (guint i = 0; i < MIN(diagnostics->len, 10); i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        g_test_message("found %d:%d: %s; %s", d->line, d->column, d->text, d->suggestion);
    }
    g_test_fail_printf("nothing in line %d says: %s", bomb->line, bomb->says);
}

/* Nobody reads ten megabytes in the first place. */
static void test_ten_megabytes(void)
{
    g_autofree char *text = g_strnfill(10 * 1024 * 1024, '[');
    g_autoptr(GArray) diagnostics = fixture_diagnostics();
    struct source source = {(char *)"a.yaml", text, strlen(text)};
    clock_t began = clock();
    g_assert_null(playbook_load(&source, 1, diagnostics));
    g_assert_cmpint((clock() - began) / CLOCKS_PER_SEC, <, SECONDS_MOST);
    bool large = false;
    for (guint i = 0; i < diagnostics->len; i++)
        large |= strcmp(g_array_index(diagnostics, struct diagnostic, i).text, "the playbook is too large") == 0;
    g_assert_true(large);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (size_t i = 0; i < G_N_ELEMENTS(bombs); i++) {
        g_autofree char *name = g_strdelimit(g_strdup(bombs[i].what), " ", '-');
        g_autofree char *path = g_strdup_printf("/playbook/bombs/%s", name);
        g_test_add_data_func(path, &bombs[i], test_bomb);
    }
    g_test_add_func("/playbook/bombs/ten-megabytes", test_ten_megabytes);
    return g_test_run();
}
