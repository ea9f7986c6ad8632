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
    char *address; /* NULL: of a proxy, whose connections are not counted */
    enum connection_state state;
    int64_t since_us, until_us; /* monotonic */
    bool dropped;
    GList link;
};

/* Invariants: `open` is ordered by since_us, each connection's state and times change only together with its place
 * there; `leaving` counts the connections that are dropped, `streaming` those that stream, `addresses` the others. */
struct connections {
    int64_t seconds_us;
    guint hurry, most, of_address; /* open connections that do not stream */
    guint leaving, streaming;      /* of all those that have been dropped, and those that stream */
    GHashTable *addresses;         /* text → how many of one address are open and do not stream */
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

static guint taken(const struct connections *connections)
{
    return connections->open.length - connections->streaming -
           MIN(connections->leaving, connections->open.length - connections->streaming);
}

static bool is_late(const struct connections *connections, const struct connection *connection, int64_t now_us)
{
    bool hurry = taken(connections) >= connections->hurry;
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

struct connections *connections_new(int seconds, int places, int of_address)
{
    struct connections *connections = g_new0(struct connections, 1);
    connections->seconds_us = seconds * US_PER_SECOND;
    connections->hurry = (guint)places * HURRY_OF_FOUR / 4;
    connections->most = (guint)(places - MAX(1, places * SPARE_OF_FORTY / 40));
    connections->of_address = (guint)of_address;
    connections->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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
    g_hash_table_unref(connections->addresses);
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
    if (state == CONNECTION_STREAMS)
        connection->until_us = INT64_MAX;
    g_queue_push_tail_link(&connections->open, &connection->link);
}

/* One more or less that stream, or of those of its address that do not. The new count of the latter. */
static guint count(struct connections *connections, const struct connection *connection, bool streams, int change)
{
    if (streams) {
        connections->streaming += (guint)change;
        return 0;
    }
    if (connection->address == NULL)
        return 0;
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(connections->addresses, connection->address));
    guint after = before + (guint)change;
    if (after == 0)
        g_hash_table_remove(connections->addresses, connection->address);
    else
        g_hash_table_insert(connections->addresses, g_strdup(connection->address), GUINT_TO_POINTER(after));
    return after;
}

struct connection *connection_new(struct connections *connections, int fd, const char *address)
{
    struct connection *connection = g_new0(struct connection, 1);
    *connection = (struct connection){.fd = fd, .address = g_strdup(address), .link.data = connection};
    pthread_mutex_lock(&connections->lock);
    if (taken(connections) >= connections->most)
        make_room(connections);
    set_state(connections, connection, CONNECTION_SILENT);
    if (count(connections, connection, false, 1) > connections->of_address)
        drop(connections, connection);
    pthread_mutex_unlock(&connections->lock);
    return connection;
}

void connection_free(struct connections *connections, struct connection *connection)
{
    pthread_mutex_lock(&connections->lock);
    g_queue_unlink(&connections->open, &connection->link);
    connections->leaving -= connection->dropped;
    count(connections, connection, connection->state == CONNECTION_STREAMS, -1);
    pthread_mutex_unlock(&connections->lock);
    g_free(connection->address);
    g_free(connection);
}

void connection_move(struct connections *connections, struct connection *connection, enum connection_state state)
{
    pthread_mutex_lock(&connections->lock);
    g_queue_unlink(&connections->open, &connection->link);
    bool streamed = connection->state == CONNECTION_STREAMS, streams = state == CONNECTION_STREAMS;
    if (streamed != streams) {
        count(connections, connection, streamed, -1);
        count(connections, connection, streams, 1);
    }
    set_state(connections, connection, state);
    pthread_mutex_unlock(&connections->lock);
}
