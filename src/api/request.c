/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/request.h"

#include "api/address.h"
#include "api/encoding.h"
#include "api/endpoint.h"
#include "api/language.h"
#include "api/page_cursor.h"
#include "api/proxies.h"
#include "base/datetime.h"
#include "base/identity.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "interop/words.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define JSON_TYPE          "application/json; charset=utf-8"
#define TAG_CHARS          40
#define PACKED_BYTES_LEAST 1024 /* shorter ones fit into a packet as they are */

static enum MHD_Result add_forwarded(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    GString *all = context;
    if (value != NULL && g_ascii_strcasecmp(name, "X-Forwarded-For") == 0)
        g_string_append_printf(all, "%s%s", all->len > 0 ? "," : "", value);
    return MHD_YES;
}

static void note_address(struct request *request)
{
    struct sockaddr_storage client;
    const struct proxies *proxies = request->server->proxies;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *from = info != NULL ? info->client_addr : NULL;
    if (proxies_hold(proxies, from)) {
        g_autoptr(GString) forwarded = g_string_new(NULL);
        MHD_get_connection_values(request->connection, MHD_HEADER_KIND, add_forwarded, forwarded);
        proxies_client(proxies, from, forwarded->str, &client);
        from = (const struct sockaddr *)(const void *)&client;
    }
    address_format(from, request->address, request->network);
}

struct request *request_new(struct server *server, struct MHD_Connection *connection, const char *method,
                            const char *path, const char *version)
{
    struct request *request = g_new0(struct request, 1);
    request->server = server;
    request->number = ++server->begun_requests;
    request->upload = -1;
    request->connection = connection;
    request->method = method;
    request->version = version;
    request->path = g_strdup(path);
    request->started_monotonic_us = clock_monotonic_us();
    request->now_us = clock_now_us(server->clock);
    request->chinese =
        !language_is_english(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_LANGUAGE));
    note_address(request);
    return request;
}

void request_free(struct request *request)
{
    if (request->work != NULL && request->work_free != NULL)
        request->work_free(request->work);
    if (request->has_viewer)
        viewer_clear(&request->viewer);
    if (request->response != NULL)
        MHD_destroy_response(request->response);
    if (request->upload >= 0)
        close(request->upload);
    if (request->body != NULL)
        g_byte_array_unref(request->body);
    for (size_t i = 0; i < REQUEST_KNOWN; i++)
        json_decref(request->known[i].shape);
    for (size_t i = 0; i < REQUEST_PATH_PARAMS; i++)
        g_free(request->params[i]);
    g_free(request->path);
    g_free(request);
}

void request_token(const struct request *request, char out[SESSION_TOKEN_TEXT_MAX])
{
    const char *given = request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
    if (given != NULL && g_ascii_strncasecmp(given, "Bearer ", strlen("Bearer ")) == 0)
        given += strlen("Bearer ");
    else
        given = MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND,
                                            request->server->secure ? SECURE_SESSION_COOKIE : SESSION_COOKIE);
    if (given == NULL || g_strlcpy(out, given, SESSION_TOKEN_TEXT_MAX) >= SESSION_TOKEN_TEXT_MAX)
        *out = '\0';
}

bool request_only_reads(const struct request *request)
{
    return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

const char *request_header(const struct request *request, const char *name)
{
    const char *value = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
    return value != NULL && *value != '\0' && g_utf8_validate(value, -1, NULL) ? value : NULL;
}

const char *request_query(const struct request *request, const char *name)
{
    const char *value = MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
    return value != NULL && *value != '\0' ? value : NULL;
}

bool request_query_integer(struct request *request, const char *name, int64_t least, int64_t most, int64_t *out)
{
    const char *text = request_query(request, name);
    if (text == NULL)
        return true;
    gint64 value;
    if (g_ascii_string_to_signed(text, 10, least, most, &value, NULL)) {
        *out = value;
        return true;
    }
    g_autofree char *range = g_strdup_printf("%" G_GINT64_FORMAT "–%" G_GINT64_FORMAT, least, most);
    respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, name, range);
    return false;
}

int64_t request_id(struct request *request, enum vault_class class)
{
    return vault_inner_id(request->reader->vault, class, request->params[0]);
}

void request_query_id(struct request *request, const char *name, enum vault_class class, int64_t *out)
{
    const char *text = request_query(request, name);
    if (text != NULL)
        *out = vault_inner_id(request->reader->vault, class, text);
}

bool request_query_time(struct request *request, const char *name, int minutes, int64_t *out_us)
{
    const char *typed = request_query(request, name);
    g_autofree char *text = typed != NULL ? identity_plain(typed) : NULL;
    if (text == NULL || datetime_parse(text, out_us))
        return true;
    const struct playbook *playbook = rulebook_current(engine_rulebook(request->server->engine));
    int32_t day;
    if (playbook != NULL && date_parse(text, &day)) {
        *out_us = day_time_us(day, minutes, playbook->zone);
        return true;
    }
    respond_refused(request, PROBLEM_INVALID_DATETIME, name);
    return false;
}

