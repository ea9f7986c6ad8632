/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/streams.h"

#include "api/connections.h"
#include "base/limits.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

#define PIECE_BYTES       4096
#define SEND_BUFFER_BYTES 8192 /* of the kernel: what a client that does not read may keep there */
#define RETRY_MS          3000 /* that a browser waits before it comes back */
#define LOOK_US           US_PER_SECOND
#define SEND_AT_MOST_US   US_PER_SECOND
#define RELOAD_AT_MOST_US (10 * US_PER_SECOND) /* each makes a page read all that it shows */

struct hint_stream {
    struct streams *streams;
    struct MHD_Connection *connection;
    int fd;
    char token[SESSION_TOKEN_TEXT_MAX];
    int64_t account, person;
    struct hint_place place;
    struct hints hints;
    GString *out;
    size_t sent;
    bool taken;  /* by streams_take() */
    bool asleep; /* its connection is suspended */
    bool over;
    int64_t hinted_us, reloaded_us, beat_us; /* monotonic: when it was last sent hints, a reload, anything */
    GList link;
};

/* Invariants  under `lock` all but what is set at the start. A stream is in `open` and in `people` from streams_open()
 * until its connection lets go of the response; `gone` holds the persons of taken streams that have left. */
struct streams {
    struct server *server;
    guint most, of_account;
    int64_t beat_us;
    unsigned unread_seconds;
    uint8_t key[VAULT_KEY_BYTES]; /* of ids */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool ending;
    GQueue open;        /* of struct hint_stream */
    GHashTable *people; /* person → GPtrArray of struct hint_stream */
    GArray *gone;       /* of int64_t */
    int64_t looked_us;
};

static void people_free(gpointer streams)
{
    g_ptr_array_unref(streams);
}

bool streams_take_key(struct streams *streams, GError **error)
{
    struct engine *engine = streams->server->engine;
    struct reader *reader = reader_open(engine_data_dir(engine), engine_keys_dir(engine), error);
    if (reader == NULL)
        return false;
    vault_subkey(reader->vault, "events", streams->key);
    reader_close(reader);
    return true;
}

bool streams_place(struct streams *streams, int64_t person, const char *id, struct hint_place *out)
{
    return hint_id_open(streams->key, person, id, out);
}

static int value_of(int given, int otherwise)
{
    return given > 0 ? given : otherwise;
}

struct streams *streams_new(struct server *server, const struct stream_options *options)
{
    struct streams *streams = g_new0(struct streams, 1);
    streams->server = server;
    streams->most = (guint)value_of(options->most, LIMIT_STREAMS);
    streams->of_account = (guint)value_of(options->of_account, LIMIT_STREAMS_OF_ACCOUNT);
    streams->beat_us = value_of(options->beat_seconds, LIMIT_STREAM_BEAT_SECONDS) * US_PER_SECOND;
    streams->unread_seconds = (unsigned)value_of(options->unread_seconds, LIMIT_STREAM_UNREAD_SECONDS);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&streams->lock, NULL);
    pthread_cond_init(&streams->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    g_queue_init(&streams->open);
    streams->people = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, people_free);
    streams->gone = g_array_new(FALSE, FALSE, sizeof(int64_t));
    return streams;
}

void streams_free(struct streams *streams)
{
    if (streams == NULL)
        return;
    g_assert(streams->open.length == 0);
    g_hash_table_unref(streams->people);
    g_array_unref(streams->gone);
    sodium_memzero(streams->key, sizeof streams->key);
    pthread_cond_destroy(&streams->changed);
    pthread_mutex_destroy(&streams->lock);
    g_free(streams);
}

/* ---- one stream; `lock` is held ---- */

static void wake(struct hint_stream *stream)
{
    if (!stream->asleep)
        return;
    stream->asleep = false;
    MHD_resume_connection(stream->connection);
}

static void end(struct hint_stream *stream)
{
    stream->over = true;
    wake(stream);
}

static GPtrArray *of_person(const struct streams *streams, int64_t person)
{
    return g_hash_table_lookup(streams->people, &person);
}

