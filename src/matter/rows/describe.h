/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * describe - hooks of command/area.h: what answers and metrics contain about decided events.
 */
#ifndef MATTER_ROWS_DESCRIBE_H
#define MATTER_ROWS_DESCRIBE_H

#include "command/decision.h"

int64_t matter_lapses(const struct decided_event *event);
void matter_describe(struct db *rows, struct vault *vault, const struct event *event, const json_t *body,
                     const struct uuid *matter, json_t *row);

#endif
