/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Going on although events are missing: `lianfang accept-loss`. The vault is marked first, so that a stop in between
 * leaves a directory that refuses to start; the mark goes with the first batch, which begins with the event that says
 * so (loss_accepted).
 */
#include "engine/engine_area.h"
#include "engine/evidence.h"
#include "engine/replay.h"

#include <errno.h>
#include <glib/gstdio.h>

#define REASON_CHARS_MAX 200

static bool move_aside(const char *path, const char *aside, const char *ending, GError **error)
{
    g_autofree char *from = g_strconcat(path, ending, NULL);
    g_autofree char *to = g_strconcat(aside, ending, NULL);
    if (g_rename(from, to) == 0 || errno == ENOENT)
        return true;
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s", from, g_strerror(errno));
    return false;
}

/* The log first: without a database file beside it no program reads it. */
static bool keep(const char *data_dir, const char *name, int64_t now_us, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, name, NULL);
    g_autofree char *aside = g_strdup_printf("%s.lost-%" G_GINT64_FORMAT, path, (gint64)(now_us / US_PER_SECOND));
    return move_aside(path, aside, "-wal", error) && move_aside(path, aside, "", error) &&
           rows_remove(path, error); /* what is left: shared memory */
}

bool loss_keep_log(const char *data_dir, int64_t now_us, GError **error)
{
    return keep(data_dir, "journal.db", now_us, error);
}

bool loss_accept(const char *data_dir, struct vault *vault, struct journal *journal, const char *vfs_rows,
                 int64_t now_us, GError **error)
{
    struct vault_state state;
    g_autoptr(GError) said = NULL;
    if (!evidence_bind(vault, journal, error) || !vault_loss_pending(vault, error) || !vault_state(vault, &state))
        return false;
    if (!evidence_rows(data_dir, vfs_rows, journal, &state, &said)) {
        if (!g_error_matches(said, ENGINE_ERROR, ENGINE_ERROR_LOSS)) {
            g_propagate_error(error, g_steal_pointer(&said));
            return false;
        }
        if (!keep(data_dir, "rows.db", now_us, error))
            return false;
    }
    vault_close_damaged_accounts(vault);
    vault_mark_unreconciled(vault);
    return vault_commit(vault, error);
}

struct command *loss_command(const char *what, const char *reason)
{
    return command_new("accept_loss", ORIGIN_PROGRAM, 0,
                       json_pack("{s:s, s:s, s:s}", "command", "accept_loss", "what", what, "reason", reason));
}

bool decide_accept_loss(struct decision *decision)
{
    const char *what, *reason;
    if (decision->command->origin != ORIGIN_PROGRAM)
        return decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, "accept_loss");
    if (!decision_text(decision, "what", &what) || !decision_text(decision, "reason", &reason))
        return false;
    if (g_utf8_strlen(reason, -1) > REASON_CHARS_MAX)
        return decision_refuse(decision, PROBLEM_TEXT_TOO_LONG, "reason", G_STRINGIFY(REASON_CHARS_MAX));
    decision_emit(decision, "loss_accepted", 0, 0, json_pack("{s:s, s:s}", "what", what, "reason", reason), NULL);
    return true;
}
