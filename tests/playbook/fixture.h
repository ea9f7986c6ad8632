/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixture - playbooks below tests/playbook.
 */
#ifndef TESTS_PLAYBOOK_FIXTURE_H
#define TESTS_PLAYBOOK_FIXTURE_H

#include "playbook/load/load.h"

GArray *fixture_read(const char *folder); /* of struct source, cleared with the array */
GArray *fixture_diagnostics(void);        /* an empty array of struct diagnostic, cleared with the array */

/* Fails where one, told in Chinese, has a Latin letter outside of backquotes that is not of a format's name. */
void fixture_is_in_chinese(const GArray *diagnostics);

#endif
