/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts of all: listed, and made for whoever holds a post and has none. */
#include "cli/accounts.h"

#include "base/datetime.h"
#include "interop/csv.h"
#include "registry/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE 500

/* ---- list ---- */

static void add_time(GString *line, int64_t us, GTimeZone *zone)
{
    char text[DATETIME_TEXT_MAX] = "";
    if (us != 0)
        datetime_format(us, zone, text);
    g_string_append_printf(line, ",%s", text);
}

static void print_account(struct vault *vault, const struct account *account, GTimeZone *zone)
{
    char person[VAULT_OUTER_ID_CHARS + 1];
    g_autoptr(GString) line = g_string_new(NULL);
    vault_outer_id(vault, VAULT_ID_PERSON, account->person, person);
    csv_append(line, account->login, ',');
    g_string_append_printf(line, ",%s,%s,%s", person, account->closed ? "closed" : "open",
                           account->must_change ? "first" : "own");
    add_time(line, account->created_us, zone);
    add_time(line, account->last_login_us, zone);
    puts(line->str);
}

static void list(struct account_store *store, struct vault *vault, bool never)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    int64_t after = 0;
    guint found;
    puts("login,person,state,password,created_at,last_login_at");
    do {
        g_autoptr(GArray) accounts = account_list(store, after, PAGE);
        found = accounts->len;
        for (guint i = 0; i < found; i++) {
            const struct account *account = &g_array_index(accounts, struct account, i);
            if (!never || (account->last_login_us == 0 && !account->closed))
                print_account(vault, account, utc);
            after = account->id;
        }
    } while (found == PAGE);
}

