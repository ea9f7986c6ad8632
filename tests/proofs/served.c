/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "served.h"

#include "vault/account.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define START_SECONDS 60
#define STOP_SECONDS  120 /* LIMIT_STOP_SECONDS on a machine with much else to do */

/* The port that the child told its log; 0 not yet. */
static uint16_t told_port(const struct served *served)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(served->log_path, &text, NULL, NULL))
        return 0;
    const char *line = strstr(text, "\"serving\""), *port = line != NULL ? strstr(line, "\"port\":\"") : NULL;
    return port != NULL && strchr(port, '\n') != NULL ? (uint16_t)g_ascii_strtoull(port + 8, NULL, 10) : 0;
}

static void complain(const struct served *served, const char *what)
{
    g_autofree char *text = NULL;
    g_file_get_contents(served->log_path, &text, NULL, NULL);
    g_error("%s: %s", what, text != NULL ? text : "no log");
}

/* In the child: a test that fails leaves no server behind. */
static void die_with_parent(gpointer data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void served_start(struct served *served, const char *data_dir)
{
    g_autoptr(GError) error = NULL;
    *served = (struct served){.log_path = g_strconcat(data_dir, ".log", NULL)};
    g_assert_nonnull(g_getenv("LIANFANG_PROGRAM")); /* set by meson test */
    static const char command[] =
        "exec \"$0\" serve --data \"$1\" --port 0 --requests-per-minute 100000000 2>\"$1.log\"";
    const char *argv[] = {"/bin/sh", "-c", command, g_getenv("LIANFANG_PROGRAM"), data_dir, NULL};
    g_unlink(served->log_path);
    if (!g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                       die_with_parent, NULL, &served->pid, &error))
        g_error("%s", error->message);
    int64_t until_us = g_get_monotonic_time() + START_SECONDS * G_TIME_SPAN_SECOND;
    while ((served->port = told_port(served)) == 0) {
        if (waitpid(served->pid, NULL, WNOHANG) == served->pid)
            complain(served, "the server ended at once");
        if (g_get_monotonic_time() > until_us)
            complain(served, "the server does not come up");
        g_usleep(2000);
    }
}

int served_stop(struct served *served, int signal)
{
    int status = 0;
    int64_t until_us = g_get_monotonic_time() + STOP_SECONDS * G_TIME_SPAN_SECOND;
    g_assert_cmpint(kill(served->pid, signal), ==, 0);
    while (waitpid(served->pid, &status, WNOHANG) != served->pid) {
        if (g_get_monotonic_time() > until_us)
            complain(served, "the server does not end");
        g_usleep(2000);
    }
    g_spawn_close_pid(served->pid);
    if (signal == SIGTERM && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        complain(served, "the server did not end well");
    g_clear_pointer(&served->log_path, g_free);
    return status;
}

char *served_session(const char *data_dir, int64_t person)
{
    static char hash[ACCOUNT_HASH_MAX];
    g_autoptr(GError) error = NULL;
    struct account_store *store = account_store_open(data_dir, NULL, &error);
    g_assert_no_error(error);
    AUTO(account) struct account account = {0};
    AUTO(problem) struct problem *problem = NULL;
    char token[SESSION_TOKEN_TEXT_MAX];
    struct session session;
    int64_t now_us = g_get_real_time();
    g_autofree char *login = g_strdup_printf("person%" G_GINT64_FORMAT, person);
    if (hash[0] == '\0')
        g_assert_true(account_hash("proofs-password-1", hash));
    if (!account_of_person(store, person, &account))
        g_assert_true(account_create(store, person, login, hash, false, now_us, &account.id, &problem));
    session_create(store, account.id, now_us, now_us + 6 * G_TIME_SPAN_HOUR, token, &session);
    g_assert_cmpint(session.id, !=, 0);
    account_store_close(store);
    return g_strdup(token);
}
