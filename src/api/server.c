/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/server.h"

#include "access/told.h"
#include "api/address.h"
#include "api/endpoint.h"
#include "api/headers.h"
#include "api/heavy.h"
#include "api/imports.h"
#include "api/certificate.h"
#include "api/connections.h"
#include "api/live.h"
#include "api/proxies.h"
#include "api/request.h"
#include "api/sheets.h"
#include "api/streams.h"
#include "api/strict.h"
#include "api/submit.h"
#include "api/uploads.h"
#include "api/webpages.h"
#include "base/limits.h"
#include "base/log.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REQUESTS_PER_MINUTE     1200 /* a desk that refreshes and an offline queue that empties; scripts wait */
#define REQUEST_BURST           600
#define CONNECTION_MEMORY_BYTES (32 * 1024) /* headers and the read buffer */
/* 1.2 and 1.3, with keys that are made for one connection and ciphers that authenticate. */
#define TLS_PRIORITIES                                                                                                 \
    "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-DHE-RSA:-AES-128-CBC:-AES-256-CBC:-SHA1:"                     \
    "%SERVER_PRECEDENCE"
#define STOP_SECONDS 5 /* for answers that are on their way at a stop */
#define STOP_LOOK_US 5000

G_DEFINE_QUARK(lianfang_server_error, server_error)

/* ---- one thread's reader ---- */

static void reader_free(void *reader)
{
    if (reader != NULL)
        reader_close(reader);
}

static bool take_reader(struct request *request)
{
    struct server *server = request->server;
    request->reader = pthread_getspecific(server->reader_key);
    if (request->reader != NULL)
        return true;
    g_autoptr(GError) error = NULL;
    request->reader = reader_open(engine_data_dir(server->engine), engine_keys_dir(server->engine), &error);
    if (request->reader == NULL) {
        log_write(LOG_ERROR, "no reader", "why", error->message, NULL);
        respond_refused(request, PROBLEM_STORAGE_FAILED, NULL);
        return false;
    }
    pthread_setspecific(server->reader_key, request->reader);
    return true;
}

/* ---- session and viewer ---- */

/* False, answered, where somebody else has signed in meanwhile in the browser whose page asks this. */
static bool is_of_whom_it_expects(struct request *request)
{
    const char *expected = request_header(request, EXPECTED_PERSON_HEADER);
    if (expected == NULL || request->session.person == 0)
        return true;
    if (!take_reader(request))
        return false;
    if (vault_inner_id(request->reader->vault, VAULT_ID_PERSON, expected) == request->session.person)
        return true;
    respond_refused(request, PROBLEM_SESSION_OF_ANOTHER, NULL);
    return false;
}

static bool authenticate(struct request *request)
{
    const struct endpoint *endpoint = request->endpoint;
    char token[SESSION_TOKEN_TEXT_MAX];
    request_token(request, token);
    if (*token != '\0')
        login_session(request->server->login, token, &request->session);
    sodium_memzero(token, sizeof token);
    if (!request_pays(request, 1))
        return false;
    if (strict_is_cross_site(request))
        respond_refused(request, PROBLEM_CROSS_SITE, NULL);
    else if (request->session.person == 0 && !endpoint->open)
        respond_refused(request, PROBLEM_NOT_LOGGED_IN, NULL);
    else if (request->session.must_change && !endpoint->open && !endpoint->settles)
        respond_refused(request, PROBLEM_PASSWORD_CHANGE_NEEDED, NULL);
    else
        return is_of_whom_it_expects(request);
    return false;
}

/* ---- from the first header to the answer ---- */

static bool stand_to_read(struct request *request)
{
    if (!take_reader(request))
        return false;
    if (request->endpoint->by_link) /* whose it is, is not known yet */
        return server_rows_are_newest(request);
    return request->session.person == 0 || server_rows_are_fresh(request);
}

/* In the thread of its connection. */
static void answer_here(struct request *request)
{
    int64_t from_us = heavy_clock_us();
    server_read(request, request->endpoint->handle);
    if (request->session.account != 0)
        heavy_charge(request->server->heavy, request->session.account, heavy_clock_us() - from_us);
}

/* ---- read in a thread for heavy reading ---- */

