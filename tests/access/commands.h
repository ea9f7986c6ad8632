/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * commands - what the files of one test program share: the city, the judge's model of it, and who is in it.
 *
 * Owner   commands.c, which makes and frees both.
 */
#ifndef TESTS_ACCESS_COMMANDS_H
#define TESTS_ACCESS_COMMANDS_H

#include "oracle.h"
#include "api/rig.h"

extern struct rig *rig;
extern struct model *model;

int64_t person(const char *name);
void look(void); /* makes the model anew */
/* `text` is freed; the caller frees what comes back. */
char *replaced(char *text, const char *what, const char *by);

/* ---- afterwards.c ---- */

void nothing_more_is_read(void);
void afterwards_forget(void);

#endif
