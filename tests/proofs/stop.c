/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIGTERM beside exports under way: the real program ends well and in time, whoever takes an export slowly or not at
 * all; what was taken is a beginning of the whole, and whole where the answer says so.
 */
#include "served.h"
#include "town.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GRIDS      3
#define HOUSEHOLDS 200
#define MEMBERS    3 /* of them 1,200 in one community: more than a page of an export */
#define SECONDS    60
#define PIECE      4096
#define SEGMENT    536
#define FIRST      (2 * PIECE) /* is taken by everybody before the program is told to stop */

enum pace { AT_ONCE, SLOWLY, NOT_AT_ALL };

struct taker { /* somebody who takes an export */
    int fd;
    enum pace pace;
    GString *answer;
    GThread *thread;
};

static struct town town;
static struct served served;
static char *token;

static int call(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(served.port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), little = PIECE, segment = SEGMENT;
    const struct timeval most = {.tv_sec = SECONDS};
    g_assert_cmpint(fd, >=, 0);
    /* so that the server cannot put all of it into buffers, which grow with the segments, and be done */
    g_assert_cmpint(setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment), ==, 0);
    g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little), ==, 0);
    g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most), ==, 0);
    g_assert_cmpint(connect(fd, (const struct sockaddr *)&at, sizeof at), ==, 0);
    return fd;
}

/* At most so many more bytes; false: the other side is done, or gone. */
static bool take(struct taker *taker, size_t most)
{
    char piece[PIECE];
    ssize_t count = recv(taker->fd, piece, MIN(most, sizeof piece), 0);
    if (count > 0)
        g_string_append_len(taker->answer, piece, count);
    return count > 0;
}

static void ask(struct taker *taker, enum pace pace)
{
    g_autofree char *request =
        g_strdup_printf("GET /api/v1/exports/home_observation.csv HTTP/1.1\r\nHost: localhost\r\n"
                        "Connection: close\r\nAuthorization: Bearer %s\r\n\r\n",
                        token);
    *taker = (struct taker){.fd = call(), .pace = pace, .answer = g_string_new(NULL)};
    g_assert_cmpint(send(taker->fd, request, strlen(request), MSG_NOSIGNAL), ==, (ssize_t)strlen(request));
    while (taker->answer->len < FIRST)
        g_assert_true(take(taker, FIRST - taker->answer->len));
    g_assert_true(g_str_has_prefix(taker->answer->str, "HTTP/1.1 200 "));
}

static void *go_on(void *data)
{
    struct taker *taker = data;
    while (taker->pace != NOT_AT_ALL && take(taker, PIECE))
        if (taker->pace == SLOWLY)
            g_usleep(G_USEC_PER_SEC / 5);
    return NULL;
}

/* What the chunks of the answer hold; *out_whole: the last of them is there. */
static GString *content_of(const struct taker *taker, bool *out_whole)
{
    GString *content = g_string_new(NULL);
    const char *at = strstr(taker->answer->str, "\r\n\r\n"), *end = taker->answer->str + taker->answer->len;
    g_assert_nonnull(at);
    *out_whole = false;
    for (at += 4; !*out_whole && at < end;) {
        char *data;
        guint64 bytes = g_ascii_strtoull(at, &data, 16);
        if (end - data < 2)
            break; /* cut within the length */
        g_assert_true(g_str_has_prefix(data, "\r\n"));
        data += 2;
        *out_whole = bytes == 0;
        g_string_append_len(content, data, (gssize)MIN(bytes, (guint64)(end - data)));
        if ((guint64)(end - data) < bytes + 2)
            break;
        at = data + bytes + 2;
    }
    return content;
}

static void leave(struct taker *taker)
{
    close(taker->fd);
    g_string_free(taker->answer, TRUE);
}

static GString *whole_export(void)
{
    struct taker taker;
    bool whole;
    ask(&taker, AT_ONCE);
    go_on(&taker);
    GString *content = content_of(&taker, &whole);
    g_assert_true(whole);
    g_assert_cmpuint(content->len, >, 16 * FIRST);
    leave(&taker);
    return content;
}

static void beside_exports(void)
{
    struct taker takers[2] = {{.fd = -1}};
    static const enum pace paces[][2] = {{AT_ONCE, SLOWLY}, {NOT_AT_ALL, NOT_AT_ALL}};
    for (size_t i = 0; i < G_N_ELEMENTS(paces); i++) {
        served_start(&served, town.data_dir);
        GString *all = whole_export();
        for (size_t j = 0; j < G_N_ELEMENTS(takers); j++)
            ask(&takers[j], paces[i][j]);
        for (size_t j = 0; j < G_N_ELEMENTS(takers); j++)
            takers[j].thread = g_thread_new("taker", go_on, &takers[j]);
        int64_t began_us = g_get_monotonic_time();
        served_stop(&served, SIGTERM); /* asserts that it ends by itself, with code 0 */
        g_test_message("ended after %" G_GINT64_FORMAT " ms", (g_get_monotonic_time() - began_us) / 1000);
        for (size_t j = 0; j < G_N_ELEMENTS(takers); j++) {
            bool whole;
            g_thread_join(takers[j].thread);
            GString *content = content_of(&takers[j], &whole);
            g_assert_cmpuint(content->len, <=, all->len);
            g_assert_cmpint(memcmp(content->str, all->str, content->len), ==, 0);
            g_assert_true(!whole || content->len == all->len);
            g_string_free(content, TRUE);
            leave(&takers[j]);
        }
        g_string_free(all, TRUE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    town_init(&town, 0);
    town_open(&town);
    town_settle(&town, GRIDS, HOUSEHOLDS, MEMBERS);
    int64_t grid = town_number(&town, "SELECT min(id) FROM unit WHERE type = 'grid'");
    int64_t doctor = town_holder(&town, "community_doctor", grid);
    town_close(&town);
    token = served_session(town.data_dir, doctor);
    g_test_add_func("/stop/beside-exports", beside_exports);
    int failed = g_test_run();
    g_free(token);
    town_clear(&town);
    return failed;
}
