/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/lines.h"

#include "base/clock.h"

#include <glib.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

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
    pthread_mutex_t lock;
    pthread_cond_t ended;
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
    pthread_mutex_lock(&lines->lock);
    while (!lines->ending) {
        drop_late(lines);
        struct timespec next;
        clock_gettime(CLOCK_MONOTONIC, &next);
        next.tv_sec++;
        pthread_cond_timedwait(&lines->ended, &lines->lock, &next);
    }
    pthread_mutex_unlock(&lines->lock);
    return NULL;
}

struct lines *lines_new(int seconds)
{
    struct lines *lines = g_new0(struct lines, 1);
    lines->seconds_us = seconds * US_PER_SECOND;
    pthread_mutex_init(&lines->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&lines->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    g_queue_init(&lines->open);
    int failed = pthread_create(&lines->thread, NULL, run, lines);
    g_assert(failed == 0);
    return lines;
}

void lines_free(struct lines *lines)
{
    pthread_mutex_lock(&lines->lock);
    lines->ending = true;
    pthread_cond_signal(&lines->ended);
    pthread_mutex_unlock(&lines->lock);
    pthread_join(lines->thread, NULL);
    g_assert(lines->open.length == 0);
    pthread_mutex_destroy(&lines->lock);
    pthread_cond_destroy(&lines->ended);
    g_free(lines);
}

struct line *line_new(struct lines *lines, int fd)
{
    struct line *line = g_new0(struct line, 1);
    *line = (struct line){.fd = fd, .link.data = line};
    line->until_us = clock_monotonic_us() + SILENCE_TIMES * lines->seconds_us;
    pthread_mutex_lock(&lines->lock);
    g_queue_push_tail_link(&lines->open, &line->link);
    pthread_mutex_unlock(&lines->lock);
    return line;
}

void line_free(struct lines *lines, struct line *line)
{
    pthread_mutex_lock(&lines->lock);
    g_queue_unlink(&lines->open, &line->link);
    pthread_mutex_unlock(&lines->lock);
    g_free(line);
}

void line_move(struct lines *lines, struct line *line, bool asks)
{
    pthread_mutex_lock(&lines->lock);
    if (line->until_us != INT64_MAX)
        line->until_us = clock_monotonic_us() + (asks ? REQUEST_TIMES : SILENCE_TIMES) * lines->seconds_us;
    pthread_mutex_unlock(&lines->lock);
}
