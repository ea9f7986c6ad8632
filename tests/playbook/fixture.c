/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

GArray *fixture_diagnostics(void)
{
    GArray *diagnostics = g_array_new(FALSE, FALSE, sizeof(struct diagnostic));
    g_array_set_clear_func(diagnostics, (GDestroyNotify)diagnostic_clear);
    return diagnostics;
}

static bool is_chinese(const char *text)
{
    static const char *const formats[] = {"YAML", "UTF-8", "UTF-16", "GB18030"};
    g_autoptr(GString) rest = g_string_new(text);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        g_string_replace(rest, formats[i], "", 0);
    bool quoted = false;
    for (const char *p = rest->str; *p != '\0'; p++) {
        quoted = quoted != (*p == '`');
        if (!quoted && g_ascii_isalpha(*p))
            return false;
    }
    return true;
}

void fixture_is_in_chinese(const GArray *diagnostics)
{
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        g_autofree char *told = diagnostic_text(d, true);
        if (!is_chinese(told))
            g_test_fail_printf("English in Chinese: %s", told);
    }
}

GArray *fixture_read(const char *folder)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, folder, NULL);
    g_autoptr(GError) error = NULL;
    GArray *sources = playbook_read(path, &error);
    g_assert_no_error(error);
    g_array_set_clear_func(sources, (GDestroyNotify)source_clear);
    return sources;
}
