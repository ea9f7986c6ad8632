/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

GArray *fixture_diagnostics(void)
{
    GArray *diagnostics = g_array_new(FALSE, FALSE, sizeof(struct diagnostic));
    g_array_set_clear_func(diagnostics, (GDestroyNotify)diagnostic_clear);
    return diagnostics;
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
