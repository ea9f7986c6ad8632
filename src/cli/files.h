/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files - a playbook as it is named on the command line: its files, and every mistake in them.
 *
 * Shape   results of NULL and false have been said.
 */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "cli/cli.h"
#include "playbook/load/load.h"

/* An array of struct source. */
GArray *cli_read_playbook(const struct cli *cli, const char *path);
const struct source *cli_first_source(const GArray *sources);
/* NULL with every mistake told. */
struct playbook *cli_load_playbook(const struct cli *cli, const char *path, const GArray *sources);
/* What --lang names; NULL: what the terminal speaks. */
bool cli_language(const struct cli *cli, const char *language, bool *out_english);

#endif
