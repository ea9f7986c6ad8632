/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/lines.h"

#include "base/clock.h"
#include "base/limits.h"

#include <glib.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>

#define SILENCE_TIMES  2
#define REQUEST_TIMES  5
#define HURRY_OF_FOUR  3 /* quarters of all places: from here on a header must be quick */
#define SPARE_OF_FORTY 2 /* of all places: kept for whoever comes next, a health check before all */

struct line {
    int fd;
    enum line_state state;
    int64_t since_us, until_us; /* monotonic */
    bool dropped;
    GList link;
};

struct lines {
    int64_t seconds_us;
    guint hurry, most; /* open lines */
    guint leaving;     /* of them those that have been dropped */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool ending;
    GQueue open; /* of struct line, the one first that has been in its state for longest */
};

/* The HTTP library sees the end of what comes in and closes the connection itself. */
static void drop(struct lines *lines, struct line *line)
{
    shutdown(line->fd, SHUT_RDWR);
    line->dropped = true;
    lines->leaving++;
}

static bool is_late(const struct lines *lines, const struct line *line, int64_t now_us)
{
    bool hurry = lines->open.length - lines->leaving >= lines->hurry;
    return now_us >= line->until_us ||
           (hurry && line->state == LINE_SILENT && now_us - line->since_us >= LIMIT_HURRIED_SECONDS * US_PER_SECOND);
}

static void drop_late(struct lines *lines)
{
    int64_t now_us = clock_monotonic_us();
    for (GList *at = lines->open.head; at != NULL; at = at->next) {
        struct line *line = at->data;
        if (!line->dropped && is_late(lines, line, now_us))
            drop(lines, line);
    }
}

/* Whoever has been silent longest, else has been sending for longest; who waits for an answer stays. */
static void make_room(struct lines *lines)
{
    for (enum line_state state = LINE_SILENT; state <= LINE_SENDS; state++)
        for (GList *at = lines->open.head; at != NULL; at = at->next) {
            struct line *line = at->data;
            if (!line->dropped && line->state == state) {
                drop(lines, line);
                return;
            }
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

struct lines *lines_new(int seconds, int places)
{
    struct lines *lines = g_new0(struct lines, 1);
    lines->seconds_us = seconds * US_PER_SECOND;
    lines->hurry = (guint)places * HURRY_OF_FOUR / 4;
    lines->most = (guint)(places - MAX(1, places * SPARE_OF_FORTY / 40));
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

static void set_state(struct lines *lines, struct line *line, enum line_state state)
{
    line->state = state;
    line->since_us = clock_monotonic_us();
    line->until_us = line->since_us + (state == LINE_SILENT ? SILENCE_TIMES : REQUEST_TIMES) * lines->seconds_us;
    g_queue_push_tail_link(&lines->open, &line->link);
}

struct line *line_new(struct lines *lines, int fd)
{
    struct line *line = g_new0(struct line, 1);
    *line = (struct line){.fd = fd, .link.data = line};
    pthread_mutex_lock(&lines->lock);
    if (lines->open.length - lines->leaving >= lines->most)
        make_room(lines);
    set_state(lines, line, LINE_SILENT);
    pthread_mutex_unlock(&lines->lock);
    return line;
}

void line_free(struct lines *lines, struct line *line)
{
    pthread_mutex_lock(&lines->lock);
    g_queue_unlink(&lines->open, &line->link);
    lines->leaving -= line->dropped;
    pthread_mutex_unlock(&lines->lock);
    g_free(line);
}

void line_move(struct lines *lines, struct line *line, enum line_state state)
{
    pthread_mutex_lock(&lines->lock);
    g_queue_unlink(&lines->open, &line->link);
    set_state(lines, line, state);
    pthread_mutex_unlock(&lines->lock);
}
