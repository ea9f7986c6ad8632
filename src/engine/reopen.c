/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The three files opened anew while the engine runs: after a full disk, and after another writer was first. As at a
 * start this brings rows.db to the end of the journal and reconciles what the vault may know alone.
 */
#include "engine/replay.h"
#include "engine/writer.h"

struct files {
    struct vault *vault;
    struct journal *journal;
    struct db *rows; /* at the journal's end */
};

static bool files_open(const struct engine *engine, struct files *out, GError **error)
{
    g_autofree char *path = g_build_filename(engine->data_dir, "journal.db", NULL);
    const struct vault_options options = {
        .data_dir = engine->data_dir, .keys_dir = engine->keys_dir, .vfs = engine->vfs[WAL_SECRETS]};
    out->vault = vault_open(&options, error);
    if (out->vault == NULL)
        return false;
    struct journal_signer signer = {.sign = vault_sign, .context = out->vault};
    vault_public_key(out->vault, signer.public_key);
    out->journal = journal_open(path, &signer, engine->vfs[WAL_JOURNAL], error);
    if (out->journal == NULL)
        return false;
    out->rows = rows_open_current(engine->areas, engine->data_dir, out->journal, engine->rulebook,
                                  engine->vfs[WAL_ROWS], error);
    return out->rows != NULL;
}

static void files_close(struct files *files)
{
    if (files->rows != NULL)
        db_close(files->rows);
    if (files->journal != NULL)
        journal_close(files->journal);
    if (files->vault != NULL)
        vault_close(files->vault);
}

static void files_swap(struct engine *engine, struct files *files)
{
    struct files mine = {engine->vault, engine->journal, engine->rows};
    engine->vault = files->vault;
    engine->journal = files->journal;
    engine->rows = files->rows;
    *files = mine;
}

/* Anew beside the old ones, which stay where that fails. The lock on the directory was held all the time: no other
 * program can have replaced them. */
bool engine_reopen(struct engine *engine, GError **error)
{
    struct files files = {NULL};
    uint8_t hash[JOURNAL_HASH_BYTES];
    bool well = files_open(engine, &files, error);
    if (well) {
        files_swap(engine, &files);
        journal_last_hash(engine->journal, hash);
        vault_note_tip(engine->vault, journal_last_pos(engine->journal), hash);
        well = rulebook_fill(engine->rulebook, engine->rows, engine->journal, error) &&
               engine_reconcile(engine, NULL, error);
        if (well)
            engine_stand_at_end(engine);
        else
            files_swap(engine, &files);
    }
    files_close(&files);
    return well;
}

/* ---- another writer ---- */

/* Queued commands, and looks at personal data; those of the clock and of letters come again by themselves. */
static GArray *take_commands(struct engine *engine)
{
    GArray *commands = g_array_new(FALSE, FALSE, sizeof(struct queued_command));
    for (guint i = 0; i < engine->batch.entries->len; i++) {
        struct batch_item *entry = &g_array_index(engine->batch.entries, struct batch_item, i);
        enum origin origin = entry->taken.command->origin;
        if (origin == ORIGIN_CLOCK || origin == ORIGIN_LETTER)
            continue;
        g_array_append_val(commands, entry->taken);
        entry->taken.command = NULL;
    }
    return commands;
}

bool engine_decide_again(struct engine *engine, GError **error)
{
    g_autoptr(GArray) commands = take_commands(engine);
    batch_undo(engine);
    batch_empty(&engine->batch);
    bool reopened = engine_reopen(engine, error);
    if (!db_in_transaction(engine->rows))
        db_begin(engine->rows);
    for (guint i = 0; i < commands->len; i++) /* also where it failed: their callers are answered with the batch */
        batch_decide_one(engine, &g_array_index(commands, struct queued_command, i));
    return reopened && storage_is_well(engine);
}
