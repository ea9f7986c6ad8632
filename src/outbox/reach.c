/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox/reach.h"

#include <string.h>

/* By address. */
static const char *const refused[] = {
    "0.0.0.0/8",      "10.0.0.0/8",    "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",   "192.0.2.0/24",  "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",   "240.0.0.0/4",    "::/96",          "64:ff9b:1::/48", "100::/64",
    "2001::/23",      "2001:db8::/32", "3fff::/20",      "5f00::/16",      "fc00::/7",       "fe80::/10",
    "fec0::/10",      "ff00::/8",
};

/* IPv6 networks whose addresses hold an IPv4 address, and the byte at which it begins. */
static const struct {
    const char *network;
    size_t at;
} holding[] = {{"::ffff:0:0/96", 12}, {"64:ff9b::/96", 12}, {"2002::/16", 2}};

static bool lies_in(GInetAddress *address, const char *network)
{
    g_autoptr(GInetAddressMask) mask = g_inet_address_mask_new_from_string(network, NULL);
    g_assert(mask != NULL);
    return g_inet_address_mask_matches(mask, address);
}

/* The address itself, or the IPv4 address in it. */
static GInetAddress *innermost(GInetAddress *address)
{
    for (size_t i = 0; i < G_N_ELEMENTS(holding); i++)
        if (g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV6 && lies_in(address, holding[i].network))
            return g_inet_address_new_from_bytes(g_inet_address_to_bytes(address) + holding[i].at,
                                                 G_SOCKET_FAMILY_IPV4);
    return g_object_ref(address);
}

GPtrArray *reach_parse(const char *text, char **out_wrong)
{
    g_autoptr(GPtrArray) masks = g_ptr_array_new_with_free_func(g_object_unref);
    g_auto(GStrv) parts = g_strsplit_set(text, ", ", -1);
    for (size_t i = 0; parts[i] != NULL; i++) {
        if (*parts[i] == '\0')
            continue;
        GInetAddressMask *mask = g_inet_address_mask_new_from_string(parts[i], NULL);
        if (mask == NULL) {
            *out_wrong = g_strdup(parts[i]);
            return NULL;
        }
        g_ptr_array_add(masks, mask);
    }
    return g_steal_pointer(&masks);
}

static bool is_named(const GPtrArray *allowed, GInetAddress *address)
{
    for (guint i = 0; allowed != NULL && i < allowed->len; i++)
        if (g_inet_address_mask_matches(g_ptr_array_index(allowed, i), address))
            return true;
    return false;
}

static bool allows(const GPtrArray *allowed, GInetAddress *address)
{
    g_autoptr(GInetAddress) inner = innermost(address);
    if (is_named(allowed, inner))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        if (g_inet_address_get_family(inner) ==
                (strchr(refused[i], ':') != NULL ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4) &&
            lies_in(inner, refused[i]))
            return false;
    return true;
}

bool reach_allows(const GPtrArray *allowed, const struct sockaddr *address, size_t bytes)
{
    g_autoptr(GSocketAddress) native = g_socket_address_new_from_native((gpointer)address, bytes);
    return native != NULL && G_IS_INET_SOCKET_ADDRESS(native) &&
           allows(allowed, g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(native)));
}

bool reach_allows_text(const GPtrArray *allowed, const char *address)
{
    g_autofree char *bare = g_strndup(address, strcspn(address, "%")); /* without the scope of a link */
    g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(bare);
    return parsed != NULL && allows(allowed, parsed);
}
