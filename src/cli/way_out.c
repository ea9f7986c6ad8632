/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/way_out.h"

#include "api/server.h"
#include "journal/journal.h"
#include "vault/vault.h"

#include <string.h>

#define LOOK_AT_DISK                                                                                                   \
    "see that the disk is there and has room, and that the folder may be read and written by whoever runs this"

static const char *of_engine(int code)
{
    switch ((enum engine_error)code) {
    case ENGINE_ERROR_LOCKED:
        return "stop the server or the other command first";
    case ENGINE_ERROR_LOSS:
        return "restore the newest backup, or go on without it with `lianfang accept-loss`";
    case ENGINE_ERROR_FOREIGN:
        return "put the files of one installation together, or restore the newest backup";
    case ENGINE_ERROR_DATA:
    case ENGINE_ERROR_FAILED:
        break;
    }
    return LOOK_AT_DISK;
}

static const char *of_journal(int code)
{
    switch ((enum journal_error)code) {
    case JOURNAL_ERROR_CORRUPT:
        return "restore the newest backup that verifies";
    case JOURNAL_ERROR_CONFLICT:
        return "stop whatever else writes this journal, and start again";
    case JOURNAL_ERROR_FULL:
        return "make room on the disk, and start again";
    case JOURNAL_ERROR_IO:
        break;
    }
    return LOOK_AT_DISK;
}

static const char *of_vault(int code)
{
    switch ((enum vault_error)code) {
    case VAULT_ERROR_MASTER_KEY:
        return "put the master.key of these data there, or name its folder with --keys DIR";
    case VAULT_ERROR_LEDGER:
        return "put this installation's own ledger of erasures back beside the master key, the newest there is";
    case VAULT_ERROR_DAMAGED:
        return "restore the newest backup that verifies";
    case VAULT_ERROR_FULL:
        return "make room on the disk, and start again";
    case VAULT_ERROR_IO:
        break;
    }
    return "restore the newest backup that verifies where the file is gone; else " LOOK_AT_DISK;
}

static const char *of_db(int code)
{
    switch ((enum db_error)code) {
    case DB_ERROR_CORRUPT:
        return "run `lianfang verify`; it tells what to restore, or to rebuild";
    case DB_ERROR_FULL:
        return "make room on the disk, and start again";
    case DB_ERROR_OPEN:
    case DB_ERROR_IO:
    case DB_ERROR_LONG:
        break;
    }
    return LOOK_AT_DISK;
}

const char *cli_way_out(const GError *error)
{
    if (strstr(error->message, "; ") != NULL)
        return NULL;
    if (error->domain == ENGINE_ERROR)
        return of_engine(error->code);
    if (error->domain == JOURNAL_ERROR)
        return of_journal(error->code);
    if (error->domain == VAULT_ERROR)
        return of_vault(error->code);
    if (error->domain == DB_ERROR)
        return of_db(error->code);
    if (error->domain == SERVER_ERROR)
        return "look at what --listen, --port, --tls-certificate and --tls-key say";
    return error->domain == G_FILE_ERROR ? "name a file that is there and that may be read" : NULL;
}
