/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `lianfang verify`, `backup` and `restore` ask beyond the chain: whether the files are one installation's and
 * whether everything under a key of the vault is as it was written. */
#include "engine/evidence.h"
#include "engine/mark.h"

static void find(GPtrArray *findings, GError **said)
{
    g_ptr_array_add(findings, evidence_what(*said));
    g_clear_error(said);
}

/* The vault of an online backup is newer than its journal: its mark says where the journal ends. */
static bool journal_fits(const char *data_dir, struct vault *vault, struct journal *journal, GError **error)
{
    struct mark_tip tip;
    return mark_is_there(data_dir) ? mark_check(data_dir, vault, &tip, error) : evidence_journal(vault, journal, error);
}

bool data_verify(const char *data_dir, const char *keys_dir, size_t heads, GPtrArray *findings,
                 struct vault_counts *out, GError **error)
{
    GError *said = NULL;
    struct vault_options options = {.data_dir = data_dir, .keys_dir = keys_dir, .read_only = true};
    g_autofree char *path = g_build_filename(data_dir, "journal.db", NULL);
    AUTO(vault) struct vault *vault = mark_has_no_logs(data_dir, error) ? vault_open(&options, error) : NULL;
    AUTO(journal) struct journal *journal = vault != NULL ? journal_open_reader(path, error) : NULL;
    if (journal == NULL)
        return false;
    if (!evidence_heads(vault, journal, heads, &said))
        find(findings, &said);
    if (!journal_fits(data_dir, vault, journal, &said))
        find(findings, &said);
    struct vault_state state;
    bool has_state = vault_state(vault, &state);
    if (!evidence_rows(data_dir, NULL, journal, has_state ? &state : NULL, &said))
        find(findings, &said);
    return vault_verify(vault, findings, out, error);
}
