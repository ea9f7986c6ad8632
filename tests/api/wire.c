/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP as it lies on the wire, and what came back of it. */
#include "rig.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define WAIT_SECONDS 30 /* for an answer, under every sanitizer */

struct wire wire_open(const struct rig *rig)
{
    return wire_open_narrow(rig, 0);
}

struct wire wire_open_narrow(const struct rig *rig, int bytes)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(server_port(rig->server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval wait = {.tv_sec = WAIT_SECONDS};
    struct wire wire = {socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), g_string_new(NULL)};
    setsockopt(wire.fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (bytes > 0)
        setsockopt(wire.fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (wire.fd < 0 || connect(wire.fd, (struct sockaddr *)&to, sizeof to) != 0)
        g_error("cannot connect");
    return wire;
}

void wire_close(struct wire *wire)
{
    close(wire->fd);
    g_string_free(wire->in, TRUE);
}

bool wire_send(struct wire *wire, const char *bytes, gssize count)
{
    size_t left = count < 0 ? strlen(bytes) : (size_t)count;
    while (left > 0) {
        ssize_t sent = send(wire->fd, bytes, left, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        left -= (size_t)sent;
    }
    return true;
}

static bool pull(struct wire *wire)
{
    char buffer[64 * 1024];
    ssize_t count = recv(wire->fd, buffer, sizeof buffer, 0);
    if (count > 0)
        g_string_append_len(wire->in, buffer, count);
    return count > 0;
}

static GHashTable *read_headers(const char *head)
{
    GHashTable *headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) lines = g_strsplit(head, "\r\n", -1);
    for (char **line = lines + 1; *line != NULL; line++) {
        char *colon = strchr(*line, ':');
        g_autofree char *name = colon != NULL ? g_ascii_strdown(*line, colon - *line) : NULL;
        if (name != NULL && !g_hash_table_contains(headers, name)) /* of several cookies the session's */
            g_hash_table_insert(headers, g_steal_pointer(&name), g_strstrip(g_strdup(colon + 1)));
    }
    return headers;
}

/* Pieces, each with its length in front, until one of none. */
static bool read_chunks(struct wire *wire, GString *out)
{
    for (;;) {
        const char *end;
        while ((end = strstr(wire->in->str, "\r\n")) == NULL)
            if (!pull(wire))
                return false;
        size_t bytes = strtoul(wire->in->str, NULL, 16), line = (size_t)(end - wire->in->str) + 2;
        while (wire->in->len < line + bytes + 2)
            if (!pull(wire))
                return false;
        g_string_append_len(out, wire->in->str + line, (gssize)bytes);
        g_string_erase(wire->in, 0, (gssize)(line + bytes + 2));
        if (bytes == 0)
            return true;
    }
}

bool wire_read(struct wire *wire, bool head, struct reply *out)
{
    const char *end;
    while ((end = strstr(wire->in->str, "\r\n\r\n")) == NULL)
        if (!pull(wire))
            return false;
    size_t head_bytes = (size_t)(end - wire->in->str);
    g_autofree char *head_text = g_strndup(wire->in->str, head_bytes);
    struct reply reply = {.status = (int)strtol(head_text + strlen("HTTP/1.1 "), NULL, 10),
                          .headers = read_headers(head_text)};
    const char *length = g_hash_table_lookup(reply.headers, "content-length");
    size_t bytes = length != NULL && !head ? strtoul(length, NULL, 10) : 0;
    if (length == NULL && !head && g_hash_table_contains(reply.headers, "transfer-encoding")) {
        g_string_erase(wire->in, 0, (gssize)head_bytes + 4);
        reply.text = g_string_new(NULL);
        *out = reply;
        return read_chunks(wire, reply.text);
    }
    while (wire->in->len < head_bytes + 4 + bytes)
        if (!pull(wire)) {
            reply_clear(&reply);
            return false;
        }
    reply.text = g_string_new_len(wire->in->str + head_bytes + 4, (gssize)bytes);
    g_string_erase(wire->in, 0, (gssize)(head_bytes + 4 + bytes));
    reply.json = json_loadb(reply.text->str, reply.text->len, 0, NULL);
    *out = reply;
    return true;
}

char *ask_text(const struct ask *ask)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s %s HTTP/1.1\r\nHost: localhost\r\nAccept-Language: %s\r\n", ask->method, ask->path,
                           ask->chinese ? "zh-CN,zh;q=0.9,en;q=0.1" : "en");
    if (ask->token != NULL)
        g_string_append_printf(text, "Authorization: Bearer %s\r\n", ask->token);
    if (ask->headers != NULL)
        g_string_append(text, ask->headers);
    if (ask->body != NULL)
        g_string_append_printf(text, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                               ask->type != NULL ? ask->type : "application/json",
                               ask->body_bytes > 0 ? ask->body_bytes : strlen(ask->body));
    g_string_append(text, "\r\n");
    if (ask->body != NULL)
        g_string_append_len(text, ask->body, ask->body_bytes > 0 ? (gssize)ask->body_bytes : -1);
    return g_string_free(text, FALSE);
}

/* ---- looking at it ---- */

void reply_clear(struct reply *reply)
{
    g_clear_pointer(&reply->headers, g_hash_table_unref);
    if (reply->text != NULL)
        g_string_free(reply->text, TRUE);
    json_decref(reply->json);
    *reply = (struct reply){0};
}

const char *reply_header(const struct reply *reply, const char *name)
{
    return g_hash_table_lookup(reply->headers, name);
}

json_t *json_at(const json_t *value, const char *path)
{
    g_auto(GStrv) pieces = g_strsplit(path, ".", -1);
    const json_t *at = value;
    for (char **piece = pieces; *piece != NULL && at != NULL; piece++)
        at = json_is_array(at) ? json_array_get(at, (size_t)g_ascii_strtoull(*piece, NULL, 10))
                               : json_object_get(at, *piece);
    return (json_t *)at;
}

const char *json_at_text(const json_t *value, const char *path)
{
    const json_t *at = json_at(value, path);
    return json_is_string(at) ? json_string_value(at) : "";
}

const char *reply_text(const struct reply *reply, const char *path)
{
    return json_at_text(reply->json, path);
}

void reply_is(const struct reply *reply, int status, const char *code)
{
    if (reply->status != status || (code != NULL && strcmp(reply_text(reply, "errors.0.code"), code) != 0))
        g_error("expected %d %s, got %d %s", status, code != NULL ? code : "", reply->status, reply->text->str);
}