static void enlist(struct streams *streams, struct hint_stream *stream)
{
    GPtrArray *own = of_person(streams, stream->person);
    if (own == NULL) {
        own = g_ptr_array_new();
        g_hash_table_insert(streams->people, g_memdup2(&stream->person, sizeof stream->person), own);
    }
    g_ptr_array_add(own, stream);
    stream->link.data = stream;
    g_queue_push_tail_link(&streams->open, &stream->link);
    pthread_cond_signal(&streams->changed);
}

static void strike(struct streams *streams, struct hint_stream *stream)
{
    GPtrArray *own = of_person(streams, stream->person);
    g_ptr_array_remove_fast(own, stream);
    if (own->len == 0)
        g_hash_table_remove(streams->people, &stream->person);
    g_queue_unlink(&streams->open, &stream->link);
    if (stream->taken)
        g_array_append_val(streams->gone, stream->person);
    pthread_cond_signal(&streams->changed);
}

/* ---- of its connection ---- */

static void stream_free(void *context)
{
    struct hint_stream *stream = context;
    pthread_mutex_lock(&stream->streams->lock);
    strike(stream->streams, stream);
    pthread_mutex_unlock(&stream->streams->lock);
    hints_clear(&stream->hints);
    g_string_free(stream->out, TRUE);
    sodium_memzero(stream->token, sizeof stream->token);
    g_free(stream);
}

