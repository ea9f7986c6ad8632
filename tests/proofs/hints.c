/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An open page and the real program: what was acknowledged before a kill -9 is hinted after it, and SIGTERM ends the
 * page at once. */
#include "served.h"
#include "town.h"

#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECONDS      30
#define STOP_MOST_US (4 * G_USEC_PER_SEC) /* below what it waits for answers */

static struct town town;
static struct served served;
static char *token;
static GPtrArray *matters; /* of the worker's */

static int call(const char *request)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(served.port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const struct timeval most = {.tv_sec = SECONDS};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most), ==, 0);
    g_assert_cmpint(connect(fd, (const struct sockaddr *)&at, sizeof at), ==, 0);
    g_assert_cmpint(send(fd, request, strlen(request), MSG_NOSIGNAL), ==, (ssize_t)strlen(request));
    return fd;
}

static int listen_from(const char *last_id)
{
    g_autofree char *request = g_strdup_printf("GET /api/v1/events%s%s HTTP/1.1\r\nHost: localhost\r\n"
                                               "Authorization: Bearer %s\r\n\r\n",
                                               last_id != NULL ? "?after=" : "", last_id != NULL ? last_id : "", token);
    return call(request);
}

/* Reads until it has come. */
static void read_until(int fd, const char *text, GString *out)
{
    char piece[4096];
    while (strstr(out->str, text) == NULL) {
        ssize_t count = recv(fd, piece, sizeof piece, 0);
        if (count <= 0)
            g_error("%s never comes: %s", text, out->str);
        g_string_append_len(out, piece, count);
    }
}

/* Acknowledged when it returns. */
static void enter(const char *matter, const char *id)
{
    g_autofree char *body =
        g_strdup_printf("{\"id\":\"%s\",\"entry\":\"check_in\",\"fields\":{\"temperature\":36.5}}", id);
    g_autofree char *request =
        g_strdup_printf("POST /api/v1/matters/%s/entries HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        "Authorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                        matter, token, strlen(body), body);
    g_autoptr(GString) answer = g_string_new(NULL);
    int fd = call(request);
    read_until(fd, "\r\n\r\n", answer);
    if (!g_str_has_prefix(answer->str, "HTTP/1.1 201 "))
        g_error("%s", answer->str);
    close(fd);
}

static char *new_id(void)
{
    struct uuid id;
    char *text = g_malloc(UUID_TEXT_LENGTH + 1);
    uuid_make(g_get_real_time(), &id);
    uuid_format(&id, text);
    return text;
}

static char *last_id_in(const GString *text)
{
    const char *at = g_strrstr(text->str, "\nid: ");
    at = at != NULL ? at : strstr(text->str, "id: ") - 1;
    return g_strndup(at + 5, strcspn(at + 5, "\n"));
}

static void survives_kill(void)
{
    const char *first = g_ptr_array_index(matters, 0), *second = g_ptr_array_index(matters, 1);
    g_autofree char *one = new_id(), *two = new_id();
    g_autoptr(GString) heard = g_string_new(NULL), after = g_string_new(NULL);
    served_start(&served, town.data_dir);
    int page = listen_from(NULL);
    read_until(page, "\n\n", heard);
    enter(first, one);
    read_until(page, first, heard);
    read_until(page, "}\n\n", heard);
    g_autofree char *last = last_id_in(heard);
    enter(second, two);
    served_stop(&served, SIGKILL);
    close(page);
    served_start(&served, town.data_dir);
    page = listen_from(last);
    read_until(page, second, after);
    g_assert_null(strstr(after->str, "event: reload"));
    g_assert_null(strstr(after->str, first));
    int64_t from_us = g_get_monotonic_time();
    served_stop(&served, SIGTERM);
    g_assert_cmpint(g_get_monotonic_time() - from_us, <, STOP_MOST_US);
    close(page);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    town_init(&town, 0);
    town_open(&town);
    town_settle(&town, 2, 2, 2);
    town_catch_up(&town);
    int64_t worker = town_holder(&town, "grid_worker",
                                 town_number(&town, "SELECT unit FROM matter WHERE kind = "
                                                    "'home_observation' ORDER BY id LIMIT 1"));
    matters = town_uuids(&town, "SELECT uuid FROM matter WHERE kind = 'home_observation' ORDER BY id LIMIT 2");
    town_close(&town);
    token = served_session(town.data_dir, worker);
    g_test_add_func("/hints/survive-kill", survives_kill);
    int failed = g_test_run();
    g_free(token);
    g_ptr_array_unref(matters);
    town_clear(&town);
    return failed;
}
