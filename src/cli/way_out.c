/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/way_out.h"

#include "api/server.h"
#include "journal/journal.h"
#include "vault/vault.h"

#include <string.h>

#define LOOK_AT_DISK                                                                                                   \
    "check that the disk is there and has space, and that the user who runs this may read and write the folder"

#define RESTORE_VERIFIED "restore the newest backup that verifies"
#define MAKE_ROOM        "free some space on the disk, and start again"
#define ANY              -1

/* The first row that fits; ANY stands last of its domain. */
static const struct {
    GQuark (*domain)(void);
    int code;
    const char *way_out;
} ways[] = {
    {engine_error_quark, ENGINE_ERROR_LOCKED, "stop the server or the other command first"},
    {engine_error_quark, ENGINE_ERROR_LOSS,
     "restore the newest backup, or go on without it with `lianfang accept-loss`"},
    {engine_error_quark, ENGINE_ERROR_FOREIGN,
     "put the files of one installation together, or restore the newest backup"},
    {engine_error_quark, ANY, LOOK_AT_DISK},
    {journal_error_quark, JOURNAL_ERROR_CORRUPT, RESTORE_VERIFIED},
    {journal_error_quark, JOURNAL_ERROR_CONFLICT, "stop the other program that writes this journal, and start again"},
    {journal_error_quark, JOURNAL_ERROR_FULL, MAKE_ROOM},
    {journal_error_quark, JOURNAL_ERROR_OLD_FORMAT, "begin a new data directory with `lianfang init`"},
    {journal_error_quark, JOURNAL_ERROR_NEW_FORMAT, "install the program that wrote it"},
    {journal_error_quark, ANY, LOOK_AT_DISK},
    {vault_error_quark, VAULT_ERROR_MASTER_KEY,
     "put the master.key of this data directory there, or name its folder with --keys DIR"},
    {vault_error_quark, VAULT_ERROR_LEDGER,
     "put the newest ledger of erasures of this installation back beside the master key"},
    {vault_error_quark, VAULT_ERROR_DAMAGED, RESTORE_VERIFIED},
    {vault_error_quark, VAULT_ERROR_FULL, MAKE_ROOM},
    {vault_error_quark, ANY, RESTORE_VERIFIED " if the file is gone; otherwise " LOOK_AT_DISK},
    {db_error_quark, DB_ERROR_CORRUPT, "run `lianfang verify`; it says what to restore or to rebuild"},
    {db_error_quark, DB_ERROR_FULL, MAKE_ROOM},
    {db_error_quark, ANY, LOOK_AT_DISK},
    {server_error_quark, ANY, "check --listen, --port, --tls-certificate and --tls-key"},
    {g_file_error_quark, ANY, "name a file that exists and may be read"},
};

const char *cli_way_out(const GError *error)
{
    if (strstr(error->message, "; ") != NULL) /* it names one itself */
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (error->domain == ways[i].domain() && (ways[i].code == ANY || ways[i].code == error->code))
            return ways[i].way_out;
    return NULL;
}
