/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lianfang - the command line: a table of sub-commands. */
#include "cli/cli.h"
#include "cli/config.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int run_help(const struct cli_command *command, int argc, char **argv);

/* clang-format off */
/* By what one does first. */
static const struct cli_command commands[] = {
    {"init",              "",          "Make a data directory and its keys", 0, run_init},
    {"playbook new",      "FOLDER",    "Begin a playbook: one kind, whose stories pass", 1, run_playbook_new},
    {"playbook check",    "PATH",      "List every mistake in a playbook", 1, run_playbook_check},
    {"playbook test",     "PATH",      "Run a playbook's own tests", 1, run_playbook_test},
    {"playbook explain",  "PATH KIND", "Explain a kind in plain sentences; --lang zh|en", 2, run_playbook_explain},
    {"playbook diff",     "OLD NEW",   "Say what a new version changes; --data for whom", 2, run_playbook_diff},
    {"playbook adopt",    "PATH",      "Put a version of a playbook in force", 1, run_playbook_adopt},
    {"playbook rebase",   "KIND",      "Put running matters under the version in force; --try", 1, run_playbook_rebase},
    {"playbook list",     "",          "List the versions that were adopted", 0, run_playbook_list},
    {"import divisions",  "FILE",      "Import divisions from CSV", 1, run_import_divisions},
    {"import",            "KIND FILE", "Check a sheet: units, facts, persons, posts, rosters, a kind", 2, run_import},
    {"export",            "KIND",      "Write what an account may see of a kind as CSV or .xlsx", 1, run_export},
    {"rehearse",          "",          "Fill a city with made-up people and let days pass", 0, run_rehearse},
    {"account create",    "",          "Make an account for a person", 0, run_account_create},
    {"account create-missing", "FILE", "Make accounts for all who hold posts; passwords in FILE", 1,
     run_account_create_missing},
    {"account list",      "",          "Print accounts as CSV; --never logged in", 0, run_account_list},
    {"account password",  "LOGIN",     "Give an account a new password; --reopen", 1, run_account_password},
    {"account close",     "LOGIN",     "Close an account", 1, run_account_close},
    {"do",                "FILE",      "Run commands as the operator, one JSON object per line", 1, run_do},
    {"serve",             "",          "Run the server", 0, run_serve},
    {"outbox resend",     "ID|all",    "Try alerts anew that were given up; --to DESTINATION", 1, run_outbox_resend},
    {"outbox",            "",          "List destinations of alerts and what was given up", 0, run_outbox},
    {"clock accept",      "",          "Accept this machine's clock as right", 0, run_clock_accept},
    {"backup",            "FOLDER",    "Copy journal and secrets, serving or not; --dated --keep N", 1, run_backup},
    {"restore",           "FOLDER",    "Make a data directory from a backup", 1, run_restore},
    {"accept-loss",       "REASON",    "Go on although events of the journal are lost for good", 1, run_accept_loss},
    {"verify",            "",          "Check the journal, the keys and accounts; --rows", 0, run_verify},
    {"heads",             "",          "Print signed heads of the journal, to be kept elsewhere", 0, run_heads},
    {"proof",             "TOKEN",     "Check the code of a printed document, offline", 1, run_proof},
    {"events",            "",          "Print the kinds of events and their members; --json", 0, run_events},
    {"dump",              "",          "Print events of the journal; --from --to --matter", 0, run_dump},
    {"trace",             "COMMAND",   "Print what a command wrote, down to the SQL", 1, run_trace},
    {"rebuild",           "",          "Rebuild rows.db from the journal, or compare", 0, run_rebuild},
    {"recount",           "",          "Count the kept indicators anew, or compare", 0, run_recount},
    {"rotate-key",        "",          "Make a new master key and wrap every data key again", 0, run_rotate_key},
    {"erase",             "PERSON",    "Erase a person for good", 1, run_erase},
    {"version",           "",          "Print the version", 0, run_version},
    {"help",              "",          "Print this list", 0, run_help},
};
/* clang-format on */

static int run_help(const struct cli_command *command, int argc, char **argv)
{
    printf("lianfang: turns a notice into running fieldwork. Every sub-command takes --data DIR, --keys DIR and "
           "--help.\n\n");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        printf("  %-22s %-9s %s\n", commands[i].name, commands[i].words, commands[i].about);
    return CLI_DONE;
}

/* Groups of the file of --config that belong to no sub-command would be left out without a word. */
static bool config_is_for_us(int argc, char **argv)
{
    const char *path = config_path(argc, argv);
    const char *names[G_N_ELEMENTS(commands) + 1] = {NULL};
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        names[i] = commands[i].name;
    if (path == NULL || config_check_groups(path, names, &error))
        return true;
    fprintf(stderr, "lianfang: %s\n", error->message);
    return false;
}

/* How many words of the line are the command's name; 0 when it is another. */
static int matches(const struct cli_command *command, int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], command->name) == 0)
        return 1;
    g_autofree char *two = argc > 2 ? g_strdup_printf("%s %s", argv[1], argv[2]) : NULL;
    return two != NULL && strcmp(two, command->name) == 0 ? 2 : 0;
}

/* Of a first word that several sub-commands share, those; else there is none of that name. */
static int help_with_group(int argc, char **argv)
{
    bool asked = argc > 2 && strcmp(argv[2], "--help") == 0, found = false;
    g_autofree char *group = g_strconcat(argv[1], " ", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (!g_str_has_prefix(commands[i].name, group))
            continue;
        found = true;
        fprintf(asked ? stdout : stderr, "  %-22s %-9s %s\n", commands[i].name, commands[i].words, commands[i].about);
    }
    if (found && asked)
        return CLI_DONE;
    if (found)
        fprintf(stderr, "lianfang: %s needs a second word, one of these\n", argv[1]);
    else
        fprintf(stderr, "lianfang: there is no sub-command %s; see lianfang help\n", argv[1]);
    return CLI_USAGE;
}

int main(int argc, char **argv)
{
    umask(0077); /* every file may hold personal data */
    if (sodium_init() < 0)
        g_error("libsodium cannot be initialised");
    if (argc == 1 || strcmp(argv[1], "--help") == 0)
        return run_help(NULL, argc, argv);
    if (strcmp(argv[1], "--version") == 0)
        return run_version(NULL, argc, argv);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        int words = matches(&commands[i], argc, argv);
        if (words > 0 && !config_is_for_us(argc - words, argv + words))
            return CLI_USAGE;
        if (words > 0)
            return commands[i].run(&commands[i], argc - words, argv + words);
    }
    return help_with_group(argc, argv);
}
