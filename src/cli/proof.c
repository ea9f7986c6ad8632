/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the code on a paper one that was signed here? Needs no server, and with --public-key no data either. */
#include "matter/proof.h"

#include "base/datetime.h"
#include "cli/cli.h"
#include "command/ids.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static bool key_of_text(const char *text, uint8_t out[PROOF_KEY_BYTES])
{
    size_t read = 0;
    return sodium_hex2bin(out, PROOF_KEY_BYTES, text, strlen(text), NULL, &read, NULL) == 0 && read == PROOF_KEY_BYTES;
}

/* The vault's, where its keys are here: who can write journal.db can put a key of their own into a head. */
static bool key_of_vault(const struct cli *cli, uint8_t out[PROOF_KEY_BYTES], GError **error)
{
    struct vault_options options = {.data_dir = cli->data_dir, .keys_dir = cli->keys_dir, .read_only = true};
    AUTO(vault) struct vault *vault = vault_open(&options, error);
    if (vault != NULL)
        vault_public_key(vault, out);
    return vault != NULL;
}

/* Without keys, the newest head names it; false with an error, or when there is no head yet. */
static bool key_of_data(const struct cli *cli, uint8_t out[PROOF_KEY_BYTES], GError **error)
{
    if (g_file_test(cli->keys_dir, G_FILE_TEST_IS_DIR) && data_exists(cli->data_dir, NULL))
        return key_of_vault(cli, out, error);
    g_autofree char *path = g_build_filename(cli->data_dir, "journal.db", NULL);
    AUTO(journal)
    struct journal *journal = data_exists(cli->data_dir, error) ? journal_open_reader(path, error) : NULL;
    g_autoptr(GArray) heads = journal != NULL ? journal_heads(journal, 1, error) : NULL;
    if (heads == NULL || heads->len == 0)
        return false;
    memcpy(out, g_array_index(heads, struct journal_head, 0).public_key, PROOF_KEY_BYTES);
    return true;
}

static void print(const struct proof *proof)
{
    char uuid[UUID_TEXT_LENGTH + 1], day[DATETIME_TEXT_MAX], digest[2 * sizeof proof->digest + 1];
    char place[PLACE_TEXT_MAX];
    place_format(proof->place, place);
    uuid_format(&proof->matter, uuid);
    date_format(proof->day, day);
    sodium_bin2hex(digest, sizeof digest, proof->digest, sizeof proof->digest);
    printf("genuine: %s of matter %s, issued %s by event %s, text %s\n", proof->name, uuid, day, place, digest);
}

int run_proof(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autofree char *public_key = NULL;
    g_autoptr(GError) error = NULL;
    uint8_t key[PROOF_KEY_BYTES];
    struct proof proof;
    const GOptionEntry own[] = {{"public-key", 0, 0, G_OPTION_ARG_STRING, &public_key,
                                 "as `lianfang heads` prints it; otherwise that of the data directory", "HEX"},
                                {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    if (public_key != NULL && !key_of_text(public_key, key)) {
        cli_complain(&cli, "--public-key takes 64 hexadecimal digits");
        return CLI_USAGE;
    }
    if (public_key == NULL && !key_of_data(&cli, key, &error))
        return error != NULL ? cli_fail(&cli, error) : cli_complain(&cli, "the journal has no signed head yet");
    const char *slash = strrchr(cli.words[0], '/'); /* the whole address will do */
    if (!proof_read(slash != NULL ? slash + 1 : cli.words[0], key, &proof))
        return cli_complain(&cli, "not signed with this key, or changed since");
    print(&proof);
    return CLI_DONE;
}
