/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES     (256 * 1024)
#define ANSWER_SECONDS 60 /* so long an answer is waited for when time is over: then it has failed */

struct connection {
    int fd, index;
    GString *out, *in;
    size_t sent;
    size_t body_at;    /* of `in`; 0: the head has not come yet */
    size_t body_bytes; /* SIZE_MAX: in chunks, the next of which begins at `chunk_at` */
    size_t chunk_at;
    bool busy, ended;
    int64_t due_us;
};

struct load {
    const struct load_options *options;
    struct load_report *report;
    struct connection *connections;
    int epoll;
    int64_t start_us, end_us, started_count;
};

static int dial(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        g_error("cannot connect to port %d: %s", port, g_strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void end(struct connection *connection)
{
    connection->ended = true;
    connection->busy = false;
}

static void push(struct load *load, struct connection *connection)
{
    while (connection->sent < connection->out->len) {
        ssize_t bytes = send(connection->fd, connection->out->str + connection->sent,
                             connection->out->len - connection->sent, MSG_NOSIGNAL);
        if (bytes <= 0) {
            load->report->failures++;
            end(connection);
            return;
        }
        connection->sent += (size_t)bytes;
    }
}

static bool is_over(const struct load *load, int64_t now_us)
{
    return now_us >= load->end_us ||
           (load->options->requests_most > 0 && load->started_count >= load->options->requests_most);
}

static void start(struct load *load, struct connection *connection, int64_t due_us)
{
    g_string_truncate(connection->out, 0);
    g_string_truncate(connection->in, 0);
    connection->sent = connection->body_at = 0;
    if (!load->options->next(load->options->context, connection->index, connection->out)) {
        end(connection);
        return;
    }
    load->started_count++;
    connection->busy = true;
    connection->due_us = due_us;
    push(load, connection);
}

/* The head tells how long the body is. */
static bool take_head(struct connection *connection)
{
    const char *end = strstr(connection->in->str, "\r\n\r\n");
    if (end == NULL)
        return false;
    g_autofree char *head = g_strndup(connection->in->str, (size_t)(end - connection->in->str));
    const char *length = strcasestr(head, "\r\nContent-Length:");
    connection->body_at = connection->chunk_at = (size_t)(end + 4 - connection->in->str);
    if (strcasestr(head, "\r\nTransfer-Encoding: chunked") != NULL)
        connection->body_bytes = SIZE_MAX;
    else
        connection->body_bytes = length != NULL ? strtoul(length + 17, NULL, 10) : 0;
    return true;
}

/* Goes on behind the chunks that have come; true when the last has. */
static bool skip_chunks(struct connection *connection)
{
    const GString *in = connection->in;
    for (;;) {
        const char *line = in->str + connection->chunk_at, *end = strstr(line, "\r\n");
        if (end == NULL)
            return false;
        size_t bytes = strtoul(line, NULL, 16), next = (size_t)(end + 2 - in->str) + bytes + 2;
        if (next > in->len)
            return false;
        if (bytes == 0)
            return true;
        connection->chunk_at = next;
    }
}

/* The whole answer has come: its status; 0 not yet. */
static int status_of(struct connection *connection)
{
    if (connection->body_at == 0 && !take_head(connection))
        return 0;
    bool whole = connection->body_bytes == SIZE_MAX
                     ? skip_chunks(connection)
                     : connection->in->len - connection->body_at >= connection->body_bytes;
    return whole ? (int)strtol(connection->in->str + 9, NULL, 10) : 0;
}

static void finish(struct load *load, struct connection *connection, int status, const char *body)
{
    int64_t now_us = g_get_monotonic_time();
    int32_t latency_us = (int32_t)(now_us - connection->due_us);
    const struct load_answer answer = {connection->due_us, latency_us, status};
    g_array_append_val(load->report->latencies_us, latency_us);
    g_array_append_val(load->report->answers, answer);
    load->report->requests++;
    if (status >= 400)
        load->report->failures++;
    if (load->options->answered != NULL)
        load->options->answered(load->options->context, connection->index, status, connection->in->str, body);
    connection->busy = false;
    if (load->options->rate == 0 && !is_over(load, now_us))
        start(load, connection, now_us);
}

static void pull(struct load *load, struct connection *connection)
{
    static _Thread_local char buffer[READ_BYTES];
    ssize_t bytes = recv(connection->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (bytes < 0 && errno == EAGAIN)
        return;
    if (bytes <= 0) {
        if (connection->busy)
            load->report->failures++;
        epoll_ctl(load->epoll, EPOLL_CTL_DEL, connection->fd, NULL);
        end(connection);
        return;
    }
    g_string_append_len(connection->in, buffer, bytes);
    int status = connection->busy ? status_of(connection) : 0;
    if (status != 0)
        finish(load, connection, status, connection->in->str + connection->body_at);
}

/* Open loop: starts what is due on connections that are free; what finds none waits and its latency grows. */
static void start_due(struct load *load, int64_t now_us)
{
    const struct load_options *options = load->options;
    for (int i = 0; i < options->connections; i++) {
        if (load->connections[i].busy || load->connections[i].ended)
            continue;
        int64_t due_us = load->start_us + (int64_t)((double)load->started_count * 1e6 / options->rate);
        if (due_us > now_us || due_us >= load->end_us)
            return;
        start(load, &load->connections[i], due_us);
    }
}

static bool any_busy(const struct load *load)
{
    for (int i = 0; i < load->options->connections; i++)
        if (load->connections[i].busy)
            return true;
    return false;
}

static void give_up(struct load *load)
{
    for (int i = 0; i < load->options->connections; i++)
        load->report->failures += load->connections[i].busy;
}

static void loop(struct load *load)
{
    struct epoll_event events[64];
    for (;;) {
        int64_t now_us = g_get_monotonic_time();
        if (load->options->rate > 0 && !is_over(load, now_us))
            start_due(load, now_us);
        if (!any_busy(load) && (load->options->rate == 0 || is_over(load, now_us)))
            return;
        if (load->options->leaves && is_over(load, now_us))
            return;
        if (now_us > load->end_us + ANSWER_SECONDS * G_USEC_PER_SEC) {
            give_up(load);
            return;
        }
        int count = epoll_wait(load->epoll, events, G_N_ELEMENTS(events), load->options->rate > 0 ? 1 : 100);
        for (int i = 0; i < count; i++)
            pull(load, events[i].data.ptr);
    }
}

int load_compare(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

void load_run(const struct load_options *options, struct load_report *out)
{
    *out = (struct load_report){.latencies_us = g_array_new(FALSE, FALSE, sizeof(int32_t)),
                                .answers = g_array_new(FALSE, FALSE, sizeof(struct load_answer))};
    struct load load = {.options = options, .report = out, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    load.connections = g_new0(struct connection, options->connections);
    for (int i = 0; i < options->connections; i++) {
        struct connection *connection = &load.connections[i];
        *connection = (struct connection){
            .fd = dial(options->port), .index = i, .out = g_string_new(NULL), .in = g_string_new(NULL)};
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(load.epoll, EPOLL_CTL_ADD, connection->fd, &event);
    }
    out->start_us = load.start_us = g_get_monotonic_time();
    load.end_us = load.start_us + (int64_t)(options->seconds * 1e6);
    for (int i = 0; options->rate == 0 && i < options->connections && !is_over(&load, load.start_us); i++)
        start(&load, &load.connections[i], g_get_monotonic_time());
    loop(&load);
    out->seconds = (double)(g_get_monotonic_time() - load.start_us) / 1e6;
    g_array_sort(out->latencies_us, load_compare);
    for (int i = 0; i < options->connections; i++) {
        close(load.connections[i].fd);
        g_string_free(load.connections[i].out, TRUE);
        g_string_free(load.connections[i].in, TRUE);
    }
    close(load.epoll);
    g_free(load.connections);
}

void load_report_clear(struct load_report *report)
{
    g_clear_pointer(&report->latencies_us, g_array_unref);
    g_clear_pointer(&report->answers, g_array_unref);
}

double load_rate(const struct load_report *report)
{
    return report->seconds > 0 ? (double)report->requests / report->seconds : 0;
}

int32_t load_percentile(const struct load_report *report, double fraction)
{
    if (report->latencies_us->len == 0)
        return INT32_MAX;
    guint index = (guint)((double)(report->latencies_us->len - 1) * fraction + 0.5);
    return g_array_index(report->latencies_us, int32_t, index);
}

void load_write_post(GString *out, const char *path, const char *token, const char *body, size_t bytes)
{
    g_string_append_printf(out,
                           "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                           "Content-Length: %zu\r\n",
                           path, bytes);
    if (token != NULL)
        g_string_append_printf(out, "Authorization: Bearer %s\r\n", token);
    g_string_append(out, "\r\n");
    g_string_append_len(out, body, (gssize)bytes);
}

void load_write_get(GString *out, const char *path, const char *token)
{
    g_string_append_printf(out, "GET %s HTTP/1.1\r\nHost: localhost\r\n", path);
    if (token != NULL)
        g_string_append_printf(out, "Authorization: Bearer %s\r\n", token);
    g_string_append(out, "\r\n");
}