static void read_aside(void *context, struct reader *reader)
{
    struct request *request = context;
    request->reader = reader;
    if (reader == NULL) {
        bool ending = heavy_is_ending(request->server->heavy);
        respond_refused(request, ending ? PROBLEM_SHUTTING_DOWN : PROBLEM_QUEUE_FULL, NULL);
        return;
    }
    request->gone = heavy_is_over(reader);
    if (request->gone) {
        respond_empty(request, MHD_HTTP_NO_CONTENT); /* the client has disconnected */
        return;
    }
    if (server_rows_are_fresh(request))
        server_read(request, request->endpoint->handle);
}

static void wake_aside(void *context)
{
    request_wake(context);
}

static void is_answered(struct request *request)
{
}

static void answer_aside(struct request *request)
{
    struct problem *problem = NULL;
    const struct heavy_job job = {
        .account = request->session.account,
        .size = request->endpoint->heavy,
        .fd = MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
        .run = read_aside,
        .done = wake_aside,
        .context = request};
    request_sleep(request, is_answered, NULL, NULL);
    if (heavy_submit(request->server->heavy, &job, &problem))
        return;
    respond_problem(request, problem);
    request_wake(request);
}

/* A page has no account to charge and asks neither rows nor the writer. */
static void dispatch(struct request *request)
{
    const struct endpoint *endpoint = request->endpoint;
    if (request->page != NULL) {
        respond_webpage(request, request->page);
        return;
    }
    if (!authenticate(request))
        return;
    if (endpoint->command != NULL) {
        submit_command_route(request);
    } else if (endpoint->submits) {
        endpoint->handle(request);
    } else if (endpoint->heavy != HEAVY_NO) {
        answer_aside(request);
    } else if (stand_to_read(request)) {
        answer_here(request);
    }
}

/* What is taken is answered, also while the server stops. */
static bool take(struct request *request)
{
    struct server *server = request->server;
    pthread_mutex_lock(&server->running_lock);
    request->running = !server->stopping;
    server->running += request->running;
    pthread_mutex_unlock(&server->running_lock);
    return request->running;
}

static void let_go(struct request *request)
{
    struct server *server = request->server;
    if (!request->running)
        return;
    pthread_mutex_lock(&server->running_lock);
    server->running--;
    pthread_mutex_unlock(&server->running_lock);
}

static struct connection *connection_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void handle(struct request *request)
{
    connection_move(request->server->connections, connection_of(request->connection), CONNECTION_WAITS);
    if (take(request))
        dispatch(request);
    else
        respond_refused(request, PROBLEM_SHUTTING_DOWN, NULL);
}

static void find_route(struct request *request)
{
    g_autofree char *allowed = NULL;
    request->page = webpages_find(request);
    if (request->page != NULL && request_only_reads(request))
        return;
    request->endpoint = endpoint_find(request, &allowed);
    if (request->endpoint != NULL)
        return;
    if (allowed == NULL && request->page != NULL)
        allowed = g_strdup("GET, HEAD");
    if (allowed != NULL)
        respond_refused(request, PROBLEM_METHOD_NOT_ALLOWED, NULL, allowed);
    else if (request_only_reads(request) && (request->page = webpages_nowhere(request)) != NULL)
        request->nowhere = true;
    else
        respond_refused(request, PROBLEM_NOT_FOUND, NULL, request->chinese ? "这个地址" : "address");
}

static size_t header_bytes(const struct request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info != NULL ? info->header_size : 0;
}

static int64_t body_limit(const struct request *request)
{
    const struct endpoint *endpoint = request->endpoint;
    if (request->page != NULL || (endpoint != NULL && endpoint->open))
        return LIMIT_OPEN_BODY_BYTES;
    if (endpoint == NULL)
        return LIMIT_BODY_BYTES;
    if (endpoint->takes == NULL)
        return LIMIT_BODY_BYTES;
    return endpoint->takes_bytes > 0 ? endpoint->takes_bytes : LIMIT_SHEET_UPLOAD_BYTES;
}

static void respond_too_large(struct request *request)
{
    g_autofree char *limit = g_strdup_printf("%" G_GINT64_FORMAT, body_limit(request));
    respond_refused(request, PROBLEM_BODY_TOO_LARGE, NULL, limit);
}

