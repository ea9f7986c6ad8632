/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox/sending.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "outbox/reach.h"
#include "outbox/template.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_US       (5 * US_PER_SECOND)
#define WECOM_TEXT_BYTES 2048 /* https://developer.work.weixin.qq.com/document/path/91770 */

struct sending {
    const struct destination *to;
    int64_t delivery;
    CURL *easy;
    struct curl_slist *headers;
    char *url, *body;
    GString *answer;
    size_t head_bytes;
    bool refused, tried, too_large; /* an address; another one; the answer */
    bool has_ended;
    CURLcode result; /* then */
};

struct sendings {
    CURLM *multi;
    GPtrArray *all; /* of struct sending */
    bool some_ended;
    _Atomic bool woken;
};

static void sending_free(void *context)
{
    struct sending *sending = context;
    curl_easy_cleanup(sending->easy);
    curl_slist_free_all(sending->headers);
    g_free(sending->url);
    if (sending->body != NULL)
        sodium_memzero(sending->body, strlen(sending->body));
    g_free(sending->body);
    g_string_free(sending->answer, TRUE);
    g_free(sending);
}

struct sendings *sendings_new(void)
{
    struct sendings *sendings = g_new0(struct sendings, 1);
    sendings->multi = curl_multi_init();
    g_assert(sendings->multi != NULL);
    sendings->all = g_ptr_array_new_with_free_func(sending_free);
    return sendings;
}

void sendings_free(struct sendings *sendings)
{
    for (guint i = 0; i < sendings->all->len; i++)
        curl_multi_remove_handle(sendings->multi, ((struct sending *)g_ptr_array_index(sendings->all, i))->easy);
    g_ptr_array_unref(sendings->all);
    curl_multi_cleanup(sendings->multi);
    g_free(sendings);
}

void sendings_wake(struct sendings *sendings)
{
    sendings->woken = true;
    curl_multi_wakeup(sendings->multi);
}

bool sendings_has(const struct sendings *sendings, int64_t delivery)
{
    for (guint i = 0; i < sendings->all->len; i++)
        if (((struct sending *)g_ptr_array_index(sendings->all, i))->delivery == delivery)
            return true;
    return false;
}

int sendings_count(const struct sendings *sendings, const struct destination *to)
{
    int count = 0;
    for (guint i = 0; i < sendings->all->len; i++)
        count += ((struct sending *)g_ptr_array_index(sendings->all, i))->to == to;
    return count;
}

/* ---- the request ---- */

static void add_header(struct sending *sending, const char *line)
{
    sending->headers = curl_slist_append(sending->headers, line);
}

/* Standard Webhooks 1.0: HMAC-SHA-256 over "id.time.body". */
static void sign(struct sending *sending, const char *id, int64_t at_us)
{
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    g_autofree char *head = g_strdup_printf("%s.%" G_GINT64_FORMAT ".", id, (int64_t)(at_us / US_PER_SECOND));
    crypto_auth_hmacsha256_init(&state, sending->to->key, sending->to->key_bytes);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)head, strlen(head));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)sending->body, strlen(sending->body));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
    g_autofree char *text = g_base64_encode(mac, sizeof mac);
    g_autofree char *stamp = g_strdup_printf("webhook-timestamp: %" G_GINT64_FORMAT, (int64_t)(at_us / US_PER_SECOND));
    g_autofree char *name = g_strconcat("webhook-id: ", id, NULL);
    g_autofree char *signature = g_strconcat("webhook-signature: v1,", text, NULL);
    add_header(sending, name);
    add_header(sending, stamp);
    add_header(sending, signature);
}

/* Whole characters alone. */
static char *cut(const char *text, size_t most)
{
    size_t bytes = strlen(text);
    if (bytes <= most)
        return g_strdup(text);
    for (bytes = most; bytes > 0 && ((unsigned char)text[bytes] & 0xc0) == 0x80;)
        bytes--;
    return g_strndup(text, bytes);
}