static ssize_t send_more(void *context, uint64_t position, char *buffer, size_t most)
{
    struct hint_stream *stream = context;
    ssize_t count = 0;
    pthread_mutex_lock(&stream->streams->lock);
    if (stream->over || stream->streams->ending) {
        count = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (stream->sent < stream->out->len) {
        count = (ssize_t)MIN(most, stream->out->len - stream->sent);
        memcpy(buffer, stream->out->str + stream->sent, (size_t)count);
        stream->sent += (size_t)count;
    } else {
        stream->asleep = true;
        MHD_suspend_connection(stream->connection);
    }
    pthread_mutex_unlock(&stream->streams->lock);
    return count;
}

/* What a client does not read stays with it: the kernel keeps little of it, and ends the connection in the end. */
static void set_up_socket(const struct hint_stream *stream)
{
    int bytes = SEND_BUFFER_BYTES;
    unsigned ms = stream->streams->unread_seconds * 1000;
    setsockopt(stream->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    setsockopt(stream->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
    MHD_set_connection_option(stream->connection, MHD_CONNECTION_OPTION_TIMEOUT, stream->streams->unread_seconds);
}

static struct hint_stream *stream_new(struct request *request, const struct hint_place *place, bool reload)
{
    struct hint_stream *stream = g_new0(struct hint_stream, 1);
    stream->streams = request->server->streams;
    stream->connection = request->connection;
    stream->fd = MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    request_token(request, stream->token);
    stream->account = request->session.account;
    stream->person = request->session.person;
    stream->place = *place;
    stream->beat_us = clock_monotonic_us();
    g_autofree char *id = hint_id_seal(stream->streams->key, stream->person, place);
    stream->out = g_string_new(NULL);
    g_string_append_printf(stream->out, "retry: %d\nid: %s\n\n", RETRY_MS, id);
    if (reload)
        hints_reload(&stream->hints);
    return stream;
}

static bool has_gone(const struct hint_stream *stream)
{
    struct pollfd client = {.fd = stream->fd, .events = POLLRDHUP};
    return poll(&client, 1, 0) > 0 && (client.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static guint count_of_account(struct streams *streams, int64_t account)
{
    guint count = 0;
    for (GList *at = streams->open.head; at != NULL; at = at->next) {
        struct hint_stream *stream = at->data;
        if (stream->account == account && !stream->over && has_gone(stream))
            end(stream);
        count += stream->account == account && !stream->over;
    }
    return count;
}

/* PROBLEM_COUNT: there is a place. */
static enum problem_code admit(struct streams *streams, struct hint_stream *stream)
{
    enum problem_code code = PROBLEM_COUNT;
    pthread_mutex_lock(&streams->lock);
    if (streams->ending)
        code = PROBLEM_SHUTTING_DOWN;
    else if (streams->open.length >= streams->most)
        code = PROBLEM_QUEUE_FULL;
    else if (count_of_account(streams, stream->account) >= streams->of_account)
        code = PROBLEM_TOO_MANY_REQUESTS;
    else
        enlist(streams, stream);
    pthread_mutex_unlock(&streams->lock);
    return code;
}

static void add_headers(struct MHD_Response *response)
{
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream; charset=utf-8");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store, private");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    MHD_add_response_header(response, "X-Accel-Buffering", "no"); /* nginx passes it on at once */
}

void streams_open(struct request *request, const struct hint_place *place, bool reload)
{
    struct streams *streams = request->server->streams;
    if (strcmp(request->method, MHD_HTTP_METHOD_HEAD) == 0) {
        request->status = MHD_HTTP_OK;
        request->response = MHD_create_response_from_buffer(0, (char *)"", MHD_RESPMEM_PERSISTENT);
        add_headers(request->response);
        return;
    }
    struct hint_stream *stream = stream_new(request, place, reload);
    enum problem_code code = admit(streams, stream);
    if (code != PROBLEM_COUNT) {
        g_string_free(stream->out, TRUE);
        hints_clear(&stream->hints);
        sodium_memzero(stream->token, sizeof stream->token);
        g_free(stream);
        respond_refused(request, code, NULL, "30");
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    connection_move(request->server->connections, info->socket_context, CONNECTION_STREAMS);
    set_up_socket(stream);
    request->streams = true;
    request->status = MHD_HTTP_OK;
    request->response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES, send_more, stream, stream_free);
    add_headers(request->response);
}

/* ---- of the thread that tells them ---- */

void streams_end(struct streams *streams)
{
    pthread_mutex_lock(&streams->lock);
    streams->ending = true;
    for (GList *at = streams->open.head; at != NULL; at = at->next)
        end(at->data);
    pthread_cond_broadcast(&streams->changed);
    pthread_mutex_unlock(&streams->lock);
}

int streams_count(struct streams *streams)
{
    pthread_mutex_lock(&streams->lock);
    int count = (int)streams->open.length;
    pthread_mutex_unlock(&streams->lock);
    return count;
}

bool streams_wait(struct streams *streams, int64_t us)
{
    int64_t until_us = clock_monotonic_us() + us;
    const struct timespec until = {.tv_sec = until_us / US_PER_SECOND, .tv_nsec = until_us % US_PER_SECOND * 1000};
    pthread_mutex_lock(&streams->lock);
    while (!streams->ending && streams->open.length == 0 && streams->gone->len == 0)
        pthread_cond_wait(&streams->changed, &streams->lock);
    while (!streams->ending && clock_monotonic_us() < until_us)
        pthread_cond_timedwait(&streams->changed, &streams->lock, &until);
    bool goes_on = !streams->ending;
    pthread_mutex_unlock(&streams->lock);
    return goes_on;
}

void streams_take(struct streams *streams, void (*come)(void *context, int64_t person),
                  void (*gone)(void *context, int64_t person), void *context)
{
    pthread_mutex_lock(&streams->lock);
    for (GList *at = streams->open.head; at != NULL; at = at->next) {
        struct hint_stream *stream = at->data;
        if (!stream->taken)
            come(context, stream->person);
        stream->taken = true;
    }
    for (guint i = 0; i < streams->gone->len; i++)
        gone(context, g_array_index(streams->gone, int64_t, i));
    g_array_set_size(streams->gone, 0);
    pthread_mutex_unlock(&streams->lock);
}

int64_t streams_least(struct streams *streams)
{
    int64_t least = INT64_MAX;
    pthread_mutex_lock(&streams->lock);
    for (GList *at = streams->open.head; at != NULL; at = at->next) {
        const struct hint_stream *stream = at->data;
        if (stream->taken)
            least = MIN(least, stream->place.pos);
    }
    pthread_mutex_unlock(&streams->lock);
    return least;
}

void streams_advance(struct streams *streams, int64_t floor, int64_t pos,
                     int64_t (*rights)(void *context, int64_t person), void *context)
{
    pthread_mutex_lock(&streams->lock);
    for (GList *at = streams->open.head; at != NULL; at = at->next) {
        struct hint_stream *stream = at->data;
        if (!stream->taken)
            continue;
        const struct hint_place now = {MAX(stream->place.pos, pos), rights(context, stream->person)};
        if (stream->place.pos < floor || stream->place.rights != now.rights)
            hints_reload(&stream->hints);
        stream->place = now;
    }
    pthread_mutex_unlock(&streams->lock);
}

static struct hint_stream *behind(GPtrArray *own, guint i, int64_t pos)
{
    struct hint_stream *stream = g_ptr_array_index(own, i);
    return stream->taken && stream->place.pos < pos ? stream : NULL;
}

void streams_matter(struct streams *streams, int64_t person, int64_t pos, const struct matter *matter)
{
    pthread_mutex_lock(&streams->lock);
    GPtrArray *own = of_person(streams, person);
    for (guint i = 0; own != NULL && i < own->len; i++) {
        struct hint_stream *stream = behind(own, i, pos);
        if (stream != NULL)
            hints_add_matter(&stream->hints, matter);
    }
    pthread_mutex_unlock(&streams->lock);
}

void streams_hint(struct streams *streams, int64_t person, int64_t pos, enum hint_sort sort, int64_t id)
{
    pthread_mutex_lock(&streams->lock);
    GPtrArray *own = of_person(streams, person);
    for (guint i = 0; own != NULL && i < own->len; i++) {
        struct hint_stream *stream = behind(own, i, pos);
        if (stream != NULL)
            hints_add(&stream->hints, sort, id);
    }
    pthread_mutex_unlock(&streams->lock);
}

void streams_reload(struct streams *streams)
{
    pthread_mutex_lock(&streams->lock);
    for (GList *at = streams->open.head; at != NULL; at = at->next) {
        struct hint_stream *stream = at->data;
        if (stream->taken)
            hints_reload(&stream->hints);
    }
    pthread_mutex_unlock(&streams->lock);
}

/* ---- sending ---- */

static bool has_session(struct hint_stream *stream)
{
    struct session session;
    return login_session(stream->streams->server->login, stream->token, &session) && session.person == stream->person;
}

static void write_out(struct hint_stream *stream, struct vault *vault, int64_t now_us)
{
    g_autofree char *id = hint_id_seal(stream->streams->key, stream->person, &stream->place);
    g_string_truncate(stream->out, 0);
    stream->sent = 0;
    if (hints_are_empty(&stream->hints)) {
        g_string_append_printf(stream->out, ": \nid: %s\n\n", id);
    } else {
        hints_write(&stream->hints, vault, id, stream->out);
        if (stream->hints.reload)
            stream->reloaded_us = now_us;
        hints_clear(&stream->hints);
        stream->hinted_us = now_us;
    }
    stream->beat_us = now_us;
    wake(stream);
}

static void look_at(struct hint_stream *stream, struct vault *vault, int64_t now_us, bool looks)
{
    bool hints = !hints_are_empty(&stream->hints) && now_us - stream->hinted_us >= SEND_AT_MOST_US &&
                 (!stream->hints.reload || now_us - stream->reloaded_us >= RELOAD_AT_MOST_US);
    bool beat = now_us - stream->beat_us >= stream->streams->beat_us;
    if (stream->over)
        return;
    if ((looks && has_gone(stream)) || ((looks || hints) && !has_session(stream)))
        end(stream);
    else if (stream->taken && (hints || beat) && stream->sent == stream->out->len)
        write_out(stream, vault, now_us);
}

void streams_send(struct streams *streams, struct vault *vault)
{
    int64_t now_us = clock_monotonic_us();
    bool looks = now_us - streams->looked_us >= LOOK_US;
    if (looks)
        streams->looked_us = now_us;
    pthread_mutex_lock(&streams->lock);
    for (GList *at = streams->open.head; at != NULL; at = at->next)
        look_at(at->data, vault, now_us, looks);
    pthread_mutex_unlock(&streams->lock);
}
