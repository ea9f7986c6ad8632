/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of denied attempts: what strangers do does not wash out what people did. */
#include "access/access.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define NOW_US INT64_C(1580688000000000)

struct folder {
    char *path;
    struct refusal_log *log;
};

static struct folder folder_new(void)
{
    GError *error = NULL;
    struct folder folder = {.path = g_dir_make_tmp("lianfang-refusals-XXXXXX", &error)};
    g_assert_no_error(error);
    folder.log = refusal_log_open(folder.path, &error);
    g_assert_no_error(error);
    return folder;
}

/* How many lines, and how many refusals they tell. */
static int lines_in(const struct folder *folder, const char *name, int64_t *out_refusals)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL), *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    struct stat found;
    g_assert_cmpint(stat(path, &found), ==, 0);
    g_assert_cmpint(found.st_mode & 0777, ==, 0600);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    int count = 0;
    *out_refusals = 0;
    for (; lines[count] != NULL && *lines[count] != '\0'; count++) {
        g_autoptr(json_t) row = json_loads(lines[count], 0, NULL);
        g_assert_nonnull(row);
        *out_refusals += json_get_integer(row, "again", 1);
    }
    return count;
}

static void folder_end(struct folder *folder)
{
    static const char *const names[] = {"refusals.log", "refusals-strangers.log", "refusals.log.1",
                                        "refusals-strangers.log.1"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder->path, names[i], NULL);
        g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(folder->path), ==, 0);
    g_free(folder->path);
}

/* A million refusals of strangers in an hour, one of a person among them. */
static void flood(void)
{
    int64_t refusals;
    struct folder folder = folder_new();
    for (int i = 0; i < 1000000; i++) {
        if (i == 500)
            refusal_log_write(folder.log, NOW_US + i * INT64_C(3600), 7, "/api/v1/matters", "no_right");
        refusal_log_write(folder.log, NOW_US + i * INT64_C(3600), 0, "/api/v1/tasks", "not_logged_in");
    }
    refusal_log_close(folder.log);
    g_assert_cmpint(lines_in(&folder, "refusals.log", &refusals), ==, 1);
    g_assert_cmpint(lines_in(&folder, "refusals-strangers.log", &refusals), <=, 2 * 61);
    g_assert_cmpint(refusals, ==, 1000000);
    folder_end(&folder);
}

static void told_apart(void)
{
    int64_t refusals;
    struct folder folder = folder_new();
    for (int i = 0; i < 3; i++) {
        refusal_log_write(folder.log, NOW_US + i, 7, "/a", "no_right");
        refusal_log_write(folder.log, NOW_US + i, 7, "/b", "no_right");
        refusal_log_write(folder.log, NOW_US + i, 8, "/a", "no_right");
        refusal_log_write(folder.log, NOW_US + i, 8, "/a", "too_many_requests");
    }
    g_assert_cmpint(lines_in(&folder, "refusals.log", &refusals), ==, 4); /* the first of each at once */
    refusal_log_write(folder.log, NOW_US + US_PER_MINUTE, 7, "/a", "no_right");
    g_assert_cmpint(lines_in(&folder, "refusals.log", &refusals), ==, 9);
    g_assert_cmpint(refusals, ==, 13);
    refusal_log_close(folder.log);
    g_assert_cmpint(lines_in(&folder, "refusals-strangers.log", &refusals), ==, 0);
    folder_end(&folder);
}

/* What another program has moved away is not written to any more. */
static void moved_away(void)
{
    int64_t refusals;
    GError *error = NULL;
    struct folder folder = folder_new();
    g_autofree char *path = g_build_filename(folder.path, "refusals.log", NULL);
    g_autofree char *moved = g_build_filename(folder.path, "refusals.log.1", NULL);
    refusal_log_write(folder.log, NOW_US, 7, "/a", "no_right");
    g_assert_cmpint(g_rename(path, moved), ==, 0);
    g_assert_true(refusal_log_reopen(folder.log, &error));
    g_assert_no_error(error);
    refusal_log_write(folder.log, NOW_US, 7, "/b", "no_right");
    refusal_log_close(folder.log);
    g_assert_cmpint(lines_in(&folder, "refusals.log", &refusals), ==, 1);
    g_assert_cmpint(lines_in(&folder, "refusals.log.1", &refusals), ==, 1);
    folder_end(&folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/refusals/flood", flood);
    g_test_add_func("/refusals/told-apart", told_apart);
    g_test_add_func("/refusals/moved-away", moved_away);
    return g_test_run();
}