static char *body_of(const struct destination *to, const struct alert_message *message,
                     const struct template_values *values)
{
    if (to->type == DESTINATION_SMS)
        return template_fill(to->body, to->form ? TEMPLATE_FORM : TEMPLATE_JSON, values);
    g_autofree char *content = cut(message->text, WECOM_TEXT_BYTES);
    g_autoptr(json_t) robot = to->type == DESTINATION_WECOM
                                  ? json_pack("{s:s, s:{s:s}}", "msgtype", "text", "text", "content", content)
                                  : json_incref(message->body);
    char *text = json_dumps(robot, JSON_COMPACT), *body = g_strdup(text);
    free(text);
    return body;
}

static void write_request(struct sending *sending, const struct uuid *uuid, const struct alert_message *message,
                          const char *phone, int64_t at_us)
{
    const struct destination *to = sending->to;
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(uuid, id);
    const struct template_values values = {.phone = phone, .text = message->text, .id = id, .secret = to->secret};
    sending->url = template_fill(to->url, TEMPLATE_URL, &values);
    sending->body = body_of(to, message, &values);
    add_header(sending,
               to->form ? "Content-Type: application/x-www-form-urlencoded" : "Content-Type: application/json");
    add_header(sending, "Expect:");
    if (to->type == DESTINATION_WEBHOOK)
        sign(sending, id, at_us);
    for (guint i = 0; i < to->headers->len; i++) {
        g_autofree char *line = template_fill(g_ptr_array_index(to->headers, i), TEMPLATE_HEADER, &values);
        add_header(sending, line);
    }
}

/* ---- on its way ---- */

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sending *sending = context;
    if (purpose == CURLSOCKTYPE_IPCXN && reach_allows(sending->to->allowed, &address->addr, address->addrlen)) {
        sending->tried = true;
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }
    sending->refused = true;
    return CURL_SOCKET_BAD;
}

/* The connection may be one that is kept from another destination at the same host. */
static int before_request(void *context, char *address, char *own_address, int port, int own_port)
{
    struct sending *sending = context;
    sending->refused = !reach_allows_text(sending->to->allowed, address);
    return sending->refused ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static size_t take_head(char *data, size_t size, size_t count, void *context)
{
    struct sending *sending = context;
    sending->head_bytes += size * count;
    sending->too_large = sending->too_large || sending->head_bytes > LIMIT_OUTBOX_ANSWER_BYTES;
    return sending->too_large ? 0 : size * count;
}

static size_t take_answer(char *data, size_t size, size_t count, void *context)
{
    struct sending *sending = context;
    sending->too_large = sending->too_large || sending->answer->len + size * count > LIMIT_OUTBOX_ANSWER_BYTES;
    if (sending->too_large)
        return 0;
    g_string_append_len(sending->answer, data, (gssize)(size * count));
    return size * count;
}

static void set_up(struct sending *sending)
{
    CURL *easy = sending->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, sending);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(easy, CURLOPT_URL, sending->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, sending->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(sending->body));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, sending->body);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "lianfang/" LIANFANG_VERSION);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (sending->to->ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, sending->to->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(MIN(CONNECT_US, sending->to->timeout_us) / 1000));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(sending->to->timeout_us / 1000));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, sending);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, sending);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* a name that is still looked up holds up no stop */
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, sending);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, sending);
}

bool sendings_begin(struct sendings *sendings, const struct destination *to, int64_t delivery, const struct uuid *uuid,
                    const struct alert_message *message, const char *phone, int64_t at_us)
{
    CURL *easy = curl_easy_init();
    if (easy == NULL)
        return false;
    struct sending *sending = g_new0(struct sending, 1);
    *sending = (struct sending){.to = to, .delivery = delivery, .easy = easy, .answer = g_string_new(NULL)};
    write_request(sending, uuid, message, phone, at_us);
    set_up(sending);
    if (curl_multi_add_handle(sendings->multi, easy) != CURLM_OK) {
        sending_free(sending);
        return false;
    }
    g_ptr_array_add(sendings->all, sending);
    return true;
}