int run_account_list(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    gboolean never = FALSE;
    const GOptionEntry own[] = {
        {"never", 0, 0, G_OPTION_ARG_NONE, &never, "only open ones that nobody has logged in with", NULL}, {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    g_autoptr(GError) error = NULL;
    AUTO(engine) struct engine *engine = cli_engine(&cli, false);
    struct reader *reader = engine != NULL ? reader_open(cli.data_dir, cli.keys_dir, &error) : NULL;
    if (error != NULL)
        return cli_fail(&cli, error);
    struct account_store *store = reader != NULL ? accounts_open(&cli) : NULL;
    if (store != NULL) {
        list(store, reader->vault, never);
        account_store_close(store);
    }
    if (reader != NULL)
        reader_close(reader);
    return store != NULL ? CLI_DONE : CLI_FAILED;
}

/* ---- one for each ---- */

struct making {
    const struct cli *cli;
    struct engine *engine;
    struct account_store *store;
    struct reader *reader;
    FILE *file;
    GHashTable *numbers; /* text of a unit → the last number given at it */
    int64_t now_us, made, known;
};

static bool has_account(struct making *making, int64_t person)
{
    g_autoptr(GArray) same = registry_same_persons(making->reader->rows, person);
    for (guint i = 0; i < same->len; i++)
        if (account_is_open_for(making->store, g_array_index(same, int64_t, i)))
            return true;
    return false;
}

/* The unit's code, or its type where it has none, and a number that is free. */
static char *free_login(struct making *making, const struct unit *seat)
{
    const char *where = *seat->code != '\0' ? seat->code : seat->type;
    int number = GPOINTER_TO_INT(g_hash_table_lookup(making->numbers, where));
    for (;;) {
        AUTO(account) struct account account = {0};
        g_autofree char *login = g_strdup_printf("%s-%d", where, ++number);
        if (account_find(making->store, login, &account))
            continue;
        g_hash_table_insert(making->numbers, g_strdup(where), GINT_TO_POINTER(number));
        return g_steal_pointer(&login);
    }
}

/* On the disk before the account is made: a password that is nowhere would have to be given anew. */
static bool write_line(struct making *making, const struct post *post, const struct unit *seat, const char *login,
                       const char *password)
{
    AUTO(person_data) struct person_data data = {0};
    char person[VAULT_OUTER_ID_CHARS + 1];
    registry_person(making->reader->rows, making->reader->vault, post->person, &data);
    vault_outer_id(making->reader->vault, VAULT_ID_PERSON, post->person, person);
    const char *cells[] = {login, password, data.name, person, post->role, seat->code, seat->name};
    g_autoptr(GString) line = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        if (i > 0)
            g_string_append_c(line, ',');
        csv_append(line, cells[i] != NULL ? cells[i] : "", ',');
    }
    g_string_append_c(line, '\n');
    if (fputs(line->str, making->file) >= 0 && fflush(making->file) == 0)
        return true;
    cli_complain(making->cli, "%s: %s", making->cli->words[0], g_strerror(errno));
    return false;
}

static bool make_for(struct making *making, const struct post *post)
{
    struct unit seat;
    char hash[ACCOUNT_HASH_MAX];
    int64_t id;
    AUTO(problem) struct problem *problem = NULL;
    if (!registry_unit(making->reader->rows, post->seat, &seat) || has_account(making, post->person)) {
        making->known++;
        return true;
    }
    g_autofree char *login = free_login(making, &seat), *password = made_password();
    if (!account_hash(password, hash)) {
        cli_complain(making->cli, "there is not enough memory to hash a password (19 MiB)");
        return false;
    }
    if (!write_line(making, post, &seat, login, password) ||
        !accounts_note(making->cli, making->engine, "made", post->person, 0))
        return false;
    if (!account_create(making->store, post->person, login, hash, true, making->now_us, &id, &problem)) {
        cli_refused(making->cli, problem);
        return false;
    }
    cli_progress(++making->made, 0, "accounts");
    return true;
}

static bool make_all(struct making *making)
{
    int64_t after = 0;
    guint found;
    do {
        g_autoptr(GArray) posts = registry_posts_after(making->reader->rows, after, making->now_us, PAGE);
        found = posts->len;
        for (guint i = 0; i < found; i++) {
            const struct post *post = &g_array_index(posts, struct post, i);
            if (!make_for(making, post))
                return false;
            after = post->id;
        }
    } while (found == PAGE);
    return true;
}

/* With first passwords in it: for its owner alone, and never over another file. */
static FILE *open_file(const struct cli *cli)
{
    int fd = open(cli->words[0], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL)
        cli_complain(cli, "%s: %s", cli->words[0], g_strerror(errno));
    else
        fputs("login,password,name,person,role,unit,unit_name\n", file);
    return file;
}

static int create_missing(struct making *making)
{
    making->file = open_file(making->cli);
    if (making->file == NULL)
        return CLI_FAILED;
    bool well = make_all(making);
    cli_progress_end();
    bool kept = fsync(fileno(making->file)) == 0;
    kept = fclose(making->file) == 0 && kept;
    if (!kept)
        return cli_complain(making->cli, "%s: %s", making->cli->words[0], g_strerror(errno));
    printf("%" G_GINT64_FORMAT " accounts made, first passwords in %s; %" G_GINT64_FORMAT
           " posts whose holders have one\n",
           making->made, making->cli->words[0], making->known);
    return well ? CLI_DONE : CLI_FAILED;
}

int run_account_create_missing(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    AUTO(engine) struct engine *engine = cli_engine(&cli, false);
    struct making making = {.cli = &cli, .engine = engine, .numbers = numbers};
    if (engine != NULL) {
        making.now_us = cli_now_us();
        making.reader = reader_open(cli.data_dir, cli.keys_dir, &error);
    }
    if (error != NULL)
        return cli_fail(&cli, error);
    making.store = making.reader != NULL ? accounts_open(&cli) : NULL;
    int status = making.store != NULL ? create_missing(&making) : CLI_FAILED;
    if (making.store != NULL)
        account_store_close(making.store);
    if (making.reader != NULL)
        reader_close(making.reader);
    return status;
}