bool request_query_unit(struct request *request, const char *name, int64_t *out_id)
{
    const char *text = request_query(request, name);
    if (text == NULL || registry_unit_by_text(request->reader->rows, text, request->now_us, out_id))
        return true;
    respond_refused(request, PROBLEM_UNKNOWN_UNIT, name);
    return false;
}

bool request_page(struct request *request, int *out_limit, int64_t *cursor, size_t cursor_parts, bool *out_has_cursor)
{
    int64_t limit = 50;
    if (!request_query_integer(request, "limit", 1, LIMIT_PAGE_ROWS, &limit))
        return false;
    *out_limit = (int)limit;
    const char *text = request_query(request, "cursor");
    *out_has_cursor = text != NULL;
    if (text == NULL || page_cursor_open(request, text, cursor, cursor_parts))
        return true;
    respond_refused(request, PROBLEM_INVALID_CURSOR, "cursor");
    return false;
}

static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    return type != NULL && g_ascii_strncasecmp(type, json, strlen(json)) == 0 &&
           (type[strlen(json)] == '\0' || strchr("; \t", type[strlen(json)]) != NULL);
}

json_t *request_json(struct request *request)
{
    if (!is_json(request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE))) {
        respond_refused(request, PROBLEM_UNSUPPORTED_MEDIA_TYPE, NULL, "application/json");
        return NULL;
    }
    struct problem *problem = NULL;
    json_t *body = json_parse_strict((const char *)request->body->data, request->body->len, &problem);
    if (body != NULL && !json_is_object(body)) {
        json_decref(body);
        body = NULL;
        problem = problem_new(PROBLEM_NOT_AN_OBJECT, NULL, NULL);
    }
    if (body == NULL)
        respond_problem(request, problem);
    return body;
}

bool request_only_members(struct request *request, const json_t *body, const char *const *names, size_t count)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)body, name, value)
    {
        bool known = false;
        for (size_t i = 0; i < count; i++)
            known = known || strcmp(name, names[i]) == 0;
        if (known)
            continue;
        const char *nearest = nearest_name(name, names, count);
        respond_refused(request, PROBLEM_UNKNOWN_FIELD, name, nearest != NULL ? nearest : "");
        return false;
    }
    return true;
}

bool server_sleeps(struct server *server)
{
    pthread_mutex_lock(&server->running_lock);
    bool may = !server->ending && (!server->stopping || clock_monotonic_us() < server->stop_us);
    server->sleeping += may;
    pthread_mutex_unlock(&server->running_lock);
    return may;
}

void server_wakes(struct server *server)
{
    pthread_mutex_lock(&server->running_lock);
    server->sleeping--;
    pthread_cond_signal(&server->woken);
    pthread_mutex_unlock(&server->running_lock);
}

void request_sleep(struct request *request, void (*resume)(struct request *), void *work, void (*work_free)(void *))
{
    request->resume = resume;
    request->work = work;
    request->work_free = work_free;
    request->asleep = true;
    pthread_mutex_lock(&request->server->running_lock);
    request->server->sleeping++;
    pthread_mutex_unlock(&request->server->running_lock);
    MHD_suspend_connection(request->connection);
}

void request_wake(struct request *request)
{
    struct server *server = request->server; /* awake, the request may be over at once */
    MHD_resume_connection(request->connection);
    server_wakes(server);
}

static void respond_buffer(struct request *request, int status, const char *type, char *text, size_t bytes,
                           enum MHD_ResponseMemoryMode mode)
{
    g_assert(request->response == NULL);
    request->status = status;
    request->response = MHD_create_response_from_buffer(bytes, text, mode);
    if (type != NULL)
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store, private");
}

/* Tags are compared weakly (RFC 9110, 13.1.2): a `W/` in front of one is no part of it. */
bool request_has_copy(const struct request *request, const char *tag)
{
    const char *known = request_header(request, MHD_HTTP_HEADER_IF_NONE_MATCH);
    return known != NULL && (strcmp(known, "*") == 0 || strstr(known, tag) != NULL);
}