/* Rights are asked for before the first byte, and again when the whole has come: posts may end meanwhile. */
static bool admits(struct request *request)
{
    if (!authenticate(request) || !stand_to_read(request))
        return false;
    if (!server_read(request, request->endpoint->admits) && request->response == NULL)
        respond_refused(request, PROBLEM_STORAGE_FAILED, NULL);
    if (request->has_viewer)
        viewer_clear(&request->viewer);
    request->has_viewer = false;
    return request->response == NULL;
}

/* Makes the file; called only where the client may send it. */
static void begin_upload(struct request *request, const char *length)
{
    struct uploads *uploads = request->server->uploads;
    int64_t bytes = length != NULL ? g_ascii_strtoll(length, NULL, 10) : body_limit(request);
    struct problem *problem = uploads_begin(uploads, request->session.account, bytes, clock_monotonic_us());
    if (problem != NULL) {
        respond_problem(request, problem);
        return;
    }
    request->upload_account = request->session.account;
    request->upload_promised = bytes;
    request->upload = sheet_file_new(engine_data_dir(request->server->engine));
    if (request->upload < 0)
        respond_refused(request, PROBLEM_STORAGE_FAILED, NULL);
}

static void begin(struct request *request)
{
    request->begun = true;
    request->body = g_byte_array_new();
    connection_move(request->server->connections, connection_of(request->connection), CONNECTION_SENDS);
    const char *length = request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (header_bytes(request) > LIMIT_HEADER_BYTES)
        respond_refused(request, PROBLEM_HEADERS_TOO_LARGE, NULL, G_STRINGIFY(LIMIT_HEADER_BYTES));
    else if (strict_check(request))
        find_route(request);
    if (request->response == NULL && request->page == NULL) /* the application reads its own */
        strict_parameters(request);
    if (request->response == NULL && length != NULL &&
        g_ascii_strtoull(length, NULL, 10) > (guint64)body_limit(request))
        respond_too_large(request);
    if (request->response == NULL && request->page == NULL && request->endpoint->takes != NULL && admits(request))
        begin_upload(request, length);
}

static bool is_too_slow(const struct request *request)
{
    int seconds = request->upload >= 0 ? LIMIT_SHEET_UPLOAD_SECONDS : request->server->request_seconds;
    return clock_monotonic_us() - request->started_monotonic_us > seconds * US_PER_SECOND;
}

/* Short writes and signals are no failure. */
static bool write_all(int file, const char *data, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t count = write(file, data + done, bytes - done);
        if (count == 0 || (count < 0 && errno != EINTR))
            return false;
        done += count > 0 ? (size_t)count : 0;
    }
    return true;
}

/* Into its file; a failed write is answered when the whole request has come. */
static void take_upload(struct request *request, const char *data, size_t bytes)
{
    request->upload_bytes += (int64_t)bytes;
    if (request->upload_bytes > body_limit(request))
        request->too_large = true;
    else if (!write_all(request->upload, data, bytes))
        request->upload_failed = true;
}

static enum MHD_Result take_body(struct request *request, const char *data, size_t *bytes)
{
    if (is_too_slow(request))
        return MHD_NO; /* closes the connection */
    if (request->upload >= 0)
        take_upload(request, data, *bytes);
    else if ((int64_t)(request->body->len + *bytes) > body_limit(request))
        request->too_large = true;
    else
        g_byte_array_append(request->body, (const guint8 *)data, (guint)*bytes);
    *bytes = 0;
    return MHD_YES;
}

/* Nothing more of the request will come: answered when the library says so, the connection goes on. An answer before
 * that ends it, which keeps a body from being read that nobody wants. */
static bool has_come_whole(const struct request *request)
{
    const char *length = request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return !request->malformed && request_header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING) == NULL &&
           (length == NULL || g_ascii_strtoull(length, NULL, 10) == 0);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data, size_t *bytes, void **slot)
{
    struct request *request = *slot;
    if (request == NULL)
        *slot = request = request_new(context, connection, method, path, version);
    if (!request->begun) {
        begin(request);
        if (request->response == NULL || has_come_whole(request))
            return MHD_YES;
    } else if (*bytes > 0) {
        return take_body(request, data, bytes);
    } else if (request->asleep) {
        request->asleep = false;
        request->resume(request);
    } else if (request->too_large) {
        respond_too_large(request);
    } else if (request->upload_failed) {
        respond_refused(request, PROBLEM_STORAGE_FAILED, NULL);
    } else if (request->response == NULL) {
        handle(request);
    }
    if (request->asleep)
        return MHD_YES;
    g_assert(request->response != NULL);
    headers_add(request);
    return MHD_queue_response(connection, (unsigned)request->status, request->response);
}

