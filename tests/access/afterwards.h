/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * afterwards - what a command lets its giver read afterwards, and what commands.c shares with it: the city, the
 *              oracle's model of it.
 *
 * Owner   commands.c, which makes and frees both.
 */
#ifndef TESTS_ACCESS_AFTERWARDS_H
#define TESTS_ACCESS_AFTERWARDS_H

#include "api/rig.h"
#include "oracle.h"

extern struct rig *rig;
extern struct model *model;

void look(void); /* the model anew */
int64_t person(const char *name);
char *replaced(char *text /* taken */, const char *what, const char *by);

void nothing_more_is_read(void);
void afterwards_clear(void);

#endif
