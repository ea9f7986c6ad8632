/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config - the file of --config: options of sub-commands, so that a unit file and a shell say the same.
 *
 * Shape   groups in brackets with lines KEY=VALUE: a group is a sub-command ("serve", "account create"), a key one of
 *         its long options; "all" holds `data` and `keys` for every sub-command. An option without an argument is
 *         true or false. What the command line says comes after and wins. Groups "deliver NAME" are destinations of
 *         alerts (outbox/destination.h), which `serve` reads.
 * Errors  CONFIG_ERROR: what cannot be read, a key that the sub-command does not have, a value that is none.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <glib.h>
#include <stdbool.h>

#define CONFIG_ERROR config_error_quark()
GQuark config_error_quark(void);
enum { CONFIG_ERROR_READ, CONFIG_ERROR_KEY, CONFIG_ERROR_VALUE };

/* What the file says for a sub-command, as arguments ("--port=8080"); `entries` are its own options, `common` those of
 * every one (each ended by {NULL}; the first may be NULL). NULL with error. */
char **config_arguments(const char *path, const char *command, const GOptionEntry *entries, const GOptionEntry *common,
                        GError **error);
/* That each group is "all", "deliver NAME" or one of the names (ended by NULL). */
bool config_check_groups(const char *path, const char *const *commands, GError **error);
/* The file that the arguments name, NULL none; borrowed. */
const char *config_path(int argc, char **argv);

#endif
