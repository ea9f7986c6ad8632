/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * accounts - what the sub-commands about accounts share.
 *
 * Errors  what fails is printed, as cli.h has it.
 */
#ifndef CLI_ACCOUNTS_H
#define CLI_ACCOUNTS_H

#include "cli/cli.h"
#include "vault/account.h"

#define MADE_PASSWORD_CHARS 14

/* Of the data directory, whose lock the caller holds; NULL, said. */
struct account_store *accounts_open(const struct cli *cli);
/* Random, without letters and digits that are mistaken for one another when read out; owned. */
char *made_password(void);
/* The event that comes before anything is done, as through the API: `what` is "made", "reset" or "closed"; account 0 of
 * one that is not made yet. False when refused, said. */
bool accounts_note(const struct cli *cli, struct engine *engine, const char *what, int64_t person, int64_t account);

#endif
