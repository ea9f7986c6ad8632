/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "receiver.h"

#include <arpa/inet.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#define HUGE_BYTES (8 * 1024 * 1024)
#define SLOW_US    3000000

struct receiver {
    struct MHD_Daemon *daemon;
    char *authority, *certificate, *key; /* a file; PEM */
    uint16_t port;
    pthread_mutex_t lock; /* of what follows */
    enum behaviour behaviour;
    char *says;
    GPtrArray *all;
};

/* ---- certificates ---- */

static char *pem(int (*export)(void *from, gnutls_x509_crt_fmt_t format, gnutls_datum_t *out), void *from)
{
    gnutls_datum_t data;
    g_assert_cmpint(export(from, GNUTLS_X509_FMT_PEM, &data), ==, 0);
    char *text = g_strndup((const char *)data.data, data.size);
    gnutls_free(data.data);
    return text;
}

static int export_certificate(void *from, gnutls_x509_crt_fmt_t format, gnutls_datum_t *out)
{
    return gnutls_x509_crt_export2(from, format, out);
}

static int export_key(void *from, gnutls_x509_crt_fmt_t format, gnutls_datum_t *out)
{
    return gnutls_x509_privkey_export2(from, format, out);
}

static gnutls_x509_privkey_t new_key(void)
{
    gnutls_x509_privkey_t key;
    gnutls_x509_privkey_init(&key);
    g_assert_cmpint(
        gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), ==, 0);
    return key;
}

static gnutls_x509_crt_t new_certificate(gnutls_x509_privkey_t key, const char *name, unsigned char serial)
{
    gnutls_x509_crt_t certificate;
    gnutls_x509_crt_init(&certificate);
    gnutls_x509_crt_set_version(certificate, 3);
    gnutls_x509_crt_set_serial(certificate, &serial, 1);
    gnutls_x509_crt_set_activation_time(certificate, time(NULL) - 3600);
    gnutls_x509_crt_set_expiration_time(certificate, time(NULL) + 3600);
    gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
    g_assert_cmpint(gnutls_x509_crt_set_key(certificate, key), ==, 0);
    return certificate;
}

static void make_certificates(struct receiver *receiver, const char *dir, const char *host)
{
    struct in_addr address;
    gnutls_x509_privkey_t authority_key = new_key(), key = new_key();
    gnutls_x509_crt_t authority = new_certificate(authority_key, "made-up authority", 1);
    gnutls_x509_crt_set_ca_status(authority, 1);
    gnutls_x509_crt_set_key_usage(authority, GNUTLS_KEY_KEY_CERT_SIGN);
    g_assert_cmpint(gnutls_x509_crt_sign2(authority, authority, authority_key, GNUTLS_DIG_SHA256, 0), ==, 0);
    gnutls_x509_crt_t certificate = new_certificate(key, "made-up receiver", 2);
    if (inet_pton(AF_INET, host, &address) == 1)
        gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, &address, sizeof address, 0);
    else
        gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, host, (unsigned)strlen(host), 0);
    g_assert_cmpint(gnutls_x509_crt_sign2(certificate, authority, authority_key, GNUTLS_DIG_SHA256, 0), ==, 0);
    g_autofree char *text = pem(export_certificate, authority);
    receiver->authority = g_strdup_printf("%s/authority-%p.pem", dir, (void *)receiver);
    g_assert_true(g_file_set_contents(receiver->authority, text, -1, NULL));
    receiver->certificate = pem(export_certificate, certificate);
    receiver->key = pem(export_key, key);
    gnutls_x509_crt_deinit(authority);
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(authority_key);
    gnutls_x509_privkey_deinit(key);
}

/* ---- requests ---- */

static void received_free(void *context)
{
    struct received *received = context;
    g_free(received->path);
    g_free(received->body);
    g_hash_table_unref(received->headers);
    g_free(received);
}

static enum MHD_Result keep_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    g_hash_table_insert(context, g_ascii_strdown(name, -1), g_strdup(value));
    return MHD_YES;
}

