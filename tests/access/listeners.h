/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listeners - everybody with a page open: each is told exactly of what the oracle shows them.
 *
 * Owner   the test; the pages stay open from the first check to listeners_close(), whatever becomes of their rights.
 */
#ifndef TESTS_ACCESS_LISTENERS_H
#define TESTS_ACCESS_LISTENERS_H

#include "api/rig.h"
#include "oracle.h"

/* Changes every matter; `model` is of before and still holds. `viewers`: names, the same each time. */
void listeners_check(struct rig *rig, const struct model *model, const GPtrArray *viewers);
void listeners_close(void);

#endif
