/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sub-commands about the data directory as a whole. */
#include "areas/areas.h"
#include "base/datetime.h"
#include "cli/backups.h"
#include "cli/cli.h"
#include "engine/attachments.h"
#include "engine/mark.h"
#include "matter/matter.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

int run_init(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    g_autofree char *journal = g_build_filename(cli.data_dir, "journal.db", NULL);
    if (g_file_test(journal, G_FILE_TEST_EXISTS))
        return cli_complain(&cli, "%s holds data already", cli.data_dir);
    AUTO(engine) struct engine *engine = cli_engine(&cli, true);
    if (engine == NULL)
        return CLI_FAILED;
    printf("data in %s, keys in %s: back up both, but never in one place\n", cli.data_dir, cli.keys_dir);
    return CLI_DONE;
}

static void hex(const uint8_t *bytes, size_t count, char *out)
{
    sodium_bin2hex(out, 2 * count + 1, bytes, count);
}

static json_t *head_json(const struct journal_head *head)
{
    char at[DATETIME_TEXT_MAX], key[2 * JOURNAL_KEY_BYTES + 1], signature[2 * JOURNAL_SIGNATURE_BYTES + 1];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(head->at_us, utc, at);
    hex(head->public_key, sizeof head->public_key, key);
    hex(head->signature, sizeof head->signature, signature);
    json_t *tips = json_array();
    for (guint i = 0; i < head->tips->len; i++) {
        const struct journal_tip *tip = &g_array_index(head->tips, struct journal_tip, i);
        char hash[2 * JOURNAL_HASH_BYTES + 1];
        hex(tip->hash, sizeof tip->hash, hash);
        json_array_append_new(tips, json_pack("{s:I, s:I, s:s}", "stream", (json_int_t)tip->stream, "seq",
                                              (json_int_t)tip->seq, "hash", hash));
    }
    return json_pack("{s:i, s:o, s:s, s:o, s:s, s:s}", "format", head->format, "pos", json_id(head->pos), "at", at,
                     "tips", tips, "public_key", key, "signature", signature);
}

static bool unhex(const json_t *json, const char *name, uint8_t *out, size_t count)
{
    const char *text = json_get_text(json, name, "");
    size_t read = 0;
    return sodium_hex2bin(out, count, text, strlen(text), NULL, &read, NULL) == 0 && read == count;
}

/* NULL where it is no list of tips. */
static GArray *tips_in(const json_t *json)
{
    g_autoptr(GArray) tips = g_array_new(FALSE, FALSE, sizeof(struct journal_tip));
    int64_t before = -1;
    size_t i;
    const json_t *each;
    json_array_foreach(json_object_get(json, "tips"), i, each)
    {
        struct journal_tip tip = {.stream = json_get_integer(each, "stream", -1),
                                  .seq = json_get_integer(each, "seq", 0)};
        if (tip.stream <= before || tip.stream > STREAM_MAX || tip.seq < 1 ||
            !unhex(each, "hash", tip.hash, sizeof tip.hash))
            return NULL;
        before = tip.stream;
        g_array_append_val(tips, tip);
    }
    return tips->len > 0 ? g_steal_pointer(&tips) : NULL;
}

static bool head_read(const char *path, struct journal_head *out, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error))
        return false;
    g_autoptr(json_t) json = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL); /* the first of several lines */
    gint64 pos = 0;
    out->format = (int)json_get_integer(json, "format", 0);
    out->tips = tips_in(json);
    bool well = out->tips != NULL && out->format >= 1 && out->format <= JOURNAL_FORMAT &&
                (out->format > 1 || out->tips->len == 1) &&
                g_ascii_string_to_signed(json_get_text(json, "pos", ""), 10, 1, INT64_MAX, &pos, NULL) &&
                datetime_parse(json_get_text(json, "at", ""), &out->at_us) &&
                unhex(json, "public_key", out->public_key, sizeof out->public_key) &&
                unhex(json, "signature", out->signature, sizeof out->signature);
    out->pos = pos;
    if (!well)
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                    "%s contains no head; give a line that `lianfang heads` printed", path);
    return well;
}