/* An overload is logged once a second, not once a request; the next line counts those since the last one. */
static void tell_turned_away(struct server *server)
{
    int64_t now_us = clock_monotonic_us(), told_us = server->turned_away_told_us;
    server->turned_away++;
    if (now_us - told_us < US_PER_SECOND ||
        !atomic_compare_exchange_strong(&server->turned_away_told_us, &told_us, now_us))
        return;
    g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, atomic_exchange(&server->turned_away, 0));
    log_write(LOG_WARNING, "requests were refused", "count", count, NULL);
}

static void tell_request(const struct request *request)
{
    char number[24], status[8], us[24];
    g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, request->number);
    g_snprintf(status, sizeof status, "%d", request->status);
    g_snprintf(us, sizeof us, "%" G_GINT64_FORMAT, clock_monotonic_us() - request->started_monotonic_us);
    log_write(LOG_DEBUG, "request answered", "request", number, "method", request->method, "route",
              request->endpoint != NULL ? request->endpoint->path : "-", "status", status, "us", us, NULL);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode how)
{
    struct server *server = context;
    struct request *request = *slot;
    if (request == NULL)
        return;
    server->requests++;
    if (request->status >= 100 && request->status < 600)
        server->answers_by_class[request->status / 100]++;
    if (!request->streams)
        server->microseconds += clock_monotonic_us() - request->started_monotonic_us;
    if (request->status == MHD_HTTP_SERVICE_UNAVAILABLE)
        tell_turned_away(server);
    else if (request->status >= 500)
        log_write(LOG_WARNING, "request failed", "route", request->endpoint != NULL ? request->endpoint->path : "-",
                  NULL);
    if (log_is_on(LOG_DEBUG))
        tell_request(request);
    connection_move(server->connections, connection_of(connection), CONNECTION_SILENT);
    let_go(request);
    if (request->upload_account != 0)
        uploads_end(server->uploads, request->upload_account, request->upload_promised,
                    MIN(request->upload_bytes, request->upload_promised));
    request_free(request);
    *slot = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *server = context;
    char address[ADDRESS_TEXT_MAX] = "", network[ADDRESS_TEXT_MAX];
    const union MHD_ConnectionInfo *from = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    bool of_proxy = from != NULL && proxies_hold(server->proxies, from->client_addr);
    if (what == MHD_CONNECTION_NOTIFY_STARTED && from != NULL)
        address_format(from->client_addr, address, network);
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *slot = connection_new(server->connections,
                               MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
                               of_proxy ? NULL : address);
    else
        connection_free(server->connections, *slot);
}

/* ---- start and stop ---- */

static bool read_tls(struct server *server, const struct server_options *options, GError **error)
{
    if (options->tls_certificate == NULL)
        return true;
    if (options->tls_key == NULL) {
        g_set_error(error, SERVER_ERROR, SERVER_ERROR_TLS, "a certificate needs its key; give --tls-key FILE");
        return false;
    }
    g_autoptr(GError) why = NULL;
    server->certificate = certificate_new(options->tls_certificate, options->tls_key, &why);
    if (server->certificate == NULL && why->domain == CERTIFICATE_ERROR)
        g_set_error_literal(error, SERVER_ERROR, SERVER_ERROR_TLS, why->message);
    else if (server->certificate == NULL)
        g_propagate_error(error, g_steal_pointer(&why));
    return server->certificate != NULL;
}

bool server_read_certificate_again(struct server *server, GError **error)
{
    return server->certificate == NULL || certificate_read_again(server->certificate, error);
}

bool server_open_logs_again(struct server *server, GError **error)
{
    return refusal_log_reopen(server->refusals, error);
}

__attribute__((format(printf, 2, 0))) static void on_library_message(void *context, const char *format, va_list args)
{
    char text[300];
    vsnprintf(text, sizeof text, format, args);
    g_strchomp(text);
    log_write(LOG_DEBUG, "libmicrohttpd", "text", text, NULL);
}

