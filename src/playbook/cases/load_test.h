/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_test - a playbook's own tests: read and resolved, kept as JSON for whoever runs them.
 *
 * Shape   playbook->tests; docs/playbook.md, "world and test", says what it looks like.
 * Errors  reported to the loader, where they stand.
 */
#ifndef PLAYBOOK_CASES_LOAD_TEST_H
#define PLAYBOOK_CASES_LOAD_TEST_H

#include "playbook/source/loader.h"

void load_tests(struct loader *loader);

#endif
