/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/certificate.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define CHAIN_MOST 16
#define ID_BYTES   64

struct pair { /* never changed once it is shown */
    gnutls_pcert_st chain[CHAIN_MOST];
    unsigned length;
    gnutls_privkey_t key;
};

struct certificate {
    char *chain_path, *key_path;
    GPtrArray *pairs; /* of struct pair, the newest last: a handshake may still show an older one */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* over what follows, and over its pairs */
static struct certificate *shown;

G_DEFINE_QUARK(lianfang_certificate_error, certificate_error)

static void pair_free(gpointer data)
{
    struct pair *pair = data;
    for (unsigned i = 0; i < pair->length; i++)
        gnutls_pcert_deinit(&pair->chain[i]);
    gnutls_privkey_deinit(pair->key);
    g_free(pair);
}

static bool fail(const char *path, const char *why, GError **error)
{
    g_set_error(error, CERTIFICATE_ERROR, CERTIFICATE_ERROR_READ, "%s: %s", path, why);
    return false;
}

static bool read_chain(struct pair *pair, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize bytes;
    if (!g_file_get_contents(path, &text, &bytes, error))
        return false;
    const gnutls_datum_t datum = {(unsigned char *)text, (unsigned)bytes};
    pair->length = CHAIN_MOST;
    int code = gnutls_pcert_list_import_x509_raw(pair->chain, &pair->length, &datum, GNUTLS_X509_FMT_PEM, 0);
    if (code == GNUTLS_E_SUCCESS && pair->length > 0)
        return true;
    pair->length = 0;
    return fail(path, code == GNUTLS_E_SUCCESS ? "no certificate in it" : gnutls_strerror(code), error);
}

static bool read_key(struct pair *pair, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize bytes;
    if (!g_file_get_contents(path, &text, &bytes, error))
        return false;
    const gnutls_datum_t datum = {(unsigned char *)text, (unsigned)bytes};
    int code = gnutls_privkey_import_x509_raw(pair->key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0);
    sodium_memzero(text, bytes);
    return code == GNUTLS_E_SUCCESS || fail(path, gnutls_strerror(code), error);
}

static bool key_fits(const struct pair *pair)
{
    uint8_t ids[2][ID_BYTES] = {{0}};
    size_t bytes[2] = {ID_BYTES, ID_BYTES};
    gnutls_pubkey_t own;
    if (gnutls_pubkey_init(&own) != GNUTLS_E_SUCCESS)
        return false;
    bool fits = gnutls_pubkey_import_privkey(own, pair->key, 0, 0) == GNUTLS_E_SUCCESS &&
                gnutls_pubkey_get_key_id(own, 0, ids[0], &bytes[0]) == GNUTLS_E_SUCCESS &&
                gnutls_pubkey_get_key_id(pair->chain[0].pubkey, 0, ids[1], &bytes[1]) == GNUTLS_E_SUCCESS &&
                bytes[0] == bytes[1] && memcmp(ids[0], ids[1], bytes[0]) == 0;
    gnutls_pubkey_deinit(own);
    return fits;
}

/* NULL with error. */
static struct pair *pair_read(const struct certificate *certificate, GError **error)
{
    struct pair *pair = g_new0(struct pair, 1);
    if (gnutls_privkey_init(&pair->key) != GNUTLS_E_SUCCESS) {
        fail(certificate->key_path, "there is not enough memory", error);
        g_free(pair);
        return NULL;
    }
    if (read_chain(pair, certificate->chain_path, error) && read_key(pair, certificate->key_path, error)) {
        if (key_fits(pair))
            return pair;
        g_set_error(error, CERTIFICATE_ERROR, CERTIFICATE_ERROR_KEY, "%s is not the key of %s", certificate->key_path,
                    certificate->chain_path);
    }
    pair_free(pair);
    return NULL;
}

bool certificate_read_again(struct certificate *certificate, GError **error)
{
    struct pair *pair = pair_read(certificate, error);
    if (pair == NULL)
        return false;
    pthread_mutex_lock(&lock);
    g_ptr_array_add(certificate->pairs, pair);
    pthread_mutex_unlock(&lock);
    return true;
}

struct certificate *certificate_new(const char *chain_path, const char *key_path, GError **error)
{
    struct certificate *certificate = g_new0(struct certificate, 1);
    certificate->chain_path = g_strdup(chain_path);
    certificate->key_path = g_strdup(key_path);
    certificate->pairs = g_ptr_array_new_with_free_func(pair_free);
    if (!certificate_read_again(certificate, error)) {
        certificate_free(certificate);
        return NULL;
    }
    pthread_mutex_lock(&lock);
    g_assert(shown == NULL);
    shown = certificate;
    pthread_mutex_unlock(&lock);
    return certificate;
}

void certificate_free(struct certificate *certificate)
{
    if (certificate == NULL)
        return;
    pthread_mutex_lock(&lock);
    if (shown == certificate)
        shown = NULL;
    pthread_mutex_unlock(&lock);
    g_ptr_array_unref(certificate->pairs);
    g_free(certificate->chain_path);
    g_free(certificate->key_path);
    g_free(certificate);
}

int certificate_show(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                     const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **out_chain,
                     unsigned *out_length, gnutls_privkey_t *out_key)
{
    pthread_mutex_lock(&lock);
    struct pair *pair = shown != NULL ? g_ptr_array_index(shown->pairs, shown->pairs->len - 1) : NULL;
    pthread_mutex_unlock(&lock);
    if (pair == NULL)
        return -1;
    *out_chain = pair->chain;
    *out_length = pair->length;
    *out_key = pair->key;
    return 0;
}
