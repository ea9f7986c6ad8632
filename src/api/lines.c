/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/lines.h"

#include "base/clock.h"

#include <glib.h>
#include <pthread.h>
#include <sys/socket.h>

#define SILENCE_TIMES 2
#define REQUEST_TIMES 5

struct line {
    int fd;
    int64_t until_us; /* monotonic */
    GList link;
};

struct lines {
    int64_t seconds_us;
    pthread_t thread;
    GMutex lock;
    GCond ended;
    bool ending;
    GQueue open; /* of struct line */
};

/* The HTTP library sees the end of what comes in and closes the connection itself. */
static void drop_late(struct lines *lines)
{
    int64_t now_us = clock_monotonic_us();
    for (GList *at = lines->open.head; at != NULL; at = at->next) {
        struct line *line = at->data;
        if (now_us < line->until_us)
            continue;
        shutdown(line->fd, SHUT_RDWR);
        line->until_us = INT64_MAX;
    }
}

static void *run(void *context)
{
    struct lines *lines = context;
    g_mutex_lock(&lines->lock);
    while (!lines->ending) {
        drop_late(lines);
        g_cond_wait_until(&lines->ended, &lines->lock, g_get_monotonic_time() + G_TIME_SPAN_SECOND);
    }
    g_mutex_unlock(&lines->lock);
    return NULL;
}

struct lines *lines_new(int seconds)
{
    struct lines *lines = g_new0(struct lines, 1);
    lines->seconds_us = seconds * US_PER_SECOND;
    g_mutex_init(&lines->lock);
    g_cond_init(&lines->ended);
    g_queue_init(&lines->open);
    int failed = pthread_create(&lines->thread, NULL, run, lines);
    g_assert(failed == 0);
    return lines;
}

void lines_free(struct lines *lines)
{
    g_mutex_lock(&lines->lock);
    lines->ending = true;
    g_cond_signal(&lines->ended);
    g_mutex_unlock(&lines->lock);
    pthread_join(lines->thread, NULL);
    g_assert(lines->open.length == 0);
    g_mutex_clear(&lines->lock);
    g_cond_clear(&lines->ended);
    g_free(lines);
}

struct line *line_new(struct lines *lines, int fd)
{
    struct line *line = g_new0(struct line, 1);
    *line = (struct line){.fd = fd, .link.data = line};
    line->until_us = clock_monotonic_us() + SILENCE_TIMES * lines->seconds_us;
    g_mutex_lock(&lines->lock);
    g_queue_push_tail_link(&lines->open, &line->link);
    g_mutex_unlock(&lines->lock);
    return line;
}

void line_free(struct lines *lines, struct line *line)
{
    g_mutex_lock(&lines->lock);
    g_queue_unlink(&lines->open, &line->link);
    g_mutex_unlock(&lines->lock);
    g_free(line);
}

void line_move(struct lines *lines, struct line *line, bool asks)
{
    g_mutex_lock(&lines->lock);
    if (line->until_us != INT64_MAX)
        line->until_us = clock_monotonic_us() + (asks ? REQUEST_TIMES : SILENCE_TIMES) * lines->seconds_us;
    g_mutex_unlock(&lines->lock);
}
