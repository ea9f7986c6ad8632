/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files - a playbook as it is named on the command line: its files, and every mistake in them.
 *
 * Shape   a result of NULL or false has been reported on standard error.
 * Owner   the caller frees what is returned, but for cli_first_source().
 */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "cli/cli.h"
#include "playbook/load/load.h"

/* An array of struct source. */
GArray *cli_read_playbook(const struct cli *cli, const char *path);
const struct source *cli_first_source(const GArray *sources);
/* NULL with every mistake printed. */
struct playbook *cli_load_playbook(const struct cli *cli, const char *path, const GArray *sources);
/* The language that --lang names; NULL: that of the locale. */
bool cli_language(const struct cli *cli, const char *language, bool *out_english);

#endif
