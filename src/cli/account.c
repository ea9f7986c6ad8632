/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts: made, given a password and closed on the server itself. */
#include "cli/accounts.h"
#include "registry/registry.h"

#include <sodium.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct account_store *accounts_open(const struct cli *cli)
{
    g_autoptr(GError) error = NULL;
    struct account_store *store = account_store_open_keyed(cli->data_dir, cli->keys_dir, NULL, &error);
    if (store == NULL)
        cli_fail(cli, error);
    return store;
}

char *made_password(void)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    char *password = g_malloc0(MADE_PASSWORD_CHARS + 1);
    for (int i = 0; i < MADE_PASSWORD_CHARS; i++)
        password[i] = letters[randombytes_uniform(sizeof letters - 1)];
    return password;
}

/* The first line of the file, "-" standard input; without a file a made one, which is printed once. */
static char *password_of(const struct cli *cli, const char *path, bool *out_made)
{
    *out_made = path == NULL;
    if (path == NULL)
        return made_password();
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (file == NULL) {
        cli_complain(cli, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    char *line = NULL;
    size_t space = 0;
    bool read = getline(&line, &space, file) > 0;
    if (file != stdin)
        fclose(file);
    char *password = read ? g_strdup(g_strchomp(line)) : NULL;
    free(line);
    if (password == NULL)
        cli_complain(cli, "no password in %s", path);
    return password;
}

static bool hash_of(const struct cli *cli, const char *password, const char *login, char out[ACCOUNT_HASH_MAX])
{
    AUTO(problem) struct problem *problem = NULL;
    if (!account_password_allowed(password, login, &problem)) {
        cli_refused(cli, problem);
        return false;
    }
    if (account_hash(password, out))
        return true;
    cli_complain(cli, "there is not enough memory to hash the password (19 MiB)");
    return false;
}

struct account_wanted { /* what `account create` is asked for */
    char *login, *name, *role, *password_file;
    char *person; /* outer id; of a new person, once registered */
};

/* 0 when refused. */
static int64_t register_person(const struct cli *cli, struct engine *engine, struct account_wanted *wanted)
{
    struct answer answer;
    if (!cli_ask(cli, engine, "register_person", json_pack("{s:s}", "name", wanted->name), &answer))
        return 0;
    const json_t *first = json_array_get(json_object_get(answer.body, "events"), 0);
    wanted->person = g_strdup(json_get_text(first, "id", ""));
    json_decref(answer.body);
    return answer.made;
}

/* 0, said, when there is none, or one who has an account. */
static int64_t find_person(const struct cli *cli, struct account_store *store, const char *text)
{
    g_autoptr(GError) error = NULL;
    struct reader *reader = reader_open(cli->data_dir, cli->keys_dir, &error);
    if (reader == NULL) {
        cli_fail(cli, error);
        return 0;
    }
    int64_t person = vault_inner_id(reader->vault, VAULT_ID_PERSON, text);
    bool there = registry_person_exists(reader->rows, person), has = false;
    g_autoptr(GArray) same = registry_same_persons(reader->rows, person);
    for (guint i = 0; i < same->len; i++)
        has = has || account_is_open_for(store, g_array_index(same, int64_t, i));
    reader_close(reader);
    if (!there)
        cli_complain(cli, "there is no person %s", text);
    else if (has)
        cli_complain(cli, "has_account: person %s has an account already, perhaps under another registration", text);
    return there && !has ? person : 0;
}

/* Over the whole city. */
static bool appoint(const struct cli *cli, struct engine *engine, const struct account_wanted *wanted)
{
    json_t *body = json_pack("{s:s, s:s, s:[s]}", "person", wanted->person, "role", wanted->role, "grounds", "#1");
    return cli_ask(cli, engine, "appoint", body, NULL);
}

bool accounts_note(const struct cli *cli, struct engine *engine, const char *what, int64_t person, int64_t account)
{
    struct answer answer;
    json_t *body =
        json_pack("{s:o, s:s, s:I}", "person", json_id(person), "what", what, "account", (json_int_t)account);
    bool noted = engine_ask(engine, command_new("keep_account", ORIGIN_OPERATOR, 0, body), &answer);
    if (!noted)
        cli_refused(cli, answer.problem);
    problem_free(g_steal_pointer(&answer.problem));
    json_decref(answer.body);
    return noted;
}

/* Person 0: before the person is registered. */
static bool may_be_made(const struct cli *cli, struct account_store *store, int64_t person, const char *login)
{
    AUTO(problem) struct problem *problem = NULL;
    if (account_may_be_made(store, person, login, &problem))
        return true;
    cli_refused(cli, problem);
    return false;
}

/* The engine is open: its lock keeps others out. */
static int create_in(const struct cli *cli, struct engine *engine, struct account_store *store,
                     struct account_wanted *wanted, const char *hash, bool must_change)
{
    if (!may_be_made(cli, store, 0, wanted->login))
        return CLI_FAILED;
    int64_t id, person = wanted->person != NULL ? find_person(cli, store, wanted->person)
                                                : register_person(cli, engine, wanted);
    if (person == 0 || (wanted->role != NULL && !appoint(cli, engine, wanted)))
        return CLI_FAILED;
    AUTO(problem) struct problem *problem = NULL;
    if (!accounts_note(cli, engine, "made", person, 0))
        return CLI_FAILED;
    if (!account_create(store, person, wanted->login, hash, must_change, cli_now_us(), &id, &problem))
        return cli_refused(cli, problem);
    printf("account %s of person %s\n", wanted->login, wanted->person);
    return CLI_DONE;
}

static int create(const struct cli *cli, struct account_wanted *wanted)
{
    bool made;
    char hash[ACCOUNT_HASH_MAX];
    g_autofree char *password = password_of(cli, wanted->password_file, &made);
    if (password == NULL || !hash_of(cli, password, wanted->login, hash))
        return CLI_FAILED;
    AUTO(engine) struct engine *engine = cli_engine(cli, false);
    struct account_store *store = engine != NULL ? accounts_open(cli) : NULL;
    if (store == NULL)
        return CLI_FAILED;
    int status = create_in(cli, engine, store, wanted, hash, made);
    account_store_close(store);
    if (status == CLI_DONE && made)
        printf("password %s (to be changed at the first log-in)\n", password);
    return status;
}

int run_account_create(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    struct account_wanted wanted = {0};
    const GOptionEntry own[] = {
        {"login", 0, 0, G_OPTION_ARG_FILENAME, &wanted.login, "the name to log in with", "LOGIN"},
        {"person", 0, 0, G_OPTION_ARG_STRING, &wanted.person, "a person who is registered", "ID"},
        {"name", 0, 0, G_OPTION_ARG_FILENAME, &wanted.name, "the name of a new person", "NAME"},
        {"role", 0, 0, G_OPTION_ARG_STRING, &wanted.role, "a role for the whole city", "ROLE"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &wanted.password_file,
         "read from its first line, - is standard input; without it one is generated and printed", "FILE"},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    int status;
    /* Taken as file names are, since the locale of a server is often C. */
    if ((wanted.login != NULL && !g_utf8_validate(wanted.login, -1, NULL)) ||
        (wanted.name != NULL && !g_utf8_validate(wanted.name, -1, NULL)))
        status = cli_complain(&cli, "--login and --name must be UTF-8");
    else if (wanted.login == NULL || (wanted.person != NULL) == (wanted.name != NULL))
        status = cli_complain(&cli, "give --login and either --person or --name");
    else
        status = create(&cli, &wanted);
    g_free(wanted.login);
    g_free(wanted.person);
    g_free(wanted.name);
    g_free(wanted.role);
    g_free(wanted.password_file);
    return status;
}

struct change {
    const char *hash; /* NULL: the account is closed */
    bool must_change, reopen;
};

static bool change_account(struct account_store *store, const struct account *account, const struct change *change)
{
    if (change->hash == NULL)
        return account_set_closed(store, account->id, true);
    return account_set_hash(store, account->id, change->hash, change->must_change) &&
           (!change->reopen || account_set_closed(store, account->id, false));
}

static int change_in(const struct cli *cli, struct engine *engine, struct account_store *store,
                     const struct change *change)
{
    AUTO(account) struct account account = {0};
    if (!account_find(store, cli->words[0], &account))
        return cli_complain(cli, "there is no account %s", cli->words[0]);
    if (change->reopen && account.closed && account_is_open_for(store, account.person))
        return cli_complain(cli, "has_account: the person of %s has another account, which is open", cli->words[0]);
    if (!accounts_note(cli, engine, change->hash == NULL ? "closed" : "reset", account.person, account.id))
        return CLI_FAILED;
    if (!change_account(store, &account, change))
        return cli_complain(cli, "secrets.db could not be written: check the disk");
    if (change->hash != NULL && account.closed && !change->reopen)
        cli_complain(cli, "the account is closed; open it again with --reopen");
    return CLI_DONE;
}

/* Under the engine's lock: a running server keeps sessions in memory. */
static int change(const struct cli *cli, const struct change *change)
{
    AUTO(engine) struct engine *engine = cli_engine(cli, false);
    struct account_store *store = engine != NULL ? accounts_open(cli) : NULL;
    if (store == NULL)
        return CLI_FAILED;
    int status = change_in(cli, engine, store, change);
    account_store_close(store);
    return status;
}

int run_account_password(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autofree char *path = NULL;
    gboolean reopen = FALSE;
    const GOptionEntry own[] = {
        {"reopen", 0, 0, G_OPTION_ARG_NONE, &reopen, "and open it again, if it is closed", NULL},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &path,
         "read from its first line, - is standard input; without it one is generated and "
         "printed",
         "FILE"},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    bool made;
    char hash[ACCOUNT_HASH_MAX];
    g_autofree char *password = password_of(&cli, path, &made);
    if (password == NULL || !hash_of(&cli, password, cli.words[0], hash))
        return CLI_FAILED;
    int status = change(&cli, &(struct change){hash, made, reopen});
    if (status == CLI_DONE && made)
        printf("password %s (to be changed at the first log-in)\n", password);
    return status;
}

int run_account_close(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    return change(&cli, &(struct change){NULL});
}
