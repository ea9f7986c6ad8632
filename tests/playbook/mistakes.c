/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mistakes.h"

#include <string.h>

#define MARK "§"

GArray *mistakes_new_diagnostics(void)
{
    GArray *diagnostics = g_array_new(FALSE, FALSE, sizeof(struct diagnostic));
    g_array_set_clear_func(diagnostics, (GDestroyNotify)diagnostic_clear);
    return diagnostics;
}

GArray *mistakes_read(const char *folder)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, folder, NULL);
    GError *error = NULL;
    GArray *sources = playbook_read(path, &error);
    g_assert_no_error(error);
    return sources;
}

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

static void compare(const struct mistake *row, const struct source *source, int line, int column,
                    const GArray *found)
{
    const struct diagnostic *d = &g_array_index(found, struct diagnostic, 0);
    bool right = found->len == MAX(row->count, 1) && strcmp(d->file, source->name) == 0 && d->line == line &&
                 d->column == column && strstr(d->text, row->text) != NULL &&
                 g_strcmp0(d->suggestion, row->suggestion) == 0;
    if (right)
        return;
    g_test_fail_printf("%s", row->to);
    g_test_message("wanted %s:%d:%d: …%s…; did you mean %s?", source->name, line, column, row->text,
                   row->suggestion);
    for (guint i = 0; i < found->len; i++) {
        d = &g_array_index(found, struct diagnostic, i);
        g_test_message("found  %s:%d:%d: %s; did you mean %s?", d->file, d->line, d->column, d->text,
                       d->suggestion);
    }
}

void mistakes_run(const struct mistake *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autoptr(GArray) sources = mistakes_read("good");
        g_autoptr(GArray) diagnostics = mistakes_new_diagnostics();
        g_array_set_clear_func(sources, (GDestroyNotify)source_clear);
        struct source *source =
            rows[i].from != NULL ? replace(sources, rows[i].from, rows[i].to) : add_file(sources, rows[i].to);
        int line, column;
        take_mark(source, &line, &column);
        struct playbook *playbook = playbook_load((struct source *)sources->data, sources->len, diagnostics);
        g_assert_true((playbook == NULL) == (diagnostics->len > 0));
        if (playbook != NULL)
            playbook_unref(playbook);
        if (diagnostics->len == 0)
            g_test_fail_printf("taken without a word: %s", rows[i].to);
        else
            compare(&rows[i], source, line, column, diagnostics);
    }
}
