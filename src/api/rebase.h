/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rebase - what would become of running matters under the rules in force, before the command is given.
 *
 * Shape   {data: [{matter, state, code, what, detail}], fitting, version, progress, next}: those of a page of waiting
 *         matters that do not fit, how many do, and how far the command has come. Nothing is changed. A viewer who may
 *         adopt a playbook is shown ids and states of matters, nothing of what was entered.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_REBASE_H
#define API_REBASE_H

#include "api/request.h"

void get_rebase(struct request *request);

#endif