static enum MHD_Result answer(struct receiver *receiver, struct MHD_Connection *connection, struct received *received)
{
    pthread_mutex_lock(&receiver->lock);
    enum behaviour behaviour = receiver->behaviour;
    g_autofree char *says = g_strdup(receiver->says != NULL ? receiver->says : "");
    pthread_mutex_unlock(&receiver->lock);
    g_autofree char *huge = behaviour == RECEIVER_IS_HUGE ? g_strnfill(HUGE_BYTES, 'x') : NULL;
    const char *text = huge != NULL ? huge : says;
    received->status = behaviour == RECEIVER_FAILS ? 500 : behaviour == RECEIVER_REDIRECTS ? 302 : 200;
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
    if (behaviour == RECEIVER_REDIRECTS)
        MHD_add_response_header(response, "Location", "/elsewhere");
    pthread_mutex_lock(&receiver->lock);
    g_ptr_array_add(receiver->all, received);
    int status = received->status;
    pthread_mutex_unlock(&receiver->lock);
    if (behaviour == RECEIVER_IS_SLOW)
        g_usleep(SLOW_US);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return result;
}

struct reading {
    GString *body;
};

static enum MHD_Result take(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                            const char *version, const char *data, size_t *bytes, void **place)
{
    struct reading *reading = *place;
    if (reading == NULL) {
        reading = g_new0(struct reading, 1);
        reading->body = g_string_new(NULL);
        *place = reading;
        return MHD_YES;
    }
    if (*bytes > 0) {
        g_string_append_len(reading->body, data, (gssize)*bytes);
        *bytes = 0;
        return MHD_YES;
    }
    struct received *received = g_new0(struct received, 1);
    received->path = g_strdup(url);
    received->body = g_strdup(reading->body->str);
    received->at_us = g_get_monotonic_time();
    received->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, keep_header, received->headers);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, keep_header, received->headers);
    return answer(context, connection, received);
}

static void forget(void *context, struct MHD_Connection *connection, void **place, enum MHD_RequestTerminationCode how)
{
    struct reading *reading = *place;
    if (reading != NULL)
        g_string_free(reading->body, TRUE);
    g_free(reading);
    *place = NULL;
}

struct receiver *receiver_new(const char *dir, const char *host)
{
    struct receiver *receiver = g_new0(struct receiver, 1);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    make_certificates(receiver, dir, host);
    pthread_mutex_init(&receiver->lock, NULL);
    receiver->all = g_ptr_array_new_with_free_func(received_free);
    receiver->daemon = MHD_start_daemon(MHD_USE_TLS | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION,
                                        0, NULL, NULL, take, receiver, MHD_OPTION_SOCK_ADDR, &address,
                                        MHD_OPTION_HTTPS_MEM_CERT, receiver->certificate, MHD_OPTION_HTTPS_MEM_KEY,
                                        receiver->key, MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_END);
    g_assert_nonnull(receiver->daemon);
    receiver->port = MHD_get_daemon_info(receiver->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return receiver;
}

void receiver_free(struct receiver *receiver)
{
    MHD_stop_daemon(receiver->daemon);
    pthread_mutex_destroy(&receiver->lock);
    g_ptr_array_unref(receiver->all);
    g_free(receiver->authority);
    g_free(receiver->certificate);
    g_free(receiver->key);
    g_free(receiver->says);
    g_free(receiver);
}

uint16_t receiver_port(const struct receiver *receiver)
{
    return receiver->port;
}

const char *receiver_authority(const struct receiver *receiver)
{
    return receiver->authority;
}

void receiver_behave(struct receiver *receiver, enum behaviour behaviour, const char *says)
{
    pthread_mutex_lock(&receiver->lock);
    receiver->behaviour = behaviour;
    g_free(receiver->says);
    receiver->says = g_strdup(says);
    pthread_mutex_unlock(&receiver->lock);
}

guint receiver_count(struct receiver *receiver)
{
    pthread_mutex_lock(&receiver->lock);
    guint count = receiver->all->len;
    pthread_mutex_unlock(&receiver->lock);
    return count;
}

const struct received *receiver_get(struct receiver *receiver, guint i)
{
    pthread_mutex_lock(&receiver->lock);
    g_assert_cmpuint(i, <, receiver->all->len);
    const struct received *received = g_ptr_array_index(receiver->all, i);
    pthread_mutex_unlock(&receiver->lock);
    return received;
}

guint receiver_found(struct receiver *receiver, const char *text)
{
    guint found = 0, count = receiver_count(receiver);
    for (guint i = 0; i < count; i++)
        found += strstr(receiver_get(receiver, i)->body, text) != NULL;
    return found;
}