int run_heads(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    gint most = 1;
    const GOptionEntry own[] = {{"most", 0, 0, G_OPTION_ARG_INT, &most, "how many, newest first (1)", "N"}, {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(cli.data_dir, "journal.db", NULL);
    AUTO(journal)
    struct journal *journal = data_exists(cli.data_dir, &error) ? journal_open_reader(path, &error) : NULL;
    if (journal == NULL)
        return cli_fail(&cli, error);
    most = CLAMP(most, 1, 1000);
    g_autoptr(GArray) heads = journal_heads(journal, (size_t)most, &error);
    if (heads == NULL)
        return cli_fail(&cli, error);
    for (guint i = 0; i < heads->len; i++) {
        g_autoptr(json_t) json = head_json(&g_array_index(heads, struct journal_head, i));
        json_dumpf(json, stdout, JSON_COMPACT);
        putchar('\n');
    }
    return CLI_DONE;
}

static bool has_keys(const struct cli *cli)
{
    return g_file_test(cli->keys_dir, G_FILE_TEST_IS_DIR) || g_getenv("CREDENTIALS_DIRECTORY") != NULL;
}

struct missing {
    const char *data_dir;
    struct vault *vault; /* NULL: without keys */
    GPtrArray *findings;
};

/* After a restore a matter may have been erased, its files with it, before rows.db says so. */
static void find_missing_one(void *context, int64_t matter, const char *hash)
{
    struct missing *missing = context;
    if (!attachment_is_there(missing->data_dir, id_matter_stream(matter), hash) &&
        (missing->vault == NULL || vault_key_state(missing->vault, VAULT_MATTER, matter) != VAULT_KEY_ERASED))
        g_ptr_array_add(missing->findings, g_strdup_printf("attachment: %s is missing", hash));
}

/* What entries name must be there, as far as rows.db says; without one, it is left to the next start. */
static void find_missing(const struct cli *cli, GPtrArray *findings)
{
    struct vault_options options = {.data_dir = cli->data_dir, .keys_dir = cli->keys_dir, .read_only = true};
    AUTO(vault) struct vault *vault = has_keys(cli) ? vault_open(&options, NULL) : NULL;
    g_autofree char *path = g_build_filename(cli->data_dir, "rows.db", NULL);
    AUTO(db) struct db *rows = db_open(path, &(struct db_options){.mode = DB_READ}, NULL);
    struct missing missing = {cli->data_dir, vault, findings};
    int64_t known = 0;
    if (rows != NULL && db_integer(rows, &known, "SELECT 1 FROM sqlite_schema WHERE name = 'attachment'", ""))
        matter_each_file(rows, find_missing_one, &missing);
}

/* The files beside the journal; false, said, when one is not as it was. */
/* Of a backup: what its mark names. */
static void find_missing_of_mark(const struct cli *cli, GPtrArray *findings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
    if (mark_is_there(cli->data_dir) && !mark_missing(cli->data_dir, missing, &error))
        g_ptr_array_add(findings, g_strdup(error->message));
    for (guint i = 0; i < missing->len; i++)
        g_ptr_array_add(findings,
                        g_strdup_printf("attachment: %s is missing", (const char *)g_ptr_array_index(missing, i)));
}

static bool verify_attachments(const struct cli *cli, int64_t *out_count)
{
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    *out_count = attachments_verify(cli->data_dir, findings);
    find_missing(cli, findings);
    find_missing_of_mark(cli, findings);
    for (guint i = 0; i < findings->len; i++)
        printf("%s\n", (const char *)g_ptr_array_index(findings, i));
    if (findings->len > 0)
        cli_complain(cli, "attachments were changed or are missing: restore these files from a backup");
    return findings->len == 0;
}

/* With the keys, what lies under them; without, say a copy on another machine, the chain is all there is. */
static bool verify_secrets(const struct cli *cli, size_t heads)
{
    g_autoptr(GError) error = NULL;
    struct vault_counts counts = {0};
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    if (!has_keys(cli)) {
        printf("there are no keys in %s: neither the signer of the heads nor secrets.db was checked\n", cli->keys_dir);
        return true;
    }
    if (!data_verify(cli->data_dir, cli->keys_dir, heads, findings, &counts, &error)) {
        cli_fail(cli, error);
        return false;
    }
    for (guint i = 0; i < findings->len; i++)
        printf("%s\n", (const char *)g_ptr_array_index(findings, i));
    if (findings->len > 0) {
        cli_complain(cli, "something was changed without the key, or is damaged: restore the newest backup that "
                          "verifies");
        return false;
    }
    printf("%" G_GINT64_FORMAT " keys, %" G_GINT64_FORMAT " erased, %" G_GINT64_FORMAT
           " in the ledger, %" G_GINT64_FORMAT " accounts\n",
           counts.keys, counts.erased, counts.erasures, counts.accounts);
    if (counts.erasures_ahead > 0)
        printf("%" G_GINT64_FORMAT " erasures are newer than this data: a restore repeats them\n",
               counts.erasures_ahead);
    return true;
}

#define PAGES_SAID_MOST "20"

/* Pages and indexes as SQLite lays them. A snapshot that holds a server's log for too long is ended. */
static bool verify_pages(const struct cli *cli, const char *name, const char *way_out)
{
    bool whole = true;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(cli->data_dir, name, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) /* where that is wrong, it was said */
        return true;
    AUTO(db) struct db *db = db_open(path, &(struct db_options){.mode = DB_READ}, &error);
    if (db == NULL)
        return cli_fail(cli, error) == CLI_DONE;
    db_begin(db);
    AUTO(cursor) struct cursor cursor = db_query(db, "PRAGMA integrity_check(" PAGES_SAID_MOST ")", "");
    while (cursor_next(&cursor)) {
        const char *said = cursor_text(&cursor, 0);
        bool well = strcmp(said, "ok") == 0;
        whole = whole && well;
        if (!well)
            printf("%s: %s\n", name, said);
    }
    if (g_error_matches(db_failed(db), DB_ERROR, DB_ERROR_LONG)) {
        printf("%s: its pages were not all read, since much is written meanwhile; verify a backup\n", name);
        return true;
    }
    if (db_failed(db) != NULL)
        return cli_fail(cli, db_failed(db)) == CLI_DONE;
    if (!whole)
        cli_complain(cli, "%s is damaged: %s", name, way_out);
    return whole;
}

static bool verify_rows(const struct cli *cli)
{
    g_autoptr(GError) error = NULL;
    struct rebuild_report report;
    char counted[] = "events";
    if (!verify_pages(cli, "rows.db", "`lianfang rebuild` builds it again"))
        return false;
    if (!rows_rebuild(lianfang_areas, cli->data_dir, true, false, cli_progress, counted, &report, &error)) {
        cli_fail(cli, error);
        return false;
    }
    cli_progress_end();
    guint differences = report.differences->len;
    for (guint i = 0; i < differences; i++)
        printf("%s\n", (const char *)g_ptr_array_index(report.differences, i));
    rebuild_report_clear(&report);
    if (differences > 0)
        cli_complain(cli, "rows.db differs from the journal: `lianfang rebuild` builds it again");
    else
        printf("rows are equal\n");
    return differences == 0;
}

int run_verify(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autofree char *head_path = NULL;
    gboolean rows = FALSE;
    const GOptionEntry own[] = {{"rows", 0, 0, G_OPTION_ARG_NONE, &rows,
                                 "also compare rows.db with the journal; not while the server runs", NULL},
                                {"head", 0, 0, G_OPTION_ARG_FILENAME, &head_path,
                                 "a head kept elsewhere: without one a missing end cannot be detected", "FILE"},
                                {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    g_autoptr(GError) error = NULL;
    AUTO(journal_head) struct journal_head head = {0};
    if (head_path != NULL && !head_read(head_path, &head, &error))
        return cli_fail(&cli, error);
    g_autofree char *path = g_build_filename(cli.data_dir, "journal.db", NULL);
    AUTO(journal_report) struct journal_report report = {0};
    char counted[] = "events";
    if (!data_exists(cli.data_dir, &error) || !mark_has_no_logs(cli.data_dir, &error) ||
        !journal_verify(path, head_path != NULL ? &head : NULL, cli_progress, counted, &report, &error))
        return cli_fail(&cli, error);
    cli_progress_end();
    for (guint i = 0; i < report.findings->len; i++) {
        const struct journal_finding *finding = &g_array_index(report.findings, struct journal_finding, i);
        printf("event %" G_GINT64_FORMAT ": %s\n", finding->pos, finding->what);
    }
    for (guint i = 0; i < report.tables->len; i++)
        printf("journal.db: %s\n", (const char *)g_ptr_array_index(report.tables, i));
    if (report.findings->len > 0 || report.tables->len > 0)
        return cli_complain(&cli, "the journal was changed or damaged: restore the newest backup that verifies");
    int64_t files = 0;
    if (!verify_pages(&cli, "journal.db", "restore the newest backup that verifies") ||
        !verify_attachments(&cli, &files) || !verify_secrets(&cli, report.heads) ||
        !verify_pages(&cli, "secrets.db", "restore the newest backup that verifies") || (rows && !verify_rows(&cli)))
        return CLI_FAILED;
    char hash[2 * JOURNAL_HASH_BYTES + 1];
    hex(report.last_hash, sizeof report.last_hash, hash);
    printf("%" G_GINT64_FORMAT " events, %zu heads, last hash %s\n", report.events, report.heads, hash);
    if (files > 0)
        printf("%" G_GINT64_FORMAT " attachments\n", files);
    return CLI_DONE;
}

int run_backup(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    gboolean dated = FALSE;
    gint keep = 0;
    const GOptionEntry own[] = {
        {"dated", 0, 0, G_OPTION_ARG_NONE, &dated, "make it in FOLDER under the name of the time (UTC)", NULL},
        {"keep", 0, 0, G_OPTION_ARG_INT, &keep, "with --dated: remove all but the newest N", "N"},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    if (keep < 0 || (keep > 0 && !dated)) {
        cli_complain(&cli, keep < 0 ? "--keep is a number from 1 on" : "--keep goes with --dated");
        return CLI_USAGE;
    }
    g_autoptr(GError) error = NULL;
    int64_t began_us = g_get_real_time();
    g_autofree char *target = dated ? backups_next(cli.words[0], began_us, &error) : g_strdup(cli.words[0]);
    g_autofree char *older = dated ? backups_newest(cli.words[0]) : NULL;
    int64_t linked = 0;
    if (target == NULL || !data_backup_beside(cli.data_dir, cli.keys_dir, older, target, &linked, &error))
        return cli_fail(&cli, error);
    printf("backup in %s; it can be read only with %s\n", target, cli.keys_dir);
    if (linked > 0)
        printf("%" G_GINT64_FORMAT " attachments share their bytes with %s\n", linked, older);
    if (!data_note_backup(cli.data_dir, began_us, &error)) {
        cli_complain(&cli, "the backup is whole, but /metrics will not tell of it: %s", error->message);
        g_clear_error(&error);
    }
    int64_t files = 0;
    if (!verify_attachments(&cli, &files))
        return cli_complain(&cli, "%s was made without them, and no older one was removed", target);
    struct pruned pruned = {0};
    if (keep > 0 && !backups_prune(cli.words[0], target, keep, &pruned, &error))
        return cli_fail(&cli, error);
    if (pruned.removed > 0)
        printf("%d older backups removed\n", pruned.removed);
    if (pruned.newer > 0)
        printf("%d in %s bear the name of a later time and are left alone: look at them\n", pruned.newer, cli.words[0]);
    return CLI_DONE;
}

/* A start that refuses because events are missing, made to go on; the event loss_accepted is its first. */
int run_accept_loss(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    struct clock clock;
    g_autoptr(GError) error = NULL;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    clock_init_system(&clock);
    struct engine_options options = {.areas = lianfang_areas,
                                     .data_dir = cli.data_dir,
                                     .keys_dir = cli.keys_dir,
                                     .clock = &clock,
                                     .no_clock = true,
                                     .grace_us = -1,
                                     .accept_loss = cli.words[0]};
    AUTO(engine) struct engine *engine = engine_open(&options, &error);
    if (engine == NULL)
        return cli_fail(&cli, error);
    if (engine_loss(engine) == NULL)
        return cli_complain(&cli, "nothing is missing: there is no loss to accept");
    printf("accepted: %s\n", engine_loss(engine));
    return CLI_DONE;
}

int run_rebuild(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    gboolean compare = FALSE, by_stream = FALSE;
    const GOptionEntry own[] = {
        {"compare", 0, 0, G_OPTION_ARG_NONE, &compare, "change nothing, only list the rows that differ", NULL},
        {"by-stream", 0, 0, G_OPTION_ARG_NONE, &by_stream, "stream after stream, the root's first; gives equal rows",
         NULL},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    g_autoptr(GError) error = NULL;
    struct rebuild_report report;
    char counted[] = "events";
    int64_t began_us = clock_monotonic_us();
    if (!rows_rebuild(lianfang_areas, cli.data_dir, compare, by_stream, cli_progress, counted, &report, &error))
        return cli_fail(&cli, error);
    cli_progress_end();
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6;
    guint differences = report.differences->len;
    for (guint i = 0; i < differences; i++)
        printf("%s\n", (const char *)g_ptr_array_index(report.differences, i));
    printf("%" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT " entries in %.1f s%s\n", report.events, report.entries,
           seconds,
           !compare          ? ""
           : differences > 0 ? ": rows differ"
                             : ": rows are equal");
    rebuild_report_clear(&report);
    return differences > 0
               ? cli_complain(&cli, "run `lianfang verify` first; if it finds nothing, run `lianfang rebuild` without "
                                    "--compare")
               : CLI_DONE;
}

/* True when no other process has the data directory open. */
static bool is_unused(const struct cli *cli)
{
    AUTO(engine) struct engine *engine = cli_engine(cli, false);
    return engine != NULL;
}

int run_rotate_key(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    if (!is_unused(&cli))
        return CLI_FAILED;
    g_autoptr(GError) error = NULL;
    struct vault_options options = {.data_dir = cli.data_dir, .keys_dir = cli.keys_dir};
    AUTO(vault) struct vault *vault = vault_open(&options, &error);
    if (vault == NULL || !vault_rotate_master_key(vault, &error))
        return cli_fail(&cli, error);
    printf("new master key in %s; backups made earlier need the old one\n", cli.keys_dir);
    return CLI_DONE;
}
