/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * destination - where alerts are delivered, as the file of --config says: a group `[deliver NAME]` each.
 *
 * Shape   type=webhook: JSON, signed with a key · sms: a gateway's own form, to the holder of the post · wecom: a
 *         group robot. docs/operations.md has every key.
 * Errors  DESTINATION_ERROR: the file, the group, the key and what to do.
 * Limits  LIMIT_DESTINATIONS.
 * Owner   the caller; read-only once read.
 */
#ifndef OUTBOX_DESTINATION_H
#define OUTBOX_DESTINATION_H

#include "matter/raised.h"

#include <glib.h>

#define DESTINATION_GROUP "deliver " /* in front of the name */

#define DESTINATION_ERROR destination_error_quark()
GQuark destination_error_quark(void);
enum destination_error { DESTINATION_ERROR_VALUE };

enum destination_type { DESTINATION_WEBHOOK, DESTINATION_SMS, DESTINATION_WECOM, DESTINATION_TYPE_COUNT };
extern const char *const destination_type_names[DESTINATION_TYPE_COUNT];

struct destination {
    char *name;
    enum destination_type type;
    char *url;    /* with variables: template.h */
    char *secret; /* a text, but of a webhook; NULL none */
    uint8_t *key; /* of a webhook */
    size_t key_bytes;
    char *ca_file;      /* NULL: the system's authorities */
    GPtrArray *allowed; /* reach.h; NULL: public addresses alone */
    GPtrArray *headers; /* of char *: "Name: value", with variables */
    char *body;         /* of an SMS gateway, with variables */
    bool form;          /* the body is one; else JSON */
    char *success;      /* what an answer must hold; NULL: its status tells */
    bool chinese;
    unsigned raisings; /* a set of 1 << enum raising */
    char **kinds;      /* those alone; NULL all */
    int64_t timeout_us, give_up_us;
    int64_t tries;
    int64_t per_minute; /* 0: as they come */
};
void destination_free(struct destination *destination);

/* Array of struct destination *, in the order of the file; empty where it names none. NULL with error. */
GPtrArray *destinations_read(const char *path, GError **error);

#endif
