/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody may have meant. */
#include "base/nearest.h"

#include <glib.h>
#include <string.h>

static void test_nearest(void)
{
    static const char *const names[] = {"temperature", "symptoms", "at", "last_exposure", "取名"};
    static const struct {
        const char *wrong, *nearest;
    } cases[] = {
        {"temprature", "temperature"},
        {"tempreature", "temperature"},
        {"temperatrue", "temperature"},
        {"Temperature", "temperature"},
        {"symptom", "symptoms"},
        {"lastexposure", "last_exposure"},
        {"last_expsoure", "last_exposure"},
        {"humidity", NULL},
        {"a", NULL},
        {"by", NULL},
        {"ta", "at"},
        {"", NULL},
        {"temperature", "temperature"},
        {"取名", "取名"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].wrong);
        g_assert_cmpstr(nearest_name(cases[i].wrong, names, G_N_ELEMENTS(names)), ==, cases[i].nearest);
    }
    g_autofree char *huge = g_strnfill(100000, 'x');
    g_assert_null(nearest_name(huge, names, G_N_ELEMENTS(names)));
    g_assert_null(nearest_name("x", NULL, 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/nearest", test_nearest);
    return g_test_run();
}
