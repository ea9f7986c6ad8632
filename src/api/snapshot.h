/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot - what a phone keeps, so that its owner can work without a network.
 *
 * Shape   a row for each matter of the viewer's to-do list, then for other open matters that the viewer may see: the
 *         matter, its tasks, what may be entered now, its newest entries, each as the endpoint of its own shows it.
 *         A row's digest stands for all of it. The phone says which digests it has; it gets the rows that it lacks,
 *         and those of its digests that stand for nothing any more, whatever the cause: changed, closed, moved, no
 *         longer the viewer's.
 * Limits  LIMIT_SNAPSHOT_MATTERS rows; `whole` is false where there are more.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_SNAPSHOT_H
#define API_SNAPSHOT_H

#include "api/request.h"

void get_snapshot(struct request *request);

#endif
