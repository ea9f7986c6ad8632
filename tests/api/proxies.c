/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For whom a reverse proxy asks, and that nobody else is believed. */
#include "rig.h"

#include "api/address.h"
#include "api/connections.h"
#include "api/proxies.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static void fill(const char *text, struct sockaddr_storage *out)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    *out = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        memcpy(out, &four, sizeof four);
        return;
    }
    g_assert_cmpint(inet_pton(AF_INET6, text, &six.sin6_addr), ==, 1);
    memcpy(out, &six, sizeof six);
}

static void clients(void)
{
    static const struct {
        const char *from, *forwarded, *client; /* NULL: not of a proxy */
    } rows[] = {
        {"10.1.2.3", "198.51.100.7", "198.51.100.7"},
        {"10.1.2.3", "203.0.113.9, 198.51.100.7", "198.51.100.7"}, /* what the client wrote itself */
        {"10.1.2.3", "198.51.100.7, 10.1.9.9", "198.51.100.7"},    /* over two proxies */
        {"10.1.2.3", "10.1.9.9", "10.1.9.9"},
        {"10.1.2.3", NULL, "10.1.2.3"},
        {"10.1.2.3", "", "10.1.2.3"},
        {"10.1.2.3", "unknown", "10.1.2.3"},
        {"10.1.2.3", "198.51.100.7, unknown", "10.1.2.3"},
        {"10.1.2.3", "198.51.100.7,, 10.1.9.9", "10.1.9.9"},
        {"10.1.2.3", "198.51.100.7:4711", "198.51.100.7"},
        {"10.1.2.3", "[2001:db8:1:2::9]:4711", "2001:db8:1:2::9"},
        {"10.1.2.3", "2001:db8:1:2::9", "2001:db8:1:2::9"},
        {"::ffff:10.1.2.3", "198.51.100.7", "198.51.100.7"},
        {"2001:db8:aa::5", "198.51.100.7", "198.51.100.7"},
        {"10.2.0.1", "198.51.100.7", NULL},
        {"127.0.0.2", "198.51.100.7", NULL},
        {"2001:db8:ab::5", "198.51.100.7", NULL},
    };
    GError *error = NULL;
    AUTO(proxies) struct proxies *proxies = proxies_parse("127.0.0.1, 10.1.0.0/16,2001:db8:aa::/48", &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct sockaddr_storage from, client;
        char address[ADDRESS_TEXT_MAX], network[ADDRESS_TEXT_MAX];
        fill(rows[i].from, &from);
        g_test_message("%s: %s", rows[i].from, rows[i].forwarded);
        g_assert_cmpint(proxies_hold(proxies, (struct sockaddr *)&from), ==, rows[i].client != NULL);
        g_assert_false(proxies_hold(NULL, (struct sockaddr *)&from));
        if (rows[i].client == NULL)
            continue;
        proxies_client(proxies, (struct sockaddr *)&from, rows[i].forwarded, &client);
        address_format((struct sockaddr *)&client, address, network);
        g_assert_cmpstr(address, ==, rows[i].client);
    }
}

static void lists(void)
{
    static const char *const wrong[] = {"",          "10.1.0.0/33", "10.1.0/16",   "proxy.example", "10.1.0.1,",
                                        "10.1.0.1/", "::1/129",     "10.1.0.1/-1", "10.1.0.1/8/8"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        GError *error = NULL;
        g_test_message("%s", wrong[i]);
        g_assert_null(proxies_parse(wrong[i], &error));
        g_assert_error(error, PROXIES_ERROR, PROXIES_ERROR_TEXT);
        g_clear_error(&error);
    }
    AUTO(proxies) struct proxies *all = proxies_parse("0.0.0.0/0, ::/0", NULL);
    g_assert_nonnull(all);
}

static int ask_as(struct rig *rig, const char *headers)
{
    AUTO(reply)
    struct reply reply = rig_ask(rig, &(struct ask){.method = "GET", .path = "/healthz", .headers = headers});
    return reply.status;
}

/* Each client has a measure of its own; two lines of the header are one list. */
static void measures(void)
{
    struct rig *rig = rig_new_with(&(struct server_options){.requests_per_minute = 3, .trusted_proxies = "127.0.0.1"});
    for (int i = 0; i < 3; i++)
        g_assert_cmpint(ask_as(rig, "X-Forwarded-For: 198.51.100.7\r\n"), ==, 200);
    g_assert_cmpint(ask_as(rig, "X-Forwarded-For: 198.51.100.7\r\n"), ==, 429);
    g_assert_cmpint(ask_as(rig, "X-Forwarded-For: 203.0.113.1\r\nX-Forwarded-For: 198.51.100.7\r\n"), ==, 429);
    g_assert_cmpint(ask_as(rig, "X-Forwarded-For: 198.51.100.8\r\n"), ==, 200);
    rig_free(rig);
    rig = rig_new_with(&(struct server_options){.requests_per_minute = 3}); /* nobody is believed */
    for (int i = 0; i < 3; i++) {
        g_autofree char *header = g_strdup_printf("X-Forwarded-For: 198.51.100.%d\r\n", i);
        g_assert_cmpint(ask_as(rig, header), ==, 200);
    }
    g_assert_cmpint(ask_as(rig, "X-Forwarded-For: 198.51.100.9\r\n"), ==, 429);
    rig_free(rig);
}

/* A proxy has all places, anybody else their share. */
static void places(void)
{
    int sockets[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), ==, 0);
    struct connections *connections = connections_new(60, 100, 2);
    struct connection *open[6];
    for (int i = 0; i < 6; i++)
        open[i] = connection_new(connections, sockets[0], NULL);
    char byte = 'x';
    g_assert_cmpint(send(sockets[0], &byte, 1, MSG_NOSIGNAL), ==, 1); /* not shut down */
    for (int i = 0; i < 6; i++)
        connection_free(connections, open[i]);
    for (int i = 0; i < 3; i++)
        open[i] = connection_new(connections, sockets[0], "192.0.2.1");
    g_assert_cmpint(send(sockets[0], &byte, 1, MSG_NOSIGNAL), ==, -1);
    for (int i = 0; i < 3; i++)
        connection_free(connections, open[i]);
    connections_free(connections);
    close(sockets[0]);
    close(sockets[1]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/proxies/clients", clients);
    g_test_add_func("/proxies/lists", lists);
    g_test_add_func("/proxies/measures", measures);
    g_test_add_func("/proxies/places", places);
    return g_test_run();
}
