/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "listen.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static GHashTable *ids_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

struct listener *listener_open_with(const struct rig *rig, const char *query, const char *headers)
{
    struct listener *listener = g_new0(struct listener, 1);
    listener->wire = wire_open(rig);
    listener->text = g_string_new(NULL);
    listener->matters = ids_new();
    listener->tasks = ids_new();
    listener->alerts = ids_new();
    listener->figures = ids_new();
    g_autofree char *text = g_strdup_printf(
        "GET /api/v1/events%s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n%s\r\n", query, headers);
    wire_send(&listener->wire, text, -1);
    for (int i = 0; i < 3000 && listener->status == 0 && !listener->ended; i++) {
        g_usleep(10000);
        listener_hear(listener);
    }
    return listener;
}

struct listener *listener_open(const struct rig *rig, const char *token, const char *last_id)
{
    g_autofree char *last = last_id != NULL ? g_strdup_printf("Last-Event-ID: %s\r\n", last_id) : g_strdup("");
    g_autofree char *headers = g_strdup_printf("Authorization: Bearer %s\r\n%s", token, last);
    return listener_open_with(rig, "", headers);
}

void listener_close(struct listener *listener)
{
    wire_close(&listener->wire);
    g_string_free(listener->text, TRUE);
    g_hash_table_unref(listener->matters);
    g_hash_table_unref(listener->tasks);
    g_hash_table_unref(listener->alerts);
    g_hash_table_unref(listener->figures);
    g_free(listener->last_id);
    g_free(listener);
}

void listener_forget(struct listener *listener)
{
    g_hash_table_remove_all(listener->matters);
    g_hash_table_remove_all(listener->tasks);
    g_hash_table_remove_all(listener->alerts);
    g_hash_table_remove_all(listener->figures);
    listener->more = false;
    listener->hints = listener->reloads = listener->beats = 0;
}

/* ---- what it tells ---- */

static void take_ids(const json_t *list, GHashTable *ids)
{
    size_t i;
    const json_t *id;
    json_array_foreach(list, i, id) g_hash_table_insert(ids, g_strdup(json_string_value(id)), NULL);
}

static void take_hints(struct listener *listener, const char *data)
{
    json_t *hints = json_loads(data, 0, NULL);
    size_t i;
    const json_t *matter;
    g_assert_nonnull(hints);
    json_array_foreach(json_object_get(hints, "matters"), i, matter) g_hash_table_replace(
        listener->matters, g_strdup(json_at_text(matter, "id")),
        g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(matter, "version"))));
    take_ids(json_object_get(hints, "tasks"), listener->tasks);
    take_ids(json_object_get(hints, "alerts"), listener->alerts);
    take_ids(json_object_get(hints, "figures"), listener->figures);
    listener->more = listener->more || json_is_true(json_object_get(hints, "more"));
    listener->hints++;
    listener->heard_us = clock_monotonic_us();
    json_decref(hints);
}

/* One event, by its lines. */
static void take_event(struct listener *listener, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const char *name = "", *data = NULL;
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, "id: ")) {
            g_free(listener->last_id);
            listener->last_id = g_strdup(*line + 4);
        } else if (g_str_has_prefix(*line, "event: ")) {
            name = *line + 7;
        } else if (g_str_has_prefix(*line, "data: ")) {
            data = *line + 6;
        } else if (g_str_has_prefix(*line, ":")) {
            listener->beats++;
        }
    }
    if (strcmp(name, "hints") == 0)
        take_hints(listener, data);
    listener->reloads += strcmp(name, "reload") == 0;
}

/* ---- as it lies on the wire ---- */

static bool take_head(struct listener *listener)
{
    GString *in = listener->wire.in;
    const char *end = strstr(in->str, "\r\n\r\n");
    if (listener->status != 0 || end == NULL)
        return listener->status != 0;
    listener->status = (int)strtol(in->str + strlen("HTTP/1.1 "), NULL, 10);
    if (listener->status == 200) {
        g_assert_nonnull(strstr(in->str, "\r\nContent-Type: text/event-stream"));
        g_assert_nonnull(strstr(in->str, "\r\nCache-Control: no-store"));
        g_assert_nonnull(strstr(in->str, "\r\nX-Accel-Buffering: no\r\n"));
        g_assert_nonnull(strstr(in->str, "\r\nCross-Origin-Resource-Policy: same-origin\r\n"));
        g_assert_null(strcasestr(in->str, "\r\nContent-Encoding:"));
    }
    g_string_erase(in, 0, end + 4 - in->str);
    return true;
}

static void take_chunks(struct listener *listener)
{
    GString *in = listener->wire.in;
    const char *end;
    while ((end = strstr(in->str, "\r\n")) != NULL) {
        size_t bytes = strtoul(in->str, NULL, 16), line = (size_t)(end - in->str) + 2;
        if (in->len < line + bytes + 2)
            return;
        g_string_append_len(listener->text, in->str + line, (gssize)bytes);
        g_string_erase(in, 0, (gssize)(line + bytes + 2));
        listener->ended = listener->ended || bytes == 0;
    }
}

void listener_hear(struct listener *listener)
{
    char buffer[16384];
    ssize_t count;
    while ((count = recv(listener->wire.fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
        g_string_append_len(listener->wire.in, buffer, count);
    listener->ended = listener->ended || count == 0;
    if (!take_head(listener) || listener->status != 200)
        return;
    take_chunks(listener);
    const char *end;
    while ((end = strstr(listener->text->str, "\n\n")) != NULL) {
        g_autofree char *event = g_strndup(listener->text->str, (size_t)(end - listener->text->str));
        g_string_erase(listener->text, 0, end + 2 - listener->text->str);
        take_event(listener, event);
    }
}

bool listener_wait(struct listener *listener, int ms)
{
    int64_t until_us = clock_monotonic_us() + ms * 1000LL;
    for (;;) {
        listener_hear(listener);
        if (listener->hints > 0 || listener->reloads > 0 || listener->ended)
            return true;
        if (clock_monotonic_us() >= until_us)
            return false;
        g_usleep(5000);
    }
}

void listener_hear_for(struct listener *listener, int ms)
{
    for (int64_t until_us = clock_monotonic_us() + ms * 1000LL; clock_monotonic_us() < until_us;) {
        g_usleep(5000);
        listener_hear(listener);
    }
}
