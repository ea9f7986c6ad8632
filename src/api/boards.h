/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * boards - how a unit stands: rows of signals, each figure with its colour and why it has it.
 *
 * Shape   handlers of endpoints.c. A signal is there for whoever may see its indicator at the unit; a row is coloured
 *         by the signals that are there, and says when some are not.
 * Limits  SPREAD_MOST units whose colours are counted for one answer.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_BOARDS_H
#define API_BOARDS_H

#include "api/request.h"

void get_boards(struct request *request);
void get_board(struct request *request);
void get_board_below(struct request *request); /* the same of each unit right below, page by page */

#endif
