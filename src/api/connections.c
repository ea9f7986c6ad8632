/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/connections.h"

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
#define SPARE_OF_FORTY 2 /* of all places: kept for the next connections, a health check above all */

struct connection {
    int fd;
    enum connection_state state;
    int64_t since_us, until_us; /* monotonic */
    bool dropped;
    GList link;
};

/* Invariants: `open` is ordered by since_us, each connection's state and times change only together with its place
 * there; `leaving` counts the connections that are dropped. */
struct connections {
    int64_t seconds_us;
    guint hurry, most; /* open connections */
    guint leaving;     /* of them those that have been dropped */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool ending;
    GQueue open; /* of struct connection, the one first that has been in its state for longest */
};

/* The HTTP library sees the end of what comes in and closes the connection itself. */
static void drop(struct connections *connections, struct connection *connection)
{
    shutdown(connection->fd, SHUT_RDWR);
    connection->dropped = true;
    connections->leaving++;
}

static bool is_late(const struct connections *connections, const struct connection *connection, int64_t now_us)
{
    bool hurry = connections->open.length - connections->leaving >= connections->hurry;
    return now_us >= connection->until_us || (hurry && connection->state == CONNECTION_SILENT &&
                                              now_us - connection->since_us >= LIMIT_HURRIED_SECONDS * US_PER_SECOND);
}

static void drop_late(struct connections *connections)
{
    int64_t now_us = clock_monotonic_us();
    for (GList *at = connections->open.head; at != NULL; at = at->next) {
        struct connection *connection = at->data;
        if (!connection->dropped && is_late(connections, connection, now_us))
            drop(connections, connection);
    }
}

/* Drops the connection that has been silent longest, else the one that has been sending longest; those that wait for an
 * answer stay. */
static void make_room(struct connections *connections)
{
    for (enum connection_state state = CONNECTION_SILENT; state <= CONNECTION_SENDS; state++)
        for (GList *at = connections->open.head; at != NULL; at = at->next) {
            struct connection *connection = at->data;
            if (!connection->dropped && connection->state == state) {
                drop(connections, connection);
                return;
            }
        }
}

static void *run(void *context)
{
    struct connections *connections = context;
    pthread_mutex_lock(&connections->lock);
    while (!connections->ending) {
        drop_late(connections);
        struct timespec next;
        clock_gettime(CLOCK_MONOTONIC, &next);
        next.tv_sec++;
        pthread_cond_timedwait(&connections->ended, &connections->lock, &next);
    }
    pthread_mutex_unlock(&connections->lock);
    return NULL;
}

struct connections *connections_new(int seconds, int places)
{
    struct connections *connections = g_new0(struct connections, 1);
    connections->seconds_us = seconds * US_PER_SECOND;
    connections->hurry = (guint)places * HURRY_OF_FOUR / 4;
    connections->most = (guint)(places - MAX(1, places * SPARE_OF_FORTY / 40));
    pthread_mutex_init(&connections->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&connections->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    g_queue_init(&connections->open);
    int failed = pthread_create(&connections->thread, NULL, run, connections);
    g_assert(failed == 0);
    return connections;
}

void connections_free(struct connections *connections)
{
    pthread_mutex_lock(&connections->lock);
    connections->ending = true;
    pthread_cond_signal(&connections->ended);
    pthread_mutex_unlock(&connections->lock);
    pthread_join(connections->thread, NULL);
    g_assert(connections->open.length == 0);
    pthread_mutex_destroy(&connections->lock);
    pthread_cond_destroy(&connections->ended);
    g_free(connections);
}

static void set_state(struct connections *connections, struct connection *connection, enum connection_state state)
{
    connection->state = state;
    connection->since_us = clock_monotonic_us();
    connection->until_us =
        connection->since_us + (state == CONNECTION_SILENT ? SILENCE_TIMES : REQUEST_TIMES) * connections->seconds_us;
    g_queue_push_tail_link(&connections->open, &connection->link);
}

struct connection *connection_new(struct connections *connections, int fd)
{
    struct connection *connection = g_new0(struct connection, 1);
    *connection = (struct connection){.fd = fd, .link.data = connection};
    pthread_mutex_lock(&connections->lock);
    if (connections->open.length - connections->leaving >= connections->most)
        make_room(connections);
    set_state(connections, connection, CONNECTION_SILENT);
    pthread_mutex_unlock(&connections->lock);
    return connection;
}

void connection_free(struct connections *connections, struct connection *connection)
{
    pthread_mutex_lock(&connections->lock);
    g_queue_unlink(&connections->open, &connection->link);
    connections->leaving -= connection->dropped;
    pthread_mutex_unlock(&connections->lock);
    g_free(connection);
}

void connection_move(struct connections *connections, struct connection *connection, enum connection_state state)
{
    pthread_mutex_lock(&connections->lock);
    g_queue_unlink(&connections->open, &connection->link);
    set_state(connections, connection, state);
    pthread_mutex_unlock(&connections->lock);
}
