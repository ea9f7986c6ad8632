/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines - the open connections, and which of them take too long over one request.
 *
 * Shape   the HTTP library drops who is silent; who sends a byte now and then would keep a place for ever. Each
 *         line has a moment by which its header, and then its whole request, must be through.
 * Owner   any thread; a thread of its own looks once a second.
 */
#ifndef API_LINES_H
#define API_LINES_H

#include <stdbool.h>

struct lines;
struct line;

/* A header may take `seconds` and the silence before it as long again; a whole request five times that. */
struct lines *lines_new(int seconds);
void lines_free(struct lines *lines); /* when none is open any more */

struct line *line_new(struct lines *lines, int fd);
void line_free(struct lines *lines, struct line *line);            /* before the descriptor is closed */
void line_move(struct lines *lines, struct line *line, bool asks); /* a request has begun, or ended */

#endif