/* An ETag of the content, so that an unchanged list costs a few bytes; browsers must not store answers. */
static void make_tag(const char *text, size_t bytes, char tag[TAG_CHARS])
{
    uint8_t digest[16];
    char hex[33];
    crypto_generichash(digest, sizeof digest, (const uint8_t *)text, bytes, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    g_snprintf(tag, TAG_CHARS, "\"%s\"", hex);
}

/* How long a packed answer is tells, request by request, whether it repeats what stood in it already (BREACH). So
 * nothing is packed that answers a body: logins, sessions and new passwords are answers to POST, and so is whatever
 * repeats the words of its sender. Nor is what an endpoint says is secret, nor what the page of another site has asked
 * for, which could choose the address again and again; its browser sends no cookie along either (SameSite). */
static bool may_be_packed(const struct request *request, size_t bytes)
{
    const char *site = request_header(request, "Sec-Fetch-Site");
    return bytes > PACKED_BYTES_LEAST && !request->endpoint->secret && strcmp(request->method, "GET") == 0 &&
           (site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0) &&
           coding_choose(request_header(request, MHD_HTTP_HEADER_ACCEPT_ENCODING), 1u << CODING_GZIP) == CODING_GZIP;
}

/* Where the client takes gzip and it is worth it, in place of the text, which is freed. */
static bool pack(const struct request *request, char **text, size_t *bytes)
{
    size_t packed_bytes = 0;
    char *packed = may_be_packed(request, *bytes) ? coding_gzip(*text, *bytes, &packed_bytes) : NULL;
    if (packed == NULL)
        return false;
    free(*text);
    *text = packed;
    *bytes = packed_bytes;
    return true;
}

static void respond_read(struct request *request, char *text, size_t bytes)
{
    char tag[TAG_CHARS];
    make_tag(text, bytes, tag);
    bool known = request_has_copy(request, tag), packed = !known && pack(request, &text, &bytes);
    if (known) {
        free(text);
        respond_empty(request, MHD_HTTP_NOT_MODIFIED);
    } else {
        respond_buffer(request, MHD_HTTP_OK, JSON_TYPE, text, bytes, MHD_RESPMEM_MUST_FREE);
    }
    if (packed)
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_ENCODING, coding_names[CODING_GZIP]);
    g_autofree char *weak = g_strconcat("W/", tag, NULL); /* other bytes than the text's, the same content */
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_ETAG, packed ? weak : tag);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
}

void respond_json(struct request *request, int status, json_t *body)
{
    size_t bytes;
    char *text = json_text(body, &bytes);
    json_decref(body);
    if (status == MHD_HTTP_OK && request_only_reads(request))
        respond_read(request, text, bytes);
    else
        respond_buffer(request, status, JSON_TYPE, text, bytes, MHD_RESPMEM_MUST_FREE);
}

void respond_text(struct request *request, int status, const char *type, char *text)
{
    respond_buffer(request, status, type, text, strlen(text), MHD_RESPMEM_MUST_FREE);
}

void respond_bytes(struct request *request, int status, const char *type, GBytes *bytes)
{
    gsize count;
    gpointer data = g_bytes_unref_to_data(bytes, &count);
    respond_buffer(request, status, type, data, count, MHD_RESPMEM_MUST_FREE);
}

void respond_empty(struct request *request, int status)
{
    respond_buffer(request, status, NULL, (char *)"", 0, MHD_RESPMEM_PERSISTENT);
}

json_t *problem_document(const struct request *request, const struct problem *problem)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(request->server->engine));
    const struct problem_text *text = &problem_texts[problem->code];
    g_autofree char *type = g_strdup_printf("/problems/%s", text->name);
    g_autofree char *detail = words_sentence(problem, playbook, request->chinese);
    json_t *document = json_pack("{s:s, s:s, s:i, s:s}", "type", type, "title", text->name, "status", text->http_status,
                                 "detail", detail);
    json_t *errors = json_array();
    json_int_t more = 0;
    for (const struct problem *each = problem; each != NULL; each = each->next) {
        if (json_array_size(errors) == LIMIT_PROBLEMS) {
            more++;
            continue;
        }
        g_autofree char *sentence = words_sentence(each, playbook, request->chinese);
        json_t *row = json_pack("{s:s, s:s}", "code", problem_texts[each->code].name, "detail", sentence);
        if (each->field != NULL)
            json_object_set_new(row, "field", json_string(each->field));
        if (words_matter(each) != NULL)
            json_object_set_new(row, "matter", json_string(words_matter(each)));
        if (words_person(each) != NULL)
            json_object_set_new(row, "person", json_string(words_person(each)));
        json_array_append_new(errors, row);
    }
    json_object_set_new(document, "errors", errors);
    if (more > 0)
        json_object_set_new(document, "more", json_integer(more));
    return document;
}

/* Rights refused go to a log of their own: outside the journal, ids only. */
static void note_refusal(struct request *request, const struct problem *problem)
{
    const struct problem_text *text = &problem_texts[problem->code];
    if (text->http_status == 401 || text->http_status == 403 || text->http_status == 429)
        refusal_log_write(request->server->refusals, request->now_us, request->session.person,
                          request->endpoint != NULL ? request->endpoint->path : "-", text->name);
}

void respond_problem(struct request *request, struct problem *problem)
{
    AUTO(problem) struct problem *owned = problem;
    int status = problem_texts[owned->code].http_status;
    size_t bytes;
    json_t *document = problem_document(request, owned);
    char *text = json_text(document, &bytes);
    json_decref(document);
    respond_buffer(request, status, "application/problem+json; charset=utf-8", text, bytes, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_LANGUAGE, request->chinese ? "zh" : "en");
    const char *wait = owned->args[0];
    if (status == 429 && wait != NULL)
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_RETRY_AFTER, wait);
    else if (status == 503)
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    else if (status == 401)
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    else if (status == 405 && wait != NULL)
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_ALLOW, wait);
    note_refusal(request, owned);
}

void respond_instead(struct request *request, struct problem *problem)
{
    MHD_destroy_response(request->response);
    request->response = NULL;
    respond_problem(request, problem);
}
