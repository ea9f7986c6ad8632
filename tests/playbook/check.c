/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every mistake that the loader and the checker know, one at a time (mistakes/), and a hundred at once (bad/).
 *
 * A row of mistakes/NAME.json: `from` stands exactly once in good/ and is replaced by `to`; without `from`, `to` is a
 * file of its own. The mark § in `to` is taken out and is where the diagnostic must point; `says` is a part of its
 * text, `mean` the suggestion. It must be the only one, or the first of `count`. All are told in Chinese, too.
 */
#include "fixture.h"

#include "base/json.h"

#include <string.h>

#define MARK "§"

struct mistake {
    const char *from, *to, *says, *mean;
    guint count;
};

/* Replaces the one `from` of all files; the file in which it stood. */
static struct source *replace(GArray *sources, const char *from, const char *to)
{
    struct source *found = NULL;
    for (guint i = 0; i < sources->len; i++) {
        struct source *source = &g_array_index(sources, struct source, i);
        const char *at = strstr(source->text, from);
        if (at == NULL)
            continue;
        if (found != NULL || strstr(at + 1, from) != NULL)
            g_error("stands more than once: %s", from);
        g_autofree char *head = g_strndup(source->text, (gsize)(at - source->text));
        char *text = g_strconcat(head, to, at + strlen(from), NULL);
        g_free(source->text);
        source->text = text;
        found = source;
    }
    if (found == NULL)
        g_error("stands nowhere: %s", from);
    return found;
}

static struct source *add_file(GArray *sources, const char *text)
{
    struct source source = {g_strdup("more.yaml"), g_strdup(text), 0};
    g_array_append_val(sources, source);
    return &g_array_index(sources, struct source, sources->len - 1);
}

/* Takes the mark out and says where it stood. */
static void take_mark(struct source *source, int *out_line, int *out_column)
{
    char *mark = strstr(source->text, MARK);
    if (mark == NULL)
        g_error("no mark in: %s", source->text);
    const char *start = source->text;
    *out_line = 1;
    for (const char *p = source->text; p < mark; p++)
        if (*p == '\n') {
            (*out_line)++;
            start = p + 1;
        }
    *out_column = (int)g_utf8_strlen(start, mark - start) + 1;
    memmove(mark, mark + strlen(MARK), strlen(mark + strlen(MARK)) + 1);
    source->bytes = strlen(source->text);
}

static void compare(const struct mistake *row, const struct source *source, int line, int column, const GArray *found)
{
    const struct diagnostic *d = &g_array_index(found, struct diagnostic, 0);
    bool right = found->len == row->count && strcmp(d->file, source->name) == 0 && d->line == line &&
                 d->column == column && strstr(d->text, row->says) != NULL && g_strcmp0(d->suggestion, row->mean) == 0;
    if (right)
        return;
    g_test_fail_printf("%s", row->to);
    g_test_message("wanted %s:%d:%d: ...%s...; did you mean %s?", source->name, line, column, row->says, row->mean);
    for (guint i = 0; i < found->len; i++) {
        d = &g_array_index(found, struct diagnostic, i);
        g_test_message("found  %s:%d:%d: %s; did you mean %s?", d->file, d->line, d->column, d->text, d->suggestion);
    }
}

static void try_mistake(const struct mistake *row)
{
    g_autoptr(GArray) sources = fixture_read("good");
    g_autoptr(GArray) diagnostics = fixture_diagnostics();
    struct source *source = row->from != NULL ? replace(sources, row->from, row->to) : add_file(sources, row->to);
    int line, column;
    take_mark(source, &line, &column);
    AUTO(playbook)
    struct playbook *playbook = playbook_load((struct source *)sources->data, sources->len, diagnostics);
    g_assert_true((playbook == NULL) == (diagnostics->len > 0));
    fixture_is_in_chinese(diagnostics);
    if (diagnostics->len == 0)
        g_test_fail_printf("taken without a word: %s", row->to);
    else
        compare(row, source, line, column, diagnostics);
}

static void test_mistakes(gconstpointer name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "mistakes", name, NULL);
    json_error_t error;
    g_autoptr(json_t) rows = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (rows == NULL)
        g_error("%s:%d: %s", path, error.line, error.text);
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
    {
        struct mistake mistake = {json_get_text(row, "from", NULL), json_get_text(row, "to", NULL),
                                  json_get_text(row, "says", NULL), json_get_text(row, "mean", NULL),
                                  (guint)json_get_integer(row, "count", 1)};
        g_assert_true(mistake.to != NULL && mistake.says != NULL);
        try_mistake(&mistake);
    }
    g_assert_cmpuint(json_array_size(rows), >, 10);
}

/* bad/ has mistakes of every sort in several files; bad/expected.txt is what a person reads, in one run. */
static void test_a_hundred_at_once(void)
{
    g_autoptr(GArray) sources = fixture_read("bad");
    g_autoptr(GArray) diagnostics = fixture_diagnostics();
    g_assert_null(playbook_load((struct source *)sources->data, sources->len, diagnostics));
    g_assert_cmpuint(diagnostics->len, >=, 100);
    fixture_is_in_chinese(diagnostics);

    g_autofree char *printed = NULL, *expected = NULL;
    size_t bytes;
    FILE *out = open_memstream(&printed, &bytes);
    diagnostics_print(out, diagnostics);
    g_assert_cmpint(fclose(out), ==, 0);
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "bad", "expected.txt", NULL);
    g_assert_true(g_file_get_contents(path, &expected, NULL, NULL));
    g_auto(GStrv) wanted = g_strsplit(expected, "\n", -1), found = g_strsplit(printed, "\n", -1);
    for (size_t i = 0; wanted[i] != NULL && found[i] != NULL; i++)
        g_assert_cmpstr(found[i], ==, wanted[i]);
    g_assert_cmpuint(g_strv_length(found), ==, g_strv_length(wanted));
}

int main(int argc, char **argv)
{
    static const char *const files[] = {"documents.json",
                                        "lists_and_rules.json",
                                        "heads.json",
                                        "fields.json",
                                        "states.json",
                                        "expects.json",
                                        "entries.json",
                                        "effects.json",
                                        "facts_and_figures.json",
                                        "stories.json",
                                        "time.json",
                                        "participants.json",
                                        "audiences.json",
                                        "lines_and_posts.json",
                                        "grants.json",
                                        "seldom.json",
                                        "slips.json",
                                        "unit_facts.json",
                                        "sums.json"};
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strndup(files[i], strlen(files[i]) - strlen(".json"));
        g_autofree char *path = g_strdup_printf("/playbook/check/%s", name);
        g_test_add_data_func(path, files[i], test_mistakes);
    }
    g_test_add_func("/playbook/check/a-hundred-at-once", test_a_hundred_at_once);
    return g_test_run();
}
