/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running matters of a kind go over to the rules in force; what was interrupted goes on where it was. */
#include "cli/cli.h"
#include "matter/rebase.h"

#include <stdio.h>

struct rebase_wish {
    const char *kind;
    char *unit;    /* code or "#id"; NULL everywhere */
    gboolean skip; /* those that do not fit keep their rules */
    gboolean try;
};

/* ---- looking ---- */

static bool find_unit(const struct cli *cli, struct db *rows, const struct rebase_wish *wish, int64_t at_us,
                      int64_t *out)
{
    *out = REGISTRY_ROOT;
    if (wish->unit == NULL || registry_unit_by_text(rows, wish->unit, at_us, out))
        return true;
    cli_complain(cli, "there is no unit %s", wish->unit);
    return false;
}

static int64_t look(struct reader *reader, struct rulebook *rulebook, struct rebase_range *range, const struct kind *to,
                    int64_t at_us, int64_t *fitting)
{
    int64_t misfits = 0;
    while (!range->done) {
        g_autoptr(GArray) waiting = rebase_waiting(reader->rows, range, at_us, REBASED_PER_COMMAND);
        for (guint i = 0; i < waiting->len; i++) {
            const struct matter *matter = &g_array_index(waiting, struct matter, i);
            struct misfit misfit;
            if (rebase_fits(reader->rows, reader->vault, rulebook, matter, to, &misfit)) {
                ++*fitting;
                continue;
            }
            AUTO(problem) struct problem *problem = misfit_problem(&misfit);
            g_autofree char *sentence = problem_sentence(problem, cli_speaks_chinese());
            printf("%s\n", sentence);
            misfits++;
        }
    }
    return misfits;
}

static int try_all(const struct cli *cli, struct engine *engine, const struct rebase_wish *wish)
{
    g_autoptr(GError) error = NULL;
    struct rulebook *rulebook = engine_rulebook(engine);
    struct rebase_range range = {.to = rulebook_current(rulebook), .kind = wish->kind};
    const struct kind *to = range.to != NULL ? playbook_find_kind(range.to, wish->kind) : NULL;
    if (to == NULL)
        return cli_complain(cli, "no playbook in force has a kind %s", wish->kind);
    struct reader *reader = reader_open(engine_data_dir(engine), engine_keys_dir(engine), &error);
    if (reader == NULL)
        return cli_fail(cli, error);
    int64_t at_us = cli_now_us(), fitting = 0, misfits = 0;
    bool found = find_unit(cli, reader->rows, wish, at_us, &range.unit);
    if (found)
        misfits = look(reader, rulebook, &range, to, at_us, &fitting);
    reader_close(reader);
    if (!found)
        return CLI_FAILED;
    printf("%" G_GINT64_FORMAT " can change to version %d, %" G_GINT64_FORMAT " cannot\n", fitting, range.to->version,
           misfits);
    return misfits == 0 ? CLI_DONE : CLI_FAILED;
}

/* ---- doing ---- */

static json_t *command_of(const struct rebase_wish *wish)
{
    json_t *body = json_pack("{s:s}", "kind", wish->kind);
    if (wish->unit != NULL)
        json_object_set_new(body, "unit", json_string(wish->unit));
    if (wish->skip)
        json_object_set_new(body, "skip", json_true());
    return body;
}

static int do_all(const struct cli *cli, struct engine *engine, const struct rebase_wish *wish)
{
    for (bool done = false; !done;) {
        struct answer answer = {0};
        bool accepted = cli_ask(cli, engine, "rebase_matters", command_of(wish), &answer);
        const json_t *rows = json_object_get(answer.body, "events");
        const json_t *last = json_array_get(rows, json_array_size(rows) - 1);
        int64_t rebased = json_get_integer(last, "rebased", 0), passed = json_get_integer(last, "passed", 0);
        done = json_is_true(json_object_get(last, "done"));
        json_decref(answer.body);
        if (!accepted)
            return CLI_FAILED;
        cli_progress(rebased, 0, "rebased");
        if (done) {
            cli_progress_end();
            printf("%" G_GINT64_FORMAT " are now under the version in force, %" G_GINT64_FORMAT
                   " did not fit and keep their rules\n",
                   rebased, passed);
        }
    }
    return CLI_DONE;
}

int run_playbook_rebase(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    struct rebase_wish wish = {0};
    const GOptionEntry own[] = {
        {"unit", 0, 0, G_OPTION_ARG_STRING, &wish.unit, "only in this unit and below it", "CODE"},
        {"skip", 0, 0, G_OPTION_ARG_NONE, &wish.skip, "skip what does not fit; it keeps its rules", NULL},
        {"try", 0, 0, G_OPTION_ARG_NONE, &wish.try, "only say what would not fit", NULL},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    wish.kind = cli.words[0];
    AUTO(engine) struct engine *engine = cli_engine(&cli, false);
    int status = CLI_FAILED;
    if (engine != NULL)
        status = wish.try ? try_all(&cli, engine, &wish) : do_all(&cli, engine, &wish);
    g_free(wish.unit);
    return status;
}
