/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines - the open connections, and which of them take too long over one request.
 *
 * Shape   the HTTP library drops who is silent; who sends a byte now and then would keep a place for ever. Each
 *         line has a moment by which its header, and then its whole request, must be through. When three quarters of
 *         all places are taken, a header must come within LIMIT_HURRIED_SECONDS; when nearly all are, each that comes
 *         drives out the one that has been silent longest, so that a health check always finds a place.
 * Owner   any thread; a thread of its own looks once a second.
 */
#ifndef API_LINES_H
#define API_LINES_H

struct lines;
struct line;
enum line_state { LINE_SILENT, LINE_SENDS, LINE_WAITS }; /* no header yet; its body; for its answer, or takes it */

/* A header may take `seconds` and the silence before it as long again; a whole request five times that. */
struct lines *lines_new(int seconds, int places);
void lines_free(struct lines *lines); /* when none is open any more */

struct line *line_new(struct lines *lines, int fd);
void line_free(struct lines *lines, struct line *line); /* before the descriptor is closed */
void line_move(struct lines *lines, struct line *line, enum line_state state);

#endif
