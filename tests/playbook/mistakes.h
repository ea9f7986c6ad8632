/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mistakes - one mistake put into the good playbook (good/), and what must be said about it.
 *
 * Shape   `from` stands exactly once in good/ and is replaced by `to`; NULL: `to` is a file of its own. The mark § in `to` is taken
 *         out and is where the diagnostic must point. It must be the only one, or the first of `count`.
 */
#ifndef TESTS_PLAYBOOK_MISTAKES_H
#define TESTS_PLAYBOOK_MISTAKES_H

#include "playbook/load.h"

struct mistake {
    const char *from, *to;
    const char *text;       /* a part of what is said */
    const char *suggestion; /* NULL none */
    guint count;            /* 0: one */
};

void mistakes_run(const struct mistake *rows, size_t count);

/* The files of a folder below tests/playbook. */
GArray *mistakes_read(const char *folder);
GArray *mistakes_new_diagnostics(void);

#endif
