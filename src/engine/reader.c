/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/engine.h"

struct reader *reader_open(const char *data_dir, const char *keys_dir, GError **error)
{
    struct reader *reader = g_new0(struct reader, 1);
    g_autofree char *rows_path = g_build_filename(data_dir, "rows.db", NULL);
    g_autofree char *journal_path = g_build_filename(data_dir, "journal.db", NULL);
    g_autofree char *beside = keys_dir == NULL ? keys_dir_beside(data_dir) : NULL;
    struct vault_options options = {
        .data_dir = data_dir, .keys_dir = keys_dir != NULL ? keys_dir : beside, .read_only = true};
    reader->rows = db_open(rows_path, &(struct db_options){.mode = DB_READ}, error);
    if (reader->rows != NULL)
        reader->vault = vault_open(&options, error);
    if (reader->vault != NULL)
        reader->journal = journal_open_reader(journal_path, error);
    if (reader->journal != NULL)
        return reader;
    reader_close(reader);
    return NULL;
}

void reader_close(struct reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->journal != NULL)
        journal_close(reader->journal);
    if (reader->vault != NULL)
        vault_close(reader->vault);
    if (reader->rows != NULL)
        db_close(reader->rows);
    g_free(reader);
}