static bool resolve(const struct server_options *options, struct addrinfo **out, GError **error)
{
    const char *address = options->address != NULL ? options->address : "127.0.0.1";
    g_autofree char *port = g_strdup_printf("%d", options->port);
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    if (getaddrinfo(address, port, &hints, out) == 0)
        return true;
    g_set_error(error, SERVER_ERROR, SERVER_ERROR_LISTEN,
                "%s is not an address to listen on; give --listen one of this machine's", address);
    return false;
}

static bool read_proxies(struct server *server, const struct server_options *options, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (options->trusted_proxies == NULL)
        return true;
    server->proxies = proxies_parse(options->trusted_proxies, &why);
    if (server->proxies == NULL)
        g_set_error(error, SERVER_ERROR, SERVER_ERROR_LISTEN, "--trusted-proxies: %s", why->message);
    return server->proxies != NULL;
}

static bool listen_on(struct server *server, const struct server_options *options, GError **error)
{
    struct addrinfo *at;
    if (!resolve(options, &at, error))
        return false;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (at->ai_family == AF_INET6 ? MHD_USE_IPv6 : 0) | (server->certificate != NULL ? MHD_USE_TLS : 0);
    int threads = options->threads > 0 ? options->threads : (int)CLAMP(g_get_num_processors(), 1, 8);
    server->daemon = MHD_start_daemon(
        flags, options->port, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_library_message, NULL,
        MHD_OPTION_UNESCAPE_CALLBACK, strict_unescape, NULL, MHD_OPTION_SOCK_ADDR, at->ai_addr,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)server->places + LIMIT_STREAMS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)server->request_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES,
        MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? (unsigned)threads : 0u,
        server->certificate != NULL ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END, certificate_show,
        MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES, MHD_OPTION_END);
    freeaddrinfo(at);
    if (server->daemon == NULL) {
        g_set_error(error, SERVER_ERROR, SERVER_ERROR_LISTEN,
                    "cannot listen on port %d; is another program using it? give --port another number", options->port);
        return false;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->port = info != NULL && info->port != 0 ? info->port : options->port;
    return true;
}

/* It is said before anything is made, so it does not change while a server runs. */
static bool read_drill(const struct server *server, bool *out, GError **error)
{
    struct reader *reader = reader_open(engine_data_dir(server->engine), engine_keys_dir(server->engine), error);
    if (reader == NULL)
        return false;
    *out = registry_is_drill(reader->rows);
    reader_close(reader);
    return true;
}

static bool open_parts(struct server *server, int logins_per_minute, GResource *pages, GError **error)
{
    const char *data_dir = engine_data_dir(server->engine);
    server->accounts = account_store_open_keyed(data_dir, engine_keys_dir(server->engine), NULL, error);
    if (server->accounts == NULL)
        return false;
    server->login = login_service_new(server->accounts, server->clock, logins_per_minute);
    server->imports = imports_new(server->engine, server->clock);
    bool drill;
    if (!read_drill(server, &drill, error))
        return false;
    server->pages = webpages_new(pages, drill);
    server->told = told_new();
    server->refusals = refusal_log_open(data_dir, error);
    return server->refusals != NULL && streams_take_key(server->streams, error);
}

