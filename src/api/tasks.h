/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tasks - the to-do list of a viewer, and the alerts raised to the viewer's posts.
 *
 * Shape   handlers of endpoints.c; what stands in the list is access/task_list.h.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_TASKS_H
#define API_TASKS_H

#include "access/task_list.h"
#include "api/request.h"

void get_tasks(struct request *request);
void get_alerts(struct request *request);
void get_handover_tasks(struct request *request);

/* Also for snapshot.c; the caller owns what is returned. *out_named: a look to note. */
json_t *shape_task(struct request *request, struct task_list *list, const struct todo *todo, bool *out_named);

#endif