/* ---- what became of it ---- */

static const char *why_of_transport(const struct sending *sending, CURLcode result)
{
    if (sending->too_large)
        return "answer_too_large";
    switch ((int)result) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return "host_unknown";
    case CURLE_COULDNT_CONNECT:
    case CURLE_ABORTED_BY_CALLBACK:
        return sending->refused && !sending->tried ? "address_refused" : "not_connected";
    case CURLE_OPERATION_TIMEDOUT:
        return "timed_out";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return "certificate";
    case CURLE_SSL_CONNECT_ERROR:
        return "tls";
    default:
        return "broken_off";
    }
}

/* The robot answers 200 to everything, and says in its body what is wrong. */
static bool robot_took_it(const struct sending *sending, char why[SENDING_WHY_MAX])
{
    g_autoptr(json_t) answer = json_loadb(sending->answer->str, sending->answer->len, 0, NULL);
    const json_t *code = json_object_get(answer, "errcode");
    if (json_is_integer(code) && json_integer_value(code) == 0)
        return true;
    if (json_is_integer(code))
        snprintf(why, SENDING_WHY_MAX, "errcode_%lld", (long long)json_integer_value(code));
    else
        g_strlcpy(why, "answer_not_understood", SENDING_WHY_MAX);
    return false;
}

static bool was_taken(const struct sending *sending, char why[SENDING_WHY_MAX])
{
    long status = 0;
    curl_easy_getinfo(sending->easy, CURLINFO_RESPONSE_CODE, &status);
    if (sending->result != CURLE_OK) {
        g_strlcpy(why, why_of_transport(sending, sending->result), SENDING_WHY_MAX);
        return false;
    }
    if (status < 200 || status > 299) {
        snprintf(why, SENDING_WHY_MAX, status >= 300 && status < 400 ? "redirect_%ld" : "status_%ld", status);
        return false;
    }
    if (sending->to->type == DESTINATION_WECOM)
        return robot_took_it(sending, why);
    if (sending->to->success == NULL || strstr(sending->answer->str, sending->to->success) != NULL)
        return true;
    g_strlcpy(why, "answer_without_success", SENDING_WHY_MAX);
    return false;
}

/* True: something has ended. */
static bool gather(struct sendings *sendings)
{
    int running = 0, left;
    CURLMsg *message;
    curl_multi_perform(sendings->multi, &running);
    while ((message = curl_multi_info_read(sendings->multi, &left)) != NULL) {
        struct sending *sending = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &sending);
        sending->has_ended = true;
        sending->result = message->data.result;
        sendings->some_ended = true;
    }
    return sendings->some_ended;
}

void sendings_run(struct sendings *sendings, int most_ms)
{
    int64_t until_us = clock_monotonic_us() + most_ms * INT64_C(1000), left_us = most_ms * INT64_C(1000);
    bool woken = false;
    while (!gather(sendings) && !woken && left_us > 0) {
        curl_multi_poll(sendings->multi, NULL, 0, (int)(left_us / 1000) + 1, NULL);
        woken = atomic_exchange(&sendings->woken, false);
        left_us = until_us - clock_monotonic_us();
    }
}

void sendings_ended(struct sendings *sendings,
                    void (*each)(void *context, const struct destination *to, int64_t delivery, const char *why),
                    void *context)
{
    for (guint i = sendings->all->len; sendings->some_ended && i > 0; i--) {
        struct sending *sending = g_ptr_array_index(sendings->all, i - 1);
        char why[SENDING_WHY_MAX] = "";
        if (!sending->has_ended)
            continue;
        bool taken = was_taken(sending, why);
        curl_multi_remove_handle(sendings->multi, sending->easy);
        each(context, sending->to, sending->delivery, taken ? NULL : why);
        g_ptr_array_remove_index_fast(sendings->all, i - 1);
    }
    sendings->some_ended = false;
}
