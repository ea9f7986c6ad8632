/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_test - a playbook's own tests: read, resolved, and kept as JSON for story/.
 *
 * Shape   playbook->tests; docs/playbook.md, "world and test", has their form.
 * Errors  reported to the loader, with position.
 */
#ifndef PLAYBOOK_CASES_LOAD_TEST_H
#define PLAYBOOK_CASES_LOAD_TEST_H

#include "playbook/source/loader.h"

void load_tests(struct loader *loader);

#endif
