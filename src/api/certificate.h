/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certificate - the chain and the key that the server shows, which can be read anew while it runs.
 *
 * Shape   whoever connects is shown the newest pair; what a connection has begun with stays until the end. A file that
 *         cannot be read, or a key that is not the certificate's, changes nothing.
 * Errors  CERTIFICATE_ERROR, with the file's name.
 * Limits  one in a process: the library hands its callback nothing of ours.
 * Owner   any thread.
 */
#ifndef API_CERTIFICATE_H
#define API_CERTIFICATE_H

#include <glib.h>
#include <gnutls/abstract.h>
#include <stdbool.h>

#define CERTIFICATE_ERROR certificate_error_quark()
GQuark certificate_error_quark(void);
enum { CERTIFICATE_ERROR_READ, CERTIFICATE_ERROR_KEY };

struct certificate;
struct certificate *certificate_new(const char *chain_path, const char *key_path, GError **error);
bool certificate_read_again(struct certificate *certificate, GError **error);
void certificate_free(struct certificate *certificate); /* after the last connection */

/* gnutls_certificate_retrieve_function2: shows the one that is there. */
int certificate_show(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                     const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **out_chain,
                     unsigned *out_length, gnutls_privkey_t *out_key);

#endif