struct server *server_start(const struct server_options *options, GError **error)
{
    struct server *server = g_new0(struct server, 1);
    server->engine = options->engine;
    server->clock = options->clock;
    server->public_url = g_strdup(options->public_url);
    server->outbox = options->outbox;
    server->demo_accounts = g_strdup(options->demo_accounts);
    server->request_seconds = options->request_seconds > 0 ? options->request_seconds : LIMIT_REQUEST_SECONDS;
    server->places = options->connections > 0 ? options->connections : LIMIT_CONNECTIONS;
    server->connections = connections_new(server->request_seconds, server->places, LIMIT_CONNECTIONS_PER_ADDRESS);
    server->streams = streams_new(server, &options->streams);
    server->uploads = uploads_new(engine_data_dir(server->engine), options->free_bytes, options->uploads_a_day);
    server->secure = options->tls_key != NULL || options->behind_tls ||
                     (options->public_url != NULL && g_str_has_prefix(options->public_url, "https://"));
    phones_init(&server->phones);
    pthread_mutex_init(&server->running_lock, NULL);
    pthread_cond_init(&server->woken, NULL);
    server->written = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    pthread_mutex_init(&server->written_lock, NULL);
    pthread_key_create(&server->reader_key, reader_free);
    int per_minute = options->requests_per_minute > 0 ? options->requests_per_minute : REQUESTS_PER_MINUTE;
    int burst = options->requests_per_minute > 0 ? options->requests_per_minute : REQUEST_BURST;
    server->account_limiter = rate_limiter_new(per_minute, burst);
    server->address_limiter = rate_limiter_new(per_minute, burst);
    server->link_limiter = rate_limiter_new(LIMIT_LINK_PER_MINUTE, LIMIT_LINK_PER_MINUTE);
    server->heavy = heavy_new(server);
    server->live = live_new(server, options->streams.back_events);
    if (open_parts(server, options->requests_per_minute, options->pages, error) && read_tls(server, options, error) &&
        read_proxies(server, options, error) && listen_on(server, options, error))
        return server;
    server_stop(server);
    return NULL;
}

uint16_t server_port(const struct server *server)
{
    return server->port;
}

/* Until no request sleeps; `running_lock` is held. False when time is over. */
static bool wait_for_sleepers(struct server *server)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += STOP_SECONDS;
    while (server->sleeping > 0)
        if (pthread_cond_timedwait(&server->woken, &server->running_lock, &until) == ETIMEDOUT)
            return false;
    return true;
}

/* Waits with bounds: what still waits for the writer then is refused, and answers on their way to a slow client are
 * left. Only a disk that does not respond keeps requests asleep after that; run_serve() handles that. */
static void wait_for_answers(struct server *server)
{
    pthread_mutex_lock(&server->running_lock);
    server->stopping = true;
    server->stop_us = clock_monotonic_us() + STOP_SECONDS * US_PER_SECOND;
    bool awake = wait_for_sleepers(server);
    pthread_mutex_unlock(&server->running_lock);
    if (!awake)
        engine_give_up(server->engine);
    pthread_mutex_lock(&server->running_lock);
    while (server->sleeping > 0)
        pthread_cond_wait(&server->woken, &server->running_lock);
    /* an export sleeps for each of its pages and may go on until then, too */
    int64_t until_us = clock_monotonic_us() + STOP_SECONDS * US_PER_SECOND;
    while (server->running > 0 && clock_monotonic_us() < until_us) {
        pthread_mutex_unlock(&server->running_lock);
        g_usleep(STOP_LOOK_US);
        pthread_mutex_lock(&server->running_lock);
    }
    server->ending = true;
    while (server->sleeping > 0)
        pthread_cond_wait(&server->woken, &server->running_lock);
    pthread_mutex_unlock(&server->running_lock);
}

static void stop_daemon(struct server *server)
{
    int listening = MHD_quiesce_daemon(server->daemon);
    streams_end(server->streams);
    wait_for_answers(server);
    MHD_stop_daemon(server->daemon); /* waits for its threads, whose readers close with them */
    if (listening != MHD_INVALID_SOCKET)
        close(listening);
}

void server_stop(struct server *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL)
        stop_daemon(server);
    streams_end(server->streams); /* there may be no daemon */
    live_free(server->live);
    streams_free(server->streams);
    heavy_free(server->heavy);
    imports_free(server->imports);
    webpages_free(server->pages);
    if (server->login != NULL)
        login_service_free(server->login);
    if (server->accounts != NULL)
        account_store_close(server->accounts);
    told_free(server->told);
    if (server->refusals != NULL)
        refusal_log_close(server->refusals);
    g_free(server->public_url);
    g_free(server->demo_accounts);
    rate_limiter_free(server->account_limiter);
    rate_limiter_free(server->address_limiter);
    rate_limiter_free(server->link_limiter);
    connections_free(server->connections);
    g_clear_pointer(&server->proxies, proxies_free);
    uploads_free(server->uploads);
    phones_clear(&server->phones);
    pthread_mutex_destroy(&server->running_lock);
    pthread_cond_destroy(&server->woken);
    pthread_key_delete(server->reader_key);
    g_hash_table_unref(server->written);
    pthread_mutex_destroy(&server->written_lock);
    certificate_free(server->certificate);
    g_free(server);
}
