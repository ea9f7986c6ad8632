/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/hints.h"

#include "base/limits.h"
#include "vault/outer.h"

#include <sodium.h>
#include <string.h>

#define NONCE_BYTES  crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define SEALED_BYTES (NONCE_BYTES + sizeof(struct hint_place) + crypto_aead_xchacha20poly1305_ietf_ABYTES)

struct hinted_matter {
    int64_t id, version;
    struct uuid uuid;
};

static const char *const sort_names[] = {[HINT_TASKS] = "tasks", [HINT_ALERTS] = "alerts", [HINT_FIGURES] = "figures"};

void hints_clear(struct hints *hints)
{
    g_clear_pointer(&hints->matters, g_array_unref);
    for (int sort = 0; sort < HINT_SORT_COUNT; sort++)
        g_clear_pointer(&hints->ids[sort], g_array_unref);
    hints->more = hints->reload = false;
}

bool hints_are_empty(const struct hints *hints)
{
    bool any = hints->matters != NULL || hints->more || hints->reload;
    for (int sort = 0; sort < HINT_SORT_COUNT; sort++)
        any = any || hints->ids[sort] != NULL;
    return !any;
}

/* A list of a part would tell a page no more than that it may be concerned. */
static bool has_room(struct hints *hints, GArray **to, size_t bytes)
{
    if (hints->reload || hints->more)
        return false;
    if (*to == NULL)
        *to = g_array_new(FALSE, FALSE, (guint)bytes);
    if ((*to)->len < LIMIT_HINTS)
        return true;
    hints_clear(hints);
    hints->more = true;
    return false;
}

void hints_add_matter(struct hints *hints, const struct matter *matter)
{
    for (guint i = 0; hints->matters != NULL && i < hints->matters->len; i++) {
        struct hinted_matter *hinted = &g_array_index(hints->matters, struct hinted_matter, i);
        if (hinted->id == matter->id) {
            hinted->version = matter->version;
            return;
        }
    }
    const struct hinted_matter hinted = {matter->id, matter->version, matter->uuid};
    if (has_room(hints, &hints->matters, sizeof hinted))
        g_array_append_val(hints->matters, hinted);
}

void hints_add(struct hints *hints, enum hint_sort sort, int64_t id)
{
    GArray **to = &hints->ids[sort];
    if ((*to == NULL || !integers_hold(*to, id)) && has_room(hints, to, sizeof id))
        g_array_append_val(*to, id);
}

void hints_reload(struct hints *hints)
{
    hints_clear(hints);
    hints->reload = true;
}

/* ---- text ---- */

static void begin_member(GString *out, const char *name)
{
    g_string_append_printf(out, "%s\"%s\":", out->str[out->len - 1] == '{' ? "" : ",", name);
}

static void write_matters(const GArray *matters, GString *out)
{
    if (matters == NULL)
        return;
    begin_member(out, "matters");
    for (guint i = 0; i < matters->len; i++) {
        const struct hinted_matter *hinted = &g_array_index(matters, struct hinted_matter, i);
        char id[UUID_TEXT_LENGTH + 1];
        uuid_format(&hinted->uuid, id);
        g_string_append_printf(out, "%s{\"id\":\"%s\",\"version\":%" G_GINT64_FORMAT "}", i == 0 ? "[" : ",", id,
                               hinted->version);
    }
    g_string_append_c(out, ']');
}

static void write_id(enum hint_sort sort, int64_t id, struct vault *vault, GString *out)
{
    char post[VAULT_OUTER_ID_CHARS + 1] = "self";
    if (sort == HINT_FIGURES) {
        g_string_append_printf(out, "\"%" G_GINT64_FORMAT "\"", id);
        return;
    }
    if (id > 0)
        vault_outer_id(vault, VAULT_ID_POST, id, post);
    g_string_append_printf(out, "\"%s\"", post);
}

static void write_ids(enum hint_sort sort, const GArray *ids, struct vault *vault, GString *out)
{
    if (ids == NULL)
        return;
    begin_member(out, sort_names[sort]);
    for (guint i = 0; i < ids->len; i++) {
        g_string_append_c(out, i == 0 ? '[' : ',');
        write_id(sort, g_array_index(ids, int64_t, i), vault, out);
    }
    g_string_append_c(out, ']');
}

void hints_write(const struct hints *hints, struct vault *vault, const char *id, GString *out)
{
    g_string_append_printf(out, "id: %s\nevent: %s\ndata: {", id, hints->reload ? "reload" : "hints");
    write_matters(hints->matters, out);
    for (int sort = 0; sort < HINT_SORT_COUNT; sort++)
        write_ids((enum hint_sort)sort, hints->ids[sort], vault, out);
    if (hints->more) {
        begin_member(out, "more");
        g_string_append(out, "true");
    }
    g_string_append(out, "}\n\n");
}

/* ---- ids ---- */

char *hint_id_seal(const uint8_t key[VAULT_KEY_BYTES], int64_t person, const struct hint_place *place)
{
    uint8_t sealed[SEALED_BYTES];
    randombytes_buf(sealed, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, NULL, (const uint8_t *)place, sizeof *place,
                                               (const uint8_t *)&person, sizeof person, NULL, sealed, key);
    size_t room = sodium_base64_encoded_len(sizeof sealed, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(g_malloc(room), room, sealed, sizeof sealed, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool hint_id_open(const uint8_t key[VAULT_KEY_BYTES], int64_t person, const char *text, struct hint_place *out)
{
    uint8_t sealed[SEALED_BYTES];
    struct hint_place place;
    size_t bytes;
    if (sodium_base642bin(sealed, sizeof sealed, text, strlen(text), NULL, &bytes, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        bytes != sizeof sealed)
        return false;
    bool opens = crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)&place, NULL, NULL, sealed + NONCE_BYTES,
                                                            bytes - NONCE_BYTES, (const uint8_t *)&person,
                                                            sizeof person, sealed, key) == 0;
    if (opens)
        *out = place;
    return opens;
}
