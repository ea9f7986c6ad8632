/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixture - playbooks below tests/playbook.
 */
#ifndef TESTS_PLAYBOOK_FIXTURE_H
#define TESTS_PLAYBOOK_FIXTURE_H

#include "playbook/load/load.h"

GArray *fixture_read(const char *folder); /* of struct source, cleared with the array */
GArray *fixture_diagnostics(void);        /* an empty array of struct diagnostic, cleared with the array */

#endif
